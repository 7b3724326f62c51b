//! By when each tier is first held.
//!
//! ```text
//!   share of
//!   replications         ,-------- share reached by the horizon
//!     0.5 . . . . . ,---'
//!               ,--'|
//!     0 -------'----+-----------------> civil days
//!                   p50
//! ```
//!
//! The curve is the cumulative incidence of the first passage. A ban, a disabled last template or a list that ran
//! dry are competing ends: such a replication goes on to the horizon and simply never reaches the tier, so it counts
//! in n and not in the curve. Nothing is censored before the horizon, which is why a plain share of all replications
//! is the right estimate (with censoring it would be that of Aalen and Johansen), and 1 minus a Kaplan-Meier curve,
//! which would treat those ends as if the tier could still come, would not be.

use super::ensemble::Ensemble;
use super::estimate::{Quantiles, Share};
use crate::time::SimTime;

/// When one tier is first held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FirstPassage {
    /// Position of the tier on the ladder. The start tier is held from the start on; one below it is reached only by
    /// a fall.
    pub tier: usize,
    /// Replications that held it within the horizon.
    pub reached: Share,
    /// When, over all replications; `None` is beyond the horizon and comes last. Absent without replications.
    pub times: Option<Quantiles<Option<SimTime>>>,
    /// The share that held it by the end of each civil day.
    pub by_day: Vec<Share>,
}

impl FirstPassage {
    /// Reads the first passage to a tier from the rows of an ensemble.
    pub(super) fn read(ensemble: &Ensemble, tier: usize) -> FirstPassage {
        let when = |row: &super::Row| row.reached.get(tier).copied().flatten();
        let times: Vec<SimTime> =
            ensemble.rows().iter().map(|row| when(row).unwrap_or(SimTime::NEVER)).collect();
        let n = times.len() as u64;
        let calendar = &ensemble.setting().calendar;
        let mut by_day = vec![0_u64; calendar.days()];
        for time in times.iter().filter(|time| **time != SimTime::NEVER) {
            if let Some(day) = by_day.get_mut(calendar.day_of(*time)) {
                *day += 1;
            }
        }
        let cumulated = by_day.iter().scan(0, |sum, count| {
            *sum += count;
            Some(Share::new(*sum, n))
        });
        FirstPassage {
            tier,
            reached: Share::new(times.iter().filter(|time| **time != SimTime::NEVER).count() as u64, n),
            by_day: cumulated.collect(),
            times: Quantiles::of(times).map(in_horizon),
        }
    }
}

/// Turns "later than every instant" into `None`.
fn in_horizon(times: Quantiles<SimTime>) -> Quantiles<Option<SimTime>> {
    let known = |time: SimTime| (time != SimTime::NEVER).then_some(time);
    Quantiles {
        p10: known(times.p10),
        p50: known(times.p50),
        p90: known(times.p90),
        p50_interval: (known(times.p50_interval.0), known(times.p50_interval.1)),
        n: times.n,
    }
}
