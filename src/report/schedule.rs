//! `schedule.csv`: the plan that was followed at the median, as a calendar table to paste into a spreadsheet.
//!
//! ```text
//!   date,weekday,messages,from,to,limit,next_limit,unlocked_by,needs
//!   2022-03-07,Mon,48,48,50,50,1000,2022-03-12,upgrade.verification
//! ```
//!
//! | column | unit | what |
//! | --- | --- | --- |
//! | `date`, `weekday` | | the civil day |
//! | `messages` | messages | half of the runs sent no more on this day |
//! | `from`, `to` | messages | half of the runs lay between these |
//! | `limit` | customers in 24 hours | half of the runs held no higher limit at the end of the day; `unlimited` |
//! | `next_limit` | customers in 24 hours | the next limit above it |
//! | `unlocked_by` | date | half of the runs held `next_limit` by this day; empty where half never did |
//! | `needs` | | what unlocks `next_limit` under the rules of the start, besides a good rating |
//!
//! A table of medians is no run of its own: see `volume.png` for how runs differ, and check the platform's answer before each
//! step.

use std::io::Write;

use super::decimal;
use crate::experiment::{Ensemble, Series};
use crate::platform::Tier;
use crate::sim::Metric;

/// The first line.
pub const COLUMNS: [&str; 9] =
    ["date", "weekday", "messages", "from", "to", "limit", "next_limit", "unlocked_by", "needs"];

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
    let (sent, limits) = (ensemble.fan(Series::Count(Metric::Sent)), ensemble.fan(Series::Limit));
    let setting = ensemble.setting();
    let dates: Vec<String> =
        (0..setting.tiers.len()).map(|tier| median_date(ensemble, tier).unwrap_or_default()).collect();
    for (day, (sent, limit)) in sent.days.iter().zip(&limits.days).enumerate() {
        let (Some(sent), Some(limit)) = (sent, limit) else { continue };
        let date = setting.calendar.date(day);
        let held = setting.tiers.iter().rposition(|tier| as_number(tier) <= limit.p50).unwrap_or(0);
        let next = setting.tiers.get(held + 1);
        table.write_record([
            date.to_string(),
            date.strftime("%a").to_string(),
            decimal(sent.p50, 0),
            decimal(sent.p25, 0),
            decimal(sent.p75, 0),
            setting.tiers.get(held).map(limit_of).unwrap_or_default(),
            next.map(limit_of).unwrap_or_default(),
            next.and_then(|_| dates.get(held + 1).cloned()).unwrap_or_default(),
            next.and_then(|_| setting.unlocks.get(held + 1).cloned()).unwrap_or_default(),
        ])?;
    }
    table.flush()?;
    Ok(())
}

/// The date by which half of the runs held a tier.
fn median_date(ensemble: &Ensemble, tier: usize) -> Option<String> {
    let at = ensemble.first_passage(tier).times?.p50?;
    let calendar = &ensemble.setting().calendar;
    Some(calendar.date(calendar.day_of(at)).to_string())
}

fn as_number(tier: &Tier) -> f64 {
    tier.limit.map_or(f64::INFINITY, |limit| limit as f64)
}

fn limit_of(tier: &Tier) -> String {
    tier.limit.map_or_else(|| "unlimited".to_owned(), |limit| limit.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::toy;

    #[test]
    fn a_schedule_is_a_calendar() {
        let ensemble = toy::ensemble(200);
        let text = to_csv(&ensemble);
        let rows: Vec<Vec<&str>> = text.lines().map(|line| line.split(',').collect()).collect();
        assert_eq!(rows.len(), 1 + ensemble.days().len());
        assert_eq!(rows[0], COLUMNS);
        let median = ensemble.fan(Series::Count(Metric::Sent)).days[5].expect("a day").p50;
        assert_eq!(rows[6][2].parse::<f64>().ok(), Some(median));
        assert!(rows[1..].iter().all(|row| row[3].parse::<f64>().unwrap() <= row[4].parse::<f64>().unwrap()));
        // The limit of the median run never goes down in this toy, and the next is above it.
        assert!(rows[1..].iter().any(|row| row[7].starts_with("20")), "{text}");
    }
}
