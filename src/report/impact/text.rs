//! What a maintainer of rules reads in the terminal.
//!
//! ```text
//!   which rules, what differs between them
//!   overview        a line a scenario: in how many runs it changes, from when on, first by what, how much matters
//!   each scenario   its main result in a sentence
//!                   headline | old | new | new less old with its interval | verdict
//!                   clauses that differ and fired, and never fired; where runs first part; why nothing changes
//!   what intervals say and do not say
//! ```

use super::super::comparison::text::{
    between, change as difference, level_of, of_runs, same, verdict, what_matters,
};
use super::super::comparison::{percent_up, what};
use super::super::parting;
use super::super::text::page::{Align, Page};
use super::super::text::{percent, runs};
use super::{Answer, Change, Effect, Told};
use crate::experiment::{Difference, Share, Side, Verdict};
use crate::report::TOOL;
use crate::time::date_in_words;

/// Writes what a change of the rules does, in lines of `width` letters (60 at least).
pub fn render(answer: &Answer<'_>, width: usize) -> String {
    let mut page = Page::new(width);
    head(&mut page, answer);
    overview(&mut page, answer);
    for effect in &answer.effects {
        match &effect.told {
            Told::Cannot(why) => cannot(&mut page, answer, effect, *why),
            Told::Ran(change) => changed(&mut page, answer, effect, change),
        }
    }
    doubt(&mut page, answer);
    page.finish()
}

fn head(page: &mut Page, answer: &Answer<'_>) {
    let [old, new] = answer.names();
    let scenarios = match answer.effects.len() {
        1 => "one scenario".to_owned(),
        several => format!("{several} scenarios"),
    };
    page.paragraph(&format!("What changes from {old} to {new}, in {scenarios}"));
    page.paragraph(&format!("{TOOL} · each under both rules, on the same luck"));
    let row = |letter: &str, rules: &super::Rules<'_>| {
        let own = if rules.asked == rules.ruleset.name {
            String::new()
        } else {
            format!("{}: ", rules.ruleset.name)
        };
        vec![letter.to_owned(), rules.asked.to_owned(), format!("{own}{}", rules.ruleset.title)]
    };
    page.table(&[Align::Left; 3], &[row("old", &answer.old), row("new", &answer.new)]);
    page.indented(&answer.rules_in_words());
}

/// A line a scenario.
fn overview(page: &mut Page, answer: &Answer<'_>) {
    page.heading(match answer.changes() {
        true => "Which scenarios change",
        false => "No scenario changes",
    });
    let titles = ["", "runs", "that change", "(95 %)", "first on", "first by, most often", "matter"];
    let mut rows = vec![titles.map(str::to_owned).to_vec()];
    rows.extend(answer.effects.iter().map(|effect| row_of(answer, effect)));
    use Align::{Left, Right};
    page.table(&[Left, Right, Right, Left, Left, Left, Right], &rows);
}

fn row_of(answer: &Answer<'_>, effect: &Effect<'_>) -> Vec<String> {
    let mut row = vec![effect.name.to_owned()];
    let change = match &effect.told {
        Told::Ran(change) => change,
        Told::Cannot(why) => {
            let names = why.iter().zip(answer.names()).filter(|(why, _)| !why.is_empty());
            let names: Vec<&str> = names.map(|(_, name)| name).collect();
            row.extend(["-", "-", "", "-"].map(str::to_owned));
            row.extend([format!("cannot run under {}", names.join(" and ")), "-".to_owned()]);
            return row;
        }
    };
    let n = change.n();
    row.push(crate::glossary::grouped(n));
    let share = Share::new(change.partings().count(), n);
    let interval = share.interval();
    row.push(of_runs(share));
    row.push(match n {
        0 => String::new(),
        _ if answer.diff.is_empty() => String::new(),
        _ => format!("({} to {})", percent_down(interval.low), percent_up(interval.high)),
    });
    match (change.partings().all(), change.partings().by_cause().first()) {
        (Some(all), Some((cause, _))) => {
            row.push(format!("day {} (earliest {})", all.median(), all.earliest()));
            row.push(parting::cause(cause, ["old", "new"]));
            let matter = change.count(|verdict| matches!(verdict, Verdict::Matters(_)));
            let compared = change.differences.iter().filter(|found| found.compared()).count();
            row.push(format!("{matter} of {compared}"));
        }
        _ => row.extend(["never".to_owned(), "-".to_owned(), "-".to_owned()]),
    }
    row
}

/// A share as per cent, rounded down.
fn percent_down(share: f64) -> String {
    format!("{:.1} %", (share * 1_000.0 + 1e-9).floor() / 10.0)
}

/// Why a scenario cannot run.
fn cannot(page: &mut Page, answer: &Answer<'_>, effect: &Effect<'_>, why: [&[String]; 2]) {
    for (why, name) in why.iter().zip(answer.names()).filter(|(why, _)| !why.is_empty()) {
        page.heading(&format!("{}: cannot run under {name}", effect.name));
        why.iter().for_each(|reason| page.item(reason));
    }
}

/// How a scenario changes.
fn changed(page: &mut Page, answer: &Answer<'_>, effect: &Effect<'_>, change: &Change<'_>) {
    if change.n() == 0 {
        return page.heading(&format!("{}: no run was finished", effect.name));
    }
    if let Some(why) = change.why_nothing() {
        page.heading(&format!("{}: nothing changes", effect.name));
        let why = if answer.diff.is_empty() {
            answer.rules_in_words()
        } else {
            format!("No effect, because {why}")
        };
        return page.indented(&format!("{why}{}", can_change(answer, change)));
    }
    page.heading(&format!("{}: {}", effect.name, change.sentence(answer.names())));
    let setting = change.compared.comparison.arms()[0].ensemble.setting();
    let first = date_in_words(setting.calendar.date(0));
    page.indented(&format!("{} · seed {} · from {first}", runs(change.n()), setting.seed));
    unpriced(page, answer, change);
    differences(page, change);
    clauses(page, change);
    page.indented("The first change or send that differs, run by run:");
    let calendar = &setting.calendar;
    let lines = parting::lines(change.partings(), change.n(), calendar, ["old", "new"]);
    lines.iter().for_each(|line| page.item(line));
}

/// How many of all futures can change though none of these did, by the bound of the table; nothing where the rules say
/// the same, so that none can.
fn can_change(answer: &Answer<'_>, change: &Change<'_>) -> String {
    if answer.diff.is_empty() {
        return String::new();
    }
    let most = Share::new(0, change.n()).interval().high;
    format!(" Of all futures at most {} can change, 19 times in 20.", percent_up(most))
}

/// Why costs are left out, where a price is not known.
fn unpriced(page: &mut Page, answer: &Answer<'_>, change: &Change<'_>) {
    for (arm, name) in change.compared.comparison.arms().iter().zip(answer.names()) {
        if arm.ensemble.unpriced() > 0 {
            page.indented(&format!(
                "Costs are not compared: prices under {name} are not known on these dates."
            ));
        }
    }
}

fn differences(page: &mut Page, change: &Change<'_>) {
    let mut rows = vec![["", "old", "new", "new less old", "", ""].map(str::to_owned).to_vec()];
    let (nothing, some): (Vec<_>, Vec<_>) =
        change.differences.iter().partition(|found| found.verdict == Verdict::Nothing);
    for found in some {
        let unit = found.headline.unit();
        let mut row = vec![what(&found.headline, change.compared.currency())];
        row.extend([Side::Second, Side::First].map(|side| level_of(found, side)));
        row.push(difference(found));
        row.push(found.interval.map_or_else(String::new, |interval| between(unit, interval)));
        row.push(verdict(found, "new", "old"));
        rows.push(row);
    }
    use Align::{Left, Right};
    if rows.len() > 1 {
        page.table(&[Left, Right, Right, Right, Left, Left], &rows);
    } else {
        page.indented("No headline changes in any run.");
    }
    same(page, &change.compared, &nothing);
}

/// One headline in a line: `days to 10K: 12.7 d -> 24.7 d, +12.0 d (+6.5 to +17.5): old sooner, matters`.
pub(super) fn told_in_line(change: &Change<'_>, found: &Difference, names: [&str; 2]) -> String {
    let unit = found.headline.unit();
    let what = what(&found.headline, change.compared.currency());
    let [new, old] = [Side::First, Side::Second].map(|side| level_of(found, side));
    let verdict = verdict(found, names[1], names[0]);
    match found.verdict {
        Verdict::Missing(Side::First) => return format!("{what}: {old} under {}, {verdict}", names[0]),
        Verdict::Missing(Side::Second) => return format!("{what}: {new} under {}, {verdict}", names[1]),
        _ => {}
    }
    let interval =
        found.interval.map_or_else(String::new, |interval| format!(" {}", between(unit, interval)));
    format!("{what}: {old} -> {new}, {}{interval}: {verdict}", difference(found))
}

/// The clauses that differ, and how often they fired.
fn clauses(page: &mut Page, change: &Change<'_>) {
    let share = |count: u64| percent(count as f64 / change.n() as f64);
    let fired = change.clauses().filter(|clause| clause.cited != [0, 0]);
    let fired: Vec<String> = fired
        .map(|clause| {
            format!("{} (old {}, new {})", clause.path, share(clause.cited[0]), share(clause.cited[1]))
        })
        .collect();
    let silent = change.clauses().filter(|clause| clause.cited == [0, 0]);
    let (never, silent): (Vec<_>, Vec<_>) = silent.partition(|clause| clause.acts);
    let paths = |clauses: &[&crate::experiment::ClauseContrast]| {
        clauses.iter().map(|clause| clause.path.as_str()).collect::<Vec<_>>().join(", ")
    };
    for (words, list) in [
        ("Clauses that differ and fired, in how many runs", fired.join(", ")),
        ("Clauses that differ and never fired", paths(&never)),
        ("Clauses that differ and leave no trace of their own", paths(&silent)),
    ] {
        if !list.is_empty() {
            page.indented(&format!("{words}: {list}."));
        }
    }
}

/// What the verdicts mean.
fn doubt(page: &mut Page, answer: &Answer<'_>) {
    if answer.intervals == 0 || !answer.changes() {
        return;
    }
    page.heading("How to read it");
    page.indented(&what_matters(answer.matters));
    page.indented(&format!(
        "The {} intervals of all scenarios and lines share 5 % (Bonferroni): all of them together hold 19 times in 20. \
         The shares of runs that change have 95 % each.",
        answer.intervals
    ));
    page.indented(
        "They cover simulation noise only: not what nobody outside the platform knows, nor how your customers will \
         really react. If an assumption is wrong, both rules are judged by it.",
    );
    page.indented("Days are counted from 0, the day on which a scenario starts. A run that never holds a limit counts with all of its days.");
}
