//! Chance, by address.
//!
//! A draw is named by what it decides and by nothing else, so a run is the same whatever runs beside it, and two
//! scenarios meet the same luck wherever they face the same question. Each decision follows *one* uniform
//! number, and more of it never means less of the event: counts are exact quantiles of their law, priors and
//! effects are quantiles too. Everything computes the same bits on every platform.
//!
//! ```text
//!   (seed, replication)        what is decided: purpose, item, subject, cell, slot
//!           |                                      |
//!        Streams ------------- at ------------> Address
//!                               |
//!                             Draw   a uniform in (0, 1), and as many more as wanted
//!                               |
//!        +-------------+--------+--------+----------------+
//!     binomial   hypergeometric        split           quantiles
//!     how many   how many of those     who goes        Prior: an uncertain number
//!     of n       taken are marked      to which row    DelayTable: rows by age
//! ```
//!
//! Where many counts are asked for at once they are drawn *side by side*, with the widest vectors that the machine has,
//! and are the same to the last bit: see `counts.rs` and `lanes.rs`. Replications that sit at one [`Table`] ask
//! together; those that ask the same at the same time go abreast: see `abreast.rs`.
//!
//! ```
//! use tiercast::random::{Address, Purpose, Streams, Subject, binomial};
//!
//! let streams = Streams::new(2026, 0);
//! let loyal = Address { slot: 9, ..Address::of(Purpose::Deliver, Subject::new(&["loyal", "number 1"])) };
//! let delivered = binomial(&streams.at(loyal), 1_000, 0.95);
//! assert!(binomial(&streams.at(loyal), 1_000, 0.96) >= delivered, "the same luck, better odds");
//! ```

mod abreast;
mod binomial;
mod chance;
mod count;
mod counts;
mod delay;
mod expansion;
mod fnv;
mod hypergeometric;
mod lanes;
pub mod maths;
mod near;
mod normals;
mod parting;
mod people;
mod philox;
mod poisson;
mod powers;
mod prior;
mod probability;
pub mod quantile;
mod quick;
mod sorted;
mod split;
mod streams;
mod table;
mod tails;

pub use abreast::{ChanceAbreast, SharesAbreast, SplitAbreast, TablesAbreast};
pub use binomial::{Binomial, MOST_TRIALS, binomial};
pub use chance::{Chance, Held, Pinned};
pub use counts::{Receipt, Ticket, split, split_all};
pub use delay::{DelayError, DelayLaw, DelayTable};
pub(crate) use fnv::Fnv;
pub use hypergeometric::{MOST_IN_ALL, hypergeometric};
pub use near::{Near, NearDays, NearUniforms};
pub use philox::philox;
pub use poisson::NearCounts;
pub use prior::{Law, Prior, PriorError};
pub use probability::{Probability, ProbabilityError};
pub use sorted::SortedPair;
pub use split::{Alike, MOST_ROWS, Parted, Shares, SharesError, Split};
pub(crate) use streams::mix_down;
pub use streams::{Address, Draw, Purpose, Streams, Subject, SubjectCollision, Subjects};
pub use table::{Player, Table};
