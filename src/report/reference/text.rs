//! A page of the reference as text: each section with its places, each entry with its meaning and then its facts.
//!
//! ```text
//!   platform.numbers.NAME
//!     A phone number at the start.
//!
//!     tier    Its tier.
//!             text in quotes; left out: the ruleset's start tier (the tool's choice)
//! ```

use super::{ABSENT, Entry, Form, Page, Section, Subject};
use crate::report::text::wrap;

/// Names longer than this stand on a line of their own.
const WIDEST: usize = 22;
/// So many places of a section are named one by one.
const MOST_PLACES: usize = 4;

pub(super) fn render(page: &Page, width: usize) -> String {
    let width = width.max(60);
    let mut text = format!("{}\n", page.title);
    for section in &page.sections {
        text.push('\n');
        push(&mut text, "", &heading(section), width);
        push(&mut text, "  ", &says(section), width);
        text.push('\n');
        let bare = |entry: &Entry| entry.says.is_empty() && entry.holds.is_empty();
        if section.one_of && section.entries.iter().all(bare) {
            let words: Vec<&str> = section.entries.iter().map(|entry| entry.name.as_str()).collect();
            push(&mut text, "  ", &words.join(", "), width);
            continue;
        }
        let (own, common) = own_entries(page, section);
        let column = own.iter().map(|entry| entry.name.len()).filter(|n| *n <= WIDEST).max().unwrap_or(0) + 4;
        own.iter().for_each(|entry| describe(&mut text, page, entry, column, width));
        if !common.is_empty() {
            push(&mut text, "  ", &common, width);
        }
    }
    text
}

/// What every clause of a ruleset ends with.
const COMMON: [&str; 4] = ["source", "except", "since", "until"];

/// The entries to tell, and where the rest is told: what every clause ends with is told with the first one.
fn own_entries<'p>(page: &'p Page, section: &'p Section) -> (&'p [Entry], String) {
    let ends = |section: &Section| {
        let names: Vec<&str> = section.entries.iter().map(|entry| entry.name.as_str()).collect();
        names.ends_with(&COMMON)
    };
    match page.sections.iter().find(|section| ends(section)) {
        Some(first) if ends(section) && first.name != section.name => {
            let own = section.entries.len() - COMMON.len();
            let first = first.places.first().unwrap_or(&first.name);
            (&section.entries[..own], format!("{}: as in every clause, see {first}", COMMON.join(", ")))
        }
        _ => (&section.entries, String::new()),
    }
}

/// The places of a section, or its name and some of its places where it stands at several.
fn heading(section: &Section) -> String {
    match section.places.as_slice() {
        [] => section.name.clone(),
        [only] => only.clone(),
        several => {
            let named: Vec<&str> = several.iter().take(MOST_PLACES).map(String::as_str).collect();
            let more = several.len() - named.len();
            let more = if more > 0 { format!(", and {more} more") } else { String::new() };
            format!("{}, at {}{more}", section.name, named.join(", "))
        }
    }
}

fn says(section: &Section) -> String {
    if section.one_of { format!("{} One of:", section.says) } else { section.says.clone() }
}

fn describe(text: &mut String, page: &Page, entry: &Entry, column: usize, width: usize) {
    let name = if entry.name.is_empty() { "(value)" } else { &entry.name };
    let indent = " ".repeat(column);
    let facts = facts(page, entry);
    let lines: Vec<String> = match entry.form {
        // The unit of a column stands behind what it says.
        Form::Word if entry.holds.is_empty() => wrap(&format!("{} {facts}", entry.says), width - column),
        _ => [&entry.says, &facts].iter().flat_map(|text| wrap(text, width - column)).collect(),
    };
    let mut first = format!("  {name}");
    if first.len() + 2 > column {
        text.push_str(&first);
        text.push('\n');
        first = String::new();
    }
    for (place, line) in lines.iter().enumerate() {
        let head = if place == 0 { format!("{first:column$}") } else { indent.clone() };
        text.push_str(format!("{head}{line}").trim_end());
        text.push('\n');
    }
    for held in entry.holds.iter().filter(|held| !held.name.is_empty()) {
        let said = format!("{}: {} {}", held.name, held.says, facts_of(page, held));
        for (place, line) in wrap(&said, width - column - 4).iter().enumerate() {
            let mark = if place == 0 { "- " } else { "  " };
            text.push_str(&format!("{indent}{mark}{line}\n"));
        }
    }
}

/// What may stand there, its unit, what holds when it is left out.
fn facts(page: &Page, entry: &Entry) -> String {
    let by_position: Vec<String> = entry
        .holds
        .iter()
        .filter(|held| held.name.is_empty())
        .map(|held| with_unit(allowed(page, &held.form), held.unit.as_deref()))
        .collect();
    if !by_position.is_empty() {
        return format!("{}({})", entry.name, by_position.join(", "));
    }
    if entry.form == Form::Word {
        return entry.unit.as_ref().map_or_else(String::new, |unit| format!("[{unit}]"));
    }
    facts_of(page, entry)
}

fn facts_of(page: &Page, entry: &Entry) -> String {
    let mut facts = vec![with_unit(allowed(page, &entry.form), entry.unit.as_deref())];
    match (&entry.default, entry.optional) {
        (Some(default), _) if default.source == ABSENT => facts.push(format!("left out: {}", default.value)),
        (Some(default), _) => facts.push(format!("left out: {} ({})", default.value, default.source)),
        (None, true) if page.subject == Subject::Outputs => facts.push("may be null".to_owned()),
        _ => {}
    }
    if let [alias, ..] = entry.aliases.as_slice() {
        facts.push(format!("also written {alias}"));
    }
    facts.join("; ")
}

fn with_unit(allowed: String, unit: Option<&str>) -> String {
    unit.map_or(allowed.clone(), |unit| format!("{allowed} [{unit}]"))
}

/// What may stand at a place, in words.
fn allowed(page: &Page, form: &Form) -> String {
    match form {
        Form::Word => "a word".to_owned(),
        Form::Value("text in quotes") if page.subject == Subject::Outputs => "text".to_owned(),
        Form::Value(says) => (*says).to_owned(),
        Form::List(of) => format!("a list of: {}", allowed(page, of)),
        Form::Map { names, values } => {
            let names = names.as_ref().map_or("names".to_owned(), |name| format!("words of {name}"));
            format!("a map of {names}, each with: {}", allowed(page, values))
        }
        Form::Tuple(several) => {
            let several: Vec<String> = several.iter().map(|each| allowed(page, each)).collect();
            format!("({})", several.join(", "))
        }
        Form::Either(several) => {
            let several: Vec<String> = several.iter().map(|each| allowed(page, each)).collect();
            several.join("; or ")
        }
        Form::Of(name) => section_in_words(page, name),
        Form::Unknown(name) => name.clone(),
    }
}

/// A type with a section: its words, or that its values stand in parentheses.
fn section_in_words(page: &Page, name: &str) -> String {
    let Some(section) = page.section(name) else { return name.to_owned() };
    if section.one_of {
        let word = |entry: &Entry| match entry.holds.as_slice() {
            [] => entry.name.clone(),
            _ => format!("{}(..)", entry.name),
        };
        // What stands at many places, and holds much, is told there.
        if section.places.len() > 1 && section.entries.iter().any(|entry| !entry.holds.is_empty()) {
            return format!("see {name}");
        }
        return section.entries.iter().map(word).collect::<Vec<_>>().join(" | ");
    }
    let what = if page.subject == Subject::Outputs { "keys" } else { "values in parentheses" };
    match section.places.as_slice() {
        [only] => format!("{what}, see {only}"),
        _ => format!("{what}, see {name}"),
    }
}

fn push(text: &mut String, indent: &str, line: &str, width: usize) {
    for line in wrap(line, width - indent.len()) {
        text.push_str(format!("{indent}{line}").trim_end());
        text.push('\n');
    }
}
