//! What a planner reads in the terminal.
//!
//! ```text
//!   what was compared, on which luck
//!   each pair     its main result in a sentence
//!                 headline | A | B | A less B with its interval | who is better how often | verdict
//!                 clauses that differ, and whether they acted; why a difference is nothing
//!                 by which clause and when the runs first part
//!   from when on a difference matters, what the luck that both share is worth, what intervals do not say
//! ```

use super::{Answer, PairAnswer, amount, how, percent_up, what};
use crate::experiment::{Difference, Headline, Interval, Matters, Share, Side, Unit, Verdict};
use crate::glossary::grouped;
use crate::report::TOOL;
use crate::report::parting;
use crate::report::text::page::{Align, Page};
use crate::report::text::{percent, runs, trust};
use crate::sim::Setting;
use crate::time::date_in_words;

/// Writes what a comparison says, in lines of `width` letters (60 at least).
pub fn render(answer: &Answer<'_>, width: usize) -> String {
    let mut page = Page::new(width);
    head(&mut page, answer);
    if answer.comparison.n() == 0 {
        page.heading("No run was finished, so there is nothing to say.");
        return page.finish();
    }
    answer.left_out().iter().for_each(|why| page.indented(why));
    for pair in &answer.pairs {
        differences(&mut page, answer, pair);
        luck(&mut page, answer, pair);
        clauses(&mut page, answer, pair);
        partings(&mut page, answer, pair);
    }
    doubt(&mut page, answer);
    rests_on(&mut page, answer);
    page.finish()
}

/// `A`, `B`, ... and `no. 27` where letters end.
pub(super) fn letter(arm: usize) -> String {
    let letter = u8::try_from(arm).ok().filter(|arm| *arm < 26).map(|arm| char::from(b'A' + arm));
    letter.map_or_else(|| format!("no. {}", arm + 1), String::from)
}

/// What was compared.
fn head(page: &mut Page, answer: &Answer<'_>) {
    let arms = answer.comparison.arms();
    let names: Vec<&str> = arms.iter().map(|arm| arm.name.as_str()).collect();
    page.paragraph(&match names.as_slice() {
        [a, b] => format!("{a} against {b}"),
        more => format!("{}, each against each", more.join(", ")),
    });
    let seed = arms.first().map_or(0, |arm| arm.ensemble.setting().seed);
    page.paragraph(&format!(
        "{TOOL} · {} of each, on the same luck · seed {seed} · the first {} of each",
        runs(answer.comparison.n()),
        amount(Unit::Days, answer.comparison.horizon().as_days()).replace(".0 ", " "),
    ));
    if !answer.comparison.complete() {
        page.paragraph("Interrupted: only the runs that were finished are counted.");
    }
    let rows: Vec<Vec<String>> = arms
        .iter()
        .enumerate()
        .map(|(place, arm)| {
            let setting = arm.ensemble.setting();
            let from = date_in_words(setting.calendar.date(0));
            vec![
                letter(place),
                arm.name.clone(),
                setting.title.clone(),
                format!("{}, from {from}", setting.ruleset),
            ]
        })
        .collect();
    page.table(&[Align::Left; 4], &rows);
}

/// How a pair differs in each headline.
fn differences(page: &mut Page, answer: &Answer<'_>, pair: &PairAnswer<'_>) {
    let (a, b) = (letter(pair.pair.first), letter(pair.pair.second));
    page.heading(&format!("{a} against {b}: {}", answer.sentence(pair)));
    if let Some(why) = answer.why_nothing(pair) {
        page.indented(&format!("Exactly nothing differs: {why}"));
        return;
    }
    if let Some(risk) = answer.risk(pair) {
        page.indented(&risk);
    }
    let mut rows = vec![vec![
        String::new(),
        a.clone(),
        b.clone(),
        format!("{a} less {b}"),
        String::new(),
        format!("{a} better"),
        format!("{b} better"),
        String::new(),
    ]];
    let (nothing, some): (Vec<_>, Vec<_>) =
        pair.differences.iter().partition(|found| found.verdict == Verdict::Nothing);
    for found in some {
        let unit = found.headline.unit();
        let mut row = vec![what(&found.headline, answer.currency())];
        row.extend([Side::First, Side::Second].map(|side| level_of(found, side)));
        row.push(change(found));
        row.push(found.interval.map_or_else(String::new, |interval| between(unit, interval)));
        row.extend([found.first_better, found.second_better].map(of_runs));
        row.push(match found.verdict {
            Verdict::Missing(_) => format!("{}'s rules", verdict(found, &a, &b)),
            _ => verdict(found, &a, &b),
        });
        rows.push(row);
    }
    use Align::{Left, Right};
    page.table(&[Left, Right, Right, Right, Left, Right, Right, Left], &rows);
    same(page, answer, &nothing);
}

/// What is the same in every run.
pub(in crate::report) fn same(page: &mut Page, answer: &Answer<'_>, same: &[&Difference]) {
    if same.is_empty() {
        return;
    }
    let told: Vec<String> = same
        .iter()
        .map(|found| {
            let level = level(found.headline.unit(), found.means[0]);
            format!("{} ({level})", what(&found.headline, answer.currency()))
        })
        .collect();
    page.indented(&format!("The same in every run: {}.", told.join(", ")));
}

/// In how many runs one is better.
pub(in crate::report) fn of_runs(share: Share) -> String {
    share.estimate().map_or_else(String::new, percent)
}

/// A mean in its unit.
pub(in crate::report) fn level(unit: Unit, mean: f64) -> String {
    match unit {
        Unit::Days => format!("{mean:.1} d"),
        Unit::Chance => percent(mean),
        Unit::Messages | Unit::Currency => amount(unit, mean),
    }
}

/// The mean of one of the two in its unit; a dash where its rules cannot do it.
pub(in crate::report) fn level_of(found: &Difference, side: Side) -> String {
    found.mean(side).map_or_else(|| "-".to_owned(), |mean| level(found.headline.unit(), mean))
}

/// First less second with its sign and unit; nothing where the two cannot be compared.
pub(in crate::report) fn change(found: &Difference) -> String {
    let unit = found.headline.unit();
    let told = |value| format!("{}{}", signed(unit, value, f64::round), suffix(unit));
    found.measured().map_or_else(String::new, told)
}

/// A difference with its sign; `round` says which way the last digit goes.
pub(in crate::report) fn signed(unit: Unit, value: f64, round: fn(f64) -> f64) -> String {
    let (scale, digits) = match unit {
        Unit::Days => (10.0, 1),
        Unit::Chance => (1_000.0, 1),
        Unit::Messages | Unit::Currency if value.abs() >= 100.0 => (1.0, 0),
        Unit::Messages | Unit::Currency => (10.0, 1),
    };
    let value = round((value * scale * 1e6).round() / 1e6);
    let sign = if value > 0.0 {
        "+"
    } else if value < 0.0 {
        "−"
    } else {
        ""
    };
    let size = value.abs();
    if digits == 0 { format!("{sign}{}", grouped(size as u64)) } else { format!("{sign}{:.1}", size / 10.0) }
}

/// What follows a difference.
pub(in crate::report) fn suffix(unit: Unit) -> &'static str {
    match unit {
        Unit::Days => " d",
        Unit::Chance => " points",
        Unit::Messages | Unit::Currency => "",
    }
}

/// An interval, its ends rounded outwards.
pub(in crate::report) fn between(unit: Unit, Interval { low, high }: Interval) -> String {
    format!("({} to {})", signed(unit, low, f64::floor), signed(unit, high, f64::ceil))
}

/// Is it real, does it matter?
pub(in crate::report) fn verdict(found: &Difference, a: &str, b: &str) -> String {
    let side = |side: Side| if side == Side::First { a } else { b };
    let how = how(&found.headline);
    match found.verdict {
        Verdict::Nothing => "the same in every run".to_owned(),
        Verdict::Alike => "no difference that matters".to_owned(),
        Verdict::Undecided => "undecided".to_owned(),
        Verdict::Slight(better) => format!("{} {how}, too little to matter", side(better)),
        Verdict::Real(better) => format!("{} {how}, may matter", side(better)),
        Verdict::Matters(better) => format!("{} {how}, matters", side(better)),
        Verdict::Missing(without) => format!("not in {}", side(without)),
    }
}

/// What the luck that both share is worth.
fn luck(page: &mut Page, answer: &Answer<'_>, pair: &PairAnswer<'_>) {
    let shared: Vec<(&Difference, f64, f64)> = pair
        .differences
        .iter()
        .filter(|found| found.verdict != Verdict::Nothing)
        .filter_map(|found| Some((found, found.correlation?, found.variance_ratio?)))
        .collect();
    if answer.why_nothing(pair).is_some() || shared.is_empty() {
        return;
    }
    let told: Vec<String> = shared
        .iter()
        .map(|(found, correlation, ratio)| {
            let what = what(&found.headline, answer.currency());
            let times = if ratio.is_infinite() { "any number of".to_owned() } else { format!("{ratio:.1}") };
            format!("{what} {correlation:.2} ({times} times)")
        })
        .collect();
    page.indented(&format!(
        "Luck in common, as correlation (and how many times as many independent runs would be needed): {}.",
        told.join(", ")
    ));
}

/// The clauses that differ, and whether they acted.
fn clauses(page: &mut Page, answer: &Answer<'_>, pair: &PairAnswer<'_>) {
    if pair.contrast.clauses.is_empty() || answer.why_nothing(pair).is_some() {
        return;
    }
    let (a, b) = (letter(pair.pair.first), letter(pair.pair.second));
    let (acted, silent): (Vec<_>, Vec<_>) = pair
        .contrast
        .clauses
        .iter()
        .filter(|clause| clause.acts || clause.cited != [0, 0])
        .partition(|clause| clause.cited != [0, 0]);
    let n = answer.comparison.n();
    let share = |count: u64| percent(count as f64 / n as f64);
    if !acted.is_empty() {
        let told: Vec<String> = acted
            .iter()
            .map(|clause| {
                format!("{} ({a} {}, {b} {})", clause.path, share(clause.cited[0]), share(clause.cited[1]))
            })
            .collect();
        page.indented(&format!("Clauses that differ and fired, in how many runs: {}.", told.join(", ")));
    }
    if !silent.is_empty() {
        let told: Vec<&str> = silent.iter().map(|clause| clause.path.as_str()).collect();
        page.indented(&format!("Clauses that differ and never fired: {}.", told.join(", ")));
    }
}

/// By what, how often and when the runs first part.
fn partings(page: &mut Page, answer: &Answer<'_>, pair: &PairAnswer<'_>) {
    let partings = &pair.pair.partings;
    if partings.count() == 0 {
        return;
    }
    let n = answer.comparison.n();
    let (a, b) = (letter(pair.pair.first), letter(pair.pair.second));
    let calendar = &answer.comparison.arms()[pair.pair.first].ensemble.setting().calendar;
    let same = if pair.pair.same == 0 {
        String::new()
    } else {
        format!("; {} of the runs are the same in both", percent(pair.pair.same as f64 / n as f64))
    };
    page.indented(&format!("The first change or send that differs, run by run{same}:"));
    parting::lines(partings, n, calendar, [&a, &b]).iter().for_each(|line| page.item(line));
}

/// From when on a difference matters, and what is said of one.
pub(in crate::report) fn what_matters(matters: Matters) -> String {
    format!(
        "A difference matters from {} on, {} of a chance, {} of a sum (--matters). It is called real when its whole \
         interval lies on one side of 0, and said to matter when the whole interval lies beyond that.",
        amount(Unit::Days, matters.days.as_days()),
        amount(Unit::Chance, matters.chance),
        percent(matters.total),
    )
}

/// What the verdicts mean.
fn doubt(page: &mut Page, answer: &Answer<'_>) {
    page.heading("How to read it");
    page.indented(&what_matters(answer.matters));
    if answer.headlines.iter().any(|headline| matches!(headline, Headline::Days(_))) {
        page.indented(&format!(
            "A run that never holds a limit counts with all of its {}.",
            amount(Unit::Days, answer.comparison.horizon().as_days()).replace(".0 ", " ")
        ));
    }
    page.indented(&several(answer));
    page.indented(
        "They cover simulation noise only: not what nobody outside the platform knows, nor how your customers will \
         really react. If an assumption is wrong, both plans are judged by it.",
    );
    let n = answer.comparison.n();
    let most = Share::new(0, n).exact_interval().high;
    page.indented(&format!(
        "\"The same in every run\" means in these {}: among all futures at most {} can differ.",
        runs(n),
        percent_up(most)
    ));
}

/// What an interval of several pairs and several lines holds.
fn several(answer: &Answer<'_>) -> String {
    match answer.pairs.len() {
        0 | 1 => "Intervals hold 19 times in 20, each line for itself: of many lines one in twenty would be called real \
                  by chance."
            .to_owned(),
        pairs => format!(
            "{pairs} pairs share the 5 % (Bonferroni): each interval is one of {}, so that for each line of the tables \
             all {pairs} hold together 19 times in 20. Each line is a question of its own: of many lines one in twenty \
             would be called real by chance.",
            percent(1.0 - answer.comparison.alpha()),
        ),
    }
}

/// What the first plan rests on, then what each other one rests on besides.
fn rests_on(page: &mut Page, answer: &Answer<'_>) {
    let settings: Vec<&Setting> = answer.comparison.arms().iter().map(|arm| arm.ensemble.setting()).collect();
    let Some((first, others)) = settings.split_first() else { return };
    trust(page, first);
    for (place, other) in others.iter().enumerate() {
        let mut own = (*other).clone();
        own.assumptions.retain(|assumption| !first.assumptions.contains(assumption));
        own.warnings.retain(|warning| !first.warnings.contains(warning));
        if !own.assumptions.is_empty() || !own.warnings.is_empty() {
            page.heading(&format!("Besides, for {} alone", letter(place + 1)));
            trust(page, &own);
        }
    }
}
