//! Where each value of a file of rules comes from: a source, a computation from one, or an assumption with its reason;
//! and the checks of it that rulesets, price tables and rulebooks share.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::document::{Check, Ordered, Word, nearest};

/// A publication that states rules.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Title of the page or document.
    pub title: String,
    /// Where it was published (site and page; never fetched).
    pub address: String,
    /// When it was published or last seen in force, as precisely as known: `2022`, `2022-05` or `2022-05-02`.
    pub date: String,
    /// How much it can be trusted.
    pub grade: Grade,
}

impl Source {
    /// The source under its key: title, address, date and grade.
    pub fn in_words(&self, key: &str) -> String {
        let grade = match self.grade {
            Grade::Official => "official",
            Grade::Provider => "a provider",
            Grade::Blog => "a blog",
            Grade::Study => "a study",
        };
        format!("{key}: {}; {}; {} ({grade})", self.title, self.address, self.date)
    }
}

/// How far a source can be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Grade {
    /// The platform's own text, or a mirror of it.
    Official,
    /// A solution provider's documentation.
    Provider,
    /// A vendor's blog.
    Blog,
    /// A study.
    Study,
}

/// Values of a clause that do not come from its `source` list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Exception {
    /// No source states these values; the text says why they were chosen.
    Assumed(Vec<Word>, String),
    /// These values follow from what a source states; the text says how.
    Derived(Vec<Word>, String),
    /// Another source of the file states these values.
    By(Vec<Word>, Word),
}

impl Exception {
    /// The fields or condition words that it speaks of; `all` means every value of the clause.
    pub fn fields(&self) -> &[Word] {
        match self {
            Exception::Assumed(fields, _) | Exception::Derived(fields, _) | Exception::By(fields, _) => {
                fields
            }
        }
    }
}

/// Whether the source `key` is named, or spoken of in a reason.
pub(super) fn cited(key: &str, source: &[Word], except: &[Exception]) -> bool {
    let in_text =
        |text: &str| text.split(|c: char| !(c.is_alphanumeric() || c == '_')).any(|word| word == key);
    let in_exception = |exception: &Exception| match exception {
        Exception::By(_, other) => other.as_str() == key,
        Exception::Assumed(_, text) | Exception::Derived(_, text) => in_text(text),
    };
    source.iter().any(|other| other.as_str() == key) || except.iter().any(in_exception)
}

/// What every clause carries besides its own values.
#[derive(Clone, Copy, Debug)]
pub struct Origin<'r> {
    /// Keys of the sources that state the clause.
    pub source: &'r [Word],
    /// The values that come from elsewhere.
    pub except: &'r [Exception],
    /// First civil date on which the clause is in force; always, when absent.
    pub since: Option<&'r str>,
    /// First civil date on which it is no longer in force; never, when absent.
    pub until: Option<&'r str>,
}

impl<'r> Origin<'r> {
    /// What is said of the value at `steps`, the field names and words from the clause down to the value.
    pub fn of_value(&self, steps: &[&str]) -> Option<&'r Exception> {
        let names =
            |exception: &Exception, name: &str| exception.fields().iter().any(|word| word.as_str() == name);
        let closest =
            steps.iter().rev().find_map(|step| self.except.iter().find(|exception| names(exception, step)));
        closest.or_else(|| self.except.iter().find(|exception| names(exception, "all")))
    }
}

// ---- checks that every file with origins shares ---------------------------------------------------------------

/// Notes that `text` is no date.
pub(super) fn no_date(check: &mut Check<'_>, path: &str, text: &str) {
    let help = "write \"2025-10-07\", \"2025-10\" or \"2025\"";
    check.error(path, format!("expected a date, found {text:?}"), help);
}

/// Notes the keys in the `source` and `except` lists under `prefix` (`upgrade.volume.`; nothing for the file itself)
/// that are no source, or stand there twice; the advice is `otherwise` where no key is near.
pub(super) fn source_keys(
    check: &mut Check<'_>,
    prefix: &str,
    (source, except): (&[Word], &[Exception]),
    sources: &Ordered<Source>,
    otherwise: impl Fn() -> String,
) {
    let mut known = |path: String, key: &Word, before: &[Word]| {
        if sources.get(key.as_str()).is_none() {
            let near = nearest(key.as_str(), sources.keys());
            let help = near.map_or_else(&otherwise, |near| format!("did you mean `{near}`?"));
            check.error(&path, format!("there is no source `{key}`"), help);
        }
        if before.contains(key) {
            check.error(&path, format!("the source `{key}` is named twice"), "leave one out");
        }
    };
    for (place, key) in source.iter().enumerate() {
        known(format!("{prefix}source[{place}]"), key, &source[..place]);
    }
    for (place, exception) in except.iter().enumerate() {
        if let Exception::By(_, key) = exception {
            known(format!("{prefix}except[{place}][1]"), key, &[]);
        }
    }
}

/// Notes what is wrong with the exceptions of the list at `path`, whatever they speak of: no value, a value twice, no
/// reason. `name` looks at each name and its path; `such_as` shows what an exception names.
pub(super) fn exceptions<'d>(
    check: &mut Check<'d>,
    path: &str,
    except: &[Exception],
    such_as: &str,
    mut name: impl FnMut(&mut Check<'d>, &str, &Word),
) {
    let mut named: Vec<&Word> = Vec::new();
    for (place, exception) in except.iter().enumerate() {
        let path = format!("{path}[{place}]");
        if exception.fields().is_empty() {
            check.error(&path, "an exception names the values it speaks of", such_as);
        }
        if let Exception::Assumed(_, why) | Exception::Derived(_, why) = exception
            && why.trim().is_empty()
        {
            let help = "say in a few words why this value and no other";
            check.error(&format!("{path}[1]"), "an exception gives its reason", help);
        }
        for (index, word) in exception.fields().iter().enumerate() {
            let path = format!("{path}[0][{index}]");
            if named.contains(&word) {
                let message = format!("`{word}` is named twice in `except`");
                check.error(&path, message, "a value has one origin");
            }
            name(check, &path, word);
            named.push(word);
        }
    }
}

/// Notes that `word` is none of `names`, the values of a clause, nor `all`.
pub(super) fn value_name(check: &mut Check<'_>, path: &str, names: &[&str], word: &Word) {
    if word.as_str() == "all" || names.contains(&word.as_str()) {
        return;
    }
    let help = match nearest(word.as_str(), names.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("its values are {}", names.join(", ")),
    };
    check.error(path, format!("there is no value `{word}` here"), help);
}

/// Notes what is wrong with the list of sources: a date, a title or an address, and what nothing `uses`.
pub(super) fn source_list(
    check: &mut Check<'_>,
    sources: &Ordered<Source>,
    user: &str,
    uses: impl Fn(&str) -> bool,
) {
    for (key, source) in sources.iter() {
        let path = format!("sources.{key}");
        check.given(&[], |check| publication(check, &path, source));
        if !uses(key) {
            let message = format!("{user} uses the source `{key}`");
            check.error(&path, message, "name it where it is stated, or leave it out");
        }
    }
}

/// Notes what is wrong with a source by itself.
fn publication(check: &mut Check<'_>, path: &str, source: &Source) {
    if first_day(&source.date).is_none() {
        no_date(check, &format!("{path}.date"), &source.date);
    }
    for (field, text) in [("title", &source.title), ("address", &source.address)] {
        if text.trim().is_empty() {
            let help = "a reader must be able to find the text";
            check.error(&format!("{path}.{field}"), format!("the {field} of a source is empty"), help);
        }
    }
}

/// The first day of a date that is known to the day, the month or the year: `2025-10-07`, `2025-10`, `2025`.
///
/// ```
/// use jiff::civil::date;
/// use tiercast::platform::first_day;
///
/// assert_eq!(first_day("2025-10-07"), Some(date(2025, 10, 7)));
/// assert_eq!(first_day("2025-10"), Some(date(2025, 10, 1)));
/// assert_eq!(first_day("2025"), Some(date(2025, 1, 1)));
/// assert_eq!(first_day("October 2025"), None);
/// ```
pub fn first_day(text: &str) -> Option<Date> {
    let full = match text.len() {
        4 => format!("{text}-01-01"),
        7 => format!("{text}-01"),
        10 => text.to_owned(),
        _ => return None,
    };
    let digits_and_dashes = full.bytes().enumerate().all(|(place, byte)| match place {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    });
    if digits_and_dashes { full.parse().ok() } else { None }
}
