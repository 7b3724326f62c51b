//! Cases made ready: the text of a file read against its rules, every error noted on the way.
//!
//! ```text
//!   CasesText --given--> Layers --Book--> Stage: rules, calendar, names
//!                                            |--when--> events
//!                                            '--then--> facts         --> Case, one for each reading
//! ```

mod given;
mod then;
mod when;

use std::collections::BTreeSet;
use std::ops::Range;

use jiff::civil::Date;

use crate::document::{Check, Document, Examiner, Findings, LeftOut};
use crate::platform::language::{Condition, Signal as Hears};
use crate::platform::{Rules, Signal};
use crate::time::{Calendar, SimTime, Span};

use self::given::Layers;
use self::given::{opening, stated};
use super::book::Book;
use super::script::{Event, Names, Script};
use super::text::{CaseText, DayName, GivenText, MOST_DAYS, PolicyText};
use super::{Case, CaseFile};

/// Turns the text of cases into cases, and notes what is wrong on the way.
pub(super) struct Reader<'d> {
    document: &'d Document,
    check: Check<'d>,
    others: Findings,
    /// What was said already: a case under several readings would say it again for each.
    noted: BTreeSet<(String, String)>,
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

impl<'d> Examiner<'d> for Reader<'d> {
    fn check(&mut self) -> &mut Check<'d> {
        &mut self.check
    }

    fn error(&mut self, path: &str, message: impl Into<String>, help: impl Into<String>) {
        let message = message.into();
        if self.noted.insert((path.to_owned(), message.clone())) {
            self.check.error(path, message, help);
        }
    }
}

impl<'d> Reader<'d> {
    /// A reader of the cases of `document`, without what of it cannot be read.
    pub(super) fn of(document: &'d Document, left_out: LeftOut) -> Reader<'d> {
        let check = Check::without(document, left_out);
        Reader { document, check, others: Findings::default(), noted: BTreeSet::new() }
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
            let message = format!("two cases are called \"{name}\"");
            self.given(&["cases"], |reader| reader.error(&path, message, "say how they differ"));
        }
        if cases[place].then.is_empty() {
            self.error(
                &format!("cases[{place}].then"),
                "the case expects nothing",
                "say what is seen, and when",
            );
        }
    }

    /// The case, once for each combination of its readings; none where it, or what is given to all, cannot be read whole.
    pub(super) fn case(&mut self, file: &GivenText, text: &CaseText, path: &str) -> Vec<Case> {
        let (leans_on, mut cases) = (["given", path], Vec::new());
        if self.check.are_whole(&leans_on) {
            self.given(&leans_on, |reader| cases = reader.readings(file, text, path));
        }
        cases
    }

    fn readings(&mut self, file: &GivenText, text: &CaseText, path: &str) -> Vec<Case> {
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
        let (policy, check) = given.get("policy", |given| given.policy.as_ref());
        if matches!(check, Some(PolicyText::Open | PolicyText::Failed)) {
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
            stated: stated(&given),
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

    /// The line of a value, from 1.
    fn line(&self, path: &str) -> usize {
        self.document
            .locate_key(path)
            .map_or(0, |place: Range<usize>| self.document.line_column(place.start).0)
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
