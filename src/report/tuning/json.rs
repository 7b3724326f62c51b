//! `tuning.json`: what a search found, for programs.
//!
//! `format`, `tool`, `scenario`, `title`, `ruleset`, `seed`; `objective`, `conditions`, `factors`, `matters_from` and
//! `confidence` are what was asked; `plan` how the runs were shared out \[replications\]; `runs` how many there were;
//! `settings_tried`, `settings_refused`; `rounds`; `chosen` (null before the finals) with its `values`, what it says in
//! search and finals (`searched`: too good, because it was chosen for it) and whether it is shown to keep the conditions
//! (`keeps_conditions`); `guarantee`; `confirmation` on fresh runs, each metric as in `comparison.json` (found less as it
//! stands), and `conditions` by these runs alone; `front`; `complete`. Estimates are in the unit of their metric:
//! days, share, messages, currency.

use serde::Serialize;

use super::{Answer, FOUND, OWN};
use crate::experiment::tuning::{Estimate, Kept, Plan, Selected};
use crate::experiment::{Headline, Side};
use crate::report::TOOL;
use crate::report::comparison::json::unit;
use crate::report::rounded;

/// The version of the file's form.
pub const FORMAT: u32 = 1;

/// The whole file as text.
pub fn to_json(answer: &Answer<'_>) -> String {
    crate::report::page(&Page::of(answer))
}

#[derive(Serialize)]
struct Page {
    format: u32,
    tool: &'static str,
    scenario: String,
    title: String,
    ruleset: String,
    seed: u64,
    objective: Objective,
    conditions: Vec<String>,
    factors: Vec<Factor>,
    matters_from: Option<f64>,
    confidence: f64,
    plan: Plan,
    runs: Runs,
    settings_tried: usize,
    settings_refused: usize,
    rounds: Vec<Round>,
    chosen: Option<Chosen>,
    guarantee: Option<Guarantee>,
    confirmation: Option<Confirmation>,
    front: Vec<Front>,
    complete: bool,
}

#[derive(Serialize)]
struct Objective {
    metric: String,
    unit: &'static str,
    less_is_better: bool,
}

#[derive(Serialize)]
struct Factor {
    path: String,
    values: String,
}

#[derive(Serialize)]
struct Runs {
    search_and_finals: u64,
    confirmation_each: u64,
    in_all: u64,
}

#[derive(Serialize)]
struct Round {
    runs_each: u64,
    settings: usize,
}

#[derive(Serialize)]
struct Chosen {
    candidate: usize,
    as_it_stands: bool,
    values: Vec<[String; 2]>,
    keeps_conditions: bool,
    searched: Vec<Measured>,
}

#[derive(Serialize)]
struct Measured {
    metric: String,
    estimate: f64,
    ci_low: Option<f64>,
    ci_high: Option<f64>,
    n: u64,
}

#[derive(Serialize)]
struct Guarantee {
    finalists: Vec<usize>,
    kept: Vec<Vec<&'static str>>,
    judged_on: u64,
    holds: bool,
    observations: Option<u64>,
    runs_an_observation: u64,
    eta: f64,
    h2: f64,
}

#[derive(Serialize)]
struct Confirmation {
    n: u64,
    conditions: Vec<&'static str>,
    found: Vec<Measured>,
    gains: Vec<Gain>,
}

#[derive(Serialize)]
struct Gain {
    metric: String,
    unit: &'static str,
    found: Option<f64>,
    as_it_stands: Option<f64>,
    difference: Option<f64>,
    ci_low: Option<f64>,
    ci_high: Option<f64>,
    verdict: &'static str,
    better: Option<&'static str>,
}

#[derive(Serialize)]
struct Front {
    candidate: usize,
    objective: f64,
    risk: f64,
    risk_metric: String,
}

fn digits(value: f64) -> f64 {
    rounded(value, 6)
}

impl Measured {
    fn of(headline: &Headline, estimate: Estimate) -> Measured {
        Measured {
            metric: headline.name(),
            estimate: digits(estimate.value),
            ci_low: estimate.interval.map(|interval| digits(interval.low)),
            ci_high: estimate.interval.map(|interval| digits(interval.high)),
            n: estimate.n,
        }
    }
}

impl Page {
    fn of(answer: &Answer<'_>) -> Page {
        let (tuning, setting) = (answer.tuning, answer.setting);
        let question = &tuning.question;
        let round = |round: &crate::experiment::tuning::Round| Round {
            runs_each: round.runs,
            settings: round.settings.len(),
        };
        let factor = |factor: &crate::experiment::Factor| Factor {
            path: factor.path().to_owned(),
            values: factor.to_string(),
        };
        Page {
            format: FORMAT,
            tool: TOOL,
            scenario: setting.scenario.clone(),
            title: setting.title.clone(),
            ruleset: setting.ruleset.clone(),
            seed: question.seed,
            objective: Objective {
                metric: question.goal.headline.name(),
                unit: unit(question.goal.headline.unit()),
                less_is_better: question.goal.less_is_better,
            },
            conditions: question.constraints.iter().map(|constraint| constraint.text.clone()).collect(),
            factors: question.factors.iter().map(factor).collect(),
            matters_from: tuning.finals.as_ref().map(|finals| digits(finals.rules.delta)),
            confidence: question.confidence,
            plan: tuning.plan,
            runs: Runs {
                search_and_finals: tuning.ledger.runs(),
                confirmation_each: answer.confirmation.map_or(0, |confirmation| confirmation.n()),
                in_all: answer.runs(),
            },
            settings_tried: tuning.settings.len(),
            settings_refused: tuning.refused.len(),
            rounds: tuning.rounds.iter().map(round).collect(),
            chosen: tuning.chosen().map(|chosen| Chosen::of(answer, chosen)),
            guarantee: Guarantee::of(answer),
            confirmation: Confirmation::of(answer),
            front: front(answer),
            complete: answer.complete(),
        }
    }
}

impl Chosen {
    fn of(answer: &Answer<'_>, chosen: usize) -> Chosen {
        let tuning = answer.tuning;
        let paths = tuning.question.factors.iter().map(|factor| factor.path().to_owned());
        let values = paths.zip(tuning.settings[chosen].values.iter().cloned());
        let measured = |metric: &Headline| {
            tuning.estimate(chosen, metric).map(|estimate| Measured::of(metric, estimate))
        };
        Chosen {
            candidate: chosen,
            as_it_stands: chosen == 0,
            values: values.map(|(path, value)| [path, value]).collect(),
            keeps_conditions: tuning.keeps_conditions(),
            searched: tuning.question.metrics().iter().filter_map(measured).collect(),
        }
    }
}

impl Guarantee {
    fn of(answer: &Answer<'_>) -> Option<Guarantee> {
        let finals = answer.tuning.finals.as_ref()?;
        let names = |kept: &Vec<Kept>| kept.iter().map(|kept| kept.name()).collect();
        Some(Guarantee {
            finalists: finals.finalists.clone(),
            kept: finals.kept.iter().map(names).collect(),
            judged_on: finals.judged_on,
            holds: finals.selected.as_ref().is_some_and(|selected| selected.settled),
            observations: finals.selected.as_ref().map(|selected: &Selected| selected.observations),
            runs_an_observation: answer.tuning.plan.block,
            eta: digits(finals.rules.eta()),
            h2: digits(finals.rules.h2()),
        })
    }
}

impl Confirmation {
    fn of(answer: &Answer<'_>) -> Option<Confirmation> {
        let confirmation = answer.confirmation.filter(|confirmation| confirmation.n() > 0)?;
        let headlines = answer.headlines();
        let measured = |headline: &Headline| Some(Measured::of(headline, answer.confirmed(headline)?));
        let gain = |headline: &Headline| {
            let found = answer.gain(headline)?;
            let better = found.verdict.better().map(|side| if side == Side::First { FOUND } else { OWN });
            Some(Gain {
                metric: headline.name(),
                unit: unit(headline.unit()),
                found: found.mean(Side::First).map(digits),
                as_it_stands: found.mean(Side::Second).map(digits),
                difference: found.measured().map(digits),
                ci_low: found.interval.map(|interval| digits(interval.low)),
                ci_high: found.interval.map(|interval| digits(interval.high)),
                verdict: found.verdict.name(),
                better,
            })
        };
        let constraints = answer.tuning.question.constraints.iter();
        Some(Confirmation {
            n: confirmation.n(),
            conditions: constraints.filter_map(|one| answer.kept(one)).map(Kept::name).collect(),
            found: headlines.iter().filter_map(measured).collect(),
            gains: headlines.iter().filter_map(gain).collect(),
        })
    }
}

/// The settings on the front, least risk first.
fn front(answer: &Answer<'_>) -> Vec<Front> {
    let risk_metric = answer.tuning.question.risk.as_ref().map(Headline::name).unwrap_or_default();
    super::text::on_front(answer)
        .into_iter()
        .map(|point| Front {
            candidate: point.setting,
            objective: digits(point.objective.value),
            risk: digits(point.risk.value),
            risk_metric: risk_metric.clone(),
        })
        .collect()
}
