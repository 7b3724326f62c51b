//! The clauses that set a status: what they listen to, how long they last, what follows.

use crate::document::{Examiner, nearest};
use crate::glossary::{NumberStatus, TemplateStatus};

use super::super::language::{Condition, Effect, Ends, Forbidden, Measure, Signal, Status, Term};
use super::super::rules::FromWord;

use super::conditions::Asks;
use super::{Reading, Sense, listed};

impl<'r> Sense<'r, '_> {
    pub(super) fn measure(&mut self, path: &str, name: &str, measure: &Measure, of: Asks) {
        self.signals(path, &measure.on, &measure.when, of);
        self.conditions(&format!("{path}.when"), &measure.when, of);
        self.given(&[family(of)], |sense| sense.imposed(path, name, measure, of));
        self.terms(path, measure, of);
        self.opposite(path, measure);
        for (field, effects) in [("then", &measure.then), ("if_still", &measure.if_still)] {
            for (place, effect) in effects.iter().enumerate() {
                self.effect(&format!("{path}.{field}[{place}]"), effect, of);
            }
        }
        self.measure_readings(path, measure, of);
        self.measure_limits(path, measure, of);
    }

    fn imposed(&mut self, path: &str, name: &str, measure: &Measure, of: Asks) {
        let listens = measure.on.contains(&Signal::imposed);
        let siblings = self.siblings(of);
        let imposes = |effect: &Effect| matches!(effect, Effect::Impose(word) if word.as_str() == name);
        let is_imposed = siblings.values().any(|other| other.then.iter().chain(&other.if_still).any(imposes));
        if listens && !is_imposed {
            let message = format!("no other clause imposes `{name}`");
            self.error(
                &format!("{path}.on"),
                message,
                format!("leave `imposed` out, or write Impose({name}) in another"),
            );
        }
        if is_imposed && !listens {
            let message = format!("`{name}` is imposed by another clause and does not say so");
            self.error(&format!("{path}.on"), message, "add `imposed`");
        }
        if measure.when.is_empty() && measure.on != [Signal::imposed] {
            let message = "a measure without conditions would never end";
            self.error(&format!("{path}.when"), message, "name what must hold, such as [RatingAtMost(Low)]");
        }
    }

    fn siblings(&self, of: Asks) -> &'r crate::document::Ordered<Measure> {
        if of == Asks::Template { &self.ruleset.template } else { &self.ruleset.number }
    }

    fn terms(&mut self, path: &str, measure: &Measure, of: Asks) {
        if measure.term.is_empty() {
            let help = "such as [For(Flagged, \"7d\")], the n-th time the n-th";
            self.error(&format!("{path}.term"), "a measure sets a status for some time", help);
        }
        for (place, term) in measure.term.iter().enumerate() {
            let path = format!("{path}.term[{place}]");
            self.status(&path, term.status(), of);
            if let Term::For(_, span) = term {
                self.above_zero(&path, *span);
            }
            if matches!(term, Term::Forever(_)) && place + 1 < measure.term.len() {
                self.error(&path, "what is for good has nothing after it", "put it last");
            }
        }
    }

    fn status(&mut self, path: &str, status: Status, of: Asks) {
        let (fits, who, words) = match of {
            Asks::Template => (
                TemplateStatus::from_word(status).is_some(),
                "template",
                "Flagged, Pending, Paused, Rejected, Disabled",
            ),
            _ => (
                NumberStatus::from_word(status).is_some(),
                "number",
                "Restricted, Warned, Flagged, RateLimited, Pending, Offline, Banned",
            ),
        };
        if !fits {
            self.error(
                path,
                format!("a {who} cannot be {status:?}"),
                format!("a {who} can be one of {words}"),
            );
        }
    }

    /// A measure that asks for a status other than its own would end as it begins.
    fn opposite(&mut self, path: &str, measure: &Measure) {
        for (place, condition) in measure.when.iter().enumerate() {
            let Condition::StatusIs(asked) = condition else { continue };
            let sets = measure.term.iter().filter_map(|term| NumberStatus::from_word(term.status()));
            if let Some(status) = sets.into_iter().find(|status| !asked.contains(status)) {
                let message = format!("the measure makes the number {status} and asks for another status");
                let help = "leave the condition out: a measure that is running does not begin again";
                self.error(&format!("{path}.when[{place}]"), message, help);
            }
        }
    }

    fn effect(&mut self, path: &str, effect: &Effect, of: Asks) {
        match effect {
            Effect::Up(_) | Effect::Down { .. } if of == Asks::Template => {
                self.error(path, "a template has no tier", "what a template can do is Becomes(Disabled)");
            }
            Effect::Up(0) | Effect::Down { levels: 0, .. } => {
                self.error(path, "a change by 0 tiers changes nothing", "1 or more, or leave it out");
            }
            Effect::Up(_) => {
                if self.tiers.is_empty() {
                    self.error(path, "there are no tiers that could rise", "add a ladder");
                }
            }
            Effect::Down { floor, .. } => {
                self.tier(&format!("{path}.Down.floor"), floor);
            }
            Effect::Becomes(status) => self.status(path, *status, of),
            Effect::Impose(word) => {
                let siblings = self.siblings(of);
                if siblings.get(word.as_str()).is_none() {
                    let help = match nearest(word.as_str(), siblings.keys()) {
                        Some(near) => format!("did you mean `{near}`?"),
                        None => format!("the measures here are {}", listed(siblings.keys())),
                    };
                    let message = format!("there is no measure `{word}` to impose");
                    self.check.error_given(&[family(of)], path, message, help);
                }
            }
        }
    }

    /// Readings that must be taken where they matter, and only there.
    fn measure_readings(&mut self, path: &str, measure: &Measure, of: Asks) {
        let ends_by_time = measure.term.iter().any(|term| matches!(term, Term::For(..)));
        let falls = measure.if_still.iter().any(|effect| matches!(effect, Effect::Down { .. }));
        if !measure.if_still.is_empty() && !ends_by_time {
            let message = "without a deadline nothing is judged at one";
            self.error(
                &format!("{path}.if_still"),
                message,
                "give it a term For(..), or leave `if_still` out",
            );
        }
        let readings = [
            Reading {
                field: "ends",
                needed: ends_by_time && !measure.if_still.is_empty(),
                allowed: ends_by_time,
                given: measure.ends.is_some(),
                because: "a term For(..) has consequences in `if_still`",
                question: "how it is left: on_recovery, hold_term, at_deadline or by_edit",
            },
            Reading {
                field: "downgrade_at",
                needed: falls,
                allowed: falls,
                given: measure.downgrade_at.is_some(),
                because: "`if_still` lowers the tier",
                question: "when it falls: at the deadline, or at once with the flag",
            },
            Reading {
                field: "forgets",
                needed: measure.term.len() > 1,
                allowed: measure.term.len() > 1,
                given: measure.forgets.is_some(),
                because: "the term depends on how often it happened",
                question: "when that count is forgotten: never, or After(\"30d\")",
            },
        ];
        readings.into_iter().for_each(|reading| self.reading(path, reading));
        if measure.ends == Some(Ends::by_edit) && of != Asks::Template {
            self.error(
                &format!("{path}.ends"),
                "a number cannot be edited",
                "on_recovery, hold_term or at_deadline",
            );
        }
    }

    fn measure_limits(&mut self, path: &str, measure: &Measure, of: Asks) {
        let edit = measure.forbids.iter().position(|what| *what == Forbidden::Edit);
        if let (Some(place), true) = (edit, of != Asks::Template) {
            self.error(
                &format!("{path}.forbids[{place}]"),
                "a number cannot be edited",
                "`Edit` belongs to templates",
            );
        }
        match measure.cap {
            Some(_) if of == Asks::Template => {
                let help = "a cap belongs to a measure of a number";
                self.error(&format!("{path}.cap"), "a template has no limit of its own", help);
            }
            Some(0) => self.error(
                &format!("{path}.cap"),
                "a cap of 0 messages admits nothing",
                "write `forbids: [Broadcast]`",
            ),
            _ => {}
        }
    }
}

/// Where the measures stand that can impose one another.
fn family(of: Asks) -> &'static str {
    if of == Asks::Template { "template" } else { "number" }
}
