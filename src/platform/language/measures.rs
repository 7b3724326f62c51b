//! A status, how long it lasts, and what follows.

use serde::{Deserialize, Serialize};

use crate::document::Word;
use crate::time::Span;

/// A status that a measure sets, of a number or of a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Status {
    /// Number: the limit is used up, or broadcasts are barred.
    Restricted,
    /// Number: a first warning.
    Warned,
    /// Number or template: at stake.
    Flagged,
    /// Number: a fixed number of messages a day.
    RateLimited,
    /// Number or template: not yet decided.
    Pending,
    /// Number: the policy check failed.
    Offline,
    /// Number: locked for good.
    Banned,
    /// Template: not sendable for some hours.
    Paused,
    /// Template: refused at review.
    Rejected,
    /// Template: never sendable again.
    Disabled,
}

/// How long a status holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Term {
    /// This long.
    For(Status, Span),
    /// As long as nothing more may be started under the limit.
    While(Status),
    /// For good.
    Forever(Status),
}

impl Term {
    /// The status that the term sets.
    pub fn status(self) -> Status {
        match self {
            Term::For(status, _) | Term::While(status) | Term::Forever(status) => status,
        }
    }
}

/// What a measure rules out meanwhile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Forbidden {
    /// No review starts.
    Upgrade,
    /// Nothing is started by the business.
    Broadcast,
    /// Customers are not answered.
    Answer,
    /// The template cannot be edited.
    Edit,
    /// No number is added.
    AddNumber,
}

/// How a measure is left (reading).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(non_camel_case_types, reason = "lower-case words are readings in the rule language")]
pub enum Ends {
    /// At the first evaluation at which its conditions no longer hold.
    on_recovery,
    /// When the whole term has passed without its conditions.
    #[serde(alias = "hold", alias = "hold_7d")]
    hold_term,
    /// At the deadline, by what holds then.
    #[serde(alias = "at_day_7")]
    at_deadline,
    /// Only an edit of the template saves it.
    by_edit,
}

/// A consequence at the end of a measure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Effect {
    /// So many up \[tiers\].
    Up(u32),
    /// So many tiers down, never below the floor.
    Down {
        /// How many \[tiers\].
        levels: u32,
        /// The tier below which it never falls.
        floor: String,
    },
    /// The status becomes this one for good.
    Becomes(Status),
    /// Another measure begins.
    Impose(Word),
}

/// When a loss of tiers takes place (reading).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(non_camel_case_types, reason = "lower-case words are readings in the rule language")]
pub enum DowngradeAt {
    /// At the deadline, if the conditions still hold.
    deadline,
    /// At once, as the flag is set, and not again at its deadline.
    flag,
}

/// When the count of times is forgotten (reading).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(non_camel_case_types, reason = "lower-case words are readings in the rule language")]
pub enum Forgets {
    /// Never.
    never,
    /// When this long has passed since the last time ended.
    After(Span),
}

/// What the official-business status changes (reading).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(non_camel_case_types, reason = "lower-case words are readings in the rule language")]
pub enum OfficialChanges {
    /// No limit.
    nothing,
    /// The tier is at least this one.
    StartsAt(String),
}
