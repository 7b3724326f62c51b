//! What a batch leads to, by counts of customers with the same past.
//!
//! ```text
//!   past by past   delivered? --> outcome --> late answers     the same question of all pasts side by side
//!                                    |  sums over the pasts
//!   the batch                        '--> delays, kind by kind, side by side --> the ring of arrivals
//! ```

use std::borrow::Cow;

use crate::few::Few;
use crate::random::{MOST_ROWS, Parted, Purpose, Shares, Split};
use crate::time::SimTime;

use super::super::history::History;
use super::super::list::{AS_LAST, CLOSED, Cell, SERVICE_WINDOW, Taken};
use super::super::moment::Moment;
use super::super::odds::{OUTCOMES, REPLY};
use super::super::timetable::Arriving;
use super::{Act, MADE_OF, Send, Tally, acts_of, leaving};

/// The cell of draws that concern a whole batch: no past has this key.
pub(super) const BATCH: u32 = u32::MAX;

/// Marks the cells of draws that concern customers who get the message inside a service window: no past has such a key.
const INSIDE: u32 = 1 << 31;

/// Each kind of act has 16 items of its own for the parts of its table.
pub(super) fn delay_item(act: Act) -> u8 {
    act.index() as u8 * 16
}

/// What is worked with while a batch reacts: room that is kept from batch to batch.
#[derive(Clone, Debug, Default)]
pub struct Room {
    /// The pasts of those who were taken, each once, in order.
    pasts: Vec<Past>,
}

/// Customers of one past who are written to.
#[derive(Clone, Copy, Debug)]
struct Past {
    /// What they have been through; with the message, once it has reached them.
    history: History,
    /// All of the history in one number, by which pasts are ordered.
    packed: u64,
    /// The address of what they do, among those of the batch.
    key: u32,
    /// What still counts for those who get the message inside a service window; [`AS_LAST`] for the others.
    counted: SimTime,
    customers: u64,
    /// Those whom the platform lets the message through to.
    let_through: u64,
    delivered: u64,
    /// Of those whom the message reached, the ones who stay on the list.
    staying: u64,
    /// Those who answer.
    replies: u64,
    /// Of these, those whose answer's arrival matters for the next message.
    late: u64,
}

impl Past {
    fn new(history: History, (packed, counted): (u64, SimTime), day: u16, customers: u64) -> Past {
        let key = history.key(day);
        Past {
            history,
            packed,
            key,
            counted,
            customers,
            let_through: customers,
            delivered: 0,
            staying: 0,
            replies: 0,
            late: 0,
        }
    }

    fn add(&mut self, customers: u64) {
        self.customers += customers;
        self.let_through += customers;
    }

    /// What of the past tells customers apart.
    fn order(&self) -> (u64, SimTime) {
        (self.packed, self.counted)
    }

    /// Whether this is what of it tells customers apart.
    #[inline]
    fn is_at(&self, (packed, counted): (u64, SimTime)) -> bool {
        (self.packed == packed) & (self.counted == counted)
    }

    /// Whether the message comes inside a service window.
    fn is_inside(&self) -> bool {
        self.counted != AS_LAST
    }
}

/// An act of a batch, and how it is split over the rows of its delay.
struct Delay<'a> {
    act: Act,
    rows: &'a Arriving,
    split: Split<'a>,
}

impl<'s> Send<'s, '_> {
    /// Sends to the customers of all pasts. It waits for counts, which are drawn with those of other replications;
    /// between two waits all is plain.
    pub(super) async fn reach_cells(&mut self, taken: &Taken) {
        let mut room = std::mem::take(self.stage.room);
        let Room { pasts } = &mut room;
        let (addresses, stopping_leaves) = (self.addresses(), self.stopping_leaves());
        self.gather(taken, pasts);
        if self.at_cap > 0.0 {
            let chance = self.at_cap;
            let asked = |past: &Past| (addresses.at(Purpose::Deliver, 1, past.key), past.customers, chance);
            let ticket = self.stage.chance.ask(pasts.iter().map(asked));
            self.stage.chance.wait().await;
            for (past, capped) in pasts.iter_mut().zip(self.stage.chance.counted(ticket).iter()) {
                past.let_through = past.customers - u64::from(*capped);
            }
        }
        if self.reachable < 1.0 {
            let chance = self.reachable;
            let asked = |past: &Past| (addresses.at(Purpose::Deliver, 0, past.key), past.let_through, chance);
            let asked = pasts.iter().filter(|past| !past.history.unreachable).map(asked);
            let ticket = self.stage.chance.ask(asked);
            self.stage.chance.wait().await;
            for (past, delivered) in reached(pasts).zip(self.stage.chance.counted(ticket).iter()) {
                past.delivered = u64::from(*delivered);
            }
        } else {
            reached(pasts).for_each(|past| past.delivered = past.let_through);
        }
        let table = self.stage.chance.table().clone();
        pasts.iter().for_each(|past| self.odds.work_out(&self.segment.behavior, past.history));
        let odds = &*self.odds;
        let outcome = |past: &Past| {
            let address = addresses.at(Purpose::Outcome, 0, past.key);
            Split::new(address, past.delivered, odds.shares(past.history))
        };
        let receipt = self.stage.chance.split(|| pasts.iter().map(outcome)).await;
        let tally = take_outcomes(pasts, &table.parted(receipt), stopping_leaves);
        self.note(tally);
        let arriving = self.arriving();
        let replies = self.rows(&arriving, Act::Reply);
        match self.late_answers(replies) {
            None => self.settle(pasts, &[], replies),
            Some(late) => {
                let late = |past: &Past| {
                    let address = addresses.at(Purpose::Delay, delay_item(Act::Reply), past.key);
                    Split::new(address, past.replies, late)
                };
                let receipt = self.stage.chance.split(|| answering(pasts).map(late)).await;
                self.settle(pasts, &table.parted(receipt), replies);
            }
        }
        let mut delays = Few::new();
        self.delays(&arriving, &mut delays);
        let receipt = self.stage.chance.split(|| delays.iter().map(|delay| delay.split)).await;
        self.queue(&delays, &table.parted(receipt));
        *self.stage.room = room;
    }

    /// When the rows of each delay arrive.
    fn arriving(&self) -> Cow<'s, [Arriving]> {
        let (segment, Moment { now, day, .. }) = (self.segment, *self.moment);
        segment.timetable.arriving(segment.activity.as_ref(), self.stage.calendar, now, day)
    }

    /// When the rows of a delay arrive.
    fn rows<'a>(&self, arriving: &'a [Arriving], act: Act) -> &'a Arriving {
        &arriving[self.segment.timetable.place(act.index())]
    }

    /// The pasts of those who were taken, each once, in order.
    fn gather(&self, taken: &Taken, pasts: &mut Vec<Past>) {
        let day = self.moment.civil_day();
        pasts.clear();
        let (mut next, mut in_order) = (0, true);
        for (part, inside) in taken.parts() {
            let history = self.segment.memory.on(part.history, day);
            let counted = self.stage.list.counted_after(part, inside, self.moment.now);
            let order = (history.packed(), counted);
            // Cells of the same message come in order of their past: most often it is the next one.
            if pasts.get(next).is_none_or(|past| !past.is_at(order)) {
                next = pasts.iter().position(|past| past.is_at(order)).unwrap_or(pasts.len());
            }
            match pasts.get_mut(next) {
                Some(past) => past.add(part.customers),
                None => {
                    in_order &= pasts.last().is_none_or(|last| last.order() < order);
                    pasts.push(Past::new(history, order, day, part.customers));
                }
            }
            next += 1;
        }
        if !in_order {
            pasts.sort_unstable_by_key(Past::order);
        }
        if taken.inside > 0 {
            // Several may have been through the same.
            let inside = pasts.iter_mut().enumerate().filter(|(_, past)| past.is_inside());
            inside.for_each(|(place, past)| past.key = INSIDE | place as u32);
        }
    }

    /// Takes note of what the message led to.
    fn note(&mut self, tally: Tally) {
        self.stage.list.leave(self.leaving(&tally.outcome));
        self.tally = tally;
    }

    /// How answers are split into the rows whose arrival matters for the next message, and the others; nothing where no
    /// arrival matters.
    fn late_answers(&mut self, replies: &Arriving) -> Option<&'s Shares> {
        let rested = self.moment.now + self.stage.list.rest();
        self.late_rows = replies.at.partition_point(|arrives| *arrives + SERVICE_WINDOW <= rested);
        self.segment.answers.get(self.late_rows).and_then(|(_, late)| late.as_ref())
    }

    /// Late answers are heard, and all who stay go back to the list, in the order in which it keeps them: as pasts are
    /// in order, so are these customers after a delivery.
    fn settle(&mut self, pasts: &mut [Past], late: &[Parted], replies: &Arriving) {
        self.settle_not_reached(pasts);
        let heard = self.settle_reached(pasts, late);
        let rows = late.first().map_or(0, |parted| parted.rows().len());
        let at = &replies.at[self.late_rows..][..rows];
        for ((arrives, slot), customers) in at.iter().zip(&replies.slot[self.late_rows..]).zip(heard) {
            if customers > 0 {
                self.reply(*arrives, *slot, u64::from(customers));
            }
        }
        self.settle_late(pasts, late, at);
    }

    /// Those whom the message did not reach come back after their rest.
    fn settle_not_reached(&mut self, pasts: &[Past]) {
        let last = self.moment.now;
        let rested = last + self.stage.list.rest();
        for past in pasts.iter().filter(|past| past.customers > past.delivered) {
            let (customers, history) = (past.customers - past.delivered, past.history);
            let cell =
                Cell { last, delivered: false, window: CLOSED, counted: past.counted, history, customers };
            self.stage.list.settle(cell, rested, None);
        }
    }

    /// Those whose answer, if any, does not matter for the next message come back after their rest; returns how many of
    /// the others answer with each row.
    fn settle_reached(&mut self, pasts: &mut [Past], late: &[Parted]) -> [u32; MOST_ROWS] {
        let (last, day) = (self.moment.now, self.moment.civil_day());
        let rested = last + self.stage.list.rest();
        let memory = self.segment.memory;
        debug_assert!(pasts.is_sorted_by_key(|past| memory.after_delivery(past.history, day).packed()));
        let (mut late, mut heard, mut all_late) = (late.iter(), [0; MOST_ROWS], 0);
        for past in pasts.iter_mut().filter(|past| past.staying > 0) {
            if past.replies > 0
                && let Some(parted) = late.next()
            {
                past.late = parted.rows().iter().map(|row| u64::from(*row)).sum();
                heard.iter_mut().zip(parted.rows()).for_each(|(sum, row)| *sum += row);
                all_late += past.late;
            }
            past.history = memory.after_delivery(past.history, day);
            let (customers, history) = (past.staying - past.late, past.history);
            if customers > 0 {
                let cell =
                    Cell { last, delivered: true, window: CLOSED, counted: past.counted, history, customers };
                self.stage.list.settle(cell, rested, None);
            }
        }
        self.tally.early_replies = self.tally.outcome[REPLY] - all_late;
        heard
    }

    /// The customers whose answers matter come back after their rest and the answer, in order of its arrival; `at` tells
    /// when each row of `late` arrives.
    fn settle_late(&mut self, pasts: &[Past], late: &[Parted], at: &[SimTime]) {
        let mut back: Few<(SimTime, &Past, u32)> = Few::new();
        for (past, parted) in answering(pasts).zip(late) {
            for row in parted.filled() {
                back.push((at[row], past, parted.rows()[row]));
            }
        }
        back.sort_by_key(|(arrives, ..)| *arrives);
        let last = self.moment.now;
        let rested = last + self.stage.list.rest();
        for (arrives, past, customers) in &back {
            let (window, customers) = (*arrives + SERVICE_WINDOW, u64::from(*customers));
            let Past { history, counted, .. } = **past;
            let cell = Cell { last, delivered: true, window, counted, history, customers };
            self.stage.list.settle(cell, rested.max(*arrives), None);
        }
    }

    /// Puts into `delays` what is alike for every past of the batch: acts, and how each is split over the rows of its
    /// delay. What arrives with one row is queued at once.
    fn delays<'a>(&mut self, arriving: &'a [Arriving], delays: &mut Few<Delay<'a>>)
    where
        's: 'a,
    {
        let (segment, addresses, moment) = (self.segment, self.addresses(), self.moment);
        let outcome = self.tally.outcome;
        let replies_left = if self.late_rows > 0 { self.tally.early_replies } else { 0 };
        let early = segment.answers.get(self.late_rows).and_then(|(early, _)| early.as_ref());
        for ((act, _), done) in MADE_OF.into_iter().zip(acts_of(&outcome)) {
            let count = if act == Act::Reply { replies_left } else { done };
            if count == 0 {
                continue;
            }
            let table = segment.delays[act.index()].shares();
            let Some(shares) = (if act == Act::Reply { early } else { Some(table) }) else { continue };
            let rows = self.rows(arriving, act);
            if let Some(row) = self.stage.chance.only_row(count, shares) {
                self.queue_row(act, rows, row, count);
                continue;
            }
            let fine = moment.followed.by_slot(act) | ((act == Act::Read) & moment.unread_after.is_some());
            let address = addresses.at(Purpose::Delay, delay_item(act), BATCH);
            let alike = if fine { rows.by_slot } else { rows.by_day };
            delays.push(Delay { act, rows, split: Split::new(address, count, shares).alike(alike) });
        }
    }

    /// Queues acts that all arrive with one row.
    fn queue_row(&mut self, act: Act, rows: &Arriving, row: usize, count: u64) {
        match act {
            Act::Reply => self.reply(rows.at[row], rows.slot[row], count),
            _ => self.arrive(act, rows.slot[row], count),
        }
        let Moment { now, unread_after, .. } = *self.moment;
        if act == Act::Read && unread_after.is_some_and(|after| rows.at[row] <= now + after) {
            self.tally.read_in_time += count;
        }
    }

    /// Queues acts where they arrive.
    fn queue(&mut self, delays: &[Delay<'_>], parted: &[Parted]) {
        let Moment { now, streak, unread_after, .. } = *self.moment;
        for (Delay { act, rows, .. }, parted) in delays.iter().zip(parted) {
            let counts = parted.rows();
            self.stage.arrivals.add_rows(&rows.slot, streak, *act, counts);
            match (act, unread_after) {
                (Act::Reply, _) => {
                    let late = rows.late.min(counts.len());
                    self.stage.arrivals.add_rows(&rows.slot[late..], streak, Act::LateReply, &counts[late..]);
                }
                (Act::Read, Some(after)) => {
                    let late = rows.at[..counts.len()].partition_point(|at| *at <= now + after);
                    self.tally.read_in_time +=
                        counts[..late].iter().map(|count| u64::from(*count)).sum::<u64>();
                }
                _ => {}
            }
        }
        if let Some(after) = unread_after {
            let due = self.stage.calendar.slot_from(now + after);
            self.arrive(Act::Unread, due, self.tally.delivered - self.tally.read_in_time);
        }
    }
}

/// The pasts that a message can reach.
fn reached(pasts: &mut [Past]) -> impl Iterator<Item = &mut Past> {
    pasts.iter_mut().filter(|past| !past.history.unreachable)
}

/// The pasts in which somebody answers.
fn answering(pasts: &[Past]) -> impl Iterator<Item = &Past> {
    pasts.iter().filter(|past| past.replies > 0)
}

/// Takes over what was drawn for each past; returns the sums.
fn take_outcomes(pasts: &mut [Past], outcomes: &[Parted], stopping_leaves: bool) -> Tally {
    let mut tally = Tally::default();
    for (past, parted) in pasts.iter_mut().zip(outcomes) {
        let mut outcome = [0; OUTCOMES];
        outcome.iter_mut().zip(parted.rows()).for_each(|(count, row)| *count = u64::from(*row));
        past.staying = past.delivered - leaving(&outcome, stopping_leaves);
        past.replies = outcome[REPLY];
        tally.add(past.customers, past.delivered, past.customers - past.let_through, &outcome);
        if past.is_inside() {
            tally.inside[0] += past.let_through;
            tally.inside[1] += past.delivered;
        }
    }
    tally
}
