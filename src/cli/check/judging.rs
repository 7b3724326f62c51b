//! Judging what scenarios expect, with progress for those who watch.

use serde::Serialize;
use tiercast::experiment::expect::{Judged, Outcome, Terms, judge};
use tiercast::glossary::grouped;
use tiercast::sim::expectation::Expectation;

use super::args::Check;
use super::files::RightFile;
use crate::cli::interrupt;
use crate::cli::progress::spinner;

impl Check {
    /// Judges what is wanted of each file, in their order.
    pub(super) fn judge_all(&self, files: &[RightFile], quiet: bool) -> Vec<Vec<Judged>> {
        let wanted: Vec<Vec<Expectation>> = files.iter().map(|file| self.wanted_of(file)).collect();
        let terms = Terms {
            false_alarms: self.false_alarms.as_f64(),
            bounds: wanted.iter().flatten().map(|expectation| expectation.measure.bounds()).sum(),
            most: self.replications,
            threads: self.threads.get(),
        };
        let bar = spinner(quiet);
        let judged = files.iter().zip(&wanted).map(|(file, wanted)| match file.scenario() {
            Some(scenario) if !wanted.is_empty() => {
                let scenario =
                    self.seed.map_or_else(|| scenario.clone(), |seed| scenario.clone().with_seed(seed));
                let heard = |n, open| {
                    bar.set_message(format!(
                        "{}: {} futures, {open} expectations open",
                        file.name,
                        grouped(n)
                    ));
                    bar.tick();
                };
                judge(&scenario, wanted, &terms, &heard, interrupt::listen())
            }
            _ => Vec::new(),
        });
        let judged = judged.collect();
        bar.finish_and_clear();
        judged
    }

    fn wanted_of(&self, file: &RightFile) -> Vec<Expectation> {
        let all = file.scenario().map_or(&[][..], |scenario| scenario.expectations());
        all.iter().filter(|expectation| self.contains(&expectation.name)).cloned().collect()
    }
}

/// The word for programs.
pub(super) fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Pass => "passed",
        Outcome::Fail => "failed",
        Outcome::Undecided => "undecided",
    }
}

/// An expectation, for programs. Numbers are in the unit of what is judged: shares from 0 to 1, seconds, counts, and
/// millionths of a currency; `null` is without bound.
#[derive(Serialize)]
pub(super) struct JudgedReport<'r> {
    name: &'r str,
    line: usize,
    expected: &'r str,
    outcome: &'static str,
    found: String,
    estimate: Option<f64>,
    ci_low: Option<f64>,
    ci_high: Option<f64>,
    n: u64,
    /// Whether it was decided, or looked at as often as there were replications for; false after an interruption.
    complete: bool,
    /// A future that shows it, where every one has to be as expected.
    #[serde(skip_serializing_if = "Option::is_none")]
    replication: Option<u64>,
}

impl<'r> JudgedReport<'r> {
    pub(super) fn of(judged: &'r Judged) -> JudgedReport<'r> {
        let finite = |value: f64| value.is_finite().then_some(value);
        JudgedReport {
            name: &judged.expectation.name,
            line: judged.expectation.line,
            expected: &judged.expectation.asks,
            outcome: word(judged.outcome),
            found: judged.found(),
            estimate: finite(judged.estimate),
            ci_low: finite(judged.interval.low),
            ci_high: finite(judged.interval.high),
            n: judged.n,
            complete: !judged.interrupted,
            replication: judged.example,
        }
    }
}
