//! The kinds of changes, and which of them the clauses of a ruleset can cause.
//!
//! ```text
//!   What (with times and amounts) --transition--> Transition (its kind alone)
//!   Ruleset --transitions--> by clause, every kind that it can cause, and the edge that decides: what cases are to reach
//! ```
//!
//! A clause without a transition (the ladder, admission, windows, prices, facts) is used all the time and changes
//! nothing by itself.

use std::fmt;

use crate::glossary::{NumberStatus, Rating, TemplateStatus};
use crate::time::Span;

use super::change::What;
use super::language::{
    Cancel, Condition, DowngradeAt, Effect, Ends, HowMany, Measure, Numbers, OfficialChanges, RatingClause,
    RatingOf, Ruleset, Signal, Status, TemplateCoupling, Term, Thin, Upgrade,
};
use super::rules::FromWord;

/// A kind of change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transition {
    /// The business is verified.
    Verified,
    /// The commerce-policy check is passed, or failed.
    Policy(bool),
    /// The official-business status is granted, or denied.
    Official(bool),
    /// The platform looks at the quality of the messages before it decides on a rise.
    AnalysisAsked,
    /// Its analysis approves the rise, or denies it.
    Analysis(bool),
    /// What was held of a template is sent.
    HeldReleased,
    /// What was held of a template fails.
    HeldDropped,
    /// The tier rises.
    TierRises,
    /// The tier falls.
    TierFalls,
    /// A review of a rise begins.
    ReviewStarts,
    /// A review of a rise ends early.
    ReviewCancelled,
    /// The rules change.
    Amended,
    /// The rating of a number or a template changes to this one.
    Rated(Rating),
    /// A number waits until the business may connect more.
    NumberWaits,
    /// A number that waited is connected.
    NumberConnected,
    /// A number's status begins.
    NumberEnters(NumberStatus),
    /// A number's status ends: it recovered, or its time is over.
    NumberLeaves(NumberStatus, bool),
    /// A template's status begins.
    TemplateEnters(TemplateStatus),
    /// A template's status ends: it recovered, or its time is over.
    TemplateLeaves(TemplateStatus, bool),
}

impl What {
    /// The kind of this change.
    pub fn transition(self) -> Transition {
        match self {
            What::Verified => Transition::Verified,
            What::PolicyDecided { passed } => Transition::Policy(passed),
            What::OfficialDecided { granted } => Transition::Official(granted),
            What::AnalysisAsked => Transition::AnalysisAsked,
            What::AnalysisDecided { approved } => Transition::Analysis(approved),
            What::HeldReleased { .. } => Transition::HeldReleased,
            What::HeldDropped { .. } => Transition::HeldDropped,
            What::TierRose { .. } => Transition::TierRises,
            What::TierFell { .. } => Transition::TierFalls,
            What::ReviewStarted { .. } => Transition::ReviewStarts,
            What::ReviewCancelled => Transition::ReviewCancelled,
            What::Amended { .. } => Transition::Amended,
            What::Rated { to, .. } => Transition::Rated(to),
            What::NumberWaits { .. } => Transition::NumberWaits,
            What::NumberConnected => Transition::NumberConnected,
            What::NumberEntered { status, .. } => Transition::NumberEnters(status),
            What::NumberLeft { status, recovered } => Transition::NumberLeaves(status, recovered),
            What::TemplateEntered { status, .. } => Transition::TemplateEnters(status),
            What::TemplateLeft { status, recovered } => Transition::TemplateLeaves(status, recovered),
        }
    }
}

impl fmt::Display for Transition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let left = |recovered: bool| if recovered { "recovered" } else { "its time is over" };
        match *self {
            Transition::Verified => f.write_str("verified"),
            Transition::Policy(true) => f.write_str("the policy check is passed"),
            Transition::Policy(false) => f.write_str("the policy check is failed"),
            Transition::Official(true) => f.write_str("granted"),
            Transition::Official(false) => f.write_str("denied"),
            Transition::AnalysisAsked => f.write_str("an analysis is asked for"),
            Transition::Analysis(true) => f.write_str("the analysis approves"),
            Transition::Analysis(false) => f.write_str("the analysis denies"),
            Transition::HeldReleased => f.write_str("what is held is sent"),
            Transition::HeldDropped => f.write_str("what is held fails"),
            Transition::TierRises => f.write_str("the tier rises"),
            Transition::TierFalls => f.write_str("the tier falls"),
            Transition::ReviewStarts => f.write_str("a review begins"),
            Transition::ReviewCancelled => f.write_str("the review is cancelled"),
            Transition::Amended => f.write_str("the rules change"),
            Transition::Rated(rating) => write!(f, "rated {rating}"),
            Transition::NumberWaits => f.write_str("a number waits"),
            Transition::NumberConnected => f.write_str("a number is connected"),
            Transition::NumberEnters(status) => write!(f, "{status}"),
            Transition::NumberLeaves(status, how) => write!(f, "no longer {status}: {}", left(how)),
            Transition::TemplateEnters(status) => write!(f, "{status}"),
            Transition::TemplateLeaves(status, how) => write!(f, "no longer {status}: {}", left(how)),
        }
    }
}

// ---- what a ruleset can do ----------------------------------------------------------------------------------------

/// A clause by its path, and the kinds of changes that it can cause, each with the edge that decides about it.
pub type ClauseTransitions = (String, Vec<(Transition, Edge)>);

/// What decides whether a transition takes place, and so where its edge lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edge {
    /// A count that reaches a number: usage, the limit, deliveries and feedback of a rating, complaints.
    Count,
    /// A time that is over.
    Time,
    /// A decision, or whatever comes first.
    Other,
}

impl Ruleset {
    /// The clauses that can change something, in the order of the language, each with the kinds of its changes.
    pub fn transitions(&self) -> Vec<ClauseTransitions> {
        let mut all: Vec<ClauseTransitions> = Vec::new();
        if let Some(made) = self.numbers.as_ref().map(of_numbers).filter(|made| !made.is_empty()) {
            all.push(("numbers".to_owned(), made));
        }
        all.extend(named("rating", self.rating.iter(), |_, clause| of_rating(clause)));
        all.extend(named("upgrade", self.upgrade.iter(), |name, clause| self.of_upgrade(name, clause)));
        if let Some(official) = &self.official {
            let lifts = matches!(official.changes, OfficialChanges::StartsAt(_));
            let made = [Transition::Official(true), Transition::Official(false)].into_iter();
            let made = made.chain(lifts.then_some(Transition::TierRises));
            all.push(("official".to_owned(), made.map(|made| (made, Edge::Other)).collect()));
        }
        all.extend(named("number", self.number.iter(), |name, clause| self.of_number(name, clause)));
        if let Some(review) = &self.review {
            let mut made = vec![Transition::TemplateLeaves(TemplateStatus::Pending, true)];
            if review.may_reject {
                made.push(Transition::TemplateEnters(TemplateStatus::Rejected));
            }
            made.push(match review.after_edit {
                true => Transition::TemplateEnters(TemplateStatus::Pending),
                false => Transition::TemplateLeaves(TemplateStatus::Rejected, true),
            });
            all.push(("review".to_owned(), made.into_iter().map(|made| (made, Edge::Other)).collect()));
        }
        let held = || vec![(Transition::HeldReleased, Edge::Count), (Transition::HeldDropped, Edge::Count)];
        all.extend(named("pacing", self.pacing.iter(), |_, _| held()));
        all.extend(named("template", self.template.iter(), |_, clause| of_template(clause)));
        all
    }

    fn of_upgrade(&self, name: &str, clause: &Upgrade) -> Vec<(Transition, Edge)> {
        let mut made = Vec::new();
        let first = |hears: &dyn Fn(&Upgrade) -> bool| {
            self.upgrade.iter().find(|(_, other)| hears(other)).is_some_and(|(other, _)| other == name)
        };
        let edge = edge(&clause.when);
        let asks = clause.when.contains(&Condition::Approved);
        if first(&|other| other.on.contains(&Signal::verification)) {
            made.push((Transition::Verified, Edge::Other));
        }
        if asks {
            made.push((Transition::AnalysisAsked, edge));
        }
        if first(&|other| other.when.contains(&Condition::Approved)) {
            made.extend([true, false].map(|approved| (Transition::Analysis(approved), Edge::Other)));
        }
        let decides = if asks { Edge::Other } else { edge };
        if clause.review == Span(0) {
            made.push((Transition::TierRises, decides));
            return made;
        }
        made.push((Transition::ReviewStarts, decides));
        if clause.cancelled_by.iter().any(|cause| self.can_cancel(*cause)) {
            made.push((Transition::ReviewCancelled, Edge::Other));
        }
        made.push((Transition::TierRises, Edge::Time));
        made
    }

    /// Whether what ends a review early can happen at all.
    fn can_cancel(&self, cause: Cancel) -> bool {
        let sets = |status: Status| {
            self.number.values().any(|measure| measure.term.iter().any(|term| term.status() == status))
        };
        match cause {
            Cancel::flagged => sets(Status::Flagged),
            Cancel::restricted => sets(Status::Restricted),
            Cancel::low => self.rating.values().any(|clause| clause.of == RatingOf::Number),
        }
    }

    fn of_number(&self, name: &str, clause: &Measure) -> Vec<(Transition, Edge)> {
        let mut made = Vec::new();
        let decides = |measure: &Measure| measure.on.contains(&Signal::policy);
        if self.number.iter().find(|(_, other)| decides(other)).is_some_and(|(other, _)| other == name) {
            made.extend([true, false].map(|passed| (Transition::Policy(passed), Edge::Other)));
        }
        of_measure(clause, Transition::NumberEnters, Transition::NumberLeaves, &mut made);
        made
    }
}

/// The clauses of a section with what `made` says of each.
fn named<'r, C: 'r>(
    section: &str,
    clauses: impl Iterator<Item = (&'r str, &'r C)>,
    made: impl Fn(&str, &C) -> Vec<(Transition, Edge)>,
) -> Vec<ClauseTransitions> {
    clauses.map(|(name, clause)| (format!("{section}.{name}"), made(name, clause))).collect()
}

/// Numbers wait where those of a business that is not verified are bounded.
fn of_numbers(clause: &Numbers) -> Vec<(Transition, Edge)> {
    let HowMany::AtMost(before) = clause.unverified else { return Vec::new() };
    let more = match clause.verified {
        HowMany::AtMost(after) => after > before,
        HowMany::Unlimited | HowMany::Unstated => true,
    };
    let connects = more.then_some(Transition::NumberConnected);
    std::iter::once(Transition::NumberWaits).chain(connects).map(|made| (made, Edge::Other)).collect()
}

fn of_rating(clause: &RatingClause) -> Vec<(Transition, Edge)> {
    let mut made = vec![(Transition::Rated(Rating::High), Edge::Count)];
    if clause.medium_from < clause.low_from {
        made.push((Transition::Rated(Rating::Medium), Edge::Count));
    }
    made.push((Transition::Rated(Rating::Low), Edge::Count));
    // An edit that is approved starts a template's window afresh, and with it that of a number that is coupled to it.
    let coupled = clause.template_coupling == Some(TemplateCoupling::worst_template);
    if clause.of == RatingOf::Template || clause.thin == Thin::unknown || coupled {
        made.push((Transition::Rated(Rating::Unknown), Edge::Other));
    }
    made
}

fn of_template(clause: &Measure) -> Vec<(Transition, Edge)> {
    let mut made = Vec::new();
    of_measure(clause, Transition::TemplateEnters, Transition::TemplateLeaves, &mut made);
    // Its rating window starts afresh.
    if clause.term.iter().any(|term| matches!(term, Term::For(Status::Paused, _))) {
        made.push((Transition::Rated(Rating::Unknown), Edge::Time));
    }
    made
}

/// What a measure on a number or a template does.
fn of_measure<S: FromWord>(
    clause: &Measure,
    enters: impl Fn(S) -> Transition,
    leaves: impl Fn(S, bool) -> Transition,
    made: &mut Vec<(Transition, Edge)>,
) {
    let mut add = |transition: Transition, edge: Edge| {
        if !made.iter().any(|(known, _)| *known == transition) {
            made.push((transition, edge));
        }
    };
    for term in &clause.term {
        let Some(status) = S::from_word(term.status()) else { continue };
        add(enters(status), edge(&clause.when));
        match term {
            Term::For(..) => {
                if can_recover(clause) {
                    add(leaves(status, true), Edge::Other);
                }
                add(leaves(status, false), Edge::Time);
            }
            Term::While(_) => add(leaves(status, true), Edge::Other),
            Term::Forever(_) => {}
        }
    }
    for effect in clause.then.iter().chain(&clause.if_still) {
        match effect {
            Effect::Up(_) => add(Transition::TierRises, Edge::Time),
            Effect::Down { .. } if clause.downgrade_at == Some(DowngradeAt::flag) => {
                add(Transition::TierFalls, edge(&clause.when));
            }
            Effect::Down { .. } => add(Transition::TierFalls, Edge::Time),
            Effect::Becomes(status) => {
                if let Some(status) = S::from_word(*status) {
                    add(enters(status), Edge::Time);
                }
            }
            // It cites its own clause.
            Effect::Impose(_) => {}
        }
    }
}

/// Whether the conditions of a measure can cease to hold before it ends; or an edit saves a template.
fn can_recover(clause: &Measure) -> bool {
    !clause.when.is_empty() || clause.ends == Some(Ends::by_edit)
}

/// What decides whether conditions hold together. A measure without any begins when another ends.
fn edge(conditions: &[Condition]) -> Edge {
    let timed =
        |condition: &Condition| matches!(condition, Condition::LowFor(_) | Condition::SinceLastStep(_));
    let counted = |condition: &Condition| {
        matches!(
            condition,
            Condition::Usage { .. }
                | Condition::Complaints { .. }
                | Condition::LimitReached
                | Condition::FlagOn(_)
                | Condition::RatingAtMost(_)
        )
    };
    if conditions.is_empty() || conditions.iter().any(timed) {
        Edge::Time
    } else if conditions.iter().any(counted) {
        Edge::Count
    } else {
        Edge::Other
    }
}
