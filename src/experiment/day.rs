//! One civil day of all replications.
//!
//! ```text
//!   Day (one replication)         DayTally (all of them)
//!     counts[metric]        ->      a Histogram each
//!     Gauge (score, ..)     ->      a Histogram each, of the replications that have one
//!     tier, status, rating,
//!     template, its rating,
//!     reason                ->      how many replications, exactly
//! ```

use serde::{Deserialize, Serialize};

use super::estimate::Share;
use super::histogram::Histogram;
use crate::glossary::{NumberStatus, Rating, TemplateStatus};
use crate::sim::{ChatMetric, Day, Gauge, Metric, Reason};

/// The ratings in the order in which people read them, best first.
pub const RATINGS: [Rating; 4] = [Rating::High, Rating::Medium, Rating::Low, Rating::Unknown];

/// How a replication can stand at the end of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// The tier at this position of the ladder is held.
    Tier(usize),
    /// The number's worst status.
    Status(NumberStatus),
    /// The number's rating as last evaluated.
    Rating(Rating),
    /// The worst status of a template that the sender has.
    Template(TemplateStatus),
    /// The worst rating of a template that the sender has, as last evaluated.
    TemplateRating(Rating),
    /// What limited the climb during the day.
    LimitedBy(Reason),
}

/// One civil day of all replications. Whole numbers only, so that two of them merge exactly.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayTally {
    /// Replications.
    pub n: u64,
    /// What was counted during the day, by [`Metric`].
    pub counts: [Histogram; Metric::ALL.len()],
    /// How things stand, by [`Gauge`]: of the replications in which the gauge has a value.
    pub gauges: [Histogram; Gauge::ALL.len()],
    /// What the help desk did, by [`ChatMetric`]; empty without one. Response times are of the replications with an answer.
    pub chats: Vec<Histogram>,
    tiers: Vec<u64>,
    statuses: [u64; NumberStatus::ALL.len()],
    ratings: [u64; RATINGS.len()],
    templates: [u64; TemplateStatus::ALL.len()],
    template_ratings: [u64; RATINGS.len()],
    reasons: [u64; Reason::ALL.len()],
}

impl DayTally {
    /// Without replications, on a ladder of so many tiers.
    pub(super) fn new(tiers: usize) -> DayTally {
        DayTally {
            n: 0,
            counts: Default::default(),
            gauges: Default::default(),
            chats: Vec::new(),
            tiers: vec![0; tiers],
            statuses: Default::default(),
            ratings: Default::default(),
            templates: Default::default(),
            template_ratings: Default::default(),
            reasons: Default::default(),
        }
    }

    /// How many tiers the ladder has.
    pub(super) fn tiers(&self) -> usize {
        self.tiers.len()
    }

    /// Adds the day of some replications, histogram by histogram.
    pub(super) fn add(&mut self, days: &[&Day]) {
        self.n += days.len() as u64;
        for (metric, histogram) in self.counts.iter_mut().enumerate() {
            histogram.record_all(days.iter().map(|day| day.counts[metric]));
        }
        for (gauge, histogram) in Gauge::ALL.into_iter().zip(&mut self.gauges) {
            histogram.record_all(days.iter().filter_map(|day| gauge.of(day)));
        }
        if days.iter().any(|day| day.chats.is_some()) {
            self.chats.resize_with(ChatMetric::ALL.len(), Histogram::new);
            for (metric, histogram) in ChatMetric::ALL.into_iter().zip(&mut self.chats) {
                histogram.record_all(days.iter().filter_map(|day| metric.of(day.chats.as_ref()?)));
            }
        }
        days.iter().for_each(|day| self.stand(day));
    }

    /// Counts how a replication stands at the end of the day.
    fn stand(&mut self, day: &Day) {
        if let Some(tier) = self.tiers.get_mut(usize::from(day.tier)) {
            *tier += 1;
        }
        self.statuses[day.status as usize] += 1;
        self.ratings[day.rating as usize] += 1;
        self.templates[day.template as usize] += 1;
        if let Some(rating) = day.template_rating {
            self.template_ratings[rating as usize] += 1;
        }
        self.reasons[day.reason as usize] += 1;
    }

    /// Adds the same day of other replications.
    pub(super) fn merge(&mut self, other: &DayTally) {
        self.n += other.n;
        self.counts.iter_mut().zip(&other.counts).for_each(|(a, b)| a.merge(b));
        self.gauges.iter_mut().zip(&other.gauges).for_each(|(a, b)| a.merge(b));
        self.chats.resize_with(self.chats.len().max(other.chats.len()), Histogram::new);
        self.chats.iter_mut().zip(&other.chats).for_each(|(a, b)| a.merge(b));
        let add = |a: &mut [u64], b: &[u64]| a.iter_mut().zip(b).for_each(|(a, b)| *a += b);
        add(&mut self.tiers, &other.tiers);
        add(&mut self.statuses, &other.statuses);
        add(&mut self.ratings, &other.ratings);
        add(&mut self.templates, &other.templates);
        add(&mut self.template_ratings, &other.template_ratings);
        add(&mut self.reasons, &other.reasons);
    }

    /// The share of replications that stood so at the end of the day.
    pub fn share(&self, state: State) -> Share {
        let count = match state {
            State::Tier(tier) => self.tiers.get(tier).copied().unwrap_or(0),
            State::Status(status) => self.statuses[status as usize],
            State::Rating(rating) => self.ratings[rating as usize],
            State::Template(status) => self.templates[status as usize],
            State::TemplateRating(rating) => self.template_ratings[rating as usize],
            State::LimitedBy(reason) => self.reasons[reason as usize],
        };
        Share::new(count, self.n)
    }

    /// Bytes of memory beyond the value itself.
    pub(super) fn heap_bytes(&self) -> usize {
        let histograms = self.counts.iter().chain(&self.gauges).chain(&self.chats);
        self.tiers.capacity() * size_of::<u64>() + histograms.map(Histogram::heap_bytes).sum::<usize>()
    }
}
