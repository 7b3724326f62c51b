//! The checks of `expect`: does each expectation make sense under these rules, and can it be judged at all?

use jiff::ToSpan;
use jiff::civil::Date;

use crate::document::{Check, Document, Findings, Ordered, did_you_mean};
use crate::glossary::Ratio;
use crate::random::Held;
use crate::sim::expectation::{
    Bounds, DayText, Event, EventText, Exact, ExactDay, ExpectText, Expectation, Measure, OnOff, Quantity,
    Unit, When,
};
use crate::sim::scenario::ScenarioText;
use crate::sim::setting::Setting;
use crate::sim::trajectory::Metric;
use crate::time::{Calendar, SimTime, date_in_words};

use super::loader::{Loader, open};
use crate::sim::ready::Scenario;

impl Loader<'_> {
    /// The scenario with what its text expects. Of a scenario with changes, what no longer makes sense is left out:
    /// other rules may not have the tier that an expectation names.
    pub(super) fn expect(
        &self,
        mut scenario: Scenario,
        text: &ScenarioText,
        unchanged: &Document,
        document: &Document,
    ) -> Result<Scenario, Findings> {
        if !self.expects {
            return Ok(scenario);
        }
        let mut reader = Reader {
            loader: self,
            unchanged,
            scenario: &scenario,
            setting: &scenario.setting,
            path: String::new(),
            check: Check::new(document),
            findings: Findings::default(),
            others: Vec::new(),
        };
        let read = |(name, text): (&str, &ExpectText)| reader.expectation(document, name, text);
        let expectations: Vec<Option<Expectation>> = text.expect.iter().map(read).collect();
        let Reader { check, mut findings, others, .. } = reader;
        if let Err(wrong) = check.finish(()) {
            findings.merge(wrong);
        }
        if self.changes.is_empty() && findings.has_errors() {
            return Err(findings);
        }
        scenario.expectations = expectations.into_iter().flatten().collect();
        scenario.others = others;
        Ok(scenario)
    }
}

/// Reads the expectations of one scenario.
struct Reader<'r> {
    loader: &'r Loader<'r>,
    /// The scenario's document before its changes: what `vs_set` alone starts from.
    unchanged: &'r Document,
    scenario: &'r Scenario,
    setting: &'r Setting,
    /// Path of the expectation at hand.
    path: String,
    check: Check<'r>,
    /// What is wrong in other files.
    findings: Findings,
    others: Vec<Scenario>,
}

/// A path of the other scenario, and its value there.
type Change = (String, String);

/// What an expectation is compared with: its position among the others, and how it is called.
type Other = Option<(usize, String)>;

impl Reader<'_> {
    fn expectation(&mut self, document: &Document, name: &str, text: &ExpectText) -> Option<Expectation> {
        self.path = format!("expect.\"{name}\"");
        let (measure, here, there, unit, asks) = match text {
            ExpectText::Chance { of, vs, vs_set, at_least, at_most } => {
                let other = self.other(vs.as_deref(), vs_set)?;
                self.chance(of, &other, *at_least, *at_most)?
            }
            ExpectText::Day { tier, quantile, vs, vs_set, at_least, at_most } => {
                let other = self.other(vs.as_deref(), vs_set)?;
                match self.quantile(*quantile, &other)? {
                    Some(share) => self.day_quantile(tier, share, *at_least, *at_most)?,
                    None => self.day_mean(tier, &other, *at_least, *at_most)?,
                }
            }
            ExpectText::Total { of, quantile, vs, vs_set, at_least, at_most } => {
                let other = self.other(vs.as_deref(), vs_set)?;
                let quantile = self.quantile(*quantile, &other)?;
                self.total(*of, quantile, &other, *at_least, *at_most)?
            }
            ExpectText::Exactly { chance, days, totals } => self.exactly(*chance, days, totals)?,
        };
        let line = document.locate_key(&self.path).map_or(1, |place| document.line_column(place.start).0);
        let file = self.unchanged.name.clone();
        Some(Expectation { name: name.to_owned(), file, line, measure, here, there, unit, asks })
    }

    fn wrong<T>(&mut self, field: &str, message: impl Into<String>, help: impl Into<String>) -> Option<T> {
        let path = if field.is_empty() { self.path.clone() } else { format!("{}.{field}", self.path) };
        self.check.error(&path, message, help);
        None
    }

    // ---- the other scenario ---------------------------------------------------------------------------------

    /// Loads what an expectation is compared with; `None` where that fails.
    fn other(&mut self, vs: Option<&str>, changes: &Ordered<String>) -> Option<Other> {
        if vs.is_none() && changes.is_empty() {
            return Some(None);
        }
        let (document, folder, before) = match vs {
            Some(file) => {
                let path = self.loader.folder.join(file);
                match open(&path) {
                    Ok(document) => {
                        let folder = path.parent().map(std::path::Path::to_owned).unwrap_or_default();
                        (document, folder, &[][..])
                    }
                    Err(error) => {
                        return self.wrong(
                            "vs",
                            error.to_string(),
                            "files are looked for beside the scenario",
                        );
                    }
                }
            }
            None => (self.unchanged.clone(), self.loader.folder.clone(), self.loader.changes),
        };
        let own: Vec<Change> = changes.iter().map(|(path, value)| (path.to_owned(), value.clone())).collect();
        let shown: Vec<String> = own.iter().map(|(path, value)| format!("{path}={value}")).collect();
        let called = [vs.map(str::to_owned), Some(shown.join(", ")).filter(|shown| !shown.is_empty())];
        let called: Vec<String> = called.into_iter().flatten().collect();
        let (name, under) = (self.loader.name.clone(), self.loader.under);
        let load = |own: &[Change]| {
            let changes = &[before, own].concat();
            let (name, folder) = (name.clone(), folder.clone());
            Loader { name, folder, changes, under, expects: false }.load(document.clone())
        };
        match load(&own) {
            Ok(other) => {
                self.others.push(other.with_seed(self.setting.seed));
                Some(Some((self.others.len() - 1, called.join(" with "))))
            }
            Err(findings) => {
                self.blame(&own, &load, findings);
                None
            }
        }
    }

    /// Tells why the other scenario cannot be loaded: where it stands if it cannot be without changes, either, and else at
    /// the changes that bring it about.
    fn blame(
        &mut self,
        own: &[Change],
        load: &dyn Fn(&[Change]) -> Result<Scenario, Findings>,
        findings: Findings,
    ) {
        if let Err(unchanged) = load(&[]) {
            return self.findings.merge(unchanged);
        }
        let path = format!("{}.vs_set", self.path);
        let mut together = true;
        for change in own {
            if let Err(alone) = load(std::slice::from_ref(change)) {
                self.check.trace(&format!("{path}.\"{}\"", change.0), &alone);
                together = false;
            }
        }
        if together {
            self.check.trace(&path, &findings);
        }
    }

    /// The same quantity in the other scenario, which may have another ladder.
    fn there(
        &mut self,
        other: &Other,
        make: impl Fn(&mut Self, &Setting) -> Option<Quantity>,
    ) -> Option<Option<(usize, Quantity)>> {
        let Some((place, _)) = other else { return Some(None) };
        let setting = self.others[*place].setting.clone();
        make(self, &setting).map(|quantity| Some((*place, quantity)))
    }

    // ---- the four forms -------------------------------------------------------------------------------------

    fn chance(
        &mut self,
        of: &EventText,
        other: &Other,
        least: Option<Ratio>,
        most: Option<Ratio>,
    ) -> Option<Read> {
        let setting = self.setting;
        let here = self.event(of, setting)?;
        let there = self.there(other, |reader, setting| reader.event(of, setting).map(Quantity::Happens))?;
        let lowest = if other.is_some() { Ratio::new(-1, 1) } else { Ratio::new(0, 1) };
        for (field, share) in [("at_least", least), ("at_most", most)] {
            let Some(share) = share else { continue };
            if share <= lowest || share >= Ratio::new(1, 1) {
                let help =
                    "give a share between them; what must be so in every future is said by Exactly(..)";
                let message =
                    format!("that a share is {share} no number of futures can show, nor more than that");
                return self.wrong(field, message, help);
            }
        }
        let unit = if other.is_some() { Unit::Points } else { Unit::Share };
        let bounds = self.bounds(least.map(Ratio::as_f64), most.map(Ratio::as_f64))?;
        let asks = format!("chance that {}{}{}", event_in_words(of), less(other), asked(&unit, bounds));
        Some((Measure::Chance(bounds), Quantity::Happens(here), there, unit, asks))
    }

    fn day_quantile(
        &mut self,
        tier: &str,
        share: f64,
        least: Option<When>,
        most: Option<When>,
    ) -> Option<Read> {
        let place = self.tier("tier", tier, self.setting)?;
        let first = |reader: &mut Self, when| reader.instant("at_least", when, false);
        let last = |reader: &mut Self, when| reader.instant("at_most", when, true).map(|before| before - 1);
        let at_least = least.map_or(Some(None), |when| first(self, when).map(Some))?;
        let at_most = most.map_or(Some(None), |when| last(self, when).map(Some))?;
        let bounds = self.bounds(at_least, at_most)?;
        let unit = Unit::Date(self.setting.calendar.clone());
        let asks = format!(
            "day by which {} of the futures hold {tier}{}",
            percent(share),
            asked_exactly(&unit, bounds)
        );
        Some((Measure::Quantile(share, bounds), Quantity::Until(place), None, unit, asks))
    }

    fn day_mean(
        &mut self,
        tier: &str,
        other: &Other,
        least: Option<When>,
        most: Option<When>,
    ) -> Option<Read> {
        let horizon = self.setting.calendar.horizon();
        let quantity = |reader: &mut Self, setting: &Setting| {
            let place = reader.tier("tier", tier, setting)?;
            Some(Quantity::UntilOr(place, setting.calendar.horizon().0.unsigned_abs()))
        };
        let here = quantity(self, self.setting)?;
        let there = self.there(other, quantity)?;
        if let Some((place, _)) = other
            && self.others[*place].setting.calendar.horizon() != horizon
        {
            let help =
                "a future that never holds the tier counts with the horizon, so both must have the same";
            return self.wrong("", "the two scenarios differ in their horizon", help);
        }
        let at_least = self.length("at_least", least, other.is_some())?;
        let at_most = self.length("at_most", most, other.is_some())?;
        let bounds = self.bounds(at_least, at_most)?;
        let asks = format!(
            "mean days until {tier} is held ({} days where it never is){}{}",
            horizon.as_days(),
            less(other),
            asked(&Unit::Days, bounds)
        );
        Some((Measure::Mean(bounds), here, there, Unit::Days, asks))
    }

    fn total(
        &mut self,
        of: Metric,
        quantile: Option<f64>,
        other: &Other,
        least: Option<i64>,
        most: Option<i64>,
    ) -> Option<Read> {
        self.priced(of, self.setting)?;
        let there = self.there(other, |reader, setting| {
            reader.priced(of, setting)?;
            if of == Metric::Cost && setting.currency != reader.setting.currency {
                return reader.wrong(
                    "of",
                    "the two scenarios count in two currencies",
                    "compare like with like",
                );
            }
            Some(Quantity::Total(of))
        })?;
        for (field, bound) in [("at_least", least), ("at_most", most)] {
            if bound.is_some_and(|bound| bound < 0 && other.is_none()) {
                return self.wrong(field, "a total is never below 0", "give 0 or more");
            }
        }
        let unit = Unit::of(of, self.setting);
        let whole = |bound: i64| bound.saturating_mul(i64::from(of.per_unit()));
        let (least, most) = (least.map(whole), most.map(whole));
        let name = of.name().replace('_', " ");
        let (measure, asks) = match quantile {
            Some(share) => {
                let bounds = self.bounds(least.map(i64::unsigned_abs), most.map(i64::unsigned_abs))?;
                let asks = format!(
                    "total {name} that {} of the futures do not exceed{}",
                    percent(share),
                    asked_exactly(&unit, bounds)
                );
                (Measure::Quantile(share, bounds), asks)
            }
            None => {
                let bounds = self.bounds(least.map(|bound| bound as f64), most.map(|bound| bound as f64))?;
                (Measure::Mean(bounds), format!("mean total {name}{}{}", less(other), asked(&unit, bounds)))
            }
        };
        Some((measure, Quantity::Total(of), there, unit, asks))
    }

    fn exactly(&mut self, chance: OnOff, days: &[DayText], totals: &Ordered<u64>) -> Option<Read> {
        if days.is_empty() && totals.is_empty() {
            return self.wrong("", "nothing is stated", "state days, or totals");
        }
        let mut exact = Exact::default();
        for (place, day) in days.iter().enumerate() {
            exact.days.push(self.exact_day(&format!("days[{place}]"), day)?);
        }
        exact.totals = self.counts("totals", totals)?;
        let differs = Quantity::Differs(exact);
        let (here, there, asks) = match chance {
            OnOff::on => (differs, None, "what is stated, in every single future"),
            OnOff::off => {
                self.others.push(self.scenario.clone().with_held(Held {
                    parameters: true,
                    days: true,
                    luck: true,
                }));
                (Quantity::Nothing, Some((self.others.len() - 1, differs)), "what is stated, without chance")
            }
        };
        Some((Measure::Never, here, there, Unit::Share, asks.to_owned()))
    }

    fn exact_day(&mut self, field: &str, text: &DayText) -> Option<(usize, ExactDay)> {
        let calendar = &self.setting.calendar;
        let number =
            text.on.trim().strip_prefix("day ").and_then(|number| number.trim().parse::<usize>().ok());
        let day = match (number, text.on.trim().parse::<Date>()) {
            (Some(number), _) => number.checked_sub(1),
            (None, Ok(date)) => (0..calendar.days()).find(|day| calendar.date(*day) == date),
            (None, Err(_)) => None,
        };
        let Some(day) = day.filter(|day| *day < calendar.days()) else {
            let help = format!("a day from \"day 1\" to \"day {}\", or its date", calendar.days());
            return self.wrong(&format!("{field}.on"), format!("{:?} is no day of this run", text.on), help);
        };
        let tier = match &text.tier {
            Some(name) => Some(self.tier(&format!("{field}.tier"), name, self.setting)? as u8),
            None => None,
        };
        let counts = self.counts(&format!("{field}.counts"), &text.counts)?;
        let exact =
            ExactDay { tier, status: text.status, rating: text.rating, template: text.template, counts };
        if exact == ExactDay::default() {
            return self.wrong(
                field,
                "nothing is stated of this day",
                "state a tier, a status, a rating or counts",
            );
        }
        Some((day, exact))
    }

    // ---- parts ----------------------------------------------------------------------------------------------

    fn event(&mut self, of: &EventText, setting: &Setting) -> Option<Event> {
        match of {
            EventText::Reached { tier, by } => {
                let place = self.tier("of.Reached.tier", tier, setting)?;
                let before = match by {
                    Some(when) => SimTime(self.instant("of.Reached.by", *when, true)?.cast_signed()),
                    None => SimTime::NEVER,
                };
                return Some(Event::ReachedBefore(place, before));
            }
            EventText::EndsAtLeast(tier) => {
                return self.tier("of.EndsAtLeast", tier, setting).map(Event::EndsAtLeast);
            }
            EventText::Counted { of: metric, at_least } => {
                self.priced(*metric, setting)?;
                if *at_least == 0 {
                    return self.wrong("of.Counted.at_least", "0 are counted in every future", "1 or more");
                }
                let least = at_least.saturating_mul(u64::from(metric.per_unit()));
                return Some(Event::Counted(*metric, least));
            }
            _ => {}
        }
        let mishap = of.mishap()?;
        if !mishap.possible(setting) {
            let message = format!("under {} it never happens that {}", setting.ruleset, event_in_words(of));
            return self.wrong("of", message, "leave this expectation out");
        }
        Some(Event::Mishap(mishap))
    }

    fn tier(&mut self, field: &str, name: &str, setting: &Setting) -> Option<usize> {
        let place = setting.tiers.iter().position(|tier| tier.name == name);
        if place.is_none() {
            let help = did_you_mean(name, setting.tiers.iter().map(|tier| tier.name.as_str()));
            return self.wrong(field, format!("{} has no tier \"{name}\"", setting.ruleset), help);
        }
        place
    }

    /// The second from which on it is no longer (`after`: past the date or the time) or at which it begins.
    fn instant(&mut self, field: &str, when: When, after: bool) -> Option<u64> {
        let calendar = &self.setting.calendar;
        let last = calendar.date(calendar.days().saturating_sub(1));
        let second = match when {
            When::After(seconds) => {
                (0..=calendar.horizon().0).contains(&seconds).then_some(seconds + i64::from(after))
            }
            When::Date(date) if date < calendar.date(0) || date > last => None,
            When::Date(date) => midnight(calendar, if after { date.saturating_add(1.day()) } else { date }),
        };
        let Some(second) = second else {
            let help =
                format!("from {} to {last}, or a time of at most {}", calendar.date(0), calendar.horizon());
            return self.wrong(field, format!("{when} is outside of the run"), help);
        };
        Some(second.max(0).unsigned_abs())
    }

    /// A length of time \[seconds\]; only differences may be negative.
    fn length(&mut self, field: &str, when: Option<When>, difference: bool) -> Option<Option<f64>> {
        match when {
            None => Some(None),
            Some(When::After(seconds)) if seconds >= 0 || difference => Some(Some(seconds as f64)),
            Some(When::After(_)) => self.wrong(field, "a mean time is never below 0", "such as \"12d\""),
            Some(When::Date(_)) => {
                let help = "such as \"12d\", or ask for a quantile: quantile: \"50%\"";
                self.wrong(field, "a mean is a length of time, not a date", help)
            }
        }
    }

    fn quantile(&mut self, quantile: Option<Ratio>, other: &Other) -> Option<Option<f64>> {
        let Some(share) = quantile else { return Some(None) };
        if share <= Ratio::new(0, 1) || share >= Ratio::new(1, 1) {
            return self.wrong(
                "quantile",
                format!("{share} is no share of the futures"),
                "between 0% and 100%",
            );
        }
        if other.is_some() {
            let help = "leave `quantile` out: means are compared";
            return self.wrong("quantile", "quantiles of two scenarios are not compared", help);
        }
        Some(Some(share.as_f64()))
    }

    fn counts(&mut self, field: &str, counts: &Ordered<u64>) -> Option<Vec<(Metric, u64)>> {
        let mut found = Vec::new();
        for (name, count) in counts.iter() {
            let Some(metric) = Metric::ALL.into_iter().find(|metric| metric.name() == name) else {
                let help = did_you_mean(name, Metric::ALL.iter().map(|metric| metric.name()));
                return self.wrong(
                    &format!("{field}.{name}"),
                    format!("nothing is counted as `{name}`"),
                    help,
                );
            };
            self.priced(metric, self.setting)?;
            found.push((metric, *count));
        }
        Some(found)
    }

    fn priced(&mut self, metric: Metric, setting: &Setting) -> Option<()> {
        if metric == Metric::Cost && setting.currency.is_none() {
            return self.wrong(
                "",
                "nothing is priced here",
                "give platform.market, or leave this expectation out",
            );
        }
        Some(())
    }

    fn bounds<T: PartialOrd>(&mut self, at_least: Option<T>, at_most: Option<T>) -> Option<Bounds<T>> {
        match (&at_least, &at_most) {
            (None, None) => {
                self.wrong("", "an expectation without a bound", "give at_least, at_most or both")
            }
            (Some(least), Some(most)) if least >= most => self.wrong(
                "at_most",
                "it leaves no room above at_least",
                "no number of futures pins down one value",
            ),
            _ => Some(Bounds { at_least, at_most }),
        }
    }
}

/// What is read of one expectation: measure, quantity here and there, unit, and what it asks in words.
type Read = (Measure, Quantity, Option<(usize, Quantity)>, Unit, String);

fn midnight(calendar: &Calendar, date: Date) -> Option<i64> {
    calendar.instant(date.at(0, 0, 0, 0)).ok().map(|at| at.0)
}

// ---- in words -----------------------------------------------------------------------------------------------------

fn event_in_words(of: &EventText) -> String {
    match of {
        EventText::Reached { tier, by: None } => format!("{tier} is held"),
        EventText::Reached { tier, by: Some(When::Date(date)) } => {
            format!("{tier} is held by {}", date_in_words(*date))
        }
        EventText::Reached { tier, by: Some(when) } => format!("{tier} is held within {when}"),
        EventText::EndsAtLeast(tier) => format!("{tier} or more is held at the end"),
        EventText::Flagged => "the number is flagged".to_owned(),
        EventText::Downgraded => "the tier falls".to_owned(),
        EventText::Restricted => "the number is restricted".to_owned(),
        EventText::TemplateFlagged => "a template is flagged".to_owned(),
        EventText::TemplateDisabled => "a template is disabled".to_owned(),
        EventText::Banned => "the number is banned".to_owned(),
        EventText::Warned => "the number is warned".to_owned(),
        EventText::RateLimited => "the number is rate-limited".to_owned(),
        EventText::Counted { of, at_least } => {
            format!("at least {at_least} {} are counted", of.name().replace('_', " "))
        }
    }
}

fn less(other: &Other) -> String {
    other.as_ref().map_or_else(String::new, |(_, called)| format!(", less the same for {called}"))
}

fn percent(share: f64) -> String {
    Unit::Share.show(share).replace(".0 %", " %")
}

fn asked(unit: &Unit, bounds: Bounds<f64>) -> String {
    let show = |bound: f64| match unit {
        Unit::Date(calendar) if bound >= calendar.horizon().0 as f64 => "the end of the run".to_owned(),
        _ => unit.show(bound),
    };
    in_words(bounds.at_least.map(show), bounds.at_most.map(show))
}

fn asked_exactly(unit: &Unit, bounds: Bounds<u64>) -> String {
    let bounds =
        Bounds { at_least: bounds.at_least.map(|b| b as f64), at_most: bounds.at_most.map(|b| b as f64) };
    asked(unit, bounds)
}

fn in_words(at_least: Option<String>, at_most: Option<String>) -> String {
    match (at_least, at_most) {
        (Some(least), Some(most)) => format!(": from {least} to {most}"),
        (Some(least), None) => format!(": at least {least}"),
        (None, Some(most)) => format!(": at most {most}"),
        (None, None) => String::new(),
    }
}
