//! What a case just misses: the case changed by one unit is run again, and what that causes besides was just missed.
//!
//! ```text
//!   Case --neighbours--> one message, reaction or customer more or less    (Unit::One)
//!        |               one thing that happens, a second earlier or later (Unit::Second)
//!        |               a decision the other way round, a step in what is given of the sender (Unit::Step)
//!        |                   --run--> transitions that the case itself does not make
//!        '--looks-----> what is looked at one second before it changes     (Unit::Second)
//! ```
//!
//! A case *just misses* a transition of a clause
//!
//! - if the case with one thing that it states changed by one unit makes this transition, of the same subject and by
//!   the same clause, more often than the case as it stands; or
//! - if the case looks at the subject one second before the transition.
//!
//! Both need the platform as it is and nothing else of it: no judgement tells what was missing. Only what a case
//! states is changed, and the rules never are. So 499 customers just miss the review that the 500th begins, `day 2
//! 14:59:59` just misses the rise of 15:00, and 9 blocks of 1,000 just miss a Medium that 10 bring.

use crate::glossary::Rating;
use crate::platform::language::Holder;
use crate::platform::{Policy, Signal, Subject, Transition};
use crate::time::{SimTime, Span};

use super::Case;
use super::outcome::{CaseOutcome, Made};
use super::play::Play;
use super::script::{Event, Fact, Script};

/// A transition that a case just misses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JustMissed {
    /// Name of the ruleset in force.
    pub ruleset: String,
    /// Path of the clause that would have caused it.
    pub clause: String,
    /// What it would have been.
    pub transition: Transition,
    /// By what it was missed.
    pub by: Unit,
}

/// By what something is just missed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// One message, reaction or customer.
    One,
    /// One second.
    Second,
    /// A decision the other way round, or one step in what is given of the sender: tier, rating, verification, policy.
    Step,
}

impl Unit {
    /// Every unit; its position is its index in counters.
    pub const ALL: [Unit; 3] = [Unit::One, Unit::Second, Unit::Step];
}

impl Case {
    /// What the case just misses, each once by each unit; `outcome` is what became of the case.
    pub fn just_missed(&self, outcome: &CaseOutcome) -> Vec<JustMissed> {
        let mut missed: Vec<JustMissed> = Vec::new();
        let mut add = |made: &Made, by: Unit| {
            let Made { ruleset, clause, transition, .. } = made.clone();
            let entry = JustMissed { ruleset, clause, transition, by };
            if !missed.contains(&entry) {
                missed.push(entry);
            }
        };
        outcome.transitions.iter().filter(|made| self.looked_at_before(made)).for_each(|made| {
            add(made, Unit::Second);
        });
        let own = tally(&outcome.transitions);
        for (by, script) in self.neighbours() {
            let other = Play::of(self, &script, false).finish();
            for (made, times) in tally(&other.transitions) {
                let before = own.iter().find(|(known, _)| alike(known, made)).map_or(0, |(_, times)| *times);
                if times > before {
                    add(made, by);
                }
            }
        }
        missed
    }

    /// Whether the case looks at what changes one second before it does.
    fn looked_at_before(&self, made: &Made) -> bool {
        let looks = self.expected.iter().filter(|look| look.at + Span(1) == made.at);
        looks.flat_map(|look| &look.facts).any(|(fact, _)| self.speaks_of(fact, made))
    }

    /// Whether a fact is about what a transition changes.
    fn speaks_of(&self, fact: &Fact, made: &Made) -> bool {
        let of_number = |number: usize| match made.subject {
            Subject::Number(own) => own == number,
            // The portfolio's limit is that of every number.
            Subject::Holder(place) => place == number || self.shared_limit(&made.ruleset),
            Subject::Portfolio => true,
            Subject::Template(_) => false,
        };
        let of_template = |template: usize| made.subject == Subject::Template(template);
        match (made.transition, fact) {
            (Transition::TierRises | Transition::TierFalls | Transition::Amended, Fact::Limit(number, _))
            | (Transition::TierRises | Transition::TierFalls | Transition::Amended, Fact::Tier(number, _))
            | (Transition::ReviewStarts | Transition::ReviewCancelled, Fact::Review(number, _))
            | (Transition::Rated(_), Fact::Rating(number, _)) => of_number(*number),
            (Transition::NumberEnters(_) | Transition::NumberLeaves(..), Fact::Status(number, _))
            | (Transition::NumberEnters(_) | Transition::NumberLeaves(..), Fact::Statuses(number, _)) => {
                of_number(*number)
            }
            (Transition::NumberConnected, Fact::Capacity(number, _)) => of_number(*number),
            (Transition::Policy(_), Fact::Status(number, _) | Fact::Statuses(number, _)) => {
                of_number(*number)
            }
            (
                Transition::TemplateEnters(_) | Transition::TemplateLeaves(..),
                Fact::TemplateStatus(own, _),
            )
            | (Transition::Rated(_), Fact::TemplateRating(own, _))
            | (Transition::HeldDropped, Fact::Dropped(own, _)) => of_template(*own),
            (Transition::Verified, Fact::Verified(_)) | (Transition::Official(_), Fact::MayApply(_)) => true,
            _ => false,
        }
    }

    /// Whether the business holds the limit by these rules.
    fn shared_limit(&self, ruleset: &str) -> bool {
        let mut all = std::iter::once(&self.rules).chain(self.later.iter().map(|era| &era.rules));
        all.any(|rules| rules.name == ruleset && rules.holder == Holder::Portfolio)
    }

    // ---- neighbours -----------------------------------------------------------------------------------------

    /// The case with one thing changed by one unit.
    fn neighbours(&self) -> Vec<(Unit, Script)> {
        let mut all = Vec::new();
        for place in 0..self.script.events.len() {
            let (at, event) = &self.script.events[place];
            all.extend(
                event.by_one().into_iter().map(|event| (Unit::One, self.with_event(place, *at, event))),
            );
            all.extend(
                [-1, 1]
                    .into_iter()
                    .filter_map(|step| Some((Unit::Second, self.with_moved(place, *at + Span(step))?))),
            );
            all.extend(event.turned().map(|event| (Unit::Step, self.with_event(place, *at, event))));
        }
        all.extend(self.given_otherwise().into_iter().map(|script| (Unit::Step, script)));
        all
    }

    fn with_event(&self, place: usize, at: SimTime, event: Event) -> Script {
        let mut script = self.script.clone();
        script.events[place] = (at, event);
        script
    }

    /// One thing happens at another second; sends that speak of it (`again`) speak of that second. Nothing where it
    /// would happen outside the case, or where such a send could mean two.
    fn with_moved(&self, place: usize, to: SimTime) -> Option<Script> {
        let (at, _) = self.script.events[place];
        if !(SimTime::START..self.calendar.end()).contains(&to) {
            return None;
        }
        let mut script = self.script.clone();
        let spoken_of = script.events.iter_mut().filter_map(|(_, event)| match event {
            Event::Send { again, .. } => again.iter_mut().find(|(when, _)| *when == at),
            _ => None,
        });
        let alone =
            self.script.events.iter().filter(|(when, event)| *when == at && event.class() == 5).count() == 1;
        for (when, _) in spoken_of {
            if !alone {
                return None;
            }
            *when = to;
        }
        script.events[place].0 = to;
        script.events.sort_by_key(|(at, _)| *at);
        Some(script)
    }

    /// One step in what is stated of the sender at the start.
    fn given_otherwise(&self) -> Vec<Script> {
        let mut all = Vec::new();
        let mut add = |change: &dyn Fn(&mut Script)| {
            let mut script = self.script.clone();
            change(&mut script);
            all.push(script);
        };
        let verified = (SimTime::START, Event::Decided(Signal::Verified));
        match self.stated.verified {
            Some(true) => add(&|script| drop(script.events.remove(0))),
            Some(false) => add(&|script| script.events.insert(0, verified.clone())),
            None => {}
        }
        if self.stated.policy {
            let others = [Policy::Open, Policy::Passed, Policy::Failed];
            for other in others.into_iter().filter(|other| *other != self.script.opening.policy) {
                add(&|script| script.opening.policy = other);
            }
        }
        for (number, (tier, rating)) in self.stated.numbers.iter().copied().enumerate() {
            let (own_tier, own_rating) = self.script.opening.numbers[number];
            if tier {
                for other in [own_tier.checked_sub(1), Some(own_tier + 1)].into_iter().flatten() {
                    if other < self.rules.tiers.len() {
                        add(&|script| script.opening.numbers[number].0 = other);
                    }
                }
            }
            if rating {
                for other in own_rating.into_iter().flat_map(beside) {
                    add(&|script| script.opening.numbers[number].1 = Some(*other));
                }
            }
        }
        all
    }
}

/// The ratings one step away.
fn beside(rating: Rating) -> &'static [Rating] {
    match rating {
        Rating::High | Rating::Low => &[Rating::Medium],
        Rating::Medium => &[Rating::High, Rating::Low],
        Rating::Unknown => &[],
    }
}

impl Event {
    /// The event with one message, reaction or customer more or less.
    fn by_one(&self) -> Vec<Event> {
        match self {
            Event::Send { number, template, messages, delivered, in_window, again } => {
                let batch =
                    Batch { messages: *messages, delivered: *delivered, in_window: *in_window, again };
                let one_off = batch.by_one().into_iter();
                let event = |(messages, delivered, in_window, again)| Event::Send {
                    number: *number,
                    template: *template,
                    messages,
                    delivered,
                    in_window,
                    again,
                };
                one_off.map(event).collect()
            }
            Event::Fill { number, template, at_most, spare } => {
                let event =
                    |at_most, spare| Event::Fill { number: *number, template: *template, at_most, spare };
                let mut all = vec![event(*at_most, spare + 1)];
                let bounds = at_most.iter().flat_map(|most| one_off(*most));
                all.extend(bounds.map(|most| event(Some(most), *spare)));
                all
            }
            Event::Feedback { number, template, kind, count, at_once } => {
                let event = |count| Event::Feedback {
                    number: *number,
                    template: *template,
                    kind: *kind,
                    count,
                    at_once: *at_once,
                };
                one_off(*count).map(event).collect()
            }
            Event::CustomerMessages { number, count } => {
                one_off(*count).map(|count| Event::CustomerMessages { number: *number, count }).collect()
            }
            Event::Decided(_) | Event::Edited { .. } => Vec::new(),
        }
    }

    /// The event with its decision the other way round.
    fn turned(&self) -> Option<Event> {
        let Event::Decided(signal) = self else { return None };
        Some(Event::Decided(match *signal {
            Signal::Policy { passed } => Signal::Policy { passed: !passed },
            Signal::Official { granted } => Signal::Official { granted: !granted },
            Signal::Analysis { number, approved } => Signal::Analysis { number, approved: !approved },
            Signal::Reviewed { template, approved } => Signal::Reviewed { template, approved: !approved },
            _ => return None,
        }))
    }
}

/// The counts of a send.
struct Batch<'e> {
    messages: u64,
    delivered: Option<(u64, usize)>,
    in_window: u64,
    again: &'e [(SimTime, u64)],
}

type Counts = (u64, Option<(u64, usize)>, u64, Vec<(SimTime, u64)>);

impl Batch<'_> {
    /// The counts with one message or customer more or less that can be.
    fn by_one(&self) -> Vec<Counts> {
        let Batch { messages, delivered, in_window, .. } = *self;
        let again = || self.again.to_vec();
        let mut all: Vec<Counts> = Vec::new();
        for messages in one_off(messages) {
            all.push((messages, delivered, in_window, again()));
        }
        if let Some((count, line)) = delivered {
            for other in one_off(count) {
                all.push((messages, Some((other, line)), in_window, again()));
                let asked = if other > count { messages + 1 } else { messages.saturating_sub(1) };
                all.push((asked, Some((other, line)), in_window, again()));
            }
        }
        for other in one_off(in_window).filter(|_| in_window > 0) {
            all.push((messages, delivered, other, again()));
        }
        for place in 0..self.again.len() {
            for other in one_off(self.again[place].1) {
                let mut again = again();
                again[place].1 = other;
                all.push((messages, delivered, in_window, again));
            }
        }
        all.retain(|(messages, delivered, in_window, again)| {
            let known: u64 = again.iter().map(|(_, customers)| customers).sum();
            delivered.is_none_or(|(count, _)| count <= *messages)
                && in_window <= messages
                && known <= *messages
        });
        all
    }
}

/// One less and one more.
fn one_off(count: u64) -> impl Iterator<Item = u64> {
    [count.checked_sub(1), count.checked_add(1)].into_iter().flatten()
}

/// How often each transition is made, whenever.
fn tally(made: &[Made]) -> Vec<(&Made, usize)> {
    let mut all: Vec<(&Made, usize)> = Vec::new();
    for made in made {
        match all.iter_mut().find(|(known, _)| alike(known, made)) {
            Some((_, times)) => *times += 1,
            None => all.push((made, 1)),
        }
    }
    all
}

/// Whether two transitions differ at most in when they are made.
fn alike(one: &Made, other: &Made) -> bool {
    one.transition == other.transition
        && one.subject == other.subject
        && one.clause == other.clause
        && one.ruleset == other.ruleset
}
