//! The parts that a scenario is put together from: numbers and their lists, prices, the platform's decisions.

use crate::audience::{
    Act, BatchSubjects, Behavior, Choice, Followed, ListPlan, RateName, Segment, TemplateEffects,
};
use crate::glossary::{Category, TemplateStatus};
use crate::platform::language::{Condition, Count, Within};
use crate::platform::price::{Card, PriceRules, month_starts, price_table};
use crate::platform::{Rules, Ruleset, TemplateOpening};
use crate::random::{Law, Prior, Probability, Subject};
use crate::sender::{Order, Part, Strategy, by_weight};
use crate::sim::prices::Prices;
use crate::sim::scenario::{
    ByHandText, DecisionText, NumberText, ReviewText, ScenarioText, TemplateState, TemplateText, Verification,
};
use crate::time::{Calendar, SimTime, Span};

use crate::sim::ready::{Lane, MOST_IN_SLOT, SendingNumber, Streak};

/// Where a value comes from that a scenario states.
pub(super) const GIVEN: &str = "given in the scenario";

pub(super) fn template_opening(template: &TemplateText) -> TemplateOpening {
    let (status, new) = match template.state {
        None | Some(TemplateState::proven) => (TemplateStatus::Approved, false),
        Some(TemplateState::new) => (TemplateStatus::Approved, true),
        Some(TemplateState::submitted) => (TemplateStatus::Pending, true),
    };
    TemplateOpening { category: template.category, status, new }
}

/// What is priced: the price clauses of the run's eras, each with the instant at which it begins, in the markets of
/// the segments.
pub(super) fn prices(
    text: &ScenarioText,
    eras: &[(SimTime, &Ruleset)],
    calendar: &Calendar,
) -> Option<Prices> {
    let mut markets: Vec<String> = Vec::new();
    for market in written_to(text).filter_map(|segment| market_of(text, segment)) {
        if !markets.iter().any(|known| known == market) {
            markets.push(market.to_owned());
        }
    }
    if markets.is_empty() {
        return None;
    }
    let rules = PriceRules::across(eras, &|date| instant_of(calendar, date), &price_table);
    rules.currency()?;
    let card = text.platform.card.unwrap_or(Card::OnFile);
    Some(Prices { rules, markets, card, months: month_starts(calendar) })
}

/// The limits with which the numbers start.
pub(super) fn start_limits(text: &ScenarioText, rules: &Rules) -> Vec<Option<u64>> {
    let limit = |number: &NumberText| rules.tiers[start_tier(number, rules)].limit;
    text.platform.numbers.values().map(limit).collect()
}

/// Position of the tier with which a number starts.
pub(super) fn start_tier(number: &NumberText, rules: &Rules) -> usize {
    number.tier.as_ref().and_then(|tier| rules.tier(tier)).unwrap_or(rules.start_tier)
}

/// The segments that are written to, in the order of the sender.
pub(super) fn written_to(text: &ScenarioText) -> impl Iterator<Item = &str> {
    text.sender.segment.iter().chain(&text.sender.segments).map(String::as_str)
}

/// The segments ready to react; `None` where a delay of a profile makes no table.
pub(super) fn segments(
    text: &ScenarioText,
    behaviors: Vec<Behavior>,
    calendar: &Calendar,
) -> Option<Vec<Segment>> {
    let effects = |name: &String| {
        let template = text.platform.templates.get(name)?;
        let factors =
            template.factors.iter().filter_map(|(rate, prior)| Some((RateName::named(rate)?, *prior)));
        Some(TemplateEffects {
            name: name.clone(),
            buttons: template.buttons.unwrap_or(false),
            factors: factors.collect(),
        })
    };
    let templates: Vec<TemplateEffects> = text.sender.templates.iter().filter_map(effects).collect();
    let segment = |(name, behavior)| Segment::new(name, behavior, templates.clone(), calendar);
    written_to(text).zip(behaviors).map(segment).collect()
}

/// The names of the profiles of the segments, each once.
pub(super) fn profiles(segments: &[Segment]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for segment in segments {
        if !names.contains(&segment.behavior.name) {
            names.push(segment.behavior.name.clone());
        }
    }
    names
}

/// The sender's numbers with their parts of the whole.
pub(super) fn sending_numbers(text: &ScenarioText) -> Vec<SendingNumber> {
    let named = senders(text);
    let all = named.iter().map(|(_, weight)| weight).sum();
    let number = |(place, (name, weight)): (usize, (&str, u64))| {
        let part = Part { place, weight, all };
        let number = text.platform.numbers.index_of(name)?;
        Some(SendingNumber { number, name: name.to_owned(), part })
    };
    named.into_iter().enumerate().filter_map(number).collect()
}

/// The lists: the weights of the numbers share out each segment.
pub(super) fn lanes(
    text: &ScenarioText,
    senders: &[SendingNumber],
    segments: &[Segment],
    asked_back: Span,
    (calendar, sends): (&Calendar, usize),
) -> Vec<Lane> {
    let mut lanes = Vec::new();
    let weights: Vec<u64> = senders.iter().map(|sender| sender.part.weight).collect();
    for (place, sender) in senders.iter().enumerate() {
        for (position, segment) in segments.iter().enumerate() {
            let Some(stated) = text.audience.segments.get(&segment.name) else { continue };
            let customers = by_weight(stated.customers, &weights, place);
            let choice = stated.choose.unwrap_or(Choice::rested_longest);
            // There is always somebody else who has rested longer; what several segments supply counts all who have
            // rested.
            let endless = choice == Choice::rested_longest
                && segments.len() == 1
                && customers / MOST_IN_SLOT >= sends as u64;
            let list = ListPlan {
                customers,
                unreachable: 0,
                rest: stated.rest,
                once: endless || stated.rest >= calendar.end() - SimTime::START,
                choice,
                memory: segment.memory(),
                asked_back,
                subject: Subject::new(&[&segment.name, &sender.name]),
            };
            let batch =
                |template: &TemplateEffects| BatchSubjects::new(&segment.name, &template.name, &sender.name);
            let batches = segment.templates.iter().map(batch).collect();
            lanes.push(Lane { sender: place, number: sender.number, segment: position, list, batches });
        }
    }
    lanes
}

/// By lane and template, in this order.
pub(super) fn streaks(lanes: &[Lane], templates: &[(String, Category, usize)]) -> Vec<Streak> {
    let streak = |lane: &Lane, template: usize| Streak {
        sender: lane.sender,
        number: lane.number,
        template,
        segment: lane.segment,
    };
    lanes.iter().flat_map(|lane| templates.iter().map(move |(_, _, place)| streak(lane, *place))).collect()
}

/// How long rules ask when a customer was last written to: the longest time over which they count each once.
pub(super) fn asked_back(rulesets: &[&Ruleset]) -> Span {
    let conditions =
        rulesets.iter().flat_map(|ruleset| ruleset.upgrade.values()).flat_map(|clause| &clause.when);
    let distinct = conditions.filter_map(|condition| match condition {
        Condition::Usage { count: Count::distinct, within: Within::Rolling(span), .. } => Some(*span),
        Condition::Usage { count: Count::distinct, .. } => Some(Span::days(2)),
        _ => None,
    });
    let ratings = rulesets.iter().flat_map(|ruleset| ruleset.rating.values());
    let often = ratings.filter_map(|clause| clause.frequency).filter(|frequency| frequency.weight.top != 0);
    distinct.chain(often.map(|frequency| frequency.within)).max().unwrap_or(Span(0))
}

/// Positions of the segments in the order of preference; nothing where a plan is shared out by size.
pub(super) fn preferred(order: Option<Order>, segments: &[Segment]) -> Option<Vec<usize>> {
    let mut places: Vec<usize> = (0..segments.len()).collect();
    match order.unwrap_or(Order::by_size) {
        Order::by_size => return None,
        Order::in_order => {}
        Order::most_engaged_first => {
            let answers = |place: &usize| segments[*place].behavior.reply.prior.mean();
            places.sort_by(|a, b| answers(b).total_cmp(&answers(a)));
        }
    }
    Some(places)
}

/// The position of each segment's market among those that are priced.
pub(super) fn markets(text: &ScenarioText, segments: &[Segment], prices: Option<&Prices>) -> Vec<usize> {
    let place = |segment: &Segment| {
        let own = market_of(text, &segment.name);
        prices
            .and_then(|prices| prices.markets.iter().position(|known| Some(known.as_str()) == own))
            .unwrap_or(0)
    };
    segments.iter().map(place).collect()
}

/// The market of a segment: its own, or the platform's.
pub(super) fn market_of<'t>(text: &'t ScenarioText, segment: &str) -> Option<&'t str> {
    let own = text.audience.segments.get(segment).and_then(|segment| segment.market.as_deref());
    own.or(text.platform.market.as_deref())
}

/// The instant at which a dated clause's day begins.
pub(super) fn instant_of(calendar: &Calendar, date: &str) -> SimTime {
    let date = crate::platform::first_day(date);
    date.and_then(|date| calendar.instant(date.at(0, 0, 0, 0)).ok()).unwrap_or(SimTime::START)
}

/// How many slots ahead a reaction can arrive; what arrives beyond the run arrives in the slot after its last.
pub(super) fn ring(segments: &[Segment], all: &[&Rules], calendar: &Calendar) -> usize {
    let reactions = segments.iter().map(|segment| segment.longest_delay()).max().unwrap_or(0);
    let slot = calendar.slot_length().0;
    let unread = all.iter().filter_map(|rules| rules.unread_after()).map(|span| (span.0 / slot + 1) as usize);
    (reactions.max(unread.max().unwrap_or(0)) + 2).min(calendar.slots().len() + 1)
}

/// What is followed by the slot in which it arrives: complaints always, else what a rating weighs, a strategy looks at,
/// a desk answers or a price depends on.
pub(super) fn followed(all: &[&Rules], strategy: &Strategy, answered: bool) -> Followed {
    let watched = !strategy.feedback.is_empty() || strategy.rotation.is_some();
    let weighed = |act: Act| act.feedback().is_some_and(|kind| all.iter().any(|rules| rules.weighs(kind)));
    Followed::of(|act| {
        weighed(act)
            || match act {
                Act::Block | Act::Report | Act::LateReply | Act::Unread => true,
                Act::Reply => answered || watched,
                Act::Read | Act::Stop => watched,
                Act::Mute | Act::Archive => false,
            }
    })
}

/// The numbers that send, with their weights.
pub(super) fn senders(text: &ScenarioText) -> Vec<(&str, u64)> {
    match &text.sender.number {
        Some(number) => vec![(number.as_str(), 1)],
        None => text.sender.numbers.iter().map(|(name, weight)| (name, *weight)).collect(),
    }
}

/// 2 to 6 h even, 24 h where people look at it: a provider's page, which says "sometimes a day". How often that is, and
/// how often a review rejects, are assumed.
pub(super) fn default_review() -> ReviewText {
    let by_hand = ByHandText { chance: share(0.1), hours: prior_or_fixed(Law::Fixed(24.0)) };
    ReviewText {
        hours: prior_or_fixed(Law::Uniform { low: 2.0, high: 6.0 }),
        rejected: share(0.1),
        by_hand: Some(by_hand),
    }
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
        if let Some(known) = RateName::named(name) {
            let rate = behavior.rate_mut(known);
            rate.prior = *prior;
            rate.source = GIVEN.to_owned();
        }
    }
}
