//! `rules impact`: what does a change of the rules do to a set of scenarios?
//!
//! ```text
//!   OLD, NEW --which--> two rulesets
//!   PATHS --search--> scenarios, each right by itself, or all findings of all files (exit 2)
//!        |  loaded under OLD and under NEW; what cannot run is told apart
//!        v
//!   Comparison of each, on its own seed  -->  text or JSON on stdout; impact.json, effects.csv and a chart; --junit FILE
//! ```

use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use tiercast::document::{Document, Finding, Findings};
use tiercast::experiment::Comparison;
use tiercast::platform::Ruleset;
use tiercast::report::impact::{Answer, Effect, Outcome, Rules, Told, Tried, checks, gallery, json, text};
use tiercast::report::pipeline;
use tiercast::sim::{LoadError, Scenario};

use super::amount::{Amount, check_replications};
use super::files::{Folder, write_file};
use super::paired::PairedArgs;
use super::search::{findings, first_word, merge_new, read_text, search_all, without_place};
use super::which::{self, Meant};
use super::{Failure, assignment, interrupt, note, print, shell, width};

/// Tell what a change of the rules does to a set of scenarios, on the same luck. Exit code 1 when one changes.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  tiercast rules impact platform-2023 platform-2025-10 --scenarios scenarios/half-limit-climb.ron
  tiercast rules impact platform@2025-10-06 platform@2025-10-07 --scenarios scenarios
  tiercast rules impact platform-2023 my-rules.ron --scenarios plans --matters 2d --junit out/impact.xml

Each scenario runs under both rules instead of its own, on its own seed. Told are: in which share of its
runs anything changes, from which day on and first by which clause; the effect on each headline with its
interval; and where nothing changes, which clauses differ and never fired. A scenario that cannot run
under one of the rules is told with its reasons. Writes impact.json, effects.csv and a chart (SVG and
PNG) to --out.

Exit codes: 0 nothing changes, 1 something does, or a scenario cannot run under one of the rules,
2 wrong input; then nothing is run, 130 interrupted.")]
pub(super) struct Impact {
    /// The rules before: a built-in ruleset, a file that ends in `.ron`, or a rulebook on a day: platform@2025-10-06.
    old: String,
    /// The rules after, named in the same ways.
    new: String,
    /// The scenarios: files, and folders that are searched for scenarios.
    #[arg(long, required = true, num_args = 1.., value_name = "PATHS")]
    scenarios: Vec<PathBuf>,
    /// Change a value of all scenarios or of both rules, such as `horizon=90d`. May be given several times.
    #[arg(long = "set", value_name = "PATH=VALUE", value_parser = assignment)]
    changes: Vec<(String, String)>,
    /// Seed of the random numbers, instead of each scenario's.
    #[arg(long, env = "TIERCAST_SEED")]
    seed: Option<u64>,
    /// How many random futures of each scenario, instead of its own number.
    #[arg(long, short = 'n')]
    replications: Option<u64>,
    #[command(flatten)]
    paired: PairedArgs,
    /// Folder for the results; `out/impact` unless said otherwise.
    #[arg(long, short)]
    out: Option<PathBuf>,
    /// Write JUnit XML into this file as well: a scenario that changes by more than --matters is a failure.
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// How to print the result.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// The same as `--format json`.
    #[arg(long, conflicts_with = "format")]
    json: bool,
}

/// How the result is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Tables.
    Text,
    /// One document: impact.json.
    Json,
    /// Annotations for the changes of a pull request on GitHub.
    Github,
}

/// A scenario of the set, under both rules.
struct Asked {
    name: String,
    file: String,
    under: [Result<Scenario, Vec<String>>; 2],
}

impl Asked {
    /// Both, where it can run under both.
    fn both(&self) -> Option<[&Scenario; 2]> {
        let [old, new] = &self.under;
        Some([old.as_ref().ok()?, new.as_ref().ok()?])
    }

    /// Why it cannot run under the old and under the new rules.
    fn why(&self) -> [&[String]; 2] {
        self.under.each_ref().map(|under| under.as_ref().err().map_or(&[][..], Vec::as_slice))
    }
}

impl Impact {
    pub(super) fn execute(&self, quiet: bool) -> Result<(), Failure> {
        let meant = [which::ruleset(&self.old)?, which::ruleset(&self.new)?];
        let [old, new] = [Ruleset::read(&meant[0].document)?, Ruleset::read(&meant[1].document)?];
        let asked = self.asked(&meant)?;
        let runnable = asked.iter().filter_map(|one| Some((one.name.as_str(), one.both()?[0])));
        self.paired.check_dates(&runnable.collect::<Vec<_>>())?;
        if let Some(replications) = self.replications {
            check_replications(replications)?;
        }
        let default = PathBuf::from("out").join("impact");
        let folder = Folder::prepare(self.out.as_ref().unwrap_or(&default))?;
        let comparisons: Vec<Option<Comparison>> = asked.iter().map(|one| self.compare(one, quiet)).collect();
        let tried = asked.iter().zip(&comparisons).map(|(one, comparison)| Tried {
            name: &one.name,
            file: &one.file,
            outcome: match comparison.as_ref().zip(one.both()) {
                Some((comparison, scenarios)) => Outcome::Ran { comparison, scenarios },
                None => Outcome::Cannot(one.why()),
            },
        });
        let tried: Vec<Tried<'_>> = tried.collect();
        let rules = [Rules { asked: &self.old, ruleset: &old }, Rules { asked: &self.new, ruleset: &new }];
        let answer = Answer::of(rules, &tried, &self.paired.by, self.paired.thresholds());
        self.write(&folder, &answer)?;
        self.show(&folder, &answer, quiet)?;
        end(&answer, comparisons.iter().flatten().all(Comparison::complete))
    }

    /// The scenarios, each under both rules.
    fn asked(&self, meant: &[Meant; 2]) -> Result<Vec<Asked>, Failure> {
        let paths = self.read_all()?;
        let stem = |path: &Path| path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let stems: Vec<String> = paths.iter().map(|path| stem(path)).collect();
        let asked = paths.into_iter().zip(&stems).map(|(path, stem)| {
            let alone = stems.iter().filter(|other| *other == stem).count() == 1;
            let under = [&meant[0], &meant[1]].map(|meant| self.under(&path, meant));
            let file = path.display().to_string();
            Asked { name: if alone { stem.clone() } else { file.clone() }, file, under }
        });
        Ok(asked.collect())
    }

    /// A scenario under other rules than its own; why not, where it cannot run under them.
    fn under(&self, path: &Path, meant: &Meant) -> Result<Scenario, Vec<String>> {
        let mut changes = vec![("platform.ruleset".to_owned(), meant.value.clone())];
        changes.extend(self.changes.iter().cloned());
        match Scenario::load(path, &changes) {
            Ok(scenario) => Ok(match self.seed {
                Some(seed) => scenario.with_seed(seed),
                None => scenario,
            }),
            Err(LoadError::Findings(findings)) => {
                Err(findings.iter().map(|(document, finding)| in_a_line(path, document, finding)).collect())
            }
            Err(error) => Err(vec![error.to_string()]),
        }
    }

    /// The scenarios among the files, each right under its own rules; or all that is wrong with all of them.
    fn read_all(&self) -> Result<Vec<PathBuf>, Failure> {
        let mut wrong = Findings::default();
        let mut scenarios: Vec<PathBuf> = Vec::new();
        let mut others = 0;
        let found = search_all(&self.scenarios, &mut wrong);
        for path in found {
            let read = read_text(&path).and_then(|document| match first_word(&document.text).1 {
                "Scenario" => {
                    Scenario::load(&path, &[]).map(|_| true).map_err(|error| findings(&path, error))
                }
                // Of a folder only the scenarios are meant.
                _ if !self.scenarios.contains(&path) => Ok(false),
                other => {
                    let what = if other.is_empty() { "nothing" } else { other };
                    let help = "name files that begin with Scenario(, or folders with such files";
                    Err(without_place(&path, &format!("this is no scenario: it begins with {what}"), help))
                }
            });
            match read {
                Ok(true) if !scenarios.contains(&path) => scenarios.push(path),
                Ok(true) => {}
                Ok(false) => others += 1,
                Err(findings) => merge_new(&mut wrong, &findings),
            }
        }
        match scenarios.is_empty() {
            _ if !wrong.is_empty() => Err(wrong.into()),
            false => Ok(scenarios),
            true => Err(Failure::Usage {
                message: format!("there is no scenario among the {others} files that end in .ron"),
                help: "name files that begin with Scenario(, or folders with such files".to_owned(),
            }),
        }
    }

    /// Both versions of a scenario on the same luck; nothing where it cannot run.
    fn compare(&self, asked: &Asked, quiet: bool) -> Option<Comparison> {
        let [old, new] = asked.both()?;
        if !quiet && std::io::stderr().is_terminal() {
            note(&format!("{}: {} runs under each of both rules", asked.name, self.runs(old)));
        }
        let plans = [(self.old.as_str(), old), (self.new.as_str(), new)];
        Some(self.paired.replicate(&plans, &Amount::Runs(self.runs(old)), quiet).0)
    }

    fn runs(&self, scenario: &Scenario) -> u64 {
        self.replications.unwrap_or(scenario.replications)
    }

    /// Writes every file.
    fn write(&self, folder: &Folder, answer: &Answer<'_>) -> Result<(), Failure> {
        folder.write("impact.json", json::to_json(answer).as_bytes())?;
        folder.write("effects.csv", json::to_csv(answer).as_bytes())?;
        folder.draw(gallery::draw(answer))?;
        if let Some(path) = &self.junit {
            let xml = pipeline::junit("tiercast rules impact", &checks::checks(answer));
            write_file(path, xml.as_bytes())?;
        }
        Ok(())
    }

    fn show(&self, folder: &Folder, answer: &Answer<'_>, quiet: bool) -> Result<(), Failure> {
        match self.format {
            _ if self.json => print(&json::to_json(answer)),
            Format::Json => print(&json::to_json(answer)),
            Format::Github => print(&pipeline::github(&checks::checks(answer))),
            Format::Text => {
                print(&text::render(answer, width().min(140)))?;
                if quiet {
                    return Ok(());
                }
                print(&self.where_to_look(answer))?;
                let charts = if gallery::any(answer) { " and a chart" } else { "" };
                let path = folder.path().display();
                print(&format!("\nWritten to {path}: impact.json, effects.csv{charts}.\n"))
            }
        }
    }

    /// The commands that tell where the runs of each scenario first part.
    fn where_to_look(&self, answer: &Answer<'_>) -> String {
        let line = |effect: &Effect<'_>| {
            let Told::Ran(change) = &effect.told else { return None };
            let mut words =
                vec![effect.file.to_owned(), "--replication".to_owned(), change.telling()?.to_string()];
            for rules in [&self.old, &self.new] {
                words.extend(["--rules".to_owned(), rules.clone()]);
            }
            for (path, value) in &self.changes {
                words.extend(["--set".to_owned(), format!("{path}={value}")]);
            }
            words.extend(self.seed.iter().flat_map(|seed| ["--seed".to_owned(), seed.to_string()]));
            let words: Vec<String> = words.iter().map(|word| shell(word)).collect();
            Some(format!("  tiercast explain {}\n", words.join(" ")))
        };
        let lines: Vec<String> = answer.effects.iter().filter_map(line).collect();
        match lines.is_empty() {
            true => String::new(),
            false => format!(
                "\nWhere the runs first part, in the lowest replication that changes:\n{}",
                lines.concat()
            ),
        }
    }
}

/// A finding in one line: where, what, and advice.
fn in_a_line(path: &Path, document: &Document, finding: &Finding) -> String {
    let file = path.display().to_string();
    // A scenario with other rules than those in its file bears the change in its name.
    let name = if document.name.starts_with(&file) { file } else { document.name.clone() };
    let place = finding.place.as_ref().map_or_else(String::new, |place| {
        let (line, column) = document.line_column(place.start);
        format!(":{line}:{column}")
    });
    let help = finding.help.as_ref().filter(|help| !help.is_empty());
    let help = help.map_or_else(String::new, |help| format!(" ({help})"));
    format!("{name}{place}: {}{help}", finding.message)
}

fn end(answer: &Answer<'_>, complete: bool) -> Result<(), Failure> {
    if !complete || interrupt::heard() {
        note("interrupted; what was finished is written, and the same command goes on from there");
        Err(Failure::Interrupted)
    } else if answer.changes() {
        Err(Failure::Found)
    } else {
        Ok(())
    }
}
