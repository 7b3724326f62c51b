//! How a search went: each line a setting, from round to round, until it was left behind.

use super::axis::{Axis, Scale};
use super::fonts::Weight;
use super::frame::{Frame, Painted, Rung, Sheet};
use super::labels::{self, Name};
use super::measure::{Measure, Standing};
use super::style::{AXIS, GAP, LINE, THIN};
use super::{Caption, Chart, Drawing};
use plotters_backend::DrawingBackend;

/// A search, round by round.
#[derive(Debug, Clone, PartialEq)]
pub struct Rounds {
    /// What goes up, and in what it counts.
    pub up: (String, Measure),
    /// Runs of each setting by the end of each round.
    pub runs: Vec<u64>,
    /// The settings.
    pub lines: Vec<RoundLine>,
}

/// One setting.
#[derive(Debug, Clone, PartialEq)]
pub struct RoundLine {
    /// The estimate by the end of each round in which it was: round from 0, amount.
    pub values: Vec<(usize, f64)>,
    /// How it stands.
    pub standing: Standing,
    /// Its name; empty for none.
    pub name: String,
}

/// Draws a search, round by round.
pub fn rounds(caption: &Caption, chart: &Rounds) -> Drawing {
    let mut lines = chart.lines.clone();
    lines.sort_by_key(|line| line.standing);
    let runs = |round: &usize| chart.runs.get(*round).map_or(1.0, |runs| *runs as f64);
    let (low, high) = (runs(&0), runs(&chart.runs.len().saturating_sub(1)));
    let across = Axis {
        low: low / 1.15,
        high: high.max(low * 1.5) * 1.15,
        scale: Scale::Log,
        ticks: chart.runs.iter().map(|runs| *runs as f64).collect(),
    };
    let below = Measure::Count.marks(across).called("runs of each setting by then");
    let axis = chart.up.1.axis(lines.iter().flat_map(|line| line.values.iter().map(|(_, value)| *value)));
    let rungs = axis.ticks.iter().map(|tick| Rung::new(*tick, chart.up.1.written(*tick))).collect();
    let mut names: Vec<Name> = lines
        .iter()
        .filter(|line| !line.name.is_empty())
        .filter_map(|line| {
            let (_, value) = line.values.last()?;
            let text = format!("{} {}", line.name, chart.up.1.written(*value));
            Some(Name::new(text, *value, line.standing.text(), Weight::SemiBold))
        })
        .collect();
    let margin = labels::cut(&mut names, 190.0) + GAP;
    let frame = Frame::new(caption, below, &chart.up.0, axis, rungs, margin);
    for name in &mut names {
        name.wanted = frame.up(name.wanted);
    }
    let names = frame.names(names);
    super::render(caption, &RoundChart { chart: Rounds { lines, ..chart.clone() }, frame, names })
}

/// The chart, laid out.
struct RoundChart {
    chart: Rounds,
    frame: Frame,
    names: Vec<Name>,
}

impl Chart for RoundChart {
    fn paint<DB: DrawingBackend>(&self, sheet: &Sheet<DB>) -> Painted<DB> {
        let mut series = self.frame.open(sheet)?;
        let plot = self.frame.plot;
        sheet.line(&[(plot.left, plot.bottom), (plot.right, plot.bottom)], AXIS, THIN)?;
        if self.chart.lines.iter().all(|line| line.values.is_empty()) {
            return sheet.nothing(plot);
        }
        for line in &self.chart.lines {
            let at = |(round, value): &(usize, f64)| {
                (self.chart.runs.get(*round).map_or(1.0, |r| *r as f64), *value)
            };
            let points: Vec<(f64, f64)> = line.values.iter().map(at).collect();
            let told = line.standing >= Standing::Own;
            series.curve(&points, line.standing.dot(), if told { LINE } else { THIN })?;
            for (across, up) in &points {
                let radius = if told { 4.0 } else { 2.0 };
                sheet.dot(self.frame.at(*across, *up), radius, line.standing.dot())?;
            }
        }
        sheet.names(&self.names, plot.right)
    }

    fn describe(&self) -> String {
        let count = |round: usize| {
            let within = |line: &&RoundLine| line.values.iter().any(|(at, _)| *at == round);
            self.chart.lines.iter().filter(within).count()
        };
        let rounds = self.chart.runs.iter().enumerate();
        let told: Vec<String> =
            rounds.map(|(round, runs)| format!("{} settings with {runs} runs each", count(round))).collect();
        let names: Vec<&str> = self.names.iter().map(|name| name.text.as_str()).collect();
        format!("Lines of {} by round: {}. {}.", self.chart.up.0, told.join(", then "), names.join("; "))
    }
}
