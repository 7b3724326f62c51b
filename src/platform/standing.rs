//! What the platform holds about a sender.
//!
//! ```text
//!   Standing
//!     verified
//!     holders    who holds the limit: each number, or the one portfolio
//!                tier, customers reached, usage towards each rise, running review
//!     numbers    rating meter, running measures (Flagged, Restricted, ...)
//!     templates  rating meter, running measures (Paused, Flagged, ...)
//! ```

use crate::glossary::{Category, NumberStatus, Rating, TemplateStatus};
use crate::time::{SimTime, Span};

use super::language::{Condition, Count, Limit, Restart, Within};
use super::meters::Meters;
use super::rules::{MeasureRule, Rules, Thresholds, UpgradeRule};
use super::window::Rolling;

/// What the platform holds about a sender.
#[derive(Clone, Debug)]
pub struct Standing {
    pub(crate) verified: bool,
    pub(crate) policy: Policy,
    pub(crate) official: bool,
    /// When something was last sent: whatever that touches is seen by a later evaluation.
    pub(crate) sent_at: SimTime,
    pub(crate) holders: Vec<HolderStanding>,
    pub(crate) numbers: Vec<NumberStanding>,
    pub(crate) templates: Vec<TemplateStanding>,
}

/// How the commerce-policy check stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Policy {
    /// Not decided yet.
    Open,
    /// Passed.
    #[default]
    Passed,
    /// Failed, or the account was cancelled.
    Failed,
}

/// Who holds a limit.
#[derive(Clone, Debug)]
pub(crate) struct HolderStanding {
    pub(crate) tier: usize,
    /// A limit that an amendment left off the ladder, in place of the tier's own.
    pub(crate) kept: Option<Limit>,
    pub(crate) reached: Tally,
    /// Usage towards each upgrade rule, where the rule asks for usage.
    pub(crate) usage: Vec<Option<Usage>>,
    pub(crate) review: Option<RunningReview>,
    pub(crate) last_step: SimTime,
    /// When a rise is to be judged because only a least time was missing.
    pub(crate) judge_at: SimTime,
    /// How the platform's analysis stands, where a rise asks for it.
    pub(crate) analysis: Analysis,
}

/// How the platform's own analysis of the messages stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Analysis {
    /// Nothing has asked for it.
    NotAsked,
    /// It runs: the run draws what it says.
    Asked,
    /// It approved.
    Approved,
    /// It denied, and is not asked again.
    Denied,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct RunningReview {
    pub(crate) rule: usize,
    pub(crate) until: SimTime,
}

/// A sum over a rolling window or over the civil day.
#[derive(Clone, Debug)]
pub(crate) struct Tally {
    pub(crate) within: Within,
    pub(crate) rolling: Rolling,
}

impl Tally {
    pub(crate) fn new(within: Within) -> Tally {
        Tally { within, rolling: Rolling::new(Tally::length(within)) }
    }

    /// That of the limit.
    pub(super) fn of_limit(rules: &Rules) -> Tally {
        Tally::new(rules.cap.as_ref().map_or(Within::Rolling(Span::hours(24)), |cap| cap.within))
    }

    /// How long what is counted is kept.
    pub(super) fn length(within: Within) -> Span {
        match within {
            Within::Rolling(span) => span,
            // The longest civil day has 25 hours; what is older never counts.
            Within::CalendarDay => Span::hours(26),
        }
    }

    pub(crate) fn sum(&mut self, now: SimTime, rules: &Rules) -> u64 {
        let rolling = self.rolling.sum(now);
        match self.within {
            Within::Rolling(_) => rolling,
            Within::CalendarDay => {
                let midnight = rules.midnight_before(now);
                self.rolling.entries().filter(|(at, _)| *at >= midnight).map(|(_, count)| count).sum()
            }
        }
    }

    /// The next instant at which the sum falls by itself.
    pub(crate) fn next_expiry(&self, now: SimTime, rules: &Rules) -> SimTime {
        match (self.within, self.rolling.first()) {
            (_, None) => SimTime::NEVER,
            (Within::Rolling(_), Some(_)) => self.rolling.next_expiry(),
            (Within::CalendarDay, Some(_)) => rules.midnight_after(now),
        }
    }
}

/// Usage towards one upgrade rule.
#[derive(Clone, Debug)]
pub(crate) struct Usage {
    pub(crate) count: Count,
    pub(crate) tally: Tally,
}

impl Usage {
    pub(super) fn new(rule: &UpgradeRule) -> Option<Usage> {
        rule.when.iter().find_map(|condition| match condition {
            Condition::Usage { count, within, .. } => {
                Some(Usage { count: *count, tally: Tally::new(*within) })
            }
            _ => None,
        })
    }

    /// Counts what was sent outside service windows and how much of it was delivered; `again` holds those whose latest
    /// such message before was delivered.
    pub(crate) fn record(&mut self, at: SimTime, [sent, delivered]: [u64; 2], again: &[(SimTime, u64)]) {
        match self.count {
            Count::sent => self.tally.rolling.add(at, sent),
            Count::delivered | Count::best_day => self.tally.rolling.add(at, delivered),
            Count::distinct => {
                for (before, customers) in again {
                    self.tally.rolling.take_back(*before, *customers);
                }
                self.tally.rolling.add(at, delivered);
            }
        }
    }

    pub(crate) fn amount(&mut self, now: SimTime, rules: &Rules) -> u64 {
        let sum = self.tally.sum(now, rules);
        if self.count != Count::best_day {
            return sum;
        }
        let (mut best, mut day, mut total) = (0, SimTime::NEVER, 0);
        for (at, count) in self.tally.rolling.entries() {
            let midnight = rules.midnight_before(at);
            total = if midnight == day { total + count } else { count };
            (day, best) = (midnight, best.max(total));
        }
        best
    }

    /// What can still be added to, to reach more than the `amount` of now: today's count where the best day counts.
    pub(crate) fn under_way(&self, amount: u64, now: SimTime, rules: &Rules) -> u64 {
        if self.count != Count::best_day {
            return amount;
        }
        let midnight = rules.midnight_before(now);
        self.tally.rolling.entries().filter(|(at, _)| *at >= midnight).map(|(_, count)| count).sum()
    }

    /// When the first delivery that counts happened.
    pub(crate) fn first(&mut self, now: SimTime) -> Option<SimTime> {
        self.tally.rolling.advance(now);
        self.tally.rolling.first()
    }
}

/// A phone number.
#[derive(Clone, Debug)]
pub(crate) struct NumberStanding {
    pub(crate) holder: usize,
    /// Whether it is one of those that the business may connect.
    pub(crate) connected: bool,
    pub(crate) meters: Meters,
    /// The worst rating of a template in use, where that caps the number's own.
    pub(crate) coupled: Option<Rating>,
    pub(crate) life: Life<NumberStatus>,
    /// Messages of the last 24 h, where a measure can cap them.
    pub(crate) messages: Option<Rolling>,
    /// Blocks and reports, where a measure counts them.
    pub(crate) complaints: Option<Rolling>,
    /// Since when the rating has been Low without a break.
    pub(crate) low_since: Option<SimTime>,
}

/// A template.
#[derive(Clone, Debug)]
pub(crate) struct TemplateStanding {
    pub(crate) category: Category,
    /// Approved, or where review stands.
    pub(crate) base: TemplateStatus,
    pub(crate) meters: Meters,
    pub(crate) life: Life<TemplateStatus>,
    pub(crate) pace: Pace,
}

/// How far the trial of a template on a first sample is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pace {
    /// Messages go out freely; the word says what would start a trial.
    Free,
    /// A trial begins with the next send.
    Due,
    /// The sample is going out, or waits to be judged.
    Trial(Trial),
}

/// A sample under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Trial {
    /// Position of the pacing clause.
    pub(crate) rule: usize,
    /// Messages of the sample that went out.
    pub(crate) sent: u64,
    /// Of these, delivered.
    pub(crate) delivered: u64,
    /// Weighted feedback since the sample began, in the rating clause's unit.
    pub(crate) weighted: i128,
    /// When the sample is judged; never, while it is not complete.
    pub(crate) judged_at: SimTime,
    /// Messages held until then.
    pub(crate) held: u64,
}

/// The measures of one number or template.
#[derive(Clone, Debug)]
pub(crate) struct Life<S> {
    /// By rule.
    measures: Vec<Measure<S>>,
    /// A status that came for good.
    for_good: Option<S>,
    /// The worst status of all that is running or came for good.
    worst: Option<S>,
    /// The next deadline of what is running.
    deadline: SimTime,
}

/// The measure of one rule.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Measure<S> {
    run: Option<Run<S>>,
    /// How often it has begun.
    pub(crate) times: usize,
    pub(crate) last_ended: SimTime,
}

/// A measure under way.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Run<S> {
    pub(crate) status: S,
    pub(crate) until: SimTime,
    /// Length of the term; nothing for one without a deadline.
    pub(crate) term: Option<Span>,
    /// Since when its conditions have not held.
    pub(crate) clean_since: Option<SimTime>,
}

impl<S: Copy + Ord> Life<S> {
    pub(crate) fn new(rules: usize) -> Life<S> {
        let never = Measure { run: None, times: 0, last_ended: SimTime(i64::MIN / 2) };
        Life { measures: vec![never; rules], for_good: None, worst: None, deadline: SimTime::NEVER }
    }

    /// The measure of the rule at `place`, if it is under way.
    #[inline]
    pub(crate) fn run(&self, place: usize) -> Option<Run<S>> {
        self.measures[place].run
    }

    /// The measure of the rule at `place`, as it has gone so far.
    pub(crate) fn measure(&mut self, place: usize) -> &mut Measure<S> {
        &mut self.measures[place]
    }

    /// Takes over how often the measure of another rule began, and when it last ended.
    pub(crate) fn inherit(&mut self, place: usize, of: &Life<S>, its: usize) {
        let Measure { times, last_ended, .. } = of.measures[its];
        self.measures[place] = Measure { times, last_ended, ..self.measures[place] };
    }

    /// Whether any measure has ever begun.
    pub(crate) fn ever_began(&self) -> bool {
        self.measures.iter().any(|measure| measure.times > 0)
    }

    /// What is under way.
    pub(crate) fn runs(&self) -> impl Iterator<Item = &Run<S>> {
        self.measures.iter().filter_map(|measure| measure.run.as_ref())
    }

    /// Of the measures that there are, those under way.
    pub(crate) fn running<'r>(
        &self,
        rules: &'r [MeasureRule<S>],
    ) -> impl Iterator<Item = &'r MeasureRule<S>> {
        let rules = if self.is_quiet() { &[] } else { rules };
        rules.iter().zip(&self.measures).filter(|(_, measure)| measure.run.is_some()).map(|(rule, _)| rule)
    }

    /// Whether nothing is under way and nothing came for good.
    #[inline]
    pub(crate) fn is_quiet(&self) -> bool {
        self.worst.is_none()
    }

    /// A status that came for good.
    pub(crate) fn for_good(&self) -> Option<S> {
        self.for_good
    }

    /// Sets what is under way of the rule at `place`.
    pub(crate) fn set(&mut self, place: usize, run: Option<Run<S>>) {
        self.measures[place].run = run;
        self.sum_up();
    }

    /// What is under way of the rule at `place` goes on, with the status and until the deadline that it had.
    pub(crate) fn go_on(&mut self, place: usize, run: Run<S>) {
        self.measures[place].run = Some(run);
        debug_assert!((self.status_now(), self.deadline_now()) == (self.worst, self.deadline));
    }

    /// Ends what is under way of the rule at `place`, if anything is.
    pub(crate) fn end(&mut self, place: usize, now: SimTime) -> Option<Run<S>> {
        let measure = &mut self.measures[place];
        let ended = measure.run.take()?;
        measure.last_ended = now;
        self.sum_up();
        Some(ended)
    }

    /// A status comes for good.
    pub(crate) fn come_for_good(&mut self, status: S) {
        self.for_good = Some(status);
        self.sum_up();
    }

    fn sum_up(&mut self) {
        (self.worst, self.deadline) = (self.status_now(), self.deadline_now());
    }

    fn status_now(&self) -> Option<S> {
        self.runs().map(|run| run.status).chain(self.for_good).max()
    }

    fn deadline_now(&self) -> SimTime {
        self.runs().map(|run| run.until).min().unwrap_or(SimTime::NEVER)
    }

    /// The worst status that holds, or `normal`.
    #[inline]
    pub(crate) fn status(&self, normal: S) -> S {
        self.worst.map_or(normal, |worst| worst.max(normal))
    }

    /// The next deadline.
    #[inline]
    pub(crate) fn next_deadline(&self) -> SimTime {
        self.deadline
    }
}

/// How a sender stands when a run, a case or a log begins.
#[derive(Clone, Debug, Default)]
pub struct Opening {
    /// Whether the business is verified.
    pub verified: bool,
    /// The numbers: the tier of each (position on the ladder) and its rating. A portfolio that holds the limit takes
    /// the highest.
    pub numbers: Vec<(usize, Option<Rating>)>,
    /// The templates: how review stands, and the category of each.
    pub templates: Vec<TemplateOpening>,
    /// How the commerce-policy check stands.
    pub policy: Policy,
    /// Whether the rules will never be amended: then nothing is remembered that only an amendment asks for.
    pub never_amended: bool,
}

/// A template when a run, a case or a log begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TemplateOpening {
    /// Its category.
    pub category: Category,
    /// Approved, Pending or Rejected.
    pub status: TemplateStatus,
    /// Whether it is new: approved and never sent, so that pacing tries it on a sample.
    pub new: bool,
}

impl TemplateOpening {
    /// A marketing template that was approved and sent long ago.
    pub const PROVEN: TemplateOpening =
        TemplateOpening { category: Category::Marketing, status: TemplateStatus::Approved, new: false };
}

impl Standing {
    /// As a sender opens, under `thresholds` in the order of [`Rules::thresholds`]; where none are given the ruleset's own
    /// values hold.
    pub(crate) fn open(rules: &Rules, opening: &Opening, thresholds: &[Thresholds]) -> Standing {
        let portfolio = rules.holder == super::language::Holder::Portfolio;
        let tiers = opening.numbers.iter().map(|(tier, _)| *tier);
        let holders = match portfolio {
            true => vec![HolderStanding::open(rules, tiers.max().unwrap_or(rules.start_tier))],
            false => tiers.map(|tier| HolderStanding::open(rules, tier)).collect(),
        };
        let capped = rules.caps_messages();
        let complaints =
            rules.number_measures.iter().flat_map(|rule| &rule.when).find_map(|condition| match condition {
                Condition::Complaints { within, .. } => Some(*within),
                _ => None,
            });
        let split = rules.number_ratings.len().min(thresholds.len());
        let (of_numbers, of_templates) = thresholds.split_at(split);
        let number = |(place, (_, rating)): (usize, &(usize, Option<Rating>))| {
            let mut meters = Meters::new(&rules.number_ratings, of_numbers, opening.never_amended);
            meters.rating = rating.unwrap_or(Rating::Unknown);
            if rating.is_some() {
                meters.touch(SimTime::START);
            }
            NumberStanding {
                holder: if portfolio { 0 } else { place },
                connected: true,
                low_since: (meters.rating == Rating::Low).then_some(SimTime::START),
                meters,
                coupled: None,
                life: Life::new(rules.number_measures.len()),
                messages: capped.then(|| Rolling::new(Span::hours(24))),
                complaints: complaints.map(Rolling::new),
            }
        };
        Standing {
            verified: opening.verified,
            policy: opening.policy,
            official: false,
            sent_at: SimTime(-1),
            holders,
            numbers: opening.numbers.iter().enumerate().map(number).collect(),
            templates: opening
                .templates
                .iter()
                .map(|template| TemplateStanding::open(rules, template, of_templates, opening.never_amended))
                .collect(),
        }
    }
}

impl HolderStanding {
    pub(crate) fn open(rules: &Rules, tier: usize) -> HolderStanding {
        HolderStanding {
            tier,
            kept: None,
            reached: Tally::of_limit(rules),
            usage: rules.upgrades.iter().map(Usage::new).collect(),
            review: None,
            last_step: SimTime::START,
            judge_at: SimTime::NEVER,
            analysis: Analysis::NotAsked,
        }
    }

    pub(crate) fn restart_usage(&mut self, rules: &Rules, cause: Restart) {
        for (rule, usage) in rules.upgrades.iter().zip(&mut self.usage) {
            if let (true, Some(usage)) = (rule.restarts.contains(&cause), usage) {
                usage.tally.rolling.clear();
            }
        }
    }
}

impl TemplateStanding {
    fn open(
        rules: &Rules,
        opening: &TemplateOpening,
        thresholds: &[Thresholds],
        never_amended: bool,
    ) -> TemplateStanding {
        TemplateStanding {
            category: opening.category,
            base: opening.status,
            pace: if opening.new { Pace::Due } else { Pace::Free },
            meters: Meters::new(&rules.template_ratings, thresholds, never_amended),
            life: Life::new(rules.template_measures.len()),
        }
    }
}
