//! The files that are checked, read by what they hold; all errors of all of them at once.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use tiercast::audience::Behavior;
use tiercast::document::{Document, Finding, Findings};
use tiercast::platform::price::PriceTable;
use tiercast::platform::{Rulebook, Ruleset, catalogue};
use tiercast::sim::{Case, CaseFile, Scenario};

use super::super::Failure;
use super::super::search::{findings, first_word, merge_new, read_text, search_all};

/// A file that is right in form and sense.
pub(super) struct RightFile {
    pub(super) name: String,
    pub(super) text: String,
    pub(super) form: Form,
}

/// What a file holds.
pub(super) enum Form {
    Cases(CaseFile),
    Scenario(Box<Scenario>),
    /// What is not run, by its kind.
    Other(&'static str),
}

/// The first words of the files that can be checked.
const FORMS: &str = "Cases, Scenario, Ruleset, Rulebook, PriceTable or Behavior";

/// Reads every file, or says all that is wrong with all of them.
pub(super) fn read_all(paths: &[PathBuf]) -> Result<Vec<RightFile>, Findings> {
    let (mut files, mut wrong) = (Vec::new(), Findings::default());
    let mut seen = BTreeSet::new();
    for path in search_all(paths, &mut wrong) {
        let same = path.canonicalize().unwrap_or_else(|_| path.clone());
        if seen.insert(same) {
            match read(&path) {
                Ok(file) => files.push(file),
                Err(findings) => merge_new(&mut wrong, &findings),
            }
        }
    }
    if wrong.is_empty() { Ok(files) } else { Err(wrong) }
}

fn read(path: &Path) -> Result<RightFile, Findings> {
    let document = read_text(path)?;
    let (place, word) = first_word(&document.text);
    let form = match word {
        "Cases" => Form::Cases(CaseFile::read(&document)?),
        "Scenario" => {
            let scenario = Scenario::load(path, &[]).map_err(|error| findings(path, error))?;
            Form::Scenario(Box::new(scenario))
        }
        "Ruleset" => {
            Ruleset::read(&document)?;
            Form::Other("ruleset")
        }
        "Rulebook" => {
            Rulebook::read_with(&document, &|name| {
                beside(path, &format!("{name}.ron")).or_else(|| catalogue::document(name))
            })?;
            Form::Other("rulebook")
        }
        "PriceTable" => {
            PriceTable::read(&document)?;
            Form::Other("price table")
        }
        "Behavior" => {
            Behavior::read(&document)?;
            Form::Other("behavior")
        }
        _ => {
            let finding = Finding::error("it does not begin with what it is").at(place..place + word.len());
            let finding = finding.help(format!("begin with {FORMS}, and a bracket: Cases("));
            return Err(Findings::new(&document, vec![finding]));
        }
    };
    Ok(RightFile { name: document.name, text: document.text, form })
}

pub(super) fn beside(path: &Path, name: &str) -> Option<Document> {
    let path = path.parent().unwrap_or(Path::new("")).join(name);
    let text = std::fs::read_to_string(&path).ok()?;
    Some(Document::new(path.display().to_string(), text))
}

impl RightFile {
    pub(super) fn cases(&self) -> &[Case] {
        match &self.form {
            Form::Cases(cases) => &cases.cases,
            _ => &[],
        }
    }

    pub(super) fn scenario(&self) -> Option<&Scenario> {
        match &self.form {
            Form::Scenario(scenario) => Some(scenario),
            _ => None,
        }
    }

    /// The ruleset that its cases know by this name.
    pub(super) fn ruleset(&self, name: &str) -> Result<Ruleset, Failure> {
        Ok(Ruleset::read(&self.ruleset_document(name)?)?)
    }
}
