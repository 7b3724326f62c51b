//! What was found: a strip for each field that was varied, from its lowest to its highest value, with all settings that
//! were tried, the one that stands and the one that was found.

use super::axis::Axis;
use super::fonts::{self, Weight, width};
use super::frame::{Frame, Ink, Painted, Rung, Sheet};
use super::measure::{Measure, Standing};
use super::style::{AXIS, GRID, INK, LABEL, MUTED, SMALL, THIN};
use super::{Caption, Chart, Drawing};
use plotters::style::text_anchor::HPos;
use plotters_backend::DrawingBackend;

/// Strips that one picture holds.
const MOST: usize = 7;

/// One field.
#[derive(Debug, Clone, PartialEq)]
pub struct Strip {
    /// The field.
    pub name: String,
    /// Its lowest and its highest value.
    pub ends: [String; 2],
    /// Each setting: where its value lies from the lowest to the highest \[0 to 1\], and how it stands.
    pub dots: Vec<(f64, Standing)>,
    /// What stands: where it lies, and the value; `None` where nothing does.
    pub own: Option<(f64, String)>,
    /// What was found.
    pub found: Option<(f64, String)>,
    /// What that is called: "found".
    pub found_name: String,
}

/// Draws a strip for each field, at most seven of them.
pub fn strips(caption: &Caption, strips: &[Strip]) -> Drawing {
    let strips: Vec<Strip> = strips.iter().take(MOST).cloned().collect();
    let rows = strips.len().max(1) as f64;
    let middle = |row: usize| rows - 0.5 - row as f64;
    let rungs = strips.iter().enumerate().map(|(row, strip)| {
        let name = fonts::fit(&strip.name, SMALL, Weight::Regular, 128.0);
        Rung { color: INK, ..Rung::new(middle(row), name) }
    });
    let below = Measure::Share.marks(Axis::linear(-0.02, 1.02, Vec::new()));
    let axis = Axis::linear(0.0, rows, Vec::new());
    let frame = Frame::new(caption, below, "", axis, rungs.collect(), 12.0);
    super::render(caption, &StripChart { strips, frame })
}

/// The chart, laid out.
struct StripChart {
    strips: Vec<Strip>,
    frame: Frame,
}

impl Chart for StripChart {
    fn paint<DB: DrawingBackend>(&self, sheet: &Sheet<DB>) -> Painted<DB> {
        self.frame.open(sheet).map(drop)?;
        if self.strips.is_empty() {
            return sheet.nothing(self.frame.plot);
        }
        let rows = self.strips.len() as f64;
        for (row, strip) in self.strips.iter().enumerate() {
            self.paint_strip(sheet, strip, self.frame.up(rows - 0.5 - row as f64))?;
        }
        Ok(())
    }

    fn describe(&self) -> String {
        let told = self.strips.iter().map(|strip| {
            let value =
                |of: &Option<(f64, String)>| of.as_ref().map_or("not set", |(_, value)| value).to_owned();
            let [low, high] = &strip.ends;
            format!(
                "{} between {low} and {high}: {} as it stands, {} {}",
                strip.name,
                value(&strip.own),
                value(&strip.found),
                strip.found_name
            )
        });
        format!("A strip for each field that was varied. {}.", told.collect::<Vec<_>>().join("; "))
    }
}

impl StripChart {
    fn paint_strip<DB: DrawingBackend>(&self, sheet: &Sheet<DB>, strip: &Strip, y: f64) -> Painted<DB> {
        let [left, right] = [0.0, 1.0].map(|at| self.frame.across(at));
        sheet.line(&[(left, y), (right, y)], AXIS, THIN)?;
        for end in [left, right] {
            sheet.line(&[(end, y - 5.0), (end, y + 5.0)], AXIS, THIN)?;
        }
        let mut dots = strip.dots.clone();
        dots.sort_by_key(|(_, standing)| *standing);
        for (at, standing) in dots.iter().filter(|(_, standing)| *standing < Standing::Own) {
            let radius = if *standing == Standing::Front { 4.0 } else { 2.6 };
            let color = if *standing == Standing::Tried { GRID } else { standing.dot() };
            sheet.dot((self.frame.across(*at), y), radius, color)?;
        }
        let small = Ink::new(SMALL, Weight::Regular, MUTED);
        sheet.text(&strip.ends[0], (left, y + 20.0), HPos::Left, small)?;
        sheet.text(&strip.ends[1], (right, y + 20.0), HPos::Right, small)?;
        self.paint_value(sheet, strip.own.as_ref(), (y, y + 20.0), (Standing::Own, "as it stands"))?;
        self.paint_value(sheet, strip.found.as_ref(), (y, y - 12.0), (Standing::Chosen, &strip.found_name))
    }

    /// A dot with its value above or below.
    fn paint_value<DB: DrawingBackend>(
        &self,
        sheet: &Sheet<DB>,
        value: Option<&(f64, String)>,
        (y, baseline): (f64, f64),
        (standing, word): (Standing, &str),
    ) -> Painted<DB> {
        let Some((at, value)) = value else { return Ok(()) };
        let (x, plot) = (self.frame.across(*at), self.frame.plot);
        sheet.dot((x, y), if standing == Standing::Chosen { 6.5 } else { 5.0 }, standing.dot())?;
        let words = fonts::fit(&format!("{value} {word}"), LABEL, Weight::SemiBold, 300.0);
        let half = width(&words, LABEL, Weight::SemiBold) / 2.0;
        let below = baseline > y;
        // Below the strip its ends stand in the corners.
        let room = |end: &str| if below { half + 24.0 + width(end, SMALL, Weight::Regular) } else { half };
        let ends = self.end_texts(y);
        let (low, high) = (plot.left + room(&ends[0]), plot.right - room(&ends[1]));
        let x = if low < high { x.clamp(low, high) } else { (plot.left + plot.right) / 2.0 };
        let ink = Ink::new(LABEL, Weight::SemiBold, standing.text());
        sheet.text(&words, (x, baseline), HPos::Center, ink)
    }

    /// The texts at the ends of the strip at a height.
    fn end_texts(&self, y: f64) -> [String; 2] {
        let rows = self.strips.len() as f64;
        let strip = self
            .strips
            .iter()
            .enumerate()
            .find(|(row, _)| (self.frame.up(rows - 0.5 - *row as f64) - y).abs() < 0.5);
        strip.map(|(_, strip)| strip.ends.clone()).unwrap_or_default()
    }
}
