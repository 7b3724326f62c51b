//! What scenarios expect: how it is read, how it is judged, and that the shipped ones say what they promise.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod common;

use std::fs;
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use common::{Case, Plan, folder};
use tiercast::experiment::expect::{Judged, Outcome, Terms, judge, judge_all};
use tiercast::experiment::{Headline, Threads};
use tiercast::random::Held;
use tiercast::sim::{Metric, Scenario};

/// Everything is delivered, nobody reacts, a hundred a day: no chance is left.
fn still() -> Case {
    Case { verification: "Done".into(), horizon: 10, ..Case::default() }
}

fn with(case: &Case, expect: &str) -> Result<Scenario, String> {
    let text = case.text();
    let (body, _) = text.rsplit_once(')').unwrap();
    let text = format!("{body}    expect: {{\n{expect}\n}},\n)");
    Scenario::read("plan", &text, folder()).map_err(|found| found.render(false))
}

fn judged(case: &Case, expect: &str, most: u64) -> Vec<Judged> {
    let scenario = with(case, expect).unwrap_or_else(|said| panic!("{said}"));
    judge_all(&scenario, &Terms { most, ..Terms::default() })
}

fn outcomes(judged: &[Judged]) -> Vec<Outcome> {
    judged.iter().map(|judged| judged.outcome).collect()
}

// ---- what is interrupted ---------------------------------------------------------------------------------------------

/// A bound that chance meets in half of the futures is never decided; before the first look there are no numbers, and
/// after it those of that look, whatever was run since.
#[test]
fn what_was_interrupted_tells_no_numbers_that_it_has_not() {
    let text = fs::read_to_string(Path::new("scenarios/half-limit-climb.ron")).unwrap();
    let bounds = "at_least: \"25%\", at_most: \"60%\"";
    assert!(text.contains(bounds));
    let text = text.replace(bounds, "at_least: \"37%\", at_most: \"38%\"");
    let scenario =
        Scenario::read("plan", &text, Path::new("scenarios")).map_err(|e| e.render(false)).unwrap();
    let flagged: Vec<_> =
        scenario.expectations().iter().filter(|one| one.name.starts_with("a flag is")).cloned().collect();
    let stopped_after = |most: u64| {
        let interrupted = AtomicBool::new(most == 0);
        let heard = |n: u64, _: usize| {
            interrupted.fetch_or(n >= most, Ordering::Relaxed);
        };
        let mut judged = judge(&scenario, &flagged, &Terms::default(), &heard, &interrupted);
        judged.pop().unwrap()
    };
    for most in [0, 64] {
        let found = stopped_after(most);
        assert_eq!((found.outcome, found.n, found.advice()), (Outcome::Undecided, 0, None));
        assert_eq!(found.found(), "not judged: interrupted");
        let told = found.to_string();
        assert!(told.starts_with("NOT JUDGED  a flag") && !told.contains("NaN"), "{told}");
    }
    let found = stopped_after(320);
    assert_eq!((found.n, found.advice()), (256, None));
    assert!(found.found().ends_with(" 256 futures; interrupted before it was decided"), "{}", found.found());
    assert!(found.interval.low <= found.estimate && found.estimate <= found.interval.high);
}

// ---- how they are read ----------------------------------------------------------------------------------------------

#[test]
fn what_makes_no_sense_is_told_with_place_and_advice() {
    let mistakes = [
        ("Chance(of: Flagged)", "without a bound", "give at_least, at_most or both"),
        (
            "Chance(of: Banned, at_most: \"1%\")",
            "never happens that the number is banned",
            "leave this expectation out",
        ),
        (
            "Chance(of: Flagged, at_most: \"0%\")",
            "that a share is 0% no number of futures can show",
            "Exactly(..)",
        ),
        ("Chance(of: Flagged, at_least: \"30%\", at_most: \"20%\")", "no room above at_least", "pins down"),
        ("Chance(of: Flaged, at_most: \"20%\")", "Flaged", "did you mean `Flagged`"),
        ("Chance(of: Flagged, at_mots: \"20%\")", "has no `at_mots`", "did you mean `at_most`"),
        (
            "Chance(of: Reached(tier: \"1.000\"), at_least: \"20%\")",
            "no tier \"1.000\"",
            "did you mean \"1,000\"",
        ),
        (
            "Chance(of: Reached(tier: \"1,000\", by: \"11d\"), at_least: \"20%\")",
            "11d is outside of the run",
            "at most 10d",
        ),
        (
            "Day(tier: \"10,000\", at_most: \"2022-03-10\")",
            "a length of time, not a date",
            "quantile: \"50%\"",
        ),
        (
            "Day(tier: \"10,000\", quantile: \"50%\", at_most: \"2022-04-10\")",
            "outside of the run",
            "2022-03-16",
        ),
        ("Day(tier: \"10,000\", quantile: \"50%\", at_most: \"soon\")", "expected a date such as", "28d"),
        ("Day(tier: \"10,000\", at_most: \"-1d\")", "never below 0", "such as \"12d\""),
        ("Total(of: cost, at_most: 5)", "nothing is priced", "platform.market"),
        ("Total(of: send, at_most: 5)", "send", "sent"),
        ("Total(of: sent, at_least: -5)", "never below 0", "0 or more"),
        (
            "Total(of: sent, quantile: \"50%\", vs_set: { \"horizon\": \"9d\" }, at_least: 5)",
            "are not compared",
            "leave `quantile` out",
        ),
        (
            "Day(tier: \"10,000\", vs_set: { \"horizon\": \"9d\" }, at_most: \"0h\")",
            "differ in their horizon",
            "the same",
        ),
        ("Day(tier: \"10,000\", vs: \"gone.ron\", at_most: \"0h\")", "gone.ron", "beside the scenario"),
        ("Exactly()", "nothing is stated", "days, or totals"),
        ("Exactly(days: [(on: \"day 11\", tier: \"1,000\")])", "no day of this run", "\"day 10\""),
        ("Exactly(days: [(on: \"day 1\")])", "nothing is stated of this day", "state a tier"),
        ("Exactly(totals: { \"send\": 3 })", "nothing is counted as `send`", "did you mean"),
    ];
    for (expect, message, advice) in mistakes {
        let said = with(&still(), &format!("\"it is so\": {expect}")).map(|_| ()).unwrap_err();
        assert!(said.contains(message) && said.contains(advice), "{expect} says:\n{said}");
        assert!(said.contains("plan.ron:18:"), "{expect} is not shown at its line:\n{said}");
    }
}

#[test]
fn all_mistakes_are_told_at_once_and_those_of_the_other_scenario_too() {
    let said = with(
        &still(),
        "\"a\": Exactly(), \"b\": Chance(of: Flagged),
         \"c\": Total(of: sent, vs_set: { \"sender.plan.a_day\": \"0\" }, at_most: 0)",
    )
    .map(|_| ())
    .unwrap_err();
    assert_eq!(said.matches("error").count(), 3, "{said}");
    assert!(said.contains("sends nothing") && said.contains("(with sender.plan.a_day=0)"), "{said}");
}

#[test]
fn a_wrong_change_of_the_other_scenario_is_told_at_its_line() {
    let said = with(
        &still(),
        "\"a\": Total(of: sent, vs_set: { \"horizn\": \"9d\",
         \"horizon\": \"soon\", \"seed\": \"2\" }, at_most: 0)",
    )
    .map(|_| ())
    .unwrap_err();
    assert_eq!(said.matches("error").count(), 2, "{said}");
    for part in [
        "plan.ron:18:",
        "plan.ron:19:",
        "`horizn`",
        "found \"soon\"",
        "it was met in plan.ron (with horizon=soon)",
    ] {
        assert!(said.contains(part), "expected `{part}` in:\n{said}");
    }
}

#[test]
fn a_changed_scenario_keeps_what_still_makes_sense() {
    let file = folder().join("scenarios/first-climb.ron");
    let all = Scenario::load(&file, &[]).unwrap().expectations().len();
    let changed = |path: &str, value: &str| {
        Scenario::load(&file, &[(path.to_owned(), value.to_owned())]).unwrap().expectations().len()
    };
    assert_eq!(changed("audience.segments.members.customers", "50000"), all);
    let shorter = changed("horizon", "20d");
    assert!(shorter < all && shorter > 0, "{shorter} of {all}: what lies beyond the horizon is left out");
}

// ---- how they are judged --------------------------------------------------------------------------------------------

/// A hundred a day, all delivered: the tier 10,000 asks for more than 2,000 in seven days, which never come.
#[test]
fn without_chance_every_future_is_known() {
    let met = "\"day by day\": Exactly(
            days: [
                (on: \"day 1\", tier: \"1,000\", status: Connected, counts: { \"sent\": 100, \"delivered\": 100 }),
                (on: \"2022-03-16\", tier: \"1,000\", counts: { \"sent\": 100, \"refused\": 0 }),
            ],
            totals: { \"sent\": 1000, \"blocked\": 0 },
        )";
    let right = judged(&still(), met, 8_192);
    assert_eq!((right[0].outcome, right[0].n), (Outcome::Pass, 256), "{}", right[0]);
    for (from, to) in [("1000", "999"), ("day 1\\\", tier: \\\"1,000", "day 1\\\", tier: \\\"10,000")] {
        let from = from.replace('\\', "");
        let wrong = met.replacen(&from, &to.replace('\\', ""), 1);
        assert_ne!(met, wrong);
        let wrong = judged(&still(), &wrong, 8_192);
        assert_eq!((wrong[0].outcome, wrong[0].example), (Outcome::Fail, Some(0)));
        assert!(wrong[0].to_string().contains("future 0 is not so (256 of 256 futures"), "{}", wrong[0]);
    }
}

/// A quarter blocks: Warned at the first evaluation after a send, rate-limited a week later. Under rules with tiers
/// nobody is.
#[test]
fn what_is_older_than_tiers_can_be_expected() {
    let case = Case { chances: vec![("block", "Fixed(0.25)".into())], horizon: 15, ..still() };
    let rules = "scenarios/rulesets/platform-pre-tier.ron";
    let old = |plan| {
        let case = Case { ruleset: rules, plan: Plan::Constant(plan), ..case.clone() };
        case.text().replace(r#"(tier: "1,000")"#, "()")
    };
    let outcomes = |text: &str| {
        let (body, _) = text.rsplit_once(')').unwrap();
        let expect = r#"expect: {
            "a warning": Chance(of: Warned, at_least: "99%"),
            "a rate": Chance(of: RateLimited, at_least: "99%"),
        }"#;
        let scenario = Scenario::read("plan", &format!("{body} {expect})"), folder());
        scenario.map(|scenario| outcomes(&judge_all(&scenario, &Terms::default())))
    };
    assert_eq!(outcomes(&old(200)).unwrap(), [Outcome::Pass, Outcome::Pass]);
    assert_eq!(outcomes(&old(90)).unwrap(), [Outcome::Fail, Outcome::Fail], "too few are never rated");
    let told = outcomes(&case.text()).unwrap_err().render(false);
    assert!(told.contains("never happens that the number is warned"), "{told}");
    assert!(told.contains("never happens that the number is rate-limited"), "{told}");
    let scenario = Scenario::read("plan", &old(200), folder()).unwrap();
    let names: Vec<String> = Headline::all(&[&scenario.setting], &[]).iter().map(Headline::name).collect();
    let has = |name: &str| names.iter().any(|known| known == name);
    assert!(has("warned") && has("rate_limited") && !has("flagged"), "{names:?}");
}

#[test]
fn chance_can_be_switched_off() {
    let case = Case { profile: common::WILD, plan: Plan::Constant(1_000), ..still() };
    let future = Scenario::read("plan", &case.text(), folder()).unwrap();
    let future = future.with_held(Held { parameters: true, days: true, luck: true }).replicate(3);
    let [sent, delivered] =
        [Metric::Sent, Metric::Delivered].map(|metric| future.outcome.totals[metric as usize]);
    assert!(0 < delivered && delivered < sent);
    let expect = |chance: &str, delivered: u64| {
        format!(
            "\"x\": Exactly(chance: {chance}, totals: {{ \"sent\": {sent}, \"delivered\": {delivered} }})"
        )
    };
    assert_eq!(outcomes(&judged(&case, &expect("off", delivered), 256)), [Outcome::Pass]);
    assert_eq!(outcomes(&judged(&case, &expect("off", delivered + 1), 256)), [Outcome::Fail]);
    assert_eq!(outcomes(&judged(&case, &expect("on", delivered), 256)), [Outcome::Fail]);
}

/// A thousand a day at nine: on Wednesday they exceed twice the limit, and two days later, on the 11th, it rises.
#[test]
fn totals_and_days_without_chance_are_what_they_are() {
    let case = Case { plan: Plan::Constant(1_000), ..still() };
    let list = judged(
        &case,
        "\"a\": Total(of: sent, at_least: 9_000, at_most: 11_000),
         \"b\": Total(of: sent, at_least: 11_000),
         \"c\": Total(of: sent, quantile: \"50%\", at_most: 10_000),
         \"d\": Total(of: sent, quantile: \"50%\", at_most: 9_999),
         \"e\": Total(of: sent, quantile: \"50%\", at_least: 10_000),
         \"f\": Day(tier: \"10,000\", quantile: \"90%\", at_least: \"2022-03-11\", at_most: \"2022-03-11\"),
         \"g\": Day(tier: \"100,000\", quantile: \"10%\", at_most: \"10d\"),
         \"h\": Day(tier: \"100,000\", at_least: \"9d\"),
         \"i\": Chance(of: Counted(of: sent, at_least: 10_000), at_least: \"90%\"),
         \"j\": Chance(of: Counted(of: sent, at_least: 10_001), at_least: \"10%\")",
        1_024,
    );
    use Outcome::{Fail, Pass};
    let told: Vec<String> = list.iter().map(Judged::to_string).collect();
    assert_eq!(
        outcomes(&list),
        [Pass, Fail, Pass, Fail, Pass, Pass, Fail, Pass, Pass, Fail],
        "{}",
        told.join("\n")
    );
    assert!(told[6].contains("not within 10 days"), "{}", told[6]);
}

#[test]
fn two_scenarios_are_compared_on_the_same_luck() {
    let set = "vs_set: { \"sender.plan.a_day\": \"90\" }";
    let list = judged(
        &still(),
        &format!(
            "\"a\": Total(of: sent, {set}, at_least: 80, at_most: 120),
             \"b\": Total(of: sent, {set}, at_most: 0),
             \"c\": Chance(of: Counted(of: sent, at_least: 1000), {set}, at_least: \"90%\"),
             \"d\": Chance(of: Counted(of: sent, at_least: 800), {set}, at_least: \"-5%\", at_most: \"5%\"),
             \"e\": Day(tier: \"10,000\", {set}, at_least: \"-6h\", at_most: \"1d\")"
        ),
        1_024,
    );
    use Outcome::{Fail, Pass};
    let told: Vec<String> = list.iter().map(Judged::to_string).collect();
    assert_eq!(outcomes(&list), [Pass, Fail, Pass, Pass, Pass], "{}", told.join("\n"));
    assert!(told[0].contains("less the same for sender.plan.a_day=90"), "{}", told[0]);
    assert!(told[2].contains("+100.0 points"), "{}", told[2]);
}

/// A tenth of the futures hold the tier within a day: the bound decides, and how far it is away.
#[test]
fn what_lies_near_its_bound_stays_undecided_and_says_what_would_tell() {
    let case = Case { tier: "50", verification: "AfterDays(Uniform(low: 0, high: 10))".into(), ..still() };
    let reached = "Chance(of: Reached(tier: \"1,000\", by: \"1d\")";
    let list = judged(
        &case,
        &format!(
            "\"far below\": {reached}, at_most: \"30%\"),
             \"near\": {reached}, at_most: \"11%\"),
             \"far above\": {reached}, at_least: \"30%\"),
             \"both\": {reached}, at_least: \"1%\", at_most: \"11%\")"
        ),
        512,
    );
    use Outcome::{Fail, Pass, Undecided};
    assert_eq!(outcomes(&list), [Pass, Undecided, Fail, Undecided]);
    assert_eq!(list.iter().map(|judged| judged.n).collect::<Vec<u64>>(), [256, 512, 256, 512]);
    let told = list[1].to_string();
    assert!(
        told.contains("UNDECIDED  near") && told.contains("futures would decide it (--replications)"),
        "{told}"
    );
}

#[test]
fn verdicts_are_the_same_on_any_number_of_threads() {
    let scenario = Scenario::load(&folder().join("scenarios/cold-list.ron"), &[]).unwrap();
    let on = |threads| {
        let threads = Threads::Exactly(NonZeroUsize::new(threads).unwrap());
        let terms = Terms { most: 512, threads, ..Terms::default() };
        judge_all(&scenario, &terms).iter().map(Judged::to_string).collect::<Vec<String>>()
    };
    assert_eq!(on(1), on(3));
}

/// Met with nothing to spare: as many false alarms as there can be. Of 150 runs a twentieth, 7.5, is stated.
#[test]
fn false_alarms_are_no_more_than_stated_at_the_very_edge() {
    let case = Case {
        tier: "50",
        verification: "AfterDays(Uniform(low: 0, high: 10))".into(),
        horizon: 2,
        ..still()
    };
    let scenario =
        with(&case, "\"a tenth\": Chance(of: Reached(tier: \"1,000\", by: \"1d\"), at_most: \"10%\")");
    let scenario = scenario.unwrap();
    let terms = Terms { false_alarms: 0.05, bounds: 1, most: 1_024, ..Terms::default() };
    let failed =
        |seed: &u64| judge_all(&scenario.clone().with_seed(*seed), &terms)[0].outcome == Outcome::Fail;
    let failed = (1..=150).filter(failed).count();
    assert!(failed <= 15, "{failed} of 150: more than 15 come once in 250 even if each were one in twenty");
}

// ---- the shipped ones -----------------------------------------------------------------------------------------------

#[test]
fn every_shipped_scenario_says_what_it_promises() {
    let mut met = 0;
    for entry in fs::read_dir(folder().join("scenarios")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|end| end == "ron") {
            let scenario = Scenario::load(Path::new(&path), &[]).unwrap_or_else(|found| panic!("{found}"));
            assert!(scenario.expectations().len() >= 5, "{} expects too little", path.display());
            met += 1;
        }
    }
    assert!(met >= 4);
}
