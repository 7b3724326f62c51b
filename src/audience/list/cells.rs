//! A list as cells of customers with the same past: its cost does not grow with the number of customers.
//!
//! ```text
//!   cells, oldest message first    | rested ... | resting ... |  <--waiting (until their reply has arrived)
//!                                  '--take--> Taken           '--settle
//! ```
//!
//! The number of cells is bounded by the calendar, not by the list. Where customers are chosen at random every choice
//! looks at all rested cells, so that once a day pasts that nothing asks for any more become one.

use std::collections::VecDeque;

use crate::time::SimTime;

use super::super::history::History;
use super::cell::{AS_LAST, CLOSED, Cell, LONG_AGO};
use super::choosing::{Choice, Choosing};
use super::plan::ListPlan;
use super::taken::Taken;

/// As many cells as a send usually takes from.
const FEW: usize = 12;

/// The cells of a list.
#[derive(Clone, Debug)]
pub(super) struct Cells {
    /// Oldest message first: those who may be written to, and behind them those who rest. Whose rest ends stays in
    /// place.
    cells: VecDeque<Cell>,
    /// How many of the cells may be written to.
    rested: usize,
    rested_customers: u64,
    /// Customers who may not be written to before an instant, because their reply is under way.
    waiting: Vec<Cell>,
    /// These instants, in the same order: all are looked at when one has come.
    waits: Vec<SimTime>,
    /// The first of them.
    waiting_until: SimTime,
    tidied: Option<u16>,
}

impl Cells {
    pub(super) fn new(plan: &ListPlan) -> Cells {
        let fresh = [
            (plan.customers - plan.unreachable, History::default()),
            (plan.unreachable, History::UNREACHABLE),
        ];
        let fresh = fresh.into_iter().filter(|(customers, _)| *customers > 0);
        let cells: VecDeque<Cell> =
            fresh.map(|(customers, history)| Cell::fresh(customers, history)).collect();
        Cells {
            rested: cells.len(),
            rested_customers: plan.customers,
            cells,
            waiting: Vec::new(),
            waits: Vec::new(),
            waiting_until: SimTime::NEVER,
            tidied: None,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.cells.len() + self.waiting.len()
    }

    pub(super) fn available(&mut self, now: SimTime, plan: &ListPlan) -> u64 {
        while let Some(cell) = self.cells.get(self.rested)
            && cell.last + plan.rest <= now
        {
            self.end_rest();
        }
        if self.waiting_until <= now {
            self.end_waits(now);
        }
        self.rested_customers
    }

    /// The first of those who rest may be written to: most were written to later than all who have rested.
    fn end_rest(&mut self) {
        let next = self.rested;
        if next == 0 || self.cells[next - 1].is_before(&self.cells[next]) {
            self.rested += 1;
            self.rested_customers += self.cells[next].customers;
        } else if let Some(cell) = self.cells.remove(next) {
            self.rest_over(cell);
        }
    }

    fn end_waits(&mut self, now: SimTime) {
        self.waiting_until = SimTime::NEVER;
        let mut place = 0;
        while let Some(until) = self.waits.get(place).copied() {
            if until <= now {
                self.waits.swap_remove(place);
                let cell = self.waiting.swap_remove(place);
                self.rest_over(cell);
            } else {
                self.waiting_until = self.waiting_until.min(until);
                place += 1;
            }
        }
    }

    /// Puts a cell among the rested, in order of its last message.
    pub(super) fn rest_over(&mut self, cell: Cell) {
        self.rested_customers += cell.customers;
        let place = self.place_among_rested(&cell);
        if place < self.rested && self.cells[place].is_like(&cell) {
            self.cells[place].customers += cell.customers;
        } else {
            self.cells.insert(place, cell);
            self.rested += 1;
        }
    }

    /// How many of the rested come before a cell.
    fn place_among_rested(&self, cell: &Cell) -> usize {
        let (mut low, mut high) = (0, self.rested);
        while low < high {
            let middle = low + (high - low) / 2;
            if self.cells[middle].is_before(cell) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }

    pub(super) fn take(
        &mut self,
        wanted: u64,
        day: u16,
        by: Choosing<'_>,
        plan: &ListPlan,
        taken: &mut Taken,
    ) {
        if plan.choice == Choice::at_random && self.tidied != Some(day) {
            self.tidied = Some(day);
            self.tidy(by.now, day, plan);
        }
        match self.rested {
            1 => self.take_from_one(wanted, by.now, taken),
            _ => self.take_by_rank(wanted, by, taken),
        }
        self.rested_customers -= taken.customers;
    }

    /// Takes from the only cell of those who may be written to.
    fn take_from_one(&mut self, wanted: u64, now: SimTime, taken: &mut Taken) {
        let cell = &mut self.cells[0];
        let count = wanted.min(cell.customers);
        cell.customers -= count;
        let (part, empty) = (Cell { customers: count, ..*cell }, cell.customers == 0);
        if count > 0 {
            taken.add(part, now);
        }
        if empty {
            self.cells.pop_front();
            self.rested = 0;
        }
    }

    /// Takes from the cells of the first rank, then of the next; within a rank all are alike to the hand.
    fn take_by_rank(&mut self, wanted: u64, mut by: Choosing<'_>, taken: &mut Taken) {
        let (mut left, mut begin) = (wanted, 0);
        taken.parts.reserve(FEW);
        while left > 0 && begin < self.rested {
            let rank = by.rank(&self.cells[begin]);
            let (mut end, mut others) = (begin, 0);
            for cell in self.cells.range(begin..self.rested).take_while(|cell| by.rank(cell) == rank) {
                (end, others) = (end + 1, others + cell.customers);
            }
            let mut from_rank = left.min(others);
            left -= from_rank;
            for cell in self.cells.range_mut(begin..end) {
                let count = by.share(others, from_rank, cell);
                others -= cell.customers;
                from_rank -= count;
                cell.customers -= count;
                if count > 0 {
                    taken.add(Cell { customers: count, ..*cell }, by.now);
                }
            }
            begin = end;
        }
        self.drop_empty(begin);
    }

    /// Drops the cells without customers among the first `touched`: the many behind them stay as they are.
    fn drop_empty(&mut self, touched: usize) {
        let mut empty = touched;
        for place in (0..touched).rev() {
            if self.cells[place].customers > 0 {
                empty -= 1;
                self.cells.swap(empty, place);
            }
        }
        self.cells.drain(..empty);
        self.rested -= empty;
    }

    /// Customers come back, who may be written to from `from` on.
    pub(super) fn settle(&mut self, cell: Cell, from: SimTime, plan: &ListPlan) {
        if from > cell.last + plan.rest {
            self.waiting.push(cell);
            self.waits.push(from);
            self.waiting_until = self.waiting_until.min(from);
            return;
        }
        let rests = self.cells.len() > self.rested;
        match self.cells.back_mut() {
            Some(held) if rests && held.is_like(&cell) => held.customers += cell.customers,
            _ => self.cells.push_back(cell),
        }
    }

    /// Pasts that differ in nothing that is asked for become one.
    fn tidy(&mut self, now: SimTime, day: u16, plan: &ListPlan) {
        let mut cells: Vec<Cell> = self.cells.drain(..self.rested).collect();
        for cell in &mut cells {
            cell.history = plan.memory.on(cell.history, day);
            if cell.window <= now {
                cell.window = CLOSED;
            }
            if cell.counted != AS_LAST && cell.counted + plan.asked_back <= now {
                cell.counted = LONG_AGO;
            }
            if cell.last > LONG_AGO && cell.last + plan.asked_back <= now {
                (cell.last, cell.delivered, cell.counted) = (LONG_AGO, false, AS_LAST);
            }
        }
        cells.sort_unstable_by_key(|cell| cell.key());
        cells.dedup_by(|cell, held| {
            let alike = held.is_like(cell);
            held.customers += if alike { cell.customers } else { 0 };
            alike
        });
        self.rested = cells.len();
        cells.into_iter().rev().for_each(|cell| self.cells.push_front(cell));
    }
}
