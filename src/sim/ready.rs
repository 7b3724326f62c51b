//! A scenario made ready: everything a run needs, read, checked and worked out once.

use crate::audience::{BatchSubjects, Followed, HelpDesk, ListPlan, Sampling, Segment};
use crate::glossary::Category;
use crate::platform::{Amending, Opening, Rules, Ruleset};
use crate::random::{Held, Pinned};
use crate::sender::{Part, Strategy};
use crate::time::{SimTime, Slot};

use super::contents::Contents;
use super::expectation::Expectation;
use super::prices::Prices;
use super::scenario::{DecisionText, PolicyText, ReviewText, Verification};
use super::setting::Setting;
use super::thresholds::ThresholdBelief;

/// Most messages in one slot: what one draw can split exactly.
pub(super) const MOST_IN_SLOT: u64 = 1 << 31;

/// A scenario that was read, checked and made ready: running it cannot fail.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// What every report says about a run.
    pub setting: Setting,
    /// How many replications the file asks for.
    pub replications: u64,
    /// The ruleset as it stands in its file.
    pub ruleset: Ruleset,
    pub(super) names: Names,
    pub(super) contents: Contents,
    /// What the file expects.
    pub(super) expectations: Vec<Expectation>,
    /// The scenarios that expectations compare with.
    pub(super) others: Vec<Scenario>,
    pub(super) rules: Rules,
    /// The eras that begin during the run.
    pub(super) later: Vec<LaterEra>,
    /// The segments that are written to, in the order of the file.
    pub(super) segments: Vec<Segment>,
    /// The position of each segment's market among those that are priced.
    pub(super) markets: Vec<usize>,
    /// The numbers that send.
    pub(super) senders: Vec<SendingNumber>,
    /// Who answers customers' chats.
    pub(super) help_desk: Option<HelpDesk>,
    /// The list of each number and segment: those of the first number first.
    pub(super) lanes: Vec<Lane>,
    /// Whose reactions are counted together: by lane and template.
    pub(super) streaks: Vec<Streak>,
    /// Positions of the segments in the order of preference; nothing where a plan is shared out by size.
    pub(super) preferred: Option<Vec<usize>>,
    pub(super) strategy: Strategy,
    /// The sender's templates: name, category, position among the platform's.
    pub(super) templates: Vec<(String, Category, usize)>,
    pub(super) opening: Opening,
    pub(super) decisions: Decisions,
    /// What is believed of the thresholds of each rating clause.
    pub(super) thresholds: Vec<ThresholdBelief>,
    pub(super) sending: Vec<SendingSlot>,
    /// What is priced; nothing without a market.
    pub(super) prices: Option<Prices>,
    /// Most messages that the sender's own lines carry in a slot, for one number.
    pub(super) own_lines: Option<u64>,
    pub(super) ring: usize,
    /// What is followed by the slot in which it arrives.
    pub(super) followed: Followed,
    /// How customers are simulated.
    pub(super) sampling: Sampling,
    /// Which layers of chance are held still.
    pub(super) held: Held,
    /// Uncertain parameters that are set at a quantile.
    pub(super) pinned: Pinned,
}

/// One of the sender's numbers.
#[derive(Clone, Debug)]
pub(super) struct SendingNumber {
    /// Position of the number among the platform's.
    pub(super) number: usize,
    /// The number's name.
    pub(super) name: String,
    /// Its part of the lists and of the plan.
    pub(super) part: Part,
}

/// The part of a segment that belongs to one number, for the whole run.
#[derive(Clone, Debug)]
pub(super) struct Lane {
    /// Position of its number among the sender's.
    pub(super) sender: usize,
    /// Position of the number among the platform's.
    pub(super) number: usize,
    /// Position of its segment.
    pub(super) segment: usize,
    /// What its list is made of.
    pub(super) list: ListPlan,
    /// Whom the draws of its batches concern, by template.
    pub(super) batches: Vec<BatchSubjects>,
}

/// The customers of a lane who get one of the sender's templates.
#[derive(Clone, Copy, Debug)]
pub(super) struct Streak {
    /// Position of the number among the sender's.
    pub(super) sender: usize,
    /// Position of the number among the platform's.
    pub(super) number: usize,
    /// Position of the template among the platform's.
    pub(super) template: usize,
    /// Position of the segment.
    pub(super) segment: usize,
}

/// An era of a rulebook that begins during the run.
#[derive(Clone, Debug)]
pub(super) struct LaterEra {
    pub(super) from: SimTime,
    pub(super) rules: Rules,
    pub(super) amendment: Amending,
    /// What is believed of the thresholds of its rating clauses.
    pub(super) thresholds: Vec<ThresholdBelief>,
}

/// What the platform decides by chance in reality: the run draws it and tells the platform.
#[derive(Clone, Debug)]
pub(super) struct Decisions {
    pub(super) verification: Verification,
    pub(super) policy: PolicyText,
    pub(super) review: ReviewText,
    pub(super) official: Option<DecisionText>,
    pub(super) analysis: DecisionText,
}

/// Names by position.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    /// The phone numbers.
    pub numbers: Vec<String>,
    /// The templates.
    pub templates: Vec<String>,
}

/// A slot in which sending is allowed.
#[derive(Clone, Copy, Debug)]
pub(super) struct SendingSlot {
    pub(super) slot: Slot,
    /// Position among the day's sending slots.
    pub(super) place: u32,
    /// How many sending slots the day has.
    pub(super) of: u32,
}

impl Scenario {
    /// The same scenario with another seed.
    #[must_use]
    pub fn with_seed(mut self, seed: u64) -> Scenario {
        self.setting.seed = seed;
        self.others.iter_mut().for_each(|other| other.setting.seed = seed);
        self
    }

    /// The same scenario with customers simulated another way, of the same law.
    #[must_use]
    pub fn with_sampling(mut self, sampling: Sampling) -> Scenario {
        self.sampling = sampling;
        self.others.iter_mut().for_each(|other| other.sampling = sampling);
        self
    }

    /// The same scenario with some layers of chance held still.
    #[must_use]
    pub fn with_held(mut self, held: Held) -> Scenario {
        self.held = held;
        for other in &mut self.others {
            let Held { parameters, days, luck } = other.held;
            other.held = Held {
                parameters: parameters || held.parameters,
                days: days || held.days,
                luck: luck || held.luck,
            };
        }
        self
    }

    /// Customers of all segments that are written to.
    pub fn customers(&self) -> u64 {
        self.lanes.iter().map(|lane| lane.list.customers).sum()
    }

    /// What the file expects, in its order. Of a scenario that was changed, only what still makes sense.
    pub fn expectations(&self) -> &[Expectation] {
        &self.expectations
    }

    /// The scenarios that expectations compare with, under this one's seed.
    pub fn others(&self) -> &[Scenario] {
        &self.others
    }

    /// What decides its futures, in three numbers.
    pub fn contents(&self) -> Contents {
        self.contents
    }

    /// The names of the scenario's numbers and templates, by their position in changes.
    pub fn names(&self) -> &Names {
        &self.names
    }

    /// The rules in force at the start, made ready.
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// The rules in force at an instant: others than at the start where a rulebook's era has begun.
    pub fn rules_at(&self, at: SimTime) -> &Rules {
        let era = self.later.iter().rfind(|era| era.from <= at);
        era.map_or(&self.rules, |era| &era.rules)
    }

    /// Names of the rulesets that hold in it, one after another.
    pub fn rulesets(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.rules)
            .chain(self.later.iter().map(|era| &era.rules))
            .map(|rules| rules.name.as_str())
    }

    /// Whether a ruleset that holds in it has this name, or the rulebook whose eras it crosses.
    pub fn has_rules(&self, name: &str) -> bool {
        let book = self.setting.ruleset.split_once(" (").filter(|_| !self.later.is_empty());
        self.rulesets().any(|own| own == name) || book.is_some_and(|(book, _)| book == name)
    }

    /// The sender's strategy in one line, for a reader.
    pub fn strategy_in_words(&self) -> String {
        self.strategy.describe()
    }

    /// Position among the setting's tiers of a limit that a number holds under `rules`.
    pub(super) fn rung(&self, rules: &Rules, limit: Option<u64>) -> usize {
        let tiers = &self.setting.tiers;
        let known = tiers.iter().rposition(|tier| tier.limit == limit);
        if rules.tiers.len() == 1 { 0 } else { known.unwrap_or(0) }
    }
}
