//! What leads up: signals and conditions, which measures share.

use crate::glossary::{Ratio, capital, grouped};
use crate::time::Span;

use super::super::language::{
    Amount, Cancel, Condition, Count, FlagOn, FromTiers, Quantity, Restart, Signal, ToTier, Upgrade, Within,
};
use super::phrases::{Who, listed, or_better, or_worse, span};

pub(super) fn upgrade(upgrade: &Upgrade, who: Who) -> Vec<String> {
    let from = match &upgrade.from {
        FromTiers::Any => "any tier".to_owned(),
        FromTiers::Only(tiers) => listed(tiers, "and"),
    };
    let to = match &upgrade.to {
        ToTier::Next => "the next tier".to_owned(),
        ToTier::AtLeast(tier) => tier.clone(),
    };
    let review = match upgrade.review {
        Span(0) => "the tier rises at once (a review of 0 h)".to_owned(),
        length => format!("a review of {} starts; at its end the tier rises", span(length)),
    };
    let causes: Vec<String> = upgrade.cancelled_by.iter().map(|cancel| cause(*cancel)).collect();
    let mut said =
        vec![format!("From {from} to {to}: {}, {review}.", occasion(&upgrade.on, &upgrade.when, who))];
    match (causes.as_slice(), upgrade.review) {
        ([], Span(0)) => {}
        ([], _) => said.push("Nothing ends the review early.".to_owned()),
        (causes, _) => said.push(format!("{} ends the review early.", capital(&listed(causes, "or")))),
    }
    said.extend(usage_restarts(upgrade));
    said.extend(upgrade.restricted_blocks_upgrade.map(|blocks| {
        match blocks {
            true => "A number that has used up its limit (Restricted) does not count as Connected.",
            false => "A number that has used up its limit (Restricted) still counts as Connected.",
        }
        .to_owned()
    }));
    said.extend(upgrade.templates_count.map(|count| {
        match count {
            true => "Templates in use must meet the rating, too.",
            false => "The ratings of templates are not asked.",
        }
        .to_owned()
    }));
    said
}

fn usage_restarts(upgrade: &Upgrade) -> Option<String> {
    let words: Vec<String> = upgrade.usage_restarts.iter().map(|restart| restart_words(*restart)).collect();
    let asks_usage = upgrade.when.iter().any(|condition| matches!(condition, Condition::Usage { .. }));
    if words.is_empty() {
        return asks_usage.then(|| "Counting never begins anew.".to_owned());
    }
    Some(format!("Counting begins anew after {}.", listed(&words, "or")))
}

pub(super) fn cause(cancel: Cancel) -> String {
    match cancel {
        Cancel::flagged => "a flag",
        Cancel::low => "a Low rating",
        Cancel::restricted => "a restriction",
    }
    .to_owned()
}

fn restart_words(restart: Restart) -> String {
    match restart {
        Restart::upgrade => "a rise of the tier",
        Restart::downgrade => "a fall of the tier",
        Restart::flag => "a flag",
        Restart::unflag => "the end of a flag",
    }
    .to_owned()
}

/// When a clause acts: its signals, then its conditions.
pub(super) fn occasion(on: &[Signal], when: &[Condition], who: Who) -> String {
    let told = on == [Signal::verification];
    let asked = when.iter().filter(|asked| !(told && **asked == Condition::Verified));
    let mut conditions: Vec<String> = asked.map(|asked| condition(asked, who)).collect();
    if let Some(named) = conditions.iter().position(|words| words.starts_with("the number is")) {
        for words in &mut conditions[named + 1..] {
            *words = words.replacen("the number's rating", "its rating", 1);
        }
    }
    let signals: Vec<String> = on.iter().map(|heard| signal(*heard, who)).collect();
    match conditions.as_slice() {
        [] => listed(&signals, "or"),
        conditions => format!("{}, when {}", listed(&signals, "or"), listed(conditions, "and")),
    }
}

pub(super) fn signal(signal: Signal, who: Who) -> String {
    match signal {
        Signal::delivery => "on a delivery".to_owned(),
        Signal::rating if who == Who::Template => "at an evaluation of its rating".to_owned(),
        Signal::rating => "at an evaluation of the rating".to_owned(),
        Signal::verification => "as the business is verified".to_owned(),
        Signal::application => "as an application is decided".to_owned(),
        Signal::policy => "at news of the policy".to_owned(),
        Signal::feedback => "as feedback of customers arrives".to_owned(),
        Signal::imposed => "as another clause imposes it".to_owned(),
        Signal::Every(length) => format!("every {}", span(length)),
    }
}

pub(super) fn condition(condition: &Condition, who: Who) -> String {
    let rating = match who {
        Who::Number => "the number's rating",
        Who::Template => "the template's rating",
        Who::Portfolio => "the rating of each number in use",
    };
    match condition {
        Condition::Verified => "the business is verified".to_owned(),
        Condition::Approved => "the platform's analysis approved".to_owned(),
        Condition::PolicyOpen => "the check against the commerce policy is open".to_owned(),
        Condition::PolicyFailed => "the check against the commerce policy failed".to_owned(),
        Condition::LimitReached => "the tier's limit is used up".to_owned(),
        Condition::RatingAtLeast(floor) => format!("{rating} is {}", or_better(*floor)),
        Condition::RatingAtMost(ceiling) => format!("{rating} is {}", or_worse(*ceiling)),
        Condition::FlagOn(FlagOn::low) => format!("{rating} is Low"),
        Condition::FlagOn(FlagOn::medium_or_low) => format!("{rating} is Medium or Low"),
        Condition::FlagOn(FlagOn::low_above_floor) => {
            format!("{rating} is Low and there is a lower tier to fall to")
        }
        Condition::LowFor(length) => {
            format!("{rating} has been Low for {} without a break, on the same tier", span(*length))
        }
        Condition::TemplatesAtLeast(floor) => format!("every template in use is {}", or_better(*floor)),
        Condition::StatusIs(list) => {
            let words: Vec<String> = list.iter().map(|status| status.to_string()).collect();
            let number = if who == Who::Portfolio { "each number in use" } else { "the number" };
            format!("{number} is {}", listed(&words, "or"))
        }
        Condition::TierAtLeast(tier) => format!("the tier is {tier} or higher"),
        Condition::TierAtMost(tier) => format!("the tier is {tier} or lower"),
        Condition::Usage { count, within, amount } => usage(*count, *within, *amount),
        Condition::Complaints { within, more_than, while_low } => format!(
            "blocks and reports of the last {} are more than {} (more than {} while the rating is Low)",
            span(*within),
            grouped(*more_than),
            grouped(*while_low)
        ),
        Condition::SinceFirstSend(length) => {
            format!("{} have passed since the first delivery that counts", span(*length))
        }
        Condition::SinceLastStep(length) => {
            format!("{} have passed since the tier last changed", span(*length))
        }
    }
}

fn usage(count: Count, within: Within, amount: Amount) -> String {
    let counted = match count {
        Count::sent => "the messages accepted",
        Count::delivered => "the messages delivered",
        Count::distinct => "the different customers reached",
        Count::best_day => "the deliveries of the best day",
    };
    let within = match within {
        Within::Rolling(length) => format!("in the last {}", span(length)),
        Within::CalendarDay => "in the calendar day".to_owned(),
    };
    match amount {
        Amount::AtLeast(least) => format!("{counted} {within} are at least {}", quantity(least)),
        Amount::MoreThan(bound) => format!("{counted} {within} are more than {}", quantity(bound)),
    }
}

fn quantity(quantity: Quantity) -> String {
    let one = Ratio::new(1, 1);
    match quantity {
        Quantity::LimitTimes(times) if times < one => format!("{times} of the limit"),
        Quantity::LimitTimes(times) => format!("{times} times the limit"),
        Quantity::Number(number) => grouped(number),
    }
}
