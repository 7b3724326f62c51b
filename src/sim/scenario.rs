//! A scenario as it stands in a file: platform, audience, sender, calendar, horizon.

use serde::{Deserialize, Serialize};

use crate::audience::Choice;
use crate::document::Ordered;
use crate::glossary::{Category, Rating, Ratio};
use crate::platform::price::Card;
use crate::random::{Prior, Probability};
use crate::sender::{AfterTable, Clock, Order};
use crate::time::Span;

use super::expectation::ExpectText;

/// A scenario as it stands in one RON file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename = "Scenario")]
pub struct ScenarioText {
    /// One line that says what is asked.
    pub title: String,
    /// Start of the run: a civil date, or a date and time, in the zone: `"2022-03-07"`, `"2022-03-07T09:00"`.
    pub start: String,
    /// Time zone by its name in the time zone database, such as `"America/Sao_Paulo"`.
    pub zone: String,
    /// Length of the run, from `"1d"` to `"3660d"`.
    pub horizon: Span,
    /// Length of a slot of the audience's and the sender's time; 1 h unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slot: Option<Span>,
    /// How many random futures; 1,000 unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replications: Option<u64>,
    /// The seed; 1 unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
    /// Which rules, and how the sender stands with the platform.
    pub platform: PlatformText,
    /// Who is written to.
    pub audience: AudienceText,
    /// Who writes, and by which plan.
    pub sender: SenderText,
    /// What is expected, each under a sentence that says what must be so; `check` judges it.
    #[serde(default, skip_serializing_if = "Ordered::is_empty")]
    pub expect: Ordered<ExpectText>,
}

/// Which rules, and how the sender stands with the platform.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlatformText {
    /// Name of a built-in ruleset, or a file beside the scenario that ends in `.ron`.
    pub ruleset: String,
    /// The phone numbers, by name.
    pub numbers: Ordered<NumberText>,
    /// The approved templates, by name.
    pub templates: Ordered<TemplateText>,
    /// Whether and when the business is verified; a prior from the literature unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verification: Option<Verification>,
    /// The commerce-policy check; passed before the start unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<PolicyText>,
    /// How long the review of a template takes, and how often it rejects; priors unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review: Option<ReviewText>,
    /// The application for the official-business status; none unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub official: Option<DecisionText>,
    /// The platform's analysis that a rise by volume asks for; a prior unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub analysis: Option<DecisionText>,
    /// The market of the customers, as the price tables name it; without it nothing is priced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub market: Option<String>,
    /// Whether a card pays for what is not free: `on_file` (unless said otherwise) or `none`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub card: Option<Card>,
    /// Priors of uncertain values of the ruleset by their path, such as `"rating.number.low_from"`.
    #[serde(default, skip_serializing_if = "Ordered::is_empty")]
    pub priors: Ordered<Prior>,
}

/// A phone number at the start.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NumberText {
    /// Its tier; the ruleset's start tier unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tier: Option<String>,
    /// Its rating; Unknown unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rating: Option<Rating>,
}

/// A template at the start: approved.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TemplateText {
    /// Its category.
    pub category: Category,
    /// `proven` (approved and sent long ago, unless said otherwise), `new` (approved, never sent) or `submitted`
    /// (waits for its review).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<TemplateState>,
    /// Whether it has buttons, which more people answer by; it has none unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub buttons: Option<bool>,
    /// Factors on the chances of those who get it, by the name of the chance, such as `{ "stop": Fixed(0.8) }`; none
    /// unless said otherwise. Three wordings of one campaign differed from 0.74 to 1.30 in stops (PMC5526806).
    #[serde(default, skip_serializing_if = "Ordered::is_empty")]
    pub factors: Ordered<Prior>,
}

/// How far a template is when the run starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(non_camel_case_types, reason = "lower-case words are choices in scenario files")]
pub enum TemplateState {
    /// Approved, and sent long ago.
    proven,
    /// Approved, and never sent: paced where the rules pace.
    new,
    /// Waits for its review.
    submitted,
}

/// The commerce-policy check.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum PolicyText {
    /// Passed before the start.
    Passed,
    /// Open at the start.
    Open {
        /// Days until it is decided.
        after_days: Prior,
        /// Chance that it is passed.
        passed: Probability,
    },
    /// Passed before the start; the account is cancelled after so many days.
    CancelledAfterDays(Prior),
}

/// The review of templates.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReviewText {
    /// Hours until it is decided.
    pub hours: Prior,
    /// Chance that it rejects.
    pub rejected: Probability,
}

/// A decision of the platform that a sender waits for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecisionText {
    /// Days until it is decided.
    pub after_days: Prior,
    /// Chance that it is granted.
    pub granted: Probability,
}

/// Whether and when the business is verified.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Verification {
    /// It is verified when the run starts.
    Done,
    /// It never is.
    Never,
    /// It is after so many days, drawn once per replication.
    AfterDays(Prior),
}

/// Who is written to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AudienceText {
    /// Lists of customers with one behaviour each, by name.
    pub segments: Ordered<SegmentText>,
}

/// A list of customers with one behaviour.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SegmentText {
    /// How many customers.
    pub customers: u64,
    /// Name of a built-in behaviour profile, or a file beside the scenario that ends in `.ron`.
    pub profile: String,
    /// Nobody is written to twice within this time; 24 h at least.
    pub rest: Span,
    /// Who is chosen: `rested_longest` (unless said otherwise) or `at_random`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub choose: Option<Choice>,
    /// The market of these customers, as the price tables name it; that of `platform.market` unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub market: Option<String>,
    /// Chances of the profile that this scenario replaces by priors of its own.
    #[serde(default, skip_serializing_if = "Ordered::is_empty")]
    pub chances: Ordered<Prior>,
}

/// Who writes, and by which plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SenderText {
    /// The number that sends, where it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// The numbers that send, where they are several, each with its weight: its share of the list and of the plan.
    #[serde(default, skip_serializing_if = "Ordered::is_empty")]
    pub numbers: Ordered<u64>,
    /// The segment that is written to, where it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub segment: Option<String>,
    /// The segments that are written to, where they are several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub segments: Vec<String>,
    /// How a plan is shared out over several segments; `by_size` unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<Order>,
    /// The templates in the order of preference: the first that may be sent is sent.
    pub templates: Vec<String>,
    /// How many a day.
    pub plan: PlanText,
    /// Sending hours.
    pub hours: HoursText,
    /// Sending days.
    pub weekdays: Weekdays,
}

/// How many a day.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum PlanText {
    /// The same number every day.
    Constant {
        /// Messages a day.
        a_day: u64,
    },
    /// A table from a CSV file with the columns `day` and `messages`.
    Table {
        /// The file, beside the scenario.
        file: String,
        /// Which days the rows are: `calendar_day` or `sending_day`.
        clock: Clock,
        /// What follows the last row: `stop` or `hold`.
        after: AfterTable,
    },
    /// A share of what the limit allows.
    FillLimit {
        /// The share, such as `"100%"`.
        share: Ratio,
        /// Most messages a day, where the limit allows more; no bound but the list unless said otherwise.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at_most: Option<u64>,
    },
}

/// Sending hours: slots that begin at `from` or later and before `to`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HoursText {
    /// Civil time of day, such as `"09:00"`.
    pub from: String,
    /// Civil time of day, up to `"24:00"`.
    pub to: String,
}

/// Sending days.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(non_camel_case_types, reason = "lower-case words are choices in scenario files")]
pub enum Weekdays {
    /// Monday to Sunday.
    every_day,
    /// Monday to Friday.
    workdays,
    /// These.
    Only(Vec<Weekday>),
}

/// A day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Weekday {
    Mon,
    Tue,
    Wed,
    Thu,
    Fri,
    Sat,
    Sun,
}

impl Weekdays {
    /// Whether something is sent on this weekday.
    pub fn holds(&self, day: jiff::civil::Weekday) -> bool {
        use jiff::civil::Weekday as Civil;
        let own = match day {
            Civil::Monday => Weekday::Mon,
            Civil::Tuesday => Weekday::Tue,
            Civil::Wednesday => Weekday::Wed,
            Civil::Thursday => Weekday::Thu,
            Civil::Friday => Weekday::Fri,
            Civil::Saturday => Weekday::Sat,
            Civil::Sunday => Weekday::Sun,
        };
        match self {
            Weekdays::every_day => true,
            Weekdays::workdays => !matches!(own, Weekday::Sat | Weekday::Sun),
            Weekdays::Only(list) => list.contains(&own),
        }
    }
}
