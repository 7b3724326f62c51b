//! What a scenario is expected to do: its `expect`, each expectation under a sentence that says what must be so.
//!
//! ```text
//!   expect: {
//!     "most hold 10,000 in four weeks": Chance(of: Reached(tier: "10,000", by: "28d"), at_least: "80%"),
//!     "half hold 100,000 by April":     Day(tier: "100,000", quantile: "50%", at_most: "2022-03-31"),
//!     "it pays off":                    Total(of: sent, at_least: 600_000),
//!     "a slower review costs days":     Day(tier: "100,000", vs_set: { "upgrade.volume.review": "96h" }, at_most: "-1d"),
//!     "without chance, day 8 has it":   Exactly(chance: off, days: [(on: "day 8", tier: "10,000")]),
//!   }
//!
//!              what is asked                      without `quantile`            with `vs` or `vs_set`
//!   Chance     the share of futures               -                             this less the other: a difference
//!   Day        when a tier is first held          the mean, up to the horizon   of shares or means, future by
//!   Total      a sum over the run                 the mean                      future on the same luck
//!   Exactly    what every single future does,     -                             -
//!              or the one without chance
//! ```
//!
//! A bound is met by a value that equals it. What is judged is the truth behind the replications, not their mean: see
//! [`experiment::expect`](crate::experiment).

use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::document::Ordered;
use crate::glossary::{NumberStatus, Rating, Ratio, TemplateStatus, grouped};
use crate::time::{Calendar, DAY, SimTime, Span, date_in_words};

use super::mishap::Mishap;
use super::setting::Setting;
use super::trajectory::{Metric, Trajectory};

// ---- how expectations are written ---------------------------------------------------------------------------------

/// What is expected of a scenario.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum ExpectText {
    /// The share of futures in which something happens.
    Chance {
        /// What happens.
        of: EventText,
        /// Another scenario, a file beside this one: the share here less the share there is bounded; none unless said
        /// otherwise.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        vs: Option<String>,
        /// Changes by path, as `--set` makes them, of the other scenario, without `vs` of this one; none unless said
        /// otherwise.
        #[serde(default, skip_serializing_if = "Ordered::is_empty")]
        vs_set: Ordered<String>,
        /// The least share, such as `"80%"`, of a difference also `"-5%"`; no bound unless said otherwise.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at_least: Option<Ratio>,
        /// The largest share; no bound unless said otherwise.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at_most: Option<Ratio>,
    },
    /// When a tier is first held.
    Day {
        /// The tier, by its name on the ladder.
        tier: String,
        /// The share of all futures that hold it by then, such as `"50%"`; the mean, in which a future that never holds
        /// the tier counts with the horizon, unless said otherwise.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        quantile: Option<Ratio>,
        /// Another scenario, a file beside this one: the mean here less the mean there is bounded; none unless said
        /// otherwise.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        vs: Option<String>,
        /// Changes by path, as `--set` makes them, of the other scenario, without `vs` of this one; none unless said
        /// otherwise.
        #[serde(default, skip_serializing_if = "Ordered::is_empty")]
        vs_set: Ordered<String>,
        /// Not before: a date, or a time since the start such as `"14d"`, of a difference also `"-2d"`; no bound unless
        /// said otherwise.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at_least: Option<When>,
        /// Not after: by the end of a date, or by a time since the start; no bound unless said otherwise.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at_most: Option<When>,
    },
    /// A sum over the run.
    Total {
        /// What is counted, by its name in `daily.csv`.
        of: Metric,
        /// The share of futures at or below it, such as `"90%"`; the mean unless said otherwise.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        quantile: Option<Ratio>,
        /// Another scenario, a file beside this one: the mean here less the mean there is bounded; none unless said
        /// otherwise.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        vs: Option<String>,
        /// Changes by path, as `--set` makes them, of the other scenario, without `vs` of this one; none unless said
        /// otherwise.
        #[serde(default, skip_serializing_if = "Ordered::is_empty")]
        vs_set: Ordered<String>,
        /// The least sum, cost in whole units of its currency \[unit of what is counted\]; no bound unless said otherwise.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at_least: Option<i64>,
        /// The largest sum \[the same unit\]; no bound unless said otherwise.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at_most: Option<i64>,
    },
    /// What every single future does; or the one that is left when chance is off.
    Exactly {
        /// `off` holds chance still: parameters at their mean, effects of days at 1, outcomes at what is expected, the
        /// platform's decisions at the likeliest; `on` unless said otherwise.
        #[serde(default, skip_serializing_if = "is_on")]
        chance: OnOff,
        /// What is seen at the end of these days.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        days: Vec<DayText>,
        /// Sums over the run, by the name of what is counted \[cost in millionths\].
        #[serde(default, skip_serializing_if = "Ordered::is_empty")]
        totals: Ordered<u64>,
    },
}

/// Something that happens in a future or does not, at least once within the horizon.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum EventText {
    /// A tier is held.
    Reached {
        /// The tier, by its name on the ladder.
        tier: String,
        /// By the end of a date, or by a time since the start such as `"28d"`; by the horizon unless said otherwise.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<When>,
    },
    /// At the end this tier is held, or one above it.
    EndsAtLeast(String),
    /// The number is flagged.
    Flagged,
    /// The tier falls.
    Downgraded,
    /// The number is restricted.
    Restricted,
    /// A template is flagged.
    TemplateFlagged,
    /// A template is disabled.
    TemplateDisabled,
    /// The number is banned.
    Banned,
    /// The number is warned.
    Warned,
    /// The number is rate-limited.
    RateLimited,
    /// So many are counted over the run.
    Counted {
        /// What is counted.
        of: Metric,
        /// How many at least \[cost in whole units of its currency\].
        at_least: u64,
    },
}

impl EventText {
    /// What goes wrong, where it is that.
    pub fn mishap(&self) -> Option<Mishap> {
        match self {
            EventText::Flagged => Some(Mishap::Flagged),
            EventText::Downgraded => Some(Mishap::Downgraded),
            EventText::Restricted => Some(Mishap::Restricted),
            EventText::TemplateFlagged => Some(Mishap::TemplateFlagged),
            EventText::TemplateDisabled => Some(Mishap::TemplateDisabled),
            EventText::Banned => Some(Mishap::Banned),
            EventText::Warned => Some(Mishap::Warned),
            EventText::RateLimited => Some(Mishap::RateLimited),
            EventText::Reached { .. } | EventText::EndsAtLeast(_) | EventText::Counted { .. } => None,
        }
    }
}

/// Whether there is chance.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(non_camel_case_types, reason = "lower-case words are choices in scenario files")]
pub enum OnOff {
    /// As always.
    #[default]
    on,
    /// It is held still.
    off,
}

fn is_on(chance: &OnOff) -> bool {
    *chance == OnOff::on
}

/// What is seen at the end of a day. Only what is stated is looked at.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DayText {
    /// The day: a date, or `"day 8"`; the day of the start is day 1.
    pub on: String,
    /// The tier; not looked at unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tier: Option<String>,
    /// The number's worst status; not looked at unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<NumberStatus>,
    /// The number's rating; not looked at unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rating: Option<Rating>,
    /// The worst status of a template that the sender has; not looked at unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<TemplateStatus>,
    /// What is counted during the day, by its name \[cost in millionths\].
    #[serde(default, skip_serializing_if = "Ordered::is_empty")]
    pub counts: Ordered<u64>,
}

/// A date, or a time since the start; as a bound of a difference, a length of time with its sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum When {
    /// A civil date of the scenario's zone.
    Date(Date),
    /// Since the start \[whole seconds\].
    After(i64),
}

impl TryFrom<String> for When {
    type Error = String;

    fn try_from(text: String) -> Result<When, String> {
        if let Ok(date) = text.trim().parse::<Date>() {
            return Ok(When::Date(date));
        }
        let (sign, length) = match text.trim().strip_prefix('-') {
            Some(length) => (-1, length),
            None => (1, text.trim()),
        };
        let span = Span::try_from(length.to_owned());
        span.map(|span| When::After(sign * span.0)).map_err(|_| {
            format!("expected a date such as \"2022-03-31\" or a time since the start such as \"28d\", found {text:?}")
        })
    }
}

impl From<When> for String {
    fn from(when: When) -> String {
        when.to_string()
    }
}

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            When::Date(date) => write!(f, "{date}"),
            When::After(seconds) if *seconds < 0 => write!(f, "-{}", Span(-seconds)),
            When::After(seconds) => write!(f, "{}", Span(*seconds)),
        }
    }
}

// ---- ready to be judged -------------------------------------------------------------------------------------------

/// An expectation that was checked: judging it cannot fail, only it can.
#[derive(Clone, Debug)]
pub struct Expectation {
    /// The sentence that says what must be so.
    pub name: String,
    /// The file that it stands in.
    pub file: String,
    /// Its line there, from 1.
    pub line: usize,
    /// What is judged.
    pub measure: Measure,
    /// What is read from each future.
    pub here: Quantity,
    /// What is read from the other scenario's future of the same index, and its position among
    /// [`Scenario::others`](super::Scenario::others).
    pub there: Option<(usize, Quantity)>,
    /// The unit of estimates and bounds.
    pub unit: Unit,
    /// What it asks, in words: `chance that the number is flagged: at most 20 %`.
    pub asks: String,
}

/// What is judged of a quantity, in the quantity's own unit: shares from 0 to 1, seconds, counts.
#[derive(Clone, Debug, PartialEq)]
pub enum Measure {
    /// The share of futures in which it is 1, or the difference of two such shares.
    Chance(Bounds<f64>),
    /// The least value with at least this share of the futures at or below it.
    Quantile(f64, Bounds<u64>),
    /// The mean, or the mean difference.
    Mean(Bounds<f64>),
    /// It is 0 in every future, here and in what is compared with.
    Never,
}

/// The least and the largest value; at least one of them is given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bounds<T> {
    /// The least.
    pub at_least: Option<T>,
    /// The largest.
    pub at_most: Option<T>,
}

impl Measure {
    /// How many bounds are judged, each with its own chance of a false alarm.
    pub fn bounds(&self) -> u64 {
        let count = |least, most| u64::from(least) + u64::from(most);
        match self {
            Measure::Chance(bounds) | Measure::Mean(bounds) => {
                count(bounds.at_least.is_some(), bounds.at_most.is_some())
            }
            Measure::Quantile(_, bounds) => count(bounds.at_least.is_some(), bounds.at_most.is_some()),
            Measure::Never => 0,
        }
    }
}

/// A whole number that is read from a future.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Quantity {
    /// 1 where something happens, else 0.
    Happens(Event),
    /// The second at which a tier (position on the ladder) is first held; `u64::MAX` where it never is.
    Until(usize),
    /// The same, with the horizon \[seconds\] where it never is.
    UntilOr(usize, u64),
    /// A sum over the run.
    Total(Metric),
    /// 0 where the future is as expected, else 1.
    Differs(Exact),
    /// 0: nothing is asked of this scenario.
    Nothing,
}

/// Something that happens in a future or does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// A tier (position on the ladder) is held before an instant.
    ReachedBefore(usize, SimTime),
    /// The tier at the end is this one (position on the ladder) or higher.
    EndsAtLeast(usize),
    /// Something goes wrong.
    Mishap(Mishap),
    /// So many are counted over the run.
    Counted(Metric, u64),
}

/// What every future must do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exact {
    /// By civil day, from 0.
    pub days: Vec<(usize, ExactDay)>,
    /// Sums over the run.
    pub totals: Vec<(Metric, u64)>,
}

/// What is seen at the end of a day; what is `None` is not looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExactDay {
    /// Position of the tier.
    pub tier: Option<u8>,
    /// The number's worst status; not looked at unless said otherwise.
    pub status: Option<NumberStatus>,
    /// The number's rating; not looked at unless said otherwise.
    pub rating: Option<Rating>,
    /// The worst status of a template that the sender has.
    pub template: Option<TemplateStatus>,
    /// What is counted during the day.
    pub counts: Vec<(Metric, u64)>,
}

impl Quantity {
    /// Its value in a future.
    pub fn read(&self, future: &Trajectory) -> u64 {
        let first = |tier: usize| future.outcome.reached.get(tier).copied().flatten();
        match self {
            Quantity::Happens(event) => u64::from(event.happens(future)),
            Quantity::Until(tier) => first(*tier).map_or(u64::MAX, |time| time.0.unsigned_abs()),
            Quantity::UntilOr(tier, horizon) => first(*tier).map_or(*horizon, |time| time.0.unsigned_abs()),
            Quantity::Total(metric) => future.outcome.totals[*metric as usize],
            Quantity::Differs(exact) => u64::from(!exact.is(future)),
            Quantity::Nothing => 0,
        }
    }
}

impl Event {
    /// Whether it happens in a future.
    pub fn happens(self, future: &Trajectory) -> bool {
        match self {
            Event::ReachedBefore(tier, before) => {
                future.outcome.reached.get(tier).copied().flatten().is_some_and(|time| time < before)
            }
            Event::EndsAtLeast(tier) => future.outcome.final_tier >= tier,
            Event::Mishap(mishap) => mishap.happened(&future.outcome),
            Event::Counted(metric, least) => future.outcome.totals[metric as usize] >= least,
        }
    }
}

impl Exact {
    fn is(&self, future: &Trajectory) -> bool {
        let day = |(place, expected): &(usize, ExactDay)| {
            future.days.get(*place).is_some_and(|day| {
                expected.tier.is_none_or(|tier| day.tier == tier)
                    && expected.status.is_none_or(|status| day.status == status)
                    && expected.rating.is_none_or(|rating| day.rating == rating)
                    && expected.template.is_none_or(|template| day.template == template)
                    && expected.counts.iter().all(|(metric, count)| day.counts[*metric as usize] == *count)
            })
        };
        let total = |(metric, sum): &(Metric, u64)| future.outcome.totals[*metric as usize] == *sum;
        self.days.iter().all(day) && self.totals.iter().all(total)
    }
}

// ---- in words -----------------------------------------------------------------------------------------------------

/// The unit of estimates and bounds, and how they are shown.
#[derive(Clone, Debug)]
pub enum Unit {
    /// A share of the futures, from 0 to 1.
    Share,
    /// A difference of shares.
    Points,
    /// An instant \[seconds since the start\], shown as a date.
    Date(Calendar),
    /// A length of time \[seconds\], shown in days.
    Days,
    /// A count.
    Count {
        /// Whole numbers in a unit.
        per_unit: u32,
        /// The currency, where it is money.
        currency: Option<String>,
    },
}

impl Unit {
    /// The unit of a metric in a setting.
    pub fn of(metric: Metric, setting: &Setting) -> Unit {
        let currency = setting.currency.clone().filter(|_| metric == Metric::Cost);
        Unit::Count { per_unit: metric.per_unit(), currency }
    }

    /// A value in words. What is not known, or beyond the horizon, is said so.
    pub fn show(&self, value: f64) -> String {
        if value.is_infinite() && !matches!(self, Unit::Date(_)) {
            return "any".to_owned();
        }
        match self {
            Unit::Share => format!("{} %", plain(100.0 * value, 1)),
            Unit::Points => format!("{} points", signed(100.0 * value, 1)),
            Unit::Date(calendar) if value >= calendar.horizon().0 as f64 => {
                format!("not within {} days", plain(calendar.horizon().as_days(), 0))
            }
            Unit::Date(calendar) => date_in_words(calendar.civil(SimTime(value as i64)).date()),
            Unit::Days => format!("{} days", plain(value / DAY as f64, 2)),
            Unit::Count { per_unit, currency } => {
                let value = value / f64::from(*per_unit);
                let whole = value.abs() >= 100.0 || value.fract() == 0.0;
                let number = if whole { grouped(value.abs().round() as u64) } else { plain(value.abs(), 1) };
                let sign = if value < 0.0 && number != "0" { "-" } else { "" };
                let unit = currency.as_ref().map_or_else(String::new, |currency| format!(" {currency}"));
                format!("{sign}{number}{unit}")
            }
        }
    }
}

fn plain(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    if text.trim_start_matches(['-', '0', '.']).is_empty() {
        text.trim_start_matches('-').to_owned()
    } else {
        text
    }
}

fn signed(value: f64, decimals: usize) -> String {
    let text = plain(value, decimals);
    if text.starts_with('-') || value <= 0.0 { text } else { format!("+{text}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_and_written() {
        for (text, when) in [
            ("28d", When::After(28 * DAY)),
            ("-36h", When::After(-36 * 3_600)),
            ("2022-03-31", When::Date(jiff::civil::date(2022, 3, 31))),
        ] {
            assert_eq!(When::try_from(text.to_owned()), Ok(when));
            assert_eq!(String::from(when), text);
        }
        for text in ["", "31 March", "28", "2022-02-30", "--1d"] {
            assert!(When::try_from(text.to_owned()).unwrap_err().contains("expected a date"), "{text}");
        }
    }

    #[test]
    fn values_are_shown_in_their_unit() {
        assert_eq!(Unit::Share.show(0.434), "43.4 %");
        assert_eq!(Unit::Points.show(0.05), "+5.0 points");
        assert_eq!(Unit::Points.show(-0.0001), "0.0 points");
        assert_eq!(Unit::Days.show(-1.5 * DAY as f64), "-1.50 days");
        let usd = Unit::Count { per_unit: 1_000_000, currency: Some("USD".to_owned()) };
        assert_eq!(usd.show(35_135_400_000.0), "35,135 USD");
        assert_eq!(usd.show(-1_500_000.0), "-1.5 USD");
        assert_eq!(usd.show(f64::INFINITY), "any");
    }
}
