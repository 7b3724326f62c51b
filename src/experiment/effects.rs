//! What each factor of a sweep changes in one headline.
//!
//! ```text
//!   factorial     mean over the points of a factor's first level, and of its last; the difference from replication to
//!                 replication on the same luck, with all other factors alike
//!   lhs, sobol    mean over the quarter of the points with the factor's lowest values, and the highest; beside it the
//!                 standardised rank regression coefficient
//! ```
//!
//! Two things blur the difference of two quarters, and its interval holds both: which points were chosen (the scatter of
//! their means), and luck. Points share their luck, so that their scatter says nothing of it: it is what the same difference
//! varies by from replication to replication. The half-widths of the two add as the sides of a right angle; luck that single
//! points do not share is in both, so the interval is rather too wide than too short.
//!
//! Rank regression after R. L. Iman and W. J. Conover, "The use of the rank transform in regression" (Technometrics 21,
//! 1979): 1 or -1 is a factor that alone orders the points, 0 one that does not matter or not in one direction.

use super::design::DesignKind;
use super::estimate::Interval;
use super::headline::{Headline, Unit};
use super::paired::{Pairs, share_difference};
use super::row::Row;
use super::sweep::Sweep;
use crate::random::maths::sqrt;
use crate::random::quantile::student_quantile;
use crate::sim::Outcome;

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
    /// What each factor changes in a headline, in the order of the factors; none without points to compare, or where a
    /// point does not tell the headline.
    pub fn effects(&self, headline: &Headline) -> Vec<Effect> {
        if !self.is_told(headline) {
            return Vec::new();
        }
        let factors = 0..self.design.factors.len();
        if self.design.kind == DesignKind::Factorial {
            return factors.filter_map(|factor| self.level_effect(factor, headline)).collect();
        }
        let estimate = |point: usize| Some(self.level_in_common(point, headline)?.estimate);
        let means: Vec<f64> = (0..self.points.len()).filter_map(estimate).collect();
        let scores: Vec<Vec<f64>> = factors.map(|factor| self.scores(factor)).collect();
        let ranks = rank_regression(&scores, &means);
        let of = |(factor, scores): (usize, &Vec<f64>)| {
            let quarters = Quarters::of(scores)?;
            let rank = ranks.as_ref().map(|ranks| ranks[factor]);
            Some(self.quarter_effect(factor, &quarters, (headline, &means), rank))
        };
        scores.iter().enumerate().filter_map(of).collect()
    }

    /// The effect from the points with a factor's lowest values to those with its highest.
    fn quarter_effect(
        &self,
        factor: usize,
        quarters: &Quarters,
        (headline, means): (&Headline, &[f64]),
        rank: Option<f64>,
    ) -> Effect {
        let of = |points: &[usize]| points.iter().map(|point| means[*point]).collect::<Vec<f64>>();
        let (low, high) = (of(&quarters.low), of(&quarters.high));
        let difference = mean_and_error(&high).0 - mean_and_error(&low).0;
        let halves = half_by_points(&low, &high).zip(self.half_by_luck(quarters, headline));
        let interval = halves.map(|(points, luck)| {
            let half = sqrt(points * points + luck * luck);
            Interval { low: difference - half, high: difference + half }
        });
        Effect { factor, low: mean_and_error(&low).0, high: mean_and_error(&high).0, interval, rank }
    }

    /// Half the width of the 95 % interval that luck gives the difference of two quarters \[unit of the headline\]: each
    /// replication has a difference of its own, its points being on one luck. `None` from a single replication.
    fn half_by_luck(&self, quarters: &Quarters, headline: &Headline) -> Option<f64> {
        let n = self.points.first()?.rows.len();
        // Each side times the points of the other: whole numbers, and exact.
        let sides = [(&quarters.high, quarters.low.len()), (&quarters.low, quarters.high.len())];
        let [high, low] = sides.map(|(points, times)| {
            let mut sums = vec![0_u64; n];
            for point in points {
                let values = self.values(*point, headline);
                sums.iter_mut().zip(values).for_each(|(sum, value)| *sum = sum.saturating_add(value));
            }
            sums.into_iter().map(move |sum| sum.saturating_mul(times as u64))
        });
        let unit = headline.unit().per_unit() * (quarters.low.len() * quarters.high.len()) as f64;
        let interval = Pairs::of(high.zip(low)).interval(0.05)?;
        Some((interval.high - interval.low) / 2.0 / unit)
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
    let bare = |row: &Row| Outcome { thresholds: (0.0, 0.0), ..row.outcome.clone() };
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| bare(a) == bare(b))
}

/// The quarter of the points with a factor's lowest values and that with its highest, by their places; points with equal
/// values stay together.
struct Quarters {
    low: Vec<usize>,
    high: Vec<usize>,
}

impl Quarters {
    /// `None` where the factor does not tell two quarters apart.
    fn of(scores: &[f64]) -> Option<Quarters> {
        let mut sorted = scores.to_vec();
        sorted.sort_by(f64::total_cmp);
        let quarter = (sorted.len() / 4).max(1);
        let (below, above) = (*sorted.get(quarter - 1)?, *sorted.get(sorted.len() - quarter)?);
        let places = |keep: &dyn Fn(f64) -> bool| (0..scores.len()).filter(|at| keep(scores[*at])).collect();
        (below < above)
            .then(|| Quarters { low: places(&|score| score <= below), high: places(&|score| score >= above) })
    }
}

/// Half the width of the 95 % interval that the choice of points gives the difference of two samples of their means, in
/// their unit; `None` from a single point.
fn half_by_points(low: &[f64], high: &[f64]) -> Option<f64> {
    let (a, b) = (mean_and_error(low).1, mean_and_error(high).1);
    (low.len() > 1 && high.len() > 1).then(|| {
        if a + b == 0.0 {
            return 0.0;
        }
        // The degrees of freedom of B. L. Welch (Biometrika 34, 1947).
        let part = |error: f64, n: usize| error * error / (n - 1) as f64;
        let freedom = (a + b) * (a + b) / (part(a, low.len()) + part(b, high.len()));
        student_quantile(0.975, freedom) * sqrt(a + b)
    })
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
    use super::super::headline::{By, Limit};
    use super::super::sweep::SweepPoint;
    use super::super::{Factor, toy};
    use super::*;
    use crate::sim::Metric;

    /// A sweep of which every point sends what `sent` says, in each of 50 replications a little more.
    fn sweep(design: Design, sent: impl Fn(&[String]) -> u64) -> Sweep {
        sweep_of(design, |row, values| sent(values) + toy::mix(row.replication) % 100)
    }

    /// A sweep of which every replication sends what `sent` says.
    fn sweep_of(design: Design, sent: impl Fn(&Row, &[String]) -> u64) -> Sweep {
        let rows = |values: &Vec<String>| {
            let of = |mut row: Row| {
                row.outcome.totals[Metric::Sent as usize] = sent(&row, values);
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

    /// Points share their luck: what it does to the effect is not in their scatter. Of two values a point each the interval
    /// is that of the same runs in a design of levels.
    #[test]
    fn the_interval_of_points_holds_their_luck() {
        let uneven = |row: &Row, values: &[String]| number(values, 0) * (toy::mix(row.replication) % 1_000);
        let levels = sweep_of(Design::factorial(factors(&["a=[1, 2]"])).unwrap(), uneven);
        let points = sweep_of(Design::latin(factors(&["a=[1, 2]"]), 8, 3).unwrap(), uneven);
        let [levels, points] = [levels, points].map(|sweep| sweep.effects(&SENT)[0].clone());
        let (a, b) = (levels.interval.unwrap(), points.interval.unwrap());
        assert!((levels.difference() - points.difference()).abs() < 1e-9);
        assert!((a.low - b.low).abs() < 1e-9 && (a.high - b.high).abs() < 1e-9, "{a:?} {b:?}");
        assert!(b.high - b.low > 50.0, "{b:?}");
    }

    /// A point whose prices are not known costs nobody knows what, and not nothing.
    #[test]
    fn a_cost_that_is_not_known_is_no_effect() {
        let mut sweep = sweep(Design::factorial(factors(&["a=[1, 2]"])).unwrap(), |_| 5);
        let cost = Headline::Total(Metric::Cost);
        assert!(sweep.is_told(&cost) && sweep.effects(&cost).len() == 1);
        sweep.points[0].rows[7].outcome.unpriced = 3;
        assert_eq!(sweep.level(0, &cost), None);
        assert!(sweep.level(1, &cost).is_some() && sweep.level(0, &SENT).is_some());
        assert!(!sweep.is_told(&cost) && sweep.effects(&cost).is_empty());
    }

    /// A point says what its own run says; against others its times end with the shortest horizon.
    #[test]
    fn unlike_horizons_are_cut_only_where_points_are_held_against_each_other() {
        let design = Design::factorial(factors(&["horizon=[30d, 60d]"])).unwrap();
        let point = |days: i64| {
            let rows = (0..40).map(|index| Row::of(index, &toy::future_of(index, days)));
            SweepPoint { setting: toy::setting_of(days), rows: rows.collect() }
        };
        let sweep = Sweep { points: vec![point(30), point(60)], design, replications: 40 };
        let limit = Limit { name: "100K".to_owned(), customers: Some(100_000) };
        let (days, ever) = (Headline::Days(limit.clone()), Headline::Reached(limit, By::Horizon));
        let own = [0, 1].map(|point| sweep.level(point, &ever).unwrap().estimate);
        assert!(own[0] < own[1], "{own:?}");
        assert!(sweep.level(0, &days).unwrap().estimate < sweep.level(1, &days).unwrap().estimate);
        for headline in [days, ever.by_common_end(sweep.end())] {
            let common = [0, 1].map(|point| sweep.level_in_common(point, &headline).unwrap());
            assert_eq!(common[0], common[1], "{headline:?}");
            assert_eq!(sweep.effects(&headline)[0].difference(), 0.0);
        }
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
