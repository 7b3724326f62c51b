//! What happens in a case, and when.

use jiff::ToSpan;
use jiff::civil::{DateTime, Time};

use crate::document::{Examiner, Ordered};
use crate::glossary::grouped;
use crate::platform::Signal;
use crate::sim::replay::MOST_IN_ROW;
use crate::time::{SimTime, Span, date_in_words, days_between};

use super::super::script::Event;
use super::super::text::MOST_DAYS;
use super::super::text::{DayName, EventText, Moment};
use super::{Reader, Stage};

impl Reader<'_> {
    pub(super) fn events(
        &mut self,
        stage: &Stage,
        events: &[EventText],
        path: &str,
    ) -> Vec<(SimTime, Event)> {
        let mut made: Vec<(SimTime, Event)> = Vec::new();
        let mut before = SimTime::START;
        for (place, text) in events.iter().enumerate() {
            let path = format!("{path}.when[{place}]");
            let list = self.event(stage, text, &path);
            if let [(at, Event::Feedback { at_once: true, .. })] = list.as_slice()
                && !made.iter().any(|(sent, event)| sent == at && event.class() == 5)
            {
                let help = "at_once is for what answers a send of the same instant, which stands above it";
                self.error(&format!("{path}.at_once"), "nothing is sent at this instant", help);
            }
            if let Some((at, _)) = list.first() {
                self.check_order(&path, text.moment_field(), before, *at);
                before = *at;
            }
            made.extend(list);
        }
        made
    }

    pub(super) fn check_order(&mut self, path: &str, field: &str, before: SimTime, at: SimTime) {
        if at < before {
            let help = "write them in the order of time: so a case can be read from top to bottom";
            self.error(&format!("{path}.{field}"), "this comes before what stands above it", help);
        }
    }

    fn event(&mut self, stage: &Stage, text: &EventText, path: &str) -> Vec<(SimTime, Event)> {
        let numbers = &stage.names.numbers;
        let templates = &stage.names.templates;
        let (number, template) = match text {
            EventText::Send { number, template, .. }
            | EventText::Fill { number, template, .. }
            | EventText::Feedback { number, template, .. } => (
                self.choose(numbers, number.as_deref(), path, "number"),
                self.choose(templates, template.as_deref(), path, "template"),
            ),
            EventText::CustomerMessages { number, .. } | EventText::Analysis { number, .. } => {
                (self.choose(numbers, number.as_deref(), path, "number"), Some(0))
            }
            EventText::Edited { template, .. } | EventText::Reviewed { template, .. } => {
                (Some(0), self.choose(templates, template.as_deref(), path, "template"))
            }
            EventText::Verified { .. } | EventText::Policy { .. } | EventText::Official { .. } => {
                (Some(0), Some(0))
            }
        };
        let (Some(number), Some(template)) = (number, template) else { return Vec::new() };
        match text {
            EventText::Send { at, messages, delivered, in_window, again, .. } => {
                let Some(at) = self.instant(stage, at, path, "at") else { return Vec::new() };
                self.check_count_of(*messages, &format!("{path}.messages"));
                let again = self.again(stage, again, *messages, at, path);
                let delivered = delivered.map(|delivered| {
                    self.check_at_most(delivered, *messages, &format!("{path}.delivered"));
                    (delivered, self.line(&format!("{path}.delivered")))
                });
                let (messages, in_window) = (*messages, *in_window);
                self.check_at_most(in_window, messages, &format!("{path}.in_window"));
                vec![(at, Event::Send { number, template, messages, delivered, in_window, again })]
            }
            EventText::Fill { from, to, at, at_most, .. } => {
                self.check_count_of(at_most.unwrap_or(0), &format!("{path}.at_most"));
                let days = self.days(stage, *from, *to, at.0, path);
                let event = Event::Fill { number, template, at_most: *at_most, spare: 0 };
                days.into_iter().map(|at| (at, event.clone())).collect()
            }
            EventText::Feedback { at, kind, count, at_once, .. } => {
                let (kind, count, at_once) = (*kind, *count, *at_once);
                self.check_count_of(count, &format!("{path}.count"));
                let at = self.instant(stage, at, path, "at");
                at.map(|at| (at, Event::Feedback { number, template, kind, count, at_once }))
                    .into_iter()
                    .collect()
            }
            EventText::CustomerMessages { at, count, .. } => {
                self.check_count_of(*count, &format!("{path}.count"));
                self.one(stage, at, path, Event::CustomerMessages { number, count: *count })
            }
            EventText::Edited { at, .. } => self.one(stage, at, path, Event::Edited { template }),
            EventText::Verified { at } => self.one(stage, at, path, Event::Decided(Signal::Verified)),
            EventText::Policy { at, passed } => {
                self.check_heard(stage.hears.policy, "the commerce-policy check", stage, path);
                self.one(stage, at, path, Event::Decided(Signal::Policy { passed: *passed }))
            }
            EventText::Official { at, granted } => {
                self.check_heard(stage.hears.official, "the official-business status", stage, path);
                self.one(stage, at, path, Event::Decided(Signal::Official { granted: *granted }))
            }
            EventText::Analysis { at, approved, .. } => {
                self.check_heard(stage.hears.analysis, "an analysis of the messages", stage, path);
                self.one(stage, at, path, Event::Decided(Signal::Analysis { number, approved: *approved }))
            }
            EventText::Reviewed { at, approved, .. } => {
                self.one(stage, at, path, Event::Decided(Signal::Reviewed { template, approved: *approved }))
            }
        }
    }

    /// An event at an instant.
    fn one(&mut self, stage: &Stage, at: &Moment, path: &str, event: Event) -> Vec<(SimTime, Event)> {
        self.instant(stage, at, path, "at").map(|at| (at, event)).into_iter().collect()
    }

    /// As many as a log may hold in one second.
    fn check_count_of(&mut self, count: u64, path: &str) {
        if count > MOST_IN_ROW {
            let message = format!("{} at one instant are more than can be", grouped(count));
            self.error(path, message, format!("at most {}", grouped(MOST_IN_ROW)));
        }
    }

    fn check_at_most(&mut self, part: u64, messages: u64, path: &str) {
        if part > messages {
            self.error(path, format!("{part} of {messages} messages"), "at most as many as are sent");
        }
    }

    /// Customers that were written to before: when their latest message was delivered, and how many they are.
    fn again(
        &mut self,
        stage: &Stage,
        again: &Ordered<u64>,
        messages: u64,
        at: SimTime,
        path: &str,
    ) -> Vec<(SimTime, u64)> {
        let mut list = Vec::new();
        for (when, customers) in again.iter() {
            let here = format!("{path}.again.\"{when}\"");
            match Moment::try_from(when.to_owned()) {
                Ok(moment) => list.extend(self.moment(stage, &moment, &here).map(|when| (when, *customers))),
                Err(error) => {
                    let error = error.to_string();
                    let (message, help) = error.split_once('\n').unwrap_or((&error, ""));
                    self.error(&here, message, help);
                }
            }
        }
        if list.iter().any(|(when, _)| *when >= at) {
            self.error(&format!("{path}.again"), "this is not before the send itself", "name earlier sends");
        }
        let all = again.values().fold(0_u64, |all, customers| all.saturating_add(*customers));
        self.check_at_most(all, messages, &format!("{path}.again"));
        list
    }

    /// One instant on each day from a day to another.
    fn days(&mut self, stage: &Stage, from: DayName, to: DayName, time: Time, path: &str) -> Vec<SimTime> {
        let (first, last) = (stage.date(from), stage.date(to));
        if first > last {
            self.error(&format!("{path}.to"), "this day comes before `from`", "the first day, then the last");
        }
        let days = days_between(first, last);
        if days > MOST_DAYS {
            self.error(&format!("{path}.to"), "this is too far away", format!("at most {MOST_DAYS} days"));
            return Vec::new();
        }
        let dates = (0..=days).map(|day| first.saturating_add(day.days()));
        dates.filter_map(|date| self.civil(stage, date.to_datetime(time), path, "from")).collect()
    }

    // ---- times ----------------------------------------------------------------------------------------------

    pub(super) fn instant(
        &mut self,
        stage: &Stage,
        moment: &Moment,
        path: &str,
        field: &str,
    ) -> Option<SimTime> {
        self.moment(stage, moment, &format!("{path}.{field}"))
    }

    fn moment(&mut self, stage: &Stage, moment: &Moment, path: &str) -> Option<SimTime> {
        let civil = stage.date(moment.day).to_datetime(moment.time);
        let (parent, field) = path.rsplit_once('.').unwrap_or((path, ""));
        self.civil(stage, civil, parent, field)
    }

    fn civil(&mut self, stage: &Stage, civil: DateTime, path: &str, field: &str) -> Option<SimTime> {
        let path = format!("{path}.{field}");
        // A midnight that the clock skips is the beginning of its day nevertheless.
        if stage.calendar.skips(civil) && civil.time() != Time::midnight() {
            let zone = stage.calendar.zone_name();
            let date = date_in_words(civil.date());
            let message = format!(
                "{} does not exist on {date} in {zone}: its clock was put forward over it",
                civil.time()
            );
            self.error(&path, message, "choose a time of that day before or after it, or another `zone`");
            return None;
        }
        let at = stage.calendar.instant(civil).ok();
        let horizon = SimTime::START + Span::days(MOST_DAYS);
        match at {
            Some(at) if (SimTime::START..horizon).contains(&at) => Some(at),
            Some(at) if at < SimTime::START => {
                self.error(&path, "this is before the start", "the first day is day 1");
                None
            }
            _ => {
                self.error(
                    &path,
                    "this is too far away",
                    format!("at most {MOST_DAYS} days after the start"),
                );
                None
            }
        }
    }
}

impl EventText {
    /// The field that says when.
    fn moment_field(&self) -> &'static str {
        match self {
            EventText::Fill { .. } => "from",
            _ => "at",
        }
    }
}
