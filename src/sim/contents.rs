//! What decides the futures of a scenario, in three numbers: so that a result that moved can say what was changed.

use serde::Serialize;

use crate::audience::Segment;
use crate::document::{Ordered, tree};
use crate::platform::Ruleset;
use crate::random::Fnv;
use crate::sender::Strategy;

use super::prices::Prices;
use super::scenario::ScenarioText;

/// Hashes of what decides the futures of a scenario besides the engine and the seed. Comments, the order of lines in
/// a record and the ways to write one value make no difference; the title and what is expected do not count.
///
/// They tell a change from none and are no defence against forgery: 64 bits of FNV-1a.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Contents {
    /// The scenario itself, with the tables that it names.
    pub scenario: u64,
    /// The rulesets in force at some time of the run, with their prices.
    pub rules: u64,
    /// The behaviour profiles, with what the scenario replaces in them.
    pub audience: u64,
}

impl Contents {
    pub(super) fn of(
        text: &ScenarioText,
        rulesets: &[&Ruleset],
        segments: &[Segment],
        strategy: &Strategy,
        prices: Option<&Prices>,
    ) -> Contents {
        let text = ScenarioText {
            title: String::new(),
            expect: Ordered::default(),
            replications: None,
            seed: None,
            ..text.clone()
        };
        let mut scenario = Digest::default();
        scenario.value(&text);
        scenario.0.text(&in_short(strategy));
        let mut rules = Digest::default();
        rulesets.iter().for_each(|ruleset| rules.value(ruleset));
        rules.0.text(&prices.map_or_else(String::new, |prices| format!("{:?}", prices.rules)));
        let mut audience = Digest::default();
        segments.iter().for_each(|segment| audience.value(&segment.behavior));
        Contents { scenario: scenario.0.finish(), rules: rules.0.finish(), audience: audience.0.finish() }
    }
}

/// A strategy without the weights, which stand in the scenario.
fn in_short(strategy: &Strategy) -> String {
    let Strategy { volume, feedback, rotation, edits, weights: _ } = strategy;
    format!(
        "Strategy {{ volume: {volume:?}, feedback: {feedback:?}, rotation: {rotation:?}, edits: {edits:?} }}"
    )
}

/// The hash of some values.
#[derive(Default)]
struct Digest(Fnv);

impl Digest {
    /// The leaves of a value, in the order of their paths.
    fn value<T: Serialize>(&mut self, value: &T) {
        let mut leaves = tree::of(value).map(|tree| tree::leaves(&tree)).unwrap_or_default();
        leaves.sort();
        for (path, value) in &leaves {
            self.0.text(path);
            self.0.text(value);
        }
    }
}
