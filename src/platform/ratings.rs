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
use super::rules::{ClauseId, RatingRule};
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
        let numbers = next_due(&self.rules.number_ratings, numbers);
        let next = numbers.min(next_due(&self.rules.template_ratings, templates));
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
        if !(now < self.settled_until && self.ratings_stay(now)) {
            self.rate_and_judge(now, out);
        }
    }

    /// Whether an evaluation at `now` finds the ratings that were judged already.
    #[inline]
    fn ratings_stay(&mut self, now: SimTime) -> bool {
        let Platform { rules, standing, .. } = self;
        if let Some(place) = rated_at(&rules.number_ratings, now) {
            for number in &mut standing.numbers {
                if !number.meters.stays(&rules.number_ratings, place, now) {
                    return false;
                }
            }
        }
        if let Some(place) = rated_at(&rules.template_ratings, now) {
            for template in &mut standing.templates {
                if !template.meters.stays(&rules.template_ratings, place, now) {
                    return false;
                }
            }
        }
        true
    }

    #[inline(never)]
    fn rate_and_judge(&mut self, now: SimTime, out: &mut Vec<Change>) {
        let (rules, changes) = (self.rules, out.len());
        let of_numbers = rated_at(&rules.number_ratings, now);
        let of_templates = rated_at(&rules.template_ratings, now);
        if of_numbers.is_none() && of_templates.is_none() {
            return;
        }
        let coupled = of_numbers.filter(|place| rules.number_ratings[*place].worst_template);
        let before: Vec<Rating> = match coupled {
            Some(_) => (0..self.standing.numbers.len()).map(|number| self.rating(number)).collect(),
            None => Vec::new(),
        };
        if let Some(place) = of_numbers {
            self.rate_numbers(place, coupled.is_none(), now, out);
        }
        if let Some(place) = of_templates {
            self.rate_templates(place, now, out);
        }
        if let Some(place) = coupled {
            self.couple(&before, rules.number_ratings[place].clause, now, out);
        }
        if of_numbers.is_some() {
            (0..self.standing.numbers.len()).for_each(|number| self.judge_rated(number, now, out));
        }
        if of_templates.is_some() {
            (0..self.standing.templates.len()).for_each(|template| self.judge_template(template, now, out));
        }
        let waits = |ratings| Meters::in_force(ratings, now).is_some() && rated_at(ratings, now).is_none();
        let settled = rules.judged_alike
            && !waits(&rules.number_ratings)
            && !waits(&rules.template_ratings)
            && out.len() == changes
            && (0..self.standing.numbers.len()).all(|number| self.stays_judged(number, now));
        self.settled_until = if settled { self.next_turn(now) } else { now };
    }

    /// When another clause next rates, or another measure listens to ratings.
    pub(super) fn next_turn(&self, now: SimTime) -> SimTime {
        self.rules.turns.iter().find(|at| **at > now).copied().unwrap_or(SimTime::NEVER)
    }

    /// Whether what was found of a number at an evaluation is found again at the next, if no change comes between: each
    /// measure asks for no time and no volume, or fails by something else.
    fn stays_judged(&mut self, number: usize, now: SimTime) -> bool {
        let rules = self.rules;
        rules.number_measures.iter().enumerate().all(|(place, rule)| {
            let low = self.standing.numbers[number].low_since.is_some();
            let moves = |condition: &&Condition| match condition {
                Condition::LowFor(_) => low,
                other => other.moves_by_itself(),
            };
            let mut moving = rule.when.iter().filter(moves);
            let mut others = rule.when.iter().filter(|condition| !moves(condition));
            !rule.on.contains(&Hears::rating)
                || moving.next().is_none()
                || self.standing.numbers[number].life.run(place).is_none()
                    && others.any(|condition| !self.holds(number, condition, now))
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
