//! A fan: how a daily quantity spreads over the replications.
//!
//! ```text
//!             p95 .....'''''
//!         ..''  p75 ---'''''      each day on its own: the p50 line is no single future
//!     ..''--''' p50 =====
//! ```

use super::day::DayTally;
use super::histogram::{ENDLESS, Histogram};
use crate::sim::{ChatMetric, Gauge, Metric};

/// A quantity that has a value a day in each replication.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Series {
    /// What is counted during the day \[messages or customers, as the metric says\].
    Count(Metric),
    /// What the help desk did \[chats or seconds, as the metric says\]; absent without one.
    Chats(ChatMetric),
    /// The limit at the end of the day \[customers in 24 hours\]; infinite where there is none.
    Limit,
    /// How something stands on the day \[as the gauge says\]; absent where the gauge has no value.
    Gauge(Gauge),
}

impl Series {
    /// The name in files.
    pub fn name(self) -> &'static str {
        match self {
            Series::Count(metric) => metric.name(),
            Series::Chats(metric) => metric.name(),
            Series::Limit => "limit",
            Series::Gauge(gauge) => gauge.name(),
        }
    }

    /// How many of the whole numbers that are kept make one unit.
    fn per_unit(self) -> f64 {
        match self {
            Series::Count(metric) => f64::from(metric.per_unit()),
            Series::Gauge(gauge) => f64::from(gauge.per_unit()),
            Series::Limit | Series::Chats(_) => 1.0,
        }
    }
}

/// A quantity on one day, over the replications that have it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FanDay {
    /// Replications that have a value on this day.
    pub n: u64,
    /// Their mean \[unit of the series\]; exact, and infinite as soon as one value is.
    pub mean: f64,
    /// 1 in 20 is at or below it \[unit of the series\].
    pub p05: f64,
    /// 1 in 4 is at or below it \[unit of the series\].
    pub p25: f64,
    /// Half are at or below it \[unit of the series\].
    pub p50: f64,
    /// 3 in 4 are at or below it \[unit of the series\].
    pub p75: f64,
    /// 19 in 20 are at or below it \[unit of the series\].
    pub p95: f64,
}

/// A quantity day by day. Quantiles above 255 counted units are read from bins of 1 %.
#[derive(Clone, Debug, PartialEq)]
pub struct Fan {
    /// What spreads.
    pub series: Series,
    /// One entry a civil day; `None` where no replication has a value.
    pub days: Vec<Option<FanDay>>,
}

impl FanDay {
    /// Reads a day; `None` where no replication has a value. `limits` are those of the tiers, lowest first.
    pub(super) fn read(series: Series, tally: &DayTally, limits: &[Option<u64>]) -> Option<FanDay> {
        match series {
            Series::Count(metric) => FanDay::of(series, &tally.counts[metric as usize]),
            Series::Chats(metric) => FanDay::of(series, tally.chats.get(metric as usize)?),
            Series::Limit => FanDay::of(series, &limits_in_use(tally, limits)),
            Series::Gauge(gauge) => FanDay::of(series, &tally.gauges[gauge as usize]),
        }
    }

    fn of(series: Series, histogram: &Histogram) -> Option<FanDay> {
        let unit = series.per_unit();
        let at = |percent| histogram.percentile(percent).map(|value| number(value) / unit);
        Some(FanDay {
            n: histogram.n(),
            mean: histogram.mean()? / unit,
            p05: at(5)?,
            p25: at(25)?,
            p50: at(50)?,
            p75: at(75)?,
            p95: at(95)?,
        })
    }
}

/// The limits at the end of a day: known from the tiers, so they need no histogram of their own.
fn limits_in_use(tally: &DayTally, limits: &[Option<u64>]) -> Histogram {
    let mut histogram = Histogram::new();
    for (tier, limit) in limits.iter().enumerate() {
        let holders = tally.share(super::day::State::Tier(tier)).count;
        histogram.record_many(limit.unwrap_or(ENDLESS), u32::try_from(holders).unwrap_or(u32::MAX));
    }
    histogram
}

fn number(value: u64) -> f64 {
    if value == ENDLESS { f64::INFINITY } else { value as f64 }
}
