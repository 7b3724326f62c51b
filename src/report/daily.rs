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
//! | `template_score` | weighted feedback per delivered message | at the end of the day, the worst of the sender's templates, of the replications with a delivery in that rating's window; where the rules rate templates |
//! | `chats_new`, `chats_answered`, `chats_late`, `chats_resolved`, `chats_gave_up` | chats | counted during the civil day, where the scenario has a help desk |
//! | `chats_open`, `chats_pending`, `chats_follow_up` | chats | at the end of the day |
//! | `response_median`, `response_p95` | seconds | how long the day's answers took, of the replications that gave one |
//! | `capacity_used` | share of the limit | the largest as the day began and after each send, of the replications with a limit; above 1 after the limit fell |
//! | `backlog` | customers | at the end of the day, whom the campaign has still to reach, without those whose message is held; where the plan is a `Backlog` |
//! | `conversations_open` | conversations | at the end of the day, whoever began them: where each lasts 24 h, those that began on a day of 24 h; where something is priced and the rules know conversations |
//! | `tier_<name>` | share of replications | holding that tier at the end of the day; of several numbers, the best |
//! | `status_<name>`, `rating_<name>` | share of replications | the number so at the end of the day; of several, the worst |
//! | `template_<name>` | share of replications | the worst template so at the end of the day |
//! | `template_rating_<name>` | share of replications | the worst rating of a template so at the end of the day; where the rules rate templates |
//! | `limited_by_<reason>` | share of replications | the climb limited so on that day |
//!
//! `cost` has no values where nothing is priced, and where no price of what was sent is known.
//! Counts are of the civil day. A share has a mean and no quantiles. A line is empty where no replication has a value. Means are exact; quantiles are values that occurred, those above 255 (of scores: above 0.000255) rounded
//! to bins of 1 %. The number of replications stands in `summary.json`.

use std::io::Write;

use super::decimal;
use crate::experiment::{DayTally, Ensemble, FanDay, RATINGS, Series, State};
use crate::glossary::{NumberStatus, TemplateStatus};
use crate::sim::{ChatMetric, Gauge, Metric, Reason};

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
    let costs = ensemble.setting().currency.is_some() && !ensemble.has_no_known_cost();
    let states = states(ensemble);
    for (day, tally) in ensemble.days().iter().enumerate() {
        let date = ensemble.setting().calendar.date(day).to_string();
        let head = [day.to_string(), date];
        for fan in &fans {
            let known = costs || fan.series != Series::Count(Metric::Cost);
            let values = fan.days[day].filter(|_| known);
            let values = values.map_or_else(Default::default, |values| spread(fan.series, values));
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

/// Every series that the scenario has.
fn all_series(ensemble: &Ensemble) -> impl Iterator<Item = Series> + '_ {
    let setting = ensemble.setting();
    let counts = Metric::ALL.map(Series::Count);
    let has = move |gauge: &Gauge| match gauge {
        Gauge::Score | Gauge::CapacityUsed => true,
        Gauge::TemplateScore => setting.rates_templates,
        Gauge::Backlog => setting.campaign.is_some(),
        Gauge::ConversationsOpen => setting.conversations,
    };
    let gauges = Gauge::ALL.into_iter().filter(has).map(Series::Gauge);
    let desk = setting.help_desk.then(|| ChatMetric::ALL.map(Series::Chats));
    let all = counts.into_iter().chain([Series::Limit]).chain(gauges);
    all.chain(desk.into_iter().flatten())
}

/// The states that become metrics, with their names.
fn states(ensemble: &Ensemble) -> Vec<(String, State)> {
    let tiers = ensemble.setting().tiers.iter().enumerate();
    let tiers = tiers.map(|(place, tier)| (format!("tier_{}", tier.name), State::Tier(place)));
    let statuses = NumberStatus::ALL.map(|s| (word("status", s.name()), State::Status(s)));
    let ratings = RATINGS.map(|r| (word("rating", &r.to_string()), State::Rating(r)));
    let templates = TemplateStatus::ALL.map(|t| (word("template", &t.to_string()), State::Template(t)));
    let rated = RATINGS.map(|r| (word("template_rating", &r.to_string()), State::TemplateRating(r)));
    let rated = ensemble.setting().rates_templates.then_some(rated).into_iter().flatten();
    let reasons = Reason::ALL.map(|r| (word("limited_by", r.name()), State::LimitedBy(r)));
    tiers.chain(statuses).chain(ratings).chain(templates).chain(rated).chain(reasons).collect()
}

/// `status` and `Rate-limited` make `status_rate_limited`.
fn word(kind: &str, name: &str) -> String {
    format!("{kind}_{}", name.to_lowercase().replace('-', "_"))
}

fn spread(series: Series, day: FanDay) -> [String; 6] {
    let whole = match series {
        Series::Count(metric) => metric.per_unit() == 1,
        Series::Gauge(gauge) => gauge.per_unit() == 1,
        Series::Limit | Series::Chats(_) => true,
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
    use std::sync::atomic::AtomicBool;

    use super::*;
    use crate::experiment::{Threads, toy};
    use crate::glossary::Rating;
    use crate::sim::Campaign;

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
        // Nothing is priced there.
        assert_eq!(find("5,2022-03-12,cost,"), "5,2022-03-12,cost,,,,,,");
    }

    /// A campaign, priced conversations and rated templates, of which 80 futures in 100 have a score.
    fn with_levels() -> Ensemble {
        let mut setting = toy::setting();
        let by = setting.calendar.date(9);
        setting.campaign = Some(Campaign { people: 900, by, days: 10, counts: Metric::Sent });
        (setting.conversations, setting.rates_templates) = (true, true);
        let future = |index: u64| {
            let mut future = toy::future(index);
            for (place, day) in future.days.iter_mut().enumerate() {
                day.backlog = Some(900_u64.saturating_sub(100 * place as u64));
                day.conversations_open = Some(index % 2 * 50);
                day.template_rating = Some(if index.is_multiple_of(4) { Rating::Low } else { Rating::High });
                day.template_score = (!index.is_multiple_of(5)).then_some(2_500);
            }
            future
        };
        Ensemble::run(setting, 0..100, Threads::ONE, &future, &|_| {}, &AtomicBool::new(false))
    }

    #[test]
    fn what_stands_at_the_end_of_a_day_is_told_where_it_means_something() {
        let text = to_csv(&with_levels());
        let find = |start: &str| text.lines().find(|line| line.starts_with(start)).unwrap().to_owned();
        assert_eq!(find("3,2022-03-10,backlog,"), "3,2022-03-10,backlog,600,600,600,600,600,600");
        assert_eq!(find("9,2022-03-16,backlog,"), "9,2022-03-16,backlog,0,0,0,0,0,0");
        let open = "0,2022-03-07,conversations_open,";
        assert_eq!(find(open), format!("{open}25,0,0,0,50,50"));
        let score = "0,2022-03-07,template_score,";
        assert_eq!(find(score), format!("{score}{}", ["0.0025"; 6].join(",")));
        assert_eq!(find("5,2022-03-12,template_rating_low,"), "5,2022-03-12,template_rating_low,0.25,,,,,");
        assert_eq!(find("5,2022-03-12,template_rating_high,"), "5,2022-03-12,template_rating_high,0.75,,,,,");
        let without = to_csv(&toy::ensemble(100));
        for metric in ["backlog", "conversations_open", "template_score", "template_rating_low"] {
            assert!(!without.contains(&format!(",{metric},")), "{metric}");
        }
    }

    #[test]
    fn without_replications_every_value_is_empty() {
        let text = to_csv(&toy::ensemble(0));
        assert!(text.lines().skip(1).all(|line| line.ends_with(",,,,,,")));
    }
}
