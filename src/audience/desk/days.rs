//! What a desk did, day by day.

use crate::time::Span;

/// What a desk did on one civil day, and how it stood when the day ended.
///
/// The words are those of a desk's own reports: *open* has no agent yet; *pending* waits for the agent; *follow-up*
/// was answered and waits for the customer; *resolved* was closed by an agent. Every chat that came in is in just
/// one place: the sum of `new` so far is the sum of `resolved` and `gave_up` so far, and `open`, `pending` and
/// `follow_up` now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeskDay {
    /// Chats that came in (customers who came back to a chat are not among them).
    pub new: u64,
    /// Customers who came back to a chat that waited for them.
    pub came_back: u64,
    /// Answers given: chats that an agent took up, those of customers who came back among them.
    pub answered: u64,
    /// Chats that were not answered within the span that a rating asks for, counted when it had passed, whether
    /// the customer still waits or not; a customer who comes back asks anew.
    pub late: u64,
    /// Chats that an agent closed.
    pub resolved: u64,
    /// Chats whose customer's patience ended before an agent took them up.
    pub gave_up: u64,
    /// At the end of the day: chats that no agent has taken up yet.
    pub open: u64,
    /// At the end of the day: chats that are with an agent, or whose customer came back and waits again.
    pub pending: u64,
    /// At the end of the day: chats that were answered and wait for the customer.
    pub follow_up: u64,
    /// How long those waited who were answered on this day; `None` where nobody was.
    pub response: Option<ResponseTimes>,
    /// How long customers waited on this day, all together \[seconds\]; divided by the length of the day it is the
    /// mean length of the line.
    pub waiting_seconds: u64,
    /// How long agents were at a chat on this day, all together \[seconds\]; chats that outlast a shift are in it.
    pub busy_seconds: u64,
    /// How long agents were there on this day, all together \[seconds\].
    pub staffed_seconds: u64,
}

/// How long customers waited for an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ResponseTimes {
    /// The mean, to the nearest second.
    pub mean: Span,
    /// Half waited no longer.
    pub median: Span,
    /// 95 % waited no longer.
    pub p95: Span,
}

impl ResponseTimes {
    /// Of waits in seconds; their order is lost.
    pub(super) fn of(waits: &mut [u32]) -> Option<ResponseTimes> {
        let n = waits.len() as u64;
        let sum: u64 = waits.iter().map(|&wait| u64::from(wait)).sum();
        let mean = (sum + n / 2).checked_div(n)?;
        // The smallest wait that at least this share does not exceed.
        let mut rank = |percent: usize| {
            let place = (waits.len() * percent).div_ceil(100).max(1) - 1;
            Span(i64::from(*waits.select_nth_unstable(place).1))
        };
        Some(ResponseTimes { mean: Span(mean as i64), median: rank(50), p95: rank(95) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn response_times_are_those_of_real_chats() {
        assert_eq!(ResponseTimes::of(&mut []), None);
        let of = |waits: &[u32]| {
            let times = ResponseTimes::of(&mut waits.to_vec()).unwrap();
            [times.mean.0, times.median.0, times.p95.0]
        };
        assert_eq!(of(&[7]), [7, 7, 7]);
        assert_eq!(of(&[10, 0, 3, 1]), [4, 1, 10]);
        let hundred: Vec<u32> = (1..=100).rev().collect();
        assert_eq!(of(&hundred), [51, 50, 95]);
    }
}
