//! Where n people go, each to one row of a table or to none: one exact multinomial.
//!
//! ```text
//!   n <= 8    person by person: the row whose share of (0, 1) holds the person's uniform
//!   above     row by row: a binomial of those left, with the row's share of what is left
//! ```

use super::binomial::binomial;
use super::streams::{Address, Streams};

/// The longest table.
pub const MOST_ROWS: usize = 16;

/// Up to this many, people are placed one by one.
const FEW: u64 = 8;

/// Shares that miss 1 by less than this are taken to reach it: the writer meant it.
const ROUNDING: f64 = 1e-9;

/// More than any uniform.
const BEYOND: f64 = 2.0;

/// The shares of the rows of a table; what they leave of 1 is the share of those who go to no row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shares {
    rows: usize,
    shares: [f64; MOST_ROWS],
    /// Share of this row and those before it; [`BEYOND`] where the table has ended.
    cumulated: [f64; MOST_ROWS],
    /// Share of this row among those who are in no row before it.
    conditional: [f64; MOST_ROWS],
    never: f64,
}

impl Shares {
    /// A table of `shares` (each in \[0, 1\], together at most 1, up to rounding; at most 16).
    ///
    /// # Errors
    /// When a share is negative or not a number, or they exceed 1, or there are too many.
    pub fn new(shares: &[f64]) -> Result<Self, SharesError> {
        if shares.len() > MOST_ROWS {
            return Err(SharesError::TooMany(shares.len()));
        }
        if let Some(at) = shares.iter().position(|share| !(0.0..=1.0 + ROUNDING).contains(share)) {
            return Err(SharesError::Share { row: at + 1, found: shares[at] });
        }
        let sum: f64 = shares.iter().sum();
        if sum > 1.0 + ROUNDING {
            return Err(SharesError::Sum(sum));
        }
        let scale = if sum > 1.0 - ROUNDING { sum } else { 1.0 };
        let never = if sum > 1.0 - ROUNDING { 0.0 } else { 1.0 - sum };
        let mut table = [0.0; MOST_ROWS];
        for (to, from) in table.iter_mut().zip(shares) {
            *to = from / scale;
        }
        Ok(Self::prepared(shares.len(), table, never))
    }

    fn prepared(rows: usize, shares: [f64; MOST_ROWS], never: f64) -> Self {
        let (mut cumulated, mut conditional) = ([BEYOND; MOST_ROWS], [0.0; MOST_ROWS]);
        let last = shares.iter().rposition(|&share| share > 0.0);
        let (mut before, mut left) = (0.0, never);
        for row in 0..rows {
            before += shares[row];
            let reached = never == 0.0 && last.is_some_and(|last| row >= last);
            cumulated[row] = if reached { 1.0 } else { before };
        }
        for row in (0..rows).rev() {
            left += shares[row];
            conditional[row] = if left > 0.0 { (shares[row] / left).min(1.0) } else { 0.0 };
        }
        Self { rows, shares, cumulated, conditional, never }
    }

    /// The share of each row.
    pub fn shares(&self) -> &[f64] {
        &self.shares[..self.rows]
    }

    /// The share of those who go to no row.
    pub fn never(&self) -> f64 {
        self.never
    }

    /// The row whose part of (0, 1) holds `u`; a smaller `u` means an earlier row.
    #[inline]
    pub fn row(&self, u: f64) -> Option<usize> {
        let row = self.cumulated.iter().filter(|&&upto| upto <= u).count();
        (row < self.rows).then_some(row)
    }
}

/// What is wrong with the shares of a table.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum SharesError {
    /// More rows than a table may have.
    #[error("a table has at most {MOST_ROWS} rows, found {0}")]
    TooMany(usize),
    /// A share that is none.
    #[error("the share of row {row} is {found}, expected a number from 0 to 1")]
    Share {
        /// Counted from 1.
        row: usize,
        /// The share as given.
        found: f64,
    },
    /// Shares of more than everything.
    #[error("the shares sum to {0}, expected at most 1")]
    Sum(f64),
}

/// Splits `n` (at most 2^31) people over the rows of `shares` into `out`, and returns how many go to no row.
///
/// The sum of `out` and the result is `n`. `out` is as long as the table. Row i draws at
/// `address.item + i`, so that leave 16 items free.
///
/// # Panics
/// When `out` is shorter than the table.
pub fn split(streams: &Streams, address: Address, n: u64, shares: &Shares, out: &mut [u64]) -> u64 {
    let out = &mut out[..shares.rows];
    out.fill(0);
    if n <= FEW {
        place_one_by_one(streams, address, n, shares, out)
    } else {
        fill_row_by_row(streams, address, n, shares, out)
    }
}

/// Person i has half i % 2 of block i / 2 of the address.
fn place_one_by_one(streams: &Streams, address: Address, n: u64, shares: &Shares, out: &mut [u64]) -> u64 {
    let draw = streams.at(address);
    let mut never = 0;
    let mut place = |u: f64| match shares.row(u) {
        Some(row) => out[row] += 1,
        None => never += 1,
    };
    for block in 0..n.div_ceil(2) {
        let (first, second) = draw.pair(block as u16);
        place(first);
        if 2 * block + 1 < n {
            place(second);
        }
    }
    never
}

fn fill_row_by_row(streams: &Streams, address: Address, n: u64, shares: &Shares, out: &mut [u64]) -> u64 {
    let mut left = n;
    for (row, (out, &share)) in out.iter_mut().zip(&shares.conditional).enumerate() {
        let item = address.item.wrapping_add(row as u8);
        *out = binomial(&streams.at(Address { item, ..address }), left, share);
        left -= *out;
        if left == 0 {
            break;
        }
    }
    left
}
