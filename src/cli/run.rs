//! `run`: how does this ramp go?

use std::path::PathBuf;
use std::time::Instant;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use tiercast::experiment::{Ensemble, LAYERS, Threads, explained};
use tiercast::random::Held;
use tiercast::report::charts::Drawing;
use tiercast::report::{daily, gallery, layers, replications, schedule, summary::Summary, text};
use tiercast::sim::{Scenario, Trajectory};

use super::cache::{Cache, CacheArgs};
use super::files::Folder;
use super::{Failure, ScenarioArgs, ThreadsArg, interrupt, note, print, width};

/// Run a scenario many times: when is each limit reached, and how likely is a flag or a fall?
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  tiercast run scenarios/first-climb.ron
  tiercast run scenarios/first-climb.ron --replications 10000 --seed 7 --out out/long
  tiercast run scenarios/first-climb.ron --set horizon=90d --set audience.segments.members.customers=200000

Writes summary.json, daily.csv, replications.csv, schedule.csv and the charts (SVG and PNG) to --out.")]
pub(super) struct Run {
    #[command(flatten)]
    scenario: ScenarioArgs,
    /// How many random futures, instead of the scenario's number.
    #[arg(long, short = 'n')]
    replications: Option<u64>,
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
        let replications = check_replications(self.replications.unwrap_or(scenario.replications))?;
        if self.plan {
            return self.tell_plan(&scenario, replications);
        }
        let default = PathBuf::from("out").join(&scenario.setting.scenario);
        let folder = Folder::prepare(self.out.as_ref().unwrap_or(&default))?;
        let cache = self.cache.open("run", &[&scenario]);
        let ensemble = self.replicate(&scenario, &cache, replications, quiet);
        let summary = Summary::of(&ensemble);
        write(&folder, &ensemble, &summary, self.threads.get())?;
        if self.json {
            print(&summary.to_json())?;
        } else {
            print(&text::render(&ensemble, width().min(120)))?;
            self.tell_layers(&scenario, &ensemble, replications, quiet)?;
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
        finished(ensemble.complete(), ensemble.n(), replications, &cache)
    }

    /// Where layers are held: how much of the spread each of them explains.
    /// `own` is the run itself: a layer that it holds alone is not run again.
    fn tell_layers(
        &self,
        scenario: &Scenario,
        own: &Ensemble,
        replications: u64,
        quiet: bool,
    ) -> Result<(), Failure> {
        if self.scenario.fixed.is_empty() {
            return Ok(());
        }
        let with = |held: Held| {
            let scenario = scenario.clone().with_held(held);
            self.replicate(&scenario, &self.cache.open("run", &[&scenario]), replications, quiet)
        };
        let free = with(Held::default());
        let others = LAYERS.map(|(_, held)| (held != self.scenario.held()).then(|| with(held)));
        let explained = explained(&free, others.each_ref().map(|other| other.as_ref().unwrap_or(own)));
        print(&layers::render(&explained, replications, width().min(120)))
    }

    /// What the run would take, from a few replications of it.
    fn tell_plan(&self, scenario: &Scenario, replications: u64) -> Result<(), Failure> {
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

    /// Runs what was not kept, and keeps the whole.
    fn replicate(&self, scenario: &Scenario, cache: &Cache, replications: u64, quiet: bool) -> Ensemble {
        let kept = cache.find(replications);
        let kept = kept.and_then(|kept| Ensemble::restore(scenario.setting.clone(), kept));
        let done = kept.as_ref().map_or(0, Ensemble::n);
        let threads = self.threads.get();
        let bar = progress_bar(replications, quiet);
        let ensemble = Ensemble::run(
            scenario.setting.clone(),
            done..replications,
            threads,
            scenario,
            &|more| bar.set_position(done + more),
            interrupt::listen(),
        );
        bar.finish_and_clear();
        let more = ensemble.n() > 0;
        let whole = match kept {
            Some(kept) => kept.join(ensemble).expect("they follow on one another, and are of one scenario"),
            None => ensemble,
        };
        if more {
            cache.keep(whole.n(), &whole.stored());
        }
        whole
    }
}

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
