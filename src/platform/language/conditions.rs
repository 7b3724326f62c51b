//! What clauses listen to, what they ask for, and where a rise leads.

use serde::{Deserialize, Serialize};

use crate::glossary::{NumberStatus, Rating, Ratio};
use crate::time::Span;

use super::limits::Within;

/// From which tiers a rise leads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FromTiers {
    /// From every tier.
    Any,
    /// From these.
    Only(Vec<String>),
}

/// To which tier a rise leads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ToTier {
    /// One up.
    Next,
    /// To this tier, unless it is held already.
    AtLeast(String),
}

/// What a clause listens to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(non_camel_case_types, reason = "lower-case words are readings in the rule language")]
pub enum Signal {
    /// A delivery of messages.
    delivery,
    /// An evaluation of the rating.
    rating,
    /// The business was verified.
    verification,
    /// An application was decided.
    application,
    /// The commerce-policy check was decided.
    policy,
    /// Feedback of customers arrived.
    feedback,
    /// Another clause imposed this one.
    imposed,
    /// A clock of its own.
    Every(Span),
}

/// A condition of an upgrade or a measure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Condition {
    /// The business is verified.
    Verified,
    /// The platform's analysis approved (drawn by the run, told to the platform).
    Approved,
    /// The commerce-policy check is not yet decided.
    PolicyOpen,
    /// The commerce-policy check failed, or the account was cancelled.
    PolicyFailed,
    /// The tier's limit is used up.
    LimitReached,
    /// The rating is this or better.
    RatingAtLeast(Rating),
    /// The rating is this or worse.
    RatingAtMost(Rating),
    /// The rating is one that flags, by a reading.
    FlagOn(FlagOn),
    /// The rating has been Low without a break for this long, since the tier last changed.
    #[serde(alias = "BanAfter")]
    LowFor(Span),
    /// Every template in use is rated this or better.
    TemplatesAtLeast(Rating),
    /// The number's status is one of these.
    StatusIs(Vec<NumberStatus>),
    /// The tier is this or higher.
    TierAtLeast(String),
    /// The tier is this or lower.
    TierAtMost(String),
    /// Usage over a time reaches or exceeds an amount.
    Usage {
        /// What is counted.
        count: Count,
        /// Over which time.
        within: Within,
        /// How much is needed.
        amount: Amount,
    },
    /// More complaints (blocks and reports) than this within a time.
    Complaints {
        /// Over which time.
        within: Span,
        /// More than so many \[complaints\].
        more_than: u64,
        /// More than so many while the rating is Low \[complaints\].
        while_low: u64,
    },
    /// This long since the first counted delivery.
    #[serde(alias = "at_least")]
    SinceFirstSend(Span),
    /// This long since the tier last changed.
    SinceLastStep(Span),
}

impl Condition {
    /// Whether it can begin or cease to hold without a change of status, tier or rating: by time, or by what is sent.
    pub(in crate::platform) fn moves_by_itself(&self) -> bool {
        match self {
            Condition::Verified
            | Condition::Approved
            | Condition::RatingAtLeast(_)
            | Condition::RatingAtMost(_)
            | Condition::FlagOn(_)
            | Condition::StatusIs(_)
            | Condition::TierAtLeast(_)
            | Condition::TierAtMost(_)
            | Condition::PolicyOpen
            | Condition::PolicyFailed => false,
            Condition::LimitReached
            | Condition::LowFor(_)
            | Condition::TemplatesAtLeast(_)
            | Condition::Complaints { .. }
            | Condition::SinceLastStep(_)
            | Condition::SinceFirstSend(_)
            | Condition::Usage { .. } => true,
        }
    }
}

impl Condition {
    /// The condition's word, as `except` lists name it.
    pub fn word(&self) -> &'static str {
        match self {
            Condition::Verified => "Verified",
            Condition::Approved => "Approved",
            Condition::PolicyOpen => "PolicyOpen",
            Condition::PolicyFailed => "PolicyFailed",
            Condition::LimitReached => "LimitReached",
            Condition::RatingAtLeast(_) => "RatingAtLeast",
            Condition::RatingAtMost(_) => "RatingAtMost",
            Condition::FlagOn(_) => "FlagOn",
            Condition::LowFor(_) => "LowFor",
            Condition::TemplatesAtLeast(_) => "TemplatesAtLeast",
            Condition::StatusIs(_) => "StatusIs",
            Condition::TierAtLeast(_) => "TierAtLeast",
            Condition::TierAtMost(_) => "TierAtMost",
            Condition::Usage { .. } => "Usage",
            Condition::Complaints { .. } => "Complaints",
            Condition::SinceFirstSend(_) => "SinceFirstSend",
            Condition::SinceLastStep(_) => "SinceLastStep",
        }
    }
}

/// The rating that flags (reading).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(non_camel_case_types, reason = "lower-case words are readings in the rule language")]
pub enum FlagOn {
    /// Low.
    low,
    /// Medium or Low; recovered at High.
    medium_or_low,
    /// Low, and a lower tier exists to fall to.
    low_above_floor,
}

/// What usage counts (reading).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(non_camel_case_types, reason = "lower-case words are readings in the rule language")]
pub enum Count {
    /// Accepted messages.
    sent,
    /// Delivered messages.
    #[serde(alias = "messages", alias = "sum_daily_unique")]
    delivered,
    /// Customers whose latest message in the window was delivered.
    #[serde(alias = "distinct_7d")]
    distinct,
    /// The best civil day of the window.
    #[serde(alias = "max_day")]
    best_day,
}

/// How much usage is needed; "reach" or "exceed" (reading).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Amount {
    /// So much or more.
    AtLeast(Quantity),
    /// More than so much.
    MoreThan(Quantity),
}

impl Amount {
    /// The least usage that fulfils it under a limit.
    pub(in crate::platform) fn needed(self, limit: u64) -> u64 {
        match self {
            Amount::AtLeast(Quantity::LimitTimes(times)) => times.times_rounded_up(limit),
            Amount::MoreThan(Quantity::LimitTimes(times)) => {
                times.times_rounded_down(limit).saturating_add(1)
            }
            Amount::AtLeast(Quantity::Number(number)) => number,
            Amount::MoreThan(Quantity::Number(number)) => number.saturating_add(1),
        }
    }
}

/// A quantity of usage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Quantity {
    /// A multiple of the current limit.
    LimitTimes(Ratio),
    /// A fixed number \[what usage counts\].
    Number(u64),
}

/// What ends a review early (reading).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(non_camel_case_types, reason = "lower-case words are readings in the rule language")]
pub enum Cancel {
    /// The number is Flagged.
    flagged,
    /// The rating is Low.
    low,
    /// The number is Restricted.
    restricted,
}

/// What makes counting of the usage begin anew (reading).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(non_camel_case_types, reason = "lower-case words are readings in the rule language")]
pub enum Restart {
    /// A rise of the tier.
    upgrade,
    /// A fall of the tier.
    downgrade,
    /// The number is Flagged.
    flag,
    /// The number is no longer Flagged.
    unflag,
}
