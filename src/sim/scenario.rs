//! A scenario as it stands in a file: platform, audience, sender, calendar, horizon.

use serde::{Deserialize, Serialize};

use crate::audience::{Choice, HelpDeskText};
use crate::document::Ordered;
use crate::glossary::{Category, Rating, Ratio};
use crate::platform::price::Card;
use crate::random::{Prior, Probability};
use crate::sender::{AfterTable, Clock, Counts, Edits, FeedbackRule, Late, Order, Rotation};
pub use crate::time::{Weekday, Weekdays};

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
    /// Length of a slot of the audience's and the sender's time; 1h unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slot: Option<Span>,
    /// How many random futures \[replications\]; 1000 unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replications: Option<u64>,
    /// The seed of the random numbers \[any whole number\]; 1 unless said otherwise.
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
    /// The phone numbers, by name. Where the ruleset bounds how many a business may connect before it is verified, the
    /// first ones are connected; the others send nothing until it is verified, or above the entry step.
    pub numbers: Ordered<NumberText>,
    /// The approved templates, by name.
    pub templates: Ordered<TemplateText>,
    /// Whether and when the business is verified; log-normal, median 5 days, 9 in 10 from 2 to 14 unless said otherwise
    /// (assumed).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verification: Option<Verification>,
    /// The commerce-policy check; passed before the start unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<PolicyText>,
    /// How long the review of a template takes, and how often it rejects; 2 to 6 hours, 1 in 10 takes 24, 10% rejected
    /// unless said otherwise (hours: a provider's guide of 2021; how often 24, and rejections: assumed).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review: Option<ReviewText>,
    /// The application for the official-business status; none unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub official: Option<DecisionText>,
    /// The platform's analysis that a rise by volume asks for; 0 to 3 days, 80% approved unless said otherwise (nobody
    /// publishes it).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub analysis: Option<DecisionText>,
    /// The market of the customers, as the price tables name it; without it nothing is priced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub market: Option<String>,
    /// Whether a card pays for what is not free: `on_file` (unless said otherwise) or `none`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub card: Option<Card>,
    /// Priors of uncertain values of the ruleset by their path, such as `"rating.number.low_from"` \[share\]; log-uniform, 0.5% to
    /// 5% unless said otherwise (not published; vendors guess 0.5 % to 2 %).
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
    /// How far it is: `proven` (approved, and sent long ago), `new` (approved, never sent) or `submitted` (waits for its
    /// review); proven unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<TemplateState>,
    /// Whether it has buttons, which more people answer by; it has none unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub buttons: Option<bool>,
    /// Factors on the chances of those who get it, by the name of the chance, such as `{ "stop": Fixed(0.8) }`
    /// \[no unit\]; none unless said otherwise. Three wordings of one campaign differed from 0.74 to 1.30 in stops (PMC5526806).
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
        /// Time until it is decided \[days\].
        after_days: Prior,
        /// Chance that it is passed.
        passed: Probability,
    },
    /// Passed before the start; the account is cancelled after so long \[days\].
    CancelledAfterDays(Prior),
}

/// The review of templates.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReviewText {
    /// Time until it is decided \[hours\].
    pub hours: Prior,
    /// Chance that it rejects.
    pub rejected: Probability,
    /// Reviews that people look at, and that take a time of their own; none unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by_hand: Option<ByHandText>,
}

/// Reviews that are done by hand.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ByHandText {
    /// Chance that a review is.
    pub chance: Probability,
    /// Time until it is decided \[hours\].
    pub hours: Prior,
}

/// A decision of the platform that a sender waits for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecisionText {
    /// Time until it is decided \[days\].
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
    /// It is after so long, drawn once per replication \[days\].
    AfterDays(Prior),
}

/// Who is written to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AudienceText {
    /// Lists of customers with one behaviour each, by name.
    pub segments: Ordered<SegmentText>,
    /// Who answers customers' chats, of which a million may wait at once; without it nobody looks at how long they wait.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help_desk: Option<HelpDeskText>,
}

/// A list of customers with one behaviour.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SegmentText {
    /// How many customers \[customers\].
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
    /// Chances of the profile that this scenario replaces by priors of its own \[share\]; none unless said otherwise.
    #[serde(default, skip_serializing_if = "Ordered::is_empty")]
    pub chances: Ordered<Prior>,
}

/// Who writes, and by which plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SenderText {
    /// The number that sends, where it is one; those of `numbers` unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// The numbers that send, where they are several, each with its weight: its share of the list and of the plan
    /// \[parts\].
    #[serde(default, skip_serializing_if = "Ordered::is_empty")]
    pub numbers: Ordered<u64>,
    /// The segment that is written to, where it is one; those of `segments` unless said otherwise.
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
    /// How many messages.
    pub plan: PlanText,
    /// What is done when something looks bad, such as `[(when: Low, steps: [(act: Cut("25%"))])]`; nothing unless said
    /// otherwise.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub feedback: Vec<FeedbackRule>,
    /// When a template gives way to the next; when it may no longer be sent unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rotation: Option<Rotation>,
    /// Whether templates that are Flagged, Paused or Rejected are edited; they are not unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edits: Option<Edits>,
    /// How fast the sender's own lines are, for each number; no bound unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub throughput: Option<ThroughputText>,
    /// Sending hours.
    pub hours: HoursText,
    /// Sending days.
    pub weekdays: Weekdays,
}

/// How fast the sender's own lines are: `(messages: 80, per: "1s")`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ThroughputText {
    /// So many \[messages\].
    pub messages: u64,
    /// In this time.
    pub per: Span,
}

/// How many messages, of all the sender's numbers together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum PlanText {
    /// The same number every day.
    Constant {
        /// So many \[messages a day\].
        a_day: u64,
    },
    /// More by the same number with every row.
    Linear {
        /// Messages of the first row \[messages a day\].
        from: u64,
        /// More with every further row \[messages a day\].
        add: u64,
        /// The most \[messages a day\]; no bound but the list unless said otherwise.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at_most: Option<u64>,
        /// Which days are rows: `calendar_day`, `sending_day` or `volume_gate`.
        clock: Clock,
    },
    /// More by the same factor with every row: exactly `from x times^row`, rounded down.
    Geometric {
        /// Messages of the first row \[messages a day\].
        from: u64,
        /// The factor, above 1: `"1.15"` is 15 % more with every row.
        times: Ratio,
        /// The most \[messages a day\]; no bound but the list unless said otherwise.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at_most: Option<u64>,
        /// Which days are rows: `calendar_day`, `sending_day` or `volume_gate`.
        clock: Clock,
    },
    /// A table from a CSV file with the columns `day` and `messages` (a day) or `messages_an_hour` (the most in each hour).
    Table {
        /// The file, beside the scenario.
        file: String,
        /// Which days are rows: `calendar_day`, `sending_day` or `volume_gate`.
        clock: Clock,
        /// What follows the last row: `stop` or `hold`.
        after: AfterTable,
    },
    /// A share of what the limit allows.
    FillLimit {
        /// The share, such as `"100%"`.
        share: Ratio,
        /// The most, where the limit allows more \[messages a day\]; no bound but the list unless said otherwise.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at_most: Option<u64>,
    },
    /// Just the usage that the next tier needs, as fast as the limit allows.
    FastestClimb {
        /// The most, where the limit allows more \[messages a day\]; no bound but the limit unless said otherwise.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at_most: Option<u64>,
        /// So many \[messages a day\] while no usage is missing (on the entry step, during a review, at the top); 0 unless said
        /// otherwise.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        meanwhile: Option<u64>,
    },
    /// So many people must have a message by a date: what is left, evenly over the sending slots left, within the limit.
    Backlog {
        /// How many people \[customers\]; at most the customers who are written to.
        people: u64,
        /// The last day on which it may be sent: a civil date such as `"2022-12-01"`.
        by: String,
        /// What takes people off the backlog: `sent` or `delivered` messages.
        counts: Counts,
        /// What happens with the rest after that day: `stop` or `go_on`.
        late: Late,
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
