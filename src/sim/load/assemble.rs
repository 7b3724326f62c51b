//! A scenario put together, once nothing is wrong with it.
//!
//! ```text
//!   Pieces (what was read) --> World: rules of all eras, segments, numbers, lists, prices, desk
//!                                '--> Setting (what reports say of it) --> Scenario
//! ```

use crate::audience::{Behavior, HelpDesk, Sampling, Segment};
use crate::glossary::Category;
use crate::platform::{Opening, Policy, Rulebook, Rules, Ruleset, Tier};
use crate::random::{Held, Pinned};
use crate::sender::Strategy;
use crate::time::{Calendar, SimTime};

use super::super::contents::Contents;
use super::super::prices::Prices;
use super::super::ready::{Decisions, Lane, LaterEra, Names, Scenario, SendingNumber, SendingSlot};
use super::super::scenario::{PolicyText, ScenarioText};
use super::super::setting::{Possible, Setting};
use super::eras::{compile, eras, in_force, rules_in_words, union};
use super::feasible::{Question, out_of_reach, unlocks};
use super::grid::longest_pause;
use super::inputs::{assumptions, threshold_priors, waiting_numbers, warnings};
use super::loader::Loader;
use super::parts::{
    self, asked_back, default_analysis, default_review, default_verification, lanes, markets, preferred,
    prices, profiles, ring, segments, sending_numbers, start_tier, streaks, template_opening,
};
use super::paths::half_held;
use super::plans::{campaign, slot_bound, waits};

/// What was read of a scenario and the files that it names.
pub(super) struct Pieces {
    pub(super) calendar: Calendar,
    pub(super) ruleset: Ruleset,
    pub(super) book: Option<Rulebook>,
    pub(super) behaviors: Vec<Behavior>,
    pub(super) strategy: Strategy,
    pub(super) sending: Vec<SendingSlot>,
}

/// Who meets whom in a run, and by which rules.
struct World<'p> {
    /// The ruleset at the start.
    ruleset: &'p Ruleset,
    /// The rulesets that come to hold, and their rules.
    rulesets: Vec<&'p Ruleset>,
    rules: Rules,
    later: Vec<LaterEra>,
    segments: Vec<Segment>,
    senders: Vec<SendingNumber>,
    lanes: Vec<Lane>,
    /// Name, category and position of each template of the sender.
    templates: Vec<(String, Category, usize)>,
    opening: Opening,
    prices: Option<Prices>,
    help_desk: Option<HelpDesk>,
}

impl Loader<'_> {
    /// The scenario; nothing where the delays of a profile make no table.
    pub(super) fn assemble(&self, text: &ScenarioText, pieces: Pieces) -> Option<Scenario> {
        let Pieces { calendar, ruleset, book, behaviors, strategy, sending } = pieces;
        let world = World::of(text, &calendar, sending.len(), (&ruleset, book.as_ref()), behaviors)?;
        let setting = self.setting(text, calendar, &world, (&strategy, &sending));
        let contents = Contents::of(text, &world.rulesets, &world.segments, &strategy, world.prices.as_ref());
        let all = world.all_rules();
        let answered = world.help_desk.is_some() || world.prices.is_some();
        let (followed, ring) =
            (parts::followed(&all, &strategy, answered), ring(&world.segments, &all, &setting.calendar));
        let World { rules, later, segments, senders, lanes, templates, opening, prices, help_desk, .. } =
            world;
        Some(Scenario {
            followed,
            replications: text.replications.unwrap_or(1_000),
            names: Names {
                numbers: text.platform.numbers.keys().map(str::to_owned).collect(),
                templates: text.platform.templates.keys().map(str::to_owned).collect(),
            },
            markets: markets(text, &segments, prices.as_ref()),
            preferred: preferred(text.sender.order, &segments),
            help_desk,
            senders,
            contents,
            expectations: Vec::new(),
            others: Vec::new(),
            streaks: streaks(&lanes, &templates),
            lanes,
            strategy,
            templates,
            opening,
            decisions: decisions(text),
            thresholds: threshold_priors(text, &rules),
            sending,
            prices,
            own_lines: slot_bound(text, &setting.calendar),
            ring,
            sampling: Sampling::Counts,
            held: Held::default(),
            pinned: Pinned::default(),
            segments,
            ruleset,
            rules,
            later,
            setting,
        })
    }

    /// What reports say of the scenario.
    fn setting(
        &self,
        text: &ScenarioText,
        calendar: Calendar,
        world: &World<'_>,
        (strategy, sending): (&Strategy, &[SendingSlot]),
    ) -> Setting {
        let World { ruleset, rulesets, rules, segments, senders, prices, help_desk, .. } = world;
        let all = world.all_rules();
        let (start_tier, tiers) = (world.start_tier(), union(&all));
        let question = Question { text, ruleset, rules, segments, volume: &strategy.volume };
        let priced = prices.as_ref().map(|prices| &prices.rules);
        Setting {
            help_desk: help_desk.is_some(),
            currency: priced.and_then(|rules| rules.currency().map(str::to_owned)),
            conversations: priced.is_some_and(|rules| rules.know_conversations(calendar.end())),
            rates_templates: all.iter().any(|rules| rules.rates_templates(calendar.end())),
            scenario: self.name.clone(),
            title: text.title.clone(),
            ruleset: rules_in_words(&text.platform.ruleset, rulesets),
            profiles: profiles(segments),
            seed: text.seed.unwrap_or(1),
            start_tier: rung_among(&tiers, rules, start_tier),
            campaign: campaign(text, &calendar),
            sending_numbers: senders.len(),
            longest_pause: longest_pause(text, &calendar, sending),
            unlocks: unlocks(question, &tiers),
            tiers,
            possible: Possible::under(&all),
            assumptions: assumptions(text, rulesets, &all, segments),
            warnings: [
                half_held(text, self.changes),
                out_of_reach(question, start_tier),
                waits(text, rulesets),
                waiting_numbers(text, rules),
                warnings(text, rulesets, segments, &calendar),
            ]
            .concat(),
            calendar,
        }
    }
}

impl<'p> World<'p> {
    fn of(
        text: &ScenarioText,
        calendar: &Calendar,
        sends: usize,
        (ruleset, book): (&'p Ruleset, Option<&'p Rulebook>),
        behaviors: Vec<Behavior>,
    ) -> Option<World<'p>> {
        let (rules, later) = match book {
            Some(book) => eras(book, text, calendar)?,
            None => (compile(ruleset, calendar), Vec::new()),
        };
        let rulesets = in_force(book, ruleset, Some(calendar));
        let segments = segments(text, behaviors, calendar)?;
        let senders = sending_numbers(text);
        let begins = std::iter::once(SimTime::START).chain(later.iter().map(|era| era.from));
        let prices = prices(text, &begins.zip(rulesets.iter().copied()).collect::<Vec<_>>(), calendar);
        Some(World {
            lanes: lanes(text, &senders, &segments, asked_back(&rulesets), (calendar, sends)),
            templates: own_templates(text),
            opening: opening(text, &rules, later.is_empty()),
            help_desk: help_desk(text, calendar, &senders),
            ruleset,
            rulesets,
            rules,
            later,
            segments,
            senders,
            prices,
        })
    }

    /// The rules of every era.
    fn all_rules(&self) -> Vec<&Rules> {
        std::iter::once(&self.rules).chain(self.later.iter().map(|era| &era.rules)).collect()
    }

    /// The highest tier that a number of the sender starts at, by its position in the first ladder.
    fn start_tier(&self) -> usize {
        let tier_of = |lane: &Lane| self.opening.numbers.get(lane.number).map(|(tier, _)| *tier);
        self.lanes.iter().filter_map(tier_of).max().unwrap_or(self.rules.start_tier)
    }
}

/// Position among the tiers of all eras of a tier of the first.
fn rung_among(tiers: &[Tier], rules: &Rules, tier: usize) -> usize {
    if rules.tiers.len() == 1 {
        return 0;
    }
    let limit = rules.tiers[tier].limit;
    tiers.iter().rposition(|tier| tier.limit == limit).unwrap_or(0)
}

/// What the platform holds about the sender at the start.
fn opening(text: &ScenarioText, rules: &Rules, never_amended: bool) -> Opening {
    let numbers = text.platform.numbers.values().map(|number| (start_tier(number, rules), number.rating));
    Opening {
        // A business that is verified already is told so at the start: who stands on the entry step leaves it.
        verified: false,
        numbers: numbers.collect(),
        templates: text.platform.templates.values().map(template_opening).collect(),
        policy: match text.platform.policy {
            Some(PolicyText::Open { .. }) => Policy::Open,
            _ => Policy::Passed,
        },
        never_amended,
    }
}

fn own_templates(text: &ScenarioText) -> Vec<(String, Category, usize)> {
    let templates = text.sender.templates.iter().filter_map(|name| {
        let place = text.platform.templates.index_of(name)?;
        Some((name.clone(), text.platform.templates.get(name)?.category, place))
    });
    templates.collect()
}

fn help_desk(text: &ScenarioText, calendar: &Calendar, senders: &[SendingNumber]) -> Option<HelpDesk> {
    let inlets: Vec<&str> = senders.iter().map(|sender| sender.name.as_str()).collect();
    Some(HelpDesk::new(text.audience.help_desk.as_ref()?, calendar, &inlets))
}

/// What is believed of the platform's decisions.
fn decisions(text: &ScenarioText) -> Decisions {
    let platform = &text.platform;
    Decisions {
        verification: platform.verification.clone().unwrap_or_else(default_verification),
        policy: platform.policy.clone().unwrap_or(PolicyText::Passed),
        review: platform.review.clone().unwrap_or_else(default_review),
        official: platform.official.clone(),
        analysis: platform.analysis.clone().unwrap_or_else(default_analysis),
    }
}
