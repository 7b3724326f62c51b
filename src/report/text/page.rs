//! Lines and tables of a given width, wrapped at words.

/// How a column is set.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::report) enum Align {
    Left,
    Right,
}

/// Blanks between columns.
const GAP: usize = 2;
/// Columns are not made narrower than this.
const NARROWEST: usize = 6;

/// Text under construction, no line of which is longer than its width where words allow it.
pub(in crate::report) struct Page {
    width: usize,
    text: String,
}

impl Page {
    pub(in crate::report) fn new(width: usize) -> Page {
        Page { width: width.max(60), text: String::new() }
    }

    pub(in crate::report) fn finish(self) -> String {
        self.text
    }

    /// The width inside the indent of a section.
    pub(in crate::report) fn inner(&self) -> usize {
        self.width - GAP
    }

    /// A heading, after an empty line.
    pub(in crate::report) fn heading(&mut self, title: &str) {
        self.text.push('\n');
        self.paragraph(title);
    }

    /// Text from the left edge.
    pub(in crate::report) fn paragraph(&mut self, text: &str) {
        wrap(text, self.width).iter().for_each(|line| self.push(line));
    }

    /// Text inside a section.
    pub(in crate::report) fn indented(&mut self, text: &str) {
        wrap(text, self.inner()).iter().for_each(|line| self.push(&format!("{:GAP$}{line}", "")));
    }

    /// A point of a list inside a section.
    pub(in crate::report) fn item(&mut self, text: &str) {
        for (place, line) in wrap(text, self.inner() - 2).iter().enumerate() {
            let mark = if place == 0 { "- " } else { "  " };
            self.push(&format!("{:GAP$}{mark}{line}", ""));
        }
    }

    /// Rows of cells inside a section. Where they are too wide, the widest columns give way and their cells wrap.
    pub(in crate::report) fn table(&mut self, aligns: &[Align], rows: &[Vec<String>]) {
        let widths = fitted(rows, aligns.len(), self.inner());
        for row in rows {
            let cells: Vec<Vec<String>> =
                row.iter().zip(&widths).map(|(cell, width)| wrap(cell, *width)).collect();
            let height = cells.iter().map(Vec::len).max().unwrap_or(0);
            for place in 0..height {
                let mut line = String::new();
                for ((cell, width), align) in cells.iter().zip(&widths).zip(aligns) {
                    let text = cell.get(place).map_or("", String::as_str);
                    line.push_str(&" ".repeat(GAP));
                    line.push_str(&set(text, *width, *align));
                }
                self.push(&line);
            }
        }
    }

    fn push(&mut self, line: &str) {
        self.text.push_str(line.trim_end());
        self.text.push('\n');
    }
}

fn set(text: &str, width: usize, align: Align) -> String {
    let blank = " ".repeat(width.saturating_sub(length(text)));
    match align {
        Align::Left => format!("{text}{blank}"),
        Align::Right => format!("{blank}{text}"),
    }
}

/// The widths of the columns: as wide as their widest cell; where there is no room the widest give way first, down
/// to their longest word, and only then inside words.
fn fitted(rows: &[Vec<String>], columns: usize, room: usize) -> Vec<usize> {
    let cells = |column: usize| rows.iter().filter_map(move |row| row.get(column));
    let natural = |column: usize| cells(column).map(|cell| length(cell)).max().unwrap_or(0);
    let word =
        |column: usize| cells(column).flat_map(|cell| cell.split_whitespace()).map(length).max().unwrap_or(0);
    let mut widths: Vec<usize> = (0..columns).map(natural).collect();
    let words: Vec<usize> = (0..columns).map(word).collect();
    let room = room.saturating_sub(GAP * columns.saturating_sub(1));
    while widths.iter().sum::<usize>() > room {
        let loose = (0..columns).filter(|column| widths[*column] > words[*column].max(NARROWEST));
        let broken = (0..columns).filter(|column| widths[*column] > NARROWEST);
        let widest = loose
            .max_by_key(|column| widths[*column])
            .or_else(|| broken.max_by_key(|column| widths[*column]));
        match widest {
            Some(column) => widths[column] -= 1,
            None => break,
        }
    }
    widths
}

/// Breaks text into lines at blanks, and where a word is longer than a line inside it.
pub(in crate::report) fn wrap(text: &str, width: usize) -> Vec<String> {
    let width = width.max(1);
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        if !line.is_empty() && length(&line) + 1 + length(word) > width {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        for letter in word.chars() {
            if length(&line) == width {
                lines.push(std::mem::take(&mut line));
            }
            line.push(letter);
        }
    }
    lines.push(line);
    lines
}

/// Letters, each taken to be one column wide.
fn length(text: &str) -> usize {
    text.chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_wrap_and_long_ones_break() {
        assert_eq!(wrap("a plain line of words", 10), ["a plain", "line of", "words"]);
        assert_eq!(wrap("audience.segments", 8), ["audience", ".segment", "s"]);
        assert_eq!(wrap("", 8), [""]);
    }

    #[test]
    fn tables_fit() {
        let mut page = Page::new(60);
        let row = |a: &str, b: &str| vec![a.to_owned(), b.to_owned()];
        let rows =
            [row("1K", "half of the runs by Tue 15 Mar 2022, 9 in 10 by Mon 21 Mar"), row("10K", "never")];
        page.table(&[Align::Right, Align::Left], &rows);
        assert_eq!(
            page.finish(),
            "   1K  half of the runs by Tue 15 Mar 2022, 9 in 10 by Mon\n       21 Mar\n  10K  never\n"
        );
    }
}
