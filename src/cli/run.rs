//! `run`: how does this ramp go?

use std::ops::Range;
use std::path::PathBuf;

use clap::Args;
use tiercast::experiment::{By, Ensemble, Headline, LAYERS, Threads, explained};
use tiercast::glossary::grouped;
use tiercast::random::Held;
use tiercast::report::{daily, gallery, layers, precision, replications, schedule, summary::Summary, text};
use tiercast::sim::Scenario;

use super::amount::{Amount, AmountArgs, grow};
use super::asked::{check_priced, metric_named};
use super::cache::{Cache, CacheArgs};
use super::files::Folder;
use super::plan::{CHART_SECONDS, Measured, Planned};
use super::progress::{finished, progress_bar};
use super::{Failure, ScenarioArgs, ThreadsArg, interrupt, print, width};

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
    #[command(flatten)]
    amount: AmountArgs,
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
}

impl Run {
    pub(super) fn execute(&self, quiet: bool) -> Result<(), Failure> {
        let scenario = self.scenario.load()?;
        let amount = self.amount(&scenario)?;
        if self.amount.plan {
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
            if let Some(said) = amount.precision().and_then(|asked| precision::of_run(asked, &ensemble)) {
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
        let setting = &scenario.setting;
        let own = [(setting.scenario.clone(), setting)];
        let metric = self.metric.as_ref().map(|name| metric_named(name, &own)).transpose()?;
        check_priced(metric.as_slice(), scenario)?;
        self.amount.get(scenario.replications, 1, metric, Headline::all(&[setting], &[By::Horizon]))
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
        let replications = amount.foretold(|first| self.more(scenario, 0..first, true), "", "them")?;
        let days = scenario.setting.calendar.days();
        let work = format!("{} runs of {days} days", grouped(replications));
        let planned = Planned { work, runs: replications, of_days: 1, rows: true, charts: CHART_SECONDS };
        planned.tell(&Measured::of(&[scenario]), self.threads.get())
    }

    /// Runs what was not kept, from look to look until it is enough, and keeps the whole.
    fn replicate(&self, scenario: &Scenario, cache: &Cache, amount: &Amount, quiet: bool) -> Ensemble {
        let kept = |than, at_most| {
            let kept = cache.find_more(than, at_most)?;
            Ensemble::restore(scenario.setting.clone(), kept)
        };
        let (whole, fresh) = grow(amount, kept, |part| self.more(scenario, part, quiet), Ensemble::join);
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
    folder.draw(drawings)
}
