//! The meters behind a rating: what was delivered and what customers sent back, the score they make, and the rating
//! that an evaluation finds by it.
//!
//! ```text
//!   Meters     the rating, and when an evaluation could find another
//!     Meter    one a rating clause: thresholds, window of the score, how often customers are written to
//! ```

use crate::glossary::{Feedback, Rating, Ratio};
use crate::time::{SimTime, Span};

use super::language::{Frequency, Thin};
use super::rules::{RatingRule, Thresholds};
use super::window::{Amount, Rolling, ScoreWindow};

/// Feedback that arrives at one instant, by kind as in [`Feedback::ALL`].
pub type FeedbackCounts = [u64; Feedback::ALL.len()];

/// The rating of a number or a template, by each rating clause that the ruleset has for it.
#[derive(Clone, Debug)]
pub(crate) struct Meters {
    pub(crate) rating: Rating,
    pub(crate) meters: Vec<Meter>,
    /// Something that a rating or a clause looks at has changed since then; never, where nothing has.
    pub(crate) touched_at: SimTime,
    pub(crate) evaluated_at: SimTime,
    /// When a sum next changes by itself: until then there is nothing to move on.
    pub(crate) shift_at: SimTime,
    /// Whether what is heard is kept and counted elsewhere, and the sums are told.
    pub(super) sums_alone: bool,
    /// Whether the window was begun afresh since whoever keeps it looked.
    pub(super) cleared: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct Meter {
    pub(super) thresholds: Thresholds,
    pub(crate) window: ScoreWindow,
    /// Nothing, where no amendment will come.
    pub(crate) heard: Option<Heard>,
    /// How often customers are written to, where that touches the rating.
    pub(crate) often: Option<Box<Often>>,
}

/// Feedback that a rating looks back on, kind by kind: an amendment may weigh it otherwise.
#[derive(Clone, Debug)]
pub(crate) struct Heard {
    /// How long it is remembered.
    length: Span,
    entries: Vec<(SimTime, Feedback, u64)>,
    /// So many entries are kept before those that are too old are looked for.
    most: usize,
}

impl Heard {
    /// Feedback of the last `length`.
    fn new(length: Span) -> Heard {
        Heard { length, entries: Vec::new(), most: 64 }
    }

    /// Adds what was heard at `now`, of every kind: other rules may weigh what these do not.
    fn add(&mut self, now: SimTime, counts: &FeedbackCounts) {
        for (kind, count) in Feedback::ALL.into_iter().zip(counts) {
            self.add_kind(now, kind, *count);
        }
    }

    pub(crate) fn add_kind(&mut self, now: SimTime, kind: Feedback, count: u64) {
        if count == 0 {
            return;
        }
        if self.entries.len() >= self.most {
            let edge = now - self.length;
            self.entries.retain(|(at, ..)| *at > edge);
            self.most = self.most.max(2 * self.entries.len());
        }
        self.entries.push((now, kind, count));
    }

    /// What was heard of a kind in the window that ends at `now`, oldest first.
    pub(crate) fn of(&self, kind: Feedback, now: SimTime) -> impl Iterator<Item = (SimTime, u64)> + '_ {
        let edge = now - self.length;
        let heard = self.entries.iter().filter(move |(at, own, _)| *own == kind && *at > edge);
        heard.map(|(at, _, count)| (*at, *count))
    }
}

/// Messages and customers reached over a time.
#[derive(Clone, Debug)]
pub(crate) struct Often {
    pub(crate) messages: Rolling,
    /// Customers by their latest message.
    pub(crate) customers: Rolling,
}

impl Often {
    fn add(&mut self, now: SimTime, delivered: u64, again: &[(SimTime, u64)]) -> SimTime {
        for (at, customers) in again {
            self.customers.take_back(*at, *customers);
        }
        self.messages.add(now, delivered);
        self.customers.add(now, delivered);
        now + self.messages.length()
    }

    /// What is added to a score [thousand-millionths]: weight x (messages per customer - allowance), rounded down.
    fn adds(&mut self, frequency: &Frequency, now: SimTime) -> i128 {
        let (messages, customers) = (self.messages.sum(now), self.customers.sum(now));
        let Frequency { weight, allowance, .. } = frequency;
        let above = i128::from(messages) * i128::from(allowance.bottom)
            - i128::from(allowance.top) * i128::from(customers);
        if customers == 0 || above <= 0 {
            return 0;
        }
        let bottom = i128::from(customers) * i128::from(allowance.bottom) * i128::from(weight.bottom);
        above * i128::from(weight.top) * BILLION / bottom
    }
}

const BILLION: i128 = 1_000_000_000;

/// A score as an exact fraction: `top / bottom`; nothing was delivered where `bottom` is 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Score {
    /// Weighted feedback, never below 0.
    pub top: i128,
    /// Weighted deliveries over the same unit.
    pub bottom: i128,
}

impl Score {
    /// Whether the score is `threshold` or more.
    #[inline]
    fn reaches(self, threshold: Ratio) -> bool {
        match (i64::try_from(self.top), i64::try_from(self.bottom)) {
            // The products of 64 bits each take fewer steps.
            (Ok(top), Ok(bottom)) => {
                i128::from(top) * i128::from(threshold.bottom)
                    >= i128::from(threshold.top) * i128::from(bottom)
            }
            _ => self.top * i128::from(threshold.bottom) >= i128::from(threshold.top) * self.bottom,
        }
    }

    /// The score as a share, for output only; `None` where nothing was delivered.
    pub fn as_f64(self) -> Option<f64> {
        (self.bottom > 0).then(|| as_f64(self.top) / as_f64(self.bottom))
    }

    /// The score to the nearest millionth, halves up, for output only; `None` where nothing was delivered.
    pub fn millionths(self) -> Option<u32> {
        self.as_f64().map(millionths)
    }
}

/// A share of not below 0 to the nearest millionth, halves up.
#[inline(always)]
pub(super) fn millionths(share: f64) -> u32 {
    let exact = share * 1e6;
    let whole = exact as u32;
    whole.saturating_add(u32::from(exact - f64::from(whole) >= 0.5))
}

/// The nearest of 64 bits; what 64 bits hold takes fewer steps.
fn as_f64(amount: i128) -> f64 {
    u64::try_from(amount).map_or_else(|_| long_as_f64(amount), |short| short as f64)
}

/// A function of its own: where it is not, it is worked out of every amount and then left unused.
#[cold]
#[inline(never)]
fn long_as_f64(amount: i128) -> f64 {
    amount as f64
}

impl Thresholds {
    #[inline]
    fn judge(self, score: Score) -> Rating {
        if score.reaches(self.low_from) {
            Rating::Low
        } else if score.reaches(self.medium_from) {
            Rating::Medium
        } else {
            Rating::High
        }
    }
}

impl RatingRule {
    /// The rating that an evaluation finds of a score on so many deliveries, where it was `before`.
    #[inline]
    pub(super) fn found(
        &self,
        thresholds: Thresholds,
        score: Score,
        deliveries: u64,
        before: Rating,
    ) -> Rating {
        if deliveries < self.min_deliveries || score.bottom == 0 {
            return match self.thin {
                Thin::keep => before,
                Thin::unknown => Rating::Unknown,
            };
        }
        thresholds.judge(score)
    }

    /// What feedback of one kind weighs; nothing where none has come, or the kind does not weigh.
    #[inline]
    fn weigh(&self, kind: Feedback, count: u64) -> Option<i128> {
        let weight = self.weights.of(kind).filter(|_| count > 0)?;
        Some(Amount::feedback(weight, count).feedback)
    }
}

impl Meters {
    pub(crate) fn new(rules: &[RatingRule], drawn: &[Thresholds], never_amended: bool) -> Meters {
        let meter = |(place, rule): (usize, &RatingRule)| Meter {
            thresholds: drawn.get(place).copied().unwrap_or(rule.thresholds),
            window: ScoreWindow::new(rule.window, &rule.ages),
            heard: (!never_amended).then(|| Heard::new(rule.window)),
            often: rule.frequency.map(|frequency| {
                let within = || Rolling::new(frequency.within);
                Box::new(Often { messages: within(), customers: within() })
            }),
        };
        Meters {
            rating: Rating::Unknown,
            meters: rules.iter().enumerate().map(meter).collect(),
            touched_at: SimTime::NEVER,
            evaluated_at: SimTime(-1),
            shift_at: SimTime::NEVER,
            sums_alone: false,
            cleared: false,
        }
    }

    pub(crate) fn touch(&mut self, now: SimTime) {
        self.touched_at = self.touched_at.min(now);
    }

    /// Hears of deliveries; `again` holds those whose latest message before was delivered: when, and how many.
    pub(crate) fn delivered(&mut self, now: SimTime, count: u64, again: &[(SimTime, u64)]) {
        for meter in &mut self.meters {
            if count > 0 {
                meter.window.add(now, Amount::delivered(count));
                self.shift_at = self.shift_at.min(meter.window.next_shift());
            }
            if let Some(often) = &mut meter.often {
                self.shift_at = self.shift_at.min(often.add(now, count, again));
            }
        }
        self.touch(now);
    }

    /// Hears of feedback, all kinds of one instant.
    #[inline]
    pub(crate) fn feedback(&mut self, rules: &[RatingRule], now: SimTime, counts: &FeedbackCounts) {
        self.hear(rules, now, |heard| heard.add(now, counts), |rule| rule.weights.sum(counts));
    }

    /// Hears of feedback of one kind.
    #[inline]
    pub(crate) fn feedback_of(&mut self, rules: &[RatingRule], now: SimTime, kind: Feedback, count: u64) {
        self.hear(rules, now, |heard| heard.add_kind(now, kind, count), |rule| rule.weigh(kind, count));
    }

    /// Keeps feedback where an amendment may ask for it, and adds what it weighs by each clause.
    #[inline]
    fn hear(
        &mut self,
        rules: &[RatingRule],
        now: SimTime,
        keep: impl Fn(&mut Heard),
        weigh: impl Fn(&RatingRule) -> Option<i128>,
    ) {
        if self.sums_alone {
            return;
        }
        for (rule, meter) in rules.iter().zip(&mut self.meters) {
            if let Some(heard) = &mut meter.heard {
                keep(heard);
            }
            let Some(feedback) = weigh(rule) else { continue };
            meter.window.add(now, Amount { delivered: 0, feedback });
            self.shift_at = self.shift_at.min(meter.window.next_shift());
            self.touched_at = self.touched_at.min(now);
        }
    }

    /// Position of the rating clause in force.
    #[inline]
    pub(crate) fn in_force(rules: &[RatingRule], now: SimTime) -> Option<usize> {
        rules.iter().position(|rule| rule.in_force.at(now))
    }

    /// Moves the sums on to `now`, and remembers that they changed, so that no evaluation is missed by looking.
    #[inline]
    fn advance(&mut self, now: SimTime) {
        if self.shift_at <= now {
            self.shift(now);
        }
    }

    #[inline]
    fn shift(&mut self, now: SimTime) {
        self.touch(self.shift_at);
        let mut next = SimTime::NEVER;
        for meter in &mut self.meters {
            meter.window.advance(now);
            next = next.min(meter.window.next_shift());
            if let Some(often) = &mut meter.often {
                often.messages.advance(now);
                next = next.min(often.messages.next_expiry());
            }
        }
        self.shift_at = next;
    }

    /// Whether anything was delivered in the window of the clause in force.
    pub(crate) fn in_use(&mut self, rules: &[RatingRule], now: SimTime) -> bool {
        self.advance(now);
        let Some(place) = Meters::in_force(rules, now) else { return false };
        self.meters[place].window.deliveries() > 0
    }

    /// The score at `now` by the clause in force; `None` without one.
    pub(crate) fn score(&mut self, rules: &[RatingRule], now: SimTime) -> Option<Score> {
        let place = Meters::in_force(rules, now)?;
        Some(self.score_by(rules, place, now))
    }

    /// The score at `now` by the clause at `place`.
    #[inline]
    fn score_by(&mut self, rules: &[RatingRule], place: usize, now: SimTime) -> Score {
        self.advance(now);
        let (rule, meter) = (&rules[place], &mut self.meters[place]);
        let Amount { delivered, feedback } = meter.window.weighted();
        let bottom = i128::from(rule.weight_unit) * i128::from(delivered);
        let score = Score { top: feedback.max(0), bottom };
        match (&rule.frequency, &mut meter.often) {
            (Some(frequency), Some(often)) => {
                let adds = often.adds(frequency, now);
                Score { top: score.top * BILLION + score.bottom * adds, bottom: score.bottom * BILLION }
            }
            _ => score,
        }
    }

    /// The rating that an evaluation at `now` finds by the clause in force, which is at `place`.
    #[inline]
    pub(crate) fn evaluate(&mut self, rules: &[RatingRule], place: usize, now: SimTime) -> Rating {
        let score = self.score_by(rules, place, now);
        self.touched_at = SimTime::NEVER;
        self.evaluated_at = now;
        let (rule, meter) = (&rules[place], &self.meters[place]);
        rule.found(meter.thresholds, score, meter.window.deliveries(), self.rating)
    }

    /// Whether an evaluation at `now` finds the rating that there is.
    #[inline]
    pub(crate) fn stays(&mut self, rules: &[RatingRule], place: usize, now: SimTime) -> bool {
        if self.touched_at.min(self.shift_at) > now {
            // It was found by this clause, of these sums.
            self.evaluated_at = now;
            return true;
        }
        self.evaluate(rules, place, now) == self.rating
    }

    /// The rating that so much weighted feedback on so many deliveries would have, by the clause in force; Unknown
    /// where nothing was delivered.
    pub(crate) fn rating_of(
        &self,
        rules: &[RatingRule],
        now: SimTime,
        weighted: i128,
        delivered: u64,
    ) -> Rating {
        let Some(place) = Meters::in_force(rules, now).filter(|_| delivered > 0) else {
            return Rating::Unknown;
        };
        let bottom = i128::from(rules[place].weight_unit) * i128::from(delivered);
        self.meters[place].thresholds.judge(Score { top: weighted.max(0), bottom })
    }

    /// From when on an evaluation could find something new; an instant at which something was sent has had its
    /// evaluation before.
    ///
    /// What was judged is settled until `settled_until`.
    #[inline]
    pub(crate) fn evaluation_from(&self, sent_at: SimTime, settled_until: SimTime) -> SimTime {
        let from = self.touched_at.min(self.shift_at).min(settled_until);
        // What never comes comes no earlier.
        SimTime(from.0.max(self.evaluated_at.0 + 1).max(sent_at.0 + 1))
    }

    /// Starts the rating window afresh.
    pub(crate) fn clear(&mut self) {
        for meter in &mut self.meters {
            meter.window.clear();
            if let Some(heard) = &mut meter.heard {
                heard.entries.clear();
            }
            if let Some(often) = &mut meter.often {
                often.messages.clear();
                often.customers.clear();
            }
        }
        self.shift_at = SimTime::NEVER;
        self.rating = Rating::Unknown;
        self.cleared = true;
    }
}

/// The first evaluation at `earliest` or later: each clause has its own rhythm, and where none is in force nothing is
/// ever rated.
#[inline]
pub(crate) fn next_due(rules: &[RatingRule], earliest: SimTime) -> SimTime {
    match rules {
        _ if earliest == SimTime::NEVER => earliest,
        [rule] => rule.in_force.next_multiple(earliest, rule.every).unwrap_or(SimTime::NEVER),
        several => {
            let due = several.iter().enumerate().filter_map(|(place, rule)| {
                let due = rule.in_force.next_multiple(earliest, rule.every)?;
                (Meters::in_force(rules, due) == Some(place)).then_some(due)
            });
            due.min().unwrap_or(SimTime::NEVER)
        }
    }
}
