//! What a planner reads in the terminal.
//!
//! ```text
//!   what was wanted, what was varied
//!   what was found: settings, what they gain on fresh runs, whether the conditions are kept
//!   what is guaranteed and what is not
//!   what speed costs in risk; how it was found
//! ```

use super::{Answer, OWN, tables, told, told_with_interval};
use crate::experiment::tuning::{Fate, FrontPoint, Kept, Tuning};
use crate::experiment::{Difference, Headline, Side, Unit, Verdict};
use crate::glossary::grouped;
use crate::report::TOOL;
use crate::report::comparison::amount;
use crate::report::comparison::text::{between, change, level, level_of};
use crate::report::text::page::{Align, Page};
use crate::report::text::{percent, runs, trust};

/// Settings of the front that are printed.
const MOST_ON_FRONT: usize = 8;

/// Writes what a search found, in lines of `width` letters (60 at least).
pub fn render(answer: &Answer<'_>, width: usize) -> String {
    let mut page = Page::new(width);
    head(&mut page, answer);
    found(&mut page, answer);
    gains(&mut page, answer);
    conditions(&mut page, answer);
    guarantee(&mut page, answer);
    front(&mut page, answer);
    way(&mut page, answer);
    doubt(&mut page, answer);
    trust(&mut page, answer.setting);
    page.finish()
}

/// What was asked.
fn head(page: &mut Page, answer: &Answer<'_>) {
    let (question, setting) = (&answer.tuning.question, answer.setting);
    page.paragraph(&format!("Tuning: {}", setting.title));
    page.paragraph(&format!(
        "{TOOL} · ruleset {} · seed {} · {} in all",
        setting.ruleset,
        question.seed,
        runs(answer.runs())
    ));
    if !answer.complete() {
        page.paragraph("INTERRUPTED: what was finished is told; nothing below is the end of the search.");
    }
    page.heading("Wanted");
    let direction = if question.goal.less_is_better { "as small" } else { "as large" };
    page.indented(&format!("{} {direction} as can be, on average", answer.what(&question.goal.headline)));
    for constraint in &question.constraints {
        let (what, confidence) = (answer.what(&constraint.headline), percent(constraint.confidence));
        let side = if constraint.below { "below" } else { "above" };
        let limit = level(constraint.headline.unit(), constraint.limit);
        page.indented(&format!("where this is shown: {what}, {side} {limit} with {confidence} confidence"));
    }
    for factor in &question.factors {
        page.indented(&format!("varied: {factor}"));
    }
}

/// The settings that were found.
fn found(page: &mut Page, answer: &Answer<'_>) {
    let tuning = answer.tuning;
    let Some(chosen) = tuning.chosen() else {
        page.heading("Found: nothing yet. The search did not come to the end of its finals.");
        return;
    };
    if !tuning.keeps_conditions() {
        page.heading("!! NO SETTING THAT WAS TRIED IS SHOWN TO KEEP THE CONDITIONS !!");
        page.indented(
            "What follows is the one that comes nearest to them. Do not take it for a plan that keeps them: loosen a \
             condition, vary more, or give the search more runs.",
        );
    }
    if answer.stays() {
        page.heading("Found: the scenario as it stands. Nothing that was tried is better by what matters.");
    } else if tuning.keeps_conditions() {
        page.heading("Found");
    } else {
        page.heading("Nearest");
    }
    let mut rows = vec![vec![String::new(), OWN.to_owned(), answer.chosen_name().to_owned()]];
    for (place, factor) in tuning.question.factors.iter().enumerate() {
        let value = |setting: usize| tuning.settings[setting].values[place].trim_matches('"').to_owned();
        let own = if value(0).is_empty() { "(not set)".to_owned() } else { value(0) };
        let new = if chosen == 0 { own.clone() } else { value(chosen) };
        rows.push(vec![factor.path().to_owned(), own, new]);
    }
    page.table(&[Align::Left, Align::Right, Align::Right], &rows);
}

/// What the found settings gain on fresh runs.
fn gains(page: &mut Page, answer: &Answer<'_>) {
    let Some(confirmation) = answer.confirmation.filter(|confirmation| confirmation.n() > 0) else { return };
    let goal = &answer.tuning.question.goal.headline;
    let unit = goal.unit();
    if answer.stays() {
        page.heading(&format!("On {} that the search never saw", runs(confirmation.n())));
        if let Some(estimate) = answer.confirmed(goal) {
            page.indented(&format!("{}: {}", answer.what(goal), told_with_interval(unit, &estimate)));
        }
        return;
    }
    let (name, gains) =
        (answer.chosen_name(), if answer.tuning.keeps_conditions() { "gains" } else { "changes" });
    page.heading(&format!(
        "What it {gains}, on {} of each that the search never saw (the same luck for both)",
        runs(confirmation.n())
    ));
    let mut rows = vec![["", OWN, name, "difference", "", ""].map(str::to_owned).to_vec()];
    let gains: Vec<Difference> =
        answer.headlines().iter().filter_map(|headline| answer.gain(headline)).collect();
    for gain in gains.iter().filter(|gain| gain.verdict != Verdict::Nothing || gain.headline == *goal) {
        let unit = gain.headline.unit();
        rows.push(vec![
            answer.what(&gain.headline),
            level_of(gain, Side::Second),
            level_of(gain, Side::First),
            change(gain),
            gain.interval.map_or_else(String::new, |interval| between(unit, interval)),
            verdict(gain.verdict).to_owned(),
        ]);
    }
    use Align::{Left, Right};
    page.table(&[Left, Right, Right, Right, Left, Left], &rows);
    unpriced(page, answer);
    optimism(page, answer, goal);
}

/// Is it real, does it matter?
fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Nothing => "the same in every run",
        Verdict::Alike => "no difference that matters",
        Verdict::Undecided => "undecided",
        Verdict::Slight(_) => "real, too small to matter",
        Verdict::Real(_) => "real, may matter",
        Verdict::Matters(_) => "real, and it matters",
        Verdict::Missing(_) => "not in the rules of both",
    }
}

/// Why a cost is not the whole cost.
fn unpriced(page: &mut Page, answer: &Answer<'_>) {
    let mut arms = answer.confirmation.iter().flat_map(|c| c.arms());
    let cost = Headline::Total(crate::sim::Metric::Cost);
    if arms.any(|arm| arm.ensemble.unpriced() > 0) && answer.tuning.question.metrics().contains(&cost) {
        page.indented(
            "The cost is not the whole cost: some messages and conversations have no known price, and a setting with \
             more of them looks cheap.",
        );
    }
}

/// What the search had thought, and why that is too good.
fn optimism(page: &mut Page, answer: &Answer<'_>, goal: &Headline) {
    let Some(chosen) = answer.tuning.chosen() else { return };
    let (Some(searched), Some(confirmed)) = (answer.tuning.estimate(chosen, goal), answer.confirmed(goal))
    else {
        return;
    };
    page.indented(&format!(
        "The search itself had seen {} in {}, where these fresh runs say {}. Its number leans to the good side, \
         because it chose by it; believe the fresh one.",
        told(goal.unit(), &searched),
        runs(searched.n),
        told_with_interval(goal.unit(), &confirmed),
    ));
}

/// Whether the conditions are kept, by the finals and by fresh runs.
fn conditions(page: &mut Page, answer: &Answer<'_>) {
    let (question, tuning) = (&answer.tuning.question, answer.tuning);
    let (Some(finals), Some(chosen)) = (tuning.finals.as_ref(), tuning.chosen()) else { return };
    let Some(place) = finals.finalists.iter().position(|one| *one == chosen) else { return };
    if question.constraints.is_empty() {
        return;
    }
    page.heading("Conditions");
    for (index, constraint) in question.constraints.iter().enumerate() {
        let by_finals = finals.kept[place][index];
        let by_fresh = answer.kept(constraint);
        let fresh = answer.confirmed(&constraint.headline).map(|estimate| {
            let unit = constraint.headline.unit();
            format!("fresh runs: {}, {}", told_with_interval(unit, &estimate), kept(by_fresh))
        });
        let fresh = fresh.unwrap_or_else(|| "no fresh runs yet".to_owned());
        page.item(&format!("{constraint}: finals: {}; {fresh}", kept(Some(by_finals))));
    }
    let judgements = match finals.finalists.len() * question.constraints.len() {
        1 => "1 judgement".to_owned(),
        several => format!("{several} judgements"),
    };
    page.indented(&format!(
        "Bounds are one-sided. In the finals {judgements} on {} each shared what the confidence leaves open \
         (Bonferroni), so that all of them hold together.",
        runs(finals.judged_on),
    ));
    if tuning.keeps_conditions() && answer.confirmation.is_some() && !answer.all_confirmed() {
        page.indented(
            "!! The fresh runs alone do not show every condition again. With more runs (--budget) they may.",
        );
    }
}

fn kept(kept: Option<Kept>) -> &'static str {
    match kept {
        Some(Kept::Shown) => "shown",
        Some(Kept::Open) => "NOT SHOWN (the runs leave it open)",
        Some(Kept::Broken) => "BROKEN",
        None => "not judged",
    }
}

/// What the selection promises.
fn guarantee(page: &mut Page, answer: &Answer<'_>) {
    let tuning = answer.tuning;
    let Some(finals) = tuning.finals.as_ref() else { return };
    let Some(selected) = finals.selected.as_ref() else { return };
    let unit = tuning.question.goal.headline.unit();
    let (delta, confidence) = (size(unit, finals.rules.delta), percent(tuning.question.confidence));
    let each = runs(selected.observations * tuning.plan.block);
    page.heading("Guarantee");
    let whom = if tuning.question.constraints.is_empty() {
        format!("of the {} finalists", finals.finalists.len())
    } else {
        format!("of those of the {} finalists that are shown to keep the conditions", finals.finalists.len())
    };
    if selected.settled {
        page.indented(&format!(
            "With {confidence} probability no other {whom} is better by {delta} or more, on average (Kim and Nelson \
             2001, after {each} of each of the last; the mean of {} runs is taken as normal).",
            tuning.plan.block
        ));
    } else {
        let need = selected.at_most * tuning.plan.block;
        page.indented(&format!(
            "NONE: the budget ended while {} finalists were still in play. The best of them is told. To tell whether \
             another is better by {delta}, each would have needed up to {}; a larger --matters needs fewer.",
            selected.left.len(),
            runs(need)
        ));
    }
    page.indented("It says nothing of settings that were left behind earlier, or were never tried.");
}

/// An amount that matters; less than a day in hours or minutes.
fn size(unit: Unit, value: f64) -> String {
    match unit {
        Unit::Days if value < 1.0 / 24.0 => format!("{:.0} minutes", value * 24.0 * 60.0),
        Unit::Days if value < 1.0 => format!("{:.1} hours", value * 24.0).replace(".0 ", " "),
        _ => amount(unit, value),
    }
}

/// What speed costs in risk.
fn front(page: &mut Page, answer: &Answer<'_>) {
    let question = &answer.tuning.question;
    let points = on_front(answer);
    let (Some(risk), false) = (question.risk.as_ref(), points.is_empty()) else { return };
    let goal = &question.goal.headline;
    page.heading(&format!(
        "{} against {}: settings that no other one is shown to beat in both",
        answer.noun(goal),
        answer.noun(risk)
    ));
    let paths = question.factors.iter().map(|factor| short(factor.path()));
    let head = paths.chain([answer.what(goal), answer.what(risk), "runs".to_owned(), String::new()]);
    let mut rows: Vec<Vec<String>> = vec![head.collect()];
    let shown = thinned(&points, answer.tuning.chosen());
    for point in &shown {
        let tried = &answer.tuning.settings[point.setting];
        let mut row: Vec<String> =
            tried.values.iter().map(|value| value.trim_matches('"').to_owned()).collect();
        row.push(told_with_interval(goal.unit(), &point.objective));
        row.push(told_with_interval(risk.unit(), &point.risk));
        row.push(grouped(point.objective.n));
        row.push(mark(answer, point.setting).to_owned());
        rows.push(row);
    }
    let aligns: Vec<Align> = rows[0].iter().map(|_| Align::Left).collect();
    page.table(&aligns, &rows);
    if shown.len() < points.len() {
        page.indented(&format!(
            "{} of {} such settings; all are in candidates.csv.",
            shown.len(),
            points.len()
        ));
    }
}

fn mark(answer: &Answer<'_>, setting: usize) -> &'static str {
    match tables::fate(answer, setting).0 {
        "chosen" => "<- found",
        "nearest" => "<- nearest",
        _ if setting == 0 => "<- as it stands",
        _ => "",
    }
}

/// The settings on the front, the least risk first.
pub(super) fn on_front(answer: &Answer<'_>) -> Vec<FrontPoint> {
    let mut points: Vec<FrontPoint> =
        answer.tuning.front().into_iter().filter(|point| point.on_front).collect();
    points.sort_by(|a, b| {
        a.risk.value.total_cmp(&b.risk.value).then(a.objective.value.total_cmp(&b.objective.value))
    });
    points
}

/// So many of the front, evenly over it, the chosen one among them.
fn thinned(points: &[FrontPoint], chosen: Option<usize>) -> Vec<&FrontPoint> {
    let last = points.len().saturating_sub(1);
    let places: Vec<usize> = (0..MOST_ON_FRONT).map(|place| place * last / (MOST_ON_FRONT - 1)).collect();
    let all = points.iter().enumerate();
    let kept = all.filter(|(place, point)| places.contains(place) || chosen == Some(point.setting));
    kept.map(|(_, point)| point).collect()
}

/// The last two steps of a path.
pub(super) fn short(path: &str) -> String {
    let steps: Vec<&str> = path.split('.').collect();
    steps[steps.len().saturating_sub(2)..].join(".")
}

/// How it was found.
fn way(page: &mut Page, answer: &Answer<'_>) {
    let tuning = answer.tuning;
    page.heading("How it was found");
    let mut rows =
        vec![["", "settings", "runs of each", "behind", "break a condition"].map(str::to_owned).to_vec()];
    for (place, round) in tuning.rounds.iter().enumerate() {
        let fate = |of: fn(&Fate, usize) -> bool| {
            tuning.settings.iter().filter(|setting| of(&setting.fate, place + 1)).count().to_string()
        };
        rows.push(vec![
            format!("round {}", place + 1),
            round.settings.len().to_string(),
            grouped(round.runs),
            fate(|fate, round| *fate == Fate::Behind(round)),
            fate(|fate, round| *fate == Fate::Unfit(round)),
        ]);
    }
    if let Some(finals) = &tuning.finals {
        let each = finals.selected.as_ref().map_or(finals.judged_on, |selected| {
            (selected.observations * tuning.plan.block).max(finals.judged_on)
        });
        let count = finals.finalists.len().to_string();
        rows.push(vec![
            "finals".to_owned(),
            count,
            if each == finals.judged_on {
                format!("{}, fresh", grouped(each))
            } else {
                format!("{} to {}, fresh", grouped(finals.judged_on), grouped(each))
            },
            String::new(),
            String::new(),
        ]);
    }
    if let Some(confirmation) = answer.confirmation {
        let count = confirmation.arms().len().to_string();
        let each = format!("{}, fresh", grouped(confirmation.n()));
        rows.push(vec!["confirmation".to_owned(), count, each, String::new(), String::new()]);
    }
    use Align::{Left, Right};
    page.table(&[Left, Right, Right, Right, Right], &rows);
    page.indented(&tried(answer));
    for (values, why) in tuning.refused.iter().take(1) {
        page.indented(&format!(
            "{} settings make no scenario and were left out; the first: {} ({why}).",
            tuning.refused.len(),
            values.join(", ")
        ));
    }
    time_budget(page, tuning);
}

/// Which settings were tried.
fn tried(answer: &Answer<'_>) -> String {
    let tuning = answer.tuning;
    let (tried, plan) = (tuning.settings.len(), tuning.plan);
    let design = if plan.every_setting {
        "every setting there is".to_owned()
    } else {
        format!("a Latin hypercube of {} points, then neighbours of the best", plan.points.saturating_sub(1))
    };
    format!(
        "{tried} settings were tried, the scenario as it stands among them: {design}. All met the same luck; each stage \
         had its own. {} of a budget of {} were used.",
        runs(answer.runs()),
        grouped(plan.budget)
    )
}

/// What a budget of time came to.
fn time_budget(page: &mut Page, tuning: &Tuning) {
    if let Some(budget) = tuning.ledger.budget {
        page.indented(&format!(
            "The time was measured once, on this machine, and taken for {}; --budget {budget} finds the same anywhere.",
            runs(budget)
        ));
    }
}

/// What the numbers do not say.
fn doubt(page: &mut Page, answer: &Answer<'_>) {
    page.heading("How to read it");
    if matches!(answer.tuning.question.goal.headline, Headline::Days(_)) {
        let horizon = answer.setting.calendar.horizon().as_days();
        page.indented(&format!(
            "A run that never holds a limit counts with all of its {}.",
            amount(Unit::Days, horizon).replace(".0 ", " ")
        ));
    }
    page.indented(
        "Intervals hold 19 times in 20 and cover simulation noise only: not the rules and thresholds that nobody \
         outside the platform knows, nor how your customers will really react. What is best under wrong assumptions is \
         best for nobody: look at the assumptions below before you follow a setting.",
    );
}
