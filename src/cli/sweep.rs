//! `sweep`: what changes as fields of a scenario, its rules or its profiles change?
//!
//! ```text
//!   --vary --> Factor --> Design --> a scenario a point --> rows (kept by point) --> Sweep --> text, files, charts
//!   --stdin-jsonl: a point a line in, its results a line out
//! ```

use std::borrow::Cow;
use std::io::BufRead;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use clap::{Args, ValueEnum};
use tiercast::experiment::{
    By, Design, DesignKind, Factor, Headline, Row, Sweep as Swept, SweepPoint, Threads, headlines_of, rows,
};
use tiercast::glossary::grouped;
use tiercast::report::precision;
use tiercast::report::sweep::{SweepAnswer, gallery, json, tables, text};
use tiercast::sim::{LoadError, Scenario, Setting};

use super::amount::{Amount, AmountArgs};
use super::asked::{by, check_by, check_priced, dates, factors, metric_named, usage};
use super::cache::{Cache, CacheArgs};
use super::files::{Folder, chart_of};
use super::plan::{CHART_SECONDS, Measured, Planned};
use super::progress::{finished, in_words, progress_bar};
use super::{Failure, ScenarioArgs, ThreadsArg, check_own, interrupt, print, width};

/// Run a scenario at many points: what changes with what nobody publishes, or with what you can choose?
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  tiercast sweep scenarios/first-climb.ron --vary sender.plan.share=25%..100%:4
  tiercast sweep scenarios/first-climb.ron --vary rating.number.low_from=1%..5%:5 --vary audience.segments.members.profile.block=0.1%..3%:5:log \\
      --set rating.number.medium_from=0.5% --metric flagged
  tiercast sweep scenarios/first-climb.ron --vary sender.plan.share=25%..100%:4 --precision 3% --metric flagged
  tiercast sweep scenarios/first-climb.ron --vary upgrade.volume.review=0h..48h --vary sender.plan.share=25%..100% --design sobol --points 64

What is varied: PATH=a..b:n is n levels, PATH=a..b:n:log levels of equal factors, PATH=[a, b, c] any values, PATH=a..b any
value between, for --design lhs and sobol. Paths are those of --set: of the scenario, of its rules
(rating.number.low_from) or of a profile (audience.segments.NAME.profile.block). All points meet the same luck.

Writes sweep.json, sweep.csv and charts (SVG and PNG) to --out.

With --stdin-jsonl each line of the input is one point, {\"sender.plan.share\": \"50%\", \"horizon\": \"30d\"}, and each line
of the output its results, {\"line\":1,\"results\":{\"days_to_10,000\":{\"unit\":\"days\",\"estimate\":..,\"ci_low\":..,\"ci_high\":..,
\"n\":..},..}}, in order and at once, for outside optimisers. A line that cannot be run is answered {\"line\":2,\"error\":\"..\"};
the others still run, and the exit code is 2.")]
pub(super) struct Sweep {
    #[command(flatten)]
    scenario: ScenarioArgs,
    /// A field and its values, such as `rating.number.low_from=1.5%..4%:4`. May be given several times.
    #[arg(long = "vary", value_name = "PATH=VALUES")]
    vary: Vec<String>,
    /// Which points: every level with every level, or points that fill the space.
    #[arg(long, value_enum, default_value_t)]
    design: DesignArg,
    /// How many points of a Latin hypercube or of Sobol' points (powers of two are the evenest).
    #[arg(long)]
    points: Option<u64>,
    #[command(flatten)]
    amount: AmountArgs,
    /// Also tell the chance of each limit by a date (2022-04-15) or within a time (30d). May be given several times.
    #[arg(long, value_name = "DATE|TIME", value_parser = by)]
    by: Vec<By>,
    /// What is told and drawn, and what --precision asks for at each point, such as `flagged` or `sent`, as sweep.csv names
    /// it; told are the days to the highest limit that half of the runs reach unless said otherwise.
    #[arg(long)]
    metric: Option<String>,
    #[command(flatten)]
    threads: ThreadsArg,
    /// Folder for the results; `out/sweep` unless said otherwise.
    #[arg(long, short)]
    out: Option<PathBuf>,
    #[command(flatten)]
    cache: CacheArgs,
    /// Print sweep.json instead of the text.
    #[arg(long)]
    json: bool,
    /// Read points from the standard input, one JSON object a line, and print one line of results for each.
    #[arg(long, conflicts_with_all = ["vary", "points", "out", "metric", "json", "precision", "plan"])]
    stdin_jsonl: bool,
}

/// How points are chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum DesignArg {
    /// Every level with every level.
    #[default]
    Factorial,
    /// A Latin hypercube.
    Lhs,
    /// Sobol' points.
    Sobol,
}

/// Points of a Latin hypercube or of Sobol' points where none are asked for.
const POINTS: u64 = 64;
/// Most runs of all points together.
const MOST_RUNS: u64 = 2_000_000;
/// Points of which the scenario is kept once it is loaded: each takes about a quarter of a mebibyte.
const MOST_READY: usize = 128;

/// A point that can be run.
struct Point {
    /// What the reports say about it.
    setting: Setting,
    /// Its scenario, for the first [`MOST_READY`]; others are loaded again.
    ready: Option<Scenario>,
}

impl Sweep {
    pub(super) fn execute(&self, quiet: bool) -> Result<(), Failure> {
        if self.stdin_jsonl {
            return self.answer_lines();
        }
        let factors = factors(&self.vary, &self.scenario)?;
        let base = self.scenario.load()?;
        let design = self.design(factors, base.setting.seed)?;
        let points = self.points(&design)?;
        let metric = self.metric(&design, &points)?;
        let amount = self.amount(&base, &points, metric.as_ref())?;
        check_size(&design, amount.most())?;
        if self.amount.plan {
            return self.tell_plan(&design, &points, &amount);
        }
        let default = PathBuf::from("out").join("sweep");
        let folder = Folder::prepare(self.out.as_ref().unwrap_or(&default))?;
        let swept = self.run(design, &points, &amount, quiet)?;
        let answer = SweepAnswer::of(&swept, &dates(&self.by, metric.as_ref()), metric.as_ref());
        let charts = write(&folder, &answer)?;
        if self.json {
            print(&json::to_json(&answer))?;
        } else {
            print(&text::render(&answer, width().min(140)))?;
            if let Some(said) = amount.precision().and_then(|asked| precision::of_points(asked, &swept)) {
                print(&format!("\n{said}\n"))?;
            }
            if !quiet {
                let place = folder.path().display();
                let charts =
                    if charts == 0 { "sweep.json and sweep.csv" } else { "sweep.json, sweep.csv and charts" };
                print(&format!("\nWritten to {place}: {charts}.\n"))?;
            }
        }
        let done = swept.points.len() as u64 * swept.replications;
        let asked = swept.design.points.len() as u64 * swept.replications;
        finished(swept.complete(), done, asked, &self.cache.open("sweep", &[&base]))
    }

    fn design(&self, factors: Vec<Factor>, seed: u64) -> Result<Design, Failure> {
        let points = self.points.unwrap_or(POINTS);
        let design = match self.design {
            DesignArg::Factorial if self.points.is_some() => {
                return Err(Failure::Usage {
                    message: "--points chooses points, and a factorial design runs every level".to_owned(),
                    help: "add --design lhs or --design sobol, or leave --points out".to_owned(),
                });
            }
            DesignArg::Factorial => Design::factorial(factors),
            DesignArg::Lhs => Design::latin(factors, points, seed),
            DesignArg::Sobol => Design::sobol(factors, points, seed),
        };
        let design = design.map_err(usage)?;
        if design.kind == DesignKind::Sobol && !points.is_power_of_two() {
            super::note(&format!("{points} Sobol' points are less even than {}", points.next_power_of_two()));
        }
        Ok(design)
    }

    /// Every point: all are loaded before anything is run.
    fn points(&self, design: &Design) -> Result<Vec<Point>, Failure> {
        let numbered: Vec<(usize, &Vec<String>)> = design.points.iter().enumerate().collect();
        let loaded = self.threads.get().map(&numbered, &|(place, values)| -> Result<Point, Failure> {
            let scenario = self.at(design, values)?;
            let setting = scenario.setting.clone();
            Ok(Point { setting, ready: (*place < MOST_READY).then_some(scenario) })
        });
        let points = loaded.into_iter().collect::<Result<Vec<Point>, Failure>>()?;
        for (point, values) in points.iter().zip(&design.points) {
            check_by(&self.by, &values.join(", "), &point.setting.calendar)?;
        }
        Ok(points)
    }

    /// The scenario at a point that was checked.
    fn scenario<'p>(
        &self,
        design: &Design,
        points: &'p [Point],
        place: usize,
    ) -> Result<Cow<'p, Scenario>, Failure> {
        match &points[place].ready {
            Some(scenario) => Ok(Cow::Borrowed(scenario)),
            None => Ok(Cow::Owned(self.at(design, &design.points[place])?)),
        }
    }

    /// The scenario at a point.
    fn at(&self, design: &Design, values: &[String]) -> Result<Scenario, Failure> {
        let paths = design.factors.iter().map(|factor| factor.path().to_owned());
        let changes: Vec<(String, String)> = paths.zip(values.iter().cloned()).collect();
        self.scenario.load_with(&changes)
    }

    fn metric(&self, design: &Design, points: &[Point]) -> Result<Option<Headline>, Failure> {
        let Some(name) = &self.metric else { return Ok(None) };
        let all = points.iter().zip(&design.points);
        let all: Vec<(String, &Setting)> =
            all.map(|(point, values)| (values.join(", "), &point.setting)).collect();
        metric_named(name, &all).map(Some)
    }

    /// How many runs of each point are asked for.
    fn amount(
        &self,
        base: &Scenario,
        points: &[Point],
        metric: Option<&Headline>,
    ) -> Result<Amount, Failure> {
        if self.amount.until_known() {
            check_priced(metric.map(std::slice::from_ref).unwrap_or_default(), base)?;
        }
        let settings: Vec<&Setting> = points.iter().map(|point| &point.setting).collect();
        let told = headlines_of(&settings, &self.by);
        self.amount.get(base.replications, points.len(), metric.cloned(), told)
    }

    /// Runs every point, as far as it was not kept, from look to look until it is enough, and keeps it.
    fn run(&self, design: Design, points: &[Point], amount: &Amount, quiet: bool) -> Result<Swept, Failure> {
        let mut caches = Vec::new();
        for place in 0..points.len() {
            let scenario = self.scenario(&design, points, place)?;
            caches.push(self.cache.open("sweep", &[&scenario]));
        }
        let point = |point: &Point| SweepPoint { setting: point.setting.clone(), rows: Vec::new() };
        let mut swept = Swept { design, points: points.iter().map(point).collect(), replications: 0 };
        for replications in amount.looks() {
            for (point, cache) in swept.points.iter_mut().zip(&caches) {
                take_kept(point, cache, replications);
            }
            if !quiet && matches!(amount, Amount::Runs(_)) {
                self.tell_time(&swept, points, replications)?;
            }
            self.go_on(&mut swept, points, &caches, replications, quiet)?;
            if !swept.complete() || amount.is_enough(&swept) {
                break;
            }
        }
        Ok(swept)
    }

    /// Runs what is missing of so many runs of each point. A point of which runs are missing after that is no point, nor
    /// are those after it; what they have is kept.
    fn go_on(
        &self,
        swept: &mut Swept,
        points: &[Point],
        caches: &[Cache],
        replications: u64,
        quiet: bool,
    ) -> Result<(), Failure> {
        swept.replications = replications;
        let bar = progress_bar(points.len() as u64 * replications, quiet);
        for (place, cache) in caches.iter().enumerate() {
            let scenario = self.scenario(&swept.design, points, place)?;
            let before = place as u64 * replications;
            let rows = &mut swept.points[place].rows;
            let progress = |n: u64| bar.set_position(before + n);
            complete(
                &scenario,
                rows,
                replications,
                self.threads.get(),
                cache,
                interrupt::listen(),
                &progress,
            );
            if (rows.len() as u64) < replications {
                swept.points.truncate(place);
                break;
            }
        }
        bar.finish_and_clear();
        Ok(())
    }

    /// The scenarios of the first, the middle and the last point.
    fn sample(&self, design: &Design, points: &[Point]) -> Result<Vec<Scenario>, Failure> {
        let mut places = vec![0, points.len() / 2, points.len() - 1];
        places.dedup();
        let scenario = |place| Ok(self.scenario(design, points, place)?.into_owned());
        places.into_iter().map(scenario).collect()
    }

    /// Says how long it will take, from a run of some points.
    fn tell_time(&self, swept: &Swept, points: &[Point], replications: u64) -> Result<(), Failure> {
        let all = points.len() as u64 * replications;
        let missing = all - swept.points.iter().map(|point| point.rows.len() as u64).sum::<u64>();
        let size = format!("{} of {} runs each", many_points(points.len()), grouped(replications));
        if missing == 0 {
            super::note(&format!("{size}: all were kept, nothing is run"));
            return Ok(());
        }
        let sample = self.sample(&swept.design, points)?;
        let start = Instant::now();
        sample.iter().for_each(|scenario| drop(scenario.replicate(0)));
        let each = start.elapsed().as_secs_f64() / sample.len() as f64;
        let left = each * missing as f64 / self.threads.get().count() as f64;
        let kept = match missing < all {
            true => format!(", of which {} are not kept yet", grouped(missing)),
            false => String::new(),
        };
        super::note(&format!("{size}{kept}: about {}", in_words(left)));
        Ok(())
    }

    /// What the sweep would take, from a few runs of some points.
    fn tell_plan(&self, design: &Design, points: &[Point], amount: &Amount) -> Result<(), Failure> {
        let (sample, threads) = (self.sample(design, points)?, self.threads.get());
        let first_look = |first| {
            let run = |scenario: &Scenario| SweepPoint {
                setting: scenario.setting.clone(),
                rows: rows(0..first, threads, scenario, &|_| {}, interrupt::listen()),
            };
            Swept { design: design.clone(), points: sample.iter().map(run).collect(), replications: first }
        };
        let replications = amount.foretold(first_look, " of each point", &many_points(sample.len()))?;
        let scenarios: Vec<&Scenario> = sample.iter().collect();
        let planned = Planned {
            work: format!("{} of {} runs each", many_points(points.len()), grouped(replications)),
            runs: points.len() as u64 * replications,
            of_days: 0,
            rows: true,
            charts: CHART_SECONDS,
        };
        planned.tell(&Measured::of(&scenarios), threads)
    }

    /// Answers the standard input line by line.
    fn answer_lines(&self) -> Result<(), Failure> {
        // Ctrl-C ends the process: all that was answered has been printed.
        let never = AtomicBool::new(false);
        let base = self.scenario.load()?;
        let replications = self.amount.get(base.replications, 1, None, Vec::new())?.most();
        let (mut lines, mut bad) = (0_u64, 0_u64);
        for (place, line) in std::io::stdin().lock().lines().enumerate() {
            let number = place as u64 + 1;
            let line = line?;
            if line.trim().is_empty() {
                continue;
            }
            lines += 1;
            match changes_of(&line).and_then(|changes| self.load_line(&changes)) {
                Ok(scenario) => {
                    let cache = self.cache.open("sweep", &[&scenario]);
                    let mut point = SweepPoint { setting: scenario.setting.clone(), rows: Vec::new() };
                    take_kept(&mut point, &cache, replications);
                    let SweepPoint { setting, rows } = &mut point;
                    complete(&scenario, rows, replications, self.threads.get(), &cache, &never, &|_| {});
                    print(&(json::line(number, rows, setting, &self.by) + "\n"))?;
                }
                Err(error) => {
                    bad += 1;
                    print(&(json::error_line(number, &error) + "\n"))?;
                }
            }
        }
        if bad == 0 {
            return Ok(());
        }
        Err(Failure::Usage {
            message: format!("{bad} of {lines} points could not be run"),
            help: "each is answered with why, beside the number of its line".to_owned(),
        })
    }

    fn load_line(&self, changes: &[(String, String)]) -> Result<Scenario, String> {
        let load = || {
            changes.iter().try_for_each(|(path, _)| check_own(path)).map_err(usage)?;
            let scenario = self.scenario.load_with(changes)?;
            check_by(&self.by, "this point", &scenario.setting.calendar)?;
            Ok(scenario)
        };
        load().map_err(|failure: Failure| in_one_line(&failure))
    }
}

/// Refuses more runs than memory bears: each leaves a row of some 300 bytes.
fn check_size(design: &Design, replications: u64) -> Result<(), Failure> {
    let points = design.points.len() as u64;
    if points * replications <= MOST_RUNS {
        return Ok(());
    }
    Err(Failure::Usage {
        message: format!("{points} points of {replications} runs each are more than {MOST_RUNS} runs"),
        help: format!("at most {} runs each (--replications), or fewer points", MOST_RUNS / points),
    })
}

/// So many points, in words.
fn many_points(count: usize) -> String {
    if count == 1 { "1 point".to_owned() } else { format!("{} points", grouped(count as u64)) }
}

/// Takes the replications that were kept of a point, up to so many, where they are more than it has.
fn take_kept(point: &mut SweepPoint, cache: &Cache, replications: u64) {
    let tiers = point.setting.tiers.len();
    let kept: Option<Vec<Row>> = cache.find_more(point.rows.len() as u64, replications);
    let fits = |rows: &Vec<Row>| {
        let each = |(place, row): (usize, &Row)| {
            row.replication == place as u64 && row.outcome.reached.len() == tiers
        };
        rows.len() as u64 <= replications && rows.iter().enumerate().all(each)
    };
    if let Some(rows) = kept.filter(fits) {
        point.rows = rows;
    }
}

/// Runs what is missing of so many replications, and keeps the whole.
fn complete(
    scenario: &Scenario,
    all: &mut Vec<Row>,
    replications: u64,
    threads: Threads,
    cache: &Cache,
    interrupted: &AtomicBool,
    progress: &(dyn Fn(u64) + Sync),
) {
    let done = all.len() as u64;
    let more = rows(done..replications, threads, scenario, &|more| progress(done + more), interrupted);
    if !more.is_empty() {
        all.extend(more);
        cache.keep(all.len() as u64, all);
    }
}

/// The changes of a line of JSON.
fn changes_of(line: &str) -> Result<Vec<(String, String)>, String> {
    const FORM: &str = "expected one JSON object, such as {\"sender.plan.share\": \"50%\"}";
    let value: serde_json::Value = serde_json::from_str(line).map_err(|error| format!("{error}; {FORM}"))?;
    let serde_json::Value::Object(fields) = value else { return Err(format!("found no object; {FORM}")) };
    let change = |(path, value): (String, serde_json::Value)| match value {
        serde_json::Value::String(text) => Ok((path, text)),
        serde_json::Value::Number(number) => Ok((path, number.to_string())),
        serde_json::Value::Bool(choice) => Ok((path, choice.to_string())),
        _ => Err(format!("`{path}` holds neither text nor a number; {FORM}")),
    };
    fields.into_iter().map(change).collect()
}

/// What went wrong, without places and colours.
fn in_one_line(failure: &Failure) -> String {
    let findings = match failure {
        Failure::Findings(findings) | Failure::Load(LoadError::Findings(findings)) => findings,
        Failure::Usage { message, help } => return format!("{message}; {help}"),
        other => return other.to_string(),
    };
    let told = findings.iter().map(|(_, finding)| match &finding.help {
        Some(help) => format!("{} ({help})", finding.message),
        None => finding.message.clone(),
    });
    told.collect::<Vec<_>>().join("; ")
}

/// Writes every file of a sweep; gives the number of its charts.
fn write(folder: &Folder, answer: &SweepAnswer<'_>) -> Result<usize, Failure> {
    folder.write("sweep.json", json::to_json(answer).as_bytes())?;
    folder.write("sweep.csv", tables::points(answer).as_bytes())?;
    let charts = gallery::draw(answer);
    let count = charts.len();
    folder.draw(charts)?;
    folder.clear(&|file| chart_of(file).is_some_and(|chart| gallery::NAMES.contains(&chart)))?;
    Ok(count)
}
