//! What became of a case: what was not as expected, and all that happened.

use std::fmt;

use crate::platform::{Subject, Transition};
use crate::time::SimTime;

/// What became of a case.
#[derive(Clone, Debug)]
pub struct CaseOutcome {
    /// Name of the case.
    pub name: String,
    /// The reading under which it ran, where it has several.
    pub reading: Option<String>,
    /// How many facts were looked at.
    pub looked_at: usize,
    /// What was not as expected, in the order of time.
    pub failures: Vec<Failure>,
    /// What happened, in order.
    pub journal: Vec<Told>,
    /// The changes among it, in order.
    pub transitions: Vec<Made>,
}

/// A transition that was made, by whom and by which clause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// When.
    pub at: SimTime,
    /// Name of the ruleset in force.
    pub ruleset: String,
    /// Path of the clause that caused it.
    pub clause: String,
    /// What it is.
    pub transition: Transition,
    /// Of whom.
    pub subject: Subject,
}

/// An expectation that was not met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The file that holds the expectation.
    pub file: String,
    /// Its line there, from 1.
    pub line: usize,
    /// The time that it speaks of.
    pub at: String,
    /// What was looked at.
    pub what: String,
    /// What the case expects.
    pub expected: String,
    /// What was found.
    pub found: String,
    /// How many entries of the journal had been written by then.
    pub after: usize,
}

/// One line of a case's journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// When, such as `day 2 15:00`.
    pub at: String,
    /// What happened, in words.
    pub what: String,
    /// Path of the clause that caused it; nothing for what the case itself does.
    pub clause: Option<String>,
}

impl CaseOutcome {
    /// Whether everything was as expected.
    pub fn passed(&self) -> bool {
        self.failures.is_empty()
    }
}

impl fmt::Display for CaseOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = if self.passed() { "passed" } else { "FAILED" };
        write!(f, "{verdict}  {}", self.name)?;
        if let Some(reading) = &self.reading {
            write!(f, "  (under: {reading})")?;
        }
        let mut told = 0;
        for failure in &self.failures {
            write!(f, "\n  {failure}")?;
            let since = &self.journal[told..failure.after];
            if !since.is_empty() {
                let head = if told == 0 { "what had happened by then:" } else { "and since then:" };
                write!(f, "\n    {head}")?;
            }
            for line in since {
                write!(f, "\n      {line}")?;
            }
            told = failure.after;
        }
        Ok(())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Failure { file, line, at, what, expected, found, .. } = self;
        write!(f, "{file}:{line}: {at}, {what}: expected {expected}, found {found}")
    }
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<15} {}", self.at, self.what)?;
        self.clause.as_ref().map_or(Ok(()), |clause| write!(f, "  [{clause}]"))
    }
}
