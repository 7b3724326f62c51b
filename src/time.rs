//! Simulated time: whole seconds from the start of a run, civil dates only at the edges.
//!
//! ```text
//!   start                                                     start + horizon
//!     |--slot 0--|--slot 1--|-- ... --|                            |
//!     0 s      3600 s     7200 s      terms (24 h, 7 d) are elapsed seconds
//!     Mon 7 Mar 00:00 ...             days, weekdays and sending hours are civil
//! ```
//!
//! [`SimTime`] and [`Span`] know nothing of calendars. [`Calendar`] is the only bridge: it lays the grid of
//! slots over civil time once, when a scenario is loaded. Where a clock goes forward the skipped slots do not
//! exist; where it goes back the repeated hour is two slots.

mod week;

use std::fmt;
use std::ops::{Add, Sub};

use jiff::civil::{Date, DateTime, Weekday as CivilWeekday};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{SpanRelativeTo, Timestamp, ToSpan, Unit};
use serde::{Deserialize, Serialize};
use thiserror::Error;

pub use week::{TimeOfDay, TimeOfDayError, Weekday, Weekdays};

/// Seconds in an hour.
pub const HOUR: i64 = 3_600;
/// Seconds in a day of elapsed time.
pub const DAY: i64 = 24 * HOUR;

/// An instant of a run \[whole seconds since its start\].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SimTime(pub i64);

impl SimTime {
    /// The start of the run.
    pub const START: SimTime = SimTime(0);
    /// Later than every instant of every run.
    pub const NEVER: SimTime = SimTime(i64::MAX);

    /// Days since the start \[elapsed seconds / 86,400\].
    pub fn days(self) -> f64 {
        self.0 as f64 / DAY as f64
    }
}

impl Add<Span> for SimTime {
    type Output = SimTime;
    fn add(self, span: Span) -> SimTime {
        SimTime(self.0.saturating_add(span.0))
    }
}

impl Sub<Span> for SimTime {
    type Output = SimTime;
    fn sub(self, span: Span) -> SimTime {
        SimTime(self.0.saturating_sub(span.0))
    }
}

impl Sub<SimTime> for SimTime {
    type Output = Span;
    fn sub(self, earlier: SimTime) -> Span {
        Span(self.0 - earlier.0)
    }
}

/// A length of elapsed time \[whole seconds\], written as text: `"24h"`, `"7d"`, `"2d 12h"`, `"30m"`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Span(pub i64);

impl Span {
    /// A span of whole hours.
    pub const fn hours(hours: i64) -> Span {
        Span(hours * HOUR)
    }

    /// A span of whole days of 24 hours.
    pub const fn days(days: i64) -> Span {
        Span(days * DAY)
    }

    /// The span in days of 24 hours.
    pub fn as_days(self) -> f64 {
        self.0 as f64 / DAY as f64
    }
}

/// Why a text is no span.
#[derive(Debug, Error)]
pub enum SpanError {
    /// No number with a unit that has a fixed length.
    #[error("expected a span such as \"24h\", \"7d\" or \"30m\", found {0:?}\n{help}", help = form_help(.0))]
    Form(String),
    /// A span that runs backwards, or is not of whole seconds.
    #[error(
        "a span is a whole number of seconds, 0 or more; {0:?} is not\nwrite it without a sign, as \"90s\" or \"24h\""
    )]
    Size(String),
}

/// How a text that is no span may have been meant.
fn form_help(text: &str) -> String {
    match text.trim().parse::<u32>() {
        Ok(number) => format!("with its unit: \"{number}h\" or \"{number}d\""),
        Err(_) => "whole numbers with a unit each: s, m, h, d (24 h) or w, such as \"2d 12h\"".to_owned(),
    }
}

impl TryFrom<String> for Span {
    type Error = SpanError;

    fn try_from(text: String) -> Result<Span, SpanError> {
        let form = || SpanError::Form(text.clone());
        let span: jiff::Span = text.trim().parse().map_err(|_| form())?;
        if span.get_months() != 0 || span.get_years() != 0 {
            return Err(form());
        }
        let length = span.to_duration(SpanRelativeTo::days_are_24_hours()).map_err(|_| form())?;
        if length.is_negative() || length.subsec_nanos() != 0 {
            return Err(SpanError::Size(text));
        }
        Ok(Span(length.as_secs()))
    }
}

impl From<Span> for String {
    fn from(span: Span) -> String {
        span.to_string()
    }
}

impl fmt::Display for Span {
    /// Days from three on, hours below, minutes and seconds where needed: `7d`, `48h`, `30m`, `1d 1h`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0;
        let (days, rest) = if seconds >= 3 * DAY { (seconds / DAY, seconds % DAY) } else { (0, seconds) };
        let parts = [(days, "d"), (rest / HOUR, "h"), (rest % HOUR / 60, "m"), (rest % 60, "s")];
        let written: Vec<String> =
            parts.iter().filter(|(n, _)| *n != 0).map(|(n, unit)| format!("{n}{unit}")).collect();
        if written.is_empty() { f.write_str("0h") } else { f.write_str(&written.join(" ")) }
    }
}

/// Index of a slot in the [`Calendar`]'s grid.
pub type Slot = u32;

/// One slot of the grid: where it begins, and where that is on a wall calendar.
#[derive(Clone, Copy, Debug)]
pub struct SlotStart {
    /// Beginning of the slot.
    pub at: SimTime,
    /// Civil days since the date of the start.
    pub day: u32,
    /// Civil time of day \[minutes since midnight\].
    pub minute: u16,
}

/// The grid of slots of one scenario, and the civil dates over it.
#[derive(Clone, Debug)]
pub struct Calendar {
    zone: TimeZone,
    start: Timestamp,
    first_date: Date,
    first_weekday: CivilWeekday,
    slot: Span,
    horizon: Span,
    slots: Vec<SlotStart>,
    midnights: Vec<SimTime>,
    counted_days: usize,
}

/// Why no calendar can be laid.
#[derive(Debug, Error)]
pub enum CalendarError {
    /// The zone is not in the time zone database.
    #[error("unknown time zone {0:?}")]
    Zone(String),
    /// The start does not exist in the zone, or is out of range.
    #[error("the start {0} does not exist in the zone {1}: its clock was put forward over it")]
    Start(DateTime, String),
    /// The slot does not divide a day.
    #[error("a slot of {0} does not divide a day")]
    Slot(Span),
    /// Dates run out of what the time zone database covers.
    #[error("the run leaves the range of dates that can be named")]
    Range,
}

impl Calendar {
    /// Lays the grid: `horizon` of elapsed time from `start` (civil, in `zone`), in slots that begin at multiples
    /// of `slot` after each midnight.
    ///
    /// # Errors
    /// An unknown zone, a start that the zone's clock skips, a slot that does not divide a day.
    pub fn new(start: DateTime, zone: &str, horizon: Span, slot: Span) -> Result<Calendar, CalendarError> {
        let tz = TimeZone::get(zone).map_err(|_| CalendarError::Zone(zone.to_owned()))?;
        if slot.0 < 60 || DAY % slot.0 != 0 || slot.0 % 60 != 0 {
            return Err(CalendarError::Slot(slot));
        }
        let ambiguous = tz.to_ambiguous_timestamp(start);
        if matches!(ambiguous.offset(), AmbiguousOffset::Gap { .. }) {
            return Err(CalendarError::Start(start, zone.to_owned()));
        }
        let origin = ambiguous.compatible().map_err(|_| CalendarError::Range)?;
        let mut calendar = Calendar {
            zone: tz,
            start: origin,
            first_date: start.date(),
            first_weekday: start.date().weekday(),
            slot,
            horizon,
            slots: Vec::new(),
            midnights: Vec::new(),
            counted_days: 0,
        };
        calendar.lay()?;
        calendar.counted_days = calendar.count_days();
        Ok(calendar)
    }

    fn lay(&mut self) -> Result<(), CalendarError> {
        let end = SimTime::START + self.horizon;
        let mut date = self.first_date;
        for day in 0.. {
            let midnight = self.instant(date.at(0, 0, 0, 0)).map_err(|_| CalendarError::Range)?;
            if midnight >= end {
                break;
            }
            self.midnights.push(midnight);
            let mut starts: Vec<SlotStart> = Vec::new();
            for step in 0..DAY / self.slot.0 {
                let minute = (step * self.slot.0 / 60) as i16;
                let civil = date.at((minute / 60) as i8, (minute % 60) as i8, 0, 0);
                for at in self.both_instants(civil)? {
                    starts.push(SlotStart { at, day, minute: minute as u16 });
                }
            }
            starts.sort_by_key(|slot| slot.at);
            self.slots.extend(starts.into_iter().filter(|slot| slot.at >= SimTime::START && slot.at < end));
            date = date.checked_add(1.day()).map_err(|_| CalendarError::Range)?;
        }
        Ok(())
    }

    /// The instants at which a civil time begins: none in a gap, two in a fold.
    fn both_instants(&self, civil: DateTime) -> Result<Vec<SimTime>, CalendarError> {
        let ambiguous = self.zone.to_ambiguous_timestamp(civil);
        let since_start = |stamp: Timestamp| SimTime(stamp.as_second() - self.start.as_second());
        let range = |_| CalendarError::Range;
        Ok(match ambiguous.offset() {
            AmbiguousOffset::Unambiguous { .. } => vec![since_start(ambiguous.compatible().map_err(range)?)],
            AmbiguousOffset::Gap { .. } => Vec::new(),
            AmbiguousOffset::Fold { .. } => {
                vec![
                    since_start(ambiguous.earlier().map_err(range)?),
                    since_start(ambiguous.later().map_err(range)?),
                ]
            }
        })
    }

    /// The instant of a civil time; a time that the clock skips is read as if the clock had not moved yet.
    ///
    /// # Errors
    /// When the date is beyond what the time zone database covers.
    pub fn instant(&self, civil: DateTime) -> Result<SimTime, CalendarError> {
        let stamp = self.zone.to_timestamp(civil).map_err(|_| CalendarError::Range)?;
        Ok(SimTime(stamp.as_second() - self.start.as_second()))
    }

    /// Whether the clock is put forward over a civil time, so that it does not exist.
    pub fn skips(&self, civil: DateTime) -> bool {
        matches!(self.zone.to_ambiguous_timestamp(civil).offset(), AmbiguousOffset::Gap { .. })
    }

    /// The slots of the run, in order of time.
    pub fn slots(&self) -> &[SlotStart] {
        &self.slots
    }

    /// Length of a slot.
    pub fn slot_length(&self) -> Span {
        self.slot
    }

    /// Length of the run.
    pub fn horizon(&self) -> Span {
        self.horizon
    }

    /// The end of the run; nothing at or after it is simulated.
    pub fn end(&self) -> SimTime {
        SimTime::START + self.horizon
    }

    /// Number of civil days that the run touches.
    pub fn days(&self) -> usize {
        self.midnights.len()
    }

    /// How much of civil day `day` lies in the run \[share of the day\]: 1 but at both ends.
    pub fn part_of_day(&self, day: usize) -> f64 {
        let midnight = self.midnight(day);
        let length = self.hours_in_day(day) * HOUR as f64;
        let inside = (midnight + Span(length as i64)).min(self.end()) - midnight.max(SimTime::START);
        inside.0 as f64 / length
    }

    /// Civil days that count as days, from the first on: all that the run touches, but a last one of which less than
    /// half lies in it.
    pub fn counted_days(&self) -> usize {
        self.counted_days
    }

    fn count_days(&self) -> usize {
        let last = self.days().saturating_sub(1);
        self.days() - usize::from(last > 0 && self.part_of_day(last) < 0.5)
    }

    /// The instant at which civil day `day` begins (for day 0 this may lie before the start).
    pub fn midnight(&self, day: usize) -> SimTime {
        self.midnights.get(day).copied().unwrap_or(SimTime::NEVER)
    }

    /// The first slot that begins at `at` or later; `slots().len()` where none does.
    pub fn slot_from(&self, at: SimTime) -> Slot {
        let guess = usize::try_from(at.0 / self.slot.0).unwrap_or(0).min(self.slots.len());
        let mut slot = guess;
        while slot > 0 && self.slots[slot - 1].at >= at {
            slot -= 1;
        }
        while slot < self.slots.len() && self.slots[slot].at < at {
            slot += 1;
        }
        slot as Slot
    }

    /// Where and when that is heard which is due at `due`: the first slot that begins then or later, `slots().len()`
    /// where none of the run does, and its start, in the run or beyond.
    pub fn heard_at(&self, due: SimTime) -> (Slot, SimTime) {
        let slot = self.slot_from(due);
        let at = match self.slots.get(slot as usize) {
            Some(slot) => slot.at,
            None => SimTime(due.0 + (self.last_slot().0 - due.0).rem_euclid(self.slot.0)),
        };
        (slot, at)
    }

    /// When slot `slot` begins; never, where that is beyond the run.
    #[inline]
    pub fn begin_of(&self, slot: Slot) -> SimTime {
        self.slots.get(slot as usize).map_or(SimTime::NEVER, |slot| slot.at)
    }

    /// When slot `slot` begins; slots beyond the run follow its last one, as in a longer run if the clock does not
    /// move.
    pub fn start_of(&self, slot: Slot) -> SimTime {
        match self.slots.get(slot as usize) {
            Some(start) => start.at,
            None => {
                let beyond = i64::from(slot) - (self.slots.len() as i64 - 1).max(0);
                SimTime(self.last_slot().0 + beyond * self.slot.0)
            }
        }
    }

    /// When the last slot of the run begins.
    fn last_slot(&self) -> SimTime {
        self.slots.last().map_or(SimTime::START, |last| last.at)
    }

    /// The date of civil day `day`, counted from the date of the start.
    pub fn date(&self, day: usize) -> Date {
        self.first_date.saturating_add((day as i64).days())
    }

    /// The civil day that holds `at`.
    pub fn day_of(&self, at: SimTime) -> usize {
        let midnights = &self.midnights;
        let first = midnights.first().map_or(0, |first| first.0);
        // Days are 24 h long but where the clock moves, so that the day is near.
        let near = usize::try_from((at.0 - first).div_euclid(DAY)).unwrap_or(0);
        let mut day = near.min(midnights.len().saturating_sub(1));
        while day > 0 && midnights[day] > at {
            day -= 1;
        }
        while midnights.get(day + 1).is_some_and(|midnight| *midnight <= at) {
            day += 1;
        }
        day
    }

    /// The weekday of civil day `day`.
    pub fn weekday(&self, day: usize) -> CivilWeekday {
        self.first_weekday.wrapping_add((day % 7) as i64)
    }

    /// The civil time at `at`.
    pub fn civil(&self, at: SimTime) -> DateTime {
        let stamp = Timestamp::from_second(self.start.as_second().saturating_add(at.0));
        self.zone.to_datetime(stamp.unwrap_or(Timestamp::MAX))
    }

    /// The Unix time of `at` \[seconds\].
    pub fn unix(&self, at: SimTime) -> i64 {
        self.start.as_second().saturating_add(at.0)
    }

    /// The time zone's name in the database.
    pub fn zone_name(&self) -> &str {
        self.zone.iana_name().unwrap_or("UTC")
    }

    /// Hours from midnight to midnight of civil day `day`: 24 but where the clock moves.
    pub fn hours_in_day(&self, day: usize) -> f64 {
        let (from, to) = (self.date(day), self.date(day + 1));
        match (self.instant(from.at(0, 0, 0, 0)), self.instant(to.at(0, 0, 0, 0))) {
            (Ok(from), Ok(to)) => (to - from).0 as f64 / HOUR as f64,
            _ => 24.0,
        }
    }
}

/// Writes a date the way a planner reads it: `Mon 7 Mar 2022`.
pub fn date_in_words(date: Date) -> String {
    date.strftime("%a %-d %b %Y").to_string()
}

/// Whole days between two dates.
pub fn days_between(from: Date, to: Date) -> i64 {
    from.until((Unit::Day, to)).map(|span| i64::from(span.get_days())).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn span(text: &str) -> Span {
        Span::try_from(text.to_owned()).unwrap()
    }

    #[test]
    fn spans_are_read_and_shown() {
        for (text, seconds) in
            [("24h", 86_400), ("7d", 604_800), ("30m", 1_800), ("48h", 172_800), ("2d 12h", 216_000)]
        {
            assert_eq!(span(text).0, seconds, "{text}");
        }
        for text in ["24h", "48h", "7d", "30m", "30d", "0h"] {
            assert_eq!(span(text).to_string(), text);
        }
        for text in ["", "7", "7 apples", "1mo", "1y", "-1h", "0.5s"] {
            assert!(Span::try_from(text.to_owned()).is_err(), "{text}");
        }
    }

    #[test]
    fn a_day_without_clock_change_has_24_slots() {
        let c = Calendar::new(date(2022, 3, 7).at(0, 0, 0, 0), "America/Sao_Paulo", span("60d"), span("1h"))
            .unwrap();
        assert_eq!((c.slots().len(), c.days()), (60 * 24, 60));
        assert_eq!(c.date(59).to_string(), "2022-05-05");
        assert_eq!(c.slot_from(SimTime(3_601)), 2);
        assert_eq!(c.day_of(SimTime(DAY)), 1);
        assert_eq!(c.day_of(SimTime(DAY - 1)), 0);
    }

    #[test]
    fn skipped_hours_do_not_exist_and_repeated_ones_are_two_slots() {
        let spring =
            Calendar::new(date(2022, 3, 27).at(0, 0, 0, 0), "Europe/Berlin", span("23h"), span("1h"))
                .unwrap();
        assert_eq!(spring.slots().len(), 23);
        assert!(spring.slots().iter().all(|slot| slot.minute != 120));
        let autumn =
            Calendar::new(date(2022, 10, 30).at(0, 0, 0, 0), "Europe/Berlin", span("25h"), span("1h"))
                .unwrap();
        assert_eq!(autumn.slots().len(), 25);
        assert_eq!(autumn.slots().iter().filter(|slot| slot.minute == 120).count(), 2);
        assert_eq!(autumn.hours_in_day(0), 25.0);
        for c in [spring, autumn] {
            assert!(c.slots().windows(2).all(|pair| (pair[1].at - pair[0].at).0 == HOUR));
            for (index, slot) in c.slots().iter().enumerate() {
                assert_eq!(c.slot_from(slot.at), index as Slot);
            }
        }
    }

    #[test]
    fn a_last_day_that_the_run_hardly_touches_is_no_day() {
        let spring = |horizon| {
            Calendar::new(date(2025, 3, 24).at(0, 0, 0, 0), "Europe/Berlin", span(horizon), span("1h"))
                .unwrap()
        };
        let counted = |horizon| (spring(horizon).days(), spring(horizon).counted_days());
        // On Sunday 30 March the clock goes forward: 168 hours end an hour into the next Monday.
        assert_eq!(
            ["7d", "167h", "60h", "59h", "25h", "1h"].map(counted),
            [(8, 7), (7, 7), (3, 3), (3, 2), (2, 1), (1, 1)]
        );
        let calendar = spring("7d");
        assert_eq!([0, 5, 6].map(|day| calendar.part_of_day(day)), [1.0, 1.0, 1.0]);
        assert!((calendar.part_of_day(7) - 1.0 / 24.0).abs() < 1e-12);
        let noon = Calendar::new(date(2025, 3, 24).at(12, 0, 0, 0), "UTC", span("1d"), span("1h")).unwrap();
        assert_eq!([0, 1].map(|day| noon.part_of_day(day)), [0.5, 0.5]);
    }

    #[test]
    fn skipped_times_are_known() {
        let c =
            Calendar::new(date(2023, 3, 25).at(0, 0, 0, 0), "Europe/Madrid", span("3d"), span("1h")).unwrap();
        let skipped = |hour, minute| c.skips(date(2023, 3, 26).at(hour, minute, 0, 0));
        assert_eq!(
            [(1, 59), (2, 0), (2, 59), (3, 0)].map(|(hour, minute)| skipped(hour, minute)),
            [false, true, true, false]
        );
    }

    /// What is heard after a run is heard when it would be in a longer one, also after a day of 23 or 25 hours.
    #[test]
    fn slots_beyond_a_run_are_those_of_a_longer_one() {
        for (start, zone, slot) in [
            (date(2022, 3, 25), "Europe/Berlin", "2h"),
            (date(2022, 10, 28), "Europe/Berlin", "3h"),
            (date(2022, 4, 1), "Australia/Lord_Howe", "1h"),
        ] {
            let calendar = |days| Calendar::new(start.at(0, 0, 0, 0), zone, span(days), span(slot)).unwrap();
            let (short, long) = (calendar("9d"), calendar("12d"));
            assert!(short.slots().len() + 5 < long.slots().len());
            for (slot, start) in long.slots().iter().zip(0..) {
                assert_eq!(short.start_of(start), slot.at, "slot {start} in {zone}");
                let due = SimTime(slot.at.0 - 60);
                assert_eq!(short.heard_at(due).1, long.heard_at(due).1, "before slot {start} in {zone}");
            }
        }
    }

    #[test]
    fn impossible_calendars_are_refused() {
        let day = date(2022, 3, 27);
        assert!(matches!(
            Calendar::new(day.at(2, 30, 0, 0), "Europe/Berlin", span("1d"), span("1h")),
            Err(CalendarError::Start(..))
        ));
        assert!(matches!(
            Calendar::new(day.at(0, 0, 0, 0), "Mars/Base", span("1d"), span("1h")),
            Err(CalendarError::Zone(_))
        ));
        assert!(matches!(
            Calendar::new(day.at(0, 0, 0, 0), "UTC", span("1d"), span("7h")),
            Err(CalendarError::Slot(_))
        ));
    }
}
