//! Are expectations met? Replications are run until it is known, or until enough of them say that it cannot be.
//!
//! ```text
//!   expect: { "a flag stays rare": Chance(of: Flagged, at_most: "20%") }
//!
//!             look 1      look 2             look 3                            cap
//!   replications 256         512                1,024                          8,192
//!   limits   [---------]   [-----]            [--]
//!   bound ...........|........|...............|..............................  20 %
//!             undecided   undecided           pass: the whole interval keeps the bound
//!                                             (fail: the whole interval breaks it)
//! ```
//!
//! *Looking again and again* finds what is not there sooner or later, unless each look has its own part of the chance
//! to be wrong. Of the chance A of a false alarm that a run of a whole suite may have ([`Terms::false_alarms`], one in a
//! thousand), each of its m bounds has A / m (Bonferroni), and its k-th look has 6 / (pi^2 k^2) of that: these parts
//! sum to 1 however many looks there are (spending as in K. K. G. Lan and D. L. DeMets, "Discrete sequential boundaries
//! for clinical trials", Biometrika 70, 1983; by the union bound it needs no law of the looks together). So
//!
//! - a run of a suite in which all expectations are met fails with a chance of A at most, and
//! - one in which some are not, passes one of these with a chance of A at most:
//!
//! exactly for chances, differences of chances and quantiles; nearly for means ([`limits`] says how, and the
//! benchmark `false_alarms` how nearly). What is undecided at the cap is told as such and is neither.
//!
//! *What is found:* at the default cap, in a suite of 25 bounds, a chance four points beyond its bound and a mean 0.08
//! standard deviations beyond it are found nineteen times in twenty.
//!
//! The replications of a look are those with the indices 0 to n - 1 of the scenario's seed: the same verdicts whenever
//! and on however many threads, and `explain` tells any of them.

mod judge;
pub mod limits;
mod terms;

pub use judge::{Judged, Outcome, judge, judge_all, run_cases};
pub use terms::Terms;
