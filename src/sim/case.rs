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

mod book;
mod near;
mod outcome;
mod play;
mod read;
mod script;
mod text;
mod under;

use std::path::Path;

use crate::document::{Document, Examiner, Findings};
use crate::platform::Rules;
use crate::time::{Calendar, SimTime, days_between};

use self::book::RulesText;
pub use self::near::{JustMissed, Unit};
pub use self::outcome::{CaseOutcome, Failure, Made, Told};
use self::play::Play;
use self::read::Reader;
use self::script::{Expected, Names, Script, Stated};
use self::text::CasesText;
pub use self::under::Shelf;
use super::load::{Following, LoadError, open};

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
