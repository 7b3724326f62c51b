//! Lists that are too short: steps of the ladder that no plan can unlock, because there are too few customers.
//!
//! ```text
//!   needed   factor x limit, over `within`            of each upgrade clause that asks for usage
//!   most     customers x messages each can get in that time x share that is delivered
//! ```
//!
//! A message each `rest` at most: floor((within - 1 s) / rest) + 1 of them in a window of `within`. Where usage counts
//! customers once, it is those who are reached by at least one of them.

use crate::audience::{RateName, Segment, Undeliverable};
use crate::platform::language::{Amount, Condition, Count, FromTiers, Quantity, Within};
use crate::platform::{Rules, Ruleset, Tier};
use crate::random::maths::pow;
use crate::sim::scenario::ScenarioText;
use crate::time::{DAY, Span};

/// One step that the lists cannot unlock, in words.
pub(super) fn too_short(
    text: &ScenarioText,
    ruleset: &Ruleset,
    rules: &Rules,
    segments: &[Segment],
    start: usize,
) -> Vec<String> {
    let mut found = Vec::new();
    for (place, pair) in rules.tiers.windows(2).enumerate().skip(start) {
        let Some(limit) = pair[0].limit else { continue };
        let ways: Vec<Way> = ways(ruleset, &pair[0].name, limit, text, segments);
        if let Some(nearest) = ways.iter().min_by(|a, b| a.missing().total_cmp(&b.missing()))
            && nearest.missing() > 0.0
        {
            found.push(nearest.in_words(&pair[1].name));
            // What lies above cannot be reached either.
            let above: Vec<&str> = rules.tiers[place + 2..].iter().map(|tier| tier.name.as_str()).collect();
            if !above.is_empty() {
                found.push(format!("nor, for the same reason, are the steps above: {}", above.join(", ")));
            }
            break;
        }
    }
    found
}

/// What unlocks each of `tiers` from the one below it under the rules of the start, in words.
pub(super) fn unlocks(
    text: &ScenarioText,
    ruleset: &Ruleset,
    rules: &Rules,
    segments: &[Segment],
    tiers: &[Tier],
) -> Vec<String> {
    let of = |tier: &Tier| {
        let place = rules.tiers.iter().position(|known| known.limit == tier.limit)?;
        let below = rules.tiers.get(place.checked_sub(1)?)?;
        let ways = ways(ruleset, &below.name, below.limit?, text, segments);
        Some(ways.iter().map(Way::asks).collect::<Vec<String>>().join(" or "))
    };
    tiers.iter().map(|tier| of(tier).unwrap_or_default()).collect()
}

/// What one clause asks for and what the lists can give.
struct Way {
    clause: String,
    needed: u64,
    most: f64,
    counts: &'static str,
    within: Span,
    customers: u64,
    delivered: f64,
}

impl Way {
    fn missing(&self) -> f64 {
        self.needed as f64 - self.most
    }

    /// What is asked for: `2000 messages delivered in 7d (upgrade.volume)`.
    fn asks(&self) -> String {
        let Way { clause, needed, counts, within, .. } = self;
        if *needed == 0 { clause.clone() } else { format!("{needed} {counts} in {within} ({clause})") }
    }

    fn in_words(&self, to: &str) -> String {
        let Way { clause, needed, most, counts, within, customers, delivered } = self;
        let short = *customers as f64 * (*needed as f64 / most.max(1.0));
        format!(
            "the list is too short to unlock {to}: {clause} asks for {needed} {counts} in {within}, and {customers} \
             customers of whom {:.0} % are reached give about {most:.0} at most; it takes about {short:.0} customers",
            100.0 * delivered
        )
    }
}

/// Every clause that leads up from a tier; one without usage leads up whatever the list.
fn ways(ruleset: &Ruleset, tier: &str, limit: u64, text: &ScenarioText, segments: &[Segment]) -> Vec<Way> {
    let from = |from: &FromTiers| match from {
        FromTiers::Any => true,
        FromTiers::Only(names) => names.iter().any(|name| name == tier),
    };
    let clauses = ruleset.upgrade.iter().filter(|(_, clause)| from(&clause.from));
    let way = |(name, clause): (&str, &crate::platform::language::Upgrade)| {
        let usage = clause.when.iter().find_map(|condition| match condition {
            Condition::Usage { count, within, amount } => Some((*count, *within, *amount)),
            _ => None,
        });
        let clause = format!("upgrade.{name}");
        match usage {
            Some((count, within, amount)) => {
                reach(clause, count, span(within), amount, limit, text, segments)
            }
            None => Way {
                clause,
                needed: 0,
                most: 0.0,
                counts: "",
                within: Span(0),
                customers: 0,
                delivered: 1.0,
            },
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

fn reach(
    clause: String,
    count: Count,
    within: Span,
    amount: Amount,
    limit: u64,
    text: &ScenarioText,
    segments: &[Segment],
) -> Way {
    let needed = match amount {
        Amount::AtLeast(quantity) => whole(quantity, limit),
        Amount::MoreThan(quantity) => whole(quantity, limit) + 1,
    };
    let (mut most, mut customers, mut delivered) = (0.0, 0, 0.0);
    for segment in segments {
        let Some(stated) = text.audience.segments.get(&segment.name) else { continue };
        let share = segment.behavior.rate(RateName::delivered).prior.mean().clamp(0.0, 1.0);
        let window = if count == Count::best_day { Span(DAY) } else { within };
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
    let counts = match count {
        Count::distinct => "different customers",
        Count::sent => "messages sent",
        Count::delivered => "messages delivered",
        Count::best_day => "messages delivered on the best day",
    };
    Way {
        clause,
        needed,
        most,
        counts,
        within,
        customers,
        delivered: delivered / (customers as f64).max(1.0),
    }
}
