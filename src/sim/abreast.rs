//! Replications abreast: the same scenario many times over, instant by instant, all runs of a group side by side.
//!
//! ```text
//!   until the next send, at each instant:
//!     each run by itself     what is due in it alone: its terms, its decisions
//!     all runs at once       reactions arrive; the rating is evaluated
//!     each run by itself     in which something follows from that, or was due: the platform judges
//!   at the send:
//!     all runs at once       what the limits leave, what the plans ask for, what the lists have and is admitted
//!     each run by itself     of which more than its limit decides: the platform admits
//!     all runs at once       how they react; what was sent and delivered is counted
//!     each run by itself     in which that decides more than counts: the platform judges
//!   as a day is over:
//!     each run by itself     what was counted is written into its diary
//! ```
//!
//! The runs of one scenario send in the same slots, and so they hear in the same slots; only the counts differ. What a
//! [`Run`] does at an instant is done here for all, and what cannot be the same is left to the run itself: it is the
//! same run with the same platform and diary, and comes to the same bytes.
//!
//! That asks for a scenario of one number, one segment and one template, in which everybody is
//! [written to once](crate::audience::Segment::reacts_abreast) and the rules [rate all runs
//! alike](crate::platform::Rules::rate_abreast); without prices, eras or a help desk. All others wait for their counts
//! beside one another (see [`Table`](crate::random::Table)) and do the rest one by one.

mod notes;
mod send;

use crate::abreast::{ABREAST, All, any, bits, those};
use crate::audience::{Act, ArrivalsAbreast, ListsAbreast, OddsAbreast, Sampling};
use crate::glossary::{Category, Feedback, Rating, TemplateStatus};
use crate::platform::{Moved, PlatformsAbreast};
use crate::random::ChanceAbreast;
use crate::time::{SimTime, Slot};

use super::diary::{AtEnd, Scores};
use super::ready::Scenario;
use super::run::{Arrival, Run};
use super::trajectory::{Metric, Trajectory};

use self::notes::Notes;
use self::send::{Look, Offers};

impl Scenario {
    /// Whether its replications go abreast where several are run at once.
    pub fn goes_abreast(&self) -> bool {
        let ([lane], [segment]) = (self.lanes.as_slice(), self.segments.as_slice()) else { return false };
        let ([(_, category, _)], calendar) = (self.templates.as_slice(), &self.setting.calendar) else {
            return false;
        };
        let capped = *category == Category::Marketing && self.rules.ever_caps_persons();
        let (end, slot) = (calendar.end(), calendar.slot_length());
        let first = if segment.writes_first() { lane.list.customers } else { 0 };
        self.opening.numbers.len() == 1
            && self.opening.templates.len() == 1
            && self.later.is_empty()
            && self.prices.is_none()
            && self.help_desk.is_none()
            && self.sampling == Sampling::Counts
            && !self.held.luck
            && self.ring <= ArrivalsAbreast::LONGEST
            && self.rules.rate_abreast(end, slot, self.ring, first)
            && segment.reacts_abreast(&lane.list, calendar, capped)
    }
}

/// A group of replications under way.
pub(super) struct Abreast<'s, 'p> {
    scenario: &'s Scenario,
    runs: Vec<Run<'s, 'p>>,
    chance: ChanceAbreast,
    /// What their customers are likely to do.
    odds: OddsAbreast,
    arrivals: ArrivalsAbreast,
    /// Runs whose customers write first.
    write_first: u32,
    /// Whether a rule counts complaints, whatever the rating.
    counts_complaints: bool,
    /// Whether the platform is asked for more at each send than what may be sent: by a strategy that edits templates,
    /// or looks at usage.
    asks_platform: bool,
    /// Whether runs that look alike to the sender have the same plan.
    plans_alike: bool,
    /// How its templates stand, as the sender of each run sees them.
    looks: All<Look>,
    /// Position of the next send among the slots in which sending is allowed.
    next_send: usize,
    /// What each run asks for in the slot under way.
    offers: Offers,
    /// A bit for each run that is watched.
    watched: u32,
    /// Whom they can still write to.
    lists: ListsAbreast,
    /// What their platforms count.
    platforms: PlatformsAbreast<'s>,
    /// What the runs have still to write down.
    notes: Notes,
    /// Slots before this one have been heard.
    next_heard: Slot,
    /// When the next term of each run ends, when anything is next due in it alone, and when in any of them.
    terms: All<SimTime>,
    due: All<SimTime>,
    next_due: SimTime,
    now: SimTime,
}

impl<'s, 'p> Abreast<'s, 'p> {
    /// Of at most [`ABREAST`] runs, which have not begun.
    pub(super) fn new(scenario: &'s Scenario, mut runs: Vec<Run<'s, 'p>>) -> Self {
        let platforms = PlatformsAbreast::open(&scenario.rules, runs.iter_mut().map(|run| &mut run.platform));
        let chance = ChanceAbreast::new(runs.iter().map(|run| &run.chance));
        let (segment, campaign) =
            (&scenario.segments[SEGMENT], scenario.lanes[LANE].batches[TEMPLATE].campaign);
        let rates = runs.iter().map(|run| &run.rates[SEGMENT]);
        Abreast {
            scenario,
            odds: OddsAbreast::new(segment, rates, campaign, &chance),
            chance,
            arrivals: ArrivalsAbreast::new(scenario.ring),
            write_first: bits(runs.iter().map(|run| run.next_first_message() < SimTime::NEVER)),
            counts_complaints: runs.iter().any(|run| run.platform.counts_complaints(NUMBER)),
            asks_platform: scenario.strategy.edits.is_some() || scenario.strategy.looks_at_usage(),
            plans_alike: !scenario.strategy.looks_back() && !scenario.strategy.looks_at_usage(),
            looks: [(TemplateStatus::Approved, Rating::Unknown); ABREAST],
            next_send: 0,
            offers: Offers::none(),
            watched: bits(runs.iter().map(|run| run.watched)),
            lists: ListsAbreast::new(runs.iter().map(|run| &run.lists[LANE])),
            platforms,
            notes: Notes::new(),
            next_heard: 0,
            terms: [SimTime::NEVER; ABREAST],
            due: [SimTime::NEVER; ABREAST],
            next_due: SimTime::NEVER,
            now: SimTime(-1),
            runs,
        }
    }

    /// From the start to the end.
    pub(super) fn play(mut self) -> Vec<Trajectory> {
        self.runs.iter_mut().for_each(Run::begin);
        (0..self.runs.len()).for_each(|run| self.follow(run));
        self.ask_all(self.all());
        let end = self.scenario.setting.calendar.end();
        loop {
            let send = self.scenario.send_at(self.next_send);
            self.go_on(send.min(end));
            if send >= end {
                break;
            }
            self.instant(send);
            self.send(send);
            let judged = self.hear(send);
            self.ask_all(judged);
        }
        self.close_days(end);
        for (run, (own, drawn)) in self.runs.iter_mut().zip(self.chance.drawn()).enumerate() {
            own.chance.note_drawn(*drawn);
            own.diary.sum(&self.notes.totals(run));
            own.diary.leave_in_flight(self.notes.undelivered.in_flight[run]);
            self.lists.tell(run, &mut own.lists[LANE]);
        }
        self.runs.into_iter().map(Run::finish).collect()
    }

    /// Goes through the instants before `until`.
    fn go_on(&mut self, until: SimTime) {
        loop {
            let heard = self.next_arrival().at.min(self.next_first_message());
            let next = self.next_due.min(heard).min(self.platforms.next_evaluation());
            if next >= until {
                return;
            }
            self.instant(next);
        }
    }

    /// The next slot in which something arrives in any run, and when it begins.
    fn next_arrival(&mut self) -> Arrival {
        let slot = self.arrivals.next(self.next_heard).unwrap_or(Slot::MAX);
        Arrival { slot, at: self.scenario.setting.calendar.begin_of(slot) }
    }

    /// When customers of any run next may write first: in the same slots in all runs in which they do.
    fn next_first_message(&self) -> SimTime {
        those(self.write_first).next().map_or(SimTime::NEVER, |run| self.runs[run].next_first_message())
    }

    /// Follows the platform of a run, which was told and has judged.
    fn follow(&mut self, run: usize) {
        self.platforms.follow(run, &mut self.runs[run].platform);
    }

    /// Follows the platform of a run in what limits it, where it has changed.
    fn follow_change(&mut self, run: usize) {
        let own = &mut self.runs[run];
        if std::mem::take(&mut own.changed) {
            self.platforms.follow_change(run, self.now, &mut own.platform);
        }
    }

    /// Asks `runs`, in which something may have changed, when anything is next due in each alone.
    fn ask_all(&mut self, runs: u32) {
        if runs != 0 {
            those(runs).for_each(|run| self.ask(run));
            self.next_due = self.due.iter().copied().fold(SimTime::NEVER, SimTime::min);
        }
    }

    fn ask(&mut self, run: usize) {
        self.follow_change(run);
        let own = &mut self.runs[run];
        let term = own.platform.next_term(self.now).max(SimTime(self.now.0 + 1));
        let others = own.pending.next().min(own.platform.next_clock(self.now));
        self.terms[run] = term;
        self.due[run] = term.min(others).min(own.platform.next_evaluation());
    }

    /// The first four classes of an instant, of all runs.
    fn instant(&mut self, now: SimTime) {
        self.close_days(now);
        self.now = now;
        let due = self.due_by(now);
        self.platforms.advance(now);
        for run in those(due) {
            self.platforms.tell(run, &mut self.runs[run].platform);
            self.runs[run].end_terms(now, self.terms[run] == now);
            self.follow(run);
        }
        self.hear_first_messages(now);
        let mut judging = due | self.hear(now);
        if self.platforms.rates_at(now) {
            let Moved { judged, idle } = self.platforms.evaluate(now);
            judging |= judged;
            those(judging).for_each(|run| self.judge(run, now));
            those(idle & !judging).for_each(|run| self.rate_idly(run, now));
        }
        those(due).for_each(|run| self.strike_clocks(run, now));
        self.ask_all(judging);
    }

    /// Clauses of a run whose own clock strikes are judged.
    fn strike_clocks(&mut self, run: usize, now: SimTime) {
        let own = &mut self.runs[run];
        if own.clock_strikes(now) {
            self.platforms.tell(run, &mut own.platform);
            own.strike_clocks(now);
            self.follow(run);
        }
    }

    /// A bit for each run in which something is due by `now`.
    fn due_by(&self, now: SimTime) -> u32 {
        if self.next_due <= now { bits(self.due.iter().map(|at| *at <= now)) } else { 0 }
    }

    /// The platform of a run evaluates its rating, and judges by it.
    fn judge(&mut self, run: usize, now: SimTime) {
        let Run { platform, changes, .. } = &mut self.runs[run];
        self.platforms.tell(run, platform);
        self.platforms.judge(now, platform, changes);
        self.runs[run].tell(now);
        self.follow(run);
    }

    /// The rating of a run moves, and nothing follows from it: only who watches is told.
    fn rate_idly(&mut self, run: usize, now: SimTime) {
        let Run { platform, changes, watched, .. } = &mut self.runs[run];
        let change = self.platforms.rate_idly(run, now, platform);
        if *watched {
            self.platforms.tell_scores(run, platform);
            changes.push(change);
            self.runs[run].tell(now);
        }
    }

    /// Hears those who wrote first in the slot that is over at `now`, if one is.
    fn hear_first_messages(&mut self, now: SimTime) {
        if self.next_first_message() != now {
            return;
        }
        let mut wrote = All::default();
        for run in those(self.write_first) {
            self.lists.tell(run, &mut self.runs[run].lists[LANE]);
            wrote[run] = self.runs[run].hear_first_messages(now);
        }
        if any(&wrote) {
            self.notes.count(Metric::WroteFirst, &wrote);
            self.platforms.hear(now, Feedback::CustomerFirst, &wrote);
        }
    }

    /// Hears what arrives in the slot that begins at `now`, if anything does; a bit for each run that judges by that.
    fn hear(&mut self, now: SimTime) -> u32 {
        let Arrival { slot, at } = self.next_arrival();
        if at != now {
            return 0;
        }
        self.next_heard = slot;
        let Abreast { arrivals, platforms, notes, counts_complaints, .. } = self;
        let (mut blocks, mut reports) = (All::default(), All::default());
        arrivals.take(slot, |act, counts| {
            notes.hear(act, counts);
            if let Some(kind) = act.feedback() {
                platforms.hear(now, kind, counts);
            }
            match act {
                Act::Block if *counts_complaints => blocks = *counts,
                Act::Report if *counts_complaints => reports = *counts,
                _ => {}
            }
        });
        if self.counts_complaints { self.complain(now, &blocks, &reports) } else { 0 }
    }

    /// Complaints are judged as they are heard, where a rule counts them; a bit for each run that judges.
    fn complain(&mut self, now: SimTime, blocks: &All<u64>, reports: &All<u64>) -> u32 {
        let mut judged = 0;
        for (run, own) in self.runs.iter_mut().enumerate() {
            let complaints = [blocks[run], reports[run]];
            if complaints != [0, 0] {
                let Run { platform, changes, .. } = own;
                self.platforms.complain(run, now, complaints, platform, changes);
                judged |= u32::from(own.tell(now)) << run;
            }
        }
        those(judged).for_each(|run| self.follow(run));
        judged
    }

    /// The sender of each run sees what was counted, where the strategy looks at that.
    fn show_counts(&mut self) {
        if self.scenario.strategy.looks_at_counts() {
            self.notes.show(self.runs.iter_mut().map(|run| &mut run.tallies[SENDER]));
        }
    }

    /// Closes the civil days that are over before `now`.
    fn close_days(&mut self, now: SimTime) {
        while self.runs[0].day_over <= now {
            let (over, day) = (self.runs[0].day_over, self.runs[0].diary.day());
            let last = SimTime(over.0 - 1);
            self.notes.fail(day);
            self.show_counts();
            self.platforms.advance(last);
            let capacities = self.platforms.capacities(last);
            let [numbers, templates] = self.platforms.scores();
            for (run, own) in self.runs.iter_mut().enumerate() {
                let free = self.platforms.sends_freely(run);
                match free {
                    true => self.platforms.tell_of_template(run, &mut own.platform),
                    false => self.platforms.tell(run, &mut own.platform),
                }
                self.notes.write_day(run, &mut own.diary);
                own.close_day(
                    &self.notes.counts(run),
                    AtEnd {
                        scores: Scores { number: numbers[run], template: templates[run] },
                        entries: self.lists.entries(run),
                        capacity: free.then_some(capacities[run]),
                        backlog: own.backlog(),
                        conversations_open: None,
                    },
                );
            }
            self.notes.turn();
            // What was sent before can use up a limit without any send.
            self.look_at_limits(over, self.all());
        }
    }

    /// Notes how much of the limit of each of `runs` \[a bit each\] is in use.
    fn look_at_limits(&mut self, now: SimTime, runs: u32) {
        let reached = self.platforms.reached(now);
        self.notes.use_limits(runs, &reached, self.platforms.limits());
    }

    /// A bit for each run.
    fn all(&self) -> u32 {
        (1 << self.runs.len()) - 1
    }
}

/// The only number, as that of the sender and as that of the platform, its only template, the only segment, and the
/// only list.
const SENDER: usize = 0;
const NUMBER: usize = 0;
const TEMPLATE: usize = 0;
const SEGMENT: usize = 0;
const LANE: usize = 0;
