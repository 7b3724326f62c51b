//! The help desk in a run: chats come in by the slot, slow answers reach the rating.
//!
//! ```text
//!   answers, first messages of a slot  --hear-->  Desk  --late-->  Signal::SlowAnswers
//!                                                  '--finish-->  a row a day
//! ```

use crate::audience::{Desk, DeskDay};
use crate::platform::Signal;
use crate::time::{SimTime, Slot};

use super::run::Run;
use super::trajectory::{ChatMetric, Chats};

impl<'s> Run<'s, '_> {
    /// The desk of this replication, where the scenario has one.
    pub(super) fn staff(&mut self) {
        let scenario = self.scenario;
        let within = self.platform.rules().answer_within();
        let open = |desk: &'s crate::audience::HelpDesk| {
            desk.open(&scenario.setting.calendar, *self.chance.streams(), within)
        };
        self.help_desk = scenario.help_desk.as_ref().map(open);
    }

    /// Class 2: the slot in which the next answer can turn out to be slow.
    pub(super) fn next_slow_answer(&self) -> SimTime {
        let Some(desk) = &self.help_desk else { return SimTime::NEVER };
        let calendar = &self.scenario.setting.calendar;
        match desk.next() {
            SimTime::NEVER => SimTime::NEVER,
            at => calendar.begin_of(calendar.slot_from(at)),
        }
    }

    /// Class 2: tells the platform of answers that were slow.
    pub(super) fn hear_slow_answers(&mut self, now: SimTime) {
        let Some(desk) = &mut self.help_desk else { return };
        desk.advance(now);
        for (sender, known) in self.scenario.senders.iter().enumerate() {
            let count = desk.late(sender);
            if count > 0 {
                let signal = Signal::SlowAnswers { number: known.number, count };
                self.platform.hear(now, signal, &mut self.changes);
            }
        }
        self.tell(now);
    }

    /// Chats come in during a slot, at one of the sender's numbers.
    pub(super) fn chat(&mut self, slot: Slot, sender: usize, count: u64) {
        if let Some(desk) = &mut self.help_desk {
            desk.hear(slot, sender, count);
        }
    }
}

/// What the desk did, a row a day.
pub(super) fn days_of(desk: Desk<'_>) -> Vec<Chats> {
    desk.finish().iter().map(row).collect()
}

fn row(day: &DeskDay) -> Chats {
    let mut chats = [0; ChatMetric::ALL.len()];
    let seconds = |span: Option<crate::time::Span>| span.map_or(0, |span| span.0.unsigned_abs());
    for metric in ChatMetric::ALL {
        chats[metric as usize] = match metric {
            ChatMetric::New => day.new,
            ChatMetric::Answered => day.answered,
            ChatMetric::Late => day.late,
            ChatMetric::Resolved => day.resolved,
            ChatMetric::GaveUp => day.gave_up,
            ChatMetric::Open => day.open,
            ChatMetric::Pending => day.pending,
            ChatMetric::FollowUp => day.follow_up,
            ChatMetric::ResponseMedian => seconds(day.response.map(|times| times.median)),
            ChatMetric::ResponseP95 => seconds(day.response.map(|times| times.p95)),
        };
    }
    chats
}
