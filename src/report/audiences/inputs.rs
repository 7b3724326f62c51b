//! Every input of a profile in plain words, with its grade and its source.

use serde::Serialize;

use crate::audience::{Behavior, DelayText, Dispersion, RATES, RateName, Undeliverable};
use crate::random::maths::exp;
use crate::random::quantile::{log_logistic_quantile, log_normal_quantile};
use crate::random::{Law, Prior};
use crate::report::decimal;
use crate::sim::Evidence;
use crate::time::{DAY, HOUR};

/// Inputs that are about the same thing.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Group {
    /// What they are about.
    pub title: String,
    /// The inputs.
    pub inputs: Vec<Input>,
}

/// One input of a profile.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Input {
    /// Its path in the file.
    pub path: String,
    /// What it is, in plain words.
    pub what: String,
    /// Its value or prior, in plain words.
    pub value: String,
    /// The law of a prior, as it is written in the file; nothing where the value is not drawn.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prior: Option<Prior>,
    /// How far it can be trusted: 1 real counts, 2 another channel, 3 a vendor's guard rail, 0 assumed.
    pub grade: u8,
    /// The grade in words.
    pub evidence: String,
    /// Whether it is assumed (grade 0).
    pub assumed: bool,
    /// Who says so.
    pub source: String,
}

impl Input {
    fn new(
        path: impl Into<String>,
        what: impl Into<String>,
        value: String,
        grade: u8,
        source: &str,
    ) -> Input {
        let evidence = Evidence::of_grade(grade);
        Input {
            path: path.into(),
            what: what.into(),
            value,
            prior: None,
            grade,
            evidence: evidence.name().to_owned(),
            assumed: evidence == Evidence::Assumed,
            source: source.to_owned(),
        }
    }
}

/// The inputs of a profile, by what they are about.
pub(super) fn groups(behavior: &Behavior) -> Vec<Group> {
    let group = |title: &str, inputs| Group { title: title.to_owned(), inputs };
    vec![
        group("What a message leads to", RATES.map(|name| chance(behavior, name)).to_vec()),
        group("What changes these chances", effects(behavior)),
        group("When it comes", times(behavior)),
    ]
}

fn chance(behavior: &Behavior, name: RateName) -> Input {
    let what = match name {
        RateName::delivered => "is delivered",
        RateName::read => "is read, once delivered",
        RateName::reply => "is answered, once delivered",
        RateName::stop => "leads to a request for no more",
        RateName::block => "leads to a block",
        RateName::report => "leads to a report",
        RateName::report_also_blocks => "reports that block as well",
        RateName::mute => "gets the chat muted",
        RateName::archive => "gets the chat archived",
        RateName::first_messages => "customers who write first, a day",
        RateName::at_person_cap => "customers at the platform's cap on marketing",
    };
    let rate = behavior.rate(name);
    let input = Input::new(name.name(), what, believed(&rate.prior, percent), rate.grade, &rate.source);
    Input { prior: Some(rate.prior), ..input }
}

fn effects(behavior: &Behavior) -> Vec<Input> {
    let Behavior { day_effect, campaign_effect, weekday_effect, fatigue, frailty, buttons, .. } = behavior;
    let weekday = match even(&weekday_effect.factors) {
        true => "none".to_owned(),
        false => format!(
            "Monday to Sunday {}, on {}",
            factors(&weekday_effect.factors),
            acts(&weekday_effect.acts_on)
        ),
    };
    let tires = match even(&fatigue.factors) {
        true => "no".to_owned(),
        false => format!(
            "times {} after 0, 1, 2 ... messages, one step back for each {} without; on {}",
            factors(&fatigue.factors),
            fatigue.recover,
            acts(&fatigue.acts_on)
        ),
    };
    let patient = frailty.strength.map_or_else(
        || "no: all are alike".to_owned(),
        |s| format!("times {s} / ({s} + messages received), on {}", acts(&frailty.acts_on)),
    );
    let clicked = format!("times {}, on answers", believed(&buttons.prior, |factor| decimal(factor, 2)));
    let largest = &behavior.largest_chance;
    let mut list = vec![
        Input::new("day_effect", "days differ", spread(day_effect), day_effect.grade, &day_effect.source),
        Input::new(
            "campaign_effect",
            "campaigns differ",
            spread(campaign_effect),
            campaign_effect.grade,
            &campaign_effect.source,
        ),
        Input::new(
            "weekday_effect",
            "weekday of the send",
            weekday,
            weekday_effect.grade,
            &weekday_effect.source,
        ),
        Input::new("fatigue", "many messages tire", tires, fatigue.grade, &fatigue.source),
        Input::new("frailty", "who stays is the more patient", patient, frailty.grade, &frailty.source),
        Input {
            prior: Some(buttons.prior),
            ..Input::new("buttons", "a template with buttons", clicked, buttons.grade, &buttons.source)
        },
        Input::new(
            "largest_chance",
            "no chance rises above",
            percent(largest.value.value()),
            largest.grade,
            &largest.source,
        ),
    ];
    list.extend(behavior.correlations.iter().map(|c| {
        let what = format!("{} goes with {}", c.of.name(), c.with.name());
        let path = format!("correlations.{}", c.of.name());
        Input::new(path, what, format!("correlation {}", c.rho), c.grade, &c.source)
    }));
    list
}

fn times(behavior: &Behavior) -> Vec<Input> {
    let delay = |(kind, delay): (&str, &crate::audience::Quantity<DelayText>)| {
        Input::new(
            format!("delays.{kind}"),
            format!("{kind} comes"),
            delayed(&delay.value),
            delay.grade,
            &delay.source,
        )
    };
    let mut list: Vec<Input> = behavior.delays.iter().map(delay).collect();
    let (activity, fails, ttl) = (&behavior.activity, &behavior.undeliverable, &behavior.time_to_live);
    let hours = match activity.is_even() {
        true => "every hour and weekday alike",
        false => "by hour and weekday, as the weights in the file say",
    };
    let lost = match fails.value {
        Undeliverable::message => "a message: the next one may arrive",
        Undeliverable::customer => "a customer: no message ever arrives",
    };
    list.extend([
        Input::new(
            "activity",
            "people look at their phones",
            hours.to_owned(),
            activity.grade,
            &activity.source,
        ),
        Input::new("undeliverable", "what cannot be delivered", lost.to_owned(), fails.grade, &fails.source),
        Input::new(
            "time_to_live",
            "what is not delivered fails after",
            span(ttl.value.0 as f64),
            ttl.grade,
            &ttl.source,
        ),
    ]);
    list
}

/// What is believed of an uncertain number: "0.85 % (9 in 10: 0.12 % to 2.5 %)".
fn believed(prior: &Prior, write: impl Fn(f64) -> String) -> String {
    match prior.law() {
        Law::Fixed(value) => write(value),
        _ => {
            let (low, high) = (prior.quantile(0.05), prior.quantile(0.95));
            format!("{} (9 in 10: {} to {})", write(prior.mean()), write(low), write(high))
        }
    }
}

/// A share in per cent, with three figures or so.
fn percent(share: f64) -> String {
    let percent = 100.0 * share;
    let decimals = match percent {
        p if p >= 10.0 => 1,
        p if p >= 1.0 => 2,
        p if p >= 0.01 => 3,
        _ => 6,
    };
    format!("{} %", decimal(percent, decimals))
}

/// 9 in 10 of the factors of an effect.
fn spread(effect: &Dispersion) -> String {
    if effect.sigma == 0.0 || effect.acts_on.is_empty() {
        return "no".to_owned();
    }
    let at = |z: f64| decimal(exp(z * effect.sigma - 0.5 * effect.sigma * effect.sigma), 2);
    let z95 = 1.644_853_626_951_472_2;
    format!("times 1 on average (9 in 10: {} to {}), on {}", at(-z95), at(z95), acts(&effect.acts_on))
}

/// When half and nine in ten have come.
fn delayed(delay: &DelayText) -> String {
    let named = |quantile: &dyn Fn(f64) -> f64| {
        format!("half within {}, 9 in 10 within {}", span(quantile(0.5)), span(quantile(0.9)))
    };
    match delay {
        DelayText::LogLogistic { median, shape } => {
            named(&|u| log_logistic_quantile(u, median.0 as f64, *shape))
        }
        DelayText::LogNormal { median, sigma } => named(&|u| log_normal_quantile(u, median.0 as f64, *sigma)),
        DelayText::Mixture { .. } => delay.describe(),
        DelayText::Table(rows) => {
            let reaches = |share: f64| {
                let mut sum = 0.0;
                rows.iter().find_map(|(age, part)| {
                    sum += part.value();
                    (sum >= share - 1e-9).then_some(age.0 as f64)
                })
            };
            let by = |share: f64| reaches(share).map_or_else(|| "never".to_owned(), by);
            format!("half {}, 9 in 10 {}", by(0.5), by(0.9))
        }
    }
}

fn by(age: f64) -> String {
    if age <= 0.0 { "at once".to_owned() } else { format!("after {}", span(age)) }
}

/// A time as people say it: "47 min", "24 h", "3 days".
fn span(seconds: f64) -> String {
    match seconds {
        s if s < HOUR as f64 => format!("{:.0} min", s / 60.0),
        s if s < 2.0 * DAY as f64 => {
            format!("{} h", decimal(s / HOUR as f64, u32::from(s < 10.0 * HOUR as f64)))
        }
        s => format!("{:.0} days", s / DAY as f64),
    }
}

fn even(factors: &[f64]) -> bool {
    factors.windows(2).all(|pair| pair[0] == pair[1])
}

fn factors(factors: &[f64]) -> String {
    factors.iter().map(f64::to_string).collect::<Vec<_>>().join(", ")
}

fn acts(names: &[RateName]) -> String {
    names.iter().map(|name| name.name()).collect::<Vec<_>>().join(", ")
}
