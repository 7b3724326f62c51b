//! What there is to say about a document, and how it is printed.

use std::{fmt, ops::Range};

use annotate_snippets::{
    AnnotationKind, Group, Level as Tone, Origin, Renderer, Snippet, normalize_untrusted_str,
};

use super::{Document, at::boundary};

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// The document cannot be used.
    Error,
    /// The document can be used and should be looked at.
    Warning,
}

/// One thing to say about a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What is wrong, in one line.
    pub message: String,
    /// Where, in bytes of the document's text.
    pub place: Option<Range<usize>>,
    /// Further places, each with what there is to see.
    pub also: Vec<(Range<usize>, String)>,
    /// What is to be known besides, such as where in another document it was met.
    pub note: Option<String>,
    /// What to do about it.
    pub help: Option<String>,
    /// How much it matters.
    pub level: Level,
}

impl Finding {
    /// An error without a place.
    pub fn error(message: impl Into<String>) -> Self {
        Finding {
            message: message.into(),
            place: None,
            also: Vec::new(),
            note: None,
            help: None,
            level: Level::Error,
        }
    }

    /// A warning without a place.
    pub fn warning(message: impl Into<String>) -> Self {
        Finding { level: Level::Warning, ..Finding::error(message) }
    }

    /// An error in a table: at a line and column, both from 1, columns in characters; see [`Document::range_at`].
    pub fn at_line(document: &Document, line: usize, column: usize, message: impl Into<String>) -> Self {
        Finding::error(message).at(document.range_at(line, column))
    }

    /// The same at a place.
    #[must_use]
    pub fn at(mut self, place: Range<usize>) -> Self {
        self.place = Some(place);
        self
    }

    /// The same with a further place.
    #[must_use]
    pub fn also(mut self, place: Range<usize>, label: impl Into<String>) -> Self {
        self.also.push((place, label.into()));
        self
    }

    /// The same without a place, to be told of another document; where in this one it was met is a note.
    #[must_use]
    pub(super) fn met_in(self, document: &Document) -> Self {
        let place = self.place.as_ref().map_or_else(String::new, |place| {
            let (line, column) = document.line_column(place.start);
            format!(":{line}:{column}")
        });
        let note = Some(format!("it was met in {}{place}", document.name));
        Finding { place: None, also: Vec::new(), note, ..self }
    }

    /// The same with advice; an empty text is none.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into()).filter(|help| !help.is_empty());
        self
    }
}

/// What there is to say about one or several documents, each with its name and text, so that it can be printed.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Findings {
    pages: Vec<Page>,
}

#[derive(Clone, PartialEq, Eq)]
struct Page {
    document: Document,
    findings: Vec<Finding>,
}

impl Findings {
    /// The findings about a document, brought into the order of its text.
    pub fn new(document: &Document, mut findings: Vec<Finding>) -> Self {
        if findings.is_empty() {
            return Findings::default();
        }
        findings.sort_by_key(|finding| finding.place.as_ref().map_or(0, |place| place.start));
        Findings { pages: vec![Page { document: document.clone(), findings }] }
    }

    /// Adds the findings about other documents.
    pub fn merge(&mut self, other: Findings) {
        self.pages.extend(other.pages);
    }

    /// Every finding with its document.
    pub fn iter(&self) -> impl Iterator<Item = (&Document, &Finding)> {
        self.pages.iter().flat_map(|page| page.findings.iter().map(|finding| (&page.document, finding)))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.iter().count()
    }

    /// Whether there is nothing to say.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether one of them is an error.
    pub fn has_errors(&self) -> bool {
        self.iter().any(|(_, finding)| finding.level == Level::Error)
    }

    /// The findings with the lines they speak of, separated by empty lines; in colour for a terminal.
    pub fn render(&self, color: bool) -> String {
        let renderer = if color { Renderer::styled() } else { Renderer::plain() };
        let printed: Vec<String> =
            self.iter().map(|(document, finding)| renderer.render(&[group(document, finding)])).collect();
        printed.join("\n\n")
    }
}

impl fmt::Display for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(false))
    }
}

// A program that ends with `?` prints Debug: let it be legible.
impl fmt::Debug for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(false))
    }
}

impl std::error::Error for Findings {}

fn group<'a>(document: &'a Document, finding: &'a Finding) -> Group<'a> {
    let (tone, message) = match finding.level {
        Level::Error => (Tone::ERROR, &finding.message),
        Level::Warning => (Tone::WARNING, &finding.message),
    };
    let title = tone.primary_title(normalize_untrusted_str(message));
    let group = match &finding.place {
        Some(place) => title.element(snippet(document, finding, place)),
        None => title.element(Origin::path(document.name.as_str())),
    };
    let below = [(Tone::NOTE, &finding.note), (Tone::HELP, &finding.help)];
    let told = below.into_iter().filter_map(|(tone, text)| Some((tone, text.as_ref()?)));
    told.fold(group, |group, (tone, text)| group.element(tone.message(normalize_untrusted_str(text))))
}

fn snippet<'a>(
    document: &'a Document,
    finding: &'a Finding,
    place: &Range<usize>,
) -> Snippet<'a, annotate_snippets::Annotation<'a>> {
    let text = document.text.as_str();
    let also = finding.also.iter().map(|(place, label)| {
        AnnotationKind::Context.span(within(text, place)).label(normalize_untrusted_str(label))
    });
    Snippet::source(text)
        .path(document.name.as_str())
        .annotation(AnnotationKind::Primary.span(first_line(text, within(text, place))))
        .annotations(also)
}

/// A range that surely lies in the text and between characters.
fn within(text: &str, range: &Range<usize>) -> Range<usize> {
    let start = boundary(text, range.start);
    let end = boundary(text, range.end.max(start));
    start..end
}

/// A place of several lines is shown by its first.
fn first_line(text: &str, range: Range<usize>) -> Range<usize> {
    let shown = text[range.clone()].split('\n').next().unwrap_or_default().trim_end_matches('\r').len();
    range.start..range.start + shown
}
