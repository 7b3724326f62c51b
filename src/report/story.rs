//! One future as a dated story, with the clause behind each change.
//!
//! ```text
//!   Journal + Trajectory  -->  day by day: what was sent, what changed and why; quiet days in one line
//! ```

use serde::Serialize;

use super::replications;
use super::text::wrap;
use crate::experiment::Row;
use crate::glossary::{NumberStatus, Rating, TemplateStatus, grouped};
use crate::platform::language::Holder;
use crate::platform::{Change, ClauseInfo, Subject, Tier, What};
use crate::sim::{Day, Entry, Journal, Metric, Names, Scenario, Source, Trajectory};
use crate::time::{Calendar, SimTime, date_in_words};

/// A change as programs read it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Told {
    /// Seconds since the start.
    pub at: i64,
    /// Civil date and time.
    pub date: String,
    /// Whom it concerns, by name.
    pub subject: String,
    /// What changed, in words.
    pub what: String,
    /// Path of the clause that caused it.
    pub clause: String,
    /// Where the clause comes from.
    pub source: String,
}

/// Every change of a replication, in order.
pub fn changes(scenario: &Scenario, journal: &Journal) -> Vec<Told> {
    let changes = journal.entries.iter().filter_map(|entry| match entry {
        Entry::Change(change, score) => Some((change, *score)),
        Entry::Sent(_) => None,
    });
    changes.map(|(change, score)| Wording::at(scenario, change.at).tell(change, score)).collect()
}

/// Tells a replication as a story, in lines of at most `width` letters where words allow it.
pub fn render(
    scenario: &Scenario,
    index: u64,
    trajectory: &Trajectory,
    journal: &Journal,
    width: usize,
) -> String {
    let mut text = head(scenario, index, trajectory);
    let told = changes(scenario, journal);
    let calendar = &scenario.setting.calendar;
    let day_of = |told: &Told| calendar.day_of(SimTime(told.at));
    let mut quiet: Option<(usize, usize)> = None;
    for (number, day) in trajectory.days.iter().enumerate() {
        let today: Vec<&Told> = told.iter().filter(|told| day_of(told) == number).collect();
        if today.is_empty() {
            quiet = Some((quiet.map_or(number, |(from, _)| from), number));
            continue;
        }
        tell_quiet(&mut text, scenario, trajectory, quiet.take());
        text.push_str(&format!("\n{}   {}\n", date_in_words(calendar.date(number)), day_in_words(day)));
        for told in today {
            tell_change(&mut text, told, width);
        }
    }
    tell_quiet(&mut text, scenario, trajectory, quiet);
    cite(&mut text, &told, width);
    text.push_str(&foot(scenario, index, trajectory));
    let warnings: Vec<&str> = scenario.setting.warnings.iter().map(String::as_str).collect();
    warn(&mut text, "Warnings", &warnings, width);
    text
}

fn head(scenario: &Scenario, index: u64, trajectory: &Trajectory) -> String {
    let setting = &scenario.setting;
    let thresholds = thresholds_from(scenario).map_or_else(String::new, |from| {
        let (medium, low) = trajectory.outcome.thresholds;
        let (medium, low) = (100.0 * medium, 100.0 * low);
        format!("In this future the rating is Medium from {medium:.2} % and Low from {low:.2} % ({from}).\n")
    });
    format!(
        "{}\nOne future of many: replication {index} of {} under {}, seed {}.\n{thresholds}",
        setting.title, setting.scenario, setting.ruleset, setting.seed,
    )
}

/// How the thresholds of the rating come about, in words; nothing where numbers are not rated.
pub(super) fn thresholds_from(scenario: &Scenario) -> Option<&'static str> {
    Some(match scenario.thresholds_from()? {
        [Source::Given, Source::Given] => "given",
        [Source::Drawn, Source::Drawn] => "drawn: nobody publishes thresholds",
        [Source::Held, Source::Held] => "held at the mean of what is believed: nobody publishes thresholds",
        both if both.contains(&Source::Held) => {
            "one is given, the other held at the mean of what is believed"
        }
        _ => "one is given, the other drawn",
    })
}

/// What a scenario is to be read with, under a heading; nothing where there are no warnings.
pub(super) fn warn(text: &mut String, heading: &str, warnings: &[&str], width: usize) {
    if !warnings.is_empty() {
        text.push_str(&format!("\n{heading}:\n"));
    }
    warnings.iter().for_each(|warning| hang(text, warning, width));
}

/// Words in lines behind an indent, which is wider from the second line on.
fn hang(text: &mut String, words: &str, width: usize) {
    for (place, line) in wrap(words, width.max(60) - 4).iter().enumerate() {
        let indent = if place == 0 { "  " } else { "    " };
        text.push_str(&format!("{indent}{line}\n"));
    }
}

/// Each clause that changed something, once, with where it comes from.
pub(super) fn cite(text: &mut String, told: &[Told], width: usize) {
    let mut cited: Vec<(&str, &str)> = Vec::new();
    for told in told {
        if !cited.iter().any(|(clause, _)| *clause == told.clause) {
            cited.push((&told.clause, &told.source));
        }
    }
    cited.sort_unstable();
    if !cited.is_empty() {
        text.push_str("\nThe clauses behind these changes, and where they come from:\n");
    }
    for (clause, source) in cited {
        hang(text, &format!("{clause}: {source}"), width);
    }
}

/// A change on the lines of its day, at its time.
pub(super) fn tell_change(text: &mut String, told: &Told, width: usize) {
    let time = told.date.get(11..).unwrap_or_default();
    let time = time.strip_suffix(":00").unwrap_or(time);
    let line = format!("{} {} [{}]", told.subject, told.what, told.clause);
    for (place, line) in wrap(&line, width.max(60) - 12).iter().enumerate() {
        let time = if place == 0 { time } else { "" };
        text.push_str(&format!("  {time:<8}  {line}\n"));
    }
}

/// Days on which nothing changed, in one line.
fn tell_quiet(text: &mut String, scenario: &Scenario, trajectory: &Trajectory, days: Option<(usize, usize)>) {
    let Some((from, to)) = days else { return };
    let calendar = &scenario.setting.calendar;
    let sum = |metric: Metric| {
        trajectory.days[from..=to].iter().map(|day| day.counts[metric as usize]).sum::<u64>()
    };
    let span = match to - from {
        0 => date_in_words(calendar.date(from)),
        _ => format!("{} to {}", date_in_words(calendar.date(from)), date_in_words(calendar.date(to))),
    };
    let sent = grouped(sum(Metric::Sent));
    let (replied, blocked) = (grouped(sum(Metric::Replied)), grouped(sum(Metric::Blocked)));
    text.push_str(&format!(
        "\n{span}   nothing changed: {sent} sent, {replied} replied, {blocked} blocked\n"
    ));
}

fn day_in_words(day: &Day) -> String {
    let count = |metric: Metric| grouped(day.counts[metric as usize]);
    let mut words = format!("{} sent", count(Metric::Sent));
    let others = [
        (Metric::Replied, "replied"),
        (Metric::Blocked, "blocked"),
        (Metric::Reported, "reported"),
        (Metric::Stopped, "stopped"),
        (Metric::Refused, "refused"),
        (Metric::ShortOfList, "short of the list"),
    ];
    for (metric, word) in others {
        if day.counts[metric as usize] > 0 {
            words.push_str(&format!(", {} {word}", count(metric)));
        }
    }
    words
}

fn foot(scenario: &Scenario, index: u64, trajectory: &Trajectory) -> String {
    let row = Row::of(index, trajectory);
    let mut text = "\nIts row in replications.csv:\n".to_owned();
    for (column, field) in replications::told(&row, &scenario.setting) {
        text.push_str(&format!("  {column:<20} {field}\n"));
    }
    text
}

/// Dates, names and clauses: what it takes to put a change into words.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wording<'w> {
    pub(super) calendar: &'w Calendar,
    pub(super) tiers: &'w [Tier],
    pub(super) names: &'w Names,
    pub(super) clauses: &'w [ClauseInfo],
    /// Whether each number has a limit of its own.
    pub(super) held_by_numbers: bool,
}

impl<'w> Wording<'w> {
    /// The words for what happens at an instant, under the rules then in force.
    pub(super) fn at(scenario: &'w Scenario, at: SimTime) -> Wording<'w> {
        let rules = scenario.rules_at(at);
        Wording {
            calendar: &scenario.setting.calendar,
            tiers: &rules.tiers,
            names: scenario.names(),
            clauses: &rules.clauses,
            held_by_numbers: rules.holder == Holder::Number,
        }
    }

    /// A change in words.
    pub(super) fn tell(&self, change: &Change, score: Option<f64>) -> Told {
        // The score is the number's: a template's rating goes by its own messages and thresholds.
        let score = score.filter(|_| matches!(change.subject, Subject::Number(_)));
        let clause = &self.clauses[usize::from(change.clause)];
        let civil = self.calendar.civil(change.at);
        Told {
            at: change.at.0,
            date: civil.strftime("%Y-%m-%d %H:%M:%S").to_string(),
            subject: self.subject(change.subject),
            what: self.what(change.what, score),
            clause: clause.path.clone(),
            source: clause.cites.clone(),
        }
    }

    /// Whom a change concerns. What has no name is the only one.
    pub(super) fn subject(&self, subject: Subject) -> String {
        let named = |kind: &str, list: &[String], place: usize| match list.get(place).map(String::as_str) {
            None | Some("") => format!("The {}", kind.to_lowercase()),
            Some(name) => format!("{kind} {name}"),
        };
        match subject {
            Subject::Portfolio => "The business".to_owned(),
            Subject::Holder(place) if self.names.numbers.len() > 1 && self.held_by_numbers => {
                format!("The limit of {}", self.names.numbers[place])
            }
            Subject::Holder(_) => "The limit".to_owned(),
            Subject::Number(place) => named("Number", &self.names.numbers, place),
            Subject::Template(place) => named("Template", &self.names.templates, place),
        }
    }

    /// The limit of a tier in words.
    pub(super) fn limit(&self, tier: usize) -> String {
        customers(self.tiers[tier].limit)
    }

    fn what(&self, what: What, score: Option<f64>) -> String {
        let tier = |place: usize| self.limit(place);
        let until = |until: Option<SimTime>| {
            until.map_or_else(String::new, |at| format!(" until {}", self.moment(at)))
        };
        match what {
            What::Verified => "is verified".to_owned(),
            What::PolicyDecided { .. }
            | What::OfficialDecided { .. }
            | What::AnalysisAsked
            | What::AnalysisDecided { .. }
            | What::HeldReleased { .. }
            | What::HeldDropped { .. }
            | What::NumberWaits { .. }
            | What::NumberConnected
            | What::Amended { .. } => what.decision().unwrap_or_default(),
            What::TierRose { to, limit, .. } => {
                format!("rises from {} to {} customers in 24 h", customers(limit), tier(to))
            }
            What::TierFell { to, limit, .. } => {
                format!("falls from {} to {} customers in 24 h", customers(limit), tier(to))
            }
            What::ReviewStarted { until } => format!("is under review: it rises on {}", self.moment(until)),
            What::ReviewCancelled => "will not rise: the review is cancelled".to_owned(),
            What::Rated { from: _, to: Rating::Unknown } => {
                "has no rating: its window starts afresh".to_owned()
            }
            What::Rated { from, to } => {
                let score = score
                    .map_or_else(String::new, |score| format!(" (negative feedback {:.2} %)", 100.0 * score));
                match from {
                    Rating::Unknown => format!("is rated {to}{score}"),
                    _ => format!("is rated {to} after {from}{score}"),
                }
            }
            What::NumberEntered { status: NumberStatus::Restricted, .. } => {
                "is Restricted: nothing more may be started for now".to_owned()
            }
            What::NumberEntered { status, until: deadline } => format!("is {status}{}", until(deadline)),
            What::NumberLeft { status, recovered: true } => format!("is no longer {status}"),
            What::NumberLeft { status, recovered: false } => {
                format!("is no longer {status}: it did not recover in time")
            }
            What::TemplateEntered { status: TemplateStatus::Disabled, .. } => {
                "is Disabled for good".to_owned()
            }
            What::TemplateEntered { status, until: deadline } => format!("is {status}{}", until(deadline)),
            What::TemplateLeft { status: TemplateStatus::Paused, .. } => "may be sent again".to_owned(),
            What::TemplateLeft { status, recovered: true } => format!("is no longer {status}"),
            What::TemplateLeft { status, recovered: false } => {
                format!("is no longer {status}: it did not recover in time")
            }
        }
    }

    /// An instant in words.
    pub(super) fn moment(&self, at: SimTime) -> String {
        self.calendar.civil(at).strftime("%a %-d %b %Y %H:%M").to_string()
    }
}

/// A limit in words.
fn customers(limit: Option<u64>) -> String {
    limit.map_or_else(|| "unlimited".to_owned(), grouped)
}
