//! Results that are kept: asking again gives the same bytes, more only adds, nothing stale or damaged is used, and what
//! was interrupted goes on.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A folder of its own for one test, with the shipped first climb in it.
fn workshop(name: &str) -> PathBuf {
    let folder = common::workshop(name);
    let shipped = |file: &str| Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(file);
    let text = fs::read_to_string(shipped("first-climb.ron")).unwrap();
    fs::write(folder.join("plan.ron"), text.replace("\"opted-in-marketing\"", "\"own.ron\"")).unwrap();
    fs::copy(shipped("audiences/opted-in-marketing.ron"), folder.join("own.ron")).unwrap();
    folder
}

fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut tool = Command::new(env!("CARGO_BIN_EXE_tiercast"));
    tool.current_dir(folder).env("COLUMNS", "100").env_remove("TIERCAST_SEED").env_remove("TIERCAST_THREADS");
    tool.env("TIERCAST_CACHE", folder.join("kept")).args(arguments);
    tool
}

#[track_caller]
fn run(folder: &Path, arguments: &[&str]) -> Output {
    let output = command(folder, arguments).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    output
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

fn kept(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder.join("kept")).into_iter().flatten();
    entries.map(|entry| entry.unwrap().path()).collect()
}

/// `--precision` ends at the same look, with the same bytes, on one thread and on three, whatever was kept before; and
/// the look is a run with so many replications.
#[test]
fn a_precision_is_reached_at_the_same_look_whatever_is_kept() {
    for (name, ask, half_width, metric) in [
        ("run", &["run", "plan.ron"][..], "3%", &["--metric", "reached_1,000"][..]),
        ("compare", &["compare", "plan.ron", "--variant", "half: sender.plan.share=50%"], "4%", &[]),
        (
            "sweep",
            &["sweep", "plan.ron", "--vary", "sender.plan.share=40%..100%:3"],
            "6h",
            &["--metric", "days_to_1000"],
        ),
    ] {
        let folder = workshop(&format!("precision-{name}"));
        // What a sweep is told by is no part of its precision.
        let told = if name == "sweep" { metric } else { &[] };
        let asked = |runs: &[&str], out: &str, more: &[&str]| {
            let common = ["--set", "horizon=10d", "--out", out];
            let output = run(&folder, &[ask, &common, runs, more].concat());
            String::from_utf8(output.stdout).unwrap()
        };
        let until = [&["--precision", half_width][..], metric].concat();
        let exactly = |runs: &'static str| [&["-n", runs][..], told].concat();
        let said = asked(&until, "fresh", &["--no-cache", "--threads", "1"]);
        let sentence = said.lines().find(|line| line.contains("are enough for")).expect("it is told");
        let runs: &'static str = sentence.split(' ').next().unwrap().replace(',', "").leak();
        assert!((300..=2_000).contains(&runs.parse::<u64>().unwrap()), "{sentence}");
        asked(&exactly("3000"), "more", &[]);
        asked(&exactly("250"), "fewer", &[]);
        assert!(asked(&until, "again", &["--threads", "3"]).contains(sentence), "{name}");
        asked(&exactly(runs), "plain", &["--no-cache"]);
        let fresh = files(&folder.join("fresh"));
        assert!(fresh == files(&folder.join("again")), "{name}: what was kept changes the result");
        assert!(fresh == files(&folder.join("plain")), "{name}: it is no run of {runs}");
        let said = asked(&until, "few", &["-n", "200"]);
        assert!(said.contains("are not enough for "), "{said}");
    }
}

#[test]
fn more_replications_only_add_and_give_the_same_bytes() {
    for (name, ask) in [
        ("run", &["run", "plan.ron"][..]),
        ("compare", &["compare", "plan.ron", "--variant", "half: sender.plan.share=50%"]),
    ] {
        let folder = workshop(name);
        let run = |more: &[&str]| run(&folder, &[ask, more].concat());
        run(&["-n", "70", "--out", "first"]);
        assert_eq!(kept(&folder).len(), 1);
        run(&["-n", "150", "--out", "more"]);
        run(&["-n", "150", "--out", "again"]);
        assert_eq!(kept(&folder).len(), 2, "the second asking ran something");
        run(&["-n", "150", "--out", "fresh", "--no-cache"]);
        assert_eq!(kept(&folder).len(), 2, "--no-cache kept something");
        let fresh = files(&folder.join("fresh"));
        assert!(
            fresh.len() > 5 && files(&folder.join("more")) == fresh && files(&folder.join("again")) == fresh
        );
        // Fewer than were ever kept: computed again, not cut out of more.
        run(&["-n", "64", "--out", "few"]);
        run(&["-n", "64", "--out", "few-fresh", "--no-cache"]);
        assert!(files(&folder.join("few")) == files(&folder.join("few-fresh")));
    }
}

#[test]
fn a_file_that_a_scenario_names_is_part_of_the_question() {
    let folder = workshop("named");
    let ask = ["run", "plan.ron", "-n", "64", "--json"];
    let before = run(&folder, &ask).stdout;
    assert!(run(&folder, &ask).stdout == before);
    let profile = fs::read_to_string(folder.join("own.ron")).unwrap();
    assert!(profile.contains("delivered: (prior: Fixed(0.95)"), "{profile}");
    fs::write(
        folder.join("own.ron"),
        profile.replace("delivered: (prior: Fixed(0.95)", "delivered: (prior: Fixed(0.75)"),
    )
    .unwrap();
    let after = run(&folder, &ask).stdout;
    assert!(after != before, "a stale answer");
    assert!(run(&folder, &["run", "plan.ron", "-n", "64", "--json", "--no-cache"]).stdout == after);
    assert!(run(&folder, &["run", "plan.ron", "-n", "64", "--json", "--seed", "9"]).stdout != after);
}

#[test]
fn what_is_damaged_or_gone_is_computed_again() {
    let folder = workshop("damaged");
    let ask = ["run", "plan.ron", "-n", "64", "--json"];
    let whole = run(&folder, &ask).stdout;
    let [file] = &kept(&folder)[..] else { panic!("one file is kept") };
    let bytes = fs::read(file).unwrap();
    let mut other = bytes.clone();
    other[bytes.len() / 2] ^= 1;
    for damaged in [&other[..], &bytes[..bytes.len() - 1], &bytes[..20], b""] {
        fs::write(file, damaged).unwrap();
        assert!(run(&folder, &ask).stdout == whole);
    }
    fs::remove_dir_all(folder.join("kept")).unwrap();
    assert!(run(&folder, &ask).stdout == whole);
}

#[test]
fn a_folder_that_cannot_be_written_is_only_a_note() {
    let folder = workshop("unwritable");
    fs::write(folder.join("kept"), "a file where the folder should be").unwrap();
    let output = run(&folder, &["run", "plan.ron", "-n", "10", "--json"]);
    assert!(String::from_utf8_lossy(&output.stderr).contains("not kept for the next time"));
}

/// Interrupted in the middle: exit 130, what was finished is written and marked, and the same command goes on from
/// there to the bytes of a run that nobody interrupted.
#[cfg(unix)]
#[test]
fn what_was_interrupted_goes_on() {
    for (name, ask, page) in [
        ("ctrl-c-run", &["run", "plan.ron"][..], "summary.json"),
        (
            "ctrl-c-compare",
            &["compare", "plan.ron", "--variant", "half: sender.plan.share=50%"],
            "comparison.json",
        ),
    ] {
        let folder = workshop(name);
        let mut child = command(&folder, &[ask, &["-n", "1000000", "--out", "part", "--quiet"]].concat())
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        std::thread::sleep(std::time::Duration::from_millis(2_500));
        let id = child.id().to_string();
        assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
        let output = child.wait().map(|status| (status.code(), child.stderr.take())).unwrap();
        let mut said = String::new();
        std::io::Read::read_to_string(&mut output.1.unwrap(), &mut said).unwrap();
        assert_eq!(output.0, Some(130), "{said}");
        assert!(said.contains("the same command goes on from there"), "{said}");
        let read = |out: &str| -> serde_json::Value {
            serde_json::from_slice(&fs::read(folder.join(out).join(page)).unwrap()).unwrap()
        };
        let part = read("part");
        let done = part["replications"].as_u64().unwrap();
        assert!(part["complete"] == false && done % 64 == 0 && done > 0, "{part:#}");
        let all = (done + 70).to_string();
        run(&folder, &[ask, &["-n", &all, "--out", "on"]].concat());
        assert_eq!(read("on")["complete"], true);
        run(&folder, &[ask, &["-n", &all, "--out", "fresh", "--no-cache"]].concat());
        assert!(files(&folder.join("on")) == files(&folder.join("fresh")), "{name}");
    }
}
