//! From a value a day to points on a plot: lines, edges of bands and stairs, thinned to what the eye can part.

use super::frame::Point;

/// More stretches than this are not told apart on a plot 700 px wide.
const STRETCHES: usize = 700;

/// A line through a value a day. Where days are too many, each stretch keeps its least and its greatest value.
pub(super) fn line(values: &[f64]) -> Vec<Point> {
    let mut points = Vec::new();
    for (first, stretch) in stretches(values) {
        let low = extreme(stretch, |a, b| a < b);
        let high = extreme(stretch, |a, b| a > b);
        points.push((first + low.min(high)) as f64);
        if low != high {
            points.push((first + low.max(high)) as f64);
        }
    }
    ends(points.into_iter().map(|day| (day, tame(values[day as usize]))).collect(), values)
}

/// The upper edge of a band. Where days are too many, each stretch shows its greatest value.
pub(super) fn upper(values: &[f64]) -> Vec<Point> {
    edge(values, |a, b| a > b)
}

/// The lower edge of a band. Where days are too many, each stretch shows its least value.
pub(super) fn lower(values: &[f64]) -> Vec<Point> {
    edge(values, |a, b| a < b)
}

/// How a quantity gets from one day's value to the next.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Shape {
    /// Straight: amounts, which differ from day to day.
    #[default]
    Line,
    /// In a step: limits, which hold until they change.
    Stairs,
}

impl Shape {
    /// Points turned into stairs where the quantity moves in steps.
    pub(super) fn of(self, points: Vec<Point>) -> Vec<Point> {
        match self {
            Shape::Line => points,
            Shape::Stairs => steps(points),
        }
    }
}

/// Stairs: each day's value holds until the next day.
pub(super) fn stairs(values: &[f64]) -> Vec<Point> {
    steps(ends(picked(values), values))
}

/// A line through a value a day that may lie below zero, evenly thinned where days are too many.
pub(super) fn signed(values: &[f64]) -> Vec<Point> {
    let mut points: Vec<Point> =
        days(values.len()).into_iter().map(|day| (day as f64, values[day])).collect();
    if let [only] = points[..] {
        points.push((1.0, only.1));
    }
    points
}

fn steps(points: Vec<Point>) -> Vec<Point> {
    let mut steps: Vec<Point> = Vec::new();
    for (day, value) in points {
        if let Some(&(_, before)) = steps.last() {
            steps.push((day, before));
        }
        steps.push((day, value));
    }
    steps
}

/// The days that are drawn, evenly chosen where there are too many.
pub(super) fn days(count: usize) -> Vec<usize> {
    let step = count.div_ceil(STRETCHES).max(1);
    let mut days: Vec<usize> = (0..count).step_by(step).collect();
    if days.last().is_some_and(|last| *last + 1 < count) {
        days.push(count - 1);
    }
    days
}

/// What can be drawn: no less than zero, and a number.
pub(super) fn tame(value: f64) -> f64 {
    if value > 0.0 { value } else { 0.0 }
}

fn picked(values: &[f64]) -> Vec<Point> {
    days(values.len()).into_iter().map(|day| (day as f64, tame(values[day]))).collect()
}

fn edge(values: &[f64], beyond: fn(f64, f64) -> bool) -> Vec<Point> {
    let points = stretches(values).map(|(first, part)| (first as f64, tame(part[extreme(part, beyond)])));
    ends(points.collect(), values)
}

fn stretches(values: &[f64]) -> impl Iterator<Item = (usize, &[f64])> {
    let step = values.len().div_ceil(STRETCHES).max(1);
    values.chunks(step).enumerate().map(move |(n, part)| (n * step, part))
}

fn extreme(part: &[f64], beyond: fn(f64, f64) -> bool) -> usize {
    (0..part.len()).fold(0, |best, i| if beyond(part[i], part[best]) { i } else { best })
}

/// Sees to it that points begin at day 0 and end at the last day; a single day becomes a stretch of one.
fn ends(mut points: Vec<Point>, values: &[f64]) -> Vec<Point> {
    let (Some(first), Some(last)) = (values.first(), values.last()) else { return points };
    if points.first().is_none_or(|point| point.0 > 0.0) {
        points.insert(0, (0.0, tame(*first)));
    }
    let end = (values.len() - 1).max(1) as f64;
    if points.last().is_none_or(|point| point.0 < end) {
        points.push((end, tame(*last)));
    }
    points
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn one_day_is_a_stretch() {
        assert_eq!(line(&[3.0]), [(0.0, 3.0), (1.0, 3.0)]);
        assert_eq!(stairs(&[3.0]), [(0.0, 3.0), (1.0, 3.0), (1.0, 3.0)]);
        assert_eq!(line(&[]), []);
    }

    #[test]
    fn stairs_hold_until_the_next_day() {
        assert_eq!(stairs(&[0.0, 1.0]), [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0)]);
    }

    proptest! {
        #[test]
        fn thinning_keeps_the_extremes_and_the_ends(values in prop::collection::vec(0.0..1e6f64, 2..4000)) {
            let points = line(&values);
            prop_assert!(points.len() <= 2 * STRETCHES + 2);
            let highest = |of: &mut dyn Iterator<Item = f64>| of.fold(0.0, f64::max);
            prop_assert_eq!(highest(&mut points.iter().map(|p| p.1)), highest(&mut values.iter().copied()));
            prop_assert_eq!((points[0].0, points[points.len() - 1].0), (0.0, (values.len() - 1) as f64));
            prop_assert!(points.windows(2).all(|pair| pair[0].0 < pair[1].0));
        }
    }
}
