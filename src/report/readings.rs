//! What depends on how the rules are read, as tables for the terminal.

use super::text::Page;
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

/// The other readings of some rules on which something depends, under the text and the reading that is taken, a line
/// each; then the names of the others. `rows` are the cases and the expectations under each of the variations.
pub fn table(spectrum: &Spectrum, rows: &[[Tally; 2]], width: usize) -> String {
    let mut page = Page::new(width);
    page.heading(&heading(spectrum));
    let mut text = page.finish();
    let mut idle: Vec<&str> = Vec::new();
    let pairs: Vec<(&Variation, &[Tally; 2])> = spectrum.variations.iter().zip(rows).collect();
    for of_text in pairs.chunk_by(|(a, _), (b, _)| a.text.path == b.text.path) {
        let own = &of_text[0].0.text;
        if of_text.iter().all(|(_, row)| row.iter().all(|tally| tally.matters_not())) {
            idle.push(&own.path);
            continue;
        }
        text.push_str(&format!("  {}: {}\n", own.path, own.value));
        let widest =
            of_text.iter().map(|(variation, _)| variation.other.value.chars().count()).max().unwrap_or(0);
        for (variation, row) in of_text {
            text.push_str(&format!("    {:widest$}  {}\n", variation.other.value, in_words(row)));
        }
    }
    if !idle.is_empty() {
        let mut page = Page::new(width);
        page.indented(&format!("Nothing here depends on how these are read: {}.", idle.join(", ")));
        text.push_str(&page.finish());
    }
    text
}

/// `57 hold, 3 depend; expectations: 2 hold`.
fn in_words([cases, expectations]: &[Tally; 2]) -> String {
    let expectations =
        (!expectations.is_empty()).then(|| format!("expectations: {}", expectations.in_words()));
    let cases = (!cases.is_empty()).then(|| cases.in_words());
    cases.into_iter().chain(expectations).collect::<Vec<String>>().join("; ")
}

impl Tally {
    /// Whether everything that was tried holds, under both readings.
    fn matters_not(self) -> bool {
        self.depend + self.fail + self.open == 0
    }

    /// `57 hold, 3 depend, 2 not varied`.
    fn in_words(self) -> String {
        let Tally { hold, depend, fail, open, not_varied } = self;
        let counts =
            [(hold, "hold"), (depend, "depend"), (fail, "fail"), (open, "open"), (not_varied, "not varied")];
        let told =
            counts.iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}"));
        told.collect::<Vec<String>>().join(", ")
    }
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
