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
    const ALL: [Rating; 4] = [Rating::Unknown, Rating::Low, Rating::Medium, Rating::High];

    /// Those of which something is so.
    fn of(is_so: impl FnMut(&Rating) -> bool) -> Ratings {
        Ratings(Ratings::ALL.into_iter().filter(is_so).fold(0, |bits, rating| bits | 1 << rating as u8))
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
            return Ratings::default();
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
    pub(super) fn rate_idly(&mut self, number: usize, to: Rating, now: SimTime, out: &mut Vec<Change>) {
        let meters = &mut self.standing.numbers[number].meters;
        let from = std::mem::replace(&mut meters.rating, to);
        self.note_low(number, now);
        let clause = self.rules.number_ratings[0].clause;
        out.push(Change {
            at: now,
            subject: Subject::Number(number),
            what: What::Rated { from, to },
            clause,
        });
    }

    /// The rating of the only number is idle: judging it again would find nothing.
    pub(super) fn settle(&mut self, now: SimTime) {
        self.settled_until = self.next_turn(now);
    }
}
