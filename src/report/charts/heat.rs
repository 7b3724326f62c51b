//! What changes along two factors: a field for each pair of values, the darker the more.

use super::axis::Axis;
use super::fonts::{CAP, Weight, fit, width};
use super::frame::{Frame, Ink, Painted, Rung, Sheet};
use super::marks::Marks;
use super::style::{FADED, GAP, INK, MUTED, PAD, SMALL, WIDTH, ramp, text_on};
use super::{Caption, Chart, Drawing};
use plotters::style::text_anchor::HPos;
use plotters_backend::DrawingBackend;

/// Estimates along two factors.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Heat {
    /// What is estimated: "days to 10K".
    pub unit: String,
    /// What stands from below to above.
    pub up: String,
    /// What stands from left to right.
    pub across: String,
    /// The values from below to above, in words.
    pub rows: Vec<String>,
    /// The values from left to right, in words.
    pub columns: Vec<String>,
    /// The estimates, row by row; `None` where nothing was run.
    pub cells: Vec<Vec<Option<f64>>>,
    /// The estimates in words, row by row, in the same shape.
    pub words: Vec<Vec<String>>,
}

/// Steps of colour.
const SHADES: usize = 100;
/// The room right of the plot for the scale \[px\].
const LEGEND: f64 = 96.0;

/// Draws a field for each pair of values; its colour is the estimate's place between the least and the most.
pub fn heat(caption: &Caption, chart: &Heat) -> Drawing {
    let (rows, columns) = (chart.rows.len(), chart.columns.len());
    let axis = |count: usize| Axis::linear(0.0, count.max(1) as f64, Vec::new());
    let marks = Marks {
        name: String::new(),
        axis: axis(columns),
        words: chart.columns.iter().enumerate().map(|(n, word)| (n as f64 + 0.5, word.clone())).collect(),
    };
    let rung = |(n, word): (usize, &String)| Rung::new(n as f64 + 0.5, word.clone());
    let rungs = chart.rows.iter().enumerate().map(rung).collect();
    // What stands up and what is shown share one line.
    let half = (f64::from(WIDTH) - 3.0 * PAD) / 2.0;
    let unit = fit(&format!("{} ↑", chart.up), SMALL, Weight::Regular, half);
    let known = |cell: &Option<f64>| cell.filter(|value| value.is_finite() && value.abs() < 1e15);
    let cells = chart.cells.iter().take(rows).map(|row| row.iter().take(columns).map(known).collect());
    let chart = Heat { cells: cells.collect(), ..chart.clone() };
    let frame = Frame::new(caption, marks, &unit, axis(rows), rungs, LEGEND);
    super::render(caption, &HeatChart { chart, frame })
}

/// The chart, laid out.
struct HeatChart {
    chart: Heat,
    frame: Frame,
}

impl Chart for HeatChart {
    fn paint<DB: DrawingBackend>(&self, sheet: &Sheet<DB>) -> Painted<DB> {
        self.frame.open(sheet).map(drop)?;
        let plot = self.frame.plot;
        let size = (plot.right - plot.left) / self.chart.columns.len().max(1) as f64;
        let widest = self.chart.words.iter().flatten().map(|word| width(word, SMALL, Weight::SemiBold));
        let worded = widest.fold(0.0, f64::max) + 6.0 < size;
        for (row, cells) in self.chart.cells.iter().enumerate() {
            for (column, cell) in cells.iter().enumerate() {
                let (left, bottom) = self.frame.at(column as f64, row as f64);
                let (right, top) = self.frame.at(column as f64 + 1.0, row as f64 + 1.0);
                let color = cell.map_or(FADED, |value| self.shade(value));
                sheet.rectangle((left + 0.5, top + 0.5), (right - 0.5, bottom - 0.5), color)?;
                if worded && bottom - top > 16.0 {
                    let middle = ((left + right) / 2.0, (top + bottom) / 2.0 + CAP * SMALL / 2.0);
                    let ink = Ink::new(SMALL, Weight::SemiBold, text_on(color));
                    sheet.text(&self.word(row, column), middle, HPos::Center, ink)?;
                }
            }
        }
        if self.chart.cells.iter().flatten().flatten().next().is_none() {
            sheet.nothing(plot)?;
        }
        let ink = Ink::new(SMALL, Weight::Regular, MUTED);
        let across = fit(&format!("{} →", self.chart.across), SMALL, Weight::Regular, plot.right - plot.left);
        sheet.text(&across, (plot.right, plot.bottom + 38.0), HPos::Right, ink)?;
        self.paint_scale(sheet)
    }

    fn describe(&self) -> String {
        let ends = self.ends().map(|ends| ends.map(|(row, column)| self.told(row, column)));
        let said = ends.map_or_else(
            || "nothing was run".to_owned(),
            |[least, most]| format!("the least is {least}, the most {most}"),
        );
        format!("Heat map of {} by {} and {}: {said}.", self.chart.unit, self.chart.up, self.chart.across)
    }
}

impl HeatChart {
    fn known(&self) -> impl Iterator<Item = (f64, (usize, usize))> + '_ {
        self.chart.cells.iter().enumerate().flat_map(|(row, cells)| {
            cells.iter().enumerate().filter_map(move |(column, cell)| Some(((*cell)?, (row, column))))
        })
    }

    /// Where the least and the most are.
    fn ends(&self) -> Option<[(usize, usize); 2]> {
        let least = self.known().min_by(|a, b| a.0.total_cmp(&b.0))?;
        let most = self.known().max_by(|a, b| a.0.total_cmp(&b.0))?;
        Some([least.1, most.1])
    }

    fn told(&self, row: usize, column: usize) -> String {
        let Heat { up, across, rows, columns, .. } = &self.chart;
        format!("{} at {up} {} and {across} {}", self.word(row, column), rows[row], columns[column])
    }

    fn word(&self, row: usize, column: usize) -> String {
        self.chart.words.get(row).and_then(|row| row.get(column)).cloned().unwrap_or_default()
    }

    fn shade(&self, value: f64) -> plotters::style::RGBColor {
        let all = || self.known().map(|known| known.0);
        let (low, high) = (all().fold(f64::INFINITY, f64::min), all().fold(f64::NEG_INFINITY, f64::max));
        let part = if high > low { (value - low) / (high - low) } else { 0.5 };
        ramp((part * (SHADES - 1) as f64).round() as usize, SHADES)
    }

    /// The colours from the least to the most, beside the plot.
    fn paint_scale<DB: DrawingBackend>(&self, sheet: &Sheet<DB>) -> Painted<DB> {
        let Some([least, most]) = self.ends() else { return Ok(()) };
        let plot = self.frame.plot;
        let (left, right) = (plot.right + 2.0 * GAP, plot.right + 2.0 * GAP + 14.0);
        let (top, bottom) = (plot.top + 22.0, plot.bottom - 22.0);
        // Each shade lies over the darker ones below it, so that no seam shows.
        for step in (0..SHADES).rev() {
            let y = bottom - (bottom - top) * (step + 1) as f64 / SHADES as f64;
            sheet.rectangle((left, y), (right, bottom), ramp(step, SHADES))?;
        }
        let room = f64::from(WIDTH) - PAD / 2.0 - left;
        for ((row, column), at, name) in [(most, top - 8.0, "most"), (least, bottom + 16.0, "least")] {
            let words = fit(&format!("{name} {}", self.word(row, column)), SMALL, Weight::Regular, room);
            sheet.text(&words, (left, at), HPos::Left, Ink::new(SMALL, Weight::Regular, INK))?;
        }
        let unit = fit(&self.chart.unit, SMALL, Weight::SemiBold, (f64::from(WIDTH) - 3.0 * PAD) / 2.0);
        sheet.text(
            &unit,
            (f64::from(WIDTH) - PAD, plot.top - 14.0),
            HPos::Right,
            Ink::new(SMALL, Weight::SemiBold, INK),
        )
    }
}
