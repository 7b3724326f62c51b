//! `pairs.csv`, `days.csv`, `replications.csv`: the same for researchers, tidy.
//!
//! | file | one line a | what |
//! | --- | --- | --- |
//! | `pairs.csv` | pair and metric | as in `comparison.json`: first less second with its interval, who is better how often, verdict |
//! | `days.csv` | pair, day and metric | first less second by the end of the civil day |
//! | `replications.csv` | replication and plan | what each metric counts, in its unit; chances as 0 and 1 |
//!
//! Where horizons differ only times and limits within the shortest are told, and only the days that both run.
//!
//! In `days.csv` the metric `sent_so_far` is messages sent since the start (mean, interval and quantiles of the
//! difference; quantiles above 255 from bins of 1 %), `reached_<limit>` the chance of having held a limit (difference and
//! interval). Intervals there hold on that day alone. Empty is what does not exist.

use super::json::unit;
use super::{Answer, PairAnswer};
use crate::experiment::{Difference, Headline, Interval, Limit, Side};
use crate::report::decimal;

/// `pairs.csv` as text.
pub fn pairs(answer: &Answer<'_>) -> String {
    let head = [
        "first",
        "second",
        "metric",
        "unit",
        "n",
        "first_mean",
        "second_mean",
        "difference",
        "ci_low",
        "ci_high",
        "first_better",
        "equal",
        "second_better",
        "correlation",
        "variance_ratio",
        "matters_from",
        "verdict",
        "better",
    ];
    let rows = answer.pairs.iter().flat_map(|pair| {
        let names = [pair.pair.first, pair.pair.second].map(|arm| answer.name(arm));
        pair.differences.iter().map(move |found| row_of(found, names, answer.comparison.n()))
    });
    table(head.map(str::to_owned).to_vec(), rows)
}

fn row_of(found: &Difference, names: [&str; 2], n: u64) -> Vec<String> {
    let number = |value: Option<f64>| value.map_or_else(String::new, |value| decimal(value, 6));
    let better = |side: Side| names[usize::from(side == Side::Second)].to_owned();
    vec![
        names[0].to_owned(),
        names[1].to_owned(),
        found.headline.name(),
        unit(found.headline.unit()).to_owned(),
        n.to_string(),
        number(found.mean(Side::First)),
        number(found.mean(Side::Second)),
        number(found.measured()),
        number(found.interval.map(|interval| interval.low)),
        number(found.interval.map(|interval| interval.high)),
        number(found.first_better.estimate()),
        number(found.equal.estimate()),
        number(found.second_better.estimate()),
        number(found.correlation),
        number(found.variance_ratio.filter(|ratio| ratio.is_finite())),
        number(Some(found.matters)),
        found.verdict.name().to_owned(),
        found.verdict.better().map_or_else(String::new, better),
    ]
}

/// `days.csv` as text.
pub fn days(answer: &Answer<'_>) -> String {
    let head = [
        "first",
        "second",
        "day",
        "metric",
        "difference",
        "ci_low",
        "ci_high",
        "p05",
        "p25",
        "p50",
        "p75",
        "p95",
    ];
    let rows = answer.pairs.iter().flat_map(|pair| {
        let limits = answer.headlines.iter().filter_map(|headline| match headline {
            Headline::Reached(limit, by) if *by == answer.comparison.end() => Some(limit),
            _ => None,
        });
        sent_so_far(answer, pair).into_iter().chain(limits.flat_map(|limit| reached(answer, pair, limit)))
    });
    table(head.map(str::to_owned).to_vec(), rows)
}

fn sent_so_far(answer: &Answer<'_>, pair: &PairAnswer<'_>) -> Vec<Vec<String>> {
    let number = |value: Option<f64>| value.map_or_else(String::new, |value| decimal(value, 3));
    let days = pair.pair.leads.iter().enumerate().map(|(day, lead)| {
        let interval = lead.interval(answer.comparison.alpha());
        let mut row = head_of(answer, pair, day, "sent_so_far".to_owned());
        row.push(number(lead.mean()));
        row.push(number(interval.map(|interval| interval.low)));
        row.push(number(interval.map(|interval| interval.high)));
        row.extend([5, 25, 50, 75, 95].map(|percent| number(lead.percentile(percent))));
        row
    });
    days.collect()
}

fn reached(answer: &Answer<'_>, pair: &PairAnswer<'_>, limit: &Limit) -> Vec<Vec<String>> {
    let days = answer.comparison.reached_by_day(pair.pair, limit).into_iter().enumerate();
    let days = days.map(|(day, shares)| {
        let Interval { low, high } = shares.interval(answer.comparison.alpha());
        let mut row = head_of(answer, pair, day, format!("reached_{}", limit.name));
        row.push(shares.difference().map_or_else(String::new, |value| decimal(value, 6)));
        row.extend([low, high].map(|value| decimal(value, 6)));
        row.extend(std::iter::repeat_n(String::new(), 5));
        row
    });
    days.collect()
}

fn head_of(answer: &Answer<'_>, pair: &PairAnswer<'_>, day: usize, metric: String) -> Vec<String> {
    let names = [pair.pair.first, pair.pair.second].map(|arm| answer.name(arm).to_owned());
    let [first, second] = names;
    vec![first, second, day.to_string(), metric]
}

/// `replications.csv` as text.
pub fn replications(answer: &Answer<'_>) -> String {
    let mut head = vec!["replication".to_owned(), "plan".to_owned()];
    head.extend(answer.headlines.iter().map(Headline::name));
    let start = answer.comparison.arms().first().map_or(0, |arm| arm.ensemble.range().start);
    let plans = (0..answer.comparison.arms().len()).flat_map(|arm| {
        let columns: Vec<Vec<u64>> = answer
            .headlines
            .iter()
            .map(|headline| answer.comparison.values(arm, headline).collect())
            .collect();
        (0..answer.comparison.n()).map(move |index| {
            let mut row = vec![(start + index).to_string(), answer.name(arm).to_owned()];
            row.extend(columns.iter().zip(&answer.headlines).map(|(column, headline)| {
                decimal(column[index as usize] as f64 / headline.unit().per_unit(), 6)
            }));
            row
        })
    });
    table(head, plans)
}

pub(in crate::report) fn table(head: Vec<String>, rows: impl Iterator<Item = Vec<String>>) -> String {
    let mut table = csv::Writer::from_writer(Vec::new());
    let written = std::iter::once(head).chain(rows).try_for_each(|row| table.write_record(row));
    written.expect("memory does not fail");
    let bytes = table.into_inner().expect("memory does not fail");
    String::from_utf8(bytes).expect("made of text")
}
