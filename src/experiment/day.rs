//! One civil day of all replications.
//!
//! ```text
//!   Day (one replication)         DayTally (all of them)
//!     counts[metric]        ->      a Histogram each
//!     score, capacity_used,
//!     template_score,
//!     backlog,
//!     conversations_open    ->      a Histogram each, of the replications that have one
//!     tier, status, rating,
//!     template, its rating,
//!     reason                ->      how many replications, exactly
//! ```

use serde::{Deserialize, Serialize};

use super::estimate::Share;
use super::histogram::Histogram;
use crate::glossary::{NumberStatus, Rating, TemplateStatus};
use crate::sim::{ChatMetric, Day, Metric, Reason};

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
    /// The number's score \[weighted feedback per delivered message, millionths\], of the replications with a delivery.
    pub score: Histogram,
    /// The worst score of a template, in the same unit, of the replications with a delivery, where templates are rated.
    pub template_score: Histogram,
    /// The largest share of the limit in use \[thousandths\], of the replications with a limit.
    pub capacity_used: Histogram,
    /// People whom the plan's campaign has still to reach \[customers\]; empty where the plan is no campaign.
    pub backlog: Histogram,
    /// Conversations that are open \[conversations\]; empty where none are known.
    pub conversations_open: Histogram,
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
            score: Histogram::new(),
            template_score: Histogram::new(),
            capacity_used: Histogram::new(),
            backlog: Histogram::new(),
            conversations_open: Histogram::new(),
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
        self.score.record_all(days.iter().filter_map(|day| day.score).map(u64::from));
        self.template_score.record_all(days.iter().filter_map(|day| day.template_score).map(u64::from));
        self.capacity_used.record_all(days.iter().filter_map(|day| day.capacity_used).map(u64::from));
        self.backlog.record_all(days.iter().filter_map(|day| day.backlog));
        self.conversations_open.record_all(days.iter().filter_map(|day| day.conversations_open));
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
        self.score.merge(&other.score);
        self.template_score.merge(&other.template_score);
        self.capacity_used.merge(&other.capacity_used);
        self.backlog.merge(&other.backlog);
        self.conversations_open.merge(&other.conversations_open);
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
        let others =
            [&self.score, &self.template_score, &self.capacity_used, &self.backlog, &self.conversations_open];
        let histograms = self.counts.iter().chain(others).chain(&self.chats);
        self.tiers.capacity() * size_of::<u64>() + histograms.map(Histogram::heap_bytes).sum::<usize>()
    }
}
