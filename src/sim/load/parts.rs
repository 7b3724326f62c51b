//! The parts that a scenario is put together from: numbers and their lists, prices, the platform's decisions.

use crate::audience::{Behavior, Choice, List, RATES};
use crate::glossary::TemplateStatus;
use crate::platform::language::{CapLimit, CapOf, CapUnit, Within};
use crate::platform::price::{Card, PriceRules, month_starts, price_table};
use crate::platform::{Ruleset, TemplateOpening};
use crate::random::{Law, Prior, Probability, Subject};
use crate::sim::account::Prices;
use crate::sim::scenario::{
    DecisionText, ReviewText, ScenarioText, SegmentText, TemplateState, TemplateText, Verification,
};
use crate::time::{Calendar, SimTime};

use super::inputs::GIVEN;
use super::{Lane, instant_of};

pub(super) fn template_opening(template: &TemplateText) -> TemplateOpening {
    let (status, new) = match template.state {
        None | Some(TemplateState::proven) => (TemplateStatus::Approved, false),
        Some(TemplateState::new) => (TemplateStatus::Approved, true),
        Some(TemplateState::submitted) => (TemplateStatus::Pending, true),
    };
    TemplateOpening { category: template.category, status, new }
}

/// What is priced: the price clauses of the run's eras, each with the instant at which it begins, in the scenario's
/// market.
pub(super) fn prices(
    text: &ScenarioText,
    eras: &[(SimTime, &Ruleset)],
    calendar: &Calendar,
) -> Option<Prices> {
    let market = text.platform.market.clone()?;
    let rules = PriceRules::across(eras, &|date| instant_of(calendar, date), &price_table);
    rules.currency()?;
    let card = text.platform.card.unwrap_or(Card::OnFile);
    Some(Prices { rules, markets: vec![market], card, months: month_starts(calendar) })
}

/// What a number can send in a slot under the shortest stated bound on its messages.
pub(super) fn throughput(ruleset: &Ruleset, calendar: &Calendar) -> Option<u64> {
    let bounds =
        ruleset.admission.values().filter_map(|cap| match (cap.per, cap.unit, cap.within, cap.limit) {
            (CapOf::Number, CapUnit::Messages, Within::Rolling(span), CapLimit::Own(most)) if span.0 > 0 => {
                Some(most.saturating_mul(calendar.slot_length().0.max(span.0) as u64 / span.0 as u64))
            }
            _ => None,
        });
    bounds.min()
}

/// The sender's numbers: weights share out the list by largest remainder, the first numbers first.
pub(super) fn lanes(text: &ScenarioText, segment: &SegmentText, choice: Choice) -> Vec<Lane> {
    let numbers = senders(text);
    let all: u64 = numbers.iter().map(|(_, weight)| weight).sum();
    let part =
        |weight: u64| (u128::from(segment.customers) * u128::from(weight) / u128::from(all.max(1))) as u64;
    let rest = segment.customers - numbers.iter().map(|(_, weight)| part(*weight)).sum::<u64>();
    let lane = |(place, (name, weight)): (usize, &(&str, u64))| {
        let customers = part(*weight) + u64::from((place as u64) < rest);
        let subject = Subject::new(&[&text.sender.segment, name]);
        Some(Lane {
            number: text.platform.numbers.index_of(name)?,
            name: (*name).to_owned(),
            weight: *weight,
            list: List::new(customers, segment.rest, choice, subject),
        })
    };
    numbers.iter().enumerate().filter_map(lane).collect()
}

/// The numbers that send, with their weights.
pub(super) fn senders(text: &ScenarioText) -> Vec<(&str, u64)> {
    match &text.sender.number {
        Some(number) => vec![(number.as_str(), 1)],
        None => text.sender.numbers.iter().map(|(name, weight)| (name, *weight)).collect(),
    }
}

/// 2 to 6 h even, 1 in 10 rejected: what the providers' pages say, and an assumption.
pub(super) fn default_review() -> ReviewText {
    ReviewText { hours: prior_or_fixed(Law::Uniform { low: 2.0, high: 6.0 }), rejected: share(0.1) }
}

/// Nobody publishes how long the analysis takes or how often it approves.
pub(super) fn default_analysis() -> DecisionText {
    DecisionText { after_days: prior_or_fixed(Law::Uniform { low: 0.0, high: 3.0 }), granted: share(0.8) }
}

/// A prior of known good numbers.
pub(super) fn prior_or_fixed(law: Law) -> Prior {
    Prior::new(law).unwrap_or_else(|_| unreachable!("the numbers above make a law"))
}

/// A share of known good numbers.
pub(super) fn share(value: f64) -> Probability {
    Probability::new(value).unwrap_or(Probability::ONE)
}

pub(super) fn default_verification() -> Verification {
    let law = Law::LogNormalMedian { median: 5.0, sigma: 0.6 };
    Prior::new(law).map_or(Verification::Done, Verification::AfterDays)
}

pub(super) fn replace_chances<'c>(
    behavior: &mut Behavior,
    chances: impl Iterator<Item = (&'c str, &'c Prior)>,
) {
    for (name, prior) in chances {
        if let Some(known) = RATES.into_iter().find(|rate| rate.name() == name) {
            let rate = behavior.rate_mut(known);
            rate.prior = *prior;
            rate.source = GIVEN.to_owned();
        }
    }
}
