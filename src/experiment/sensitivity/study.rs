//! The inputs of a scenario, varied by their quantiles, and what its headlines make of them.
//!
//! ```text
//!   u in (0, 1)^k --> each uncertain parameter at the quantile u of its prior, each factor at its position u
//!                     --> the mean of every headline over the same few replications: luck is averaged, not varied
//! ```

use super::{Indices, Morris, Saltelli, Screened};
use crate::experiment::headline::{By, Headline, Limit};
use crate::sim::{Metric, Scenario, Setting};

/// The part of a belief that screening steps through: from the quantile 2.5 % to 97.5 %.
const SCREENED: f64 = 0.95;

/// What is varied, and in words what is believed of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// Its path.
    pub path: String,
    /// The prior of a parameter, or the values of a factor.
    pub belief: String,
}

/// What the inputs of a scenario do to its headlines.
#[derive(Clone, Debug)]
pub struct Study {
    /// What the reports say about the scenario.
    pub setting: Setting,
    /// What is varied, in the order of the coordinates.
    pub inputs: Vec<Input>,
    /// What is asked about.
    pub headlines: Vec<Headline>,
    /// Replications over which luck is averaged at every point.
    pub replications: u64,
    /// Screening: its design, and the values of all headlines at its points; a part of them after an interruption.
    pub screening: Option<(Morris, Vec<Vec<f64>>)>,
    /// Shares of the spread: the same.
    pub shares: Option<(Saltelli, Vec<Vec<f64>>)>,
    /// Whether all points are there.
    pub complete: bool,
}

/// The mean of each headline over the first replications of a scenario \[unit of the headline\].
pub fn outputs(scenario: &Scenario, headlines: &[Headline], replications: u64) -> Vec<f64> {
    let (setting, horizon) = (&scenario.setting, scenario.setting.calendar.horizon());
    let mut sums = vec![0_u128; headlines.len()];
    for (index, future) in (0..).zip(scenario.replicate_all(0..replications)) {
        let row = crate::experiment::Row::of(index, &future);
        let values = headlines.iter().map(|headline| headline.value(&row, setting, horizon));
        sums.iter_mut().zip(values).for_each(|(sum, value)| *sum += u128::from(value));
    }
    let mean = |(sum, headline): (u128, &Headline)| {
        sum as f64 / replications.max(1) as f64 / headline.unit().per_unit()
    };
    sums.into_iter().zip(headlines).map(mean).collect()
}

/// A coordinate of a sample as a uniform that a quantile can be taken of \[0 < u < 1\].
pub fn sampled(coordinate: f64) -> f64 {
    const LEAST: f64 = 1e-9;
    coordinate.clamp(LEAST, 1.0 - LEAST)
}

/// A coordinate of a screening grid as a uniform: the grid spans the middle 95 % of what is believed.
pub fn screened(coordinate: f64) -> f64 {
    0.5 + SCREENED * (coordinate - 0.5)
}

impl Study {
    /// What the steps of each input change in a headline; `None` where nothing was screened.
    pub fn screened(&self, headline: usize) -> Option<Vec<Screened>> {
        let (morris, values) = self.screening.as_ref()?;
        Some(morris.screen(&column(values, headline)))
    }

    /// The indices of each input for a headline; `None` where there are none, or it does not vary.
    pub fn indices(&self, headline: usize) -> Option<Vec<Indices>> {
        let (saltelli, values) = self.shares.as_ref()?;
        saltelli.indices(&column(values, headline))
    }

    /// How far a headline varies over the sample: its mean and standard deviation; `None` without values.
    pub fn spread(&self, headline: usize) -> Option<(f64, f64)> {
        let values: Vec<f64> = self.independent(headline).collect();
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
        (n > 1.0).then(|| (mean, crate::random::maths::sqrt(squares / (n - 1.0))))
    }

    /// The headline that says most: the days to the highest limit that half of all runs come to hold; where there is none,
    /// what is sent.
    pub fn main(&self) -> Option<usize> {
        let place = |wanted: &Headline| self.headlines.iter().position(|headline| headline == wanted);
        let half = |headline: usize| self.spread(headline).is_some_and(|(mean, _)| mean >= 0.5);
        let held = self.headlines.iter().enumerate().rev().find_map(|(at, headline)| match headline {
            Headline::Reached(limit, By::Horizon) if half(at) => Some(limit),
            _ => None,
        });
        let days = held.and_then(|limit: &Limit| place(&Headline::Days(limit.clone())));
        let first = (!self.headlines.is_empty()).then_some(0);
        days.or_else(|| place(&Headline::Total(Metric::Sent))).or(first)
    }

    /// Points that were run, of screening and of shares.
    pub fn points(&self) -> [u64; 2] {
        let count = |values: Option<usize>| values.unwrap_or(0) as u64;
        [
            count(self.screening.as_ref().map(|(_, values)| values.len())),
            count(self.shares.as_ref().map(|(_, values)| values.len())),
        ]
    }

    /// The values at points that do not repeat one another: A and B of shares, else all of screening.
    fn independent(&self, headline: usize) -> impl Iterator<Item = f64> + '_ {
        let each = self.inputs.len() + 2;
        let of = move |values: &Vec<f64>| values.get(headline).copied();
        let shares = self.shares.iter().flat_map(|(_, values)| values).enumerate();
        let shares =
            shares.filter(move |(place, _)| place % each < 2).filter_map(move |(_, values)| of(values));
        let alone = self.shares.as_ref().is_none_or(|(_, values)| values.is_empty());
        let screening = self.screening.iter().filter(move |_| alone).flat_map(|(_, values)| values);
        shares.chain(screening.filter_map(of))
    }
}

fn column(values: &[Vec<f64>], headline: usize) -> Vec<f64> {
    values.iter().filter_map(|values| values.get(headline).copied()).collect()
}
