//! The list of one segment: who may be written to, who rests, who waits, who has gone.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use crate::random::{Address, Purpose, Streams, Subject, hypergeometric};
use crate::time::{SimTime, Slot, Span};

/// Which customers a send reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(non_camel_case_types, reason = "lower-case words are choices in scenario files")]
pub enum Choice {
    /// Those who have rested longest first; ties at random.
    rested_longest,
    /// Any who have rested, at random.
    at_random,
}

/// Customers with the same history: one cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Cell {
    /// When the last message was sent to them.
    last: SimTime,
    /// Whether it was delivered.
    delivered: bool,
    /// Until when a service window is open because they answered; the past where none is.
    window: SimTime,
    customers: u64,
}

impl Cell {
    fn key(self) -> (SimTime, bool, SimTime) {
        (self.last, self.delivered, self.window)
    }
}

/// How long a service window is open after a customer's message: 24 h in every ruleset.
const SERVICE_WINDOW: Span = Span::hours(24);

/// No service window.
const CLOSED: SimTime = SimTime(i64::MIN);

/// Customers who may not be written to before a slot, because their reply is under way.
#[derive(Clone, Copy, Debug)]
struct Waiting {
    from: SimTime,
    cell: Cell,
}

/// Customers taken from a list for one send.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// How many.
    pub customers: u64,
    /// Of these, those who have an open service window because they answered lately.
    pub open: u64,
    fresh: u64,
    parts: Vec<Cell>,
}

impl Taken {
    /// Those whose latest message before was delivered: when, and how many.
    pub fn again(&self) -> Vec<(SimTime, u64)> {
        self.parts.iter().filter(|part| part.delivered).map(|part| (part.last, part.customers)).collect()
    }
}

/// The list of one segment, in cells of equal history, so that its size costs nothing.
///
/// ```text
///   fresh --take--> sent --settle--> resting --rest is over--> rested --take--> ...
///                          \-> waiting (reply under way) --^
///                           \-> gone (blocked, reported, stopped)
/// ```
#[derive(Clone, Debug)]
pub struct List {
    rest: Span,
    choice: Choice,
    subject: Subject,
    fresh: u64,
    /// Oldest message first.
    rested: VecDeque<Cell>,
    resting: VecDeque<Cell>,
    waiting: Vec<Waiting>,
    rested_customers: u64,
    gone: u64,
}

impl List {
    /// A list of `customers` whom nobody has written to yet.
    pub fn new(customers: u64, rest: Span, choice: Choice, subject: Subject) -> List {
        List {
            rest,
            choice,
            subject,
            fresh: customers,
            rested: VecDeque::new(),
            resting: VecDeque::new(),
            waiting: Vec::new(),
            rested_customers: 0,
            gone: 0,
        }
    }

    /// Customers who may be written to at `now`.
    pub fn available(&mut self, now: SimTime) -> u64 {
        self.advance(now);
        self.fresh + self.rested_customers
    }

    /// Customers who have left for good.
    pub fn gone(&self) -> u64 {
        self.gone
    }

    /// Customers who are still on the list, now or after their rest.
    pub fn remaining(&self) -> u64 {
        let resting: u64 = self.resting.iter().map(|cell| cell.customers).sum();
        let waiting: u64 = self.waiting.iter().map(|waiting| waiting.cell.customers).sum();
        self.fresh + self.rested_customers + resting + waiting
    }

    /// Number of cells held.
    pub fn cells(&self) -> usize {
        self.rested.len() + self.resting.len() + self.waiting.len() + 1
    }

    /// Moves those whose rest or wait is over to those who may be written to.
    fn advance(&mut self, now: SimTime) {
        while let Some(cell) = self.resting.front().copied()
            && cell.last + self.rest <= now
        {
            self.resting.pop_front();
            self.rest_over(cell);
        }
        let mut place = 0;
        while place < self.waiting.len() {
            if self.waiting[place].from <= now {
                let cell = self.waiting.swap_remove(place).cell;
                self.rest_over(cell);
            } else {
                place += 1;
            }
        }
    }

    /// Puts a cell among the rested, in order of its last message.
    fn rest_over(&mut self, cell: Cell) {
        self.rested_customers += cell.customers;
        let place = self.rested.partition_point(|held| held.key() < cell.key());
        match self.rested.get_mut(place) {
            Some(held) if held.key() == cell.key() => held.customers += cell.customers,
            _ => self.rested.insert(place, cell),
        }
    }

    /// Takes `wanted` customers, or all who may be written to if they are fewer.
    pub fn take(&mut self, wanted: u64, now: SimTime, slot: Slot, streams: &Streams) -> Taken {
        let wanted = wanted.min(self.available(now));
        let mut taken = Taken { customers: wanted, ..Taken::default() };
        match self.choice {
            Choice::rested_longest => self.take_longest(wanted, now, slot, streams, &mut taken),
            Choice::at_random => self.take_any(wanted, now, slot, streams, &mut taken),
        }
        taken
    }

    fn take_longest(&mut self, wanted: u64, now: SimTime, slot: Slot, streams: &Streams, taken: &mut Taken) {
        // Whoever was never written to has rested longest.
        let mut left = wanted - wanted.min(self.fresh);
        self.fresh -= wanted - left;
        taken.fresh = wanted - left;
        let (mut place, mut tie) = (0, 0);
        while left > 0 && place < self.rested.len() {
            let last = self.rested[place].last;
            let end = place + self.rested.iter().skip(place).take_while(|cell| cell.last == last).count();
            let group: u64 = self.rested.range(place..end).map(|cell| cell.customers).sum();
            let mut from_group = left.min(group);
            left -= from_group;
            let mut others = group;
            for cell in place..end {
                let size = self.rested[cell].customers;
                let count = self.draw_share(others, size, from_group, tie, slot, streams);
                others -= size;
                from_group -= count;
                tie += 1;
                self.take_from(cell, count, now, taken);
            }
            place = end;
        }
        // Only cells before `place` were touched: the many behind them stay as they are.
        for cell in (0..place).rev() {
            if self.rested[cell].customers == 0 {
                self.rested.remove(cell);
            }
        }
    }

    fn take_any(&mut self, wanted: u64, now: SimTime, slot: Slot, streams: &Streams, taken: &mut Taken) {
        let mut others = self.fresh + self.rested_customers;
        let mut left = wanted;
        let fresh = self.draw_share(others, self.fresh, left, 0, slot, streams);
        others -= self.fresh;
        left -= fresh;
        self.fresh -= fresh;
        taken.fresh = fresh;
        for cell in 0..self.rested.len() {
            let size = self.rested[cell].customers;
            let count = self.draw_share(others, size, left, cell as u32 + 1, slot, streams);
            others -= size;
            left -= count;
            self.take_from(cell, count, now, taken);
        }
        self.rested.retain(|cell| cell.customers > 0);
    }

    /// How many of `taken` from `total` fall into a part of `marked`: no draw where nothing is open.
    fn draw_share(
        &self,
        total: u64,
        marked: u64,
        taken: u64,
        cell: u32,
        slot: Slot,
        streams: &Streams,
    ) -> u64 {
        if taken == 0 || marked == 0 {
            return 0;
        }
        if taken == total || marked == total {
            return taken.min(marked);
        }
        let address = Address { purpose: Purpose::Choose, item: 0, subject: self.subject, cell, slot };
        hypergeometric(&streams.at(address), total, marked, taken)
    }

    fn take_from(&mut self, place: usize, count: u64, now: SimTime, taken: &mut Taken) {
        if count == 0 {
            return;
        }
        let cell = &mut self.rested[place];
        cell.customers -= count;
        self.rested_customers -= count;
        if cell.window > now {
            taken.open += count;
        }
        taken.parts.push(Cell { customers: count, ..*cell });
    }

    /// Puts back `customers` of those who were taken last and without an open window: they were not written to.
    pub fn put_back(&mut self, taken: &mut Taken, mut customers: u64) {
        customers = customers.min(taken.customers);
        taken.customers -= customers;
        taken.open = taken.open.min(taken.customers);
        while customers > 0
            && let Some(part) = taken.parts.last_mut()
        {
            let back = part.customers.min(customers);
            customers -= back;
            part.customers -= back;
            let cell = Cell { customers: back, ..*part };
            if part.customers == 0 {
                taken.parts.pop();
            }
            self.rest_over(cell);
        }
        taken.fresh -= customers;
        self.fresh += customers;
    }

    /// Settles those who were taken at `now`: `undelivered` and `delivered` rest, those of `replying` wait for their
    /// reply as well, `gone` leave for good.
    pub fn settle(
        &mut self,
        now: SimTime,
        undelivered: u64,
        delivered: u64,
        replying: &[(SimTime, u64)],
        gone: u64,
    ) {
        self.gone += gone;
        let mut rest_now = [(false, undelivered), (true, delivered)];
        for (arrives, customers) in replying {
            let (rested, window) = (now + self.rest, *arrives + SERVICE_WINDOW);
            let cell = Cell { last: now, delivered: true, window, customers: *customers };
            if window > rested && *customers > 0 {
                self.waiting.push(Waiting { from: (*arrives).max(rested), cell });
            } else {
                rest_now[1].1 += customers;
            }
        }
        for (delivered, customers) in rest_now {
            if customers > 0 {
                self.resting.push_back(Cell { last: now, delivered, window: CLOSED, customers });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(customers: u64, choice: Choice) -> (List, Streams) {
        (List::new(customers, Span::days(7), choice, Subject::new(&["list"])), Streams::new(1, 0))
    }

    #[test]
    fn nobody_is_taken_twice_within_the_rest() {
        let (mut list, streams) = list(1_000, Choice::rested_longest);
        let day = |day: i64| SimTime(day * 86_400);
        assert_eq!(list.take(600, day(0), 0, &streams).customers, 600);
        list.settle(day(0), 30, 500, &[], 70);
        assert_eq!(list.take(600, day(1), 24, &streams).customers, 400);
        list.settle(day(1), 0, 400, &[], 0);
        assert_eq!(list.available(day(7) + Span(-1)), 0);
        assert_eq!(list.available(day(7)), 530);
        let taken = list.take(531, day(8), 192, &streams);
        assert_eq!((taken.customers, taken.again().iter().map(|(_, n)| n).sum::<u64>()), (531, 501));
        assert_eq!(list.remaining() + list.gone() + 531, 1_000);
    }

    #[test]
    fn whoever_answers_late_is_waited_for() {
        let (mut list, streams) = list(10, Choice::rested_longest);
        list.take(10, SimTime(0), 0, &streams);
        let late = SimTime(8 * 86_400);
        list.settle(SimTime(0), 0, 6, &[(SimTime(3_600), 1), (late, 3)], 0);
        assert_eq!(list.available(SimTime(7 * 86_400)), 7);
        assert_eq!(list.available(late), 10);
    }

    #[test]
    fn the_longest_rested_go_first_and_ties_are_split_by_chance() {
        let (mut list, streams) = list(300, Choice::rested_longest);
        for day in 0..3 {
            list.take(100, SimTime(day * 86_400), day as Slot, &streams);
            list.settle(SimTime(day * 86_400), 50, 50, &[], 0);
        }
        let taken = list.take(150, SimTime(20 * 86_400), 480, &streams);
        // All hundred of the first day, fifty of the second.
        assert_eq!(taken.again()[0], (SimTime(0), 50));
        assert_eq!(taken.again()[1].0, SimTime(86_400));
        assert!((10..=40).contains(&taken.again()[1].1), "{taken:?}");
    }
}
