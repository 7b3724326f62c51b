//! How many replications are enough: as many as it takes to know a result as well as was asked for.
//!
//! ```text
//!   200, 300, 500, 700, 1,000, 1,500, ... replications --> half the width of the interval --> enough, or go on
//! ```
//!
//! The looks are at fixed numbers of replications, so that the number at which it ends is the same whatever the
//! threads, and whatever was kept of earlier runs. Whoever stops at the first look that is good enough stops a little
//! too often at a look that is too good: of 3,000 intervals of a chance of one half that stopped so, 94.6 % held it
//! (`cargo bench --bench coverage`).

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use crate::glossary::Ratio;
use crate::sim::Setting;
use crate::time::Span;

use super::ensemble::{Ensemble, Row};
use super::estimate::{Interval, Share, Sums};
use super::headline::{By, Headline, Unit};

/// Half the width of a 95 % interval that is asked for.
#[derive(Clone, Debug, PartialEq)]
pub enum HalfWidth {
    /// In points of a chance, or as a part of the mean of anything else \[above 0\].
    Part(Ratio),
    /// Of a time.
    Time(Span),
    /// Of messages, or of money in units of its currency \[above 0\].
    Amount(f64),
}

/// Why a text is no half-width.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error(
    "expected a part such as \"1%\", a time such as \"12h\" or an amount such as \"500\", each above 0; found {0:?}"
)]
pub struct HalfWidthError(String);

impl FromStr for HalfWidth {
    type Err = HalfWidthError;

    fn from_str(text: &str) -> Result<HalfWidth, HalfWidthError> {
        let wrong = || HalfWidthError(text.to_owned());
        let plain = text.trim();
        if plain.ends_with('%') {
            let part: Ratio = plain.to_owned().try_into().map_err(|_| wrong())?;
            return if part.top > 0 { Ok(HalfWidth::Part(part)) } else { Err(wrong()) };
        }
        if let Ok(amount) = plain.replace(',', "").parse::<f64>() {
            return if amount > 0.0 && amount.is_finite() {
                Ok(HalfWidth::Amount(amount))
            } else {
                Err(wrong())
            };
        }
        match Span::try_from(plain.to_owned()) {
            Ok(span) if span > Span(0) => Ok(HalfWidth::Time(span)),
            _ => Err(wrong()),
        }
    }
}

impl fmt::Display for HalfWidth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            HalfWidth::Part(part) => write!(f, "{part}"),
            HalfWidth::Time(span) => write!(f, "{span}"),
            HalfWidth::Amount(amount) => write!(f, "{amount}"),
        }
    }
}

/// How well which results are to be known.
#[derive(Clone, Debug)]
pub struct Precision {
    half_width: HalfWidth,
    headlines: Vec<Headline>,
}

/// Why a precision cannot be asked of a result.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PrecisionError {
    /// A time or an amount, and no result is named.
    #[error("`{0}` can be asked of a named result only: every chance is known to a part, such as 1%")]
    NoMetric(String),
    /// A time of what is no time, or an amount of what is none.
    #[error("`{half_width}` is no width of `{metric}`")]
    Unit {
        /// The half-width.
        half_width: String,
        /// The name of the result.
        metric: String,
    },
    /// Nothing uncertain is told of the scenario.
    #[error(
        "no chance is told of this scenario: it starts at its highest limit, and its rules can do no harm"
    )]
    NoChance,
}

/// How well a result is known.
#[derive(Clone, Debug, PartialEq)]
pub struct Known {
    /// The result.
    pub headline: Headline,
    /// Half the width of its 95 % interval \[the result's unit: days, a chance, messages, units of currency\]; infinite
    /// from a single replication.
    pub half_width: f64,
    /// The half-width that is asked for, in the same unit.
    pub asked: f64,
}

impl Known {
    /// Whether that is well enough.
    pub fn is_enough(&self) -> bool {
        self.half_width <= self.asked
    }

    /// How many times too wide its interval is; at most 1 where it is narrow enough.
    fn excess(&self) -> f64 {
        if self.half_width == 0.0 { 0.0 } else { self.half_width / self.asked }
    }
}

/// The looks: 200, 300, 500, 700, 1,000, 1,500, 2,000 ... replications, each at most five thirds of the one before.
fn looks() -> impl Iterator<Item = u64> {
    const FIRST: u64 = 200;
    let decades = (0..).map(|power| 10_u64.pow(power));
    decades.flat_map(|ten| [100, 150, 200, 300, 500, 700].map(|n| n * ten)).skip_while(|n| *n < FIRST)
}

impl Precision {
    /// So well is the result `metric` to be known; without one, every chance that a run is told by: of each limit above
    /// the first, and of each mishap that the rules can do.
    ///
    /// # Errors
    /// A half-width that is none of the result.
    pub fn new(
        half_width: HalfWidth,
        metric: Option<Headline>,
        setting: &Setting,
    ) -> Result<Precision, PrecisionError> {
        let headlines = match metric {
            Some(metric) => vec![metric],
            None if !matches!(half_width, HalfWidth::Part(_)) => {
                return Err(PrecisionError::NoMetric(half_width.to_string()));
            }
            None => {
                let all = Headline::all(&[setting], &[By::Horizon]);
                all.into_iter().filter(|headline| headline.unit() == Unit::Chance).collect()
            }
        };
        if headlines.is_empty() {
            return Err(PrecisionError::NoChance);
        }
        let fits = |headline: &Headline| match half_width {
            HalfWidth::Part(_) => true,
            HalfWidth::Time(_) => headline.unit() == Unit::Days,
            HalfWidth::Amount(_) => matches!(headline.unit(), Unit::Messages | Unit::Currency),
        };
        match headlines.iter().find(|headline| !fits(headline)) {
            Some(headline) => {
                Err(PrecisionError::Unit { half_width: half_width.to_string(), metric: headline.name() })
            }
            None => Ok(Precision { half_width, headlines }),
        }
    }

    /// The half-width that is asked for.
    pub fn half_width(&self) -> &HalfWidth {
        &self.half_width
    }

    /// The results that are to be known so well.
    pub fn headlines(&self) -> &[Headline] {
        &self.headlines
    }

    /// The numbers of replications after which one looks, up to `most`, which is the last.
    pub fn looks(most: u64) -> impl Iterator<Item = u64> {
        looks().take_while(move |n| *n < most).chain([most])
    }

    /// The result that is known least well, by what is asked of it.
    pub fn worst(&self, ensemble: &Ensemble) -> Option<Known> {
        let known = self.headlines.iter().map(|headline| self.known(headline, ensemble));
        known.max_by(|a, b| a.excess().total_cmp(&b.excess()))
    }

    /// Whether all is known as well as is asked.
    pub fn is_reached(&self, ensemble: &Ensemble) -> bool {
        self.worst(ensemble).is_none_or(|worst| worst.is_enough())
    }

    /// The look at which it will probably be reached, up to `most`: intervals shrink with the root of the replications.
    pub fn forecast(&self, ensemble: &Ensemble, most: u64) -> u64 {
        let excess = self.worst(ensemble).map_or(0.0, |worst| worst.excess());
        let needed = ensemble.n() as f64 * excess * excess;
        Precision::looks(most).find(|n| *n as f64 >= needed).unwrap_or(most)
    }

    fn known(&self, headline: &Headline, ensemble: &Ensemble) -> Known {
        let setting = ensemble.setting();
        let value = |row: &Row| headline.value(row, setting, setting.calendar.horizon());
        let values = Sums::of(ensemble.rows().iter().map(value));
        let per_unit = headline.unit().per_unit();
        let (mean, half_width) = if headline.unit() == Unit::Chance {
            let share = Share::new(values.sum as u64, values.n);
            let Interval { low, high } = share.interval();
            (1.0, (high - low) / 2.0)
        } else {
            let mean = values.mean().map(|mean| mean.per(per_unit));
            let half_width = mean.and_then(|mean| mean.half_width).unwrap_or(f64::INFINITY);
            (mean.map_or(0.0, |mean| mean.mean), half_width)
        };
        let asked = match &self.half_width {
            HalfWidth::Part(part) => part.as_f64() * mean,
            HalfWidth::Time(span) => span.as_days(),
            HalfWidth::Amount(amount) => *amount,
        };
        Known { headline: headline.clone(), half_width, asked }
    }
}

#[cfg(test)]
mod tests {
    use super::super::toy;
    use super::*;

    fn part(text: &str) -> HalfWidth {
        text.parse().expect("a half-width")
    }

    #[test]
    fn half_widths_are_parts_times_or_amounts() {
        for (text, written) in
            [("1%", "1%"), (" 0.5% ", "0.5%"), ("12h", "12h"), ("1,500", "1500"), ("0.25", "0.25")]
        {
            assert_eq!(part(text).to_string(), written);
        }
        for text in ["0%", "-1%", "0", "-5", "0h", "soon", "1 %%", "", "inf"] {
            assert!(text.parse::<HalfWidth>().is_err(), "{text}");
        }
    }

    #[test]
    fn looks_come_often_and_end_with_the_most() {
        let looks: Vec<u64> = Precision::looks(1_000_000).collect();
        assert_eq!(looks[..8], [200, 300, 500, 700, 1_000, 1_500, 2_000, 3_000]);
        assert_eq!(looks[looks.len() - 2..], [700_000, 1_000_000]);
        assert!(looks.windows(2).all(|pair| pair[0] < pair[1] && 3 * pair[1] <= 5 * pair[0]));
        assert_eq!(Precision::looks(100).collect::<Vec<u64>>(), [100]);
        assert_eq!(Precision::looks(300).collect::<Vec<u64>>(), [200, 300]);
    }

    /// Without a name it is the least known chance; half of Wilson's interval, in points.
    #[test]
    fn the_worst_chance_decides() {
        let ensemble = toy::ensemble(500);
        let setting = ensemble.setting();
        let all = Precision::new(part("1%"), None, setting).expect("chances");
        let worst = all.worst(&ensemble).expect("some chance");
        let widths = Headline::all(&[setting], &[By::Horizon]).into_iter().filter_map(|headline| {
            let count = |row: &&Row| headline.value(row, setting, setting.calendar.horizon()) > 0;
            let count = ensemble.rows().iter().filter(count).count() as u64;
            let Interval { low, high } = Share::new(count, 500).interval();
            (headline.unit() == Unit::Chance).then_some((high - low) / 2.0)
        });
        assert_eq!(worst.half_width, widths.fold(0.0, f64::max));
        assert_eq!(worst.asked, 0.01);
        assert!(
            !all.is_reached(&ensemble)
                && Precision::new(part("5%"), None, setting).unwrap().is_reached(&ensemble)
        );
    }

    /// A part of a mean, a time and an amount are one question in three forms.
    #[test]
    fn a_named_result_is_known_in_its_unit() {
        let ensemble = toy::ensemble(500);
        let setting = ensemble.setting();
        let named = |name: &str| Some(Headline::named(name, &[setting]).expect("a metric"));
        let known = |text: &str, name: &str| {
            let precision = Precision::new(part(text), named(name), setting).expect("it fits");
            precision.worst(&ensemble).expect("one")
        };
        let days = known("12h", "days_to_10K");
        assert_eq!((days.asked, days.headline.name().as_str()), (0.5, "days_to_10K"));
        let (sent, part_of_sent) = (known("500", "sent"), known("1%", "sent"));
        assert_eq!((sent.asked, sent.half_width), (500.0, part_of_sent.half_width));
        let (mean, _) = ensemble.total(crate::sim::Metric::Sent).expect("replications");
        assert_eq!(part_of_sent.asked, 0.01 * mean.mean);
        assert_eq!(Some(sent.half_width), mean.half_width);
    }

    #[test]
    fn a_width_of_another_kind_is_refused() {
        let setting = toy::setting();
        let named = |name: &str| Some(Headline::named(name, &[&setting]).expect("a metric"));
        let asked = |text: &str, metric| Precision::new(part(text), metric, &setting).map(|_| ());
        let unit = |half_width: &str, metric: &str| {
            Err(PrecisionError::Unit { half_width: half_width.to_owned(), metric: metric.to_owned() })
        };
        assert_eq!(asked("12h", None), Err(PrecisionError::NoMetric("12h".to_owned())));
        assert_eq!(asked("12h", named("flagged")), unit("12h", "flagged"));
        assert_eq!(asked("500", named("days_to_10K")), unit("500", "days_to_10K"));
        assert_eq!(asked("1%", named("days_to_10K")), Ok(()));
    }

    /// The forecast is the look at which it ends, as far as the spread stays what it is.
    #[test]
    fn the_forecast_follows_the_root_of_n() {
        let small = toy::ensemble(200);
        let precision = Precision::new(part("1%"), None, small.setting()).expect("chances");
        let forecast = precision.forecast(&small, 1_000_000);
        let excess = precision.worst(&small).expect("one").excess();
        assert!(
            forecast as f64 >= 200.0 * excess * excess && forecast as f64 <= 1.7 * 200.0 * excess * excess
        );
        assert_eq!(precision.forecast(&small, 500), 500);
    }
}
