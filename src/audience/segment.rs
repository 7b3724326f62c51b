//! A segment of customers: how they behave, how late they act, and when that arrives.

use crate::random::{DelayTable, MOST_ROWS, Prior, Shares, Subject};
use crate::time::{Calendar, SimTime};

use super::act::Act;
use super::activity::Activity;
use super::behavior::{Behavior, RateName};
use super::history::Memory;
use super::timetable::Timetable;

/// What a template changes in the behaviour of those who get it.
#[derive(Clone, Debug, PartialEq)]
pub struct TemplateEffects {
    /// The template's name.
    pub name: String,
    /// Whether it has buttons.
    pub buttons: bool,
    /// Factors on chances, each drawn once per replication.
    pub factors: Vec<(RateName, Prior)>,
}

/// A segment ready to react: who they are and how late they act.
#[derive(Clone, Debug)]
pub struct Segment {
    /// The segment's name.
    pub name: String,
    /// The behaviour of its customers.
    pub behavior: Behavior,
    /// What the sender's templates change in it.
    pub templates: Vec<TemplateEffects>,
    pub(super) subject: Subject,
    pub(super) delays: [DelayTable; Act::DELAYED.len()],
    pub(super) timetable: Timetable,
    /// By the first row of answers that come late: the shares of those that come before it, and of the others.
    pub(super) answers: Vec<(Option<Shares>, Option<Shares>)>,
    pub(super) memory: Memory,
    /// The virtual time of reactions, where hours differ.
    pub(super) activity: Option<Activity>,
    /// The most slots until a reaction to a message arrives, from any slot of the calendar.
    longest: usize,
}

impl Segment {
    /// A segment of customers with this behaviour, who get these templates in the time of this calendar; `None` where a
    /// delay of the (unchecked) profile makes no table.
    pub fn new(
        name: &str,
        behavior: Behavior,
        templates: Vec<TemplateEffects>,
        calendar: &Calendar,
    ) -> Option<Segment> {
        let table = |act: Act| behavior.delays.get(act.name())?.value.compile().ok();
        let mut delays = Vec::with_capacity(Act::DELAYED.len());
        for act in Act::DELAYED {
            delays.push(table(act)?);
        }
        let delays: [DelayTable; Act::DELAYED.len()] = delays.try_into().ok()?;
        let longest = delays.iter().flat_map(|table| table.ages()).copied().max().unwrap_or(0);
        let activity = Activity::new(&behavior.activity, calendar, longest);
        let slot = calendar.slot_length().0;
        let in_slots = match &activity {
            Some(activity) => activity.longest(calendar, longest),
            None => ((longest + slot - 1) / slot + 1) as usize,
        };
        let memory = Memory::of(&behavior);
        let timetable = Timetable::new(&delays, activity.as_ref(), calendar);
        let replies = delays[Act::Reply.index()].shares().shares();
        let answers = (0..=replies.len()).map(|late_rows| early_and_late(replies, late_rows)).collect();
        Some(Segment {
            answers,
            name: name.to_owned(),
            subject: Subject::new(&[name]),
            templates,
            delays,
            timetable,
            memory,
            activity,
            behavior,
            longest: in_slots,
        })
    }

    /// The most slots until a reaction to a message arrives, from any slot of the calendar.
    pub fn longest_delay(&self) -> usize {
        self.longest
    }

    /// The share of acts of each kind that come too late for its table, by kind.
    pub fn lost(&self) -> impl Iterator<Item = (Act, f64)> + '_ {
        Act::DELAYED.into_iter().map(|act| (act, self.delays[act.index()].lost()))
    }

    /// The subject of the draws that concern all its customers.
    pub fn subject(&self) -> Subject {
        self.subject
    }

    /// What of the past of a customer moves the chances of the next message.
    pub fn memory(&self) -> Memory {
        self.memory
    }

    /// When a reaction to a message of `now` arrives, `age` later: the start of a slot, of the run or beyond.
    pub(super) fn arrival(&self, calendar: &Calendar, now: SimTime, age: i64) -> SimTime {
        if let Some(activity) = &self.activity {
            return calendar.start_of(activity.slot_at(calendar, now, age));
        }
        calendar.heard_at(SimTime(now.0 + age)).1
    }
}

/// The shares of a table's rows before `late_rows` among those that are in none from there on, and of the others.
fn early_and_late(rows: &[f64], late_rows: usize) -> (Option<Shares>, Option<Shares>) {
    let (early, late) = rows.split_at(late_rows);
    (part_of(early, 1.0 - late.iter().sum::<f64>()), part_of(late, 1.0))
}

/// Rows of a table as shares of what is left of 1 after the others; nothing where there is no row.
fn part_of(rows: &[f64], left: f64) -> Option<Shares> {
    if rows.is_empty() || left <= 0.0 {
        return None;
    }
    let mut shares = [0.0; MOST_ROWS];
    for (share, row) in shares.iter_mut().zip(rows) {
        *share = (row / left).min(1.0);
    }
    Shares::new(&shares[..rows.len()]).ok()
}
