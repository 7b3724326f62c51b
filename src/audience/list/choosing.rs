//! Who is chosen among customers: by which order, by whose luck.

use rand::RngExt;
use serde::{Deserialize, Serialize};

use crate::random::{Address, Chance, Draw, Purpose, Subject};
use crate::time::{SimTime, Slot};

use super::cell::{Cell, LONG_AGO};

/// Which customers a send reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(non_camel_case_types, reason = "lower-case words are choices in scenario files")]
pub enum Choice {
    /// Those who have rested longest first; ties at random.
    rested_longest,
    /// Any who have rested, at random.
    at_random,
}

/// How a choice among customers is made: when, by which order, by whose luck.
#[derive(Debug)]
pub(super) struct Choosing<'c> {
    pub(super) now: SimTime,
    /// Tells the several choices of one send apart.
    pub(super) item: u8,
    pub(super) slot: Slot,
    pub(super) choice: Choice,
    pub(super) subject: Subject,
    pub(super) chance: &'c mut Chance,
}

impl Choosing<'_> {
    /// Customers of the same rank are chosen at random.
    pub(super) fn rank(&self, part: &Cell) -> SimTime {
        if self.choice == Choice::at_random { LONG_AGO } else { part.last }
    }

    /// How many of `taken` from `total` fall into a cell: no draw where nothing is open.
    #[inline]
    pub(super) fn share(&mut self, total: u64, taken: u64, cell: &Cell) -> u64 {
        let marked = cell.customers;
        if taken == 0 || marked == 0 {
            return 0;
        }
        if taken == total || marked == total {
            return taken.min(marked);
        }
        self.chance.hypergeometric(self.address(cell.tag()), total, marked, taken)
    }

    /// Numbers for choosing customers one by one; another `part` has other numbers.
    pub(super) fn draw(&self, part: u32) -> Draw {
        self.chance.streams().at(self.address(u32::MAX - part))
    }

    fn address(&self, cell: u32) -> Address {
        Address { item: self.item, cell, slot: self.slot, ..Address::of(Purpose::Choose, self.subject) }
    }
}

/// Choices one after another, as many as there are: a draw holds numbers for so many.
#[derive(Debug, Default)]
pub(super) struct Picks {
    draw: Option<Draw>,
    made: u64,
}

impl Picks {
    /// A draw holds numbers for this many choices, and some to spare.
    const OF_A_DRAW: u64 = 30_000;

    /// A whole number below `n`, each as likely.
    pub(super) fn below(&mut self, by: &Choosing<'_>, n: u64) -> u64 {
        if self.made.is_multiple_of(Picks::OF_A_DRAW) {
            self.draw = None;
        }
        let draw = self.draw.get_or_insert_with(|| by.draw((self.made / Picks::OF_A_DRAW) as u32));
        self.made += 1;
        below(draw, n as usize) as u64
    }
}

/// A whole number below `n`, each as likely.
pub(super) fn below(draw: &mut Draw, n: usize) -> usize {
    draw.random_range(0..n.max(1) as u64) as usize
}
