//! Order statistics: quantiles of values, with exact intervals that ask nothing of their law.
//!
//! ```text
//!   sorted values   x1 x2 ... x(low) ... x(rank) ... x(high) ... xn
//!                              '----- the truth, 95 % -----'
//!   how many of n values lie below the true quantile is binomial: its tails say which ranks
//! ```

use crate::random::quantile::{beta_cdf, normal_quantile};

/// Half of the 5 % that an interval leaves out.
const TAIL: f64 = 0.025;
/// Up to so many values ranks are exact; beyond, the normal law gives the same ranks or the next ones outwards.
const MOST_EXACT: u64 = 1_000_000;

/// Which of n sorted values, counted from 1, is the `percent` % quantile: the least with at least that share of the
/// values at or below it. Whole numbers throughout, so that 95 % of 20 is the 19th on every machine.
pub fn rank(percent: u64, n: u64) -> u64 {
    let product = u128::from(percent) * u128::from(n);
    u64::try_from(product.div_ceil(100)).unwrap_or(n).clamp(1, n.max(1))
}

/// The ranks, counted from 1, between which the `percent` % quantile of the law of n values lies, 19 times in 20 at
/// least; `None` where even the first or the last value is not far enough out.
///
/// Exact and free of any law (W. J. Conover, *Practical Nonparametric Statistics*, 3.2): conservative, because ranks
/// are whole and values may be equal.
pub fn interval_ranks(percent: u64, n: u64) -> (Option<u64>, Option<u64>) {
    if n == 0 || percent == 0 || percent >= 100 {
        return (None, None);
    }
    let share = percent as f64 / 100.0;
    // The largest rank that too few values lie below, and the least that too few lie at or above.
    let low = last_where(n, |rank| at_most(rank - 1, n, share) <= TAIL);
    let high = last_where(n, |back| at_most(back - 1, n, 1.0 - share) <= TAIL);
    (low, high.map(|back| n + 1 - back))
}

/// The largest of 1 to n of which `holds` is true, if it is true of a first stretch of them.
fn last_where(n: u64, holds: impl Fn(u64) -> bool) -> Option<u64> {
    let (mut yes, mut no) = (0, n + 1);
    while no - yes > 1 {
        let middle = yes + (no - yes) / 2;
        if holds(middle) { yes = middle } else { no = middle }
    }
    (yes > 0).then_some(yes)
}

/// The chance of at most k of n at a chance of `share` each.
fn at_most(k: u64, n: u64, share: f64) -> f64 {
    if k >= n {
        return 1.0;
    }
    if n <= MOST_EXACT {
        return beta_cdf(1.0 - share, (n - k) as f64, (k + 1) as f64);
    }
    let reach = -normal_quantile(TAIL) * (n as f64 * share * (1.0 - share)).sqrt() + 1.0;
    if (k as f64) < n as f64 * share - reach { 0.0 } else { 1.0 }
}

/// The ends of an interval of order statistics; `None` where no value is far enough out to be an end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ends<T> {
    /// Lower end.
    pub low: Option<T>,
    /// Upper end.
    pub high: Option<T>,
}

/// How a value differs from future to future.
///
/// What never happened is a value too: the last in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quantiles<T> {
    /// 1 in 10 values is at or below it.
    pub p10: T,
    /// Half of the values are at or below it.
    pub p50: T,
    /// 9 in 10 values are at or below it.
    pub p90: T,
    /// The interval of `p10`, of 95 % at least.
    pub p10_interval: Ends<T>,
    /// The interval of `p50`, of 95 % at least.
    pub p50_interval: Ends<T>,
    /// The interval of `p90`, of 95 % at least.
    pub p90_interval: Ends<T>,
    /// Values.
    pub n: u64,
}

impl<T: Copy + Ord> Quantiles<T> {
    /// The quantiles of some values; `None` without values.
    pub fn of(mut values: Vec<T>) -> Option<Quantiles<T>> {
        values.sort_unstable();
        let n = values.len() as u64;
        let at = |rank: u64| values.get(rank as usize - 1).copied();
        let ends = |percent| {
            let (low, high) = interval_ranks(percent, n);
            Ends { low: low.and_then(at), high: high.and_then(at) }
        };
        Some(Quantiles {
            p10: at(rank(10, n))?,
            p50: at(rank(50, n))?,
            p90: at(rank(90, n))?,
            p10_interval: ends(10),
            p50_interval: ends(50),
            p90_interval: ends(90),
            n,
        })
    }
}

impl<T> Quantiles<T> {
    /// The same quantiles of values said in another way that keeps their order.
    pub fn map<U>(self, say: impl Fn(T) -> U) -> Quantiles<U> {
        let ends = |ends: Ends<T>| Ends { low: ends.low.map(&say), high: ends.high.map(&say) };
        Quantiles {
            p10_interval: ends(self.p10_interval),
            p50_interval: ends(self.p50_interval),
            p90_interval: ends(self.p90_interval),
            p10: say(self.p10),
            p50: say(self.p50),
            p90: say(self.p90),
            n: self.n,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ranks_are_exact() {
        assert_eq!(
            [(95, 20), (50, 1), (50, 2), (50, 3), (10, 10), (90, 10), (10, 11)].map(|(q, n)| rank(q, n)),
            [19, 1, 1, 2, 1, 9, 2]
        );
        assert_eq!((rank(50, 0), rank(0, 5), rank(100, 5)), (1, 1, 5));
    }

    /// Ranks of the median as tables of the sign test give them: below 6 values there is no interval of 95 %, from 6
    /// to 8 it is the whole sample, 9 to 11 leave out one at each end, and so on.
    #[test]
    fn medians_have_the_ranks_of_the_sign_test() {
        for (n, low) in [
            (6, 1),
            (8, 1),
            (9, 2),
            (11, 2),
            (12, 3),
            (15, 4),
            (17, 5),
            (20, 6),
            (25, 8),
            (50, 18),
            (100, 40),
        ] {
            assert_eq!(interval_ranks(50, n), (Some(low), Some(n + 1 - low)), "{n}");
        }
        assert_eq!(interval_ranks(50, 5), (None, None));
        assert_eq!(interval_ranks(50, 0), (None, None));
    }

    /// The sums of the binomial law, term by term.
    #[test]
    fn ranks_leave_out_no_more_than_they_may() {
        for (percent, n) in [(10, 40), (10, 200), (90, 40), (50, 77), (25, 300)] {
            let q = f64::from(percent) / 100.0;
            let mut mass = vec![libm::pow(1.0 - q, f64::from(n))];
            for k in 1..=n {
                mass.push(mass[k as usize - 1] * f64::from(n - k + 1) / f64::from(k) * q / (1.0 - q));
            }
            let below = |k: u64| mass[..k as usize].iter().sum::<f64>();
            let (low, high) = interval_ranks(percent as u64, n as u64);
            if let Some(low) = low {
                assert!(below(low) <= 0.025 && below(low + 1) > 0.025, "{percent} {n}");
            }
            let high = high.unwrap();
            assert!(1.0 - below(high) <= 0.025 && 1.0 - below(high - 1) > 0.025, "{percent} {n}");
        }
        assert_eq!(interval_ranks(10, 20).0, None, "in 12 of 100 samples all 20 lie above it");
    }

    #[test]
    fn exact_ranks_and_those_of_the_normal_law_meet() {
        let (low, high) = interval_ranks(50, 2_000_000);
        // 1,000,000 -+ 1.96 x 707.1 = 998,614.1 and 1,001,385.9.
        assert!(
            (998_612..=998_615).contains(&low.unwrap()) && (1_001_386..=1_001_389).contains(&high.unwrap())
        );
    }

    #[test]
    fn what_never_happens_comes_last() {
        let quantiles = Quantiles::of(vec![u64::MAX, 3, u64::MAX, 1, 2]).unwrap();
        assert_eq!((quantiles.p10, quantiles.p50, quantiles.p90), (1, 3, u64::MAX));
        assert_eq!(quantiles.p50_interval, Ends { low: None, high: None });
        assert_eq!(Quantiles::<u64>::of(Vec::new()), None);
        let one = Quantiles::of(vec![7]).unwrap();
        assert_eq!((one.p10, one.p90, one.n), (7, 7, 1));
    }

    #[test]
    fn quantiles_of_a_hundred() {
        let quantiles = Quantiles::of((1..=100).collect::<Vec<u64>>()).unwrap();
        assert_eq!(quantiles.p50_interval, Ends { low: Some(40), high: Some(61) });
        assert_eq!(quantiles.p10_interval, Ends { low: Some(5), high: Some(17) });
        assert_eq!(quantiles.p90_interval, Ends { low: Some(84), high: Some(96) });
    }

    proptest! {
        #[test]
        fn at_least_that_share_is_at_or_below(
            percent in 1_u64..=100,
            mut values in prop::collection::vec(0_u32..50, 1..80),
        ) {
            values.sort_unstable();
            let n = values.len() as u64;
            let value = values[rank(percent, n) as usize - 1];
            let at_or_below = values.iter().filter(|v| **v <= value).count() as u64;
            let below = values.iter().filter(|v| **v < value).count() as u64;
            prop_assert!(100 * at_or_below >= percent * n);
            prop_assert!(100 * below < percent * n);
        }

        #[test]
        fn an_interval_holds_its_quantile(percent in 1_u64..100, n in 1_u64..5_000) {
            let (low, high) = interval_ranks(percent, n);
            prop_assert!(low.is_none_or(|low| low <= rank(percent, n)));
            prop_assert!(high.is_none_or(|high| high >= rank(percent, n)));
        }
    }
}
