//! Loading a scenario: the step that fails. Once a [`Scenario`] exists, running it cannot.
//!
//! ```text
//!   plan.ron --read--> ScenarioText --+-- grid       calendar and sending slots
//!   rulesets, profiles, tables  ------+-- files      the rules and profiles that it names
//!                                     |-- eras       which rules hold when
//!                                     |-- plans      how the sender decides
//!                                     |-- sense      all that can be wrong, told at once: also of what is left where
//!                                     |              entries cannot be read, unless it may follow from these
//!                                     |-- parts      numbers and lists, prices, decisions
//!                                     |-- decisions  how long the platform's decisions may take
//!                                     |-- desk       whether a help desk can keep its chats
//!                                     |-- feasible   steps that the plan or the lists cannot unlock
//!                                     |-- inputs     priors, and where every input comes from
//!                                     |-- paths      where a change leads
//!                                     |-- uncertain  the parameters that have a prior
//!                                     |-- assemble   all put together
//!                                     '-- expect     what is expected, and the scenarios it is compared with
//!                                          |
//!                                          '--> Scenario
//! ```

mod assemble;
mod decisions;
mod desk;
mod eras;
mod expect;
mod feasible;
mod files;
mod grid;
mod inputs;
mod loader;
mod odd;
mod parts;
mod paths;
mod plans;
mod sense;
mod table;
mod uncertain;

use std::path::Path;

use crate::document::{Check, Document, Finding, Findings};
use crate::platform::{RuleChange, Ruleset};
use crate::sender::Strategy;

use self::assemble::Pieces;
use self::desk::check_desk;
pub(super) use self::eras::{Following, compile, compile_eras};
use self::eras::{first_era, in_force};
use self::grid::{CALENDAR, calendar, sending_slots};
pub use self::loader::LoadError;
use self::loader::Loader;
pub(super) use self::loader::open;
use self::paths::{Place, check_reach, hold_thresholds, standing};
use self::plans::check_climb;
pub(super) use self::sense::too_many_numbers;
use self::sense::{
    check_against_rules, check_market, check_number_count, check_sender, check_size, check_threshold_order,
    register,
};
pub use self::uncertain::{Source, Uncertain};
use super::ready::Scenario;
use super::scenario::ScenarioText;

/// The name of a file without its ending.
fn stem(path: &Path) -> String {
    path.file_stem().map_or_else(|| "scenario".to_owned(), |stem| stem.to_string_lossy().into_owned())
}

impl Scenario {
    /// Loads a scenario from a file; `changes` replace values by their path before anything is checked.
    ///
    /// # Errors
    /// A file that cannot be read, and all that is wrong with what the files say.
    pub fn load(path: &Path, changes: &[(String, String)]) -> Result<Scenario, LoadError> {
        let document = open(path)?;
        let folder = path.parent().unwrap_or(Path::new("")).to_owned();
        let name = stem(path);
        Ok(Loader { name, folder, changes, under: None, expects: true }.load(document)?)
    }

    /// Loads a scenario from a file under rules in which one value is another; the scenarios that it is compared with
    /// are under the same rules.
    ///
    /// # Errors
    /// A file that cannot be read, and all that is wrong with what the files say, or with the change.
    pub fn load_under(path: &Path, change: &RuleChange) -> Result<Scenario, LoadError> {
        let document = open(path)?;
        let folder = path.parent().unwrap_or(Path::new("")).to_owned();
        let name = stem(path);
        Ok(Loader { name, folder, changes: &[], under: Some(change), expects: true }.load(document)?)
    }

    /// Loads a scenario from text; files that it names are looked for in `folder`.
    ///
    /// # Errors
    /// All that is wrong with what the text and the files say.
    pub fn read(name: &str, text: &str, folder: &Path) -> Result<Scenario, Findings> {
        let document = Document::new(format!("{name}.ron"), text);
        let (name, folder) = (name.to_owned(), folder.to_owned());
        Loader { name, folder, changes: &[], under: None, expects: true }.load(document)
    }

    /// The value at a path of a scenario's file, its rules or a segment's profile, as it is written there after `changes`;
    /// nothing where a default holds. Of an uncertain number it is the prior.
    ///
    /// # Errors
    /// A file that cannot be read, or a change that cannot be made.
    pub fn value_at(
        file: &Path,
        changes: &[(String, String)],
        path: &str,
    ) -> Result<Option<String>, LoadError> {
        let folder = file.parent().unwrap_or(Path::new("")).to_owned();
        let loader = Loader { name: String::new(), folder, changes, under: None, expects: false };
        Ok(loader.value_at(open(file)?, path)?)
    }
}

impl Loader<'_> {
    fn load(&self, document: Document) -> Result<Scenario, Findings> {
        let unchanged = document.clone();
        let document = self.changed(document, |place| place.in_scenario())?;
        let (mut text, left_out) = document.read_what_can_be::<ScenarioText>(|_, _| None)?;
        hold_thresholds(&mut text, self.changes);
        let (mut check, mut others) = (Check::without(&document, left_out), Findings::default());
        let pieces = self.pieces(&text, &mut check, &mut others);
        let found = match (check.finish(()), others.has_errors(), pieces) {
            (Ok(()), false, Some(pieces)) => {
                let mut scenario = self.assemble(&text, pieces).ok_or_else(|| {
                    Findings::new(&document, vec![Finding::error("the profile's delays make no table")])
                })?;
                check_desk(&scenario, &text, &document)?;
                scenario.setting.warnings.extend(in_lines(&others));
                return self.expect(scenario, &text, &unchanged, &document);
            }
            (Ok(()), ..) => Findings::default(),
            (Err(findings), ..) => findings,
        };
        let mut all = found;
        all.merge(others);
        Err(all)
    }

    /// Reads what the scenario names, and notes all that is wrong with it and between its parts; `others` takes what is
    /// wrong with the files. Nothing where a part cannot be read.
    fn pieces(&self, text: &ScenarioText, check: &mut Check<'_>, others: &mut Findings) -> Option<Pieces> {
        let calendar = calendar(text, check);
        check.given(&[], |check| check_size(text, check));
        let book = self.rulebook(text, others);
        check_reach(text, self.changes, book.is_some(), check);
        let ruleset = match (&book, &calendar) {
            (Some(book), Some(calendar)) => first_era(book, calendar, check),
            (Some(_), None) => None,
            (None, _) => self.ruleset(text, check, others),
        };
        let behaviors = self.behaviors(text, check, others);
        let sending = calendar.as_ref().map(|calendar| sending_slots(calendar, text, check));
        let when = calendar.as_ref().zip(sending.as_deref());
        let strategy: Option<Strategy> = self.strategy(text, when, check, others);
        let rulesets = ruleset.as_ref().map(|ruleset| in_force(book.as_ref(), ruleset, calendar.as_ref()));
        check_rules(text, rulesets.as_deref(), check);
        Some(Pieces {
            calendar: calendar?,
            ruleset: ruleset?,
            book,
            behaviors: behaviors?,
            strategy: strategy?,
            sending: sending?,
        })
    }

    /// The value at a path, wherever it leads.
    fn value_at(&self, document: Document, path: &str) -> Result<Option<String>, Findings> {
        let document = self.changed(document, |place| place.in_scenario())?;
        let text: ScenarioText = document.read()?;
        // What is wrong with the files is told where the scenario is loaded.
        let mut check = Check::new(&document);
        let of = |document: Option<Document>, path: &str| {
            document.and_then(|document| standing(&document, path).map(str::to_owned))
        };
        Ok(match Place::of(path) {
            Place::Scenario(path) => of(Some(document.clone()), path),
            Place::Rules(path) => of(self.rules(&text, &mut check), path),
            Place::Profile { segment, field } => of(self.profile(segment, &text, &mut check), field),
        })
    }
}

/// Notes what is wrong between a scenario and its rules, where these are known, and with its sender.
fn check_rules(text: &ScenarioText, rulesets: Option<&[&Ruleset]>, check: &mut Check<'_>) {
    if let Some(rulesets @ [first, ..]) = rulesets {
        check.given(&[&["platform.ruleset"], CALENDAR].concat(), |check| {
            check_against_rules(text, rulesets, check);
            check_threshold_order(text, first, check);
            check_market(text, rulesets, check);
            check_climb(text, rulesets, check);
            let leans = ["platform.numbers", "platform.verification", "sender"];
            check.given(&leans, |check| check_number_count(text, rulesets, check));
        });
    }
    check_sender(text, check);
    if let Err(collision) = register(text, rulesets.map(<[_]>::to_vec)) {
        check.error("title", collision, "two names drew the same number; any other name will do");
    }
}

/// Warnings about tables, each in one line with its place; of many the first.
fn in_lines(findings: &Findings) -> Vec<String> {
    const MOST: usize = 8;
    let line = |(document, finding): (&Document, &Finding)| {
        let line = finding.place.as_ref().map_or(1, |place| document.line_column(place.start).0);
        format!("{}:{line}: {}", document.name, finding.message)
    };
    let mut lines: Vec<String> = findings.iter().take(MOST).map(line).collect();
    if findings.len() > MOST {
        lines.push(format!("{} more rows look as odd", findings.len() - MOST));
    }
    lines
}
