//! What really happened, told to the rules: a log in, dated changes out. Nothing is drawn.
//!
//! ```text
//!   log.csv --first reading: check, count, collect names--> Log  (or all that is wrong with it)
//!           --second reading: second by second-----------> Platform --> Replay
//! ```
//!
//! A log is read twice because the platform must know all numbers and templates before the first row; neither
//! reading keeps rows, so that a log may be longer than the memory.
//!
//! The rules are one ruleset from beginning to end, or those of a rulebook by the dates of the log: the era in which its
//! first row lies, and each later one from its day on, to which what the platform holds moves as in a run.
//!
//! # The log
//!
//! A table separated by commas, one row for what happened in one second, in order of time:
//!
//! ```text
//! time,kind,count,number,template
//! 2024-03-04T10:00:00Z,sent,500,16505551111,spring_offer
//! 2024-03-04T10:00:00Z,delivered,480,16505551111,spring_offer
//! 2024-03-04T10:12:31Z,blocked,2,16505551111,spring_offer
//! ```
//!
//! | column | holds |
//! | --- | --- |
//! | `time` | ISO 8601 with an offset or `Z`; or Unix seconds; or `2024-03-04 10:00:00` in a zone that is given; one form a log |
//! | `kind` | `sent`, `delivered`, `failed`, `read`, `replied`, `stopped`, `blocked`, `reported`, `muted`, `archived`, `customer_message` (a customer writes first), `analysis` (the platform decided on a rise), `verified` (the business is) |
//! | `count` | how many, a whole number; 1 for an `analysis` that approved, 0 for one that denied; may be empty for `verified` |
//! | `number` | which phone number; the column may be left out where there is one |
//! | `template` | which template; the column may be left out where there is one, and the cell be empty for what customers do |
//!
//! The header is needed, its columns come in any order, and further columns are passed over and named. Empty lines
//! and lines that begin with `#` are skipped. Only what the business starts belongs into a log: answers within a
//! service window count for no limit.
//!
//! # How it is heard
//!
//! - Seconds count from the midnight (in the zone) before the first row; ratings that are evaluated every hour are
//!   evaluated at full hours from there.
//! - What was sent and delivered of one template by one number in one second is one batch. What is delivered later
//!   counts at its own time: usage and rating look at deliveries.
//! - Within one second the order of rows means nothing. Decisions of the platform come first; reactions come before ratings
//!   are evaluated, but reactions to a template that the number sends in that very second come after it.
//! - Everything in the log happened. What the rules would have refused is counted and told, and heard all the same.
//! - The log does not say who was written to: every delivery counts as another customer.
//! - Where a rating weighs unread messages, what was delivered and not read in time is heard as unread. What is read is
//!   taken to be the oldest that waits of its number and template, for rows are counts; who hides the receipts counts as
//!   unread. A log without any `read` row tells nothing of it: nothing is heard as unread then, and that is said. Where
//!   nobody read anything, one `read` row with the count 0 says so.
//! - `failed` is counted, and no rule hears it.

mod cells;
mod drive;
mod eras;
mod mistakes;
mod moment;
mod rows;
mod unread;

use std::io::BufRead;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use thiserror::Error;

use crate::document::{Document, Finding, Findings, did_you_mean};
use crate::glossary::{Feedback, NumberStatus, Rating, TemplateStatus};
use crate::platform::language::{Condition, Within};
use crate::platform::{
    Change, ClauseId, Deadline, Opening, Policy, Rulebook, Rules, Ruleset, Subject, TemplateOpening, What,
    rulebook, words,
};
use crate::time::{Calendar, CalendarError, SimTime, Span, date_in_words};

use super::Names;

use drive::Outcome;
use eras::Eras;

pub(crate) use cells::Lines;
pub use eras::LaterRules;
pub(crate) use mistakes::{Line, Mistakes};
pub use moment::Form;

/// Most messages or reactions in one row.
pub(super) const MOST_IN_ROW: u64 = 1 << 31;
/// Most in a log: what the windows of a rating can still weigh exactly.
const MOST_IN_LOG: u64 = 1 << 50;
/// How many kinds of rows there are.
const KINDS: usize = Kind::ALL.len();

/// What is missing in most logs, in words that follow "the log holds".
pub const NO_COMPLAINTS: &str = "no rows of blocks or reports: no platform tells a sender of them, so ratings rest on \
    what else the log holds, and flags and falls cannot be foreseen";

/// What a row tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// The platform accepted messages.
    Sent,
    /// Messages were delivered.
    Delivered,
    /// Messages failed.
    Failed,
    /// Messages were read; each read is taken to be of the oldest that waits of its number and template. Where a rating
    /// weighs unread messages and the log has such rows at all, what is not read in time is heard as unread.
    Read,
    /// Customers answered.
    Replied,
    /// Customers asked for no more.
    Stopped,
    /// Customers blocked the number.
    Blocked,
    /// Customers reported the number.
    Reported,
    /// Customers muted the chat.
    Muted,
    /// Customers archived the chat.
    Archived,
    /// Customers wrote first.
    CustomerMessage,
    /// The platform decided on a rise that waits for its analysis of the messages: the count is 1 where it approved, 0
    /// where it denied.
    Analysis,
    /// The business was verified.
    Verified,
}

impl Kind {
    /// Every kind; its position is its index in counters.
    pub const ALL: [Kind; 13] = [
        Kind::Sent,
        Kind::Delivered,
        Kind::Failed,
        Kind::Read,
        Kind::Replied,
        Kind::Stopped,
        Kind::Blocked,
        Kind::Reported,
        Kind::Muted,
        Kind::Archived,
        Kind::CustomerMessage,
        Kind::Analysis,
        Kind::Verified,
    ];

    /// The word in a log.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Sent => "sent",
            Kind::Delivered => "delivered",
            Kind::Failed => "failed",
            Kind::Read => "read",
            Kind::Replied => "replied",
            Kind::Stopped => "stopped",
            Kind::Blocked => "blocked",
            Kind::Reported => "reported",
            Kind::Muted => "muted",
            Kind::Archived => "archived",
            Kind::CustomerMessage => "customer_message",
            Kind::Analysis => "analysis",
            Kind::Verified => "verified",
        }
    }

    /// What a rating hears of it.
    fn feedback(self) -> Option<Feedback> {
        Some(match self {
            Kind::Replied => Feedback::Reply,
            Kind::Stopped => Feedback::Stop,
            Kind::Blocked => Feedback::Block,
            Kind::Reported => Feedback::Report,
            Kind::Muted => Feedback::Mute,
            Kind::Archived => Feedback::Archive,
            Kind::CustomerMessage => Feedback::CustomerFirst,
            Kind::Sent | Kind::Delivered | Kind::Failed | Kind::Read => return None,
            Kind::Analysis | Kind::Verified => return None,
        })
    }

    /// Whether a row needs to say which template.
    fn of_template(self) -> bool {
        matches!(self, Kind::Sent | Kind::Delivered | Kind::Failed | Kind::Read)
    }
}

/// How a log is to be read.
#[derive(Clone, Debug)]
pub struct Reading {
    /// Name of the log, as it is shown to the reader.
    pub name: String,
    zone: String,
    /// Whether the zone was given; without one, times need an offset and days are those of UTC.
    zone_given: bool,
    /// Whether rows that were read already are dropped.
    pub drop_duplicates: bool,
    /// A pause longer than this is told.
    pub longest_window: Span,
}

impl Reading {
    /// A reading of the log `name`; civil times and days are those of `zone`.
    ///
    /// # Errors
    /// A zone that is not in the time zone database.
    pub fn new(name: impl Into<String>, zone: Option<&str>) -> Result<Reading, CalendarError> {
        let known = zone.unwrap_or("UTC");
        TimeZone::get(known).map_err(|_| CalendarError::Zone(known.to_owned()))?;
        Ok(Reading {
            name: name.into(),
            zone: known.to_owned(),
            zone_given: zone.is_some(),
            drop_duplicates: false,
            longest_window: Span::days(7),
        })
    }

    fn time_zone(&self) -> TimeZone {
        TimeZone::get(&self.zone).unwrap_or(TimeZone::UTC)
    }

    /// The Unix time that a text names, read as a row's time would be.
    ///
    /// # Errors
    /// What is wrong with it, and advice.
    pub fn instant(&self, text: &str) -> Result<i64, (String, String)> {
        let read = moment::Times::new(self).read(text, None);
        read.map_err(|mistake| (mistake.message, mistake.help))
    }
}

/// Why a log cannot be replayed.
#[derive(Debug, Error)]
pub enum LogError {
    /// It cannot be read.
    #[error("{0}")]
    Read(#[from] std::io::Error),
    /// Something is wrong with what it says.
    #[error("{0}")]
    Findings(#[from] Findings),
    /// The second reading found something else than the first.
    #[error("the log changed while it was read")]
    Changed,
    /// The replay is to end before the log does.
    #[error("the log goes on after the end that was asked for")]
    EndsEarly,
    /// The log begins before the first era of the rulebook.
    #[error("the rulebook {rulebook} has no rules for {day}, the day of the first row")]
    NoRules {
        /// Name of the rulebook.
        rulebook: String,
        /// The day of the first row.
        day: Date,
        /// The first day of its first era.
        first: Date,
    },
    /// The starting tier is not on the ladder.
    #[error("the ruleset has no tier \"{name}\"")]
    Tier {
        /// The name that was asked for.
        name: String,
        /// The nearest name and all others.
        help: String,
    },
}

/// What a first reading finds in a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Log {
    /// The phone numbers and templates, in order of first mention. A name is empty where the log has no such column.
    pub names: Names,
    /// How times are written.
    pub form: Form,
    /// Name of the zone of civil times and days.
    pub zone: String,
    /// Whether the zone was given.
    pub zone_given: bool,
    /// The first and the last second of the log [Unix seconds].
    pub span: (i64, i64),
    /// Rows by [`Kind`].
    pub rows: [u64; KINDS],
    /// Sums of their counts by [`Kind`].
    pub counts: [u64; KINDS],
    /// Rows that repeat one of the same second, and the line of the first.
    pub repeated: Option<(u64, u64)>,
    /// Whether these were dropped.
    pub dropped: bool,
    /// Pauses longer than the longest window: from, to [Unix seconds]; the first few.
    pub pauses: Vec<(i64, i64)>,
    /// How many such pauses there are.
    pub pause_count: u64,
    /// Columns that were passed over.
    pub other_columns: Vec<String>,
    /// Lines that begin with `#`.
    pub remarks: u64,
    /// Times whose fraction of a second was cut.
    pub fractions: u64,
    /// Civil times in an hour that the clock repeats.
    pub repeated_hour: u64,
    /// Whether the last line does not end.
    pub open_end: bool,
}

impl Log {
    /// Reads a log and checks it; no row is kept.
    ///
    /// # Errors
    /// Input that fails, and all that is wrong with what it says.
    pub fn read(reading: &Reading, input: impl BufRead) -> Result<Log, LogError> {
        rows::read(reading, input, &mut |_| {})
    }

    /// How many rows were read; the header, empty lines and remarks are none.
    pub fn row_count(&self) -> u64 {
        self.rows.iter().sum()
    }

    /// The civil day of its first row.
    pub fn first_day(&self) -> Date {
        let zone = TimeZone::get(&self.zone).unwrap_or(TimeZone::UTC);
        Timestamp::from_second(self.span.0).unwrap_or(Timestamp::UNIX_EPOCH).to_zoned(zone).date()
    }
}

/// How the sender stands when the log begins, and how far the replay goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Start {
    /// Name of the tier of every number; the ruleset's start tier where none is given. Verification lifts a number from
    /// the entry step.
    pub tier: Option<String>,
    /// Rating of every number.
    pub rating: Option<Rating>,
    /// Whether the business is verified.
    pub verified: bool,
    /// The last second of the replay [Unix seconds]; the end of the log's last civil day where none is given.
    pub until: Option<i64>,
}

/// What these rules would have done.
#[derive(Clone, Debug)]
pub struct Replay {
    /// The ruleset as it stands in its file; where a rulebook is followed, that of the era in which the log begins.
    pub ruleset: Ruleset,
    /// Name of the rulebook that is followed.
    pub rulebook: Option<String>,
    /// The rules of the eras that begin on the way, in order.
    pub later: Vec<LaterRules>,
    /// Name of the log.
    pub name: String,
    /// What was read.
    pub log: Log,
    /// Dates from the midnight before the first row to the end of the replay.
    pub calendar: Calendar,
    /// The rules of the beginning, made ready.
    pub rules: Rules,
    /// How the sender stood at the beginning.
    pub start: Start,
    /// Position of the tier at the beginning; verification has lifted a number from the entry step.
    pub start_tier: usize,
    /// Every change, with the score of the number that it concerns \[share\].
    pub changes: Vec<(Change, Option<f64>)>,
    /// How things stand at the end.
    pub end: Standing,
    /// What the rules would have refused.
    pub refused: Refused,
    /// Rows of the kind `analysis` that no rise had asked for by then.
    pub unasked: u64,
    /// Paths of the clauses that a replay does not act on.
    pub idle: Vec<String>,
    /// That built-in rules are not in force at some time of the log, and which are, in words.
    pub out_of_date: Option<String>,
}

/// How a sender stands at the end of a replay.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Standing {
    /// Whether the business is verified.
    pub verified: bool,
    /// The numbers, in the order of the log's names.
    pub numbers: Vec<NumberAtEnd>,
    /// The templates, in the order of the log's names.
    pub templates: Vec<TemplateAtEnd>,
}

/// How a number stands at the end of a replay.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NumberAtEnd {
    /// Position of its tier on the ladder of the rules then in force; for a limit that they left off it, of the highest
    /// tier below.
    pub tier: usize,
    /// Its limit \[customers in 24 h\]; `None` is unlimited.
    pub limit: Option<u64>,
    /// When a review ends that is running for its rise.
    pub review: Option<SimTime>,
    /// Its worst status.
    pub status: NumberStatus,
    /// When that ends.
    pub deadline: Option<Deadline>,
    /// Its rating as last evaluated.
    pub rating: Rating,
    /// Its score \[share\]; `None` where nothing was delivered.
    pub score: Option<f64>,
    /// How many more customers it may write to; `None` is unlimited.
    pub capacity: Option<u64>,
}

/// How a template stands at the end of a replay.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TemplateAtEnd {
    /// Its status.
    pub status: TemplateStatus,
    /// When that ends.
    pub deadline: Option<Deadline>,
    /// Its rating as last evaluated.
    pub rating: Rating,
}

/// Messages of the log that the rules would have refused.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Refused {
    /// Because the limit was used up or the number may not start anything.
    pub by_limit: u64,
    /// Because the template may not be sent.
    pub by_template: u64,
    /// When first.
    pub first: Option<SimTime>,
}

impl Replay {
    /// Reads the log again and tells it to the rules of a rulebook: each era's from its day on.
    ///
    /// # Errors
    /// As [`Replay::run`]; and a log that begins before the first era.
    pub fn through(
        reading: &Reading,
        log: &Log,
        input: impl BufRead,
        rulebook: &Rulebook,
        start: &Start,
    ) -> Result<Replay, LogError> {
        let calendar = calendar(reading, log, start)?;
        let eras = Eras::of_rulebook(rulebook, &calendar)?;
        eras.replay(reading, (log, calendar), input, start)
    }

    /// Reads the log again and tells it to the rules.
    ///
    /// # Errors
    /// Input that fails or is not what `log` was read from; a tier that the ruleset does not have; an end before the
    /// log's.
    pub fn run(
        reading: &Reading,
        log: &Log,
        input: impl BufRead,
        ruleset: &Ruleset,
        start: &Start,
    ) -> Result<Replay, LogError> {
        let calendar = calendar(reading, log, start)?;
        let eras = Eras::of_ruleset(ruleset, &calendar);
        eras.replay(reading, (log, calendar), input, start)
    }
}

impl Eras {
    /// Reads the log again and tells it to these rules.
    fn replay(
        self,
        reading: &Reading,
        (log, calendar): (&Log, Calendar),
        input: impl BufRead,
        start: &Start,
    ) -> Result<Replay, LogError> {
        let Eras { rulebook, ruleset, rules, later } = self;
        let asked_tier = asked_tier(&rules, start)?;
        let opening = Opening {
            // Who is verified by then is told so: a number on the entry step leaves it.
            verified: false,
            numbers: log.names.numbers.iter().map(|_| (asked_tier, start.rating)).collect(),
            // One more than there are: what customers do without a template concerns none of them.
            templates: vec![TemplateOpening::PROVEN; log.names.templates.len() + 1],
            policy: Policy::Passed,
            never_amended: later.is_empty(),
        };
        let origin = calendar.unix(SimTime::START);
        let mut drive = drive::Drive::open((&rules, later.as_slice()), &opening, start.verified, &log.names);
        if log.rows[Kind::Read as usize] > 0 {
            drive.hear_unread();
        }
        let start_tier = drive.start_tier().unwrap_or(asked_tier);
        let again =
            rows::read(reading, input, &mut |second| drive.second(SimTime(second.at - origin), second))?;
        if again != *log {
            return Err(LogError::Changed);
        }
        let Outcome { changes, end, refused, unasked } = drive.finish(calendar.end());
        Ok(Replay {
            name: reading.name.clone(),
            log: again,
            start: start.clone(),
            start_tier,
            changes,
            end,
            refused,
            unasked,
            idle: each_once(
                std::iter::once(&ruleset).chain(later.iter().map(|era| &era.ruleset)).flat_map(idle),
            ),
            out_of_date: match rulebook {
                None => out_of_date(&ruleset.name, &calendar),
                Some(_) => None,
            },
            calendar,
            ruleset,
            rulebook,
            rules,
            later,
        })
    }
}

/// A rise that waits for the platform's analysis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenAnalysis {
    /// Who holds the limit: the position of a number, or 0 for the portfolio.
    pub holder: usize,
    /// Since when.
    pub since: SimTime,
    /// The clause that asks for it.
    pub clause: ClauseId,
}

impl Replay {
    /// The rises that wait for the platform's analysis at `at`: no rule says how it decides.
    pub fn open_analyses(&self, at: SimTime) -> Vec<OpenAnalysis> {
        let mut open: Vec<OpenAnalysis> = Vec::new();
        let mut eras = self.later.iter().peekable();
        for (change, _) in self.changes.iter().filter(|(change, _)| change.at <= at) {
            while let Some(era) = eras.next_if(|era| era.from <= change.at) {
                open = self.carried_over(open, era);
            }
            let Subject::Holder(holder) = change.subject else { continue };
            match change.what {
                What::AnalysisAsked => {
                    open.push(OpenAnalysis { holder, since: change.at, clause: change.clause })
                }
                // Who rose otherwise waits for nothing more.
                What::AnalysisDecided { .. } | What::TierRose { .. } => {
                    open.retain(|each| each.holder != holder)
                }
                _ => {}
            }
        }
        open
    }
}

/// A ruleset with values replaced by their path, as `--set path=value` asks.
///
/// # Errors
/// Paths that do not exist, and all that is wrong with the ruleset then.
pub fn changed_ruleset(mut document: Document, changes: &[(String, String)]) -> Result<Ruleset, Findings> {
    for (path, value) in changes {
        document = document.with(path, value)?;
    }
    Ruleset::read(&document)
}

/// The longest time over which these rules look back: a pause in a log that is longer leaves nothing to count.
pub fn longest_window(ruleset: &Ruleset) -> Span {
    let ratings = ruleset.rating.iter().map(|(_, clause)| clause.window);
    let caps = ruleset.admission.iter().map(|(_, cap)| span_of(cap.within));
    let conditions = ruleset.upgrade.iter().flat_map(|(_, clause)| &clause.when);
    let usage = conditions.filter_map(|condition| match condition {
        Condition::Usage { within, .. } => Some(span_of(*within)),
        _ => None,
    });
    ratings.chain(caps).chain(usage).max().unwrap_or(Span::days(1))
}

fn span_of(within: Within) -> Span {
    match within {
        Within::Rolling(span) => span,
        Within::CalendarDay => Span::days(1),
    }
}

/// That built-in rules are not in force on the first day of a log or from a later one on, and which are.
fn out_of_date(ruleset: &str, calendar: &Calendar) -> Option<String> {
    let (first, last) = (calendar.date(0), calendar.date(calendar.days().saturating_sub(1)));
    let (day, book, now) = rulebook::first_day_instead(ruleset, first, last)?;
    let date = date_in_words(day);
    Some(match day == first {
        true => format!("{ruleset} is not in force on {date}: {now} is by then (`--ruleset {book}@{day}`)"),
        false => format!(
            "{ruleset} is in force before {date} and {now} (`--ruleset {book}@{day}`) from then on: what the log holds \
             from that day is told to rules of the past (`--ruleset {book}` goes by the dates)"
        ),
    })
}

/// All that is met, each once, in the order in which it is first met.
pub(crate) fn each_once<T: PartialEq>(met: impl Iterator<Item = T>) -> Vec<T> {
    let mut all: Vec<T> = Vec::new();
    for one in met {
        if !all.contains(&one) {
            all.push(one);
        }
    }
    all
}

/// Clauses that no run acts on, and what a log does not tell; what customers write first stands in a log and is heard,
/// and prices are no matter here.
fn idle(ruleset: &Ruleset) -> Vec<String> {
    let paths = words::not_simulated(ruleset).into_iter().map(|(path, _)| path);
    // A log has no answers, and says itself what failed.
    let elsewhere = [".CustomerFirst", ".forbids.Answer", ".free_in_service_window"];
    let heard = |path: &String| elsewhere.iter().any(|end| path.ends_with(end)) || path.starts_with("price.");
    let mut idle: Vec<String> = paths.filter(|path| !heard(path)).collect();
    for (name, clause) in ruleset.rating.iter() {
        if clause.weights.iter().any(|(kind, weight)| *kind == Feedback::SlowAnswer && weight.top != 0) {
            idle.push(format!("rating.{name}.weights.SlowAnswer"));
        }
        let frequency = format!("rating.{name}.frequency");
        if clause.frequency.is_some_and(|frequency| frequency.weight.top != 0) && !idle.contains(&frequency) {
            idle.push(frequency);
        }
    }
    idle
}

fn asked_tier(rules: &Rules, start: &Start) -> Result<usize, LogError> {
    let Some(name) = &start.tier else { return Ok(rules.start_tier) };
    rules.tier(name).ok_or_else(|| {
        let help = did_you_mean(name, rules.tiers.iter().map(|tier| tier.name.as_str()));
        LogError::Tier { name: name.clone(), help }
    })
}

/// Dates from the beginning of the first row's day to the end of the replay.
fn calendar(reading: &Reading, log: &Log, start: &Start) -> Result<Calendar, LogError> {
    let zone = reading.time_zone();
    let day = |unix: i64| {
        let stamp = Timestamp::from_second(unix).unwrap_or(Timestamp::UNIX_EPOCH);
        stamp.to_zoned(zone.clone())
    };
    let out_of_range = |_| {
        Findings::new(
            &Document::new(reading.name.clone(), ""),
            vec![Finding::error("the log's dates leave the range of dates that can be named")],
        )
    };
    let first = day(log.span.0).start_of_day().map_err(out_of_range)?;
    let after = day(log.span.1).checked_add(1.day()).and_then(|next| next.start_of_day());
    let end = match start.until {
        Some(until) if until < log.span.1 => return Err(LogError::EndsEarly),
        Some(until) => until + 1,
        None => after.map_err(out_of_range)?.timestamp().as_second(),
    };
    let horizon = Span(end - first.timestamp().as_second());
    let calendar = Calendar::new(first.datetime(), &reading.zone, horizon, Span::days(1));
    calendar.map_err(|error| {
        let finding = Finding::error(error.to_string());
        LogError::from(Findings::new(&Document::new(reading.name.clone(), ""), vec![finding]))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_two_eras_say_alike_is_told_once() {
        assert_eq!(
            each_once(["pause", "flag", "pause", "ban", "flag"].into_iter()),
            ["pause", "flag", "ban"]
        );
    }
}
