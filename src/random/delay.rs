//! How long people take: a short table of ages, each with the share of those who answer at it.

use super::quantile::{log_logistic_cdf, log_normal_cdf};
use super::split::{MOST_ROWS, Shares, SharesError};
use crate::time::Span;

/// The ages, in hours, at which a named law is read.
const HOURS: [i64; MOST_ROWS] = [0, 1, 2, 3, 4, 6, 8, 12, 16, 24, 36, 48, 72, 96, 120, 168];
/// How long the last row of a named law lasts, in hours.
const LAST_HOURS: i64 = 24;
const HOUR: i64 = 3_600;
/// The largest age of a table \[seconds\]: a year.
const MOST_AGE: i64 = 365 * 24 * HOUR;

/// Shares of people by the age (seconds) at which they react; at most 16 rows, the rest never do.
#[derive(Clone, Debug, PartialEq)]
pub struct DelayTable {
    ages: [i64; MOST_ROWS],
    shares: Shares,
}

impl DelayTable {
    /// The table of `rows`: (age in seconds, share).
    ///
    /// # Errors
    /// When ages do not rise strictly from 0 or later up to a year, a share is not above 0, the shares exceed 1, or there are
    /// none or more than 16.
    pub fn new(rows: &[(i64, f64)]) -> Result<Self, DelayError> {
        if rows.is_empty() {
            return Err(DelayError::Empty);
        }
        if rows[0].0 < 0 {
            return Err(DelayError::Negative(rows[0].0));
        }
        if let Some(at) = rows.windows(2).position(|pair| pair[0].0 >= pair[1].0) {
            return Err(DelayError::NotRising { row: at + 2, before: rows[at].0, found: rows[at + 1].0 });
        }
        if let Some(at) = rows.iter().position(|&(age, _)| age > MOST_AGE) {
            return Err(DelayError::TooLate { row: at + 1, found: rows[at].0 });
        }
        if let Some(at) = rows.iter().position(|&(_, share)| share <= 0.0) {
            return Err(DelayError::NoShare { row: at + 1, found: rows[at].1 });
        }
        let shares: Vec<f64> = rows.iter().map(|&(_, share)| share).collect();
        let shares = Shares::new(&shares)?;
        let mut ages = [0; MOST_ROWS];
        for (to, from) in ages.iter_mut().zip(rows) {
            *to = from.0;
        }
        Ok(Self { ages, shares })
    }

    /// The ages, in seconds, rising.
    pub fn ages(&self) -> &[i64] {
        &self.ages[..self.shares.shares().len()]
    }

    /// The shares of the rows, ready for [`split`](super::split).
    pub fn shares(&self) -> &Shares {
        &self.shares
    }

    /// Age (seconds) and share of each row.
    pub fn rows(&self) -> impl Iterator<Item = (i64, f64)> + '_ {
        self.ages().iter().copied().zip(self.shares.shares().iter().copied())
    }

    /// The share of those who never react.
    pub fn lost(&self) -> f64 {
        self.shares.never()
    }
}

/// A named law of delays.
#[derive(Clone, Debug, PartialEq)]
pub enum DelayLaw {
    /// The log-logistic law: a quick start and a long tail.
    LogLogistic {
        /// Half have reacted by then, in seconds.
        median: f64,
        /// Steepness: larger is narrower.
        shape: f64,
    },
    /// The log-normal law.
    LogNormal {
        /// Half have reacted by then, in seconds.
        median: f64,
        /// Standard deviation of the natural logarithm.
        sigma: f64,
    },
    /// Two kinds of people.
    Mixture {
        /// The share of the first kind.
        weight: f64,
        /// The law of the first kind.
        first: Box<DelayLaw>,
        /// The law of all others.
        second: Box<DelayLaw>,
    },
}

impl DelayLaw {
    /// The log-logistic law of `median` (seconds) and `shape`.
    pub fn log_logistic(median: f64, shape: f64) -> Self {
        Self::LogLogistic { median, shape }
    }

    /// The log-normal law of `median` (seconds) and `sigma`.
    pub fn log_normal(median: f64, sigma: f64) -> Self {
        Self::LogNormal { median, sigma }
    }

    /// `first` for the share `weight`, `second` for the others.
    pub fn mixture(weight: f64, first: DelayLaw, second: DelayLaw) -> Self {
        Self::Mixture { weight, first: Box::new(first), second: Box::new(second) }
    }

    /// The share that has reacted by the age of `seconds`.
    pub fn cdf(&self, seconds: f64) -> f64 {
        match self {
            Self::LogLogistic { median, shape } => log_logistic_cdf(seconds, *median, *shape),
            Self::LogNormal { median, sigma } => log_normal_cdf(seconds, *median, *sigma),
            Self::Mixture { weight, first, second } => {
                weight * first.cdf(seconds) + (1.0 - weight) * second.cdf(seconds)
            }
        }
    }

    /// The law read at 0, 1, 2, 3, 4, 6, 8, 12, 16, 24, 36, 48, 72, 96, 120 and 168 h.
    ///
    /// A row holds what falls between its age and the next, the last what falls in the 24 h after its own. What
    /// falls later never happens: [`DelayTable::lost`]. Rows in which nothing falls are left out.
    ///
    /// # Errors
    /// When a parameter is not positive, a weight is no share, or nothing falls within the table.
    pub fn compile(&self) -> Result<DelayTable, DelayError> {
        self.check()?;
        let seconds = HOURS.map(|hours| hours * HOUR);
        let end = seconds[MOST_ROWS - 1] + LAST_HOURS * HOUR;
        let ends = seconds.iter().skip(1).copied().chain([end]);
        let reached = |age: i64| self.cdf(age as f64);
        let rows: Vec<(i64, f64)> = seconds
            .iter()
            .zip(ends)
            .map(|(&age, end)| (age, reached(end) - reached(age)))
            .filter(|&(_, share)| share > 0.0)
            .collect();
        DelayTable::new(&rows)
    }

    fn check(&self) -> Result<(), DelayError> {
        let positive = |field, found: f64| match found > 0.0 && found.is_finite() {
            true => Ok(()),
            false => Err(DelayError::Parameter { field, found }),
        };
        match self {
            Self::LogLogistic { median, shape } => {
                positive("median", *median)?;
                positive("shape", *shape)
            }
            Self::LogNormal { median, sigma } => {
                positive("median", *median)?;
                positive("sigma", *sigma)
            }
            Self::Mixture { weight, .. } if !(0.0..=1.0).contains(weight) => Err(DelayError::Weight(*weight)),
            Self::Mixture { first, second, .. } => {
                first.check()?;
                second.check()
            }
        }
    }
}

/// What is wrong with a table or law of delays.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum DelayError {
    /// No row, or a law of which nothing falls within the table.
    #[error("a table of delays has at least one row, found none")]
    Empty,
    /// A first age before the message.
    #[error("the first age is {0} s, expected 0 or more")]
    Negative(i64),
    /// Ages that do not rise.
    #[error("the age of row {row} is {} after {}, expected ages that rise", Span(*.found), Span(*.before))]
    NotRising {
        /// Counted from 1.
        row: usize,
        /// The age of the row before it, in seconds.
        before: i64,
        /// Its own age, in seconds.
        found: i64,
    },
    /// An age of more than a year: every day of it would be kept ready.
    #[error("the age of row {row} is {}, expected at most {}", Span(*.found), Span(MOST_AGE))]
    TooLate {
        /// Counted from 1.
        row: usize,
        /// Its age, in seconds.
        found: i64,
    },
    /// A row of nobody.
    #[error("the share of row {row} is {found}, expected a number above 0")]
    NoShare {
        /// Counted from 1.
        row: usize,
        /// The share as given.
        found: f64,
    },
    /// Shares that do not make a table.
    #[error(transparent)]
    Shares(#[from] SharesError),
    /// A parameter of a law that is not above 0.
    #[error("`{field}` is {found}, expected a number above 0")]
    Parameter {
        /// The parameter.
        field: &'static str,
        /// Its value.
        found: f64,
    },
    /// A weight that is no share.
    #[error("the weight of a mixture lies between 0 and 1; {0} does not")]
    Weight(f64),
}

impl DelayError {
    /// What to do about it.
    pub fn advice(&self) -> &'static str {
        match self {
            DelayError::Empty => {
                "write a row for each age, such as (\"0h\", \"70%\"), or a law whose median is at most some days"
            }
            DelayError::Negative(_) => "0h is at once",
            DelayError::NotRising { .. } => "sort the rows by age, each age once",
            DelayError::TooLate { .. } => {
                "who reacts a year later is not told from who never does: leave the row out"
            }
            DelayError::NoShare { .. } => "leave out rows of nobody",
            DelayError::Shares(SharesError::TooMany(_)) => "join neighbouring rows",
            DelayError::Shares(SharesError::Share { .. }) => {
                "write shares of all who react so, such as \"70%\""
            }
            DelayError::Shares(SharesError::Sum(_)) => {
                "each row holds those who react at its age alone, not all until then; who never do are in none"
            }
            DelayError::Parameter { .. } => "a median such as \"2h\"; shapes and sigmas lie around 1",
            DelayError::Weight(_) => "such as \"30%\"",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_keeps_its_rows() {
        let table = DelayTable::new(&[(0, 0.4), (3600, 0.2)]).unwrap();
        assert_eq!(table.rows().collect::<Vec<_>>(), [(0, 0.4), (3600, 0.2)]);
        assert!((table.lost() - 0.4).abs() < 1e-15);
    }

    #[test]
    fn what_is_no_table_is_refused() {
        let refused = |rows: &[(i64, f64)]| DelayTable::new(rows).unwrap_err();
        assert_eq!(refused(&[]), DelayError::Empty);
        assert_eq!(refused(&[(-1, 0.1)]), DelayError::Negative(-1));
        assert_eq!(refused(&[(5, 0.1), (5, 0.1)]), DelayError::NotRising { row: 2, before: 5, found: 5 });
        assert_eq!(
            refused(&[(0, 0.1), (MOST_AGE + 1, 0.1)]),
            DelayError::TooLate { row: 2, found: MOST_AGE + 1 }
        );
        assert!(DelayTable::new(&[(0, 0.1), (MOST_AGE, 0.1)]).is_ok());
        assert_eq!(refused(&[(0, 0.1), (5, 0.0)]), DelayError::NoShare { row: 2, found: 0.0 });
        assert!(matches!(refused(&[(0, f64::NAN)]), DelayError::Shares(SharesError::Share { row: 1, .. })));
        assert!(matches!(refused(&[(0, 0.9), (5, 0.2)]), DelayError::Shares(SharesError::Sum(_))));
        assert!(matches!(refused(&[(0, 0.01); 17]), DelayError::NotRising { .. }));
        let many: Vec<_> = (0..17).map(|age| (age, 0.01)).collect();
        assert_eq!(refused(&many), DelayError::Shares(SharesError::TooMany(17)));
    }

    #[test]
    fn ages_are_told_as_they_are_written_and_everything_with_advice() {
        let falling = DelayTable::new(&[(3_600, 0.1), (0, 0.1)]).unwrap_err();
        assert_eq!(falling.to_string(), "the age of row 2 is 0h after 1h, expected ages that rise");
        let sum = DelayTable::new(&[(0, 0.9), (5, 0.9)]).unwrap_err();
        for error in [falling, sum, DelayError::Empty, DelayError::NoShare { row: 1, found: 0.0 }] {
            assert!(!error.advice().is_empty(), "{error}");
        }
    }

    #[test]
    fn a_law_fills_the_table() {
        let law = DelayLaw::log_logistic(7200.0, 1.0);
        let table = law.compile().unwrap();
        assert_eq!(table.ages().len(), 16);
        assert!((table.shares().shares()[0] - 1.0 / 3.0).abs() < 1e-15);
        assert!((table.lost() - 2.0 / 194.0).abs() < 1e-15);
        let mixed = DelayLaw::mixture(0.25, law, DelayLaw::log_normal(600.0, 0.1)).compile().unwrap();
        assert!((mixed.shares().shares()[0] - (0.25 / 3.0 + 0.75)).abs() < 1e-12);
        assert!((mixed.lost() - 0.25 * 2.0 / 194.0).abs() < 1e-12);
    }

    #[test]
    fn what_is_no_law_is_refused() {
        let bad = DelayLaw::log_normal(-1.0, 1.0);
        assert_eq!(bad.compile(), Err(DelayError::Parameter { field: "median", found: -1.0 }));
        let law = DelayLaw::log_normal(1.0, 1.0);
        assert_eq!(DelayLaw::mixture(1.5, law.clone(), law.clone()).compile(), Err(DelayError::Weight(1.5)));
        assert!(DelayLaw::mixture(0.5, law, bad).compile().is_err());
        assert_eq!(DelayLaw::log_normal(1e12, 0.1).compile(), Err(DelayError::Empty));
    }
}
