//! What a planner reads in the terminal: each uncertain input, the most important first, and how to read it.

use super::{Influence, SensitivityAnswer, share_of_spread};
use crate::experiment::{Headline, Interval, Unit};
use crate::glossary::grouped;
use crate::report::TOOL;
use crate::report::comparison::text::{level, signed, suffix};
use crate::report::text::page::{Align, Page};
use crate::report::text::runs;

/// Writes what a study says, in lines of `width` letters (60 at least).
pub fn render(answer: &SensitivityAnswer<'_>, width: usize) -> String {
    let mut page = Page::new(width);
    head(&mut page, answer);
    let Some(headline) = answer.headline() else {
        page.heading("No point was finished, so there is nothing to say.");
        return page.finish();
    };
    page.heading(&answer.sentence());
    spread(&mut page, answer, headline);
    table(&mut page, answer, headline);
    silent(&mut page, answer);
    doubt(&mut page, answer);
    page.finish()
}

fn head(page: &mut Page, answer: &SensitivityAnswer<'_>) {
    let study = answer.study;
    page.paragraph(&study.setting.title);
    let [screening, shares] = study.points().map(grouped);
    page.paragraph(&format!(
        "{TOOL} · {} uncertain inputs · {screening} points of screening and {shares} of shares, {} each on the same luck · {} \
         · seed {}",
        study.inputs.len(),
        runs(study.replications),
        study.setting.ruleset,
        study.setting.seed,
    ));
    if !study.complete {
        page.paragraph("Interrupted: only the points that were finished are counted.");
    }
}

/// How far the result varies at all.
fn spread(page: &mut Page, answer: &SensitivityAnswer<'_>, headline: &Headline) {
    let Some((mean, deviation)) = answer.main.and_then(|main| answer.study.spread(main)) else { return };
    let unit = headline.unit();
    page.indented(&format!(
        "Over all that is believed possible of these inputs it is {} on average, with a standard deviation of {}{}.",
        level(unit, mean),
        signed(unit, deviation, f64::round).trim_start_matches('+'),
        suffix(unit),
    ));
}

fn table(page: &mut Page, answer: &SensitivityAnswer<'_>, headline: &Headline) {
    let shown: Vec<&Influence> = answer.told.iter().filter(|known| !is_idle(known)).collect();
    if shown.is_empty() {
        return;
    }
    let shares = shown.iter().any(|known| known.shares.is_some());
    let steps = shown.iter().any(|known| known.screened.is_some());
    let mut rows = vec![vec![String::new(), "believed".to_owned()]];
    let mut aligns = vec![Align::Left, Align::Left];
    if shares {
        rows[0].extend(["alone", "", "in all", ""].map(str::to_owned));
        aligns.extend([Align::Right, Align::Left, Align::Right, Align::Left]);
    }
    if steps {
        rows[0].extend(["moves it", "", "uneven"].map(str::to_owned));
        aligns.extend([Align::Right, Align::Left, Align::Right]);
    }
    for known in shown {
        let mut row = vec![answer.name(known), answer.study.inputs[known.input].belief.clone()];
        if shares {
            let both = known.shares.map(|both| [both.first, both.total]);
            let shares = both.map(|both| both.map(share_of_spread).concat());
            row.extend(shares.unwrap_or_else(|| vec![String::new(); 4]));
        }
        if steps {
            row.extend(moved(known, headline.unit()));
        }
        rows.push(row);
    }
    page.table(&aligns, &rows);
}

/// How far steps move the result: up or down, or both ways; its interval; how unevenly.
fn moved(known: &Influence, unit: Unit) -> Vec<String> {
    let Some(steps) = known.screened.filter(|steps| steps.n > 0) else { return vec![String::new(); 3] };
    let size = |value: f64| signed(unit, value, f64::round).trim_start_matches('+').to_owned();
    let way = match steps.mu.abs() {
        _ if size(steps.mu_star).trim_matches(['0', '.']).is_empty() => "",
        mu if mu < 0.8 * steps.mu_star => "±",
        _ if steps.mu < 0.0 => "−",
        _ => "+",
    };
    let range = steps
        .interval
        .map_or_else(String::new, |Interval { low, high }| format!("({} to {})", size(low), size(high)));
    vec![format!("{way}{}{}", size(steps.mu_star), suffix(unit)), range, size(steps.sigma)]
}

/// Whether an input does nothing at all.
fn is_idle(known: &Influence) -> bool {
    let shares = known.shares.is_none_or(|shares| shares.total.estimate == 0.0);
    let steps = known.screened.is_none_or(|steps| steps.mu_star == 0.0);
    shares && steps
}

/// The inputs that never changed anything.
fn silent(page: &mut Page, answer: &SensitivityAnswer<'_>) {
    let idle: Vec<&str> = answer
        .told
        .iter()
        .filter(|known| is_idle(known))
        .map(|known| answer.study.inputs[known.input].path.as_str())
        .collect();
    if !idle.is_empty() {
        page.indented(&format!("Never changed it at any point: {}.", idle.join(", ")));
    }
}

fn doubt(page: &mut Page, answer: &SensitivityAnswer<'_>) {
    page.heading("How to read it");
    if answer.told.iter().any(|known| known.shares.is_some()) {
        page.indented(
            "Alone: were this input known, the variance would on average be so much smaller (Sobol' first-order index). In \
             all: what would be left if everything else were known (total index), so that 0 is an input that does not matter. \
             Shares alone need not sum to 100 %: the rest is what inputs do together.",
        );
    }
    if answer.told.iter().any(|known| known.screened.is_some()) {
        page.indented(
            "Moves it: how far the result moves as the input takes a step of two thirds of the middle 95 % of what is \
             believed of it (Morris, mu*, not divided by the step): + up, − down, ± both. Uneven: how much that differs from \
             place to place (sigma), because the input bends or acts together with others.",
        );
    }
    if matches!(answer.headline(), Some(Headline::Days(_))) {
        let days = answer.study.setting.calendar.horizon().as_days();
        page.indented(&format!("A run that never holds a limit counts with all of its {days:.0} days."));
    }
    page.indented(&format!(
        "Luck is no input here: it is averaged over the same {} at every point, and what is left of it is less with more \
         (--replications). Intervals hold 19 times in 20 and come from drawing rows again: they cover which points were chosen. \
         Shares are of the spread that these priors make; another prior makes others. Inputs that are believed to go \
         together are moved by the part that is their own. Reviews of templates and the platform's analyses are drawn as luck.",
        runs(answer.study.replications)
    ));
}
