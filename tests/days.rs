//! What a day of a run tells besides its counts.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use common::{Case, folder, workshop};
use tiercast::sim::{Day, Scenario, Trajectory};

/// The scenario of a text under rules of which some values are others.
fn under(text: &str, name: &str, changes: &[(&str, &str)]) -> Scenario {
    let file = workshop(name).join("case.ron");
    std::fs::write(&file, text.replace("tests/common/", &format!("{}/tests/common/", folder().display())))
        .unwrap();
    let changes: Vec<_> =
        changes.iter().map(|(path, value)| ((*path).to_owned(), (*value).to_owned())).collect();
    Scenario::load(&file, &changes).unwrap_or_else(|error| panic!("{error}"))
}

fn each<T>(run: &Trajectory, of: impl Fn(&Day) -> T) -> Vec<T> {
    run.days.iter().map(of).collect()
}

/// A tenth of the limit on workdays, all day long: what was sent on Friday is in use until Saturday.
#[test]
fn a_limit_is_in_use_from_the_day_before() {
    let text = Case {
        ruleset: "classic-2022",
        start: "2022-03-11".into(),
        tier: "100,000",
        horizon: 5,
        from: 9,
        to: 19,
        weekdays: "workdays",
        ..Case::default()
    };
    let text = text.text().replace("a_day: 100", "a_day: 10000");
    let used = |name, changes: &[_]| each(&under(&text, name, changes).replicate(0), |day| day.capacity_used);
    // From Friday on. At midnight all of Monday is in use, and each hour of Tuesday takes over from one of Monday.
    let rolling = [Some(100), Some(100), Some(0), Some(100), Some(100)];
    assert_eq!(used("used-rolling", &[]), rolling);
    let by_day = [Some(100), Some(0), Some(0), Some(100), Some(100)];
    assert_eq!(used("used-by-day", &[("admission.tier.within", "CalendarDay")]), by_day);
}
