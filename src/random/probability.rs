//! A number from 0 to 1, checked where it enters.

use std::fmt;
use std::str::FromStr;

use serde::de::{Deserializer, Visitor};
use serde::{Deserialize, Serialize};

/// A probability or a share: a number in \[0, 1\]. Written as a number, or as text in per cent: "1.2%".
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct Probability(f64);

impl Probability {
    /// What never happens.
    pub const ZERO: Self = Self(0.0);
    /// What always happens.
    pub const ONE: Self = Self(1.0);

    /// The probability `value`.
    ///
    /// # Errors
    /// When it does not lie between 0 and 1.
    pub fn new(value: f64) -> Result<Self, ProbabilityError> {
        if (0.0..=1.0).contains(&value) { Ok(Self(value)) } else { Err(ProbabilityError::Outside(value)) }
    }

    /// The number in \[0, 1\].
    #[inline]
    pub fn value(self) -> f64 {
        self.0
    }
}

impl From<Probability> for f64 {
    fn from(probability: Probability) -> f64 {
        probability.0
    }
}

impl TryFrom<f64> for Probability {
    type Error = ProbabilityError;

    fn try_from(value: f64) -> Result<Self, ProbabilityError> {
        Self::new(value)
    }
}

impl FromStr for Probability {
    type Err = ProbabilityError;

    fn from_str(text: &str) -> Result<Self, ProbabilityError> {
        let (number, per) = match text.trim().strip_suffix('%') {
            Some(number) => (number.trim_end(), 100.0),
            None => (text.trim(), 1.0),
        };
        let value: f64 = number.parse().map_err(|_| ProbabilityError::Text(text.to_owned()))?;
        match Self::new(value / per) {
            Err(ProbabilityError::Outside(_)) if per > 1.0 => Err(ProbabilityError::PerCent(value)),
            result => result,
        }
    }
}

impl<'de> Deserialize<'de> for Probability {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NumberOrText)
    }
}

struct NumberOrText;

impl Visitor<'_> for NumberOrText {
    type Value = Probability;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number from 0 to 1, or text such as \"1.2%\"")
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Probability, E> {
        Probability::new(value).map_err(E::custom)
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Probability, E> {
        self.visit_f64(value as f64)
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<Probability, E> {
        self.visit_f64(value as f64)
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Probability, E> {
        text.parse().map_err(E::custom)
    }
}

/// Why something is not a probability.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ProbabilityError {
    /// A number below 0 or above 1, or none at all.
    #[error("a probability lies between 0 and 1; {0} does not{advice}", advice = advice(*.0))]
    Outside(f64),
    /// A number of per cent below 0 or above 100.
    #[error("a probability lies between 0% and 100%; {0}% does not")]
    PerCent(f64),
    /// Text that holds no number.
    #[error("found `{0}`, expected a number from 0 to 1 or per cent such as 1.2%")]
    Text(String),
}

/// A number above 1 and up to 100 is likely meant in per cent.
fn advice(value: f64) -> String {
    if !(value > 1.0 && value <= 100.0) {
        return String::new();
    }
    let share = format!("{:.12}", value / 100.0);
    format!(" (did you mean {}?)", share.trim_end_matches('0').trim_end_matches('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<f64, String> {
        ron::from_str::<Probability>(text).map(f64::from).map_err(|error| error.code.to_string())
    }

    #[test]
    fn numbers_and_per_cent_are_read() {
        assert_eq!(read("0.012"), Ok(0.012));
        assert_eq!(read("1"), Ok(1.0));
        assert_eq!(read("\"1.2%\""), Ok(0.012));
        assert_eq!(read("\" 30 % \""), Ok(0.3));
        assert_eq!(serde_json::from_str::<Probability>("0.5").unwrap().value(), 0.5);
        assert_eq!(ron::to_string(&Probability::new(0.25).unwrap()).unwrap(), "0.25");
    }

    #[test]
    fn what_is_none_is_refused_with_advice() {
        let percent = "a probability lies between 0 and 1; 1.2 does not (did you mean 0.012?)";
        assert_eq!(read("1.2"), Err(percent.to_owned()));
        assert!(read("1.1").unwrap_err().ends_with("(did you mean 0.011?)"));
        assert!(read("40").unwrap_err().ends_with("(did you mean 0.4?)"));
        assert_eq!(read("-0.5"), Err("a probability lies between 0 and 1; -0.5 does not".to_owned()));
        assert_eq!(read("NaN"), Err("a probability lies between 0 and 1; NaN does not".to_owned()));
        assert_eq!(read("inf"), Err("a probability lies between 0 and 1; inf does not".to_owned()));
        assert!(read("\"120%\"").unwrap_err().contains("120% does not"));
        assert!(read("\"few\"").unwrap_err().contains("found `few`"));
    }
}
