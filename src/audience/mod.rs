//! The audience reacts: counts of customers with the same past, or one customer at a time.
//!
//! ```text
//!   Behavior (a profile file)           List (customers of one segment and number)
//!     chances, delays, fatigue ...        rested | resting | waiting for a reply, by what they have been through
//!          |  made ready for a calendar       |
//!       Segment                               |
//!          +--- Rates of one replication      +--- take(n): who is written to, at a Moment
//!                       \\                    /
//!                        react(taken) -> Reactions: delivered, acts, who comes back when
//!                             |  Odds: chances by past
//!                          Arrivals: a ring of slots, the future event list
//! ```
//!
//! Where many replications send to customers of one past at the same time, their lists, odds and arrivals go abreast
//! ([`ListsAbreast`], [`OddsAbreast`], [`ArrivalsAbreast`]): the same counts, those of all runs beside one another.
//!
//! Customers with the same past are exchangeable, so their outcomes are one exact multinomial: cost does not grow
//! with the number of customers. The same law one customer at a time is the oracle that the tests hold it against.

mod abreast;
mod act;
mod activity;
mod arrivals;
mod behavior;
mod catalogue;
mod desk;
mod history;
mod list;
mod moment;
mod odds;
mod reactions;
mod segment;
mod timetable;

pub use abreast::ArrivalsAbreast;
pub use act::{Act, ActCounts, feedback};
pub use activity::{Activity, ActivityText};
pub use arrivals::Arrivals;
pub use behavior::{
    Behavior, BehaviorError, Correlation, DelayText, Dispersion, Factor, Fatigue, Frailty, Quantity, RATES,
    Rate, RateName, Undeliverable, WeekdayEffect, check_chance, check_factor,
};
pub use catalogue::{profile_document, profile_names};
pub use desk::{
    Desk, DeskDay, DeskInput, FollowUpText, HelpDesk, HelpDeskText, LengthText, ResponseTimes, Roster,
    ShiftText, Wait,
};
pub use history::{History, Memory};
pub use list::{Choice, List, ListPlan, ListsAbreast, Sampling, Taken};
pub use moment::{BatchSubjects, Followed, Moment};
pub use odds::{OddsAbreast, Rates};
pub use reactions::{Reactions, Room, Stage, StageAbreast};
pub use segment::{Segment, TemplateEffects};
