//! `init`: a first scenario, commented, that runs as it is.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use clap::Args;
use tiercast::audience::profile_names;
use tiercast::platform::{catalogue, rulebook};
use tiercast::report::starter;

use super::files::Folder;
use super::{Failure, print, shell};

/// Write a first scenario: commented line by line, and it runs as it is.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  tiercast init
  tiercast init my-plan --ruleset platform-2025-10 --audience survey
  tiercast init --out plans/spring.ron

The names of rulesets: tiercast rules list. The names of audiences: tiercast docs scenario.")]
pub(super) struct Init {
    /// Name of the scenario: NAME.ron is written, whether NAME ends so or not.
    #[arg(default_value = "scenario")]
    name: String,
    /// Name of a built-in ruleset or rulebook.
    #[arg(long, default_value = "classic-2022")]
    ruleset: String,
    /// Name of a built-in behaviour profile.
    #[arg(long, default_value = "opted-in-marketing")]
    audience: String,
    /// The file to write, instead of NAME.ron. A file that is there already is never overwritten.
    #[arg(long, short)]
    out: Option<PathBuf>,
}

impl Init {
    /// The file to write: a name is given its ending, where it has none.
    fn path(&self) -> PathBuf {
        let named = || match self.name.ends_with(".ron") {
            true => PathBuf::from(&self.name),
            false => PathBuf::from(format!("{}.ron", self.name)),
        };
        self.out.clone().unwrap_or_else(named)
    }

    pub(super) fn execute(&self, quiet: bool) -> Result<(), Failure> {
        let rulesets: Vec<&str> = catalogue::names().chain(rulebook::names()).collect();
        known("ruleset", &self.ruleset, &rulesets)?;
        known("audience", &self.audience, &profile_names().collect::<Vec<_>>())?;
        let path = self.path();
        let name = path.file_name().and_then(OsStr::to_str).filter(|name| is_name(name));
        let Some(name) = name else {
            let message = format!("\"{}\" is no name of a scenario", path.display());
            let help = "it has a word before its ending .ron, such as my-plan.ron".to_owned();
            return Err(Failure::Usage { message, help });
        };
        if path.exists() {
            let message = format!("{} is there already", path.display());
            let help = "give another name, such as `tiercast init my-plan`, or move the file away".to_owned();
            return Err(Failure::Usage { message, help });
        }
        let shown = shell(&path.display().to_string());
        // Both names are known, so there is a text.
        let text = starter::scenario(&self.ruleset, &self.audience, &shown).unwrap_or_default();
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        Folder::prepare(folder)?.write(name, text.as_bytes())?;
        if quiet {
            return Ok(());
        }
        let written = path.display();
        print(&format!("Written: {written}. Look it through, and run it:\n  tiercast run {shown}\n"))
    }
}

/// Whether a file of this name is a scenario that is found again: no hidden file, and nothing that breaks a line.
fn is_name(name: &str) -> bool {
    let stem = name.strip_suffix(".ron").unwrap_or_default();
    !stem.trim().is_empty() && !stem.contains(char::is_control)
}

/// Refuses a name that is not built in, with the nearest one.
fn known(what: &str, name: &str, names: &[&str]) -> Result<(), Failure> {
    if names.contains(&name) {
        return Ok(());
    }
    let near = tiercast::document::nearest(name, names.iter().copied());
    let meant = near.map_or_else(String::new, |near| format!("did you mean {near}? "));
    let help = format!("{meant}There are: {}", names.join(", "));
    Err(Failure::Usage { message: format!("there is no {what} \"{name}\""), help })
}
