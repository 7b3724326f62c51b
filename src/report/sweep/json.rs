//! `sweep.json`: one answer a key, for programs; and one line a point, for outside optimisers.
//!
//! ```text
//!   format, tool, scenario, seed, replications, complete    what was run
//!   design, factors                                         which points, and what is varied
//!   metric                                                  what effects are told of
//!   effects    what each factor changes in it, the most first
//!   unchanged  the factors that change nothing at all
//!   points     each with its values and the results of all metrics
//! ```
//!
//! Results of a point are those of its own whole runs. Where horizons differ effects are of times that are cut at the
//! shortest, `horizon_days`, and `metric` is then a limit within it instead of one that is ever held.
//!
//! Units are those of `unit`: days (elapsed seconds / 86,400), chance (0 to 1), messages, currency. Intervals are of 95 %,
//! and cover simulation noise alone; those of effects in designs of points also which points were chosen. `null` is what
//! does not exist: an interval of a mean from one replication; and what is not known: a cost where `unpriced` (messages and
//! conversations a run whose price is not known) is above 0.

use std::collections::BTreeMap;

use serde::Serialize;

use super::SweepAnswer;
use crate::experiment::{By, Interval};
use crate::experiment::{Effect, Headline, Level, Row, headlines_of};
use crate::report::TOOL;
use crate::report::comparison::json::unit;
use crate::report::rounded;
use crate::sim::Setting;

/// The version of the keys below; it rises when one changes its meaning or goes away.
pub const FORMAT: u32 = 1;

/// The text of `sweep.json`, with a newline at its end.
pub fn to_json(answer: &SweepAnswer<'_>) -> String {
    crate::report::page(&Page::of(answer))
}

/// The results of one point in one line of JSON, without a newline: what `--stdin-jsonl` answers.
///
/// `line` counts the lines of the input from 1. `results` has an entry for each metric by its name.
pub fn line(line: u64, rows: &[Row], setting: &Setting, dates: &[By]) -> String {
    let horizon = setting.calendar.horizon();
    let results = headlines_of(&[setting], dates).into_iter().map(|headline| {
        let level = Level::of(rows, setting, &headline, horizon);
        (headline.name(), Told::of(&headline, level, rows.len()))
    });
    let answer = Line { line, results: Some(results.collect()), error: None };
    serde_json::to_string(&answer).expect("keys are text and memory does not fail")
}

/// The answer to a line that cannot be run, without a newline.
pub fn error_line(line: u64, error: &str) -> String {
    let answer = Line { line, results: None, error: Some(error.to_owned()) };
    serde_json::to_string(&answer).expect("keys are text and memory does not fail")
}

#[derive(Serialize)]
struct Line {
    line: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    results: Option<BTreeMap<String, Told>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

#[derive(Serialize)]
struct Page {
    format: u32,
    tool: String,
    scenario: String,
    title: String,
    /// Several, parted by commas, where they are varied.
    ruleset: String,
    seed: u64,
    /// Replications of each point.
    replications: u64,
    complete: bool,
    /// Where times are cut as points are held against each other \[days\].
    horizon_days: f64,
    design: Chosen,
    factors: Vec<Varied>,
    metric: Option<String>,
    effects: Vec<Changed>,
    unchanged: Vec<String>,
    points: Vec<Point>,
}

#[derive(Serialize)]
struct Chosen {
    kind: &'static str,
    points: usize,
}

#[derive(Serialize)]
struct Varied {
    path: String,
    /// The levels; of a range without levels its two ends.
    levels: Option<Vec<String>>,
    range: Option<[String; 2]>,
}

#[derive(Serialize)]
struct Changed {
    path: String,
    low: f64,
    high: f64,
    difference: f64,
    ci_low: Option<f64>,
    ci_high: Option<f64>,
    rank_coefficient: Option<f64>,
}

#[derive(Serialize)]
struct Point {
    point: usize,
    values: BTreeMap<String, String>,
    /// Messages and conversations a run whose price is not known.
    unpriced: f64,
    results: Vec<Named>,
}

#[derive(Serialize)]
struct Named {
    metric: String,
    #[serde(flatten)]
    told: Told,
}

#[derive(Serialize)]
struct Told {
    unit: &'static str,
    estimate: Option<f64>,
    ci_low: Option<f64>,
    ci_high: Option<f64>,
    n: u64,
}

impl Told {
    fn of(headline: &Headline, level: Option<Level>, replications: usize) -> Told {
        let [ci_low, ci_high] = ends(level.and_then(|level| level.interval));
        let estimate = level.map(|level| digits(level.estimate));
        Told { unit: unit(headline.unit()), estimate, ci_low, ci_high, n: replications as u64 }
    }
}

impl Page {
    fn of(answer: &SweepAnswer<'_>) -> Page {
        let (sweep, design) = (answer.sweep, &answer.sweep.design);
        let setting = answer.setting();
        let text = |of: fn(&Setting) -> &String| setting.map(of).cloned().unwrap_or_default();
        let path = |factor: usize| design.factors[factor].path().to_owned();
        let changed = |effect: &Effect| {
            let [ci_low, ci_high] = ends(effect.interval);
            Changed {
                path: path(effect.factor),
                low: digits(effect.low),
                high: digits(effect.high),
                difference: digits(effect.difference()),
                ci_low,
                ci_high,
                rank_coefficient: effect.rank.map(digits),
            }
        };
        Page {
            format: FORMAT,
            tool: TOOL.to_owned(),
            scenario: text(|setting| &setting.scenario),
            title: text(|setting| &setting.title),
            ruleset: answer.rules(),
            seed: setting.map_or(0, |setting| setting.seed),
            replications: sweep.replications,
            complete: sweep.complete(),
            horizon_days: rounded(sweep.horizon().as_days(), 3),
            design: Chosen { kind: design.kind.name(), points: design.points.len() },
            factors: design.factors.iter().map(Varied::of).collect(),
            metric: answer.compared.as_ref().map(Headline::name),
            effects: answer.effects.iter().map(changed).collect(),
            unchanged: answer.unchanged.iter().map(|factor| path(*factor)).collect(),
            points: (0..sweep.points.len()).map(|point| Point::of(answer, point)).collect(),
        }
    }
}

impl Varied {
    fn of(factor: &crate::experiment::Factor) -> Varied {
        let range = factor.levels().is_none().then(|| [factor.at(0.0), factor.at(1.0)]);
        Varied { path: factor.path().to_owned(), levels: factor.levels().map(<[String]>::to_vec), range }
    }
}

impl Point {
    fn of(answer: &SweepAnswer<'_>, point: usize) -> Point {
        let design = &answer.sweep.design;
        let values = design.factors.iter().zip(&design.points[point]);
        let replications = answer.sweep.points[point].rows.len();
        let told = |headline: &Headline| {
            let level = answer.sweep.level(point, headline);
            Named { metric: headline.name(), told: Told::of(headline, level, replications) }
        };
        Point {
            point,
            values: values.map(|(factor, value)| (factor.path().to_owned(), value.clone())).collect(),
            unpriced: rounded(answer.unpriced(point), 3),
            results: answer.headlines.iter().map(told).collect(),
        }
    }
}

fn ends(interval: Option<Interval>) -> [Option<f64>; 2] {
    [interval.map(|interval| digits(interval.low)), interval.map(|interval| digits(interval.high))]
}

fn digits(value: f64) -> f64 {
    rounded(value, 6)
}
