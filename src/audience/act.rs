//! What customers do, as it is counted and heard.

use crate::glossary::Feedback;

/// What arrives from a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// A block.
    Block,
    /// A report.
    Report,
    /// A request for no more marketing.
    Stop,
    /// The chat was muted.
    Mute,
    /// The chat was archived.
    Archive,
    /// An answer.
    Reply,
    /// The message was read.
    Read,
    /// Counted beside [`Act::Reply`]: an answer that comes after its conversation has ended, and opens another.
    LateReply,
    /// The message was not read in the time that a rating looks at.
    Unread,
}

impl Act {
    /// Every act; its position is its index in the ring.
    pub const ALL: [Act; 9] = [
        Act::Block,
        Act::Report,
        Act::Stop,
        Act::Mute,
        Act::Archive,
        Act::Reply,
        Act::Read,
        Act::LateReply,
        Act::Unread,
    ];

    /// The kinds that have a delay of their own.
    pub(super) const DELAYED: [Act; 7] =
        [Act::Block, Act::Report, Act::Stop, Act::Mute, Act::Archive, Act::Reply, Act::Read];

    /// Position in [`Act::ALL`].
    pub const fn index(self) -> usize {
        self as usize
    }

    /// The name of its delay in a profile.
    pub fn name(self) -> &'static str {
        ["block", "report", "stop", "mute", "archive", "reply", "read", "reply", "read"][self.index()]
    }

    /// What a rating hears of it.
    #[inline]
    pub fn feedback(self) -> Option<Feedback> {
        match self {
            Act::Block => Some(Feedback::Block),
            Act::Report => Some(Feedback::Report),
            Act::Stop => Some(Feedback::Stop),
            Act::Mute => Some(Feedback::Mute),
            Act::Archive => Some(Feedback::Archive),
            Act::Reply => Some(Feedback::Reply),
            Act::Unread => Some(Feedback::Unread),
            Act::Read | Act::LateReply => None,
        }
    }
}

/// How many of each act, by position as in [`Act::ALL`].
pub type ActCounts = [u64; Act::ALL.len()];

/// What a rating hears of acts, by position as in [`Feedback::ALL`].
#[inline]
pub fn feedback(acts: &ActCounts) -> [u64; Feedback::ALL.len()] {
    let mut heard = [0; Feedback::ALL.len()];
    for (act, count) in Act::ALL.into_iter().zip(acts) {
        if let Some(kind) = act.feedback() {
            heard[kind.index()] = *count;
        }
    }
    heard
}
