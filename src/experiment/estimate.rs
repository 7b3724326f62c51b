//! Estimates from replications. No number travels alone: each has its 95 % interval and its n.
//!
//! ```text
//!   count of n          -> Share       interval by Wilson's score, or exact by Clopper and Pearson
//!   exact sums x, x^2   -> Mean        interval by Student's t
//!   sorted values       -> Quantiles   intervals by ranks                                (order)
//!   curves of shares    -> band        one half-width for the whole curve: `band_of`
//! ```
//!
//! The intervals cover what the number of replications leaves open, and nothing else: not the rules that nobody
//! publishes, not the rates that nobody has measured.

use crate::random::maths::{ln, sqrt};
use crate::random::quantile::{beta_quantile, student_quantile};

/// The normal quantile of 97.5 %: two-sided intervals of 95 %.
const Z95: f64 = 1.959_963_984_540_054;

/// Where the truth lies, 19 times in 20, as far as the number of replications decides.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// Lower end \[unit of the estimate\].
    pub low: f64,
    /// Upper end \[unit of the estimate\].
    pub high: f64,
}

/// How many of n replications something happened in: a chance, estimated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Share {
    /// Replications in which it happened.
    pub count: u64,
    /// Replications in all.
    pub n: u64,
}

impl Share {
    /// `count` of `n`; a count above n is read as n.
    pub fn new(count: u64, n: u64) -> Share {
        Share { count: count.min(n), n }
    }

    /// The share \[0 to 1\]; `None` without replications.
    pub fn estimate(self) -> Option<f64> {
        (self.n > 0).then(|| self.count as f64 / self.n as f64)
    }

    /// The 95 % score interval of E. B. Wilson, "Probable inference, the law of succession, and statistical
    /// inference" (Journal of the American Statistical Association 22, 1927): sensible near 0 and 1, where the
    /// textbook interval is not. Without replications it is everything from 0 to 1.
    pub fn interval(self) -> Interval {
        if self.n == 0 {
            return Interval { low: 0.0, high: 1.0 };
        }
        let (n, p) = (self.n as f64, self.count as f64 / self.n as f64);
        let z2 = Z95 * Z95;
        let centre = p + z2 / (2.0 * n);
        let spread = Z95 * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt();
        let scale = 1.0 + z2 / n;
        Interval {
            low: if self.count == 0 { 0.0 } else { ((centre - spread) / scale).max(0.0) },
            high: if self.count == self.n { 1.0 } else { ((centre + spread) / scale).min(1.0) },
        }
    }
}

impl Share {
    /// The exact 95 % interval of C. J. Clopper and E. S. Pearson, "The use of confidence or fiducial limits
    /// illustrated in the case of the binomial" (Biometrika 26, 1934): never too short, and for that longer than
    /// [`interval`](Share::interval). For promises that must hold, such as "a flag in less than 5 % of futures".
    /// Beyond a million replications it is Wilson's, which is then the same to four digits.
    pub fn exact_interval(self) -> Interval {
        if self.n > 1_000_000 || self.n == 0 {
            return self.interval();
        }
        let (k, rest) = (self.count as f64, (self.n - self.count) as f64);
        Interval {
            low: if self.count == 0 { 0.0 } else { beta_quantile(0.025, k, rest + 1.0) },
            high: if self.count == self.n { 1.0 } else { beta_quantile(0.975, k + 1.0, rest) },
        }
    }
}

/// Half the width of a band that holds a whole curve of shares \[0 to 1\], 19 times in 20 at least: sqrt(ln(2 / 0.05) /
/// 2n), the bound of A. Dvoretzky, J. Kiefer and J. Wolfowitz with the constant of P. Massart, "The tight constant in
/// the Dvoretzky-Kiefer-Wolfowitz inequality" (Annals of Probability 18, 1990). It holds for every n and every law.
/// Nothing is censored before the horizon, where the band of Hall and Wellner would be this one's limit.
pub fn band_of(n: u64) -> f64 {
    if n == 0 { 1.0 } else { sqrt(ln(2.0 / 0.05) / (2.0 * n as f64)).min(1.0) }
}

/// Exact sums of whole numbers, from which a [`Mean`] is made; two of them merge without loss.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// How many values.
    pub n: u64,
    /// Their sum.
    pub sum: u128,
    /// The sum of their squares.
    pub squares: u128,
}

impl Sums {
    /// The sums of some values.
    ///
    /// Exact while n x the sum of squares stays below 2^128: a million values below 2^44. Beyond it saturates.
    pub fn of(values: impl IntoIterator<Item = u64>) -> Sums {
        let mut sums = Sums::default();
        for value in values {
            sums.add(value);
        }
        sums
    }

    /// Adds a value.
    pub fn add(&mut self, value: u64) {
        let value = u128::from(value);
        self.n += 1;
        self.sum += value;
        self.squares = self.squares.saturating_add(value * value);
    }

    /// Adds the values of another.
    pub fn merge(&mut self, other: &Sums) {
        self.n += other.n;
        self.sum += other.sum;
        self.squares = self.squares.saturating_add(other.squares);
    }

    /// The mean with its interval; `None` without values.
    pub fn mean(&self) -> Option<Mean> {
        if self.n == 0 {
            return None;
        }
        let mean = self.sum as f64 / self.n as f64;
        let half_width = self.deviation().map(|deviation| t95(self.n) * deviation / (self.n as f64).sqrt());
        Some(Mean { mean, half_width, n: self.n })
    }

    /// The standard deviation of one value, with n - 1 below the bar; `None` for fewer than two.
    ///
    /// The numerator n x sum(x^2) - sum(x)^2 is a whole number, so nothing cancels.
    fn deviation(&self) -> Option<f64> {
        let n = u128::from(self.n);
        let spread = n.saturating_mul(self.squares).saturating_sub(self.sum.saturating_mul(self.sum));
        (self.n > 1).then(|| (spread as f64 / (n * (n - 1)) as f64).sqrt())
    }
}

/// A mean over replications.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mean {
    /// The mean \[unit of the values\].
    pub mean: f64,
    /// Half the width of its 95 % interval \[unit of the values\]; `None` from a single replication.
    pub half_width: Option<f64>,
    /// Replications.
    pub n: u64,
}

impl Mean {
    /// The same in another unit: everything divided by `by`.
    pub fn per(self, by: f64) -> Mean {
        Mean { mean: self.mean / by, half_width: self.half_width.map(|half| half / by), n: self.n }
    }
}

/// The quantile of 97.5 % of Student's t with n - 1 degrees of freedom.
fn t95(n: u64) -> f64 {
    student_quantile(0.975, (n - 1) as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn close(a: f64, b: f64, within: f64) -> bool {
        (a - b).abs() <= within
    }

    /// The first four are the examples of R. G. Newcombe, "Two-sided confidence intervals for the single proportion"
    /// (Statistics in Medicine 17, 1998), table I, method 3. The ends of 10 of 10 are 1 / (1 + z^2 / n) and 1.
    #[test]
    fn wilson_intervals_have_the_published_digits() {
        for (count, n, low, high) in [
            (81, 263, 0.2553, 0.3662),
            (15, 148, 0.0624, 0.1605),
            (0, 20, 0.0, 0.1611),
            (1, 29, 0.0061, 0.1718),
            (8, 10, 0.4902, 0.9433),
            (10, 10, 0.7225, 1.0),
            (0, 10, 0.0, 0.2775),
        ] {
            let interval = Share::new(count, n).interval();
            assert!(close(interval.low, low, 5.1e-5), "{count} of {n}: {interval:?}");
            assert!(close(interval.high, high, 5.1e-5), "{count} of {n}: {interval:?}");
        }
        assert_eq!(Share::new(0, 0).estimate(), None);
        assert_eq!(Share::new(0, 0).interval(), Interval { low: 0.0, high: 1.0 });
    }

    /// The digits of every table of Student's t.
    #[test]
    fn t_quantiles_have_the_published_digits() {
        for (freedom, t) in [(1, 12.7062), (2, 4.3027), (4, 2.7764), (9, 2.2622), (29, 2.0452), (120, 1.9799)]
        {
            assert!(close(t95(freedom + 1), t, 5.1e-5), "{freedom}: {}", t95(freedom + 1));
        }
        assert!(close(t95(1_000_000_000), Z95, 1e-8), "{}", t95(1_000_000_000));
    }

    #[test]
    fn a_mean_has_the_interval_of_the_textbook() {
        let mean = Sums::of([2, 4, 4, 4, 5, 5, 7, 9]).mean().unwrap();
        // Deviation sqrt(32 / 7), t(7) = 2.364624.
        assert!(close(mean.mean, 5.0, 0.0));
        assert!(close(mean.half_width.unwrap(), 2.364_624 * (32.0_f64 / 7.0 / 8.0).sqrt(), 1e-6));
        assert_eq!(mean.n, 8);
        assert_eq!(Sums::of([3]).mean(), Some(Mean { mean: 3.0, half_width: None, n: 1 }));
        assert_eq!(Sums::default().mean(), None);
        assert_eq!(Sums::of([5; 1000]).mean().unwrap().half_width, Some(0.0));
    }

    /// The first four are from the same table, method 5; the upper end of 0 of 10 is 1 - 0.025^(1/10).
    #[test]
    fn exact_intervals_have_the_published_digits() {
        for (count, n, low, high) in [
            (81, 263, 0.2527, 0.3676),
            (15, 148, 0.0578, 0.1617),
            (0, 20, 0.0, 0.1684),
            (1, 29, 0.0009, 0.1776),
            (0, 10, 0.0, 0.3085),
            (10, 10, 0.6915, 1.0),
        ] {
            let interval = Share::new(count, n).exact_interval();
            assert!(close(interval.low, low, 5.1e-5), "{count} of {n}: {interval:?}");
            assert!(close(interval.high, high, 5.1e-5), "{count} of {n}: {interval:?}");
        }
    }

    /// sqrt(ln 40 / 2n): 0.1358 for 100, 0.0429 for 1,000, as tables of the test of Kolmogorov have it (1.358 / sqrt n).
    #[test]
    fn bands_have_the_width_of_the_tables() {
        assert!(close(band_of(100), 0.135_810, 1e-6) && close(band_of(1_000), 0.042_947, 1e-6));
        assert_eq!((band_of(0), band_of(1)), (1.0, 1.0));
    }

    #[test]
    fn large_numbers_do_not_cancel() {
        let base = 1_u64 << 40;
        let near = Sums::of([base, base + 1, base + 2]).mean().unwrap();
        let far = Sums::of([0, 1, 2]).mean().unwrap();
        assert_eq!(near.half_width, far.half_width);
    }

    proptest! {
        #[test]
        fn an_interval_holds_its_share(count in 0_u64..500, more in 0_u64..500) {
            let share = Share::new(count, count + more);
            let interval = share.interval();
            prop_assert!(0.0 <= interval.low && interval.high <= 1.0);
            if let Some(estimate) = share.estimate() {
                prop_assert!(interval.low <= estimate && estimate <= interval.high);
            }
        }

        #[test]
        fn sums_merge_exactly(
            a in prop::collection::vec(0_u64..1 << 44, 0..40),
            b in prop::collection::vec(0_u64..1 << 44, 0..40),
        ) {
            let mut merged = Sums::of(a.clone());
            merged.merge(&Sums::of(b.clone()));
            prop_assert_eq!(merged, Sums::of(a.into_iter().chain(b)));
        }
    }
}
