//! When people look at their phones: the hours and weekdays in which reactions and first messages come.
//!
//! Ages of reactions are *virtual*: a virtual hour is the part of a week's activity that an average hour holds. A row of
//! a delay arrives in the first slot that has reached its age; at night little virtual time goes by.

use serde::{Deserialize, Serialize};

use crate::document::Check;
use crate::time::{Calendar, HOUR, SimTime, Slot};

/// How much of their attention people give to each hour and weekday, in relative whole numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActivityText {
    /// Relative weights of the hours 0 to 23 \[no unit\]; 24 numbers.
    pub hours: Vec<u32>,
    /// Relative weights of the weekdays Monday to Sunday \[no unit\]; 7 numbers.
    pub weekdays: Vec<u32>,
    /// How far it can be trusted \[grade, 0 to 3\].
    pub grade: u8,
    /// Who says so.
    pub source: String,
}

/// The largest weight of an hour or weekday.
const MOST_WEIGHT: u32 = 1_000;

impl ActivityText {
    /// Whether every hour is like every other.
    pub fn is_even(&self) -> bool {
        let even = |weights: &[u32]| weights.windows(2).all(|pair| pair[0] == pair[1]);
        even(&self.hours) && even(&self.weekdays)
    }

    pub(super) fn check(&self, check: &mut Check<'_>) {
        for (path, weights, expected) in
            [("activity.hours", &self.hours, 24), ("activity.weekdays", &self.weekdays, 7)]
        {
            if weights.len() != expected {
                let message = format!("expected {expected} weights, found {}", weights.len());
                check.error(path, message, "one for each, such as 1 everywhere for no difference");
            } else if weights.iter().all(|weight| *weight == 0) {
                check.error(
                    path,
                    "all weights are 0: nobody would ever react",
                    "give the times that count a weight",
                );
            } else if weights.iter().any(|weight| *weight > MOST_WEIGHT) {
                check.error(path, "a weight is too large", format!("whole numbers from 0 to {MOST_WEIGHT}"));
            }
        }
    }
}

/// The virtual time of a calendar: exact whole numbers, so that no rounding moves a reaction to another slot.
#[derive(Clone, Debug)]
pub struct Activity {
    /// Weight × seconds before each slot, and at the end of the last; some weeks beyond the run, so that no horizon
    /// moves what happens within another.
    before: Vec<u64>,
    /// Slots of the run.
    slots: usize,
    /// Sum of the weights of a week's 168 hours.
    week: u64,
    slot: i64,
}

/// The longest age that slots are looked for \[virtual weeks\]: ages end after 8 days.
const LONGEST_WEEKS: i64 = 3;

/// Hours of a week.
const WEEK: u64 = 168;

impl Activity {
    /// The virtual time of `calendar`; nothing where every hour is alike and virtual time is time.
    pub fn new(text: &ActivityText, calendar: &Calendar, longest: i64) -> Option<Activity> {
        if text.is_even() || text.hours.len() != 24 || text.weekdays.len() != 7 {
            return None;
        }
        let (hours, weekdays): (u64, u64) = (
            text.hours.iter().map(|w| u64::from(*w)).sum(),
            text.weekdays.iter().map(|w| u64::from(*w)).sum(),
        );
        let slot = calendar.slot_length().0;
        let mut before = Vec::with_capacity(calendar.slots().len() + 1);
        let mut sum = 0;
        before.push(sum);
        let weeks = longest / (WEEK as i64 * HOUR) + LONGEST_WEEKS;
        let slots = calendar.slots().len();
        let end = slots + usize::try_from(weeks * WEEK as i64 * HOUR / slot).unwrap_or(0);
        for place in 0..end {
            let civil = calendar.civil(calendar.start_of(place as Slot));
            let weekday = usize::from(civil.weekday().to_monday_zero_offset().unsigned_abs());
            let minute = civil.hour().unsigned_abs() as u16 * 60 + civil.minute().unsigned_abs() as u16;
            sum += u64::from(text.weekdays[weekday]) * seconds_by_hour(&text.hours, minute, slot);
            before.push(sum);
        }
        Some(Activity { before, slots, week: hours * weekdays, slot })
    }

    /// The weight × seconds that `age` virtual seconds take, rounded up.
    pub(super) fn takes(&self, age: i64) -> u64 {
        (age.max(0) as u128 * u128::from(self.week)).div_ceil(u128::from(WEEK)) as u64
    }

    /// The first slot at or after `now` that is `age` virtual seconds later; it may lie beyond the run.
    pub fn slot_at(&self, calendar: &Calendar, now: SimTime, age: i64) -> Slot {
        let takes = [self.takes(age)];
        self.slots(calendar, now, &takes).next().unwrap_or(Slot::MAX)
    }

    /// The first slots at or after `now` that have reached each of what `takes` rises through.
    pub(super) fn slots<'a>(
        &'a self,
        calendar: &Calendar,
        now: SimTime,
        takes: &'a [u64],
    ) -> impl Iterator<Item = Slot> + 'a {
        let until = self.until(calendar, now);
        let mut place = calendar.slot_from(now) as usize;
        let last = self.before.len() - 1;
        takes.iter().map(move |takes| {
            place += rising(&self.before[place..last], until + takes);
            place as Slot
        })
    }

    /// Virtual days that slot `slot` holds.
    pub fn days_in(&self, slot: Slot) -> f64 {
        let place = slot as usize;
        self.days(self.before[place + 1] - self.before[place])
    }

    /// Virtual days in the 24 h before `now`; before the start a day is a day.
    pub fn last_day(&self, calendar: &Calendar, now: SimTime) -> f64 {
        let day = crate::time::DAY;
        let missing = (day - now.0).max(0) as f64 / day as f64;
        let from = SimTime((now.0 - day).max(0));
        missing + self.days(self.until(calendar, now) - self.until(calendar, from))
    }

    /// The most slots that `age` virtual seconds can take, from any slot of the calendar that they end in.
    pub fn longest(&self, calendar: &Calendar, age: i64) -> usize {
        let wait = |place: usize| {
            (self.slot_at(calendar, calendar.start_of(place as Slot), age) as usize).min(self.slots) - place
        };
        (0..self.slots).map(wait).max().unwrap_or(0) + 1
    }

    /// Weight × seconds from the start until `at`.
    fn until(&self, calendar: &Calendar, at: SimTime) -> u64 {
        let next = calendar.slot_from(at) as usize;
        let short = calendar.start_of(next as Slot) - at;
        if next == 0 || short.0 <= 0 {
            return self.before[next];
        }
        let in_slot = self.before[next] - self.before[next - 1];
        self.before[next] - (u128::from(in_slot) * short.0 as u128 / self.slot as u128) as u64
    }

    fn days(&self, weighted: u64) -> f64 {
        // An average hour has the weight week / 168 for 3,600 seconds.
        weighted as f64 * WEEK as f64 / (self.week as f64 * 24.0 * HOUR as f64)
    }
}

/// How many of `sums`, which never fall, are below `bound`: found by ever longer steps, for it is mostly few.
fn rising(sums: &[u64], bound: u64) -> usize {
    let (mut low, mut step) = (0, 1);
    while low + step <= sums.len() && sums[low + step - 1] < bound {
        low += step;
        step *= 2;
    }
    let high = (low + step).min(sums.len());
    low + sums[low..high].partition_point(|sum| *sum < bound)
}

/// Weight × seconds of a slot that begins at `minute` of a day and lasts `length` seconds.
fn seconds_by_hour(hours: &[u32], minute: u16, length: i64) -> u64 {
    let (mut at, mut left, mut sum) = (i64::from(minute) * 60, length, 0);
    while left > 0 {
        let part = (HOUR - at % HOUR).min(left);
        sum += u64::from(hours[(at / HOUR % 24) as usize]) * part as u64;
        (at, left) = (at + part, left - part);
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::{DAY, Span};
    use jiff::civil::date;

    fn calendar() -> Calendar {
        Calendar::new(date(2022, 3, 7).at(0, 0, 0, 0), "UTC", Span::days(14), Span::hours(1))
            .expect("a calendar")
    }

    fn text(hours: [u32; 24], weekdays: [u32; 7]) -> ActivityText {
        ActivityText {
            hours: hours.to_vec(),
            weekdays: weekdays.to_vec(),
            grade: 0,
            source: "a test".to_owned(),
        }
    }

    fn office() -> ActivityText {
        let mut hours = [0; 24];
        hours[9..17].fill(3);
        text(hours, [1, 1, 1, 1, 1, 0, 0])
    }

    /// Eight hours on five days carry a week of 168: an hour of office time is 4.2 virtual hours.
    #[test]
    fn virtual_time_is_worked_out_by_hand() {
        let (calendar, activity) = (calendar(), Activity::new(&office(), &calendar(), 0).expect("uneven"));
        let at = |hour: i64| SimTime(hour * HOUR);
        let slot = |now, hours: i64| activity.slot_at(&calendar, now, hours * HOUR);
        assert_eq!(slot(at(9), 0), 9);
        // One virtual hour has gone by at 9:14, which slot 10 is the first to have reached.
        assert_eq!(slot(at(9), 1), 10);
        assert_eq!(slot(at(9), 4), 10);
        assert_eq!(slot(at(9), 5), 11);
        // A whole day of 33.6 virtual hours ends at 17:00; the next begins at 9:00 on Tuesday.
        assert_eq!(slot(at(9), 33), 17);
        assert_eq!(slot(at(9), 34), 24 + 10);
        // From Friday 17:00 on nothing counts before Monday 9:00.
        assert_eq!(slot(at(4 * 24 + 17), 1), 7 * 24 + 10);
        assert_eq!(slot(at(0), 168 + 168), 14 * 24 - 3 * 24 + 9 + 8);
        // The week after the run is a week like any.
        assert_eq!(slot(at(7 * 24), 168 + 5), 14 * 24 + 9 + 2);
    }

    #[test]
    fn a_week_has_seven_virtual_days() {
        let (calendar, activity) = (calendar(), Activity::new(&office(), &calendar(), 0).expect("uneven"));
        let week: f64 = (0..168).map(|slot| activity.days_in(slot)).sum();
        assert!((week - 7.0).abs() < 1e-9, "{week}");
        assert_eq!(activity.days_in(3), 0.0);
        let day = activity.last_day(&calendar, SimTime(DAY + 12 * HOUR));
        assert!((day - 1.4).abs() < 1e-9, "{day}");
        assert!(activity.longest(&calendar, 24 * HOUR) >= 64);
    }

    #[test]
    fn even_activity_is_time_itself() {
        assert!(Activity::new(&text([2; 24], [5; 7]), &calendar(), 0).is_none());
    }
}
