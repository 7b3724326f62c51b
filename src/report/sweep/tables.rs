//! The table of a sweep, tidy.
//!
//! `sweep.csv`: one line a point and metric. `point` counts from 0; then a column for each factor, named by its path, with
//! the value as `--set` takes it; `metric`, `unit` (days: elapsed seconds / 86,400; chance: 0 to 1; messages; currency),
//! `estimate`, `ci_low` and `ci_high` (95 %, simulation noise alone; empty from a single replication of a mean), `n`
//! replications. Results are those of each point's own whole runs, whatever the horizons of others. A cost is empty where
//! messages or conversations were met whose price is not known.

use super::SweepAnswer;
use crate::report::comparison::json::unit;
use crate::report::comparison::tables::table;
use crate::report::decimal;

/// `sweep.csv` as text.
pub fn points(answer: &SweepAnswer<'_>) -> String {
    let factors = answer.sweep.design.factors.iter().map(|factor| factor.path().to_owned());
    let head: Vec<String> = std::iter::once("point".to_owned())
        .chain(factors)
        .chain(["metric", "unit", "estimate", "ci_low", "ci_high", "n"].map(str::to_owned))
        .collect();
    let rows = (0..answer.sweep.points.len()).flat_map(|point| {
        answer.headlines.iter().map(move |headline| {
            let level = answer.sweep.level(point, headline);
            let interval = level.and_then(|level| level.interval);
            let number = |value: Option<f64>| value.map_or_else(String::new, |value| decimal(value, 6));
            let mut row = vec![point.to_string()];
            row.extend(answer.sweep.design.points[point].iter().cloned());
            row.extend([headline.name(), unit(headline.unit()).to_owned()]);
            row.push(number(level.map(|level| level.estimate)));
            row.push(number(interval.map(|interval| interval.low)));
            row.push(number(interval.map(|interval| interval.high)));
            row.push(answer.sweep.points[point].rows.len().to_string());
            row
        })
    });
    table(head, rows)
}
