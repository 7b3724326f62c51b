//! Scenarios written by tests: RON text with a few places left open.
#![allow(dead_code, reason = "each test file uses its own part")]

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use tiercast::sim::{Metric, Scenario, Trajectory};

/// The folder that names of files in these scenarios start from.
pub(crate) fn folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// An empty folder of that name for the test that asks, which no other test shares: tests run side by side. A test's
/// thread bears its name.
pub(crate) fn workshop(name: &str) -> PathBuf {
    let test = std::thread::current().name().unwrap_or("unnamed").replace("::", "-");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(env!("CARGO_CRATE_NAME")).join(test).join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("a folder for a test");
    folder
}

/// The path of a shipped scenario.
pub(crate) fn shipped(name: &str) -> String {
    folder().join("scenarios").join(format!("{name}.ron")).display().to_string()
}

/// The rulesets, as a scenario names them.
pub(crate) const CLASSIC: &str = "scenarios/rulesets/classic-2022.ron";
pub(crate) const PLATFORM: &str = "scenarios/rulesets/platform-2023.ron";

/// A behaviour without effects in which all that happens happens at once; nothing does unless a chance is given.
pub(crate) const STILL: &str = "tests/common/still.ron";
/// A behaviour with strong effects and long delays, of which a part never comes.
pub(crate) const WILD: &str = "tests/common/wild.ron";
/// A file of the project, each of whose texts `from` is `to` instead; of every test program one of its own.
pub(crate) fn altered(file: &str, name: &str, changes: &[(&str, &str)]) -> &'static str {
    let mut text = std::fs::read_to_string(folder().join(file)).unwrap();
    for (from, to) in changes {
        assert!(text.contains(from), "{file} says no {from:?}");
        text = text.replace(from, to);
    }
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}.ron", std::process::id()));
    std::fs::write(&path, text).unwrap();
    Box::leak(path.display().to_string().into_boxed_str())
}

/// What is to be sent a day.
#[derive(Clone, Debug)]
pub(crate) enum Plan {
    Constant(u64),
    Table {
        days: Vec<u64>,
        clock: &'static str,
        after: &'static str,
    },
    Fill(&'static str),
    /// Messages a day meanwhile.
    Fastest(u64),
}

/// A scenario with one number, one segment and the templates `t0`, `t1`, ...
#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) ruleset: &'static str,
    pub(crate) start: String,
    pub(crate) zone: &'static str,
    /// Days.
    pub(crate) horizon: u32,
    /// Minutes.
    pub(crate) slot: u32,
    pub(crate) seed: u64,
    pub(crate) tier: &'static str,
    pub(crate) rating: Option<&'static str>,
    pub(crate) verification: String,
    pub(crate) priors: Vec<(&'static str, String)>,
    pub(crate) customers: u64,
    pub(crate) profile: &'static str,
    /// Hours.
    pub(crate) rest: u32,
    pub(crate) choose: &'static str,
    pub(crate) chances: Vec<(&'static str, String)>,
    pub(crate) templates: Vec<&'static str>,
    pub(crate) plan: Plan,
    /// What else the sender does: " edits: (...), feedback: [...],", or nothing.
    pub(crate) careful: &'static str,
    /// Hours of the day.
    pub(crate) from: u32,
    pub(crate) to: u32,
    pub(crate) weekdays: &'static str,
}

impl Default for Case {
    /// Everything is delivered, nobody reacts, one send a day at nine.
    fn default() -> Case {
        Case {
            ruleset: CLASSIC,
            start: "2022-03-07".into(),
            zone: "UTC",
            horizon: 20,
            slot: 60,
            seed: 1,
            tier: "1,000",
            rating: None,
            verification: "Never".into(),
            priors: Vec::new(),
            customers: 1_000_000,
            profile: STILL,
            rest: 24,
            choose: "rested_longest",
            chances: Vec::new(),
            templates: vec!["Marketing"],
            plan: Plan::Constant(100),
            careful: "",
            from: 9,
            to: 10,
            weekdays: "every_day",
        }
    }
}

impl Case {
    /// The scenario file.
    pub(crate) fn text(&self) -> String {
        let Case { start, zone, horizon, slot, seed, ruleset, tier, verification, customers, .. } = self;
        let Case { profile, rest, choose, from, to, weekdays, careful, .. } = self;
        let list = |pairs: &[(&str, String)]| -> String {
            pairs.iter().map(|(name, value)| format!("{name:?}: {value}, ")).collect()
        };
        let (priors, chances) = (list(&self.priors), list(&self.chances));
        let rating = self.rating.map(|rating| format!(", rating: {rating}")).unwrap_or_default();
        let templates: String = self
            .templates
            .iter()
            .enumerate()
            .map(|(place, category)| format!("\"t{place}\": (category: {category}), "))
            .collect();
        let names: String = (0..self.templates.len()).map(|place| format!("\"t{place}\", ")).collect();
        let plan = match &self.plan {
            Plan::Constant(a_day) => format!("Constant(a_day: {a_day})"),
            Plan::Fill(share) => format!("FillLimit(share: {share:?})"),
            Plan::Table { days, clock, after } => {
                let file = table_file(days);
                format!("Table(file: {:?}, clock: {clock}, after: {after})", file.display())
            }
            Plan::Fastest(meanwhile) => format!("FastestClimb(meanwhile: {meanwhile})"),
        };
        format!(
            r#"Scenario(
    title: "a test", start: "{start}", zone: "{zone}", horizon: "{horizon}d", slot: "{slot}m", seed: {seed},
    platform: (
        ruleset: "{ruleset}",
        numbers: {{ "main": (tier: "{tier}"{rating}) }},
        templates: {{ {templates} }},
        verification: {verification},
        priors: {{ {priors} }},
    ),
    audience: (segments: {{ "members": (
        customers: {customers}, profile: "{profile}", rest: "{rest}h", choose: {choose}, chances: {{ {chances} }},
    ) }}),
    sender: (
        number: "main", segment: "members", templates: [{names}], plan: {plan},{careful}
        hours: (from: "{from:02}:00", to: "{to:02}:00"), weekdays: {weekdays},
    ),
)"#
        )
    }

    /// The scenario.
    pub(crate) fn load(&self) -> Scenario {
        self.try_load().unwrap_or_else(|found| panic!("{found}\n{}", self.text()))
    }

    /// The scenario, or what is wrong with it.
    pub(crate) fn try_load(&self) -> Result<Scenario, String> {
        Scenario::read("case", &self.text(), folder()).map_err(|found| found.render(false))
    }
}

/// Writes a table of messages where nothing is kept.
fn table_file(days: &[u64]) -> PathBuf {
    static COUNTER: AtomicUsize = AtomicUsize::new(0);
    let number = COUNTER.fetch_add(1, Ordering::Relaxed);
    let name = format!("table-{}-{number}.csv", std::process::id());
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let rows: String = days.iter().enumerate().map(|(day, n)| format!("{day},{n}\n")).collect();
    std::fs::write(&file, format!("day,messages\n{rows}")).unwrap();
    file
}

/// The total of one metric.
pub(crate) fn total(trajectory: &Trajectory, metric: Metric) -> u64 {
    trajectory.outcome.totals[metric as usize]
}
