//! Volume: how many messages the sender wants, day by day or slot by slot.
//!
//! ```text
//!   rows      Constant, Linear, Geometric, Table   a number for the day, split evenly over its slots; what was
//!                                                  refused or could not be supplied is not asked again
//!             Hourly                               a number for each hour of the day's sending hours, likewise
//!   capacity  FillLimit                            a share of the limit, split evenly; catches up
//!             FastestClimb, Backlog                what is missing, now; catches up
//! ```
//!
//! The lower three know the capacity and never ask for more.

use crate::glossary::{Ratio, grouped};

use super::backlog::{Backlog, Counts, Late};
use super::clock::{AfterTable, Clock};
use super::feedback::Allowed;
use super::growth::geometric;
use super::observation::Observation;
use super::sharing::Own;

/// How many messages a sender wants, of all its numbers together where it has several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Volume {
    /// The same number of messages every day.
    Constant {
        /// Messages a day.
        a_day: u64,
    },
    /// More by the same number with every row.
    Linear {
        /// Messages of the first row.
        from: u64,
        /// More messages with every further row.
        add: u64,
        /// Most messages a day.
        at_most: Option<u64>,
        /// Which days are rows.
        clock: Clock,
    },
    /// More by the same factor with every row.
    Geometric(Geometric),
    /// A table of messages by day.
    Table {
        /// Messages of the first row, the second, and so on.
        days: Vec<u64>,
        /// Which days are rows.
        clock: Clock,
        /// What follows the last row.
        after: AfterTable,
    },
    /// A table of the most messages in an hour, by day.
    Hourly {
        /// Messages in each hour of the first row, the second, and so on.
        days: Vec<u64>,
        /// How many slots an hour has.
        slots: u32,
        /// Which days are rows.
        clock: Clock,
        /// What follows the last row.
        after: AfterTable,
    },
    /// A share of what the limit allows.
    FillLimit {
        /// The share.
        share: Ratio,
        /// Most messages a day.
        at_most: Option<u64>,
    },
    /// Just the usage that the next tier needs, as fast as the rule allows.
    FastestClimb {
        /// Most messages a day.
        at_most: Option<u64>,
        /// Messages a day while no usage is missing: during a review, on the entry step, at the top.
        meanwhile: u64,
    },
    /// So many people must have a message by a date.
    Backlog(Backlog),
}

/// More by the same factor with every row: exactly `from x times^row`, rounded down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Geometric {
    from: u64,
    times: Ratio,
    at_most: Option<u64>,
    clock: Clock,
    /// The rows until the bound is reached, or until the run is over.
    rows: Vec<u64>,
}

impl Geometric {
    /// A plan that begins with `from` messages and grows `times` (above 0) with every row, to `at_most` messages a
    /// day; `days` is how many rows a run can meet.
    pub fn new(from: u64, times: Ratio, at_most: Option<u64>, clock: Clock, days: usize) -> Geometric {
        let rows = geometric(from, times, at_most.unwrap_or(UNBOUNDED), days.max(1));
        Geometric { from, times, at_most, clock, rows }
    }
}

/// More messages a day than any list supplies.
const UNBOUNDED: u64 = 1 << 31;

impl Volume {
    /// The clock, where the plan changes by rows.
    pub(super) fn clock(&self) -> Option<Clock> {
        match self {
            Volume::Linear { clock, .. } | Volume::Table { clock, .. } | Volume::Hourly { clock, .. } => {
                Some(*clock)
            }
            Volume::Geometric(growth) => Some(growth.clock),
            Volume::Constant { .. } => None,
            Volume::FillLimit { .. } | Volume::FastestClimb { .. } | Volume::Backlog(_) => None,
        }
    }

    /// Messages of a day (where the rows are for hours, of an hour) by row; `None` where the plan has no rows.
    pub(super) fn row(&self, row: usize) -> Option<u64> {
        Some(match self {
            Volume::Constant { a_day } => *a_day,
            Volume::Linear { from, add, at_most, .. } => {
                from.saturating_add(add.saturating_mul(row as u64)).min(at_most.unwrap_or(UNBOUNDED))
            }
            Volume::Geometric(growth) => growth.rows.get(row).or(growth.rows.last()).copied().unwrap_or(0),
            Volume::Table { days, after, .. } | Volume::Hourly { days, after, .. } => {
                let beyond = match after {
                    AfterTable::stop => 0,
                    AfterTable::hold => days.last().copied().unwrap_or(0),
                };
                days.get(row).copied().unwrap_or(beyond)
            }
            Volume::FillLimit { .. } | Volume::FastestClimb { .. } | Volume::Backlog(_) => return None,
        })
    }

    /// Whether it looks at how far the number is on its way to the next tier.
    pub(super) fn looks_at_usage(&self) -> bool {
        matches!(self, Volume::FastestClimb { .. })
    }

    /// Whether it looks at what was counted: how much of a row, or of a campaign, is done.
    pub(super) fn looks_at_counts(&self) -> bool {
        self.clock().is_some() || matches!(self, Volume::Backlog(_))
    }

    /// The most messages of a day under a limit, where the plan bounds them \[messages\].
    pub fn most_a_day(&self, limit: u64) -> Option<u64> {
        match self {
            Volume::Constant { a_day } => Some(*a_day),
            Volume::Linear { at_most, .. } | Volume::FastestClimb { at_most, .. } => *at_most,
            Volume::Geometric(growth) => growth.at_most,
            Volume::Table { days, .. } => days.iter().copied().max(),
            Volume::FillLimit { share, at_most } => {
                Some(share.times_rounded_down(limit).min(at_most.unwrap_or(UNBOUNDED)))
            }
            Volume::Hourly { .. } | Volume::Backlog(_) => None,
        }
    }

    /// The most messages of a day in a run of so many days, whatever the limit \[messages\]; `None` where the plan
    /// bounds none.
    pub fn most_of_run(&self, days: usize) -> Option<u64> {
        let most = (0..days.max(1)).filter_map(|row| self.row(row)).max();
        match self {
            Volume::FillLimit { at_most, .. } => *at_most,
            Volume::FastestClimb { at_most, meanwhile } => at_most.map(|most| most.max(*meanwhile)),
            Volume::Backlog(backlog) => Some(backlog.people),
            Volume::Hourly { .. } => most.map(|an_hour| an_hour.saturating_mul(24)),
            Volume::Constant { .. } | Volume::Linear { .. } | Volume::Geometric(_) | Volume::Table { .. } => {
                most
            }
        }
    }

    /// Messages for this slot.
    pub(super) fn messages(
        &self,
        row: usize,
        allowed: &Allowed,
        own: Own<'_>,
        seen: &Observation<'_>,
    ) -> u64 {
        match self {
            Volume::FillLimit { share, at_most } => {
                // Without a limit the list is the only bound: the run cuts what it cannot supply.
                let day = seen.limit.map_or(UNBOUNDED, |limit| share.times_rounded_down(limit));
                let day = day.min(at_most.map_or(UNBOUNDED, |most| own.of(most)));
                not_yet_asked(allowed.of_day(day), seen).min(seen.capacity)
            }
            Volume::FastestClimb { at_most, meanwhile } => {
                match seen.usage.map_or(0, |usage| usage.missing()) {
                    0 => not_yet_asked(allowed.of_day(own.of(*meanwhile)), seen).min(seen.capacity),
                    missing => {
                        let most = at_most.map_or(u64::MAX, |most| own.of(most));
                        at_once(missing, allowed, seen).min(most.saturating_sub(seen.asked_today))
                    }
                }
            }
            Volume::Backlog(backlog) => at_once(backlog.due(own, seen), allowed, seen),
            Volume::Hourly { slots, .. } => {
                let hour = own.of(self.row(row).unwrap_or(0));
                let most = allowed.at_most.map_or(u64::MAX, |most| not_yet_asked(most, seen));
                part(allowed.of_slot(hour), seen.slot % slots.max(&1), *slots).min(most)
            }
            rows => {
                let day = own.of(rows.row(row).unwrap_or(0));
                part(allowed.of_day(day), seen.slot, seen.slots)
            }
        }
    }

    /// The plan in words, for a reader: "1,000 messages a day".
    pub fn describe(&self) -> String {
        let bound = |most: &Option<u64>| match most {
            Some(most) => format!(", at most {} a day", grouped(*most)),
            None => String::new(),
        };
        match self {
            Volume::Constant { a_day } => format!("{} messages a day", grouped(*a_day)),
            Volume::Linear { from, add, at_most, clock } => format!(
                "from {} messages a day, {} more {}{}",
                grouped(*from),
                grouped(*add),
                clock.in_words(),
                bound(at_most)
            ),
            Volume::Geometric(Geometric { from, times, at_most, clock, .. }) => format!(
                "from {} messages a day, times {times} {}{}",
                grouped(*from),
                clock.in_words(),
                bound(at_most)
            ),
            Volume::Table { days, clock, after } | Volume::Hourly { days, clock, after, .. } => {
                let unit = if matches!(self, Volume::Hourly { .. }) { " for each hour" } else { "" };
                let rows = if days.len() == 1 { "row" } else { "rows" };
                let after = match after {
                    AfterTable::stop => "then nothing",
                    AfterTable::hold => "then as the last",
                };
                format!(
                    "a table of {} {rows}{unit}, the next {}, {after}",
                    grouped(days.len() as u64),
                    clock.in_words()
                )
            }
            Volume::FillLimit { share, at_most } => {
                format!("{share} of what the limit allows{}", bound(at_most))
            }
            Volume::FastestClimb { at_most, meanwhile } => format!(
                "just the usage that the next tier needs, as fast as the limit allows{}; {} a day while none is missing",
                bound(at_most),
                grouped(*meanwhile)
            ),
            Volume::Backlog(backlog) => describe_backlog(backlog),
        }
    }
}

fn describe_backlog(backlog: &Backlog) -> String {
    let counts = match backlog.counts {
        Counts::sent => "messages sent",
        Counts::delivered => "messages delivered",
    };
    let late = match backlog.late {
        Late::stop => "then nothing",
        Late::go_on => "then the rest as fast as the limit allows",
    };
    let slots = if backlog.slots == 1 { "slot" } else { "slots" };
    format!(
        "{} {counts} evenly over the first {} sending {slots}, {late}",
        grouped(backlog.people),
        grouped(backlog.slots as u64)
    )
}

/// What is allowed of messages that are wanted now, within capacity.
fn at_once(messages: u64, allowed: &Allowed, seen: &Observation<'_>) -> u64 {
    let most = allowed.at_most.map_or(u64::MAX, |most| not_yet_asked(most, seen));
    allowed.of_slot(messages).min(most).min(seen.capacity)
}

/// What of `day` is due by this slot and was not asked yet.
fn not_yet_asked(day: u64, seen: &Observation<'_>) -> u64 {
    let (slots, begun) = (u64::from(seen.slots.max(1)), u64::from(seen.slot) + 1);
    // The parts of the slots that have begun: see `part`.
    let due = if begun == slots { day } else { begun * (day / slots) + begun.min(day % slots) };
    due.saturating_sub(seen.asked_today)
}

/// The part of `total` that falls to slot `slot` of `slots`: even shares by largest remainder, the first slots first.
pub(super) fn part(total: u64, slot: u32, slots: u32) -> u64 {
    let slots = u64::from(slots.max(1));
    total / slots + u64::from(u64::from(slot) < total % slots)
}
