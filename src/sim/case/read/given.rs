//! What is given to a case: rules, start, numbers, templates.

use std::path::Path;
use std::sync::Arc;

use jiff::civil::{Date, DateTime};

use crate::document::{Document, Examiner, Findings, did_you_mean};
use crate::glossary::{Category, TemplateStatus};
use crate::platform::rulebook;
use crate::platform::{Opening, Policy, Rules, TemplateOpening, catalogue};
use crate::sim::load::{open, too_many_numbers};
use crate::sim::scenario::NumberText;
use crate::time::{Calendar, CalendarError, Span};

use super::super::book::{Base, Book, RulesText};
use super::super::script::{Names, Stated};
use super::super::text::{GivenText, PolicyText, TemplateState, TemplateText};
use super::{Reader, Stage};

/// What is given to one case, with the place of each layer: the file's, the case's, those of its readings.
#[derive(Clone)]
pub(in crate::sim::case) struct Layers<'t> {
    pub(super) layers: Vec<(String, &'t GivenText)>,
}

impl<'t> Layers<'t> {
    /// The value of a field in the innermost layer that has it, and its path; the path of the innermost otherwise.
    pub(in crate::sim::case) fn get<T: ?Sized>(
        &self,
        field: &str,
        of: impl Fn(&'t GivenText) -> Option<&'t T>,
    ) -> (String, Option<&'t T>) {
        let stated = self.layers.iter().rev().find_map(|(path, given)| Some((path, of(given)?)));
        match stated {
            Some((path, value)) => (format!("{path}.{field}"), Some(value)),
            None => (self.layers.first().map_or_else(String::new, |(path, _)| path.clone()), None),
        }
    }
}

/// A value of the rules that is given to a case.
struct Change<'t> {
    /// Its place among the cases.
    path: String,
    /// The path in the rules.
    changed: &'t str,
    value: &'t str,
}

impl<'t> Layers<'t> {
    /// The values of the rules that are given, in the order in which they replace others.
    fn changes(&self) -> Vec<Change<'t>> {
        let of_layer = |(path, given): &(String, &'t GivenText)| -> Vec<Change<'t>> {
            let change = |(changed, value): (&'t str, &'t String)| Change {
                path: format!("{path}.set.\"{changed}\""),
                changed,
                value,
            };
            given.set.iter().map(change).collect()
        };
        self.layers.iter().flat_map(of_layer).collect()
    }
}

impl Reader<'_> {
    /// The rules that hold, and where they come from.
    pub(super) fn book(&mut self, given: &Layers<'_>) -> Option<(Book, RulesText)> {
        let (path, name) = given.get("ruleset", |given| given.ruleset.as_deref());
        let Some(name) = name else {
            self.error(&path, "no ruleset is given", "name one, such as ruleset: \"classic-2022\"");
            return None;
        };
        let unchanged = self.ruleset_document(&path, name)?;
        let base = match name.ends_with(".ron") {
            true => Base::File(Arc::new(unchanged.clone())),
            false => Base::Named(name.to_owned()),
        };
        let changes = given.changes();
        let (mut document, mut right) = (unchanged.clone(), true);
        for change in &changes {
            match document.with(change.changed, change.value) {
                Ok(other) => document = other,
                Err(findings) => {
                    self.trace(&change.path, &findings);
                    right = false;
                }
            }
        }
        let set = changes.iter().map(|change| (change.changed.to_owned(), change.value.to_owned())).collect();
        match Book::read(name, &document) {
            Ok(book) => right.then_some((book, RulesText { base, set })),
            Err(findings) => {
                self.blame(name, &unchanged, &changes, findings);
                None
            }
        }
    }

    /// Tells what is wrong with changed rules: where it stands if they are wrong unchanged, too, and else at the changes
    /// that bring it about.
    fn blame(&mut self, name: &str, unchanged: &Document, changes: &[Change<'_>], findings: Findings) {
        if let Err(own) = Book::read(name, unchanged) {
            let said: Vec<&str> = own.iter().map(|(_, finding)| finding.message.as_str()).collect();
            if self.noted.insert((name.to_owned(), said.join("; "))) {
                self.others.merge(own);
            }
            return;
        }
        let alone = |change: &Change<'_>| {
            let document = unchanged.with(change.changed, change.value).ok()?;
            Some((change.path.clone(), Book::read(name, &document).err()?))
        };
        let mut blamed: Vec<(String, Findings)> = changes.iter().filter_map(alone).collect();
        if blamed.is_empty() {
            // Only together they are wrong.
            blamed.extend(changes.last().map(|last| (last.path.clone(), findings)));
        }
        blamed.iter().for_each(|(path, findings)| self.trace(path, findings));
    }

    fn ruleset_document(&mut self, path: &str, name: &str) -> Option<Document> {
        if !name.ends_with(".ron") {
            let known = catalogue::document(name).or_else(|| rulebook::document(name));
            if known.is_none() {
                let help = did_you_mean(name, catalogue::names().chain(rulebook::names()));
                self.error(path, format!("there is no ruleset \"{name}\""), help);
            }
            return known;
        }
        let folder = Path::new(&self.document.name).parent().unwrap_or(Path::new(""));
        match open(&folder.join(name)) {
            Ok(document) => Some(document),
            Err(error) => {
                self.error(path, error.to_string(), "files are looked for beside the cases");
                None
            }
        }
    }

    pub(super) fn start(&mut self, given: &Layers<'_>) -> Option<(DateTime, String)> {
        let (path, start) = given.get("start", |given| given.start.as_deref());
        let Some(start) = start else {
            self.error(&path, "no start is given", "name the first day, such as start: \"2022-03-07\"");
            return None;
        };
        let civil = start.parse::<DateTime>().ok();
        let civil = civil.or_else(|| Some(start.parse::<Date>().ok()?.at(0, 0, 0, 0)));
        let Some(civil) = civil else {
            let help = "write a date such as \"2022-03-07\", or a date and time such as \"2022-03-07T09:00\"";
            self.error(&path, format!("\"{start}\" is no date"), help);
            return None;
        };
        let (zone_path, zone) = given.get("zone", |given| given.zone.as_deref());
        let zone = zone.unwrap_or("UTC");
        if let Err(error) = Calendar::new(civil, zone, Span::days(1), Span::days(1)) {
            let (at, help) = match error {
                CalendarError::Zone(_) => (zone_path, "a name such as \"Europe/Madrid\" or \"UTC\""),
                _ => (path, "choose another start"),
            };
            self.error(&at, error.to_string(), help);
            return None;
        }
        Some((civil, zone.to_owned()))
    }

    pub(super) fn names(&mut self, given: &Layers<'_>) -> Names {
        let (path, numbers) = given.get("numbers", |given| given.numbers.as_ref());
        let numbers =
            numbers.map_or(vec![MAIN.to_owned()], |numbers| numbers.keys().map(str::to_owned).collect());
        if numbers.is_empty() {
            self.error(&path, "there is no number", "name one, or leave `numbers` out");
        }
        let (path, templates) = given.get("templates", |given| given.templates.as_ref());
        let templates = templates.map_or(vec![OFFER.to_owned()], |templates| {
            templates.0.iter().map(|(name, _)| name.clone()).collect()
        });
        for (place, name) in templates.iter().enumerate() {
            if templates[..place].contains(name) {
                self.error(&format!("{path}[{place}]"), format!("\"{name}\" is named twice"), "each once");
            }
        }
        if templates.is_empty() {
            self.error(&path, "there is no template", "name one, or leave `templates` out");
        }
        Names { numbers, templates }
    }

    pub(super) fn check_tiers(&mut self, given: &Layers<'_>, stage: &Stage) {
        let (path, numbers) = given.get("numbers", |given| given.numbers.as_ref());
        for (name, number) in numbers.iter().flat_map(|numbers| numbers.iter()) {
            if let Some(tier) = &number.tier {
                self.check_tier(&format!("{path}.\"{name}\".tier"), tier, &stage.first_tiers, stage);
            }
        }
    }

    /// Numbers that wait to be connected may be what a case is about; those that never can be are a slip.
    pub(super) fn check_count(&mut self, given: &Layers<'_>, book: &Book) {
        let (path, numbers) = given.get("numbers", |given| given.numbers.as_ref());
        let names = numbers.iter().flat_map(|numbers| numbers.keys());
        if let Some((beyond, message, help)) = too_many_numbers(names, &book.rulesets(), book.name()) {
            self.error(&format!("{path}.\"{beyond}\""), message, help);
        }
    }

    pub(super) fn check_tier(&mut self, path: &str, tier: &str, tiers: &[String], stage: &Stage) {
        if !tiers.iter().any(|known| known == tier) {
            let help = did_you_mean(tier, tiers.iter().map(String::as_str));
            self.error(path, format!("{} has no tier \"{tier}\"", stage.ruleset), help);
        }
    }

    /// What the ruleset has no clause on changes nothing, and cannot have been meant.
    pub(super) fn check_heard(&mut self, heard: bool, what: &str, stage: &Stage, path: &str) {
        if !heard {
            let message = format!("{} has no clause on {what}", stage.ruleset);
            self.error(path, message, "choose another ruleset, or leave it out");
        }
    }
}

/// The number that a case has where it names none.
const MAIN: &str = "main";
/// The template that a case has where it names none.
const OFFER: &str = "offer";

pub(super) fn opening(given: &Layers<'_>, rules: &Rules) -> Opening {
    let (_, numbers) = given.get("numbers", |given| given.numbers.as_ref());
    let (_, templates) = given.get("templates", |given| given.templates.as_ref());
    let (_, policy) = given.get("policy", |given| given.policy.as_ref());
    let standing = |number: &NumberText| {
        let tier = number.tier.as_ref().and_then(|tier| rules.tier(tier));
        (tier.unwrap_or(rules.start_tier), number.rating)
    };
    Opening {
        // Who is verified from the start is told so then: a number on the entry step leaves it.
        verified: false,
        numbers: numbers
            .map_or(vec![(rules.start_tier, None)], |numbers| numbers.values().map(standing).collect()),
        templates: templates.map_or(vec![TemplateOpening::PROVEN], |templates| {
            templates.0.iter().map(|(_, template)| template.opening()).collect()
        }),
        policy: policy.map_or(Policy::Passed, |policy| match policy {
            PolicyText::Open => Policy::Open,
            PolicyText::Passed => Policy::Passed,
            PolicyText::Failed => Policy::Failed,
        }),
        never_amended: false,
    }
}

impl TemplateText {
    fn opening(self) -> TemplateOpening {
        let status = match self.state {
            TemplateState::Approved | TemplateState::New => TemplateStatus::Approved,
            TemplateState::Pending => TemplateStatus::Pending,
        };
        let new = matches!(self.state, TemplateState::New);
        TemplateOpening { category: self.category.unwrap_or(Category::Marketing), status, new }
    }
}

/// What is stated of the sender at the start, and not taken as usual.
pub(super) fn stated(given: &Layers<'_>) -> Stated {
    let (_, numbers) = given.get("numbers", |given| given.numbers.as_ref());
    let (_, policy): (_, Option<&PolicyText>) = given.get("policy", |given| given.policy.as_ref());
    Stated {
        verified: given.get("verified", |given| given.verified.as_ref()).1.copied(),
        policy: policy.is_some(),
        numbers: numbers
            .iter()
            .flat_map(|numbers| numbers.values())
            .map(|number| (number.tier.is_some(), number.rating.is_some()))
            .collect(),
    }
}
