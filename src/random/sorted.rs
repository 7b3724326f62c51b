//! Two uncertain numbers of which only the order tells which is which: the smaller and the larger of two draws.
//!
//! ```text
//!   E[smaller] = integral over u of Q1(u) P(second > Q1(u))  +  the same with both changing places
//!   E[larger]  = E[first] + E[second] - E[smaller]
//! ```

use std::f64::consts::FRAC_PI_2;

use super::Prior;
use super::maths::exp;

/// What is believed of two numbers that are drawn apart and then sorted.
#[derive(Clone, Debug, PartialEq)]
pub struct SortedPair {
    priors: [Prior; 2],
    means: [f64; 2],
}

impl SortedPair {
    /// The pair of two priors; its means are computed here, once.
    pub fn new(first: Prior, second: Prior) -> SortedPair {
        let smaller = match [first, second].map(|prior| prior.certain()) {
            [Some(a), Some(b)] => a.min(b),
            _ => part_of_smaller(&first, &second) + part_of_smaller(&second, &first),
        };
        SortedPair { priors: [first, second], means: [smaller, first.mean() + second.mean() - smaller] }
    }

    /// The two priors as they were given.
    pub fn priors(&self) -> &[Prior; 2] {
        &self.priors
    }

    /// The expected value of the smaller, and of the larger, in the unit of the numbers.
    pub fn means(&self) -> [f64; 2] {
        self.means
    }
}

/// The integral of the quantile of `one` times the chance that `other` lies above it. It has kinks where `other` begins and
/// ends, and is taken piece by piece between them.
fn part_of_smaller(one: &Prior, other: &Prior) -> f64 {
    let mut ends: Vec<f64> =
        other.support().map(|end| one.below(end)).into_iter().chain([0.0, 1.0]).collect();
    ends.sort_by(f64::total_cmp);
    let of = |u: f64| {
        let value = one.quantile(u);
        value * (1.0 - other.below(value))
    };
    ends.windows(2).filter(|piece| piece[0] < piece[1]).map(|piece| integral(&of, piece[0], piece[1])).sum()
}

/// The integral of a function of a share between two shares, by the double exponential rule of H. Takahasi and M. Mori
/// ("Double exponential formulas for numerical integration", 1974), which bears a function that rises without bound at an
/// end: more than nine digits of what is smooth between.
fn integral(of: &dyn Fn(f64) -> f64, from: f64, to: f64) -> f64 {
    const STEP: f64 = 1.0 / 16.0;
    const STEPS: i32 = 56;
    let node = |step: i32| {
        let t = STEP * f64::from(step);
        let (up, down) = (exp(t), exp(-t));
        let way = 1.0 / (1.0 + exp(-2.0 * FRAC_PI_2 * (up - down) / 2.0));
        let weight = STEP * FRAC_PI_2 * (up + down) * way * (1.0 - way);
        let at = (from + (to - from) * way).clamp(f64::MIN_POSITIVE, 1.0 - f64::EPSILON);
        weight * of(at)
    };
    (to - from) * (-STEPS..=STEPS).map(node).sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::super::Law;
    use super::super::maths::ln;
    use super::*;

    fn means(first: Law, second: Law) -> [f64; 2] {
        let prior = |law| Prior::new(law).expect("a prior");
        SortedPair::new(prior(first), prior(second)).means()
    }

    #[track_caller]
    fn assert_close(found: [f64; 2], known: [f64; 2]) {
        for (found, known) in found.into_iter().zip(known) {
            assert!((found / known - 1.0).abs() < 1e-9, "{found} is not {known}");
        }
    }

    #[test]
    fn of_two_uniforms_they_are_a_third_and_two() {
        let uniform = Law::Uniform { low: 0.0, high: 1.0 };
        assert_close(means(uniform, uniform), [1.0 / 3.0, 2.0 / 3.0]);
        assert_close(means(Law::Beta { alpha: 1.0, beta: 1.0 }, uniform), [1.0 / 3.0, 2.0 / 3.0]);
    }

    /// 2 a times the integral of r^u (1 - u), with r the ratio of both ends.
    #[test]
    fn of_two_log_uniforms_they_are_known() {
        let (low, high) = (0.005, 0.05);
        let law = Law::LogUniform { low, high };
        let log = ln(high / low);
        let smaller = 2.0 * low * ((high / low - 1.0) / (log * log) - 1.0 / log);
        assert_close(means(law, law), [smaller, 2.0 * (high - low) / log - smaller]);
    }

    /// Of two log-normals of one median and sigma the smaller has the mean 2 exp(s^2 / 2) Phi(-s / sqrt 2) medians.
    #[test]
    fn of_two_log_normals_they_are_known() {
        let (median, sigma) = (0.02, 0.8);
        let law = Law::LogNormalMedian { median, sigma };
        let mean = median * exp(sigma * sigma / 2.0);
        let smaller = 2.0 * mean * super::super::quantile::normal_cdf(-sigma / std::f64::consts::SQRT_2);
        assert_close(means(law, law), [smaller, 2.0 * mean - smaller]);
    }

    /// The second may begin, end or lie wholly within the first.
    #[test]
    fn of_unlike_laws_they_are_known() {
        let wide = Law::Uniform { low: 0.0, high: 4.0 };
        // The mean of y - y^2 / 8 over the narrow one.
        let smaller = 2.0 - 13.0 / 24.0;
        assert_close(means(wide, Law::Uniform { low: 1.0, high: 3.0 }), [smaller, 4.0 - smaller]);
        assert_close(
            means(Law::Fixed(0.25), Law::Uniform { low: 0.0, high: 1.0 }),
            [0.25 * 0.75 + 0.25 * 0.25 / 2.0, 0.75 - (0.25 * 0.75 + 0.25 * 0.25 / 2.0)],
        );
        // Apart they are what they are.
        assert_close(means(Law::Uniform { low: 5.0, high: 6.0 }, wide), [2.0, 5.5]);
        assert_close(means(Law::Fixed(0.02), Law::Fixed(0.01)), [0.01, 0.02]);
    }
}
