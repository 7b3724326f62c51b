//! What a title says where a picture has more than one answer.

use crate::experiment::Ensemble;
use crate::glossary::NumberStatus;
use crate::report::charts::{about, chance};
use crate::sim::Mishap;
use crate::sim::Setting;
use crate::time::{Calendar, date_in_words};

/// So much above both ends a peak is worth telling \[times\].
const WELL_ABOVE: f64 = 1.25;

/// Where the median of a day's messages begins and ends; its peak, where that lies well above both; and since when nothing
/// more is sent, where no pause of the plan explains it.
pub(super) fn volume(setting: &Setting, medians: &[f64]) -> String {
    let Some(Course { first, last, peak, ends, silent }) = Course::of(&setting.calendar, medians) else {
        return "Messages a day: on each day half of the runs or more send nothing".to_owned();
    };
    let until = date_in_words(setting.calendar.date(ends));
    let over = silent > setting.longest_pause;
    let [from, to, most] = [first, last, peak].map(about);
    let course = match last - first {
        _ if over => format!("half of the runs send up to {most}, and nothing after {until}"),
        _ if peak > WELL_ABOVE * first.max(last) => {
            format!("the median goes from {from} up to {most}, and ends at {to}")
        }
        _ if from == to => format!("the median begins and ends at {from}"),
        up if up > 0.0 => format!("the median goes from {from} to {to}"),
        _ => format!("the median falls from {from} to {to}"),
    };
    format!("Messages a day: {course}")
}

/// A quantity over the days on which there is some.
struct Course {
    first: f64,
    last: f64,
    peak: f64,
    /// The last of these days, counted from the start.
    ends: usize,
    /// How many days without any follow.
    silent: usize,
}

impl Course {
    /// Of days that lie wholly in the run, where there are such: half a day is no fall. `None` without any amount.
    fn of(calendar: &Calendar, values: &[f64]) -> Option<Course> {
        let all = 0..values.len();
        let is_whole = |day: &usize| calendar.part_of_day(*day) >= 1.0;
        let whole = if all.clone().any(|day| is_whole(&day)) {
            all.filter(is_whole).collect()
        } else {
            all.collect::<Vec<usize>>()
        };
        let some: Vec<usize> = whole.iter().copied().filter(|day| values[*day] > 0.0).collect();
        let (begins, ends) = (*some.first()?, *some.last()?);
        Some(Course {
            first: values[begins],
            last: values[ends],
            peak: some.iter().map(|day| values[*day]).fold(0.0, f64::max),
            ends,
            silent: whole.last()? - ends,
        })
    }
}

/// The statuses that rules may set, from bad to worse, each with the mishap that it is.
const STATUSES: [(NumberStatus, Mishap); 5] = [
    (NumberStatus::Restricted, Mishap::Restricted),
    (NumberStatus::Warned, Mishap::Warned),
    (NumberStatus::RateLimited, Mishap::RateLimited),
    (NumberStatus::Flagged, Mishap::Flagged),
    (NumberStatus::Banned, Mishap::Banned),
];

/// The statuses that these rules can set, from bad to worse.
fn possible(ensemble: &Ensemble) -> impl DoubleEndedIterator<Item = (NumberStatus, Mishap)> {
    STATUSES.into_iter().filter(|(_, mishap)| mishap.possible(ensemble.setting()))
}

/// The statuses in which some run ever is, each with the share of the runs, the most frequent first.
fn ever(ensemble: &Ensemble) -> Vec<(NumberStatus, f64)> {
    let share =
        |mishap: Mishap| ensemble.share(|row| mishap.happened(&row.outcome)).estimate().unwrap_or(0.0);
    let mut shares: Vec<(NumberStatus, f64)> =
        possible(ensemble).map(|(status, mishap)| (status, share(mishap))).collect();
    shares.retain(|(_, share)| *share > 0.0);
    shares.sort_by(|a, b| b.1.total_cmp(&a.1));
    shares
}

/// How many of the runs are ever in each status that these rules can set, the most frequent first.
pub(super) fn statuses(ensemble: &Ensemble) -> String {
    match ever(ensemble).as_slice() {
        [(status, share), rarer @ ..] => {
            let rarer = rarer.iter().map(|(status, share)| format!(", {} {}", chance(*share), status.name()));
            let rarer = rarer.collect::<String>();
            format!("{} of the runs are {} at least once{rarer}", chance(*share), status.name())
        }
        [] => match possible(ensemble).next_back() {
            Some((worst, ..)) => format!("No run is ever {}", worst.name()),
            None => "These rules cannot warn, flag, restrict or ban a number".to_owned(),
        },
    }
}

/// Names the statuses in which runs are, and which a picture of how days end does not show; nothing where it shows all.
pub(super) fn unseen(ensemble: &Ensemble, shown: &[NumberStatus]) -> String {
    let passing = ever(ensemble).into_iter().filter(|(status, _)| !shown.contains(status));
    let names: Vec<&str> = passing.map(|(status, _)| status.name()).collect();
    if names.is_empty() { String::new() } else { format!(" At the end of no day: {}.", names.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::{Threads, toy};
    use crate::sim::{Possible, Trajectory};
    use crate::time::Span;

    /// Sixty days from a Monday, on workdays, to people who rest for a day.
    fn setting() -> Setting {
        Setting { longest_pause: 3, ..toy::setting() }
    }

    #[test]
    fn a_weekend_is_no_end() {
        let workdays: Vec<f64> = (0..60).map(|day| if day % 7 < 5 { 60_000.0 } else { 0.0 }).collect();
        let said = |days: usize| volume(&setting(), &workdays[..days]);
        assert_eq!(said(56), "Messages a day: the median begins and ends at 60,000");
        let stopped: Vec<f64> = workdays[..54].iter().copied().chain([0.0; 6]).collect();
        assert_eq!(
            volume(&setting(), &stopped),
            "Messages a day: half of the runs send up to 60,000, and nothing after Fri 29 Apr 2022"
        );
    }

    #[test]
    fn a_peak_is_told_and_numbers_are_rounded_as_in_the_picture() {
        let over = |medians: &[f64]| volume(&setting(), medians);
        let peak = "Messages a day: the median goes from 50 up to 18,000, and ends at 151";
        assert_eq!(over(&[50.0, 17_961.0, 151.0]), peak);
        assert_eq!(over(&[50.0, 11_808.0]), "Messages a day: the median goes from 50 to 11,800");
        assert_eq!(over(&[50.0, 40.0]), "Messages a day: the median falls from 50 to 40");
        assert_eq!(over(&[0.0; 9]), "Messages a day: on each day half of the runs or more send nothing");
    }

    #[test]
    fn a_last_day_that_is_not_whole_decides_nothing() {
        let start = jiff::civil::date(2022, 3, 7).at(0, 0, 0, 0);
        let calendar = Calendar::new(start, "UTC", Span::hours(60), Span::hours(1)).unwrap();
        let said = volume(&Setting { calendar, ..setting() }, &[50.0, 60.0, 22.0]);
        assert_eq!(said, "Messages a day: the median goes from 50 to 60");
        let noon =
            Calendar::new(start.date().at(12, 0, 0, 0), "UTC", Span::hours(24), Span::hours(1)).unwrap();
        let said = volume(&Setting { calendar: noon, ..setting() }, &[50.0, 60.0]);
        assert_eq!(said, "Messages a day: the median goes from 50 to 60");
    }

    #[test]
    fn the_statuses_that_are_seen_are_told() {
        let with = |index: u64, warnings: u32, rate_limits: u32| {
            toy::future_with(index, |outcome| {
                (outcome.flags, outcome.restrictions) = (0, 0);
                (outcome.warnings, outcome.rate_limits) = (warnings, rate_limits);
            })
        };
        let quiet = |index| with(index, 0, 0);
        let warned = |index: u64| with(index, u32::from(index < 8), u32::from(index < 3));
        let run = |possible, future: &(dyn Fn(u64) -> Trajectory + Sync)| {
            let future = |index: u64| future(index);
            let setting = Setting { possible, ..setting() };
            Ensemble::run(setting, 0..20, Threads::ONE, &future, &|_| {}, &false.into())
        };
        let with = |possible, future: &(dyn Fn(u64) -> Trajectory + Sync)| statuses(&run(possible, future));
        let none = Possible { flagged: false, restricted: false, ..setting().possible };
        let old = Possible { warned: true, rate_limited: true, ..none };
        assert_eq!(with(old, &warned), "40% of the runs are Warned at least once, 15% Rate-limited");
        let shown = [NumberStatus::Connected, NumberStatus::RateLimited];
        assert_eq!(unseen(&run(old, &warned), &shown), " At the end of no day: Warned.");
        assert_eq!(unseen(&run(old, &quiet), &shown), "");
        assert_eq!(with(old, &quiet), "No run is ever Rate-limited");
        assert_eq!(with(none, &quiet), "These rules cannot warn, flag, restrict or ban a number");
        assert_eq!(with(setting().possible, &quiet), "No run is ever Flagged");
    }
}
