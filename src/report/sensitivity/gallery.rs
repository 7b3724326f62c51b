//! The chart of a study: `indices`, what share of the spread is each uncertain input's, with intervals; where there was
//! screening alone `screening`, how far each input moves the result.

use super::{Influence, SensitivityAnswer, as_share};
use crate::experiment::sensitivity::Index;
use crate::experiment::{Headline, Unit};
use crate::glossary::{capital, grouped};
use crate::report::charts::{Caption, Drawing, IndexRow, Tornado, TornadoBar, indices, tornado};
use crate::report::comparison::amount;

/// The names of all charts that a study may have.
pub const NAMES: [&str; 2] = ["indices", "screening"];

/// The charts; none where nothing varies.
pub fn draw(answer: &SensitivityAnswer<'_>) -> Vec<Drawing> {
    if answer.headline().is_none() {
        return Vec::new();
    }
    let shares: Vec<IndexRow> = answer.told.iter().filter_map(|known| row(answer, known)).collect();
    let mut drawings = Vec::new();
    if !shares.is_empty() {
        let reading = "Bars: shares of the variance; lines: 95 % intervals.";
        let caption = caption(answer, "indices", answer.sentence(), reading);
        let unit = format!("share of the spread of {}", answer.what());
        drawings.push(indices(&caption, &unit, &shares));
    }
    let mut bars: Vec<TornadoBar> = answer.told.iter().filter_map(|known| bar(answer, known)).collect();
    bars.sort_by(|a, b| b.high.total_cmp(&a.high));
    if let Some(first) = bars.first() {
        let reading = "How far each moves it by a step of two thirds of the middle \
                       95 % of its belief (mu*); lines: 95 % intervals.";
        let what = answer.what();
        let unit = answer.headline().map(Headline::unit);
        let size = unit.map_or_else(String::new, |unit| amount(unit, first.high));
        let title = format!("{} moves {what} farthest: by {size} a step", first.name);
        let caption = caption(answer, "screening", title, reading);
        let shares = unit == Some(Unit::Chance);
        drawings.push(tornado(&caption, &Tornado { unit: format!("change of {what}"), bars, shares }));
    }
    drawings
}

fn caption(answer: &SensitivityAnswer<'_>, name: &str, title: String, reading: &str) -> Caption {
    let study = answer.study;
    let points: u64 = study.points().iter().sum();
    let subtitle = format!(
        "{reading} {} points of {} runs each on the same luck. {}, {}, seed {}",
        grouped(points),
        grouped(study.replications),
        study.setting.ruleset,
        study.setting.profiles.join(", "),
        study.setting.seed,
    );
    Caption { name: name.to_owned(), title: capital(&title), subtitle, description: String::new() }
}

fn row(answer: &SensitivityAnswer<'_>, known: &Influence) -> Option<IndexRow> {
    let shares = known.shares?;
    let three = |index: Index| {
        let interval = index.interval;
        let ends = interval.map_or([index.estimate; 2], |interval| [interval.low, interval.high]);
        [index.estimate, ends[0], ends[1]].map(as_share)
    };
    Some(IndexRow { name: answer.name(known), first: three(shares.first), total: three(shares.total) })
}

fn bar(answer: &SensitivityAnswer<'_>, known: &Influence) -> Option<TornadoBar> {
    let steps = known.screened.filter(|steps| steps.n > 0)?;
    Some(TornadoBar {
        name: answer.name(known),
        ends: [String::new(), String::new()],
        low: 0.0,
        high: steps.mu_star,
        interval: steps.interval.map(|interval| [interval.low, interval.high]),
    })
}
