//! What a batch of messages leads to: one exact multinomial over outcomes, spread over the tables of delay.
//!
//! A delivered message leads to exactly one of: block, report, report and block, stop, mute, archive, reply, read
//! only, nothing. Chance = base (of this replication) x day x campaign, cut at the largest chance; acts that sum to
//! more than 1 are scaled to 1.

use rand_distr::{Distribution, Poisson};

use crate::glossary::Category;
use crate::random::{
    Address, DelayTable, Purpose, Shares, Streams, Subject, binomial, hypergeometric, split,
};
use crate::random::{
    maths::{exp, expm1},
    quantile::normal_quantile,
};
use crate::time::{Calendar, SimTime, Slot, Span};

use super::arrivals::Arrivals;
use super::behavior::{Behavior, Dispersion, RATES, RateName};
use super::list::{List, Taken};

/// What arrives from a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// A block.
    Block,
    /// A report.
    Report,
    /// A request for no more marketing.
    Stop,
    /// The chat was muted.
    Mute,
    /// The chat was archived.
    Archive,
    /// An answer.
    Reply,
    /// The message was read.
    Read,
    /// Counted beside [`Act::Reply`]: an answer that comes after its conversation has ended, and opens another.
    LateReply,
}

impl Act {
    /// Every act; its position is its index in the ring.
    pub const ALL: [Act; 8] =
        [Act::Block, Act::Report, Act::Stop, Act::Mute, Act::Archive, Act::Reply, Act::Read, Act::LateReply];

    /// Position in [`Act::ALL`].
    pub const fn index(self) -> usize {
        self as usize
    }

    /// The name of its delay in a profile.
    pub fn name(self) -> &'static str {
        ["block", "report", "stop", "mute", "archive", "reply", "read", "reply"][self.index()]
    }
}

/// A segment ready to react: who they are and how late they act.
#[derive(Clone, Debug)]
pub struct Segment {
    /// The segment's name.
    pub name: String,
    /// The behaviour of its customers.
    pub behavior: Behavior,
    subject: Subject,
    delays: [DelayTable; Act::ALL.len()],
}

impl Segment {
    /// A segment of customers with this behaviour; `None` where a delay of the (unchecked) profile makes no table.
    pub fn new(name: &str, behavior: Behavior) -> Option<Segment> {
        let table = |act: Act| behavior.delays.get(act.name())?.value.compile().ok();
        let mut delays = Vec::with_capacity(Act::ALL.len());
        for act in Act::ALL {
            delays.push(table(act)?);
        }
        let delays: [DelayTable; Act::ALL.len()] = delays.try_into().ok()?;
        Some(Segment { name: name.to_owned(), subject: Subject::new(&[name]), behavior, delays })
    }

    /// The longest delay \[seconds\].
    pub fn longest_delay(&self) -> i64 {
        self.delays.iter().flat_map(|table| table.ages()).copied().max().unwrap_or(0)
    }

    /// The share of acts of each kind that come too late for its table, by kind.
    pub fn lost(&self) -> impl Iterator<Item = (Act, f64)> + '_ {
        Act::ALL
            .into_iter()
            .filter(|act| *act != Act::LateReply)
            .map(|act| (act, self.delays[act.index()].lost()))
    }

    /// The subject of the draws that choose among its customers.
    pub fn subject(&self) -> Subject {
        self.subject
    }
}

/// The chances of one segment in one replication.
#[derive(Clone, Debug)]
pub struct Rates {
    base: [f64; RATES.len()],
}

impl Rates {
    /// Draws the chances of a replication: each is a quantile of its prior at its own address.
    pub fn draw(segment: &Segment, streams: &Streams) -> Rates {
        let base = RATES.map(|name| {
            let subject = Subject::new(&["segments", &segment.name, name.name()]);
            let uniform = streams.at(Address::of(Purpose::Parameter, subject)).uniform();
            segment.behavior.rate(name).prior.quantile(uniform).clamp(0.0, 1.0)
        });
        Rates { base }
    }

    /// The chance of that name, before effects.
    pub fn base(&self, name: RateName) -> f64 {
        self.base[name as usize]
    }
}

/// When and what is sent.
#[derive(Clone, Copy, Debug)]
pub struct Moment<'m> {
    /// The instant of the send.
    pub now: SimTime,
    /// Its slot.
    pub slot: Slot,
    /// Its civil day.
    pub day: usize,
    /// Position of its number and template in the ring of arrivals.
    pub streak: usize,
    /// The template's name.
    pub template_name: &'m str,
    /// The template's category.
    pub category: Category,
    /// The number that sends.
    pub number_name: &'m str,
    /// Whether the platform bounds how many marketing messages a person gets.
    pub person_cap: bool,
}

/// What a batch plays on: time and luck, the list that its customers go back to, and what is on its way.
#[derive(Debug)]
pub struct Stage<'s> {
    /// The grid of slots.
    pub calendar: &'s Calendar,
    /// The luck of the replication.
    pub streams: &'s Streams,
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
}

/// Rows of the multinomial over outcomes, in order.
const BLOCK: usize = 0;
const REPORT: usize = 1;
const REPORT_AND_BLOCK: usize = 2;
const STOP: usize = 3;
const MUTE: usize = 4;
const ARCHIVE: usize = 5;
const REPLY: usize = 6;
const READ_ONLY: usize = 7;
const OUTCOMES: usize = 8;

impl Segment {
    /// Of customers taken for a send, how many have an open service window: those who answered lately, and others
    /// who happen to have written first within the last 24 h.
    pub fn open_windows(&self, rates: &Rates, taken: &Taken, moment: &Moment<'_>, streams: &Streams) -> u64 {
        let others = taken.customers - taken.open;
        let expected = rates.base(RateName::first_messages);
        if expected == 0.0 || others == 0 {
            return taken.open;
        }
        let subject = Subject::new(&[&self.name, moment.template_name, moment.number_name]);
        let address = Address { item: 1, slot: moment.slot, ..Address::of(Purpose::FirstMessage, subject) };
        taken.open + binomial(&streams.at(address), others, -expm1(-expected))
    }

    /// Of `sent` messages, `inside` of them in open windows and `delivered` of them delivered, how many are both.
    pub fn delivered_inside(
        &self,
        sent: u64,
        inside: u64,
        delivered: u64,
        moment: &Moment<'_>,
        streams: &Streams,
    ) -> u64 {
        if inside == 0 {
            return 0;
        }
        let subject = Subject::new(&[&self.name, moment.template_name, moment.number_name]);
        let address = Address { item: 2, slot: moment.slot, ..Address::of(Purpose::Deliver, subject) };
        hypergeometric(&streams.at(address), sent, inside, delivered)
    }

    /// How many of `customers` write first in a slot of `days` days.
    pub fn first_messages(
        &self,
        rates: &Rates,
        customers: u64,
        slot: Slot,
        days: f64,
        number: &str,
        streams: &Streams,
    ) -> u64 {
        let expected = rates.base(RateName::first_messages) * days * customers as f64;
        let subject = Subject::new(&[&self.name, number]);
        let address = Address { slot, ..Address::of(Purpose::FirstMessage, subject) };
        match Poisson::new(expected) {
            Ok(law) => law.sample(&mut streams.at(address)) as u64,
            Err(_) => 0,
        }
    }

    /// Sends `customers` (already taken from `list`) a message: draws what they do, queues what will arrive, and
    /// settles them on the list.
    pub fn react(&self, rates: &Rates, customers: u64, moment: Moment<'_>, stage: Stage<'_>) -> Reactions {
        let Stage { calendar, streams, list, arrivals } = stage;
        let batch = Subject::new(&[&self.name, moment.template_name, moment.number_name]);
        let at = |purpose, item| Address { purpose, item, subject: batch, cell: 0, slot: moment.slot };
        let bounded = moment.person_cap && moment.category == Category::Marketing;
        let at_cap = if bounded { rates.base(RateName::at_person_cap) } else { 0.0 };
        let capped = match at_cap {
            0.0 => 0,
            chance => binomial(&streams.at(at(Purpose::Deliver, 1)), customers, chance),
        };
        let open = &streams.at(at(Purpose::Deliver, 0));
        let delivered = binomial(open, customers - capped, rates.base(RateName::delivered));
        let mut outcome = [0_u64; OUTCOMES];
        let shares = self.outcome_shares(rates, &moment, streams);
        let nothing = split(streams, at(Purpose::Outcome, 0), delivered, &shares, &mut outcome);
        let read = delivered - nothing;
        let queued = [
            (Act::Block, outcome[BLOCK] + outcome[REPORT_AND_BLOCK]),
            (Act::Report, outcome[REPORT] + outcome[REPORT_AND_BLOCK]),
            (Act::Stop, outcome[STOP]),
            (Act::Mute, outcome[MUTE]),
            (Act::Archive, outcome[ARCHIVE]),
            (Act::Read, read),
        ];
        for (act, count) in queued {
            self.queue(
                act,
                count,
                &moment,
                at(Purpose::Delay, delay_item(act)),
                calendar,
                streams,
                |slot, n| {
                    arrivals.add(slot, moment.streak, act, n);
                },
            );
        }
        let mut replying: Vec<(SimTime, u64)> = Vec::new();
        let address = at(Purpose::Delay, delay_item(Act::Reply));
        let lost = self.queue(Act::Reply, outcome[REPLY], &moment, address, calendar, streams, |slot, n| {
            arrivals.add(slot, moment.streak, Act::Reply, n);
            let arrives = calendar.slots().get(slot as usize).map_or(calendar.end(), |slot| slot.at);
            if arrives >= moment.now + CONVERSATION {
                arrivals.add(slot, moment.streak, Act::LateReply, n);
            }
            replying.push((arrives, n));
        });
        let stopped = if moment.category == Category::Marketing { outcome[STOP] } else { 0 };
        let gone = outcome[BLOCK] + outcome[REPORT] + outcome[REPORT_AND_BLOCK] + stopped;
        let back = delivered - gone - outcome[REPLY] + lost;
        list.settle(moment.now, customers - delivered, back, &replying, gone);
        Reactions { delivered, in_flight: customers - capped - delivered, capped }
    }

    /// Spreads `count` acts over their delays and hands each slot of the run its share; returns how many come too
    /// late for the table. What falls beyond the horizon is handed the slot after the last.
    #[expect(clippy::too_many_arguments, reason = "one call for each kind of act, all from `react`")]
    fn queue(
        &self,
        act: Act,
        count: u64,
        moment: &Moment<'_>,
        address: Address,
        calendar: &Calendar,
        streams: &Streams,
        mut hand: impl FnMut(Slot, u64),
    ) -> u64 {
        if count == 0 {
            return 0;
        }
        let table = &self.delays[act.index()];
        let mut rows = [0_u64; 16];
        let late = split(streams, address, count, table.shares(), &mut rows);
        for (age, arriving) in table.ages().iter().zip(rows) {
            if arriving > 0 {
                hand(calendar.slot_from(SimTime(moment.now.0 + age)), arriving);
            }
        }
        late
    }

    /// The chances of the outcomes of a delivered message on this day, from this campaign.
    fn outcome_shares(&self, rates: &Rates, moment: &Moment<'_>, streams: &Streams) -> Shares {
        let behavior = &self.behavior;
        let day = Address { slot: moment.day as u32, ..Address::of(Purpose::Day, self.subject) };
        let campaign = Address::of(Purpose::Campaign, Subject::new(&[&self.name, moment.template_name]));
        let day = factor(&behavior.day_effect, day, streams);
        let campaign = factor(&behavior.campaign_effect, campaign, streams);
        let most = behavior.largest_chance.value.value();
        let chance = |name: RateName| {
            let on =
                |effect: &Dispersion, factor: f64| if effect.acts_on.contains(&name) { factor } else { 1.0 };
            let effects = on(&behavior.day_effect, day) * on(&behavior.campaign_effect, campaign);
            (rates.base(name) * effects).clamp(0.0, most)
        };
        let (report, both) = (chance(RateName::report), rates.base(RateName::report_also_blocks));
        let mut acts = [0.0; OUTCOMES];
        acts[BLOCK] = chance(RateName::block);
        acts[REPORT] = report * (1.0 - both);
        acts[REPORT_AND_BLOCK] = report * both;
        acts[STOP] = chance(RateName::stop);
        acts[MUTE] = chance(RateName::mute);
        acts[ARCHIVE] = chance(RateName::archive);
        acts[REPLY] = chance(RateName::reply);
        let sum: f64 = acts.iter().sum();
        if sum > 1.0 {
            acts.iter_mut().for_each(|act| *act /= sum);
        }
        acts[READ_ONLY] = (chance(RateName::read) - sum).clamp(0.0, (1.0 - sum).max(0.0));
        // Every share is a chance and their sum at most 1 by the lines above.
        Shares::new(&acts).unwrap_or_else(|_| unreachable!("chances between 0 and 1 that sum to at most 1"))
    }
}

/// How long a conversation lasts: 24 h in every ruleset.
const CONVERSATION: Span = Span::hours(24);

/// A log-normal factor with mean 1.
fn factor(effect: &Dispersion, address: Address, streams: &Streams) -> f64 {
    if effect.sigma == 0.0 {
        return 1.0;
    }
    let z = normal_quantile(streams.at(address).uniform());
    exp(effect.sigma * z - 0.5 * effect.sigma * effect.sigma)
}

/// Each kind of act has 16 items of its own for the rows of its table.
fn delay_item(act: Act) -> u8 {
    act.index() as u8 * 16
}
