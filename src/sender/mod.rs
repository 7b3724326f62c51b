//! The sender decides: a strategy that sees only what a real sender can see.
//!
//! ```text
//!   Observation (date, capacity, statuses, ratings, own counts)      never: blocks, scores, thresholds, the pool
//!        |
//!        +--> Feedback   which rules are in force          hold, cut, bound, pause
//!        +--> Clock      which row of the plan today is    calendar day, sending day, volume gate
//!        +--> Rotation   which template                    the first that gives no reason to leave it
//!        '--> Volume     how many, within all that   -->   Plan: so many, of this template, in this slot
//!
//!   Strategy holds what the scenario says; State, one for each number, what changes from slot to slot.
//!   Edits stands beside: which templates are edited, for all numbers at once.
//! ```
//!
//! *Invariant:* a strategy knows no chance. The same observation and state lead to the same plan. It is asked in every
//! slot in which sending is allowed, for that slot alone; what was refused is not sent again unless it asks again.

mod backlog;
mod clock;
mod feedback;
mod growth;
mod observation;
mod order;
mod rotation;
mod sharing;
mod volume;

pub use backlog::{Backlog, Counts, Late, Outlook, Remaining};
pub use clock::{AfterTable, Clock};
pub use feedback::{Act, Bound, FeedbackRule, Share, Step, Trigger};
pub use observation::{Observation, Part, Tally, Usage};
pub use order::{Order, share_out};
pub use rotation::{Desk, Edits, IfAll, LeaveOn, Rotation};
pub use sharing::by_weight;
pub use volume::{Geometric, Volume};

use self::clock::Row;
use self::feedback::{Allowed, Feedback};
use self::sharing::Own;

/// How a sender decides, as a scenario says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Strategy {
    /// How many messages it wants.
    pub volume: Volume,
    /// What it does when something looks bad.
    pub feedback: Vec<FeedbackRule>,
    /// When a template gives way to the next; without it, when it may no longer be sent.
    pub rotation: Option<Rotation>,
    /// Whether it edits templates.
    pub edits: Option<Edits>,
    /// The weights of the numbers that share the plan, in the sender's order; one, or none, where a number has it
    /// alone.
    pub weights: Vec<u64>,
}

/// What changes from slot to slot in how a number is sent from: where the plan stands, which rules are in force.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    row: Row,
    feedback: Feedback,
    /// The day of the last question; `None` before the first.
    day: Option<usize>,
    /// What was asked on that day.
    asked: u64,
    /// The last day before it on which anything was asked, and how much.
    before: Option<(usize, u64)>,
    /// What was counted at the first slot of the day of the last question.
    morning: Tally,
}

/// What was decided for this slot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// How many messages.
    pub messages: u64,
    /// Of which template \[position in the sender's list\].
    pub template: usize,
}

impl From<Volume> for Strategy {
    /// A strategy that follows its volume whatever happens.
    fn from(volume: Volume) -> Strategy {
        Strategy { volume, feedback: Vec::new(), rotation: None, edits: None, weights: Vec::new() }
    }
}

impl Strategy {
    /// What is to be sent in this slot; `state` is that of the number, and moves on.
    pub fn decide(&self, state: &mut State, seen: &Observation<'_>) -> Plan {
        if !self.looks_back() {
            return self.decide_at_once(seen);
        }
        let last_day = state.turn(seen);
        let before = state.before.map(|(_, asked)| asked);
        let own = self.own(seen);
        let allowed = state.feedback.look(&self.feedback, own, seen, last_day, before);
        if let (Some(_), Some(clock)) = (last_day, self.volume.clock()) {
            let volume = own.of(self.volume.row(state.row.place).unwrap_or(0));
            state.row.turn(clock, volume, allowed.held, seen);
        }
        let Some(template) = rotation::choose(self.rotation, seen) else {
            return Plan::default();
        };
        let messages = self.volume.messages(state.row.place, &allowed, own, seen).min(seen.throughput);
        state.asked += messages;
        Plan { messages, template }
    }

    /// Whether it looks at more than the calendar, limits and usage, templates, and what was asked for today: at ratings
    /// and statuses of numbers, at what was asked and counted before. Only then has it a state.
    pub fn looks_back(&self) -> bool {
        !self.feedback.is_empty() || self.volume.looks_at_counts()
    }

    /// [`Strategy::decide`] of one that does not [look back](Strategy::looks_back).
    fn decide_at_once(&self, seen: &Observation<'_>) -> Plan {
        let Some(template) = rotation::choose(self.rotation, seen) else {
            return Plan::default();
        };
        let messages = self.volume.messages(0, &Allowed::ALL, self.own(seen), seen).min(seen.throughput);
        Plan { messages, template }
    }

    /// Whether it looks at how far a number is on its way to the next tier.
    pub fn looks_at_usage(&self) -> bool {
        self.volume.looks_at_usage()
    }

    /// Whether it looks at what was [counted](Observation::so_far).
    pub fn looks_at_counts(&self) -> bool {
        let guards = self.feedback.iter().any(|rule| matches!(rule.when, Trigger::Guard { .. }));
        guards || self.volume.looks_at_counts()
    }

    /// How the backlog of a number stands; `None` where the plan is none.
    pub fn remaining(&self, state: &State, seen: &Observation<'_>) -> Option<Remaining> {
        let Volume::Backlog(backlog) = &self.volume else { return None };
        let left = backlog.left(self.own(seen), seen);
        let last_asked = state.day.filter(|_| state.asked > 0).or(state.before.map(|(day, _)| day));
        let done_on = last_asked.filter(|_| left == 0);
        Some(Remaining { left, done_on, outlook: backlog.outlook(left, seen) })
    }

    /// What a number has of `messages` that all numbers share, by its position among them.
    pub fn part(&self, place: usize, messages: u64) -> u64 {
        Own { weights: &self.weights, place }.of(messages)
    }

    fn own(&self, seen: &Observation<'_>) -> Own<'_> {
        Own { weights: &self.weights, place: seen.part.place }
    }

    /// The strategy in one line, for a reader.
    pub fn describe(&self) -> String {
        let mut parts = vec![self.volume.describe()];
        parts.extend(self.feedback.iter().map(FeedbackRule::describe));
        parts.extend(self.rotation.map(Rotation::describe));
        parts.extend(self.edits.as_ref().map(Edits::describe));
        parts.join("; ")
    }
}

impl State {
    /// Begins a new day if there is one. In the first slot of a day, returns what was counted since the first slot of
    /// the last day with sending slots.
    fn turn(&mut self, seen: &Observation<'_>) -> Option<Tally> {
        if self.day == Some(seen.day) {
            return None;
        }
        let counted = seen.so_far.since(self.morning);
        if let Some(day) = self.day.filter(|_| self.asked > 0) {
            self.before = Some((day, self.asked));
        }
        (self.day, self.asked, self.morning) = (Some(seen.day), 0, seen.so_far);
        Some(counted)
    }
}

#[cfg(test)]
mod tests;
