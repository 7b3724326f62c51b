//! `sweep` and `sensitivity` as a person meets them: known shifts are found, what changes nothing is said, points are kept,
//! bad input is told with advice.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod common;

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use common::workshop;
use serde_json::Value;
use tiercast::sim::Scenario;

/// A short run that is verified on day 2.
const SHORT: [&str; 4] = ["--set", "horizon=8d", "--set", "platform.verification=AfterDays(Fixed(2))"];
/// Nobody blocks, reports, stops, mutes or archives.
const CALM: &str = "audience.segments.members.chances={\"block\": Fixed(0), \"report\": Fixed(0), \"stop\": Fixed(0), \
                    \"mute\": Fixed(0), \"archive\": Fixed(0)}";
const BLOCK: &str = "audience.segments.members.profile.block";

fn climb() -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/first-climb.ron").display().to_string()
}

fn command(folder: &Path, name: &str, arguments: &[&str]) -> Command {
    let mut tool = Command::new(env!("CARGO_BIN_EXE_tiercast"));
    tool.current_dir(folder).env("COLUMNS", "100").env_remove("TIERCAST_SEED").env_remove("TIERCAST_THREADS");
    tool.env("TIERCAST_CACHE", folder.join("kept"));
    tool.args([name, &climb()]).args(arguments);
    tool
}

fn tool(folder: &Path, name: &str, arguments: &[&str]) -> Output {
    command(folder, name, arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// Runs a command that works, and returns its JSON.
#[track_caller]
fn json(folder: &Path, name: &str, arguments: &[&str]) -> Value {
    let output = tool(folder, name, &[arguments, &["--json"]].concat());
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Runs a command that is refused, and returns what it says.
#[track_caller]
fn refused(folder: &Path, name: &str, arguments: &[&str]) -> String {
    let output = tool(folder, name, arguments);
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}{}", text(&output.stdout));
    assert!(said.contains("help"), "no advice: {said}");
    said
}

/// The estimate of a metric at a point.
#[track_caller]
fn estimate(page: &Value, point: usize, metric: &str) -> f64 {
    let all = page["points"][point]["results"].as_array().unwrap();
    let found = all.iter().find(|result| result["metric"] == metric);
    found.unwrap_or_else(|| panic!("no {metric} in {all:#?}"))["estimate"].as_f64().unwrap()
}

/// Verified three days later in every future: the first limit comes exactly three days later.
#[test]
fn a_known_shift_is_found() {
    let folder = workshop("shift");
    let page = json(
        &folder,
        "sweep",
        &[
            "--set",
            "horizon=12d",
            "--vary",
            "platform.verification=[AfterDays(Fixed(2)), AfterDays(Fixed(5))]",
            "--vary",
            "sender.plan.share=50%..100%:2",
            "--metric",
            "days_to_1,000",
            "-n",
            "20",
        ],
    );
    assert_eq!(page["points"].as_array().unwrap().len(), 4);
    assert_eq!(estimate(&page, 2, "days_to_1,000") - estimate(&page, 0, "days_to_1,000"), 3.0);
    let first = &page["effects"][0];
    assert_eq!(
        (first["path"].as_str(), first["difference"].as_f64(), first["ci_low"].as_f64()),
        (Some("platform.verification"), Some(3.0), Some(3.0)),
        "{first:#}"
    );
    let table = fs::read_to_string(folder.join("out/sweep/sweep.csv")).unwrap();
    let head = "point,platform.verification,sender.plan.share,metric,unit,estimate,ci_low,ci_high,n";
    assert_eq!(table.lines().next(), Some(head));
    assert!(table.contains("\n2,AfterDays(Fixed(5)),50%,\"days_to_1,000\",days,"), "{table}");
    for file in ["heat.svg", "heat.png", "tornado.svg", "tornado.png"] {
        assert!(folder.join("out/sweep").join(file).is_file(), "{file}");
    }
}

#[test]
fn a_factor_that_changes_nothing_is_said_to() {
    let folder = workshop("nothing");
    let arguments = [
        &SHORT[..],
        &["--set", CALM, "--vary", "number.flagged.downgrade_at=[deadline, flag]"],
        &["--vary", "sender.plan.share=50%..100%:2", "-n", "10"],
    ]
    .concat();
    let page = json(&folder, "sweep", &arguments);
    assert_eq!(page["unchanged"], serde_json::json!(["number.flagged.downgrade_at"]));
    let said = text(&tool(&folder, "sweep", &arguments).stdout);
    assert!(
        said.contains("number.flagged.downgrade_at changes nothing: every run is exactly the same"),
        "{said}"
    );
    assert!(!said.contains("sender.plan.share changes nothing"), "{said}");
}

/// A point is the run with the same changes, and neither threads nor what was kept before change a byte.
#[test]
fn points_are_runs_whatever_the_threads_and_what_was_kept() {
    let folder = workshop("same");
    let vary = [&SHORT[..], &["--vary", "sender.plan.share=50%..100%:2"]].concat();
    let with = |more: &[&str]| tool(&folder, "sweep", &[&vary[..], more].concat()).stdout;
    let first = with(&["-n", "30", "--json", "--threads", "1"]);
    assert_eq!(with(&["-n", "30", "--json", "--threads", "3", "--no-cache"]), first);
    let longer = with(&["-n", "70", "--json"]);
    assert_eq!(with(&["-n", "70", "--json", "--no-cache"]), longer);
    assert_ne!(longer, first);
    let again = tool(&folder, "sweep", &[&vary[..], &["-n", "70"]].concat());
    assert!(text(&again.stderr).contains("all were kept, nothing is run"), "{}", text(&again.stderr));

    let page: Value = serde_json::from_slice(&first).unwrap();
    let run = json(&folder, "run", &[&SHORT[..], &["--set", "sender.plan.share=50%", "-n", "30"]].concat());
    let mean = run["totals"]["sent"]["mean"].as_f64().unwrap();
    assert!((estimate(&page, 0, "sent") - mean).abs() < 0.01, "{mean}");
}

#[test]
fn points_fill_the_space_and_rank_what_matters() {
    let folder = workshop("space");
    for (design, name) in [("lhs", "lhs"), ("sobol", "sobol")] {
        let arguments = [
            &SHORT[..],
            &["--vary", "sender.plan.share=20%..100%", "--vary", "audience.segments.members.rest=3d..6d"],
            &["--design", design, "--points", "16", "--metric", "sent", "-n", "2", "--out", name],
        ]
        .concat();
        let page = json(&folder, "sweep", &arguments);
        assert_eq!(page["points"].as_array().unwrap().len(), 16);
        assert_eq!(page["effects"][0]["path"], "sender.plan.share");
        assert!(page["effects"][0]["rank_coefficient"].as_f64().unwrap() > 0.9, "{:#}", page["effects"]);
        assert!(folder.join(name).join("tornado.svg").is_file());
    }
}

/// A field of a profile and a threshold that nobody publishes can be held, and a run that is held keeps to it.
#[test]
fn profiles_and_thresholds_are_within_reach() {
    let load = |changes: &[(&str, &str)]| {
        let owned = changes.iter().map(|(path, value)| ((*path).to_owned(), (*value).to_owned()));
        Scenario::load(Path::new(&climb()), &owned.collect::<Vec<_>>()).map_err(|error| error.to_string())
    };
    let (medium, low) = ("rating.number.medium_from", "rating.number.low_from");
    let held = load(&[(medium, "1%"), (low, "0.025"), ("horizon", "3d"), (BLOCK, "0.7%")]).unwrap();
    assert_eq!(held.replicate(0).outcome.thresholds, (0.01, 0.025));
    assert_eq!(held.replicate(9).outcome.thresholds, (0.01, 0.025));
    let known = held.setting.assumptions.iter().find(|known| known.path == "segments.members.block").unwrap();
    assert_eq!((known.value.as_str(), known.source.as_str()), ("0.7%", "given in the scenario"));
    let half = load(&[(low, "3%")]).unwrap().setting.warnings.join("\n");
    assert!(half.contains("rating.number.medium_from is still drawn"), "{half}");
    let lively =
        load(&[("audience.segments.members.profile.fatigue.recover", "2d"), ("horizon", "3d")]).unwrap();
    assert_ne!(lively.identity(), load(&[("horizon", "3d")]).unwrap().identity());

    let wrong = |path: &str, value: &str| load(&[(path, value)]).unwrap_err();
    let near = wrong("audience.segments.members.profile.blok", "1%");
    assert!(near.contains("Behavior has no `blok`") && near.contains("did you mean `block`?"), "{near}");
    let segment = wrong("audience.segments.membrs.profile.block", "1%");
    assert!(segment.contains("a segment that there is not") && segment.contains("\"members\""), "{segment}");
    let much = wrong(BLOCK, "170%");
    assert!(much.contains("block"), "{much}");
    let chances = load(&[("audience.segments.members.chances", "{\"block\": Fixed(0.1)}"), (BLOCK, "1%")]);
    assert!(chances.unwrap_err().contains("`chances` replaces `block`"));
    let eras = load(&[("platform.ruleset", "platform"), ("upgrade.volume.review", "24h")]).unwrap_err();
    assert!(eras.contains("those of several eras"), "{eras}");
}

#[test]
fn what_cannot_be_varied_is_told_with_advice() {
    let folder = workshop("refused");
    let sweep = |arguments: &[&str]| refused(&folder, "sweep", arguments);
    assert!(sweep(&["--vary", "sender.plan.shar=1..2:2"]).contains("did you mean `share`?"));
    assert!(sweep(&["--vary", "sendr.plan.share=1..2:2"]).contains("did you mean `sender.plan.share`?"));
    assert!(sweep(&["--vary", "title=1..3:3"]).contains("cannot stand there"));
    assert!(sweep(&["--vary", "horizon=30..60:3"]).contains("a span of time (60d)"));
    let empty = sweep(&[]);
    assert!(empty.contains("the design is empty"));
    // What is advised can be run.
    let advised = empty.split_once("--vary ").unwrap().1.trim();
    json(&folder, "sweep", &["--set", "horizon=3d", "-n", "1", "--out", "advised", "--vary", advised]);
    for (path, option) in [("seed", "--seed"), ("replications", "--replications")] {
        let varied = format!("{path}=[1, 2]");
        for command in ["sweep", "sensitivity"] {
            let said = refused(&folder, command, &["--vary", &varied]);
            assert!(said.contains("a part of the question itself") && said.contains(option), "{said}");
        }
    }
    assert!(sweep(&["--vary", "horizon=5d..5d:2"]).contains("begins and ends"));
    assert!(sweep(&["--vary", "sender.plan.share=50%..100%"]).contains("has no levels"));
    assert!(sweep(&["--vary", "horizon=5d..9d:2", "--points", "8"]).contains("--design lhs"));
    let metric = sweep(&["--vary", "horizon=5d..9d:2", "--metric", "flaged"]);
    assert!(metric.contains("no metric `flaged`") && metric.contains("did you mean `flagged`?"), "{metric}");
    let late = sweep(&["--vary", "horizon=5d..9d:2", "--metric", "reached_10K_within_9d"]);
    assert!(late.contains("lies outside the run of 5d") && late.contains("at most 5d"), "{late}");
    assert!(sweep(&["--vary", "horizon=5d..9d:2", "-n", "1000001"]).contains("at most 1000000 runs each"));
    // A level that a file refuses is shown with its path and value.
    let level = sweep(&["--vary", "audience.segments.members.rest=[3d, 2h]"]);
    assert!(level.contains("a rest of 2h is too short") && level.contains("rest=2h"), "{level}");
    assert!(!folder.join("out").exists(), "nothing is written before everything is checked");
}

#[test]
fn points_of_another_tool_are_answered_line_by_line() {
    let folder = workshop("lines");
    let mut child = command(&folder, "sweep", &[&SHORT[..], &["--stdin-jsonl", "-n", "20"]].concat())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = "{\"sender.plan.share\": \"50%\"}\n{\"sender.plan.shar\": \"50%\"}\n\nnonsense\n{}\n\
                 {\"audience.segments.members.customers\": 30000, \"horizon\": [1]}\n{\"seed\": 5}\n{\"a.b\": 1}\n";
    child.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("5 of 7 points could not be run"), "{}", text(&output.stderr));
    let answers: Vec<Value> =
        text(&output.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let numbers: Vec<u64> = answers.iter().map(|answer| answer["line"].as_u64().unwrap()).collect();
    assert_eq!(numbers, [1, 2, 4, 5, 6, 7, 8]);
    assert!(answers[1]["error"].as_str().unwrap().contains("did you mean `share`?"), "{}", answers[1]);
    assert!(answers[2]["error"].as_str().unwrap().contains("JSON object"), "{}", answers[2]);
    assert!(answers[5]["error"].as_str().unwrap().contains("--seed chooses it"), "{}", answers[5]);
    assert!(answers[6]["error"].as_str().unwrap().contains("begin with one of: title"), "{}", answers[6]);
    assert!(answers[4]["error"].as_str().unwrap().contains("`horizon` holds neither"), "{}", answers[4]);

    let page = json(
        &folder,
        "sweep",
        &[&SHORT[..], &["--vary", "sender.plan.share=50%..100%:2", "-n", "20"]].concat(),
    );
    for (line, point) in [(0, 0), (3, 1)] {
        let sent = &answers[line]["results"]["sent"];
        assert_eq!(sent["estimate"].as_f64(), Some(estimate(&page, point, "sent")), "{sent}");
        assert_eq!(sent["n"], 20);
        assert!(sent["ci_low"].as_f64() < sent["estimate"].as_f64());
    }
}

/// A point is the run with its values, whatever the horizons of others; times are cut only where points are held against
/// each other. Charts of an earlier sweep do not stay.
#[test]
fn a_point_is_its_own_run() {
    let folder = workshop("own");
    let ask = [&SHORT[..], &["-n", "30", "--metric", "days_to_1K"]].concat();
    let both = ["--vary", "horizon=[3d, 8d]", "--vary", "sender.plan.share=[50%, 100%]"];
    let page = json(&folder, "sweep", &[&ask[..], &both].concat());
    assert!(folder.join("out/sweep/heat.png").exists());
    let alone = json(&folder, "sweep", &[&ask[..], &["--vary", "sender.plan.share=[50%, 100%]"]].concat());
    assert!(folder.join("out/sweep/curve.png").exists() && !folder.join("out/sweep/heat.png").exists());
    for metric in ["days_to_10,000", "reached_10,000", "sent"] {
        assert_eq!(estimate(&page, 3, metric), estimate(&alone, 1, metric), "{metric}");
    }
    assert!(estimate(&page, 1, "days_to_10,000") <= 3.0 && estimate(&page, 3, "days_to_10,000") > 3.0);
    // Whether the run goes on says nothing of when the limit is held.
    let effects = page["effects"].as_array().unwrap();
    let horizon = effects.iter().find(|effect| effect["path"] == "horizon").unwrap();
    assert_eq!(
        (page["horizon_days"].as_f64(), horizon["difference"].as_f64()),
        (Some(3.0), Some(0.0)),
        "{page:#}"
    );
}

/// Prices of this era are not known in one of the markets: that is no cost of nothing.
#[test]
fn a_cost_that_is_not_known_is_told_so() {
    let folder = workshop("unpriced");
    let era = "platform.ruleset=platform-2025-10;start=2025-11-03;horizon=4d;platform.numbers.main.tier=250";
    let era: Vec<&str> = era.split(';').flat_map(|change| ["--set", change]).collect();
    let ask =
        [&era[..], &["--vary", "platform.market=[Brazil, India]", "--metric", "cost", "-n", "10"]].concat();
    let page = json(&folder, "sweep", &ask);
    let cost = |point: usize| {
        let results = page["points"][point]["results"].as_array().unwrap();
        results.iter().find(|result| result["metric"] == "cost").unwrap()["estimate"].clone()
    };
    assert!(cost(0).is_null() && cost(1).as_f64().is_some(), "{page:#}");
    assert!(page["points"][0]["unpriced"].as_f64() > Some(0.0) && page["effects"][0].is_null(), "{page:#}");
    let said = text(&tool(&folder, "sweep", &ask).stdout);
    assert!(said.contains("not known at 1 of 2 points") && said.contains("where it is known"), "{said}");
    let table = fs::read_to_string(folder.join("out/sweep/sweep.csv")).unwrap();
    assert!(table.contains("0,Brazil,cost,currency,,,,10"), "{table}");
    let refused = refused(
        &folder,
        "sensitivity",
        &[&era[..], &["--set", "platform.market=Brazil", "--metric", "cost"]].concat(),
    );
    assert!(refused.contains("the cost of this scenario is not known"), "{refused}");
}

/// When the first limit is first held is a matter of the verification alone.
#[test]
fn what_alone_moves_a_result_is_found_to() {
    let folder = workshop("alone");
    let arguments =
        ["--set", "horizon=14d", "--metric", "days_to_1K", "--rows", "32", "--trajectories", "4", "-n", "2"];
    let page = json(&folder, "sensitivity", &arguments);
    assert_eq!(page["complete"], true);
    let results = page["results"].as_array().unwrap();
    let result = results.iter().find(|result| result["metric"] == "days_to_1,000").unwrap();
    let index = |path: &str, index: &str| {
        let all = result["indices"].as_array().unwrap();
        let found = all.iter().find(|known| known["path"] == path && known["index"] == index);
        found.unwrap_or_else(|| panic!("no {index} of {path}"))["estimate"].as_f64().unwrap()
    };
    assert!(index("platform.verification", "total") > 0.8, "{result:#}");
    assert!(index("platform.verification", "mu_star") > 2.0, "{result:#}");
    for path in [BLOCK, "rating.number.medium_from+low_from"] {
        assert!(index(path, "total") < 0.2 && index(path, "mu_star") < 1.0, "{path}: {result:#}");
    }
    for file in ["sensitivity.csv", "sensitivity.json", "indices.svg", "screening.png"] {
        assert!(folder.join("out/sensitivity").join(file).is_file(), "{file}");
    }
    // Neither threads nor what was kept change a byte.
    let other = json(&folder, "sensitivity", &[&arguments[..], &["--threads", "1", "--no-cache"]].concat());
    assert_eq!(other, page);
    let said = text(&tool(&folder, "sensitivity", &arguments).stdout);
    assert!(said.contains("verification moves days to 1,000 most"), "{said}");
}

#[test]
fn what_cannot_be_told_apart_is_refused() {
    let folder = workshop("certain");
    let certain = [
        "platform.verification=Done",
        "audience.segments.members.profile.block=1%",
        "audience.segments.members.profile.stop=1%",
        "rating.number.medium_from=1%",
        "rating.number.low_from=2%",
        "rating.template.medium_from=1%",
        "rating.template.low_from=2%",
    ];
    let held: Vec<&str> = certain.iter().flat_map(|change| ["--set", change]).collect();
    let said = refused(&folder, "sensitivity", &held);
    assert!(said.contains("nothing in this scenario is uncertain"), "{said}");
    // A field that is varied is an input of its own.
    let arguments = [&held[..], &["--set", "horizon=6d", "--vary", "sender.plan.share=50%..100%"]].concat();
    let arguments = [&arguments[..], &["--method", "morris", "--trajectories", "3", "-n", "1"]].concat();
    let page = json(&folder, "sensitivity", &arguments);
    assert_eq!(page["inputs"].as_array().unwrap().len(), 1);
    assert!(refused(&folder, "sensitivity", &["--rows", "100"]).contains("no power of two"));
    assert!(refused(&folder, "sensitivity", &["--fix", "parameters"]).contains("--fix parameters"));
    assert!(refused(&folder, "sensitivity", &["--metric", "sentt"]).contains("did you mean `sent`?"));
}
