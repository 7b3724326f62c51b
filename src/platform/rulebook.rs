//! Rulebooks: rulesets with the dates from which they are in force, and what becomes of the standing at each change.
//!
//! ```text
//!   Document --form--> eras --sense--> Rulebook --compile--> [Era { from, rules, amendment }]
//!                        |                |
//!                        |                +- era_at(date), at(date): what is in force on a day
//!                        +- dates rise, rulesets are there and free of contradictions, every step of an old
//!                           ladder has a place on the new one, every value has an origin
//! ```
//!
//! An amendment belongs to a pair of rulesets, hence to the rulebook: the same ruleset can follow another one.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::document::{Check, Document, Findings, Ordered, Word, nearest, tree};
use crate::glossary::grouped;
use crate::time::SimTime;

use super::amend::{Amending, Home};
use super::catalogue;
use super::check::first_day;
use super::language::{Holder, Limit, Ruleset};
use super::origin::{self, Exception, Source, cited};
use super::price::{currency_of, price_table};
use super::readings::{Alternative, OpenText};
use super::rules::{ClauseId, ClauseInfo, Rules, Tier};
use super::words::{self, Note, Passage};

/// Name and text of each built-in rulebook.
const BUILT_IN: &[(&str, &str)] =
    &[("platform", include_str!("../../scenarios/rulesets/platform.rulebook.ron"))];

/// The names of the built-in rulebooks.
pub fn names() -> impl ExactSizeIterator<Item = &'static str> {
    BUILT_IN.iter().map(|(name, _)| *name)
}

/// The file of a built-in rulebook.
///
/// ```
/// use jiff::civil::date;
/// use tiercast::platform::rulebook::{self, Rulebook};
///
/// let document = rulebook::document("platform").expect("it comes with the program");
/// let rulebook = Rulebook::read(&document)?;
/// let era = rulebook.era_at(date(2022, 5, 2)).expect("the platform was there");
/// assert_eq!(era.ruleset().name, "platform-2021-09");
/// # Ok::<(), tiercast::document::Findings>(())
/// ```
pub fn document(name: &str) -> Option<Document> {
    let (name, text) = BUILT_IN.iter().find(|(other, _)| *other == name)?;
    Some(Document::new(format!("{name}.rulebook.ron"), *text))
}

// ---- the language ---------------------------------------------------------------------------------------------

/// A rulebook as it stands in its file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename = "Rulebook")]
struct Written {
    /// The name that scenarios use; also the name of the file.
    name: String,
    /// One line for lists.
    title: String,
    /// The publications behind the eras and amendments, by short key.
    sources: Ordered<Source>,
    /// The eras, the earliest first.
    eras: Vec<EraClause>,
}

/// An era as the file tells it: from when on which rules are in force.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename = "Era")]
pub struct EraClause {
    /// First day of the era, such as `"2025-10-07"`.
    pub from: String,
    /// The ruleset in force: the name of a built-in one, or of one that stands beside the rulebook.
    pub ruleset: String,
    /// What becomes of the standing as the era begins; absent in the first one alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub standing: Option<Amendment>,
    /// Keys of the sources that state the day and the rules of the era.
    pub source: Vec<Word>,
    /// Values that come from elsewhere.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub except: Vec<Exception>,
}

/// What becomes of the standing as an era begins.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Amendment {
    /// Whose limit holds: everybody's `own`, or the `highest` or `lowest` of those that become one.
    pub limit: WhoseLimit,
    /// What becomes of the steps without a step of the same limit: `New("250")` or `Keep`.
    pub tiers: Ordered<NewTier>,
    /// Whether measures with a deadline, of numbers and templates, keep it or end.
    pub measures: Fate,
    /// Whether running reviews of a rise keep their end or end without a rise.
    pub reviews: Fate,
    /// Whether the usage towards a rise is kept or counting begins anew.
    pub usage: Fate,
    /// Keys of the sources that state the amendment.
    pub source: Vec<Word>,
    /// Values that come from elsewhere.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub except: Vec<Exception>,
}

/// Whose limit holds after an amendment (reading).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(non_camel_case_types, reason = "lower-case words are readings in the rule language")]
pub enum WhoseLimit {
    /// Everybody's own; numbers that part from a portfolio each take its limit.
    own,
    /// The highest of those that become one.
    highest,
    /// The lowest of those that become one.
    lowest,
}

/// What becomes of a step that the new ladder lacks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum NewTier {
    /// It becomes this step.
    New(String),
    /// The limit stays until the next rise, to the first step above it.
    Keep,
}

/// What becomes of what is under way and has a clause in the new rules, too (reading).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(non_camel_case_types, reason = "lower-case words are readings in the rule language")]
pub enum Fate {
    /// It keeps its promised end.
    keep,
    /// It ends.
    end,
}

/// Where several limits become one.
const LIMIT_READINGS: &[(&str, &str)] = &[
    ("highest", "the highest limit of those that become one"),
    ("lowest", "the lowest limit of those that become one"),
];
const FATE_READINGS: &[(&str, &str)] =
    &[("keep", "it keeps its promised end"), ("end", "it ends with the era")];
const USAGE_READINGS: &[(&str, &str)] =
    &[("keep", "what was counted counts on"), ("end", "counting begins anew")];

fn help(owner: &str, field: &str) -> Option<String> {
    let says = match (owner, field) {
        ("Rulebook", "name") => "the name that scenarios use, such as \"platform\"",
        ("Rulebook", "title") => "one line for lists",
        ("Rulebook", "sources") => "the publications behind the eras and amendments, by short key",
        ("Rulebook", "eras") => "the eras, the earliest first: [(from: \"2018-08-01\", ruleset: .., ..), ..]",
        ("Era", "from") => "the first day of the era, such as \"2025-10-07\"",
        ("Era", "ruleset") => "the name of the ruleset in force",
        ("Amendment", "limit") => "whose limit holds: own, highest or lowest",
        ("Amendment", "tiers") => {
            "what becomes of steps that the new ladder lacks: { \"50\": New(\"250\") }, or {}"
        }
        ("Amendment", "measures") => "whether measures with a deadline keep it: keep or end",
        ("Amendment", "reviews") => "whether running reviews go on: keep or end",
        ("Amendment", "usage") => "whether the usage towards a rise is kept: keep or end",
        ("Era" | "Amendment", "source") => "keys of the sources; [] only where `except` covers all values",
        _ => return None,
    };
    Some(says.to_owned())
}

// ---- a rulebook that was read ---------------------------------------------------------------------------------

/// Rulesets with the dates from which they are in force.
#[derive(Clone, Debug, PartialEq)]
pub struct Rulebook {
    name: String,
    title: String,
    sources: Ordered<Source>,
    eras: Vec<BookEra>,
}

/// An era of a rulebook.
#[derive(Clone, Debug, PartialEq)]
pub struct BookEra {
    from: Date,
    clause: EraClause,
    ruleset: Ruleset,
}

impl BookEra {
    /// Its first day.
    pub fn from(&self) -> Date {
        self.from
    }

    /// What the file says of it.
    pub fn clause(&self) -> &EraClause {
        &self.clause
    }

    /// The rules in force.
    pub fn ruleset(&self) -> &Ruleset {
        &self.ruleset
    }
}

/// An era ready for a run.
#[derive(Clone, Debug)]
pub struct Era {
    /// The instant at which it begins; the start of the run, for the era in which that lies.
    pub from: SimTime,
    /// Its rules.
    pub rules: Rules,
    /// How the standing moves into it; nothing for the era in which the run starts.
    pub amendment: Option<Amending>,
}

impl Rulebook {
    /// Reads a rulebook on the built-in rulesets, or says all that is wrong with it.
    pub fn read(document: &Document) -> Result<Rulebook, Findings> {
        Rulebook::read_with(document, &catalogue::document)
    }

    /// Reads a rulebook; `find` gives the file of a ruleset by the name that an era calls it.
    pub fn read_with(
        document: &Document,
        find: &dyn Fn(&str) -> Option<Document>,
    ) -> Result<Rulebook, Findings> {
        let written: Written = document.read_with_help(help)?;
        let mut sense = Sense { written: &written, check: Check::new(document) };
        sense.header();
        let eras = sense.eras(find);
        sense.sources();
        let check = sense.check;
        let Written { name, title, sources, .. } = written;
        check.finish(Rulebook { name, title, sources, eras })
    }

    /// The name that scenarios use.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// One line for lists.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// The eras, the earliest first.
    pub fn eras(&self) -> &[BookEra] {
        &self.eras
    }

    /// The era in force on a day; none before the first.
    pub fn era_at(&self, date: Date) -> Option<&BookEra> {
        self.eras.iter().rev().find(|era| era.from <= date)
    }

    /// Makes ready the era in which `start` lies and all later ones, in order; none at all where `start` lies before
    /// the first era. `instant_of` gives the instant at which a civil date begins, `midnights` the instants at which
    /// the civil days of the run begin.
    pub fn compile(
        &self,
        start: Date,
        instant_of: &dyn Fn(&str) -> SimTime,
        midnights: &[SimTime],
    ) -> Vec<Era> {
        let first = self.eras.iter().rposition(|era| era.from <= start);
        let mut compiled: Vec<Era> = Vec::new();
        for era in first.map_or(&[][..], |first| &self.eras[first..]) {
            let mut rules = Rules::compile(&era.ruleset, midnights.to_vec(), instant_of);
            let before = compiled.last().map(|before| &before.rules);
            let standing = before.zip(era.clause.standing.as_ref());
            let amendment = standing.map(|(old, standing)| {
                let cites = cites(&self.sources, &standing.source);
                rules.clauses.push(ClauseInfo { path: path(era), cites });
                standing.compile(old, &rules)
            });
            let from = if compiled.is_empty() { SimTime::START } else { instant_of(&era.from.to_string()) };
            compiled.push(Era { from, rules, amendment });
        }
        compiled
    }
}

/// The id of an amendment.
fn path(era: &BookEra) -> String {
    format!("amendment.{}", era.ruleset.name)
}

/// What a change cites for an amendment.
fn cites(sources: &Ordered<Source>, keys: &[Word]) -> String {
    let titled = keys.iter().filter_map(|key| {
        let source = sources.get(key.as_str())?;
        Some(format!("{}, {}", source.title, source.date))
    });
    let titled: Vec<String> = titled.collect();
    if titled.is_empty() { "assumed".to_owned() } else { titled.join("; ") }
}

impl Amendment {
    /// `rules`, the new ones, end with the clause of the amendment.
    fn compile(&self, old: &Rules, rules: &Rules) -> Amending {
        let home = |tier: &Tier| {
            let same = rules.tiers.iter().position(|other| other.limit == tier.limit);
            let named = || match self.tiers.get(&tier.name) {
                Some(NewTier::New(name)) => rules.tier(name),
                Some(NewTier::Keep) | None => None,
            };
            let kept = || Home::Kept(tier.limit.map_or(Limit::Unlimited, Limit::AtMost));
            same.or_else(named).map_or_else(kept, Home::Rung)
        };
        Amending {
            clause: (rules.clauses.len() - 1) as ClauseId,
            limit: self.limit,
            homes: old.tiers.iter().map(home).collect(),
            measures: self.measures,
            reviews: self.reviews,
            usage: self.usage,
        }
    }
}

// ---- sense ----------------------------------------------------------------------------------------------------

/// A rulebook under examination.
struct Sense<'w, 'd> {
    written: &'w Written,
    check: Check<'d>,
}

/// A clause of a rulebook: where it stands, and what its values are called.
struct Place<'p> {
    path: String,
    source: &'p [Word],
    except: &'p [Exception],
    values: &'static [&'static str],
}

impl Sense<'_, '_> {
    fn error(&mut self, path: &str, message: impl Into<String>, help: impl Into<String>) {
        self.check.error(path, message, help);
    }

    fn header(&mut self) {
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

    fn eras(&mut self, find: &dyn Fn(&str) -> Option<Document>) -> Vec<BookEra> {
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
            self.standing(&at, place, clause, eras.last().filter(|_| whole), ruleset.as_ref());
            if let (Some(from), Some(ruleset)) = (from, ruleset) {
                self.currency(&at, &eras, &ruleset);
                eras.push(BookEra { from, clause: clause.clone(), ruleset });
            }
        }
        eras
    }

    fn day(&mut self, at: &str, clause: &EraClause, last: Option<(Date, &str)>) -> Option<Date> {
        let path = format!("{at}.from");
        let Some(from) = first_day(&clause.from) else {
            origin::no_date(&mut self.check, &path, &clause.from);
            return None;
        };
        if let Some((_, before)) = last.filter(|(last, _)| *last >= from) {
            let message = format!("the era of {} does not begin after the one of {before}", clause.from);
            self.error(&path, message, "put the eras in order, the earliest first");
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
            self.error(&path, format!("there is no ruleset \"{}\"", clause.ruleset), help);
            return None;
        };
        match Ruleset::read(&document) {
            Ok(ruleset) => Some(ruleset),
            Err(findings) => {
                let message = format!("the ruleset \"{}\" cannot be used", clause.ruleset);
                self.error(&path, message, format!("it says itself why:\n{findings}"));
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
                self.origins(&Place::of_amendment(&at, standing));
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
        let Place { path, source, except, values } = place;
        let sources = &self.written.sources;
        let otherwise =
            || format!("add it to `sources`: there are {}", sources.keys().collect::<Vec<_>>().join(", "));
        origin::source_keys(&mut self.check, &format!("{path}."), (*source, *except), sources, otherwise);
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

    fn sources(&mut self) {
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

fn holder(ruleset: &Ruleset) -> Holder {
    ruleset.ladder.as_ref().map_or(Holder::Number, |ladder| ladder.holder)
}

/// The steps of a ladder; the one without a limit where there is none, by the name that [`Rules`] give it.
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

// ---- words ----------------------------------------------------------------------------------------------------

impl Rulebook {
    /// Every era and amendment in words, in order; an amendment under the id that changes cite.
    pub fn passages(&self) -> Vec<Passage> {
        let mut passages = Vec::new();
        for (place, era) in self.eras.iter().enumerate() {
            let until = self.eras.get(place + 1).map(|next| next.from);
            passages.push(self.era_passage(era, until));
            if let Some(standing) = &era.clause.standing {
                let old = place.checked_sub(1).map(|before| &self.eras[before].ruleset);
                passages.push(self.amendment_passage(era, standing, old));
            }
        }
        passages
    }

    /// The open texts of its amendments, in order; those of its rulesets are theirs.
    pub fn open_texts(&self) -> Vec<OpenText> {
        let mut texts = Vec::new();
        for (place, pair) in self.eras.windows(2).enumerate() {
            let [before, era] = pair else { continue };
            let Some(standing) = &era.clause.standing else { continue };
            let (clause, at) = (path(era), format!("eras[{}].standing", place + 1));
            let text = |field: &str, value: String, words: &[(&'static str, &'static str)]| {
                OpenText::of_word(&clause, field, format!("{at}.{field}"), value, words)
            };
            if standing.limit != WhoseLimit::own {
                texts.push(text("limit", written(&standing.limit), LIMIT_READINGS));
            }
            for (tier, home) in standing.tiers.iter() {
                let other = other_home(home, tier, &before.ruleset, &era.ruleset);
                texts.extend(other.map(|other| OpenText {
                    clause: clause.clone(),
                    field: format!("tiers {tier}"),
                    path: format!("{at}.tiers.\"{tier}\""),
                    value: written(home),
                    taken: Vec::new(),
                    left: Vec::new(),
                    others: vec![other],
                }));
            }
            texts.push(text("measures", written(&standing.measures), FATE_READINGS));
            texts.push(text("reviews", written(&standing.reviews), FATE_READINGS));
            texts.push(text("usage", written(&standing.usage), USAGE_READINGS));
        }
        texts
    }

    fn era_passage(&self, era: &BookEra, until: Option<Date>) -> Passage {
        let until = until.map_or_else(String::new, |until| format!(", until {until}"));
        Passage {
            heading: format!("{} {}", era.from, era.ruleset.name),
            sentences: vec![format!("In force from {}{until}: {}.", era.from, era.ruleset.title)],
            notes: self.notes(&era.clause.source, &era.clause.except, &era_values(&era.clause)),
        }
    }

    fn amendment_passage(&self, era: &BookEra, standing: &Amendment, old: Option<&Ruleset>) -> Passage {
        let mut notes = self.notes(&standing.source, &standing.except, &values(standing));
        if standing.limit != WhoseLimit::own {
            notes.push(reading("limit", &standing.limit, LIMIT_READINGS));
        }
        notes.push(reading("measures", &standing.measures, FATE_READINGS));
        notes.push(reading("reviews", &standing.reviews, FATE_READINGS));
        notes.push(reading("usage", &standing.usage, USAGE_READINGS));
        Passage { heading: path(era), sentences: sentences(standing, old, &era.ruleset), notes }
    }

    fn notes(&self, source: &[Word], except: &[Exception], values: &[(&str, String)]) -> Vec<Note> {
        let named = |exception: &Exception| {
            let value = |word: &Word| match values.iter().find(|(name, _)| *name == word.as_str()) {
                Some((name, value)) => format!("{name} {value}"),
                None => "every value".to_owned(),
            };
            exception.fields().iter().map(value).collect::<Vec<String>>().join(", ")
        };
        let exceptions =
            except.iter().map(|exception| Note::of(exception, named(exception), |key| self.source(key)));
        source.iter().map(|key| Note::Source(self.source(key.as_str()))).chain(exceptions).collect()
    }

    fn source(&self, key: &str) -> String {
        self.sources.get(key).map_or_else(|| key.to_owned(), |source| source.in_words(key))
    }
}

/// What else may become of a step that the new ladder lacks: its limit stays, or it becomes the first step above it.
fn other_home(home: &NewTier, tier: &str, old: &Ruleset, new: &Ruleset) -> Option<Alternative> {
    if let NewTier::New(_) = home {
        let says = "the limit stays until the next rise, to the first step above it".to_owned();
        return Some(Alternative { value: "Keep".to_owned(), says });
    }
    let limit = *old.ladder.as_ref()?.steps.get(tier)?;
    let above = |other: &Limit| match (limit, other) {
        (Limit::AtMost(own), Limit::AtMost(other)) => *other > own,
        (Limit::AtMost(_), Limit::Unlimited) => true,
        (Limit::Unlimited, _) => false,
    };
    let (next, _) = new.ladder.as_ref()?.steps.iter().find(|(_, limit)| above(limit))?;
    let says = format!("it becomes the step {next}");
    Some(Alternative { value: format!("New({next:?})"), says })
}

/// The values of an era, by name, as the file writes them.
fn era_values(clause: &EraClause) -> Vec<(&'static str, String)> {
    vec![("from", clause.from.clone()), ("ruleset", clause.ruleset.clone())]
}

/// The values of an amendment, by name, as the file writes them.
fn values(standing: &Amendment) -> Vec<(&'static str, String)> {
    vec![
        ("limit", written(&standing.limit)),
        ("tiers", written(&standing.tiers)),
        ("measures", written(&standing.measures)),
        ("reviews", written(&standing.reviews)),
        ("usage", written(&standing.usage)),
    ]
}

fn written(value: &impl Serialize) -> String {
    tree::of(value).map(|tree| tree.to_string()).unwrap_or_default()
}

fn reading(field: &str, value: &impl Serialize, words: &[(&'static str, &'static str)]) -> Note {
    let taken = written(value);
    let says = words.iter().find(|(word, _)| *word == taken).map_or("", |(_, says)| says);
    Note::Reading {
        field: field.to_owned(),
        others: words.iter().filter(|(word, _)| *word != taken).copied().collect(),
        taken: vec![(taken, says)],
    }
}

fn sentences(standing: &Amendment, old: Option<&Ruleset>, new: &Ruleset) -> Vec<String> {
    let old_holder = old.map_or(Holder::Number, holder);
    let mut said = vec![match (old_holder, holder(new), standing.limit) {
        (Holder::Number, Holder::Portfolio, WhoseLimit::lowest) => {
            "The limits of the numbers become one of the portfolio, the lowest.".to_owned()
        }
        (Holder::Number, Holder::Portfolio, _) => {
            "The limits of the numbers become one of the portfolio, the highest.".to_owned()
        }
        (Holder::Portfolio, Holder::Number, _) => "Each number takes the limit of the portfolio.".to_owned(),
        _ => "Whoever holds a limit goes on with it.".to_owned(),
    }];
    said.extend(standing.tiers.iter().map(|(name, home)| match home {
        NewTier::New(to) => format!("The step {name} becomes {to}."),
        NewTier::Keep => {
            format!("The limit of the step {name} stays until the next rise, to the first step above it.")
        }
    }));
    said.push("What the new rules have no clause for ends.".to_owned());
    said.push(match standing.measures {
        Fate::keep => "Other measures keep their promised end.".to_owned(),
        Fate::end => "Other measures with a deadline end, too; what came for good stays.".to_owned(),
    });
    said.push(match standing.reviews {
        Fate::keep => "Running reviews of a rise keep their promised end.".to_owned(),
        Fate::end => "Running reviews end without a rise.".to_owned(),
    });
    said.push(match standing.usage {
        Fate::keep => "Customers reached and the usage towards a rise count on.".to_owned(),
        Fate::end => "Customers reached count on; the usage towards a rise begins anew.".to_owned(),
    });
    said
}

// ---- what is in force on a day --------------------------------------------------------------------------------

/// What is in force on a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OnDay {
    /// The day.
    pub date: String,
    /// The rulebook's name.
    pub rulebook: String,
    /// The name of the ruleset in force.
    pub ruleset: String,
    /// Its title.
    pub title: String,
    /// First day of the era.
    pub from: String,
    /// First day of the next era, if one is known.
    pub until: Option<String>,
    /// The ruleset of the next era.
    pub next: Option<String>,
    /// What is assumed of the era's first day and rules.
    pub assumed: Vec<String>,
    /// The clauses that are not in force in the whole of the era.
    pub dated: Vec<DatedClause>,
}

/// A clause with a date of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DatedClause {
    /// Its path in the ruleset.
    pub clause: String,
    /// How it stands on the day.
    pub stands: Stands,
    /// First date on which it is in force.
    pub since: Option<String>,
    /// First date on which it is no longer in force.
    pub until: Option<String>,
    /// What it says.
    pub says: Vec<String>,
}

/// How a dated clause stands on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stands {
    /// It is in force.
    InForce,
    /// It will be.
    NotYet,
    /// It was.
    NoLonger,
}

impl Rulebook {
    /// What is in force on a day; nothing before the first era.
    pub fn at(&self, date: Date) -> Option<OnDay> {
        let place = self.eras.iter().rposition(|era| era.from <= date)?;
        let (era, next) = (&self.eras[place], self.eras.get(place + 1));
        let clause = &era.clause;
        let notes = self.notes(&[], &clause.except, &era_values(clause));
        Some(OnDay {
            date: date.to_string(),
            rulebook: self.name.clone(),
            ruleset: era.ruleset.name.clone(),
            title: era.ruleset.title.clone(),
            from: era.from.to_string(),
            until: next.map(|next| next.from.to_string()),
            next: next.map(|next| next.ruleset.name.clone()),
            assumed: notes.iter().filter(|note| note.label() == "assumed").map(Note::text).collect(),
            dated: dated(&era.ruleset, date),
        })
    }
}

fn dated(ruleset: &Ruleset, date: Date) -> Vec<DatedClause> {
    let passages = words::passages(ruleset);
    let clauses = catalogue::clauses(ruleset);
    let dated = clauses.into_iter().zip(passages).filter(|(c, _)| c.since.is_some() || c.until.is_some());
    dated
        .map(|(clause, passage)| {
            let day = |text: &Option<String>| text.as_deref().and_then(first_day);
            let stands = match (day(&clause.since), day(&clause.until)) {
                (Some(since), _) if date < since => Stands::NotYet,
                (_, Some(until)) if date >= until => Stands::NoLonger,
                _ => Stands::InForce,
            };
            let says = passage.sentences;
            DatedClause { clause: clause.path, stands, since: clause.since, until: clause.until, says }
        })
        .collect()
}

impl OnDay {
    /// As text in lines of at most `width` characters.
    pub fn render(&self, width: usize) -> String {
        let OnDay { date, rulebook, ruleset, title, from, .. } = self;
        let until = match (&self.until, &self.next) {
            (Some(until), Some(next)) => format!("from {from} until {until}, when {next} begins."),
            _ => format!("from {from} on."),
        };
        let mut sentences = vec![format!("{title}."), format!("By the rulebook {rulebook} it holds {until}")];
        sentences.extend(self.assumed.iter().map(|why| format!("Assumed: {why}.")));
        let heading = format!("{date}: {ruleset}");
        let mut text = words::render(&[Passage { heading, sentences, notes: Vec::new() }], width);
        for (stands, title) in [
            (Stands::InForce, "Clauses with a date of their own that are in force"),
            (Stands::NotYet, "Clauses that are not in force yet"),
            (Stands::NoLonger, "Clauses that are no longer in force"),
        ] {
            let those = self.dated.iter().filter(|clause| clause.stands == stands);
            let passages: Vec<Passage> = those.map(DatedClause::passage).collect();
            if !passages.is_empty() {
                text.push_str(&format!("\n{title}:\n\n{}", words::render(&passages, width)));
            }
        }
        if self.dated.is_empty() {
            text.push_str("\nNo clause has a date of its own.\n");
        }
        text
    }
}

impl DatedClause {
    fn passage(&self) -> Passage {
        Passage { heading: self.clause.clone(), sentences: self.says.clone(), notes: Vec::new() }
    }
}
