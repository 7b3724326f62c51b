//! Published schedules as plans: how they are followed, and what a run says of their odd rows.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::path::Path;

use tiercast::platform::Change;
use tiercast::sim::{Batch, Probe, Scenario};
use tiercast::time::{DAY, HOUR};

/// A scenario that follows a shipped schedule where nothing else limits it.
fn following(schedule: &str, changes: &[(&str, &str)]) -> Result<Scenario, String> {
    let mut text = format!(
        r#"Scenario(
    title: "a published schedule", start: "2024-03-04", zone: "UTC", horizon: "20d", slot: "1h",
    platform: (
        ruleset: "scenarios/rulesets/platform-2023.ron",
        numbers: {{ "main": (tier: "unlimited") }}, templates: {{ "t": (category: Utility) }}, verification: Done,
    ),
    audience: (segments: {{ "all": (customers: 90_000_000, profile: "tests/common/still.ron", rest: "24h") }}),
    sender: (
        number: "main", segment: "all", templates: ["t"],
        plan: Table(file: "scenarios/schedules/{schedule}.csv", clock: calendar_day, after: stop),
        hours: (from: "09:00", to: "13:00"), weekdays: every_day,
    ),
)"#
    );
    for (from, to) in changes {
        assert!(text.contains(from), "{from}");
        text = text.replace(from, to);
    }
    let home = Path::new(env!("CARGO_MANIFEST_DIR"));
    Scenario::read("schedule", &text, home).map_err(|findings| findings.to_string())
}

/// The sends of a run: when, and how many were admitted.
#[derive(Default)]
struct Sends(Vec<(i64, u64)>);

impl Probe for Sends {
    fn change(&mut self, _: &Change, _: Option<tiercast::platform::Score>) {}
    fn sent(&mut self, batch: &Batch) {
        self.0.push((batch.at.0, batch.admission.admitted));
    }
}

fn sends(scenario: &Scenario) -> Vec<(i64, u64)> {
    let mut sends = Sends::default();
    scenario.watch(0, &mut sends);
    sends.0
}

#[test]
fn a_daily_schedule_is_sent_day_by_day_and_then_stops() {
    let scenario = following("leadconnector", &[]).unwrap();
    let mut days = [0; 20];
    sends(&scenario).iter().for_each(|(at, sent)| days[(at / DAY) as usize] += sent);
    assert_eq!(days[..8], [250, 500, 750, 1_000, 1_250, 1_500, 1_750, 0]);
    assert_eq!(days[8..].iter().sum::<u64>(), 0);
}

#[test]
fn an_hourly_schedule_bounds_each_hour_whatever_the_slot() {
    let published = [20, 28, 39, 55, 77, 108, 151, 211, 295, 413, 579, 810, 1_000, 1_587];
    for (slot, first) in [("1h", "09:00"), ("30m", "09:30"), ("15m", "09:00"), ("10m", "09:20")] {
        let from = format!("from: \"{first}\"");
        let changes = [("slot: \"1h\"", format!("slot: \"{slot}\"")), ("from: \"09:00\"", from)];
        let changes = changes.each_ref().map(|(from, to)| (*from, to.as_str()));
        let scenario = following("sendgrid-hourly", &changes).unwrap();
        let sends = sends(&scenario);
        for (day, most) in published.into_iter().enumerate() {
            let day = day as i64;
            let today: Vec<(i64, u64)> = sends.iter().copied().filter(|(at, _)| at / DAY == day).collect();
            assert!(!today.is_empty());
            for (begin, _) in &today {
                let hour = today.iter().filter(|(at, _)| (*begin..begin + HOUR).contains(at));
                let sent: u64 = hour.map(|(_, sent)| sent).sum();
                assert!(sent <= most, "{slot}: day {day}: {sent} in an hour");
            }
            let opening = today.iter().filter(|(at, _)| *at < today[0].0 + HOUR);
            assert_eq!(opening.map(|(_, sent)| sent).sum::<u64>(), most, "{slot}: day {day}");
        }
    }
}

#[test]
fn odd_rows_are_named_in_the_warnings_of_a_run_and_are_not_repaired() {
    let scenario = following("sendgrid-hourly", &[]).unwrap();
    let odd: Vec<&String> =
        scenario.setting.warnings.iter().filter(|warning| warning.contains("as it stands")).collect();
    let names = ["sendgrid-hourly.csv:18: 1000 breaks", "sendgrid-hourly.csv:24: 8583 breaks"];
    assert_eq!(odd.len(), names.len(), "{odd:?}");
    assert!(odd.iter().zip(names).all(|(warning, name)| warning.contains(name)), "{odd:?}");
    let on_day_12: u64 = sends(&scenario).iter().filter(|(at, _)| at / DAY == 12).map(|(_, sent)| sent).sum();
    assert_eq!(on_day_12, 4 * 1_000);
}

#[test]
fn an_hourly_schedule_needs_slots_of_an_hour_at_most() {
    let said = following("sendgrid-hourly", &[("slot: \"1h\"", "slot: \"2h\"")]).unwrap_err();
    assert!(said.contains("a slot is longer than that") && said.contains("schedule.ron:2"), "{said}");
    assert!(following("leadconnector", &[("slot: \"1h\"", "slot: \"2h\"")]).is_ok());
    let gate = [("clock: calendar_day", "clock: volume_gate")];
    let said = following("sendgrid-hourly", &gate).unwrap_err();
    assert!(said.contains("no volume of a day to wait for") && said.contains("schedule.ron:10"), "{said}");
}
