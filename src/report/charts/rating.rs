//! How near to a bad rating: negative feedback against thresholds that nobody outside the platform knows.

use super::axis::{self, Axis};
use super::daily::Shape;
use super::fan::{paint_fan, threads};
use super::fonts::Weight;
use super::frame::{Frame, Painted, Rung, Sheet};
use super::labels::{self, Name};
use super::numbers::{rate, tame};
use super::style::{
    AMBER, AMBER_TEXT, AMBER_TINT, BLUE, BOTH_TINT, GAP, LINE, MUTED, RED, RED_TEXT, RED_TINT, THIN,
};
use super::{Caption, Chart, DateAxis, Drawing};
use plotters_backend::DrawingBackend;

/// What is believed of a threshold that is not published.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Threshold {
    /// It lies below this with a chance of 5 % \[share\].
    pub p05: f64,
    /// It lies below this with an even chance \[share\].
    pub p50: f64,
    /// It lies below this with a chance of 95 % \[share\].
    pub p95: f64,
}

impl Threshold {
    fn tame(self) -> Self {
        let share = |value: f64| tame(value).min(1.0);
        Threshold { p05: share(self.p05), p50: share(self.p50), p95: share(self.p95) }
    }
}

/// The score that decides the rating, over many runs, and where its thresholds may lie. Each list has one value a day; what
/// is no number is left open.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RatingChart {
    /// Below this lie 5 % of the runs, by day \[share, such as 0.012\].
    pub p05: Vec<f64>,
    /// Below this lie 25 % of the runs, by day \[share\].
    pub p25: Vec<f64>,
    /// The median over the runs, by day \[share\].
    pub p50: Vec<f64>,
    /// Below this lie 75 % of the runs, by day \[share\].
    pub p75: Vec<f64>,
    /// Below this lie 95 % of the runs, by day \[share\].
    pub p95: Vec<f64>,
    /// From where on the rating is Medium.
    pub medium_from: Threshold,
    /// From where on the rating is Low.
    pub low_from: Threshold,
    /// Some single runs, about 20, each with one value a day \[share\].
    pub sample_paths: Vec<Vec<f64>>,
}

/// What is drawn, and what stands beside it.
const UNIT: &str =
    "negative feedback per delivered message · bars: where Medium and Low begin, 9 times in 10";
/// A bar beside the plot, and the room of both \[px\].
const BAR: f64 = 9.0;
const GUTTER: f64 = 8.0 + 2.0 * BAR + 4.0;

/// Draws negative feedback over time against the bands in which, 9 times in 10, Medium and Low begin.
pub fn rating(caption: &Caption, dates: &DateAxis, chart: &RatingChart) -> Drawing {
    let chart = &RatingChart {
        medium_from: chart.medium_from.tame(),
        low_from: chart.low_from.tame(),
        ..chart.clone()
    };
    let days = dates.days.max(1);
    let share = |value: f64| if value.is_nan() { value } else { tame(value).min(1.0) };
    let cut = |values: &Vec<f64>| values.iter().take(days).copied().map(share).collect::<Vec<f64>>();
    let quantiles = [&chart.p05, &chart.p25, &chart.p50, &chart.p75, &chart.p95].map(cut);
    let paths: Vec<Vec<f64>> = chart.sample_paths.iter().take(threads(days)).map(cut).collect();
    let axis = score_axis(&quantiles, chart);
    let rungs = axis.ticks.iter().map(|tick| Rung::new(*tick, rate(*tick))).collect();
    let mut names = end_names(&quantiles, chart, axis.high);
    let margin = labels::cut(&mut names, 180.0) + GAP + GUTTER;
    let unit = format!("{UNIT}{}", leaving(&paths, axis.high));
    let frame = Frame::new(caption, dates, &unit, axis, rungs, margin);
    for name in &mut names {
        name.wanted = frame.up(name.wanted);
    }
    let names = frame.names(names);
    let (medium_from, low_from) = (chart.medium_from, chart.low_from);
    super::render(caption, &Laid { quantiles, paths, medium_from, low_from, frame, names, dates: *dates })
}

/// The chart, laid out.
struct Laid {
    quantiles: [Vec<f64>; 5],
    paths: Vec<Vec<f64>>,
    medium_from: Threshold,
    low_from: Threshold,
    frame: Frame,
    names: Vec<Name>,
    dates: DateAxis,
}

impl Chart for Laid {
    fn paint<DB: DrawingBackend>(&self, sheet: &Sheet<DB>) -> Painted<DB> {
        let mut series = self.frame.open(sheet)?;
        let right = self.frame.x.high;
        let (medium, low) = (self.medium_from, self.low_from);
        let both = (medium.p05.max(low.p05), medium.p95.min(low.p95));
        for (from, to, color) in
            [(medium.p05, medium.p95, AMBER_TINT), (low.p05, low.p95, RED_TINT), (both.0, both.1, BOTH_TINT)]
        {
            if from < to && from < self.frame.y.high {
                series.band(&[(0.0, from), (right, from)], &[(0.0, to), (right, to)], color)?;
            }
        }
        paint_fan(&mut series, Shape::Line, &self.quantiles, &self.paths, self.frame.y.high, |_| Ok(()))?;
        for (median, color) in [(medium.p50, AMBER_TEXT), (low.p50, RED_TEXT)] {
            if median <= self.frame.y.high {
                series.dashed((0.0, median), (right, median), color, THIN)?;
            }
        }
        self.paint_bars(sheet)?;
        if self.quantiles.iter().all(Vec::is_empty) {
            sheet.nothing(self.frame.plot)?;
        }
        sheet.names(&self.names, self.frame.plot.right + GUTTER)
    }

    fn describe(&self) -> String {
        let ends = self.quantiles.each_ref().map(|q| q.last().copied().filter(|end| !end.is_nan()));
        let last_day = match ends.map(|end| end.map(rate)) {
            [Some(p05), _, Some(p50), _, Some(p95)] => {
                format!("On the last day the median is {p50} and 9 in 10 runs lie between {p05} and {p95}.")
            }
            _ => "On the last day no run has a value.".to_owned(),
        };
        let range = |t: Threshold| {
            format!("{} (9 times in 10 between {} and {})", rate(t.p50), rate(t.p05), rate(t.p95))
        };
        format!(
            "Fan chart of negative feedback per delivered message by date, from {} to {}. {last_day} The thresholds are not published: Medium is taken to begin at {}, Low at {}.",
            self.dates.full(0),
            self.dates.full(self.dates.last()),
            range(self.medium_from),
            range(self.low_from),
        )
    }
}

impl Laid {
    /// Beside the plot, where the fan hides nothing: each threshold as a bar from 5 % to 95 % with its middle marked.
    fn paint_bars<DB: DrawingBackend>(&self, sheet: &Sheet<DB>) -> Painted<DB> {
        let bars = [(self.medium_from, AMBER, AMBER_TEXT), (self.low_from, RED, RED_TEXT)];
        for (n, (threshold, color, ink)) in bars.into_iter().enumerate() {
            let left = self.frame.plot.right + 8.0 + n as f64 * (BAR + 4.0);
            let [low, middle, high] =
                [threshold.p05, threshold.p50, threshold.p95].map(|share| self.frame.up(share));
            if threshold.p05 < self.frame.y.high && high < low {
                sheet.rectangle((left, high), (left + BAR, low), color)?;
            }
            if threshold.p50 <= self.frame.y.high {
                sheet.line(&[(left, middle), (left + BAR, middle)], ink, LINE)?;
            }
        }
        Ok(())
    }
}

/// How many single runs rise above the picture, in words.
fn leaving(paths: &[Vec<f64>], high: f64) -> String {
    match paths.iter().filter(|path| path.iter().any(|share| *share > high)).count() {
        0 => String::new(),
        1 => " · 1 single run leaves the picture".to_owned(),
        more => format!(" · {more} single runs leave the picture"),
    }
}

/// From zero to above the fan and above the middle of what is believed of Low, as far as that does not press the fan flat.
fn score_axis(quantiles: &[Vec<f64>; 5], chart: &RatingChart) -> Axis {
    let data = quantiles.iter().flatten().copied().fold(0.0, f64::max);
    let wish = (chart.low_from.p50 * 1.6).max(data * 4.0);
    let high = (tame(chart.low_from.p95) * 1.06).min(wish).max(data * 1.06).min(1.0);
    let high = if high > 0.0 { high } else { 0.01 };
    Axis::linear(0.0, high, axis::even_ticks(0.0, high, 5.0))
}

/// What stands at the right. `wanted` is still a share.
fn end_names(quantiles: &[Vec<f64>; 5], chart: &RatingChart, high: f64) -> Vec<Name> {
    let mut names = Vec::new();
    for (threshold, word, color) in
        [(chart.low_from, "Low", RED_TEXT), (chart.medium_from, "Medium", AMBER_TEXT)]
    {
        if threshold.p50 <= high {
            let text = format!("{word} from about {}", rate(threshold.p50));
            names.push(Name::new(text, threshold.p50, color, Weight::SemiBold));
        }
    }
    let ends = quantiles.each_ref().map(|values| values.last().copied().filter(|end| !end.is_nan()));
    if let [Some(p05), _, Some(p50), _, Some(p95)] = ends {
        names.push(Name::new(format!("median {}", rate(p50)), p50, BLUE.text, Weight::SemiBold));
        for (value, word) in [(p95, "95% up to"), (p05, "5% up to")] {
            if rate(value) != rate(p50) {
                names.push(
                    Name::new(format!("{word} {}", rate(value)), value, MUTED, Weight::Regular).small(),
                );
            }
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn drawn(path: f64, last: f64) -> Drawing {
        let flat = |end: f64| vec![0.01, 0.01, end];
        let [p05, p25, p50, p75, p95] = [last; 5].map(flat);
        let threshold = Threshold { p05: 0.01, p50: 0.02, p95: 0.03 };
        let (medium_from, low_from) = (threshold, threshold);
        let sample_paths = vec![flat(0.01), vec![0.01, path, 0.01]];
        let chart = RatingChart { p05, p25, p50, p75, p95, medium_from, low_from, sample_paths };
        rating(&Caption::default(), &DateAxis { first: date(2022, 3, 7), days: 3 }, &chart)
    }

    #[test]
    fn one_run_does_not_press_the_fan_flat() {
        let (near, far) = (drawn(0.02, 0.01), drawn(1.0, 0.01));
        assert!(!near.svg.contains("the picture"));
        assert!(far.svg.contains("1 single run leaves the picture"));
        let without_words = |svg: &str| svg.lines().filter(|line| line.starts_with("<text")).count();
        assert_eq!(without_words(&near.svg), without_words(&far.svg), "the same axis");
        assert!(!far.svg.contains(">50%<") && near.svg.contains(">2%<") && far.svg.contains(">2%<"));
    }

    #[test]
    fn a_last_day_without_a_value_is_no_zero() {
        let drawing = drawn(0.01, f64::NAN);
        assert!(drawing.description.contains("On the last day no run has a value."));
        assert!(!drawing.svg.contains("median"));
    }
}
