//! What a pipeline reads of an impact: one check a scenario.
//!
//! ```text
//!   a headline changes by more than matters, or it cannot run   failed
//!   whether one does is open                                    undecided
//!   nothing does                                                passed
//! ```

use super::super::parting;
use super::super::pipeline::Checked;
use super::super::text::runs;
use super::text::told_in_line;
use super::{Answer, Effect, Told};
use crate::experiment::Verdict;
use crate::experiment::expect::Outcome;

/// A check for each scenario, in their order.
pub fn checks(answer: &Answer<'_>) -> Vec<Checked> {
    let [old, new] = answer.names();
    let check = |effect: &Effect<'_>| Checked {
        kind: "impact",
        file: effect.file.to_owned(),
        line: None,
        // No claim, since it heads whatever is found.
        name: format!("{} under {new} instead of {old}", effect.name),
        outcome: outcome(effect),
        details: details(answer, effect),
        remark: None,
    };
    answer.effects.iter().map(check).collect()
}

fn outcome(effect: &Effect<'_>) -> Outcome {
    match &effect.told {
        _ if effect.matters() => Outcome::Fail,
        Told::Ran(change) => {
            let open = change.count(|verdict| matches!(verdict, Verdict::Undecided | Verdict::Real(_)));
            if open > 0 || change.n() == 0 { Outcome::Undecided } else { Outcome::Pass }
        }
        Told::Cannot(_) => Outcome::Fail,
    }
}

fn undecided(n: u64) -> String {
    format!("not decided by {} whether anything changes by more than matters", runs(n))
}

/// What changes, a line each.
fn details(answer: &Answer<'_>, effect: &Effect<'_>) -> String {
    let names = answer.names();
    match &effect.told {
        Told::Cannot(why) => {
            let under = why.iter().zip(names).filter(|(why, _)| !why.is_empty());
            let lines: Vec<String> =
                under.map(|(why, name)| format!("cannot run under {name}: {}", why.join("; "))).collect();
            lines.join("\n")
        }
        Told::Ran(change) if change.n() == 0 => "no run was finished".to_owned(),
        Told::Ran(change) => {
            let mut shown: Vec<_> =
                change.differences.iter().filter(|found| found.verdict != Verdict::Nothing).collect();
            // What matters comes first: many readers show the first line alone.
            shown.sort_by_key(|found| !matches!(found.verdict, Verdict::Matters(_)));
            let open = outcome(effect) == Outcome::Undecided;
            let mut lines: Vec<String> = open.then(|| undecided(change.n())).into_iter().collect();
            lines.extend(shown.into_iter().map(|found| told_in_line(change, found, names)));
            let calendar = &change.compared.comparison.arms()[0].ensemble.setting().calendar;
            lines.extend(parting::lines(change.partings(), change.n(), calendar, names));
            lines.join("\n")
        }
    }
}
