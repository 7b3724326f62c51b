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
    after: Span,
    /// When they will count as unread, and how many wait, the oldest first.
    messages: BTreeMap<Whose, VecDeque<(SimTime, u64)>>,
    /// The same instants of all numbers and templates, the earliest first; some may be read by then.
    instants: VecDeque<(SimTime, Whose)>,
}

impl Waiting {
    /// Nothing waits yet; a message counts as unread `after` its delivery.
    pub(super) fn new(after: Span) -> Waiting {
        Waiting { after, messages: BTreeMap::new(), instants: VecDeque::new() }
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
        let at = now + self.after;
        self.messages.entry(whose).or_default().push_back((at, count));
        self.instants.push_back((at, whose));
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
