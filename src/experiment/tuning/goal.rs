//! What is wanted: a headline to be made better, and conditions that must hold.
//!
//! ```text
//!   days_to_10K               the mean of it, in its own direction (less is better)
//!   max:sent                  the direction said
//!   flagged < 5% with 95%     the chance lies below 5 %, and the runs show it with 95 % confidence
//!   cost < 900                the mean lies below 900; 95 % unless said otherwise
//! ```
//!
//! A condition is *shown* when the one-sided bound of its estimate lies on the right side of the limit: for chances the
//! exact bound of C. J. Clopper and E. S. Pearson (Biometrika 26, 1934), for means Student's t. It is *broken* when the
//! other bound lies on the wrong side, and open between.

use std::fmt;

use thiserror::Error;

use super::super::estimate::Interval;
use super::super::headline::{Headline, NoHeadline, Unit};
use super::super::paired::Pairs;
use crate::random::maths::sqrt;
use crate::random::quantile::{beta_quantile, normal_quantile};
use crate::sim::Setting;
use crate::time::Span;

/// What is to be made better: the mean of a headline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Goal {
    /// The headline.
    pub headline: Headline,
    /// Whether less of it is better.
    pub less_is_better: bool,
}

/// A condition that must hold.
#[derive(Clone, Debug, PartialEq)]
pub struct Constraint {
    /// Of which headline: its chance, or its mean.
    pub headline: Headline,
    /// Whether it must lie below the limit, or above.
    pub below: bool,
    /// The limit \[unit of the headline\].
    pub limit: f64,
    /// With which confidence that must be shown \[share\].
    pub confidence: f64,
    /// As it was written.
    pub text: String,
}

/// Why a text is no goal, or no condition.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{message}")]
pub struct GoalError {
    /// What was found, and what was expected.
    pub message: String,
    /// What to write instead.
    pub help: String,
}

/// How a condition stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// It holds, and the runs show it.
    Shown,
    /// The runs do not decide.
    Open,
    /// It does not hold, and the runs show that.
    Broken,
}

impl Kept {
    /// The name in files.
    pub fn name(self) -> &'static str {
        match self {
            Kept::Shown => "shown",
            Kept::Open => "open",
            Kept::Broken => "broken",
        }
    }
}

/// What the runs of one setting say about a headline.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// The chance or the mean \[unit of the headline\].
    pub value: f64,
    /// Its interval \[unit of the headline\]; `None` from a single run of a mean.
    pub interval: Option<Interval>,
    /// Runs.
    pub n: u64,
}

impl GoalError {
    pub(super) fn new(message: impl Into<String>, help: impl Into<String>) -> GoalError {
        GoalError { message: message.into(), help: help.into() }
    }
}

impl From<NoHeadline> for GoalError {
    fn from(error: NoHeadline) -> GoalError {
        GoalError::new(error.to_string(), error.help())
    }
}

impl Goal {
    /// Reads `METRIC`, `min:METRIC` or `max:METRIC`.
    ///
    /// # Errors
    /// A metric that means nothing in this scenario, or another direction.
    pub fn read(text: &str, setting: &Setting) -> Result<Goal, GoalError> {
        let (direction, name) = text.split_once(':').map_or((None, text), |(d, name)| (Some(d.trim()), name));
        let headline = Headline::named(name.trim(), &[setting])?;
        let less_is_better = match direction {
            None => headline.less_is_better(),
            Some("min") => true,
            Some("max") => false,
            Some(other) => {
                let message = format!("`{other}` is no direction of an objective");
                return Err(GoalError::new(message, format!("min:{0}, max:{0}, or {0} alone", name.trim())));
            }
        };
        Ok(Goal { headline, less_is_better })
    }

    /// The value as the search orders it: more is better.
    pub(super) fn merit(&self, value: f64) -> f64 {
        if self.less_is_better { -value } else { value }
    }
}

impl Constraint {
    /// Reads `METRIC < LIMIT`, `METRIC > LIMIT`, either followed by `with CONFIDENCE`.
    ///
    /// # Errors
    /// A metric that means nothing in this scenario, a limit that no value or every value keeps, another form.
    pub fn read(text: &str, setting: &Setting) -> Result<Constraint, GoalError> {
        const FORM: &str = "write METRIC < LIMIT, such as \"flagged < 5%\" or \"flagged < 5% with 95%\"";
        let form = || GoalError::new(format!("`{text}` is no condition"), FORM);
        let at = text.find(['<', '>']).ok_or_else(form)?;
        let below = text[at..].starts_with('<');
        let rest = text[at + 1..].trim_start_matches('=');
        let headline = Headline::named(text[..at].trim(), &[setting])?;
        let (limit, confidence) = match rest.split_once("with") {
            Some((limit, confidence)) => (limit.trim(), share(confidence).ok_or_else(form)?),
            None => (rest.trim(), 0.95),
        };
        if !(0.5..1.0).contains(&confidence) {
            let message = format!("no condition can be shown with {:.4} %", 100.0 * confidence);
            return Err(GoalError::new(message, "50% to 99.99%; 95% is usual"));
        }
        let name = headline.name();
        let value = amount(limit, headline.unit()).ok_or_else(|| {
            let help = match headline.unit() {
                Unit::Chance => format!("a chance, such as {name} < 5%"),
                Unit::Days => format!("days, such as {name} < 30d"),
                Unit::Messages | Unit::Currency => format!("an amount, such as {name} < 10,000"),
            };
            GoalError::new(format!("`{limit}` is no limit of {name}"), help)
        })?;
        possible(&headline, below, value)?;
        Ok(Constraint { headline, below, limit: value, confidence, text: text.trim().to_owned() })
    }

    /// How it stands, by some runs; of what the confidence leaves open each of `shares` judgements takes its part
    /// (C. E. Bonferroni).
    pub fn judge(&self, values: &[u64], shares: u64) -> Kept {
        let alpha = (1.0 - self.confidence) / shares.max(1) as f64;
        let Interval { low, high } = self.bounds(values, alpha);
        match self.below {
            true if high < self.limit => Kept::Shown,
            true if low >= self.limit => Kept::Broken,
            false if low > self.limit => Kept::Shown,
            false if high <= self.limit => Kept::Broken,
            _ => Kept::Open,
        }
    }

    /// One-sided bounds that leave out `alpha` each \[unit of the headline\].
    pub(super) fn bounds(&self, values: &[u64], alpha: f64) -> Interval {
        bounds(self.headline.unit(), values, alpha)
    }

    /// How far it would be from being shown by `runs` fresh runs, to leave out `alpha`, if the truth lay `lean` standard
    /// deviations on the bad side of what `values` say \[share of the limit\]; 0 where it would be shown.
    pub(super) fn missed(&self, values: &[u64], alpha: f64, (runs, lean): (u64, f64)) -> f64 {
        let Some(Estimate { value: middle, .. }) = estimate(self.headline.unit(), values) else { return 0.0 };
        let [asked, one] = [alpha, ONE_DEVIATION].map(|alpha| self.bounds(values, alpha));
        let side = |bounds: Interval, bad: bool| if self.below == bad { bounds.high } else { bounds.low };
        let nearer = sqrt(values.len() as f64 / runs.max(1) as f64).min(1.0);
        let leant = lean.abs() * (side(one, lean > 0.0) - middle);
        let at = middle + leant + (side(asked, true) - middle) * nearer;
        let wrong = if self.below { at - self.limit } else { self.limit - at };
        wrong.max(0.0) / self.limit.abs().max(1e-9)
    }
}

/// What a bound leaves out that lies one standard deviation off, of a normal law.
const ONE_DEVIATION: f64 = 0.158_655;

impl fmt::Display for Constraint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.below { '<' } else { '>' };
        let limit = match self.headline.unit() {
            Unit::Chance => format!("{}%", trimmed(100.0 * self.limit)),
            Unit::Days => format!("{}d", trimmed(self.limit)),
            Unit::Messages | Unit::Currency => trimmed(self.limit),
        };
        write!(f, "{} {sign} {limit}", self.headline.name())
    }
}

/// A number without needless digits.
fn trimmed(value: f64) -> String {
    ((value * 1e6).round() / 1e6).to_string()
}

/// What no value keeps, or every one, is no condition.
fn possible(headline: &Headline, below: bool, limit: f64) -> Result<(), GoalError> {
    let name = headline.name();
    let most = if headline.unit() == Unit::Chance { 1.0 } else { f64::INFINITY };
    if below && limit <= 0.0 || !below && limit >= most {
        let side = if below { "below" } else { "above" };
        let help = "runs show a chance below or above a limit, never exactly 0 or 1; leave some room";
        return Err(GoalError::new(format!("`{name}` can never be shown to lie {side} this limit"), help));
    }
    if below && limit > most || !below && limit < 0.0 {
        let message = format!("every setting keeps this condition on `{name}`");
        return Err(GoalError::new(message, "leave it out, or give a limit that can be broken"));
    }
    Ok(())
}

/// Refuses conditions that cannot hold together.
///
/// # Errors
/// Two conditions on one headline with nothing between their limits.
pub(super) fn check_together(constraints: &[Constraint]) -> Result<(), GoalError> {
    for upper in constraints.iter().filter(|constraint| constraint.below) {
        for lower in constraints.iter().filter(|constraint| !constraint.below) {
            if upper.headline == lower.headline && lower.limit >= upper.limit {
                let message = format!("no setting keeps both `{upper}` and `{lower}`");
                return Err(GoalError::new(message, "leave one of the two out, or leave room between them"));
            }
        }
    }
    Ok(())
}

/// What some runs say, with its 95 % interval.
pub fn estimate(unit: Unit, values: &[u64]) -> Option<Estimate> {
    let n = values.len() as u64;
    let sum: u128 = values.iter().map(|value| u128::from(*value)).sum();
    let value = (n > 0).then(|| sum as f64 / n as f64 / unit.per_unit())?;
    let interval = (n > 1 || unit == Unit::Chance).then(|| bounds(unit, values, 0.025));
    Some(Estimate { value, interval, n })
}

/// One-sided bounds that leave out `alpha` each: of a chance exact, of a mean by Student's t \[unit\].
fn bounds(unit: Unit, values: &[u64], alpha: f64) -> Interval {
    let n = values.len() as u64;
    if unit == Unit::Chance {
        return chance(values.iter().sum(), n, alpha);
    }
    let zero = Pairs::of(values.iter().map(|value| (*value, 0)));
    match zero.interval(2.0 * alpha) {
        Some(Interval { low, high }) => Interval { low: low / unit.per_unit(), high: high / unit.per_unit() },
        None => Interval { low: f64::NEG_INFINITY, high: f64::INFINITY },
    }
}

/// The bounds of a chance: exact, and beyond a million runs by the normal law, which is then the same to four digits.
fn chance(count: u64, n: u64, alpha: f64) -> Interval {
    let (k, rest) = (count as f64, (n - count.min(n)) as f64);
    if n > 1_000_000 {
        let p = k / n as f64;
        let half = normal_quantile(1.0 - alpha) * (p * (1.0 - p) / n as f64).sqrt() + 1.0 / n as f64;
        return Interval { low: (p - half).max(0.0), high: (p + half).min(1.0) };
    }
    Interval {
        low: if count == 0 { 0.0 } else { beta_quantile(alpha, k, rest + 1.0) },
        high: if rest == 0.0 { 1.0 } else { beta_quantile(1.0 - alpha, k + 1.0, rest) },
    }
}

/// A share: `95%`, `0.95`.
fn share(text: &str) -> Option<f64> {
    let text = text.trim();
    let percent = text.strip_suffix('%').map(|percent| (percent, 100.0));
    let (digits, by) = percent.unwrap_or((text, 1.0));
    digits.trim().parse::<f64>().ok().filter(|value| value.is_finite()).map(|value| value / by)
}

/// An amount in the unit of a headline: `5%`, `30d`, `10,000`, `10K`.
fn amount(text: &str, unit: Unit) -> Option<f64> {
    match unit {
        Unit::Chance => share(text).filter(|share| text.contains('%') || (0.0..=1.0).contains(share)),
        Unit::Days => match text.parse::<f64>() {
            Ok(days) => Some(days).filter(|days| days.is_finite()),
            Err(_) => Span::try_from(text.to_owned()).ok().map(Span::as_days),
        },
        Unit::Messages | Unit::Currency => {
            let bare = text.replace([',', '_'], "").to_lowercase();
            let mut scaled = [("k", 1e3), ("m", 1e6)].into_iter();
            let scaled = scaled.find_map(|(letter, by)| Some((bare.strip_suffix(letter)?, by)));
            let (digits, by) = scaled.unwrap_or((&bare, 1.0));
            digits.trim().parse::<f64>().ok().filter(|value| value.is_finite()).map(|value| value * by)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::toy;
    use super::*;

    fn read(text: &str) -> Result<Constraint, GoalError> {
        Constraint::read(text, &toy::setting())
    }

    #[test]
    fn conditions_are_read_as_people_write_them() {
        for text in ["flagged < 5% with 95%", "flagged<5 %", "flagged <= 0.05 with 0.95"] {
            let found = read(text).unwrap();
            assert_eq!((found.below, found.limit, found.confidence), (true, 0.05, 0.95), "{text}");
            assert_eq!(found.to_string(), "flagged < 5%");
        }
        let days = read("days_to_10,000 < 4w with 99%").unwrap();
        assert_eq!(
            (days.limit, days.confidence, days.to_string().as_str()),
            (28.0, 0.99, "days_to_10K < 28d")
        );
        let sent = read("sent > 10K").unwrap();
        assert_eq!((sent.below, sent.limit), (false, 10_000.0));
    }

    #[test]
    fn what_is_no_condition_is_refused_with_advice() {
        for (text, says) in [
            ("flagged", "no condition"),
            ("flaged < 5%", "no metric `flaged`"),
            ("flagged < 5", "no limit of flagged"),
            ("flagged < 0%", "never be shown"),
            ("flagged > 100%", "never be shown"),
            ("flagged < 120%", "every setting"),
            ("flagged < 5% with 100%", "no condition can be shown with 100"),
            ("sent > -1", "every setting"),
            ("days_to_10K < soon", "no limit of days_to_10K"),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.message.contains(says), "{text}: {error:?}");
            assert!(!error.help.is_empty());
        }
        let together = |a: &str, b: &str| check_together(&[read(a).unwrap(), read(b).unwrap()]);
        assert!(together("flagged < 5%", "flagged > 10%").is_err());
        assert!(together("flagged < 5%", "flagged > 5%").is_err());
        assert!(together("flagged < 10%", "flagged > 5%").is_ok());
        assert!(together("flagged < 5%", "restricted > 10%").is_ok());
    }

    #[test]
    fn a_goal_has_the_direction_of_its_headline_unless_one_is_said() {
        let goal = |text: &str| Goal::read(text, &toy::setting()).map(|goal| goal.less_is_better);
        assert_eq!((goal("days_to_10K"), goal("sent"), goal("min:sent")), (Ok(true), Ok(false), Ok(true)));
        assert!(goal("least:sent").is_err() && goal("sents").unwrap_err().help.contains("`sent`"));
    }

    /// The exact one-sided bounds of 0 of 59 and 0 of 58 at 95 %: 1 - 0.05^(1/59) = 4.95 %, 1 - 0.05^(1/58) = 5.03 %,
    /// the rule of 59 of quality control.
    #[test]
    fn a_chance_is_shown_when_its_exact_bound_is_on_the_right_side() {
        let condition = read("flagged < 5%").unwrap();
        assert_eq!(condition.judge(&[0; 59], 1), Kept::Shown);
        assert_eq!(condition.judge(&[0; 58], 1), Kept::Open);
        assert_eq!(condition.judge(&[0; 59], 2), Kept::Open, "two judgements share what is left open");
        assert_eq!(condition.judge(&[1; 2], 1), Kept::Broken);
        assert_eq!(condition.judge(&[1; 1], 1), Kept::Broken);
        assert_eq!(condition.judge(&[], 1), Kept::Open);
        let above = read("flagged > 95%").unwrap();
        assert_eq!((above.judge(&[1; 59], 1), above.judge(&[0; 2], 1)), (Kept::Shown, Kept::Broken));
    }

    /// Mean 5, deviation sqrt(32 / 7) of 8 values, t(7; 95 %) = 1.894579: one-sided bounds 5 -+ 1.43219.
    #[test]
    fn a_mean_is_shown_by_students_t() {
        let values = [2, 4, 4, 4, 5, 5, 7, 9];
        let judged = |text: &str| read(text).unwrap().judge(&values, 1);
        assert_eq!((judged("sent < 6.44"), judged("sent < 6.42")), (Kept::Shown, Kept::Open));
        assert_eq!((judged("sent < 3.56"), judged("sent < 3.58")), (Kept::Broken, Kept::Open));
        assert_eq!((judged("sent > 3.56"), judged("sent > 3.58")), (Kept::Shown, Kept::Open));
    }

    #[test]
    fn a_condition_is_missed_by_less_after_more_runs_and_by_more_if_the_truth_is_worse() {
        let condition = read("flagged < 5%").unwrap();
        let values: Vec<u64> = (0..100).map(|run| u64::from(run < 6)).collect();
        let missed = |plan: (u64, f64)| condition.missed(&values, 0.05, plan);
        // The exact bound of 6 of 100 at 95 % is 11.5 %.
        assert!((missed((100, 0.0)) - (0.115 / 0.05 - 1.0)).abs() < 0.05, "{}", missed((100, 0.0)));
        // A hundred times as many runs bring the bound ten times as near to the estimate.
        let soon = missed((10_000, 0.0));
        assert!((soon - ((0.06 + 0.0055) / 0.05 - 1.0)).abs() < 0.005, "{soon}");
        assert!(missed((10_000, -1.0)) < soon && soon < missed((10_000, 1.0)));
        assert_eq!(condition.missed(&[0; 400], 0.05, (400, 0.0)), 0.0);
        let above = read("flagged > 95%").unwrap();
        assert!(above.missed(&values, 0.05, (100, 0.0)) > 0.9);
        assert_eq!(above.missed(&[1; 400], 0.05, (400, 0.0)), 0.0);
    }
}
