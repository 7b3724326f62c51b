//! Rule cases: given a ruleset and a sender, when this is sent and that comes back, then so the limit stands.
//!
//! A case is data, for people who know the platform and no Rust. It has no chance and no audience: what comes back
//! stands in the case, and the ruleset's own thresholds hold.
//!
//! ```text
//!   Cases(                                             one file, about one thing
//!     about, source                                    what it is about, who says so
//!     given: ( ruleset, start, zone, verified, policy, what holds for all its cases
//!              numbers, templates, set )
//!     cases: [ ( name, given, under,                   a sentence; what differs; readings to try, combined
//!                when: [ Send, Fill, Feedback, CustomerMessages, Edited,
//!                        Verified, Policy, Official, Analysis, Reviewed ],
//!                then: [ ( at, what is seen then ) ] ) ],
//!   )
//!
//!   CaseFile::read --> Case (one for each reading) --run----------> CaseOutcome: failures, and the journal behind them
//!                                                  '-just_missed-> what one unit more or less would have caused
//! ```
//!
//! A time is `"day 2 15:00"` (the first day is day 1), `"day 2 14:59:59"`, `"day 2"` for its midnight, or a date
//! instead of the day. What stands in `then` is looked at when everything of its instant has happened.

mod near;
mod under;

use std::collections::BTreeSet;
use std::fmt;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use jiff::ToSpan;
use jiff::civil::{Date, DateTime, Time};
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use thiserror::Error;

use crate::document::{Check, Document, Findings, Ordered};
use crate::glossary::{Category, Feedback, NumberStatus, Rating, TemplateStatus, grouped};
use crate::platform::language::{Condition, Holder, Limit, Signal as Hears};
use crate::platform::rulebook::{self, BookEra, Rulebook};
use crate::platform::{
    Admission, Amending, Change, Opening, Platform, Policy, Rules, Ruleset, Signal, Subject, TemplateOpening,
    Transition, What, catalogue,
};
use crate::time::{Calendar, CalendarError, SimTime, Span, days_between};

use self::near::Stated;
pub use self::near::{JustMissed, Unit};
pub use self::under::Shelf;
use self::under::{Base, RulesText};
use super::load::{LoadError, compile, compile_eras, nearest, open, too_many_numbers};
use super::scenario::NumberText;

/// The last day of a case: ten years.
const MOST_DAYS: i64 = 3_660;

/// The cases of one file, ready to run.
///
/// ```
/// use tiercast::document::Document;
/// use tiercast::sim::CaseFile;
///
/// let text = r#"Cases(
///     about: "the trial",
///     source: "Ublux, 2022",
///     given: (ruleset: "classic-2022", start: "2022-03-07"),
///     cases: [(
///         name: "on trial the 51st customer of a day is refused",
///         when: [Send(at: "day 1 10:00", messages: 51)],
///         then: [(at: "day 1 10:00", limit: AtMost(50), refused: 1)],
///     )],
/// )"#;
/// let file = CaseFile::read(&Document::new("trial.ron", text))?;
/// for outcome in file.run() {
///     assert!(outcome.passed(), "{outcome}");
/// }
/// # Ok::<(), tiercast::document::Findings>(())
/// ```
#[derive(Clone, Debug)]
pub struct CaseFile {
    /// What the cases are about, in one line.
    pub about: String,
    /// Who says so.
    pub source: String,
    /// The cases in the order of the file; one that holds under several readings is there once for each.
    pub cases: Vec<Case>,
}

impl CaseFile {
    /// Reads cases, or says all that is wrong with them. A ruleset that ends in `.ron` is looked for beside the file
    /// of the document's name.
    ///
    /// # Errors
    /// All that is wrong with the form or the sense of the cases, or with a ruleset that they change.
    pub fn read(document: &Document) -> Result<CaseFile, Findings> {
        let text: CasesText = document.read()?;
        let mut reader = Reader {
            document,
            check: Check::new(document),
            others: Findings::default(),
            noted: BTreeSet::new(),
        };
        if text.cases.is_empty() {
            reader.error("cases", "there is no case", "write at least one");
        }
        let mut cases = Vec::new();
        for (place, case) in text.cases.iter().enumerate() {
            reader.check_name(&text.cases, place);
            cases.extend(reader.case(&text.given, case, &format!("cases[{place}]")));
        }
        reader.finish(CaseFile { about: text.about, source: text.source, cases })
    }

    /// Reads the cases of a file.
    ///
    /// # Errors
    /// A file that cannot be read, and what [`CaseFile::read`] finds.
    pub fn load(path: &Path) -> Result<CaseFile, LoadError> {
        Ok(CaseFile::read(&open(path)?)?)
    }

    /// Runs every case.
    pub fn run(&self) -> Vec<CaseOutcome> {
        self.cases.iter().map(Case::run).collect()
    }
}

/// One case under one reading, ready to run: running it cannot fail, only its expectations can.
#[derive(Clone, Debug)]
pub struct Case {
    /// Its name: a sentence that says what must be so.
    pub name: String,
    /// The reading of the ruleset under which it runs here, where it has several.
    pub reading: Option<String>,
    /// The file that it stands in.
    pub file: String,
    calendar: Calendar,
    /// Where its rules come from.
    text: RulesText,
    /// The rules at the start.
    rules: Rules,
    /// The eras that begin during the case.
    later: Vec<LaterEra>,
    names: Names,
    script: Script,
    /// What is said of the sender at the start, and not taken as usual.
    stated: Stated,
    expected: Vec<Expected>,
}

/// What a case tells the platform.
#[derive(Clone, Debug)]
struct Script {
    opening: Opening,
    events: Vec<(SimTime, Event)>,
}

/// An era of a rulebook that begins during a case.
#[derive(Clone, Debug)]
struct LaterEra {
    from: SimTime,
    rules: Rules,
    amending: Amending,
}

/// What became of a case.
#[derive(Clone, Debug)]
pub struct CaseOutcome {
    /// Name of the case.
    pub name: String,
    /// The reading under which it ran, where it has several.
    pub reading: Option<String>,
    /// How many facts were looked at.
    pub looked_at: usize,
    /// What was not as expected, in the order of time.
    pub failures: Vec<Failure>,
    /// What happened, in order.
    pub journal: Vec<Told>,
    /// The changes among it, in order.
    pub transitions: Vec<Made>,
}

/// A transition that was made, by whom and by which clause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// When.
    pub at: SimTime,
    /// Name of the ruleset in force.
    pub ruleset: String,
    /// Path of the clause that caused it.
    pub clause: String,
    /// What it is.
    pub transition: Transition,
    /// Of whom.
    pub subject: Subject,
}

/// An expectation that was not met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The file that holds the expectation.
    pub file: String,
    /// Its line there, from 1.
    pub line: usize,
    /// The time that it speaks of.
    pub at: String,
    /// What was looked at.
    pub what: String,
    /// What the case expects.
    pub expected: String,
    /// What was found.
    pub found: String,
    /// How many entries of the journal had been written by then.
    pub after: usize,
}

/// One line of a case's journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// When, such as `day 2 15:00`.
    pub at: String,
    /// What happened, in words.
    pub what: String,
    /// Path of the clause that caused it; nothing for what the case itself does.
    pub clause: Option<String>,
}

impl CaseOutcome {
    /// Whether everything was as expected.
    pub fn passed(&self) -> bool {
        self.failures.is_empty()
    }
}

impl fmt::Display for CaseOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = if self.passed() { "passed" } else { "FAILED" };
        write!(f, "{verdict}  {}", self.name)?;
        if let Some(reading) = &self.reading {
            write!(f, "  (under: {reading})")?;
        }
        let mut told = 0;
        for failure in &self.failures {
            write!(f, "\n  {failure}")?;
            let since = &self.journal[told..failure.after];
            if !since.is_empty() {
                let head = if told == 0 { "what had happened by then:" } else { "and since then:" };
                write!(f, "\n    {head}")?;
            }
            for line in since {
                write!(f, "\n      {line}")?;
            }
            told = failure.after;
        }
        Ok(())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Failure { file, line, at, what, expected, found, .. } = self;
        write!(f, "{file}:{line}: {at}, {what}: expected {expected}, found {found}")
    }
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<15} {}", self.at, self.what)?;
        self.clause.as_ref().map_or(Ok(()), |clause| write!(f, "  [{clause}]"))
    }
}

// ---- how cases are written ----------------------------------------------------------------------------------------

/// A file of cases.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename = "Cases")]
struct CasesText {
    /// What the cases are about, in one line.
    about: String,
    /// Who says so.
    source: String,
    /// What holds for every case of the file; nothing in particular unless said otherwise.
    #[serde(default)]
    given: GivenText,
    /// The cases.
    cases: Vec<CaseText>,
}

/// A case.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename = "case")]
struct CaseText {
    /// A sentence that says what must be so.
    name: String,
    /// What differs from the file's `given`, to whose `set` its own is added; nothing unless said otherwise.
    #[serde(default)]
    given: GivenText,
    /// Groups of readings, by name, with what differs from `given` under each: the case must hold under every
    /// combination of one from each group.
    #[serde(default)]
    under: Vec<Ordered<GivenText>>,
    /// What is sent and what comes back, in the order of time.
    when: Vec<EventText>,
    /// What is seen at which times, in the order of time.
    then: Vec<ThenText>,
}

/// The rules and the sender at the start; as in the file's `given` when left out.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename = "given")]
struct GivenText {
    /// Name of a built-in ruleset or rulebook, or a ruleset's file beside the cases that ends in `.ron`.
    ruleset: Option<String>,
    /// The first day, or its date and time: `"2023-03-06"`, `"2023-03-06T09:00"`.
    start: Option<String>,
    /// Time zone by its name in the time zone database; UTC unless said otherwise.
    zone: Option<String>,
    /// Whether the business is verified from the start; it is not unless said otherwise.
    verified: Option<bool>,
    /// How the commerce-policy check stands; it is passed unless said otherwise.
    policy: Option<PolicyText>,
    /// The numbers by name, each with its tier and its rating; one called "main" unless said otherwise.
    numbers: Option<Ordered<NumberText>>,
    /// The templates by name: a list of names, or each with its category and how far it is; one called "offer" unless
    /// said otherwise.
    templates: Option<TemplatesText>,
    /// Changes of the ruleset or the rulebook, by path.
    #[serde(default)]
    set: Ordered<String>,
}

/// How the commerce-policy check stands at the start.
#[derive(Clone, Copy, Debug, Deserialize)]
enum PolicyText {
    /// Not decided yet.
    Open,
    /// Passed.
    Passed,
    /// Failed, or the account was cancelled.
    Failed,
}

/// The templates: `["a", "b"]` or `{ "a": (category: Utility), "b": (state: New) }`.
#[derive(Debug)]
struct TemplatesText(Vec<(String, TemplateText)>);

/// A template at the start.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default, rename = "template")]
struct TemplateText {
    /// Its category; Marketing unless said otherwise.
    category: Option<Category>,
    /// How far it is; Approved unless said otherwise.
    state: TemplateState,
}

/// How far a template is at the start.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
enum TemplateState {
    /// Approved, and sent long ago.
    #[default]
    Approved,
    /// Approved, and never sent.
    New,
    /// Waits for its review.
    Pending,
}

impl<'de> Deserialize<'de> for TemplatesText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<TemplatesText, D::Error> {
        deserializer.deserialize_any(TemplatesVisitor)
    }
}

struct TemplatesVisitor;

impl<'de> Visitor<'de> for TemplatesVisitor {
    type Value = TemplatesText;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of names `[..]`, or a map `{ name: (category: .., state: ..), .. }`")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<TemplatesText, A::Error> {
        let mut templates = Vec::new();
        while let Some(name) = list.next_element()? {
            templates.push((name, TemplateText::default()));
        }
        Ok(TemplatesText(templates))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<TemplatesText, A::Error> {
        let map = Ordered::<TemplateText>::deserialize(MapAccessDeserializer::new(map))?;
        Ok(TemplatesText(map.iter().map(|(name, text)| (name.to_owned(), *text)).collect()))
    }
}

/// What happens.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
enum EventText {
    /// A batch is sent, each message to another customer, outside service windows unless said otherwise.
    Send {
        /// When.
        at: Moment,
        /// From which number; the only one unless said otherwise.
        number: Option<String>,
        /// Of which template; the only one unless said otherwise.
        template: Option<String>,
        /// How many the sender asks for \[messages\].
        messages: u64,
        /// How many are delivered \[messages\]; all that are admitted unless said otherwise.
        delivered: Option<u64>,
        /// Of them, those to customers whose service window is open, delivered before the others \[messages\]; 0 unless said
        /// otherwise.
        #[serde(default)]
        in_window: u64,
        /// Of the customers, those whose latest message before was delivered: when, and how many \[customers\]; none unless
        /// said otherwise.
        #[serde(default)]
        again: Ordered<u64>,
    },
    /// Every day at one time, as much as the limit allows is sent and delivered, each message to a new customer.
    Fill {
        /// The first day.
        from: DayName,
        /// The last day.
        to: DayName,
        /// At what time.
        at: TimeOfDay,
        /// From which number; the only one unless said otherwise.
        number: Option<String>,
        /// Of which template; the only one unless said otherwise.
        template: Option<String>,
        /// Never more than so many \[messages a day\]; no bound, and nothing where the limit is unlimited, unless said
        /// otherwise.
        at_most: Option<u64>,
    },
    /// Feedback arrives.
    Feedback {
        /// When it arrives.
        at: Moment,
        /// About which number; the only one unless said otherwise.
        number: Option<String>,
        /// About which template; the only one unless said otherwise.
        template: Option<String>,
        /// What customers do.
        kind: Feedback,
        /// How many do it \[customers\].
        count: u64,
        /// Whether it answers, without delay, what is sent at that instant; false, and it comes before that, unless said otherwise.
        #[serde(default)]
        at_once: bool,
    },
    /// Customers write first.
    CustomerMessages {
        /// When.
        at: Moment,
        /// Which number; the only one unless said otherwise.
        number: Option<String>,
        /// How many do \[customers\].
        count: u64,
    },
    /// The business edits a template; it comes before the sends of its instant.
    Edited {
        /// When.
        at: Moment,
        /// Which template; the only one unless said otherwise.
        template: Option<String>,
    },
    /// The business is verified.
    Verified {
        /// When.
        at: Moment,
    },
    /// The commerce-policy check is decided, or the account is cancelled (`passed: false`).
    Policy {
        /// When.
        at: Moment,
        /// Whether it is passed.
        passed: bool,
    },
    /// The application for the official-business status is decided.
    Official {
        /// When.
        at: Moment,
        /// Whether the status is granted.
        granted: bool,
    },
    /// The platform's analysis of the messages, for which a rise asked, is decided.
    Analysis {
        /// When.
        at: Moment,
        /// Which number; the only one unless said otherwise.
        number: Option<String>,
        /// Whether it approves.
        approved: bool,
    },
    /// The review of a template is decided.
    Reviewed {
        /// When.
        at: Moment,
        /// Which template; the only one unless said otherwise.
        template: Option<String>,
        /// Whether it is approved.
        approved: bool,
    },
}

/// What is seen at a time, when everything of its instant has happened; not looked at when left out.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename = "then")]
struct ThenText {
    /// When.
    at: Moment,
    /// Of which number; the only one unless said otherwise.
    number: Option<String>,
    /// Of which template; the only one unless said otherwise.
    template: Option<String>,
    /// The limit: `AtMost(1_000)` or `Unlimited`.
    limit: Option<Limit>,
    /// The tier's name.
    tier: Option<String>,
    /// The worst status of the number.
    status: Option<NumberStatus>,
    /// Every status but Connected that holds, in any order.
    statuses: Option<Vec<NumberStatus>>,
    /// The number's rating.
    rating: Option<Rating>,
    /// The template's status.
    template_status: Option<TemplateStatus>,
    /// The template's rating.
    template_rating: Option<Rating>,
    /// Whether a review of a rise is under way.
    review: Option<bool>,
    /// Whether the business is verified.
    verified: Option<bool>,
    /// How many more customers may be written to \[customers\].
    capacity: Option<u64>,
    /// How many customers count against the limit \[customers\].
    reached: Option<u64>,
    /// Messages of the number that were refused since the start, for want of capacity \[messages\].
    refused: Option<u64>,
    /// Messages of the template that were rejected since the start, because it might not be sent \[messages\].
    rejected: Option<u64>,
    /// Messages of the template that were held since the start, until its sample was judged \[messages\].
    held: Option<u64>,
    /// Of these, the ones that failed, because the sample was judged badly \[messages\].
    dropped: Option<u64>,
    /// Whether the business may apply for the official-business status.
    may_apply: Option<bool>,
    /// The platform's code for the latest message of the number that was not admitted \[code\].
    error: Option<u32>,
}

/// A time as cases write it.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
struct Moment {
    day: DayName,
    time: Time,
}

/// A day as cases write it.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "String")]
enum DayName {
    /// The n-th day of the case, from 1.
    Nth(i64),
    Date(Date),
}

/// A time of day as cases write it.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "String")]
struct TimeOfDay(Time);

/// Why a text is no time.
#[derive(Debug, Error)]
enum MomentError {
    #[error("{0:?} is no time\nwrite \"day 2 15:00\" (the first day is day 1) or \"2023-03-07 15:00\"")]
    Moment(String),
    #[error("{0:?} is no day\nwrite \"day 2\" (the first day is day 1) or \"2023-03-07\"")]
    Day(String),
    #[error("{0:?} is no time of day\nwrite hours and minutes, such as \"15:00\" or \"14:59:59\"")]
    Time(String),
}

impl TryFrom<String> for Moment {
    type Error = MomentError;

    fn try_from(text: String) -> Result<Moment, MomentError> {
        let (day, time) = match text.trim().rsplit_once([' ', 'T']) {
            Some((day, time)) if time.contains(':') => (day.trim(), time_of_day(time)),
            _ => (text.trim(), Some(Time::midnight())),
        };
        match (day_name(day), time) {
            (Some(day), Some(time)) => Ok(Moment { day, time }),
            _ => Err(MomentError::Moment(text)),
        }
    }
}

impl TryFrom<String> for DayName {
    type Error = MomentError;

    fn try_from(text: String) -> Result<DayName, MomentError> {
        day_name(text.trim()).ok_or(MomentError::Day(text))
    }
}

impl TryFrom<String> for TimeOfDay {
    type Error = MomentError;

    fn try_from(text: String) -> Result<TimeOfDay, MomentError> {
        time_of_day(text.trim()).map(TimeOfDay).ok_or(MomentError::Time(text))
    }
}

fn day_name(text: &str) -> Option<DayName> {
    match text.strip_prefix("day ") {
        Some(number) => {
            let nth = number.trim().parse().ok().filter(|nth| (1..=MOST_DAYS).contains(nth))?;
            Some(DayName::Nth(nth))
        }
        None => text.parse().ok().map(DayName::Date),
    }
}

/// `15:00` or `14:59:59`.
fn time_of_day(text: &str) -> Option<Time> {
    let parts: Vec<i8> = text.split(':').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    match parts.as_slice() {
        [hour, minute] => Time::new(*hour, *minute, 0, 0).ok(),
        [hour, minute, second] => Time::new(*hour, *minute, *second, 0).ok(),
        _ => None,
    }
}

// ---- cases made ready ---------------------------------------------------------------------------------------------

#[derive(Clone, Debug)]
struct Names {
    numbers: Vec<String>,
    templates: Vec<String>,
}

#[derive(Clone, Debug)]
enum Event {
    Send {
        number: usize,
        template: usize,
        messages: u64,
        delivered: Option<(u64, usize)>,
        in_window: u64,
        again: Vec<(SimTime, u64)>,
    },
    Fill {
        number: usize,
        template: usize,
        at_most: Option<u64>,
        /// How much of the limit is left over.
        spare: u64,
    },
    Feedback {
        number: usize,
        template: usize,
        kind: Feedback,
        count: u64,
        at_once: bool,
    },
    CustomerMessages {
        number: usize,
        count: u64,
    },
    /// A decision, which the platform is told as it is.
    Decided(Signal<'static>),
    Edited {
        template: usize,
    },
}

/// What is expected at an instant.
#[derive(Clone, Debug)]
struct Expected {
    at: SimTime,
    facts: Vec<(Fact, usize)>,
}

/// One fact that is looked at; the position is that of the number or template.
#[derive(Clone, Debug)]
enum Fact {
    Limit(usize, Limit),
    Tier(usize, String),
    Status(usize, NumberStatus),
    Statuses(usize, Vec<NumberStatus>),
    Rating(usize, Rating),
    TemplateStatus(usize, TemplateStatus),
    TemplateRating(usize, Rating),
    Review(usize, bool),
    Verified(bool),
    Capacity(usize, u64),
    Reached(usize, u64),
    Refused(usize, u64),
    Rejected(usize, u64),
    Held(usize, u64),
    Dropped(usize, u64),
    MayApply(bool),
    Error(usize, u32),
}

/// Turns the text of cases into cases, and notes what is wrong on the way.
struct Reader<'d> {
    document: &'d Document,
    check: Check<'d>,
    others: Findings,
    /// What was said already: a case under several readings would say it again for each.
    noted: BTreeSet<(String, String)>,
}

/// What is given to one case, with the place of each layer: the file's, the case's, those of its readings.
#[derive(Clone)]
struct Layers<'t> {
    layers: Vec<(String, &'t GivenText)>,
}

impl<'t> Layers<'t> {
    /// The value of a field in the innermost layer that has it, and its path; the path of the innermost otherwise.
    fn get<T: ?Sized>(
        &self,
        field: &str,
        of: impl Fn(&'t GivenText) -> Option<&'t T>,
    ) -> (String, Option<&'t T>) {
        let stated = self.layers.iter().rev().find_map(|(path, given)| Some((path, of(given)?)));
        match stated {
            Some((path, value)) => (format!("{path}.{field}"), Some(value)),
            None => (self.layers.first().map_or_else(String::new, |(path, _)| path.clone()), None),
        }
    }
}

/// The rules that hold in a case.
enum Book {
    /// From beginning to end.
    Ruleset(Box<Ruleset>),
    /// By the eras of a rulebook.
    Rulebook(Rulebook),
}

impl Book {
    fn name(&self) -> &str {
        match self {
            Book::Ruleset(ruleset) => &ruleset.name,
            Book::Rulebook(book) => book.name(),
        }
    }

    /// The rulesets that may come to hold.
    fn rulesets(&self) -> Vec<&Ruleset> {
        match self {
            Book::Ruleset(ruleset) => vec![ruleset],
            Book::Rulebook(book) => book.eras().iter().map(BookEra::ruleset).collect(),
        }
    }

    /// The rules at the start of the calendar, and those of the eras that begin before its end.
    fn compile(&self, calendar: &Calendar) -> Option<(Rules, Vec<LaterEra>)> {
        match self {
            Book::Ruleset(ruleset) => Some((compile(ruleset, calendar), Vec::new())),
            Book::Rulebook(book) => {
                let mut eras = compile_eras(book, calendar).into_iter();
                let first = eras.next()?;
                let later = eras.filter_map(|era| {
                    Some(LaterEra { from: era.from, rules: era.rules, amending: era.amendment? })
                });
                Some((first.rules, later.collect()))
            }
        }
    }
}

/// What the events of a case are read against.
struct Stage {
    ruleset: String,
    /// The tiers of the rules at the start.
    first_tiers: Vec<String>,
    /// The tiers of all rules of the case.
    tiers: Vec<String>,
    calendar: Calendar,
    names: Names,
    hears: Heard,
}

/// What the ruleset decides on.
struct Heard {
    policy: bool,
    official: bool,
    analysis: bool,
}

impl Heard {
    fn of(all: &[&Rules]) -> Heard {
        let any = |hears: fn(&Rules) -> bool| all.iter().any(|rules| hears(rules));
        Heard {
            policy: any(|rules| rules.number_measures.iter().any(|rule| rule.on.contains(&Hears::policy))),
            official: any(|rules| rules.official.is_some()),
            analysis: any(|rules| rules.upgrades.iter().any(|rule| rule.when.contains(&Condition::Approved))),
        }
    }
}

impl Reader<'_> {
    fn error(&mut self, path: &str, message: impl Into<String>, help: impl Into<String>) {
        let message = message.into();
        if self.noted.insert((path.to_owned(), message.clone())) {
            self.check.error(path, message, help);
        }
    }

    fn finish(self, file: CaseFile) -> Result<CaseFile, Findings> {
        let mut others = self.others;
        match self.check.finish(file) {
            Ok(file) if !others.has_errors() => Ok(file),
            Ok(_) => Err(others),
            Err(mut findings) => {
                findings.merge(std::mem::take(&mut others));
                Err(findings)
            }
        }
    }

    fn check_name(&mut self, cases: &[CaseText], place: usize) {
        let path = format!("cases[{place}].name");
        let name = &cases[place].name;
        if name.trim().is_empty() {
            self.error(&path, "a case needs a name", "a sentence that says what must be so");
        } else if cases[..place].iter().any(|other| other.name == *name) {
            self.error(&path, format!("two cases are called \"{name}\""), "say how they differ");
        }
        if cases[place].then.is_empty() {
            self.error(
                &format!("cases[{place}].then"),
                "the case expects nothing",
                "say what is seen, and when",
            );
        }
    }

    /// The case, once for each combination of its readings.
    fn case(&mut self, file: &GivenText, text: &CaseText, path: &str) -> Vec<Case> {
        let own = Layers { layers: vec![("given".to_owned(), file), (format!("{path}.given"), &text.given)] };
        let mut combined: Vec<(Vec<&str>, Layers<'_>)> = vec![(Vec::new(), own)];
        for (place, group) in text.under.iter().enumerate() {
            if group.is_empty() {
                self.error(
                    &format!("{path}.under[{place}]"),
                    "there is no reading here",
                    "name at least one",
                );
            }
            let mut longer = Vec::new();
            for (names, so_far) in &combined {
                for (name, given) in group.iter() {
                    let mut layers = so_far.clone();
                    layers.layers.push((format!("{path}.under[{place}].\"{name}\""), given));
                    longer.push(([names.as_slice(), &[name]].concat(), layers));
                }
            }
            combined = longer;
        }
        let cases = combined.into_iter().filter_map(|(names, given)| {
            let reading = (!names.is_empty()).then(|| names.join(", "));
            self.under(given, reading, text, path)
        });
        cases.collect()
    }

    fn under(
        &mut self,
        given: Layers<'_>,
        reading: Option<String>,
        text: &CaseText,
        path: &str,
    ) -> Option<Case> {
        let book = self.book(&given);
        let start = self.start(&given);
        let ((book, rules_text), (start, zone)) = (book?, start?);
        let calendar = |horizon| Calendar::new(start, &zone, horizon, Span::days(1)).ok();
        let stage = self.stage(&given, &book, calendar(Span::days(1))?, calendar(Span::days(MOST_DAYS))?)?;
        self.check_tiers(&given, &stage);
        self.check_count(&given, &book);
        let (policy, stated) = given.get("policy", |given| given.policy.as_ref());
        if matches!(stated, Some(PolicyText::Open | PolicyText::Failed)) {
            self.check_heard(stage.hears.policy, "the commerce-policy check", &stage, &policy);
        }
        let mut events = self.events(&stage, &text.when, path);
        if given.get("verified", |given| given.verified.as_ref()).1 == Some(&true) {
            events.insert(0, (SimTime::START, Event::Decided(Signal::Verified)));
        }
        let expected = self.expected(&stage, &text.then, path);
        events.sort_by_key(|(at, _)| *at);
        let last = events.iter().map(|(at, _)| *at).chain(expected.iter().map(|then| then.at)).max()?;
        let calendar = calendar(Span(last.0 + 1))?;
        let (rules, later) = book.compile(&calendar)?;
        Some(Case {
            name: text.name.clone(),
            reading,
            file: self.document.name.clone(),
            script: Script { opening: opening(&given, &rules), events },
            stated: Stated::of(&given),
            text: rules_text,
            rules,
            later,
            calendar,
            names: stage.names,
            expected,
        })
    }

    /// What the events are read against; nothing, and said so, where no rules hold at the start.
    fn stage(
        &mut self,
        given: &Layers<'_>,
        book: &Book,
        calendar: Calendar,
        longest: Calendar,
    ) -> Option<Stage> {
        let Some((first, later)) = book.compile(&longest) else {
            let (path, _) = given.get("start", |given| given.start.as_ref());
            let message = format!("no era of the rulebook \"{}\" is in force at this start", book.name());
            self.error(&path, message, "choose a later start");
            return None;
        };
        let all: Vec<&Rules> = std::iter::once(&first).chain(later.iter().map(|era| &era.rules)).collect();
        let tiers = |rules: &Rules| -> Vec<String> {
            let known = rules.tiers.iter().map(|tier| tier.name.clone());
            if rules.tiers.len() > 1 { known.collect() } else { Vec::new() }
        };
        let mut every: Vec<String> = Vec::new();
        for tier in all.iter().flat_map(|rules| tiers(rules)) {
            if !every.contains(&tier) {
                every.push(tier);
            }
        }
        Some(Stage {
            ruleset: book.name().to_owned(),
            first_tiers: tiers(&first),
            tiers: every,
            calendar,
            names: self.names(given),
            hears: Heard::of(&all),
        })
    }

    // ---- given ----------------------------------------------------------------------------------------------

    /// The rules that hold, and where they come from.
    fn book(&mut self, given: &Layers<'_>) -> Option<(Book, RulesText)> {
        let (path, name) = given.get("ruleset", |given| given.ruleset.as_deref());
        let Some(name) = name else {
            self.error(&path, "no ruleset is given", "name one, such as ruleset: \"classic-2022\"");
            return None;
        };
        let mut document = self.ruleset_document(&path, name)?;
        let base = match name.ends_with(".ron") {
            true => Base::File(Arc::new(document.clone())),
            false => Base::Named(name.to_owned()),
        };
        let mut text = RulesText { base, set: Vec::new() };
        for (path, given) in &given.layers {
            for (changed, value) in given.set.iter() {
                text.set.push((changed.to_owned(), value.clone()));
                match document.with(changed, value) {
                    Ok(other) => document = other,
                    Err(findings) => {
                        self.set_failed(&format!("{path}.set.\"{changed}\""), &findings);
                        return None;
                    }
                }
            }
        }
        let book = if rulebook::document(name).is_some() {
            Rulebook::read(&document).map(Book::Rulebook)
        } else {
            Ruleset::read(&document).map(|ruleset| Book::Ruleset(Box::new(ruleset)))
        };
        match book {
            Ok(book) => Some((book, text)),
            Err(findings) => {
                let said: Vec<&str> = findings.iter().map(|(_, finding)| finding.message.as_str()).collect();
                if self.noted.insert((name.to_owned(), said.join("; "))) {
                    self.others.merge(findings);
                }
                None
            }
        }
    }

    fn ruleset_document(&mut self, path: &str, name: &str) -> Option<Document> {
        if !name.ends_with(".ron") {
            let known = catalogue::document(name).or_else(|| rulebook::document(name));
            if known.is_none() {
                let help = nearest(name, catalogue::names().chain(rulebook::names()));
                self.error(path, format!("there is no ruleset \"{name}\""), help);
            }
            return known;
        }
        let folder = Path::new(&self.document.name).parent().unwrap_or(Path::new(""));
        match open(&folder.join(name)) {
            Ok(document) => Some(document),
            Err(error) => {
                self.error(path, error.to_string(), "files are looked for beside the cases");
                None
            }
        }
    }

    /// A change that the ruleset does not take is told at its place among the cases.
    fn set_failed(&mut self, path: &str, findings: &Findings) {
        for (_, finding) in findings.iter() {
            self.error(path, finding.message.clone(), finding.help.clone().unwrap_or_default());
        }
    }

    fn start(&mut self, given: &Layers<'_>) -> Option<(DateTime, String)> {
        let (path, start) = given.get("start", |given| given.start.as_deref());
        let Some(start) = start else {
            self.error(&path, "no start is given", "name the first day, such as start: \"2022-03-07\"");
            return None;
        };
        let civil = start.parse::<DateTime>().ok();
        let civil = civil.or_else(|| Some(start.parse::<Date>().ok()?.at(0, 0, 0, 0)));
        let Some(civil) = civil else {
            let help = "write a date such as \"2022-03-07\", or a date and time such as \"2022-03-07T09:00\"";
            self.error(&path, format!("\"{start}\" is no date"), help);
            return None;
        };
        let (zone_path, zone) = given.get("zone", |given| given.zone.as_deref());
        let zone = zone.unwrap_or("UTC");
        if let Err(error) = Calendar::new(civil, zone, Span::days(1), Span::days(1)) {
            let (at, help) = match error {
                CalendarError::Zone(_) => (zone_path, "a name such as \"Europe/Madrid\" or \"UTC\""),
                _ => (path, "choose another start"),
            };
            self.error(&at, error.to_string(), help);
            return None;
        }
        Some((civil, zone.to_owned()))
    }

    fn names(&mut self, given: &Layers<'_>) -> Names {
        let (path, numbers) = given.get("numbers", |given| given.numbers.as_ref());
        let numbers =
            numbers.map_or(vec![MAIN.to_owned()], |numbers| numbers.keys().map(str::to_owned).collect());
        if numbers.is_empty() {
            self.error(&path, "there is no number", "name one, or leave `numbers` out");
        }
        let (path, templates) = given.get("templates", |given| given.templates.as_ref());
        let templates = templates.map_or(vec![OFFER.to_owned()], |templates| {
            templates.0.iter().map(|(name, _)| name.clone()).collect()
        });
        for (place, name) in templates.iter().enumerate() {
            if templates[..place].contains(name) {
                self.error(&format!("{path}[{place}]"), format!("\"{name}\" is named twice"), "each once");
            }
        }
        if templates.is_empty() {
            self.error(&path, "there is no template", "name one, or leave `templates` out");
        }
        Names { numbers, templates }
    }

    fn check_tiers(&mut self, given: &Layers<'_>, stage: &Stage) {
        let (path, numbers) = given.get("numbers", |given| given.numbers.as_ref());
        for (name, number) in numbers.iter().flat_map(|numbers| numbers.iter()) {
            if let Some(tier) = &number.tier {
                self.check_tier(&format!("{path}.\"{name}\".tier"), tier, &stage.first_tiers, stage);
            }
        }
    }

    /// Numbers that wait to be connected may be what a case is about; those that never can be are a slip.
    fn check_count(&mut self, given: &Layers<'_>, book: &Book) {
        let (path, numbers) = given.get("numbers", |given| given.numbers.as_ref());
        let names = numbers.iter().flat_map(|numbers| numbers.keys());
        if let Some((beyond, message, help)) = too_many_numbers(names, &book.rulesets(), book.name()) {
            self.error(&format!("{path}.\"{beyond}\""), message, help);
        }
    }

    fn check_tier(&mut self, path: &str, tier: &str, tiers: &[String], stage: &Stage) {
        if !tiers.iter().any(|known| known == tier) {
            let help = nearest(tier, tiers.iter().map(String::as_str));
            self.error(path, format!("{} has no tier \"{tier}\"", stage.ruleset), help);
        }
    }

    /// What the ruleset has no clause on changes nothing, and cannot have been meant.
    fn check_heard(&mut self, heard: bool, what: &str, stage: &Stage, path: &str) {
        if !heard {
            let message = format!("{} has no clause on {what}", stage.ruleset);
            self.error(path, message, "choose another ruleset, or leave it out");
        }
    }

    // ---- when -----------------------------------------------------------------------------------------------

    fn events(&mut self, stage: &Stage, events: &[EventText], path: &str) -> Vec<(SimTime, Event)> {
        let mut made: Vec<(SimTime, Event)> = Vec::new();
        let mut before = SimTime::START;
        for (place, text) in events.iter().enumerate() {
            let path = format!("{path}.when[{place}]");
            let list = self.event(stage, text, &path);
            if let [(at, Event::Feedback { at_once: true, .. })] = list.as_slice()
                && !made.iter().any(|(sent, event)| sent == at && event.class() == 5)
            {
                let help = "at_once is for what answers a send of the same instant, which stands above it";
                self.error(&format!("{path}.at_once"), "nothing is sent at this instant", help);
            }
            if let Some((at, _)) = list.first() {
                self.check_order(&path, text.moment_field(), before, *at);
                before = *at;
            }
            made.extend(list);
        }
        made
    }

    fn check_order(&mut self, path: &str, field: &str, before: SimTime, at: SimTime) {
        if at < before {
            let help = "write them in the order of time: so a case can be read from top to bottom";
            self.error(&format!("{path}.{field}"), "this comes before what stands above it", help);
        }
    }

    fn event(&mut self, stage: &Stage, text: &EventText, path: &str) -> Vec<(SimTime, Event)> {
        let numbers = &stage.names.numbers;
        let templates = &stage.names.templates;
        let (number, template) = match text {
            EventText::Send { number, template, .. }
            | EventText::Fill { number, template, .. }
            | EventText::Feedback { number, template, .. } => (
                self.choose(numbers, number.as_deref(), path, "number"),
                self.choose(templates, template.as_deref(), path, "template"),
            ),
            EventText::CustomerMessages { number, .. } | EventText::Analysis { number, .. } => {
                (self.choose(numbers, number.as_deref(), path, "number"), Some(0))
            }
            EventText::Edited { template, .. } | EventText::Reviewed { template, .. } => {
                (Some(0), self.choose(templates, template.as_deref(), path, "template"))
            }
            EventText::Verified { .. } | EventText::Policy { .. } | EventText::Official { .. } => {
                (Some(0), Some(0))
            }
        };
        let (Some(number), Some(template)) = (number, template) else { return Vec::new() };
        match text {
            EventText::Send { at, messages, delivered, in_window, again, .. } => {
                let Some(at) = self.instant(stage, at, path, "at") else { return Vec::new() };
                let again = self.again(stage, again, *messages, at, path);
                let delivered = delivered.map(|delivered| {
                    self.check_at_most(delivered, *messages, &format!("{path}.delivered"));
                    (delivered, self.line(&format!("{path}.delivered")))
                });
                let (messages, in_window) = (*messages, *in_window);
                self.check_at_most(in_window, messages, &format!("{path}.in_window"));
                vec![(at, Event::Send { number, template, messages, delivered, in_window, again })]
            }
            EventText::Fill { from, to, at, at_most, .. } => {
                let days = self.days(stage, *from, *to, at.0, path);
                let event = Event::Fill { number, template, at_most: *at_most, spare: 0 };
                days.into_iter().map(|at| (at, event.clone())).collect()
            }
            EventText::Feedback { at, kind, count, at_once, .. } => {
                let (kind, count, at_once) = (*kind, *count, *at_once);
                let at = self.instant(stage, at, path, "at");
                at.map(|at| (at, Event::Feedback { number, template, kind, count, at_once }))
                    .into_iter()
                    .collect()
            }
            EventText::CustomerMessages { at, count, .. } => {
                self.one(stage, at, path, Event::CustomerMessages { number, count: *count })
            }
            EventText::Edited { at, .. } => self.one(stage, at, path, Event::Edited { template }),
            EventText::Verified { at } => self.one(stage, at, path, Event::Decided(Signal::Verified)),
            EventText::Policy { at, passed } => {
                self.check_heard(stage.hears.policy, "the commerce-policy check", stage, path);
                self.one(stage, at, path, Event::Decided(Signal::Policy { passed: *passed }))
            }
            EventText::Official { at, granted } => {
                self.check_heard(stage.hears.official, "the official-business status", stage, path);
                self.one(stage, at, path, Event::Decided(Signal::Official { granted: *granted }))
            }
            EventText::Analysis { at, approved, .. } => {
                self.check_heard(stage.hears.analysis, "an analysis of the messages", stage, path);
                self.one(stage, at, path, Event::Decided(Signal::Analysis { number, approved: *approved }))
            }
            EventText::Reviewed { at, approved, .. } => {
                self.one(stage, at, path, Event::Decided(Signal::Reviewed { template, approved: *approved }))
            }
        }
    }

    /// An event at an instant.
    fn one(&mut self, stage: &Stage, at: &Moment, path: &str, event: Event) -> Vec<(SimTime, Event)> {
        self.instant(stage, at, path, "at").map(|at| (at, event)).into_iter().collect()
    }

    fn check_at_most(&mut self, part: u64, messages: u64, path: &str) {
        if part > messages {
            self.error(path, format!("{part} of {messages} messages"), "at most as many as are sent");
        }
    }

    /// Customers that were written to before: when their latest message was delivered, and how many they are.
    fn again(
        &mut self,
        stage: &Stage,
        again: &Ordered<u64>,
        messages: u64,
        at: SimTime,
        path: &str,
    ) -> Vec<(SimTime, u64)> {
        let mut list = Vec::new();
        for (when, customers) in again.iter() {
            let here = format!("{path}.again.\"{when}\"");
            match Moment::try_from(when.to_owned()) {
                Ok(moment) => list.extend(self.moment(stage, &moment, &here).map(|when| (when, *customers))),
                Err(error) => {
                    let error = error.to_string();
                    let (message, help) = error.split_once('\n').unwrap_or((&error, ""));
                    self.error(&here, message, help);
                }
            }
        }
        if list.iter().any(|(when, _)| *when >= at) {
            self.error(&format!("{path}.again"), "this is not before the send itself", "name earlier sends");
        }
        self.check_at_most(again.values().sum(), messages, &format!("{path}.again"));
        list
    }

    /// One instant on each day from a day to another.
    fn days(&mut self, stage: &Stage, from: DayName, to: DayName, time: Time, path: &str) -> Vec<SimTime> {
        let (first, last) = (stage.date(from), stage.date(to));
        if first > last {
            self.error(&format!("{path}.to"), "this day comes before `from`", "the first day, then the last");
        }
        let days = days_between(first, last);
        if days > MOST_DAYS {
            self.error(&format!("{path}.to"), "this is too far away", format!("at most {MOST_DAYS} days"));
            return Vec::new();
        }
        let dates = (0..=days).map(|day| first.saturating_add(day.days()));
        dates.filter_map(|date| self.civil(stage, date.to_datetime(time), path, "from")).collect()
    }

    // ---- then -----------------------------------------------------------------------------------------------

    fn expected(&mut self, stage: &Stage, then: &[ThenText], path: &str) -> Vec<Expected> {
        let mut made = Vec::new();
        let mut before = SimTime::START;
        for (place, text) in then.iter().enumerate() {
            let path = format!("{path}.then[{place}]");
            let Some(at) = self.instant(stage, &text.at, &path, "at") else { continue };
            self.check_order(&path, "at", before, at);
            before = at;
            made.push(Expected { at, facts: self.facts(stage, text, &path) });
        }
        made
    }

    fn facts(&mut self, stage: &Stage, text: &ThenText, path: &str) -> Vec<(Fact, usize)> {
        let Some(number) =
            self.choose_if(text.asks_number(), &stage.names.numbers, &text.number, path, "number")
        else {
            return Vec::new();
        };
        let asks = text.asks_template();
        let Some(template) = self.choose_if(asks, &stage.names.templates, &text.template, path, "template")
        else {
            return Vec::new();
        };
        if let Some(tier) = &text.tier {
            self.check_tier(&format!("{path}.tier"), tier, &stage.tiers, stage);
        }
        let facts = text.facts(number, template);
        if facts.is_empty() {
            let help =
                "state at least one of limit, tier, status, rating, template_status, capacity, refused";
            self.error(path, "nothing is looked at here", help);
        }
        facts.into_iter().map(|(field, fact)| (fact, self.line(&format!("{path}.{field}")))).collect()
    }

    fn choose_if(
        &mut self,
        asked: bool,
        known: &[String],
        name: &Option<String>,
        path: &str,
        what: &str,
    ) -> Option<usize> {
        if asked || name.is_some() { self.choose(known, name.as_deref(), path, what) } else { Some(0) }
    }

    /// Position of a number or template; it may be left out where there is only one.
    fn choose(&mut self, known: &[String], name: Option<&str>, path: &str, what: &str) -> Option<usize> {
        let Some(name) = name else {
            if known.len() > 1 {
                let help = format!("add {what}: \"{}\", or another of {}", known[0], known.join(", "));
                self.error(path, format!("which {what}?"), help);
            }
            return (known.len() == 1).then_some(0);
        };
        let place = known.iter().position(|other| other == name);
        if place.is_none() {
            let help = nearest(name, known.iter().map(String::as_str));
            self.error(&format!("{path}.{what}"), format!("there is no {what} \"{name}\""), help);
        }
        place
    }

    // ---- times ----------------------------------------------------------------------------------------------

    fn instant(&mut self, stage: &Stage, moment: &Moment, path: &str, field: &str) -> Option<SimTime> {
        self.moment(stage, moment, &format!("{path}.{field}"))
    }

    fn moment(&mut self, stage: &Stage, moment: &Moment, path: &str) -> Option<SimTime> {
        let civil = stage.date(moment.day).to_datetime(moment.time);
        let (parent, field) = path.rsplit_once('.').unwrap_or((path, ""));
        self.civil(stage, civil, parent, field)
    }

    fn civil(&mut self, stage: &Stage, civil: DateTime, path: &str, field: &str) -> Option<SimTime> {
        let path = format!("{path}.{field}");
        let at = stage.calendar.instant(civil).ok();
        let horizon = SimTime::START + Span::days(MOST_DAYS);
        match at {
            Some(at) if (SimTime::START..horizon).contains(&at) => Some(at),
            Some(at) if at < SimTime::START => {
                self.error(&path, "this is before the start", "the first day is day 1");
                None
            }
            _ => {
                self.error(
                    &path,
                    "this is too far away",
                    format!("at most {MOST_DAYS} days after the start"),
                );
                None
            }
        }
    }

    /// The line of a value, from 1.
    fn line(&self, path: &str) -> usize {
        self.document
            .locate_key(path)
            .map_or(0, |place: Range<usize>| self.document.line_column(place.start).0)
    }
}

/// The number that a case has where it names none.
const MAIN: &str = "main";
/// The template that a case has where it names none.
const OFFER: &str = "offer";

fn opening(given: &Layers<'_>, rules: &Rules) -> Opening {
    let (_, numbers) = given.get("numbers", |given| given.numbers.as_ref());
    let (_, templates) = given.get("templates", |given| given.templates.as_ref());
    let (_, policy) = given.get("policy", |given| given.policy.as_ref());
    let standing = |number: &NumberText| {
        let tier = number.tier.as_ref().and_then(|tier| rules.tier(tier));
        (tier.unwrap_or(rules.start_tier), number.rating)
    };
    Opening {
        // Who is verified from the start is told so then: a number on the entry step leaves it.
        verified: false,
        numbers: numbers
            .map_or(vec![(rules.start_tier, None)], |numbers| numbers.values().map(standing).collect()),
        templates: templates.map_or(vec![TemplateOpening::PROVEN], |templates| {
            templates.0.iter().map(|(_, template)| template.opening()).collect()
        }),
        thresholds: Vec::new(),
        policy: policy.map_or(Policy::Passed, |policy| match policy {
            PolicyText::Open => Policy::Open,
            PolicyText::Passed => Policy::Passed,
            PolicyText::Failed => Policy::Failed,
        }),
        never_amended: false,
    }
}

impl TemplateText {
    fn opening(self) -> TemplateOpening {
        let status = match self.state {
            TemplateState::Approved | TemplateState::New => TemplateStatus::Approved,
            TemplateState::Pending => TemplateStatus::Pending,
        };
        let new = matches!(self.state, TemplateState::New);
        TemplateOpening { category: self.category.unwrap_or(Category::Marketing), status, new }
    }
}

impl Stage {
    fn date(&self, day: DayName) -> Date {
        match day {
            DayName::Nth(nth) => self.calendar.date(nth as usize - 1),
            DayName::Date(date) => date,
        }
    }
}

impl EventText {
    /// The field that says when.
    fn moment_field(&self) -> &'static str {
        match self {
            EventText::Fill { .. } => "from",
            _ => "at",
        }
    }
}

impl ThenText {
    /// Whether something is asked of a number.
    fn asks_number(&self) -> bool {
        let of_others =
            ["verified", "may_apply", "template_status", "template_rating", "rejected", "held", "dropped"];
        self.facts(0, 0).iter().any(|(field, _)| !of_others.contains(field))
    }

    /// Whether something is asked of a template.
    fn asks_template(&self) -> bool {
        let counted = [self.rejected, self.held, self.dropped];
        self.template_status.is_some()
            || self.template_rating.is_some()
            || counted.iter().any(Option::is_some)
    }

    /// What is stated, each with the name of its field.
    fn facts(&self, number: usize, template: usize) -> Vec<(&'static str, Fact)> {
        let facts = [
            ("limit", self.limit.map(|limit| Fact::Limit(number, limit))),
            ("tier", self.tier.clone().map(|tier| Fact::Tier(number, tier))),
            ("status", self.status.map(|status| Fact::Status(number, status))),
            ("statuses", self.statuses.clone().map(|statuses| Fact::Statuses(number, statuses))),
            ("rating", self.rating.map(|rating| Fact::Rating(number, rating))),
            ("template_status", self.template_status.map(|status| Fact::TemplateStatus(template, status))),
            ("template_rating", self.template_rating.map(|rating| Fact::TemplateRating(template, rating))),
            ("review", self.review.map(|review| Fact::Review(number, review))),
            ("verified", self.verified.map(Fact::Verified)),
            ("capacity", self.capacity.map(|capacity| Fact::Capacity(number, capacity))),
            ("reached", self.reached.map(|reached| Fact::Reached(number, reached))),
            ("refused", self.refused.map(|refused| Fact::Refused(number, refused))),
            ("rejected", self.rejected.map(|rejected| Fact::Rejected(template, rejected))),
            ("held", self.held.map(|held| Fact::Held(template, held))),
            ("dropped", self.dropped.map(|dropped| Fact::Dropped(template, dropped))),
            ("may_apply", self.may_apply.map(Fact::MayApply)),
            ("error", self.error.map(|error| Fact::Error(number, error))),
        ];
        facts.into_iter().filter_map(|(field, fact)| Some((field, fact?))).collect()
    }
}

// ---- running a case -----------------------------------------------------------------------------------------------

impl Case {
    /// Name of the ruleset that it runs under; the one at the start, where a rulebook holds.
    pub fn ruleset(&self) -> &str {
        &self.rules.name
    }

    /// Names of the rulesets that hold in it, one after another.
    pub fn rulesets(&self) -> impl Iterator<Item = &str> {
        let later = self.later.iter().map(|era| era.rules.name.as_str());
        std::iter::once(self.ruleset()).chain(later)
    }

    /// Runs the case: the platform alone, driven by what the case says is sent and comes back.
    pub fn run(&self) -> CaseOutcome {
        Play::of(self, &self.script, true).finish()
    }

    fn moment(&self, at: SimTime) -> String {
        let civil = self.calendar.civil(at);
        let day = days_between(self.calendar.date(0), civil.date()) + 1;
        let time = if civil.second() == 0 { "%H:%M" } else { "%H:%M:%S" };
        format!("day {day} {}", civil.strftime(time))
    }
}

/// A case under way.
struct Play<'c> {
    case: &'c Case,
    /// The case's own, or a changed one.
    script: &'c Script,
    /// Whether facts are looked at and a journal is written; else only transitions are noted.
    telling: bool,
    platform: Platform<'c>,
    changes: Vec<Change>,
    /// Messages refused so far, by number.
    refused: Vec<u64>,
    /// Messages rejected so far, by template.
    rejected: Vec<u64>,
    /// Messages held so far, by template.
    held: Vec<u64>,
    /// Held messages that failed so far, by template.
    dropped: Vec<u64>,
    /// Messages that are held now, by number and template.
    waiting: Vec<Vec<u64>>,
    /// Templates whose held messages are to be sent at this instant.
    released: Vec<usize>,
    /// The latest error code, by number.
    errors: Vec<Option<u32>>,
    next_event: usize,
    next_era: usize,
    next_expected: usize,
    outcome: CaseOutcome,
}

impl<'c> Play<'c> {
    fn of(case: &'c Case, script: &'c Script, telling: bool) -> Play<'c> {
        let (numbers, templates) = (case.names.numbers.len(), case.names.templates.len());
        Play {
            case,
            script,
            telling,
            platform: Platform::open(&case.rules, &script.opening),
            changes: Vec::new(),
            refused: vec![0; numbers],
            rejected: vec![0; templates],
            held: vec![0; templates],
            dropped: vec![0; templates],
            waiting: vec![vec![0; templates]; numbers],
            released: Vec::new(),
            errors: vec![None; numbers],
            next_event: 0,
            next_era: 0,
            next_expected: 0,
            outcome: CaseOutcome {
                name: case.name.clone(),
                reading: case.reading.clone(),
                looked_at: 0,
                failures: Vec::new(),
                journal: Vec::new(),
                transitions: Vec::new(),
            },
        }
    }

    fn finish(mut self) -> CaseOutcome {
        let end = self.case.calendar.end();
        self.platform.begin(SimTime::START, &mut self.changes);
        self.tell(SimTime::START);
        let mut now = SimTime(-1);
        loop {
            let term = self.platform.next_term(now).max(SimTime(now.0 + 1));
            let evaluation = self.platform.next_evaluation();
            let clock = self.platform.next_clock(now);
            let event = self.script.events.get(self.next_event).map_or(SimTime::NEVER, |(at, _)| *at);
            let era = self.case.later.get(self.next_era).map_or(SimTime::NEVER, |era| era.from);
            now = term.min(evaluation).min(clock).min(event).min(era);
            self.look_before(now);
            if now >= end {
                return self.outcome;
            }
            self.instant(now, now == term);
        }
    }

    /// The six classes of one instant.
    fn instant(&mut self, now: SimTime, term: bool) {
        let script = self.script;
        let from = self.next_event;
        let to = from + script.events[from..].iter().take_while(|(at, _)| *at == now).count();
        self.next_event = to;
        let events = script.events[from..to].iter().map(|(_, event)| event);
        self.amend(now);
        if term {
            self.platform.terms(now, &mut self.changes);
            self.tell(now);
        }
        for class in [1, 2] {
            events.clone().filter(|event| event.class() == class).for_each(|event| self.happen(now, event));
        }
        if self.platform.next_evaluation() == now {
            self.platform.evaluate(now, &mut self.changes);
            self.tell(now);
        }
        if self.platform.next_clock(SimTime(now.0 - 1)) == now {
            self.platform.clocks(now, &mut self.changes);
            self.tell(now);
        }
        self.send_held(now);
        for class in [EDITS, 5, 6] {
            events.clone().filter(|event| event.class() == class).for_each(|event| self.happen(now, event));
        }
    }

    /// Other rules come into force.
    fn amend(&mut self, now: SimTime) {
        let Some(era) = self.case.later.get(self.next_era).filter(|era| era.from == now) else { return };
        self.next_era += 1;
        self.platform.amend(&era.rules, &era.amending, &[], now, &mut self.changes);
        self.tell(now);
    }

    fn happen(&mut self, now: SimTime, event: &Event) {
        match event {
            Event::Send { number, template, messages, delivered, in_window, again } => {
                let batch = Batch { number: *number, template: *template, messages: *messages };
                self.send(now, batch, *delivered, *in_window, again);
            }
            Event::Fill { number, template, at_most, spare } => {
                let capacity = self.platform.capacity(*number, now);
                let capacity = if capacity == u64::MAX { capacity } else { capacity.saturating_sub(*spare) };
                let messages = match at_most {
                    Some(most) => capacity.min(*most),
                    None if capacity == u64::MAX => 0,
                    None => capacity,
                };
                if messages > 0 {
                    let batch = Batch { number: *number, template: *template, messages };
                    self.send(now, batch, None, 0, &[]);
                }
            }
            Event::Feedback { number, template, kind, count, .. } => {
                let (number, template, kind, count) = (*number, *template, *kind, *count);
                let names = &self.case.names;
                let what = format!("{kind:?} x {} for {}", grouped(count), names.templates[template]);
                self.note(now, what, None);
                let signal = Signal::Feedback { number, template, kind, count };
                self.platform.hear(now, signal, &mut self.changes);
            }
            Event::CustomerMessages { number, count } => {
                let (number, count) = (*number, *count);
                let of = &self.case.names.numbers[number];
                self.note(now, format!("{} customers write first to {of}", grouped(count)), None);
                self.platform.hear(now, Signal::CustomerMessages { number, count }, &mut self.changes);
            }
            Event::Edited { template } => {
                let template = *template;
                self.note(now, format!("{} is edited", self.case.names.templates[template]), None);
                self.platform.hear(now, Signal::Edited { template }, &mut self.changes);
            }
            Event::Decided(signal) => self.platform.hear(now, *signal, &mut self.changes),
        }
        self.tell(now);
    }

    /// What was held of templates whose sample was judged well is sent, and delivered, at this instant.
    fn send_held(&mut self, now: SimTime) {
        for template in std::mem::take(&mut self.released) {
            for number in 0..self.waiting.len() {
                let messages = std::mem::take(&mut self.waiting[number][template]);
                if messages > 0 {
                    self.send(now, Batch { number, template, messages }, None, 0, &[]);
                    self.tell(now);
                }
            }
        }
    }

    fn send(
        &mut self,
        now: SimTime,
        batch: Batch,
        stated: Option<(u64, usize)>,
        in_window: u64,
        again: &[(SimTime, u64)],
    ) {
        let Batch { number, template, messages } = batch;
        let admission = self.platform.admit(number, template, messages, in_window, now);
        self.refused[number] += admission.refused;
        self.rejected[template] += admission.rejected;
        self.held[template] += admission.held;
        self.waiting[number][template] += admission.held;
        if admission.refused + admission.rejected > 0 {
            self.errors[number] = admission.error;
        }
        let sent = admission.admitted;
        let delivered = stated.map_or(sent, |(delivered, _)| delivered.min(sent));
        self.note(now, self.sent_in_words(batch, &admission, delivered), None);
        if let Some((stated, line)) = stated.filter(|(stated, _)| *stated > sent) {
            let found = format!("only {} admitted", grouped(sent));
            self.fail(now, line, "delivered".to_owned(), grouped(stated), found);
        }
        if sent > 0 {
            let in_window = in_window.min(delivered);
            // Who of the customers is held was not said.
            let again = if admission.held == 0 { again } else { &[] };
            let signal = Signal::Sent { number, template, sent, delivered, in_window, again };
            self.platform.hear(now, signal, &mut self.changes);
        }
    }

    fn sent_in_words(&self, batch: Batch, admission: &Admission, delivered: u64) -> String {
        let names = &self.case.names;
        let (number, template) = (&names.numbers[batch.number], &names.templates[batch.template]);
        let mut words = format!(
            "{number} sends {} of {template}: {} delivered",
            grouped(batch.messages),
            grouped(delivered)
        );
        for (count, word) in
            [(admission.refused, "refused"), (admission.rejected, "rejected"), (admission.held, "held")]
        {
            if count > 0 {
                words.push_str(&format!(", {} {word}", grouped(count)));
            }
        }
        words
    }

    // ---- what is told ---------------------------------------------------------------------------------------

    fn note(&mut self, now: SimTime, what: String, clause: Option<String>) {
        if self.telling {
            self.outcome.journal.push(Told { at: self.case.moment(now), what, clause });
        }
    }

    fn tell(&mut self, now: SimTime) {
        for change in std::mem::take(&mut self.changes) {
            let rules = self.platform.rules();
            let clause = &rules.clauses[usize::from(change.clause)].path;
            self.outcome.transitions.push(Made {
                at: now,
                ruleset: rules.name.clone(),
                clause: clause.clone(),
                transition: change.what.transition(),
                subject: change.subject,
            });
            if self.telling {
                let subject = self.case.subject(rules, change.subject);
                let what = format!("{subject} {}", self.case.what(rules, change.what));
                self.note(now, what, Some(clause.clone()));
            }
            match (change.what, change.subject) {
                (What::HeldReleased { .. }, Subject::Template(template)) => self.released.push(template),
                (What::HeldDropped { held }, Subject::Template(template)) => {
                    self.dropped[template] += held;
                    self.waiting.iter_mut().for_each(|waiting| waiting[template] = 0);
                }
                _ => {}
            }
        }
    }

    // ---- what is looked at ----------------------------------------------------------------------------------

    /// Looks at what is expected at instants that are over before `next`.
    fn look_before(&mut self, next: SimTime) {
        if !self.telling {
            return;
        }
        let case = self.case;
        while let Some(expected) = case.expected.get(self.next_expected).filter(|expected| expected.at < next)
        {
            self.next_expected += 1;
            for (fact, line) in &expected.facts {
                self.outcome.looked_at += 1;
                let (what, wanted, found) = self.look(fact, expected.at);
                if wanted != found {
                    self.fail(expected.at, *line, what, wanted, found);
                }
            }
        }
    }

    fn fail(&mut self, at: SimTime, line: usize, what: String, expected: String, found: String) {
        let (file, at) = (self.case.file.clone(), self.case.moment(at));
        let after = self.outcome.journal.len();
        self.outcome.failures.push(Failure { file, line, at, what, expected, found, after });
    }

    /// What a fact is called, what is expected of it, and what is found.
    fn look(&mut self, fact: &Fact, at: SimTime) -> (String, String, String) {
        let platform = &mut self.platform;
        let names = &self.case.names;
        let of = |what: &str, number: usize| format!("{what} of {}", names.numbers[number]);
        let of_template = |what: &str, template: usize| format!("{what} of {}", names.templates[template]);
        match fact {
            Fact::Limit(number, limit) => {
                let found = limit_in_words(platform.limit(*number));
                (of("limit", *number), limit_in_words(most(*limit)), found)
            }
            Fact::Tier(number, tier) => {
                let found = platform.rules().tiers[platform.tier(*number)].name.clone();
                (of("tier", *number), tier.clone(), found)
            }
            Fact::Status(n, status) => {
                (of("status", *n), status.to_string(), platform.number_status(*n).to_string())
            }
            Fact::Statuses(number, statuses) => {
                let held = |wanted: &dyn Fn(NumberStatus) -> bool| {
                    let all = NumberStatus::ALL.into_iter().filter(|status| wanted(*status));
                    let names: Vec<&str> = all.map(NumberStatus::name).collect();
                    if names.is_empty() { "none".to_owned() } else { names.join(" and ") }
                };
                let found = held(&|status| platform.number_is(*number, status));
                (of("statuses", *number), held(&|status| statuses.contains(&status)), found)
            }
            Fact::Rating(n, rating) => {
                (of("rating", *n), rating.to_string(), platform.rating(*n).to_string())
            }
            Fact::TemplateStatus(template, status) => {
                let found = platform.template_status(*template).to_string();
                (of_template("status", *template), status.to_string(), found)
            }
            Fact::TemplateRating(template, rating) => {
                let found = platform.template_rating(*template).to_string();
                (of_template("rating", *template), rating.to_string(), found)
            }
            Fact::Review(n, review) => {
                (of("review", *n), under_way(*review), under_way(platform.in_review(*n)))
            }
            Fact::Verified(verified) => {
                ("verified".to_owned(), verified.to_string(), platform.verified().to_string())
            }
            Fact::Capacity(n, count) => (of("capacity", *n), room(*count), room(platform.capacity(*n, at))),
            Fact::Reached(n, count) => {
                (of("reached", *n), grouped(*count), grouped(platform.reached(*n, at)))
            }
            Fact::Refused(n, count) => (of("refused", *n), grouped(*count), grouped(self.refused[*n])),
            Fact::Rejected(t, count) => {
                (of_template("rejected", *t), grouped(*count), grouped(self.rejected[*t]))
            }
            Fact::Held(t, count) => (of_template("held", *t), grouped(*count), grouped(self.held[*t])),
            Fact::Dropped(t, count) => {
                (of_template("dropped", *t), grouped(*count), grouped(self.dropped[*t]))
            }
            Fact::MayApply(may) => {
                ("may apply".to_owned(), may.to_string(), platform.may_apply(at).to_string())
            }
            Fact::Error(n, code) => {
                let found = self.errors[*n].map_or_else(|| "none".to_owned(), |code| code.to_string());
                (of("error", *n), code.to_string(), found)
            }
        }
    }
}

/// A request to send.
#[derive(Clone, Copy)]
struct Batch {
    number: usize,
    template: usize,
    messages: u64,
}

/// Edits are the sender's own, as sends are, and come before them.
const EDITS: u8 = 4;

impl Event {
    /// The class of an instant in which it happens.
    fn class(&self) -> u8 {
        match self {
            Event::Decided(_) => 1,
            Event::Feedback { at_once: false, .. } | Event::CustomerMessages { .. } => 2,
            Event::Edited { .. } => EDITS,
            Event::Send { .. } | Event::Fill { .. } => 5,
            Event::Feedback { at_once: true, .. } => 6,
        }
    }
}

impl Case {
    fn subject(&self, rules: &Rules, subject: Subject) -> String {
        match subject {
            Subject::Portfolio => "the business".to_owned(),
            Subject::Holder(place) if rules.holder == Holder::Number => {
                format!("the limit of {}", self.names.numbers[place])
            }
            Subject::Holder(_) => "the limit".to_owned(),
            Subject::Number(place) => self.names.numbers[place].clone(),
            Subject::Template(place) => self.names.templates[place].clone(),
        }
    }

    fn what(&self, rules: &Rules, what: What) -> String {
        let tier = |place: usize| &rules.tiers[place].name;
        let until =
            |at: Option<SimTime>| at.map_or(String::new(), |at| format!(" until {}", self.moment(at)));
        match what {
            What::Verified => "is verified".to_owned(),
            What::TierRose { from, to } => format!("rises from {} to {}", tier(from), tier(to)),
            What::TierFell { from, to } => format!("falls from {} to {}", tier(from), tier(to)),
            What::ReviewStarted { until: at } => format!("is under review{}", until(Some(at))),
            What::ReviewCancelled => "will not rise: the review is cancelled".to_owned(),
            What::Rated { from, to } => format!("is rated {to} after {from}"),
            What::NumberEntered { status, until: at } => format!("is {status}{}", until(at)),
            What::TemplateEntered { status, until: at } => format!("is {status}{}", until(at)),
            What::NumberLeft { status, recovered } => left(&status, recovered),
            What::TemplateLeft { status, recovered } => left(&status, recovered),
            decided => decided.decision().unwrap_or_default(),
        }
    }
}

fn left(status: &dyn fmt::Display, recovered: bool) -> String {
    let how = if recovered { "" } else { ": its time is over" };
    format!("is no longer {status}{how}")
}

fn most(limit: Limit) -> Option<u64> {
    match limit {
        Limit::AtMost(customers) => Some(customers),
        Limit::Unlimited => None,
    }
}

fn limit_in_words(limit: Option<u64>) -> String {
    limit.map_or_else(|| "unlimited".to_owned(), |most| format!("at most {}", grouped(most)))
}

fn room(capacity: u64) -> String {
    if capacity == u64::MAX { "unlimited".to_owned() } else { grouped(capacity) }
}

fn under_way(review: bool) -> String {
    if review { "under way".to_owned() } else { "none".to_owned() }
}
