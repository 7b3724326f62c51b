//! The future event list of reactions: a ring of slots with counters.

use crate::time::Slot;

use super::act::{Act, ActCounts};

/// A ring of slots, as long as the longest delay.
#[derive(Clone, Debug)]
pub struct Arrivals {
    /// What arrives, by slot and template.
    rows: Vec<Row>,
    agenda: Agenda,
    templates: usize,
}

/// What arrives in one slot from one template.
#[derive(Clone, Copy, Debug, Default)]
struct Row {
    counts: ActCounts,
    /// Whether anything arrives.
    filled: bool,
}

impl Arrivals {
    /// A ring for delays of up to `slots` slots, from `templates` templates.
    pub fn new(slots: usize, templates: usize) -> Arrivals {
        let agenda = Agenda::new(slots);
        Arrivals { rows: vec![Row::default(); agenda.length * templates], agenda, templates }
    }

    /// A ring without a slot, to which nothing can be added.
    pub fn none() -> Arrivals {
        let agenda = Agenda { filled: Vec::new(), length: 0, from: 0, held: 0 };
        Arrivals { rows: Vec::new(), agenda, templates: 0 }
    }

    /// Adds what will arrive in `slot`, which lies at most the ring's length ahead.
    pub fn add(&mut self, slot: Slot, template: usize, act: Act, count: u64) {
        if count > 0 {
            let fresh = self.put(slot, template, act, count);
            self.agenda.filled_from(slot, fresh);
        }
    }

    /// Adds what will arrive row by row: so many in each slot, which lies at most the ring's length ahead.
    pub(super) fn add_rows(&mut self, slots: &[Slot], template: usize, act: Act, counts: &[u32]) {
        let (mut first, mut fresh) = (Slot::MAX, 0);
        for (slot, count) in slots.iter().zip(counts) {
            if *count > 0 {
                fresh += self.put(*slot, template, act, u64::from(*count));
                first = first.min(*slot);
            }
        }
        if first < Slot::MAX {
            self.agenda.filled_from(first, fresh);
        }
    }

    /// Adds to the row of a slot; returns 1 where nothing arrived in the slot so far, or else 0.
    #[inline]
    fn put(&mut self, slot: Slot, template: usize, act: Act, count: u64) -> usize {
        let row = &mut self.rows[self.agenda.place(slot) * self.templates + template];
        row.counts[act.index()] += count;
        row.filled = true;
        self.agenda.fill(slot)
    }

    /// The first slot from `from` on in which something arrives.
    pub fn next(&mut self, from: Slot) -> Option<Slot> {
        self.agenda.next(from)
    }

    /// Takes out what arrives in `slot`, template by template.
    #[inline]
    pub fn take(&mut self, slot: Slot, mut each: impl FnMut(usize, &ActCounts)) {
        if !self.agenda.empty(slot) {
            return;
        }
        let rows = &mut self.rows[self.agenda.place(slot) * self.templates..][..self.templates];
        for (template, row) in rows.iter_mut().enumerate().filter(|(_, row)| row.filled) {
            each(template, &row.counts);
            *row = Row::default();
        }
    }
}

/// In which slots of a ring something arrives.
#[derive(Clone, Debug)]
pub(super) struct Agenda {
    /// A bit for each slot.
    filled: Vec<u64>,
    /// Slots of the ring.
    pub(super) length: usize,
    /// Nothing is filled before this slot.
    from: Slot,
    held: usize,
}

impl Agenda {
    /// Of a ring for delays of up to `slots` slots.
    pub(super) fn new(slots: usize) -> Agenda {
        // A power of two, so that a slot's place is found without dividing, and whole words of bits.
        let length = (slots + 2).next_power_of_two().max(BITS);
        Agenda { filled: vec![0; length / BITS], length, from: 0, held: 0 }
    }

    /// The place of a slot in the ring.
    #[inline]
    pub(super) fn place(&self, slot: Slot) -> usize {
        slot as usize & (self.length - 1)
    }

    /// Something arrives in a slot; returns 1 where nothing did so far, or else 0.
    #[inline]
    pub(super) fn fill(&mut self, slot: Slot) -> usize {
        let place = self.place(slot);
        let (word, bit) = (&mut self.filled[place / BITS], place % BITS);
        let fresh = !*word >> bit & 1;
        *word |= 1 << bit;
        fresh as usize
    }

    /// Something was added from slot `first` on, in `fresh` slots where nothing arrived so far.
    #[inline]
    pub(super) fn filled_from(&mut self, first: Slot, fresh: usize) {
        // An empty ring has nothing before `first`; searched from further back, a far slot would be met one lap early.
        self.from = if self.held == 0 { first } else { self.from.min(first) };
        self.held += fresh;
    }

    /// The first slot from `from` on in which something arrives.
    pub(super) fn next(&mut self, from: Slot) -> Option<Slot> {
        if self.held == 0 {
            return None;
        }
        self.from = self.from.max(from);
        loop {
            let place = self.place(self.from);
            let ahead = self.filled[place / BITS] >> (place % BITS);
            if ahead != 0 {
                self.from += ahead.trailing_zeros();
                return Some(self.from);
            }
            self.from += (BITS - place % BITS) as Slot;
        }
    }

    /// Nothing more arrives in a slot; tells whether anything did.
    #[inline]
    pub(super) fn empty(&mut self, slot: Slot) -> bool {
        let place = self.place(slot);
        let (word, bit) = (&mut self.filled[place / BITS], 1 << (place % BITS));
        if *word & bit == 0 {
            return false;
        }
        *word &= !bit;
        self.held -= 1;
        true
    }
}

/// Bits of a word.
const BITS: usize = u64::BITS as usize;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_far_ahead_is_not_met_a_lap_early() {
        let mut ring = Arrivals::new(168, 1);
        // 263 and 7 share a place in a ring of 256.
        ring.add(263, 0, Act::Block, 3);
        assert_eq!(ring.next(0), Some(263));
        ring.add(20, 0, Act::Block, 1);
        assert_eq!(ring.next(0), Some(20));
        ring.take(20, |_, _| ());
        ring.take(263, |_, _| ());
        assert_eq!(ring.next(263), None);
        ring.add(400, 0, Act::Read, 1);
        assert_eq!(ring.next(263), Some(400));
    }

    #[test]
    fn rows_are_added_as_one_by_one() {
        let (mut one_by_one, mut at_once) = (Arrivals::new(168, 2), Arrivals::new(168, 2));
        let mut heard = 0;
        for (now, slots, counts) in [
            (0, [3, 3, 90, 160], [2, 1, 0, 7]),
            (0, [1, 3, 90, 150], [0, 0, 0, 0]),
            (2, [2, 90, 91, 165], [5, 4, 3, 2]),
            (300, [310, 311, 312, 460], [0, 6, 0, 1]),
        ] {
            for (slot, count) in slots.into_iter().zip(counts) {
                one_by_one.add(slot, 1, Act::Read, u64::from(count));
            }
            at_once.add_rows(&slots, 1, Act::Read, &counts);
            assert_eq!(at_once.next(now), one_by_one.next(now));
            while let Some(slot) = at_once.next(now) {
                assert_eq!(one_by_one.next(now), Some(slot));
                let (mut arrived, mut expected) = (Vec::new(), Vec::new());
                at_once.take(slot, |streak, acts| arrived.push((streak, *acts)));
                one_by_one.take(slot, |streak, acts| expected.push((streak, *acts)));
                assert_eq!(arrived, expected);
                heard += arrived.iter().flat_map(|(_, acts)| acts).sum::<u64>();
                if now == 0 && slot > 2 {
                    break;
                }
            }
        }
        assert_eq!((heard, one_by_one.next(300)), (31, None));
    }
}
