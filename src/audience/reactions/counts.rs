//! What a batch leads to, by counts of customers with the same past.
//!
//! ```text
//!   past by past   delivered? --> outcome --> late answers     the same question of all pasts side by side
//!                                    |  sums over the pasts
//!   the batch                        '--> delays, kind by kind, side by side --> the ring of arrivals
//! ```

use std::borrow::Cow;
use std::ops::Range;

use crate::few::Few;
use crate::random::{MOST_ROWS, Purpose, Split};
use crate::time::SimTime;

use super::super::history::History;
use super::super::list::{AS_LAST, CLOSED, Cell, SERVICE_WINDOW, Taken};
use super::super::moment::Moment;
use super::super::odds::{OUTCOMES, Odds, REPLY};
use super::super::segment::Segment;
use super::super::timetable::Arriving;
use super::{Act, Addresses, MADE_OF, Send, Tally, leaving};

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
    /// Empty between two questions.
    splits: Vec<Split<'static>>,
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

    /// Whether the message comes inside a service window.
    fn is_inside(&self) -> bool {
        self.counted != AS_LAST
    }
}

impl<'s> Send<'s, '_> {
    /// Sends to the customers of all pasts. It waits for counts, which are drawn with those of other replications;
    /// between two waits all is plain.
    pub(super) async fn reach_cells(&mut self, taken: &Taken) {
        let mut room = std::mem::take(self.stage.room);
        let Room { pasts, splits } = &mut room;
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
        let mut outcomes = outcomes(self.segment, addresses, self.odds, pasts, std::mem::take(splits));
        let receipt = self.stage.chance.hand_in(&mut outcomes);
        self.stage.chance.wait().await;
        self.stage.chance.take_back(&mut outcomes, receipt);
        let tally = take_outcomes(pasts, &outcomes, stopping_leaves);
        let outcomes = emptied(outcomes);
        self.note(tally);
        let arriving = self.arriving();
        let replies = self.rows(&arriving, Act::Reply);
        let mut late = self.late_answers(pasts, replies, outcomes);
        if !late.is_empty() {
            let receipt = self.stage.chance.hand_in(&mut late);
            self.stage.chance.wait().await;
            self.stage.chance.take_back(&mut late, receipt);
        }
        self.settle(pasts, &late, replies);
        let (acts, mut delays) = self.delays(&arriving, emptied(late));
        let receipt = self.stage.chance.hand_in(&mut delays);
        self.stage.chance.wait().await;
        self.stage.chance.take_back(&mut delays, receipt);
        self.queue(&acts, &delays, &arriving);
        *splits = emptied(delays);
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
        let mut next = 0;
        for (part, inside) in taken.parts() {
            let history = self.segment.memory.on(part.history, day);
            let counted = self.stage.list.counted_after(part, inside, self.moment.now);
            let order = (history.packed(), counted);
            // Cells of the same message come in order of their past: most often it is the next one.
            if pasts.get(next).is_none_or(|past| past.order() != order) {
                next = pasts.partition_point(|past| past.order() < order);
            }
            match pasts.get_mut(next) {
                Some(past) if past.order() == order => past.add(part.customers),
                _ => pasts.insert(next, Past::new(history, order, day, part.customers)),
            }
            next += 1;
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

    /// The answers of each past that answers, split into those whose arrival matters for the next message and the others.
    fn late_answers(
        &mut self,
        pasts: &[Past],
        replies: &Arriving,
        room: Vec<Split<'static>>,
    ) -> Vec<Split<'s>> {
        let rested = self.moment.now + self.stage.list.rest();
        self.late_rows = replies.at.partition_point(|arrives| *arrives + SERVICE_WINDOW <= rested);
        let (segment, addresses) = (self.segment, self.addresses());
        let mut splits: Vec<Split<'s>> = room;
        if let Some((_, Some(late))) = segment.answers.get(self.late_rows) {
            let split = |past: &Past| {
                let address = addresses.at(Purpose::Delay, delay_item(Act::Reply), past.key);
                Split::new(address, past.replies, late)
            };
            splits.extend(pasts.iter().filter(|past| past.replies > 0).map(split));
        }
        splits
    }

    /// Late answers are heard, and all who stay go back to the list, in the order in which it keeps them: as pasts are
    /// in order, so are these customers after a delivery.
    fn settle(&mut self, pasts: &mut [Past], late: &[Split<'_>], replies: &Arriving) {
        self.settle_not_reached(pasts);
        let heard = self.settle_reached(pasts, late);
        let rows = late.first().map_or(0, |split| split.rows().len());
        let at = &replies.at[self.late_rows..][..rows];
        let mut first = 0;
        while first < rows {
            let end = first + at[first..].iter().take_while(|arrives| **arrives == at[first]).count();
            let customers: u32 = heard[first..end].iter().sum();
            if customers > 0 {
                let slot = replies.slot[self.late_rows + first];
                self.reply(at[first], slot, u64::from(customers));
                self.settle_late(pasts, late, first..end, (at[first], customers));
            }
            first = end;
        }
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
    fn settle_reached(&mut self, pasts: &mut [Past], late: &[Split<'_>]) -> [u32; MOST_ROWS] {
        let (last, day) = (self.moment.now, self.moment.civil_day());
        let rested = last + self.stage.list.rest();
        let memory = self.segment.memory;
        debug_assert!(pasts.is_sorted_by_key(|past| memory.after_delivery(past.history, day).packed()));
        let (mut late, mut heard, mut all_late) = (late.iter(), [0; MOST_ROWS], 0);
        for past in pasts.iter_mut().filter(|past| past.staying > 0) {
            if past.replies > 0
                && let Some(split) = late.next()
            {
                past.late = split.rows().iter().map(|row| u64::from(*row)).sum();
                heard.iter_mut().zip(split.rows()).for_each(|(sum, row)| *sum += row);
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

    /// The customers whose answers arrive with some rows, all at once, come back after their rest and the answer.
    fn settle_late(
        &mut self,
        pasts: &[Past],
        late: &[Split<'_>],
        rows: Range<usize>,
        (arrives, mut customers): (SimTime, u32),
    ) {
        let last = self.moment.now;
        let (window, from) = (arrives + SERVICE_WINDOW, arrives.max(last + self.stage.list.rest()));
        for (past, split) in pasts.iter().filter(|past| past.replies > 0).zip(late) {
            if past.late == 0 {
                continue;
            }
            for count in split.rows()[rows.clone()].iter().filter(|count| **count > 0) {
                customers -= count;
                let (customers, history) = (u64::from(*count), past.history);
                let cell = Cell { last, delivered: true, window, counted: past.counted, history, customers };
                self.stage.list.settle(cell, from, None);
            }
            if customers == 0 {
                return;
            }
        }
    }

    /// What is alike for every past of the batch: acts, and how each is split over the rows of its delay. What arrives with
    /// one row is queued at once.
    fn delays<'a>(
        &mut self,
        arriving: &'a [Arriving],
        room: Vec<Split<'static>>,
    ) -> (Few<Act>, Vec<Split<'a>>)
    where
        's: 'a,
    {
        let (segment, addresses, moment) = (self.segment, self.addresses(), self.moment);
        let outcome = self.tally.outcome;
        let replies_left = if self.late_rows > 0 { self.tally.early_replies } else { 0 };
        let early = segment.answers.get(self.late_rows).and_then(|(early, _)| early.as_ref());
        let (mut acts, mut delays): (_, Vec<Split<'a>>) = (Few::new(), room);
        for (act, rows) in MADE_OF {
            let count = match act {
                Act::Reply => replies_left,
                _ => rows.iter().map(|row| outcome[*row]).sum(),
            };
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
            let fine = moment.followed.by_slot(act) || act == Act::Read && moment.unread_after.is_some();
            let address = addresses.at(Purpose::Delay, delay_item(act), BATCH);
            let split = Split::new(address, count, shares);
            delays.push(split.alike(if fine { rows.by_slot } else { rows.by_day }));
            acts.push(act);
        }
        (acts, delays)
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
    fn queue(&mut self, acts: &[Act], delays: &[Split<'_>], arriving: &[Arriving]) {
        let Moment { now, streak, unread_after, .. } = *self.moment;
        for (act, split) in acts.iter().zip(delays) {
            let (rows, counts) = (self.rows(arriving, *act), split.rows());
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

/// The room of splits that are done with.
fn emptied(mut splits: Vec<Split<'_>>) -> Vec<Split<'static>> {
    splits.clear();
    // Nothing is left to be turned into splits of another life: only the room goes on.
    splits.into_iter().map(|_| unreachable!("they are gone")).collect()
}

/// The pasts that a message can reach.
fn reached(pasts: &mut [Past]) -> impl Iterator<Item = &mut Past> {
    pasts.iter_mut().filter(|past| !past.history.unreachable)
}

/// What those do whom the message reached, past by past.
fn outcomes<'o>(
    segment: &Segment,
    addresses: Addresses,
    odds: &'o mut Odds,
    pasts: &[Past],
    room: Vec<Split<'static>>,
) -> Vec<Split<'o>> {
    pasts.iter().for_each(|past| odds.work_out(&segment.behavior, past.history));
    let (odds, mut splits): (_, Vec<Split<'o>>) = (&*odds, room);
    splits.extend(pasts.iter().map(|past| {
        let address = addresses.at(Purpose::Outcome, 0, past.key);
        Split::new(address, past.delivered, odds.shares(past.history))
    }));
    splits
}

/// Takes over what was drawn for each past; returns the sums.
fn take_outcomes(pasts: &mut [Past], outcomes: &[Split<'_>], stopping_leaves: bool) -> Tally {
    let mut tally = Tally::default();
    for (past, split) in pasts.iter_mut().zip(outcomes) {
        let mut outcome = [0; OUTCOMES];
        outcome.iter_mut().zip(split.rows()).for_each(|(count, row)| *count = u64::from(*row));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Address, Shares, Subject};

    #[test]
    fn splits_leave_their_room() {
        let shares = Shares::new(&[0.5, 0.25]).expect("shares");
        let address = Address::of(Purpose::Outcome, Subject::new(&["a"]));
        let splits: Vec<Split<'_>> = (0..40).map(|n| Split::new(address, n, &shares)).collect();
        let (room, place) = (splits.capacity(), splits.as_ptr().addr());
        let splits = emptied(splits);
        assert_eq!((splits.len(), splits.capacity(), splits.as_ptr().addr()), (0, room, place));
    }
}
