//! Reading a file that is named on the command line; writing results: a folder that is proven writable before the run,
//! files that are whole or not there.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use tiercast::document::Document;
use tiercast::report::charts::Drawing;

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
pub(super) struct Folder {
    path: PathBuf,
    /// The names of what was written to it.
    written: RefCell<BTreeSet<String>>,
}

impl Folder {
    /// Makes the folder, and proves that it can be written to, before anything is computed.
    pub(super) fn prepare(path: &Path) -> Result<Folder, Failure> {
        let failed = |error| Failure::Write { path: path.to_owned(), error };
        fs::create_dir_all(path).map_err(failed)?;
        let probe = path.join(format!(".tiercast-{}", std::process::id()));
        fs::write(&probe, b"").map_err(failed)?;
        fs::remove_file(&probe).map_err(failed)?;
        Ok(Folder { path: path.to_owned(), written: RefCell::default() })
    }

    /// Writes a file: under another name first, so that nobody ever sees half of it.
    pub(super) fn write(&self, name: &str, bytes: &[u8]) -> Result<(), Failure> {
        let path = self.path.join(name);
        let half = self.path.join(format!(".{name}-{}", std::process::id()));
        let written = fs::write(&half, bytes).and_then(|()| fs::rename(&half, &path));
        written.map_err(|error| {
            let _ = fs::remove_file(&half);
            Failure::Write { path, error }
        })?;
        self.written.borrow_mut().insert(name.to_owned());
        Ok(())
    }

    /// Writes charts, each as SVG and as PNG.
    pub(super) fn draw(&self, drawings: Vec<Drawing>) -> Result<(), Failure> {
        for Drawing { name, svg, png, .. } in drawings {
            self.write(&format!("{name}.svg"), svg.as_bytes())?;
            self.write(&format!("{name}.png"), &png)?;
        }
        Ok(())
    }

    /// Removes what an earlier experiment left behind: of the files that `ours` knows by their names as the command's own,
    /// those that were not written now. Beside new results they would be taken for a part of them.
    pub(super) fn clear(&self, ours: &dyn Fn(&str) -> bool) -> Result<(), Failure> {
        let failed = |error| Failure::Write { path: self.path.clone(), error };
        for entry in fs::read_dir(&self.path).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if ours(&name) && !self.written.borrow().contains(&name) && entry.path().is_file() {
                let path = entry.path();
                fs::remove_file(&path).map_err(|error| Failure::Write { path, error })?;
            }
        }
        Ok(())
    }

    /// The folder's path.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

/// The chart that a file shows, where it has the name of a chart's file.
pub(super) fn chart_of(file: &str) -> Option<&str> {
    file.strip_suffix(".svg").or_else(|| file.strip_suffix(".png"))
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

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder of one's own may hold more than results: only what the command itself wrote before goes.
    #[test]
    fn what_was_left_behind_goes_and_nothing_else() {
        let path = std::env::temp_dir().join(format!("tiercast-clear-{}", std::process::id()));
        let earlier = Folder::prepare(&path).unwrap();
        for name in ["sweep.csv", "curve.png", "curve.svg", "curve.txt", "mine.png"] {
            earlier.write(name, b"earlier").unwrap();
        }
        fs::create_dir(path.join("heat.png")).unwrap();
        let now = Folder::prepare(&path).unwrap();
        now.write("sweep.csv", b"now").unwrap();
        now.clear(&|name| {
            name == "sweep.csv" || chart_of(name).is_some_and(|it| ["curve", "heat"].contains(&it))
        })
        .unwrap();
        let mut left: Vec<String> = fs::read_dir(&path)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        left.sort();
        assert_eq!(left, ["curve.txt", "heat.png", "mine.png", "sweep.csv"]);
        assert_eq!(fs::read(path.join("sweep.csv")).unwrap(), b"now");
        fs::remove_dir_all(&path).unwrap();
    }
}
