//! What `check --json` prints.

use serde::Serialize;
use tiercast::experiment::expect::Outcome;
use tiercast::sim::{Case, CaseOutcome, ClauseCoverage, Coverage, Reach, Unit};

use super::files::Form;
use super::golden::{self, GoldenResult};
use super::readings::{self, ReadingsResult};
use super::result::FileResult;
use super::verdict::Verdict;
use super::{futures, judging};
use crate::cli::interrupt;

/// All that was found.
#[derive(Serialize)]
pub(super) struct Report<'r> {
    /// False after an interruption.
    complete: bool,
    passed: usize,
    failed: usize,
    undecided: usize,
    files: Vec<FileReport<'r>>,
    /// Left out without --baseline.
    #[serde(skip_serializing_if = "Option::is_none")]
    golden: Option<Vec<golden::GoldenReport>>,
    /// Left out unless all readings are asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    readings: Option<readings::ReadingsReport<'r>>,
    /// Left out unless it is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    coverage: Option<Vec<CoverageReport<'r>>>,
    /// Left out without --futures.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    futures: Vec<futures::FiredReport<'r>>,
    /// Rulesets of which the cases or the futures reach less than the threshold.
    below_threshold: Vec<&'r str>,
}

#[derive(Serialize)]
struct FileReport<'r> {
    file: &'r str,
    kind: &'static str,
    passed: usize,
    failed: usize,
    undecided: usize,
    cases: Vec<CaseReport<'r>>,
    expectations: Vec<judging::JudgedReport<'r>>,
}

#[derive(Serialize)]
struct CaseReport<'r> {
    name: &'r str,
    reading: Option<&'r str>,
    ruleset: &'r str,
    passed: bool,
    looked_at: usize,
    failures: Vec<FailureReport<'r>>,
    /// Of a case that failed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    journal: Vec<ToldReport<'r>>,
}

#[derive(Serialize)]
struct FailureReport<'r> {
    line: usize,
    at: &'r str,
    what: &'r str,
    expected: &'r str,
    found: &'r str,
}

#[derive(Serialize)]
struct ToldReport<'r> {
    at: &'r str,
    what: &'r str,
    clause: Option<&'r str>,
}

#[derive(Serialize)]
struct CoverageReport<'r> {
    ruleset: &'r str,
    cases: u64,
    /// Part of the counted clauses that fired and were just missed.
    share: f64,
    /// Part of the counted transitions that fired and were just missed.
    share_of_transitions: f64,
    clauses: Vec<ClauseReport<'r>>,
}

#[derive(Serialize)]
struct ClauseReport<'r> {
    clause: &'r str,
    counted: bool,
    reached: bool,
    #[serde(flatten)]
    reach: ReachReport,
    transitions: Vec<TransitionReport>,
}

#[derive(Serialize)]
struct TransitionReport {
    transition: String,
    counted: bool,
    reached: bool,
    /// By what it is to be just missed; null where anything will do.
    just_missed_wants: Option<&'static str>,
    #[serde(flatten)]
    reach: ReachReport,
}

#[derive(Serialize)]
struct ReachReport {
    changes: u64,
    cases: u64,
    just_missed: JustMissedReport,
}

/// Cases, by what was missing.
#[derive(Serialize)]
struct JustMissedReport {
    one: u64,
    second: u64,
    step: u64,
}

impl<'r> Report<'r> {
    pub(super) fn of(results: &'r [FileResult<'r>], verdict: &'r Verdict, coverage: bool) -> Report<'r> {
        Report {
            complete: !interrupt::heard(),
            passed: verdict.passed,
            failed: verdict.failed,
            undecided: verdict.undecided,
            golden: verdict.golden.as_ref().map(GoldenResult::report),
            readings: verdict.readings.as_ref().map(ReadingsResult::report),
            files: results.iter().map(FileReport::of).collect(),
            coverage: coverage.then(|| verdict.covered.iter().map(CoverageReport::of).collect()),
            futures: verdict.fired.iter().map(futures::FiredReport::of).collect(),
            below_threshold: verdict.missed().map(|asked| asked.ruleset.as_str()).collect(),
        }
    }
}

impl<'r> FileReport<'r> {
    fn of(result: &'r FileResult<'r>) -> FileReport<'r> {
        FileReport {
            file: &result.file.name,
            kind: match result.file.form {
                Form::Cases(_) => "cases",
                Form::Scenario(_) => "scenario",
                Form::Other(kind) => kind,
            },
            passed: result.passed(),
            failed: result.failed(),
            undecided: result.judged_as(Outcome::Undecided),
            cases: result.cases.iter().map(|(case, outcome)| CaseReport::of(case, outcome)).collect(),
            expectations: result.judged.iter().map(judging::JudgedReport::of).collect(),
        }
    }
}

impl<'r> CaseReport<'r> {
    fn of(case: &'r Case, outcome: &'r CaseOutcome) -> CaseReport<'r> {
        let failures = outcome.failures.iter().map(|failure| FailureReport {
            line: failure.line,
            at: &failure.at,
            what: &failure.what,
            expected: &failure.expected,
            found: &failure.found,
        });
        let journal = outcome.journal.iter().filter(|_| !outcome.passed()).map(|told| ToldReport {
            at: &told.at,
            what: &told.what,
            clause: told.clause.as_deref(),
        });
        CaseReport {
            name: &outcome.name,
            reading: outcome.reading.as_deref(),
            ruleset: case.ruleset(),
            passed: outcome.passed(),
            looked_at: outcome.looked_at,
            failures: failures.collect(),
            journal: journal.collect(),
        }
    }
}

impl<'r> CoverageReport<'r> {
    fn of(coverage: &'r Coverage) -> CoverageReport<'r> {
        CoverageReport {
            ruleset: &coverage.ruleset,
            cases: coverage.cases,
            share: coverage.share().as_f64(),
            share_of_transitions: coverage.share_of_transitions().as_f64(),
            clauses: coverage.clauses.iter().map(ClauseReport::of).collect(),
        }
    }
}

impl<'r> ClauseReport<'r> {
    fn of(clause: &'r ClauseCoverage) -> ClauseReport<'r> {
        let transitions = clause.transitions.iter().map(|own| TransitionReport {
            transition: own.transition.to_string(),
            counted: own.counted(),
            reached: own.reached(),
            just_missed_wants: own.unit().map(unit_in_words),
            reach: ReachReport::of(own.reach),
        });
        ClauseReport {
            clause: &clause.path,
            counted: clause.acts(),
            reached: clause.reached(),
            reach: ReachReport::of(clause.reach),
            transitions: transitions.collect(),
        }
    }
}

fn unit_in_words(unit: Unit) -> &'static str {
    match unit {
        Unit::One => "one",
        Unit::Second => "second",
        Unit::Step => "step",
    }
}

impl ReachReport {
    fn of(reach: Reach) -> ReachReport {
        let Reach { changes, cases, just_missed: [one, second, step] } = reach;
        ReachReport { changes, cases, just_missed: JustMissedReport { one, second, step } }
    }
}
