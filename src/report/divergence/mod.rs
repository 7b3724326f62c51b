//! One replication of two versions, held against each other: where they part, and what follows.
//!
//! ```text
//!   scenario A --watch--> Journal --+
//!                                   +-- Divergence --> Stories --+-- text   two stories side by side
//!   scenario B --watch--> Journal --+                            '-- json   the same for programs
//! ```

pub mod json;
pub mod text;

use super::story::{Told, Wording};
use crate::experiment::{Parting, Watched};
use crate::glossary::grouped;
use crate::platform::Subject;
use crate::sim::{Batch, Course, Divergence, Entry, Journal, Scenario, SendPart, Trajectory};
use crate::time::{Calendar, SimTime};

/// One of two versions, and how a replication of it went.
#[derive(Clone, Copy, Debug)]
pub struct Version<'v> {
    /// What it is called.
    pub name: &'v str,
    /// The scenario.
    pub scenario: &'v Scenario,
    /// The replication, day by day.
    pub trajectory: &'v Trajectory,
    /// The replication, change by change.
    pub journal: &'v Journal,
}

/// A replication of two versions, on the same luck.
#[derive(Clone, Debug)]
pub struct Stories<'v> {
    index: u64,
    versions: [Version<'v>; 2],
    /// The first change or send that only one of them has.
    divergence: Option<Divergence>,
    /// The first thing that differs at all.
    parting: Option<Parting>,
}

impl<'v> Stories<'v> {
    /// Holds two versions of replication `index` against each other.
    pub fn of(index: u64, versions: [Version<'v>; 2]) -> Stories<'v> {
        let [a, b] = versions.map(|version| Watched {
            future: version.trajectory.clone(),
            course: Course::of(version.scenario, version.journal),
        });
        let [of_a, of_b] = versions.map(|version| &version.scenario.setting);
        Stories {
            index,
            versions,
            divergence: Divergence::between(&a.course, &b.course),
            parting: Parting::between((&a, of_a), (&b, of_b)),
        }
    }

    /// The calendar of a side.
    fn calendar(&self, side: usize) -> &'v Calendar {
        &self.versions[side].scenario.setting.calendar
    }

    /// Whether the same instant has another date or time of day on each side: one starts elsewhere or at another time.
    fn apart(&self) -> bool {
        let [a, b] = [self.calendar(0), self.calendar(1)];
        let end = a.end().min(b.end());
        [SimTime::START, end].iter().any(|at| a.civil(*at) != b.civil(*at))
    }

    /// The entries of the first journal that both have in common, and come before they part.
    fn common(&self) -> &'v [Entry] {
        let entries = &self.versions[0].journal.entries;
        &entries[..self.divergence.map_or(entries.len(), |divergence| divergence.rest[0])]
    }

    /// The positions in the journal of a side of the changes that follow on the first difference.
    fn later(&self, side: usize) -> Vec<usize> {
        let entries = &self.versions[side].journal.entries;
        let from = self.divergence.map_or(entries.len(), |divergence| {
            divergence.rest[side] + usize::from(divergence.steps[side].is_some())
        });
        (from..entries.len()).filter(|place| matches!(entries[*place], Entry::Change(..))).collect()
    }

    /// An entry of the journal of a side, ready to be told.
    fn event(&self, side: usize, place: usize) -> Event {
        let Version { scenario, journal, .. } = self.versions[side];
        let entry = &journal.entries[place];
        let wording = Wording::at(scenario, at_of(entry));
        match entry {
            Entry::Change(change, score) => Event::Change(wording.tell(change, *score)),
            Entry::Sent(batch) => Event::Sent {
                number: wording.subject(Subject::Number(batch.number)),
                template: wording.subject(Subject::Template(batch.template)),
                batch: *batch,
            },
        }
    }

    /// What differs first on a side; nothing where it has nothing of its own at that instant.
    fn first(&self, side: usize) -> Option<Event> {
        Some(self.event(side, self.divergence?.steps[side]?))
    }
}

/// A change or a send, to be told.
enum Event {
    Change(Told),
    Sent { number: String, template: String, batch: Batch },
}

impl Event {
    fn words(&self) -> String {
        match self {
            Event::Change(told) => format!("{} {} [{}]", told.subject, told.what, told.clause),
            Event::Sent { number, template, batch } => {
                let known = [SendPart::Asked, SendPart::Admitted];
                let others = SendPart::ALL.into_iter().filter(|part| !known.contains(part));
                let others = others.filter(|part| part.of(batch) > 0);
                let told: Vec<String> = others
                    .map(|part| format!("{} {}", grouped(part.of(batch)), part.name().replace('_', " ")))
                    .collect();
                let colon = if told.is_empty() { "" } else { ": " };
                format!(
                    "{number} sends {} of {} asked for ({template}){colon}{}",
                    grouped(batch.admission.admitted),
                    grouped(batch.asked),
                    told.join(", ")
                )
            }
        }
    }
}

fn at_of(entry: &Entry) -> SimTime {
    match entry {
        Entry::Change(change, _) => change.at,
        Entry::Sent(batch) => batch.at,
    }
}
