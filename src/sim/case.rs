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
//!   text --read--> Case (one for each reading) --play--> CaseOutcome: failures, and the journal behind them
//!                   '-under-> on changed rules  '-near-> what one unit more or less would have caused
//! ```
//!
//! A time is `"day 2 15:00"` (the first day is day 1), `"day 2 14:59:59"`, `"day 2"` for its midnight, or a date
//! instead of the day. What stands in `then` is looked at when everything of its instant has happened.

mod near;
mod play;
mod read;
mod text;
mod under;

use std::fmt;
use std::path::Path;

use crate::document::{Document, Examiner, Findings};
use crate::glossary::{Feedback, NumberStatus, Rating, TemplateStatus};
use crate::platform::language::Limit;
use crate::platform::{Opening, Rules, Signal, Subject, Transition};
use crate::time::{Calendar, SimTime, days_between};

use self::near::Stated;
pub use self::near::{JustMissed, Unit};
use self::play::Play;
use self::read::Reader;
use self::text::CasesText;
use self::under::RulesText;
pub use self::under::Shelf;
use super::load::{Following, LoadError, open};

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
        let (text, left_out) = document.read_what_can_be::<CasesText>(|_, _| None)?;
        let mut reader = Reader::of(document, left_out);
        if text.cases.is_empty() {
            reader.given(&[], |reader| reader.error("cases", "there is no case", "write at least one"));
        }
        let mut cases = Vec::new();
        for (place, case) in text.cases.iter().enumerate() {
            reader.given(&[], |reader| reader.check_name(&text.cases, place));
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
    later: Vec<Following>,
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

/// What the numbers and templates of a case are called, in order.
#[derive(Clone, Debug)]
struct Names {
    numbers: Vec<String>,
    templates: Vec<String>,
}

/// What a case makes happen; numbers and templates by their position.
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
