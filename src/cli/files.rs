//! Reading a file that is named on the command line; writing results: a folder that is proven writable before the run,
//! files that are whole or not there.

use std::fs;
use std::path::{Path, PathBuf};

use tiercast::document::Document;

use super::Failure;

/// The file of that name; `help` says what else could be given where there is none.
pub(super) fn open(name: &str, help: &str) -> Result<Document, Failure> {
    let text = fs::read_to_string(name).map_err(|error| Failure::Usage {
        message: format!("cannot read {name}: {error}"),
        help: help.to_owned(),
    })?;
    Ok(Document::new(name, text))
}

/// A folder for results that can be written to.
#[derive(Debug)]
pub(super) struct Folder(PathBuf);

impl Folder {
    /// Makes the folder, and proves that it can be written to, before anything is computed.
    pub(super) fn prepare(path: &Path) -> Result<Folder, Failure> {
        let failed = |error| Failure::Write { path: path.to_owned(), error };
        fs::create_dir_all(path).map_err(failed)?;
        let probe = path.join(format!(".tiercast-{}", std::process::id()));
        fs::write(&probe, b"").map_err(failed)?;
        fs::remove_file(&probe).map_err(failed)?;
        Ok(Folder(path.to_owned()))
    }

    /// Writes a file: under another name first, so that nobody ever sees half of it.
    pub(super) fn write(&self, name: &str, bytes: &[u8]) -> Result<(), Failure> {
        let path = self.0.join(name);
        let half = self.0.join(format!(".{name}-{}", std::process::id()));
        let written = fs::write(&half, bytes).and_then(|()| fs::rename(&half, &path));
        written.map_err(|error| {
            let _ = fs::remove_file(&half);
            Failure::Write { path, error }
        })
    }

    /// The folder's path.
    pub(super) fn path(&self) -> &Path {
        &self.0
    }
}

/// Writes one file, whole or not at all; its folder is made where there is none.
pub(super) fn write_file(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let Some(name) = path.file_name() else {
        let error = std::io::Error::new(std::io::ErrorKind::InvalidInput, "this is no name of a file");
        return Err(Failure::Write { path: path.to_owned(), error });
    };
    Folder::prepare(parent)?.write(&name.to_string_lossy(), bytes)
}
