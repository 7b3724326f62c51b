//! Every case under tests/cases holds, and what is wrong with a case is told at its place.

use std::path::{Path, PathBuf};

use tiercast::document::Document;
use tiercast::sim::CaseFile;

/// The files of cases, in the order of their names.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> = entries.filter(|path| path.extension().is_some_and(|end| end == "ron")).collect();
    files.sort();
    files
}

#[test]
fn every_case_holds() {
    let (mut cases, mut facts, mut failed) = (0, 0, Vec::new());
    for path in files(Path::new("tests/cases")) {
        let file = CaseFile::load(&path).unwrap_or_else(|error| panic!("{error}"));
        for outcome in file.run() {
            cases += 1;
            facts += outcome.looked_at;
            if !outcome.passed() {
                failed.push(outcome.to_string());
            }
        }
    }
    assert!(failed.is_empty(), "{}\n\n{} of {cases} cases failed", failed.join("\n\n"), failed.len());
    assert!(cases > 0, "no case was found");
    eprintln!("{cases} cases hold, {facts} facts were looked at");
}
