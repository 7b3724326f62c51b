//! Who may send how much: ladder, numbers, caps, windows, the official status.

use crate::glossary::grouped;

use super::super::language::{
    Cap, CapLimit, CapOf, CapUnit, ConsumeOn, Counts, Holder, HowMany, Ladder, Limit, Numbers, Official,
    OfficialChanges, Opener, ProlongedBy, Window, WindowKind, Within,
};
use super::phrases::{Who, listed, span, takes};
use super::upgrades::condition;

pub(super) fn ladder(ladder: &Ladder) -> Vec<String> {
    let holder = match ladder.holder {
        Holder::Number => "Each number has a limit of its own.",
        Holder::Portfolio => "The portfolio has one limit, which all its numbers share.",
    };
    let step = |(name, limit): (&str, &Limit)| match limit {
        Limit::AtMost(most) if grouped(*most) == name => name.to_owned(),
        Limit::AtMost(most) => format!("{name} (up to {})", grouped(*most)),
        Limit::Unlimited if name == "unlimited" => name.to_owned(),
        Limit::Unlimited => format!("{name} (unlimited)"),
    };
    let steps: Vec<String> = ladder.steps.iter().map(step).collect();
    vec![
        holder.to_owned(),
        format!("The tiers are {}.", listed(&steps, "and")),
        format!("A new number starts at {}.", ladder.start),
    ]
}

pub(super) fn numbers(numbers: &Numbers) -> Vec<String> {
    let many = |many: HowMany| match many {
        HowMany::AtMost(1) => "up to 1 number".to_owned(),
        HowMany::AtMost(most) => format!("up to {} numbers", grouped(most)),
        HowMany::Unlimited => "an unlimited count of numbers".to_owned(),
        HowMany::Unstated => "a count of numbers that no source states".to_owned(),
    };
    vec![
        format!(
            "A business may connect {} before it is verified, and {} after.",
            many(numbers.unverified),
            many(numbers.verified)
        ),
        format!("Connecting a number takes {}.", takes(numbers.connecting)),
    ]
}

pub(super) fn cap(cap: &Cap) -> Vec<String> {
    let who = match cap.per {
        CapOf::Holder => "The holder of the tier's limit",
        CapOf::Number => "Each number",
        CapOf::Person => "Each customer (person)",
    };
    let verb = match (cap.per, cap.unit) {
        (CapOf::Person, CapUnit::Customers) => "is among",
        (CapOf::Person, CapUnit::Conversations) => "gets",
        (CapOf::Person, CapUnit::Messages) => "gets",
        (_, CapUnit::Customers) => "may reach",
        (_, CapUnit::Conversations) => "may start",
        (_, CapUnit::Messages) => "may send",
    };
    let unit = match cap.unit {
        CapUnit::Customers => "customers",
        CapUnit::Conversations => "conversations",
        CapUnit::Messages => "messages",
    };
    let limit = match cap.limit {
        CapLimit::OfTier => format!("as many {unit} as the tier's limit says"),
        CapLimit::Own(most) => format!("at most {} {unit}", grouped(most)),
        CapLimit::Unstated => format!("only so many {unit}, how many is unstated,"),
    };
    let counts = match cap.counts {
        Counts::all => "All that the business starts counts",
        Counts::templates => "Only messages made from templates count",
    };
    let consumed = match cap.consume_on {
        ConsumeOn::sent => "from sending on",
        ConsumeOn::delivered => "from delivery on",
    };
    let free = match cap.free_in_service_window {
        true => "Inside a service window messages are free of it: admitted and not counted.",
        false => "Messages inside a service window count like all others.",
    };
    let error = match cap.error {
        Some(code) => format!("What exceeds it is refused with error {code}."),
        None => "What exceeds it is refused; no error code is given.".to_owned(),
    };
    vec![
        format!("{who} {verb} {limit} {}.", within(cap.within)),
        format!("{counts}, {consumed}."),
        free.to_owned(),
        error,
    ]
}

pub(super) fn within(within: Within) -> String {
    match within {
        Within::Rolling(length) => format!("in any {}", span(length)),
        Within::CalendarDay => "in a calendar day".to_owned(),
    }
}

pub(super) fn window(window: &Window) -> Vec<String> {
    let kind = match window.kind {
        WindowKind::Service => "The service window, in which the business may answer freely,",
        WindowKind::BusinessInitiated => "A business-initiated conversation",
        WindowKind::CustomerInitiated => "A customer-initiated conversation",
        WindowKind::FreeEntry => "The free-entry window of who came through an advertisement",
    };
    let opener = |opener: &Opener| match opener {
        Opener::customer_message => "a message of the customer (a reply, a pressed button)",
        Opener::first_message_delivered => "the first delivered message of the business",
        Opener::business_answers_ad => {
            "the business's answer to a customer who came through an advertisement"
        }
    };
    let openers: Vec<String> = window.opens.iter().map(|by| opener(by).to_owned()).collect();
    let prolonged = match window.prolonged_by {
        ProlongedBy::nothing => "Nothing prolongs it.",
        ProlongedBy::customer_message => "Each message of the customer starts it anew.",
    };
    vec![
        format!("{kind} opens with {} and lasts {}.", listed(&openers, "or"), span(window.lasts)),
        prolonged.to_owned(),
    ]
}

pub(super) fn official(official: &Official) -> Vec<String> {
    let needs: Vec<String> = official.needs.iter().map(|need| condition(need, Who::Number)).collect();
    let needs = match needs.as_slice() {
        [] => "at any time".to_owned(),
        needs => format!("when {}", listed(needs, "and")),
    };
    let changes = match &official.changes {
        OfficialChanges::nothing => "It changes no limit.".to_owned(),
        OfficialChanges::StartsAt(tier) => format!("With it the tier is {tier} or higher."),
    };
    vec![
        format!("The official-business status (badge) can be applied for {needs}."),
        format!("The decision takes {}.", takes(official.decided)),
        changes,
    ]
}
