//! Steps of the ladder that cannot be unlocked, because the plan sends too little or there are too few customers.
//!
//! ```text
//!   needed   factor x limit, over `within`            of each upgrade clause that asks for usage
//!   plan     most messages a day x days of `within` on which it sends x share that counts
//!   list     customers x messages each can get in that time x share that counts
//! ```
//!
//! What counts is every message that is sent, or those that are delivered. A message each `rest` at most:
//! floor((within - 1 s) / rest) + 1 of them in a window of `within`. Where usage counts customers once, it is those who are
//! reached by at least one of them.

use jiff::civil::Weekday;

use crate::audience::{RateName, Segment, Undeliverable};
use crate::glossary::grouped;
use crate::platform::language::{Amount, Condition, Count, FromTiers, Quantity, Within};
use crate::platform::{Rules, Ruleset, Tier};
use crate::random::maths::pow;
use crate::sender::Volume;
use crate::sim::scenario::ScenarioText;
use crate::time::{DAY, Span};

/// What is asked, and of whom.
#[derive(Clone, Copy)]
pub(super) struct Question<'q> {
    pub(super) text: &'q ScenarioText,
    pub(super) ruleset: &'q Ruleset,
    pub(super) rules: &'q Rules,
    pub(super) segments: &'q [Segment],
    pub(super) volume: &'q Volume,
}

/// The first step from `start` on that the plan or the lists cannot unlock, in words.
pub(super) fn out_of_reach(question: Question<'_>, start: usize) -> Vec<String> {
    let tiers = &question.rules.tiers;
    for (place, pair) in tiers.windows(2).enumerate().skip(start) {
        let Some(limit) = pair[0].limit else { continue };
        let ways: Vec<Way> = ways(question, &pair[0].name, limit);
        if let Some(nearest) = ways.iter().min_by(|a, b| a.missing().total_cmp(&b.missing()))
            && nearest.missing() > 0.0
        {
            let mut found = vec![nearest.in_words(&pair[1].name)];
            // What lies above cannot be reached either.
            let above: Vec<&str> = tiers[place + 2..].iter().map(|tier| tier.name.as_str()).collect();
            if !above.is_empty() {
                found.push(format!("nor, for the same reason, are the steps above: {}", above.join(", ")));
            }
            return found;
        }
    }
    Vec::new()
}

/// What unlocks each of `tiers` from the one below it under the rules of the start, in words.
pub(super) fn unlocks(question: Question<'_>, tiers: &[Tier]) -> Vec<String> {
    let rules = question.rules;
    let of = |tier: &Tier| {
        let place = rules.tiers.iter().position(|known| known.limit == tier.limit)?;
        let below = rules.tiers.get(place.checked_sub(1)?)?;
        let ways = ways(question, &below.name, below.limit?);
        Some(ways.iter().map(Way::asks).collect::<Vec<String>>().join(" or "))
    };
    tiers.iter().map(|tier| of(tier).unwrap_or_default()).collect()
}

/// What one clause asks for, and what plan and lists can give.
#[derive(Default)]
struct Way {
    clause: String,
    needed: u64,
    counts: &'static str,
    within: Span,
    plan: Option<PlanGives>,
    list: ListGives,
}

/// What the plan can send in the time of a clause.
struct PlanGives {
    a_day: u64,
    days: u64,
    /// The share that counts \[share\].
    counted: f64,
}

/// What the lists can take in the time of a clause.
#[derive(Default)]
struct ListGives {
    customers: u64,
    /// The share of customers who are reached, where only deliveries count \[share\].
    reached: Option<f64>,
    most: f64,
}

impl Way {
    fn missing(&self) -> f64 {
        let plan = self.plan.as_ref().map_or(f64::INFINITY, PlanGives::most);
        self.needed as f64 - plan.min(self.list.most)
    }

    /// What is asked for: `2000 messages delivered in 7d (upgrade.volume)`.
    fn asks(&self) -> String {
        let Way { clause, needed, counts, within, .. } = self;
        if *needed == 0 { clause.clone() } else { format!("{needed} {counts} in {within} ({clause})") }
    }

    /// Why it leads to no step: the plan, whatever the list; or the list.
    fn in_words(&self, to: &str) -> String {
        let Way { clause, needed, counts, within, list, .. } = self;
        let asked = format!("{clause} asks for {} {counts} in {within}", grouped(*needed));
        match self.plan.as_ref().filter(|plan| plan.most() < *needed as f64) {
            Some(plan) => format!(
                "the plan sends too little to unlock {to}, however long the list: {asked}, and {}",
                plan.in_words()
            ),
            None => format!("the list is too short to unlock {to}: {asked}, and {}", list.in_words(*needed)),
        }
    }
}

impl PlanGives {
    fn most(&self) -> f64 {
        (self.a_day * self.days) as f64 * self.counted
    }

    fn in_words(&self) -> String {
        let PlanGives { a_day, days, .. } = self;
        let days = if *days == 1 { "1 day".to_owned() } else { format!("{days} days") };
        let counted = if self.counted < 1.0 {
            format!(", of which {:.0} % are delivered: about {}", 100.0 * self.counted, about(self.most()))
        } else {
            String::new()
        };
        let sent = grouped(a_day * self.days);
        format!(
            "{} a day at most are {sent} on the {days} of that time on which it sends{counted}",
            grouped(*a_day)
        )
    }
}

impl ListGives {
    fn in_words(&self, needed: u64) -> String {
        let ListGives { customers, reached, most } = self;
        let enough = *customers as f64 * (needed as f64 / most.max(1.0));
        let reached =
            reached.map_or_else(String::new, |share| format!(" of whom {:.0} % are reached", 100.0 * share));
        format!(
            "{} customers{reached} give about {} at most; it takes about {} customers",
            grouped(*customers),
            about(*most),
            about(enough)
        )
    }
}

fn about(number: f64) -> String {
    grouped(number.round() as u64)
}

/// Every clause that leads up from a tier; one without usage leads up whatever the list.
fn ways(question: Question<'_>, tier: &str, limit: u64) -> Vec<Way> {
    let from = |from: &FromTiers| match from {
        FromTiers::Any => true,
        FromTiers::Only(names) => names.iter().any(|name| name == tier),
    };
    let clauses = question.ruleset.upgrade.iter().filter(|(_, clause)| from(&clause.from));
    let way = |(name, clause): (&str, &crate::platform::language::Upgrade)| {
        let usage = clause.when.iter().find_map(|condition| match condition {
            Condition::Usage { count, within, amount } => Some((*count, *within, *amount)),
            _ => None,
        });
        let clause = format!("upgrade.{name}");
        match usage {
            Some((count, within, amount)) => question.way(clause, count, span(within), amount, limit),
            None => Way { clause, ..Way::default() },
        }
    };
    clauses.map(way).collect()
}

fn whole(quantity: Quantity, limit: u64) -> u64 {
    match quantity {
        Quantity::LimitTimes(ratio) => ratio.times_rounded_down(limit),
        Quantity::Number(number) => number,
    }
}

fn span(within: Within) -> Span {
    match within {
        Within::Rolling(span) => span,
        Within::CalendarDay => Span::days(1),
    }
}

impl Question<'_> {
    fn way(self, clause: String, count: Count, within: Span, amount: Amount, limit: u64) -> Way {
        let needed = match amount {
            Amount::AtLeast(quantity) => whole(quantity, limit),
            Amount::MoreThan(quantity) => whole(quantity, limit) + 1,
        };
        let counts = match count {
            Count::distinct => "different customers",
            Count::sent => "messages sent",
            Count::delivered => "messages delivered",
            Count::best_day => "messages delivered on the best day",
        };
        let window = if count == Count::best_day { Span(DAY) } else { within };
        let list = self.list(count, window);
        let plan = self.volume.most_a_day(limit).map(|a_day| PlanGives {
            a_day,
            days: self.sending_days(window),
            counted: list.reached.unwrap_or(1.0),
        });
        Way { clause, needed, counts, within, plan, list }
    }

    /// What the lists can take in a window.
    fn list(self, count: Count, window: Span) -> ListGives {
        let (mut most, mut customers, mut delivered) = (0.0, 0, 0.0);
        for segment in self.segments {
            let Some(stated) = self.text.audience.segments.get(&segment.name) else { continue };
            let share = segment.behavior.rate(RateName::delivered).prior.mean().clamp(0.0, 1.0);
            let times = ((window.0 - 1).max(0) / stated.rest.0.max(1) + 1) as f64;
            let each = match (count, segment.behavior.undeliverable.value) {
                (Count::distinct, Undeliverable::message) => 1.0 - pow(1.0 - share, times),
                (Count::distinct, Undeliverable::customer) => share,
                (Count::sent, _) => times,
                _ => times * share,
            };
            most += stated.customers as f64 * each;
            customers += stated.customers;
            delivered += stated.customers as f64 * share;
        }
        let reached = (count != Count::sent).then(|| delivered / (customers as f64).max(1.0));
        ListGives { customers, reached, most }
    }

    /// The most days on which the plan sends within a window, of any week \[days\].
    fn sending_days(self, window: Span) -> u64 {
        let days = (window.as_days().ceil() as usize).max(1);
        let sends =
            |day: usize| self.text.sender.weekdays.holds(Weekday::Monday.wrapping_add((day % 7) as i64));
        let of_week = (0..7).map(|first| (first..first + days).filter(|day| sends(*day)).count());
        of_week.max().unwrap_or(0) as u64
    }
}

#[cfg(test)]
mod tests {
    use crate::sim::climb::first_climb;

    /// What is told of first-climb, whose top needs more than 200,000 messages sent in 7 days.
    fn told(changes: &[(&str, &str)]) -> Option<String> {
        first_climb(changes).setting.warnings.into_iter().find(|warning| warning.contains("to unlock"))
    }

    const MOST: &str = "sender.plan.at_most";
    const CUSTOMERS: &str = "audience.segments.members.customers";

    #[test]
    fn a_plan_that_sends_too_little_is_told_whatever_the_list() {
        let plan = "the plan sends too little to unlock unlimited, however long the list: upgrade.volume asks for 200,001 \
                    messages sent in 7d, and 18,000 a day at most are 126,000 on the 7 days of that time on which it sends";
        assert_eq!(told(&[]).as_deref(), Some(plan));
        assert_eq!(told(&[(CUSTOMERS, "300000")]).as_deref(), Some(plan));
        let workdays = told(&[("sender.weekdays", "workdays"), (MOST, "40000")]);
        assert!(workdays.is_some_and(|told| told.contains("are 200,000 on the 5 days")));
    }

    /// Every customer gets three messages in 7 days; where messages sent count, nobody must be reached.
    #[test]
    fn a_list_that_is_too_short_is_told_as_it_is_reckoned() {
        let list = "the list is too short to unlock unlimited: upgrade.volume asks for 200,001 messages sent in 7d, and \
                    60,000 customers give about 180,000 at most; it takes about 66,667 customers";
        assert_eq!(told(&[(MOST, "40000")]).as_deref(), Some(list));
        assert_eq!(told(&[(MOST, "40000"), (CUSTOMERS, "66667")]), None);
    }
}
