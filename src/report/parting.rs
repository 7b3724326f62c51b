//! Where runs first part, in words: shared by what `compare`, `rules impact` and `explain` tell.

use serde::Serialize;

use super::text::percent;
use crate::experiment::{Aspect, Cause, Parted, Partings};
use crate::sim::{Gauge, Metric, SendPart};
use crate::time::{Calendar, date_in_words};

/// Causes that are told one by one; the rest are counted together.
const MOST: usize = 5;

/// A cause in words; `names` are those of the two sides.
pub(super) fn cause(cause: &Cause, names: [&str; 2]) -> String {
    match cause {
        Cause::Change([Some(a), Some(b)]) if a == b => a.clone(),
        Cause::Change([Some(a), Some(b)]) => format!("{a} in {}, {b} in {}", names[0], names[1]),
        Cause::Change([Some(a), None]) => format!("{a} in {} alone", names[0]),
        Cause::Change([None, Some(b)]) => format!("{b} in {} alone", names[1]),
        Cause::Change([None, None]) => "a change".to_owned(),
        Cause::Send(Some(part)) => format!("a send, by {} (no clause is cited)", part_in_words(*part)),
        Cause::Send(None) => "a send of one of the two alone (no clause is cited)".to_owned(),
        Cause::Day(aspect) => format!("{} (every change and send is the same)", aspect_in_words(*aspect)),
        Cause::Sum => "a sum over the run (every day is the same)".to_owned(),
    }
}

/// A number of a send in words.
pub(super) fn part_in_words(part: SendPart) -> &'static str {
    match part {
        SendPart::Asked => "what the plan asks for",
        SendPart::ShortOfList => "what the list cannot supply",
        SendPart::Admitted => "what is accepted",
        SendPart::Refused => "what is refused",
        SendPart::Rejected => "what is refused because of the template",
        SendPart::Held => "what is held",
        SendPart::InWindow => "what goes into open service windows",
        SendPart::Delivered => "what is delivered",
        SendPart::DeliveredInWindow => "what is delivered into open service windows",
    }
}

/// What differs on a day, in words.
pub(super) fn aspect_in_words(aspect: Aspect) -> String {
    match aspect {
        Aspect::Count(Metric::Cost) => "the cost".to_owned(),
        Aspect::Count(metric) => format!("the count of {}", metric.name().replace('_', " ")),
        Aspect::Limit => "the limit".to_owned(),
        Aspect::Status => "the number's status".to_owned(),
        Aspect::Rating => "the rating".to_owned(),
        Aspect::TemplateStatus => "a template's status".to_owned(),
        Aspect::LimitedBy => "what limits the climb".to_owned(),
        Aspect::Chats(metric) => format!("the help desk's {}", metric.name().replace('_', " ")),
        Aspect::TemplateRating => "a template's rating".to_owned(),
        Aspect::Gauge(gauge) => gauge_in_words(gauge).to_owned(),
        Aspect::Length => "the length of the runs".to_owned(),
    }
}

fn gauge_in_words(gauge: Gauge) -> &'static str {
    match gauge {
        Gauge::Score => "the score behind the rating",
        Gauge::TemplateScore => "the score behind a template's rating",
        Gauge::CapacityUsed => "the share of the limit in use",
        Gauge::Backlog => "how many the campaign has still to reach",
        Gauge::ConversationsOpen => "the count of open conversations",
    }
}

/// When the replications of a cause part: `on Thu 7 Mar 2024 in the middle, on Mon 4 Mar 2024 at the earliest`.
pub(super) fn when(parted: &Parted, calendar: &Calendar) -> String {
    let day = |day: u32| date_in_words(calendar.date(day as usize));
    let (earliest, middle) = (parted.earliest(), parted.median());
    match earliest == middle {
        true if parted.days.len() == 1 => format!("on {} (day {earliest})", day(earliest)),
        true => format!("on {} (day {earliest}) in half of them or more", day(earliest)),
        false => format!(
            "on {} (day {middle}) in the middle one, {} (day {earliest}) at the earliest",
            day(middle),
            day(earliest)
        ),
    }
}

/// By what, how often and when runs first part: a line a cause, the most frequent first.
pub(super) fn lines(partings: &Partings, n: u64, calendar: &Calendar, names: [&str; 2]) -> Vec<String> {
    let causes = partings.by_cause();
    let share = |count: u64| percent(count as f64 / n as f64);
    let shown = causes.iter().take(MOST).map(|(by, parted)| {
        format!(
            "{} of the runs: {}; {}; first in replication {}",
            share(parted.count()),
            cause(by, names),
            when(parted, calendar),
            parted.replication
        )
    });
    let mut lines: Vec<String> = shown.collect();
    let rest: u64 = causes.iter().skip(MOST).map(|(_, parted)| parted.count()).sum();
    if rest > 0 {
        lines.push(format!("{} of the runs: by {} other causes", share(rest), causes.len() - MOST));
    }
    lines
}

/// A cause, for programs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct CauseTold {
    /// `change`, `send`, `day` or `sum`.
    what: &'static str,
    /// Of a send the number that differs, of a day what is counted or seen.
    of: Option<&'static str>,
    /// The path of the clause that the change of the first cites.
    first_clause: Option<String>,
    /// The path of the clause that the change of the second cites.
    second_clause: Option<String>,
}

impl CauseTold {
    pub(super) fn of(cause: &Cause) -> CauseTold {
        let plain = |what, of| CauseTold { what, of, first_clause: None, second_clause: None };
        match cause {
            Cause::Change([first, second]) => CauseTold {
                first_clause: first.clone(),
                second_clause: second.clone(),
                ..plain("change", None)
            },
            Cause::Send(part) => plain("send", part.map(SendPart::name)),
            Cause::Day(aspect) => plain("day", Some(aspect.name())),
            Cause::Sum => plain("sum", None),
        }
    }
}

/// Where the runs of a pair first part, by one cause, for programs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct PartedTold {
    #[serde(flatten)]
    cause: CauseTold,
    /// How many runs \[replications\].
    replications: u64,
    /// The earliest civil day, from 0.
    day_earliest: u32,
    /// The day by the end of which half of them have parted.
    day_median: u32,
    /// The lowest index of one of them: what `explain` takes.
    replication: u64,
}

impl PartedTold {
    pub(super) fn all(partings: &Partings) -> Vec<PartedTold> {
        let told = partings.by_cause().into_iter().map(|(cause, parted)| PartedTold {
            cause: CauseTold::of(cause),
            replications: parted.count(),
            day_earliest: parted.earliest(),
            day_median: parted.median(),
            replication: parted.replication,
        });
        told.collect()
    }
}
