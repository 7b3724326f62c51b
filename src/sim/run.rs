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
//! A party that changes its mind changes its answer: there are no cancelled events and no sequence numbers, and idle
//! hours cost nothing. What watches is a parameter: a [`Probe`] never changes a run.

use crate::audience::{Act, Arrivals, List, Moment, Rates, Stage};
use crate::glossary::{NumberStatus, TemplateStatus};
use crate::platform::{Admission, Change, Platform, Score, Signal, What};
use crate::random::{Address, Purpose, Streams, Subject};
use crate::sender::Observation;
use crate::time::{DAY, SimTime, Slot};

use super::load::{MOST_IN_SLOT, Scenario, draw_thresholds};
use super::scenario::Verification;
use super::trajectory::{Counts, Day, Ledger, Metric, Reason, Trajectory};

/// What watches a run. It is told what happens and cannot change it.
pub trait Probe {
    /// The platform changed, with the score of the number at that instant.
    fn change(&mut self, change: &Change, score: Option<Score>);
    /// The sender sent a batch.
    fn sent(&mut self, batch: &Batch);
}

/// One send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Batch {
    /// When.
    pub at: SimTime,
    /// Position of the template among the platform's.
    pub template: usize,
    /// Messages that the plan asked for.
    pub asked: u64,
    /// Messages that the list could not supply.
    pub short_of_list: u64,
    /// What the platform admitted and refused.
    pub admission: Admission,
    /// Delivered messages.
    pub delivered: u64,
}

/// Watches nothing.
#[derive(Clone, Copy, Debug)]
pub struct Unwatched;

impl Probe for Unwatched {
    fn change(&mut self, _: &Change, _: Option<Score>) {}
    fn sent(&mut self, _: &Batch) {}
}

impl Scenario {
    /// Runs replication `index`: one random future, addressed by (scenario, seed, index).
    pub fn replicate(&self, index: u64) -> Trajectory {
        self.watch(index, &mut Unwatched)
    }

    /// Runs replication `index` and tells `probe` what happens. The trajectory is the same as without.
    pub fn watch(&self, index: u64, probe: &mut dyn Probe) -> Trajectory {
        Run::new(self, index, probe).play()
    }
}

/// One replication under way.
struct Run<'s, 'p> {
    scenario: &'s Scenario,
    probe: &'p mut dyn Probe,
    streams: Streams,
    platform: Platform<'s>,
    list: List,
    rates: Rates,
    arrivals: Arrivals,
    /// When the business is verified.
    verified_at: SimTime,
    /// Position in the scenario's sending slots.
    next_send: usize,
    /// Slots before this one have been heard.
    heard: Slot,
    changes: Vec<Change>,
    today: Today,
    sending_days: usize,
    days: Vec<Day>,
    /// Failures by the civil day on which the time to live ends.
    failures: Vec<u64>,
    outcome: Trajectory,
}

/// What is counted during a civil day.
#[derive(Clone, Copy, Debug, Default)]
struct Today {
    counts: Counts,
    asked: u64,
    capacity_used: u16,
    limited: bool,
    short: bool,
    refused: bool,
}

impl<'s, 'p> Run<'s, 'p> {
    fn new(scenario: &'s Scenario, index: u64, probe: &'p mut dyn Probe) -> Run<'s, 'p> {
        let streams = Streams::new(scenario.setting.seed, index);
        let mut opening = scenario.opening.clone();
        opening.thresholds = draw_thresholds(&scenario.thresholds, &streams);
        let number_rating = scenario.rules.number_rating_at(SimTime::START);
        let drawn = number_rating.and_then(|place| opening.thresholds.get(place));
        let thresholds = drawn.map_or((0.0, 0.0), |t| (t.medium_from.as_f64(), t.low_from.as_f64()));
        let platform = Platform::open(&scenario.rules, &opening);
        let mut reached = vec![None; scenario.rules.tiers.len()];
        reached[..=platform.tier(scenario.number)].fill(Some(SimTime::START));
        let days = scenario.setting.calendar.days();
        Run {
            probe,
            platform,
            list: scenario.list.clone(),
            rates: Rates::draw(&scenario.segment, &streams),
            arrivals: Arrivals::new(scenario.ring, scenario.templates.len()),
            verified_at: verified_at(scenario, &streams),
            next_send: 0,
            heard: 0,
            changes: Vec::new(),
            today: Today::default(),
            sending_days: 0,
            days: Vec::with_capacity(days),
            failures: vec![0; days],
            outcome: Trajectory {
                days: Vec::new(),
                reached,
                totals: Counts::default(),
                final_tier: 0,
                flags: 0,
                downgrades: 0,
                restrictions: 0,
                template_flags: 0,
                templates_disabled: 0,
                banned: false,
                thresholds,
                ledger: Ledger::default(),
            },
            streams,
            scenario,
        }
    }

    fn play(mut self) -> Trajectory {
        let end = self.scenario.setting.calendar.end();
        let mut now = SimTime(-1);
        loop {
            let term = self.platform.next_term(now).max(SimTime(now.0 + 1));
            let arrival = self.next_arrival();
            let evaluation = self.platform.next_evaluation();
            let clock = self.platform.next_clock(now);
            let send = self.next_send_at();
            now = term.min(arrival).min(evaluation).min(clock).min(send).min(self.verified_at);
            if now >= end {
                break;
            }
            self.close_days(now);
            self.instant(now, now == term, now == send);
        }
        self.close_days(end);
        self.finish()
    }

    /// The six classes of one instant.
    fn instant(&mut self, now: SimTime, term: bool, send: bool) {
        if term {
            self.platform.terms(now, &mut self.changes);
            self.tell(now);
        }
        if self.verified_at == now {
            self.verified_at = SimTime::NEVER;
            self.platform.hear(now, Signal::Verified, &mut self.changes);
            self.tell(now);
        }
        self.hear_arrivals(now);
        if self.platform.next_evaluation() == now {
            self.platform.evaluate(now, &mut self.changes);
            self.tell(now);
        }
        if self.platform.next_clock(SimTime(now.0 - 1)) == now {
            self.platform.clocks(now, &mut self.changes);
            self.tell(now);
        }
        if send {
            self.send(now);
            self.hear_arrivals(now);
        }
    }

    fn next_arrival(&mut self) -> SimTime {
        let slots = self.scenario.setting.calendar.slots();
        let next = self.arrivals.next(self.heard);
        next.and_then(|slot| slots.get(slot as usize)).map_or(SimTime::NEVER, |slot| slot.at)
    }

    fn next_send_at(&self) -> SimTime {
        let slots = self.scenario.setting.calendar.slots();
        let next = self.scenario.sending.get(self.next_send);
        next.map_or(SimTime::NEVER, |sending| slots[sending.slot as usize].at)
    }

    /// Class 2 and 6: what arrives in the slot that begins at `now`.
    fn hear_arrivals(&mut self, now: SimTime) {
        let slots = self.scenario.setting.calendar.slots();
        let Some(slot) = self.arrivals.next(self.heard) else { return };
        if slots.get(slot as usize).is_none_or(|start| start.at != now) {
            return;
        }
        self.heard = slot;
        let Run { arrivals, platform, changes, today, outcome, scenario, .. } = self;
        arrivals.take(slot, |arrival| {
            let metric = metric_of(arrival.act);
            today.counts[metric as usize] += arrival.count;
            outcome.totals[metric as usize] += arrival.count;
            if let Some(kind) = arrival.act.feedback() {
                let template = scenario.templates[arrival.template].2;
                let signal =
                    Signal::Feedback { number: scenario.number, template, kind, count: arrival.count };
                platform.hear(now, signal, changes);
            }
        });
        self.tell(now);
    }

    /// Class 5: the strategy is asked for this slot, and its send is delivered.
    fn send(&mut self, now: SimTime) {
        let scenario = self.scenario;
        let sending = scenario.sending[self.next_send];
        self.next_send += 1;
        let number = scenario.number;
        let statuses: Vec<TemplateStatus> =
            scenario.templates.iter().map(|(_, _, place)| self.platform.template_status(*place)).collect();
        let seen = Observation {
            day: self.days.len(),
            sending_days: self.sending_days,
            slot: sending.place,
            slots: sending.of,
            limit: self.platform.limit(number),
            capacity: self.platform.capacity(number, now),
            status: self.platform.number_status(number),
            rating: self.platform.rating(number),
            templates: &statuses,
            asked_today: self.today.asked,
        };
        let plan = scenario.strategy.decide(&seen);
        let asked = plan.messages.min(MOST_IN_SLOT);
        if asked == 0 {
            return;
        }
        self.today.asked += asked;
        let supplied = asked.min(self.list.available(now));
        let (name, category, template) = &scenario.templates[plan.template];
        let admission = self.platform.admit(number, *template, supplied, now);
        let mut delivered = 0;
        if admission.admitted > 0 {
            let taken = self.list.take(admission.admitted, now, sending.slot, &self.streams);
            let moment = Moment {
                now,
                slot: sending.slot,
                day: self.days.len(),
                template: plan.template,
                template_name: name,
                category: *category,
            };
            let calendar = &scenario.setting.calendar;
            let Run { rates, list, arrivals, streams, .. } = self;
            let segment = &scenario.segment;
            let stage = Stage { calendar, streams, list, arrivals };
            let reactions = segment.react(rates, taken.customers, moment, stage);
            delivered = reactions.delivered;
            self.fail_later(now, reactions.in_flight);
            let (sent, again) = (taken.customers, taken.again.as_slice());
            let signal = Signal::Sent { number, template: *template, sent, delivered, again };
            self.platform.hear(now, signal, &mut self.changes);
        }
        self.count_send(now, asked - supplied, &admission, delivered);
        let short_of_list = asked - supplied;
        self.probe.sent(&Batch { at: now, template: *template, asked, short_of_list, admission, delivered });
        self.tell(now);
    }

    fn count_send(&mut self, now: SimTime, short: u64, admission: &Admission, delivered: u64) {
        let refused = admission.refused + admission.rejected;
        let counted = [
            (Metric::Sent, admission.admitted),
            (Metric::Delivered, delivered),
            (Metric::Refused, refused),
            (Metric::ShortOfList, short),
        ];
        for (metric, count) in counted {
            self.today.counts[metric as usize] += count;
            self.outcome.totals[metric as usize] += count;
        }
        self.today.short |= short > 0;
        self.today.refused |= refused > 0;
        let number = self.scenario.number;
        if let Some(limit) = self.platform.limit(number) {
            let used = self.platform.reached(number, now) * 1_000 / limit.max(1);
            self.today.capacity_used = self.today.capacity_used.max(used.min(u64::from(u16::MAX)) as u16);
            self.today.limited = true;
        }
    }

    /// Undelivered messages fail on the day on which their time to live ends, or stay in flight beyond the horizon.
    fn fail_later(&mut self, now: SimTime, messages: u64) {
        let fails = now + self.scenario.time_to_live;
        let calendar = &self.scenario.setting.calendar;
        if fails < calendar.end() {
            self.failures[calendar.day_of(fails)] += messages;
        } else {
            self.outcome.ledger.in_flight += messages;
        }
    }

    /// Takes note of the changes that were made, and passes them on.
    fn tell(&mut self, now: SimTime) {
        if self.changes.is_empty() {
            return;
        }
        for change in std::mem::take(&mut self.changes) {
            let outcome = &mut self.outcome;
            match change.what {
                What::TierRose { to, .. } => {
                    for reached in outcome.reached[..=to].iter_mut().filter(|reached| reached.is_none()) {
                        *reached = Some(change.at);
                    }
                }
                What::TierFell { .. } => outcome.downgrades += 1,
                What::NumberEntered { status: NumberStatus::Flagged, .. } => outcome.flags += 1,
                What::NumberEntered { status: NumberStatus::Restricted, .. } => outcome.restrictions += 1,
                What::NumberEntered { status: NumberStatus::Banned, .. } => outcome.banned = true,
                What::TemplateEntered { status: TemplateStatus::Flagged, .. } => outcome.template_flags += 1,
                What::TemplateEntered { status: TemplateStatus::Disabled, .. } => {
                    outcome.templates_disabled += 1
                }
                _ => {}
            }
            let score = self.platform.score(self.scenario.number, now);
            self.probe.change(&change, score);
        }
    }

    /// Closes the civil days that are over before `now`, with how things stand at their end.
    fn close_days(&mut self, now: SimTime) {
        let calendar = &self.scenario.setting.calendar;
        while self.days.len() < calendar.days() {
            let over = calendar.midnight(self.days.len() + 1).min(calendar.end());
            if over > now {
                return;
            }
            self.close_day(over);
        }
    }

    fn close_day(&mut self, over: SimTime) {
        let mut today = std::mem::take(&mut self.today);
        let failed = self.failures[self.days.len()];
        today.counts[Metric::Failed as usize] = failed;
        self.outcome.totals[Metric::Failed as usize] += failed;
        self.sending_days += usize::from(today.counts[Metric::Sent as usize] > 0);
        let number = self.scenario.number;
        let last = SimTime(over.0 - 1);
        let score = self.platform.score(number, last).and_then(Score::as_f64);
        let templates =
            self.scenario.templates.iter().map(|(_, _, place)| self.platform.template_status(*place));
        let template = templates.max().unwrap_or(TemplateStatus::Approved);
        let day = Day {
            counts: today.counts,
            tier: self.platform.tier(number) as u8,
            status: self.platform.number_status(number),
            rating: self.platform.rating(number),
            template,
            score: score.map(|score| (score * 1e6).round() as u32),
            capacity_used: (today.limited || self.platform.limit(number).is_some())
                .then_some(today.capacity_used),
            reason: self.reason(&today, last),
        };
        self.days.push(day);
    }

    /// What limited the climb: the first that applies.
    fn reason(&mut self, today: &Today, last: SimTime) -> Reason {
        let number = self.scenario.number;
        let rules = self.platform.rules();
        let tier = self.platform.tier(number);
        let status = self.platform.number_status(number);
        let sendable = |(_, _, place): &(String, _, usize)| self.platform.template_status(*place).sendable();
        if tier + 1 >= rules.tiers.len() {
            Reason::TopReached
        } else if rules.is_entry(tier) && !self.platform.verified() {
            Reason::Verification
        } else if !matches!(status, NumberStatus::Connected | NumberStatus::Restricted)
            || !self.scenario.templates.iter().any(sendable)
        {
            Reason::Status
        } else if self.platform.rating_blocks(number, last) {
            Reason::Rating
        } else if self.platform.in_review(number) {
            Reason::Review
        } else if today.short {
            Reason::List
        } else if today.refused || self.platform.capacity(number, last) == 0 {
            Reason::Capacity
        } else {
            Reason::Plan
        }
    }

    fn finish(mut self) -> Trajectory {
        self.outcome.final_tier = self.platform.tier(self.scenario.number);
        self.outcome.days = self.days;
        let ledger = &mut self.outcome.ledger;
        ledger.customers = self.scenario.customers;
        ledger.in_list = self.list.remaining();
        ledger.gone = self.list.gone();
        self.outcome
    }
}

fn metric_of(act: Act) -> Metric {
    match act {
        Act::Block => Metric::Blocked,
        Act::Report => Metric::Reported,
        Act::Stop => Metric::Stopped,
        Act::Mute => Metric::Muted,
        Act::Archive => Metric::Archived,
        Act::Reply => Metric::Replied,
        Act::Read => Metric::Read,
    }
}

/// When the business is verified; nothing if it is from the start, or never.
fn verified_at(scenario: &Scenario, streams: &Streams) -> SimTime {
    match &scenario.verification {
        Verification::Done | Verification::Never => SimTime::NEVER,
        Verification::AfterDays(prior) => {
            let subject = Subject::new(&["platform.verification"]);
            let days = prior.quantile(streams.at(Address::of(Purpose::Decision, subject)).uniform());
            SimTime((days * DAY as f64).round().max(0.0) as i64)
        }
    }
}
