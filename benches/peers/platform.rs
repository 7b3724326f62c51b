//! The platform of REF-1 for one replication at a time: what the Rust peers share. It knows no chance.
//!
//! What ends later (a review, a flag) is told by the answers: the caller puts it into its own queue.

use std::collections::VecDeque;

use crate::law::{DAYS, Future, HORIZON, Ref1, WINDOW};

/// The platform and what it has counted.
pub struct Platform {
    pub reference: Ref1,
    pub tier: usize,
    low: bool,
    flagged: bool,
    /// The review under way, by its number.
    review: Option<u32>,
    reviews: u32,
    /// When the tier changed, and to what.
    steps: Vec<(u32, u8)>,
    feedback: Window,
    recent: Window,
    future: Future,
}

/// What happened in (now - 168 h, now].
#[derive(Default)]
struct Window {
    sum: u64,
    by_hour: VecDeque<(u32, u64)>,
}

impl Window {
    fn add(&mut self, now: u32, count: u64) {
        self.sum += count;
        match self.by_hour.back_mut() {
            Some((hour, held)) if *hour == now => *held += count,
            _ => self.by_hour.push_back((now, count)),
        }
    }

    fn advance(&mut self, now: u32) {
        while let Some((hour, count)) = self.by_hour.front()
            && *hour + WINDOW <= now
        {
            self.sum -= count;
            self.by_hour.pop_front();
        }
    }
}

impl Platform {
    pub fn new(reference: Ref1) -> Platform {
        let future = Future {
            reached: [Some(0), None, None, None],
            flags: 0,
            downgraded: false,
            sent: 0,
            delivered: 0,
            replied: 0,
            blocked: 0,
            reported: 0,
            tiers: [0; DAYS],
        };
        Platform {
            reference,
            tier: 0,
            low: false,
            flagged: false,
            review: None,
            reviews: 0,
            steps: vec![(0, 0)],
            feedback: Window::default(),
            recent: Window::default(),
            future,
        }
    }

    /// How many are sent now.
    pub fn sends(&self) -> u64 {
        self.reference.sends[self.tier]
    }

    pub fn reply(&mut self, count: u64) {
        self.future.replied += count;
    }

    pub fn block(&mut self, now: u32) {
        self.future.blocked += 1;
        self.feedback.add(now, 1);
    }

    pub fn report(&mut self, now: u32) {
        self.future.reported += 1;
        self.feedback.add(now, 2);
    }

    /// A rating; whether a flag is set.
    pub fn rate(&mut self, now: u32) -> bool {
        self.feedback.advance(now);
        self.recent.advance(now);
        self.low = self.recent.sum >= self.reference.least && 50 * self.feedback.sum >= self.recent.sum;
        let flag = self.low && !self.flagged;
        if flag {
            self.flagged = true;
            self.review = None;
            self.future.flags += 1;
        }
        flag
    }

    /// The deliveries of a batch; the number of the review that it starts.
    pub fn deliver(&mut self, now: u32, sent: u64, delivered: u64) -> Option<u32> {
        self.future.sent += sent;
        self.future.delivered += delivered;
        self.recent.add(now, delivered);
        let enough = self.recent.sum >= 2 * self.reference.limits[self.tier];
        if !enough || self.low || self.flagged || self.review.is_some() {
            return None;
        }
        self.reviews += 1;
        self.review = Some(self.reviews);
        self.review
    }

    /// The end of a review, unless it was cancelled.
    pub fn end_review(&mut self, now: u32, review: u32) {
        if self.review == Some(review) {
            self.review = None;
            self.step(now, self.tier + 1);
            self.future.reached[self.tier].get_or_insert(now);
        }
    }

    pub fn end_flag(&mut self, now: u32) {
        self.flagged = false;
        if self.low && self.tier > 0 {
            self.step(now, self.tier - 1);
            self.future.downgraded = true;
        }
    }

    fn step(&mut self, now: u32, tier: usize) {
        self.tier = tier;
        self.steps.push((now, tier as u8));
    }

    pub fn finish(mut self) -> Future {
        let ends = self.steps.iter().skip(1).map(|(hour, _)| *hour).chain([HORIZON]);
        for ((from, tier), until) in self.steps.iter().zip(ends) {
            self.future.tiers[(*from / 24) as usize..(until / 24) as usize].fill(*tier);
        }
        self.future
    }
}
