//! Rows of a table that look like a slip: what a person would look up again before trusting it.
//!
//! ```text
//!   20 28 39 [40] 77 108 151     between rows that lie on one line of growth, off that line
//!   20 28 39 [39] 55 77          a repeated value where growth is regular on both sides
//!   500 700 [600] 900            fewer than on the day before
//!   100 [500] 1000               more than four times the day before
//! ```
//!
//! A row is judged by the three rows before it and the three behind it (near an end, by the six nearest). They have a
//! *line of growth* if at least four of them, three in a row among them and one on either side, grow by one factor or
//! by one difference: within 0.6 messages, for published values are rounded, or within 0.1 %. A row is odd if it is off
//! every such line by more than 1 message and more than 0.25 %. So a slip is found without blaming its neighbours, and
//! the steps of a table that is not regular are not judged at all. Days of rest (0 messages) are never odd.

use std::fmt;

use crate::random::maths::{exp, ln};

/// More than so many times the day before is a jump.
const JUMP: u64 = 4;
/// Rows of the neighbourhood that must lie on one line.
const ON_LINE: usize = 4;

/// Why a row looks like a slip.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Odd {
    /// The rows around it grow by a factor, which gives another value.
    OffFactor { factor: f64, gives: f64 },
    /// The rows around it grow by a difference, which gives another value.
    OffDifference { difference: f64, gives: f64 },
    /// The value of the row before, where the rows around them grow by a factor.
    Repeated { factor: f64 },
    /// Fewer than on the day before.
    Fall { before: u64 },
    /// Many times the day before.
    Jump { before: u64 },
}

impl fmt::Display for Odd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Odd::OffFactor { factor, gives } => {
                write!(
                    f,
                    "breaks the growth of the rows around it (x {factor:.3} a row, which gives {gives:.0})"
                )
            }
            Odd::OffDifference { difference, gives } => {
                let sign = if *difference < 0.0 { '-' } else { '+' };
                let step = difference.abs();
                write!(
                    f,
                    "breaks the growth of the rows around it ({sign}{step:.0} a row, which gives {gives:.0})"
                )
            }
            Odd::Repeated { factor } => {
                write!(f, "repeats the row before it, where the rows around grow by x {factor:.3}")
            }
            Odd::Fall { before } => write!(f, "is less than the {before} of the day before"),
            Odd::Jump { before } => write!(f, "is more than {JUMP} times the {before} of the day before"),
        }
    }
}

/// The rows that look like a slip, in order, each for one reason.
pub(super) fn odd_rows(rows: &[u64]) -> Vec<(usize, Odd)> {
    let off: Vec<Option<Odd>> = (0..rows.len()).map(|row| off_line(rows, row)).collect();
    let judged = (0..rows.len()).filter_map(|row| {
        let after_a_slip = row > 0 && off[row - 1].is_some();
        let step = || if after_a_slip { None } else { odd_step(rows, row) };
        Some((row, off[row].or_else(|| repeated(rows, row)).or_else(step)?))
    });
    judged.collect()
}

/// A fall or a jump from the last day on which something was sent.
fn odd_step(rows: &[u64], row: usize) -> Option<Odd> {
    let before = *rows[..row].iter().rfind(|value| **value > 0)?;
    match rows[row] {
        0 => None,
        value if value < before => Some(Odd::Fall { before }),
        value if value > before.saturating_mul(JUMP) => Some(Odd::Jump { before }),
        _ => None,
    }
}

/// The value of the row before, between steps that grow alike: within a tenth of their logarithm.
fn repeated(rows: &[u64], row: usize) -> Option<Odd> {
    let around = rows.get(row.checked_sub(3)?..row + 3)?;
    if rows[row] != rows[row - 1] || around.contains(&0) {
        return None;
    }
    let step = |from: usize| ln(around[from + 1] as f64 / around[from] as f64);
    let steps = [step(0), step(1), step(3), step(4)];
    let mean = steps.iter().sum::<f64>() / 4.0;
    let alike = mean > 0.01 && steps.iter().all(|step| (step - mean).abs() <= 0.1 * mean);
    alike.then(|| Odd::Repeated { factor: exp(mean) })
}

// ---- lines of growth --------------------------------------------------------------------------------------------

/// A line through rows: of their values, or of their logarithms.
#[derive(Clone, Copy)]
struct Line {
    at_zero: f64,
    slope: f64,
    logarithmic: bool,
}

impl Line {
    fn at(&self, row: f64) -> f64 {
        let on_line = self.at_zero + self.slope * row;
        if self.logarithmic { exp(on_line) } else { on_line }
    }

    /// The points within so many messages of the line, or within such a share of their value.
    fn holds(&self, points: &[(f64, f64)], messages: f64, share: f64) -> Vec<(f64, f64)> {
        let near = |(row, value): &(f64, f64)| {
            let off = (self.at(*row) - value).abs();
            off <= messages || off <= share * value
        };
        points.iter().copied().filter(near).collect()
    }

    /// The line nearest to the points, by least squares; there are at least two of them. Rounding moves the logarithm of
    /// a small value more than that of a large one, so a point weighs as the square of its value there.
    fn through(points: &[(f64, f64)], logarithmic: bool) -> Line {
        let weigh = |value: f64| if logarithmic { value * value } else { 1.0 };
        let height = |value: f64| if logarithmic { ln(value) } else { value };
        let sum = |of: &dyn Fn(f64, f64) -> f64| {
            points.iter().map(|(row, value)| weigh(*value) * of(*row, height(*value))).sum::<f64>()
        };
        let all = sum(&|_, _| 1.0);
        let (x, y) = (sum(&|row, _| row) / all, sum(&|_, height| height) / all);
        let slope = sum(&|row, height| (row - x) * (height - y)) / sum(&|row, _| (row - x) * (row - x));
        Line { at_zero: y - slope * x, slope, logarithmic }
    }
}

/// Whether a row is off every line of growth of its neighbours; told by the line that most of them lie on.
fn off_line(rows: &[u64], row: usize) -> Option<Odd> {
    if rows[row] == 0 {
        return None;
    }
    let (place, value) = (row as f64, rows[row] as f64);
    let near = neighbours(rows, row);
    let lines = [true, false].map(|logarithmic| lines_of_growth(&near, place, logarithmic)).concat();
    let off = |line: &Line| {
        let off = (line.at(place) - value).abs();
        off > 1.0 && off > 0.0025 * value
    };
    if !lines.iter().all(|(_, line)| off(line)) {
        return None;
    }
    let (_, line) = lines.iter().rev().max_by_key(|(on_line, _)| on_line)?;
    let gives = line.at(place);
    Some(match line.logarithmic {
        true => Odd::OffFactor { factor: exp(line.slope), gives },
        false => Odd::OffDifference { difference: line.slope, gives },
    })
}

/// The six nearest rows that send something: as many before as behind where there are.
fn neighbours(rows: &[u64], row: usize) -> Vec<(f64, f64)> {
    let first = row.saturating_sub(3).min(rows.len().saturating_sub(7));
    let near = (first..rows.len().min(first + 7)).filter(|other| *other != row && rows[*other] > 0);
    near.map(|other| (other as f64, rows[other] as f64)).collect()
}

/// The lines that enough of the neighbours lie on, with how many do: four at least, three in a row among them, and some
/// on either side of `row`.
fn lines_of_growth(near: &[(f64, f64)], row: f64, logarithmic: bool) -> Vec<(usize, Line)> {
    let mut lines = Vec::new();
    for (place, first) in near.iter().enumerate() {
        for second in &near[place + 1..] {
            // A line through two rounded values is a first guess; one through all that are near it is better.
            let guess = Line::through(&[*first, *second], logarithmic).holds(near, 1.5, 0.002);
            let on = Line::through(&guess, logarithmic).holds(near, 0.6, 0.001);
            let sides = on.iter().any(|point| point.0 < row) && on.iter().any(|point| point.0 > row);
            let in_a_row = on.windows(3).any(|three| three[2].0 - three[0].0 == 2.0);
            if sides && in_a_row && on.len() >= ON_LINE {
                lines.push((on.len(), Line::through(&on, logarithmic)));
            }
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows_of(rows: &[u64]) -> Vec<usize> {
        odd_rows(rows).into_iter().map(|(row, _)| row).collect()
    }

    fn growing(start: f64, factor: f64, rows: usize) -> Vec<u64> {
        let values = std::iter::successors(Some(start), |value| Some(value * factor));
        values.take(rows).map(|value| value.round() as u64).collect()
    }

    #[test]
    fn a_slip_is_found_and_its_neighbours_are_not_blamed() {
        let mut table = growing(20.0, 1.4, 42);
        assert_eq!(rows_of(&table), [0; 0]);
        table[12] = 1_000;
        table[18] = 8_583;
        let odd = odd_rows(&table);
        assert_eq!(odd.len(), 2, "{odd:?}");
        let why = "breaks the growth of the rows around it (x 1.400 a row, which gives 1134)";
        assert_eq!((odd[0].0, odd[0].1.to_string().as_str()), (12, why));
        assert!(matches!(odd[1], (18, Odd::OffFactor { gives, .. }) if gives.round() == 8_538.0), "{odd:?}");
    }

    #[test]
    fn a_slip_in_equal_steps_is_found() {
        let odd = odd_rows(&[250, 500, 750, 1_100, 1_250, 1_500, 1_750]);
        let why = "breaks the growth of the rows around it (+250 a row, which gives 1000)";
        assert_eq!(odd.len(), 1);
        assert_eq!((odd[0].0, odd[0].1.to_string().as_str()), (3, why));
    }

    #[test]
    fn a_value_given_twice_is_found_where_growth_is_regular() {
        let twice = [200, 280, 392, 549, 549, 768, 1_075, 1_506];
        assert_eq!(odd_rows(&twice).len(), 1);
        assert!(matches!(odd_rows(&twice)[0], (4, Odd::Repeated { factor }) if (factor - 1.4).abs() < 0.01));
        assert_eq!(rows_of(&[50, 50, 50, 100, 100, 100, 200, 200, 200]), [0; 0]);
    }

    #[test]
    fn falls_and_jumps_are_found_and_days_of_rest_are_not() {
        let falls = odd_rows(&[500, 700, 600, 900]);
        assert_eq!(falls, [(2, Odd::Fall { before: 700 })]);
        assert_eq!(odd_rows(&[50, 100, 500, 1_000]), [(2, Odd::Jump { before: 100 })]);
        assert_eq!(rows_of(&[100, 200, 0, 0, 400, 1_600]), [0; 0]);
        assert_eq!(rows_of(&[100, 100, 100, 0, 0, 100, 100, 100]), [0; 0]);
    }

    #[test]
    fn a_table_that_is_not_regular_is_left_alone() {
        assert_eq!(rows_of(&[1_000, 1_400, 2_200, 2_500, 4_000, 5_100, 7_777, 9_000, 15_000]), [0; 0]);
        // Every second row doubles; those between are on no line with them.
        assert_eq!(rows_of(&[25_000, 35_000, 50_000, 75_000, 100_000, 150_000, 200_000]), [0; 0]);
        assert_eq!(rows_of(&[]), [0; 0]);
        assert_eq!(rows_of(&[7]), [0; 0]);
    }

    /// One row that is off by more than rounding is found, and nothing else is: few tables of whole numbers are so small
    /// and so near to another line that it could be otherwise.
    #[test]
    fn one_slip_is_one_finding() {
        for start in [20.0, 37.0, 100.0, 411.0] {
            for factor in [1.05, 1.1, 1.26, 1.4, 1.668, 2.0, 2.4] {
                let clean = growing(start, factor, 14);
                assert_eq!(rows_of(&clean), [0; 0], "{clean:?}");
                for (at, off) in (2..11).flat_map(|at| [1.03, 1.1, 1.5].map(|off| (at, off))) {
                    let mut table = clean.clone();
                    table[at] = (table[at] as f64 * off + 2.0).round() as u64;
                    assert_eq!(rows_of(&table), [at], "{table:?}");
                }
            }
        }
    }
}
