//! What became of a file: its cases and its expectations.

use tiercast::experiment::expect::{Judged, Outcome};
use tiercast::sim::{Case, CaseOutcome};

use super::files::{Form, RightFile};

/// A file, and what became of those of its cases and expectations that were wanted.
pub(super) struct FileResult<'f> {
    pub(super) file: &'f RightFile,
    pub(super) cases: Vec<(&'f Case, CaseOutcome)>,
    pub(super) judged: Vec<Judged>,
}

impl FileResult<'_> {
    pub(super) fn passed(&self) -> usize {
        self.cases.iter().filter(|(_, outcome)| outcome.passed()).count() + self.judged_as(Outcome::Pass)
    }

    pub(super) fn failed(&self) -> usize {
        self.cases.iter().filter(|(_, outcome)| !outcome.passed()).count() + self.judged_as(Outcome::Fail)
    }

    pub(super) fn judged_as(&self, outcome: Outcome) -> usize {
        self.judged.iter().filter(|judged| judged.outcome == outcome).count()
    }

    /// What became of the expectations.
    fn judged_in_words(&self) -> String {
        let (all, failed, open) =
            (self.judged.len(), self.judged_as(Outcome::Fail), self.judged_as(Outcome::Undecided));
        let open = if open == 0 { String::new() } else { format!(", {open} UNDECIDED") };
        match (all, failed) {
            (0, _) => "no expectation was wanted".to_owned(),
            (1, 0) if open.is_empty() => "its expectation is met".to_owned(),
            (all, 0) if open.is_empty() => format!("all {all} expectations are met"),
            (all, failed) => format!("{failed} of {all} expectations FAILED{open}"),
        }
    }

    pub(super) fn in_words(&self) -> String {
        match (&self.file.form, self.passed(), self.failed()) {
            (Form::Scenario(scenario), ..) if scenario.expectations().is_empty() => {
                "scenario: form and sense are right; it expects nothing".to_owned()
            }
            (Form::Scenario(_), ..) => self.judged_in_words(),
            (Form::Other(kind), ..) => format!("{kind}: form and sense are right; it is not run"),
            (Form::Cases(_), 0, 0) => "no case was wanted".to_owned(),
            (Form::Cases(_), 1, 0) => "1 case holds".to_owned(),
            (Form::Cases(_), passed, 0) => format!("{passed} cases hold"),
            (Form::Cases(_), passed, failed) => format!("{failed} of {} cases FAILED", passed + failed),
        }
    }
}

/// How many bounds an expectation has.
pub(super) fn bounds(judged: &Judged) -> u64 {
    judged.expectation.measure.bounds()
}

/// A case with the reading that it states, as one name.
pub(super) fn case_name(outcome: &CaseOutcome) -> String {
    let reading = outcome.reading.as_ref().map_or_else(String::new, |under| format!(" (under: {under})"));
    format!("{}{reading}", outcome.name)
}
