//! Golden numbers: what scenarios gave when somebody last looked, and what moved since then.
//!
//! ```text
//!   Scenario --take--> Entry   what decided it (engine, hashes of rules, audience, scenario), fingerprints by block,
//!      |                 |     headline numbers, shown with what their replications know and summed exactly by block
//!      |               Golden: entries by file <--read, write--> a text for review, sorted, one value a line
//!      |                 |
//!      '---take again, same seed and n---> compare --> Comparison
//!                                             causes     engine, rules, audience or scenario changed, or nothing did
//!                                             behaviour  which blocks of futures differ at all, exactly
//!                                             moves      each number that moved: by how much, and does it matter
//! ```
//!
//! The two takes meet the same luck, so a difference is seen against what the replications share, not against all that
//! makes futures differ. Its interval is Student's t over the blocks, a tenth wider, at the level that the caller gives
//! each number. A *limit* says from where on a difference matters: one point of a chance, a quarter of a day, one per
//! cent of a total. What lies within it for sure is fine, what lies beyond it for sure has moved, the rest is unclear:
//! a small p-value alone decides nothing.

mod compare;
mod fingerprint;
mod take;
mod text;

pub use compare::{Comparison, Move, Moved, compare};
pub use take::{BLOCKS, Entry, Headline, Limit, Number, Taken, take};
pub use text::Golden;

#[cfg(test)]
mod tests;
