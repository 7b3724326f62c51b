//! The audience reacts: counts of customers, never one customer at a time.
//!
//! ```text
//!   Behavior (a profile file)        List (customers of one segment)
//!     chances and delays               fresh | rested | resting | waiting for a reply
//!          |                                  |
//!          +--- Rates of one replication      +--- take(n): who is written to
//!                       \                    /
//!                        react(n, ...) -> Reactions: delivered, acts, who comes back when
//!                                             |
//!                                          Arrivals: a ring of slots, the future event list
//! ```
//!
//! Customers with the same history are exchangeable, so their outcomes are one exact multinomial: cost does not
//! grow with the number of customers.

mod arrivals;
mod behavior;
mod catalogue;
mod desk;
mod list;
mod reactions;

pub use arrivals::{Arrival, Arrivals};
pub use behavior::{
    Behavior, BehaviorError, DelayText, Dispersion, Quantity, RATES, Rate, RateName, check_chance,
};
pub use catalogue::{profile_document, profile_names};
pub use desk::{
    Desk, DeskDay, DeskInput, FollowUpText, HelpDesk, HelpDeskText, LengthText, ResponseTimes, Roster,
    ShiftText, Wait,
};
pub use list::{Choice, List, Taken};
pub use reactions::{Act, Moment, Rates, Reactions, Segment, Stage};
