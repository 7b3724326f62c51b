//! When the rows of a delay arrive, for a message of now: the slots, and which rows share a slot or a day.

use std::borrow::Cow;
use std::sync::OnceLock;

use crate::random::{Alike, DelayTable, MOST_ROWS};
use crate::time::{Calendar, SimTime, Slot, Span};

use super::activity::Activity;

/// When the rows of one delay arrive.
#[derive(Clone, Copy, Debug)]
pub(super) struct Arriving {
    /// The instant of each row: the start of a slot, of the run or beyond; never, for rows that the table does not have.
    pub(super) at: [SimTime; MOST_ROWS],
    /// The slot in which each row is heard; the one after the run's last where it arrives beyond the run.
    pub(super) slot: [Slot; MOST_ROWS],
    /// The first row that arrives when a conversation that the message opened has ended.
    pub(super) late: usize,
    /// Rows that arrive in the same slot.
    pub(super) by_slot: Alike,
    /// Rows that arrive on the same civil day; all that arrive after the run are one.
    pub(super) by_day: Alike,
}

/// How long a conversation lasts: 24 h in every ruleset.
pub(super) const CONVERSATION: Span = Span::hours(24);

/// So many slots from the start are remembered, some kilobytes each at most: almost two years of hours.
const MOST_KNOWN: usize = 1 << 14;

/// The delays of a segment, ready to be looked up.
#[derive(Clone, Debug)]
pub(super) struct Timetable {
    /// Of each delay, the position of its ages among `ages`.
    place: Vec<usize>,
    /// The ages of rows, each list of them once.
    ages: Vec<Vec<i64>>,
    /// The virtual time that each age takes, where hours differ.
    takes: Vec<Vec<u64>>,
    /// What was looked up at the start of a slot, of the first slots: it is the same in every replication.
    known: Vec<OnceLock<Box<[Arriving]>>>,
}

impl Timetable {
    pub(super) fn new(delays: &[DelayTable], activity: Option<&Activity>, calendar: &Calendar) -> Timetable {
        let mut ages: Vec<Vec<i64>> = Vec::new();
        let mut place = Vec::new();
        for delay in delays {
            let known = ages.iter().position(|known| known == delay.ages());
            place.push(known.unwrap_or(ages.len()));
            if known.is_none() {
                ages.push(delay.ages().to_vec());
            }
        }
        let takes = |ages: &Vec<i64>| match activity {
            Some(activity) => ages.iter().map(|age| activity.takes(*age)).collect(),
            None => Vec::new(),
        };
        let known = calendar.slots().iter().take(MOST_KNOWN).map(|_| OnceLock::new()).collect();
        Timetable { place, takes: ages.iter().map(takes).collect(), known, ages }
    }

    /// Position of delay `delay` in what [`Timetable::arriving`] gives.
    pub(super) fn place(&self, delay: usize) -> usize {
        self.place[delay]
    }

    /// When the rows of every delay arrive for a message of `now`, which lies on civil day `day`.
    pub(super) fn arriving(
        &self,
        activity: Option<&Activity>,
        calendar: &Calendar,
        now: SimTime,
        day: usize,
    ) -> Cow<'_, [Arriving]> {
        let all =
            || (0..self.ages.len()).map(|place| self.look_up(place, activity, calendar, now, day)).collect();
        let slot = calendar.slot_from(now) as usize;
        match self.known.get(slot).filter(|_| calendar.slots()[slot].at == now) {
            Some(known) => Cow::Borrowed(known.get_or_init(all)),
            None => Cow::Owned(all().into_vec()),
        }
    }

    fn look_up(
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
        let late = rows.partition_point(|at| *at < now + CONVERSATION);
        Arriving { at, slot, late, by_slot: by_slot(rows), by_day: by_day(rows, calendar, day) }
    }
}

fn by_slot(rows: &[SimTime]) -> Alike {
    let mut numbers = [0; MOST_ROWS];
    for row in 1..rows.len() {
        numbers[row] = if rows[row] == rows[row - 1] { numbers[row - 1] } else { row as u8 };
    }
    Alike::of(&numbers[..rows.len()])
}

fn by_day(rows: &[SimTime], calendar: &Calendar, mut day: usize) -> Alike {
    let over = |day: usize| calendar.midnight(day + 1).min(calendar.end());
    let mut next = over(day);
    let mut numbers = [0; MOST_ROWS];
    for (row, at) in rows.iter().enumerate() {
        numbers[row] = if row == 0 { 0 } else { numbers[row - 1] };
        if *at >= next {
            numbers[row] = row as u8;
        }
        while *at >= next {
            day += 1;
            next = if next < calendar.end() { over(day) } else { SimTime::NEVER };
        }
    }
    Alike::of(&numbers[..rows.len()])
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
        let timetable = Timetable::new(&delays, None, &calendar);
        let arriving = timetable.arriving(None, &calendar, SimTime(10 * HOUR), 0)[timetable.place(0)];
        assert_eq!(arriving.at[5], SimTime(26 * HOUR));
        assert_eq!(arriving.by_slot, Alike::of(&[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]));
        // 10:00 to 18:00 today; 02:00 and 10:00 tomorrow; the day after; 82 h and 106 h lie after the run.
        assert_eq!(arriving.by_day, Alike::of(&[0, 0, 0, 0, 0, 5, 5, 7, 8, 8]));
        let late = timetable.arriving(None, &calendar, SimTime(10 * HOUR + 1), 0)[0];
        assert_eq!(late.at[0], SimTime(11 * HOUR));
    }
}
