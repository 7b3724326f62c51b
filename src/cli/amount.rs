//! How many replications: so many, or as many as it takes to know results well enough.
//!
//! ```text
//!   --replications N                  N
//!   --precision 1% [--metric NAME]    200, 300, 500, ... up to N: after each a look, and it stops when it is enough
//!        |
//!        v
//!   Amount --grow--> what was kept, and what follows on it, look by look
//! ```

use std::ops::Range;

use clap::Args;
use tiercast::experiment::{HalfWidth, Headline, JoinError, Precision, PrecisionError, Results};
use tiercast::glossary::grouped;

use super::{Failure, print};

/// How many runs are asked for, on the command line.
#[derive(Debug, Args)]
pub(super) struct AmountArgs {
    /// How many random futures (of each plan or point), instead of the scenario's number; with --precision, how many at
    /// most.
    #[arg(long, short = 'n')]
    replications: Option<u64>,
    /// Run until every chance is known so well, or the result of --metric: half the width of its 95 % interval, such as
    /// `1%` (points of a chance, or a part of any mean), `12h` or `500`. Looks after 200, 300, 500, ... futures.
    #[arg(long, value_name = "HALF_WIDTH")]
    precision: Option<HalfWidth>,
    /// Say what it would take (draws, seconds, memory) and run nothing but a few futures to find out.
    #[arg(long)]
    pub(super) plan: bool,
}

/// Runs at most, until something is known so well, unless said otherwise: their rows take some 300 MiB.
const MOST_UNTIL: u64 = 1_000_000;

impl AmountArgs {
    /// Whether a half-width is asked for.
    pub(super) fn until_known(&self) -> bool {
        self.precision.is_some()
    }

    /// How many runs, of each of so many plans or points: `own` unless said otherwise. A precision asks for `metric`, or
    /// for every chance of what is `told`.
    pub(super) fn get(
        &self,
        own: u64,
        each_of: usize,
        metric: Option<Headline>,
        told: Vec<Headline>,
    ) -> Result<Amount, Failure> {
        let Some(half_width) = self.precision.clone() else {
            return Ok(Amount::Runs(check_replications(self.replications.unwrap_or(own))?));
        };
        let most = (MOST_UNTIL / each_of.max(1) as u64).max(1);
        let most = check_replications(self.replications.unwrap_or(most))?;
        let precision = Precision::new(half_width, metric, told).map_err(|error| Failure::Usage {
            help: advice(&error).to_owned(),
            message: error.to_string(),
        })?;
        Ok(Amount::Until(precision, most))
    }
}

/// What to do about a precision that cannot be asked for.
fn advice(error: &PrecisionError) -> &'static str {
    match error {
        PrecisionError::NoMetric(_) => "name it: --metric days_to_10K, or --metric sent",
        PrecisionError::Unit { .. } => {
            "a part such as 1% fits every result, a time such as 12h days, an amount such as 500 messages and cost"
        }
        PrecisionError::NoChance => "name a result: --metric sent",
    }
}

/// A number of replications that can be run.
pub(super) fn check_replications(replications: u64) -> Result<u64, Failure> {
    if (1..=10_000_000).contains(&replications) {
        return Ok(replications);
    }
    Err(Failure::Usage {
        message: format!("{replications} replications cannot be run"),
        help: "between 1 and 10,000,000; 1,000 is a good start".to_owned(),
    })
}

/// How many runs are asked for.
pub(super) enum Amount {
    /// So many.
    Runs(u64),
    /// As many as make something known so well, up to so many.
    Until(Precision, u64),
}

impl Amount {
    pub(super) fn precision(&self) -> Option<&Precision> {
        match self {
            Amount::Runs(_) => None,
            Amount::Until(precision, _) => Some(precision),
        }
    }

    /// The most runs that there can be.
    pub(super) fn most(&self) -> u64 {
        match self {
            Amount::Runs(replications) => *replications,
            Amount::Until(_, most) => *most,
        }
    }

    /// The numbers of runs after which one may stop.
    pub(super) fn looks(&self) -> Box<dyn Iterator<Item = u64>> {
        match self {
            Amount::Runs(replications) => Box::new(std::iter::once(*replications)),
            Amount::Until(_, most) => Box::new(Precision::looks(*most)),
        }
    }

    /// The number of runs that was under way when `done` were done.
    pub(super) fn look_after(&self, done: u64) -> u64 {
        self.looks().find(|look| *look >= done).unwrap_or(done)
    }

    /// How many runs it will be, for a plan: of a precision as many as the runs up to the first look foretell, and that is
    /// told. `each_of` says whose runs (` of each plan`), `looked_at` of what the first ones were (`them`).
    pub(super) fn foretold<T: Results>(
        &self,
        first_look: impl FnOnce(u64) -> T,
        each_of: &str,
        looked_at: &str,
    ) -> Result<u64, Failure> {
        let Amount::Until(precision, most) = self else { return Ok(self.most()) };
        let first = Precision::looks(*most).next().unwrap_or(*most);
        let runs = precision.forecast(&first_look(first), *most);
        let told = grouped(runs);
        print(&format!("about {told} runs{each_of} will be enough, after {first} of {looked_at}\n"))?;
        Ok(runs)
    }

    pub(super) fn is_enough(&self, results: &dyn Results) -> bool {
        self.precision().is_none_or(|precision| precision.is_reached(results))
    }
}

/// Runs what was not kept, from look to look until it is enough; also tells whether anything was run.
///
/// `kept` gives what was kept of more than so many replications and at most so many, `more` runs those of these indices,
/// and `join` joins a part to the one before.
pub(super) fn grow<T: Results>(
    amount: &Amount,
    kept: impl Fn(u64, u64) -> Option<T>,
    more: impl Fn(Range<u64>) -> T,
    join: impl Fn(T, T) -> Result<T, JoinError>,
) -> (T, bool) {
    let (mut whole, mut fresh): (Option<T>, bool) = (None, false);
    let have = |whole: &Option<T>| whole.as_ref().map_or(0, T::n);
    for replications in amount.looks() {
        whole = kept(have(&whole), replications).or(whole);
        let part = more(have(&whole)..replications);
        fresh |= part.n() > 0;
        let joined = match whole {
            Some(whole) => join(whole, part).expect("they follow on one another, and are of the same plans"),
            None => part,
        };
        let enough = !joined.complete() || amount.is_enough(&joined);
        whole = Some(joined);
        if enough {
            break;
        }
    }
    (whole.expect("there is a last look"), fresh)
}
