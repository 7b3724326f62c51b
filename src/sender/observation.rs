//! What a sender can see: its own counts and what the platform shows it, never a block, a score or a threshold.

use crate::glossary::{NumberStatus, Rating, TemplateStatus};
use crate::time::SimTime;

/// What a sender can see when it is asked for one of its numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Observation<'o> {
    /// The instant.
    pub now: SimTime,
    /// Civil days since the day of the start.
    pub day: usize,
    /// Earlier days on which something was sent.
    pub sending_days: usize,
    /// Position of this slot among all sending slots of the run, from 0.
    pub sending_slot: usize,
    /// Position of this slot among today's sending slots, from 0.
    pub slot: u32,
    /// How many sending slots today has.
    pub slots: u32,
    /// The limit of the tier \[customers\]; `None` is unlimited.
    pub limit: Option<u64>,
    /// How many more customers may be written to now; `u64::MAX` is unlimited.
    pub capacity: u64,
    /// The most that the sender's own lines carry in this slot \[messages\]; `u64::MAX` is unlimited.
    pub throughput: u64,
    /// The number's status.
    pub status: NumberStatus,
    /// The number's rating as last evaluated.
    pub rating: Rating,
    /// Status of each template of the sender, in its order.
    pub templates: &'o [TemplateStatus],
    /// Rating of each template of the sender, in its order.
    pub template_ratings: &'o [Rating],
    /// How far the number is on its way to the next tier; `None` where no volume leads up from here, or the strategy
    /// does not [look at it](super::Strategy::looks_at_usage).
    pub usage: Option<Usage>,
    /// This number's part of the plan, where several numbers share it.
    pub part: Part,
    /// Messages asked for earlier today, whether the list could supply them or not.
    pub asked_today: u64,
    /// Messages that were handed over and that the platform still holds.
    pub held: u64,
    /// What was counted for this number since the start.
    pub so_far: Tally,
}

impl<'o> Observation<'o> {
    /// What the sender of a healthy number without a limit sees at the start of a run with one sending slot a day,
    /// about to send its first message. A caller replaces what it knows better.
    pub fn at_start(templates: &'o [TemplateStatus], template_ratings: &'o [Rating]) -> Observation<'o> {
        Observation {
            now: SimTime::START,
            day: 0,
            sending_days: 0,
            sending_slot: 0,
            slot: 0,
            slots: 1,
            limit: None,
            capacity: u64::MAX,
            throughput: u64::MAX,
            status: NumberStatus::Connected,
            rating: Rating::Unknown,
            templates,
            template_ratings,
            usage: None,
            part: Part::WHOLE,
            asked_today: 0,
            held: 0,
            so_far: Tally::default(),
        }
    }
}

/// Usage towards the next tier: a sender can count it, for it knows what was delivered and the published rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Usage {
    /// Counted so far, as the rule counts.
    pub used: u64,
    /// What the next tier asks for.
    pub needed: u64,
}

impl Usage {
    /// What is still to be sent.
    pub fn missing(self) -> u64 {
        self.needed.saturating_sub(self.used)
    }
}

/// A number's part of what several numbers share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// Which of the sender's numbers it is, from 0.
    pub place: usize,
    /// Its weight.
    pub weight: u64,
    /// Sum of all weights; above 0.
    pub all: u64,
}

impl Part {
    /// The part of a number that shares with nobody.
    pub const WHOLE: Part = Part { place: 0, weight: 1, all: 1 };

    /// Its part of `messages`, rounded up: whoever has a part of something has some of it.
    pub fn rounded_up(self, messages: u64) -> u64 {
        messages - times(messages, self.all - self.weight, self.all)
    }
}

/// `amount x weight / all`, rounded down.
fn times(amount: u64, weight: u64, all: u64) -> u64 {
    if weight == all && all > 0 {
        return amount;
    }
    let product = u128::from(amount) * u128::from(weight) / u128::from(all.max(1));
    u64::try_from(product).unwrap_or(u64::MAX)
}

/// What a sender counts: each is a number that its provider shows it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Accepted messages.
    pub sent: u64,
    /// Of these, delivered.
    pub delivered: u64,
    /// Delivered messages that were read.
    pub read: u64,
    /// Answers.
    pub replied: u64,
    /// Customers who asked for no more marketing.
    pub stopped: u64,
    /// Messages that the platform refused.
    pub refused: u64,
}

impl Tally {
    /// What was counted since `earlier`.
    #[must_use]
    pub fn since(self, earlier: Tally) -> Tally {
        Tally {
            sent: self.sent.saturating_sub(earlier.sent),
            delivered: self.delivered.saturating_sub(earlier.delivered),
            read: self.read.saturating_sub(earlier.read),
            replied: self.replied.saturating_sub(earlier.replied),
            stopped: self.stopped.saturating_sub(earlier.stopped),
            refused: self.refused.saturating_sub(earlier.refused),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::{prop_assert, proptest};

    use super::Part;

    proptest! {
        #[test]
        fn a_part_rounded_up_is_the_least_that_is_no_less(
            amount in 0_u64..1 << 40, weight in 1_u64..1_000, others in 0_u64..10_000,
        ) {
            let part = Part { place: 0, weight, all: weight + others };
            let exact = u128::from(amount) * u128::from(weight);
            let up = u128::from(part.rounded_up(amount)) * u128::from(part.all);
            prop_assert!(exact <= up && up < exact + u128::from(part.all));
        }
    }
}
