//! How far one plan is ahead of another, day by day: above zero the first, below zero the second.

use super::axis::{self, Axis, Scale};
use super::daily;
use super::fans::HUES;
use super::fonts::{self, Weight};
use super::frame::{Frame, Ink, Painted, Rung, Sheet};
use super::labels::{self, Name};
use super::style::{GAP, INK, LABEL, LINE, NEUTRAL, PAPER, THIN};
use super::{Caption, Chart, DateAxis, Drawing};
use plotters::style::text_anchor::HPos;
use plotters_backend::DrawingBackend;

/// A difference by day, first less second. Each list has one value a day.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Gap {
    /// What differs: "messages sent so far".
    pub unit: String,
    /// What stands in the upper half: "first-climb ahead".
    pub above: String,
    /// What stands in the lower half.
    pub below: String,
    /// The line, by day \[unit\].
    pub middle: Vec<f64>,
    /// What the line is: "median", "difference".
    pub middle_name: String,
    /// The wide band, by day \[unit\].
    pub wide: [Vec<f64>; 2],
    /// The narrow band inside it, by day \[unit\]; empty where there is none.
    pub narrow: [Vec<f64>; 2],
    /// Whether values are shares, to be written as percentage points.
    pub points: bool,
}

/// Draws a difference by day with its bands about the line of no difference.
pub fn gap(caption: &Caption, dates: &DateAxis, gap: &Gap) -> Drawing {
    let days = dates.days.max(1);
    let cut = |values: &Vec<f64>| -> Vec<f64> {
        values.iter().take(days).map(|value| if value.is_finite() { *value } else { 0.0 }).collect()
    };
    let gap = Gap {
        middle: cut(&gap.middle),
        wide: gap.wide.each_ref().map(cut),
        narrow: gap.narrow.each_ref().map(cut),
        ..gap.clone()
    };
    let axis = axis_of(&gap);
    let rungs = axis.ticks.iter().map(|tick| Rung::new(*tick, signed(*tick, gap.points))).collect();
    let end = gap.middle.last().copied().unwrap_or(0.0);
    let mut names = vec![Name::new(
        format!("{} {}", gap.middle_name, signed(end, gap.points)),
        end,
        NEUTRAL.text,
        Weight::SemiBold,
    )];
    let margin = labels::cut(&mut names, 170.0) + GAP;
    let frame = Frame::new(caption, dates, &gap.unit, axis, rungs, margin);
    for name in &mut names {
        name.wanted = frame.up(name.wanted);
    }
    let names = frame.names(names);
    super::render(caption, &GapChart { gap, frame, names, dates: *dates })
}

/// An even axis that holds zero and everything that is drawn.
fn axis_of(gap: &Gap) -> Axis {
    let values = gap.wide.iter().chain(&gap.narrow).chain([&gap.middle]).flatten().copied();
    let (low, high) = values.fold((0.0_f64, 0.0_f64), |(low, high), value| (low.min(value), high.max(value)));
    let room = 0.08 * (high - low).max(if gap.points { 0.01 } else { 1.0 });
    let (low, high) = (low - room, high + room);
    Axis { low, high, scale: Scale::Linear, ticks: axis::even_ticks(low, high, 5.0) }
}

/// "+4,000", "−250", "+2.5 points".
fn signed(value: f64, points: bool) -> String {
    let size = if points { 100.0 * value.abs() } else { value.abs() };
    let text = match (points, size) {
        (false, size) if size >= 10.0 => super::numbers::about(size),
        (_, size) => {
            let decimal = format!("{size:.1}");
            decimal.strip_suffix(".0").map_or(decimal.clone(), str::to_owned)
        }
    };
    let sign = match value {
        _ if text == "0" => "",
        value if value < 0.0 => "−",
        _ => "+",
    };
    let unit = if text == "1" { "point" } else { "points" };
    if points { format!("{sign}{text} {unit}") } else { format!("{sign}{text}") }
}

/// The chart, laid out.
struct GapChart {
    gap: Gap,
    frame: Frame,
    names: Vec<Name>,
    dates: DateAxis,
}

impl Chart for GapChart {
    fn paint<DB: DrawingBackend>(&self, sheet: &Sheet<DB>) -> Painted<DB> {
        let mut series = self.frame.open(sheet)?;
        let Gap { wide, narrow, middle, .. } = &self.gap;
        series.band(&daily::signed(&wide[0]), &daily::signed(&wide[1]), NEUTRAL.wide)?;
        series.band(&daily::signed(&narrow[0]), &daily::signed(&narrow[1]), NEUTRAL.narrow)?;
        series.curve(&[(0.0, 0.0), (self.frame.x.high, 0.0)], INK, THIN)?;
        series.curve(&daily::signed(middle), NEUTRAL.line, LINE)?;
        if middle.is_empty() {
            return sheet.nothing(self.frame.plot);
        }
        self.paint_sides(sheet)?;
        sheet.names(&self.names, self.frame.plot.right)
    }

    fn describe(&self) -> String {
        let last = |values: &[f64]| signed(values.last().copied().unwrap_or(0.0), self.gap.points);
        let Gap { unit, middle, wide, .. } = &self.gap;
        format!(
            "Chart of a difference by date: {unit}, from {} to {}. Above zero: {}; below: {}. On the last day the {} is \
             {}; the band runs from {} to {}.",
            self.dates.full(0),
            self.dates.full(self.dates.last()),
            self.gap.above,
            self.gap.below,
            self.gap.middle_name,
            last(middle),
            last(&wide[0]),
            last(&wide[1]),
        )
    }
}

impl GapChart {
    /// Who is ahead above the line of no difference, and who below, where there is room for the words.
    fn paint_sides<DB: DrawingBackend>(&self, sheet: &Sheet<DB>) -> Painted<DB> {
        let plot = self.frame.plot;
        let zero = self.frame.up(0.0);
        let sides = [
            (&self.gap.above, plot.top + 14.0, zero - plot.top, HUES[0]),
            (&self.gap.below, plot.bottom - 6.0, plot.bottom - zero, HUES[1]),
        ];
        for (words, baseline, room, hue) in sides {
            if room >= 24.0 {
                let words = fonts::fit(words, LABEL, Weight::SemiBold, 400.0);
                let left = plot.left + 6.0;
                let right = left + fonts::width(&words, LABEL, Weight::SemiBold);
                sheet.rectangle((left - 3.0, baseline - 12.0), (right + 3.0, baseline + 4.0), PAPER)?;
                let ink = Ink::new(LABEL, Weight::SemiBold, hue.text);
                sheet.text(&words, (left, baseline), HPos::Left, ink)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_read_with_their_sign() {
        let written = [4_000.0, -250.0, 0.0, 2.5].map(|value| signed(value, false));
        assert_eq!(written, ["+4,000", "−250", "0", "+2.5"]);
        assert_eq!(
            [0.025, -0.1, 0.0004].map(|value| signed(value, true)),
            ["+2.5 points", "−10 points", "0 points"]
        );
    }
}
