//! Several plans on the same luck: which is better, is it real, does it matter?
//!
//! ```text
//!   replication i of each plan, on one seed
//!        |  folded side by side
//!        v
//!   Comparison
//!     |- arms     an Ensemble each, and the clauses that its changes cite
//!     '- pairs    how far the first is ahead, day by day (Lead); in how many replications nothing differs
//!                        |
//!                        v
//!   Difference   a headline of a pair: difference, interval, who is better how often, correlation,
//!                variance ratio, Verdict
//! ```
//!
//! *Invariant:* whole numbers only, as in an ensemble: the same bits whatever the threads and the parts.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};

use super::ensemble::{BLOCK, Ensemble, JoinError, Row};
use super::estimate::{Interval, Share};
use super::headline::{By, Headline, Limit, Unit};
use super::lead::Lead;
use super::paired::{PairedShares, Pairs, share_difference};
use super::threads::{Crew, Threads};
use crate::platform::{Change, Score};
use crate::sim::{Batch, Metric, Probe, Scenario, Setting, Trajectory};
use crate::time::Span;

/// What intervals leave out, before several pairs share it.
const ALPHA: f64 = 0.05;

/// One replication of one plan, with the clauses that its changes cite.
#[derive(Clone, Debug, PartialEq)]
pub struct Watched {
    /// The replication.
    pub future: Trajectory,
    /// The paths of the clauses, each once, sorted.
    pub cited: Vec<String>,
}

impl Watched {
    /// Runs a replication of a scenario and watches which clauses its changes cite.
    pub fn run(scenario: &Scenario, index: u64) -> Watched {
        let mut citing = Citing { scenario, cited: Vec::new() };
        let future = scenario.watch(index, &mut citing);
        let mut cited: Vec<String> = citing.cited.into_iter().map(str::to_owned).collect();
        cited.sort_unstable();
        Watched { future, cited }
    }
}

/// Collects the paths of the clauses that changes cite.
struct Citing<'s> {
    scenario: &'s Scenario,
    cited: Vec<&'s str>,
}

impl Probe for Citing<'_> {
    fn change(&mut self, change: &Change, _: Option<Score>) {
        let rules = self.scenario.rules_at(change.at);
        let path = rules.clauses.get(usize::from(change.clause)).map(|clause| clause.path.as_str());
        if let Some(path) = path.filter(|path| !self.cited.contains(path)) {
            self.cited.push(path);
        }
    }

    fn sent(&mut self, _: &Batch) {}
}

/// One of the plans that are compared.
#[derive(Clone, Debug)]
pub struct Arm {
    /// What it is called.
    pub name: String,
    /// Its replications.
    pub ensemble: Ensemble,
    /// In how many replications a change cites a clause, by the clause's path.
    pub cited: BTreeMap<String, u64>,
}

/// Two plans, replication by replication.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    /// Position of the first plan.
    pub first: usize,
    /// Position of the second plan.
    pub second: usize,
    /// Replications in which everything is the same, every day.
    pub same: u64,
    /// How many more messages the first has sent by the end of each civil day since the start.
    pub leads: Vec<Lead>,
}

/// Several plans on the same luck.
#[derive(Clone, Debug)]
pub struct Comparison {
    arms: Vec<Arm>,
    pairs: Vec<Pair>,
}

impl Comparison {
    /// Replicates all plans with the same indices and folds them in order of index.
    ///
    /// `future` gives the replication of an index (the second argument) of a plan (the first), and nothing else may
    /// decide what it gives. Progress and interruption are those of [`Ensemble::run`], counted in replications of all
    /// plans together.
    pub fn run(
        plans: Vec<(String, Setting)>,
        replications: Range<u64>,
        threads: Threads,
        future: &(dyn Fn(usize, u64) -> Watched + Sync),
        progress: &(dyn Fn(u64) + Sync),
        interrupted: &AtomicBool,
    ) -> Comparison {
        let crew = Crew::new(threads);
        let of = plans.len() as u64;
        let mut comparison = Comparison::empty(plans, replications.start);
        let mut next = replications.start;
        while next < replications.end && !interrupted.load(Ordering::Relaxed) {
            let end = replications.end.min(next + BLOCK);
            // Plan after plan of each index, so that threads end together.
            let one = |place: u64| future((place % of) as usize, next + place / of);
            let block = crew.map(0..(end - next) * of, &one);
            comparison.fold(&crew, block);
            next = end;
            progress(comparison.n());
        }
        let complete = next >= replications.end;
        comparison.arms.iter_mut().for_each(|arm| arm.ensemble.set_complete(complete));
        comparison
    }

    fn empty(plans: Vec<(String, Setting)>, start: u64) -> Comparison {
        let arms: Vec<Arm> = plans
            .into_iter()
            .map(|(name, setting)| Arm {
                name,
                ensemble: Ensemble::empty(setting, start),
                cited: BTreeMap::new(),
            })
            .collect();
        let days = |arm: &Arm| arm.ensemble.days().len();
        let pairs =
            (0..arms.len()).flat_map(|first| (first + 1..arms.len()).map(move |second| (first, second)));
        let pairs = pairs.map(|(first, second)| {
            let leads = vec![Lead::default(); days(&arms[first]).min(days(&arms[second]))];
            Pair { first, second, same: 0, leads }
        });
        Comparison { pairs: pairs.collect(), arms }
    }

    /// Adds the replications that follow, plan after plan of each index.
    fn fold(&mut self, crew: &Crew, block: Vec<Watched>) {
        let mut futures: Vec<Vec<Trajectory>> = self.arms.iter().map(|_| Vec::new()).collect();
        for (place, watched) in block.into_iter().enumerate() {
            let arm = place % futures.len();
            futures[arm].push(watched.future);
            for path in watched.cited {
                *self.arms[arm].cited.entry(path).or_default() += 1;
            }
        }
        let sent: Vec<Vec<Vec<u64>>> =
            futures.iter().map(|block| block.iter().map(sent_so_far).collect()).collect();
        for pair in &mut self.pairs {
            let (first, second) = (&futures[pair.first], &futures[pair.second]);
            pair.same += first.iter().zip(second).filter(|(a, b)| a == b).count() as u64;
            let (a, b) = (&sent[pair.first], &sent[pair.second]);
            crew.each(&mut pair.leads, &|day, lead| {
                a.iter().zip(b).for_each(|(a, b)| lead.add(a[day], b[day]));
            });
        }
        for (arm, block) in self.arms.iter_mut().zip(&futures) {
            arm.ensemble.fold(crew, block);
        }
    }

    /// Joins the part that follows on this one: the same, bit for bit, as if both had been run in one.
    ///
    /// # Errors
    /// Parts that do not follow on one another, or are not of the same plans.
    pub fn join(self, next: Comparison) -> Result<Comparison, JoinError> {
        if self.arms.len() != next.arms.len() {
            return Err(JoinError::Setting);
        }
        let mut arms = Vec::new();
        for (arm, next) in self.arms.into_iter().zip(next.arms) {
            let mut cited = arm.cited;
            next.cited.into_iter().for_each(|(path, count)| *cited.entry(path).or_default() += count);
            arms.push(Arm { name: arm.name, ensemble: arm.ensemble.join(next.ensemble)?, cited });
        }
        let mut pairs = self.pairs;
        for (pair, next) in pairs.iter_mut().zip(&next.pairs) {
            pair.same += next.same;
            pair.leads.iter_mut().zip(&next.leads).for_each(|(a, b)| a.merge(b));
        }
        Ok(Comparison { arms, pairs })
    }

    /// The plans, in the order in which they were given.
    pub fn arms(&self) -> &[Arm] {
        &self.arms
    }

    /// Each two of them, the earlier first.
    pub fn pairs(&self) -> &[Pair] {
        &self.pairs
    }

    /// Replications of each plan.
    pub fn n(&self) -> u64 {
        self.arms.first().map_or(0, |arm| arm.ensemble.n())
    }

    /// Whether all replications that were asked for are there; `false` after an interruption.
    pub fn complete(&self) -> bool {
        self.arms.iter().all(|arm| arm.ensemble.complete())
    }

    /// What an interval leaves out \[share\]: 5 %, shared by all pairs (C. E. Bonferroni), so that of all intervals of
    /// one headline together 19 in 20 hold.
    pub fn alpha(&self) -> f64 {
        ALPHA / self.pairs.len().max(1) as f64
    }

    /// What these plans are compared by; each limit by the end of the runs and by each of `dates`.
    pub fn headlines(&self, dates: &[By]) -> Vec<Headline> {
        let settings: Vec<&Setting> = self.arms.iter().map(|arm| arm.ensemble.setting()).collect();
        let mut by = vec![By::Horizon];
        by.extend(dates.iter().filter(|date| **date != By::Horizon));
        Headline::all(&settings, &by)
    }

    /// The shortest horizon of all plans: times are cut there.
    pub fn horizon(&self) -> Span {
        let horizons = self.arms.iter().map(|arm| arm.ensemble.setting().calendar.horizon());
        horizons.min().unwrap_or_default()
    }

    /// What one headline counts in each replication of a plan.
    pub fn values<'c>(&'c self, arm: usize, headline: &'c Headline) -> impl Iterator<Item = u64> + 'c {
        let (ensemble, horizon) = (&self.arms[arm].ensemble, self.horizon());
        ensemble.rows().iter().map(move |row| headline.value(row, ensemble.setting(), horizon))
    }

    /// By the end of each civil day since the start: in how many replications one plan alone has held a limit of at
    /// least so many.
    pub fn reached_by_day(&self, pair: &Pair, limit: &Limit) -> Vec<PairedShares> {
        let [first, second] = [pair.first, pair.second].map(|arm| &self.arms[arm].ensemble);
        let days = pair.leads.len();
        let day = |ensemble: &Ensemble, row: &Row| {
            let held = limit.held(row, ensemble.setting());
            held.map_or(days, |at| ensemble.setting().calendar.day_of(at).min(days))
        };
        // The earlier is alone from its own day until that of the later.
        let mut steps = vec![[0_i64; 2]; days + 1];
        for (a, b) in first.rows().iter().zip(second.rows()) {
            let (a, b) = (day(first, a), day(second, b));
            let side = usize::from(b < a);
            steps[a.min(b)][side] += 1;
            steps[a.max(b)][side] -= 1;
        }
        let n = self.n();
        let alone = steps.iter().take(days).scan([0_i64; 2], |alone, step| {
            *alone = [alone[0] + step[0], alone[1] + step[1]];
            let [first_alone, second_alone] = alone.map(|count| u64::try_from(count).unwrap_or(0));
            Some(PairedShares { first_alone, second_alone, n })
        });
        alone.collect()
    }

    /// How two plans differ in a headline; `None` without replications.
    pub fn difference(&self, pair: &Pair, headline: &Headline, matters: &Matters) -> Option<Difference> {
        let values = self.values(pair.first, headline).zip(self.values(pair.second, headline));
        let pairs = Pairs::of(values);
        let unit = headline.unit().per_unit();
        let means = pairs.means()?.map(|mean| mean / unit);
        let alpha = self.alpha();
        let interval = match headline.unit() {
            _ if pair.same == pairs.n => Some(Interval { low: 0.0, high: 0.0 }),
            Unit::Chance => Some(share_difference(pairs.higher, pairs.lower, pairs.n, alpha)),
            _ => pairs.interval(alpha),
        };
        let interval = interval.map(|i| Interval { low: i.low / unit, high: i.high / unit });
        let matters = matters.threshold(headline.unit(), means);
        let (less, more) = (Share::new(pairs.lower, pairs.n), Share::new(pairs.higher, pairs.n));
        let [first_better, second_better] =
            if headline.less_is_better() { [less, more] } else { [more, less] };
        let equal = Share::new(pairs.n - pairs.lower - pairs.higher, pairs.n);
        Some(Difference {
            headline: headline.clone(),
            means,
            difference: pairs.difference()? / unit,
            interval,
            first_better,
            second_better,
            equal,
            correlation: pairs.correlation(),
            variance_ratio: pairs.variance_ratio(),
            matters,
            verdict: Verdict::of(interval, equal, matters, headline.less_is_better()),
        })
    }
}

/// Messages sent by the end of each civil day.
fn sent_so_far(future: &Trajectory) -> Vec<u64> {
    let days = future.days.iter().scan(0, |sum, day| {
        *sum += day.counts[Metric::Sent as usize];
        Some(*sum)
    });
    days.collect()
}

/// From when on a difference matters to who asks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Matters {
    /// For times.
    pub days: Span,
    /// For chances \[share: 0.02 is two percentage points\].
    pub chance: f64,
    /// For sums, in shares of the larger of the two means \[share\].
    pub total: f64,
}

impl Default for Matters {
    /// A day, two percentage points, one per cent.
    fn default() -> Matters {
        Matters { days: Span::days(1), chance: 0.02, total: 0.01 }
    }
}

impl Matters {
    /// The threshold in the unit of a headline with these means.
    fn threshold(&self, unit: Unit, means: [f64; 2]) -> f64 {
        match unit {
            Unit::Days => self.days.as_days(),
            Unit::Chance => self.chance,
            Unit::Messages | Unit::Currency => self.total * means[0].max(means[1]),
        }
    }
}

/// How two plans differ in one headline, first less second.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// What is compared.
    pub headline: Headline,
    /// The mean of each \[unit of the headline\].
    pub means: [f64; 2],
    /// The mean of first less second \[unit of the headline\].
    pub difference: f64,
    /// Its interval \[unit of the headline\]; `None` from a single replication.
    pub interval: Option<Interval>,
    /// In how many replications the first is better.
    pub first_better: Share,
    /// In how many the second is.
    pub second_better: Share,
    /// In how many both are alike.
    pub equal: Share,
    /// How much of their luck they share, -1 to 1; `None` where one of them never varies.
    pub correlation: Option<f64>,
    /// How many times as many independent runs would give as short an interval; `None` where nothing varies.
    pub variance_ratio: Option<f64>,
    /// From when on a difference matters \[unit of the headline\].
    pub matters: f64,
    /// Is it real, does it matter?
    pub verdict: Verdict,
}

/// One of two plans.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The first.
    First,
    /// The second.
    Second,
}

/// Is a difference real, and does it matter? The whole interval must clear a threshold before either is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Both are alike in every replication.
    Nothing,
    /// No difference that matters: the interval holds 0 and ends before a difference matters.
    Alike,
    /// Open: the interval holds 0 and differences that matter.
    Undecided,
    /// Real, and smaller than matters.
    Slight(Side),
    /// Real; whether it matters is open.
    Real(Side),
    /// Real, and it matters.
    Matters(Side),
}

impl Verdict {
    fn of(interval: Option<Interval>, equal: Share, matters: f64, less_is_better: bool) -> Verdict {
        if equal.n > 0 && equal.count == equal.n {
            return Verdict::Nothing;
        }
        let Some(Interval { low, high }) = interval else { return Verdict::Undecided };
        let small = -matters < low && high < matters;
        let side = if (high < 0.0) == less_is_better { Side::First } else { Side::Second };
        match () {
            () if low <= 0.0 && 0.0 <= high => {
                if small {
                    Verdict::Alike
                } else {
                    Verdict::Undecided
                }
            }
            () if small => Verdict::Slight(side),
            () if low >= matters || high <= -matters => Verdict::Matters(side),
            () => Verdict::Real(side),
        }
    }

    /// The name in files.
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Nothing => "nothing",
            Verdict::Alike => "alike",
            Verdict::Undecided => "undecided",
            Verdict::Slight(_) => "real_but_small",
            Verdict::Real(_) => "real",
            Verdict::Matters(_) => "real_and_matters",
        }
    }

    /// Which plan is better, where that is real.
    pub fn better(self) -> Option<Side> {
        match self {
            Verdict::Slight(side) | Verdict::Real(side) | Verdict::Matters(side) => Some(side),
            Verdict::Nothing | Verdict::Alike | Verdict::Undecided => None,
        }
    }
}
