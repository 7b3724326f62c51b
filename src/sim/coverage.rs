//! How much of a ruleset cases reach: which clauses and transitions fire in them, and which they just miss.
//!
//! ```text
//!   Ruleset --transitions--> Coverage --add(outcome, just missed)--> changes, cases and near misses by clause
//!                                                                    and transition --> shares that were reached
//! ```
//!
//! A clause *fires* with every change that cites it. A case *just misses* it if the case changed by one unit makes it
//! fire once more (one message, reaction or customer more or less; something a second earlier or later; a decision
//! the other way round or a step in what is given of the sender), or if the case looks one second before it fires. The
//! module of [`JustMissed`] says it exactly. What is both fired and just missed is *reached*: a boundary that is seen
//! from one side only may lie anywhere on the other.
//!
//! A transition must be just missed at its own [`Edge`]: where a count decides (usage, the limit, a rating) by one
//! message, reaction or customer; where a time does (a review, a flag) by one second; else by anything.
//!
//! A transition is one kind of change by one clause: a number becomes Flagged, a template is no longer Paused, a
//! rating becomes Low, the tier rises. Only clauses that can change something are counted, and only transitions that
//! the ruleset as it stands can make. Other clauses (the ladder, admission, windows, prices, facts) are used all the
//! time, so that they say nothing about the cases.

use crate::glossary::Ratio;
use crate::platform::{Edge, Ruleset, Transition, catalogue};

use super::case::{CaseOutcome, JustMissed, Unit};

/// What cases reach of one ruleset.
///
/// ```
/// use tiercast::document::Document;
/// use tiercast::platform::{Ruleset, catalogue};
/// use tiercast::sim::{CaseFile, Coverage, Unit};
///
/// let text = r#"Cases(
///     about: "verification",
///     source: "the platform, 2023",
///     given: (ruleset: "platform-2023", start: "2023-03-06"),
///     cases: [(
///         name: "a business is verified",
///         when: [Verified(at: "day 2")],
///         then: [(at: "day 1 23:59:59", verified: false), (at: "day 2", verified: true)],
///     )],
/// )"#;
/// let file = CaseFile::read(&Document::new("verification.ron", text))?;
/// let rules = catalogue::document("platform-2023").expect("it comes with the program");
/// let mut coverage = Coverage::of(&Ruleset::read(&rules)?);
/// for case in &file.cases {
///     let outcome = case.run();
///     coverage.add(&outcome, &case.just_missed(&outcome));
/// }
/// let reached: Vec<&str> =
///     coverage.counted().filter(|clause| clause.reached()).map(|clause| clause.path.as_str()).collect();
/// assert_eq!(reached, ["upgrade.verification"]);
/// # Ok::<(), tiercast::document::Findings>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coverage {
    /// Name of the ruleset.
    pub ruleset: String,
    /// Its clauses in the order of the language; then those that a case cites besides.
    pub clauses: Vec<ClauseCoverage>,
    /// How many cases ran under it, each reading as one.
    pub cases: u64,
}

/// What cases reach of one clause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClauseCoverage {
    /// Its path in the ruleset.
    pub path: String,
    /// All its transitions together.
    pub reach: Reach,
    /// Its transitions; then those that a case made under another reading.
    pub transitions: Vec<TransitionCoverage>,
}

/// What cases reach of one transition by one clause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransitionCoverage {
    /// The transition.
    pub transition: Transition,
    /// Where it is to be just missed; nothing where only another reading of the ruleset makes it.
    pub edge: Option<Edge>,
    /// What cases reach of it.
    pub reach: Reach,
}

/// How often something fired, and was just missed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    /// How many changes there were.
    pub changes: u64,
    /// In how many cases there was one.
    pub cases: u64,
    /// In how many cases it was just missed by each [`Unit`].
    pub just_missed: [u64; 3],
}

impl Reach {
    /// Whether it fired in a case.
    pub fn fired(&self) -> bool {
        self.changes > 0
    }

    /// Whether a case just missed it, by anything.
    pub fn missed(&self) -> bool {
        self.just_missed.iter().any(|cases| *cases > 0)
    }
}

impl TransitionCoverage {
    /// Whether the ruleset as it stands can make it.
    pub fn counted(&self) -> bool {
        self.edge.is_some()
    }

    /// By what it is to be just missed; nothing where anything will do.
    pub fn unit(&self) -> Option<Unit> {
        match self.edge {
            Some(Edge::Count) => Some(Unit::One),
            Some(Edge::Time) => Some(Unit::Second),
            Some(Edge::Other) | None => None,
        }
    }

    /// Whether it fired in a case and was just missed in one, at its own edge.
    pub fn reached(&self) -> bool {
        let missed = match self.unit() {
            Some(unit) => self.reach.just_missed[unit as usize] > 0,
            None => self.reach.missed(),
        };
        self.reach.fired() && missed
    }
}

impl Coverage {
    /// The clauses of a ruleset, none of which a case reaches yet.
    pub fn of(ruleset: &Ruleset) -> Coverage {
        let able = ruleset.transitions();
        let clause = |path: String| {
            let made = able.iter().find(|(known, _)| *known == path).map_or(&[][..], |(_, made)| made);
            let untouched = |(transition, edge): &(Transition, Edge)| TransitionCoverage {
                transition: *transition,
                edge: Some(*edge),
                reach: Reach::default(),
            };
            ClauseCoverage {
                path,
                reach: Reach::default(),
                transitions: made.iter().map(untouched).collect(),
            }
        };
        let clauses = catalogue::clauses(ruleset).into_iter();
        Coverage {
            ruleset: ruleset.name.clone(),
            clauses: clauses.map(|view| clause(view.path)).collect(),
            cases: 0,
        }
    }

    /// Adds what a case reached under this ruleset: what became of it, and what it just missed.
    pub fn add(&mut self, outcome: &CaseOutcome, just_missed: &[JustMissed]) {
        self.cases += 1;
        let (mut before, own) = (self.clone(), self.ruleset.clone());
        for made in outcome.transitions.iter().filter(|made| made.ruleset == own) {
            for reach in self.reaches(&made.clause, made.transition) {
                reach.changes += 1;
            }
        }
        for missed in just_missed.iter().filter(|missed| missed.ruleset == own) {
            for reach in self.reaches(&missed.clause, missed.transition) {
                reach.just_missed[missed.by as usize] += 1;
            }
        }
        // A case counts once, however often something fired or was missed in it.
        for clause in &mut self.clauses {
            for transition in &mut clause.transitions {
                let [_, old] = before.reaches(&clause.path, transition.transition).map(|reach| *reach);
                transition.reach.count_once(old);
            }
            let path = &clause.path;
            let old = before.clauses.iter().find(|other| other.path == *path).map(|other| other.reach);
            clause.reach.count_once(old.unwrap_or_default());
        }
    }

    /// The counts of a clause and of its transition.
    fn reaches(&mut self, path: &str, transition: Transition) -> [&mut Reach; 2] {
        let place = self.clauses.iter().position(|clause| clause.path == path).unwrap_or_else(|| {
            let (path, transitions) = (path.to_owned(), Vec::new());
            self.clauses.push(ClauseCoverage { path, reach: Reach::default(), transitions });
            self.clauses.len() - 1
        });
        let clause = &mut self.clauses[place];
        let own =
            clause.transitions.iter().position(|own| own.transition == transition).unwrap_or_else(|| {
                let reach = Reach::default();
                clause.transitions.push(TransitionCoverage { transition, edge: None, reach });
                clause.transitions.len() - 1
            });
        [&mut clause.reach, &mut clause.transitions[own].reach]
    }

    /// The clauses that can change something.
    pub fn counted(&self) -> impl Iterator<Item = &ClauseCoverage> {
        self.clauses.iter().filter(|clause| clause.acts())
    }

    /// The clauses that cannot; a change cites one nevertheless where nothing better stands behind it.
    pub fn left_out(&self) -> impl Iterator<Item = &ClauseCoverage> {
        self.clauses.iter().filter(|clause| !clause.acts())
    }

    /// The transitions that the ruleset as it stands can make.
    pub fn transitions(&self) -> impl Iterator<Item = &TransitionCoverage> {
        self.clauses.iter().flat_map(|clause| &clause.transitions).filter(|own| own.counted())
    }

    /// The part of the counted clauses that cases reach: fired in one and just missed in one. All, where nothing is
    /// counted.
    pub fn share(&self) -> Ratio {
        let reached = self.counted().filter(|clause| clause.reached()).count();
        part(reached, self.counted().count())
    }

    /// The part of the counted transitions that cases reach: fired in one and just missed in one, at their own edge.
    pub fn share_of_transitions(&self) -> Ratio {
        let reached = self.transitions().filter(|own| own.reached()).count();
        part(reached, self.transitions().count())
    }
}

impl Reach {
    /// Counts the case once in which this became of `old`.
    fn count_once(&mut self, old: Reach) {
        self.cases = old.cases + u64::from(self.changes > old.changes);
        for by in Unit::ALL {
            let (own, old) = (&mut self.just_missed[by as usize], old.just_missed[by as usize]);
            *own = old + u64::from(*own > old);
        }
    }
}

impl ClauseCoverage {
    /// Whether the clause can change something.
    pub fn acts(&self) -> bool {
        self.transitions.iter().any(TransitionCoverage::counted)
    }

    /// Whether it fired in a case and was just missed in one.
    pub fn reached(&self) -> bool {
        self.reach.fired() && self.reach.missed()
    }
}

fn part(of: usize, all: usize) -> Ratio {
    if all == 0 { Ratio::new(1, 1) } else { Ratio::new(of as i64, all as i64) }
}
