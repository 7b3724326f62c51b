//! No number of any ruleset can be one step off without a case, or a scenario, that notices.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

#[path = "common/mutations.rs"]
mod mutations;

use mutations::{Caught, Suite, nudges};
use tiercast::platform::catalogue;

#[test]
fn no_number_of_a_ruleset_moves_unnoticed() {
    let all: Vec<_> = catalogue::names().flat_map(|name| nudges(name).0).collect();
    assert!(all.len() > 700, "only {} nudges", all.len());
    let caught = Suite::shipped().hunt_all(&all);
    let missed = all.iter().zip(&caught).filter(|(_, caught)| **caught == Caught::Missed);
    let missed: Vec<String> = missed
        .map(|(nudge, _)| {
            let change = &nudge.change;
            format!("{}: {} from {} to {}", change.rules, change.path, nudge.from, change.value)
        })
        .collect();
    assert!(missed.is_empty(), "{} of {} are missed:\n{}", missed.len(), all.len(), missed.join("\n"));
}
