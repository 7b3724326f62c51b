//! What the past of a customer means for the next message: fatigue, frailty, and whether messages reach them at all.
//!
//! ```text
//!   delivered   level + 1 (at most 6), contacts + 1 (at most 7)
//!   each `recover` of civil days without a delivery   level - 1
//! ```

use super::behavior::{Behavior, HIGHEST_LEVEL};

/// Delivered contacts are counted up to here.
const MOST_CONTACTS: u8 = 7;

/// What a customer has been through, as far as it moves the chances of the next message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct History {
    /// Fatigue, from 0 to 6.
    pub level: u8,
    /// Delivered contacts survived, counted to 7.
    pub contacts: u8,
    /// Whether no message ever reaches them.
    pub unreachable: bool,
    /// The civil day from which on recovery counts; 0 where there is nothing to recover from.
    since: u16,
}

impl History {
    /// Somebody whom nobody has written to, and whom no message will reach.
    pub(super) const UNREACHABLE: History = History { level: 0, contacts: 0, unreachable: true, since: 0 };

    /// All of it in one number, which orders histories by level, then contacts.
    pub(super) fn packed(self) -> u64 {
        u64::from(self.level) << 40
            | u64::from(self.contacts) << 32
            | u64::from(self.unreachable) << 16
            | u64::from(self.since)
    }

    /// A number that no other history of the same day has: the address of what customers of this history do.
    pub(super) fn key(self, day: u16) -> u32 {
        let recovering = if self.level == 0 { 0 } else { u32::from(day.saturating_sub(self.since)) };
        u32::from(self.level)
            | u32::from(self.contacts) << 3
            | u32::from(self.unreachable) << 6
            | recovering << 7
    }
}

/// What of the past a behaviour remembers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Memory {
    /// Civil days without a delivery that lower the level by one; nothing where no level matters.
    recover: Option<u16>,
    /// Whether the number of contacts matters.
    contacts: bool,
}

impl Memory {
    /// Nothing of the past matters.
    pub const NONE: Memory = Memory { recover: None, contacts: false };

    /// The memory that a behaviour needs: what moves no chance is forgotten, so that cells stay few.
    pub fn of(behavior: &Behavior) -> Memory {
        let tires = behavior.fatigue.factors.iter().any(|factor| *factor != behavior.fatigue.factors[0]);
        let days = u16::try_from(behavior.fatigue.recover.0 / crate::time::DAY).unwrap_or(1);
        Memory { recover: tires.then_some(days.max(1)), contacts: behavior.frailty.strength.is_some() }
    }

    /// The history as it stands on civil day `day`.
    pub fn on(self, mut history: History, day: u16) -> History {
        let Some(recover) = self.recover.filter(|_| history.level > 0) else { return history };
        let rested = day.saturating_sub(history.since);
        if rested < recover {
            return history;
        }
        let recovered = rested / recover;
        history.level = history.level.saturating_sub(u8::try_from(recovered).unwrap_or(u8::MAX));
        history.since = if history.level == 0 { 0 } else { history.since + recovered * recover };
        history
    }

    /// The history after a delivery on civil day `day`.
    pub fn after_delivery(self, history: History, day: u16) -> History {
        let mut after = self.on(history, day);
        if self.contacts {
            after.contacts = (after.contacts + 1).min(MOST_CONTACTS);
        }
        if self.recover.is_some() {
            after.level = (after.level + 1).min(HIGHEST_LEVEL as u8);
            after.since = day;
        }
        after
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MEMORY: Memory = Memory { recover: Some(4), contacts: true };

    #[test]
    fn a_level_rises_with_each_delivery_and_falls_with_rest() {
        let mut history = History::default();
        for day in [0, 1, 2] {
            history = MEMORY.after_delivery(history, day);
        }
        assert_eq!((history.level, history.contacts), (3, 3));
        // Four days without any after day 2: day 6.
        let level = |day| MEMORY.on(history, day).level;
        assert_eq!([level(5), level(6), level(9), level(10), level(14), level(400)], [3, 2, 2, 1, 0, 0]);
        assert_eq!(MEMORY.on(history, 400), History { contacts: 3, ..History::default() });
    }

    #[test]
    fn looking_twice_is_looking_once() {
        let tired = MEMORY.after_delivery(MEMORY.after_delivery(History::default(), 3), 4);
        for (first, second) in [(5, 6), (7, 9), (8, 12), (9, 30)] {
            assert_eq!(MEMORY.on(MEMORY.on(tired, first), second), MEMORY.on(tired, second));
        }
    }

    /// Customers come back to a list past by past: their order is that of its cells.
    #[test]
    fn pasts_in_order_are_in_order_after_a_delivery() {
        for memory in
            [MEMORY, Memory { contacts: false, ..MEMORY }, Memory { recover: None, ..MEMORY }, Memory::NONE]
        {
            let mut pasts = vec![History::default()];
            for day in 0..60 {
                let mut on: Vec<History> = pasts.iter().map(|past| memory.on(*past, day)).collect();
                on.sort_unstable_by_key(|past| past.packed());
                on.dedup();
                let after = on.iter().map(|past| memory.after_delivery(*past, day));
                assert!(after.clone().is_sorted_by_key(|past| past.packed()), "day {day}: {on:?}");
                let delivered: Vec<History> = after.collect();
                pasts.extend(delivered);
                pasts.sort_unstable_by_key(|past| past.packed());
                pasts.dedup();
            }
        }
    }

    #[test]
    fn levels_and_contacts_end_somewhere() {
        let mut history = History::default();
        for day in 0..40 {
            history = MEMORY.after_delivery(history, day);
        }
        assert_eq!((history.level, history.contacts), (6, 7));
        let keys: std::collections::BTreeSet<u32> = (0..=6)
            .flat_map(|level| (0..=7).map(move |contacts| History { level, contacts, ..History::default() }))
            .map(|history| history.key(0))
            .collect();
        assert_eq!(keys.len(), 56);
    }
}
