//! Customers with the same past.

use crate::time::{SimTime, Span};

use super::super::history::History;

/// Customers with the same past: one cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::audience) struct Cell {
    /// When the last message was sent to them.
    pub(in crate::audience) last: SimTime,
    /// Whether it was delivered.
    pub(in crate::audience) delivered: bool,
    /// Until when a service window is open because they answered; the past where none is.
    pub(in crate::audience) window: SimTime,
    /// The latest delivered message that counts towards a step, [`LONG_AGO`] for none, where the last one was sent inside a
    /// service window and so counts for nothing; else [`AS_LAST`].
    pub(in crate::audience) counted: SimTime,
    pub(in crate::audience) history: History,
    pub(in crate::audience) customers: u64,
}

/// When those were written to whom nobody has written to, or so long ago that nobody asks.
pub(in crate::audience) const LONG_AGO: SimTime = SimTime(i64::MIN);

/// What counts towards a step is the last message, if it was delivered.
pub(in crate::audience) const AS_LAST: SimTime = SimTime(i64::MAX);

/// No service window.
pub(in crate::audience) const CLOSED: SimTime = SimTime(i64::MIN);

/// How long a service window is open after a customer's message: 24 h in every ruleset.
pub(in crate::audience) const SERVICE_WINDOW: Span = Span::hours(24);

impl Cell {
    /// Customers whom nobody has written to.
    pub(in crate::audience) fn fresh(customers: u64, history: History) -> Cell {
        Cell { last: LONG_AGO, delivered: false, window: CLOSED, counted: AS_LAST, history, customers }
    }

    /// When the latest message was delivered to them that counts towards a step; [`LONG_AGO`] for none.
    pub(in crate::audience) fn counted_at(&self) -> SimTime {
        match self.counted {
            AS_LAST if self.delivered => self.last,
            AS_LAST => LONG_AGO,
            before => before,
        }
    }

    /// Whether it comes before another in the order of a list: by the last message, then by the rest of its past.
    #[inline]
    pub(in crate::audience) fn is_before(&self, other: &Cell) -> bool {
        self.last < other.last || self.last == other.last && self.key() < other.key()
    }

    /// Whether its customers have the past of those of another.
    #[inline]
    pub(in crate::audience) fn is_like(&self, other: &Cell) -> bool {
        let past = |cell: &Cell| (cell.last, cell.delivered, cell.window, cell.counted, cell.history);
        past(self) == past(other)
    }

    pub(in crate::audience) fn key(self) -> (SimTime, bool, SimTime, u64, SimTime) {
        (self.last, self.delivered, self.window, self.history.packed(), self.counted)
    }

    /// The address of the cell among those that a choice is made from.
    pub(in crate::audience) fn tag(self) -> u32 {
        let past = (self.last.0 as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ self.window.0 as u64;
        let rest = u64::from(self.history.key(u16::MAX)) << 1 | u64::from(self.delivered);
        // 0 where the last message is the one that counts.
        let before = (self.counted.0 ^ AS_LAST.0) as u64;
        let all = past.rotate_left(29) ^ rest.wrapping_mul(0xD6E8_FEB8_6659_FD93);
        crate::random::mix_down(all ^ before.wrapping_mul(0xA076_1D64_78BD_642F))
    }
}
