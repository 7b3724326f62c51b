//! One run: a scenario is loaded, one of its futures is replicated, a probe may watch.
//!
//! ```text
//!   first-climb.ron --load, check--> Scenario --replicate(index)--> Trajectory   (a row a day)
//!                                        \------watch(index, probe)--> Journal   (a row a change)
//!                                                            two runs --> Divergence  (where they first part)
//!   profile.ron ---------------- one batch and nothing else ---> Echo      (counts an hour)
//!   log.csv ------------------ read twice, told to the same platform ---> Replay    (a row a change)
//! ```
//!
//! Who reads whom, from the file to what is written down:
//!
//! ```text
//!   scenario (the text) --load--> ready   with prices, thresholds, contents
//!                                   |
//!                                  run    the loop; an instant is sends, decisions, chats, the account
//!                                   |     (abreast: the same loop for many runs at once, where they differ in counts alone)
//!                                 diary --> trajectory
//! ```
//!
//! *Invariant:* loading is the step that fails. Once a [`Scenario`] exists, running it cannot. A replication is an
//! address: (scenario, seed, index) is all that is needed to tell any future again.

mod abreast;
mod account;
mod case;
mod chats;
#[cfg(test)]
mod climb;
mod contents;
mod course;
mod coverage;
mod decisions;
mod diary;
pub mod expectation;
mod identity;
mod journal;
mod load;
mod mishap;
mod one_send;
mod prices;
mod ready;
pub mod replay;
mod run;
pub mod scenario;
mod send;
mod setting;
mod thresholds;
mod trajectory;

pub use case::{Case, CaseFile, CaseOutcome, Failure, JustMissed, Made, Shelf, Told, Unit};
pub use contents::Contents;
pub use course::{Changed, Course, Did, Divergence, SendPart, Sent, Step};
pub use coverage::{ClauseCoverage, Coverage, Reach, TransitionCoverage};
pub use journal::{Entry, Journal};
pub use load::{LoadError, Source, Uncertain};
pub use mishap::Mishap;
pub use one_send::{Echo, FOLLOWED, LAST_HOUR, OneSend};
pub use ready::{Names, Scenario};
pub use run::{BESIDE, Batch, Probe, Unwatched};
pub use setting::{Assumption, Campaign, Evidence, Possible, Setting};
pub use trajectory::{
    ChatMetric, Chats, Counts, Day, End, Gauge, Ledger, Metric, Outcome, Reached, Reason, Trajectory,
};
