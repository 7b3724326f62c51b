//! The reference: every field of every file with its meaning, unit, allowed values and default, and who says so.
//!
//! ```text
//!   the crate's own sources --source--> types, doc comments --page--> sections --text--> what `docs` prints
//!                             tables in module docs -----------^      (or JSON)
//! ```
//!
//! Nothing is told twice: a field that is added to a type appears by itself, with its doc comment. A test finds a field
//! without a meaning, a number without a unit `\[..\]`, and what may be left out without a word on what holds then
//! ("..; 1 h unless said otherwise").

mod page;
mod source;
mod tables;
mod text;
mod wording;

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

pub use page::{Entry, Form, Section};
pub use wording::Default;

use self::source::{Kind, Source, snake_case};
use self::wording::{OURS, Said};
use crate::audience::profile_names;
use crate::document::nearest;
use crate::platform::{catalogue, rulebook};
use crate::sim::Metric;
use crate::sim::replay::NO_COMPLAINTS;

/// A kind of file that the reference tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// A scenario.
    Scenario,
    /// A behaviour profile.
    Audience,
    /// A ruleset.
    Ruleset,
    /// A rulebook: rulesets by date.
    Rulebook,
    /// A table of unit prices.
    Prices,
    /// A table of messages by day, or a published schedule.
    Schedule,
    /// A file of rule cases.
    Case,
    /// A log of what really happened.
    Log,
    /// What a run writes.
    Outputs,
}

/// The reference of one kind of file.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Page {
    /// What it is about.
    pub subject: Subject,
    /// In one line.
    pub title: &'static str,
    /// Its sections, in the order of reading.
    pub sections: Vec<Section>,
}

macro_rules! sources {
    ($($file:literal),* $(,)?) => { &[$(include_str!(concat!("../../", $file))),*] };
}

/// The types that several kinds of files share.
const SHARED: &[&str] = sources!["glossary.rs", "time/week.rs", "random/prior.rs", "platform/origin.rs"];
const SCENARIO: &[&str] = sources![
    "sim/scenario.rs",
    "sim/expectation.rs",
    "sim/trajectory.rs",
    "sender/clock.rs",
    "sender/order.rs",
    "sender/backlog.rs",
    "sender/feedback.rs",
    "sender/rotation.rs",
    "audience/list/choosing.rs",
    "audience/desk/text.rs",
    "platform/price/ledger.rs",
];
const AUDIENCE: &[&str] = sources!["audience/behavior.rs", "audience/activity.rs"];
const RULESET: &[&str] = sources![
    "platform/language/mod.rs",
    "platform/language/limits.rs",
    "platform/language/ratings.rs",
    "platform/language/conditions.rs",
    "platform/language/measures.rs",
    "platform/language/trade.rs"
];
const RULEBOOK: &[&str] = sources!["platform/rulebook.rs", "platform/amend.rs"];
const PRICES: &[&str] = sources!["platform/price/table.rs"];
/// Cases speak of rules, too.
const CASE: &[&str] = sources!["sim/case/text.rs", "sim/scenario.rs"];
const SUMMARY: &[&str] = sources!["report/summary.rs"];
const SCHEDULE: &str = include_str!("../../sim/load/table.rs");
const LOG: &str = include_str!("../../sim/replay.rs");
const DAILY: &str = include_str!("../daily.rs");
const REPLICATIONS: &str = include_str!("../replications.rs");
const CALENDAR: &str = include_str!("../schedule.rs");
const TRAJECTORY: &str = include_str!("../../sim/trajectory.rs");

impl Subject {
    /// Every kind, as `docs` lists them.
    pub const ALL: [Subject; 9] = [
        Subject::Scenario,
        Subject::Audience,
        Subject::Ruleset,
        Subject::Rulebook,
        Subject::Prices,
        Subject::Schedule,
        Subject::Case,
        Subject::Log,
        Subject::Outputs,
    ];

    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Subject::Scenario => "scenario",
            Subject::Audience => "audience",
            Subject::Ruleset => "ruleset",
            Subject::Rulebook => "rulebook",
            Subject::Prices => "prices",
            Subject::Schedule => "schedule",
            Subject::Case => "case",
            Subject::Log => "log",
            Subject::Outputs => "outputs",
        }
    }

    /// What it is, in one line.
    pub fn title(self) -> &'static str {
        match self {
            Subject::Scenario => "A scenario: which rules, which customers, which plan. A RON file.",
            Subject::Audience => {
                "A behaviour profile: how likely customers do what, and how late. A RON file."
            }
            Subject::Ruleset => "A ruleset: what the platform does when. A RON file.",
            Subject::Rulebook => "A rulebook: rulesets with the dates from which they hold. A RON file.",
            Subject::Prices => "A table of unit prices by market, which rulesets name. A RON file.",
            Subject::Schedule => "A plan or published schedule by day, which scenarios name. A CSV file.",
            Subject::Case => "Rule cases: given a sender, when this is sent, then so it stands. A RON file.",
            Subject::Log => "A log of what really happened, for `replay`. A CSV file.",
            Subject::Outputs => {
                "What `run` writes: summary.json, daily.csv, replications.csv and schedule.csv."
            }
        }
    }

    /// The reference of this kind of file.
    pub fn page(self) -> Page {
        let typed = |root: &str, own: &[&'static str]| {
            let files: Vec<&str> = own.iter().chain(SHARED).copied().collect();
            page::sections(&Source::read(&files), root)
        };
        let mut sections = match self {
            Subject::Scenario => typed("ScenarioText", SCENARIO),
            Subject::Audience => typed("Behavior", AUDIENCE),
            Subject::Ruleset => typed("Ruleset", RULESET),
            Subject::Rulebook => called("Rulebook", typed("Written", RULEBOOK)),
            Subject::Prices => typed("PriceTable", PRICES),
            Subject::Case => typed("CasesText", &[CASE, RULESET].concat()),
            Subject::Schedule => vec![columns(SCHEDULE, 0, "schedule", "The columns of the table.")],
            Subject::Log => log(),
            Subject::Outputs => outputs(),
        };
        self.finish(&mut sections);
        Page { subject: self, title: self.title(), sections }
    }
}

impl Subject {
    /// Adds what the sources of a kind of file do not tell by themselves.
    fn finish(self, sections: &mut [Section]) {
        match self {
            Subject::Scenario => {
                let rulesets = catalogue::names().chain(rulebook::names());
                built_in(sections, "platform.ruleset", rulesets.collect());
                built_in(sections, "audience.segments.NAME.profile", profile_names().collect());
            }
            Subject::Ruleset | Subject::Rulebook | Subject::Prices => {
                each(sections, |entry| entry.default = entry.default.take().or_else(|| absent(entry)));
                each(sections, |entry| {
                    if let Some(default) = entry.default.as_mut().filter(|default| default.source == OURS) {
                        ABSENT.clone_into(&mut default.source);
                    }
                });
            }
            _ => {}
        }
    }
}

/// Where a value comes from that is left out of a file of rules.
const ABSENT: &str = "a file of rules holds what it says, and nothing else";

/// A rule has no defaults: what is left out is no part of it.
fn absent(entry: &Entry) -> Option<Default> {
    let value = "no part of the rule".to_owned();
    entry.optional.then(|| Default { value, source: ABSENT.to_owned() })
}

/// Does something to every entry.
fn each(sections: &mut [Section], mut act: impl FnMut(&mut Entry)) {
    for entry in sections.iter_mut().flat_map(|section| &mut section.entries) {
        act(entry);
        entry.holds.iter_mut().for_each(&mut act);
    }
}

/// Tells which names are built in, at the entry of that path.
fn built_in(sections: &mut [Section], path: &str, names: Vec<&str>) {
    let Some((place, field)) = path.rsplit_once('.') else { return };
    let sections = sections.iter_mut().filter(|section| section.places.iter().any(|other| other == place));
    for entry in sections.flat_map(|section| &mut section.entries).filter(|entry| entry.name == field) {
        entry.says = format!("{} Built in: {}.", entry.says, names.join(", "));
    }
}

impl FromStr for Subject {
    type Err = UnknownSubject;

    fn from_str(word: &str) -> Result<Subject, UnknownSubject> {
        let known = Subject::ALL.into_iter().find(|subject| subject.name() == word);
        known.ok_or_else(|| UnknownSubject(word.to_owned()))
    }
}

/// A word that names no kind of file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownSubject(String);

impl fmt::Display for UnknownSubject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = Subject::ALL.map(Subject::name);
        write!(f, "there is no reference of \"{}\"", self.0)?;
        match nearest(&self.0, names) {
            Some(near) => write!(f, ": did you mean {near}?"),
            None => write!(f, ": there are {}", names.join(", ")),
        }
    }
}

impl std::error::Error for UnknownSubject {}

impl Page {
    /// As text in lines of at most `width` letters.
    pub fn render(&self, width: usize) -> String {
        text::render(self, width)
    }

    /// The section of that name.
    pub fn section(&self, name: &str) -> Option<&Section> {
        self.sections.iter().find(|section| section.name == name)
    }
}

/// The sections with another name for the file itself, which comes first.
fn called(name: &str, mut sections: Vec<Section>) -> Vec<Section> {
    if let Some(file) = sections.first_mut() {
        name.clone_into(&mut file.name);
    }
    sections
}

// ---- tables ---------------------------------------------------------------------------------------------------

/// A log: its columns, and the kinds of rows.
fn log() -> Vec<Section> {
    let mut sections = vec![columns(LOG, 0, "log.csv", "The columns of the table, in any order.")];
    let mut kinds = words(LOG, "Kind", "kind");
    kinds.says.push_str(&format!(" Most logs hold {NO_COMPLAINTS}."));
    sections.push(kinds);
    sections
}

/// What a run writes.
fn outputs() -> Vec<Section> {
    let mut sections = called("summary.json", page::sections(&Source::read(SUMMARY), "Summary"));
    // A key is always there; what does not exist is null.
    each(&mut sections, |entry| entry.default = None);
    sections.push(columns(DAILY, 0, "daily.csv", "One line a day and metric."));
    sections.push(columns(
        DAILY,
        1,
        "daily.csv: metric",
        "What stands in the column `metric`; counts are of the civil day.",
    ));
    sections.push(columns(REPLICATIONS, 0, "replications.csv", "One line a replication."));
    sections.push(columns(
        CALENDAR,
        0,
        "schedule.csv",
        "The plan that was followed at the median, one line a day.",
    ));
    sections
}

/// The entries of a table in the documentation of a module: a row may tell of several names, and a row of `<metric>` of
/// every metric, each with what follows (`-` is nothing).
fn columns(source: &str, table: usize, name: &str, says: &str) -> Section {
    let rows = tables::tables(source).into_iter().nth(table).unwrap_or_default();
    let mut entries = Vec::new();
    for row in rows {
        let (unit, says) = match row.as_slice() {
            [_, unit, says] => (Some(unit.clone()).filter(|unit| !unit.is_empty()), says.clone()),
            [_, says] => (None, says.clone()),
            _ => (None, String::new()),
        };
        for name in row.first().map(|cell| tables::names(cell)).unwrap_or_default() {
            if name == "<metric>" {
                entries.extend(metrics(&says));
            } else {
                entries.push(column(&name, says.clone(), unit.clone()));
            }
        }
    }
    Section { name: name.to_owned(), places: Vec::new(), says: says.to_owned(), one_of: false, entries }
}

fn column(name: &str, says: String, unit: Option<String>) -> Entry {
    Entry {
        name: name.to_owned(),
        aliases: Vec::new(),
        says,
        unit,
        form: Form::Word,
        optional: false,
        default: None,
        holds: Vec::new(),
    }
}

/// Every metric, with what is said of it and `how` it is counted.
fn metrics(how: &str) -> Vec<Entry> {
    let section = words(TRAJECTORY, "Metric", "metric");
    let described = |metric: &Metric| {
        let mut entry = section.entries.iter().find(|entry| entry.name == metric.name())?.clone();
        if how != "-" {
            entry.says = format!("{} {how}", entry.says);
        }
        // Files hold units of what is counted in parts of it.
        if metric.per_unit() != 1 {
            entry.unit = entry.unit.map(|unit| unit.replace("millionths of ", ""));
        }
        Some(entry)
    };
    Metric::ALL.iter().filter_map(described).collect()
}

/// The words of a choice as files write them: `CustomerMessage` as `customer_message`.
fn words(source: &str, name: &str, place: &str) -> Section {
    let source = Source::read(&[source]);
    let variants = match source.get(name).map(|definition| &definition.kind) {
        Some(Kind::Choice(variants)) => variants.as_slice(),
        _ => &[],
    };
    let entries = variants.iter().map(|variant| {
        let Said { says, unit, .. } = Said::of(&variant.doc);
        column(&snake_case(&variant.name), says, unit)
    });
    Section {
        name: name.to_owned(),
        places: vec![place.to_owned()],
        says: source.get(name).map(|definition| definition.doc.clone()).unwrap_or_default(),
        one_of: true,
        entries: entries.collect(),
    }
}
