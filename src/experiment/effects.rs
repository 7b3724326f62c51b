//! What each factor of a sweep changes in one headline.
//!
//! ```text
//!   factorial     mean over the points of a factor's first level, and of its last; the difference from replication to
//!                 replication on the same luck, with all other factors alike
//!   lhs, sobol    mean over the quarter of the points with the factor's lowest values, and the highest; the difference
//!                 between two samples of points; beside it the standardised rank regression coefficient
//! ```
//!
//! Rank regression after R. L. Iman and W. J. Conover, "The use of the rank transform in regression" (Technometrics 21,
//! 1979): 1 or -1 is a factor that alone orders the points, 0 one that does not matter or not in one direction.

use super::design::DesignKind;
use super::ensemble::Row;
use super::estimate::Interval;
use super::headline::{Headline, Unit};
use super::paired::{Pairs, share_difference};
use super::sweep::Sweep;
use crate::random::maths::sqrt;
use crate::random::quantile::student_quantile;

/// What one factor changes in one headline.
#[derive(Clone, Debug, PartialEq)]
pub struct Effect {
    /// Position of the factor.
    pub factor: usize,
    /// The headline where the factor is low: at its first level, or over the quarter of points with its lowest values
    /// \[unit of the headline\].
    pub low: f64,
    /// Where it is high.
    pub high: f64,
    /// High less low, 95 %; `None` where there is too little to tell.
    pub interval: Option<Interval>,
    /// The standardised rank regression coefficient \[-1 to 1\]; designs of points alone, where it can be had.
    pub rank: Option<f64>,
}

impl Effect {
    /// High less low \[unit of the headline\].
    pub fn difference(&self) -> f64 {
        self.high - self.low
    }
}

impl Sweep {
    /// What each factor changes in a headline, in the order of the factors; none without points to compare.
    pub fn effects(&self, headline: &Headline) -> Vec<Effect> {
        let factors = 0..self.design.factors.len();
        if self.design.kind == DesignKind::Factorial {
            return factors.filter_map(|factor| self.level_effect(factor, headline)).collect();
        }
        let means: Vec<f64> =
            (0..self.points.len()).filter_map(|point| Some(self.level(point, headline)?.estimate)).collect();
        let scores: Vec<Vec<f64>> = factors.map(|factor| self.scores(factor)).collect();
        let ranks = rank_regression(&scores, &means);
        let of = |(factor, scores): (usize, &Vec<f64>)| {
            let rank = ranks.as_ref().map(|ranks| ranks[factor]);
            quarter_effect(factor, scores, &means, rank)
        };
        scores.iter().enumerate().filter_map(of).collect()
    }

    /// The factors that change nothing: every replication is exactly the same whatever their value. Of designs of points
    /// only all factors together can be told so.
    pub fn unchanged(&self) -> Vec<usize> {
        let factors = 0..self.design.factors.len();
        if self.points.len() < 2 {
            return Vec::new();
        }
        if self.design.kind != DesignKind::Factorial {
            let first = &self.points[0].rows;
            let same = self.points.iter().all(|point| alike(first, &point.rows));
            return factors.filter(|_| same).collect();
        }
        let idle = |factor: &usize| {
            let pairs: Vec<(usize, usize)> = self.neighbours(*factor).collect();
            !pairs.is_empty()
                && pairs.iter().all(|(a, b)| alike(&self.points[*a].rows, &self.points[*b].rows))
        };
        factors.filter(idle).collect()
    }

    /// Each point with the one that has the factor's next level and is alike in all else.
    fn neighbours(&self, factor: usize) -> impl Iterator<Item = (usize, usize)> + '_ {
        let stride: usize = self.design.factors[factor + 1..].iter().map(levels).product();
        let count = levels(&self.design.factors[factor]);
        let has_next = move |point: &usize| point / stride % count + 1 < count;
        let run = self.points.len();
        (0..run)
            .filter(has_next)
            .map(move |point| (point, point + stride))
            .filter(move |(_, next)| *next < run)
    }

    /// The effect from a factor's first level to its last, all else alike.
    fn level_effect(&self, factor: usize, headline: &Headline) -> Option<Effect> {
        let stride: usize = self.design.factors[factor + 1..].iter().map(levels).product();
        let count = levels(&self.design.factors[factor]);
        let lows = (0..self.points.len()).filter(|point| (point / stride).is_multiple_of(count));
        let pairs: Vec<(usize, usize)> = lows
            .map(|low| (low, low + (count - 1) * stride))
            .filter(|(_, high)| *high < self.points.len())
            .collect();
        let n = self.points.first()?.rows.len();
        let mut sums = vec![(0_u64, 0_u64); n];
        for (low, high) in &pairs {
            let values = self.values(*high, headline).zip(self.values(*low, headline));
            sums.iter_mut().zip(values).for_each(|(sum, (high, low))| {
                *sum = (sum.0.saturating_add(high), sum.1.saturating_add(low));
            });
        }
        let all = Pairs::of(sums);
        let unit = headline.unit().per_unit() * pairs.len() as f64;
        let [high, low] = all.means().filter(|_| !pairs.is_empty())?.map(|mean| mean / unit);
        let interval = if headline.unit() == Unit::Chance && pairs.len() == 1 {
            Some(share_difference(all.higher, all.lower, all.n, 0.05))
        } else {
            all.interval(0.05)
        };
        let interval = interval.map(|i| Interval { low: i.low / unit, high: i.high / unit });
        Some(Effect { factor, low, high, interval, rank: None })
    }

    /// Where each point's value of a factor stands: its amount, or its place in the list.
    fn scores(&self, factor: usize) -> Vec<f64> {
        let known = &self.design.factors[factor];
        let score = |value: &String| {
            let place = || known.levels().and_then(|levels| levels.iter().position(|level| level == value));
            known.amount(value).or_else(|| place().map(|place| place as f64)).unwrap_or(0.0)
        };
        self.design.points.iter().take(self.points.len()).map(|values| score(&values[factor])).collect()
    }
}

fn levels(factor: &super::Factor) -> usize {
    factor.levels().map_or(1, <[String]>::len)
}

/// Whether two points have the same replications. The thresholds that were drawn are inputs.
fn alike(a: &[Row], b: &[Row]) -> bool {
    let bare = |row: &Row| Row { thresholds: (0.0, 0.0), ..row.clone() };
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| bare(a) == bare(b))
}

/// The effect between the quarter of the points with a factor's lowest values and that with its highest; points with
/// equal values stay together.
fn quarter_effect(factor: usize, scores: &[f64], means: &[f64], rank: Option<f64>) -> Option<Effect> {
    let mut sorted = scores.to_vec();
    sorted.sort_by(f64::total_cmp);
    let quarter = (sorted.len() / 4).max(1);
    let (below, above) = (*sorted.get(quarter - 1)?, *sorted.get(sorted.len() - quarter)?);
    if below >= above {
        return None;
    }
    let of = |keep: &dyn Fn(f64) -> bool| -> Vec<f64> {
        scores.iter().zip(means).filter(|(score, _)| keep(**score)).map(|(_, mean)| *mean).collect()
    };
    let (low, high) = (of(&|score| score <= below), of(&|score| score >= above));
    let (a, b) = (mean_and_error(&low), mean_and_error(&high));
    let error = a.1 + b.1;
    let interval = (low.len() > 1 && high.len() > 1).then(|| {
        let half = if error > 0.0 {
            // The degrees of freedom of B. L. Welch (Biometrika 34, 1947).
            let part = |error: f64, n: usize| error * error / (n - 1) as f64;
            let freedom = error * error / (part(a.1, low.len()) + part(b.1, high.len()));
            student_quantile(0.975, freedom) * sqrt(error)
        } else {
            0.0
        };
        Interval { low: b.0 - a.0 - half, high: b.0 - a.0 + half }
    });
    Some(Effect { factor, low: a.0, high: b.0, interval, rank })
}

/// The mean of some values, and the square of its standard error.
fn mean_and_error(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
    (mean, squares / (n - 1.0).max(1.0) / n)
}

/// The standardised coefficients of the regression of the ranks of `y` on the ranks of all `x`; `None` where there are too
/// few points or something does not vary.
fn rank_regression(x: &[Vec<f64>], y: &[f64]) -> Option<Vec<f64>> {
    if y.len() < x.len() + 2 {
        return None;
    }
    let columns: Option<Vec<Vec<f64>>> = x.iter().map(|values| standard_ranks(values)).collect();
    let (columns, y) = (columns?, standard_ranks(y)?);
    let product = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let rows = columns.iter().map(|a| {
        let right = product(a, &y);
        columns.iter().map(|b| product(a, b)).chain([right]).collect::<Vec<f64>>()
    });
    solve(rows.collect())
}

/// Ranks, those of equal values their mean, with mean 0 and squares that sum to 1; `None` where all are equal.
fn standard_ranks(values: &[f64]) -> Option<Vec<f64>> {
    let rank = |value: f64| {
        let (below, equal) = values.iter().fold((0.0, 0.0), |(below, equal), other| {
            (below + f64::from(u8::from(*other < value)), equal + f64::from(u8::from(*other == value)))
        });
        below + (equal - 1.0) / 2.0
    };
    let ranks: Vec<f64> = values.iter().map(|value| rank(*value)).collect();
    let mean = ranks.iter().sum::<f64>() / ranks.len() as f64;
    let length = sqrt(ranks.iter().map(|rank| (rank - mean) * (rank - mean)).sum());
    (length > 0.0).then(|| ranks.iter().map(|rank| (rank - mean) / length).collect())
}

/// Solves linear equations, each row its coefficients and the right side, by elimination; `None` where they do not
/// decide.
fn solve(mut rows: Vec<Vec<f64>>) -> Option<Vec<f64>> {
    let n = rows.len();
    for column in 0..n {
        let pivot = (column..n).max_by(|a, b| rows[*a][column].abs().total_cmp(&rows[*b][column].abs()))?;
        if rows[pivot][column].abs() < 1e-9 {
            return None;
        }
        rows.swap(column, pivot);
        for row in 0..n {
            if row != column {
                let times = rows[row][column] / rows[column][column];
                let above = rows[column].clone();
                rows[row].iter_mut().zip(above).for_each(|(cell, above)| *cell -= times * above);
            }
        }
    }
    Some((0..n).map(|row| rows[row][n] / rows[row][row]).collect())
}

#[cfg(test)]
mod tests {
    use super::super::design::Design;
    use super::super::sweep::SweepPoint;
    use super::super::{Factor, toy};
    use super::*;
    use crate::sim::Metric;

    /// A sweep of which every point sends what `sent` says, in each of 50 replications a little more.
    fn sweep(design: Design, sent: impl Fn(&[String]) -> u64) -> Sweep {
        let rows = |values: &Vec<String>| {
            let of = |mut row: Row| {
                row.totals[Metric::Sent as usize] = sent(values) + toy::mix(row.replication) % 100;
                row
            };
            toy::ensemble(50).rows().iter().cloned().map(of).collect()
        };
        let points = design.points.iter();
        let points = points.map(|values| SweepPoint { setting: toy::setting(), rows: rows(values) });
        Sweep { points: points.collect(), design, replications: 50 }
    }

    fn factors(texts: &[&str]) -> Vec<Factor> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    fn number(values: &[String], place: usize) -> u64 {
        values[place].parse().unwrap()
    }

    const SENT: Headline = Headline::Total(Metric::Sent);

    #[test]
    fn effects_of_levels_are_exact_on_shared_luck() {
        let design = Design::factorial(factors(&["a=1..3:3", "b=[1, 2]", "c=[1, 2]"])).unwrap();
        let sweep = sweep(design, |at| 1_000 * number(at, 0) + 10 * number(at, 1));
        let found = sweep.effects(&SENT);
        let differences: Vec<f64> = found.iter().map(Effect::difference).collect();
        assert!((differences[0] - 2_000.0).abs() < 1e-9 && (differences[1] - 10.0).abs() < 1e-9);
        // The luck is the same at all points: nothing is left of it in the interval.
        let interval = found[1].interval.unwrap();
        assert!((interval.low - 10.0).abs() < 1e-9 && (interval.high - 10.0).abs() < 1e-9);
        assert_eq!(differences[2], 0.0);
        assert_eq!(sweep.unchanged(), [2]);
    }

    #[test]
    fn a_factor_that_acts_at_one_level_of_another_changes_something() {
        let design = Design::factorial(factors(&["a=[1, 2]", "b=[1, 2]"])).unwrap();
        let sweep = sweep(design, |at| if number(at, 0) == 2 { 100 * number(at, 1) } else { 0 });
        assert_eq!(sweep.unchanged(), [0; 0]);
    }

    #[test]
    fn ranks_order_factors_of_points() {
        let design = Design::sobol(factors(&["a=1..1000", "b=1..1000", "c=1..1000"]), 64, 3).unwrap();
        let sweep = sweep(design, |at| 1_000 * number(at, 0) + 1_000_000 - 300 * number(at, 1));
        let found = sweep.effects(&SENT);
        let ranks: Vec<f64> = found.iter().map(|effect| effect.rank.unwrap()).collect();
        assert!(ranks[0] > 0.85 && (-0.45..-0.15).contains(&ranks[1]) && ranks[2].abs() < 0.1, "{ranks:?}");
        assert!(found[0].difference() > 600_000.0);
        assert!(found[0].interval.unwrap().low > 0.0);
        let nothing = found[2].interval.unwrap();
        assert!(nothing.low < 0.0 && 0.0 < nothing.high, "{nothing:?}");
    }

    #[test]
    fn equations_are_solved_or_refused() {
        assert_eq!(solve(vec![vec![0.0, 2.0, 4.0], vec![1.0, 1.0, 5.0]]), Some(vec![3.0, 2.0]));
        assert_eq!(solve(vec![vec![1.0, 2.0, 3.0], vec![2.0, 4.0, 6.0]]), None);
    }

    #[test]
    fn points_that_are_all_alike_are_said_to_be() {
        let design = Design::latin(factors(&["a=1..9", "b=1..9"]), 8, 3).unwrap();
        assert_eq!(sweep(design.clone(), |_| 5).unchanged(), [0, 1]);
        assert_eq!(sweep(design, |at| number(at, 0)).unchanged(), [0; 0]);
    }
}
