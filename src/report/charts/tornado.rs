//! What each factor changes: a bar from the estimate where it is low to that where it is high, the longest above.
//!
//! ```text
//!   number low_from   4% o===============o 1%
//!   members block          0.5% o====o 3%
//!   review                   0h o=o 48h
//!                     9     10     11     12   days to 10K
//! ```

use super::axis::{self, Axis};
use super::fonts::{self, Weight};
use super::frame::{Frame, Ink, Painted, Rung, Sheet};
use super::marks::{Marks, bounded};
use super::numbers::{about, chance};
use super::style::{BLUE, CURVES, DOT, FADED, INK, MUTED, PAD, SMALL, WIDTH};
use super::{Caption, Chart, Drawing};
use plotters::style::text_anchor::HPos;
use plotters_backend::DrawingBackend;

/// What each factor changes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Tornado {
    /// What is estimated: "days to 10K".
    pub unit: String,
    /// One entry a factor, the most important first.
    pub bars: Vec<TornadoBar>,
    /// Whether estimates are shares, to be written in per cent.
    pub shares: bool,
}

/// What one factor changes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TornadoBar {
    /// The factor's name.
    pub name: String,
    /// Its low value in words, and its high value: "1%", "4%".
    pub ends: [String; 2],
    /// The estimate where it is low \[unit of the chart\].
    pub low: f64,
    /// The estimate where it is high.
    pub high: f64,
    /// The interval of the estimate where it is high, all else being as where it is low.
    pub interval: Option<[f64; 2]>,
}

impl TornadoBar {
    /// The same without what no axis can hold.
    fn tamed(&self) -> TornadoBar {
        let interval = self.interval.map(|ends| ends.map(bounded));
        TornadoBar { low: bounded(self.low), high: bounded(self.high), interval, ..self.clone() }
    }
}

/// Most bars that a picture bears.
const MOST_BARS: usize = 12;
/// Width of the names \[px\].
const NAMES: f64 = 220.0;

/// Draws what each factor changes.
pub fn tornado(caption: &Caption, chart: &Tornado) -> Drawing {
    let bars: Vec<TornadoBar> = chart.bars.iter().take(MOST_BARS).map(TornadoBar::tamed).collect();
    let ends =
        bars.iter().flat_map(|bar| [bar.low, bar.high].into_iter().chain(bar.interval.into_iter().flatten()));
    let (low, high) = ends
        .filter(|end| end.is_finite())
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), end| (low.min(end), high.max(end)));
    let (low, high) = if low <= high { (low, high) } else { (0.0, 1.0) };
    // The words at the ends need room beside the longest bar.
    let least = if chart.shares { 0.02 } else { (0.02 * high.abs()).max(1e-3) };
    let room = 0.22 * (high - low).max(least);
    let (low, high) = (low - room, high + room);
    let write = |value: f64| if chart.shares { chance(value) } else { about(value) };
    let shown = |tick: &f64| *tick >= 0.0 && (!chart.shares || *tick <= 1.0);
    let ticks: Vec<f64> = axis::even_ticks(low, high, 6.0).into_iter().filter(shown).collect();
    let marks = Marks::at_ticks(Axis::linear(low, high, ticks), write);
    let count = bars.len().max(1) as f64;
    let rungs = bars.iter().enumerate().map(|(n, bar)| {
        let name = fonts::fit(&bar.name, SMALL, Weight::Regular, NAMES);
        Rung { color: INK, ..Rung::new(count - n as f64 - 0.5, name) }
    });
    let rungs = rungs.collect();
    let frame = Frame::with_names(
        caption,
        marks.clone(),
        &chart.unit,
        Axis::linear(0.0, count, Vec::new()),
        rungs,
        8.0,
    );
    super::render(caption, &TornadoChart { chart: Tornado { bars, ..chart.clone() }, frame })
}

/// The chart, laid out.
struct TornadoChart {
    chart: Tornado,
    frame: Frame,
}

impl Chart for TornadoChart {
    fn paint<DB: DrawingBackend>(&self, sheet: &Sheet<DB>) -> Painted<DB> {
        self.frame.open(sheet).map(drop)?;
        let plot = self.frame.plot;
        self.frame.grid_across(sheet)?;
        let count = self.chart.bars.len();
        let half = ((plot.bottom - plot.top) / count.max(1) as f64 * 0.26).min(9.0);
        for (n, bar) in self.chart.bars.iter().enumerate() {
            self.paint_bar(sheet, bar, self.frame.up(count as f64 - n as f64 - 0.5), half)?;
        }
        if count == 0 { sheet.nothing(plot) } else { Ok(()) }
    }

    fn describe(&self) -> String {
        let write = |value: f64| if self.chart.shares { chance(value) } else { about(value) };
        let told: Vec<String> = self
            .chart
            .bars
            .iter()
            .map(|bar| {
                let [low, high] = &bar.ends;
                format!("{} from {} at {low} to {} at {high}", bar.name, write(bar.low), write(bar.high))
            })
            .collect();
        format!("Bars of what each factor changes in {}: {}.", self.chart.unit, told.join("; "))
    }
}

impl TornadoChart {
    fn paint_bar<DB: DrawingBackend>(
        &self,
        sheet: &Sheet<DB>,
        bar: &TornadoBar,
        y: f64,
        half: f64,
    ) -> Painted<DB> {
        let [low, high] = [bar.low, bar.high].map(|value| self.frame.across(value));
        let (left, right) = (low.min(high), low.max(high));
        sheet.rectangle((left, y - half), (right, y + half), BLUE.narrow)?;
        let mut reach = [left - DOT, right + DOT];
        if let Some(ends) = bar.interval {
            let ends = ends.map(|value| self.frame.across(value));
            sheet.line(&[(ends[0], y), (ends[1], y)], MUTED, 1.4)?;
            let inner = high <= low;
            let side = usize::from(!inner);
            reach[side] = if inner { reach[0].min(ends[0]) } else { reach[1].max(ends[1]) };
        }
        sheet.dot((low, y), DOT + 1.0, FADED)?;
        sheet.dot((high, y), DOT + 1.0, CURVES[1].line)?;
        let baseline = y + fonts::CAP * SMALL / 2.0;
        let [at_low, at_high] = &bar.ends;
        let (at_left, at_right) = if low <= high { (at_low, at_high) } else { (at_high, at_low) };
        let ink = Ink::new(SMALL, Weight::Regular, MUTED);
        // Words keep to the room that is left beside the bar.
        let cut = |words: &str, room: f64| {
            if room < 12.0 { String::new() } else { fonts::fit(words, SMALL, Weight::Regular, room) }
        };
        let [left_end, right_end] = [reach[0] - 5.0, reach[1] + 5.0];
        let words = cut(at_left, left_end - self.frame.plot.left);
        sheet.text(&words, (left_end, baseline), HPos::Right, ink)?;
        let words = cut(at_right, f64::from(WIDTH) - PAD / 2.0 - right_end);
        sheet.text(&words, (right_end, baseline), HPos::Left, ink)
    }
}
