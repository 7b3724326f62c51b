//! Two replications step by step: where do they first part?
//!
//! ```text
//!   run A --Recorder--> Course   a step an entry of the journal: limits for rungs, names for positions,
//!                         |      so that two rulesets and two files tell the same in the same words
//!                         +----> Divergence   the first instant at which something is left on one side
//!                         |                   when what both have is taken away
//!   run B --Recorder--> Course
//! ```
//!
//! The same change by another clause is the same step: what happens is compared, not who says so.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::journal::{Entry, Journal};
use super::ready::Scenario;
use super::run::{Batch, Probe};
use super::trajectory::Trajectory;
use crate::platform::{Change, Score, Subject, What};
use crate::random::Fnv;
use crate::time::SimTime;

/// The changes and sends of a replication, in order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Course {
    /// The steps: as many as the journal has entries, in the same order.
    pub steps: Vec<Step>,
    /// The paths of the clauses that changes cite, each once, in the order in which they come.
    pub clauses: Vec<String>,
}

/// One change or send, told alike under any rules.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// When.
    pub at: SimTime,
    /// Whom it concerns: the hash of what it is and of its name.
    pub whom: u64,
    /// What happened.
    pub did: Did,
}

/// What happened in a step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Did {
    /// The platform changed.
    Change {
        /// What changed.
        what: Changed,
        /// Position of the path of the clause in the course's list.
        clause: u32,
    },
    /// The sender sent a batch.
    Sent(Sent),
}

/// What changed, whatever the rungs of the ladder are called and however many there are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Changed {
    /// The limit rose or fell \[customers\]; `None` is unlimited.
    Limit {
        /// The limit before.
        from: Option<u64>,
        /// The limit now.
        to: Option<u64>,
    },
    /// Anything else.
    Other(What),
}

/// A batch, in the numbers that two runs are compared by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sent {
    /// The template: the hash of its name.
    pub template: u64,
    /// The numbers, by [`SendPart`] \[messages\].
    pub counts: [u64; SendPart::ALL.len()],
}

/// A number of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SendPart {
    /// Messages that the plan asked for \[messages\].
    Asked,
    /// Messages that the list could not supply \[messages\].
    ShortOfList,
    /// Messages that the platform accepted \[messages\].
    Admitted,
    /// Messages that it refused, for the limit or the status \[messages\].
    Refused,
    /// Messages that it refused because the template may not be sent \[messages\].
    Rejected,
    /// Messages held until the sample of a new template is judged \[messages\].
    Held,
    /// Of the accepted, those to customers whose service window was open \[messages\].
    InWindow,
    /// Messages delivered \[messages\].
    Delivered,
    /// Of the delivered, those inside an open service window \[messages\].
    DeliveredInWindow,
}

impl SendPart {
    /// Every number, in the order in which one decides the next.
    pub const ALL: [SendPart; 9] = [
        SendPart::Asked,
        SendPart::ShortOfList,
        SendPart::Admitted,
        SendPart::Refused,
        SendPart::Rejected,
        SendPart::Held,
        SendPart::InWindow,
        SendPart::Delivered,
        SendPart::DeliveredInWindow,
    ];

    /// The name in files.
    pub fn name(self) -> &'static str {
        match self {
            SendPart::Asked => "asked",
            SendPart::ShortOfList => "short_of_list",
            SendPart::Admitted => "admitted",
            SendPart::Refused => "refused",
            SendPart::Rejected => "rejected",
            SendPart::Held => "held",
            SendPart::InWindow => "in_window",
            SendPart::Delivered => "delivered",
            SendPart::DeliveredInWindow => "delivered_in_window",
        }
    }

    /// The number of a batch \[messages\].
    pub fn of(self, batch: &Batch) -> u64 {
        match self {
            SendPart::Asked => batch.asked,
            SendPart::ShortOfList => batch.short_of_list,
            SendPart::Admitted => batch.admission.admitted,
            SendPart::Refused => batch.admission.refused,
            SendPart::Rejected => batch.admission.rejected,
            SendPart::Held => batch.admission.held,
            SendPart::InWindow => batch.in_window,
            SendPart::Delivered => batch.delivered,
            SendPart::DeliveredInWindow => batch.delivered_in_window,
        }
    }
}

/// Where two replications first part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Divergence {
    /// The instant.
    pub at: SimTime,
    /// Of each, the position of the first step of this instant that the other does not have; `None` where the other
    /// has all of them.
    pub steps: [Option<usize>; 2],
    /// Of each, the position from which on it is a story of its own.
    pub rest: [usize; 2],
}

impl Divergence {
    /// The first instant at which one of two courses has a step that the other has not. The order of the steps of one
    /// instant makes no difference.
    pub fn between(first: &Course, second: &Course) -> Option<Divergence> {
        let (a, b) = (&first.steps, &second.steps);
        let (mut i, mut j) = (0, 0);
        loop {
            let at = match (a.get(i), b.get(j)) {
                (None, None) => return None,
                (Some(a), Some(b)) => a.at.min(b.at),
                (Some(one), None) | (None, Some(one)) => one.at,
            };
            let (ends_a, ends_b) = (end_of(a, i, at), end_of(b, j, at));
            let own = left_over(&a[i..ends_a], &b[j..ends_b]);
            if own != [None, None] {
                let steps = [own[0].map(|place| i + place), own[1].map(|place| j + place)];
                let rest = [steps[0].unwrap_or(ends_a), steps[1].unwrap_or(ends_b)];
                return Some(Divergence { at, steps, rest });
            }
            (i, j) = (ends_a, ends_b);
        }
    }
}

/// The position after the last step of an instant, from `start` on.
fn end_of(steps: &[Step], start: usize, at: SimTime) -> usize {
    start + steps[start..].iter().take_while(|step| step.at == at).count()
}

/// The first step of each that the other has not, each counted as often as it stands there.
fn left_over(a: &[Step], b: &[Step]) -> [Option<usize>; 2] {
    if a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.alike(b)) {
        return [None, None];
    }
    let mut taken = vec![false; b.len()];
    let mut own = None;
    for (place, step) in a.iter().enumerate() {
        let same = (0..b.len()).find(|other| !taken[*other] && step.alike(&b[*other]));
        match same {
            Some(other) => taken[other] = true,
            None => own = own.or(Some(place)),
        }
    }
    [own, taken.iter().position(|taken| !taken)]
}

impl Step {
    /// Whether both tell the same, whatever the clause.
    pub fn alike(&self, other: &Step) -> bool {
        let same = match (&self.did, &other.did) {
            (Did::Change { what, .. }, Did::Change { what: other, .. }) => what == other,
            (Did::Sent(sent), Did::Sent(other)) => sent == other,
            _ => false,
        };
        same && (self.at, self.whom) == (other.at, other.whom)
    }
}

impl Course {
    /// Runs a replication of a scenario and takes its course down. The trajectory is the same as without.
    pub fn run(scenario: &Scenario, index: u64) -> (Trajectory, Course) {
        let mut recorder = Recorder::new(scenario);
        let future = scenario.watch(index, &mut recorder);
        (future, recorder.course)
    }

    /// The same for several replications, side by side, in order of index.
    pub fn run_all(scenario: &Scenario, indices: Range<u64>) -> Vec<(Trajectory, Course)> {
        let mut recorders: Vec<_> = indices.clone().map(|_| Recorder::new(scenario)).collect();
        let futures = scenario.watch_all(indices, &mut recorders);
        futures.into_iter().zip(recorders.into_iter().map(|recorder| recorder.course)).collect()
    }

    /// The course of a replication that a journal was kept of.
    pub fn of(scenario: &Scenario, journal: &Journal) -> Course {
        let mut recorder = Recorder::new(scenario);
        for entry in &journal.entries {
            match entry {
                Entry::Change(change, _) => recorder.take(change),
                Entry::Sent(batch) => recorder.sent(batch),
            }
        }
        recorder.course
    }

    /// The path of the clause that a step cites; nothing for a send.
    pub fn cites(&self, step: usize) -> Option<&str> {
        match self.steps.get(step)?.did {
            Did::Change { clause, .. } => self.clauses.get(clause as usize).map(String::as_str),
            Did::Sent(_) => None,
        }
    }
}

/// Takes the course of a run down.
struct Recorder<'s> {
    scenario: &'s Scenario,
    /// The hashes of the numbers and templates, by their positions.
    numbers: Vec<u64>,
    templates: Vec<u64>,
    course: Course,
}

impl<'s> Recorder<'s> {
    fn new(scenario: &'s Scenario) -> Recorder<'s> {
        let hashes = |kind: &str, names: &[String]| names.iter().map(|name| hash(kind, name)).collect();
        let names = scenario.names();
        Recorder {
            scenario,
            numbers: hashes("number", &names.numbers),
            templates: hashes("template", &names.templates),
            course: Course::default(),
        }
    }

    fn take(&mut self, change: &Change) {
        let rules = self.scenario.rules_at(change.at);
        let path = rules.clauses.get(usize::from(change.clause)).map_or("", |clause| clause.path.as_str());
        let known = self.course.clauses.iter().position(|known| known == path);
        let clause = known.unwrap_or_else(|| {
            self.course.clauses.push(path.to_owned());
            self.course.clauses.len() - 1
        });
        let limit = |rung: usize| rules.tiers.get(rung).and_then(|tier| tier.limit);
        let what = match change.what {
            What::TierRose { to, limit: from, .. } | What::TierFell { to, limit: from, .. } => {
                Changed::Limit { from, to: limit(to) }
            }
            other => Changed::Other(other),
        };
        let did = Did::Change { what, clause: clause as u32 };
        self.course.steps.push(Step { at: change.at, whom: self.whom(change.subject), did });
    }

    /// The hash of whom a change concerns. Who holds the limit goes by the number of its position, so that a limit that
    /// the business holds is that of its first number.
    fn whom(&self, subject: Subject) -> u64 {
        let of = |hashes: &[u64], place: usize| hashes.get(place).copied().unwrap_or(place as u64);
        match subject {
            Subject::Portfolio => hash("portfolio", ""),
            Subject::Holder(place) => of(&self.numbers, place) ^ hash("holder", ""),
            Subject::Number(place) => of(&self.numbers, place),
            Subject::Template(place) => of(&self.templates, place),
        }
    }
}

impl Probe for Recorder<'_> {
    fn change(&mut self, change: &Change, _: Option<Score>) {
        self.take(change);
    }

    fn sent(&mut self, batch: &Batch) {
        let sent = Sent {
            template: self.whom(Subject::Template(batch.template)),
            counts: SendPart::ALL.map(|part| part.of(batch)),
        };
        let whom = self.whom(Subject::Number(batch.number));
        self.course.steps.push(Step { at: batch.at, whom, did: Did::Sent(sent) });
    }
}

fn hash(kind: &str, name: &str) -> u64 {
    let mut hash = Fnv::default();
    hash.text(kind);
    hash.text(name);
    hash.finish()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use proptest::prelude::*;

    use super::*;

    fn load(changes: &[(&str, &str)]) -> Scenario {
        let owned: Vec<(String, String)> =
            changes.iter().map(|(path, value)| ((*path).to_owned(), (*value).to_owned())).collect();
        Scenario::load(Path::new("scenarios/half-limit-climb.ron"), &owned).unwrap()
    }

    /// Steps at few instants and of few kinds, so that many are alike.
    fn some() -> impl Strategy<Value = Course> {
        let step = (0..6_i64, 0..3_u64, 0..3_u64).prop_map(|(at, whom, asked)| {
            let mut counts = [0; SendPart::ALL.len()];
            counts[0] = asked;
            Step { at: SimTime(at), whom, did: Did::Sent(Sent { template: 0, counts }) }
        });
        prop::collection::vec(step, 0..14).prop_map(|mut steps| {
            steps.sort_by_key(|step| step.at);
            Course { steps, clauses: Vec::new() }
        })
    }

    /// How often each step stands in a list, by asking each.
    fn same_bag(a: &[Step], b: &[Step]) -> bool {
        let count = |list: &[Step], step: &Step| list.iter().filter(|other| *other == step).count();
        a.len() == b.len() && a.iter().all(|step| count(a, step) == count(b, step))
    }

    proptest! {
        #[test]
        fn what_comes_before_is_common_and_what_is_named_is_not(a in some(), b in some()) {
            let until = |course: &Course, at: i64| -> Vec<Step> {
                course.steps.iter().filter(|step| step.at < SimTime(at)).copied().collect()
            };
            let part = (1..8).find(|at| !same_bag(&until(&a, *at), &until(&b, *at))).map(|at| SimTime(at - 1));
            let found = Divergence::between(&a, &b);
            prop_assert_eq!(found.map(|found| found.at), part);
            if let Some(found) = found {
                prop_assert!(found.steps != [None, None]);
                for (course, step) in [&a, &b].into_iter().zip(found.steps) {
                    prop_assert!(step.is_none_or(|step| course.steps[step].at == found.at));
                }
            }
        }

        #[test]
        fn the_sides_can_be_swapped(a in some(), b in some()) {
            let turned = Divergence::between(&b, &a).map(|found| {
                let Divergence { at, steps: [x, y], rest: [p, q] } = found;
                Divergence { at, steps: [y, x], rest: [q, p] }
            });
            prop_assert_eq!(Divergence::between(&a, &b), turned);
            prop_assert!(Divergence::between(&a, &a).is_none());
        }

        #[test]
        fn the_order_within_an_instant_makes_no_difference(a in some()) {
            let mut turned = a.clone();
            turned.steps.reverse();
            turned.steps.sort_by_key(|step| step.at);
            prop_assert_eq!(Divergence::between(&a, &turned), None);
        }
    }

    #[test]
    fn a_journal_and_a_run_have_one_course() {
        let scenario = load(&[]);
        let mut journal = Journal::default();
        let future = scenario.watch(3, &mut journal);
        let (same, course) = Course::run(&scenario, 3);
        assert_eq!((&Course::of(&scenario, &journal), same), (&course, future));
        assert_eq!(course.steps.len(), journal.entries.len());
    }

    /// A review that takes an hour longer: the first thing that differs is the end that it promises.
    #[test]
    fn a_longer_review_parts_where_the_review_begins() {
        let (plain, longer) = (load(&[]), load(&[("upgrade.volume.review", "25h")]));
        let [(_, a), (_, b)] = [&plain, &longer].map(|scenario| Course::run(scenario, 0));
        let found = Divergence::between(&a, &b).unwrap();
        for (course, step) in [&a, &b].into_iter().zip(found.steps) {
            let step = step.unwrap();
            assert_eq!(course.cites(step), Some("upgrade.volume"));
            assert!(matches!(
                course.steps[step].did,
                Did::Change { what: Changed::Other(What::ReviewStarted { .. }), .. }
            ));
        }
        assert_eq!(found.rest[0], found.rest[1]);
    }

    /// A clause by another name does the same: nobody would see a difference.
    #[test]
    fn another_rung_below_or_another_name_is_no_difference() {
        let mut journal = Journal::default();
        let scenario = load(&[]);
        scenario.watch(0, &mut journal);
        let (a, mut b) = (Course::of(&scenario, &journal), Course::of(&scenario, &journal));
        b.clauses.iter_mut().for_each(|path| path.push_str(".renamed"));
        assert_eq!(Divergence::between(&a, &b), None);
        let rises =
            a.steps.iter().filter(|step| matches!(step.did, Did::Change { what: Changed::Limit { .. }, .. }));
        assert!(rises.count() > 0, "the limit rises by limits, not by positions");
    }
}
