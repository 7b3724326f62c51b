//! Cases made ready: the text of a file read against its rules, every error noted on the way.
//!
//! ```text
//!   CasesText --Reader--> Layers of what is given --Book--> rules, calendar, names --events, facts--> Case
//! ```

use std::collections::BTreeSet;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use jiff::ToSpan;
use jiff::civil::{Date, DateTime, Time};

use crate::document::{Check, Document, Findings, Ordered};
use crate::glossary::{Category, TemplateStatus, grouped};
use crate::platform::language::{Condition, Signal as Hears};
use crate::platform::rulebook::{self, BookEra, Rulebook};
use crate::platform::{Opening, Policy, Rules, Ruleset, Signal, TemplateOpening, catalogue};
use crate::time::{Calendar, CalendarError, SimTime, Span, date_in_words, days_between};

use super::super::load::{compile, compile_eras, nearest, open, too_many_numbers};
use super::super::replay::MOST_IN_ROW;
use super::super::scenario::NumberText;
use super::near::Stated;
use super::text::{
    CaseText, DayName, EventText, GivenText, Moment, PolicyText, TemplateState, TemplateText, ThenText,
};
use super::under::{Base, RulesText};
use super::{Case, CaseFile, Event, Expected, Fact, LaterEra, MOST_DAYS, Names, Script};

/// Turns the text of cases into cases, and notes what is wrong on the way.
pub(super) struct Reader<'d> {
    document: &'d Document,
    check: Check<'d>,
    others: Findings,
    /// What was said already: a case under several readings would say it again for each.
    noted: BTreeSet<(String, String)>,
}

/// What is given to one case, with the place of each layer: the file's, the case's, those of its readings.
#[derive(Clone)]
pub(super) struct Layers<'t> {
    layers: Vec<(String, &'t GivenText)>,
}

impl<'t> Layers<'t> {
    /// The value of a field in the innermost layer that has it, and its path; the path of the innermost otherwise.
    pub(super) fn get<T: ?Sized>(
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

/// The rules that hold in a case.
pub(super) enum Book {
    /// From beginning to end.
    Ruleset(Box<Ruleset>),
    /// By the eras of a rulebook.
    Rulebook(Rulebook),
}

impl Book {
    /// The rules called `name`, as they stand in a document.
    fn read(name: &str, document: &Document) -> Result<Book, Findings> {
        match rulebook::document(name) {
            Some(_) => Rulebook::read(document).map(Book::Rulebook),
            None => Ruleset::read(document).map(|ruleset| Book::Ruleset(Box::new(ruleset))),
        }
    }

    fn name(&self) -> &str {
        match self {
            Book::Ruleset(ruleset) => &ruleset.name,
            Book::Rulebook(book) => book.name(),
        }
    }

    /// The rulesets that may come to hold.
    fn rulesets(&self) -> Vec<&Ruleset> {
        match self {
            Book::Ruleset(ruleset) => vec![ruleset],
            Book::Rulebook(book) => book.eras().iter().map(BookEra::ruleset).collect(),
        }
    }

    /// The rules at the start of the calendar, and those of the eras that begin before its end.
    pub(super) fn compile(&self, calendar: &Calendar) -> Option<(Rules, Vec<LaterEra>)> {
        match self {
            Book::Ruleset(ruleset) => Some((compile(ruleset, calendar), Vec::new())),
            Book::Rulebook(book) => {
                let mut eras = compile_eras(book, calendar).into_iter();
                let first = eras.next()?;
                let later = eras.filter_map(|era| {
                    Some(LaterEra { from: era.from, rules: era.rules, amending: era.amendment? })
                });
                Some((first.rules, later.collect()))
            }
        }
    }
}

/// What the events of a case are read against.
struct Stage {
    ruleset: String,
    /// The tiers of the rules at the start.
    first_tiers: Vec<String>,
    /// The tiers of all rules of the case.
    tiers: Vec<String>,
    calendar: Calendar,
    names: Names,
    hears: Heard,
}

/// What the ruleset decides on.
struct Heard {
    policy: bool,
    official: bool,
    analysis: bool,
}

impl Heard {
    fn of(all: &[&Rules]) -> Heard {
        let any = |hears: fn(&Rules) -> bool| all.iter().any(|rules| hears(rules));
        Heard {
            policy: any(|rules| rules.number_measures.iter().any(|rule| rule.on.contains(&Hears::policy))),
            official: any(|rules| rules.official.is_some()),
            analysis: any(|rules| rules.upgrades.iter().any(|rule| rule.when.contains(&Condition::Approved))),
        }
    }
}

impl<'d> Reader<'d> {
    /// A reader of the cases of `document`.
    pub(super) fn of(document: &'d Document) -> Reader<'d> {
        Reader { document, check: Check::new(document), others: Findings::default(), noted: BTreeSet::new() }
    }

    pub(super) fn error(&mut self, path: &str, message: impl Into<String>, help: impl Into<String>) {
        let message = message.into();
        if self.noted.insert((path.to_owned(), message.clone())) {
            self.check.error(path, message, help);
        }
    }

    /// Tells what a value of the cases brought about in the rules at its own place.
    fn trace(&mut self, path: &str, findings: &Findings) {
        let new = findings
            .iter()
            .filter(|(_, finding)| self.noted.insert((path.to_owned(), finding.message.clone())));
        for (document, finding) in new {
            self.check.trace(path, &Findings::new(document, vec![finding.clone()]));
        }
    }

    pub(super) fn finish(self, file: CaseFile) -> Result<CaseFile, Findings> {
        let mut others = self.others;
        match self.check.finish(file) {
            Ok(file) if !others.has_errors() => Ok(file),
            Ok(_) => Err(others),
            Err(mut findings) => {
                findings.merge(std::mem::take(&mut others));
                Err(findings)
            }
        }
    }

    pub(super) fn check_name(&mut self, cases: &[CaseText], place: usize) {
        let path = format!("cases[{place}].name");
        let name = &cases[place].name;
        if name.trim().is_empty() {
            self.error(&path, "a case needs a name", "a sentence that says what must be so");
        } else if cases[..place].iter().any(|other| other.name == *name) {
            self.error(&path, format!("two cases are called \"{name}\""), "say how they differ");
        }
        if cases[place].then.is_empty() {
            self.error(
                &format!("cases[{place}].then"),
                "the case expects nothing",
                "say what is seen, and when",
            );
        }
    }

    /// The case, once for each combination of its readings.
    pub(super) fn case(&mut self, file: &GivenText, text: &CaseText, path: &str) -> Vec<Case> {
        let own = Layers { layers: vec![("given".to_owned(), file), (format!("{path}.given"), &text.given)] };
        let mut combined: Vec<(Vec<&str>, Layers<'_>)> = vec![(Vec::new(), own)];
        for (place, group) in text.under.iter().enumerate() {
            if group.is_empty() {
                self.error(
                    &format!("{path}.under[{place}]"),
                    "there is no reading here",
                    "name at least one",
                );
            }
            let mut longer = Vec::new();
            for (names, so_far) in &combined {
                for (name, given) in group.iter() {
                    let mut layers = so_far.clone();
                    layers.layers.push((format!("{path}.under[{place}].\"{name}\""), given));
                    longer.push(([names.as_slice(), &[name]].concat(), layers));
                }
            }
            combined = longer;
        }
        let cases = combined.into_iter().filter_map(|(names, given)| {
            let reading = (!names.is_empty()).then(|| names.join(", "));
            self.under(given, reading, text, path)
        });
        cases.collect()
    }

    fn under(
        &mut self,
        given: Layers<'_>,
        reading: Option<String>,
        text: &CaseText,
        path: &str,
    ) -> Option<Case> {
        let book = self.book(&given);
        let start = self.start(&given);
        let ((book, rules_text), (start, zone)) = (book?, start?);
        let calendar = |horizon| Calendar::new(start, &zone, horizon, Span::days(1)).ok();
        let stage = self.stage(&given, &book, calendar(Span::days(1))?, calendar(Span::days(MOST_DAYS))?)?;
        self.check_tiers(&given, &stage);
        self.check_count(&given, &book);
        let (policy, stated) = given.get("policy", |given| given.policy.as_ref());
        if matches!(stated, Some(PolicyText::Open | PolicyText::Failed)) {
            self.check_heard(stage.hears.policy, "the commerce-policy check", &stage, &policy);
        }
        let mut events = self.events(&stage, &text.when, path);
        if given.get("verified", |given| given.verified.as_ref()).1 == Some(&true) {
            events.insert(0, (SimTime::START, Event::Decided(Signal::Verified)));
        }
        let expected = self.expected(&stage, &text.then, path);
        events.sort_by_key(|(at, _)| *at);
        let last = events.iter().map(|(at, _)| *at).chain(expected.iter().map(|then| then.at)).max()?;
        let calendar = calendar(Span(last.0 + 1))?;
        let (rules, later) = book.compile(&calendar)?;
        Some(Case {
            name: text.name.clone(),
            reading,
            file: self.document.name.clone(),
            script: Script { opening: opening(&given, &rules), events },
            stated: Stated::of(&given),
            text: rules_text,
            rules,
            later,
            calendar,
            names: stage.names,
            expected,
        })
    }

    /// What the events are read against; nothing, and said so, where no rules hold at the start.
    fn stage(
        &mut self,
        given: &Layers<'_>,
        book: &Book,
        calendar: Calendar,
        longest: Calendar,
    ) -> Option<Stage> {
        let Some((first, later)) = book.compile(&longest) else {
            let (path, _) = given.get("start", |given| given.start.as_ref());
            let message = format!("no era of the rulebook \"{}\" is in force at this start", book.name());
            self.error(&path, message, "choose a later start");
            return None;
        };
        let all: Vec<&Rules> = std::iter::once(&first).chain(later.iter().map(|era| &era.rules)).collect();
        let tiers = |rules: &Rules| -> Vec<String> {
            let known = rules.tiers.iter().map(|tier| tier.name.clone());
            if rules.tiers.len() > 1 { known.collect() } else { Vec::new() }
        };
        let mut every: Vec<String> = Vec::new();
        for tier in all.iter().flat_map(|rules| tiers(rules)) {
            if !every.contains(&tier) {
                every.push(tier);
            }
        }
        Some(Stage {
            ruleset: book.name().to_owned(),
            first_tiers: tiers(&first),
            tiers: every,
            calendar,
            names: self.names(given),
            hears: Heard::of(&all),
        })
    }

    // ---- given ----------------------------------------------------------------------------------------------

    /// The rules that hold, and where they come from.
    fn book(&mut self, given: &Layers<'_>) -> Option<(Book, RulesText)> {
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
                let help = nearest(name, catalogue::names().chain(rulebook::names()));
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

    fn start(&mut self, given: &Layers<'_>) -> Option<(DateTime, String)> {
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

    fn names(&mut self, given: &Layers<'_>) -> Names {
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

    fn check_tiers(&mut self, given: &Layers<'_>, stage: &Stage) {
        let (path, numbers) = given.get("numbers", |given| given.numbers.as_ref());
        for (name, number) in numbers.iter().flat_map(|numbers| numbers.iter()) {
            if let Some(tier) = &number.tier {
                self.check_tier(&format!("{path}.\"{name}\".tier"), tier, &stage.first_tiers, stage);
            }
        }
    }

    /// Numbers that wait to be connected may be what a case is about; those that never can be are a slip.
    fn check_count(&mut self, given: &Layers<'_>, book: &Book) {
        let (path, numbers) = given.get("numbers", |given| given.numbers.as_ref());
        let names = numbers.iter().flat_map(|numbers| numbers.keys());
        if let Some((beyond, message, help)) = too_many_numbers(names, &book.rulesets(), book.name()) {
            self.error(&format!("{path}.\"{beyond}\""), message, help);
        }
    }

    fn check_tier(&mut self, path: &str, tier: &str, tiers: &[String], stage: &Stage) {
        if !tiers.iter().any(|known| known == tier) {
            let help = nearest(tier, tiers.iter().map(String::as_str));
            self.error(path, format!("{} has no tier \"{tier}\"", stage.ruleset), help);
        }
    }

    /// What the ruleset has no clause on changes nothing, and cannot have been meant.
    fn check_heard(&mut self, heard: bool, what: &str, stage: &Stage, path: &str) {
        if !heard {
            let message = format!("{} has no clause on {what}", stage.ruleset);
            self.error(path, message, "choose another ruleset, or leave it out");
        }
    }

    // ---- when -----------------------------------------------------------------------------------------------

    fn events(&mut self, stage: &Stage, events: &[EventText], path: &str) -> Vec<(SimTime, Event)> {
        let mut made: Vec<(SimTime, Event)> = Vec::new();
        let mut before = SimTime::START;
        for (place, text) in events.iter().enumerate() {
            let path = format!("{path}.when[{place}]");
            let list = self.event(stage, text, &path);
            if let [(at, Event::Feedback { at_once: true, .. })] = list.as_slice()
                && !made.iter().any(|(sent, event)| sent == at && event.class() == 5)
            {
                let help = "at_once is for what answers a send of the same instant, which stands above it";
                self.error(&format!("{path}.at_once"), "nothing is sent at this instant", help);
            }
            if let Some((at, _)) = list.first() {
                self.check_order(&path, text.moment_field(), before, *at);
                before = *at;
            }
            made.extend(list);
        }
        made
    }

    fn check_order(&mut self, path: &str, field: &str, before: SimTime, at: SimTime) {
        if at < before {
            let help = "write them in the order of time: so a case can be read from top to bottom";
            self.error(&format!("{path}.{field}"), "this comes before what stands above it", help);
        }
    }

    fn event(&mut self, stage: &Stage, text: &EventText, path: &str) -> Vec<(SimTime, Event)> {
        let numbers = &stage.names.numbers;
        let templates = &stage.names.templates;
        let (number, template) = match text {
            EventText::Send { number, template, .. }
            | EventText::Fill { number, template, .. }
            | EventText::Feedback { number, template, .. } => (
                self.choose(numbers, number.as_deref(), path, "number"),
                self.choose(templates, template.as_deref(), path, "template"),
            ),
            EventText::CustomerMessages { number, .. } | EventText::Analysis { number, .. } => {
                (self.choose(numbers, number.as_deref(), path, "number"), Some(0))
            }
            EventText::Edited { template, .. } | EventText::Reviewed { template, .. } => {
                (Some(0), self.choose(templates, template.as_deref(), path, "template"))
            }
            EventText::Verified { .. } | EventText::Policy { .. } | EventText::Official { .. } => {
                (Some(0), Some(0))
            }
        };
        let (Some(number), Some(template)) = (number, template) else { return Vec::new() };
        match text {
            EventText::Send { at, messages, delivered, in_window, again, .. } => {
                let Some(at) = self.instant(stage, at, path, "at") else { return Vec::new() };
                self.check_count_of(*messages, &format!("{path}.messages"));
                let again = self.again(stage, again, *messages, at, path);
                let delivered = delivered.map(|delivered| {
                    self.check_at_most(delivered, *messages, &format!("{path}.delivered"));
                    (delivered, self.line(&format!("{path}.delivered")))
                });
                let (messages, in_window) = (*messages, *in_window);
                self.check_at_most(in_window, messages, &format!("{path}.in_window"));
                vec![(at, Event::Send { number, template, messages, delivered, in_window, again })]
            }
            EventText::Fill { from, to, at, at_most, .. } => {
                self.check_count_of(at_most.unwrap_or(0), &format!("{path}.at_most"));
                let days = self.days(stage, *from, *to, at.0, path);
                let event = Event::Fill { number, template, at_most: *at_most, spare: 0 };
                days.into_iter().map(|at| (at, event.clone())).collect()
            }
            EventText::Feedback { at, kind, count, at_once, .. } => {
                let (kind, count, at_once) = (*kind, *count, *at_once);
                self.check_count_of(count, &format!("{path}.count"));
                let at = self.instant(stage, at, path, "at");
                at.map(|at| (at, Event::Feedback { number, template, kind, count, at_once }))
                    .into_iter()
                    .collect()
            }
            EventText::CustomerMessages { at, count, .. } => {
                self.check_count_of(*count, &format!("{path}.count"));
                self.one(stage, at, path, Event::CustomerMessages { number, count: *count })
            }
            EventText::Edited { at, .. } => self.one(stage, at, path, Event::Edited { template }),
            EventText::Verified { at } => self.one(stage, at, path, Event::Decided(Signal::Verified)),
            EventText::Policy { at, passed } => {
                self.check_heard(stage.hears.policy, "the commerce-policy check", stage, path);
                self.one(stage, at, path, Event::Decided(Signal::Policy { passed: *passed }))
            }
            EventText::Official { at, granted } => {
                self.check_heard(stage.hears.official, "the official-business status", stage, path);
                self.one(stage, at, path, Event::Decided(Signal::Official { granted: *granted }))
            }
            EventText::Analysis { at, approved, .. } => {
                self.check_heard(stage.hears.analysis, "an analysis of the messages", stage, path);
                self.one(stage, at, path, Event::Decided(Signal::Analysis { number, approved: *approved }))
            }
            EventText::Reviewed { at, approved, .. } => {
                self.one(stage, at, path, Event::Decided(Signal::Reviewed { template, approved: *approved }))
            }
        }
    }

    /// An event at an instant.
    fn one(&mut self, stage: &Stage, at: &Moment, path: &str, event: Event) -> Vec<(SimTime, Event)> {
        self.instant(stage, at, path, "at").map(|at| (at, event)).into_iter().collect()
    }

    /// As many as a log may hold in one second.
    fn check_count_of(&mut self, count: u64, path: &str) {
        if count > MOST_IN_ROW {
            let message = format!("{} at one instant are more than can be", grouped(count));
            self.error(path, message, format!("at most {}", grouped(MOST_IN_ROW)));
        }
    }

    fn check_at_most(&mut self, part: u64, messages: u64, path: &str) {
        if part > messages {
            self.error(path, format!("{part} of {messages} messages"), "at most as many as are sent");
        }
    }

    /// Customers that were written to before: when their latest message was delivered, and how many they are.
    fn again(
        &mut self,
        stage: &Stage,
        again: &Ordered<u64>,
        messages: u64,
        at: SimTime,
        path: &str,
    ) -> Vec<(SimTime, u64)> {
        let mut list = Vec::new();
        for (when, customers) in again.iter() {
            let here = format!("{path}.again.\"{when}\"");
            match Moment::try_from(when.to_owned()) {
                Ok(moment) => list.extend(self.moment(stage, &moment, &here).map(|when| (when, *customers))),
                Err(error) => {
                    let error = error.to_string();
                    let (message, help) = error.split_once('\n').unwrap_or((&error, ""));
                    self.error(&here, message, help);
                }
            }
        }
        if list.iter().any(|(when, _)| *when >= at) {
            self.error(&format!("{path}.again"), "this is not before the send itself", "name earlier sends");
        }
        let all = again.values().fold(0_u64, |all, customers| all.saturating_add(*customers));
        self.check_at_most(all, messages, &format!("{path}.again"));
        list
    }

    /// One instant on each day from a day to another.
    fn days(&mut self, stage: &Stage, from: DayName, to: DayName, time: Time, path: &str) -> Vec<SimTime> {
        let (first, last) = (stage.date(from), stage.date(to));
        if first > last {
            self.error(&format!("{path}.to"), "this day comes before `from`", "the first day, then the last");
        }
        let days = days_between(first, last);
        if days > MOST_DAYS {
            self.error(&format!("{path}.to"), "this is too far away", format!("at most {MOST_DAYS} days"));
            return Vec::new();
        }
        let dates = (0..=days).map(|day| first.saturating_add(day.days()));
        dates.filter_map(|date| self.civil(stage, date.to_datetime(time), path, "from")).collect()
    }

    // ---- then -----------------------------------------------------------------------------------------------

    fn expected(&mut self, stage: &Stage, then: &[ThenText], path: &str) -> Vec<Expected> {
        let mut made = Vec::new();
        let mut before = SimTime::START;
        for (place, text) in then.iter().enumerate() {
            let path = format!("{path}.then[{place}]");
            let Some(at) = self.instant(stage, &text.at, &path, "at") else { continue };
            self.check_order(&path, "at", before, at);
            before = at;
            made.push(Expected { at, facts: self.facts(stage, text, &path) });
        }
        made
    }

    fn facts(&mut self, stage: &Stage, text: &ThenText, path: &str) -> Vec<(Fact, usize)> {
        let Some(number) =
            self.choose_if(text.asks_number(), &stage.names.numbers, &text.number, path, "number")
        else {
            return Vec::new();
        };
        let asks = text.asks_template();
        let Some(template) = self.choose_if(asks, &stage.names.templates, &text.template, path, "template")
        else {
            return Vec::new();
        };
        if let Some(tier) = &text.tier {
            self.check_tier(&format!("{path}.tier"), tier, &stage.tiers, stage);
        }
        let facts = text.facts(number, template);
        if facts.is_empty() {
            let help =
                "state at least one of limit, tier, status, rating, template_status, capacity, refused";
            self.error(path, "nothing is looked at here", help);
        }
        facts.into_iter().map(|(field, fact)| (fact, self.line(&format!("{path}.{field}")))).collect()
    }

    fn choose_if(
        &mut self,
        asked: bool,
        known: &[String],
        name: &Option<String>,
        path: &str,
        what: &str,
    ) -> Option<usize> {
        if asked || name.is_some() { self.choose(known, name.as_deref(), path, what) } else { Some(0) }
    }

    /// Position of a number or template; it may be left out where there is only one.
    fn choose(&mut self, known: &[String], name: Option<&str>, path: &str, what: &str) -> Option<usize> {
        let Some(name) = name else {
            if known.len() > 1 {
                let help = format!("add {what}: \"{}\", or another of {}", known[0], known.join(", "));
                self.error(path, format!("which {what}?"), help);
            }
            return (known.len() == 1).then_some(0);
        };
        let place = known.iter().position(|other| other == name);
        if place.is_none() {
            let help = nearest(name, known.iter().map(String::as_str));
            self.error(&format!("{path}.{what}"), format!("there is no {what} \"{name}\""), help);
        }
        place
    }

    // ---- times ----------------------------------------------------------------------------------------------

    fn instant(&mut self, stage: &Stage, moment: &Moment, path: &str, field: &str) -> Option<SimTime> {
        self.moment(stage, moment, &format!("{path}.{field}"))
    }

    fn moment(&mut self, stage: &Stage, moment: &Moment, path: &str) -> Option<SimTime> {
        let civil = stage.date(moment.day).to_datetime(moment.time);
        let (parent, field) = path.rsplit_once('.').unwrap_or((path, ""));
        self.civil(stage, civil, parent, field)
    }

    fn civil(&mut self, stage: &Stage, civil: DateTime, path: &str, field: &str) -> Option<SimTime> {
        let path = format!("{path}.{field}");
        // A midnight that the clock skips is the beginning of its day nevertheless.
        if stage.calendar.skips(civil) && civil.time() != Time::midnight() {
            let zone = stage.calendar.zone_name();
            let date = date_in_words(civil.date());
            let message = format!(
                "{} does not exist on {date} in {zone}: its clock was put forward over it",
                civil.time()
            );
            self.error(&path, message, "choose a time of that day before or after it, or another `zone`");
            return None;
        }
        let at = stage.calendar.instant(civil).ok();
        let horizon = SimTime::START + Span::days(MOST_DAYS);
        match at {
            Some(at) if (SimTime::START..horizon).contains(&at) => Some(at),
            Some(at) if at < SimTime::START => {
                self.error(&path, "this is before the start", "the first day is day 1");
                None
            }
            _ => {
                self.error(
                    &path,
                    "this is too far away",
                    format!("at most {MOST_DAYS} days after the start"),
                );
                None
            }
        }
    }

    /// The line of a value, from 1.
    fn line(&self, path: &str) -> usize {
        self.document
            .locate_key(path)
            .map_or(0, |place: Range<usize>| self.document.line_column(place.start).0)
    }
}

/// The number that a case has where it names none.
const MAIN: &str = "main";
/// The template that a case has where it names none.
const OFFER: &str = "offer";

fn opening(given: &Layers<'_>, rules: &Rules) -> Opening {
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
        thresholds: Vec::new(),
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

impl Stage {
    fn date(&self, day: DayName) -> Date {
        match day {
            DayName::Nth(nth) => self.calendar.date(nth as usize - 1),
            DayName::Date(date) => date,
        }
    }
}

impl EventText {
    /// The field that says when.
    fn moment_field(&self) -> &'static str {
        match self {
            EventText::Fill { .. } => "from",
            _ => "at",
        }
    }
}

impl ThenText {
    /// Whether something is asked of a number.
    fn asks_number(&self) -> bool {
        let of_others =
            ["verified", "may_apply", "template_status", "template_rating", "rejected", "held", "dropped"];
        self.facts(0, 0).iter().any(|(field, _)| !of_others.contains(field))
    }

    /// Whether something is asked of a template.
    fn asks_template(&self) -> bool {
        let counted = [self.rejected, self.held, self.dropped];
        self.template_status.is_some()
            || self.template_rating.is_some()
            || counted.iter().any(Option::is_some)
    }

    /// What is stated, each with the name of its field.
    fn facts(&self, number: usize, template: usize) -> Vec<(&'static str, Fact)> {
        let facts = [
            ("limit", self.limit.map(|limit| Fact::Limit(number, limit))),
            ("tier", self.tier.clone().map(|tier| Fact::Tier(number, tier))),
            ("status", self.status.map(|status| Fact::Status(number, status))),
            ("statuses", self.statuses.clone().map(|statuses| Fact::Statuses(number, statuses))),
            ("rating", self.rating.map(|rating| Fact::Rating(number, rating))),
            ("template_status", self.template_status.map(|status| Fact::TemplateStatus(template, status))),
            ("template_rating", self.template_rating.map(|rating| Fact::TemplateRating(template, rating))),
            ("review", self.review.map(|review| Fact::Review(number, review))),
            ("verified", self.verified.map(Fact::Verified)),
            ("capacity", self.capacity.map(|capacity| Fact::Capacity(number, capacity))),
            ("reached", self.reached.map(|reached| Fact::Reached(number, reached))),
            ("refused", self.refused.map(|refused| Fact::Refused(number, refused))),
            ("rejected", self.rejected.map(|rejected| Fact::Rejected(template, rejected))),
            ("held", self.held.map(|held| Fact::Held(template, held))),
            ("dropped", self.dropped.map(|dropped| Fact::Dropped(template, dropped))),
            ("may_apply", self.may_apply.map(Fact::MayApply)),
            ("error", self.error.map(|error| Fact::Error(number, error))),
        ];
        facts.into_iter().filter_map(|(field, fact)| Some((field, fact?))).collect()
    }
}
