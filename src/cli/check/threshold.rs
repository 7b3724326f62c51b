//! `--threshold`: do the cases, and the futures, reach enough of each ruleset?

use tiercast::experiment::Fired;
use tiercast::experiment::expect::Outcome;
use tiercast::glossary::Ratio;
use tiercast::report::{fired, pipeline::Checked};
use tiercast::sim::Coverage;

use super::coverage;
use super::result::FileResult;

/// What was reached of a ruleset, held against the threshold.
pub(super) struct Asked {
    pub(super) ruleset: String,
    /// The files that were to reach it.
    files: Vec<String>,
    /// What of these files: `cases` or `futures`.
    what: &'static str,
    threshold: Ratio,
    /// What was reached, and what was expected.
    words: String,
    /// Paths of the clauses, and the transitions, that were not reached.
    lacking: Vec<String>,
    pub(super) met: bool,
}

/// Every ruleset that cases or futures met, held against the threshold.
pub(super) fn held_against(
    threshold: Ratio,
    results: &[FileResult<'_>],
    covered: &[Coverage],
    fired: &[Fired],
) -> Vec<Asked> {
    let of_cases = covered.iter().map(|coverage| Asked::of_cases(threshold, results, coverage));
    of_cases.chain(fired.iter().map(|fired| Asked::of_futures(threshold, fired))).collect()
}

impl Asked {
    fn of_cases(threshold: Ratio, results: &[FileResult<'_>], coverage: &Coverage) -> Asked {
        let runs_under = |result: &&FileResult<'_>| {
            result.cases.iter().any(|(case, _)| case.rulesets().any(|name| name == coverage.ruleset))
        };
        let clauses = coverage.counted().filter(|clause| !clause.reached()).map(|clause| clause.path.clone());
        let transitions = coverage.counted().flat_map(|clause| {
            let lacking = clause.transitions.iter().filter(|own| own.counted() && !own.reached());
            lacking.map(|own| format!("{}: {}", clause.path, own.transition))
        });
        let reached = coverage::reached_in_words(coverage);
        Asked {
            ruleset: coverage.ruleset.clone(),
            files: results.iter().filter(runs_under).map(|result| result.file.name.clone()).collect(),
            what: "cases",
            threshold,
            words: format!("{}: {reached}, expected at least {threshold} of both", coverage.ruleset),
            lacking: clauses.chain(transitions).collect(),
            met: coverage.share().min(coverage.share_of_transitions()) >= threshold,
        }
    }

    fn of_futures(threshold: Ratio, fired: &Fired) -> Asked {
        let lacking = fired.clauses.iter().filter(|clause| clause.counted && clause.futures == 0);
        Asked {
            ruleset: fired.ruleset.clone(),
            files: fired.scenarios.clone(),
            what: "futures",
            threshold,
            words: format!("{}: {}, expected at least {threshold}", fired.ruleset, fired::in_words(fired)),
            lacking: lacking.map(|clause| clause.path.clone()).collect(),
            met: fired.share_of_clauses() >= threshold,
        }
    }

    /// What was reached and what was expected, in a line.
    pub(super) fn in_words(&self) -> &str {
        &self.words
    }

    /// For pipelines: in the first of the files, for a threshold stands in none.
    pub(super) fn check(&self) -> Checked {
        let (first, more) = self.files.split_first().map_or(("", 0), |(first, more)| (first, more.len()));
        let others = match more {
            0 => String::new(),
            1 => " and of one more file".to_owned(),
            more => format!(" and of {more} more files"),
        };
        Checked {
            kind: "threshold",
            file: first.to_owned(),
            line: None,
            name: format!(
                "the {} of {first}{others} reach at least {} of {}",
                self.what, self.threshold, self.ruleset
            ),
            outcome: if self.met { Outcome::Pass } else { Outcome::Fail },
            details: if self.met {
                String::new()
            } else {
                format!("{}\nnot reached:\n  {}", self.words, self.lacking.join("\n  "))
            },
            remark: None,
        }
    }
}
