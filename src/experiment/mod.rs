//! Many runs: what thousands of futures of one scenario say together, and how sure they are.
//!
//! ```text
//!   future: index -> Trajectory
//!        |  blocks of 64, on all cores                      Threads
//!        v
//!   Ensemble   folded in order of index, in whole numbers only
//!     |- days    a Histogram a series, counts of tier, status ... -> Fan, shares by day
//!     |- rows    one Row a replication                            -> FirstPassage, Done, chances, totals
//!     '- paths   the first 20 replications, day by day            -> threads of a chart
//!                        |
//!                        v
//!   Share, Mean, Quantiles: estimates, each with its interval and n
//! ```
//!
//! Beside it, for pipelines: [`expect`] judges what a scenario's file expects, [`golden`] compares with numbers that
//! were written down before, [`readings`] tells what depends on how the rules are read, and [`Fired`]
//! which clauses random futures reach.
//!
//! A [`Sweep`] runs one scenario at the points of a [`Design`] over some [`Factor`]s; [`sensitivity`] asks which of a
//! scenario's uncertain inputs moves its results most.
//!
//! Where it is not known how many replications are enough, a [`Precision`] tells when to stop.
//!
//! A search stands above them: [`tuning`] tries settings of a plan, and gives each no more runs than it deserves.
//!
//! An [`Aftermath`] is smaller: what one send leads to, hour by hour, over the futures of a behaviour profile.
//!
//! *Invariant:* an ensemble is the same, bit for bit, whatever the number of threads and however its replications
//! are split into parts that are joined later: only whole numbers are added up.

mod aftermath;
mod blocks;
mod campaign;
mod comparison;
mod contrast;
mod day;
mod design;
mod difference;
mod effects;
mod ensemble;
mod estimate;
pub mod expect;
mod factor;
mod fan;
mod fired;
mod first_passage;
pub mod golden;
mod headline;
mod histogram;
mod layers;
mod lead;
mod order;
mod paired;
mod parting;
mod precision;
pub mod readings;
mod row;
pub mod sensitivity;
mod sweep;
mod threads;
pub mod tuning;
mod watched;

pub use aftermath::{Aftermath, AftermathCurve};
pub use blocks::{BLOCK, Futures};
pub use campaign::Done;
pub use comparison::{Arm, Comparison, Pair, StoredComparison, compared_by};
pub use contrast::{ClauseContrast, Contrast, differing_clauses};
pub use day::{DayTally, RATINGS, State};
pub use design::{Design, DesignKind, MOST_POINTS, SOBOL_DIMENSIONS, Sobol};
pub use difference::{Difference, Matters, Side, Verdict};
pub use effects::Effect;
pub use ensemble::{Ensemble, JoinError, SAMPLE_PATHS, StoredEnsemble};
pub use estimate::{Interval, Mean, Share, Sums, band_of};
pub use factor::{Factor, FactorError, Kind};
pub use fan::{Fan, FanDay, Series};
pub use fired::{Fired, FiredClause, watch_fired};
pub use first_passage::FirstPassage;
pub use headline::{By, Headline, Limit, NoHeadline, Unit};
pub use histogram::{ENDLESS, Histogram};
pub use layers::{Explained, LAYERS, explained};
pub use lead::Lead;
pub use order::{Ends, Quantiles, interval_ranks, rank};
pub use paired::{PairedShares, Pairs, share_difference};
pub use parting::{Aspect, Cause, Parted, Parting, Partings};
pub use precision::{Estimate, HalfWidth, HalfWidthError, Known, Precision, PrecisionError, Results};
pub use row::{Path, Row};
pub use sweep::{Level, Sweep, SweepPoint, headlines_of, rows};
pub use threads::Threads;
pub use watched::{PairedFutures, Watched};

#[cfg(test)]
pub(crate) mod toy;
