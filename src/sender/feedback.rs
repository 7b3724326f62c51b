//! Feedback: what a sender does when something looks bad, step by step, until it looks well again.
//!
//! ```text
//!                 trigger holds                    lasts is over, or the trigger holds no more
//!   as planned --------------------> step 0 ---------------------------------------> step 1 ... --> as planned
//!        ^                             ^  begins anew: the trigger holds again, after it did not,
//!        |                             |  or it holds still after the last step
//!        '---- nothing is in force ----'
//! ```
//!
//! While a step is in force the plan does not grow. Of several rules in force the strictest bound holds.

use serde::{Deserialize, Serialize};

use crate::glossary::{NumberStatus, Rating, Ratio, grouped};
use crate::time::{SimTime, Span};

use super::observation::{Observation, Tally};
use super::sharing::Own;

/// What a sender does when it sees something: `(when: Flagged, steps: [(act: pause, lasts: "7d"), (act:
/// AtMost(300), lasts: "30d")])`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename = "Rule")]
pub struct FeedbackRule {
    /// What it sees.
    pub when: Trigger,
    /// What it does, one step after the other; at least one.
    pub steps: Vec<Step>,
}

/// One step of a [`FeedbackRule`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// What is done.
    pub act: Act,
    /// How long \[elapsed time\]; as long as the trigger holds unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lasts: Option<Span>,
}

/// What a sender does when something looks bad.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(non_camel_case_types, reason = "lower-case words are choices in scenario files")]
pub enum Act {
    /// No growth: no more than on the last sending day before.
    hold,
    /// This share of what the plan asks, such as `Cut("25%")`, and no growth.
    Cut(Ratio),
    /// At most so many, of all numbers together \[messages a day\], and no growth.
    AtMost(u64),
    /// Nothing is sent.
    pause,
}

/// What a sender sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Trigger {
    /// The number is rated Medium or Low.
    Medium,
    /// The number is rated Low.
    Low,
    /// The number is Flagged; before tiers: Warned or Rate-limited.
    Flagged,
    /// A share of what was counted since the first sending slot of the last day that had one is out of bounds. Judged
    /// once a day, in its first sending slot, for that day; after a day without sends there is nothing to judge.
    Guard {
        /// The share.
        share: Share,
        /// Out of which bounds.
        is: Bound,
        /// With fewer messages than this the share is not judged, and the guard does not hold \[messages\].
        of_at_least: u64,
    },
}

/// A share that a sender can count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(non_camel_case_types, reason = "lower-case words are choices in scenario files")]
pub enum Share {
    /// Delivered, of the sent messages.
    delivered,
    /// Read, of the delivered messages.
    read,
    /// Answers, of the delivered messages.
    replied,
    /// Customers who asked for no more marketing, of the delivered messages.
    stopped,
    /// Refused, of the messages that were handed to the platform.
    refused,
}

/// What is out of bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Bound {
    /// Less than this share.
    Below(Ratio),
    /// This share or less.
    AtMost(Ratio),
    /// More than this share.
    Above(Ratio),
    /// This share or more.
    AtLeast(Ratio),
}

impl Bound {
    /// The share at which it begins.
    pub fn ratio(self) -> Ratio {
        match self {
            Bound::Below(ratio) | Bound::AtMost(ratio) | Bound::Above(ratio) | Bound::AtLeast(ratio) => ratio,
        }
    }

    /// Whether `part` of `whole` is out of bounds, exactly.
    fn holds(self, part: u64, whole: u64) -> bool {
        let ratio = self.ratio();
        let counted = i128::from(part) * i128::from(ratio.bottom);
        let bound = i128::from(whole) * i128::from(ratio.top);
        match self {
            Bound::Below(_) => counted < bound,
            Bound::AtMost(_) => counted <= bound,
            Bound::Above(_) => counted > bound,
            Bound::AtLeast(_) => counted >= bound,
        }
    }
}

impl Share {
    /// What is counted, and of what.
    fn of(self, tally: Tally) -> (u64, u64) {
        match self {
            Share::delivered => (tally.delivered, tally.sent),
            Share::read => (tally.read, tally.delivered),
            Share::replied => (tally.replied, tally.delivered),
            Share::stopped => (tally.stopped, tally.delivered),
            Share::refused => (tally.refused, tally.sent + tally.refused),
        }
    }

    fn in_words(self) -> &'static str {
        match self {
            Share::delivered => "the delivered share",
            Share::read => "the read share",
            Share::replied => "the answered share",
            Share::stopped => "the share of stops",
            Share::refused => "the refused share",
        }
    }
}

/// What a sender allows itself: the strictest of all rules in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Allowed {
    /// Whether any step is in force: the plan does not grow.
    pub(super) held: bool,
    /// The least of the shares in force.
    pub(super) share: Ratio,
    /// The least of the bounds in force \[messages a day, this number's part\]; `None` without any.
    pub(super) at_most: Option<u64>,
}

impl Allowed {
    /// No step is in force.
    pub(super) const ALL: Allowed = Allowed { held: false, share: Ratio::new(1, 1), at_most: None };

    fn bound(&mut self, most: u64) {
        self.at_most = Some(self.at_most.map_or(most, |own| own.min(most)));
    }

    /// What is left of `messages` of a day.
    pub(super) fn of_day(&self, messages: u64) -> u64 {
        self.of_slot(messages).min(self.at_most.unwrap_or(u64::MAX))
    }

    /// What the share leaves of `messages`.
    pub(super) fn of_slot(&self, messages: u64) -> u64 {
        self.share.times_rounded_down(messages)
    }
}

/// How a sender follows its rules: which steps are in force.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Feedback {
    watches: Vec<Watch>,
    /// Whether any step was in force when last looked at.
    held: bool,
    /// What was asked on the last sending day before anything came in force, if there was one.
    ceiling: Option<u64>,
}

/// How one rule is followed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Watch {
    /// Whether the trigger held when last looked at.
    held: bool,
    /// The step in force, and since when.
    under_way: Option<(usize, SimTime)>,
}

impl Feedback {
    /// Looks at every trigger and says what is allowed now. `last_day` is what was counted on the last day,
    /// given in the first slot of a day; `before` is what was asked on the last day on which anything was.
    pub(super) fn look(
        &mut self,
        rules: &[FeedbackRule],
        own: Own<'_>,
        seen: &Observation<'_>,
        last_day: Option<Tally>,
        before: Option<u64>,
    ) -> Allowed {
        if rules.is_empty() {
            return Allowed::ALL;
        }
        self.watches.resize(rules.len(), Watch::default());
        let mut allowed = Allowed::ALL;
        for (rule, watch) in rules.iter().zip(&mut self.watches) {
            let holds = rule.when.holds(seen, last_day).unwrap_or(watch.held);
            watch.look(&rule.steps, holds, seen.now);
            let Some(step) = watch.under_way.and_then(|(place, _)| rule.steps.get(place)) else { continue };
            allowed.held = true;
            match step.act {
                Act::hold => {}
                Act::Cut(share) => allowed.share = allowed.share.min(share),
                Act::AtMost(messages) => allowed.bound(own.of(messages)),
                Act::pause => allowed.bound(0),
            }
        }
        if allowed.held && !self.held {
            self.ceiling = before;
        }
        self.held = allowed.held;
        if let (true, Some(ceiling)) = (self.held, self.ceiling) {
            allowed.bound(ceiling);
        }
        allowed
    }
}

impl Watch {
    fn look(&mut self, steps: &[Step], holds: bool, now: SimTime) {
        if holds && !self.held {
            self.under_way = Some((0, now));
        }
        self.held = holds;
        while let Some((place, since)) = self.under_way {
            let over = match steps.get(place).map(|step| step.lasts) {
                Some(Some(span)) => Some(since + span).filter(|end| *end <= now),
                Some(None) if holds => None,
                _ => Some(now),
            };
            let Some(end) = over else { return };
            self.under_way = (place + 1 < steps.len()).then_some((place + 1, end));
        }
        if holds && !steps.is_empty() {
            self.under_way = Some((0, now));
        }
    }
}

impl Trigger {
    /// Whether it holds; `None` where it is not looked at now.
    fn holds(self, seen: &Observation<'_>, last_day: Option<Tally>) -> Option<bool> {
        match self {
            Trigger::Medium => Some(seen.rating.at_most(Rating::Medium)),
            Trigger::Low => Some(seen.rating.at_most(Rating::Low)),
            Trigger::Flagged => Some(matches!(
                seen.status,
                NumberStatus::Flagged | NumberStatus::Warned | NumberStatus::RateLimited
            )),
            Trigger::Guard { share, is, of_at_least } => {
                let (part, whole) = share.of(last_day?);
                Some(whole >= of_at_least.max(1) && is.holds(part, whole))
            }
        }
    }

    fn in_words(self) -> String {
        match self {
            Trigger::Medium => "on Medium or Low".to_owned(),
            Trigger::Low => "on Low".to_owned(),
            Trigger::Flagged => "when Flagged".to_owned(),
            Trigger::Guard { share, is, .. } => {
                let bound = match is {
                    Bound::Below(ratio) => format!("below {ratio}"),
                    Bound::AtMost(ratio) => format!("at or below {ratio}"),
                    Bound::Above(ratio) => format!("above {ratio}"),
                    Bound::AtLeast(ratio) => format!("at or above {ratio}"),
                };
                format!("after a day with {} {bound}", share.in_words())
            }
        }
    }
}

impl FeedbackRule {
    /// The rule in words: "when Flagged, nothing for 7d, then at most 300 a day for 30d".
    pub(super) fn describe(&self) -> String {
        let steps = self.steps.iter().map(|step| {
            let act = match step.act {
                Act::hold => "no growth".to_owned(),
                Act::Cut(share) => format!("{share} of the plan"),
                Act::AtMost(messages) => format!("at most {} a day", grouped(messages)),
                Act::pause => "nothing".to_owned(),
            };
            match step.lasts {
                Some(span) => format!("{act} for {span}"),
                None => act,
            }
        });
        format!("{}, {}", self.when.in_words(), steps.collect::<Vec<_>>().join(", then "))
    }
}

#[cfg(test)]
mod tests {
    use proptest::{prop_assert, prop_assert_eq, proptest};

    use super::{
        Act, Allowed, Bound, Feedback, FeedbackRule, NumberStatus, Observation, Own, Rating, Ratio, Share,
        SimTime, Span, Step, Tally, Trigger,
    };

    const HOUR: i64 = 3_600;
    const ALONE: Own<'_> = Own { weights: &[], place: 0 };

    fn at(hours: i64, rating: Rating, status: NumberStatus) -> Observation<'static> {
        Observation { now: SimTime(hours * HOUR), rating, status, ..Observation::at_start(&[], &[]) }
    }

    /// What the documents advise: no mass sends for 7 days after a flag, then up to 300 a day for a month.
    fn advice() -> Vec<FeedbackRule> {
        let steps = vec![
            Step { act: Act::pause, lasts: Some(Span::days(7)) },
            Step { act: Act::AtMost(300), lasts: Some(Span::days(30)) },
        ];
        vec![FeedbackRule { when: Trigger::Flagged, steps }]
    }

    #[test]
    fn steps_follow_one_another_to_the_second() {
        let (rules, mut feedback) = (advice(), Feedback::default());
        let mut most = |hours, status| {
            feedback.look(&rules, ALONE, &at(hours, Rating::High, status), None, None).at_most
        };
        assert_eq!(most(0, NumberStatus::Connected), None);
        assert_eq!(most(10, NumberStatus::Flagged), Some(0));
        assert_eq!(most(100, NumberStatus::Connected), Some(0));
        assert_eq!(most(10 + 7 * 24 - 1, NumberStatus::Connected), Some(0));
        assert_eq!(most(10 + 7 * 24, NumberStatus::Connected), Some(300));
        assert_eq!(most(10 + 37 * 24 - 1, NumberStatus::Connected), Some(300));
        assert_eq!(most(10 + 37 * 24, NumberStatus::Connected), None);
    }

    #[test]
    fn a_second_flag_begins_anew_and_a_lasting_one_repeats() {
        let (rules, mut feedback) = (advice(), Feedback::default());
        let mut most = |hours, status| {
            feedback.look(&rules, ALONE, &at(hours, Rating::High, status), None, None).at_most
        };
        assert_eq!(most(0, NumberStatus::Flagged), Some(0));
        assert_eq!(most(8 * 24, NumberStatus::Connected), Some(300));
        assert_eq!(most(9 * 24, NumberStatus::Flagged), Some(0));
        assert_eq!(most(17 * 24, NumberStatus::Flagged), Some(300));
        assert_eq!(most(47 * 24, NumberStatus::Flagged), Some(0));
    }

    #[test]
    fn of_several_rules_the_strictest_holds_until_its_trigger_does_not() {
        let rules = [
            FeedbackRule { when: Trigger::Medium, steps: vec![Step { act: Act::hold, lasts: None }] },
            FeedbackRule {
                when: Trigger::Low,
                steps: vec![Step { act: Act::Cut(Ratio::new(1, 4)), lasts: None }],
            },
        ];
        let mut feedback = Feedback::default();
        let mut look = |hours, rating, before| {
            let seen = at(hours, rating, NumberStatus::Connected);
            feedback.look(&rules, ALONE, &seen, None, Some(before))
        };
        assert_eq!(look(0, Rating::High, 100), Allowed::ALL);
        let low = look(24, Rating::Low, 100);
        assert_eq!((low.held, low.of_day(1_000), low.of_slot(1_000)), (true, 100, 250));
        // The ceiling is that of the day before anything came in force, not of a day that was cut.
        let medium = look(48, Rating::Medium, 25);
        assert_eq!((medium.held, medium.of_day(1_000), medium.share), (true, 100, Ratio::new(1, 1)));
        assert_eq!(look(72, Rating::Unknown, 25), Allowed::ALL);
    }

    #[test]
    fn a_guard_is_judged_once_a_day_and_not_on_too_few_messages() {
        // A published guard: hold the next day if 90 % or less were delivered.
        let guard = Trigger::Guard {
            share: Share::delivered,
            is: Bound::AtMost(Ratio::new(9, 10)),
            of_at_least: 100,
        };
        let rules = [FeedbackRule { when: guard, steps: vec![Step { act: Act::hold, lasts: None }] }];
        let mut feedback = Feedback::default();
        let mut held = |hours, last_day: Option<(u64, u64)>| {
            let tally = last_day.map(|(sent, delivered)| Tally { sent, delivered, ..Tally::default() });
            feedback
                .look(&rules, ALONE, &at(hours, Rating::High, NumberStatus::Connected), tally, Some(50))
                .held
        };
        assert!(!held(9, Some((0, 0))));
        assert!(!held(33, Some((1_000, 901))));
        assert!(held(57, Some((1_000, 900))));
        assert!(held(58, None), "it holds for the whole day");
        assert!(!held(81, Some((99, 0))), "too few to judge");
    }

    proptest! {
        #[test]
        fn bounds_agree_with_their_neighbours(part in 0_u64..1_000, whole in 1_u64..1_000, percent in 0_i64..=100) {
            let ratio = Ratio::new(percent, 100);
            prop_assert_eq!(Bound::Below(ratio).holds(part, whole), !Bound::AtLeast(ratio).holds(part, whole));
            prop_assert_eq!(Bound::Above(ratio).holds(part, whole), !Bound::AtMost(ratio).holds(part, whole));
            prop_assert_eq!(Bound::Below(ratio).holds(part, whole), part * 100 < whole * percent as u64);
        }

        #[test]
        fn no_rule_allows_more_than_the_plan(day in 0_u64..1 << 31, percent in 0_i64..=100, most in 0_u64..1 << 31) {
            let allowed = Allowed { held: true, share: Ratio::new(percent, 100), at_most: Some(most) };
            prop_assert!(allowed.of_day(day) <= day.min(most));
            prop_assert_eq!(Allowed::ALL.of_day(day), day);
        }
    }
}
