//! What is told of a search over made-up futures.

use std::sync::atomic::{AtomicBool, Ordering};

use super::*;
use crate::experiment::tuning::{Admission, Constraint, Futures, Goal, Ledger, Plan, Question};
use crate::experiment::{Matters, Threads, Watched, toy};
use crate::sim::Course;
use crate::time::DAY;

/// Each point of x is an hour sooner, and a flag in one more of a thousand runs.
struct Toys(Vec<i64>);

const OWN_X: i64 = 40;

fn future(x: i64, replication: u64) -> crate::sim::Trajectory {
    let mut future = toy::future(replication);
    for at in future.outcome.reached.iter_mut().skip(1).flatten() {
        at.0 -= x * DAY / 24;
    }
    future.outcome.flags = u32::from((toy::mix(replication) % 1_000) < x as u64);
    future
}

impl Futures for Toys {
    fn admit(&mut self, values: &[String]) -> Admission {
        let x = values.first().map_or(OWN_X, |x| x.parse().unwrap());
        if self.0.contains(&x) {
            return Admission::Same;
        }
        self.0.push(x);
        Admission::Ready
    }

    fn values(&self, setting: usize, replication: u64) -> Vec<u64> {
        let row = crate::experiment::Row::of(replication, &future(self.0[setting], replication));
        let setting = toy::setting();
        let metrics = question("50").metrics();
        metrics.iter().map(|metric| metric.value(&row, &setting, setting.calendar.horizon())).collect()
    }
}

fn question(percent: &str) -> Question {
    let setting = toy::setting();
    let constraint = Constraint::read(&format!("flagged < {percent}%"), &setting).unwrap();
    Question {
        factors: vec!["sender.plan.x=0..100".parse().unwrap()],
        own: vec![Some(OWN_X.to_string())],
        goal: Goal::read("days_to_10K", &setting).unwrap(),
        risk: Some(constraint.headline.clone()),
        constraints: vec![constraint],
        matters: Matters { days: crate::time::Span::hours(6), ..Matters::default() },
        confidence: 0.95,
        seed: 3,
    }
}

fn found(question: Question, stop: u64) -> (Tuning, Option<Comparison>) {
    let plan = Plan::new(12_000, question.space(), None, true).unwrap();
    let stopped = AtomicBool::new(false);
    let progress = |runs: u64| stopped.store(runs >= stop, Ordering::Relaxed);
    let mut toys = Toys(Vec::new());
    let tuning = Tuning::run(question, plan, &mut toys, Ledger::default(), Threads::ONE, &progress, &stopped);
    let confirmation = tuning.chosen().filter(|_| tuning.complete).map(|chosen| {
        let arms: Vec<i64> = if chosen == 0 { vec![OWN_X] } else { vec![toys.0[chosen], OWN_X] };
        let named = [FOUND, OWN].map(|name| (name.to_owned(), toy::setting()))[..arms.len()].to_vec();
        let watched =
            |arm: usize, index| Watched { future: future(arms[arm], index), course: Course::default() };
        let never = AtomicBool::new(false);
        Comparison::run(named, 0..plan.confirmation, Threads::ONE, &watched, &|_| {}, &never)
    });
    (tuning, confirmation)
}

/// The text, each line of which fits.
fn told(question: Question, stop: u64) -> String {
    let (tuning, confirmation) = found(question, stop);
    let setting = toy::setting();
    let answer = Answer { tuning: &tuning, confirmation: confirmation.as_ref(), setting: &setting };
    let text = text::render(&answer, 120);
    assert!(text.lines().all(|line| line.chars().count() <= 120), "{text}");
    text
}

#[test]
fn a_planner_reads_what_was_found_gained_and_guaranteed() {
    let text = told(question("8"), u64::MAX);
    for words in [
        "Wanted\n  days to 10K as small as can be, on average\n",
        "the number is flagged, below 8.0 % with 95.0 % confidence",
        "varied: sender.plan.x 0 .. 100",
        "Found\n",
        "What it gains, on 1,200 runs of each that the search never saw",
        "real, ",
        "The search itself had seen",
        "flagged < 8%: finals: shown; fresh runs:",
        "With 95.0 % probability no other of those of the 6 finalists",
        "It says nothing of settings that were left behind",
        "<- found",
        "round 1",
        "confirmation",
    ] {
        assert!(text.contains(words), "{words}\n{text}");
    }
}

#[test]
fn a_condition_that_nothing_keeps_is_told_loudly() {
    let text = told(question("0.01"), u64::MAX);
    assert!(text.contains("!! NO SETTING THAT WAS TRIED IS SHOWN TO KEEP THE CONDITIONS !!"), "{text}");
    assert!(text.contains("Nearest\n") && !text.contains("Guarantee"), "{text}");
}

#[test]
fn a_scenario_that_is_best_as_it_stands_is_told_so() {
    let mut stays = question("8");
    stays.factors = vec!["sender.plan.x=[0, 10, 20]".parse().unwrap()];
    let text = told(stays, u64::MAX);
    assert!(text.contains("Found: the scenario as it stands."), "{text}");
    assert!(text.contains("1,200 runs that the search never saw"), "{text}");
}

#[test]
fn an_interrupted_search_is_told_as_one() {
    let text = told(question("8"), 3_000);
    assert!(text.contains("INTERRUPTED") && text.contains("Found: nothing yet"), "{text}");
}

#[test]
fn files_have_a_line_a_setting_and_an_answer_a_key() {
    let (tuning, confirmation) = found(question("8"), u64::MAX);
    let setting = toy::setting();
    let answer = Answer { tuning: &tuning, confirmation: confirmation.as_ref(), setting: &setting };
    let table = tables::candidates(&answer);
    assert_eq!(table.lines().count(), 1 + tuning.settings.len());
    assert!(table.starts_with("candidate,origin,fate,round,sender.plan.x,runs,days_to_10K,days_to_10K_low,"));
    assert_eq!(table.lines().filter(|line| line.contains(",chosen,")).count(), 1, "{table}");
    let page: serde_json::Value = serde_json::from_str(&json::to_json(&answer)).unwrap();
    assert_eq!(page["chosen"]["candidate"].as_u64().map(|one| one as usize), tuning.chosen());
    assert_eq!((&page["complete"], &page["guarantee"]["holds"]), (&true.into(), &true.into()));
    let gain = &page["confirmation"]["gains"][0];
    let difference = gain["found"].as_f64().unwrap() - gain["as_it_stands"].as_f64().unwrap();
    assert!((gain["difference"].as_f64().unwrap() - difference).abs() < 1e-5 && difference < -0.05);
    assert!(page["front"].as_array().unwrap().len() > 1);
}

#[cfg(feature = "charts")]
#[test]
fn charts_say_what_they_show() {
    for (percent, word) in [("8", "found"), ("0.01", "nearest")] {
        let (tuning, confirmation) = found(question(percent), u64::MAX);
        let setting = toy::setting();
        let answer = Answer { tuning: &tuning, confirmation: confirmation.as_ref(), setting: &setting };
        let drawings = gallery::draw(&answer);
        let names: Vec<&str> = drawings.iter().map(|drawing| drawing.name.as_str()).collect();
        assert_eq!(names, ["front", "rounds", "settings"]);
        assert!(
            drawings[0].svg.contains(word) && drawings[0].svg.contains("flagged &lt; "),
            "{}",
            drawings[0].svg
        );
        assert!(drawings.iter().all(|drawing| !drawing.description.is_empty()));
    }
}
