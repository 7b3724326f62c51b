//! Where each value of a ruleset comes from: a source, a computation from one, or an assumption with its reason.

use serde::{Deserialize, Serialize};

use crate::document::Word;

/// A publication that states rules.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Title of the page or document.
    pub title: String,
    /// Where it was published (site and page; never fetched).
    pub address: String,
    /// When it was published or last seen in force, as precisely as known: `2022`, `2022-05` or `2022-05-02`.
    pub date: String,
    /// How much it can be trusted.
    pub grade: Grade,
}

/// How far a source can be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Grade {
    /// The platform's own text, or a mirror of it.
    Official,
    /// A solution provider's documentation.
    Provider,
    /// A vendor's blog.
    Blog,
    /// A study.
    Study,
}

/// Values of a clause that do not come from its `source` list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Exception {
    /// No source states these values; the text says why they were chosen.
    Assumed(Vec<Word>, String),
    /// These values follow from what a source states; the text says how.
    Derived(Vec<Word>, String),
    /// Another source of the file states these values.
    By(Vec<Word>, Word),
}

impl Exception {
    /// The fields or condition words that it speaks of; `all` means every value of the clause.
    pub fn fields(&self) -> &[Word] {
        match self {
            Exception::Assumed(fields, _) | Exception::Derived(fields, _) | Exception::By(fields, _) => {
                fields
            }
        }
    }
}

/// What every clause carries besides its own values.
#[derive(Clone, Copy, Debug)]
pub struct Origin<'r> {
    /// Keys of the sources that state the clause.
    pub source: &'r [Word],
    /// The values that come from elsewhere.
    pub except: &'r [Exception],
    /// First civil date on which the clause is in force; always, when absent.
    pub since: Option<&'r str>,
    /// First civil date on which it is no longer in force; never, when absent.
    pub until: Option<&'r str>,
}

impl<'r> Origin<'r> {
    /// What is said of the value at `steps`, the field names and words from the clause down to the value.
    pub fn of_value(&self, steps: &[&str]) -> Option<&'r Exception> {
        let names =
            |exception: &Exception, name: &str| exception.fields().iter().any(|word| word.as_str() == name);
        let closest =
            steps.iter().rev().find_map(|step| self.except.iter().find(|exception| names(exception, step)));
        closest.or_else(|| self.except.iter().find(|exception| names(exception, "all")))
    }
}
