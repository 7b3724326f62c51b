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

mod counts;
mod people;

use crate::glossary::Category;
use crate::random::maths::expm1;
use crate::random::{Address, Chance, DelayTable, Purpose, Shares, Subject};
use crate::time::{Calendar, SimTime, Slot, Span};

use super::act::Act;
use super::activity::Activity;
use super::arrivals::Arrivals;
use super::behavior::{Behavior, RateName, Undeliverable};
use super::history::Memory;
use super::list::{List, Taken};
use super::odds::{BLOCK, OUTCOMES, Odds, REPORT, REPORT_AND_BLOCK, Rates, STOP, TemplateEffects};
use super::timetable::{CONVERSATION, Timetable};

pub(super) use counts::Room;

/// A segment ready to react: who they are and how late they act.
#[derive(Clone, Debug)]
pub struct Segment {
    /// The segment's name.
    pub name: String,
    /// The behaviour of its customers.
    pub behavior: Behavior,
    /// What the sender's templates change in it.
    pub templates: Vec<TemplateEffects>,
    subject: Subject,
    delays: [DelayTable; Act::DELAYED.len()],
    timetable: Timetable,
    /// By the first row of answers that come late: the shares of those that come before it, and of the others.
    answers: Vec<(Option<Shares>, Option<Shares>)>,
    memory: Memory,
    /// The virtual time of reactions, where hours differ.
    activity: Option<Activity>,
}

impl Segment {
    /// A segment of customers with this behaviour, who get these templates in the time of this calendar; `None` where a
    /// delay of the (unchecked) profile makes no table.
    pub fn new(
        name: &str,
        behavior: Behavior,
        templates: Vec<TemplateEffects>,
        calendar: &Calendar,
    ) -> Option<Segment> {
        let table = |act: Act| behavior.delays.get(act.name())?.value.compile().ok();
        let mut delays = Vec::with_capacity(Act::DELAYED.len());
        for act in Act::DELAYED {
            delays.push(table(act)?);
        }
        let delays: [DelayTable; Act::DELAYED.len()] = delays.try_into().ok()?;
        let longest = delays.iter().flat_map(|table| table.ages()).copied().max().unwrap_or(0);
        let activity = Activity::new(&behavior.activity, calendar, longest);
        let memory = Memory::of(&behavior);
        let timetable = Timetable::new(&delays, activity.as_ref(), calendar);
        let replies = delays[Act::Reply.index()].shares().shares();
        let answers =
            (0..=replies.len()).map(|late_rows| counts::early_and_late(replies, late_rows)).collect();
        Some(Segment {
            answers,
            name: name.to_owned(),
            subject: Subject::new(&[name]),
            templates,
            delays,
            timetable,
            memory,
            activity,
            behavior,
        })
    }

    /// The most slots until a reaction to a message arrives, from any slot of the calendar.
    pub fn longest_delay(&self, calendar: &Calendar) -> usize {
        let longest = self.delays.iter().flat_map(|table| table.ages()).copied().max().unwrap_or(0);
        match &self.activity {
            Some(activity) => activity.longest(calendar, longest),
            None => {
                let slot = calendar.slot_length().0;
                ((longest + slot - 1) / slot + 1) as usize
            }
        }
    }

    /// The share of acts of each kind that come too late for its table, by kind.
    pub fn lost(&self) -> impl Iterator<Item = (Act, f64)> + '_ {
        Act::DELAYED.into_iter().map(|act| (act, self.delays[act.index()].lost()))
    }

    /// The subject of the draws that concern all its customers.
    pub fn subject(&self) -> Subject {
        self.subject
    }

    /// What of the past of a customer moves the chances of the next message.
    pub fn memory(&self) -> Memory {
        self.memory
    }

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

    /// When a reaction to a message of `now` arrives, `age` later: the start of a slot, of the run or beyond.
    fn arrival(&self, calendar: &Calendar, now: SimTime, age: i64) -> SimTime {
        if let Some(activity) = &self.activity {
            return calendar.start_of(activity.slot_at(calendar, now, age));
        }
        calendar.heard_at(SimTime(now.0 + age)).1
    }
}

/// Whom the draws of the batches of one segment, template and number concern: names, hashed once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BatchSubjects {
    /// Customers of the segment who get the template from the number.
    pub batch: Subject,
    /// All who get the template, of whatever segment.
    pub campaign: Subject,
}

impl BatchSubjects {
    /// By the names of the segment, the template and the number.
    pub fn new(segment: &str, template: &str, number: &str) -> BatchSubjects {
        BatchSubjects {
            batch: Subject::new(&[segment, template, number]),
            campaign: Subject::new(&["campaigns", template]),
        }
    }
}

/// When and what is sent.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    /// The instant of the send.
    pub now: SimTime,
    /// Its slot.
    pub slot: Slot,
    /// Its civil day.
    pub day: usize,
    /// The weekday of that day, from Monday = 0.
    pub weekday: usize,
    /// Position of its list and template in the ring of arrivals.
    pub streak: usize,
    /// Position of the template among the segment's.
    pub template: usize,
    /// Whom its draws concern.
    pub subjects: BatchSubjects,
    /// The template's category.
    pub category: Category,
    /// Whether the platform bounds how many marketing messages a person gets.
    pub person_cap: bool,
    /// After how long a rating counts a message as unread, where one does.
    pub unread_after: Option<Span>,
    /// Which acts somebody follows by the slot; of others the day is enough.
    pub followed: Followed,
}

/// Which acts somebody follows by the slot in which they arrive: a rating, a strategy, a desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Followed([bool; Act::ALL.len()]);

impl Followed {
    /// Every act is followed.
    pub const ALL: Followed = Followed([true; Act::ALL.len()]);

    /// Those acts are followed that `is` tells.
    pub fn of(is: impl Fn(Act) -> bool) -> Followed {
        Followed(Act::ALL.map(is))
    }

    /// Whether an act is followed.
    pub fn by_slot(&self, act: Act) -> bool {
        self.0[act.index()]
    }
}

impl Moment {
    fn civil_day(&self) -> u16 {
        self.day as u16
    }
}

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
    /// Of customers taken for a send, how many have an open service window: those who answered lately, and others
    /// who happen to have written first within the last 24 h.
    pub fn open_windows(
        &self,
        rates: &Rates,
        taken: &Taken,
        moment: &Moment,
        calendar: &Calendar,
        chance: &mut Chance,
    ) -> u64 {
        let others = taken.customers - taken.open;
        let days = self.activity.as_ref().map_or(1.0, |activity| activity.last_day(calendar, moment.now));
        let expected = rates.base(RateName::first_messages) * days;
        if expected == 0.0 || others == 0 {
            return taken.open;
        }
        let (slot, subject) = (moment.slot, moment.subjects.batch);
        let address = Address { item: 1, slot, ..Address::of(Purpose::FirstMessage, subject) };
        taken.open + chance.binomial(address, others, -expm1(-expected))
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

    /// How many of `customers` write first in a slot, to the number whose list is of the subject `list`.
    pub fn first_messages(
        &self,
        rates: &Rates,
        customers: u64,
        slot: Slot,
        slot_days: f64,
        list: Subject,
        chance: &mut Chance,
    ) -> u64 {
        let days = self.activity.as_ref().map_or(slot_days, |activity| activity.days_in(slot));
        let expected = rates.base(RateName::first_messages) * days * customers as f64;
        chance.poisson(Address { slot, ..Address::of(Purpose::FirstMessage, list) }, expected)
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
        let (odds, room) = rates.ready(self, moment, stage.chance);
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
            send.reach_cells(taken, room).await;
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

/// Those who leave a list for good, those who stop among them or not.
fn leaving(outcome: &[u64; OUTCOMES], stopping_leaves: bool) -> u64 {
    let stopped = if stopping_leaves { outcome[STOP] } else { 0 };
    outcome[BLOCK] + outcome[REPORT] + outcome[REPORT_AND_BLOCK] + stopped
}
