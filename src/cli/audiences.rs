//! `audiences`: which behaviour profiles are there, and what do they lead to?

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use tiercast::audience::{Behavior, profile_document, profile_names};
use tiercast::document::{Document, nearest};
use tiercast::experiment::Aftermath;
use tiercast::report::audiences::{self, Listed, Told};
use tiercast::sim::OneSend;

use super::files::{Folder, open};
use super::{Failure, ThreadsArg, print, print_json, width};

/// Show behaviour profiles: who the customers are, what is believed of them, and what one send leads to.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  tiercast audiences list
  tiercast audiences show opted-in-marketing
  tiercast audiences show cold-list --out out/cold-list
  tiercast audiences show my-customers.ron")]
pub(super) struct Audiences {
    #[command(subcommand)]
    question: Question,
}

#[derive(Debug, Subcommand)]
enum Question {
    /// List the built-in profiles, and how many of their inputs are assumed.
    List {
        /// Print JSON instead of text.
        #[arg(long)]
        json: bool,
    },
    /// Tell a profile in plain words, and what 10,000 messages lead to.
    Show(Show),
}

#[derive(Debug, Args)]
struct Show {
    /// Name of a built-in profile, or a file that ends in `.ron`.
    name: String,
    /// Folder for the chart, `<name>.svg` and `<name>.png`; none is drawn unless it is given.
    #[arg(long, short)]
    out: Option<PathBuf>,
    /// Seed of the random numbers.
    #[arg(long, env = "TIERCAST_SEED", default_value_t = 1)]
    seed: u64,
    #[command(flatten)]
    threads: ThreadsArg,
    /// Print JSON instead of text.
    #[arg(long)]
    json: bool,
}

/// Messages of the one send.
const MESSAGES: u64 = 10_000;
/// Futures of it.
const REPLICATIONS: u64 = 2_000;

impl Audiences {
    pub(super) fn execute(&self, quiet: bool) -> Result<(), Failure> {
        match &self.question {
            Question::List { json } => list(*json),
            Question::Show(show) => show.execute(quiet),
        }
    }
}

fn list(json: bool) -> Result<(), Failure> {
    let mut profiles = Vec::new();
    for document in profile_names().filter_map(profile_document) {
        profiles.push(Listed::of(&Behavior::read(&document)?));
    }
    if json { print_json(&profiles) } else { print(&audiences::list(&profiles)) }
}

impl Show {
    fn execute(&self, quiet: bool) -> Result<(), Failure> {
        let behavior = Behavior::read(&find(&self.name)?)?;
        let folder = self.out.as_deref().map(Folder::prepare).transpose()?;
        let after = self.replicate(&behavior)?;
        let told = Told::of(&behavior, &after);
        if let Some(folder) = &folder {
            let drawing = audiences::picture(&stem(&self.name), &behavior, &after);
            folder.write(&format!("{}.svg", drawing.name), drawing.svg.as_bytes())?;
            folder.write(&format!("{}.png", drawing.name), &drawing.png)?;
        }
        if self.json {
            return print_json(&told);
        }
        print(&told.render(width().min(120)))?;
        match folder.filter(|_| !quiet) {
            Some(folder) => print(&format!(
                "\nWritten to {}: {name}.svg and {name}.png.\n",
                folder.path().display(),
                name = stem(&self.name)
            )),
            None => Ok(()),
        }
    }

    fn replicate(&self, behavior: &Behavior) -> Result<Aftermath, Failure> {
        let threads = self.threads.get();
        let send = OneSend::new(behavior.clone(), MESSAGES);
        let after = send.and_then(|send| Aftermath::run(&send, self.seed, REPLICATIONS, threads));
        after.ok_or_else(|| Failure::Usage {
            message: format!("a delay of {} makes no table", self.name),
            help: "look at its delays".to_owned(),
        })
    }
}

/// What the files of a profile are called: its name, or that of its file without the ending.
fn stem(name: &str) -> String {
    Path::new(name).file_stem().map_or_else(|| name.to_owned(), |stem| stem.to_string_lossy().into_owned())
}

/// The profile of that name, or the file.
fn find(name: &str) -> Result<Document, Failure> {
    if name.ends_with(".ron") {
        return open(name, "give a name that `tiercast audiences list` shows, or a file that ends in .ron");
    }
    profile_document(name).ok_or_else(|| {
        let meant =
            nearest(name, profile_names()).map_or_else(String::new, |near| format!("did you mean {near}? "));
        Failure::Usage {
            message: format!("there is no profile \"{name}\""),
            help: format!("{meant}There are: {}", profile_names().collect::<Vec<_>>().join(", ")),
        }
    })
}
