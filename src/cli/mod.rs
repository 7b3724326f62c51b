//! The command line: one file a command, one library call each; sees the public API only.
//!
//! ```text
//!   main --> Command --> run | compare | sweep | sensitivity | tune | explain | replay | check | rules | audiences
//!                          | docs | init | completions
//!                           results on stdout, everything else on stderr
//!                           exit 0 well, 1 a finding, 2 wrong input or usage, 3 undecided, 130 interrupted
//! ```

mod amount;
mod asked;
mod audiences;
mod cache;
mod check;
mod compare;
mod completions;
mod docs;
mod explain;
mod files;
mod impact;
mod init;
mod interrupt;
mod paired;
mod plan;
mod progress;
mod replay;
mod rules;
mod run;
mod search;
mod sensitivity;
mod sweep;
mod tune;
mod which;

use std::io::{IsTerminal, Write};
use std::num::NonZeroUsize;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand, ValueEnum};
use thiserror::Error;
use tiercast::audience::Sampling;
use tiercast::document::Findings;
use tiercast::experiment::{FactorError, Threads};
use tiercast::random::Held;
use tiercast::sim::{LoadError, Scenario};

/// Forecast how a business messaging number climbs or drops.
#[derive(Debug, Parser)]
#[command(
    name = "tiercast",
    version,
    after_help = "Examples:
  tiercast init my-plan
  tiercast run scenarios/first-climb.ron
  tiercast compare scenarios/first-climb.ron --variant \"half: sender.plan.share=50%\"
  tiercast sweep scenarios/first-climb.ron --vary sender.plan.share=25%..100%:4
  tiercast tune scenarios/first-climb.ron --vary sender.plan.share=40%..100% --objective days_to_10K --subject-to \"flagged < 30%\"
  tiercast explain scenarios/first-climb.ron --replication 0
  tiercast replay march.csv --ruleset platform-2023
  tiercast check tests/cases scenarios --coverage
  tiercast rules show classic-2022
  tiercast audiences show cold-list --out out/cold-list

Exit codes: 0 well, 1 a finding, 2 wrong input or usage, 3 undecided, 130 interrupted."
)]
struct Tool {
    #[command(subcommand)]
    command: Command,
    /// Say nothing but the answer.
    #[arg(long, short, global = true)]
    quiet: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    Run(run::Run),
    Compare(compare::Compare),
    Sweep(sweep::Sweep),
    Sensitivity(sensitivity::Sensitivity),
    Tune(Box<tune::Tune>),
    Explain(explain::Explain),
    Replay(replay::Replay),
    Check(check::Check),
    Rules(rules::Rules),
    Audiences(audiences::Audiences),
    Init(init::Init),
    Docs(docs::Docs),
    Completions(completions::Completions),
}

/// What every command on a scenario takes.
#[derive(Debug, Args)]
struct ScenarioArgs {
    /// The scenario: a RON file.
    scenario: std::path::PathBuf,
    /// Seed of the random numbers, instead of the scenario's.
    #[arg(long, env = "TIERCAST_SEED")]
    seed: Option<u64>,
    /// Change a value of the scenario, its rules or a profile before it is read, such as `horizon=90d`,
    /// `upgrade.volume.review=24h` or `audience.segments.NAME.profile.block=1%`. May be given several times.
    #[arg(long = "set", value_name = "PATH=VALUE", value_parser = assignment)]
    changes: Vec<(String, String)>,
    /// How customers are simulated: by counts of those with the same past, or one by one (slow, of the same law).
    #[arg(long, value_enum, default_value_t)]
    sampling: SamplingArg,
    /// Hold a layer of chance still: uncertain parameters at their mean, effects of days and campaigns at 1, luck at
    /// what is expected. May be given several times; `run` then tells how much of the spread each layer explains.
    #[arg(long = "fix", value_name = "LAYER", value_enum)]
    fixed: Vec<LayerArg>,
}

/// On how many threads.
#[derive(Clone, Copy, Debug, Args)]
struct ThreadsArg {
    /// Threads; all cores unless said otherwise. No result depends on it.
    #[arg(long, env = "TIERCAST_THREADS", value_parser = threads)]
    threads: Option<NonZeroUsize>,
}

/// More threads than any machine for this has: beyond, they only take room.
const MOST_THREADS: usize = 1_024;

fn threads(text: &str) -> Result<NonZeroUsize, String> {
    let number = text.trim().parse().ok().filter(|number| *number <= MOST_THREADS);
    number.and_then(NonZeroUsize::new).ok_or_else(|| "expected a number from 1 to 1,024".to_owned())
}

impl ThreadsArg {
    fn get(self) -> Threads {
        self.threads.map_or(Threads::All, Threads::Exactly)
    }
}

/// `counts` or `people`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum SamplingArg {
    #[default]
    Counts,
    People,
}

/// A layer of chance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum LayerArg {
    Parameters,
    Days,
    Luck,
}

impl LayerArg {
    /// What is held still.
    fn holds(self) -> &'static str {
        match self {
            LayerArg::Parameters => "uncertain parameters are held at their mean, decisions at the likeliest",
            LayerArg::Days => "effects of days and campaigns are held at 1",
            LayerArg::Luck => "luck is held at what is expected",
        }
    }
}

/// The largest list that is simulated one customer at a time.
const MOST_PEOPLE: u64 = 2_000_000;

fn assignment(text: &str) -> Result<(String, String), String> {
    let (path, value) = text.split_once('=').ok_or("expected PATH=VALUE, such as horizon=90d")?;
    Ok((path.trim().to_owned(), value.trim().to_owned()))
}

/// Refuses to change what all runs of one question share: their luck, and how often each is run.
fn check_own(path: &str) -> Result<(), FactorError> {
    let (shared, help) = match path {
        "seed" => ("the luck on which all are run", "--seed chooses it for all of them"),
        "replications" => ("how often each is run", "--replications chooses it for all of them"),
        _ => return Ok(()),
    };
    let message = format!("`{path}` is a part of the question itself, {shared}: it cannot differ");
    Err(FactorError { message, help: help.to_owned() })
}

/// What is wrong with an argument, and what to do about it.
fn in_two_lines(error: FactorError) -> String {
    format!("{}\n  = help: {}", error.message, error.help)
}

impl ScenarioArgs {
    fn load(&self) -> Result<Scenario, Failure> {
        self.load_with(&[])
    }

    /// The scenario with more changes than those of `--set`, after them.
    fn load_with(&self, more: &[(String, String)]) -> Result<Scenario, Failure> {
        self.load_version(&self.scenario, more)
    }

    /// Another version of it: another file, or with changes of its own.
    fn load_version(&self, path: &std::path::Path, own: &[(String, String)]) -> Result<Scenario, Failure> {
        self.one_by_one_if_asked(self.load_by_counts(path, own)?)
    }

    /// The same with its customers simulated by counts.
    fn load_by_counts(
        &self,
        path: &std::path::Path,
        own: &[(String, String)],
    ) -> Result<Scenario, LoadError> {
        let mut scenario = Scenario::load(path, &[&self.changes, own].concat())?;
        if let Some(seed) = self.seed {
            scenario = scenario.with_seed(seed);
        }
        scenario = scenario.with_held(self.held());
        let told = self.fixed.iter().map(|layer| format!("{}: this is no forecast", layer.holds()));
        scenario.setting.warnings.extend(told);
        Ok(scenario)
    }

    /// The scenario with its customers simulated as was asked.
    fn one_by_one_if_asked(&self, scenario: Scenario) -> Result<Scenario, Failure> {
        match self.sampling {
            SamplingArg::Counts => Ok(scenario),
            SamplingArg::People => self.one_by_one(scenario),
        }
    }

    /// The layers of chance that are held still.
    fn held(&self) -> Held {
        let holds = |layer| self.fixed.contains(&layer);
        Held {
            parameters: holds(LayerArg::Parameters),
            days: holds(LayerArg::Days),
            luck: holds(LayerArg::Luck),
        }
    }

    fn one_by_one(&self, scenario: Scenario) -> Result<Scenario, Failure> {
        let refuse = |message: String, help: &str| Err(Failure::Usage { message, help: help.to_owned() });
        if scenario.customers() > MOST_PEOPLE {
            let message = format!("{} customers are too many to simulate one by one", scenario.customers());
            return refuse(
                message,
                "at most 2,000,000; --sampling counts has the same law and no such bound",
            );
        }
        if self.fixed.contains(&LayerArg::Luck) {
            let message = "one customer has no expected count: --fix luck needs --sampling counts".to_owned();
            return refuse(message, "leave one of the two out");
        }
        Ok(scenario.with_sampling(Sampling::People))
    }
}

/// Why a command did not do what was asked.
#[derive(Debug, Error)]
enum Failure {
    /// A scenario cannot be loaded.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// A file says something wrong.
    #[error("{0}")]
    Findings(#[from] Findings),
    /// The command cannot be carried out as it was called.
    #[error("{message}")]
    Usage { message: String, help: String },
    /// A file cannot be written.
    #[error("cannot write {}: {error}", path.display())]
    Write { path: std::path::PathBuf, error: std::io::Error },
    /// Results cannot be printed.
    #[error("cannot print the result: {0}")]
    Print(#[from] std::io::Error),
    /// The answer is printed, and it is one that a script should stop at.
    #[error("a difference was found")]
    Found,
    /// Nothing failed, and something could not be told.
    #[error("something is undecided")]
    Undecided,
    /// It was interrupted; what was finished is written.
    #[error("interrupted")]
    Interrupted,
}

/// Runs the tool.
pub(crate) fn main() -> ExitCode {
    let tool = Tool::parse();
    let done = match &tool.command {
        Command::Run(run) => run.execute(tool.quiet),
        Command::Compare(compare) => compare.execute(tool.quiet),
        Command::Sweep(sweep) => sweep.execute(tool.quiet),
        Command::Sensitivity(sensitivity) => sensitivity.execute(tool.quiet),
        Command::Tune(tune) => tune.execute(tool.quiet),
        Command::Explain(explain) => explain.execute(),
        Command::Replay(replay) => replay.execute(tool.quiet),
        Command::Check(check) => check.execute(tool.quiet),
        Command::Rules(rules) => rules.execute(tool.quiet),
        Command::Audiences(audiences) => audiences.execute(tool.quiet),
        Command::Init(init) => init.execute(tool.quiet),
        Command::Docs(docs) => docs.execute(),
        Command::Completions(completions) => completions.execute(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Print(error)) if error.kind() == std::io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(Failure::Found) => ExitCode::from(1),
        Err(Failure::Undecided) => ExitCode::from(3),
        Err(Failure::Interrupted) => ExitCode::from(130),
        Err(failure) => {
            complain(&failure);
            ExitCode::from(2)
        }
    }
}

/// Prints what went wrong, with colour where a person reads it.
fn complain(failure: &Failure) {
    let mut stderr = anstream::stderr().lock();
    let color =
        std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let text = match failure {
        Failure::Findings(findings) | Failure::Load(LoadError::Findings(findings)) => findings.render(color),
        Failure::Usage { message, help } => format!("error: {message}\n  = help: {help}"),
        Failure::Load(LoadError::Read { .. }) => {
            format!(
                "error: {failure}\n  = help: give the path of a scenario, such as scenarios/first-climb.ron"
            )
        }
        other => format!("error: {other}"),
    };
    // Nowhere is left to say that even this failed.
    let _ = writeln!(stderr, "{text}");
}

/// Prints a result.
fn print(text: &str) -> Result<(), Failure> {
    let mut stdout = anstream::stdout().lock();
    stdout.write_all(text.as_bytes())?;
    Ok(stdout.flush()?)
}

/// Prints a result for programs.
fn print_json(value: &impl serde::Serialize) -> Result<(), Failure> {
    let json = serde_json::to_string_pretty(value).map_err(std::io::Error::from)?;
    print(&format!("{json}\n"))
}

/// A word as a shell takes it: in quotes where it has to be.
fn shell(word: &str) -> String {
    let plain = |letter: char| letter.is_alphanumeric() || "-_./=:@%,+".contains(letter);
    match word {
        word if !word.is_empty() && word.chars().all(plain) => word.to_owned(),
        word if word.contains(['"', '$', '`', '\\', '!']) => format!("'{}'", word.replace('\'', "'\\''")),
        word => format!("\"{word}\""),
    }
}

/// Says something beside the result.
fn note(text: &str) {
    // Nowhere is left to say that even this failed.
    let _ = writeln!(anstream::stderr().lock(), "note: {text}");
}

/// Width of the terminal, or a hundred letters where there is none.
fn width() -> usize {
    std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok()).unwrap_or(100)
}
