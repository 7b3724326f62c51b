//! Estimates from pairs: what differs between two values of one replication that share their luck.
//!
//! ```text
//!   pairs (a, b) --exact sums--> Pairs --+-- means, mean difference     interval by Student's t on a - b
//!                                        +-- correlation, variance ratio
//!                                        '-- lower, equal, higher       how many pairs
//!   pairs of yes or no  ---------------> difference of two shares      interval of Bonett and Price
//! ```
//!
//! Luck that both share moves both and falls out of the difference: the interval of the mean difference is as short
//! as if there were *variance ratio* times as many independent runs.

use serde::{Deserialize, Serialize};

use super::estimate::Interval;
use crate::random::maths::sqrt;
use crate::random::quantile::{normal_quantile, student_quantile};

/// Exact sums over pairs of whole numbers; two of them merge without loss.
///
/// Exact while n x the sum of squares stays below 2^127: a million values below 2^43. Beyond it saturates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pairs {
    /// Pairs.
    pub n: u64,
    /// Pairs in which the first is lower.
    pub lower: u64,
    /// Pairs in which the first is higher.
    pub higher: u64,
    sum: [i128; 2],
    squares: [i128; 2],
    product: i128,
}

impl Pairs {
    /// The sums over some pairs.
    pub fn of(pairs: impl IntoIterator<Item = (u64, u64)>) -> Pairs {
        let mut all = Pairs::default();
        pairs.into_iter().for_each(|(a, b)| all.add(a, b));
        all
    }

    /// Adds a pair.
    pub fn add(&mut self, a: u64, b: u64) {
        self.n += 1;
        self.lower += u64::from(a < b);
        self.higher += u64::from(a > b);
        let (a, b) = (i128::from(a), i128::from(b));
        self.sum = [self.sum[0] + a, self.sum[1] + b];
        self.squares = [self.squares[0].saturating_add(a * a), self.squares[1].saturating_add(b * b)];
        self.product = self.product.saturating_add(a * b);
    }

    /// Adds the pairs of another.
    pub fn merge(&mut self, other: &Pairs) {
        self.n += other.n;
        self.lower += other.lower;
        self.higher += other.higher;
        for side in 0..2 {
            self.sum[side] += other.sum[side];
            self.squares[side] = self.squares[side].saturating_add(other.squares[side]);
        }
        self.product = self.product.saturating_add(other.product);
    }

    /// The mean of each side; `None` without pairs.
    pub fn means(&self) -> Option<[f64; 2]> {
        (self.n > 0).then(|| self.sum.map(|sum| sum as f64 / self.n as f64))
    }

    /// The mean of first less second; `None` without pairs.
    pub fn difference(&self) -> Option<f64> {
        (self.n > 0).then(|| (self.sum[0] - self.sum[1]) as f64 / self.n as f64)
    }

    /// The interval of [`difference`](Pairs::difference) that leaves out `alpha` (0.05 for 95 %), by Student's t on
    /// the differences; `None` for fewer than two pairs.
    pub fn interval(&self, alpha: f64) -> Option<Interval> {
        let (middle, spread) = (self.difference()?, self.spread_of_difference()?);
        let t = student_quantile(1.0 - alpha / 2.0, (self.n - 1) as f64);
        let half = t * sqrt(self.variance(spread) / self.n as f64);
        Some(Interval { low: middle - half, high: middle + half })
    }

    /// The correlation of the two sides, from -1 to 1: how much of their luck they share. `None` where one side never
    /// varies.
    pub fn correlation(&self) -> Option<f64> {
        let ([a, b], together) = (self.spreads()?, self.spread_together()?);
        (a > 0 && b > 0).then(|| (together as f64 / sqrt(a as f64 * b as f64)).clamp(-1.0, 1.0))
    }

    /// How many times as many independent runs would give as short an interval: (Var A + Var B) / Var(A - B). `None`
    /// where nothing varies, infinite where both sides vary and their difference does not.
    pub fn variance_ratio(&self) -> Option<f64> {
        let ([a, b], both) = (self.spreads()?, self.spread_of_difference()?);
        match (a + b, both) {
            (0, _) => None,
            (_, 0) => Some(f64::INFINITY),
            (apart, both) => Some(apart as f64 / both as f64),
        }
    }

    /// n x sum(x^2) - sum(x)^2 of each side: n (n - 1) times its variance, a whole number, so nothing cancels.
    fn spreads(&self) -> Option<[i128; 2]> {
        let n = i128::from(self.n);
        let spread = |side: usize| {
            let square = self.sum[side].saturating_mul(self.sum[side]);
            n.saturating_mul(self.squares[side]).saturating_sub(square).max(0)
        };
        (self.n > 1).then(|| [spread(0), spread(1)])
    }

    /// The same of the two sides together: n (n - 1) times their covariance.
    fn spread_together(&self) -> Option<i128> {
        let product = self.sum[0].saturating_mul(self.sum[1]);
        (self.n > 1).then(|| i128::from(self.n).saturating_mul(self.product).saturating_sub(product))
    }

    /// The same of the differences.
    fn spread_of_difference(&self) -> Option<i128> {
        let ([a, b], together) = (self.spreads()?, self.spread_together()?);
        Some(a.saturating_add(b).saturating_sub(together.saturating_mul(2)).max(0))
    }

    fn variance(&self, spread: i128) -> f64 {
        let n = self.n as f64;
        spread as f64 / (n * (n - 1.0))
    }
}

/// Of n replications, those in which something happened in the first alone and in the second alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PairedShares {
    /// In the first alone.
    pub first_alone: u64,
    /// In the second alone.
    pub second_alone: u64,
    /// Replications.
    pub n: u64,
}

impl PairedShares {
    /// The share of the first less that of the second; `None` without replications.
    pub fn difference(&self) -> Option<f64> {
        (self.n > 0).then(|| (self.first_alone as f64 - self.second_alone as f64) / self.n as f64)
    }

    /// The interval of the difference that leaves out `alpha`: [`share_difference`].
    pub fn interval(&self, alpha: f64) -> Interval {
        share_difference(self.first_alone, self.second_alone, self.n, alpha)
    }
}

/// The interval of the difference of two shares of the same n replications that leaves out `alpha`: so many happened
/// in the first alone, so many in the second alone.
///
/// D. G. Bonett and R. M. Price, "Adjusted Wald confidence interval for a difference of binomial proportions based on
/// paired data" (Journal of Educational and Behavioral Statistics 37, 2012): one replication of each kind is added,
/// so that it has a width even where none was seen.
pub fn share_difference(first_alone: u64, second_alone: u64, n: u64, alpha: f64) -> Interval {
    let n = n as f64 + 2.0;
    let (first, second) = ((first_alone as f64 + 1.0) / n, (second_alone as f64 + 1.0) / n);
    let middle = first - second;
    let half = normal_quantile(1.0 - alpha / 2.0) * sqrt((first + second - middle * middle) / n);
    Interval { low: (middle - half).max(-1.0), high: (middle + half).min(1.0) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn close(a: f64, b: f64) -> bool {
        (a - b).abs() <= 1e-6 * b.abs().max(1.0)
    }

    /// Student's sleep data (W. S. Gosset, "The probable error of a mean", Biometrika 6, 1908): ten patients, hours of
    /// sleep gained under two drugs. Difference -1.58, t = -4.0621, interval -2.4599 to -0.7001, correlation 0.7952.
    #[test]
    fn the_sleep_data_have_the_published_digits() {
        let first = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0];
        let second = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];
        let tenths = |hours: f64| (10.0 * hours + 100.0).round() as u64;
        let pairs = Pairs::of(first.into_iter().zip(second).map(|(a, b)| (tenths(a), tenths(b))));
        assert!(close(pairs.difference().unwrap(), -15.8));
        let interval = pairs.interval(0.05).unwrap();
        assert!((interval.low + 24.598_86).abs() < 1e-4 && (interval.high + 7.001_142).abs() < 1e-4);
        assert!((pairs.correlation().unwrap() - 0.795_170).abs() < 1e-6);
        assert_eq!((pairs.lower, pairs.higher, pairs.n), (9, 0, 10));
    }

    #[test]
    fn equal_sides_differ_by_nothing() {
        let pairs = Pairs::of((0..50).map(|x| (x * x, x * x)));
        assert_eq!(pairs.interval(0.05), Some(Interval { low: 0.0, high: 0.0 }));
        assert_eq!((pairs.correlation(), pairs.variance_ratio()), (Some(1.0), Some(f64::INFINITY)));
        assert_eq!((pairs.lower, pairs.higher), (0, 0));
        let still = Pairs::of([(5, 7); 3]);
        assert_eq!((still.correlation(), still.variance_ratio()), (None, None));
        assert_eq!(still.interval(0.05), Some(Interval { low: -2.0, high: -2.0 }));
        assert_eq!((Pairs::default().difference(), Pairs::of([(1, 2)]).interval(0.05)), (None, None));
    }

    /// Var A = Var B = 2.5, covariance 2.25: correlation 0.9, and (2.5 + 2.5) / (5 - 4.5) = 10.
    #[test]
    fn the_variance_ratio_is_that_of_the_textbook() {
        let pairs = Pairs::of([(1, 1), (2, 3), (3, 2), (4, 4), (5, 5)]);
        assert!(close(pairs.correlation().unwrap(), 0.9));
        assert!(close(pairs.variance_ratio().unwrap(), 10.0));
    }

    #[test]
    fn large_numbers_do_not_cancel() {
        let base = 1_u64 << 40;
        let far = |shift: u64| Pairs::of([(shift, shift + 1), (shift + 1, shift + 4), (shift + 5, shift)]);
        assert_eq!(far(base).correlation(), far(0).correlation());
        assert_eq!(far(base).interval(0.05), far(0).interval(0.05));
    }

    /// Worked by hand from the formula: 12 and 3 of 80 become 13 and 4 of 82.
    #[test]
    fn a_difference_of_shares_has_the_interval_of_its_formula() {
        let interval = share_difference(12, 3, 80, 0.05);
        let (p, q) = (13.0 / 82.0, 4.0 / 82.0);
        let half = 1.959_964 * ((p + q - (p - q) * (p - q)) / 82.0_f64).sqrt();
        assert!(close(interval.low, p - q - half) && close(interval.high, p - q + half));
        assert!(interval.low > 0.0, "12 against 3 is real: {interval:?}");
        let none = share_difference(0, 0, 1_000, 0.05);
        assert!(none.low == -none.high && none.high > 0.002 && none.high < 0.004);
        assert!(share_difference(5, 5, 5, 0.05).high <= 1.0);
    }

    proptest! {
        #[test]
        fn merging_is_adding(
            a in prop::collection::vec((0_u64..1 << 40, 0_u64..1 << 40), 0..30),
            b in prop::collection::vec((0_u64..1 << 40, 0_u64..1 << 40), 0..30),
        ) {
            let mut merged = Pairs::of(a.clone());
            merged.merge(&Pairs::of(b.clone()));
            prop_assert_eq!(merged, Pairs::of(a.into_iter().chain(b)));
        }

        #[test]
        fn the_sides_can_be_swapped(pairs in prop::collection::vec((0_u64..1_000, 0_u64..1_000), 2..40)) {
            let (one, other) = (Pairs::of(pairs.clone()), Pairs::of(pairs.into_iter().map(|(a, b)| (b, a))));
            let (a, b) = (one.interval(0.05).unwrap(), other.interval(0.05).unwrap());
            prop_assert!((a.low + b.high).abs() < 1e-9 && (a.high + b.low).abs() < 1e-9);
            prop_assert_eq!(one.correlation(), other.correlation());
            prop_assert_eq!((one.lower, one.higher), (other.higher, other.lower));
        }
    }
}
