//! What commands that compare share: scenarios on the same luck, dates, and from when on a difference matters.

use std::ops::Range;

use clap::Args;
use tiercast::experiment::{By, Comparison, Matters, Threads};
use tiercast::sim::{Scenario, Setting};
use tiercast::time::Span;

use super::amount::{Amount, grow};
use super::asked::{by, check_by};
use super::cache::{Cache, CacheArgs};
use super::progress::progress_bar;
use super::{Failure, ThreadsArg, interrupt};

/// How runs are compared.
#[derive(Debug, Args)]
pub(super) struct PairedArgs {
    /// Also compare the chance of each limit by a date (2022-04-15) or within a time (30d). May be given several times.
    #[arg(long, value_name = "DATE|TIME", value_parser = by)]
    pub(super) by: Vec<By>,
    /// From when on a difference matters: a time (1d), `chance=2%`, `total=1%`. May be given several times.
    #[arg(long, value_name = "SIZE", value_parser = matters)]
    matters: Vec<Threshold>,
    #[command(flatten)]
    threads: ThreadsArg,
    #[command(flatten)]
    cache: CacheArgs,
}

/// From when on one kind of difference matters.
#[derive(Clone, Copy, Debug)]
pub(super) enum Threshold {
    Days(Span),
    Chance(f64),
    Total(f64),
}

pub(super) fn matters(text: &str) -> Result<Threshold, String> {
    let form = || format!("expected a time such as 1d, chance=2% or total=1%, found {text:?}");
    let share = |value: &str| {
        let percent: f64 = value.trim().strip_suffix('%')?.trim().parse().ok()?;
        (0.0..=100.0).contains(&percent).then_some(percent / 100.0)
    };
    let (kind, value) = text.split_once('=').unwrap_or(("days", text));
    match kind.trim() {
        "days" => Span::try_from(value.to_owned()).map(Threshold::Days).map_err(|_| form()),
        "chance" => share(value).map(Threshold::Chance).ok_or_else(form),
        "total" => share(value).map(Threshold::Total).ok_or_else(form),
        _ => Err(form()),
    }
}

impl PairedArgs {
    /// Dates that lie outside a run would compare nothing.
    pub(super) fn check_dates(&self, scenarios: &[(&str, &Scenario)]) -> Result<(), Failure> {
        scenarios.iter().try_for_each(|(name, scenario)| check_by(&self.by, name, &scenario.setting.calendar))
    }

    /// How many threads replicate and draw.
    pub(super) fn threads(&self) -> Threads {
        self.threads.get()
    }

    /// From when on a difference matters.
    pub(super) fn thresholds(&self) -> Matters {
        thresholds(&self.matters)
    }

    /// Runs what was not kept, and keeps the whole; also gives the place where it is kept.
    pub(super) fn replicate(
        &self,
        plans: &[(&str, &Scenario)],
        amount: &Amount,
        quiet: bool,
    ) -> (Comparison, Cache) {
        replicate(plans, amount, (self.threads(), &self.cache), quiet)
    }
}

/// From when on each kind of difference matters; of two that were given for one kind the last holds.
pub(super) fn thresholds(given: &[Threshold]) -> Matters {
    let mut all = Matters::default();
    for threshold in given {
        match *threshold {
            Threshold::Days(days) => all.days = days,
            Threshold::Chance(share) => all.chance = share,
            Threshold::Total(share) => all.total = share,
        }
    }
    all
}

/// Runs what was not kept of a comparison, from look to look until it is enough, and keeps the whole; also gives the place
/// where it is kept.
pub(super) fn replicate(
    plans: &[(&str, &Scenario)],
    amount: &Amount,
    (threads, cache): (Threads, &CacheArgs),
    quiet: bool,
) -> (Comparison, Cache) {
    let scenarios: Vec<&Scenario> = plans.iter().map(|(_, scenario)| *scenario).collect();
    let cache = cache.open("compare", &scenarios);
    let kept = |than, at_most| Comparison::restore(named(plans), cache.find_more(than, at_most)?);
    let more = |part| run(plans, part, threads, quiet);
    let (whole, fresh) = grow(amount, kept, more, Comparison::join);
    if fresh {
        cache.keep(whole.n(), &whole.stored());
    }
    (whole, cache)
}

/// Runs the replications of these indices of each plan.
pub(super) fn run(
    plans: &[(&str, &Scenario)],
    indices: Range<u64>,
    threads: Threads,
    quiet: bool,
) -> Comparison {
    let scenarios: Vec<&Scenario> = plans.iter().map(|(_, scenario)| *scenario).collect();
    let bar = progress_bar(indices.end, quiet);
    let comparison = Comparison::run(
        named(plans),
        indices.clone(),
        threads,
        &scenarios,
        &|more| bar.set_position(indices.start + more),
        interrupt::listen(),
    );
    bar.finish_and_clear();
    comparison
}

/// Names and settings of plans.
fn named(plans: &[(&str, &Scenario)]) -> Vec<(String, Setting)> {
    plans.iter().map(|(name, scenario)| ((*name).to_owned(), scenario.setting.clone())).collect()
}
