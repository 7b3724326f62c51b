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

mod on_day;
mod passages;
mod sense;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::document::{Check, Document, Examiner, Findings, Ordered, Word};
use crate::time::SimTime;

use super::amend::{Amending, Fate, Home, WhoseLimit};
use super::catalogue;
use super::language::{Holder, Limit, Ruleset};
use super::origin::{Exception, Source};
use super::rules::{ClauseId, ClauseInfo, Rules, Tier};

use sense::Sense;

pub use on_day::{DatedClause, OnDay, Stands};

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

/// The built-in rulebook that has `ruleset` in force on other days than `date`, and the ruleset that it has in force then;
/// nothing where no rulebook knows the ruleset, where it is in force, or where none is yet.
///
/// ```
/// use jiff::civil::date;
/// use tiercast::platform::rulebook;
///
/// let instead = rulebook::in_force_instead("platform-2023", date(2026, 3, 2));
/// assert_eq!(instead, Some(("platform", "platform-2025-10".to_owned())));
/// assert_eq!(rulebook::in_force_instead("platform-2023", date(2024, 3, 4)), None);
/// assert_eq!(rulebook::in_force_instead("classic-2022", date(2026, 3, 2)), None);
/// ```
pub fn in_force_instead(ruleset: &str, date: Date) -> Option<(&'static str, String)> {
    names().find_map(|name| {
        let Written { eras, .. } = document(name)?.read().ok()?;
        let begun = |era: &&EraClause| era.from.parse::<Date>().is_ok_and(|from| from <= date);
        let known = eras.iter().any(|era| era.ruleset == ruleset);
        let now = eras.iter().rfind(begun).filter(|now| known && now.ruleset != ruleset)?;
        Some((name, now.ruleset.clone()))
    })
}

/// The first day from `first` to `last` on which [`in_force_instead`] names another ruleset, with what it tells then.
///
/// ```
/// use jiff::civil::date;
/// use tiercast::platform::rulebook;
///
/// let instead = rulebook::first_day_instead("platform-2023", date(2025, 10, 1), date(2025, 10, 20));
/// assert_eq!(instead, Some((date(2025, 10, 7), "platform", "platform-2025-10".to_owned())));
/// assert_eq!(rulebook::first_day_instead("platform-2023", date(2025, 10, 1), date(2025, 10, 6)), None);
/// ```
pub fn first_day_instead(ruleset: &str, first: Date, last: Date) -> Option<(Date, &'static str, String)> {
    let eras = names().filter_map(|name| document(name)?.read::<Written>().ok()).flat_map(|book| book.eras);
    let begins = eras.filter_map(|era| era.from.parse::<Date>().ok());
    let mut days: Vec<Date> = begins.filter(|day| first < *day && *day <= last).collect();
    days.push(first);
    days.sort_unstable();
    days.into_iter().find_map(|day| in_force_instead(ruleset, day).map(|(book, now)| (day, book, now)))
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

/// What becomes of a step that the new ladder lacks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum NewTier {
    /// It becomes this step.
    New(String),
    /// The limit stays until the next rise, to the first step above it.
    Keep,
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
        let (written, left_out) = document.read_what_can_be::<Written>(help)?;
        let mut sense = Sense { written: &written, check: Check::without(document, left_out) };
        sense.given(&[], Sense::header);
        let eras = sense.eras(find);
        // Whether a source is used depends on all eras.
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

fn holder(ruleset: &Ruleset) -> Holder {
    ruleset.ladder.as_ref().map_or(Holder::Number, |ladder| ladder.holder)
}
