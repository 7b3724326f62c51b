//! `check`: do rule cases and expectations still hold, and is every file beside them right?
//!
//! ```text
//!   PATHS --search--> files --read--> right in form and sense, or all findings of all files (exit 2)
//!                                      |- Cases ----run--> passed, failed (exit 1)
//!                                      |              '--> Coverage by ruleset, at least --threshold or exit 1
//!                                      |- Scenario -judge-> passed, failed (exit 1), undecided (exit 3)
//!                                      |          '-take--> golden numbers, held against --baseline (exit 1, 3)
//!                                      |          '-watch--> --futures: which clauses fired, at least --threshold
//!                                      |- both ---vary--> --readings all: what depends on how the rules are read
//!                                      v
//!                          text, --format json or github on stdout; --junit FILE
//! ```
//!
//! Who reads whom: what is asked (`args`) and read (`files`) stands below what is done with it (`judging`, `golden`,
//! `readings`, `futures`, `coverage`); that comes together in `result`, `threshold` and `verdict`, which `text` and `json`
//! write down.

mod args;
mod coverage;
mod files;
mod futures;
mod golden;
mod json;
mod judging;
mod readings;
mod result;
mod text;
mod threshold;
mod verdict;

use tiercast::experiment::expect::run_cases;
use tiercast::report::pipeline;
use tiercast::sim::{Case, Coverage};

pub(super) use self::args::Check;
use self::args::{Format, Readings};
use self::files::{RightFile, read_all};
use self::json::Report;
use self::result::FileResult;
use self::verdict::{Verdict, checks};
use super::files::write_file;
use super::{Failure, note, print, print_json};

impl Check {
    pub(super) fn execute(&self, quiet: bool) -> Result<(), Failure> {
        let done = self.answer(quiet);
        if matches!(done, Err(Failure::Interrupted)) {
            note("interrupted: only what was decided by then is judged");
        }
        done
    }

    fn answer(&self, quiet: bool) -> Result<(), Failure> {
        let files = read_all(&self.paths)?;
        let golden = self.read_baseline()?;
        let results = self.run_all(&files, quiet);
        if let Some(filter) = &self.filter
            && results.iter().all(|result| result.cases.is_empty() && result.judged.is_empty())
        {
            return Err(Failure::Usage {
                message: format!("no case and no expectation has \"{filter}\" in its name or reading"),
                help: "leave --filter out to check every one".to_owned(),
            });
        }
        let golden = golden.map(|golden| self.hold_against(golden, &files, quiet)).transpose()?;
        let covered = self.cover(&results)?;
        let readings = (self.readings == Readings::All).then(|| self.vary(&results, quiet)).transpose()?;
        let fired = self.watch_all(&files, quiet)?;
        let asked = |threshold| threshold::held_against(threshold, &results, &covered, &fired);
        let asked = self.threshold.map(asked).unwrap_or_default();
        let verdict = Verdict { readings, fired, covered, asked, ..Verdict::of(&results, golden) };
        if let Some(path) = &self.junit {
            write_file(path, pipeline::junit("tiercast check", &checks(&results, &verdict)).as_bytes())?;
        }
        self.show(&results, &verdict, quiet)?;
        verdict.end()
    }

    fn show(&self, results: &[FileResult<'_>], verdict: &Verdict, quiet: bool) -> Result<(), Failure> {
        match self.format {
            _ if self.json => print_json(&Report::of(results, verdict, self.coverage)),
            Format::Json => print_json(&Report::of(results, verdict, self.coverage)),
            Format::Text => print(&self.render(results, verdict, quiet)),
            Format::Github => {
                let annotations = pipeline::github(&checks(results, verdict));
                print(&format!("{annotations}{}\n", verdict.in_words()))
            }
        }
    }

    /// Runs the cases of all files side by side, then judges scenario after scenario, each on all cores.
    fn run_all<'f>(&self, files: &'f [RightFile], quiet: bool) -> Vec<FileResult<'f>> {
        let wanted: Vec<(&RightFile, Vec<&Case>)> = files
            .iter()
            .map(|file| (file, file.cases().iter().filter(|case| self.wants(case)).collect()))
            .collect();
        let all: Vec<&Case> = wanted.iter().flat_map(|(_, cases)| cases.iter().copied()).collect();
        let mut outcomes = run_cases(&all, self.threads.get()).into_iter();
        let mut judged = self.judge_all(files, quiet).into_iter();
        let result = |(file, cases): (&'f RightFile, Vec<&'f Case>)| FileResult {
            file,
            cases: cases.into_iter().zip(outcomes.by_ref()).collect(),
            judged: judged.next().unwrap_or_default(),
        };
        wanted.into_iter().map(result).collect()
    }

    /// What the cases reach of each ruleset that one ran under, in the order in which they come.
    fn cover(&self, results: &[FileResult<'_>]) -> Result<Vec<Coverage>, Failure> {
        let mut covered: Vec<Coverage> = Vec::new();
        if !self.coverage && self.threshold.is_none() {
            return Ok(covered);
        }
        for result in results {
            for (case, outcome) in &result.cases {
                let just_missed = case.just_missed(outcome);
                for name in case.rulesets() {
                    let known = covered.iter().position(|coverage| coverage.ruleset == name);
                    let place = known.unwrap_or(covered.len());
                    if known.is_none() {
                        covered.push(Coverage::of(&result.file.ruleset(name)?));
                    }
                    covered[place].add(outcome, &just_missed);
                }
            }
        }
        Ok(covered)
    }
}
