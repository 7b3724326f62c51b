//! What the reader's errors mean, in words for people who plan and do not program.

use ron::error::Error;

use super::{
    finding::Finding,
    name::is_word,
    node::{Body, Item, Key, Node, Shape, described},
    scan::{as_decimal, is_number},
};

/// What an error is about.
#[derive(Debug, Clone, Copy)]
pub(super) struct Subject<'n> {
    /// The value, or the value of the faulty key.
    pub(super) node: &'n Node,
    /// The key, if the error is about a key and not about its value.
    pub(super) key: Option<&'n Key>,
    /// The entry that holds the value.
    pub(super) item: Option<&'n Item>,
    /// The value that holds the entry.
    pub(super) holder: Option<&'n Node>,
    /// Whether the reader stopped within the value.
    pub(super) inside: bool,
}

impl Subject<'_> {
    fn place(&self) -> std::ops::Range<usize> {
        self.key.map_or(self.node.span.clone(), |key| key.span.clone())
    }

    fn found(&self, text: &str) -> String {
        match self.key {
            Some(key) if key.bare => format!("the word `{}`", key.name),
            Some(key) => text[key.span.clone()].to_owned(),
            None => described(self.node, text),
        }
    }

    /// How the value's type is called where serde knows no name.
    fn called(&self, outer: Option<&str>, text: &str) -> String {
        let node = if self.key.is_some() { self.holder } else { Some(self.node) };
        let word = node.and_then(|node| node.word_in(text));
        let field = self.item.and_then(|item| item.key.as_ref()).filter(|_| self.key.is_none());
        match outer.filter(|outer| !outer.is_empty()).or(word) {
            Some(name) => name.to_owned(),
            None => field.map_or("this record".to_owned(), |key| format!("`{}`", key.name)),
        }
    }
}

/// The finding for an error of the reader.
pub(super) fn finding(code: &Error, subject: Subject<'_>, text: &str) -> Finding {
    let place = subject.place();
    match code {
        Error::NoSuchStructField { expected, found, outer } => {
            let owner = subject.called(outer.as_deref(), text);
            Finding::error(format!("{owner} has no `{found}`")).help(field_help(found, expected)).at(place)
        }
        Error::MissingStructField { field, outer } => {
            let owner = subject.called(outer.as_deref(), text);
            Finding::error(format!("`{field}` is missing in {owner}")).at(missing_place(subject))
        }
        Error::NoSuchEnumVariant { expected, found, .. } => {
            let place = subject.key.map_or_else(
                || subject.node.word.clone().unwrap_or(subject.node.span.clone()),
                |key| key.span.clone(),
            );
            Finding::error(format!("`{found}` is not known here")).help(word_help(found, expected)).at(place)
        }
        Error::Message(message) => {
            let (message, help) = message.split_once('\n').unwrap_or((message, ""));
            Finding::error(message).help(help).at(place)
        }
        Error::ExpectedDifferentStructName { expected, found } => {
            let place = subject.node.word.clone().unwrap_or(place);
            Finding::error(format!("expected `{expected}(..)`, found `{found}`")).at(place)
        }
        _ => unlike(code, subject, text).at(place),
    }
}

/// A value that stands without its name, one of `names`.
pub(super) fn nameless(subject: Subject<'_>, names: &[&str], text: &str) -> Finding {
    let found = subject.found(text);
    let owner = subject.holder.and_then(|holder| holder.word_in(text)).unwrap_or_default();
    let help = match names {
        [only] => format!("write `{owner}({only}: {found})`"),
        several => format!("`{owner}` has {}: write `name: {found}`", listed(several, "and")),
    };
    Finding::error(format!("the values of `{owner}(..)` have names, and {found} has none"))
        .help(help)
        .at(subject.place())
}

/// A value of another kind than expected.
fn unlike(code: &Error, subject: Subject<'_>, text: &str) -> Finding {
    let found = subject.found(text);
    let body = &subject.node.body;
    let expected = |what: &str| Finding::error(format!("expected {what}, found {found}"));
    if matches!(body, Body::Number) && subject.inside {
        return expected("a whole number");
    }
    match code {
        Error::ExpectedInteger | Error::InvalidIntegerDigit { .. } => {
            expected("a whole number").help(unquoted(subject, is_number))
        }
        Error::ExpectedFloat => expected("a number").help(decimal(subject)),
        Error::ExpectedBoolean => expected("true or false").help(yes_or_no(&subject, text)),
        Error::ExpectedChar => expected("one character such as 'x'"),
        Error::ExpectedString if as_decimal(&found).is_some() && subject.key.is_none() => {
            Finding::error(format!("`{found}` must stand in quotes")).help(quoted(subject, text))
        }
        Error::ExpectedString => expected("text in quotes").help(quoted(subject, text)),
        Error::ExpectedIdentifier | Error::SuggestRawIdentifier(_) => {
            expected("a word without quotes").help(unquoted(subject, is_word))
        }
        Error::ExpectedArray => expected("a list `[..]`").help(in_brackets(subject, text)),
        Error::ExpectedMap => expected("a map `{..}`"),
        Error::ExpectedStructLike | Error::ExpectedNamedStructLike(_) => record(code, subject, &found, text),
        Error::IntegerOutOfBounds => out_of_bounds(subject, text),
        Error::ExpectedComma
        | Error::ExpectedStructLikeEnd
        | Error::ExpectedMapEnd
        | Error::ExpectedArrayEnd
        | Error::TrailingCharacters => too_much(subject, &found, text),
        Error::InvalidValueForType { expected: what, .. } => expected(what),
        Error::ExpectedDifferentLength { expected: what, found } => wrong_count(subject, what, *found, text),
        Error::ExceededRecursionLimit => Finding::error("brackets are nested too deeply here"),
        other => Finding::error(lower(&other.to_string())),
    }
}

fn record(code: &Error, subject: Subject<'_>, found: &str, text: &str) -> Finding {
    if let (Body::Word, Some(word)) = (&subject.node.body, subject.node.word_in(text)) {
        return Finding::error(format!("`{word}` needs its values in parentheses"))
            .help(format!("write `{word}(..)`"));
    }
    let name = match code {
        Error::ExpectedNamedStructLike(name) if !name.is_empty() => format!(" for {name}"),
        _ => String::new(),
    };
    let finding = Finding::error(format!("expected values in parentheses `(..)`{name}, found {found}"));
    if like_json(subject.node) {
        return finding
            .help("a record is written ( name: value, .. ): parentheses, and no quotes around the names");
    }
    finding
}

/// Whether a value looks like an object of JSON.
pub(super) fn like_json(node: &Node) -> bool {
    node.group().is_some_and(|group| {
        let quoted = |item: &Item| item.key.as_ref().is_some_and(|key| !key.bare);
        group.shape == Shape::Map && group.items.first().is_none_or(quoted)
    })
}

fn out_of_bounds(subject: Subject<'_>, text: &str) -> Finding {
    let found = subject.found(text);
    if found.starts_with('-') && found.len() < 10 {
        return Finding::error(format!("expected a whole number from 0, found {found}"));
    }
    let size = if found.starts_with('-') { "small" } else { "large" };
    Finding::error(format!("{found} is too {size} a number here"))
}

/// Too few or too many values in parentheses. serde says how many it wants at the end of a sentence.
fn wrong_count(subject: Subject<'_>, wanted: &str, found: usize, text: &str) -> Finding {
    let number = wanted.split_whitespace().rev().find_map(|word| word.parse::<usize>().ok());
    let owner = match (subject.node.word_in(text), subject.item.and_then(|item| item.key.as_ref())) {
        (Some(word), _) => format!("`{word}(..)`"),
        (None, Some(key)) => format!("`{}`", key.name),
        (None, None) => described(subject.node, text),
    };
    match number {
        Some(1) => Finding::error(format!("{owner} needs 1 value, found {found}")),
        Some(number) => Finding::error(format!("{owner} needs {number} values, found {found}")),
        None => Finding::error(format!("expected {wanted}, found {}", subject.found(text))),
    }
}

fn too_much(subject: Subject<'_>, found: &str, text: &str) -> Finding {
    let word = subject.node.word_in(text).filter(|_| subject.inside && subject.node.group().is_some());
    if let Some(word) = word {
        return Finding::error(format!("`{word}` takes nothing in parentheses"))
            .help(format!("write `{word}`"));
    }
    let holder = subject.holder.and_then(|holder| holder.word_in(text));
    match holder {
        Some(word) => Finding::error(format!("{found} is too much: `{word}(..)` ends before it")),
        None => Finding::error(format!("{found} is one value too many")),
    }
}

// ---- help ----

fn field_help(found: &str, fields: &[&str]) -> String {
    match nearest(found, fields.iter().copied()) {
        Some(field) => format!("did you mean `{field}`?"),
        None if fields.is_empty() => "it has no fields".to_owned(),
        None => format!("it has {}", listed(fields, "and")),
    }
}

fn word_help(found: &str, words: &[&str]) -> String {
    let all = listed(words, "or");
    match nearest(found, words.iter().copied()) {
        Some(word) if words.len() > 1 => format!("did you mean `{word}`? possible here: {all}"),
        Some(word) => format!("did you mean `{word}`?"),
        None if words.is_empty() => String::new(),
        None => format!("possible here: {all}"),
    }
}

fn quoted(subject: Subject<'_>, text: &str) -> String {
    match (subject.key, &subject.node.body) {
        (Some(key), _) => format!("write \"{}\"", key.name),
        (None, Body::Word | Body::Number | Body::Bad) => {
            format!("write \"{}\"", &text[subject.node.span.clone()])
        }
        _ => String::new(),
    }
}

fn unquoted(subject: Subject<'_>, fits: fn(&str) -> bool) -> String {
    match (subject.key, &subject.node.body) {
        (Some(key), _) if !key.bare && fits(&key.name) => format!("write {} without quotes", key.name),
        (None, Body::Text(inside)) if fits(inside) => format!("write {inside} without quotes"),
        _ => String::new(),
    }
}

/// A number in quotes, or a percentage in quotes, as a number.
fn decimal(subject: Subject<'_>) -> String {
    match &subject.node.body {
        Body::Text(inside) if subject.key.is_none() => as_decimal(inside)
            .map_or_else(|| unquoted(subject, is_number), |number| format!("write {number}")),
        _ => unquoted(subject, is_number),
    }
}

fn yes_or_no(subject: &Subject<'_>, text: &str) -> &'static str {
    match subject.node.word_in(text).map(str::to_lowercase).as_deref() {
        Some("yes" | "on" | "true") => "write true",
        Some("no" | "off" | "false") => "write false",
        _ => "",
    }
}

fn in_brackets(subject: Subject<'_>, text: &str) -> String {
    let source = &text[subject.node.span.clone()];
    if subject.key.is_none() && source.len() <= 40 && !source.contains('\n') && subject.node.group().is_none()
    {
        return format!("write [{source}]");
    }
    String::new()
}

/// The word before the parenthesis, else the field's name, else the parenthesis.
fn missing_place(subject: Subject<'_>) -> std::ops::Range<usize> {
    let open = subject.node.group().map_or(subject.node.span.start, |group| group.open);
    let field = subject.item.and_then(|item| item.key.as_ref()).map(|key| key.span.clone());
    subject.node.word.clone().or(field).unwrap_or(open..open + 1)
}

/// The name that was probably meant: the nearest of the candidates, if it is near enough.
pub fn nearest<'c>(name: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let lowered = name.to_lowercase();
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(&lowered, &candidate.to_lowercase()), candidate))
        .filter(|(distance, candidate)| {
            let longer = name.chars().count().max(candidate.chars().count());
            *distance <= (longer / 3).max(1) && *distance < longer
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Advice on a name that is not known: the nearest one, and all.
pub(crate) fn did_you_mean<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> String {
    let known: Vec<&str> = known.collect();
    let all = known.join(", ");
    match nearest(name, known) {
        Some(meant) => format!("did you mean \"{meant}\"? There are: {all}"),
        None => format!("there are: {all}"),
    }
}

/// `a`, `b` or `c`
fn listed(names: &[&str], last: &str) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        Some((end, [])) => end.clone(),
        Some((end, before)) => format!("{} {last} {end}", before.join(", ")),
        None => String::new(),
    }
}

fn lower(message: &str) -> String {
    let mut characters = message.chars();
    characters.next().map_or(String::new(), |first| first.to_lowercase().chain(characters).collect())
}
