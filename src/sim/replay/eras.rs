//! The rules that a log is told to: one ruleset, or the eras of a rulebook by the dates of the log.
//!
//! ```text
//!   first row          7 October 2025
//!      |-- rules of its day --|-- amendment --> rules of the next era -->
//! ```

use crate::platform::language::{Condition, Holder};
use crate::platform::{Amending, Rulebook, Rules, Ruleset};
use crate::time::{Calendar, SimTime};

use super::super::load::{Following, compile, compile_eras};
use super::{LogError, OpenAnalysis, Replay};

/// The rules of an era that begins on the way.
#[derive(Clone, Debug)]
pub struct LaterRules {
    /// When it begins.
    pub from: SimTime,
    /// The ruleset as it stands in its file.
    pub ruleset: Ruleset,
    /// The rules, made ready.
    pub rules: Rules,
    /// How the standing moves to them.
    pub amendment: Amending,
}

/// The rules from the beginning of a replay to its end.
pub(super) struct Eras {
    /// Name of the rulebook that is followed.
    pub(super) rulebook: Option<String>,
    pub(super) ruleset: Ruleset,
    pub(super) rules: Rules,
    pub(super) later: Vec<LaterRules>,
}

impl Eras {
    /// One ruleset from beginning to end, whatever the dates.
    pub(super) fn of_ruleset(ruleset: &Ruleset, calendar: &Calendar) -> Eras {
        let rules = compile(ruleset, calendar);
        Eras { rulebook: None, ruleset: ruleset.clone(), rules, later: Vec::new() }
    }

    /// The era of the first day, and those that begin before the end.
    pub(super) fn of_rulebook(book: &Rulebook, calendar: &Calendar) -> Result<Eras, LogError> {
        let day = calendar.date(0);
        let no_rules = || LogError::NoRules {
            rulebook: book.name().to_owned(),
            day,
            first: book.eras().first().map_or(day, |era| era.from()),
        };
        let met = book.eras().iter().rposition(|era| era.from() <= day).ok_or_else(no_rules)?;
        let (rules, later) = compile_eras(book, calendar).ok_or_else(no_rules)?;
        let rulesets = book.eras()[met + 1..].iter().map(|era| era.ruleset().clone());
        let later = later.into_iter().zip(rulesets);
        let later = later.map(|(Following { from, rules, amendment }, ruleset)| LaterRules {
            from,
            ruleset,
            rules,
            amendment,
        });
        let (rulebook, ruleset) = (Some(book.name().to_owned()), book.eras()[met].ruleset().clone());
        Ok(Eras { rulebook, ruleset, rules, later: later.collect() })
    }
}

impl Replay {
    /// The rules in force at an instant.
    pub fn rules_at(&self, at: SimTime) -> &Rules {
        self.era_at(at).map_or(&self.rules, |era| &era.rules)
    }

    /// The ruleset in force at an instant, as it stands in its file.
    pub fn ruleset_at(&self, at: SimTime) -> &Ruleset {
        self.era_at(at).map_or(&self.ruleset, |era| &era.ruleset)
    }

    fn era_at(&self, at: SimTime) -> Option<&LaterRules> {
        self.later.iter().rfind(|era| era.from <= at)
    }

    /// The last second.
    pub fn last(&self) -> SimTime {
        SimTime(self.calendar.end().0 - 1)
    }

    /// All rules that are in force at some time, in order, each with the instant at which it no longer is.
    pub fn all_rules(&self) -> impl Iterator<Item = (&Rules, SimTime)> {
        let rules = std::iter::once(&self.rules).chain(self.later.iter().map(|era| &era.rules));
        let ends = self.later.iter().map(|era| era.from).chain([self.calendar.end()]);
        rules.zip(ends)
    }

    /// The name of what holds: a ruleset, or a rulebook with the rulesets of its eras.
    pub fn rules_in_words(&self) -> String {
        let names: Vec<&str> = self.all_rules().map(|(rules, _)| rules.name.as_str()).collect();
        match (names.as_slice(), &self.rulebook) {
            (several @ [_, _, ..], Some(book)) => format!("{book} ({})", several.join(", then ")),
            _ => self.ruleset.name.clone(),
        }
    }

    /// The name of a tier with this limit, by the rules at the end or, where they have none, by those before.
    pub fn tier_name(&self, limit: Option<u64>) -> &str {
        let all = self.later.iter().rev().map(|era| &era.rules).chain([&self.rules]);
        let mut tiers = all.flat_map(|rules| &rules.tiers);
        tiers.find(|tier| tier.limit == limit).map_or("", |tier| tier.name.as_str())
    }

    /// The rises that still wait for an analysis once an era begins: those whose clause it has, too, and has analysed.
    pub(super) fn carried_over(&self, open: Vec<OpenAnalysis>, era: &LaterRules) -> Vec<OpenAnalysis> {
        let asks = |open: &OpenAnalysis| {
            let path = self.rules_at(open.since).clauses[usize::from(open.clause)].path.as_str();
            let clause = path.strip_prefix("upgrade.").and_then(|name| era.ruleset.upgrade.get(name));
            clause.is_some_and(|clause| clause.when.contains(&Condition::Approved))
        };
        let shared = |at: SimTime| self.rules_at(at).holder == Holder::Portfolio;
        let (before, now) = (shared(SimTime(era.from.0 - 1)), shared(era.from));
        let mut carried: Vec<OpenAnalysis> = Vec::new();
        for one in open.into_iter().filter(asks) {
            let holders = match (before, now) {
                (_, true) => 0..1,
                (true, false) => 0..self.log.names.numbers.len(),
                (false, false) => one.holder..one.holder + 1,
            };
            carried.extend(holders.map(|holder| OpenAnalysis { holder, ..one }));
        }
        carried.sort_by_key(|open| (open.holder, open.since));
        carried.dedup_by_key(|open| open.holder);
        carried
    }
}
