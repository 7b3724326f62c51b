//! What one send leads to: counts of each kind of act so far, hour by hour, both axes logarithmic.
//!
//! ```text
//!   10,000 |  ___________________ |        delivered  9,500
//!    1,000 |  ____/-----           |       replied      940
//!      100 |      ___/::::::::       |     blocked       86 (15–284)
//!        0 +--|-----|-----|-----
//!         sent  1 hour   1 day    bars: the bands (9 in 10 futures) at the end, side by side
//! ```

use super::axis::{self, Axis, Scale};
use super::daily;
use super::fonts::{self, Weight};
use super::frame::{Frame, Ink, Painted, Rung, Sheet};
use super::labels::{self, Name};
use super::numbers::{about, count, tame};
use super::style::{
    BAR, DOT, FOOTNOTE, GAP, HAIR, HEIGHT, Hue, LABEL, LINE, MUTED, PAD, REACTIONS, SMALL, VEIL, WIDE_SPACE,
    WIDTH,
};
use super::{Caption, Chart, Drawing, HourAxis};
use plotters::style::text_anchor::HPos;
use plotters_backend::DrawingBackend;

/// What one send leads to, hour by hour.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AftermathChart {
    /// What is counted: "messages so far, of 10,000".
    pub unit: String,
    /// What must be known of the lines, in one line under the picture.
    pub footnote: String,
    /// The lines, in the order of their colours.
    pub lines: Vec<AftermathLine>,
}

/// One kind of act. Each list has one value an hour, from hour 0 on; what is no number is drawn as 0.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AftermathLine {
    /// What it is: "read".
    pub name: String,
    /// The mean over the futures \[unit of the chart\].
    pub mean: Vec<f64>,
    /// The lower end of the band of 9 in 10 futures \[unit of the chart\].
    pub low: Vec<f64>,
    /// Its upper end \[unit of the chart\].
    pub high: Vec<f64>,
}

impl AftermathLine {
    fn cut(&self, hours: usize) -> AftermathLine {
        let cut = |values: &Vec<f64>| values.iter().take(hours).copied().map(tame).collect();
        AftermathLine {
            name: self.name.clone(),
            mean: cut(&self.mean),
            low: cut(&self.low),
            high: cut(&self.high),
        }
    }

    /// Where the line and its band end: mean, low, high.
    fn end(&self) -> Option<[f64; 3]> {
        Some([*self.mean.last()?, *self.low.last()?, *self.high.last()?])
    }

    /// The end in words: "86 (15 to 284)", without the band where it is narrow.
    fn told(&self) -> Option<String> {
        let [mean, low, high] = self.end()?;
        let wide = high > 1.2 * low.max(1.0);
        let band = if wide { format!(" ({}–{})", about(low), about(high)) } else { String::new() };
        Some(format!("{}{band}", about(if mean < 10.0 { mean } else { mean.round() })))
    }
}

/// Draws what one send leads to: lines are means, bands hold 9 in 10 futures.
pub fn aftermath(caption: &Caption, hours: &HourAxis, chart: &AftermathChart) -> Drawing {
    let lines: Vec<AftermathLine> = chart.lines.iter().map(|line| line.cut(hours.last.max(2) + 1)).collect();
    let mut names = end_names(&lines);
    let margin = labels::cut(&mut names, 230.0) + GAP;
    let axis = counts_axis(lines.iter().flat_map(|line| line.high.iter().chain(&line.mean)).copied());
    let rungs = axis.ticks.iter().map(|tick| Rung::new(*tick, count(*tick))).collect();
    let frame = Frame::new(caption, hours, &chart.unit, axis, rungs, margin);
    for name in &mut names {
        name.wanted = frame.up(name.wanted);
    }
    let names = frame.names(names);
    let room = f64::from(WIDTH) - 2.0 * PAD;
    let footnote = fonts::fit(&chart.footnote, SMALL, Weight::Regular, room);
    super::render(
        caption,
        &Aftermath { unit: chart.unit.clone(), footnote, lines, frame, names, hours: *hours },
    )
}

/// The chart, laid out.
struct Aftermath {
    unit: String,
    footnote: String,
    lines: Vec<AftermathLine>,
    frame: Frame,
    names: Vec<Name>,
    hours: HourAxis,
}

impl Chart for Aftermath {
    fn paint<DB: DrawingBackend>(&self, sheet: &Sheet<DB>) -> Painted<DB> {
        let mut series = self.frame.open(sheet)?;
        for (i, line) in self.lines.iter().enumerate() {
            series.veil(&daily::stairs(&line.low), &daily::stairs(&line.high), color(i).line, VEIL)?;
        }
        for (i, line) in self.lines.iter().enumerate() {
            series.curve(&daily::stairs(&line.mean), color(i).line, LINE)?;
        }
        self.paint_bars(sheet)?;
        if self.lines.iter().all(|line| line.mean.is_empty()) {
            sheet.nothing(self.frame.plot)?;
        }
        if !self.footnote.is_empty() {
            let at = (PAD, f64::from(HEIGHT) - FOOTNOTE);
            sheet.text(&self.footnote, at, HPos::Left, Ink::new(SMALL, Weight::Regular, MUTED))?;
        }
        sheet.names(&self.names, self.frame.plot.right)
    }

    fn describe(&self) -> String {
        let ends = self.lines.iter().filter_map(|line| Some(format!("{} {}", line.name, line.told()?)));
        let ends: Vec<String> = ends.collect();
        let hours = self.hours.last;
        if ends.is_empty() {
            return format!("Line chart of {} by hour: nothing to show.", self.unit);
        }
        format!(
            "Line chart of {}, hour by hour from the send to hour {hours}. By hour {hours}, as the mean with the range \
             of 9 in 10 futures: {}. {}",
            self.unit,
            ends.join(", "),
            self.footnote,
        )
        .trim_end()
        .to_owned()
    }
}

impl Aftermath {
    /// Bands lie over one another: at the end each stands alone, as a bar with its mean, joined to its line.
    fn paint_bars<DB: DrawingBackend>(&self, sheet: &Sheet<DB>) -> Painted<DB> {
        let (from, to) = (self.frame.across(self.hours.end()), self.frame.plot.right);
        let step = (to - from) / (self.lines.len() + 1) as f64;
        for (i, line) in self.lines.iter().enumerate() {
            let Some([mean, low, high]) = line.end().map(|end| end.map(|value| self.frame.up(value))) else {
                continue;
            };
            let at = from + (i + 1) as f64 * step;
            sheet.line(&[(from, mean), (to, mean)], color(i).line, HAIR)?;
            sheet.line(&[(at, low), (at, high)], color(i).line, BAR)?;
            sheet.dot((at, mean), DOT, color(i).line)?;
        }
        Ok(())
    }
}

/// From zero over one to a little above the highest value, with lines at the powers of ten; the next one belongs to it
/// where it is near.
fn counts_axis(values: impl Iterator<Item = f64>) -> Axis {
    let highest = values.filter(|value| value.is_finite()).fold(10.0, f64::max).min(1e12);
    let above = axis::power_of_ten(axis::log10(highest).ceil());
    let highest = if highest >= 0.5 * above { above } else { highest };
    let powers =
        (0..=(axis::log10(highest) + 1e-9).floor() as i32).map(|power| axis::power_of_ten(f64::from(power)));
    let ticks = std::iter::once(0.0).chain(powers).collect();
    Axis { low: 0.0, high: 1.15 * highest, scale: Scale::ZeroLog { floor: 1.0 }, ticks }
}

/// What stands beside the last hour. `wanted` is still a value.
fn end_names(lines: &[AftermathLine]) -> Vec<Name> {
    let named = lines.iter().enumerate().filter_map(|(i, line)| {
        let name = fonts::fit(&line.name, LABEL, Weight::SemiBold, 90.0);
        let text = format!("{name}{WIDE_SPACE}{}", line.told()?);
        Some(Name::new(text, line.end()?[0], color(i).text, Weight::SemiBold))
    });
    named.collect()
}

fn color(line: usize) -> Hue {
    REACTIONS[line % REACTIONS.len()]
}
