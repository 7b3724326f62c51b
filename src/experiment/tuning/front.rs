//! What speed costs in risk: the settings that no other one beats in both.

use super::super::estimate::Interval;
use super::{Estimate, Tuning};

/// A setting between objective and risk.
#[derive(Clone, Debug, PartialEq)]
pub struct FrontPoint {
    /// The setting.
    pub setting: usize,
    /// The objective.
    pub objective: Estimate,
    /// The risk.
    pub risk: Estimate,
    /// Whether no other setting is shown to be as good in both and better in one. It is judged by the worse ends of
    /// the intervals, so that a few lucky runs win nothing.
    pub on_front: bool,
}

/// Every setting that was run, in order.
pub(super) fn of(tuning: &Tuning) -> Vec<FrontPoint> {
    let question = &tuning.question;
    let Some(risk) = question.risk.as_ref().filter(|risk| **risk != question.goal.headline) else {
        return Vec::new();
    };
    let point = |setting: usize| {
        let objective = tuning.estimate(setting, &question.goal.headline)?;
        Some(FrontPoint { setting, objective, risk: tuning.estimate(setting, risk)?, on_front: false })
    };
    let mut points: Vec<FrontPoint> = (0..tuning.settings.len()).filter_map(point).collect();
    // Both as costs: less is better.
    let costs: Vec<[f64; 2]> = points
        .iter()
        .map(|point| {
            [worse(&point.objective, question.goal.less_is_better), worse(&point.risk, risk.less_is_better())]
        })
        .collect();
    for (point, own) in points.iter_mut().zip(&costs) {
        point.on_front = !costs.iter().any(|other| beats(other, own));
    }
    points
}

/// The worse end of an interval, as a cost.
fn worse(estimate: &Estimate, less_is_better: bool) -> f64 {
    let Interval { low, high } =
        estimate.interval.unwrap_or(Interval { low: f64::NEG_INFINITY, high: f64::INFINITY });
    if less_is_better { high } else { -low }
}

fn beats(a: &[f64; 2], b: &[f64; 2]) -> bool {
    a[0] <= b[0] && a[1] <= b[1] && a != b
}
