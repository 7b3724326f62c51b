//! By when, in 20 equally likely futures: each dot is one, stacked over the date on which it gets there.

use super::axis::Axis;
use super::fonts::{Weight, width};
use super::frame::{Frame, Ink, Painted, Point, Sheet};
use super::style::{AXIS, BLUE, FADED, INK, LABEL, MUTED, PAD, SMALL, THIN, WIDTH};
use super::{Caption, Chart, DateAxis, Drawing};
use jiff::civil::Date;
use plotters::style::RGBColor;
use plotters::style::text_anchor::HPos;
use plotters_backend::DrawingBackend;

/// The largest and the smallest a dot may be, with the space about it \[px\].
const LARGEST: f64 = 48.0;
const SMALLEST: f64 = 4.0;
/// The room right of the plot for what lies beyond the horizon \[px\].
const LATER: f64 = 150.0;

/// Draws one dot for each quantile of a first passage: `days` after the first day, `None` where it lies beyond the
/// horizon. The dots until the date `by`, that day included, are counted and set off.
pub fn dots(caption: &Caption, dates: &DateAxis, days: &[Option<f64>], by: Option<Date>) -> Drawing {
    let last = dates.last();
    let within = days.iter().flatten().filter(|day| **day < last as f64 + 1.0);
    let mut reached: Vec<usize> = within.map(|day| day.max(0.0) as usize).collect();
    reached.sort_unstable();
    let later = days.len() - reached.len();
    let by = by.and_then(|date| dates.day(date));
    let margin = if later > 0 { LATER } else { 0.0 };
    let axis = Axis::linear(0.0, 1.0, Vec::new());
    let mut frame =
        Frame::new(caption, dates, "", axis, Vec::new(), margin).lower(if by.is_some() { 40.0 } else { 6.0 });
    // A date is a column, not a point: leave half a day at both ends.
    frame.x = Axis::linear(-0.5, last as f64 + 0.5, Vec::new());
    let heap = Heap::new(&frame, &reached, later, by);
    super::render(caption, &DotChart { all: days.len(), reached, later, by, heap, frame, dates: *dates })
}

/// The chart, laid out.
struct DotChart {
    all: usize,
    reached: Vec<usize>,
    later: usize,
    by: Option<usize>,
    heap: Heap,
    frame: Frame,
    dates: DateAxis,
}

impl Chart for DotChart {
    fn paint<DB: DrawingBackend>(&self, sheet: &Sheet<DB>) -> Painted<DB> {
        self.frame.open(sheet).map(drop)?;
        let plot = self.frame.plot;
        sheet.line(&[(plot.left, plot.bottom), (plot.right, plot.bottom)], AXIS, THIN)?;
        if let Some(day) = self.by {
            self.paint_line(sheet, day)?;
        }
        for (center, color) in &self.heap.dots {
            sheet.dot(*center, self.heap.size * 0.46, *color)?;
        }
        if self.all == 0 {
            sheet.nothing(plot)?;
        }
        if self.later > 0 { self.paint_later(sheet) } else { Ok(()) }
    }

    fn describe(&self) -> String {
        let all = self.all;
        let range = match (self.reached.first(), self.reached.last()) {
            (Some(first), Some(last)) => {
                format!(" They lie between {} and {}.", self.dates.full(*first), self.dates.full(*last))
            }
            _ => String::new(),
        };
        let by = self.by.map_or(String::new(), |day| {
            let (count, after) = (self.count(day), self.count_after(day));
            format!(" {count} in {all} by {}, {after} in {all} later.", self.dates.full(day))
        });
        format!(
            "Dot plot of {all} equally likely dates.{by} {} in {all} not by {}.{range}",
            self.later,
            self.dates.full(self.dates.last()),
        )
    }
}

impl DotChart {
    /// How many get there until the end of a day.
    fn count(&self, day: usize) -> usize {
        self.reached.iter().filter(|reached| **reached <= day).count()
    }

    /// How many get there after a day, and before the horizon ends.
    fn count_after(&self, day: usize) -> usize {
        self.reached.len() - self.count(day)
    }

    /// The line after the chosen day, with the count of dots before and after it.
    fn paint_line<DB: DrawingBackend>(&self, sheet: &Sheet<DB>, day: usize) -> Painted<DB> {
        let plot = self.frame.plot;
        let x = self.frame.across(day as f64 + 0.5);
        sheet.dashes((x, plot.bottom), (x, plot.top - 40.0), MUTED, THIN)?;
        let before = format!("{} in {} by {}", self.count(day), self.all, self.dates.label(day));
        let after = format!("{} in {} later", self.count_after(day), self.all);
        let bold = Ink::new(16.0, Weight::SemiBold, BLUE.text);
        let plain = Ink::new(LABEL, Weight::Regular, MUTED);
        let (high, low) = (plot.top - 26.0, plot.top - 8.0);
        let left = x - 12.0 - width(&before, bold.size, bold.weight) >= PAD / 2.0;
        let right = x + 12.0 + width(&after, plain.size, plain.weight) <= f64::from(WIDTH) - PAD / 2.0;
        match (left, right) {
            (true, true) => {
                sheet.text(&before, (x - 12.0, high), HPos::Right, bold)?;
                sheet.text(&after, (x + 12.0, high), HPos::Left, plain)
            }
            (true, false) => {
                sheet.text(&before, (x - 12.0, high), HPos::Right, bold)?;
                sheet.text(&after, (x - 12.0, low), HPos::Right, plain)
            }
            (false, _) => {
                sheet.text(&before, (x + 12.0, high), HPos::Left, bold)?;
                sheet.text(&after, (x + 12.0, low), HPos::Left, plain)
            }
        }
    }

    /// The heap beyond the horizon with its own words.
    fn paint_later<DB: DrawingBackend>(&self, sheet: &Sheet<DB>) -> Painted<DB> {
        let plot = self.frame.plot;
        let (left, right) = (plot.right + 36.0, f64::from(WIDTH) - PAD);
        sheet.line(&[(left, plot.bottom), (right, plot.bottom)], AXIS, THIN)?;
        let middle = (left + right) / 2.0;
        let ink = Ink::new(SMALL, Weight::Regular, MUTED);
        let words = format!("{} in {} not by", self.later, self.all);
        sheet.text(&words, (middle, plot.bottom + 20.0), HPos::Center, Ink { color: INK, ..ink })?;
        sheet.text(&self.dates.label(self.dates.last()), (middle, plot.bottom + 35.0), HPos::Center, ink)
    }
}

/// The dots, placed.
struct Heap {
    /// The width of a column \[px\].
    size: f64,
    dots: Vec<(Point, RGBColor)>,
}

impl Heap {
    /// The largest dots whose columns all stay in the plot.
    fn new(frame: &Frame, reached: &[usize], later: usize, by: Option<usize>) -> Self {
        let mut size = LARGEST;
        loop {
            let heap = Heap::of_size(frame, reached, later, by, size);
            let top = heap.dots.iter().map(|(center, _)| center.1 - size / 2.0).fold(f64::INFINITY, f64::min);
            if top >= frame.plot.top || size <= SMALLEST {
                return heap;
            }
            size -= 0.5;
        }
    }

    /// Columns run from the line to both sides, so that no dot stands on the wrong side of it.
    fn of_size(frame: &Frame, reached: &[usize], later: usize, by: Option<usize>, size: f64) -> Self {
        let plot = frame.plot;
        let line = by.map_or(plot.left, |day| frame.across(day as f64 + 0.5));
        let mut dots = Vec::new();
        let mut column = (i64::MIN, 0.0);
        for day in reached {
            let number = ((frame.across(*day as f64) - line) / size).floor() as i64;
            column = if number == column.0 { (number, column.1 + 1.0) } else { (number, 0.0) };
            let x = line + (number as f64 + 0.5) * size;
            let color = if by.is_none_or(|by| *day <= by) { BLUE.line } else { FADED };
            dots.push(((x, plot.bottom - (column.1 + 0.5) * size - 1.0), color));
        }
        let (left, right) = (plot.right + 36.0, f64::from(WIDTH) - PAD);
        let columns = ((right - left) / size).floor().max(1.0) as usize;
        let used = columns.min(later) as f64;
        for n in 0..later {
            let x = (left + right) / 2.0 + ((n % columns) as f64 - (used - 1.0) / 2.0) * size;
            dots.push(((x, plot.bottom - ((n / columns) as f64 + 0.5) * size - 1.0), FADED));
        }
        Heap { size, dots }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    /// 3 by the line, 4 later, 13 never: who never gets there is not told as later.
    #[test]
    fn the_counts_of_a_line_and_beyond_the_horizon_add_up_to_all() {
        let days: Vec<Option<f64>> = (0..20).map(|dot| (dot < 7).then_some(f64::from(dot))).collect();
        let dates = DateAxis { first: date(2024, 4, 8), days: 42 };
        let drawing = dots(&Caption::default(), &dates, &days, Some(date(2024, 4, 10)));
        for words in ["3 in 20 by 10 Apr", "4 in 20 later", "13 in 20 not by"] {
            assert!(drawing.svg.contains(words), "{words}");
        }
        let told = "3 in 20 by 10 Apr 2024, 4 in 20 later. 13 in 20 not by 19 May 2024.";
        assert!(drawing.description.contains(told), "{}", drawing.description);
    }
}
