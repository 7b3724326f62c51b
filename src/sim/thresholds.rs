//! The thresholds of ratings, which nobody publishes: what is believed of them, and a replication's draw.

use crate::few::One;
use crate::glossary::Ratio;
use crate::platform::Thresholds;
use crate::random::{Address, Chance, Purpose, SortedPair, Subject};

/// What is believed of the two thresholds of a rating clause: two draws, of which the smaller is where Medium begins.
#[derive(Clone, Debug)]
pub(super) struct ThresholdBelief {
    /// The clause.
    pub(super) clause: String,
    /// Where the draws are made.
    pub(super) subjects: [Subject; 2],
    /// What is believed of them \[share\].
    pub(super) pair: SortedPair,
}

impl ThresholdBelief {
    /// The fields of the clause whose priors the draws have, in their order.
    pub(super) const FIELDS: [&'static str; 2] = ["medium_from", "low_from"];

    /// Where the draws of a replication are found.
    pub(super) fn addresses(&self) -> [Address; 2] {
        self.subjects.map(|subject| Address::of(Purpose::Parameter, subject))
    }
}

/// Draws the thresholds of a replication: two draws, sorted.
pub(super) fn draw_thresholds(beliefs: &[ThresholdBelief], chance: &Chance) -> One<Thresholds> {
    let sorted = beliefs.iter().map(|belief| {
        let sorted = chance.sorted_parameters(&belief.pair, belief.addresses());
        let [medium_from, low_from] = sorted.map(|share| Ratio::from_share(share.clamp(0.0, 1.0)));
        Thresholds { medium_from, low_from }
    });
    sorted.collect()
}
