//! What must hold in a rulebook: dates rise, rulesets are there, every step has a new place, every value an origin.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::document::{Check, Document, Examiner, Word, nearest};
use crate::glossary::grouped;

use super::super::catalogue;
use super::super::language::{Holder, Limit, Ruleset};
use super::super::origin::first_day;
use super::super::origin::{self, Exception, cited};
use super::super::price::{currency_of, price_table};

use super::{Amendment, BookEra, EraClause, NewTier, WhoseLimit, Written, holder};

/// A rulebook under examination.
pub(super) struct Sense<'w, 'd> {
    pub(super) written: &'w Written,
    pub(super) check: Check<'d>,
}

/// A clause of a rulebook: where it stands, and what its values are called.
struct Place<'p> {
    path: String,
    source: &'p [Word],
    except: &'p [Exception],
    values: &'static [&'static str],
}

impl<'d> Examiner<'d> for Sense<'_, 'd> {
    fn check(&mut self) -> &mut Check<'d> {
        &mut self.check
    }
}

impl Sense<'_, '_> {
    pub(super) fn header(&mut self) {
        let name = &self.written.name;
        let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        if name.is_empty() || !name.bytes().all(fits) {
            let message = format!("{name:?} is no name for a rulebook");
            self.error("name", message, "small letters, digits and hyphens, such as \"platform\"");
        }
        if self.written.title.trim().is_empty() {
            self.error("title", "the title is empty", "one line that tells this rulebook from the others");
        }
        if self.written.eras.is_empty() {
            self.error(
                "eras",
                "a rulebook needs an era",
                "[(from: \"2018-08-01\", ruleset: .., source: [..])]",
            );
        }
    }

    // ---- eras -----------------------------------------------------------------------------------------------

    pub(super) fn eras(&mut self, find: &dyn Fn(&str) -> Option<Document>) -> Vec<BookEra> {
        let mut eras: Vec<BookEra> = Vec::new();
        let mut last: Option<(Date, &str)> = None;
        let mut whole = true;
        for (place, clause) in self.written.eras.iter().enumerate() {
            let at = format!("eras[{place}]");
            self.origins(&Place::of_era(&at, clause));
            let from = self.day(&at, clause, last);
            last = from.map(|from| (from, clause.from.as_str())).or(last);
            let ruleset = self.ruleset(&at, clause, find);
            whole &= from.is_some() && ruleset.is_some();
            if let Some(standing) = &clause.standing {
                self.origins(&Place::of_amendment(&format!("{at}.standing"), standing));
            }
            // An era leans on those before it.
            self.given(&["eras"], |sense| {
                sense.standing(&at, place, clause, eras.last().filter(|_| whole), ruleset.as_ref());
                if let Some(ruleset) = &ruleset {
                    sense.currency(&at, &eras, ruleset);
                }
            });
            if let (Some(from), Some(ruleset)) = (from, ruleset) {
                eras.push(BookEra { from, clause: clause.clone(), ruleset });
            }
        }
        eras
    }

    fn day(&mut self, at: &str, clause: &EraClause, last: Option<(Date, &str)>) -> Option<Date> {
        let path = format!("{at}.from");
        let Some(from) = first_day(&clause.from) else {
            self.given(&[], |sense| origin::no_date(&mut sense.check, &path, &clause.from));
            return None;
        };
        if let Some((_, before)) = last.filter(|(last, _)| *last >= from) {
            let message = format!("the era of {} does not begin after the one of {before}", clause.from);
            self.check.error_given(&["eras"], &path, message, "put the eras in order, the earliest first");
        }
        Some(from)
    }

    fn ruleset(
        &mut self,
        at: &str,
        clause: &EraClause,
        find: &dyn Fn(&str) -> Option<Document>,
    ) -> Option<Ruleset> {
        let path = format!("{at}.ruleset");
        let Some(document) = find(&clause.ruleset) else {
            let help = match nearest(&clause.ruleset, catalogue::names()) {
                Some(near) => format!("did you mean \"{near}\"?"),
                None => {
                    format!("the built-in ones are {}", catalogue::names().collect::<Vec<_>>().join(", "))
                }
            };
            self.check.error_given(&[], &path, format!("there is no ruleset \"{}\"", clause.ruleset), help);
            return None;
        };
        match Ruleset::read(&document) {
            Ok(ruleset) => Some(ruleset),
            Err(findings) => {
                let message = format!("the ruleset \"{}\" cannot be used", clause.ruleset);
                self.check.error_given(&[], &path, message, format!("it says itself why:\n{findings}"));
                None
            }
        }
    }

    /// An account goes on from era to era, and has one currency.
    fn currency(&mut self, at: &str, before: &[BookEra], ruleset: &Ruleset) {
        let of = |ruleset: &Ruleset| currency_of(ruleset, &price_table);
        let Some(own) = of(ruleset) else { return };
        let known = before.iter().find_map(|era| Some((of(&era.ruleset)?, &era.ruleset.name)));
        if let Some((other, name)) = known.filter(|(other, _)| *other != own) {
            let message = format!("the money of {} is in {own}, that of {name} in {other}", ruleset.name);
            let help = "an account goes on from era to era and has one currency: name tables of the same";
            self.error(&format!("{at}.ruleset"), message, help);
        }
    }

    // ---- amendments -----------------------------------------------------------------------------------------

    fn standing(
        &mut self,
        at: &str,
        place: usize,
        clause: &EraClause,
        old: Option<&BookEra>,
        new: Option<&Ruleset>,
    ) {
        match &clause.standing {
            Some(_) if place == 0 => {
                let help = "leave it out: `standing` says what becomes of those who come from the era before";
                self.error(&format!("{at}.standing"), "nothing comes before the first era", help);
            }
            None if place > 0 => {
                let help =
                    "say what becomes of those who come from the era before: (limit: own, tiers: {}, ..)";
                self.error(&format!("{at}.ruleset"), "`standing` is missing", help);
            }
            None => {}
            Some(standing) => {
                let at = format!("{at}.standing");
                if let (Some(old), Some(new)) = (old, new) {
                    self.limit(&at, standing, &old.ruleset, new);
                    self.tiers(&at, standing, &old.ruleset, new);
                }
            }
        }
    }

    fn limit(&mut self, at: &str, standing: &Amendment, old: &Ruleset, new: &Ruleset) {
        let merges = holder(old) == Holder::Number && holder(new) == Holder::Portfolio;
        let message = match (merges, standing.limit) {
            (true, WhoseLimit::own) => "the limits of several numbers become one",
            (false, WhoseLimit::highest | WhoseLimit::lowest) => "no limits become one here",
            _ => return,
        };
        let help = if merges { "write `highest` or `lowest`" } else { "write `own`" };
        self.error(&format!("{at}.limit"), message, help);
    }

    /// Every step of the old ladder has its place, so that no run meets one that has not.
    fn tiers(&mut self, at: &str, standing: &Amendment, old: &Ruleset, new: &Ruleset) {
        let (before, after) = (steps(old), steps(new));
        let with = |limit: Limit| after.iter().find(|(_, other)| *other == limit).map(|(name, _)| *name);
        for (name, limit) in &before {
            if with(*limit).is_none() && standing.tiers.get(name).is_none() {
                let message = format!(
                    "what becomes of the step \"{name}\" ({})? {} has none of that limit",
                    in_words(*limit),
                    new.name
                );
                let help = format!("add \"{name}\": Keep, or New(..) with one of {}", listed(&after));
                self.error(&format!("{at}.tiers"), message, help);
            }
        }
        for (name, home) in standing.tiers.iter() {
            let path = format!("{at}.tiers.\"{name}\"");
            match before.iter().find(|(other, _)| *other == name) {
                None => {
                    let message = format!("{} has no step \"{name}\"", old.name);
                    let help = match nearest(name, before.iter().map(|(name, _)| *name)) {
                        Some(near) => format!("did you mean \"{near}\"?"),
                        None => format!("its steps are {}", listed(&before)),
                    };
                    self.error(&path, message, help);
                }
                Some((_, limit)) => {
                    if let Some(same) = with(*limit) {
                        let message =
                            format!("\"{name}\" moves to \"{same}\" by itself: the limit is the same");
                        self.error(&path, message, "leave it out");
                    }
                }
            }
            if let NewTier::New(to) = home
                && !after.iter().any(|(name, _)| name == to)
            {
                let message = format!("{} has no step \"{to}\"", new.name);
                self.error(&path, message, format!("its steps are {}", listed(&after)));
            }
        }
    }

    // ---- origins --------------------------------------------------------------------------------------------

    fn origins(&mut self, place: &Place<'_>) {
        let Place { path, source, except, .. } = place;
        let sources = &self.written.sources;
        let otherwise =
            || format!("add it to `sources`: there are {}", sources.keys().collect::<Vec<_>>().join(", "));
        let prefix = format!("{path}.");
        self.given(&["sources"], |sense| {
            origin::source_keys(&mut sense.check, &prefix, (*source, *except), sources, otherwise);
        });
        self.given(&[path], |sense| sense.exceptions(place));
    }

    /// What is said of values that no source states.
    fn exceptions(&mut self, place: &Place<'_>) {
        let Place { path, source, except, values } = place;
        let (at, such_as) = (format!("{path}.except"), format!("of {}", values.join(", ")));
        origin::exceptions(&mut self.check, &at, except, &such_as, |check, path, word| {
            origin::value_name(check, path, values, word);
        });
        let named: BTreeSet<&str> = except.iter().flat_map(Exception::fields).map(Word::as_str).collect();
        if source.is_empty() && !named.contains("all") {
            let bare: Vec<&str> = values.iter().copied().filter(|value| !named.contains(value)).collect();
            if !bare.is_empty() {
                let message = format!("no source and no exception covers {}", bare.join(", "));
                let help = "name a source, or say in `except` what is assumed; [all] means every value";
                self.error(&format!("{path}.source"), message, help);
            }
        }
    }

    pub(super) fn sources(&mut self) {
        let places: Vec<Place<'_>> = self.written.eras.iter().flat_map(Place::all_of).collect();
        let uses = |key: &str| places.iter().any(|place| cited(key, place.source, place.except));
        origin::source_list(&mut self.check, &self.written.sources, "no era and no amendment", uses);
    }
}

impl<'p> Place<'p> {
    fn of_era(at: &str, clause: &'p EraClause) -> Place<'p> {
        let EraClause { source, except, .. } = clause;
        Place { path: at.to_owned(), source, except, values: &["from", "ruleset"] }
    }

    fn of_amendment(at: &str, standing: &'p Amendment) -> Place<'p> {
        let Amendment { source, except, .. } = standing;
        let values = &["limit", "tiers", "measures", "reviews", "usage"];
        Place { path: at.to_owned(), source, except, values }
    }

    fn all_of(clause: &'p EraClause) -> impl Iterator<Item = Place<'p>> {
        let standing = clause.standing.iter().map(|standing| Place::of_amendment("", standing));
        standing.chain([Place::of_era("", clause)])
    }
}

/// The steps of a ladder; the one without a limit where there is none, by the name that `Rules` give it.
fn steps(ruleset: &Ruleset) -> Vec<(&str, Limit)> {
    match &ruleset.ladder {
        None => vec![("no tiers", Limit::Unlimited)],
        Some(ladder) => ladder.steps.iter().map(|(name, limit)| (name, *limit)).collect(),
    }
}

fn listed(steps: &[(&str, Limit)]) -> String {
    steps.iter().map(|(name, _)| format!("\"{name}\"")).collect::<Vec<String>>().join(", ")
}

fn in_words(limit: Limit) -> String {
    match limit {
        Limit::AtMost(customers) => grouped(customers),
        Limit::Unlimited => "unlimited".to_owned(),
    }
}
