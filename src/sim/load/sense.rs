//! What can be wrong with a scenario although its form is right: names that lead nowhere, numbers out of bounds.

use crate::audience::{HelpDesk, RATES, RateName, check_chance, check_factor};
use crate::document::{Check, did_you_mean};
use crate::platform::language::Numbers;
use crate::platform::price::{PriceRules, price_table};
use crate::platform::{Rules, Ruleset};
use crate::random::{Law, Subjects};
use crate::sim::scenario::{ScenarioText, Verification};
use crate::time::{SimTime, Span};

use super::decisions::check_decisions;
use super::eras::rules_in_words;
use super::parts::{senders, start_limits};
use crate::sim::ready::MOST_IN_SLOT;

/// Largest list \[customers\].
const MOST_CUSTOMERS: u64 = 1 << 40;
/// Most replications of one run.
const MOST_REPLICATIONS: u64 = 10_000_000;
/// What says whom the sender writes to.
pub(super) const WRITTEN_TO: &[&str] = &["sender.segment", "sender.segments", "audience.segments"];

/// Notes what is wrong with how large a run is, and its lists.
pub(super) fn check_size(text: &ScenarioText, check: &mut Check<'_>) {
    if let Some(replications) = text.replications
        && !(1..=MOST_REPLICATIONS).contains(&replications)
    {
        let message = format!("{replications} replications cannot be run");
        check.error(
            "replications",
            message,
            format!("between 1 and {MOST_REPLICATIONS}; 1,000 is a good start"),
        );
    }
    for (name, segment) in text.audience.segments.iter() {
        let path = format!("audience.segments.{name}");
        if segment.customers == 0 {
            check.error(
                &format!("{path}.customers"),
                "an empty list: nobody to write to",
                "give the number of customers",
            );
        } else if segment.customers > MOST_CUSTOMERS {
            let message = format!("a list of {} customers is more than people on earth", segment.customers);
            check.error(&format!("{path}.customers"), message, format!("at most {MOST_CUSTOMERS}"));
        }
        if segment.rest < Span::hours(24) {
            let message = format!("a rest of {} is too short", segment.rest);
            check.error(
                &format!("{path}.rest"),
                message,
                "24h at least: a customer counts once a day for the limit",
            );
        }
    }
    if text.audience.segments.is_empty() {
        check.error("audience.segments", "there is no segment", "give at least one list of customers");
    }
}

pub(super) fn check_against_rules(text: &ScenarioText, rulesets: &[&Ruleset], check: &mut Check<'_>) {
    let Some(ruleset) = rulesets.first() else { return };
    let ladders = rulesets.iter().flat_map(|ruleset| &ruleset.ladder);
    let tiers: Vec<&str> = ladders.flat_map(|ladder| ladder.steps.keys()).collect();
    for (name, number) in text.platform.numbers.iter() {
        if let Some(tier) = &number.tier
            && !tiers.contains(&tier.as_str())
        {
            let message = format!("{} has no tier \"{tier}\"", ruleset.name);
            check.error(
                &format!("platform.numbers.{name}.tier"),
                message,
                did_you_mean(tier, tiers.iter().copied()),
            );
        }
    }
    let paths: Vec<String> = rulesets
        .iter()
        .flat_map(|ruleset| ruleset.rating.keys())
        .flat_map(|name| [format!("rating.{name}.medium_from"), format!("rating.{name}.low_from")])
        .collect();
    for (path, prior) in text.platform.priors.iter() {
        let at = format!("platform.priors.\"{path}\"");
        if !paths.iter().any(|known| known == path) {
            let help = did_you_mean(path, paths.iter().map(String::as_str));
            check.error(&at, format!("{} has no uncertain value \"{path}\"", ruleset.name), help);
        }
        check_chance(prior, &at, check);
    }
}

/// Two fixed thresholds in the wrong order are a slip: only drawn ones are sorted.
pub(super) fn check_threshold_order(text: &ScenarioText, ruleset: &Ruleset, check: &mut Check<'_>) {
    let fixed = |path: &str| match text.platform.priors.get(path)?.law() {
        Law::Fixed(value) => Some(value),
        _ => None,
    };
    for name in ruleset.rating.keys() {
        let (medium, low) = (format!("rating.{name}.medium_from"), format!("rating.{name}.low_from"));
        if let (Some(from), Some(below)) = (fixed(&medium), fixed(&low))
            && from >= below
        {
            let message = format!("Medium would begin at {from} and Low at {below}: out of order");
            let path = format!("platform.priors.\"{medium}\"");
            let help = "Low begins at a higher share of negative feedback than Medium";
            check.error_given(&["platform.priors"], &path, message, help);
        }
    }
}

/// More numbers than the business can ever connect are a slip; those that wait for a while are not.
pub(super) fn check_number_count(text: &ScenarioText, rulesets: &[&Ruleset], check: &mut Check<'_>) {
    let platform = &text.platform;
    let name = rules_in_words(&platform.ruleset, rulesets);
    if let Some((beyond, message, help)) = too_many_numbers(platform.numbers.keys(), rulesets, &name) {
        check.error(&format!("platform.numbers.\"{beyond}\""), message, help);
        return;
    }
    let [ruleset] = rulesets else { return };
    let rules = Rules::compile(ruleset, Vec::new(), &|_| SimTime::START);
    let Some(may) = rules.may_connect(false, start_limits(text, &rules)) else { return };
    let Some(beyond) = platform.numbers.keys().nth(place(may)) else { return };
    if platform.verification == Some(Verification::Never) && !rules.rises_unverified() {
        let message = format!("a business that is never verified connects {may} numbers under {name}");
        let help = "leave this one out, or say when the business is verified: Done, or AfterDays(..)";
        check.error(&format!("platform.numbers.\"{beyond}\""), message, help);
    }
}

/// The first of the numbers that a business can never connect, if there is one, with message and advice.
pub(in crate::sim) fn too_many_numbers<'n>(
    mut names: impl Iterator<Item = &'n str>,
    rulesets: &[&Ruleset],
    rules: &str,
) -> Option<(&'n str, String, String)> {
    let most = |ruleset: &&Ruleset| ruleset.numbers.as_ref().and_then(Numbers::most);
    let most = rulesets.iter().map(most).try_fold(0, |highest, most| Some(highest.max(most?)))?;
    let beyond = names.nth(place(most))?;
    let message = format!("a business connects at most {most} numbers under {rules}, and this is one more");
    Some((beyond, message, format!("leave out those beyond the first {most}")))
}

fn place(count: u64) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}

/// A market that no price table names is a slip, or means that nothing is priced.
pub(super) fn check_market(text: &ScenarioText, rulesets: &[&Ruleset], check: &mut Check<'_>) {
    let platform = text.platform.market.iter().map(|market| ("platform.market".to_owned(), market));
    let segments = text.audience.segments.iter();
    let own = segments.filter_map(|(name, segment)| {
        Some((format!("audience.segments.{name}.market"), segment.market.as_ref()?))
    });
    let stated: Vec<(String, &String)> = platform.chain(own).collect();
    if stated.is_empty() {
        return;
    }
    let eras: Vec<(SimTime, &Ruleset)> = rulesets.iter().map(|ruleset| (SimTime::START, *ruleset)).collect();
    let rules = PriceRules::across(&eras, &|_| SimTime::START, &price_table);
    let markets: Vec<&str> = rules.markets().collect();
    let name = rules_in_words(&text.platform.ruleset, rulesets);
    for (path, market) in stated {
        if rules.currency().is_none() {
            check.error(&path, format!("{name} names no prices"), "leave the market out");
        } else if !markets.contains(&market.as_str()) {
            let help = did_you_mean(market, markets.iter().copied());
            let message = format!("no price table of {name} has the market \"{market}\"");
            check.error(&path, message, help);
        }
    }
}

pub(super) fn check_sender(text: &ScenarioText, check: &mut Check<'_>) {
    check.given(&["sender.number", "sender.numbers"], |check| check_numbers(text, check));
    check.given(WRITTEN_TO, |check| check_segments(text, check));
    if let Some(desk) = &text.audience.help_desk {
        check.given(&["audience.help_desk"], |check| desk.check("audience.help_desk", check));
    }
    check.given(&[], |check| check_factors(text, check));
    check.given(&["platform.templates", "sender.templates"], |check| check_templates(text, check));
    check.given(&[], |check| check_decisions(&text.platform, check));
}

/// The numbers that send: one, or several with weights, each known.
fn check_numbers(text: &ScenarioText, check: &mut Check<'_>) {
    let platform = &text.platform;
    match (&text.sender.number, text.sender.numbers.is_empty()) {
        (Some(_), true) | (None, false) => {}
        (Some(_), false) => {
            check.error(
                "sender.numbers",
                "both `number` and `numbers` are given",
                "one number, or several with weights",
            );
        }
        (None, true) => {
            check.error("sender", "no number sends", "name it: number: \"main\"");
        }
    }
    for (name, weight) in senders(text) {
        let path = if text.sender.number.is_some() {
            "sender.number".to_owned()
        } else {
            format!("sender.numbers.{name}")
        };
        if platform.numbers.get(name).is_none() {
            let help = did_you_mean(name, platform.numbers.keys());
            check.error_given(&["platform.numbers"], &path, format!("there is no number \"{name}\""), help);
        }
        if !(1..=1_000_000).contains(&weight) {
            check.error(
                &path,
                format!("a weight of {weight} makes no part"),
                "a whole number from 1 to 1,000,000",
            );
        }
    }
}

/// The sender's templates: each known and named once.
fn check_templates(text: &ScenarioText, check: &mut Check<'_>) {
    if text.sender.templates.is_empty() {
        check.error(
            "sender.templates",
            "no template is named",
            "name at least one template of `platform.templates`",
        );
    }
    for (place, template) in text.sender.templates.iter().enumerate() {
        let path = format!("sender.templates[{place}]");
        let templates = &text.platform.templates;
        if templates.get(template).is_none() {
            let help = did_you_mean(template, templates.keys());
            check.error(&path, format!("there is no template \"{template}\""), help);
        } else if text.sender.templates[..place].contains(template) {
            check.error(
                &path,
                format!("\"{template}\" is named twice"),
                "each template once, in the order of preference",
            );
        }
    }
}

/// The segments that are written to: one, or several, each known and named once.
fn check_segments(text: &ScenarioText, check: &mut Check<'_>) {
    let sender = &text.sender;
    match (&sender.segment, sender.segments.is_empty()) {
        (Some(_), true) | (None, false) => {}
        (Some(_), false) => {
            check.error(
                "sender.segments",
                "both `segment` and `segments` are given",
                "one segment, or several",
            );
        }
        (None, true) => {
            let help = did_you_mean("", text.audience.segments.keys());
            check.error("sender", "nobody is written to", format!("name a segment: segment: \"..\"; {help}"));
        }
    }
    let one = sender.segment.iter().map(|name| ("sender.segment".to_owned(), name));
    let several = sender.segments.iter().enumerate();
    let several = several.map(|(place, name)| (format!("sender.segments[{place}]"), name));
    let named: Vec<(String, &String)> = one.chain(several).collect();
    for (place, (path, name)) in named.iter().enumerate() {
        if text.audience.segments.get(name).is_none() {
            let help = did_you_mean(name, text.audience.segments.keys());
            check.error(path, format!("there is no segment \"{name}\""), help);
        } else if named[..place].iter().any(|(_, other)| other == name) {
            check.error(path, format!("\"{name}\" is named twice"), "each segment once");
        }
    }
    if sender.order.is_some() && named.len() < 2 {
        let help = "leave it out, or name several segments: segments: [\"..\", \"..\"]";
        check.error("sender.order", "an order of one segment orders nothing", help);
    }
}

/// What the scenario states of the effects of its templates.
fn check_factors(text: &ScenarioText, check: &mut Check<'_>) {
    for (name, template) in text.platform.templates.iter() {
        for (rate, prior) in template.factors.iter() {
            let path = format!("platform.templates.{name}.factors.{rate}");
            if RateName::named(rate).is_none_or(|rate| !rate.is_of_outcome()) {
                let known = RATES.iter().filter(|rate| rate.is_of_outcome()).map(|rate| rate.name());
                check.error(
                    &path,
                    format!("a template has no factor on `{rate}`"),
                    did_you_mean(rate, known),
                );
            }
            check_factor(prior, &path, check);
        }
    }
}

pub(super) fn check_messages(a_day: u64, path: &str, check: &mut Check<'_>) {
    if a_day == 0 {
        check.error(path, "a plan of 0 messages a day sends nothing", "give the messages a day");
    } else if a_day > MOST_IN_SLOT {
        let message = format!("{a_day} messages a day cannot be simulated");
        check.error(path, message, format!("at most {MOST_IN_SLOT}"));
    }
}

/// Proves that no two names of the scenario share their luck.
pub(super) fn register(text: &ScenarioText, rulesets: Option<Vec<&Ruleset>>) -> Result<(), String> {
    let mut subjects = Subjects::default();
    let mut add =
        |names: &[&str]| subjects.register(names).map(|_| ()).map_err(|collision| collision.to_string());
    for segment in text.audience.segments.keys() {
        add(&[segment])?;
        for rate in RATES {
            add(&["segments", segment, rate.name()])?;
        }
        for number in text.platform.numbers.keys() {
            add(&[segment, number])?;
            for template in text.platform.templates.keys() {
                add(&[segment, template, number])?;
            }
        }
        add(&["segments", segment, "buttons"])?;
    }
    for (name, template) in text.platform.templates.iter() {
        add(&["campaigns", name])?;
        for rate in template.factors.keys() {
            add(&["templates", name, rate])?;
        }
    }
    if text.audience.help_desk.is_some() {
        for number in text.platform.numbers.keys() {
            add(&[HelpDesk::NAME, number])?;
        }
    }
    for decision in ["verification", "policy", "official", "analysis"] {
        add(&["platform", decision])?;
    }
    for template in text.platform.templates.keys() {
        add(&["platform", "review", template])?;
    }
    for name in rulesets.iter().flatten().flat_map(|ruleset| ruleset.rating.keys()) {
        add(&[&format!("rating.{name}.medium_from")])?;
        add(&[&format!("rating.{name}.low_from")])?;
    }
    Ok(())
}
