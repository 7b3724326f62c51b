//! Two plans on one axis: the spread of a daily quantity under each, with what they share in a third tint.

use super::daily;
use super::fan::{Ladder, TierLine};
use super::fonts::{Weight, fit, width};
use super::frame::{Frame, Painted, Sheet};
use super::labels::{self, Name};
use super::numbers::{about, tame};
use super::style::{AXIS, CURVES, GAP, HAIR, Hue, LABEL, LINE, SHARED_TINT, THIN, WIDE_SPACE};
use super::{Caption, Chart, DateAxis, Drawing};
use plotters_backend::DrawingBackend;

/// The spread of a daily quantity under one plan, one value a day each.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PlanFan {
    /// The plan.
    pub name: String,
    /// Below this lie 5 % of its runs, by day \[unit\].
    pub p05: Vec<f64>,
    /// The median over its runs, by day \[unit\].
    pub p50: Vec<f64>,
    /// Below this lie 95 % of its runs, by day \[unit\].
    pub p95: Vec<f64>,
}

/// The hues of the two plans: those that their curves have in the chart of what is reached.
pub(super) const HUES: [Hue; 2] = [CURVES[0], CURVES[1]];

/// Draws a daily quantity under two plans: 9 in 10 runs of each in its band, its median as a line.
pub fn fans(
    caption: &Caption,
    dates: &DateAxis,
    unit: &str,
    plans: &[PlanFan; 2],
    lines: &[TierLine],
) -> Drawing {
    let days = dates.days.max(1);
    let cut = |values: &Vec<f64>| values.iter().take(days).copied().map(tame).collect::<Vec<f64>>();
    let plans = plans.each_ref().map(|plan| PlanFan {
        name: plan.name.clone(),
        p05: cut(&plan.p05),
        p50: cut(&plan.p50),
        p95: cut(&plan.p95),
    });
    let values = plans.iter().flat_map(|plan| [&plan.p05, &plan.p50, &plan.p95]).flatten().copied();
    let ladder = Ladder::new(values, lines);
    let mut names: Vec<Name> = Vec::new();
    for (plan, hue) in plans.iter().zip(HUES) {
        let end = plan.p50.last().copied().unwrap_or(0.0);
        let value = about(end);
        let room = 180.0 - width(&value, LABEL, Weight::SemiBold);
        let name = fit(&plan.name, LABEL, Weight::SemiBold, room);
        names.push(Name::new(format!("{name}{WIDE_SPACE}{value}"), end, hue.text, Weight::SemiBold));
    }
    let margin = labels::cut(&mut names, 190.0) + GAP;
    let note = if ladder.lines.is_empty() { "" } else { " · dashed: limits of the tiers" };
    let shown = format!("{unit}{note}");
    let frame = Frame::new(caption, dates, &shown, ladder.axis.clone(), ladder.rungs(), margin);
    for name in &mut names {
        name.wanted = frame.up(name.wanted);
    }
    let names = frame.names(names);
    super::render(caption, &FansChart { unit: unit.to_owned(), plans, ladder, frame, names, dates: *dates })
}

/// The chart, laid out.
struct FansChart {
    unit: String,
    plans: [PlanFan; 2],
    ladder: Ladder,
    frame: Frame,
    names: Vec<Name>,
    dates: DateAxis,
}

impl Chart for FansChart {
    fn paint<DB: DrawingBackend>(&self, sheet: &Sheet<DB>) -> Painted<DB> {
        let mut series = self.frame.open(sheet)?;
        for (plan, hue) in self.plans.iter().zip(HUES) {
            series.band(&daily::lower(&plan.p05), &daily::upper(&plan.p95), hue.wide)?;
        }
        let [a, b] = &self.plans;
        let both = |a: &[f64], b: &[f64], pick: fn(f64, f64) -> f64| -> Vec<f64> {
            a.iter().zip(b).map(|(a, b)| pick(*a, *b)).collect()
        };
        let low = both(&a.p05, &b.p05, f64::max);
        let high = both(&both(&a.p95, &b.p95, f64::min), &low, f64::max);
        series.band(&daily::lower(&low), &daily::upper(&high), SHARED_TINT)?;
        let right = self.frame.x.high;
        for line in &self.ladder.lines {
            series.dashed((0.0, line.limit), (right, line.limit), AXIS, THIN)?;
        }
        for (plan, hue) in self.plans.iter().zip(HUES) {
            series.curve(&daily::line(&plan.p05), hue.line, HAIR)?;
            series.curve(&daily::line(&plan.p95), hue.line, HAIR)?;
            series.curve(&daily::line(&plan.p50), hue.line, LINE)?;
        }
        if self.plans.iter().all(|plan| plan.p50.is_empty()) {
            sheet.nothing(self.frame.plot)?;
        }
        sheet.names(&self.names, self.frame.plot.right)
    }

    fn describe(&self) -> String {
        let last = |values: &Vec<f64>| about(values.last().copied().unwrap_or(0.0));
        let told = self.plans.each_ref().map(|plan| {
            let (low, middle, high) = (last(&plan.p05), last(&plan.p50), last(&plan.p95));
            format!("{}: median {middle}, 9 in 10 runs between {low} and {high}", plan.name)
        });
        format!(
            "Two fan charts of {} by date on one axis, from {} to {}. On the last day, {}.",
            self.unit,
            self.dates.full(0),
            self.dates.full(self.dates.last()),
            told.join("; "),
        )
    }
}
