//! The help desk: agents who work by shift answer the chats of customers, first come, first served.
//!
//! ```text
//!   replies and first messages of a slot                                   comes back after a while
//!             | hear                                                  +--------------------------------+
//!             v                                                       |                                |
//!     come in at random     no agent free      an agent takes it up   |  answered, customer's turn     |
//!     times of the slot -----> OPEN ---------------> PENDING ---------+------> FOLLOW-UP --------------+
//!                                |                   ^     |                                           |
//!                  patience ends |                   |     +------> RESOLVED                           v
//!                                +--> GAVE UP <------+-------- PENDING, waits again <------------------+
//! ```
//!
//! A chat not answered within a given span is *late*, from the first second that is later than the span: that is
//! what a rating hears that weighs slow answers. The statuses are those of a desk's reports ([`DeskDay`]).
//!
//! Invariants: chats heard later never change what happened earlier; when one asks changes nothing; the luck of a
//! chat is its own ([`Purpose::HelpDesk`](crate::random::Purpose::HelpDesk)), so that more agents, or another
//! number's chats, leave it as it is; idle hours cost nothing; memory is that of the chats that are not resolved.

mod days;
mod line;
mod roster;
mod serve;
mod text;

pub use days::{DeskDay, ResponseTimes};
pub use roster::Roster;
pub use serve::{Desk, HelpDesk, Wait};
pub use text::{DeskInput, FollowUpText, HelpDeskText, LengthText, ShiftText};
