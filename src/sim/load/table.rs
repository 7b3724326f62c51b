//! Tables of messages by day, as CSV.

use crate::document::{Document, Finding, Findings};

use super::MOST_IN_SLOT;

/// Reads a table of messages by day: columns `day` and `messages`, days from 0 or 1 without gaps.
pub(super) fn read_table(document: &Document) -> Result<Vec<u64>, Findings> {
    let mut findings: Vec<Finding> = Vec::new();
    let mut days: Vec<u64> = Vec::new();
    let mut first: Option<u64> = None;
    let mut header = false;
    for (index, row) in document.text.lines().enumerate() {
        let line = index + 1;
        let cell = |number: usize| document.cell(line, number);
        let cells: Vec<&str> = row.split(',').map(str::trim).collect();
        if row.trim().is_empty() || row.trim_start().starts_with('#') {
            continue;
        }
        if !header {
            header = true;
            if cells != ["day", "messages"] {
                let message = "a table of messages has the columns `day` and `messages`";
                findings.push(Finding::error(message).at(cell(1)).help("the first line is: day,messages"));
                break;
            }
            continue;
        }
        if cells.len() != 2 {
            let message = format!("expected a day and a number of messages, found {} cells", cells.len());
            findings.push(Finding::error(message).at(cell(1)).help("thousands are written without commas"));
            continue;
        }
        let Ok(day) = cells[0].parse::<u64>() else {
            findings.push(
                Finding::error(format!("\"{}\" is no day", cells[0]))
                    .at(cell(1))
                    .help("days are counted from 0 or 1"),
            );
            continue;
        };
        let expected = first.map_or(day, |first| first + days.len() as u64);
        if first.is_none() && day > 1 {
            findings.push(
                Finding::error(format!("the table begins with day {day}"))
                    .at(cell(1))
                    .help("days are counted from 0 or 1"),
            );
        } else if day != expected {
            let help = "a day on which nothing is sent is a row with 0 messages";
            findings.push(
                Finding::error(format!("day {expected} is missing: the table has a gap before day {day}"))
                    .at(cell(1))
                    .help(help),
            );
            first = Some(day.saturating_sub(days.len() as u64));
        }
        first = first.or(Some(day));
        match cells[1].parse::<u64>() {
            Ok(messages) if messages <= MOST_IN_SLOT => days.push(messages),
            Ok(messages) => {
                days.push(0);
                findings.push(
                    Finding::error(format!("{messages} messages a day cannot be simulated"))
                        .at(cell(2))
                        .help(format!("at most {MOST_IN_SLOT}")),
                );
            }
            Err(_) => {
                days.push(0);
                findings.push(
                    Finding::error(format!("\"{}\" is no whole number of messages", cells[1]))
                        .at(cell(2))
                        .help("write 1500, not 1.5k"),
                );
            }
        }
    }
    if findings.is_empty() && days.is_empty() {
        findings.push(
            Finding::error("the table holds no day")
                .at(0..0)
                .help("one row a day below the line day,messages"),
        );
    }
    if findings.is_empty() { Ok(days) } else { Err(Findings::new(document, findings)) }
}
