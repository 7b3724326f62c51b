//! A case under other rules: one value of its rules is another, and everything that the case says stays.
//!
//! ```text
//!   file of the rules --RuleChange--> changed --the case's own `set`--> read, compiled --> the same Case on them
//! ```
//!
//! What the case sets itself comes last, so that a case that states a value keeps it. Tiers, numbers and templates are
//! found by their place, which no change of one value moves.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::document::Findings;
use crate::platform::RuleChange;

use super::Case;
use super::book::{Base, Book};

/// Rules that were read already under one change: cases that set the same share them.
#[derive(Default)]
pub struct Shelf(BTreeMap<Label, Arc<Book>>);

/// The name of rules, and what a case sets of them.
type Label = (String, Vec<(String, String)>);

impl Case {
    /// Whether its rules, or those of an era that begins during it, have this name; or the rulebook that they stand in.
    pub fn has_rules(&self, name: &str) -> bool {
        self.rulesets().any(|own| own == name) || self.text.called() == name
    }

    /// Whether the case itself sets, of the rules of this name, one of these values, a part of it or what it is a part
    /// of.
    pub fn sets<'p>(&self, rules: &str, mut paths: impl Iterator<Item = &'p str>) -> bool {
        let within = |inner: &str, outer: &str| {
            let rest = inner.strip_prefix(outer);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
        };
        // What is set in a rulebook is the rulebook's own.
        let own = self.text.called() == rules || matches!(self.text.base, Base::File(_));
        own && paths.any(|path| self.text.set.iter().any(|(set, _)| within(set, path) || within(path, set)))
    }

    /// The same case with a value of its rules changed; nothing where none of its rules has the name that the change
    /// gives. `shelf` serves one change only.
    ///
    /// # Errors
    /// A change that the rules, together with what the case sets, do not take.
    pub fn under(&self, change: &RuleChange, shelf: &mut Shelf) -> Result<Option<Case>, Findings> {
        if !self.has_rules(&change.rules) {
            return Ok(None);
        }
        let key = (self.text.called().to_owned(), self.text.set.clone());
        let book = match shelf.0.get(&key) {
            Some(book) => book.clone(),
            None => {
                let book = Arc::new(self.text.read(change)?);
                shelf.0.insert(key, book.clone());
                book
            }
        };
        let compiled = book.compile(&self.calendar);
        Ok(compiled.map(|(rules, later)| Case { rules, later, ..self.clone() }))
    }
}
