//! `daily.csv`: one line a day and metric, for researchers.
//!
//! ```text
//!   day,date,metric,mean,p05,p25,p50,p75,p95
//!   0,2022-03-07,sent,512.25,410,470,511,550,610
//!   ...
//! ```
//!
//! | column | unit | what |
//! | --- | --- | --- |
//! | `day` | days | civil days since the date of the start, from 0 |
//! | `date` | date | the civil date, in the scenario's zone |
//! | `metric` | name | what the values are of |
//! | `mean` | of the metric | the mean over replications |
//! | `p05`, `p25`, `p50`, `p75`, `p95` | of the metric | so many in 100 replications are at or below; empty for shares |
//!
//! | metric | unit | what |
//! | --- | --- | --- |
//! | `<metric>` | its own | - |
//! | `limit` | customers in 24 hours | at the end of the day; `inf` is unlimited; of several numbers that send, the best one's |
//! | `score` | weighted feedback per delivered message | at the end of the day, of the replications with a delivery in the rating's window; of several numbers, the worst |
//! | `chats_new`, `chats_answered`, `chats_late`, `chats_resolved`, `chats_gave_up` | chats | counted during the civil day, where the scenario has a help desk |
//! | `chats_open`, `chats_pending`, `chats_follow_up` | chats | at the end of the day |
//! | `response_median`, `response_p95` | seconds | how long the day's answers took, of the replications that gave one |
//! | `capacity_used` | share of the limit | the largest as the day began and after each send, of the replications with a limit; above 1 after the limit fell |
//! | `tier_<name>` | share of replications | holding that tier at the end of the day; of several numbers, the best |
//! | `status_<name>`, `rating_<name>` | share of replications | the number so at the end of the day; of several, the worst |
//! | `template_<name>` | share of replications | the worst template so at the end of the day |
//! | `limited_by_<reason>` | share of replications | the climb limited so on that day |
//!
//! Counts are of the civil day. A share has a mean and no quantiles. A line is empty where no replication has a value. Means are exact; quantiles are values that occurred, those above 255 (of `score`: above 0.000255) rounded
//! to bins of 1 %. The number of replications stands in `summary.json`.

use std::io::Write;

use super::decimal;
use crate::experiment::{DayTally, Ensemble, FanDay, RATINGS, Series, State};
use crate::glossary::{NumberStatus, TemplateStatus};
use crate::sim::{ChatMetric, Metric, Reason};

/// The first line.
pub const COLUMNS: [&str; 9] = ["day", "date", "metric", "mean", "p05", "p25", "p50", "p75", "p95"];

/// The whole file as text.
pub fn to_csv(ensemble: &Ensemble) -> String {
    let mut bytes = Vec::new();
    write(ensemble, &mut bytes).expect("memory does not fail");
    String::from_utf8(bytes).expect("made of text")
}

/// Writes the file.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write(ensemble: &Ensemble, out: impl Write) -> Result<(), csv::Error> {
    let mut table = csv::Writer::from_writer(out);
    table.write_record(COLUMNS)?;
    let fans: Vec<_> = all_series(ensemble).map(|series| ensemble.fan(series)).collect();
    let states = states(ensemble);
    for (day, tally) in ensemble.days().iter().enumerate() {
        let date = ensemble.setting().calendar.date(day).to_string();
        let head = [day.to_string(), date];
        for fan in &fans {
            let values = fan.days[day].map_or_else(Default::default, |values| spread(fan.series, values));
            line(&mut table, &head, fan.series.name(), &values)?;
        }
        for (name, state) in &states {
            line(&mut table, &head, name, &share(tally, *state))?;
        }
    }
    table.flush()?;
    Ok(())
}

fn line(
    table: &mut csv::Writer<impl Write>,
    head: &[String; 2],
    metric: &str,
    values: &[String; 6],
) -> Result<(), csv::Error> {
    let head = head.iter().map(String::as_str);
    table.write_record(head.chain([metric]).chain(values.iter().map(String::as_str)))
}

/// Every series; those of the help desk where the scenario has one.
fn all_series(ensemble: &Ensemble) -> impl Iterator<Item = Series> {
    let counts = Metric::ALL.map(Series::Count);
    let desk = ensemble.setting().help_desk.then(|| ChatMetric::ALL.map(Series::Chats));
    let others = [Series::Limit, Series::Score, Series::CapacityUsed];
    counts.into_iter().chain(others).chain(desk.into_iter().flatten())
}

/// The states that become metrics, with their names.
fn states(ensemble: &Ensemble) -> Vec<(String, State)> {
    let tiers = ensemble.setting().tiers.iter().enumerate();
    let tiers = tiers.map(|(place, tier)| (format!("tier_{}", tier.name), State::Tier(place)));
    let statuses = NumberStatus::ALL.map(|s| (word("status", s.name()), State::Status(s)));
    let ratings = RATINGS.map(|r| (word("rating", &r.to_string()), State::Rating(r)));
    let templates = TemplateStatus::ALL.map(|t| (word("template", &t.to_string()), State::Template(t)));
    let reasons = Reason::ALL.map(|r| (word("limited_by", r.name()), State::LimitedBy(r)));
    tiers.chain(statuses).chain(ratings).chain(templates).chain(reasons).collect()
}

/// `status` and `Rate-limited` make `status_rate_limited`.
fn word(kind: &str, name: &str) -> String {
    format!("{kind}_{}", name.to_lowercase().replace('-', "_"))
}

fn spread(series: Series, day: FanDay) -> [String; 6] {
    let whole = match series {
        Series::Count(metric) => metric.per_unit() == 1,
        Series::Limit | Series::Chats(_) => true,
        Series::Score | Series::CapacityUsed => false,
    };
    let decimals = if whole { 3 } else { 6 };
    [day.mean, day.p05, day.p25, day.p50, day.p75, day.p95].map(|value| decimal(value, decimals))
}

fn share(tally: &DayTally, state: State) -> [String; 6] {
    let mut values: [String; 6] = Default::default();
    values[0] = tally.share(state).estimate().map_or_else(String::new, |share| decimal(share, 6));
    values
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::toy;

    #[test]
    fn the_file_is_tidy() {
        let text = to_csv(&toy::ensemble(100));
        let mut lines = text.lines();
        assert_eq!(lines.next(), Some("day,date,metric,mean,p05,p25,p50,p75,p95"));
        assert_eq!(lines.clone().count(), 60 * (20 + 4 + 8 + 4 + 6 + 8));
        assert!(lines.all(|line| line.matches(',').count() == 8));
    }

    #[test]
    fn values_shares_and_gaps_read_so() {
        let text = to_csv(&toy::ensemble(100));
        let find = |start: &str| text.lines().find(|line| line.starts_with(start)).unwrap().to_owned();
        assert_eq!(find("0,2022-03-07,limit,"), "0,2022-03-07,limit,1000,1000,1000,1000,1000,1000");
        assert_eq!(find("0,2022-03-07,score,"), "0,2022-03-07,score,,,,,,");
        assert_eq!(find("0,2022-03-07,tier_1K,"), "0,2022-03-07,tier_1K,1,,,,,");
        assert_eq!(find("20,2022-03-27,status_flagged,"), "20,2022-03-27,status_flagged,0.11,,,,,");
        assert_eq!(find("0,2022-03-07,limited_by_capacity,"), "0,2022-03-07,limited_by_capacity,1,,,,,");
        assert!(find("5,2022-03-12,capacity_used,").starts_with("5,2022-03-12,capacity_used,0."));
    }

    #[test]
    fn without_replications_every_value_is_empty() {
        let text = to_csv(&toy::ensemble(0));
        assert!(text.lines().skip(1).all(|line| line.ends_with(",,,,,,")));
    }
}
