//! The files that a scenario names: rules and profiles, found, changed and read.

use crate::audience::{Behavior, RATES, RateName, check_chance, profile_document, profile_names};
use crate::document::{Check, Document, Findings, did_you_mean};
use crate::platform::rulebook::{self, Rulebook};
use crate::platform::{Ruleset, catalogue};

use super::super::scenario::{ScenarioText, SegmentText};
use super::loader::{Loader, open};
use super::parts::{GIVEN, replace_chances, written_to};
use super::paths::Place;

impl Loader<'_> {
    /// The rulebook of that name, if there is one.
    pub(super) fn rulebook(&self, text: &ScenarioText, others: &mut Findings) -> Option<Rulebook> {
        let document = rulebook::document(&text.platform.ruleset)?;
        let book = match self.under {
            Some(change) => change.read_book(document, &Ok),
            None => Rulebook::read(&document),
        };
        match book {
            Ok(book) => Some(book),
            Err(findings) => {
                others.merge(findings);
                None
            }
        }
    }

    pub(super) fn ruleset(
        &self,
        text: &ScenarioText,
        check: &mut Check<'_>,
        others: &mut Findings,
    ) -> Option<Ruleset> {
        let document = self.rules(text, check)?;
        let read_so = match self.under {
            Some(change) => change.of(document),
            None => Ok(document),
        };
        let changed = read_so.and_then(|document| self.changed(document, |place| place.in_rules()));
        match changed.and_then(|document| Ruleset::read(&document)) {
            Ok(ruleset) => Some(ruleset),
            Err(findings) => {
                others.merge(findings);
                None
            }
        }
    }

    /// The rules as they stand in their file.
    pub(super) fn rules(&self, text: &ScenarioText, check: &mut Check<'_>) -> Option<Document> {
        let name = &text.platform.ruleset;
        if name.ends_with(".ron") {
            return self.beside("platform.ruleset", name, check);
        }
        let document = catalogue::document(name);
        if document.is_none() {
            let help = did_you_mean(name, catalogue::names());
            let message = format!("there is no ruleset \"{name}\"");
            check.error_given(&[], "platform.ruleset", message, help);
        }
        document
    }

    /// The behaviour of each segment that is written to.
    pub(super) fn behaviors(
        &self,
        text: &ScenarioText,
        check: &mut Check<'_>,
        others: &mut Findings,
    ) -> Option<Vec<Behavior>> {
        let known = written_to(text).filter(|name| text.audience.segments.get(name).is_some());
        let read: Vec<Option<Behavior>> =
            known.map(|name| self.behavior(name, text, check, others)).collect();
        read.into_iter().collect()
    }

    pub(super) fn behavior(
        &self,
        name: &str,
        text: &ScenarioText,
        check: &mut Check<'_>,
        others: &mut Findings,
    ) -> Option<Behavior> {
        let segment = text.audience.segments.get(name)?;
        let path = format!("audience.segments.{name}");
        let document = self.profile(name, text, check)?;
        check.given(&[], |check| check_chances(segment, &path, check));
        let changed = self.changed(document, |place| place.in_profile_of(name));
        match changed.and_then(|document| Behavior::read(&document)) {
            Ok(mut behavior) => {
                self.tell_changes(name, &mut behavior);
                replace_chances(&mut behavior, segment.chances.iter());
                Some(behavior)
            }
            Err(findings) => {
                others.merge(findings);
                None
            }
        }
    }

    /// The profile of a segment as it stands in its file.
    pub(super) fn profile(
        &self,
        segment: &str,
        text: &ScenarioText,
        check: &mut Check<'_>,
    ) -> Option<Document> {
        let name = &text.audience.segments.get(segment)?.profile;
        let path = format!("audience.segments.{segment}.profile");
        if name.ends_with(".ron") {
            return self.beside(&path, name, check);
        }
        let document = profile_document(name);
        if document.is_none() {
            let help = did_you_mean(name, profile_names());
            let message = format!("there is no profile \"{name}\"");
            check.error_given(&[], &path, message, help);
        }
        document
    }

    /// The chances of a segment that changes replace are given, and no longer the profile's.
    pub(super) fn tell_changes(&self, segment: &str, behavior: &mut Behavior) {
        let fields = self.changes.iter().filter_map(|(path, _)| Place::of(path).in_profile_of(segment));
        for rate in fields.filter_map(|field| RateName::named(field.split('.').next().unwrap_or(field))) {
            behavior.rate_mut(rate).source = GIVEN.to_owned();
        }
    }

    /// The file of that name beside the scenario.
    pub(super) fn beside(&self, path: &str, name: &str, check: &mut Check<'_>) -> Option<Document> {
        match open(&self.folder.join(name)) {
            Ok(document) => Some(document),
            Err(error) => {
                let help = "files are looked for beside the scenario";
                check.error_given(&[], path, error.to_string(), help);
                None
            }
        }
    }
}

/// What a segment states of the chances of its profile.
fn check_chances(segment: &SegmentText, path: &str, check: &mut Check<'_>) {
    for (rate, prior) in segment.chances.iter() {
        let at = format!("{path}.chances.{rate}");
        if RATES.iter().all(|known| known.name() != rate) {
            let help = did_you_mean(rate, RATES.iter().map(|known| known.name()));
            check.error(&at, format!("a profile has no chance `{rate}`"), help);
        }
        check_chance(prior, &at, check);
    }
}
