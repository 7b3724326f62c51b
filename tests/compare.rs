//! `compare` as a person meets it: nothing is nothing and says why, a known shift is found, luck is shared.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod common;

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use common::{shipped, workshop};
use serde_json::Value;

/// Nobody blocks, reports, stops, mutes or archives: ratings stay as they are.
const CALM: &str = "audience.segments.members.chances={\"block\": Fixed(0), \"report\": Fixed(0), \"stop\": Fixed(0), \
                    \"mute\": Fixed(0), \"archive\": Fixed(0)}";

fn tool(folder: &Path, arguments: &[&str]) -> Output {
    let mut tool = Command::new(env!("CARGO_BIN_EXE_tiercast"));
    tool.current_dir(folder).env("COLUMNS", "100").env_remove("TIERCAST_SEED").env_remove("TIERCAST_THREADS");
    tool.env("TIERCAST_CACHE", Path::new(env!("CARGO_TARGET_TMPDIR")).join("kept"));
    tool.arg("compare").args(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// Runs a comparison that works, and returns its JSON.
#[track_caller]
fn json(folder: &Path, arguments: &[&str]) -> Value {
    let output = tool(folder, &[arguments, &["--json"]].concat());
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[track_caller]
fn found<'v>(page: &'v Value, pair: usize, metric: &str) -> &'v Value {
    let all = page["pairs"][pair]["differences"].as_array().unwrap();
    all.iter().find(|found| found["metric"] == metric).unwrap_or_else(|| panic!("no {metric} in {all:#?}"))
}

#[test]
fn what_one_run_leaves_open_is_not_called_no_difference() {
    let folder = workshop("one-run");
    let climb = shipped("half-limit-climb");
    let half = ["--variant", "longer: upgrade.volume.review=30h"];
    let page = json(&folder, &[&[climb.as_str()], &half[..], &["-n", "1"]].concat());
    let says = page["pairs"][0]["says"].as_str().unwrap();
    assert!(says.ends_with("not decided by 1 run") && !says.contains("no real difference"), "{says}");
}

/// Under the rules of 2025-10 no number is flagged: that is not called safer, and the chance under the others is told.
#[test]
fn what_the_rules_of_one_plan_cannot_do_is_not_compared() {
    let folder = workshop("cannot-do");
    let climb = shipped("half-limit-climb");
    let versions = ["--variant", "then: platform.ruleset=platform-2025-10", "-n", "100"];
    let arguments = [&[climb.as_str()], &versions[..]].concat();
    let output = tool(&folder, &[&arguments[..], &["--out", "out"]].concat());
    let said = text(&output.stdout);
    let row = said.lines().skip_while(|line| !line.starts_with("  the number is ")).take(2);
    let row = row.collect::<Vec<_>>().join(" ");
    let row = row.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(row.contains(" % - not in B's flagged rules"), "{row}\n{said}");
    assert!(!said.contains("is safer: the number is flagged"), "{said}");
    let page = json(&folder, &arguments);
    let flagged = found(&page, 0, "flagged");
    assert!(
        flagged["first_mean"].as_f64() > Some(0.1) && flagged["verdict"] == "not_in_rules",
        "{flagged:#}"
    );
    for key in ["second_mean", "difference", "ci_low", "ci_high", "first_better", "correlation", "better"] {
        assert!(flagged[key].is_null(), "{key} in {flagged:#}");
    }
    let csv = std::fs::read_to_string(folder.join("out/pairs.csv")).unwrap();
    let row = csv.lines().find(|line| line.contains(",flagged,")).unwrap();
    assert!(row.contains(",flagged,chance,100,") && row.ends_with(",not_in_rules,"), "{row}");
    // Where neither of two can do it, as little is said of it as by `run`.
    let both = ["--variant", "longer: upgrade.volume.review=30h", "-n", "20", "--set"];
    let both = [&[climb.as_str()], &both[..], &["platform.ruleset=platform-2025-10"]].concat();
    let page = json(&folder, &both);
    assert!(page["pairs"][0]["differences"].as_array().unwrap().iter().all(|one| one["metric"] != "flagged"));
}

#[test]
fn a_scenario_and_itself_differ_by_exactly_nothing() {
    let folder = workshop("itself");
    let climb = shipped("first-climb");
    let page = json(&folder, &[&climb, &climb, "-n", "100"]);
    let pair = &page["pairs"][0];
    assert_eq!((pair["same"].as_u64(), pair["same_inputs"].as_bool()), (Some(100), Some(true)));
    for found in pair["differences"].as_array().unwrap() {
        for key in ["difference", "ci_low", "ci_high"] {
            assert_eq!(found[key].as_f64(), Some(0.0), "{found:#}");
        }
        assert_eq!((&found["verdict"], &found["equal"]), (&Value::from("nothing"), &Value::from(1.0)));
    }
    let said = text(&tool(&folder, &[&climb, &climb, "-n", "100"]).stdout);
    assert!(said.contains("Exactly nothing differs: they are one scenario"), "{said}");
}

#[test]
fn a_rule_that_never_fires_makes_no_difference_and_says_so() {
    let folder = workshop("never");
    let climb = shipped("first-climb");
    // When a flag costs a tier is changed, and nobody gives cause for a flag.
    let arguments =
        [climb.as_str(), "--set", CALM, "--variant", "sooner: number.flagged.downgrade_at=flag", "-n", "100"];
    let page = json(&folder, &arguments);
    let pair = &page["pairs"][0];
    assert_eq!((pair["same"].as_u64(), pair["same_inputs"].as_bool()), (Some(100), Some(false)), "{pair:#}");
    let why = pair["why_nothing"].as_str().unwrap();
    assert!(why.contains("no clause that differs ever fired") && why.contains("at most 3.7 %"), "{why}");
}

/// Verified on day 8 instead of day 5, in every future: the first limit comes three days later, exactly.
#[test]
fn a_known_shift_is_found_with_its_sign_and_size() {
    let folder = workshop("shift");
    let page = json(
        &folder,
        &[
            &shipped("first-climb"),
            "--set",
            "platform.verification=AfterDays(Fixed(5))",
            "--variant",
            "late: platform.verification=AfterDays(Fixed(8))",
            "-n",
            "100",
        ],
    );
    let days = found(&page, 0, "days_to_1,000");
    assert_eq!((days["difference"].as_f64(), days["ci_low"].as_f64()), (Some(-3.0), Some(-3.0)), "{days:#}");
    assert_eq!(
        (days["verdict"].as_str(), days["better"].as_str()),
        (Some("real_and_matters"), Some("first-climb"))
    );
    assert_eq!(days["first_better"].as_f64(), Some(1.0));
    let small = json(
        &folder,
        &[
            &shipped("first-climb"),
            "--set",
            "platform.verification=AfterDays(Fixed(5))",
            "--variant",
            "late: platform.verification=AfterDays(Fixed(8))",
            "-n",
            "100",
            "--matters",
            "4d",
        ],
    );
    assert_eq!(found(&small, 0, "days_to_1,000")["verdict"].as_str(), Some("real_but_small"));
}

/// Who sends more may be flagged more often: the sentence on days or messages is not left alone.
#[test]
fn the_price_of_being_sooner_is_told_with_it() {
    let folder = workshop("risk");
    let small = ["--variant", "small: sender.plan=Constant(a_day: 100)", "-n", "120"];
    let output = tool(&folder, &[&[shipped("first-climb").as_str()], &small[..]].concat());
    let said = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    // Days that all end with the horizon are no answer.
    assert!(said.contains("first-climb holds 100,000 by the end in 9"), "{said}");
    let lines: Vec<&str> =
        said.lines().skip_while(|line| !line.starts_with("A against B: first-climb")).collect();
    assert!(lines.len() > 3, "{said}");
    assert!(lines[1..4].iter().any(|line| line.contains("small is safer: the number is flagged")), "{said}");
}

/// What shared luck is worth on three shipped pairs: at least three times as many independent runs.
#[expect(clippy::print_stderr, reason = "the ratios are printed")]
#[test]
fn shared_luck_is_worth_three_times_as_many_runs() {
    let folder = workshop("luck");
    let share = ["--variant", "half: sender.plan.share=50%"];
    let hours = ["--variant", "late: sender.hours.from=11:00"];
    let list = ["--variant", "more: audience.segments.members.customers=90000"];
    for (scenario, variant, metric) in [
        ("first-climb", share, "sent"),
        ("first-climb", list, "days_to_10,000"),
        ("half-limit-climb", hours, "sent"),
    ] {
        let page = json(&folder, &[&shipped(scenario), variant[0], variant[1], "-n", "300"]);
        let ratio = &found(&page, 0, metric)["variance_ratio"];
        assert!(
            ratio.is_null() || ratio.as_f64().unwrap() >= 3.0,
            "{scenario} {variant:?} {metric}: {ratio}"
        );
        eprintln!("{scenario} {} {metric}: variance ratio {ratio}", variant[1]);
    }
}

#[test]
fn threads_change_no_byte() {
    let folder = workshop("threads");
    let climb = shipped("first-climb");
    let run = |threads: &str, out: &str| {
        let variant = "half: sender.plan.share=50%";
        let output =
            tool(&folder, &[&climb, "--variant", variant, "-n", "130", "--threads", threads, "--out", out]);
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    };
    run("1", "one");
    run("3", "three");
    for name in ["comparison.json", "pairs.csv", "days.csv", "replications.csv", "lead.png", "volume.svg"] {
        let read = |out: &str| fs::read(folder.join(out).join(name)).unwrap();
        assert_eq!(read("one"), read("three"), "{name}");
    }
}

#[test]
fn more_than_two_share_the_error_and_say_so() {
    let folder = workshop("three");
    let climb = shipped("first-climb");
    let arguments =
        [&climb, "--variant", "half: sender.plan.share=50%", "--variant", "most: sender.plan.share=80%"];
    let output = tool(&folder, &[&arguments[..], &["-n", "60", "--out", "out"]].concat());
    let said = text(&output.stdout);
    for words in [
        "each against each",
        "A against B",
        "A against C",
        "B against C",
        "3 pairs share the 5 % (Bonferroni)",
    ] {
        assert!(said.contains(words), "`{words}` in\n{said}");
    }
    assert!(folder.join("out/lead-B-C.png").exists() && folder.join("out/volume-A-B.svg").exists());
    let pairs = fs::read_to_string(folder.join("out/pairs.csv")).unwrap();
    assert!(
        pairs.starts_with("first,second,metric,unit,n,first_mean")
            && pairs.contains("half,most,sent,messages,60,")
    );
    let rows = fs::read_to_string(folder.join("out/replications.csv")).unwrap();
    assert_eq!(rows.lines().count(), 1 + 3 * 60);
}

#[test]
fn rules_are_compared_with_what_fired() {
    let folder = workshop("rules");
    let scenario = shipped("half-limit-climb");
    let rules = ["--rules", "platform-2023", "--rules", "platform-2025-10"];
    let output = tool(&folder, &[&[scenario.as_str()], &rules[..], &["-n", "60"]].concat());
    let said = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(said.contains("platform-2023 against platform-2025-10"), "{said}");
    assert!(
        said.contains("Clauses that differ and fired, in how many runs") && said.contains("number.flagged")
    );
    // Prices of the later rules are not known for 2024: what is not counted must not look cheap.
    assert!(said.contains("Costs are not compared") && !said.contains("cost in USD"), "{said}");
}

/// A run of twice the length has more time to fall: nothing of that is a verdict, and it is said why.
#[test]
fn unlike_horizons_give_no_verdict_on_whole_runs() {
    let folder = workshop("horizons");
    let ask = [&shipped("first-climb"), "--set", "horizon=16d", "--variant", "a: horizon=8d", "-n", "40"];
    let page = json(&folder, &ask);
    let told: Vec<&str> = page["pairs"][0]["differences"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["metric"].as_str().unwrap())
        .collect();
    assert!(told.contains(&"days_to_1,000") && told.contains(&"reached_1,000_within_8d"), "{told:?}");
    for whole in ["downgraded", "flagged", "sent", "delivered", "cost", "reached_1,000"] {
        assert!(!told.contains(&whole), "{whole} in {told:?}");
    }
    // The same scenario: as far as both run nothing differs.
    assert_eq!(found(&page, 0, "days_to_1,000")["verdict"], "nothing");
    let left_out = page["left_out"][0].as_str().unwrap();
    assert!(
        left_out.contains("Horizons differ (A 16d, B 8d)") && left_out.contains("within 8d"),
        "{left_out}"
    );
    let said = text(&tool(&folder, &ask).stdout);
    assert!(said.contains("Horizons differ") && !said.contains("is safer"), "{said}");
    let days = fs::read_to_string(folder.join("out/compare/days.csv")).unwrap();
    assert!(days.contains(",7,sent_so_far,") && !days.contains(",8,sent_so_far,"), "{days}");
}

/// Charts of an earlier pair beside those of several would be taken for a part of them.
#[test]
fn charts_of_an_earlier_comparison_do_not_stay() {
    let folder = workshop("earlier");
    let climb = shipped("first-climb");
    let ask = [climb.as_str(), "--set", "horizon=3d", "-n", "2", "--variant", "half: sender.plan.share=50%"];
    let charts = || {
        let files = fs::read_dir(folder.join("out/compare")).unwrap();
        let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
        names.filter(|name| name.ends_with(".png")).collect::<std::collections::BTreeSet<_>>()
    };
    json(&folder, &ask);
    assert!(charts().contains("volume.png"));
    fs::write(folder.join("out/compare/mine.png"), "mine").unwrap();
    json(&folder, &[&ask[..], &["--variant", "third: sender.plan.share=30%"]].concat());
    let several = charts();
    assert!(several.contains("volume-A-B.png") && !several.contains("volume.png"), "{several:?}");
    assert!(several.contains("mine.png"), "{several:?}");
    json(&folder, &ask);
    assert!(charts().contains("volume.png") && !charts().contains("volume-A-B.png"));
}

/// Runs what is wrong: exit 2, the message says what and gives advice, and nothing is written.
#[track_caller]
fn refuses(name: &str, arguments: &[&str], message: &str, advice: &str) {
    let folder = workshop(name);
    let output = tool(&folder, arguments);
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(
        said.contains(message) && said.contains(advice),
        "expected `{message}` and `{advice}` in:\n{said}"
    );
    assert!(output.stdout.is_empty() && fs::read_dir(&folder).unwrap().count() == 0, "something was written");
}

#[test]
fn wrong_questions_are_told() {
    let climb = shipped("first-climb");
    refuses("alone", &[&climb], "one scenario alone", "--variant");
    refuses("both", &[&climb, &climb, "--rules", "classic-2022"], "several were given", "give one scenario");
    refuses(
        "by",
        &[&climb, &climb, "--by", "2023-01-01"],
        "outside the run of first-climb",
        "from 2022-03-07 to 2022-05-05",
    );
    refuses("by-long", &[&climb, &climb, "--by", "61d"], "outside the run", "at most 60d");
    refuses("by-form", &[&climb, &climb, "--by", "soon"], "soon", "2022-04-15");
    refuses("matters", &[&climb, &climb, "--matters", "chance=2"], "chance=2", "chance=2%");
    refuses("form", &[&climb, "--variant", "sender.plan.share=50%"], "NAME: PATH=VALUE", "half:");
    refuses(
        "path",
        &[&climb, "--variant", "x: sender.plan.shore=50%"],
        "FillLimit has no `shore`",
        "did you mean `share`?",
    );
    refuses(
        "root",
        &[&climb, "--variant", "x: sendr.plan.share=50%"],
        "there is no `sendr.plan.share`",
        "did you mean",
    );
    refuses("seed", &[&climb, "--variant", "x: seed=5"], "`seed` is a part of the question", "--seed");
    let often = "x: replications=5";
    refuses("often", &[&climb, "--variant", often], "`replications` is a part of", "--replications");
    refuses("none", &[&climb, &climb, "-n", "0"], "0 replications", "between 1 and");
    refuses("rules", &[&climb, "--rules", "classic-2020"], "no ruleset \"classic-2020\"", "classic-2022");
}
