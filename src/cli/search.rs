//! Files that are named on the command line, and those in the folders that are: in which order, and what they begin with.

use std::path::{Path, PathBuf};

use tiercast::document::{Document, Finding, Findings};
use tiercast::sim::LoadError;

/// The files that are named, and those that end in `.ron` in the folders that are, in the order of their names.
pub(super) fn search_all(paths: &[PathBuf], wrong: &mut Findings) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for path in paths {
        if !path.is_dir() {
            found.push(path.clone());
            continue;
        }
        let before = found.len();
        match search(path, &mut found) {
            Ok(()) if found.len() == before => {
                let help = "name files, or a folder with rule cases such as tests/cases";
                wrong.merge(without_place(path, "no file in this folder ends in .ron", help));
            }
            Ok(()) => {}
            Err(error) => {
                wrong.merge(without_place(path, &format!("cannot read the folder: {error}"), ""));
            }
        }
    }
    found
}

/// Links to folders are not followed: they may lead back.
fn search(folder: &Path, found: &mut Vec<PathBuf>) -> std::io::Result<()> {
    let mut entries: Vec<std::fs::DirEntry> = std::fs::read_dir(folder)?.collect::<Result<_, _>>()?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        let hidden = entry.file_name().to_string_lossy().starts_with('.');
        if entry.file_type()?.is_dir() && !hidden {
            search(&path, found)?;
        } else if path.extension().is_some_and(|end| end == "ron") && path.is_file() {
            found.push(path.strip_prefix(".").map(Path::to_owned).unwrap_or(path));
        }
    }
    Ok(())
}

/// Reads a file as text.
pub(super) fn read_text(path: &Path) -> Result<Document, Findings> {
    let text = std::fs::read_to_string(path).map_err(|error| {
        let help = match error.kind() {
            std::io::ErrorKind::InvalidData => "save it as text in UTF-8",
            _ => "give the path of a file or a folder",
        };
        without_place(path, &format!("cannot read the file: {error}"), help)
    })?;
    Ok(Document::new(path.display().to_string(), text))
}

/// The word that a RON file begins with, and where it stands; comments and extensions come before it.
pub(super) fn first_word(text: &str) -> (usize, &str) {
    let mut rest = text;
    loop {
        rest = rest.trim_start();
        let after = if rest.starts_with("//") {
            rest.split_once('\n')
        } else if rest.starts_with("/*") {
            rest.split_once("*/")
        } else if rest.starts_with("#!") {
            rest.split_once(']')
        } else {
            None
        };
        match after {
            Some((_, after)) => rest = after,
            None => break,
        }
    }
    let end = rest.find(|letter: char| !letter.is_alphanumeric() && letter != '_').unwrap_or(rest.len());
    (text.len() - rest.len(), &rest[..end])
}

/// Adds what was not said yet: a wrong ruleset is met again with every file that names it.
pub(super) fn merge_new(wrong: &mut Findings, findings: &Findings) {
    for (document, finding) in findings.iter() {
        let said = wrong.iter().any(|(other, said)| other.name == document.name && said == finding);
        if !said {
            wrong.merge(Findings::new(document, vec![finding.clone()]));
        }
    }
}

/// Why a scenario cannot be loaded, as findings.
pub(super) fn findings(path: &Path, error: LoadError) -> Findings {
    match error {
        LoadError::Findings(findings) => findings,
        error @ LoadError::Read { .. } => without_place(path, &error.to_string(), ""),
    }
}

/// A finding about a file that has no line.
pub(super) fn without_place(path: &Path, message: &str, help: &str) -> Findings {
    let document = Document::new(path.display().to_string(), "");
    Findings::new(&document, vec![Finding::error(message).help(help)])
}
