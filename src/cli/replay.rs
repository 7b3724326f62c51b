//! `replay`: what would these rules have done with what really happened?

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use tiercast::glossary::Rating;
use tiercast::platform::{Rulebook, Ruleset};
use tiercast::report::{replay, webhooks};
use tiercast::sim::replay::{
    Log, LogError, Reading, Replay as Replayed, Start, changed_ruleset, longest_window,
};
use tiercast::time::Span;

use super::{Failure, assignment, note, print, print_json, which, width};

/// Tell a log of what really happened to a set of rules: what would they have done, and did they?
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  tiercast replay march.csv --ruleset platform --zone Europe/Madrid
  tiercast replay march.csv --ruleset platform-2023 --start-tier 1K --verified --set upgrade.volume.review=48h
  tiercast replay march.csv --ruleset platform-2023 --webhooks > foreseen.jsonl
  tiercast replay march.csv --ruleset platform-2023 --received events.jsonl --tolerance 2h

The log is a table in order of time:
  time,kind,count,number,template
  2024-03-04T10:00:00Z,sent,500,16505551111,spring_offer
  2024-03-04T10:00:00Z,delivered,480,16505551111,spring_offer
  2024-03-04T10:12:31Z,blocked,2,16505551111,spring_offer

Kinds: sent, delivered, failed, read, replied, stopped, blocked, reported, muted, archived, customer_message,
analysis, verified. Times have an offset or Z, or are Unix seconds, or civil times in --zone. The columns number and template
may be left out where there is one.

With --received the exit code is 1 where what was received differs from what these rules foresee, and 3 where nothing
was compared, such as with events of other dates.")]
pub(super) struct Replay {
    /// The log: a CSV file. It is read twice, so it cannot be a pipe.
    log: PathBuf,
    /// The rules: name of a built-in ruleset, a file that ends in `.ron`, or a rulebook: alone, such as `platform`, its
    /// rules go by the dates of the log; on a day, such as `platform@2024-03-04`, those of the day hold throughout.
    #[arg(long, short)]
    ruleset: String,
    /// Tier of every number when the log begins; the ruleset's start tier unless said otherwise.
    #[arg(long, value_name = "TIER")]
    start_tier: Option<String>,
    /// Rating of every number when the log begins.
    #[arg(long, value_enum)]
    rating: Option<RatingWord>,
    /// The business is verified when the log begins: a number on the entry step has left it.
    #[arg(long)]
    verified: bool,
    /// Time zone of civil times and days, such as Europe/Madrid; UTC days unless said otherwise.
    #[arg(long)]
    zone: Option<String>,
    /// Go on until this time instead of the end of the log's last day; written as in the log.
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    /// Change a value of the ruleset before it is read, such as `upgrade.volume.review=24h` or
    /// `rating.number.low_from=3%`. May be given several times.
    #[arg(long = "set", value_name = "PATH=VALUE", value_parser = assignment)]
    changes: Vec<(String, String)>,
    /// Drop rows that repeat another row of the same second.
    #[arg(long)]
    drop_duplicates: bool,
    /// Print JSON instead of text.
    #[arg(long, conflicts_with = "webhooks")]
    json: bool,
    /// Print the changes as the webhooks that a business would have received, one JSON object a line.
    #[arg(long, conflicts_with = "received")]
    webhooks: bool,
    /// Compare with webhooks that were received: a file with one JSON object a line.
    #[arg(long, value_name = "EVENTS.jsonl")]
    received: Option<PathBuf>,
    /// How far apart in time a received and a foreseen event may be and still be the same.
    #[arg(long, value_name = "SPAN", default_value = "1h", value_parser = span)]
    tolerance: Span,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum RatingWord {
    #[value(alias = "green", alias = "High")]
    High,
    #[value(alias = "yellow", alias = "Medium")]
    Medium,
    #[value(alias = "red", alias = "Low")]
    Low,
}

impl From<RatingWord> for Rating {
    fn from(word: RatingWord) -> Rating {
        match word {
            RatingWord::High => Rating::High,
            RatingWord::Medium => Rating::Medium,
            RatingWord::Low => Rating::Low,
        }
    }
}

fn span(text: &str) -> Result<Span, String> {
    Span::try_from(text.to_owned()).map_err(|error| error.to_string().replace('\n', ": "))
}

impl Replay {
    pub(super) fn execute(&self, quiet: bool) -> Result<(), Failure> {
        let replayed = self.replay()?;
        if let Some(path) = &self.received {
            return self.compare(&replayed, path, quiet);
        }
        if self.webhooks {
            return self.tell_webhooks(&replayed, quiet);
        }
        if self.json {
            return print_json(&replay::summary(&replayed));
        }
        print(&replay::render(&replayed, width().min(120), quiet))
    }

    fn replay(&self) -> Result<Replayed, Failure> {
        let rules = self.rules()?;
        let zone = self.zone.as_deref();
        let mut reading =
            Reading::new(self.log.display().to_string(), zone).map_err(|error| Failure::Usage {
                message: error.to_string(),
                help: "a name such as Europe/Madrid, America/Sao_Paulo or UTC".to_owned(),
            })?;
        reading.drop_duplicates = self.drop_duplicates;
        reading.longest_window = rules.longest_window();
        let start = Start {
            tier: self.start_tier.clone(),
            rating: self.rating.map(Rating::from),
            verified: self.verified,
            until: self.until(&reading)?,
        };
        let log = Log::read(&reading, open(&self.log)?).map_err(|error| refusal(&self.log, error))?;
        let replayed = match &rules {
            Rules::Ruleset(ruleset) => Replayed::run(&reading, &log, open(&self.log)?, ruleset, &start),
            Rules::Rulebook(_) if !self.changes.is_empty() => return Err(self.no_one_ruleset(&log)),
            Rules::Rulebook(book) => Replayed::through(&reading, &log, open(&self.log)?, book, &start),
        };
        replayed.map_err(|error| refusal(&self.log, error))
    }

    fn rules(&self) -> Result<Rules, Failure> {
        let name = &self.ruleset;
        if !name.contains('@') && which::is_rulebook(name) {
            return Ok(Rules::Rulebook(which::rulebook(name)?));
        }
        let document = which::ruleset(name)?.document;
        Ok(Rules::Ruleset(Box::new(changed_ruleset(document, &self.changes)?)))
    }

    fn no_one_ruleset(&self, log: &Log) -> Failure {
        let book = &self.ruleset;
        Failure::Usage {
            message: format!("{book} is a rulebook: it has no one ruleset to change"),
            help: format!(
                "with --set, name a ruleset, such as --ruleset {book}@{}, the day of the first row",
                log.first_day()
            ),
        }
    }

    fn until(&self, reading: &Reading) -> Result<Option<i64>, Failure> {
        let Some(text) = &self.until else { return Ok(None) };
        let instant = reading.instant(text);
        instant
            .map(Some)
            .map_err(|(message, help)| Failure::Usage { message: format!("--until: {message}"), help })
    }

    fn tell_webhooks(&self, replayed: &Replayed, quiet: bool) -> Result<(), Failure> {
        let foreseen = webhooks::foresee(replayed);
        let lines: String = foreseen.webhooks.iter().map(|webhook| webhook.line() + "\n").collect();
        print(&lines)?;
        if quiet {
            return Ok(());
        }
        for (what, count) in &foreseen.left_out {
            note(&format!("left out: {count} x {what}; no shape is published"));
        }
        for text in replay::notes(replayed) {
            note(&text);
        }
        note(replay::rows_in_words(&replayed.log).trim());
        Ok(())
    }

    fn compare(&self, replayed: &Replayed, path: &Path, quiet: bool) -> Result<(), Failure> {
        let name = path.display().to_string();
        let received = webhooks::Received::read(&name, open(path)?).map_err(|error| refusal(path, error))?;
        let foreseen = webhooks::foresee(replayed);
        let comparison = webhooks::compare(replayed, &foreseen, &received, self.tolerance);
        if self.json {
            print_json(&comparison)?;
        } else {
            print(&comparison.render(&name, replayed, self.tolerance))?;
            if !quiet {
                print(&replay::notes_in_words(replayed, width().min(120)))?;
                print(&replay::rows_in_words(&replayed.log))?;
            }
        }
        match comparison.compared() {
            _ if comparison.agrees() => Ok(()),
            true => Err(Failure::Found),
            false => Err(Failure::Undecided),
        }
    }
}

/// The rules that a log is told to.
enum Rules {
    /// From beginning to end.
    Ruleset(Box<Ruleset>),
    /// By the dates of the log.
    Rulebook(Rulebook),
}

impl Rules {
    /// The longest time over which any of them looks back.
    fn longest_window(&self) -> Span {
        match self {
            Rules::Ruleset(ruleset) => longest_window(ruleset),
            Rules::Rulebook(book) => {
                let windows = book.eras().iter().map(|era| longest_window(era.ruleset()));
                windows.max().unwrap_or(Span::days(1))
            }
        }
    }
}

fn open(path: &Path) -> Result<BufReader<File>, Failure> {
    let unreadable = |error: String| Failure::Usage {
        message: format!("cannot read {}: {error}", path.display()),
        help: "give the path of a file; a log is read twice, so it cannot be a pipe".to_owned(),
    };
    let file = File::open(path).map_err(|error| unreadable(error.to_string()))?;
    let kind = file.metadata().map_err(|error| unreadable(error.to_string()))?;
    if !kind.is_file() {
        return Err(unreadable("it is no file".to_owned()));
    }
    Ok(BufReader::with_capacity(1 << 16, file))
}

fn refusal(path: &Path, error: LogError) -> Failure {
    let help = match &error {
        LogError::Findings(_) => "",
        LogError::Read(_) => "is the disk or the network still there?",
        LogError::Changed => "replay a log that is finished, or a copy of it",
        LogError::EndsEarly => "give --until a time after the last row, or cut the log",
        LogError::NoRules { first, .. } => {
            &format!("its first era begins on {first}; name a ruleset to hold throughout")
        }
        LogError::Tier { help, .. } => help.as_str(),
    };
    let help = help.to_owned();
    match error {
        LogError::Findings(findings) => findings.into(),
        LogError::Tier { .. } | LogError::NoRules { .. } => {
            Failure::Usage { message: error.to_string(), help }
        }
        other => Failure::Usage { message: format!("{}: {other}", path.display()), help },
    }
}
