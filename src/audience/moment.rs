//! When and what is sent, and whom the draws of a batch concern.

use crate::glossary::Category;
use crate::random::Subject;
use crate::time::{SimTime, Slot, Span};

use super::act::Act;

/// Whom the draws of the batches of one segment, template and number concern: names, hashed once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BatchSubjects {
    /// Customers of the segment who get the template from the number.
    pub batch: Subject,
    /// All who get the template, of whatever segment.
    pub campaign: Subject,
}

impl BatchSubjects {
    /// By the names of the segment, the template and the number.
    pub fn new(segment: &str, template: &str, number: &str) -> BatchSubjects {
        BatchSubjects {
            batch: Subject::new(&[segment, template, number]),
            campaign: Subject::new(&["campaigns", template]),
        }
    }
}

/// When and what is sent.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    /// The instant of the send.
    pub now: SimTime,
    /// Its slot.
    pub slot: Slot,
    /// Its civil day.
    pub day: usize,
    /// The weekday of that day, from Monday = 0.
    pub weekday: usize,
    /// Position of its list and template in the ring of arrivals.
    pub streak: usize,
    /// Position of the template among the segment's.
    pub template: usize,
    /// Whom its draws concern.
    pub subjects: BatchSubjects,
    /// The template's category.
    pub category: Category,
    /// Whether the platform bounds how many marketing messages a person gets.
    pub person_cap: bool,
    /// After how long a rating counts a message as unread, where one does.
    pub unread_after: Option<Span>,
    /// Which acts somebody follows by the slot; of others the day is enough.
    pub followed: Followed,
}

impl Moment {
    pub(super) fn civil_day(&self) -> u16 {
        self.day as u16
    }
}

/// Which acts somebody follows by the slot in which they arrive: a rating, a strategy, a desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Followed([bool; Act::ALL.len()]);

impl Followed {
    /// Every act is followed.
    pub const ALL: Followed = Followed([true; Act::ALL.len()]);

    /// Those acts are followed that `is` tells.
    pub fn of(is: impl Fn(Act) -> bool) -> Followed {
        Followed(Act::ALL.map(is))
    }

    /// Whether an act is followed.
    pub fn by_slot(&self, act: Act) -> bool {
        self.0[act.index()]
    }
}
