//! The platform judges: a ruleset (data) and what it holds about the sender, in; changes, out.
//!
//! ```text
//!   Ruleset (a file)  --check, compile-->  Rules
//!                                            |
//!   Signal  -->  Platform { Rules, Standing }  -->  Change, each with its clause
//! ```
//!
//! What the platforms of replications that go abreast count is counted all at once ([`PlatformsAbreast`]); where
//! something moves, the platform of each judges.
//!
//! *Invariant:* the platform asks nothing of chance and has no clock of its own. Given the same rules, standing
//! and signal it answers the same. What it decides by chance in reality (a verification, a review) the run draws
//! and tells it.

mod abreast;
mod amend;
pub mod catalogue;
mod change;
mod check;
mod connect;
pub mod diff;
mod idle;
mod judge;
pub mod language;
mod measures;
mod meters;
pub mod origin;
pub mod price;
mod ratings;
pub mod readings;
mod rises;
pub mod rulebook;
mod rules;
mod standing;
mod templates;
mod transition;
mod weights;
mod window;
pub mod words;

pub use abreast::{Moved, PlatformsAbreast, SentAbreast};
pub use amend::Amending;
pub use change::{Change, Subject, What};
pub use judge::{Admission, Platform, Signal};
pub use language::Ruleset;
pub use measures::Deadline;
pub use meters::{FeedbackCounts, Score};
pub use origin::first_day;
pub use readings::RuleChange;
pub use rulebook::{Era, Rulebook};
pub use rules::{ClauseId, ClauseInfo, Rules, Thresholds, Tier};
pub use standing::{Opening, Policy, Standing, TemplateOpening};
pub use transition::{ClauseTransitions, Edge, Transition};
