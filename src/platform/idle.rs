//! Ratings that a number can come to without anything following from it, as things stand.
//!
//! Most moves are of this kind: a number whose flag runs to its deadline may be rated as it likes, and one with no
//! measure under way may go up and down as long as it does not come to where one begins. Replications
//! [abreast](super::PlatformsAbreast) note such a move without judging it.

use crate::glossary::Rating;
use crate::time::SimTime;

use super::change::{Change, Subject, What};
use super::judge::Platform;
use super::language::{Cancel, Signal as Hears};
use super::measures::goes_on_whatever;
use super::rules::Lasts;

/// A set of ratings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Ratings(u8);

impl Ratings {
    const EACH: [Rating; 4] = [Rating::Unknown, Rating::Low, Rating::Medium, Rating::High];
    pub(super) const NONE: Ratings = Ratings(0);
    pub(super) const ALL: Ratings = Ratings(0b1111);

    /// Those of which something is so.
    pub(super) fn of(is_so: impl FnMut(&Rating) -> bool) -> Ratings {
        Ratings(Ratings::EACH.into_iter().filter(is_so).fold(0, |bits, rating| bits | 1 << rating as u8))
    }

    /// Those of either.
    pub(super) fn or(self, other: Ratings) -> Ratings {
        Ratings(self.0 | other.0)
    }

    /// Those of both.
    pub(super) fn and(self, other: Ratings) -> Ratings {
        Ratings(self.0 & other.0)
    }

    #[inline]
    pub(super) fn contains(self, rating: Rating) -> bool {
        self.0 & 1 << rating as u8 != 0
    }
}

impl Platform<'_> {
    /// The ratings of `number` of which judging finds nothing: no measure begins, goes on otherwise or ends by them, and
    /// no review is cancelled. They are the same until anything else changes.
    ///
    /// The number is rated by the same clause all the time. Where rises listen to ratings, or templates are rated, none
    /// is said to be idle.
    pub(super) fn idle_ratings(&mut self, number: usize, now: SimTime) -> Ratings {
        if !self.rules.judged_alike || !self.rules.template_ratings.is_empty() {
            return Ratings::NONE;
        }
        let holder = &self.standing.holders[self.standing.numbers[number].holder];
        let cancels = holder
            .review
            .is_some_and(|review| self.rules.upgrades[review.rule].cancelled_by.contains(&Cancel::low));
        Ratings::of(|rating| {
            !(cancels && *rating == Rating::Low) && self.measures_idle_at(number, *rating, now)
        })
    }

    /// Whether no measure of a number begins, goes on otherwise or ends by a rating.
    fn measures_idle_at(&mut self, number: usize, rating: Rating, now: SimTime) -> bool {
        let listening = self.rules.number_measures.iter().enumerate();
        listening.filter(|(_, rule)| rule.on.contains(&Hears::rating)).all(|(place, rule)| {
            match self.standing.numbers[number].life.run(place) {
                Some(run) => rule.lasts != Lasts::WhileHeld && goes_on_whatever(&run, rule.ends),
                None => rule.when.iter().any(|condition| {
                    !condition.moves_by_itself() && !self.holds_at(number, rating, condition, now)
                }),
            }
        })
    }

    /// A number comes to a rating that is [idle](Platform::idle_ratings).
    pub(super) fn rate_idly(&mut self, number: usize, to: Rating, now: SimTime) -> Change {
        let meters = &mut self.standing.numbers[number].meters;
        let from = std::mem::replace(&mut meters.rating, to);
        self.note_low(number, now);
        let clause = self.rules.number_ratings[0].clause;
        Change { at: now, subject: Subject::Number(number), what: What::Rated { from, to }, clause }
    }

    /// The rating of the only number is idle: judging it again would find nothing.
    pub(super) fn settle(&mut self, now: SimTime) {
        self.settled_until = self.next_turn(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::glossary::Feedback;
    use crate::platform::language::Condition;
    use crate::platform::rules::Signals;
    use crate::platform::{Opening, Policy, Rules, Signal, TemplateOpening};
    use crate::time::{DAY, HOUR, Span};

    /// Days of a history.
    const DAYS: i64 = 60;

    /// The rulesets that come with the program, without ratings of templates, by which nothing is idle: as they are;
    /// with long reviews that Low cancels and no measures; with measures of long Low times alone.
    fn rulesets() -> Vec<Rules> {
        let without_templates = |(_, mut rules): (_, Rules)| {
            rules.template_ratings.clear();
            rules.rated_together = false;
            rules.judged_alike &= rules.number_ratings.len() == 1;
            rules
        };
        let cancelled = |mut rules: Rules| {
            rules.number_measures.clear();
            for rule in &mut rules.upgrades {
                (rule.review, rule.cancelled_by) = (Span::days(20), vec![Cancel::low]);
            }
            rules
        };
        let long_low = |mut rules: Rules| {
            rules.number_measures.truncate(1);
            for rule in &mut rules.number_measures {
                rule.when = vec![Condition::LowFor(Span::days(30))];
                rule.on = Signals::of(&[Hears::rating]);
                (rule.then, rule.if_still) = (Vec::new(), Vec::new());
            }
            rules
        };
        let all: Vec<Rules> = Rules::built_in(DAYS).map(without_templates).collect();
        all.iter()
            .cloned()
            .chain(all.iter().cloned().map(cancelled))
            .chain(all.iter().cloned().map(long_low))
            .collect()
    }

    fn platform(rules: &Rules) -> Platform<'_> {
        Platform::open(
            rules,
            &Opening {
                verified: true,
                numbers: vec![(rules.start_tier, None)],
                templates: vec![TemplateOpening::PROVEN],
                policy: Policy::Passed,
                never_amended: true,
            },
        )
    }

    /// Judging an idle rating, now or as long as nothing else comes between, changes nothing at all.
    fn assert_idle(platform: &mut Platform<'_>, now: SimTime, found: &mut [u32; 2]) {
        let idle = platform.idle_ratings(0, now);
        let until = platform.next_term(now);
        for rating in Ratings::EACH {
            found[usize::from(idle.contains(rating))] += 1;
            if !idle.contains(rating) {
                continue;
            }
            let (mut other, mut changes) = (platform.clone(), Vec::new());
            other.standing.numbers[0].meters.rating = rating;
            let before =
                format!("{:?} {:?}", other.standing.numbers[0].life, other.standing.holders[0].review);
            for later in [0, 1, 24, 7 * 24, 40 * 24].map(|hours| now + Span::hours(hours)) {
                if later == now || later < until {
                    other.judge_rated(0, later, &mut changes);
                }
            }
            let after =
                format!("{:?} {:?}", other.standing.numbers[0].life, other.standing.holders[0].review);
            assert_eq!((changes, after), (Vec::new(), before), "{rating:?} at {now:?}");
        }
    }

    /// Whether a rise begins as the number delivers is what its clauses say, rating by rating.
    fn assert_barred(platform: &mut Platform<'_>, now: SimTime, found: &mut [u32; 2]) {
        let barred = platform.barred_from_rising(0);
        for rating in Ratings::EACH {
            let (mut other, rules) = (platform.clone(), platform.rules);
            other.standing.numbers[0].meters.rating = rating;
            let may_rise = rules.upgrades.iter().enumerate().any(|(place, rule)| {
                let asked = rule.when.iter().filter(|condition| match condition {
                    Condition::RatingAtLeast(_) => !rule.templates_count,
                    condition => matches!(condition, Condition::StatusIs(_)),
                });
                let mut asked = asked.map(|condition| other.rise_holds(0, place, condition, now));
                rule.on.contains(&Hears::delivery) && asked.all(|holds| holds)
            });
            let expected = other.in_review(0) || !may_rise;
            assert_eq!(barred.contains(rating), expected, "{rating:?} at {now:?}");
            found[usize::from(expected)] += 1;
        }
    }

    #[test]
    fn nothing_follows_from_an_idle_rating() {
        let (mut found, mut barred) = ([0; 2], [0; 2]);
        for rules in rulesets() {
            for badness in [0, 5, 12, 30] {
                let (mut platform, mut out) = (platform(&rules), Vec::new());
                platform.begin(SimTime::START, &mut out);
                for now in (0..DAYS * 24).map(|hour| SimTime(hour * HOUR)) {
                    if platform.next_term(SimTime(now.0 - 1)) <= now {
                        platform.terms(now, &mut out);
                    }
                    // Bad weeks and good ones.
                    let count = if now.0 / (9 * DAY) % 2 == 0 { badness } else { 0 };
                    let blocks = Signal::Feedback { number: 0, template: 0, kind: Feedback::Block, count };
                    platform.hear(now, blocks, &mut out);
                    platform.evaluate(now, &mut out);
                    assert_idle(&mut platform, now, &mut found);
                    assert_barred(&mut platform, now, &mut barred);
                    if now.0 % DAY == 10 * HOUR {
                        let sent = Signal::Sent {
                            number: 0,
                            template: 0,
                            sent: 1_000,
                            delivered: 1_000,
                            in_window: [0, 0],
                            again: &[],
                            counted_again: &[],
                        };
                        platform.hear(now, sent, &mut out);
                        assert_idle(&mut platform, now, &mut found);
                    }
                }
            }
        }
        assert!(found.iter().all(|ratings| *ratings > 1_000), "idle or not: {found:?}");
        assert!(barred.iter().all(|ratings| *ratings > 1_000), "barred or not: {barred:?}");
    }
}
