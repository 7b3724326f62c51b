//! What the platform decides by chance in reality: the run draws it, each at its own address, and tells the platform.

use crate::few::One;
use crate::glossary::TemplateStatus;
use crate::platform::{Change, Signal, Subject as Whom, What};
use crate::random::{Address, Chance, Prior, Probability, Purpose, Subject};
use crate::time::{DAY, HOUR, SimTime, Span};

use super::ready::Scenario;
use super::run::Run;
use super::scenario::{ByHandText, PolicyText, Verification};

/// Decisions under way, with when they arrive.
pub(super) struct Pending {
    due: One<(SimTime, Decision)>,
    /// Whether the badge was applied for.
    applied: bool,
    /// How often each template has gone to review.
    reviews: One<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Decision {
    Verified,
    Policy { passed: bool },
    Official { granted: bool },
    Analysis { number: usize, approved: bool },
    Reviewed { template: usize, approved: bool },
}

impl Pending {
    /// What is already under way when a replication starts.
    pub(super) fn open(scenario: &Scenario, chance: &Chance) -> Pending {
        let templates = scenario.opening.templates.len();
        let mut pending = Pending { due: One::new(), applied: false, reviews: One::from_elem(0, templates) };
        let decisions = &scenario.decisions;
        let of = |what: &str| Address::of(Purpose::Decision, Subject::new(&["platform", what]));
        match &decisions.verification {
            // A business that is verified already is told so at the start: who stands on the entry step leaves it.
            Verification::Done => pending.due.push((SimTime::START, Decision::Verified)),
            Verification::Never => {}
            Verification::AfterDays(prior) => {
                let at = SimTime::START + span(prior, DAY, of("verification"), chance);
                pending.due.push((at, Decision::Verified));
            }
        }
        match &decisions.policy {
            PolicyText::Passed => {}
            PolicyText::Open { after_days, passed } => {
                let passed = happens(*passed, of("policy"), chance);
                let at = SimTime::START + span(after_days, DAY, of("policy"), chance);
                pending.due.push((at, Decision::Policy { passed }));
            }
            PolicyText::CancelledAfterDays(prior) => {
                let at = SimTime::START + span(prior, DAY, of("policy"), chance);
                pending.due.push((at, Decision::Policy { passed: false }));
            }
        }
        for (template, opening) in scenario.opening.templates.iter().enumerate() {
            if opening.status == TemplateStatus::Pending {
                pending.review(template, SimTime::START, scenario, chance);
            }
        }
        pending
    }

    /// When the next decision arrives.
    pub(super) fn next(&self) -> SimTime {
        self.due.iter().map(|(at, _)| *at).min().unwrap_or(SimTime::NEVER)
    }

    /// Sends a template to review.
    fn review(&mut self, template: usize, now: SimTime, scenario: &Scenario, chance: &Chance) {
        let review = &scenario.decisions.review;
        let subject = Subject::new(&["platform", "review", &scenario.names().templates[template]]);
        let address = Address { item: 2 * self.reviews[template], ..Address::of(Purpose::Decision, subject) };
        self.reviews[template] = (self.reviews[template] + 1) % 64;
        let approved = !happens(review.rejected, address, chance);
        let by_hand = |text: &&ByHandText| happens(text.chance, Address { cell: 1, ..address }, chance);
        let by_hand = review.by_hand.as_ref().filter(by_hand);
        let hours = by_hand.map_or(&review.hours, |text| &text.hours);
        let at = now + span(hours, HOUR, address, chance);
        self.due.push((at, Decision::Reviewed { template, approved }));
    }
}

impl Run<'_, '_> {
    /// Tells the platform the decisions that arrive at `now`.
    pub(super) fn decide(&mut self, now: SimTime) {
        while let Some(place) = self.pending.due.iter().position(|(at, _)| *at == now) {
            let (_, decision) = self.pending.due.remove(place);
            let signal = match decision {
                Decision::Verified => Signal::Verified,
                Decision::Policy { passed } => Signal::Policy { passed },
                Decision::Official { granted } => Signal::Official { granted },
                Decision::Analysis { number, approved } => Signal::Analysis { number, approved },
                Decision::Reviewed { template, approved } => Signal::Reviewed { template, approved },
            };
            self.platform.hear(now, signal, &mut self.changes);
            self.tell(now);
        }
    }

    /// Sets in motion what a change asks for: an analysis, a review, an application, held messages.
    pub(super) fn follow(&mut self, change: &Change, now: SimTime) {
        let scenario = self.scenario;
        match (change.what, change.subject) {
            (What::AnalysisAsked, Whom::Holder(holder)) => {
                let analysis = &scenario.decisions.analysis;
                let address = Address::of(Purpose::Decision, Subject::new(&["platform", "analysis"]));
                let address = Address { cell: holder as u32, ..address };
                let approved = happens(analysis.granted, address, &self.chance);
                let at = now + span(&analysis.after_days, DAY, address, &self.chance);
                let number = self.platform.number_of(holder);
                self.pending.due.push((at.max(SimTime(now.0 + 1)), Decision::Analysis { number, approved }));
            }
            (What::TemplateEntered { status: TemplateStatus::Pending, .. }, Whom::Template(template)) => {
                self.pending.review(template, now, scenario, &self.chance);
            }
            (What::HeldReleased { .. }, Whom::Template(template)) => self.released.push(template),
            (What::HeldDropped { .. }, Whom::Template(template)) => self.drop_held(template, now),
            (What::Verified | What::TierRose { .. }, _) => self.apply(now),
            _ => {}
        }
    }

    /// Applies for the official-business status as soon as its conditions hold, where the scenario wants it.
    fn apply(&mut self, now: SimTime) {
        let Some(official) = &self.scenario.decisions.official else { return };
        if self.pending.applied || !self.platform.may_apply(now) {
            return;
        }
        self.pending.applied = true;
        let address = Address::of(Purpose::Decision, Subject::new(&["platform", "official"]));
        let granted = happens(official.granted, address, &self.chance);
        let at = now + span(&official.after_days, DAY, address, &self.chance);
        self.pending.due.push((at.max(SimTime(now.0 + 1)), Decision::Official { granted }));
    }
}

/// A length of time, the prior's quantile in `unit` \[seconds\] at an address.
fn span(prior: &Prior, unit: i64, address: Address, chance: &Chance) -> Span {
    Span((chance.parameter(prior, address) * unit as f64).round().max(0.0) as i64)
}

/// Whether something of this chance happens, by the address after that of its time.
fn happens(likely: Probability, address: Address, chance: &Chance) -> bool {
    chance.decides(likely, Address { item: address.item + 1, ..address })
}
