//! The platforms of replications abreast: what those of all runs count, side by side, of one number and one template.
//!
//! ```text
//!   PlatformsAbreast --+-- meters   windows of the rating:  evaluated for all --> whose rating moves
//!                      '-- limits   windows of the limit and of rises:  what each may send, whose rise is judged
//! ```
//!
//! Runs that send in the same slots hear in the same slots, and what they hear ages and leaves their windows at the
//! same instants: only the counts differ. Most evaluations find what was found before, and most deliveries change
//! nothing but counts, so they are made here, all at once, and the [`Platform`] of a run is asked to judge only where
//! something in it moves. It is told what lies in its windows, so that all that it says is what it would say with
//! windows of its own.

mod limits;
mod meters;

use crate::abreast::{ABREAST, All, filter};
use crate::glossary::Feedback;
use crate::time::{SimTime, Span};

use super::change::Change;
use super::idle::Ratings;
use super::judge::Platform;
use super::meters::FeedbackCounts;
use super::rules::{RatingRule, Rules};

use self::limits::LimitsAbreast;
use self::meters::{MeterAbreast, Whose};

pub use self::limits::SentAbreast;

/// The only number, and the only template.
const NUMBER: usize = 0;
const TEMPLATE: usize = 0;

/// Most messages of one batch.
const MOST_OF_BATCH: i128 = 1 << 31;

impl Rules {
    /// Whether one number with one template can be rated abreast with itself in other futures until `end`, where
    /// reactions take up to `ring` slots and at most `first` customers write first in a slot: one clause rates the
    /// number all the time, at most one the template, by nothing but windows of feedback whose sums fit into 63 bits
    /// and in which silence does not count; and no sample is tried.
    pub fn rate_abreast(&self, end: SimTime, slot: Span, ring: usize, first: u64) -> bool {
        // So many batches, and slots in which customers write first, can lie in a window of this length.
        let in_window = |window: Span| i128::from(window.0 / slot.0.max(1)) + ring as i128 + 1;
        let most_of_slot = MOST_OF_BATCH.max(i128::from(first));
        let mut ratings = self.number_ratings.iter().chain(&self.template_ratings);
        self.number_ratings.len() == 1
            && self.template_ratings.len() <= 1
            && self.pacing.is_empty()
            && self.unread_after().is_none()
            && ratings.all(|rule| {
                rule.in_force.at(SimTime::START)
                    && rule.in_force.at(SimTime(end.0 - 1))
                    && rule.frequency.is_none()
                    && rule.heaviest() * most_of_slot * in_window(rule.window) < i128::from(i64::MAX)
            })
    }
}

impl RatingRule {
    /// The most that one delivery, or one customer's feedback, can weigh.
    fn heaviest(&self) -> i128 {
        let kinds: i128 = self.weights.iter().map(|(_, weight)| i128::from(weight.abs())).sum();
        let of_age = self.ages.iter().copied().max().unwrap_or(0);
        kinds.max(i128::from(self.weight_unit)) * i128::from(of_age)
    }
}

/// What the platforms of all runs count.
#[derive(Clone, Debug)]
pub struct PlatformsAbreast<'r> {
    /// What the number is rated by, and the template where a rule rates it.
    meters: Vec<MeterAbreast<'r>>,
    limits: LimitsAbreast<'r>,
    /// The ratings of each number of which nothing follows.
    idle: All<Ratings>,
}

/// A bit for each run in which a rating moves, by what follows from it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Moved {
    /// The platform [judges](PlatformsAbreast::judge).
    pub judged: u32,
    /// Nothing: the platform [takes note](PlatformsAbreast::rate_idly).
    pub idle: u32,
}

impl<'r> PlatformsAbreast<'r> {
    /// Of `platforms` (at most [`ABREAST`](crate::abreast::ABREAST)), which are [rated abreast](Rules::rate_abreast) by
    /// the same rules, before anything is sent.
    pub fn open<'p>(
        rules: &'r Rules,
        platforms: impl IntoIterator<Item = &'p mut Platform<'r>>,
    ) -> PlatformsAbreast<'r>
    where
        'r: 'p,
    {
        let of_number = rules.number_ratings.first().map(|rule| (Whose::Number, rule));
        let of_template = rules.template_ratings.first().map(|rule| (Whose::Template, rule));
        let rated = of_number.into_iter().chain(of_template);
        let mut meters: Vec<_> = rated.map(|(whose, rule)| MeterAbreast::new(whose, rule)).collect();
        for (run, platform) in platforms.into_iter().enumerate() {
            meters.iter_mut().for_each(|meter| meter.join(run, platform));
        }
        PlatformsAbreast { meters, limits: LimitsAbreast::new(rules), idle: [Ratings::default(); ABREAST] }
    }

    /// Whether nothing but its limit keeps the number of a run from sending: what it may send is what it
    /// [leaves](PlatformsAbreast::capacities).
    #[inline]
    pub fn sends_freely(&self, run: usize) -> bool {
        self.sending_freely() & 1 << run != 0
    }

    /// A bit for each of these runs.
    #[inline]
    pub fn sending_freely(&self) -> u32 {
        self.limits.free
    }

    /// Customers reached in the window of the limit of each run at `now`.
    pub fn reached(&mut self, now: SimTime) -> All<u64> {
        self.limits.reached(now)
    }

    /// The limit of each run; `u64::MAX` is unlimited.
    pub fn limits(&self) -> &All<u64> {
        self.limits.limits()
    }

    /// How many more customers the limit of each run leaves at `now`; `u64::MAX` is unlimited.
    pub fn capacities(&mut self, now: SimTime) -> All<u64> {
        let mut capacities = self.limits.reached(now);
        for (capacity, limit) in capacities.iter_mut().zip(self.limits.limits()) {
            *capacity = if *limit == u64::MAX { u64::MAX } else { limit.saturating_sub(*capacity) };
        }
        capacities
    }

    /// Counts what the runs of `sending` sent; a bit for each in which the platform
    /// [judges](PlatformsAbreast::judge_sent) by that.
    pub fn deliver(&mut self, now: SimTime, sending: u32, sent: &SentAbreast) -> u32 {
        self.meters.iter_mut().for_each(|meter| meter.deliver(now, &sent.delivered));
        self.limits.deliver(now, sending, sent)
    }

    /// Lets the platform of a run judge by what it sent, which is counted.
    pub fn judge_sent(
        &mut self,
        run: usize,
        now: SimTime,
        sent: &SentAbreast,
        platform: &mut Platform<'r>,
        out: &mut Vec<Change>,
    ) {
        self.tell(run, platform);
        platform.hear_counted(now, NUMBER, [sent.sent[run], sent.delivered[run]], out);
        self.limits.look_at_bar(run, platform);
    }

    /// Hears of feedback of one kind.
    #[inline]
    pub fn hear(&mut self, now: SimTime, kind: Feedback, counts: &All<u64>) {
        self.meters.iter_mut().for_each(|meter| meter.hear(now, kind, counts));
    }

    /// Goes on to `now`: what is in the windows ages, and leaves them.
    #[inline]
    pub fn advance(&mut self, now: SimTime) {
        for meter in self.meters.iter_mut().filter(|meter| meter.shift_at <= now) {
            meter.shift(now);
        }
    }

    /// The next instant at which an evaluation could find something new in any run.
    #[inline]
    pub fn next_evaluation(&self) -> SimTime {
        self.meters.iter().map(MeterAbreast::next_evaluation).fold(SimTime::NEVER, SimTime::min)
    }

    /// Whether a clause rates at `now`.
    #[inline]
    pub fn rates_at(&self, now: SimTime) -> bool {
        self.meters.iter().any(|meter| meter.rates_at(now))
    }

    /// Evaluates the ratings that are due at `now`.
    #[inline]
    pub fn evaluate(&mut self, now: SimTime) -> Moved {
        self.advance(now);
        let due = self.meters.iter_mut().filter(|meter| meter.rates_at(now));
        let moved = due.fold(0, |moved, meter| moved | meter.evaluate(now));
        let idle = filter(moved, |run| self.idle[run].contains(self.meters[0].found(run)));
        Moved { judged: moved & !idle, idle }
    }

    /// Lets the platform of a run know of a rating of its number that [moves](PlatformsAbreast::evaluate) and of which
    /// nothing follows; returns the change.
    pub fn rate_idly(&mut self, run: usize, now: SimTime, platform: &mut Platform<'r>) -> Change {
        let rating = self.meters[0].found(run);
        self.meters[0].hold(run, rating);
        self.limits.rate(run, rating);
        platform.rate_idly(NUMBER, rating, now)
    }

    /// The score of the number of each run, and that of its template \[millionths\]; nothing where nothing was
    /// delivered, or is rated.
    pub fn scores(&self) -> [All<Option<u32>>; 2] {
        let mut scores = [[None; ABREAST]; 2];
        for meter in &self.meters {
            scores[meter.whose as usize] = meter.scores();
        }
        scores
    }

    /// Lets the platform of a run know its scores alone.
    pub fn tell_scores(&self, run: usize, platform: &mut Platform<'r>) {
        self.meters.iter().for_each(|meter| meter.tell(run, platform));
    }

    /// Lets the platform of a run know what lies in the window of its template: rises ask whether it is in use.
    pub fn tell_of_template(&self, run: usize, platform: &mut Platform<'r>) {
        let rated = self.meters.iter().filter(|meter| matches!(meter.whose, Whose::Template));
        rated.for_each(|meter| meter.tell(run, platform));
    }

    /// Lets the platform of a run know what lies in its windows, which have [gone on](PlatformsAbreast::advance) to
    /// now.
    pub fn tell(&mut self, run: usize, platform: &mut Platform<'r>) {
        self.tell_scores(run, platform);
        self.limits.tell(run, platform);
    }

    /// Lets the platform of a run hear of complaints, which it counts.
    pub fn complain(
        &mut self,
        run: usize,
        now: SimTime,
        [blocks, reports]: [u64; 2],
        platform: &mut Platform<'r>,
        out: &mut Vec<Change>,
    ) {
        let mut counts = FeedbackCounts::default();
        counts[Feedback::Block.index()] = blocks;
        counts[Feedback::Report.index()] = reports;
        self.tell(run, platform);
        platform.hear_complaints(now, NUMBER, &counts, out);
    }

    /// Lets the platform of a run, which knows its sums, evaluate and judge the ratings that are due at `now`.
    pub fn judge(&self, now: SimTime, platform: &mut Platform<'r>, out: &mut Vec<Change>) {
        for meter in self.meters.iter().filter(|meter| meter.rates_at(now)) {
            meter.whose.of(platform).touch(now);
        }
        platform.evaluate(now, out);
    }

    /// Follows the platform of a run, which was told and has judged: its ratings, and windows that it began afresh.
    pub fn follow(&mut self, run: usize, platform: &mut Platform<'r>) {
        self.meters.iter_mut().for_each(|meter| meter.follow(run, platform));
    }

    /// Follows the platform of a run that has changed: its limit, what keeps it from sending, and what may follow from
    /// its rating.
    pub fn follow_change(&mut self, run: usize, now: SimTime, platform: &mut Platform<'r>) {
        self.limits.follow(run, platform);
        self.idle[run] = platform.idle_ratings(NUMBER, now);
        if self.idle[run].contains(platform.rating(NUMBER)) {
            platform.settle(now);
        }
    }
}
