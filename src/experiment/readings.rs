//! What depends on how the rules are read: cases and scenarios under every other reading, one at a time.
//!
//! ```text
//!   rules --open texts--> Variation (one text read otherwise, all others as the rules take them)
//!                             |- cases_under   --> UnderReading by variation and case
//!                             '- Scenario::load_under --first_futures--> the same? then it does not matter
//!                                                     '-judge----------> verdicts, as of any scenario
//! ```
//!
//! A case that states a reading of a clause was written for that reading, and is not varied in that clause.

use crate::document::{Document, Findings};
use crate::platform::readings::{Alternative, OpenText, open_texts};
use crate::platform::{RuleChange, Rulebook, Ruleset};
use crate::sim::{Case, Failure, Scenario, Shelf, Trajectory};

use super::Threads;
use super::blocks::futures_of;
use super::threads::Crew;

/// One open text read in another way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variation {
    /// The text, and how the rules read it.
    pub text: OpenText,
    /// How it is read instead.
    pub other: Alternative,
    /// The rules so changed.
    pub change: RuleChange,
    /// The paths of all open texts of the same clause.
    clause: Vec<String>,
}

/// The other readings of a ruleset, or of a rulebook's amendments.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spectrum {
    /// Name of the rules.
    pub rules: String,
    /// One for each other reading, in the order of the language.
    pub variations: Vec<Variation>,
    /// Readings that contradict the rest of the rules: they are none of these rules. Path and value.
    pub senseless: Vec<(String, String)>,
}

/// What becomes of a case under a variation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UnderReading {
    /// The rules are not those of the case.
    OtherRules,
    /// The case states a reading of the clause itself.
    Stated,
    /// The reading contradicts what the case sets.
    Refused,
    /// The case holds.
    Holds,
    /// It does not; the first expectation that is not met.
    Fails(Box<Failure>),
}

impl Spectrum {
    /// The other readings of a ruleset's file.
    ///
    /// # Errors
    /// What is wrong with the file as it stands.
    pub fn of_ruleset(document: &Document) -> Result<Spectrum, Findings> {
        let ruleset = Ruleset::read(document)?;
        let makes_sense = |change: &RuleChange| {
            change.of(document.clone()).and_then(|document| Ruleset::read(&document)).is_ok()
        };
        Ok(Spectrum::of(&ruleset.name, &open_texts(&ruleset), &makes_sense))
    }

    /// The other readings of the amendments of a rulebook's file.
    ///
    /// # Errors
    /// What is wrong with the file as it stands.
    pub fn of_rulebook(document: &Document) -> Result<Spectrum, Findings> {
        let book = Rulebook::read(document)?;
        let makes_sense = |change: &RuleChange| change.read_book(document.clone(), &Ok).is_ok();
        Ok(Spectrum::of(book.name(), &book.open_texts(), &makes_sense))
    }

    fn of(rules: &str, texts: &[OpenText], makes_sense: &dyn Fn(&RuleChange) -> bool) -> Spectrum {
        let mut spectrum = Spectrum { rules: rules.to_owned(), ..Spectrum::default() };
        for text in texts {
            let same_clause = texts.iter().filter(|other| other.clause == text.clause);
            let clause: Vec<String> = same_clause.map(|other| other.path.clone()).collect();
            for other in &text.others {
                let (path, value) = (text.path.clone(), other.value.clone());
                let change = RuleChange { rules: rules.to_owned(), path, value };
                if makes_sense(&change) {
                    let (text, other, clause) = (text.clone(), other.clone(), clause.clone());
                    spectrum.variations.push(Variation { text, other, change, clause });
                } else {
                    spectrum.senseless.push((change.path, change.value));
                }
            }
        }
        spectrum
    }
}

impl Variation {
    /// What becomes of a case; `shelf` is this variation's.
    fn try_on(&self, case: &Case, shelf: &mut Shelf) -> UnderReading {
        let concerned = case.has_rules(&self.change.rules);
        if !concerned {
            return UnderReading::OtherRules;
        }
        if case.sets(&self.change.rules, self.clause.iter().map(String::as_str)) {
            return UnderReading::Stated;
        }
        let Ok(Some(other)) = case.under(&self.change, shelf) else { return UnderReading::Refused };
        match other.run().failures.into_iter().next() {
            Some(failure) => UnderReading::Fails(Box::new(failure)),
            None => UnderReading::Holds,
        }
    }
}

/// How many futures are compared before expectations are judged under another reading.
pub const COMPARED: u64 = 64;

/// The first futures of a scenario and of those that it is compared with, to be held against those under another
/// reading: where all are the same, the reading does not matter to it.
pub fn first_futures(scenario: &Scenario, threads: Threads) -> Vec<Vec<Trajectory>> {
    let crew = Crew::new(threads);
    let scenarios = || std::iter::once(scenario).chain(scenario.others());
    let of_each: Vec<Vec<Trajectory>> = scenarios().map(|one| futures_of(&crew, one, 0..COMPARED)).collect();
    let mut of_each: Vec<_> = of_each.into_iter().map(Vec::into_iter).collect();
    (0..COMPARED).map(|_| of_each.iter_mut().filter_map(Iterator::next).collect()).collect()
}

/// Every case under every variation: by variation, and in it by case.
pub fn cases_under(cases: &[&Case], variations: &[&Variation], threads: Threads) -> Vec<Vec<UnderReading>> {
    let all = |place: u64| {
        let (variation, mut shelf) = (variations[place as usize], Shelf::default());
        cases.iter().map(|case| variation.try_on(case, &mut shelf)).collect()
    };
    Crew::new(threads).map(0..variations.len() as u64, &all)
}
