//! Every number of every ruleset, nudged by one step up and down, each by itself: which case notices?
//!
//! ```text
//!   file of the ruleset --tree--> every number, span, share, date by its path
//!                                    |- left out, with a reason (sources, names of tiers, what no run acts on)
//!                                    '- Nudge --check--> refused            caught by the check of rulesets
//!                                              |--cases--> one fails        caught by that case
//!                                              '--futures--> one differs    caught by that scenario
//!                                                               '--> MISSED
//! ```
//!
//! *Steps:* a count by 1; a span by a second, where a second means something (see [`STEPS`]); a share, factor, weight or
//! amount of money by one in the digit after its last; a fraction by a hundredth of itself; a date by a day.
//!
//! Money is in no case: it is told by the futures of small scenarios that are made here, one for each day on which prices
//! change.
#![allow(dead_code, reason = "the test and the program each use their own part")]

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use jiff::ToSpan;
use jiff::civil::Date;
use tiercast::document::Document;
use tiercast::document::tree::Tree;
use tiercast::glossary::{Money, Ratio};
use tiercast::platform::{RuleChange, Ruleset, catalogue, words};
use tiercast::sim::{Case, CaseFile, Scenario, Shelf, Trajectory};
use tiercast::time::Span;

/// A number of a ruleset, one step off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Nudge {
    pub(crate) from: String,
    pub(crate) change: RuleChange,
}

/// A number that is not nudged, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LeftOut {
    pub(crate) path: String,
    pub(crate) value: String,
    pub(crate) reason: String,
}

/// Spans in which a second means nothing: a part of their path, their step \[seconds\], and why.
pub(crate) const STEPS: [(&str, i64, &str); 4] = [
    (".evaluated", 1_800, "ratings must be evaluated at the same hours each day"),
    (".HalfLife", 3_600, "weights change by full days of age, in thousandths"),
    (".LowFor", 3_600, "it is judged as ratings are evaluated, every hour"),
    ("_initiated.lasts", 3_600, "conversations open and end on the grid of slots, an hour"),
];

/// Who notices a nudge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Caught {
    /// The ruleset contradicts itself.
    Check(String),
    /// A case fails: its file and name.
    Case(String),
    /// A future of a scenario is another.
    Future(String),
    /// A scenario that must be refused is not.
    Loaded,
    Missed,
}

impl fmt::Display for Caught {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Caught::Check(said) => write!(f, "the check: {said}"),
            Caught::Case(name) => f.write_str(name),
            Caught::Future(name) => write!(f, "futures of {name}"),
            Caught::Loaded => f.write_str("one number more is no longer refused"),
            Caught::Missed => f.write_str("MISSED"),
        }
    }
}

pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

// ---- which numbers there are ----------------------------------------------------------------------------------------

/// The nudges of a built-in ruleset, and what is left out.
pub(crate) fn nudges(name: &str) -> (Vec<Nudge>, Vec<LeftOut>) {
    let document = catalogue::document(name).unwrap_or_else(|| panic!("no ruleset {name}"));
    let ruleset = Ruleset::read(&document).unwrap_or_else(|found| panic!("{found}"));
    let tree = document.tree().unwrap_or_else(|| panic!("{name} holds nothing"));
    let tiers = match tree.get("ladder").and_then(|ladder| ladder.get("steps")) {
        Some(Tree::Record(steps)) => steps.iter().map(|(tier, _)| tier.clone()).collect(),
        _ => Vec::new(),
    };
    let mut leaves = Vec::new();
    collect("", &tree, &mut leaves);
    let idle = words::not_simulated(&ruleset);
    let (mut made, mut left) = (Vec::new(), Vec::new());
    for (path, value) in leaves {
        let Some(number) = Number::read(&value) else { continue };
        let place = document.locate(&path).unwrap_or_else(|| panic!("{name}: nothing at {path}"));
        assert_eq!(document.text[place], value, "{name}: {path}");
        let reason = reason(&path, &value, &tiers, &idle).or_else(|| beside(&tree, &path));
        match reason {
            Some(reason) => left.push(LeftOut { path, value, reason }),
            None => {
                for to in number.steps(&path) {
                    let change = RuleChange { rules: name.to_owned(), path: path.clone(), value: to };
                    match of_no_use(&document, &change) {
                        Some(reason) => {
                            let value = format!("{value} to {}", change.value);
                            left.push(LeftOut { path: path.clone(), value, reason });
                        }
                        None => made.push(Nudge { from: value.trim_matches('"').to_owned(), change }),
                    }
                }
            }
        }
    }
    (made, left)
}

/// Every leaf of a tree by its path.
fn collect(path: &str, tree: &Tree, found: &mut Vec<(String, String)>) {
    let below = |step: &str| {
        let step = if step.contains(['.', '[', ']']) { format!("\"{step}\"") } else { step.to_owned() };
        if path.is_empty() { step } else { format!("{path}.{step}") }
    };
    match tree {
        Tree::Leaf(text) => found.push((path.to_owned(), text.clone())),
        Tree::Unit => {}
        Tree::Record(fields) => fields.iter().for_each(|(name, tree)| collect(&below(name), tree, found)),
        Tree::List(list) | Tree::Tuple(list) => {
            let item = |(place, tree)| collect(&format!("{path}[{place}]"), tree, found);
            list.iter().enumerate().for_each(item);
        }
        // What a word holds is reached through the word where it is one thing, and without it where it has fields.
        Tree::Variant(word, inside) => match inside.as_ref() {
            Tree::Record(_) | Tree::Tuple(_) => collect(path, inside, found),
            inside => collect(&below(word), inside, found),
        },
    }
}

/// Why a number is left out.
fn reason(path: &str, value: &str, tiers: &[String], idle: &[(String, String)]) -> Option<String> {
    let section = path.split('.').next().unwrap_or_default();
    let says = |text: &str| Some(text.to_owned());
    if matches!(section, "name" | "title" | "sources") {
        return says("tells of the ruleset or of a publication");
    }
    if path.contains(".except[") || path.contains(".source[") || section == "fact" {
        return says("tells where a value comes from");
    }
    if value.starts_with('"') && tiers.iter().any(|tier| tier == value.trim_matches('"')) {
        return says("names a tier");
    }
    if [".takes", ".decided", ".connecting"].iter().any(|field| path.contains(field)) {
        return says(
            "is told to readers: how long the platform takes, a run draws from its scenario's prior",
        );
    }
    let (_, why) = idle.iter().find(|(idle, _)| is_within(path, idle))?;
    Some(format!("is not simulated: {why}"))
}

/// Why a single step changes nothing.
fn of_no_use(document: &Document, change: &RuleChange) -> Option<String> {
    let nudged = change.of(document.clone()).and_then(|document| Ruleset::read(&document)).ok()?;
    let idle = words::not_simulated(&nudged).into_iter();
    // How long a conversation lasts is simulated where conversations are counted.
    let in_part = |path: &str| path.starts_with("window.") && path.ends_with("_initiated.lasts");
    let mut own = idle.filter(|(path, _)| is_within(&change.path, path) && !in_part(path));
    if let Some((_, why)) = own.next() {
        return Some(format!("is not simulated: {why}"));
    }
    None
}

fn is_within(path: &str, outer: &str) -> bool {
    path.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

/// Why a number changes nothing because of what stands beside it.
fn beside(tree: &Tree, path: &str) -> Option<String> {
    let (clause, field) = path.rsplit_once('.')?;
    let at = |path: &str| path.split('.').try_fold(tree, |tree, step| tree.get(step));
    let is = |path: String, text: &str| at(&path).is_some_and(|tree| tree.to_string() == text);
    let zero = |path: String| is(path, "\"0\"").then(|| "belongs to what has the weight 0".to_owned());
    let section: Vec<&str> = path.splitn(3, '.').collect();
    let whole = section.get(..2).unwrap_or_default().join(".");
    match (section[0], field) {
        (_, "allowance" | "within") if clause.ends_with(".frequency") => zero(format!("{clause}.weight")),
        (_, "answer_within") => zero(format!("{clause}.weights.SlowAnswer")),
        (_, "unread_after") => zero(format!("{clause}.weights.Unread")),
        ("admission", _) if !is(format!("{whole}.limit"), "OfTier") => match field {
            "error" => {
                Some("no run tells it: only what exceeds the tier's limit is refused with a code".to_owned())
            }
            "since" => Some("is not simulated: a run takes this bound as in force throughout".to_owned()),
            _ if is(format!("{whole}.per"), "Person") => {
                Some("is not simulated: who is at this cap is a chance of the audience".to_owned())
            }
            _ => None,
        },
        ("price", "card_charged_above") => Some(
            "only the account's debits depend on it: no result of a run shows them, tests/money.rs does"
                .to_owned(),
        ),
        ("window", "since" | "until") => {
            Some("without its window a conversation lasts 24 h all the same".to_owned())
        }
        ("price", _) if is(format!("{whole}.rates"), "NotStated") => {
            Some("belongs to what has no prices".to_owned())
        }
        _ => None,
    }
}

/// A number as it is written.
enum Number {
    Count(u64),
    Span(i64),
    /// Digits before and after the point without it, how many stand after it, and what follows.
    Decimal(i64, usize, &'static str),
    Fraction(i64, i64),
    Date(Date),
    /// Digits, how many stand after the point, and the currency.
    Money(i64, usize, String),
}

impl Number {
    fn read(value: &str) -> Option<Number> {
        let Some(text) = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) else {
            return value.replace('_', "").parse().ok().map(Number::Count);
        };
        if text.len() == 10
            && let Ok(date) = text.parse::<Date>()
        {
            return Some(Number::Date(date));
        }
        if let Some((top, bottom)) = text.split_once('/') {
            return Some(Number::Fraction(top.parse().ok()?, bottom.parse().ok()?));
        }
        if Ratio::try_from(text.to_owned()).is_ok() {
            let (digits, unit) = text.strip_suffix('%').map_or((text, ""), |digits| (digits, "%"));
            let after = digits.split_once('.').map_or(0, |(_, after)| after.len());
            return Some(Number::Decimal(digits.replace('.', "").parse().ok()?, after, unit));
        }
        if let Ok(span) = Span::try_from(text.to_owned()) {
            return Some(Number::Span(span.0));
        }
        Money::try_from(text.to_owned()).ok()?;
        let (amount, currency) = text.split_once(' ')?;
        let after = amount.split_once('.').map_or(0, |(_, after)| after.len());
        Some(Number::Money(amount.replace('.', "").parse().ok()?, after, currency.to_owned()))
    }

    /// The number a step less and a step more, as a file writes it.
    fn steps(&self, path: &str) -> Vec<String> {
        let around =
            |value: i64, step: i64| [value - step, value + step].into_iter().filter(|value| *value >= 0);
        match self {
            Number::Count(count) => around(*count as i64, 1).map(|count| count.to_string()).collect(),
            Number::Span(seconds) => {
                let own = STEPS.iter().find(|(part, ..)| path.contains(part));
                let step = own.map_or(1, |(_, step, _)| *step);
                around(*seconds, step).map(|seconds| format!("{seconds}s")).collect()
            }
            Number::Decimal(digits, after, unit) => {
                [-1, 1].map(|step| format!("{}{unit}", plain(10 * digits + step, after + 1))).to_vec()
            }
            Number::Fraction(top, bottom) => {
                [-1, 1].map(|step| format!("{}/{}", 100 * top + step, 100 * bottom)).to_vec()
            }
            Number::Date(date) => [-1, 1].map(|step| date.saturating_add(step.days()).to_string()).to_vec(),
            Number::Money(digits, after, currency) => {
                [-1, 1].map(|step| format!("{} {currency}", plain(10 * digits + step, after + 1))).to_vec()
            }
        }
    }
}

fn plain(digits: i64, after: usize) -> String {
    let unit = 10_i64.pow(after as u32);
    let (sign, digits) = if digits < 0 { ("-", -digits) } else { ("", digits) };
    format!("{sign}{}.{:0after$}", digits / unit, digits % unit)
}

// ---- who notices ----------------------------------------------------------------------------------------------------

/// What nudges are tried on.
pub(crate) struct Suite {
    cases: Vec<Case>,
    /// Scenarios by their path, with the rules of each and its first futures.
    scenarios: Vec<(PathBuf, Scenario, Vec<Trajectory>)>,
    /// Of each ruleset that bounds how many numbers a business connects, a scenario with one more.
    refused: Vec<(String, PathBuf)>,
}

/// Futures of a scenario that are compared.
const FUTURES: u64 = 48;

fn futures(scenario: &Scenario) -> Vec<Trajectory> {
    (0..FUTURES).map(|index| scenario.replicate(index)).collect()
}

/// The files of a folder that end in `.ron`, in the order of their names.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    files.retain(|path| path.extension().is_some_and(|end| end == "ron"));
    files.sort();
    files
}

impl Suite {
    /// The cases and the scenarios of this repository, and those that are made here.
    pub(crate) fn shipped() -> Suite {
        let load = |path: PathBuf| CaseFile::load(&path).unwrap_or_else(|error| panic!("{error}")).cases;
        let scenario = |path: PathBuf| {
            let scenario = Scenario::load(&path, &[]).unwrap_or_else(|error| panic!("{error}"));
            let futures = futures(&scenario);
            (path, scenario, futures)
        };
        let cases = files(&root().join("tests/cases")).into_iter().flat_map(load);
        let made = catalogue::names().flat_map(made::of_money);
        Suite {
            cases: cases.collect(),
            scenarios: files(&root().join("scenarios")).into_iter().chain(made).map(scenario).collect(),
            refused: catalogue::names().filter_map(made::of_numbers).collect(),
        }
    }

    /// Who notices a nudge; `hint` is the case that noticed the one before, which is tried first.
    pub(crate) fn hunt(&self, nudge: &Nudge, hint: &mut usize) -> Caught {
        let change = &nudge.change;
        let document = catalogue::document(&change.rules).and_then(|document| change.of(document).ok());
        let read = document.as_ref().map(Ruleset::read);
        match read {
            Some(Ok(_)) => {}
            Some(Err(findings)) => {
                let said =
                    findings.iter().next().map_or_else(String::new, |(_, finding)| finding.message.clone());
                return Caught::Check(said);
            }
            None => panic!("{}: {} cannot be {}", change.rules, change.path, change.value),
        }
        let mut shelf = Shelf::default();
        for place in std::iter::once(*hint).chain(0..self.cases.len()) {
            let Some(case) = self.cases.get(place) else { continue };
            if let Ok(Some(other)) = case.under(change, &mut shelf)
                && !other.run().passed()
            {
                *hint = place;
                let file = Path::new(&case.file).file_name().unwrap_or_default().to_string_lossy();
                return Caught::Case(format!("{file}: {}", case.name));
            }
        }
        let now_loads = |(_, path): &&(String, PathBuf)| Scenario::load_under(path, change).is_ok();
        if self.refused.iter().filter(|(rules, _)| *rules == change.rules).any(|refused| now_loads(&refused))
        {
            return Caught::Loaded;
        }
        self.other_future(change)
    }

    fn other_future(&self, change: &RuleChange) -> Caught {
        for (path, scenario, own) in &self.scenarios {
            if !scenario.has_rules(&change.rules) {
                continue;
            }
            let other = Scenario::load_under(path, change);
            if other.is_ok_and(|other| futures(&other) != *own) {
                return Caught::Future(path.file_name().unwrap_or_default().to_string_lossy().into_owned());
            }
        }
        Caught::Missed
    }

    /// Who notices each nudge, on all cores.
    pub(crate) fn hunt_all(&self, nudges: &[Nudge]) -> Vec<Caught> {
        let next = AtomicUsize::new(0);
        let found: Mutex<BTreeMap<usize, Caught>> = Mutex::new(BTreeMap::new());
        let work = || {
            let mut hint = usize::MAX;
            loop {
                let place = next.fetch_add(1, Ordering::Relaxed);
                let Some(nudge) = nudges.get(place) else { return };
                let caught = self.hunt(nudge, &mut hint);
                found.lock().unwrap_or_else(|error| error.into_inner()).insert(place, caught);
            }
        };
        std::thread::scope(|scope| {
            let threads = std::thread::available_parallelism().map_or(1, usize::from);
            (0..threads).for_each(|_| drop(scope.spawn(work)));
        });
        found.into_inner().unwrap_or_else(|error| error.into_inner()).into_values().collect()
    }
}

/// Scenarios that are written where nothing is kept.
mod made {
    use std::path::PathBuf;

    use jiff::ToSpan;
    use jiff::civil::Date;
    use tiercast::document::tree::{Tree, leaves};
    use tiercast::platform::language::{HowMany, Limit, Rates};
    use tiercast::platform::{Ruleset, catalogue};
    use tiercast::sim::Scenario;

    /// A place for a scenario, and its text in it.
    fn written(name: &str, text: &str) -> PathBuf {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("mutations");
        std::fs::create_dir_all(&folder).unwrap_or_else(|error| panic!("{error}"));
        let path = folder.join(format!("{name}.ron"));
        std::fs::write(&path, text).unwrap_or_else(|error| panic!("{error}"));
        path
    }

    fn ruleset(name: &str) -> (Ruleset, Tree) {
        let document = catalogue::document(name).unwrap_or_else(|| panic!("no ruleset {name}"));
        let ruleset = Ruleset::read(&document).unwrap_or_else(|found| panic!("{found}"));
        (ruleset, document.tree().unwrap_or_else(|| panic!("{name} holds nothing")))
    }

    /// Who writes to the same people day by day, some of whom write and answer; nobody complains.
    struct Plain<'p> {
        rules: &'p str,
        start: Date,
        days: u32,
        numbers: String,
        customers: u64,
        a_day: u64,
        market: &'p str,
    }

    impl Plain<'_> {
        fn text(&self) -> String {
            let Plain { rules, start, days, numbers, customers, a_day, market } = self;
            let profile = super::root().join("tests/common/still.ron");
            format!(
                r#"Scenario(
    title: "plain", start: "{start}", zone: "UTC", horizon: "{days}d", seed: 7,
    platform: (
        ruleset: "{rules}", numbers: {{ {numbers} }}, templates: {{ "news": (category: Marketing) }},
        verification: Done, market: "{market}",
    ),
    audience: (segments: {{ "all": (
        customers: {customers}, profile: {profile:?}, rest: "24h",
        chances: {{ reply: Fixed(0.2), first_messages: Fixed(0.3) }},
    ) }}),
    sender: (
        number: "n1", segment: "all", templates: ["news"], plan: Constant(a_day: {a_day}),
        hours: (from: "09:00", to: "12:00"), weekdays: every_day,
    ),
)"#
            )
        }
    }

    /// Scenarios of the days on which prices change, each of a month that uses up what is free; and one that sends as
    /// fast as it can.
    pub(super) fn of_money(name: &str) -> Vec<PathBuf> {
        let (ruleset, tree) = ruleset(name);
        let mut days: Vec<Date> = Vec::new();
        for (path, value) in leaves(&tree) {
            let dated = path.ends_with(".since") || path.ends_with(".until");
            if dated && path.contains("price.") {
                days.extend(value.parse::<Date>().ok());
            }
        }
        let priced = ruleset.price.values().any(|price| price.rates != Rates::NotStated);
        if priced {
            days.push(made_start(name));
        }
        days.sort();
        days.dedup();
        let market = |rates: &Rates| matches!(rates, Rates::Table(table) if table == "notifications-2021");
        let market =
            if ruleset.price.values().any(|price| market(&price.rates)) { "Other" } else { "North America" };
        let tiers = ruleset.ladder.as_ref().map(|ladder| &ladder.steps);
        let bounded = tiers.and_then(|steps| steps.iter().rfind(|(_, limit)| **limit != Limit::Unlimited));
        let unlimited = tiers.and_then(|steps| steps.iter().find(|(_, limit)| **limit == Limit::Unlimited));
        let number = |tier: Option<(&str, &Limit)>| {
            tier.map_or("\"n1\": ()".to_owned(), |(tier, _)| format!("\"n1\": (tier: {tier:?})"))
        };
        let mut made = Vec::new();
        for day in days {
            let start = day.saturating_sub(2.days());
            let plain = Plain {
                rules: name,
                start,
                days: 27,
                numbers: number(bounded),
                customers: 150,
                a_day: 150,
                market,
            };
            made.push(written(&format!("{name}-{start}"), &plain.text()));
        }
        if unlimited.is_some() && ruleset.admission.get("throughput").is_some() {
            let start = made_start(name);
            let (customers, a_day) = (4_000_000, 2_000_000);
            let plain =
                Plain { rules: name, start, days: 1, numbers: number(unlimited), customers, a_day, market };
            made.push(written(
                &format!("{name}-fast"),
                &plain.text().replace(&format!(", market: {market:?}"), ""),
            ));
        }
        made
    }

    /// A day on which a ruleset is in force.
    fn made_start(name: &str) -> Date {
        let (year, month) = match name {
            "platform-2025-10" => (2025, 11),
            "platform-2023" => (2023, 3),
            _ => (2022, 3),
        };
        jiff::civil::date(year, month, 7)
    }

    /// A scenario with one number more than a verified business may connect: it must be refused.
    pub(super) fn of_numbers(name: &str) -> Option<(String, PathBuf)> {
        let (ruleset, _) = ruleset(name);
        let HowMany::AtMost(most) = ruleset.numbers?.verified else { return None };
        let numbers: Vec<String> = (1..=most + 1).map(|number| format!("\"n{number}\": ()")).collect();
        let (start, market) = (made_start(name), "North America");
        let plain = Plain {
            rules: name,
            start,
            days: 2,
            numbers: numbers.join(", "),
            customers: 10,
            a_day: 1,
            market,
        };
        let path =
            written(&format!("{name}-numbers"), &plain.text().replace(&format!(", market: {market:?}"), ""));
        let refused = Scenario::load(&path, &[]).err().map(|error| error.to_string()).unwrap_or_default();
        assert!(refused.contains("connects at most"), "{name}: {refused}");
        Some((name.to_owned(), path))
    }
}
