//! What differs between two rulesets, clause by clause: in sentences for people, and value by value.
//!
//! ```text
//!   Ruleset A --clauses--> values by path --+
//!                                           +--> Diff: changed, only in A, only in B  --> text, JSON
//!   Ruleset B --clauses--> values by path --+
//! ```
//!
//! Where a value comes from is not compared: two sources may state the same rule.

use std::collections::BTreeMap;

use serde::Serialize;

use super::catalogue::{ClauseView, Leaf, clauses};
use super::language::Ruleset;
use super::words;

/// What differs between two rulesets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Diff {
    /// Name of the first ruleset.
    pub from: String,
    /// Name of the second one.
    pub to: String,
    /// How many clauses are the same in both.
    pub same: usize,
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

/// Compares two rulesets.
pub fn diff(from: &Ruleset, to: &Ruleset) -> Diff {
    let (before, after) = (clauses(from), clauses(to));
    let (said_before, said_after) = (said(from), said(to));
    let mut diff = Diff {
        from: from.name.clone(),
        to: to.name.clone(),
        same: 0,
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

    /// As text in lines of at most `width` characters, where words allow it.
    pub fn render(&self, width: usize) -> String {
        let Diff { from, to, same, changed, only_from, only_to } = self;
        if self.is_empty() {
            return format!("{from} and {to} say the same, in {same} clauses.\n");
        }
        let summary = format!(
            "{from} -> {to}: of the clauses {} differ, {} are gone, {} are new, {same} are the same.",
            changed.len(),
            only_from.len(),
            only_to.len()
        );
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
