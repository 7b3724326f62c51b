//! What changes along a factor: an estimate at each of its values with its interval.
//!
//! ```text
//!   14 |  ..                 band and line where values are amounts,
//!   12 |  \_ :..             dots with bars where they are words
//!   10 |    '--._:___
//!       1%   2%   4%  low_from
//! ```

use super::axis::{self, Axis, Scale};
use super::fonts::{Weight, fit};
use super::frame::{Frame, Ink, Painted, Rung, Sheet};
use super::marks::{Marks, bounded};
use super::numbers::{about, chance};
use super::style::{BAR, BLUE, DOT, LINE, MUTED, SMALL};
use super::{Caption, Chart, Drawing};
use plotters::style::text_anchor::HPos;
use plotters_backend::DrawingBackend;

/// Estimates along a factor.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Along {
    /// What is estimated: "days to 10K".
    pub unit: String,
    /// What the factor is: "rating.number.low_from".
    pub factor: String,
    /// One entry a value, in the order of the axis.
    pub points: Vec<AlongPoint>,
    /// Whether the factor's values are even by their logarithm.
    pub log: bool,
    /// Whether estimates are shares, to be written in per cent.
    pub shares: bool,
}

/// An estimate at one value of a factor.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AlongPoint {
    /// The value in words: "2%".
    pub label: String,
    /// The value as an amount; where all have one they lie along the axis by it, else one after the other.
    pub amount: Option<f64>,
    /// The estimate \[unit of the chart\].
    pub estimate: f64,
    /// Its interval \[unit of the chart\]; the estimate itself where there is none.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

impl Along {
    /// The same without what no axis can hold.
    fn tamed(&self) -> Along {
        let tamed = |point: &AlongPoint| AlongPoint {
            amount: point.amount.filter(|amount| amount.abs() < 1e15),
            estimate: bounded(point.estimate),
            low: bounded(point.low),
            high: bounded(point.high),
            ..point.clone()
        };
        Along { points: self.points.iter().map(tamed).collect(), ..self.clone() }
    }
}

/// Draws an estimate along a factor with its intervals.
pub fn along(caption: &Caption, chart: &Along) -> Drawing {
    let chart = &chart.tamed();
    let amounts: Option<Vec<f64>> = chart.points.iter().map(|point| point.amount).collect();
    let places = amounts.clone().unwrap_or_else(|| (0..chart.points.len()).map(|n| n as f64).collect());
    let (low, high) = range(&places);
    let (scale, room) = match (&amounts, chart.log && low > 0.0) {
        (Some(_), true) => (Scale::Log, 0.0),
        (Some(_), false) => (Scale::Linear, 0.0),
        (None, _) => (Scale::Linear, 0.5),
    };
    let below = Axis { low: low - room, high: high + room, scale, ticks: Vec::new() };
    let words = places.iter().copied().zip(chart.points.iter().map(|point| point.label.clone())).collect();
    let axis = estimates_axis(chart);
    let write = |value: f64| if chart.shares { chance(value) } else { about(value) };
    let rungs = axis.ticks.iter().map(|tick| Rung::new(*tick, write(*tick))).collect();
    let marks = Marks { name: String::new(), axis: below, words };
    let frame = Frame::new(caption, marks, &chart.unit, axis, rungs, 24.0);
    super::render(caption, &AlongChart { chart: chart.clone(), lined: amounts.is_some(), places, frame })
}

fn range(values: &[f64]) -> (f64, f64) {
    values
        .iter()
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(*value), high.max(*value)))
}

/// An axis that holds all intervals: from 0 to 1 for shares that use much of it, else with some room.
fn estimates_axis(chart: &Along) -> Axis {
    let ends: Vec<f64> =
        chart.points.iter().flat_map(|point| [point.low, point.high, point.estimate]).collect();
    let (low, high) = range(&ends);
    if !(low.is_finite() && high.is_finite()) {
        return Axis::linear(0.0, 1.0, Vec::new());
    }
    if chart.shares && high - low > 0.4 {
        return Axis::shares();
    }
    let least = if chart.shares { 0.01 } else { (0.01 * high.abs()).max(1e-3) };
    let room = 0.08 * (high - low).max(least);
    let low = if low >= 0.0 { (low - room).max(0.0) } else { low - room };
    let (low, high) = (if low < 0.35 * high { low.min(0.0) } else { low }, high + room);
    Axis::linear(low, high, axis::even_ticks(low, high, 5.0))
}

/// The chart, laid out.
struct AlongChart {
    chart: Along,
    /// Whether values are amounts, with a line from one to the next.
    lined: bool,
    places: Vec<f64>,
    frame: Frame,
}

impl Chart for AlongChart {
    fn paint<DB: DrawingBackend>(&self, sheet: &Sheet<DB>) -> Painted<DB> {
        let mut series = self.frame.open(sheet)?;
        let points = || self.places.iter().copied().zip(&self.chart.points);
        if self.lined {
            let low: Vec<_> = points().map(|(at, point)| (at, point.low)).collect();
            let high: Vec<_> = points().map(|(at, point)| (at, point.high)).collect();
            series.band(&low, &high, BLUE.wide)?;
            let middle: Vec<_> = points().map(|(at, point)| (at, point.estimate)).collect();
            series.curve(&middle, BLUE.line, LINE)?;
        }
        for (at, point) in points() {
            let x = self.frame.across(at);
            let ends = [point.low, point.high].map(|value| (x, self.frame.up(value)));
            sheet.line(&ends, BLUE.line, if self.lined { 1.0 } else { BAR })?;
            sheet.dot((x, self.frame.up(point.estimate)), DOT, BLUE.line)?;
        }
        let plot = self.frame.plot;
        if self.chart.points.is_empty() {
            sheet.nothing(plot)?;
        }
        let ink = Ink::new(SMALL, Weight::Regular, MUTED);
        let factor = fit(&self.chart.factor, SMALL, Weight::Regular, plot.right - plot.left);
        sheet.text(&factor, (plot.right, plot.bottom + 38.0), HPos::Right, ink)
    }

    fn describe(&self) -> String {
        let write = |value: f64| if self.chart.shares { chance(value) } else { about(value) };
        let told: Vec<String> = self
            .chart
            .points
            .iter()
            .map(|point| {
                format!(
                    "at {} {} ({} to {})",
                    point.label,
                    write(point.estimate),
                    write(point.low),
                    write(point.high)
                )
            })
            .collect();
        format!("Chart of {} along {}: {}.", self.chart.unit, self.chart.factor, told.join(", "))
    }
}
