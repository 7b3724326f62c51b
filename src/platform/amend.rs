//! The rules change: what the platform holds about a sender moves to the rules of the next era.
//!
//! ```text
//!   holders    numbers --merge, split or stay--> holders: limit, customers reached, usage, review
//!   numbers    measures by path; ratings keep what their windows hold
//!   templates  measures and samples by path; ratings as numbers
//! ```
//!
//! *Invariant:* nothing is judged anew. What is under way ends or goes on; a rise, a flag or a rating comes with the
//! next signal, by the new rules.
//!
//! A limit that is no rung of the new ladder is *kept*: it stays until the next rise, to the first rung above, or
//! until a fall, to the first rung below. Its holder rises by the clauses that lead up from either of these rungs.

use serde::{Deserialize, Serialize};

use crate::glossary::{Feedback, NumberStatus, Rating, TemplateStatus};
use crate::time::{SimTime, Span};

use super::change::{Change, Subject, What};
use super::judge::Platform;
use super::language::{Condition, Count, Holder, Limit, Restart, Within};
use super::meters::Meters;
use super::rules::{ClauseId, Length, MeasureRule, RatingRule, Rules, Thresholds};
use super::standing::{
    Analysis, HolderStanding, Life, NumberStanding, Pace, Run, RunningReview, TemplateStanding, Usage,
};
use super::window::{Amount, Rolling};

/// Whose limit holds after an amendment (reading).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(non_camel_case_types, reason = "lower-case words are readings in the rule language")]
pub enum WhoseLimit {
    /// Everybody's own; numbers that part from a portfolio each take its limit.
    own,
    /// The highest of those that become one.
    highest,
    /// The lowest of those that become one.
    lowest,
}

/// What becomes of what is under way and has a clause in the new rules, too (reading).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(non_camel_case_types, reason = "lower-case words are readings in the rule language")]
pub enum Fate {
    /// It keeps its promised end.
    keep,
    /// It ends.
    end,
}

/// How the standing moves from one era's rules to the next, ready for use.
#[derive(Clone, Debug)]
pub struct Amending {
    pub(crate) clause: ClauseId,
    pub(crate) limit: WhoseLimit,
    /// Where each tier of the old ladder leads.
    pub(crate) homes: Vec<Home>,
    pub(crate) measures: Fate,
    pub(crate) reviews: Fate,
    pub(crate) usage: Fate,
}

impl Amending {
    /// Position, among the new rules' clauses, of the amendment that the changes cite.
    pub fn clause(&self) -> ClauseId {
        self.clause
    }
}

/// Where a tier of the old ladder leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Home {
    /// To this rung of the new ladder.
    Rung(usize),
    /// To none: this limit stays.
    Kept(Limit),
}

impl HolderStanding {
    /// The limit; `None` is unlimited.
    #[inline]
    pub(crate) fn limit(&self, rules: &Rules) -> Option<u64> {
        match self.kept {
            None => rules.tiers[self.tier].limit,
            Some(Limit::AtMost(customers)) => Some(customers),
            Some(Limit::Unlimited) => None,
        }
    }

    /// The lowest rung that allows as much as the limit does: the tier, or the first rung above a kept limit.
    pub(crate) fn rung(&self, rules: &Rules) -> usize {
        match self.kept {
            None => self.tier,
            Some(_) => rungs_below(rules, self.limit(rules)),
        }
    }

    /// The first rung that allows more than the limit does.
    pub(crate) fn above(&self, rules: &Rules) -> usize {
        if self.kept.is_some() { self.rung(rules) } else { self.tier + 1 }
    }

    /// Whether a rise that leads up `from` these tiers leads up from here.
    pub(crate) fn may_leave(&self, rules: &Rules, from: &[bool]) -> bool {
        from[self.tier] || (self.kept.is_some() && from.get(self.rung(rules)) == Some(&true))
    }
}

/// How many rungs allow less than a limit.
fn rungs_below(rules: &Rules, limit: Option<u64>) -> usize {
    rules.tiers.partition_point(|tier| size(tier.limit) < size(limit))
}

/// A limit for comparing.
fn size(limit: Option<u64>) -> u64 {
    limit.unwrap_or(u64::MAX)
}

impl<'r> Platform<'r> {
    /// Puts the sender under the rules of the next era: at the instant at which it begins, before anything else of
    /// that instant. `thresholds` are those that a run has drawn for the new rules, in the order of
    /// [`Rules::thresholds`]; where none are given the ruleset's own values hold.
    ///
    /// The changes cite clauses of the *new* rules, and their positions are those of the new ladder. The first are one
    /// [`What::Amended`] for each number.
    pub fn amend(
        &mut self,
        rules: &'r Rules,
        amending: &Amending,
        thresholds: &[Thresholds],
        now: SimTime,
        out: &mut Vec<Change>,
    ) {
        self.unsettle(now);
        let era = Crossing { old: self.rules, new: rules, amending, now };
        let numbers = 0..self.standing.numbers.len();
        let before: Vec<Option<u64>> = numbers.clone().map(|number| self.limit(number)).collect();
        let cancelled = self.amend_holders(era);
        self.rules = rules;
        for (number, from) in before.into_iter().enumerate() {
            let what = What::Amended { from, to: self.limit(number) };
            out.push(era.change(Subject::Number(number), what));
        }
        out.extend(
            cancelled.into_iter().map(|holder| era.change(Subject::Holder(holder), What::ReviewCancelled)),
        );
        let split = rules.number_ratings.len().min(thresholds.len());
        let (of_numbers, of_templates) = thresholds.split_at(split);
        for number in numbers {
            self.amend_number(number, era, of_numbers, out);
        }
        for (place, template) in self.standing.templates.iter_mut().enumerate() {
            template.amend(place, era, of_templates, out);
        }
        self.judge_policy(now, out);
        self.connect(now, amending.clause, out);
        for holder in 0..self.standing.holders.len() {
            self.release_all(holder, now, out);
        }
    }

    /// Merges, splits or moves the holders; those for whom a review ended that nothing takes the place of.
    fn amend_holders(&mut self, era: Crossing<'_>) -> Vec<usize> {
        let old: Vec<HolderStanding> = std::mem::take(&mut self.standing.holders);
        let portfolio = era.new.holder == Holder::Portfolio;
        let groups: Vec<Vec<&HolderStanding>> = match portfolio {
            true => vec![old.iter().collect()],
            false => self.standing.numbers.iter().map(|number| vec![&old[number.holder]]).collect(),
        };
        let mut cancelled = Vec::new();
        for (place, members) in groups.iter().enumerate() {
            let holder = era.holder(members);
            if holder.review.is_none() && members.iter().any(|member| member.review.is_some()) {
                cancelled.push(place);
            }
            self.standing.holders.push(holder);
        }
        for (place, number) in self.standing.numbers.iter_mut().enumerate() {
            number.holder = if portfolio { 0 } else { place };
        }
        cancelled
    }

    fn amend_number(
        &mut self,
        number: usize,
        era: Crossing<'_>,
        drawn: &[Thresholds],
        out: &mut Vec<Change>,
    ) {
        let Crossing { old, new, now, .. } = era;
        let who = &mut self.standing.numbers[number];
        let (life, ended) = era.life(&old.number_measures, &new.number_measures, &who.life);
        who.life = life;
        who.meters = era.meters(&old.number_ratings, &new.number_ratings, &who.meters, drawn);
        who.amend_counts(new, now);
        let coupled = Meters::in_force(&new.number_ratings, now);
        if !coupled.is_some_and(|place| new.number_ratings[place].worst_template) {
            who.coupled = None;
        }
        let holder = who.holder;
        for status in ended {
            let what = What::NumberLeft { status, recovered: true };
            out.push(era.change(Subject::Number(number), what));
            if status == NumberStatus::Flagged {
                self.standing.holders[holder].restart_usage(new, Restart::unflag);
            }
        }
    }
}

impl NumberStanding {
    /// Goes on counting what the new rules have a use for.
    fn amend_counts(&mut self, rules: &Rules, now: SimTime) {
        let capped = rules.number_measures.iter().any(|rule| rule.cap.is_some());
        let messages = self.messages.take().unwrap_or_else(|| Rolling::new(Span::hours(24)));
        self.messages = capped.then_some(messages);
        let within = rules.number_measures.iter().flat_map(|rule| &rule.when).find_map(|asked| match asked {
            Condition::Complaints { within, .. } => Some(*within),
            _ => None,
        });
        let held = self.complaints.take();
        self.complaints = within.map(|within| {
            let mut complaints = Rolling::new(within);
            let held = held.iter().flat_map(|held| held.held_at(now));
            held.for_each(|(at, count)| complaints.add(at, count));
            complaints
        });
    }
}

impl TemplateStanding {
    fn amend(&mut self, place: usize, era: Crossing<'_>, drawn: &[Thresholds], out: &mut Vec<Change>) {
        let Crossing { old, new, now, .. } = era;
        let subject = Subject::Template(place);
        let unit =
            |rules: &[RatingRule]| Meters::in_force(rules, now).map_or(1, |place| rules[place].weight_unit);
        let units = (i128::from(unit(&old.template_ratings)), i128::from(unit(&new.template_ratings)));
        let (life, ended) = era.life(&old.template_measures, &new.template_measures, &self.life);
        self.life = life;
        self.meters = era.meters(&old.template_ratings, &new.template_ratings, &self.meters, drawn);
        for status in ended {
            let what = What::TemplateLeft { status, recovered: true };
            out.push(era.change(subject, what));
            let was = self.meters.rating;
            if status == TemplateStatus::Paused {
                // As after any pause: else the feedback that paused it would pause it again at once.
                self.pace = Pace::Due;
                self.meters.clear();
                if was != Rating::Unknown {
                    out.push(era.change(subject, What::Rated { from: was, to: Rating::Unknown }));
                }
            }
        }
        if let Pace::Trial(mut trial) = self.pace {
            let path = era.old.path(old.pacing[trial.rule].clause);
            let Some(rule) = new.pacing.iter().position(|rule| new.path(rule.clause) == path) else {
                self.pace = Pace::Free;
                out.push(era.change(subject, What::HeldReleased { held: trial.held, judged: false }));
                return;
            };
            trial.rule = rule;
            trial.weighted = trial.weighted * units.1 / units.0;
            if trial.sent >= new.pacing[rule].sample {
                trial.sent = new.pacing[rule].sample;
                trial.judged_at = trial.judged_at.min(now + new.pacing[rule].hold);
            }
            self.pace = Pace::Trial(trial);
        }
    }
}

impl Rules {
    /// Path of a clause.
    fn path(&self, clause: ClauseId) -> &str {
        &self.clauses[usize::from(clause)].path
    }
}

/// The change from one era to the next.
#[derive(Clone, Copy)]
struct Crossing<'e> {
    old: &'e Rules,
    new: &'e Rules,
    amending: &'e Amending,
    now: SimTime,
}

impl Crossing<'_> {
    fn change(&self, subject: Subject, what: What) -> Change {
        Change { at: self.now, subject, what, clause: self.amending.clause }
    }

    // ---- holders --------------------------------------------------------------------------------------------

    /// Who holds the limit now, made of one or several who held it before.
    fn holder(&self, members: &[&HolderStanding]) -> HolderStanding {
        let placed: Vec<(Home, &HolderStanding)> =
            members.iter().map(|member| (self.home(member), *member)).collect();
        // Between two equal limits, the one that is a rung.
        let rank = |(home, _): &(Home, &HolderStanding)| {
            let rung = u8::from(matches!(home, Home::Rung(_)));
            (size(self.limit_of(*home)), rung)
        };
        let chosen = match self.amending.limit {
            WhoseLimit::highest => placed.iter().max_by_key(|placed| rank(placed)),
            WhoseLimit::lowest => placed.iter().min_by_key(|placed| (rank(placed).0, 1 - rank(placed).1)),
            WhoseLimit::own => placed.first(),
        };
        let Some((home, from)) = chosen.copied() else {
            return HolderStanding::open(self.new, self.new.start_tier);
        };
        let (tier, kept) = match home {
            Home::Rung(tier) => (tier, None),
            Home::Kept(limit) => {
                let below = rungs_below(self.new, self.limit_of(home));
                (below.saturating_sub(1), Some(limit))
            }
        };
        let mut holder = HolderStanding { kept, ..HolderStanding::open(self.new, tier) };
        let same = holder.limit(self.new) == from.limit(self.old);
        holder.last_step = if same { from.last_step } else { self.now };
        self.carry_counts(&mut holder, members);
        if self.amending.reviews == Fate::keep {
            holder.review = self.review(&holder, members);
            holder.analysis = self.analysis(members);
        }
        holder
    }

    /// Where a holder's limit leads.
    fn home(&self, holder: &HolderStanding) -> Home {
        let Some(kept) = holder.kept else { return self.amending.homes[holder.tier] };
        let limit = holder.limit(self.old);
        let rung = self.new.tiers.iter().position(|tier| tier.limit == limit);
        rung.map_or(Home::Kept(kept), Home::Rung)
    }

    fn limit_of(&self, home: Home) -> Option<u64> {
        match home {
            Home::Rung(tier) => self.new.tiers[tier].limit,
            Home::Kept(Limit::AtMost(customers)) => Some(customers),
            Home::Kept(Limit::Unlimited) => None,
        }
    }

    /// Customers reached and usage, added up: a customer belongs to one number.
    fn carry_counts(&self, holder: &mut HolderStanding, members: &[&HolderStanding]) {
        let reached = members.iter().flat_map(|member| member.reached.rolling.held_at(self.now));
        refill(&mut holder.reached.rolling, reached.collect());
        if self.amending.usage == Fate::end {
            return;
        }
        for (rule, usage) in self.new.upgrades.iter().zip(&mut holder.usage) {
            let Some(usage) = usage else { continue };
            let path = self.new.path(rule.clause);
            let held = members.iter().filter_map(|member| self.usage_like(path, usage.count, member));
            let counted = held.flat_map(|held| held.tally.rolling.held_at(self.now));
            refill(&mut usage.tally.rolling, counted.collect());
        }
        let waits = |asked: &Condition| matches!(asked, Condition::SinceFirstSend(_));
        if self.new.upgrades.iter().any(|rule| rule.when.iter().any(waits)) {
            let earliest = members.iter().map(|member| member.judge_at).min();
            holder.judge_at = earliest.unwrap_or(SimTime::NEVER);
        }
    }

    /// What was counted before that a rise goes on with: of the same kind, by its own clause if that counted so, else
    /// by the one that looked back furthest.
    fn usage_like<'h>(&self, path: &str, count: Count, holder: &'h HolderStanding) -> Option<&'h Usage> {
        let held = self.old.upgrades.iter().zip(&holder.usage);
        let like = held.filter_map(|(rule, usage)| {
            let usage = usage.as_ref().filter(|usage| same_kind(usage.count, count))?;
            let length = match usage.tally.within {
                Within::Rolling(span) => span,
                Within::CalendarDay => Span::days(1),
            };
            Some(((self.old.path(rule.clause) == path, length), usage))
        });
        like.max_by_key(|(rank, _)| *rank).map(|(_, usage)| usage)
    }

    /// The review that goes on: of those that promised more than the limit is now, the first to end.
    fn review(&self, holder: &HolderStanding, members: &[&HolderStanding]) -> Option<RunningReview> {
        let limit = size(holder.limit(self.new));
        let promised = |member: &HolderStanding, review: &RunningReview| {
            let to = self.old.upgrades[review.rule].to.tier(member.above(self.old));
            self.old.tiers.get(to).map_or(0, |tier| size(tier.limit))
        };
        let reviews = members.iter().filter_map(|member| Some((member, member.review?)));
        let promising = reviews.filter(|(member, review)| promised(member, review) > limit);
        let going_on = promising.filter_map(|(_, review)| {
            let path = self.old.path(self.old.upgrades[review.rule].clause);
            let rule = self.new.upgrades.iter().position(|rule| self.new.path(rule.clause) == path)?;
            let above = holder.above(self.new);
            let to = self.new.upgrades[rule].to.tier(above);
            let leads_up = to >= above && to < self.new.tiers.len();
            leads_up.then_some(RunningReview { rule, until: review.until })
        });
        going_on.min_by_key(|review| review.until)
    }

    /// How the platform's analysis stands, where the new rules ask for one: what is furthest on.
    fn analysis(&self, members: &[&HolderStanding]) -> Analysis {
        let asks = |path: &str| {
            let asking = |rule: &&super::rules::UpgradeRule| rule.when.contains(&Condition::Approved);
            self.new.upgrades.iter().filter(asking).any(|rule| self.new.path(rule.clause) == path)
        };
        let asked = self.old.upgrades.iter().filter(|rule| rule.when.contains(&Condition::Approved));
        if !asked.into_iter().any(|rule| asks(self.old.path(rule.clause))) {
            return Analysis::NotAsked;
        }
        let order = [Analysis::Approved, Analysis::Asked, Analysis::Denied];
        let held = |analysis: &Analysis| members.iter().any(|member| member.analysis == *analysis);
        order.into_iter().find(held).unwrap_or(Analysis::NotAsked)
    }

    // ---- measures -------------------------------------------------------------------------------------------

    /// The measures of a number or template under the new rules, and the statuses that end. What came for good stays;
    /// what lasts as long as something holds goes on where the new rules have its clause.
    fn life<S: Copy + Ord>(
        &self,
        old: &[MeasureRule<S>],
        new: &[MeasureRule<S>],
        life: &Life<S>,
    ) -> (Life<S>, Vec<S>) {
        let mut next = Life::new(new.len());
        let mut for_good = life.for_good();
        let mut ended = Vec::new();
        for (place, rule) in old.iter().enumerate() {
            let path = self.old.path(rule.clause);
            let heir = new.iter().position(|rule| self.new.path(rule.clause) == path);
            if let Some(heir) = heir {
                next.inherit(heir, life, place);
            }
            let Some(run) = life.run(place) else { continue };
            let length = length(rule, &run);
            let known = heir.filter(|heir| sets(&new[*heir], run.status, length));
            match (known, length) {
                (Some(heir), Kind::ForGood | Kind::While) => next.set(heir, Some(run)),
                (Some(heir), Kind::Term) if self.amending.measures == Fate::keep => {
                    next.set(heir, Some(run));
                }
                (None, Kind::ForGood) => {
                    for_good = for_good.max(Some(run.status));
                }
                _ => {
                    ended.push(run.status);
                    if let Some(heir) = heir {
                        next.measure(heir).last_ended = self.now;
                    }
                }
            }
        }
        if let Some(status) = for_good {
            next.come_for_good(status);
        }
        (next, ended)
    }

    // ---- ratings --------------------------------------------------------------------------------------------

    /// The rating under the new rules: each sum goes on with what the clause that looked back furthest had counted.
    fn meters(&self, old: &[RatingRule], new: &[RatingRule], held: &Meters, drawn: &[Thresholds]) -> Meters {
        let mut next = Meters::new(new, drawn, false);
        next.evaluated_at = held.evaluated_at;
        next.touched_at = held.touched_at;
        next.rating = if new.is_empty() { Rating::Unknown } else { held.rating };
        let furthest =
            |places: &mut dyn Iterator<Item = usize>| places.max_by_key(|place| old[*place].window);
        for (rule, meter) in new.iter().zip(&mut next.meters) {
            let mut counted: Vec<(SimTime, Amount)> = Vec::new();
            if let Some(place) = furthest(&mut (0..old.len())) {
                let mut window = held.meters[place].window.clone();
                window.advance(self.now);
                counted.extend(window.delivered().map(|(at, count)| (at, Amount::delivered(count))));
            }
            let heard = furthest(&mut (0..old.len())).and_then(|place| held.meters[place].heard.as_ref());
            for kind in Feedback::ALL {
                let weight = rule.weights.of(kind);
                for (at, count) in heard.iter().flat_map(|heard| heard.of(kind, self.now)) {
                    counted.extend(weight.map(|weight| (at, Amount::feedback(weight, count))));
                    meter.heard.iter_mut().for_each(|own| own.add_kind(at, kind, count));
                }
            }
            counted.sort_by_key(|(at, _)| *at);
            counted.into_iter().for_each(|(at, amount)| meter.window.add(at, amount));
            meter.window.advance(self.now);
        }
        for often in next.meters.iter_mut().filter_map(|meter| meter.often.as_mut()) {
            if let Some(held) = held.meters.iter().find_map(|meter| meter.often.as_ref()) {
                refill(&mut often.messages, held.messages.held_at(self.now).collect());
                refill(&mut often.customers, held.customers.held_at(self.now).collect());
            }
        }
        let shifts = next.meters.iter().map(|meter| meter.window.next_shift());
        let often = next.meters.iter().filter_map(|meter| meter.often.as_ref());
        let expiries = often.map(|often| often.messages.next_expiry());
        next.shift_at = shifts.chain(expiries).min().unwrap_or(SimTime::NEVER);
        next.touch(self.now);
        next
    }
}

fn refill(rolling: &mut Rolling, mut entries: Vec<(SimTime, u64)>) {
    entries.sort_unstable();
    for (at, count) in entries {
        rolling.add(at, count);
    }
}

/// Whether two counts count the same things: the best day is one of deliveries.
fn same_kind(one: Count, other: Count) -> bool {
    let deliveries = |count: Count| matches!(count, Count::delivered | Count::best_day);
    one == other || (deliveries(one) && deliveries(other))
}

/// How a measure under way ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Term,
    While,
    ForGood,
}

fn length<S: PartialEq>(rule: &MeasureRule<S>, run: &Run<S>) -> Kind {
    if run.term.is_some() {
        return Kind::Term;
    }
    let good = rule.terms.iter().any(|term| term.status == run.status && term.length == Length::Forever);
    if good { Kind::ForGood } else { Kind::While }
}

/// Whether a measure can set a status in that way.
fn sets<S: PartialEq>(rule: &MeasureRule<S>, status: S, kind: Kind) -> bool {
    let fits = |length: Length| match kind {
        Kind::Term => matches!(length, Length::For(_)),
        Kind::While => length == Length::While,
        Kind::ForGood => length == Length::Forever,
    };
    rule.terms.iter().any(|term| term.status == status && fits(term.length))
}
