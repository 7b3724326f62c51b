//! Replications of several plans, each with its changes and sends.

use std::ops::Range;

use crate::sim::{Course, Scenario, Trajectory};

/// One replication of one plan, with its changes and sends.
#[derive(Clone, Debug, PartialEq)]
pub struct Watched {
    /// The replication.
    pub future: Trajectory,
    /// Its changes and sends, with the clauses that the changes cite.
    pub course: Course,
}

impl Watched {
    /// Runs a replication of a scenario and watches its changes and sends.
    pub fn run(scenario: &Scenario, index: u64) -> Watched {
        let (future, course) = Course::run(scenario, index);
        Watched { future, course }
    }
}

/// Who gives replications of several plans by their index: scenarios, which run neighbours side by side, or a function.
pub trait PairedFutures: Sync {
    /// The replications of these indices of a plan, in order.
    fn watched(&self, plan: usize, indices: Range<u64>) -> Vec<Watched>;
}

impl PairedFutures for Vec<&Scenario> {
    fn watched(&self, plan: usize, indices: Range<u64>) -> Vec<Watched> {
        let runs = Course::run_all(self[plan], indices).into_iter();
        runs.map(|(future, course)| Watched { future, course }).collect()
    }
}

impl<F: Fn(usize, u64) -> Watched + Sync> PairedFutures for F {
    fn watched(&self, plan: usize, indices: Range<u64>) -> Vec<Watched> {
        indices.map(|index| self(plan, index)).collect()
    }
}
