//! What a doc comment says of a field: the meaning, the unit, and what holds when the field is left out.
//!
//! ```text
//!   /// Length of a slot of the sender's time; 1 h unless said otherwise.     meaning; default
//!   /// Its rating; Unknown unless said otherwise (assumed).                  meaning; default (who says so)
//!   /// How many customers \[customers\].                                     meaning [unit]
//! ```

use serde::Serialize;

/// The words that end a statement of a default, and the one that begins it.
const MARKS: [&str; 2] = ["unless said otherwise", "when left out"];
const BEGINS: &str = "without it";

/// Whose choice a default is where the comment names nobody else.
pub(super) const OURS: &str = "the tool's default";

/// What holds when a field is left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Default {
    /// The value, in words.
    pub value: String,
    /// Who says so.
    pub source: String,
}

/// A doc comment, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) says: String,
    pub(super) unit: Option<String>,
    pub(super) default: Option<Default>,
}

impl Said {
    /// What is said of something that is always there.
    pub(super) fn of(doc: &str) -> Said {
        let (doc, unit) = without_unit(doc);
        let says = doc.replace("[`", "`").replace("`]", "`").replace("\\[", "[").replace("\\]", "]");
        Said { says: says.trim().to_owned(), unit, default: None }
    }

    /// What is said of something that may be left out.
    pub(super) fn of_optional(doc: &str) -> Said {
        let Said { says, unit, .. } = Said::of(doc);
        match stated(&says) {
            Some((says, default)) => Said { says, unit, default: Some(default) },
            None => Said { says, unit, default: None },
        }
    }
}

/// `Amount \[USD\].` as `Amount.` and `USD`.
fn without_unit(doc: &str) -> (String, Option<String>) {
    let parts = doc.split_once("\\[").and_then(|(before, rest)| {
        let (unit, after) = rest.split_once("\\]")?;
        Some((before.trim_end(), unit, after))
    });
    match parts {
        Some((before, unit, after)) => (format!("{before}{after}"), Some(unit.to_owned())),
        None => (doc.to_owned(), None),
    }
}

/// The meaning without its statement of a default, and the default.
fn stated(doc: &str) -> Option<(String, Default)> {
    let (start, end) = MARKS
        .iter()
        .find_map(|mark| doc.find(mark).map(|at| (at, at + mark.len())))
        .or_else(|| doc.find(BEGINS).map(|at| (at, doc.len())))?;
    let (rest, source) = source(&doc[end..]);
    if doc[start..].starts_with(BEGINS) {
        let value = doc[start + BEGINS.len()..].trim().trim_end_matches('.').to_owned();
        let says = doc[..start].trim_end_matches([' ', ';', ',']);
        return Some((format!("{says}."), Default { value, source }));
    }
    let head = &doc[..start];
    // In parentheses it speaks of the word before them: `on_file` (unless said otherwise).
    if let Some(word) = head.strip_suffix('(') {
        let value = word.split_whitespace().last()?.to_owned();
        let says = format!("{}{}", word.trim_end(), rest.strip_prefix(')').unwrap_or(rest));
        return Some((says, Default { value, source }));
    }
    let from = ["; ", ". "].iter().filter_map(|end| head.rfind(end)).max().map_or(0, |at| at + 2);
    let value = head[from..].trim().trim_end_matches(',').to_owned();
    let says = head[..from].trim_end().trim_end_matches(';').trim_end_matches('.');
    let rest = rest.trim_start_matches(['.', ';', ',']).trim();
    let says = if rest.is_empty() { format!("{says}.") } else { format!("{says}. {rest}") };
    Some((says, Default { value, source }))
}

/// What follows, without a source in parentheses right behind the mark.
fn source(after: &str) -> (&str, String) {
    match after.strip_prefix(" (").and_then(|rest| rest.split_once(')')) {
        Some((source, rest)) => (rest, source.to_owned()),
        None => (after, OURS.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(doc: &str) -> (String, Option<String>, Option<(String, String)>) {
        let Said { says, unit, default } = Said::of_optional(doc);
        (says, unit, default.map(|default| (default.value, default.source)))
    }

    #[test]
    fn a_comment_is_taken_apart() {
        let own = |value: &str| Some((value.to_owned(), OURS.to_owned()));
        assert_eq!(said("Who says so."), ("Who says so.".into(), None, None));
        assert_eq!(
            said("Its rating; Unknown unless said otherwise."),
            ("Its rating.".into(), None, own("Unknown"))
        );
        assert_eq!(
            said("A card: `on_file` (unless said otherwise) or `none`."),
            ("A card: `on_file` or `none`.".into(), None, own("`on_file`"))
        );
        assert_eq!(
            said("The market \\[name\\]; without it nothing is priced."),
            ("The market.".into(), Some("name".into()), own("nothing is priced"))
        );
        let other = Some(("a prior".to_owned(), "assumed: nobody knows".to_owned()));
        assert_eq!(
            said("How long; a prior unless said otherwise (assumed: nobody knows)."),
            ("How long.".into(), None, other)
        );
        assert_eq!(
            said("First date (`\"2023-10-12\"`); always, when left out."),
            ("First date (`\"2023-10-12\"`).".into(), None, own("always"))
        );
        assert_eq!(said("See [`Prior`]."), ("See `Prior`.".into(), None, None));
        let always = Said::of("A batch, outside windows unless said otherwise.");
        assert_eq!(
            (always.says.as_str(), always.default),
            ("A batch, outside windows unless said otherwise.", None)
        );
    }
}
