//! `sensitivity`: which of the things that nobody knows exactly moves the result most?

use std::path::PathBuf;
use std::time::Instant;

use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use tiercast::experiment::sensitivity::{
    Input, MOST_INPUTS, Morris, Saltelli, Study, evaluate, outputs, sampled, screened,
};
use tiercast::experiment::{By, Factor, Headline, headlines_of};
use tiercast::glossary::grouped;
use tiercast::report::sensitivity::{SensitivityAnswer, gallery, json, tables, text};
use tiercast::sim::{Scenario, Uncertain};

use super::amount::check_replications;
use super::asked::{by, check_by, check_priced, dates, factors, metric_named};
use super::cache::{Cache, CacheArgs};
use super::files::{Folder, chart_of};
use super::plan::{CHART_SECONDS, Measured, Planned};
use super::progress::in_words;
use super::{Failure, ScenarioArgs, ThreadsArg, interrupt, note, print, width};

/// Find which uncertain inputs of a scenario move its results most.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  tiercast sensitivity scenarios/first-climb.ron
  tiercast sensitivity scenarios/first-climb.ron --method morris --metric flagged
  tiercast sensitivity scenarios/first-climb.ron --rows 512 --replications 64 --vary sender.plan.share=50%..100%

Inputs are the uncertain parameters of the scenario: rates of its profiles, thresholds that nobody publishes, when the
business is verified. Each is moved by the quantile of its prior; --set holds one at a value. Morris screening steps through
the middle 95 % of each belief; Sobol' indices tell the share of the spread that is each input's, alone and in all, with
intervals. Writes sensitivity.json, sensitivity.csv and charts (SVG and PNG) to --out.")]
pub(super) struct Sensitivity {
    #[command(flatten)]
    scenario: ScenarioArgs,
    /// Screening by Morris, Sobol' indices, or both.
    #[arg(long, value_enum, default_value_t)]
    method: Method,
    /// Rows of the samples of Sobol' indices, a power of two; each is as many points as there are inputs, and 2 more.
    #[arg(long, default_value_t = 128)]
    rows: u64,
    /// Trajectories of screening; each is as many points as there are inputs, and 1 more.
    #[arg(long, default_value_t = 20)]
    trajectories: u64,
    /// Over how many random futures luck is averaged at each point.
    #[arg(long, short = 'n', default_value_t = 16)]
    replications: u64,
    /// A field and its values to vary besides, as `sweep` takes them. May be given several times.
    #[arg(long = "vary", value_name = "PATH=VALUES")]
    vary: Vec<String>,
    /// Also ask about the chance of each limit by a date (2022-04-15) or within a time (30d). May be given several times.
    #[arg(long, value_name = "DATE|TIME", value_parser = by)]
    by: Vec<By>,
    /// What is told and drawn, such as `flagged` or `sent`; the days to the highest limit that half of the runs reach unless
    /// said otherwise.
    #[arg(long)]
    metric: Option<String>,
    /// Say what it would take (draws, seconds, memory) and run nothing but a few futures to find out.
    #[arg(long)]
    plan: bool,
    #[command(flatten)]
    threads: ThreadsArg,
    /// Folder for the results; `out/sensitivity` unless said otherwise.
    #[arg(long, short)]
    out: Option<PathBuf>,
    #[command(flatten)]
    cache: CacheArgs,
    /// Print sensitivity.json instead of the text.
    #[arg(long)]
    json: bool,
}

/// How influence is measured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Method {
    /// Screening and indices.
    #[default]
    Both,
    /// Screening alone: fewer points.
    Morris,
    /// Indices alone.
    Sobol,
}

/// Most rows of the samples, and most trajectories.
const MOST: u64 = 1 << 20;

/// What is moved: parameters by their quantiles, then factors by their values.
struct Model<'m> {
    args: &'m Sensitivity,
    base: Scenario,
    uncertain: Vec<Uncertain>,
    factors: Vec<Factor>,
    headlines: Vec<Headline>,
    /// Which of them is told.
    metric: Option<Headline>,
}

impl Sensitivity {
    pub(super) fn execute(&self, quiet: bool) -> Result<(), Failure> {
        self.check()?;
        let model = self.model()?;
        if self.plan {
            return self.tell_plan(&model);
        }
        let default = PathBuf::from("out").join("sensitivity");
        let folder = Folder::prepare(self.out.as_ref().unwrap_or(&default))?;
        let study = self.study(&model, quiet)?;
        let answer = SensitivityAnswer::of(&study, model.metric.as_ref());
        folder.write("sensitivity.json", json::to_json(&answer).as_bytes())?;
        folder.write("sensitivity.csv", tables::lines(&answer).as_bytes())?;
        folder.draw(gallery::draw(&answer))?;
        folder.clear(&|file| chart_of(file).is_some_and(|chart| gallery::NAMES.contains(&chart)))?;
        if self.json {
            print(&json::to_json(&answer))?;
        } else {
            print(&text::render(&answer, width().min(140)))?;
            if !quiet {
                let place = folder.path().display();
                print(&format!("\nWritten to {place}: sensitivity.json, sensitivity.csv and charts.\n"))?;
            }
        }
        if study.complete {
            return Ok(());
        }
        note("interrupted; what was finished is written, and kept unless --no-cache is given");
        Err(Failure::Interrupted)
    }

    fn check(&self) -> Result<(), Failure> {
        let usage = |message: String, help: &str| Err(Failure::Usage { message, help: help.to_owned() });
        check_replications(self.replications)?;
        if self.scenario.held().parameters {
            return usage(
                "--fix parameters holds what is to be moved".to_owned(),
                "leave it out; --set holds one parameter at a value",
            );
        }
        if self.method != Method::Morris && !(self.rows.is_power_of_two() && (2..=MOST).contains(&self.rows))
        {
            return usage(
                format!("{} rows are no power of two from 2 to {MOST}", self.rows),
                "128 tell what matters at all, 1024 tell shares; powers of two are the evenest",
            );
        }
        if self.method != Method::Sobol && !(2..=MOST).contains(&self.trajectories) {
            return usage(
                format!("{} trajectories cannot be run", self.trajectories),
                "2 at least; 20 are a good start",
            );
        }
        Ok(())
    }

    fn model(&self) -> Result<Model<'_>, Failure> {
        let factors = factors(&self.vary, &self.scenario)?;
        let base = self.scenario.load()?;
        check_by(&self.by, &base.setting.scenario, &base.setting.calendar)?;
        let named = |name: &String| metric_named(name, &[(base.setting.scenario.clone(), &base.setting)]);
        let metric = self.metric.as_ref().map(named).transpose()?;
        check_priced(metric.as_slice(), &base)?;
        let mut headlines = headlines_of(&[&base.setting], &dates(&self.by, metric.as_ref()));
        headlines.retain(|headline| check_priced(std::slice::from_ref(headline), &base).is_ok());
        let uncertain: Vec<Uncertain> = base
            .uncertain()
            .into_iter()
            .filter_map(|known| known.without(&|path| factors.iter().any(|factor| factor.path() == path)))
            .collect();
        let inputs = uncertain.iter().map(Uncertain::width).sum::<usize>() + factors.len();
        if inputs == 0 {
            return Err(Failure::Usage {
                message: "nothing in this scenario is uncertain".to_owned(),
                help: "give a parameter a prior, such as block: (prior: LogUniform(low: 0.001, high: 0.03), ..) in a \
                       profile, or vary a field: --vary sender.plan.share=50%..100%"
                    .to_owned(),
            });
        }
        if inputs > MOST_INPUTS && self.method != Method::Morris {
            return Err(Failure::Usage {
                message: format!("{inputs} uncertain inputs are more than {MOST_INPUTS}"),
                help: "--method morris takes any number and tells which matter; hold the others with --set"
                    .to_owned(),
            });
        }
        Ok(Model { args: self, base, uncertain, factors, headlines, metric })
    }

    /// Runs what was not kept of both designs, and keeps it.
    fn study(&self, model: &Model<'_>, quiet: bool) -> Result<Study, Failure> {
        let inputs = model.inputs();
        let mut study = Study {
            setting: model.base.setting.clone(),
            headlines: model.headlines.clone(),
            replications: self.replications,
            screening: None,
            shares: None,
            complete: true,
            inputs,
        };
        let (morris, saltelli) = self.designs(model);
        let [steps, shares] = self.points(morris.as_ref(), saltelli.as_ref());
        if !quiet {
            self.tell_time(model, steps + shares)?;
        }
        let bar = points_bar(steps + shares, quiet);
        if let Some(morris) = morris {
            let at = |place: u64| model.outputs(&morris.point(place), screened);
            let values = self.values(model, "morris", steps, &at, &|n| bar.set_position(n))?;
            study.screening = Some((morris, values));
        }
        if let Some(saltelli) = saltelli {
            let at = |place: u64| model.outputs(&saltelli.point(place), sampled);
            let values = self.values(model, "sobol", shares, &at, &|n| bar.set_position(steps + n))?;
            study.shares = Some((saltelli, values));
        }
        bar.finish_and_clear();
        study.complete = study.points() == [steps, shares];
        Ok(study)
    }

    /// The values at the first points of a design.
    fn values(
        &self,
        model: &Model<'_>,
        name: &str,
        points: u64,
        at: &(dyn Fn(u64) -> Result<Vec<f64>, Failure> + Sync),
        progress: &(dyn Fn(u64) + Sync),
    ) -> Result<Vec<Vec<f64>>, Failure> {
        let cache = model.cache(name);
        let fits = |values: &Vec<Vec<f64>>| {
            values.len() as u64 <= points && values.iter().all(|values| values.len() == model.headlines.len())
        };
        let mut values: Vec<Vec<f64>> = cache.find(points).filter(fits).unwrap_or_default();
        let done = values.len() as u64;
        let threads = self.threads.get();
        let tell = |more: u64| progress(done + more);
        let found = evaluate(done..points, threads, at, &tell, interrupt::listen());
        let more: Vec<Vec<f64>> = found.into_iter().collect::<Result<_, Failure>>()?;
        if !more.is_empty() {
            values.extend(more);
            cache.keep(values.len() as u64, &values);
        }
        Ok(values)
    }

    /// The designs of screening and of indices, as far as they are asked for.
    fn designs(&self, model: &Model<'_>) -> (Option<Morris>, Option<Saltelli>) {
        let seed = model.base.setting.seed;
        let morris = (self.method != Method::Sobol).then(|| Morris::new(model.widths(), seed));
        let saltelli = (self.method != Method::Morris).then(|| Saltelli::new(model.widths(), seed));
        (morris, saltelli.flatten())
    }

    /// The points of both.
    fn points(&self, morris: Option<&Morris>, saltelli: Option<&Saltelli>) -> [u64; 2] {
        let steps = morris.map_or(0, |morris| morris.points(self.trajectories));
        [steps, saltelli.map_or(0, |saltelli| saltelli.points(self.rows))]
    }

    /// Inputs, points and runs in words.
    fn work(&self, model: &Model<'_>, points: u64) -> String {
        let (inputs, points) = (model.widths().len(), grouped(points));
        format!("{inputs} uncertain inputs, {points} points of {} runs each", self.replications)
    }

    /// Says how long it will take, from the point in the middle.
    fn tell_time(&self, model: &Model<'_>, points: u64) -> Result<(), Failure> {
        let start = Instant::now();
        let middle = vec![0.5; model.widths().iter().sum()];
        model.outputs(&middle, sampled)?;
        let threads = self.threads.get().count() as f64;
        let seconds = start.elapsed().as_secs_f64() * points as f64 / threads;
        note(&format!("{}: at most about {}", self.work(model, points), in_words(seconds)));
        Ok(())
    }

    /// What it would take, from a few runs of the scenario as it stands.
    fn tell_plan(&self, model: &Model<'_>) -> Result<(), Failure> {
        let (morris, saltelli) = self.designs(model);
        let points = self.points(morris.as_ref(), saltelli.as_ref()).iter().sum();
        let planned = Planned {
            work: self.work(model, points),
            runs: points * self.replications,
            of_days: 0,
            rows: false,
            charts: CHART_SECONDS,
        };
        planned.tell(&Measured::of(&[&model.base]), self.threads.get())
    }
}

impl Model<'_> {
    fn inputs(&self) -> Vec<Input> {
        let parameters = self.uncertain.iter();
        let parameters = parameters.map(|known| Input { path: known.path(), belief: known.belief() });
        let factors = self.factors.iter().map(|factor| Input {
            path: factor.path().to_owned(),
            belief: factor.to_string().trim_start_matches(factor.path()).trim().to_owned(),
        });
        parameters.chain(factors).collect()
    }

    /// Coordinates of each input.
    fn widths(&self) -> Vec<usize> {
        self.uncertain.iter().map(Uncertain::width).chain(self.factors.iter().map(|_| 1)).collect()
    }

    /// The mean of every headline where the inputs are at these coordinates.
    fn outputs(&self, coordinates: &[f64], uniform: fn(f64) -> f64) -> Result<Vec<f64>, Failure> {
        let (parameters, positions) = coordinates.split_at(coordinates.len() - self.factors.len());
        let changes: Vec<(String, String)> = self
            .factors
            .iter()
            .zip(positions)
            .map(|(factor, position)| (factor.path().to_owned(), factor.at(*position)))
            .collect();
        let scenario =
            if changes.is_empty() { self.base.clone() } else { self.args.scenario.load_with(&changes)? };
        let uniforms: Vec<f64> = parameters.iter().map(|at| uniform(*at)).collect();
        let mut rest = uniforms.as_slice();
        let mut pins: Vec<(&Uncertain, &[f64])> = Vec::new();
        for known in &self.uncertain {
            let (own, others) = rest.split_at(known.width());
            pins.push((known, own));
            rest = others;
        }
        Ok(outputs(&scenario.with_pinned(&pins), &self.headlines, self.args.replications))
    }

    /// Where the values of a design are kept.
    fn cache(&self, design: &str) -> Cache {
        let headlines: Vec<String> = self.headlines.iter().map(Headline::name).collect();
        let asked = format!(
            "sensitivity {design} {:?} {} {:?} {}",
            self.widths(),
            self.args.replications,
            self.args.vary,
            headlines.join(" ")
        );
        self.args.cache.open(&asked, &[&self.base])
    }
}

/// How far a study is, with the time left; silent where no terminal shows it.
fn points_bar(points: u64, quiet: bool) -> ProgressBar {
    let bar = if quiet { ProgressBar::hidden() } else { ProgressBar::new(points) };
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos} of {len} points, {eta} left") {
        bar.set_style(style);
    }
    bar
}
