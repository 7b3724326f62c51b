//! Days of the week and times of day, as people write them in files.

use jiff::civil::Weekday as Civil;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Which days of the week.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(non_camel_case_types, reason = "lower-case words are choices in scenario files")]
pub enum Weekdays {
    /// Monday to Sunday.
    every_day,
    /// Monday to Friday.
    workdays,
    /// These.
    Only(Vec<Weekday>),
}

/// A day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Weekday {
    Mon,
    Tue,
    Wed,
    Thu,
    Fri,
    Sat,
    Sun,
}

impl Weekdays {
    /// Whether `day` is one of them.
    pub fn holds(&self, day: Civil) -> bool {
        match self {
            Weekdays::every_day => true,
            Weekdays::workdays => !matches!(day, Civil::Saturday | Civil::Sunday),
            Weekdays::Only(list) => list.contains(&Weekday::of(day)),
        }
    }
}

impl Weekday {
    fn of(day: Civil) -> Weekday {
        match day {
            Civil::Monday => Weekday::Mon,
            Civil::Tuesday => Weekday::Tue,
            Civil::Wednesday => Weekday::Wed,
            Civil::Thursday => Weekday::Thu,
            Civil::Friday => Weekday::Fri,
            Civil::Saturday => Weekday::Sat,
            Civil::Sunday => Weekday::Sun,
        }
    }
}

/// A civil time of day \[minutes since midnight, up to 1,440\], written as text: `"09:00"`, up to `"24:00"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TimeOfDay(u16);

/// Why a text is no time of day.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("expected a time of day such as \"09:00\", up to \"24:00\", found {0:?}")]
pub struct TimeOfDayError(String);

impl TimeOfDay {
    /// The end of a day.
    pub const MIDNIGHT: TimeOfDay = TimeOfDay(24 * 60);

    /// Minutes since midnight.
    pub fn minutes(self) -> u16 {
        self.0
    }
}

impl TryFrom<String> for TimeOfDay {
    type Error = TimeOfDayError;

    fn try_from(text: String) -> Result<TimeOfDay, TimeOfDayError> {
        let two = |part: &str| match part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit()) {
            true => part.parse::<u16>().ok(),
            false => None,
        };
        let read = || {
            let (hour, minute) = text.trim().split_once(':')?;
            let (hour, minute) = (two(hour)?, two(minute)?);
            (hour < 24 && minute < 60 || hour == 24 && minute == 0).then_some(TimeOfDay(hour * 60 + minute))
        };
        read().ok_or_else(|| TimeOfDayError(text.clone()))
    }
}

impl From<TimeOfDay> for String {
    fn from(time: TimeOfDay) -> String {
        format!("{:02}:{:02}", time.0 / 60, time.0 % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_day_are_read_and_shown() {
        for (text, minutes) in [("00:00", 0), ("09:30", 570), ("23:59", 1_439), ("24:00", 1_440)] {
            let time = TimeOfDay::try_from(text.to_owned()).unwrap();
            assert_eq!((time.minutes(), String::from(time).as_str()), (minutes, text));
        }
        for text in ["", "9", "9:00", "24:01", "12:60", "-1:00", "+9:00", "09:00:00", "nine"] {
            assert!(TimeOfDay::try_from(text.to_owned()).is_err(), "{text}");
        }
    }

    #[test]
    fn days_of_the_week_are_told_apart() {
        let days = [Civil::Monday, Civil::Friday, Civil::Saturday, Civil::Sunday];
        let held = |weekdays: &Weekdays| days.map(|day| weekdays.holds(day));
        assert_eq!(held(&Weekdays::every_day), [true; 4]);
        assert_eq!(held(&Weekdays::workdays), [true, true, false, false]);
        assert_eq!(held(&Weekdays::Only(vec![Weekday::Sat])), [false, false, true, false]);
    }
}
