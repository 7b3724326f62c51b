//! By when each tier is first held.
//!
//! ```text
//!   share of
//!   replications         ,-------- share reached by the horizon
//!     0.5 . . . . . ,---'
//!               ,--'|              the rest: ended before (banned, no template left), or still on its way
//!     0 -------'----+-----------------> civil days
//!                   p50
//! ```
//!
//! The curve is the cumulative incidence of the first passage. A ban and a disabled last template are competing ends:
//! such a replication never reaches the tier any more, so it counts in n and not in the curve, and the share of each
//! end has a curve of its own. Nothing is censored before the horizon, which is why a plain share of all replications
//! is the right estimate (with censoring it would be that of Aalen and Johansen), and 1 minus a Kaplan-Meier curve,
//! which would treat those ends as if the tier could still come, would not be.

use super::estimate::{Interval, Mean, Share, Sums, band_of};
use super::order::Quantiles;
use super::row::Row;
use crate::sim::End;
use crate::time::{Calendar, DAY, SimTime};

/// When one tier is first held.
#[derive(Clone, Debug, PartialEq)]
pub struct FirstPassage {
    /// Position of the tier on the ladder. The start tier is held from the start on; one below it is reached only by
    /// a fall.
    pub tier: usize,
    /// Replications that held it within the horizon.
    pub reached: Share,
    /// When, over all replications; `None` is beyond the horizon and comes last. Absent without replications.
    pub times: Option<Quantiles<Option<SimTime>>>,
    /// The mean of the days without it \[days\]: until it is first held, and the whole horizon where it is not. A mean
    /// of the times themselves does not exist where some replications never reach it. Absent without replications.
    pub restricted_mean: Option<Mean>,
    /// The share that held it by the end of each civil day.
    pub by_day: Vec<Share>,
    /// The share that ended before it was held, by the end of each civil day and by [`End`].
    pub ended_by_day: [Vec<Share>; End::ALL.len()],
}

impl FirstPassage {
    /// Reads the first passage to a tier from the rows of replications that have this calendar.
    pub(super) fn read(rows: &[Row], calendar: &Calendar, tier: usize) -> FirstPassage {
        let when = |row: &Row| row.outcome.reached.get(tier).copied().flatten();
        let times: Vec<SimTime> = rows.iter().map(|row| when(row).unwrap_or(SimTime::NEVER)).collect();
        let reached = times.iter().copied().filter(|time| *time != SimTime::NEVER);
        let end = calendar.end();
        let n = times.len() as u64;
        let by = |end: End| {
            let before = |row: &&Row| when(row).is_none();
            let ends =
                rows.iter().filter(before).filter_map(|row| row.outcome.ended).filter(|ended| ended.1 == end);
            by_day(calendar, ends.map(|ended| ended.0), n)
        };
        let without = Sums::of(times.iter().map(|time| (*time).min(end).0.max(0) as u64));
        FirstPassage {
            tier,
            reached: Share::new(reached.clone().count() as u64, n),
            by_day: by_day(calendar, reached, n),
            ended_by_day: End::ALL.map(by),
            restricted_mean: without.mean().map(|mean| mean.per(DAY as f64)),
            times: Quantiles::of(times).map(|times| times.map(in_horizon)),
        }
    }

    /// The band that holds the whole curve of `by_day`, 19 times in 20 at least, on one civil day: see [`band_of`]. A
    /// day's own interval, which is shorter, holds on that day alone.
    pub fn band(&self, day: usize) -> Interval {
        let share = self.by_day.get(day).copied().unwrap_or(self.reached);
        let (middle, half) = (share.estimate().unwrap_or(0.5), band_of(share.n));
        Interval { low: (middle - half).max(0.0), high: (middle + half).min(1.0) }
    }
}

/// The share of n replications whose time is over by the end of each civil day.
fn by_day(calendar: &Calendar, times: impl Iterator<Item = SimTime>, n: u64) -> Vec<Share> {
    let mut counts = vec![0_u64; calendar.days()];
    for time in times {
        if let Some(count) = counts.get_mut(calendar.day_of(time)) {
            *count += 1;
        }
    }
    let cumulated = counts.iter().scan(0, |sum, count| {
        *sum += count;
        Some(Share::new(*sum, n))
    });
    cumulated.collect()
}

/// Turns "later than every instant" into `None`.
fn in_horizon(time: SimTime) -> Option<SimTime> {
    (time != SimTime::NEVER).then_some(time)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicBool;

    use super::super::{Ensemble, Threads, toy};
    use super::*;

    /// Four futures of a tier: held on day 2, held on day 5 after a ban that came too late to matter, banned on day 3,
    /// and without a template from day 4 on.
    fn futures() -> Ensemble {
        let at = |day: i64| Some(SimTime(day * DAY + 3_600));
        let with = |reached, ended| {
            toy::future_with(0, |outcome| {
                outcome.reached = vec![Some(SimTime::START), reached, None, None];
                outcome.ended = ended;
            })
        };
        let ended = |day: i64, end| at(day).map(|at| (at, end));
        let all = [
            with(at(2), None),
            with(at(5), ended(7, End::Banned)),
            with(None, ended(3, End::Banned)),
            with(None, ended(4, End::NoTemplate)),
        ];
        let future = |index: u64| all[index as usize].clone();
        Ensemble::run(toy::setting(), 0..4, Threads::ONE, &future, &|_| {}, &AtomicBool::new(false))
    }

    /// The hand-made table: by day, held, banned before, without a template before.
    #[test]
    fn competing_ends_have_curves_of_their_own() {
        let passage = futures().first_passage(1);
        let counts = |shares: &[Share]| shares.iter().take(7).map(|share| share.count).collect::<Vec<u64>>();
        assert_eq!(counts(&passage.by_day), [0, 0, 1, 1, 1, 2, 2]);
        assert_eq!(counts(&passage.ended_by_day[0]), [0, 0, 0, 1, 1, 1, 1]);
        assert_eq!(counts(&passage.ended_by_day[1]), [0, 0, 0, 0, 1, 1, 1]);
        assert!(passage.by_day.iter().all(|share| share.n == 4));
    }

    /// (2 + 5 + 2 x 1/24 days, and twice the horizon of 60 days) / 4.
    #[test]
    fn the_restricted_mean_counts_the_horizon_for_never() {
        let mean = futures().first_passage(1).restricted_mean.unwrap();
        assert!((mean.mean - (7.0 + 2.0 / 24.0 + 120.0) / 4.0).abs() < 1e-12);
        // What nobody reaches takes the whole horizon, in every run; the start tier takes nothing.
        let never = futures().first_passage(3).restricted_mean.unwrap();
        assert_eq!((never.mean, never.half_width), (60.0, Some(0.0)));
        assert_eq!(futures().first_passage(0).restricted_mean.unwrap().mean, 0.0);
    }

    #[test]
    fn the_band_is_wider_than_a_days_own_interval() {
        let passage = toy::ensemble(500).first_passage(2);
        for (day, share) in passage.by_day.iter().enumerate() {
            let (band, own) = (passage.band(day), share.interval());
            assert!(band.low <= own.low + 0.01 && band.high >= own.high - 0.01);
            assert!(band.high - band.low <= 2.0 * band_of(500) + 1e-12);
        }
        assert_eq!(passage.band(1_000).low, passage.band(59).low);
    }
}
