//! What a list is made of.

use crate::random::Subject;
use crate::time::Span;

use super::super::history::Memory;
use super::choosing::Choice;

/// How customers are simulated: the same law twice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sampling {
    /// Counts of customers with the same past.
    #[default]
    Counts,
    /// One customer at a time.
    People,
}

/// What a list is made of.
#[derive(Clone, Debug)]
pub struct ListPlan {
    /// Customers at the start.
    pub customers: u64,
    /// Of these, customers whom no message can reach.
    pub unreachable: u64,
    /// Nobody is written to twice within this time.
    pub rest: Span,
    /// Whether nobody is written to twice at all: then nobody who was written to need be remembered.
    pub once: bool,
    /// Who is chosen.
    pub choice: Choice,
    /// What of the past matters.
    pub memory: Memory,
    /// How long the platform asks when a customer was last written to; nothing where it never does.
    pub asked_back: Span,
    /// The subject of the draws that choose.
    pub subject: Subject,
}
