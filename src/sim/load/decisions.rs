//! How long the decisions of the platform may take.

use crate::document::Check;
use crate::random::Prior;
use crate::sim::scenario::{PlatformText, PolicyText, Verification};

/// Longest time until a decision \[days\]: far beyond every horizon.
const MOST_WAIT_DAYS: f64 = 1e5;

/// How long the decisions of the platform take.
pub(super) fn check_decisions(platform: &PlatformText, check: &mut Check<'_>) {
    let mut wait = |path: &str, prior: &Prior, unit: Unit| check_wait(path, prior, unit, check);
    if let Some(Verification::AfterDays(days)) = &platform.verification {
        wait("platform.verification", days, Unit::Days);
    }
    match &platform.policy {
        Some(PolicyText::Open { after_days, .. }) => {
            wait("platform.policy.after_days", after_days, Unit::Days)
        }
        Some(PolicyText::CancelledAfterDays(days)) => wait("platform.policy", days, Unit::Days),
        Some(PolicyText::Passed) | None => {}
    }
    if let Some(review) = &platform.review {
        wait("platform.review.hours", &review.hours, Unit::Hours);
        if let Some(by_hand) = &review.by_hand {
            wait("platform.review.by_hand.hours", &by_hand.hours, Unit::Hours);
        }
    }
    for (name, decision) in [("official", &platform.official), ("analysis", &platform.analysis)] {
        if let Some(decision) = decision {
            wait(&format!("platform.{name}.after_days"), &decision.after_days, Unit::Days);
        }
    }
}

/// The unit of a time until a decision.
#[derive(Clone, Copy)]
enum Unit {
    Hours,
    Days,
}

/// A time until a decision is no time before its start, nor longer than any run by far.
fn check_wait(path: &str, prior: &Prior, unit: Unit, check: &mut Check<'_>) {
    let (unit, most, such_as) = match unit {
        Unit::Hours => ("hours", MOST_WAIT_DAYS * 24.0, "LogUniform(low: 2, high: 6)"),
        Unit::Days => ("days", MOST_WAIT_DAYS, "LogNormalMedian(median: 5, sigma: 0.6)"),
    };
    let (least, longest) = (prior.support()[0], prior.quantile(0.999));
    let found = match (least >= 0.0, longest <= most) {
        (true, true) => return,
        (false, _) => format!("down to {least} {unit}: it would be over before it begins"),
        (true, false) => format!("{longest} {unit}, or more"),
    };
    let found = if prior.certain().is_some() { format!("{least} {unit}") } else { found };
    let message = format!("expected a time until a decision from 0 to {most} {unit}, found {found}");
    check.error(path, message, format!("give {unit}, such as {such_as}"));
}
