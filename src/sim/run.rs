//! The loop: next-event time advance over platform, audience, sender and calendar.
//!
//! ```text
//!   next instant = the earliest of
//!     platform   a term ends, a rating is due, a clause's own clock strikes
//!     audience   the next slot in which reactions arrive
//!     sender     the next slot in which sending is allowed
//!     calendar   a decision arrives
//!   then, at that instant, in this order:
//!     1 terms, decisions   2 arrivals   3 ratings   4 clocks   5 sends   6 arrivals without delay
//! ```
//!
//! Between two instants at which anything else happens a run listens: arrivals and evaluations follow one another, and
//! nobody else is asked for the next instant until one of them has changed something.
//!
//! A run waits in class 5, where the counts of what was sent are drawn with those of the replications beside it (see
//! [`Table`]); from one send to the next it goes on by itself, unless that is a long way, which all go in turns.
//!
//! A party that changes its mind changes its answer: there are no cancelled events and no sequence numbers, and idle
//! hours cost nothing. What watches is a parameter: a [`Probe`] never changes a run.

use std::ops::Range;

use crate::abreast::ABREAST;
use crate::audience::{self, Act, Arrivals, List, ListPlan, RateName, Rates, Room, Taken, feedback};
use crate::few::{Few, One};
use crate::glossary::Feedback;
use crate::platform::price::OpenConversations;
use crate::platform::{Admission, Change, Platform, Score, What};
use crate::random::{Chance, NearCounts, NearUniforms, Player, Streams, Table};
use crate::sender::{Desk, Observation, State, Tally};
use crate::time::{DAY, SimTime, Slot};

use super::abreast::Abreast;
use super::account::Account;
use super::chats::days_of;
use super::decisions::Pending;
use super::diary::{AtEnd, Diary, Scores, best_tier, counted_as};
use super::ready::{Lane, Scenario, SendingNumber, Streak};
use super::send::Shown;
use super::thresholds::draw_thresholds;
use super::trajectory::{Counts, Ledger, Metric, Trajectory};

/// What watches a run. It is told what happens and cannot change it.
pub trait Probe {
    /// The platform changed, with the score of the number at that instant.
    fn change(&mut self, change: &Change, score: Option<Score>);
    /// The sender sent a batch.
    fn sent(&mut self, batch: &Batch);
    /// Whether it watches at all.
    fn watches(&self) -> bool {
        true
    }
}

/// One send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Batch {
    /// When.
    pub at: SimTime,
    /// Position of the number among the platform's.
    pub number: usize,
    /// Position of the template among the platform's.
    pub template: usize,
    /// Messages that the plan asked for.
    pub asked: u64,
    /// Messages that the list could not supply.
    pub short_of_list: u64,
    /// What the platform admitted and refused.
    pub admission: Admission,
    /// Of the admitted, those to customers whose service window was open.
    pub in_window: u64,
    /// Delivered messages.
    pub delivered: u64,
    /// Of the delivered, those inside an open service window: they use up no limit.
    pub delivered_in_window: u64,
}

/// Watches nothing.
#[derive(Clone, Copy, Debug)]
pub struct Unwatched;

impl Probe for Unwatched {
    fn change(&mut self, _: &Change, _: Option<Score>) {}
    fn sent(&mut self, _: &Batch) {}
    fn watches(&self) -> bool {
        false
    }
}

/// Replications that are run side by side on one thread.
pub const BESIDE: u64 = ABREAST as u64;

impl Scenario {
    /// Runs replication `index`: one random future, addressed by (scenario, seed, index).
    pub fn replicate(&self, index: u64) -> Trajectory {
        self.watch(index, &mut Unwatched)
    }

    /// Runs several replications, in order of index, [`BESIDE`] at a time side by side: each is the one that
    /// [`Scenario::replicate`] gives, bit for bit, and together they take less time than one after another.
    pub fn replicate_all(&self, indices: Range<u64>) -> Vec<Trajectory> {
        let count = indices.end.saturating_sub(indices.start) as usize;
        self.watch_all(indices, &mut vec![Unwatched; count])
    }

    /// Runs replication `index` and tells `probe` what happens. The trajectory is the same as without.
    pub fn watch(&self, index: u64, probe: &mut dyn Probe) -> Trajectory {
        let table = Table::default();
        table.alone(Run::new(self, index, probe, Some(self.ring), &table).play())
    }

    /// Runs several replications as [`Scenario::replicate_all`] does, and tells what happens in each to a probe of its
    /// own.
    pub fn watch_all<P: Probe>(&self, indices: Range<u64>, probes: &mut [P]) -> Vec<Trajectory> {
        let (table, abreast) = (Table::default(), self.goes_abreast());
        let mut watched: Vec<(u64, &mut P)> = indices.zip(probes).collect();
        let mut trajectories = Vec::with_capacity(watched.len());
        for group in watched.chunks_mut(ABREAST) {
            let abreast = abreast && group.len() >= FEWEST_ABREAST;
            // What runs abreast wait for has a ring of its own.
            let ring = (!abreast).then_some(self.ring);
            let runs = group.iter_mut().map(|(index, probe)| Run::new(self, *index, *probe, ring, &table));
            trajectories.extend(match abreast {
                true => Abreast::new(self, runs.collect()).play(),
                false => table.together(runs.map(Run::player).collect()),
            });
        }
        trajectories
    }
}

/// Fewer than these take less time where each goes by itself.
const FEWEST_ABREAST: usize = 4;

/// A slot in which something arrives, and when it begins.
#[derive(Clone, Copy)]
pub(super) struct Arrival {
    pub(super) slot: Slot,
    pub(super) at: SimTime,
}

/// One replication under way.
pub(super) struct Run<'s, 'p> {
    pub(super) scenario: &'s Scenario,
    pub(super) probe: &'p mut dyn Probe,
    /// Whether the probe watches.
    pub(super) watched: bool,
    pub(super) chance: Chance,
    pub(super) platform: Platform<'s>,
    /// The list of each lane.
    pub(super) lists: One<List>,
    /// The chances of each segment.
    pub(super) rates: One<Rates>,
    /// Reactions under way, by lane and template.
    pub(super) arrivals: Arrivals,
    /// Room for batches to react in.
    pub(super) room: Room,
    /// Decisions that the platform will hear of.
    pub(super) pending: Pending,
    /// What is paid, where something is priced.
    pub(super) account: Option<Account<'s>>,
    /// How each sending number is sent from, and what its sender counts.
    pub(super) states: One<State>,
    pub(super) tallies: One<Tally>,
    /// What the sender knows of its templates.
    pub(super) desk: Desk,
    /// Who answers customers' chats.
    pub(super) help_desk: Option<audience::Desk<'s>>,
    /// How the sender's templates stand, as it sees them in a slot.
    pub(super) shown: Shown,
    /// What a number sends to each segment in a slot \[messages\].
    pub(super) parts: Few<u64>,
    /// Whose messages are held, by lane and template.
    pub(super) held: One<Taken>,
    /// Templates whose held messages go out at this instant.
    pub(super) released: Vec<usize>,
    /// The instant that is under way.
    now: SimTime,
    /// When the civil day that is under way is over.
    pub(super) day_over: SimTime,
    /// Position among the eras that begin during the run.
    next_era: usize,
    /// Position in the scenario's sending slots.
    pub(super) next_send: usize,
    /// Slots before this one have been heard.
    heard: Slot,
    /// The next slot in which customers may write first.
    next_first: Slot,
    /// Who writes first, by lane.
    pub(super) writing: One<Writing>,
    pub(super) changes: Vec<Change>,
    /// Whether the platform changed since this was asked last.
    pub(super) changed: bool,
    pub(super) diary: Diary,
}

/// Customers of a lane who write first.
#[derive(Clone, Default)]
pub(super) struct Writing {
    /// Those of the slot before the next \[messages\]: they arrive when it is over.
    count: u64,
    /// How many there are, and how many of them are in an open conversation: numbers of neighbouring slots.
    counts: NearCounts,
    pub(super) in_conversation: NearUniforms,
}

impl<'s, 'p> Run<'s, 'p> {
    /// Replication `index`, with room for reactions that are up to `ring` slots under way, or for none.
    fn new(
        scenario: &'s Scenario,
        index: u64,
        probe: &'p mut dyn Probe,
        ring: Option<usize>,
        table: &Table,
    ) -> Run<'s, 'p> {
        let streams = Streams::new(scenario.setting.seed, index);
        let mut chance = Chance::at_table(streams, scenario.held, table).with_pinned(&scenario.pinned);
        let thresholds = draw_thresholds(&scenario.thresholds, &chance);
        let platform = Platform::open_under(&scenario.rules, &scenario.opening, &thresholds);
        let number_rating = scenario.rules.number_rating_at(SimTime::START);
        let drawn = number_rating.and_then(|place| thresholds.get(place));
        let thresholds = drawn.map_or((0.0, 0.0), |t| (t.medium_from.as_f64(), t.low_from.as_f64()));
        let rates: One<Rates> =
            scenario.segments.iter().map(|segment| Rates::draw(segment, &chance)).collect();
        let streaks = scenario.lanes.len() * scenario.templates.len();
        let writes_first = rates.iter().any(|rates| rates.base(RateName::first_messages) > 0.0);
        Run {
            diary: Diary::open(scenario, &platform, thresholds),
            lists: lists(scenario, &rates, &mut chance),
            arrivals: ring.map_or_else(Arrivals::none, |slots| Arrivals::new(slots, streaks)),
            room: Room::default(),
            pending: Pending::open(scenario, &chance),
            account: scenario.prices.as_ref().map(|prices| prices.open()),
            states: One::from_elem(State::default(), scenario.senders.len()),
            tallies: One::from_elem(Tally::default(), scenario.senders.len()),
            desk: Desk::default(),
            help_desk: None,
            shown: Shown::new(scenario.templates.len()),
            parts: Few::from_elem(0, scenario.segments.len()),
            held: One::from_elem(Taken::default(), streaks),
            released: Vec::new(),
            now: SimTime(-1),
            day_over: scenario.day_over(0),
            next_era: 0,
            next_send: 0,
            heard: 0,
            next_first: if writes_first { 0 } else { Slot::MAX },
            writing: One::from_elem(Writing::default(), if writes_first { scenario.lanes.len() } else { 0 }),
            changes: Vec::new(),
            changed: true,
            watched: probe.watches(),
            probe,
            platform,
            rates,
            chance,
            scenario,
        }
    }

    /// Begins, before anything else.
    pub(super) fn begin(&mut self) {
        self.staff();
        self.platform.begin(SimTime::START, &mut self.changes);
        self.tell(SimTime::START);
    }

    /// The run as a player at its table.
    fn player<'r>(self) -> Player<'r, Trajectory>
    where
        Self: 'r,
    {
        Box::pin(self.play())
    }

    /// From the start to the end.
    async fn play(mut self) -> Trajectory {
        self.begin();
        while let Some(send) = self.go_on() {
            if !self.released.is_empty() {
                self.send_held(self.now).await;
            }
            if send {
                self.send(self.now).await;
            }
            self.hear_arrivals(self.now);
        }
        self.close_days(self.scenario.setting.calendar.end());
        self.finish()
    }

    /// Goes on to the next instant at which something is sent, and there up to class 5; tells whether the sender sends,
    /// or only what was held goes out. Nothing once the run is over.
    fn go_on(&mut self) -> Option<bool> {
        let end = self.scenario.setting.calendar.end();
        loop {
            let term = self.platform.next_term(self.now).max(SimTime(self.now.0 + 1));
            let send = self.next_send_at();
            let others =
                self.next_slow_answer().min(self.platform.next_clock(self.now)).min(self.pending.next());
            let next = term.min(send).min(others).min(self.next_era_at()).min(end);
            if self.listen(next) {
                continue;
            }
            self.now = next;
            if self.now >= end {
                return None;
            }
            self.close_days(self.now);
            self.before_sends(self.now, self.now == term);
            if self.now == send || !self.released.is_empty() {
                return Some(self.now == send);
            }
        }
    }

    /// Goes through the instants before `until` at which customers are heard and ratings are evaluated, and nothing
    /// else happens; stops early, and says so, where that changed something that other instants are asked of.
    fn listen(&mut self, until: SimTime) -> bool {
        loop {
            let (arrival, first) = (self.next_arrival(), self.next_first_message());
            let heard = arrival.at.min(first).min(until);
            let next = self.platform.next_evaluation_before(heard).unwrap_or(heard);
            if next >= until {
                return false;
            }
            self.now = next;
            self.close_days(next);
            if first == next {
                self.count_first_messages(next);
            }
            let mut changed = arrival.at == next && self.hear(arrival);
            self.platform.evaluate(next, &mut self.changes);
            changed |= self.tell(next);
            // What is heard gives a help desk work, and so another instant at which an answer is slow.
            if changed || self.help_desk.is_some() {
                return true;
            }
        }
    }

    /// The first four classes of one instant.
    fn before_sends(&mut self, now: SimTime, term: bool) {
        self.amend(now);
        self.end_terms(now, term);
        self.hear_slow_answers(now);
        self.count_first_messages(now);
        self.hear_arrivals(now);
        self.platform.evaluate(now, &mut self.changes);
        self.tell(now);
        self.strike_clocks(now);
    }

    /// Class 1: terms end, and decisions arrive.
    pub(super) fn end_terms(&mut self, now: SimTime, term: bool) {
        if term {
            // A review may end without anything else.
            self.changed = true;
            self.platform.terms(now, &mut self.changes);
            self.tell(now);
        }
        self.decide(now);
    }

    /// Whether the clock of a clause strikes.
    pub(super) fn clock_strikes(&self, now: SimTime) -> bool {
        self.platform.next_clock(SimTime(now.0 - 1)) == now
    }

    /// Class 4: clauses whose own clock strikes are judged.
    pub(super) fn strike_clocks(&mut self, now: SimTime) {
        if self.clock_strikes(now) {
            self.platform.clocks(now, &mut self.changes);
            self.tell(now);
        }
    }

    fn next_era_at(&self) -> SimTime {
        self.scenario.later.get(self.next_era).map_or(SimTime::NEVER, |era| era.from)
    }

    /// Class 1, before anything else: the rules of the next era.
    fn amend(&mut self, now: SimTime) {
        if self.next_era_at() != now {
            return;
        }
        let era = &self.scenario.later[self.next_era];
        self.next_era += 1;
        let thresholds = draw_thresholds(&era.thresholds, &self.chance);
        self.platform.amend(&era.rules, &era.amendment, &thresholds, now, &mut self.changes);
        if let Some(desk) = &mut self.help_desk {
            desk.advance(now);
            desk.amend(era.rules.answer_within());
        }
        self.tell(now);
    }

    /// The next slot in which something arrives, and when it begins.
    #[inline]
    fn next_arrival(&mut self) -> Arrival {
        let slot = self.arrivals.next(self.heard).unwrap_or(Slot::MAX);
        Arrival { slot, at: self.scenario.setting.calendar.begin_of(slot) }
    }

    pub(super) fn next_first_message(&self) -> SimTime {
        self.scenario.setting.calendar.begin_of(self.next_first)
    }

    fn next_send_at(&self) -> SimTime {
        self.scenario.send_at(self.next_send)
    }

    /// Class 2: customers who wrote first are heard, and counted.
    fn count_first_messages(&mut self, now: SimTime) {
        let heard = self.hear_first_messages(now);
        self.diary.count(Metric::WroteFirst, heard);
    }

    /// Class 2: customers who wrote first in the slot that is over are heard; those of the slot that begins are drawn,
    /// and come to the help desk in its course.
    ///
    /// Returns how many are heard.
    pub(super) fn hear_first_messages(&mut self, now: SimTime) -> u64 {
        if self.next_first_message() != now {
            return 0;
        }
        let mut heard = 0;
        let (slot, scenario) = (self.next_first, self.scenario);
        self.next_first += 1;
        let days = scenario.setting.calendar.slot_length().0 as f64 / DAY as f64;
        for (place, lane) in scenario.lanes.iter().enumerate() {
            let customers = self.lists[place].remaining();
            let (segment, rates) = (&scenario.segments[lane.segment], &self.rates[lane.segment]);
            let subject = lane.list.subject;
            let luck = (&mut self.chance, &mut self.writing[place].counts);
            let count = segment.first_messages(rates, customers, slot, days, subject, luck);
            if count > 0 {
                self.chat(slot, lane.sender, count);
            }
            let wrote = std::mem::replace(&mut self.writing[place].count, count);
            if wrote > 0 {
                self.hear_first(place, wrote, slot - 1, now);
            }
            heard += wrote;
        }
        self.tell(now);
        heard
    }

    /// So many customers of a lane wrote first in a slot.
    fn hear_first(&mut self, place: usize, count: u64, slot: Slot, now: SimTime) {
        let lane = &self.scenario.lanes[place];
        self.platform.hear_of_number(now, lane.number, Feedback::CustomerFirst, count);
        let opening = self.outside_conversations(place, count, slot, now);
        self.open_by_customers(now, lane.segment, opening);
    }

    /// Class 2 and 6: what arrives in the slot that begins at `now`, if anything does.
    fn hear_arrivals(&mut self, now: SimTime) {
        let arrival = self.next_arrival();
        if arrival.at == now {
            self.hear(arrival);
        }
    }

    /// What arrives in a slot; tells whether that changed anything.
    #[inline]
    fn hear(&mut self, Arrival { slot, at: now }: Arrival) -> bool {
        self.heard = slot;
        let Run { arrivals, platform, changes, diary, scenario, tallies, help_desk, account, .. } = self;
        arrivals.take(slot, |streak, acts| {
            let Streak { sender, number, template, segment } = scenario.streaks[streak];
            let of = |act: Act| acts[act.index()];
            let tally = &mut tallies[sender];
            for act in Act::ALL {
                if let Some(metric) = counted_as(act) {
                    show(tally, metric, of(act));
                    diary.count(metric, of(act));
                }
            }
            if let Some(desk) = help_desk.as_mut().filter(|_| of(Act::Reply) > 0) {
                desk.hear(slot, sender, of(Act::Reply));
            }
            if let Some(account) = account.as_mut().filter(|_| of(Act::LateReply) > 0) {
                let market = scenario.markets[segment];
                diary.charge(account.customer_messages(now, market, of(Act::LateReply)));
            }
            platform.hear_feedback(now, number, template, &feedback(acts), changes);
        });
        self.tell(now)
    }

    /// Takes note of the changes that were made, acts on those that ask for it, and passes them on; tells whether there
    /// were any.
    #[inline]
    pub(super) fn tell(&mut self, now: SimTime) -> bool {
        let changed = !self.changes.is_empty();
        if changed {
            self.tell_all(now);
        }
        changed
    }

    fn tell_all(&mut self, now: SimTime) {
        (self.changed, self.shown.stale) = (true, true);
        let mut changes = std::mem::take(&mut self.changes);
        for change in changes.drain(..) {
            self.diary.note(&change);
            if matches!(change.what, What::TierRose { .. } | What::TierFell { .. } | What::Amended { .. }) {
                self.diary.hold(best_tier(self.scenario, &self.platform), change.at);
            }
            self.follow(&change, now);
            if self.watched {
                let score = self.platform.score(self.scenario.senders[0].number, now);
                self.probe.change(&change, score);
            }
        }
        // Its room, for the next changes; those that came meanwhile are told at the next instant.
        changes.append(&mut self.changes);
        self.changes = changes;
    }

    /// Closes the civil days that are over before `now`, with how things stand at their end.
    #[inline]
    fn close_days(&mut self, now: SimTime) {
        while self.day_over <= now {
            let over = self.day_over;
            let at_end = self.at_end();
            let counts = self.diary.counts();
            self.diary.sum(&counts);
            self.close_day(&counts, at_end);
            // What was sent before can use up a limit without any send.
            let scenario = self.scenario;
            scenario.senders.iter().for_each(|own| self.look_at_limit(own.number, over));
        }
    }

    /// Closes the civil day under way, on which this was counted.
    pub(super) fn close_day(&mut self, counts: &Counts, at_end: AtEnd) {
        self.diary.close(self.day_over, counts, at_end, self.scenario, &mut self.platform);
        self.day_over = self.scenario.day_over(self.diary.day());
    }

    /// What the diary asks nobody about the end of the civil day under way.
    fn at_end(&mut self) -> AtEnd {
        AtEnd {
            scores: Scores::of(self.scenario, &mut self.platform, SimTime(self.day_over.0 - 1)),
            entries: self.lists.iter().map(List::entries).sum(),
            capacity: None,
            backlog: self.backlog(),
            conversations_open: self.conversations_open(self.day_over),
        }
    }

    /// People whom the plan's campaign has still to reach, of all numbers together; nothing where the plan is none.
    pub(super) fn backlog(&self) -> Option<u64> {
        self.scenario.setting.campaign?;
        let left = |(sender, own): (usize, &SendingNumber)| {
            let seen = Observation {
                part: own.part,
                held: self.held_by(sender),
                so_far: self.tallies[sender],
                ..Observation::at_start(&[], &[])
            };
            Some(self.scenario.strategy.remaining(&self.states[sender], &seen)?.left)
        };
        self.scenario.senders.iter().enumerate().map(left).sum()
    }

    /// Conversations open just before a day is over; nothing where none are known.
    fn conversations_open(&self, over: SimTime) -> Option<u64> {
        let account = self.account.as_ref().filter(|_| self.scenario.setting.conversations)?;
        let OpenConversations { business, customer } = account.open_at(SimTime(over.0 - 1));
        Some(business + customer)
    }

    pub(super) fn finish(mut self) -> Trajectory {
        let ledger = Ledger {
            customers: self.scenario.customers(),
            in_list: self.lists.iter().map(List::remaining).sum(),
            gone: self.lists.iter().map(List::gone).sum(),
            in_flight: 0,
            held: self.held.iter().map(|held| held.customers).sum(),
        };
        let chats = self.help_desk.take().map(days_of).unwrap_or_default();
        let draws = self.chance.drawn();
        Trajectory { draws, ..self.diary.finish(self.scenario, ledger, chats) }
    }
}

/// The sender is shown what was counted, as far as a provider shows it.
#[inline]
pub(super) fn show(tally: &mut Tally, metric: Metric, count: u64) {
    match metric {
        Metric::Sent => tally.sent += count,
        Metric::Delivered => tally.delivered += count,
        Metric::Read => tally.read += count,
        Metric::Replied => tally.replied += count,
        Metric::Stopped => tally.stopped += count,
        _ => {}
    }
}

/// The lists of a replication: where customers are unreachable by themselves, each list has its own share of them.
fn lists(scenario: &Scenario, rates: &[Rates], chance: &mut Chance) -> One<List> {
    let list = |lane: &Lane| {
        let (segment, number) = (&scenario.segments[lane.segment], &scenario.senders[lane.sender].name);
        let unreachable = segment.unreachable(&rates[lane.segment], lane.list.customers, number, chance);
        List::new(ListPlan { unreachable, ..lane.list.clone() }, scenario.sampling)
    };
    scenario.lanes.iter().map(list).collect()
}

impl Scenario {
    /// When the slot begins that is the `place`-th in which sending is allowed; never where there are not so many.
    pub(super) fn send_at(&self, place: usize) -> SimTime {
        let slots = self.setting.calendar.slots();
        self.sending.get(place).map_or(SimTime::NEVER, |sending| slots[sending.slot as usize].at)
    }

    /// When civil day `day` is over; never, after the last.
    fn day_over(&self, day: usize) -> SimTime {
        let calendar = &self.setting.calendar;
        if day < calendar.days() { calendar.midnight(day + 1).min(calendar.end()) } else { SimTime::NEVER }
    }
}
