//! Where the two replications of a pair first part: on which day, and by which clause.
//!
//! ```text
//!   changes and sends differ --------------------> the first of them: its clause, or the number of the send
//!   they are all the same; a day differs --------> the first day and what is counted on it: cost, score ...
//!   the days are the same; a sum differs --------> the sum
//!   nothing differs -----------------------------> no parting: the two are one story
//!
//!   Parting (a replication)  --add, merge-->  Partings: by cause, how many replications, on which days
//! ```
//!
//! *Invariant:* whole numbers only: partings of parts that are joined are those of the whole.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Row;
use super::watched::Watched;
use crate::sim::Mishap;
use crate::sim::{ChatMetric, Course, Day, Did, Divergence, Gauge, Metric, SendPart, Sent, Setting};

/// Where two replications first part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parting {
    /// The civil day of the first of the two, from 0.
    pub day: u32,
    /// By what.
    pub cause: Cause,
}

/// What is the first to differ.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Cause {
    /// A change: the path of the clause that it cites in each of the two; `None` where only the other has a change.
    Change([Option<String>; 2]),
    /// A send: the first of its numbers that differs, or that only one of the two sends. No clause is cited.
    Send(Option<SendPart>),
    /// All changes and sends are the same, and what is counted or seen on a day differs.
    Day(Aspect),
    /// Every day is the same as far as both runs go, and a sum over the run differs.
    Sum,
}

/// What differs on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Aspect {
    Count(Metric),
    Limit,
    Status,
    Rating,
    TemplateStatus,
    LimitedBy,
    Chats(ChatMetric),
    TemplateRating,
    Gauge(Gauge),
    /// Only one of the two runs still goes on.
    Length,
}

impl Aspect {
    /// The name in files.
    pub fn name(self) -> &'static str {
        match self {
            Aspect::Count(metric) => metric.name(),
            Aspect::Limit => "limit",
            Aspect::Status => "status",
            Aspect::Rating => "rating",
            Aspect::TemplateStatus => "template_status",
            Aspect::LimitedBy => "limited_by",
            Aspect::Chats(metric) => metric.name(),
            Aspect::TemplateRating => "template_rating",
            Aspect::Gauge(gauge) => gauge.name(),
            Aspect::Length => "length",
        }
    }
}

impl Parting {
    /// Where two replications with their settings part; `None` where they tell one story.
    pub fn between(first: (&Watched, &Setting), second: (&Watched, &Setting)) -> Option<Parting> {
        let ((a, of_a), (b, of_b)) = (first, second);
        if let Some(divergence) = Divergence::between(&a.course, &b.course) {
            let day = of_a.calendar.day_of(divergence.at) as u32;
            return Some(Parting { day, cause: Cause::of(&divergence, [&a.course, &b.course]) });
        }
        let unlike = a.future.days.iter().zip(&b.future.days).map(|(a, b)| differs((a, of_a), (b, of_b)));
        if let Some((day, aspect)) = unlike.enumerate().find_map(|(day, aspect)| Some((day, aspect?))) {
            return Some(Parting { day: day as u32, cause: Cause::Day(aspect) });
        }
        let days = a.future.days.len().min(b.future.days.len());
        if a.future.days.len() != b.future.days.len() {
            return Some(Parting { day: days as u32, cause: Cause::Day(Aspect::Length) });
        }
        let last = days.saturating_sub(1) as u32;
        (!sums_alike((a, of_a), (b, of_b))).then_some(Parting { day: last, cause: Cause::Sum })
    }
}

impl Cause {
    /// The cause that a divergence of two courses has: a change where one of the two has one.
    pub fn of(divergence: &Divergence, courses: [&Course; 2]) -> Cause {
        let at = |side: usize| {
            divergence.steps[side].and_then(|step| Some((step, courses[side].steps.get(step)?)))
        };
        let clause = |side: usize| {
            let (step, _) = at(side)?;
            courses[side].cites(step).map(str::to_owned)
        };
        let sent = |side: usize| match at(side)?.1.did {
            Did::Sent(sent) => Some((at(side)?.1.whom, sent)),
            Did::Change { .. } => None,
        };
        let clauses = [clause(0), clause(1)];
        if clauses != [None, None] {
            return Cause::Change(clauses);
        }
        match (sent(0), sent(1)) {
            (Some((who, a)), Some((other, b))) if (who, a.template) == (other, b.template) => {
                Cause::Send(unlike_part(&a, &b))
            }
            _ => Cause::Send(None),
        }
    }
}

/// The first number in which two batches differ.
fn unlike_part(a: &Sent, b: &Sent) -> Option<SendPart> {
    SendPart::ALL
        .into_iter()
        .zip(a.counts.iter().zip(b.counts))
        .find(|(_, (a, b))| **a != *b)
        .map(|(part, _)| part)
}

/// The first thing in which two days differ.
fn differs((a, of_a): (&Day, &Setting), (b, of_b): (&Day, &Setting)) -> Option<Aspect> {
    if let Some(metric) =
        Metric::ALL.into_iter().find(|metric| a.counts[*metric as usize] != b.counts[*metric as usize])
    {
        return Some(Aspect::Count(metric));
    }
    let limit = |day: &Day, of: &Setting| of.tiers.get(usize::from(day.tier)).and_then(|tier| tier.limit);
    let chats = || match (&a.chats, &b.chats) {
        (Some(a), Some(b)) => {
            ChatMetric::ALL.into_iter().find(|metric| a[*metric as usize] != b[*metric as usize])
        }
        (None, None) => None,
        _ => Some(ChatMetric::New),
    };
    let checks = [
        (limit(a, of_a) != limit(b, of_b), Aspect::Limit),
        (a.status != b.status, Aspect::Status),
        (a.rating != b.rating, Aspect::Rating),
        (a.template != b.template, Aspect::TemplateStatus),
        (a.reason != b.reason, Aspect::LimitedBy),
        (a.template_rating != b.template_rating, Aspect::TemplateRating),
    ];
    let gauges = Gauge::ALL.map(|gauge| (gauge.of(a) != gauge.of(b), Aspect::Gauge(gauge)));
    let mut checks = checks.into_iter().chain(gauges);
    let aspect = checks.find_map(|(differs, aspect)| differs.then_some(aspect));
    aspect.or_else(|| chats().map(Aspect::Chats))
}

/// Whether all that headlines count is the same in both.
fn sums_alike((a, of_a): (&Watched, &Setting), (b, of_b): (&Watched, &Setting)) -> bool {
    let (x, y) = (Row::of(0, &a.future), Row::of(0, &b.future));
    let held = |row: &Row, of: &Setting| -> Vec<_> {
        let rungs = of.tiers.iter().zip(&row.outcome.reached);
        rungs.filter_map(|(tier, at)| Some((tier.limit, (*at)?))).collect()
    };
    let mishaps = Mishap::ALL.iter().all(|mishap| mishap.happened(&x.outcome) == mishap.happened(&y.outcome));
    mishaps
        && (x.outcome.totals, x.outcome.unpriced) == (y.outcome.totals, y.outcome.unpriced)
        && held(&x, of_a) == held(&y, of_b)
}

/// The partings of many replications.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Partings {
    causes: BTreeMap<Cause, Parted>,
}

/// The replications that part by one cause.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parted {
    /// How many part on each civil day, from 0 \[replications\].
    pub days: BTreeMap<u32, u64>,
    /// The lowest index of one of them: what `explain` takes.
    pub replication: u64,
}

impl Partings {
    /// Adds the parting of a replication.
    pub fn add(&mut self, replication: u64, parting: Parting) {
        let one = Parted { days: BTreeMap::from([(parting.day, 1)]), replication };
        self.take(parting.cause, &one);
    }

    /// Adds those of other replications.
    pub fn merge(&mut self, other: &Partings) {
        other.causes.iter().for_each(|(cause, parted)| self.take(cause.clone(), parted));
    }

    fn take(&mut self, cause: Cause, parted: &Parted) {
        match self.causes.get_mut(&cause) {
            Some(own) => own.merge(parted),
            None => {
                self.causes.insert(cause, parted.clone());
            }
        }
    }

    /// Replications that part at all.
    pub fn count(&self) -> u64 {
        self.causes.values().map(Parted::count).sum()
    }

    /// By cause, the most frequent first.
    pub fn by_cause(&self) -> Vec<(&Cause, &Parted)> {
        let mut all: Vec<(&Cause, &Parted)> = self.causes.iter().collect();
        all.sort_by_key(|(_, parted)| std::cmp::Reverse(parted.count()));
        all
    }

    /// All of them, whatever the cause; `None` where nothing parts.
    pub fn all(&self) -> Option<Parted> {
        let mut all = self.causes.values();
        let mut first = all.next()?.clone();
        all.for_each(|parted| first.merge(parted));
        Some(first)
    }
}

impl Parted {
    fn merge(&mut self, other: &Parted) {
        for (day, count) in &other.days {
            *self.days.entry(*day).or_default() += count;
        }
        self.replication = self.replication.min(other.replication);
    }

    /// How many replications.
    pub fn count(&self) -> u64 {
        self.days.values().sum()
    }

    /// The earliest day, from 0.
    pub fn earliest(&self) -> u32 {
        self.days.keys().next().copied().unwrap_or(0)
    }

    /// The day by the end of which half of these replications have parted, from 0.
    pub fn median(&self) -> u32 {
        let half = self.count().div_ceil(2);
        let mut so_far = 0;
        let reached = self.days.iter().find(|(_, count)| {
            so_far += **count;
            so_far >= half
        });
        reached.map_or(0, |(day, _)| *day)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::toy;
    use super::*;
    use crate::sim::{Changed, Step, Trajectory};
    use crate::time::{DAY, SimTime};

    fn parting(a: (Trajectory, Course), b: (Trajectory, Course)) -> Option<Parting> {
        let setting = toy::setting();
        let [a, b] = [a, b].map(|(future, course)| Watched { future, course });
        Parting::between((&a, &setting), (&b, &setting))
    }

    fn send(at: i64, asked: u64) -> Step {
        let mut counts = [asked; SendPart::ALL.len()];
        counts[1] = 0;
        Step { at: SimTime(at), whom: 1, did: Did::Sent(Sent { template: 2, counts }) }
    }

    fn verified(at: i64) -> Step {
        let what = Changed::Other(crate::platform::What::Verified);
        Step { at: SimTime(at), whom: 9, did: Did::Change { what, clause: 0 } }
    }

    fn course(steps: &[Step], clause: &str) -> Course {
        Course { steps: steps.to_vec(), clauses: vec![clause.to_owned()] }
    }

    #[test]
    fn the_cause_is_the_first_thing_that_differs() {
        let plain = || toy::future(1);
        let of = |a: &[Step], b: &[Step]| {
            parting((plain(), course(a, "old")), (plain(), course(b, "new")))
                .map(|part| (part.day, part.cause))
        };
        let both =
            |a: Option<&str>, b: Option<&str>| Cause::Change([a.map(str::to_owned), b.map(str::to_owned)]);
        let (noon, week) = (DAY / 2, 7 * DAY);
        assert_eq!(of(&[send(noon, 5), verified(week)], &[send(noon, 5), verified(week)]), None);
        let later = of(&[send(noon, 5), verified(week)], &[send(noon, 5), verified(week + DAY)]);
        assert_eq!(later, Some((7, both(Some("old"), None))));
        let other = of(&[verified(week)], &[Step { whom: 8, ..verified(week) }]);
        assert_eq!(other, Some((7, both(Some("old"), Some("new")))));
        // A change beside a send of the same instant is the cause, for it has a clause.
        assert_eq!(
            of(&[send(noon, 5)], &[verified(noon), send(noon, 6)]),
            Some((0, both(None, Some("new"))))
        );
        assert_eq!(of(&[send(noon, 5)], &[send(noon, 6)]), Some((0, Cause::Send(Some(SendPart::Asked)))));
        assert_eq!(of(&[send(noon, 5)], &[]), Some((0, Cause::Send(None))));
        let Did::Sent(mut sent) = send(noon, 5).did else { unreachable!() };
        sent.counts[SendPart::Delivered as usize] = 4;
        let fewer = Step { did: Did::Sent(sent), ..send(noon, 5) };
        assert_eq!(of(&[send(noon, 5)], &[fewer]), Some((0, Cause::Send(Some(SendPart::Delivered)))));
    }

    #[test]
    fn where_all_steps_are_the_same_days_and_sums_tell() {
        let of = |change: fn(&mut Trajectory)| {
            let mut other = toy::future(1);
            change(&mut other);
            let empty = Course::default;
            parting((toy::future(1), empty()), (other, empty())).map(|part| (part.day, part.cause))
        };
        let day = |day, aspect| Some((day, Cause::Day(aspect)));
        assert_eq!(of(|_| {}), None);
        assert_eq!(of(|future| future.outcome.thresholds = (0.5, 0.6)), None);
        let cost = of(|future| future.days[4].counts[Metric::Cost as usize] += 1);
        assert_eq!(cost, day(4, Aspect::Count(Metric::Cost)));
        assert_eq!(of(|future| future.days[9].score = Some(77)), day(9, Aspect::Gauge(Gauge::Score)));
        assert_eq!(of(|future| future.days[9].tier += 1), day(9, Aspect::Limit));
        assert_eq!(of(|future| future.days.truncate(50)), day(50, Aspect::Length));
        assert_eq!(of(|future| future.outcome.unpriced += 1), Some((59, Cause::Sum)));
        assert_eq!(of(|future| future.outcome.banned = true), Some((59, Cause::Sum)));
    }

    fn one(choice: u8, day: u32) -> Parting {
        let cause = match choice {
            0 => Cause::Sum,
            1 => Cause::Day(Aspect::Gauge(Gauge::Score)),
            _ => Cause::Change([Some("a".to_owned()), None]),
        };
        Parting { day, cause }
    }

    proptest! {
        #[test]
        fn merging_is_adding_and_days_are_those_of_the_list(
            all in prop::collection::vec((0..3_u8, 0..9_u32), 1..60), cut in 0..60_usize,
        ) {
            let added = |from: usize, to: usize| {
                let mut own = Partings::default();
                (from..to).for_each(|index| own.add(index as u64, one(all[index].0, all[index].1)));
                own
            };
            let cut = cut.min(all.len());
            let (whole, mut parts) = (added(0, all.len()), added(0, cut));
            parts.merge(&added(cut, all.len()));
            prop_assert_eq!(&parts, &whole);
            let together = whole.all().unwrap();
            let mut days: Vec<u32> = all.iter().map(|(_, day)| *day).collect();
            days.sort_unstable();
            prop_assert_eq!((together.earliest(), together.median()), (days[0], days[(days.len() - 1) / 2]));
            prop_assert_eq!((together.count(), together.replication), (all.len() as u64, 0));
            for (cause, parted) in whole.by_cause() {
                let first = all.iter().position(|(choice, _)| one(*choice, 0).cause == *cause).unwrap();
                prop_assert_eq!(parted.replication, first as u64);
            }
        }
    }
}
