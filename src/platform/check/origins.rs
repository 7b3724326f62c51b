//! Where each value comes from: sources exist and are used, every value has one, `except` is not stale.

use crate::document::{Check, Examiner, Word, nearest};

use super::super::catalogue::{ClauseView, Naming, clauses};
use super::super::origin::{self, first_day};
use super::{Sense, listed};

impl Sense<'_, '_> {
    pub(super) fn origins(&mut self) {
        let views = clauses(self.ruleset);
        for view in &views {
            self.given(&["sources"], |sense| sense.source_keys(view));
            self.given(&[&view.path], |sense| {
                sense.clause_name(view);
                sense.dates(view);
                sense.exceptions(view);
                sense.every_value_has_an_origin(view);
            });
        }
        // Whether a source is used depends on all clauses.
        self.source_list(&views);
    }

    fn clause_name(&mut self, view: &ClauseView) {
        let name = view.path.split_once('.').map_or("", |(_, name)| name);
        let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
        if !name.bytes().all(fits) || name.starts_with(|c: char| c.is_ascii_digit()) {
            let message = format!("{name:?} is no name for a clause");
            self.error(&view.path, message, "small letters, digits and _, such as `volume`");
        }
    }

    fn source_keys(&mut self, view: &ClauseView) {
        let sources = &self.ruleset.sources;
        let otherwise = || format!("add it to `sources`, or take one of {}", listed(sources.keys()));
        let (prefix, origin) = (format!("{}.", view.path), (&*view.source, &*view.except));
        origin::source_keys(&mut self.check, &prefix, origin, sources, otherwise);
    }

    fn dates(&mut self, view: &ClauseView) {
        let day = |text: &Option<String>| text.as_deref().map(first_day);
        for (field, text) in [("since", &view.since), ("until", &view.until)] {
            if let (Some(text), Some(None)) = (text, day(text)) {
                origin::no_date(&mut self.check, &format!("{}.{field}", view.path), text);
            }
        }
        if let (Some(Some(since)), Some(Some(until))) = (day(&view.since), day(&view.until))
            && since >= until
        {
            let message = format!("the clause is never in force: it ends on {until} and begins on {since}");
            self.error(
                &format!("{}.until", view.path),
                message,
                "`until` is the first day without the clause",
            );
        }
    }

    fn exceptions(&mut self, view: &ClauseView) {
        let path = format!("{}.except", view.path);
        let such_as = "such as [review], or [all]";
        origin::exceptions(&mut self.check, &path, &view.except, such_as, |check, path, word| {
            exception_name(check, path, view, word);
        });
    }

    fn every_value_has_an_origin(&mut self, view: &ClauseView) {
        if !view.source.is_empty() {
            return;
        }
        let bare: Vec<&str> = view.unexplained().collect();
        if !bare.is_empty() {
            let message = format!("no source and no exception covers {} of {}", listed(bare), view.path);
            let help = "name a source, or say in `except` what is assumed; [all] means every value";
            self.error(&format!("{}.source", view.path), message, help);
        }
    }

    fn source_list(&mut self, views: &[ClauseView]) {
        let uses = |key: &str| views.iter().any(|view| view.cites(key));
        origin::source_list(&mut self.check, &self.ruleset.sources, "no clause", uses);
    }
}

/// Notes a name in `except` that is no name of a value.
fn exception_name(check: &mut Check<'_>, path: &str, view: &ClauseView, word: &Word) {
    match view.naming(word.as_str()) {
        Naming::All | Naming::One => {}
        Naming::Several => {
            let message = format!("`{word}` stands for more than one value of {}", view.path);
            check.error(path, message, "name the field around it");
        }
        Naming::WordIn(field) => {
            let message = format!("`{word}` is what a value says, not the value's name");
            check.error(path, message, format!("name its field, `{field}`: it stays when the value changes"));
        }
        Naming::Nothing => {
            let names = view.names();
            let help = match nearest(word.as_str(), names.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("its values are {}", listed(names.iter().copied())),
            };
            check.error(path, format!("{} has no value `{word}`", view.path), help);
        }
    }
}
