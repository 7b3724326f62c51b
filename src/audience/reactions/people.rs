//! What a batch leads to, one customer at a time: the oracle of the tests.

use crate::random::Purpose;

use super::super::history::History;
use super::super::list::{AS_LAST, CLOSED, Cell, SERVICE_WINDOW, Taken};
use super::super::odds::{ARCHIVE, BLOCK, MUTE, OUTCOMES, REPLY, REPORT, REPORT_AND_BLOCK, STOP};
use super::{Act, Send};
use crate::time::SimTime;

/// The item of draws for one customer.
const ONE_BY_ONE: u8 = u8::MAX;

impl Send<'_, '_> {
    pub(super) fn reach_people(&mut self, taken: &Taken) {
        for ((part, inside), person) in taken.parts().zip(&taken.people) {
            let past = self.segment.memory.on(part.history, self.moment.civil_day());
            let counted = self.stage.list.counted_after(part, inside, self.moment.now);
            self.reach_person(*person, past, counted);
        }
        if let Some(after) = self.moment.unread_after {
            let due = self.stage.calendar.slot_from(self.moment.now + after);
            self.arrive(Act::Unread, due, self.tally.unread);
        }
    }

    /// `counted` is what will count towards a step for a person who gets the message inside a service window.
    fn reach_person(&mut self, person: u32, past: History, counted: SimTime) {
        let draw = self.stage.chance.streams().at(self.addresses().at(Purpose::Outcome, ONE_BY_ONE, person));
        let [cap, reached, outcome, act_delay, other_delay, read_delay] = {
            let ((a, b), (c, d), (e, f)) = (draw.pair(0), draw.pair(1), draw.pair(2));
            [a, b, c, d, e, f]
        };
        let capped = cap < self.at_cap;
        let delivered = !capped && !past.unreachable && reached < self.reachable;
        let rested = self.moment.now + self.stage.list.rest();
        let last = self.moment.now;
        let mut cell = Cell { last, delivered, window: CLOSED, counted, history: past, customers: 1 };
        let mut counts = [0_u64; OUTCOMES];
        let mut from = rested;
        if delivered {
            cell.history = self.segment.memory.after_delivery(past, self.moment.civil_day());
            self.odds.work_out(&self.segment.behavior, past);
            let row = self.odds.shares(past).row(outcome);
            if let Some(row) = row {
                counts[row] = 1;
                self.act_drawn(Act::Read, read_delay);
                if let Some(arrives) = self.act(row, act_delay, other_delay)
                    && row == REPLY
                    && arrives + SERVICE_WINDOW > rested
                {
                    (cell.window, from) = (arrives + SERVICE_WINDOW, arrives.max(rested));
                }
            }
            self.tally.unread += u64::from(!self.read_in_time(row.is_some(), read_delay));
        }
        self.tally.add(1, u64::from(delivered), u64::from(capped), &counts);
        if counted != AS_LAST {
            self.tally.inside[0] += u64::from(!capped);
            self.tally.inside[1] += u64::from(delivered);
        }
        match self.leaving(&counts) {
            0 => self.stage.list.settle(cell, from, Some(person)),
            gone => self.stage.list.leave(gone),
        }
    }

    /// Queues what a person does; returns when it arrives, if it does.
    fn act(&mut self, row: usize, delay: f64, other: f64) -> Option<SimTime> {
        match row {
            REPORT_AND_BLOCK => {
                self.act_drawn(Act::Block, delay);
                self.act_drawn(Act::Report, other)
            }
            BLOCK => self.act_drawn(Act::Block, delay),
            REPORT => self.act_drawn(Act::Report, delay),
            STOP => self.act_drawn(Act::Stop, delay),
            MUTE => self.act_drawn(Act::Mute, delay),
            ARCHIVE => self.act_drawn(Act::Archive, delay),
            REPLY => self.act_drawn(Act::Reply, delay),
            _ => None,
        }
    }

    /// Queues one act after a delay drawn by `u`.
    fn act_drawn(&mut self, act: Act, u: f64) -> Option<SimTime> {
        let arrives = self.arrival_drawn(act, u)?;
        let slot = self.stage.calendar.slot_from(arrives);
        match act {
            Act::Reply => self.reply(arrives, slot, 1),
            _ => self.arrive(act, slot, 1),
        }
        Some(arrives)
    }

    fn arrival_drawn(&self, act: Act, u: f64) -> Option<SimTime> {
        let table = &self.segment.delays[act.index()];
        let age = table.ages()[table.shares().row(u)?];
        Some(self.segment.arrival(self.stage.calendar, self.moment.now, age))
    }

    fn read_in_time(&self, read: bool, u: f64) -> bool {
        let Some(after) = self.moment.unread_after.filter(|_| read) else { return false };
        self.arrival_drawn(Act::Read, u).is_some_and(|arrives| arrives <= self.moment.now + after)
    }
}
