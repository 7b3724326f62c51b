//! How the runs of a search are shared out, before the first of them.
//!
//! ```text
//!   budget --+-- 2/5  search         design points, then rounds: half as many settings, twice as many runs each
//!            +-- 2/5  finals         fresh runs for the last few: are conditions kept, and which is best?
//!            '-- 1/5  confirmation   fresh runs again, of the choice and of the scenario as it stands
//!
//!   what the search leaves goes to the finals; a space of few settings goes to the finals at once
//! ```

use serde::Serialize;
use thiserror::Error;

/// Runs of each setting in the first round, at least.
const LEAST_FIRST: u64 = 10;
/// Design points, at least and at most, where nobody says how many.
const POINTS: (u64, u64) = (8, 256);
/// Blocks of runs after which the finals look for the first time, at least and at most.
const LOOKS: (u64, u64) = (10, 100);
/// Runs of a block that the finals count as one observation, at least, and at most without and with conditions.
const BLOCKS: (u64, u64, u64) = (8, 16, 64);

/// How the runs are shared out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Plan {
    /// Runs in all \[replications\].
    pub budget: u64,
    /// Settings tried first, the scenario's own among them.
    pub points: u64,
    /// Whether these are all there are.
    pub every_setting: bool,
    /// Runs of each setting in the first round \[replications\].
    pub first: u64,
    /// Settings that come to the finals, at most.
    pub finalists: u64,
    /// Runs that the finals count as one observation \[replications\].
    pub block: u64,
    /// Observations of each finalist before the first look.
    pub looks_from: u64,
    /// Runs of the choice, and of the scenario as it stands, in the confirmation \[replications\].
    pub confirmation: u64,
}

/// A budget with which nothing can be found.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("a budget of {budget} runs is too small to tune these settings")]
pub struct TooSmall {
    /// The budget \[replications\].
    pub budget: u64,
    /// The least that will do \[replications\].
    pub least: u64,
}

impl Plan {
    /// Shares out `budget` runs; `space` is how many settings there are, the scenario's own included, where they can
    /// be counted; `points` how many are tried first, where somebody said it. Where there are conditions, the finals
    /// spend most of their runs on them before they look at the objective.
    ///
    /// # Errors
    /// Too few runs, with the least that will do.
    pub fn new(
        budget: u64,
        space: Option<u64>,
        points: Option<u64>,
        conditions: bool,
    ) -> Result<Plan, TooSmall> {
        Plan::fitting(budget, (space, points), conditions).ok_or_else(|| {
            // Twice as many until it is enough, then the least between.
            let enough = |budget: u64| Plan::fitting(budget, (space, points), conditions).is_some();
            let (mut less, mut least) = (budget, budget.max(1));
            while !enough(least) && least < 1 << 40 {
                (less, least) = (least, 2 * least);
            }
            while least - less > 1 {
                let middle = less + (least - less) / 2;
                if enough(middle) { least = middle } else { less = middle }
            }
            TooSmall { budget, least }
        })
    }

    fn fitting(budget: u64, (space, given): (Option<u64>, Option<u64>), conditions: bool) -> Option<Plan> {
        let finalists = if budget < 10_000 { 4 } else { 6 };
        let search = budget / 5 * 2;
        if let Some(settings) = space.filter(|settings| *settings <= finalists) {
            let plan =
                Plan { finalists: settings, ..Plan::finals(budget, settings, (2 * search, conditions))? };
            return Some(Plan { points: settings, every_setting: true, first: 0, ..plan });
        }
        let wanted = given.unwrap_or_else(|| ((search.isqrt()) / 2).clamp(POINTS.0, POINTS.1));
        let every = space.filter(|space| *space <= 2 * wanted + 1);
        // The scenario's own settings stand beside the design, and a final needs somebody to leave out.
        let mut points = every.unwrap_or(wanted + 1).max(finalists + 1);
        while search / weight(points, finalists) < LEAST_FIRST {
            let fixed = every.is_some() || given.is_some() || points <= POINTS.0 + 1;
            points = (!fixed).then(|| points - 1)?;
        }
        let plan = Plan::finals(budget, finalists, (search, conditions))?;
        let first = search / weight(points, finalists);
        Some(Plan { points, every_setting: every.is_some(), first, ..plan })
    }

    /// The finals and the confirmation of a budget, where `finals` runs are left for the former.
    fn finals(budget: u64, finalists: u64, (finals, conditions): (u64, bool)) -> Option<Plan> {
        let (spent, most) = if conditions { (finals / 5 * 4, BLOCKS.2) } else { (finals / 2, BLOCKS.1) };
        let each = spent / finalists.max(1);
        let block = (each / LOOKS.1).clamp(BLOCKS.0, most);
        let looks_from = (each / block).min(LOOKS.1);
        let (points, first) = (finalists, 0);
        let confirmation = budget / 10;
        (looks_from >= LOOKS.0).then_some(Plan {
            budget,
            points,
            every_setting: false,
            first,
            finalists,
            block,
            looks_from,
            confirmation,
        })
    }

    /// Runs for search and finals together \[replications\].
    pub fn before_confirmation(&self) -> u64 {
        self.budget - 2 * self.confirmation
    }

    /// Runs for the search \[replications\].
    pub fn search(&self) -> u64 {
        if self.first == 0 { 0 } else { self.budget / 5 * 2 }
    }
}

/// How many of the settings of a round go on: half of them, at least the finalists. Two thirds of these are the best of
/// the round, the others new neighbours of the best.
pub(super) fn next_round(settings: u64, finalists: u64) -> u64 {
    (settings / 2).max(finalists)
}

/// How many of so many that go on are new neighbours.
pub(super) fn neighbours(going_on: u64, finalists: u64) -> u64 {
    if going_on <= finalists { 0 } else { going_on / 3 }
}

/// The runs of a search \[runs of the first round of one setting\]: what is new begins at the number of runs that the
/// round has reached, what goes on takes as many again.
fn weight(points: u64, finalists: u64) -> u64 {
    let (mut settings, mut runs, mut sum) = (points, 1, points);
    while settings > finalists {
        let next = next_round(settings, finalists);
        let new = neighbours(next, finalists);
        sum += if next > finalists { (next - new) * runs + new * 2 * runs } else { 0 };
        (settings, runs) = (next, 2 * runs);
    }
    sum.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_few_settings_go_to_the_finals_at_once() {
        let plan = Plan::new(20_000, Some(3), None, false).unwrap();
        assert_eq!((plan.points, plan.finalists, plan.first, plan.every_setting), (3, 3, 0, true));
        assert_eq!(plan.confirmation, 2_000);
    }

    #[test]
    fn a_small_space_is_tried_wholly() {
        let plan = Plan::new(20_000, Some(30), None, false).unwrap();
        assert_eq!((plan.points, plan.every_setting), (30, true));
        assert!(!Plan::new(20_000, Some(10_000), None, false).unwrap().every_setting);
    }

    #[test]
    fn too_small_a_budget_says_the_least() {
        for (space, points) in [(None, None), (Some(2), None), (Some(40), None), (None, Some(100))] {
            let error = Plan::new(3, space, points, true).unwrap_err();
            assert!(Plan::new(error.least, space, points, true).is_ok(), "{error:?}");
            assert!(Plan::new(error.least - 1, space, points, true).is_err(), "{error:?}");
        }
    }

    proptest! {
        #[test]
        fn no_more_is_planned_than_there_is(budget in 0_u64..3_000_000, points in proptest::option::of(2_u64..400), conditions: bool) {
            if let Ok(plan) = Plan::new(budget, None, points, conditions) {
                let search = plan.first * weight(plan.points, plan.finalists);
                let first_look = plan.finalists * plan.block * plan.looks_from;
                prop_assert!(search <= plan.search());
                prop_assert!(search + first_look + 2 * plan.confirmation <= budget);
                prop_assert!(plan.points > plan.finalists && plan.first >= LEAST_FIRST);
            }
        }
    }
}
