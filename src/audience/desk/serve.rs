//! The desk at work: next-event time advance over shifts, chats and customers.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::random::{Address, Purpose, Streams, Subject};
use crate::time::{Calendar, SimTime, Slot, Span};

use super::days::{DeskDay, ResponseTimes};
use super::line::{Chat, Line};
use super::roster::Roster;
use super::text::{HelpDeskText, LengthText};

/// A help desk ready to work: the same in every replication.
#[derive(Clone, Debug)]
pub struct HelpDesk {
    roster: Roster,
    handling: LengthText,
    patience: Option<LengthText>,
    /// Chance and delay.
    follow_up: Option<(f64, LengthText)>,
    inlets: Vec<Subject>,
}

impl HelpDesk {
    /// The first of the two names of an inlet's luck; the second is the inlet's own.
    pub const NAME: &str = "desk";

    /// The desk of a checked text. `inlets` names where chats come from, such as numbers; each has luck of its own
    /// under the names \[[`NAME`](HelpDesk::NAME), inlet\]. The agents are there for all of them.
    pub fn new(text: &HelpDeskText, calendar: &Calendar, inlets: &[&str]) -> HelpDesk {
        let follow_up = text.follow_up.as_ref().filter(|text| text.chance.value() > 0.0);
        HelpDesk {
            roster: Roster::new(&text.shifts, calendar),
            handling: text.handling(),
            patience: text.patience.map(|mean| LengthText::Exponential { mean }),
            follow_up: follow_up.map(|text| (text.chance.value(), text.after())),
            inlets: inlets.iter().map(|inlet| Subject::new(&[HelpDesk::NAME, inlet])).collect(),
        }
    }

    /// Who works when.
    pub fn roster(&self) -> &Roster {
        &self.roster
    }

    /// Opens the desk of one replication at the start of the run. An answer later than `answer_within` is a slow one;
    /// with `None` no answer is.
    pub fn open<'d>(
        &'d self,
        calendar: &'d Calendar,
        streams: Streams,
        answer_within: Option<Span>,
    ) -> Desk<'d> {
        Desk {
            desk: self,
            calendar,
            streams,
            answer_within,
            clock: SimTime::START,
            shift: 0,
            agents: 0,
            coming: Vec::new(),
            heard: vec![(0, 0); self.inlets.len()],
            back: BinaryHeap::new(),
            under_way: BinaryHeap::new(),
            patience: BinaryHeap::new(),
            line: Line::default(),
            follow_up: 0,
            late: vec![0; self.inlets.len()],
            waits: Vec::new(),
            today: DeskDay::default(),
            days: Vec::with_capacity(calendar.days()),
        }
    }
}

/// The end of one wait for an answer, told to who watches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wait {
    /// Position of the inlet where the chat came in.
    pub inlet: usize,
    /// The slot in which it came in.
    pub slot: Slot,
    /// Which of the chats of this inlet and slot, from 0.
    pub index: u32,
    /// How often the customer had come back to it.
    pub visit: u16,
    /// When the customer asked.
    pub asked: SimTime,
    /// When the wait ended.
    pub ended: SimTime,
    /// Whether with an answer; otherwise the customer gave up.
    pub answered: bool,
}

/// A desk under way.
#[derive(Clone, Debug)]
pub struct Desk<'d> {
    desk: &'d HelpDesk,
    calendar: &'d Calendar,
    streams: Streams,
    answer_within: Option<Span>,
    /// All that happens before this instant has happened.
    clock: SimTime,
    /// Position in the roster's changes.
    shift: usize,
    agents: u32,
    /// Chats heard of that have not come in yet, the next one last.
    coming: Vec<(SimTime, Chat)>,
    /// For each inlet the slot heard of last, and how many chats of it.
    heard: Vec<(Slot, u32)>,
    /// Chats whose customers come back, and when.
    back: BinaryHeap<Reverse<(SimTime, Chat)>>,
    /// Chats with an agent, and when they end.
    under_way: BinaryHeap<Reverse<(SimTime, Chat)>>,
    /// Tickets of the line, and when the patience of their holders ends.
    patience: BinaryHeap<Reverse<(SimTime, u64)>>,
    line: Line,
    /// Chats that wait for the customer, those that he never comes back to within the run among them.
    follow_up: u64,
    /// Late chats not told yet, by inlet.
    late: Vec<u64>,
    /// Of today's answers \[seconds\].
    waits: Vec<u32>,
    today: DeskDay,
    days: Vec<DeskDay>,
}

/// What can happen next; at one instant in this order.
#[derive(Clone, Copy, Debug)]
enum Step {
    Shift,
    End,
    Back,
    New,
    Late,
    GiveUp,
}

/// Which draw of a chat; each visit has its own.
#[derive(Clone, Copy, Debug)]
enum Draws {
    Arrival = 0,
    Handling = 1,
    Patience = 2,
    FollowUp = 3,
    Return = 4,
}

impl Desk<'_> {
    /// Hears that `count` more chats of an inlet come in during `slot`, which has not ended: each at a random second
    /// of it. Poisson counts make a Poisson process. Each takes room until it ends, so loading a scenario refuses a desk
    /// to which too many may come; of a slot and inlet at most 2^32 - 1 are heard.
    pub fn hear(&mut self, slot: Slot, inlet: usize, count: u64) {
        let Some(start) = self.calendar.slots().get(slot as usize) else { return };
        let (last, so_far) = self.heard[inlet];
        let from = if last == slot { so_far } else { 0 };
        let to = from.saturating_add(u32::try_from(count).unwrap_or(u32::MAX));
        self.heard[inlet] = (slot, to);
        let length = self.calendar.slot_length().0 as f64;
        for index in from..to {
            let chat = Chat { slot, inlet: inlet as u32, visit: 0, index };
            let into = (self.luck(chat, Draws::Arrival) * length) as i64;
            self.coming.push((start.at + Span(into), chat));
        }
        self.coming.sort_by_key(|&coming| Reverse(coming));
    }

    /// Lets all happen that happens before `now`.
    pub fn advance(&mut self, now: SimTime) {
        self.watch(now, &mut |_| ());
    }

    /// As [`advance`](Desk::advance); `watcher` is told the end of every wait.
    pub fn watch(&mut self, now: SimTime, watcher: &mut dyn FnMut(Wait)) {
        let now = now.min(self.calendar.end());
        loop {
            let (at, step) = self.earliest();
            if at >= now {
                break;
            }
            self.pass(at);
            self.happen(step, watcher);
        }
        self.pass(now);
    }

    /// The earliest instant at which a chat can be told late that is not yet: nothing needs to be heard of the desk
    /// before. It may be answered in time: then there is nothing at that instant, and a later one is next.
    pub fn next(&self) -> SimTime {
        let Some(within) = self.answer_within else { return SimTime::NEVER };
        let told = self.next_question() + within + SECOND;
        if told < self.calendar.end() { told.max(self.clock + SECOND) } else { SimTime::NEVER }
    }

    /// No chat that is not answered in time asked, or will ask, earlier than this: of those who wait and are not late
    /// yet, those who come in, those who come back, and those who may come back when an agent is through with them.
    fn next_question(&self) -> SimTime {
        if let Some(asked) = self.line.unjudged() {
            return asked;
        }
        let coming = self.coming.last().map(|(at, _)| *at);
        let back = self.back.peek().map(|Reverse((at, _))| *at);
        let end = self.under_way.peek().map(|Reverse((at, _))| *at);
        // A late chat is answered when an agent is through or comes.
        let shift = self.desk.roster.changes().get(self.shift).map(|(at, _)| *at);
        let shift = shift.filter(|_| self.line.waiting() > 0);
        let again = end.into_iter().chain(shift).min().filter(|_| self.desk.follow_up.is_some());
        let again = again.map(|at| at + SECOND);
        coming.into_iter().chain(back).chain(again).min().unwrap_or(SimTime::NEVER)
    }

    /// How many chats of an inlet were late, since this was asked last.
    pub fn late(&mut self, inlet: usize) -> u64 {
        std::mem::take(&mut self.late[inlet])
    }

    /// From now on an answer later than `answer_within` is a slow one: those who wait longer already are late at the
    /// next second, and those who were late stay it.
    pub fn amend(&mut self, answer_within: Option<Span>) {
        self.answer_within = answer_within;
    }

    /// The days that have ended.
    pub fn days(&self) -> &[DeskDay] {
        &self.days
    }

    /// Works until the end of the run; one row for each of its civil days.
    pub fn finish(mut self) -> Vec<DeskDay> {
        self.advance(self.calendar.end());
        while self.days.len() < self.calendar.days() {
            self.close_day();
        }
        self.days
    }

    fn earliest(&self) -> (SimTime, Step) {
        let shift = self.desk.roster.changes().get(self.shift).map(|(at, _)| *at);
        let end = self.under_way.peek().map(|Reverse((at, _))| *at);
        let back = self.back.peek().map(|Reverse((at, _))| *at);
        let new = self.coming.last().map(|(at, _)| *at);
        let late = match (self.line.unjudged(), self.answer_within) {
            (Some(asked), Some(within)) => Some((asked + within).max(self.clock)),
            _ => None,
        };
        let give_up = self.patience.peek().map(|Reverse((at, _))| *at);
        let mut first = (SimTime::NEVER, Step::Shift);
        for (at, step) in [
            (shift, Step::Shift),
            (end, Step::End),
            (back, Step::Back),
            (new, Step::New),
            (late, Step::Late),
            (give_up, Step::GiveUp),
        ] {
            if let Some(at) = at
                && at < first.0
            {
                first = (at, step);
            }
        }
        first
    }

    fn happen(&mut self, step: Step, watcher: &mut dyn FnMut(Wait)) {
        match step {
            Step::Shift => {
                self.agents = self.desk.roster.changes()[self.shift].1;
                self.shift += 1;
                self.take_up(watcher);
            }
            Step::End => {
                if let Some(Reverse((_, chat))) = self.under_way.pop() {
                    self.end(chat);
                }
                self.take_up(watcher);
            }
            Step::Back => {
                if let Some(Reverse((_, chat))) = self.back.pop() {
                    self.follow_up -= 1;
                    self.today.came_back += 1;
                    self.ask(chat, watcher);
                }
            }
            Step::New => {
                if let Some((_, chat)) = self.coming.pop() {
                    self.today.new += 1;
                    self.ask(chat, watcher);
                }
            }
            Step::Late => {
                if let Some(chat) = self.line.judge() {
                    self.late[chat.inlet as usize] += 1;
                    self.today.late += 1;
                }
            }
            Step::GiveUp => self.give_up(watcher),
        }
        self.line.trim(self.answer_within.is_some());
    }

    /// A customer asks: he is answered at once or waits.
    fn ask(&mut self, chat: Chat, watcher: &mut dyn FnMut(Wait)) {
        if self.free() && self.line.waiting() == 0 {
            return self.answer(self.clock, chat, watcher);
        }
        let ticket = self.line.join(self.clock, chat);
        if let Some(patience) = &self.desk.patience {
            let until = self.clock + patience.quantile(self.luck(chat, Draws::Patience));
            if until < self.calendar.end() {
                self.patience.push(Reverse((until, ticket)));
            }
        }
    }

    fn free(&self) -> bool {
        self.under_way.len() < self.agents as usize
    }

    /// Free agents take up who waits longest.
    fn take_up(&mut self, watcher: &mut dyn FnMut(Wait)) {
        while self.free() {
            let Some((asked, chat)) = self.line.take() else { return };
            self.answer(asked, chat, watcher);
        }
    }

    fn answer(&mut self, asked: SimTime, chat: Chat, watcher: &mut dyn FnMut(Wait)) {
        let handling = self.desk.handling.quantile(self.luck(chat, Draws::Handling));
        self.under_way.push(Reverse((self.clock + handling, chat)));
        self.today.answered += 1;
        self.waits.push(u32::try_from((self.clock - asked).0).unwrap_or(u32::MAX));
        watcher(self.wait(asked, chat, true));
    }

    /// The agent's part has ended: the chat is resolved, or the customer comes back.
    fn end(&mut self, chat: Chat) {
        match self.desk.follow_up {
            Some((chance, after)) if self.luck(chat, Draws::FollowUp) < chance => {
                let at = self.clock + after.quantile(self.luck(chat, Draws::Return));
                self.follow_up += 1;
                if at < self.calendar.end() {
                    self.back.push(Reverse((at, Chat { visit: chat.visit.saturating_add(1), ..chat })));
                }
            }
            _ => self.today.resolved += 1,
        }
    }

    fn give_up(&mut self, watcher: &mut dyn FnMut(Wait)) {
        let Some(Reverse((_, ticket))) = self.patience.pop() else { return };
        if let Some((asked, chat)) = self.line.give_up(ticket) {
            self.today.gave_up += 1;
            watcher(self.wait(asked, chat, false));
        }
    }

    fn wait(&self, asked: SimTime, chat: Chat, answered: bool) -> Wait {
        let Chat { slot, inlet, visit, index } = chat;
        Wait { inlet: inlet as usize, slot, index, visit, asked, ended: self.clock, answered }
    }

    fn luck(&self, chat: Chat, draw: Draws) -> f64 {
        let subject = self.desk.inlets[chat.inlet as usize];
        let (cell, slot) = (chat.index, chat.slot);
        let address = Address { purpose: Purpose::HelpDesk, item: draw as u8, subject, cell, slot };
        self.streams.at(address).pair(chat.visit).0
    }

    /// Time passes until `to`; days that end on the way are closed.
    fn pass(&mut self, to: SimTime) {
        loop {
            let midnight = self.calendar.midnight(self.days.len() + 1);
            if midnight > to {
                break;
            }
            self.spend(midnight);
            self.close_day();
        }
        self.spend(to);
    }

    fn spend(&mut self, to: SimTime) {
        let seconds = (to - self.clock).0.max(0) as u64;
        self.today.waiting_seconds += seconds * self.line.waiting();
        self.today.busy_seconds += seconds * self.under_way.len() as u64;
        self.today.staffed_seconds += seconds * u64::from(self.agents);
        self.clock = self.clock.max(to);
    }

    fn close_day(&mut self) {
        let mut day = std::mem::take(&mut self.today);
        day.open = self.line.first;
        day.pending = self.under_way.len() as u64 + self.line.again;
        day.follow_up = self.follow_up;
        day.response = ResponseTimes::of(&mut self.waits);
        self.waits.clear();
        self.days.push(day);
    }
}

/// The resolution of time.
const SECOND: Span = Span(1);
