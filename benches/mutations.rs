//! Every number of every ruleset, one step up and one step down, each by itself: which case notices?
//!
//! `cargo bench --bench mutations` prints a line a step, and fails where one is missed; `-- platform-2023` tries one
//! ruleset, `-- left` tells what is left out, and why. The test of the same name asks the same without the table.

#![allow(clippy::print_stdout, reason = "a program that reports")]

#[path = "../tests/common/mutations.rs"]
mod mutations;

use std::process::ExitCode;
use std::time::Instant;

use mutations::{Caught, LeftOut, Nudge, STEPS, Suite, nudges};
use tiercast::platform::catalogue;

fn main() -> ExitCode {
    let asked: Vec<String> =
        std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    let wanted = |name: &str| {
        let mut named = asked.iter().filter(|asked| *asked != "left").peekable();
        named.peek().is_none() || named.any(|asked| asked == name)
    };
    if let Some(unknown) = asked.iter().find(|asked| *asked != "left" && catalogue::document(asked).is_none())
    {
        println!(
            "there is no ruleset {unknown}; there are: {}",
            catalogue::names().collect::<Vec<_>>().join(", ")
        );
        return ExitCode::from(2);
    }
    let (mut all, mut left): (Vec<Nudge>, Vec<(&str, LeftOut)>) = (Vec::new(), Vec::new());
    for name in catalogue::names().filter(|name| wanted(name)) {
        let (made, out) = nudges(name);
        all.extend(made);
        left.extend(out.into_iter().map(|out| (name, out)));
    }
    if asked.iter().any(|asked| asked == "left") {
        left.iter().for_each(|(rules, LeftOut { path, value, reason })| {
            println!("{rules:18} {path} ({value}): {reason}");
        });
        return ExitCode::SUCCESS;
    }
    let begun = Instant::now();
    let caught = Suite::shipped().hunt_all(&all);
    for (nudge, caught) in all.iter().zip(&caught) {
        let Nudge { from, change } = nudge;
        println!("{:18} {:58} {from:>10} -> {:<14} {caught}", change.rules, change.path, change.value);
    }
    sum_up(&caught, &left, begun)
}

/// How many were caught, by whom, and what was left out for which reasons.
fn sum_up(caught: &[Caught], left: &[(&str, LeftOut)], begun: Instant) -> ExitCode {
    let count = |wanted: fn(&Caught) -> bool| caught.iter().filter(|caught| wanted(caught)).count();
    let missed = count(|caught| *caught == Caught::Missed);
    println!(
        "\n{} steps: {} caught by cases, {} by futures, {} by the check, {} by loading; {missed} MISSED ({:.0} s)",
        caught.len(),
        count(|caught| matches!(caught, Caught::Case(_))),
        count(|caught| matches!(caught, Caught::Future(_))),
        count(|caught| matches!(caught, Caught::Check(_))),
        count(|caught| matches!(caught, Caught::Loaded)),
        begun.elapsed().as_secs_f64()
    );
    for (part, step, why) in STEPS {
        println!("the step of {} is {step} s: {why}", part.trim_start_matches('.'));
    }
    let mut reasons: Vec<(&str, usize)> = Vec::new();
    for (_, out) in left {
        match reasons.iter_mut().find(|(reason, _)| *reason == out.reason) {
            Some((_, count)) => *count += 1,
            None => reasons.push((&out.reason, 1)),
        }
    }
    println!("left out ({} numbers; `-- left` names each):", left.len());
    reasons.iter().for_each(|(reason, count)| println!("  {count:>4}  {reason}"));
    if missed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
