//! Class 3: ratings are evaluated, all that are due together, and what listens to them is judged.
//!
//! An evaluation that would find the ratings that were judged already is left out; whoever drives the platform asks
//! from when on another could find something new.

use crate::glossary::Rating;
use crate::time::SimTime;

use super::change::{Change, Subject, What};
use super::judge::Platform;
use super::language::{Cancel, Condition, Signal as Hears};
use super::meters::{Meters, next_due};
use super::rules::{ClauseId, RatingRule, Rules};
use super::standing::Standing;

impl Platform<'_> {
    /// The next instant at which an evaluation of a rating could find something new.
    pub fn next_evaluation(&self) -> SimTime {
        self.next_evaluation_before(SimTime::NEVER).unwrap_or(SimTime::NEVER)
    }

    /// [`Platform::next_evaluation`], where that is before `until`.
    #[inline]
    pub fn next_evaluation_before(&self, until: SimTime) -> Option<SimTime> {
        let (numbers, templates) = self.evaluations_from();
        if numbers.min(templates) >= until {
            return None;
        }
        let Rules { number_ratings, template_ratings, rated_together, .. } = self.rules;
        let next = match rated_together {
            true => next_due(number_ratings, numbers.min(templates)),
            false => next_due(number_ratings, numbers).min(next_due(template_ratings, templates)),
        };
        (next < until).then_some(next)
    }

    /// From when on an evaluation could find something new, of a number and of a template.
    #[inline]
    fn evaluations_from(&self) -> (SimTime, SimTime) {
        let Standing { numbers, templates, sent_at, .. } = &self.standing;
        let from = |meters: &Meters| meters.evaluation_from(*sent_at, self.settled_until);
        let (mut numbers_from, mut templates_from) = (SimTime::NEVER, SimTime::NEVER);
        for number in numbers {
            numbers_from = numbers_from.min(from(&number.meters));
        }
        if !self.rules.template_ratings.is_empty() {
            for template in templates {
                templates_from = templates_from.min(from(&template.meters));
            }
        }
        (numbers_from, templates_from)
    }

    /// Evaluates the ratings that are due at `now`, all of them first, and judges what listens to them.
    #[inline]
    pub fn evaluate(&mut self, now: SimTime, out: &mut Vec<Change>) {
        let due = Due::at(self.rules, now);
        if due.any() && !(now < self.settled_until && self.ratings_stay(due, now)) {
            self.rate_and_judge(due, now, out);
        }
    }

    /// Whether an evaluation at `now` finds the ratings that were judged already.
    #[inline]
    fn ratings_stay(&mut self, due: Due, now: SimTime) -> bool {
        let Platform { rules, standing, .. } = self;
        if let Some(place) = due.numbers {
            for number in &mut standing.numbers {
                if !number.meters.stays(&rules.number_ratings, place, now) {
                    return false;
                }
            }
        }
        if let Some(place) = due.templates {
            for template in &mut standing.templates {
                if !template.meters.stays(&rules.template_ratings, place, now) {
                    return false;
                }
            }
        }
        true
    }

    #[inline(never)]
    fn rate_and_judge(&mut self, due: Due, now: SimTime, out: &mut Vec<Change>) {
        let (rules, changes) = (self.rules, out.len());
        let coupled = due.numbers.filter(|place| rules.number_ratings[*place].worst_template);
        let before: Vec<Rating> = match coupled {
            Some(_) => (0..self.standing.numbers.len()).map(|number| self.rating(number)).collect(),
            None => Vec::new(),
        };
        if let Some(place) = due.numbers {
            self.rate_numbers(place, coupled.is_none(), now, out);
        }
        if let Some(place) = due.templates {
            self.rate_templates(place, now, out);
        }
        if let Some(place) = coupled {
            self.couple(&before, rules.number_ratings[place].clause, now, out);
        }
        if due.numbers.is_some() {
            (0..self.standing.numbers.len()).for_each(|number| self.judge_rated(number, now, out));
        }
        if due.templates.is_some() {
            (0..self.standing.templates.len()).for_each(|template| self.judge_template(template, now, out));
        }
        let waits = |ratings, due: Option<usize>| due.is_none() && Meters::in_force(ratings, now).is_some();
        let settled = rules.judged_alike
            && !waits(&rules.number_ratings, due.numbers)
            && !waits(&rules.template_ratings, due.templates)
            && out.len() == changes
            && (0..self.standing.numbers.len()).all(|number| self.stays_judged(number, now));
        self.settled_until = if settled { self.next_turn(now) } else { now };
    }

    /// When another clause next rates, or another measure listens to ratings.
    pub(super) fn next_turn(&self, now: SimTime) -> SimTime {
        self.rules.turns.iter().find(|at| **at > now).copied().unwrap_or(SimTime::NEVER)
    }

    /// Whether what was found of a number at an evaluation is found again at the next, if no change comes between: each
    /// measure asks for no time and no volume, or fails by something else. A limit that is not reached is reached by a
    /// delivery alone: a measure that hears of deliveries is judged by it then.
    fn stays_judged(&mut self, number: usize, now: SimTime) -> bool {
        let rules = self.rules;
        rules.number_measures.iter().enumerate().all(|(place, rule)| {
            let low = self.standing.numbers[number].low_since.is_some();
            let moves = |condition: &&Condition| match condition {
                Condition::LowFor(_) => low,
                other => other.moves_by_itself(),
            };
            let fails_until_judged = |condition: &&Condition| match condition {
                Condition::LimitReached => rule.on.contains(&Hears::delivery),
                other => !moves(other),
            };
            let mut lasting = rule.when.iter().filter(fails_until_judged);
            !rule.on.contains(&Hears::rating)
                || !rule.when.iter().any(|condition| moves(&condition))
                || self.standing.numbers[number].life.run(place).is_none()
                    && lasting.any(|condition| !self.holds(number, condition, now))
        })
    }

    /// Rates all numbers by the clause at `place`.
    fn rate_numbers(&mut self, place: usize, tell: bool, now: SimTime, out: &mut Vec<Change>) {
        let ratings = &self.rules.number_ratings;
        for (number, standing) in self.standing.numbers.iter_mut().enumerate() {
            let rated = rate(&mut standing.meters, ratings, place, now).filter(|_| tell);
            out.extend(rated.map(|rated| rated.of(Subject::Number(number), now)));
        }
    }

    /// Rates all templates by the clause at `place`.
    fn rate_templates(&mut self, place: usize, now: SimTime, out: &mut Vec<Change>) {
        let ratings = &self.rules.template_ratings;
        for template in 0..self.standing.templates.len() {
            let from = self.template_rating(template);
            let rated = rate(&mut self.standing.templates[template].meters, ratings, place, now);
            self.doubt(template, from);
            out.extend(rated.map(|rated| rated.of(Subject::Template(template), now)));
        }
    }

    /// Caps the ratings of numbers at that of the worst template in use, and tells what that changes.
    fn couple(&mut self, before: &[Rating], clause: ClauseId, now: SimTime, out: &mut Vec<Change>) {
        let rules = self.rules;
        let used = self.standing.templates.iter_mut().filter_map(|template| {
            template.meters.in_use(&rules.template_ratings, now).then_some(template.meters.rating)
        });
        let worst = used.reduce(Rating::worse);
        for (number, from) in before.iter().copied().enumerate() {
            self.standing.numbers[number].coupled = worst;
            let to = self.rating(number);
            if from != to {
                let what = What::Rated { from, to };
                out.push(Change { at: now, subject: Subject::Number(number), what, clause });
            }
        }
    }

    /// Judges what listens to the rating of a number.
    pub(super) fn judge_rated(&mut self, number: usize, now: SimTime, out: &mut Vec<Change>) {
        let low = self.note_low(number, now);
        let holder = self.standing.numbers[number].holder;
        if low {
            self.cancel_review(holder, Cancel::low, now, out);
        }
        self.judge_number(number, Hears::rating, now, out);
        self.judge_rise(holder, Hears::rating, now, out);
    }

    /// Notes since when the rating of a number has been Low; tells whether it is.
    pub(super) fn note_low(&mut self, number: usize, now: SimTime) -> bool {
        let low = self.rating(number) == Rating::Low;
        let who = &mut self.standing.numbers[number];
        who.low_since = low.then(|| who.low_since.unwrap_or(now));
        low
    }
}

/// Positions of the rating clauses by which numbers and templates are rated at an instant.
#[derive(Clone, Copy)]
struct Due {
    numbers: Option<usize>,
    templates: Option<usize>,
}

impl Due {
    #[inline]
    fn at(rules: &Rules, now: SimTime) -> Due {
        let numbers = rated_at(&rules.number_ratings, now);
        let templates = if rules.rated_together { numbers } else { rated_at(&rules.template_ratings, now) };
        Due { numbers, templates }
    }

    fn any(self) -> bool {
        self.numbers.is_some() || self.templates.is_some()
    }
}

/// Position of the rating clause in force, where it rates at `now`.
#[inline]
fn rated_at(ratings: &[RatingRule], now: SimTime) -> Option<usize> {
    Meters::in_force(ratings, now).filter(|place| now.0 % ratings[*place].every.0 == 0)
}

pub(super) fn unknown_counts_as(ratings: &[RatingRule], now: SimTime) -> Rating {
    Meters::in_force(ratings, now).map_or(Rating::Medium, |place| ratings[place].unknown_counts_as)
}

/// A rating that changed, by its clause.
struct Rated {
    what: What,
    clause: ClauseId,
}

impl Rated {
    fn of(self, subject: Subject, at: SimTime) -> Change {
        Change { at, subject, what: self.what, clause: self.clause }
    }
}

/// Evaluates a rating by the clause at `place`; what changed, if anything.
#[inline]
fn rate(meters: &mut Meters, ratings: &[RatingRule], place: usize, now: SimTime) -> Option<Rated> {
    let from = meters.rating;
    let to = meters.evaluate(ratings, place, now);
    meters.rating = to;
    (from != to).then_some(Rated { what: What::Rated { from, to }, clause: ratings[place].clause })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::glossary::{Feedback, NumberStatus};
    use crate::platform::{Opening, Policy, Signal, TemplateOpening};
    use crate::time::HOUR;

    const DAYS: i64 = 30;

    /// What ratings found hour by hour, of a sender that fills its limit in good weeks and in bad ones: when the next
    /// evaluation was due, and what had changed. Where it is judged `anyway`, nothing counts as settled.
    fn history(rules: &Rules, anyway: bool) -> Vec<(SimTime, Vec<Change>)> {
        let opening = Opening {
            verified: true,
            numbers: vec![(rules.start_tier, None)],
            templates: vec![TemplateOpening::PROVEN; 2],
            policy: Policy::Passed,
            never_amended: true,
        };
        let (mut platform, mut found) = (Platform::open(rules, &opening), Vec::new());
        for hour in 0..DAYS * 24 {
            let (now, mut changes) = (SimTime(hour * HOUR), Vec::new());
            if platform.next_term(SimTime(now.0 - 1)) <= now {
                platform.terms(now, &mut changes);
            }
            let (template, kind) = ((hour / 200) as usize % 2, Feedback::Block);
            let count = hour as u64 * 7 % 11 * (hour as u64 / 60 % 4) / 3;
            platform.hear(now, Signal::Feedback { number: 0, template, kind, count }, &mut changes);
            if anyway {
                platform.unsettle(now);
            }
            platform.evaluate(now, &mut changes);
            let wanted = if hour % 24 < 8 { platform.capacity(0, now).min(150) } else { 0 };
            let sent = platform.admit(0, template, wanted, 0, now).admitted;
            if sent > 0 {
                let (delivered, in_window) = (sent - sent / 20, [0, 0]);
                let batch = Signal::Sent {
                    number: 0,
                    template,
                    sent,
                    delivered,
                    in_window,
                    again: &[],
                    counted_again: &[],
                };
                platform.hear(now, batch, &mut changes);
            }
            found.push((platform.next_evaluation(), changes));
        }
        found
    }

    #[test]
    fn who_is_rated_together_is_rated_as_apart() {
        let mut together = 0;
        for (name, rules) in Rules::built_in(DAYS) {
            let mut apart = rules.clone();
            apart.rated_together = false;
            let found = history(&rules, false);
            assert_eq!(found, history(&apart, false), "{name}");
            together +=
                usize::from(rules.rated_together && found.iter().any(|(_, changes)| changes.len() > 1));
        }
        assert!(together > 0);
    }

    #[test]
    fn what_is_settled_need_not_be_judged_again() {
        let changes = |found: Vec<(SimTime, Vec<Change>)>| -> Vec<Change> {
            found.into_iter().flat_map(|(_, changes)| changes).collect()
        };
        let (mut restricted, mut flagged) = (0, 0);
        for (name, rules) in Rules::built_in(DAYS) {
            let found = changes(history(&rules, false));
            assert_eq!(found, changes(history(&rules, true)), "{name}");
            for change in found {
                match change.what {
                    What::NumberEntered { status: NumberStatus::Restricted, .. } => restricted += 1,
                    What::NumberEntered { status: NumberStatus::Flagged, .. } => flagged += 1,
                    _ => {}
                }
            }
        }
        assert!(restricted > 0 && flagged > 0, "{restricted} times Restricted, {flagged} times Flagged");
    }
}
