//! Taking the golden numbers of a scenario.

use std::ops::Range;
use std::sync::atomic::AtomicBool;

use super::fingerprint::{fingerprint, joined};
use crate::experiment::blocks::in_blocks;
use crate::experiment::threads::Crew;
use crate::experiment::{BLOCK, Sums, Threads};
use crate::sim::expectation::{Event, Quantity, Unit};
use crate::sim::{Contents, Metric, Mishap, Scenario, Setting};
use crate::time::{HOUR, SimTime};

/// Blocks of [`BLOCK`] replications in a take.
pub const BLOCKS: u64 = 16;

/// What is written down of a scenario.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Version of the engine.
    pub engine: String,
    /// The seed.
    pub seed: u64,
    /// What decides the futures besides engine and seed.
    pub contents: Contents,
    /// A fingerprint of each block of futures.
    pub fingerprints: Vec<u64>,
    /// The headline numbers, by name.
    pub numbers: Vec<Number>,
}

/// A headline number as it is written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Number {
    /// Its name, such as `chance.flagged`.
    pub name: String,
    /// Its value in words, with the digits that the replications know.
    pub shown: String,
    /// Its sums over each block of futures, exactly.
    pub sums: Vec<u128>,
}

/// A number that says something about a whole run, read from each future and averaged.
#[derive(Clone, Debug)]
pub struct Headline {
    /// Its name: `reached.10K`, `days.10K`, `chance.flagged`, `total.sent`.
    pub name: String,
    /// Its unit.
    pub unit: Unit,
    /// From where on a difference matters.
    pub limit: Limit,
    quantity: Quantity,
}

/// From where on a difference matters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Limit {
    /// So much \[unit of the number\].
    Fixed(f64),
    /// This share of what it was.
    Relative(f64),
}

/// A fresh take: what could be written down, and how to read it.
#[derive(Clone, Debug)]
pub struct Taken {
    /// What could be written down.
    pub entry: Entry,
    /// How its numbers are read, in the same order.
    pub headlines: Vec<Headline>,
}

/// Takes the golden numbers of a scenario from `blocks` x [`BLOCK`] replications of its seed; `None` when it was
/// interrupted. `heard` is told how many replications are done.
pub fn take(
    scenario: &Scenario,
    blocks: u64,
    threads: Threads,
    heard: &(dyn Fn(u64) + Sync),
    interrupted: &AtomicBool,
) -> Option<Taken> {
    let headlines = headlines(&scenario.setting);
    let crew = Crew::new(threads);
    let mut fingerprints = Vec::new();
    let mut values: Vec<Vec<Vec<u64>>> = vec![Vec::new(); headlines.len()];
    let read = |indices: Range<u64>| -> Vec<(u64, Vec<u64>)> {
        let futures = scenario.replicate_all(indices);
        let numbers = |future| headlines.iter().map(|headline| headline.quantity.read(future)).collect();
        futures.iter().map(|future| (fingerprint(future), numbers(future))).collect()
    };
    in_blocks(&crew, 0..blocks * BLOCK, interrupted, &read, &mut |rows| {
        for (place, blocks) in values.iter_mut().enumerate() {
            blocks.push(rows.iter().map(|(_, read)| read[place]).collect());
        }
        fingerprints.push(joined(rows.into_iter().map(|(own, _)| own)));
        heard(fingerprints.len() as u64 * BLOCK);
    });
    if (fingerprints.len() as u64) < blocks {
        return None;
    }
    let numbers = headlines.iter().zip(&values).map(|(headline, blocks)| Number {
        name: headline.name.clone(),
        shown: headline.shown(&Sums::of(blocks.iter().flatten().copied())),
        sums: blocks.iter().map(|block| block.iter().map(|value| u128::from(*value)).sum()).collect(),
    });
    let entry = Entry {
        engine: env!("CARGO_PKG_VERSION").to_owned(),
        seed: scenario.setting.seed,
        contents: scenario.contents(),
        fingerprints,
        numbers: numbers.collect(),
    };
    Some(Taken { entry, headlines })
}

/// The numbers that are watched: all that this ruleset can have, in the order of their names.
fn headlines(setting: &Setting) -> Vec<Headline> {
    let mut mishaps = Mishap::ALL.map(|mishap| (mishap.name(), mishap));
    mishaps.sort_unstable_by_key(|(name, _)| *name);
    let chance = |name: String, event| {
        let (unit, limit) = (Unit::Share, Limit::Fixed(0.01));
        Headline { name, unit, limit, quantity: Quantity::Happens(event) }
    };
    let mut list: Vec<Headline> = Vec::new();
    let possible = mishaps.into_iter().filter(|(_, mishap)| mishap.possible(setting));
    list.extend(possible.map(|(name, mishap)| chance(format!("chance.{name}"), Event::Mishap(mishap))));
    let horizon = setting.calendar.horizon().0.unsigned_abs();
    for (place, tier) in setting.tiers.iter().enumerate().skip(setting.start_tier + 1) {
        list.push(chance(format!("reached.{}", tier.name), Event::ReachedBefore(place, SimTime::NEVER)));
        let (name, limit) = (format!("days.{}", tier.name), Limit::Fixed(6.0 * HOUR as f64));
        list.push(Headline { name, unit: Unit::Days, limit, quantity: Quantity::UntilOr(place, horizon) });
    }
    let priced = |metric: &Metric| {
        setting.currency.is_some() || !matches!(metric, Metric::Cost | Metric::Conversations)
    };
    for metric in Metric::ALL.into_iter().filter(priced) {
        let (name, unit) = (format!("total.{}", metric.name()), Unit::of(metric, setting));
        list.push(Headline { name, unit, limit: Limit::Relative(0.01), quantity: Quantity::Total(metric) });
    }
    list.sort_by(|a, b| a.name.cmp(&b.name));
    list
}

impl Headline {
    /// A mean with what its replications leave open, rounded to two digits of that.
    fn shown(&self, sums: &Sums) -> String {
        let Some(mean) = sums.mean() else { return "nothing".to_owned() };
        let scale = self.scale();
        let (value, half) = (mean.mean / scale, mean.half_width.unwrap_or(0.0) / scale);
        let unit = match &self.unit {
            Unit::Share | Unit::Points => " %",
            Unit::Date(_) | Unit::Days => " days",
            Unit::Count { currency: Some(currency), .. } => &format!(" {currency}"),
            Unit::Count { currency: None, .. } => "",
        };
        if half == 0.0 {
            return format!("{value}{unit} in every future");
        }
        // The place of the second digit of the half-width: 0.031 -> 3 decimals, 15_533 -> -3.
        let (mut decimals, mut size) = (0_i32, half);
        while size < 10.0 {
            size *= 10.0;
            decimals += 1;
        }
        while size >= 100.0 {
            size /= 10.0;
            decimals -= 1;
        }
        let round = |value: f64| match usize::try_from(decimals) {
            Ok(decimals) => format!("{value:.decimals$}"),
            Err(_) => {
                let step = (0..-decimals).fold(1.0, |step, _| step * 10.0);
                format!("{}", (value / step).round() * step)
            }
        };
        format!("{}{unit} +- {}", round(value), round(half))
    }

    /// How many of what is summed make one of what is shown.
    pub(super) fn scale(&self) -> f64 {
        match &self.unit {
            Unit::Share | Unit::Points => 0.01,
            Unit::Date(_) | Unit::Days => 24.0 * HOUR as f64,
            Unit::Count { per_unit, .. } => f64::from(*per_unit),
        }
    }
}
