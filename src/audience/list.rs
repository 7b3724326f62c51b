//! The list of one segment and number: who may be written to, who rests, who waits, who has gone.
//!
//! The same list is kept in two ways, of one law: as cells of customers with the same past, whose cost does not grow
//! with the list, and as one entry a customer, the oracle of the tests.

use rand::RngExt;
use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

use crate::random::{Address, Chance, Draw, Purpose, Subject};
use crate::time::{SimTime, Slot, Span};

use super::cells::Cells;
use super::history::{History, Memory};
use super::people::People;

/// Which customers a send reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(non_camel_case_types, reason = "lower-case words are choices in scenario files")]
pub enum Choice {
    /// Those who have rested longest first; ties at random.
    rested_longest,
    /// Any who have rested, at random.
    at_random,
}

/// How customers are simulated: the same law twice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sampling {
    /// Counts of customers with the same past.
    #[default]
    Counts,
    /// One customer at a time.
    People,
}

/// What a list is made of.
#[derive(Clone, Debug)]
pub struct ListPlan {
    /// Customers at the start.
    pub customers: u64,
    /// Of these, customers whom no message can reach.
    pub unreachable: u64,
    /// Nobody is written to twice within this time.
    pub rest: Span,
    /// Who is chosen.
    pub choice: Choice,
    /// What of the past matters.
    pub memory: Memory,
    /// How long the platform asks when a customer was last written to; nothing where it never does.
    pub asked_back: Span,
    /// The subject of the draws that choose.
    pub subject: Subject,
}

/// Customers with the same past: one cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cell {
    /// When the last message was sent to them.
    pub(super) last: SimTime,
    /// Whether it was delivered.
    pub(super) delivered: bool,
    /// Until when a service window is open because they answered; the past where none is.
    pub(super) window: SimTime,
    /// The latest delivered message that counts towards a step, [`LONG_AGO`] for none, where the last one was sent inside a
    /// service window and so counts for nothing; else [`AS_LAST`].
    pub(super) counted: SimTime,
    pub(super) history: History,
    pub(super) customers: u64,
}

/// When those were written to whom nobody has written to, or so long ago that nobody asks.
pub(super) const LONG_AGO: SimTime = SimTime(i64::MIN);

/// What counts towards a step is the last message, if it was delivered.
pub(super) const AS_LAST: SimTime = SimTime(i64::MAX);

/// No service window.
pub(super) const CLOSED: SimTime = SimTime(i64::MIN);

/// How long a service window is open after a customer's message: 24 h in every ruleset.
pub(super) const SERVICE_WINDOW: Span = Span::hours(24);

impl Cell {
    /// Customers whom nobody has written to.
    pub(super) fn fresh(customers: u64, history: History) -> Cell {
        Cell { last: LONG_AGO, delivered: false, window: CLOSED, counted: AS_LAST, history, customers }
    }

    /// When the latest message was delivered to them that counts towards a step; [`LONG_AGO`] for none.
    pub(super) fn counted_at(&self) -> SimTime {
        match self.counted {
            AS_LAST if self.delivered => self.last,
            AS_LAST => LONG_AGO,
            before => before,
        }
    }

    /// Whether it comes before another in the order of a list: by the last message, then by the rest of its past.
    #[inline]
    pub(super) fn is_before(&self, other: &Cell) -> bool {
        self.last < other.last || self.last == other.last && self.key() < other.key()
    }

    /// Whether its customers have the past of those of another.
    #[inline]
    pub(super) fn is_like(&self, other: &Cell) -> bool {
        let past = |cell: &Cell| (cell.last, cell.delivered, cell.window, cell.counted, cell.history);
        past(self) == past(other)
    }

    pub(super) fn key(self) -> (SimTime, bool, SimTime, u64, SimTime) {
        (self.last, self.delivered, self.window, self.history.packed(), self.counted)
    }

    /// The address of the cell among those that a choice is made from.
    pub(super) fn tag(self) -> u32 {
        let past = (self.last.0 as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ self.window.0 as u64;
        let rest = u64::from(self.history.key(u16::MAX)) << 1 | u64::from(self.delivered);
        // 0 where the last message is the one that counts.
        let before = (self.counted.0 ^ AS_LAST.0) as u64;
        let all = past.rotate_left(29) ^ rest.wrapping_mul(0xD6E8_FEB8_6659_FD93);
        crate::random::mix_down(all ^ before.wrapping_mul(0xA076_1D64_78BD_642F))
    }
}

/// Customers by when they were written to: mostly so few instants that no memory is asked for.
type Again = SmallVec<[(SimTime, u64); 8]>;

/// Customers taken from a list for one send.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// How many.
    pub customers: u64,
    /// Of these, those who have an open service window because they answered lately.
    pub open: u64,
    /// The cells they come from, in the order in which they were chosen.
    pub(super) parts: Vec<Cell>,
    /// Where customers are simulated one by one, who they are, in the order of `parts`, each of one customer.
    pub(super) people: Vec<u32>,
    /// So many of the last parts get the message inside a service window, where that was [looked
    /// at](List::tell_windows_apart).
    pub(super) inside: usize,
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
    pub(super) fn parts(&self) -> impl Iterator<Item = (&Cell, bool)> {
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

    /// Puts those who get the message inside a service window behind the others: all who answered lately, and of the rest
    /// as many as there are of the `inside`, at random.
    fn tell_windows_apart(&mut self, inside: u64, mut by: Choosing<'_>) {
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
        let wanted = wanted.min(self.available(now));
        let (choice, subject) = (self.plan.choice, self.plan.subject);
        let by = Choosing { now, item: TAKE, slot, choice, subject, chance };
        let mut taken = Taken { parts: std::mem::take(&mut self.room), ..Taken::default() };
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

    /// What will count towards a step for the customers of a cell who are written to at `now`: outside a service window that
    /// message; inside one what counted before, as far as anybody still asks.
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

    /// All of `taken` rest as after a message that did not reach them.
    pub fn not_reached(&mut self, taken: &Taken, now: SimTime) {
        for (place, part) in taken.parts.iter().enumerate() {
            let cell = Cell { last: now, delivered: false, window: CLOSED, counted: AS_LAST, ..*part };
            self.settle(cell, now + self.plan.rest, taken.people.get(place).copied());
        }
    }

    /// Customers come back to the list, who may be written to from `from` on.
    pub(super) fn settle(&mut self, cell: Cell, from: SimTime, person: Option<u32>) {
        self.remaining += cell.customers;
        match (&mut self.kept, person) {
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
    use super::*;
    use crate::random::{Held, Streams};

    const DAY: i64 = 86_400;

    fn list(customers: u64, choice: Choice, sampling: Sampling) -> (List, Chance) {
        let plan = ListPlan {
            customers,
            unreachable: 0,
            rest: Span::days(7),
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
