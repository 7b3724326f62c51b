//! What differs between two plans before anything is run, and whether it ever acted: why a difference is nothing.

use super::comparison::Arm;
use crate::platform::diff::diff;
use crate::sim::{Coverage, Scenario};

/// What differs between two scenarios.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contrast {
    /// Nothing that decides a replication: they are the same scenario on the same seed.
    pub same_inputs: bool,
    /// The clauses of their rules at the start that differ, or that only one has.
    pub clauses: Vec<ClauseContrast>,
}

/// A clause that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClauseContrast {
    /// Its path in the rulesets.
    pub path: String,
    /// Whether a change cites it when it acts. Others, such as how much is admitted, act without a trace.
    pub acts: bool,
    /// In how many replications of each plan a change cites it.
    pub cited: [u64; 2],
}

impl Contrast {
    /// What differs between two scenarios that were run as these arms.
    pub fn between(scenarios: [&Scenario; 2], arms: [&Arm; 2]) -> Contrast {
        let cited = |path: &str| arms.map(|arm| arm.cited.get(path).copied().unwrap_or(0));
        let clauses = differing_clauses(scenarios).into_iter();
        let clauses = clauses.map(|(path, acts)| ClauseContrast { acts, cited: cited(&path), path });
        Contrast {
            clauses: clauses.collect(),
            same_inputs: scenarios[0].identity() == scenarios[1].identity(),
        }
    }

    /// Whether a clause that differs was cited in any replication of either plan.
    pub fn any_cited(&self) -> bool {
        self.clauses.iter().any(|clause| clause.cited != [0, 0])
    }
}

/// The paths of the clauses in which the rules of two scenarios at their start differ, or that only one has; and
/// whether a change cites each when it acts.
pub fn differing_clauses(scenarios: [&Scenario; 2]) -> Vec<(String, bool)> {
    let [a, b] = scenarios;
    let difference = diff(&a.ruleset, &b.ruleset);
    let changed = difference.changed.into_iter().map(|clause| clause.clause);
    let sole = difference.only_from.into_iter().chain(difference.only_to).map(|clause| clause.clause);
    let acting = scenarios.map(|scenario| Coverage::of(&scenario.ruleset).clauses);
    let acts = |path: &str| acting.iter().flatten().any(|clause| clause.path == path && clause.acts());
    let both = changed.chain(sole).map(|path| {
        let acts = acts(&path);
        (path, acts)
    });
    both.collect()
}
