//! `sensitivity.json`: one answer a key, for programs.
//!
//! ```text
//!   format, tool, scenario, seed, replications, complete   what was run
//!   inputs    what is varied, and what is believed of it
//!   metric    what the text and the chart tell of
//!   results   of every metric: its mean and spread, and the indices of each input
//! ```
//!
//! `index` is `first`, `total` (shares of the variance), `mu`, `mu_star`, `sigma` (unit of the metric: the change by a step of
//! two thirds of the middle 95 % of what is believed of the input, not divided by the step). The two thresholds of a rating
//! clause are one input, `rating.NAME.medium_from+low_from`, unless one of them is held. Intervals are of 95 %, by drawing
//! rows again. `null` is what does not exist.

use serde::Serialize;

use super::SensitivityAnswer;
use super::tables::told;
use crate::experiment::Headline;
use crate::report::TOOL;
use crate::report::comparison::json::unit;
use crate::report::rounded;

/// The version of the keys below; it rises when one changes its meaning or goes away.
pub const FORMAT: u32 = 2;

/// The text of `sensitivity.json`, with a newline at its end.
pub fn to_json(answer: &SensitivityAnswer<'_>) -> String {
    crate::report::page(&Page::of(answer))
}

#[derive(Serialize)]
struct Page {
    format: u32,
    tool: String,
    scenario: String,
    title: String,
    ruleset: String,
    seed: u64,
    /// Replications over which luck is averaged at each point.
    replications: u64,
    complete: bool,
    points: Points,
    inputs: Vec<Input>,
    metric: Option<String>,
    results: Vec<Metric>,
}

#[derive(Serialize)]
struct Points {
    screening: u64,
    shares: u64,
}

#[derive(Serialize)]
struct Input {
    path: String,
    believed: String,
}

#[derive(Serialize)]
struct Metric {
    metric: String,
    unit: &'static str,
    mean: Option<f64>,
    deviation: Option<f64>,
    indices: Vec<Index>,
}

#[derive(Serialize)]
struct Index {
    path: String,
    index: &'static str,
    estimate: f64,
    ci_low: Option<f64>,
    ci_high: Option<f64>,
    n: u64,
}

impl Page {
    fn of(answer: &SensitivityAnswer<'_>) -> Page {
        let study = answer.study;
        let [screening, shares] = study.points();
        let input = |input: &crate::experiment::sensitivity::Input| Input {
            path: input.path.clone(),
            believed: input.belief.clone(),
        };
        Page {
            format: FORMAT,
            tool: TOOL.to_owned(),
            scenario: study.setting.scenario.clone(),
            title: study.setting.title.clone(),
            ruleset: study.setting.ruleset.clone(),
            seed: study.setting.seed,
            replications: study.replications,
            complete: study.complete,
            points: Points { screening, shares },
            inputs: study.inputs.iter().map(input).collect(),
            metric: answer.headline().map(Headline::name),
            results: (0..study.headlines.len()).map(|at| Metric::of(answer, at)).collect(),
        }
    }
}

impl Metric {
    fn of(answer: &SensitivityAnswer<'_>, headline: usize) -> Metric {
        let study = answer.study;
        let spread = study.spread(headline);
        let index = |(input, index, estimate, interval, n): (
            usize,
            &'static str,
            f64,
            Option<crate::experiment::Interval>,
            u64,
        )| Index {
            path: study.inputs[input].path.clone(),
            index,
            estimate: rounded(estimate, 6),
            ci_low: interval.map(|interval| rounded(interval.low, 6)),
            ci_high: interval.map(|interval| rounded(interval.high, 6)),
            n,
        };
        Metric {
            metric: study.headlines[headline].name(),
            unit: unit(study.headlines[headline].unit()),
            mean: spread.map(|(mean, _)| rounded(mean, 6)),
            deviation: spread.map(|(_, deviation)| rounded(deviation, 6)),
            indices: told(answer, headline).into_iter().map(index).collect(),
        }
    }
}
