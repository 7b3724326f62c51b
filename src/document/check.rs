//! Collects what a document's values mean wrongly, after its form was read well.

use super::{
    Document,
    finding::{Finding, Findings, Level},
    locate,
    node::Node,
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
#[derive(Debug)]
pub struct Check<'d> {
    document: &'d Document,
    root: Option<Node>,
    findings: Vec<Finding>,
}

impl<'d> Check<'d> {
    /// Begins with nothing found.
    pub fn new(document: &'d Document) -> Self {
        Check { document, root: scan(&document.text).root, findings: Vec::new() }
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
        if let (Some(place), Some(last)) = (self.document.locate(path), self.findings.last_mut()) {
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

    fn place(&self, path: &str) -> Option<std::ops::Range<usize>> {
        let root = self.root.as_ref()?;
        let text = &self.document.text;
        if let Some(found) = locate::find(root, text, path) {
            // A value of many lines is named rather than underlined.
            let lines = text[found.node.span.clone()].contains('\n');
            return Some(if lines && found.key != root.span { found.key } else { found.node.span.clone() });
        }
        let above = locate::nearest(root, text, path).filter(|found| found.key != root.span)?;
        Some(above.key)
    }
}
