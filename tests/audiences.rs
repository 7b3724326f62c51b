//! Behaviour profiles as a planner meets them: what one send leads to, in numbers, words and pictures.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use std::fs;
use std::num::NonZeroUsize;
use std::path::Path;
use std::process::{Command, Output};

use common::workshop;
use tiercast::audience::{Behavior, profile_document, profile_names};
use tiercast::document::Document;
use tiercast::experiment::{Aftermath, AftermathCurve, Threads};
use tiercast::random::maths::sqrt;
use tiercast::random::quantile::log_logistic_cdf;
use tiercast::report::audiences::{Told, picture};
use tiercast::sim::{FOLLOWED, LAST_HOUR, Metric, OneSend};

/// A behaviour in which nothing happens, but for these chances.
fn still(chances: &[(&str, f64)]) -> Behavior {
    let text = fs::read_to_string(common::folder().join(common::STILL)).unwrap();
    let mut behavior = Behavior::read(&Document::new("still", text)).unwrap();
    for (name, chance) in chances {
        let name = tiercast::audience::RateName::named(name).unwrap();
        behavior.rate_mut(name).prior = ron::from_str(&format!("Fixed({chance})")).unwrap();
    }
    behavior
}

fn shipped(name: &str) -> Behavior {
    Behavior::read(&profile_document(name).unwrap()).unwrap()
}

fn after(behavior: &Behavior, replications: u64, threads: usize) -> Aftermath {
    let threads = Threads::Exactly(NonZeroUsize::new(threads).unwrap());
    let send = OneSend::new(behavior.clone(), 10_000).unwrap();
    Aftermath::run(&send, 1, replications, threads).unwrap()
}

fn curve(after: &Aftermath, metric: Metric) -> &AftermathCurve {
    after.curves.iter().find(|curve| curve.metric == metric).unwrap()
}

// ---------------------------------------------------------------------------------------------------------
// Numbers

#[test]
fn what_is_certain_is_counted_exactly() {
    // Everybody reads and reports; half of the reports come at once, the others after 3 h, in every future.
    let behavior = still(&[("read", 1.0), ("report", 1.0)]);
    let after = after(&behavior, 50, 1);
    assert_eq!(after.curves.iter().map(|curve| curve.metric).collect::<Vec<_>>(), FOLLOWED);
    for curve in &after.curves {
        let last = match curve.metric {
            Metric::Delivered | Metric::Read | Metric::Reported => 10_000,
            _ => 0,
        };
        let reported = curve.metric == Metric::Reported;
        assert_eq!((curve.mean.len(), curve.p05.len(), curve.p95.len()), (193, 193, 193));
        for hour in (0..=LAST_HOUR).filter(|hour| !reported || *hour >= 3) {
            let mean = curve.mean[hour];
            let seen = (mean.mean, mean.half_width, curve.p05[hour], curve.p95[hour]);
            assert_eq!(seen, (last as f64, Some(0.0), last, last), "{:?}, hour {hour}", curve.metric);
        }
    }
    // Before that it is a coin for each: 5,000 with a standard deviation of 50.
    let reported = curve(&after, Metric::Reported);
    for hour in 0..3 {
        assert!((reported.mean[hour].mean - 5_000.0).abs() < 5.0 * 50.0 / sqrt(50.0));
        assert!((4_850..5_000).contains(&reported.p05[hour]) && (5_001..5_150).contains(&reported.p95[hour]));
    }
}

#[test]
fn nobody_who_is_not_reached_reacts() {
    let mut behavior = still(&[("delivered", 0.0), ("read", 1.0), ("block", 0.5)]);
    for whom in ["message", "customer"] {
        behavior.undeliverable.value = ron::from_str(whom).unwrap();
        let after = after(&behavior, 3, 1);
        assert!(after.curves.iter().all(|curve| curve.p95[LAST_HOUR] == 0), "{whom}");
    }
}

/// Fixed chances, a named law of delays: the mean hour by hour is arithmetic.
#[test]
fn means_follow_the_law_of_delays() {
    let after = after(&shipped("opted-in-marketing"), 1_000, 2);
    let ages = [0, 1, 2, 3, 4, 6, 8, 12, 16, 24, 36, 48, 72, 96, 120, 168, 192];
    for (metric, chance, median) in [(Metric::Read, 0.70, 10.0 * 60.0), (Metric::Replied, 0.102, 47.0 * 60.0)]
    {
        let curve = curve(&after, metric);
        for hour in 0..=LAST_HOUR {
            // At an age comes what the law has until the next age.
            let row = ages[..16].iter().rposition(|age| *age <= hour).unwrap();
            let share = log_logistic_cdf(ages[row + 1] as f64 * 3_600.0, median, 0.64);
            let p = 0.95 * chance * share;
            let error = sqrt(10_000.0 * p * (1.0 - p) / 1_000.0);
            let found = curve.mean[hour].mean;
            // 386 tests of one in a hundred million.
            assert!((found - 10_000.0 * p).abs() < 5.7 * error, "{metric:?}, hour {hour}: {found}, {p}");
        }
    }
}

/// How many answer, by profile: the published mean, and the ends between which nine in ten beliefs lie.
#[test]
fn answers_are_as_often_as_published() {
    let published = [
        ("wanted-utility", 0.73, [0.5, 0.8]),
        ("opted-in-marketing", 0.102, [0.08, 0.12]),
        ("survey", 0.12, [0.03, 0.15]),
        ("reactivation", 0.03, [0.02, 0.04]),
        ("cold-list", 0.056, [0.03, 0.06]),
    ];
    assert!(published.iter().map(|(name, ..)| *name).eq(profile_names()));
    for (name, mean, [least, most]) in published {
        let prior = shipped(name).reply.prior;
        assert!((prior.mean() - mean).abs() < 1e-12, "{name}: {}", prior.mean());
        let ends = [0.05, 0.95].map(|u| prior.quantile(u));
        assert!(least <= ends[0] && ends[1] < most + 1e-4, "{name}: {ends:?}");
    }
}

#[test]
fn curves_rise_and_bands_hold_them() {
    for name in profile_names() {
        for AftermathCurve { metric, mean, p05, p95 } in after(&shipped(name), 200, 1).curves {
            assert!(mean.windows(2).all(|pair| pair[0].mean <= pair[1].mean), "{name}, {metric:?}");
            assert!(p05.windows(2).all(|pair| pair[0] <= pair[1]), "{name}, {metric:?}");
            assert!(p05.iter().zip(&p95).all(|(low, high)| low <= high), "{name}, {metric:?}");
            assert!(
                (p05[LAST_HOUR]..=p95[LAST_HOUR]).contains(&(mean[LAST_HOUR].mean as u64)),
                "{name}, {metric:?}"
            );
            assert!(mean[LAST_HOUR].mean > 0.0, "{name}, {metric:?}");
        }
    }
}

#[test]
fn threads_change_nothing() {
    let behavior = shipped("survey");
    let one = after(&behavior, 130, 1);
    for threads in [2, 3, 8] {
        assert_eq!(after(&behavior, 130, threads), one, "{threads} threads");
    }
    let other = OneSend::new(behavior, 10_000).unwrap();
    assert_ne!(Aftermath::run(&other, 2, 130, Threads::ONE).unwrap().curves, one.curves, "the seed counts");
    assert_eq!(Aftermath::run(&other, 1, 0, Threads::ONE), None);
}

// ---------------------------------------------------------------------------------------------------------
// Words and pictures

#[test]
fn a_picture_says_what_the_numbers_say() {
    let mut behavior = still(&[("read", 1.0), ("stop", 0.25), ("block", 0.5)]);
    behavior.delivered.grade = 1;
    let numbers = after(&behavior, 20, 1);
    let drawing = picture("name", &behavior, &numbers);
    assert_eq!(drawing.name, "name");
    let start = "Of 10,000 messages 10,000 are read and 0 answered; 2,";
    assert!(drawing.title.starts_with(start), "{}", drawing.title);
    // Luck alone is no range worth a word.
    assert!(drawing.title.ends_with(" a block") && !drawing.title.contains("futures"), "{}", drawing.title);
    // Lines break where the width says so: the words between are looked for.
    for part in ["20 futures, seed 1", "Profile still", "inputs: 1 real counts, 27 assumed"] {
        assert!(drawing.svg.contains(part), "`{part}` is not in {}", drawing.svg);
    }
    // What is assumed has its mark, in the picture, under it and in its text.
    for (text, marked) in [("delivered", false), ("blocked", true), ("read", true)] {
        let named = |mark: &str| drawing.svg.contains(&format!(">{text}{mark}\u{a0}"));
        assert_eq!((named("*"), named("")), (marked, !marked), "{text}");
    }
    assert!(drawing.svg.contains("No platform publishes how many people block."));
    assert!(drawing.description.contains("delivered 10,000, read* 10,000, replied* 0, stopped* 2,"));
    let counted = still(&[]);
    let given = Behavior { block: tiercast::audience::Rate { grade: 1, ..counted.block.clone() }, ..counted };
    assert!(!picture("name", &given, &numbers).svg.contains("No platform publishes"));
}

#[test]
fn every_input_is_told_with_its_source() {
    for name in profile_names() {
        let behavior = shipped(name);
        let told = Told::of(&behavior, &after(&behavior, 5, 1));
        let inputs: Vec<_> = told.groups.iter().flat_map(|group| &group.inputs).collect();
        let text = profile_document(name).unwrap().text;
        let numbered = text.lines().filter(|line| !line.trim_start().starts_with("//"));
        assert_eq!(
            inputs.len(),
            numbered.map(|line| line.matches("grade: ").count()).sum::<usize>(),
            "{name}"
        );
        for input in inputs {
            assert!(text.contains(&format!("source: \"{}\"", input.source)), "{name}: {}", input.path);
            assert_eq!(input.assumed, input.grade == 0);
        }
    }
}

// ---------------------------------------------------------------------------------------------------------
// The tool

fn tool(folder: &Path, arguments: &[&str]) -> Output {
    let mut tool = Command::new(env!("CARGO_BIN_EXE_tiercast"));
    tool.current_dir(folder).env("COLUMNS", "110").env_remove("TIERCAST_SEED").env_remove("TIERCAST_THREADS");
    tool.args(arguments).output().unwrap()
}

#[track_caller]
fn answer(folder: &Path, arguments: &[&str]) -> String {
    let output = tool(folder, arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_list_is_told() {
    let listed = answer(&workshop("list"), &["audiences", "list"]);
    assert_eq!(listed, LIST);
    let json = answer(&workshop("list"), &["audiences", "list", "--json"]);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json.as_array().unwrap().len(), 5);
    assert_eq!(json[0]["name"], "wanted-utility");
}

const LIST: &str = "\
profile                  assumed  title
wanted-utility          21 of 28  Wanted utility: appointments, deliveries, answers that people wait for
opted-in-marketing      20 of 28  Opted-in marketing: people who asked for it
survey                  20 of 28  Survey: people who are asked for their opinion
reactivation            21 of 28  Reactivation: people who have not answered for long
cold-list               20 of 28  Cold list: people who never asked

Assumed: inputs that nobody publishes (grade 0); all others name a source.
tiercast audiences show NAME tells a profile in plain words, --out FOLDER draws it.
";

#[test]
fn every_profile_is_told_and_drawn_alike_whatever_the_threads() {
    let folder = workshop("show");
    for name in profile_names() {
        let mut seen: Option<(String, Vec<Vec<u8>>)> = None;
        for threads in ["1", "3"] {
            let arguments = ["audiences", "show", name, "--out", "out", "--threads", threads];
            let said = answer(&folder, &arguments);
            assert!(said.contains("No platform publishes how many people block."), "{said}");
            assert!(said.lines().all(|line| line.chars().count() <= 110), "{said}");
            let file = |ending: &str| fs::read(folder.join("out").join(format!("{name}.{ending}"))).unwrap();
            let files = vec![file("svg"), file("png")];
            assert!(files[0].starts_with(b"<svg") && files[1].starts_with(b"\x89PNG"));
            let now = (said, files);
            assert!(
                seen.as_ref().is_none_or(|seen| *seen == now),
                "{name}: {threads} threads give other bytes"
            );
            seen = Some(now);
        }
    }
}

#[test]
fn a_profile_of_ones_own_is_told_and_nothing_is_written_unasked() {
    let folder = workshop("own");
    fs::copy(common::folder().join(common::STILL), folder.join("mine.ron")).unwrap();
    let said = answer(&folder, &["audiences", "show", "mine.ron"]);
    assert!(
        said.starts_with("still: Nothing happens unless a test says so\n28 inputs: 28 assumed.\n"),
        "{said}"
    );
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
    let json = answer(&folder, &["audiences", "show", "mine.ron", "--json", "--out", "drawn", "--seed", "9"]);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["one_send"]["seed"], 9);
    assert_eq!(json["one_send"]["acts"][0]["mean"][192], 10_000.0);
    assert!(folder.join("drawn/mine.svg").exists() && folder.join("drawn/mine.png").exists());
}

#[test]
fn what_is_wrong_is_told_with_advice() {
    let folder = workshop("wrong");
    let text = fs::read_to_string(common::folder().join(common::STILL)).unwrap();
    fs::write(folder.join("bad.ron"), text.replace("read: (prior: Fixed(0)", "read: (prior: Fixed(70)"))
        .unwrap();
    for (name, parts) in [
        ("cold-lst", ["no profile \"cold-lst\"", "did you mean cold-list?"]),
        ("nowhere.ron", ["cannot read nowhere.ron", "audiences list"]),
        ("bad.ron", ["bad.ron:6:", "for 70 % write 0.7"]),
    ] {
        let output = tool(&folder, &["audiences", "show", name, "--out", "out"]);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(output.stdout.is_empty() && !folder.join("out").exists());
        for part in parts {
            assert!(said.contains(part), "expected `{part}` in:\n{said}");
        }
    }
}
