//! One scenario at many points: what changes as fields of it change, all points on the same luck.
//!
//! ```text
//!   Design:  point 0   point 1   point 2 ...            each a scenario with other values
//!               |         |         |
//!   rows:    replication 0 .. n of each                 the same indices: common random numbers
//!               |         |         |
//!   Level:   a headline's mean, interval, n             -> tables, curves, heat maps
//!               '----.----'---------'
//!   Effect:  what one factor changes, from its lowest to its highest values    (effects)
//! ```

use std::ops::Range;
use std::sync::atomic::AtomicBool;

use super::blocks::{Futures, in_blocks};
use super::design::Design;
use super::estimate::{Interval, Share, Sums};
use super::headline::{By, Headline, Limit, Unit};
use super::row::Row;
use super::threads::{Crew, Threads};
use crate::sim::{Metric, Setting};
use crate::time::Span;

/// Replicates and keeps a row of each, in order of index: less than an ensemble, and enough for headlines.
///
/// `futures` gives the replication of each index and nothing else may decide what it gives. `progress` hears how many
/// are done; when `interrupted` is set the rows so far are returned.
pub fn rows(
    replications: Range<u64>,
    threads: Threads,
    futures: &dyn Futures,
    progress: &(dyn Fn(u64) + Sync),
    interrupted: &AtomicBool,
) -> Vec<Row> {
    let crew = Crew::new(threads);
    let mut rows: Vec<Row> = Vec::new();
    let make = |indices: Range<u64>| -> Vec<Row> {
        let futures = futures.futures(indices.clone());
        indices.zip(&futures).map(|(index, future)| Row::of(index, future)).collect()
    };
    in_blocks(&crew, replications, interrupted, &make, &mut |block| {
        rows.extend(block);
        progress(rows.len() as u64);
    });
    rows
}

/// A point of a design that was run.
#[derive(Clone, Debug)]
pub struct SweepPoint {
    /// What the reports say about its scenario.
    pub setting: Setting,
    /// Its replications, in order of index.
    pub rows: Vec<Row>,
}

/// One scenario at the points of a design.
#[derive(Clone, Debug)]
pub struct Sweep {
    /// Which points, and what is varied.
    pub design: Design,
    /// The points that were run, the first ones of the design.
    pub points: Vec<SweepPoint>,
    /// Replications that were asked for, of each point.
    pub replications: u64,
}

/// A headline at a point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Level {
    /// The estimate \[unit of the headline\].
    pub estimate: f64,
    /// Its 95 % interval \[unit of the headline\]; `None` for a mean of a single replication.
    pub interval: Option<Interval>,
    /// Replications.
    pub n: u64,
}

impl Level {
    /// The level of a headline over some replications, times cut at `horizon`; `None` without any, and of a cost where
    /// they met a price that is not known.
    pub fn of(rows: &[Row], setting: &Setting, headline: &Headline, horizon: Span) -> Option<Level> {
        if !headline.is_told_by(rows) {
            return None;
        }
        let values = rows.iter().map(|row| headline.value(row, setting, horizon));
        let n = rows.len() as u64;
        if headline.unit() == Unit::Chance {
            let share = Share::new(values.sum(), n);
            return Some(Level { estimate: share.estimate()?, interval: Some(share.interval()), n });
        }
        let mean = Sums::of(values).mean()?.per(headline.unit().per_unit());
        let interval = mean.half_width.map(|half| Interval { low: mean.mean - half, high: mean.mean + half });
        Some(Level { estimate: mean.mean, interval, n })
    }
}

impl Sweep {
    /// Whether all points are there.
    pub fn complete(&self) -> bool {
        self.points.len() == self.design.points.len()
    }

    /// What points are judged by; each limit by the end of the runs and by each of `dates`.
    pub fn headlines(&self, dates: &[By]) -> Vec<Headline> {
        let settings: Vec<&Setting> = self.points.iter().map(|point| &point.setting).collect();
        headlines_of(&settings, dates)
    }

    fn horizons(&self) -> impl Iterator<Item = Span> + '_ {
        self.points.iter().map(|point| point.setting.calendar.horizon())
    }

    /// The shortest horizon of all points: where they are held against each other times are cut there.
    pub fn horizon(&self) -> Span {
        self.horizons().min().unwrap_or_default()
    }

    /// The end by which limits are held against each other: that of the runs; where horizons differ, that of the shortest.
    pub fn end(&self) -> By {
        By::end_of(self.horizons())
    }

    /// A headline at a point, by its place: what a run of that point says.
    pub fn level(&self, point: usize, headline: &Headline) -> Option<Level> {
        let SweepPoint { setting, rows } = self.points.get(point)?;
        Level::of(rows, setting, headline, setting.calendar.horizon())
    }

    /// The same as it can be held against other points: times are cut at the shortest horizon of all.
    pub fn level_in_common(&self, point: usize, headline: &Headline) -> Option<Level> {
        let SweepPoint { setting, rows } = self.points.get(point)?;
        Level::of(rows, setting, headline, self.horizon())
    }

    /// Whether every point tells a headline.
    pub fn is_told(&self, headline: &Headline) -> bool {
        self.points.iter().all(|point| headline.is_told_by(&point.rows))
    }

    /// The headline that says most: the days to the highest limit that half of the runs of some point come to hold; where
    /// there is none, what is sent.
    pub fn main(&self, headlines: &[Headline]) -> Option<Headline> {
        let half = |headline: &Headline| {
            (0..self.points.len())
                .any(|point| self.level(point, headline).is_some_and(|level| level.estimate >= 0.5))
        };
        let held = headlines.iter().rev().find_map(|headline| match headline {
            Headline::Reached(limit, By::Horizon) if half(headline) => Some(limit),
            _ => None,
        });
        let days = held.map(|limit: &Limit| Headline::Days(limit.clone()));
        let sent = Headline::Total(Metric::Sent);
        days.or_else(|| headlines.contains(&sent).then_some(sent)).or_else(|| headlines.first().cloned())
    }

    /// What one headline counts in each replication of a point, as it can be held against other points.
    pub(super) fn values<'s>(
        &'s self,
        point: usize,
        headline: &'s Headline,
    ) -> impl Iterator<Item = u64> + 's {
        let (SweepPoint { setting, rows }, horizon) = (&self.points[point], self.horizon());
        rows.iter().map(move |row| headline.value(row, setting, horizon))
    }
}

/// What scenarios are judged by: see [`Sweep::headlines`].
pub fn headlines_of(settings: &[&Setting], dates: &[By]) -> Vec<Headline> {
    let mut by = vec![By::Horizon];
    by.extend(dates.iter().filter(|date| **date != By::Horizon));
    Headline::all(settings, &by)
}
