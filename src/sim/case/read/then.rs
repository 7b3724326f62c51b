//! What a case expects to see.

use crate::document::{Examiner, did_you_mean};
use crate::time::SimTime;

use super::super::script::{Expected, Fact};
use super::super::text::ThenText;
use super::{Reader, Stage};

impl Reader<'_> {
    pub(super) fn expected(&mut self, stage: &Stage, then: &[ThenText], path: &str) -> Vec<Expected> {
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
    pub(super) fn choose(
        &mut self,
        known: &[String],
        name: Option<&str>,
        path: &str,
        what: &str,
    ) -> Option<usize> {
        let Some(name) = name else {
            if known.len() > 1 {
                let help = format!("add {what}: \"{}\", or another of {}", known[0], known.join(", "));
                self.error(path, format!("which {what}?"), help);
            }
            return (known.len() == 1).then_some(0);
        };
        let place = known.iter().position(|other| other == name);
        if place.is_none() {
            let help = did_you_mean(name, known.iter().map(String::as_str));
            self.error(&format!("{path}.{what}"), format!("there is no {what} \"{name}\""), help);
        }
        place
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
