//! The rules of a case: where their text comes from, and what is read of it.

use std::sync::Arc;

use crate::document::{Document, Findings};
use crate::platform::rulebook::{self, BookEra, Rulebook};
use crate::platform::{RuleChange, Rules, Ruleset, catalogue};
use crate::sim::load::{Following, compile, compile_eras};
use crate::time::Calendar;

/// Where the rules of a case come from.
#[derive(Clone, Debug)]
pub(super) struct RulesText {
    /// The name of a built-in ruleset or rulebook, or the file that the case names, as it stands.
    pub(super) base: Base,
    /// What the case changes of it, in order.
    pub(super) set: Vec<(String, String)>,
}

/// The rules before any change.
#[derive(Clone, Debug)]
pub(super) enum Base {
    Named(String),
    File(Arc<Document>),
}

impl RulesText {
    /// The name that the case gives its rules: of a ruleset, a rulebook, or a file.
    pub(super) fn called(&self) -> &str {
        match &self.base {
            Base::Named(name) => name,
            Base::File(document) => &document.name,
        }
    }

    /// Reads the rules with a change, and then what the case sets.
    pub(super) fn read(&self, change: &RuleChange) -> Result<Book, Findings> {
        let own = |name: &str| catalogue::document(name).or_else(|| rulebook::document(name));
        let document = match &self.base {
            Base::File(document) => Some(document.as_ref().clone()),
            Base::Named(name) => own(name),
        };
        let document = document.unwrap_or_else(|| Document::new("", ""));
        let own = |document: Document| {
            self.set.iter().try_fold(document, |document, (path, value)| document.with(path, value))
        };
        match &self.base {
            Base::Named(name) if rulebook::document(name).is_some() => {
                change.read_book(document, &own).map(Book::Rulebook)
            }
            _ => {
                let ruleset = Ruleset::read(&own(change.of(document)?)?)?;
                Ok(Book::Ruleset(Box::new(ruleset)))
            }
        }
    }
}

/// The rules that hold in a case.
pub(super) enum Book {
    /// From beginning to end.
    Ruleset(Box<Ruleset>),
    /// By the eras of a rulebook.
    Rulebook(Rulebook),
}

impl Book {
    /// The rules called `name`, as they stand in a document.
    pub(super) fn read(name: &str, document: &Document) -> Result<Book, Findings> {
        match rulebook::document(name) {
            Some(_) => Rulebook::read(document).map(Book::Rulebook),
            None => Ruleset::read(document).map(|ruleset| Book::Ruleset(Box::new(ruleset))),
        }
    }

    pub(super) fn name(&self) -> &str {
        match self {
            Book::Ruleset(ruleset) => &ruleset.name,
            Book::Rulebook(book) => book.name(),
        }
    }

    /// The rulesets that may come to hold.
    pub(super) fn rulesets(&self) -> Vec<&Ruleset> {
        match self {
            Book::Ruleset(ruleset) => vec![ruleset],
            Book::Rulebook(book) => book.eras().iter().map(BookEra::ruleset).collect(),
        }
    }

    /// The rules at the start of the calendar, and those of the eras that begin before its end.
    pub(super) fn compile(&self, calendar: &Calendar) -> Option<(Rules, Vec<Following>)> {
        match self {
            Book::Ruleset(ruleset) => Some((compile(ruleset, calendar), Vec::new())),
            Book::Rulebook(book) => compile_eras(book, calendar),
        }
    }
}
