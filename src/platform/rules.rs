//! A ruleset made ready for judging: names become positions, spans seconds, dates instants.
//!
//! Compiling cannot fail: a [`Ruleset`](super::language::Ruleset) that passed its checks names only tiers, measures and
//! sources that exist.

mod compile;

use crate::glossary::{Category, Feedback, NumberStatus, Rating, Ratio, TemplateStatus};
use crate::time::{SimTime, Span};

use super::language::{
    Amount, Cancel, Condition, ConsumeOn, Ends, Forbidden, Frequency, Holder, Numbers, Paced, Restart,
    Signal, Status, Thin, Within,
};
use super::weights::Weights;

/// Position of a clause in [`Rules::clauses`].
pub type ClauseId = u16;

/// What a change cites: the path of the clause and where it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClauseInfo {
    /// Path in the ruleset, such as `upgrade.volume`.
    pub path: String,
    /// Titles and dates of its sources, or the mark `assumed`.
    pub cites: String,
}

/// A ruleset ready for judging.
#[derive(Clone, Debug)]
pub struct Rules {
    /// Name of the ruleset.
    pub name: String,
    /// Every clause that a change can cite.
    pub clauses: Vec<ClauseInfo>,
    /// The tiers, lowest first; one without a limit where the platform knew no tiers.
    pub tiers: Vec<Tier>,
    /// The tier at which a new number starts.
    pub start_tier: usize,
    /// Who holds the limit.
    pub holder: Holder,
    pub(crate) midnights: Vec<SimTime>,
    pub(crate) ladder_clause: ClauseId,
    pub(crate) cap: Option<TierCap>,
    /// What a number's line carries, clause by clause.
    lines: Vec<Line>,
    /// When a clause bounds how many marketing messages a person gets.
    person_caps: Vec<InForce>,
    pub(crate) number_ratings: Vec<RatingRule>,
    pub(crate) template_ratings: Vec<RatingRule>,
    pub(crate) upgrades: Vec<UpgradeRule>,
    /// The rhythms of clauses with a clock of their own, each once, in the order of the clauses.
    pub(crate) clocks: Vec<Span>,
    /// What any rise listens to, and any measure of a number.
    pub(crate) rises_hear: Signals,
    pub(crate) measures_hear: Signals,
    /// Up to so many complaints no measure begins that listens to feedback \[complaints\].
    pub(crate) idle_complaints: u64,
    /// Whether the same ratings are judged alike at every evaluation, as long as the same clauses are in force: no rise
    /// listens to them, and none looks at another.
    pub(crate) judged_alike: bool,
    /// Whether one clause rates numbers and another templates, both at the same instants.
    pub(crate) rated_together: bool,
    /// When another clause rates than before, or another measure listens to ratings, the earliest first.
    pub(crate) turns: Vec<SimTime>,
    /// After how long an unread message counts as unread, where a rating weighs that: the shortest that a clause
    /// states.
    unread_after: Option<Span>,
    /// Whether a measure of a number lasts as long as nothing more may be started under the limit.
    pub(crate) any_while_full: bool,
    pub(crate) number_measures: Vec<MeasureRule<NumberStatus>>,
    pub(crate) template_measures: Vec<MeasureRule<TemplateStatus>>,
    pub(crate) review: Option<ReviewRule>,
    pub(crate) pacing: Vec<PacingRule>,
    pub(crate) official: Option<OfficialRule>,
    pub(crate) connect: Option<ConnectRule>,
}

/// The review of templates.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ReviewRule {
    pub(crate) clause: ClauseId,
    pub(crate) after_edit: bool,
}

/// The trial of a template on a first sample.
#[derive(Clone, Debug)]
pub(crate) struct PacingRule {
    pub(crate) clause: ClauseId,
    pub(crate) in_force: InForce,
    pub(crate) categories: Vec<Category>,
    pub(crate) applies_to: Vec<Paced>,
    pub(crate) sample: u64,
    pub(crate) hold: Span,
    pub(crate) drops_at: Rating,
}

/// The official-business status.
#[derive(Clone, Debug)]
pub(crate) struct OfficialRule {
    pub(crate) clause: ClauseId,
    pub(crate) needs: Vec<Condition>,
    /// Position of the tier that it lifts to; nothing where it changes no limit.
    pub(crate) lifts_to: Option<usize>,
}

/// A step of the ladder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tier {
    /// Its name.
    pub name: String,
    /// Its limit \[customers\]; `None` is unlimited.
    pub limit: Option<u64>,
}

/// The instants between which a clause is in force: `from` included, `until` not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct InForce {
    from: SimTime,
    until: SimTime,
}

impl InForce {
    /// When it comes into force, and when it ceases to be.
    fn ends(self) -> [SimTime; 2] {
        [self.from, self.until]
    }

    pub(crate) fn at(self, now: SimTime) -> bool {
        self.from <= now && now < self.until
    }

    /// Whether it is in force at some time before `end`.
    fn before(self, end: SimTime) -> bool {
        SimTime::START < self.until && self.from < end
    }

    /// The first instant in force at `earliest` or later that is a multiple of `every`.
    #[inline]
    pub(crate) fn next_multiple(self, earliest: SimTime, every: Span) -> Option<SimTime> {
        let from = earliest.max(self.from);
        let due = SimTime(from.0.checked_add(every.0 - 1)?.div_euclid(every.0) * every.0);
        self.at(due).then_some(due)
    }
}

#[derive(Clone, Debug)]
pub(crate) struct TierCap {
    pub(crate) free_in_window: bool,
    pub(crate) within: Within,
    pub(crate) consume_on: ConsumeOn,
    pub(crate) error: Option<u32>,
}

/// How many messages a number's line carries within a time.
#[derive(Clone, Copy, Debug)]
struct Line {
    in_force: InForce,
    most: u64,
    within: Span,
}

/// How many numbers may be connected, ready for judging; `None` is no bound.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ConnectRule {
    pub(crate) clause: ClauseId,
    pub(super) before: Option<u64>,
    pub(super) after: Option<u64>,
}

impl ConnectRule {
    pub(crate) fn new(numbers: &Numbers, clause: ClauseId) -> ConnectRule {
        ConnectRule { clause, before: numbers.unverified.most(), after: numbers.verified.most() }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct RatingRule {
    pub(crate) clause: ClauseId,
    pub(crate) path: String,
    pub(crate) in_force: InForce,
    pub(crate) window: Span,
    /// Weight by full days of age.
    pub(crate) ages: Vec<u64>,
    /// Kind and weight of what counts, over the common denominator `weight_unit`.
    pub(crate) weights: Weights,
    pub(crate) weight_unit: i64,
    pub(crate) min_deliveries: u64,
    pub(crate) thin: Thin,
    pub(crate) unknown_counts_as: Rating,
    pub(crate) thresholds: Thresholds,
    pub(crate) every: Span,
    pub(crate) worst_template: bool,
    /// After how long a message counts as unread, where that weighs.
    pub(crate) unread_after: Option<Span>,
    /// After how long an answer is slow, where a clause says so.
    pub(crate) answer_within: Option<Span>,
    /// What frequent sending adds, where that weighs.
    pub(crate) frequency: Option<Frequency>,
}

impl RatingRule {
    /// Whether this kind of feedback weighs.
    pub(crate) fn weighs(&self, kind: Feedback) -> bool {
        self.weights.of(kind).is_some()
    }
}

/// The scores from which a rating is Medium and Low.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Thresholds {
    /// At this score or above the rating is Medium.
    pub medium_from: Ratio,
    /// At this score or above the rating is Low.
    pub low_from: Ratio,
}

#[derive(Clone, Debug)]
pub(crate) struct UpgradeRule {
    pub(crate) clause: ClauseId,
    pub(crate) in_force: InForce,
    /// Whether the rule leads up from the tier at each position.
    pub(crate) from: Vec<bool>,
    pub(crate) to: Target,
    pub(crate) on: Signals,
    pub(crate) when: Vec<Condition>,
    /// The usage that it asks for, if it asks for any.
    pub(crate) usage: Option<Amount>,
    pub(crate) review: Span,
    pub(crate) cancelled_by: Vec<Cancel>,
    pub(crate) restarts: Vec<Restart>,
    pub(crate) restricted_blocks: bool,
    pub(crate) templates_count: bool,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Target {
    Next,
    AtLeast(usize),
}

impl Target {
    /// The tier, where `above` is the next one.
    pub(super) fn tier(self, above: usize) -> usize {
        match self {
            Target::Next => above,
            Target::AtLeast(tier) => tier,
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct MeasureRule<S> {
    pub(crate) clause: ClauseId,
    pub(crate) in_force: InForce,
    pub(crate) on: Signals,
    pub(crate) when: Vec<Condition>,
    /// What ends it.
    pub(crate) lasts: Lasts,
    pub(crate) terms: Vec<RuleTerm<S>>,
    pub(crate) forbids: Vec<Forbidden>,
    pub(crate) cap: Option<u64>,
    pub(crate) ends: Ends,
    pub(crate) then: Vec<RuleEffect<S>>,
    pub(crate) if_still: Vec<RuleEffect<S>>,
    pub(crate) downgrade_at_once: bool,
    pub(crate) forgets: Option<Span>,
}

/// The signals that a clause listens to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Signals {
    /// A bit each for the signals that have no time.
    plain: u16,
    /// The clocks.
    every: Vec<Span>,
}

impl Signals {
    /// All of `signals`.
    pub(crate) fn of<'a>(signals: impl IntoIterator<Item = &'a Signal>) -> Signals {
        let mut heard = Signals::default();
        for signal in signals {
            match signal {
                Signal::Every(span) if heard.every.contains(span) => {}
                Signal::Every(span) => heard.every.push(*span),
                plain => heard.plain |= Signals::bit(*plain),
            }
        }
        heard
    }

    /// Whether `signal` is heard.
    #[inline]
    pub(crate) fn contains(&self, signal: &Signal) -> bool {
        match signal {
            Signal::Every(span) => self.every.contains(span),
            plain => self.plain & Signals::bit(*plain) != 0,
        }
    }

    /// Whether nothing but `signal`, which has no time, is heard.
    pub(crate) fn only(&self, signal: Signal) -> bool {
        self.every.is_empty() && self.plain == Signals::bit(signal)
    }

    #[inline]
    fn bit(signal: Signal) -> u16 {
        match signal {
            Signal::delivery => 1,
            Signal::rating => 1 << 1,
            Signal::verification => 1 << 2,
            Signal::application => 1 << 3,
            Signal::policy => 1 << 4,
            Signal::feedback => 1 << 5,
            Signal::imposed => 1 << 6,
            Signal::Every(_) => 0,
        }
    }
}

/// What ends a measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lasts {
    /// Its term, or nothing.
    Term,
    /// It lasts as long as nothing more may be started under the limit.
    WhileFull,
    /// It lasts as long as its own conditions hold.
    WhileHeld,
}

impl Lasts {
    fn of<S>(terms: &[RuleTerm<S>], when: &[Condition]) -> Lasts {
        match terms.iter().any(|term| term.length == Length::While) {
            true if when.contains(&Condition::LimitReached) => Lasts::WhileFull,
            true => Lasts::WhileHeld,
            false => Lasts::Term,
        }
    }
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct RuleTerm<S> {
    pub(crate) status: S,
    pub(crate) length: Length,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Length {
    For(Span),
    While,
    Forever,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum RuleEffect<S> {
    Up(usize),
    Down { levels: usize, floor: usize },
    Becomes(S),
    Impose(usize),
}

/// How the words of a measure map to the statuses of its subject.
pub(crate) trait FromWord: Copy {
    /// The status of that name, if the subject has it.
    fn from_word(word: Status) -> Option<Self>;
}

impl FromWord for NumberStatus {
    fn from_word(word: Status) -> Option<NumberStatus> {
        Some(match word {
            Status::Restricted => NumberStatus::Restricted,
            Status::Warned => NumberStatus::Warned,
            Status::Flagged => NumberStatus::Flagged,
            Status::RateLimited => NumberStatus::RateLimited,
            Status::Pending => NumberStatus::Pending,
            Status::Offline => NumberStatus::Offline,
            Status::Banned => NumberStatus::Banned,
            Status::Paused | Status::Rejected | Status::Disabled => return None,
        })
    }
}

impl FromWord for TemplateStatus {
    fn from_word(word: Status) -> Option<TemplateStatus> {
        Some(match word {
            Status::Flagged => TemplateStatus::Flagged,
            Status::Pending => TemplateStatus::Pending,
            Status::Paused => TemplateStatus::Paused,
            Status::Rejected => TemplateStatus::Rejected,
            Status::Disabled => TemplateStatus::Disabled,
            _ => return None,
        })
    }
}

impl Rules {
    /// Position of the tier of that name.
    pub fn tier(&self, name: &str) -> Option<usize> {
        self.tiers.iter().position(|tier| tier.name == name)
    }

    /// The rating clauses, those of numbers first: path and stated thresholds of each.
    pub fn thresholds(&self) -> impl Iterator<Item = (&str, Thresholds)> {
        let rules = self.number_ratings.iter().chain(&self.template_ratings);
        rules.map(|rule| (rule.path.as_str(), rule.thresholds))
    }

    /// Position, among [`Rules::thresholds`], of the clause that rates numbers at `now`.
    pub fn number_rating_at(&self, now: SimTime) -> Option<usize> {
        self.number_ratings.iter().position(|rule| rule.in_force.at(now))
    }

    /// Whether templates are rated at some time before `end`.
    pub fn rates_templates(&self, end: SimTime) -> bool {
        self.template_ratings.iter().any(|rule| rule.in_force.before(end))
    }

    /// Whether a measure can set this status on a number.
    pub fn number_can_be(&self, status: NumberStatus) -> bool {
        self.number_measures.iter().any(|rule| rule.terms.iter().any(|term| term.status == status))
    }

    /// Whether a measure can set this status on a template.
    pub fn template_can_be(&self, status: TemplateStatus) -> bool {
        let becomes =
            |effect: &RuleEffect<TemplateStatus>| matches!(effect, RuleEffect::Becomes(s) if *s == status);
        self.template_measures.iter().any(|rule| {
            rule.terms.iter().any(|term| term.status == status)
                || rule.if_still.iter().chain(&rule.then).any(becomes)
        })
    }

    /// Whether anything can lower the tier.
    pub fn can_downgrade(&self) -> bool {
        let down = |effect: &RuleEffect<NumberStatus>| matches!(effect, RuleEffect::Down { .. });
        self.number_measures.iter().any(|rule| rule.if_still.iter().chain(&rule.then).any(down))
    }

    /// Whether messages inside a service window are admitted without using up the limit.
    pub fn free_in_service_window(&self) -> bool {
        self.cap.as_ref().is_some_and(|cap| cap.free_in_window)
    }

    /// Whether a measure can bound how many messages a number sends.
    pub(crate) fn caps_messages(&self) -> bool {
        self.number_measures.iter().any(|rule| rule.cap.is_some())
    }

    /// The most messages that a number's line carries in a slot of this length that begins at `now`; `None` where no
    /// clause in force bounds them.
    pub fn most_in_slot(&self, now: SimTime, slot: Span) -> Option<u64> {
        let lines = self.lines.iter().filter(|line| line.in_force.at(now));
        lines.map(|line| line.most.saturating_mul((slot.0.max(line.within.0) / line.within.0) as u64)).min()
    }

    /// Whether it is bounded at `now` how many marketing messages a person gets, from all businesses together.
    pub fn caps_persons(&self, now: SimTime) -> bool {
        self.person_caps.iter().any(|clause| clause.at(now))
    }

    /// Whether it is bounded at any time how many marketing messages a person gets.
    pub fn ever_caps_persons(&self) -> bool {
        !self.person_caps.is_empty()
    }

    /// Whether a rating weighs feedback of this kind.
    pub fn weighs(&self, kind: Feedback) -> bool {
        let mut ratings = self.number_ratings.iter().chain(&self.template_ratings);
        ratings.any(|rule| rule.weighs(kind))
    }

    /// After how long an unread message counts as unread, where a rating weighs that: the shortest that a clause
    /// states.
    pub fn unread_after(&self) -> Option<Span> {
        self.unread_after
    }

    /// Paths of the rating clauses that weigh unread messages and are in force at some time before `end`.
    pub fn weighing_unread(&self, end: SimTime) -> impl Iterator<Item = &str> {
        let rules = self.number_ratings.iter().chain(&self.template_ratings);
        let weighing = rules.filter(move |rule| rule.unread_after.is_some() && rule.in_force.before(end));
        weighing.map(|rule| rule.path.as_str())
    }

    /// After how long an answer of the business is slow: the shortest time that a rating clause states.
    pub fn answer_within(&self) -> Option<Span> {
        self.number_ratings.iter().chain(&self.template_ratings).filter_map(|rule| rule.answer_within).min()
    }

    /// Whether only entry clauses lead up from a tier: none that takes the next step.
    pub fn is_entry(&self, tier: usize) -> bool {
        let next = |rule: &UpgradeRule| matches!(rule.to, Target::Next) && rule.from[tier];
        tier + 1 < self.tiers.len() && !self.upgrades.iter().any(next)
    }

    pub(crate) fn midnight_before(&self, now: SimTime) -> SimTime {
        match self.midnights.partition_point(|midnight| *midnight <= now) {
            0 => SimTime(i64::MIN / 2),
            after => self.midnights[after - 1],
        }
    }

    pub(crate) fn midnight_after(&self, now: SimTime) -> SimTime {
        let after = self.midnights.partition_point(|midnight| *midnight <= now);
        self.midnights.get(after).copied().unwrap_or(SimTime::NEVER)
    }
}

#[cfg(test)]
impl Rules {
    /// The rulesets that come with the program, by name, of a history of so many days.
    pub(crate) fn built_in(days: i64) -> impl Iterator<Item = (&'static str, Rules)> {
        super::catalogue::names().map(move |name| {
            let ruleset = super::Ruleset::read(&super::catalogue::document(name).unwrap()).unwrap();
            let midnights = (0..days + 90).map(|day| SimTime(day * crate::time::DAY)).collect();
            (name, Rules::compile(&ruleset, midnights, &|_| SimTime::START))
        })
    }
}
