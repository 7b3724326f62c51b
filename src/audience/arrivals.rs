//! The future event list of reactions: a ring of slots with counters.

use crate::time::Slot;

use super::act::{Act, ActCounts};

/// A ring of slots, as long as the longest delay.
#[derive(Clone, Debug)]
pub struct Arrivals {
    /// What arrives, by template, act and slot: what is added at once lies close together.
    counts: Vec<u64>,
    /// In which slots something arrives from each template: a bit for each slot.
    from_template: Vec<u64>,
    /// In which slots something arrives at all.
    agenda: Agenda,
    /// From an act of a slot to the next act: the slots of the ring, and some more, as what lies a power of two apart is
    /// kept in few places of a cache.
    stride: usize,
}

impl Arrivals {
    /// A ring for delays of up to `slots` slots, from `templates` templates.
    pub fn new(slots: usize, templates: usize) -> Arrivals {
        let agenda = Agenda::new(slots);
        let (stride, words) = (agenda.length + 8, agenda.filled.len());
        let counts = vec![0; stride * Act::ALL.len() * templates];
        Arrivals { counts, from_template: vec![0; words * templates], agenda, stride }
    }

    /// A ring without a slot, to which nothing can be added.
    pub fn none() -> Arrivals {
        let agenda = Agenda { filled: Vec::new(), length: 0, from: 0, held: 0 };
        Arrivals { counts: Vec::new(), from_template: Vec::new(), agenda, stride: 0 }
    }

    /// Adds what will arrive in `slot`, which lies at most the ring's length ahead.
    #[inline]
    pub fn add(&mut self, slot: Slot, template: usize, act: Act, count: u64) {
        if count > 0 {
            let (row, place) = (self.row(template, act), self.agenda.place(slot));
            self.counts[row + place] += count;
            let fresh = self.fill(template, (place / BITS, 1 << (place % BITS)));
            self.agenda.filled_from(slot, fresh);
        }
    }

    /// Adds what will arrive row by row: so many in each slot, which lies at most the ring's length ahead.
    pub(super) fn add_rows(&mut self, slots: &[Slot], template: usize, act: Act, counts: &[u32]) {
        let row = self.row(template, act);
        let (mut first, mut fresh, mut filled) = (Slot::MAX, 0, (0, 0));
        // Whether anything arrives is up to chance: no row is passed over.
        for (slot, count) in slots.iter().zip(counts) {
            let (place, any) = (self.agenda.place(*slot), *count > 0);
            self.counts[row + place] += u64::from(*count);
            // Slots follow one another, and most lie in the same word.
            if filled.0 != place / BITS {
                fresh += self.fill(template, filled);
                filled = (place / BITS, 0);
            }
            filled.1 |= u64::from(any) << (place % BITS);
            first = if any { first.min(*slot) } else { first };
        }
        fresh += self.fill(template, filled);
        if first < Slot::MAX {
            self.agenda.filled_from(first, fresh);
        }
    }

    /// Where the slots of an act begin.
    #[inline]
    fn row(&self, template: usize, act: Act) -> usize {
        (template * Act::ALL.len() + act.index()) * self.stride
    }

    /// Something arrives from a template in slots of a word, a bit each; returns in how many of them nothing did so far.
    #[inline]
    fn fill(&mut self, template: usize, (word, bits): (usize, u64)) -> usize {
        self.from_template[template * self.agenda.filled.len() + word] |= bits;
        self.agenda.fill_word(word, bits)
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
        let (place, words) = (self.agenda.place(slot), self.agenda.filled.len());
        let (word, bit) = (place / BITS, 1 << (place % BITS));
        for template in 0..self.from_template.len() / words {
            let filled = &mut self.from_template[template * words + word];
            if *filled & bit != 0 {
                *filled &= !bit;
                each(template, &self.taken(template, place));
            }
        }
    }

    /// Takes out what arrives from a template at a place of the ring.
    fn taken(&mut self, template: usize, place: usize) -> ActCounts {
        let mut counts = ActCounts::default();
        let acts = self.counts[template * Act::ALL.len() * self.stride..].chunks_exact_mut(self.stride);
        for (count, act) in counts.iter_mut().zip(acts) {
            *count = std::mem::take(&mut act[place]);
        }
        counts
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
        self.fill_word(place / BITS, 1 << (place % BITS))
    }

    /// Something arrives in slots of a word, a bit each; returns in how many of them nothing did so far.
    #[inline]
    fn fill_word(&mut self, word: usize, bits: u64) -> usize {
        let filled = &mut self.filled[word];
        let fresh = bits & !*filled;
        *filled |= bits;
        fresh.count_ones() as usize
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
