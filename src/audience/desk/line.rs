//! The line: chats that wait for an answer, in the order in which they asked.

use std::collections::VecDeque;

use crate::time::{SimTime, Slot};

/// A chat by its address: which of those that came in a slot, and how often its customer has come back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Chat {
    pub(super) slot: Slot,
    pub(super) inlet: u32,
    pub(super) visit: u16,
    pub(super) index: u32,
}

/// One who asked.
#[derive(Clone, Copy, Debug)]
struct Place {
    asked: SimTime,
    chat: Chat,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Waiting,
    Answered,
    GaveUp,
}

/// Those who wait, served from the front; two fingers move along it.
///
/// ```text
///    gave up | answered | waiting | gave up | waiting | waiting
///    ^ judged: the first not judged           ^ serving: the first not served
/// ```
///
/// Who gave up keeps the place until judged: that nobody answered in time is true of him too.
#[derive(Clone, Debug, Default)]
pub(super) struct Line {
    places: VecDeque<Place>,
    /// How many places have been dropped at the front: tickets are counted from the first ever given.
    dropped: u64,
    serving: usize,
    judged: usize,
    /// How many wait for their first answer.
    pub(super) first: u64,
    /// How many came back and wait again.
    pub(super) again: u64,
}

impl Line {
    /// How many wait.
    pub(super) fn waiting(&self) -> u64 {
        self.first + self.again
    }

    /// Joins at the end; returns a ticket.
    pub(super) fn join(&mut self, asked: SimTime, chat: Chat) -> u64 {
        self.places.push_back(Place { asked, chat, state: State::Waiting });
        *self.count(chat) += 1;
        self.dropped + self.places.len() as u64 - 1
    }

    /// The longest waiting, who is answered now, and when he asked.
    pub(super) fn take(&mut self) -> Option<(SimTime, Chat)> {
        if self.waiting() == 0 {
            return None;
        }
        while self.places[self.serving].state != State::Waiting {
            self.serving += 1;
        }
        let place = &mut self.places[self.serving];
        place.state = State::Answered;
        let (asked, chat) = (place.asked, place.chat);
        self.serving += 1;
        *self.count(chat) -= 1;
        self.skip_answered();
        Some((asked, chat))
    }

    /// The holder of `ticket` gives up, if he still waits: who, and when he asked.
    pub(super) fn give_up(&mut self, ticket: u64) -> Option<(SimTime, Chat)> {
        let place = self.places.get_mut(usize::try_from(ticket.checked_sub(self.dropped)?).ok()?)?;
        if place.state != State::Waiting {
            return None;
        }
        place.state = State::GaveUp;
        let (asked, chat) = (place.asked, place.chat);
        *self.count(chat) -= 1;
        Some((asked, chat))
    }

    /// When the first asked who is neither answered nor judged.
    pub(super) fn unjudged(&self) -> Option<SimTime> {
        self.places.get(self.judged).map(|place| place.asked)
    }

    /// Judges him: he was not answered in time.
    pub(super) fn judge(&mut self) -> Option<Chat> {
        let chat = self.places.get(self.judged)?.chat;
        self.judged += 1;
        self.skip_answered();
        Some(chat)
    }

    fn skip_answered(&mut self) {
        while self.places.get(self.judged).is_some_and(|place| place.state == State::Answered) {
            self.judged += 1;
        }
    }

    /// Drops who need not be kept at the front; where nobody is `judging`, all who gave up.
    pub(super) fn trim(&mut self, judging: bool) {
        while let Some(place) = self.places.front() {
            let done = match place.state {
                State::Waiting => false,
                State::Answered => true,
                State::GaveUp => !judging || self.judged > 0,
            };
            if !done {
                break;
            }
            self.places.pop_front();
            self.dropped += 1;
            self.serving = self.serving.saturating_sub(1);
            self.judged = self.judged.saturating_sub(1);
        }
    }

    fn count(&mut self, chat: Chat) -> &mut u64 {
        if chat.visit == 0 { &mut self.first } else { &mut self.again }
    }

    /// How many places are kept.
    #[cfg(test)]
    fn len(&self) -> usize {
        self.places.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chat(index: u32) -> Chat {
        Chat { slot: 0, inlet: 0, visit: 0, index }
    }

    fn line(of: u32) -> (Line, Vec<u64>) {
        let mut line = Line::default();
        let tickets = (0..of).map(|index| line.join(SimTime(i64::from(index) * 10), chat(index))).collect();
        (line, tickets)
    }

    #[test]
    fn the_longest_waiting_is_taken_and_who_gave_up_is_passed() {
        let (mut line, tickets) = line(4);
        assert_eq!(line.give_up(tickets[1]), Some((SimTime(10), chat(1))));
        assert_eq!(line.take(), Some((SimTime(0), chat(0))));
        assert_eq!(line.take(), Some((SimTime(20), chat(2))));
        assert_eq!(line.give_up(tickets[2]), None, "he was answered");
        assert_eq!(line.give_up(tickets[1]), None, "he gave up before");
        assert_eq!((line.waiting(), line.take(), line.take()), (1, Some((SimTime(30), chat(3))), None));
    }

    #[test]
    fn who_gave_up_is_judged_and_who_was_answered_is_not() {
        let (mut line, tickets) = line(4);
        line.take();
        line.give_up(tickets[1]);
        line.take();
        line.trim(true);
        assert_eq!(line.len(), 3, "the answered one behind stays, the one before is gone");
        assert_eq!((line.unjudged(), line.judge()), (Some(SimTime(10)), Some(chat(1))));
        line.trim(true);
        assert_eq!((line.unjudged(), line.len()), (Some(SimTime(30)), 1));
        assert_eq!((line.judge(), line.unjudged()), (Some(chat(3)), None));
        assert_eq!(line.take(), Some((SimTime(30), chat(3))), "who is judged is still answered");
        line.trim(true);
        assert_eq!(line.len(), 0);
    }

    #[test]
    fn where_nobody_judges_only_who_waits_is_kept() {
        let (mut line, tickets) = line(3);
        line.give_up(tickets[0]);
        line.give_up(tickets[1]);
        line.trim(false);
        assert_eq!((line.len(), line.take()), (1, Some((SimTime(20), chat(2)))));
        assert_eq!(line.give_up(tickets[0]), None);
    }
}
