//! `rules`: which rules are there, what do they say, and what does a change of them do?

use clap::{Args, Subcommand};
use serde::Serialize;
use tiercast::platform::rulebook::{self, Rulebook};
use tiercast::platform::{Ruleset, catalogue, diff, first_day, words};

use super::impact::Impact;
use super::which::{self, is_rulebook};
use super::{Failure, print, print_json, width};

/// Show the rules: which there are, what each says, and who says so; what a change of them does.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  tiercast rules list
  tiercast rules show classic-2022
  tiercast rules show my-rules.ron
  tiercast rules diff platform-2023 platform-2025-10
  tiercast rules diff platform@2025-10-06 platform@2025-10-07
  tiercast rules at 2024-05-01
  tiercast rules impact platform-2023 platform-2025-10 --scenarios scenarios")]
pub(super) struct Rules {
    #[command(subcommand)]
    question: Question,
}

#[derive(Debug, Subcommand)]
enum Question {
    /// List the built-in rulesets (title, clauses, and how many values are stated, derived or assumed) and rulebooks.
    List {
        /// Print JSON instead of text.
        #[arg(long)]
        json: bool,
    },
    /// Tell a ruleset or a rulebook in plain words, with its sources and what is assumed.
    Show {
        /// Name of a built-in ruleset or rulebook, a file that ends in `.ron` (`.rulebook.ron`), or a rulebook on a day:
        /// platform@2024-05-01.
        name: String,
        /// Print JSON instead of text.
        #[arg(long)]
        json: bool,
    },
    /// Tell what differs between two rulesets, clause by clause. Exit code 1 when they differ. Of a rulebook on a day only the
    /// clauses are compared that are in force on it.
    Diff {
        /// Name of a built-in ruleset, a file that ends in `.ron`, or a rulebook on a day: platform@2025-10-06.
        from: String,
        /// The ruleset to compare it with.
        to: String,
        /// Print JSON instead of text.
        #[arg(long)]
        json: bool,
    },
    /// Tell which ruleset holds on a day, and which of its dated clauses are in force.
    At {
        /// The day, such as 2024-05-01; a month or a year stands for its first day.
        date: String,
        /// Name of a built-in rulebook, or a file that ends in `.rulebook.ron`.
        #[arg(long, default_value = "platform")]
        rulebook: String,
        /// Print JSON instead of text.
        #[arg(long)]
        json: bool,
    },
    Impact(Box<Impact>),
}

impl Rules {
    pub(super) fn execute(&self, quiet: bool) -> Result<(), Failure> {
        match &self.question {
            Question::List { json } => list(*json),
            Question::Show { name, json } if is_rulebook(name) => show_rulebook(name, *json),
            Question::Show { name, json } => show(name, *json),
            Question::Diff { from, to, json } => compare(from, to, *json),
            Question::At { date, rulebook, json } => at(date, rulebook, *json),
            Question::Impact(impact) => impact.execute(quiet),
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

/// A rulebook in the list, for programs.
#[derive(Serialize)]
struct ListedBook {
    name: String,
    title: String,
    eras: Vec<ListedEra>,
}

#[derive(Serialize)]
struct ListedEra {
    from: String,
    ruleset: String,
}

impl ListedBook {
    fn of(rulebook: &Rulebook) -> ListedBook {
        let era = |era: &rulebook::BookEra| ListedEra {
            from: era.from().to_string(),
            ruleset: era.ruleset().name.clone(),
        };
        ListedBook {
            name: rulebook.name().to_owned(),
            title: rulebook.title().to_owned(),
            eras: rulebook.eras().iter().map(era).collect(),
        }
    }
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
    let mut rulebooks = Vec::new();
    for document in rulebook::names().filter_map(rulebook::document) {
        rulebooks.push(ListedBook::of(&Rulebook::read(&document)?));
    }
    if json {
        return print_json(&serde_json::json!({ "rulesets": listed, "rulebooks": rulebooks }));
    }
    let widest = listed.iter().map(|rules| rules.name.len()).max().unwrap_or(0);
    let mut text = format!("{:widest$}  clauses  stated  derived  assumed  title\n", "ruleset");
    for rules in &listed {
        let Listed { name, title, clauses, stated, derived, assumed, .. } = rules;
        text.push_str(&format!(
            "{name:widest$}  {clauses:>7}  {stated:>6}  {derived:>7}  {assumed:>7}  {title}\n"
        ));
    }
    for ListedBook { name, title, eras } in &rulebooks {
        text.push_str(&format!("\nrulebook {name}: {title}\n"));
        for ListedEra { from, ruleset } in eras {
            text.push_str(&format!("  from {from}  {ruleset}\n"));
        }
    }
    text.push_str("\nNumbers count values: stated by a source, derived from one, assumed with a reason.\n");
    text.push_str("tiercast rules show NAME tells a ruleset or rulebook in plain words.\n");
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

fn told(passages: Vec<words::Passage>) -> Vec<Told> {
    let told = passages.into_iter().map(|passage| Told {
        clause: passage.heading,
        says: passage.sentences,
        notes: passage.notes.iter().map(|note| ToldNote { kind: note.label(), text: note.text() }).collect(),
    });
    told.collect()
}

fn show(name: &str, json: bool) -> Result<(), Failure> {
    let ruleset = Ruleset::read(&which::ruleset(name)?.document)?;
    let passages = words::passages(&ruleset);
    if json {
        return print_json(&told(passages));
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

fn show_rulebook(name: &str, json: bool) -> Result<(), Failure> {
    let rulebook = which::rulebook(name)?;
    let passages = rulebook.passages();
    if json {
        return print_json(&told(passages));
    }
    let mut text = format!("{}: {}\n\n", rulebook.name(), rulebook.title());
    text.push_str(&words::render(&passages, width().min(110)));
    print(&text)
}

fn compare(from: &str, to: &str, json: bool) -> Result<(), Failure> {
    let read = |name: &str| {
        let meant = which::ruleset(name)?;
        Ok::<_, Failure>((Ruleset::read(&meant.document)?, meant.day))
    };
    let ((from, from_day), (to, to_day)) = (read(from)?, read(to)?);
    let diff = diff::diff_on((&from, from_day), (&to, to_day));
    if json {
        print_json(&diff)?;
    } else {
        print(&diff.render(width().min(110)))?;
    }
    if diff.is_empty() { Ok(()) } else { Err(Failure::Found) }
}

fn at(date: &str, name: &str, json: bool) -> Result<(), Failure> {
    let day = first_day(date).ok_or_else(|| Failure::Usage {
        message: format!("expected a date, found \"{date}\""),
        help: "write 2024-05-01, 2024-05 or 2024".to_owned(),
    })?;
    let rulebook = which::rulebook(name)?;
    let Some(on_day) = rulebook.at(day) else {
        let first = rulebook.eras().first().map_or_else(String::new, |era| era.from().to_string());
        return Err(Failure::Usage {
            message: format!("the rulebook {} has no rules for {day}", rulebook.name()),
            help: format!("its first era begins on {first}"),
        });
    };
    if json { print_json(&on_day) } else { print(&on_day.render(width().min(110))) }
}
