//! Masses and tails of the binomial family, to about thirteen digits at any size.
//!
//! Masses follow C. Loader, "Fast and accurate computation of binomial probabilities" (2000): the large parts of
//! the three factorials cancel on paper, only small differences are computed. Tails are regularised incomplete
//! beta functions (NIST Digital Library of Mathematical Functions, 8.17): by a series where one of positive terms ends
//! soon, else by their continued fraction (8.17.22).

use std::f64::consts::PI;

use super::maths::{exp, lgamma, ln, ln_1p, sqrt};

/// ln(sqrt(2 pi)).
const HALF_LN_2PI: f64 = 0.918_938_533_204_672_8;

/// P(K = k) for K binomial with `n` trials of probability `p`, `q = 1 - p`; `k` and `n` need not be whole.
pub(super) fn binomial_mass(k: f64, n: f64, p: f64, q: f64) -> f64 {
    let misses = n - k;
    if k <= 0.0 || misses <= 0.0 {
        return if k < 0.0 || misses < 0.0 {
            0.0
        } else {
            exp(n * ln_of(if k == 0.0 { q } else { p }, p, q))
        };
    }
    let stirling = stirling_error(n) - stirling_error(k) - stirling_error(misses);
    let exponent = stirling - deviance(k, n * p) - deviance(misses, n * q);
    exp(exponent) * sqrt(n / (2.0 * PI * k) / misses)
}

/// P(K = k) for K marked ones among `taken` of `total`, of which `marked` are marked.
pub(super) fn hypergeometric_mass(k: f64, total: f64, marked: f64, taken: f64) -> f64 {
    let p = taken / total;
    let q = (total - taken) / total;
    binomial_mass(k, marked, p, q) * binomial_mass(taken - k, total - marked, p, q)
        / binomial_mass(taken, total, p, q)
}

/// ln of `x`, which is `p` or `q` of a pair that sums to 1: through the smaller of the two.
fn ln_of(x: f64, p: f64, q: f64) -> f64 {
    if x > 0.5 { ln_1p(-p.min(q)) } else { ln(x) }
}

/// ln(x!) less Stirling's formula; 0 < x.
fn stirling_error(x: f64) -> f64 {
    if x < 15.0 {
        return lgamma(x + 1.0) - (x + 0.5) * ln(x) + x - HALF_LN_2PI;
    }
    let z = 1.0 / (x * x);
    (1.0 / 12.0 - z * (1.0 / 360.0 - z * (1.0 / 1260.0 - z * (1.0 / 1680.0 - z / 1188.0)))) / x
}

/// x ln(x / mean) + mean - x, without cancellation where `x` is near `mean`.
fn deviance(x: f64, mean: f64) -> f64 {
    let gap = x - mean;
    if gap.abs() >= 0.1 * (x + mean) {
        return x * ln(x / mean) - gap;
    }
    let v = gap / (x + mean);
    let (mut sum, mut term) = (gap * v, 2.0 * x * v);
    for odd in 1..1000 {
        term *= v * v;
        let next = sum + term / f64::from(2 * odd + 1);
        if next == sum {
            break;
        }
        sum = next;
    }
    sum
}

/// The regularised incomplete beta function at `x`, `y = 1 - x`: both tails and x^a y^b / B(a, b).
#[derive(Clone, Copy, Debug)]
pub(super) struct BetaTails {
    /// P(X <= x).
    pub(super) lower: f64,
    /// P(X > x).
    pub(super) upper: f64,
    /// x (1 - x) times the density: the slope of `lower` in ln(x / y).
    pub(super) slope: f64,
}

/// A beta law, with what does not depend on the point.
#[derive(Clone, Copy, Debug)]
pub(super) struct Beta {
    pub(super) a: f64,
    pub(super) b: f64,
    /// The slope at the mean, where both deviances are 0.
    peak: f64,
}

impl Beta {
    /// The law of `a` and `b`, both above 0.
    pub(super) fn new(a: f64, b: f64) -> Self {
        let stirling = stirling_error(a + b) - stirling_error(a) - stirling_error(b);
        Self { a, b, peak: exp(stirling) * sqrt(a * (b / (a + b)) / (2.0 * PI)) }
    }

    /// Both tails at `x`, `y = 1 - x`, of which the smaller is accurate to its own last digits.
    pub(super) fn tails(&self, x: f64, y: f64) -> BetaTails {
        let Self { a, b, peak } = *self;
        if x <= 0.0 {
            return BetaTails { lower: 0.0, upper: 1.0, slope: 0.0 };
        }
        if y <= 0.0 {
            return BetaTails { lower: 1.0, upper: 0.0, slope: 0.0 };
        }
        let n = a + b;
        let slope = peak * exp(-deviance(a, n * x) - deviance(b, n * y));
        if x * (n + 2.0) <= a + 1.0 {
            let lower = (slope / a * beta_quotient(a, b, x, y)).min(1.0);
            BetaTails { lower, upper: 1.0 - lower, slope }
        } else {
            let upper = (slope / b * beta_quotient(b, a, y, x)).min(1.0);
            BetaTails { lower: 1.0 - upper, upper, slope }
        }
    }
}

/// The incomplete beta function over x^a y^b / a, where `x` is below the mean, which the caller sees to.
///
/// That is F(a + b, 1; a + 1; x), whose terms are all positive, or F(1 - b, 1; a + 1; -x / y) / y, whose terms are, and
/// end, where b is whole (8.17.7, 15.8.1). A term waits for the product of the one before, a step of the fraction for two
/// quotients; of large laws the fraction needs fewer steps.
fn beta_quotient(a: f64, b: f64, x: f64, y: f64) -> f64 {
    if a.min(b) <= FEW_TERMS && b.floor() == b {
        let odds = x / y;
        sum_of_terms(|n| (b - n) / (a + n) * odds) / y
    } else if a <= FEW_TERMS && x <= 0.5 {
        sum_of_terms(|n| (a + b + n - 1.0) / (a + n) * x)
    } else {
        beta_fraction(a, b, x)
    }
}

/// The parameter up to which a series is taken: it has some ten terms for each of its square roots.
const FEW_TERMS: f64 = 1e3;

/// The sum of 1 and the terms after it, each a multiple of the one before that falls with n = 1, 2, ...
fn sum_of_terms(multiple: impl Fn(f64) -> f64) -> f64 {
    let (mut sum, mut term, mut n) = (1.0, 1.0, 1.0);
    while term > 1e-17 * sum {
        term *= multiple(n);
        sum += term;
        n += 1.0;
    }
    sum
}

/// The continued fraction of the incomplete beta function by the method of Lentz, as modified by Thompson and
/// Barnett: about sqrt(max(a, b)) steps where `x` is below the mean, which the caller sees to.
fn beta_fraction(a: f64, b: f64, x: f64) -> f64 {
    let steps = 1000 + 20 * sqrt(a.max(b)) as u64;
    let mut d = kept_from_zero(1.0 - (a + b) * x / (a + 1.0));
    d = 1.0 / d;
    let (mut c, mut value) = (1.0, d);
    for step in 1..=steps {
        let m = step as f64;
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        d = 1.0 / kept_from_zero(1.0 + even * d);
        c = kept_from_zero(1.0 + even / c);
        value *= d * c;
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        d = 1.0 / kept_from_zero(1.0 + odd * d);
        c = kept_from_zero(1.0 + odd / c);
        value *= d * c;
        if (d * c - 1.0).abs() < 2e-16 {
            break;
        }
    }
    value
}

fn kept_from_zero(x: f64) -> f64 {
    if x.abs() < 1e-300 { 1e-300 } else { x }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The series and the continued fraction have nothing in common but the function.
    #[test]
    fn the_series_are_the_fraction() {
        let sizes = [0.01, 0.3, 1.0, 2.5, 3.0, 17.0, 40.5, 197.0, 999.0, 1e4, 1e6];
        let mut of_few_terms = 0;
        for (a, b) in sizes.into_iter().flat_map(|a| sizes.map(|b| (a, b))) {
            let mean = (a + 1.0) / (a + b + 2.0);
            for x in [1e-9, 0.1, 0.5, 0.9, 0.99, 1.0].map(|share| share * mean) {
                let (series, fraction) = (beta_quotient(a, b, x, 1.0 - x), beta_fraction(a, b, x));
                let miss = (series / fraction - 1.0).abs();
                // Where 1 - x is small, rounding it is what the two differ by.
                assert!(miss < 1e-12 + 1e-16 * (a + b), "a {a}, b {b}, x {x:e}: off by {miss:e}");
                of_few_terms += u32::from(series.to_bits() != fraction.to_bits());
            }
        }
        assert!(of_few_terms > 300, "{of_few_terms} by a series");
    }
}
