//! `comparison.json`: one answer a key, for programs.
//!
//! ```text
//!   format, tool, seed, replications, complete     what was run
//!   left_out                                       what is not compared and why, a sentence each
//!   alpha, matters                                 what intervals leave out, from when on a difference matters
//!   plans        each with its ruleset, start, warnings and assumptions
//!   pairs        each with its differences: first less second
//!     clauses    those that differ, and in how many replications of each a change cites them
//!     partings   by what the replications first part, on which days, and where to look
//! ```
//!
//! Units are those of `unit`: days (elapsed seconds / 86,400), chance (0 to 1), messages, currency. `null` is what does
//! not exist: an interval from one replication, a correlation where one plan never varies, a variance ratio where
//! nothing varies or the difference does not, what a plan's rules cannot do (`not_in_rules`) and what would be held against it.

use serde::Serialize;

use super::{Answer, PairAnswer};
use crate::experiment::{Arm, ClauseContrast, Difference, Matters, Side, Unit};
use crate::report::TOOL;
use crate::report::parting::PartedTold;
use crate::report::rounded;
use crate::report::summary::{Input, start};

/// The version of the keys below; it rises when one changes its meaning or goes away.
pub const FORMAT: u32 = 1;

/// The text of `comparison.json`, with a newline at its end.
pub fn to_json(answer: &Answer<'_>) -> String {
    crate::report::page(&Page::of(answer))
}

#[derive(Serialize)]
struct Page {
    format: u32,
    tool: String,
    seed: u64,
    /// Replications of each plan.
    replications: u64,
    complete: bool,
    /// Where times are cut \[days\].
    horizon_days: f64,
    left_out: Vec<String>,
    /// What an interval leaves out \[share\].
    alpha: f64,
    matters: Thresholds,
    plans: Vec<Plan>,
    pairs: Vec<Pair>,
}

/// From when on a difference matters.
#[derive(Serialize)]
pub(in crate::report) struct Thresholds {
    days: f64,
    chance: f64,
    total_share: f64,
}

impl Thresholds {
    pub(in crate::report) fn of(matters: Matters) -> Thresholds {
        Thresholds { days: matters.days.as_days(), chance: matters.chance, total_share: matters.total }
    }
}

#[derive(Serialize)]
struct Plan {
    name: String,
    title: String,
    ruleset: String,
    start: String,
    horizon_days: f64,
    warnings: Vec<String>,
    assumptions: Vec<Input>,
}

#[derive(Serialize)]
struct Pair {
    first: String,
    second: String,
    says: String,
    /// Replications in which everything is the same: every change, every send, every day.
    same: u64,
    same_inputs: bool,
    why_nothing: Option<String>,
    clauses: Vec<Clause>,
    partings: Vec<PartedTold>,
    differences: Vec<Told>,
}

#[derive(Serialize)]
struct Clause {
    clause: String,
    first_cited: u64,
    second_cited: u64,
}

#[derive(Serialize)]
struct Told {
    metric: String,
    unit: &'static str,
    first_mean: Option<f64>,
    second_mean: Option<f64>,
    difference: Option<f64>,
    ci_low: Option<f64>,
    ci_high: Option<f64>,
    first_better: Option<f64>,
    equal: Option<f64>,
    second_better: Option<f64>,
    correlation: Option<f64>,
    variance_ratio: Option<f64>,
    matters_from: f64,
    verdict: &'static str,
    better: Option<String>,
}

impl Page {
    fn of(answer: &Answer<'_>) -> Page {
        let comparison = answer.comparison;
        let matters = answer.matters;
        Page {
            format: FORMAT,
            tool: TOOL.to_owned(),
            seed: comparison.arms().first().map_or(0, |arm| arm.ensemble.setting().seed),
            replications: comparison.n(),
            complete: comparison.complete(),
            horizon_days: rounded(comparison.horizon().as_days(), 3),
            left_out: answer.left_out(),
            alpha: rounded(comparison.alpha(), 6),
            matters: Thresholds::of(matters),
            plans: comparison.arms().iter().map(Plan::of).collect(),
            pairs: answer.pairs.iter().map(|pair| Pair::of(answer, pair)).collect(),
        }
    }
}

impl Plan {
    fn of(arm: &Arm) -> Plan {
        let setting = arm.ensemble.setting();
        Plan {
            name: arm.name.clone(),
            title: setting.title.clone(),
            ruleset: setting.ruleset.clone(),
            start: start(&setting.calendar),
            horizon_days: rounded(setting.calendar.horizon().as_days(), 3),
            warnings: setting.warnings.clone(),
            assumptions: setting.assumptions.iter().map(Input::of).collect(),
        }
    }
}

impl Pair {
    fn of(answer: &Answer<'_>, pair: &PairAnswer<'_>) -> Pair {
        let names = [pair.pair.first, pair.pair.second].map(|arm| answer.name(arm).to_owned());
        let clause = |clause: &ClauseContrast| Clause {
            clause: clause.path.clone(),
            first_cited: clause.cited[0],
            second_cited: clause.cited[1],
        };
        Pair {
            says: answer.sentence(pair),
            same: pair.pair.same,
            same_inputs: pair.contrast.same_inputs,
            why_nothing: answer.why_nothing(pair),
            clauses: pair.contrast.clauses.iter().map(clause).collect(),
            partings: PartedTold::all(&pair.pair.partings),
            differences: pair.differences.iter().map(|found| Told::of(found, &names)).collect(),
            first: names[0].clone(),
            second: names[1].clone(),
        }
    }
}

impl Told {
    fn of(found: &Difference, names: &[String; 2]) -> Told {
        let digits = |value: f64| rounded(value, 6);
        let better = |side: Side| names[usize::from(side == Side::Second)].clone();
        Told {
            metric: found.headline.name(),
            unit: unit(found.headline.unit()),
            first_mean: found.mean(Side::First).map(digits),
            second_mean: found.mean(Side::Second).map(digits),
            difference: found.measured().map(digits),
            ci_low: found.interval.map(|interval| digits(interval.low)),
            ci_high: found.interval.map(|interval| digits(interval.high)),
            first_better: found.first_better.estimate().map(digits),
            equal: found.equal.estimate().map(digits),
            second_better: found.second_better.estimate().map(digits),
            correlation: found.correlation.map(digits),
            variance_ratio: found
                .variance_ratio
                .filter(|ratio| ratio.is_finite())
                .map(|ratio| rounded(ratio, 3)),
            matters_from: digits(found.matters),
            verdict: found.verdict.name(),
            better: found.verdict.better().map(better),
        }
    }
}

/// The name of a unit in files.
pub(in crate::report) fn unit(unit: Unit) -> &'static str {
    match unit {
        Unit::Days => "days",
        Unit::Chance => "chance",
        Unit::Messages => "messages",
        Unit::Currency => "currency",
    }
}
