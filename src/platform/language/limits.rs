//! Who holds a limit, what counts against it, and what lets a message through beside it.

use serde::{Deserialize, Serialize};

use crate::time::Span;

/// Who holds a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Holder {
    /// Each phone number its own.
    Number,
    /// The business; all its numbers share it.
    Portfolio,
}

/// The limit of a tier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Limit {
    /// So many \[customers\].
    AtMost(u64),
    /// No limit.
    Unlimited,
}

/// How many numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum HowMany {
    /// Up to so many \[numbers\].
    AtMost(u64),
    /// As many as wanted.
    Unlimited,
    /// No source says.
    Unstated,
}

impl HowMany {
    /// The bound; a count that no source states bounds nothing.
    pub(in crate::platform) fn most(self) -> Option<u64> {
        match self {
            HowMany::AtMost(most) => Some(most),
            HowMany::Unlimited | HowMany::Unstated => None,
        }
    }
}

/// How long something takes that the platform decides; the run draws it from the scenario's prior.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Takes {
    /// Between two spans.
    Between(Span, Span),
    /// Up to a span.
    UpTo(Span),
    /// No source says.
    Unstated,
}

/// Whom a cap binds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CapOf {
    /// Who holds the ladder's limit.
    Holder,
    /// Each number.
    Number,
    /// Each customer.
    Person,
}

/// What a cap counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CapUnit {
    /// Distinct customers.
    Customers,
    /// Conversations that the business starts.
    Conversations,
    /// Messages.
    Messages,
}

/// A window of time that usage is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Within {
    /// The last so long, at every instant.
    Rolling(Span),
    /// The civil day.
    CalendarDay,
}

/// How much a cap allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CapLimit {
    /// The limit of the current tier.
    OfTier,
    /// A limit of its own \[what the cap counts\].
    Own(u64),
    /// No source says how much.
    Unstated,
}

/// Which messages a cap counts (reading).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(non_camel_case_types, reason = "lower-case words are readings in the rule language")]
pub enum Counts {
    /// Every business-initiated message.
    all,
    /// Template messages only.
    templates,
}

/// When a message uses up a limit (reading).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(non_camel_case_types, reason = "lower-case words are readings in the rule language")]
pub enum ConsumeOn {
    /// When it is accepted; what was refused never counts.
    #[serde(alias = "attempted")]
    sent,
    /// When it is delivered.
    delivered,
}

/// The kinds of windows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum WindowKind {
    /// In which the business may answer freely.
    Service,
    /// A conversation opened by the business.
    BusinessInitiated,
    /// A conversation opened by the customer.
    CustomerInitiated,
    /// Opened by an advertisement or a page button.
    FreeEntry,
}

/// What opens a window (reading).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(non_camel_case_types, reason = "lower-case words are readings in the rule language")]
pub enum Opener {
    /// A message of the customer, a reply or a pressed button.
    customer_message,
    /// The first delivered message of the business.
    first_message_delivered,
    /// The business answers a customer who came through an advertisement.
    business_answers_ad,
}

/// What makes a window start anew (reading).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(non_camel_case_types, reason = "lower-case words are readings in the rule language")]
pub enum ProlongedBy {
    /// Nothing: it ends when it ends.
    nothing,
    /// Each message of the customer.
    customer_message,
}
