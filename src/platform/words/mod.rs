//! A ruleset in plain English, for people who plan: every clause, what it rests on, and how else it could be read.
//!
//! ```text
//!   Ruleset --> Passage { heading, sentences, notes } --> text wrapped to a width
//!                            |          |
//!                            |          '- sources, exceptions, readings
//!                            '- limits    ladder, numbers, admission, window, official
//!                               ratings   rating
//!                               upgrades  upgrade; signals and conditions of all clauses
//!                               measures  number, template
//!                               trade     review, pacing, price
//! ```
//!
//! The sentences are made from the values, so they change with every value (`--set`). The notes tell the sources,
//! each value that no source states, and for each lower-case word, which is a reading of an open text, what the
//! other readings are.

mod limits;
mod measures;
mod phrases;
mod ratings;
mod trade;
mod unlike;
mod upgrades;

use super::catalogue::{ClauseView, Leaf, clauses, steps};
use super::language::{Holder, Ruleset};
use super::origin::Exception;
use super::readings::{OpenText, open_texts};

pub use self::phrases::span;
use self::phrases::{Who, sentence};
pub use self::unlike::not_simulated;

/// A clause in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passage {
    /// The clause's path in the ruleset, which is its id.
    pub heading: String,
    /// What the clause says.
    pub sentences: Vec<String>,
    /// What it rests on.
    pub notes: Vec<Note>,
}

/// What is to be known about a clause or some of its values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// A source that states the clause: title, address, date and grade.
    Source(String),
    /// Values that another source states.
    By {
        /// The values, by name.
        values: String,
        /// The source.
        source: String,
    },
    /// Values that follow from what a source states.
    Derived {
        /// The values, by name.
        values: String,
        /// How they follow.
        how: String,
    },
    /// Values that no source states.
    Assumed {
        /// The values, by name.
        values: String,
        /// Why they were chosen.
        why: String,
    },
    /// A word that takes one reading of an open text.
    Reading {
        /// The field, or the condition, that takes it.
        field: String,
        /// What is taken: nothing where a list is empty, several where it names several.
        taken: Vec<(String, &'static str)>,
        /// The other documented readings: word and meaning.
        others: Vec<(&'static str, &'static str)>,
    },
}

impl Note {
    /// What an exception says of the values, with `source` to put a key into words.
    pub(super) fn of(exception: &Exception, values: String, source: impl Fn(&str) -> String) -> Note {
        match exception {
            Exception::By(_, key) => Note::By { values, source: source(key.as_str()) },
            Exception::Derived(_, how) => Note::Derived { values, how: how.clone() },
            Exception::Assumed(_, why) => Note::Assumed { values, why: why.clone() },
        }
    }

    /// The kind of note, in one word.
    pub fn label(&self) -> &'static str {
        match self {
            Note::Source(_) => "source",
            Note::By { .. } => "by",
            Note::Derived { .. } => "derived",
            Note::Assumed { .. } => "assumed",
            Note::Reading { .. } => "reading",
        }
    }

    /// What the note says.
    pub fn text(&self) -> String {
        match self {
            Note::Source(source) => source.clone(),
            Note::By { values, source: text }
            | Note::Derived { values, how: text }
            | Note::Assumed { values, why: text } => format!("{values}: {text}"),
            Note::Reading { field, taken, others } => {
                let taken: Vec<String> =
                    taken.iter().map(|(word, says)| format!("{word} ({says})")).collect();
                let others: Vec<String> =
                    others.iter().map(|(word, says)| format!("{word} ({says})")).collect();
                let taken = if taken.is_empty() { "none".to_owned() } else { taken.join(", ") };
                let others = if others.is_empty() { "none".to_owned() } else { others.join(", ") };
                format!("{field}: taken {taken}; others: {others}")
            }
        }
    }
}

/// Every clause of a ruleset in words, in the order of the language.
pub fn passages(ruleset: &Ruleset) -> Vec<Passage> {
    let open = open_texts(ruleset);
    clauses(ruleset).iter().map(|clause| passage(ruleset, clause, &open)).collect()
}

/// The passages as text in lines of at most `width` characters.
pub fn render(passages: &[Passage], width: usize) -> String {
    let mut text = String::new();
    for passage in passages {
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&passage.heading);
        text.push('\n');
        wrap(&mut text, "  ", "  ", &passage.sentences.join(" "), width);
        for note in &passage.notes {
            let label = format!("    {:<9}", note.label());
            wrap(&mut text, &label, "             ", &note.text(), width);
        }
    }
    text
}

fn wrap(out: &mut String, first: &str, rest: &str, text: &str, width: usize) {
    let mut line = first.to_owned();
    let mut empty = true;
    for word in text.split_whitespace() {
        if !empty && line.chars().count() + 1 + word.chars().count() > width {
            out.push_str(&line);
            out.push('\n');
            line = rest.to_owned();
            empty = true;
        }
        if !empty {
            line.push(' ');
        }
        line.push_str(word);
        empty = false;
    }
    out.push_str(line.trim_end());
    out.push('\n');
}

fn passage(ruleset: &Ruleset, clause: &ClauseView, open: &[OpenText]) -> Passage {
    let mut sentences = sentences(ruleset, &clause.path);
    match (&clause.since, &clause.until) {
        (Some(since), Some(until)) => {
            sentences.push(format!("In force from {since} on, and no longer from {until} on."))
        }
        (Some(since), None) => sentences.push(format!("In force from {since} on.")),
        (None, Some(until)) => sentences.push(format!("No longer in force from {until} on.")),
        (None, None) => {}
    }
    Passage { heading: clause.path.clone(), sentences, notes: notes(ruleset, clause, open) }
}

// ---- notes ----------------------------------------------------------------------------------------------------

fn notes(ruleset: &Ruleset, clause: &ClauseView, open: &[OpenText]) -> Vec<Note> {
    let source = |key: &str| match ruleset.sources.get(key) {
        Some(source) => source.in_words(key),
        None => key.to_owned(),
    };
    let mut notes: Vec<Note> = clause.source.iter().map(|key| Note::Source(source(key.as_str()))).collect();
    for exception in &clause.except {
        let values = named_values(clause, exception);
        notes.push(Note::of(exception, values, source));
    }
    let open = open.iter().filter(|text| text.clause == clause.path).cloned();
    notes.extend(open.map(|text| Note::Reading { field: text.field, taken: text.taken, others: text.left }));
    notes
}

/// The values that an exception speaks of: each name, with its value where it is one.
fn named_values(clause: &ClauseView, exception: &Exception) -> String {
    let named = exception.fields().iter().map(|word| {
        if word.as_str() == "all" {
            return "every value".to_owned();
        }
        let leaves: Vec<&Leaf> = clause.under(word.as_str()).collect();
        match leaves.as_slice() {
            [leaf] => {
                let steps = steps(&leaf.path);
                let from = steps.iter().position(|step| *step == word.as_str()).unwrap_or(0);
                format!("{} {}", steps[from..].join(" "), leaf.value).trim().to_owned()
            }
            _ => word.to_string(),
        }
    });
    named.collect::<Vec<String>>().join(", ")
}

// ---- sentences ------------------------------------------------------------------------------------------------

fn sentences(ruleset: &Ruleset, path: &str) -> Vec<String> {
    let (section, name) = path.split_once('.').unwrap_or((path, ""));
    let said = match section {
        "ladder" => ruleset.ladder.as_ref().map(limits::ladder),
        "numbers" => ruleset.numbers.as_ref().map(limits::numbers),
        "admission" => ruleset.admission.get(name).map(limits::cap),
        "window" => ruleset.window.get(name).map(limits::window),
        "rating" => ruleset.rating.get(name).map(ratings::rating),
        "upgrade" => ruleset.upgrade.get(name).map(|clause| upgrades::upgrade(clause, holder(ruleset))),
        "official" => ruleset.official.as_ref().map(limits::official),
        "number" => ruleset.number.get(name).map(|clause| measures::measure(clause, Who::Number)),
        "review" => ruleset.review.as_ref().map(trade::review),
        "pacing" => ruleset.pacing.get(name).map(trade::pacing),
        "template" => ruleset.template.get(name).map(|clause| measures::measure(clause, Who::Template)),
        "price" => ruleset.price.get(name).map(trade::price),
        "fact" => ruleset.fact.get(name).map(|fact| vec![sentence(&fact.says)]),
        _ => None,
    };
    said.unwrap_or_default()
}

fn holder(ruleset: &Ruleset) -> Who {
    match ruleset.ladder.as_ref().map(|ladder| ladder.holder) {
        Some(Holder::Portfolio) => Who::Portfolio,
        _ => Who::Number,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_wrapped_and_hung() {
        let mut text = String::new();
        wrap(&mut text, "- ", "  ", "one two three four", 12);
        assert_eq!(text, "- one two\n  three four\n");
    }
}
