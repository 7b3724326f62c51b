//! How many numbers a business may connect: what is refused when a scenario is loaded, and what waits in a run.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

use std::path::Path;

use tiercast::platform::What;
use tiercast::sim::{Entry, Journal, Metric, Scenario};

/// A scenario of 20 days in which each of these numbers sends an equal part of 90 messages a day, to people who never
/// react.
fn scenario(ruleset: &str, start: &str, names: &[String], verification: &str) -> Result<Scenario, String> {
    let numbers: String = names.iter().map(|name| format!("\n            \"{name}\": (),")).collect();
    let weights: String = names.iter().map(|name| format!("\"{name}\": 1, ")).collect();
    let text = format!(
        r#"Scenario(
    title: "numbers", start: "{start}", zone: "UTC", horizon: "20d", replications: 1,
    platform: (
        ruleset: "{ruleset}",
        numbers: {{{numbers}
        }},
        templates: {{ "news": (category: Marketing) }},
        {verification}
    ),
    audience: (segments: {{
        "all": (customers: 90_000, profile: "tests/common/still.ron", rest: "24h"),
    }}),
    sender: (
        numbers: {{ {weights} }}, segment: "all", templates: ["news"], plan: Constant(a_day: 90),
        hours: (from: "09:00", to: "10:00"), weekdays: every_day,
    ),
)"#
    );
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    Scenario::read("numbers", &text, folder).map_err(|findings| findings.to_string())
}

fn names(count: usize) -> Vec<String> {
    (1..=count).map(|number| format!("n{number}")).collect()
}

const LATER: &str = "verification: AfterDays(Fixed(7)),";
const NEVER: &str = "verification: Never,";

#[test]
fn more_numbers_than_can_ever_be_connected_are_refused() {
    for (ruleset, start, most) in [
        ("classic-2022", "2022-03-07", 25),
        ("ublux-2022", "2022-03-07", 25),
        ("platform-2021-09", "2022-03-07", 25),
        ("platform-2023", "2023-03-06", 20),
        ("platform-2025-10", "2025-11-03", 20),
    ] {
        assert!(scenario(ruleset, start, &names(most), LATER).is_ok(), "{ruleset}");
        let said = scenario(ruleset, start, &names(most + 1), LATER).unwrap_err();
        for part in [
            format!("a business connects at most {most} numbers under {ruleset}, and this is one more"),
            format!("numbers.ron:{}:", 5 + most + 1),
            format!("leave out those beyond the first {most}"),
        ] {
            assert!(said.contains(&part), "{part:?} is missing in\n{said}");
        }
    }
    // Without a bound there are as many as wanted; and of several eras the one that allows most counts.
    assert!(scenario("chat-api-2022", "2022-03-07", &names(40), LATER).is_ok());
    assert!(scenario("textback-2021", "2021-03-01", &names(40), NEVER).is_ok());
    assert!(scenario("platform", "2023-01-20", &names(25), LATER).is_ok());
    let said = scenario("platform", "2023-01-20", &names(26), LATER).unwrap_err();
    assert!(said.contains("under platform (platform-2021-09, then platform-2023)"), "{said}");
}

#[test]
fn who_is_never_verified_connects_the_first_ones_alone() {
    assert!(scenario("classic-2022", "2022-03-07", &names(2), NEVER).is_ok());
    let said = scenario("classic-2022", "2022-03-07", &names(3), NEVER).unwrap_err();
    for part in [
        "a business that is never verified connects 2 numbers under classic-2022",
        "numbers.ron:8:",
        "say when the business is verified: Done, or AfterDays(..)",
    ] {
        assert!(said.contains(part), "{part:?} is missing in\n{said}");
    }
    // Where volume, too, leads out of the entry step, the others may come without verification.
    assert!(scenario("platform-2023", "2024-03-04", &names(3), NEVER).is_ok());
}

#[test]
fn numbers_wait_for_verification_and_then_send() {
    let scenario = scenario("classic-2022", "2022-03-07", &names(3), LATER).unwrap();
    let mut warnings = scenario.setting.warnings.iter();
    let warning = warnings.find(|warning| warning.contains("the business may connect")).unwrap();
    assert!(warning.starts_with("the business may connect 2 numbers at the start"), "{warning}");
    assert!(warning.ends_with("nothing is sent from n3 to its part of the list"), "{warning}");
    let mut journal = Journal::default();
    let trajectory = scenario.watch(0, &mut journal);
    assert_eq!(trajectory, scenario.replicate(0));
    // 7 days of two numbers with 30 each, then three. What a number that is not there would send is not asked for.
    let sent: Vec<u64> = trajectory.days.iter().map(|day| day.counts[Metric::Sent as usize]).collect();
    assert_eq!(sent, [[60; 7].as_slice(), &[90; 13]].concat());
    assert_eq!(trajectory.outcome.totals[Metric::Refused as usize], 0);
    let told = journal.entries.iter().filter_map(|entry| match entry {
        Entry::Change(change, _) => Some(change),
        Entry::Sent(_) => None,
    });
    let told = told.filter(|change| matches!(change.what, What::NumberWaits { .. } | What::NumberConnected));
    let told: Vec<(i64, What, &str)> = told
        .map(|change| {
            let clause = &scenario.rules().clauses[usize::from(change.clause)];
            (change.at.0, change.what, clause.path.as_str())
        })
        .collect();
    let days = 7 * 86_400;
    assert_eq!(
        told,
        [(0, What::NumberWaits { most: 2 }, "numbers"), (days, What::NumberConnected, "numbers")]
    );
}

#[test]
fn who_is_verified_at_the_start_is_not_warned() {
    let scenario = scenario("classic-2022", "2022-03-07", &names(3), "verification: Done,").unwrap();
    assert!(scenario.setting.warnings.iter().all(|warning| !warning.contains("the business may connect 2")));
    let sent = scenario.replicate(0).outcome.totals[Metric::Sent as usize];
    assert_eq!(sent, 20 * 90);
}

/// From 25 numbers to 20: what is connected stays so.
#[test]
fn an_era_takes_no_number_away() {
    let scenario = scenario("platform", "2023-01-20", &names(25), "verification: Done,").unwrap();
    let trajectory = scenario.replicate(0);
    // A part of 90 is 3.6 messages: 15 of 25 numbers send 4, the others 3.
    let sent = trajectory.days.iter().map(|day| day.counts[Metric::Sent as usize]);
    assert_eq!(sent.collect::<Vec<u64>>(), [90; 20]);
}
