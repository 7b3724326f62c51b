//! Customers by counts and customers one by one: the same law, and the same as in closed form.
//!
//! The two samplings share parameters, effects and decisions, so that they are compared in pairs: the difference of each
//! replication is luck alone. `PAIRS=4000 cargo test --release --test samplings` looks longer.
//!
//! Seeds are fixed, so each test passes or fails for good. Bounds are set so that a right program would fail any one of
//! these tests with a chance of about one in a million, had its seed been drawn.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use common::{CLASSIC, Case, PLATFORM, Plan, STILL, WILD, total};
use tiercast::audience::Sampling;
use tiercast::random::Held;
use tiercast::random::quantile::normal_quantile;
use tiercast::sim::{BESIDE, Course, Metric, Scenario, Trajectory};

fn pairs(default: u64) -> u64 {
    std::env::var("PAIRS").ok().and_then(|pairs| pairs.parse().ok()).unwrap_or(default)
}

// ---------------------------------------------------------------------------------------------------------
// The same future

/// Replications that are run side by side are those that are run alone: of every shipped scenario and of REF-1, by counts,
/// by people and with luck held, whoever sits beside them, in full groups and in broken ones.
#[test]
fn side_by_side_is_one_by_one() {
    let home = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files: Vec<PathBuf> = ["scenarios", "benches/ref-1"]
        .iter()
        .flat_map(|folder| std::fs::read_dir(home.join(folder)).unwrap())
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "ron"))
        .filter(|path| std::fs::read_to_string(path).unwrap().contains("\nScenario("))
        .collect();
    files.sort();
    assert!(files.len() >= 7, "{files:?}");
    for file in files {
        let free = Scenario::load(&file, &[]).unwrap();
        let held = free.clone().with_held(Held { luck: true, ..Held::default() });
        for scenario in [free, held] {
            let alone: Vec<Trajectory> = (3..3 + 2 * BESIDE).map(|index| scenario.replicate(index)).collect();
            assert_eq!(scenario.replicate_all(3..3 + 2 * BESIDE), alone, "{}", file.display());
            let (from, until) = (4, 4 + BESIDE as usize + 1);
            let broken = scenario.replicate_all(3 + from as u64..3 + until as u64);
            assert_eq!(broken, alone[from..until], "{}", file.display());
        }
    }
    let people = climb().load().with_sampling(Sampling::People);
    let alone: Vec<Trajectory> = (0..5).map(|index| people.replicate(index)).collect();
    assert_eq!(people.replicate_all(0..5), alone);
    assert!(people.replicate_all(9..9).is_empty());
}

/// And so are those that are watched: each of its own probe hears what it would hear alone.
#[test]
fn side_by_side_is_watched_one_by_one() {
    let scenario = climb().load();
    let alone: Vec<_> = (3..3 + 2 * BESIDE).map(|index| Course::run(&scenario, index)).collect();
    assert!(alone.iter().all(|(_, course)| !course.steps.is_empty()));
    assert_eq!(Course::run_all(&scenario, 3..3 + 2 * BESIDE), alone);
    assert_eq!(Course::run_all(&scenario, 5..6 + BESIDE), alone[2..3 + BESIDE as usize]);
    assert!(Course::run_all(&scenario, 9..9).is_empty());
}

// ---------------------------------------------------------------------------------------------------------
// The same law

/// What two samplings are compared in: totals, daily counts, days of tiers, chances.
fn measures(run: &Trajectory) -> BTreeMap<String, f64> {
    let mut all = BTreeMap::new();
    for metric in Metric::ALL {
        all.insert(format!("total {}", metric.name()), total(run, metric) as f64);
        for (day, counts) in run.days.iter().enumerate().filter(|(day, _)| day % 5 == 3) {
            all.insert(format!("{} on day {day}", metric.name()), counts.counts[metric as usize] as f64);
        }
    }
    let days = run.days.len() as f64;
    for (tier, reached) in run.outcome.reached.iter().enumerate() {
        all.insert(format!("day of tier {tier}"), reached.map_or(days, |at| at.0 as f64 / 86_400.0));
    }
    all.insert("flagged".into(), f64::from(u8::from(run.outcome.flags > 0)));
    all.insert("fallen".into(), f64::from(u8::from(run.outcome.downgrades > 0)));
    all.insert("templates disabled".into(), f64::from(run.outcome.templates_disabled));
    all.insert("gone".into(), run.ledger.gone as f64);
    all
}

/// Mean and standard error of paired differences, with the mean of the first.
#[derive(Clone, Copy, Debug, Default)]
struct Paired {
    n: f64,
    first: f64,
    sum: f64,
    squares: f64,
}

impl Paired {
    fn add(&mut self, first: f64, second: f64) {
        let difference = second - first;
        self.n += 1.0;
        self.first += first;
        self.sum += difference;
        self.squares += difference * difference;
    }

    fn z(&self) -> f64 {
        let mean = self.sum / self.n;
        let variance = (self.squares / self.n - mean * mean).max(0.0) * self.n / (self.n - 1.0);
        if variance == 0.0 {
            if mean == 0.0 { 0.0 } else { f64::INFINITY }
        } else {
            mean / (variance / self.n).sqrt()
        }
    }

    /// The difference that this many pairs would find nine times in ten, in shares of the mean.
    fn visible(&self) -> f64 {
        let variance = (self.squares / self.n - (self.sum / self.n) * (self.sum / self.n)).max(0.0);
        6.0 * (variance / self.n).sqrt() / (self.first / self.n).abs().max(1e-9)
    }
}

fn compare(first: &Scenario, second: &Scenario, pairs: u64) -> BTreeMap<String, Paired> {
    let mut found: BTreeMap<String, Paired> = BTreeMap::new();
    for index in 0..pairs {
        let (one, two) = (measures(&first.replicate(index)), measures(&second.replicate(index)));
        for ((name, a), b) in one.into_iter().zip(two.into_values()) {
            found.entry(name).or_default().add(a, b);
        }
    }
    found
}

/// The largest z of all measures, with its name.
fn worst(found: &BTreeMap<String, Paired>) -> (String, f64) {
    let rare = |paired: &&Paired| paired.first / paired.n * paired.n >= 30.0;
    let zs = found
        .iter()
        .filter(|(_, paired)| rare(paired))
        .map(|(name, paired)| (name.clone(), paired.z().abs()));
    zs.max_by(|a, b| a.1.total_cmp(&b.1)).unwrap()
}

/// The bound of the largest of so many measures.
fn bound(measures: usize) -> f64 {
    -normal_quantile(1e-6 / (2.0 * measures as f64))
}

fn assert_same_law(name: &str, case: &Case, pairs: u64) {
    assert_one_law(name, case.load(), pairs);
}

fn assert_one_law(name: &str, counts: Scenario, pairs: u64) {
    let people = counts.clone().with_sampling(Sampling::People);
    let found = compare(&counts, &people, pairs);
    let (measure, z) = worst(&found);
    assert!(z < bound(found.len()), "{name}: {measure} differs by z = {z:.2}: {:?}", found[&measure]);
    let sent = found["total delivered"];
    assert!(sent.visible() < 0.02, "{name}: {pairs} pairs see only {:.3}", sent.visible());
}

/// A climb with flags, fatigue, frailty and a plan that follows the limit.
fn climb() -> Case {
    Case {
        tier: "50",
        customers: 1_500,
        profile: "opted-in-marketing",
        rest: 48,
        chances: vec![("block", "Fixed(0.03)".into()), ("first_messages", "Fixed(0.05)".into())],
        priors: vec![
            ("rating.number.medium_from", "Fixed(0.02)".into()),
            ("rating.number.low_from", "Fixed(0.035)".into()),
        ],
        verification: "AfterDays(Fixed(2))".into(),
        templates: vec!["Marketing", "Marketing"],
        plan: Plan::Fill("50%"),
        from: 9,
        to: 12,
        horizon: 24,
        ..Case::default()
    }
}

#[test]
fn a_climb_with_flags_and_fatigue_has_one_law() {
    assert_same_law("climb", &climb(), pairs(1_500));
}

/// Flags, fatigue, and a sender who takes heed of both.
#[test]
fn a_plan_with_flags_fatigue_and_feedback_has_one_law() {
    let thresholds =
        [("rating.number.medium_from", "Fixed(0.03)"), ("rating.number.low_from", "Fixed(0.055)")];
    let priors = thresholds.map(|(path, law)| (path, law.to_owned())).to_vec();
    let case = Case { tier: "1,000", plan: Plan::Constant(400), horizon: 20, priors, ..climb() };
    let text = case.text();
    let feedback = "feedback: [(when: Low, steps: [(act: Cut(\"85%\"))]), (when: Flagged, steps: [(act: Cut(\"70%\"))])],";
    let careful = text.replace("hours: (from", &format!("{feedback} hours: (from"));
    assert_ne!(careful, text);
    let scenario = Scenario::read("careful", &careful, common::folder())
        .unwrap_or_else(|found| panic!("{}", found.render(false)));
    let flagged = (0..200).filter(|index| scenario.replicate(*index).outcome.flags > 0).count();
    assert!((20..180).contains(&flagged), "{flagged} of 200 are flagged");
    assert_one_law("careful", scenario, pairs(2_000));
}

#[test]
fn corners_of_the_model_have_one_law() {
    let case = Case {
        ruleset: PLATFORM,
        tier: "1K",
        customers: 600,
        profile: WILD,
        rest: 30,
        choose: "at_random",
        plan: Plan::Constant(150),
        from: 8,
        to: 20,
        horizon: 20,
        chances: vec![("block", "Fixed(0.02)".into()), ("stop", "Fixed(0.03)".into())],
        ..Case::default()
    };
    assert_same_law("wild", &case, pairs(7_000));
}

#[test]
fn a_list_that_runs_dry_has_one_law() {
    let case = Case {
        ruleset: CLASSIC,
        tier: "1,000",
        customers: 400,
        profile: "cold-list",
        rest: 24,
        plan: Plan::Constant(300),
        from: 9,
        to: 11,
        horizon: 15,
        ..Case::default()
    };
    assert_same_law("dry", &case, pairs(2_000));
}

#[test]
fn windows_and_waits_have_one_law() {
    let case = Case {
        ruleset: PLATFORM,
        tier: "250",
        customers: 900,
        profile: "wanted-utility",
        rest: 24,
        choose: "at_random",
        templates: vec!["Utility"],
        plan: Plan::Fill("100%"),
        from: 7,
        to: 19,
        horizon: 15,
        ..Case::default()
    };
    assert_same_law("windows", &case, pairs(1_500));
}

/// Two per cent more blocks in one of the two are seen.
#[test]
fn a_sampler_that_is_wrong_by_little_is_seen() {
    let with = |block: &str| Case {
        tier: "10,000",
        customers: 2_000,
        profile: "opted-in-marketing",
        chances: vec![("block", format!("Fixed({block})"))],
        plan: Plan::Constant(1_000),
        horizon: 6,
        ..Case::default()
    };
    let people = with("0.102").load().with_sampling(Sampling::People);
    let found = compare(&with("0.1").load(), &people, pairs(1_000));
    let z = found["total blocked"].z();
    assert!(z > bound(1), "blocks that are 2 % more likely are not seen: z = {z:.2}");
}

// ---------------------------------------------------------------------------------------------------------
// Known answers

fn profile(changes: &[(&str, &str)]) -> &'static str {
    let mut text = std::fs::read_to_string(common::folder().join(STILL)).unwrap();
    for (from, to) in changes {
        assert!(text.contains(from), "{from}");
        text = text.replace(from, to);
    }
    let mut hash = 0_u64;
    text.bytes().for_each(|byte| hash = hash.wrapping_mul(31).wrapping_add(u64::from(byte)));
    let file = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("profile-{hash:x}.ron"));
    std::fs::write(&file, text).unwrap();
    Box::leak(file.display().to_string().into_boxed_str())
}

/// Everybody is written to once a day; blocks come at once.
fn daily(profile: &'static str, block: f64, customers: u64, days: u32) -> Case {
    Case {
        tier: "unlimited",
        customers,
        profile,
        rest: 24,
        chances: vec![("block", format!("Fixed({block})"))],
        priors: vec![
            ("rating.number.medium_from", "Fixed(0.99)".into()),
            ("rating.number.low_from", "Fixed(1)".into()),
            ("rating.template.medium_from", "Fixed(0.99)".into()),
            ("rating.template.low_from", "Fixed(1)".into()),
        ],
        plan: Plan::Constant(customers),
        horizon: days,
        ..Case::default()
    }
}

fn shares_by_day(case: &Case, runs: u64, metric: Metric, sampling: Sampling) -> Vec<f64> {
    let scenario = case.load().with_sampling(sampling);
    let mut counts = vec![0_u64; scenario.setting.calendar.days()];
    for index in 0..runs {
        let run = scenario.replicate(index);
        run.days.iter().zip(&mut counts).for_each(|(day, sum)| *sum += day.counts[metric as usize]);
    }
    counts.into_iter().map(|count| count as f64 / (runs * case.customers) as f64).collect()
}

fn assert_shares(found: &[f64], expected: &[f64], n: f64) {
    let z = bound(found.len());
    for (day, (found, expected)) in found.iter().zip(expected).enumerate() {
        let spread = (expected * (1.0 - expected) / n).sqrt();
        assert!((found - expected).abs() <= z * spread + 1e-12, "day {day}: {found} instead of {expected}");
    }
}

/// Stops of a Beta-mixed population: the share that stops at the message j + 1 is B(a + 1, b + j) / B(a, b), the
/// Beta-geometric law; counted to seven contacts.
#[test]
fn frailty_is_the_beta_geometric_law() {
    let (a, b) = (0.6, 2.4);
    let strength = a + b;
    let file =
        profile(&[("frailty: (strength: None, acts_on: []", "frailty: (strength: Some(3), acts_on: [stop]")]);
    let mut expected = Vec::new();
    let mut left = 1.0;
    for contact in 0..7 {
        let hazard = a / (strength + f64::from(contact));
        expected.push(left * hazard);
        left *= 1.0 - hazard;
    }
    for sampling in [Sampling::Counts, Sampling::People] {
        let stop = vec![("stop", format!("Fixed({})", a / strength))];
        let case = Case { chances: stop, ..daily(file, 0.0, 2_000, 7) };
        let found = shares_by_day(&case, 100, Metric::Stopped, sampling);
        assert_shares(&found, &expected, 200_000.0);
    }
}

/// Fatigue by hand: a level each day, one less after each two days of rest.
#[test]
fn fatigue_rises_with_contacts_and_falls_with_rest() {
    let file = profile(&[(
        "fatigue: (factors: [1, 1, 1, 1, 1, 1, 1], recover: \"4d\", acts_on: []",
        "fatigue: (factors: [1, 2, 3, 4, 5, 6, 7], recover: \"2d\", acts_on: [mute]",
    )]);
    // Messages on days 0, 1, 2, then on 6 (two levels less: 1), 7 and 13 (three levels less, from 3: 0).
    let days = vec![500, 500, 500, 0, 0, 0, 500, 500, 0, 0, 0, 0, 0, 500];
    let levels = [(0, 0), (1, 1), (2, 2), (6, 1), (7, 2), (13, 0)];
    let mut expected = vec![0.0; days.len()];
    for (day, level) in levels {
        expected[day] = 0.05 * f64::from(level + 1);
    }
    let plan = Plan::Table { days, clock: "calendar_day", after: "stop" };
    let case = Case { plan, chances: vec![("mute", "Fixed(0.05)".into())], ..daily(file, 0.0, 500, 14) };
    for sampling in [Sampling::Counts, Sampling::People] {
        let found = shares_by_day(&case, 400, Metric::Muted, sampling);
        assert_shares(&found, &expected, 200_000.0);
    }
}

/// Where it is the customer whom no message reaches, the same share is delivered every day, of the same people.
#[test]
fn unreachable_customers_stay_unreachable() {
    let by = |what: &str| {
        profile(&[("undeliverable: (value: message", &format!("undeliverable: (value: {what}"))])
    };
    for sampling in [Sampling::Counts, Sampling::People] {
        let case = |what| Case {
            chances: vec![("delivered", "Fixed(0.8)".into()), ("block", "Fixed(1)".into())],
            ..daily(by(what), 1.0, 1_000, 4)
        };
        // Who is reached blocks at once, so that a customer who can be reached is gone after the first day.
        let found = shares_by_day(&case("customer"), 200, Metric::Delivered, sampling);
        assert!((found[0] - 0.8).abs() < 0.01, "{found:?}");
        assert_eq!(found[1..], [0.0; 3]);
        let found = shares_by_day(&case("message"), 200, Metric::Delivered, sampling);
        assert!((found[1] - 0.2 * 0.8).abs() < 0.01, "{found:?}");
    }
}

/// Reactions come in waking hours: what is sent at night arrives from the morning on.
#[test]
fn reactions_keep_their_hours() {
    let mut hours = [0; 24];
    hours[8..20].fill(1);
    let file = profile(&[(
        "activity: (hours: [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]",
        &format!("activity: (hours: {hours:?}"),
    )]);
    // Half of the blocks come within 2 h (0, 1): the table of `still` holds 0.40, 0.20, 0.10 at 0, 1, 2 h.
    let case = Case { from: 22, to: 23, horizon: 3, ..daily(file, 0.5, 1_000, 3) };
    let case = Case { plan: Plan::Table { days: vec![1_000], clock: "calendar_day", after: "stop" }, ..case };
    for sampling in [Sampling::Counts, Sampling::People] {
        let found = shares_by_day(&case, 200, Metric::Blocked, sampling);
        // At once: 40 % of 50 %. A virtual day is twelve hours of waking: ages to 16 h come on the next day.
        assert_shares(&found, &[0.5 * 0.40, 0.5 * 0.57, 0.5 * 0.03], 200_000.0);
    }
}

/// A number of fatigue or frailty that moves nothing is the same run, byte for byte.
#[test]
fn what_moves_no_chance_is_forgotten() {
    let plain = daily(STILL, 0.05, 3_000, 10);
    let strong = profile(&[("frailty: (strength: None", "frailty: (strength: Some(50)")]);
    let with = Case { profile: strong, ..plain.clone() };
    // Frailty that acts on nothing: other cells, the same law.
    let found = compare(&plain.load(), &with.load(), 400);
    let (measure, z) = worst(&found);
    assert!(z < bound(found.len()), "{measure}: {z:.2}");
}

/// The number of cells is bounded by the calendar, not by the list.
#[test]
fn a_year_costs_no_more_for_ten_million() {
    let cells = |customers: u64| {
        let case = Case {
            tier: "100,000",
            customers,
            profile: "opted-in-marketing",
            rest: 72,
            plan: Plan::Constant(customers.min(90_000) / 4),
            from: 9,
            to: 17,
            horizon: 365,
            ..Case::default()
        };
        case.load().replicate(0).most_cells
    };
    let (small, large) = (cells(100_000), cells(10_000_000));
    assert!((10..20_000).contains(&small) && (10..20_000).contains(&large), "{small} and {large} cells");
}
