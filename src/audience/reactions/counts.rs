//! What a batch leads to, by counts of customers with the same past.
//!
//! ```text
//!   past by past   delivered? --> outcome --> late answers     the same question of all pasts side by side
//!                                    |  sums over the pasts
//!   the batch                        '--> delays, kind by kind, side by side --> the ring of arrivals
//! ```

use smallvec::SmallVec;

use crate::random::{MOST_ROWS, Purpose, Shares, Split};
use crate::time::SimTime;

use super::super::history::History;
use super::super::list::{CLOSED, Cell, SERVICE_WINDOW, Taken};
use super::super::odds::{ARCHIVE, BLOCK, MUTE, OUTCOMES, REPLY, REPORT, REPORT_AND_BLOCK, STOP};
use super::super::timetable::Arriving;
use super::{Act, Send};

/// The cell of draws that concern a whole batch: no past has this key.
const BATCH: u32 = u32::MAX;

/// Each kind of act has 16 items of its own for the parts of its table.
fn delay_item(act: Act) -> u8 {
    act.index() as u8 * 16
}

/// So many pasts of a batch are kept without asking for memory.
type Few<T> = SmallVec<[T; 16]>;

/// Customers of one past who are written to.
struct Past {
    history: History,
    /// The address of what they do, among those of the batch.
    key: u32,
    customers: u64,
    capped: u64,
    delivered: u64,
    outcome: [u64; OUTCOMES],
    /// Of those who answer, the ones whose arrival matters for the next message.
    late: u64,
}

impl Send<'_, '_> {
    /// Sends to the customers of all pasts.
    pub(super) fn reach_cells(&mut self, taken: &Taken) {
        let arriving = std::mem::take(&mut self.arriving);
        let replies = &arriving[self.segment.timetable.place(Act::Reply.index())];
        self.late_rows = self.first_late_row(replies);
        let mut pasts = self.pasts(taken);
        self.reach(&mut pasts);
        self.split_outcomes(&mut pasts);
        let mut back = Few::new();
        self.settle(&mut pasts, replies, &mut back);
        back.sort_unstable_by_key(|(cell, from)| (*from, cell.key()));
        for (cell, from) in back {
            self.stage.list.settle(cell, from, None);
        }
        self.queue_batch(&arriving);
    }

    /// The pasts of those who were taken, each once, in order.
    fn pasts(&self, taken: &Taken) -> Few<Past> {
        let day = self.moment.civil_day();
        let mut groups: Few<(u64, History, u64)> = Few::new();
        for part in &taken.parts {
            let history = self.segment.memory.on(part.history, day);
            let packed = history.packed();
            let place = groups.iter().rposition(|(before, ..)| *before <= packed).map_or(0, |last| last + 1);
            match place.checked_sub(1).filter(|last| groups[*last].0 == packed) {
                Some(same) => groups[same].2 += part.customers,
                None => groups.insert(place, (packed, history, part.customers)),
            }
        }
        groups.into_iter().map(|(_, history, customers)| Past::new(history, day, customers)).collect()
    }

    /// Whom the platform lets through, and whom the message reaches.
    fn reach(&mut self, pasts: &mut [Past]) {
        let addresses = self.addresses();
        if self.at_cap > 0.0 {
            let address = |past: &Past| addresses.at(Purpose::Deliver, 1, past.key);
            let asked: Few<_> =
                pasts.iter().map(|past| (address(past), past.customers, self.at_cap)).collect();
            let capped = self.stage.chance.binomials(&asked);
            pasts.iter_mut().zip(capped).for_each(|(past, capped)| past.capped = capped);
        }
        let chance = self.reachable;
        if chance < 1.0 {
            let address = |past: &Past| addresses.at(Purpose::Deliver, 0, past.key);
            let reachable = pasts.iter().filter(|past| !past.history.unreachable);
            let asked: Few<_> =
                reachable.map(|past| (address(past), past.customers - past.capped, chance)).collect();
            let mut delivered = self.stage.chance.binomials(&asked).into_iter();
            for past in pasts.iter_mut().filter(|past| !past.history.unreachable) {
                past.delivered = delivered.next().unwrap_or(0);
            }
        } else {
            for past in pasts.iter_mut().filter(|past| !past.history.unreachable) {
                past.delivered = past.customers - past.capped;
            }
        }
    }

    /// What those do whom the message reached.
    fn split_outcomes(&mut self, pasts: &mut [Past]) {
        let behavior = &self.segment.behavior;
        let positions: Few<usize> =
            pasts.iter().map(|past| self.odds.position(behavior, past.history)).collect();
        let (addresses, odds) = (self.addresses(), &*self.odds);
        let split = |(past, position): (&Past, &usize)| {
            let address = addresses.at(Purpose::Outcome, 0, past.key);
            Split::new(address, past.delivered, odds.shares(*position))
        };
        let mut splits: Few<Split<'_>> = pasts.iter().zip(&positions).map(split).collect();
        self.stage.chance.split_all(&mut splits);
        for (past, split) in pasts.iter_mut().zip(&splits) {
            past.outcome.iter_mut().zip(split.rows()).for_each(|(count, row)| *count = u64::from(*row));
        }
        drop(splits);
        for past in pasts {
            self.add(past.customers, past.delivered, past.capped, &past.outcome);
            self.stage.list.leave(self.leaving(&past.outcome));
        }
    }

    fn first_late_row(&self, replies: &Arriving) -> usize {
        let rested = self.moment.now + self.stage.list.rest();
        replies.at.partition_point(|arrives| *arrives + SERVICE_WINDOW <= rested)
    }

    /// Of the answers of each past, those whose arrival matters for the next message, by past and late row; row by row
    /// they are heard, and all who stay come back by `back`, in the order in which the list keeps them.
    fn settle(&mut self, pasts: &mut [Past], replies: &Arriving, back: &mut Few<(Cell, SimTime)>) {
        let answering = |past: &Past| past.outcome[REPLY] > 0;
        let addresses = self.addresses();
        let late = self.segment.answers.get(self.late_rows).and_then(|(_, late)| late.as_ref());
        let split = |past: &Past| {
            let address = addresses.at(Purpose::Delay, delay_item(Act::Reply), past.key);
            late.map(|shares| Split::new(address, past.outcome[REPLY], shares))
        };
        let mut splits: Few<Split<'_>> = pasts.iter().filter(|past| answering(past)).filter_map(split).collect();
        self.stage.chance.split_all(&mut splits);
        self.tally.early_replies = self.tally.outcome[REPLY];
        for (past, split) in pasts.iter_mut().filter(|past| answering(past)).zip(&splits) {
            past.late = split.rows().iter().map(|row| u64::from(*row)).sum();
            self.tally.early_replies -= past.late;
        }
        self.settle_others(pasts, back);
        let rows = late.map_or(0, |shares| shares.shares().len());
        let (now, day) = (self.moment.now, self.moment.civil_day());
        let rested = now + self.stage.list.rest();
        for row in 0..rows {
            let (arrives, slot) = (replies.at[self.late_rows + row], replies.slot[self.late_rows + row]);
            let window = arrives + SERVICE_WINDOW;
            for (past, split) in pasts.iter().filter(|past| answering(past)).zip(&splits) {
                let customers = u64::from(split.rows()[row]);
                if customers > 0 {
                    self.reply(arrives, slot, customers);
                    let history = self.segment.memory.after_delivery(past.history, day);
                    back.push((Cell { last: now, delivered: true, window, history, customers }, arrives.max(rested)));
                }
            }
        }
    }

    /// Those whose answer, if any, does not matter for the next message come back by `back` after their rest.
    fn settle_others(&self, pasts: &[Past], back: &mut Few<(Cell, SimTime)>) {
        let (last, day) = (self.moment.now, self.moment.civil_day());
        let rested = last + self.stage.list.rest();
        for past in pasts {
            let (customers, history) = (past.customers - past.delivered, past.history);
            if customers > 0 {
                back.push((Cell { last, delivered: false, window: CLOSED, history, customers }, rested));
            }
        }
        for past in pasts {
            let customers = past.delivered - self.leaving(&past.outcome) - past.late;
            if customers > 0 {
                let history = self.segment.memory.after_delivery(past.history, day);
                back.push((Cell { last, delivered: true, window: CLOSED, history, customers }, rested));
            }
        }
    }

    /// Queues all that is alike for every past of the batch.
    fn queue_batch<'a>(&mut self, arriving: &'a [Arriving]) {
        let queued = self.queued(arriving);
        let early = self.segment.answers.get(self.late_rows).and_then(|(early, _)| early.as_ref());
        let (addresses, moment) = (self.addresses(), self.moment);
        let split = |queued: &Queued<'a>| {
            let Queued { act, count, rows } = *queued;
            let shares = if act == Act::Reply { early? } else { self.segment.delays[act.index()].shares() };
            let fine = moment.followed.by_slot(act) || act == Act::Read && moment.unread_after.is_some();
            let address = addresses.at(Purpose::Delay, delay_item(act), BATCH);
            Some(Split::new(address, count, shares).alike(if fine { &rows.by_slot } else { &rows.by_day }))
        };
        let mut splits: SmallVec<[Split<'_>; Act::DELAYED.len()]> = queued.iter().filter_map(split).collect();
        self.stage.chance.split_all(&mut splits);
        let mut read_in_time = 0;
        for (Queued { act, rows, .. }, split) in queued.iter().zip(&splits) {
            let heard = rows.at.iter().zip(&rows.slot).zip(split.rows());
            for ((arrives, slot), count) in heard.filter(|(_, count)| **count > 0) {
                let count = u64::from(*count);
                match act {
                    Act::Reply => self.reply(*arrives, *slot, count),
                    _ => self.arrive(*act, *slot, count),
                }
                if *act == Act::Read
                    && moment.unread_after.is_some_and(|after| *arrives <= moment.now + after)
                {
                    read_in_time += count;
                }
            }
        }
        if let Some(after) = moment.unread_after {
            let due = self.stage.calendar.slot_from(moment.now + after);
            self.arrive(Act::Unread, due, self.tally.delivered - read_in_time);
        }
    }

    /// What is queued for the whole batch, and when its rows arrive.
    fn queued<'a>(&self, arriving: &'a [Arriving]) -> SmallVec<[Queued<'a>; Act::DELAYED.len()]> {
        let outcome = self.tally.outcome;
        let replies_left = if self.late_rows > 0 { self.tally.early_replies } else { 0 };
        let counts = [
            (Act::Block, outcome[BLOCK] + outcome[REPORT_AND_BLOCK]),
            (Act::Report, outcome[REPORT] + outcome[REPORT_AND_BLOCK]),
            (Act::Stop, outcome[STOP]),
            (Act::Mute, outcome[MUTE]),
            (Act::Archive, outcome[ARCHIVE]),
            (Act::Reply, replies_left),
            // Whoever acts has read.
            (Act::Read, outcome.iter().sum()),
        ];
        let rows = |act: Act| &arriving[self.segment.timetable.place(act.index())];
        let some = counts.into_iter().filter(|(_, count)| *count > 0);
        some.map(|(act, count)| Queued { act, count, rows: rows(act) }).collect()
    }
}

/// Acts of one kind that a batch leads to.
struct Queued<'a> {
    act: Act,
    count: u64,
    rows: &'a Arriving,
}

impl Past {
    fn new(history: History, day: u16, customers: u64) -> Past {
        let key = history.key(day);
        Past { history, key, customers, capped: 0, delivered: 0, outcome: [0; OUTCOMES], late: 0 }
    }
}

/// The shares of a table's rows before `late_rows` among those that are in none from there on, and of the others.
pub(super) fn early_and_late(rows: &[f64], late_rows: usize) -> (Option<Shares>, Option<Shares>) {
    let (early, late) = rows.split_at(late_rows);
    (part_of(early, 1.0 - late.iter().sum::<f64>()), part_of(late, 1.0))
}

/// Rows of a table as shares of what is left of 1 after the others; nothing where there is no row.
fn part_of(rows: &[f64], left: f64) -> Option<Shares> {
    if rows.is_empty() || left <= 0.0 {
        return None;
    }
    let mut shares = [0.0; MOST_ROWS];
    for (share, row) in shares.iter_mut().zip(rows) {
        *share = (row / left).min(1.0);
    }
    Shares::new(&shares[..rows.len()]).ok()
}
