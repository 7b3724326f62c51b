//! What a change of the rules does to a set of scenarios, for the eye: what `rules impact` prints, writes and draws.
//!
//! ```text
//!   old rules, new rules, a Comparison of each scenario
//!        |
//!        v
//!      Answer --+-- text      which scenarios change, how often, from when on, by which clause, and by how much
//!               |-- json      impact.json, one answer a key; effects.csv, one line a scenario and metric
//!               |-- checks    a scenario that changes by more than matters is a failure, for pipelines
//!               '-- gallery   the effects with their intervals, scenario by scenario
//! ```

pub mod checks;
#[cfg(feature = "charts")]
pub mod gallery;

pub mod json;
pub mod text;

use super::comparison::{self, what};
use super::text::{percent, runs};
use crate::experiment::{
    By, ClauseContrast, Comparison, Contrast, Difference, Matters, Partings, Side, Verdict,
};
use crate::platform::Ruleset;
use crate::platform::diff::{Diff, diff};
use crate::sim::Scenario;

/// What intervals leave out, all of them together.
const ALPHA: f64 = 0.05;

/// Rules, as they were asked for.
#[derive(Clone, Copy, Debug)]
pub struct Rules<'r> {
    /// The words by which they were asked for, such as `platform@2025-10-06`.
    pub asked: &'r str,
    /// The ruleset.
    pub ruleset: &'r Ruleset,
}

/// A scenario, and what became of it under both rules.
#[derive(Clone, Copy, Debug)]
pub struct Tried<'r> {
    /// A short name, unlike that of every other scenario.
    pub name: &'r str,
    /// Its file.
    pub file: &'r str,
    /// What became of it.
    pub outcome: Outcome<'r>,
}

/// What became of a scenario.
#[derive(Clone, Copy, Debug)]
pub enum Outcome<'r> {
    /// It ran under both rules.
    Ran {
        /// Both, the old rules first.
        comparison: &'r Comparison,
        /// The scenario under the old and under the new rules.
        scenarios: [&'r Scenario; 2],
    },
    /// It cannot run under the old or the new rules: why not, each reason in a line; none where it can.
    Cannot([&'r [String]; 2]),
}

/// All that was asked, answered once.
#[derive(Clone, Debug)]
pub struct Answer<'r> {
    /// The old rules.
    pub old: Rules<'r>,
    /// The new rules.
    pub new: Rules<'r>,
    /// What differs between them.
    pub diff: Diff,
    /// From when on a difference matters.
    pub matters: Matters,
    /// How many intervals share what they may leave out.
    pub intervals: usize,
    /// An entry a scenario, in the order in which they were given.
    pub effects: Vec<Effect<'r>>,
}

/// What the change does to one scenario.
#[derive(Clone, Debug)]
pub struct Effect<'r> {
    /// The scenario's short name.
    pub name: &'r str,
    /// Its file.
    pub file: &'r str,
    /// What became of it.
    pub told: Told<'r>,
}

/// What is said of a scenario.
#[derive(Clone, Debug)]
pub enum Told<'r> {
    /// How it changes; nothing in `differences` where no run was finished.
    Ran(Box<Change<'r>>),
    /// Why it cannot run under the old or the new rules.
    Cannot([&'r [String]; 2]),
}

/// How a scenario changes.
#[derive(Clone, Debug)]
pub struct Change<'r> {
    /// The two as plans that are compared: old first.
    pub compared: comparison::Answer<'r>,
    /// Each headline, new less old, with intervals that hold all together.
    pub differences: Vec<Difference>,
}

impl<'r> Answer<'r> {
    /// Answers; `dates` are those by which limits are asked for.
    pub fn of(rules: [Rules<'r>; 2], tried: &[Tried<'r>], dates: &[By], matters: Matters) -> Answer<'r> {
        let [old, new] = rules;
        let lines = |tried: &Tried<'r>| match tried.outcome {
            Outcome::Ran { comparison, .. } if comparison.n() > 0 => {
                let headlines = comparison.headlines(dates);
                comparison.pairs().iter().map(|pair| comparison.intervals(pair, &headlines)).sum()
            }
            _ => 0,
        };
        let intervals: usize = tried.iter().map(lines).sum();
        let alpha = ALPHA / intervals.max(1) as f64;
        let effect = |tried: &Tried<'r>| Effect {
            name: tried.name,
            file: tried.file,
            told: match tried.outcome {
                Outcome::Cannot(why) => Told::Cannot(why),
                Outcome::Ran { comparison, scenarios } => {
                    Told::Ran(Box::new(Change::of(comparison, scenarios, dates, matters, alpha)))
                }
            },
        };
        let effects = tried.iter().map(effect).collect();
        Answer { old, new, diff: diff(old.ruleset, new.ruleset), matters, intervals, effects }
    }

    /// Whether anything changes: a replication of a scenario, or that it can run at all.
    pub fn changes(&self) -> bool {
        self.effects.iter().any(Effect::changes)
    }

    /// What an interval leaves out \[share\].
    pub fn alpha(&self) -> f64 {
        ALPHA / self.intervals.max(1) as f64
    }

    /// The names of both rules, as they were asked for.
    fn names(&self) -> [&'r str; 2] {
        [self.old.asked, self.new.asked]
    }

    /// What differs between the rules, in a sentence.
    fn rules_in_words(&self) -> String {
        let same = self.diff.same_in_words();
        if self.old.ruleset == self.new.ruleset {
            return format!("Both are the same rules, in {same}.");
        }
        if self.diff.is_empty() {
            return format!(
                "Both say the same, in {same}: only names, titles, notes or sources differ, which decide nothing."
            );
        }
        format!("Of {}.", self.diff.in_numbers())
    }
}

impl Effect<'_> {
    /// Whether the scenario changes in any replication, or cannot run under one of the rules.
    pub fn changes(&self) -> bool {
        match &self.told {
            Told::Ran(change) => change.partings().count() > 0,
            Told::Cannot(_) => true,
        }
    }

    /// Whether a headline changes by more than matters, or the scenario cannot run.
    pub fn matters(&self) -> bool {
        match &self.told {
            Told::Ran(change) => change.count(|verdict| matches!(verdict, Verdict::Matters(_))) > 0,
            Told::Cannot(_) => true,
        }
    }
}

impl<'r> Change<'r> {
    fn of(
        comparison: &'r Comparison,
        scenarios: [&'r Scenario; 2],
        dates: &[By],
        matters: Matters,
        alpha: f64,
    ) -> Change<'r> {
        let [old, new] = [&comparison.arms()[0], &comparison.arms()[1]];
        let contrast = Contrast::between(scenarios, [old, new]);
        let compared = comparison::Answer::within(comparison, vec![contrast], dates, matters, alpha);
        let turned = compared.pairs[0].differences.iter().cloned().map(Difference::turned);
        Change { differences: turned.collect(), compared }
    }

    /// The replications that were run under each.
    pub fn n(&self) -> u64 {
        self.compared.comparison.n()
    }

    /// Where replications part.
    pub fn partings(&self) -> &Partings {
        &self.pair().pair.partings
    }

    /// The lowest index of a replication that changes: the one to look at.
    pub fn telling(&self) -> Option<u64> {
        comparison::Answer::telling(self.pair())
    }

    /// The main result in a sentence: how much sooner the highest likely limit is held; where that is not told apart
    /// from nothing, the first headline that changes by more than matters, or really.
    fn sentence(&self, names: [&str; 2]) -> String {
        let first = |of: fn(Verdict) -> bool| self.differences.iter().find(|found| of(found.verdict));
        let main = self.compared.main(self.pair()).filter(|main| main.verdict.better().is_some());
        let other = first(|verdict| matches!(verdict, Verdict::Matters(_)))
            .or_else(|| first(|verdict| verdict.better().is_some()));
        match (main, other) {
            (None, Some(found)) => {
                let unit = found.headline.unit();
                let [new, old] = found.means.map(|mean| comparison::text::level(unit, mean));
                let what = what(&found.headline, self.compared.currency());
                format!("{what}: {old} under {}, {new} under {}", names[0], names[1])
            }
            _ => self.compared.sentence(self.pair()),
        }
    }

    fn pair(&self) -> &comparison::PairAnswer<'r> {
        &self.compared.pairs[0]
    }

    /// How many headlines have such a verdict.
    fn count(&self, of: fn(Verdict) -> bool) -> usize {
        self.differences.iter().filter(|found| of(found.verdict)).count()
    }

    /// The clauses that differ and can act, without facts, which no clause uses.
    fn clauses(&self) -> impl Iterator<Item = &ClauseContrast> {
        self.pair().contrast.clauses.iter().filter(|clause| !clause.path.starts_with("fact."))
    }

    /// Why nothing changes, where nothing does: the clauses that differ, and how often they fired.
    fn why_nothing(&self) -> Option<String> {
        if self.n() == 0 || self.partings().count() > 0 {
            return None;
        }
        let runs = runs(self.n());
        let share = |count: u64| percent(count as f64 / self.n() as f64);
        let names = |of: &dyn Fn(&ClauseContrast) -> bool| {
            let those = self.clauses().filter(|clause| of(clause));
            let told = those.map(|ClauseContrast { path, cited: [old, new], .. }| match old + new {
                0 => path.clone(),
                _ => format!("{path} (old {}, new {})", share(*old), share(*new)),
            });
            told.collect::<Vec<String>>().join(", ")
        };
        let fired = names(&|clause| clause.cited != [0, 0]);
        let never = names(&|clause| clause.acts && clause.cited == [0, 0]);
        let silent = names(&|clause| !clause.acts && clause.cited == [0, 0]);
        let mut why = Vec::new();
        if !never.is_empty() {
            why.push(format!(
                "these clauses differ and never fired here, in none of {runs} of either: {never}"
            ));
        }
        if !fired.is_empty() {
            why.push(format!("these differ and fired, to the same effect, in so many runs: {fired}"));
        }
        if !silent.is_empty() {
            why.push(format!("these differ, leave no trace of their own, and made no difference: {silent}"));
        }
        if why.is_empty() {
            why.push("no clause differs that a run could use".to_owned());
        }
        Some(format!("{}.", why.join("; ")))
    }
}

/// Which of the rules a side is: differences are new less old.
fn which(side: Side) -> &'static str {
    match side {
        Side::First => "new",
        Side::Second => "old",
    }
}
