//! A text somebody wrote, and everything that can be said about it.
//!
//! Scenarios and rulesets are RON files written by people who plan and do not program. This module reads such a
//! file into any type that serde can read, and where it cannot it says why, at the place, for *all* mistakes of the
//! file at once. It also finds the place of a value by its path, replaces a value by its path (`--set`), and turns
//! values back into paths and texts (`rules show`, `rules diff`). It knows nothing of scenarios or rulesets.
//!
//! What can be read without its faulty entries is checked for sense all the same: a [`Check`] that is told of them notes
//! what was found by the values at some paths alone, if these were read whole, and nothing that may follow from the rest.
//!
//! ```text
//!               +- scan ---> tree of nodes with their ranges --- locate: path -> range
//!               |                |                                   |
//!   Document ---+                |   blank the faulty entry,         +--- with:  path, value -> Document
//!   name, text  |                v   read again                      +--- Check: path, message -> Finding
//!               +- ron ---> error at a position <--+
//!               |                |                 |
//!               |                +--- Finding -----+----> Findings: printed with the lines concerned
//!               v
//!               T ----- tree::of ----> leaves: path, value
//! ```

mod at;
mod check;
mod edit;
mod finding;
mod locate;
mod name;
mod node;
mod ordered;
mod read;
mod scan;
pub mod tree;
mod wording;

use std::ops::Range;

pub use check::Check;
pub(crate) use check::Examiner;
pub use finding::{Finding, Findings, Level};
pub use ordered::{Ordered, Word};
pub use read::{FieldHelp, LeftOut, options};
pub(crate) use wording::did_you_mean;
pub use wording::nearest;

/// A named text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// The name of the file as it is shown to the reader.
    pub name: String,
    /// What stands in the file.
    pub text: String,
}

impl Document {
    /// A document of this name and text. A byte order mark at the beginning, as some editors write it, is dropped.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        let text: String = text.into();
        let text = text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text);
        Document { name: name.into(), text }
    }

    /// The range of the value at `path`, such as `upgrade.volume.review` or `segments\[0\].share`.
    ///
    /// A segment is a field, a map key (in quotes if it holds a dot), an index, the word of a list element
    /// (`when.Usage`) or the word of a variant (`within.Rolling`), which may also be left out.
    pub fn locate(&self, path: &str) -> Option<Range<usize>> {
        let root = scan::scan(&self.text).root?;
        locate::find(&root, &self.text, path).map(|found| found.node.span.clone())
    }

    /// The text as names and values, whatever type it is meant for; nothing where it holds no value.
    pub fn tree(&self) -> Option<tree::Tree> {
        Some(scan::scan(&self.text).root?.tree(&self.text))
    }

    /// The range of what names the value at `path`: its field, key or word; for an index the value itself.
    pub fn locate_key(&self, path: &str) -> Option<Range<usize>> {
        let root = scan::scan(&self.text).root?;
        locate::find(&root, &self.text, path).map(|found| found.key)
    }
}
