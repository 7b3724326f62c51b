//! The rating meters of replications abreast: the windows of all runs side by side, of one number and one template.
//!
//! ```text
//!                 newest                                        oldest
//!                 [ age < 1 d              | 1..2 d   | ...          ]  -> gone at the window's end
//!   delivered       of all runs, of all runs | of all runs | ...            sums of all runs
//!   feedback        of all runs, of all runs | of all runs | ...            sums of all runs --evaluate--> who moves
//! ```
//!
//! Runs that send in the same slots hear in the same slots, and what they hear ages and leaves their windows at the
//! same instants: only the counts differ. Most evaluations find what was found before, so they are made here, all at
//! once, and the [`Platform`] of a run is asked to judge only where a rating of it moves. It is told the sums, so that
//! all that it says is what it would say with windows of its own.

use std::collections::VecDeque;

use crate::abreast::{ABREAST, All};
use crate::glossary::{Feedback, Rating};
use crate::time::{SimTime, Span};

use super::change::Change;
use super::judge::Platform;
use super::meters::{FeedbackCounts, Meters, Score};
use super::rules::{RatingRule, Rules, Thresholds};
use super::window::{Amount, age_at_stage_end};

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

/// What the number and the template of each run are rated by.
#[derive(Clone, Debug)]
pub struct MetersAbreast<'r> {
    /// That of the number, and that of the template where a rule rates it.
    meters: Vec<MeterAbreast<'r>>,
}

/// Whose rating it is.
#[derive(Clone, Copy, Debug)]
enum Whose {
    Number,
    Template,
}

impl Whose {
    /// The meters of a run.
    fn of<'m>(self, platform: &'m mut Platform<'_>) -> &'m mut Meters {
        match self {
            Whose::Number => &mut platform.standing.numbers[NUMBER].meters,
            Whose::Template => &mut platform.standing.templates[TEMPLATE].meters,
        }
    }
}

/// What one of them is rated by.
#[derive(Clone, Debug)]
struct MeterAbreast<'r> {
    whose: Whose,
    rule: &'r RatingRule,
    /// Weight by kind of feedback.
    weights: [i64; Feedback::ALL.len()],
    thresholds: All<Thresholds>,
    /// As last evaluated.
    ratings: All<Rating>,
    /// Oldest first.
    entries: VecDeque<Entry>,
    /// Entries dropped so far: positions count them, too.
    dropped: usize,
    /// By full days of age: the position of the oldest entry, and when it is too old.
    stages: Vec<Stage>,
    /// Deliveries whatever their age, and the sums weighted by age.
    deliveries: All<u64>,
    delivered: All<i64>,
    feedback: All<i64>,
    /// The sums have changed since then; never, where they have not.
    touched_at: SimTime,
    /// When they next change by themselves.
    shift_at: SimTime,
    /// Evaluations up to here are done.
    evaluated_at: SimTime,
}

/// What happened at one instant.
#[derive(Clone, Debug)]
struct Entry {
    at: SimTime,
    delivered: All<u64>,
    feedback: All<i64>,
}

#[derive(Clone, Copy, Debug)]
struct Stage {
    /// Entries of this age leave the stage.
    until_age: Span,
    /// Weight of one, in whole numbers.
    weight: i64,
    /// Position of the oldest entry that is in this stage or in a newer one.
    oldest: usize,
}

impl<'r> MetersAbreast<'r> {
    /// The meters of `platforms` (at most [`ABREAST`]), which are [rated abreast](Rules::rate_abreast) by the same
    /// rules.
    pub fn open<'p>(
        rules: &'r Rules,
        platforms: impl IntoIterator<Item = &'p mut Platform<'r>>,
    ) -> MetersAbreast<'r>
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
        MetersAbreast { meters }
    }

    /// Hears of deliveries.
    pub fn deliver(&mut self, now: SimTime, delivered: &All<u64>) {
        self.meters.iter_mut().for_each(|meter| meter.deliver(now, delivered));
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

    /// Evaluates the ratings that are due at `now`; a bit for each run in which one moves.
    #[inline]
    pub fn evaluate(&mut self, now: SimTime) -> u32 {
        self.advance(now);
        let due = self.meters.iter_mut().filter(|meter| meter.rates_at(now));
        due.fold(0, |moved, meter| moved | meter.evaluate(now))
    }

    /// Lets the platform of a run know the sums of its windows, which have [gone on](MetersAbreast::advance) to now.
    pub fn tell(&self, run: usize, platform: &mut Platform<'r>) {
        for meter in &self.meters {
            let sums =
                Amount { delivered: meter.delivered[run] as u64, feedback: i128::from(meter.feedback[run]) };
            meter.whose.of(platform).meters[0].window.set_sums(meter.deliveries[run], sums);
        }
    }

    /// Lets the platform of a run hear of complaints, which it counts.
    pub fn complain(
        &self,
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

    /// Follows the platform of a run, which has judged: its ratings, and windows that it began afresh.
    pub fn follow(&mut self, run: usize, platform: &mut Platform<'r>) {
        for meter in &mut self.meters {
            let own = meter.whose.of(platform);
            meter.ratings[run] = own.rating;
            if std::mem::take(&mut own.cleared) {
                meter.clear(run);
            }
        }
    }
}

impl<'r> MeterAbreast<'r> {
    fn new(whose: Whose, rule: &'r RatingRule) -> MeterAbreast<'r> {
        let mut weights = [0; Feedback::ALL.len()];
        rule.weights.iter().for_each(|(kind, weight)| weights[kind.index()] += weight);
        let stage = |(day, weight): (usize, &u64)| Stage {
            until_age: age_at_stage_end(rule.window, rule.ages.len(), day),
            weight: *weight as i64,
            oldest: 0,
        };
        MeterAbreast {
            whose,
            rule,
            weights,
            thresholds: [rule.thresholds; ABREAST],
            ratings: [Rating::Unknown; ABREAST],
            entries: VecDeque::new(),
            dropped: 0,
            stages: rule.ages.iter().enumerate().map(stage).collect(),
            deliveries: All::default(),
            delivered: All::default(),
            feedback: All::default(),
            touched_at: SimTime::NEVER,
            shift_at: SimTime::NEVER,
            evaluated_at: SimTime(-1),
        }
    }

    /// Takes over what the platform of a run is rated by.
    fn join(&mut self, run: usize, platform: &mut Platform<'r>) {
        let own = self.whose.of(platform);
        own.sums_alone = true;
        (self.thresholds[run], self.ratings[run]) = (own.meters[0].thresholds, own.rating);
    }

    fn deliver(&mut self, now: SimTime, delivered: &All<u64>) {
        let newest = self.newest_weight();
        for (run, count) in delivered.iter().enumerate() {
            self.deliveries[run] += count;
            self.delivered[run] += newest * *count as i64;
        }
        let entry = self.entry(now);
        for (sum, count) in entry.delivered.iter_mut().zip(delivered) {
            *sum += count;
        }
        // An instant at which something was sent has had its evaluation before.
        self.evaluated_at = now;
    }

    #[inline]
    fn hear(&mut self, now: SimTime, kind: Feedback, counts: &All<u64>) {
        let weight = self.weights[kind.index()];
        if weight == 0 {
            return;
        }
        let newest = self.newest_weight();
        let mut weighted = All::<i64>::default();
        for (run, count) in counts.iter().enumerate() {
            weighted[run] = weight * *count as i64;
            self.feedback[run] += newest * weighted[run];
        }
        let entry = self.entry(now);
        for (sum, weighted) in entry.feedback.iter_mut().zip(&weighted) {
            *sum += weighted;
        }
    }

    fn newest_weight(&self) -> i64 {
        self.stages.first().map_or(0, |stage| stage.weight)
    }

    /// What happens at `now`, which is not earlier than anything heard before.
    #[inline]
    fn entry(&mut self, now: SimTime) -> &mut Entry {
        self.touched_at = self.touched_at.min(now);
        let until_age = self.stages.first().map_or(Span(0), |stage| stage.until_age);
        self.shift_at = self.shift_at.min(now + until_age);
        if self.entries.back().is_none_or(|last| last.at < now) {
            self.entries.push_back(Entry { at: now, delivered: All::default(), feedback: All::default() });
        }
        let last = self.entries.len() - 1;
        &mut self.entries[last]
    }

    /// Moves entries to the stages of their age at `now`, newest stage first, so that one pass carries an entry as far
    /// as it must go; drops what has left the window.
    fn shift(&mut self, now: SimTime) {
        self.touched_at = self.touched_at.min(self.shift_at);
        self.shift_at = SimTime::NEVER;
        let mut end = self.dropped + self.entries.len();
        for stage in 0..self.stages.len() {
            let Stage { until_age, weight, mut oldest } = self.stages[stage];
            let next = self.stages.get(stage + 1).map(|next| next.weight);
            while oldest < end {
                let entry = &self.entries[oldest - self.dropped];
                if entry.at + until_age > now {
                    self.shift_at = self.shift_at.min(entry.at + until_age);
                    break;
                }
                let lighter = next.unwrap_or(0) - weight;
                for run in 0..ABREAST {
                    self.delivered[run] += lighter * entry.delivered[run] as i64;
                    self.feedback[run] += lighter * entry.feedback[run];
                    self.deliveries[run] -= if next.is_none() { entry.delivered[run] } else { 0 };
                }
                oldest += 1;
            }
            self.stages[stage].oldest = oldest;
            end = oldest;
        }
        self.entries.drain(..end - self.dropped);
        self.dropped = end;
    }

    #[inline]
    fn next_evaluation(&self) -> SimTime {
        let from = self.touched_at.min(self.shift_at);
        if from == SimTime::NEVER {
            return from;
        }
        let from = SimTime(from.0.max(self.evaluated_at.0 + 1));
        self.rule.in_force.next_multiple(from, self.rule.every).unwrap_or(SimTime::NEVER)
    }

    #[inline]
    fn rates_at(&self, now: SimTime) -> bool {
        now.0 % self.rule.every.0 == 0
    }

    /// Evaluates at `now`; a bit for each run whose rating this moves.
    #[inline]
    fn evaluate(&mut self, now: SimTime) -> u32 {
        (self.touched_at, self.evaluated_at) = (SimTime::NEVER, now);
        let mut moved = 0;
        for run in 0..ABREAST {
            moved |= u32::from(self.found(run) != self.ratings[run]) << run;
        }
        moved
    }

    #[inline]
    fn found(&self, run: usize) -> Rating {
        // As eligibility has it, no product of these needs more than 63 bits.
        let score = Score {
            top: i128::from(self.feedback[run].max(0)),
            bottom: i128::from(self.rule.weight_unit * self.delivered[run]),
        };
        self.rule.found(self.thresholds[run], score, self.deliveries[run], self.ratings[run])
    }

    /// Starts the window of a run afresh.
    fn clear(&mut self, run: usize) {
        (self.deliveries[run], self.delivered[run], self.feedback[run]) = (0, 0, 0);
        for entry in &mut self.entries {
            (entry.delivered[run], entry.feedback[run]) = (0, 0);
        }
    }
}
