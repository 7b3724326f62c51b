//! Turns of speech that all clauses share.

use crate::glossary::{Rating, capital};
use crate::time::Span;

use super::super::language::Takes;

/// Whom a clause speaks of.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Who {
    Number,
    Template,
    Portfolio,
}

/// A span with its units apart: `48 h`, `7 days`, `30 min`.
pub fn span(span: Span) -> String {
    let written = span.to_string();
    let parts = written.split(' ').map(|part| {
        let (number, unit) = part.split_at(part.len() - 1);
        match unit {
            "d" if number == "1" => "1 day".to_owned(),
            "d" => format!("{number} days"),
            "m" => format!("{number} min"),
            unit => format!("{number} {unit}"),
        }
    });
    parts.collect::<Vec<String>>().join(" ")
}

/// Words in a row, with `last` before the last one.
pub(super) fn listed(words: &[String], last: &str) -> String {
    match words {
        [] => "nothing".to_owned(),
        [one] => one.clone(),
        [before @ .., end] => format!("{} {last} {end}", before.join(", ")),
    }
}

/// A statement as a sentence.
pub(super) fn sentence(says: &str) -> String {
    let says = capital(says.trim());
    if says.ends_with(['.', '!', '?']) { says } else { format!("{says}.") }
}

pub(super) fn or_better(floor: Rating) -> String {
    if floor == Rating::High { "High".to_owned() } else { format!("{floor} or better") }
}

pub(super) fn or_worse(ceiling: Rating) -> String {
    if ceiling == Rating::Low { "Low".to_owned() } else { format!("{ceiling} or worse") }
}

pub(super) fn takes(takes: Takes) -> String {
    match takes {
        Takes::Between(least, most) => format!("between {} and {}", span(least), span(most)),
        Takes::UpTo(most) => format!("up to {}", span(most)),
        Takes::Unstated => "a time that no source states".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_have_their_units_apart() {
        let spans = [Span(0), Span(90), Span::hours(48), Span::days(7), Span(30 * 60), Span::hours(73)];
        assert_eq!(spans.map(span), ["0 h", "1 min 30 s", "48 h", "7 days", "30 min", "3 days 1 h"]);
    }
}
