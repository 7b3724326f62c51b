//! What the platform answers: changes of its state, each with the clause that caused it.

use crate::glossary::{NumberStatus, Rating, TemplateStatus, grouped};
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
    /// A sample was judged well, or the rules know no sample any more: what was held of the template is sent at this instant.
    HeldReleased {
        /// Messages held.
        held: u64,
        /// Whether the sample was judged.
        judged: bool,
    },
    /// A sample was judged badly, or the template can no longer be sent: what was held of it fails.
    HeldDropped {
        /// Messages held.
        held: u64,
        /// The status that came before the sample was judged; nothing where it was.
        status: Option<TemplateStatus>,
    },
    /// The tier rose \[positions on the ladder\].
    TierRose {
        /// The tier before; for a limit that an amendment left off the ladder, the highest tier below it.
        from: usize,
        /// The tier now.
        to: usize,
        /// The limit before \[customers\]; `None` is unlimited.
        limit: Option<u64>,
    },
    /// The tier fell \[positions on the ladder\].
    TierFell {
        /// The tier before; for a limit that an amendment left off the ladder, the highest tier below it.
        from: usize,
        /// The tier now.
        to: usize,
        /// The limit before \[customers\]; `None` is unlimited.
        limit: Option<u64>,
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
    /// A number waits until the business may connect more of them: it sends nothing.
    NumberWaits {
        /// How many the business may connect so far.
        most: u64,
    },
    /// A number that waited is connected.
    NumberConnected,
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

impl What {
    /// What a decision means, in words that follow the name of whom it concerns; nothing for other changes.
    pub fn decision(self) -> Option<String> {
        let fixed = match self {
            What::PolicyDecided { passed: true } => "passes the commerce-policy check",
            What::PolicyDecided { passed: false } => "fails the commerce-policy check, or was cancelled",
            What::OfficialDecided { granted: true } => "is granted the official-business status",
            What::OfficialDecided { granted: false } => "is denied the official-business status",
            What::AnalysisAsked => "could rise: the platform looks at the quality of the messages first",
            What::AnalysisDecided { approved: true } => "may rise: the platform's analysis approves",
            What::AnalysisDecided { approved: false } => "may not rise: the platform's analysis denies it",
            What::HeldReleased { held, judged } => {
                let why = if judged { "did well on its sample" } else { "is no longer paced" };
                return Some(format!("{why}: {}", of_held(held, "is sent", "are sent")));
            }
            What::HeldDropped { held, status } => {
                let why = match status {
                    None => "did badly on its sample".to_owned(),
                    Some(status) => format!("is {status} before its sample was judged"),
                };
                return Some(format!("{why}: {}", of_held(held, "fails", "fail")));
            }
            What::NumberWaits { most } => {
                let numbers = if most == 1 { "number" } else { "numbers" };
                return Some(format!(
                    "is not connected and sends nothing: so far the business may connect {} {numbers}",
                    grouped(most)
                ));
            }
            What::NumberConnected => "is connected: the business may connect more numbers now",
            What::Amended { from, to } => {
                let limit = |limit: Option<u64>| limit.map_or_else(|| "unlimited".to_owned(), grouped);
                return Some(match from == to {
                    true => format!("comes under new rules; its limit stays {}", limit(to)),
                    false => {
                        format!("comes under new rules; its limit was {}, is {}", limit(from), limit(to))
                    }
                });
            }
            _ => return None,
        };
        Some(fixed.to_owned())
    }
}

/// What becomes of held messages, of one and of several.
fn of_held(held: u64, one: &str, several: &str) -> String {
    match held {
        0 => "nothing was held".to_owned(),
        1 => format!("1 held message {one}"),
        _ => format!("{} held messages {several}", grouped(held)),
    }
}
