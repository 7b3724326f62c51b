//! Tables of messages by day, as CSV: a plan of one's own, or a published schedule taken as it is.
//!
//! ```text
//!   # who published it, where, when
//!   day,messages                      or: day,messages_an_hour
//!   1,250
//!   2,500
//! ```
//!
//! | column | unit | what |
//! | --- | --- | --- |
//! | `day` | days | counted from 0 or 1 without gaps; which days these are says the plan's `clock` |
//! | `messages` | messages a day | how many are sent on the day; 0 is a day of rest |
//! | `messages_an_hour` | messages an hour | instead of `messages`: the most in each hour of the sending hours |
//!
//! Empty lines and lines that begin with `#` are skipped. Values are taken as they stand: rows that look like a slip are
//! named in the warnings of every run, and never repaired (see `odd`).

use crate::document::{Document, Finding, Findings};

use super::odd::odd_rows;
use crate::sim::ready::MOST_IN_SLOT;

/// A table as it was read.
#[derive(Debug, PartialEq)]
pub(super) struct Table {
    /// A value a day.
    pub(super) rows: Vec<u64>,
    /// Whether they are messages an hour; else a day.
    pub(super) an_hour: bool,
    /// Rows that look like a slip.
    pub(super) odd: Findings,
}

/// Reads a table.
pub(super) fn read_table(document: &Document) -> Result<Table, Findings> {
    let mut reader =
        Reader { document, findings: Vec::new(), rows: Vec::new(), lines: Vec::new(), first: None };
    let mut an_hour = None;
    for (index, row) in document.text.lines().enumerate() {
        if row.trim().is_empty() || row.trim_start().starts_with('#') {
            continue;
        }
        let cells: Vec<&str> = row.split(',').map(str::trim).collect();
        if an_hour.is_some() {
            reader.row(index + 1, &cells);
            continue;
        }
        an_hour = reader.header(index + 1, &cells);
        if an_hour.is_none() {
            break;
        }
    }
    reader.finish(an_hour.unwrap_or(false))
}

struct Reader<'d> {
    document: &'d Document,
    findings: Vec<Finding>,
    rows: Vec<u64>,
    /// The line of each row.
    lines: Vec<usize>,
    /// The day of the first row.
    first: Option<u64>,
}

impl Reader<'_> {
    /// Whether the rows are messages an hour; nothing where the line is no header.
    fn header(&mut self, line: usize, cells: &[&str]) -> Option<bool> {
        match cells {
            ["day", "messages"] => Some(false),
            ["day", "messages_an_hour"] => Some(true),
            _ => {
                let message = "a table of messages has the columns `day` and `messages`";
                let help = "the first line is: day,messages or: day,messages_an_hour";
                self.error(line, 1, message, help);
                None
            }
        }
    }

    fn row(&mut self, line: usize, cells: &[&str]) {
        let [day, messages] = cells else {
            let message = format!("expected a day and a number of messages, found {} cells", cells.len());
            return self.error(line, 1, message, "thousands are written without commas");
        };
        let Ok(day) = day.parse::<u64>() else {
            return self.error(line, 1, format!("\"{day}\" is no day"), "days are counted from 0 or 1");
        };
        self.day(line, day);
        let messages = self.messages(line, messages);
        self.rows.push(messages);
        self.lines.push(line);
    }

    /// Days come one after the other.
    fn day(&mut self, line: usize, day: u64) {
        let before = self.rows.len() as u64;
        let expected = self.first.map_or(day, |first| first + before);
        if self.first.is_none() && day > 1 {
            self.error(line, 1, format!("the table begins with day {day}"), "days are counted from 0 or 1");
        } else if day != expected {
            let message = format!("day {expected} is missing: the table has a gap before day {day}");
            self.error(line, 1, message, "a day on which nothing is sent is a row with 0 messages");
            self.first = Some(day.saturating_sub(before));
        }
        self.first = self.first.or(Some(day));
    }

    /// The value of a row; 0 where it is none, which is told.
    fn messages(&mut self, line: usize, text: &str) -> u64 {
        match text.parse::<u64>() {
            Ok(messages) if messages <= MOST_IN_SLOT => return messages,
            Ok(messages) => {
                let message = format!("{messages} messages cannot be simulated");
                self.error(line, 2, message, format!("at most {MOST_IN_SLOT}"));
            }
            Err(_) => {
                let message = format!("\"{text}\" is no whole number of messages");
                self.error(line, 2, message, "write 1500, not 1.5k");
            }
        }
        0
    }

    fn error(&mut self, line: usize, cell: usize, message: impl Into<String>, help: impl Into<String>) {
        let place = self.document.cell(line, cell);
        self.findings.push(Finding::error(message).at(place).help(help));
    }

    fn finish(mut self, an_hour: bool) -> Result<Table, Findings> {
        if self.findings.is_empty() && self.rows.is_empty() {
            let finding = Finding::error("the table holds no day").at(0..0);
            self.findings.push(finding.help("one row a day below the line day,messages"));
        }
        if !self.findings.is_empty() {
            return Err(Findings::new(self.document, self.findings));
        }
        let odd = odd_rows(&self.rows).into_iter().map(|(row, why)| {
            let value = self.rows[row];
            Finding::warning(format!("{value} {why}; taken as it stands"))
                .at(self.document.cell(self.lines[row], 2))
                .help("look it up where the table was published")
        });
        let odd = Findings::new(self.document, odd.collect());
        Ok(Table { rows: self.rows, an_hour, odd })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(name: &str, text: &str) -> Table {
        read_table(&Document::new(name, text)).unwrap_or_else(|findings| panic!("{findings}"))
    }

    /// The lines of the rows that look like a slip.
    fn odd(table: &Table) -> Vec<usize> {
        let place = |finding: &Finding| finding.place.clone().map_or(0, |place| place.start);
        table.odd.iter().map(|(document, finding)| document.line_column(place(finding)).0).collect()
    }

    macro_rules! shipped {
        ($name:literal) => {
            read($name, include_str!(concat!("../../../scenarios/schedules/", $name, ".csv")))
        };
    }

    #[test]
    fn the_hourly_schedule_is_taken_as_published_and_its_two_slips_are_named() {
        let table = shipped!("sendgrid-hourly");
        assert!(table.an_hour);
        assert_eq!(table.rows.len(), 42);
        // 20 x 1.4^day by whole numbers, rounded; the published slips instead where there is one.
        for (day, value) in table.rows.iter().enumerate() {
            let (top, bottom) = (0..day).fold((20_u128, 1_u128), |(top, bottom), _| (7 * top, 5 * bottom));
            let expected = match day {
                12 => 1_000,
                18 => 8_583,
                _ => (2 * top + bottom) / (2 * bottom),
            };
            assert_eq!(u128::from(*value), expected, "day {day}");
        }
        let text = include_str!("../../../scenarios/schedules/sendgrid-hourly.csv");
        let line = |row: &str| text.lines().position(|line| line == row).map_or(0, |place| place + 1);
        assert_eq!(odd(&table), [line("12,1000"), line("18,8583")]);
        let said: Vec<&str> = table.odd.iter().map(|(_, finding)| finding.message.as_str()).collect();
        assert_eq!(
            said,
            [
                "1000 breaks the growth of the rows around it (x 1.400 a row, which gives 1134); taken as it stands",
                "8583 breaks the growth of the rows around it (x 1.400 a row, which gives 8538); taken as it stands",
            ]
        );
    }

    #[test]
    fn the_daily_schedules_are_taken_as_published() {
        let conservative = shipped!("braze-conservative");
        let thrice: Vec<u64> =
            [50, 100, 500, 1_000, 2_000, 4_000, 8_000].into_iter().flat_map(|n| [n; 3]).collect();
        assert_eq!(conservative.rows, thrice);
        let moderate = shipped!("braze-moderate");
        assert_eq!(moderate.rows[..9], [50, 100, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 25_000]);
        assert_eq!(moderate.rows[9..15], [35_000, 50_000, 75_000, 100_000, 150_000, 200_000]);
        assert_eq!(moderate.rows[15..], [275_000, 375_000, 500_000, 650_000, 825_000, 1_000_000]);
        let aggressive = shipped!("braze-aggressive");
        assert_eq!(aggressive.rows[..8], [50, 100, 500, 1_000, 5_000, 10_000, 20_000, 40_000]);
        assert_eq!(aggressive.rows[8..14], [70_000, 100_000, 150_000, 250_000, 400_000, 600_000]);
        assert_eq!(aggressive.rows[14..], [1_000_000, 2_000_000, 4_000_000]);
        let rising = shipped!("leadconnector");
        assert_eq!(rising.rows, (1..=7).map(|day| 250 * day).collect::<Vec<u64>>());
        assert_eq!([&conservative, &moderate, &aggressive, &rising].map(|table| table.an_hour), [false; 4]);
        // The jump from 100 to 500, and in the fastest from 1,000 to 5,000: three comment lines and the header before.
        assert_eq!([odd(&conservative), odd(&moderate), odd(&rising)], [vec![11], vec![7], vec![]]);
        assert_eq!(odd(&aggressive), [7, 9]);
    }

    #[test]
    fn what_is_no_table_is_told_with_its_place() {
        let wrong = |text: &str| read_table(&Document::new("plan.csv", text)).unwrap_err().to_string();
        let cases = [
            ("day,mails\n1,5\n", "plan.csv:1:1", "day,messages_an_hour"),
            ("day,messages\n1,5\n3,6\n", "plan.csv:3:1", "day 2 is missing"),
            ("day,messages\n4,5\n", "plan.csv:2:1", "begins with day 4"),
            ("day,messages\n1,1.5k\n", "plan.csv:2:3", "write 1500, not 1.5k"),
            ("day,messages\n1,1,500\n", "plan.csv:2:1", "without commas"),
            ("day,messages\none,5\n", "plan.csv:2:1", "is no day"),
            ("day,messages\n1,99999999999\n", "plan.csv:2:3", "cannot be simulated"),
            ("# nothing\n", "plan.csv:1:1", "holds no day"),
        ];
        for (text, place, message) in cases {
            let said = wrong(text);
            assert!(said.contains(place) && said.contains(message), "{text}: {said}");
        }
    }
}
