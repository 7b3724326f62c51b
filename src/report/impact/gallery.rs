//! The picture of an impact: the main effects of each scenario with their intervals.
//!
//! | chart | question |
//! | --- | --- |
//! | `impact` | which scenarios change, by how much, and how sure is that? |
//!
//! Where there are more scenarios than a picture has room for, `impact-2` and so on follow.

use super::super::charts::{
    Caption, Drawing, Forest, ForestEffect, ForestRow, MOST_ROWS, Panel, Tone, forest,
};
use super::super::comparison::text::{signed, suffix};
use super::super::comparison::what;
use super::{Answer, Change, Effect, Told};
use crate::experiment::{Difference, Headline, Side, Unit, Verdict};
use crate::glossary::grouped;
use crate::sim::Metric;
use crate::sim::Mishap;

/// Whether there is anything to draw.
pub fn any(answer: &Answer<'_>) -> bool {
    answer.effects.iter().any(|effect| matches!(&effect.told, Told::Ran(change) if change.n() > 0))
}

/// The pictures; none without a scenario that ran.
pub fn draw(answer: &Answer<'_>) -> Vec<Drawing> {
    if !any(answer) {
        return Vec::new();
    }
    let mishap = mishap(answer);
    let pages = answer.effects.chunks(MOST_ROWS).enumerate();
    let drawn = pages.map(|(page, effects)| {
        let name = if page == 0 { "impact".to_owned() } else { format!("impact-{}", page + 1) };
        let rows = effects.iter().map(|effect| row(answer, effect, mishap)).collect();
        forest(&caption(answer, name), &Forest { panels: panels(answer, mishap), rows })
    });
    drawn.collect()
}

fn caption(answer: &Answer<'_>, name: String) -> Caption {
    let [old, new] = answer.names();
    let all = answer.effects.len();
    let cannot = answer.effects.iter().filter(|effect| matches!(effect.told, Told::Cannot(_))).count();
    let matter = answer.effects.iter().filter(|effect| effect.matters()).count() - cannot;
    let scenarios =
        |count: usize| if count == 1 { "1 scenario".to_owned() } else { format!("{count} scenarios") };
    let cannot =
        if cannot == 0 { String::new() } else { format!(", {cannot} cannot run under one of the two") };
    let changes =
        answer.effects.iter().any(|effect| effect.changes() && !matches!(effect.told, Told::Cannot(_)));
    let what = match (changes, matter) {
        (false, _) => format!("nothing changes in {}", scenarios(all)),
        (true, 0) => format!("nothing that surely matters changes in {}", scenarios(all)),
        (true, 1) => format!("1 of {} changes by more than matters", scenarios(all)),
        (true, matter) => format!("{matter} of {} change by more than matters", scenarios(all)),
    };
    let title = format!("{new} instead of {old}: {what}{cannot}");
    let subtitle = format!(
        "Mean effects of paired runs: blue is better, orange worse, hollow not told apart from nothing; strip: too little \
         to matter. All {} intervals of the impact hold together 19 times in 20.",
        grouped(answer.intervals as u64)
    );
    Caption { name, title, subtitle, description: String::new() }
}

/// The mishap that is drawn: the first that changes anywhere, else the first that both rules know.
fn mishap(answer: &Answer<'_>) -> Option<Mishap> {
    let all = || {
        let changes = answer.effects.iter().filter_map(|effect| match &effect.told {
            Told::Ran(change) => Some(change),
            Told::Cannot(_) => None,
        });
        changes.flat_map(|change| &change.differences)
    };
    let has = |mishap: &Mishap, only_changed: bool| {
        let known = |found: &&Difference| found.headline == Headline::Happens(*mishap) && found.compared();
        all().filter(known).any(|found| !only_changed || found.verdict != Verdict::Nothing)
    };
    let changed = Mishap::ALL.into_iter().find(|mishap| has(mishap, true));
    changed.or_else(|| Mishap::ALL.into_iter().find(|mishap| has(mishap, false)))
}

fn panels(answer: &Answer<'_>, mishap: Option<Mishap>) -> Vec<Panel> {
    let panel = |head: &str, below: &str, above: &str, unit: &str, matters: f64| Panel {
        head: head.to_owned(),
        below: below.to_owned(),
        above: above.to_owned(),
        unit: unit.to_owned(),
        matters: Some(matters),
    };
    let matters = answer.matters;
    let mut panels = vec![panel("days to a limit", "sooner", "later", " d", matters.days.as_days())];
    panels.extend(mishap.map(|mishap| {
        let head = format!("chance: {}", what(&Headline::Happens(mishap), ""));
        panel(&head, "safer", "riskier", "", 100.0 * matters.chance)
    }));
    panels.push(panel("messages sent", "fewer", "more", " %", 100.0 * matters.total));
    panels
}

fn row(answer: &Answer<'_>, effect: &Effect<'_>, mishap: Option<Mishap>) -> ForestRow {
    let plain = |note: String| ForestRow { name: effect.name.to_owned(), note, effects: Vec::new() };
    let change = match &effect.told {
        Told::Cannot(why) => {
            let names = why.iter().zip(answer.names()).filter(|(why, _)| !why.is_empty());
            let names: Vec<&str> = names.map(|(_, name)| name).collect();
            return plain(format!("cannot run under {}", names.join(" and ")));
        }
        Told::Ran(change) if change.n() == 0 => return plain("no run was finished".to_owned()),
        Told::Ran(change) => change,
    };
    if change.partings().count() == 0 {
        let runs = grouped(change.n());
        return plain(format!("nothing changes, in {runs} runs"));
    }
    let mut effects = vec![days(change)];
    effects.extend(mishap.map(|mishap| {
        let found = find(change, &Headline::Happens(mishap)).filter(|found| found.compared())?;
        Some(drawn(
            found,
            100.0,
            format!("{} points", signed(Unit::Chance, found.difference, f64::round)),
            String::new(),
        ))
    }));
    effects.push(sent(change));
    ForestRow { effects, ..plain(String::new()) }
}

fn find<'c>(change: &'c Change<'_>, headline: &Headline) -> Option<&'c Difference> {
    change.differences.iter().find(|found| found.headline == *headline)
}

/// The days to the highest limit that half of the runs reach under one of the rules; where they reach none, to the
/// lowest above the start.
fn days(change: &Change<'_>) -> Option<ForestEffect> {
    let main = change.compared.main_limit(change.pair().pair).map(Headline::Days);
    let lowest = || change.differences.iter().find(|found| matches!(found.headline, Headline::Days(_)));
    let found = main.and_then(|main| find(change, &main)).or_else(lowest)?;
    let Headline::Days(limit) = &found.headline else { return None };
    let of = format!("to {}", limit.name);
    let text = format!("{}{}", signed(Unit::Days, found.difference, f64::round), suffix(Unit::Days));
    Some(drawn(found, 1.0, text, of))
}

/// Messages sent, in per cent of what is sent under the old rules.
fn sent(change: &Change<'_>) -> Option<ForestEffect> {
    let found = find(change, &Headline::Total(Metric::Sent))?;
    let old = found.means[1];
    if old <= 0.0 {
        return None;
    }
    let per_cent = 100.0 / old;
    // As tenths, like a chance in points.
    let text = format!("{} %", signed(Unit::Chance, found.difference / old, f64::round));
    Some(drawn(found, per_cent, text, String::new()))
}

/// An effect as it is drawn; `scale` turns its unit into that of the panel.
fn drawn(found: &Difference, scale: f64, text: String, of: String) -> ForestEffect {
    let tone = match found.verdict {
        Verdict::Nothing => Tone::Same,
        Verdict::Alike | Verdict::Undecided | Verdict::Missing(_) => Tone::Open,
        // Differences are new less old: the first is the new.
        Verdict::Slight(side) | Verdict::Real(side) | Verdict::Matters(side) => match side {
            Side::First => Tone::Better,
            Side::Second => Tone::Worse,
        },
    };
    ForestEffect {
        middle: scale * found.difference,
        interval: found.interval.map(|interval| (scale * interval.low, scale * interval.high)),
        text: if found.verdict == Verdict::Nothing { "the same".to_owned() } else { text },
        of,
        tone,
    }
}
