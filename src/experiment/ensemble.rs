//! All replications of one scenario, folded as they come.
//!
//! ```text
//!   blocks   0 ... 63 | 64 ... 127 | ...    in order of index, while the next are being replicated
//!              |
//!              v
//!   fold     rows and sample paths in order; each day on any thread that has nothing else to do
//!              |
//!              v  between blocks: progress is told, an interruption is heard
//! ```
//!
//! What is kept does not grow with customers: a row of some 250 bytes a replication, and histograms a day and series
//! that grow with the spread of the values until their bins are full.

use std::ops::Range;
use std::sync::atomic::AtomicBool;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::blocks::{Futures, in_blocks};
use super::day::{DayTally, State};
use super::estimate::{Mean, Share, Sums};
use super::fan::{Fan, FanDay, Series};
use super::first_passage::FirstPassage;
use super::order::Quantiles;
use super::row::{Path, Row};
use super::threads::{Crew, Threads};
use crate::sim::{Day, Metric, Reason, Scenario, Setting, Trajectory};
use crate::time::SimTime;

/// Replications of which single days are kept, the first ones.
pub const SAMPLE_PATHS: usize = 20;

/// Many replications of one scenario.
#[derive(Clone, Debug)]
pub struct Ensemble {
    setting: Setting,
    range: Range<u64>,
    complete: bool,
    days: Vec<DayTally>,
    rows: Vec<Row>,
    paths: Vec<Path>,
}

/// An ensemble without its setting, as [`Ensemble::stored`] wrote it.
#[derive(Clone, Debug, Deserialize)]
pub struct StoredEnsemble(u64, u64, Vec<DayTally>, Vec<Row>, Vec<Path>);

/// Why two parts of an ensemble cannot be joined.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum JoinError {
    /// The second does not begin where the first ends.
    #[error("replications {}..{} do not follow on {}..{}", .next.start, .next.end, .first.start, .first.end)]
    Gap {
        /// Replications of the first.
        first: Range<u64>,
        /// Replications of the second.
        next: Range<u64>,
    },
    /// They are not of one scenario and seed.
    #[error("the parts differ in scenario, seed, ladder or horizon")]
    Setting,
}

impl Ensemble {
    /// Replicates `replications` and folds them in order of index.
    ///
    /// `futures` gives the replication of each index and nothing else may decide what it gives. `progress` hears, after
    /// each block of [`BLOCK`](super::BLOCK), how many are done. When `interrupted` is set the run stops before its next block, and
    /// what was finished makes an ensemble that is not [`complete`](Ensemble::complete).
    pub fn run(
        setting: Setting,
        replications: Range<u64>,
        threads: Threads,
        futures: &dyn Futures,
        progress: &(dyn Fn(u64) + Sync),
        interrupted: &AtomicBool,
    ) -> Ensemble {
        let crew = Crew::new(threads);
        let mut ensemble = Ensemble::empty(setting, replications.start);
        let make = |indices| futures.futures(indices);
        in_blocks(&crew, replications.clone(), interrupted, &make, &mut |block| {
            ensemble.fold(&crew, &block);
            progress(ensemble.n());
        });
        ensemble.complete = ensemble.range.end >= replications.end;
        ensemble
    }

    /// The first replications of a scenario on all cores: the short way to [`run`](Ensemble::run).
    pub fn of(scenario: &Scenario, replications: u64) -> Ensemble {
        let (setting, never) = (scenario.setting.clone(), AtomicBool::new(false));
        Ensemble::run(setting, 0..replications, Threads::All, scenario, &|_| {}, &never)
    }

    /// Without replications; the next index is `start`.
    pub(super) fn empty(setting: Setting, start: u64) -> Ensemble {
        let days = vec![DayTally::new(setting.tiers.len()); setting.calendar.days()];
        Ensemble { setting, range: start..start, complete: true, days, rows: Vec::new(), paths: Vec::new() }
    }

    /// Adds the replications that follow. Days do not touch one another, so each may be on its own thread.
    pub(super) fn fold(&mut self, crew: &Crew, block: &[Trajectory]) {
        crew.each(&mut self.days, &|day, tally| {
            let days: Vec<&Day> = block.iter().filter_map(|future| future.days.get(day)).collect();
            tally.add(&days);
        });
        for future in block {
            let replication = self.range.end;
            self.rows.push(Row::of(replication, future));
            if self.paths.len() < SAMPLE_PATHS {
                self.paths.push(Path::of(replication, future, &self.setting));
            }
            self.range.end += 1;
        }
    }

    /// Joins the part that follows on this one: the same, bit for bit, as if both had been run in one.
    ///
    /// # Errors
    /// Parts that do not follow on one another, or are not of one scenario and seed.
    pub fn join(mut self, next: Ensemble) -> Result<Ensemble, JoinError> {
        if self.range.end != next.range.start {
            return Err(JoinError::Gap { first: self.range, next: next.range });
        }
        let (a, b) = (&self.setting, &next.setting);
        if (&a.scenario, a.seed, &a.tiers.len()) != (&b.scenario, b.seed, &b.tiers.len())
            || self.days.len() != next.days.len()
        {
            return Err(JoinError::Setting);
        }
        self.days.iter_mut().zip(&next.days).for_each(|(a, b)| a.merge(b));
        self.rows.extend(next.rows);
        let room = SAMPLE_PATHS.saturating_sub(self.paths.len());
        self.paths.extend(next.paths.into_iter().take(room));
        self.range.end = next.range.end;
        self.complete &= next.complete;
        Ok(self)
    }

    /// What there is to be kept of the replications: all but the setting.
    pub fn stored(&self) -> impl Serialize + '_ {
        (self.range.start, self.range.end, &self.days, &self.rows, &self.paths)
    }

    /// An ensemble as it was kept, of a scenario with this setting; `None` where they do not belong together.
    pub fn restore(setting: Setting, stored: StoredEnsemble) -> Option<Ensemble> {
        let StoredEnsemble(start, end, days, rows, paths) = stored;
        let n = end.checked_sub(start)?;
        let fits = days.len() == setting.calendar.days()
            && rows.len() as u64 == n
            && rows.iter().all(|row| row.outcome.reached.len() == setting.tiers.len())
            && days.iter().all(|day| day.n == n && day.tiers() == setting.tiers.len());
        fits.then_some(Ensemble { setting, range: start..end, complete: true, days, rows, paths })
    }

    /// What the reports say about the scenario.
    pub fn setting(&self) -> &Setting {
        &self.setting
    }

    /// The indices of the replications.
    pub fn range(&self) -> Range<u64> {
        self.range.clone()
    }

    /// How many replications there are.
    pub fn n(&self) -> u64 {
        self.range.end - self.range.start
    }

    /// Says whether all replications that were asked for are there.
    pub(super) fn set_complete(&mut self, complete: bool) {
        self.complete = complete;
    }

    /// Whether all replications that were asked for are there; `false` after an interruption.
    pub fn complete(&self) -> bool {
        self.complete
    }

    /// One row a replication, in order of index.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The civil days, from that of the start.
    pub fn days(&self) -> &[DayTally] {
        &self.days
    }

    /// The first [`SAMPLE_PATHS`] replications, day by day.
    pub fn paths(&self) -> &[Path] {
        &self.paths
    }

    /// How a quantity spreads, day by day.
    pub fn fan(&self, series: Series) -> Fan {
        let limits: Vec<Option<u64>> = self.setting.tiers.iter().map(|tier| tier.limit).collect();
        Fan { series, days: self.days.iter().map(|day| FanDay::read(series, day, &limits)).collect() }
    }

    /// The share of replications in a state at the end of each civil day.
    pub fn share_by_day(&self, state: State) -> Vec<Share> {
        self.days.iter().map(|day| day.share(state)).collect()
    }

    /// When a tier (position on the ladder) is first held.
    pub fn first_passage(&self, tier: usize) -> FirstPassage {
        FirstPassage::read(&self.rows, &self.setting.calendar, tier)
    }

    /// The share of replications of which something is true.
    pub fn share(&self, of: impl Fn(&Row) -> bool) -> Share {
        Share::new(self.rows.iter().filter(|row| of(row)).count() as u64, self.n())
    }

    /// A total over the run: its mean, and how it differs from replication to replication; `None` without any.
    pub fn total(&self, metric: Metric) -> Option<(Mean, Quantiles<u64>)> {
        let values: Vec<u64> = self.rows.iter().map(|row| row.outcome.totals[metric as usize]).collect();
        Some((Sums::of(values.iter().copied()).mean()?, Quantiles::of(values)?))
    }

    /// Messages and conversations whose price is not known, in all replications together: they are in no cost.
    pub fn unpriced(&self) -> u64 {
        self.rows.iter().map(|row| row.outcome.unpriced).sum()
    }

    /// Whether nothing that was sent has a known price: a cost of 0 then says nothing.
    pub fn has_no_known_cost(&self) -> bool {
        self.unpriced() > 0 && self.rows.iter().all(|row| row.outcome.totals[Metric::Cost as usize] == 0)
    }

    /// The share of days on which this limited the climb \[share of days\]: a mean over replications, whose days belong
    /// together and are not counted as if each were a trial of its own.
    pub fn limited_by(&self, reason: Reason) -> Option<Mean> {
        let days = self.rows.iter().map(|row| u64::from(row.outcome.limited[reason as usize]));
        Some(Sums::of(days).mean()?.per(self.setting.calendar.counted_days().max(1) as f64))
    }

    /// Bytes of memory that are held, but for the setting.
    pub fn bytes(&self) -> usize {
        let tier = size_of::<Option<SimTime>>();
        let rows = self.rows.iter().map(|row| size_of::<Row>() + row.outcome.reached.capacity() * tier);
        let days = self.days.iter().map(|day| size_of::<DayTally>() + day.heap_bytes());
        let day = size_of::<u64>() + size_of::<Option<u32>>() + size_of::<Option<u64>>();
        let paths = self.paths.len() * (size_of::<Path>() + self.days.len() * day);
        rows.sum::<usize>() + days.sum::<usize>() + paths
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::super::blocks::BLOCK;
    use super::super::toy;
    use super::*;

    fn assert_same(a: &Ensemble, b: &Ensemble) {
        assert_eq!((a.range(), a.complete()), (b.range(), b.complete()));
        assert_eq!(a.rows(), b.rows());
        assert_eq!(a.days(), b.days());
        assert_eq!(a.paths(), b.paths());
    }

    fn on(threads: usize, range: Range<u64>) -> Ensemble {
        let threads = Threads::Exactly(NonZeroUsize::new(threads).unwrap());
        Ensemble::run(toy::setting(), range, threads, &toy::future, &|_| {}, &AtomicBool::new(false))
    }

    #[test]
    fn threads_change_nothing() {
        let one = on(1, 0..500);
        for threads in [2, 3, 8] {
            assert_same(&on(threads, 0..500), &one);
        }
    }

    #[test]
    fn parts_join_to_the_whole() {
        let whole = on(1, 3..300);
        for cut in [3, 4, 10, 67, 299, 300] {
            assert_same(&on(2, 3..cut).join(on(3, cut..300)).unwrap(), &whole);
        }
        assert!(matches!(on(1, 0..5).join(on(1, 6..9)), Err(JoinError::Gap { .. })));
    }

    #[test]
    fn blocks_of_any_size_give_the_same() {
        let whole = on(1, 0..600);
        for size in [1, 64, 256] {
            let parts = (0..600).step_by(size).map(|from| on(2, from..600.min(from + size as u64)));
            assert_same(&parts.reduce(|done, next| done.join(next).unwrap()).unwrap(), &whole);
        }
    }

    #[test]
    fn an_interruption_keeps_whole_blocks() {
        let stop = AtomicBool::new(false);
        let told = AtomicU64::new(0);
        let progress = |done| {
            told.store(done, Ordering::Relaxed);
            stop.store(done >= 2 * BLOCK, Ordering::Relaxed);
        };
        let part = Ensemble::run(toy::setting(), 0..500, Threads::All, &toy::future, &progress, &stop);
        assert_eq!((part.n(), part.complete(), told.into_inner()), (2 * BLOCK, false, 2 * BLOCK));
        assert_same(&part.clone().join(on(1, 128..128)).unwrap(), &part);
    }

    #[test]
    fn no_replication_and_one() {
        let none = on(2, 0..0);
        assert!(
            none.complete() && none.total(Metric::Sent).is_none() && none.limited_by(Reason::Plan).is_none()
        );
        assert!(none.first_passage(1).times.is_none());
        assert!(none.fan(Series::Limit).days.iter().all(Option::is_none));
        let one = on(2, 0..1);
        let (mean, quantiles) = one.total(Metric::Sent).unwrap();
        assert_eq!((mean.mean, mean.half_width), (quantiles.p50 as f64, None));
        assert_eq!(one.paths().len(), 1);
    }

    #[test]
    fn first_passages_add_up() {
        let ensemble = on(1, 0..400);
        for tier in 0..toy::setting().tiers.len() {
            let passage = ensemble.first_passage(tier);
            assert_eq!(passage.by_day.last(), Some(&passage.reached));
            assert!(passage.by_day.windows(2).all(|pair| pair[0].count <= pair[1].count));
            let times = passage.times.unwrap();
            let is_reached = |percent: u64| 100 * passage.reached.count >= percent * passage.reached.n;
            assert_eq!(times.p50.is_some(), is_reached(50));
            assert_eq!(times.p90.is_some(), is_reached(90));
        }
        assert_eq!(ensemble.first_passage(3).reached.count, 0, "the toy never gets to its top");
    }

    /// Every series spread evenly over six decades, which no scenario does.
    #[test]
    fn memory_has_a_bound() {
        let wild = |index: u64| {
            let mut future = toy::future_of(index, 180);
            for (day, values) in future.days.iter_mut().enumerate() {
                for (place, count) in values.counts.iter_mut().enumerate() {
                    let luck = toy::mix(index << 16 | (day as u64) << 8 | place as u64);
                    *count = (luck >> 44 | 1) << (luck % 12);
                }
                values.score = Some((toy::mix(index << 16 | day as u64) % 100_000) as u32);
            }
            future
        };
        let quiet = AtomicBool::new(false);
        let ensemble = Ensemble::run(toy::setting_of(180), 0..10_000, Threads::All, &wild, &|_| {}, &quiet);
        assert!(ensemble.bytes() < 100 << 20, "{} bytes", ensemble.bytes());
    }

    #[test]
    fn every_day_counts_every_replication() {
        let ensemble = on(1, 0..100);
        for day in ensemble.days() {
            let sum: u64 = (0..4).map(|tier| day.share(State::Tier(tier)).count).sum();
            assert_eq!((sum, day.n), (100, 100));
        }
        let whole: f64 = Reason::ALL.iter().map(|reason| ensemble.limited_by(*reason).unwrap().mean).sum();
        assert!((whole - 1.0).abs() < 1e-12);
    }
}
