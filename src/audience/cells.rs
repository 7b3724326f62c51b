//! A list as cells of customers with the same past: its cost does not grow with the number of customers.
//!
//! ```text
//!   rested, oldest message first   <--rest_over--   resting (in order), waiting (until their reply has arrived)
//!        '--take--> Taken
//! ```
//!
//! The number of cells is bounded by the calendar, not by the list. Where customers are chosen at random every choice
//! looks at all rested cells, so that once a day pasts that nothing asks for any more become one.

use std::collections::VecDeque;

use crate::time::SimTime;

use super::history::History;
use super::list::{CLOSED, Cell, Choice, Choosing, LONG_AGO, ListPlan, Taken};

/// As many cells as a send usually takes from.
const FEW: usize = 12;

/// The cells of a list.
#[derive(Clone, Debug)]
pub(super) struct Cells {
    /// Oldest message first.
    rested: VecDeque<Cell>,
    resting: VecDeque<Cell>,
    /// Customers who may not be written to before an instant, because their reply is under way.
    waiting: Vec<(SimTime, Cell)>,
    /// The first of these instants.
    waiting_until: SimTime,
    rested_customers: u64,
    tidied: Option<u16>,
}

impl Cells {
    pub(super) fn new(plan: &ListPlan) -> Cells {
        let fresh = [
            (plan.customers - plan.unreachable, History::default()),
            (plan.unreachable, History::UNREACHABLE),
        ];
        let rested = fresh.into_iter().filter(|(customers, _)| *customers > 0);
        Cells {
            rested: rested.map(|(customers, history)| Cell::fresh(customers, history)).collect(),
            resting: VecDeque::new(),
            waiting: Vec::new(),
            waiting_until: SimTime::NEVER,
            rested_customers: plan.customers,
            tidied: None,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.rested.len() + self.resting.len() + self.waiting.len()
    }

    pub(super) fn available(&mut self, now: SimTime, plan: &ListPlan) -> u64 {
        self.advance(now, plan);
        self.rested_customers
    }

    /// Moves those whose rest or wait is over to those who may be written to.
    fn advance(&mut self, now: SimTime, plan: &ListPlan) {
        while let Some(cell) = self.resting.front().copied()
            && cell.last + plan.rest <= now
        {
            self.resting.pop_front();
            self.rest_over(cell);
        }
        if self.waiting_until <= now {
            self.end_waits(now);
        }
    }

    fn end_waits(&mut self, now: SimTime) {
        self.waiting_until = SimTime::NEVER;
        let mut place = 0;
        while place < self.waiting.len() {
            let until = self.waiting[place].0;
            if until <= now {
                let cell = self.waiting.swap_remove(place).1;
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
        // Most were written to later than all who have rested.
        if self.rested.back().is_none_or(|held| held.key() < cell.key()) {
            self.rested.push_back(cell);
            return;
        }
        let place = self.rested.partition_point(|held| held.key() < cell.key());
        match self.rested.get_mut(place) {
            Some(held) if held.key() == cell.key() => held.customers += cell.customers,
            _ => self.rested.insert(place, cell),
        }
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
        self.take_by_rank(wanted, by, taken);
        self.rested_customers -= taken.customers;
    }

    /// Takes from the cells of the first rank, then of the next; within a rank all are alike to the hand.
    fn take_by_rank(&mut self, wanted: u64, mut by: Choosing<'_>, taken: &mut Taken) {
        let (mut left, mut begin) = (wanted, 0);
        taken.parts.reserve(FEW);
        while left > 0 && begin < self.rested.len() {
            let rank = by.rank(&self.rested[begin]);
            let tied = |cell: &&Cell| by.rank(cell) == rank;
            let (mut end, mut others) = (begin, 0);
            for cell in self.rested.range(begin..).take_while(tied) {
                (end, others) = (end + 1, others + cell.customers);
            }
            let mut from_rank = left.min(others);
            left -= from_rank;
            for cell in self.rested.range_mut(begin..end) {
                let count = by.share(others, cell.customers, from_rank, cell.tag());
                others -= cell.customers;
                from_rank -= count;
                cell.customers -= count;
                if count > 0 {
                    taken.add(Cell { customers: count, ..*cell }, by.now);
                }
            }
            begin = end;
        }
        // Only cells before `begin` were touched: the many behind them stay as they are.
        let mut kept = 0;
        for place in 0..begin {
            if self.rested[place].customers > 0 {
                self.rested.swap(kept, place);
                kept += 1;
            }
        }
        self.rested.drain(kept..begin);
    }

    /// Customers come back, who may be written to from `from` on.
    pub(super) fn settle(&mut self, cell: Cell, from: SimTime, plan: &ListPlan) {
        if from > cell.last + plan.rest {
            self.waiting.push((from, cell));
            self.waiting_until = self.waiting_until.min(from);
            return;
        }
        match self.resting.back_mut() {
            Some(held) if held.key() == cell.key() => held.customers += cell.customers,
            _ => self.resting.push_back(cell),
        }
    }

    /// Pasts that differ in nothing that is asked for become one.
    fn tidy(&mut self, now: SimTime, day: u16, plan: &ListPlan) {
        let mut cells: Vec<Cell> = self.rested.drain(..).collect();
        for cell in &mut cells {
            cell.history = plan.memory.on(cell.history, day);
            if cell.window <= now {
                cell.window = CLOSED;
            }
            if cell.last > LONG_AGO && cell.last + plan.asked_back <= now {
                (cell.last, cell.delivered) = (LONG_AGO, false);
            }
        }
        cells.sort_unstable_by_key(|cell| cell.key());
        for cell in cells {
            match self.rested.back_mut() {
                Some(held) if held.key() == cell.key() => held.customers += cell.customers,
                _ => self.rested.push_back(cell),
            }
        }
    }
}
