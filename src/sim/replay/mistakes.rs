//! What is wrong with a table that is read line by line: kept with the lines concerned, told at the end.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use crate::document::{Document, Finding, Findings};
use crate::glossary::grouped;

/// So many mistakes are told one by one.
const MOST_TOLD: usize = 20;

/// A line of an input, for messages.
#[derive(Clone, Debug, Default)]
pub(crate) struct Line {
    /// From 1; 0 stands for none.
    pub(crate) number: u64,
    pub(crate) text: String,
}

/// What is wrong with an input, of which the first part is told.
#[derive(Debug, Default)]
pub(crate) struct Mistakes {
    told: Vec<Told>,
    more: u64,
    once: BTreeSet<&'static str>,
}

#[derive(Debug)]
struct Told {
    line: Line,
    place: Range<usize>,
    also: Option<Line>,
    message: String,
    help: String,
}

impl Mistakes {
    pub(crate) fn is_empty(&self) -> bool {
        self.told.is_empty()
    }

    pub(crate) fn add(
        &mut self,
        line: &Line,
        place: Range<usize>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.push(line, place, message.into(), help.into(), None);
    }

    /// Adds a mistake that the whole input makes only the first time.
    pub(crate) fn once(
        &mut self,
        line: &Line,
        place: Range<usize>,
        message: String,
        help: String,
        key: Option<&'static str>,
    ) {
        if key.is_none_or(|key| self.once.insert(key)) {
            self.push(line, place, message, help, None);
        }
    }

    pub(crate) fn also(
        &mut self,
        line: &Line,
        place: Range<usize>,
        message: String,
        help: &str,
        other: Line,
    ) {
        self.push(line, place, message, help.to_owned(), Some(other));
    }

    fn push(&mut self, line: &Line, place: Range<usize>, message: String, help: String, also: Option<Line>) {
        if self.told.len() == MOST_TOLD {
            self.more += 1;
            return;
        }
        self.told.push(Told { line: line.clone(), place, also, message, help });
    }

    /// The findings, over a document that holds the lines concerned at their numbers and nothing else.
    pub(crate) fn findings(&self, name: &str) -> Findings {
        let concerned = self.told.iter().flat_map(|told| [Some(&told.line), told.also.as_ref()]).flatten();
        let lines: BTreeMap<u64, &str> =
            concerned.filter(|line| line.number > 0).map(|line| (line.number, line.text.as_str())).collect();
        let (mut text, mut starts, mut at) = (String::new(), BTreeMap::new(), 1);
        for (number, line) in lines {
            (at..number).for_each(|_| text.push('\n'));
            at = number;
            starts.insert(number, text.len());
            text.push_str(line);
        }
        let document = Document { name: name.to_owned(), text };
        let start = |line: &Line| starts.get(&line.number).copied().unwrap_or(0);
        let findings = self.told.iter().map(|told| {
            let from = start(&told.line);
            let place = from + told.place.start..from + told.place.end;
            let finding = Finding::error(told.message.as_str()).at(place).help(told.help.as_str());
            match &told.also {
                Some(also) => {
                    let from = start(also);
                    finding.also(from..from + also.text.len(), format!("this is line {}", also.number))
                }
                None => finding,
            }
        });
        let mut all = Findings::new(&document, findings.collect());
        if self.more > 0 {
            let message = format!("and {} more", grouped(self.more));
            let rest = Finding::error(message).help("correct these first; the others may go with them");
            all.merge(Findings::new(&Document::new(name, ""), vec![rest]));
        }
        all
    }
}
