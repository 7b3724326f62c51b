//! Who loads a scenario: its name, the folder of the files that it names, and what is changed before anything is checked.

use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::document::{Document, Findings};
use crate::platform::RuleChange;

use super::paths::{Place, change};

/// Why a scenario cannot be loaded.
#[derive(Debug, Error)]
pub enum LoadError {
    /// A file cannot be read.
    #[error("cannot read the file {}: {error}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
    /// Something is wrong with what the files say.
    #[error("{0}")]
    Findings(#[from] Findings),
}

/// Reads a file that people wrote: the one place where the library does.
pub(in crate::sim) fn open(path: &Path) -> Result<Document, LoadError> {
    let text =
        std::fs::read_to_string(path).map_err(|error| LoadError::Read { path: path.to_owned(), error })?;
    Ok(Document::new(path.display().to_string(), text))
}

/// What a scenario is loaded with.
pub(super) struct Loader<'l> {
    pub(super) name: String,
    pub(super) folder: PathBuf,
    pub(super) changes: &'l [(String, String)],
    /// A value of its rules that is another, before any change.
    pub(super) under: Option<&'l RuleChange>,
    /// Whether its expectations are read: those of a scenario that is compared with are not.
    pub(super) expects: bool,
}

impl Loader<'_> {
    /// The document with those changes that lead into it; `mine` gives the path within it.
    pub(super) fn changed(
        &self,
        mut document: Document,
        mine: impl for<'p> Fn(Place<'p>) -> Option<&'p str>,
    ) -> Result<Document, Findings> {
        for (path, value) in self.changes {
            if let Some(path) = mine(Place::of(path)) {
                document = change(&document, path, value)?;
            }
        }
        Ok(document)
    }
}
