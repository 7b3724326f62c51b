//! Measures of numbers (Flagged, Restricted, ...): how they begin, go on and end, and what follows.
//!
//! ```text
//!   judge_number --conditions hold--> enter --recovered, or the deadline--> leave --if still so--> down, another measure
//! ```

use crate::glossary::{NumberStatus, Rating};
use crate::time::SimTime;

use super::change::{Change, Subject, What};
use super::judge::Platform;
use super::language::{Cancel, Condition, Ends, FlagOn, Forbidden, Restart, Signal as Hears};
use super::ratings::unknown_counts_as;
use super::rules::{Lasts, Length, MeasureRule, RuleEffect};
use super::standing::{Life, Policy, Run};

/// When a status that is under way ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deadline {
    /// Then, whatever happens.
    At(SimTime),
    /// Then at the latest: it ends as soon as it has recovered, or relapses.
    ByThen(SimTime),
    /// Then at the earliest: a recovery that begins before it goes on for its whole term.
    NotBefore(SimTime),
}

impl Deadline {
    /// The instant that it names.
    pub fn instant(self) -> SimTime {
        let (Deadline::At(at) | Deadline::ByThen(at) | Deadline::NotBefore(at)) = self;
        at
    }
}

impl Platform<'_> {
    /// When the number's status ends; nothing where no time ends it.
    pub fn number_deadline(&self, number: usize) -> Option<Deadline> {
        let life = &self.standing.numbers[number].life;
        deadline(life, &self.rules.number_measures, self.number_status(number))
    }

    pub(super) fn judge_number(&mut self, number: usize, signal: Hears, now: SimTime, out: &mut Vec<Change>) {
        if !self.rules.measures_hear.contains(&signal) {
            return;
        }
        for (place, rule) in self.rules.number_measures.iter().enumerate() {
            if !rule.on.contains(&signal) {
                continue;
            }
            let run = self.standing.numbers[number].life.run(place);
            let holds = match run {
                Some(_) if rule.lasts != Lasts::WhileHeld => self.still_holds(number, place, now),
                _ => rule.when.iter().all(|condition| self.holds(number, condition, now)),
            };
            match run {
                None if holds && rule.in_force.at(now) && !self.already_imposed(number, place) => {
                    self.enter_number(number, place, now, out);
                }
                None => {}
                Some(_) if rule.lasts == Lasts::WhileHeld && holds => {}
                Some(_) if rule.lasts == Lasts::WhileHeld => self.leave_number(number, place, true, now, out),
                Some(run) => match judge_run(run, rule.ends, holds, now) {
                    Verdict::GoesOn(run) => self.standing.numbers[number].life.go_on(place, run),
                    Verdict::Recovered => self.leave_number(number, place, true, now, out),
                    Verdict::Still => self.leave_number(number, place, false, now, out),
                },
            }
        }
    }

    /// Whether what a measure leads to is under way: it does not begin anew beside it.
    fn already_imposed(&self, number: usize, place: usize) -> bool {
        let rule = &self.rules.number_measures[place];
        let life = &self.standing.numbers[number].life;
        rule.if_still.iter().chain(&rule.then).any(|effect| match effect {
            RuleEffect::Impose(other) => life.run(*other).is_some(),
            _ => false,
        })
    }

    fn enter_number(&mut self, number: usize, place: usize, now: SimTime, out: &mut Vec<Change>) {
        let rule = &self.rules.number_measures[place];
        let Some(run) = begin(&mut self.standing.numbers[number].life, rule, place, now) else { return };
        let until = run.term.map(|_| run.until);
        let what = What::NumberEntered { status: run.status, until };
        out.push(Change { at: now, subject: Subject::Number(number), what, clause: rule.clause });
        let holder = self.standing.numbers[number].holder;
        match run.status {
            NumberStatus::Flagged => {
                self.cancel_review(holder, Cancel::flagged, now, out);
                self.standing.holders[holder].restart_usage(self.rules, Restart::flag);
            }
            NumberStatus::Restricted => self.cancel_review(holder, Cancel::restricted, now, out),
            _ => {}
        }
        if rule.downgrade_at_once {
            for effect in &rule.if_still {
                if let RuleEffect::Down { levels, floor } = effect {
                    self.fall(holder, *levels, *floor, rule.clause, now, out);
                }
            }
        }
    }

    fn leave_number(
        &mut self,
        number: usize,
        place: usize,
        recovered: bool,
        now: SimTime,
        out: &mut Vec<Change>,
    ) {
        let rule = &self.rules.number_measures[place];
        let who = &mut self.standing.numbers[number];
        let Some(run) = who.life.end(place, now) else { return };
        who.meters.touch(now);
        let holder = who.holder;
        let (subject, clause) = (Subject::Number(number), rule.clause);
        out.push(Change {
            at: now,
            subject,
            what: What::NumberLeft { status: run.status, recovered },
            clause,
        });
        if run.status == NumberStatus::Flagged {
            self.standing.holders[holder].restart_usage(self.rules, Restart::unflag);
        }
        let effects = if recovered { &rule.then } else { &rule.if_still };
        for effect in effects {
            match *effect {
                RuleEffect::Up(levels) => {
                    let above = self.standing.holders[holder].above(self.rules);
                    self.rise(holder, (above + levels).saturating_sub(1), clause, now, out)
                }
                RuleEffect::Down { .. } if rule.downgrade_at_once => {}
                RuleEffect::Down { levels, floor } => self.fall(holder, levels, floor, clause, now, out),
                RuleEffect::Becomes(status) => {
                    self.standing.numbers[number].life.come_for_good(status);
                    let what = What::NumberEntered { status, until: None };
                    out.push(Change { at: now, subject, what, clause });
                }
                RuleEffect::Impose(other) => self.enter_number(number, other, now, out),
            }
        }
        if rule.forbids.contains(&Forbidden::AddNumber) {
            self.connect(now, clause, out);
        }
    }

    pub(super) fn number_deadlines(&mut self, number: usize, now: SimTime, out: &mut Vec<Change>) {
        for (place, rule) in self.rules.number_measures.iter().enumerate() {
            let Some(run) = self.standing.numbers[number].life.run(place) else { continue };
            if run.until > now {
                continue;
            }
            let still = self.still_holds(number, place, now);
            match at_deadline(run, rule.ends, still, now) {
                Verdict::GoesOn(run) => self.standing.numbers[number].life.set(place, Some(run)),
                Verdict::Recovered => self.leave_number(number, place, true, now, out),
                Verdict::Still => self.leave_number(number, place, false, now, out),
            }
        }
    }

    /// Whether a measure holds the number only as long as nothing more may be started.
    pub(super) fn waits_for_capacity(&self, number: usize) -> bool {
        self.rules.any_while_full && self.running(number).any(|rule| rule.lasts == Lasts::WhileFull)
    }

    /// Ends measures that last as long as nothing more may be started under the limit.
    pub(super) fn release(&mut self, number: usize, now: SimTime, out: &mut Vec<Change>) {
        if !self.waits_for_capacity(number) || self.left(number, now) == 0 {
            return;
        }
        for (place, rule) in self.rules.number_measures.iter().enumerate() {
            if rule.lasts == Lasts::WhileFull && self.standing.numbers[number].life.run(place).is_some() {
                self.leave_number(number, place, true, now, out);
            }
        }
    }

    pub(super) fn release_all(&mut self, holder: usize, now: SimTime, out: &mut Vec<Change>) {
        for number in 0..self.standing.numbers.len() {
            if self.standing.numbers[number].holder == holder {
                self.release(number, now, out);
            }
        }
    }

    /// Whether what a measure under way began with holds still. Of a flag the rating alone counts: whether a lower tier
    /// is left decides if it is set, not how it ends.
    fn still_holds(&mut self, number: usize, place: usize, now: SimTime) -> bool {
        self.rules.number_measures[place].when.iter().all(|condition| match condition {
            Condition::FlagOn(FlagOn::low_above_floor) => self.rating(number).at_most(Rating::Low),
            other => self.holds(number, other, now),
        })
    }

    /// Whether a condition holds for a number.
    pub(super) fn holds(&mut self, number: usize, condition: &Condition, now: SimTime) -> bool {
        self.holds_at(number, self.rating(number), condition, now)
    }

    /// Whether a condition holds for a number, were this its rating.
    pub(super) fn holds_at(
        &mut self,
        number: usize,
        rating: Rating,
        condition: &Condition,
        now: SimTime,
    ) -> bool {
        match condition {
            Condition::Verified => self.standing.verified,
            Condition::LimitReached => self.limit(number).is_some() && self.left(number, now) == 0,
            Condition::RatingAtLeast(floor) => {
                rating.at_least(*floor, unknown_counts_as(&self.rules.number_ratings, now))
            }
            Condition::RatingAtMost(ceiling) => rating.at_most(*ceiling),
            Condition::FlagOn(FlagOn::low) => rating.at_most(Rating::Low),
            Condition::FlagOn(FlagOn::medium_or_low) => rating.at_most(Rating::Medium),
            Condition::FlagOn(FlagOn::low_above_floor) => {
                rating.at_most(Rating::Low) && self.rung(number) > self.floor()
            }
            Condition::LowFor(span) => {
                let who = &self.standing.numbers[number];
                let here_since = self.standing.holders[who.holder].last_step;
                who.low_since.is_some_and(|since| now - since.max(here_since) >= *span)
            }
            Condition::TemplatesAtLeast(floor) => self.templates_at_least(*floor, now),
            Condition::StatusIs(list) => list.contains(&self.number_status(number)),
            Condition::TierAtLeast(name) => {
                self.rules.tier(name).is_some_and(|tier| self.tier(number) >= tier)
            }
            Condition::TierAtMost(name) => {
                self.rules.tier(name).is_some_and(|tier| self.rung(number) <= tier)
            }
            Condition::Complaints { more_than, while_low, .. } => {
                let bound = if rating == Rating::Low { *while_low } else { *more_than };
                self.standing.numbers[number].complaints.as_mut().is_some_and(|held| held.sum(now) > bound)
            }
            Condition::SinceLastStep(span) => {
                let holder = self.standing.numbers[number].holder;
                now - self.standing.holders[holder].last_step >= *span
            }
            Condition::PolicyOpen => self.standing.policy == Policy::Open,
            Condition::PolicyFailed => self.standing.policy == Policy::Failed,
            // What belongs to rises alone.
            Condition::Approved | Condition::Usage { .. } | Condition::SinceFirstSend(_) => false,
        }
    }

    /// The tier below which no measure lets a number fall.
    pub(super) fn floor(&self) -> usize {
        let effects = self.rules.number_measures.iter().flat_map(|rule| &rule.if_still);
        let floors = effects.filter_map(|effect| match effect {
            RuleEffect::Down { floor, .. } => Some(*floor),
            _ => None,
        });
        floors.min().unwrap_or(0)
    }

    pub(super) fn templates_at_least(&mut self, floor: Rating, now: SimTime) -> bool {
        let ratings = &self.rules.template_ratings;
        let unknown = unknown_counts_as(ratings, now);
        self.standing.templates.iter_mut().all(|template| {
            !template.meters.in_use(ratings, now) || template.meters.rating.at_least(floor, unknown)
        })
    }
}

/// What becomes of a measure under way.
pub(super) enum Verdict<S> {
    GoesOn(Run<S>),
    Recovered,
    Still,
}

/// Whether a measure under way goes on as it is until its deadline, if it has one, whatever its conditions.
pub(super) fn goes_on_whatever<S>(run: &Run<S>, ends: Ends) -> bool {
    run.term.is_none() || matches!(ends, Ends::at_deadline | Ends::by_edit)
}

/// Judges a measure under way at a signal; `holds`: its conditions still hold. Where it goes on, its status and deadline
/// are the same.
pub(super) fn judge_run<S>(mut run: Run<S>, ends: Ends, holds: bool, now: SimTime) -> Verdict<S> {
    if goes_on_whatever(&run, ends) {
        return Verdict::GoesOn(run);
    }
    match ends {
        Ends::on_recovery if !holds => Verdict::Recovered,
        Ends::hold_term => {
            // A relapse after the deadline, while a late recovery goes on, has its consequences at once.
            let late =
                run.clean_since.is_some_and(|since| run.term.is_some_and(|term| run.until == since + term));
            if holds && late {
                return Verdict::Still;
            }
            run.clean_since = if holds { None } else { Some(run.clean_since.unwrap_or(now)) };
            Verdict::GoesOn(run)
        }
        Ends::on_recovery | Ends::at_deadline | Ends::by_edit => Verdict::GoesOn(run),
    }
}

/// Judges a measure at its deadline; `still`: its conditions hold.
pub(super) fn at_deadline<S>(mut run: Run<S>, ends: Ends, still: bool, now: SimTime) -> Verdict<S> {
    if still || ends == Ends::by_edit {
        return Verdict::Still;
    }
    match (ends, run.clean_since, run.term) {
        (Ends::hold_term, Some(since), Some(term)) if since + term > now => {
            run.until = since + term;
            Verdict::GoesOn(run)
        }
        _ => Verdict::Recovered,
    }
}

/// When a status ends that measures have set.
pub(super) fn deadline<S: Copy + Ord>(
    life: &Life<S>,
    rules: &[MeasureRule<S>],
    status: S,
) -> Option<Deadline> {
    if life.for_good() == Some(status) {
        return None;
    }
    let runs = rules.iter().enumerate().filter_map(|(place, rule)| Some((life.run(place)?, rule.ends)));
    let (run, ends) = runs.filter(|(run, _)| run.status == status).max_by_key(|(run, _)| run.until)?;
    let term = run.term?;
    Some(match ends {
        Ends::at_deadline => Deadline::At(run.until),
        Ends::hold_term if run.clean_since.is_none_or(|since| since + term > run.until) => {
            Deadline::NotBefore(run.until)
        }
        Ends::on_recovery | Ends::hold_term | Ends::by_edit => Deadline::ByThen(run.until),
    })
}

/// Begins a measure for the n-th time; `None` where it never sets a status.
pub(super) fn begin<S: Copy + Ord>(
    life: &mut Life<S>,
    rule: &MeasureRule<S>,
    place: usize,
    now: SimTime,
) -> Option<Run<S>> {
    let measure = life.measure(place);
    if rule.forgets.is_some_and(|span| now - measure.last_ended >= span) {
        measure.times = 0;
    }
    let term = rule.terms.get(measure.times).or(rule.terms.last())?;
    measure.times += 1;
    let (until, length) = match term.length {
        Length::For(span) => (now + span, Some(span)),
        Length::While | Length::Forever => (SimTime::NEVER, None),
    };
    let run = Run { status: term.status, until, term: length, clean_since: None };
    life.set(place, Some(run));
    Some(run)
}
