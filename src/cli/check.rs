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

mod futures;
mod golden;
mod judging;
mod readings;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use serde::Serialize;
use tiercast::audience::Behavior;
use tiercast::document::{Document, Finding, Findings};
use tiercast::experiment::Fired;
use tiercast::experiment::expect::{Judged, Outcome, run_cases};
use tiercast::glossary::{Ratio, grouped};
use tiercast::platform::price::PriceTable;
use tiercast::platform::{Rulebook, Ruleset, catalogue};
use tiercast::report::{pipeline, verdicts};
use tiercast::sim::{
    Case, CaseFile, CaseOutcome, ClauseCoverage, Coverage, Reach, Scenario, TransitionCoverage, Unit,
};

use self::golden::GoldenResult;
use self::readings::ReadingsResult;
use super::files::write_file;
use super::search::{findings, first_word, merge_new, read_text, search_all};
use super::{Failure, ThreadsArg, interrupt, print, print_json, width};

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
        let verdict = Verdict { readings, fired, ..Verdict::of(&results, golden, covered, self.threshold) };
        if let Some(path) = &self.junit {
            write_file(path, pipeline::junit("tiercast check", &checks(&results, &verdict)).as_bytes())?;
        }
        self.show(&results, &verdict, quiet)?;
        verdict.end(self.threshold)
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
            verdict.covered.iter().for_each(|coverage| text.push_str(&render(coverage, width().min(110))));
        }
        if !verdict.fired.is_empty() && !quiet {
            text.push_str(&futures::render(&verdict.fired, width().min(110)));
        }
        if let Some(threshold) = self.threshold {
            let below = futures::below(&verdict.fired, threshold);
            below.iter().for_each(|line| text.push_str(&format!("{line}\n")));
            for coverage in &verdict.below {
                let reached = reached_in_words(coverage);
                text.push_str(&format!(
                    "{}: {reached}, expected at least {threshold} of both\n",
                    coverage.ruleset
                ));
            }
        }
        if !quiet && results.iter().any(|result| !result.judged.is_empty()) {
            text.push_str(&self.how_sure(results));
        }
        text.push_str(&format!("{}\n", verdict.in_words()));
        text
    }

    /// What the verdicts on expectations are worth.
    fn how_sure(&self, results: &[FileResult<'_>]) -> String {
        let bounds: u64 = results.iter().flat_map(|result| &result.judged).map(bounds).sum();
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

fn render(coverage: &Coverage, width: usize) -> String {
    let Coverage { ruleset, cases, .. } = coverage;
    let among = if *cases == 1 { "case" } else { "cases" };
    let mut text = format!("{ruleset}: {}, in {cases} {among}\n", reached_in_words(coverage));
    let rows: Vec<Row> = coverage.counted().flat_map(rows_of).collect();
    let heading = "clause and transition";
    let widest = rows.iter().map(|row| row.name.chars().count()).max().unwrap_or(0).max(heading.len());
    text.push_str(&format!("  {:widest$}                 just missed by\n", ""));
    text.push_str(&format!("  {heading:widest$}  fired  cases    one  second   step\n"));
    for row in &rows {
        text.push_str(&row.render(widest));
    }
    let named = |wanted: fn(&Reach) -> bool| {
        let clauses = coverage.counted().filter(move |clause| wanted(&clause.reach));
        clauses.map(|clause| clause.path.as_str()).collect::<Vec<&str>>()
    };
    list(&mut text, "  never fired: ", &named(|reach| !reach.fired()), width);
    list(&mut text, "  never just missed: ", &named(|reach| !reach.missed()), width);
    let left_out = |cited: bool| {
        let clauses = coverage.left_out().filter(move |clause| clause.reach.fired() == cited);
        clauses.map(|clause| clause.path.as_str()).collect::<Vec<&str>>()
    };
    list(&mut text, "  not counted, though a change cites them: ", &left_out(true), width);
    list(&mut text, "  not counted, for they change nothing by themselves: ", &left_out(false), width);
    text.push('\n');
    text
}

/// A row of a coverage.
struct Row {
    name: String,
    reach: Reach,
    /// Whether something is wanting where there is none: changes, then what was just missed by each unit.
    wanted: [bool; 4],
}

/// A row for a clause, and one for each of its transitions.
fn rows_of(clause: &ClauseCoverage) -> Vec<Row> {
    let missed = clause.reach.missed();
    let head =
        Row { name: clause.path.clone(), reach: clause.reach, wanted: [true, !missed, !missed, !missed] };
    let of_transition = |own: &TransitionCoverage| {
        let mark = if own.counted() { "" } else { " (by another reading)" };
        let any = own.counted() && own.unit().is_none() && !own.reach.missed();
        let missed = Unit::ALL.map(|unit| any || own.unit() == Some(unit));
        let wanted = [own.counted(), missed[0], missed[1], missed[2]];
        Row { name: format!("  {}{mark}", own.transition), reach: own.reach, wanted }
    };
    std::iter::once(head).chain(clause.transitions.iter().map(of_transition)).collect()
}

impl Row {
    /// `never` stands where something is wanting.
    fn render(&self, widest: usize) -> String {
        let Reach { changes, cases, just_missed: [one, second, step] } = self.reach;
        let cell = |count: u64, wanted: bool| match count {
            0 if wanted => "never".to_owned(),
            0 => "-".to_owned(),
            count => count.to_string(),
        };
        let [fired, by_one, by_second, by_step] = self.wanted;
        let (name, cases) = (&self.name, cell(cases, false));
        let (changes, one) = (cell(changes, fired), cell(one, by_one));
        let (second, step) = (cell(second, by_second), cell(step, by_step));
        format!("  {name:widest$}  {changes:>5}  {cases:>5}  {one:>5}  {second:>6}  {step:>5}\n")
    }
}

/// `12 of 15 clauses (80%) and 20 of 40 transitions (50%) fired and were just missed`, rounded down.
fn reached_in_words(coverage: &Coverage) -> String {
    let of = |reached: usize, all: usize, what: &str| {
        let percent = (100 * reached).checked_div(all).unwrap_or(100);
        format!("{reached} of {all} {what} ({percent}%)")
    };
    let clauses = coverage.counted().filter(|clause| clause.reached()).count();
    let transitions = coverage.transitions().filter(|own| own.reached()).count();
    let clauses = of(clauses, coverage.counted().count(), "clauses");
    let transitions = of(transitions, coverage.transitions().count(), "transitions");
    format!("{clauses} and {transitions} fired and were just missed")
}

/// Words after a head, broken between them.
fn list(text: &mut String, head: &str, words: &[&str], width: usize) {
    if words.is_empty() {
        return;
    }
    let mut line = head.to_owned();
    for (place, word) in words.iter().enumerate() {
        if place > 0 && line.len() + word.len() + 1 > width {
            text.push_str(line.trim_end());
            line = "\n    ".to_owned();
        }
        line.push_str(word);
        line.push_str(if place + 1 < words.len() { ", " } else { "\n" });
    }
    text.push_str(&line);
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
    /// Of what is covered, what lies below the threshold.
    below: Vec<Coverage>,
}

impl Verdict {
    fn of(
        results: &[FileResult<'_>],
        golden: Option<GoldenResult>,
        covered: Vec<Coverage>,
        threshold: Option<Ratio>,
    ) -> Verdict {
        let share = |coverage: &Coverage| coverage.share().min(coverage.share_of_transitions());
        let low = |coverage: &&Coverage| threshold.is_some_and(|threshold| share(coverage) < threshold);
        let also = |outcome| golden.as_ref().map_or(0, |golden| golden.count(outcome));
        Verdict {
            passed: results.iter().map(FileResult::passed).sum::<usize>() + also(Outcome::Pass),
            failed: results.iter().map(FileResult::failed).sum::<usize>() + also(Outcome::Fail),
            undecided: results.iter().map(|result| result.judged_as(Outcome::Undecided)).sum::<usize>()
                + also(Outcome::Undecided),
            below: covered.iter().filter(low).cloned().collect(),
            golden,
            readings: None,
            fired: Vec::new(),
            covered,
        }
    }

    fn in_words(&self) -> String {
        let undecided =
            if self.undecided == 0 { String::new() } else { format!(", {} undecided", self.undecided) };
        let depending = self.readings.as_ref().map_or_else(String::new, |readings| {
            let depending = readings.depending();
            format!("; {depending} {} on a reading", if depending == 1 { "depends" } else { "depend" })
        });
        format!("{} passed, {} failed{undecided}{depending}", self.passed, self.failed)
    }

    fn end(&self, threshold: Option<Ratio>) -> Result<(), Failure> {
        let few = threshold.is_some_and(|threshold| !futures::below(&self.fired, threshold).is_empty());
        if interrupt::heard() {
            Err(Failure::Interrupted)
        } else if self.failed > 0 || !self.below.is_empty() || few {
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
                details: format!("expected {}\nfound {}{advice}", judged.expectation.asks, judged.found()),
            });
        }
    }
    list.extend(verdict.golden.iter().flat_map(GoldenResult::checks));
    list
}

// ---- files --------------------------------------------------------------------------------------------------------

/// A file that is right in form and sense.
struct RightFile {
    name: String,
    text: String,
    form: Form,
}

/// What a file holds.
enum Form {
    Cases(CaseFile),
    Scenario(Box<Scenario>),
    /// What is not run, by its kind.
    Other(&'static str),
}

/// The first words of the files that can be checked.
const FORMS: &str = "Cases, Scenario, Ruleset, Rulebook, PriceTable or Behavior";

/// Reads every file, or says all that is wrong with all of them.
fn read_all(paths: &[PathBuf]) -> Result<Vec<RightFile>, Findings> {
    let (mut files, mut wrong) = (Vec::new(), Findings::default());
    let mut seen = BTreeSet::new();
    for path in search_all(paths, &mut wrong) {
        let same = path.canonicalize().unwrap_or_else(|_| path.clone());
        if seen.insert(same) {
            match read(&path) {
                Ok(file) => files.push(file),
                Err(findings) => merge_new(&mut wrong, &findings),
            }
        }
    }
    if wrong.is_empty() { Ok(files) } else { Err(wrong) }
}

fn read(path: &Path) -> Result<RightFile, Findings> {
    let document = read_text(path)?;
    let (place, word) = first_word(&document.text);
    let form = match word {
        "Cases" => Form::Cases(CaseFile::read(&document)?),
        "Scenario" => {
            let scenario = Scenario::load(path, &[]).map_err(|error| findings(path, error))?;
            Form::Scenario(Box::new(scenario))
        }
        "Ruleset" => {
            Ruleset::read(&document)?;
            Form::Other("ruleset")
        }
        "Rulebook" => {
            Rulebook::read_with(&document, &|name| {
                beside(path, &format!("{name}.ron")).or_else(|| catalogue::document(name))
            })?;
            Form::Other("rulebook")
        }
        "PriceTable" => {
            PriceTable::read(&document)?;
            Form::Other("price table")
        }
        "Behavior" => {
            Behavior::read(&document)?;
            Form::Other("behavior")
        }
        _ => {
            let finding = Finding::error("it does not begin with what it is").at(place..place + word.len());
            let finding = finding.help(format!("begin with {FORMS}, and a bracket: Cases("));
            return Err(Findings::new(&document, vec![finding]));
        }
    };
    Ok(RightFile { name: document.name, text: document.text, form })
}

fn beside(path: &Path, name: &str) -> Option<Document> {
    let path = path.parent().unwrap_or(Path::new("")).join(name);
    let text = std::fs::read_to_string(&path).ok()?;
    Some(Document::new(path.display().to_string(), text))
}

impl RightFile {
    fn cases(&self) -> &[Case] {
        match &self.form {
            Form::Cases(cases) => &cases.cases,
            _ => &[],
        }
    }

    fn scenario(&self) -> Option<&Scenario> {
        match &self.form {
            Form::Scenario(scenario) => Some(scenario),
            _ => None,
        }
    }

    /// The ruleset that its cases know by this name.
    fn ruleset(&self, name: &str) -> Result<Ruleset, Failure> {
        Ok(Ruleset::read(&self.ruleset_document(name)?)?)
    }
}

// ---- for programs -------------------------------------------------------------------------------------------------

#[derive(Serialize)]
struct Report<'r> {
    passed: usize,
    failed: usize,
    undecided: usize,
    files: Vec<FileReport<'r>>,
    /// Left out without --baseline.
    #[serde(skip_serializing_if = "Option::is_none")]
    golden: Option<Vec<golden::GoldenReport>>,
    /// Left out unless all readings are asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    readings: Option<readings::ReadingsReport<'r>>,
    /// Left out unless it is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    coverage: Option<Vec<CoverageReport<'r>>>,
    /// Left out without --futures.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    futures: Vec<futures::FiredReport<'r>>,
    /// Rulesets of which the cases reach less than the threshold.
    below_threshold: Vec<&'r str>,
}

#[derive(Serialize)]
struct FileReport<'r> {
    file: &'r str,
    kind: &'static str,
    passed: usize,
    failed: usize,
    undecided: usize,
    cases: Vec<CaseReport<'r>>,
    expectations: Vec<judging::JudgedReport<'r>>,
}

#[derive(Serialize)]
struct CaseReport<'r> {
    name: &'r str,
    reading: Option<&'r str>,
    ruleset: &'r str,
    passed: bool,
    looked_at: usize,
    failures: Vec<FailureReport<'r>>,
    /// Of a case that failed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    journal: Vec<ToldReport<'r>>,
}

#[derive(Serialize)]
struct FailureReport<'r> {
    line: usize,
    at: &'r str,
    what: &'r str,
    expected: &'r str,
    found: &'r str,
}

#[derive(Serialize)]
struct ToldReport<'r> {
    at: &'r str,
    what: &'r str,
    clause: Option<&'r str>,
}

#[derive(Serialize)]
struct CoverageReport<'r> {
    ruleset: &'r str,
    cases: u64,
    /// Part of the counted clauses that fired and were just missed.
    share: f64,
    /// Part of the counted transitions that fired and were just missed.
    share_of_transitions: f64,
    clauses: Vec<ClauseReport<'r>>,
}

#[derive(Serialize)]
struct ClauseReport<'r> {
    clause: &'r str,
    counted: bool,
    reached: bool,
    #[serde(flatten)]
    reach: ReachReport,
    transitions: Vec<TransitionReport>,
}

#[derive(Serialize)]
struct TransitionReport {
    transition: String,
    counted: bool,
    reached: bool,
    /// By what it is to be just missed; null where anything will do.
    just_missed_wants: Option<&'static str>,
    #[serde(flatten)]
    reach: ReachReport,
}

#[derive(Serialize)]
struct ReachReport {
    changes: u64,
    cases: u64,
    just_missed: JustMissedReport,
}

/// Cases, by what was missing.
#[derive(Serialize)]
struct JustMissedReport {
    one: u64,
    second: u64,
    step: u64,
}

impl<'r> Report<'r> {
    fn of(results: &'r [FileResult<'r>], verdict: &'r Verdict, coverage: bool) -> Report<'r> {
        Report {
            passed: verdict.passed,
            failed: verdict.failed,
            undecided: verdict.undecided,
            golden: verdict.golden.as_ref().map(GoldenResult::report),
            readings: verdict.readings.as_ref().map(ReadingsResult::report),
            files: results.iter().map(FileReport::of).collect(),
            coverage: coverage.then(|| verdict.covered.iter().map(CoverageReport::of).collect()),
            futures: verdict.fired.iter().map(futures::FiredReport::of).collect(),
            below_threshold: verdict.below.iter().map(|coverage| coverage.ruleset.as_str()).collect(),
        }
    }
}

impl<'r> FileReport<'r> {
    fn of(result: &'r FileResult<'r>) -> FileReport<'r> {
        FileReport {
            file: &result.file.name,
            kind: match result.file.form {
                Form::Cases(_) => "cases",
                Form::Scenario(_) => "scenario",
                Form::Other(kind) => kind,
            },
            passed: result.passed(),
            failed: result.failed(),
            undecided: result.judged_as(Outcome::Undecided),
            cases: result.cases.iter().map(|(case, outcome)| CaseReport::of(case, outcome)).collect(),
            expectations: result.judged.iter().map(judging::JudgedReport::of).collect(),
        }
    }
}

impl<'r> CaseReport<'r> {
    fn of(case: &'r Case, outcome: &'r CaseOutcome) -> CaseReport<'r> {
        let failures = outcome.failures.iter().map(|failure| FailureReport {
            line: failure.line,
            at: &failure.at,
            what: &failure.what,
            expected: &failure.expected,
            found: &failure.found,
        });
        let journal = outcome.journal.iter().filter(|_| !outcome.passed()).map(|told| ToldReport {
            at: &told.at,
            what: &told.what,
            clause: told.clause.as_deref(),
        });
        CaseReport {
            name: &outcome.name,
            reading: outcome.reading.as_deref(),
            ruleset: case.ruleset(),
            passed: outcome.passed(),
            looked_at: outcome.looked_at,
            failures: failures.collect(),
            journal: journal.collect(),
        }
    }
}

impl<'r> CoverageReport<'r> {
    fn of(coverage: &'r Coverage) -> CoverageReport<'r> {
        CoverageReport {
            ruleset: &coverage.ruleset,
            cases: coverage.cases,
            share: coverage.share().as_f64(),
            share_of_transitions: coverage.share_of_transitions().as_f64(),
            clauses: coverage.clauses.iter().map(ClauseReport::of).collect(),
        }
    }
}

impl<'r> ClauseReport<'r> {
    fn of(clause: &'r ClauseCoverage) -> ClauseReport<'r> {
        let transitions = clause.transitions.iter().map(|own| TransitionReport {
            transition: own.transition.to_string(),
            counted: own.counted(),
            reached: own.reached(),
            just_missed_wants: own.unit().map(unit_in_words),
            reach: ReachReport::of(own.reach),
        });
        ClauseReport {
            clause: &clause.path,
            counted: clause.acts(),
            reached: clause.reached(),
            reach: ReachReport::of(clause.reach),
            transitions: transitions.collect(),
        }
    }
}

fn unit_in_words(unit: Unit) -> &'static str {
    match unit {
        Unit::One => "one",
        Unit::Second => "second",
        Unit::Step => "step",
    }
}

impl ReachReport {
    fn of(reach: Reach) -> ReachReport {
        let Reach { changes, cases, just_missed: [one, second, step] } = reach;
        ReachReport { changes, cases, just_missed: JustMissedReport { one, second, step } }
    }
}
