//! Collects what a document's values mean wrongly, after its form was read well.

use std::borrow::Cow;
use std::ops::Range;

use super::{
    Document,
    finding::{Finding, Findings, Level},
    locate,
    node::Node,
    read::LeftOut,
    scan::scan,
};

/// Collects the findings of sense checks, which know a value's path and not its place.
///
/// ```
/// use tiercast::document::{Check, Document};
///
/// let document = Document::new("plan.ron", "(horizon: 0)");
/// let mut check = Check::new(&document);
/// check.error("horizon", "a horizon of 0 days holds nothing", "one day is the least");
/// let findings = check.finish(()).unwrap_err();
/// assert!(findings.to_string().contains("--> plan.ron:1:11"));
/// ```
///
/// # Where entries were left out
///
/// What is wrong with the rest of a document may be no mistake, but follow from an entry that could not be read. So of a
/// document with such entries nothing is noted but what [`given`](Check::given) vouches for: that it was found by the values
/// at some paths alone, and these can be read as they were written, whole.
#[derive(Debug)]
pub struct Check<'d> {
    document: &'d Document,
    /// The document's text, with blanks where entries were left out.
    text: Cow<'d, str>,
    root: Option<Node>,
    findings: Vec<Finding>,
    left_out: Vec<Range<usize>>,
    /// What the finding of a mistake leans on; nothing where that may be anything.
    given: Option<Vec<String>>,
    /// Whether the last finding was not noted.
    hidden: bool,
}

impl<'d> Check<'d> {
    /// Begins with nothing found.
    pub fn new(document: &'d Document) -> Self {
        Check::without(document, LeftOut::default())
    }

    /// Begins with what is wrong with the entries that were left out.
    pub fn without(document: &'d Document, left_out: LeftOut) -> Self {
        let LeftOut { findings, places, text } = left_out;
        let text = if findings.is_empty() { Cow::Borrowed(document.text.as_str()) } else { Cow::Owned(text) };
        let root = scan(&text).root;
        Check { document, text, root, findings, left_out: places, given: None, hidden: false }
    }

    /// What `check` finds leans on the values at these paths, besides the one that is faulty, and on nothing else. Within
    /// another vouching it leans on those paths, too.
    pub fn given<T>(&mut self, paths: &[&str], check: impl FnOnce(&mut Self) -> T) -> T {
        let around = self.lean(paths);
        let found = check(self);
        self.given = around;
        found
    }

    /// Notes an error that was found by the value at `path` and those at `given` alone: see [`given`](Check::given).
    pub fn error_given(
        &mut self,
        given: &[&str],
        path: &str,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.given(given, |check| {
            check.error(path, message, help);
        });
    }

    /// Adds to what findings lean on; returns what it was.
    fn lean(&mut self, paths: &[&str]) -> Option<Vec<String>> {
        let around = self.given.take();
        let more = paths.iter().map(|path| (*path).to_owned());
        self.given = Some(around.iter().flatten().cloned().chain(more).collect());
        around
    }

    /// Sets what findings lean on, as it was before.
    fn lean_as(&mut self, before: Option<Vec<String>>) {
        self.given = before;
    }

    /// Notes an error of the value at `path`, or of the nearest part above it that stands in the text. An empty
    /// `help` is none.
    pub fn error(&mut self, path: &str, message: impl Into<String>, help: impl Into<String>) -> &mut Self {
        self.note(path, Finding::error(message).help(help))
    }

    /// Notes a warning, as [`error`](Check::error) does.
    pub fn warning(&mut self, path: &str, message: impl Into<String>, help: impl Into<String>) -> &mut Self {
        self.note(path, Finding::warning(message).help(help))
    }

    /// Shows a further place with the last finding, if `path` stands in the text.
    pub fn also(&mut self, path: &str, label: impl Into<String>) -> &mut Self {
        let root = self.root.as_ref().filter(|_| !self.hidden);
        let place = root.and_then(|root| Some(locate::find(root, &self.text, path)?.node.span.clone()));
        if let (Some(place), Some(last)) = (place, self.findings.last_mut()) {
            last.also.push((place, label.into()));
        }
        self
    }

    /// Notes what the value at `path` brought about in other documents: at its own place, with a note of where it was met.
    pub fn trace(&mut self, path: &str, findings: &Findings) -> &mut Self {
        for (document, finding) in findings.iter() {
            self.note(path, finding.clone().met_in(document));
        }
        self
    }

    /// Notes a finding at the place of `path`.
    pub fn note(&mut self, path: &str, finding: Finding) -> &mut Self {
        self.hidden = !self.is_sound(path);
        if self.hidden {
            return self;
        }
        let place = self.place(path);
        self.findings.push(Finding { place: finding.place.clone().or(place), ..finding });
        self
    }

    /// Whether an error was noted.
    pub fn failed(&self) -> bool {
        self.findings.iter().any(|finding| finding.level == Level::Error)
    }

    /// The warnings so far; [`finish`](Check::finish) shows them only beside an error.
    pub fn warnings(&self) -> Findings {
        let warnings = self.findings.iter().filter(|finding| finding.level == Level::Warning);
        Findings::new(self.document, warnings.cloned().collect())
    }

    /// The value, if no error was noted.
    pub fn finish<T>(self, value: T) -> Result<T, Findings> {
        if self.failed() { Err(Findings::new(self.document, self.findings)) } else { Ok(value) }
    }

    /// Whether the values at these paths can be read as they were written, whole.
    pub(crate) fn are_whole(&self, paths: &[&str]) -> bool {
        self.left_out.is_empty() || paths.iter().all(|path| self.is_whole(path))
    }

    /// Whether a finding at `path` is no mere consequence of what was left out.
    fn is_sound(&self, path: &str) -> bool {
        let given = self.given.as_ref();
        self.left_out.is_empty()
            || given.is_some_and(|paths| self.is_whole(path) && paths.iter().all(|path| self.is_whole(path)))
    }

    /// Whether the value at `path` is what was written: nothing in it was left out, nor where it does not stand in the text
    /// and a default holds, anything beside it that it may have been.
    fn is_whole(&self, path: &str) -> bool {
        let Some(root) = &self.root else { return false };
        if let Some(found) = locate::find(root, &self.text, path) {
            return !self.left_out.iter().any(|place| meet(place, &found.node.span));
        }
        let Some(above) = locate::nearest(root, &self.text, path) else { return false };
        let below = |place: &Range<usize>| above.node.items().iter().any(|item| meet(place, &item.span()));
        !self.left_out.iter().any(|place| meet(place, &above.node.span) && !below(place))
    }

    fn place(&self, path: &str) -> Option<Range<usize>> {
        let root = self.root.as_ref()?;
        let text = self.text.as_ref();
        if let Some(found) = locate::find(root, text, path) {
            // A value of many lines is named rather than underlined.
            let lines = text[found.node.span.clone()].contains('\n');
            return Some(if lines && found.key != root.span { found.key } else { found.node.span.clone() });
        }
        let above = locate::nearest(root, text, path).filter(|found| found.key != root.span)?;
        Some(above.key)
    }
}

/// Whoever examines a document part by part, and notes what it finds.
pub(crate) trait Examiner<'d>: Sized {
    /// Where findings are noted.
    fn check(&mut self) -> &mut Check<'d>;

    /// Notes an error: see [`Check::error`].
    fn error(&mut self, path: &str, message: impl Into<String>, help: impl Into<String>) {
        self.check().error(path, message, help);
    }

    /// What `examine` finds leans on the parts at these paths: see [`Check::given`].
    fn given(&mut self, paths: &[&str], examine: impl FnOnce(&mut Self)) {
        let around = self.check().lean(paths);
        examine(self);
        self.check().lean_as(around);
    }
}

fn meet(one: &Range<usize>, other: &Range<usize>) -> bool {
    one.start < other.end && other.start < one.end
}
