//! What a ruleset is made of: ladder, admission, windows, ratings, review, pacing, prices.

use crate::document::Examiner;

use crate::glossary::{Rating, Ratio};
use crate::time::{DAY, Span};

use super::super::language::{
    Ageing, Cap, CapLimit, CapOf, Clause, HowMany, Limit, OfficialChanges, Pacing, Rates, RatingClause,
    RatingOf, Takes, Window, Within,
};
use super::super::origin::{Origin, first_day};

use super::conditions::Asks;
use super::{Sense, is_name, step};

impl Sense<'_, '_> {
    pub(super) fn nouns(&mut self) {
        self.given(&["ladder"], Sense::ladder);
        self.given(&["numbers"], Sense::numbers);
        self.admission();
        self.windows();
        self.ratings();
        self.given(&["official", "ladder", "rating"], Sense::official);
        self.given(&["review"], Sense::review);
        for (name, pacing) in self.ruleset.pacing.iter() {
            self.given(&[], |sense| sense.pacing(&format!("pacing.{name}"), pacing));
        }
        self.given(&[], Sense::prices);
        self.given(&[], Sense::facts);
    }

    fn facts(&mut self) {
        for (name, fact) in self.ruleset.fact.iter() {
            if fact.says.trim().is_empty() {
                self.error(
                    &format!("fact.{name}.says"),
                    "a fact says something",
                    "state it in your own words",
                );
            }
        }
    }

    fn ladder(&mut self) {
        let Some(ladder) = &self.ruleset.ladder else { return };
        if ladder.steps.is_empty() {
            let help = "such as { \"1K\": AtMost(1_000), \"top\": Unlimited }";
            self.error("ladder.steps", "a ladder needs a step", help);
            return;
        }
        let mut below: Option<(&str, Limit)> = None;
        for (name, limit) in ladder.steps.iter() {
            let path = step("ladder.steps", name);
            if *limit == Limit::AtMost(0) {
                self.error(
                    &path,
                    format!("the tier `{name}` allows nothing"),
                    "a limit is 1 customer or more",
                );
            }
            if let Some((other, least)) = below
                && !rises(least, *limit)
            {
                let message = format!(
                    "the limits must rise: `{name}` ({}) does not allow more than `{other}` ({})",
                    limit_words(*limit),
                    limit_words(least)
                );
                self.error(
                    &path,
                    message,
                    "put the steps in order, the lowest first, each with its own limit",
                );
            }
            below = Some((name, *limit));
        }
        self.tier("ladder.start", &ladder.start);
    }

    fn numbers(&mut self) {
        let Some(numbers) = &self.ruleset.numbers else { return };
        if let (HowMany::AtMost(before), HowMany::AtMost(after)) = (numbers.unverified, numbers.verified)
            && after < before
        {
            let message = format!("{after} after verification is fewer than the {before} before it");
            self.error("numbers.verified", message, "are the two exchanged?");
        }
        self.takes("numbers.connecting", numbers.connecting);
    }

    fn takes(&mut self, path: &str, takes: Takes) {
        match takes {
            Takes::Between(least, most) if most < least => {
                let message = format!("between {least} and {most} is no time");
                self.error(path, message, format!("the shorter first: Between(\"{most}\", \"{least}\")"));
            }
            Takes::UpTo(Span(0)) => {
                self.error(path, "up to 0h is no time", "a span above 0, or Unstated");
            }
            _ => {}
        }
    }

    fn admission(&mut self) {
        let mut of_tier: Option<&str> = None;
        for (name, cap) in self.ruleset.admission.iter() {
            let path = format!("admission.{name}");
            self.given(&[&path, "ladder"], |sense| sense.cap(&path, cap));
            if cap.limit == CapLimit::OfTier {
                if let Some(other) = of_tier {
                    let (path, message) =
                        (format!("{path}.limit"), format!("the tier's limit is used by `{other}` already"));
                    let help = "one cap is OfTier, others are Own(..)";
                    self.check.error_given(&["admission"], &path, message, help);
                }
                of_tier = of_tier.or(Some(name));
            }
        }
        if self.ruleset.ladder.is_some() && of_tier.is_none() {
            let message = "no cap uses the tiers' limits, so the ladder would limit nothing";
            let help = "add to `admission` a cap with `per: Holder, limit: OfTier`";
            self.check.error_given(&["admission"], "ladder", message, help);
        }
    }

    fn cap(&mut self, path: &str, cap: &Cap) {
        self.within(&format!("{path}.within"), cap.within);
        match cap.limit {
            CapLimit::OfTier if self.tiers.is_empty() => {
                let help = "add a ladder, or give the cap a limit of its own: Own(1_000)";
                self.error(&format!("{path}.limit"), "there are no tiers, so there is no limit of one", help);
            }
            CapLimit::OfTier if cap.per != CapOf::Holder => {
                let message = format!("the tier's limit binds its holder, not each {}", cap_of_word(cap.per));
                self.error(&format!("{path}.per"), message, "write `per: Holder`");
            }
            CapLimit::Own(0) => {
                self.error(&format!("{path}.limit"), "a cap of 0 admits nothing", "1 or more, or `Unstated`");
            }
            _ => {}
        }
    }

    pub(super) fn within(&mut self, path: &str, within: Within) {
        if let Within::Rolling(span) = within {
            self.above_zero(path, span);
        }
    }

    pub(super) fn above_zero(&mut self, path: &str, span: Span) {
        if span.0 <= 0 {
            self.error(path, "a span of 0h holds nothing", "a span above 0, such as \"24h\"");
        }
    }

    fn windows(&mut self) {
        for (place, (name, window)) in self.ruleset.window.iter().enumerate() {
            let path = format!("window.{name}");
            self.given(&[], |sense| sense.window(&path, window));
            let earlier = self.ruleset.window.iter().take(place);
            let mut same = earlier
                .filter(|(_, other)| other.kind == window.kind && overlap(other.origin(), window.origin()));
            if let Some((other, _)) = same.next() {
                let (path, other) = (format!("{path}.kind"), format!("window.{other}.kind"));
                self.given(&["window"], |sense| sense.both_in_force(&path, &other));
            }
        }
    }

    fn window(&mut self, path: &str, window: &Window) {
        if window.opens.is_empty() {
            let help = "name what opens it, such as [customer_message]";
            self.error(&format!("{path}.opens"), "nothing opens this window", help);
        }
        self.above_zero(&format!("{path}.lasts"), window.lasts);
    }

    fn both_in_force(&mut self, path: &str, other: &str) {
        let message = "two clauses on the same thing are in force at once";
        self.error(
            path,
            message,
            "give the earlier one `until` and the later one `since`, with the same date",
        );
        self.check.also(other, "the other one");
    }

    fn ratings(&mut self) {
        for (place, (name, rating)) in self.ruleset.rating.iter().enumerate() {
            let path = format!("rating.{name}");
            self.given(&[&path], |sense| {
                sense.rating_times(&path, rating);
                sense.rating_weights(&path, rating);
                sense.rating_thresholds(&path, rating);
            });
            let earlier = self.ruleset.rating.iter().take(place);
            let mut same = earlier
                .filter(|(_, other)| other.of == rating.of && overlap(other.origin(), rating.origin()));
            if let Some((other, _)) = same.next() {
                let (path, other) = (format!("{path}.of"), format!("rating.{other}.of"));
                self.given(&["rating"], |sense| sense.both_in_force(&path, &other));
            }
        }
    }

    fn rating_times(&mut self, path: &str, rating: &RatingClause) {
        self.above_zero(&format!("{path}.window"), rating.window);
        let every = rating.evaluated.0;
        if every <= 0 || (DAY % every != 0 && every % DAY != 0) {
            let message =
                format!("an evaluation every {} is not at the same hours each day", rating.evaluated);
            self.error(
                &format!("{path}.evaluated"),
                message,
                "a part of a day or whole days: \"1h\", \"6h\", \"24h\"",
            );
        }
        if let Ageing::HalfLife(half_life) = rating.ageing {
            self.above_zero(&format!("{path}.ageing"), half_life);
        }
        for (field, span) in [("answer_within", rating.answer_within), ("unread_after", rating.unread_after)]
        {
            if let Some(span) = span {
                self.above_zero(&format!("{path}.{field}"), span);
            }
        }
        if let Some(frequency) = rating.frequency {
            self.above_zero(&format!("{path}.frequency.within"), frequency.within);
            for (field, ratio) in [("weight", frequency.weight), ("allowance", frequency.allowance)] {
                if ratio.top < 0 {
                    let message = format!("expected 0 or more, found {ratio}");
                    self.error(
                        &format!("{path}.frequency.{field}"),
                        message,
                        "frequent sending lowers a rating",
                    );
                }
            }
        }
    }

    fn rating_weights(&mut self, path: &str, rating: &RatingClause) {
        use crate::glossary::Feedback::{SlowAnswer, Unread};
        if !rating.weights.values().any(|weight| weight.top > 0) {
            let message = "no kind of feedback lowers this rating: it would be High for ever";
            self.error(
                &format!("{path}.weights"),
                message,
                "give one a weight above 0, such as { Block: \"1\" }",
            );
        }
        let timed = [
            (SlowAnswer, "answer_within", rating.answer_within),
            (Unread, "unread_after", rating.unread_after),
        ];
        for (kind, field, span) in timed {
            let weighed = rating.weights.contains_key(&kind);
            if weighed && span.is_none() {
                let message = format!("{kind:?} has a weight, and `{field}` is missing");
                self.error(
                    &format!("{path}.weights.{kind:?}"),
                    message,
                    format!("say when it counts: `{field}: \"24h\"`"),
                );
            }
            if !weighed && span.is_some() {
                let message = format!("`{field}` is given, and {kind:?} has no weight");
                self.error(
                    &format!("{path}.{field}"),
                    message,
                    format!("leave it out, or add {kind:?} to `weights`"),
                );
            }
        }
        if rating.of == RatingOf::Template && rating.template_coupling.is_some() {
            let message = "`template_coupling` says how templates touch a number's rating";
            self.error(
                &format!("{path}.template_coupling"),
                message,
                "it belongs to the clause `of: Number`",
            );
        }
    }

    fn rating_thresholds(&mut self, path: &str, rating: &RatingClause) {
        let (medium, low) = (rating.medium_from, rating.low_from);
        for (field, threshold) in [("medium_from", medium), ("low_from", low)] {
            if threshold.top <= 0 || threshold >= Ratio::new(1, 1) {
                let message =
                    format!("expected a share of deliveries above 0 and below 100%, found {threshold}");
                self.error(&format!("{path}.{field}"), message, "such as \"1%\"");
            }
        }
        if medium >= low {
            let message = format!("Medium begins at {medium} and Low at {low}: Low is the worse of the two");
            self.error(&format!("{path}.low_from"), message, "`medium_from` must be below `low_from`");
        }
        if rating.min_deliveries == 0 {
            let help = "1 or more: a rate over nothing cannot be judged";
            self.error(&format!("{path}.min_deliveries"), "expected 1 or more deliveries, found 0", help);
        }
        if !matches!(rating.unknown_counts_as, Rating::High | Rating::Medium) {
            let message = format!("expected High or Medium, found {}", rating.unknown_counts_as);
            let help = "Unknown always meets Medium; the reading is whether it meets High";
            self.error(&format!("{path}.unknown_counts_as"), message, help);
        }
    }

    fn official(&mut self) {
        let Some(official) = &self.ruleset.official else { return };
        self.conditions("official.needs", &official.needs, Asks::Official);
        self.takes("official.decided", official.decided);
        if let OfficialChanges::StartsAt(tier) = &official.changes {
            self.tier("official.changes.StartsAt", tier);
        }
    }

    fn review(&mut self) {
        if let Some(review) = &self.ruleset.review {
            self.takes("review.takes", review.takes);
        }
    }

    fn pacing(&mut self, path: &str, pacing: &Pacing) {
        for (field, empty) in
            [("categories", pacing.categories.is_empty()), ("applies_to", pacing.applies_to.is_empty())]
        {
            if empty {
                self.error(&format!("{path}.{field}"), "this paces nothing", "name at least one");
            }
        }
        if pacing.sample == 0 {
            self.error(
                &format!("{path}.sample"),
                "a sample of 0 messages shows nothing",
                "1 message or more",
            );
        }
        self.above_zero(&format!("{path}.hold"), pacing.hold);
        if !matches!(pacing.drops_at, Rating::Low | Rating::Medium) {
            let message = format!("expected Low or Medium, found {}", pacing.drops_at);
            self.error(&format!("{path}.drops_at"), message, "what is held is dropped for a bad rating only");
        }
    }

    fn prices(&mut self) {
        for (name, price) in self.ruleset.price.iter() {
            let path = format!("price.{name}");
            if let Rates::Table(table) = &price.rates
                && !is_name(table)
            {
                let message = format!("{table:?} is no name of a price table");
                self.error(
                    &format!("{path}.rates"),
                    message,
                    "such as Table(\"conversations-2022-02\"), without .ron",
                );
            }
            if price.card_charged_above.as_ref().is_some_and(|money| money.micros <= 0) {
                self.error(
                    &format!("{path}.card_charged_above"),
                    "expected an amount above 0",
                    "such as \"30 USD\"",
                );
            }
        }
    }
}

fn cap_of_word(per: CapOf) -> &'static str {
    match per {
        CapOf::Holder => "holder",
        CapOf::Number => "number",
        CapOf::Person => "customer",
    }
}

/// Whether there is a day on which both clauses are in force.
fn overlap(one: Origin<'_>, other: Origin<'_>) -> bool {
    let starts_before_end = |one: Origin<'_>, other: Origin<'_>| {
        let (since, until) = (one.since.and_then(first_day), other.until.and_then(first_day));
        since.is_none_or(|since| until.is_none_or(|until| since < until))
    };
    starts_before_end(one, other) && starts_before_end(other, one)
}

fn rises(below: Limit, above: Limit) -> bool {
    match (below, above) {
        (Limit::AtMost(below), Limit::AtMost(above)) => below < above,
        (Limit::AtMost(_), Limit::Unlimited) => true,
        (Limit::Unlimited, _) => false,
    }
}

fn limit_words(limit: Limit) -> String {
    match limit {
        Limit::AtMost(most) => crate::glossary::grouped(most),
        Limit::Unlimited => "unlimited".to_owned(),
    }
}
