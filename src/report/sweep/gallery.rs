//! The charts of a sweep: the told metric along one factor, along two, and what each factor changes.
//!
//! | chart | question |
//! | --- | --- |
//! | `curve` | one factor: how does it change along its values, and how sure is that? |
//! | `heat` | two factors with levels: how does it change along both? |
//! | `tornado` | several factors: which changes most? |

use super::{SweepAnswer, point_in_words, short};
use crate::experiment::{By, DesignKind, Headline, Level, Unit};
use crate::glossary::{capital, grouped};
use crate::report::charts::{
    Along, AlongPoint, Caption, Drawing, Heat, Tornado, TornadoBar, along, chance, heat, tornado,
};
use crate::report::comparison::text::level;

/// The names of all charts that a sweep may have.
pub const NAMES: [&str; 3] = ["curve", "heat", "tornado"];

/// All charts of a sweep; none of what is not known.
pub fn draw(answer: &SweepAnswer<'_>) -> Vec<Drawing> {
    let Some(told) = answer.compared.as_ref().filter(|_| !answer.estimates().is_empty()) else {
        return Vec::new();
    };
    let factorial = answer.design().kind == DesignKind::Factorial;
    let bars = || answer.sweep.is_told(told).then(|| bars(answer, told));
    match answer.design().factors.len() {
        1 => vec![curve(answer, told)],
        2 if factorial => std::iter::once(field(answer, told)).chain(bars()).collect(),
        _ => bars().into_iter().collect(),
    }
}

fn caption(answer: &SweepAnswer<'_>, name: &str, title: String, reading: &str) -> Caption {
    let rules = answer.setting().map_or_else(String::new, |setting| {
        format!("{}, {}, seed {}", answer.rules(), setting.profiles.join(", "), setting.seed)
    });
    let never = match answer.main {
        Some(Headline::Days(_)) => {
            format!(" A run that never holds it counts {:.0} days.", answer.sweep.horizon().as_days())
        }
        _ => String::new(),
    };
    let cut = match answer.sweep.end() {
        By::Horizon => "",
        _ => " Horizons differ: times are cut at the shortest.",
    };
    let unknown = answer.sweep.points.len() - answer.estimates().len();
    let unknown = if unknown == 0 {
        String::new()
    } else {
        format!(" Left out: {unknown} points where it is not known.")
    };
    let subtitle = format!(
        "{reading}{never}{cut}{unknown} {} points of {} runs each on the same luck. {rules}",
        grouped(answer.sweep.points.len() as u64),
        grouped(answer.sweep.replications)
    );
    Caption { name: name.to_owned(), title, subtitle, description: String::new() }
}

/// The told metric along the one factor.
fn curve(answer: &SweepAnswer<'_>, main: &Headline) -> Drawing {
    let factor = &answer.design().factors[0];
    let mut points: Vec<AlongPoint> = (0..answer.sweep.points.len())
        .filter_map(|point| {
            let Level { estimate, interval, .. } = answer.level(point)?;
            let value = &answer.design().points[point][0];
            Some(AlongPoint {
                label: value.clone(),
                amount: factor.amount(value),
                estimate,
                low: interval.map_or(estimate, |interval| interval.low),
                high: interval.map_or(estimate, |interval| interval.high),
            })
        })
        .collect();
    if answer.design().kind != DesignKind::Factorial {
        points.sort_by(|a, b| a.amount.unwrap_or(0.0).total_cmp(&b.amount.unwrap_or(0.0)));
    }
    let chart = Along {
        unit: answer.what(),
        factor: factor.path().to_owned(),
        log: factor.is_log(),
        shares: main.unit() == Unit::Chance,
        points,
    };
    let reading = if factor.kind().is_some() { "Band: 95 %." } else { "Bars: 95 %." };
    along(&caption(answer, "curve", title(answer, main), reading), &chart)
}

/// What the metric does from the first value to the last.
fn title(answer: &SweepAnswer<'_>, main: &Headline) -> String {
    let at = |point: usize| answer.level(point).map(|level| level.estimate);
    let values = |point: usize| point_in_words(answer.design(), point);
    let last = answer.sweep.points.len().saturating_sub(1);
    let factorial = answer.design().kind == DesignKind::Factorial;
    match (at(0), at(last)) {
        (Some(first), Some(end)) if factorial && last > 0 => {
            let [first, end] = [first, end].map(|value| level_in_words(main, value));
            let (from, to) = (values(0), &answer.design().points[last][0]);
            format!("{}: {first} at {from}, {end} at {to}", capital(&answer.what()))
        }
        _ => answer.sentence(),
    }
}

fn level_in_words(main: &Headline, value: f64) -> String {
    match main.unit() {
        Unit::Chance => chance(value),
        Unit::Days => level(Unit::Days, value).replace(" d", " days"),
        unit => level(unit, value),
    }
}

/// The told metric along two factors.
fn field(answer: &SweepAnswer<'_>, main: &Headline) -> Drawing {
    let factors = &answer.design().factors;
    let [up, across] = [0, 1].map(|factor| factors[factor].levels().unwrap_or_default());
    let estimate =
        |row: usize, column: usize| answer.level(row * across.len() + column).map(|level| level.estimate);
    let rows = 0..up.len();
    let cells = |row: usize| (0..across.len()).map(|column| estimate(row, column)).collect::<Vec<_>>();
    let cells: Vec<Vec<Option<f64>>> = rows.map(cells).collect();
    let word = |value: &Option<f64>| {
        value.map_or_else(String::new, |value| match main.unit() {
            Unit::Chance => chance(value),
            Unit::Days => format!("{value:.1}"),
            unit => level(unit, value),
        })
    };
    let chart = Heat {
        unit: answer.what(),
        up: factors[0].path().to_owned(),
        across: factors[1].path().to_owned(),
        rows: up.to_vec(),
        columns: across.to_vec(),
        words: cells.iter().map(|row| row.iter().map(word).collect()).collect(),
        cells,
    };
    heat(&caption(answer, "heat", answer.sentence(), "The darker the more."), &chart)
}

/// What each factor changes.
fn bars(answer: &SweepAnswer<'_>, main: &Headline) -> Drawing {
    let design = answer.design();
    let bars = answer.effects.iter().map(|effect| {
        let factor = &design.factors[effect.factor];
        let ends = match factor.levels() {
            Some(levels) => [levels.first(), levels.last()].map(|end| end.cloned().unwrap_or_default()),
            None => ["low", "high"].map(str::to_owned),
        };
        TornadoBar {
            name: short(factor.path()),
            ends,
            low: effect.low,
            high: effect.high,
            interval: effect.interval.map(|interval| {
                let ends = [effect.low + interval.low, effect.low + interval.high];
                if main.unit() == Unit::Chance { ends.map(|end| end.clamp(0.0, 1.0)) } else { ends }
            }),
        }
    });
    let bars: Vec<TornadoBar> = bars.collect();
    let what = answer.what();
    let title = match bars.first().filter(|bar| bar.low != bar.high) {
        Some(first) => format!(
            "{} changes {what} most: {} at {}, {} at {}",
            capital(&first.name),
            level_in_words(main, first.low),
            first.ends[0],
            level_in_words(main, first.high),
            first.ends[1]
        ),
        None => format!("Nothing of this changes {what}"),
    };
    let reading = if design.kind == DesignKind::Factorial {
        "Means from each factor's first value (grey dot) to its last (blue), the line a 95 % interval of the change."
    } else {
        "Means over the quarter of points with a factor's lowest values (grey dot) and highest (blue); the line: 95 %."
    };
    let chart = Tornado { unit: what, bars, shares: main.unit() == Unit::Chance };
    tornado(&caption(answer, "tornado", title, reading), &chart)
}
