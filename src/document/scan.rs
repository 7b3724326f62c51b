//! The form of a RON text: its tree of nodes with their ranges, and what is wrong with its form.
//!
//! The scanner accepts every text and never panics. It goes on behind a missing comma or a value that lacks its
//! quotes (these are noted and can be repaired); it stops where brackets or quotes do not match.

use std::ops::Range;

use super::{
    finding::Finding,
    name::is_word,
    node::{Body, Group, Item, Key, Node, Shape},
};

/// What a scan found.
#[derive(Debug, Default)]
pub(super) struct Scan {
    /// The value of the text; partial if `fatal`.
    pub(super) root: Option<Node>,
    /// What is wrong with the form, in the order of the text.
    pub(super) findings: Vec<Finding>,
    /// Blanks that must become commas to repair the text.
    pub(super) commas: Vec<usize>,
    /// Percentages without quotes: whether quotes are missing or a decimal number is wanted, the reader knows.
    pub(super) percents: Vec<Range<usize>>,
    /// Whether brackets or quotes do not match, so that nothing behind the place can be trusted.
    pub(super) fatal: bool,
}

/// Scans a text.
pub(super) fn scan(text: &str) -> Scan {
    let mut scanner = Scanner { text, at: 0, depth: 0, out: Scan::default(), broken_text: None };
    if scanner.document().is_none() {
        scanner.out.fatal = true;
    }
    scanner.out
}

/// ron itself stops at 128.
const DEEPEST: usize = 100;

struct Scanner<'t> {
    text: &'t str,
    at: usize,
    depth: usize,
    out: Scan,
    /// The first text in quotes that runs over a line's end: the suspect when quotes do not match.
    broken_text: Option<usize>,
}

// Every method that returns an Option returns None when the scan cannot go on; the finding is then noted.
impl<'t> Scanner<'t> {
    fn document(&mut self) -> Option<()> {
        self.blanks()?;
        while self.rest().starts_with("#![") {
            let length = self.rest().find(']').map(|end| end + 1)?;
            self.at += length;
            self.blanks()?;
        }
        if self.rest().is_empty() {
            let finding = Finding::error("the file is empty").at(self.at..self.at);
            return self.stop(finding.help("it should hold a record: ( name: value, .. )"));
        }
        let root = self.value();
        self.out.root = root;
        self.out.root.as_ref()?;
        if self.out.fatal {
            return None;
        }
        self.blanks()?;
        self.end_of_text()
    }

    fn end_of_text(&mut self) -> Option<()> {
        let Some(next) = self.peek() else { return Some(()) };
        let line = self.rest().lines().next().unwrap_or_default().trim_end().len();
        let end = self.out.root.as_ref().map_or(0, |root| root.span.end);
        let finding = if next == ':' {
            Finding::error("the file's values must stand in parentheses")
                .at(self.out.root.as_ref().map_or(0, |root| root.span.start)..end)
                .help("write ( before the first name and ) at the end of the file")
        } else if matches!(next, ')' | ']' | '}') {
            Finding::error(format!("this `{next}` closes nothing"))
                .at(self.at..self.at + 1)
                .also(end.saturating_sub(1)..end, "everything is closed here already")
        } else {
            Finding::error("nothing may follow here: the file's value has ended")
                .at(self.at..self.at + line)
                .also(end.saturating_sub(1)..end, "it ends here")
                .help("is a bracket closed too early?")
        };
        self.stop(finding)
    }

    fn value(&mut self) -> Option<Node> {
        let start = self.at;
        let Some(next) = self.peek() else {
            return self.stop(Finding::error("a value is missing").at(start..start));
        };
        match next {
            '(' | '[' | '{' => self.group(start, None),
            '"' => self.quoted(),
            '\'' => self.character(),
            _ if self.raw_text_starts() => self.raw_text(),
            _ if self.rest().starts_with("b\"") || self.rest().starts_with("b'") => {
                self.at += 1;
                self.value().map(|inner| Node { span: start..inner.span.end, ..inner })
            }
            _ if is_run(next) => self.run(),
            _ => self.unexpected(next),
        }
    }

    // ---- brackets ----

    fn group(&mut self, start: usize, word: Option<Range<usize>>) -> Option<Node> {
        let open = self.at;
        let shape = match self.peek() {
            Some('[') => Shape::List,
            Some('{') => Shape::Map,
            _ => Shape::Tuple,
        };
        self.at += 1;
        self.depth += 1;
        if self.depth > DEEPEST {
            return self.stop(Finding::error("brackets are nested too deeply here").at(open..open + 1));
        }
        let mut group = Group { shape, open, items: Vec::new() };
        let whole = self.items(&mut group);
        self.depth -= 1;
        if whole.is_none() {
            // A partial group still serves to name places.
            self.out.fatal = true;
        }
        Some(Node { span: start..self.at, word, body: Body::Group(group) })
    }

    fn items(&mut self, group: &mut Group) -> Option<()> {
        loop {
            self.blanks()?;
            if self.close(group)? {
                return Some(());
            }
            if let Some(last) = group.items.last().filter(|last| last.comma.is_none()) {
                self.missing_comma(last.span())?;
            }
            let item = self.item(group)?;
            group.items.push(item);
            if self.out.fatal {
                return None;
            }
            self.blanks()?;
            if self.peek() == Some(',') {
                if let Some(last) = group.items.last_mut() {
                    last.comma = Some(self.at);
                }
                self.at += 1;
            }
        }
    }

    /// Whether the group ends here.
    fn close(&mut self, group: &Group) -> Option<bool> {
        let closer = match group.shape {
            Shape::List => ']',
            Shape::Map => '}',
            Shape::Record | Shape::Tuple => ')',
        };
        match self.peek() {
            Some(found) if found == closer => {
                self.at += 1;
                Some(true)
            }
            Some(found @ (')' | ']' | '}')) => {
                let opener = self.char_at(group.open);
                let finding = Finding::error(format!("`{opener}` is not closed"))
                    .at(group.open..group.open + 1)
                    .also(self.at..self.at + 1, format!("`{closer}` should come before this `{found}`"));
                self.stop(finding)
            }
            Some(_) => Some(false),
            None => {
                let opener = self.char_at(group.open);
                self.stop(
                    Finding::error(format!("`{opener}` is not closed"))
                        .at(group.open..group.open + 1)
                        .help(format!("the file ends before its `{closer}`")),
                )
            }
        }
    }

    fn item(&mut self, group: &mut Group) -> Option<Item> {
        let first = group.items.is_empty();
        if group.shape == Shape::Tuple && first && self.field_starts() {
            group.shape = Shape::Record;
        }
        match group.shape {
            Shape::List | Shape::Tuple => Some(Item { key: None, value: self.value()?, comma: None }),
            Shape::Record | Shape::Map => self.entry(group.shape),
        }
    }

    /// Whether a name with a colon (or what was meant as one) stands here.
    fn field_starts(&self) -> bool {
        let rest = self.rest();
        let rest = rest.strip_prefix("r#").unwrap_or(rest);
        let length = rest.find(|c| !is_run(c)).unwrap_or(rest.len());
        let starts = rest.chars().next().is_some_and(|c| c == '_' || c.is_alphabetic());
        let behind = rest[length..].trim_start();
        let colon = behind.starts_with(':') || (behind.starts_with('=') && !behind.starts_with("=="));
        starts && length > 0 && colon
    }

    fn entry(&mut self, shape: Shape) -> Option<Item> {
        let notes = self.out.findings.len();
        let key = self.value()?;
        if self.out.fatal {
            return None;
        }
        let key = self.key(key, shape, notes);
        self.blanks()?;
        self.colon(&key)?;
        self.blanks()?;
        if matches!(self.peek(), Some(',' | ')' | ']' | '}') | None) {
            let finding = Finding::error(format!("`{}` has no value", key.name)).at(key.span.clone());
            if self.peek().is_none() {
                return self.stop(finding);
            }
            self.out.findings.push(finding);
            let value = Node { span: self.at..self.at, word: None, body: Body::Bad };
            return Some(Item { key: Some(key), value, comma: None });
        }
        let mut value = self.value()?;
        if self.out.findings.get(notes).is_some_and(|finding| finding.place.as_ref() == Some(&key.span)) {
            value.body = Body::Bad;
        }
        Some(Item { key: Some(key), value, comma: None })
    }

    fn key(&mut self, node: Node, shape: Shape, notes: usize) -> Key {
        let source = self.text[node.span.clone()].to_owned();
        let bad = matches!(node.body, Body::Bad);
        let (name, bare) = match node.body {
            Body::Text(text) => (text, false),
            Body::Word => (source.trim_start_matches("r#").to_owned(), true),
            _ => (source, true),
        };
        if bad {
            self.out.findings.truncate(notes);
            self.out.percents.retain(|percent| *percent != node.span);
            let help = match shape {
                Shape::Map => format!("write \"{name}\""),
                _ => "a name has letters, digits and _ only".to_owned(),
            };
            self.out
                .findings
                .push(Finding::error(format!("`{name}` is no name")).at(node.span.clone()).help(help));
        }
        Key { span: node.span, name, bare }
    }

    fn colon(&mut self, key: &Key) -> Option<()> {
        match self.peek() {
            Some(':') => self.at += 1,
            Some('=') => {
                let finding = Finding::error(format!("`:` belongs between `{}` and its value", key.name))
                    .at(self.at..self.at + 1)
                    .help("write `:` instead of `=`");
                return self.stop(finding);
            }
            _ => {
                let end = key.span.end;
                let finding = Finding::error(format!("a colon is missing after `{}`", key.name)).at(end..end);
                return self.stop(finding);
            }
        }
        Some(())
    }

    fn missing_comma(&mut self, before: Range<usize>) -> Option<()> {
        let end = before.end;
        let finding = Finding::error(format!("a comma is missing after {}", self.short(before))).at(end..end);
        if self.text[end..].starts_with(|c: char| c.is_ascii_whitespace()) {
            self.out.commas.push(end);
            self.out.findings.push(finding);
            return Some(());
        }
        self.stop(finding)
    }

    /// An item as it is called in a message: its name, or its first words.
    fn short(&self, span: Range<usize>) -> String {
        let line = self.text[span].lines().next().unwrap_or_default().trim_end();
        match line.char_indices().nth(40) {
            Some((cut, _)) => format!("`{} ..`", line[..cut].trim_end()),
            None => format!("`{line}`"),
        }
    }

    // ---- words and numbers ----

    /// Letters, digits and what people write between them: a word, a number, or something that lacks its quotes.
    fn run(&mut self) -> Option<Node> {
        let start = self.at;
        if self.rest().starts_with("r#") {
            self.at += 2;
        }
        let rest = self.rest();
        let mut length = rest.find(|c| !is_run(c)).unwrap_or(rest.len());
        if let Some(comment) = rest[..length].find("//").or_else(|| rest[..length].find("/*")) {
            length = comment;
        }
        if length == 0 {
            let next = self.peek().unwrap_or('#');
            return self.unexpected(next);
        }
        self.at += length;
        let span = start..self.at;
        let run = &self.text[span.clone()];
        if is_word(run) && !not_a_number(run) {
            return self.behind_word(span);
        }
        if is_number(run) {
            return Some(Node { span, word: None, body: Body::Number });
        }
        if as_decimal(run).is_some() {
            self.out.percents.push(span.clone());
            return Some(Node { span, word: None, body: Body::Bad });
        }
        let finding = if not_a_number(run) {
            Finding::error(format!("`{run}` cannot be used: a number is needed that can be reckoned with"))
                .help("write a decimal number, such as 0.01")
        } else {
            let words = if run.starts_with(char::is_alphabetic) {
                "; a word without quotes has letters, digits and _ only"
            } else {
                ""
            };
            Finding::error(format!("`{run}` must stand in quotes")).help(format!("write \"{run}\"{words}"))
        };
        self.out.findings.push(finding.at(span.clone()));
        Some(Node { span, word: None, body: Body::Bad })
    }

    fn behind_word(&mut self, word: Range<usize>) -> Option<Node> {
        let behind = self.at;
        self.blanks()?;
        if self.peek() == Some('(') {
            return self.group(word.start, Some(word));
        }
        self.at = behind;
        Some(Node { span: word.clone(), word: Some(word), body: Body::Word })
    }

    fn unexpected<T>(&mut self, found: char) -> Option<T> {
        let finding =
            Finding::error(format!("`{found}` is not expected here")).at(self.at..self.at + found.len_utf8());
        let finding = match found {
            '“' | '”' | '„' | '‘' | '’' | '«' | '»' | '`' => {
                finding.help("text stands in straight quotes: \"like this\"")
            }
            ';' => finding.help("entries are separated by `,`"),
            '#' => finding.help("a comment begins with //"),
            '=' => finding.help("a name and its value are separated by `:`"),
            ',' => finding.help("a value is missing before this comma, or there is one comma too many"),
            ')' | ']' | '}' => finding.help("a value is missing, or a bracket is closed that was not opened"),
            _ => finding,
        };
        self.stop(finding)
    }

    // ---- quotes ----

    fn quoted(&mut self) -> Option<Node> {
        let start = self.at;
        let mut decoded = String::new();
        let mut characters = self.rest().char_indices().skip(1);
        let end = loop {
            match characters.next() {
                Some((at, '"')) => break start + at + 1,
                Some((_, '\\')) => match characters.next() {
                    Some((_, escaped)) => decoded.push(unescaped(escaped)),
                    None => return self.unclosed_text(start),
                },
                Some((_, c)) => decoded.push(c),
                None => return self.unclosed_text(start),
            }
        };
        self.at = end;
        if decoded.contains('\n') {
            self.broken_text.get_or_insert(start);
            if self.peek().is_some_and(|next| is_run(next) && next != '/') {
                return self.unclosed_text(start);
            }
        }
        if decoded.contains('\\') || self.text[start..end].contains('\\') {
            decoded = ron::from_str(&self.text[start..end]).unwrap_or(decoded);
        }
        Some(Node { span: start..end, word: None, body: Body::Text(decoded) })
    }

    fn unclosed_text<T>(&mut self, start: usize) -> Option<T> {
        let start = self.broken_text.unwrap_or(start);
        let line = self.text[start..].lines().next().unwrap_or_default().trim_end().len();
        self.stop(Finding::error("the text that begins here has no closing quote").at(start..start + line))
    }

    fn raw_text_starts(&self) -> bool {
        let rest = self.rest();
        let rest = rest.strip_prefix("br").or_else(|| rest.strip_prefix('r'));
        rest.is_some_and(|rest| rest.trim_start_matches('#').starts_with('"'))
    }

    fn raw_text(&mut self) -> Option<Node> {
        let start = self.at;
        let Some(quote) = self.rest().find('"') else { return self.unclosed_text(start) };
        let hashes = self.rest()[..quote].matches('#').count();
        let closing = format!("\"{}", "#".repeat(hashes));
        let body = start + quote + 1;
        let Some(length) = self.text[body..].find(&closing) else { return self.unclosed_text(start) };
        self.at = body + length + closing.len();
        let decoded = self.text[body..body + length].to_owned();
        Some(Node { span: start..self.at, word: None, body: Body::Text(decoded) })
    }

    fn character(&mut self) -> Option<Node> {
        let start = self.at;
        let line = self.rest().lines().next().unwrap_or_default();
        let escaped = line[1..].starts_with('\\');
        let from = if escaped { 2 + line[2..].chars().next().map_or(0, char::len_utf8) } else { 1 };
        let Some(length) = line[from..].find('\'') else {
            let finding = Finding::error("`'` is not expected here").at(start..start + 1);
            return self.stop(finding.help("text stands in double quotes: \"like this\""));
        };
        self.at = start + from + length + 1;
        let span = start..self.at;
        let inside = &self.text[start + 1..self.at - 1];
        if escaped || inside.chars().count() == 1 {
            return Some(Node { span, word: None, body: Body::Number });
        }
        let finding = Finding::error("text stands in double quotes").help(format!("write \"{inside}\""));
        self.out.findings.push(finding.at(span.clone()));
        Some(Node { span, word: None, body: Body::Bad })
    }

    // ---- blanks and comments ----

    fn blanks(&mut self) -> Option<()> {
        loop {
            let rest = self.rest();
            let trimmed = rest.trim_start_matches(is_blank);
            self.at += rest.len() - trimmed.len();
            if trimmed.starts_with("//") {
                self.at += trimmed.find('\n').unwrap_or(trimmed.len());
            } else if trimmed.starts_with("/*") {
                self.comment()?;
            } else {
                return Some(());
            }
        }
    }

    fn comment(&mut self) -> Option<()> {
        let start = self.at;
        let mut depth = 0_usize;
        loop {
            let rest = self.rest();
            if rest.starts_with("/*") {
                depth += 1;
                self.at += 2;
            } else if rest.starts_with("*/") {
                depth -= 1;
                self.at += 2;
                if depth == 0 {
                    return Some(());
                }
            } else if let Some(c) = self.peek() {
                self.at += c.len_utf8();
            } else {
                let finding =
                    Finding::error("the comment that begins here is not closed").at(start..start + 2);
                return self.stop(finding.help("end it with */, or begin each of its lines with //"));
            }
        }
    }

    // ---- the small things ----

    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn char_at(&self, at: usize) -> char {
        self.text[at..].chars().next().unwrap_or(' ')
    }

    fn stop<T>(&mut self, finding: Finding) -> Option<T> {
        if !self.out.fatal {
            self.out.findings.push(finding);
            self.out.fatal = true;
        }
        None
    }
}

/// What may stand within a word, a number or a value that lacks its quotes.
fn is_run(c: char) -> bool {
    c.is_alphanumeric()
        || matches!(
            c,
            '_' | '.'
                | '+'
                | '-'
                | '%'
                | '/'
                | '$'
                | '€'
                | '£'
                | '@'
                | '&'
                | '*'
                | '<'
                | '>'
                | '!'
                | '?'
                | '~'
                | '^'
                | '|'
                | '°'
        )
}

/// What RON takes for white space.
pub(super) fn is_blank(c: char) -> bool {
    matches!(
        c,
        ' ' | '\t'
            | '\n'
            | '\r'
            | '\x0B'
            | '\x0C'
            | '\u{85}'
            | '\u{200E}'
            | '\u{200F}'
            | '\u{2028}'
            | '\u{2029}'
    )
}

fn not_a_number(run: &str) -> bool {
    let run = run.trim_start_matches(['+', '-']);
    matches!(run, "NaN" | "inf" | "NaNf32" | "NaNf64" | "inff32" | "inff64")
}

/// A percentage as a decimal number: `0.025` for `2.5%`.
pub(super) fn as_decimal(run: &str) -> Option<String> {
    let number: f64 = run.strip_suffix('%').filter(|number| is_number(number))?.parse().ok()?;
    let digits = format!("{:.12}", number / 100.0);
    Some(digits.trim_end_matches('0').trim_end_matches('.').to_owned())
}

/// Whether this is a number as RON writes it.
pub(super) fn is_number(run: &str) -> bool {
    let run = run.strip_prefix(['+', '-']).unwrap_or(run);
    if let Some(digits) = ["0x", "0b", "0o"].iter().find_map(|base| run.strip_prefix(base)) {
        return digits.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    }
    let suffixes = ["i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64", "f32", "f64"];
    let run = suffixes.iter().find_map(|suffix| run.strip_suffix(suffix)).unwrap_or(run);
    let (mantissa, exponent) = run.split_once(['e', 'E']).unwrap_or((run, "0"));
    let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    let digits = |s: &str| s.chars().all(|c| c.is_ascii_digit() || c == '_');
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let some = whole.chars().chain(fraction.chars()).any(|c| c.is_ascii_digit());
    some && digits(whole) && digits(fraction) && !exponent.is_empty() && digits(exponent)
}

fn unescaped(c: char) -> char {
    match c {
        'n' => '\n',
        't' => '\t',
        'r' => '\r',
        other => other,
    }
}
