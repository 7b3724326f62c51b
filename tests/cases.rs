//! Every case under tests/cases holds, and what is wrong with a case is told at its place.

use std::path::{Path, PathBuf};

use tiercast::document::Document;
use tiercast::sim::CaseFile;

/// The files of cases, in the order of their names.
fn files(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder)?.map(|entry| Ok(entry?.path()));
    let mut files: Vec<PathBuf> = entries.collect::<std::io::Result<_>>()?;
    files.retain(|path| path.extension().is_some_and(|end| end == "ron"));
    files.sort();
    Ok(files)
}

#[test]
#[expect(clippy::print_stderr, reason = "how many cases there are is worth seeing")]
fn every_case_holds() {
    let (mut cases, mut facts, mut failed) = (0, 0, Vec::new());
    for path in files(Path::new("tests/cases")).unwrap() {
        let file = CaseFile::load(&path).unwrap_or_else(|error| panic!("{error}"));
        for outcome in file.run() {
            cases += 1;
            facts += outcome.looked_at;
            if !outcome.passed() {
                failed.push(outcome.to_string());
            }
        }
    }
    assert!(failed.is_empty(), "{}\n\n{} of {cases} cases failed", failed.join("\n\n"), failed.len());
    assert!(cases > 0, "no case was found");
    eprintln!("{cases} cases hold, {facts} facts were looked at");
}

#[test]
fn the_example_of_the_guide_holds() {
    let guide = std::fs::read_to_string("tests/cases/README.md").unwrap();
    let (_, rest) = guide.split_once("```ron\n").unwrap();
    let (example, _) = rest.split_once("```").unwrap();
    let file = CaseFile::read(&Document::new("tests/cases/README.md", example)).unwrap();
    let outcomes = file.run();
    assert_eq!(outcomes.len(), 2);
    outcomes.iter().for_each(|outcome| assert!(outcome.passed(), "{outcome}"));
}

/// What is said of a file of cases with this `given` of the file and these cases.
fn findings(given: &str, cases: &str) -> String {
    let text = format!(
        "Cases(\n    about: \"a test\", source: \"none\",\n    given: ({given}),\n    cases: [{cases}],\n)\n"
    );
    match CaseFile::read(&Document::new("wrong.ron", text)) {
        Ok(_) => "nothing".to_owned(),
        Err(findings) => findings.to_string(),
    }
}

/// What is said of one case with these events and these expectations.
fn of_case(when: &str, then: &str) -> String {
    let given = "ruleset: \"classic-2022\", start: \"2022-03-07\"";
    findings(given, &format!("(name: \"a case\", when: [{when}], then: [{then}])"))
}

const THEN: &str = "(at: \"day 3\", limit: AtMost(50))";

/// Each of the texts stands in what is said.
#[track_caller]
fn says(said: &str, texts: &[&str]) {
    for text in texts {
        assert!(said.contains(text), "`{text}` is not said in:\n{said}");
    }
}

#[test]
fn a_right_case_is_not_complained_of() {
    assert_eq!(of_case("Send(at: \"day 1 10:00\", messages: 1)", THEN), "nothing");
}

#[test]
fn names_that_do_not_exist_are_told_with_the_nearest() {
    let case = format!("(name: \"a\", when: [], then: [{THEN}])");
    says(
        &findings("ruleset: \"clasic-2022\", start: \"2022-03-07\"", &case),
        &["there is no ruleset \"clasic-2022\"", "wrong.ron:3:", "did you mean \"classic-2022\"?"],
    );
    says(
        &findings("ruleset: \"gone.ron\", start: \"2022-03-07\"", &case),
        &["cannot read the file gone.ron", "beside the cases"],
    );
    let tier = "ruleset: \"classic-2022\", start: \"2022-03-07\", numbers: { \"main\": (tier: \"1000\") }";
    says(
        &findings(tier, &case),
        &["classic-2022 has no tier \"1000\"", "wrong.ron:3:", "did you mean \"1,000\"?", "unlimited"],
    );
    says(
        &of_case("", "(at: \"day 3\", tier: \"10K\")"),
        &["classic-2022 has no tier \"10K\"", "wrong.ron:4:"],
    );
    says(
        &of_case("Send(at: \"day 1\", number: \"mian\", messages: 1)", THEN),
        &["there is no number \"mian\"", "did you mean \"main\"?"],
    );
    says(
        &of_case("Send(at: \"day 1\", template: \"x\", messages: 1)", THEN),
        &["there is no template \"x\"", "there are: offer"],
    );
}

#[test]
fn times_are_told_where_they_cannot_be_read_or_are_out_of_order() {
    says(
        &of_case("Send(at: \"tuesday\", messages: 1)", THEN),
        &["\"tuesday\" is no time", "day 2 15:00", "wrong.ron:4:"],
    );
    says(&of_case("Send(at: \"day 0 10:00\", messages: 1)", THEN), &["\"day 0 10:00\" is no time"]);
    says(&of_case("Send(at: \"day 1 25:00\", messages: 1)", THEN), &["\"day 1 25:00\" is no time"]);
    says(
        &of_case("Fill(from: \"monday\", to: \"day 2\", at: \"10:00\")", THEN),
        &["\"monday\" is no day", "the first day is day 1"],
    );
    says(
        &of_case("Fill(from: \"day 1\", to: \"day 2\", at: \"10\")", THEN),
        &["\"10\" is no time of day", "hours and minutes"],
    );
    says(
        &of_case("Fill(from: \"day 3\", to: \"day 2\", at: \"10:00\")", THEN),
        &["this day comes before `from`"],
    );
    says(
        &of_case("Verified(at: \"day 2\"), Send(at: \"day 1 10:00\", messages: 1)", THEN),
        &["this comes before what stands above it", "in the order of time"],
    );
    says(
        &of_case("", &format!("{THEN}, (at: \"day 2\", limit: AtMost(50))")),
        &["this comes before what stands above it"],
    );
    says(&of_case("", "(at: \"2022-03-06 23:59\", limit: AtMost(50))"), &["this is before the start"]);
    says(&of_case("", "(at: \"2042-03-06\", limit: AtMost(50))"), &["this is too far away", "3660 days"]);
}

#[test]
fn a_start_that_is_no_date_and_a_zone_that_is_none_are_told() {
    let case = format!("(name: \"a\", when: [], then: [{THEN}])");
    says(&findings("ruleset: \"classic-2022\", start: \"March\"", &case), &["\"March\" is no date"]);
    says(
        &findings("ruleset: \"classic-2022\", start: \"2022-03-07\", zone: \"Mars\"", &case),
        &["unknown time zone \"Mars\"", "Europe/Madrid"],
    );
    says(&findings("", &case), &["no ruleset is given", "no start is given"]);
}

#[test]
fn changes_of_a_ruleset_are_told_at_the_case_that_makes_them() {
    let set = |change: &str| {
        let given = format!("ruleset: \"classic-2022\", start: \"2022-03-07\", set: {{ {change} }}");
        findings(&given, &format!("(name: \"a\", when: [], then: [{THEN}])"))
    };
    says(
        &set("\"upgrade.volum.review\": \"24h\""),
        &["there is no `upgrade.volum.review`", "wrong.ron:3:", "did you mean `upgrade.volume.review`?"],
    );
    says(
        &set("\"upgrade.volume.review\": \"soon\""),
        &[
            "expected a span",
            "wrong.ron:3:",
            "it was met in classic-2022.ron (with upgrade.volume.review=soon)",
        ],
    );
    says(&set("\"upgrade.volume.from\": \"Only([\\\"1K\\\"])\""), &["1K", "with upgrade.volume.from"]);
    let several = "\"upgrade.volume.review\": \"-24h\", \"upgrade.volum.review\": \"24h\",
        \"rating.number.window\": \"soon\"";
    let said = set(several);
    says(
        &said,
        &["wrong.ron:3:", "wrong.ron:4:", "\"-24h\" is not", "`upgrade.volum.review`", "found \"soon\""],
    );
    assert_eq!(said.matches("error").count(), 3, "{said}");
}

#[test]
fn changes_that_are_wrong_together_alone_are_told_at_the_last() {
    let given = "ruleset: \"classic-2022\", start: \"2022-03-07\", set: {
        \"rating.number.medium_from\": \"1.9%\",
        \"rating.number.low_from\": \"1.5%\" }";
    let said = findings(given, &format!("(name: \"a\", when: [], then: [{THEN}])"));
    says(&said, &["wrong.ron:5:", "it was met in classic-2022.ron (with rating.number.medium_from=1.9%)"]);
}

#[test]
fn a_time_that_the_clock_skips_is_refused() {
    let skipped = |at: &str| {
        let given = "ruleset: \"classic-2022\", start: \"2023-03-25\", zone: \"Europe/Madrid\"";
        findings(given, &format!("(name: \"a\", when: [{at}], then: [{THEN}])"))
    };
    let message =
        "02:30:00 does not exist on Sun 26 Mar 2023 in Europe/Madrid: its clock was put forward over it";
    says(
        &skipped("Send(at: \"day 2 02:30\", messages: 1)"),
        &[message, "before or after it", "wrong.ron:4:"],
    );
    says(&skipped("Fill(from: \"day 1\", to: \"day 3\", at: \"02:30\", at_most: 1)"), &[message]);
    assert_eq!(skipped("Send(at: \"day 2 03:00\", messages: 1)"), "nothing");
}

#[test]
fn counts_that_no_log_may_hold_are_refused() {
    let at_most = &["at one instant are more than can be", "at most 2,147,483,648", "wrong.ron:4:"];
    for event in [
        "Send(at: \"day 1\", messages: 18446744073709551615)",
        "Fill(from: \"day 1\", to: \"day 2\", at: \"10:00\", at_most: 2147483649)",
        "Feedback(at: \"day 1\", kind: Block, count: 2147483649)",
        "CustomerMessages(at: \"day 1\", count: 2147483649)",
    ] {
        says(&of_case(event, THEN), at_most);
    }
    let again = "again: { \"day 1\": 18446744073709551615, \"day 1 01:00\": 2 }";
    says(
        &of_case(&format!("Send(at: \"day 2\", messages: 5, {again})"), THEN),
        &["18446744073709551615 of 5 messages"],
    );
}

#[test]
fn what_cannot_have_been_meant_is_told() {
    says(&of_case("Send(at: \"day 1\", messages: 5, delivered: 6)", THEN), &["6 of 5 messages"]);
    says(
        &of_case("Send(at: \"day 2\", messages: 5, again: { \"day 2\": 1 })", THEN),
        &["this is not before the send itself"],
    );
    says(&of_case("Send(at: \"day 2\", messages: 5, again: { \"x\": 1 })", THEN), &["\"x\" is no time"]);
    says(&of_case("Send(at: \"day 2\", messages: 5, again: { \"day 1\": 6 })", THEN), &["6 of 5 messages"]);
    says(
        &of_case("Feedback(at: \"day 1\", kind: Block, count: 1, at_once: true)", THEN),
        &["nothing is sent at this instant"],
    );
    says(&of_case("", "(at: \"day 3\")"), &["nothing is looked at here"]);
    says(&of_case("", ""), &["the case expects nothing"]);
    says(&of_case("", "(at: \"day 3\", level: \"50\")"), &["then has no `level`", "tier"]);
    says(
        &of_case("Sent(at: \"day 1\", messages: 5)", THEN),
        &["`Sent` is not known here", "did you mean `Send`?"],
    );
    says(&of_case("Send(at: \"day 1\")", THEN), &["`messages` is missing"]);
    says(&of_case("", "(at: \"day 3\", status: Red)"), &["`Red` is not known here", "Flagged"]);
}

#[test]
fn what_is_wrong_with_decisions_is_told_at_its_place() {
    says(
        &of_case("Send(at: \"day 1\", messages: 5, in_window: 6)", THEN),
        &["6 of 5 messages", "wrong.ron:4:"],
    );
    says(
        &of_case("Analysis(at: \"day 1\", approved: true)", THEN),
        &["classic-2022 has no clause on an analysis of the messages", "wrong.ron:4:"],
    );
    says(
        &of_case("Reviewed(at: \"day 1\", template: \"ofer\", approved: true)", THEN),
        &["there is no template \"ofer\"", "did you mean \"offer\"?"],
    );
    says(&of_case("Edited(at: \"day 1\", template: \"x\")", THEN), &["there is no template \"x\""]);
    says(
        &of_case("CustomerMessages(at: \"day 1\", number: \"x\", count: 1)", THEN),
        &["there is no number \"x\""],
    );
    says(&of_case("Policy(at: \"day 1\")", THEN), &["`passed` is missing"]);
    says(&of_case("Official(at: \"noon\", granted: true)", THEN), &["\"noon\" is no time"]);
    says(&of_case("Verified(at: \"day 2\"), Edited(at: \"day 1\")", THEN), &["this comes before"]);
    let other = |given: &str, when: &str| {
        let given = format!("ruleset: \"cloud-api-2022\", start: \"2022-03-07\"{given}");
        findings(&given, &format!("(name: \"a\", when: [{when}], then: [{THEN}])"))
    };
    says(
        &other("", "Policy(at: \"day 1\", passed: true)"),
        &["cloud-api-2022 has no clause on the commerce-policy check"],
    );
    says(
        &other("", "Official(at: \"day 1\", granted: true)"),
        &["no clause on the official-business status"],
    );
    says(&other(", policy: Open", ""), &["no clause on the commerce-policy check", "wrong.ron:3:"]);
    assert_eq!(other(", policy: Passed", ""), "nothing");
}

#[test]
fn templates_are_a_list_of_names_or_a_map() {
    let given = |templates: &str| {
        let given = format!("ruleset: \"classic-2022\", start: \"2022-03-07\", templates: {templates}");
        findings(&given, &format!("(name: \"a\", when: [], then: [{THEN}])"))
    };
    assert_eq!(given("[\"a\", \"b\"]"), "nothing");
    assert_eq!(
        given("{ \"a\": (category: Utility, state: New), b: (state: Pending), \"c\": () }"),
        "nothing"
    );
    says(&given("[\"a\", \"a\"]"), &["\"a\" is named twice", "wrong.ron:3:"]);
    says(&given("[]"), &["there is no template"]);
    says(&given("{ \"a\": (state: Gone) }"), &["`Gone` is not known here", "wrong.ron:3:"]);
    says(&given("{ \"a\": (kind: Utility) }"), &["no `kind`", "category"]);
    says(&given("{ \"a\": (category: Spam) }"), &["`Spam` is not known here"]);
}

#[test]
fn which_number_is_asked_where_there_are_several() {
    let given = "ruleset: \"classic-2022\", start: \"2022-03-07\", numbers: { \"a\": (), \"b\": () }";
    let case = |then: &str| format!("(name: \"a\", when: [], then: [{then}])");
    says(&findings(given, &case(THEN)), &["which number?", "add number: \"a\""]);
    assert_eq!(
        findings(given, &case("(at: \"day 3\", verified: false, template_status: Approved)")),
        "nothing"
    );
}

#[test]
fn a_rulebook_holds_from_its_first_era_on_and_knows_the_tiers_of_all_that_follow() {
    let case = |then: &str| format!("(name: \"a\", when: [], then: [{then}])");
    let then = "(at: \"2025-10-07\", tier: \"2K\")";
    let given = |start: &str, more: &str| format!("ruleset: \"platform\", start: \"{start}\"{more}");
    assert_eq!(findings(&given("2025-10-01", ""), &case(then)), "nothing");
    says(
        &findings(&given("2015-03-07", ""), &case(THEN)),
        &["no era of the rulebook \"platform\" is in force at this start", "wrong.ron:3:", "a later start"],
    );
    let later = ", numbers: { \"main\": (tier: \"2K\") }";
    says(
        &findings(&given("2025-10-01", later), &case(then)),
        &["platform has no tier \"2K\"", "wrong.ron:3:"],
    );
    let set = ", set: { \"eras[4].standing.tiers.\\\"1K\\\"\": \"New(\\\"3K\\\")\" }";
    says(&findings(&given("2025-10-01", set), &case(then)), &["3K"]);
}

#[test]
fn two_cases_of_one_name_and_no_case_are_told() {
    let given = "ruleset: \"classic-2022\", start: \"2022-03-07\"";
    let case = format!("(name: \"a\", when: [], then: [{THEN}])");
    says(
        &findings(given, &format!("{case}, {case}")),
        &["two cases are called \"a\"", "say how they differ"],
    );
    says(&findings(given, ""), &["there is no case"]);
}

#[test]
fn what_is_wrong_under_several_readings_is_said_once() {
    let given = "ruleset: \"classic-2022\", start: \"2022-03-07\"";
    let case =
        "(name: \"a\", under: [{ \"x\": (), \"y\": () }], when: [], then: [(at: \"day 3\", tier: \"1K\")])";
    assert_eq!(findings(given, case).matches("has no tier").count(), 1);
}

#[test]
fn a_failing_case_shows_what_was_expected_found_and_what_had_happened() {
    let text = r#"Cases(
    about: "a test", source: "none",
    given: (ruleset: "platform-2023", start: "2023-03-06", verified: true, numbers: { "main": (tier: "1K") }),
    cases: [(
        name: "half of the limit lifts it",
        under: [{ "at once": (set: { "upgrade.volume.review": "0h" }), "a day later": () }],
        when: [Send(at: "day 1 15:00", messages: 500), Send(at: "day 2 14:00", messages: 600, delivered: 600)],
        then: [
            (at: "day 1 15:00", limit: AtMost(10_000)),
            (at: "day 2 15:00", limit: AtMost(10_000), refused: 0),
        ],
    )],
)
"#;
    let file = CaseFile::read(&Document::new("half.ron", text)).unwrap();
    let outcomes = file.run();
    assert!(outcomes[0].passed(), "{}", outcomes[0]);
    assert_eq!(outcomes[0].looked_at, 3);
    let expected = r#"FAILED  half of the limit lifts it  (under: a day later)
  half.ron:9: day 1 15:00, limit of main: expected at most 10,000, found at most 1,000
    what had happened by then:
      day 1 00:00     the business is verified  [upgrade.verification]
      day 1 15:00     main sends 500 of offer: 500 delivered
      day 1 15:00     the limit of main is under review until day 2 15:00  [upgrade.volume]
  half.ron:7: day 2 14:00, delivered: expected 600, found only 500 admitted
    and since then:
      day 1 16:00     main is rated High after Unknown  [rating.number]
      day 1 16:00     offer is rated High after Unknown  [rating.template_feedback]
      day 2 14:00     main sends 600 of offer: 500 delivered, 100 refused
  half.ron:10: day 2 15:00, refused of main: expected 0, found 100
    and since then:
      day 2 14:00     main is Restricted  [number.restricted]
      day 2 15:00     the limit of main rises from 1K to 10K  [upgrade.volume]
      day 2 15:00     main is no longer Restricted  [number.restricted]"#;
    assert_eq!(outcomes[1].to_string(), expected);
}
