//! The calendar of a scenario, and the slots in which its sender may send.

use jiff::civil::{Date, DateTime};

use crate::document::Check;
use crate::sim::scenario::{HoursText, ScenarioText};
use crate::time::{Calendar, CalendarError, Slot, Span};

use super::parts::written_to;
use super::{MOST_DAYS, SendingSlot};

pub(super) fn calendar(text: &ScenarioText, check: &mut Check<'_>) -> Option<Calendar> {
    let start =
        text.start.parse::<DateTime>().ok().or_else(|| Some(text.start.parse::<Date>().ok()?.at(0, 0, 0, 0)));
    let Some(start) = start else {
        let message = format!("\"{}\" is no date", text.start);
        check.error(
            "start",
            message,
            "write a date such as \"2022-03-07\", or a date and time such as \"2022-03-07T09:00\"",
        );
        return None;
    };
    if text.horizon < Span::days(1) || text.horizon > Span::days(MOST_DAYS) {
        let message = format!("a horizon of {} cannot be simulated", text.horizon);
        check.error(
            "horizon",
            message,
            format!("from 1d to {MOST_DAYS}d (ten years); a ramp-up takes weeks"),
        );
        return None;
    }
    let slot = text.slot.unwrap_or(Span::hours(1));
    match Calendar::new(start, &text.zone, text.horizon, slot) {
        Ok(calendar) => Some(calendar),
        Err(error) => {
            let (path, help) = match &error {
                CalendarError::Zone(_) => {
                    ("zone", "a name such as \"Europe/Madrid\", \"America/Sao_Paulo\" or \"UTC\"")
                }
                CalendarError::Slot(_) => {
                    ("slot", "whole minutes that divide a day: 15m, 30m, 1h, 2h, 4h, 24h")
                }
                CalendarError::Start(..) | CalendarError::Range => ("start", "choose another start"),
            };
            check.error(path, error.to_string(), help);
            None
        }
    }
}

pub(super) fn sending_slots(
    calendar: &Calendar,
    text: &ScenarioText,
    check: &mut Check<'_>,
) -> Vec<SendingSlot> {
    let HoursText { from, to } = &text.sender.hours;
    let minutes = [("sender.hours.from", from), ("sender.hours.to", to)].map(|(path, time)| {
        let minute = minute_of(time);
        if minute.is_none() {
            check.error(
                path,
                format!("\"{time}\" is no time of day"),
                "write hours and minutes, such as \"09:00\"",
            );
        }
        minute
    });
    let [Some(from), Some(to)] = minutes else { return Vec::new() };
    let mut sending: Vec<SendingSlot> = Vec::new();
    for day in 0..calendar.days() as u32 {
        if !text.sender.weekdays.holds(calendar.weekday(day as usize)) {
            continue;
        }
        let first = calendar.slots().partition_point(|slot| slot.day < day);
        let today = calendar.slots().iter().enumerate().skip(first).take_while(|(_, slot)| slot.day == day);
        let open: Vec<Slot> = today
            .filter(|(_, slot)| (from..to).contains(&slot.minute))
            .map(|(index, _)| index as Slot)
            .collect();
        let of = open.len() as u32;
        sending.extend(open.into_iter().zip(0..).map(|(slot, place)| SendingSlot { slot, place, of }));
    }
    if sending.is_empty() {
        let path = if from >= to { "sender.hours" } else { "sender" };
        check.error(
            path,
            "nothing is ever sent: no slot lies within the sending hours and weekdays",
            "widen them, or make the slot shorter",
        );
    }
    sending
}

/// The longest that a plan which goes on may send nothing \[civil days\]: until the last of its customers have rested, and
/// then until the next day on which it sends.
pub(super) fn longest_pause(text: &ScenarioText, calendar: &Calendar, sending: &[SendingSlot]) -> usize {
    let mut days: Vec<usize> = sending
        .iter()
        .filter_map(|sends| calendar.slots().get(sends.slot as usize))
        .map(|slot| slot.day as usize)
        .collect();
    days.dedup();
    let idle = days.windows(2).map(|pair| pair[1] - pair[0] - 1).max().unwrap_or(0);
    let written = written_to(text).filter_map(|name| text.audience.segments.get(name));
    let rest = written.map(|segment| segment.rest.as_days().ceil() as usize).max().unwrap_or(0);
    idle + rest
}

pub(super) fn minute_of(time: &str) -> Option<u16> {
    let (hour, minute) = time.split_once(':')?;
    let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
    (hour < 24 && minute < 60 || hour == 24 && minute == 0).then_some(hour * 60 + minute)
}
