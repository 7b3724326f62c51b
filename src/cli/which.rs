//! Which rules are meant: a built-in ruleset, a file, or what a rulebook holds on a day.
//!
//! ```text
//!   platform-2023          a built-in ruleset
//!   my-rules.ron           a file
//!   platform@2025-10-06    the ruleset that a rulebook (built in, or a file) holds on that day
//! ```

use std::path::Path;

use jiff::civil::Date;
use tiercast::document::{Document, nearest};
use tiercast::platform::rulebook::{self, Rulebook};
use tiercast::platform::{catalogue, first_day};

use super::Failure;
use super::files::open;

/// Where names of rules come from.
const NAMES: &str = "give a name that `tiercast rules list` shows, or a file that ends in .ron";

/// The text of a ruleset, and what a scenario calls it.
pub(super) struct Meant {
    pub(super) document: Document,
    /// What stands in a scenario as `platform.ruleset`, whatever folder the scenario is in.
    pub(super) value: String,
    /// The day on which a rulebook was asked for.
    pub(super) day: Option<Date>,
}

/// Whether a name is that of a rulebook.
pub(super) fn is_rulebook(name: &str) -> bool {
    name.ends_with(".rulebook.ron") || rulebook::names().any(|other| other == name)
}

/// The ruleset that is meant by a name, a file or a rulebook on a day.
pub(super) fn ruleset(name: &str) -> Result<Meant, Failure> {
    if let Some((book, date)) = name.rsplit_once('@') {
        return on_day(book, date);
    }
    if is_rulebook(name) {
        return Err(Failure::Usage {
            message: format!("{name} is a rulebook, and its rules change with time"),
            help: format!(
                "say on which day, such as {name}@2025-10-06; `tiercast rules show {name}` tells its eras"
            ),
        });
    }
    if name.ends_with(".ron") {
        let (document, value) = (open(name, NAMES)?, from_anywhere(Path::new(name))?);
        return Ok(Meant { document, value, day: None });
    }
    let known =
        catalogue::document(name).map(|document| Meant { document, value: name.to_owned(), day: None });
    known.ok_or_else(|| {
        let names: Vec<&str> = catalogue::names().collect();
        let near = catalogue::nearest(name).or_else(|| nearest(name, rulebook::names()));
        let meant = near.map_or_else(String::new, |near| format!("did you mean {near}? "));
        Failure::Usage {
            message: format!("there is no ruleset \"{name}\""),
            help: format!("{meant}There are: {}", names.join(", ")),
        }
    })
}

/// What a scenario is to call rules that were named on the command line: rulebooks as well, and what is not found here
/// is left to the scenario, which looks beside its own file.
pub(super) fn for_scenario(name: &str) -> Result<String, Failure> {
    match name {
        name if name.contains('@') => Ok(ruleset(name)?.value),
        name if name.ends_with(".ron") && Path::new(name).is_file() => from_anywhere(Path::new(name)),
        name => Ok(name.to_owned()),
    }
}

/// The rulebook of that name, or the file; its rulesets may be built in or stand beside it.
pub(super) fn rulebook(name: &str) -> Result<Rulebook, Failure> {
    if name.ends_with(".ron") {
        let beside = |ruleset: &str| {
            let path = beside(name, ruleset);
            let text = std::fs::read_to_string(&path).ok();
            let own = text.map(|text| Document::new(path.display().to_string(), text));
            own.or_else(|| catalogue::document(ruleset))
        };
        return Ok(Rulebook::read_with(&open(name, NAMES)?, &beside)?);
    }
    let document = rulebook::document(name).ok_or_else(|| {
        let near = nearest(name, rulebook::names());
        let meant = near.map_or_else(String::new, |near| format!("did you mean {near}? "));
        Failure::Usage {
            message: format!("there is no rulebook \"{name}\""),
            help: format!("{meant}There are: {}", rulebook::names().collect::<Vec<_>>().join(", ")),
        }
    })?;
    Ok(Rulebook::read(&document)?)
}

/// The ruleset that a rulebook holds on a day.
fn on_day(book: &str, date: &str) -> Result<Meant, Failure> {
    let rulebook = rulebook(book)?;
    let day = first_day(date).ok_or_else(|| Failure::Usage {
        message: format!("expected a date after the @, found \"{date}\""),
        help: format!("write {book}@2024-05-01, {book}@2024-05 or {book}@2024"),
    })?;
    let era = rulebook.era_at(day).ok_or_else(|| {
        let first = rulebook.eras().first().map_or_else(String::new, |era| era.from().to_string());
        Failure::Usage {
            message: format!("the rulebook {} has no rules for {day}", rulebook.name()),
            help: format!("its first era begins on {first}"),
        }
    })?;
    let name = &era.clause().ruleset;
    let path = beside(book, name);
    let own = book.ends_with(".ron") && path.is_file();
    let meant = if own { ruleset(&path.display().to_string()) } else { ruleset(name) };
    Ok(Meant { day: Some(day), ..meant? })
}

/// The file of a ruleset beside a rulebook.
fn beside(book: &str, ruleset: &str) -> std::path::PathBuf {
    Path::new(book).parent().unwrap_or(Path::new("")).join(format!("{ruleset}.ron"))
}

/// A path that means the same file in every folder.
fn from_anywhere(path: &Path) -> Result<String, Failure> {
    let full = std::path::absolute(path)?;
    let text = full.to_str().map(str::to_owned);
    text.ok_or_else(|| Failure::Usage {
        message: format!("the name of {} is no text", path.display()),
        help: "give the file and its folders names in UTF-8".to_owned(),
    })
}
