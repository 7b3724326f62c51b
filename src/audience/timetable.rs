//! When the rows of a delay arrive, for a message of now: the slots, and which rows share a slot or a day.

use crate::random::{Alike, DelayTable, MOST_ROWS};
use crate::time::{Calendar, SimTime, Slot};

use super::activity::Activity;

/// When the rows of one delay arrive.
#[derive(Clone, Copy, Debug)]
pub(super) struct Arriving {
    /// The instant of each row: the start of a slot, of the run or beyond; never, for rows that the table does not have.
    pub(super) at: [SimTime; MOST_ROWS],
    /// The slot in which each row is heard; the one after the run's last where it arrives beyond the run.
    pub(super) slot: [Slot; MOST_ROWS],
    /// Rows that arrive in the same slot.
    pub(super) by_slot: Alike,
    /// Rows that arrive on the same civil day; all that arrive after the run are one.
    pub(super) by_day: Alike,
}

/// The delays of a segment, ready to be looked up.
#[derive(Clone, Debug)]
pub(super) struct Timetable {
    /// The first delay with the same ages as each.
    same: Vec<usize>,
    ages: Vec<Vec<i64>>,
    /// The virtual time that each age takes, where hours differ.
    takes: Vec<Vec<u64>>,
}

impl Timetable {
    pub(super) fn new(delays: &[DelayTable], activity: Option<&Activity>) -> Timetable {
        let ages: Vec<Vec<i64>> = delays.iter().map(|delay| delay.ages().to_vec()).collect();
        let same = |own: &Vec<i64>| ages.iter().position(|other| other == own).unwrap_or(0);
        let takes = |ages: &Vec<i64>| match activity {
            Some(activity) => ages.iter().map(|age| activity.takes(*age)).collect(),
            None => Vec::new(),
        };
        Timetable { same: ages.iter().map(same).collect(), takes: ages.iter().map(takes).collect(), ages }
    }

    /// The first delay that arrives as delay `place` does.
    pub(super) fn same_as(&self, place: usize) -> usize {
        self.same[place]
    }

    /// When the rows of delay `place` arrive for a message of `now`, which lies on civil day `day`.
    pub(super) fn arriving(
        &self,
        place: usize,
        activity: Option<&Activity>,
        calendar: &Calendar,
        now: SimTime,
        day: usize,
    ) -> Arriving {
        let (mut at, mut slot) = ([SimTime::NEVER; MOST_ROWS], [Slot::MAX; MOST_ROWS]);
        let rows = at.iter_mut().zip(&mut slot);
        match activity {
            Some(activity) => {
                let after = calendar.slots().len() as Slot;
                for ((at, slot), heard) in rows.zip(activity.slots(calendar, now, &self.takes[place])) {
                    (*at, *slot) = (calendar.start_of(heard), heard.min(after));
                }
            }
            None => {
                for ((at, slot), age) in rows.zip(&self.ages[place]) {
                    (*slot, *at) = calendar.heard_at(SimTime(now.0 + age));
                }
            }
        }
        let rows = &at[..self.ages[place].len()];
        Arriving { at, slot, by_slot: by_slot(rows), by_day: by_day(rows, calendar, day) }
    }
}

fn by_slot(rows: &[SimTime]) -> Alike {
    let mut alike = [0; MOST_ROWS];
    for row in 1..rows.len() {
        alike[row] = if rows[row] == rows[row - 1] { alike[row - 1] } else { row as u8 };
    }
    alike
}

fn by_day(rows: &[SimTime], calendar: &Calendar, mut day: usize) -> Alike {
    let over = |day: usize| calendar.midnight(day + 1).min(calendar.end());
    let mut next = over(day);
    let mut alike = [0; MOST_ROWS];
    for (row, at) in rows.iter().enumerate() {
        alike[row] = if row == 0 { 0 } else { alike[row - 1] };
        if *at >= next {
            alike[row] = row as u8;
        }
        while *at >= next {
            day += 1;
            next = if next < calendar.end() { over(day) } else { SimTime::NEVER };
        }
    }
    alike
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::{HOUR, Span};
    use jiff::civil::date;

    #[test]
    fn rows_of_one_day_are_alike() {
        let calendar = Calendar::new(date(2022, 3, 7).at(0, 0, 0, 0), "UTC", Span::days(3), Span::hours(1))
            .expect("a calendar");
        let hours = [0, 1, 2, 4, 8, 16, 24, 48, 72, 96];
        let rows: Vec<(i64, f64)> = hours.iter().map(|hour| (hour * HOUR, 0.1)).collect();
        let delays = [DelayTable::new(&rows).expect("a table")];
        let timetable = Timetable::new(&delays, None);
        let arriving = timetable.arriving(0, None, &calendar, SimTime(10 * HOUR), 0);
        assert_eq!(arriving.at[5], SimTime(26 * HOUR));
        assert_eq!(arriving.by_slot[..10], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
        // 10:00 to 18:00 today; 02:00 and 10:00 tomorrow; the day after; 82 h and 106 h lie after the run.
        assert_eq!(arriving.by_day[..10], [0, 0, 0, 0, 0, 5, 5, 7, 8, 8]);
        let late = timetable.arriving(0, None, &calendar, SimTime(10 * HOUR + 1), 0);
        assert_eq!(late.at[0], SimTime(11 * HOUR));
    }
}
