//! A normal quantile to seven digits, without a branch, for many at once.
//!
//! The quantile at u is (u - 1/2) times a smooth function of w = -ln(4 u (1 - u)), as M. B. Giles, "Approximating the
//! erfinv function" (GPU Computing Gems 2, 2011), has it for its inverse error function. The polynomial below meets
//! that function at the ten Chebyshev points of w from 0 to [`REACH`], worked out to 40 digits. Who needs more digits,
//! or lies farther out, takes [`normal_quantile`](super::quantile::normal_quantile).

use super::lanes::TWO_52;

/// How wrong [`quick_normal_quantile`] can be.
pub(super) const BLUR: f64 = 5e-8;

/// Up to this w it holds: for all but one uniform in 300.
pub(super) const REACH: f64 = 5.0;

/// The quotient of the quantile and u - 1/2, from the constant up.
const QUOTIENT: [f64; 10] = [
    2.506_628_271_090_97,
    0.656_233_878_489_553_5,
    0.032_665_971_884_891_95,
    -0.006_605_142_694_152_911,
    -0.000_357_907_681_497_132_46,
    0.000_124_588_832_969_052_56,
    1.173_984_848_406_536_9e-5,
    -5.680_249_129_541_165e-6,
    6.344_283_706_339_611e-7,
    -2.526_330_169_046_368_7e-8,
];

/// The normal quantile at `u` in (0, 1), wrong by less than [`BLUR`], and whether it is: only up to [`REACH`].
#[inline(always)]
pub(super) fn quick_normal_quantile(u: f64) -> (f64, bool) {
    let w = -ln(4.0 * u * (1.0 - u));
    let (square, c) = (w * w, &QUOTIENT);
    // In few steps: G. Estrin, "Organization of computer systems: the fixed plus variable structure computer" (1960).
    let low = (c[0] + c[1] * w) + (c[2] + c[3] * w) * square;
    let high = (c[4] + c[5] * w) + (c[6] + c[7] * w) * square;
    let fourth = square * square;
    let quotient = low + (high + (c[8] + c[9] * w) * fourth) * fourth;
    ((u - 0.5) * quotient, w <= REACH)
}

/// The natural logarithm of a normal number above 0, wrong by less than 1e-9.
#[inline(always)]
fn ln(x: f64) -> f64 {
    // x = 2^e m with m from 1/sqrt(2) to sqrt(2); ln m = 2 artanh((m - 1) / (m + 1)).
    const ROOT_HALF: u64 = std::f64::consts::FRAC_1_SQRT_2.to_bits();
    let above = x.to_bits().wrapping_sub(ROOT_HALF);
    let m = f64::from_bits((above & ((1 << 52) - 1)) + ROOT_HALF);
    // The exponent, 1,024 more so that it is no less than 0, read from the last bits of a large number.
    let e = f64::from_bits(TWO_52.to_bits() | (above >> 52).wrapping_add(1024) & 0xfff) - (TWO_52 + 1024.0);
    let s = (m - 1.0) / (m + 1.0);
    let z = s * s;
    let series = (1.0 + z * (1.0 / 3.0)) + ((1.0 / 5.0 + z * (1.0 / 7.0)) + z * z * (1.0 / 9.0)) * (z * z);
    e * std::f64::consts::LN_2 + 2.0 * s * series
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::maths;
    use crate::random::quantile::normal_quantile;

    #[test]
    fn it_is_near_the_quantile() {
        let ends = (1..60).map(|power| 1.3 / (1_u64 << power) as f64);
        let all =
            ends.clone().chain(ends.map(|u| 1.0 - u)).chain((1..20_000).map(|i| f64::from(i) / 20_000.3));
        let mut held = 0;
        for u in all {
            let (quick, holds) = quick_normal_quantile(u);
            let exact = normal_quantile(u);
            held += u32::from(holds);
            assert_eq!(holds, -maths::ln(4.0 * u * (1.0 - u)) <= REACH, "at {u}");
            assert!(!holds || (quick - exact).abs() < 0.5 * BLUR, "at {u}: {quick}, exactly {exact}");
        }
        assert!(held > 19_900, "it holds of {held}");
    }

    #[test]
    fn the_logarithm_is_near() {
        for i in 1..5_000 {
            let x = f64::from(i) / 4_999.0;
            assert!((ln(x) - maths::ln(x)).abs() < 1e-9, "at {x}");
        }
    }
}
