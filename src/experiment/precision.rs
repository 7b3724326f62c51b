//! How many replications are enough: as many as it takes to know a result as well as was asked for.
//!
//! ```text
//!   200, 300, 500, 700, 1,000, 1,500, ... replications --> half the width of the interval --> enough, or go on
//! ```
//!
//! What is to be known are estimates of [`Results`]: of a run a headline, of several plans how each two differ in it, of
//! a sweep the headline at each point. The one that is known least well decides.
//!
//! The looks are at fixed numbers of replications, so that the number at which it ends is the same whatever the
//! threads, and whatever was kept of earlier runs. Whoever stops at the first look that is good enough stops a little
//! too often at a look that is too good: of 3,000 intervals of a chance of one half that stopped so, 94.6 % held it, and
//! of 1,000 of a paired difference 95.3 % (`cargo bench --bench coverage`).

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use crate::glossary::Ratio;
use crate::time::Span;

use super::comparison::{Comparison, Pair};
use super::difference::Matters;
use super::ensemble::Ensemble;
use super::estimate::Interval;
use super::headline::{Headline, Unit};
use super::paired::share_difference;
use super::sweep::{Level, Sweep};

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

/// Results so far, of which more replications tell more.
pub trait Results {
    /// Replications: of a run, of each plan, of each point.
    fn n(&self) -> u64;
    /// Whether all replications that were asked for are there; `false` after an interruption.
    fn complete(&self) -> bool;
    /// The estimates of a headline that there are.
    fn estimates(&self, headline: &Headline) -> Vec<Estimate>;
}

/// One estimate of a headline.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// What a part of it is a part of \[the headline's unit\]: its mean; of a difference the larger of two means. A
    /// part of a chance is in points.
    pub whole: f64,
    /// Half the width of its interval \[the headline's unit\]; infinite where there is none yet.
    pub half_width: f64,
}

impl Estimate {
    fn new(whole: f64, interval: Option<Interval>) -> Estimate {
        let half_width = interval.map_or(f64::INFINITY, |interval| (interval.high - interval.low) / 2.0);
        Estimate { whole, half_width }
    }

    fn of(level: Level) -> Estimate {
        Estimate::new(level.estimate, level.interval)
    }
}

/// A headline of one run.
impl Results for Ensemble {
    fn n(&self) -> u64 {
        Ensemble::n(self)
    }

    fn complete(&self) -> bool {
        Ensemble::complete(self)
    }

    fn estimates(&self, headline: &Headline) -> Vec<Estimate> {
        let setting = self.setting();
        let level = Level::of(self.rows(), setting, headline, setting.calendar.horizon());
        level.map(Estimate::of).into_iter().collect()
    }
}

/// How each two plans differ, pair by pair.
impl Results for Comparison {
    fn n(&self) -> u64 {
        Comparison::n(self)
    }

    fn complete(&self) -> bool {
        Comparison::complete(self)
    }

    fn estimates(&self, headline: &Headline) -> Vec<Estimate> {
        let estimate = |pair: &Pair| {
            // What the rules of one cannot do is a chance of the other, which is to be known as well.
            let found = self.counted(pair, headline, &Matters::default(), self.alpha())?;
            let whole = found.means[0].max(found.means[1]);
            let interval = match headline.unit() {
                // Plans that never differed so far may differ in the next replication.
                Unit::Chance => {
                    let alone = found.equal.n - found.equal.count;
                    let first =
                        if headline.less_is_better() { found.second_better } else { found.first_better };
                    Some(share_difference(first.count, alone - first.count, found.equal.n, self.alpha()))
                }
                _ => found.interval,
            };
            Some(Estimate::new(whole, interval))
        };
        self.pairs().iter().filter_map(estimate).collect()
    }
}

/// A headline at each point that was run.
impl Results for Sweep {
    fn n(&self) -> u64 {
        self.replications
    }

    fn complete(&self) -> bool {
        Sweep::complete(self)
    }

    fn estimates(&self, headline: &Headline) -> Vec<Estimate> {
        (0..self.points.len()).filter_map(|point| self.level(point, headline)).map(Estimate::of).collect()
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
    /// Which of its estimates, from 0: of a comparison the pair, of a sweep the point.
    pub place: usize,
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
    /// So well is the result `metric` to be known; without one, every chance among the results `told`.
    ///
    /// # Errors
    /// A half-width that is none of the result.
    pub fn new(
        half_width: HalfWidth,
        metric: Option<Headline>,
        told: Vec<Headline>,
    ) -> Result<Precision, PrecisionError> {
        let headlines = match metric {
            Some(metric) => vec![metric],
            None if !matches!(half_width, HalfWidth::Part(_)) => {
                return Err(PrecisionError::NoMetric(half_width.to_string()));
            }
            None => told.into_iter().filter(|headline| headline.unit() == Unit::Chance).collect(),
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

    /// The estimate that is known least well, by what is asked of it.
    pub fn worst(&self, results: &dyn Results) -> Option<Known> {
        let known = self.headlines.iter().flat_map(|headline| {
            let estimates = results.estimates(headline).into_iter().enumerate();
            estimates.map(|(place, estimate)| self.known(headline, place, estimate))
        });
        known.max_by(|a, b| a.excess().total_cmp(&b.excess()))
    }

    /// Whether all is known as well as is asked.
    pub fn is_reached(&self, results: &dyn Results) -> bool {
        self.worst(results).is_none_or(|worst| worst.is_enough())
    }

    /// The look at which it will probably be reached, up to `most`: intervals shrink with the root of the replications.
    pub fn forecast(&self, results: &dyn Results, most: u64) -> u64 {
        let excess = self.worst(results).map_or(0.0, |worst| worst.excess());
        let needed = results.n() as f64 * excess * excess;
        Precision::looks(most).find(|n| *n as f64 >= needed).unwrap_or(most)
    }

    fn known(&self, headline: &Headline, place: usize, estimate: Estimate) -> Known {
        let whole = if headline.unit() == Unit::Chance { 1.0 } else { estimate.whole };
        let asked = match &self.half_width {
            HalfWidth::Part(part) => part.as_f64() * whole,
            HalfWidth::Time(span) => span.as_days(),
            HalfWidth::Amount(amount) => *amount,
        };
        Known { headline: headline.clone(), place, half_width: estimate.half_width, asked }
    }
}

#[cfg(test)]
mod tests {
    use super::super::estimate::Share;
    use super::super::headline::By;
    use super::super::toy;
    use super::super::{Design, Row, SweepPoint, Threads, Watched};
    use super::*;
    use std::sync::atomic::AtomicBool;

    use crate::sim::{Course, Setting};
    use crate::time::DAY;

    fn part(text: &str) -> HalfWidth {
        text.parse().expect("a half-width")
    }

    /// What a run of this setting is told by.
    fn told(setting: &Setting) -> Vec<Headline> {
        Headline::all(&[setting], &[By::Horizon])
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
        let all = Precision::new(part("1%"), None, told(setting)).expect("chances");
        let worst = all.worst(&ensemble).expect("some chance");
        let widths = told(setting).into_iter().filter_map(|headline| {
            let count = |row: &&Row| headline.value(row, setting, setting.calendar.horizon()) > 0;
            let count = ensemble.rows().iter().filter(count).count() as u64;
            let Interval { low, high } = Share::new(count, 500).interval();
            (headline.unit() == Unit::Chance).then_some((high - low) / 2.0)
        });
        assert_eq!(worst.half_width, widths.fold(0.0, f64::max));
        assert_eq!(worst.asked, 0.01);
        assert!(
            !all.is_reached(&ensemble)
                && Precision::new(part("5%"), None, told(setting)).unwrap().is_reached(&ensemble)
        );
    }

    /// A part of a mean, a time and an amount are one question in three forms.
    #[test]
    fn a_named_result_is_known_in_its_unit() {
        let ensemble = toy::ensemble(500);
        let setting = ensemble.setting();
        let named = |name: &str| Some(Headline::named(name, &[setting]).expect("a metric"));
        let known = |text: &str, name: &str| {
            let precision = Precision::new(part(text), named(name), told(setting)).expect("it fits");
            precision.worst(&ensemble).expect("one")
        };
        let days = known("12h", "days_to_10K");
        assert_eq!((days.asked, days.headline.name().as_str()), (0.5, "days_to_10K"));
        let (sent, part_of_sent) = (known("500", "sent"), known("1%", "sent"));
        assert_eq!((sent.asked, sent.half_width), (500.0, part_of_sent.half_width));
        let (mean, _) = ensemble.total(crate::sim::Metric::Sent).expect("replications");
        assert_eq!(part_of_sent.asked, 0.01 * mean.mean);
        assert!((sent.half_width / mean.half_width.expect("several") - 1.0).abs() < 1e-9);
    }

    /// Of a comparison it is the difference of each pair that is to be known: what both plans share does not count.
    #[test]
    fn of_plans_the_difference_decides() {
        let futures = |arm: usize, index: u64| {
            let mut future = toy::future(index);
            if arm == 1 {
                future.outcome.reached.iter_mut().skip(1).flatten().for_each(|at| at.0 += DAY / 2);
            }
            Watched { future, course: Course::default() }
        };
        let plans = ["plain", "late", "plain again"].map(|name| (name.to_owned(), toy::setting()));
        let quiet = AtomicBool::new(false);
        let comparison = Comparison::run(plans.to_vec(), 0..300, Threads::ONE, &futures, &|_| {}, &quiet);
        let headlines = comparison.headlines(&[]);
        let named = |name: &str| headlines.iter().find(|headline| headline.name() == name).cloned();
        let known = |text: &str, name: &str| {
            let precision = Precision::new(part(text), named(name), Vec::new()).expect("it fits");
            precision.worst(&comparison).expect("three pairs")
        };
        // Half a day later in every run, whatever the luck: nothing is left open.
        assert_eq!(known("1h", "days_to_10K").half_width, 0.0);
        // A limit that is cut by the horizon in some runs: known to what the pairs of runs leave open.
        let days = known("1h", "days_to_100K");
        let of_pair =
            comparison.difference(&comparison.pairs()[days.place], &days.headline, &Matters::default());
        let Interval { low, high } = of_pair.and_then(|found| found.interval).expect("several runs");
        assert!(days.half_width > 0.0 && days.half_width == (high - low) / 2.0, "{days:?}");
        // Plans that were the same so far are not the same for certain.
        let flagged = known("1%", "flagged");
        let open = share_difference(0, 0, 300, comparison.alpha());
        assert_eq!(flagged.half_width, (open.high - open.low) / 2.0);
        assert!(!flagged.is_enough());
    }

    /// Of a sweep each point is to be known.
    #[test]
    fn of_points_the_least_known_decides() {
        let factor = "sender.plan.share=[10%, 20%, 30%]".parse().expect("a factor");
        let design = Design::factorial(vec![factor]).expect("three points");
        let never = |mut row: Row| {
            row.outcome.flags = 0;
            row
        };
        let rows = toy::ensemble(200).rows().to_vec();
        let point = |rows: Vec<Row>| SweepPoint { setting: toy::setting(), rows };
        let still: Vec<Row> = rows.iter().cloned().map(never).collect();
        let points = vec![point(still.clone()), point(rows.clone()), point(still)];
        let sweep = Sweep { design, points, replications: 200 };
        let flagged = Headline::named("flagged", &[&toy::setting()]).expect("a metric");
        let precision = Precision::new(part("1%"), Some(flagged), Vec::new()).expect("it fits");
        let worst = precision.worst(&sweep).expect("a point");
        assert_eq!(worst.place, 1);
        assert_eq!(
            Some(worst),
            precision.worst(&toy::ensemble(200)).map(|known| Known { place: 1, ..known })
        );
    }

    #[test]
    fn a_width_of_another_kind_is_refused() {
        let setting = toy::setting();
        let named = |name: &str| Some(Headline::named(name, &[&setting]).expect("a metric"));
        let asked = |text: &str, metric| Precision::new(part(text), metric, told(&setting)).map(|_| ());
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
        let precision = Precision::new(part("1%"), None, told(small.setting())).expect("chances");
        let forecast = precision.forecast(&small, 1_000_000);
        let excess = precision.worst(&small).expect("one").excess();
        assert!(
            forecast as f64 >= 200.0 * excess * excess && forecast as f64 <= 1.7 * 200.0 * excess * excess
        );
        assert_eq!(precision.forecast(&small, 500), 500);
    }
}
