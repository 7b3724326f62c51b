//! A backlog: so many people must have a message by a date.
//!
//! ```text
//!   people left / sending slots left, rounded up  --> this slot
//!                                    at most the capacity; what that cuts, later slots ask for
//! ```

use serde::{Deserialize, Serialize};

use super::observation::Observation;
use super::sharing::Own;

/// So many people must have a message by a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backlog {
    /// How many people, of all numbers together.
    pub people: u64,
    /// Sending slots of the run until it is due.
    pub slots: usize,
    /// What takes people off the backlog.
    pub counts: Counts,
    /// What happens once it is due.
    pub late: Late,
}

/// What takes people off a backlog.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(non_camel_case_types, reason = "lower-case words are choices in scenario files")]
pub enum Counts {
    /// Messages that the platform accepted.
    sent,
    /// Messages that were delivered: for one that was not, somebody else is written to.
    delivered,
}

/// What happens with the rest of a backlog once it is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(non_camel_case_types, reason = "lower-case words are choices in scenario files")]
pub enum Late {
    /// Nothing more is sent.
    stop,
    /// The rest is sent as fast as capacity allows.
    go_on,
}

/// How a backlog stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Remaining {
    /// People who are still to be written to.
    pub left: u64,
    /// The day on which the last of them was \[civil days since the day of the start\].
    pub done_on: Option<usize>,
    /// Whether it can be done in time.
    pub outlook: Outlook,
}

/// Whether a backlog can be done in time, as far as its sender can tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outlook {
    /// It is done.
    Done,
    /// At today's limit it will be.
    InTime,
    /// At today's limit it cannot be: so many people would not have it when it is due.
    Short {
        /// How many people.
        by: u64,
    },
}

impl Backlog {
    /// This number's people who are still to be written to. Who waits for a held message is written to already.
    pub(super) fn left(&self, own: Own<'_>, seen: &Observation<'_>) -> u64 {
        let counted = match self.counts {
            Counts::sent => seen.so_far.sent,
            Counts::delivered => seen.so_far.delivered,
        };
        own.of(self.people).saturating_sub(counted).saturating_sub(seen.held)
    }

    /// How many to write to in this slot, whatever the capacity.
    pub(super) fn due(&self, own: Own<'_>, seen: &Observation<'_>) -> u64 {
        let left = self.left(own, seen);
        match (self.slots.saturating_sub(seen.sending_slot), self.late) {
            (0, Late::stop) => 0,
            (0, Late::go_on) => left,
            (slots, _) => left.div_ceil(slots as u64),
        }
    }

    /// Whether the `left` people can be written to in time: capacity now, and the limit once for each further day of sending.
    pub(super) fn outlook(&self, left: u64, seen: &Observation<'_>) -> Outlook {
        let slots = self.slots.saturating_sub(seen.sending_slot) as u64;
        let today = u64::from(seen.slots.saturating_sub(seen.slot));
        let days = slots.saturating_sub(today).div_ceil(u64::from(seen.slots.max(1)));
        let more = seen.limit.map_or(u64::MAX, |limit| limit.saturating_mul(days));
        let reach = if slots == 0 { 0 } else { seen.capacity.saturating_add(more) };
        match left.saturating_sub(reach) {
            _ if left == 0 => Outlook::Done,
            0 => Outlook::InTime,
            by => Outlook::Short { by },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Backlog, Counts, Late, Observation, Outlook, Own};
    use crate::sender::Tally;

    const ALONE: Own<'_> = Own { weights: &[], place: 0 };

    fn backlog(people: u64, slots: usize, late: Late) -> Backlog {
        Backlog { people, slots, counts: Counts::delivered, late }
    }

    #[test]
    fn the_rest_is_spread_over_the_slots_left() {
        let seen = |sending_slot, delivered, held| Observation {
            sending_slot,
            held,
            so_far: Tally { sent: 999, delivered, ..Tally::default() },
            ..Observation::at_start(&[], &[])
        };
        let plan = backlog(100, 8, Late::stop);
        assert_eq!(plan.due(ALONE, &seen(0, 0, 0)), 13);
        assert_eq!(plan.due(ALONE, &seen(1, 12, 0)), 13, "one was not delivered");
        assert_eq!(
            plan.due(ALONE, &seen(7, 60, 30)),
            10,
            "who waits for a held message is not written to again"
        );
        assert_eq!((plan.due(ALONE, &seen(8, 60, 0)), plan.left(ALONE, &seen(8, 60, 0))), (0, 40));
        assert_eq!(backlog(100, 8, Late::go_on).due(ALONE, &seen(8, 60, 0)), 40);
        let halves = [0, 1].map(|place| Own { weights: &[1, 1], place });
        let due = halves.map(|own| backlog(101, 1, Late::stop).due(own, &seen(0, 0, 0)));
        assert_eq!(due, [51, 50]);
    }

    #[test]
    fn the_outlook_counts_the_limit_once_a_day() {
        // Three days of eight slots, now in the third slot of the first: two further days.
        let seen = |delivered, limit: Option<u64>, capacity| Observation {
            sending_slot: 2,
            slot: 2,
            slots: 8,
            limit,
            capacity,
            so_far: Tally { delivered, ..Tally::default() },
            ..Observation::at_start(&[], &[])
        };
        let plan = backlog(25_000, 24, Late::stop);
        let outlook = |seen: &Observation<'_>| plan.outlook(plan.left(ALONE, seen), seen);
        assert_eq!(outlook(&seen(500, Some(10_000), 4_500)), Outlook::InTime);
        assert_eq!(outlook(&seen(500, Some(10_000), 4_499)), Outlook::Short { by: 1 });
        assert_eq!(outlook(&seen(0, None, u64::MAX)), Outlook::InTime);
        assert_eq!(outlook(&seen(25_000, Some(1_000), 0)), Outlook::Done);
        let over = Observation { sending_slot: 24, ..seen(24_000, Some(10_000), 10_000) };
        assert_eq!(outlook(&over), Outlook::Short { by: 1_000 });
    }
}
