//! What differs between two rulesets, clause by clause: in sentences for people, and value by value.
//!
//! ```text
//!   Ruleset A --clauses--> values by path --+
//!                                           +--> Diff: changed, only in A, only in B  --> text, JSON
//!   Ruleset B --clauses--> values by path --+
//! ```
//!
//! Where a value comes from is not compared: two sources may state the same rule. On a day, a clause that is not in force
//! on it is not there.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;

use super::catalogue::{ClauseView, Leaf, clauses};
use super::language::Ruleset;
use super::rulebook::Stands;
use super::words;

/// What differs between two rulesets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Diff {
    /// Name of the first ruleset.
    pub from: String,
    /// Name of the second one.
    pub to: String,
    /// The day on which the first is taken; nothing where it is taken whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from_day: Option<String>,
    /// The day on which the second is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to_day: Option<String>,
    /// How many clauses and facts are the same in both.
    pub same: usize,
    /// How many of them are facts, which no clause uses.
    pub same_facts: usize,
    /// Clauses that both have, with different values.
    pub changed: Vec<Changed>,
    /// Clauses that only the first has.
    pub only_from: Vec<Sole>,
    /// Clauses that only the second has.
    pub only_to: Vec<Sole>,
}

/// A clause with different values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Changed {
    /// Its path in the rulesets.
    pub clause: String,
    /// The sentences that only the first ruleset says.
    pub was: Vec<String>,
    /// The sentences that only the second says.
    pub is: Vec<String>,
    /// The values that differ.
    pub values: Vec<Value>,
}

/// A value that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Value {
    /// Its path in the clause.
    pub path: String,
    /// What it was; nothing where the first ruleset has none.
    pub was: Option<String>,
    /// What it is; nothing where the second has none.
    pub is: Option<String>,
}

/// A clause that only one ruleset has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Sole {
    /// Its path in the ruleset.
    pub clause: String,
    /// What it says.
    pub says: Vec<String>,
}

/// Compares two rulesets as a whole, whatever the dates of their clauses.
pub fn diff(from: &Ruleset, to: &Ruleset) -> Diff {
    diff_on((from, None), (to, None))
}

/// Compares two rulesets, each as it is in force on a day; without one, as a whole.
pub fn diff_on(from: (&Ruleset, Option<Date>), to: (&Ruleset, Option<Date>)) -> Diff {
    let (before, after) = (in_force(from), in_force(to));
    let ((from, from_day), (to, to_day)) = (from, to);
    let (said_before, said_after) = (said(from), said(to));
    let mut diff = Diff {
        from: from.name.clone(),
        to: to.name.clone(),
        from_day: from_day.map(|day| day.to_string()),
        to_day: to_day.map(|day| day.to_string()),
        same: 0,
        same_facts: 0,
        changed: Vec::new(),
        only_from: Vec::new(),
        only_to: Vec::new(),
    };
    for clause in &before {
        let Some(other) = after.iter().find(|other| other.path == clause.path) else {
            diff.only_from.push(sole(clause, &said_before));
            continue;
        };
        let values = values(clause, other);
        if values.is_empty() {
            diff.same += 1;
            diff.same_facts += usize::from(is_fact(&clause.path));
            continue;
        }
        let (was, is) = (&said_before[&clause.path], &said_after[&clause.path]);
        diff.changed.push(Changed {
            clause: clause.path.clone(),
            was: was.iter().filter(|said| !is.contains(said)).cloned().collect(),
            is: is.iter().filter(|said| !was.contains(said)).cloned().collect(),
            values,
        });
    }
    let new = after.iter().filter(|clause| !before.iter().any(|other| other.path == clause.path));
    diff.only_to = new.map(|clause| sole(clause, &said_after)).collect();
    diff
}

/// The clauses that are in force on a day; all of them without one.
fn in_force((ruleset, day): (&Ruleset, Option<Date>)) -> Vec<ClauseView> {
    let mut clauses = clauses(ruleset);
    clauses.retain(|clause| day.is_none_or(|day| clause.stands(day) == Stands::InForce));
    clauses
}

/// Whether a path is that of a fact, which no clause uses.
fn is_fact(path: &str) -> bool {
    path.starts_with("fact.")
}

/// What the clauses say, by path.
fn said(ruleset: &Ruleset) -> BTreeMap<String, Vec<String>> {
    words::passages(ruleset).into_iter().map(|passage| (passage.heading, passage.sentences)).collect()
}

fn sole(clause: &ClauseView, said: &BTreeMap<String, Vec<String>>) -> Sole {
    Sole { clause: clause.path.clone(), says: said.get(&clause.path).cloned().unwrap_or_default() }
}

/// The values that differ, in the order of the first clause, then those that only the second has.
fn values(from: &ClauseView, to: &ClauseView) -> Vec<Value> {
    let find = |leaves: &[Leaf], path: &str| {
        leaves.iter().find(|leaf| leaf.path == path).map(|leaf| leaf.value.clone())
    };
    let known = from.leaves.iter().map(|leaf| Value {
        path: leaf.path.clone(),
        was: Some(leaf.value.clone()),
        is: find(&to.leaves, &leaf.path),
    });
    let new = to.leaves.iter().filter(|leaf| find(&from.leaves, &leaf.path).is_none()).map(|leaf| Value {
        path: leaf.path.clone(),
        was: None,
        is: Some(leaf.value.clone()),
    });
    known.chain(new).filter(|value| value.was != value.is).collect()
}

impl Diff {
    /// Whether both rulesets say the same.
    pub fn is_empty(&self) -> bool {
        self.changed.is_empty() && self.only_from.is_empty() && self.only_to.is_empty()
    }

    /// What is the same, in numbers as `rules list` counts: `26 clauses and 16 facts`.
    pub fn same_in_words(&self) -> String {
        format!("{} clauses and {} facts", self.same - self.same_facts, self.same_facts)
    }

    /// What differs, in numbers; after "of": `the clauses 1 differ, 0 are gone, 0 are new, 25 are the same`, then facts.
    pub fn in_numbers(&self) -> String {
        let kind = |name: &str, facts: bool, same: usize| {
            let of = |paths: &mut dyn Iterator<Item = &String>| {
                paths.filter(|path| is_fact(path) == facts).count()
            };
            let differ = of(&mut self.changed.iter().map(|changed| &changed.clause));
            let gone = of(&mut self.only_from.iter().map(|sole| &sole.clause));
            let new = of(&mut self.only_to.iter().map(|sole| &sole.clause));
            format!("the {name} {differ} differ, {gone} are gone, {new} are new, {same} are the same")
        };
        let clauses = kind("clauses", false, self.same - self.same_facts);
        format!("{clauses}; of {}", kind("facts", true, self.same_facts))
    }

    /// As text in lines of at most `width` characters, where words allow it.
    pub fn render(&self, width: usize) -> String {
        let Diff { changed, only_from, only_to, .. } = self;
        let on = |name: &str, day: &Option<String>| {
            day.as_ref().map_or_else(|| name.to_owned(), |day| format!("{name} on {day}"))
        };
        let (from, to) = (&on(&self.from, &self.from_day), &on(&self.to, &self.to_day));
        if self.is_empty() {
            return format!("{from} and {to} say the same, in {}.\n", self.same_in_words());
        }
        let summary = format!("{from} -> {to}: of {}.", self.in_numbers());
        let mut text = String::new();
        hang(&mut text, "", &summary, width);
        if !changed.is_empty() {
            text.push_str("\nDifferent:\n");
        }
        for changed in changed {
            text.push_str(&format!("\n{}\n", changed.clause));
            hang(&mut text, "  was  ", &changed.was.join(" "), width);
            hang(&mut text, "  is   ", &changed.is.join(" "), width);
            changed.values.iter().for_each(|value| hang(&mut text, "    ", &value.to_string(), width));
        }
        for (name, clauses) in [(from, only_from), (to, only_to)] {
            if !clauses.is_empty() {
                text.push_str(&format!("\nOnly in {name}:\n"));
            }
            for clause in clauses {
                text.push_str(&format!("\n{}\n", clause.clause));
                hang(&mut text, "  ", &clause.says.join(" "), width);
            }
        }
        text
    }
}

/// `review: 24h -> 6h`, `- when.RatingAtLeast Medium`, `+ templates_count true`.
impl std::fmt::Display for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let path = &self.path;
        let text = match (&self.was, &self.is) {
            (Some(was), Some(is)) => format!("{path}: {was} -> {is}"),
            (Some(was), None) => format!("- {path} {was}"),
            (None, Some(is)) => format!("+ {path} {is}"),
            (None, None) => path.clone(),
        };
        f.write_str(text.trim_end())
    }
}

/// Adds words in lines of at most `width` characters, behind a first word and below each other; nothing for none.
fn hang(out: &mut String, first: &str, words: &str, width: usize) {
    let mut line = String::new();
    let mut start = first.to_owned();
    for word in words.split_whitespace() {
        if !line.is_empty() && start.len() + line.chars().count() + 1 + word.chars().count() > width {
            out.push_str(&format!("{start}{line}\n"));
            start = " ".repeat(first.len());
            line.clear();
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    if !line.is_empty() {
        out.push_str(&format!("{start}{line}\n"));
    }
}
