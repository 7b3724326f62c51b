//! What was run: the values of every setting, replication by replication.
//!
//! A search asks for runs and looks at their values; it never asks how they came here. So one that was interrupted is
//! started again from the beginning with what it had: whatever is there already is not run again, and it ends with the
//! same values, and so with the same answer, as if it had never stopped.

use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};

use serde::{Deserialize, Serialize};

use super::super::threads::Crew;
use super::{Futures, Interrupted};
use crate::sim::BESIDE;

/// The first replication of each stage. The confirmation takes the first ones of all, which are those that `run` takes.
const SEARCH_FROM: u64 = 1 << 32;
const FINALS_FROM: u64 = 2 << 32;

/// Runs between two looks at the interruption, at most.
const BLOCK: usize = 256;

/// A stage of the search: each has luck of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    Search,
    Finals,
}

/// The values of all settings so far.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ledger {
    /// Runs in all that the search may take, where they were measured from a time \[replications\].
    pub budget: Option<u64>,
    search: Vec<Samples>,
    finals: Vec<Samples>,
}

/// The values of one setting in one stage.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Samples {
    /// Metric by metric, in order of replication.
    values: Vec<Vec<u64>>,
    /// How many replications were asked for: a search that goes on must not see what it will ask for later.
    #[serde(skip)]
    asked: usize,
}

impl Samples {
    fn count(&self) -> usize {
        self.values.first().map_or(0, Vec::len)
    }
}

impl Ledger {
    /// Runs that the search took so far \[replications\].
    pub fn runs(&self) -> u64 {
        self.runs_of(Stage::Search) + self.runs_of(Stage::Finals)
    }

    pub(super) fn runs_of(&self, stage: Stage) -> u64 {
        self.stage(stage).iter().map(|samples| samples.asked as u64).sum()
    }

    /// Runs that are there, asked for or not \[replications\].
    pub fn kept(&self) -> u64 {
        self.search.iter().chain(&self.finals).map(|samples| samples.count() as u64).sum()
    }

    /// Forgets what was asked for, and nothing else.
    pub(super) fn rewound(mut self) -> Ledger {
        self.search.iter_mut().chain(&mut self.finals).for_each(|samples| samples.asked = 0);
        self
    }

    fn stage(&self, stage: Stage) -> &Vec<Samples> {
        match stage {
            Stage::Search => &self.search,
            Stage::Finals => &self.finals,
        }
    }

    /// The values of a metric of a setting, in order of replication.
    pub(super) fn values(&self, stage: Stage, setting: usize, metric: usize) -> &[u64] {
        let Some(samples) = self.stage(stage).get(setting) else { return &[] };
        samples.values.get(metric).map_or(&[], |values| &values[..samples.asked.min(values.len())])
    }

    /// The values of both stages.
    pub(super) fn all_values(&self, setting: usize, metric: usize) -> Vec<u64> {
        let of = |stage| self.values(stage, setting, metric);
        [of(Stage::Search), of(Stage::Finals)].concat()
    }

    /// How many replications of a setting there are.
    pub(super) fn count(&self, stage: Stage, setting: usize) -> u64 {
        self.values(stage, setting, 0).len() as u64
    }

    /// The place of a setting's values.
    fn samples(&mut self, stage: Stage, setting: usize) -> &mut Samples {
        let all = match stage {
            Stage::Search => &mut self.search,
            Stage::Finals => &mut self.finals,
        };
        if all.len() <= setting {
            all.resize(setting + 1, Samples::default());
        }
        &mut all[setting]
    }

    fn add(&mut self, stage: Stage, setting: usize, values: Vec<u64>) {
        let samples = self.samples(stage, setting);
        samples.values.resize(values.len(), Vec::new());
        samples.values.iter_mut().zip(values).for_each(|(list, value)| list.push(value));
    }

    /// From now on so many replications of a setting may be seen, if they are there.
    fn ask(&mut self, stage: Stage, setting: usize, runs: u64) {
        let samples = self.samples(stage, setting);
        samples.asked = samples.asked.max(samples.count().min(runs as usize));
    }
}

/// Who runs what is missing.
pub(super) struct Clerk<'c> {
    pub(super) crew: Crew,
    pub(super) progress: &'c (dyn Fn(u64) + Sync),
    pub(super) interrupted: &'c AtomicBool,
}

impl Clerk<'_> {
    /// Runs until each of some settings has `runs` replications in a stage.
    pub(super) fn fill(
        &self,
        ledger: &mut Ledger,
        futures: &dyn Futures,
        stage: Stage,
        (settings, runs): (&[usize], u64),
    ) -> Result<(), Interrupted> {
        let from = match stage {
            Stage::Search => SEARCH_FROM,
            Stage::Finals => FINALS_FROM,
        };
        // Setting after setting of each few indices, so that all come to about the same number together.
        let there: Vec<u64> = settings.iter().map(|one| ledger.samples(stage, *one).count() as u64).collect();
        let least = there.iter().copied().min().unwrap_or(runs);
        let missing: Vec<(usize, Range<u64>)> = (least..runs)
            .step_by(BESIDE as usize)
            .flat_map(|from| settings.iter().zip(&there).map(move |(one, there)| (*one, *there, from)))
            .map(|(one, there, from)| (one, from.max(there)..runs.min(from + BESIDE)))
            .filter(|(_, indices)| !indices.is_empty())
            .collect();
        let filled = self.run(ledger, futures, (stage, from), &missing);
        settings.iter().for_each(|one| ledger.ask(stage, *one, runs));
        filled
    }

    /// Runs replications of settings, few side by side, block by block.
    fn run(
        &self,
        ledger: &mut Ledger,
        futures: &dyn Futures,
        (stage, from): (Stage, u64),
        missing: &[(usize, Range<u64>)],
    ) -> Result<(), Interrupted> {
        let few = |place: u64| {
            let (setting, Range { start, end }) = missing[place as usize].clone();
            (setting, futures.values_of_all(setting, from + start..from + end))
        };
        let (all, mut done, mut since) = (missing.len(), 0, 0);
        let stopped = || self.interrupted.load(Ordering::Relaxed);
        if stopped() && all > 0 {
            return Err(Interrupted);
        }
        self.crew.in_order(0..all as u64, &few, &mut |(setting, values)| {
            (done, since) = (done + 1, since + values.len());
            values.into_iter().for_each(|values| ledger.add(stage, setting, values));
            if since + BESIDE as usize <= BLOCK && done < all {
                return true;
            }
            since = 0;
            (self.progress)(ledger.kept());
            !stopped()
        });
        if done < all { Err(Interrupted) } else { Ok(()) }
    }
}
