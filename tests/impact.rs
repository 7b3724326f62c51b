//! `rules impact` and two versions of a future side by side, as a person meets them: nothing is nothing and says why, a
//! change is found with its clause, what cannot run is told apart, and the printed commands lead to what they promise.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod common;

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use common::{shipped, workshop};
use serde_json::Value;

/// Nobody blocks, reports, stops, mutes or archives: ratings stay as they are.
const CALM: &str = "audience.segments.subscribers.chances={\"block\": Fixed(0), \"report\": Fixed(0), \"stop\": Fixed(0), \
                    \"mute\": Fixed(0), \"archive\": Fixed(0)}";
const RULES: &str = include_str!("../scenarios/rulesets/platform-2023.ron");

fn tool(folder: &Path, arguments: &[&str]) -> Output {
    let mut tool = Command::new(env!("CARGO_BIN_EXE_tiercast"));
    tool.current_dir(folder).env("COLUMNS", "120").env_remove("TIERCAST_SEED").env_remove("TIERCAST_THREADS");
    tool.env("TIERCAST_CACHE", Path::new(env!("CARGO_TARGET_TMPDIR")).join("kept"));
    tool.args(arguments).output().unwrap()
}

fn impact(folder: &Path, arguments: &[&str]) -> Output {
    tool(folder, &[&["rules", "impact"], arguments].concat())
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// Runs an impact that ends with `code`, and returns its JSON.
#[track_caller]
fn json(folder: &Path, code: i32, arguments: &[&str]) -> Value {
    let output = impact(folder, &[arguments, &["--json"]].concat());
    assert_eq!(output.status.code(), Some(code), "{}", text(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Writes a ruleset that is the shipped one with some text replaced.
fn rules_with(folder: &Path, name: &str, from: &str, to: &str) {
    assert!(RULES.contains(from), "{from}");
    fs::write(folder.join(name), RULES.replacen(from, to, 1)).unwrap();
}

// ---- nothing, and why -----------------------------------------------------------------------------------------------

#[test]
fn rules_and_themselves_change_nothing() {
    let folder = workshop("itself");
    let climb = shipped("half-limit-climb");
    let arguments = ["platform-2023", "platform-2023", "--scenarios", &climb, "-n", "70", "--junit", "x.xml"];
    let output = impact(&folder, &arguments);
    let said = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{said}");
    for words in ["No scenario changes", "half-limit-climb: nothing changes", "Both are the same rules"] {
        assert!(said.contains(words), "`{words}` in\n{said}");
    }
    assert!(!said.contains("tiercast explain"), "there is nothing to look at:\n{said}");
    assert!(
        !said.contains("can change") && !said.contains(" to 5"),
        "the same rules leave no doubt:\n{said}"
    );
    let page = json(&folder, 0, &arguments[..6]);
    let run = &page["scenarios"][0]["run"];
    assert_eq!((page["changes"].as_bool(), run["replications_that_change"].as_u64()), (Some(false), Some(0)));
    assert!(run["effects"].as_array().unwrap().iter().all(|effect| effect["verdict"] == "nothing"
        && effect["ci_low"].as_f64() == Some(0.0)
        && effect["ci_high"].as_f64() == Some(0.0)));
    assert_eq!(xml(&folder.join("x.xml")), [("testsuites", 1), ("testsuite", 1), ("testcase", 1)]);
}

#[test]
fn another_source_alone_changes_nothing_and_says_so() {
    let folder = workshop("source");
    rules_with(&folder, "other.ron", "title: \"Changelog\"", "title: \"The changelog, read again\"");
    let climb = shipped("half-limit-climb");
    let output = impact(&folder, &["platform-2023", "other.ron", "--scenarios", &climb, "-n", "40"]);
    let said = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{said}{}", text(&output.stderr));
    assert!(said.contains("only names, titles, notes or sources differ"), "{said}");
}

/// What a flag costs is changed, and nobody gives cause for a flag.
#[test]
fn a_clause_that_never_fires_changes_nothing_and_is_named() {
    let folder = workshop("never");
    rules_with(&folder, "sooner.ron", "downgrade_at: deadline", "downgrade_at: flag");
    let climb = shipped("half-limit-climb");
    let arguments =
        ["platform-2023", "sooner.ron", "--scenarios", &climb, "--set", CALM, "-n", "60", "--seed", "4"];
    let output = impact(&folder, &arguments);
    let said = text(&output.stdout).split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(
        said.contains("No effect, because these clauses differ and never fired here, in none of 60 runs of either: number.flagged."),
        "{said}"
    );
    // One bound for one number, in the table and in the sentence.
    assert!(said.contains("(0.0 % to 6.1 %)") && said.contains("at most 6.1 % can change"), "{said}");
    // With what customers really do it fires, and the first thing that differs is what it says.
    let page = json(&folder, 1, &["platform-2023", "sooner.ron", "--scenarios", &climb, "-n", "100"]);
    let run = &page["scenarios"][0]["run"];
    let changed = run["replications_that_change"].as_u64().unwrap();
    assert!(0 < changed && changed < 100, "{run:#}");
    for parting in run["partings"].as_array().unwrap() {
        let clauses = [&parting["first_clause"], &parting["second_clause"]];
        assert!(clauses.iter().any(|clause| **clause == "number.flagged"), "{parting:#}");
    }
}

// ---- a change, and where to look ------------------------------------------------------------------------------------

#[test]
fn a_new_era_changes_a_climb_and_the_command_shows_where() {
    let folder = workshop("era");
    let climb = shipped("half-limit-climb");
    let arguments = ["platform@2025-10-06", "platform@2025-10-07", "--scenarios", &climb, "-n", "64"];
    let output = impact(&folder, &[&arguments[..], &["--by", "20d", "--junit", "out/impact.xml"]].concat());
    let said = text(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{said}{}", text(&output.stderr));
    for words in [
        "What changes from platform@2025-10-06 to platform@2025-10-07",
        "100.0 %  (94.3 % to 100.0 %)",
        "Clauses that differ and fired, in how many runs",
        "10K within 20d",
        "share 5 % (Bonferroni)",
        "Costs are not compared",
    ] {
        assert!(said.contains(words), "`{words}` in\n{said}");
    }
    let page: Value =
        serde_json::from_slice(&fs::read(folder.join("out/impact/impact.json")).unwrap()).unwrap();
    let run = &page["scenarios"][0]["run"];
    let partings = run["partings"].as_array().unwrap();
    let all: u64 = partings.iter().map(|parting| parting["replications"].as_u64().unwrap()).sum();
    assert_eq!((all, run["replications_that_change"].as_u64()), (64, Some(64)));
    let flagged = run["effects"].as_array().unwrap().iter().find(|one| one["metric"] == "flagged").unwrap();
    assert!(flagged["old_mean"].as_f64() > Some(0.0) && flagged["verdict"] == "not_in_rules", "{flagged:#}");
    assert_eq!(xml(&folder.join("out/impact.xml")).last(), Some(&("failure", 1)));
    let csv = fs::read_to_string(folder.join("out/impact/effects.csv")).unwrap();
    assert_eq!(csv.lines().count(), 1 + run["effects"].as_array().unwrap().len());
    // The command that is printed shows the parting of that replication: the clause that was counted for it.
    let command = said.lines().find(|line| line.contains("tiercast explain")).unwrap();
    let words: Vec<&str> = command.split_whitespace().skip(1).collect();
    let told = tool(&folder, &[&words[..], &["--json"]].concat());
    assert_eq!(told.status.code(), Some(0), "{}", text(&told.stderr));
    let told: Value = serde_json::from_slice(&told.stdout).unwrap();
    let first = &told["first_difference"];
    let counted = partings.iter().find(|parting| parting["replication"] == told["replication"]).unwrap();
    for key in ["what", "of", "first_clause", "second_clause"] {
        assert_eq!(first[key], counted[key], "{key}");
    }
    assert!(first["day"].as_u64() >= run["first_day_earliest"].as_u64(), "none parts sooner than the first");
    let changes = told["changes"]["second"].as_array().unwrap();
    assert!(!changes.is_empty() && changes[0]["at"].as_i64() >= first["at"].as_i64());
}

/// The rules of 2025-10 know no flag: that is no safety to be had for a change of rules, and nothing to draw.
#[test]
fn what_one_of_the_rules_cannot_do_is_no_improvement() {
    let folder = workshop("cannot-do");
    let climb = shipped("half-limit-climb");
    let arguments = ["platform-2023", "platform-2025-10", "--scenarios", &climb, "-n", "100"];
    let output = impact(&folder, &[&arguments[..], &["--out", "out"]].concat());
    let said = text(&output.stdout);
    let line = said.lines().find(|line| line.contains("the number is flagged")).unwrap();
    assert!(line.ends_with("not in new") && line.contains(" % "), "the old chance is still told: {line}");
    let page = json(&folder, 1, &arguments);
    let effects = page["scenarios"][0]["run"]["effects"].as_array().unwrap();
    let flagged = effects.iter().find(|one| one["metric"] == "flagged").unwrap();
    for key in ["new_mean", "difference", "ci_low", "ci_high", "old_better", "equal", "new_better", "better"]
    {
        assert!(flagged[key].is_null(), "{key} in {flagged:#}");
    }
    let told = effects.iter().filter(|one| one["verdict"] != "not_in_rules").count();
    assert_eq!(page["intervals"].as_u64(), Some(told as u64), "only what has an interval shares the 5 %");
    let csv = fs::read_to_string(folder.join("out/effects.csv")).unwrap();
    let row = csv.lines().find(|line| line.contains(",flagged,")).unwrap();
    assert!(row.ends_with(",not_in_rules,") && row.contains(",,,,,,,"), "{row}");
    let picture = fs::read_to_string(folder.join("out/impact.svg")).unwrap();
    assert!(!picture.contains("the number is flagged"), "a panel without anything to compare");
    // The other way round, the old rules are those without.
    let turned = json(&folder, 1, &["platform-2025-10", "platform-2023", "--scenarios", &climb, "-n", "100"]);
    let effects = turned["scenarios"][0]["run"]["effects"].as_array().unwrap();
    let turned = effects.iter().find(|one| one["metric"] == "flagged").unwrap();
    assert!(turned["old_mean"].is_null() && turned["new_mean"] == flagged["old_mean"], "{turned:#}");
}

/// The title heads whatever is found, so it claims nothing; what is open says so.
#[test]
fn annotations_claim_nothing_that_their_body_denies() {
    let folder = workshop("github");
    let climb = shipped("half-limit-climb");
    let github = |n: &str| {
        let arguments = ["platform-2023", "platform-2025-10", "--scenarios", &climb, "--format", "github"];
        text(&impact(&folder, &[&arguments[..], &["-n", n]].concat()).stdout)
    };
    let (many, few) = (github("200"), github("2"));
    let title = "title=half-limit-climb under platform-2025-10 instead of platform-2023::";
    assert!(many.starts_with("::error ") && many.contains(title) && many.contains("matters"), "{many}");
    assert!(few.starts_with("::warning ") && few.contains(title), "{few}");
    assert!(few.contains("::not decided by 2 runs whether anything changes by more than matters"), "{few}");
    assert!(!many.contains("nothing that matters") && !few.contains("nothing that matters"));
}

/// A review that takes an hour longer: every run parts where the first review begins, and the last day is the same.
#[test]
fn a_longer_review_is_the_first_difference_in_every_run() {
    let folder = workshop("review");
    let climb = shipped("half-limit-climb");
    let versions = ["--variant", "longer: upgrade.volume.review=25h"];
    let output =
        tool(&folder, &[&["compare", climb.as_str()], &versions[..], &["-n", "64", "--json"]].concat());
    let page: Value = serde_json::from_slice(&output.stdout).unwrap();
    let pair = &page["pairs"][0];
    let partings = pair["partings"].as_array().unwrap();
    assert_eq!(partings.len(), 1, "{pair:#}");
    assert_eq!(
        (partings[0]["first_clause"].as_str(), partings[0]["second_clause"].as_str()),
        (Some("upgrade.volume"), Some("upgrade.volume"))
    );
    assert_eq!(partings[0]["replications"].as_u64().unwrap() + pair["same"].as_u64().unwrap(), 64);
    let said = tool(&folder, &[&["compare", climb.as_str()], &versions[..], &["-n", "64"]].concat());
    let said = text(&said.stdout);
    let line = said.lines().find(|line| line.trim_start().starts_with("tiercast explain")).unwrap();
    assert!(line.ends_with("--variant \"longer: upgrade.volume.review=25h\""), "{line}");
    let replication = partings[0]["replication"].to_string();
    let told = tool(&folder, &[&["explain", climb.as_str(), "-r", &replication], &versions[..]].concat());
    let told = text(&told.stdout);
    for words in [
        "In common: ",
        "Here they part: ",
        "B longer",
        "The limit is under review",
        "upgrade.volume: from A to B: review: 24h -> 25h",
        "The changes that follow:",
        "How they end, where their rows in replications.csv differ:",
    ] {
        assert!(told.contains(words), "`{words}` in\n{told}");
    }
    assert!(told.lines().all(|line| line.chars().count() <= 120), "{told}");
}

#[test]
fn two_versions_stand_side_by_side_or_below_each_other() {
    let folder = workshop("explain");
    let climb = shipped("half-limit-climb");
    // Half as much is asked for: the first send differs, before any change does.
    let half = ["explain", climb.as_str(), "-r", "2", "--variant", "half: sender.plan.share=50%"];
    let told = text(&tool(&folder, &half).stdout);
    assert!(told.contains("The first to differ is what the plan asks for. A send cites no clause"), "{told}");
    let narrow =
        Command::new(env!("CARGO_BIN_EXE_tiercast")).env("COLUMNS", "70").args(half).output().unwrap();
    let narrow = text(&narrow.stdout);
    assert!(
        narrow.contains("  A: Number main sends") && narrow.lines().all(|line| line.chars().count() <= 70)
    );
    let itself = text(&tool(&folder, &["explain", &climb, "-r", "2", "--against", &climb]).stdout);
    assert!(itself.contains("Nothing differs: ") && itself.contains("every day is the same"), "{itself}");
    // Prices decide nothing but what is paid.
    let free = ["explain", climb.as_str(), "-r", "2", "--variant", "elsewhere: platform.market=India"];
    let free = text(&tool(&folder, &free).stdout).split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(free.contains("Every change and send is the same") && free.contains("is the cost"), "{free}");
    let wrong =
        tool(&folder, &["explain", &climb, "-r", "0", "--rules", "a", "--rules", "b", "--rules", "c"]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(text(&wrong.stderr).contains("3 versions do not stand side by side"));
}

/// Thresholds are drawn, held or given, and a story says which; what is no forecast is not told as one.
#[test]
fn a_story_says_where_thresholds_come_from_and_what_it_is_to_be_read_with() {
    let folder = workshop("story");
    let climb = shipped("first-climb");
    let told = |more: &[&str]| {
        text(&tool(&folder, &[&["explain", climb.as_str(), "-r", "0"], more].concat()).stdout)
    };
    assert!(told(&[]).contains("% (drawn: nobody publishes thresholds)"));
    let held = told(&["--fix", "parameters"]);
    assert!(held.contains("% (held at the mean of what is believed"), "{held}");
    assert!(held.contains("\nWarnings:\n") && held.contains("this is no forecast"), "{held}");
    let (low, medium) = ("rating.number.low_from=5%", "rating.number.medium_from=2%");
    let given = told(&["--set", low, "--set", medium]);
    assert!(given.contains("Medium from 2.00 % and Low from 5.00 % (given)"), "{given}");
    let half = told(&["--set", low]);
    assert!(half.contains("% (one is given, the other drawn)") && half.contains("is still drawn"), "{half}");
    // Of two versions each says its own.
    let both = told(&["--variant", &format!("known: {low}; {medium}")]);
    let both = both.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        both.contains("publishes thresholds) in A, Medium from 2.00 % and Low from 5.00 % (given) in B."),
        "{both}"
    );
}

/// A ruleset that begins later, whose prices are not known: no cost, and the warning that `run` gives.
#[test]
fn a_story_under_later_rules_knows_no_cost_and_warns() {
    let folder = workshop("later-rules");
    let climb = shipped("half-limit-climb");
    let ask = ["explain", climb.as_str(), "-r", "0", "--rules", "platform-2025-10"];
    let said = text(&tool(&folder, &ask).stdout);
    let cost = said.lines().find(|line| line.trim_start().starts_with("cost ")).unwrap();
    assert!(cost.ends_with("not known"), "{cost}");
    assert!(said.contains("\nWarnings for B alone:\n") && !said.contains("Warnings for A alone"), "{said}");
    let page: Value =
        serde_json::from_slice(&tool(&folder, &[&ask[..], &["--json"]].concat()).stdout).unwrap();
    let warnings = page["versions"][1]["warnings"].as_array().unwrap();
    let own = ["explain", climb.as_str(), "-r", "0", "--set", "platform.ruleset=platform-2025-10"];
    let story = text(&tool(&folder, &own).stdout).split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(story.contains("cost not known") && !warnings.is_empty(), "{story}");
    assert!(
        warnings.iter().all(|warning| story.contains(warning.as_str().unwrap())),
        "{warnings:#?}\n{story}"
    );
}

/// Each side is told on its own calendar where the two do not begin together.
#[test]
fn two_that_begin_on_other_dates_keep_their_own() {
    let folder = workshop("dates");
    let (climb, cold) = (shipped("first-climb"), shipped("cold-list"));
    let ask = ["explain", climb.as_str(), "-r", "3", "--against", cold.as_str()];
    let said = text(&tool(&folder, &ask).stdout);
    for words in ["A first-climb, under classic-2022, from ", " in B (day "] {
        assert!(said.contains(words), "`{words}` in\n{said}");
    }
    let elapsed = |said: &str| said.lines().any(|line| line.starts_with("  after "));
    assert!(elapsed(&said), "{said}");
    let of_b: Vec<&str> = said.lines().filter_map(|line| Some(line.split_once(" | ")?.1)).collect();
    assert!(of_b.iter().any(|cell| cell.contains(" Apr 2024 ")), "{said}");
    assert!(of_b.iter().all(|cell| !cell.contains("2022")), "B starts in 2024:\n{said}");
    let page: Value =
        serde_json::from_slice(&tool(&folder, &[&ask[..], &["--json"]].concat()).stdout).unwrap();
    let starts = [0, 1].map(|side| page["versions"][side]["start"].as_str().unwrap()[..4].to_owned());
    assert_eq!(starts, ["2022", "2024"]);
    let first = &page["first_difference"];
    let dates = ["date", "second_date"].map(|key| first[key].as_str().unwrap()[..4].to_owned());
    assert_eq!(dates, starts);
    for (side, year) in ["first", "second"].into_iter().zip(&starts) {
        let changes = page["changes"][side].as_array().unwrap();
        assert!(changes.iter().all(|told| told["date"].as_str().unwrap().starts_with(year)), "{side}");
    }
    // On one calendar nothing is said twice.
    let same = text(
        &tool(&folder, &["explain", &climb, "-r", "3", "--variant", "half: sender.plan.share=50%"]).stdout,
    );
    assert!(!same.contains(" in B (day ") && !elapsed(&same), "{same}");
}

#[test]
fn what_matters_decides_what_a_pipeline_fails() {
    let folder = workshop("matters");
    rules_with(&folder, "longer.ron", "review: \"24h\"", "review: \"25h\"");
    let climb = shipped("half-limit-climb");
    let run = |matters: &str, out: &str| {
        let arguments =
            ["platform-2023", "longer.ron", "--scenarios", &climb, "-n", "1000", "--matters", matters];
        let output = impact(
            &folder,
            &[&arguments[..], &["--matters", "total=50%", "--matters", "chance=50%", "--junit", out]]
                .concat(),
        );
        assert_eq!(output.status.code(), Some(1), "it changes, whether that matters or not");
        xml(&folder.join(out))
    };
    assert!(run("10m", "strict.xml").contains(&("failure", 1)));
    assert_eq!(run("30d", "loose.xml"), [("testsuites", 1), ("testsuite", 1), ("testcase", 1)]);
}

#[test]
fn threads_change_no_byte() {
    let folder = workshop("threads");
    let run = |threads: &str, out: &str| {
        let scenarios = [shipped("half-limit-climb"), shipped("cold-list")];
        let arguments = ["platform-2023", "platform-2025-10", "-n", "70", "--no-cache", "--scenarios"];
        let more = [&scenarios[0], &scenarios[1], "--threads", threads, "--out", out];
        let output = impact(&folder, &[&arguments[..], &more].concat());
        assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    };
    run("1", "one");
    run("3", "three");
    for name in ["impact.json", "effects.csv", "impact.svg", "impact.png"] {
        let read = |out: &str| fs::read(folder.join(out).join(name)).unwrap();
        assert_eq!(read("one"), read("three"), "{name}");
    }
}

// ---- what cannot run, and wrong input -------------------------------------------------------------------------------

#[test]
fn a_scenario_that_cannot_run_is_told_apart() {
    let folder = workshop("cannot");
    for name in ["first-climb", "half-limit-climb"] {
        fs::copy(shipped(name), folder.join(format!("{name}.ron"))).unwrap();
    }
    // Not a scenario: left alone in a folder.
    fs::write(folder.join("rules.ron"), RULES).unwrap();
    let arguments = ["classic-2022", "platform-2023", "--scenarios", ".", "-n", "20", "--junit", "x.xml"];
    let output = impact(&folder, &arguments);
    let said = text(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{said}{}", text(&output.stderr));
    assert!(said.contains("first-climb: cannot run under platform-2023"), "{said}");
    assert!(said.contains("has no tier \"50\"") && said.contains("first-climb.ron:16:35"), "{said}");
    assert!(said.contains("half-limit-climb: cannot run under classic-2022"), "{said}");
    let page = json(&folder, 1, &arguments[..6]);
    assert_eq!(page["scenarios"].as_array().unwrap().len(), 2);
    assert!(
        page["scenarios"][0]["run"].is_null()
            && page["scenarios"][0]["cannot_run"]["old"] == Value::Array(vec![])
    );
    assert_eq!(xml(&folder.join("x.xml")).last(), Some(&("failure", 2)));
}

/// Runs what is wrong: exit 2, the message says what and gives advice, and nothing is written.
#[track_caller]
fn refuses(folder: &Path, arguments: &[&str], words: &[&str]) {
    let output = impact(folder, arguments);
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    words.iter().for_each(|words| assert!(said.contains(words), "`{words}` in:\n{said}"));
    assert!(output.stdout.is_empty() && !folder.join("out").exists(), "something was written");
}

#[test]
fn wrong_questions_are_told() {
    let folder = workshop("wrong");
    let climb = shipped("half-limit-climb");
    let of = |old: &str, words: &[&str]| {
        refuses(&folder, &[old, "platform-2025-10", "--scenarios", &climb], words);
    };
    of("platform-2024", &["there is no ruleset \"platform-2024\"", "did you mean platform-20"]);
    of("platform", &["platform is a rulebook", "platform@2025-10-06"]);
    of("platfrom@2025", &["there is no rulebook \"platfrom\"", "did you mean platform?"]);
    of("platform@yesterday", &["expected a date after the @", "platform@2024-05-01"]);
    of("platform@1999", &["has no rules for 1999-01-01", "2018-08-01"]);
    of("gone.ron", &["cannot read gone.ron"]);
    fs::create_dir(folder.join("empty")).unwrap();
    let ask = |paths: &[&str], words: &[&str]| {
        let start = ["platform-2023", "platform-2025-10", "-n", "5", "--scenarios"];
        refuses(&folder, &[&start[..], paths].concat(), words);
    };
    ask(&["empty"], &["no file in this folder ends in .ron"]);
    fs::write(folder.join("rules.ron"), RULES).unwrap();
    ask(&["rules.ron"], &["this is no scenario: it begins with Ruleset"]);
    ask(&["."], &["there is no scenario among the 1 files"]);
    ask(&[&climb, "--by", "61d"], &["outside the run of half-limit-climb"]);
    ask(&[&climb, "--matters", "soon"], &["soon", "chance=2%"]);
    // All that is wrong with all of them, at once.
    let broken = fs::read_to_string(&climb).unwrap();
    fs::write(folder.join("a.ron"), broken.replace("share: \"60%\"", "shore: \"60%\"")).unwrap();
    fs::write(folder.join("b.ron"), broken.replace("customers: 400_000", "customers: 0")).unwrap();
    ask(&["a.ron", "b.ron"], &["did you mean `share`?", "an empty list", "a.ron", "b.ron"]);
}

#[test]
fn a_rulebook_on_a_day_is_the_ruleset_of_its_era() {
    let folder = workshop("day");
    let diff = |from: &str, to: &str| tool(&folder, &["rules", "diff", from, to]);
    let same = diff("platform@2025-10-06", "platform@2025-10");
    let said = text(&same.stdout);
    assert_eq!(same.status.code(), Some(0), "{said}");
    assert!(
        said.starts_with("platform-2023 on 2025-10-06 and platform-2023 on 2025-10-01 say the same"),
        "{said}"
    );
    let next = diff("platform@2025-10-06", "platform@2025-10-07");
    let said = text(&next.stdout);
    assert_eq!(next.status.code(), Some(1), "{said}");
    assert!(
        said.starts_with("platform-2023 on 2025-10-06 -> platform-2025-10 on 2025-10-07: of the clauses"),
        "{said}"
    );
    assert!(said.contains("  holder: Number -> Portfolio\n"), "{said}");
    // Of a rulebook in a file the rulesets may stand beside it.
    let book = include_str!("../scenarios/rulesets/platform.rulebook.ron");
    fs::write(folder.join("own.rulebook.ron"), book).unwrap();
    rules_with(&folder, "platform-2023.ron", "review: \"24h\"", "review: \"25h\"");
    let own = diff("own.rulebook.ron@2025-10-06", "platform-2023");
    assert_eq!(own.status.code(), Some(1), "{}", text(&own.stderr));
    assert!(text(&own.stdout).contains("review: 25h -> 24h"), "{}", text(&own.stdout));
}

// ---- XML ------------------------------------------------------------------------------------------------------------

/// Reads XML strictly: every element is closed by its own name, every attribute stands once and in quotes, no `<` or
/// bare `&` in text. Returns the elements by name, in the order in which they first come, with how many there are.
#[track_caller]
fn xml(path: &Path) -> Vec<(&'static str, usize)> {
    const KNOWN: [&str; 5] = ["testsuites", "testsuite", "testcase", "skipped", "failure"];
    let text = fs::read_to_string(path).unwrap();
    let mut rest = text.strip_prefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>").unwrap();
    let (mut open, mut counts): (Vec<&str>, Vec<(&'static str, usize)>) = Default::default();
    while let Some((before, after)) = rest.split_once('<') {
        entities(before);
        assert!(
            before.trim().is_empty() || open.last() == Some(&"failure"),
            "text outside a failure: {before}"
        );
        let (tag, after) = after.split_once('>').unwrap();
        rest = after;
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name));
            continue;
        }
        let (tag, empty) = tag.strip_suffix('/').map_or((tag, false), |tag| (tag, true));
        let name = attributes(tag);
        let known = *KNOWN.iter().find(|known| **known == name).unwrap_or_else(|| panic!("<{name}>"));
        match counts.iter_mut().find(|(other, _)| *other == known) {
            Some((_, count)) => *count += 1,
            None => counts.push((known, 1)),
        }
        if !empty {
            open.push(name);
        }
    }
    assert!(open.is_empty() && rest.trim().is_empty(), "not closed: {open:?}");
    counts
}

/// The name of a tag; its attributes are checked.
#[track_caller]
fn attributes(tag: &str) -> &str {
    let (name, mut rest) = tag.split_once(' ').unwrap_or((tag, ""));
    let mut seen: Vec<&str> = Vec::new();
    while !rest.trim().is_empty() {
        let (key, value) = rest.trim_start().split_once("=\"").unwrap();
        let (value, after) = value.split_once('"').unwrap();
        entities(value);
        assert!(!seen.contains(&key) && key.chars().all(char::is_alphabetic), "{key} in <{tag}>");
        seen.push(key);
        rest = after;
    }
    name
}

#[track_caller]
fn entities(text: &str) {
    for (place, _) in text.match_indices('&') {
        let name = text[place + 1..].split_once(';').map(|(name, _)| name).unwrap();
        assert!(["amp", "lt", "gt", "quot", "apos"].contains(&name) || name.starts_with('#'), "&{name};");
    }
}
