//! `tiercast check` as a person and a CI job meet it: what it runs, what it says, and with which code it ends.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

/// A case under a ruleset with its expectation; the rise comes a day later.
const RISE: &str = r#"Cases(
    about: "a rise", source: "a test",
    given: (ruleset: "platform-2023", start: "2023-03-06", verified: true, numbers: { "main": (tier: "1K") }),
    cases: [
        (
            name: "half of the limit lifts it a day later",
            when: [Send(at: "day 1 15:00", messages: 500)],
            then: [
                (at: "day 2 15:00", limit: AtMost(10_000)),
            ],
        ),
        (
            name: "nothing sent lifts nothing",
            when: [],
            then: [(at: "day 3", limit: AtMost(1_000))],
        ),
    ],
)
"#;

/// A folder of its own for one test.
struct Workshop(PathBuf);

impl Workshop {
    fn new(name: &str) -> Workshop {
        Workshop(common::workshop(name))
    }

    /// The same with a file; folders on the way are made.
    fn with(self, name: &str, text: &str) -> Workshop {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        self
    }

    fn check(&self, arguments: &[&str]) -> Said {
        check(&self.0, arguments)
    }
}

/// What the tool said.
#[derive(Debug)]
struct Said {
    code: Option<i32>,
    out: String,
    err: String,
}

fn check(folder: &Path, arguments: &[&str]) -> Said {
    let mut tool = Command::new(env!("CARGO_BIN_EXE_tiercast"));
    tool.current_dir(folder).env("COLUMNS", "100").arg("check").args(arguments);
    let Output { status, stdout, stderr } = tool.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Said { code: status.code(), out: text(stdout), err: text(stderr) }
}

impl Said {
    #[track_caller]
    fn ends(&self, code: i32, out: &[&str], err: &[&str]) {
        assert_eq!(self.code, Some(code), "{}{}", self.out, self.err);
        for (parts, all) in [(out, &self.out), (err, &self.err)] {
            for part in parts {
                assert!(all.contains(part), "expected `{part}` in:\n{all}");
            }
        }
    }

    fn last(&self) -> &str {
        self.out.lines().last().unwrap()
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn shipped_cases_and_scenarios_are_right() {
    let said = check(root(), &["tests/cases", "scenarios"]);
    said.ends(0, &["rise.ron", "cases hold", "first-climb.ron", "expectations are met"], &[]);
    assert!(said.last().ends_with(" passed, 0 failed"), "{}", said.last());
    assert!(!said.out.contains("README"), "{}", said.out);
    assert!(!said.out.contains("never"), "coverage was not asked for:\n{}", said.out);
}

/// Ctrl-C: what is open is not judged, nothing is said in numbers that were never computed, and all forms say that it ended
/// before its time.
#[cfg(unix)]
#[test]
fn what_was_interrupted_is_said_to_be() {
    let text = fs::read_to_string(root().join("scenarios/half-limit-climb.ron")).unwrap();
    // So narrow that no number of futures within minutes decides it.
    let text = text.replace("at_least: \"25%\", at_most: \"60%\"", "at_least: \"37.4%\", at_most: \"37.6%\"");
    let workshop = Workshop::new("interrupted").with("plan.ron", &text);
    for json in [false, true] {
        let mut tool = Command::new(env!("CARGO_BIN_EXE_tiercast"));
        tool.current_dir(&workshop.0).args(["check", "plan.ron", "-n", "10000000", "--filter", "a flag is"]);
        tool.args(["--format", if json { "json" } else { "text" }]);
        let piped = std::process::Stdio::piped;
        let child = tool.stdout(piped()).stderr(piped()).spawn().unwrap();
        std::thread::sleep(std::time::Duration::from_millis(1_500));
        let id = child.id().to_string();
        assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
        let Output { status, stdout, stderr } = child.wait_with_output().unwrap();
        let (out, err) = (String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap());
        assert_eq!(status.code(), Some(130), "{out}{err}");
        assert!(err.contains("note: interrupted: "), "{err}");
        assert!(!out.contains("NaN") && !out.contains("raise --replications"), "{out}");
        assert!(out.contains("interrupted"), "{out}");
        if json {
            let page: Value = serde_json::from_str(&out).unwrap();
            assert_eq!(
                (&page["complete"], &page["files"][0]["expectations"][0]["complete"]),
                (&false.into(), &false.into())
            );
        } else {
            assert!(out.trim_end().ends_with("0 passed, 0 failed, 1 undecided; interrupted"), "{out}");
        }
    }
}

#[test]
fn a_failing_case_is_told_with_what_had_happened() {
    let slip = RISE.replacen("AtMost(10_000)", "AtMost(100_000)", 1);
    let workshop = Workshop::new("failing").with("a.ron", &slip).with("b.ron", RISE);
    let said = workshop.check(&["."]);
    said.ends(
        1,
        &[
            "a.ron  1 of 2 cases FAILED",
            "b.ron  2 cases hold",
            "FAILED  half of the limit lifts it a day later",
            "a.ron:9: day 2 15:00, limit of main: expected at most 100,000, found at most 10,000",
            "the limit of main rises from 1K to 10K  [upgrade.volume]",
            "3 passed, 1 failed",
        ],
        &[],
    );
    assert!(said.err.is_empty(), "{}", said.err);
    let quiet = workshop.check(&[".", "--quiet"]);
    quiet.ends(1, &["FAILED  half"], &[]);
    assert!(!quiet.out.contains("cases hold"), "{}", quiet.out);
}

#[test]
fn everything_wrong_in_every_file_is_told_and_nothing_is_run() {
    let said = Workshop::new("wrong")
        .with("a.ron", &RISE.replace("limit:", "limitt:"))
        .with("deep/b.ron", "// mine\nCases[]")
        .with("deep/c.ron", "\n  Kases()")
        .with("deep/d.ron", RISE)
        .with("deep/notes.txt", "Cases(")
        .with(
            "e.ron",
            &fs::read_to_string(root().join("scenarios/first-climb.ron")).unwrap().replace("60d", "6 d x"),
        )
        .check(&[".", "gone.ron"]);
    said.ends(
        2,
        &[],
        &[
            "a.ron:9:37",
            "did you mean `limit`?",
            "a.ron:15:34",
            "b.ron:2:",
            "c.ron:2:3",
            "begin with Cases, Scenario, Ruleset",
            "e.ron:",
            "gone.ron",
            "cannot read the file",
        ],
    );
    assert!(said.out.is_empty(), "{}", said.out);
    assert!(!said.err.contains("notes.txt") && !said.err.contains("d.ron:"), "{}", said.err);
}

#[test]
fn a_folder_without_files_and_a_share_that_is_none_are_refused() {
    let workshop = Workshop::new("nothing").with("README.md", "Cases(").with("rise/a.ron", RISE);
    fs::create_dir(workshop.0.join("empty")).unwrap();
    workshop.check(&["empty"]).ends(2, &[], &["no file in this folder ends in .ron", "empty"]);
    workshop.check(&["rise", "--threshold", "120%"]).ends(2, &[], &["from 0% to 100%"]);
    workshop.check(&[]).ends(2, &[], &["PATHS"]);
    workshop.check(&["README.md"]).ends(2, &[], &["README.md:1:"]);
}

#[test]
fn a_filter_chooses_cases_and_must_choose_one() {
    let workshop = Workshop::new("filter").with("a.ron", RISE);
    let said = workshop.check(&["a.ron", "--filter", "LIFTS nothing"]);
    said.ends(0, &["a.ron  1 case holds"], &[]);
    assert_eq!(said.last(), "1 passed, 0 failed");
    workshop.check(&["a.ron", "--filter", "flag"]).ends(2, &[], &["has \"flag\" in its name"]);
}

#[test]
fn a_file_that_is_named_twice_is_run_once() {
    let said = Workshop::new("twice").with("a.ron", RISE).check(&["a.ron", ".", "./a.ron"]);
    said.ends(0, &[], &[]);
    assert_eq!(said.last(), "2 passed, 0 failed");
}

impl Said {
    /// The cells of a clause's row of the coverage, or of a transition's row below it.
    #[track_caller]
    fn row(&self, clause: &str, transition: &str) -> Vec<&str> {
        let begins = |line: &&str, name: &str| line.trim_start().starts_with(name);
        let rows = self.out.lines().skip_while(|line| !begins(line, clause));
        let name = if transition.is_empty() { clause } else { transition };
        let line = rows.into_iter().find(|line| begins(line, name));
        let line = line.unwrap_or_else(|| panic!("no {clause}, {transition} in:\n{}", self.out));
        line.trim_start()[name.len()..].split_whitespace().collect()
    }
}

#[test]
fn the_shipped_cases_reach_every_clause_and_every_transition_of_every_ruleset() {
    let said = check(root(), &["tests/cases", "--coverage", "--threshold", "100%", "--json"]);
    assert_eq!(said.code, Some(0), "{}{}", said.out, said.err);
    let json: Value = serde_json::from_str(&said.out).unwrap();
    let mut covered: Vec<&str> = Vec::new();
    for coverage in json["coverage"].as_array().unwrap() {
        assert_eq!(coverage["share"], 1.0, "{}", coverage["ruleset"]);
        assert_eq!(coverage["share_of_transitions"], 1.0, "{}", coverage["ruleset"]);
        covered.push(coverage["ruleset"].as_str().unwrap());
    }
    covered.sort_unstable();
    let mut names: Vec<&str> = tiercast::platform::catalogue::names().collect();
    names.sort_unstable();
    assert_eq!(covered, names);
}

#[test]
fn coverage_tells_what_fired_and_what_was_just_missed() {
    let said = Workshop::new("coverage").with("a.ron", RISE).check(&["a.ron", "--coverage"]);
    let head = "platform-2023: 1 of 14 clauses (7%) and 0 of 42 transitions (0%) fired and were just missed, in 2 cases";
    said.ends(0, &[head, "  never fired: ", "  never just missed: ", "  not counted", "ladder"], &[]);
    assert_eq!(said.row("upgrade.verification", ""), ["2", "2", "-", "-", "2"]);
    // Both cases say that the business is verified. A step lower, it would have lifted the number.
    assert_eq!(said.row("upgrade.verification", "the tier rises"), ["never", "-", "-", "-", "2"]);
    assert_eq!(said.row("upgrade.volume", ""), ["2", "1", "never", "never", "never"]);
    assert_eq!(
        said.row("upgrade.volume", "a review begins"),
        ["1", "1", "never", "-", "-"],
        "499 were not tried"
    );
    assert_eq!(said.row("number.flagged", ""), ["never", "-", "never", "never", "never"]);
}

/// A case under which `messages` are sent at once, and the limit is looked at `at`.
fn rise(messages: u32, at: &str) -> String {
    format!(
        r#"Cases(
    about: "a rise", source: "a test",
    given: (ruleset: "platform-2023", start: "2023-03-06", numbers: {{ "main": (tier: "1K") }}),
    cases: [(
        name: "a rise",
        when: [Send(at: "day 1 15:00", messages: {messages})],
        then: [(at: "{at}", limit: AtMost(1_000))],
    )],
)
"#
    )
}

#[test]
fn one_message_less_and_one_second_before_are_just_missed_and_no_more() {
    let row = |name: &str, messages: u32, at: &str, transition: &str| {
        let said = Workshop::new(name).with("a.ron", &rise(messages, at)).check(&["a.ron", "--coverage"]);
        said.row("upgrade.volume", transition).join(" ")
    };
    assert_eq!(row("one-less", 499, "day 3", "a review begins"), "never - 1 - -");
    assert_eq!(row("two-less", 498, "day 3", "a review begins"), "never - never - -");
    assert_eq!(row("reached", 500, "day 1 20:00", "a review begins"), "1 1 never - -");
    // The rise of 15:00 lies beyond the end of these cases, by one second and by two.
    assert_eq!(row("second", 500, "day 2 14:59:59", "the tier rises"), "never - - 1 -");
    assert_eq!(row("two-seconds", 500, "day 2 14:59:58", "the tier rises"), "never - - never -");
    // Within this one it lies one second after a look at the tier, and within the other after a look at something else.
    let longer = rise(500, "day 2 14:59:59")
        .replace("AtMost(1_000))]", "AtMost(1_000)), (at: \"day 3\", tier: \"10K\")]");
    let of = |name: &str, text: &str| {
        let said = Workshop::new(name).with("a.ron", text).check(&["a.ron", "--coverage"]);
        said.row("upgrade.volume", "the tier rises").join(" ")
    };
    assert_eq!(of("looked", &longer), "1 1 - 1 -");
    assert_eq!(of("elsewhere", &longer.replace("limit: AtMost(1_000)", "rating: High")), "1 1 - never -");
}

#[test]
fn a_share_below_the_threshold_fails() {
    let workshop = Workshop::new("threshold").with("a.ron", RISE);
    let low = workshop.check(&["a.ron", "--coverage", "--threshold", "100%"]);
    low.ends(1, &["fired and were just missed, expected at least 100% of both", "2 passed, 0 failed"], &[]);
    workshop.check(&["a.ron", "--threshold", "100%", "-q"]).ends(1, &["platform-2023: "], &[]);
    workshop.check(&["a.ron", "--threshold", "0%"]).ends(0, &["2 passed, 0 failed"], &[]);
    // One clause of 14 would be enough, no transition of 42 is not.
    workshop.check(&["a.ron", "--threshold", "5%"]).ends(1, &["expected at least 5% of both"], &[]);
}

#[test]
fn a_ruleset_beside_the_cases_is_covered_by_its_own_clauses() {
    let rules = fs::read_to_string(root().join("scenarios/rulesets/platform-2023.ron")).unwrap();
    let own = rules.replacen("name: \"platform-2023\"", "name: \"mine\"", 1);
    let said = Workshop::new("own")
        .with("my-rules.ron", &own)
        .with("a.ron", &RISE.replace("\"platform-2023\"", "\"my-rules.ron\""))
        .check(&[".", "--coverage"]);
    said.ends(0, &["my-rules.ron  ruleset: form and sense are right", "mine: ", "upgrade.volume"], &[]);
}

#[test]
fn a_wrong_ruleset_is_told_once_however_many_files_name_it() {
    let rules = fs::read_to_string(root().join("scenarios/rulesets/platform-2023.ron")).unwrap();
    let cases = RISE.replace("\"platform-2023\"", "\"my-rules.ron\"");
    let said = Workshop::new("once")
        .with("my-rules.ron", &rules.replacen("title:", "titel:", 1))
        .with("a.ron", &cases)
        .with("b.ron", &cases)
        .check(&["."]);
    said.ends(2, &[], &["my-rules.ron:", "did you mean `title`"]);
    assert_eq!(said.err.matches("`titel`").count(), 1, "{}", said.err);
}

#[test]
fn comments_and_extensions_may_stand_before_the_first_word() {
    let head = "\u{feff}#![enable(implicit_some)]\r\n/* Ruleset( */ // Scenario(\r\n";
    let said = Workshop::new("head").with("a.ron", &format!("{head}{RISE}")).check(&["a.ron"]);
    said.ends(0, &["2 cases hold"], &[]);
}

#[test]
fn json_holds_the_same() {
    let slip = RISE.replacen("AtMost(10_000)", "AtMost(100_000)", 1);
    let workshop = Workshop::new("json").with("a.ron", &slip);
    let said = workshop.check(&["a.ron", "--json", "--coverage", "--threshold", "100%"]);
    assert_eq!(said.code, Some(1), "{}", said.err);
    let json: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!((json["passed"].as_u64(), json["failed"].as_u64()), (Some(1), Some(1)));
    let case = &json["files"][0]["cases"][0];
    assert_eq!(case["passed"], false);
    assert_eq!(case["ruleset"], "platform-2023");
    assert_eq!(case["failures"][0]["line"], 9);
    assert_eq!(case["failures"][0]["found"], "at most 10,000");
    assert!(case["journal"].as_array().unwrap().iter().any(|told| told["clause"] == "upgrade.volume"));
    let clauses = json["coverage"][0]["clauses"].as_array().unwrap();
    let volume = clauses.iter().find(|clause| clause["clause"] == "upgrade.volume").unwrap();
    assert_eq!((volume["changes"].as_u64(), volume["cases"].as_u64()), (Some(2), Some(1)));
    assert_eq!(volume["just_missed"], serde_json::json!({ "one": 0, "second": 0, "step": 0 }));
    let review = &volume["transitions"][0];
    assert_eq!((&review["transition"], &review["changes"]), (&"a review begins".into(), &1.into()));
    assert_eq!((&review["just_missed_wants"], &review["reached"]), (&"one".into(), &false.into()));
    assert_eq!(json["below_threshold"][0], "platform-2023");
}

#[test]
fn a_missed_threshold_is_a_failure_for_pipelines_too() {
    let workshop = Workshop::new("threshold").with("a.ron", RISE).with("b.ron", &cold_list(MET));
    let ask = |files: &[&str], threshold: &str| {
        let more = ["--threshold", threshold, "--format", "github", "--junit", "j.xml"];
        let said = workshop.check(&[files, &more].concat());
        (said, fs::read_to_string(workshop.0.join("j.xml")).unwrap())
    };
    let (said, xml) = ask(&["a.ron"], "100%");
    let name = "the cases of a.ron reach at least 100% of platform-2023";
    let line = format!("::error file=a.ron,title={}::platform-2023: ", name.replace('%', "%25"));
    said.ends(
        1,
        &[&line, "%0Anot reached:%0A  ", "2 passed, 0 failed; too little of a ruleset is reached"],
        &[],
    );
    for part in [
        "tests=\"3\" failures=\"1\"",
        &format!("name=\"{name}\" file=\"a.ron\">"),
        "<failure type=\"threshold\" message=\"platform-2023: ",
        "upgrade.volume: ",
    ] {
        assert!(xml.contains(part), "expected `{part}` in:\n{xml}");
    }
    let (said, xml) = ask(&["a.ron"], "0%");
    said.ends(0, &[], &[]);
    assert!(!said.out.contains("::error") && xml.contains("tests=\"3\" failures=\"0\""), "{xml}");
    let (said, xml) = ask(&["b.ron", "-n", "256", "--futures", "8"], "100%");
    said.ends(1, &["::error file=b.ron,title=the futures of b.ron reach at least 100%25"], &[]);
    assert!(xml.contains("tests=\"2\" failures=\"1\""), "{xml}");
}

// ---- expectations ---------------------------------------------------------------------------------------------------

/// The shipped cold list over two weeks, with expectations of its own, which are decided at once.
fn cold_list(expect: &str) -> String {
    let text = fs::read_to_string(root().join("scenarios/cold-list.ron")).unwrap().replace("42d", "14d");
    let (body, _) = text.split_once("    // What `tiercast check scenarios` holds it to.").unwrap();
    format!("{body}    expect: {{ {expect} }},\n)\n")
}

const MET: &str = "\"nearly all are flagged\": Chance(of: Flagged, at_least: \"60%\")";
const BROKEN: &str = "\"few are flagged\": Chance(of: Flagged, at_most: \"60%\")";
const NEAR: &str = "\"who knows\": Chance(of: Flagged, at_least: \"90%\")";

#[test]
fn expectations_end_with_the_code_of_their_verdict() {
    let with = |name: &str, expect: &str| Workshop::new(name).with("a.ron", &cold_list(expect));
    with("met", MET).check(&["a.ron"]).ends(
        0,
        &["its expectation is met", "ok  nearly all", "1 passed, 0 failed"],
        &[],
    );
    with("near", &format!("{MET}, {NEAR}")).check(&["a.ron", "-n", "256"]).ends(
        3,
        &[
            "1 UNDECIDED",
            "UNDECIDED  who knows\n  a.ron:",
            "futures would decide it",
            "1 passed, 0 failed, 1 undecided",
        ],
        &[],
    );
    let broken = with("broken", &format!("{MET}, {NEAR}, {BROKEN}"));
    let said = broken.check(&["a.ron", "-n", "256"]);
    said.ends(
        1,
        &[
            "1 of 3 expectations FAILED, 1 UNDECIDED",
            "FAILED  few are flagged",
            "at most 60.0 %",
            "256 futures",
        ],
        &[],
    );
    broken.check(&["a.ron", "-n", "256", "--filter", "NEARLY"]).ends(0, &["1 passed, 0 failed"], &[]);
    broken.check(&["a.ron", "--filter", "nobody says"]).ends(2, &[], &["no expectation has"]);
    broken.check(&["a.ron", "--false-alarms", "0%"]).ends(2, &[], &["above 0"]);
}

#[test]
fn pipelines_read_expectations_too() {
    let workshop = Workshop::new("pipeline").with("a.ron", &cold_list(&format!("{MET}, {NEAR}, {BROKEN}")));
    let said = workshop.check(&["a.ron", "-n", "256", "--format", "github", "--junit", "out/checks.xml"]);
    said.ends(
        1,
        &[
            "::error file=a.ron,line=",
            "title=few are flagged::expected chance",
            "::warning file=a.ron",
            "%0Afound ",
        ],
        &[],
    );
    assert_eq!(said.out.lines().count(), 3, "one line a finding, and the verdict:\n{}", said.out);
    let xml = fs::read_to_string(workshop.0.join("out/checks.xml")).unwrap();
    for part in
        ["tests=\"3\" failures=\"1\" errors=\"0\" skipped=\"1\"", "<failure type=\"expectation\"", "<skipped"]
    {
        assert!(xml.contains(part), "{xml}");
    }
    let json: Value = serde_json::from_str(&workshop.check(&["a.ron", "-n", "256", "--json"]).out).unwrap();
    assert_eq!((json["passed"].as_u64(), json["undecided"].as_u64()), (Some(1), Some(1)));
    let first = &json["files"][0]["expectations"][0];
    assert_eq!((first["outcome"].as_str(), first["n"].as_u64()), (Some("passed"), Some(256)));
    let (low, estimate) = (first["ci_low"].as_f64().unwrap(), first["estimate"].as_f64().unwrap());
    assert!(0.6 <= low && low < estimate && estimate < 1.0);
}

#[test]
fn another_seed_gives_other_estimates_and_the_same_verdict() {
    let workshop = Workshop::new("seed").with("a.ron", &cold_list(MET));
    let (one, two) = (workshop.check(&["a.ron"]), workshop.check(&["a.ron", "--seed", "99"]));
    assert_eq!((one.code, two.code), (Some(0), Some(0)));
    assert_ne!(one.out, two.out);
}

// ---- golden numbers -------------------------------------------------------------------------------------------------

#[test]
fn golden_numbers_tell_the_same_from_the_changed_and_why() {
    let workshop = Workshop::new("golden").with("a.ron", &cold_list(MET));
    let compare = &["a.ron", "--baseline", "golden.txt"];
    workshop.check(compare).ends(2, &[], &["cannot read the golden numbers", "--update"]);
    let update = &["a.ron", "--baseline", "golden.txt", "--update"];
    workshop.check(update).ends(0, &["written for the first time"], &[]);
    workshop.check(compare).ends(
        0,
        &["every future is the same to the last digit; nothing was changed"],
        &[],
    );

    let rules = fs::read_to_string(root().join("scenarios/rulesets/platform-2023.ron")).unwrap();
    let own = |text: &str| cold_list(MET).replace("\"platform-2023\"", &format!("{text:?}"));
    let workshop = workshop.with("platform-2023.ron", &rules).with("a.ron", &own("platform-2023.ron"));
    workshop.check(update).ends(0, &["the scenario changed"], &[]);
    let slower = rules.replacen("term: [For(Flagged, \"7d\")]", "term: [For(Flagged, \"9d\")]", 1);
    assert_ne!(rules, slower);
    let workshop = workshop.with("platform-2023.ron", &slower);
    let said = workshop.check(compare);
    said.ends(1, &["MOVED", "the rules changed", "futures differ in 16 of 16 blocks", "matters from"], &[]);
    assert!(
        !said.out.contains("the scenario changed") && !said.out.contains("engine changed"),
        "{}",
        said.out
    );
    let json: Value =
        serde_json::from_str(&workshop.check(&[compare, &["--json"][..]].concat()).out).unwrap();
    assert_eq!(json["golden"][0]["causes"][0], "the rules changed");
    assert!(json["golden"][0]["moves"].as_array().unwrap().iter().any(|step| step["moved"] == "MOVED"));
    workshop.check(update).ends(0, &["the rules changed"], &[]);
    workshop.check(compare).ends(0, &["nothing was changed"], &[]);
}

#[test]
fn golden_numbers_are_found_from_every_folder_and_by_every_spelling() {
    let workshop = Workshop::new("golden-paths")
        .with("sc/a.ron", &cold_list(MET))
        .with("sc/#b.ron", &cold_list(MET))
        .with("sc/ c.ron", &cold_list(MET));
    let (folder, below) = (&workshop.0, Workshop(workshop.0.join("sc")));
    workshop.check(&["sc", "--baseline", "numbers/g.txt", "--update"]).ends(0, &[], &[]);
    let text = fs::read_to_string(folder.join("numbers/g.txt")).unwrap();
    assert!(text.contains("\n../sc/a.ron "), "{text}");
    workshop.check(&["sc", "--baseline", "numbers/g.txt", "--quiet"]).ends(0, &["6 passed, 0 failed"], &[]);
    let absolute = folder.join("sc/a.ron").display().to_string();
    for spelling in ["./sc/a.ron", "sc//a.ron", "numbers/../sc/a.ron", &absolute] {
        let said = workshop.check(&[spelling, "--baseline", "./numbers/g.txt"]);
        said.ends(0, &["2 passed, 0 failed"], &[]);
    }
    for from in ["a.ron", "#b.ron", "./ c.ron"] {
        let said = below.check(&[from, "--baseline", "../numbers/g.txt", "--update"]);
        said.ends(0, &["2 passed, 0 failed"], &[]);
        assert!(!said.out.contains("taken out") && !said.out.contains("first time"), "{}", said.out);
    }
    assert_eq!(fs::read_to_string(folder.join("numbers/g.txt")).unwrap(), text, "nothing was lost");
    // Beside the scenarios an entry is their name alone; a file that is no scenario any more has none.
    below.check(&["a.ron", "#b.ron", " c.ron", "--baseline", "g.txt", "--update"]).ends(0, &[], &[]);
    let below = below.with("a.ron", RISE);
    let said = below.check(&["a.ron", "--baseline", "g.txt"]);
    said.ends(1, &["a.ron: it has golden numbers, and no scenario is there"], &[]);
    below.check(&["#b.ron", " c.ron", "--baseline", "g.txt", "--quiet"]).ends(
        0,
        &["4 passed, 0 failed"],
        &[],
    );
}

#[test]
fn golden_numbers_of_new_and_lost_scenarios_are_told() {
    let workshop = Workshop::new("golden-lost").with("a.ron", &cold_list(MET));
    workshop.check(&["a.ron", "--baseline", "golden.txt", "--update"]).ends(0, &[], &[]);
    let workshop = workshop.with("b.ron", &cold_list(MET));
    fs::remove_file(workshop.0.join("a.ron")).unwrap();
    let said = workshop.check(&["b.ron", "--baseline", "golden.txt"]);
    said.ends(
        1,
        &["b.ron: it has no golden numbers yet", "a.ron: it has golden numbers, and no scenario is there"],
        &[],
    );
    workshop.check(&["b.ron", "--baseline", "golden.txt", "--update"]).ends(0, &["a.ron: taken out"], &[]);
    workshop.check(&["b.ron", "--baseline", "golden.txt", "--quiet"]).ends(0, &["2 passed, 0 failed"], &[]);
    fs::write(workshop.0.join("golden.txt"), "b.ron engine\n").unwrap();
    workshop.check(&["b.ron", "--baseline", "golden.txt"]).ends(
        2,
        &[],
        &["golden.txt:1:1", "expected three columns"],
    );
}

// ---- the example that a pipeline copies -----------------------------------------------------------------------------

#[cfg(unix)]
#[test]
fn the_example_of_a_pipeline_ends_with_each_code() {
    let run = |workshop: &Workshop| {
        let mut script = Command::new("bash");
        script.arg(root().join("examples/pipeline.sh")).arg(".").current_dir(&workshop.0);
        script.env("TIERCAST", env!("CARGO_BIN_EXE_tiercast")).env_remove("GITHUB_ACTIONS");
        let Output { status, stdout, .. } = script.output().unwrap();
        (status.code(), String::from_utf8(stdout).unwrap())
    };
    for (code, expect, said) in [
        (0, MET, "exit 0, all hold"),
        (1, BROKEN, "exit 1, something failed"),
        (2, "\"x\": Exactly()", "exit 2, wrong input"),
        (3, "\"none\": Total(of: refused, at_most: 0)", "exit 3, undecided"),
    ] {
        let workshop =
            Workshop::new(&format!("script-{code}")).with("a.ron", &cold_list(expect).replace("5_000", "50"));
        let (found, out) = run(&workshop);
        assert!(out.contains(said), "{out}");
        assert_eq!(found, Some(code), "{out}");
        assert_eq!(workshop.0.join("out/pipeline/checks.xml").exists(), code != 2);
    }
}

// ---- readings ---------------------------------------------------------------------------------------------------------

#[test]
fn what_depends_on_a_reading_is_told_and_is_no_failure() {
    let workshop = Workshop::new("readings").with("a.ron", RISE);
    let said = workshop.check(&["a.ron", "--readings", "all"]);
    said.ends(
        0,
        &[
            "platform-2023: ",
            "upgrade.volume.when.Usage.amount: AtLeast(LimitTimes(\"1/2\"))\n    MoreThan(LimitTimes(\"1/2\"))  1 hold, 1 depend\n",
            "case \"half of the limit lifts it a day later\"",
            "fails if upgrade.volume.when.Usage.amount is MoreThan(LimitTimes(\"1/2\"))",
            "Nothing here depends on how these are read:",
        ],
        &[],
    );
    assert_eq!(said.last(), "2 passed, 0 failed; 1 depends on a reading");
    assert!(!said.out.contains("case \"nothing sent"), "nothing moves it:\n{}", said.out);
    let own = workshop.check(&["a.ron"]);
    assert_eq!(own.out, workshop.check(&["a.ron", "--readings", "own"]).out);
    assert!(!own.out.contains("reading"), "{}", own.out);
}

#[test]
fn a_case_that_states_a_reading_is_not_varied_in_that_clause() {
    let stated = RISE.replacen(
        "name: \"half of the limit lifts it a day later\",",
        "name: \"half of the limit lifts it a day later\",
            given: (set: { \"upgrade.volume.when.Usage.amount\": \"AtLeast(LimitTimes(\\\"1/2\\\"))\" }),",
        1,
    );
    let said =
        Workshop::new("stated").with("a.ron", &stated).check(&["a.ron", "--readings", "all", "--json"]);
    assert_eq!(said.code, Some(0), "{}", said.err);
    let json: Value = serde_json::from_str(&said.out).unwrap();
    let readings = json["readings"]["rules"][0]["readings"].as_array().unwrap();
    for reading in readings {
        let varied = reading["clause"] != "upgrade.volume";
        let wanted = if varied { (2, 0) } else { (1, 1) };
        let cases = &reading["cases"];
        let tried = cases["hold"].as_u64().unwrap() + cases["depend"].as_u64().unwrap();
        assert_eq!((tried, cases["not_varied"].as_u64().unwrap()), wanted, "{reading}");
    }
    assert!(readings.iter().any(|reading| reading["clause"] == "upgrade.volume"));
}

#[test]
fn a_case_that_fails_says_under_which_reading_it_holds() {
    let exceed = RISE.replacen("limit: AtMost(10_000)", "limit: AtMost(1_000)", 1);
    let workshop = Workshop::new("holds").with("a.ron", &exceed);
    let said = workshop.check(&["a.ron", "--readings", "all", "--junit", "checks.xml"]);
    said.ends(1, &["1 passed, 1 failed", "HOLDS if upgrade.volume.when.Usage.amount is MoreThan"], &[]);
    let xml = fs::read_to_string(workshop.0.join("checks.xml")).unwrap();
    assert!(
        xml.contains("failures=\"1\"") && xml.contains("holds under platform-2023 with upgrade.volume"),
        "{xml}"
    );
    let workshop = Workshop::new("notice").with("a.ron", RISE);
    let said = workshop.check(&["a.ron", "--readings", "all", "--junit", "checks.xml", "--format", "github"]);
    said.ends(
        0,
        &["::notice file=a.ron,title=half of the limit lifts it a day later::depends on the reading"],
        &[],
    );
    let xml = fs::read_to_string(workshop.0.join("checks.xml")).unwrap();
    assert!(xml.contains("failures=\"0\"") && xml.contains("<system-out>depends on the reading:"), "{xml}");
}

/// A climb of which everything is known: 250 new customers a day, all delivered, nobody reacts. Half of 1K is there on
/// the second day, and the limit is up on the third.
fn known_climb(expect: &str) -> String {
    format!(
        r#"Scenario(
    title: "known by hand", start: "2023-03-06", zone: "UTC", horizon: "5d", slot: "24h",
    platform: (
        ruleset: "platform-2023", numbers: {{ "main": (tier: "1K") }},
        templates: {{ "news": (category: Marketing) }}, verification: Done,
    ),
    audience: (segments: {{ "few": (customers: 10_000, profile: "still.ron", rest: "24h") }}),
    sender: (
        number: "main", segment: "few", templates: ["news"], plan: Constant(a_day: 250),
        hours: (from: "00:00", to: "24:00"), weekdays: every_day,
    ),
    expect: {{ {expect} }},
)
"#
    )
}

fn still() -> String {
    fs::read_to_string(root().join("tests/common/still.ron")).unwrap()
}

#[test]
fn expectations_are_tried_on_every_reading_too() {
    let climbs =
        "\"half of the limit is enough\": Chance(of: Reached(tier: \"10K\", by: \"60h\"), at_least: \"90%\")";
    let workshop =
        Workshop::new("readings-scenario").with("a.ron", &known_climb(climbs)).with("still.ron", &still());
    let said = workshop.check(&["a.ron", "--readings", "all"]);
    said.ends(
        0,
        &[
            "up to 1,024 futures",
            "expectation \"half of the limit is enough\"",
            "fails if upgrade.volume.when.Usage.amount is MoreThan(LimitTimes(\"1/2\"))",
            "expectations: 1 depend",
            "1 passed, 0 failed; 1 depends on a reading",
        ],
        &[],
    );
    let one = workshop.check(&["a.ron", "--readings", "all", "--threads", "1"]);
    assert_eq!(one.out, said.out, "threads change nothing");
}

// ---- futures ----------------------------------------------------------------------------------------------------------

#[test]
fn futures_tell_which_clauses_fire_and_how_often() {
    let workshop = Workshop::new("futures").with("a.ron", &known_climb("")).with("still.ron", &still());
    let said = workshop.check(&["a.ron", "--futures", "40", "--coverage"]);
    said.ends(
        0,
        &[
            "platform-2023: ",
            "in 40 futures of a.ron",
            "upgrade.volume",
            "100.0 %",
            "Fired in no future:",
            "number.flagged",
        ],
        &[],
    );
    assert_eq!(workshop.check(&["a.ron", "--futures", "40", "--coverage", "--threads", "1"]).out, said.out);
    let json: Value =
        serde_json::from_str(&workshop.check(&["a.ron", "--futures", "40", "--json"]).out).unwrap();
    let clauses = json["futures"][0]["clauses"].as_array().unwrap();
    let clause = |path: &str| clauses.iter().find(|clause| clause["clause"] == path).unwrap();
    let volume = clause("upgrade.volume");
    assert_eq!((&volume["futures"], &volume["n"], &volume["share"]), (&40.into(), &40.into(), &1.0.into()));
    let rises =
        volume["transitions"].as_array().unwrap().iter().find(|of| of["transition"] == "the tier rises");
    assert_eq!(rises.unwrap()["futures"], 40);
    assert!(volume["ci_low"].as_f64().unwrap() > 0.9);
    assert_eq!(clause("number.flagged")["futures"], 0);
    let fired = clauses.iter().filter(|clause| clause["counted"] == true && clause["futures"] != 0).count();
    let counted = clauses.iter().filter(|clause| clause["counted"] == true).count();
    let share = json["futures"][0]["share_of_clauses"].as_f64().unwrap();
    assert!((share - fired as f64 / counted as f64).abs() < 1e-12 && fired > 1 && fired < counted);
}

#[test]
fn too_few_clauses_in_futures_are_a_finding() {
    let workshop = Workshop::new("few").with("a.ron", &known_climb("")).with("still.ron", &still());
    workshop.check(&["a.ron", "--futures", "8", "--threshold", "5%"]).ends(0, &["0 passed, 0 failed"], &[]);
    let said = workshop.check(&["a.ron", "--futures", "8", "--threshold", "90%", "--quiet"]);
    said.ends(1, &["platform-2023: ", "expected at least 90%"], &[]);
    Workshop::new("none").with("a.ron", RISE).check(&["a.ron", "--futures", "8"]).ends(
        2,
        &[],
        &["--futures needs a scenario, and there is none"],
    );
}
