//! e to the power of several numbers side by side: bit for bit [`exp`] of each.
//!
//! Its operations in its order, written over lanes: the method of FreeBSD's `e_exp.c` (Sun Microsystems, 1993), which
//! parts x into k ln 2 + r, takes a rational function of r, and multiplies that by 2^k.

use super::expansion::floor;
use super::lanes::TWO_52;
use super::maths::exp;

/// e to the power of each of several numbers: [`exp`] of each.
#[inline(always)]
pub(super) fn exp_each<const N: usize>(x: &[f64; N]) -> [f64; N] {
    let (mut powers, mut plain) = ([0.0; N], 1);
    for lane in 0..N {
        let x = x[lane];
        let (size, half) = (x.abs(), 0.5_f64.copysign(x));
        let k = if size >= HALF_LN_2 { floor((x * PER_LN_2 + half).abs()).copysign(x) } else { 0.0 };
        let (high, low) = (x - k * LN_2_HIGH, k * LN_2_LOW);
        let r = high - low;
        let square = r * r;
        let [p1, p2, p3, p4, p5] = RATIONAL;
        let c = r - square * (p1 + square * (p2 + square * (p3 + square * (p4 + square * p5))));
        let of_rest = 1.0 + (r * c / (2.0 - c) - low + high);
        // 2^k, by its exponent.
        let scale = f64::from_bits((k + 1023.0 + TWO_52).to_bits() << 52);
        powers[lane] = of_rest * scale;
        plain &= u64::from((size > MINUTE) & (size < 700.0));
    }
    if plain == 0 {
        exp_of_any(x, &mut powers);
    }
    powers
}

/// Those of numbers so small, or so large, that they are found in another way.
#[cold]
#[inline(never)]
fn exp_of_any<const N: usize>(x: &[f64; N], powers: &mut [f64; N]) {
    for (power, x) in powers.iter_mut().zip(x) {
        *power = exp(*x);
    }
}

/// From here on a number is more than its rest.
const HALF_LN_2: f64 = f64::from_bits(0x3fd6_2e43 << 32);
const PER_LN_2: f64 = f64::from_bits(0x3ff7_1547_652b_82fe);
/// ln 2 in two, so that a multiple of the first is exact.
const LN_2_HIGH: f64 = f64::from_bits(0x3fe6_2e42_fee0_0000);
const LN_2_LOW: f64 = f64::from_bits(0x3dea_39ef_3579_3c76);
/// What the rational function is made of.
const RATIONAL: [f64; 5] = [
    f64::from_bits(0x3fc5_5555_5555_553e),
    f64::from_bits(0xbf66_c16c_16be_bd93),
    f64::from_bits(0x3f11_566a_af25_de2c),
    f64::from_bits(0xbebb_bd41_c5d2_6bf1),
    f64::from_bits(0x3e66_3769_72be_a4d0),
];
/// Numbers up to here add to 1 what they are.
const MINUTE: f64 = f64::from_bits(0x3e30_0001 << 32);

#[cfg(test)]
mod tests {
    use super::*;

    /// Side by side is one by one, to the last bit: in every binade, around every boundary, and near whole halves of
    /// ln 2.
    #[test]
    fn exp_of_each_is_exp() {
        let mut numbers =
            vec![0.0, -0.0, 1e-300, 709.0, 710.0, 746.0, f64::INFINITY, f64::NAN, HALF_LN_2, MINUTE];
        for power in -60..10 {
            let binade = f64::from_bits(((1023 + power) as u64) << 52);
            numbers.extend((0..2_000).map(|i| binade * (1.0 + f64::from(i) * 4.997e-4)));
        }
        for halves in 0..1_400 {
            let near = f64::from(halves) * 0.5 * std::f64::consts::LN_2;
            numbers.extend(
                (-8..=8).map(|ulps| f64::from_bits((near.to_bits() as i64 + ulps) as u64 & !(1 << 63))),
            );
        }
        for bound in [HALF_LN_2, MINUTE, 1.5 * std::f64::consts::LN_2, 700.0] {
            numbers.extend((0..40).map(|ulps| f64::from_bits(bound.to_bits() - 20 + ulps)));
        }
        for eight in numbers.chunks(8) {
            for sign in [1.0, -1.0] {
                let x: [f64; 8] = std::array::from_fn(|lane| sign * eight[lane % eight.len()]);
                for (power, x) in exp_each(&x).into_iter().zip(x) {
                    assert_eq!(
                        power.to_bits(),
                        exp(x).to_bits(),
                        "at {x:e}: {power:e}, one by one {:e}",
                        exp(x)
                    );
                    // Where a neighbour is plain, too.
                    let alone = exp_each(&[x, 0.1])[0];
                    assert_eq!(alone.to_bits(), exp(x).to_bits(), "at {x:e}");
                }
            }
        }
    }
}
