//! `tune`: which settings serve the objective best?

use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::Args;
use tiercast::document::Document;
use tiercast::experiment::tuning::{
    Constraint, Goal, GoalError, Idle, Ledger, Plan, Question, Scenarios, TooSmall, Tuning,
};
use tiercast::experiment::{Comparison, Ensemble, Factor, FactorError, Headline};
use tiercast::glossary::grouped;
use tiercast::report::tuning::{Answer, FOUND, OWN, best, gallery, json, tables, text};
use tiercast::report::{gallery as run_gallery, schedule};
use tiercast::sim::Mishap;
use tiercast::sim::{LoadError, Scenario};
use tiercast::time::Span;

use super::amount::Amount;
use super::asked::{check_priced, unpriced};
use super::cache::{Cache, CacheArgs};
use super::files::{Folder, chart_of, open};
use super::paired::{Threshold, matters, replicate, thresholds};
use super::plan::{CHART_SECONDS, Measured, Planned};
use super::progress::{finished, progress_bar};
use super::{Failure, SamplingArg, ScenarioArgs, ThreadsArg, in_two_lines, interrupt, print, width};

/// Find the settings of a plan that serve an objective best, under conditions, with a stated guarantee.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  tiercast tune scenarios/first-climb.ron --vary sender.plan.share=40%..100% --objective days_to_10K
  tiercast tune scenarios/first-climb.ron --vary sender.plan.share=20%..100% --vary \"sender.plan.at_most=[6000, 12000, 18000]\" \\
      --objective days_to_100K --subject-to \"flagged < 30% with 95%\" --budget 40000 --matters 1d
  tiercast tune scenarios/deadline.ron --vary \"sender.order=[most_engaged_first, by_size]\" --objective max:delivered --risk template_disabled

Settings are tried on the same luck, the better ones with more runs; the finals and the confirmation have fresh luck.
Writes best.ron (a scenario to run), schedule.csv, tuning.json, candidates.csv and charts (SVG and PNG) to --out.
Interrupted, the same command goes on where it stopped, and ends with the same bytes.")]
pub(super) struct Tune {
    #[command(flatten)]
    scenario: ScenarioArgs,
    /// A field of the scenario that may be varied: `PATH=20%..100%` (any value between), `PATH=1000..9000:5` (5 levels)
    /// or `PATH=[a, b, c]`. May be given several times.
    #[arg(long, value_name = "PATH=VALUES", required = true, value_parser = factor)]
    vary: Vec<Factor>,
    /// What is to be made better: a metric of `compare`, such as `days_to_10K`, `reached_100K_by_2022-04-15`, `sent`,
    /// `cost`; its mean or its chance. `max:` or `min:` before it says another direction than its own.
    #[arg(long, value_name = "METRIC")]
    objective: String,
    /// A condition that must be shown to hold, such as "flagged < 5%" or "cost < 900 with 99%". May be given several
    /// times.
    #[arg(long = "subject-to", value_name = "CONDITION")]
    subject_to: Vec<String>,
    /// What the objective is weighed against in the front; the metric of the first condition, or `flagged`, unless said
    /// otherwise.
    #[arg(long, value_name = "METRIC")]
    risk: Option<String>,
    /// From when on a difference of the objective matters: a time (1d), `chance=2%`, `total=1%`.
    #[arg(long, value_name = "SIZE", value_parser = matters)]
    matters: Vec<Threshold>,
    /// With which confidence the best of the finalists is to be selected.
    #[arg(long, value_name = "SHARE", default_value = "95%", value_parser = confidence)]
    confidence: f64,
    /// How many runs in all (20000), or how long (10m), which is measured once and turned into runs.
    #[arg(long, value_name = "RUNS|TIME", default_value = "20000", value_parser = budget)]
    budget: Budget,
    /// How many settings are tried first, unless the budget is to say it.
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u64).range(2..=5_000))]
    points: Option<u64>,
    /// Say what it would take (runs of each stage, draws, seconds, memory) and run nothing but a few futures to find out.
    #[arg(long = "plan")]
    tell: bool,
    #[command(flatten)]
    threads: ThreadsArg,
    /// Folder for the results; `out/<scenario>-tuned` unless said otherwise.
    #[arg(long, short)]
    out: Option<PathBuf>,
    #[command(flatten)]
    cache: CacheArgs,
    /// Print tuning.json instead of the text.
    #[arg(long)]
    json: bool,
}

/// Sections of a scenario that a sender can do something about.
const OWN_SECTIONS: [&str; 3] = ["sender", "audience", "platform"];
/// All that stands in a scenario's file; other paths are those of its rules.
const SECTIONS: [&str; 11] = [
    "title",
    "start",
    "zone",
    "horizon",
    "slot",
    "replications",
    "seed",
    "platform",
    "audience",
    "sender",
    "expect",
];
/// Runs from which a time is turned into runs, and where they begin: nobody else's luck.
const MEASURED: (u64, u64) = (64, 1 << 40);
/// Most runs of one search.
const MOST_RUNS: u64 = 10_000_000;

/// How much may be run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Budget {
    Runs(u64),
    Time(Span),
}

fn factor(text: &str) -> Result<Factor, String> {
    text.parse().map_err(in_two_lines)
}

fn budget(text: &str) -> Result<Budget, String> {
    let bare = text.trim().replace([',', '_'], "");
    if let Ok(runs) = bare.parse::<u64>() {
        return if runs <= MOST_RUNS {
            Ok(Budget::Runs(runs))
        } else {
            Err("at most 10,000,000 runs".to_owned())
        };
    }
    let span = Span::try_from(text.to_owned()).ok().filter(|span| span.0 > 0);
    span.map(Budget::Time).ok_or_else(|| "expected runs such as 20000, or a time such as 10m".to_owned())
}

fn confidence(text: &str) -> Result<f64, String> {
    let percent = text.trim().strip_suffix('%').and_then(|percent| percent.trim().parse::<f64>().ok());
    let share = percent.map(|percent| percent / 100.0).or_else(|| text.trim().parse().ok());
    let form = || "expected a share from 50% to 99.99%, such as 95%".to_owned();
    share.filter(|share| (0.5..=0.9999).contains(share)).ok_or_else(form)
}

impl From<GoalError> for Failure {
    fn from(error: GoalError) -> Failure {
        Failure::Usage { message: error.message, help: error.help }
    }
}

impl From<FactorError> for Failure {
    fn from(error: FactorError) -> Failure {
        Failure::Usage { message: error.message, help: error.help }
    }
}

impl From<TooSmall> for Failure {
    fn from(error: TooSmall) -> Failure {
        let help = format!("at least --budget {}; ten times as many is a good start", error.least);
        Failure::Usage { message: error.to_string(), help }
    }
}

impl Tune {
    pub(super) fn execute(&self, quiet: bool) -> Result<(), Failure> {
        let own = self.scenario.load()?;
        let document = self.document()?;
        let question = self.question(&own, &document)?;
        if let Budget::Runs(runs) = self.budget {
            self.plan(&question, runs)?;
        }
        if self.tell {
            return self.tell_plan(&own, &question);
        }
        let default = PathBuf::from("out").join(format!("{}-tuned", own.setting.scenario));
        let folder = Folder::prepare(self.out.as_ref().unwrap_or(&default))?;
        let told = self.search(&own, question, &folder, quiet);
        if told.is_err() {
            // A folder that was made for results that are not there: gone, unless something else is in it.
            let _ = std::fs::remove_dir(folder.path());
        }
        told
    }

    // ---- the question ---------------------------------------------------------------------------------------

    /// The scenario's own text, with what `--set` changes of it.
    fn document(&self) -> Result<Document, Failure> {
        let name = self.scenario.scenario.display().to_string();
        let mut document = open(&name, "give the path of a scenario, such as scenarios/first-climb.ron")?;
        for (path, value) in self.scenario.changes.iter().filter(|(path, _)| in_file(path)) {
            document = document.with(path, value)?;
        }
        Ok(document)
    }

    fn question(&self, own: &Scenario, document: &Document) -> Result<Question, Failure> {
        let setting = &own.setting;
        for factor in &self.vary {
            check_path(factor.path())?;
        }
        let stands = |factor: &Factor| document.locate(factor.path()).map(|at| document.text[at].to_owned());
        let stand: Vec<Option<String>> = self.vary.iter().map(stands).collect();
        for (factor, stands) in self.vary.iter().zip(&stand) {
            stands.as_ref().map_or(Ok(()), |stands| factor.check(stands))?;
        }
        let conditions = self.subject_to.iter().map(|text| Constraint::read(text, setting));
        let constraints: Vec<Constraint> = conditions.collect::<Result<_, _>>()?;
        let first = constraints.first().map(|constraint| constraint.headline.clone());
        let flagged = || Mishap::Flagged.possible(setting).then_some(Headline::Happens(Mishap::Flagged));
        let risk = match &self.risk {
            Some(name) => Some(Headline::named(name, &[setting]).map_err(GoalError::from)?),
            None => first.or_else(flagged),
        };
        let question = Question {
            factors: self.vary.clone(),
            own: stand,
            goal: Goal::read(&self.objective, setting)?,
            constraints,
            risk,
            matters: thresholds(&self.matters),
            confidence: self.confidence,
            seed: setting.seed,
        };
        question.check()?;
        Ok(question)
    }

    fn plan(&self, question: &Question, runs: u64) -> Result<Plan, TooSmall> {
        Plan::new(runs, question.space(), self.points, !question.constraints.is_empty())
    }

    /// What the search would take, from a few runs of the scenario as it stands.
    fn tell_plan(&self, own: &Scenario, question: &Question) -> Result<(), Failure> {
        let runs = self.runs(own, &mut Ledger::default());
        let Plan { budget, points, finalists, confirmation, .. } = self.plan(question, runs)?;
        let planned = Planned {
            work: format!(
                "{} runs in all: {points} settings at first, at most {finalists} in the finals, {} runs of the best to \
                 confirm it",
                grouped(budget),
                grouped(confirmation)
            ),
            runs: budget,
            of_days: 2,
            rows: true,
            charts: 2.0 * CHART_SECONDS,
        };
        planned.tell(&Measured::of(&[own]), self.threads.get())
    }

    // ---- the search -----------------------------------------------------------------------------------------

    fn search(
        &self,
        own: &Scenario,
        question: Question,
        folder: &Folder,
        quiet: bool,
    ) -> Result<(), Failure> {
        // From here on: what is made ready first may take a moment, and is no reason to lose the answer.
        let interrupted = interrupt::listen();
        let metrics = question.metrics();
        check_priced(&metrics, own)?;
        let load = |changes: &[(String, String)]| self.load(changes);
        let paths = question.factors.iter().map(|factor| factor.path().to_owned()).collect();
        let mut scenarios = Scenarios::new(&load, paths, metrics, own.setting.calendar.horizon());
        let named = self.named(&question);
        let decide: Vec<&Scenario> = std::iter::once(own).chain(&named).collect();
        let cache = self.cache.open(&self.asked(&question), &decide);
        let mut ledger: Ledger = cache.find(u64::MAX).unwrap_or_default();
        let runs = self.runs(own, &mut ledger);
        let plan = self.plan(&question, runs)?;
        let kept = ledger.kept();
        let bar = progress_bar(plan.before_confirmation(), quiet);
        let tuning = Tuning::run(
            question,
            plan,
            &mut scenarios,
            ledger,
            self.threads.get(),
            &|runs| bar.set_position(runs),
            interrupted,
        );
        bar.finish_and_clear();
        if !scenarios.told_all() {
            return Err(unpriced("of a setting that may be tried"));
        }
        if tuning.ledger.kept() > kept {
            cache.keep(tuning.ledger.kept(), &tuning.ledger);
        }
        refuse_idle(&tuning)?;
        let chosen =
            tuning.chosen().filter(|_| tuning.complete).and_then(|chosen| scenarios.scenario(chosen));
        let Some(chosen) = chosen else {
            if tuning.complete {
                return Err(scenarios.refusal().map_or_else(nothing_to_try, Failure::from));
            }
            self.tell(&Answer { tuning: &tuning, confirmation: None, setting: &own.setting }, folder, quiet)?;
            return finished(false, tuning.ledger.kept(), plan.budget, &cache);
        };
        self.conclude((own, chosen), &tuning, (folder, &cache), quiet)
    }

    /// Confirms what was found, writes it and tells it.
    fn conclude(
        &self,
        (own, chosen): (&Scenario, &Scenario),
        tuning: &Tuning,
        (folder, cache): (&Folder, &Cache),
        quiet: bool,
    ) -> Result<(), Failure> {
        let confirmation = self.confirm(own, chosen, tuning, quiet);
        let answer = Answer { tuning, confirmation: Some(&confirmation), setting: &own.setting };
        if answer.complete() {
            self.write_best(&answer, folder)?;
        }
        self.tell(&answer, folder, quiet)?;
        finished(answer.complete(), answer.runs(), tuning.plan.budget, cache)
    }

    /// A setting as it is run.
    fn load(&self, changes: &[(String, String)]) -> Result<Scenario, LoadError> {
        let scenario = self.scenario.load_by_counts(&self.scenario.scenario, changes)?;
        Ok(match self.scenario.sampling {
            SamplingArg::Counts => scenario,
            SamplingArg::People => scenario.with_sampling(tiercast::audience::Sampling::People),
        })
    }

    /// The scenario under each word that may be tried: words may name files, and what stands in these decides too.
    fn named(&self, question: &Question) -> Vec<Scenario> {
        let words = question.factors.iter().filter(|factor| factor.kind().is_none());
        let changes = words.flat_map(|factor| {
            let levels = factor.levels().unwrap_or_default().iter();
            levels.map(|level| [(factor.path().to_owned(), level.clone())])
        });
        changes.filter_map(|change| self.load(&change).ok()).collect()
    }

    /// All that is asked besides the scenario, for the cache.
    fn asked(&self, question: &Question) -> String {
        format!("tune {question:?} {:?} {:?} {:?}", self.budget, self.points, self.scenario.changes)
    }

    /// Runs in all: as given, or a time measured once and kept.
    fn runs(&self, own: &Scenario, ledger: &mut Ledger) -> u64 {
        let time = match self.budget {
            Budget::Runs(runs) => return runs,
            Budget::Time(time) => time,
        };
        let measure = || {
            let (count, from) = MEASURED;
            let start = Instant::now();
            Ensemble::run(
                own.setting.clone(),
                from..from + count,
                self.threads.get(),
                own,
                &|_| {},
                interrupt::listen(),
            );
            let each = start.elapsed().as_secs_f64() / count as f64;
            // To two figures: it is no more than a measurement.
            let runs = (time.0 as f64 / each.max(1e-9)).min(MOST_RUNS as f64) as u64;
            let step = 10_u64.pow(runs.max(10).ilog10() - 1);
            runs / step * step
        };
        *ledger.budget.get_or_insert_with(measure)
    }

    // ---- the confirmation -----------------------------------------------------------------------------------

    /// The chosen setting and the scenario as it stands on the first replications, which the search never saw.
    fn confirm(&self, own: &Scenario, chosen: &Scenario, tuning: &Tuning, quiet: bool) -> Comparison {
        let arms = [(FOUND, chosen), (OWN, own)];
        let arms = if tuning.chosen() == Some(0) { &arms[..1] } else { &arms };
        replicate(arms, &Amount::Runs(tuning.plan.confirmation), (self.threads.get(), &self.cache), quiet).0
    }

    // ---- the results ----------------------------------------------------------------------------------------

    /// Writes tables and charts, clears what an earlier search left, and prints the answer.
    fn tell(&self, answer: &Answer<'_>, folder: &Folder, quiet: bool) -> Result<(), Failure> {
        folder.write("tuning.json", json::to_json(answer).as_bytes())?;
        folder.write("candidates.csv", tables::candidates(answer).as_bytes())?;
        folder.draw(gallery::draw(answer))?;
        folder.clear(&is_own)?;
        if self.json {
            return print(&json::to_json(answer));
        }
        print(&text::render(answer, width().min(120)))?;
        if quiet {
            return Ok(());
        }
        print(&format!(
            "\nWritten to {}: tuning.json, candidates.csv and charts{}.\n",
            folder.path().display(),
            if answer.complete() {
                format!(", {} and its schedule.csv", best_name(answer))
            } else {
                String::new()
            }
        ))?;
        if answer.complete() {
            print(&format!(
                "Next:\n  tiercast run {}{}\n",
                folder.path().join(best_name(answer)).display(),
                self.besides()
            ))?;
        }
        Ok(())
    }

    /// What `run` needs besides the file to give the same futures.
    fn besides(&self) -> String {
        let rules = self.scenario.changes.iter().filter(|(path, _)| !in_file(path));
        rules.map(|(path, value)| format!(" --set {path}={value}")).collect()
    }

    /// Writes the scenario with what was found, its schedule and its charts.
    fn write_best(&self, answer: &Answer<'_>, folder: &Folder) -> Result<(), Failure> {
        let (tuning, Some(confirmation)) = (answer.tuning, answer.confirmation) else { return Ok(()) };
        let chosen = &tuning.settings[tuning.chosen().unwrap_or(0)];
        let paths = tuning.question.factors.iter().map(|factor| factor.path().to_owned());
        let mut changes: Vec<(String, String)> = Vec::new();
        if !answer.stays() {
            changes.extend(paths.zip(chosen.values.iter().cloned()));
        }
        if let Some(seed) = self.scenario.seed {
            changes.push(("seed".to_owned(), seed.to_string()));
        }
        let source = self.scenario.scenario.parent().unwrap_or(Path::new("")).to_owned();
        let moved = |name: &str| moved(&source.join(name), folder.path()).unwrap_or_else(|| name.to_owned());
        let text = best::write(&self.document()?, &changes, &moved, &best::headings(answer))?;
        folder.write(best_name(answer), text.as_bytes())?;
        let Some(arm) = confirmation.arms().first() else { return Ok(()) };
        folder.write("schedule.csv", schedule::to_csv(&arm.ensemble).as_bytes())?;
        folder.draw(run_gallery::draw(&arm.ensemble, self.threads.get()))
    }
}

/// Whether a path begins with one of some sections.
fn within(path: &str, sections: &[&str]) -> bool {
    sections.contains(&path.split(['.', '[']).next().unwrap_or(path))
}

/// Whether a path leads into the scenario's own file, and not into a profile that it names or into its rules.
fn in_file(path: &str) -> bool {
    within(path, &SECTIONS) && !path.contains(".profile.")
}

/// A sender can choose its plan, its lists and its numbers, and nothing else.
fn check_path(path: &str) -> Result<(), Failure> {
    if within(path, &OWN_SECTIONS) && in_file(path) {
        return Ok(());
    }
    let message = if in_file(path) {
        format!("`{path}` is the question itself, and no setting of a plan")
    } else {
        format!("`{path}` is no setting of a plan: nobody who sends can choose it")
    };
    let help = "vary fields of `sender`, `audience` or `platform`, such as sender.plan.share; --set holds a rule at a value";
    Err(Failure::Usage { message, help: help.to_owned() })
}

/// Whether a search may write a file of that name.
fn is_own(file: &str) -> bool {
    let chart = |name: &str| gallery::NAMES.contains(&name) || run_gallery::NAMES.contains(&name);
    ["best.ron", "nearest.ron", "schedule.csv"].contains(&file) || chart_of(file).is_some_and(chart)
}

/// The file with the found scenario: no `best.ron` where it is not shown to keep the conditions.
fn best_name(answer: &Answer<'_>) -> &'static str {
    if answer.tuning.keeps_conditions() { "best.ron" } else { "nearest.ron" }
}

/// The name of a file as seen from a folder.
fn moved(file: &Path, folder: &Path) -> Option<String> {
    let (file, folder) = (file.canonicalize().ok()?, folder.canonicalize().ok()?);
    let common = file.components().zip(folder.components()).take_while(|(a, b)| a == b).count();
    let up = folder.components().skip(common).map(|_| "..".to_owned());
    let down = file.components().skip(common).map(|step| step.as_os_str().to_string_lossy().into_owned());
    Some(up.chain(down).collect::<Vec<_>>().join("/"))
}

/// An objective that does not move cannot be tuned.
fn refuse_idle(tuning: &Tuning) -> Result<(), Failure> {
    let name = tuning.question.goal.headline.name();
    let settings = tuning.settings.len();
    let (message, help) = match tuning.idle {
        None => return Ok(()),
        Some(Idle::Constant(value)) => (
            format!("{name} is {value} in every run of each of {settings} settings: nothing can be tuned"),
            "another objective, a longer horizon, or other fields or values to vary".to_owned(),
        ),
        Some(Idle::Alike) => (
            format!(
                "{name} is the same under each of {settings} settings, run by run: what is varied changes nothing"
            ),
            "vary fields that this objective depends on, or within wider ends".to_owned(),
        ),
    };
    Err(Failure::Usage { message, help })
}

/// Every point was the scenario as it stands.
fn nothing_to_try() -> Failure {
    Failure::Usage {
        message: "every value that may be tried is the one that stands".to_owned(),
        help: "give other values to vary".to_owned(),
    }
}
