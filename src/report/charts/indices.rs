//! What part of the spread is each uncertain input's: alone, and with all that it does together with others.

use super::axis::Axis;
use super::fonts::{self, Weight, width};
use super::frame::{Frame, Ink, Painted, Rung, Sheet};
use super::marks::{Marks, bounded};
use super::numbers::chance;
use super::style::{BLUE, CURVES, INK, MUTED, SMALL, WIDTH};
use super::{Caption, Chart, Drawing};
use plotters::style::text_anchor::HPos;
use plotters_backend::DrawingBackend;

/// One input, with two shares of the spread: each its estimate and the ends of its interval.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct IndexRow {
    /// The input's name.
    pub name: String,
    /// The share that it explains alone: estimate, low, high \[share of the variance\].
    pub first: [f64; 3],
    /// The share that goes with it in any way: estimate, low, high \[share of the variance\].
    pub total: [f64; 3],
}

/// Most rows that a picture bears.
const MOST_ROWS: usize = 10;
/// Width of the names \[px\].
const NAMES: f64 = 220.0;
/// Width of what is measured \[px\].
const UNIT: f64 = 440.0;

/// Draws two bars a row, alone and in all, with their intervals.
pub fn indices(caption: &Caption, unit: &str, rows: &[IndexRow]) -> Drawing {
    let tamed = |row: &IndexRow| IndexRow {
        name: row.name.clone(),
        first: row.first.map(bounded),
        total: row.total.map(bounded),
    };
    let rows: Vec<IndexRow> = rows.iter().take(MOST_ROWS).map(tamed).collect();
    // The key of the two bars stands on the same line.
    let unit = &fonts::fit(unit, SMALL, Weight::Regular, UNIT);
    let highest = rows.iter().flat_map(|row| [row.first[2], row.total[2]]).filter(|end| end.is_finite());
    let high = highest.fold(0.2, f64::max).clamp(0.2, 1.25) * 1.04;
    let step = if high > 0.5 { 0.25 } else { 0.1 };
    let ticks: Vec<f64> = (0..=(high / step) as usize).map(|n| n as f64 * step).collect();
    let marks = Marks::at_ticks(Axis::linear(0.0, high, ticks), chance);
    let count = rows.len().max(1) as f64;
    let rungs = rows.iter().enumerate().map(|(n, row)| {
        let name = fonts::fit(&row.name, SMALL, Weight::Regular, NAMES);
        Rung { color: INK, ..Rung::new(count - n as f64 - 0.5, name) }
    });
    let rungs = rungs.collect();
    let frame =
        Frame::with_names(caption, marks.clone(), unit, Axis::linear(0.0, count, Vec::new()), rungs, 8.0);
    super::render(caption, &IndexChart { rows, frame, unit: unit.to_owned() })
}

/// The chart, laid out.
struct IndexChart {
    rows: Vec<IndexRow>,
    frame: Frame,
    unit: String,
}

impl Chart for IndexChart {
    fn paint<DB: DrawingBackend>(&self, sheet: &Sheet<DB>) -> Painted<DB> {
        self.frame.open(sheet).map(drop)?;
        let plot = self.frame.plot;
        self.frame.grid_across(sheet)?;
        let count = self.rows.len();
        let half = ((plot.bottom - plot.top) / count.max(1) as f64 * 0.2).min(8.0);
        for (n, row) in self.rows.iter().enumerate() {
            let y = self.frame.up(count as f64 - n as f64 - 0.5);
            for (share, side, color) in [(row.first, -1.0, BLUE.line), (row.total, 1.0, BLUE.narrow)] {
                let middle = y + side * (half + 1.0);
                let [to, low, high] = share.map(|value| self.frame.across(value.max(0.0)));
                sheet.rectangle((plot.left, middle - half), (to, middle + half), color)?;
                sheet.line(&[(low, middle), (high, middle)], INK, 1.2)?;
            }
        }
        if count == 0 {
            sheet.nothing(plot)?;
        }
        self.paint_key(sheet)
    }

    fn describe(&self) -> String {
        let told = |[estimate, low, high]: [f64; 3]| {
            format!("{} ({} to {})", chance(estimate.max(0.0)), chance(low.max(0.0)), chance(high.max(0.0)))
        };
        let rows = self
            .rows
            .iter()
            .map(|row| format!("{} alone {}, in all {}", row.name, told(row.first), told(row.total)));
        format!("Bars of {}: {}.", self.unit, rows.collect::<Vec<_>>().join("; "))
    }
}

impl IndexChart {
    /// What the two bars are, above the plot.
    fn paint_key<DB: DrawingBackend>(&self, sheet: &Sheet<DB>) -> Painted<DB> {
        let baseline = self.frame.plot.top - 14.0;
        let mut right = f64::from(WIDTH) - 32.0;
        for (words, color) in [("with all it does together with others", BLUE.narrow), ("alone", BLUE.line)] {
            let left = right - width(words, SMALL, Weight::SemiBold);
            let ink =
                Ink::new(SMALL, Weight::SemiBold, if color == BLUE.line { CURVES[1].text } else { MUTED });
            sheet.text(words, (left, baseline), HPos::Left, ink)?;
            sheet.rectangle((left - 16.0, baseline - 9.0), (left - 6.0, baseline + 1.0), color)?;
            right = left - 30.0;
        }
        Ok(())
    }
}
