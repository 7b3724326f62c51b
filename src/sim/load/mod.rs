//! Loading a scenario: the step that fails. Once a [`Scenario`] exists, running it cannot.
//!
//! ```text
//!   plan.ron --read--> ScenarioText --+-- grid       calendar and sending slots
//!   rulesets, profiles, tables  ------+-- plans      how the sender decides
//!                                     |-- sense      all that can be wrong, told at once: also of what is left where
//!                                     |              entries cannot be read, unless it may follow from these
//!                                     |-- parts      numbers and lists, prices, decisions
//!                                     |-- decisions  how long the platform's decisions may take
//!                                     |-- desk       whether a help desk can keep its chats
//!                                     |-- feasible   steps that the plan or the lists cannot unlock
//!                                     |-- inputs     priors, and where every input comes from
//!                                     |-- paths      where a change leads
//!                                     |-- uncertain  the parameters that have a prior
//!                                     '-- expect     what is expected, and the scenarios it is compared with
//!                                          |
//!                                          '--> Scenario
//! ```

mod decisions;
mod desk;
mod expect;
mod feasible;
mod grid;
mod inputs;
mod odd;
mod parts;
mod paths;
mod plans;
mod sense;
mod table;
mod uncertain;

use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::audience::{
    Behavior, HelpDesk, RATES, RateName, Sampling, check_chance, profile_document, profile_names,
};
use crate::document::{self, Check, Document, Finding, Findings};
use crate::platform::catalogue;
use crate::platform::rulebook::{self, Rulebook};
use crate::platform::{Amending, Era, Opening, Policy, RuleChange, Rules, Ruleset, Tier};
use crate::random::{Held, Pinned};
use crate::sender::Strategy;
use crate::time::{Calendar, SimTime, Span};

use self::desk::check_desk;
use self::feasible::{Question, out_of_reach, unlocks};
use self::grid::{calendar, longest_pause, sending_slots};
use self::inputs::{GIVEN, assumptions, threshold_priors, waiting_numbers, warnings};
use self::parts::{
    asked_back, default_analysis, default_review, default_verification, lanes, markets, preferred, prices,
    profiles, replace_chances, ring, segments, sending_numbers, streaks, template_opening, written_to,
};
use self::paths::{Place, change, check_reach, half_held, hold_thresholds, standing};
use self::plans::{campaign, check_climb, slot_bound, waits};
pub(super) use self::sense::too_many_numbers;
use self::sense::{
    check_against_rules, check_market, check_number_count, check_sender, check_threshold_order, register,
};
pub use self::uncertain::{Source, Uncertain};
use super::contents::Contents;
use super::ready::{
    Decisions, Lane, LaterEra, MOST_IN_SLOT, Names, Scenario, SendingNumber, SendingSlot, Streak,
};
use super::scenario::{PolicyText, ScenarioText, SegmentText};
use super::setting::{Possible, Setting};

/// Longest horizon [days]: ten years.
const MOST_DAYS: i64 = 3_660;
/// Largest list \[customers\].
const MOST_CUSTOMERS: u64 = 1 << 40;
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

/// Reads a file that people wrote: the one place where the library does.
pub(super) fn open(path: &Path) -> Result<Document, LoadError> {
    let text =
        std::fs::read_to_string(path).map_err(|error| LoadError::Read { path: path.to_owned(), error })?;
    Ok(Document::new(path.display().to_string(), text))
}

/// The name of a file without its ending.
fn stem(path: &Path) -> String {
    path.file_stem().map_or_else(|| "scenario".to_owned(), |stem| stem.to_string_lossy().into_owned())
}

impl Scenario {
    /// Loads a scenario from a file; `changes` replace values by their path before anything is checked.
    ///
    /// # Errors
    /// A file that cannot be read, and all that is wrong with what the files say.
    pub fn load(path: &Path, changes: &[(String, String)]) -> Result<Scenario, LoadError> {
        let document = open(path)?;
        let folder = path.parent().unwrap_or(Path::new("")).to_owned();
        let name = stem(path);
        Ok(Loader { name, folder, changes, under: None, expects: true }.load(document)?)
    }

    /// Loads a scenario from a file under rules in which one value is another; the scenarios that it is compared with
    /// are under the same rules.
    ///
    /// # Errors
    /// A file that cannot be read, and all that is wrong with what the files say, or with the change.
    pub fn load_under(path: &Path, change: &RuleChange) -> Result<Scenario, LoadError> {
        let document = open(path)?;
        let folder = path.parent().unwrap_or(Path::new("")).to_owned();
        let name = stem(path);
        Ok(Loader { name, folder, changes: &[], under: Some(change), expects: true }.load(document)?)
    }

    /// Loads a scenario from text; files that it names are looked for in `folder`.
    ///
    /// # Errors
    /// All that is wrong with what the text and the files say.
    pub fn read(name: &str, text: &str, folder: &Path) -> Result<Scenario, Findings> {
        let document = Document::new(format!("{name}.ron"), text);
        let (name, folder) = (name.to_owned(), folder.to_owned());
        Loader { name, folder, changes: &[], under: None, expects: true }.load(document)
    }

    /// The value at a path of a scenario's file, its rules or a segment's profile, as it is written there after `changes`;
    /// nothing where a default holds. Of an uncertain number it is the prior.
    ///
    /// # Errors
    /// A file that cannot be read, or a change that cannot be made.
    pub fn value_at(
        file: &Path,
        changes: &[(String, String)],
        path: &str,
    ) -> Result<Option<String>, LoadError> {
        let folder = file.parent().unwrap_or(Path::new("")).to_owned();
        let loader = Loader { name: String::new(), folder, changes, under: None, expects: false };
        Ok(loader.value_at(open(file)?, path)?)
    }
}

/// What the calendar of a run is laid by.
const CALENDAR: &[&str] = &["start", "zone", "horizon", "slot"];

struct Loader<'l> {
    name: String,
    folder: PathBuf,
    changes: &'l [(String, String)],
    /// A value of its rules that is another, before any change.
    under: Option<&'l RuleChange>,
    /// Whether its expectations are read: those of a scenario that is compared with are not.
    expects: bool,
}

impl Loader<'_> {
    fn load(&self, document: Document) -> Result<Scenario, Findings> {
        let unchanged = document.clone();
        let document = self.changed(document, |place| place.in_scenario())?;
        let (mut text, left_out) = document.read_what_can_be::<ScenarioText>(|_, _| None)?;
        hold_thresholds(&mut text, self.changes);
        let mut check = Check::without(&document, left_out);
        let mut others = Findings::default();
        let calendar = calendar(&text, &mut check);
        check.given(&[], |check| self.check_numbers(&text, check));
        let book = self.rulebook(&text, &mut others);
        check_reach(&text, self.changes, book.is_some(), &mut check);
        let ruleset = match (&book, &calendar) {
            (Some(book), Some(calendar)) => first_era(book, calendar, &mut check),
            (Some(_), None) => None,
            (None, _) => self.ruleset(&text, &mut check, &mut others),
        };
        let behaviors = self.behaviors(&text, &mut check, &mut others);
        let sending = calendar.as_ref().map(|calendar| sending_slots(calendar, &text, &mut check));
        let when = calendar.as_ref().zip(sending.as_deref());
        let strategy = self.strategy(&text, when, &mut check, &mut others);
        if let Some(ruleset) = &ruleset {
            let rulesets = in_force(book.as_ref(), ruleset, calendar.as_ref());
            check.given(&[&["platform.ruleset"], CALENDAR].concat(), |check| {
                check_against_rules(&text, &rulesets, check);
                check_threshold_order(&text, ruleset, check);
                check_market(&text, &rulesets, check);
                check_climb(&text, &rulesets, check);
                let leans = ["platform.numbers", "platform.verification", "sender"];
                check.given(&leans, |check| check_number_count(&text, &rulesets, check));
            });
        }
        check_sender(&text, &mut check);
        let subjects = register(
            &text,
            ruleset.as_ref().map(|ruleset| in_force(book.as_ref(), ruleset, calendar.as_ref())),
        );
        if let Err(collision) = subjects {
            check.error("title", collision, "two names drew the same number; any other name will do");
        }
        let parts = match (calendar, ruleset, behaviors, strategy, sending) {
            (Some(calendar), Some(ruleset), Some(behaviors), Some(strategy), Some(sending)) => {
                Some((calendar, ruleset, behaviors, strategy, sending))
            }
            _ => None,
        };
        let found = match (check.finish(()), others.has_errors(), parts) {
            (Ok(()), false, Some((calendar, ruleset, behaviors, strategy, sending))) => {
                let scenario = self.assemble(&text, calendar, (ruleset, book), behaviors, strategy, sending);
                let mut scenario = scenario.ok_or_else(|| {
                    Findings::new(&document, vec![Finding::error("the profile's delays make no table")])
                })?;
                check_desk(&scenario, &text, &document)?;
                scenario.setting.warnings.extend(in_lines(&others));
                return self.expect(scenario, &text, &unchanged, &document);
            }
            (Ok(()), ..) => Findings::default(),
            (Err(findings), ..) => findings,
        };
        let mut all = found;
        all.merge(others);
        Err(all)
    }

    /// The value at a path, wherever it leads.
    fn value_at(&self, document: Document, path: &str) -> Result<Option<String>, Findings> {
        let document = self.changed(document, |place| place.in_scenario())?;
        let text: ScenarioText = document.read()?;
        // What is wrong with the files is told where the scenario is loaded.
        let mut check = Check::new(&document);
        let of = |document: Option<Document>, path: &str| {
            document.and_then(|document| standing(&document, path).map(str::to_owned))
        };
        Ok(match Place::of(path) {
            Place::Scenario(path) => of(Some(document.clone()), path),
            Place::Rules(path) => of(self.rules(&text, &mut check), path),
            Place::Profile { segment, field } => of(self.profile(segment, &text, &mut check), field),
        })
    }

    /// The document with those changes that lead into it; `mine` gives the path within it.
    fn changed(
        &self,
        mut document: Document,
        mine: impl for<'p> Fn(Place<'p>) -> Option<&'p str>,
    ) -> Result<Document, Findings> {
        for (path, value) in self.changes {
            if let Some(path) = mine(Place::of(path)) {
                document = change(&document, path, value)?;
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

    /// The rulebook of that name, if there is one.
    fn rulebook(&self, text: &ScenarioText, others: &mut Findings) -> Option<Rulebook> {
        let document = rulebook::document(&text.platform.ruleset)?;
        let book = match self.under {
            Some(change) => change.read_book(document, &Ok),
            None => Rulebook::read(&document),
        };
        match book {
            Ok(book) => Some(book),
            Err(findings) => {
                others.merge(findings);
                None
            }
        }
    }

    fn ruleset(&self, text: &ScenarioText, check: &mut Check<'_>, others: &mut Findings) -> Option<Ruleset> {
        let document = self.rules(text, check)?;
        let read_so = match self.under {
            Some(change) => change.of(document),
            None => Ok(document),
        };
        let changed = read_so.and_then(|document| self.changed(document, |place| place.in_rules()));
        match changed.and_then(|document| Ruleset::read(&document)) {
            Ok(ruleset) => Some(ruleset),
            Err(findings) => {
                others.merge(findings);
                None
            }
        }
    }

    /// The rules as they stand in their file.
    fn rules(&self, text: &ScenarioText, check: &mut Check<'_>) -> Option<Document> {
        let name = &text.platform.ruleset;
        if name.ends_with(".ron") {
            return self.beside("platform.ruleset", name, check);
        }
        let document = catalogue::document(name);
        if document.is_none() {
            let help = nearest(name, catalogue::names());
            let message = format!("there is no ruleset \"{name}\"");
            check.error_given(&[], "platform.ruleset", message, help);
        }
        document
    }

    /// The behaviour of each segment that is written to.
    fn behaviors(
        &self,
        text: &ScenarioText,
        check: &mut Check<'_>,
        others: &mut Findings,
    ) -> Option<Vec<Behavior>> {
        let known = written_to(text).filter(|name| text.audience.segments.get(name).is_some());
        let read: Vec<Option<Behavior>> =
            known.map(|name| self.behavior(name, text, check, others)).collect();
        read.into_iter().collect()
    }

    fn behavior(
        &self,
        name: &str,
        text: &ScenarioText,
        check: &mut Check<'_>,
        others: &mut Findings,
    ) -> Option<Behavior> {
        let segment = text.audience.segments.get(name)?;
        let path = format!("audience.segments.{name}");
        let document = self.profile(name, text, check)?;
        check.given(&[], |check| check_chances(segment, &path, check));
        let changed = self.changed(document, |place| place.in_profile_of(name));
        match changed.and_then(|document| Behavior::read(&document)) {
            Ok(mut behavior) => {
                self.tell_changes(name, &mut behavior);
                replace_chances(&mut behavior, segment.chances.iter());
                Some(behavior)
            }
            Err(findings) => {
                others.merge(findings);
                None
            }
        }
    }

    /// The profile of a segment as it stands in its file.
    fn profile(&self, segment: &str, text: &ScenarioText, check: &mut Check<'_>) -> Option<Document> {
        let name = &text.audience.segments.get(segment)?.profile;
        let path = format!("audience.segments.{segment}.profile");
        if name.ends_with(".ron") {
            return self.beside(&path, name, check);
        }
        let document = profile_document(name);
        if document.is_none() {
            let help = nearest(name, profile_names());
            let message = format!("there is no profile \"{name}\"");
            check.error_given(&[], &path, message, help);
        }
        document
    }

    /// The chances of a segment that changes replace are given, and no longer the profile's.
    fn tell_changes(&self, segment: &str, behavior: &mut Behavior) {
        let fields = self.changes.iter().filter_map(|(path, _)| Place::of(path).in_profile_of(segment));
        for rate in fields.filter_map(|field| RateName::named(field.split('.').next().unwrap_or(field))) {
            behavior.rate_mut(rate).source = GIVEN.to_owned();
        }
    }

    /// The file of that name beside the scenario.
    fn beside(&self, path: &str, name: &str, check: &mut Check<'_>) -> Option<Document> {
        match open(&self.folder.join(name)) {
            Ok(document) => Some(document),
            Err(error) => {
                let help = "files are looked for beside the scenario";
                check.error_given(&[], path, error.to_string(), help);
                None
            }
        }
    }

    fn assemble(
        &self,
        text: &ScenarioText,
        calendar: Calendar,
        (ruleset, book): (Ruleset, Option<Rulebook>),
        behaviors: Vec<Behavior>,
        strategy: Strategy,
        sending: Vec<SendingSlot>,
    ) -> Option<Scenario> {
        let (rules, later) = match &book {
            Some(book) => eras(book, text, &calendar)?,
            None => (compile(&ruleset, &calendar), Vec::new()),
        };
        let rulesets = in_force(book.as_ref(), &ruleset, Some(&calendar));
        let all: Vec<&Rules> = std::iter::once(&rules).chain(later.iter().map(|era| &era.rules)).collect();
        let segments = segments(text, behaviors, &calendar)?;
        let senders = sending_numbers(text);
        let lanes = lanes(text, &senders, &segments, asked_back(&rulesets));
        let numbers = text
            .platform
            .numbers
            .iter()
            .map(|(_, number)| (parts::start_tier(number, &rules), number.rating));
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
            never_amended: later.is_empty(),
        };
        let templates = text.sender.templates.iter().filter_map(|name| {
            let place = text.platform.templates.index_of(name)?;
            Some((name.clone(), text.platform.templates.get(name)?.category, place))
        });
        let templates: Vec<_> = templates.collect();
        let tier_of = |lane: &Lane| opening.numbers.get(lane.number).map(|(tier, _)| *tier);
        let start_tier = lanes.iter().filter_map(tier_of).max().unwrap_or(rules.start_tier);
        let tiers = union(&all);
        let begins = std::iter::once(SimTime::START).chain(later.iter().map(|era| era.from));
        let prices = prices(text, &begins.zip(rulesets.iter().copied()).collect::<Vec<_>>(), &calendar);
        let help_desk = text.audience.help_desk.as_ref().map(|desk| {
            let inlets: Vec<&str> = senders.iter().map(|sender| sender.name.as_str()).collect();
            HelpDesk::new(desk, &calendar, &inlets)
        });
        let question = Question {
            text,
            ruleset: &ruleset,
            rules: &rules,
            segments: &segments,
            volume: &strategy.volume,
        };
        let setting = Setting {
            help_desk: help_desk.is_some(),
            currency: prices.as_ref().and_then(|prices| prices.rules.currency().map(str::to_owned)),
            conversations: prices
                .as_ref()
                .is_some_and(|prices| prices.rules.know_conversations(calendar.end())),
            rates_templates: all.iter().any(|rules| rules.rates_templates(calendar.end())),
            scenario: self.name.clone(),
            title: text.title.clone(),
            ruleset: rules_in_words(&text.platform.ruleset, &rulesets),
            profiles: profiles(&segments),
            seed: text.seed.unwrap_or(1),
            start_tier: if rules.tiers.len() == 1 {
                0
            } else {
                let limit = rules.tiers[start_tier].limit;
                tiers.iter().rposition(|tier| tier.limit == limit).unwrap_or(0)
            },
            campaign: campaign(text, &calendar),
            sending_numbers: senders.len(),
            longest_pause: longest_pause(text, &calendar, &sending),
            unlocks: unlocks(question, &tiers),
            tiers,
            possible: Possible::under(&all),
            assumptions: assumptions(text, &rulesets, &all, &segments),
            warnings: [
                half_held(text, self.changes),
                out_of_reach(question, start_tier),
                waits(text, &rulesets),
                waiting_numbers(text, &rules),
                warnings(text, &rulesets, &segments, &calendar),
            ]
            .concat(),
            calendar,
        };
        let own_lines = slot_bound(text, &setting.calendar);
        let followed = parts::followed(&all, &strategy, help_desk.is_some() || prices.is_some());
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
            contents: Contents::of(text, &rulesets, &segments, &strategy, prices.as_ref()),
            expectations: Vec::new(),
            others: Vec::new(),
            streaks: streaks(&lanes, &templates),
            lanes,
            strategy,
            templates,
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
            own_lines,
            ring: ring(&segments, &all, &setting.calendar),
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
}

/// What a segment states of the chances of its profile.
fn check_chances(segment: &SegmentText, path: &str, check: &mut Check<'_>) {
    for (rate, prior) in segment.chances.iter() {
        let at = format!("{path}.chances.{rate}");
        if RATES.iter().all(|known| known.name() != rate) {
            let help = nearest(rate, RATES.iter().map(|known| known.name()));
            check.error(&at, format!("a profile has no chance `{rate}`"), help);
        }
        check_chance(prior, &at, check);
    }
}

/// Warnings about tables, each in one line with its place; of many the first.
fn in_lines(findings: &Findings) -> Vec<String> {
    const MOST: usize = 8;
    let line = |(document, finding): (&Document, &Finding)| {
        let line = finding.place.as_ref().map_or(1, |place| document.line_column(place.start).0);
        format!("{}:{line}: {}", document.name, finding.message)
    };
    let mut lines: Vec<String> = findings.iter().take(MOST).map(line).collect();
    if findings.len() > MOST {
        lines.push(format!("{} more rows look as odd", findings.len() - MOST));
    }
    lines
}

/// The ruleset of the era in which a run starts.
fn first_era(book: &Rulebook, calendar: &Calendar, check: &mut Check<'_>) -> Option<Ruleset> {
    let era = book.era_at(calendar.date(0));
    if era.is_none() {
        let first = book.eras().first().map_or_else(String::new, |era| era.from().to_string());
        let message = format!("no rules are known for this date in the rulebook {}", book.name());
        let help = format!("the first era begins on {first}");
        let leans = [&["platform.ruleset"], CALENDAR].concat();
        check.error_given(&leans, "start", message, help);
    }
    era.map(|era| era.ruleset().clone())
}

/// The rulesets that are in force at some time of the run: one, or those of a rulebook's eras.
fn in_force<'r>(
    book: Option<&'r Rulebook>,
    ruleset: &'r Ruleset,
    calendar: Option<&Calendar>,
) -> Vec<&'r Ruleset> {
    let (Some(book), Some(calendar)) = (book, calendar) else { return vec![ruleset] };
    let (first, last) = (calendar.date(0), calendar.date(calendar.days().saturating_sub(1)));
    let later = book.eras().iter().filter(|era| first < era.from() && era.from() <= last);
    let met = book.era_at(first).into_iter().chain(later);
    met.map(|era| era.ruleset()).collect()
}

/// The name of what holds: a ruleset, or a rulebook with the rulesets of its eras.
fn rules_in_words(name: &str, rulesets: &[&Ruleset]) -> String {
    let names: Vec<&str> = rulesets.iter().map(|ruleset| ruleset.name.as_str()).collect();
    match names.as_slice() {
        [only] => (*only).to_owned(),
        several => format!("{name} ({})", several.join(", then ")),
    }
}

/// The eras of a rulebook that the run meets, with what is believed of their thresholds.
fn eras(book: &Rulebook, text: &ScenarioText, calendar: &Calendar) -> Option<(Rules, Vec<LaterEra>)> {
    let (first, later) = compile_eras(book, calendar)?;
    let later = later.into_iter().map(|Following { from, rules, amendment }| {
        let thresholds = threshold_priors(text, &rules);
        LaterEra { from, rules, amendment, thresholds }
    });
    Some((first, later.collect()))
}

/// The tiers of all ladders of a run, each limit once, lowest first; a time without tiers comes before all.
fn union(all: &[&Rules]) -> Vec<Tier> {
    if let [only] = all {
        return only.tiers.clone();
    }
    let (ladders, none): (Vec<&Rules>, Vec<&Rules>) = all.iter().partition(|rules| rules.tiers.len() > 1);
    let mut tiers: Vec<Tier> = ladders.iter().flat_map(|rules| rules.tiers.clone()).collect();
    tiers.sort_by_key(|tier| tier.limit.unwrap_or(u64::MAX));
    tiers.dedup_by_key(|tier| tier.limit);
    let before = none.first().map(|rules| rules.tiers.clone()).unwrap_or_default();
    before.into_iter().chain(tiers).collect()
}

/// Makes a ruleset ready for the calendar of a run.
pub(super) fn compile(ruleset: &Ruleset, calendar: &Calendar) -> Rules {
    let midnights = (0..calendar.days()).map(|day| calendar.midnight(day)).collect();
    Rules::compile(ruleset, midnights, &|date| instant_of(calendar, date))
}

/// Rules that begin to hold on the way, and how the standing moves to them.
#[derive(Clone, Debug)]
pub(super) struct Following {
    pub(super) from: SimTime,
    pub(super) rules: Rules,
    pub(super) amendment: Amending,
}

/// Makes the eras of a rulebook ready that a calendar meets: that of its start, and those that begin before its end; nothing
/// where it starts before the first.
pub(super) fn compile_eras(book: &Rulebook, calendar: &Calendar) -> Option<(Rules, Vec<Following>)> {
    let midnights: Vec<SimTime> = (0..calendar.days()).map(|day| calendar.midnight(day)).collect();
    let eras = book.compile(calendar.date(0), &|date| instant_of(calendar, date), &midnights);
    let mut eras = eras.into_iter().filter(|era| era.from < calendar.end());
    let first = eras.next()?;
    let following =
        |Era { from, rules, amendment }: Era| Some(Following { from, rules, amendment: amendment? });
    Some((first.rules, eras.filter_map(following).collect()))
}

/// The instant at which a dated clause's day begins.
fn instant_of(calendar: &Calendar, date: &str) -> SimTime {
    let date = crate::platform::first_day(date);
    date.and_then(|date| calendar.instant(date.at(0, 0, 0, 0)).ok()).unwrap_or(SimTime::START)
}

/// Advice on a name that is not known: the nearest one, and all.
pub(super) fn nearest<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> String {
    let known: Vec<&str> = known.collect();
    let all = known.join(", ");
    match document::nearest(name, known) {
        Some(meant) => format!("did you mean \"{meant}\"? There are: {all}"),
        None => format!("there are: {all}"),
    }
}
