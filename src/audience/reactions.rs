//! What a batch of messages leads to: for customers with the same past one exact multinomial over outcomes, spread over
//! the tables of delay.
//!
//! ```text
//!   Taken --by past--> delivered? --Odds--> outcome --delays--> Arrivals (slot by slot)
//!                          '--> back to the list: rest, or wait for the reply under way, or gone
//! ```
//!
//! Answers that come late enough to matter for the next message are drawn past by past, because those customers come
//! back; all other delays are drawn for the whole batch.

use crate::glossary::Category;
use crate::random::maths::expm1;
use crate::random::{Address, Chance, DelayTable, Purpose, Shares, Subject};
use crate::time::{Calendar, SimTime, Slot, Span};

use super::activity::Activity;
use super::arrivals::Arrivals;
use super::behavior::{Behavior, RateName, Undeliverable};
use super::history::{History, Memory};
use super::list::{CLOSED, Cell, List, SERVICE_WINDOW, Taken};
use super::odds::{
    ARCHIVE, BLOCK, MUTE, OUTCOMES, Odds, READ_ONLY, REPLY, REPORT, REPORT_AND_BLOCK, Rates, STOP,
    TemplateEffects,
};

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
    /// The message was not read in the time that a rating looks at.
    Unread,
}

impl Act {
    /// Every act; its position is its index in the ring.
    pub const ALL: [Act; 9] = [
        Act::Block,
        Act::Report,
        Act::Stop,
        Act::Mute,
        Act::Archive,
        Act::Reply,
        Act::Read,
        Act::LateReply,
        Act::Unread,
    ];

    /// The kinds that have a delay of their own.
    const DELAYED: [Act; 7] =
        [Act::Block, Act::Report, Act::Stop, Act::Mute, Act::Archive, Act::Reply, Act::Read];

    /// Position in [`Act::ALL`].
    pub const fn index(self) -> usize {
        self as usize
    }

    /// The name of its delay in a profile.
    pub fn name(self) -> &'static str {
        ["block", "report", "stop", "mute", "archive", "reply", "read", "reply", "read"][self.index()]
    }
}

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
        Some(Segment {
            name: name.to_owned(),
            subject: Subject::new(&[name]),
            templates,
            delays,
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
        let due = SimTime(now.0 + age);
        match calendar.slots().get(calendar.slot_from(due) as usize) {
            Some(slot) => slot.at,
            None => {
                let (first, length) = (calendar.start_of(0).0, calendar.slot_length().0);
                SimTime(due.0 + (first - due.0).rem_euclid(length))
            }
        }
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
    /// The weekday of that day, from Monday = 0.
    pub weekday: usize,
    /// Position of its list and template in the ring of arrivals.
    pub streak: usize,
    /// Position of the template among the segment's.
    pub template: usize,
    /// The template's name.
    pub template_name: &'m str,
    /// The template's category.
    pub category: Category,
    /// The number that sends.
    pub number_name: &'m str,
    /// Whether the platform bounds how many marketing messages a person gets.
    pub person_cap: bool,
    /// After how long a rating counts a message as unread, where one does.
    pub unread_after: Option<Span>,
}

impl Moment<'_> {
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
}

impl Segment {
    /// Of customers taken for a send, how many have an open service window: those who answered lately, and others
    /// who happen to have written first within the last 24 h.
    pub fn open_windows(
        &self,
        rates: &Rates,
        taken: &Taken,
        moment: &Moment<'_>,
        calendar: &Calendar,
        chance: &mut Chance,
    ) -> u64 {
        let others = taken.customers - taken.open;
        let days = self.activity.as_ref().map_or(1.0, |activity| activity.last_day(calendar, moment.now));
        let expected = rates.base(RateName::first_messages) * days;
        if expected == 0.0 || others == 0 {
            return taken.open;
        }
        let subject = Subject::new(&[&self.name, moment.template_name, moment.number_name]);
        let address = Address { item: 1, slot: moment.slot, ..Address::of(Purpose::FirstMessage, subject) };
        taken.open + chance.binomial(address, others, -expm1(-expected))
    }

    /// Of `sent` messages, `inside` of them in open windows and `delivered` of them delivered, how many are both.
    pub fn delivered_inside(
        &self,
        sent: u64,
        inside: u64,
        delivered: u64,
        moment: &Moment<'_>,
        chance: &mut Chance,
    ) -> u64 {
        if inside == 0 {
            return 0;
        }
        let subject = Subject::new(&[&self.name, moment.template_name, moment.number_name]);
        let address = Address { item: 2, slot: moment.slot, ..Address::of(Purpose::Deliver, subject) };
        chance.hypergeometric(address, sent, inside, delivered)
    }

    /// How many of `customers` write first in a slot.
    pub fn first_messages(
        &self,
        rates: &Rates,
        customers: u64,
        slot: Slot,
        slot_days: f64,
        number: &str,
        chance: &mut Chance,
    ) -> u64 {
        let days = self.activity.as_ref().map_or(slot_days, |activity| activity.days_in(slot));
        let expected = rates.base(RateName::first_messages) * days * customers as f64;
        let subject = Subject::new(&[&self.name, number]);
        chance.poisson(Address { slot, ..Address::of(Purpose::FirstMessage, subject) }, expected)
    }

    /// Sends a message to those of `taken`: draws what they do, queues what will arrive, and settles them on the list.
    pub fn react(&self, rates: &Rates, taken: &Taken, moment: Moment<'_>, stage: Stage<'_>) -> Reactions {
        let batch = Subject::new(&[&self.name, moment.template_name, moment.number_name]);
        let odds = Odds::new(self, rates, &moment, stage.chance);
        let bounded = moment.person_cap && moment.category == Category::Marketing;
        let mut send = Send {
            at_cap: if bounded { rates.base(RateName::at_person_cap) } else { 0.0 },
            reachable: match self.behavior.undeliverable.value {
                Undeliverable::message => rates.base(RateName::delivered),
                Undeliverable::customer => 1.0,
            },
            late_rows: self.late_rows(&moment, stage.calendar, stage.list.rest()),
            tally: Tally::default(),
            segment: self,
            batch,
            odds,
            moment,
            stage,
        };
        if taken.people.is_empty() {
            send.reach_cells(taken)
        } else {
            send.reach_people(taken)
        }
        let Tally { sent, delivered, capped, .. } = send.tally;
        Reactions { delivered, in_flight: sent - capped - delivered, capped }
    }

    /// The first row of the delays of answers whose arrival matters for the next message: the customer has an open
    /// window, or is still waited for, when the rest is over.
    fn late_rows(&self, moment: &Moment<'_>, calendar: &Calendar, rest: Span) -> usize {
        let ages = self.delays[Act::Reply.index()].ages();
        let late = |age: &i64| self.arrival(calendar, moment.now, *age) + SERVICE_WINDOW > moment.now + rest;
        ages.partition_point(|age| !late(age))
    }
}

/// How long a conversation lasts: 24 h in every ruleset.
const CONVERSATION: Span = Span::hours(24);

/// One batch under way.
struct Send<'s, 'r> {
    segment: &'s Segment,
    odds: Odds<'s>,
    batch: Subject,
    moment: Moment<'r>,
    stage: Stage<'r>,
    at_cap: f64,
    /// The chance that a message reaches a customer who can be reached.
    reachable: f64,
    late_rows: usize,
    tally: Tally,
}

/// What a batch led to, over all pasts.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    sent: u64,
    delivered: u64,
    capped: u64,
    outcome: [u64; OUTCOMES],
    /// Answers that come so early that they do not matter for the next message, or too late for the table.
    early_replies: u64,
    /// Messages that were not read in time, where customers are simulated one by one.
    unread: u64,
}

impl Send<'_, '_> {
    fn at(&self, purpose: Purpose, item: u8, cell: u32) -> Address {
        Address { purpose, item, subject: self.batch, cell, slot: self.moment.slot }
    }

    // ---- counts ---------------------------------------------------------------------------------------------

    fn reach_cells(&mut self, taken: &Taken) {
        let day = self.moment.civil_day();
        let mut pasts: Vec<(History, u64)> = Vec::with_capacity(taken.parts.len());
        for part in &taken.parts {
            let past = self.segment.memory.on(part.history, day);
            match pasts.binary_search_by_key(&past, |(known, _)| *known) {
                Ok(place) => pasts[place].1 += part.customers,
                Err(place) => pasts.insert(place, (past, part.customers)),
            }
        }
        let mut back: Vec<(Cell, SimTime)> = Vec::with_capacity(2 * pasts.len());
        for (past, customers) in pasts {
            self.reach_cell(past, customers, &mut back);
        }
        back.sort_unstable_by_key(|(cell, from)| (*from, cell.key()));
        for (cell, from) in back {
            self.stage.list.settle(cell, from, None);
        }
        self.queue_batch();
    }

    /// Sends to `customers` of one past, who come back by `back`.
    fn reach_cell(&mut self, past: History, customers: u64, back: &mut Vec<(Cell, SimTime)>) {
        let (key, now) = (past.key(self.moment.civil_day()), self.moment.now);
        let capped = match self.at_cap {
            0.0 => 0,
            at_cap => self.stage.chance.binomial(self.at(Purpose::Deliver, 1, key), customers, at_cap),
        };
        let delivered = match (past.unreachable, self.reachable) {
            (true, _) => 0,
            (false, 1.0) => customers - capped,
            (false, chance) => {
                self.stage.chance.binomial(self.at(Purpose::Deliver, 0, key), customers - capped, chance)
            }
        };
        let mut outcome = [0_u64; OUTCOMES];
        let shares = self.odds.shares(past);
        self.stage.chance.split(self.at(Purpose::Outcome, 0, key), delivered, &shares, &mut outcome);
        let after = self.segment.memory.after_delivery(past, self.moment.civil_day());
        let rested = now + self.stage.list.rest();
        let cell =
            |delivered, history, window, customers| Cell { last: now, delivered, window, history, customers };
        let mut staying = delivered - self.leaving(&outcome);
        for (arrives, customers) in self.late_replies(outcome[REPLY], key) {
            staying -= customers;
            back.push((cell(true, after, arrives + SERVICE_WINDOW, customers), arrives.max(rested)));
            self.tally.early_replies -= customers;
        }
        for (delivered, history, customers) in [(false, past, customers - delivered), (true, after, staying)]
        {
            if customers > 0 {
                back.push((cell(delivered, history, CLOSED, customers), rested));
            }
        }
        self.stage.list.leave(self.leaving(&outcome));
        self.add(customers, delivered, capped, &outcome);
    }

    fn add(&mut self, sent: u64, delivered: u64, capped: u64, outcome: &[u64; OUTCOMES]) {
        self.tally.sent += sent;
        self.tally.delivered += delivered;
        self.tally.capped += capped;
        self.tally.outcome.iter_mut().zip(outcome).for_each(|(sum, count)| *sum += count);
    }

    /// Those who leave the list for good.
    fn leaving(&self, outcome: &[u64; OUTCOMES]) -> u64 {
        let stopped = if self.moment.category == Category::Marketing { outcome[STOP] } else { 0 };
        outcome[BLOCK] + outcome[REPORT] + outcome[REPORT_AND_BLOCK] + stopped
    }

    /// Of `replies` of one past, those whose arrival matters for the next message: when, and how many.
    fn late_replies(&mut self, replies: u64, key: u32) -> Vec<(SimTime, u64)> {
        self.tally.early_replies += replies;
        let table = &self.segment.delays[Act::Reply.index()];
        let Some(shares) = part_of(table, self.late_rows..table.ages().len(), 1.0).filter(|_| replies > 0)
        else {
            return Vec::new();
        };
        let mut rows = [0_u64; 16];
        let rows = &mut rows[..table.ages().len() - self.late_rows];
        let item = delay_item(Act::Reply) + self.late_rows as u8;
        self.stage.chance.split(self.at(Purpose::Delay, item, key), replies, &shares, rows);
        let mut late = Vec::new();
        for (age, customers) in table.ages()[self.late_rows..].iter().zip(rows) {
            if *customers > 0 {
                let arrives = self.segment.arrival(self.stage.calendar, self.moment.now, *age);
                self.reply(arrives, *customers);
                late.push((arrives, *customers));
            }
        }
        late
    }

    /// Queues all that is alike for every past of the batch.
    fn queue_batch(&mut self) {
        let outcome = self.tally.outcome;
        let acts: u64 = outcome.iter().sum::<u64>() - outcome[READ_ONLY];
        let read = acts + outcome[READ_ONLY];
        let queued = [
            (Act::Block, outcome[BLOCK] + outcome[REPORT_AND_BLOCK]),
            (Act::Report, outcome[REPORT] + outcome[REPORT_AND_BLOCK]),
            (Act::Stop, outcome[STOP]),
            (Act::Mute, outcome[MUTE]),
            (Act::Archive, outcome[ARCHIVE]),
        ];
        for (act, count) in queued {
            let table = &self.segment.delays[act.index()];
            self.queue(act, count, table.shares(), |send, arrives, count| send.arrive(act, arrives, count));
        }
        let table = &self.segment.delays[Act::Reply.index()];
        if let Some(early) = part_of(table, 0..self.late_rows, late_share(table, self.late_rows)) {
            self.queue(Act::Reply, self.tally.early_replies, &early, Send::reply);
        }
        self.queue_reads(read);
    }

    fn queue_reads(&mut self, read: u64) {
        let table = &self.segment.delays[Act::Read.index()];
        let due = self.moment.unread_after.map(|after| self.moment.now + after);
        let mut in_time = 0;
        self.queue(Act::Read, read, table.shares(), |send, arrives, count| {
            send.arrive(Act::Read, arrives, count);
            if due.is_some_and(|due| arrives <= due) {
                in_time += count;
            }
        });
        if let Some(due) = due {
            self.arrive(Act::Unread, due, self.tally.delivered - in_time);
        }
    }

    /// What arrives at an instant is heard in the first slot that begins then or later.
    fn arrive(&mut self, act: Act, at: SimTime, count: u64) {
        self.stage.arrivals.add(self.stage.calendar.slot_from(at), self.moment.streak, act, count);
    }

    /// Answers that arrive at an instant.
    fn reply(&mut self, arrives: SimTime, count: u64) {
        self.arrive(Act::Reply, arrives, count);
        if arrives >= self.moment.now + CONVERSATION {
            self.arrive(Act::LateReply, arrives, count);
        }
    }

    /// Spreads `count` acts over the rows of their delays and hands each instant of arrival its share.
    fn queue(
        &mut self,
        act: Act,
        count: u64,
        shares: &Shares,
        mut hand: impl FnMut(&mut Self, SimTime, u64),
    ) {
        if count == 0 {
            return;
        }
        let mut rows = [0_u64; 16];
        let address = self.at(Purpose::Delay, delay_item(act), BATCH);
        self.stage.chance.split(address, count, shares, &mut rows[..shares.shares().len()]);
        let table = &self.segment.delays[act.index()];
        for (age, arriving) in table.ages().iter().zip(rows) {
            if arriving > 0 {
                let arrives = self.segment.arrival(self.stage.calendar, self.moment.now, *age);
                hand(self, arrives, arriving);
            }
        }
    }

    // ---- people ---------------------------------------------------------------------------------------------

    fn reach_people(&mut self, taken: &Taken) {
        for (part, person) in taken.parts.iter().zip(&taken.people) {
            let past = self.segment.memory.on(part.history, self.moment.civil_day());
            self.reach_person(*person, past);
        }
        if let Some(after) = self.moment.unread_after {
            self.arrive(Act::Unread, self.moment.now + after, self.tally.unread);
        }
    }

    fn reach_person(&mut self, person: u32, past: History) {
        let draw = self.stage.chance.streams().at(self.at(Purpose::Outcome, ONE_BY_ONE, person));
        let [cap, reached, outcome, act_delay, other_delay, read_delay] = {
            let ((a, b), (c, d), (e, f)) = (draw.pair(0), draw.pair(1), draw.pair(2));
            [a, b, c, d, e, f]
        };
        let capped = cap < self.at_cap;
        let delivered = !capped && !past.unreachable && reached < self.reachable;
        let rested = self.moment.now + self.stage.list.rest();
        let mut cell = Cell { last: self.moment.now, delivered, window: CLOSED, history: past, customers: 1 };
        let mut counts = [0_u64; OUTCOMES];
        let mut from = rested;
        if delivered {
            cell.history = self.segment.memory.after_delivery(past, self.moment.civil_day());
            let row = self.odds.shares(past).row(outcome);
            if let Some(row) = row {
                counts[row] = 1;
                self.act_drawn(Act::Read, read_delay);
                if let Some(arrives) = self.act(row, act_delay, other_delay)
                    && row == REPLY
                    && arrives + SERVICE_WINDOW > rested
                {
                    (cell.window, from) = (arrives + SERVICE_WINDOW, arrives.max(rested));
                }
            }
            self.tally.unread += u64::from(!self.read_in_time(row.is_some(), read_delay));
        }
        self.add(1, u64::from(delivered), u64::from(capped), &counts);
        match self.leaving(&counts) {
            0 => self.stage.list.settle(cell, from, Some(person)),
            gone => self.stage.list.leave(gone),
        }
    }

    /// Queues what a person does; returns when it arrives, if it does.
    fn act(&mut self, row: usize, delay: f64, other: f64) -> Option<SimTime> {
        match row {
            REPORT_AND_BLOCK => {
                self.act_drawn(Act::Block, delay);
                self.act_drawn(Act::Report, other)
            }
            BLOCK => self.act_drawn(Act::Block, delay),
            REPORT => self.act_drawn(Act::Report, delay),
            STOP => self.act_drawn(Act::Stop, delay),
            MUTE => self.act_drawn(Act::Mute, delay),
            ARCHIVE => self.act_drawn(Act::Archive, delay),
            REPLY => self.act_drawn(Act::Reply, delay),
            _ => None,
        }
    }

    /// Queues one act after a delay drawn by `u`.
    fn act_drawn(&mut self, act: Act, u: f64) -> Option<SimTime> {
        let arrives = self.arrival_drawn(act, u)?;
        match act {
            Act::Reply => self.reply(arrives, 1),
            _ => self.arrive(act, arrives, 1),
        }
        Some(arrives)
    }

    fn arrival_drawn(&self, act: Act, u: f64) -> Option<SimTime> {
        let table = &self.segment.delays[act.index()];
        let age = table.ages()[table.shares().row(u)?];
        Some(self.segment.arrival(self.stage.calendar, self.moment.now, age))
    }

    fn read_in_time(&self, read: bool, u: f64) -> bool {
        let Some(after) = self.moment.unread_after.filter(|_| read) else { return false };
        self.arrival_drawn(Act::Read, u).is_some_and(|arrives| arrives <= self.moment.now + after)
    }
}

/// The rows `range` of a table as shares of what is left of 1 after `others`; nothing where there is no row.
fn part_of(table: &DelayTable, range: std::ops::Range<usize>, left: f64) -> Option<Shares> {
    let rows = &table.shares().shares()[range];
    if rows.is_empty() || left <= 0.0 {
        return None;
    }
    let mut shares = [0.0; 16];
    for (share, row) in shares.iter_mut().zip(rows) {
        *share = (row / left).min(1.0);
    }
    Shares::new(&shares[..rows.len()]).ok()
}

/// What the rows from `late` on leave of 1.
fn late_share(table: &DelayTable, late: usize) -> f64 {
    1.0 - table.shares().shares()[late..].iter().sum::<f64>()
}

/// The cell of draws that concern a whole batch: no past has this key.
const BATCH: u32 = u32::MAX;

/// The item of draws for one customer.
const ONE_BY_ONE: u8 = u8::MAX;

/// Each kind of act has 16 items of its own for the rows of its table.
fn delay_item(act: Act) -> u8 {
    act.index() as u8 * 16
}
