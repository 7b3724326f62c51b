//! How many events there are when some are expected: Poisson counts, those of neighbouring slots side by side.
//!
//! ```text
//!   numbers of 8 slots   u1          > exp(-mean)?   the count of a slot is how many of its
//!   one after another    u1 u2       > exp(-mean)?   products are: all are known before the
//!                        u1 u2 u3    > exp(-mean)?   mean is, and are kept for the next mean
//! ```
//!
//! That is Knuth's method (The Art of Computer Programming 2, 3.4.1). `rand_distr` goes the same way through the same
//! numbers up to a mean of 12, and draws what is not found here: larger means, and counts of more numbers.

use multiversion::multiversion;
use rand_distr::{Distribution, Poisson};

use super::lanes::{Addresses, LANES};
use super::maths::exp;
use super::near::Near;
use super::streams::{Address, Streams};

/// Counts of neighbouring slots, of one address whatever the slot in it.
#[derive(Clone, Copy, Debug, Default)]
pub struct NearCounts {
    products: Near<Products>,
    /// The first slot and the mean of the counts.
    counted: Option<(u32, f64)>,
    counts: [u64; LANES],
}

/// The products of the first numbers of each slot: of one number, of two, and so on. Few counts take more.
type Products = [[f64; LANES]; 8];

/// Below this mean `rand_distr` multiplies, too.
const SMALL: f64 = 12.0;

/// How many events there are at `address`, when `mean` (at least 0) are expected.
pub(super) fn poisson(streams: &Streams, address: Address, mean: f64, near: &mut NearCounts) -> u64 {
    near.count(streams, address, mean).unwrap_or_else(|| match Poisson::new(mean) {
        Ok(law) => law.sample(&mut streams.at(address)) as u64,
        // Nothing is expected.
        Err(_) => 0,
    })
}

impl NearCounts {
    /// The count of a small mean, if the numbers that were drawn tell.
    #[inline]
    fn count(&mut self, streams: &Streams, address: Address, mean: f64) -> Option<u64> {
        if !(0.0 < mean && mean < SMALL) {
            return None;
        }
        let (products, at) = self.products.around(streams.key(), address, products);
        let asked = Some((address.slot - at as u32, mean));
        if self.counted != asked {
            (self.counted, self.counts) = (asked, above(products, exp(-mean)));
        }
        Some(self.counts[at]).filter(|count| *count < products.len() as u64)
    }
}

/// The products at each address.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl", "x86_64+avx2"))]
fn products(at: &Addresses) -> Products {
    let (mut products, mut before) = (Products::default(), [1.0; LANES]);
    for (attempt, of_block) in (0..).zip(products.as_chunks_mut::<2>().0) {
        let [a, b, c, d] = at.at_attempt(attempt).blocks();
        for lane in 0..LANES {
            of_block[0][lane] = before[lane] * number(a[lane], b[lane]);
            of_block[1][lane] = of_block[0][lane] * number(c[lane], d[lane]);
        }
        before = of_block[1];
    }
    products
}

/// The number in [0, 1) that `rand` makes of two words: 53 bits.
#[inline(always)]
fn number(low: u32, high: u32) -> f64 {
    const UNIT: f64 = 1.0 / (1_u64 << 53) as f64;
    ((u64::from(high) << 32 | u64::from(low)) >> 11) as i64 as f64 * UNIT
}

/// How many products of each slot are above a bound.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl", "x86_64+avx2"))]
fn above(products: &Products, bound: f64) -> [u64; LANES] {
    let mut counts = [0; LANES];
    for product in products {
        for lane in 0..LANES {
            counts[lane] += u64::from(product[lane] > bound);
        }
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Purpose, Subject};

    /// Counts are those of `rand_distr` at each address by itself, whatever the slots and means before.
    #[test]
    fn side_by_side_is_one_by_one() {
        let streams = Streams::new(5, 11);
        let mut near = NearCounts::default();
        let (mut found, mut sum, mut expected) = (0, 0, 0.0);
        for step in 0..40_000_u32 {
            let slot = step / 2 + step % 7 * 8;
            let address = Address { slot, ..Address::of(Purpose::Reserve, Subject::new(&["events"])) };
            let mean = [1e-9, 0.03, 0.5, 2.0, 4.2, 9.5, 11.999, 12.0, 77.0][step as usize / 5 % 9];
            let alone = Poisson::new(mean).unwrap().sample(&mut streams.at(address)) as u64;
            assert_eq!(poisson(&streams, address, mean, &mut near), alone, "{mean} in {slot}");
            let told = near.count(&streams, address, mean);
            assert_eq!(told, Some(alone).filter(|count| *count < 8 && mean < SMALL));
            (found, sum, expected) = (found + u32::from(told.is_some()), sum + alone, expected + mean);
        }
        assert!(found > 20_000, "{found}");
        assert!((sum as f64 - expected).abs() < 6.0 * expected.sqrt(), "{sum} of {expected}");
        for nothing in [0.0, -1.0, f64::NAN] {
            assert_eq!(poisson(&streams, Address::of(Purpose::Reserve, Subject(1)), nothing, &mut near), 0);
        }
    }
}
