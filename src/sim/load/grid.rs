//! The calendar of a scenario, and the slots in which its sender may send.

use std::ops::Range;

use jiff::civil::{Date, DateTime};

use crate::document::Check;
use crate::sim::scenario::{HoursText, ScenarioText};
use crate::time::{Calendar, CalendarError, Slot, Span};

use super::parts::written_to;
use crate::sim::ready::SendingSlot;

/// What the calendar of a run is laid by.
pub(super) const CALENDAR: &[&str] = &["start", "zone", "horizon", "slot"];
/// Longest horizon \[days\]: ten years.
const MOST_DAYS: i64 = 3_660;

pub(super) fn calendar(text: &ScenarioText, check: &mut Check<'_>) -> Option<Calendar> {
    let start = check.given(&[], |check| start(text, check));
    let lasts = check.given(&[], |check| horizon(text, check));
    let Some(civil) = start.filter(|_| lasts) else {
        // The zone and the slot can be judged on any other day.
        if let Err(error) =
            Calendar::new(DateTime::constant(2022, 3, 7, 0, 0, 0, 0), &text.zone, Span::days(1), slot(text))
        {
            tell(&error, check);
        }
        return None;
    };
    let calendar = Calendar::new(civil, &text.zone, text.horizon, slot(text));
    calendar.map_err(|error| tell(&error, check)).ok()
}

fn slot(text: &ScenarioText) -> Span {
    text.slot.unwrap_or(Span::hours(1))
}

fn start(text: &ScenarioText, check: &mut Check<'_>) -> Option<DateTime> {
    let date = || Some(text.start.parse::<Date>().ok()?.at(0, 0, 0, 0));
    let start = text.start.parse::<DateTime>().ok().or_else(date);
    if start.is_none() {
        check.error(
            "start",
            format!("\"{}\" is no date", text.start),
            "write a date such as \"2022-03-07\", or a date and time such as \"2022-03-07T09:00\"",
        );
    }
    start
}

/// Whether the horizon can be simulated.
fn horizon(text: &ScenarioText, check: &mut Check<'_>) -> bool {
    let possible = (Span::days(1)..=Span::days(MOST_DAYS)).contains(&text.horizon);
    if !possible {
        check.error(
            "horizon",
            format!("a horizon of {} cannot be simulated", text.horizon),
            format!("from 1d to {MOST_DAYS}d (ten years); a ramp-up takes weeks"),
        );
    }
    possible
}

/// Tells why no calendar can be laid.
fn tell(error: &CalendarError, check: &mut Check<'_>) {
    let (path, leans, help): (_, &[&str], _) = match error {
        CalendarError::Zone(_) => {
            ("zone", &[], "a name such as \"Europe/Madrid\", \"America/Sao_Paulo\" or \"UTC\"")
        }
        CalendarError::Slot(_) => ("slot", &[], "whole minutes that divide a day: 15m, 30m, 1h, 2h, 4h, 24h"),
        CalendarError::Start(..) | CalendarError::Range => ("start", CALENDAR, "choose another start"),
    };
    check.error_given(leans, path, error.to_string(), help);
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
            let message = format!("\"{time}\" is no time of day");
            let help = "write hours and minutes, such as \"09:00\"";
            check.error_given(&[], path, message, help);
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
        let leans = [&["sender.hours", "sender.weekdays"], CALENDAR].concat();
        check.given(&leans, |check| tell_never(calendar, text, from..to, check));
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

/// Tells why no slot is a sending slot: the hours, the weekdays, or both together.
fn tell_never(calendar: &Calendar, text: &ScenarioText, hours: Range<u16>, check: &mut Check<'_>) {
    let slots = || calendar.slots().iter();
    let (path, why, help) = if slots().all(|slot| !hours.contains(&slot.minute)) {
        ("sender.hours", "no slot begins within the sending hours", "widen them, or make the slot shorter")
    } else if slots().all(|slot| !text.sender.weekdays.holds(calendar.weekday(slot.day as usize))) {
        ("sender.weekdays", "the run holds none of these days", "add days, or make the horizon longer")
    } else {
        (
            "sender",
            "no slot lies within the sending hours and weekdays",
            "widen them, or make the slot shorter",
        )
    };
    check.error(path, format!("nothing is ever sent: {why}"), help);
}

pub(super) fn minute_of(time: &str) -> Option<u16> {
    let (hour, minute) = time.split_once(':')?;
    let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
    (hour < 24 && minute < 60 || hour == 24 && minute == 0).then_some(hour * 60 + minute)
}
