//! How a holder of a limit rises and falls: a clause that leads up, its review, the step.
//!
//! ```text
//!   judge_rise --all conditions hold--> review --its time is over--> rise --> usage may start anew
//!       '-- one is missing that time alone brings: judged again then
//! ```

use crate::glossary::NumberStatus;
use crate::time::{SimTime, Span};

use super::change::{Change, Subject, What};
use super::idle::Ratings;
use super::judge::Platform;
use super::language::{Amount, Cancel, Condition, Forbidden, Holder, Restart, Signal as Hears};
use super::ratings::unknown_counts_as;
use super::rules::{ClauseId, UpgradeRule};
use super::standing::{Analysis, RunningReview};

impl Platform<'_> {
    pub(super) fn judge_rise(&mut self, holder: usize, signal: Hears, now: SimTime, out: &mut Vec<Change>) {
        if !self.rules.rises_hear.contains(&signal) {
            return;
        }
        for (place, rule) in self.rules.upgrades.iter().enumerate() {
            let standing = &self.standing.holders[holder];
            if standing.review.is_some() {
                return;
            }
            let above = standing.above(self.rules);
            let to = rule.to.tier(above);
            let leads_up =
                to >= above && to < self.rules.tiers.len() && standing.may_leave(self.rules, &rule.from);
            if !leads_up
                || !rule.on.contains(&signal)
                || !rule.in_force.at(now)
                || self.rise_forbidden(holder)
            {
                continue;
            }
            let mut missing =
                rule.when.iter().filter(|condition| !self.rise_holds(holder, place, condition, now));
            let first = missing.next();
            // Only a least time and the platform's analysis are waited for, and only where nothing else is missing.
            let waits = matches!(first, Some(Condition::SinceFirstSend(_) | Condition::Approved))
                && missing.next().is_none();
            match first {
                None => self.start_review(holder, place, to, now, out),
                Some(Condition::SinceFirstSend(span)) if waits => {
                    let usage = self.standing.holders[holder].usage[place].as_mut();
                    if let Some(first) = usage.and_then(|usage| usage.first(now)) {
                        let standing = &mut self.standing.holders[holder];
                        standing.judge_at = standing.judge_at.min(first + *span);
                    }
                }
                Some(Condition::Approved)
                    if waits && self.standing.holders[holder].analysis == Analysis::NotAsked =>
                {
                    self.standing.holders[holder].analysis = Analysis::Asked;
                    let (subject, clause) = (Subject::Holder(holder), rule.clause);
                    out.push(Change { at: now, subject, what: What::AnalysisAsked, clause });
                }
                _ => {}
            }
        }
    }

    fn rise_forbidden(&self, holder: usize) -> bool {
        let mut numbers =
            (0..self.standing.numbers.len()).filter(|n| self.standing.numbers[*n].holder == holder);
        numbers.any(|number| self.forbidden(number, Forbidden::Upgrade))
    }

    fn start_review(&mut self, holder: usize, rule: usize, to: usize, now: SimTime, out: &mut Vec<Change>) {
        let UpgradeRule { review, clause, .. } = self.rules.upgrades[rule];
        if review == Span(0) {
            self.rise(holder, to, clause, now, out);
            return;
        }
        let until = now + review;
        self.standing.holders[holder].review = Some(RunningReview { rule, until });
        out.push(Change {
            at: now,
            subject: Subject::Holder(holder),
            what: What::ReviewStarted { until },
            clause,
        });
    }

    pub(super) fn rise(
        &mut self,
        holder: usize,
        to: usize,
        clause: ClauseId,
        now: SimTime,
        out: &mut Vec<Change>,
    ) {
        let to = to.min(self.rules.tiers.len() - 1);
        let standing = &self.standing.holders[holder];
        let (from, limit) = (standing.tier, standing.limit(self.rules));
        if to < standing.above(self.rules) {
            return;
        }
        self.step(holder, to, Restart::upgrade, now);
        let (subject, what) = (Subject::Holder(holder), What::TierRose { from, to, limit });
        out.push(Change { at: now, subject, what, clause });
        self.connect(now, clause, out);
        self.release_all(holder, now, out);
    }

    pub(super) fn fall(
        &mut self,
        holder: usize,
        levels: usize,
        floor: usize,
        clause: ClauseId,
        now: SimTime,
        out: &mut Vec<Change>,
    ) {
        let standing = &self.standing.holders[holder];
        let (from, rung) = (standing.tier, standing.rung(self.rules));
        let limit = standing.limit(self.rules);
        let to = rung.saturating_sub(levels).max(floor.min(rung));
        if to == rung {
            return;
        }
        self.step(holder, to, Restart::downgrade, now);
        let (subject, what) = (Subject::Holder(holder), What::TierFell { from, to, limit });
        out.push(Change { at: now, subject, what, clause });
    }

    /// A holder comes to another tier, whichever way; usage that this restarts is counted anew.
    fn step(&mut self, holder: usize, to: usize, cause: Restart, now: SimTime) {
        let standing = &mut self.standing.holders[holder];
        standing.tier = to;
        standing.kept = None;
        standing.last_step = now;
        standing.restart_usage(self.rules, cause);
    }

    pub(super) fn cancel_review(
        &mut self,
        holder: usize,
        cause: Cancel,
        now: SimTime,
        out: &mut Vec<Change>,
    ) {
        let Some(review) = self.standing.holders[holder].review else { return };
        let rule = &self.rules.upgrades[review.rule];
        if rule.cancelled_by.contains(&cause) {
            self.standing.holders[holder].review = None;
            let (subject, clause) = (Subject::Holder(holder), rule.clause);
            out.push(Change { at: now, subject, what: What::ReviewCancelled, clause });
        }
    }

    /// Whether a condition of an upgrade holds for a holder.
    pub(super) fn rise_holds(
        &mut self,
        holder: usize,
        place: usize,
        condition: &Condition,
        now: SimTime,
    ) -> bool {
        let rule = &self.rules.upgrades[place];
        match condition {
            Condition::RatingAtLeast(floor) => {
                let unknown = unknown_counts_as(&self.rules.number_ratings, now);
                self.all_asked(holder, now, |platform, number| {
                    platform.rating(number).at_least(*floor, unknown)
                }) && (!rule.templates_count || self.templates_at_least(*floor, now))
            }
            Condition::StatusIs(list) => {
                let blocks = rule.restricted_blocks;
                self.all_asked(holder, now, |platform, number| {
                    let life = &platform.standing.numbers[number].life;
                    let running = life.runs().map(|run| run.status).chain(life.for_good());
                    let seen = running.filter(|status| blocks || *status != NumberStatus::Restricted);
                    list.contains(&seen.max().unwrap_or(NumberStatus::Connected))
                })
            }
            Condition::Usage { amount, .. } => self.usage_holds(holder, place, *amount, now),
            Condition::SinceFirstSend(span) => {
                let usage = self.standing.holders[holder].usage[place].as_mut();
                usage.and_then(|usage| usage.first(now)).is_some_and(|first| now - first >= *span)
            }
            Condition::SinceLastStep(span) => now - self.standing.holders[holder].last_step >= *span,
            Condition::Approved => self.standing.holders[holder].analysis == Analysis::Approved,
            Condition::LimitReached => {
                let number = self.standing.numbers.iter().position(|number| number.holder == holder);
                number.is_some_and(|number| self.left(number, now) == 0)
            }
            other => {
                let number = self.standing.numbers.iter().position(|number| number.holder == holder);
                number.is_some_and(|number| self.holds(number, other, now))
            }
        }
    }

    /// The ratings at which a number, the only one of its holder, begins no rise as it delivers: by them, by its status
    /// or as it is in review. They are the same until anything but its rating changes; the clause that rates it is in
    /// force all the time.
    pub(super) fn barred_from_rising(&mut self, number: usize) -> Ratings {
        if self.in_review(number) {
            return Ratings::ALL;
        }
        let (rules, own) = (self.rules, &self.standing.numbers[number]);
        let (holder, coupled) = (own.holder, own.coupled);
        let unknown = unknown_counts_as(&rules.number_ratings, SimTime::START);
        let mut missing = |place: usize, rule: &UpgradeRule, condition: &Condition| match condition {
            // Which templates count changes with what is sent.
            Condition::RatingAtLeast(floor) if !rule.templates_count => Ratings::of(|rating| {
                !coupled.map_or(*rating, |worst| rating.worse(worst)).at_least(*floor, unknown)
            }),
            Condition::StatusIs(_) if !self.rise_holds(holder, place, condition, SimTime::START) => {
                Ratings::ALL
            }
            _ => Ratings::NONE,
        };
        let rises = rules.upgrades.iter().enumerate().filter(|(_, rule)| rule.on.contains(&Hears::delivery));
        rises.fold(Ratings::ALL, |barred, (place, rule)| {
            let conditions = rule.when.iter();
            barred
                .and(conditions.fold(Ratings::NONE, |any, condition| any.or(missing(place, rule, condition))))
        })
    }

    /// Whether something is so of all numbers whose rating and status a rise of `holder` asks for: all that delivered
    /// something, or its only one.
    fn all_asked(&mut self, holder: usize, now: SimTime, is_so: impl Fn(&Self, usize) -> bool) -> bool {
        let ratings = &self.rules.number_ratings;
        let own = self.standing.numbers.iter().filter(|number| number.holder == holder);
        let whatever = self.rules.holder == Holder::Number || own.count() < 2;
        (0..self.standing.numbers.len()).all(|number| {
            let who = &mut self.standing.numbers[number];
            let asked = who.holder == holder && (whatever || who.meters.in_use(ratings, now));
            !asked || is_so(self, number)
        })
    }

    fn usage_holds(&mut self, holder: usize, place: usize, amount: Amount, now: SimTime) -> bool {
        let rules = self.rules;
        let standing = &mut self.standing.holders[holder];
        let limit = standing.limit(rules).unwrap_or(u64::MAX);
        let Some(usage) = &mut standing.usage[place] else { return false };
        usage.amount(now, rules) >= amount.needed(limit)
    }
}
