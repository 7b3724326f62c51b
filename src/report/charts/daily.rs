//! From a value a day to points on a plot: lines, edges of bands and stairs, thinned to what the eye can part.

use super::frame::Point;
use super::numbers::tame;

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

/// The points of each stretch of days on which there is a value: what is no number leaves a gap. A lone day is drawn as
/// a stretch of one, as far as the days go.
pub(super) fn known(values: &[f64], points: fn(&[f64]) -> Vec<Point>) -> Vec<Vec<Point>> {
    let last = values.len().saturating_sub(1).max(1) as f64;
    let mut next = 0;
    let stretches = values.split(|value| value.is_nan()).map(|stretch| {
        let first = next as f64;
        next += stretch.len() + 1;
        let shift = if stretch.len() == 1 && values.len() > 1 { first - 0.5 } else { first };
        points(stretch).into_iter().map(|(day, value)| ((day + shift).clamp(0.0, last), value)).collect()
    });
    stretches.filter(|points: &Vec<Point>| !points.is_empty()).collect()
}

/// Both edges of a band, on the days on which both have a value.
pub(super) fn together(lower: &[f64], upper: &[f64]) -> (Vec<f64>, Vec<f64>) {
    let both = lower.iter().zip(upper);
    both.map(|(low, high)| if low.is_nan() || high.is_nan() { (f64::NAN, f64::NAN) } else { (*low, *high) })
        .unzip()
}

/// What of a line lies at `high` or below, in pieces: where it leaves the picture it is cut.
pub(super) fn cut_at(points: &[Point], high: f64) -> Vec<Vec<Point>> {
    let mut pieces: Vec<Vec<Point>> = vec![Vec::new()];
    let mut before: Option<Point> = None;
    for &(day, value) in points {
        if let Some((from, start)) = before.filter(|(_, start)| (*start > high) != (value > high)) {
            let crossing = (from + (day - from) * (high - start) / (value - start), high);
            if value > high {
                pieces.last_mut().into_iter().for_each(|piece| piece.push(crossing));
            } else {
                pieces.push(vec![crossing]);
            }
        }
        if value <= high {
            pieces.last_mut().into_iter().for_each(|piece| piece.push((day, value)));
        }
        before = Some((day, value));
    }
    pieces.retain(|piece| piece.len() > 1);
    pieces
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

    #[test]
    fn what_is_no_number_leaves_a_gap() {
        let none = f64::NAN;
        let stretches = [vec![(1.0, 1.0), (2.0, 2.0)], vec![(4.5, 3.0), (5.0, 3.0)]];
        assert_eq!(known(&[none, 1.0, 2.0, none, none, 3.0], line), stretches);
        assert_eq!(known(&[none], line), Vec::<Vec<Point>>::new());
        assert_eq!(known(&[3.0], line), [line(&[3.0])]);
        let (low, high) = together(&[0.0, none, 1.0], &[1.0, 2.0, 3.0]);
        assert!(low[1].is_nan() && high[1].is_nan() && (low[2], high[2]) == (1.0, 3.0));
    }

    #[test]
    fn a_line_is_cut_where_it_leaves_the_picture() {
        let line = [(0.0, 1.0), (1.0, 3.0), (2.0, 3.0), (4.0, 1.0), (5.0, 2.0)];
        let pieces = [vec![(0.0, 1.0), (0.5, 2.0)], vec![(3.0, 2.0), (4.0, 1.0), (5.0, 2.0)]];
        assert_eq!(cut_at(&line, 2.0), pieces);
        assert_eq!(cut_at(&line, 3.0), [line]);
        assert_eq!(cut_at(&line, 0.5), Vec::<Vec<Point>>::new());
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
