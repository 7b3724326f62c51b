//! How far one plan is ahead of another on a day: the difference of two counts, pair by pair.
//!
//! ```text
//!   a - b   ... -512 -510 ... -2 -1 | 0 1 2 ... 510 512 ...
//!            behind: a Histogram    | ahead: a Histogram
//! ```

use serde::{Deserialize, Serialize};

use super::estimate::Interval;
use super::histogram::Histogram;
use super::order::rank;
use super::paired::Pairs;

/// How far the first of each pair is ahead of the second \[counted units\]. Whole numbers only, so that two merge
/// exactly.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lead {
    pub(super) pairs: Pairs,
    /// How far the first is behind, where it is.
    pub(super) behind: Histogram,
    /// How far it is ahead, or level.
    pub(super) ahead: Histogram,
}

impl Lead {
    /// Adds a pair.
    pub(super) fn add(&mut self, a: u64, b: u64) {
        self.pairs.add(a, b);
        if a < b { self.behind.record(b - a) } else { self.ahead.record(a - b) }
    }

    /// Adds the pairs of another.
    pub(super) fn merge(&mut self, other: &Lead) {
        self.pairs.merge(&other.pairs);
        self.behind.merge(&other.behind);
        self.ahead.merge(&other.ahead);
    }

    /// The least difference with at least `percent` % of the differences at or below it, read from bins of 1 %;
    /// `None` without pairs.
    pub fn percentile(&self, percent: u64) -> Option<f64> {
        let (rank, behind) = (rank(percent, self.pairs.n), self.behind.n());
        match rank <= behind {
            // The furthest behind come first.
            true => self.behind.at_rank(behind + 1 - rank).map(|size| -(size as f64)),
            false => self.ahead.at_rank(rank - behind).map(|size| size as f64),
        }
    }

    /// The mean difference; `None` without pairs.
    pub fn mean(&self) -> Option<f64> {
        self.pairs.difference()
    }

    /// The interval of the mean difference that leaves out `alpha`; `None` for fewer than two pairs.
    pub fn interval(&self, alpha: f64) -> Option<Interval> {
        self.pairs.interval(alpha)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(pairs: &[(u64, u64)]) -> Lead {
        let mut lead = Lead::default();
        pairs.iter().for_each(|(a, b)| lead.add(*a, *b));
        lead
    }

    #[test]
    fn differences_are_in_order_across_zero() {
        let lead = of(&[(0, 9), (0, 3), (4, 4), (7, 5), (9, 0)]);
        let at = [10, 30, 50, 70, 90].map(|percent| lead.percentile(percent).unwrap());
        assert_eq!(at, [-9.0, -3.0, 0.0, 2.0, 9.0]);
        assert_eq!(lead.mean(), Some(-0.2));
        assert_eq!(Lead::default().percentile(50), None);
    }

    proptest! {
        #[test]
        fn a_percentile_is_within_one_per_cent(
            percent in 1_u64..=100,
            pairs in prop::collection::vec((0_u64..1 << 30, 0_u64..1 << 30), 1..100),
        ) {
            let mut exact: Vec<i64> = pairs.iter().map(|(a, b)| *a as i64 - *b as i64).collect();
            exact.sort_unstable();
            let exact = exact[rank(percent, exact.len() as u64) as usize - 1] as f64;
            prop_assert!((of(&pairs).percentile(percent).unwrap() - exact).abs() <= 0.01 * exact.abs());
        }

        #[test]
        fn merging_is_adding(
            a in prop::collection::vec((0_u64..1 << 30, 0_u64..1 << 30), 0..50),
            b in prop::collection::vec((0_u64..1 << 30, 0_u64..1 << 30), 0..50),
        ) {
            let mut merged = of(&a);
            merged.merge(&of(&b));
            prop_assert_eq!(merged, of(&[a, b].concat()));
        }
    }
}
