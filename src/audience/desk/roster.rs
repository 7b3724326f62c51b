//! How many agents work at which instant.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::Date;

use crate::time::{Calendar, SimTime, TimeOfDay};

use super::text::ShiftText;

/// The agents of a run: how many from which instant on.
///
/// Shifts are civil: where the clock moves during one it is an hour longer or shorter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Roster {
    /// Rising instants, the first at the start or later; before it nobody works.
    changes: Vec<(SimTime, u32)>,
}

impl Roster {
    /// Lays the shifts over the civil days of a run.
    pub fn new(shifts: &[ShiftText], calendar: &Calendar) -> Roster {
        let mut steps: BTreeMap<SimTime, i64> = BTreeMap::new();
        // A night shift may have begun on the day before the start.
        let first = calendar.date(0).saturating_sub(1.day());
        for day in 0..=calendar.days() {
            let date = first.saturating_add((day as i64).days());
            for shift in shifts.iter().filter(|shift| shift.days.holds(date.weekday())) {
                let ends = if shift.to <= shift.from { date.saturating_add(1.day()) } else { date };
                let (from, to) = (instant(calendar, date, shift.from), instant(calendar, ends, shift.to));
                if from < to {
                    *steps.entry(from).or_default() += i64::from(shift.agents);
                    *steps.entry(to).or_default() -= i64::from(shift.agents);
                }
            }
        }
        let mut changes: Vec<(SimTime, u32)> = Vec::new();
        let mut agents = 0;
        for (at, step) in steps.into_iter().filter(|(at, _)| *at < calendar.end()) {
            agents += step;
            let working = u32::try_from(agents).unwrap_or(0);
            if changes.last().map_or(0, |last| last.1) != working {
                changes.push((at, working));
            }
        }
        Roster { changes }
    }

    /// Each instant at which the number of agents changes, and the number from then on.
    pub fn changes(&self) -> &[(SimTime, u32)] {
        &self.changes
    }

    /// How long they work between two instants, all together \[seconds\].
    pub fn agent_seconds(&self, from: SimTime, to: SimTime) -> i64 {
        let (mut seconds, mut at, mut agents) = (0, from, self.agents(from));
        let first = self.changes.partition_point(|(change, _)| *change <= from);
        for (change, working) in self.changes[first..].iter().take_while(|(change, _)| *change < to) {
            seconds += (*change - at).0 * i64::from(agents);
            (at, agents) = (*change, *working);
        }
        seconds + (to - at).0.max(0) * i64::from(agents)
    }

    /// How many work at `now`.
    pub fn agents(&self, now: SimTime) -> u32 {
        let next = self.changes.partition_point(|(at, _)| *at <= now);
        next.checked_sub(1).map_or(0, |place| self.changes[place].1)
    }
}

/// The instant of a time of day, the start of the run where it lies before; never, where no date can be named.
fn instant(calendar: &Calendar, date: Date, time: TimeOfDay) -> SimTime {
    let (date, minutes) = match time {
        TimeOfDay::MIDNIGHT => (date.saturating_add(1.day()), 0),
        time => (date, time.minutes()),
    };
    let civil = date.at((minutes / 60) as i8, (minutes % 60) as i8, 0, 0);
    calendar.instant(civil).unwrap_or(SimTime::NEVER).max(SimTime::START)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::time::{HOUR, Span, Weekday, Weekdays};

    fn shift(days: Weekdays, from: &str, to: &str, agents: u32) -> ShiftText {
        let time = |text: &str| TimeOfDay::try_from(text.to_owned()).unwrap();
        ShiftText { days, from: time(from), to: time(to), agents }
    }

    /// Hours and agents of every change.
    fn laid(shifts: &[ShiftText], start: Date, hour: i8, zone: &str, days: i64) -> Vec<(i64, u32)> {
        let calendar =
            Calendar::new(start.at(hour, 0, 0, 0), zone, Span::days(days), Span::hours(1)).unwrap();
        let roster = Roster::new(shifts, &calendar);
        roster.changes().iter().map(|(at, agents)| (at.0 / HOUR, *agents)).collect()
    }

    #[test]
    fn shifts_of_a_week_add_up() {
        let shifts = [
            shift(Weekdays::workdays, "09:00", "18:00", 3),
            shift(Weekdays::workdays, "12:00", "20:00", 2),
            shift(Weekdays::Only(vec![Weekday::Sat]), "10:00", "14:00", 1),
        ];
        // From a Friday on.
        let found = laid(&shifts, date(2022, 3, 4), 0, "UTC", 3);
        assert_eq!(found, [(9, 3), (12, 5), (18, 2), (20, 0), (34, 1), (38, 0)]);
    }

    #[test]
    fn agents_work_from_change_to_change() {
        let shifts = [
            shift(Weekdays::every_day, "09:00", "18:00", 3),
            shift(Weekdays::every_day, "12:00", "20:00", 2),
        ];
        let calendar =
            Calendar::new(date(2022, 3, 4).at(0, 0, 0, 0), "UTC", Span::days(2), Span::hours(1)).unwrap();
        let roster = Roster::new(&shifts, &calendar);
        let hours = |from: i64, to: i64| {
            roster.agent_seconds(SimTime(from * HOUR), SimTime(to * HOUR)) as f64 / HOUR as f64
        };
        assert_eq!([hours(0, 24), hours(24, 48), hours(0, 48)], [43.0, 43.0, 86.0]);
        assert_eq!([hours(10, 13), hours(13, 13), hours(21, 33), hours(0, 9)], [11.0, 0.0, 0.0, 0.0]);
    }

    #[test]
    fn shifts_that_meet_are_one_and_nights_cross_midnight() {
        let halves = [
            shift(Weekdays::every_day, "00:00", "12:00", 2),
            shift(Weekdays::every_day, "12:00", "24:00", 2),
        ];
        assert_eq!(laid(&halves, date(2022, 3, 4), 0, "UTC", 3), [(0, 2)]);
        let night = [shift(Weekdays::every_day, "22:00", "06:00", 1)];
        // The night before the start is still at work when a run starts at 3:00.
        assert_eq!(laid(&night, date(2022, 3, 4), 3, "UTC", 1), [(0, 1), (3, 0), (19, 1)]);
        let friday = [shift(Weekdays::Only(vec![Weekday::Fri]), "22:00", "06:00", 1)];
        assert_eq!(laid(&friday, date(2022, 3, 4), 0, "UTC", 3), [(22, 1), (30, 0)]);
    }

    #[test]
    fn a_shift_is_longer_or_shorter_where_the_clock_moves() {
        let night = [shift(Weekdays::every_day, "01:00", "05:00", 1)];
        assert_eq!(laid(&night, date(2022, 3, 27), 0, "Europe/Berlin", 1)[..2], [(1, 1), (4, 0)]);
        assert_eq!(laid(&night, date(2022, 10, 30), 0, "Europe/Berlin", 1)[..2], [(1, 1), (6, 0)]);
        let skipped = [shift(Weekdays::every_day, "02:00", "03:00", 1)];
        assert_eq!(laid(&skipped, date(2022, 3, 27), 0, "Europe/Berlin", 1), []);
    }

    #[test]
    fn the_agents_of_an_instant_are_those_of_the_last_change() {
        let calendar =
            Calendar::new(date(2022, 3, 4).at(0, 0, 0, 0), "UTC", Span::days(1), Span::hours(1)).unwrap();
        let roster = Roster::new(&[shift(Weekdays::every_day, "09:00", "18:00", 3)], &calendar);
        let at = |seconds| roster.agents(SimTime(seconds));
        assert_eq!(
            [at(0), at(9 * HOUR - 1), at(9 * HOUR), at(18 * HOUR - 1), at(18 * HOUR)],
            [0, 0, 3, 3, 0]
        );
    }
}
