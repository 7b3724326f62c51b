//! Several plans on the same luck: which is better, is it real, does it matter?
//!
//! ```text
//!   replication i of each plan, on one seed
//!        |  folded side by side
//!        v
//!   Comparison
//!     |- arms     an Ensemble each, and the clauses that its changes cite
//!     '- pairs    how far the first is ahead, day by day (Lead); in how many replications nothing differs,
//!                 and where the others first part (Partings)
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

use serde::{Deserialize, Serialize};

use super::blocks::BLOCK;
use super::difference::{Difference, Matters, Side, Verdict};
use super::ensemble::{Ensemble, JoinError, StoredEnsemble};
use super::estimate::{Interval, Share};
use super::headline::{By, Headline, Limit, Unit};
use super::lead::Lead;
use super::paired::{PairedShares, Pairs, share_difference};
use super::parting::{Parting, Partings};
use super::row::Row;
use super::threads::{Crew, Threads};
use super::watched::{PairedFutures, Watched};
use crate::sim::{BESIDE, Metric, Setting, Trajectory};
use crate::time::{SimTime, Span};

/// Of runs of at most so many days as many are run side by side as there can be; a day of hourly sends takes a few kilobytes.
const DAYS_AT_ONCE: u64 = 200;

/// What intervals leave out, before several pairs share it.
const ALPHA: f64 = 0.05;

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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pair {
    /// Position of the first plan.
    pub first: usize,
    /// Position of the second plan.
    pub second: usize,
    /// Replications in which everything is the same: every change, every send, every day.
    pub same: u64,
    /// Where the others first part.
    pub partings: Partings,
    /// How many more messages the first has sent by the end of each civil day since the start.
    pub leads: Vec<Lead>,
}

/// Several plans on the same luck.
#[derive(Clone, Debug)]
pub struct Comparison {
    arms: Vec<Arm>,
    pairs: Vec<Pair>,
}

/// A comparison without names and settings, as [`Comparison::stored`] wrote it.
#[derive(Clone, Debug, Deserialize)]
pub struct StoredComparison(Vec<(StoredEnsemble, BTreeMap<String, u64>)>, Vec<Pair>);

impl Comparison {
    /// Replicates all plans with the same indices and folds them in order of index.
    ///
    /// `futures` gives the replication of each index of a plan, and nothing else may decide what it gives. Progress and interruption are those of [`Ensemble::run`], counted in replications of all
    /// plans together.
    pub fn run(
        plans: Vec<(String, Setting)>,
        replications: Range<u64>,
        threads: Threads,
        futures: &dyn PairedFutures,
        progress: &(dyn Fn(u64) + Sync),
        interrupted: &AtomicBool,
    ) -> Comparison {
        let (crew, of) = (Crew::new(threads), plans.len());
        let mut comparison = Comparison::empty(plans, replications.start);
        let (block, beside) = comparison.at_once();
        let Range { start, end } = replications;
        let few = |place: u64| {
            let from = start + place / of as u64 * beside;
            futures.watched((place % of as u64) as usize, from..end.min(from + beside))
        };
        let mut plans: Vec<Vec<Watched>> = Vec::new();
        let places = if interrupted.load(Ordering::Relaxed) {
            0
        } else {
            (end.saturating_sub(start)).div_ceil(beside)
        };
        // Plan after plan of each few indices, so that few are held.
        crew.in_order(0..places * of as u64, &few, &mut |watched| {
            plans.push(watched);
            if plans.len() < of {
                return true;
            }
            comparison.fold(&crew, std::mem::take(&mut plans));
            if !comparison.n().is_multiple_of(block) && start + comparison.n() < end {
                return true;
            }
            progress(comparison.n());
            !interrupted.load(Ordering::Relaxed)
        });
        let complete = start + comparison.n() >= end;
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
        let pairs =
            (0..arms.len()).flat_map(|first| (first + 1..arms.len()).map(move |second| (first, second)));
        let pairs = pairs.map(|(first, second)| {
            let leads = vec![Lead::default(); days_in_common([&arms[first], &arms[second]])];
            Pair { first, second, same: 0, partings: Partings::default(), leads }
        });
        Comparison { pairs: pairs.collect(), arms }
    }

    /// Replications of each plan between two looks at the interruption, and how many of them are run side by side: all
    /// are held send by send until they are folded, so fewer of long runs.
    fn at_once(&self) -> (u64, u64) {
        let days = self.arms.iter().map(|arm| arm.ensemble.days().len() as u64).max().unwrap_or(1);
        let beside = (BESIDE * DAYS_AT_ONCE / days.max(1)).clamp(1, BESIDE);
        (BLOCK / BESIDE * beside, beside)
    }

    /// Adds the replications that follow, plan by plan.
    fn fold(&mut self, crew: &Crew, watched: Vec<Vec<Watched>>) {
        let start = self.arms.first().map_or(0, |arm| arm.ensemble.range().end);
        for (arm, watched) in self.arms.iter_mut().zip(&watched) {
            for path in watched.iter().flat_map(|one| &one.course.clauses) {
                *arm.cited.entry(path.clone()).or_default() += 1;
            }
        }
        let sent: Vec<Vec<Vec<u64>>> =
            watched.iter().map(|block| block.iter().map(|one| sent_so_far(&one.future)).collect()).collect();
        for pair in &mut self.pairs {
            let settings = [pair.first, pair.second].map(|arm| self.arms[arm].ensemble.setting());
            pair.fold(crew, start, [&watched[pair.first], &watched[pair.second]], settings);
            let (a, b) = (&sent[pair.first], &sent[pair.second]);
            crew.each(&mut pair.leads, &|day, lead| {
                a.iter().zip(b).for_each(|(a, b)| lead.add(a[day], b[day]));
            });
        }
        for (arm, block) in self.arms.iter_mut().zip(watched) {
            let futures: Vec<Trajectory> = block.into_iter().map(|one| one.future).collect();
            arm.ensemble.fold(crew, &futures);
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
            pair.partings.merge(&next.partings);
            pair.leads.iter_mut().zip(&next.leads).for_each(|(a, b)| a.merge(b));
        }
        Ok(Comparison { arms, pairs })
    }

    /// What there is to be kept of the replications: all but names and settings.
    pub fn stored(&self) -> impl Serialize + '_ {
        let arms: Vec<_> = self.arms.iter().map(|arm| (arm.ensemble.stored(), &arm.cited)).collect();
        (arms, &self.pairs)
    }

    /// A comparison as it was kept, of these plans; `None` where they do not belong together.
    pub fn restore(plans: Vec<(String, Setting)>, stored: StoredComparison) -> Option<Comparison> {
        let StoredComparison(arms, pairs) = stored;
        if arms.len() != plans.len() {
            return None;
        }
        let arms = plans.into_iter().zip(arms).map(|((name, setting), (ensemble, cited))| {
            Some(Arm { name, ensemble: Ensemble::restore(setting, ensemble)?, cited })
        });
        let arms: Vec<Arm> = arms.collect::<Option<_>>()?;
        let n = arms.first().map_or(0, |arm| arm.ensemble.n());
        let fits = |pair: &Pair| {
            let both = arms.get(pair.first).zip(arms.get(pair.second));
            let all = pair.same + pair.partings.count() == n;
            all && both.is_some_and(|(a, b)| pair.leads.len() == days_in_common([a, b]))
        };
        let fits = pairs.len() == arms.len() * arms.len().saturating_sub(1) / 2 && pairs.iter().all(fits);
        fits.then_some(Comparison { arms, pairs })
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

    /// What these plans are compared by: [`compared_by`], without costs where a plan has messages whose price is not
    /// known: what is not counted would look cheap.
    pub fn headlines(&self, dates: &[By]) -> Vec<Headline> {
        let settings: Vec<&Setting> = self.arms.iter().map(|arm| arm.ensemble.setting()).collect();
        let mut all = compared_by(&settings, dates);
        all.retain(|headline| self.arms.iter().all(|arm| headline.is_told_by(arm.ensemble.rows())));
        all
    }

    /// The horizons of the plans, in their order.
    pub fn horizons(&self) -> impl Iterator<Item = Span> + '_ {
        self.arms.iter().map(|arm| arm.ensemble.setting().calendar.horizon())
    }

    /// The shortest horizon of all plans: times are cut there.
    pub fn horizon(&self) -> Span {
        self.horizons().min().unwrap_or_default()
    }

    /// The end by which limits are compared: that of the runs; where horizons differ, that of the shortest.
    pub fn end(&self) -> By {
        By::end_of(self.horizons())
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
        self.difference_within(pair, headline, matters, self.alpha())
    }

    /// The same with an interval that leaves out `alpha` \[share\], where more intervals than those of this comparison
    /// share it; `None` without replications, and for what the rules of neither plan can do.
    pub fn difference_within(
        &self,
        pair: &Pair,
        headline: &Headline,
        matters: &Matters,
        alpha: f64,
    ) -> Option<Difference> {
        let found = self.counted(pair, headline, matters, alpha)?;
        match self.possible(pair, headline) {
            [true, true] => Some(found),
            [false, true] => Some(found.without(Side::First)),
            [true, false] => Some(found.without(Side::Second)),
            [false, false] => None,
        }
    }

    /// What is counted of a headline, whether the rules of both can do it or not; `None` without replications.
    pub(super) fn counted(
        &self,
        pair: &Pair,
        headline: &Headline,
        matters: &Matters,
        alpha: f64,
    ) -> Option<Difference> {
        let values = self.values(pair.first, headline).zip(self.values(pair.second, headline));
        let pairs = Pairs::of(values);
        let unit = headline.unit().per_unit();
        let means = pairs.means()?.map(|mean| mean / unit);
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

    /// How many headlines of a pair have an interval: all but what the rules of one of the two cannot do.
    pub fn intervals(&self, pair: &Pair, headlines: &[Headline]) -> usize {
        headlines.iter().filter(|headline| self.possible(pair, headline) == [true, true]).count()
    }

    /// Whether the rules of each of the two can do what a headline counts.
    fn possible(&self, pair: &Pair, headline: &Headline) -> [bool; 2] {
        [pair.first, pair.second].map(|arm| match headline {
            Headline::Happens(mishap) => mishap.possible(self.arms[arm].ensemble.setting()),
            Headline::Days(_) | Headline::Reached(..) | Headline::Total(_) => true,
        })
    }
}

impl Pair {
    /// Adds a block of replications, of which the first has the index `start`: where each two part.
    fn fold(&mut self, crew: &Crew, start: u64, watched: [&[Watched]; 2], settings: [&Setting; 2]) {
        let [a, b] = watched;
        let part = |place: u64| {
            let place = place as usize;
            Parting::between((&a[place], settings[0]), (&b[place], settings[1]))
        };
        for (index, parting) in (start..).zip(crew.map(0..a.len() as u64, &part)) {
            match parting {
                Some(parting) => self.partings.add(index, parting),
                None => self.same += 1,
            }
        }
    }
}

/// What plans of these settings are compared by; each limit by the end of the runs, where horizons differ by that of the
/// shortest, and by each of `dates`. Where horizons differ mishaps and sums are left out: a longer run has more of both.
pub fn compared_by(settings: &[&Setting], dates: &[By]) -> Vec<Headline> {
    let end = By::end_of(settings.iter().map(|setting| setting.calendar.horizon()));
    let mut by = vec![end];
    by.extend(dates.iter().filter(|date| **date != By::Horizon && **date != end));
    let mut all = Headline::all(settings, &by);
    if end != By::Horizon {
        all.retain(Headline::bears_unlike_horizons);
    }
    all
}

/// Civil days since the start that both plans run to their end; of equal horizons all.
fn days_in_common(arms: [&Arm; 2]) -> usize {
    let calendars = arms.map(|arm| &arm.ensemble.setting().calendar);
    let shortest = calendars[0].horizon().min(calendars[1].horizon());
    let days = calendars.map(|calendar| match calendar.horizon() == shortest {
        true => calendar.days(),
        false => calendar.day_of(SimTime::START + shortest),
    });
    days[0].min(days[1])
}

/// Messages sent by the end of each civil day.
fn sent_so_far(future: &Trajectory) -> Vec<u64> {
    let days = future.days.iter().scan(0, |sum, day| {
        *sum += day.counts[Metric::Sent as usize];
        Some(*sum)
    });
    days.collect()
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;

    use super::super::toy;
    use super::*;
    use crate::sim::Course;
    use crate::sim::Mishap;
    use crate::time::DAY;

    /// Plans of toy futures: the plain one, the same again, and one that reaches every limit so many days later.
    fn toys(late: i64) -> impl Fn(usize, u64) -> Watched + Sync {
        move |arm, index| {
            let mut future = toy::future(index);
            if arm == 2 {
                for at in future.outcome.reached.iter_mut().skip(1).flatten() {
                    at.0 += late * DAY;
                }
                future.outcome.flags = 0;
            }
            let course = Course { clauses: vec!["upgrade.volume".to_owned()], ..Course::default() };
            Watched { future, course }
        }
    }

    fn compared(threads: usize, range: Range<u64>, late: i64) -> Comparison {
        let plans = ["plain", "again", "late"].map(|name| (name.to_owned(), toy::setting()));
        let threads = Threads::Exactly(NonZeroUsize::new(threads).unwrap());
        let quiet = AtomicBool::new(false);
        Comparison::run(plans.to_vec(), range, threads, &toys(late), &|_| {}, &quiet)
    }

    fn assert_same(a: &Comparison, b: &Comparison) {
        assert_eq!((a.pairs(), a.n(), a.complete()), (b.pairs(), b.n(), b.complete()));
        for (a, b) in a.arms().iter().zip(b.arms()) {
            assert_eq!((a.ensemble.rows(), a.ensemble.days()), (b.ensemble.rows(), b.ensemble.days()));
            assert_eq!(a.cited, b.cited);
        }
    }

    fn found(comparison: &Comparison, pair: usize, name: &str) -> Difference {
        let headlines = comparison.headlines(&[By::After(Span::days(30))]);
        let headline = headlines.iter().find(|headline| headline.name() == name).unwrap();
        comparison.difference(&comparison.pairs()[pair], headline, &Matters::default()).unwrap()
    }

    #[test]
    fn threads_and_parts_change_nothing() {
        let whole = compared(1, 0..200, 3);
        for threads in [2, 3] {
            assert_same(&compared(threads, 0..200, 3), &whole);
        }
        for cut in [1, 64, 100] {
            assert_same(&compared(2, 0..cut, 3).join(compared(1, cut..200, 3)).unwrap(), &whole);
        }
        assert!(matches!(compared(1, 0..5, 3).join(compared(1, 6..9, 3)), Err(JoinError::Gap { .. })));
    }

    #[test]
    fn what_is_kept_comes_back_and_goes_on() {
        let plans = || ["plain", "again", "late"].map(|name| (name.to_owned(), toy::setting())).to_vec();
        let kept = serde_json::to_string(&compared(1, 0..70, 3).stored()).unwrap();
        let back = Comparison::restore(plans(), serde_json::from_str(&kept).unwrap()).unwrap();
        assert_same(&back.join(compared(1, 70..120, 3)).unwrap(), &compared(2, 0..120, 3));
        let stored = || serde_json::from_str(&kept).unwrap();
        assert!(Comparison::restore(plans()[..2].to_vec(), stored()).is_none());
        let other = vec![("plain".to_owned(), toy::setting_of(61)); 3];
        assert!(Comparison::restore(other, stored()).is_none());
    }

    #[test]
    fn the_same_twice_differs_by_exactly_nothing() {
        let comparison = compared(1, 0..100, 3);
        let pair = &comparison.pairs()[0];
        assert_eq!((pair.first, pair.second, pair.same), (0, 1, 100));
        for headline in comparison.headlines(&[]) {
            let found = comparison.difference(pair, &headline, &Matters::default()).unwrap();
            assert_eq!(found.difference, 0.0);
            assert_eq!(found.interval, Some(Interval { low: 0.0, high: 0.0 }));
            assert_eq!((found.verdict, found.equal.count), (Verdict::Nothing, 100));
        }
        assert!(pair.leads.iter().all(|lead| lead.mean() == Some(0.0)));
    }

    /// Three days later in every replication that is not cut at the horizon, and the second limit of the toy is cut
    /// in most: the sign, the size and the better side are known.
    #[test]
    fn a_known_shift_is_found() {
        let comparison = compared(1, 0..300, 3);
        let days = found(&comparison, 1, "days_to_10K");
        assert_eq!((days.difference, days.verdict), (-3.0, Verdict::Matters(Side::First)));
        assert_eq!(days.interval, Some(Interval { low: -3.0, high: -3.0 }));
        assert_eq!((days.first_better.count, days.equal.count, days.second_better.count), (300, 0, 0));
        assert_eq!((days.correlation, days.variance_ratio), (Some(1.0), Some(f64::INFINITY)));
        let cut = found(&comparison, 1, "days_to_100K");
        assert!(-3.0 < cut.difference && cut.difference < -0.3, "{}", cut.difference);
        let rows = comparison.arms()[0].ensemble.rows();
        let at = |row: &Row, late: i64| {
            row.outcome.reached[2].map_or(60 * DAY, |at| (at.0 + late * DAY).min(60 * DAY))
        };
        let exact: i64 = rows.iter().map(|row| at(row, 0) - at(row, 3)).sum();
        assert!((cut.difference - exact as f64 / 300.0 / DAY as f64).abs() < 1e-9);
        // The later plan is never flagged, which is safer.
        let flagged = found(&comparison, 1, "flagged");
        assert!(matches!(flagged.verdict, Verdict::Matters(Side::Second)) && flagged.difference > 0.0);
        assert_eq!(found(&comparison, 1, "sent").verdict, Verdict::Nothing);
        assert_eq!(comparison.alpha(), 0.05 / 3.0);
    }

    #[test]
    fn chances_by_a_date_are_counted() {
        let comparison = compared(1, 0..200, 3);
        let found = found(&comparison, 1, "reached_10K_within_30d");
        let rows = comparison.arms()[0].ensemble.rows();
        let by = |late: i64| {
            rows.iter()
                .filter(|row| row.outcome.reached[1].is_some_and(|at| at.0 + late * DAY < 30 * DAY))
                .count() as f64
        };
        assert_eq!(found.means, [by(0) / 200.0, by(3) / 200.0]);
        assert!(
            found.interval.unwrap().low < found.difference && found.difference < found.interval.unwrap().high
        );
    }

    #[test]
    fn days_on_which_one_alone_is_there_are_counted() {
        let comparison = compared(1, 0..150, 3);
        let limit = Limit { name: "10K".to_owned(), customers: Some(10_000) };
        let by_day = comparison.reached_by_day(&comparison.pairs()[1], &limit);
        let (a, b) = (&comparison.arms()[0].ensemble, &comparison.arms()[2].ensemble);
        for (day, shares) in by_day.iter().enumerate() {
            let (a, b) = (a.first_passage(1).by_day[day].count, b.first_passage(1).by_day[day].count);
            assert_eq!(shares.first_alone as i64 - shares.second_alone as i64, a as i64 - b as i64, "{day}");
            assert_eq!(shares.second_alone, 0);
        }
        assert!(by_day.iter().any(|shares| shares.first_alone > 0));
    }

    /// A plan that runs longer has more time for everything: only times and limits within the shorter are compared.
    #[test]
    fn unlike_horizons_are_compared_within_the_shorter_alone() {
        let plans = [60, 30].map(|days| (format!("{days} days"), toy::setting_of(days)));
        let futures = |arm: usize, index: u64| {
            let future = toy::future_of(index, [60, 30][arm]);
            Watched { future, course: Course::default() }
        };
        let quiet = AtomicBool::new(false);
        let comparison = Comparison::run(plans.to_vec(), 0..80, Threads::ONE, &futures, &|_| {}, &quiet);
        let end = By::After(Span::days(30));
        assert_eq!(comparison.end(), end);
        let headlines = comparison.headlines(&[By::Horizon, end]);
        assert!(headlines.iter().all(Headline::bears_unlike_horizons), "{headlines:?}");
        let names: Vec<String> = headlines.iter().map(Headline::name).collect();
        assert_eq!(
            names[..4],
            ["days_to_10K", "days_to_100K", "days_to_unlimited", "reached_10K_within_30d"]
        );
        assert_eq!(names.len(), 6);
        // The same rules: within 30 days nothing differs.
        for headline in &headlines {
            let found = comparison.difference(&comparison.pairs()[0], headline, &Matters::default()).unwrap();
            assert_eq!((found.difference, found.verdict), (0.0, Verdict::Nothing), "{headline:?}");
        }
        assert_eq!(comparison.pairs()[0].leads.len(), 30);
    }

    #[test]
    fn ladders_are_compared_by_limits_and_not_by_names() {
        let mut other = toy::setting();
        other.tiers.remove(1);
        other.tiers[1].name = "hundred thousand".to_owned();
        let both = [&toy::setting(), &other];
        let names: Vec<String> = Headline::all(&both, &[]).iter().map(Headline::name).collect();
        assert_eq!(names[..3], ["days_to_10K", "days_to_100K", "days_to_unlimited"]);
        // On the other ladder a limit of 10,000 or more is first held with 100,000, its second rung.
        let limit = Limit { name: "10K".to_owned(), customers: Some(10_000) };
        assert_eq!((limit.tier(both[0]), limit.tier(both[1])), (Some(1), Some(1)));
        assert_eq!(other.tiers[1].limit, Some(100_000));
        assert!(names.contains(&Mishap::Flagged.name().to_owned()) && !names.contains(&"banned".to_owned()));
    }
}
