//! What the platform answers: changes of its state, each with the clause that caused it.

use crate::glossary::{NumberStatus, Rating, TemplateStatus};
use crate::time::SimTime;

use super::rules::ClauseId;

/// A transition of the platform's state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// When.
    pub at: SimTime,
    /// Of whom.
    pub subject: Subject,
    /// What changed.
    pub what: What,
    /// The clause that caused it.
    pub clause: ClauseId,
}

/// Whom a change concerns; positions are those of the standing's lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// The business.
    Portfolio,
    /// Who holds the limit: number `0` and so on, or the one portfolio.
    Holder(usize),
    /// A phone number.
    Number(usize),
    /// A template.
    Template(usize),
}

/// What changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// The business is verified.
    Verified,
    /// The commerce-policy check was decided, or the account was cancelled.
    PolicyDecided {
        /// Whether it was passed.
        passed: bool,
    },
    /// The application for the official-business status was decided.
    OfficialDecided {
        /// Whether it was granted.
        granted: bool,
    },
    /// All that a rise asks for holds, and the platform looks at the quality of the messages before it decides.
    AnalysisAsked,
    /// The platform's analysis was decided.
    AnalysisDecided {
        /// Whether it approved the rise.
        approved: bool,
    },
    /// A sample was judged well: what was held of the template is sent at this instant.
    HeldReleased {
        /// Messages held.
        held: u64,
    },
    /// A sample was judged badly: what was held of the template fails.
    HeldDropped {
        /// Messages held.
        held: u64,
    },
    /// The tier rose \[positions on the ladder\].
    TierRose {
        /// The tier before.
        from: usize,
        /// The tier now.
        to: usize,
    },
    /// The tier fell \[positions on the ladder\].
    TierFell {
        /// The tier before.
        from: usize,
        /// The tier now.
        to: usize,
    },
    /// A review of a rise began; the tier rises at `until`.
    ReviewStarted {
        /// End of the review.
        until: SimTime,
    },
    /// A review ended early, without a rise.
    ReviewCancelled,
    /// The rules changed; of a number's limit what it was and what it is.
    Amended {
        /// The limit before \[customers\]; `None` is unlimited.
        from: Option<u64>,
        /// The limit now \[customers\]; `None` is unlimited.
        to: Option<u64>,
    },
    /// A rating changed.
    Rated {
        /// The rating before.
        from: Rating,
        /// The rating now.
        to: Rating,
    },
    /// A number's status began.
    NumberEntered {
        /// The status.
        status: NumberStatus,
        /// Its deadline, where it has one.
        until: Option<SimTime>,
    },
    /// A number's status ended.
    NumberLeft {
        /// The status that ended.
        status: NumberStatus,
        /// Whether its conditions no longer held.
        recovered: bool,
    },
    /// A template's status began.
    TemplateEntered {
        /// The status.
        status: TemplateStatus,
        /// Its deadline, where it has one.
        until: Option<SimTime>,
    },
    /// A template's status ended.
    TemplateLeft {
        /// The status that ended.
        status: TemplateStatus,
        /// Whether its conditions no longer held.
        recovered: bool,
    },
}
