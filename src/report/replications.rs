//! `replications.csv`: one line a replication.
//!
//! ```text
//!   replication,final_tier,day_<tier> ...,flags,downgrades,restrictions,template_flags,templates_disabled,banned,
//!   warnings,rate_limits,sent,delivered, ... cost,medium_from,low_from
//! ```
//!
//! | column | unit | what |
//! | --- | --- | --- |
//! | `replication` | index from 0 | what `explain --replication` takes |
//! | `final_tier` | name | the tier at the end; of several numbers that send, the best one's |
//! | `day_<tier>` | days since the start | when the tier was first held; empty: not within the horizon; of several numbers, by the first |
//! | `flags`, `downgrades`, `restrictions` | times | how often it happened, to all numbers that send together |
//! | `template_flags` | times | how often a template was flagged |
//! | `templates_disabled` | templates | how many |
//! | `banned` | `true`, `false` | whether a number was banned |
//! | `warnings`, `rate_limits` | times | how often, to all numbers that send together; few rules know either |
//! | `<metric>` | its own | Over the run. |
//! | `medium_from`, `low_from` | share | the thresholds drawn for the number's rating |
//!
//! Days have 6 decimals, which is exact to the second. `cost` is empty where nothing is priced, and where no price of what was
//! sent is known; where some are not known, it is what the others come to.

use std::io::Write;

use super::decimal;
use crate::experiment::{Ensemble, Row};
use crate::sim::{Metric, Setting};

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
    let setting = ensemble.setting();
    let names: Vec<&str> = setting.tiers.iter().map(|tier| tier.name.as_str()).collect();
    let mut table = csv::Writer::from_writer(out);
    table.write_record(columns(&names))?;
    for row in ensemble.rows() {
        table.write_record(fields(row, &names, setting.currency.is_some()))?;
    }
    table.flush()?;
    Ok(())
}

pub(super) fn columns(tiers: &[&str]) -> Vec<String> {
    let happened = ["flags", "downgrades", "restrictions", "template_flags", "templates_disabled", "banned"]
        .map(str::to_owned);
    let mut columns = vec!["replication".to_owned(), "final_tier".to_owned()];
    columns.extend(tiers.iter().map(|tier| format!("day_{tier}")));
    columns.extend(happened);
    columns.extend(["warnings", "rate_limits"].map(str::to_owned));
    columns.extend(Metric::ALL.map(|metric| metric.name().to_owned()));
    columns.extend(["medium_from", "low_from"].map(str::to_owned));
    columns
}

fn fields(row: &Row, tiers: &[&str], priced: bool) -> Vec<String> {
    let day = |tier: usize| {
        let time = row.outcome.reached.get(tier).copied().flatten();
        time.map_or_else(String::new, |time| decimal(time.days(), 6))
    };
    let times = [
        row.outcome.flags,
        row.outcome.downgrades,
        row.outcome.restrictions,
        row.outcome.template_flags,
        row.outcome.templates_disabled,
    ];
    let final_tier = tiers.get(row.outcome.final_tier).copied().unwrap_or_default();
    let mut fields = vec![row.replication.to_string(), final_tier.to_owned()];
    fields.extend((0..tiers.len()).map(day));
    fields.extend(times.map(|count| count.to_string()));
    fields.push(row.outcome.banned.to_string());
    fields.extend([row.outcome.warnings, row.outcome.rate_limits].map(|count| count.to_string()));
    let known = priced && !has_no_known_cost(row);
    let total = |metric: Metric| match metric {
        Metric::Cost if !known => String::new(),
        _ => decimal(row.outcome.totals[metric as usize] as f64 / f64::from(metric.per_unit()), 6),
    };
    fields.extend(Metric::ALL.map(total));
    fields
        .extend([row.outcome.thresholds.0, row.outcome.thresholds.1].map(|threshold| threshold.to_string()));
    fields
}

/// Whether nothing that was sent has a known price: a cost of 0 then says nothing.
fn has_no_known_cost(row: &Row) -> bool {
    row.outcome.unpriced > 0 && row.outcome.totals[Metric::Cost as usize] == 0
}

/// The same for a reader: what never happened is said so, and a cost as far as its prices are known.
pub(super) fn told(row: &Row, setting: &Setting) -> Vec<(String, String)> {
    let tiers: Vec<&str> = setting.tiers.iter().map(|tier| tier.name.as_str()).collect();
    let priced = setting.currency.is_some();
    let in_words = |(column, field): (String, String)| {
        let field = match field {
            _ if column == Metric::Cost.name() && !priced => "not priced".to_owned(),
            field if column == Metric::Cost.name() && field.is_empty() => "not known".to_owned(),
            field if column == Metric::Cost.name() && row.outcome.unpriced > 0 => format!("at least {field}"),
            field if field.is_empty() => "never".to_owned(),
            field => field,
        };
        (column, field)
    };
    columns(&tiers).into_iter().zip(fields(row, &tiers, priced)).map(in_words).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::toy;

    #[test]
    fn a_replication_reads_so() {
        let text = to_csv(&toy::ensemble(3));
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 4);
        assert_eq!(
            lines[0],
            "replication,final_tier,day_1K,day_10K,day_100K,day_unlimited,flags,downgrades,restrictions,\
             template_flags,templates_disabled,banned,warnings,rate_limits,sent,delivered,read,replied,stopped,blocked,\
             reported,muted,archived,refused,failed,short_of_list,in_window,held,wrote_first,conversations,cost,medium_from,low_from"
        );
        assert_eq!(
            lines[1],
            "0,10K,0,31,,,0,0,0,0,0,false,0,0,210758,200191,147507,8405,1659,1233,397,603,603,0,0,0,0,0,0,0,,0.01,0.02"
        );
        assert!(lines[2].starts_with("1,"), "{}", lines[2]);
    }

    /// A cost is a number where a price is known, and nothing where none is.
    #[test]
    fn a_cost_that_is_not_known_is_empty() {
        let of = |currency: Option<&str>, micros: u64, unpriced: u64| {
            let mut future = toy::future(0);
            (future.outcome.totals[Metric::Cost as usize], future.outcome.unpriced) = (micros, unpriced);
            let setting = Setting { currency: currency.map(str::to_owned), ..toy::setting() };
            let row = Row::of(0, &future);
            let (place, priced) = (columns(&[]).len() - 3, setting.currency.is_some());
            let told = told(&row, &setting).into_iter().find(|(column, _)| column == "cost").unwrap().1;
            (fields(&row, &[], priced)[place].clone(), told)
        };
        let pair = |cell: &str, told: &str| (cell.to_owned(), told.to_owned());
        assert_eq!(of(Some("USD"), 2_500_000, 0), pair("2.5", "2.5"));
        assert_eq!(of(Some("USD"), 0, 0), pair("0", "0"));
        assert_eq!(of(Some("USD"), 2_500_000, 7), pair("2.5", "at least 2.5"));
        assert_eq!(of(Some("USD"), 0, 7), pair("", "not known"));
        assert_eq!(of(None, 0, 0), pair("", "not priced"));
    }

    #[test]
    fn without_replications_only_the_names_are_left() {
        assert_eq!(to_csv(&toy::ensemble(0)).lines().count(), 1);
    }
}
