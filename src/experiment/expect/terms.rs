//! How sure a verdict must be, and how far it may go to become so.

use std::f64::consts::PI;

use crate::experiment::Threads;

/// Replications at the first look.
const FIRST: u64 = 256;

/// How sure a verdict must be, and how far it may go to become so.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Terms {
    /// The chance of a false alarm in one run of the whole suite, all its bounds together \[0 to 1\].
    pub false_alarms: f64,
    /// How many bounds the whole suite has ([`Measure::bounds`](crate::sim::expectation::Measure::bounds)).
    pub bounds: u64,
    /// Replications at which what is still open stays undecided.
    pub most: u64,
    /// Threads that replicate; no verdict depends on it.
    pub threads: Threads,
}

impl Default for Terms {
    /// One false alarm in 1,000 runs of a suite of 25 bounds; up to 8,192 replications on all cores.
    fn default() -> Terms {
        Terms { false_alarms: 1e-3, bounds: 25, most: 8_192, threads: Threads::All }
    }
}

impl Terms {
    /// The numbers of replications after which is looked, each twice the one before, the last at the cap.
    pub fn looks(&self) -> impl Iterator<Item = u64> + use<> {
        let most = self.most.max(1);
        let next = move |n: &u64| (*n < most).then(|| n.saturating_mul(2).min(most));
        std::iter::successors(Some(FIRST.min(most)), next)
    }

    /// The chance that one limit of one bound may be wrong at look `look`, from 1.
    pub fn level(&self, look: u32) -> f64 {
        let look = f64::from(look);
        self.false_alarms / self.bounds.max(1) as f64 * 6.0 / (PI * PI * look * look)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_double_up_to_the_cap() {
        let looks = |most| Terms { most, ..Terms::default() }.looks().collect::<Vec<u64>>();
        assert_eq!(looks(8_192), [256, 512, 1_024, 2_048, 4_096, 8_192]);
        assert_eq!(looks(1_000), [256, 512, 1_000]);
        assert_eq!((looks(256), looks(10), looks(0)), (vec![256], vec![10], vec![1]));
    }

    #[test]
    fn all_looks_at_all_bounds_spend_no_more_than_is_stated() {
        for bounds in [1, 7, 300] {
            let terms = Terms { bounds, ..Terms::default() };
            let spent: f64 = (1..10_000).map(|look| terms.level(look)).sum::<f64>() * bounds as f64;
            assert!(spent < terms.false_alarms && spent > 0.999 * terms.false_alarms, "{spent}");
        }
    }
}
