//! The date axis: calendar dates instead of day numbers, as many as fit.

use super::axis::Axis;
use super::fonts::{Weight, width};
use super::style;
use jiff::Span;
use jiff::civil::Date;

/// The days under a chart: day 0 is `first`, the last one is `days - 1` later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DateAxis {
    /// The date of day 0.
    pub first: Date,
    /// How many days there are; 0 is drawn as 1.
    pub days: usize,
}

impl DateAxis {
    /// The date of a day \[days after the first\]; the calendar's last date if it ends before.
    pub fn date(&self, day: usize) -> Date {
        let days = i64::try_from(day).unwrap_or(i64::MAX);
        Span::new().try_days(days).map_or(Date::MAX, |span| self.first.saturating_add(span))
    }

    /// The day of a date \[days after the first\]; `None` if it lies before the first or after the last.
    pub fn day(&self, date: Date) -> Option<usize> {
        let day = date.duration_since(self.first).as_hours() / 24;
        usize::try_from(day).ok().filter(|day| date >= self.first && *day <= self.last())
    }

    /// The last day.
    pub(super) fn last(&self) -> usize {
        self.days.max(1) - 1
    }

    /// The axis plotters draws on: one unit a day. A single day gets the room of one, so that it is a stretch and not a point.
    pub(super) fn axis(&self) -> Axis {
        Axis::linear(0.0, (self.last() as f64).max(1.0), Vec::new())
    }

    /// A date as it stands in a label: "7 Mar", with the year where it is not that of the first day.
    pub(super) fn label(&self, day: usize) -> String {
        let date = self.date(day);
        if date.year() == self.first.year() {
            short(date)
        } else {
            format!("{} {}", short(date), date.year())
        }
    }

    /// A date as it stands in a sentence: "7 Mar 2027".
    pub(super) fn full(&self, day: usize) -> String {
        let date = self.date(day);
        format!("{} {}", short(date), date.year())
    }

    /// The finest ticks whose labels do not touch on an axis of `room` \[px\]; `place` tells where a day lies on it \[px\].
    pub(super) fn ticks(&self, room: f64, place: impl Fn(f64) -> f64) -> Vec<Tick> {
        let most = room / 30.0 + 2.0;
        let coarse_enough = STEPS.into_iter().filter(|step| self.days as f64 / step.days() <= most);
        let mut last = Vec::new();
        for step in coarse_enough {
            last = self.label_ticks(step, &place);
            if apart(&last) {
                return last;
            }
        }
        last.truncate(1);
        last
    }

    /// The first day and every later one on which `step` begins anew, unless it would touch the first.
    fn label_ticks(&self, step: Step, place: impl Fn(f64) -> f64) -> Vec<Tick> {
        let mut ticks: Vec<Tick> = Vec::new();
        let mut year = None;
        let mut begun = 0;
        for day in 0..=self.last() {
            let date = self.date(day);
            begun += usize::from(step.begins(date));
            if day > 0 && !(step.begins(date) && step.counts(date, begun)) {
                continue;
            }
            let text = if day == 0 { step.first_label(date) } else { step.label(date) };
            let under = (year != Some(date.year())).then(|| date.year().to_string());
            let tick = Tick { day, at: place(day as f64), text, under };
            if ticks.len() == 1 && !apart(&[ticks[0].clone(), tick.clone()]) {
                begun -= usize::from(matches!(step, Step::Days { .. }));
                continue;
            }
            year = Some(date.year());
            ticks.push(tick);
        }
        ticks
    }
}

/// A label under the axis.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Tick {
    pub(super) day: usize,
    /// Where its middle lies \[px\].
    pub(super) at: f64,
    pub(super) text: String,
    /// The year, below the first label and wherever it changes.
    pub(super) under: Option<String>,
}

/// "7 Mar".
pub(super) fn short(date: Date) -> String {
    date.strftime("%-d %b").to_string()
}

/// Labels nearer than this are more than a reader wants, even if they do not touch \[px\].
const CLOSEST: f64 = 48.0;

fn apart(ticks: &[Tick]) -> bool {
    let half = |tick: &Tick| width(&tick.text, style::SMALL, Weight::Regular) / 2.0;
    let calm = |a: &Tick, b: &Tick| b.at - a.at >= (half(a) + half(b) + 12.0).max(CLOSEST);
    ticks.windows(2).all(|pair| calm(&pair[0], &pair[1]))
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Step {
    Days { weekday: bool },
    Weeks(usize),
    Months(i8),
    Years(i16),
}

const STEPS: [Step; 13] = [
    Step::Days { weekday: true },
    Step::Days { weekday: false },
    Step::Weeks(1),
    Step::Weeks(2),
    Step::Weeks(4),
    Step::Months(1),
    Step::Months(2),
    Step::Months(3),
    Step::Months(6),
    Step::Years(1),
    Step::Years(2),
    Step::Years(5),
    Step::Years(20),
];

impl Step {
    fn days(self) -> f64 {
        match self {
            Step::Days { .. } => 1.0,
            Step::Weeks(n) => 7.0 * n as f64,
            Step::Months(n) => 30.4 * f64::from(n),
            Step::Years(n) => 365.2 * f64::from(n),
        }
    }

    fn begins(self, date: Date) -> bool {
        match self {
            Step::Days { .. } => true,
            Step::Weeks(_) => date.weekday() == jiff::civil::Weekday::Monday,
            Step::Months(_) => date.day() == 1,
            Step::Years(_) => date.day() == 1 && date.month() == 1,
        }
    }

    /// Of several beginnings, is this one to be labelled? Weeks are counted from the first, months and years by the calendar.
    fn counts(self, date: Date, begun: usize) -> bool {
        match self {
            Step::Days { .. } => true,
            Step::Weeks(n) => (begun - 1).is_multiple_of(n),
            Step::Months(n) => (date.month() - 1) % n == 0,
            Step::Years(n) => date.year() % n == 0,
        }
    }

    fn label(self, date: Date) -> String {
        match self {
            Step::Days { weekday: true } => date.strftime("%a %-d %b").to_string(),
            Step::Days { weekday: false } | Step::Weeks(_) => short(date),
            Step::Months(_) | Step::Years(_) => date.strftime("%b").to_string(),
        }
    }

    fn first_label(self, date: Date) -> String {
        if matches!(self, Step::Days { .. }) { self.label(date) } else { short(date) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    fn labels(first: Date, days: usize) -> Vec<String> {
        let axis = DateAxis { first, days };
        let room = 700.0;
        let ticks = axis.ticks(room, |day| day / (axis.last() as f64).max(1.0) * room);
        ticks
            .into_iter()
            .map(|tick| tick.under.map_or(tick.text.clone(), |year| format!("{}/{year}", tick.text)))
            .collect()
    }

    #[test]
    fn a_few_days_have_their_weekdays() {
        assert_eq!(labels(date(2026, 10, 12), 3), ["Mon 12 Oct/2026", "Tue 13 Oct", "Wed 14 Oct"]);
        assert_eq!(labels(date(2026, 10, 12), 1), ["Mon 12 Oct/2026"]);
    }

    #[test]
    fn some_weeks_are_told_by_their_mondays_after_the_first_day() {
        let labels = labels(date(2026, 11, 5), 64);
        assert_eq!(labels[..3], ["5 Nov/2026", "16 Nov", "23 Nov"]);
        assert!(labels.contains(&"4 Jan/2027".to_owned()));
    }

    #[test]
    fn ten_years_are_told_by_years() {
        let labels = labels(date(2026, 10, 12), 3650);
        assert_eq!(labels[..3], ["12 Oct/2026", "Jan/2028", "Jan/2029"]);
    }

    #[test]
    fn days_and_dates_agree() {
        let axis = DateAxis { first: date(2026, 10, 12), days: 400 };
        assert_eq!(axis.date(30), date(2026, 11, 11));
        assert_eq!(axis.day(date(2026, 11, 11)), Some(30));
        assert_eq!(axis.day(date(2026, 10, 11)), None);
        assert_eq!(axis.day(date(2029, 10, 11)), None);
        assert_eq!(axis.label(120), "9 Feb 2027");
    }

    proptest! {
        #[test]
        fn labels_never_touch(start in 0usize..3000, days in 0usize..5000, room in 200.0..800.0f64) {
            let first = DateAxis { first: date(2020, 1, 1), days: 1 }.date(start);
            let axis = DateAxis { first, days };
            let ticks = axis.ticks(room, |day| day / (axis.last() as f64).max(1.0) * room);
            prop_assert!(!ticks.is_empty() && apart(&ticks));
        }
    }
}
