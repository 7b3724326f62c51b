//! The rows of a log, gathered second by second and checked on the way.
//!
//! Whatever is wrong is kept with its line until the end, so that a person sees all of it at once; rows are not kept.

use std::collections::{BTreeMap, BTreeSet};
use std::io::BufRead;
use std::ops::Range;

use crate::document;
use crate::document::did_you_mean;
use crate::glossary::grouped;

use super::cells::{Lines, split, unquoted};
use super::mistakes::{Line, Mistakes};
use super::moment::Times;
use super::{KINDS, Kind, Log, LogError, MOST_IN_LOG, MOST_IN_ROW, Reading};

/// Longest row \[bytes\]: most have less than a hundred.
const LONGEST_ROW: usize = 1 << 16;
/// Longest name \[bytes\]: those of templates have at most 512 letters.
const LONGEST_NAME: usize = 2_048;
/// So many pauses are told one by one.
const MOST_PAUSES: usize = 3;

/// What happened in one second.
#[derive(Debug, Default)]
pub(super) struct Second {
    /// When [Unix seconds].
    pub(super) at: i64,
    /// By number, template and kind: how many.
    pub(super) acts: BTreeMap<(usize, Option<usize>, Kind), u64>,
    /// Whether the business was verified.
    pub(super) verified: bool,
    /// Whose rise was decided by an analysis, and whether it was approved.
    pub(super) analyses: Vec<(usize, bool)>,
}

/// Reads a log; `heard` is told each second in order of time.
pub(super) fn read(
    reading: &Reading,
    input: impl BufRead,
    heard: &mut dyn FnMut(&Second),
) -> Result<Log, LogError> {
    let mut rows = Rows::new(reading, input);
    let Some(columns) = rows.header()? else { return Err(rows.mistakes.findings(&reading.name).into()) };
    while rows.lines.advance()? {
        if rows.lines.too_long {
            rows.too_long();
            break;
        }
        rows.line(&columns, heard);
    }
    rows.finish(&columns, heard)
}

/// The position of each column.
#[derive(Debug, Default)]
struct Columns {
    time: usize,
    kind: usize,
    count: usize,
    number: Option<usize>,
    template: Option<usize>,
    all: usize,
    others: Vec<String>,
}

struct Rows<'r, R> {
    reading: &'r Reading,
    lines: Lines<R>,
    cells: Vec<Range<usize>>,
    times: Times,
    mistakes: Mistakes,
    numbers: Names,
    templates: Names,
    /// The latest row so far, and its time.
    latest: Option<i64>,
    latest_line: Line,
    second: Second,
    /// Rows of this second, to find those that repeat another.
    seen: BTreeSet<(usize, Option<usize>, Kind, u64)>,
    repeated: Option<(u64, u64)>,
    /// The last row of this second that delivered something.
    delivered_line: Line,
    /// Sent and delivered so far, by number and template.
    balance: BTreeMap<(usize, Option<usize>), (u64, u64)>,
    rows: [u64; KINDS],
    counts: [u64; KINDS],
    total: u64,
    first: Option<i64>,
    pauses: Vec<(i64, i64)>,
    pause_count: u64,
    remarks: u64,
}

/// A row that was read well.
struct Row {
    at: i64,
    kind: Kind,
    count: u64,
    number: usize,
    template: Option<usize>,
}

impl<'r, R: BufRead> Rows<'r, R> {
    fn new(reading: &'r Reading, input: R) -> Rows<'r, R> {
        Rows {
            reading,
            lines: Lines::new(input, LONGEST_ROW),
            cells: Vec::new(),
            times: Times::new(reading),
            mistakes: Mistakes::default(),
            numbers: Names::default(),
            templates: Names::default(),
            latest: None,
            latest_line: Line::default(),
            second: Second::default(),
            seen: BTreeSet::new(),
            repeated: None,
            delivered_line: Line::default(),
            balance: BTreeMap::new(),
            rows: [0; KINDS],
            counts: [0; KINDS],
            total: 0,
            first: None,
            pauses: Vec::new(),
            pause_count: 0,
            remarks: 0,
        }
    }

    // ---- the header -----------------------------------------------------------------------------------------

    /// The columns; nothing where the header is not one.
    fn header(&mut self) -> Result<Option<Columns>, LogError> {
        loop {
            if !self.lines.advance()? {
                let help = format!("its first line names the columns: {HEADER}");
                self.mistakes.add(&Line::default(), 0..0, "the log is empty", help);
                return Ok(None);
            }
            if self.lines.too_long {
                self.too_long();
                return Ok(None);
            }
            let Some(line) = self.text() else { return Ok(None) };
            if self.skipped(&line.text) {
                continue;
            }
            return Ok(self.columns(&line));
        }
    }

    fn columns(&mut self, line: &Line) -> Option<Columns> {
        if split(&line.text, &mut self.cells).is_err() {
            self.mistakes.add(line, 0..line.text.len(), "a quote is not closed", "");
            return None;
        }
        let names: Vec<String> =
            self.cells.iter().map(|cell| unquoted(&line.text[cell.clone()]).trim().to_lowercase()).collect();
        if names.len() == 1 && line.text.contains([';', '\t']) {
            let message = "the columns are not separated by commas";
            self.mistakes.add(line, 0..line.text.len(), message, format!("the first line is: {HEADER}"));
            return None;
        }
        let mut columns = Columns { all: names.len(), ..Columns::default() };
        let mut missing: Vec<&str> = Vec::new();
        let place = |wanted: &str| names.iter().position(|name| name == wanted);
        for (wanted, slot) in
            [("time", &mut columns.time), ("kind", &mut columns.kind), ("count", &mut columns.count)]
        {
            match place(wanted) {
                Some(at) => *slot = at,
                None => missing.push(wanted),
            }
        }
        (columns.number, columns.template) = (place("number"), place("template"));
        if missing.len() == 3 {
            let help = format!("its first line names them: {HEADER}");
            self.mistakes.add(
                line,
                0..line.text.len(),
                "the log has no header: the columns have no names",
                help,
            );
            return None;
        }
        for wanted in &missing {
            let help = format!("the first line names the columns, such as {HEADER}");
            self.mistakes.add(line, 0..line.text.len(), format!("there is no column `{wanted}`"), help);
        }
        for (at, name) in names.iter().enumerate() {
            self.column(line, at, name, &names, &mut columns);
        }
        self.mistakes.is_empty().then_some(columns)
    }

    /// Passes over a column that no row needs, unless it is a known one misspelt or named twice.
    fn column(&mut self, line: &Line, at: usize, name: &str, names: &[String], columns: &mut Columns) {
        const KNOWN: [&str; 5] = ["time", "kind", "count", "number", "template"];
        if names[..at].iter().any(|other| other == name) && KNOWN.contains(&name) {
            let message = format!("two columns are called `{name}`");
            self.mistakes.add(line, self.cells[at].clone(), message, "one of them must go");
        } else if !KNOWN.contains(&name) {
            let absent = KNOWN.into_iter().filter(|known| !names.iter().any(|name| name == known));
            let absent = document::nearest(name, absent);
            if let Some(known) = absent {
                let message = format!("there is no column `{name}`");
                self.mistakes.add(line, self.cells[at].clone(), message, format!("did you mean `{known}`?"));
            } else {
                columns.others.push(name.to_owned());
            }
        }
    }

    // ---- rows -----------------------------------------------------------------------------------------------

    /// One line: skipped, refused or heard.
    fn line(&mut self, columns: &Columns, heard: &mut dyn FnMut(&Second)) {
        let Some(line) = self.text() else { return };
        if self.skipped(&line.text) {
            return;
        }
        if let Some(row) = self.row(&line, columns)
            && self.in_order(&line, row.at)
        {
            self.begin_second(row.at, heard);
            self.take(&line, &row);
            self.latest_line = line;
        }
    }

    fn row(&mut self, line: &Line, columns: &Columns) -> Option<Row> {
        let text = &line.text;
        if let Err(quote) = split(text, &mut self.cells) {
            let help = "a cell that holds a quote is put in quotes, and its quotes are doubled";
            self.mistakes.add(line, quote..text.len(), "the quote is not closed on its line", help);
            return None;
        }
        if self.cells.len() != columns.all {
            self.wrong_width(line, columns);
            return None;
        }
        let cells = std::mem::take(&mut self.cells);
        let row = self.read_cells(line, columns, &cells);
        self.cells = cells;
        row
    }

    fn wrong_width(&mut self, line: &Line, columns: &Columns) {
        let found = self.cells.len();
        let (message, help) = if !self.lines.ended && found < columns.all {
            let message = format!("the last line is cut off: it has {found} of {} cells", columns.all);
            (message, "fetch the log again, or delete this line")
        } else {
            let message = format!("expected {} cells, found {found}", columns.all);
            (message, "a name with a comma is put in quotes; thousands are written without commas")
        };
        self.mistakes.add(line, 0..line.text.len(), message, help);
    }

    fn read_cells(&mut self, line: &Line, columns: &Columns, cells: &[Range<usize>]) -> Option<Row> {
        let cell = |at: usize| (unquoted(&line.text[cells[at].clone()]), cells[at].clone());
        let (time, place) = cell(columns.time);
        let at = match self.times.read(time.trim(), self.latest) {
            Ok(at) => Some(at),
            Err(mistake) => {
                self.mistakes.once(line, place, mistake.message, mistake.help, mistake.once);
                None
            }
        };
        let (kind, place) = cell(columns.kind);
        let kind = self.kind(line, place, &kind);
        let (count, place) = cell(columns.count);
        let count = self.count(line, place, &count, kind);
        let (at, kind, count) = (at?, kind?, count?);
        let number = match columns.number {
            Some(at) => self.number(line, cell(at), kind)?,
            None => self.numbers.place(""),
        };
        let template = match columns.template {
            Some(at) => self.template(line, cell(at), kind)?,
            None => Some(self.templates.place("")),
        };
        Some(Row { at, kind, count, number, template })
    }

    fn kind(&mut self, line: &Line, place: Range<usize>, word: &str) -> Option<Kind> {
        let asked = word.trim().to_lowercase().replace([' ', '-'], "_");
        let known = Kind::ALL.into_iter().find(|kind| kind.name() == asked);
        if known.is_none() {
            let message = match word.trim() {
                "" => "the kind is missing".to_owned(),
                word => format!("nothing of the kind \"{word}\" is known"),
            };
            let help = did_you_mean(&asked, Kind::ALL.iter().map(|kind| kind.name()));
            self.mistakes.add(line, place, message, help);
        }
        known
    }

    fn count(&mut self, line: &Line, place: Range<usize>, text: &str, kind: Option<Kind>) -> Option<u64> {
        let text = text.trim();
        if kind == Some(Kind::Verified) && matches!(text, "" | "1") {
            return Some(1);
        }
        if kind == Some(Kind::Analysis) {
            return self.decision(line, place, text);
        }
        let (message, help) = match text.parse::<u64>() {
            Ok(_) if kind == Some(Kind::Verified) => (
                format!("the business is verified once, not {text} times"),
                "leave the count empty".to_owned(),
            ),
            Ok(count) if count > MOST_IN_ROW => {
                (format!("{text} in one second is more than can be"), format!("at most {MOST_IN_ROW}"))
            }
            Ok(count) if self.total.saturating_add(count) > MOST_IN_LOG => (
                "the counts add up to more than can be weighed".to_owned(),
                format!("at most {MOST_IN_LOG} in all"),
            ),
            Ok(count) => {
                self.total += count;
                return Some(count);
            }
            Err(_) => wrong_count(text),
        };
        self.mistakes.add(line, place, message, help);
        None
    }

    /// How an analysis was decided.
    fn decision(&mut self, line: &Line, place: Range<usize>, text: &str) -> Option<u64> {
        let decided = [("1", 1), ("0", 0)].into_iter().find(|(word, _)| *word == text);
        if decided.is_none() {
            let message = format!("an analysis is approved or denied, not \"{text}\"");
            self.mistakes.add(line, place, message, "write 1 where it was approved, 0 where it was denied");
        }
        decided.map(|(_, count)| count)
    }

    fn number(
        &mut self,
        line: &Line,
        cell: (std::borrow::Cow<'_, str>, Range<usize>),
        kind: Kind,
    ) -> Option<usize> {
        let name = cell.0.trim();
        if !name.is_empty() {
            return self.proper(line, &cell.1, name).then(|| self.numbers.place(name));
        }
        if kind == Kind::Verified {
            return Some(0);
        }
        let help = "each row but `verified` names the phone number; leave out the column where there is one";
        self.mistakes.add(line, cell.1, "the number is missing", help);
        None
    }

    /// The template; none where a customer's act belongs to no template.
    fn template(
        &mut self,
        line: &Line,
        cell: (std::borrow::Cow<'_, str>, Range<usize>),
        kind: Kind,
    ) -> Option<Option<usize>> {
        let name = cell.0.trim();
        if !name.is_empty() {
            return self.proper(line, &cell.1, name).then(|| Some(self.templates.place(name)));
        }
        if !kind.of_template() {
            return Some(None);
        }
        let help = "a log holds what templates start; answers within a service window count for no limit";
        self.mistakes.add(line, cell.1, format!("the template is missing: what was {}?", kind.name()), help);
        None
    }

    /// Whether a name can be kept and printed.
    fn proper(&mut self, line: &Line, place: &Range<usize>, name: &str) -> bool {
        let message = if name.len() > LONGEST_NAME {
            format!("the name is longer than {LONGEST_NAME} bytes")
        } else if name.contains(char::is_control) {
            "a name holds no control characters".to_owned()
        } else {
            return true;
        };
        self.mistakes.add(line, place.clone(), message, "is the cell in its column?");
        false
    }

    fn in_order(&mut self, line: &Line, at: i64) -> bool {
        if self.latest.is_none_or(|latest| at >= latest) {
            return true;
        }
        let message = format!(
            "line {} is earlier than line {}, which comes before it",
            line.number, self.latest_line.number
        );
        let help = "rows come in order of time: sort the log, and look whether two logs were joined";
        self.mistakes.also(line, 0..line.text.len(), message, help, self.latest_line.clone());
        false
    }

    // ---- seconds --------------------------------------------------------------------------------------------

    fn begin_second(&mut self, at: i64, heard: &mut dyn FnMut(&Second)) {
        if self.latest == Some(at) {
            return;
        }
        self.end_second(heard);
        if let Some(latest) = self.latest.filter(|latest| at - latest > self.reading.longest_window.0) {
            self.pause_count += 1;
            if self.pauses.len() < MOST_PAUSES {
                self.pauses.push((latest, at));
            }
        }
        self.latest = Some(at);
        self.first.get_or_insert(at);
        self.second.at = at;
    }

    fn end_second(&mut self, heard: &mut dyn FnMut(&Second)) {
        if self.latest.is_none() {
            return;
        }
        self.check_balance();
        if self.mistakes.is_empty() {
            heard(&self.second);
        }
        self.second.acts.clear();
        self.second.verified = false;
        self.second.analyses.clear();
        self.seen.clear();
    }

    /// Adds a row to its second.
    fn take(&mut self, line: &Line, row: &Row) {
        self.rows[row.kind as usize] += 1;
        if !self.seen.insert((row.number, row.template, row.kind, row.count)) {
            let first = self.repeated.map_or(line.number, |(_, first)| first);
            self.repeated = Some((self.repeated.map_or(0, |(rows, _)| rows) + 1, first));
            if self.reading.drop_duplicates {
                return;
            }
        }
        self.counts[row.kind as usize] += row.count;
        match row.kind {
            Kind::Verified => self.second.verified = true,
            Kind::Analysis => self.second.analyses.push((row.number, row.count > 0)),
            _ => *self.second.acts.entry((row.number, row.template, row.kind)).or_default() += row.count,
        }
        if row.kind == Kind::Delivered {
            self.delivered_line.clone_from(line);
        }
    }

    /// Whether more was delivered than sent, looked at when a second is complete: within it any order is fine.
    fn check_balance(&mut self) {
        for (&(number, template, kind), &count) in &self.second.acts {
            let (sent, delivered) = self.balance.entry((number, template)).or_default();
            match kind {
                Kind::Sent => *sent += count,
                Kind::Delivered => *delivered += count,
                _ => {}
            }
        }
        let touched = self.second.acts.keys().filter(|(_, _, kind)| *kind == Kind::Delivered);
        for (number, template, _) in touched {
            let Some((sent, delivered)) = self.balance.get_mut(&(*number, *template)) else { continue };
            if *delivered > *sent {
                let whose = described(&self.numbers, *number, &self.templates, *template);
                let message = format!(
                    "more was delivered than sent{whose}: {} delivered by now, {} sent",
                    grouped(*delivered),
                    grouped(*sent)
                );
                let help = "what was sent before the log begins needs a `sent` row, too";
                let line = self.delivered_line.clone();
                self.mistakes.add(&line, 0..line.text.len(), message, help);
                *sent = *delivered;
            }
        }
    }

    fn finish(mut self, columns: &Columns, heard: &mut dyn FnMut(&Second)) -> Result<Log, LogError> {
        self.end_second(heard);
        let (Some(first), Some(last), Some(form)) = (self.first, self.latest, self.times.form) else {
            if self.mistakes.is_empty() {
                let help = "below the header, one row for what happened in one second";
                self.mistakes.add(&Line::default(), 0..0, "the log holds no row", help);
            }
            return Err(self.mistakes.findings(&self.reading.name).into());
        };
        if !self.mistakes.is_empty() {
            return Err(self.mistakes.findings(&self.reading.name).into());
        }
        // A log that tells of nothing but a verification names nobody.
        if self.numbers.list.is_empty() {
            self.numbers.place("");
        }
        Ok(Log {
            names: super::Names { numbers: self.numbers.list, templates: self.templates.list },
            form,
            zone: self.reading.zone.clone(),
            zone_given: self.reading.zone_given,
            span: (first, last),
            rows: self.rows,
            counts: self.counts,
            repeated: self.repeated,
            dropped: self.reading.drop_duplicates,
            pauses: self.pauses,
            pause_count: self.pause_count,
            other_columns: columns.others.clone(),
            remarks: self.remarks,
            fractions: self.times.fractions,
            repeated_hour: self.times.repeated_hour,
            open_end: !self.lines.ended,
        })
    }

    // ---- lines ----------------------------------------------------------------------------------------------

    /// The line as text; nothing where it is none.
    fn text(&mut self) -> Option<Line> {
        let number = self.lines.number;
        match std::str::from_utf8(&self.lines.bytes) {
            Ok(text) => Some(Line { number, text: text.to_owned() }),
            Err(error) => {
                let text = String::from_utf8_lossy(&self.lines.bytes).into_owned();
                let from = error.valid_up_to();
                let help = match self.lines.bytes.get(..2) {
                    Some(b"\xff\xfe" | b"\xfe\xff") => "it looks like UTF-16: save it as UTF-8",
                    _ => "save the log as UTF-8; it may be in the code page of an old program",
                };
                let line = Line { number, text };
                self.mistakes.add(&line, from..from + '\u{fffd}'.len_utf8(), "this is not UTF-8", help);
                None
            }
        }
    }

    fn skipped(&mut self, text: &str) -> bool {
        let remark = text.trim_start().starts_with('#');
        self.remarks += u64::from(remark);
        remark || text.trim().is_empty()
    }

    fn too_long(&mut self) {
        let start: String = String::from_utf8_lossy(&self.lines.bytes).chars().take(80).collect();
        let line = Line { number: self.lines.number, text: start };
        let message = "the line is longer than a row can be: nothing after it was read";
        self.mistakes.add(&line, 0..line.text.len(), message, "is it a log? Rows end with a line break");
    }
}

const HEADER: &str = "time,kind,count,number,template";

/// What is wrong with a count that is no whole number.
fn wrong_count(text: &str) -> (String, String) {
    let whole = text.strip_prefix(['-', '+']).unwrap_or(text);
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if text.is_empty() {
        return ("the count is missing".to_owned(), "how many? Write 0 for none".to_owned());
    }
    if digits(whole) && text.starts_with('-') {
        return (
            format!("{text} is less than nothing"),
            "a log holds what happened, no corrections".to_owned(),
        );
    }
    if digits(whole) {
        return (
            format!("{text} is more than can be"),
            format!("at most {MOST_IN_ROW}, written without a sign"),
        );
    }
    let fraction = whole.split_once('.').is_some_and(|(whole, part)| digits(whole) && digits(part));
    if fraction {
        return (
            format!("{text} is no whole number"),
            "is it a mean or a share? A log holds counts".to_owned(),
        );
    }
    (format!("\"{text}\" is no whole number"), "write 1500, not 1.5k or 1,500".to_owned())
}

fn described(numbers: &Names, number: usize, templates: &Names, template: Option<usize>) -> String {
    let name = |names: &Names, place: usize, word: &str| match names.list.get(place).map(String::as_str) {
        None | Some("") => String::new(),
        Some(name) => format!(" {word} {name}"),
    };
    let template = template.map_or_else(String::new, |place| name(templates, place, "of template"));
    format!("{template}{}", name(numbers, number, "by number"))
}

/// Names in order of first mention.
#[derive(Debug, Default)]
struct Names {
    list: Vec<String>,
    places: BTreeMap<String, usize>,
}

impl Names {
    fn place(&mut self, name: &str) -> usize {
        if let Some(place) = self.places.get(name) {
            return *place;
        }
        let place = self.list.len();
        self.list.push(name.to_owned());
        self.places.insert(name.to_owned(), place);
        place
    }
}
