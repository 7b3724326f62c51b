//! What depends on how the rules are read, as tables for the terminal.

use super::text::{Align, Page};
use crate::experiment::readings::{Spectrum, Variation};

/// What became of cases or expectations under one reading.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// They hold under it, as under the ruleset's own.
    pub hold: u64,
    /// They hold under one of the two and not under the other.
    pub depend: u64,
    /// They fail under both.
    pub fail: u64,
    /// They could not be told.
    pub open: u64,
    /// They state a reading of the clause themselves, or set what contradicts this one.
    pub not_varied: u64,
}

impl Tally {
    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        *self == Tally::default()
    }
}

/// The readings of some rules, a row each; `rows` are the cases and the expectations under each of the variations.
pub fn table(spectrum: &Spectrum, rows: &[[Tally; 2]], width: usize) -> String {
    let mut page = Page::new(width);
    page.heading(&heading(spectrum));
    let some = |place: usize| rows.iter().any(|row| !row[place].is_empty());
    let mut head = vec!["open text".to_owned(), "read as".to_owned()];
    if some(0) {
        head.extend(["cases: hold", "depend", "fail", "not varied"].map(str::to_owned));
    }
    if some(1) {
        head.extend(["expectations: hold", "depend", "fail", "open"].map(str::to_owned));
    }
    let mut lines = vec![head];
    for (place, (variation, row)) in spectrum.variations.iter().zip(rows).enumerate() {
        let Variation { text, other, .. } = variation;
        let first = place == 0 || spectrum.variations[place - 1].text.path != text.path;
        if first {
            lines.push(vec![text.path.clone(), format!("{} (taken)", text.value)]);
        }
        let mut line = vec![String::new(), other.value.clone()];
        let [cases, expectations] = row;
        if some(0) {
            line.extend([cases.hold, cases.depend, cases.fail, cases.not_varied].map(cell));
        }
        if some(1) {
            let Tally { hold, depend, fail, open, .. } = *expectations;
            line.extend([hold, depend, fail, open].map(cell));
        }
        lines.push(line);
    }
    let mut aligns = vec![Align::Left, Align::Left];
    aligns.resize(10, Align::Right);
    if spectrum.variations.is_empty() {
        return page.finish();
    }
    page.table(&aligns[..lines[0].len()], &lines);
    page.finish()
}

fn cell(count: u64) -> String {
    if count == 0 { "-".to_owned() } else { count.to_string() }
}

fn heading(spectrum: &Spectrum) -> String {
    let Spectrum { rules, variations, senseless } = spectrum;
    let mut texts: Vec<&str> = variations.iter().map(|variation| variation.text.path.as_str()).collect();
    texts.dedup();
    let more = match senseless.len() {
        0 => String::new(),
        1 => "; 1 more would contradict its other clauses".to_owned(),
        count => format!("; {count} more would contradict its other clauses"),
    };
    format!("{rules}: {} other readings of {} open texts{more}", variations.len(), texts.len())
}
