//! The charts of a search.
//!
//! | chart | question |
//! | --- | --- |
//! | `front` | what does a better objective cost in risk? |
//! | `rounds` | how was it found: who was left behind when? |
//! | `settings` | what is the setting, between what was tried? |
//!
//! The charts of the confirmation are those of a comparison.

use super::{Answer, FOUND, OWN};
use crate::experiment::tuning::{Estimate, Fate, FrontPoint};
use crate::experiment::{Factor, Headline, Unit};
use crate::glossary::{capital, grouped};
use crate::report::charts::{
    Caption, Drawing, Measure, RoundLine, Rounds, Scatter, ScatterPoint, Standing, Strip, rounds, scatter,
    strips,
};

/// The names of all charts that a search may have.
pub const NAMES: [&str; 3] = ["front", "rounds", "settings"];

/// All charts of a search, as far as it came.
pub fn draw(answer: &Answer<'_>) -> Vec<Drawing> {
    let mut drawings = Vec::new();
    let points = answer.tuning.front();
    if !points.is_empty() {
        drawings.push(front(answer, &points));
    }
    if answer.tuning.rounds.len() > 1 {
        drawings.push(halving(answer));
    }
    drawings.push(settings(answer));
    drawings
}

/// How a setting stands.
fn standing(answer: &Answer<'_>, setting: usize) -> Standing {
    match answer.tuning.settings[setting].fate {
        _ if answer.tuning.chosen() == Some(setting) => Standing::Chosen,
        _ if setting == 0 => Standing::Own,
        Fate::Finalist => Standing::Front,
        _ => Standing::Tried,
    }
}

/// The name of a setting, where it has one.
fn name(answer: &Answer<'_>, setting: usize) -> String {
    match standing(answer, setting) {
        Standing::Chosen if setting == 0 => format!("{FOUND}: {OWN}"),
        Standing::Chosen => answer.chosen_name().to_owned(),
        Standing::Own => OWN.to_owned(),
        Standing::Front | Standing::Tried => String::new(),
    }
}

fn measure(unit: Unit) -> Measure {
    match unit {
        Unit::Days => Measure::Days,
        Unit::Chance => Measure::Share,
        Unit::Messages | Unit::Currency => Measure::Count,
    }
}

/// The axis of a headline: its words with its unit.
fn axis(answer: &Answer<'_>, headline: &Headline) -> (String, Measure) {
    let what = match headline {
        Headline::Happens(_) => format!("chance that {}", answer.what(headline)),
        Headline::Days(limit) => format!("days until {} is held, mean", limit.name),
        other => format!("{}, mean", answer.what(other)),
    };
    (what, measure(headline.unit()))
}

fn caption(answer: &Answer<'_>, name: &str, title: String, reading: &str) -> Caption {
    let setting = answer.setting;
    let subtitle = format!(
        "{reading} {} settings under {}, seed {}.",
        grouped(answer.tuning.settings.len() as u64),
        setting.ruleset,
        answer.tuning.question.seed,
    );
    Caption { name: name.to_owned(), title, subtitle, description: String::new() }
}

/// The objective against the risk.
fn front(answer: &Answer<'_>, points: &[FrontPoint]) -> Drawing {
    let question = &answer.tuning.question;
    let goal = &question.goal.headline;
    let Some(risk) = question.risk.as_ref() else { return settings(answer) };
    let point = |point: &FrontPoint| {
        // Of who is named, what fresh runs say: the search flatters whom it chose.
        let arm = fresh_arm(answer, point.setting);
        let fresh = |headline| arm.and_then(|arm| answer.confirmed_of(arm, headline));
        let (objective, risk) = (fresh(goal).unwrap_or(point.objective), fresh(risk).unwrap_or(point.risk));
        ScatterPoint {
            at: (risk.value, objective.value),
            across: whisker(&risk),
            up: whisker(&objective),
            standing: standing(answer, point.setting),
            on_front: point.on_front,
            name: name(answer, point.setting),
        }
    };
    let mut all: Vec<ScatterPoint> = points.iter().map(point).collect();
    let ups: Vec<f64> = all.iter().filter(|point| told(point)).map(|point| point.at.1).collect();
    let worst = far(answer, &ups);
    let before = all.len();
    all.retain(|one| told(one) || !worse(answer, one.at.1, worst));
    let limit = question.constraints.iter().find(|constraint| constraint.headline == *risk);
    let chart = Scatter {
        across: axis(answer, risk),
        up: axis(answer, goal),
        limit: limit.map(|constraint| (constraint.limit, constraint.to_string())),
        points: all,
    };
    let reading = format!(
        "Dots: settings by the runs of the search, the named ones by fresh runs; bars: 95 % intervals; the line: no \
         other is shown to be better in both.{}",
        left_out(before - chart.points.len())
    );
    scatter(&caption(answer, "front", front_title(answer, goal, risk), &reading), &chart)
}

/// Whether a point is more than one of many.
fn told(point: &ScatterPoint) -> bool {
    point.standing > Standing::Tried || point.on_front
}

fn whisker(estimate: &Estimate) -> (f64, f64) {
    estimate.interval.map_or((estimate.value, estimate.value), |interval| (interval.low, interval.high))
}

/// The arm of the confirmation that a setting is.
fn fresh_arm(answer: &Answer<'_>, setting: usize) -> Option<usize> {
    match setting {
        _ if answer.tuning.chosen() == Some(setting) => Some(0),
        0 => Some(1),
        _ => None,
    }
}

/// What was found, and what it costs.
fn front_title(answer: &Answer<'_>, goal: &Headline, risk: &Headline) -> String {
    let (Some(objective), Some(cost)) = (answer.confirmed(goal), answer.confirmed(risk)) else {
        return capital(&format!("{} against {}", answer.noun(goal), answer.noun(risk)));
    };
    let (objective, cost) = (super::told(goal.unit(), &objective), super::told(risk.unit(), &cost));
    format!(
        "{}: {objective} {}, {cost} {}",
        capital(answer.chosen_name()),
        short(answer, goal),
        short(answer, risk)
    )
}

/// A headline after its number: `12.3 d to 10,000`, `4.1 % flagged`.
fn short(answer: &Answer<'_>, headline: &Headline) -> String {
    match headline {
        Headline::Days(limit) => format!("to {}", limit.name),
        Headline::Happens(mishap) => format!("risk: {}", mishap.name().replace('_', " ")),
        other => answer.what(other),
    }
}

/// Beyond which value what was only tried is so far behind that it would make the picture small.
fn far(answer: &Answer<'_>, told: &[f64]) -> f64 {
    let (low, high) =
        told.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(*v), h.max(*v)));
    let room = 1.5 * (high - low).max(0.1 * high.abs());
    if answer.tuning.question.goal.less_is_better { high + room } else { low - room }
}

fn worse(answer: &Answer<'_>, value: f64, than: f64) -> bool {
    if answer.tuning.question.goal.less_is_better { value > than } else { value < than }
}

/// How many are not drawn.
fn left_out(count: usize) -> String {
    if count == 0 { String::new() } else { format!(" {count} that are far worse are not drawn.") }
}

/// How the settings were sorted out.
fn halving(answer: &Answer<'_>) -> Drawing {
    let tuning = answer.tuning;
    let goal = &tuning.question.goal.headline;
    let line = |setting: usize| {
        let within = tuning.rounds.iter().enumerate().filter(|(_, round)| round.settings.contains(&setting));
        let values = within.filter_map(|(place, round)| {
            Some((place, tuning.estimate_in_search(setting, goal, round.runs)?.value))
        });
        RoundLine {
            values: values.collect(),
            standing: standing(answer, setting),
            name: name(answer, setting),
        }
    };
    let mut lines: Vec<RoundLine> = (0..tuning.settings.len()).map(line).collect();
    let went_on = |line: &RoundLine| line.values.len() > 1 || line.standing > Standing::Tried;
    let told = lines.iter().filter(|line| went_on(line)).flat_map(|line| line.values.iter().map(|at| at.1));
    let worst = far(answer, &told.collect::<Vec<f64>>());
    let before = lines.len();
    lines.retain(|line| went_on(line) || line.values.iter().all(|at| !worse(answer, at.1, worst)));
    let reading = format!(
        "Each line a setting, until it was left behind, to be compared at the same number of runs; blue: the finalists. Lines that begin later are new neighbours \
         of the best.{}",
        left_out(before - lines.len())
    );
    let chart = Rounds {
        up: axis(answer, goal),
        runs: tuning.rounds.iter().map(|round| round.runs).collect(),
        lines,
    };
    let (first, finals) = (tuning.rounds[0].settings.len(), tuning.finals.as_ref());
    let title = match finals {
        Some(finals) => format!("{first} settings at first, {} in the finals", finals.finalists.len()),
        None => format!("{first} settings at first; the search was interrupted"),
    };
    rounds(&caption(answer, "rounds", title, &reading), &chart)
}

/// A value of a factor as its levels are written: what stands in the scenario may be written otherwise.
fn written(factor: &Factor, value: &str) -> String {
    let amount = factor.amount(value);
    let alike = |level: &&String| amount.is_some() && factor.amount(level) == amount;
    let level = factor.levels().and_then(|levels| levels.iter().find(alike));
    level.map_or(value, |level| level).trim_matches('"').to_owned()
}

/// The setting that was found.
fn settings(answer: &Answer<'_>) -> Drawing {
    let tuning = answer.tuning;
    let chosen = tuning.chosen();
    let strip = |(place, factor): (usize, &Factor)| {
        let text = |setting: usize| written(factor, &tuning.settings[setting].values[place]);
        let at = |setting: usize| factor.along(tuning.settings[setting].position[place]);
        Strip {
            name: super::text::short(factor.path()),
            ends: [factor.at(0.0), factor.at(1.0)],
            dots: (1..tuning.settings.len()).map(|one| (at(one), standing(answer, one))).collect(),
            found_name: answer.chosen_name().to_owned(),
            own: (!text(0).is_empty() && chosen != Some(0)).then(|| (at(0), text(0))),
            found: chosen.map(|chosen| (at(chosen), text(chosen))),
        }
    };
    let title = match chosen {
        None => "The search was interrupted before it found anything".to_owned(),
        Some(0) => "The scenario as it stands: nothing that was tried is better".to_owned(),
        Some(_) if tuning.keeps_conditions() => "The settings that serve best".to_owned(),
        Some(_) => "No setting is shown to keep the conditions; this one comes nearest".to_owned(),
    };
    let reading =
        "Each strip a field from its lowest to its highest value; pale: tried, blue: in the finals.";
    let all: Vec<Strip> = tuning.question.factors.iter().enumerate().map(strip).collect();
    strips(&caption(answer, "settings", title, reading), &all)
}
