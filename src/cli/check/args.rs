//! What is asked of `check`, on the command line.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use tiercast::glossary::Ratio;
use tiercast::sim::Case;

use crate::cli::ThreadsArg;

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
pub(in crate::cli) struct Check {
    /// Files, and folders that are searched for files that end in `.ron`.
    #[arg(required = true)]
    pub(super) paths: Vec<PathBuf>,
    /// Check only cases and expectations whose name or reading contains this text; capitals do not matter.
    #[arg(long, value_name = "TEXT")]
    pub(super) filter: Option<String>,
    /// The most replications of a scenario; what is open then is undecided.
    #[arg(long, short = 'n', value_name = "MOST", default_value_t = 8_192,
        value_parser = clap::value_parser!(u64).range(1..=10_000_000))]
    pub(super) replications: u64,
    /// The chance that this run fails an expectation that is met, all of them together, such as `1%`.
    #[arg(long, value_name = "CHANCE", default_value = "0.1%", value_parser = chance)]
    pub(super) false_alarms: Ratio,
    /// Seed of the random numbers, instead of each scenario's; golden numbers keep theirs.
    #[arg(long, env = "TIERCAST_SEED")]
    pub(super) seed: Option<u64>,
    #[command(flatten)]
    pub(super) threads: ThreadsArg,
    /// Compare each scenario with the golden numbers in this file.
    #[arg(long, value_name = "FILE")]
    pub(super) baseline: Option<PathBuf>,
    /// Write the golden numbers into the file of --baseline.
    #[arg(long, requires = "baseline")]
    pub(super) update: bool,
    /// Write JUnit XML into this file as well.
    #[arg(long, value_name = "FILE")]
    pub(super) junit: Option<PathBuf>,
    /// Tell of each ruleset how often the cases made each clause and transition fire, and just missed it.
    #[arg(long)]
    pub(super) coverage: bool,
    /// Watch so many random futures of each scenario, and tell in which share of them each clause fired.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=10_000_000))]
    pub(super) futures: Option<u64>,
    /// Exit with 1 where less than this share of a ruleset's clauses or of their transitions was reached by the cases, or
    /// of its clauses in any future: `80%`.
    #[arg(long, value_name = "SHARE", value_parser = share)]
    pub(super) threshold: Option<Ratio>,
    /// Under which readings of the rules: the ruleset's `own`, or `all`, each open text read otherwise one at a time.
    #[arg(long, value_enum, default_value_t = Readings::Own)]
    pub(super) readings: Readings,
    /// How to print the result.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(super) format: Format,
    /// The same as `--format json`.
    #[arg(long, conflicts_with = "format")]
    pub(super) json: bool,
}

/// Under which readings of the rules it is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Readings {
    /// As the ruleset reads its sources.
    Own,
    /// And each open text read otherwise, one at a time.
    All,
}

/// How the result is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
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
    /// Whether a case is one of those that are wanted.
    pub(super) fn wants(&self, case: &Case) -> bool {
        self.contains(&case.name) || case.reading.as_deref().is_some_and(|reading| self.contains(reading))
    }

    /// Whether a text contains what is filtered for.
    pub(super) fn contains(&self, text: &str) -> bool {
        self.filter.as_ref().is_none_or(|filter| text.to_lowercase().contains(&filter.to_lowercase()))
    }
}
