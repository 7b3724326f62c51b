//! `rules`: which rules are there, and what do they say?

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use serde::Serialize;
use tiercast::document::Document;
use tiercast::platform::{Ruleset, catalogue, words};

use super::{Failure, print, width};

/// Show the rules: which there are, what each says, and who says so.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  tiercast rules list
  tiercast rules show classic-2022
  tiercast rules show my-rules.ron")]
pub(super) struct Rules {
    #[command(subcommand)]
    question: Question,
}

#[derive(Debug, Subcommand)]
enum Question {
    /// List the built-in rulesets: title, clauses, and how many values are stated, derived or assumed.
    List {
        /// Print JSON instead of text.
        #[arg(long)]
        json: bool,
    },
    /// Tell a ruleset in plain words, with its sources and what is assumed.
    Show {
        /// Name of a built-in ruleset, or a file that ends in `.ron`.
        name: String,
        /// Print JSON instead of text.
        #[arg(long)]
        json: bool,
    },
}

impl Rules {
    pub(super) fn execute(&self) -> Result<(), Failure> {
        match &self.question {
            Question::List { json } => list(*json),
            Question::Show { name, json } => show(name, *json),
        }
    }
}

/// A ruleset in the list, for programs.
#[derive(Serialize)]
struct Listed {
    name: String,
    title: String,
    clauses: usize,
    facts: usize,
    stated: usize,
    derived: usize,
    assumed: usize,
}

fn list(json: bool) -> Result<(), Failure> {
    let mut listed = Vec::new();
    for document in catalogue::names().filter_map(catalogue::document) {
        let summary = catalogue::summary(&Ruleset::read(&document)?);
        listed.push(Listed {
            name: summary.name,
            title: summary.title,
            clauses: summary.clauses,
            facts: summary.facts,
            stated: summary.stated,
            derived: summary.derived,
            assumed: summary.assumed,
        });
    }
    if json {
        return print_json(&listed);
    }
    let widest = listed.iter().map(|rules| rules.name.len()).max().unwrap_or(0);
    let mut text = format!("{:widest$}  clauses  stated  derived  assumed  title\n", "ruleset");
    for rules in &listed {
        let Listed { name, title, clauses, stated, derived, assumed, .. } = rules;
        text.push_str(&format!(
            "{name:widest$}  {clauses:>7}  {stated:>6}  {derived:>7}  {assumed:>7}  {title}\n"
        ));
    }
    text.push_str("\nNumbers count values: stated by a source, derived from one, assumed with a reason.\n");
    text.push_str("tiercast rules show NAME tells a ruleset in plain words.\n");
    print(&text)
}

/// A clause in words, for programs.
#[derive(Serialize)]
struct Told {
    clause: String,
    says: Vec<String>,
    notes: Vec<ToldNote>,
}

#[derive(Serialize)]
struct ToldNote {
    kind: &'static str,
    text: String,
}

fn show(name: &str, json: bool) -> Result<(), Failure> {
    let ruleset = Ruleset::read(&find(name)?)?;
    let passages = words::passages(&ruleset);
    if json {
        let told: Vec<Told> = passages
            .into_iter()
            .map(|passage| Told {
                clause: passage.heading,
                says: passage.sentences,
                notes: passage
                    .notes
                    .iter()
                    .map(|note| ToldNote { kind: note.label(), text: note.text() })
                    .collect(),
            })
            .collect();
        return print_json(&told);
    }
    let summary = catalogue::summary(&ruleset);
    let mut text = format!("{}: {summary}\n\n", ruleset.name);
    text.push_str(&words::render(&passages, width().min(110)));
    let idle = words::not_simulated(&ruleset);
    if !idle.is_empty() {
        text.push_str("\nShown, and not simulated yet:\n");
        idle.iter().for_each(|(path, why)| text.push_str(&format!("  {path}: {why}\n")));
    }
    print(&text)
}

/// The ruleset of that name, or the file.
fn find(name: &str) -> Result<Document, Failure> {
    if name.ends_with(".ron") {
        let path = Path::new(name);
        let text = std::fs::read_to_string(path).map_err(|error| Failure::Usage {
            message: format!("cannot read {name}: {error}"),
            help: "give the name of a built-in ruleset, or a file that ends in .ron".to_owned(),
        })?;
        return Ok(Document::new(PathBuf::from(name).display().to_string(), text));
    }
    catalogue::document(name).ok_or_else(|| {
        let names: Vec<&str> = catalogue::names().collect();
        let meant =
            catalogue::nearest(name).map_or_else(String::new, |near| format!("did you mean {near}? "));
        Failure::Usage {
            message: format!("there is no ruleset \"{name}\""),
            help: format!("{meant}There are: {}", names.join(", ")),
        }
    })
}

fn print_json(value: &impl Serialize) -> Result<(), Failure> {
    let json = serde_json::to_string_pretty(value).map_err(std::io::Error::from)?;
    print(&format!("{json}\n"))
}
