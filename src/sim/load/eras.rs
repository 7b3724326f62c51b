//! Which rules hold when: those of one ruleset, or of the eras of a rulebook that a run meets.

use crate::document::Check;
use crate::platform::{Amending, Era, Rulebook, Rules, Ruleset, Tier};
use crate::time::{Calendar, SimTime};

use super::super::ready::LaterEra;
use super::super::scenario::ScenarioText;
use super::grid::CALENDAR;
use super::inputs::threshold_priors;
use super::parts::instant_of;

/// The ruleset of the era in which a run starts.
pub(super) fn first_era(book: &Rulebook, calendar: &Calendar, check: &mut Check<'_>) -> Option<Ruleset> {
    let era = book.era_at(calendar.date(0));
    if era.is_none() {
        let first = book.eras().first().map_or_else(String::new, |era| era.from().to_string());
        let message = format!("no rules are known for this date in the rulebook {}", book.name());
        let help = format!("the first era begins on {first}");
        let leans = [&["platform.ruleset"], CALENDAR].concat();
        check.error_given(&leans, "start", message, help);
    }
    era.map(|era| era.ruleset().clone())
}

/// The rulesets that are in force at some time of the run: one, or those of a rulebook's eras.
pub(super) fn in_force<'r>(
    book: Option<&'r Rulebook>,
    ruleset: &'r Ruleset,
    calendar: Option<&Calendar>,
) -> Vec<&'r Ruleset> {
    let (Some(book), Some(calendar)) = (book, calendar) else { return vec![ruleset] };
    let (first, last) = (calendar.date(0), calendar.date(calendar.days().saturating_sub(1)));
    let later = book.eras().iter().filter(|era| first < era.from() && era.from() <= last);
    let met = book.era_at(first).into_iter().chain(later);
    met.map(|era| era.ruleset()).collect()
}

/// The name of what holds: a ruleset, or a rulebook with the rulesets of its eras.
pub(super) fn rules_in_words(name: &str, rulesets: &[&Ruleset]) -> String {
    let names: Vec<&str> = rulesets.iter().map(|ruleset| ruleset.name.as_str()).collect();
    match names.as_slice() {
        [only] => (*only).to_owned(),
        several => format!("{name} ({})", several.join(", then ")),
    }
}

/// The eras of a rulebook that the run meets, with what is believed of their thresholds.
pub(super) fn eras(
    book: &Rulebook,
    text: &ScenarioText,
    calendar: &Calendar,
) -> Option<(Rules, Vec<LaterEra>)> {
    let (first, later) = compile_eras(book, calendar)?;
    let later = later.into_iter().map(|Following { from, rules, amendment }| {
        let thresholds = threshold_priors(text, &rules);
        LaterEra { from, rules, amendment, thresholds }
    });
    Some((first, later.collect()))
}

/// The tiers of all ladders of a run, each limit once, lowest first; a time without tiers comes before all.
pub(super) fn union(all: &[&Rules]) -> Vec<Tier> {
    if let [only] = all {
        return only.tiers.clone();
    }
    let (ladders, none): (Vec<&Rules>, Vec<&Rules>) = all.iter().partition(|rules| rules.tiers.len() > 1);
    let mut tiers: Vec<Tier> = ladders.iter().flat_map(|rules| rules.tiers.clone()).collect();
    tiers.sort_by_key(|tier| tier.limit.unwrap_or(u64::MAX));
    tiers.dedup_by_key(|tier| tier.limit);
    let before = none.first().map(|rules| rules.tiers.clone()).unwrap_or_default();
    before.into_iter().chain(tiers).collect()
}

/// Makes a ruleset ready for the calendar of a run.
pub(in crate::sim) fn compile(ruleset: &Ruleset, calendar: &Calendar) -> Rules {
    let midnights = (0..calendar.days()).map(|day| calendar.midnight(day)).collect();
    Rules::compile(ruleset, midnights, &|date| instant_of(calendar, date))
}

/// Rules that begin to hold on the way, and how the standing moves to them.
#[derive(Clone, Debug)]
pub(in crate::sim) struct Following {
    pub(in crate::sim) from: SimTime,
    pub(in crate::sim) rules: Rules,
    pub(in crate::sim) amendment: Amending,
}

/// Makes the eras of a rulebook ready that a calendar meets: that of its start, and those that begin before its end; nothing
/// where it starts before the first.
pub(in crate::sim) fn compile_eras(book: &Rulebook, calendar: &Calendar) -> Option<(Rules, Vec<Following>)> {
    let midnights: Vec<SimTime> = (0..calendar.days()).map(|day| calendar.midnight(day)).collect();
    let eras = book.compile(calendar.date(0), &|date| instant_of(calendar, date), &midnights);
    let mut eras = eras.into_iter().filter(|era| era.from < calendar.end());
    let first = eras.next()?;
    let following =
        |Era { from, rules, amendment }: Era| Some(Following { from, rules, amendment: amendment? });
    Some((first.rules, eras.filter_map(following).collect()))
}
