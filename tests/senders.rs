//! Ways of sending, in whole runs: what a plan asks for meets the platform and the audience.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use common::{CLASSIC, Case, PLATFORM, Plan, folder, total};
use tiercast::audience::Sampling;
use tiercast::glossary::{NumberStatus, TemplateStatus};
use tiercast::platform::{Subject, What};
use tiercast::sim::{Entry, Journal, Metric, Reason, Scenario, Trajectory};
use tiercast::time::{HOUR, SimTime};

/// The scenario of `case` with the sender's own lines in place of `plan: Constant(a_day: 100)`.
fn read(case: &Case, sender: &str) -> Result<Scenario, String> {
    let text = case.text();
    assert_eq!(text.matches("plan: Constant(a_day: 100)").count(), 1);
    let text = text.replace("plan: Constant(a_day: 100)", sender);
    Scenario::read("case", &text, folder()).map_err(|found| found.render(false))
}

fn load(case: &Case, sender: &str) -> Scenario {
    read(case, sender).unwrap_or_else(|found| panic!("{found}"))
}

fn sent(run: &Trajectory) -> Vec<u64> {
    run.days.iter().map(|day| day.counts[Metric::Sent as usize]).collect()
}

#[test]
fn a_plan_grows_by_its_clock() {
    // Two workdays, the weekend, and on.
    let case = Case { start: "2022-03-10".into(), weekdays: "workdays", horizon: 6, ..Case::default() };
    let run = |sender| sent(&load(&case, sender).replicate(0));
    assert_eq!(run(r#"plan: Linear(from: 10, add: 5, clock: calendar_day)"#), [10, 15, 0, 0, 30, 35]);
    assert_eq!(
        run(r#"plan: Linear(from: 10, add: 5, at_most: 17, clock: sending_day)"#),
        [10, 15, 0, 0, 17, 17]
    );
    assert_eq!(
        run(r#"plan: Geometric(from: 10, times: "1.15", clock: sending_day)"#),
        [10, 11, 0, 0, 13, 15]
    );
    assert_eq!(run(r#"plan: Geometric(from: 10, times: "3/2", clock: volume_gate)"#), [10, 15, 0, 0, 22, 33]);
}

#[test]
fn a_gate_waits_for_what_the_limit_refuses() {
    let case = Case { tier: "50", horizon: 6, ..Case::default() };
    let run = |clock: &str| {
        let plan = format!("plan: Linear(from: 40, add: 30, clock: {clock})");
        let run = load(&case, &plan).replicate(0);
        let refused = run.days.iter().map(|day| day.counts[Metric::Refused as usize]).collect::<Vec<_>>();
        (sent(&run), refused)
    };
    // 40, then 70 of which 50 are sent: asked again until 70 were.
    assert_eq!(run("volume_gate"), (vec![40, 50, 50, 50, 50, 50], vec![0, 20, 20, 50, 50, 80]));
    assert_eq!(run("sending_day"), (vec![40, 50, 50, 50, 50, 50], vec![0, 20, 50, 80, 110, 140]));
}

#[test]
fn a_backlog_is_sent_by_its_date_to_exactly_its_people() {
    let case = Case { tier: "10,000", from: 9, to: 17, ..Case::default() };
    let plan = |people: u64| {
        format!(r#"plan: Backlog(people: {people}, by: "2022-03-16", counts: sent, late: stop)"#)
    };
    let run = load(&case, &plan(60_001)).replicate(0);
    let days = sent(&run);
    assert_eq!(days[..10].iter().sum::<u64>(), 60_001);
    assert!(days[..10].iter().all(|day| (5_996..=6_008).contains(day)), "{days:?}");
    assert!(days[10..].iter().all(|day| *day == 0));
    assert_eq!(total(&run, Metric::Refused), 0);
    // More than the limit carries: never beyond it, and what is left is left.
    let run = load(&Case { tier: "50", ..case.clone() }, &plan(60_001)).replicate(0);
    assert_eq!(total(&run, Metric::Sent), 500);
    assert_eq!(total(&run, Metric::Refused), 0, "it never asks for more than capacity");
    // Of the delivered: who did not get it is made up for by somebody else.
    let lossy = Case { chances: vec![("delivered", "Fixed(0.9)".into())], ..case };
    let plan = r#"plan: Backlog(people: 20000, by: "2022-03-16", counts: delivered, late: go_on)"#;
    assert_eq!(total(&load(&lossy, plan).replicate(0), Metric::Delivered), 20_000);
}

#[test]
fn two_numbers_share_a_backlog() {
    let sender = r#"plan: Backlog(people: 10001, by: "2022-03-10", counts: sent, late: stop)"#;
    let text = Case { from: 9, to: 17, tier: "10,000", ..Case::default() }.text();
    let text = text
        .replace("plan: Constant(a_day: 100)", sender)
        .replace(r#""main": (tier: "10,000")"#, r#""main": (tier: "10,000"), "second": (tier: "10,000")"#)
        .replace(r#"number: "main""#, r#"numbers: { "main": 2, "second": 1 }"#);
    let run = Scenario::read("case", &text, folder()).unwrap().replicate(0);
    assert_eq!(total(&run, Metric::Sent), 10_001);
}

/// What each of three numbers with these weights sends in all, and all of them day by day.
fn shared(customers: u64, plan: &str, weights: [u64; 3]) -> ([u64; 3], Vec<u64>) {
    let case = Case { tier: "10,000", horizon: 3, customers, verification: "Done".into(), ..Case::default() };
    let [a, b, c] = weights;
    let names = r#""main": (tier: "10,000"), "second": (tier: "10,000"), "third": (tier: "10,000")"#;
    let text = case.text().replace("plan: Constant(a_day: 100)", plan);
    let text = text
        .replace(r#""main": (tier: "10,000")"#, names)
        .replace(r#"number: "main""#, &format!(r#"numbers: {{ "main": {a}, "second": {b}, "third": {c} }}"#));
    let scenario = Scenario::read("case", &text, folder()).unwrap_or_else(|found| panic!("{found}"));
    let mut by_number = [0; 3];
    for entry in entries(&scenario) {
        if let Entry::Sent(batch) = entry {
            by_number[batch.number] += batch.asked - batch.short_of_list;
        }
    }
    (by_number, sent(&scenario.replicate(0)))
}

#[test]
fn numbers_share_a_plan_to_the_last_message() {
    // A day: 333.3 each, and the first has one more.
    let plan = "plan: Constant(a_day: 1000)";
    assert_eq!(shared(1_000_000, plan, [1, 1, 1]), ([1_002, 999, 999], vec![1_000; 3]));
    // 66.7, 266.7 and 666.7 a day: two have one more.
    assert_eq!(shared(1_000_000, plan, [1, 4, 10]), ([201, 801, 1_998], vec![1_000; 3]));
    // The row of an hour: 20, 28 and 39 messages.
    let plan =
        r#"plan: Table(file: "scenarios/schedules/sendgrid-hourly.csv", clock: calendar_day, after: hold)"#;
    assert_eq!(shared(1_000_000, plan, [1, 1, 1]), ([30, 29, 28], vec![20, 28, 39]));
}

/// What each of three numbers with these weights, which share a limit of 2,000, asks for at nine on the first day.
fn under_a_shared_limit(plan: &str, weights: [u64; 3]) -> Vec<u64> {
    let case = Case {
        ruleset: "scenarios/rulesets/platform-2025-10.ron",
        start: "2026-03-02".into(),
        tier: "2K",
        horizon: 1,
        verification: "Done".into(),
        ..Case::default()
    };
    let [a, b, c] = weights;
    let text = case.text().replace("plan: Constant(a_day: 100)", plan);
    let text = text
        .replace(r#""main": (tier: "2K")"#, r#""main": (tier: "2K"), "second": (), "third": ()"#)
        .replace(r#"number: "main""#, &format!(r#"numbers: {{ "main": {a}, "second": {b}, "third": {c} }}"#));
    let scenario = Scenario::read("case", &text, folder()).unwrap_or_else(|found| panic!("{found}"));
    let asked = entries(&scenario).into_iter().filter_map(|entry| match entry {
        Entry::Sent(batch) => Some(batch.asked),
        Entry::Change(..) => None,
    });
    asked.collect()
}

/// 666.7 each, and the first two have one more.
#[test]
fn numbers_share_a_limit_to_the_last_message() {
    let fill =
        |share: &str, weights| under_a_shared_limit(&format!("plan: FillLimit(share: {share:?})"), weights);
    assert_eq!(fill("100%", [1, 1, 1]), [667, 667, 666]);
    assert_eq!(fill("100%", [1, 4, 10]), [134, 533, 1_333]);
    assert_eq!(fill("50%", [1, 1, 1]), [333, 333, 333], "a share of each one's part is rounded down");
}

/// All that the step asks for goes out in the first slot, before the template has a rating; the rating of the next hour
/// meets no delivery, until some of that is a week old. Ten a day are enough for the step to be judged.
#[test]
fn a_climb_that_may_wait_for_a_message_says_so() {
    let climb = |plan: &str| {
        let case = Case {
            ruleset: "scenarios/rulesets/platform-2025-10.ron",
            start: "2026-03-02".into(),
            tier: "2K",
            horizon: 12,
            verification: "Done".into(),
            from: 9,
            to: 17,
            ..Case::default()
        };
        let text = case.text().replace("plan: Constant(a_day: 100)", plan);
        let scenario = Scenario::read("case", &text, folder()).unwrap_or_else(|found| panic!("{found}"));
        let warned =
            scenario.setting.warnings.iter().any(|told| told.contains("waits until the plan sends again"));
        let rose = scenario.replicate(0).outcome.reached[2].map(|at| at.0 / 86_400);
        (warned, rose)
    };
    assert_eq!(climb("plan: FastestClimb()"), (true, Some(7)));
    assert_eq!(climb("plan: FastestClimb(meanwhile: 10)"), (false, Some(1)));
    assert!(!climb("plan: FillLimit(share: \"100%\")").0);
}

/// Two numbers on the same tier, of which one is flagged from the start on: the other one could climb, if the plan wanted
/// more.
#[test]
fn a_flagged_number_beside_a_good_one_limits_nothing() {
    for (numbers, flagged) in [
        (r#""main": (tier: "1,000"), "second": (tier: "1,000", rating: Low)"#, "second"),
        (r#""main": (tier: "1,000", rating: Low), "second": (tier: "1,000")"#, "main"),
    ] {
        let case = Case { verification: "Done".into(), ..Case::default() };
        let text = case.text().replace(r#""main": (tier: "1,000")"#, numbers);
        let text = text.replace(r#"number: "main""#, r#"numbers: { "main": 1, "second": 1 }"#);
        let scenario = Scenario::read("case", &text, folder()).unwrap_or_else(|found| panic!("{found}"));
        let run = scenario.replicate(0);
        assert!(run.outcome.flags > 0, "{flagged} is not flagged");
        assert_eq!(run.outcome.limited[Reason::Plan as usize], 20, "{flagged}: {:?}", run.outcome.limited);
    }
}

/// The next tier asks for 1,000: the second number sees what the first has sent, and parts what is left with the third.
#[test]
fn numbers_climb_together_as_fast_as_one_alone() {
    let climb = |weights| under_a_shared_limit("plan: FastestClimb()", weights);
    assert_eq!(climb([1, 1, 1]), [334, 333, 333]);
    assert_eq!(climb([1, 4, 10]), [67, 267, 666]);
}

#[test]
fn numbers_share_a_list_by_the_largest_remainder() {
    // Exactly 0.2, 0.2 and 2.6 customers; and 1.4, 1.4 and 4.2: the second loses no less than the first, who comes first.
    let everybody = "plan: Constant(a_day: 1000)";
    assert_eq!(shared(3, everybody, [1, 1, 13]).0, [0, 0, 9]);
    assert_eq!(shared(7, everybody, [1, 1, 3]).0, [6, 3, 12]);
}

#[test]
fn the_fastest_climb_sends_no_more_than_the_next_tiers_need() {
    // More than twice the limit within seven days, then 48 h of review.
    let case = Case { horizon: 40, from: 9, to: 17, customers: 10_000_000, ..Case::default() };
    let climb = load(&case, "plan: FastestClimb()").replicate(0);
    let fill = load(&case, r#"plan: FillLimit(share: "100%")"#).replicate(0);
    let tiers = [2, 3, 4];
    for tier in tiers {
        assert!(
            climb.outcome.reached[tier].is_some()
                && climb.outcome.reached[tier] <= fill.outcome.reached[tier],
            "tier {tier}"
        );
    }
    // What counts towards a tier counts towards the next, for seven days: at most the sum is needed.
    let needed = 2_001 + 20_001 + 200_001;
    let total = total(&climb, Metric::Sent);
    assert!((200_001..=needed).contains(&total), "{total}");
    assert_eq!(climb.days.last().unwrap().counts[Metric::Sent as usize], 0, "nothing is missing at the top");
}

/// A sender whose every tenth customer blocks: the number is flagged, templates are paused.
fn hated() -> Case {
    Case {
        ruleset: PLATFORM,
        tier: "1K",
        verification: "Done".into(),
        horizon: 40,
        chances: vec![("block", "Fixed(0.1)".into())],
        templates: vec!["Marketing"; 3],
        from: 9,
        to: 17,
        ..Case::default()
    }
}

fn entries(scenario: &Scenario) -> Vec<Entry> {
    let mut journal = Journal::default();
    scenario.watch(0, &mut journal);
    journal.entries
}

#[test]
fn a_pause_on_a_flag_is_a_week_without_sends() {
    let rules =
        r#"feedback: [(when: Flagged, steps: [(act: pause, lasts: "7d"), (act: AtMost(80), lasts: "10d")])]"#;
    let entries = entries(&load(&hated(), &format!("plan: Constant(a_day: 800), {rules}")));
    let flagged = entries.iter().find_map(|entry| match entry {
        Entry::Change(change, _) => match change.what {
            What::NumberEntered { status: NumberStatus::Flagged, .. } => Some(change.at),
            _ => None,
        },
        Entry::Sent(_) => None,
    });
    let flagged = flagged.expect("it is flagged");
    let batches = || {
        entries.iter().filter_map(|entry| match entry {
            Entry::Sent(batch) => Some((batch.at, batch.asked)),
            Entry::Change(..) => None,
        })
    };
    let between = |from: i64, to: i64| {
        let (from, to) = (SimTime(flagged.0 + from * HOUR), SimTime(flagged.0 + to * HOUR));
        batches().filter(move |(at, _)| *at > from && *at < to).map(|(_, asked)| asked)
    };
    assert_eq!(between(0, 7 * 24 - 1).sum::<u64>(), 0, "it knows as soon as it is asked again");
    let after: Vec<u64> = between(8 * 24, 16 * 24).collect();
    assert!(!after.is_empty() && after.iter().all(|asked| *asked <= 10), "{after:?}");
    assert!(batches().any(|(at, asked)| at < flagged && asked == 100));
}

#[test]
fn an_edit_brings_a_template_back() {
    let edits = |entries: &[Entry], status| {
        let entered = |entry: &&Entry| match entry {
            Entry::Change(change, _) => {
                matches!(change.what, What::TemplateEntered { status: own, .. } if own == status)
                    && change.subject == Subject::Template(0)
            }
            Entry::Sent(_) => false,
        };
        entries.iter().filter(entered).count()
    };
    let plan = "plan: Constant(a_day: 800)";
    let often = format!(r#"{plan}, edits: (after: "1h", at_most: 999)"#);
    let twice = format!(r#"{plan}, edits: (after: "1h", at_most: 2)"#);
    let classic = Case { ruleset: CLASSIC, tier: "1,000", verification: "Never".into(), ..hated() };
    let without = entries(&load(&classic, plan));
    let with = entries(&load(&classic, &twice));
    assert_eq!(edits(&without, TemplateStatus::Pending), 0);
    assert_eq!(edits(&with, TemplateStatus::Pending), 2, "as often as it may");
    // Where only an edit saves a template, who edits keeps it; and nobody is warned that nothing does.
    let by_edit = Case { ruleset: "scenarios/rulesets/chat-api-2021.ron", tier: "level 1", ..classic };
    let (lost, kept) = (load(&by_edit, plan), load(&by_edit, &often));
    assert_eq!(
        (lost.replicate(0).outcome.templates_disabled, kept.replicate(0).outcome.templates_disabled),
        (3, 0)
    );
    let warned =
        |scenario: &Scenario| scenario.setting.warnings.iter().any(|text| text.contains("sender.edits"));
    assert_eq!((warned(&lost), warned(&kept)), (true, false));
}

/// Unless said otherwise, nine in ten reviews take 2 to 6 hours, even, and one takes 24.
#[test]
fn one_review_in_ten_takes_a_day() {
    let case = Case { templates: vec!["Marketing"; 200], horizon: 2, ..Case::default() };
    let text = case.text().replace("(category: Marketing)", "(category: Marketing, state: submitted)");
    let decided = |entry: &Entry| match entry {
        Entry::Change(change, _) => {
            let what = change.what;
            let approved = matches!(what, What::TemplateLeft { status: TemplateStatus::Pending, .. });
            let rejected = matches!(what, What::TemplateEntered { status: TemplateStatus::Rejected, .. });
            (approved || rejected).then_some(change.at.0 as f64 / HOUR as f64)
        }
        Entry::Sent(_) => None,
    };
    let hours = |text: &str| {
        let scenario = Scenario::read("case", text, folder()).unwrap_or_else(|found| panic!("{found}"));
        let mut hours = Vec::new();
        for replication in 0..20 {
            let mut journal = Journal::default();
            scenario.watch(replication, &mut journal);
            hours.extend(journal.entries.iter().filter_map(decided));
        }
        assert_eq!(hours.len(), 4_000);
        hours
    };
    let all = hours(&text);
    let (long, short): (Vec<f64>, Vec<f64>) = all.iter().partition(|hours| **hours > 6.0);
    // Four standard errors of 4,000 reviews.
    assert!((long.len() as f64 / 4_000.0 - 0.1).abs() < 0.019, "{} are long", long.len());
    assert!(long.iter().all(|hours| *hours == 24.0) && short.iter().all(|hours| *hours >= 2.0));
    assert!((short.iter().sum::<f64>() / short.len() as f64 - 4.0).abs() < 0.08);
    // Who states a review states all of it; and those that are done by hand leave the others as they are.
    let stated = "verification: Never, review: (hours: Uniform(low: 2, high: 6), rejected: \"10%\"),";
    let plain = hours(&text.replace("verification: Never,", stated));
    assert!(plain.iter().all(|hours| (2.0..=6.0).contains(hours)));
    let mut kept = plain.clone();
    short.iter().for_each(|hours| {
        let place = kept.iter().position(|known| known == hours).unwrap();
        kept.swap_remove(place);
    });
    assert_eq!(kept.len(), long.len());
}

#[test]
fn a_rotation_leaves_a_template_before_it_is_paused() {
    let fixed = |field, share: &str| (field, format!("Fixed({share})"));
    let disliked = Case {
        chances: vec![fixed("block", "0.02")],
        priors: vec![
            fixed("rating.template.medium_from", "0.01"),
            fixed("rating.template.low_from", "0.5"),
            fixed("rating.number.medium_from", "0.4"),
            fixed("rating.number.low_from", "0.5"),
        ],
        ..hated()
    };
    let used = |sender: &str| {
        let scenario = load(&disliked, &format!("{sender} plan: Constant(a_day: 800)"));
        let batches = entries(&scenario).into_iter().filter_map(|entry| match entry {
            Entry::Sent(batch) => Some(batch.template),
            Entry::Change(..) => None,
        });
        batches.collect::<Vec<_>>()
    };
    let (stays, leaves) = (used(""), used("rotation: (leave_on: Medium, if_all: wait),"));
    assert!(stays.iter().all(|template| *template == 0));
    assert!(leaves.contains(&1) && leaves.contains(&2) && leaves.len() < stays.len(), "{leaves:?}");
}

#[test]
fn the_senders_own_lines_bound_every_slot() {
    let case = Case { tier: "unlimited", from: 9, to: 17, horizon: 3, ..Case::default() };
    let sender = r#"plan: Constant(a_day: 100000), throughput: (messages: 20, per: "1m")"#;
    let run = load(&case, sender).replicate(0);
    assert_eq!(sent(&run), [9_600, 9_600, 9_600]);
    // Who fills the limit catches up in later slots.
    let sender = r#"plan: FillLimit(share: "100%", at_most: 9000), throughput: (messages: 20, per: "1m")"#;
    assert_eq!(sent(&load(&case, sender).replicate(0)), [9_000, 9_000, 9_000]);
}

/// A bound that a clause dates binds from that date on, not before.
#[test]
fn what_bounds_messages_holds_from_its_date_on() {
    let bounded = Case {
        ruleset: "platform-2023",
        start: "2024-05-21".into(),
        tier: "1K",
        horizon: 4,
        chances: vec![("at_person_cap", "Fixed(1)".into())],
        ..Case::default()
    };
    let run = load(&bounded, "plan: Constant(a_day: 100)").replicate(0);
    let delivered: Vec<u64> = run.days.iter().map(|day| day.counts[Metric::Delivered as usize]).collect();
    // From Thursday 23 May 2024 on everybody is at the cap per person.
    assert_eq!((sent(&run), delivered), (vec![100; 4], vec![100, 100, 0, 0]));
    let fast = Case {
        ruleset: "platform-2021-09",
        start: "2022-01-31".into(),
        tier: "unlimited",
        horizon: 3,
        ..Case::default()
    };
    // From February 2022 on 80 messages a second go through.
    let run = load(&fast, "plan: Constant(a_day: 300000)").replicate(0);
    assert_eq!(sent(&run), [300_000, 288_000, 288_000]);
}

#[test]
fn strategies_are_told_in_words() {
    let sender = r#"plan: Backlog(people: 120000, by: "2022-03-16", counts: delivered, late: go_on),
        feedback: [(when: Guard(share: read, is: Below("10%"), of_at_least: 100), steps: [(act: Cut("50%"))])]"#;
    assert_eq!(
        load(&Case::default(), sender).strategy_in_words(),
        "120,000 messages delivered evenly over the first 10 sending slots, then the rest as fast as the limit allows; \
         after a day with the read share below 10%, 50% of the plan"
    );
}

#[test]
fn what_makes_no_sense_is_told_at_its_place() {
    let wrong = [
        (r#"plan: Geometric(from: 10, times: "1", clock: sending_day)"#, "times 1 does not grow"),
        (r#"plan: Linear(from: 0, add: 5, clock: sending_day)"#, "a plan of 0 messages a day"),
        (
            r#"plan: Linear(from: 9, add: 5, at_most: 8, clock: sending_day)"#,
            "begins with 9 and may ask for 8",
        ),
        (r#"plan: Linear(from: 9, add: 5, clock: weekly)"#, "volume_gate"),
        (r#"plan: Backlog(people: 5, by: "1 March", counts: sent, late: stop)"#, "\"1 March\" is no date"),
        (r#"plan: Backlog(people: 5, by: "2022-03-01", counts: sent, late: stop)"#, "nothing can be sent by"),
        (
            r#"plan: Backlog(people: 5, by: "2023-03-01", counts: sent, late: stop)"#,
            "the run ends on Sat 26 Mar 2022",
        ),
        (r#"plan: Backlog(people: 0, by: "2022-03-09", counts: sent, late: stop)"#, "a backlog of nobody"),
        (
            r#"plan: Backlog(people: 1000001, by: "2022-03-09", counts: sent, late: stop)"#,
            "a backlog of 1,000,001 people in a list of 1,000,000",
        ),
        (r#"plan: Constant(a_day: 9), feedback: [(when: Low, steps: [])]"#, "a rule without a step"),
        (
            r#"plan: Constant(a_day: 9), feedback: [(when: Low, steps: [(act: Cut("120%"))])]"#,
            "a share of 120%",
        ),
        (r#"plan: Constant(a_day: 9), feedback: [(when: Low, steps: [(act: AtMost(0))])]"#, "make no bound"),
        (
            r#"plan: Constant(a_day: 9), feedback: [(when: Low, steps: [(act: pause, lasts: "0h")])]"#,
            "a step of 0h",
        ),
        (
            r#"plan: Constant(a_day: 9), feedback: [(when: Guard(share: read, is: Below("11"), of_at_least: 1), steps: [(act: hold)])]"#,
            "no share is ever 11",
        ),
        (r#"plan: Constant(a_day: 9), edits: (after: "1h", at_most: 0)"#, "0 edits are none"),
        (r#"plan: Constant(a_day: 9), throughput: (messages: 1, per: "2h")"#, "less than one in a slot"),
        (r#"plan: Constant(a_day: 9), throughput: (messages: 1, per: "0h")"#, "carries nothing"),
    ];
    for (sender, message) in wrong {
        let found = read(&Case::default(), sender).err().unwrap_or_else(|| panic!("{sender} was accepted"));
        assert!(found.contains(message) && found.contains("--> case.ron:1"), "{sender}\n{found}");
    }
    let twice = Case { choose: "at_random", ..Case::default() };
    let sender = r#"plan: Backlog(people: 5, by: "2022-03-09", counts: sent, late: stop)"#;
    assert!(read(&twice, sender).unwrap_err().contains("somebody may get it twice"));
    assert!(read(&Case { rest: 72, ..twice }, sender).is_ok());
    let climb = "plan: FastestClimb()";
    let flat = Case { ruleset: "scenarios/rulesets/platform-pre-tier.ron", ..Case::default() };
    let text = flat.text().replace(r#"(tier: "1,000")"#, "()").replace("plan: Constant(a_day: 100)", climb);
    let found = Scenario::read("case", &text, folder()).err().unwrap().render(false);
    assert!(found.contains("asks for no usage"), "{found}");
}

/// A step that asks for 5,000 different customers in 7 days, of 4,600 in all. From the second day on a template is tried whose
/// sample does badly: who waits for it gets nothing, and was counted on the first day already.
#[test]
fn who_waited_for_a_message_that_was_dropped_counts_once() {
    let fresh = r#"Marketing, state: submitted, factors: { "block": Fixed(300) }"#;
    let low = |path: &'static str, at: f64| (path, format!("Fixed({at})"));
    let case = Case {
        ruleset: PLATFORM,
        start: "2024-03-04".into(),
        tier: "10K",
        horizon: 14,
        profile: "tests/logs/at-once.ron",
        customers: 4_600,
        chances: vec![("block", "Fixed(0.0001)".into())],
        priors: vec![
            low("rating.number.medium_from", 0.01),
            low("rating.number.low_from", 0.02),
            low("rating.template_feedback.medium_from", 0.01),
            low("rating.template_feedback.low_from", 0.02),
        ],
        verification: r#"Done, review: (hours: Fixed(30), rejected: "0%", by_hand: None)"#.into(),
        templates: vec![fresh, "Marketing"],
        plan: Plan::Constant(4_600),
        ..Case::default()
    };
    for sampling in [Sampling::Counts, Sampling::People] {
        let mut journal = Journal::default();
        case.load().with_sampling(sampling).watch(0, &mut journal);
        let whats = journal.entries.iter().filter_map(|entry| match entry {
            Entry::Change(change, _) => Some(change.what),
            Entry::Sent(_) => None,
        });
        let whats: Vec<What> = whats.collect();
        let dropped =
            whats.iter().map(|what| if let What::HeldDropped { held, .. } = what { *held } else { 0 });
        assert!(dropped.sum::<u64>() > 6_000, "{whats:?}");
        let rises = |what: &What| matches!(what, What::ReviewStarted { .. } | What::TierRose { .. });
        assert!(!whats.iter().any(rises), "{sampling:?}: {whats:?}");
    }
}
