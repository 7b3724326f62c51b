//! `candidates.csv`: one line a setting that was tried.
//!
//! | column | unit | what |
//! | --- | --- | --- |
//! | `candidate` | | its number, from 0: the scenario as it stands |
//! | `origin` | | `as_it_stands`, `design`, `near_<candidate>` |
//! | `fate` | | `chosen`, `nearest` (chosen, and not shown to keep the conditions), `finalist`, `behind` or `unfit` (shown to break a condition) in `round`, `open` after an interruption |
//! | `round` | | the round of the search in which it was left behind; empty for finalists |
//! | each path | | the value |
//! | `runs` | replications | search and finals together; those of the confirmation are not in this file |
//! | each metric, with `_low` and `_high` | days, share, messages or currency | mean or chance, with its 95 % interval |
//! | `on_front` | | whether no other setting is shown to be as good in objective and risk, and better in one; empty without a risk |
//! | `conditions` | | by the finals: `shown`, `open` or `broken`, the worst of them; empty for who was not there |

use super::{Answer, origin};
use crate::experiment::tuning::{Fate, Kept};
use crate::report::decimal;

/// The whole file as text.
pub fn candidates(answer: &Answer<'_>) -> String {
    let mut table = csv::Writer::from_writer(Vec::new());
    let metrics = answer.tuning.question.metrics();
    let paths = answer.tuning.question.factors.iter().map(|factor| factor.path().to_owned());
    let head = ["candidate", "origin", "fate", "round"].map(str::to_owned).into_iter().chain(paths);
    let head = head.chain(["runs".to_owned()]);
    let measured = metrics.iter().map(|metric| metric.name());
    let measured = measured.flat_map(|name| [name.clone(), format!("{name}_low"), format!("{name}_high")]);
    let head = head.chain(measured).chain(["on_front", "conditions"].map(str::to_owned));
    let front = answer.tuning.front();
    let rows = (0..answer.tuning.settings.len()).map(|setting| {
        let on_front = front.iter().find(|point| point.setting == setting);
        row(answer, setting, on_front.map(|point| point.on_front))
    });
    for record in std::iter::once(head.collect::<Vec<String>>()).chain(rows) {
        table.write_record(record).expect("memory does not fail");
    }
    let bytes = table.into_inner().expect("memory does not fail");
    String::from_utf8(bytes).expect("made of text")
}

fn row(answer: &Answer<'_>, setting: usize, on_front: Option<bool>) -> Vec<String> {
    let tuning = answer.tuning;
    let tried = &tuning.settings[setting];
    let (fate, round) = fate(answer, setting);
    let mut row = vec![setting.to_string(), origin(tried.origin), fate.to_owned(), round];
    row.extend(tried.values.iter().cloned());
    row.push(tuning.runs_of(setting).to_string());
    for metric in tuning.question.metrics() {
        let estimate = tuning.estimate(setting, &metric);
        let value = |value: Option<f64>| value.map_or_else(String::new, |value| decimal(value, 6));
        let interval = estimate.and_then(|estimate| estimate.interval);
        row.push(value(estimate.map(|estimate| estimate.value)));
        row.push(value(interval.map(|interval| interval.low)));
        row.push(value(interval.map(|interval| interval.high)));
    }
    row.push(on_front.map_or_else(String::new, |on| on.to_string()));
    row.push(conditions(answer, setting).map_or("", Kept::name).to_owned());
    row
}

/// What became of a setting, and in which round.
pub(super) fn fate(answer: &Answer<'_>, setting: usize) -> (&'static str, String) {
    let chosen = answer.tuning.chosen() == Some(setting);
    match answer.tuning.settings[setting].fate {
        Fate::Finalist if chosen && answer.tuning.keeps_conditions() => ("chosen", String::new()),
        Fate::Finalist if chosen => ("nearest", String::new()),
        Fate::Finalist => ("finalist", String::new()),
        Fate::Behind(round) => ("behind", round.to_string()),
        Fate::Unfit(round) => ("unfit", round.to_string()),
        Fate::Open => ("open", String::new()),
    }
}

/// The worst of the conditions of a finalist.
pub(super) fn conditions(answer: &Answer<'_>, setting: usize) -> Option<Kept> {
    let finals = answer.tuning.finals.as_ref()?;
    let place = finals.finalists.iter().position(|one| *one == setting)?;
    let kept = finals.kept.get(place)?;
    [Kept::Broken, Kept::Open, Kept::Shown].into_iter().find(|worst| kept.contains(worst))
}
