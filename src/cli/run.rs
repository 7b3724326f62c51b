//! `run`: how does this ramp go?

use std::ops::Range;
use std::path::PathBuf;
use std::time::Instant;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use tiercast::experiment::{Ensemble, HalfWidth, LAYERS, Precision, PrecisionError, Threads, explained};
use tiercast::random::Held;
use tiercast::report::charts::Drawing;
use tiercast::report::{daily, gallery, layers, precision, replications, schedule, summary::Summary, text};
use tiercast::sim::{Scenario, Trajectory};

use super::cache::{Cache, CacheArgs};
use super::files::Folder;
use super::paired::check_priced;
use super::sweep::metric_named;
use super::{Failure, ScenarioArgs, ThreadsArg, interrupt, note, print, width};

/// Run a scenario many times: when is each limit reached, and how likely is a flag or a fall?
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  tiercast run scenarios/first-climb.ron
  tiercast run scenarios/first-climb.ron --replications 10000 --seed 7 --out out/long
  tiercast run scenarios/first-climb.ron --precision 1% --metric flagged
  tiercast run scenarios/first-climb.ron --set horizon=90d --set audience.segments.members.customers=200000

Writes summary.json, daily.csv, replications.csv, schedule.csv and the charts (SVG and PNG) to --out.")]
pub(super) struct Run {
    #[command(flatten)]
    scenario: ScenarioArgs,
    /// How many random futures, instead of the scenario's number; with --precision, how many at most.
    #[arg(long, short = 'n')]
    replications: Option<u64>,
    /// Run until every chance is known so well, or the result of --metric: half the width of its 95 % interval, such as
    /// `1%` (points of a chance, or a part of any mean), `12h` or `500`. Looks after 200, 300, 500, ... futures.
    #[arg(long, value_name = "HALF_WIDTH")]
    precision: Option<HalfWidth>,
    /// The result that --precision asks for, by its name in `compare`, such as `flagged` or `days_to_10K`.
    #[arg(long, requires = "precision", value_name = "NAME")]
    metric: Option<String>,
    #[command(flatten)]
    threads: ThreadsArg,
    /// Folder for the results; `out/<scenario>` unless said otherwise.
    #[arg(long, short)]
    out: Option<PathBuf>,
    #[command(flatten)]
    cache: CacheArgs,
    /// Print summary.json instead of the text.
    #[arg(long)]
    json: bool,
    /// Say what the run would take (draws, seconds, memory) and run nothing but a few replications to find out.
    #[arg(long)]
    plan: bool,
}

impl Run {
    pub(super) fn execute(&self, quiet: bool) -> Result<(), Failure> {
        let scenario = self.scenario.load()?;
        let amount = self.amount(&scenario)?;
        if self.plan {
            return self.tell_plan(&scenario, &amount);
        }
        let default = PathBuf::from("out").join(&scenario.setting.scenario);
        let folder = Folder::prepare(self.out.as_ref().unwrap_or(&default))?;
        let cache = self.cache.open("run", &[&scenario]);
        let ensemble = self.replicate(&scenario, &cache, &amount, quiet);
        let summary = Summary::of(&ensemble);
        write(&folder, &ensemble, &summary, self.threads.get())?;
        if self.json {
            print(&summary.to_json())?;
        } else {
            print(&text::render(&ensemble, width().min(120)))?;
            if let Some(said) = amount.precision().and_then(|asked| precision::render(asked, &ensemble)) {
                print(&format!("\n{said}\n"))?;
            }
            self.tell_layers(&scenario, &ensemble, quiet)?;
            if !quiet {
                print(&format!(
                    "\nWritten to {}: summary.json, daily.csv, replications.csv, schedule.csv and charts.\n",
                    folder.path().display()
                ))?;
                print(&format!(
                    "Next: look at {}, or ask why one future went as it did:\n  tiercast explain {} --replication 0\n",
                    folder.path().join("volume.png").display(),
                    self.scenario.scenario.display()
                ))?;
            }
        }
        finished(ensemble.complete(), ensemble.n(), amount.look_after(ensemble.n()), &cache)
    }

    /// How many runs are asked for.
    fn amount(&self, scenario: &Scenario) -> Result<Amount, Failure> {
        let Some(half_width) = self.precision.clone() else {
            return Ok(Amount::Runs(check_replications(self.replications.unwrap_or(scenario.replications))?));
        };
        let most = check_replications(self.replications.unwrap_or(MOST_UNTIL))?;
        let own = [(scenario.setting.scenario.clone(), &scenario.setting)];
        let metric = self.metric.as_ref().map(|name| metric_named(name, &own)).transpose()?;
        check_priced(metric.as_slice(), scenario)?;
        let precision = Precision::new(half_width, metric, &scenario.setting).map_err(|error| {
            Failure::Usage { help: advice(&error).to_owned(), message: error.to_string() }
        })?;
        Ok(Amount::Until(precision, most))
    }

    /// Where layers are held: how much of the spread each of them explains.
    /// `own` is the run itself: a layer that it holds alone is not run again.
    fn tell_layers(&self, scenario: &Scenario, own: &Ensemble, quiet: bool) -> Result<(), Failure> {
        if self.scenario.fixed.is_empty() {
            return Ok(());
        }
        let replications = own.n();
        let with = |held: Held| {
            let scenario = scenario.clone().with_held(held);
            let cache = self.cache.open("run", &[&scenario]);
            self.replicate(&scenario, &cache, &Amount::Runs(replications), quiet)
        };
        let free = with(Held::default());
        let others = LAYERS.map(|(_, held)| (held != self.scenario.held()).then(|| with(held)));
        let explained = explained(&free, others.each_ref().map(|other| other.as_ref().unwrap_or(own)));
        print(&layers::render(&explained, replications, width().min(120)))
    }

    /// What the run would take, from a few replications of it.
    fn tell_plan(&self, scenario: &Scenario, amount: &Amount) -> Result<(), Failure> {
        let replications = match amount {
            Amount::Runs(replications) => *replications,
            Amount::Until(precision, most) => {
                let first = Precision::looks(*most).next().unwrap_or(*most);
                let sample = self.more(scenario, 0..first, true);
                let replications = precision.forecast(&sample, *most);
                print(&format!("about {replications} runs will be enough, after {first} of them\n"))?;
                replications
            }
        };
        let sample = replications.min(PLAN_SAMPLE);
        let start = Instant::now();
        let runs: Vec<Trajectory> = scenario.replicate_all(0..sample);
        let each = start.elapsed().as_secs_f64() / sample as f64;
        let threads = self.threads.get().count();
        let draws: u64 = runs.iter().map(|run| run.draws).sum::<u64>() / sample;
        let cells = runs.iter().map(|run| run.most_cells).max().unwrap_or(0);
        let future = |index: u64| runs[index as usize].clone();
        let ensemble = Ensemble::run(
            scenario.setting.clone(),
            0..sample,
            Threads::ONE,
            &future,
            &|_| {},
            interrupt::listen(),
        );
        // A line a replication; histograms of days grow until their bins are full.
        let (lines, days_held) = (ROW_BYTES * replications as usize, ensemble.bytes());
        let days = scenario.setting.calendar.days();
        let mib = |bytes: usize| bytes.div_ceil(1 << 20);
        print(&format!(
            "{replications} runs of {days} days, on {threads} threads (measured on {sample} of them)\n\
             \x20 draws     {draws} counts a run, {} in all\n\
             \x20 cells     at most {cells} of customers with the same past, for {} customers\n\
             \x20 time      about {:.1} s, and {:.2} s for the charts\n\
             \x20 memory    {} to {} MiB\n",
            draws * replications,
            scenario.customers(),
            each * replications as f64 / threads as f64,
            CHART_SECONDS,
            mib(lines + days_held),
            mib(lines + 8 * days_held) + PROGRAM_MIB,
        ))
    }

    /// Runs what was not kept, from look to look until it is enough, and keeps the whole.
    fn replicate(&self, scenario: &Scenario, cache: &Cache, amount: &Amount, quiet: bool) -> Ensemble {
        let (mut whole, mut fresh): (Option<Ensemble>, bool) = (None, false);
        for replications in amount.looks() {
            let have = |whole: &Option<Ensemble>| whole.as_ref().map_or(0, Ensemble::n);
            let kept = cache.find_more(have(&whole), replications);
            let kept = kept.and_then(|kept| Ensemble::restore(scenario.setting.clone(), kept));
            whole = kept.or(whole);
            let more = self.more(scenario, have(&whole)..replications, quiet);
            fresh |= more.n() > 0;
            let joined = match whole {
                Some(whole) => whole.join(more).expect("they follow on one another, and are of one scenario"),
                None => more,
            };
            let enough = !joined.complete() || amount.is_enough(&joined);
            whole = Some(joined);
            if enough {
                break;
            }
        }
        let whole = whole.expect("there is a last look");
        if fresh {
            cache.keep(whole.n(), &whole.stored());
        }
        whole
    }

    /// Runs the replications of these indices.
    fn more(&self, scenario: &Scenario, indices: Range<u64>, quiet: bool) -> Ensemble {
        let bar = progress_bar(indices.end, quiet);
        let ensemble = Ensemble::run(
            scenario.setting.clone(),
            indices.clone(),
            self.threads.get(),
            scenario,
            &|more| bar.set_position(indices.start + more),
            interrupt::listen(),
        );
        bar.finish_and_clear();
        ensemble
    }
}

/// How many runs are asked for.
enum Amount {
    /// So many.
    Runs(u64),
    /// As many as make something known so well, up to so many.
    Until(Precision, u64),
}

impl Amount {
    fn precision(&self) -> Option<&Precision> {
        match self {
            Amount::Runs(_) => None,
            Amount::Until(precision, _) => Some(precision),
        }
    }

    /// The numbers of runs after which one may stop.
    fn looks(&self) -> Box<dyn Iterator<Item = u64>> {
        match self {
            Amount::Runs(replications) => Box::new(std::iter::once(*replications)),
            Amount::Until(_, most) => Box::new(Precision::looks(*most)),
        }
    }

    /// The number of runs that was under way when `done` were done.
    fn look_after(&self, done: u64) -> u64 {
        self.looks().find(|look| *look >= done).unwrap_or(done)
    }

    fn is_enough(&self, ensemble: &Ensemble) -> bool {
        self.precision().is_none_or(|precision| precision.is_reached(ensemble))
    }
}

/// What to do about a precision that cannot be asked for.
fn advice(error: &PrecisionError) -> &'static str {
    match error {
        PrecisionError::NoMetric(_) => "name it: --metric days_to_10K, or --metric sent",
        PrecisionError::Unit { .. } => {
            "a part such as 1% fits every result, a time such as 12h days, an amount such as 500 messages and cost"
        }
        PrecisionError::NoChance => "name a result: --metric sent",
    }
}

/// Runs at most, until something is known so well, unless said otherwise: their rows take some 300 MiB.
const MOST_UNTIL: u64 = 1_000_000;

/// Bytes of what is kept of a replication.
const ROW_BYTES: usize = 320;
/// What the program takes without results \[MiB\].
const PROGRAM_MIB: usize = 24;
/// Replications from which a plan is measured.
const PLAN_SAMPLE: u64 = 16;
/// About how long drawing the charts takes \[seconds\].
const CHART_SECONDS: f64 = 0.1;

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

/// A number of replications that can be run.
pub(super) fn check_replications(replications: u64) -> Result<u64, Failure> {
    if (1..=10_000_000).contains(&replications) {
        return Ok(replications);
    }
    Err(Failure::Usage {
        message: format!("{replications} replications cannot be run"),
        help: "between 1 and 10,000,000; 1,000 is a good start".to_owned(),
    })
}

/// How far a run is, with the time left; silent where no terminal shows it.
pub(super) fn progress_bar(replications: u64, quiet: bool) -> ProgressBar {
    let bar = if quiet { ProgressBar::hidden() } else { ProgressBar::new(replications) };
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos} of {len} runs, {eta} left") {
        bar.set_style(style);
    }
    bar
}

/// Writes every file of a run.
fn write(folder: &Folder, ensemble: &Ensemble, summary: &Summary, threads: Threads) -> Result<(), Failure> {
    let names = ["replications.csv", "daily.csv", "schedule.csv", "summary.json"];
    let pages: [gallery::Page<'_>; 4] = [
        &|| replications::to_csv(ensemble),
        &|| daily::to_csv(ensemble),
        &|| schedule::to_csv(ensemble),
        &|| summary.to_json(),
    ];
    let (texts, drawings) = gallery::make(ensemble, &pages, threads);
    for (name, text) in names.into_iter().zip(texts) {
        folder.write(name, text.as_bytes())?;
    }
    draw_into(folder, drawings)
}

/// Writes charts, each as SVG and as PNG.
pub(super) fn draw_into(folder: &Folder, drawings: Vec<Drawing>) -> Result<(), Failure> {
    for drawing in drawings {
        folder.write(&format!("{}.svg", drawing.name), drawing.svg.as_bytes())?;
        folder.write(&format!("{}.png", drawing.name), &drawing.png)?;
    }
    Ok(())
}
