//! Reading a document and finding all its mistakes at once.
//!
//! ron stops at the first mistake. So the entry that holds it is blanked out, with spaces, so that every position
//! stays, and the text is read again, until it can be read. What blanking itself causes (the field just blanked is
//! now missing) is not told; the entry around it is blanked in turn. So of several fields missing in one record only
//! the first is told.
//!
//! A misspelt name is read as the one that was probably meant, and a percentage without quotes as some text, where that
//! fits in its place: so what is around it need not be blanked. That is a guess: nothing is told of what stands under it.

use std::ops::Range;

use ron::{
    Options,
    error::{Error, SpannedError},
    extensions::Extensions,
};
use serde::de::DeserializeOwned;

use super::{
    Document, Finding, Findings,
    at::byte_at,
    node::{Body, Group, Item, Node, Shape, duplicates},
    scan::{Scan, as_decimal, scan},
    wording::{self, Subject},
};

/// Says what a field of a type is for, by type and field: shown where the field is missing. Of a name that the type does
/// not have it may say what to write instead.
pub type FieldHelp = fn(&str, &str) -> Option<String>;

/// More findings than these are not collected from one document.
const MOST: usize = 100;

impl Document {
    /// Reads the document, or says all that is wrong with its form.
    ///
    /// `Some(..)` and the parentheses of newtypes may be left out. A type's own error, raised through
    /// `serde::de::Error::custom`, points at its value; behind a line break it may carry advice.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, Findings> {
        self.read_with_help(|_, _| None)
    }

    /// Reads the document as [`read`](Document::read) does; `help` explains fields that are missing.
    pub fn read_with_help<T: DeserializeOwned>(&self, help: FieldHelp) -> Result<T, Findings> {
        let (value, left_out) = self.read_what_can_be(help)?;
        if left_out.findings.is_empty() { Ok(value) } else { Err(Findings::new(self, left_out.findings)) }
    }

    /// Reads the document without the entries that cannot be read, and says which: a [`Check`](super::Check) that is told
    /// of them goes on with the rest. Only who leaves nothing out may use the value for more than that.
    ///
    /// # Errors
    /// All that is wrong with its form, where nothing can be read without a faulty entry.
    pub fn read_what_can_be<T: DeserializeOwned>(&self, help: FieldHelp) -> Result<(T, LeftOut), Findings> {
        let scan = scan(&self.text);
        let first = parse::<T>(&self.text);
        let twice = scan.root.as_ref().is_some_and(|root| !duplicates(root).is_empty());
        match first {
            Ok(value) if (scan.fatal || scan.findings.is_empty()) && !twice => {
                Ok((value, LeftOut::default()))
            }
            _ => self.mistakes(scan, help).map_err(|findings| Findings::new(self, findings)),
        }
    }

    fn mistakes<T: DeserializeOwned>(
        &self,
        mut scan: Scan,
        help: FieldHelp,
    ) -> Result<(T, LeftOut), Vec<Finding>> {
        let root = match scan.root.take() {
            Some(root) if !scan.fatal => root,
            _ => return Err(scan.findings),
        };
        let mut recovery = Recovery::new(self, &root, scan, help);
        for _ in 0..10 * MOST {
            let error = match parse::<T>(&recovery.text) {
                Ok(value) => return Ok((value, recovery.left_out())),
                Err(error) => error,
            };
            let names = recovery.nameless(&error).map(|at| names_at::<T>(&recovery.text, at));
            if !recovery.step(&error, names.unwrap_or_default()) || recovery.findings.len() >= MOST {
                break;
            }
        }
        Err(recovery.finish())
    }
}

/// What of a document could not be read as it stands, and how its text is read without it.
#[derive(Debug, Default)]
pub struct LeftOut {
    /// What is wrong with it.
    pub(super) findings: Vec<Finding>,
    /// Where it stands.
    pub(super) places: Vec<Range<usize>>,
    /// The text with blanks or a guess in its place, so that everything else stays where it is.
    pub(super) text: String,
}

/// How documents are read and written: without `Some(..)` and without the parentheses of newtypes.
pub fn options() -> Options {
    let extensions =
        Extensions::IMPLICIT_SOME | Extensions::UNWRAP_NEWTYPES | Extensions::UNWRAP_VARIANT_NEWTYPES;
    Options::default().with_default_extension(extensions)
}

fn parse<T: DeserializeOwned>(text: &str) -> Result<T, SpannedError> {
    options().from_str(text)
}

/// The names that are possible where a value stands without one: an impossible one is tried, and the reader tells.
fn names_at<T: DeserializeOwned>(text: &str, at: usize) -> &'static [&'static str] {
    let (before, after) = text.split_at(at);
    match parse::<T>(&format!("{before}_: {after}")).map_err(|error| error.code) {
        Err(Error::NoSuchStructField { expected, found, .. }) if found == "_" => expected,
        _ => &[],
    }
}

struct Recovery<'n> {
    root: &'n Node,
    /// The text with what was blanked out and repaired so far.
    text: String,
    original: &'n str,
    help: FieldHelp,
    findings: Vec<Finding>,
    blanked: Vec<Range<usize>>,
    /// Percentages without quotes of which the reader has said nothing yet: it reads them as numbers.
    percents: Vec<Range<usize>>,
    /// What is read as something else than what stands there: all percentages without quotes, entries of misspelt names.
    guessed: Vec<Range<usize>>,
    /// Fields that will be missing and are not to be told: the group's opening bracket and the name.
    excused: Vec<(usize, String)>,
}

/// The way from the root to a node: each holder with the item that leads on.
type Way<'n> = Vec<(&'n Node, &'n Item)>;

/// What an error is about, and the way there.
struct Blame<'n> {
    way: Way<'n>,
    node: &'n Node,
    /// Whether it is about the key of the last item.
    key: bool,
    /// Whether it was raised when the node had been read to its end.
    whole: bool,
    /// Whether it was raised within the node, or behind its word.
    inside: bool,
}

impl<'n> Recovery<'n> {
    fn new(document: &'n Document, root: &'n Node, scan: Scan, help: FieldHelp) -> Self {
        let mut text = document.text.clone();
        for comma in &scan.commas {
            text.replace_range(*comma..*comma + 1, ",");
        }
        for percent in &scan.percents {
            text.replace_range(percent.end - 1..percent.end, " ");
        }
        let mut recovery = Recovery {
            root,
            text,
            original: &document.text,
            help,
            findings: scan.findings,
            blanked: Vec::new(),
            guessed: scan.percents.clone(),
            percents: scan.percents,
            excused: Vec::new(),
        };
        for (item, finding) in duplicates(root) {
            recovery.findings.push(finding);
            recovery.blank_item(item);
        }
        let bad = |node: &Node, percents: &[Range<usize>]| {
            matches!(node.body, Body::Bad) && !percents.contains(&node.span)
        };
        while let Some(way) = recovery.seek(&|node| bad(node, &recovery.percents)) {
            if !recovery.blank(&way) {
                break;
            }
        }
        recovery
    }

    /// Notes an error and blanks what causes it; false if there is nothing left to blank.
    fn step(&mut self, error: &SpannedError, names: &[&str]) -> bool {
        let blame = self.blame(error);
        if blame.way.is_empty() && wording::like_json(blame.node) && wants_record(&error.code) {
            let help = "a record is written ( name: value, .. ): parentheses, and no quotes around the names";
            let place = blame.node.span.start..blame.node.span.start + 1;
            self.findings.push(Finding::error("this looks like JSON").at(place).help(help));
            return false;
        }
        let guessed = self.is_within_guess(&blame);
        if !guessed && !self.caused_by_blanking(&error.code, &blame) {
            let finding = self.finding(&error.code, &blame, names);
            self.findings.push(finding);
        }
        self.excuse_meant_field(&error.code, &blame);
        let read = match self.percents.iter().position(|percent| !guessed && *percent == blame.node.span) {
            Some(place) => {
                self.percents.remove(place);
                // Where a text is wanted, any short one will do: nothing leans on it.
                self.put(&blame, "\"1\"")
            }
            None => self.read_as_meant(&error.code, &blame),
        };
        read.is_some() || self.blank(&blame.way)
    }

    /// Whether an error is about something under a name that was guessed. A percentage is told of by itself.
    fn is_within_guess(&self, blame: &Blame<'n>) -> bool {
        let mut names = self.guessed.iter().filter(|range| !self.percents.contains(range));
        names.any(|range| contains(range, &blame.node.span))
    }

    /// Puts the name that was probably meant in place of a misspelt one, and blanks beside it, so that every position stays.
    fn read_as_meant(&mut self, code: &Error, blame: &Blame<'n>) -> Option<()> {
        let (Error::NoSuchStructField { found, expected, .. }
        | Error::NoSuchEnumVariant { found, expected, .. }) = code
        else {
            return None;
        };
        let (holder, item) = *blame.way.last()?;
        let meant = wording::nearest(found, expected.iter().copied())?;
        let key = item.key.as_ref().map(|key| key.span.clone());
        let name = if blame.key { key } else { blame.node.word.clone() }?;
        if self.text.get(name.clone())? != found {
            return None;
        }
        if blame.key {
            let twice = |other: &Item| other.key.as_ref().is_some_and(|key| key.name == meant);
            let room = name.start..item.value.span.start;
            let behind = self.text.get(name.end..room.end).filter(|behind| !behind.contains('\n'))?;
            let written = format!("{meant}{}", behind.trim_end());
            let blanks =
                room.len().checked_sub(written.len()).filter(|_| !holder.items().iter().any(twice))?;
            self.text.replace_range(room, &(written + &" ".repeat(blanks)));
        } else {
            self.put(blame, meant)?;
        }
        self.guessed.push(item.span());
        Some(())
    }

    /// Puts something else in place of a value or its word, with the blanks before it, if it fits there.
    fn put(&mut self, blame: &Blame<'n>, written: &str) -> Option<()> {
        let (_, item) = *blame.way.last()?;
        let place = blame.node.word.clone().unwrap_or(blame.node.span.clone());
        let before = self.text.get(item.key.as_ref().map_or(place.start, |key| key.span.end)..place.start)?;
        let blanks = before.len() - before.trim_end_matches(' ').len();
        let room = place.start - blanks..place.end;
        let blanks = " ".repeat(room.len().checked_sub(written.len())?);
        self.text.replace_range(room, &(blanks + written));
        Some(())
    }

    /// What was left out or guessed, once the rest can be read.
    fn left_out(mut self) -> LeftOut {
        let places = [self.blanked.as_slice(), &self.guessed].concat();
        LeftOut { places, text: std::mem::take(&mut self.text), findings: self.finish() }
    }

    /// All that was found. What the reader took for a number is none, and what it never saw may be either.
    fn finish(mut self) -> Vec<Finding> {
        for percent in std::mem::take(&mut self.percents) {
            let run = &self.original[percent.clone()];
            let decimal = as_decimal(run).unwrap_or_default();
            let around = self.blanked.iter().chain(&self.guessed).filter(|range| **range != percent);
            let unseen = around.into_iter().any(|range| contains(range, &percent));
            let finding = match unseen {
                true => Finding::error(format!("`{run}` must stand in quotes"))
                    .help(format!("write \"{run}\", or {decimal} where a number is expected")),
                false => {
                    Finding::error(format!("expected a number, found {run}")).help(format!("write {decimal}"))
                }
            };
            self.findings.push(finding.at(percent));
        }
        self.findings
    }

    /// Where a value stands without its name.
    fn nameless(&self, error: &SpannedError) -> Option<usize> {
        let blame = self.blame(error);
        let (holder, _) = blame.way.last().filter(|_| !blame.key)?;
        let unnamed =
            holder.word.is_some() && holder.group().is_some_and(|group| group.shape == Shape::Tuple);
        let word_wanted = matches!(error.code, Error::ExpectedIdentifier | Error::SuggestRawIdentifier(_));
        (word_wanted && unnamed).then_some(blame.node.span.start)
    }

    fn finding(&self, code: &Error, blame: &Blame<'n>, names: &[&str]) -> Finding {
        let (holder, item) = blame.way.last().copied().unzip();
        let key = item.and_then(|item: &Item| item.key.as_ref()).filter(|_| blame.key);
        let subject = Subject { node: blame.node, key, item, holder, inside: blame.inside };
        if !names.is_empty() {
            return wording::nameless(subject, names, self.original);
        }
        let finding = wording::finding(code, subject, self.original);
        let help =
            |name: &str, owner: &Option<String>| (self.help)(owner.as_deref().unwrap_or_default(), name);
        match code {
            Error::MissingStructField { field, outer } => {
                finding.help(help(field, outer).unwrap_or_default())
            }
            Error::NoSuchStructField { found, outer, .. } | Error::NoSuchEnumVariant { found, outer, .. } => {
                let own = finding.help.clone();
                finding.help(help(found, outer).or(own).unwrap_or_default())
            }
            _ => finding,
        }
    }

    fn caused_by_blanking(&self, code: &Error, blame: &Blame<'n>) -> bool {
        let Some(group) = blame.node.group() else { return false };
        match code {
            Error::MissingStructField { field, .. } => {
                self.excused.iter().any(|(open, name)| *open == group.open && name == field)
            }
            _ => blame.whole && self.blanked.iter().any(|range| contains(&blame.node.span, range)),
        }
    }

    /// Who wrote `canceled_by` need not be told that `cancelled_by` is missing.
    fn excuse_meant_field(&mut self, code: &Error, blame: &Blame<'n>) {
        let Error::NoSuchStructField { expected, found, .. } = code else { return };
        let meant = wording::nearest(found, expected.iter().copied());
        let group = blame.way.last().and_then(|(holder, _)| holder.group());
        if let (Some(meant), Some(group)) = (meant, group) {
            self.excused.push((group.open, meant.to_owned()));
        }
    }

    // ---- who is to blame ----

    fn blame(&self, error: &SpannedError) -> Blame<'n> {
        let start = byte_at(&self.text, error.span.start.line, error.span.start.col);
        let end = byte_at(&self.text, error.span.end.line, error.span.end.col);
        let code = &error.code;
        if let Some(blame) = self.blamed_key(start, end, code) {
            return blame;
        }
        let starts =
            |node: &Node| node.span.start == end || node.word.as_ref().is_some_and(|word| word.end == end);
        let closes = |node: &Node| node.closes_at(end);
        let ends = |node: &Node| node.span.end == end;
        let around = |node: &Node| node.span.start <= end && end <= node.span.end;
        type Test<'t> = (&'t dyn Fn(&Node) -> bool, bool, bool);
        let tests: [Test<'_>; 4] =
            if matches!(code, Error::MissingStructField { .. } | Error::ExpectedDifferentLength { .. }) {
                [
                    (&closes, true, false),
                    (&starts, false, false),
                    (&ends, true, false),
                    (&around, false, true),
                ]
            } else {
                [
                    (&starts, false, false),
                    (&ends, true, false),
                    (&closes, true, false),
                    (&around, false, true),
                ]
            };
        for (test, whole, inside) in tests {
            if let Some(way) = self.seek(test) {
                let node = way.last().map_or(self.root, |(_, item)| &item.value);
                let behind_word =
                    node.span.start < end && node.word.as_ref().is_some_and(|word| word.end == end);
                return Blame { way, node, key: false, whole, inside: inside || behind_word };
            }
        }
        Blame { way: Vec::new(), node: self.root, key: false, whole: false, inside: false }
    }

    fn blamed_key(&self, start: usize, end: usize, code: &Error) -> Option<Blame<'n>> {
        let named = |item: &Item| {
            item.key.as_ref().is_some_and(|key| {
                key.span.end == end
                    || (key.span.start == end && !matches!(code, Error::MissingStructField { .. }))
                    || (key.span.start == start && end <= key.span.end)
            })
        };
        let mut way = Vec::new();
        if !self.seek_item(self.root, &named, &mut way) {
            return None;
        }
        let node = way.last().map_or(self.root, |(_, item)| &item.value);
        Some(Blame { way, node, key: true, whole: false, inside: false })
    }

    /// The way to the deepest node that passes the test.
    fn seek(&self, test: &dyn Fn(&Node) -> bool) -> Option<Way<'n>> {
        let mut way = Vec::new();
        if self.seek_item(self.root, &|item| test(&item.value), &mut way) {
            return Some(way);
        }
        test(self.root).then(Vec::new)
    }

    fn seek_item(&self, node: &'n Node, test: &dyn Fn(&Item) -> bool, way: &mut Way<'n>) -> bool {
        for item in node.items() {
            if self.is_blank(item) {
                continue;
            }
            way.push((node, item));
            if self.seek_item(&item.value, test, way) || test(item) {
                return true;
            }
            way.pop();
        }
        false
    }

    // ---- blanking ----

    /// Blanks the innermost entry of a way. An element of a tuple cannot go alone: the entry around it goes.
    fn blank(&mut self, way: &Way<'n>) -> bool {
        let entry = way
            .iter()
            .rev()
            .find(|(holder, _)| holder.group().is_some_and(|group| group.shape != Shape::Tuple));
        let Some((holder, item)) = entry else { return false };
        if let (Some(Group { open, .. }), Some(key)) = (holder.group(), &item.key) {
            self.excused.push((*open, key.name.clone()));
        }
        self.blank_item(item);
        true
    }

    fn blank_item(&mut self, item: &Item) {
        let span = item.span();
        self.overwrite(span.clone());
        if let Some(comma) = item.comma {
            self.overwrite(comma..comma + 1);
        } else if self.text[span.end..].starts_with(',') {
            // A comma set by the repair.
            self.overwrite(span.end..span.end + 1);
        }
        self.blanked.push(span);
    }

    fn overwrite(&mut self, range: Range<usize>) {
        let keep = |b: u8| if b == b'\n' { '\n' } else { ' ' };
        let blank: String = self.text.as_bytes()[range.clone()].iter().map(|b| keep(*b)).collect();
        self.text.replace_range(range, &blank);
    }

    fn is_blank(&self, item: &Item) -> bool {
        self.blanked.iter().any(|range| contains(range, &item.span()))
    }
}

fn wants_record(code: &Error) -> bool {
    matches!(code, Error::ExpectedStructLike | Error::ExpectedNamedStructLike(_))
}

fn contains(outer: &Range<usize>, inner: &Range<usize>) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}
