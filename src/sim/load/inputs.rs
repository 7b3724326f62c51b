//! Where the inputs of a run come from: priors of what nobody publishes, and what a reader is told of every one.

use crate::audience::{Act, DeskInput, RATES, Segment};
use crate::glossary::Ratio;
use crate::platform::language::{Clause, Condition, Pays, Price};
use crate::platform::{Rules, Ruleset, Thresholds, first_day, rulebook, words};
use crate::random::{Law, Prior, SortedPair, Subject};
use crate::sim::scenario::{ScenarioText, Verification};
use crate::sim::setting::{Assumption, Evidence};
use crate::sim::thresholds::ThresholdBelief;
use crate::time::{Calendar, SimTime, date_in_words};

use super::parts::{GIVEN, market_of, senders, start_limits, written_to};

/// Vendors' guesses of the thresholds, from half a per cent to five: nobody publishes them.
pub(super) fn default_threshold() -> Option<Prior> {
    Prior::new(Law::LogUniform { low: 0.005, high: 0.05 }).ok()
}

pub(super) fn threshold_priors(text: &ScenarioText, rules: &Rules) -> Vec<ThresholdBelief> {
    let prior = |path: &str, stated: Ratio| {
        let own = text.platform.priors.get(path).copied().or_else(default_threshold);
        let stated = Prior::new(Law::Fixed(stated.as_f64())).ok();
        own.or(stated)
    };
    let clauses = rules.thresholds().filter_map(|(path, Thresholds { medium_from, low_from })| {
        let [medium, low] = ThresholdBelief::FIELDS.map(|field| format!("{path}.{field}"));
        let pair = SortedPair::new(prior(&medium, medium_from)?, prior(&low, low_from)?);
        let subjects = [medium, low].map(|path| Subject::new(&[&path]));
        Some(ThresholdBelief { clause: path.to_owned(), subjects, pair })
    });
    clauses.collect()
}

pub(super) fn assumptions(
    text: &ScenarioText,
    rulesets: &[&Ruleset],
    all: &[&Rules],
    segments: &[Segment],
) -> Vec<Assumption> {
    let mut list = Vec::new();
    let mut clauses: Vec<&str> = Vec::new();
    for (path, _) in all.iter().flat_map(|rules| rules.thresholds()) {
        if !clauses.contains(&path) {
            clauses.push(path);
        }
    }
    for path in clauses {
        for field in ["medium_from", "low_from"] {
            let path = format!("{path}.{field}");
            let (prior, grade, source) = match text.platform.priors.get(&path) {
                Some(prior) => (Some(*prior), Evidence::Given, GIVEN),
                None => (default_threshold(), Evidence::Assumed, "not published; vendors guess 0.5 % to 2 %"),
            };
            let value = prior.map(|prior| share_in_words(&prior)).unwrap_or_default();
            list.push(Assumption { path, value, grade, source: source.to_owned() });
        }
    }
    let verification = match &text.platform.verification {
        Some(Verification::Done) => ("done at the start".to_owned(), Evidence::Given, GIVEN),
        Some(Verification::Never) => ("never".to_owned(), Evidence::Given, GIVEN),
        Some(Verification::AfterDays(prior)) => (days_in_words(prior), Evidence::Given, GIVEN),
        None => ("log-normal, median 5 days, 9 in 10 from 2 to 14".to_owned(), Evidence::Assumed, "assumed"),
    };
    list.push(Assumption {
        path: "platform.verification".to_owned(),
        value: verification.0,
        grade: verification.1,
        source: verification.2.to_owned(),
    });
    list.extend(decision_assumptions(text, rulesets));
    list.extend(segments.iter().flat_map(behavior_assumptions));
    list.extend(template_assumptions(text));
    list.extend(desk_assumptions(text));
    for (path, default) in unstated(text) {
        list.push(Assumption {
            path,
            value: default,
            grade: Evidence::Assumed,
            source: "the tool's default".to_owned(),
        });
    }
    list
}

/// What is assumed of the customers of a segment.
fn behavior_assumptions(segment: &Segment) -> Vec<Assumption> {
    let (name, mut list) = (&segment.name, Vec::new());
    for rate in RATES {
        let stated = segment.behavior.rate(rate);
        let given = stated.source == GIVEN;
        list.push(Assumption {
            path: format!("segments.{name}.{}", rate.name()),
            value: share_in_words(&stated.prior),
            grade: if given { Evidence::Given } else { evidence(stated.grade) },
            source: stated.source.clone(),
        });
    }
    for (path, effect) in
        [("day_effect", &segment.behavior.day_effect), ("campaign_effect", &segment.behavior.campaign_effect)]
    {
        list.push(Assumption {
            path: format!("segments.{name}.{path}"),
            value: format!("factor with mean 1, sigma {} of its logarithm", effect.sigma),
            grade: evidence(effect.grade),
            source: effect.source.clone(),
        });
    }
    for (kind, delay) in segment.behavior.delays.iter() {
        list.push(Assumption {
            path: format!("segments.{name}.delays.{kind}"),
            value: delay.value.describe(),
            grade: evidence(delay.grade),
            source: delay.source.clone(),
        });
    }
    let largest = &segment.behavior.largest_chance;
    list.push(Assumption {
        path: format!("segments.{name}.largest_chance"),
        value: largest.value.value().to_string(),
        grade: evidence(largest.grade),
        source: largest.source.clone(),
    });
    let ttl = &segment.behavior.time_to_live;
    list.push(Assumption {
        path: format!("segments.{name}.time_to_live"),
        value: ttl.value.to_string(),
        grade: evidence(ttl.grade),
        source: ttl.source.clone(),
    });
    list.extend(effect_assumptions(segment));
    list
}

/// What is assumed of the effects of the past, of weekdays and hours on the customers of a segment.
fn effect_assumptions(segment: &Segment) -> Vec<Assumption> {
    let behavior = &segment.behavior;
    let assumption = |path: &str, value: String, grade: u8, source: &str| Assumption {
        path: format!("segments.{}.{path}", segment.name),
        value,
        grade: evidence(grade),
        source: source.to_owned(),
    };
    let factors = |factors: &[f64]| factors.iter().map(f64::to_string).collect::<Vec<_>>().join(", ");
    let (weekday, fatigue, frailty) = (&behavior.weekday_effect, &behavior.fatigue, &behavior.frailty);
    let (activity, undeliverable) = (&behavior.activity, &behavior.undeliverable);
    let mut list = vec![
        assumption("weekday_effect", factors(&weekday.factors), weekday.grade, &weekday.source),
        assumption(
            "fatigue",
            format!("factors {}; a level recovers in {}", factors(&fatigue.factors), fatigue.recover),
            fatigue.grade,
            &fatigue.source,
        ),
        assumption(
            "frailty",
            frailty.strength.map_or("none".to_owned(), |s| format!("{s} / ({s} + messages received)")),
            frailty.grade,
            &frailty.source,
        ),
        assumption(
            "undeliverable",
            format!("by {:?}", undeliverable.value),
            undeliverable.grade,
            &undeliverable.source,
        ),
        assumption(
            "activity",
            if activity.is_even() { "every hour alike" } else { "weights by hour and weekday" }.to_owned(),
            activity.grade,
            &activity.source,
        ),
    ];
    if segment.templates.iter().any(|template| template.buttons) {
        let buttons = &behavior.buttons;
        list.push(assumption("buttons", buttons.prior.describe(), buttons.grade, &buttons.source));
    }
    for correlation in &behavior.correlations {
        let path = format!("correlations.{}", correlation.of.name());
        let value = format!("{} with {}", correlation.rho, correlation.with.name());
        list.push(assumption(&path, value, correlation.grade, &correlation.source));
    }
    list
}

/// What is assumed of the help desk.
fn desk_assumptions(text: &ScenarioText) -> Vec<Assumption> {
    let inputs = text.audience.help_desk.iter().flat_map(|desk| desk.inputs());
    let assumption = |input: DeskInput| Assumption {
        path: format!("audience.help_desk.{}", input.field),
        value: input.value,
        grade: input.grade.map_or(Evidence::Given, evidence),
        source: input.source.to_owned(),
    };
    inputs.map(assumption).collect()
}

/// What the scenario states of its templates.
fn template_assumptions(text: &ScenarioText) -> Vec<Assumption> {
    let factors = text.platform.templates.iter().flat_map(|(name, template)| {
        template.factors.iter().map(move |(rate, prior)| Assumption {
            path: format!("platform.templates.{name}.factors.{rate}"),
            value: prior.describe(),
            grade: Evidence::Given,
            source: GIVEN.to_owned(),
        })
    });
    factors.collect()
}

/// What the platform decides by chance, where the rules ask for it and the scenario says nothing.
pub(super) fn decision_assumptions(text: &ScenarioText, rulesets: &[&Ruleset]) -> Vec<Assumption> {
    let assumed = |path: &str, value: &str, source: &str| Assumption {
        path: path.to_owned(),
        value: value.to_owned(),
        grade: Evidence::Assumed,
        source: source.to_owned(),
    };
    let mut list = Vec::new();
    if rulesets.iter().any(|ruleset| ruleset.review.is_some()) && text.platform.review.is_none() {
        let value = "2 to 6 hours, 1 in 10 takes 24, 10% rejected";
        let source = "hours: a provider's guide of 2021; how often 24, and rejections: assumed";
        list.push(assumed("platform.review", value, source));
    }
    let mut clauses = rulesets.iter().flat_map(|ruleset| ruleset.upgrade.values());
    let asks = clauses.any(|clause| clause.when.contains(&Condition::Approved));
    if asks && text.platform.analysis.is_none() {
        list.push(assumed("platform.analysis", "0 to 3 days, 80% approved", "nobody publishes it"));
    }
    list
}

/// The prior of a number of days in words.
pub(super) fn days_in_words(prior: &Prior) -> String {
    let at = |u: f64| format!("{:.1}", prior.quantile(u));
    match prior.law() {
        Law::Fixed(days) => format!("{days} days"),
        _ => format!("median {} days, 9 in 10 from {} to {}", at(0.5), at(0.05), at(0.95)),
    }
}

/// The prior of a share in words: "log-uniform, 0.1% to 3%".
pub(super) fn share_in_words(prior: &Prior) -> String {
    let percent = |share: f64| {
        let rounded = (share * 1e6).round() / 1e4;
        format!("{rounded}%")
    };
    match prior.law() {
        Law::Fixed(value) => percent(value),
        Law::Uniform { low, high } => format!("uniform, {} to {}", percent(low), percent(high)),
        Law::LogUniform { low, high } => format!("log-uniform, {} to {}", percent(low), percent(high)),
        Law::LogNormal { p05, p95 } => {
            format!("log-normal, 9 in 10 from {} to {}", percent(p05), percent(p95))
        }
        Law::LogNormalMedian { median, sigma } => {
            format!("log-normal, median {}, sigma {sigma}", percent(median))
        }
        Law::Beta { alpha, beta } => format!("Beta({alpha}, {beta}), mean {}", percent(prior.mean())),
    }
}

pub(super) fn evidence(grade: u8) -> Evidence {
    Evidence::of_grade(grade)
}

/// What the scenario leaves to the tool's defaults, outside platform and behaviour.
pub(super) fn unstated(text: &ScenarioText) -> Vec<(String, String)> {
    let mut list = Vec::new();
    if text.slot.is_none() {
        list.push(("slot".to_owned(), "1h".to_owned()));
    }
    if text.replications.is_none() {
        list.push(("replications".to_owned(), "1000".to_owned()));
    }
    if text.seed.is_none() {
        list.push(("seed".to_owned(), "1".to_owned()));
    }
    for (name, segment) in text.audience.segments.iter() {
        if segment.choose.is_none() {
            list.push((format!("segments.{name}.choose"), "rested_longest".to_owned()));
        }
    }
    for (name, number) in text.platform.numbers.iter() {
        if number.tier.is_none() {
            list.push((format!("platform.numbers.{name}.tier"), "the ruleset's start tier".to_owned()));
        }
    }
    list
}

/// The acts of each segment of which a share comes too late for its table.
fn lost(segments: &[Segment]) -> impl Iterator<Item = (&str, Act, f64)> {
    let of = |segment: &'_ Segment| -> Vec<(Act, f64)> {
        segment.lost().filter(|(_, lost)| *lost > 1e-9).collect()
    };
    segments.iter().flat_map(move |segment| {
        of(segment).into_iter().map(|(act, lost)| (segment.name.as_str(), act, lost))
    })
}

/// Whether a price clause that is in force during the run charges messages that are no template.
fn charges_answers(price: &Price, calendar: &Calendar) -> bool {
    let (first, last) = (calendar.date(0), calendar.date(calendar.days().saturating_sub(1)));
    let origin = price.origin();
    let begins = origin.since.and_then(first_day).is_none_or(|since| since <= last);
    let goes_on = origin.until.and_then(first_day).is_none_or(|until| first < until);
    matches!(price.pays, Pays::PerMessage { service_charged: true, .. }) && begins && goes_on
}

/// Which of the sender's numbers the business may not connect yet when the run starts.
pub(super) fn waiting_numbers(text: &ScenarioText, rules: &Rules) -> Vec<String> {
    let verified = text.platform.verification == Some(Verification::Done);
    let Some(most) = rules.may_connect(verified, start_limits(text, rules)) else { return Vec::new() };
    let beyond = text.platform.numbers.keys().skip(usize::try_from(most).unwrap_or(usize::MAX));
    let sends = |name: &&str| senders(text).iter().any(|(sender, _)| sender == name);
    let waiting: Vec<&str> = beyond.filter(sends).collect();
    if waiting.is_empty() {
        return Vec::new();
    }
    let counted = if most == 1 { "1 number".to_owned() } else { format!("{most} numbers") };
    vec![format!(
        "the business may connect {counted} at the start, the first of platform.numbers; until it is verified, or above \
         the entry step, nothing is sent from {} to its part of the list",
        waiting.join(", "),
    )]
}

pub(super) fn warnings(
    text: &ScenarioText,
    rulesets: &[&Ruleset],
    segments: &[Segment],
    calendar: &Calendar,
) -> Vec<String> {
    let mut list: Vec<String> = Vec::new();
    let notes = rulesets.iter().flat_map(|ruleset| words::not_simulated(ruleset));
    for (path, why) in notes.filter(|(path, _)| matters(path, text, segments)) {
        let warning = format!("{path} is not simulated: {why}");
        if !list.contains(&warning) {
            list.push(warning);
        }
    }
    let priced = rulesets.iter().any(|ruleset| !ruleset.price.is_empty());
    let unpriced: Vec<&str> = written_to(text).filter(|name| market_of(text, name).is_none()).collect();
    if priced && unpriced.len() == segments.len() {
        list.push("no market is given, so nothing is priced: see platform.market".to_owned());
    } else if priced && !unpriced.is_empty() {
        list.push(format!("no market is given for {}, so they are not priced", unpriced.join(", ")));
    }
    let charged =
        rulesets.iter().any(|ruleset| ruleset.price.values().any(|price| charges_answers(price, calendar)));
    if charged && unpriced.len() < segments.len() {
        list.push(
            "what the business answers customers is not simulated: where such messages are paid, the cost lacks them"
                .to_owned(),
        );
    }
    let unused: Vec<&str> =
        text.audience.segments.keys().filter(|name| !written_to(text).any(|known| known == *name)).collect();
    if !unused.is_empty() {
        list.push(format!("nobody writes to the segments {}", unused.join(", ")));
    }
    for (segment, act, lost) in lost(segments) {
        let act = match act {
            Act::Reply => "answers",
            Act::Read => "reads",
            _ => act.name(),
        };
        list.push(format!(
            "{:.1} % of {act} of {segment} would come after more than 8 days and never happen here",
            100.0 * lost
        ));
    }
    list.extend(touched_day(calendar));
    if let Some(first) = rulesets.first().filter(|_| !text.platform.ruleset.ends_with(".ron")) {
        list.extend(out_of_date(&first.name, calendar));
    }
    list
}

/// Whether what is not simulated of a ruleset can make a difference to a scenario.
fn matters(path: &str, text: &ScenarioText, segments: &[Segment]) -> bool {
    let (first, last) = (path.split('.').next(), path.rsplit('.').next());
    match (first, last) {
        // What only an edit ends is simulated where the sender edits.
        (Some("template"), Some("ends")) => text.sender.edits.is_none(),
        (Some("number"), Some("Answer")) => text.audience.help_desk.is_some(),
        (Some("admission"), Some("free_in_service_window")) => {
            segments.iter().any(|segment| segment.behavior.at_person_cap.prior.quantile(0.999) > 0.0)
        }
        _ => true,
    }
}

/// Built-in rules that are not in force when a run begins.
fn out_of_date(ruleset: &str, calendar: &Calendar) -> Option<String> {
    let start = calendar.date(0);
    let (book, now) = rulebook::in_force_instead(ruleset, start)?;
    let date = date_in_words(start);
    Some(format!(
        "{ruleset} is not in force on {date}: {now} is by then, and the rulebook \"{book}\" goes by the dates"
    ))
}

/// Where the horizon ends early on a civil day: how far it gets into it, and whether the clock is the cause.
fn touched_day(calendar: &Calendar) -> Option<String> {
    let last = calendar.days().checked_sub(1).filter(|last| *last >= calendar.counted_days())?;
    let (partial, date) = (calendar.end() - calendar.midnight(last), date_in_words(calendar.date(last)));
    let (start, end) = (calendar.civil(SimTime::START), calendar.civil(calendar.end()));
    let moved = end.duration_since(start).as_secs() != calendar.horizon().0;
    let why = if moved { "the clock moved on the way: " } else { "" };
    Some(format!(
        "{why}the last civil day, {date}, has only {partial} of the horizon: it is no day of its own in charts and shares of days"
    ))
}

#[cfg(test)]
mod tests {
    use crate::sim::Scenario;
    use crate::sim::climb::first_climb;

    #[test]
    fn a_day_that_the_horizon_touches_is_told_with_its_cause_and_is_no_day() {
        let told = |scenario: &Scenario| {
            scenario.setting.warnings.iter().find(|warning| warning.contains("the last civil day")).cloned()
        };
        let short = told(&first_climb(&[("horizon", "25h")])).unwrap();
        assert!(
            short.starts_with("the last civil day, Tue 8 Mar 2022, has only 1h of the horizon"),
            "{short}"
        );
        assert_eq!(told(&first_climb(&[("horizon", "60h")])), None);
        let spring = first_climb(&[("start", "2025-03-24"), ("zone", "Europe/Berlin"), ("horizon", "7d")]);
        let moved = told(&spring).unwrap();
        assert!(
            moved.starts_with("the clock moved on the way: the last civil day, Mon 31 Mar 2025"),
            "{moved}"
        );
        let run = spring.replicate(0);
        assert_eq!((run.days.len(), run.outcome.limited.iter().sum::<u32>()), (8, 7));
    }
}
