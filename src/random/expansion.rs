//! Quantiles of a count from its cumulants: close enough that the exact law is asked only near a step.
//!
//! A count K steps from k to k + 1 where the uniform passes P(K <= k). The expansion of E. A. Cornish and
//! R. A. Fisher (Revue de l'Institut International de Statistique 5, 1938) gives a smooth curve that passes
//! close to k + 1 there, when the cumulants carry Sheppard's corrections for the width of a step. Where the curve
//! is further from a whole number than it can be wrong, its floor *is* the quantile. M. B. Giles, "Algorithm
//! 955: approximation of the inverse Poisson cumulative distribution function" (ACM TOMS 42, 2016), made
//! this into a method for Poisson counts; the bounds here were found for the laws that use them, see `count.rs`.

use super::maths::sqrt;

/// The second to fifth cumulant of a count; leave the fifth 0 where it is not known.
pub(super) struct Cumulants {
    pub(super) mean: f64,
    pub(super) second: f64,
    pub(super) third: f64,
    pub(super) fourth: f64,
    pub(super) fifth: Option<f64>,
}

/// A polynomial in the normal quantile w whose floor is, nearly always, the quantile of the count.
#[derive(Clone, Copy, Debug)]
pub(super) struct Expansion {
    coefficients: [f64; 5],
    /// How wrong the polynomial can be, as a multiple of 3 + 4 w^4, hundredths.
    scale: f64,
    /// How wrong its rounding can be.
    rounding: f64,
}

/// What the expansion knows of a quantile.
#[derive(Clone, Copy, Debug)]
pub(super) struct Guess {
    /// A value near the quantile, within the error of the expansion.
    pub(super) value: f64,
    /// Its floor, where that is the quantile.
    pub(super) whole: f64,
    /// How far the value is from the middle between two whole numbers, and how wrong it can be.
    pub(super) doubt: f64,
}

/// Below this doubt a value lies, wrong as it may be, between the same two whole numbers as the quantile.
pub(super) const DOUBTFUL: f64 = 0.5;

impl Guess {
    /// Whether `whole` is the quantile.
    #[inline(always)]
    pub(super) fn is_sure(&self) -> bool {
        self.doubt < DOUBTFUL
    }
}

impl Expansion {
    #[inline(always)]
    pub(super) fn new(cumulants: &Cumulants) -> Self {
        let Cumulants { mean, second, third, fourth, fifth } = *cumulants;
        let variance = second - 1.0 / 12.0;
        let inverse = 1.0 / variance;
        let deviation = sqrt(variance);
        let per_deviation = deviation * inverse;
        let skew = third * inverse;
        let excess = (fourth + 1.0 / 120.0) * inverse;
        let coefficients = Self::coefficients(mean, deviation, per_deviation, skew, excess, fifth, inverse);
        let scale = if fifth.is_some() { inverse * per_deviation } else { inverse };
        Self { coefficients, scale: scale * 0.01, rounding: 4e-15 * mean }
    }

    #[inline(always)]
    fn coefficients(
        mean: f64,
        deviation: f64,
        per_deviation: f64,
        skew: f64,
        excess: f64,
        fifth: Option<f64>,
        inverse: f64,
    ) -> [f64; 5] {
        let square = skew * skew;
        // The second term: excess (w^3 - 3w) / 24 - skew^2 (2 w^3 - 5w) / 36, over the deviation.
        let linear = per_deviation * (square * (5.0 / 36.0) - excess * (1.0 / 8.0));
        let cubic = per_deviation * (excess * (1.0 / 24.0) - square * (1.0 / 18.0));
        // The third, over the variance: fifth (w^4 - 6w^2 + 3) / 120 - skew excess (w^4 - 5w^2 + 2) / 24
        // + skew^3 (12 w^4 - 53 w^2 + 17) / 324.
        let [fourth_power, two, none] = fifth.map_or([0.0; 3], |fifth| {
            let fifth = fifth * inverse * (1.0 / 120.0);
            let (mixed, cube) = (skew * excess * (1.0 / 24.0), square * skew * (1.0 / 324.0));
            [
                inverse * (fifth - mixed + 12.0 * cube),
                inverse * (5.0 * mixed - 6.0 * fifth - 53.0 * cube),
                inverse * (3.0 * fifth - 2.0 * mixed + 17.0 * cube),
            ]
        });
        let sixth = skew * (1.0 / 6.0);
        [mean + 0.5 - sixth + none, deviation + linear, sixth + two, cubic, fourth_power]
    }

    /// How wrong the polynomial can be there.
    #[inline(always)]
    pub(super) fn error(&self, w: f64, blur: f64) -> f64 {
        let square = w * w;
        self.scale * (3.0 + 4.0 * square * square) + self.rounding + 2.0 * blur * self.coefficients[1]
    }

    /// The quantile where the uniform is the normal probability of a number that is `blur` from `w` at most.
    #[inline(always)]
    pub(super) fn guess(&self, w: f64, blur: f64) -> Guess {
        let [c0, c1, c2, c3, c4] = self.coefficients;
        let square = w * w;
        let value = c0 + w * c1 + square * (c2 + w * c3 + square * c4);
        let middle = value - 0.5;
        let whole = nearest(middle);
        Guess { value, whole, doubt: (middle - whole).abs() + self.error(w, blur) }
    }
}

/// The floor of a number below 2^51, in a way that vectors can take on any machine.
#[inline(always)]
pub(super) fn floor(value: f64) -> f64 {
    let nearest = nearest(value);
    if nearest > value { nearest - 1.0 } else { nearest }
}

/// The whole number nearest to a number below 2^51.
#[inline(always)]
fn nearest(value: f64) -> f64 {
    const SHIFT: f64 = 1.5 * (1_u64 << 52) as f64;
    (value + SHIFT) - SHIFT
}
