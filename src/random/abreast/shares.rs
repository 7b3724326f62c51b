//! Tables of shares of replications abreast, share by share in all runs.

use multiversion::multiversion;

use crate::abreast::{ABREAST, All};

use super::super::split::{Halves, MOST_ROWS, PARTS, ROUNDING, Shares};

/// The shares of the rows of a table in each run; what they leave of 1 is the share of those who go to no row. The same
/// as a table of each.
#[derive(Clone, Debug)]
pub struct SharesAbreast {
    /// As they were given.
    rows: Vec<All<f64>>,
    /// The share of each part.
    parts: [All<f64>; PARTS],
    pub(super) never: All<f64>,
    /// As [`Halves`] has them.
    pub(super) first_half: [All<f64>; MOST_ROWS],
    pub(super) down: [All<u8>; PARTS],
    /// Whether all runs have the same parts below a part.
    pub(super) down_alike: bool,
}

impl Default for SharesAbreast {
    /// Tables of no rows.
    fn default() -> SharesAbreast {
        let Halves { first_half, down } = Halves::EMPTY;
        SharesAbreast {
            rows: Vec::new(),
            parts: [[0.0; ABREAST]; PARTS],
            never: [1.0; ABREAST],
            first_half: first_half.map(|half| [half; ABREAST]),
            down: down.map(|part| [part; ABREAST]),
            down_alike: true,
        }
    }
}

impl SharesAbreast {
    /// Becomes the tables of such shares: in each run each is in \[0, 1\], and together they are at most 1, up to
    /// rounding; at most 16 rows.
    pub fn set(&mut self, rows: &[All<f64>]) {
        if self.rows.len() > rows.len() {
            self.parts = [[0.0; ABREAST]; PARTS];
        }
        self.rows.clear();
        self.rows.extend_from_slice(rows);
        work_out(self);
        self.down_alike = self.down[1..MOST_ROWS].iter().all(|down| *down == [down[0]; ABREAST]);
    }

    /// How many rows there are.
    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    /// The table of a run.
    pub(super) fn of(&self, run: usize) -> Shares {
        let mut shares = [0.0; MOST_ROWS];
        shares.iter_mut().zip(&self.rows).for_each(|(share, row)| *share = row[run]);
        match Shares::new(&shares[..self.rows.len()]) {
            Ok(shares) => shares,
            Err(error) => unreachable!("the shares of run {run} make no table: {error}"),
        }
    }
}

/// Works out all but the rows, and whether runs are alike.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl", "x86_64+avx2"))]
fn work_out(table: &mut SharesAbreast) {
    let (mut sum, mut scale) = ([0.0; ABREAST], [1.0; ABREAST]);
    for row in &table.rows {
        for run in 0..ABREAST {
            sum[run] += row[run];
        }
    }
    for run in 0..ABREAST {
        let whole = sum[run] > 1.0 - ROUNDING;
        scale[run] = if whole { sum[run] } else { 1.0 };
        table.never[run] = if whole { 0.0 } else { 1.0 - sum[run] };
        table.first_half[0][run] = (1.0 - table.never[run]).max(0.0);
    }
    let scaled = scale != [1.0; ABREAST];
    for (part, row) in table.parts[MOST_ROWS..].iter_mut().zip(&table.rows) {
        *part = *row;
        // Divisions take long: none is done that changes nothing.
        if scaled {
            for run in 0..ABREAST {
                part[run] /= scale[run];
            }
        }
    }
    let half_used = table.rows.len() <= MOST_ROWS / 2;
    for part in (1..MOST_ROWS).rev().filter(|part| !(half_used && in_second_half(*part))) {
        let (first, second) = (table.parts[2 * part], table.parts[2 * part + 1]);
        let (left, right) = (table.down[2 * part], table.down[2 * part + 1]);
        if second == [0.0; ABREAST] {
            (table.parts[part], table.first_half[part], table.down[part]) = (first, [1.0; ABREAST], left);
            continue;
        }
        for run in 0..ABREAST {
            let both = first[run] + second[run];
            let half = if second[run] == 0.0 { 1.0 } else { first[run] / both };
            table.parts[part][run] = both;
            table.first_half[part][run] = half;
            let beside = if half == 0.0 { right[run] } else { part as u8 };
            table.down[part][run] = if half == 1.0 { left[run] } else { beside };
        }
    }
}

/// Whether a part lies in the second half of a table.
const fn in_second_half(part: usize) -> bool {
    part > 1 && part >> (part.ilog2() - 1) == 3
}
