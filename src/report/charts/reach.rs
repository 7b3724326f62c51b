//! By when would each limit be reached: the chance of having reached it, as stairs, with what the number of runs leaves open.

use super::axis::Axis;
use super::daily;
use super::fonts::{self, Weight, width};
use super::frame::{Frame, Ink, Painted, Point, Rung, Sheet};
use super::labels::{self, Name};
use super::numbers::{chance, tame};
use super::style::{self, CURVES, GAP, Hue, INK, LABEL, LINE, MUTED, PAPER, THIN, WIDE_SPACE};
use super::{Caption, Chart, DateAxis, Drawing};
use plotters::style::text_anchor::HPos;
use plotters_backend::DrawingBackend;

/// The chance of having reached something, by day.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ReachCurve {
    /// What is reached: "10,000".
    pub name: String,
    /// The share of runs that have reached it by the end of each day \[0 to 1\].
    pub share: Vec<f64>,
    /// The lower end of its 95 % interval, by day \[0 to 1\].
    pub low: Vec<f64>,
    /// The upper end of its 95 % interval, by day \[0 to 1\].
    pub high: Vec<f64>,
}

/// A point of a curve that the chart is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Which curve, counted from 0.
    pub curve: usize,
    /// Which day \[days after the first\].
    pub day: usize,
    /// What stands beside it: "62% by 11 Nov".
    pub text: String,
}

/// Draws the chance of having reached each limit by each day, and marks the target if there is one.
pub fn reach(caption: &Caption, dates: &DateAxis, curves: &[ReachCurve], target: Option<&Target>) -> Drawing {
    let days = dates.days.max(1);
    let cut =
        |values: &Vec<f64>| values.iter().take(days).copied().map(|v| tame(v).min(1.0)).collect::<Vec<f64>>();
    let curves: Vec<ReachCurve> = curves
        .iter()
        .map(|c| ReachCurve {
            name: c.name.clone(),
            share: cut(&c.share),
            low: cut(&c.low),
            high: cut(&c.high),
        })
        .collect();
    let mut names = end_names(&curves);
    let margin = labels::cut(&mut names, 190.0) + GAP;
    let axis = Axis::shares();
    let rungs = axis.ticks.iter().map(|tick| Rung::new(*tick, chance(*tick))).collect();
    let frame = Frame::new(caption, dates, "share of runs that have reached the limit", axis, rungs, margin);
    for name in &mut names {
        name.wanted = frame.up(name.wanted);
    }
    let names = frame.names(names);
    let mark = target.and_then(|target| Mark::new(&frame, &curves, target));
    super::render(caption, &ReachChart { curves, frame, names, mark, dates: *dates })
}

/// The chart, laid out.
struct ReachChart {
    curves: Vec<ReachCurve>,
    frame: Frame,
    names: Vec<Name>,
    mark: Option<Mark>,
    dates: DateAxis,
}

impl Chart for ReachChart {
    fn paint<DB: DrawingBackend>(&self, sheet: &Sheet<DB>) -> Painted<DB> {
        let mut series = self.frame.open(sheet)?;
        for (i, curve) in self.curves.iter().enumerate() {
            series.band(&daily::stairs(&curve.low), &daily::stairs(&curve.high), color(i).wide)?;
        }
        if let Some(mark) = &self.mark {
            sheet.dashes((mark.at.0, self.frame.plot.bottom), mark.at, MUTED, THIN)?;
        }
        for (i, curve) in self.curves.iter().enumerate() {
            series.curve(&daily::stairs(&curve.share), color(i).line, LINE)?;
        }
        if let Some(mark) = &self.mark {
            mark.paint(sheet)?;
        }
        if self.curves.iter().all(|curve| curve.share.is_empty()) {
            sheet.nothing(self.frame.plot)?;
        }
        sheet.names(&self.names, self.frame.plot.right)
    }

    fn describe(&self) -> String {
        let end = self.dates.full(self.dates.last());
        let parts = self.curves.iter().map(|curve| {
            format!("{} in {} of the runs", curve.name, chance(curve.share.last().copied().unwrap_or(0.0)))
        });
        let mark = self.mark.as_ref().map_or(String::new(), |mark| format!(" Marked: {}.", mark.text));
        format!(
            "Step chart of the chance of having reached each limit by date, from {}. Reached by {end}: {}.{mark}",
            self.dates.full(0),
            parts.collect::<Vec<_>>().join(", "),
        )
    }
}

/// The marked point and where its words fit best.
struct Mark {
    at: Point,
    hue: Hue,
    text: String,
    /// The left end of its baseline.
    words: Point,
}

impl Mark {
    fn new(frame: &Frame, curves: &[ReachCurve], target: &Target) -> Option<Self> {
        let share = *curves.get(target.curve)?.share.get(target.day)?;
        let at = frame.at(target.day as f64, share);
        let text = fonts::fit(&target.text, LABEL, Weight::SemiBold, 260.0);
        let wide = width(&text, LABEL, Weight::SemiBold);
        let stairs: Vec<Vec<Point>> = curves
            .iter()
            .map(|curve| daily::stairs(&curve.share).iter().map(|p| frame.at(p.0, p.1)).collect())
            .collect();
        // Above and left of a rising curve is empty more often than not; else try around it.
        let tries = [
            (-wide - 12.0, -8.0),
            (12.0, 20.0),
            (-wide - 12.0, 5.0),
            (12.0, 5.0),
            (12.0, -10.0),
            (-wide - 12.0, 20.0),
        ];
        let words = tries
            .into_iter()
            .chain([(-wide / 2.0, -14.0), (-wide / 2.0, 26.0), (-wide - 12.0, -40.0), (12.0, 52.0)])
            .map(|(dx, dy)| (at.0 + dx, at.1 + dy))
            .map(|(x, y)| inside(frame, (x, y), wide))
            .min_by_key(|&corner| crossings(&stairs, at, corner, wide))?;
        Some(Mark { at, hue: color(target.curve), text, words })
    }

    fn paint<DB: DrawingBackend>(&self, sheet: &Sheet<DB>) -> Painted<DB> {
        sheet.dot(self.at, 6.5, PAPER)?;
        sheet.dot(self.at, 5.0, self.hue.line)?;
        let wide = width(&self.text, LABEL, Weight::SemiBold);
        let (x, y) = self.words;
        sheet.rectangle((x - 3.0, y - 12.0), (x + wide + 3.0, y + 4.0), PAPER)?;
        sheet.text(&self.text, self.words, HPos::Left, Ink::new(LABEL, Weight::SemiBold, INK))
    }
}

/// Moves words into the plot.
fn inside(frame: &Frame, (x, y): Point, wide: f64) -> Point {
    let plot = frame.plot;
    let right = (plot.right - wide - 4.0).max(plot.left + 4.0);
    (x.clamp(plot.left + 4.0, right), y.clamp(plot.top + 14.0, plot.bottom - 8.0))
}

/// How much of the curves, of the dot and of its dashed line a text would hide.
fn crossings(stairs: &[Vec<Point>], dot: Point, (x, y): Point, wide: f64) -> usize {
    let (left, right, top, bottom) = (x - 5.0, x + wide + 5.0, y - 14.0, y + 6.0);
    let hits = |a: &Point, b: &Point| {
        a.0.min(b.0) <= right && a.0.max(b.0) >= left && a.1.min(b.1) <= bottom && a.1.max(b.1) >= top
    };
    let curves =
        stairs.iter().flat_map(|line| line.windows(2)).filter(|pair| hits(&pair[0], &pair[1])).count();
    let on_dot = hits(&(dot.0 - 6.0, dot.1 - 6.0), &(dot.0 + 6.0, dot.1 + 6.0));
    let on_dashes = hits(&dot, &(dot.0, f64::from(style::HEIGHT)));
    curves * 2 + usize::from(on_dot) * 100 + usize::from(on_dashes)
}

/// What stands beside the last day. `wanted` is still a share.
fn end_names(curves: &[ReachCurve]) -> Vec<Name> {
    let last = |curve: &ReachCurve| curve.share.last().copied();
    let named = curves.iter().enumerate().filter_map(|(i, curve)| last(curve).map(|share| (i, curve, share)));
    named
        .map(|(i, curve, share)| {
            let value = chance(share);
            let room = 180.0 - width(&value, LABEL, Weight::SemiBold);
            let name = fonts::fit(&curve.name, LABEL, Weight::SemiBold, room);
            Name::new(format!("{name}{WIDE_SPACE}{value}"), share, color(i).text, Weight::SemiBold)
        })
        .collect()
}

fn color(curve: usize) -> Hue {
    CURVES[curve % CURVES.len()]
}
