//! From bytes to lines and columns and back. Lines and columns count from 1, columns in characters.

use std::ops::Range;

use super::Document;

impl Document {
    /// The line and column of a byte.
    pub fn line_column(&self, byte: usize) -> (usize, usize) {
        let before = &self.text[..boundary(&self.text, byte)];
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().map_or(0, |line| line.chars().count()) + 1;
        (line, column)
    }

    /// The bytes from a line and column to the next comma, semicolon, tab or line's end: a cell of a table.
    /// Behind the last line it is the empty range at the end, behind a line's end the one at its end.
    pub fn range_at(&self, line: usize, column: usize) -> Range<usize> {
        let start = byte_at(&self.text, line, column);
        let rest = &self.text[start..];
        let length = match rest.strip_prefix('"') {
            Some(inside) => inside
                .find(['"', '\n'])
                .map_or(rest.len(), |quote| quote + 1 + usize::from(inside[quote..].starts_with('"'))),
            None => rest.find([',', ';', '\t', '\r', '\n']).unwrap_or(rest.len()),
        };
        start..start + length
    }

    /// The bytes of a cell of a table that is separated by commas: by its line and its number in the line, from 1.
    pub fn cell(&self, line: usize, number: usize) -> Range<usize> {
        let start = byte_at(&self.text, line, 1);
        let text = self.text[start..].split('\n').next().unwrap_or_default().trim_end_matches('\r');
        let mut quoted = false;
        let mut from = 0;
        let mut passed = 1;
        for (at, c) in text.char_indices() {
            quoted ^= c == '"';
            if c == ',' && !quoted {
                if passed >= number {
                    return start + from..start + at;
                }
                passed += 1;
                from = at + 1;
            }
        }
        let from = if passed >= number { from } else { text.len() };
        start + from..start + text.len()
    }
}

/// The nearest place between two characters, at or before a byte.
pub(super) fn boundary(text: &str, byte: usize) -> usize {
    (0..=byte.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

/// The byte at a line and column, or the nearest before it.
pub(super) fn byte_at(text: &str, line: usize, column: usize) -> usize {
    let mut start = 0;
    for _ in 1..line {
        match text[start..].find('\n') {
            Some(end) => start += end + 1,
            None => return text.len(),
        }
    }
    let line = text[start..].split('\n').next().unwrap_or_default();
    let inside = line.char_indices().nth(column.saturating_sub(1)).map_or(line.len(), |(at, _)| at);
    start + inside
}
