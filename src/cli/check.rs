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

mod coverage;
mod files;
mod futures;
mod golden;
mod json;
mod judging;
mod readings;
mod threshold;

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use tiercast::experiment::Fired;
use tiercast::experiment::expect::{Judged, Outcome, run_cases};
use tiercast::glossary::{Ratio, grouped};
use tiercast::report::{pipeline, verdicts};
use tiercast::sim::{Case, CaseOutcome, Coverage};

use self::files::{Form, RightFile, read_all};
use self::golden::GoldenResult;
use self::json::Report;
use self::readings::ReadingsResult;
use self::threshold::Asked;
use super::files::write_file;
use super::{Failure, ThreadsArg, interrupt, note, print, print_json, width};

/// Check rule cases, what scenarios expect, and every file beside them: do they still keep their promises?
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  tiercast check tests/cases
  tiercast check my-cases.ron --filter \"half of the limit\"
  tiercast check tests/cases scenarios --coverage
  tiercast check tests/cases --coverage --threshold 80%
  tiercast check scenarios --futures 200 --threshold 50%      which clauses does the suite ever meet?
  tiercast check tests/cases --readings all                   what would hold if the rules were read otherwise?
  tiercast check scenarios tests/cases --junit out/checks.xml --format github
  tiercast check scenarios --baseline golden.txt --update     write the golden numbers down
  tiercast check scenarios --baseline golden.txt              what moved since then?

Cases(..) are run. A Scenario(..) with `expect` is replicated until each expectation is decided:
it passes when the whole confidence interval keeps its bounds, fails when the whole interval
breaks one, and stays undecided where --replications do not tell. A Ruleset, Rulebook, PriceTable
or Behavior is checked for its form and its sense. A case with several readings is one case for
each of them.

Coverage counts what fires in the cases, and what they just miss: what would fire if one thing
that a case states were one unit off. `one`: a message, reaction or customer more or less;
`second`: something a second earlier or later, or looked at a second before it changes; `step`: a
decision the other way round, or a step in what is given of the sender. A clause or transition is
reached if it fired in one case and was just missed in one; a transition at its own edge: by one
where a count decides, by a second where a time does, else by anything. --threshold asks for this
share of the clauses of each ruleset that can change something, and of their transitions.

--futures N asks the same of scenarios: in which share of N random futures of each did a clause, and
each of its transitions, fire? --threshold then asks for this share of the clauses of each ruleset
to fire in any of them, whatever the scenario. They are the first N futures of `run`.

--readings all asks what the answers rest on: every open text of a ruleset (what usage counts, how a
flag is left, reach or exceed) is read otherwise, one at a time, and every case and expectation that
does not state a reading of that clause itself is tried on it. What holds as the ruleset reads it and
not otherwise depends on the reading: this is told, and is no failure. Under another reading a
scenario has at most 1,024 replications. Numbers are no readings: try them with --set of `run`.

Golden numbers are compared on the same random numbers, each with a limit from where on a
difference matters (a point of a chance, a quarter of a day, 1 % of a total). That futures differ
though engine, rules and scenario do not, fails however small it is.

Exit codes: 0 all hold, 1 something failed or too little was reached, 2 wrong input; then nothing
is run, 3 nothing failed and something is undecided, 130 interrupted.")]
pub(super) struct Check {
    /// Files, and folders that are searched for files that end in `.ron`.
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    /// Check only cases and expectations whose name or reading contains this text; capitals do not matter.
    #[arg(long, value_name = "TEXT")]
    filter: Option<String>,
    /// The most replications of a scenario; what is open then is undecided.
    #[arg(long, short = 'n', value_name = "MOST", default_value_t = 8_192,
        value_parser = clap::value_parser!(u64).range(1..=10_000_000))]
    replications: u64,
    /// The chance that this run fails an expectation that is met, all of them together, such as `1%`.
    #[arg(long, value_name = "CHANCE", default_value = "0.1%", value_parser = chance)]
    false_alarms: Ratio,
    /// Seed of the random numbers, instead of each scenario's; golden numbers keep theirs.
    #[arg(long, env = "TIERCAST_SEED")]
    seed: Option<u64>,
    #[command(flatten)]
    threads: ThreadsArg,
    /// Compare each scenario with the golden numbers in this file.
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Write the golden numbers into the file of --baseline.
    #[arg(long, requires = "baseline")]
    update: bool,
    /// Write JUnit XML into this file as well.
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// Tell of each ruleset how often the cases made each clause and transition fire, and just missed it.
    #[arg(long)]
    coverage: bool,
    /// Watch so many random futures of each scenario, and tell in which share of them each clause fired.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=10_000_000))]
    futures: Option<u64>,
    /// Exit with 1 where less than this share of a ruleset's clauses or of their transitions was reached by the cases, or
    /// of its clauses in any future: `80%`.
    #[arg(long, value_name = "SHARE", value_parser = share)]
    threshold: Option<Ratio>,
    /// Under which readings of the rules: the ruleset's `own`, or `all`, each open text read otherwise one at a time.
    #[arg(long, value_enum, default_value_t = Readings::Own)]
    readings: Readings,
    /// How to print the result.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// The same as `--format json`.
    #[arg(long, conflicts_with = "format")]
    json: bool,
}

/// Under which readings of the rules it is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Readings {
    /// As the ruleset reads its sources.
    Own,
    /// And each open text read otherwise, one at a time.
    All,
}

/// How the result is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A table, and what failed.
    Text,
    /// One document.
    Json,
    /// Annotations for the changes of a pull request on GitHub.
    Github,
}

/// A chance that one can live with.
fn chance(text: &str) -> Result<Ratio, String> {
    let chance = share(text)?;
    let possible = Ratio::new(1, 1_000_000_000)..=Ratio::new(1, 5);
    if possible.contains(&chance) {
        Ok(chance)
    } else {
        Err("expected a chance up to 20%, above 0".to_owned())
    }
}

fn share(text: &str) -> Result<Ratio, String> {
    let share = Ratio::try_from(text.to_owned()).map_err(|error| error.to_string())?;
    let possible = Ratio::new(0, 1)..=Ratio::new(1, 1);
    if possible.contains(&share) { Ok(share) } else { Err("expected a share from 0% to 100%".to_owned()) }
}

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

    fn wants(&self, case: &Case) -> bool {
        self.contains(&case.name) || case.reading.as_deref().is_some_and(|reading| self.contains(reading))
    }

    /// Whether a text contains what is filtered for.
    fn contains(&self, text: &str) -> bool {
        self.filter.as_ref().is_none_or(|filter| text.to_lowercase().contains(&filter.to_lowercase()))
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

    // ---- text -----------------------------------------------------------------------------------------------

    fn render(&self, results: &[FileResult<'_>], verdict: &Verdict, quiet: bool) -> String {
        let mut text = String::new();
        if !quiet {
            let widest = results.iter().map(|result| result.file.name.chars().count()).max().unwrap_or(0);
            for result in results {
                text.push_str(&format!("{:widest$}  {}\n", result.file.name, result.in_words()));
                text.push_str(&verdicts::expectations(&result.judged, width().min(120)));
            }
            text.push('\n');
        }
        for (_, outcome) in results.iter().flat_map(|result| &result.cases) {
            if !outcome.passed() {
                text.push_str(&format!("{outcome}\n\n"));
            }
        }
        for judged in results.iter().flat_map(|result| &result.judged) {
            if !judged.passed() {
                text.push_str(&format!("{judged}\n\n"));
            }
        }
        if let Some(golden) = &verdict.golden {
            text.push_str(&golden.render(width().min(120), quiet));
        }
        if let Some(readings) = verdict.readings.as_ref().filter(|_| !quiet) {
            let futures = results.iter().any(|result| !result.judged.is_empty());
            text.push_str(&readings.render(width().min(140), futures));
        }
        if self.coverage {
            verdict
                .covered
                .iter()
                .for_each(|coverage| text.push_str(&coverage::render(coverage, width().min(110))));
        }
        if !verdict.fired.is_empty() && !quiet {
            text.push_str(&futures::render(&verdict.fired, width().min(110)));
        }
        verdict.missed().for_each(|asked| text.push_str(&format!("{}\n", asked.in_words())));
        if !quiet && results.iter().flat_map(|result| &result.judged).any(Judged::judged) {
            text.push_str(&self.how_sure(results));
        }
        text.push_str(&format!("{}\n", verdict.in_words()));
        text
    }

    /// What the verdicts on expectations are worth.
    fn how_sure(&self, results: &[FileResult<'_>]) -> String {
        let judged = results.iter().flat_map(|result| &result.judged).filter(|judged| judged.judged());
        let bounds: u64 = judged.map(bounds).sum();
        let once = (1.0 / self.false_alarms.as_f64()).floor() as u64;
        format!(
            "{bounds} bounds were judged, each by an interval as wide as it takes that at most one run of this suite\n\
             in {} fails an expectation that is met.\n\n",
            grouped(once)
        )
    }
}

fn bounds(judged: &Judged) -> u64 {
    judged.expectation.measure.bounds()
}

// ---- results ------------------------------------------------------------------------------------------------------

/// A file, and what became of those of its cases and expectations that were wanted.
struct FileResult<'f> {
    file: &'f RightFile,
    cases: Vec<(&'f Case, CaseOutcome)>,
    judged: Vec<Judged>,
}

impl FileResult<'_> {
    fn passed(&self) -> usize {
        self.cases.iter().filter(|(_, outcome)| outcome.passed()).count() + self.judged_as(Outcome::Pass)
    }

    fn failed(&self) -> usize {
        self.cases.iter().filter(|(_, outcome)| !outcome.passed()).count() + self.judged_as(Outcome::Fail)
    }

    fn judged_as(&self, outcome: Outcome) -> usize {
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

    fn in_words(&self) -> String {
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

/// All results together.
struct Verdict {
    passed: usize,
    failed: usize,
    undecided: usize,
    golden: Option<GoldenResult>,
    /// What depends on how the rules are read; nothing unless it is asked for.
    readings: Option<ReadingsResult>,
    /// What futures reach; nothing unless it is asked for.
    fired: Vec<Fired>,
    covered: Vec<Coverage>,
    /// What was reached of each ruleset, where a threshold asks for enough.
    asked: Vec<Asked>,
}

impl Verdict {
    fn of(results: &[FileResult<'_>], golden: Option<GoldenResult>) -> Verdict {
        let also = |outcome| golden.as_ref().map_or(0, |golden| golden.count(outcome));
        Verdict {
            passed: results.iter().map(FileResult::passed).sum::<usize>() + also(Outcome::Pass),
            failed: results.iter().map(FileResult::failed).sum::<usize>() + also(Outcome::Fail),
            undecided: results.iter().map(|result| result.judged_as(Outcome::Undecided)).sum::<usize>()
                + also(Outcome::Undecided),
            golden,
            readings: None,
            fired: Vec::new(),
            covered: Vec::new(),
            asked: Vec::new(),
        }
    }

    /// Where too little was reached.
    fn missed(&self) -> impl Iterator<Item = &Asked> {
        self.asked.iter().filter(|asked| !asked.met)
    }

    fn in_words(&self) -> String {
        let undecided =
            if self.undecided == 0 { String::new() } else { format!(", {} undecided", self.undecided) };
        let depending = self.readings.as_ref().map_or_else(String::new, |readings| {
            let depending = readings.depending();
            format!("; {depending} {} on a reading", if depending == 1 { "depends" } else { "depend" })
        });
        let missed = match self.missed().count() {
            0 => String::new(),
            1 => "; too little of a ruleset is reached".to_owned(),
            several => format!("; too little of {several} rulesets is reached"),
        };
        let interrupted = if interrupt::heard() { "; interrupted" } else { "" };
        format!("{} passed, {} failed{undecided}{depending}{missed}{interrupted}", self.passed, self.failed)
    }

    fn end(&self) -> Result<(), Failure> {
        if interrupt::heard() {
            Err(Failure::Interrupted)
        } else if self.failed > 0 || self.missed().next().is_some() {
            Err(Failure::Found)
        } else if self.undecided > 0 {
            Err(Failure::Undecided)
        } else {
            Ok(())
        }
    }
}

/// A case with the reading that it states, as one name.
fn case_name(outcome: &CaseOutcome) -> String {
    let reading = outcome.reading.as_ref().map_or_else(String::new, |under| format!(" (under: {under})"));
    format!("{}{reading}", outcome.name)
}

/// Every single check, for pipelines.
fn checks(results: &[FileResult<'_>], verdict: &Verdict) -> Vec<pipeline::Checked> {
    let mut list = Vec::new();
    let remark = |kind: &str, file: &str, name: &str| {
        verdict.readings.as_ref().and_then(|readings| readings.remark(kind, file, name))
    };
    for result in results {
        let file = &result.file.name;
        for (_, outcome) in &result.cases {
            let name = case_name(outcome);
            list.push(pipeline::Checked {
                kind: "case",
                file: file.clone(),
                line: outcome.failures.first().map(|failure| failure.line),
                remark: remark("case", file, &name),
                name,
                outcome: if outcome.passed() { Outcome::Pass } else { Outcome::Fail },
                details: if outcome.passed() { String::new() } else { outcome.to_string() },
            });
        }
        for judged in &result.judged {
            let advice = judged.advice().map_or_else(String::new, |advice| format!("\n{advice}"));
            list.push(pipeline::Checked {
                kind: "expectation",
                file: file.clone(),
                line: Some(judged.expectation.line),
                remark: remark("expectation", file, &judged.expectation.name),
                name: judged.expectation.name.clone(),
                outcome: judged.outcome,
                details: format!("expected {}\n{}{advice}", judged.expectation.asks, judged.found_in_words()),
            });
        }
    }
    list.extend(verdict.golden.iter().flat_map(GoldenResult::checks));
    list.extend(verdict.asked.iter().map(Asked::check));
    list
}
