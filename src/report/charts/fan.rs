//! How much, and how sure: the spread of a quantity over the runs, day by day, on a logarithmic axis with the limits as lines.

use super::axis::{self, Axis, Scale, ZERO_PART};
use super::daily::{self, Shape};
use super::fonts::Weight;
use super::frame::{Frame, Painted, Rung, Series, Sheet};
use super::labels::{self, Name};
use super::numbers::{about, count, tame};
use super::style::{AXIS, BLUE, GAP, HAIR, INK, LINE, MUTED, THIN};
use super::{Caption, Chart, DateAxis, Drawing};
use plotters_backend::DrawingBackend;

/// The spread of a daily quantity over many runs. Each list has one value a day; infinity is drawn as "unlimited" at the top, and what is no number as 0.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Fan {
    /// What is counted: "messages delivered a day".
    pub unit: String,
    /// How it gets from day to day.
    pub shape: Shape,
    /// Below this lie 5 % of the runs, by day \[unit\].
    pub p05: Vec<f64>,
    /// Below this lie 25 % of the runs, by day \[unit\].
    pub p25: Vec<f64>,
    /// The median over the runs, by day \[unit\].
    pub p50: Vec<f64>,
    /// Below this lie 75 % of the runs, by day \[unit\].
    pub p75: Vec<f64>,
    /// Below this lie 95 % of the runs, by day \[unit\].
    pub p95: Vec<f64>,
    /// The limits of the tiers, drawn as dashed lines as far as they are near the data.
    pub lines: Vec<TierLine>,
    /// Some single runs, about 20, each with one value a day \[unit\].
    pub sample_paths: Vec<Vec<f64>>,
}

/// The limit of a tier, as a line across the chart.
#[derive(Debug, Clone, PartialEq)]
pub struct TierLine {
    /// What stands at the axis: "1,000".
    pub name: String,
    /// Where it lies \[unit of the chart\]; infinity for a tier without limit.
    pub limit: f64,
}

/// Draws the spread of a daily quantity: half of the runs in the darker band, 9 in 10 in the lighter, single runs as threads.
pub fn fan(caption: &Caption, dates: &DateAxis, fan: &Fan) -> Drawing {
    let days = dates.days.max(1);
    let cut = |values: &Vec<f64>| values.iter().take(days).copied().map(tame).collect::<Vec<f64>>();
    let quantiles = [&fan.p05, &fan.p25, &fan.p50, &fan.p75, &fan.p95].map(cut);
    let paths: Vec<Vec<f64>> = fan.sample_paths.iter().map(cut).collect();
    let values = quantiles.iter().chain(&paths).flatten().copied();
    let ladder = Ladder::new(values, &fan.lines);
    let mut names = end_names(&quantiles);
    let margin = labels::cut(&mut names, 170.0) + GAP;
    let note = if ladder.lines.is_empty() { "" } else { " · dashed: limits of the tiers" };
    let unit = format!("{}{note}", fan.unit);
    let frame = Frame::new(caption, dates, &unit, ladder.axis.clone(), ladder.rungs(), margin);
    for name in &mut names {
        name.wanted = frame.up(name.wanted);
    }
    let names = frame.names(names);
    super::render(
        caption,
        &FanChart {
            unit: fan.unit.clone(),
            shape: fan.shape,
            quantiles,
            paths,
            ladder,
            frame,
            names,
            dates: *dates,
        },
    )
}

/// The chart, laid out.
struct FanChart {
    unit: String,
    shape: Shape,
    quantiles: [Vec<f64>; 5],
    paths: Vec<Vec<f64>>,
    ladder: Ladder,
    frame: Frame,
    names: Vec<Name>,
    dates: DateAxis,
}

impl Chart for FanChart {
    fn paint<DB: DrawingBackend>(&self, sheet: &Sheet<DB>) -> Painted<DB> {
        let mut series = self.frame.open(sheet)?;
        paint_fan(&mut series, self.shape, &self.quantiles, &self.paths, f64::INFINITY, |series| {
            let right = self.frame.x.high;
            self.ladder
                .lines
                .iter()
                .try_for_each(|line| series.dashed((0.0, line.limit), (right, line.limit), AXIS, THIN))
        })?;
        self.paint_breaks(sheet)?;
        if self.quantiles.iter().all(Vec::is_empty) {
            sheet.nothing(self.frame.plot)?;
        }
        sheet.names(&self.names, self.frame.plot.right)
    }

    fn describe(&self) -> String {
        let [p05, p25, p50, p75, p95] =
            self.quantiles.each_ref().map(|q| about(q.last().copied().unwrap_or(0.0)));
        format!(
            "Fan chart of {} by date, from {} to {}. On the last day the median is {p50}; half of the runs lie between {p25} and {p75}, and 9 in 10 between {p05} and {p95}.",
            self.unit,
            self.dates.full(0),
            self.dates.full(self.dates.last()),
        )
    }
}

impl FanChart {
    /// Marks where the axis leaves its logarithm: above zero, and below "unlimited".
    fn paint_breaks<DB: DrawingBackend>(&self, sheet: &Sheet<DB>) -> Painted<DB> {
        let plot = self.frame.plot;
        let height = plot.bottom - plot.top;
        let mut at = Vec::new();
        if matches!(self.ladder.axis.scale, Scale::ZeroLog { .. }) {
            at.push(plot.bottom - height * ZERO_PART / 2.0);
        }
        if self.ladder.unlimited {
            at.push(plot.top + 14.0);
        }
        at.into_iter().try_for_each(|y| {
            [-2.5, 2.5].into_iter().try_for_each(|shift| {
                let stroke = [(plot.left - 14.0, y + shift + 2.5), (plot.left - 5.0, y + shift - 2.5)];
                sheet.line(&stroke, MUTED, THIN)
            })
        })
    }
}

/// Bands from wide to narrow, what lies `between`, then threads, then the median. Days without a value are left open, and
/// threads are cut where they rise above `top`.
pub(super) fn paint_fan<DB: DrawingBackend>(
    series: &mut Series<'_, DB>,
    shape: Shape,
    [p05, p25, p50, p75, p95]: &[Vec<f64>; 5],
    paths: &[Vec<f64>],
    top: f64,
    between: impl FnOnce(&mut Series<'_, DB>) -> Painted<DB>,
) -> Painted<DB> {
    for (low, high, color) in [(p05, p95, BLUE.wide), (p25, p75, BLUE.narrow)] {
        let (low, high) = daily::together(low, high);
        let edges = daily::known(&low, daily::lower).into_iter().zip(daily::known(&high, daily::upper));
        for (low, high) in edges {
            series.band(&shape.of(low), &shape.of(high), color)?;
        }
    }
    between(series)?;
    let threads = paths.iter().take(threads(p50.len())).map(|path| (path, BLUE.thread, HAIR));
    for (values, color, width) in threads.chain([(p50, BLUE.line, LINE)]) {
        for stretch in daily::known(values, daily::line) {
            for piece in daily::cut_at(&shape.of(stretch), top) {
                series.curve(&piece, color, width)?;
            }
        }
    }
    Ok(())
}

/// How many single runs can be told apart: 20 over some months, none over many years.
pub(super) fn threads(days: usize) -> usize {
    (20 * 150 / days.max(1)).min(20)
}

/// What stands beside the last day; quantiles that read alike are named once. `wanted` is still a value.
fn end_names(quantiles: &[Vec<f64>; 5]) -> Vec<Name> {
    let ends = quantiles.each_ref().map(|values| values.last().copied());
    let mut names: Vec<Name> = Vec::new();
    let mut told = Vec::new();
    for (i, words, importance) in [
        (2, "median", 3.0),
        (4, "95% up to", 2.0),
        (0, "5% up to", 2.0),
        (3, "75% up to", 1.0),
        (1, "25% up to", 1.0),
    ] {
        let Some(value) = ends[i] else { continue };
        let text = about(value);
        if told.contains(&text) {
            continue;
        }
        let mut name = match i {
            2 => Name::new(format!("{words} {text}"), value, BLUE.text, Weight::SemiBold),
            _ => Name::new(format!("{words} {text}"), value, MUTED, Weight::Regular).small(),
        };
        name.importance = importance;
        names.push(name);
        told.push(text);
    }
    names
}

/// The vertical axis of a fan: logarithmic, with the tiers near the data as rungs.
pub(super) struct Ladder {
    pub(super) axis: Axis,
    /// The tiers that are drawn, lowest first.
    pub(super) lines: Vec<TierLine>,
    /// Does something lie at infinity?
    unlimited: bool,
}

impl Ladder {
    pub(super) fn new(values: impl Iterator<Item = f64> + Clone, lines: &[TierLine]) -> Self {
        let top = values.clone().fold(0.0, f64::max);
        let least = values.clone().filter(|v| *v > 0.0).fold(f64::INFINITY, f64::min);
        let lines = near(lines, least, top);
        let limits = lines.iter().map(|line| line.limit);
        let marks = values.clone().filter(|v| *v > 0.0).chain(limits).filter(|v| v.is_finite());
        let (low, high) = marks.fold((f64::INFINITY, 0.0f64), |(low, high), v| (low.min(v), high.max(v)));
        let (low, high) = if high > 0.0 { (low, high) } else { (1.0, 10.0) };
        let unlimited = top.is_infinite() || lines.iter().any(|line| line.limit.is_infinite());
        let low = low.max(if high >= 10.0 { 1.0 } else { 0.0 }).max(high * 1e-5).min(high);
        let above = high * if unlimited { 4.0 } else { 1.2 };
        let floor = axis::power_of_ten(axis::log10(low * 1.000_001).floor());
        let mut axis = match values.clone().any(|v| v < low) {
            true => Axis {
                low: 0.0,
                high: above.max(floor * 3.0),
                scale: Scale::ZeroLog { floor },
                ticks: vec![0.0],
            },
            false => Axis { low: low / 1.25, high: above, scale: Scale::Log, ticks: Vec::new() },
        };
        add_ticks(&mut axis, &lines, high);
        Ladder { axis, lines, unlimited }
    }

    pub(super) fn rungs(&self) -> Vec<Rung> {
        let plain = self.axis.ticks.iter().map(|tick| Rung::new(*tick, count(*tick)));
        let tiers =
            self.lines.iter().map(|line| Rung { color: INK, ..Rung::new(line.limit, line.name.clone()) });
        tiers.chain(plain).collect()
    }
}

/// The tiers between the last one at or below the data and the first one at or above it.
fn near(lines: &[TierLine], least: f64, top: f64) -> Vec<TierLine> {
    let mut lines: Vec<TierLine> = lines.iter().filter(|line| line.limit > 0.0).cloned().collect();
    lines.sort_by(|a, b| a.limit.total_cmp(&b.limit));
    let from = lines.iter().rposition(|line| line.limit <= least).unwrap_or(0);
    let to = lines.iter().position(|line| line.limit >= top).unwrap_or(lines.len().saturating_sub(1));
    lines.into_iter().take(to + 1).skip(if least.is_finite() { from } else { 0 }).collect()
}

/// Adds round numbers where neither another one nor a tier is near; between tiers, only into wide gaps.
fn add_ticks(axis: &mut Axis, lines: &[TierLine], highest: f64) {
    let mut taken: Vec<f64> = lines.iter().map(|line| axis.part(line.limit)).collect();
    taken.extend(axis.ticks.iter().map(|tick| axis.part(*tick)));
    let bottom = match axis.scale {
        Scale::ZeroLog { floor } => floor,
        _ => axis.low,
    };
    let decades = (axis::log10(bottom).floor() as i32..=axis::log10(axis.high).ceil() as i32)
        .map(|n| axis::power_of_ten(f64::from(n)));
    let round =
        decades.clone().chain(decades.clone().map(|ten| 2.0 * ten)).chain(decades.map(|ten| 5.0 * ten));
    let even = if axis.high < 8.0 * bottom { axis::even_ticks(bottom, axis.high, 4.0) } else { Vec::new() };
    for tick in round.chain(even) {
        let part = axis.part(tick);
        let between =
            lines.iter().any(|line| line.limit < tick) && lines.iter().any(|line| line.limit > tick);
        let apart = if between { 0.2 } else { 0.1 };
        let shown = tick >= bottom && tick <= highest.max(bottom * 10.0).min(axis.high);
        if shown && taken.len() < 7 && taken.iter().all(|other| (other - part).abs() >= apart) {
            taken.push(part);
            axis.ticks.push(tick);
        }
    }
    axis.ticks.sort_by(f64::total_cmp);
}
