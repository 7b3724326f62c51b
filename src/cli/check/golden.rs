//! Golden numbers on the command line: read, compared, written.
//!
//! An entry is named by the way from the file of golden numbers to the scenario, such as `../scenarios/cold-list.ron`:
//! however a path is spelled and wherever the tool is called, it is the same.

use std::path::{Component, Path, PathBuf};

use serde::Serialize;
use tiercast::document::Document;
use tiercast::experiment::expect::Outcome;
use tiercast::experiment::golden::{BLOCKS, Comparison, Golden, Taken, compare, take};
use tiercast::glossary::grouped;
use tiercast::report::{pipeline::Checked, verdicts};

use super::args::Check;
use super::files::RightFile;
use super::judging::word;
use crate::cli::files::write_file;
use crate::cli::progress::spinner;
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
    /// There is an entry, and no scenario in such a file.
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
        let home = Home::of(path);
        let takes = self.take_all(&golden, &home, files, quiet)?;
        let numbers: usize = takes.iter().map(|take| take.taken.entry.numbers.len()).sum();
        let level = self.false_alarms.as_f64() / numbers.max(1) as f64;
        let compared = |take: &Take| match golden.entries.get(&take.entry) {
            Some(entry) => Compared::With(compare(entry, &take.taken, level)),
            None => Compared::New,
        };
        let mut scenarios: Vec<(String, Compared)> =
            takes.iter().map(|take| (take.file.clone(), compared(take))).collect();
        let others = files.iter().filter(|file| file.scenario().is_none());
        let others: Vec<String> = others.map(|file| home.entry(Path::new(&file.name))).collect();
        let is_gone = |entry: &String| others.contains(entry) || !home.holds(entry);
        let gone: Vec<String> = golden.entries.keys().filter(|entry| is_gone(entry)).cloned().collect();
        scenarios.extend(gone.iter().map(|entry| (home.shown(entry), Compared::Gone)));
        if self.update {
            let mut golden = golden;
            golden.entries.retain(|entry, _| !gone.contains(entry));
            golden.entries.extend(takes.into_iter().map(|take| (take.entry, take.taken.entry)));
            write_file(path, golden.write().as_bytes())?;
        }
        Ok(GoldenResult { file: path.display().to_string(), written: self.update, scenarios })
    }

    fn take_all(
        &self,
        golden: &Golden,
        home: &Home,
        files: &[RightFile],
        quiet: bool,
    ) -> Result<Vec<Take>, Failure> {
        let bar = spinner(quiet);
        let mut takes = Vec::new();
        for file in files {
            let Some(scenario) = file.scenario() else { continue };
            let entry = home.entry(Path::new(&file.name));
            if entry.contains("  ") || entry.contains(char::is_control) {
                return Err(Failure::Usage {
                    message: format!("golden numbers cannot name the file \"{}\"", file.name),
                    help: "two blanks part their columns, and a line ends an entry: rename the file"
                        .to_owned(),
                });
            }
            let before = golden.entries.get(&entry);
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
            let taken = taken.ok_or(Failure::Interrupted)?;
            takes.push(Take { file: file.name.clone(), entry, taken });
        }
        bar.finish_and_clear();
        Ok(takes)
    }
}

/// The numbers of a scenario, taken again.
struct Take {
    /// Its file, as it was named.
    file: String,
    /// The name of its entry.
    entry: String,
    taken: Taken,
}

/// The folder of the file of golden numbers, from where entries are named.
struct Home {
    /// As it was named.
    named: PathBuf,
    /// Without links and detours.
    folder: PathBuf,
}

impl Home {
    fn of(baseline: &Path) -> Home {
        let named = baseline.parent().unwrap_or(Path::new("")).to_owned();
        Home { folder: resolved(&named), named }
    }

    /// The name of the entry for a file: the way to it, with `/` on every system.
    fn entry(&self, file: &Path) -> String {
        let folder = resolved(file.parent().unwrap_or(Path::new("")));
        let way = way(&self.folder, &folder.join(file.file_name().unwrap_or_default()));
        let parts: Vec<_> = way.components().map(|part| part.as_os_str().to_string_lossy()).collect();
        let entry = parts.join("/");
        // A line that begins with `#` is a comment, and blanks at its beginning are none of a name.
        if entry.starts_with(|first: char| first == '#' || first.is_whitespace()) {
            format!("./{entry}")
        } else {
            entry
        }
    }

    /// Whether the file of an entry is there.
    fn holds(&self, entry: &str) -> bool {
        self.folder.join(entry).exists()
    }

    /// The file of an entry, from where the tool was called.
    fn shown(&self, entry: &str) -> String {
        let mut shown = PathBuf::new();
        for part in self.named.join(entry).components() {
            match (part, shown.components().next_back()) {
                (Component::CurDir, _) => {}
                (Component::ParentDir, Some(Component::Normal(_))) => drop(shown.pop()),
                (part, _) => shown.push(part),
            }
        }
        shown.display().to_string()
    }
}

/// A folder without links and detours; of one that is not there yet, the part that is.
fn resolved(folder: &Path) -> PathBuf {
    let here = Path::new(".");
    let folder = if folder.as_os_str().is_empty() { here } else { folder };
    match (folder.canonicalize(), folder.parent(), folder.file_name()) {
        (Ok(folder), ..) => folder,
        (Err(_), Some(parent), Some(name)) => resolved(parent).join(name),
        (Err(_), ..) => folder.to_owned(),
    }
}

/// The way from a folder to a file; the file as it is where they have no folder in common.
fn way(from: &Path, to: &Path) -> PathBuf {
    let common = from.components().zip(to.components()).take_while(|(one, other)| one == other).count();
    if common == 0 {
        return to.to_owned();
    }
    let up = from.components().skip(common).map(|_| Component::ParentDir);
    up.chain(to.components().skip(common)).collect()
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
                "it has golden numbers, and no scenario is there: take them out with --update".to_owned()
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
