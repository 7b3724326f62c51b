//! What a day of a run tells besides its counts: how much of the limit is in use, and what stands at its end.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use common::{Case, PLATFORM, folder, workshop};
use tiercast::glossary::Rating;
use tiercast::sim::{Day, Metric, Scenario, Trajectory};

/// A replication of `case` with the sender's own lines in place of `plan: Constant(a_day: 100)`.
fn planned(case: &Case, sender: &str) -> Trajectory {
    let text = case.text();
    assert_eq!(text.matches("plan: Constant(a_day: 100)").count(), 1);
    let text = text.replace("plan: Constant(a_day: 100)", sender);
    Scenario::read("case", &text, folder()).unwrap_or_else(|found| panic!("{found}")).replicate(0)
}

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

#[test]
fn a_backlog_is_who_is_still_to_be_reached() {
    let case = Case { tier: "10,000", from: 9, to: 17, horizon: 5, ..Case::default() };
    let plan = r#"plan: Backlog(people: 40003, by: "2022-03-10", counts: sent, late: stop)"#;
    let run = planned(&case, plan);
    let mut left = 40_003;
    for day in &run.days {
        left -= day.counts[Metric::Sent as usize];
        assert_eq!(day.backlog, Some(left));
    }
    assert_eq!(left, 3, "four days of the limit, and nothing once it was due");
    // Whose message fails is still to be reached.
    let lossy = Case { chances: vec![("delivered", "Fixed(0.9)".into())], ..case.clone() };
    let run = planned(&lossy, &plan.replace("sent", "delivered"));
    let delivered: u64 = run.days[..2].iter().map(|day| day.counts[Metric::Delivered as usize]).sum();
    assert_eq!(run.days[1].backlog, Some(40_003 - delivered));
    // Another plan has none.
    assert!(planned(&case, "plan: Constant(a_day: 10)").days.iter().all(|day| day.backlog.is_none()));
}

#[test]
fn numbers_share_a_backlog_and_who_waits_for_a_held_message_is_written_to() {
    let case = Case {
        ruleset: "platform-2025-10",
        start: "2025-11-03".into(),
        tier: "2K",
        verification: "Done".into(),
        from: 9,
        to: 17,
        horizon: 1,
        ..Case::default()
    };
    let plan = r#"plan: Backlog(people: 50001, by: "2025-11-03", counts: sent, late: stop)"#;
    let text = case
        .text()
        .replace("plan: Constant(a_day: 100)", plan)
        .replace("(category: Marketing)", "(category: Marketing, state: new)")
        .replace(r#""main": (tier: "2K")"#, r#""main": (tier: "2K"), "second": (tier: "2K")"#)
        .replace(r#"number: "main""#, r#"numbers: { "main": 2, "second": 1 }"#);
    let run = under(&text, "backlog-held", &[("pacing.marketing.hold", "24h")]).replicate(0);
    let sent = run.outcome.totals[Metric::Sent as usize];
    assert!(sent > 0 && run.ledger.held > 0, "{sent} {:?}", run.ledger);
    assert_eq!(run.days[0].backlog, Some(50_001 - sent - run.ledger.held));
}

/// A hundred conversations at nine on Thursday and Friday, of as many hours as the rules say.
#[test]
fn conversations_are_open_as_long_as_they_last() {
    let case = Case {
        ruleset: "classic-2022",
        start: "2022-03-10".into(),
        horizon: 5,
        weekdays: "workdays",
        ..Case::default()
    };
    let priced = case.text().replace("platform: (", "platform: (\n        market: \"Brazil\",");
    let open = |hours: &str| {
        let lasts = [("window.business_initiated.lasts", hours)];
        let run = under(&priced, &format!("open-{hours}"), &lasts).replicate(0);
        assert_eq!(each(&run, |day| day.counts[Metric::Conversations as usize]), [100, 100, 0, 0, 100]);
        each(&run, |day| day.conversations_open.unwrap())
    };
    assert_eq!(open("14h"), [0, 0, 0, 0, 0]);
    assert_eq!(open("24h"), [100, 100, 0, 0, 100]);
    assert_eq!(open("38h"), [100, 100, 0, 0, 100]);
    assert_eq!(open("39h"), [100, 200, 100, 0, 100], "until the midnight with which the next day ends");
    // Nothing is known where nothing is priced, or messages are.
    let unpriced = case.load().replicate(0);
    assert!(unpriced.days.iter().all(|day| day.conversations_open.is_none()));
    let by_message = priced.replace("classic-2022", "platform-2025-10").replace("2022-03", "2025-11");
    let by_message = under(&by_message.replace("1,000", "2K"), "open-none", &[]).replicate(0);
    assert!(by_message.days.iter().all(|day| day.conversations_open.is_none()));
}

/// Customers who dislike what they get: templates are Medium, the number is High.
fn disliked(templates: usize) -> Case {
    let fixed = |field, share: &str| (field, format!("Fixed({share})"));
    Case {
        ruleset: PLATFORM,
        tier: "10K",
        verification: "Done".into(),
        horizon: 8,
        chances: vec![fixed("block", "0.04")],
        priors: vec![
            fixed("rating.template_feedback.medium_from", "0.001"),
            fixed("rating.template_feedback.low_from", "0.5"),
            fixed("rating.number.medium_from", "0.4"),
            fixed("rating.number.low_from", "0.5"),
        ],
        templates: vec!["Marketing"; templates],
        from: 9,
        to: 17,
        ..Case::default()
    }
}

#[test]
fn templates_have_a_rating_and_a_score() {
    let run = planned(&disliked(1), "plan: Constant(a_day: 2000)");
    let first = &run.days[0];
    let [delivered, blocked] =
        [Metric::Delivered, Metric::Blocked].map(|metric| first.counts[metric as usize]);
    let score = (blocked as f64 / delivered as f64 * 1e6).round() as u32;
    assert!(blocked > 10 && delivered == 2_000);
    assert_eq!((first.template_rating, first.template_score), (Some(Rating::Medium), Some(score)));
    // The one template is weighed as the number is, and judged by other thresholds.
    assert_eq!((first.rating, first.score), (Rating::High, Some(score)));
    // Rules without a rating of templates tell none.
    let unrated = Case { ruleset: "cloud-api-2022", priors: Vec::new(), ..disliked(1) };
    let run = unrated.load().replicate(0);
    assert!(run.days.iter().all(|day| (day.template_rating, day.template_score) == (None, None)));
}

/// Of two templates that are both sent the worse one is told: the number's score lies between theirs.
#[test]
fn of_several_templates_the_worst_is_told() {
    let case = disliked(2);
    let sender = "rotation: (leave_on: Medium, if_all: send_first), plan: Constant(a_day: 2000)";
    let run = planned(&case, sender);
    let scores = each(&run, |day| (day.template_score.unwrap(), day.score.unwrap()));
    assert!(scores.iter().all(|(worst, number)| worst >= number), "{scores:?}");
    assert!(scores.iter().any(|(worst, number)| worst > number), "{scores:?}");
}
