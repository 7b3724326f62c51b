//! Lines of a table, one at a time and of bounded length, and the cells of a line with their places.

use std::borrow::Cow;
use std::io::{BufRead, Read, Result};
use std::ops::Range;

/// The lines of an input.
#[derive(Debug)]
pub(crate) struct Lines<R> {
    input: R,
    /// Longest line that is read whole \[bytes\].
    longest: usize,
    /// The line that was read last, without its end.
    pub(crate) bytes: Vec<u8>,
    /// Its number, from 1.
    pub(crate) number: u64,
    /// Whether it ended; the last line of a file may not.
    pub(crate) ended: bool,
    /// Whether it is longer than lines may be, and only its beginning was read.
    pub(crate) too_long: bool,
}

impl<R: BufRead> Lines<R> {
    pub(crate) fn new(input: R, longest: usize) -> Lines<R> {
        Lines { input, longest, bytes: Vec::new(), number: 0, ended: true, too_long: false }
    }

    /// Reads the next line; `false` at the end.
    pub(crate) fn advance(&mut self) -> Result<bool> {
        self.bytes.clear();
        let read = (&mut self.input).take(self.longest as u64).read_until(b'\n', &mut self.bytes)?;
        if read == 0 {
            return Ok(false);
        }
        self.number += 1;
        self.ended = self.bytes.last() == Some(&b'\n');
        self.too_long = !self.ended && read == self.longest;
        if self.ended {
            self.bytes.pop();
        }
        if self.bytes.last() == Some(&b'\r') {
            self.bytes.pop();
        }
        if self.number == 1 && self.bytes.starts_with(b"\xef\xbb\xbf") {
            self.bytes.drain(..3);
        }
        Ok(true)
    }
}

/// Finds the cells of a line; the place of a quote that is not closed where there is one.
pub(super) fn split(line: &str, cells: &mut Vec<Range<usize>>) -> std::result::Result<(), usize> {
    cells.clear();
    let (mut from, mut quote) = (0, None);
    for (at, byte) in line.bytes().enumerate() {
        match (byte, quote) {
            (b'"', None) => quote = Some(at),
            (b'"', Some(_)) => quote = None,
            (b',', None) => {
                cells.push(trimmed(line, from..at));
                from = at + 1;
            }
            _ => {}
        }
    }
    cells.push(trimmed(line, from..line.len()));
    quote.map_or(Ok(()), Err)
}

fn trimmed(line: &str, cell: Range<usize>) -> Range<usize> {
    let text = &line[cell.clone()];
    let start = cell.start + (text.len() - text.trim_start().len());
    start..start + text.trim().len()
}

/// What a cell says, without its quotes.
pub(super) fn unquoted(cell: &str) -> Cow<'_, str> {
    match cell.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Some(inside) if inside.contains("\"\"") => Cow::Owned(inside.replace("\"\"", "\"")),
        Some(inside) => Cow::Borrowed(inside),
        None => Cow::Borrowed(cell),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_found_with_their_places() {
        let line = "a, b ,\"c, \"\"d\"\"\",";
        let mut cells = Vec::new();
        assert_eq!(split(line, &mut cells), Ok(()));
        let texts: Vec<Cow<'_, str>> = cells.iter().map(|cell| unquoted(&line[cell.clone()])).collect();
        assert_eq!(texts, ["a", "b", "c, \"d\"", ""]);
        assert_eq!(cells[1], 3..4);
        assert_eq!(split("a,\"b", &mut cells), Err(2));
    }

    #[test]
    fn a_line_without_an_end_is_not_read_whole() {
        let endless = std::io::repeat(b'x').take(1 << 30);
        let mut lines = Lines::new(std::io::BufReader::new(endless), 1 << 16);
        assert!(lines.advance().unwrap());
        assert!(lines.too_long && lines.bytes.len() == 1 << 16);
    }
}
