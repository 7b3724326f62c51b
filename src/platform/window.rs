//! Rolling windows of counts, exact to the second.
//!
//! A window of length W at time t holds what happened in (t - W, t]: what came at 09:00 on Monday has left the
//! 24 h window at 09:00 on Tuesday. Windows hold (second, count) with running sums, so that a log, a rule case and
//! a simulated run go through the same code, and a count of a million costs what a count of one does.
//!
//! ```text
//!   ScoreWindow:   newest                                       oldest
//!                  [ stage 0: age < 1 d | stage 1: 1..2 d | ... | stage n ]  -> gone at age W
//!                    sum x g(0)           sum x g(1)              sum x g(n)
//! ```

use std::collections::VecDeque;

use crate::time::{DAY, SimTime, Span};

/// A rolling sum.
#[derive(Clone, Debug)]
pub(crate) struct Rolling {
    length: Span,
    entries: VecDeque<(SimTime, u64)>,
    sum: u64,
}

/// What limits and rises count has room for so many instants from the start: few have to look back on more.
const ROOM: usize = 8;

impl Rolling {
    /// An empty window of `length`.
    pub(crate) fn new(length: Span) -> Rolling {
        Rolling { length, entries: VecDeque::with_capacity(ROOM), sum: 0 }
    }

    /// How far it looks back.
    pub(crate) fn length(&self) -> Span {
        self.length
    }

    /// Adds what happens at `at`, which is not earlier than anything added before.
    pub(crate) fn add(&mut self, at: SimTime, count: u64) {
        if count == 0 {
            return;
        }
        match self.entries.back_mut() {
            Some((last, held)) if *last == at => *held += count,
            _ => self.entries.push_back((at, count)),
        }
        self.sum += count;
    }

    /// Takes back up to `count` of what happened at `at`, if it is still in the window.
    pub(crate) fn take_back(&mut self, at: SimTime, count: u64) {
        let place = self.entries.partition_point(|(when, _)| *when < at);
        if let Some((when, held)) = self.entries.get_mut(place)
            && *when == at
        {
            let taken = count.min(*held);
            *held -= taken;
            self.sum -= taken;
        }
    }

    /// Drops what has left the window at `now`.
    pub(crate) fn advance(&mut self, now: SimTime) {
        let edge = now - self.length;
        while let Some((at, count)) = self.entries.front()
            && (*at <= edge || *count == 0)
        {
            self.sum -= count;
            self.entries.pop_front();
        }
    }

    /// The sum over (now - length, now].
    pub(crate) fn sum(&mut self, now: SimTime) -> u64 {
        self.advance(now);
        self.sum
    }

    /// The first instant after the last [`Rolling::advance`] at which the sum falls by itself.
    pub(crate) fn next_expiry(&self) -> SimTime {
        let first = self.entries.iter().find(|(_, count)| *count > 0);
        first.map_or(SimTime::NEVER, |(at, _)| *at + self.length)
    }

    /// When the oldest of what is held happened.
    pub(crate) fn first(&self) -> Option<SimTime> {
        self.entries.iter().find(|(_, count)| *count > 0).map(|(at, _)| *at)
    }

    /// What the window holds at `now`, oldest first, whether it has moved on so far or not.
    pub(crate) fn held_at(&self, now: SimTime) -> impl Iterator<Item = (SimTime, u64)> + '_ {
        let edge = now - self.length;
        self.entries().filter(move |(at, _)| *at > edge)
    }

    /// What is held, oldest first.
    pub(crate) fn entries(&self) -> impl Iterator<Item = (SimTime, u64)> + '_ {
        self.entries.iter().copied()
    }

    /// Forgets everything.
    pub(crate) fn clear(&mut self) {
        self.entries.clear();
        self.sum = 0;
    }
}

/// What a score looks back on: deliveries and weighted feedback, of which what is older weighs less by full days of
/// age.
#[derive(Clone, Debug)]
pub(crate) struct ScoreWindow {
    entries: VecDeque<Entry>,
    /// Entries of this age leave the window.
    length: Span,
    /// Weight of one of the newest, in whole numbers.
    weight: u64,
    /// Entries of this age no longer weigh as much as the newest.
    newest_until: Span,
    /// Deliveries, whatever their age.
    delivered: u64,
    /// Weighted sums of all entries.
    sums: Amount,
    /// The first instant at which the sums change by themselves.
    next_shift: SimTime,
    /// Where weights fade: how many entries were ever dropped, for positions below count from the first ever added.
    dropped: usize,
    /// Where weights fade: what is of one age, newest first.
    stages: Vec<Stage>,
}

/// Deliveries, and feedback times the weight of its kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Amount {
    pub(crate) delivered: u64,
    pub(crate) feedback: i128,
}

impl Amount {
    /// So many deliveries.
    pub(crate) fn delivered(delivered: u64) -> Amount {
        Amount { delivered, feedback: 0 }
    }

    /// So much feedback of a kind of this weight.
    #[inline]
    pub(crate) fn feedback(weight: i64, count: u64) -> Amount {
        Amount { delivered: 0, feedback: i128::from(weight) * i128::from(count) }
    }

    #[inline]
    fn add(&mut self, other: Amount) {
        self.delivered += other.delivered;
        self.feedback += other.feedback;
    }

    #[inline]
    fn take(&mut self, other: Amount) {
        self.delivered -= other.delivered;
        self.feedback -= other.feedback;
    }

    #[inline]
    fn times(self, weight: u64) -> Amount {
        if weight == 1 {
            return self;
        }
        Amount { delivered: weight * self.delivered, feedback: i128::from(weight) * self.feedback }
    }
}

/// What happened at one instant.
#[derive(Clone, Copy, Debug)]
struct Entry {
    at: SimTime,
    delivered: u64,
    feedback: i128,
}

impl Entry {
    #[inline]
    fn amount(self) -> Amount {
        Amount { delivered: self.delivered, feedback: self.feedback }
    }
}

#[derive(Clone, Debug)]
struct Stage {
    /// Entries of this age leave the stage.
    until_age: Span,
    /// Weight of one, in whole numbers.
    weight: u64,
    /// Position of the oldest entry in the stage.
    oldest: usize,
    /// Sum of the entries in the stage.
    sum: Amount,
}

impl ScoreWindow {
    /// An empty window of `length` whose weights by full days of age are `weights`; the last one holds to the end.
    pub(crate) fn new(length: Span, weights: &[u64]) -> ScoreWindow {
        let last = weights.len().saturating_sub(1);
        let until_age = |day: usize| age_at_stage_end(length, weights.len(), day);
        let stage = |(day, weight): (usize, &u64)| Stage {
            until_age: until_age(day),
            weight: *weight,
            oldest: 0,
            sum: Amount::default(),
        };
        ScoreWindow {
            entries: VecDeque::new(),
            length,
            weight: weights.first().copied().unwrap_or(0),
            newest_until: until_age(0),
            delivered: 0,
            sums: Amount::default(),
            next_shift: SimTime::NEVER,
            dropped: 0,
            stages: if last == 0 { Vec::new() } else { weights.iter().enumerate().map(stage).collect() },
        }
    }

    /// Adds what happens at `at`, which is not earlier than anything added before.
    #[inline]
    pub(crate) fn add(&mut self, at: SimTime, amount: Amount) {
        let oldest = self.stages.first().map(|newest| newest.oldest);
        let newest_has_moved_on = oldest == Some(self.dropped + self.entries.len());
        match self.entries.back_mut() {
            Some(last) if last.at == at && !newest_has_moved_on => {
                last.delivered += amount.delivered;
                last.feedback += amount.feedback;
            }
            _ => {
                let Amount { delivered, feedback } = amount;
                self.entries.push_back(Entry { at, delivered, feedback });
                self.next_shift = self.next_shift.min(at + self.newest_until);
            }
        }
        if let Some(newest) = self.stages.first_mut() {
            newest.sum.add(amount);
        }
        self.delivered += amount.delivered;
        self.sums.add(amount.times(self.weight));
    }

    /// Takes deliveries and weighted sums over from where what lies in the window is kept.
    pub(super) fn set_sums(&mut self, deliveries: u64, sums: Amount) {
        (self.delivered, self.sums) = (deliveries, sums);
    }

    /// Moves entries to the stages of their age at `now`, and drops what has left the window.
    #[inline]
    pub(crate) fn advance(&mut self, now: SimTime) {
        if self.next_shift > now {
            return;
        }
        if self.stages.is_empty() { self.drop_old(now) } else { self.shift(now) }
    }

    /// Where nothing fades: drops what has left the window.
    #[inline]
    fn drop_old(&mut self, now: SimTime) {
        self.next_shift = SimTime::NEVER;
        while let Some(oldest) = self.entries.front() {
            let leaves = oldest.at + self.length;
            if leaves > now {
                self.next_shift = leaves;
                return;
            }
            self.delivered -= oldest.delivered;
            self.sums.take(oldest.amount().times(self.weight));
            self.entries.pop_front();
        }
    }

    /// Newest stage first, so that one pass carries an entry as far as it must go.
    fn shift(&mut self, now: SimTime) {
        let mut end = self.dropped + self.entries.len();
        let mut leaving = Amount::default();
        (self.sums, self.next_shift) = (Amount::default(), SimTime::NEVER);
        for stage in &mut self.stages {
            stage.sum.add(leaving);
            leaving = Amount::default();
            while stage.oldest < end {
                let entry = self.entries[stage.oldest - self.dropped];
                let leaves = entry.at + stage.until_age;
                if leaves > now {
                    self.next_shift = self.next_shift.min(leaves);
                    break;
                }
                stage.oldest += 1;
                leaving.add(entry.amount());
            }
            stage.sum.take(leaving);
            self.sums.add(stage.sum.times(stage.weight));
            end = stage.oldest;
        }
        self.delivered -= leaving.delivered;
        while self.dropped < end {
            self.entries.pop_front();
            self.dropped += 1;
        }
    }

    /// The weighted sums.
    pub(crate) fn weighted(&self) -> Amount {
        self.sums
    }

    /// Deliveries, whatever their age.
    pub(crate) fn deliveries(&self) -> u64 {
        self.delivered
    }

    /// Deliveries that are held, by instant, oldest first.
    pub(crate) fn delivered(&self) -> impl Iterator<Item = (SimTime, u64)> + '_ {
        self.entries.iter().map(|entry| (entry.at, entry.delivered)).filter(|(_, count)| *count > 0)
    }

    /// The first instant at which the sums change by themselves.
    pub(crate) fn next_shift(&self) -> SimTime {
        self.next_shift
    }

    /// Forgets everything.
    pub(crate) fn clear(&mut self) {
        self.entries.clear();
        (self.delivered, self.sums, self.next_shift) = (0, Amount::default(), SimTime::NEVER);
        for stage in &mut self.stages {
            stage.oldest = self.dropped;
            stage.sum = Amount::default();
        }
    }
}

/// At which age entries leave the stage of `day` full days of age, of so many: the last one holds to the end of the
/// window.
pub(super) fn age_at_stage_end(length: Span, stages: usize, day: usize) -> Span {
    if day + 1 >= stages { length } else { Span((day as i64 + 1) * DAY) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_came_at_nine_has_left_at_nine_next_day() {
        let mut window = Rolling::new(Span::hours(24));
        window.add(SimTime(9 * 3600), 500);
        assert_eq!(window.sum(SimTime(9 * 3600 + DAY - 1)), 500);
        assert_eq!(window.next_expiry(), SimTime(9 * 3600 + DAY));
        assert_eq!(window.sum(SimTime(9 * 3600 + DAY)), 0);
    }

    #[test]
    fn what_is_taken_back_no_longer_counts() {
        let mut window = Rolling::new(Span::days(7));
        window.add(SimTime(10), 5);
        window.add(SimTime(20), 7);
        window.take_back(SimTime(10), 5);
        window.take_back(SimTime(15), 5);
        assert_eq!(window.sum(SimTime(30)), 7);
        assert_eq!((window.first(), window.next_expiry()), (Some(SimTime(20)), SimTime(20) + Span::days(7)));
    }

    proptest! {
        /// The running sums equal a sum over all entries by their age, at every instant.
        #[test]
        fn aged_sums_equal_the_definition(
            steps in prop::collection::vec((0_i64..200_000, 0_u64..50, any::<bool>()), 1..80),
            flat in any::<bool>(),
        ) {
            let weights: &[u64] = if flat { &[1] } else { &[1000, 707, 500, 354, 250, 177, 125] };
            let length = Span::days(7);
            let mut window = ScoreWindow::new(length, weights);
            let mut rolling = Rolling::new(length);
            let (mut now, mut log) = (SimTime(0), Vec::new());
            for (pause, count, look) in steps {
                now = now + Span(pause);
                window.add(now, Amount::delivered(count));
                window.add(now, Amount::feedback(-3, count));
                rolling.add(now, count);
                log.push((now, count));
                if look {
                    window.advance(now);
                    let held = log.iter().filter(|(at, _)| *at > now - length);
                    let weight = |at: SimTime| weights[(((now - at).0 / DAY) as usize).min(weights.len() - 1)];
                    let expected: u64 = held.clone().map(|(at, n)| weight(*at) * n).sum();
                    let feedback = -3 * i128::from(expected);
                    prop_assert_eq!(window.weighted(), Amount { delivered: expected, feedback });
                    prop_assert_eq!(window.deliveries(), held.clone().map(|(_, n)| n).sum::<u64>());
                    prop_assert_eq!(rolling.sum(now), window.deliveries());
                    prop_assert!(window.next_shift() > now);
                    if count == 49 { window.clear(); rolling.clear(); log.clear(); }
                }
            }
        }
    }
}
