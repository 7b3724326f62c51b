//! What the senders and the diaries of replications abreast take note of: counts of all runs side by side, written down
//! run by run where somebody looks.
//!
//! ```text
//!   sent, delivered, heard  --->  counts of today             --the day is over--> each run's diary
//!                                 of these, not yet shown     --where the strategy looks--> each run's sender
//!   in flight               --->  failures by day             --that day is over-->
//!   asked for               --->  messages of today           --the day is over-->
//!   a limit in use          --->  the largest share of today  --the day is over-->
//! ```

use crate::abreast::{ABREAST, All, add, any, bits, subtract, those};
use crate::audience::Act;
use crate::sender::Tally;

use super::super::diary::{Diary, Undelivered, counted_as};
use super::super::run::show;
use super::super::trajectory::{Counts, Metric};
use super::SENDER;

/// Counts of all runs, by metric.
type CountsAbreast = [All<u64>; Metric::ALL.len()];

/// Nothing of any metric.
const NOTHING: CountsAbreast = [[0; ABREAST]; Metric::ALL.len()];

/// Counts that were not written down yet.
#[derive(Clone, Debug)]
pub(super) struct Notes {
    /// Of today.
    counts: CountsAbreast,
    /// A bit for each metric of which anything was counted.
    counted: u32,
    /// Those of today that the senders saw.
    shown: CountsAbreast,
    /// Of the days before.
    totals: CountsAbreast,
    pub(super) undelivered: Undelivered<All<u64>>,
    /// Messages that were asked for today.
    pub(super) asked: All<u64>,
    used: MostUsed,
}

/// When the largest share of each limit was in use: so many customers of such a limit.
#[derive(Clone, Debug)]
struct MostUsed {
    customers: All<u64>,
    limits: All<u64>,
    /// A bit for each run that had a limit.
    limited: u32,
}

impl MostUsed {
    const NONE: MostUsed = MostUsed { customers: [0; ABREAST], limits: [1; ABREAST], limited: 0 };
}

impl Notes {
    pub(super) fn new() -> Notes {
        Notes {
            counts: NOTHING,
            counted: 0,
            shown: NOTHING,
            totals: NOTHING,
            undelivered: Undelivered::default(),
            asked: All::default(),
            used: MostUsed::NONE,
        }
    }

    /// Counts something of all runs.
    #[inline]
    pub(super) fn count(&mut self, metric: Metric, counts: &All<u64>) {
        add(&mut self.counts[metric as usize], counts);
        self.counted |= 1 << metric as u32;
    }

    /// Counts what was asked for, and what of it the lists could not supply.
    pub(super) fn ask(&mut self, asked: &All<u64>, supplied: &All<u64>) {
        add(&mut self.asked, asked);
        let mut short = *asked;
        subtract(&mut short, supplied);
        if any(&short) {
            self.count(Metric::ShortOfList, &short);
        }
    }

    /// Counts what customers did.
    #[inline]
    pub(super) fn hear(&mut self, act: Act, counts: &All<u64>) {
        if let Some(metric) = counted_as(act) {
            self.count(metric, counts);
        }
    }

    /// Notes how much of the limit of each of `runs` \[a bit each\] is in use \[customers\]; a limit of `u64::MAX` is
    /// none.
    pub(super) fn use_limits(&mut self, runs: u32, customers: &All<u64>, limits: &All<u64>) {
        let MostUsed { customers: most, limits: of, limited } = &mut self.used;
        let having = runs & bits(limits.iter().map(|limit| *limit != u64::MAX));
        *limited |= having;
        for run in those(having) {
            // A limit of 0 is taken for one of 1.
            let limit = limits[run].max(1);
            let product = |customers: u64, limit: u64| u128::from(customers) * u128::from(limit);
            if product(customers[run], of[run]) > product(most[run], limit) {
                (most[run], of[run]) = (customers[run], limit);
            }
        }
    }

    /// The messages of `day`, which is over, fail whose time to live has ended.
    pub(super) fn fail(&mut self, day: usize) {
        if let Some(failed) = self.undelivered.failing_on(day).copied() {
            self.count(Metric::Failed, &failed);
        }
    }

    /// What was counted of a run today.
    #[inline]
    pub(super) fn counts(&self, run: usize) -> Counts {
        std::array::from_fn(|metric| self.counts[metric][run])
    }

    /// What was counted of a run on the days before.
    pub(super) fn totals(&self, run: usize) -> Counts {
        std::array::from_fn(|metric| self.totals[metric][run])
    }

    /// Shows the sender of each run what was counted since it looked last.
    pub(super) fn show<'t>(&mut self, tallies: impl IntoIterator<Item = &'t mut Tally>) {
        for (run, tally) in tallies.into_iter().enumerate() {
            for metric in those(self.counted) {
                let count = self.counts[metric][run] - self.shown[metric][run];
                show(tally, Metric::ALL[metric], count);
            }
        }
        self.shown = self.counts;
    }

    /// Writes down what a run asked for today, and what of its limit was in use.
    pub(super) fn write_day(&self, run: usize, diary: &mut Diary) {
        diary.ask(SENDER, self.asked[run]);
        if self.used.limited & 1 << run != 0 {
            diary.use_limit(self.used.customers[run], Some(self.used.limits[run]));
        }
    }

    /// Another day begins.
    pub(super) fn turn(&mut self) {
        for metric in those(std::mem::take(&mut self.counted)) {
            add(&mut self.totals[metric], &self.counts[metric]);
            (self.counts[metric], self.shown[metric]) = (All::default(), All::default());
        }
        (self.asked, self.used) = (All::default(), MostUsed::NONE);
    }
}
