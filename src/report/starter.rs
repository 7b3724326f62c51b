//! A first scenario: the text of a file that runs as it is, each line told to a planner.
//!
//! ```text
//!   ruleset or rulebook, behaviour profile --> start, tier, market that fit --> text of a scenario
//! ```

use crate::audience::profile_document;
use crate::platform::language::Limit;
use crate::platform::price::PriceRules;
use crate::platform::rulebook::{self, Rulebook};
use crate::platform::{Ruleset, catalogue};
use crate::time::SimTime;

/// The day on which a scenario starts whose rules say nothing of dates.
const SOME_MONDAY: &str = "2024-03-04";
/// The market of the shipped scenarios; another one where a price table does not name it.
const MARKET: &str = "Brazil";

/// The text of a scenario under a built-in ruleset or rulebook with a built-in profile; nothing where there is none of
/// that name. `file` is the path that it tells to run.
pub fn scenario(rules: &str, profile: &str, file: &str) -> Option<String> {
    profile_document(profile)?;
    let rules = Rules::of(rules)?;
    Some(
        TEMPLATE
            .trim_start()
            .replace("{file}", file)
            .replace("{profile}", profile)
            .replace("{rules}", &rules.name)
            .replace("{title}", &rules.title.replace('"', "'"))
            .replace("{start}", &rules.start)
            .replace("{kind}", rules.kind)
            .replace("{number}", &rules.number())
            .replace("{market}", &rules.market()),
    )
}

/// What a scenario has to know of its rules.
struct Rules {
    name: String,
    title: String,
    kind: &'static str,
    /// A day on which they hold.
    start: String,
    /// Those in force on that day.
    ruleset: Ruleset,
}

impl Rules {
    fn of(name: &str) -> Option<Rules> {
        let books = || rulebook::names().filter_map(|name| Rulebook::read(&rulebook::document(name)?).ok());
        if let Some(book) = books().find(|book| book.name() == name) {
            let era = book.eras().last()?;
            let (start, ruleset) = (era.from().to_string(), era.ruleset().clone());
            return Some(Rules {
                name: name.to_owned(),
                title: book.title().to_owned(),
                kind: "rulebook",
                start,
                ruleset,
            });
        }
        let ruleset = Ruleset::read(&catalogue::document(name)?).ok()?;
        let era = books().find_map(|book| {
            let era = book.eras().iter().find(|era| era.ruleset().name == name)?;
            Some(era.from().to_string())
        });
        let start = era.or_else(|| year_in(name).map(|year| format!("{year}-03-07")));
        let start = start.unwrap_or_else(|| SOME_MONDAY.to_owned());
        Some(Rules { name: name.to_owned(), title: ruleset.title.clone(), kind: "ruleset", start, ruleset })
    }

    /// The entry of the number: its tier and limit, where the rules know tiers.
    fn number(&self) -> String {
        let Some(ladder) = &self.ruleset.ladder else {
            return "numbers: { \"main\": () },              // these rules know no tiers".to_owned();
        };
        let limit = match ladder.steps.get(&ladder.start) {
            Some(Limit::AtMost(most)) => format!("{most} customers in 24 hours"),
            _ => "no limit".to_owned(),
        };
        format!(
            "numbers: {{ \"main\": (tier: {:?}) }},    // the tier of a new number: {limit}",
            ladder.start
        )
    }

    /// The line of the market: one that has prices, or why there is none.
    fn market(&self) -> String {
        let rules = PriceRules::compile(&self.ruleset, &|_| SimTime::START);
        let markets: Vec<&str> = rules.markets().collect();
        let market = markets.iter().find(|market| **market == MARKET).or(markets.first());
        match market.filter(|_| rules.currency().is_some()) {
            Some(market) => format!(
                "// Where the customers are: prices are those of this market. Without it nothing is priced.\n        market: {market:?},"
            ),
            None => "// These rules name no unit prices, so no `market` is given.".to_owned(),
        }
    }
}

/// The year in a name such as `classic-2022`.
fn year_in(name: &str) -> Option<u16> {
    let years = name.split('-').filter(|part| part.len() == 4);
    years.filter_map(|part| part.parse().ok()).find(|year| (2015..2100).contains(year))
}

const TEMPLATE: &str = r#"
// A first scenario: a new number writes to people and fills what its limit allows. Change what is not so with you.
//
//     tiercast run {file}
//     tiercast docs scenario                   what else may stand here
//     tiercast rules show {rules}
Scenario(
    title: "A new number fills what its limit allows",
    start: "{start}",                     // the first day; the rules must hold then
    zone: "America/Sao_Paulo",               // the zone of the customers: its days, its hours
    horizon: "60d",                          // how far to look
    replications: 1_000,                     // how many random futures
    seed: 1,                                 // the same seed gives the same result, to the last digit

    platform: (
        // {title} ({kind}).
        ruleset: "{rules}",
        {number}
        // The approved messages. The second serves once the first may no longer be sent.
        templates: { "offer": (category: Marketing), "offer-short": (category: Marketing) },
        // The business is verified after some days: half within 5. Done: before the start. Never: it never is.
        verification: AfterDays(LogNormalMedian(median: 5, sigma: 0.6)),
        {market}
    ),

    audience: (
        segments: {
            "customers": (
                customers: 60_000,           // how many people are on the list
                // How they behave: a profile that comes with the tool, every number with its source.
                profile: "{profile}",
                rest: "3d",                  // nobody is written to twice within this time (24h at least)
                choose: rested_longest,      // who waited longest comes first
            ),
        },
    ),

    sender: (
        number: "main",
        segment: "customers",
        templates: ["offer", "offer-short"],
        // All that the limit allows; where it allows more, this many a day: a third of the list.
        plan: FillLimit(share: "100%", at_most: 20_000),
        hours: (from: "09:00", to: "17:00"), // a send at every full hour
        weekdays: every_day,                 // or workdays, or Only([Mon, Thu])
    ),
)
"#;
