//! Which settings are tried: points of the unit cube, one side a factor.
//!
//! ```text
//!   few in all      every combination of levels
//!   many            a Latin hypercube: each side is cut into as many parts as there are points, each part met once
//!   neighbours      of a point that did well: within a box about it that halves from round to round
//! ```
//!
//! M. D. McKay, R. J. Beckman and W. J. Conover, "A comparison of three methods for selecting values of input
//! variables in the analysis of output from a computer code" (Technometrics 21, 1979). Ranges are met in steps of a
//! hundredth, so that what is found can be written down. Each draw has its address: seed, round, point, factor.

use super::super::factor::Factor;
use crate::random::philox;

/// Steps of a range.
const STEPS: u64 = 100;
/// Less than any step, and more than what a position loses by being a fraction of two \[share of a range\].
const HAIR: f64 = 1e-9;
/// The reach of neighbours in the first round \[share of a range\].
const REACH: f64 = 0.25;
/// Kinds of draws.
const ORDER: u32 = 1;
const STEP: u32 = 2;
const LEAVE: u32 = 3;
/// How often a neighbour takes another word where words have no order \[share\].
const OTHER_WORD: f64 = 0.3;

/// How many settings there are; `None` for more than can be counted.
pub(super) fn space(factors: &[Factor]) -> Option<u64> {
    factors.iter().try_fold(1_u64, |space, factor| space.checked_mul(choices(factor)))
}

/// How many values a factor can take here.
fn choices(factor: &Factor) -> u64 {
    factor.levels().map_or(STEPS + 1, |levels| levels.len() as u64)
}

/// The position of the value `choice` of a factor.
fn position(factor: &Factor, choice: u64) -> f64 {
    match factor.levels() {
        Some(levels) => (choice as f64 + 0.5) / levels.len() as f64,
        None => choice as f64 / STEPS as f64,
    }
}

/// Which value of a factor lies at a position.
fn choice(factor: &Factor, position: f64) -> u64 {
    let position = position.clamp(0.0, 1.0);
    match factor.levels() {
        Some(levels) => ((position * levels.len() as f64) as u64).min(levels.len() as u64 - 1),
        None => (position * STEPS as f64).round() as u64,
    }
}

/// Where a value that stands in a file lies: the nearest that the factor takes.
pub(super) fn position_of(factor: &Factor, value: &str) -> Option<f64> {
    let value = value.trim().trim_matches('"');
    if let Some(place) =
        factor.levels().and_then(|levels| levels.iter().position(|level| level.trim_matches('"') == value))
    {
        return Some(position(factor, place as u64));
    }
    let amount = factor.amount(value)?;
    let away =
        |choice: u64| factor.amount(&factor.at(position(factor, choice))).map(|at| (at - amount).abs());
    let nearest = (0..choices(factor)).min_by(|a, b| {
        let of = |choice: &u64| away(*choice).unwrap_or(f64::INFINITY);
        of(a).total_cmp(&of(b))
    });
    nearest.map(|choice| position(factor, choice))
}

/// Every combination, the last factor fastest.
pub(super) fn every(factors: &[Factor]) -> Vec<Vec<f64>> {
    let one = |points: Vec<Vec<f64>>, factor: &Factor| {
        let with = |point: &Vec<f64>| {
            let all = (0..choices(factor)).map(|choice| position(factor, choice));
            all.map(|at| [point.as_slice(), &[at]].concat()).collect::<Vec<_>>()
        };
        points.iter().flat_map(with).collect()
    };
    factors.iter().fold(vec![Vec::new()], one)
}

/// Draws of a search.
#[derive(Clone, Copy, Debug)]
pub(super) struct Draws(pub(super) u64);

impl Draws {
    /// A uniform in (0, 1) at an address.
    fn at(self, kind: u32, round: u32, point: u32, factor: u32) -> f64 {
        let key = [self.0 as u32, (self.0 >> 32) as u32];
        let [word, ..] = philox([kind, round, point, factor], key);
        (f64::from(word) + 0.5) / 4_294_967_296.0
    }

    /// A Latin hypercube of so many points.
    pub(super) fn latin(self, factors: &[Factor], points: usize) -> Vec<Vec<f64>> {
        let sides: Vec<Vec<f64>> = (0..factors.len() as u32)
            .map(|factor| {
                let mut order: Vec<u32> = (0..points as u32).collect();
                order.sort_by(|a, b| self.at(ORDER, 0, *a, factor).total_cmp(&self.at(ORDER, 0, *b, factor)));
                let within = |(point, part): (usize, u32)| {
                    let step = self.at(STEP, 0, point as u32, factor);
                    (f64::from(part) + step) / points as f64
                };
                order.into_iter().enumerate().map(within).collect()
            })
            .collect();
        (0..points).map(|point| sides.iter().map(|side| side[point]).collect()).collect()
    }

    /// A neighbour of a point: number `which` of a round.
    pub(super) fn neighbour(self, factors: &[Factor], point: &[f64], round: u32, which: u32) -> Vec<f64> {
        let reach = (1..round).fold(REACH, |reach, _| reach / 2.0);
        let side = |(index, (factor, at)): (usize, (&Factor, &f64))| {
            let draw = |kind| self.at(kind, round, which, index as u32);
            if factor.kind().is_none() {
                return if draw(LEAVE) < OTHER_WORD { draw(STEP) } else { *at };
            }
            // Mirrored at the ends, so that these are met as often as the rest.
            let moved = at + reach * (2.0 * draw(STEP) - 1.0);
            let mirrored = if moved < 0.0 { -moved } else { moved };
            if mirrored > 1.0 { 2.0 - mirrored } else { mirrored }
        };
        factors.iter().zip(point).enumerate().map(side).collect()
    }
}

/// The values at a point, each as `--set` takes it, and the point moved to where they lie.
pub(super) fn values(factors: &[Factor], point: &[f64]) -> (Vec<String>, Vec<f64>) {
    let settled = factors.iter().zip(point).map(|(factor, at)| position(factor, choice(factor, *at)));
    let settled: Vec<f64> = settled.collect();
    // A hair more, so that a hundredth of a range is not read as a hair less.
    (factors.iter().zip(&settled).map(|(factor, at)| factor.at(*at + HAIR)).collect(), settled)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn factors(texts: &[&str]) -> Vec<Factor> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    #[test]
    fn a_latin_hypercube_meets_each_part_once() {
        let factors = factors(&["a=0..100", "b=[x, y]", "c=1h..9h"]);
        let points = Draws(7).latin(&factors, 40);
        for side in 0..3 {
            let mut parts: Vec<usize> = points.iter().map(|point| (point[side] * 40.0) as usize).collect();
            parts.sort_unstable();
            assert_eq!(parts, (0..40).collect::<Vec<_>>());
        }
        assert_ne!(points, Draws(8).latin(&factors, 40));
    }

    #[test]
    fn every_combination_is_met_once() {
        let factors = factors(&["a=1..3:3", "b=[x, y]"]);
        let all = every(&factors).into_iter().map(|point| values(&factors, &point).0.join(" "));
        assert_eq!(all.collect::<Vec<_>>(), ["1 x", "1 y", "2 x", "2 y", "3 x", "3 y"]);
        assert_eq!((space(&factors), space(&self::factors(&["a=0%..1%", "b=[x, y]"]))), (Some(6), Some(202)));
    }

    #[test]
    fn ranges_are_met_in_hundredths_and_at_both_ends() {
        let factors = factors(&["share=20%..100%"]);
        let at = |at: f64| values(&factors, &[at]).0[0].clone();
        assert_eq!([at(0.0), at(0.503), at(0.996)], ["20%", "60%", "100%"]);
        let all: Vec<String> = (0..=100).map(|step| at(f64::from(step) / 100.0)).collect();
        assert!(all.iter().all(|value| value.len() <= 5), "{all:?}");
    }

    #[test]
    fn neighbours_stay_near_and_within() {
        let factors = factors(&["a=0..1000", "b=[x, y, z]"]);
        for which in 0..200 {
            let far = Draws(1).neighbour(&factors, &[0.1, 0.5], 1, which);
            let near = Draws(1).neighbour(&factors, &[0.1, 0.5], 3, which);
            assert!((0.0..=0.35).contains(&far[0]) && (near[0] - 0.1).abs() <= 0.0625 + 1e-9);
        }
        let moved = (0..200).filter(|w| Draws(1).neighbour(&factors, &[0.1, 0.5], 1, *w)[1] != 0.5).count();
        assert!((30..90).contains(&moved), "{moved}");
    }

    #[test]
    fn what_stands_in_a_file_has_its_place() {
        let factors = factors(&["a=0..1000", "b=[x, y]", "c=1h..3h:3", "d=20%..100%"]);
        assert_eq!(position_of(&factors[0], "730"), Some(0.73));
        assert_eq!(position_of(&factors[1], "\"y\""), Some(0.75));
        assert_eq!((position_of(&factors[1], "z"), position_of(&factors[2], "\"2h\"")), (None, Some(0.5)));
        assert_eq!(position_of(&factors[3], "\"300%\""), Some(1.0), "the nearest end");
    }
}
