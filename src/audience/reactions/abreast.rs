//! What batches of runs abreast lead to, each of customers with one past: the counts of all runs side by side.
//!
//! ```text
//!                  run 0   run 1   run 2  ...
//!   delivered?       n       n       n
//!   outcome        8 rows  8 rows  8 rows
//!   delays         by act  by act  by act   --> the ring of arrivals, row by row
//! ```
//!
//! What is drawn of a run is what [`Segment::reacting`] draws of it, at the same addresses. Where there is more to draw
//! (a list of several pasts, answers that are waited for, a cap on what a person gets) runs react by themselves.

use smallvec::SmallVec;

use crate::abreast::{ABREAST, All, those};
use crate::glossary::Category;
use crate::random::{Address, Alike, Chance, CountsAbreast, Purpose, Shares, SplitAbreast};
use crate::time::{Calendar, Span};

use super::super::abreast::ArrivalsAbreast;
use super::super::act::Act;
use super::super::behavior::{RateName, Undeliverable};
use super::super::history::History;
use super::super::list::{List, ListPlan, SERVICE_WINDOW, Taken};
use super::super::moment::Moment;
use super::super::odds::{OUTCOMES, Rates};
use super::super::segment::Segment;
use super::super::timetable::{Arriving, CONVERSATION};
use super::counts::{BATCH, delay_item};
use super::{Addresses, MADE_OF, Reactions, leaving};

/// A batch of one run.
#[derive(Debug)]
pub struct BatchAbreast<'b> {
    /// The customers who get the message: nobody has written to them yet.
    pub taken: &'b Taken,
    /// The chances of the run.
    pub rates: &'b mut Rates,
    /// The list that the customers go back to.
    pub list: &'b mut List,
    /// The chance of the run.
    pub chance: &'b mut Chance,
}

/// What batches abreast play on.
#[derive(Debug)]
pub struct StageAbreast<'s> {
    /// The grid of slots.
    pub calendar: &'s Calendar,
    /// Where counts are drawn.
    pub counts: &'s mut CountsAbreast,
    /// The reactions under way.
    pub arrivals: &'s mut ArrivalsAbreast,
}

/// Nobody's shares, in place of those of runs that send nothing.
static NOBODYS: Shares = Shares::empty();

impl Segment {
    /// Whether messages can react abreast that go to customers of such a list: each is written to once, so that all have the same past and nobody's answer is waited for, and no window is told
    /// apart from another. `capped` tells whether the platform bounds what a person gets of them.
    pub fn reacts_abreast(&self, list: &ListPlan, calendar: &Calendar, capped: bool) -> bool {
        let longest = self.longest_delay() as i64 * calendar.slot_length().0 + SERVICE_WINDOW.0;
        let told_apart = list.asked_back > Span(0) && self.writes_first();
        let by_message = self.behavior.undeliverable.value == Undeliverable::message;
        list.once && list.rest.0 >= longest && by_message && !told_apart && !capped
    }

    /// Whether customers may write first.
    pub fn writes_first(&self) -> bool {
        self.behavior.rate(RateName::first_messages).prior.certain() != Some(0.0)
    }

    /// Sends a message in each run that has a batch: draws what the customers do, queues what will arrive, and settles
    /// them on their lists. They can [react abreast](Segment::reacts_abreast).
    pub fn react_abreast(
        &self,
        batches: &mut All<Option<BatchAbreast<'_>>>,
        moment: &Moment,
        stage: StageAbreast<'_>,
    ) -> All<Reactions> {
        let mut send = SendAbreast::new(self, moment, batches);
        if send.runs == 0 {
            return All::default();
        }
        send.reach(batches, stage.counts);
        send.meet(batches, stage.counts);
        send.settle(batches);
        send.queue(batches, stage);
        send.reactions()
    }
}

/// Batches under way, one a run.
struct SendAbreast<'s> {
    segment: &'s Segment,
    moment: &'s Moment,
    /// Runs that have a batch.
    runs: u32,
    /// What nobody has been through yet, and the cell of its draws.
    history: History,
    key: u32,
    sent: All<u64>,
    delivered: All<u64>,
    outcomes: [All<u64>; OUTCOMES],
}

impl<'s> SendAbreast<'s> {
    fn new(
        segment: &'s Segment,
        moment: &'s Moment,
        batches: &All<Option<BatchAbreast<'_>>>,
    ) -> SendAbreast<'s> {
        let day = moment.civil_day();
        let history = segment.memory.on(History::default(), day);
        let (sent, delivered, outcomes) = (NONE, NONE, [NONE; OUTCOMES]);
        let key = history.key(day);
        let mut send = SendAbreast { segment, moment, runs: 0, history, key, sent, delivered, outcomes };
        for (run, batch) in batches.iter().enumerate() {
            let Some(batch) = batch else { continue };
            send.runs |= 1 << run;
            send.sent[run] = batch.taken.customers;
        }
        send
    }

    /// The address of a draw.
    fn at(&self, purpose: Purpose, item: u8, cell: u32) -> Address {
        Addresses { batch: self.moment.subjects.batch, slot: self.moment.slot }.at(purpose, item, cell)
    }

    /// Whom the message reaches.
    fn reach(&mut self, batches: &mut All<Option<BatchAbreast<'_>>>, counts: &mut CountsAbreast) {
        let mut chances = All::default();
        let mut asked = 0;
        for (run, batch) in batches.iter_mut().enumerate() {
            let Some(batch) = batch else { continue };
            chances[run] = batch.rates.base(RateName::delivered);
            if chances[run] < 1.0 {
                asked |= 1 << run;
                batch.chance.note_drawn(1);
            } else {
                self.delivered[run] = self.sent[run];
            }
        }
        let at = self.at(Purpose::Deliver, 0, self.key);
        let drawn = counts.binomials(asked, at, &self.sent, &chances);
        those(asked).for_each(|run| self.delivered[run] = drawn[run]);
    }

    /// What those do whom it reaches.
    fn meet(&mut self, batches: &mut All<Option<BatchAbreast<'_>>>, counts: &mut CountsAbreast) {
        let mut shares = [&NOBODYS; ABREAST];
        let mut chances: SmallVec<[&mut Chance; ABREAST]> = SmallVec::new();
        for (batch, shares) in batches.iter_mut().zip(&mut shares) {
            let Some(BatchAbreast { rates, chance, .. }) = batch else { continue };
            let odds = rates.ready(self.segment, self.moment, chance);
            odds.work_out(&self.segment.behavior, self.history);
            *shares = odds.shares(self.history);
            chances.push(chance);
        }
        let (at, n) = (self.at(Purpose::Outcome, 0, self.key), self.delivered);
        counts.split(&[SplitAbreast { at, n, shares, alike: Alike::NONE }]);
        self.outcomes.copy_from_slice(&counts.rows(0)[..OUTCOMES]);
        for (run, chance) in those(self.runs).zip(chances) {
            chance.note_drawn(counts.draws(0)[run]);
        }
    }

    /// All who stay go back to their lists, and are done with.
    fn settle(&self, batches: &mut All<Option<BatchAbreast<'_>>>) {
        let stopping_leaves = self.moment.category == Category::Marketing;
        for (run, batch) in batches.iter_mut().enumerate() {
            let Some(BatchAbreast { list, .. }) = batch else { continue };
            let gone = leaving(&self.outcomes.map(|counts| counts[run]), stopping_leaves);
            list.leave(gone);
            list.stay(self.sent[run] - gone);
        }
    }

    /// Queues what they do, spread over the tables of delay.
    fn queue(&self, batches: &mut All<Option<BatchAbreast<'_>>>, stage: StageAbreast<'_>) {
        let StageAbreast { calendar, counts, arrivals } = stage;
        let (segment, Moment { now, day, .. }) = (self.segment, *self.moment);
        let arriving = segment.timetable.arriving(segment.activity.as_ref(), calendar, now, day);
        let mut acts: SmallVec<[(Act, &Arriving); 8]> = SmallVec::new();
        let mut splits: SmallVec<[SplitAbreast<'_>; 8]> = SmallVec::new();
        for (act, count) in self.acts() {
            let Some(shares) = self.shares(act) else { continue };
            let rows = &arriving[segment.timetable.place(act.index())];
            if let Some(row) = shares.only_row() {
                for (batch, count) in batches.iter_mut().zip(&count).filter(|(_, count)| **count > 0) {
                    batch.iter_mut().for_each(|batch| _ = batch.chance.only_row(*count, shares));
                }
                self.arrive(act, rows, row, &count, arrivals);
                continue;
            }
            let alike = if self.moment.followed.by_slot(act) { rows.by_slot } else { rows.by_day };
            let at = self.at(Purpose::Delay, delay_item(act), BATCH);
            splits.push(SplitAbreast { at, n: count, shares: [shares; ABREAST], alike });
            acts.push((act, rows));
        }
        counts.split(&splits);
        for (place, (act, rows)) in acts.into_iter().enumerate() {
            for (row, count) in counts.rows(place).iter().enumerate() {
                self.arrive(act, rows, row, count, arrivals);
            }
            for (batch, draws) in batches.iter_mut().zip(counts.draws(place)) {
                batch.iter_mut().for_each(|batch| batch.chance.note_drawn(*draws));
            }
        }
    }

    /// The shares of the rows of the delay of an act; answers are all early.
    fn shares(&self, act: Act) -> Option<&Shares> {
        match act {
            Act::Reply => self.segment.answers.last().and_then(|(early, _)| early.as_ref()),
            _ => Some(self.segment.delays[act.index()].shares()),
        }
    }

    /// What they do, act by act: what anybody does in any run.
    fn acts(&self) -> impl Iterator<Item = (Act, All<u64>)> {
        let acts = MADE_OF.into_iter().map(|(act, rows)| {
            let mut sum = NONE;
            for row in rows {
                sum.iter_mut().zip(&self.outcomes[*row]).for_each(|(sum, count)| *sum += count);
            }
            (act, sum)
        });
        acts.filter(|(_, counts)| *counts != NONE)
    }

    /// Queues what arrives with one row of a delay.
    fn arrive(
        &self,
        act: Act,
        rows: &Arriving,
        row: usize,
        counts: &All<u64>,
        arrivals: &mut ArrivalsAbreast,
    ) {
        arrivals.add(rows.slot[row], act, counts);
        if act == Act::Reply && rows.at[row] >= self.moment.now + CONVERSATION {
            arrivals.add(rows.slot[row], Act::LateReply, counts);
        }
    }

    fn reactions(&self) -> All<Reactions> {
        std::array::from_fn(|run| {
            let (sent, delivered) = (self.sent[run], self.delivered[run]);
            Reactions { delivered, in_flight: sent - delivered, ..Reactions::default() }
        })
    }
}

/// Nothing in any run.
const NONE: All<u64> = [0; ABREAST];
