//! The first scenario that `init` writes: whatever the rules and the audience, it loads and runs as it is.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use common::workshop;
use tiercast::audience::profile_names;
use tiercast::platform::{catalogue, rulebook};
use tiercast::report::starter;
use tiercast::sim::{Metric, Scenario};

#[test]
fn every_ruleset_and_every_audience_makes_a_scenario_that_runs() {
    let rules: Vec<&str> = catalogue::names().chain(rulebook::names()).collect();
    assert!(rules.len() >= 12 && profile_names().count() >= 2);
    for rules in rules {
        let mut sent_by_any = 0;
        for profile in profile_names() {
            let text = starter::scenario(rules, profile, "plan.ron").unwrap();
            let scenario = Scenario::read("plan", &text, Path::new(""))
                .unwrap_or_else(|findings| panic!("{rules}, {profile}: {findings}\n{text}"));
            assert_eq!(scenario.replications, 1_000);
            for index in 0..2 {
                sent_by_any += scenario.replicate(index).outcome.totals[Metric::Sent as usize];
            }
            let said = |part: &str| scenario.setting.warnings.iter().any(|warning| warning.contains(part));
            let unpriced = said("no market is given");
            assert!(
                !unpriced || text.contains("name no unit prices"),
                "{rules}: {:?}",
                scenario.setting.warnings
            );
        }
        assert!(sent_by_any > 0, "{rules}: nothing is ever sent");
    }
}

#[test]
fn the_names_are_filled_in_and_no_placeholder_is_left() {
    let text = starter::scenario("platform-pre-tier", "cold-list", "plans/spring.ron").unwrap();
    assert!(text.contains("tiercast run plans/spring.ron") && text.contains("these rules know no tiers"));
    assert!(text.contains("profile: \"cold-list\"") && text.contains("ruleset: \"platform-pre-tier\""));
    for word in ["{file}", "{profile}", "{rules}", "{title}", "{start}", "{kind}", "{number}", "{market}"] {
        assert!(!text.contains(word), "{word}");
    }
    assert!(starter::scenario("no-such-rules", "cold-list", "x").is_none());
    assert!(starter::scenario("classic-2022", "nobody", "x").is_none());
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    let mut tool = Command::new(env!("CARGO_BIN_EXE_tiercast"));
    tool.current_dir(folder).env("COLUMNS", "100").args(arguments).output().unwrap()
}

#[track_caller]
fn refused(folder: &Path, arguments: &[&str], parts: &[&str]) {
    let output = run(folder, arguments);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(parts.iter().all(|part| said.contains(part)), "{said}");
}

#[test]
fn a_file_is_written_once_and_its_next_command_runs() {
    let folder = workshop("init");
    let output = run(&folder, &["init", "my-plan"]);
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.ends_with("\n  tiercast run my-plan.ron\n"), "{said}");
    let next: Vec<&str> = said.lines().last().unwrap().split_whitespace().skip(1).collect();
    let next = [next.as_slice(), &["--replications", "3", "--quiet"]].concat();
    assert_eq!(run(&folder, &next).status.code(), Some(0));
    let before = fs::read(folder.join("my-plan.ron")).unwrap();
    refused(&folder, &["init", "my-plan"], &["my-plan.ron is there already", "another name"]);
    assert_eq!(fs::read(folder.join("my-plan.ron")).unwrap(), before);
    assert_eq!(run(&folder, &["init", "--quiet", "--out", "plans/spring.ron"]).stdout, b"");
    assert!(folder.join("plans/spring.ron").is_file());
    refused(
        &folder,
        &["init", "x", "--ruleset", "classic-2021"],
        &["there is no ruleset", "did you mean classic-2022?"],
    );
    refused(
        &folder,
        &["init", "x", "--audience", "colt-list"],
        &["there is no audience", "did you mean cold-list?"],
    );
    refused(&folder, &["init", "--out", "plan.txt"], &["is no name of a scenario", ".ron"]);
    assert!(!folder.join("x.ron").exists());
}

/// What it prints is a command that runs, whatever the name; and what is no name writes nothing.
#[test]
fn names_are_quoted_taken_with_their_ending_or_refused() {
    let folder = workshop("init-names");
    let said = String::from_utf8(run(&folder, &["init", "my plan"]).stdout).unwrap();
    assert!(said.ends_with("\n  tiercast run \"my plan.ron\"\n"), "{said}");
    let text = fs::read_to_string(folder.join("my plan.ron")).unwrap();
    assert!(text.contains("tiercast run \"my plan.ron\"\n"), "{text}");
    assert_eq!(run(&folder, &["init", "plan.ron"]).status.code(), Some(0));
    assert!(folder.join("plan.ron").is_file() && !folder.join("plan.ron.ron").exists());
    for name in ["", " ", ".ron", "plans/", "two\nlines"] {
        refused(&folder, &["init", name], &["is no name of a scenario", "such as my-plan.ron"]);
    }
    refused(&folder, &["init", "--out", "plans/.ron"], &["is no name of a scenario"]);
    let names = fs::read_dir(&folder).unwrap().map(|file| file.unwrap().file_name());
    assert_eq!(names.count(), 2, "only the two that were asked for");
}

#[test]
fn every_shell_is_completed_with_every_command() {
    let folder = workshop("completions");
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let output = run(&folder, &["completions", shell]);
        let script = String::from_utf8(output.stdout).unwrap();
        for word in ["replay", "completions", "ruleset", "replications"] {
            assert!(script.contains(word), "{shell}: {word}");
        }
    }
    refused(&folder, &["completions", "csh"], &["csh", "possible values"]);
}

#[test]
fn the_reference_is_printed_as_text_and_as_json() {
    let folder = workshop("docs");
    let text = String::from_utf8(run(&folder, &["docs", "scenario"]).stdout).unwrap();
    assert!(
        text.contains("platform.numbers.NAME") && text.contains("left out: 1h (the tool's default)"),
        "{text}"
    );
    let json = run(&folder, &["docs", "outputs", "--json"]).stdout;
    let page: serde_json::Value = serde_json::from_slice(&json).unwrap();
    assert_eq!(page["sections"][0]["name"], "summary.json");
    let list = String::from_utf8(run(&folder, &["docs"]).stdout).unwrap();
    assert!(list.contains("  ruleset ") && list.contains("  outputs "), "{list}");
    refused(&folder, &["docs", "rulset"], &["did you mean ruleset?"]);
}
