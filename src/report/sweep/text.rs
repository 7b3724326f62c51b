//! What a planner reads in the terminal.
//!
//! ```text
//!   what was varied, on which luck
//!   one factor     level | the told metric and what else matters, each with its interval
//!   two factors    the told metric, one factor down and one across
//!   more           the points with the least and the most
//!   what each factor changes, the most first; which change nothing
//!   what intervals do not say, what all points rest on
//! ```

use super::{SweepAnswer, asked, point_in_words, short};
use crate::experiment::{By, DesignKind, Effect, Headline, Interval, Level, Unit};
use crate::glossary::{capital, grouped};
use crate::report::TOOL;
use crate::report::comparison::text::{between, level, signed, suffix};
use crate::report::comparison::what;
use crate::report::text::page::{Align, Page};
use crate::report::text::{runs, trust};
use crate::sim::Metric;
use crate::sim::Mishap;

/// Most levels of a factor for which every point stands in the table.
const MOST_ROWS: usize = 25;
/// Most columns of a table of two factors.
const MOST_COLUMNS: usize = 10;

/// Writes what a sweep says, in lines of `width` letters (60 at least).
pub fn render(answer: &SweepAnswer<'_>, width: usize) -> String {
    let mut page = Page::new(width);
    head(&mut page, answer);
    let Some(main) = &answer.main else {
        page.heading("No point was finished, so there is nothing to say.");
        return page.finish();
    };
    page.heading(&answer.sentence());
    let factors = answer.design().factors.len();
    let levels = |factor: usize| answer.design().factors[factor].levels().map_or(usize::MAX, <[String]>::len);
    let factorial = answer.design().kind == DesignKind::Factorial;
    match factors {
        1 if factorial && levels(0) <= MOST_ROWS => along(&mut page, answer, main),
        2 if factorial && levels(0) <= MOST_ROWS && levels(1) <= MOST_COLUMNS => {
            across(&mut page, answer, main);
        }
        _ => extremes(&mut page, answer, main),
    }
    answer.why_not_known().iter().for_each(|why| page.indented(why));
    effects(&mut page, answer, main);
    doubt(&mut page, answer);
    rests_on(&mut page, answer);
    page.finish()
}

fn head(page: &mut Page, answer: &SweepAnswer<'_>) {
    let design = answer.design();
    if let Some(setting) = answer.setting() {
        page.paragraph(&setting.title);
    }
    let (done, asked) = (answer.sweep.points.len(), design.points.len());
    let kind = match design.kind {
        DesignKind::Factorial => "every level with every level",
        DesignKind::Latin => "a Latin hypercube",
        DesignKind::Sobol => "Sobol' points",
    };
    let rules = answer
        .setting()
        .map_or_else(String::new, |setting| format!(" · {} · seed {}", answer.rules(), setting.seed));
    page.paragraph(&format!(
        "{TOOL} · {} of {}, {kind}, on the same luck{rules}",
        if asked == 1 { "1 point".to_owned() } else { format!("{} points", grouped(asked as u64)) },
        runs(answer.sweep.replications),
    ));
    if done < asked {
        page.paragraph(&format!(
            "Interrupted: of {asked} points the first {done} were finished, and only they count."
        ));
    }
    for factor in &design.factors {
        page.indented(&factor.to_string());
    }
}

/// What else is told beside the main metric.
fn beside(answer: &SweepAnswer<'_>, main: &Headline) -> Vec<Headline> {
    let held = match main {
        Headline::Days(limit) => Some(Headline::Reached(limit.clone(), By::Horizon)),
        _ => None,
    };
    let wanted = held.into_iter().chain([
        Headline::Happens(Mishap::Flagged),
        Headline::Happens(Mishap::Downgraded),
        Headline::Total(Metric::Sent),
    ]);
    let known = |headline: &Headline| headline != main && answer.headlines.contains(headline);
    wanted.filter(known).take(3).collect()
}

/// One factor: a row a level.
fn along(page: &mut Page, answer: &SweepAnswer<'_>, main: &Headline) {
    let shown: Vec<Headline> = std::iter::once(main.clone()).chain(beside(answer, main)).collect();
    let names = shown.iter().map(|headline| what(headline, answer.currency()));
    let mut rows: Vec<Vec<String>> =
        vec![std::iter::once(short(answer.design().factors[0].path())).chain(names).collect()];
    for (point, values) in answer.design().points.iter().enumerate().take(answer.sweep.points.len()) {
        let mut row = values.clone();
        row.extend(
            shown.iter().map(|headline| told(headline, answer.sweep.level(point, headline)).join(" ")),
        );
        rows.push(row);
    }
    page.table(&vec![Align::Right; shown.len() + 1], &rows);
}

/// A level, and its interval in brackets.
fn told(headline: &Headline, known: Option<Level>) -> [String; 2] {
    let Some(known) = known else { return ["not known".to_owned(), String::new()] };
    let unit = headline.unit();
    let range = known.interval.map_or_else(String::new, |Interval { low, high }| {
        format!("({} to {})", bare(unit, low.max(0.0)), bare(unit, high))
    });
    [level(unit, known.estimate), range]
}

/// A level without what follows it.
fn bare(unit: Unit, value: f64) -> String {
    let text = level(unit, value);
    text.strip_suffix(" d").or_else(|| text.strip_suffix(" %")).map_or(text.clone(), str::to_owned)
}

/// Two factors: the first down, the second across.
fn across(page: &mut Page, answer: &SweepAnswer<'_>, main: &Headline) {
    let factors = &answer.design().factors;
    let [down, over] = [0, 1].map(|factor| factors[factor].levels().unwrap_or_default());
    page.indented(&format!(
        "{}, with {} down and {} across:",
        capital(&asked(main, answer.currency())),
        short(factors[0].path()),
        short(factors[1].path())
    ));
    let mut rows = vec![std::iter::once(String::new()).chain(over.iter().cloned()).collect::<Vec<_>>()];
    for (place, value) in down.iter().enumerate() {
        let cell = |column: usize| {
            let point = place * over.len() + column;
            let known = answer.sweep.level(point, main).map(|known| level(main.unit(), known.estimate));
            let run = point < answer.sweep.points.len();
            known.unwrap_or_else(|| if run { "not known" } else { "-" }.to_owned())
        };
        rows.push(std::iter::once(value.clone()).chain((0..over.len()).map(cell)).collect());
    }
    page.table(&vec![Align::Right; over.len() + 1], &rows);
    let widest = (0..answer.sweep.points.len())
        .filter_map(|point| answer.sweep.level(point, main)?.interval)
        .map(|interval| (interval.high - interval.low) / 2.0)
        .fold(0.0, f64::max);
    page.indented(&format!(
        "Each to within {}{} or less (95 %); every interval is in sweep.csv.",
        signed(main.unit(), widest, f64::ceil).trim_start_matches('+'),
        suffix(main.unit())
    ));
}

/// The points with the least and the most.
fn extremes(page: &mut Page, answer: &SweepAnswer<'_>, main: &Headline) {
    let Some(ends) = answer.extremes() else { return };
    let rows = ["least at", "most at"].into_iter().zip(ends).map(|(name, (point, _))| {
        let [estimate, range] = told(main, answer.level(point));
        vec![name.to_owned(), point_in_words(answer.design(), point), estimate, range]
    });
    let rows: Vec<Vec<String>> = rows.collect();
    page.table(&[Align::Left, Align::Left, Align::Right, Align::Left], &rows);
}

/// What each factor changes, the most first.
fn effects(page: &mut Page, answer: &SweepAnswer<'_>, main: &Headline) {
    let factorial = answer.design().kind == DesignKind::Factorial;
    let (idle, acting): (Vec<&Effect>, Vec<&Effect>) =
        answer.effects.iter().partition(|effect| answer.unchanged.contains(&effect.factor));
    if !acting.is_empty() {
        page.heading(&match answer.design().factors.len() {
            1 => format!("What it changes in {}", answer.what()),
            _ => format!("What each changes in {}, the most first", answer.what()),
        });
        let mut rows =
            vec![vec![String::new(), "lowest".into(), "highest".into(), "change".into(), String::new()]];
        if !factorial {
            rows[0].push("ranks".to_owned());
        }
        rows.extend(acting.iter().map(|effect| row_of(answer, main, effect)));
        let mut aligns = vec![Align::Left, Align::Right, Align::Right, Align::Right, Align::Left];
        aligns.extend((!factorial).then_some(Align::Right));
        page.table(&aligns, &rows);
        page.indented(how_effects(factorial));
    }
    bends(page, answer, main);
    for factor in &answer.unchanged {
        let path = answer.design().factors[*factor].path();
        page.item(&format!("{path} changes nothing: every run is exactly the same whatever its value"));
    }
    if idle.len() < answer.unchanged.len() && !factorial {
        page.indented("All points are exactly the same.");
    }
}

fn row_of(answer: &SweepAnswer<'_>, main: &Headline, effect: &Effect) -> Vec<String> {
    let unit = main.unit();
    let mut row = vec![
        short(answer.design().factors[effect.factor].path()),
        level(unit, effect.low),
        level(unit, effect.high),
        format!("{}{}", signed(unit, effect.difference(), f64::round), suffix(unit)),
        effect.interval.map_or_else(String::new, |interval| between(unit, interval)),
    ];
    if answer.design().kind != DesignKind::Factorial {
        row.push(effect.rank.map_or_else(|| "-".to_owned(), |rank| format!("{rank:.2}").replace('-', "−")));
    }
    row
}

fn how_effects(factorial: bool) -> &'static str {
    if factorial {
        "Means over all points with the first level of a factor, and with its last; the change is taken run by run on the \
         same luck, with all else alike."
    } else {
        "Means over the quarter of the points with the lowest values of a factor, and with the highest; the interval covers \
         which points were chosen and, as all share their luck, how the change differs from run to run. Ranks: the \
         standardised rank regression coefficient, 1 or −1 for a factor that alone orders the points, 0 for one that does \
         not matter, or not in one direction."
    }
}

/// A factor whose middle levels lie beyond its ends is no matter of low and high.
fn bends(page: &mut Page, answer: &SweepAnswer<'_>, main: &Headline) {
    if answer.design().kind != DesignKind::Factorial {
        return;
    }
    for effect in &answer.effects {
        let factor = &answer.design().factors[effect.factor];
        let levels = factor.levels().unwrap_or_default();
        let mean = |value: &String| {
            let with = answer.design().points.iter().enumerate().take(answer.sweep.points.len());
            let with = with.filter(|(_, values)| values[effect.factor] == *value);
            let known: Vec<f64> = with.filter_map(|(point, _)| Some(answer.level(point)?.estimate)).collect();
            known.iter().sum::<f64>() / known.len().max(1) as f64
        };
        let means: Vec<f64> = levels.iter().map(mean).collect();
        let (low, high) = (effect.low.min(effect.high), effect.low.max(effect.high));
        let room = effect.interval.map_or(0.0, |interval| interval.high - interval.low);
        let beyond = |value: f64| (value - high).max(low - value);
        let furthest = (0..means.len()).max_by(|a, b| beyond(means[*a]).total_cmp(&beyond(means[*b])));
        if let Some(place) = furthest.filter(|place| beyond(means[*place]) > room.max(1e-9)) {
            page.item(&format!(
                "{} does not go one way: at {} it is {}, beyond both of its ends",
                short(factor.path()),
                levels[place],
                level(main.unit(), means[place])
            ));
        }
    }
}

fn doubt(page: &mut Page, answer: &SweepAnswer<'_>) {
    page.heading("How to read it");
    if answer.headlines.iter().any(|headline| matches!(headline, Headline::Days(_))) {
        page.indented(&match answer.sweep.end() {
            By::Horizon => format!(
                "A run that never holds a limit counts with all of its {:.0} days.",
                answer.sweep.horizon().as_days()
            ),
            _ => "A run that never holds a limit counts with all of its days.".to_owned(),
        });
    }
    answer.unlike_horizons().iter().for_each(|how| page.indented(how));
    page.indented(
        "Intervals hold 19 times in 20, each for itself, and cover simulation noise only: not what nobody outside the \
         platform knows, nor how your customers will really react. What is not varied here is drawn from its prior at every \
         point.",
    );
}

/// What all points rest on alike.
fn rests_on(page: &mut Page, answer: &SweepAnswer<'_>) {
    let Some(first) = answer.setting() else { return };
    let settings = || answer.sweep.points.iter().map(|point| &point.setting);
    let mut common = first.clone();
    common.assumptions.retain(|known| settings().all(|setting| setting.assumptions.contains(known)));
    common.warnings.retain(|known| settings().all(|setting| setting.warnings.contains(known)));
    trust(page, &common);
    let mut others: Vec<&String> = Vec::new();
    for warning in settings().flat_map(|setting| &setting.warnings) {
        if !common.warnings.contains(warning) && !others.contains(&warning) {
            others.push(warning);
        }
    }
    if !others.is_empty() {
        const MOST: usize = 4;
        page.heading("At some points alone");
        others.iter().take(MOST).for_each(|warning| page.item(warning));
        if others.len() > MOST {
            page.item(&format!("and {} more of such a kind", others.len() - MOST));
        }
    }
}
