//! What a command would take (draws, seconds, memory), from a few of its replications.

use std::time::Instant;

use tiercast::experiment::{Ensemble, PairedFutures, Threads};
use tiercast::glossary::grouped;
use tiercast::sim::{Scenario, Trajectory};

use super::progress::in_words;
use super::{Failure, interrupt, print};

/// Replications of a scenario from which a plan is measured.
const SAMPLE: u64 = 16;
/// Bytes of what is kept of a replication.
const ROW_BYTES: f64 = 320.0;
/// What the program takes without results, at least and at most \[MiB\]: itself, what runs beside one another, charts.
const PROGRAM_MIB: [f64; 2] = [24.0, 40.0];
/// About how long drawing the charts of a run, or of a pair of plans, takes \[seconds\].
pub(super) const CHART_SECONDS: f64 = 0.1;

/// What a few replications took.
pub(super) struct Measured {
    /// How many were run.
    runs: u64,
    /// Counts that a replication draws.
    draws: f64,
    /// Seconds that a replication takes on one thread.
    seconds: f64,
    /// Most cells of customers at once.
    cells: usize,
    /// Customers of the largest list.
    customers: u64,
    /// What the days of a result take from the start \[bytes\]; they grow up to eightfold, until their bins are full.
    days: usize,
}

impl Measured {
    /// A few replications of each of some scenarios.
    pub(super) fn of(scenarios: &[&Scenario]) -> Measured {
        Measured::by(scenarios, &|place, sample| scenarios[place].replicate_all(0..sample))
    }

    /// The same with their changes and sends watched, as plans are compared.
    pub(super) fn watched(scenarios: &[&Scenario]) -> Measured {
        let scenarios = scenarios.to_vec();
        Measured::by(&scenarios, &|place, sample| {
            scenarios.watched(place, 0..sample).into_iter().map(|watched| watched.future).collect()
        })
    }

    fn by(scenarios: &[&Scenario], futures: &dyn Fn(usize, u64) -> Vec<Trajectory>) -> Measured {
        let start = Instant::now();
        let all: Vec<Vec<Trajectory>> = (0..scenarios.len()).map(|place| futures(place, SAMPLE)).collect();
        let seconds = start.elapsed().as_secs_f64();
        let runs = (scenarios.len() as u64 * SAMPLE).max(1);
        let draws: u64 = all.iter().flatten().map(|run| run.draws).sum();
        let cells = all.iter().flatten().map(|run| run.most_cells).max();
        let days = scenarios.iter().zip(&all).map(|(scenario, futures)| bytes_of_days(scenario, futures));
        Measured {
            runs,
            draws: draws as f64 / runs as f64,
            seconds: seconds / runs as f64,
            cells: cells.unwrap_or(0),
            customers: scenarios.iter().map(|scenario| scenario.customers()).max().unwrap_or(0),
            days: days.max().unwrap_or(0),
        }
    }
}

/// What the days of a result take that is folded of these replications.
fn bytes_of_days(scenario: &Scenario, futures: &[Trajectory]) -> usize {
    let (setting, sample) = (scenario.setting.clone(), 0..futures.len() as u64);
    let future = |index: u64| futures[index as usize].clone();
    Ensemble::run(setting, sample, Threads::ONE, &future, &|_| {}, interrupt::listen()).bytes()
}

/// What is planned.
pub(super) struct Planned {
    /// The work in words, such as `1,000 runs of 60 days`.
    pub(super) work: String,
    /// Runs in all.
    pub(super) runs: u64,
    /// Of how many plans or points days are kept, besides a line a run.
    pub(super) of_days: usize,
    /// Whether a line a run is kept.
    pub(super) rows: bool,
    /// Seconds for charts.
    pub(super) charts: f64,
}

impl Planned {
    /// Prints what it takes.
    pub(super) fn tell(&self, measured: &Measured, threads: Threads) -> Result<(), Failure> {
        let Planned { work, runs, charts, .. } = self;
        let lines = if self.rows { ROW_BYTES * *runs as f64 } else { 0.0 };
        let days = (self.of_days * measured.days) as f64;
        let mib = |bytes: f64| (bytes / f64::from(1 << 20)).ceil();
        let [least, most] = [mib(lines + days) + PROGRAM_MIB[0], mib(lines + 8.0 * days) + PROGRAM_MIB[1]];
        print(&format!(
            "{work}, on {} threads (measured on {} runs)\n\
             \x20 draws     {} counts a run, {} in all\n\
             \x20 cells     at most {} of customers with the same past, for {} customers\n\
             \x20 time      about {}, and {charts:.1} s for the charts\n\
             \x20 memory    {least:.0} to {most:.0} MiB\n",
            threads.count(),
            measured.runs.min(*runs),
            grouped(measured.draws.round() as u64),
            grouped((measured.draws * *runs as f64).round() as u64),
            grouped(measured.cells as u64),
            grouped(measured.customers),
            time_in_words(measured.seconds * *runs as f64 / threads.count() as f64),
        ))
    }
}

/// A time, to the tenth of a second where it is short.
fn time_in_words(seconds: f64) -> String {
    if seconds < 60.0 { format!("{seconds:.1} s") } else { in_words(seconds) }
}
