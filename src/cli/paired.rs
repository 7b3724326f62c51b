//! What commands that compare share: scenarios on the same luck, dates, and from when on a difference matters.

use std::ops::Range;

use clap::Args;
use tiercast::experiment::{By, Comparison, Headline, Matters, Threads};
use tiercast::sim::{Metric, Scenario, Setting};
use tiercast::time::{Calendar, Span};

use super::amount::{Amount, grow};
use super::cache::{Cache, CacheArgs};
use super::run::progress_bar;
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

pub(super) fn by(text: &str) -> Result<By, String> {
    if let Ok(date) = text.parse() {
        return Ok(By::Date(date));
    }
    let span = Span::try_from(text.to_owned()).map(By::After);
    span.map_err(|_| "expected a date such as 2022-04-15, or a time such as 30d".to_owned())
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

/// Dates that lie outside the run of that name would compare nothing.
pub(super) fn check_by(dates: &[By], name: &str, calendar: &Calendar) -> Result<(), Failure> {
    dates.iter().try_for_each(|by| check_within(*by, "--by", name, calendar))
}

/// Refuses a date or time outside the run of that name; `what` asks for it.
pub(super) fn check_within(by: By, what: &str, name: &str, calendar: &Calendar) -> Result<(), Failure> {
    if by.within(calendar) {
        return Ok(());
    }
    let (first, last) = (calendar.date(0), calendar.date(calendar.days().saturating_sub(1)));
    Err(Failure::Usage {
        message: format!("{what} lies outside the run of {name}"),
        help: format!(
            "a date from {first} to {last}, or a time of at most {}; a longer run is --set horizon=...",
            calendar.horizon()
        ),
    })
}

/// Runs that tell whether prices are known, before many are spent on a cost that is not.
const PRICED: u64 = 8;

/// Refuses to judge a scenario by a cost that is not known.
pub(super) fn check_priced(asked: &[Headline], scenario: &Scenario) -> Result<(), Failure> {
    let futures = || scenario.replicate_all(0..PRICED);
    if asked.contains(&Headline::Total(Metric::Cost)) && futures().iter().any(|future| future.unpriced > 0) {
        return Err(unpriced("of this scenario"));
    }
    Ok(())
}

/// Why a cost is no answer.
pub(super) fn unpriced(whose: &str) -> Failure {
    Failure::Usage {
        message: format!(
            "the cost {whose} is not known: its runs have messages and conversations whose price is not known"
        ),
        help: "choose a market and a start whose prices are known (platform.market, start; see `rules show`), or ask for \
               another metric, such as sent"
            .to_owned(),
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
