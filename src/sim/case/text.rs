//! How cases are written: the form of a file of cases, field by field.

use std::fmt;

use jiff::civil::{Date, Time};
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use thiserror::Error;

use crate::document::Ordered;
use crate::glossary::{Category, Feedback, NumberStatus, Rating, TemplateStatus};
use crate::platform::language::Limit;

use super::super::scenario::NumberText;

/// The last day of a case: ten years.
pub(super) const MOST_DAYS: i64 = 3_660;

/// A file of cases.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename = "Cases")]
pub(super) struct CasesText {
    /// What the cases are about, in one line.
    pub(super) about: String,
    /// Who says so.
    pub(super) source: String,
    /// What holds for every case of the file; nothing in particular unless said otherwise.
    #[serde(default)]
    pub(super) given: GivenText,
    /// The cases.
    pub(super) cases: Vec<CaseText>,
}

/// A case.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename = "case")]
pub(super) struct CaseText {
    /// A sentence that says what must be so.
    pub(super) name: String,
    /// What differs from the file's `given`, to whose `set` its own is added; nothing unless said otherwise.
    #[serde(default)]
    pub(super) given: GivenText,
    /// Groups of readings, by name, with what differs from `given` under each: the case must hold under every
    /// combination of one from each group.
    #[serde(default)]
    pub(super) under: Vec<Ordered<GivenText>>,
    /// What is sent and what comes back, in the order of time.
    pub(super) when: Vec<EventText>,
    /// What is seen at which times, in the order of time.
    pub(super) then: Vec<ThenText>,
}

/// The rules and the sender at the start; as in the file's `given` when left out.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename = "given")]
pub(super) struct GivenText {
    /// Name of a built-in ruleset or rulebook, or a ruleset's file beside the cases that ends in `.ron`.
    pub(super) ruleset: Option<String>,
    /// The first day, or its date and time: `"2023-03-06"`, `"2023-03-06T09:00"`.
    pub(super) start: Option<String>,
    /// Time zone by its name in the time zone database; UTC unless said otherwise.
    pub(super) zone: Option<String>,
    /// Whether the business is verified from the start; it is not unless said otherwise.
    pub(super) verified: Option<bool>,
    /// How the commerce-policy check stands; it is passed unless said otherwise.
    pub(super) policy: Option<PolicyText>,
    /// The numbers by name, each with its tier and its rating; one called "main" unless said otherwise.
    pub(super) numbers: Option<Ordered<NumberText>>,
    /// The templates by name: a list of names, or each with its category and how far it is; one called "offer" unless
    /// said otherwise.
    pub(super) templates: Option<TemplatesText>,
    /// Changes of the ruleset or the rulebook, by path.
    #[serde(default)]
    pub(super) set: Ordered<String>,
}

/// How the commerce-policy check stands at the start.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(super) enum PolicyText {
    /// Not decided yet.
    Open,
    /// Passed.
    Passed,
    /// Failed, or the account was cancelled.
    Failed,
}

/// The templates: `["a", "b"]` or `{ "a": (category: Utility), "b": (state: New) }`.
#[derive(Debug)]
pub(super) struct TemplatesText(pub(super) Vec<(String, TemplateText)>);

/// A template at the start.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default, rename = "template")]
pub(super) struct TemplateText {
    /// Its category; Marketing unless said otherwise.
    pub(super) category: Option<Category>,
    /// How far it is; Approved unless said otherwise.
    pub(super) state: TemplateState,
}

/// How far a template is at the start.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
pub(super) enum TemplateState {
    /// Approved, and sent long ago.
    #[default]
    Approved,
    /// Approved, and never sent.
    New,
    /// Waits for its review.
    Pending,
}

impl<'de> Deserialize<'de> for TemplatesText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<TemplatesText, D::Error> {
        deserializer.deserialize_any(TemplatesVisitor)
    }
}

struct TemplatesVisitor;

impl<'de> Visitor<'de> for TemplatesVisitor {
    type Value = TemplatesText;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of names `[..]`, or a map `{ name: (category: .., state: ..), .. }`")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<TemplatesText, A::Error> {
        let mut templates = Vec::new();
        while let Some(name) = list.next_element()? {
            templates.push((name, TemplateText::default()));
        }
        Ok(TemplatesText(templates))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<TemplatesText, A::Error> {
        let map = Ordered::<TemplateText>::deserialize(MapAccessDeserializer::new(map))?;
        Ok(TemplatesText(map.iter().map(|(name, text)| (name.to_owned(), *text)).collect()))
    }
}

/// What happens.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) enum EventText {
    /// A batch is sent, each message to another customer, outside service windows unless said otherwise.
    Send {
        /// When.
        at: Moment,
        /// From which number; the only one unless said otherwise.
        number: Option<String>,
        /// Of which template; the only one unless said otherwise.
        template: Option<String>,
        /// How many the sender asks for \[messages\].
        messages: u64,
        /// How many are delivered \[messages\]; all that are admitted unless said otherwise.
        delivered: Option<u64>,
        /// Of them, those to customers whose service window is open, delivered before the others \[messages\]; 0 unless said
        /// otherwise.
        #[serde(default)]
        in_window: u64,
        /// Of the customers, those whose latest message before was delivered, who come before new ones where less is
        /// admitted: when, and how many \[customers\]; none unless said otherwise.
        #[serde(default)]
        again: Ordered<u64>,
    },
    /// Every day at one time, as much as the limit allows is sent and delivered, each message to a new customer.
    Fill {
        /// The first day.
        from: DayName,
        /// The last day.
        to: DayName,
        /// At what time.
        at: TimeOfDay,
        /// From which number; the only one unless said otherwise.
        number: Option<String>,
        /// Of which template; the only one unless said otherwise.
        template: Option<String>,
        /// Never more than so many \[messages a day\]; no bound, and nothing where the limit is unlimited, unless said
        /// otherwise.
        at_most: Option<u64>,
    },
    /// Feedback arrives.
    Feedback {
        /// When it arrives.
        at: Moment,
        /// About which number; the only one unless said otherwise.
        number: Option<String>,
        /// About which template; the only one unless said otherwise.
        template: Option<String>,
        /// What customers do.
        kind: Feedback,
        /// How many do it \[customers\].
        count: u64,
        /// Whether it answers, without delay, what is sent at that instant; false, and it comes before that, unless said otherwise.
        #[serde(default)]
        at_once: bool,
    },
    /// Customers write first.
    CustomerMessages {
        /// When.
        at: Moment,
        /// Which number; the only one unless said otherwise.
        number: Option<String>,
        /// How many do \[customers\].
        count: u64,
    },
    /// The business edits a template; it comes before the sends of its instant.
    Edited {
        /// When.
        at: Moment,
        /// Which template; the only one unless said otherwise.
        template: Option<String>,
    },
    /// The business is verified.
    Verified {
        /// When.
        at: Moment,
    },
    /// The commerce-policy check is decided, or the account is cancelled (`passed: false`).
    Policy {
        /// When.
        at: Moment,
        /// Whether it is passed.
        passed: bool,
    },
    /// The application for the official-business status is decided.
    Official {
        /// When.
        at: Moment,
        /// Whether the status is granted.
        granted: bool,
    },
    /// The platform's analysis of the messages, for which a rise asked, is decided.
    Analysis {
        /// When.
        at: Moment,
        /// Which number; the only one unless said otherwise.
        number: Option<String>,
        /// Whether it approves.
        approved: bool,
    },
    /// The review of a template is decided.
    Reviewed {
        /// When.
        at: Moment,
        /// Which template; the only one unless said otherwise.
        template: Option<String>,
        /// Whether it is approved.
        approved: bool,
    },
}

/// What is seen at a time, when everything of its instant has happened; not looked at when left out.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename = "then")]
pub(super) struct ThenText {
    /// When.
    pub(super) at: Moment,
    /// Of which number; the only one unless said otherwise.
    pub(super) number: Option<String>,
    /// Of which template; the only one unless said otherwise.
    pub(super) template: Option<String>,
    /// The limit: `AtMost(1_000)` or `Unlimited`.
    pub(super) limit: Option<Limit>,
    /// The tier's name.
    pub(super) tier: Option<String>,
    /// The worst status of the number.
    pub(super) status: Option<NumberStatus>,
    /// Every status but Connected that holds, in any order; not looked at when left out.
    pub(super) statuses: Option<Vec<NumberStatus>>,
    /// The number's rating.
    pub(super) rating: Option<Rating>,
    /// The template's status.
    pub(super) template_status: Option<TemplateStatus>,
    /// The template's rating.
    pub(super) template_rating: Option<Rating>,
    /// Whether a review of a rise is under way.
    pub(super) review: Option<bool>,
    /// Whether the business is verified.
    pub(super) verified: Option<bool>,
    /// How many more customers may be written to \[customers\].
    pub(super) capacity: Option<u64>,
    /// How many customers count against the limit \[customers\].
    pub(super) reached: Option<u64>,
    /// Messages of the number that were refused since the start, for want of capacity \[messages\].
    pub(super) refused: Option<u64>,
    /// Messages of the template that were rejected since the start, because it might not be sent \[messages\].
    pub(super) rejected: Option<u64>,
    /// Messages of the template that were held since the start, until its sample was judged \[messages\].
    pub(super) held: Option<u64>,
    /// Of these, the ones that failed, because the sample was judged badly \[messages\].
    pub(super) dropped: Option<u64>,
    /// Whether the business may apply for the official-business status.
    pub(super) may_apply: Option<bool>,
    /// The platform's code for the latest message of the number that was not admitted \[code\].
    pub(super) error: Option<u32>,
}

/// A time as cases write it.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Moment {
    pub(super) day: DayName,
    pub(super) time: Time,
}

/// A day as cases write it.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "String")]
pub(super) enum DayName {
    /// The n-th day of the case, from 1.
    Nth(i64),
    Date(Date),
}

/// A time of day as cases write it.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct TimeOfDay(pub(super) Time);

/// Why a text is no time.
#[derive(Debug, Error)]
pub(super) enum MomentError {
    #[error("{0:?} is no time\nwrite \"day 2 15:00\" (the first day is day 1) or \"2023-03-07 15:00\"")]
    Moment(String),
    #[error("{0:?} is no day\nwrite \"day 2\" (the first day is day 1) or \"2023-03-07\"")]
    Day(String),
    #[error("{0:?} is no time of day\nwrite hours and minutes, such as \"15:00\" or \"14:59:59\"")]
    Time(String),
}

impl TryFrom<String> for Moment {
    type Error = MomentError;

    fn try_from(text: String) -> Result<Moment, MomentError> {
        let (day, time) = match text.trim().rsplit_once([' ', 'T']) {
            Some((day, time)) if time.contains(':') => (day.trim(), time_of_day(time)),
            _ => (text.trim(), Some(Time::midnight())),
        };
        match (day_name(day), time) {
            (Some(day), Some(time)) => Ok(Moment { day, time }),
            _ => Err(MomentError::Moment(text)),
        }
    }
}

impl TryFrom<String> for DayName {
    type Error = MomentError;

    fn try_from(text: String) -> Result<DayName, MomentError> {
        day_name(text.trim()).ok_or(MomentError::Day(text))
    }
}

impl TryFrom<String> for TimeOfDay {
    type Error = MomentError;

    fn try_from(text: String) -> Result<TimeOfDay, MomentError> {
        time_of_day(text.trim()).map(TimeOfDay).ok_or(MomentError::Time(text))
    }
}

fn day_name(text: &str) -> Option<DayName> {
    match text.strip_prefix("day ") {
        Some(number) => {
            let nth = number.trim().parse().ok().filter(|nth| (1..=MOST_DAYS).contains(nth))?;
            Some(DayName::Nth(nth))
        }
        None => text.parse().ok().map(DayName::Date),
    }
}

/// `15:00` or `14:59:59`.
fn time_of_day(text: &str) -> Option<Time> {
    let parts: Vec<i8> = text.split(':').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    match parts.as_slice() {
        [hour, minute] => Time::new(*hour, *minute, 0, 0).ok(),
        [hour, minute, second] => Time::new(*hour, *minute, *second, 0).ok(),
        _ => None,
    }
}
