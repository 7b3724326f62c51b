//! Morris screening: trajectories through a grid in which one input after the other takes a step.
//!
//! After M. D. Morris, "Factorial sampling plans for preliminary computational experiments" (Technometrics 33, 1991), with
//! the mean of the absolute effects, mu*, of F. Campolongo, J. Cariboni and A. Saltelli, "An effective screening design for
//! sensitivity analysis of large models" (Environmental Modelling and Software 22, 2007).

use super::super::estimate::Interval;
use super::bootstrap;
use crate::random::maths::sqrt;
use crate::random::{Address, Purpose, Streams, Subject};

/// Levels of the grid: 0, 1/3, 2/3, 1.
const LEVELS: u32 = 4;
/// Steps of the grid in one step of an input: of 4 levels 2, a step of 2/3.
const STEP: u32 = LEVELS / 2;

/// Trajectories through the unit cube, each of as many steps as there are inputs.
#[derive(Clone, Debug)]
pub struct Morris {
    /// Coordinates of each input: those of one step together, and the same way.
    widths: Vec<usize>,
    seed: u64,
}

/// What the steps of one input changed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Screened {
    /// The mean change by one step up, of 2/3 of the range \[unit of the value\]. Morris divides it by the step, which tells
    /// a rate for the whole range; this is what did happen, and no chance moves by more than 1.
    pub mu: f64,
    /// The mean of its size, whatever its sign.
    pub mu_star: f64,
    /// The 95 % interval of `mu_star`; `None` from one trajectory.
    pub interval: Option<Interval>,
    /// Its standard deviation: above 0 where the input acts unevenly, or together with others.
    pub sigma: f64,
    /// Trajectories.
    pub n: u64,
}

impl Morris {
    /// Trajectories for inputs of so many coordinates each, decided by the seed.
    pub fn new(widths: Vec<usize>, seed: u64) -> Morris {
        Morris { widths, seed }
    }

    fn inputs(&self) -> usize {
        self.widths.len()
    }

    /// Points of so many trajectories.
    pub fn points(&self, trajectories: u64) -> u64 {
        trajectories * (self.inputs() as u64 + 1)
    }

    /// The point at a place: the points of the first trajectory come first \[each coordinate 0 <= x <= 1\].
    pub fn point(&self, place: u64) -> Vec<f64> {
        let each = self.inputs() as u64 + 1;
        let (trajectory, steps) = (place / each, (place % each) as usize);
        let order = self.order(trajectory);
        let moved = &order[..steps];
        let inputs = self.widths.iter().enumerate().flat_map(|(input, width)| vec![input; *width]);
        let at = |(coordinate, input): (usize, usize)| {
            let up = self.goes_up(trajectory, input);
            let level =
                self.low(trajectory, coordinate) + if moved.contains(&input) == up { STEP } else { 0 };
            f64::from(level) / f64::from(LEVELS - 1)
        };
        inputs.enumerate().map(at).collect()
    }

    /// What each input does to the values at the first points, whole trajectories only.
    pub fn screen(&self, values: &[f64]) -> Vec<Screened> {
        let each = self.inputs() + 1;
        let trajectories = values.len() / each;
        let mut effects = vec![Vec::with_capacity(trajectories); self.inputs()];
        for (trajectory, values) in (0..).zip(values.chunks_exact(each)) {
            for (step, input) in self.order(trajectory).into_iter().enumerate() {
                let change = values[step + 1] - values[step];
                effects[input].push(if self.goes_up(trajectory, input) { change } else { -change });
            }
        }
        effects.iter().enumerate().map(|(input, effects)| self.screened(input, effects)).collect()
    }

    fn screened(&self, input: usize, effects: &[f64]) -> Screened {
        let n = effects.len() as f64;
        let mean =
            |of: &dyn Fn(f64) -> f64| effects.iter().map(|effect| of(*effect)).sum::<f64>() / n.max(1.0);
        let mu = mean(&|effect| effect);
        let squares: f64 = effects.iter().map(|effect| (effect - mu) * (effect - mu)).sum();
        let sizes = |rows: &[usize]| {
            Some(rows.iter().map(|row| effects[*row].abs()).sum::<f64>() / rows.len() as f64)
        };
        Screened {
            mu,
            mu_star: mean(&f64::abs),
            interval: bootstrap(effects.len(), self.seed, &format!("morris {input}"), &sizes),
            sigma: sqrt(squares / (n - 1.0).max(1.0)),
            n: effects.len() as u64,
        }
    }

    fn draw(&self, trajectory: u64, item: u8, cell: usize) -> f64 {
        let address = Address {
            item,
            cell: cell as u32,
            slot: trajectory as u32,
            ..Address::of(Purpose::Reserve, Subject::new(&["morris"]))
        };
        Streams::new(self.seed, 0).at(address).uniform()
    }

    /// The inputs in the order of their steps.
    fn order(&self, trajectory: u64) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.inputs()).collect();
        for last in (1..self.inputs()).rev() {
            let other = (self.draw(trajectory, 0, last) * (last + 1) as f64) as usize;
            order.swap(last, other.min(last));
        }
        order
    }

    /// The lower of the two levels of a coordinate.
    fn low(&self, trajectory: u64, coordinate: usize) -> u32 {
        (self.draw(trajectory, 1, coordinate) * f64::from(LEVELS - STEP)) as u32
    }

    /// Whether an input steps up.
    fn goes_up(&self, trajectory: u64, input: usize) -> bool {
        self.draw(trajectory, 2, input) < 0.5
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn screen(inputs: usize, trajectories: u64, of: impl Fn(&[f64]) -> f64) -> Vec<Screened> {
        let morris = Morris::new(vec![1; inputs], 11);
        let values: Vec<f64> =
            (0..morris.points(trajectories)).map(|place| of(&morris.point(place))).collect();
        morris.screen(&values)
    }

    #[test]
    fn one_input_moves_at_a_time_by_one_step_within_the_cube() {
        let morris = Morris::new(vec![1; 5], 3);
        for trajectory in 0..50 {
            let points: Vec<Vec<f64>> = (0..6).map(|step| morris.point(6 * trajectory + step)).collect();
            let mut moved: Vec<usize> = Vec::new();
            for pair in points.windows(2) {
                let changed: Vec<usize> = (0..5).filter(|input| pair[0][*input] != pair[1][*input]).collect();
                assert_eq!(changed.len(), 1);
                assert!(((pair[0][changed[0]] - pair[1][changed[0]]).abs() - 2.0 / 3.0).abs() < 1e-12);
                moved.extend(changed);
            }
            moved.sort_unstable();
            assert_eq!(moved, [0, 1, 2, 3, 4]);
            assert!(points.iter().flatten().all(|x| (0.0..=1.0).contains(x)));
        }
    }

    /// An input of two coordinates moves them in one step, the same way.
    #[test]
    fn what_is_one_input_moves_at_once() {
        let morris = Morris::new(vec![1, 2], 3);
        for trajectory in 0..20 {
            let points: Vec<Vec<f64>> = (0..3).map(|step| morris.point(3 * trajectory + step)).collect();
            for pair in points.windows(2) {
                let moves: Vec<f64> = (0..3).map(|at| pair[1][at] - pair[0][at]).collect();
                assert!(
                    (moves[0] == 0.0) != (moves[1] == 0.0) && (moves[1] - moves[2]).abs() < 1e-12,
                    "{moves:?}"
                );
            }
        }
        let values: Vec<f64> = (0..30).map(|place| morris.point(place)[1..].iter().sum()).collect();
        let found = morris.screen(&values);
        assert!(found[0].mu_star == 0.0 && (found[1].mu - 4.0 / 3.0).abs() < 1e-12, "{found:?}");
    }

    /// Of a linear function every step changes as much as it is long and the slope is steep: mu* its size, sigma nothing.
    #[test]
    fn steps_are_found_exactly() {
        let slopes = [3.0, -2.0, 0.5, 0.0];
        let found = screen(4, 8, |x| x.iter().zip(slopes).map(|(x, slope)| x * slope).sum());
        for (found, slope) in found.iter().zip(slopes.map(|slope| slope * 2.0 / 3.0)) {
            assert!((found.mu - slope).abs() < 1e-12 && (found.mu_star - slope.abs()).abs() < 1e-12);
            assert!(found.sigma < 1e-12 && found.n == 8);
            let interval = found.interval.unwrap();
            assert!(
                (interval.low - slope.abs()).abs() < 1e-12 && (interval.high - slope.abs()).abs() < 1e-12
            );
        }
    }

    /// x0 x1 + x2^2 ... An input that acts with another, or bends, has a sigma; one that turns back a mu* above its mu.
    #[test]
    fn what_is_uneven_has_a_spread() {
        let found = screen(4, 40, |x| x[0] * x[1] + 2.0 * (x[2] - 0.5) * (x[2] - 0.5) + x[3]);
        assert!(found[0].sigma > 0.13 && found[1].sigma > 0.13 && found[3].sigma < 1e-12);
        assert!(found[2].mu_star > 0.33 && found[2].mu.abs() < 0.2, "{:?}", found[2]);
    }

    /// A chance goes from 0 to 1 at most, however short the step.
    #[test]
    fn no_chance_moves_by_more_than_the_whole() {
        let found = screen(2, 20, |x| f64::from(u8::from(x[0] > 0.5)));
        assert!((found[0].mu_star - 1.0).abs() < 1e-12 && found[0].interval.unwrap().high <= 1.0 + 1e-12);
    }

    #[test]
    fn trajectories_that_are_not_whole_do_not_count() {
        let morris = Morris::new(vec![1; 2], 1);
        assert_eq!(morris.screen(&[1.0, 2.0, 3.0, 4.0])[0].n, 1);
        assert_eq!(morris.screen(&[1.0]), [morris.screened(0, &[]), morris.screened(1, &[])]);
    }
}
