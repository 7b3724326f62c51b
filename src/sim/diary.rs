//! The diary of a replication: what is counted by civil day, and what happened at all.

use std::cmp::Reverse;

use crate::audience::Act;
use crate::few::{Few, One};
use crate::glossary::{NumberStatus, Rating, TemplateStatus};
use crate::platform::price::Charge;
use crate::platform::{Change, Platform, Score, Subject as Whom, What};
use crate::time::{Calendar, SimTime};

use super::ready::{Scenario, SendingNumber};
use super::trajectory::{Chats, Counts, Day, End, Ledger, Metric, Outcome, Reason, Trajectory};

/// What is written down while a replication runs.
pub(super) struct Diary {
    /// The days that are over.
    days: Vec<Day>,
    today: Today,
    sending_days: usize,
    undelivered: Undelivered<u64>,
    /// Position among the setting's tiers of the highest limit that a number holds.
    tier: usize,
    /// Numbers of the sender that are not banned, and its templates that are not disabled.
    usable: (One<usize>, One<usize>),
    outcome: Outcome,
    most_cells: usize,
}

/// What is noted of the civil day under way.
#[derive(Clone, Debug)]
struct Today {
    counts: Counts,
    /// Messages asked for, by the sender's number.
    asked: Few<u64>,
    capacity_used: u16,
    limited: bool,
}

/// Undelivered messages by when their time to live ends: of one run, or of all runs side by side.
#[derive(Clone, Debug, Default)]
pub(super) struct Undelivered<T> {
    /// By civil day, as far as there are any.
    by_day: Vec<T>,
    /// Those that end beyond the horizon.
    pub(super) in_flight: T,
}

impl<T: Clone + Default> Undelivered<T> {
    /// Those whose time to live ends with those that end at `fails`.
    pub(super) fn at(&mut self, fails: SimTime, calendar: &Calendar) -> &mut T {
        if fails >= calendar.end() {
            return &mut self.in_flight;
        }
        let day = calendar.day_of(fails);
        if self.by_day.len() <= day {
            self.by_day.resize(day + 1, T::default());
        }
        &mut self.by_day[day]
    }

    /// Those that fail on a civil day, if there are any.
    pub(super) fn failing_on(&self, day: usize) -> Option<&T> {
        self.by_day.get(day)
    }
}

/// The worst scores of the sender's numbers and templates \[millionths\]; nothing where nothing was delivered, or is
/// rated.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Scores {
    pub(super) number: Option<u32>,
    pub(super) template: Option<u32>,
}

impl Scores {
    /// As they are at `now`.
    pub(super) fn of(scenario: &Scenario, platform: &mut Platform<'_>, now: SimTime) -> Scores {
        let mut scores = Scores::default();
        for &SendingNumber { number, .. } in &scenario.senders {
            scores.number = scores.number.max(platform.score(number, now).and_then(Score::millionths));
        }
        if scenario.setting.rates_templates {
            for (_, _, place) in &scenario.templates {
                let score = platform.template_score(*place, now);
                scores.template = scores.template.max(score.and_then(Score::millionths));
            }
        }
        scores
    }
}

/// What the diary asks nobody about the end of a day; nothing of what a scenario does not have.
pub(super) struct AtEnd {
    pub(super) scores: Scores,
    /// Entries that the lists hold.
    pub(super) entries: usize,
    /// How many more customers the only number may write to, where the platform need not be asked.
    pub(super) capacity: Option<u64>,
    /// People whom the plan's campaign has still to reach.
    pub(super) backlog: Option<u64>,
    /// Conversations that are open.
    pub(super) conversations_open: Option<u64>,
}

impl Today {
    /// Of so many numbers.
    fn new(numbers: usize) -> Today {
        Today {
            counts: [0; Metric::ALL.len()],
            asked: Few::from_elem(0, numbers),
            capacity_used: 0,
            limited: false,
        }
    }

    /// Begins another day; its counts were taken out.
    fn clear(&mut self) {
        // One by one: there are few, and writing over all at once is a call.
        for asked in self.asked.iter_mut().filter(|asked| **asked > 0) {
            *asked = 0;
        }
        (self.capacity_used, self.limited) = (0, false);
    }
}

impl Diary {
    pub(super) fn open(scenario: &Scenario, platform: &Platform<'_>, thresholds: (f64, f64)) -> Diary {
        let mut reached = vec![None; scenario.setting.tiers.len()];
        let held = best_tier(scenario, platform);
        reached[..=held].fill(Some(SimTime::START));
        Diary {
            days: Vec::with_capacity(scenario.setting.calendar.days()),
            today: Today::new(scenario.senders.len()),
            sending_days: 0,
            undelivered: Undelivered::default(),
            tier: held,
            usable: (
                scenario.lanes.iter().map(|lane| lane.number).collect(),
                scenario.templates.iter().map(|(_, _, place)| *place).collect(),
            ),
            outcome: Outcome { reached, thresholds, ..Outcome::default() },
            most_cells: 0,
        }
    }

    /// The civil day under way, counted from that of the start.
    pub(super) fn day(&self) -> usize {
        self.days.len()
    }

    /// Days before this one on which something was sent.
    pub(super) fn sending_days(&self) -> usize {
        self.sending_days
    }

    /// Messages asked for today so far by one of the sender's numbers.
    pub(super) fn asked(&self, sender: usize) -> u64 {
        self.today.asked[sender]
    }

    /// Notes what a number asks for.
    pub(super) fn ask(&mut self, sender: usize, messages: u64) {
        self.today.asked[sender] += messages;
    }

    /// Adds to a metric of today.
    pub(super) fn count(&mut self, metric: Metric, count: u64) {
        self.today.counts[metric as usize] += count;
    }

    /// Counts what is charged, and what has no known price.
    pub(super) fn charge(&mut self, charge: Charge) {
        self.count(Metric::Cost, charge.cost_micros);
        self.count(Metric::Conversations, charge.opened.total());
        self.outcome.unpriced += charge.unpriced;
    }

    /// Notes how much of the limit of a number is in use \[customers\], where it has one.
    pub(super) fn use_limit(&mut self, used: u64, limit: Option<u64>) {
        let Some(limit) = limit else { return };
        let thousandths = used * 1_000 / limit.max(1);
        self.today.capacity_used = self.today.capacity_used.max(thousandths.min(u64::from(u16::MAX)) as u16);
        self.today.limited = true;
    }

    /// Undelivered messages fail on the day on which their time to live ends, or stay in flight beyond the horizon.
    pub(super) fn fail_later(&mut self, fails: SimTime, messages: u64, scenario: &Scenario) {
        *self.undelivered.at(fails, &scenario.setting.calendar) += messages;
    }

    /// Undelivered messages stay in flight beyond the horizon.
    pub(super) fn leave_in_flight(&mut self, messages: u64) {
        self.undelivered.in_flight += messages;
    }

    /// Notes that a tier (position among the setting's) is held from now on.
    pub(super) fn hold(&mut self, tier: usize, at: SimTime) {
        self.tier = tier;
        for reached in self.outcome.reached[..=tier].iter_mut().filter(|reached| reached.is_none()) {
            *reached = Some(at);
        }
    }

    /// Notes what a change means for the whole run.
    pub(super) fn note(&mut self, change: &Change) {
        let outcome = &mut self.outcome;
        match change.what {
            What::TierFell { .. } => outcome.downgrades += 1,
            What::NumberEntered { status: NumberStatus::Flagged, .. } => outcome.flags += 1,
            What::NumberEntered { status: NumberStatus::Warned, .. } => outcome.warnings += 1,
            What::NumberEntered { status: NumberStatus::RateLimited, .. } => outcome.rate_limits += 1,
            What::NumberEntered { status: NumberStatus::Restricted, .. } => outcome.restrictions += 1,
            What::NumberEntered { status: NumberStatus::Banned, .. } => outcome.banned = true,
            What::TemplateEntered { status: TemplateStatus::Flagged, .. } => outcome.template_flags += 1,
            What::TemplateEntered { status: TemplateStatus::Disabled, .. } => outcome.templates_disabled += 1,
            _ => {}
        }
        self.note_end(change);
    }

    /// Notes when the last number was banned, or the last template disabled, whichever comes first.
    fn note_end(&mut self, change: &Change) {
        let (numbers, templates) = &mut self.usable;
        let end = match (change.what, change.subject) {
            (What::NumberEntered { status: NumberStatus::Banned, .. }, Whom::Number(number)) => {
                numbers.retain(|usable| *usable != number);
                numbers.is_empty().then_some(End::Banned)
            }
            (What::TemplateEntered { status: TemplateStatus::Disabled, .. }, Whom::Template(template)) => {
                templates.retain(|usable| *usable != template);
                templates.is_empty().then_some(End::NoTemplate)
            }
            _ => None,
        };
        if let (Some(end), None) = (end, self.outcome.ended) {
            self.outcome.ended = Some((change.at, end));
        }
    }

    /// What was counted of the day under way, which is over.
    pub(super) fn counts(&mut self) -> Counts {
        let failed = self.undelivered.failing_on(self.day()).copied().unwrap_or(0);
        self.count(Metric::Failed, failed);
        std::mem::take(&mut self.today.counts)
    }

    /// Adds to what was counted on all days.
    pub(super) fn sum(&mut self, counts: &Counts) {
        self.outcome.totals.iter_mut().zip(counts).for_each(|(total, count)| *total += count);
    }

    /// Closes the day that ends at `over`, on which this was counted, and begins the next. Of several numbers the best
    /// tier, the worst status and the worst rating are shown.
    pub(super) fn close(
        &mut self,
        over: SimTime,
        counts: &Counts,
        at_end: AtEnd,
        scenario: &Scenario,
        platform: &mut Platform<'_>,
    ) {
        let (today, last) = (&self.today, SimTime(over.0 - 1));
        let (status, rating) = worst_number(scenario, platform);
        let templates = scenario.templates.iter().map(|(_, _, place)| platform.template_status(*place));
        let template = templates.max().unwrap_or(TemplateStatus::Approved);
        let limited =
            today.limited || scenario.senders.iter().any(|own| platform.limit(own.number).is_some());
        let reason = reason((today, counts), last, at_end.capacity, scenario, platform);
        self.days.push(Day {
            counts: *counts,
            tier: self.tier as u8,
            status,
            rating,
            template,
            score: at_end.scores.number,
            template_rating: worst_template(scenario, platform),
            template_score: at_end.scores.template,
            capacity_used: limited.then_some(today.capacity_used),
            reason,
            backlog: at_end.backlog,
            conversations_open: at_end.conversations_open,
            chats: None,
        });
        if self.days.len() <= scenario.setting.calendar.counted_days() {
            self.outcome.limited[reason as usize] += 1;
        }
        self.most_cells = self.most_cells.max(at_end.entries);
        self.sending_days += usize::from(counts[Metric::Sent as usize] > 0);
        self.today.clear();
    }

    pub(super) fn finish(mut self, scenario: &Scenario, ledger: Ledger, chats: Vec<Chats>) -> Trajectory {
        debug_assert_eq!(self.today.counts, [0; Metric::ALL.len()], "counted after the last day");
        for (day, chats) in self.days.iter_mut().zip(chats) {
            day.chats = Some(Box::new(chats));
        }
        self.outcome.campaign = scenario.setting.campaign.map(|campaign| campaign.reached(&self.days));
        self.outcome.final_tier = self.tier;
        let Diary { days, outcome, most_cells, undelivered, .. } = self;
        let in_flight = undelivered.in_flight;
        Trajectory { days, outcome, most_cells, draws: 0, ledger: Ledger { in_flight, ..ledger } }
    }
}

/// What an act counts as; late answers are counted among the answers, and unread messages not at all.
#[inline]
pub(super) fn counted_as(act: Act) -> Option<Metric> {
    Some(match act {
        Act::Block => Metric::Blocked,
        Act::Report => Metric::Reported,
        Act::Stop => Metric::Stopped,
        Act::Mute => Metric::Muted,
        Act::Archive => Metric::Archived,
        Act::Reply => Metric::Replied,
        Act::Read => Metric::Read,
        Act::LateReply | Act::Unread => return None,
    })
}

/// Position among the setting's tiers of the highest limit that a number holds.
pub(super) fn best_tier(scenario: &Scenario, platform: &Platform<'_>) -> usize {
    let rung = |sender: &SendingNumber| scenario.rung(platform.rules(), platform.limit(sender.number));
    scenario.senders.iter().map(rung).max().unwrap_or(0)
}

/// The worst status and the worst rating of the sender's numbers.
fn worst_number(scenario: &Scenario, platform: &Platform<'_>) -> (NumberStatus, Rating) {
    let (mut status, mut rating) = (NumberStatus::Connected, Rating::Unknown);
    for &SendingNumber { number, .. } in &scenario.senders {
        status = status.max(platform.number_status(number));
        rating = rating.worse(platform.rating(number));
    }
    (status, rating)
}

/// The worst rating of the sender's templates; nothing where no rule rates templates.
fn worst_template(scenario: &Scenario, platform: &Platform<'_>) -> Option<Rating> {
    let ratings = scenario.templates.iter().map(|(_, _, place)| platform.template_rating(*place));
    scenario.setting.rates_templates.then(|| ratings.fold(Rating::Unknown, Rating::worse))
}

/// The number with the best tier, of several with the best status, and of those the first: as the sender's and as the
/// platform's.
fn best_number(scenario: &Scenario, platform: &Platform<'_>) -> Option<(usize, usize)> {
    let mut senders = scenario.senders.iter().map(|sender| sender.number).enumerate().rev();
    if senders.len() == 1 {
        return senders.next();
    }
    senders.max_by_key(|(_, number)| (platform.tier(*number), Reverse(platform.number_status(*number))))
}

/// What limited the climb of the number with the best tier, of several with the best status, and of those the first:
/// what applies first.
fn reason(
    (today, counts): (&Today, &Counts),
    last: SimTime,
    capacity: Option<u64>,
    scenario: &Scenario,
    platform: &mut Platform<'_>,
) -> Reason {
    let Some((sender, number)) = best_number(scenario, platform) else { return Reason::Plan };
    // A number that has a limit of its own is asked for its own part of the plan alone.
    let asked = if platform.shares_limit() { today.asked.iter().sum() } else { today.asked[sender] };
    let rules = platform.rules();
    let tier = platform.tier(number);
    let status = platform.number_status(number);
    let sendable = |(_, _, place): &(String, _, usize)| platform.template_status(*place).sendable();
    if tier + 1 >= rules.tiers.len() {
        Reason::TopReached
    } else if !platform.verified() && rules.is_entry(tier) {
        Reason::Verification
    } else if !matches!(status, NumberStatus::Connected | NumberStatus::Restricted)
        || !scenario.templates.iter().any(sendable)
    {
        Reason::Status
    } else if platform.rating_blocks(number, last) {
        Reason::Rating
    } else if platform.in_review(number) {
        Reason::Review
    } else if counts[Metric::ShortOfList as usize] > 0 {
        Reason::List
    } else if counts[Metric::Refused as usize] > 0
        || capacity.unwrap_or_else(|| platform.capacity(number, last)) == 0
        || platform.limit(number).is_some_and(|limit| asked >= limit)
    {
        Reason::Capacity
    } else {
        Reason::Plan
    }
}
