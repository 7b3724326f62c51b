//! Sobol' points: the first 2^k of them fall evenly into every dyadic interval of every dimension.
//!
//! After I. M. Sobol', "On the distribution of points in a cube" (USSR Computational Mathematics 7, 1967), with the
//! direction numbers of S. Joe and F. Y. Kuo, "Constructing Sobol sequences with better two-dimensional projections" (SIAM
//! Journal on Scientific Computing 30, 2008; their list `new-joe-kuo-6`), in Gray code order (Antonov and Saleev 1979). The
//! points of a seed are shifted digit by digit (exclusive or), which keeps that evenness and takes the first point off the
//! corner.

use crate::random::{Address, Purpose, Streams, Subject};

/// Most dimensions that points have.
pub const SOBOL_DIMENSIONS: usize = NUMBERS.len() + 1;

/// Bits of a coordinate.
const BITS: usize = 32;

/// Of the dimensions from the second on: the inner coefficients of the primitive polynomial, and the first direction
/// numbers, as many as its degree.
const NUMBERS: [(u32, &[u32]); 52] = [
    (0, &[1]),
    (1, &[1, 3]),
    (1, &[1, 3, 1]),
    (2, &[1, 1, 1]),
    (1, &[1, 1, 3, 3]),
    (4, &[1, 3, 5, 13]),
    (2, &[1, 1, 5, 5, 17]),
    (4, &[1, 1, 5, 5, 5]),
    (7, &[1, 1, 7, 11, 19]),
    (11, &[1, 1, 5, 1, 1]),
    (13, &[1, 1, 1, 3, 11]),
    (14, &[1, 3, 5, 5, 31]),
    (1, &[1, 3, 3, 9, 7, 49]),
    (13, &[1, 1, 1, 15, 21, 21]),
    (16, &[1, 3, 1, 13, 27, 49]),
    (19, &[1, 1, 1, 15, 7, 5]),
    (22, &[1, 3, 1, 15, 13, 25]),
    (25, &[1, 1, 5, 5, 19, 61]),
    (1, &[1, 3, 7, 11, 23, 15, 103]),
    (4, &[1, 3, 7, 13, 13, 15, 69]),
    (7, &[1, 1, 3, 13, 7, 35, 63]),
    (8, &[1, 3, 5, 9, 1, 25, 53]),
    (14, &[1, 3, 1, 13, 9, 35, 107]),
    (19, &[1, 3, 1, 5, 27, 61, 31]),
    (21, &[1, 1, 5, 11, 19, 41, 61]),
    (28, &[1, 3, 5, 3, 3, 13, 69]),
    (31, &[1, 1, 7, 13, 1, 19, 1]),
    (32, &[1, 3, 7, 5, 13, 19, 59]),
    (37, &[1, 1, 3, 9, 25, 29, 41]),
    (41, &[1, 3, 5, 13, 23, 1, 55]),
    (42, &[1, 3, 7, 3, 13, 59, 17]),
    (50, &[1, 3, 1, 3, 5, 53, 69]),
    (55, &[1, 1, 5, 5, 23, 33, 13]),
    (56, &[1, 1, 7, 7, 1, 61, 123]),
    (59, &[1, 1, 7, 9, 13, 61, 49]),
    (62, &[1, 3, 3, 5, 3, 55, 33]),
    (14, &[1, 3, 1, 15, 31, 13, 49, 245]),
    (21, &[1, 3, 5, 15, 31, 59, 63, 97]),
    (22, &[1, 3, 1, 11, 11, 11, 77, 249]),
    (38, &[1, 3, 1, 11, 27, 43, 71, 9]),
    (47, &[1, 1, 7, 15, 21, 11, 81, 45]),
    (49, &[1, 3, 7, 3, 25, 31, 65, 79]),
    (50, &[1, 3, 1, 1, 19, 11, 3, 205]),
    (52, &[1, 1, 5, 9, 19, 21, 29, 157]),
    (56, &[1, 3, 7, 11, 1, 33, 89, 185]),
    (67, &[1, 3, 3, 3, 15, 9, 79, 71]),
    (70, &[1, 3, 7, 11, 15, 39, 119, 27]),
    (84, &[1, 1, 3, 1, 11, 31, 97, 225]),
    (97, &[1, 1, 1, 3, 23, 43, 57, 177]),
    (103, &[1, 3, 7, 7, 17, 17, 37, 71]),
    (115, &[1, 3, 1, 5, 27, 63, 123, 213]),
    (122, &[1, 1, 3, 5, 11, 43, 53, 133]),
];

/// The points of some dimensions, each at its index.
#[derive(Clone, Debug)]
pub struct Sobol {
    directions: Vec<[u32; BITS]>,
    shift: Vec<u32>,
}

impl Sobol {
    /// The sequence as it was published, which begins in the corner; `None` beyond [`SOBOL_DIMENSIONS`].
    pub fn new(dimensions: usize) -> Option<Sobol> {
        let directions: Option<Vec<[u32; BITS]>> = (0..dimensions).map(directions).collect();
        Some(Sobol { directions: directions?, shift: vec![0; dimensions] })
    }

    /// The sequence shifted at random by a seed.
    #[must_use]
    pub fn shifted(mut self, seed: u64) -> Sobol {
        let (streams, subject) = (Streams::new(seed, 0), Subject::new(&["design", "sobol"]));
        for (dimension, shift) in self.shift.iter_mut().enumerate() {
            let cell = dimension as u32;
            let uniform = streams.at(Address { cell, ..Address::of(Purpose::Reserve, subject) }).uniform();
            *shift = (uniform * 4_294_967_296.0) as u32;
        }
        self
    }

    /// The point at an index \[each coordinate 0 <= x < 1\].
    pub fn point(&self, index: u32) -> Vec<f64> {
        let gray = index ^ (index >> 1);
        let coordinate = |(directions, shift): (&[u32; BITS], &u32)| {
            let bits = (0..BITS).filter(|bit| gray >> bit & 1 == 1);
            let x = bits.fold(*shift, |x, bit| x ^ directions[bit]);
            f64::from(x) / 4_294_967_296.0
        };
        self.directions.iter().zip(&self.shift).map(coordinate).collect()
    }
}

/// The direction numbers of a dimension, the highest bit first.
fn directions(dimension: usize) -> Option<[u32; BITS]> {
    let mut v = [0_u32; BITS];
    if dimension == 0 {
        v.iter_mut().enumerate().for_each(|(bit, v)| *v = 1 << (31 - bit));
        return Some(v);
    }
    let (inner, first) = NUMBERS.get(dimension - 1)?;
    let degree = first.len();
    for bit in 0..BITS {
        v[bit] = match first.get(bit) {
            Some(number) => number << (31 - bit),
            None => {
                let taken = (1..degree).filter(|k| inner >> (degree - 1 - k) & 1 == 1);
                taken.fold(v[bit - degree] ^ v[bit - degree] >> degree, |x, k| x ^ v[bit - k])
            }
        };
    }
    Some(v)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first ten points of three dimensions, as Joe and Kuo print them beside their list.
    #[test]
    fn the_first_points_are_the_published_ones() {
        let sequence = Sobol::new(3).unwrap();
        let published = [
            [0.0, 0.0, 0.0],
            [0.5, 0.5, 0.5],
            [0.75, 0.25, 0.25],
            [0.25, 0.75, 0.75],
            [0.375, 0.375, 0.625],
            [0.875, 0.875, 0.125],
            [0.625, 0.125, 0.875],
            [0.125, 0.625, 0.375],
            [0.1875, 0.3125, 0.9375],
            [0.6875, 0.8125, 0.4375],
        ];
        for (index, point) in published.iter().enumerate() {
            assert_eq!(sequence.point(index as u32), point, "{index}");
        }
    }

    /// Each dimension alone, shifted or not, has one of the first 2^k points in each of 2^k equal intervals.
    #[test]
    fn every_dimension_is_even() {
        for sequence in
            [Sobol::new(SOBOL_DIMENSIONS).unwrap(), Sobol::new(SOBOL_DIMENSIONS).unwrap().shifted(7)]
        {
            for bits in [3, 6, 9] {
                let count = 1_u32 << bits;
                let points: Vec<Vec<f64>> = (0..count).map(|index| sequence.point(index)).collect();
                for dimension in 0..SOBOL_DIMENSIONS {
                    let mut places: Vec<u32> =
                        points.iter().map(|point| (point[dimension] * f64::from(count)) as u32).collect();
                    places.sort_unstable();
                    assert!(places.into_iter().eq(0..count), "dimension {dimension}, {count} points");
                }
            }
        }
    }

    /// What Joe and Kuo chose the numbers for: the first 2^k points of the first two dimensions fall evenly into every
    /// box of 2^i by 2^(k - i) parts.
    #[test]
    fn the_first_two_dimensions_are_even_together() {
        let sequence = Sobol::new(2).unwrap().shifted(3);
        let points: Vec<Vec<f64>> = (0..64).map(|index| sequence.point(index)).collect();
        for (wide, high) in [(1, 64), (2, 32), (4, 16), (8, 8), (16, 4), (32, 2), (64, 1)] {
            let of = |point: &Vec<f64>| {
                (point[0] * f64::from(wide)) as u32 * high + (point[1] * f64::from(high)) as u32
            };
            let mut boxes: Vec<u32> = points.iter().map(of).collect();
            boxes.sort_unstable();
            assert!(boxes.into_iter().eq(0..64), "{wide} by {high}");
        }
    }

    #[test]
    fn there_are_so_many_dimensions_and_no_more() {
        assert_eq!(SOBOL_DIMENSIONS, 53);
        assert!(Sobol::new(53).is_some() && Sobol::new(54).is_none());
    }

    #[test]
    fn another_seed_has_other_points() {
        let point = |seed| Sobol::new(2).unwrap().shifted(seed).point(5);
        assert_eq!(point(1), point(1));
        assert_ne!(point(1), point(2));
    }
}
