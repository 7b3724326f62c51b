//! How much of a ruleset cases reach: which clauses their changes cite, how often, and which none does.
//!
//! ```text
//!   Ruleset --clauses--> Coverage --add(CaseOutcome)--> changes and cases by clause --> share of those that can act
//! ```
//!
//! Only clauses that change something when they act are counted. The others (the ladder, admission, windows, prices,
//! facts) are used all the time and cited by no change, so that they say nothing about the cases; one that is cited
//! nevertheless counts, such as `numbers` where a number had to wait.

use crate::glossary::Ratio;
use crate::platform::{Ruleset, catalogue};

use super::case::CaseOutcome;

/// The parts of a ruleset whose clauses change something when they act.
const ACTING: [&str; 7] = ["rating", "upgrade", "official", "number", "review", "pacing", "template"];

/// What cases reach of one ruleset.
///
/// ```
/// use tiercast::document::Document;
/// use tiercast::platform::{Ruleset, catalogue};
/// use tiercast::sim::{CaseFile, Coverage};
///
/// let text = r#"Cases(
///     about: "verification",
///     source: "the platform, 2023",
///     given: (ruleset: "platform-2023", start: "2023-03-06"),
///     cases: [(
///         name: "a business is verified",
///         when: [Verified(at: "day 2")],
///         then: [(at: "day 2", verified: true)],
///     )],
/// )"#;
/// let file = CaseFile::read(&Document::new("verification.ron", text))?;
/// let rules = catalogue::document("platform-2023").expect("it comes with the program");
/// let mut coverage = Coverage::of(&Ruleset::read(&rules)?);
/// file.run().iter().for_each(|outcome| coverage.add(outcome));
/// let cited: Vec<&str> = coverage.fired().map(|clause| clause.path.as_str()).collect();
/// assert_eq!(cited, ["upgrade.verification"]);
/// # Ok::<(), tiercast::document::Findings>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coverage {
    /// Name of the ruleset.
    pub ruleset: String,
    /// Its clauses in the order of the language; then those that a case added to it.
    pub clauses: Vec<ClauseCoverage>,
    /// How many cases ran under it, each reading as one.
    pub cases: u64,
}

/// What cases reach of one clause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClauseCoverage {
    /// Its path in the ruleset.
    pub path: String,
    /// How many changes cite it.
    pub changes: u64,
    /// In how many cases a change cites it.
    pub cases: u64,
}

impl Coverage {
    /// The clauses of a ruleset, none of which a case reaches yet.
    pub fn of(ruleset: &Ruleset) -> Coverage {
        let clauses = catalogue::clauses(ruleset).into_iter();
        Coverage {
            ruleset: ruleset.name.clone(),
            clauses: clauses.map(|clause| ClauseCoverage::unreached(clause.path)).collect(),
            cases: 0,
        }
    }

    /// Adds what a case under this ruleset reached.
    pub fn add(&mut self, outcome: &CaseOutcome) {
        self.cases += 1;
        let mut met = vec![false; self.clauses.len()];
        for path in outcome.journal.iter().filter_map(|told| told.clause.as_deref()) {
            let place = self.place(path);
            met.resize(self.clauses.len(), false);
            let clause = &mut self.clauses[place];
            clause.changes += 1;
            clause.cases += u64::from(!met[place]);
            met[place] = true;
        }
    }

    fn place(&mut self, path: &str) -> usize {
        self.clauses.iter().position(|clause| clause.path == path).unwrap_or_else(|| {
            self.clauses.push(ClauseCoverage::unreached(path.to_owned()));
            self.clauses.len() - 1
        })
    }

    /// The clauses that a change cites.
    pub fn fired(&self) -> impl Iterator<Item = &ClauseCoverage> {
        self.clauses.iter().filter(|clause| clause.changes > 0)
    }

    /// The clauses that can act and that no change cites.
    pub fn never(&self) -> impl Iterator<Item = &ClauseCoverage> {
        self.clauses.iter().filter(|clause| clause.counted() && clause.changes == 0)
    }

    /// The clauses that are not counted: no change cites them, and none is expected to.
    pub fn left_out(&self) -> impl Iterator<Item = &ClauseCoverage> {
        self.clauses.iter().filter(|clause| !clause.counted())
    }

    /// How many clauses are counted.
    pub fn counted(&self) -> usize {
        self.clauses.iter().filter(|clause| clause.counted()).count()
    }

    /// The part of the counted clauses that a change cites; all, where nothing is counted.
    pub fn share(&self) -> Ratio {
        match self.counted() {
            0 => Ratio::new(1, 1),
            counted => Ratio::new(self.fired().count() as i64, counted as i64),
        }
    }
}

impl ClauseCoverage {
    fn unreached(path: String) -> ClauseCoverage {
        ClauseCoverage { path, changes: 0, cases: 0 }
    }

    /// Whether the clause changes something when it acts.
    pub fn acts(&self) -> bool {
        let part = self.path.split('.').next().unwrap_or_default();
        ACTING.contains(&part)
    }

    /// Whether the clause counts: it acts, or a change cites it.
    pub fn counted(&self) -> bool {
        self.acts() || self.changes > 0
    }
}
