//! The sender decides: a strategy that sees only what a real sender can see.
//!
//! ```text
//!   Observation (date, capacity, statuses, ratings, what was sent)  -->  Strategy  -->  how many, now
//!                                        never: blocks, scores, thresholds, the pool
//! ```
//!
//! *Invariant:* a strategy knows no chance. The same observations lead to the same sends. It is asked in every slot
//! in which sending is allowed, for that slot alone; what was refused is not sent again unless it asks again.

use crate::glossary::{NumberStatus, Rating, Ratio, TemplateStatus};

/// What a sender can see when it is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observation<'o> {
    /// Civil days since the day of the start.
    pub day: usize,
    /// Earlier days on which something was sent.
    pub sending_days: usize,
    /// Position of this slot among today's sending slots, from 0.
    pub slot: u32,
    /// How many sending slots today has.
    pub slots: u32,
    /// The limit of the tier \[customers\]; `None` is unlimited.
    pub limit: Option<u64>,
    /// How many more customers may be written to now; `u64::MAX` is unlimited.
    pub capacity: u64,
    /// The number's status.
    pub status: NumberStatus,
    /// The number's rating as last evaluated.
    pub rating: Rating,
    /// Status of each template of the sender, in its order.
    pub templates: &'o [TemplateStatus],
    /// This number's part of the plan, where several numbers share it: weight, and the sum of the weights.
    pub part: (u64, u64),
    /// Messages asked for earlier today, whether the list could supply them or not.
    pub asked_today: u64,
}

impl Observation<'_> {
    /// This number's part of a plan of `messages`, rounded down.
    fn own(&self, messages: u64) -> u64 {
        let (weight, all) = self.part;
        (u128::from(messages) * u128::from(weight) / u128::from(all.max(1))) as u64
    }
}

/// What was decided for this slot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// How many messages.
    pub messages: u64,
    /// Of which template \[position in the sender's list\].
    pub template: usize,
}

/// How a sender decides. A closed list: each strategy is a few lines of arithmetic over an [`Observation`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Strategy {
    /// The same number of messages every day.
    Constant {
        /// Messages a day.
        a_day: u64,
    },
    /// A table of messages by day.
    Table {
        /// Messages of the first day, the second, and so on.
        days: Vec<u64>,
        /// Which days the rows are.
        clock: Clock,
        /// What follows the last row.
        after: AfterTable,
    },
    /// A share of what the limit allows.
    FillLimit {
        /// The share.
        share: Ratio,
        /// Most messages a day.
        at_most: Option<u64>,
    },
}

/// How a plan is shared out over several segments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[expect(non_camel_case_types, reason = "lower-case words are choices in scenario files")]
pub enum Order {
    /// The first segment as far as it goes, then the next.
    in_order,
    /// The segment that answers most first, as far as it goes, then the next: warm customers first.
    most_engaged_first,
    /// Each by the number of its customers who may be written to.
    by_size,
}

/// Shares out `messages` over segments of which so many customers may be written to; `first` names their positions in
/// the order of preference, where there is one. What no segment can supply is asked of the last.
pub fn share_out(messages: u64, available: &[u64], first: Option<&[usize]>) -> Vec<u64> {
    let mut parts = vec![0; available.len()];
    let all: u64 = available.iter().sum();
    let mut left = messages.min(all);
    if let Some(order) = first {
        for &place in order {
            parts[place] = left.min(available[place]);
            left -= parts[place];
        }
    } else if left > 0 {
        let exact = |place: usize| u128::from(messages.min(all)) * u128::from(available[place]);
        for (place, part) in parts.iter_mut().enumerate() {
            *part = (exact(place) / u128::from(all)) as u64;
            left -= *part;
        }
        let mut by_remainder: Vec<usize> = (0..available.len()).collect();
        by_remainder.sort_by_key(|place| std::cmp::Reverse(exact(*place) % u128::from(all)));
        by_remainder.into_iter().take(left as usize).for_each(|place| parts[place] += 1);
    }
    let last = first.and_then(|order| order.last().copied()).unwrap_or(available.len().saturating_sub(1));
    if let Some(part) = parts.get_mut(last) {
        *part += messages.saturating_sub(all);
    }
    parts
}

/// Which days the rows of a table are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[expect(non_camel_case_types, reason = "lower-case words are choices in scenario files")]
pub enum Clock {
    /// Every civil day from the start on.
    calendar_day,
    /// Days on which something was sent: a skipped day does not skip a row.
    sending_day,
}

/// What follows the last row of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[expect(non_camel_case_types, reason = "lower-case words are choices in scenario files")]
pub enum AfterTable {
    /// Nothing more is sent.
    stop,
    /// The last row holds on.
    hold,
}

impl Strategy {
    /// What is to be sent in this slot: the first template that may be sent, as many messages as the plan asks.
    pub fn decide(&self, seen: &Observation<'_>) -> Plan {
        let Some(template) = seen.templates.iter().position(|status| status.sendable()) else {
            return Plan::default();
        };
        Plan { messages: self.messages(seen), template }
    }

    fn messages(&self, seen: &Observation<'_>) -> u64 {
        match self {
            Strategy::Constant { a_day } => part(seen.own(*a_day), seen.slot, seen.slots),
            Strategy::Table { days, clock, after } => {
                let row = match clock {
                    Clock::calendar_day => seen.day,
                    Clock::sending_day => seen.sending_days,
                };
                let beyond = match after {
                    AfterTable::stop => 0,
                    AfterTable::hold => days.last().copied().unwrap_or(0),
                };
                part(seen.own(days.get(row).copied().unwrap_or(beyond)), seen.slot, seen.slots)
            }
            Strategy::FillLimit { share, at_most } => {
                // Without a limit the list is the only bound: the run cuts what it cannot supply.
                let day = seen.limit.map_or(UNBOUNDED, |limit| share.times_rounded_down(limit));
                let day = day.min(at_most.map_or(UNBOUNDED, |most| seen.own(most)));
                let due: u64 = (0..=seen.slot).map(|slot| part(day, slot, seen.slots)).sum();
                due.saturating_sub(seen.asked_today).min(seen.capacity)
            }
        }
    }
}

/// More messages a day than any list supplies.
const UNBOUNDED: u64 = 1 << 31;

/// The part of `total` that falls to slot `slot` of `slots`: even shares by largest remainder, the first slots first.
fn part(total: u64, slot: u32, slots: u32) -> u64 {
    let slots = u64::from(slots.max(1));
    total / slots + u64::from(u64::from(slot) < total % slots)
}

#[cfg(test)]
mod tests {
    use proptest::{prop_assert_eq, proptest};

    use super::{
        AfterTable, Clock, NumberStatus, Observation, Plan, Rating, Ratio, Strategy, TemplateStatus, part,
        share_out,
    };

    fn seen(
        slot: u32,
        slots: u32,
        limit: Option<u64>,
        capacity: u64,
        asked_today: u64,
    ) -> Observation<'static> {
        Observation {
            day: 3,
            sending_days: 2,
            slot,
            slots,
            limit,
            capacity,
            status: NumberStatus::Connected,
            rating: Rating::High,
            templates: &[TemplateStatus::Paused, TemplateStatus::Approved],
            part: (1, 1),
            asked_today,
        }
    }

    #[test]
    fn the_first_template_that_may_be_sent_is_used() {
        let plan = Strategy::Constant { a_day: 10 }.decide(&seen(0, 1, Some(50), 50, 0));
        assert_eq!(plan, Plan { messages: 10, template: 1 });
        let none = Observation { templates: &[TemplateStatus::Disabled], ..seen(0, 1, Some(50), 50, 0) };
        assert_eq!(Strategy::Constant { a_day: 10 }.decide(&none), Plan::default());
    }

    #[test]
    fn a_table_is_read_by_its_clock() {
        let table = |clock, after| Strategy::Table { days: vec![10, 20, 30], clock, after };
        let now = seen(0, 1, Some(50), 50, 0);
        assert_eq!(table(Clock::calendar_day, AfterTable::stop).messages(&now), 0);
        assert_eq!(table(Clock::calendar_day, AfterTable::hold).messages(&now), 30);
        assert_eq!(table(Clock::sending_day, AfterTable::stop).messages(&now), 30);
    }

    #[test]
    fn filling_the_limit_catches_up_and_never_asks_for_more_than_capacity() {
        let fill = Strategy::FillLimit { share: Ratio::new(1, 1), at_most: Some(50_000) };
        assert_eq!(fill.messages(&seen(0, 8, Some(1_000), 1_000, 0)), 125);
        assert_eq!(fill.messages(&seen(3, 8, Some(10_000), 9_800, 200)), 4_800);
        assert_eq!(fill.messages(&seen(3, 8, Some(10_000), 70, 200)), 70);
        assert_eq!(fill.messages(&seen(0, 1, None, u64::MAX, 0)), 50_000);
    }

    #[test]
    fn a_plan_is_shared_out_over_segments() {
        assert_eq!(share_out(100, &[300, 100], None), [75, 25]);
        assert_eq!(share_out(7, &[1, 1, 1], None), [1, 1, 5]);
        assert_eq!(share_out(5, &[10, 10, 10], None), [2, 2, 1]);
        assert_eq!(share_out(100, &[300, 60], Some(&[1, 0])), [40, 60]);
        assert_eq!(share_out(500, &[300, 60], Some(&[1, 0])), [440, 60]);
        assert_eq!(share_out(500, &[], None), Vec::<u64>::new());
    }

    proptest! {
        #[test]
        fn parts_of_a_day_sum_to_the_day(total in 0_u64..1_000_000, slots in 1_u32..48) {
            prop_assert_eq!((0..slots).map(|slot| part(total, slot, slots)).sum::<u64>(), total);
        }
    }
}
