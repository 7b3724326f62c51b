//! Golden numbers on the command line: read, compared, written.

use std::path::Path;

use serde::Serialize;
use tiercast::document::Document;
use tiercast::experiment::expect::Outcome;
use tiercast::experiment::golden::{BLOCKS, Comparison, Golden, Taken, compare, take};
use tiercast::glossary::grouped;
use tiercast::report::{pipeline::Checked, verdicts};

use super::judging::{spinner, word};
use super::{Check, RightFile};
use crate::cli::files::write_file;
use crate::cli::{Failure, interrupt};

/// What became of the golden numbers.
pub(super) struct GoldenResult {
    file: String,
    written: bool,
    scenarios: Vec<(String, Compared)>,
}

/// A scenario held against its entry.
enum Compared {
    /// It has an entry.
    With(Comparison),
    /// It has none yet.
    New,
    /// There is an entry and no such file.
    Gone,
}

impl Check {
    /// The golden numbers as they stand in the file; empty where it is to be written and is not there yet.
    pub(super) fn read_baseline(&self) -> Result<Option<Golden>, Failure> {
        let Some(path) = &self.baseline else { return Ok(None) };
        match std::fs::read_to_string(path) {
            Ok(text) => Ok(Some(Golden::read(&Document::new(path.display().to_string(), text))?)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && self.update => {
                Ok(Some(Golden::default()))
            }
            Err(error) => Err(Failure::Usage {
                message: format!("cannot read the golden numbers in {}: {error}", path.display()),
                help: "add --update to write them".to_owned(),
            }),
        }
    }

    /// Takes the numbers of every scenario again and compares; writes them with --update.
    pub(super) fn hold_against(
        &self,
        golden: Golden,
        files: &[RightFile],
        quiet: bool,
    ) -> Result<GoldenResult, Failure> {
        let path = self.baseline.as_deref().unwrap_or(Path::new(""));
        let takes = self.take_all(&golden, files, quiet)?;
        let numbers: usize = takes.iter().map(|(_, taken)| taken.entry.numbers.len()).sum();
        let level = self.false_alarms.as_f64() / numbers.max(1) as f64;
        let mut scenarios: Vec<(String, Compared)> = takes
            .iter()
            .map(|(name, taken)| {
                let entry = golden.entries.get(name);
                (
                    name.clone(),
                    entry.map_or(Compared::New, |entry| Compared::With(compare(entry, taken, level))),
                )
            })
            .collect();
        let gone = golden.entries.keys().filter(|name| !Path::new(name).exists());
        scenarios.extend(gone.map(|name| (name.clone(), Compared::Gone)));
        if self.update {
            let mut golden = golden;
            golden.entries.retain(|name, _| Path::new(name).exists());
            golden.entries.extend(takes.into_iter().map(|(name, taken)| (name, taken.entry)));
            write_file(path, golden.write().as_bytes())?;
        }
        Ok(GoldenResult { file: path.display().to_string(), written: self.update, scenarios })
    }

    fn take_all(
        &self,
        golden: &Golden,
        files: &[RightFile],
        quiet: bool,
    ) -> Result<Vec<(String, Taken)>, Failure> {
        let bar = spinner(quiet);
        let mut takes = Vec::new();
        for file in files {
            let Some(scenario) = file.scenario() else { continue };
            if file.name.contains("  ") {
                return Err(Failure::Usage {
                    message: format!("golden numbers cannot name the file \"{}\"", file.name),
                    help: "two blanks part their columns: rename the file".to_owned(),
                });
            }
            let before = golden.entries.get(&file.name);
            let (seed, blocks) = match before {
                Some(entry) if !self.update => (entry.seed, entry.fingerprints.len() as u64),
                _ => (scenario.setting.seed, BLOCKS),
            };
            let scenario = scenario.clone().with_seed(seed);
            let heard = |n| {
                bar.set_message(format!("{}: {} futures for the golden numbers", file.name, grouped(n)));
                bar.tick();
            };
            let taken = take(&scenario, blocks, self.threads.get(), &heard, interrupt::listen());
            takes.push((file.name.clone(), taken.ok_or(Failure::Interrupted)?));
        }
        bar.finish_and_clear();
        Ok(takes)
    }
}

impl Compared {
    /// Nothing fails where the numbers are just written.
    fn outcome(&self, written: bool) -> Outcome {
        match self {
            _ if written => Outcome::Pass,
            Compared::With(comparison) => comparison.outcome(),
            Compared::New | Compared::Gone => Outcome::Fail,
        }
    }

    fn in_words(&self) -> String {
        match self {
            Compared::With(comparison) => comparison.in_words(),
            Compared::New => "it has no golden numbers yet: write them with --update".to_owned(),
            Compared::Gone => {
                "it has golden numbers and is not there: take them out with --update".to_owned()
            }
        }
    }
}

impl GoldenResult {
    pub(super) fn count(&self, outcome: Outcome) -> usize {
        self.scenarios.iter().filter(|(_, compared)| compared.outcome(self.written) == outcome).count()
    }

    pub(super) fn render(&self, width: usize, quiet: bool) -> String {
        let mut text = String::new();
        if !quiet {
            let done = if self.written { "written" } else { "compared with" };
            text.push_str(&format!("Golden numbers, {done} {}:\n", self.file));
        }
        for (name, compared) in &self.scenarios {
            let outcome = compared.outcome(self.written);
            if quiet && outcome == Outcome::Pass {
                continue;
            }
            let mark = match outcome {
                Outcome::Pass => "ok",
                Outcome::Fail => "MOVED",
                Outcome::Undecided => "UNCLEAR",
            };
            let words = match compared {
                Compared::New if self.written => "written for the first time".to_owned(),
                Compared::Gone if self.written => "taken out".to_owned(),
                compared => compared.in_words(),
            };
            text.push_str(&format!("  {mark:7}  {name}: {words}\n"));
            if let Compared::With(comparison) = compared {
                text.push_str(&verdicts::moves(comparison, width));
            }
        }
        if !text.is_empty() {
            text.push('\n');
        }
        text
    }

    pub(super) fn checks(&self) -> Vec<Checked> {
        let check = |(name, compared): &(String, Compared)| {
            let table = match compared {
                Compared::With(comparison) => verdicts::moves(comparison, 160),
                Compared::New | Compared::Gone => String::new(),
            };
            Checked {
                kind: "golden numbers",
                file: name.clone(),
                line: None,
                remark: None,
                name: format!("the golden numbers of {name}"),
                outcome: compared.outcome(self.written),
                details: format!("{}\n{table}", compared.in_words()).trim_end().to_owned(),
            }
        };
        self.scenarios.iter().map(check).collect()
    }

    pub(super) fn report(&self) -> Vec<GoldenReport> {
        self.scenarios.iter().map(|(name, compared)| GoldenReport::of(name, compared, self.written)).collect()
    }
}

/// A scenario's golden numbers, for programs.
#[derive(Serialize)]
pub(super) struct GoldenReport {
    file: String,
    outcome: &'static str,
    /// Whether it has golden numbers: `compared`, `new` or `gone`.
    state: &'static str,
    causes: Vec<String>,
    blocks: usize,
    blocks_changed: usize,
    /// The first replication of the first block that differs.
    first_changed: Option<u64>,
    same: usize,
    moves: Vec<MoveReport>,
}

#[derive(Serialize)]
struct MoveReport {
    name: String,
    was: String,
    is: String,
    by: String,
    matters_from: String,
    moved: &'static str,
}

impl GoldenReport {
    fn of(name: &str, compared: &Compared, written: bool) -> GoldenReport {
        let state = match compared {
            Compared::With(_) => "compared",
            Compared::New => "new",
            Compared::Gone => "gone",
        };
        let comparison = match compared {
            Compared::With(comparison) => Some(comparison),
            Compared::New | Compared::Gone => None,
        };
        let moves = comparison.into_iter().flat_map(|comparison| &comparison.moves).map(|step| MoveReport {
            name: step.name.clone(),
            was: step.from.clone(),
            is: step.to.clone(),
            by: step.by.clone(),
            matters_from: step.limit.clone(),
            moved: step.moved.name(),
        });
        GoldenReport {
            file: name.to_owned(),
            outcome: word(compared.outcome(written)),
            state,
            causes: comparison.map(|comparison| comparison.causes.clone()).unwrap_or_default(),
            blocks: comparison.map_or(0, |comparison| comparison.blocks),
            blocks_changed: comparison.map_or(0, |comparison| comparison.blocks_changed),
            first_changed: comparison.and_then(|comparison| comparison.first),
            same: comparison.map_or(0, |comparison| comparison.same),
            moves: moves.collect(),
        }
    }
}
