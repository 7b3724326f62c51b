//! What is kept of a single replication: its line in the tables, and of the first ones their days for the charts.

use serde::{Deserialize, Serialize};

use crate::sim::{Metric, Outcome, Setting, Trajectory};

/// One replication in a line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// Its index, from 0: what `explain` takes.
    pub replication: u64,
    /// What became of it.
    pub outcome: Outcome,
}

impl Row {
    /// The line of a replication.
    pub fn of(replication: u64, future: &Trajectory) -> Row {
        Row { replication, outcome: future.outcome.clone() }
    }
}

/// One replication day by day, as a chart draws it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Path {
    /// Its index.
    pub replication: u64,
    /// Messages accepted, by civil day.
    pub sent: Vec<u64>,
    /// The number's score at the end of each day \[millionths\]; `None` before any delivery.
    pub score: Vec<Option<u32>>,
    /// The limit at the end of each day \[customers\]; `None` is unlimited.
    pub limit: Vec<Option<u64>>,
}

impl Path {
    pub(super) fn of(replication: u64, future: &Trajectory, setting: &Setting) -> Path {
        let limit = |tier: u8| setting.tiers.get(usize::from(tier)).and_then(|tier| tier.limit);
        Path {
            replication,
            sent: future.days.iter().map(|day| day.counts[Metric::Sent as usize]).collect(),
            score: future.days.iter().map(|day| day.score).collect(),
            limit: future.days.iter().map(|day| limit(day.tier)).collect(),
        }
    }
}
