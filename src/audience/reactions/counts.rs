//! What a batch leads to, by counts of customers with the same past.
//!
//! ```text
//!   past by past   delivered? --> outcome --> late answers     the same question of all pasts side by side
//!                                    |  sums over the pasts
//!   the batch                        '--> delays, kind by kind, side by side --> the ring of arrivals
//! ```

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
        let replies = self.arriving(Act::Reply);
        self.late_rows = self.first_late_row(&replies);
        let mut pasts = self.pasts(taken);
        self.reach(&mut pasts);
        self.split_outcomes(&mut pasts);
        let mut back: Vec<(Cell, SimTime)> = Vec::with_capacity(2 * pasts.len());
        self.split_late_replies(&mut pasts, &replies, &mut back);
        self.settle_others(&pasts, &mut back);
        back.sort_unstable_by_key(|(cell, from)| (*from, cell.key()));
        for (cell, from) in back {
            self.stage.list.settle(cell, from, None);
        }
        self.queue_batch(&replies);
    }

    /// The pasts of those who were taken, each once, in order.
    fn pasts(&self, taken: &Taken) -> Vec<Past> {
        let day = self.moment.civil_day();
        let mut pasts: Vec<Past> = Vec::with_capacity(taken.parts.len());
        for part in &taken.parts {
            let history = self.segment.memory.on(part.history, day);
            match pasts.binary_search_by_key(&history, |past| past.history) {
                Ok(place) => pasts[place].customers += part.customers,
                Err(place) => pasts.insert(place, Past::new(history, day, part.customers)),
            }
        }
        pasts
    }

    /// Whom the platform lets through, and whom the message reaches.
    fn reach(&mut self, pasts: &mut [Past]) {
        let addresses = self.addresses();
        if self.at_cap > 0.0 {
            let address = |past: &Past| addresses.at(Purpose::Deliver, 1, past.key);
            let asked: Vec<_> =
                pasts.iter().map(|past| (address(past), past.customers, self.at_cap)).collect();
            let capped = self.stage.chance.binomials(&asked);
            pasts.iter_mut().zip(capped).for_each(|(past, capped)| past.capped = capped);
        }
        let chance = self.reachable;
        if chance < 1.0 {
            let address = |past: &Past| addresses.at(Purpose::Deliver, 0, past.key);
            let reachable = pasts.iter().filter(|past| !past.history.unreachable);
            let asked: Vec<_> =
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
        let positions: Vec<usize> =
            pasts.iter().map(|past| self.odds.position(behavior, past.history)).collect();
        let (addresses, odds) = (self.addresses(), &*self.odds);
        let split = |(past, position): (&Past, &usize)| {
            let address = addresses.at(Purpose::Outcome, 0, past.key);
            Split::new(address, past.delivered, odds.shares(*position))
        };
        let mut splits: Vec<Split<'_>> = pasts.iter().zip(&positions).map(split).collect();
        self.stage.chance.split_all(&mut splits);
        for (past, split) in pasts.iter_mut().zip(&splits) {
            past.outcome.copy_from_slice(split.rows());
        }
        for past in pasts {
            self.add(past.customers, past.delivered, past.capped, &past.outcome);
            self.stage.list.leave(self.leaving(&past.outcome));
        }
    }

    fn first_late_row(&self, replies: &Arriving) -> usize {
        let rested = self.moment.now + self.stage.list.rest();
        replies.at.partition_point(|arrives| *arrives + SERVICE_WINDOW <= rested)
    }

    /// Of the answers of each past, those whose arrival matters for the next message come back by `back`.
    fn split_late_replies(
        &mut self,
        pasts: &mut [Past],
        replies: &Arriving,
        back: &mut Vec<(Cell, SimTime)>,
    ) {
        self.tally.early_replies = self.tally.outcome[REPLY];
        let shares = &self.segment.delays[Act::Reply.index()].shares().shares()[self.late_rows..];
        let Some(shares) = part_of(shares, 1.0) else { return };
        let answering = |past: &Past| past.outcome[REPLY] > 0;
        let addresses = self.addresses();
        let split = |past: &Past| {
            let address = addresses.at(Purpose::Delay, delay_item(Act::Reply), past.key);
            Split::new(address, past.outcome[REPLY], &shares)
        };
        let mut splits: Vec<Split<'_>> = pasts.iter().filter(|past| answering(past)).map(split).collect();
        self.stage.chance.split_all(&mut splits);
        let rested = self.moment.now + self.stage.list.rest();
        for (past, split) in pasts.iter_mut().filter(|past| answering(past)).zip(&splits) {
            let history = self.segment.memory.after_delivery(past.history, self.moment.civil_day());
            let heard = replies.at.iter().zip(&replies.slot).skip(self.late_rows);
            for ((arrives, slot), customers) in heard.zip(split.rows()) {
                if *customers > 0 {
                    self.reply(*arrives, *slot, *customers);
                    past.late += customers;
                    let (last, window) = (self.moment.now, *arrives + SERVICE_WINDOW);
                    let cell = Cell { last, delivered: true, window, history, customers: *customers };
                    back.push((cell, (*arrives).max(rested)));
                }
            }
            self.tally.early_replies -= past.late;
        }
    }

    /// All others who stay come back by `back` after their rest.
    fn settle_others(&self, pasts: &[Past], back: &mut Vec<(Cell, SimTime)>) {
        let (now, day) = (self.moment.now, self.moment.civil_day());
        let rested = now + self.stage.list.rest();
        for past in pasts {
            let after = self.segment.memory.after_delivery(past.history, day);
            let missed = past.customers - past.delivered;
            let staying = past.delivered - self.leaving(&past.outcome) - past.late;
            for (delivered, history, customers) in [(false, past.history, missed), (true, after, staying)] {
                if customers > 0 {
                    let cell = Cell { last: now, delivered, window: CLOSED, history, customers };
                    back.push((cell, rested));
                }
            }
        }
    }

    /// Queues all that is alike for every past of the batch.
    fn queue_batch(&mut self, replies: &Arriving) {
        let queued = self.queued(replies);
        let replying = self.segment.delays[Act::Reply.index()].shares().shares();
        let (early, late) = replying.split_at(self.late_rows);
        let early = part_of(early, 1.0 - late.iter().sum::<f64>());
        let (addresses, moment) = (self.addresses(), self.moment);
        let split = |queued: &'_ Queued| {
            let Queued { act, count, ref rows } = *queued;
            let shares = match (act, &early) {
                (Act::Reply, early) => early.as_ref()?,
                _ => self.segment.delays[act.index()].shares(),
            };
            let fine = moment.followed.by_slot(act) || act == Act::Read && moment.unread_after.is_some();
            let address = addresses.at(Purpose::Delay, delay_item(act), BATCH);
            Some(Split::new(address, count, shares).alike(if fine { rows.by_slot } else { rows.by_day }))
        };
        let mut splits: Vec<Split<'_>> = queued.iter().filter_map(split).collect();
        self.stage.chance.split_all(&mut splits);
        let mut read_in_time = 0;
        for (Queued { act, rows, .. }, split) in queued.iter().zip(&splits) {
            let heard = rows.at.iter().zip(&rows.slot).zip(split.rows());
            for ((arrives, slot), count) in heard.filter(|(_, count)| **count > 0) {
                match act {
                    Act::Reply => self.reply(*arrives, *slot, *count),
                    _ => self.arrive(*act, *slot, *count),
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
    fn queued(&self, replies: &Arriving) -> Vec<Queued> {
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
        let mut queued: Vec<Queued> = Vec::with_capacity(counts.len());
        for (act, count) in counts.into_iter().filter(|(_, count)| *count > 0) {
            let same = self.segment.timetable.same_as(act.index());
            let known = queued.iter().find(|known| known.act.index() == same).map(|known| known.rows);
            let rows = match act {
                Act::Reply => *replies,
                _ => known.unwrap_or_else(|| self.arriving(act)),
            };
            queued.push(Queued { act, count, rows });
        }
        queued
    }

    /// When the rows of a delay arrive.
    fn arriving(&self, act: Act) -> Arriving {
        let (segment, moment) = (self.segment, &self.moment);
        let calendar = self.stage.calendar;
        let activity = segment.activity.as_ref();
        segment.timetable.arriving(act.index(), activity, calendar, moment.now, moment.day)
    }
}

/// Acts of one kind that a batch leads to.
struct Queued {
    act: Act,
    count: u64,
    rows: Arriving,
}

impl Past {
    fn new(history: History, day: u16, customers: u64) -> Past {
        let key = history.key(day);
        Past { history, key, customers, capped: 0, delivered: 0, outcome: [0; OUTCOMES], late: 0 }
    }
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
