//! What a case makes happen and what it expects, ready to be played: names are positions, times are instants.

use crate::glossary::{Feedback, NumberStatus, Rating, TemplateStatus};
use crate::platform::language::Limit;
use crate::platform::{Opening, Signal};
use crate::time::SimTime;

/// What a case tells the platform.
#[derive(Clone, Debug)]
pub(super) struct Script {
    pub(super) opening: Opening,
    pub(super) events: Vec<(SimTime, Event)>,
}

/// What the numbers and templates of a case are called, in order.
#[derive(Clone, Debug)]
pub(super) struct Names {
    pub(super) numbers: Vec<String>,
    pub(super) templates: Vec<String>,
}

/// What a case makes happen; numbers and templates by their position.
#[derive(Clone, Debug)]
pub(super) enum Event {
    Send {
        number: usize,
        template: usize,
        messages: u64,
        delivered: Option<(u64, usize)>,
        in_window: u64,
        again: Vec<(SimTime, u64)>,
    },
    Fill {
        number: usize,
        template: usize,
        at_most: Option<u64>,
        /// How much of the limit is left over.
        spare: u64,
    },
    Feedback {
        number: usize,
        template: usize,
        kind: Feedback,
        count: u64,
        at_once: bool,
    },
    CustomerMessages {
        number: usize,
        count: u64,
    },
    /// A decision, which the platform is told as it is.
    Decided(Signal<'static>),
    Edited {
        template: usize,
    },
}

/// What is expected at an instant.
#[derive(Clone, Debug)]
pub(super) struct Expected {
    pub(super) at: SimTime,
    pub(super) facts: Vec<(Fact, usize)>,
}

/// One fact that is looked at; the position is that of the number or template.
#[derive(Clone, Debug)]
pub(super) enum Fact {
    Limit(usize, Limit),
    Tier(usize, String),
    Status(usize, NumberStatus),
    Statuses(usize, Vec<NumberStatus>),
    Rating(usize, Rating),
    TemplateStatus(usize, TemplateStatus),
    TemplateRating(usize, Rating),
    Review(usize, bool),
    Verified(bool),
    Capacity(usize, u64),
    Reached(usize, u64),
    Refused(usize, u64),
    Rejected(usize, u64),
    Held(usize, u64),
    Dropped(usize, u64),
    MayApply(bool),
    Error(usize, u32),
}

/// What a case states of the sender at the start.
#[derive(Clone, Debug)]
pub(super) struct Stated {
    pub(super) verified: Option<bool>,
    pub(super) policy: bool,
    /// Of each number: whether its tier is stated, and its rating.
    pub(super) numbers: Vec<(bool, bool)>,
}
