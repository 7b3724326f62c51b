//! `docs`: what may stand in which file?

use clap::Args;
use tiercast::report::reference::Subject;

use super::{Failure, print, print_json, width};

/// Tell every field of a kind of file: its meaning, unit, allowed values, default, and who says so.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  tiercast docs
  tiercast docs scenario
  tiercast docs outputs --json")]
pub(super) struct Docs {
    /// Which kind of file; a list of them unless said otherwise.
    subject: Option<Subject>,
    /// Print JSON instead of text.
    #[arg(long)]
    json: bool,
}

impl Docs {
    pub(super) fn execute(&self) -> Result<(), Failure> {
        match (self.subject, self.json) {
            (Some(subject), true) => print_json(&subject.page()),
            (Some(subject), false) => print(&subject.page().render(width().min(100))),
            (None, true) => {
                let listed = Subject::ALL.map(|subject| (subject.name(), subject.title()));
                print_json(&listed.into_iter().collect::<std::collections::BTreeMap<_, _>>())
            }
            (None, false) => print(&list()),
        }
    }
}

fn list() -> String {
    let lines = Subject::ALL.map(|subject| format!("  {:<9} {}\n", subject.name(), subject.title()));
    format!("tiercast docs KIND tells every field of a kind of file:\n\n{}", lines.concat())
}
