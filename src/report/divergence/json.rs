//! Where two versions of a replication part, for programs.
//!
//! ```text
//!   format, tool, replication, seed, versions    what was held against each other
//!   common            changes and sends that both have before they part
//!   first_difference  day, its date on either side, cause; what each side has there. null: nothing differs
//!   changes           what follows on each side, all of it
//!   end               the columns of replications.csv that differ
//! ```

use serde::Serialize;

use super::super::TOOL;
use super::super::parting::CauseTold;
use super::super::story::Told;
use super::super::summary::start;
use super::text::end;
use super::{Event, Stories, Version};
use crate::experiment::Parting;
use crate::sim::{Entry, SendPart};

/// The version of the keys below; it rises when one changes its meaning or goes away.
pub const FORMAT: u32 = 1;

/// The text of the answer, with a newline at its end.
pub fn to_json(stories: &Stories<'_>) -> String {
    crate::report::page(&Page::of(stories))
}

#[derive(Serialize)]
struct Page {
    format: u32,
    tool: String,
    replication: u64,
    seed: u64,
    versions: Vec<Which>,
    common: Common,
    first_difference: Option<First>,
    changes: Both<Vec<Told>>,
    end: Vec<Column>,
}

#[derive(Serialize)]
struct Which {
    name: String,
    title: String,
    ruleset: String,
    start: String,
    warnings: Vec<String>,
}

#[derive(Serialize)]
struct Common {
    changes: usize,
    sends: usize,
}

#[derive(Serialize)]
struct Both<T> {
    first: T,
    second: T,
}

#[derive(Serialize)]
struct First {
    /// The civil day, from 0.
    day: u32,
    /// The date of that day for the first version.
    date: String,
    /// The same for the second, which may start on another day.
    second_date: String,
    /// Seconds since the start; null where no change or send differs, but only a day.
    at: Option<i64>,
    #[serde(flatten)]
    cause: CauseTold,
    first: Option<Told>,
    second: Option<Told>,
    /// What each sends there, where it is a send.
    sends: Both<Option<Batch>>,
}

/// The numbers of a send \[messages\].
#[derive(Serialize)]
struct Batch {
    number: String,
    template: String,
    #[serde(flatten)]
    counts: std::collections::BTreeMap<&'static str, u64>,
}

#[derive(Serialize)]
struct Column {
    column: String,
    first: String,
    second: String,
}

impl Page {
    fn of(stories: &Stories<'_>) -> Page {
        let common = stories.common();
        let changes = common.iter().filter(|entry| matches!(entry, Entry::Change(..))).count();
        let setting = &stories.versions[0].scenario.setting;
        let column = |(column, [first, second]): (String, [String; 2])| Column { column, first, second };
        Page {
            format: FORMAT,
            tool: TOOL.to_owned(),
            replication: stories.index,
            seed: setting.seed,
            versions: stories.versions.iter().map(Which::of).collect(),
            common: Common { changes, sends: common.len() - changes },
            first_difference: stories.parting.as_ref().map(|parting| First::of(stories, parting)),
            changes: Both { first: told(stories, 0), second: told(stories, 1) },
            end: end(stories).into_iter().map(column).collect(),
        }
    }
}

/// The changes that follow on a side.
fn told(stories: &Stories<'_>, side: usize) -> Vec<Told> {
    let events = stories.later(side).into_iter().map(|place| stories.event(side, place));
    events.filter_map(change).collect()
}

fn change(event: Event) -> Option<Told> {
    match event {
        Event::Change(told) => Some(told),
        Event::Sent { .. } => None,
    }
}

impl Which {
    fn of(version: &Version<'_>) -> Which {
        let setting = &version.scenario.setting;
        let (title, ruleset) = (setting.title.clone(), setting.ruleset.clone());
        let (start, warnings) = (start(&setting.calendar), setting.warnings.clone());
        Which { name: version.name.to_owned(), title, ruleset, start, warnings }
    }
}

impl First {
    fn of(stories: &Stories<'_>, parting: &Parting) -> First {
        let [date, second_date] =
            [0, 1].map(|side| stories.calendar(side).date(parting.day as usize).to_string());
        First {
            day: parting.day,
            date,
            second_date,
            at: stories.divergence.map(|divergence| divergence.at.0),
            cause: CauseTold::of(&parting.cause),
            first: stories.first(0).and_then(change),
            second: stories.first(1).and_then(change),
            sends: Both { first: Batch::of(stories.first(0)), second: Batch::of(stories.first(1)) },
        }
    }
}

impl Batch {
    fn of(event: Option<Event>) -> Option<Batch> {
        let Event::Sent { number, template, batch } = event? else { return None };
        let counts = SendPart::ALL.map(|part| (part.name(), part.of(&batch)));
        Some(Batch { number, template, counts: counts.into_iter().collect() })
    }
}
