//! Sobol' indices from two samples A and B, and A with one column of B after the other.
//!
//! ```text
//!   row j:   A_j   B_j   A_j with input 0 of B_j   ...   A_j with input k-1 of B_j        k + 2 points
//! ```
//!
//! First-order indices by A. Saltelli, P. Annoni, I. Azzini, F. Campolongo, M. Ratto and S. Tarantola, "Variance based
//! sensitivity analysis of model output" (Computer Physics Communications 181, 2010), total indices by M. J. W. Jansen,
//! "Analysis of variance designs for model output" (the same 117, 1999); A and B are the two halves of Sobol' points of 2 k
//! dimensions, shifted by the seed. Values are taken from their mean first, which changes no index and steadies the first.

use super::super::design::{SOBOL_DIMENSIONS, Sobol};
use super::super::estimate::Interval;
use super::bootstrap;

/// Most coordinates of all inputs together: two dimensions of Sobol' points each.
pub const MOST_INPUTS: usize = SOBOL_DIMENSIONS / 2;

/// Two crossed samples of the unit cube.
#[derive(Clone, Debug)]
pub struct Saltelli {
    /// Coordinates of each input: they cross together, so that indices are those of all of them.
    widths: Vec<usize>,
    seed: u64,
    sequence: Sobol,
}

/// An index with its interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Index {
    /// The estimate \[share of the variance\]; a little below 0 or above 1 by chance.
    pub estimate: f64,
    /// Its 95 % interval; `None` from a single row.
    pub interval: Option<Interval>,
}

/// How much of the variance is one input's.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Indices {
    /// What it explains alone.
    pub first: Index,
    /// What goes with it, alone or together with others.
    pub total: Index,
}

/// The values of a row: at A, at B, and at A with one input of B.
struct Row<'v> {
    a: f64,
    b: f64,
    crossed: &'v [f64],
}

impl Saltelli {
    /// Samples for inputs of so many coordinates each, decided by the seed; `None` beyond [`MOST_INPUTS`].
    pub fn new(widths: Vec<usize>, seed: u64) -> Option<Saltelli> {
        let sequence = Sobol::new(2 * widths.iter().sum::<usize>())?.shifted(seed);
        Some(Saltelli { widths, seed, sequence })
    }

    fn inputs(&self) -> usize {
        self.widths.len()
    }

    /// Points of so many rows.
    pub fn points(&self, rows: u64) -> u64 {
        rows * (self.inputs() as u64 + 2)
    }

    /// The point at a place: the points of the first row come first \[each coordinate 0 <= x < 1\].
    pub fn point(&self, place: u64) -> Vec<f64> {
        let each = self.inputs() as u64 + 2;
        let both = self.sequence.point((place / each) as u32);
        let (a, b) = both.split_at(both.len() / 2);
        match (place % each) as usize {
            0 => a.to_vec(),
            1 => b.to_vec(),
            crossed => {
                let input = crossed - 2;
                let first = self.widths[..input].iter().sum::<usize>();
                let own = first..first + self.widths[input];
                let mut point = a.to_vec();
                point[own.clone()].copy_from_slice(&b[own]);
                point
            }
        }
    }

    /// The indices of each input from the values at the first points, whole rows only; `None` where nothing varies.
    pub fn indices(&self, values: &[f64]) -> Option<Vec<Indices>> {
        let each = self.inputs() + 2;
        let rows: Vec<Row<'_>> = values
            .chunks_exact(each)
            .map(|values| Row { a: values[0], b: values[1], crossed: &values[2..] })
            .collect();
        let all: Vec<usize> = (0..rows.len()).collect();
        let of = |input: usize| {
            let index = |name: &str, of: &dyn Fn(&[usize]) -> Option<f64>| {
                let interval = bootstrap(rows.len(), self.seed, &format!("{name} {input}"), of);
                Some(Index { estimate: of(&all)?, interval })
            };
            Some(Indices {
                first: index("first", &|chosen| first(&rows, chosen, input))?,
                total: index("total", &|chosen| total(&rows, chosen, input))?,
            })
        };
        (0..self.inputs()).map(of).collect()
    }
}

/// The mean and the variance of the values of A and B; `None` where they do not vary.
fn spread(rows: &[Row<'_>], chosen: &[usize]) -> Option<(f64, f64)> {
    let values = || chosen.iter().flat_map(|row| [rows[*row].a, rows[*row].b]);
    let n = 2.0 * chosen.len() as f64;
    let mean = values().sum::<f64>() / n;
    let variance = values().map(|value| (value - mean) * (value - mean)).sum::<f64>() / n;
    // What is left by rounding is no variance.
    (variance > 1e-24 * (1.0 + mean * mean)).then_some((mean, variance))
}

/// Saltelli 2010: mean of f(B) (f(A with B's input) - f(A)), over the variance.
fn first(rows: &[Row<'_>], chosen: &[usize], input: usize) -> Option<f64> {
    let (mean, variance) = spread(rows, chosen)?;
    let product = |row: &Row<'_>| (row.b - mean) * (row.crossed[input] - row.a);
    Some(chosen.iter().map(|row| product(&rows[*row])).sum::<f64>() / chosen.len() as f64 / variance)
}

/// Jansen 1999: half the mean of (f(A) - f(A with B's input))^2, over the variance.
fn total(rows: &[Row<'_>], chosen: &[usize], input: usize) -> Option<f64> {
    let (_, variance) = spread(rows, chosen)?;
    let square = |row: &Row<'_>| (row.a - row.crossed[input]) * (row.a - row.crossed[input]);
    Some(chosen.iter().map(|row| square(&rows[*row])).sum::<f64>() / (2 * chosen.len()) as f64 / variance)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn indices(inputs: usize, rows: u64, of: impl Fn(&[f64]) -> f64) -> Vec<Indices> {
        let design = Saltelli::new(vec![1; inputs], 5).unwrap();
        let values: Vec<f64> = (0..design.points(rows)).map(|place| of(&design.point(place))).collect();
        design.indices(&values).unwrap()
    }

    /// The interval holds what is known, and is not so wide that it says nothing.
    fn holds(found: Index, known: f64, widest: f64) {
        let interval = found.interval.unwrap();
        assert!(interval.low <= known && known <= interval.high, "{known} in {found:?}");
        assert!(interval.high - interval.low < widest, "{found:?}");
        assert!((found.estimate - known).abs() < widest / 2.0, "{known} by {found:?}");
    }

    /// T. Ishigami and T. Homma, "An importance quantification technique in uncertainty analysis" (1990): sin x1 + 7 sin^2 x2
    /// + 0.1 x3^4 sin x1 on (-pi, pi), whose indices are known: D = a^2/8 + b pi^4/5 + b^2 pi^8/18 + 1/2.
    #[test]
    fn ishigami_has_its_known_indices() {
        use std::f64::consts::PI;
        let (a, b) = (7.0, 0.1);
        let found = indices(3, 1_024, |u| {
            let x: Vec<f64> = u.iter().map(|u| PI * (2.0 * u - 1.0)).collect();
            let (one, two) = (libm::sin(x[0]), libm::sin(x[1]));
            one + a * two * two + b * x[2] * x[2] * x[2] * x[2] * one
        });
        let pi4 = PI * PI * PI * PI;
        let alone = [0.5 * (1.0 + b * pi4 / 5.0) * (1.0 + b * pi4 / 5.0), a * a / 8.0, 0.0];
        let together = b * b * pi4 * pi4 * (1.0 / 18.0 - 1.0 / 50.0);
        let all = alone.iter().sum::<f64>() + together;
        let totals = [alone[0] + together, alone[1], together];
        for input in 0..3 {
            holds(found[input].first, alone[input] / all, 0.25);
            holds(found[input].total, totals[input] / all, 0.2);
        }
        // As tables print them: 0.3139, 0.4424, 0; 0.5576, 0.4424, 0.2437.
        assert!((alone[0] / all - 0.3139).abs() < 1e-4 && (totals[2] / all - 0.2437).abs() < 1e-4);
    }

    /// The g-function of I. M. Sobol' (1993): the product of (|4 x - 2| + a) / (1 + a); D_i = 1 / (3 (1 + a)^2).
    #[test]
    fn the_g_function_has_its_known_indices() {
        let a = [0.0, 1.0, 4.5, 9.0, 99.0, 99.0];
        let found = indices(6, 2_048, |u| {
            u.iter().zip(a).map(|(u, a)| ((4.0 * u - 2.0).abs() + a) / (1.0 + a)).product()
        });
        let own = a.map(|a| 1.0 / (3.0 * (1.0 + a) * (1.0 + a)));
        let all = own.iter().map(|own| 1.0 + own).product::<f64>() - 1.0;
        for input in 0..6 {
            let others: f64 = (0..6).filter(|other| *other != input).map(|other| 1.0 + own[other]).product();
            holds(found[input].first, own[input] / all, 0.2);
            holds(found[input].total, own[input] * others / all, 0.2);
        }
    }

    #[test]
    fn of_a_sum_each_has_its_part_and_no_more() {
        let found = indices(3, 512, |u| 3.0 * u[0] + 2.0 * u[1]);
        for (found, known) in found.iter().zip([9.0 / 13.0, 4.0 / 13.0, 0.0]) {
            assert!(
                (found.first.estimate - known).abs() < 0.02 && (found.total.estimate - known).abs() < 0.02
            );
        }
        assert_eq!(found[2].total.estimate, 0.0);
    }

    #[test]
    fn what_does_not_vary_has_no_indices() {
        let design = Saltelli::new(vec![1; 2], 1).unwrap();
        assert_eq!(design.indices(&[5.0; 40]), None);
        assert_eq!(design.indices(&[]), None);
        let most = |inputs: usize| Saltelli::new(vec![1; inputs], 1);
        assert!(most(MOST_INPUTS).is_some() && most(MOST_INPUTS + 1).is_none());
    }

    /// Of an input of two coordinates the indices are those of both together: what they do to each other is its own.
    #[test]
    fn what_is_one_input_has_one_index() {
        let design = Saltelli::new(vec![1, 2], 5).unwrap();
        let value = |x: Vec<f64>| x[0] + (x[1] - 0.5) * (x[2] - 0.5) * 6.0;
        let values: Vec<f64> = (0..design.points(512)).map(|place| value(design.point(place))).collect();
        let found = design.indices(&values).unwrap();
        // Variances: 1/12 of the first, 36/144 of the second.
        for (found, known) in found.iter().zip([0.25, 0.75]) {
            assert!((found.first.estimate - known).abs() < 0.05, "{found:?}");
            assert!((found.total.estimate - known).abs() < 0.05, "{found:?}");
        }
    }

    #[test]
    fn a_row_is_two_points_and_their_crossings() {
        let design = Saltelli::new(vec![1; 3], 7).unwrap();
        let row: Vec<Vec<f64>> = (0..5).map(|place| design.point(place)).collect();
        for input in 0..3 {
            let (from_b, crossed) = (&row[1], &row[2 + input]);
            let mut expected = row[0].clone();
            expected[input] = from_b[input];
            assert_eq!(crossed, &expected);
        }
    }
}
