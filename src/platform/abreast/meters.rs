//! The rating windows of replications abreast: those of all runs side by side, of one number or one template.
//!
//! ```text
//!                 newest                                        oldest
//!                 [ age < 1 d              | 1..2 d   | ...          ]  -> gone at the window's end
//!   delivered       of all runs, of all runs | of all runs | ...            sums of all runs
//!   feedback        of all runs, of all runs | of all runs | ...            sums of all runs --evaluate--> who moves
//! ```

use std::collections::VecDeque;

use multiversion::multiversion;

use crate::abreast::{ABREAST, All, add, filter, subtract};
use crate::glossary::{Feedback, Rating};
use crate::time::{SimTime, Span};

use super::super::judge::Platform;
use super::super::meters::{Meters, Score, millionths};
use super::super::rules::{RatingRule, Thresholds};
use super::super::window::{Amount, age_at_stage_end};
use super::{NUMBER, TEMPLATE};

/// Whose rating it is.
#[derive(Clone, Copy, Debug)]
pub(super) enum Whose {
    Number,
    Template,
}

impl Whose {
    /// The meters of a run.
    pub(super) fn of<'m>(self, platform: &'m mut Platform<'_>) -> &'m mut Meters {
        match self {
            Whose::Number => &mut platform.standing.numbers[NUMBER].meters,
            Whose::Template => &mut platform.standing.templates[TEMPLATE].meters,
        }
    }
}

/// What one of them is rated by.
#[derive(Clone, Debug)]
pub(super) struct MeterAbreast<'r> {
    pub(super) whose: Whose,
    rule: &'r RatingRule,
    /// Weight by kind of feedback.
    weights: [i64; Feedback::ALL.len()],
    thresholds: All<Thresholds>,
    /// As last evaluated.
    ratings: All<Rating>,
    /// Between these scores each rating stays for sure.
    above: All<f64>,
    below: All<f64>,
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
    pub(super) shift_at: SimTime,
    /// Evaluations up to here are done.
    evaluated_at: SimTime,
}

/// Adds to each sum so many times a count, of up to 63 bits.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl", "x86_64+avx2"))]
fn add_times(sums: &mut All<i64>, times: i64, counts: &All<u64>) {
    for run in 0..ABREAST {
        sums[run] += times * counts[run] as i64;
    }
}

/// A bit for each run of which a look at its score does not tell that its rating stays.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl", "x86_64+avx2"))]
fn unsure(meter: &MeterAbreast<'_>) -> u32 {
    let (unit, enough) = (meter.rule.weight_unit, meter.rule.min_deliveries);
    let mut unsure = 0;
    for run in 0..ABREAST {
        let top = meter.feedback[run].max(0) as f64;
        let bottom = (unit * meter.delivered[run]) as f64;
        let stays = (top > meter.above[run] * bottom) & (top < meter.below[run] * bottom);
        unsure |= u32::from(!(stays & (meter.deliveries[run] >= enough))) << run;
    }
    unsure
}

/// The scores of all runs \[millionths\]: [`Score::millionths`], where anything was delivered.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl", "x86_64+avx2"))]
fn score_all(meter: &MeterAbreast<'_>) -> All<u32> {
    let mut scores = [0; ABREAST];
    for ((score, feedback), delivered) in scores.iter_mut().zip(&meter.feedback).zip(&meter.delivered) {
        let bottom = (meter.rule.weight_unit * delivered) as f64;
        *score = millionths((*feedback).max(0) as f64 / bottom);
    }
    scores
}

/// How near to a threshold a score is compared with it in whole numbers, as a share: far more than rounding can be
/// wrong.
const MARGIN: f64 = 1e-9;

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

impl<'r> MeterAbreast<'r> {
    pub(super) fn new(whose: Whose, rule: &'r RatingRule) -> MeterAbreast<'r> {
        let mut weights = [0; Feedback::ALL.len()];
        rule.weights.iter().for_each(|(kind, weight)| weights[kind.index()] = weight);
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
            above: [f64::INFINITY; ABREAST],
            below: [f64::INFINITY; ABREAST],
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
    pub(super) fn join(&mut self, run: usize, platform: &mut Platform<'r>) {
        let own = self.whose.of(platform);
        own.sums_alone = true;
        let (thresholds, rating) = (own.meters[0].thresholds, own.rating);
        self.thresholds[run] = thresholds;
        self.hold(run, rating);
    }

    /// A run has this rating.
    pub(super) fn hold(&mut self, run: usize, rating: Rating) {
        let Thresholds { medium_from, low_from } = self.thresholds[run];
        let (medium, low) = (medium_from.as_f64(), low_from.as_f64());
        let (above, below) = match rating {
            Rating::High => (-1.0, medium.min(low)),
            Rating::Medium => (medium, low),
            Rating::Low => (low, f64::INFINITY),
            Rating::Unknown => (f64::INFINITY, f64::INFINITY),
        };
        self.ratings[run] = rating;
        (self.above[run], self.below[run]) = (above * (1.0 + MARGIN), below * (1.0 - MARGIN));
    }

    pub(super) fn deliver(&mut self, now: SimTime, delivered: &All<u64>) {
        let newest = self.newest_weight();
        add(&mut self.deliveries, delivered);
        add_times(&mut self.delivered, newest, delivered);
        add(&mut self.entry(now).delivered, delivered);
        // An instant at which something was sent has had its evaluation before.
        self.evaluated_at = now;
    }

    #[inline]
    pub(super) fn hear(&mut self, now: SimTime, kind: Feedback, counts: &All<u64>) {
        let weight = self.weights[kind.index()];
        if weight == 0 {
            return;
        }
        let newest = self.newest_weight() * weight;
        add_times(&mut self.feedback, newest, counts);
        add_times(&mut self.entry(now).feedback, weight, counts);
    }

    /// Lets the platform of a run know the sums of its window.
    pub(super) fn tell(&self, run: usize, platform: &mut Platform<'r>) {
        let (deliveries, feedback) = (self.deliveries[run], i128::from(self.feedback[run]));
        let sums = Amount { delivered: self.delivered[run] as u64, feedback };
        self.whose.of(platform).meters[0].window.set_sums(deliveries, sums);
    }

    /// The scores of all runs \[millionths\]; nothing where nothing was delivered.
    pub(super) fn scores(&self) -> All<Option<u32>> {
        let scores = score_all(self);
        std::array::from_fn(|run| (self.delivered[run] > 0).then_some(scores[run]))
    }

    /// Follows the platform of a run: its rating, and a window that it began afresh.
    pub(super) fn follow(&mut self, run: usize, platform: &mut Platform<'r>) {
        let own = self.whose.of(platform);
        let (rating, cleared) = (own.rating, std::mem::take(&mut own.cleared));
        if rating != self.ratings[run] {
            self.hold(run, rating);
        }
        if cleared {
            self.clear(run);
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
    pub(super) fn shift(&mut self, now: SimTime) {
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
                add_times(&mut self.delivered, lighter, &entry.delivered);
                add_times(&mut self.feedback, lighter, &entry.feedback.map(|count| count as u64));
                if next.is_none() {
                    subtract(&mut self.deliveries, &entry.delivered);
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
    pub(super) fn next_evaluation(&self) -> SimTime {
        let from = self.touched_at.min(self.shift_at);
        if from == SimTime::NEVER {
            return from;
        }
        let from = SimTime(from.0.max(self.evaluated_at.0 + 1));
        self.rule.in_force.next_multiple(from, self.rule.every).unwrap_or(SimTime::NEVER)
    }

    #[inline]
    pub(super) fn rates_at(&self, now: SimTime) -> bool {
        now.0 % self.rule.every.0 == 0
    }

    /// Evaluates at `now`; a bit for each run whose rating this moves.
    #[inline]
    pub(super) fn evaluate(&mut self, now: SimTime) -> u32 {
        (self.touched_at, self.evaluated_at) = (SimTime::NEVER, now);
        filter(unsure(self), |run| self.found(run) != self.ratings[run])
    }

    /// The rating that the last evaluation found.
    #[inline]
    pub(super) fn found(&self, run: usize) -> Rating {
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
