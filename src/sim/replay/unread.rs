//! Messages that wait to be read: what is not read in time is heard as unread.
//!
//! A log counts and names nobody, so whatever is read is taken to be the oldest that waits of its number and template.
//! What was heard as unread waits no longer, so that who never reads does not use up the reads of others.

use std::collections::{BTreeMap, VecDeque};

use crate::time::{SimTime, Span};

use super::Kind;
use super::rows::Second;

/// A number and a template.
type Whose = (usize, usize);

/// Delivered messages that nobody has read so far, each until it counts as unread.
pub(super) struct Waiting {
    /// After how long a message counts as unread; nothing where the rules do not weigh that.
    after: Option<Span>,
    /// When they will count as unread, and how many wait, the oldest first.
    messages: BTreeMap<Whose, VecDeque<(SimTime, u64)>>,
    /// The same instants of all numbers and templates, the earliest first; some may be read by then.
    instants: VecDeque<(SimTime, Whose)>,
}

impl Waiting {
    /// Nothing waits yet; a message counts as unread `after` its delivery, or never.
    pub(super) fn new(after: Option<Span>) -> Waiting {
        Waiting { after, messages: BTreeMap::new(), instants: VecDeque::new() }
    }

    /// Other rules hold: what is delivered from now on counts as unread `after` that; what waits keeps its time.
    pub(super) fn go_by(&mut self, after: Option<Span>) {
        self.after = after;
    }

    /// When messages may count as unread next.
    pub(super) fn next(&self) -> SimTime {
        self.instants.front().map_or(SimTime::NEVER, |(at, _)| *at)
    }

    /// Takes note of what was delivered and read in one second: within it, deliveries come first.
    pub(super) fn second(&mut self, now: SimTime, second: &Second) {
        for (&(number, template, kind), &count) in &second.acts {
            if let (Kind::Delivered, Some(template), 1..) = (kind, template, count) {
                self.delivered(now, (number, template), count);
            }
        }
        for (&(number, template, kind), &count) in &second.acts {
            if let (Kind::Read, Some(template)) = (kind, template) {
                self.read((number, template), count);
            }
        }
    }

    fn delivered(&mut self, now: SimTime, whose: Whose, count: u64) {
        let Some(after) = self.after else { return };
        let at = now + after;
        in_order(self.messages.entry(whose).or_default(), at, count);
        in_order(&mut self.instants, at, whose);
    }

    fn read(&mut self, whose: Whose, mut count: u64) {
        let Some(waiting) = self.messages.get_mut(&whose) else { return };
        while let Some((_, oldest)) = waiting.front_mut().filter(|_| count > 0) {
            let read = count.min(*oldest);
            (*oldest, count) = (*oldest - read, count - read);
            if *oldest == 0 {
                waiting.pop_front();
            }
        }
    }

    /// Whose messages count as unread by now, and how many: they wait no longer.
    pub(super) fn overdue(&mut self, now: SimTime) -> Vec<(Whose, u64)> {
        let mut overdue = Vec::new();
        while let Some((at, whose)) = self.instants.front().copied().filter(|(at, _)| *at <= now) {
            self.instants.pop_front();
            let Some(waiting) = self.messages.get_mut(&whose) else { continue };
            if waiting.front().is_some_and(|(until, _)| *until <= at) {
                overdue.extend(waiting.pop_front().map(|(_, count)| (whose, count)));
            }
        }
        overdue
    }
}

/// Adds to what is in order of time: at the end, unless other rules have made the time shorter.
fn in_order<T>(queue: &mut VecDeque<(SimTime, T)>, at: SimTime, what: T) {
    let place = queue.partition_point(|(other, _)| *other <= at);
    queue.insert(place, (at, what));
}
