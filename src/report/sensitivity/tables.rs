//! The table of a study, tidy.
//!
//! `sensitivity.csv`: one line an input, metric and index. `path` and `believed` name the input; `metric` and its `unit`;
//! `index` is `first` (share of the variance that it explains alone), `total` (share that goes with it in any way), `mu`
//! (mean change by a screening step up, of two thirds of the middle 95 % of the belief, and not divided by the step \[unit of
//! the metric\]), `mu_star` (mean of its size)
//! or `sigma` (its standard deviation); `estimate`, `ci_low` and `ci_high` (95 %, by drawing rows again; empty where there is
//! none); `n` rows or trajectories.

use super::SensitivityAnswer;
use crate::experiment::Interval;
use crate::report::comparison::json::unit;
use crate::report::comparison::tables::table;
use crate::report::decimal;

/// `sensitivity.csv` as text.
pub fn lines(answer: &SensitivityAnswer<'_>) -> String {
    let head = ["path", "believed", "metric", "unit", "index", "estimate", "ci_low", "ci_high", "n"];
    let study = answer.study;
    let rows = study.headlines.iter().enumerate().flat_map(|(at, headline)| {
        let told = told(answer, at).into_iter();
        told.map(move |(input, index, estimate, interval, n)| {
            let number = |value: Option<f64>| value.map_or_else(String::new, |value| decimal(value, 6));
            let input = &study.inputs[input];
            vec![
                input.path.clone(),
                input.belief.clone(),
                headline.name(),
                unit(headline.unit()).to_owned(),
                index.to_owned(),
                number(Some(estimate)),
                number(interval.map(|interval| interval.low)),
                number(interval.map(|interval| interval.high)),
                n.to_string(),
            ]
        })
    });
    table(head.map(str::to_owned).to_vec(), rows)
}

/// Input, index, estimate, interval, n.
type Told = (usize, &'static str, f64, Option<Interval>, u64);

/// All that is known of a headline.
pub(super) fn told(answer: &SensitivityAnswer<'_>, headline: usize) -> Vec<Told> {
    let study = answer.study;
    let rows = study.points()[1] / (study.inputs.len() as u64 + 2);
    let shares =
        study.indices(headline).unwrap_or_default().into_iter().enumerate().flat_map(|(input, both)| {
            [("first", both.first), ("total", both.total)]
                .map(|(name, index)| (input, name, index.estimate, index.interval, rows))
        });
    let steps = study.screened(headline).unwrap_or_default().into_iter().enumerate();
    let steps = steps.filter(|(_, screened)| screened.n > 0).flat_map(|(input, screened)| {
        [
            (input, "mu", screened.mu, None, screened.n),
            (input, "mu_star", screened.mu_star, screened.interval, screened.n),
            (input, "sigma", screened.sigma, None, screened.n),
        ]
    });
    shares.chain(steps).collect()
}
