//! A replication change by change.

use crate::platform::{Change, Score};

use super::run::{Batch, Probe};

/// One entry of a journal.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Entry {
    /// The platform changed; with the number's score at that instant \[share\].
    Change(Change, Option<f64>),
    /// The sender sent a batch.
    Sent(Batch),
}

/// Everything that happened in a replication, in order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Journal {
    /// The entries, in order.
    pub entries: Vec<Entry>,
}

impl Probe for Journal {
    fn change(&mut self, change: &Change, score: Option<Score>) {
        self.entries.push(Entry::Change(*change, score.and_then(Score::as_f64)));
    }

    fn sent(&mut self, batch: &Batch) {
        self.entries.push(Entry::Sent(*batch));
    }
}
