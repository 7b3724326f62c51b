//! All results of a check together: what it comes to, for people, for pipelines and as an exit code.

use tiercast::experiment::Fired;
use tiercast::experiment::expect::Outcome;
use tiercast::report::pipeline;
use tiercast::sim::Coverage;

use super::golden::GoldenResult;
use super::readings::ReadingsResult;
use super::result::{FileResult, case_name};
use super::threshold::Asked;
use crate::cli::{Failure, interrupt};

/// All results together.
pub(super) struct Verdict {
    pub(super) passed: usize,
    pub(super) failed: usize,
    pub(super) undecided: usize,
    pub(super) golden: Option<GoldenResult>,
    /// What depends on how the rules are read; nothing unless it is asked for.
    pub(super) readings: Option<ReadingsResult>,
    /// What futures reach; nothing unless it is asked for.
    pub(super) fired: Vec<Fired>,
    pub(super) covered: Vec<Coverage>,
    /// What was reached of each ruleset, where a threshold asks for enough.
    pub(super) asked: Vec<Asked>,
}

impl Verdict {
    pub(super) fn of(results: &[FileResult<'_>], golden: Option<GoldenResult>) -> Verdict {
        let also = |outcome| golden.as_ref().map_or(0, |golden| golden.count(outcome));
        Verdict {
            passed: results.iter().map(FileResult::passed).sum::<usize>() + also(Outcome::Pass),
            failed: results.iter().map(FileResult::failed).sum::<usize>() + also(Outcome::Fail),
            undecided: results.iter().map(|result| result.judged_as(Outcome::Undecided)).sum::<usize>()
                + also(Outcome::Undecided),
            golden,
            readings: None,
            fired: Vec::new(),
            covered: Vec::new(),
            asked: Vec::new(),
        }
    }

    /// Where too little was reached.
    pub(super) fn missed(&self) -> impl Iterator<Item = &Asked> {
        self.asked.iter().filter(|asked| !asked.met)
    }

    pub(super) fn in_words(&self) -> String {
        let undecided =
            if self.undecided == 0 { String::new() } else { format!(", {} undecided", self.undecided) };
        let depending = self.readings.as_ref().map_or_else(String::new, |readings| {
            let depending = readings.depending();
            format!("; {depending} {} on a reading", if depending == 1 { "depends" } else { "depend" })
        });
        let missed = match self.missed().count() {
            0 => String::new(),
            1 => "; too little of a ruleset is reached".to_owned(),
            several => format!("; too little of {several} rulesets is reached"),
        };
        let interrupted = if interrupt::heard() { "; interrupted" } else { "" };
        format!("{} passed, {} failed{undecided}{depending}{missed}{interrupted}", self.passed, self.failed)
    }

    pub(super) fn end(&self) -> Result<(), Failure> {
        if interrupt::heard() {
            Err(Failure::Interrupted)
        } else if self.failed > 0 || self.missed().next().is_some() {
            Err(Failure::Found)
        } else if self.undecided > 0 {
            Err(Failure::Undecided)
        } else {
            Ok(())
        }
    }
}

/// Every single check, for pipelines.
pub(super) fn checks(results: &[FileResult<'_>], verdict: &Verdict) -> Vec<pipeline::Checked> {
    let mut list = Vec::new();
    let remark = |kind: &str, file: &str, name: &str| {
        verdict.readings.as_ref().and_then(|readings| readings.remark(kind, file, name))
    };
    for result in results {
        let file = &result.file.name;
        for (_, outcome) in &result.cases {
            let name = case_name(outcome);
            list.push(pipeline::Checked {
                kind: "case",
                file: file.clone(),
                line: outcome.failures.first().map(|failure| failure.line),
                remark: remark("case", file, &name),
                name,
                outcome: if outcome.passed() { Outcome::Pass } else { Outcome::Fail },
                details: if outcome.passed() { String::new() } else { outcome.to_string() },
            });
        }
        for judged in &result.judged {
            let advice = judged.advice().map_or_else(String::new, |advice| format!("\n{advice}"));
            list.push(pipeline::Checked {
                kind: "expectation",
                file: file.clone(),
                line: Some(judged.expectation.line),
                remark: remark("expectation", file, &judged.expectation.name),
                name: judged.expectation.name.clone(),
                outcome: judged.outcome,
                details: format!("expected {}\n{}{advice}", judged.expectation.asks, judged.found_in_words()),
            });
        }
    }
    list.extend(verdict.golden.iter().flat_map(GoldenResult::checks));
    list.extend(verdict.asked.iter().map(Asked::check));
    list
}
