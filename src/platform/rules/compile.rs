//! From a checked ruleset to rules: names become positions, spans seconds, dates instants.

use std::collections::BTreeSet;

use crate::glossary::{Feedback, NumberStatus};
use crate::time::{SimTime, Span};

use super::super::language::{
    Ageing, Cap, CapLimit, CapOf, CapUnit, Clause, Condition, DowngradeAt, Effect, Ends, Forgets, FromTiers,
    Holder, Limit, Measure, OfficialChanges, Pacing, RatingClause, RatingOf, Ruleset, Signal,
    TemplateCoupling, Term, ToTier, Upgrade, Within,
};
use super::super::origin::Origin;
use super::super::weights::Weights;

use super::{
    ClauseId, ClauseInfo, ConnectRule, FromWord, InForce, Lasts, Length, Line, MeasureRule, OfficialRule,
    PacingRule, RatingRule, ReviewRule, RuleEffect, RuleTerm, Rules, Signals, Target, Thresholds, Tier,
    TierCap, UpgradeRule,
};

impl Rules {
    /// Makes a checked ruleset ready. `instant_of` gives the instant at which a civil date begins, `midnights` the
    /// instants at which the civil days of the run begin.
    pub fn compile(
        ruleset: &Ruleset,
        midnights: Vec<SimTime>,
        instant_of: &dyn Fn(&str) -> SimTime,
    ) -> Rules {
        let mut compiler = Compiler { ruleset, clauses: Vec::new(), instant_of };
        let ladder_clause = match &ruleset.ladder {
            Some(ladder) => compiler.cite("ladder".to_owned(), ladder.origin()),
            None => compiler.clause(ClauseInfo { path: "ladder".to_owned(), cites: "no tiers".to_owned() }),
        };
        let tiers = tiers(ruleset);
        let start_tier = ruleset.ladder.as_ref().map_or(0, |ladder| position(&tiers, &ladder.start));
        let number_ratings = compiler.ratings(RatingOf::Number);
        let template_ratings = compiler.ratings(RatingOf::Template);
        let rises_hear = Signals::of(ruleset.upgrade.values().flat_map(|clause| &clause.on));
        let measures_hear = Signals::of(ruleset.number.values().flat_map(|clause| &clause.on));
        let (upgrades, number_measures) = (compiler.upgrades(&tiers), compiler.measures("number", &tiers));
        let template_measures = compiler.measures("template", &tiers);
        let ratings = || number_ratings.iter().chain(&template_ratings);
        let judged_alike =
            !rises_hear.contains(&Signal::rating) && !ratings().any(|rule| rule.worst_template);
        let judged = ratings().map(|rule| rule.in_force);
        let judged = judged.chain(listening(&number_measures)).chain(listening(&template_measures));
        let turns = turns(judged);
        Rules {
            clocks: clocks(&rises_hear, &measures_hear),
            rises_hear,
            measures_hear,
            idle_complaints: idle_complaints(&number_measures),
            judged_alike,
            rated_together: rated_together(&number_ratings, &template_ratings),
            unread_after: unread_after(ratings()),
            turns,
            any_while_full: number_measures.iter().any(|rule| rule.lasts == Lasts::WhileFull),
            name: ruleset.name.clone(),
            start_tier,
            holder: ruleset.ladder.as_ref().map_or(Holder::Number, |ladder| ladder.holder),
            midnights,
            ladder_clause,
            cap: tier_cap(ruleset),
            lines: compiler.lines(),
            person_caps: compiler.person_caps(),
            number_ratings,
            template_ratings,
            upgrades,
            number_measures,
            template_measures,
            review: compiler.review(),
            pacing: compiler.pacing(),
            official: compiler.official(&tiers),
            connect: compiler.connect(),
            tiers,
            clauses: compiler.clauses,
        }
    }
}

fn tiers(ruleset: &Ruleset) -> Vec<Tier> {
    let Some(ladder) = &ruleset.ladder else {
        return vec![Tier { name: "no tiers".to_owned(), limit: None }];
    };
    let limit = |limit: &Limit| match limit {
        Limit::AtMost(customers) => Some(*customers),
        Limit::Unlimited => None,
    };
    ladder.steps.iter().map(|(name, step)| Tier { name: name.to_owned(), limit: limit(step) }).collect()
}

/// Up to how many complaints nothing begins that listens to feedback; none, where something asks for no complaints.
fn idle_complaints(measures: &[MeasureRule<NumberStatus>]) -> u64 {
    let least = |rule: &MeasureRule<NumberStatus>| {
        let bounds = rule.when.iter().filter_map(|condition| match condition {
            Condition::Complaints { more_than, while_low, .. } => Some(*more_than.min(while_low)),
            _ => None,
        });
        bounds.max().unwrap_or(0)
    };
    measures.iter().filter(|rule| rule.on.contains(&Signal::feedback)).map(least).min().unwrap_or(u64::MAX)
}

/// Whether each has one clause, and both rate at the same instants.
fn rated_together(numbers: &[RatingRule], templates: &[RatingRule]) -> bool {
    let ([of_numbers], [of_templates]) = (numbers, templates) else { return false };
    of_numbers.every == of_templates.every && of_numbers.in_force == of_templates.in_force
}

/// The times at which the measures that listen to ratings are in force.
fn listening<S>(measures: &[MeasureRule<S>]) -> impl Iterator<Item = InForce> + '_ {
    measures.iter().filter(|rule| rule.on.contains(&Signal::rating)).map(|rule| rule.in_force)
}

/// The instants at which other clauses are in force than before, each once, the earliest first.
fn turns(clauses: impl Iterator<Item = InForce>) -> Vec<SimTime> {
    let ends = clauses.flat_map(InForce::ends);
    let turns: BTreeSet<SimTime> = ends.filter(|at| *at > SimTime::START && *at < SimTime::NEVER).collect();
    turns.into_iter().collect()
}

/// The shortest time after which a message counts as unread.
fn unread_after<'r>(ratings: impl Iterator<Item = &'r RatingRule>) -> Option<Span> {
    ratings.filter_map(|rule| rule.unread_after).min()
}

/// The rhythms that rises or measures of numbers listen to, each once.
fn clocks(rises: &Signals, measures: &Signals) -> Vec<Span> {
    let others = measures.every.iter().filter(|span| !rises.every.contains(span));
    rises.every.iter().chain(others).copied().collect()
}

fn tier_cap(ruleset: &Ruleset) -> Option<TierCap> {
    let of_tier =
        ruleset.admission.iter().find(|(_, cap)| cap.limit == CapLimit::OfTier && cap.per == CapOf::Holder);
    of_tier.map(|(_, cap)| TierCap {
        free_in_window: cap.free_in_service_window,
        within: cap.within,
        consume_on: cap.consume_on,
        error: cap.error,
    })
}

fn position(tiers: &[Tier], name: &str) -> usize {
    tiers.iter().position(|tier| tier.name == name).unwrap_or(0)
}

struct Compiler<'r> {
    ruleset: &'r Ruleset,
    clauses: Vec<ClauseInfo>,
    instant_of: &'r dyn Fn(&str) -> SimTime,
}

impl Compiler<'_> {
    fn clause(&mut self, info: ClauseInfo) -> ClauseId {
        self.clauses.push(info);
        (self.clauses.len() - 1) as ClauseId
    }

    fn cite(&mut self, path: String, origin: Origin<'_>) -> ClauseId {
        let titled = origin.source.iter().filter_map(|key| {
            let source = self.ruleset.sources.get(key.as_str())?;
            Some(format!("{}, {}", source.title, source.date))
        });
        let cites: Vec<String> = titled.collect();
        let cites = if cites.is_empty() { "assumed".to_owned() } else { cites.join("; ") };
        self.clause(ClauseInfo { path, cites })
    }

    fn in_force(&self, origin: Origin<'_>) -> InForce {
        InForce {
            from: origin.since.map_or(SimTime(i64::MIN), self.instant_of),
            until: origin.until.map_or(SimTime::NEVER, self.instant_of),
        }
    }

    fn lines(&self) -> Vec<Line> {
        let line = |cap: &Cap| match (cap.per, cap.unit, cap.within, cap.limit) {
            (CapOf::Number, CapUnit::Messages, Within::Rolling(within), CapLimit::Own(most))
                if within.0 > 0 =>
            {
                Some(Line { in_force: self.in_force(cap.origin()), most, within })
            }
            _ => None,
        };
        self.ruleset.admission.values().filter_map(line).collect()
    }

    fn person_caps(&self) -> Vec<InForce> {
        let caps = self.ruleset.admission.values().filter(|cap| cap.per == CapOf::Person);
        caps.map(|cap| self.in_force(cap.origin())).collect()
    }

    fn ratings(&mut self, of: RatingOf) -> Vec<RatingRule> {
        let clauses = self.ruleset.rating.iter().filter(|(_, clause)| clause.of == of);
        clauses.map(|(name, clause)| self.rating(&format!("rating.{name}"), clause)).collect()
    }

    fn rating(&mut self, path: &str, clause: &RatingClause) -> RatingRule {
        let unit = clause.weights.values().fold(1, |unit, weight| lcm(unit, weight.bottom));
        RatingRule {
            clause: self.cite(path.to_owned(), clause.origin()),
            path: path.to_owned(),
            in_force: self.in_force(clause.origin()),
            window: clause.window,
            ages: ages(clause.window, clause.ageing),
            weights: Weights::new(clause.weights.iter().map(|(kind, w)| (*kind, w.top * (unit / w.bottom)))),
            weight_unit: unit,
            min_deliveries: clause.min_deliveries,
            thin: clause.thin,
            unknown_counts_as: clause.unknown_counts_as,
            thresholds: Thresholds { medium_from: clause.medium_from, low_from: clause.low_from },
            every: clause.evaluated,
            worst_template: clause.template_coupling == Some(TemplateCoupling::worst_template),
            unread_after: clause.unread_after.filter(|_| weighs(clause, Feedback::Unread)),
            answer_within: clause.answer_within,
            frequency: clause.frequency.filter(|frequency| frequency.weight.top != 0),
        }
    }

    fn upgrades(&mut self, tiers: &[Tier]) -> Vec<UpgradeRule> {
        let clauses = self.ruleset.upgrade.iter();
        clauses.map(|(name, clause)| self.upgrade(format!("upgrade.{name}"), clause, tiers)).collect()
    }

    fn upgrade(&mut self, path: String, clause: &Upgrade, tiers: &[Tier]) -> UpgradeRule {
        UpgradeRule {
            clause: self.cite(path, clause.origin()),
            in_force: self.in_force(clause.origin()),
            from: match &clause.from {
                FromTiers::Any => vec![true; tiers.len()],
                FromTiers::Only(names) => tiers.iter().map(|tier| names.contains(&tier.name)).collect(),
            },
            to: match &clause.to {
                ToTier::Next => Target::Next,
                ToTier::AtLeast(name) => Target::AtLeast(position(tiers, name)),
            },
            on: Signals::of(&clause.on),
            when: asked_last(&clause.when, |condition| !matches!(condition, Condition::Usage { .. })),
            usage: clause.when.iter().find_map(|condition| match condition {
                Condition::Usage { amount, .. } => Some(*amount),
                _ => None,
            }),
            review: clause.review,
            cancelled_by: clause.cancelled_by.clone(),
            restarts: clause.usage_restarts.clone(),
            restricted_blocks: clause.restricted_blocks_upgrade == Some(true),
            templates_count: clause.templates_count == Some(true),
        }
    }

    fn review(&mut self) -> Option<ReviewRule> {
        let clause = self.ruleset.review.as_ref()?;
        let id = self.cite("review".to_owned(), clause.origin());
        Some(ReviewRule { clause: id, after_edit: clause.after_edit })
    }

    fn pacing(&mut self) -> Vec<PacingRule> {
        let clauses = self.ruleset.pacing.iter();
        let rule = |(name, clause): (&str, &Pacing)| PacingRule {
            clause: self.cite(format!("pacing.{name}"), clause.origin()),
            in_force: self.in_force(clause.origin()),
            categories: clause.categories.clone(),
            applies_to: clause.applies_to.clone(),
            sample: clause.sample,
            hold: clause.hold,
            drops_at: clause.drops_at,
        };
        clauses.map(rule).collect()
    }

    fn official(&mut self, tiers: &[Tier]) -> Option<OfficialRule> {
        let clause = self.ruleset.official.as_ref()?;
        Some(OfficialRule {
            clause: self.cite("official".to_owned(), clause.origin()),
            needs: clause.needs.clone(),
            lifts_to: match &clause.changes {
                OfficialChanges::nothing => None,
                OfficialChanges::StartsAt(tier) => Some(position(tiers, tier)),
            },
        })
    }

    fn connect(&mut self) -> Option<ConnectRule> {
        let numbers = self.ruleset.numbers.as_ref()?;
        Some(ConnectRule::new(numbers, self.cite("numbers".to_owned(), numbers.origin())))
    }

    fn measures<S: FromWord>(&mut self, section: &str, tiers: &[Tier]) -> Vec<MeasureRule<S>> {
        let ruleset = self.ruleset;
        let clauses = if section == "number" { &ruleset.number } else { &ruleset.template };
        let names: Vec<&str> = clauses.iter().map(|(name, _)| name).collect();
        clauses
            .iter()
            .map(|(name, clause)| self.measure(format!("{section}.{name}"), clause, &names, tiers))
            .collect()
    }

    fn measure<S: FromWord>(
        &mut self,
        path: String,
        clause: &Measure,
        siblings: &[&str],
        tiers: &[Tier],
    ) -> MeasureRule<S> {
        let effects = |list: &[Effect]| {
            list.iter().filter_map(|effect| compile_effect(effect, siblings, tiers)).collect()
        };
        let terms: Vec<RuleTerm<S>> = clause.term.iter().filter_map(|term| compile_term(*term)).collect();
        MeasureRule {
            clause: self.cite(path, clause.origin()),
            in_force: self.in_force(clause.origin()),
            on: Signals::of(&clause.on),
            when: asked_last(&clause.when, Condition::moves_by_itself),
            lasts: Lasts::of(&terms, &clause.when),
            terms,
            forbids: clause.forbids.clone(),
            cap: clause.cap,
            ends: clause.ends.unwrap_or(Ends::at_deadline),
            then: effects(&clause.then),
            if_still: effects(&clause.if_still),
            downgrade_at_once: clause.downgrade_at == Some(DowngradeAt::flag),
            forgets: match clause.forgets {
                Some(Forgets::After(span)) => Some(span),
                Some(Forgets::never) | None => None,
            },
        }
    }
}

/// Conditions, all of which must hold, in the order in which they are asked: `later` ones after the others. A rise
/// mostly fails by the usage, which is asked first; a measure mostly fails by a rating or a status, which take no
/// counting.
fn asked_last(when: &[Condition], later: impl Fn(&Condition) -> bool) -> Vec<Condition> {
    let (last, mut asked): (Vec<Condition>, Vec<Condition>) = when.iter().cloned().partition(later);
    asked.extend(last);
    asked
}

fn compile_term<S: FromWord>(term: Term) -> Option<RuleTerm<S>> {
    let length = match term {
        Term::For(_, span) => Length::For(span),
        Term::While(_) => Length::While,
        Term::Forever(_) => Length::Forever,
    };
    Some(RuleTerm { status: S::from_word(term.status())?, length })
}

fn compile_effect<S: FromWord>(effect: &Effect, siblings: &[&str], tiers: &[Tier]) -> Option<RuleEffect<S>> {
    Some(match effect {
        Effect::Up(levels) => RuleEffect::Up(*levels as usize),
        Effect::Down { levels, floor } => {
            RuleEffect::Down { levels: *levels as usize, floor: position(tiers, floor) }
        }
        Effect::Becomes(status) => RuleEffect::Becomes(S::from_word(*status)?),
        Effect::Impose(name) => {
            RuleEffect::Impose(siblings.iter().position(|sibling| *sibling == name.as_str())?)
        }
    })
}

/// Whole-number weights by full days of age: `round(1000 x 2^(-days / half-life))`, or 1 where weight does not fade.
fn ages(window: Span, ageing: Ageing) -> Vec<u64> {
    match ageing {
        Ageing::flat => vec![1],
        Ageing::HalfLife(half_life) => {
            let days = (window.0 + crate::time::DAY - 1) / crate::time::DAY;
            (0..days.max(1))
                .map(|day| {
                    let halvings = Span::days(day).0 as f64 / half_life.0 as f64;
                    libm::round(1000.0 * libm::exp2(-halvings)) as u64
                })
                .collect()
        }
    }
}

/// Whether a rating gives a kind of feedback any weight.
fn weighs(clause: &RatingClause, kind: Feedback) -> bool {
    clause.weights.get(&kind).is_some_and(|weight| weight.top != 0)
}

fn lcm(a: i64, b: i64) -> i64 {
    let (mut x, mut y) = (a, b);
    while y != 0 {
        (x, y) = (y, x % y);
    }
    a / x * b
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_halve_over_the_half_life() {
        assert_eq!(
            ages(Span::days(7), Ageing::HalfLife(Span::days(2))),
            [1000, 707, 500, 354, 250, 177, 125]
        );
        assert_eq!(ages(Span::hours(24), Ageing::flat), [1]);
    }

    #[test]
    fn weights_share_a_denominator() {
        assert_eq!([lcm(1, 2), lcm(2, 50), lcm(6, 4)], [2, 50, 12]);
    }
}
