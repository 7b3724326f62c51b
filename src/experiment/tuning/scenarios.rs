//! The futures of a scenario under other settings.

use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};

use super::super::headline::Headline;
use super::super::row::Row;
use super::{Admission, Futures};
use crate::random::Fnv;
use crate::sim::{LoadError, Scenario, Trajectory};
use crate::time::Span;

/// Loads a scenario with some values changed.
pub type Load<'l> = dyn Fn(&[(String, String)]) -> Result<Scenario, LoadError> + Sync + 'l;

/// A scenario whose settings are varied.
pub struct Scenarios<'l> {
    load: &'l Load<'l>,
    paths: Vec<String>,
    metrics: Vec<Headline>,
    horizon: Span,
    ready: Vec<Scenario>,
    digests: Vec<u64>,
    refusal: Option<LoadError>,
    /// Whether a replication did not tell a metric: see [`Headline::is_told_by`].
    untold: AtomicBool,
}

impl<'l> Scenarios<'l> {
    /// The scenarios that `load` gives for values at `paths`; each replication counts `metrics`, times cut at `horizon`.
    pub fn new(
        load: &'l Load<'l>,
        paths: Vec<String>,
        metrics: Vec<Headline>,
        horizon: Span,
    ) -> Scenarios<'l> {
        Scenarios {
            load,
            paths,
            metrics,
            horizon,
            ready: Vec::new(),
            digests: Vec::new(),
            refusal: None,
            untold: AtomicBool::new(false),
        }
    }

    /// A setting that was admitted.
    pub fn scenario(&self, setting: usize) -> Option<&Scenario> {
        self.ready.get(setting)
    }

    /// What a replication of a setting counts.
    fn read(&self, setting: usize, replication: u64, future: &Trajectory) -> Vec<u64> {
        let (row, setting) = (Row::of(replication, future), &self.ready[setting].setting);
        if !self.metrics.iter().all(|metric| metric.is_told_by(std::slice::from_ref(&row))) {
            self.untold.store(true, Ordering::Relaxed);
        }
        self.metrics.iter().map(|metric| metric.value(&row, setting, self.horizon)).collect()
    }

    /// Whether every replication that was run told every metric: a cost it does not where a price is not known.
    pub fn told_all(&self) -> bool {
        !self.untold.load(Ordering::Relaxed)
    }

    /// Why the first setting that makes no scenario makes none.
    pub fn refusal(self) -> Option<LoadError> {
        self.refusal
    }
}

impl Futures for Scenarios<'_> {
    fn admit(&mut self, values: &[String]) -> Admission {
        let changes: Vec<(String, String)> = self.paths.iter().cloned().zip(values.iter().cloned()).collect();
        let scenario = match (self.load)(&changes) {
            Ok(scenario) => scenario,
            Err(error) => {
                let told = error.to_string();
                self.refusal.get_or_insert(error);
                return Admission::Refused(told.lines().next().unwrap_or_default().to_owned());
            }
        };
        let mut digest = Fnv::default();
        digest.text(&scenario.identity());
        if self.digests.contains(&digest.finish()) {
            return Admission::Same;
        }
        self.digests.push(digest.finish());
        self.ready.push(scenario);
        Admission::Ready
    }

    fn values(&self, setting: usize, replication: u64) -> Vec<u64> {
        self.read(setting, replication, &self.ready[setting].replicate(replication))
    }

    fn values_of_all(&self, setting: usize, replications: Range<u64>) -> Vec<Vec<u64>> {
        let futures = self.ready[setting].replicate_all(replications.clone());
        replications.zip(&futures).map(|(index, future)| self.read(setting, index, future)).collect()
    }
}
