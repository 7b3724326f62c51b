//! Behaviour profiles: how likely customers do what, how late, and who says so.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::document::{Check, Ordered};
use crate::random::{DelayError, DelayLaw, DelayTable, Law, Prior, Probability};
use crate::time::{DAY, Span};

use super::activity::ActivityText;

/// A behaviour profile, as it stands in one file: every number with its source and grade.
///
/// Grades: 1 real counts of the same kind of act; 2 published, another channel; 3 a vendor's guard rail;
/// 0 assumed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Behavior {
    /// The name that scenarios use; also the name of the file.
    pub name: String,
    /// One line for lists.
    pub title: String,
    /// Chance that a message is delivered.
    pub delivered: Rate,
    /// Chance that a delivered message is read, acts included.
    pub read: Rate,
    /// Chance that a delivered message is answered.
    pub reply: Rate,
    /// Chance that a delivered message leads to a request for no more marketing.
    pub stop: Rate,
    /// Chance that a delivered message leads to a block.
    pub block: Rate,
    /// Chance that a delivered message leads to a report, with or without a block.
    pub report: Rate,
    /// Share of reports that also block.
    pub report_also_blocks: Rate,
    /// Chance that a delivered message gets the chat muted.
    pub mute: Rate,
    /// Chance that a delivered message gets the chat archived.
    pub archive: Rate,
    /// Messages that a customer writes first, a day, as a chance.
    pub first_messages: Rate,
    /// Chance that a customer has had as many marketing messages, of all senders, as the platform lets through.
    pub at_person_cap: Rate,
    /// Largest chance of one act that effects can lead to.
    pub largest_chance: Quantity<Probability>,
    /// Effect of the day: standard deviation of the logarithm of a factor with mean 1.
    pub day_effect: Dispersion,
    /// Effect of the campaign (template): standard deviation of the logarithm of a factor with mean 1.
    pub campaign_effect: Dispersion,
    /// Effect of the weekday of the send: a factor for each.
    pub weekday_effect: WeekdayEffect,
    /// What many messages lead to: a factor for each level of fatigue.
    pub fatigue: Fatigue,
    /// How far those who stayed so far are the patient ones.
    pub frailty: Frailty,
    /// Factor on the chance of an answer where a template has buttons.
    pub buttons: Factor,
    /// Whether it is the message that fails to be delivered, or a customer whom no message reaches.
    pub undeliverable: Quantity<Undeliverable>,
    /// Chances that are uncertain together.
    pub correlations: Vec<Correlation>,
    /// When people react and write: weights of hours and weekdays.
    pub activity: ActivityText,
    /// How long after delivery each kind of act comes, by kind: block, report, stop, mute, archive, reply, read.
    pub delays: Ordered<Quantity<DelayText>>,
    /// How long an undelivered message stays in flight before it fails.
    pub time_to_live: Quantity<Span>,
}

/// A chance that is uncertain: drawn once per replication from its prior.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rate {
    /// The prior of the chance \[share\].
    pub prior: Prior,
    /// How far it can be trusted \[grade, 0 to 3\].
    pub grade: u8,
    /// Who says so.
    pub source: String,
}

/// A value that is not drawn, with its origin.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quantity<T> {
    /// The value.
    pub value: T,
    /// How far it can be trusted \[grade, 0 to 3\].
    pub grade: u8,
    /// Who says so.
    pub source: String,
}

/// A standard deviation of a logarithm, and the kinds of acts that the factor acts on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dispersion {
    /// Standard deviation of the natural logarithm of the factor \[no unit\]; 0 is no effect.
    pub sigma: f64,
    /// The chances that the factor multiplies.
    pub acts_on: Vec<RateName>,
    /// How far it can be trusted \[grade, 0 to 3\].
    pub grade: u8,
    /// Who says so.
    pub source: String,
}

/// Factors by the weekday on which a message is sent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WeekdayEffect {
    /// The factors of Monday to Sunday \[no unit\]; 7 numbers, 1 is no effect.
    pub factors: Vec<f64>,
    /// The chances that the factor multiplies.
    pub acts_on: Vec<RateName>,
    /// How far it can be trusted \[grade, 0 to 3\].
    pub grade: u8,
    /// Who says so.
    pub source: String,
}

/// Fatigue: a level that rises by one with each delivered message and falls by one with each time of rest.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fatigue {
    /// The factors of the levels 0 to 6 \[no unit\]; 7 numbers, all alike is no fatigue.
    pub factors: Vec<f64>,
    /// Civil days without a delivered message that lower the level by one, such as `"4d"`.
    pub recover: Span,
    /// The chances that the factor multiplies.
    pub acts_on: Vec<RateName>,
    /// How far it can be trusted \[grade, 0 to 3\].
    pub grade: u8,
    /// Who says so.
    pub source: String,
}

/// Frailty: people differ, and who has stayed through k messages is the more patient: a factor s / (s + k).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Frailty {
    /// The strength s \[messages\]: the smaller, the more people differ; `None`, people who are all alike, unless said
    /// otherwise.
    pub strength: Option<f64>,
    /// The chances that the factor multiplies.
    pub acts_on: Vec<RateName>,
    /// How far it can be trusted \[grade, 0 to 3\].
    pub grade: u8,
    /// Who says so.
    pub source: String,
}

/// A factor that is uncertain: drawn once per replication from its prior.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Factor {
    /// The prior of the factor \[no unit\]; 1 is no effect.
    pub prior: Prior,
    /// How far it can be trusted \[grade, 0 to 3\].
    pub grade: u8,
    /// Who says so.
    pub source: String,
}

/// What fails when a message is not delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(non_camel_case_types, reason = "lower-case words are choices in profiles")]
pub enum Undeliverable {
    /// This message: the next one to the same customer may arrive.
    message,
    /// This customer: a share of the list can never be reached.
    customer,
}

/// Two chances that are uncertain together: who blocks more also reports more.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Correlation {
    /// The chance whose draw follows another.
    pub of: RateName,
    /// The chance that it follows; it follows none itself.
    pub with: RateName,
    /// Correlation of the two normal scores \[-1 to 1\] (a Gaussian copula).
    pub rho: f64,
    /// How far it can be trusted \[grade, 0 to 3\].
    pub grade: u8,
    /// Who says so.
    pub source: String,
}

/// The chances of a profile by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[expect(non_camel_case_types, reason = "written as the fields of a profile are")]
#[expect(missing_docs, reason = "each is the field of `Behavior` of the same name")]
pub enum RateName {
    delivered,
    read,
    reply,
    stop,
    block,
    report,
    report_also_blocks,
    mute,
    archive,
    first_messages,
    at_person_cap,
}

/// Every chance of a profile, in the order of its fields.
pub const RATES: [RateName; 11] = [
    RateName::delivered,
    RateName::read,
    RateName::reply,
    RateName::stop,
    RateName::block,
    RateName::report,
    RateName::report_also_blocks,
    RateName::mute,
    RateName::archive,
    RateName::first_messages,
    RateName::at_person_cap,
];

impl RateName {
    /// The chance of that name.
    pub fn named(name: &str) -> Option<RateName> {
        RATES.into_iter().find(|rate| rate.name() == name)
    }

    /// Whether it is the chance of what a customer does with a delivered message.
    pub fn is_of_outcome(self) -> bool {
        use RateName::{at_person_cap, delivered, first_messages, report_also_blocks};
        !matches!(self, delivered | report_also_blocks | first_messages | at_person_cap)
    }

    /// The name in files.
    pub fn name(self) -> &'static str {
        match self {
            RateName::delivered => "delivered",
            RateName::read => "read",
            RateName::reply => "reply",
            RateName::stop => "stop",
            RateName::block => "block",
            RateName::report => "report",
            RateName::report_also_blocks => "report_also_blocks",
            RateName::mute => "mute",
            RateName::archive => "archive",
            RateName::first_messages => "first_messages",
            RateName::at_person_cap => "at_person_cap",
        }
    }
}

/// A law of delays as people write it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum DelayText {
    /// Ages, up to a year, and the shares that react at them, such as `[("0h", 0.4), ("1h", 0.6)]`; at most 16 rows.
    Table(Vec<(Span, Probability)>),
    /// The log-logistic law: half within the median, with a long tail.
    LogLogistic {
        /// Half react within this.
        median: Span,
        /// Smaller is a longer tail \[no unit\].
        shape: f64,
    },
    /// The log-normal law.
    LogNormal {
        /// Half react within this.
        median: Span,
        /// Standard deviation of the natural logarithm \[no unit\].
        sigma: f64,
    },
    /// Two laws, the first for the share `first_share`.
    Mixture {
        /// Share that follows the first law.
        first_share: Probability,
        /// The first law.
        first: Box<DelayText>,
        /// The second law.
        second: Box<DelayText>,
    },
}

impl DelayText {
    /// The table that the law compiles to.
    ///
    /// # Errors
    /// Where the rows or parameters make no law.
    pub fn compile(&self) -> Result<DelayTable, DelayError> {
        match self {
            DelayText::Table(rows) => {
                let rows: Vec<(i64, f64)> = rows.iter().map(|(age, share)| (age.0, share.value())).collect();
                DelayTable::new(&rows)
            }
            named => named.law()?.compile(),
        }
    }

    fn law(&self) -> Result<DelayLaw, DelayError> {
        Ok(match self {
            DelayText::Table(_) => return Err(DelayError::Empty),
            DelayText::LogLogistic { median, shape } => DelayLaw::log_logistic(median.0 as f64, *shape),
            DelayText::LogNormal { median, sigma } => DelayLaw::log_normal(median.0 as f64, *sigma),
            DelayText::Mixture { first_share, first, second } => {
                DelayLaw::mixture(first_share.value(), first.law()?, second.law()?)
            }
        })
    }

    /// The law in words.
    pub fn describe(&self) -> String {
        match self {
            DelayText::Table(rows) => format!("table of {} ages", rows.len()),
            DelayText::LogLogistic { median, shape } => {
                format!("log-logistic, median {median}, shape {shape}")
            }
            DelayText::LogNormal { median, sigma } => format!("log-normal, median {median}, sigma {sigma}"),
            DelayText::Mixture { first_share, first, second } => {
                format!("{} {}, else {}", first_share.value(), first.describe(), second.describe())
            }
        }
    }
}

/// What is wrong with a profile's values.
#[derive(Debug, Error, PartialEq)]
pub enum BehaviorError {
    /// A prior that holds values that are no chance.
    #[error("a chance lies between 0 and 1; this prior reaches {0}")]
    Outside(f64),
}

impl Behavior {
    /// The chance of that name.
    pub fn rate(&self, name: RateName) -> &Rate {
        match name {
            RateName::delivered => &self.delivered,
            RateName::read => &self.read,
            RateName::reply => &self.reply,
            RateName::stop => &self.stop,
            RateName::block => &self.block,
            RateName::report => &self.report,
            RateName::report_also_blocks => &self.report_also_blocks,
            RateName::mute => &self.mute,
            RateName::archive => &self.archive,
            RateName::first_messages => &self.first_messages,
            RateName::at_person_cap => &self.at_person_cap,
        }
    }

    /// The chance of that name, to be changed.
    pub fn rate_mut(&mut self, name: RateName) -> &mut Rate {
        match name {
            RateName::delivered => &mut self.delivered,
            RateName::read => &mut self.read,
            RateName::reply => &mut self.reply,
            RateName::stop => &mut self.stop,
            RateName::block => &mut self.block,
            RateName::report => &mut self.report,
            RateName::report_also_blocks => &mut self.report_also_blocks,
            RateName::mute => &mut self.mute,
            RateName::archive => &mut self.archive,
            RateName::first_messages => &mut self.first_messages,
            RateName::at_person_cap => &mut self.at_person_cap,
        }
    }

    /// Notes what is wrong with the sense of the values.
    pub fn check(&self, check: &mut Check<'_>) {
        check.given(&[], |check| {
            self.check_rates(check);
            self.check_effects(check);
            self.activity.check(check);
            self.check_delays(check);
        });
        check.given(&["correlations"], |check| self.check_correlations(check));
    }
}

impl Behavior {
    fn check_rates(&self, check: &mut Check<'_>) {
        for name in RATES {
            let path = format!("{}.prior", name.name());
            check_chance(&self.rate(name).prior, &path, check);
            check_grade(self.rate(name).grade, &format!("{}.grade", name.name()), check);
        }
    }

    fn check_effects(&self, check: &mut Check<'_>) {
        for (path, effect) in [("day_effect", &self.day_effect), ("campaign_effect", &self.campaign_effect)] {
            if !(0.0..=3.0).contains(&effect.sigma) {
                let message = format!("a standard deviation of {} makes no sense here", effect.sigma);
                check.error(
                    &format!("{path}.sigma"),
                    message,
                    "0 is no effect; 0.3 is the published habit; 3 the most",
                );
            }
            check_grade(effect.grade, &format!("{path}.grade"), check);
        }
        self.check_factors(check);
    }

    fn check_delays(&self, check: &mut Check<'_>) {
        let kinds = ["block", "report", "stop", "mute", "archive", "reply", "read"];
        for kind in kinds.iter().filter(|kind| self.delays.get(kind).is_none()) {
            check.error(
                "delays",
                format!("no delay is given for `{kind}`"),
                "each kind of act has its own table or law",
            );
        }
        for (kind, delay) in self.delays.iter() {
            let path = format!("delays.{kind}");
            if !kinds.contains(&kind) {
                check.error(
                    &path,
                    format!("`{kind}` has no delay"),
                    format!("the kinds are {}", kinds.join(", ")),
                );
            }
            if let Err(error) = delay.value.compile() {
                check.error(&format!("{path}.value"), error.to_string(), error.advice());
            }
            check_grade(delay.grade, &format!("{path}.grade"), check);
        }
    }

    fn check_factors(&self, check: &mut Check<'_>) {
        let effects = [
            ("weekday_effect", &self.weekday_effect.factors, 7, "Monday to Sunday"),
            ("fatigue", &self.fatigue.factors, HIGHEST_LEVEL + 1, "the levels 0 to 6"),
        ];
        for (path, factors, expected, what) in effects {
            let at = format!("{path}.factors");
            if factors.len() != expected {
                let message = format!("expected {expected} factors, found {}", factors.len());
                check.error(&at, message, format!("one for each of {what}; 1 is no effect"));
            }
            if let Some(factor) = factors.iter().find(|factor| !(0.0..=MOST_FACTOR).contains(*factor)) {
                check.error(&at, format!("a factor of {factor} makes no sense here"), FACTOR_HELP);
            }
        }
        let recover = self.fatigue.recover.0;
        if recover % DAY != 0 || !(1..=MOST_RECOVERY_DAYS).contains(&(recover / DAY)) {
            let message = format!("a level cannot recover in {}", self.fatigue.recover);
            check.error("fatigue.recover", message, format!("whole days, from 1d to {MOST_RECOVERY_DAYS}d"));
        }
        if let Some(strength) = self.frailty.strength
            && !(0.01..=1e6).contains(&strength)
        {
            let message = format!("a strength of {strength} makes no sense here");
            check.error("frailty.strength", message, "0.01 to 1,000,000; None where people are all alike");
        }
        check_factor(&self.buttons.prior, "buttons.prior", check);
        let grades = [
            ("weekday_effect", self.weekday_effect.grade),
            ("fatigue", self.fatigue.grade),
            ("frailty", self.frailty.grade),
            ("buttons", self.buttons.grade),
            ("undeliverable", self.undeliverable.grade),
            ("activity", self.activity.grade),
        ];
        for (path, grade) in grades {
            check_grade(grade, &format!("{path}.grade"), check);
        }
    }

    fn check_correlations(&self, check: &mut Check<'_>) {
        for (place, correlation) in self.correlations.iter().enumerate() {
            let Correlation { of, with, rho, grade, .. } = correlation;
            let path = format!("correlations[{place}]");
            if !(-1.0..=1.0).contains(rho) {
                check.error(&format!("{path}.rho"), format!("{rho} is no correlation"), "from -1 to 1");
            }
            if self.correlations[..place].iter().any(|other| other.of == *of) {
                let message = format!("`{}` follows two chances", of.name());
                check.error(&format!("{path}.of"), message, "each chance follows at most one other");
            }
            if of == with || self.correlations.iter().any(|other| other.of == *with) {
                let message = format!("`{}` follows a chance itself, or is the same", with.name());
                check.error(&format!("{path}.with"), message, "follow a chance that follows none");
            }
            check_grade(*grade, &format!("{path}.grade"), check);
        }
    }
}

/// The highest level of fatigue.
pub(super) const HIGHEST_LEVEL: usize = 6;

/// The largest factor on a chance.
const MOST_FACTOR: f64 = 1_000.0;
/// The longest time that a level takes to recover \[civil days\].
const MOST_RECOVERY_DAYS: i64 = 365;
const FACTOR_HELP: &str = "from 0 (never) over 1 (no effect) to 1,000";

/// Notes an error where a prior can reach what is no factor.
pub fn check_factor(prior: &Prior, path: &str, check: &mut Check<'_>) {
    let (low, high) = (prior.quantile(1e-6), prior.quantile(1.0 - 1e-6));
    if low < 0.0 || high > MOST_FACTOR {
        check.error(path, format!("this prior reaches from {low} to {high}: no factor"), FACTOR_HELP);
    }
}

/// Notes an error where a prior can reach what is no chance.
pub fn check_chance(prior: &Prior, path: &str, check: &mut Check<'_>) {
    let reaches = match prior.law() {
        Law::Fixed(value) => value,
        Law::Uniform { low, high } => {
            if low < 0.0 {
                low
            } else {
                high
            }
        }
        Law::LogUniform { high, .. } => high,
        Law::Beta { .. } => 1.0,
        Law::LogNormal { p95, .. } => p95,
        Law::LogNormalMedian { median, .. } => median,
    };
    if !(0.0..=1.0).contains(&reaches) {
        let help = match reaches {
            r if r > 1.0 && r <= 100.0 => format!("for {r} % write {}", r / 100.0),
            _ => "0 is never, 1 is always".to_owned(),
        };
        check.error(path, BehaviorError::Outside(reaches).to_string(), help);
    }
}

fn check_grade(grade: u8, path: &str, check: &mut Check<'_>) {
    if grade > 3 {
        let help = "1 real counts, 2 another channel, 3 a vendor's guard rail, 0 assumed";
        check.error(path, format!("there is no grade {grade}"), help);
    }
}
