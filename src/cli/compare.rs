//! `compare`: which plan is better, is it real, does it matter?

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::Args;
use tiercast::experiment::{By, Comparison, Contrast, Matters, Threads, Watched};
use tiercast::report::comparison::{Answer, gallery, json, tables, text};
use tiercast::sim::Scenario;
use tiercast::time::{Calendar, Span};

use super::cache::{Cache, CacheArgs};
use super::files::Folder;
use super::run::{check_replications, draw_into, finished, progress_bar};
use super::{Failure, assignment, interrupt, print, width};

/// More plans than this are more than a table or a reader bears.
const MOST_PLANS: usize = 12;

/// Compare plans, rules or settings on the same luck: which is better, is it real, does it matter?
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  tiercast compare scenarios/first-climb.ron scenarios/half-limit-climb.ron --by 30d
  tiercast compare scenarios/first-climb.ron --variant \"half: sender.plan.share=50%\" --variant \"late: sender.hours.from=12:00\"
  tiercast compare scenarios/half-limit-climb.ron --rules platform-2023 --rules platform-2025-10 --matters 2d

All plans meet the same luck: replication 17 of one is held against replication 17 of the other. Writes
comparison.json, pairs.csv, days.csv, replications.csv and the charts of each pair (SVG and PNG) to --out.")]
pub(super) struct Compare {
    /// The scenarios: RON files. One is enough with --rules or --variant.
    #[arg(required = true)]
    scenarios: Vec<PathBuf>,
    /// The one scenario under these rules: a ruleset, a rulebook or a file. Given once, against its own rules.
    #[arg(long, value_name = "RULES", conflicts_with = "variants")]
    rules: Vec<String>,
    /// The one scenario with values changed, against itself as it stands: `name: path=value; path=value`. May be given
    /// several times.
    #[arg(long = "variant", value_name = "NAME: PATH=VALUE", value_parser = variant)]
    variants: Vec<Variant>,
    /// Change a value of all scenarios or their rules, such as `horizon=90d`. May be given several times.
    #[arg(long = "set", value_name = "PATH=VALUE", value_parser = assignment)]
    changes: Vec<(String, String)>,
    /// Seed of the random numbers of all; that of the first scenario unless said otherwise.
    #[arg(long, env = "TIERCAST_SEED")]
    seed: Option<u64>,
    /// How many random futures of each; the most that one of the scenarios asks for unless said otherwise.
    #[arg(long, short = 'n')]
    replications: Option<u64>,
    /// Also compare the chance of each limit by a date (2022-04-15) or within a time (30d). May be given several times.
    #[arg(long, value_name = "DATE|TIME", value_parser = by)]
    by: Vec<By>,
    /// From when on a difference matters: a time (1d), `chance=2%`, `total=1%`. May be given several times.
    #[arg(long, value_name = "SIZE", value_parser = matters)]
    matters: Vec<Threshold>,
    /// Threads; all cores unless said otherwise. No result depends on it.
    #[arg(long, env = "TIERCAST_THREADS")]
    threads: Option<NonZeroUsize>,
    /// Folder for the results; `out/compare` unless said otherwise.
    #[arg(long, short)]
    out: Option<PathBuf>,
    #[command(flatten)]
    cache: CacheArgs,
    /// Print comparison.json instead of the text.
    #[arg(long)]
    json: bool,
}

/// A named change of a scenario.
#[derive(Clone, Debug)]
struct Variant {
    name: String,
    changes: Vec<(String, String)>,
}

fn variant(text: &str) -> Result<Variant, String> {
    let form = "expected NAME: PATH=VALUE, such as \"half: sender.plan.share=50%\"";
    let (name, changes) = text.split_once(':').ok_or(form)?;
    if name.trim().is_empty() || name.contains('=') {
        return Err(form.to_owned());
    }
    let changes: Result<Vec<_>, String> = changes.split(';').map(assignment).collect();
    Ok(Variant { name: name.trim().to_owned(), changes: changes? })
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
enum Threshold {
    Days(Span),
    Chance(f64),
    Total(f64),
}

fn matters(text: &str) -> Result<Threshold, String> {
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

/// Name, file and own changes of a plan.
type Asked = (String, PathBuf, Vec<(String, String)>);

/// A plan that is compared.
struct Plan {
    name: String,
    scenario: Scenario,
}

impl Compare {
    pub(super) fn execute(&self, quiet: bool) -> Result<(), Failure> {
        let plans = self.plans()?;
        self.check_dates(&plans)?;
        let asked = plans.iter().map(|plan| plan.scenario.replications).max().unwrap_or(1);
        let replications = check_replications(self.replications.unwrap_or(asked))?;
        let default = PathBuf::from("out").join("compare");
        let folder = Folder::prepare(self.out.as_ref().unwrap_or(&default))?;
        let scenarios: Vec<&Scenario> = plans.iter().map(|plan| &plan.scenario).collect();
        let cache = self.cache.open("compare", &scenarios);
        let comparison = self.replicate(&plans, &cache, replications, quiet);
        let contrasts = comparison.pairs().iter().map(|pair| {
            let of = |arm: usize| (&plans[arm].scenario, &comparison.arms()[arm]);
            let ((a, first), (b, second)) = (of(pair.first), of(pair.second));
            Contrast::between([a, b], [first, second])
        });
        let answer = Answer::of(&comparison, contrasts.collect(), &self.by, self.thresholds());
        write(&folder, &answer)?;
        if self.json {
            print(&json::to_json(&answer))?;
        } else {
            print(&text::render(&answer, width().min(140)))?;
            if !quiet {
                print(&format!(
                    "\nWritten to {}: comparison.json, pairs.csv, days.csv, replications.csv and charts.\n",
                    folder.path().display()
                ))?;
            }
        }
        finished(comparison.complete(), comparison.n(), replications, &cache)
    }

    /// The plans, loaded, on one seed.
    fn plans(&self) -> Result<Vec<Plan>, Failure> {
        let asked = self.asked()?;
        let mut plans: Vec<Plan> = Vec::new();
        let mut names: Vec<String> = Vec::new();
        for (name, path, own) in asked {
            let changes: Vec<(String, String)> = self.changes.iter().cloned().chain(own).collect();
            let scenario = Scenario::load(&path, &changes)?;
            let seed = self.seed.or(plans.first().map(|plan| plan.scenario.setting.seed));
            let seed = seed.unwrap_or(scenario.setting.seed);
            let taken = names.iter().filter(|other| **other == name).count();
            let shown = if taken == 0 { name.clone() } else { format!("{name} ({})", taken + 1) };
            plans.push(Plan { name: shown, scenario: scenario.with_seed(seed) });
            names.push(name);
        }
        Ok(plans)
    }

    /// Name, file and own changes of each plan.
    fn asked(&self) -> Result<Vec<Asked>, Failure> {
        let stem = |path: &PathBuf| path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let usage = |message: String, help: &str| Failure::Usage { message, help: help.to_owned() };
        let alone = self.rules.is_empty() && self.variants.is_empty();
        let plans: Vec<_> = match self.scenarios.as_slice() {
            [_] if alone => {
                return Err(usage(
                    "one scenario alone cannot be compared".to_owned(),
                    "give a second one, or --variant \"name: path=value\", or --rules RULES",
                ));
            }
            [_, _, ..] if !alone => {
                return Err(usage(
                    "--rules and --variant change one scenario, and several were given".to_owned(),
                    "give one scenario, or leave --rules and --variant out",
                ));
            }
            [path] => {
                let under = |rules: &String| {
                    let change = ("platform.ruleset".to_owned(), rules.clone());
                    (rules.clone(), path.clone(), vec![change])
                };
                let varied =
                    |variant: &Variant| (variant.name.clone(), path.clone(), variant.changes.clone());
                let itself = (self.rules.len() < 2).then(|| (stem(path), path.clone(), Vec::new()));
                let others = self.rules.iter().map(under).chain(self.variants.iter().map(varied));
                itself.into_iter().chain(others).collect()
            }
            several => several.iter().map(|path| (stem(path), path.clone(), Vec::new())).collect(),
        };
        if plans.len() > MOST_PLANS {
            let message = format!("{} plans are too many to be held against each other", plans.len());
            return Err(usage(message, &format!("at most {MOST_PLANS}")));
        }
        Ok(plans)
    }

    /// Dates that lie outside a run would compare nothing.
    fn check_dates(&self, plans: &[Plan]) -> Result<(), Failure> {
        plans.iter().try_for_each(|plan| check_by(&self.by, &plan.name, &plan.scenario.setting.calendar))
    }

    fn thresholds(&self) -> Matters {
        let mut all = Matters::default();
        for threshold in &self.matters {
            match *threshold {
                Threshold::Days(days) => all.days = days,
                Threshold::Chance(share) => all.chance = share,
                Threshold::Total(share) => all.total = share,
            }
        }
        all
    }

    /// Runs what was not kept, and keeps the whole.
    fn replicate(&self, plans: &[Plan], cache: &Cache, replications: u64, quiet: bool) -> Comparison {
        let named = plans.iter().map(|plan| (plan.name.clone(), plan.scenario.setting.clone()));
        let named: Vec<_> = named.collect();
        let kept = cache.find(replications).and_then(|kept| Comparison::restore(named.clone(), kept));
        let done = kept.as_ref().map_or(0, Comparison::n);
        let threads = self.threads.map_or(Threads::All, Threads::Exactly);
        let bar = progress_bar(replications, quiet);
        let comparison = Comparison::run(
            named,
            done..replications,
            threads,
            &|arm, index| Watched::run(&plans[arm].scenario, index),
            &|more| bar.set_position(done + more),
            interrupt::listen(),
        );
        bar.finish_and_clear();
        let more = comparison.n() > 0;
        let whole = match kept {
            Some(kept) => {
                kept.join(comparison).expect("they follow on one another, and are of the same plans")
            }
            None => comparison,
        };
        if more {
            cache.keep(whole.n(), &whole.stored());
        }
        whole
    }
}

/// Dates that lie outside the run of that name would compare nothing.
pub(super) fn check_by(dates: &[By], name: &str, calendar: &Calendar) -> Result<(), Failure> {
    if dates.iter().all(|by| by.within(calendar)) {
        return Ok(());
    }
    let (first, last) = (calendar.date(0), calendar.date(calendar.days().saturating_sub(1)));
    Err(Failure::Usage {
        message: format!("--by lies outside the run of {name}"),
        help: format!(
            "a date from {first} to {last}, or a time of at most {}; a longer run is --set horizon=...",
            calendar.horizon()
        ),
    })
}

/// Writes every file of a comparison.
fn write(folder: &Folder, answer: &Answer<'_>) -> Result<(), Failure> {
    folder.write("comparison.json", json::to_json(answer).as_bytes())?;
    folder.write("pairs.csv", tables::pairs(answer).as_bytes())?;
    folder.write("days.csv", tables::days(answer).as_bytes())?;
    folder.write("replications.csv", tables::replications(answer).as_bytes())?;
    draw_into(folder, gallery::draw(answer))
}
