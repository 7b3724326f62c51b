//! What is varied: a field of a scenario, its rules or a profile, and the values that it takes.
//!
//! ```text
//!   rating.number.low_from=1%..4%:4          levels   1%, 2%, 3%, 4%
//!   upgrade.volume.review=1h..24h:4:log      levels   1h, 2h 53m, ... each by the same factor
//!   sender.weekdays=[workdays, every_day]    levels   as listed: any values
//!   sender.plan.share=50%..100%              a range without levels: any value between, for designs of points
//!        '-- the path, as --set takes it
//! ```
//!
//! Values are texts as `--set` takes them, and exact: 0.3, never 0.30000000000000004; whole numbers stay whole, spans
//! are whole seconds.

mod amount;

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use crate::random::Law;

pub use amount::Kind;
use amount::{Amount, Between};

/// Most levels of one factor.
const MOST_LEVELS: u32 = 1_000;

/// A field and the values that it takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Factor {
    path: String,
    values: Values,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Values {
    /// As they were listed; the kind where all are amounts of one.
    Listed(Vec<String>, Option<Kind>),
    /// Levels of a range.
    Levels(Vec<String>, Between),
    /// All between two ends.
    Range(Between),
}

/// Why a text is no factor, or why one cannot vary what stands at its path.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{message}")]
pub struct FactorError {
    /// What was found, and what was expected.
    pub message: String,
    /// What to write instead.
    pub help: String,
}

impl FactorError {
    fn new(message: impl Into<String>, help: impl Into<String>) -> FactorError {
        FactorError { message: message.into(), help: help.into() }
    }
}

impl Factor {
    /// The path of the field, as `--set` takes it.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The levels in their order, texts as `--set` takes them; `None` for a range without levels.
    pub fn levels(&self) -> Option<&[String]> {
        match &self.values {
            Values::Listed(levels, _) | Values::Levels(levels, _) => Some(levels),
            Values::Range(_) => None,
        }
    }

    /// The value at a position \[0 <= `unit` < 1\]: any of a range, each of some levels alike often.
    pub fn at(&self, unit: f64) -> String {
        match &self.values {
            Values::Range(between) => between.at(unit),
            Values::Listed(levels, _) | Values::Levels(levels, _) => {
                let place = (unit.clamp(0.0, 1.0) * levels.len() as f64) as usize;
                levels[place.min(levels.len() - 1)].clone()
            }
        }
    }

    /// Where the value at a position lies on the way from the first to the last \[0 to 1\]: levels are evenly apart.
    pub fn along(&self, unit: f64) -> f64 {
        match self.levels() {
            Some(levels) => {
                let last = levels.len().saturating_sub(1);
                let place = (unit.clamp(0.0, 1.0) * levels.len() as f64) as usize;
                place.min(last) as f64 / last.max(1) as f64
            }
            None => unit.clamp(0.0, 1.0),
        }
    }

    /// What the values count in; `None` where they are no amounts of one kind.
    pub fn kind(&self) -> Option<Kind> {
        match &self.values {
            Values::Listed(_, kind) => *kind,
            Values::Levels(_, between) | Values::Range(between) => Some(between.kind),
        }
    }

    /// Whether its values are even by their logarithm.
    pub fn is_log(&self) -> bool {
        match &self.values {
            Values::Listed(..) => false,
            Values::Levels(_, between) | Values::Range(between) => between.log,
        }
    }

    /// The amount that one of its values says, for axes: a number, per cent, or seconds; `None` where it is no amount.
    pub fn amount(&self, value: &str) -> Option<f64> {
        self.kind()?;
        Amount::parse(value).map(Amount::value)
    }

    /// Checks that a range can stand where `stands` does: the value at its path as it is written in the file. Listed
    /// values may be anything.
    ///
    /// # Errors
    /// A range of amounts where words stand, or of another kind of amounts.
    pub fn check(&self, stands: &str) -> Result<(), FactorError> {
        let kind = match &self.values {
            Values::Listed(..) => return Ok(()),
            Values::Levels(_, between) | Values::Range(between) => between.kind,
        };
        let path = &self.path;
        let wrong = |what: &str, help: String| {
            let found = kind.in_words();
            Err(FactorError::new(format!("`{path}` is {what}, and {found} cannot stand there"), help))
        };
        let inner = stands.trim().trim_matches('"');
        let quoted = inner.len() < stands.trim().len();
        let standing = Amount::parse(inner).map(|amount| amount.kind);
        if standing.is_none() && ron::from_str::<Law>(stands).is_ok() {
            let help = format!("give numbers or per cent, such as {path}=1%..5%:5");
            return if kind == Kind::Span { wrong("an uncertain number", help) } else { Ok(()) };
        }
        match standing {
            None => wrong(
                &format!("{} now", shortened(stands)),
                format!("list the values that it may have: {path}=[.., ..]"),
            ),
            Some(Kind::Span) if kind != Kind::Span => {
                let help = format!("give spans, such as {path}=12h..48h:4");
                wrong(&format!("a span of time ({inner})"), help)
            }
            Some(Kind::Whole | Kind::Decimal | Kind::Percent) if kind == Kind::Span => {
                wrong(&format!("a number ({inner})"), format!("give numbers, such as {path}=[{inner}, ..]"))
            }
            Some(Kind::Whole) if !quoted && kind == Kind::Percent => wrong(
                &format!("a number ({inner})"),
                format!("give numbers without %, such as {path}=[{inner}, ..]"),
            ),
            Some(_) => Ok(()),
        }
    }
}

/// A value in few letters.
fn shortened(value: &str) -> String {
    const MOST: usize = 40;
    let line: String = value.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= MOST {
        return line;
    }
    format!("{} ..", line.chars().take(MOST).collect::<String>())
}

impl fmt::Display for Factor {
    /// The path and its first and last value: `horizon 30d .. 90d`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.values {
            Values::Range(between) => {
                write!(f, "{} {} .. {}", self.path, between.level(0, 2), between.level(1, 2))
            }
            Values::Levels(levels, _) => {
                write!(f, "{} {} .. {}", self.path, levels[0], levels[levels.len() - 1])
            }
            Values::Listed(levels, _) => write!(f, "{} {}", self.path, levels.join(", ")),
        }
    }
}

impl FromStr for Factor {
    type Err = FactorError;

    /// Reads `PATH=a..b:n`, `PATH=a..b:n:log`, `PATH=[a, b, c]` or `PATH=a..b`.
    fn from_str(text: &str) -> Result<Factor, FactorError> {
        const FORMS: &str = "write PATH=1%..5%:5 (5 levels), PATH=1%..5%:5:log, PATH=[a, b, c] or PATH=1%..5% (any value between)";
        let Some((path, values)) = text.split_once('=') else {
            return Err(FactorError::new(format!("`{text}` names no values"), FORMS));
        };
        let (path, values) = (path.trim().to_owned(), values.trim());
        if path.is_empty() {
            return Err(FactorError::new(format!("`{text}` names no field"), FORMS));
        }
        let values = if values.starts_with('[') {
            listed(&path, values)?
        } else if let Some((low, rest)) = values.split_once("..") {
            ranged(&path, low.trim(), rest)?
        } else {
            let message = format!("`{path}` would have one value, `{values}`");
            return Err(FactorError::new(message, format!("{FORMS}; --set holds a field at one value")));
        };
        Ok(Factor { path, values })
    }
}

/// The levels of `[a, b, c]`.
fn listed(path: &str, text: &str) -> Result<Values, FactorError> {
    let Some(inside) = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')) else {
        return Err(FactorError::new(format!("the list of `{path}` has no end"), "write PATH=[a, b, c]"));
    };
    let levels = elements(inside);
    let twice = levels.iter().enumerate().find(|(place, level)| levels[..*place].contains(level));
    if let Some((_, level)) = twice {
        let message = format!("`{path}` has the value `{level}` twice");
        return Err(FactorError::new(message, "give each value once"));
    }
    if levels.iter().any(String::is_empty) {
        return Err(FactorError::new(format!("`{path}` has an empty value"), "write PATH=[a, b, c]"));
    }
    if levels.len() < 2 {
        let count = if levels.is_empty() { "no value" } else { "one value" };
        let help = "give two at least; --set holds a field at one value";
        return Err(FactorError::new(format!("`{path}` has {count}"), help));
    }
    let kinds: Option<Vec<Kind>> = levels.iter().map(|level| Some(Amount::parse(level)?.kind)).collect();
    let kind = kinds.and_then(|kinds| {
        let first = kinds[0];
        let number = |kind: &Kind| matches!(kind, Kind::Whole | Kind::Decimal);
        let mixed = kinds.iter().all(number).then_some(Kind::Decimal);
        if kinds.iter().all(|kind| *kind == first) { Some(first) } else { mixed }
    });
    Ok(Values::Listed(levels, kind))
}

/// The elements of a list: parted by commas outside brackets and quotes.
fn elements(inside: &str) -> Vec<String> {
    if inside.trim().is_empty() {
        return Vec::new();
    }
    let (mut depth, mut quoted) = (0_i32, false);
    let parts = inside.split(|letter: char| {
        match letter {
            '"' => quoted = !quoted,
            '(' | '[' | '{' if !quoted => depth += 1,
            ')' | ']' | '}' if !quoted => depth -= 1,
            ',' => return depth == 0 && !quoted,
            _ => {}
        }
        false
    });
    parts.map(|part| part.trim().to_owned()).collect()
}

/// The values of `a..b`, with what follows the second: `:n`, `:log`, `:n:log`.
fn ranged(path: &str, low: &str, rest: &str) -> Result<Values, FactorError> {
    let mut parts = rest.split(':').map(str::trim);
    let high = parts.next().unwrap_or_default();
    let (count, log) = spacing(path, parts.collect())?;
    let between = ends(path, low, high, log)?;
    let Some(count) = count else { return Ok(Values::Range(between)) };
    let mut levels: Vec<String> = (0..count).map(|index| between.level(index, count)).collect();
    levels.dedup();
    if levels.len() < count as usize {
        let message = format!("`{path}` has no {count} different values from {low} to {high}");
        let finer = if between.kind == Kind::Whole {
            format!(", or {low}.0..{high}.0 where it need not be whole")
        } else {
            String::new()
        };
        return Err(FactorError::new(message, format!("ask for at most {}{finer}", levels.len())));
    }
    Ok(Values::Levels(levels, between))
}

/// How many levels, and whether by equal factors.
fn spacing(path: &str, parts: Vec<&str>) -> Result<(Option<u32>, bool), FactorError> {
    let (count, log) = match parts.as_slice() {
        [] => (None, false),
        ["log"] => (None, true),
        [count] => (Some(*count), false),
        [count, "log"] => (Some(*count), true),
        _ => {
            let message = format!("`:{}` of `{path}` says nothing", parts.join(":"));
            return Err(FactorError::new(message, "a number of levels may follow, and `log`: 1%..10%:5:log"));
        }
    };
    let Some(count) = count else { return Ok((None, log)) };
    match count.parse::<u32>() {
        Ok(0) => Err(FactorError::new(
            format!("`{path}` has no levels: the design is empty"),
            "2 levels at least, such as 1%..5%:5",
        )),
        Ok(1) => Err(FactorError::new(
            format!("`{path}` has one level"),
            "2 levels at least; --set holds a field at one value",
        )),
        Ok(count) if count <= MOST_LEVELS => Ok((Some(count), log)),
        Ok(count) => {
            let message = format!("`{path}` has {count} levels");
            Err(FactorError::new(message, format!("at most {MOST_LEVELS}; 5 to 20 show a curve")))
        }
        Err(_) => {
            let message = format!("`{count}` of `{path}` is no number of levels");
            Err(FactorError::new(message, "such as 1%..5%:5, or 1%..10%:5:log"))
        }
    }
}

/// The range between two ends.
fn ends(path: &str, low: &str, high: &str, log: bool) -> Result<Between, FactorError> {
    let amount = |text: &str| {
        Amount::parse(text).ok_or_else(|| {
            let message = format!("`{text}` of `{path}` is no amount of which there is a range");
            FactorError::new(
                message,
                "ranges are of numbers, per cent or spans: 1..5, 0.5..2.0, 1%..5%, 6h..2d; list other values: [a, b]",
            )
        })
    };
    let (first, last) = (amount(low)?, amount(high)?);
    let Some(between) = Between::new(first, last, log) else {
        let message = format!("`{path}` would go from {} to {}", first.kind.in_words(), last.kind.in_words());
        let help = format!("write both ends alike: found {low} and {high}");
        return Err(FactorError::new(message, help));
    };
    if between.is_one() {
        let message = format!("`{path}` begins and ends at {low}");
        return Err(FactorError::new(message, "give two ends; --set holds a field at one value"));
    }
    if !between.rises() {
        let message = format!("`{path}` begins at {low}, above its end {high}");
        return Err(FactorError::new(message, format!("write {high}..{low}")));
    }
    if log && !between.is_positive() {
        let message = format!("`{path}` begins at {low}, and equal factors need a beginning above 0");
        return Err(FactorError::new(message, "begin above 0, or leave `log` out"));
    }
    Ok(between)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn factor(text: &str) -> Factor {
        text.parse().unwrap_or_else(|error: FactorError| panic!("{text}: {error}"))
    }

    fn levels(text: &str) -> Vec<String> {
        factor(text).levels().unwrap().to_vec()
    }

    #[test]
    fn levels_are_exact_and_ends_are_among_them() {
        assert_eq!(levels("a=0.1..0.5:5"), ["0.1", "0.2", "0.3", "0.4", "0.5"]);
        assert_eq!(levels("a=1%..4%:4"), ["1%", "2%", "3%", "4%"]);
        assert_eq!(levels("a=1%..2%:4"), ["1%", "1.3333%", "1.6667%", "2%"]);
        assert_eq!(levels("a=10_000..60_000:6"), ["10000", "20000", "30000", "40000", "50000", "60000"]);
        assert_eq!(levels("a=1h..6h:6"), ["1h", "2h", "3h", "4h", "5h", "6h"]);
        assert_eq!(levels("a=-1..1:3"), ["-1", "0", "1"]);
        assert_eq!(levels("a=0..1.0:3"), ["0.0", "0.5", "1.0"]);
        assert_eq!(levels("a=1..10:5"), ["1", "3", "6", "8", "10"]);
    }

    #[test]
    fn equal_factors_lie_between_levels_by_log() {
        assert_eq!(levels("a=1%..100%:3:log"), ["1%", "10%", "100%"]);
        assert_eq!(levels("a=1..1_000:4:log"), ["1", "10", "100", "1000"]);
        assert_eq!(levels("a=1h..4h:3:log"), ["1h", "2h", "4h"]);
        assert_eq!(levels("a=1h..24h:4:log"), ["1h", "2h 53m", "8h 19m", "24h"]);
        assert_eq!(levels("a=0.1%..3%:5:log"), ["0.1%", "0.234%", "0.548%", "1.28%", "3%"]);
        assert_eq!(levels("a=100..60_000:4:log"), ["100", "843", "7110", "60000"]);
        assert_eq!(levels("a=0.001..0.1:3:log"), ["0.001", "0.01", "0.1"]);
    }

    #[test]
    fn lists_take_any_values() {
        let found = levels("p=[Fixed(0.01), LogUniform(low: 0.001, high: 0.03), \"a, b\", every_day]");
        assert_eq!(found, ["Fixed(0.01)", "LogUniform(low: 0.001, high: 0.03)", "\"a, b\"", "every_day"]);
        assert_eq!(factor("p=[workdays, every_day]").kind(), None);
        assert_eq!(factor("p=[1%, 5%]").kind(), Some(Kind::Percent));
        assert_eq!(factor("p=[1%, 5%]").amount("5%"), Some(5.0));
    }

    #[test]
    fn a_position_has_its_value() {
        let range = factor("a=1%..5%");
        assert_eq!(range.levels(), None);
        assert_eq!([range.at(0.0), range.at(0.5), range.at(0.25)], ["1%", "3%", "2%"]);
        let whole = factor("a=1..4");
        let found: Vec<String> = (0..8).map(|place| whole.at(f64::from(place) / 8.0)).collect();
        assert_eq!(found, ["1", "1", "2", "2", "3", "3", "4", "4"]);
        let levels = factor("a=[x, y]");
        assert_eq!([levels.at(0.49), levels.at(0.5), levels.at(0.999)], ["x", "y", "y"]);
        let log = factor("a=1%..100%:log");
        assert_eq!([log.at(0.0), log.at(0.5)], ["1%", "10%"]);
        assert_eq!(factor("a=1h..3h").at(0.5), "2h");
        // The ends stay the ends, whatever the position.
        assert_eq!([whole.at(1.0), range.at(1.0)], ["4", "5%"]);
    }

    #[test]
    fn what_is_no_factor_is_refused_with_advice() {
        for (text, message, help) in [
            ("horizon", "names no values", "PATH=1%..5%:5"),
            ("=1..2", "names no field", "PATH"),
            ("a=5", "one value", "--set"),
            ("a=[]", "no value", "two at least"),
            ("a=[x]", "one value", "--set"),
            ("a=[x, x]", "twice", "once"),
            ("a=[x, , y]", "empty value", "[a, b, c]"),
            ("a=[x, y", "no end", "[a, b, c]"),
            ("a=1..5:0", "empty", "2 levels at least"),
            ("a=1..5:1", "one level", "--set"),
            ("a=1..5:x", "no number of levels", "1%..5%:5"),
            ("a=1..5:5:lin", "says nothing", "log"),
            ("a=1..5:5000", "5000 levels", "at most"),
            ("a=5..1:3", "above its end", "write 1..5"),
            ("a=5..5:3", "begins and ends", "--set"),
            ("a=1..3:7", "no 7 different values", "at most 3"),
            ("a=1%..5:3", "share in per cent to a whole number", "alike"),
            ("a=red..blue:3", "no amount", "[a, b]"),
            ("a=0%..5%:3:log", "above 0", "log"),
        ] {
            let error = text.parse::<Factor>().unwrap_err();
            assert!(error.message.contains(message), "{text}: {}", error.message);
            assert!(error.help.contains(help), "{text}: {}", error.help);
        }
    }

    #[test]
    fn levels_lie_evenly_from_the_first_to_the_last() {
        let along = |text: &str, places: &[f64]| -> Vec<f64> {
            let factor = factor(text);
            places.iter().map(|place| factor.along(*place)).collect()
        };
        let middles = [1.0 / 6.0, 0.5, 5.0 / 6.0];
        assert_eq!(along("a=[6000, 12000, 18000]", &middles), [0.0, 0.5, 1.0]);
        assert_eq!(along("a=1..100:3:log", &middles), [0.0, 0.5, 1.0]);
        assert_eq!(along("a=[red, blue]", &[0.25, 0.75, 1.0]), [0.0, 1.0, 1.0]);
        assert_eq!(along("a=20%..100%", &[0.0, 0.3, 1.0]), [0.0, 0.3, 1.0]);
    }

    #[test]
    fn amounts_stand_only_where_such_amounts_do() {
        let refused = |text: &str, stands: &str| factor(text).check(stands).unwrap_err().message;
        assert!(refused("title=1..3:3", "\"A first climb\"").contains("A first climb"));
        assert!(refused("sender.weekdays=1..3:3", "every_day").contains("every_day"));
        assert!(refused("horizon=30..60:3", "\"60d\"").contains("a span of time (60d)"));
        assert!(refused("a.customers=1h..3h:3", "60_000").contains("a number (60_000)"));
        assert!(refused("a.customers=1%..3%:3", "60_000").contains("a number (60_000)"));
        for (text, stands) in [
            ("sender.plan.share=50%..100%:3", "\"100%\""),
            ("sender.plan.share=0.5..1.0:3", "\"100%\""),
            ("horizon=30d..60d:3", "\"60d\""),
            ("a.block=1%..3%:3", "LogUniform(low: 0.001, high: 0.03)"),
            ("a.sigma=0.1..0.5:3", "0.3"),
            ("platform.ruleset=[classic-2022, platform-2023]", "\"classic-2022\""),
        ] {
            factor(text).check(stands).unwrap();
        }
    }
}
