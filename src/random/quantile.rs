//! Quantiles and distribution functions of the laws that people write, in a portable maths.
//!
//! A quantile turns one uniform into one value, and more of the uniform into more of the value: a changed prior
//! moves the same customer's luck, it does not draw another.

use std::f64::consts::SQRT_2;

use super::maths::{erfc, exp, ln, ln_1p, pow, sqrt};
use super::tails::Beta;

/// Quantile of the normal law of mean 0 and standard deviation 1 at `u` in (0, 1).
///
/// M. J. Wichura, "Algorithm AS 241: the percentage points of the normal distribution", Applied Statistics 37
/// (1988), routine PPND16: about 16 digits.
#[inline]
pub fn normal_quantile(u: f64) -> f64 {
    let distance = u - 0.5;
    if distance.abs() <= CENTRE_REACH {
        return centre(distance);
    }
    if distance < 0.0 { -normal_tail(u) } else { normal_tail(1.0 - u) }
}

/// How far from 1/2 [`centre`] holds.
pub(super) const CENTRE_REACH: f64 = 0.425;

/// The quantile at 1/2 + `distance`.
#[inline(always)]
pub(super) fn centre(distance: f64) -> f64 {
    let r = 0.180625 - distance * distance;
    distance * horner(&CENTRE.0, r) / horner(&CENTRE.1, r)
}

/// The distance from the mean beyond which the probability is `u` < 0.075.
fn normal_tail(u: f64) -> f64 {
    let r = sqrt(-ln(u));
    if r <= 5.0 {
        horner(&MIDDLE.0, r - 1.6) / horner(&MIDDLE.1, r - 1.6)
    } else {
        horner(&TAIL.0, r - 5.0) / horner(&TAIL.1, r - 5.0)
    }
}

#[inline(always)]
fn horner(coefficients: &[f64; 8], x: f64) -> f64 {
    let mut sum = 0.0;
    for power in (0..8).rev() {
        sum = sum * x + coefficients[power];
    }
    sum
}

/// Numerator and denominator, from the constant up.
type Ratio = ([f64; 8], [f64; 8]);

const CENTRE: Ratio = (
    [
        3.387_132_872_796_366_5,
        1.331_416_678_917_843_8e2,
        1.971_590_950_306_551_3e3,
        1.373_169_376_550_946e4,
        4.592_195_393_154_987e4,
        6.726_577_092_700_87e4,
        3.343_057_558_358_813e4,
        2.509_080_928_730_122_7e3,
    ],
    [
        1.0,
        4.231_333_070_160_091e1,
        6.871_870_074_920_579e2,
        5.394_196_021_424_751e3,
        2.121_379_430_158_659_7e4,
        3.930_789_580_009_271e4,
        2.872_908_573_572_194_3e4,
        5.226_495_278_852_545e3,
    ],
);

const MIDDLE: Ratio = (
    [
        1.423_437_110_749_683_5,
        4.630_337_846_156_546,
        5.769_497_221_460_691,
        3.647_848_324_763_204_5,
        1.270_458_252_452_368_4,
        2.417_807_251_774_506e-1,
        2.272_384_498_926_918_4e-2,
        7.745_450_142_783_414e-4,
    ],
    [
        1.0,
        2.053_191_626_637_759,
        1.676_384_830_183_803_8,
        6.897_673_349_851e-1,
        1.481_039_764_274_800_8e-1,
        1.519_866_656_361_645_7e-2,
        5.475_938_084_995_345e-4,
        1.050_750_071_644_416_9e-9,
    ],
);

const TAIL: Ratio = (
    [
        6.657_904_643_501_103,
        5.463_784_911_164_114,
        1.784_826_539_917_291_3,
        2.965_605_718_285_048_7e-1,
        2.653_218_952_657_612_4e-2,
        1.242_660_947_388_078_4e-3,
        2.711_555_568_743_487_6e-5,
        2.010_334_399_292_288_1e-7,
    ],
    [
        1.0,
        5.998_322_065_558_88e-1,
        1.369_298_809_227_358e-1,
        1.487_536_129_085_061_5e-2,
        7.868_691_311_456_133e-4,
        1.846_318_317_510_054_8e-5,
        1.421_511_758_316_446e-7,
        2.044_263_103_389_939_8e-15,
    ],
);

/// P(Z <= z) for the normal law of mean 0 and standard deviation 1.
pub fn normal_cdf(z: f64) -> f64 {
    0.5 * erfc(-z / SQRT_2)
}

/// Quantile at `u` of the uniform law from `low` to `high`.
pub fn uniform_quantile(u: f64, low: f64, high: f64) -> f64 {
    low + u * (high - low)
}

/// Quantile at `u` of the law whose logarithm is uniform from that of `low` > 0 to that of `high`.
pub fn log_uniform_quantile(u: f64, low: f64, high: f64) -> f64 {
    (low * exp(u * ln(high / low))).clamp(low, high)
}

/// Quantile at `u` of the law whose logarithm is normal around that of `median` with deviation `sigma`.
pub fn log_normal_quantile(u: f64, median: f64, sigma: f64) -> f64 {
    median * exp(sigma * normal_quantile(u))
}

/// P(X <= x) for the log-normal law of `median` (unit of `x`) and `sigma` (of the natural logarithm).
pub fn log_normal_cdf(x: f64, median: f64, sigma: f64) -> f64 {
    if x <= 0.0 { 0.0 } else { normal_cdf(ln(x / median) / sigma) }
}

/// Quantile at `u` of the exponential law of mean `mean`.
pub fn exponential_quantile(u: f64, mean: f64) -> f64 {
    -mean * ln_1p(-u)
}

/// Quantile at `u` of the log-logistic law of `median` and `shape` (the steepness: larger is narrower).
pub fn log_logistic_quantile(u: f64, median: f64, shape: f64) -> f64 {
    median * pow(u / (1.0 - u), 1.0 / shape)
}

/// P(X <= x) for the log-logistic law of `median` (unit of `x`) and `shape`.
pub fn log_logistic_cdf(x: f64, median: f64, shape: f64) -> f64 {
    if x <= 0.0 { 0.0 } else { 1.0 / (1.0 + pow(x / median, -shape)) }
}

/// P(X <= x) for the beta law of `a` and `b`, both in \[0.01, 1e6\].
pub fn beta_cdf(x: f64, a: f64, b: f64) -> f64 {
    Beta::new(a, b).tails(x, 1.0 - x).lower
}

/// Quantile at `u` in (0, 1) of the beta law of `a` and `b`, both in \[0.01, 1e6\]; ten digits.
pub fn beta_quantile(u: f64, a: f64, b: f64) -> f64 {
    beta_point(u, 1.0 - u, a, b).0
}

/// Quantile at `u` in (0, 1) of Student's t with `freedom` > 0 degrees, through the beta law of
/// `freedom` / (`freedom` + t^2); where that law grows too narrow to be told from a point, by the first term of the
/// expansion about the normal law (Abramowitz and Stegun 26.7.5).
pub fn student_quantile(u: f64, freedom: f64) -> f64 {
    let tail = u.min(1.0 - u);
    if tail == 0.5 {
        return 0.0;
    }
    if freedom > NEARLY_NORMAL {
        let z = normal_quantile(u);
        return z + z * (z * z + 1.0) / (4.0 * freedom);
    }
    let (x, y) = beta_point(2.0 * tail, 1.0 - 2.0 * tail, 0.5 * freedom, 0.5);
    let size = sqrt(freedom * y / x);
    if u < 0.5 { -size } else { size }
}

/// From so many degrees of freedom on the second term of the expansion is below 1e-11 of the first.
const NEARLY_NORMAL: f64 = 1e6;

/// Beyond this many e-folds of x / (1 - x), x or 1 - x is no longer a normal number.
const FAR: f64 = 700.0;

/// A step this small against the width of the law was the last: the next is of the size of its cube.
const SETTLED: f64 = 1e-5;

/// The point (x, 1 - x) below which the beta law has probability `u` and above which `v = 1 - u`.
///
/// Halley's method on the logarithm of the smaller tail over t = ln(x / (1 - x)), where both ends are nearly
/// straight; halving the bracket where a step leaves it.
fn beta_point(u: f64, v: f64, a: f64, b: f64) -> (f64, f64) {
    let law = Beta::new(a, b);
    let settled = SETTLED * sqrt(1.0 / a + 1.0 / b).min(1.0);
    let (mut low, mut high) = (-FAR, FAR);
    let mut t = beta_start(u, v, &law).clamp(-FAR, FAR);
    for _ in 0..200 {
        let (miss, step) = beta_step(u, v, &law, t);
        if miss < 0.0 {
            low = t
        } else {
            high = t
        }
        let inside = t - step > low && t - step < high;
        let next = if inside { t - step } else { 0.5 * (low + high) };
        let moved = (next - t).abs();
        t = next;
        if moved <= if inside { settled } else { f64::EPSILON * t.abs() } {
            break;
        }
    }
    logistic_pair(t)
}

/// How far the smaller tail at `t` is from its target, as a logarithm that rises with t, and how far t is.
fn beta_step(u: f64, v: f64, law: &Beta, t: f64) -> (f64, f64) {
    let (x, y) = logistic_pair(t);
    let tails = law.tails(x, y);
    let bend = law.a * y - law.b * x;
    let (miss, slope, bend) = if u <= v {
        let slope = tails.slope / tails.lower;
        (ln(tails.lower / u), slope, bend - slope)
    } else {
        let slope = tails.slope / tails.upper;
        (-ln(tails.upper / v), slope, bend + slope)
    };
    let newton = miss / slope;
    (miss, newton / (1.0 - 0.5 * newton * bend).clamp(0.5, 2.0))
}

/// A first t: where the law has one hump, half the logarithm of a ratio of variances at its normal quantile
/// (Abramowitz and Stegun 26.5.22), or, where it hardly has, normal in the logit; else the power law of the nearer end.
fn beta_start(u: f64, v: f64, law: &Beta) -> f64 {
    let Beta { a, b, .. } = *law;
    if a.min(b) < 0.7 {
        let at_half = law.tails(0.5, 0.5);
        let lower = u < at_half.lower;
        return if lower { ln(u / at_half.lower) / a } else { -ln(v / at_half.upper) / b };
    }
    let w = normal_quantile(if u <= v { u } else { 1.0 - v });
    let (of_a, of_b) = (1.0 / (2.0 * a - 1.0), 1.0 / (2.0 * b - 1.0));
    let (h, r) = (2.0 / (of_a + of_b), (w * w - 3.0) / 6.0);
    let from_mean = if a.min(b) > 1.0 && h + r > 0.0 {
        2.0 * (w * sqrt(h + r) / h + (of_b - of_a) * (r + 5.0 / 6.0 - 2.0 / (3.0 * h)))
    } else {
        w * sqrt(1.0 / a + 1.0 / b)
    };
    ln(a / b) + from_mean
}

/// e^t / (1 + e^t) and its complement, each to its own last digits.
fn logistic_pair(t: f64) -> (f64, f64) {
    let small = exp(-t.abs());
    let (less, more) = (small / (1.0 + small), 1.0 / (1.0 + small));
    if t < 0.0 { (less, more) } else { (more, less) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: f64, expected: f64, digits: f64) {
        assert!((found / expected - 1.0).abs() < digits, "found {found:e}, expected {expected:e}");
    }

    /// Expected values: mpmath 1.3 with 40 digits.
    #[test]
    fn normal_quantiles_are_known() {
        for (u, expected) in [
            (0.9, 1.281_551_565_544_600_5),
            (0.02, -2.053_748_910_631_823),
            (0.975, 1.959_963_984_540_054_2),
            (0.3, -0.524_400_512_708_040_8),
            (1e-10, -6.361_340_902_404_056),
            (1.110_223_024_625_156_5e-16, -8.209_536_151_601_387),
        ] {
            near(normal_quantile(u), expected, 1e-15);
            assert!((normal_cdf(expected) / u - 1.0).abs() < 1e-13);
        }
        assert_eq!(normal_quantile(0.5), 0.0);
    }

    /// Expected values: mpmath 1.3 with 40 digits; those of size 1e6 from SciPy 1.17.
    #[test]
    fn beta_quantiles_are_known() {
        for (u, a, b, expected) in [
            (0.05, 2.0, 30.0, 0.011_585_315_861_443_59),
            (0.5, 2.0, 30.0, 0.053_552_052_117_002_73),
            (0.999, 2.0, 30.0, 0.261_327_598_818_327_8),
            (0.3, 0.5, 0.5, 0.206_107_373_853_763_4),
            (0.001, 0.01, 5.0, 1.253_990_451_122_82e-301),
            (0.5, 0.01, 0.02, 3.105_592_827_577_237e-13),
            (0.7, 1.0, 1.0, 0.7),
            (0.1, 1000.0, 9000.0, 0.096_172_946_141_387_73),
            (0.025, 30.0, 0.7, 0.903_775_381_862_595_7),
            (1e-9, 3.0, 4.0, 0.000_368_504_994_935_395_2),
        ] {
            near(beta_quantile(u, a, b), expected, 1e-11);
        }
        near(beta_quantile(0.01, 1e6, 1e6), 0.499_177_51, 1e-8);
        near(beta_quantile(0.2, 0.01, 1e6), 7.175_841_66e-77, 1e-8);
    }

    /// Every corner of the range: the quantile is where the distribution function says.
    #[test]
    fn beta_quantiles_return_to_their_uniform() {
        let sizes = [0.01, 0.1, 0.7, 1.0, 3.0, 40.0, 1e3, 1e6];
        for (a, b) in sizes.into_iter().flat_map(|a| sizes.map(|b| (a, b))) {
            for u in [1e-12, 1e-3, 0.2, 0.5, 0.8, 0.999] {
                let (x, y) = beta_point(u, 1.0 - u, a, b);
                let tails = Beta::new(a, b).tails(x, y);
                let miss = if u <= 0.5 { tails.lower / u } else { tails.upper / (1.0 - u) } - 1.0;
                let reachable = x > 1e-300 && y > 1e-300;
                assert!(!reachable || miss.abs() < 1e-10, "a {a}, b {b}, u {u}: {x:e} misses by {miss:e}");
            }
        }
    }

    /// Expected values: SciPy 1.17.
    #[test]
    fn student_quantiles_are_known() {
        for (u, freedom, expected) in [
            (0.975, 1.0, 12.706_204_736_174_694),
            (0.975, 5.0, 2.570_581_835_636_314_6),
            (0.9, 2.5, 1.730_250_928_807_176_6),
            (0.995, 30.0, 2.749_995_653_567_225_4),
            (0.001, 10.0, -4.143_700_494_046_589),
            (0.975, 1e5, 1.959_987_707_534_609_5),
            (0.5001, 7.0, 0.000_259_746_030_902_616_77),
        ] {
            near(student_quantile(u, freedom), expected, 1e-10);
        }
    }

    #[test]
    fn the_plain_laws_invert() {
        for u in [1e-9, 0.01, 0.5, 0.77, 0.999] {
            near(log_logistic_cdf(log_logistic_quantile(u, 3.0, 1.7), 3.0, 1.7), u, 1e-12);
            near(log_normal_cdf(log_normal_quantile(u, 3.0, 0.7), 3.0, 0.7), u, 1e-12);
            near(1.0 - exp(-exponential_quantile(u, 2.0) / 2.0), u, 1e-6);
            near(uniform_quantile(u, 0.0, 2.0), 2.0 * u, 1e-15);
        }
        near(log_uniform_quantile(0.5, 0.01, 1.0), 0.1, 1e-14);
    }
}
