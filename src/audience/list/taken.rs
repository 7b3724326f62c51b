//! Customers taken from a list for one send: who of them is put back, whose message is held, who has a window open.

use crate::few::Few;
use crate::time::SimTime;

use super::cell::{Cell, LONG_AGO};
use super::choosing::{Choosing, Picks, below};

/// Customers by when they were written to: mostly so few instants that no memory is asked for.
type Again = Few<(SimTime, u64)>;

/// Customers taken from a list for one send.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// How many.
    pub customers: u64,
    /// Of these, those who have an open service window because they answered lately.
    pub open: u64,
    /// The cells they come from, in the order in which they were chosen.
    pub(in crate::audience) parts: Vec<Cell>,
    /// Where customers are simulated one by one, who they are, in the order of `parts`, each of one customer.
    pub(in crate::audience) people: Vec<u32>,
    /// So many of the last parts get the message inside a service window, where that was [looked
    /// at](super::List::tell_windows_apart).
    pub(in crate::audience) inside: usize,
}

impl Taken {
    /// Those whose latest message before was delivered: when, and how many.
    pub fn again(&self) -> Again {
        let delivered = self.parts.iter().filter(|part| part.delivered);
        by_instant(delivered.map(|part| (part.last, part.customers)))
    }

    /// Of those who get the message outside a service window, those whose latest such message before was delivered.
    pub fn counted_again(&self) -> Again {
        let outside = &self.parts[..self.parts.len() - self.inside];
        by_instant(outside.iter().map(|part| (part.counted_at(), part.customers)))
    }

    /// The parts, each with whether its customers get the message inside a service window.
    pub(in crate::audience) fn parts(&self) -> impl Iterator<Item = (&Cell, bool)> {
        let outside = self.parts.len() - self.inside;
        self.parts.iter().enumerate().map(move |(place, part)| (part, place >= outside))
    }

    /// Counts anew who has a service window open at `now` because they answered.
    pub fn look(&mut self, now: SimTime) {
        let open = self.parts.iter().filter(|part| part.window > now);
        self.open = open.map(|part| part.customers).sum();
    }

    pub(super) fn add(&mut self, part: Cell, now: SimTime) {
        self.customers += part.customers;
        self.open += if part.window > now { part.customers } else { 0 };
        self.parts.push(part);
    }

    /// Adds others who were taken.
    pub fn join(&mut self, others: Taken) {
        self.customers += others.customers;
        self.open += others.open;
        self.parts.extend(others.parts);
        self.people.extend(others.people);
    }

    /// Takes `customers` away again: of those chosen last, ties at random, and nobody with an open window as long as
    /// there are others.
    #[must_use]
    pub(super) fn split_off(&mut self, customers: u64, by: Choosing<'_>) -> Taken {
        if self.people.is_empty() {
            self.split_cells(customers, by)
        } else {
            self.split_people(customers, by)
        }
    }

    /// Puts those who get the message inside a service window behind the others: all who answered lately, and of the
    /// rest as many as there are of the `inside`, at random.
    pub(super) fn tell_windows_apart(&mut self, inside: u64, mut by: Choosing<'_>) {
        let mut others = self.customers - self.open;
        let mut wanted = inside.saturating_sub(self.open).min(others);
        let mut picks = Picks::default();
        let (mut parts, mut people) = (Vec::new(), Vec::<u32>::new());
        for (place, part) in self.parts.iter_mut().enumerate() {
            let person = self.people.get(place);
            let count = match person {
                _ if part.window > by.now => part.customers,
                Some(_) => u64::from(picks.below(&by, others) < wanted),
                None => by.share(others, wanted, part),
            };
            if part.window <= by.now {
                (others, wanted) = (others - part.customers, wanted - count);
            }
            if count > 0 {
                parts.push(Cell { customers: count, ..*part });
                part.customers -= count;
                people.extend(person);
            }
        }
        let mut outside = self.parts.iter().map(|part| part.customers > 0);
        self.people.retain(|_| outside.next() == Some(true));
        self.parts.retain(|part| part.customers > 0);
        self.inside = parts.len();
        self.parts.extend(parts);
        self.people.extend(people);
    }

    fn split_cells(&mut self, customers: u64, mut by: Choosing<'_>) -> Taken {
        let mut off = Taken::default();
        let mut left = customers.min(self.customers);
        for open in [false, true] {
            let mut end = self.parts.len();
            while left > 0 && end > 0 {
                let rank = by.rank(&self.parts[end - 1]);
                let begin =
                    self.parts[..end].iter().rposition(|part| by.rank(part) != rank).map_or(0, |at| at + 1);
                let now = by.now;
                let among = |part: &Cell| (part.window > now) == open;
                let group: u64 =
                    self.parts[begin..end].iter().filter(|part| among(part)).map(|p| p.customers).sum();
                let (mut others, mut wanted) = (group, left.min(group));
                left -= wanted;
                for part in self.parts[begin..end].iter_mut().filter(|part| among(part)) {
                    let count = by.share(others, wanted, part);
                    others -= part.customers;
                    wanted -= count;
                    part.customers -= count;
                    if count > 0 {
                        off.add(Cell { customers: count, ..*part }, now);
                    }
                }
                end = begin;
            }
        }
        self.parts.retain(|part| part.customers > 0);
        self.customers -= off.customers;
        self.open -= off.open;
        off
    }

    fn split_people(&mut self, customers: u64, by: Choosing<'_>) -> Taken {
        let mut off = Taken::default();
        let mut draw = by.draw(0);
        for _ in 0..customers.min(self.customers) {
            let closed = self.parts.iter().any(|part| part.window <= by.now);
            let among = |part: &Cell| !closed || part.window <= by.now;
            let Some(last) = self.parts.iter().filter(|part| among(part)).map(|part| by.rank(part)).max()
            else {
                break;
            };
            let tied: Vec<usize> = (0..self.parts.len())
                .filter(|place| among(&self.parts[*place]) && by.rank(&self.parts[*place]) == last)
                .collect();
            let place = tied[below(&mut draw, tied.len())];
            let part = self.parts.remove(place);
            off.people.push(self.people.remove(place));
            off.add(part, by.now);
        }
        self.customers -= off.customers;
        self.open -= off.open;
        off
    }
}

/// Customers by instant, without those of [`LONG_AGO`].
fn by_instant(customers: impl Iterator<Item = (SimTime, u64)>) -> Again {
    let mut again = Again::new();
    for (at, count) in customers.filter(|(at, _)| *at > LONG_AGO) {
        match again.last_mut() {
            Some((last, customers)) if *last == at => *customers += count,
            _ => again.push((at, count)),
        }
    }
    again
}
