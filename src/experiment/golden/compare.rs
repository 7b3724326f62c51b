//! What moved since the numbers were written down.

use super::take::{Entry, Headline, Limit, Taken};
use crate::experiment::expect::Outcome;
use crate::experiment::{BLOCK, Interval};
use crate::random::quantile::student_quantile;

/// Intervals are set wider than those of Student's t by this factor: sums of 64 futures are nearly normal.
const WIDER: f64 = 1.1;

/// A scenario then and now.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// What was changed, in words; empty where nothing was.
    pub causes: Vec<String>,
    /// How many blocks of futures differ at all.
    pub blocks_changed: usize,
    /// Blocks in all.
    pub blocks: usize,
    /// The first replication of the first block that differs.
    pub first: Option<u64>,
    /// The numbers that moved, by name.
    pub moves: Vec<Move>,
    /// How many numbers are the same to the last digit.
    pub same: usize,
}

/// A number that moved.
#[derive(Clone, Debug)]
pub struct Move {
    /// Its name.
    pub name: String,
    /// What it was and is, in words.
    pub from: String,
    /// What it is now, in words.
    pub to: String,
    /// By how much, in words, with its interval.
    pub by: String,
    /// From where on it matters, in words.
    pub limit: String,
    /// What that means.
    pub moved: Moved,
}

/// Whether a number moved by more than matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moved {
    /// By less than its limit, for sure.
    Within,
    /// By more than its limit, for sure.
    Beyond,
    /// The interval holds its limit.
    Unclear,
    /// It was not written down before.
    New,
    /// It is no longer there.
    Gone,
}

impl Moved {
    /// In words.
    pub fn name(self) -> &'static str {
        match self {
            Moved::Within => "less than matters",
            Moved::Beyond => "MOVED",
            Moved::Unclear => "unclear",
            Moved::New => "NEW",
            Moved::Gone => "GONE",
        }
    }
}

impl Comparison {
    /// Fail where something moved beyond its limit, came, went, or where the futures differ and nothing was changed;
    /// else undecided where something is unclear.
    pub fn outcome(&self) -> Outcome {
        let beyond = |step: &Move| matches!(step.moved, Moved::Beyond | Moved::New | Moved::Gone);
        if self.moves.iter().any(beyond) || (self.blocks_changed > 0 && self.causes.is_empty()) {
            Outcome::Fail
        } else if self.moves.iter().any(|step| step.moved == Moved::Unclear) {
            Outcome::Undecided
        } else {
            Outcome::Pass
        }
    }

    /// What happened, in a line.
    pub fn in_words(&self) -> String {
        let causes = match self.causes.as_slice() {
            [] => "nothing was changed".to_owned(),
            some => some.join(", "),
        };
        let behaviour = match self.first {
            None => "every future is the same to the last digit".to_owned(),
            Some(first) => format!(
                "futures differ in {} of {} blocks, first in {first} to {}",
                self.blocks_changed,
                self.blocks,
                first + BLOCK - 1
            ),
        };
        format!("{behaviour}; {causes}")
    }
}

/// Compares what was written down with a fresh take of the same seed and as many blocks. `level` is the chance that
/// one limit of one number may be wrong.
pub fn compare(before: &Entry, now: &Taken, level: f64) -> Comparison {
    let pairs = before.fingerprints.iter().zip(&now.entry.fingerprints);
    let changed: Vec<usize> =
        pairs.enumerate().filter(|(_, (before, now))| before != now).map(|(block, _)| block).collect();
    let mut moves = Vec::new();
    let mut same = 0;
    for (headline, number) in now.headlines.iter().zip(&now.entry.numbers) {
        match before.numbers.iter().find(|old| old.name == number.name) {
            None => moves.push(came_or_went(&number.name, "", &number.shown, Moved::New)),
            Some(old) if old.sums == number.sums => same += 1,
            Some(old) => {
                let (from, to) = (old.shown.clone(), number.shown.clone());
                moves.push(step(headline, from, to, &old.sums, &number.sums, level));
            }
        }
    }
    for old in &before.numbers {
        if now.entry.numbers.iter().all(|number| number.name != old.name) {
            moves.push(came_or_went(&old.name, &old.shown, "", Moved::Gone));
        }
    }
    Comparison {
        causes: causes(before, &now.entry),
        blocks_changed: changed.len(),
        blocks: before.fingerprints.len(),
        first: changed.first().map(|block| *block as u64 * BLOCK),
        moves,
        same,
    }
}

fn causes(before: &Entry, now: &Entry) -> Vec<String> {
    let mut list = Vec::new();
    if before.engine != now.engine {
        list.push(format!("the engine changed from {} to {}", before.engine, now.engine));
    }
    if before.seed != now.seed {
        list.push(format!("the seed changed from {} to {}", before.seed, now.seed));
    }
    let (old, new) = (before.contents, now.contents);
    for (what, differs) in [
        ("the rules changed", old.rules != new.rules),
        ("the audience profile changed", old.audience != new.audience),
        ("the scenario changed", old.scenario != new.scenario),
    ] {
        if differs {
            list.push(what.to_owned());
        }
    }
    list
}

fn came_or_went(name: &str, from: &str, to: &str, moved: Moved) -> Move {
    let text = str::to_owned;
    Move { name: text(name), from: text(from), to: text(to), by: String::new(), limit: String::new(), moved }
}

/// One number's step, with what it means.
fn step(headline: &Headline, from: String, to: String, before: &[u128], now: &[u128], level: f64) -> Move {
    let mean = |sums: &[u128]| sums.iter().sum::<u128>() as f64 / (sums.len() as f64 * BLOCK as f64);
    let limit = match headline.limit {
        Limit::Fixed(limit) => limit,
        Limit::Relative(share) => share * mean(before),
    };
    let by = now.iter().zip(before).map(|(now, before)| (*now as f64 - *before as f64) / BLOCK as f64);
    let (estimate, interval) = difference(&by.collect::<Vec<f64>>(), level);
    let moved = match interval {
        Interval { low, high } if low >= -limit && high <= limit => Moved::Within,
        Interval { low, high } if low > limit || high < -limit => Moved::Beyond,
        _ => Moved::Unclear,
    };
    let words = |value: f64| {
        let value = value / headline.scale();
        if value.abs() >= 100.0 { format!("{value:+.0}") } else { format!("{value:+.3}") }
    };
    Move {
        name: headline.name.clone(),
        from,
        to,
        by: format!("{} ({} to {})", words(estimate), words(interval.low), words(interval.high)),
        limit: format!("+-{}", words(limit).trim_start_matches('+')),
        moved,
    }
}

/// The mean difference over blocks with its interval.
fn difference(by: &[f64], level: f64) -> (f64, Interval) {
    let n = by.len() as f64;
    let mean = by.iter().sum::<f64>() / n;
    if by.len() < 2 {
        return (mean, Interval { low: f64::NEG_INFINITY, high: f64::INFINITY });
    }
    let variance = by.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() / (n - 1.0);
    let half = -WIDER * student_quantile(level, n - 1.0) * (variance / n).sqrt();
    (mean, Interval { low: mean - half, high: mean + half })
}
