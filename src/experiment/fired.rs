//! What random futures reach of the rules: in which share of them each clause and each of its transitions fired.
//!
//! ```text
//!   scenario --watch--> replication: who changed what, by which clause, under which ruleset
//!        |  every scenario, every replication, folded in order
//!        v
//!   Fired, one for each ruleset: clause -> Share of the futures in which the ruleset held
//!                                   '- transition -> Share
//! ```
//!
//! Cases tell whether the edge of a clause is proven; futures tell whether a plan ever comes near it. A clause that
//! fires in no future of a suite is one that the suite says nothing about.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::atomic::AtomicBool;

use super::blocks::in_blocks;
use super::estimate::Share;
use super::threads::{Crew, Threads};
use crate::glossary::Ratio;
use crate::platform::{Change, Ruleset, Score, Transition};
use crate::sim::{Batch, Coverage, Probe, Scenario};

/// What futures reach of one ruleset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fired {
    /// Name of the ruleset.
    pub ruleset: String,
    /// The scenarios in which it holds, by the names that they were added under.
    pub scenarios: Vec<String>,
    /// Futures in which it held \[replications\].
    pub n: u64,
    /// Its clauses that can change something, in the order of the language; then others that a change cites.
    pub clauses: Vec<FiredClause>,
}

/// In how many futures a clause fired.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FiredClause {
    /// Its path in the ruleset.
    pub path: String,
    /// Whether it can change something by itself, so that it is counted.
    pub counted: bool,
    /// Futures in which any of its transitions was made \[replications\].
    pub futures: u64,
    /// Each transition that it can make, and those that it made besides, with the futures in which it was made.
    pub transitions: Vec<(Transition, u64)>,
}

/// A clause that fired: the position of its ruleset among those of the scenario, its path, and what it did.
type Made = (usize, String, Transition);

/// Collects what fires in a replication, each once.
struct Firing<'s> {
    scenario: &'s Scenario,
    made: Vec<Made>,
}

impl Probe for Firing<'_> {
    fn change(&mut self, change: &Change, _: Option<Score>) {
        let rules = self.scenario.rules_at(change.at);
        let Some(clause) = rules.clauses.get(usize::from(change.clause)) else { return };
        let transition = change.what.transition();
        let era = self.scenario.rulesets().position(|name| name == rules.name).unwrap_or(0);
        let known = |(old, path, what): &Made| (*old, path, *what) == (era, &clause.path, transition);
        if !self.made.iter().any(known) {
            self.made.push((era, clause.path.clone(), transition));
        }
    }

    fn sent(&mut self, _: &Batch) {}
}

impl Fired {
    /// A ruleset of which nothing has fired yet.
    pub fn of(ruleset: &Ruleset) -> Fired {
        let coverage = Coverage::of(ruleset);
        let clauses = coverage.counted().map(|clause| FiredClause {
            path: clause.path.clone(),
            counted: true,
            futures: 0,
            transitions: clause.transitions.iter().map(|own| (own.transition, 0)).collect(),
        });
        Fired { ruleset: ruleset.name.clone(), scenarios: Vec::new(), n: 0, clauses: clauses.collect() }
    }

    /// The share of the futures in which a clause, or a transition, fired.
    pub fn share(&self, futures: u64) -> Share {
        Share::new(futures, self.n)
    }

    /// The part of the counted clauses that fired in any future. All, where nothing is counted.
    pub fn share_of_clauses(&self) -> Ratio {
        let counted = || self.clauses.iter().filter(|clause| clause.counted);
        let fired = counted().filter(|clause| clause.futures > 0).count();
        match counted().count() {
            0 => Ratio::new(1, 1),
            all => Ratio::new(fired as i64, all as i64),
        }
    }

    /// Adds one future of a scenario in which the ruleset held.
    fn add<'m>(&mut self, made: impl Iterator<Item = (&'m str, Transition)>) {
        self.n += 1;
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        for (path, transition) in made {
            let clause = self.clause(path);
            clause.futures += u64::from(seen.insert(path));
            match clause.transitions.iter_mut().find(|(known, _)| *known == transition) {
                Some((_, futures)) => *futures += 1,
                None => clause.transitions.push((transition, 1)),
            }
        }
    }

    fn clause(&mut self, path: &str) -> &mut FiredClause {
        let known = self.clauses.iter().position(|clause| clause.path == path);
        let place = known.unwrap_or_else(|| {
            let (path, transitions) = (path.to_owned(), Vec::new());
            self.clauses.push(FiredClause { path, counted: false, futures: 0, transitions });
            self.clauses.len() - 1
        });
        &mut self.clauses[place]
    }
}

/// Watches replications of a scenario and adds what fires in them to the rulesets that hold in it, by name; a ruleset
/// that is not among `fired` is left out. `heard` is told how many replications are done. What an interruption leaves
/// out is not counted in n.
pub fn watch_fired(
    (name, scenario): (&str, &Scenario),
    replications: Range<u64>,
    threads: Threads,
    fired: &mut [Fired],
    heard: &(dyn Fn(u64) + Sync),
    interrupted: &AtomicBool,
) {
    let rulesets: Vec<&str> = scenario.rulesets().collect();
    for of in fired.iter_mut().filter(|of| rulesets.contains(&of.ruleset.as_str())) {
        of.scenarios.push(name.to_owned());
    }
    let watch = |indices: Range<u64>| -> Vec<Vec<Made>> {
        let mut firing: Vec<_> = indices.clone().map(|_| Firing { scenario, made: Vec::new() }).collect();
        scenario.watch_all(indices, &mut firing);
        firing.into_iter().map(|firing| firing.made).collect()
    };
    let mut watched = 0;
    in_blocks(&Crew::new(threads), replications, interrupted, &watch, &mut |block| {
        watched += block.len() as u64;
        for made in block {
            for of in fired.iter_mut() {
                let Some(era) = rulesets.iter().position(|name| *name == of.ruleset) else { continue };
                let own = made.iter().filter(|(old, ..)| *old == era);
                of.add(own.map(|(_, path, transition)| (path.as_str(), *transition)));
            }
        }
        heard(watched);
    });
}
