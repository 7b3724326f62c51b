//! What the senders and the diaries of replications abreast take note of: counts of all runs side by side, written down
//! run by run where somebody looks.
//!
//! ```text
//!   sent, delivered, heard  --->  counts since the last look  --a day is over, or the strategy looks--> each run's own
//!   in flight               --->  failures by day             --that day is over-->
//!   asked for               --->  messages of today           --the day is over-->
//!   a limit in use          --->  the largest share of today  --the day is over-->
//! ```

use crate::abreast::{ABREAST, All, add, any, bits, subtract, those};
use crate::audience::Act;
use crate::sender::Tally;

use super::super::diary::{Diary, Undelivered, counted_as};
use super::super::run::show;
use super::super::trajectory::Metric;
use super::SENDER;

/// Counts that were not written down yet.
#[derive(Clone, Debug)]
pub(super) struct Notes {
    /// By metric.
    counts: [All<u64>; Metric::ALL.len()],
    /// A bit for each metric of which anything was counted.
    counted: u32,
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
            counts: [All::default(); Metric::ALL.len()],
            counted: 0,
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

    /// Writes down in its diary what was counted of a run.
    #[inline]
    pub(super) fn write(&self, run: usize, diary: &mut Diary) {
        for (today, counts) in diary.counts().iter_mut().zip(&self.counts) {
            *today += counts[run];
        }
    }

    /// Shows the sender of a run what was counted.
    pub(super) fn show(&self, run: usize, tally: &mut Tally) {
        those(self.counted).for_each(|metric| show(tally, Metric::ALL[metric], self.counts[metric][run]));
    }

    /// Begins to count afresh: all was written down.
    pub(super) fn clear(&mut self) {
        those(std::mem::take(&mut self.counted)).for_each(|metric| self.counts[metric] = All::default());
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
        (self.asked, self.used) = (All::default(), MostUsed::NONE);
    }
}
