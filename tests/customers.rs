//! What customers are in whole runs: several segments and markets, a help desk, lists that are too short, ratings that
//! weigh how often people are written to.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use std::path::Path;

use common::{STILL, total};
use tiercast::glossary::TemplateStatus;
use tiercast::platform::What;
use tiercast::sim::{ChatMetric, Entry, Journal, Metric, Scenario, Trajectory};
use tiercast::time::SimTime;

/// A scenario of two segments, with places left open.
fn text(ruleset: &str, tier: &str, segments: &str, sender: &str, more: &str) -> String {
    format!(
        r#"Scenario(
    title: "a test", start: "2022-03-07", zone: "UTC", horizon: "12d", seed: 3,
    platform: (
        ruleset: "{ruleset}", numbers: {{ "main": (tier: "{tier}") }},
        templates: {{ "t0": (category: Marketing) }}, verification: Never,
        priors: {{ "rating.number.medium_from": Fixed(0.99), "rating.number.low_from": Fixed(1) }},
    ),
    audience: (segments: {{ {segments} }}{more}),
    sender: (
        number: "main", {sender}, templates: ["t0"], plan: Constant(a_day: 900),
        hours: (from: "09:00", to: "10:00"), weekdays: every_day,
    ),
)"#
    )
}

fn segment(name: &str, customers: u64, chances: &str) -> String {
    format!(
        r#""{name}": (customers: {customers}, profile: "{STILL}", rest: "30d", chances: {{ {chances} }}), "#
    )
}

fn load(text: &str) -> Scenario {
    Scenario::read("case", text, Path::new(env!("CARGO_MANIFEST_DIR")))
        .unwrap_or_else(|found| panic!("{}\n{text}", found.render(false)))
}

fn day(run: &Trajectory, day: usize, metric: Metric) -> u64 {
    run.days[day].counts[metric as usize]
}

const RULES: &str = "classic-2022";

#[test]
fn a_plan_is_shared_out_over_segments_in_three_orders() {
    let warm = segment("warm", 1_000, r#""reply": Fixed(1), "read": Fixed(1)"#);
    let cold = segment("cold", 3_000, "");
    let segments = format!("{cold}{warm}");
    let replies = |order: &str| {
        let sender = format!(r#"segments: ["cold", "warm"]{order}"#);
        let run = load(&text(RULES, "10,000", &segments, &sender, "")).replicate(0);
        [0, 1, 2, 3].map(|at| day(&run, at, Metric::Replied))
    };
    // Warm people alone answer, at once: who is written to is seen from the answers.
    assert_eq!(replies(", order: most_engaged_first"), [900, 100, 0, 0]);
    assert_eq!(replies(", order: in_order"), [0, 0, 0, 600]);
    assert_eq!(replies(""), [225, 225, 225, 225]);
}

/// A segment that nobody writes to changes no draw of the others, nor does its place in the file.
#[test]
fn segments_leave_one_another_alone() {
    let members = segment("members", 5_000, r#""block": Fixed(0.02)"#);
    let others = segment("others", 500, r#""block": Fixed(0.5)"#);
    let run = |segments: &str| {
        let run = load(&text(RULES, "10,000", segments, r#"segment: "members""#, "")).replicate(5);
        (run.outcome.totals, run.outcome.reached.clone())
    };
    let alone = run(&members);
    assert_eq!(run(&format!("{members}{others}")), alone);
    assert_eq!(run(&format!("{others}{members}")), alone);
}

#[test]
fn each_market_pays_its_own_price() {
    let with = |market: &str, name: &str| {
        segment(name, 3_000, "").replace("rest:", &format!(r#"market: "{market}", rest:"#))
    };
    let cost = |segments: &str, sender: &str| {
        let text = text("platform-2025-10", "2K", segments, sender, "").replace("2022-03-07", "2025-11-03");
        let text = text
            .replace("\"rating.number.medium_from\": Fixed(0.99), \"rating.number.low_from\": Fixed(1)", "");
        let run = load(&text).replicate(0);
        (total(&run, Metric::Delivered), total(&run, Metric::Cost))
    };
    let (argentina, india) = (with("Argentina", "ar"), with("India", "in"));
    let (count, only_argentina) = cost(&argentina, r#"segment: "ar""#);
    let (_, only_india) = cost(&india, r#"segment: "in""#);
    let (both_count, both) =
        cost(&format!("{argentina}{india}"), r#"segments: ["ar", "in"], order: in_order"#);
    assert!(only_argentina > only_india && only_india > 0, "{only_argentina} {only_india}");
    // The first segment first: its 3,000 people at its price, the rest at the other's.
    let (a, b) = (only_argentina / count, only_india / count);
    assert_eq!(both, 3_000 * a + (both_count - 3_000) * b);
}

#[test]
fn a_list_that_is_too_short_is_told_with_numbers() {
    let warned = |customers: u64| {
        let text = text(RULES, "1,000", &segment("few", customers, ""), r#"segment: "few""#, "");
        let text = text
            .replace("rest: \"30d\"", "rest: \"7d\"")
            .replace("a_day: 900", "a_day: 90_000")
            .replace("verification: Never", "verification: Done");
        let scenario = load(&text);
        let found = scenario.setting.warnings.iter().find(|warning| warning.contains("too short")).cloned();
        (found, scenario.replicate(0).outcome.reached)
    };
    // More than 2 x 1,000 in 7 days from a list that rests for 7: two thousand people.
    let (warning, _) = warned(1_500);
    let warning = warning.unwrap();
    assert!(warning.contains("unlock 10,000") && warning.contains("2,001"), "{warning}");
    assert_eq!(warned(2_100).0.map(|warning| warning.contains("unlock 100,000")), Some(true));
    assert_eq!(warned(400_000).0, None);
}

/// Nobody answers at night: chats of the evening wait for the morning, and answers are slow.
#[test]
fn a_help_desk_answers_in_its_hours() {
    let people = segment("people", 9_000, r#""reply": Fixed(0.1), "read": Fixed(1)"#);
    let desk = r#", help_desk: (
        shifts: [(days: every_day, from: "08:00", to: "09:00", agents: 200)], handling: Fixed("2m"),
    )"#;
    let scenario = |desk: &str| load(&text("ublux-2022", "tier 1", &people, r#"segment: "people""#, desk));
    let run = scenario(desk).replicate(0);
    let chats = |day: usize, metric: ChatMetric| run.days[day].chats.as_ref().unwrap()[metric as usize];
    // Sent at nine, answered by customers between nine and ten, taken up at eight next morning.
    let replied = day(&run, 0, Metric::Replied);
    assert!(replied > 50);
    assert_eq!(chats(0, ChatMetric::New), replied);
    assert_eq!((chats(0, ChatMetric::Answered), chats(0, ChatMetric::Open)), (0, replied));
    assert_eq!((chats(1, ChatMetric::Answered), chats(1, ChatMetric::Resolved)), (replied, replied));
    let median = chats(1, ChatMetric::ResponseMedian);
    assert!((22 * 3_600..=23 * 3_600).contains(&median), "{median}");
    assert_eq!(chats(0, ChatMetric::Late), replied);
    let new: u64 = (0..12).map(|day| chats(day, ChatMetric::New)).sum();
    assert_eq!(new, total(&run, Metric::Replied));
    // The rules forbid a number that is Offline to answer: told where somebody does.
    let told = |desk: &str| {
        let warnings = scenario(desk).setting.warnings;
        warnings.iter().any(|told| told.starts_with("number.offline.forbids.Answer is not simulated"))
    };
    assert_eq!([told(desk), told("")], [true, false]);
}

/// What is said of a desk of so many agents around the clock for so many customers, of whom one in 500 writes first each
/// day; nothing where it is accepted.
fn crowded(customers: u64, agents: u32, desk: &str, plan: &str) -> String {
    let people = segment("people", customers, r#""first_messages": Fixed(0.002), "reply": Fixed(0.1)"#);
    let desk = format!(
        r#", help_desk: (
        shifts: [(days: every_day, from: "00:00", to: "24:00", agents: {agents})], handling: Fixed("10m"){desk},
    )"#
    );
    let text = text(RULES, "10,000", &people, r#"segment: "people""#, &desk);
    let text = text.replace("Constant(a_day: 900)", plan);
    let read = Scenario::read("case", &text, Path::new(env!("CARGO_MANIFEST_DIR")));
    read.err().map_or_else(String::new, |found| found.render(false))
}

/// Every chat is simulated by itself: a desk that would have to keep too many of them is refused.
#[test]
fn a_desk_that_cannot_keep_its_chats_is_refused() {
    let few = "Constant(a_day: 900)";
    // 100,000 chats a day of which 5 agents settle 720, for 12 days: 1,200,000 and 90 answers a day to messages.
    let said = crowded(50_000_000, 5, "", few);
    for part in [
        "the help desk would keep up to 1,193,160 chats at once: up to 100,090 a day come in (100,000 first messages, 90 \
         answers to what the plan can send), and its agents settle about 720 a day",
        "--> case.ron:8:",
        "at most 1,000,000 at once, for each is simulated by itself: fewer customers",
    ] {
        assert!(said.contains(part), "{part:?} is missing in\n{said}");
    }
    // 10 days of them; agents for all of them; customers who give up: each is possible.
    assert_eq!(crowded(41_000_000, 5, "", few), "");
    assert_eq!(crowded(50_000_000, 700, "", few), "");
    assert_eq!(crowded(50_000_000, 5, r#", patience: "4h""#, few), "");
    // Where four in five come back after a while, 700 agents are too few.
    let again = r#", follow_up: (chance: "80%", after: Fixed("5d"))"#;
    assert!(crowded(50_000_000, 700, again, few).contains("settle about 20,160 a day"));
    // As many as no memory holds.
    assert!(crowded(150_000_000_000, 5, "", few).contains("300,000,000 first messages"));
    assert!(crowded(1 << 40, 10_000, r#", patience: "1h""#, few).contains("chats at once"));
}

/// What a plan can send bounds what is answered, not the list.
#[test]
fn a_desk_is_refused_by_what_the_plan_can_send() {
    let said = |plan: &str| crowded(15_000_000, 5, "", plan);
    for plan in [
        "Linear(from: 10, add: 5, clock: calendar_day)",
        r#"Geometric(from: 10, times: "2", clock: calendar_day)"#,
        r#"FillLimit(share: "100%", at_most: 90_000)"#,
        "FastestClimb()",
        "FastestClimb(at_most: 100_000, meanwhile: 1_000)",
        r#"Backlog(people: 6_000_000, by: "2022-03-18", counts: delivered, late: stop)"#,
    ] {
        assert_eq!(said(plan), "", "{plan}");
    }
    for plan in [
        "Constant(a_day: 15_000_000)",
        r#"FillLimit(share: "100%")"#,
        r#"Backlog(people: 12_000_000, by: "2022-03-18", counts: delivered, late: stop)"#,
    ] {
        assert!(said(plan).contains("chats at once"), "{plan}: {}", said(plan));
    }
}

/// Where rules weigh slow answers, a desk that is closed costs the rating what a full one keeps.
#[test]
fn slow_answers_touch_the_rating_where_rules_weigh_them() {
    let people = segment("people", 9_000, r#""reply": Fixed(0.2), "read": Fixed(1)"#);
    let rules = std::fs::read_to_string("scenarios/rulesets/ublux-2022.ron").unwrap();
    let rules = rules.replace(r#"SlowAnswer: "0""#, r#"SlowAnswer: "1""#);
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("slow-answers.ron");
    std::fs::write(&file, rules).unwrap();
    let worst_score = |agents: u32| {
        let desk = format!(
            r#", help_desk: (shifts: [(days: every_day, from: "00:00", to: "24:00", agents: {agents})], handling: Fixed("1h"))"#
        );
        let text = text(&file.display().to_string(), "tier 1", &people, r#"segment: "people""#, &desk);
        let run = load(&text).replicate(0);
        run.days.iter().filter_map(|day| day.score).max().unwrap()
    };
    let (busy, idle) = (worst_score(2), worst_score(500));
    assert!(busy > 100_000 && idle == 0, "{busy} and {idle} millionths");
}

/// Where rules weigh how often people are written to, the second message within the week costs.
#[test]
fn frequent_messages_touch_the_rating_where_rules_weigh_them() {
    let rules = std::fs::read_to_string("scenarios/rulesets/classic-2022.ron").unwrap();
    let from = r#"frequency: (weight: "0", allowance: "3.5", within: "7d")"#;
    assert!(rules.contains(from));
    let rules = rules.replacen(from, r#"frequency: (weight: "0.01", allowance: "1", within: "7d")"#, 1);
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("frequency.ron");
    std::fs::write(&file, rules).unwrap();
    let people = segment("people", 900, "");
    let scores = |rest: &str| {
        let text = text(&file.display().to_string(), "10,000", &people, r#"segment: "people""#, "");
        let run = load(&text.replace("rest: \"30d\"", rest)).replicate(0);
        run.days.iter().map(|day| day.score.unwrap_or(0)).collect::<Vec<u32>>()
    };
    // Once in the window costs nothing. Daily: d messages a customer on day d, seven at most; 0.01 for each above one.
    assert_eq!(scores("rest: \"30d\""), [0; 12]);
    let daily = scores("rest: \"24h\"");
    assert_eq!(daily[..8], [0, 10_000, 20_000, 30_000, 40_000, 50_000, 60_000, 60_000]);
}

/// Messages that stay unread touch a rating that weighs them, when they have been unread for long enough.
#[test]
fn unread_messages_touch_the_rating_where_rules_weigh_them() {
    let people = |read: f64| segment("people", 20_000, &format!(r#""read": Fixed({read})"#));
    let first_pauses = |read: f64| {
        let text = text("platform-2023", "10K", &people(read), r#"segment: "people""#, "");
        let text = text.replace(
            r#""rating.number.medium_from": Fixed(0.99), "rating.number.low_from": Fixed(1)"#,
            r#""rating.template.medium_from": Fixed(0.001), "rating.template.low_from": Fixed(0.004)"#,
        );
        let scenario = load(&text.replace("2022-03-07", "2024-05-06"));
        let mut journal = Journal::default();
        scenario.watch(0, &mut journal);
        let paused = journal.entries.iter().filter_map(|entry| match entry {
            Entry::Change(change, _) => match change.what {
                What::TemplateEntered { status: TemplateStatus::Paused, .. } => Some(change.at),
                _ => None,
            },
            Entry::Sent(_) => None,
        });
        paused.collect::<Vec<SimTime>>()
    };
    // 0.005 for each unread message, which fewer deliveries of the same age weigh against: Low a day after the first.
    assert_eq!(first_pauses(1.0), []);
    assert_eq!(first_pauses(0.0).first(), Some(&SimTime(33 * 3_600)));
}
