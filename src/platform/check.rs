//! Reading a ruleset: first its form, then its sense, and all that is wrong with it at once.
//!
//! ```text
//!   Document --form--> Ruleset --sense--> Ruleset        or  Findings, each with its place and advice
//!                        |
//!                        +- origins    sources exist and are used, every value has one, `except` is not stale
//!                        +- nouns      ladder, admission, windows, ratings, ...
//!                        +- verbs      upgrades and measures: tiers, conditions, signals, terms, consequences
//!                        +- prices     tables that exist and price what is paid, one clause at a time, one currency
//! ```
//!
//! What passes can be compiled without a further question: every tier, measure and source that it names exists, and
//! no clause sleeps because a word in it contradicts another.

use jiff::civil::Date;

use crate::document::{Check, Document, Findings, Word, nearest};
use crate::glossary::{NumberStatus, Rating, Ratio, TemplateStatus};
use crate::time::{DAY, Span};

use super::catalogue::{ClauseView, Naming, clauses};
use super::language::{
    Ageing, Amount, CLAUSE_DOCS, Cancel, Cap, CapLimit, CapOf, Clause, Condition, Effect, Ends, FlagOn,
    Forbidden, FromTiers, Holder, HowMany, Limit, Measure, OfficialChanges, Pacing, Quantity, Rates,
    RatingClause, RatingOf, Restart, Ruleset, Signal, Status, Takes, Term, ToTier, Upgrade, Within,
};
use super::origin::{self, Origin};
use super::price::{PriceTable, check_ruleset, price_table};
use super::rules::FromWord;

impl Ruleset {
    /// Reads a ruleset, or says all that is wrong with it: first with its form and, where that is right, with its
    /// sense. Its price clauses name tables that come with the program.
    ///
    /// # Errors
    /// All that is wrong, with places and advice.
    pub fn read(document: &Document) -> Result<Ruleset, Findings> {
        Ruleset::read_with(document, &price_table)
    }

    /// The same with price tables from elsewhere; `table_of` gives the one of a name.
    ///
    /// # Errors
    /// All that is wrong, with places and advice.
    pub fn read_with(
        document: &Document,
        table_of: &dyn Fn(&str) -> Option<PriceTable>,
    ) -> Result<Ruleset, Findings> {
        let ruleset: Ruleset = document.read_with_help(help)?;
        let mut check = Sense::of(&ruleset, document);
        check_ruleset(&ruleset, table_of, &mut check);
        check.finish(ruleset)
    }
}

/// The first day of a date that is known to the day, the month or the year: `2025-10-07`, `2025-10`, `2025`.
///
/// ```
/// use jiff::civil::date;
/// use tiercast::platform::first_day;
///
/// assert_eq!(first_day("2025-10-07"), Some(date(2025, 10, 7)));
/// assert_eq!(first_day("2025-10"), Some(date(2025, 10, 1)));
/// assert_eq!(first_day("2025"), Some(date(2025, 1, 1)));
/// assert_eq!(first_day("October 2025"), None);
/// ```
pub fn first_day(text: &str) -> Option<Date> {
    let full = match text.len() {
        4 => format!("{text}-01-01"),
        7 => format!("{text}-01"),
        10 => text.to_owned(),
        _ => return None,
    };
    let digits_and_dashes = full.bytes().enumerate().all(|(place, byte)| match place {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    });
    if digits_and_dashes { full.parse().ok() } else { None }
}

/// What a missing field is for.
fn help(owner: &str, field: &str) -> Option<String> {
    let clause = CLAUSE_DOCS.iter().find(|doc| doc.name == owner);
    let own = clause.and_then(|doc| doc.fields.iter().find(|doc| doc.name == field)).map(|doc| doc.says);
    let says = own.or(match (owner, field) {
        ("Ruleset", "name") => Some("the name that scenarios use, such as \"platform-2023\""),
        ("Ruleset", "title") => Some("one line for lists"),
        ("Ruleset", "sources") => Some("the publications behind the clauses, by short key"),
        ("Source", "title") => Some("title of the page or document"),
        ("Source", "address") => Some("where it was published"),
        ("Source", "date") => Some("when it was published: \"2022\", \"2022-05\" or \"2022-05-02\""),
        ("Source", "grade") => Some("how far it can be trusted: Official, Provider, Blog or Study"),
        (_, "source") if clause.is_some() => {
            Some("keys of the sources that state the clause; [] only where `except` covers all its values")
        }
        _ => None,
    });
    // In a doc comment the brackets of a unit are escaped.
    says.map(|says| says.trim().replace("\\[", "[").replace("\\]", "]"))
}

/// A ruleset under examination.
struct Sense<'r, 'd> {
    ruleset: &'r Ruleset,
    tiers: Vec<&'r str>,
    check: Check<'d>,
}

impl<'r, 'd> Sense<'r, 'd> {
    fn of(ruleset: &'r Ruleset, document: &'d Document) -> Check<'d> {
        let tiers = ruleset.ladder.iter().flat_map(|ladder| ladder.steps.keys()).collect();
        let mut sense = Sense { ruleset, tiers, check: Check::new(document) };
        sense.header();
        sense.origins();
        sense.nouns();
        sense.verbs();
        sense.check
    }

    fn error(&mut self, path: &str, message: impl Into<String>, help: impl Into<String>) {
        self.check.error(path, message, help);
    }

    fn header(&mut self) {
        let name = &self.ruleset.name;
        if !is_name(name) {
            let message = format!("{name:?} is no name for a ruleset");
            self.error("name", message, "small letters, digits and hyphens, such as \"platform-2023\"");
        }
        if self.ruleset.title.trim().is_empty() {
            self.error("title", "the title is empty", "one line that tells this ruleset from the others");
        }
    }

    // ---- origins --------------------------------------------------------------------------------------------

    fn origins(&mut self) {
        let views = clauses(self.ruleset);
        for view in &views {
            self.clause_name(view);
            self.source_keys(view);
            self.dates(view);
            self.exceptions(view);
            self.every_value_has_an_origin(view);
        }
        self.source_list(&views);
    }

    fn clause_name(&mut self, view: &ClauseView) {
        let name = view.path.split_once('.').map_or("", |(_, name)| name);
        let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
        if !name.bytes().all(fits) || name.starts_with(|c: char| c.is_ascii_digit()) {
            let message = format!("{name:?} is no name for a clause");
            self.error(&view.path, message, "small letters, digits and _, such as `volume`");
        }
    }

    fn source_keys(&mut self, view: &ClauseView) {
        let sources = &self.ruleset.sources;
        let otherwise = || format!("add it to `sources`, or take one of {}", listed(sources.keys()));
        let (prefix, origin) = (format!("{}.", view.path), (&*view.source, &*view.except));
        origin::source_keys(&mut self.check, &prefix, origin, sources, otherwise);
    }

    fn dates(&mut self, view: &ClauseView) {
        let day = |text: &Option<String>| text.as_deref().map(first_day);
        for (field, text) in [("since", &view.since), ("until", &view.until)] {
            if let (Some(text), Some(None)) = (text, day(text)) {
                origin::no_date(&mut self.check, &format!("{}.{field}", view.path), text);
            }
        }
        if let (Some(Some(since)), Some(Some(until))) = (day(&view.since), day(&view.until))
            && since >= until
        {
            let message = format!("the clause is never in force: it ends on {until} and begins on {since}");
            self.error(
                &format!("{}.until", view.path),
                message,
                "`until` is the first day without the clause",
            );
        }
    }

    fn exceptions(&mut self, view: &ClauseView) {
        let path = format!("{}.except", view.path);
        let such_as = "such as [review], or [all]";
        origin::exceptions(&mut self.check, &path, &view.except, such_as, |check, path, word| {
            exception_name(check, path, view, word);
        });
    }

    fn every_value_has_an_origin(&mut self, view: &ClauseView) {
        if !view.source.is_empty() {
            return;
        }
        let bare: Vec<&str> = view.unexplained().collect();
        if !bare.is_empty() {
            let message = format!("no source and no exception covers {} of {}", listed(bare), view.path);
            let help = "name a source, or say in `except` what is assumed; [all] means every value";
            self.error(&format!("{}.source", view.path), message, help);
        }
    }

    fn source_list(&mut self, views: &[ClauseView]) {
        let uses = |key: &str| views.iter().any(|view| view.cites(key));
        origin::source_list(&mut self.check, &self.ruleset.sources, "no clause", uses);
    }

    // ---- nouns ----------------------------------------------------------------------------------------------

    fn nouns(&mut self) {
        self.ladder();
        self.numbers();
        self.admission();
        self.windows();
        self.ratings();
        self.official();
        self.review();
        for (name, pacing) in self.ruleset.pacing.iter() {
            self.pacing(&format!("pacing.{name}"), pacing);
        }
        self.prices();
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
            self.cap(&path, cap);
            if cap.limit == CapLimit::OfTier {
                if let Some(other) = of_tier {
                    let message = format!("the tier's limit is used by `{other}` already");
                    self.error(&format!("{path}.limit"), message, "one cap is OfTier, others are Own(..)");
                }
                of_tier = of_tier.or(Some(name));
            }
        }
        if self.ruleset.ladder.is_some() && of_tier.is_none() {
            let message = "no cap uses the tiers' limits, so the ladder would limit nothing";
            self.error("ladder", message, "add to `admission` a cap with `per: Holder, limit: OfTier`");
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

    fn within(&mut self, path: &str, within: Within) {
        if let Within::Rolling(span) = within {
            self.above_zero(path, span);
        }
    }

    fn above_zero(&mut self, path: &str, span: Span) {
        if span.0 <= 0 {
            self.error(path, "a span of 0h holds nothing", "a span above 0, such as \"24h\"");
        }
    }

    fn windows(&mut self) {
        for (place, (name, window)) in self.ruleset.window.iter().enumerate() {
            let path = format!("window.{name}");
            if window.opens.is_empty() {
                let help = "name what opens it, such as [customer_message]";
                self.error(&format!("{path}.opens"), "nothing opens this window", help);
            }
            self.above_zero(&format!("{path}.lasts"), window.lasts);
            let earlier = self.ruleset.window.iter().take(place);
            let mut same = earlier
                .filter(|(_, other)| other.kind == window.kind && overlap(other.origin(), window.origin()));
            if let Some((other, _)) = same.next() {
                self.both_in_force(&format!("{path}.kind"), &format!("window.{other}.kind"));
            }
        }
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
            self.rating_times(&path, rating);
            self.rating_weights(&path, rating);
            self.rating_thresholds(&path, rating);
            let earlier = self.ruleset.rating.iter().take(place);
            let mut same = earlier
                .filter(|(_, other)| other.of == rating.of && overlap(other.origin(), rating.origin()));
            if let Some((other, _)) = same.next() {
                self.both_in_force(&format!("{path}.of"), &format!("rating.{other}.of"));
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

    fn tier(&mut self, path: &str, name: &str) -> Option<usize> {
        let place = self.tiers.iter().position(|tier| *tier == name);
        if place.is_none() {
            let help = match nearest(name, self.tiers.iter().copied()) {
                _ if self.tiers.is_empty() => "there is no ladder, so there are no tiers".to_owned(),
                Some(near) => format!("did you mean `{near}`? the tiers are {}", self.tiers.join(", ")),
                None => format!("the tiers are {}", self.tiers.join(", ")),
            };
            self.error(path, format!("there is no tier `{name}`"), help);
        }
        place
    }

    // ---- verbs ----------------------------------------------------------------------------------------------

    fn verbs(&mut self) {
        for (name, upgrade) in self.ruleset.upgrade.iter() {
            self.upgrade(&format!("upgrade.{name}"), upgrade);
        }
        for (name, measure) in self.ruleset.number.iter() {
            self.measure(&format!("number.{name}"), name, measure, Asks::Number);
        }
        for (name, measure) in self.ruleset.template.iter() {
            self.measure(&format!("template.{name}"), name, measure, Asks::Template);
        }
    }

    fn upgrade(&mut self, path: &str, upgrade: &Upgrade) {
        if self.tiers.is_empty() {
            self.error(path, "there are no tiers that could rise", "add a ladder, or leave `upgrade` out");
            return;
        }
        self.upgrade_leads_up(path, upgrade);
        self.signals(path, &upgrade.on, &upgrade.when, Asks::Upgrade);
        self.conditions(&format!("{path}.when"), &upgrade.when, Asks::Upgrade);
        let usage = upgrade.when.iter().any(|condition| matches!(condition, Condition::Usage { .. }));
        if !usage {
            if let Some(place) =
                upgrade.when.iter().position(|condition| matches!(condition, Condition::SinceFirstSend(_)))
            {
                let message = "SinceFirstSend counts from the first delivery of the usage, and none is asked";
                self.error(&format!("{path}.when[{place}]"), message, "add a `Usage(..)`, or leave it out");
            }
            if !upgrade.usage_restarts.is_empty() {
                let message = "no usage is asked, so none can begin anew";
                self.error(&format!("{path}.usage_restarts"), message, "write `usage_restarts: []`");
            }
        }
        self.upgrade_words(path, upgrade);
        self.upgrade_readings(path, upgrade);
    }

    fn upgrade_leads_up(&mut self, path: &str, upgrade: &Upgrade) {
        let top = self.tiers.len() - 1;
        // Each tier with its place in the list that names it.
        let from: Vec<(usize, usize)> = match &upgrade.from {
            FromTiers::Any => vec![(0, 0)],
            FromTiers::Only(names) => {
                if names.is_empty() {
                    self.error(
                        &format!("{path}.from"),
                        "this leads up from no tier",
                        "name one, or write `Any`",
                    );
                }
                let named = names.iter().enumerate();
                let tier = |(place, name): (usize, &String)| {
                    let path = format!("{path}.from.Only[{place}]");
                    self.tier(&path, name).map(|tier| (place, tier))
                };
                named.filter_map(tier).collect()
            }
        };
        match &upgrade.to {
            ToTier::Next => {
                if let Some((place, _)) = from.iter().find(|(_, tier)| *tier == top) {
                    let message = format!("there is no tier above `{}`", self.tiers[top]);
                    let only = format!("{path}.from.Only[{place}]");
                    let path = if upgrade.from == FromTiers::Any { format!("{path}.to") } else { only };
                    self.error(&path, message, "leave it out");
                }
            }
            ToTier::AtLeast(name) => {
                let path = format!("{path}.to");
                let Some(to) = self.tier(&path, name) else { return };
                if let Some((_, from)) = from.into_iter().find(|(_, from)| to <= *from) {
                    let message = format!("`{name}` is not above `{}`", self.tiers[from]);
                    self.error(&path, message, "an upgrade leads up: name a higher tier, or write `Next`");
                }
            }
        }
    }

    /// Words in `cancelled_by` and `usage_restarts` that nothing in this ruleset can bring about.
    fn upgrade_words(&mut self, path: &str, upgrade: &Upgrade) {
        let flagged = self.number_can_be(Status::Flagged);
        for (place, cancel) in upgrade.cancelled_by.iter().enumerate() {
            let possible = match cancel {
                Cancel::flagged => flagged,
                Cancel::restricted => self.number_can_be(Status::Restricted),
                Cancel::low => self.rated(RatingOf::Number),
            };
            if !possible {
                let message = format!("nothing in this ruleset can make a number {cancel:?}");
                self.error(&format!("{path}.cancelled_by[{place}]"), message, "leave the word out");
            }
        }
        for (place, restart) in upgrade.usage_restarts.iter().enumerate() {
            let possible = match restart {
                Restart::upgrade => true,
                Restart::downgrade => self.can_fall(),
                Restart::flag | Restart::unflag => flagged,
            };
            if !possible {
                let message = format!("nothing in this ruleset brings about a {restart:?}");
                self.error(&format!("{path}.usage_restarts[{place}]"), message, "leave the word out");
            }
        }
    }

    /// Readings that must be taken where they matter, and only there.
    fn upgrade_readings(&mut self, path: &str, upgrade: &Upgrade) {
        let asks_status = upgrade.when.iter().any(|asked| matches!(asked, Condition::StatusIs(_)));
        let asks_rating = upgrade.when.iter().any(|asked| matches!(asked, Condition::RatingAtLeast(_)));
        let shared = self.ruleset.ladder.as_ref().is_some_and(|ladder| ladder.holder == Holder::Portfolio);
        let readings = [
            (
                "restricted_blocks_upgrade",
                asks_status && self.number_can_be(Status::Restricted),
                upgrade.restricted_blocks_upgrade.is_some(),
                "the upgrade asks for a status and numbers can be Restricted",
                "does a number that has used up its limit fail \"status Connected\"? true or false",
            ),
            (
                "templates_count",
                asks_rating && shared,
                upgrade.templates_count.is_some(),
                "the upgrade asks for a rating and a portfolio holds the limit",
                "must templates meet the rating, too? true or false",
            ),
        ];
        for (field, matters, given, because, question) in readings {
            if matters && !given {
                self.error(path, format!("`{field}` is missing: {because}"), question);
            }
            if given && !matters {
                let message = format!("`{field}` means nothing here");
                self.error(
                    &format!("{path}.{field}"),
                    message,
                    format!("leave it out: it matters where {because}"),
                );
            }
        }
    }

    fn measure(&mut self, path: &str, name: &str, measure: &Measure, of: Asks) {
        self.signals(path, &measure.on, &measure.when, of);
        self.conditions(&format!("{path}.when"), &measure.when, of);
        self.imposed(path, name, measure, of);
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
                    self.error(path, format!("there is no measure `{word}` to impose"), help);
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
            (
                "ends",
                ends_by_time && !measure.if_still.is_empty(),
                measure.ends.is_some(),
                ends_by_time,
                "a term For(..) has consequences in `if_still`",
                "how it is left: on_recovery, hold_term, at_deadline or by_edit",
            ),
            (
                "downgrade_at",
                falls,
                measure.downgrade_at.is_some(),
                falls,
                "`if_still` lowers the tier",
                "when it falls: at the deadline, or at once with the flag",
            ),
            (
                "forgets",
                measure.term.len() > 1,
                measure.forgets.is_some(),
                measure.term.len() > 1,
                "the term depends on how often it happened",
                "when that count is forgotten: never, or After(\"30d\")",
            ),
        ];
        for (field, needed, given, allowed, because, question) in readings {
            if needed && !given {
                self.error(path, format!("`{field}` is missing: {because}"), question);
            }
            if given && !allowed {
                let message = format!("`{field}` means nothing here");
                self.error(
                    &format!("{path}.{field}"),
                    message,
                    format!("leave it out: it matters where {because}"),
                );
            }
        }
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

    // ---- signals and conditions -----------------------------------------------------------------------------

    fn signals(&mut self, path: &str, on: &[Signal], when: &[Condition], of: Asks) {
        let path = format!("{path}.on");
        if on.is_empty() {
            self.error(&path, "a clause that hears nothing never happens", "such as [delivery] or [rating]");
            return;
        }
        for (place, signal) in on.iter().enumerate() {
            let path = format!("{path}[{place}]");
            if on[..place].contains(signal) {
                self.error(&path, "the signal is named twice", "leave one out");
            }
            match signal {
                Signal::Every(span) if span.0 <= 0 => self.above_zero(&path, *span),
                Signal::imposed if of == Asks::Upgrade => {
                    self.error(
                        &path,
                        "an upgrade cannot be imposed",
                        "a measure can raise the tier with Up(1)",
                    );
                }
                Signal::rating => self.asks_rating(&path, of),
                _ => {}
            }
        }
        if !when.is_empty() && !on.iter().any(|signal| can_fulfil(*signal, when, of)) {
            let causes: Vec<&str> = when.iter().filter_map(cause).map(signal_word).collect();
            let message = "none of these signals comes when the conditions come true";
            self.error(&path, message, format!("the conditions come true with {}", listed(causes)));
        }
    }

    fn asks_rating(&mut self, path: &str, of: Asks) {
        let rated = if of == Asks::Template { RatingOf::Template } else { RatingOf::Number };
        self.asks_rating_of(path, rated);
    }

    fn asks_rating_of(&mut self, path: &str, of: RatingOf) {
        if !self.rated(of) {
            let who = if of == RatingOf::Number { "numbers" } else { "templates" };
            let message = format!("{who} are not rated here");
            self.error(path, message, format!("add a clause with `of: {of:?}` to `rating`"));
        }
    }

    fn conditions(&mut self, path: &str, conditions: &[Condition], of: Asks) {
        for (place, condition) in conditions.iter().enumerate() {
            let path = format!("{path}[{place}]");
            if conditions[..place].iter().any(|other| other.word() == condition.word()) {
                let message = format!("`{}` is asked twice", condition.word());
                self.error(&path, message, "one condition of each word: join them, or write two clauses");
            }
            self.condition(&path, condition, of);
            self.fits(&path, condition, of);
        }
    }

    fn condition(&mut self, path: &str, condition: &Condition, of: Asks) {
        match condition {
            Condition::RatingAtLeast(rating) | Condition::TemplatesAtLeast(rating) => {
                if !matches!(rating, Rating::High | Rating::Medium) {
                    self.error(
                        path,
                        format!("expected High or Medium, found {rating}"),
                        "anything is at least that",
                    );
                }
                let template = matches!(condition, Condition::TemplatesAtLeast(_)) || of == Asks::Template;
                self.asks_rating_of(path, if template { RatingOf::Template } else { RatingOf::Number });
            }
            Condition::RatingAtMost(rating) => {
                if !matches!(rating, Rating::Low | Rating::Medium) {
                    self.error(
                        path,
                        format!("expected Low or Medium, found {rating}"),
                        "whatever is rated is at most High",
                    );
                }
                self.asks_rating(path, of);
            }
            Condition::FlagOn(_) => self.asks_rating(path, of),
            Condition::LowFor(span) => {
                self.above_zero(path, *span);
                self.asks_rating(path, of);
            }
            Condition::SinceFirstSend(span) | Condition::SinceLastStep(span) => self.above_zero(path, *span),
            Condition::StatusIs(list) if list.is_empty() => {
                self.error(
                    path,
                    "a number always has a status",
                    "name the ones that will do, such as [Connected]",
                );
            }
            Condition::TierAtLeast(name) | Condition::TierAtMost(name) => {
                self.tier(path, name);
            }
            Condition::LimitReached if self.tiers.is_empty() => {
                self.error(path, "without tiers there is no limit to reach", "add a ladder");
            }
            Condition::Usage { within, amount, .. } => {
                self.within(&format!("{path}.Usage.within"), *within);
                self.amount(&format!("{path}.Usage.amount"), *amount);
            }
            Condition::Complaints { within, more_than, while_low } => {
                self.above_zero(&format!("{path}.Complaints.within"), *within);
                if while_low > more_than {
                    let message = format!("{while_low} while Low is more than {more_than} otherwise");
                    let help = "while Low fewer complaints are needed, or as many";
                    self.error(&format!("{path}.Complaints.while_low"), message, help);
                }
            }
            _ => {}
        }
    }

    fn amount(&mut self, path: &str, amount: Amount) {
        let (Amount::AtLeast(quantity) | Amount::MoreThan(quantity)) = amount;
        let nothing = match quantity {
            Quantity::LimitTimes(times) => times.top <= 0,
            Quantity::Number(number) => number == 0 && matches!(amount, Amount::AtLeast(_)),
        };
        if nothing {
            self.error(
                path,
                "an amount of 0 is always reached",
                "above 0, such as AtLeast(LimitTimes(\"1/2\"))",
            );
        }
    }

    /// Whether a condition can be asked by such a clause at all.
    fn fits(&mut self, path: &str, condition: &Condition, of: Asks) {
        let word = condition.word();
        let usage = matches!(condition, Condition::Usage { .. } | Condition::SinceFirstSend(_));
        let of_number = usage
            || matches!(
                condition,
                Condition::LimitReached
                    | Condition::StatusIs(_)
                    | Condition::TierAtLeast(_)
                    | Condition::TierAtMost(_)
                    | Condition::TemplatesAtLeast(_)
                    | Condition::SinceLastStep(_)
                    | Condition::FlagOn(FlagOn::low_above_floor)
            );
        match of {
            Asks::Template if of_number => {
                let help = "a template's measure asks for its own rating: RatingAtMost, FlagOn";
                self.error(path, format!("`{word}` speaks of a number"), help);
            }
            Asks::Number | Asks::Official if usage => {
                self.error(
                    path,
                    format!("`{word}` belongs to upgrades"),
                    "usage is counted towards a rise of the tier",
                );
            }
            _ => {}
        }
    }

    // ---- what the ruleset can do ----------------------------------------------------------------------------

    fn rated(&self, of: RatingOf) -> bool {
        self.ruleset.rating.values().any(|rating| rating.of == of)
    }

    fn number_can_be(&self, status: Status) -> bool {
        let mut measures = self.ruleset.number.values();
        measures.any(|measure| {
            measure.term.iter().any(|term| term.status() == status)
                || measure.then.iter().chain(&measure.if_still).any(|e| *e == Effect::Becomes(status))
        })
    }

    fn can_fall(&self) -> bool {
        let falls = |effect: &Effect| matches!(effect, Effect::Down { .. });
        self.ruleset.number.values().any(|measure| measure.then.iter().chain(&measure.if_still).any(falls))
    }
}

/// Who asks for a condition.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asks {
    Upgrade,
    Number,
    Template,
    Official,
}

/// Whether a condition can come true with a signal. Upgrades may be judged at deliveries whatever they ask for.
fn can_fulfil(signal: Signal, when: &[Condition], of: Asks) -> bool {
    match signal {
        Signal::Every(_) | Signal::imposed => true,
        Signal::delivery if of == Asks::Upgrade => true,
        other => {
            let mut causes = when.iter().filter_map(cause).peekable();
            causes.peek().is_none() || causes.any(|cause| cause == other)
        }
    }
}

/// The signal that comes as a condition comes true; none where time or another clause makes it true.
fn cause(condition: &Condition) -> Option<Signal> {
    match condition {
        Condition::Verified => Some(Signal::verification),
        Condition::Approved => Some(Signal::application),
        Condition::PolicyOpen | Condition::PolicyFailed => Some(Signal::policy),
        Condition::LimitReached | Condition::Usage { .. } | Condition::SinceFirstSend(_) => {
            Some(Signal::delivery)
        }
        Condition::RatingAtLeast(_)
        | Condition::RatingAtMost(_)
        | Condition::FlagOn(_)
        | Condition::LowFor(_)
        | Condition::TemplatesAtLeast(_) => Some(Signal::rating),
        Condition::Complaints { .. } => Some(Signal::feedback),
        Condition::StatusIs(_)
        | Condition::TierAtLeast(_)
        | Condition::TierAtMost(_)
        | Condition::SinceLastStep(_) => None,
    }
}

fn signal_word(signal: Signal) -> &'static str {
    match signal {
        Signal::delivery => "delivery",
        Signal::rating => "rating",
        Signal::verification => "verification",
        Signal::application => "application",
        Signal::policy => "policy",
        Signal::feedback => "feedback",
        Signal::imposed => "imposed",
        Signal::Every(_) => "Every",
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

/// Whether a text can name a ruleset or a price table.
pub(super) fn is_name(text: &str) -> bool {
    let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    !text.is_empty() && text.bytes().all(fits)
}

/// A path with one more step, in quotes if it holds what separates steps.
fn step(path: &str, name: &str) -> String {
    if name.contains(['.', '[', ']']) { format!("{path}.\"{name}\"") } else { format!("{path}.{name}") }
}

/// Notes a name in `except` that is no name of a value.
fn exception_name(check: &mut Check<'_>, path: &str, view: &ClauseView, word: &Word) {
    match view.naming(word.as_str()) {
        Naming::All | Naming::One => {}
        Naming::Several => {
            let message = format!("`{word}` stands for more than one value of {}", view.path);
            check.error(path, message, "name the field around it");
        }
        Naming::WordIn(field) => {
            let message = format!("`{word}` is what a value says, not the value's name");
            check.error(path, message, format!("name its field, `{field}`: it stays when the value changes"));
        }
        Naming::Nothing => {
            let names = view.names();
            let help = match nearest(word.as_str(), names.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("its values are {}", listed(names.iter().copied())),
            };
            check.error(path, format!("{} has no value `{word}`", view.path), help);
        }
    }
}

/// `a`, `b` and `c`
fn listed<'n>(names: impl IntoIterator<Item = &'n str>) -> String {
    let mut seen: Vec<&str> = Vec::new();
    for name in names {
        if !seen.contains(&name) {
            seen.push(name);
        }
    }
    let quoted: Vec<String> = seen.iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, before)) => format!("{} and {last}", before.join(", ")),
        None => "nothing".to_owned(),
    }
}
