//! Loading a scenario: the step that fails. Once a [`Scenario`] exists, running it cannot.

use std::path::{Path, PathBuf};

use jiff::civil::{Date, DateTime};
use thiserror::Error;

use crate::audience::{
    Act, Behavior, Choice, List, RATES, Segment, check_chance, profile_document, profile_names,
};
use crate::document::{Check, Document, Finding, Findings};
use crate::glossary::{Category, Ratio, TemplateStatus};
use crate::platform::catalogue;
use crate::platform::language::{CapLimit, CapOf, CapUnit, Condition, Within};
use crate::platform::price::{Card, PriceRules, month_starts};
use crate::platform::{Opening, Policy, Rules, Ruleset, TemplateOpening, Thresholds};
use crate::random::{Address, Law, Prior, Probability, Purpose, Streams, Subject, Subjects};
use crate::sender::Strategy;
use crate::time::{Calendar, CalendarError, SimTime, Slot, Span};

use super::account::Prices;
use super::scenario::{
    DecisionText, HoursText, PlanText, PolicyText, ReviewText, ScenarioText, SegmentText, TemplateState,
    TemplateText, Verification,
};
use super::setting::{Assumption, Evidence, Possible, Setting};

/// Longest horizon [days]: ten years.
const MOST_DAYS: i64 = 3_660;
/// Largest list \[customers\].
const MOST_CUSTOMERS: u64 = 1 << 40;
/// Most messages in one slot: what one draw can split exactly.
pub(super) const MOST_IN_SLOT: u64 = 1 << 31;
/// Most replications of one run.
const MOST_REPLICATIONS: u64 = 10_000_000;

/// Why a scenario cannot be loaded.
#[derive(Debug, Error)]
pub enum LoadError {
    /// A file cannot be read.
    #[error("cannot read the file {}: {error}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
    /// Something is wrong with what the files say.
    #[error("{0}")]
    Findings(#[from] Findings),
}

/// A scenario that was read, checked and made ready: running it cannot fail.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// What every report says about a run.
    pub setting: Setting,
    /// How many replications the file asks for.
    pub replications: u64,
    /// The ruleset as it stands in its file.
    pub ruleset: Ruleset,
    names: Names,
    pub(super) rules: Rules,
    pub(super) segment: Segment,
    pub(super) customers: u64,
    pub(super) lanes: Vec<Lane>,
    pub(super) strategy: Strategy,
    /// The sender's templates: name, category, position among the platform's.
    pub(super) templates: Vec<(String, Category, usize)>,
    pub(super) opening: Opening,
    pub(super) decisions: Decisions,
    /// Priors of the thresholds of each rating clause: Medium from, Low from.
    pub(super) thresholds: Vec<(Subject, Prior, Subject, Prior)>,
    pub(super) sending: Vec<SendingSlot>,
    /// What is priced; nothing without a market.
    pub(super) prices: Option<Prices>,
    /// Most messages that a number can send in a slot, where the rules bound its throughput.
    pub(super) throughput: Option<u64>,
    /// Whether the rules bound how many marketing messages a person gets.
    pub(super) person_cap: bool,
    pub(super) ring: usize,
    pub(super) time_to_live: Span,
}

/// One of the sender's numbers with its part of the list and of the plan.
#[derive(Clone, Debug)]
pub(super) struct Lane {
    /// Position of the number among the platform's.
    pub(super) number: usize,
    /// The number's name.
    pub(super) name: String,
    /// Its weight.
    pub(super) weight: u64,
    /// Its part of the list: a customer belongs to one number for the whole run.
    pub(super) list: List,
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

/// Reads a file that people wrote: the one place where the library does.
pub(super) fn open(path: &Path) -> Result<Document, LoadError> {
    let text =
        std::fs::read_to_string(path).map_err(|error| LoadError::Read { path: path.to_owned(), error })?;
    Ok(Document::new(path.display().to_string(), text))
}

impl Scenario {
    /// Loads a scenario from a file; `changes` replace values by their path before anything is checked.
    ///
    /// # Errors
    /// A file that cannot be read, and all that is wrong with what the files say.
    pub fn load(path: &Path, changes: &[(String, String)]) -> Result<Scenario, LoadError> {
        let document = open(path)?;
        let folder = path.parent().unwrap_or(Path::new("")).to_owned();
        let name = path
            .file_stem()
            .map_or_else(|| "scenario".to_owned(), |stem| stem.to_string_lossy().into_owned());
        Ok(Loader { name, folder, changes }.load(document)?)
    }

    /// Loads a scenario from text; files that it names are looked for in `folder`.
    ///
    /// # Errors
    /// All that is wrong with what the text and the files say.
    pub fn read(name: &str, text: &str, folder: &Path) -> Result<Scenario, Findings> {
        let document = Document::new(format!("{name}.ron"), text);
        Loader { name: name.to_owned(), folder: folder.to_owned(), changes: &[] }.load(document)
    }

    /// The same scenario with another seed.
    #[must_use]
    pub fn with_seed(mut self, seed: u64) -> Scenario {
        self.setting.seed = seed;
        self
    }

    /// The names of the scenario's numbers and templates, by their position in changes.
    pub fn names(&self) -> &Names {
        &self.names
    }

    /// The rules, made ready.
    pub fn rules(&self) -> &Rules {
        &self.rules
    }
}

struct Loader<'l> {
    name: String,
    folder: PathBuf,
    changes: &'l [(String, String)],
}

/// The sections of a ruleset: a change whose path begins with one of them is a change of the rules.
const RULE_SECTIONS: [&str; 13] = [
    "ladder",
    "numbers",
    "admission",
    "window",
    "rating",
    "upgrade",
    "official",
    "number",
    "review",
    "pacing",
    "template",
    "price",
    "fact",
];

impl Loader<'_> {
    fn load(&self, document: Document) -> Result<Scenario, Findings> {
        let document = self.changed(document, |section| !RULE_SECTIONS.contains(&section))?;
        let text: ScenarioText = document.read()?;
        let mut check = Check::new(&document);
        let mut others = Findings::default();
        let calendar = calendar(&text, &mut check);
        self.check_numbers(&text, &mut check);
        let ruleset = self.ruleset(&text, &mut check, &mut others);
        let behavior = self.behavior(&text, &mut check, &mut others);
        let strategy = self.strategy(&text, &mut check, &mut others);
        let sending = calendar.as_ref().map(|calendar| sending_slots(calendar, &text, &mut check));
        if let Some(ruleset) = &ruleset {
            check_against_rules(&text, ruleset, &mut check);
            check_threshold_order(&text, ruleset, &mut check);
            check_market(&text, ruleset, &mut check);
        }
        check_sender(&text, &mut check);
        let subjects = register(&text, ruleset.as_ref());
        if let Err(collision) = subjects {
            check.error("title", collision, "two names drew the same number; any other name will do");
        }
        let parts = match (calendar, ruleset, behavior, strategy, sending) {
            (Some(calendar), Some(ruleset), Some(behavior), Some(strategy), Some(sending)) => {
                Some((calendar, ruleset, behavior, strategy, sending))
            }
            _ => None,
        };
        let found = match (check.finish(()), others.has_errors(), parts) {
            (Ok(()), false, Some((calendar, ruleset, behavior, strategy, sending))) => {
                let scenario = self.assemble(&text, calendar, ruleset, behavior, strategy, sending);
                return scenario.ok_or_else(|| {
                    Findings::new(&document, vec![Finding::error("the profile's delays make no table")])
                });
            }
            (Ok(()), ..) => Findings::default(),
            (Err(findings), ..) => findings,
        };
        let mut all = found;
        all.merge(others);
        Err(all)
    }

    /// The document with those changes whose first step `mine` accepts.
    fn changed(&self, mut document: Document, mine: impl Fn(&str) -> bool) -> Result<Document, Findings> {
        for (path, value) in self.changes {
            let section = path.split(['.', '[']).next().unwrap_or(path);
            if mine(section) {
                document = document.with(path, value)?;
            }
        }
        Ok(document)
    }

    fn check_numbers(&self, text: &ScenarioText, check: &mut Check<'_>) {
        if let Some(replications) = text.replications
            && !(1..=MOST_REPLICATIONS).contains(&replications)
        {
            let message = format!("{replications} replications cannot be run");
            check.error(
                "replications",
                message,
                format!("between 1 and {MOST_REPLICATIONS}; 1,000 is a good start"),
            );
        }
        for (name, segment) in text.audience.segments.iter() {
            let path = format!("audience.segments.{name}");
            if segment.customers == 0 {
                check.error(
                    &format!("{path}.customers"),
                    "an empty list: nobody to write to",
                    "give the number of customers",
                );
            } else if segment.customers > MOST_CUSTOMERS {
                let message =
                    format!("a list of {} customers is more than people on earth", segment.customers);
                check.error(&format!("{path}.customers"), message, format!("at most {MOST_CUSTOMERS}"));
            }
            if segment.rest < Span::hours(24) {
                let message = format!("a rest of {} is too short", segment.rest);
                check.error(
                    &format!("{path}.rest"),
                    message,
                    "24h at least: a customer counts once a day for the limit",
                );
            }
        }
        if text.audience.segments.is_empty() {
            check.error("audience.segments", "there is no segment", "give at least one list of customers");
        }
    }

    fn ruleset(&self, text: &ScenarioText, check: &mut Check<'_>, others: &mut Findings) -> Option<Ruleset> {
        let name = &text.platform.ruleset;
        let document = if name.ends_with(".ron") {
            self.beside("platform.ruleset", name, check)?
        } else if let Some(document) = catalogue::document(name) {
            document
        } else {
            let help = nearest(name, catalogue::names());
            check.error("platform.ruleset", format!("there is no ruleset \"{name}\""), help);
            return None;
        };
        let changed = self.changed(document, |section| RULE_SECTIONS.contains(&section));
        match changed.and_then(|document| Ruleset::read(&document)) {
            Ok(ruleset) => Some(ruleset),
            Err(findings) => {
                others.merge(findings);
                None
            }
        }
    }

    fn behavior(
        &self,
        text: &ScenarioText,
        check: &mut Check<'_>,
        others: &mut Findings,
    ) -> Option<Behavior> {
        let (name, segment) = text.audience.segments.iter().find(|(name, _)| *name == text.sender.segment)?;
        let path = format!("audience.segments.{name}");
        let document = if segment.profile.ends_with(".ron") {
            self.beside(&format!("{path}.profile"), &segment.profile, check)?
        } else if let Some(document) = profile_document(&segment.profile) {
            document
        } else {
            let help = nearest(&segment.profile, profile_names());
            check.error(
                &format!("{path}.profile"),
                format!("there is no profile \"{}\"", segment.profile),
                help,
            );
            return None;
        };
        for (rate, prior) in segment.chances.iter() {
            let at = format!("{path}.chances.{rate}");
            if RATES.iter().all(|known| known.name() != rate) {
                let help = nearest(rate, RATES.iter().map(|known| known.name()));
                check.error(&at, format!("a profile has no chance `{rate}`"), help);
            }
            check_chance(prior, &at, check);
        }
        match Behavior::read(&document) {
            Ok(mut behavior) => {
                replace_chances(&mut behavior, segment.chances.iter());
                Some(behavior)
            }
            Err(findings) => {
                others.merge(findings);
                None
            }
        }
    }

    /// The file of that name beside the scenario.
    fn beside(&self, path: &str, name: &str, check: &mut Check<'_>) -> Option<Document> {
        match open(&self.folder.join(name)) {
            Ok(document) => Some(document),
            Err(error) => {
                check.error(path, error.to_string(), "files are looked for beside the scenario");
                None
            }
        }
    }

    fn strategy(
        &self,
        text: &ScenarioText,
        check: &mut Check<'_>,
        others: &mut Findings,
    ) -> Option<Strategy> {
        match &text.sender.plan {
            PlanText::Constant { a_day } => {
                check_messages(*a_day, "sender.plan.a_day", check);
                Some(Strategy::Constant { a_day: *a_day })
            }
            PlanText::FillLimit { share, at_most } => {
                if let Some(most) = at_most {
                    check_messages(*most, "sender.plan.at_most", check);
                }
                if *share <= Ratio::new(0, 1) || *share > Ratio::new(1, 1) {
                    check.error(
                        "sender.plan.share",
                        format!("a share of {share} of the limit cannot be sent"),
                        "above 0 and at most 100%",
                    );
                }
                Some(Strategy::FillLimit { share: *share, at_most: *at_most })
            }
            PlanText::Table { file, clock, after } => {
                let document = self.beside("sender.plan.file", file, check)?;
                match read_table(&document) {
                    Ok(days) => Some(Strategy::Table { days, clock: *clock, after: *after }),
                    Err(findings) => {
                        others.merge(findings);
                        None
                    }
                }
            }
        }
    }

    fn assemble(
        &self,
        text: &ScenarioText,
        calendar: Calendar,
        ruleset: Ruleset,
        behavior: Behavior,
        strategy: Strategy,
        sending: Vec<SendingSlot>,
    ) -> Option<Scenario> {
        let rules = compile(&ruleset, &calendar);
        let segment_text = text.audience.segments.get(&text.sender.segment)?;
        let segment = Segment::new(&text.sender.segment, behavior)?;
        let choice = segment_text.choose.unwrap_or(Choice::rested_longest);
        let lanes = lanes(text, segment_text, choice);
        let numbers = text.platform.numbers.iter().map(|(_, number)| {
            let tier = number.tier.as_ref().and_then(|tier| rules.tier(tier)).unwrap_or(rules.start_tier);
            (tier, number.rating)
        });
        let verification = text.platform.verification.clone().unwrap_or_else(default_verification);
        let opening = Opening {
            // A business that is verified already is told so at the start: who stands on the entry step leaves it.
            verified: false,
            numbers: numbers.collect(),
            templates: text.platform.templates.values().map(template_opening).collect(),
            thresholds: Vec::new(),
            policy: match text.platform.policy {
                Some(PolicyText::Open { .. }) => Policy::Open,
                _ => Policy::Passed,
            },
        };
        let templates = text.sender.templates.iter().filter_map(|name| {
            let place = text.platform.templates.index_of(name)?;
            Some((name.clone(), text.platform.templates.get(name)?.category, place))
        });
        let tier_of = |lane: &Lane| opening.numbers.get(lane.number).map(|(tier, _)| *tier);
        let start_tier = lanes.iter().filter_map(tier_of).max().unwrap_or(rules.start_tier);
        let prices = prices(text, &ruleset, &calendar);
        let setting = Setting {
            currency: prices.as_ref().and_then(|prices| prices.rules.currency().map(str::to_owned)),
            scenario: self.name.clone(),
            title: text.title.clone(),
            ruleset: ruleset.name.clone(),
            profiles: vec![segment.behavior.name.clone()],
            seed: text.seed.unwrap_or(1),
            tiers: rules.tiers.clone(),
            start_tier,
            possible: Possible::under(&rules),
            assumptions: assumptions(text, &ruleset, &rules, &segment),
            warnings: warnings(text, &ruleset, &segment, &calendar),
            calendar,
        };
        let slot = setting.calendar.slot_length().0;
        let throughput = throughput(&ruleset, &setting.calendar);
        let person_cap = ruleset.admission.values().any(|cap| cap.per == CapOf::Person);
        Some(Scenario {
            replications: text.replications.unwrap_or(1_000),
            names: Names {
                numbers: text.platform.numbers.keys().map(str::to_owned).collect(),
                templates: text.platform.templates.keys().map(str::to_owned).collect(),
            },
            customers: segment_text.customers,
            lanes,
            strategy,
            templates: templates.collect(),
            opening,
            decisions: Decisions {
                verification,
                policy: text.platform.policy.clone().unwrap_or(PolicyText::Passed),
                review: text.platform.review.clone().unwrap_or_else(default_review),
                official: text.platform.official.clone(),
                analysis: text.platform.analysis.clone().unwrap_or_else(default_analysis),
            },
            thresholds: threshold_priors(text, &rules),
            sending,
            prices,
            throughput,
            person_cap,
            ring: ((segment.longest_delay() + slot - 1) / slot + 2) as usize,
            time_to_live: segment.behavior.time_to_live.value,
            segment,
            ruleset,
            rules,
            setting,
        })
    }
}

/// Makes a ruleset ready for the calendar of a run.
pub(super) fn compile(ruleset: &Ruleset, calendar: &Calendar) -> Rules {
    let midnights = (0..calendar.days()).map(|day| calendar.midnight(day)).collect();
    Rules::compile(ruleset, midnights, &|date| instant_of(calendar, date))
}

/// The instant at which a dated clause's day begins.
fn instant_of(calendar: &Calendar, date: &str) -> SimTime {
    let date = crate::platform::first_day(date);
    date.and_then(|date| calendar.instant(date.at(0, 0, 0, 0)).ok()).unwrap_or(SimTime::START)
}

fn template_opening(template: &TemplateText) -> TemplateOpening {
    let (status, new) = match template.state {
        None | Some(TemplateState::proven) => (TemplateStatus::Approved, false),
        Some(TemplateState::new) => (TemplateStatus::Approved, true),
        Some(TemplateState::submitted) => (TemplateStatus::Pending, true),
    };
    TemplateOpening { category: template.category, status, new }
}

/// What is priced: the ruleset's price clauses in the scenario's market.
fn prices(text: &ScenarioText, ruleset: &Ruleset, calendar: &Calendar) -> Option<Prices> {
    let market = text.platform.market.clone()?;
    let rules = PriceRules::compile(ruleset, &|date| instant_of(calendar, date));
    rules.currency()?;
    let card = text.platform.card.unwrap_or(Card::OnFile);
    Some(Prices { rules, market, card, months: month_starts(calendar) })
}

/// What a number can send in a slot under the shortest stated bound on its messages.
fn throughput(ruleset: &Ruleset, calendar: &Calendar) -> Option<u64> {
    let bounds =
        ruleset.admission.values().filter_map(|cap| match (cap.per, cap.unit, cap.within, cap.limit) {
            (CapOf::Number, CapUnit::Messages, Within::Rolling(span), CapLimit::Own(most)) if span.0 > 0 => {
                Some(most.saturating_mul(calendar.slot_length().0.max(span.0) as u64 / span.0 as u64))
            }
            _ => None,
        });
    bounds.min()
}

/// The sender's numbers: weights share out the list by largest remainder, the first numbers first.
fn lanes(text: &ScenarioText, segment: &SegmentText, choice: Choice) -> Vec<Lane> {
    let numbers = senders(text);
    let all: u64 = numbers.iter().map(|(_, weight)| weight).sum();
    let part =
        |weight: u64| (u128::from(segment.customers) * u128::from(weight) / u128::from(all.max(1))) as u64;
    let rest = segment.customers - numbers.iter().map(|(_, weight)| part(*weight)).sum::<u64>();
    let lane = |(place, (name, weight)): (usize, &(&str, u64))| {
        let customers = part(*weight) + u64::from((place as u64) < rest);
        let subject = Subject::new(&[&text.sender.segment, name]);
        Some(Lane {
            number: text.platform.numbers.index_of(name)?,
            name: (*name).to_owned(),
            weight: *weight,
            list: List::new(customers, segment.rest, choice, subject),
        })
    };
    numbers.iter().enumerate().filter_map(lane).collect()
}

/// The numbers that send, with their weights.
fn senders(text: &ScenarioText) -> Vec<(&str, u64)> {
    match &text.sender.number {
        Some(number) => vec![(number.as_str(), 1)],
        None => text.sender.numbers.iter().map(|(name, weight)| (name, *weight)).collect(),
    }
}

/// 2 to 6 h even, 1 in 10 rejected: what the providers' pages say, and an assumption.
fn default_review() -> ReviewText {
    ReviewText { hours: prior_or_fixed(Law::Uniform { low: 2.0, high: 6.0 }), rejected: share(0.1) }
}

/// Nobody publishes how long the analysis takes or how often it approves.
fn default_analysis() -> DecisionText {
    DecisionText { after_days: prior_or_fixed(Law::Uniform { low: 0.0, high: 3.0 }), granted: share(0.8) }
}

/// A prior of known good numbers.
fn prior_or_fixed(law: Law) -> Prior {
    Prior::new(law).unwrap_or_else(|_| unreachable!("the numbers above make a law"))
}

/// A share of known good numbers.
fn share(value: f64) -> Probability {
    Probability::new(value).unwrap_or(Probability::ONE)
}

fn default_verification() -> Verification {
    let law = Law::LogNormalMedian { median: 5.0, sigma: 0.6 };
    Prior::new(law).map_or(Verification::Done, Verification::AfterDays)
}

/// Advice on a name that is not known: the nearest one, and all.
pub(super) fn nearest<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> String {
    let known: Vec<&str> = known.collect();
    let close = known.iter().map(|other| (strsim::jaro_winkler(name, other), *other));
    let best = close.max_by(|a, b| a.0.total_cmp(&b.0)).filter(|(similarity, _)| *similarity > 0.8);
    match best {
        Some((_, other)) => format!("did you mean \"{other}\"? There are: {}", known.join(", ")),
        None => format!("there are: {}", known.join(", ")),
    }
}

fn calendar(text: &ScenarioText, check: &mut Check<'_>) -> Option<Calendar> {
    let start =
        text.start.parse::<DateTime>().ok().or_else(|| Some(text.start.parse::<Date>().ok()?.at(0, 0, 0, 0)));
    let Some(start) = start else {
        let message = format!("\"{}\" is no date", text.start);
        check.error(
            "start",
            message,
            "write a date such as \"2022-03-07\", or a date and time such as \"2022-03-07T09:00\"",
        );
        return None;
    };
    if text.horizon < Span::days(1) || text.horizon > Span::days(MOST_DAYS) {
        let message = format!("a horizon of {} cannot be simulated", text.horizon);
        check.error(
            "horizon",
            message,
            format!("from 1d to {MOST_DAYS}d (ten years); a ramp-up takes weeks"),
        );
        return None;
    }
    let slot = text.slot.unwrap_or(Span::hours(1));
    match Calendar::new(start, &text.zone, text.horizon, slot) {
        Ok(calendar) => Some(calendar),
        Err(error) => {
            let (path, help) = match &error {
                CalendarError::Zone(_) => {
                    ("zone", "a name such as \"Europe/Madrid\", \"America/Sao_Paulo\" or \"UTC\"")
                }
                CalendarError::Slot(_) => {
                    ("slot", "whole minutes that divide a day: 15m, 30m, 1h, 2h, 4h, 24h")
                }
                CalendarError::Start(..) | CalendarError::Range => ("start", "choose another start"),
            };
            check.error(path, error.to_string(), help);
            None
        }
    }
}

fn sending_slots(calendar: &Calendar, text: &ScenarioText, check: &mut Check<'_>) -> Vec<SendingSlot> {
    let HoursText { from, to } = &text.sender.hours;
    let minutes = [("sender.hours.from", from), ("sender.hours.to", to)].map(|(path, time)| {
        let minute = minute_of(time);
        if minute.is_none() {
            check.error(
                path,
                format!("\"{time}\" is no time of day"),
                "write hours and minutes, such as \"09:00\"",
            );
        }
        minute
    });
    let [Some(from), Some(to)] = minutes else { return Vec::new() };
    let mut sending: Vec<SendingSlot> = Vec::new();
    for day in 0..calendar.days() as u32 {
        if !text.sender.weekdays.holds(calendar.weekday(day as usize)) {
            continue;
        }
        let first = calendar.slots().partition_point(|slot| slot.day < day);
        let today = calendar.slots().iter().enumerate().skip(first).take_while(|(_, slot)| slot.day == day);
        let open: Vec<Slot> = today
            .filter(|(_, slot)| (from..to).contains(&slot.minute))
            .map(|(index, _)| index as Slot)
            .collect();
        let of = open.len() as u32;
        sending.extend(open.into_iter().zip(0..).map(|(slot, place)| SendingSlot { slot, place, of }));
    }
    if sending.is_empty() {
        let path = if from >= to { "sender.hours" } else { "sender" };
        check.error(
            path,
            "nothing is ever sent: no slot lies within the sending hours and weekdays",
            "widen them, or make the slot shorter",
        );
    }
    sending
}

fn minute_of(time: &str) -> Option<u16> {
    let (hour, minute) = time.split_once(':')?;
    let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
    (hour < 24 && minute < 60 || hour == 24 && minute == 0).then_some(hour * 60 + minute)
}

fn check_against_rules(text: &ScenarioText, ruleset: &Ruleset, check: &mut Check<'_>) {
    let tiers: Vec<&str> = ruleset.ladder.iter().flat_map(|ladder| ladder.steps.keys()).collect();
    for (name, number) in text.platform.numbers.iter() {
        if let Some(tier) = &number.tier
            && !tiers.contains(&tier.as_str())
        {
            let message = format!("{} has no tier \"{tier}\"", ruleset.name);
            check.error(
                &format!("platform.numbers.{name}.tier"),
                message,
                nearest(tier, tiers.iter().copied()),
            );
        }
    }
    let paths: Vec<String> = ruleset
        .rating
        .keys()
        .flat_map(|name| [format!("rating.{name}.medium_from"), format!("rating.{name}.low_from")])
        .collect();
    for (path, prior) in text.platform.priors.iter() {
        let at = format!("platform.priors.\"{path}\"");
        if !paths.iter().any(|known| known == path) {
            let help = nearest(path, paths.iter().map(String::as_str));
            check.error(&at, format!("{} has no uncertain value \"{path}\"", ruleset.name), help);
        }
        check_chance(prior, &at, check);
    }
}

/// Two fixed thresholds in the wrong order are a slip: only drawn ones are sorted.
fn check_threshold_order(text: &ScenarioText, ruleset: &Ruleset, check: &mut Check<'_>) {
    let fixed = |path: &str| match text.platform.priors.get(path)?.law() {
        Law::Fixed(value) => Some(value),
        _ => None,
    };
    for name in ruleset.rating.keys() {
        let (medium, low) = (format!("rating.{name}.medium_from"), format!("rating.{name}.low_from"));
        if let (Some(from), Some(below)) = (fixed(&medium), fixed(&low))
            && from >= below
        {
            let message = format!("Medium would begin at {from} and Low at {below}: out of order");
            let path = format!("platform.priors.\"{medium}\"");
            check.error(&path, message, "Low begins at a higher share of negative feedback than Medium");
        }
    }
}

/// A market that no price table names is a slip, or means that nothing is priced.
fn check_market(text: &ScenarioText, ruleset: &Ruleset, check: &mut Check<'_>) {
    let Some(market) = &text.platform.market else { return };
    let rules = PriceRules::compile(ruleset, &|_| SimTime::START);
    let markets: Vec<&str> = rules.markets().collect();
    if rules.currency().is_none() {
        let message = format!("{} names no prices", ruleset.name);
        check.error("platform.market", message, "leave the market out");
    } else if !markets.contains(&market.as_str()) {
        let help = nearest(market, markets.iter().copied());
        check.error(
            "platform.market",
            format!("no price table of {} has the market \"{market}\"", ruleset.name),
            help,
        );
    }
}

fn check_sender(text: &ScenarioText, check: &mut Check<'_>) {
    let platform = &text.platform;
    match (&text.sender.number, text.sender.numbers.is_empty()) {
        (Some(_), true) | (None, false) => {}
        (Some(_), false) => {
            check.error(
                "sender.numbers",
                "both `number` and `numbers` are given",
                "one number, or several with weights",
            );
        }
        (None, true) => {
            check.error("sender", "no number sends", "name it: number: \"main\"");
        }
    }
    for (name, weight) in senders(text) {
        let path = if text.sender.number.is_some() {
            "sender.number".to_owned()
        } else {
            format!("sender.numbers.{name}")
        };
        if platform.numbers.get(name).is_none() {
            check.error(
                &path,
                format!("there is no number \"{name}\""),
                nearest(name, platform.numbers.keys()),
            );
        }
        if !(1..=1_000_000).contains(&weight) {
            check.error(
                &path,
                format!("a weight of {weight} makes no part"),
                "a whole number from 1 to 1,000,000",
            );
        }
    }
    if text.audience.segments.get(&text.sender.segment).is_none() {
        let message = format!("there is no segment \"{}\"", text.sender.segment);
        check.error("sender.segment", message, nearest(&text.sender.segment, text.audience.segments.keys()));
    }
    if text.sender.templates.is_empty() {
        check.error(
            "sender.templates",
            "no template is named",
            "name at least one template of `platform.templates`",
        );
    }
    for (place, template) in text.sender.templates.iter().enumerate() {
        let path = format!("sender.templates[{place}]");
        if platform.templates.get(template).is_none() {
            let help = nearest(template, platform.templates.keys());
            check.error(&path, format!("there is no template \"{template}\""), help);
        } else if text.sender.templates[..place].contains(template) {
            check.error(
                &path,
                format!("\"{template}\" is named twice"),
                "each template once, in the order of preference",
            );
        }
    }
    if let Some(Verification::AfterDays(prior)) = &platform.verification
        && (prior.quantile(0.001) < 0.0 || prior.quantile(0.999) > 1e5)
    {
        check.error(
            "platform.verification",
            "a time to verification lies between 0 and 100,000 days",
            "give days, such as LogNormalMedian(median: 5, sigma: 0.6)",
        );
    }
}

fn check_messages(a_day: u64, path: &str, check: &mut Check<'_>) {
    if a_day == 0 {
        check.error(path, "a plan of 0 messages a day sends nothing", "give the messages a day");
    } else if a_day > MOST_IN_SLOT {
        let message = format!("{a_day} messages a day cannot be simulated");
        check.error(path, message, format!("at most {MOST_IN_SLOT}"));
    }
}

/// Proves that no two names of the scenario share their luck.
fn register(text: &ScenarioText, ruleset: Option<&Ruleset>) -> Result<(), String> {
    let mut subjects = Subjects::default();
    let mut add =
        |names: &[&str]| subjects.register(names).map(|_| ()).map_err(|collision| collision.to_string());
    for segment in text.audience.segments.keys() {
        add(&[segment])?;
        for rate in RATES {
            add(&["segments", segment, rate.name()])?;
        }
        for number in text.platform.numbers.keys() {
            add(&[segment, number])?;
            for template in text.platform.templates.keys() {
                add(&[segment, template, number])?;
            }
        }
        for template in text.platform.templates.keys() {
            add(&[segment, template])?;
        }
    }
    for decision in ["verification", "policy", "official", "analysis"] {
        add(&["platform", decision])?;
    }
    for template in text.platform.templates.keys() {
        add(&["platform", "review", template])?;
    }
    for name in ruleset.iter().flat_map(|ruleset| ruleset.rating.keys()) {
        add(&[&format!("rating.{name}.medium_from")])?;
        add(&[&format!("rating.{name}.low_from")])?;
    }
    Ok(())
}

fn replace_chances<'c>(behavior: &mut Behavior, chances: impl Iterator<Item = (&'c str, &'c Prior)>) {
    for (name, prior) in chances {
        let rate = match name {
            "delivered" => &mut behavior.delivered,
            "read" => &mut behavior.read,
            "reply" => &mut behavior.reply,
            "stop" => &mut behavior.stop,
            "block" => &mut behavior.block,
            "report" => &mut behavior.report,
            "report_also_blocks" => &mut behavior.report_also_blocks,
            "mute" => &mut behavior.mute,
            "archive" => &mut behavior.archive,
            "first_messages" => &mut behavior.first_messages,
            "at_person_cap" => &mut behavior.at_person_cap,
            _ => continue,
        };
        rate.prior = *prior;
        rate.source = GIVEN.to_owned();
    }
}

/// The source of what the scenario's author states.
const GIVEN: &str = "given in the scenario";

/// Vendors' guesses of the thresholds, from half a per cent to five: nobody publishes them.
fn default_threshold() -> Option<Prior> {
    Prior::new(Law::LogUniform { low: 0.005, high: 0.05 }).ok()
}

fn threshold_priors(text: &ScenarioText, rules: &Rules) -> Vec<(Subject, Prior, Subject, Prior)> {
    let prior = |path: &str, stated: Ratio| {
        let own = text.platform.priors.get(path).copied().or_else(default_threshold);
        let stated = Prior::new(Law::Fixed(stated.as_f64())).ok();
        own.or(stated)
    };
    let clauses = rules.thresholds().filter_map(|(path, Thresholds { medium_from, low_from })| {
        let (medium, low) = (format!("{path}.medium_from"), format!("{path}.low_from"));
        let priors = (prior(&medium, medium_from)?, prior(&low, low_from)?);
        Some((Subject::new(&[&medium]), priors.0, Subject::new(&[&low]), priors.1))
    });
    clauses.collect()
}

/// Draws the thresholds of a replication: two draws, sorted.
pub(super) fn draw_thresholds(
    priors: &[(Subject, Prior, Subject, Prior)],
    streams: &Streams,
) -> Vec<Thresholds> {
    let draw = |subject: Subject, prior: &Prior| {
        prior.quantile(streams.at(Address::of(Purpose::Parameter, subject)).uniform()).clamp(0.0, 1.0)
    };
    let sorted = priors.iter().map(|(medium, medium_prior, low, low_prior)| {
        let (a, b) = (draw(*medium, medium_prior), draw(*low, low_prior));
        Thresholds { medium_from: Ratio::from_share(a.min(b)), low_from: Ratio::from_share(a.max(b)) }
    });
    sorted.collect()
}

fn assumptions(text: &ScenarioText, ruleset: &Ruleset, rules: &Rules, segment: &Segment) -> Vec<Assumption> {
    let mut list = Vec::new();
    for (path, _) in rules.thresholds() {
        for field in ["medium_from", "low_from"] {
            let path = format!("{path}.{field}");
            let (prior, grade, source) = match text.platform.priors.get(&path) {
                Some(prior) => (Some(*prior), Evidence::Given, GIVEN),
                None => (default_threshold(), Evidence::Assumed, "not published; vendors guess 0.5 % to 2 %"),
            };
            let value = prior.map(|prior| share_in_words(&prior)).unwrap_or_default();
            list.push(Assumption { path, value, grade, source: source.to_owned() });
        }
    }
    let verification = match &text.platform.verification {
        Some(Verification::Done) => ("done at the start".to_owned(), Evidence::Given, GIVEN),
        Some(Verification::Never) => ("never".to_owned(), Evidence::Given, GIVEN),
        Some(Verification::AfterDays(prior)) => (days_in_words(prior), Evidence::Given, GIVEN),
        None => ("log-normal, median 5 days, 9 in 10 from 2 to 14".to_owned(), Evidence::Assumed, "assumed"),
    };
    list.push(Assumption {
        path: "platform.verification".to_owned(),
        value: verification.0,
        grade: verification.1,
        source: verification.2.to_owned(),
    });
    list.extend(decision_assumptions(text, ruleset));
    let name = &segment.name;
    for rate in RATES {
        let stated = segment.behavior.rate(rate);
        let given = stated.source == GIVEN;
        list.push(Assumption {
            path: format!("segments.{name}.{}", rate.name()),
            value: share_in_words(&stated.prior),
            grade: if given { Evidence::Given } else { evidence(stated.grade) },
            source: stated.source.clone(),
        });
    }
    for (path, effect) in
        [("day_effect", &segment.behavior.day_effect), ("campaign_effect", &segment.behavior.campaign_effect)]
    {
        list.push(Assumption {
            path: format!("segments.{name}.{path}"),
            value: format!("factor with mean 1, sigma {} of its logarithm", effect.sigma),
            grade: evidence(effect.grade),
            source: effect.source.clone(),
        });
    }
    for (kind, delay) in segment.behavior.delays.iter() {
        list.push(Assumption {
            path: format!("segments.{name}.delays.{kind}"),
            value: delay.value.describe(),
            grade: evidence(delay.grade),
            source: delay.source.clone(),
        });
    }
    let largest = &segment.behavior.largest_chance;
    list.push(Assumption {
        path: format!("segments.{name}.largest_chance"),
        value: largest.value.value().to_string(),
        grade: evidence(largest.grade),
        source: largest.source.clone(),
    });
    let ttl = &segment.behavior.time_to_live;
    list.push(Assumption {
        path: format!("segments.{name}.time_to_live"),
        value: ttl.value.to_string(),
        grade: evidence(ttl.grade),
        source: ttl.source.clone(),
    });
    for (path, default) in unstated(text) {
        list.push(Assumption {
            path,
            value: default,
            grade: Evidence::Assumed,
            source: "the tool's default".to_owned(),
        });
    }
    list
}

/// What the platform decides by chance, where the rules ask for it and the scenario says nothing.
fn decision_assumptions(text: &ScenarioText, ruleset: &Ruleset) -> Vec<Assumption> {
    let assumed = |path: &str, value: &str, source: &str| Assumption {
        path: path.to_owned(),
        value: value.to_owned(),
        grade: Evidence::Assumed,
        source: source.to_owned(),
    };
    let mut list = Vec::new();
    if ruleset.review.is_some() && text.platform.review.is_none() {
        let value = "2 to 6 hours, 10% rejected";
        list.push(assumed(
            "platform.review",
            value,
            "hours: a provider's guide of 2021; rejections: assumed",
        ));
    }
    let asks = ruleset.upgrade.values().any(|clause| clause.when.contains(&Condition::Approved));
    if asks && text.platform.analysis.is_none() {
        list.push(assumed("platform.analysis", "0 to 3 days, 80% approved", "nobody publishes it"));
    }
    list
}

/// The prior of a number of days in words.
fn days_in_words(prior: &Prior) -> String {
    let at = |u: f64| format!("{:.1}", prior.quantile(u));
    match prior.law() {
        Law::Fixed(days) => format!("{days} days"),
        _ => format!("median {} days, 9 in 10 from {} to {}", at(0.5), at(0.05), at(0.95)),
    }
}

/// The prior of a share in words: "log-uniform, 0.1% to 3%".
fn share_in_words(prior: &Prior) -> String {
    let percent = |share: f64| {
        let rounded = (share * 1e6).round() / 1e4;
        format!("{rounded}%")
    };
    match prior.law() {
        Law::Fixed(value) => percent(value),
        Law::Uniform { low, high } => format!("uniform, {} to {}", percent(low), percent(high)),
        Law::LogUniform { low, high } => format!("log-uniform, {} to {}", percent(low), percent(high)),
        Law::LogNormal { p05, p95 } => {
            format!("log-normal, 9 in 10 from {} to {}", percent(p05), percent(p95))
        }
        Law::LogNormalMedian { median, sigma } => {
            format!("log-normal, median {}, sigma {sigma}", percent(median))
        }
        Law::Beta { alpha, beta } => format!("Beta({alpha}, {beta}), mean {}", percent(prior.mean())),
    }
}

fn evidence(grade: u8) -> Evidence {
    match grade {
        1 => Evidence::Counts,
        2 => Evidence::OtherChannel,
        3 => Evidence::Vendor,
        _ => Evidence::Assumed,
    }
}

/// What the scenario leaves to the tool's defaults, outside platform and behaviour.
fn unstated(text: &ScenarioText) -> Vec<(String, String)> {
    let mut list = Vec::new();
    if text.slot.is_none() {
        list.push(("slot".to_owned(), "1h".to_owned()));
    }
    if text.replications.is_none() {
        list.push(("replications".to_owned(), "1000".to_owned()));
    }
    if text.seed.is_none() {
        list.push(("seed".to_owned(), "1".to_owned()));
    }
    for (name, segment) in text.audience.segments.iter() {
        if segment.choose.is_none() {
            list.push((format!("segments.{name}.choose"), "rested_longest".to_owned()));
        }
    }
    for (name, number) in text.platform.numbers.iter() {
        if number.tier.is_none() {
            list.push((format!("platform.numbers.{name}.tier"), "the ruleset's start tier".to_owned()));
        }
    }
    list
}

fn warnings(text: &ScenarioText, ruleset: &Ruleset, segment: &Segment, calendar: &Calendar) -> Vec<String> {
    let mut list: Vec<String> = crate::platform::words::not_simulated(ruleset)
        .into_iter()
        .map(|(path, why)| format!("{path} is not simulated: {why}"))
        .collect();
    list.push(
        "fatigue and frailty are not simulated: every message meets the same readiness to block".to_owned(),
    );
    if text.platform.market.is_none() && !ruleset.price.is_empty() {
        list.push("no market is given, so nothing is priced: see platform.market".to_owned());
    }
    let unused: Vec<&str> =
        text.audience.segments.keys().filter(|name| *name != text.sender.segment).collect();
    if !unused.is_empty() {
        list.push(format!("nobody writes to the segments {}", unused.join(", ")));
    }
    for (act, lost) in segment.lost().filter(|(_, lost)| *lost > 1e-9) {
        let act = match act {
            Act::Reply => "answers",
            Act::Read => "reads",
            _ => act.name(),
        };
        list.push(format!(
            "{:.1} % of {act} would come after more than 8 days and never happen here",
            100.0 * lost
        ));
    }
    let partial = calendar.end() - calendar.midnight(calendar.days().saturating_sub(1));
    if (partial.0 as f64) < 0.5 * 86_400.0 {
        list.push(format!(
            "the clock moved on the way: the last civil day holds only {partial} of the horizon"
        ));
    }
    list
}

/// Reads a table of messages by day: columns `day` and `messages`, days from 0 or 1 without gaps.
fn read_table(document: &Document) -> Result<Vec<u64>, Findings> {
    let mut findings: Vec<Finding> = Vec::new();
    let mut days: Vec<u64> = Vec::new();
    let mut first: Option<u64> = None;
    let mut header = false;
    for (index, row) in document.text.lines().enumerate() {
        let line = index + 1;
        let cell = |number: usize| document.cell(line, number);
        let cells: Vec<&str> = row.split(',').map(str::trim).collect();
        if row.trim().is_empty() || row.trim_start().starts_with('#') {
            continue;
        }
        if !header {
            header = true;
            if cells != ["day", "messages"] {
                let message = "a table of messages has the columns `day` and `messages`";
                findings.push(Finding::error(message).at(cell(1)).help("the first line is: day,messages"));
                break;
            }
            continue;
        }
        if cells.len() != 2 {
            let message = format!("expected a day and a number of messages, found {} cells", cells.len());
            findings.push(Finding::error(message).at(cell(1)).help("thousands are written without commas"));
            continue;
        }
        let Ok(day) = cells[0].parse::<u64>() else {
            findings.push(
                Finding::error(format!("\"{}\" is no day", cells[0]))
                    .at(cell(1))
                    .help("days are counted from 0 or 1"),
            );
            continue;
        };
        let expected = first.map_or(day, |first| first + days.len() as u64);
        if first.is_none() && day > 1 {
            findings.push(
                Finding::error(format!("the table begins with day {day}"))
                    .at(cell(1))
                    .help("days are counted from 0 or 1"),
            );
        } else if day != expected {
            let help = "a day on which nothing is sent is a row with 0 messages";
            findings.push(
                Finding::error(format!("day {expected} is missing: the table has a gap before day {day}"))
                    .at(cell(1))
                    .help(help),
            );
            first = Some(day.saturating_sub(days.len() as u64));
        }
        first = first.or(Some(day));
        match cells[1].parse::<u64>() {
            Ok(messages) if messages <= MOST_IN_SLOT => days.push(messages),
            Ok(messages) => {
                days.push(0);
                findings.push(
                    Finding::error(format!("{messages} messages a day cannot be simulated"))
                        .at(cell(2))
                        .help(format!("at most {MOST_IN_SLOT}")),
                );
            }
            Err(_) => {
                days.push(0);
                findings.push(
                    Finding::error(format!("\"{}\" is no whole number of messages", cells[1]))
                        .at(cell(2))
                        .help("write 1500, not 1.5k"),
                );
            }
        }
    }
    if findings.is_empty() && days.is_empty() {
        findings.push(
            Finding::error("the table holds no day")
                .at(0..0)
                .help("one row a day below the line day,messages"),
        );
    }
    if findings.is_empty() { Ok(days) } else { Err(Findings::new(document, findings)) }
}
