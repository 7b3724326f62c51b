//! What a batch leads to, by counts of customers with the same past.
//!
//! ```text
//!   past by past   delivered? --> outcome --> late answers     the same question of all pasts side by side
//!                                    |  sums over the pasts
//!   the batch                        '--> delays, kind by kind, side by side --> the ring of arrivals
//! ```

use smallvec::SmallVec;

use crate::random::{Address, MOST_ROWS, Purpose, Shares, Split};
use crate::time::SimTime;

use super::super::history::History;
use super::super::list::{CLOSED, Cell, SERVICE_WINDOW, Taken};
use super::super::odds::{ARCHIVE, BLOCK, MUTE, OUTCOMES, Odds, REPLY, REPORT, REPORT_AND_BLOCK, STOP};
use super::super::timetable::Arriving;
use super::{Act, Addresses, Segment, Send};

/// The cell of draws that concern a whole batch: no past has this key.
const BATCH: u32 = u32::MAX;

/// Each kind of act has 16 items of its own for the parts of its table.
fn delay_item(act: Act) -> u8 {
    act.index() as u8 * 16
}

/// So many pasts of a batch are kept without asking for memory.
type Few<T> = SmallVec<[T; 16]>;

/// How many of so many, each with this probability.
type Asked = (Address, u64, f64);

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

impl<'s> Send<'s, '_> {
    /// Sends to the customers of all pasts. It waits for counts, which are drawn with those of other replications;
    /// between two waits all is plain.
    pub(super) async fn reach_cells(&mut self, taken: &Taken) {
        let mut pasts = self.pasts(taken);
        if self.at_cap > 0.0 {
            let asked = self.capped(&pasts);
            let capped = self.stage.chance.binomials(asked).await;
            pasts.iter_mut().zip(capped).for_each(|(past, capped)| past.capped = capped);
        }
        if self.reachable < 1.0 {
            let asked = self.delivered(&pasts);
            let delivered = self.stage.chance.binomials(asked).await;
            reached(&mut pasts).zip(delivered).for_each(|(past, delivered)| past.delivered = delivered);
        } else {
            reached(&mut pasts).for_each(|past| past.delivered = past.customers - past.capped);
        }
        let mut outcomes = outcomes(self.segment, self.addresses(), self.odds, &pasts);
        self.stage.chance.split_all(&mut outcomes).await;
        take_outcomes(&mut pasts, &outcomes);
        drop(outcomes);
        self.add_all(&pasts);
        let arriving = std::mem::take(&mut self.arriving);
        let replies = self.rows(&arriving, Act::Reply);
        let mut late = self.late_answers(&pasts, replies);
        self.stage.chance.split_all(&mut late).await;
        self.settle(pasts, &late, replies);
        let (acts, mut delays) = self.delays(&arriving);
        self.stage.chance.split_all(&mut delays).await;
        self.queue(&acts, &delays, &arriving);
    }

    /// When the rows of a delay arrive.
    fn rows<'a>(&self, arriving: &'a [Arriving], act: Act) -> &'a Arriving {
        &arriving[self.segment.timetable.place(act.index())]
    }

    /// The pasts of those who were taken, each once, in order.
    fn pasts(&self, taken: &Taken) -> Vec<Past> {
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
        groups.iter().map(|(_, history, customers)| Past::new(*history, day, *customers)).collect()
    }

    /// Whom the platform does not let through: what is asked of each past.
    fn capped(&self, pasts: &[Past]) -> Few<Asked> {
        let (addresses, chance) = (self.addresses(), self.at_cap);
        let asked = |past: &Past| (addresses.at(Purpose::Deliver, 1, past.key), past.customers, chance);
        pasts.iter().map(asked).collect()
    }

    /// Whom the message reaches: what is asked of each past that can be reached.
    fn delivered(&self, pasts: &[Past]) -> Few<Asked> {
        let (addresses, chance) = (self.addresses(), self.reachable);
        let asked =
            |past: &Past| (addresses.at(Purpose::Deliver, 0, past.key), past.customers - past.capped, chance);
        pasts.iter().filter(|past| !past.history.unreachable).map(asked).collect()
    }

    /// Adds up what the message led to.
    fn add_all(&mut self, pasts: &[Past]) {
        for past in pasts {
            self.add(past.customers, past.delivered, past.capped, &past.outcome);
            self.stage.list.leave(self.leaving(&past.outcome));
        }
    }

    /// The answers of each past that answers, split into those whose arrival matters for the next message and the others.
    fn late_answers(&mut self, pasts: &[Past], replies: &Arriving) -> Vec<Split<'s>> {
        let rested = self.moment.now + self.stage.list.rest();
        self.late_rows = replies.at.partition_point(|arrives| *arrives + SERVICE_WINDOW <= rested);
        let segment = self.segment;
        let Some((_, Some(late))) = segment.answers.get(self.late_rows) else { return Vec::new() };
        let addresses = self.addresses();
        let split = |past: &Past| {
            let address = addresses.at(Purpose::Delay, delay_item(Act::Reply), past.key);
            Split::new(address, past.outcome[REPLY], late)
        };
        pasts.iter().filter(|past| past.answers()).map(split).collect()
    }

    /// Late answers are heard, and all who stay go back to the list, in the order in which it keeps them.
    fn settle(&mut self, mut pasts: Vec<Past>, late: &[Split<'_>], replies: &Arriving) {
        self.tally.early_replies = self.tally.outcome[REPLY];
        for (past, split) in pasts.iter_mut().filter(|past| past.answers()).zip(late) {
            past.late = split.rows().iter().map(|row| u64::from(*row)).sum();
            self.tally.early_replies -= past.late;
        }
        let mut back = Few::new();
        self.settle_others(&pasts, &mut back);
        let (now, day) = (self.moment.now, self.moment.civil_day());
        let rested = now + self.stage.list.rest();
        for row in 0..late.first().map_or(0, |split| split.rows().len()) {
            let (arrives, slot) = (replies.at[self.late_rows + row], replies.slot[self.late_rows + row]);
            let window = arrives + SERVICE_WINDOW;
            for (past, split) in pasts.iter().filter(|past| past.answers()).zip(late) {
                let customers = u64::from(split.rows()[row]);
                if customers > 0 {
                    self.reply(arrives, slot, customers);
                    let history = self.segment.memory.after_delivery(past.history, day);
                    let cell = Cell { last: now, delivered: true, window, history, customers };
                    back.push((cell, arrives.max(rested)));
                }
            }
        }
        back.sort_unstable_by_key(|(cell, from)| (*from, cell.key()));
        for (cell, from) in back {
            self.stage.list.settle(cell, from, None);
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

    /// What is alike for every past of the batch: acts, and how each is split over the rows of its delay.
    fn delays<'a>(&self, arriving: &'a [Arriving]) -> (Few<Act>, Vec<Split<'a>>)
    where
        's: 'a,
    {
        let (segment, addresses, moment) = (self.segment, self.addresses(), self.moment);
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
        let early = segment.answers.get(self.late_rows).and_then(|(early, _)| early.as_ref());
        let (mut acts, mut delays) = (Few::new(), Vec::with_capacity(counts.len()));
        for (act, count) in counts.into_iter().filter(|(_, count)| *count > 0) {
            let table = segment.delays[act.index()].shares();
            let Some(shares) = (if act == Act::Reply { early } else { Some(table) }) else { continue };
            let fine = moment.followed.by_slot(act) || act == Act::Read && moment.unread_after.is_some();
            let rows = self.rows(arriving, act);
            let address = addresses.at(Purpose::Delay, delay_item(act), BATCH);
            let split = Split::new(address, count, shares);
            delays.push(split.alike(if fine { &rows.by_slot } else { &rows.by_day }));
            acts.push(act);
        }
        (acts, delays)
    }

    /// Queues acts where they arrive.
    fn queue(&mut self, acts: &[Act], delays: &[Split<'_>], arriving: &[Arriving]) {
        let moment = self.moment;
        let mut read_in_time = 0;
        for (act, split) in acts.iter().zip(delays) {
            let rows = self.rows(arriving, *act);
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
) -> Vec<Split<'o>> {
    let positions: Few<usize> =
        pasts.iter().map(|past| odds.position(&segment.behavior, past.history)).collect();
    let odds = &*odds;
    let split = |(past, position): (&Past, &usize)| {
        let address = addresses.at(Purpose::Outcome, 0, past.key);
        Split::new(address, past.delivered, odds.shares(*position))
    };
    pasts.iter().zip(&positions).map(split).collect()
}

fn take_outcomes(pasts: &mut [Past], outcomes: &[Split<'_>]) {
    for (past, split) in pasts.iter_mut().zip(outcomes) {
        past.outcome.iter_mut().zip(split.rows()).for_each(|(count, row)| *count = u64::from(*row));
    }
}

impl Past {
    fn new(history: History, day: u16, customers: u64) -> Past {
        let key = history.key(day);
        Past { history, key, customers, capped: 0, delivered: 0, outcome: [0; OUTCOMES], late: 0 }
    }

    fn answers(&self) -> bool {
        self.outcome[REPLY] > 0
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
