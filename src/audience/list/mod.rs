//! The list of one segment and number: who may be written to, who rests, who waits, who has gone.
//!
//! ```text
//!   ListPlan --> List
//!                  |- Cells    customers with the same past, a Cell each: the cost does not grow with the list
//!                  '- People   one entry a customer, of the same law: the oracle of the tests
//!                       |
//!                       '--take, by Choosing--> Taken --> put back | held | written to, and settled
//! ```

mod abreast;
mod cell;
mod cells;
mod choosing;
mod people;
mod plan;
mod taken;

use crate::random::Chance;
use crate::time::{SimTime, Slot, Span};

use self::cells::Cells;
use self::choosing::Choosing;
use self::people::People;

pub use abreast::ListsAbreast;
pub(super) use cell::{AS_LAST, CLOSED, Cell, SERVICE_WINDOW};
pub use choosing::Choice;
pub use plan::{ListPlan, Sampling};
pub use taken::Taken;

use self::cell::LONG_AGO;

/// The list of one segment and number.
///
/// ```text
///   rested --take--> taken --settle--> resting --rest is over--> rested
///      ^               |  \-> waiting (reply under way) --^
///      '---put_back----'   \-> gone (blocked, reported, stopped)
/// ```
#[derive(Clone, Debug)]
pub struct List {
    plan: ListPlan,
    /// Customers who are on the list, whether they rest or not.
    remaining: u64,
    gone: u64,
    kept: Kept,
    /// Room for the cells of those who are taken next.
    room: Vec<Cell>,
}

#[derive(Clone, Debug)]
enum Kept {
    Cells(Cells),
    People(People),
}

/// Which of the choices of one send.
const TAKE: u8 = 0;
/// Who is put back after a refusal.
const PUT_BACK: u8 = 1;
/// Whose message is held.
const HOLD: u8 = 2;
/// Who happens to have written first lately.
const INSIDE: u8 = 3;

impl List {
    /// A list of customers whom nobody has written to yet.
    pub fn new(plan: ListPlan, sampling: Sampling) -> List {
        let kept = match sampling {
            Sampling::Counts => Kept::Cells(Cells::new(&plan)),
            Sampling::People => Kept::People(People::new(&plan)),
        };
        List { remaining: plan.customers, gone: 0, kept, plan, room: Vec::new() }
    }

    /// Customers who may be written to at `now`.
    pub fn available(&mut self, now: SimTime) -> u64 {
        match &mut self.kept {
            Kept::Cells(cells) => cells.available(now, &self.plan),
            Kept::People(people) => people.available(now),
        }
    }

    /// Customers who have left for good.
    pub fn gone(&self) -> u64 {
        self.gone
    }

    /// Customers who are on the list, now or after their rest.
    pub fn remaining(&self) -> u64 {
        self.remaining
    }

    /// Number of entries held: cells, or people.
    pub fn entries(&self) -> usize {
        match &self.kept {
            Kept::Cells(cells) => cells.len(),
            Kept::People(people) => people.len(),
        }
    }

    /// Nobody is written to twice within this time.
    pub(super) fn rest(&self) -> Span {
        self.plan.rest
    }

    /// Takes `wanted` customers, or all who may be written to if they are fewer.
    pub fn take(&mut self, wanted: u64, now: SimTime, day: u16, slot: Slot, chance: &mut Chance) -> Taken {
        let mut taken = Taken { parts: std::mem::take(&mut self.room), ..Taken::default() };
        let wanted = wanted.min(self.available(now));
        let (choice, subject) = (self.plan.choice, self.plan.subject);
        let by = Choosing { now, item: TAKE, slot, choice, subject, chance };
        match &mut self.kept {
            Kept::Cells(cells) => cells.take(wanted, day, by, &self.plan, &mut taken),
            Kept::People(people) => people.take(wanted, by, &mut taken),
        }
        self.remaining -= taken.customers;
        taken
    }

    /// Keeps the room of customers who were taken and are done with.
    pub fn clear(&mut self, taken: Taken) {
        self.room = taken.parts;
        self.room.clear();
    }

    /// Puts back `customers` of those who were taken last and without an open window: they were not written to.
    pub fn put_back(
        &mut self,
        taken: &mut Taken,
        customers: u64,
        now: SimTime,
        slot: Slot,
        chance: &mut Chance,
    ) {
        if customers == 0 {
            return;
        }
        let (choice, subject) = (self.plan.choice, self.plan.subject);
        let back =
            taken.split_off(customers, Choosing { now, item: PUT_BACK, slot, choice, subject, chance });
        self.remaining += back.customers;
        match &mut self.kept {
            Kept::Cells(cells) => back.parts.into_iter().for_each(|part| cells.rest_over(part)),
            Kept::People(people) => back.people.into_iter().for_each(|person| people.rest_over(person)),
        }
    }

    /// Whether somebody asks when customers were last written to, and in a window or not.
    pub fn is_asked_back(&self) -> bool {
        self.plan.asked_back > Span(0)
    }

    /// What will count towards a step for the customers of a cell who are written to at `now`: outside a service window
    /// that message; inside one what counted before, as far as anybody still asks.
    pub(super) fn counted_after(&self, cell: &Cell, inside: bool, now: SimTime) -> SimTime {
        match cell.counted_at() {
            _ if !inside => AS_LAST,
            at if at > LONG_AGO && at + self.plan.asked_back > now => at,
            _ => LONG_AGO,
        }
    }

    /// Tells who of `taken` gets the message inside a service window, of whom there are `inside`.
    pub fn tell_windows_apart(
        &self,
        taken: &mut Taken,
        inside: u64,
        now: SimTime,
        slot: Slot,
        chance: &mut Chance,
    ) {
        let (choice, subject) = (self.plan.choice, self.plan.subject);
        taken.tell_windows_apart(inside, Choosing { now, item: INSIDE, slot, choice, subject, chance });
    }

    /// Takes those out of `taken` whose message is held: `customers` of those who were taken last.
    #[must_use]
    pub fn hold(
        &self,
        taken: &mut Taken,
        customers: u64,
        now: SimTime,
        slot: Slot,
        chance: &mut Chance,
    ) -> Taken {
        let (choice, subject) = (self.plan.choice, self.plan.subject);
        taken.split_off(customers, Choosing { now, item: HOLD, slot, choice, subject, chance })
    }

    /// All of `taken` rest as after a message that did not reach them. It was never sent, so what counted before counts
    /// on.
    pub fn not_reached(&mut self, taken: &Taken, now: SimTime) {
        for (place, part) in taken.parts.iter().enumerate() {
            let counted = match self.counted_after(part, true, now) {
                LONG_AGO => AS_LAST,
                before => before,
            };
            let cell = Cell { last: now, delivered: false, window: CLOSED, counted, ..*part };
            self.settle(cell, now + self.plan.rest, taken.people.get(place).copied());
        }
    }

    /// Customers come back to the list, who may be written to from `from` on.
    pub(super) fn settle(&mut self, cell: Cell, from: SimTime, person: Option<u32>) {
        self.remaining += cell.customers;
        match (&mut self.kept, person) {
            (Kept::Cells(_), _) if self.plan.once => {}
            (Kept::Cells(cells), _) => cells.settle(cell, from, &self.plan),
            (Kept::People(people), Some(person)) => people.settle(person, cell, from),
            (Kept::People(_), None) => unreachable!("people are settled one by one"),
        }
    }

    /// Customers leave for good.
    pub(super) fn leave(&mut self, customers: u64) {
        self.gone += customers;
    }
}

#[cfg(test)]
mod tests {
    use super::super::history::{History, Memory};
    use super::*;
    use crate::random::{Held, Streams, Subject};

    const DAY: i64 = 86_400;

    fn list(customers: u64, choice: Choice, sampling: Sampling) -> (List, Chance) {
        let plan = ListPlan {
            customers,
            unreachable: 0,
            rest: Span::days(7),
            once: false,
            choice,
            memory: Memory::NONE,
            asked_back: Span::days(7),
            subject: Subject::new(&["list"]),
        };
        (List::new(plan, sampling), Chance::new(Streams::new(1, 0), Held::default()))
    }

    /// All of `taken` come back, those of `delivered` as reached; whoever replies waits until `from`.
    fn back(list: &mut List, taken: &Taken, now: SimTime, undelivered: u64, late: Option<(SimTime, u64)>) {
        let mut left = taken.customers - undelivered;
        let people = |place: usize| taken.people.get(place).copied();
        let one_by_one = !taken.people.is_empty();
        let mut place = 0;
        let mut settle = |list: &mut List, delivered, customers: u64, from: SimTime| {
            let times = if one_by_one { customers } else { 1 };
            for _ in 0..times {
                let customers = if one_by_one { 1 } else { customers };
                let cell = Cell { last: now, delivered, customers, ..Cell::fresh(0, History::default()) };
                list.settle(cell, from, people(place));
                place += 1;
            }
        };
        if let Some((from, customers)) = late {
            settle(list, true, customers, from);
            left -= customers;
        }
        settle(list, true, left, now + list.rest());
        settle(list, false, undelivered, now + list.rest());
    }

    #[test]
    fn nobody_is_taken_twice_within_the_rest() {
        for sampling in [Sampling::Counts, Sampling::People] {
            let (mut list, mut chance) = list(1_000, Choice::rested_longest, sampling);
            let day = |day: i64| SimTime(day * DAY);
            let first = list.take(600, day(0), 0, 0, &mut chance);
            assert_eq!(first.customers, 600);
            back(&mut list, &first, day(0), 30, None);
            let second = list.take(600, day(1), 1, 24, &mut chance);
            assert_eq!(second.customers, 400);
            back(&mut list, &second, day(1), 0, None);
            assert_eq!(list.available(day(7) + Span(-1)), 0);
            assert_eq!(list.available(day(7)), 600);
            let third = list.take(601, day(8), 8, 192, &mut chance);
            let again: u64 = third.again().iter().map(|(_, customers)| customers).sum();
            assert!(third.customers == 601 && (571..=571).contains(&again), "{again}");
            assert_eq!(list.remaining() + 601, 1_000);
        }
    }

    #[test]
    fn whoever_answers_late_is_waited_for() {
        for sampling in [Sampling::Counts, Sampling::People] {
            let (mut list, mut chance) = list(10, Choice::rested_longest, sampling);
            let taken = list.take(10, SimTime(0), 0, 0, &mut chance);
            back(&mut list, &taken, SimTime(0), 6, Some((SimTime(8 * DAY), 3)));
            assert_eq!(list.available(SimTime(7 * DAY)), 7);
            assert_eq!(list.available(SimTime(8 * DAY)), 10);
        }
    }

    #[test]
    fn the_longest_rested_go_first_and_ties_are_split_by_chance() {
        for sampling in [Sampling::Counts, Sampling::People] {
            let (mut list, mut chance) = list(300, Choice::rested_longest, sampling);
            for day in 0..3 {
                let taken = list.take(100, SimTime(day * DAY), day as u16, day as Slot, &mut chance);
                back(&mut list, &taken, SimTime(day * DAY), 50, None);
            }
            let taken = list.take(150, SimTime(20 * DAY), 20, 480, &mut chance);
            let again = |day: i64| -> u64 {
                taken.again().iter().filter(|(at, _)| at.0 == day * DAY).map(|(_, customers)| customers).sum()
            };
            // All hundred of the first day, fifty of the second.
            assert_eq!(again(0), 50);
            assert!((10..=40).contains(&again(1)), "{taken:?}");
            assert_eq!(again(2), 0);
        }
    }

    #[test]
    fn who_was_taken_last_is_put_back_first() {
        for sampling in [Sampling::Counts, Sampling::People] {
            let (mut list, mut chance) = list(200, Choice::rested_longest, sampling);
            for day in 0..2 {
                let taken = list.take(100, SimTime(day * DAY), day as u16, day as Slot, &mut chance);
                back(&mut list, &taken, SimTime(day * DAY), 0, None);
            }
            let now = SimTime(20 * DAY);
            let mut taken = list.take(200, now, 20, 480, &mut chance);
            list.put_back(&mut taken, 120, now, 480, &mut chance);
            assert_eq!((taken.customers, list.remaining()), (80, 120));
            assert!(taken.again().iter().all(|(at, _)| at.0 == 0), "{taken:?}");
            let held = list.hold(&mut taken, 30, now, 480, &mut chance);
            assert_eq!((held.customers, taken.customers, list.remaining()), (30, 50, 120));
        }
    }
}
