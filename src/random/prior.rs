//! What is believed of a number that nobody knows exactly, as people write it in a scenario.

use serde::{Deserialize, Serialize};

use super::maths::{exp, ln};
use super::quantile::{
    beta_cdf, beta_quantile, log_normal_cdf, log_normal_quantile, log_uniform_quantile, uniform_quantile,
};

/// A law as it is written: `Fixed(0.95)`, `Beta(alpha: 2, beta: 30)`, ... Not yet checked: see [`Prior`].
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Law {
    /// One value, known.
    Fixed(f64),
    /// Anything between two values alike.
    Uniform {
        /// The lower end.
        low: f64,
        /// The upper end.
        high: f64,
    },
    /// Any order of magnitude between two values alike.
    LogUniform {
        /// The lower end, above 0.
        low: f64,
        /// The upper end.
        high: f64,
    },
    /// A share: as if `alpha` - 1 had been seen with and `beta` - 1 without.
    Beta {
        /// From 0.01 to a million.
        alpha: f64,
        /// From 0.01 to a million.
        beta: f64,
    },
    /// A positive value by two of its quantiles.
    LogNormal {
        /// One in twenty lies below this, which is above 0.
        p05: f64,
        /// One in twenty lies above this.
        p95: f64,
    },
    /// A positive value by its median and spread.
    LogNormalMedian {
        /// Half lie below, half above.
        median: f64,
        /// Standard deviation of the natural logarithm.
        sigma: f64,
    },
}

/// The 95 % point of the normal law.
const Z95: f64 = 1.644_853_626_951_472_2;

/// A checked [`Law`] of an uncertain number. Written and read exactly as the law.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Law", into = "Law")]
pub struct Prior(Law);

impl Prior {
    /// The law, checked.
    ///
    /// # Errors
    /// When a number is not finite, ends are in the wrong order, or a logarithm would be taken of nothing.
    pub fn new(law: Law) -> Result<Self, PriorError> {
        match law {
            Law::Fixed(value) => finite("value", value)?,
            Law::Uniform { low, high } => rising(("low", low), ("high", high))?,
            Law::LogUniform { low, high } => {
                positive("low", low)?;
                rising(("low", low), ("high", high))?;
            }
            Law::Beta { alpha, beta } => {
                countable("alpha", alpha)?;
                countable("beta", beta)?;
            }
            Law::LogNormal { p05, p95 } => {
                positive("p05", p05)?;
                rising(("p05", p05), ("p95", p95))?;
            }
            Law::LogNormalMedian { median, sigma } => {
                positive("median", median)?;
                positive("sigma", sigma)?;
            }
        }
        Ok(Self(law))
    }

    /// The law as it was written.
    pub fn law(&self) -> Law {
        self.0
    }

    /// The number, where it is certain.
    pub fn certain(&self) -> Option<f64> {
        match self.0 {
            Law::Fixed(value) => Some(value),
            _ => None,
        }
    }

    /// The value below which the share `u` of the belief lies, for 0 < `u` < 1, in the unit of the number.
    pub fn quantile(&self, u: f64) -> f64 {
        match self.0 {
            Law::Fixed(value) => value,
            Law::Uniform { low, high } => uniform_quantile(u, low, high),
            Law::LogUniform { low, high } => log_uniform_quantile(u, low, high),
            Law::Beta { alpha, beta } => beta_quantile(u, alpha, beta),
            Law::LogNormal { p05, p95 } => {
                let (median, sigma) = median_and_sigma(p05, p95);
                log_normal_quantile(u, median, sigma)
            }
            Law::LogNormalMedian { median, sigma } => log_normal_quantile(u, median, sigma),
        }
    }

    /// The share of the belief that does not lie above `value`, which is in the unit of the number.
    pub fn below(&self, value: f64) -> f64 {
        let way = |low: f64, high: f64| ((value - low) / (high - low)).clamp(0.0, 1.0);
        match self.0 {
            Law::Fixed(known) => f64::from(u8::from(known <= value)),
            Law::Uniform { low, high } => way(low, high),
            Law::LogUniform { low, .. } if value <= low => 0.0,
            Law::LogUniform { low, high } => (ln(value / low) / ln(high / low)).clamp(0.0, 1.0),
            Law::Beta { alpha, beta } => beta_cdf(value.clamp(0.0, 1.0), alpha, beta),
            Law::LogNormal { p05, p95 } => {
                let (median, sigma) = median_and_sigma(p05, p95);
                log_normal_cdf(value, median, sigma)
            }
            Law::LogNormalMedian { median, sigma } => log_normal_cdf(value, median, sigma),
        }
    }

    /// Where the belief begins and ends, in the unit of the number.
    pub fn support(&self) -> [f64; 2] {
        match self.0 {
            Law::Fixed(value) => [value, value],
            Law::Uniform { low, high } | Law::LogUniform { low, high } => [low, high],
            Law::Beta { .. } => [0.0, 1.0],
            Law::LogNormal { .. } | Law::LogNormalMedian { .. } => [0.0, f64::INFINITY],
        }
    }

    /// The expected value, in the unit of the number.
    pub fn mean(&self) -> f64 {
        match self.0 {
            Law::Fixed(value) => value,
            Law::Uniform { low, high } => low + 0.5 * (high - low),
            Law::LogUniform { low, high } => ((high - low) / ln(high / low)).clamp(low, high),
            Law::Beta { alpha, beta } => alpha / (alpha + beta),
            Law::LogNormal { p05, p95 } => {
                let (median, sigma) = median_and_sigma(p05, p95);
                median * exp(0.5 * sigma * sigma)
            }
            Law::LogNormalMedian { median, sigma } => median * exp(0.5 * sigma * sigma),
        }
    }

    /// The value that is as likely too low as too high, in the unit of the number.
    pub fn median(&self) -> f64 {
        self.quantile(0.5)
    }

    /// The law in words: "log-uniform from 0.001 to 0.03".
    pub fn describe(&self) -> String {
        match self.0 {
            Law::Fixed(value) => format!("fixed at {value}"),
            Law::Uniform { low, high } => format!("uniform from {low} to {high}"),
            Law::LogUniform { low, high } => format!("log-uniform from {low} to {high}"),
            Law::Beta { alpha, beta } => format!("beta with alpha {alpha} and beta {beta}"),
            Law::LogNormal { p05, p95 } => format!("log-normal, nine in ten from {p05} to {p95}"),
            Law::LogNormalMedian { median, sigma } => {
                format!("log-normal around {median} with sigma {sigma}")
            }
        }
    }
}

impl TryFrom<Law> for Prior {
    type Error = PriorError;

    fn try_from(law: Law) -> Result<Self, PriorError> {
        Self::new(law)
    }
}

impl From<Prior> for Law {
    fn from(prior: Prior) -> Law {
        prior.0
    }
}

fn median_and_sigma(p05: f64, p95: f64) -> (f64, f64) {
    let sigma = ln(p95 / p05) / (2.0 * Z95);
    (p05 * exp(Z95 * sigma), sigma)
}

/// What is wrong with a law, and on a second line what to do.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum PriorError {
    /// Not a number, or infinite.
    #[error("`{field}` is {found}, expected a finite number\nwrite a decimal number, such as 0.01")]
    NotFinite {
        /// The field as it is written.
        field: &'static str,
        /// Its value.
        found: f64,
    },
    /// Nothing or less where a logarithm is taken.
    #[error(
        "`{field}` is {found}, expected a number above 0\nits logarithm is taken: a small number such as 0.0001, or \
         another law"
    )]
    NotPositive {
        /// The field as it is written.
        field: &'static str,
        /// Its value.
        found: f64,
    },
    /// Outside what a beta law can be computed for.
    #[error(
        "`{field}` is {found}, expected a number from 0.01 to 1000000\nalpha / (alpha + beta) is the mean: both larger for \
         the same mean, or Fixed(..)"
    )]
    NotCountable {
        /// The field as it is written.
        field: &'static str,
        /// Its value.
        found: f64,
    },
    /// Ends that do not rise.
    #[error(
        "`{low_field}` is {low} and `{high_field}` is {high}, expected `{low_field}` below `{high_field}`\nthe smaller \
         number first; for one value alone write Fixed({low})"
    )]
    NotRising {
        /// The field of the lower end.
        low_field: &'static str,
        /// The lower end.
        low: f64,
        /// The field of the upper end.
        high_field: &'static str,
        /// The upper end.
        high: f64,
    },
}

fn finite(field: &'static str, found: f64) -> Result<(), PriorError> {
    if found.is_finite() { Ok(()) } else { Err(PriorError::NotFinite { field, found }) }
}

fn positive(field: &'static str, found: f64) -> Result<(), PriorError> {
    finite(field, found)?;
    if found > 0.0 { Ok(()) } else { Err(PriorError::NotPositive { field, found }) }
}

fn countable(field: &'static str, found: f64) -> Result<(), PriorError> {
    finite(field, found)?;
    if (0.01..=1e6).contains(&found) { Ok(()) } else { Err(PriorError::NotCountable { field, found }) }
}

fn rising(low: (&'static str, f64), high: (&'static str, f64)) -> Result<(), PriorError> {
    finite(low.0, low.1)?;
    finite(high.0, high.1)?;
    if low.1 < high.1 {
        return Ok(());
    }
    Err(PriorError::NotRising { low_field: low.0, low: low.1, high_field: high.0, high: high.1 })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Prior, String> {
        ron::from_str(text).map_err(|error| error.code.to_string())
    }

    fn near(found: f64, expected: f64) {
        assert!((found / expected - 1.0).abs() < 1e-10, "found {found}, expected {expected}");
    }

    #[test]
    fn every_law_is_read_as_it_is_written() {
        for text in [
            "Fixed(0.95)",
            "Uniform(low: 0.1, high: 0.2)",
            "LogUniform(low: 0.001, high: 0.03)",
            "Beta(alpha: 2, beta: 30)",
            "LogNormal(p05: 0.5, p95: 2)",
            "LogNormalMedian(median: 3, sigma: 0.4)",
        ] {
            let prior = read(text).unwrap();
            assert_eq!(read(&ron::to_string(&prior).unwrap()), Ok(prior), "{text}");
            assert!(prior.quantile(0.2) <= prior.quantile(0.8), "{text}");
        }
    }

    #[test]
    fn a_log_normal_keeps_its_two_points() {
        let prior = read("LogNormal(p05: 0.5, p95: 3)").unwrap();
        near(prior.quantile(0.05), 0.5);
        near(prior.quantile(0.95), 3.0);
        near(prior.median(), 1.5_f64.sqrt());
    }

    /// The mean against the average of many quantiles.
    #[test]
    fn the_mean_is_the_average_of_the_quantiles() {
        for text in [
            "Uniform(low: 0.1, high: 0.2)",
            "LogUniform(low: 0.001, high: 0.03)",
            "Beta(alpha: 2, beta: 30)",
            "LogNormal(p05: 0.5, p95: 2)",
            "LogNormalMedian(median: 3, sigma: 0.4)",
        ] {
            let prior = read(text).unwrap();
            let n = 20_000;
            let sum: f64 = (0..n).map(|i| prior.quantile((f64::from(i) + 0.5) / f64::from(n))).sum();
            assert!((sum / f64::from(n) / prior.mean() - 1.0).abs() < 1e-4, "{text}");
        }
    }

    #[test]
    fn what_is_no_law_is_refused_with_what_was_found() {
        let refused = |text: &str| {
            let said = read(text).unwrap_err();
            let (message, advice) = said.split_once('\n').unwrap();
            assert!(!advice.is_empty(), "{message}");
            message.to_owned()
        };
        assert_eq!(refused("Fixed(NaN)"), "`value` is NaN, expected a finite number");
        assert_eq!(refused("Uniform(low: 0, high: inf)"), "`high` is inf, expected a finite number");
        assert_eq!(
            refused("Uniform(low: 3, high: 1)"),
            "`low` is 3 and `high` is 1, expected `low` below `high`"
        );
        assert_eq!(refused("LogUniform(low: 0, high: 1)"), "`low` is 0, expected a number above 0");
        assert_eq!(
            refused("LogNormalMedian(median: 1, sigma: 0)"),
            "`sigma` is 0, expected a number above 0"
        );
        assert!(refused("Beta(alpha: 0, beta: 1)").contains("from 0.01 to 1000000"));
        assert!(refused("LogNormal(p05: 2, p95: 2)").contains("`p05` below `p95`"));
        assert!(read("Uniform(low: 0, high: 1, mid: 2)").unwrap_err().contains("mid"));
    }

    #[test]
    fn it_describes_itself() {
        let prior = read("LogUniform(low: 0.001, high: 0.03)").unwrap();
        assert_eq!(prior.describe(), "log-uniform from 0.001 to 0.03");
    }
}
