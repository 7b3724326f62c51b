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

use crate::abreast::{ABREAST, All, add, any};
use crate::few::Few;
use crate::glossary::Category;
use crate::random::{Address, Alike, ChanceAbreast, Purpose, Shares, SplitAbreast, TablesAbreast};
use crate::time::{Calendar, Span};

use super::super::abreast::ArrivalsAbreast;
use super::super::act::Act;
use super::super::behavior::{RateName, Undeliverable};
use super::super::history::History;
use super::super::list::{ListPlan, ListsAbreast, SERVICE_WINDOW};
use super::super::moment::Moment;
use super::super::odds::{OUTCOMES, OddsAbreast};
use super::super::segment::Segment;
use super::super::timetable::{Arriving, CONVERSATION};
use super::counts::{BATCH, delay_item};
use super::{Addresses, MADE_OF, outcomes_leaving};

/// What batches abreast play on.
#[derive(Debug)]
pub struct StageAbreast<'s> {
    /// The grid of slots.
    pub calendar: &'s Calendar,
    /// The chance of all runs.
    pub chance: &'s mut ChanceAbreast,
    /// The chances of their customers.
    pub odds: &'s mut OddsAbreast,
    /// The lists that the customers go back to.
    pub lists: &'s mut ListsAbreast,
    /// The reactions under way.
    pub arrivals: &'s mut ArrivalsAbreast,
}

impl Segment {
    /// Whether messages can react abreast that go to customers of such a list: each is written to once, so that all
    /// have the same past and nobody's answer is waited for, and no window is told apart from another. `capped` tells
    /// whether the platform bounds what a person gets of them.
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

    /// Sends a message to `customers` of each run, to whom nobody has written yet: draws what they do, queues what will
    /// arrive, and settles them on their lists; returns how many it was delivered to, the others are in flight. They can
    /// [react abreast](Segment::reacts_abreast).
    pub fn react_abreast(
        &self,
        customers: &All<u64>,
        moment: &Moment,
        mut stage: StageAbreast<'_>,
    ) -> All<u64> {
        if !any(customers) {
            return NONE;
        }
        let mut send = SendAbreast::new(self, moment, customers);
        send.reach(&mut stage);
        send.meet(&mut stage);
        send.settle(stage.lists);
        send.queue(stage);
        send.delivered
    }
}

/// Batches under way, one a run.
struct SendAbreast<'s> {
    segment: &'s Segment,
    moment: &'s Moment,
    /// What nobody has been through yet, and the cell of its draws.
    history: History,
    key: u32,
    sent: All<u64>,
    delivered: All<u64>,
    outcomes: [All<u64>; OUTCOMES],
}

impl<'s> SendAbreast<'s> {
    fn new(segment: &'s Segment, moment: &'s Moment, customers: &All<u64>) -> SendAbreast<'s> {
        let day = moment.civil_day();
        let history = segment.memory.on(History::default(), day);
        let key = history.key(day);
        let (sent, delivered, outcomes) = (*customers, NONE, [NONE; OUTCOMES]);
        SendAbreast { segment, moment, history, key, sent, delivered, outcomes }
    }

    /// The address of a draw.
    fn at(&self, purpose: Purpose, item: u8, cell: u32) -> Address {
        Addresses { batch: self.moment.subjects.batch, slot: self.moment.slot }.at(purpose, item, cell)
    }

    /// Whom the message reaches.
    fn reach(&mut self, stage: &mut StageAbreast<'_>) {
        let at = self.at(Purpose::Deliver, 0, self.key);
        self.delivered = stage.chance.binomials(at, &self.sent, stage.odds.delivered());
    }

    /// What those do whom it reaches.
    fn meet(&mut self, stage: &mut StageAbreast<'_>) {
        let StageAbreast { chance, odds, .. } = stage;
        let tables = TablesAbreast::Each(odds.shares(self.segment, self.moment, self.history, chance));
        let (at, n) = (self.at(Purpose::Outcome, 0, self.key), self.delivered);
        chance.split(&[SplitAbreast { at, n, tables, alike: Alike::NONE }]);
        self.outcomes.copy_from_slice(chance.rows(0));
    }

    /// All who stay go back to their lists, and are done with.
    fn settle(&self, lists: &mut ListsAbreast) {
        let stopping_leaves = self.moment.category == Category::Marketing;
        let mut gone = NONE;
        outcomes_leaving(stopping_leaves).iter().for_each(|own| add(&mut gone, &self.outcomes[*own]));
        lists.settle(&self.sent, &gone);
    }

    /// Queues what they do, spread over the tables of delay.
    fn queue(&self, stage: StageAbreast<'_>) {
        let StageAbreast { calendar, chance, arrivals, .. } = stage;
        let (segment, Moment { now, day, .. }) = (self.segment, *self.moment);
        let arriving = segment.timetable.arriving(segment.activity.as_ref(), calendar, now, day);
        let mut acts: Few<(Act, &Arriving)> = Few::new();
        let mut splits: Few<SplitAbreast<'_>> = Few::new();
        for (act, count) in self.acts() {
            let Some(shares) = self.shares(act) else { continue };
            let rows = &arriving[segment.timetable.place(act.index())];
            if let Some(row) = chance.only_row(&count, shares) {
                self.arrive(act, rows, row, &count, arrivals);
                continue;
            }
            let alike = if self.moment.followed.by_slot(act) { rows.by_slot } else { rows.by_day };
            let at = self.at(Purpose::Delay, delay_item(act), BATCH);
            splits.push(SplitAbreast { at, n: count, tables: TablesAbreast::One(shares), alike });
            acts.push((act, rows));
        }
        chance.split(&splits);
        for (place, (act, rows)) in acts.into_iter().enumerate() {
            for (row, count) in chance.rows(place).iter().enumerate() {
                self.arrive(act, rows, row, count, arrivals);
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
            rows.iter().for_each(|row| add(&mut sum, &self.outcomes[*row]));
            (act, sum)
        });
        acts.filter(|(_, counts)| any(counts))
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
}

/// Nothing in any run.
const NONE: All<u64> = [0; ABREAST];
