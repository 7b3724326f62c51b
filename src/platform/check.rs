//! Reading a ruleset: first its form, then its sense, and all that is wrong with it at once.
//!
//! ```text
//!   Document --form--> Ruleset --sense--> Ruleset        or  Findings, each with its place and advice
//!                        |
//!                        +- origins    sources exist and are used, every value has one, `except` is not stale
//!                        +- nouns      ladder, admission, windows, ratings, ...
//!                        +- upgrades   tiers that they lead to, how one can read them
//!                        +- measures   signals, terms, consequences; their conditions, and those of upgrades
//!                        +- prices     tables that exist and price what is paid, one clause at a time, one currency
//! ```
//!
//! An entry that cannot be read is left out, and the rest is examined: what is found by clauses that can be read whole is
//! told beside it. What may follow from the entry alone is not.
//!
//! What passes can be compiled without a further question: every tier, measure and source that it names exists, and
//! no clause sleeps because a word in it contradicts another.

mod conditions;
mod measures;
mod nouns;
mod origins;
mod upgrades;

use crate::document::{Check, Document, Examiner, Findings, nearest};

use super::language::{CLAUSE_DOCS, Effect, RatingOf, Ruleset, Status};
use super::price::{PriceTable, check_ruleset, price_table};

use conditions::Asks;

impl Ruleset {
    /// Reads a ruleset, or says all that is wrong with it: with its form and, as far as that lets it be judged, with its
    /// sense. Its price clauses name tables that come with the program.
    ///
    /// # Errors
    /// All that is wrong, with places and advice.
    pub fn read(document: &Document) -> Result<Ruleset, Findings> {
        Ruleset::read_with(document, &price_table)
    }

    /// The same with price tables from elsewhere; `table_of` gives the one of a name.
    ///
    /// # Errors
    /// All that is wrong, with places and advice.
    pub fn read_with(
        document: &Document,
        table_of: &dyn Fn(&str) -> Option<PriceTable>,
    ) -> Result<Ruleset, Findings> {
        let (ruleset, left_out) = document.read_what_can_be::<Ruleset>(help)?;
        let mut check = Sense::of(&ruleset, Check::without(document, left_out));
        check.given(&["price"], |check| check_ruleset(&ruleset, table_of, check));
        check.finish(ruleset)
    }
}

/// What a missing field is for; of a name that this language does not have, what it has instead.
fn help(owner: &str, field: &str) -> Option<String> {
    if let Some(instead) = instead(field) {
        return Some(instead.to_owned());
    }
    let clause = CLAUSE_DOCS.iter().find(|doc| doc.name == owner);
    let own = clause.and_then(|doc| doc.fields.iter().find(|doc| doc.name == field)).map(|doc| doc.says);
    let says = own.or(match (owner, field) {
        ("Ruleset", "name") => Some("the name that scenarios use, such as \"platform-2023\""),
        ("Ruleset", "title") => Some("one line for lists"),
        ("Ruleset", "sources") => Some("the publications behind the clauses, by short key"),
        ("Source", "title") => Some("title of the page or document"),
        ("Source", "address") => Some("where it was published"),
        ("Source", "date") => Some("when it was published: \"2022\", \"2022-05\" or \"2022-05-02\""),
        ("Source", "grade") => Some("how far it can be trusted: Official, Provider, Blog or Study"),
        (_, "source") if clause.is_some() => {
            Some("keys of the sources that state the clause; [] only where `except` covers all its values")
        }
        _ => None,
    });
    // In a doc comment the brackets of a unit are escaped.
    says.map(|says| says.trim().replace("\\[", "[").replace("\\]", "]"))
}

/// What this language says for a word of others that has no single counterpart in it.
fn instead(word: &str) -> Option<&'static str> {
    let restarts = || word.starts_with("reset_usage_on_");
    Some(match word {
        "release" | "full_24h" => {
            "a measure's `term` says it: [While(Restricted)] as capacity returns (rolling), [For(Restricted, \"24h\")] and \
             `ends: at_deadline` a day later (full)"
        }
        _ if restarts() => "an upgrade's `usage_restarts` lists it: [upgrade, downgrade, flag, unflag]",
        _ => return None,
    })
}

/// A ruleset under examination.
struct Sense<'r, 'd> {
    ruleset: &'r Ruleset,
    tiers: Vec<&'r str>,
    check: Check<'d>,
}

/// A reading that must be taken where it matters, and only there.
struct Reading {
    field: &'static str,
    /// Whether it must be taken.
    needed: bool,
    /// Whether it may be.
    allowed: bool,
    /// Whether it is.
    given: bool,
    /// Where it matters.
    because: &'static str,
    /// What it answers.
    question: &'static str,
}

impl<'d> Examiner<'d> for Sense<'_, 'd> {
    fn check(&mut self) -> &mut Check<'d> {
        &mut self.check
    }
}

impl<'r, 'd> Sense<'r, 'd> {
    fn of(ruleset: &'r Ruleset, check: Check<'d>) -> Check<'d> {
        let tiers = ruleset.ladder.iter().flat_map(|ladder| ladder.steps.keys()).collect();
        let mut sense = Sense { ruleset, tiers, check };
        sense.given(&[], Sense::header);
        sense.origins();
        sense.nouns();
        sense.verbs();
        sense.check
    }

    /// Whether a reading of the clause at `path` is taken as it should be.
    fn reading(&mut self, path: &str, reading: Reading) {
        let Reading { field, needed, allowed, given, because, question } = reading;
        if needed && !given {
            self.error(path, format!("`{field}` is missing: {because}"), question);
        }
        if given && !allowed {
            let message = format!("`{field}` means nothing here");
            let help = format!("leave it out: it matters where {because}");
            self.error(&format!("{path}.{field}"), message, help);
        }
    }

    fn header(&mut self) {
        let name = &self.ruleset.name;
        if !is_name(name) {
            let message = format!("{name:?} is no name for a ruleset");
            self.error("name", message, "small letters, digits and hyphens, such as \"platform-2023\"");
        }
        if self.ruleset.title.trim().is_empty() {
            self.error("title", "the title is empty", "one line that tells this ruleset from the others");
        }
    }

    fn tier(&mut self, path: &str, name: &str) -> Option<usize> {
        let place = self.tiers.iter().position(|tier| *tier == name);
        if place.is_none() {
            let help = match nearest(name, self.tiers.iter().copied()) {
                _ if self.tiers.is_empty() => "there is no ladder, so there are no tiers".to_owned(),
                Some(near) => format!("did you mean `{near}`? the tiers are {}", self.tiers.join(", ")),
                None => format!("the tiers are {}", self.tiers.join(", ")),
            };
            self.error(path, format!("there is no tier `{name}`"), help);
        }
        place
    }

    fn verbs(&mut self) {
        for (name, upgrade) in self.ruleset.upgrade.iter() {
            let path = format!("upgrade.{name}");
            self.given(&[&path, "ladder", "rating", "number"], |sense| sense.upgrade(&path, upgrade));
        }
        for (name, measure) in self.ruleset.number.iter() {
            let path = format!("number.{name}");
            self.given(&[&path, "ladder", "rating"], |sense| {
                sense.measure(&path, name, measure, Asks::Number)
            });
        }
        for (name, measure) in self.ruleset.template.iter() {
            let path = format!("template.{name}");
            self.given(&[&path, "ladder", "rating"], |sense| {
                sense.measure(&path, name, measure, Asks::Template)
            });
        }
    }

    fn rated(&self, of: RatingOf) -> bool {
        self.ruleset.rating.values().any(|rating| rating.of == of)
    }

    fn number_can_be(&self, status: Status) -> bool {
        let mut measures = self.ruleset.number.values();
        measures.any(|measure| {
            measure.term.iter().any(|term| term.status() == status)
                || measure.then.iter().chain(&measure.if_still).any(|e| *e == Effect::Becomes(status))
        })
    }

    fn can_fall(&self) -> bool {
        let falls = |effect: &Effect| matches!(effect, Effect::Down { .. });
        self.ruleset.number.values().any(|measure| measure.then.iter().chain(&measure.if_still).any(falls))
    }
}

/// Whether a text can name a ruleset or a price table.
pub(super) fn is_name(text: &str) -> bool {
    let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    !text.is_empty() && text.bytes().all(fits)
}

/// A path with one more step, in quotes if it holds what separates steps.
fn step(path: &str, name: &str) -> String {
    if name.contains(['.', '[', ']']) { format!("{path}.\"{name}\"") } else { format!("{path}.{name}") }
}

/// `a`, `b` and `c`
fn listed<'n>(names: impl IntoIterator<Item = &'n str>) -> String {
    let mut seen: Vec<&str> = Vec::new();
    for name in names {
        if !seen.contains(&name) {
            seen.push(name);
        }
    }
    let quoted: Vec<String> = seen.iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, before)) => format!("{} and {last}", before.join(", ")),
        None => "nothing".to_owned(),
    }
}
