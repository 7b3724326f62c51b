//! `tune` as a person meets it: a known best is found, what is found runs, what is wrong is said, what was interrupted
//! goes on.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// A short campaign to people of whom nobody ever complains: what is reached when follows by arithmetic.
const CALM: &str = r#"// My campaign.
Scenario(
    title: "A calm list",
    start: "2022-03-07",
    zone: "UTC",
    horizon: "12d",
    replications: 100,
    seed: 5,
    platform: (
        ruleset: "classic-2022",
        numbers: { "main": (tier: "1,000") },
        templates: { "offer": (category: Marketing) },
        verification: Done,
    ),
    audience: (
        segments: {
            "all": (
                customers: 100_000, profile: "own.ron", rest: "1d",
                chances: {
                    "delivered": Fixed(1), "block": Fixed(0), "report": Fixed(0), "stop": Fixed(0), "mute": Fixed(0),
                    "archive": Fixed(0),
                },
            ),
        },
    ),
    sender: (
        number: "main",
        segment: "all",
        templates: ["offer"],
        plan: Constant(a_day: 600),       // what we did last year
        hours: (from: "09:00", to: "17:00"),
        weekdays: every_day,
    ),
)
"#;

/// A folder of its own for one test, with the calm campaign and a short first climb in it.
fn workshop(name: &str) -> PathBuf {
    let folder = common::workshop(name);
    let shipped = |file: &str| Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(file);
    fs::write(folder.join("calm.ron"), CALM).unwrap();
    fs::copy(shipped("audiences/opted-in-marketing.ron"), folder.join("own.ron")).unwrap();
    let climb = fs::read_to_string(shipped("first-climb.ron")).unwrap();
    let climb = climb.replace("\"opted-in-marketing\"", "\"own.ron\"").replace("\"60d\"", "\"16d\"");
    // What is expected of two months does not fit a fortnight.
    let climb = &climb[..climb.find("    // What `tiercast check").unwrap()];
    fs::write(folder.join("climb.ron"), format!("{climb})\n")).unwrap();
    folder
}

fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut tool = Command::new(env!("CARGO_BIN_EXE_tiercast"));
    tool.current_dir(folder).env("COLUMNS", "100").env_remove("TIERCAST_SEED").env_remove("TIERCAST_THREADS");
    tool.env("TIERCAST_CACHE", folder.join("kept")).args(arguments);
    tool
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[track_caller]
fn tune(folder: &Path, arguments: &[&str]) -> String {
    let output = command(folder, &[&["tune"], arguments].concat()).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    text(&output.stdout)
}

fn page(folder: &Path, out: &str) -> Value {
    serde_json::from_slice(&fs::read(folder.join(out).join("tuning.json")).unwrap()).unwrap()
}

/// The files of a result folder with what they hold.
fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut all: Vec<_> = entries
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read(&path).unwrap()))
        .collect();
    all.sort();
    all
}

/// More than twice the limit within seven days lifts it two days later. 1,000 a day are the limit of each day: with the
/// first slot of Wednesday, at 09:00, more than 2,000 were sent, and the next limit is held on Friday at 09:00, after 4
/// days and 9 hours. 700 a day need until 15:00 on Wednesday, 600 until 11:00 on Thursday, and so on.
#[test]
fn a_best_that_follows_by_arithmetic_is_found() {
    let folder = workshop("arithmetic");
    let vary = "sender.plan.a_day=[250, 400, 500, 700, 1000]";
    let arguments = ["calm.ron", "--vary", vary, "--objective", "days_to_10K", "--matters", "30m"];
    let said = tune(&folder, &[&arguments[..], &["--budget", "2000", "--out", "out"]].concat());
    let page = page(&folder, "out");
    assert_eq!(page["chosen"]["values"][0][1], "1000", "{page:#}");
    assert_eq!((&page["guarantee"]["holds"], &page["complete"]), (&Value::from(true), &Value::from(true)));
    let gain = &page["confirmation"]["gains"][0];
    assert_eq!(gain["found"].as_f64(), Some(4.375), "{gain:#}");
    assert!(gain["difference"].as_f64().unwrap() < -1.0 && gain["better"] == "found", "{gain:#}");
    for words in ["Guarantee", "With 95.0 % probability no other", "30 minutes", "1000"] {
        assert!(said.contains(words), "{words}\n{said}");
    }
}

/// `best.ron` is what the author wrote, comments and all, with what was found; it finds its files, and a run of it is
/// the confirmation.
#[test]
fn what_is_found_runs_and_is_what_was_confirmed() {
    let folder = workshop("best");
    let vary = ["--vary", "sender.plan.a_day=200..1000", "--objective", "days_to_10K", "--budget", "2000"];
    tune(&folder, &[&["calm.ron", "--out", "deep/out", "--seed", "8"][..], &vary].concat());
    let out = folder.join("deep/out");
    let best = fs::read_to_string(out.join("best.ron")).unwrap();
    assert!(best.starts_with("// Tuned: days_to_10,000 as small as can be."), "{best}");
    for kept in ["// My campaign.", "// what we did last year", "profile: \"../../own.ron\"", "seed: 8"] {
        assert!(best.contains(kept), "{kept}\n{best}");
    }
    let page = page(&folder, "deep/out");
    let value = page["chosen"]["values"][0][1].as_str().unwrap();
    assert!(best.contains(&format!("plan: Constant(a_day: {value})")), "{value}\n{best}");
    let n = page["confirmation"]["n"].as_u64().unwrap().to_string();
    let run = command(&out, &["run", "best.ron", "-n", &n, "--out", "run", "--quiet"]).output().unwrap();
    assert_eq!(run.status.code(), Some(0), "{}", text(&run.stderr));
    for same in ["schedule.csv", "volume.svg"] {
        let read = |folder: &Path| fs::read(folder.join(same)).unwrap();
        if same == "schedule.csv" {
            assert!(read(&out) == read(&out.join("run")), "{same}");
        } else {
            assert!(!read(&out).is_empty());
        }
    }
}

/// A condition that the fast settings break: what is chosen is shown to keep it, on fresh runs too.
#[test]
fn a_condition_is_kept_or_it_is_said_loudly() {
    let folder = workshop("condition");
    let base =
        ["climb.ron", "--vary", "sender.plan.share=10%..100%", "--objective", "max:sent", "--budget", "2500"];
    let said =
        tune(&folder, &[&base[..], &["--subject-to", "flagged < 60% with 90%", "--out", "fit"]].concat());
    let fit = page(&folder, "fit");
    assert_eq!(fit["chosen"]["keeps_conditions"], true, "{fit:#}");
    assert!(said.contains("Conditions") && said.contains("shown"), "{said}");
    let table = fs::read_to_string(folder.join("fit/candidates.csv")).unwrap();
    let head: Vec<&str> = table.lines().next().unwrap().split(',').collect();
    assert_eq!(head[..6], ["candidate", "origin", "fate", "round", "sender.plan.share", "runs"]);
    assert_eq!(table.lines().count() as u64, 1 + fit["settings_tried"].as_u64().unwrap());

    // The best of the other condition breaks this one, and does not stay beside what is told now.
    assert!(folder.join("fit/best.ron").exists());
    let said = tune(&folder, &[&base[..], &["--subject-to", "sent > 10M", "--out", "fit"]].concat());
    assert!(said.contains("NO SETTING THAT WAS TRIED IS SHOWN TO KEEP THE CONDITIONS"), "{said}");
    assert!(folder.join("fit/nearest.ron").exists() && !folder.join("fit/best.ron").exists());
}

/// Prices of this era are not known in Brazil: nothing can be shown of a cost that counts them as nothing.
#[test]
fn a_condition_on_a_cost_that_is_not_known_is_refused() {
    let folder = workshop("unpriced");
    let climb = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/first-climb.ron").display().to_string();
    let era = "platform.ruleset=platform-2025-10;start=2025-11-03;horizon=4d;platform.numbers.main.tier=250;\
               platform.market=Brazil";
    let era: Vec<&str> = era.split(';').flat_map(|change| ["--set", change]).collect();
    let ask =
        ["--vary", "sender.plan.share=[50%, 100%]", "--objective", "sent", "--subject-to", "cost < 900"];
    let ask = [&["tune", &climb][..], &era, &ask, &["--out", "none"]].concat();
    let output = command(&folder, &ask).output().unwrap();
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}{}", text(&output.stdout));
    assert!(
        said.contains("the cost of this scenario is not known") && said.contains("platform.market"),
        "{said}"
    );
    assert!(!folder.join("none").exists());
}

#[test]
fn threads_and_the_cache_change_no_byte() {
    let folder = workshop("bytes");
    let ask = [
        "climb.ron",
        "--vary",
        "sender.plan.share=20%..100%",
        "--objective",
        "days_to_10K",
        "--budget",
        "2000",
    ];
    for (out, more) in
        [("one", ["--threads", "1"]), ("three", ["--threads", "3"]), ("again", ["--threads", "2"])]
    {
        tune(&folder, &[&ask[..], &["--out", out], &more].concat());
    }
    tune(&folder, &[&ask[..], &["--out", "fresh", "--no-cache", "--threads", "3"]].concat());
    let one = files(&folder.join("one"));
    for out in ["three", "again", "fresh"] {
        assert!(files(&folder.join(out)) == one, "{out}");
    }
    for name in ["best.ron", "schedule.csv", "front.png", "rounds.svg", "settings.png", "volume.png"] {
        assert!(one.iter().any(|(file, _)| file == name), "{name}");
    }
}

/// Interrupted in the middle: exit 130, what is known is written, and the same command ends with the bytes of a search
/// that nobody interrupted.
#[cfg(unix)]
#[test]
fn what_was_interrupted_goes_on() {
    let folder = workshop("ctrl-c");
    let ask = ["tune", "climb.ron", "--vary", "sender.plan.share=20%..100%", "--objective", "days_to_10K"];
    let ask = [&ask[..], &["--budget", "8000", "--quiet", "--threads", "1"]].concat();
    let child = command(&folder, &[&ask[..], &["--out", "part"]].concat())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    // From here it is a moment until it listens.
    while !folder.join("part").exists() {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    std::thread::sleep(std::time::Duration::from_millis(1_000));
    let id = child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    let output = child.wait_with_output().unwrap();
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(130), "{said}");
    // Runs that were never made are not counted anywhere.
    let (told, runs) = (text(&output.stdout), page(&folder, "part")["runs"]["in_all"].as_u64().unwrap());
    let runs = tiercast::glossary::grouped(runs);
    assert!(told.contains(&format!("{runs} runs in all")), "{told}");
    let words = told.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains(&format!("{runs} runs of a budget")), "{told}");
    assert!(said.contains("the same command goes on from there"), "{said}");
    assert_eq!(page(&folder, "part")["complete"], false);
    assert!(folder.join("part/candidates.csv").exists() && !folder.join("part/best.ron").exists());
    for (out, more) in [("on", &[][..]), ("fresh", &["--no-cache"])] {
        let output = command(&folder, &[&ask[..], &["--out", out], more].concat()).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    }
    assert!(files(&folder.join("on")) == files(&folder.join("fresh")));
}

/// A time becomes runs once; asking again takes the same number.
#[test]
fn a_time_is_turned_into_runs_and_said() {
    let folder = workshop("time");
    let ask = [
        "climb.ron",
        "--vary",
        "sender.plan.share=[50%, 100%]",
        "--objective",
        "days_to_10K",
        "--budget",
        "12s",
    ];
    let said = tune(&folder, &[&ask[..], &["--out", "first"]].concat());
    assert!(said.contains("The time was measured once"), "{said}");
    tune(&folder, &[&ask[..], &["--out", "again"]].concat());
    assert_eq!(page(&folder, "first")["plan"], page(&folder, "again")["plan"]);
    assert!(files(&folder.join("first")) == files(&folder.join("again")));
}

#[test]
fn what_is_wrong_is_said_and_nothing_is_written() {
    let folder = workshop("wrong");
    let share = ["--vary", "sender.plan.share=20%..100%"];
    let days = ["--objective", "days_to_10K"];
    for (arguments, says) in [
        (vec!["--vary", "sender.plan.shar=20%..100%", days[0], days[1]], "`shar`"),
        (vec!["--vary", "sender.plan.share=1..3", days[0], days[1]], ""),
        (vec!["--vary", "sender.plan.share=1h..3h", days[0], days[1]], "a span of time cannot stand there"),
        (vec!["--vary", "sender.plan.share=90%..20%", days[0], days[1]], ""),
        (vec!["--vary", "sender.plan.share=[]", days[0], days[1]], ""),
        (vec!["--vary", "upgrade.volume.review=1h..9h", days[0], days[1]], "nobody who sends can choose it"),
        (vec!["--vary", "horizon=20d..90d", days[0], days[1]], "the question itself"),
        (vec![share[0], share[1], share[0], share[1], days[0], days[1]], "varied twice"),
        (vec![share[0], share[1], "--objective", "days_to_11K"], "did you mean `days_to_1,000`?"),
        (vec![share[0], share[1], "--objective", "least:sent"], "no direction"),
        (
            vec![share[0], share[1], days[0], days[1], "--subject-to", "flaged < 5%"],
            "did you mean `flagged`?",
        ),
        (
            vec![
                share[0],
                share[1],
                days[0],
                days[1],
                "--subject-to",
                "flagged < 5%",
                "--subject-to",
                "flagged > 10%",
            ],
            "no setting keeps both `flagged < 5%` and `flagged > 10%`",
        ),
        (vec![share[0], share[1], days[0], days[1], "--risk", "flag"], "there is no metric `flag`"),
        (vec![share[0], share[1], days[0], days[1], "--budget", "30"], "at least --budget"),
        (vec![share[0], share[1], days[0], days[1], "--budget", "some"], "expected runs such as 20000"),
        (vec![share[0], share[1], days[0], days[1], "--confidence", "120%"], "50% to 99.99%"),
        (vec![days[0], days[1]], "--vary"),
        // Nobody is ever unlimited within a fortnight.
        (
            vec![share[0], share[1], "--objective", "days_to_unlimited", "--budget", "2000"],
            "is 16 in every run of each of",
        ),
    ] {
        let all = [&["tune", "climb.ron", "--out", "out"][..], &arguments].concat();
        let output = command(&folder, &all).output().unwrap();
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
        assert!(said.contains(says), "{arguments:?}: {said}");
        assert!(output.stdout.is_empty() && !folder.join("out").exists(), "{arguments:?}");
    }
}
