//! Logs of what really happened, told to the rules: what comes out, and what is said of logs that are wrong.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod common;

use std::fs;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use common::{CLASSIC, Case, PLATFORM, Plan};
use tiercast::document::Document;
use tiercast::platform::{Change, Rulebook, What, rulebook};
use tiercast::report::webhooks;
use tiercast::sim::replay::{Log, Reading, Replay, Start, changed_ruleset};
use tiercast::sim::{Entry, Journal, Metric};
use tiercast::time::DAY;

/// A folder of its own for one test.
struct Workshop(PathBuf);

impl Workshop {
    fn new(name: &str) -> Workshop {
        Workshop(common::workshop(name))
    }

    /// A workshop that holds this log.
    fn with_log(name: &str, log: impl AsRef<[u8]>) -> Workshop {
        let workshop = Workshop::new(name);
        fs::write(workshop.0.join("log.csv"), log).unwrap();
        workshop
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut tool = Command::new(env!("CARGO_BIN_EXE_tiercast"));
        tool.current_dir(&self.0).env("COLUMNS", "100").arg("replay").args(arguments);
        tool
    }

    /// Replays its log under platform-2023.
    fn replay(&self, arguments: &[&str]) -> Output {
        let all = [&["log.csv", "--ruleset", "platform-2023"], arguments].concat();
        self.command(&all).output().unwrap()
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn shipped(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/logs").join(name)).unwrap()
}

/// The changes of a replay in short: date, subject and words, clause.
fn told(output: &Output) -> Vec<String> {
    assert!(output.status.success(), "{}", text(&output.stderr));
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let field = |change: &serde_json::Value, name: &str| change[name].as_str().unwrap().to_owned();
    let changes = json["changes"].as_array().unwrap().iter();
    let words = changes.map(|change| {
        let [date, subject, what, clause] =
            ["date", "subject", "what", "clause"].map(|name| field(change, name));
        format!("{date} {subject} {what} [{clause}]")
    });
    words.collect()
}

// ---- published cases ------------------------------------------------------------------------------------------

#[test]
fn half_the_limit_lifts_it_a_day_after_the_500th() {
    let workshop = Workshop::with_log("half-limit", shipped("half-limit.csv"));
    let output = workshop.replay(&["--start-tier", "1K", "--json"]);
    let expected = [
        "2024-03-04 10:00:00 Number 16505551111 is rated High (negative feedback 0.00 %) [rating.number]",
        "2024-03-04 10:00:00 Template spring_offer is rated High [rating.template_feedback]",
        "2024-03-04 15:00:00 The limit is under review: it rises on Tue 5 Mar 2024 15:00 [upgrade.volume]",
        "2024-03-05 15:00:00 The limit rises from 1,000 to 10,000 customers in 24 h [upgrade.volume]",
    ];
    assert_eq!(told(&output), expected);
    let early = workshop.replay(&["--start-tier", "1K", "--json", "--until", "2024-03-05T14:59:59Z"]);
    assert_eq!(told(&early), expected[..3]);
    let just = workshop.replay(&["--start-tier", "1K", "--json", "--until", "2024-03-05T15:00:00Z"]);
    assert_eq!(told(&just), expected);
}

/// What was sent after the sample of a new template, although these rules would have held it, does not count for the
/// sample: 20 of the first 1,000 block, whatever becomes of the 5,000 after them.
#[test]
fn a_sample_is_judged_by_its_own_deliveries() {
    let log = "time,kind,count\n\
        2024-03-04T09:30:00Z,sent,1000\n2024-03-04T09:30:00Z,delivered,1000\n2024-03-04T09:45:00Z,blocked,15\n\
        2024-03-04T11:10:00Z,sent,1000\n2024-03-04T11:10:30Z,delivered,990\n2024-03-04T11:20:00Z,blocked,20\n\
        2024-03-04T11:20:00Z,sent,5000\n2024-03-04T11:20:30Z,delivered,5000\n";
    let workshop = Workshop::with_log("sample", log);
    let told = told(&workshop.replay(&["--start-tier", "10K", "--verified", "--json"]));
    let paused = |change: &String| change.starts_with("2024-03-04 11:40:00") && change.contains("Paused");
    assert!(told.iter().any(paused), "{told:#?}");
}

#[test]
fn flagged_and_not_recovered_it_falls_one_level() {
    let workshop = Workshop::with_log("flagged", shipped("flagged.csv"));
    let arguments =
        ["--start-tier", "100K", "--zone", "Europe/Madrid", "--until", "2024-01-16 12:00:00", "--json"];
    let told = told(&workshop.replay(&arguments));
    for expected in [
        "2024-01-08 11:00:00 Number main is Flagged until Mon 15 Jan 2024 11:00 [number.flagged]",
        "2024-01-08 11:00:00 Template winter is Paused until Mon 8 Jan 2024 14:00 [template.paused]",
        "2024-01-12 11:00:00 Template winter is Paused until Fri 12 Jan 2024 17:00 [template.paused]",
        "2024-01-15 11:00:00 Number main is no longer Flagged: it did not recover in time [number.flagged]",
        "2024-01-15 11:00:00 The limit falls from 100,000 to 10,000 customers in 24 h [number.flagged]",
    ] {
        assert!(told.iter().any(|told| told == expected), "expected `{expected}` in {told:#?}");
    }
}

/// On 12 January its second sample is not complete when it is paused: nothing is held, and nothing fails. Had 1,500 been
/// sent just before the evaluation, 500 would be held, and fail because it is paused: no sample was judged.
#[test]
fn a_sample_that_was_not_judged_did_not_do_badly() {
    let arguments = ["--start-tier", "100K", "--zone", "UTC", "--json"];
    let second = |name: &str, log: String| -> Vec<String> {
        let told = told(&Workshop::with_log(name, log).replay(&arguments));
        told.into_iter()
            .filter(|told| told.starts_with("2024-01-12 11:00:00 Template winter is Paused"))
            .collect()
    };
    let paused =
        "2024-01-12 11:00:00 Template winter is Paused until Fri 12 Jan 2024 17:00 [template.paused]";
    let not_judged = |what: &str| {
        let words = "2024-01-12 11:00:00 Template winter is Paused before its sample was judged";
        format!("{words}: {what} [pacing.marketing]")
    };
    let none = second("no-sample", shipped("flagged.csv"));
    assert_eq!(none, [&not_judged("nothing was held"), paused]);
    let log = shipped("flagged.csv").replace("12 10:00:00,sent,500", "12 10:50:00,sent,1500");
    let log = log.replace("12 10:00:00,delivered,500", "12 10:50:00,delivered,1500");
    let log = log.replace("12 10:20:00,blocked,25", "12 10:55:00,blocked,75");
    assert_eq!(second("held-sample", log), [&not_judged("500 held messages fail"), paused]);
}

/// A template that is rated Medium is paced; its sample is judged, whether or not anything was held.
#[test]
fn a_sample_that_was_judged_is_told_with_what_was_held() {
    let judged = |name: &str, sent: u64, blocked: u64| {
        let log = format!(
            "time,kind,count\n\
             2024-03-04T09:30:00Z,sent,1000\n2024-03-04T09:30:00Z,delivered,1000\n2024-03-04T09:45:00Z,blocked,15\n\
             2024-03-04T11:10:00Z,sent,{sent}\n2024-03-04T11:10:00Z,delivered,{sent}\n\
             2024-03-04T11:20:00Z,blocked,{blocked}\n"
        );
        let output = Workshop::with_log(name, log).replay(&["--start-tier", "10K", "--verified", "--json"]);
        let told = told(&output).into_iter().find(|told| told.contains("[pacing.marketing]")).unwrap();
        told.split(" did ").nth(1).unwrap().to_owned()
    };
    assert_eq!(judged("sample-well", 1_000, 0), "well on its sample: nothing was held [pacing.marketing]");
    assert_eq!(
        judged("sample-one", 1_001, 0),
        "well on its sample: 1 held message is sent [pacing.marketing]"
    );
    assert_eq!(judged("sample-badly", 1_000, 20), "badly on its sample: nothing was held [pacing.marketing]");
    assert_eq!(
        judged("sample-held", 1_600, 40),
        "badly on its sample: 600 held messages fail [pacing.marketing]"
    );
}

#[test]
fn a_planner_reads_what_changed_and_how_it_stands() {
    let workshop = Workshop::with_log("words", shipped("half-limit.csv"));
    let said = text(&workshop.replay(&["--start-tier", "1K", "--set", "upgrade.volume.review=12h"]).stdout);
    for part in [
        "log.csv under platform-2023: 4 changes from Mon 4 Mar 2024 to Tue 5 Mar 2024.",
        "  03:00     The limit rises from 1,000 to 10,000 customers in 24 h [upgrade.volume]\n",
        "At the end, Tue 5 Mar 2024 23:59:59\n",
        "may write to 10,000 customers in 24 h (tier 10K), 9,500 of them now",
        "rating.number, rating.template_feedback, rating.template: Medium from 1 %, Low from 2 %; these\n",
        "the number begins at tier 1K (given), Connected, without a rating; the business begins not",
        "  delivered              3 rows            1,000\n",
    ] {
        assert!(said.contains(part), "expected `{part}` in:\n{said}");
    }
    let quiet = text(&workshop.replay(&["--quiet"]).stdout);
    assert!(!quiet.contains("Taken for granted") && quiet.contains("Read: 6 rows."), "{quiet}");
}

#[test]
fn who_is_verified_when_the_log_begins_has_left_the_entry_step() {
    let log = "time,kind,count\n\
        2024-03-04T10:00:00Z,sent,200\n\
        2024-03-04T10:00:00Z,delivered,200\n\
        2024-03-04T11:00:00Z,verified,\n\
        2024-03-04T12:00:00Z,sent,250\n\
        2024-03-04T12:00:00Z,delivered,250\n";
    let workshop = Workshop::with_log("verified", log);
    for arguments in [&["--verified"][..], &["--verified", "--start-tier", "250"]] {
        let output = workshop.replay(&[arguments, &["--json"]].concat());
        let told = told(&output);
        assert!(told.iter().all(|told| !told.contains("rises") && !told.contains("verified")), "{told:#?}");
        let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let number = &json["numbers"][0];
        assert_eq!((&number["tier"], &number["status"]), (&"1K".into(), &"Connected".into()), "{number}");
        assert_eq!(json["refused"]["by_limit"], 0);
        let note = "the number begins at tier 1K (where verification has lifted it from the entry step), Connected, \
                    without a rating; the business begins verified";
        assert_eq!(json["notes"][0], note);
    }
}

#[test]
fn rules_that_were_not_in_force_are_told() {
    let notes = |day: &str| {
        let log = format!("time,kind,count\n{day}T10:00:00Z,sent,5\n");
        let said = text(&Workshop::with_log("out-of-date", log).replay(&[]).stdout);
        said.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let told = "platform-2023 is not in force on Mon 2 Mar 2026: platform-2025-10 is by then";
    assert!(notes("2026-03-02").contains(told), "{}", notes("2026-03-02"));
    assert!(!notes("2024-03-04").contains("is not in force"));
    // A log that goes on into the next era begins well and ends under rules of the past.
    let across = "time,kind,count\n2025-10-01T09:00:00Z,sent,5\n2025-10-20T09:00:00Z,sent,5\n";
    let said = text(&Workshop::with_log("across-eras", across).replay(&[]).stdout);
    let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
    let told = "platform-2023 is in force before Tue 7 Oct 2025 and platform-2025-10 (`--ruleset platform@2025-10-07`) from \
                then on: what the log holds from that day is told to rules of the past";
    assert!(said.contains(told), "{said}");
}

#[test]
fn rules_are_named_as_everywhere() {
    let workshop = Workshop::with_log("which", shipped("half-limit.csv"));
    let with = |rules: &str| workshop.command(&["log.csv", "--ruleset", rules]).output().unwrap();
    let on_day = with("platform@2024-03-04");
    assert_eq!((text(&on_day.stderr), on_day.stdout), (String::new(), with("platform-2023").stdout));
    let misspelt = text(&with("platfrom").stderr);
    assert!(misspelt.contains("did you mean platform? There are: "), "{misspelt}");
}

// ---- a log and the eras of a rulebook -------------------------------------------------------------------------

/// What is said, without line breaks.
fn in_one_line(bytes: &[u8]) -> String {
    text(bytes).split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_log_within_one_era_is_told_to_the_rules_of_its_first_day() {
    let workshop = Workshop::with_log("one-era", shipped("half-limit.csv"));
    let with = |rules: &str| {
        let output = workshop.command(&["log.csv", "-r", rules, "--start-tier", "1K"]).output().unwrap();
        assert!(output.status.success(), "{}", text(&output.stderr));
        in_one_line(&output.stdout)
    };
    let note = "the rulebook platform has platform-2023 in force from Mon 4 Mar 2024, the day of the first row, to the end ";
    let said = with("platform");
    assert!(said.starts_with("log.csv under platform-2023: 4 changes") && said.contains(note), "{said}");
    assert_eq!(said.replace(note, ""), with("platform-2023"));
}

/// On 6 October 2025 each number has a limit of its own; from the next day on they share the highest, and what is no step
/// any more stays. A review goes on.
#[test]
fn a_log_that_crosses_a_change_of_the_rules_is_told_to_both() {
    let rows = |day: &str, number: &str, count: u64| {
        format!(
            "2025-10-{day}:00:00Z,sent,{count},{number},news\n2025-10-{day}:00:00Z,delivered,{count},{number},news\n"
        )
    };
    let arguments = ["log.csv", "-r", "platform", "--start-tier", "1K", "--verified"];
    let replay = |name: &str, log: String, more: &[&str]| {
        let log = format!("time,kind,count,number,template\n{log}");
        let output = Workshop::with_log(name, log).command(&[&arguments, more].concat()).output().unwrap();
        assert!(output.status.success(), "{}", text(&output.stderr));
        output
    };
    let log = rows("06T10", "a", 600) + &rows("06T11", "b", 40) + &rows("08T09", "b", 60);
    let told = told(&replay("crosses", log.clone(), &["--json"]));
    let limits: Vec<&String> = told.iter().filter(|told| !told.contains("rated")).collect();
    assert_eq!(
        limits,
        [
            "2025-10-06 10:00:00 The limit of a is under review: it rises on Tue 7 Oct 2025 10:00 [upgrade.volume]",
            "2025-10-07 00:00:00 Number a comes under new rules; its limit stays 1,000 [amendment.platform-2025-10]",
            "2025-10-07 00:00:00 Number b comes under new rules; its limit stays 1,000 [amendment.platform-2025-10]",
            "2025-10-07 10:00:00 The limit rises from 1,000 to 2,000 customers in 24 h [upgrade.volume]",
        ]
    );
    let said = in_one_line(&replay("crosses", log, &[]).stdout);
    for part in [
        "log.csv under platform (platform-2023, then platform-2025-10): ",
        "The numbers together may write to 2,000 customers in 24 h (tier 2K), 1,940 of them now.",
        "the rules change on the way, as the rulebook platform says: platform-2023 is in force from Mon 6 Oct 2025, the \
         day of the first row, platform-2025-10 from Tue 7 Oct 2025 on; how the numbers stand by then moves to the new rules \
         (amendment.platform-2025-10)",
        "amendment.platform-2025-10: ",
    ] {
        assert!(said.contains(part), "expected `{part}` in:\n{said}");
    }
    // Without a rise the limit is none of the new ladder.
    let kept = rows("06T10", "a", 400) + &rows("08T09", "b", 60);
    let output = replay("kept", kept.clone(), &["--json"]);
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&json["numbers"][0]["tier"], &json["numbers"][0]["limit"]), (&"1K".into(), &1_000.into()));
    assert_eq!(
        (&json["ruleset"], &json["shared_limit"]),
        (&"platform (platform-2023, then platform-2025-10)".into(), &true.into())
    );
    let said = in_one_line(&replay("kept", kept, &[]).stdout);
    let stays = "The numbers together may write to 1,000 customers in 24 h (tier 1K, no step of platform-2025-10: it stays \
                 until the limit rises or falls), 940 of them now.";
    assert!(said.contains(stays), "{said}");
}

#[test]
fn what_a_rulebook_cannot_tell_of_a_log_is_said() {
    let refused = |log: &str, more: &[&str]| {
        let workshop = Workshop::with_log("book-refused", format!("time,kind,count\n{log}"));
        let output = workshop.command(&[&["log.csv", "-r", "platform"], more].concat()).output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        in_one_line(&output.stderr)
    };
    let said = refused("2018-05-01T10:00:00Z,sent,5\n", &[]);
    assert!(said.contains("the rulebook platform has no rules for 2018-05-01"), "{said}");
    assert!(said.contains("its first era begins on 2018-08-01"), "{said}");
    // What is changed is one ruleset.
    let said = refused("2024-05-01T10:00:00Z,sent,5\n", &["--set", "upgrade.volume.review=12h"]);
    assert!(said.contains("platform is a rulebook: it has no one ruleset to change"), "{said}");
    assert!(said.contains("such as --ruleset platform@2024-05-01, the day of the first row"), "{said}");
    // A log without dates says so, as under any rules.
    let said = refused("", &[]);
    assert!(said.contains("the log holds no row"), "{said}");
    let said = refused("10:00:00,sent,5\n", &[]);
    assert!(
        said.contains("\"10:00:00\" is no time") && said.contains("write 2024-03-04T10:00:00Z"),
        "{said}"
    );
}

#[test]
fn a_log_that_names_no_number_begins_nowhere() {
    let workshop = Workshop::with_log("no-number", "time,kind,count\n2024-03-04T10:00:00Z,verified,\n");
    assert!(told(&workshop.replay(&["--verified", "--json"])).is_empty());
}

#[test]
fn numbers_that_could_not_have_been_connected_are_told() {
    let log = "time,kind,count,number,template\n\
        2024-03-04T10:00:00Z,sent,5,a,news\n\
        2024-03-04T10:00:00Z,sent,6,b,news\n\
        2024-03-04T10:00:00Z,sent,7,c,news\n\
        2024-03-04T11:00:00Z,verified,,,\n\
        2024-03-04T12:00:00Z,sent,8,c,news\n";
    let workshop = Workshop::with_log("connected", log);
    let output = workshop.replay(&["--json"]);
    let waits = "2024-03-04 00:00:00 Number c is not connected and sends nothing: so far the business may connect 2 \
                 numbers [numbers]";
    let connected =
        "2024-03-04 11:00:00 Number c is connected: the business may connect more numbers now [numbers]";
    let told = told(&output);
    assert_eq!(told[0], waits, "{told:#?}");
    assert_eq!(told.iter().filter(|told| *told == connected).count(), 1, "{told:#?}");
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(json["refused"]["by_limit"], 7);
    let said = text(&workshop.replay(&[]).stdout).split_whitespace().collect::<Vec<_>>().join(" ");
    let note = "1 number of the log is more than the business could have connected by these rules: what they sent \
                before they were connected counts as refused, and is heard all the same";
    assert!(said.contains(note), "{said}");
    // Above the entry step nothing waits, and nothing is said.
    let said = text(&workshop.replay(&["--start-tier", "1K"]).stdout);
    assert!(!said.contains("connect"), "{said}");
}

// ---- what a log does not tell ---------------------------------------------------------------------------------

/// The notes of a replay of this log under platform-2023, from 10K and verified, and the rating of its first template.
fn noted(name: &str, log: &str) -> (Vec<String>, String) {
    let output = Workshop::with_log(name, log).replay(&["--start-tier", "10K", "--verified", "--json"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let notes = json["notes"].as_array().unwrap().iter().map(|note| note.as_str().unwrap().to_owned());
    (notes.collect(), json["templates"][0]["rating"].as_str().unwrap().to_owned())
}

/// 1,000 delivered, 8 of them block; `reads` stands in between, and another message two days later.
fn unread_log(reads: &str) -> String {
    format!(
        "time,kind,count\n2024-06-03T10:00:00Z,sent,1000\n2024-06-03T10:00:00Z,delivered,1000\n\
         2024-06-03T10:30:00Z,blocked,8\n{reads}2024-06-05T10:00:00Z,sent,1\n2024-06-05T10:00:00Z,delivered,1\n"
    )
}

/// Two days later blocks alone are 0.8 %, which is High. The unread are a day younger and weigh 0.005 x 2^-0.5 each
/// against 0.5 for a delivery: 1,000 of them make it 1.5 %, which is Medium, 200 make it 0.94 %.
#[test]
fn what_is_not_read_in_time_is_heard_as_unread() {
    let none = "2024-06-03T11:00:00Z,read,0\n";
    for (name, reads, rating) in [
        ("none-read", none.to_owned(), "Medium"),
        ("few-read", "2024-06-03T11:00:00Z,read,500\n".to_owned(), "Medium"),
        ("enough-read", "2024-06-03T11:00:00Z,read,800\n".to_owned(), "High"),
        ("read-in-the-last-second", format!("{none}2024-06-04T10:00:00Z,read,800\n"), "High"),
        ("read-too-late", format!("{none}2024-06-04T10:00:01Z,read,800\n"), "Medium"),
    ] {
        let (notes, rated) = noted(name, &unread_log(&reads));
        assert_eq!(rated, rating, "{name}");
        assert!(notes.iter().all(|note| !note.contains("`read` rows")), "{notes:#?}");
    }
    // They are heard a day after the delivery: 1.84 % then, and 1.13 % by the blocks alone.
    let arguments =
        ["--start-tier", "10K", "--verified", "--json", "--set", "rating.template.medium_from=1.5%"];
    let medium = "2024-06-04 10:00:00 The template is rated Medium after High [rating.template]".to_owned();
    let replayed = told(&Workshop::with_log("unread-hour", unread_log(none)).replay(&arguments));
    assert!(replayed.contains(&medium), "{replayed:#?}");
}

/// Reads of another template leave these unread, and what was heard as unread takes no reads from the messages after it.
#[test]
fn reads_are_of_their_own_template_and_of_what_still_waits() {
    let two = |reads: &str| {
        format!(
            "time,kind,count,template\n2024-06-03T10:00:00Z,sent,1000,a\n2024-06-03T10:00:00Z,delivered,1000,a\n\
             2024-06-03T10:00:00Z,sent,1000,b\n2024-06-03T10:00:00Z,delivered,1000,b\n\
             2024-06-03T10:30:00Z,blocked,8,a\n{reads}2024-06-05T10:00:00Z,sent,1,a\n"
        )
    };
    assert_eq!(noted("read-other", &two("2024-06-03T11:00:00Z,read,1000,b\n")).1, "Medium");
    assert_eq!(noted("read-own", &two("2024-06-03T11:00:00Z,read,1000,a\n")).1, "High");
    let days = "time,kind,count\n2024-06-03T10:00:00Z,sent,1000\n2024-06-03T10:00:00Z,delivered,1000\n\
        2024-06-03T11:00:00Z,read,0\n2024-06-04T12:00:00Z,sent,1000\n2024-06-04T12:00:00Z,delivered,1000\n\
        2024-06-04T13:00:00Z,read,1000\n2024-06-06T10:00:00Z,sent,1\n";
    // In the end the first thousand make 0.29 %; were these reads theirs, the second would make 0.71 % of it.
    let arguments = ["--start-tier", "10K", "--json", "--set", "rating.template.medium_from=0.5%"];
    let output = Workshop::with_log("read-later", days).replay(&arguments);
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(json["templates"][0]["rating"], "High", "{}", text(&output.stdout));
}

#[test]
fn a_log_without_reads_hears_nothing_as_unread_and_says_so() {
    let note = "the log holds no `read` rows, and the ruleset weighs unread messages (rating.template): none is heard as \
                unread; where nobody read anything, one `read` row with the count 0 says so";
    let (notes, rated) = noted("no-reads", &unread_log(""));
    assert_eq!(rated, "High");
    assert!(notes.iter().any(|other| other == note), "{notes:#?}");
    // Before April 2024 nothing weighs them, and nothing is said.
    let (notes, _) = noted("no-reads-before", &unread_log("").replace("2024-06", "2024-02"));
    assert!(notes.iter().all(|note| !note.contains("`read` rows")), "{notes:#?}");
}

/// A log as senders have it: nobody tells them who blocks or reports.
#[test]
fn a_log_without_blocks_and_reports_says_what_ratings_rest_on() {
    let note = "the log holds no rows of blocks or reports: no platform tells a sender of them, so ratings rest on what \
                else the log holds, and flags and falls cannot be foreseen";
    let log = "time,kind,count\n2024-03-04T10:00:00Z,sent,900\n2024-03-04T10:00:00Z,delivered,900\n";
    assert!(noted("no-complaints", log).0.iter().any(|other| other == note));
    for kind in ["blocked", "reported"] {
        let notes = noted(kind, &format!("{log}2024-03-04T11:00:00Z,{kind},1\n")).0;
        assert!(!notes.iter().any(|other| other == note), "{notes:#?}");
    }
    let docs = Command::new(env!("CARGO_BIN_EXE_tiercast")).args(["docs", "log"]).output().unwrap();
    let said = text(&docs.stdout).split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains(note.trim_start_matches("the log holds ")), "{said}");
}

/// A number that is not verified reaches its thousand conversations on the fourth day: the platform looks at it then.
fn reach_log(rows: &str) -> String {
    let days = (4..8)
        .map(|day| format!("2024-03-0{day}T10:00:00Z,sent,250\n2024-03-0{day}T10:00:00Z,delivered,250\n"));
    format!("time,kind,count\n{}{rows}2024-03-09T10:00:00Z,sent,1\n", days.collect::<String>())
}

#[test]
fn a_rise_that_waits_for_an_analysis_is_told() {
    let workshop = Workshop::with_log("analysis-open", reach_log(""));
    let json: serde_json::Value = serde_json::from_slice(&workshop.replay(&["--json"]).stdout).unwrap();
    assert_eq!(json["numbers"][0]["analysis_since"], "2024-03-07 10:00:00", "{json:#}");
    let note = "upgrade.reach looks at the quality of the messages before the limit rises, and no rule says how that is \
                decided: a replay waits until a row of the kind `analysis` says so (count 1 approved, 0 denied)";
    assert!(json["notes"].as_array().unwrap().iter().any(|other| other == note), "{json:#}");
    let said = text(&workshop.replay(&[]).stdout).split_whitespace().collect::<Vec<_>>().join(" ");
    let end =
        "; the platform's analysis is open since Thu 7 Mar 2024 10:00, the limit may rise; it is Connected,";
    assert!(said.contains(end), "{said}");
}

#[test]
fn a_log_says_how_an_analysis_was_decided() {
    let replay = |name: &str, rows: &str| {
        let output = Workshop::with_log(name, reach_log(rows)).replay(&["--json"]);
        let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        (told(&output), json["notes"].to_string(), json["numbers"][0].clone())
    };
    let rises =
        "2024-03-08 12:00:00 The limit rises from 250 to 1,000 customers in 24 h [upgrade.reach]".to_owned();
    let (told, notes, number) = replay("analysis-approved", "2024-03-08T12:00:00Z,analysis,1\n");
    assert!(told.contains(&rises) && number["analysis_since"].is_null(), "{told:#?} {number}");
    assert!(!notes.contains("analysis"), "{notes}");
    let (told, notes, number) = replay("analysis-denied", "2024-03-08T12:00:00Z,analysis,0\n");
    assert!(told.iter().any(|told| told.contains("the platform's analysis denies it")), "{told:#?}");
    assert_eq!((&number["tier"], notes.contains("analysis")), (&"250".into(), false));
    let early =
        reach_log("").replace("time,kind,count\n", "time,kind,count\n2024-03-04T09:00:00Z,analysis,1\n");
    let said = text(&Workshop::with_log("analysis-early", early).replay(&[]).stdout);
    assert!(said.contains("1 row of the kind `analysis` came when no rise waited"), "{said}");
    let wrong = reach_log("2024-03-08T12:00:00Z,analysis,2\n");
    let said = text(&Workshop::with_log("analysis-wrong", wrong).replay(&[]).stderr);
    assert!(said.contains("an analysis is approved or denied, not \"2\""), "{said}");
}

#[test]
fn an_open_analysis_explains_a_rise_that_was_received() {
    let upgrade = |day: i64, limit: &str| {
        let time = 1_709_856_000 + (day - 8) * DAY;
        format!(
            "{{\"field\":\"phone_number_quality_update\",\"value\":{{\"event\":\"UPGRADE\",\"current_limit\":\"{limit}\"}},\"time\":{time}}}\n"
        )
    };
    let compare = |name: &str, events: &str| {
        let workshop = Workshop::with_log(name, reach_log(""));
        fs::write(workshop.0.join("events.jsonl"), events).unwrap();
        let output = workshop.replay(&["--received", "events.jsonl", "--start-tier", "250"]);
        (output.status.code(), text(&output.stdout))
    };
    let (code, said) = compare("explained", &upgrade(8, "TIER_1K"));
    assert_eq!(code, Some(3), "{said}");
    assert!(
        said.contains("1 rises that an open analysis explains: a row `analysis` of the log says when"),
        "{said}"
    );
    // Not before it is open, not to another limit, and not twice.
    for (name, events) in [
        ("not-yet", upgrade(6, "TIER_1K")),
        ("too-high", upgrade(8, "TIER_10K")),
        ("twice", upgrade(8, "TIER_1K") + &upgrade(9, "TIER_1K")),
    ] {
        let (code, said) = compare(name, &events);
        assert_eq!(code, Some(1), "{name}: {said}");
        assert!(said.contains("1 received and not foreseen"), "{name}: {said}");
    }
}

/// All that is said at the end, without line breaks.
fn at_the_end(output: &Output) -> String {
    let said = text(&output.stdout).split_whitespace().collect::<Vec<_>>().join(" ");
    said.split("At the end, ").nth(1).unwrap_or_default().to_owned()
}

#[test]
fn a_limit_that_numbers_share_is_told_once() {
    let log = format!(
        "{HEADER}2026-02-02T09:00:00Z,sent,500,a,news\n2026-02-02T09:00:00Z,delivered,500,a,news\n\
         2026-02-02T09:00:00Z,sent,1,b,news\n2026-02-02T09:00:00Z,sent,1,c,news\n"
    );
    let workshop = Workshop::with_log("shared", log);
    let replay = |rules: &str, more: &[&str]| {
        let arguments = [&["log.csv", "--ruleset", rules, "--verified"], more].concat();
        workshop.command(&arguments).output().unwrap()
    };
    let end = at_the_end(&replay("platform-2025-10", &[]));
    assert_eq!(end.matches("may write to").count(), 1, "{end}");
    let once = "The numbers together may write to 2,000 customers in 24 h (tier 2K), 1,";
    assert!(end.contains(once) && end.contains("Number b is Connected, rated Unknown."), "{end}");
    let json: serde_json::Value =
        serde_json::from_slice(&replay("platform-2025-10", &["--json"]).stdout).unwrap();
    assert_eq!(json["shared_limit"], true);
    // Under rules by which each has its own, each is told.
    let own = at_the_end(&replay("platform-2023", &[]));
    assert_eq!(own.matches("may write to 1,000 customers in 24 h (tier 1K)").count(), 3, "{own}");
}

#[test]
fn a_tier_that_is_called_one_is_not_called_so_twice() {
    let workshop = Workshop::with_log("tier-names", shipped("half-limit.csv"));
    for (ruleset, tier) in [("chat-api-2022", "(tier 0)"), ("platform-pre-tier", "(no tiers)")] {
        let said = text(&workshop.command(&["log.csv", "--ruleset", ruleset]).output().unwrap().stdout);
        assert!(said.contains(tier) && !said.contains("tier tier") && !said.contains("tier no"), "{said}");
    }
}

/// The number is Restricted after it was Flagged: what is shown is Flagged, and so is its deadline.
#[test]
fn the_deadline_at_the_end_is_that_of_the_status_that_is_shown() {
    let workshop = Workshop::with_log("deadline", shipped("flagged.csv"));
    let end = at_the_end(&workshop.replay(&["--zone", "Europe/Madrid"]));
    let flagged =
        "it is Flagged since Mon 8 Jan 2024 11:00, until Mon 15 Jan 2024 11:00 at the latest, rated Low";
    assert!(end.contains(flagged), "{end}");
    let json = workshop.replay(&["--zone", "Europe/Madrid", "--json"]).stdout;
    let json: serde_json::Value = serde_json::from_slice(&json).unwrap();
    let (since, until) = ("2024-01-08 11:00:00", "2024-01-15 11:00:00");
    assert_eq!((&json["numbers"][0]["since"], &json["numbers"][0]["until"]), (&since.into(), &until.into()));
    assert!(json["templates"][0]["since"].is_null() && json["templates"][0]["until"].is_null(), "{json:#}");
    let paused = at_the_end(&workshop.replay(&["--zone", "Europe/Madrid", "--until", "2024-01-12 12:00:00"]));
    let status = "Template winter is Paused since Fri 12 Jan 2024 11:00, until Fri 12 Jan 2024 17:00, rated";
    assert!(paused.contains(status), "{paused}");
}

/// Under `hold` a recovery of seven days leaves a flag: one that begins on the second day goes on past the deadline.
#[test]
fn a_recovery_that_goes_on_moves_the_deadline() {
    let log = "time,kind,count\n2022-03-07T10:00:00Z,sent,1000\n2022-03-07T10:00:00Z,delivered,1000\n\
        2022-03-07T11:00:00Z,blocked,40\n2022-03-08T11:00:00Z,sent,3000\n2022-03-08T11:00:00Z,delivered,3000\n";
    let workshop = Workshop::with_log("hold", log);
    let end = |until: &str| {
        let arguments = ["log.csv", "--ruleset", "platform-2021-09", "--start-tier", "1K", "--until", until];
        at_the_end(&workshop.command(&arguments).output().unwrap())
    };
    let early = end("2022-03-10T12:00:00Z");
    let flagged = "it is Flagged since Mon 7 Mar 2022 11:00, at least until Mon 14 Mar 2022 11:00";
    assert!(early.contains(flagged), "{early}");
    let late = end("2022-03-14T13:00:00Z");
    let flagged = "it is Flagged since Mon 7 Mar 2022 11:00, until Tue 15 Mar 2022 12:00 at the latest";
    assert!(late.contains(flagged), "{late}");
}

// ---- the same as a simulated run ------------------------------------------------------------------------------

/// Writes what a replication did as a log. Every reaction comes at once and there is one send a day, so that the
/// counts of a day tell when they came.
fn log_of(journal: &Journal, case: &Case) -> String {
    let scenario = case.load();
    let calendar = &scenario.setting.calendar;
    let trajectory = scenario.replicate(0);
    let mut log = "time,kind,count,number,template\n".to_owned();
    for entry in &journal.entries {
        let Entry::Sent(batch) = entry else { continue };
        let time = calendar.unix(batch.at);
        let mut row = |kind: &str, count: u64| {
            if count > 0 {
                log.push_str(&format!("{time},{kind},{count},main,t{}\n", batch.template));
            }
        };
        let counts = &trajectory.days[calendar.day_of(batch.at)].counts;
        row("sent", batch.admission.admitted);
        row("delivered", batch.delivered);
        for (metric, kind) in [
            (Metric::Blocked, "blocked"),
            (Metric::Reported, "reported"),
            (Metric::Replied, "replied"),
            (Metric::Stopped, "stopped"),
            (Metric::Muted, "muted"),
            (Metric::Archived, "archived"),
        ] {
            row(kind, counts[metric as usize]);
        }
    }
    log
}

fn replays_as_simulated(case: &Case) -> Vec<Change> {
    let scenario = case.load();
    let mut journal = Journal::default();
    scenario.watch(0, &mut journal);
    let simulated = journal.entries.iter().filter_map(|entry| match entry {
        Entry::Change(change, _) => Some(*change),
        Entry::Sent(_) => None,
    });
    let simulated: Vec<Change> = simulated.collect();
    let log = log_of(&journal, case);
    let changes: Vec<(String, String)> = case
        .priors
        .iter()
        .map(|(path, law)| {
            let share = law.trim_start_matches("Fixed(").trim_end_matches(')').parse::<f64>().unwrap();
            ((*path).to_owned(), format!("{}%", 100.0 * share))
        })
        .collect();
    let reading = Reading::new("log.csv", Some(case.zone)).unwrap();
    let read = Log::read(&reading, log.as_bytes()).unwrap();
    let calendar = &scenario.setting.calendar;
    let until = Some(calendar.unix(calendar.end()) - 1);
    let start = Start { tier: Some(case.tier.to_owned()), until, ..Start::default() };
    let replay = match rulebook::document(case.ruleset) {
        Some(book) => {
            let book = Rulebook::read(&book).unwrap();
            Replay::through(&reading, &read, log.as_bytes(), &book, &start).unwrap()
        }
        None => {
            let ruleset = fs::read_to_string(common::folder().join(case.ruleset)).unwrap();
            let ruleset = changed_ruleset(Document::new(case.ruleset, ruleset), &changes).unwrap();
            Replay::run(&reading, &read, log.as_bytes(), &ruleset, &start).unwrap()
        }
    };
    let replayed: Vec<Change> = replay.changes.iter().map(|(change, _)| *change).collect();
    assert_eq!(replayed, simulated, "{log}");
    replayed
}

fn thresholds(clauses: &[&'static str]) -> Vec<(&'static str, String)> {
    let law = |path: &&'static str| {
        (*path, if path.ends_with("low_from") { "Fixed(0.02)".to_owned() } else { "Fixed(0.01)".to_owned() })
    };
    clauses.iter().map(law).collect()
}

/// The thresholds of `platform-2023`.
const PLATFORM_2023: [&str; 6] = [
    "rating.number.medium_from",
    "rating.number.low_from",
    "rating.template_feedback.medium_from",
    "rating.template_feedback.low_from",
    "rating.template.medium_from",
    "rating.template.low_from",
];
/// What `platform-2021-09` has beside them.
const NUMBER_24H: [&str; 2] = ["rating.number_24h.medium_from", "rating.number_24h.low_from"];

#[test]
fn a_replay_of_a_simulated_run_gives_its_changes() {
    let classic = &PLATFORM_2023[..2];
    let base = Case {
        profile: "tests/logs/at-once.ron",
        zone: "America/Sao_Paulo",
        customers: 5_000_000,
        plan: Plan::Fill("100%"),
        ..Case::default()
    };
    let classic_priors =
        thresholds(&[classic[0], classic[1], "rating.template.medium_from", "rating.template.low_from"]);
    let cases = [
        (PLATFORM, "1K", thresholds(&PLATFORM_2023), 0.004),
        (PLATFORM, "100K", thresholds(&PLATFORM_2023), 0.03),
        (PLATFORM, "10K", thresholds(&PLATFORM_2023), 0.015),
        (CLASSIC, "1,000", classic_priors.clone(), 0.008),
        (CLASSIC, "10,000", classic_priors, 0.03),
    ];
    let (mut rose, mut fell, mut paused) = (0, 0, 0);
    for (ruleset, tier, priors, block) in cases {
        let chances = vec![
            ("block", format!("Fixed({block})")),
            ("report", "Fixed(0.001)".to_owned()),
            ("reply", "Fixed(0.1)".to_owned()),
            ("stop", "Fixed(0.01)".to_owned()),
            ("mute", "Fixed(0.01)".to_owned()),
        ];
        let case = Case { ruleset, tier, priors, chances, start: "2023-03-07".to_owned(), ..base.clone() };
        for change in replays_as_simulated(&case) {
            match change.what {
                What::TierRose { .. } => rose += 1,
                What::TierFell { .. } => fell += 1,
                What::TemplateEntered { .. } => paused += 1,
                _ => {}
            }
        }
    }
    assert!(rose > 2 && fell > 0 && paused > 1, "too little happened: {rose} {fell} {paused}");
}

/// Through the eras of a rulebook, too: on 30 January 2023 in São Paulo the rules of 2021 give way to those of 2023.
#[test]
fn a_replay_through_eras_gives_the_changes_of_a_run_through_them() {
    let (mut rose, mut fell, mut amended) = (0, 0, 0);
    for (tier, block) in [("1K", 0.004), ("10K", 0.008), ("100K", 0.03)] {
        let case = Case {
            ruleset: "platform",
            tier,
            start: "2023-01-16".to_owned(),
            profile: "tests/logs/at-once.ron",
            zone: "America/Sao_Paulo",
            horizon: 30,
            customers: 5_000_000,
            plan: Plan::Fill("100%"),
            priors: [thresholds(&NUMBER_24H), thresholds(&PLATFORM_2023)].concat(),
            chances: vec![("block", format!("Fixed({block})")), ("reply", "Fixed(0.1)".to_owned())],
            ..Case::default()
        };
        for change in replays_as_simulated(&case) {
            match change.what {
                What::TierRose { .. } => rose += 1,
                What::TierFell { .. } => fell += 1,
                What::Amended { .. } => amended += 1,
                _ => {}
            }
        }
    }
    assert!(rose > 1 && fell > 0 && amended == 3, "too little happened: {rose} {fell} {amended}");
}

#[test]
fn within_a_second_the_order_of_rows_means_nothing() {
    let log = shipped("flagged.csv");
    let lines: Vec<&str> = log.lines().collect();
    let mut swapped = lines.clone();
    swapped.swap(2, 3);
    swapped.swap(5, 6);
    let arguments = ["--start-tier", "100K", "--zone", "Europe/Madrid", "--json"];
    let plain = told(&Workshop::with_log("order-plain", &log).replay(&arguments));
    let other = told(&Workshop::with_log("order-swapped", swapped.join("\n")).replay(&arguments));
    assert_eq!(plain, other);
}

// ---- hostile data ---------------------------------------------------------------------------------------------

const HEADER: &str = "time,kind,count,number,template\n";

/// Replays a log that is wrong: exit 2, nothing printed, and exactly this said.
#[track_caller]
fn refuses(name: &str, log: impl AsRef<[u8]>, expected: &str) {
    let output = Workshop::with_log(name, log).replay(&[]);
    assert_eq!(output.status.code(), Some(2), "{}", text(&output.stdout));
    assert!(output.stdout.is_empty());
    assert_eq!(text(&output.stderr).trim_end(), expected.trim_matches('\n'), "\n{}", text(&output.stderr));
}

#[test]
fn rows_out_of_order_are_told_with_both_lines() {
    let log = format!(
        "{HEADER}2024-03-04T10:00:00Z,sent,5,a,x\n2024-03-04T10:00:05Z,sent,5,a,x\n2024-03-04T10:00:04Z,sent,5,a,x\n"
    );
    refuses(
        "out-of-order",
        log,
        "
error: line 4 is earlier than line 3, which comes before it
 --> log.csv:4:1
  |
3 | 2024-03-04T10:00:05Z,sent,5,a,x
  | ------------------------------- this is line 3
4 | 2024-03-04T10:00:04Z,sent,5,a,x
  | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  |
  = help: rows come in order of time: sort the log, and look whether two logs were joined",
    );
}

#[test]
fn repeated_rows_are_kept_and_said_or_dropped_and_counted() {
    let row = "2024-03-04T10:00:00Z,sent,5,a,x\n";
    let workshop = Workshop::with_log("repeated", format!("{HEADER}{row}{row}{row}"));
    let kept = text(&workshop.replay(&[]).stdout);
    assert!(
        kept.contains("2 rows of the log repeated another of the same second (first in line 3): kept;"),
        "{kept}"
    );
    assert!(kept.contains("sent                   3 rows               15"), "{kept}");
    let dropped = text(&workshop.replay(&["--drop-duplicates"]).stdout);
    assert!(
        dropped.contains("2 rows of the log repeated another of the same second (first in line 3): dropped")
    );
    assert!(dropped.contains("sent                   3 rows                5"), "{dropped}");
}

#[test]
fn long_pauses_are_told() {
    let log = format!("{HEADER}2024-03-04T10:00:00Z,sent,5,a,x\n2024-05-01T10:00:00Z,sent,5,a,x\n");
    let said = text(&Workshop::with_log("pause", log).replay(&[]).stdout);
    assert!(
        said.contains("nothing happened for 58d from Mon 4 Mar 2024 10:00: longer than any window"),
        "{said}"
    );
}

#[test]
fn a_cut_last_line_is_told() {
    refuses(
        "cut",
        format!("{HEADER}2024-03-04T10:00:00Z,sent,5,a,x\n2024-03-04T10:00:00Z,deliv"),
        "
error: the last line is cut off: it has 2 of 5 cells
 --> log.csv:3:1
  |
3 | 2024-03-04T10:00:00Z,deliv
  | ^^^^^^^^^^^^^^^^^^^^^^^^^^
  |
  = help: fetch the log again, or delete this line",
    );
    let open = format!("{HEADER}2024-03-04T10:00:00Z,sent,5,a,x");
    let said = text(&Workshop::with_log("open-end", open).replay(&[]).stdout);
    assert!(said.contains("the last line has no line end"), "{said}");
}

#[test]
fn text_that_is_not_utf8_is_told_with_its_place() {
    let mut log = HEADER.as_bytes().to_vec();
    log.extend(b"2024-03-04T10:00:00Z,sent,5,a,oferta_espa\xf1a\n");
    refuses(
        "latin1",
        log,
        "
error: this is not UTF-8
 --> log.csv:2:42
  |
2 | 2024-03-04T10:00:00Z,sent,5,a,oferta_espa\u{fffd}a
  |                                          ^
  |
  = help: save the log as UTF-8; it may be in the code page of an old program",
    );
    let wide: Vec<u8> =
        std::iter::once(0xfeff).chain(HEADER.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let said = text(&Workshop::with_log("utf16", wide).replay(&[]).stderr);
    assert!(said.contains("it looks like UTF-16: save it as UTF-8"), "{said}");
}

#[test]
fn milliseconds_are_recognised_and_told_once() {
    refuses(
        "milliseconds",
        format!("{HEADER}1709546400000,sent,5,a,x\n1709546401000,sent,5,a,x\n"),
        "
error: 1709546400000 is Unix time in milliseconds
 --> log.csv:2:1
  |
2 | 1709546400000,sent,5,a,x
  | ^^^^^^^^^^^^^
  |
  = help: times are whole seconds: write 1709546400 in this row, and so in all others",
    );
}

#[test]
fn counts_that_are_none_are_told_all_at_once() {
    refuses(
        "counts",
        format!(
            "{HEADER}1709546400,sent,-5,a,x\n1709546400,sent,2.5,a,x\n1709546400,sent,1.5k,a,x\n\
             1709546400,sent,99999999999999999999,a,x\n1709546400,sent,3000000000,a,x\n1709546400,sent,,a,x\n"
        ),
        "
error: -5 is less than nothing
 --> log.csv:2:17
  |
2 | 1709546400,sent,-5,a,x
  |                 ^^
  |
  = help: a log holds what happened, no corrections

error: 2.5 is no whole number
 --> log.csv:3:17
  |
3 | 1709546400,sent,2.5,a,x
  |                 ^^^
  |
  = help: is it a mean or a share? A log holds counts

error: \"1.5k\" is no whole number
 --> log.csv:4:17
  |
4 | 1709546400,sent,1.5k,a,x
  |                 ^^^^
  |
  = help: write 1500, not 1.5k or 1,500

error: 99999999999999999999 is more than can be
 --> log.csv:5:17
  |
5 | 1709546400,sent,99999999999999999999,a,x
  |                 ^^^^^^^^^^^^^^^^^^^^
  |
  = help: at most 2147483648, written without a sign

error: 3000000000 in one second is more than can be
 --> log.csv:6:17
  |
6 | 1709546400,sent,3000000000,a,x
  |                 ^^^^^^^^^^
  |
  = help: at most 2147483648

error: the count is missing
 --> log.csv:7:17
  |
7 | 1709546400,sent,,a,x
  |                 ^
  |
  = help: how many? Write 0 for none",
    );
}

#[test]
fn unknown_kinds_are_told_with_the_nearest() {
    refuses(
        "kind",
        format!("{HEADER}1709546400,delivred,5,a,x\n"),
        "
error: nothing of the kind \"delivred\" is known
 --> log.csv:2:12
  |
2 | 1709546400,delivred,5,a,x
  |            ^^^^^^^^
  |
  = help: did you mean \"delivered\"? There are: sent, delivered, failed, read, replied, stopped, blocked, reported, muted, archived, customer_message, analysis, verified",
    );
}

#[test]
fn more_delivered_than_sent_is_told() {
    refuses(
        "balance",
        format!("{HEADER}1709546400,sent,5,a,x\n1709546400,delivered,3,a,x\n1709546460,delivered,3,a,x\n"),
        "
error: more was delivered than sent of template x by number a: 6 delivered by now, 5 sent
 --> log.csv:4:1
  |
4 | 1709546460,delivered,3,a,x
  | ^^^^^^^^^^^^^^^^^^^^^^^^^^
  |
  = help: what was sent before the log begins needs a `sent` row, too",
    );
}

#[test]
fn times_without_a_zone_and_mixed_forms_are_told() {
    refuses(
        "no-zone",
        format!("{HEADER}2024-03-04 10:00:00,sent,5,a,x\n2024-03-04 10:00:01,sent,5,a,x\n"),
        "
error: \"2024-03-04T10:00:00\" has no offset: no zone says which instant it is
 --> log.csv:2:1
  |
2 | 2024-03-04 10:00:00,sent,5,a,x
  | ^^^^^^^^^^^^^^^^^^^
  |
  = help: give --zone, such as --zone Europe/Madrid, or write 2024-03-04T10:00:00+01:00",
    );
    refuses(
        "mixed",
        format!("{HEADER}2024-03-04T10:00:00Z,sent,5,a,x\n1709546500,sent,5,a,x\n"),
        "
error: \"1709546500\" is written in another form: the log began with times with an offset
 --> log.csv:3:1
  |
3 | 1709546500,sent,5,a,x
  | ^^^^^^^^^^
  |
  = help: one log, one form: forms that are mixed hide a shift of hours",
    );
}

#[test]
fn civil_times_follow_the_clock() {
    let gap = format!("{HEADER}2024-03-31 02:30:00,sent,5,a,x\n");
    let said = text(&Workshop::with_log("gap", gap).replay(&["--zone", "Europe/Madrid"]).stderr);
    assert!(said.contains("does not exist in Europe/Madrid: its clock was put forward over it"), "{said}");
    let rows = ["02:30", "02:59", "02:01", "03:00"].map(|time| format!("2024-10-27 {time}:00,sent,1,a,x\n"));
    let workshop = Workshop::with_log("fold", format!("{HEADER}{}", rows.concat()));
    let said = text(&workshop.replay(&["--zone", "Europe/Madrid"]).stdout);
    assert!(said.contains("3 times lay in an hour that the clock repeats"), "{said}");
}

#[test]
fn a_log_that_is_none_is_told() {
    refuses(
        "semicolons",
        "time;kind;count\n1;sent;5\n",
        "
error: the columns are not separated by commas
 --> log.csv:1:1
  |
1 | time;kind;count
  | ^^^^^^^^^^^^^^^
  |
  = help: the first line is: time,kind,count,number,template",
    );
    for (name, log, message) in [
        ("empty", "", "the log is empty"),
        ("no-rows", HEADER, "the log holds no row"),
        ("no-header", "1709546400,sent,5\n", "the log has no header"),
        ("misspelt", "time,kind,count,numbr\n", "did you mean `number`?"),
        ("twice", "time,kind,count,time\n", "two columns are called `time`"),
        ("missing", "time,kind\n", "there is no column `count`"),
        ("nul", "\0\0\0\0", "the log has no header"),
        ("quote", "time,kind,count\n1709546400,\"sent,5\n", "the quote is not closed on its line"),
        ("wide", "time,kind,count\n1709546400,sent,1,500\n", "thousands are written without commas"),
        (
            "control",
            "time,kind,count,number\n1709546400,sent,1,\u{1b}[31m\n",
            "a name holds no control characters",
        ),
        ("day", "time,kind,count\n2024-03-04,sent,1\n", "is a day without a time of day"),
        ("old", "time,kind,count\n1970-01-01T00:00:00Z,sent,1\n", "lies outside the years 2000 to 2099"),
    ] {
        let output = Workshop::with_log(name, log).replay(&[]);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{name}: {said}");
        assert!(said.contains(message) && said.contains("help: "), "{name}: {said}");
    }
}

#[test]
fn the_first_twenty_mistakes_are_told_and_the_others_counted() {
    let rows: String = (0..1_500).map(|_| "1709546400,sent,x,a,x\n").collect();
    let output = Workshop::with_log("many", format!("{HEADER}{rows}")).replay(&[]);
    let said = text(&output.stderr);
    assert_eq!(said.matches("is no whole number").count(), 20);
    assert!(said.contains("error: and 1,480 more"), "{said}");
    let endless = vec![b'x'; 1 << 20];
    let said = text(&Workshop::with_log("endless", endless).replay(&[]).stderr);
    assert!(said.contains("the line is longer than a row can be") && said.len() < 1_000, "{said}");
}

#[test]
fn what_is_asked_wrongly_is_told() {
    let workshop = Workshop::with_log("usage", shipped("half-limit.csv"));
    for (arguments, message, help) in [
        (&["--start-tier", "1k"][..], "the ruleset has no tier \"1k\"", "250, 1K, 10K, 100K, unlimited"),
        (&["--zone", "Mars/Base"], "unknown time zone \"Mars/Base\"", "Europe/Madrid"),
        (&["--until", "2024-03-05T09:00:00Z"], "goes on after the end", "after the last row"),
        (
            &["--set", "upgrade.volum.review=1h"],
            "there is no `upgrade.volum.review`",
            "upgrade.volume.review",
        ),
        (&["--received", "none.jsonl"], "cannot read none.jsonl", "give the path of a file"),
    ] {
        let output = workshop.replay(arguments);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(message) && said.contains(help), "{said}");
    }
    let said = text(&workshop.command(&["log.csv", "--ruleset", "platform2023"]).output().unwrap().stderr);
    assert!(said.contains("did you mean platform-2023?"), "{said}");
}

// ---- size -----------------------------------------------------------------------------------------------------

#[test]
fn a_million_rows_pass_in_bounded_memory() {
    let workshop = Workshop::new("million");
    let mut log = BufWriter::new(fs::File::create(workshop.0.join("log.csv")).unwrap());
    log.write_all(HEADER.as_bytes()).unwrap();
    for batch in 0..250_000_i64 {
        let time = 1_704_067_200 + batch * 365 * DAY / 250_000;
        let whose = format!("n{},t{}", batch % 2, batch % 5);
        let act = if batch % 150 == 0 { "blocked" } else { "replied" };
        for kind in ["sent", "delivered", "read", act] {
            writeln!(log, "{time},{kind},1,{whose}").unwrap();
        }
    }
    drop(log.into_inner().unwrap());
    let arguments = ["log.csv", "--ruleset", "platform-2023", "--start-tier", "1K", "--json"];
    let mut tool = workshop.command(&arguments).stdout(Stdio::piped()).spawn().unwrap();
    let begun = std::time::Instant::now();
    let mut most = 0;
    let status = format!("/proc/{}/status", tool.id());
    let output = std::thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let mut text = String::new();
            std::io::Read::read_to_string(tool.stdout.as_mut().unwrap(), &mut text).unwrap();
            text
        });
        while !reader.is_finished() {
            most = most.max(peak(&status).unwrap_or(0));
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        reader.join().unwrap()
    });
    assert!(tool.wait().unwrap().success());
    let json: serde_json::Value = serde_json::from_str(&output).unwrap();
    let rows: u64 = json["rows"].as_array().unwrap().iter().map(|of| of["rows"].as_u64().unwrap()).sum();
    assert_eq!(rows, 1_000_000);
    assert!(most < 150_000, "{most} kB");
    assert!(begun.elapsed().as_secs() < 120);
}

/// The largest memory that a process has had [kB], where the system tells.
fn peak(status: &str) -> Option<u64> {
    let status = fs::read_to_string(status).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

// ---- webhooks -------------------------------------------------------------------------------------------------

const FLAGGED: [&str; 6] =
    ["--start-tier", "100K", "--zone", "Europe/Madrid", "--until", "2024-01-16 12:00:00"];

#[test]
fn changes_have_the_published_shapes() {
    let workshop = Workshop::with_log("webhooks", shipped("flagged.csv"));
    let output = workshop.replay(&[&FLAGGED[..], &["--webhooks"]].concat());
    assert_eq!(text(&output.stdout), shipped("flagged.jsonl"));
    let notes = text(&output.stderr);
    assert!(notes.contains("left out: 1 x ratings of numbers; no shape is published"), "{notes}");
    assert!(notes.contains("Read: 6 rows."), "{notes}");
    for (log, ruleset, start) in [
        ("portfolio", "platform-2025-10", &[][..]),
        ("template-flagged", "classic-2022", &["--start-tier", "10,000"]),
        ("half-limit", "platform-2023", &["--start-tier", "1K"]),
    ] {
        let workshop = Workshop::with_log(&format!("webhooks-{log}"), shipped(&format!("{log}.csv")));
        let arguments = [&["log.csv", "--ruleset", ruleset, "--webhooks", "-q"], start].concat();
        let output = workshop.command(&arguments).output().unwrap();
        assert_eq!(text(&output.stdout), shipped(&format!("{log}.jsonl")));
        assert!(output.stderr.is_empty());
    }
}

/// The keys of a JSON text in the order in which they stand.
fn keys(json: &str) -> Vec<&str> {
    json.split('"')
        .zip(json.split('"').skip(1))
        .filter(|(_, after)| after.starts_with(':'))
        .map(|(key, _)| key)
        .collect()
}

/// The published examples of these webhooks.
const PUBLISHED: [&str; 7] = [
    r#"{"display_phone_number":"124545784358810","event":"FLAGGED","current_limit":"TIER_10K"}"#,
    r#"{"display_phone_number":"16505551111","event":"ONBOARDING","old_limit":"TIER_NOT_SET","current_limit":"TIER_250","max_daily_conversations_per_business":"TIER_250"}"#,
    r#"{"event":"APPROVED","message_template_id":1689556908129832,"message_template_name":"order_confirmation","message_template_language":"en-US","reason":"NONE","message_template_category":"UTILITY"}"#,
    r#"{"event":"PAUSED","message_template_id":10545,"message_template_name":"testing_template","message_template_language":"en","reason":"NONE","other_info":{"title":"SECOND_PAUSE","description":"..."},"disable_info":{"disable_date":"1751234563"}}"#,
    r#"{"previous_quality_score":"GREEN","new_quality_score":"YELLOW","message_template_id":806312974732579,"message_template_name":"welcome_template","message_template_language":"en-US"}"#,
    r#"{"phone_number":"124545784358810","event":"VERIFIED_ACCOUNT"}"#,
    r#"{"max_daily_conversations_per_business":2000,"max_phone_numbers_per_waba":25}"#,
];

#[test]
fn every_webhook_has_the_keys_of_a_published_example_in_its_order() {
    let published = PUBLISHED.map(keys);
    for log in ["flagged", "portfolio", "template-flagged", "half-limit"] {
        for line in shipped(&format!("{log}.jsonl")).lines() {
            let all = keys(line);
            assert_eq!(all[..7], ["object", "entry", "id", "time", "changes", "field", "value"], "{line}");
            let mine = &all[7..];
            let is_part = |example: &Vec<&str>| {
                let mut rest = example.iter();
                mine.iter().all(|key| rest.any(|other| other == key))
            };
            assert!(published.iter().any(is_part), "{line}");
        }
    }
}

#[test]
fn what_is_foreseen_agrees_with_itself() {
    for (log, ruleset, start) in [
        ("flagged", "platform-2023", &FLAGGED[..]),
        ("portfolio", "platform-2025-10", &[]),
        ("template-flagged", "classic-2022", &["--start-tier", "10,000"]),
        ("half-limit", "platform-2023", &[]),
    ] {
        let workshop = Workshop::with_log(&format!("agrees-{log}"), shipped(&format!("{log}.csv")));
        let arguments = [&["log.csv", "--ruleset", ruleset, "--webhooks"], start].concat();
        fs::write(workshop.0.join("events.jsonl"), workshop.command(&arguments).output().unwrap().stdout)
            .unwrap();
        let arguments = [&["log.csv", "--ruleset", ruleset, "--received", "events.jsonl"], start].concat();
        let output = workshop.command(&arguments).output().unwrap();
        let said = text(&output.stdout);
        assert_eq!(output.status.code(), Some(0), "{said}");
        assert!(said.contains("They agree."), "{said}");
    }
}

/// Compares a changed file of webhooks with the log of a number that is flagged and falls.
fn against(name: &str, change: impl Fn(&str) -> String, arguments: &[&str]) -> (Option<i32>, String) {
    let workshop = Workshop::with_log(name, shipped("flagged.csv"));
    fs::write(workshop.0.join("events.jsonl"), change(&shipped("flagged.jsonl"))).unwrap();
    let output = workshop.replay(&[&FLAGGED[..], &["--received", "events.jsonl"], arguments].concat());
    (output.status.code(), text(&output.stdout) + &text(&output.stderr))
}

#[test]
fn one_changed_line_is_found_and_said() {
    let limit = |events: &str| {
        events.replace(
            "\"DOWNGRADE\",\"current_limit\":\"TIER_10K\"",
            "\"DOWNGRADE\",\"current_limit\":\"TIER_1K\"",
        )
    };
    let (code, said) = against("other-limit", limit, &[]);
    assert_eq!(code, Some(1), "{said}");
    let first = "They first part on 2024-01-15 11:00:00, by number.flagged: received with another limit: number main \
                 DOWNGRADE TIER_1K, foreseen TIER_10K.";
    assert!(said.contains(first) && said.contains("(events.jsonl:11)"), "{said}");

    let without = |events: &str| {
        events
            .lines()
            .filter(|line| !line.contains("\"FIRST_PAUSE\""))
            .map(|line| format!("{line}\n"))
            .collect()
    };
    let (code, said) = against("not-received", without, &[]);
    assert_eq!(code, Some(1), "{said}");
    let first = "They first part on 2024-01-08 11:00:00, by template.paused: foreseen, not received: template winter PAUSED \
                 FIRST_PAUSE (Template winter is Paused until Mon 8 Jan 2024 14:00).";
    assert!(said.contains(first), "{said}");

    let upgrade = r#"{"field":"phone_number_quality_update","value":{"display_phone_number":"main","event":"UPGRADE","current_limit":"UNLIMITED"},"time":1704790800}"#;
    let (code, said) = against("not-foreseen", |events| format!("{events}{upgrade}\n{upgrade}\n"), &[]);
    assert_eq!(code, Some(1), "{said}");
    let first = "They first part on 2024-01-09 10:00:00, by upgrade.verification or upgrade.reach or upgrade.volume: \
                 received, not foreseen: number main UPGRADE TIER_UNLIMITED.";
    assert!(said.contains(first) && said.contains("1 received twice"), "{said}");
}

#[test]
fn times_agree_within_the_tolerance() {
    let later = |events: &str| events.replace("\"time\":1704708000", "\"time\":1704711000");
    assert_eq!(against("tolerant", later, &[]).0, Some(0));
    let (code, said) = against("strict", later, &["--tolerance", "30m"]);
    assert_eq!(code, Some(1), "{said}");
    assert!(
        said.contains(
            "within 30m:\n  6 as foreseen, 0 with another limit, 2 received and not foreseen, 2 foreseen"
        ),
        "{said}"
    );
}

#[test]
fn webhooks_that_cannot_be_read_are_told_with_line_and_column() {
    let broken = |_: &str| "\n{\"entry\":[{\"time\":17}\n".to_owned();
    let (code, said) = against("broken", broken, &[]);
    assert_eq!(code, Some(2), "{said}");
    assert!(
        said.contains("--> events.jsonl:2:21") && said.contains("each line is one object of JSON"),
        "{said}"
    );
    for (name, line, message) in [
        ("bare", r#"{"field":"phone_number_quality_update","value":{"event":"FLAGGED"}}"#, "has no time"),
        (
            "ms",
            r#"{"time":1704708000000,"field":"phone_number_quality_update","value":{"event":"FLAGGED"}}"#,
            "in milliseconds",
        ),
        (
            "no-event",
            r#"{"time":1704708000,"field":"phone_number_quality_update","value":{}}"#,
            "has no `event`",
        ),
        ("other", r#"{"hello":1}"#, "it has neither `entry` nor `field`"),
        ("control", "{\"time\":\u{1}}", "each line is one object of JSON"),
        ("list", r#"[1]"#, "it has neither `entry` nor `field`"),
        (
            "no-limit",
            r#"{"time":1704708000,"field":"business_capability_update","value":{}}"#,
            "tells no limit",
        ),
    ] {
        let (code, said) = against(name, |_| format!("{line}\n"), &[]);
        assert_eq!(code, Some(2), "{said}");
        assert!(said.contains(message) && said.contains("events.jsonl:1:"), "{said}");
    }
    let messages = |events: &str| {
        format!(
            "{{\"entry\":[{{\"id\":\"1\",\"changes\":[{{\"field\":\"messages\",\"value\":{{}}}}]}}]}}\n{events}"
        )
    };
    let (code, said) = against("messages", messages, &[]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("  1 messages\n"), "{said}");
}

/// A log in which nothing happens, against what was received: exit code, and all that is said without line breaks.
fn quiet_against(name: &str, events: &str, arguments: &[&str]) -> (Option<i32>, String) {
    let log = "time,kind,count,number,template\n2024-03-04T09:00:00Z,sent,50,1,a\n";
    let workshop = Workshop::with_log(name, log);
    fs::write(workshop.0.join("events.jsonl"), events).unwrap();
    let output =
        workshop.replay(&[&["--received", "events.jsonl", "--start-tier", "10K"], arguments].concat());
    (output.status.code(), text(&output.stdout).split_whitespace().collect::<Vec<_>>().join(" "))
}

#[test]
fn what_was_not_compared_does_not_agree() {
    let none = "No event of events.jsonl that rules can foresee lies within the time of the log, Mon 4 Mar 2024 to Mon \
                4 Mar 2024. Nothing was compared: it is open whether they agree.";
    for (name, events) in [("no-events", ""), ("other-dates", &shipped("flagged.jsonl"))] {
        let (code, said) = quiet_against(name, events, &[]);
        assert_eq!(code, Some(3), "{said}");
        assert!(said.contains(none) && !said.contains("They agree"), "{said}");
    }
    // Nothing of what was foreseen came: that is a difference, and the reader is told that the dates are others.
    let (code, said) = against("other-year", |_| String::new(), &[]);
    assert_eq!(code, Some(1), "{said}");
    assert!(
        said.contains("lies within the time of the log") && !said.contains("Nothing was compared"),
        "{said}"
    );
    // Events of the day that no rule compares leave it open, too.
    let start = r#"{"field":"phone_number_quality_update","value":{"display_phone_number":"1","event":"ONBOARDING","current_limit":"TIER_10K"},"time":1709542800}"#;
    let (code, said) = quiet_against("not-comparable", start, &[]);
    assert_eq!(code, Some(3), "{said}");
    assert!(!said.contains("lies within") && said.contains("Nothing was compared"), "{said}");
}

#[test]
fn a_comparison_tells_what_it_takes_for_granted() {
    let start = "the number begins at tier 10K (given), Connected, without a rating; the business begins not verified";
    let (_, said) = quiet_against("compare-notes", "", &[]);
    assert!(said.contains("Taken for granted, and seen in the log: ") && said.contains(start), "{said}");
    let (_, brief) = quiet_against("compare-brief", "", &["--quiet"]);
    assert!(!brief.contains("Taken for granted"), "{brief}");
    let (code, said) = quiet_against("compare-json", "", &["--json"]);
    assert_eq!(code, Some(3));
    let json: serde_json::Value = serde_json::from_str(&said).unwrap();
    assert_eq!((&json["log"], &json["ruleset"]), (&"log.csv".into(), &"platform-2023".into()));
    assert_eq!((&json["within"], &json["notes"][0]), (&0.into(), &start.into()));
}

#[test]
fn a_library_user_can_do_the_same() {
    let log = shipped("half-limit.csv");
    let ruleset = fs::read_to_string(common::folder().join(PLATFORM)).unwrap();
    let ruleset = changed_ruleset(Document::new("platform-2023.ron", ruleset), &[]).unwrap();
    let reading = Reading::new("half-limit.csv", None).unwrap();
    let read = Log::read(&reading, log.as_bytes()).unwrap();
    let start = Start { tier: Some("1K".to_owned()), ..Start::default() };
    let replay = Replay::run(&reading, &read, log.as_bytes(), &ruleset, &start).unwrap();
    let foreseen = webhooks::foresee(&replay);
    assert!(foreseen.webhooks.iter().any(|webhook| webhook.line().contains("\"event\":\"UPGRADE\"")));
    let another = log.replace("10:00:00Z", "10:00:01Z");
    let changed = Replay::run(&reading, &read, another.as_bytes(), &ruleset, &start);
    assert!(changed.is_err_and(|error| error.to_string().contains("changed while it was read")));
}
