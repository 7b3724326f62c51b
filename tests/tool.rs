//! The tool as a person meets it: what it prints, what it writes, and how it says no.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A folder of its own for one test.
struct Workshop(PathBuf);

impl Workshop {
    fn new(name: &str) -> Workshop {
        Workshop(common::workshop(name))
    }

    /// The shipped scenario of that name, with some text replaced.
    fn scenario(&self, name: &str, changes: &[(&str, &str)]) -> String {
        let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(format!("{name}.ron"));
        let mut text = fs::read_to_string(shipped).unwrap();
        for (from, to) in changes {
            assert!(text.contains(from), "{name} has no `{from}`");
            text = text.replacen(from, to, 1);
        }
        fs::write(self.0.join("plan.ron"), text).unwrap();
        "plan.ron".to_owned()
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let mut tool = Command::new(env!("CARGO_BIN_EXE_tiercast"));
        tool.current_dir(&self.0)
            .env("COLUMNS", "100")
            .env_remove("TIERCAST_SEED")
            .env_remove("TIERCAST_THREADS")
            .env("TIERCAST_CACHE", Path::new(env!("CARGO_TARGET_TMPDIR")).join("kept"));
        tool.args(arguments).output().unwrap()
    }

    fn files(&self) -> Vec<String> {
        let names =
            fs::read_dir(&self.0).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> = names.collect();
        names.sort();
        names
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// Runs a scenario that is wrong: exit 2, the message says where and what and gives advice, and nothing is written.
#[track_caller]
fn refuses(test: &str, name: &str, changes: &[(&str, &str)], place: &str, message: &str, advice: &str) {
    let workshop = Workshop::new(test);
    let scenario = workshop.scenario(name, changes);
    let before = workshop.files();
    let output = workshop.run(&["run", &scenario]);
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    for part in [place, message, advice] {
        assert!(said.contains(part), "expected `{part}` in:\n{said}");
    }
    assert!(output.stdout.is_empty());
    assert_eq!(workshop.files(), before, "something was written");
}

#[test]
fn an_unknown_field_is_told_with_the_nearest() {
    let slip = [("horizon: \"60d\"", "horizont: \"60d\"")];
    refuses("unknown-field", "first-climb", &slip, "plan.ron:10:5", "`horizont`", "did you mean `horizon`");
}

#[test]
fn a_misspelt_variant_is_told_with_the_nearest() {
    let slip = [("category: Marketing", "category: Marketting")];
    refuses(
        "misspelt-variant",
        "first-climb",
        &slip,
        "plan.ron:17:",
        "Marketting",
        "did you mean `Marketing`",
    );
}

#[test]
fn a_wrong_unit_is_told() {
    let slip = [("rest: \"3d\"", "rest: \"3 moons\"")];
    refuses(
        "wrong-unit",
        "first-climb",
        &slip,
        "plan.ron:29:",
        "\"3 moons\"",
        "expected a span such as \"24h\"",
    );
}

#[test]
fn a_span_without_its_unit_is_told_with_both_that_may_be_meant() {
    let slip = [("rest: \"3d\"", "rest: \"3\"")];
    refuses("no-unit", "first-climb", &slip, "plan.ron:29:", "found \"3\"", "\"3h\" or \"3d\"");
}

#[test]
fn a_plan_without_the_name_of_its_value_is_told_with_it() {
    let slip = [("FillLimit(share: \"100%\", at_most: 18_000)", "Constant(1000)")];
    refuses(
        "no-name",
        "first-climb",
        &slip,
        "plan.ron:40:",
        "1000 has none",
        "write `Constant(a_day: 1000)`",
    );
}

#[test]
fn what_can_be_told_of_the_calendar_is_told_at_once() {
    let slips = [("2022-03-07", "2022-02-30"), ("America/Sao_Paulo", "America/SaoPaulo"), ("60d", "60000d")];
    for (message, place) in
        [("\"2022-02-30\" is no date", "plan.ron:"), ("unknown time zone", "America/Sao_Paulo")]
    {
        refuses("calendar", "first-climb", &slips, place, message, "a horizon of 60000d cannot be simulated");
    }
}

#[test]
fn hours_in_which_no_slot_begins_are_told_at_the_hours() {
    let workshop = Workshop::new("hours");
    let shipped = fs::read_to_string(workshop.0.join(workshop.scenario("first-climb", &[]))).unwrap();
    let line = 1 + shipped.lines().position(|line| line.trim().starts_with("hours:")).unwrap();
    let hours = shipped.lines().nth(line - 1).unwrap().trim();
    let slip = [(hours, "hours: (from: \"09:30\", to: \"10:00\"),")];
    let place = format!("plan.ron:{line}:");
    refuses(
        "hours",
        "first-climb",
        &slip,
        &place,
        "no slot begins within the sending hours",
        "make the slot shorter",
    );
}

#[test]
fn laws_and_delays_that_are_wrong_are_told_with_advice() {
    for (law, message, advice) in [
        ("Beta(alpha: 0.001, beta: 2)", "`alpha` is 0.001", "is the mean"),
        ("LogUniform(low: 0, high: 1)", "`low` is 0, expected a number above 0", "its logarithm is taken"),
        ("Uniform(low: 0.5, high: 0.1)", "expected `low` below `high`", "the smaller number first"),
        ("Fixed(1%)", "expected a number, found 1%", "write 0.01"),
    ] {
        let chances = format!("choose: rested_longest, chances: {{ \"block\": {law} }},");
        let slip = [("choose: rested_longest,", chances.as_str())];
        refuses("laws", "first-climb", &slip, "plan.ron:30:", message, advice);
    }
}

#[test]
fn rules_that_are_not_in_force_at_the_start_are_warned_of() {
    let workshop = Workshop::new("out-of-date");
    for (start, now) in [
        ("2026-03-02", Some("platform-2025-10")),
        ("2019-03-04", Some("platform-pre-tier")),
        ("2024-03-04", None),
    ] {
        let scenario = workshop.scenario(
            "half-limit-climb",
            &[("2024-03-04", start), ("at_most: \"2024-03-17\"", "at_most: \"13d\"")],
        );
        let output = workshop.run(&["run", &scenario, "-n", "8", "--json"]);
        let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let warnings: Vec<&str> =
            json["warnings"].as_array().unwrap().iter().map(|text| text.as_str().unwrap()).collect();
        let found = warnings.iter().find(|text| text.contains("is not in force on"));
        assert_eq!(found.is_some(), now.is_some(), "{warnings:#?}");
        assert!(
            found.is_none_or(|text| now.is_some_and(|now| text.contains(&format!("{now} is by then")))),
            "{found:?}"
        );
    }
}

#[test]
fn a_chance_over_one_is_told() {
    let slip = [("choose: rested_longest,", "choose: rested_longest, chances: { \"block\": Fixed(1.2) },")];
    refuses("over-one", "first-climb", &slip, "plan.ron:30:", "a chance lies between 0 and 1", "write 0.012");
}

#[test]
fn thresholds_out_of_order_are_told() {
    let slip = [(
        "ruleset: \"classic-2022\",",
        "ruleset: \"classic-2022\", priors: { \"rating.number.medium_from\": Fixed(0.03), \"rating.number.low_from\": Fixed(0.02) },",
    )];
    refuses(
        "thresholds",
        "first-climb",
        &slip,
        "plan.ron:15:",
        "out of order",
        "Low begins at a higher share",
    );
}

#[test]
fn an_unknown_ruleset_is_told_with_the_nearest() {
    let slip = [("classic-2022", "clasic-2022")];
    refuses(
        "unknown-ruleset",
        "first-climb",
        &slip,
        "plan.ron:15:18",
        "no ruleset \"clasic-2022\"",
        "classic-2022",
    );
}

#[test]
fn a_missing_file_is_told() {
    let slip = [(
        "FillLimit(share: \"100%\", at_most: 18_000)",
        "Table(file: \"days.csv\", clock: calendar_day, after: stop)",
    )];
    refuses(
        "missing-file",
        "first-climb",
        &slip,
        "plan.ron:40:27",
        "cannot read the file days.csv",
        "beside the scenario",
    );
}

#[test]
fn an_empty_list_is_told() {
    let slip = [("customers: 60_000", "customers: 0")];
    refuses(
        "empty-list",
        "first-climb",
        &slip,
        "plan.ron:27:",
        "an empty list",
        "give the number of customers",
    );
}

#[test]
fn impossible_horizons_are_told() {
    let none = [("horizon: \"60d\"", "horizon: \"0d\"")];
    refuses("no-horizon", "first-climb", &none, "plan.ron:10:14", "a horizon of 0h", "from 1d to 3660d");
    let century = [("horizon: \"60d\"", "horizon: \"36500d\"")];
    refuses("century", "first-climb", &century, "plan.ron:10:14", "a horizon of 36500d", "ten years");
}

#[test]
fn a_table_with_gaps_is_told_at_its_line() {
    let workshop = Workshop::new("gaps");
    fs::write(workshop.0.join("days.csv"), "day,messages\n1,50\n2,100\n4,1.5k\n").unwrap();
    let table = "Table(file: \"days.csv\", clock: calendar_day, after: stop)";
    let scenario =
        workshop.scenario("first-climb", &[("FillLimit(share: \"100%\", at_most: 18_000)", table)]);
    let output = workshop.run(&["run", &scenario]);
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    for part in [
        "days.csv:4:1",
        "day 3 is missing",
        "a row with 0 messages",
        "days.csv:4:3",
        "\"1.5k\" is no whole number",
    ] {
        assert!(said.contains(part), "expected `{part}` in:\n{said}");
    }
    assert!(!workshop.0.join("out").exists());
}

#[test]
fn all_mistakes_of_a_file_are_told_at_once() {
    let workshop = Workshop::new("all-at-once");
    let changes = [
        ("zone: \"America/Sao_Paulo\"", "zone: \"America/Sao_Paolo\""),
        ("customers: 60_000", "customers: 0"),
        ("rest: \"3d\"", "rest: \"3h\""),
        ("number: \"main\",", "number: \"mian\","),
    ];
    let scenario = workshop.scenario("first-climb", &changes);
    let said = text(&workshop.run(&["run", &scenario]).stderr);
    assert_eq!(said.matches("error").count(), 4, "{said}");
}

#[test]
fn a_folder_that_cannot_be_written_is_told_before_the_run() {
    let workshop = Workshop::new("unwritable");
    let scenario = workshop.scenario("first-climb", &[]);
    fs::write(workshop.0.join("taken"), "a file").unwrap();
    let output = workshop.run(&["run", &scenario, "--replications", "10000000", "--out", "taken/results"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("cannot write taken/results"), "{}", text(&output.stderr));
}

#[test]
fn a_run_writes_every_file_and_explain_agrees_with_its_row() {
    let workshop = Workshop::new("whole-run");
    let scenario = workshop.scenario("cold-list", &[]);
    let output = workshop.run(&["run", &scenario, "--replications", "30"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let out = workshop.0.join("out/plan");
    for file in ["summary.json", "daily.csv", "replications.csv"] {
        assert!(out.join(file).exists(), "{file}");
    }
    for chart in ["volume", "reached", "when", "tiers", "statuses", "feedback"] {
        assert!(fs::read_to_string(out.join(format!("{chart}.svg"))).unwrap().contains("role=\"img\""));
        assert!(fs::read(out.join(format!("{chart}.png"))).unwrap().starts_with(b"\x89PNG"));
    }
    let table = fs::read_to_string(out.join("replications.csv")).unwrap();
    let mut lines = table.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let names = lines.next().unwrap();
    for row in lines.filter(|row| ["0", "7", "29"].contains(&row[0])) {
        let story = text(&workshop.run(&["explain", &scenario, "--replication", row[0]]).stdout);
        for (name, value) in names.iter().zip(&row) {
            let value = if value.is_empty() { "never" } else { value };
            let line = format!("  {name:<20} {value}");
            assert!(story.lines().any(|told| told == line), "`{line}` is not in:\n{story}");
        }
        let column = |name: &str| names.iter().position(|known| *known == name).unwrap();
        let flags: usize = row[column("flags")].parse().unwrap();
        assert_eq!(story.matches("Number main is Flagged").count(), flags, "{story}");
        let downgrades: usize = row[column("downgrades")].parse().unwrap();
        assert_eq!(story.matches("The limit falls").count(), downgrades, "{story}");
    }
}

#[test]
fn the_same_bytes_whatever_the_threads() {
    let workshop = Workshop::new("threads");
    let scenario = workshop.scenario("half-limit-climb", &[]);
    let mut seen: Option<Vec<(String, Vec<u8>)>> = None;
    for threads in ["1", "2", "3", "8"] {
        let out = format!("out-{threads}");
        let output =
            workshop.run(&["run", &scenario, "--replications", "130", "--threads", threads, "--out", &out]);
        assert!(output.status.success());
        let mut files: Vec<(String, Vec<u8>)> = fs::read_dir(workshop.0.join(&out))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read(path).unwrap()))
            .collect();
        files.sort();
        assert!(seen.as_ref().is_none_or(|seen| *seen == files), "{threads} threads give other bytes");
        seen = Some(files);
    }
}

/// `--plan` tells the work of a command in runs, draws, seconds and memory, and writes nothing.
#[test]
fn what_a_command_would_take_is_told_before_it_runs() {
    let workshop = Workshop::new("planned");
    let scenario = workshop.scenario("half-limit-climb", &[]);
    let share = "sender.plan.share=50%..100%";
    let levels = format!("{share}:4");
    let variant = "late: sender.hours.from=12:00";
    for (asked, work) in [
        (&["run", "-n", "40"][..], "40 runs of 60 days, "),
        (&["compare", "--variant", variant, "-n", "40"], "2 plans of 40 runs each, "),
        (&["sweep", "--vary", &levels, "-n", "40"], "4 points of 40 runs each, "),
        (&["sensitivity", "--method", "morris", "-n", "40"], " uncertain inputs, "),
        (&["tune", "--vary", share, "--objective", "sent", "--budget", "4000"], "4,000 runs in all: "),
        (&["run", "--precision", "5%", "--metric", "flagged"], " runs will be enough, after 200 of them"),
        (
            &["compare", "--variant", variant, "--precision", "5%"],
            " runs of each plan will be enough, after 200 of them",
        ),
        (
            &["sweep", "--vary", &levels, "--precision", "5%", "--metric", "flagged"],
            " runs of each point will be enough, after 200 of 3 points",
        ),
    ] {
        let output = workshop.run(&[asked, &[&scenario, "--plan", "--threads", "2"]].concat());
        assert!(output.status.success(), "{}", text(&output.stderr));
        let said = text(&output.stdout);
        assert!(said.contains(work) && said.contains(", on 2 threads (measured on "), "{said}");
        for line in ["  draws ", "  cells ", "  time ", "  memory "] {
            assert!(said.contains(line), "{said}");
        }
        assert_eq!(workshop.files(), ["plan.ron"], "{asked:?} wrote something");
    }
    let draws = |runs: &str| {
        let said = text(&workshop.run(&["run", &scenario, "--plan", "-n", runs]).stdout);
        let all = said.split(" counts a run, ").nth(1).unwrap().split(' ').next().unwrap();
        all.replace(',', "").parse::<f64>().unwrap()
    };
    assert!((draws("4000") / draws("40") - 100.0).abs() < 0.1);
}

/// What `--precision` cannot mean is refused, with what can be asked.
#[test]
fn a_precision_of_what_is_not_told_is_refused() {
    let workshop = Workshop::new("no-precision");
    let scenario = workshop.scenario("half-limit-climb", &[]);
    for (asked, message) in [
        (&["run", "--precision", "12h"][..], "`12h` can be asked of a named result only"),
        (&["run", "--precision", "12h", "--metric", "flagged"], "`12h` is no width of `flagged`"),
        (&["run", "--precision", "1%", "--metric", "flaged"], "did you mean `flagged`?"),
        (
            &["compare", "--variant", "short: horizon=30d", "--precision", "1%", "--metric", "sent"],
            "plans of unlike horizons are not compared by `sent`",
        ),
        (&["sweep", "--stdin-jsonl", "--precision", "1%"], "cannot be used with"),
        (&["sweep", "--vary", "sender.plan.share=[50%]", "--precision", "0%"], "expected a part"),
    ] {
        let output = workshop.run(&[asked, &[&scenario]].concat());
        assert_eq!(output.status.code(), Some(2), "{asked:?}");
        assert!(text(&output.stderr).contains(message), "{}", text(&output.stderr));
        assert_eq!(workshop.files(), ["plan.ron"], "{asked:?} wrote something");
    }
}

#[test]
fn more_threads_than_a_machine_has_are_refused() {
    let workshop = Workshop::new("many-threads");
    let scenario = workshop.scenario("half-limit-climb", &[]);
    for threads in ["0", "1025", "1e9", "-1", "many"] {
        let output = workshop.run(&["run", &scenario, &format!("--threads={threads}")]);
        assert_eq!(output.status.code(), Some(2), "{threads}");
        assert!(text(&output.stderr).contains("expected a number from 1 to 1,024"), "{threads}");
        assert_eq!(workshop.files(), ["plan.ron"], "{threads}");
    }
}

#[test]
fn values_can_be_set_by_path() {
    let workshop = Workshop::new("set");
    let scenario = workshop.scenario("half-limit-climb", &[]);
    let run = |changes: &[&str]| {
        let mut arguments = vec!["run", &scenario, "--replications", "20", "--json"];
        arguments.extend(changes.iter().flat_map(|change| ["--set", change]));
        let output = workshop.run(&arguments);
        assert!(output.status.success(), "{}", text(&output.stderr));
        text(&output.stdout)
    };
    assert!(run(&["horizon=10d"]).contains("\"horizon_days\": 10"));
    assert_ne!(run(&[]), run(&["upgrade.volume.review=96h"]));
    let output = workshop.run(&["run", &scenario, "--set", "upgrade.volume.reviw=96h"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("review"), "{}", text(&output.stderr));
}
