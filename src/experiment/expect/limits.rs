//! One-sided confidence limits that hold at levels of one in a million, not only of one in twenty.
//!
//! ```text
//!   a share          Clopper and Pearson: exact for any n
//!   a difference     each of the two shares of futures that differ, with half of the level: exact
//!   a quantile       a share in disguise: order statistics, exact, ties and "never" included
//!   a mean           Student's t after Hall's transformation, a tenth wider: an approximation, its coverage measured
//! ```
//!
//! No limit of a mean can be exact without a bound on the values (R. R. Bahadur and L. J. Savage, "The nonexistence
//! of certain statistical procedures in nonparametric problems", Annals of Mathematical Statistics 27, 1956). Totals
//! of a run are skewed, and at one in 100,000 the textbook's t is then wrong by a factor of ten. So the skewness is
//! taken out first (P. Hall, "On the removal of skewness by transformation", Journal of the Royal Statistical Society B
//! 54, 1992), the limit is set a tenth wider, and a mean is not judged at all before n is thirty times the square of
//! the skewness: until some thirty of the values that make the tail have been seen. `benches/false_alarms.rs` measures
//! what that gives.

use crate::experiment::Interval;
use crate::random::maths::{cbrt, pow, sqrt};
use crate::random::quantile::{beta_cdf, beta_quantile, student_quantile};

/// Limits of means are set wider than the transformed t by this factor.
const WIDER: f64 = 1.1;

/// A mean is judged from so many replications times the squared skewness on.
const SEEN: f64 = 30.0;

/// The limits of a share of which `count` of `n` were seen; each is wrong with a chance of `alpha` at most.
///
/// C. J. Clopper and E. S. Pearson, "The use of confidence or fiducial limits illustrated in the case of the binomial"
/// (Biometrika 26, 1934).
pub fn share_limits(count: u64, n: u64, alpha: f64) -> Interval {
    let least = |count: u64| match count {
        0 => 0.0,
        all if all >= n => pow(alpha, 1.0 / n as f64),
        some => beta_quantile(alpha, some as f64, (n - some + 1) as f64),
    };
    if n == 0 {
        return Interval { low: 0.0, high: 1.0 };
    }
    let count = count.min(n);
    Interval { low: least(count), high: 1.0 - least(n - count) }
}

/// The limits of a difference of two shares over pairs of futures: of `n`, `only_here` saw it only here, `only_there`
/// only there. Each is wrong with a chance of `alpha` at most: the limit of one share and that of the other take half.
pub fn difference_limits(only_here: u64, only_there: u64, n: u64, alpha: f64) -> Interval {
    let here = share_limits(only_here, n, alpha / 2.0);
    let there = share_limits(only_there, n, alpha / 2.0);
    Interval { low: here.low - there.high, high: here.high - there.low }
}

/// The limits of the `share` quantile by order statistics, as ranks from 1 of the sorted values: `None` where no value
/// is low (or high) enough. Each is wrong with a chance of `alpha` at most.
pub fn quantile_ranks(share: f64, n: u64, alpha: f64) -> (Option<u64>, Option<u64>) {
    // P(at most k of n at or below the quantile), k counted from 0.
    let at_most = |k: u64| if k >= n { 1.0 } else { 1.0 - beta_cdf(share, (k + 1) as f64, (n - k) as f64) };
    // The low limit is the r-th value with P(K <= r - 1) <= alpha, the largest such r.
    let low = first(n, |rank| at_most(rank - 1) > alpha) - 1;
    // The high limit is the r-th with P(K >= r) <= alpha, the least such r.
    let more = |rank: u64| beta_cdf(share, rank as f64, (n - rank + 1) as f64);
    let high = first(n, |rank| more(rank) <= alpha);
    ((low > 0).then_some(low), (high <= n).then_some(high))
}

/// The first rank from 1 to `n` from which on `is` holds; n + 1 where it never does.
fn first(n: u64, is: impl Fn(u64) -> bool) -> u64 {
    let (mut low, mut high) = (1, n + 1);
    while low < high {
        let middle = low + (high - low) / 2;
        if is(middle) { high = middle } else { low = middle + 1 }
    }
    low
}

/// The limits of a mean: each is wrong with a chance of about `alpha`, as the front of this file says. `largest` is
/// the largest size that a value may have been expected to have, from which equal values are judged.
pub fn mean_limits(values: &[f64], largest: f64, alpha: f64) -> Interval {
    let everything = Interval { low: f64::NEG_INFINITY, high: f64::INFINITY };
    let n = values.len() as f64;
    let Some(moments) = Moments::of(values) else { return everything };
    if moments.deviation == 0.0 {
        // All equal. Others may be rarer than this share, and are taken to be no further away than the largest.
        let unseen = 1.0 - pow(alpha, 1.0 / n);
        let reach = unseen * largest.abs().max(moments.mean.abs()).max(1.0);
        return Interval { low: moments.mean - reach, high: moments.mean + reach };
    }
    if n < SEEN * moments.skewness * moments.skewness {
        return everything;
    }
    let reach = -WIDER * student_quantile(alpha, n - 1.0) / sqrt(n);
    let untransformed = |t: f64| moments.deviation * untransformed(t, moments.skewness, n);
    Interval { low: moments.mean - untransformed(reach), high: moments.mean - untransformed(-reach) }
}

/// The inverse of Hall's w + g w^2 / 3 + g^2 w^3 / 27 + g / 6n, for the skewness g.
fn untransformed(t: f64, skewness: f64, n: f64) -> f64 {
    let moved = t - skewness / (6.0 * n);
    // Where there is next to no skewness the transformation is the identity.
    if skewness.abs() < 1e-9 { moved } else { 3.0 / skewness * (cbrt(1.0 + skewness * moved) - 1.0) }
}

/// Mean, standard deviation and skewness, summed in the order of the values.
struct Moments {
    mean: f64,
    deviation: f64,
    skewness: f64,
}

impl Moments {
    /// The moments of two values or more.
    fn of(values: &[f64]) -> Option<Moments> {
        let n = values.len() as f64;
        if values.len() < 2 {
            return None;
        }
        if values.iter().all(|value| *value == values[0]) {
            return Some(Moments { mean: values[0], deviation: 0.0, skewness: 0.0 });
        }
        let mean = values.iter().sum::<f64>() / n;
        let central = |power: fn(f64) -> f64| values.iter().map(|value| power(value - mean)).sum::<f64>() / n;
        let (second, third) = (central(|gap| gap * gap), central(|gap| gap * gap * gap));
        Some(Moments {
            mean,
            deviation: sqrt(second * n / (n - 1.0)),
            skewness: third / (second * sqrt(second)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::quantile::{exponential_quantile, log_normal_quantile, normal_quantile};
    use crate::random::{Address, Purpose, Streams, Subject};

    fn close(a: f64, b: f64) -> bool {
        (a - b).abs() <= 5.1e-5
    }

    /// Newcombe's examples (Statistics in Medicine 17, 1998), table I, method 5: two-sided 95 %.
    #[test]
    fn shares_have_the_published_limits() {
        for (count, n, low, high) in [
            (81, 263, 0.2527, 0.3676),
            (15, 148, 0.0578, 0.1617),
            (0, 20, 0.0, 0.1684),
            (1, 29, 0.0009, 0.1776),
            (20, 20, 0.8316, 1.0),
        ] {
            let limits = share_limits(count, n, 0.025);
            assert!(close(limits.low, low) && close(limits.high, high), "{count} of {n}: {limits:?}");
        }
        assert_eq!(share_limits(0, 0, 0.025), Interval { low: 0.0, high: 1.0 });
        // One in a million: 1 - 1e-6^(1/20).
        assert!(close(share_limits(0, 20, 1e-6).high, 0.498_813));
    }

    /// The exact chance that a limit is wrong, summed over all counts, stays below its level.
    #[test]
    fn limits_of_shares_are_never_wrong_too_often() {
        let n = 40_u64;
        for alpha in [0.025, 1e-3, 1e-5] {
            for p in [0.01_f64, 0.2, 0.5, 0.77] {
                let mut mass = vec![pow(1.0 - p, n as f64)];
                for k in 1..=n {
                    let last = mass[k as usize - 1];
                    mass.push(last * (n - k + 1) as f64 / k as f64 * p / (1.0 - p));
                }
                let wrong = |is: &dyn Fn(Interval) -> bool| -> f64 {
                    (0..=n).filter(|k| is(share_limits(*k, n, alpha))).map(|k| mass[k as usize]).sum()
                };
                assert!(wrong(&|limits| limits.low > p) <= alpha * (1.0 + 1e-9));
                assert!(wrong(&|limits| limits.high < p) <= alpha * (1.0 + 1e-9));
            }
        }
    }

    /// The ranks of Conover's tables: of 100 values the 40th and the 61st hold the median, 95 % between them.
    #[test]
    fn quantiles_have_the_ranks_of_the_sign_test() {
        assert_eq!(quantile_ranks(0.5, 100, 0.025), (Some(40), Some(61)));
        assert_eq!(quantile_ranks(0.5, 5, 0.025), (None, None));
        // The least of 59 values is below the 5 % quantile... in 95 % of samples: 1 - 0.95^59.
        assert_eq!(quantile_ranks(0.95, 59, 0.05).1, Some(59));
        assert_eq!(quantile_ranks(0.95, 58, 0.05).1, None);
    }

    #[test]
    fn differences_take_half_of_the_level_each() {
        let limits = difference_limits(10, 2, 100, 0.05);
        let (here, there) = (share_limits(10, 100, 0.025), share_limits(2, 100, 0.025));
        assert_eq!((limits.low, limits.high), (here.low - there.high, here.high - there.low));
        let none = difference_limits(0, 0, 1_000, 1e-3);
        assert!(none.low < 0.0 && none.high > 0.0 && none.high < 0.01);
    }

    #[test]
    fn equal_values_leave_room_for_what_was_not_seen() {
        let limits = mean_limits(&[7.0; 256], 7.0, 1e-5);
        assert!(limits.low > 6.6 && limits.low < 7.0 && limits.high > 7.0 && limits.high < 7.4, "{limits:?}");
        let zero = mean_limits(&[0.0; 256], 0.0, 1e-5);
        assert!(zero.high > 0.0 && zero.high < 0.05);
        assert_eq!(mean_limits(&[1.0], 1.0, 0.01).high, f64::INFINITY);
    }

    #[test]
    fn a_tail_that_was_hardly_seen_is_not_judged() {
        let mut values = vec![0.0; 1_000];
        values[17] = 1.0;
        assert_eq!(mean_limits(&values, 1.0, 1e-3).high, f64::INFINITY);
        values.iter_mut().take(60).for_each(|value| *value = 1.0);
        let limits = mean_limits(&values, 1.0, 1e-3);
        assert!(limits.low > 0.03 && limits.high < 0.1, "{limits:?}");
    }

    /// How often each limit of the mean is wrong, by simulation, against its level of one in a thousand.
    #[test]
    fn limits_of_means_hold_for_skewed_values() {
        type Law = (&'static str, fn(f64) -> f64, f64);
        let laws: [Law; 5] = [
            ("normal", normal_quantile, 0.0),
            ("uniform", |u| u, 0.5),
            ("exponential", |u| exponential_quantile(u, 1.0), 1.0),
            ("log-normal", |u| log_normal_quantile(u, 1.0, 1.0), 1.648_721_270_700_128),
            ("one in twenty", |u| f64::from(u > 0.95), 0.05),
        ];
        let (alpha, samples) = (1e-3, 20_000_u64);
        for (name, law, mean) in laws {
            let (mut low, mut high) = (0, 0);
            for sample in 0..samples {
                let streams = Streams::new(5, sample);
                let draw = |slot: u32| {
                    let address =
                        Address { slot, ..Address::of(Purpose::Deliver, Subject::new(&["coverage", name])) };
                    law(streams.at(address).uniform())
                };
                let values: Vec<f64> = (0..256).map(draw).collect();
                let limits = mean_limits(&values, 1.0, alpha);
                low += u32::from(limits.low > mean);
                high += u32::from(limits.high < mean);
            }
            // 20 are stated; a Poisson count of 20 exceeds 38 once in 10,000.
            assert!(low <= 38 && high <= 38, "{name}: {low} and {high} of {samples} at {alpha}");
        }
    }
}
