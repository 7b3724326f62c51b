//! `impact.json` and `effects.csv`: the same for programs and researchers.
//!
//! ```text
//!   format, tool, old, new, rules   what was asked, and what differs between the rules
//!   alpha, intervals, matters       what all intervals together leave out, from when on a difference matters
//!   changes                         whether any scenario changes
//!   scenarios    how many replications change, by what they first part, and the effects: new less old
//! ```
//!
//! Units are those of `unit`: days (elapsed seconds / 86,400), chance (0 to 1), messages, currency. `null` is what does
//! not exist: what one of the rules cannot do (`not_in_rules`), and what would be held against it. `effects.csv` has one line a scenario and metric, with the same columns; empty is what does not exist.

use serde::Serialize;

use super::super::comparison::json::{Thresholds, unit};
use super::super::parting::PartedTold;
use super::super::{decimal, rounded};
use super::{Answer, Change, Effect, Rules, Told, which};
use crate::experiment::{Difference, Share, Side};
use crate::platform::diff::{Changed, Sole};
use crate::report::TOOL;

/// The version of the keys below; it rises when one changes its meaning or goes away.
pub const FORMAT: u32 = 1;

/// The text of `impact.json`, with a newline at its end.
pub fn to_json(answer: &Answer<'_>) -> String {
    crate::report::page(&Page::of(answer))
}

#[derive(Serialize)]
struct Page {
    format: u32,
    tool: String,
    old: Ruled,
    new: Ruled,
    rules: Clauses,
    /// What all intervals together leave out, shared evenly \[share\].
    alpha: f64,
    intervals: usize,
    matters: Thresholds,
    /// Whether any scenario changes, in any replication or because it cannot run.
    changes: bool,
    scenarios: Vec<Scenario>,
}

#[derive(Serialize)]
struct Ruled {
    asked: String,
    ruleset: String,
    title: String,
}

#[derive(Serialize)]
struct Clauses {
    same: usize,
    changed: Vec<Changed>,
    only_old: Vec<Sole>,
    only_new: Vec<Sole>,
    says: String,
}

#[derive(Serialize)]
struct Scenario {
    scenario: String,
    file: String,
    changes: bool,
    /// Whether a headline changes by more than matters, or the scenario cannot run.
    matters: bool,
    cannot_run: Option<Reasons>,
    run: Option<Run>,
}

#[derive(Serialize)]
struct Reasons {
    old: Vec<String>,
    new: Vec<String>,
}

#[derive(Serialize)]
struct Run {
    title: String,
    /// The main result in a sentence.
    says: String,
    seed: u64,
    replications: u64,
    complete: bool,
    /// How many replications change, and the share of all with its 95 % interval.
    replications_that_change: u64,
    share: Option<f64>,
    share_low: f64,
    share_high: f64,
    /// The day by the end of which half of those that change have parted, and the earliest; from 0.
    first_day_median: Option<u32>,
    first_day_earliest: Option<u32>,
    /// The lowest index of a replication that changes: what `explain` takes.
    first_replication: Option<u64>,
    why_nothing: Option<String>,
    clauses: Vec<Clause>,
    partings: Vec<PartedTold>,
    effects: Vec<One>,
}

#[derive(Serialize)]
struct Clause {
    clause: String,
    /// Whether a change cites it when it acts.
    acts: bool,
    old_cited: u64,
    new_cited: u64,
}

#[derive(Serialize)]
struct One {
    metric: String,
    unit: &'static str,
    old_mean: Option<f64>,
    new_mean: Option<f64>,
    difference: Option<f64>,
    ci_low: Option<f64>,
    ci_high: Option<f64>,
    old_better: Option<f64>,
    equal: Option<f64>,
    new_better: Option<f64>,
    matters_from: f64,
    verdict: &'static str,
    better: Option<&'static str>,
}

impl Page {
    fn of(answer: &Answer<'_>) -> Page {
        let ruled = |rules: &Rules<'_>| Ruled {
            asked: rules.asked.to_owned(),
            ruleset: rules.ruleset.name.clone(),
            title: rules.ruleset.title.clone(),
        };
        let diff = &answer.diff;
        Page {
            format: FORMAT,
            tool: TOOL.to_owned(),
            old: ruled(&answer.old),
            new: ruled(&answer.new),
            rules: Clauses {
                same: diff.same,
                changed: diff.changed.clone(),
                only_old: diff.only_from.clone(),
                only_new: diff.only_to.clone(),
                says: answer.rules_in_words(),
            },
            alpha: rounded(answer.alpha(), 8),
            intervals: answer.intervals,
            matters: Thresholds::of(answer.matters),
            changes: answer.changes(),
            scenarios: answer.effects.iter().map(|effect| Scenario::of(answer, effect)).collect(),
        }
    }
}

impl Scenario {
    fn of(answer: &Answer<'_>, effect: &Effect<'_>) -> Scenario {
        let (cannot_run, run) = match &effect.told {
            Told::Cannot([old, new]) => (Some(Reasons { old: old.to_vec(), new: new.to_vec() }), None),
            Told::Ran(change) => (None, Some(Run::of(change, answer.names()))),
        };
        Scenario {
            scenario: effect.name.to_owned(),
            file: effect.file.to_owned(),
            changes: effect.changes(),
            matters: effect.matters(),
            cannot_run,
            run,
        }
    }
}

impl Run {
    fn of(change: &Change<'_>, names: [&str; 2]) -> Run {
        let comparison = change.compared.comparison;
        let setting = comparison.arms()[0].ensemble.setting();
        let share = Share::new(change.partings().count(), change.n());
        let all = change.partings().all();
        Run {
            title: setting.title.clone(),
            says: change.sentence(names),
            seed: setting.seed,
            replications: change.n(),
            complete: comparison.complete(),
            replications_that_change: share.count,
            share: share.estimate().map(|share| rounded(share, 6)),
            share_low: rounded(share.interval().low, 6),
            share_high: rounded(share.interval().high, 6),
            first_day_median: all.as_ref().map(|all| all.median()),
            first_day_earliest: all.as_ref().map(|all| all.earliest()),
            first_replication: change.telling(),
            why_nothing: change.why_nothing(),
            clauses: change.pair().contrast.clauses.iter().map(Clause::of).collect(),
            partings: PartedTold::all(change.partings()),
            effects: change.differences.iter().map(One::of).collect(),
        }
    }
}

impl Clause {
    fn of(clause: &crate::experiment::ClauseContrast) -> Clause {
        let [old_cited, new_cited] = clause.cited;
        Clause { clause: clause.path.clone(), acts: clause.acts, old_cited, new_cited }
    }
}

impl One {
    fn of(found: &Difference) -> One {
        let digits = |value: f64| rounded(value, 6);
        One {
            metric: found.headline.name(),
            unit: unit(found.headline.unit()),
            old_mean: found.mean(Side::Second).map(digits),
            new_mean: found.mean(Side::First).map(digits),
            difference: found.measured().map(digits),
            ci_low: found.interval.map(|interval| digits(interval.low)),
            ci_high: found.interval.map(|interval| digits(interval.high)),
            old_better: found.second_better.estimate().map(digits),
            equal: found.equal.estimate().map(digits),
            new_better: found.first_better.estimate().map(digits),
            matters_from: digits(found.matters),
            verdict: found.verdict.name(),
            better: found.verdict.better().map(which),
        }
    }
}

/// `effects.csv` as text.
pub fn to_csv(answer: &Answer<'_>) -> String {
    let head = [
        "scenario",
        "metric",
        "unit",
        "n",
        "old_mean",
        "new_mean",
        "difference",
        "ci_low",
        "ci_high",
        "old_better",
        "equal",
        "new_better",
        "matters_from",
        "verdict",
        "better",
    ];
    let rows = answer.effects.iter().flat_map(|effect| match &effect.told {
        Told::Ran(change) => {
            change.differences.iter().map(|found| row_of(effect.name, change.n(), &One::of(found))).collect()
        }
        Told::Cannot(_) => Vec::new(),
    });
    super::super::comparison::tables::table(head.map(str::to_owned).to_vec(), rows)
}

fn row_of(scenario: &str, n: u64, found: &One) -> Vec<String> {
    let number = |value: Option<f64>| value.map_or_else(String::new, |value| decimal(value, 6));
    let mut row = vec![scenario.to_owned(), found.metric.clone(), found.unit.to_owned(), n.to_string()];
    let numbers = [
        found.old_mean,
        found.new_mean,
        found.difference,
        found.ci_low,
        found.ci_high,
        found.old_better,
        found.equal,
        found.new_better,
        Some(found.matters_from),
    ];
    row.extend(numbers.map(number));
    row.extend([found.verdict.to_owned(), found.better.unwrap_or_default().to_owned()]);
    row
}
