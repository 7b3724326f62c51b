//! What a batch of messages leads to: for customers with the same past one exact multinomial over outcomes, spread over
//! the tables of delay.
//!
//! ```text
//!   Taken --by past--> delivered? --Odds--> outcome --delays--> Arrivals (slot by slot)
//!                          '--> back to the list: rest, or wait for the reply under way, or gone
//! ```
//!
//! Answers that come late enough to matter for the next message are drawn past by past, because those customers come
//! back; all other delays are drawn for the whole batch, to the slot where somebody looks by the slot and else to the day.

mod abreast;
mod counts;
mod people;

use crate::glossary::Category;
use crate::random::maths::expm1;
use crate::random::{Address, Chance, NearCounts, Purpose, Subject};
use crate::time::{Calendar, SimTime, Slot};

use super::act::Act;
use super::arrivals::Arrivals;
use super::behavior::{RateName, Undeliverable};
use super::list::{List, Taken};
use super::moment::Moment;
use super::odds::{
    ARCHIVE, BLOCK, MUTE, OUTCOMES, Odds, READ_ONLY, REPLY, REPORT, REPORT_AND_BLOCK, Rates, STOP,
};
use super::segment::Segment;
use super::timetable::CONVERSATION;

pub use abreast::StageAbreast;
pub use counts::Room;

/// What a batch plays on: time and luck, the list that its customers go back to, and what is on its way.
#[derive(Debug)]
pub struct Stage<'s> {
    /// The grid of slots.
    pub calendar: &'s Calendar,
    /// The chance of the replication.
    pub chance: &'s mut Chance,
    /// The list that the customers were taken from.
    pub list: &'s mut List,
    /// The reactions under way.
    pub arrivals: &'s mut Arrivals,
    /// Room to work in, kept from batch to batch.
    pub room: &'s mut Room,
}

/// What became of a batch at once; the rest arrives by the ring.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reactions {
    /// Delivered messages.
    pub delivered: u64,
    /// Messages that stay in flight until their time to live ends.
    pub in_flight: u64,
    /// Messages that failed at once, because the customer has had as many as the platform lets through.
    pub capped: u64,
    /// Of those that did not fail at once, the ones inside service windows, and how many of these were delivered; where
    /// [windows were told apart](List::tell_windows_apart).
    pub inside: [u64; 2],
}

impl Segment {
    /// Of `customers`, how many can never be reached.
    pub fn unreachable(&self, rates: &Rates, customers: u64, number: &str, chance: &mut Chance) -> u64 {
        if self.behavior.undeliverable.value == Undeliverable::message {
            return 0;
        }
        let address = Address::of(Purpose::Undeliverable, Subject::new(&[&self.name, number]));
        let share = 1.0 - rates.base(RateName::delivered);
        // More customers than one draw can split are one draw and its scale: a share of a great many.
        let most = crate::random::MOST_TRIALS;
        match customers {
            few if few <= most => chance.binomial(address, few, share),
            many => (many as f64 * share).round() as u64,
        }
    }

    /// Of `taken` customers, how many have an open service window: the `open` ones who answered lately, and others who
    /// happen to have written first within the last 24 h.
    pub fn open_windows(
        &self,
        rates: &Rates,
        taken: u64,
        open: u64,
        moment: &Moment,
        calendar: &Calendar,
        chance: &mut Chance,
    ) -> u64 {
        let others = taken - open;
        let days = self.activity.as_ref().map_or(1.0, |activity| activity.last_day(calendar, moment.now));
        let expected = rates.base(RateName::first_messages) * days;
        if expected == 0.0 || others == 0 {
            return open;
        }
        let (slot, subject) = (moment.slot, moment.subjects.batch);
        let address = Address { item: 1, slot, ..Address::of(Purpose::FirstMessage, subject) };
        open + chance.binomial(address, others, -expm1(-expected))
    }

    /// Of `sent` messages, `inside` of them in open windows, so many were let through and so many of these delivered: how many
    /// of each are inside.
    pub fn parts_inside(
        &self,
        sent: u64,
        inside: u64,
        [through, delivered]: [u64; 2],
        moment: &Moment,
        chance: &mut Chance,
    ) -> [u64; 2] {
        let (slot, subject) = (moment.slot, moment.subjects.batch);
        let address = |item| Address { item, slot, ..Address::of(Purpose::Deliver, subject) };
        let let_through =
            if through == sent { inside } else { chance.hypergeometric(address(3), sent, inside, through) };
        [let_through, chance.hypergeometric(address(2), through, let_through, delivered)]
    }

    /// How many of `customers` write first in a slot, to the number whose list is of the subject `list`; `near` is of that
    /// list alone.
    pub fn first_messages(
        &self,
        rates: &Rates,
        customers: u64,
        slot: Slot,
        slot_days: f64,
        list: Subject,
        (chance, near): (&mut Chance, &mut NearCounts),
    ) -> u64 {
        let days = self.activity.as_ref().map_or(slot_days, |activity| activity.days_in(slot));
        let expected = rates.base(RateName::first_messages) * days * customers as f64;
        chance.poisson(Address { slot, ..Address::of(Purpose::FirstMessage, list) }, expected, near)
    }

    /// Sends a message to those of `taken`: draws what they do, queues what will arrive, and settles them on the list.
    pub fn react(&self, rates: &mut Rates, taken: &Taken, moment: Moment, stage: Stage<'_>) -> Reactions {
        let table = stage.chance.table().clone();
        table.alone(self.reacting(rates, taken, &moment, stage))
    }

    /// [`Segment::react`], whose counts are drawn with those of others at the table of the stage's chance.
    pub async fn reacting(
        &self,
        rates: &mut Rates,
        taken: &Taken,
        moment: &Moment,
        stage: Stage<'_>,
    ) -> Reactions {
        let bounded = moment.person_cap && moment.category == Category::Marketing;
        let reachable = match self.behavior.undeliverable.value {
            Undeliverable::message => rates.base(RateName::delivered),
            Undeliverable::customer => 1.0,
        };
        let at_cap = if bounded { rates.base(RateName::at_person_cap) } else { 0.0 };
        let odds = rates.ready(self, moment, stage.chance);
        let mut send = Send {
            at_cap,
            reachable,
            late_rows: 0,
            tally: Tally::default(),
            segment: self,
            odds,
            moment,
            stage,
        };
        if taken.people.is_empty() {
            send.reach_cells(taken).await;
        } else {
            send.reach_people(taken);
        }
        let Tally { sent, delivered, capped, inside, .. } = send.tally;
        Reactions { delivered, in_flight: sent - capped - delivered, capped, inside }
    }
}

/// One batch under way.
struct Send<'s, 'r> {
    segment: &'s Segment,
    odds: &'r mut Odds,
    moment: &'r Moment,
    stage: Stage<'r>,
    at_cap: f64,
    /// The chance that a message reaches a customer who can be reached.
    reachable: f64,
    /// The first row of the delays of answers whose arrival matters for the next message: the customer has an open
    /// window, or is still waited for, when the rest is over.
    late_rows: usize,
    tally: Tally,
}

/// The addresses of the draws of one batch.
#[derive(Clone, Copy)]
struct Addresses {
    batch: Subject,
    slot: Slot,
}

impl Addresses {
    fn at(self, purpose: Purpose, item: u8, cell: u32) -> Address {
        Address { purpose, item, subject: self.batch, cell, slot: self.slot }
    }
}

/// What a batch led to, over all pasts.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    sent: u64,
    delivered: u64,
    capped: u64,
    /// Messages inside service windows that were let through, and of these the delivered.
    inside: [u64; 2],
    outcome: [u64; OUTCOMES],
    /// Answers that come so early that they do not matter for the next message, or too late for the table.
    early_replies: u64,
    /// Messages that were read in the time that a rating looks at, where customers are counted.
    read_in_time: u64,
    /// Messages that were not read in time, where customers are simulated one by one.
    unread: u64,
}

impl Send<'_, '_> {
    /// Where the draws of the batch are.
    fn addresses(&self) -> Addresses {
        Addresses { batch: self.moment.subjects.batch, slot: self.moment.slot }
    }

    /// Acts that are heard in a slot.
    fn arrive(&mut self, act: Act, slot: Slot, count: u64) {
        self.stage.arrivals.add(slot, self.moment.streak, act, count);
    }

    /// Answers that arrive at an instant and are heard in a slot.
    fn reply(&mut self, arrives: SimTime, slot: Slot, count: u64) {
        self.arrive(Act::Reply, slot, count);
        if arrives >= self.moment.now + CONVERSATION {
            self.arrive(Act::LateReply, slot, count);
        }
    }

    /// Whether whoever asks for no more marketing leaves the list.
    fn stopping_leaves(&self) -> bool {
        self.moment.category == Category::Marketing
    }

    /// Those who leave the list for good.
    fn leaving(&self, outcome: &[u64; OUTCOMES]) -> u64 {
        leaving(outcome, self.stopping_leaves())
    }
}

impl Tally {
    fn add(&mut self, sent: u64, delivered: u64, capped: u64, outcome: &[u64; OUTCOMES]) {
        self.sent += sent;
        self.delivered += delivered;
        self.capped += capped;
        self.outcome.iter_mut().zip(outcome).for_each(|(sum, count)| *sum += count);
    }
}

/// Acts, and the outcomes in which each is done: whoever acts has read.
const MADE_OF: [(Act, &[usize]); 7] = [
    (Act::Block, &[BLOCK, REPORT_AND_BLOCK]),
    (Act::Report, &[REPORT, REPORT_AND_BLOCK]),
    (Act::Stop, &[STOP]),
    (Act::Mute, &[MUTE]),
    (Act::Archive, &[ARCHIVE]),
    (Act::Reply, &[REPLY]),
    (Act::Read, &[BLOCK, REPORT, REPORT_AND_BLOCK, STOP, MUTE, ARCHIVE, REPLY, READ_ONLY]),
];

/// The same as masks: all bits of the outcomes in which each act is done.
const DONE_IN: [[u64; OUTCOMES]; MADE_OF.len()] = {
    let mut masks = [[0; OUTCOMES]; MADE_OF.len()];
    let mut act = 0;
    while act < MADE_OF.len() {
        let mut place = 0;
        while place < MADE_OF[act].1.len() {
            masks[act][MADE_OF[act].1[place]] = u64::MAX;
            place += 1;
        }
        act += 1;
    }
    masks
};

/// How often each act of [`MADE_OF`] is done.
fn acts_of(outcome: &[u64; OUTCOMES]) -> [u64; MADE_OF.len()] {
    let mut acts = [0; MADE_OF.len()];
    for (act, done_in) in acts.iter_mut().zip(&DONE_IN) {
        *act = outcome.iter().zip(done_in).map(|(count, mask)| count & mask).sum();
    }
    acts
}

/// The outcomes in which a customer leaves the list for good, that of who stops among them or not.
fn outcomes_leaving(stopping_leaves: bool) -> &'static [usize] {
    match stopping_leaves {
        true => &[BLOCK, REPORT, REPORT_AND_BLOCK, STOP],
        false => &[BLOCK, REPORT, REPORT_AND_BLOCK],
    }
}

/// Those who leave a list for good, those who stop among them or not.
fn leaving(outcome: &[u64; OUTCOMES], stopping_leaves: bool) -> u64 {
    outcomes_leaving(stopping_leaves).iter().map(|own| outcome[*own]).sum()
}
