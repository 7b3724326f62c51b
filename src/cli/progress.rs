//! What those see who wait: how far the work is, how long it will take, and how far it got.

use indicatif::{ProgressBar, ProgressStyle};

use super::cache::Cache;
use super::{Failure, note};

/// How far a run is, with the time left; silent where no terminal shows it.
pub(super) fn progress_bar(replications: u64, quiet: bool) -> ProgressBar {
    let bar = if quiet { ProgressBar::hidden() } else { ProgressBar::new(replications) };
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos} of {len} runs, {eta} left") {
        bar.set_style(style);
    }
    bar
}

/// What moves while something is replicated; nothing where nobody watches.
pub(super) fn spinner(quiet: bool) -> ProgressBar {
    let bar = if quiet { ProgressBar::hidden() } else { ProgressBar::new_spinner() };
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg}") {
        bar.set_style(style);
    }
    bar
}

/// A time that something takes.
pub(super) fn in_words(seconds: f64) -> String {
    match seconds {
        s if s < 1.0 => "a second".to_owned(),
        s if s < 120.0 => format!("{s:.0} seconds"),
        s if s < 7_200.0 => format!("{:.0} minutes", s / 60.0),
        s => format!("{:.1} hours", s / 3_600.0),
    }
}

/// Whether all was done; if not, says how much, and how to go on.
pub(super) fn finished(complete: bool, done: u64, asked: u64, cache: &Cache) -> Result<(), Failure> {
    if complete {
        return Ok(());
    }
    let how =
        if cache.keeps() { "the same command goes on from there" } else { "nothing was kept (--no-cache)" };
    note(&format!("interrupted after {done} of {asked} runs; what was finished is written, and {how}"));
    Err(Failure::Interrupted)
}
