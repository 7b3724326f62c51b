//! Does a search keep what it promises, and is it worth its runs?
//!
//! ```text
//!   cargo bench --bench tuning -- [searches] [budget] [runs of the truth]
//!
//!   the truth    every share from 10 % to 100 % in steps, many runs of each, on luck that no search sees
//!   a search     tune, on a seed of its own: is what it finds within `matters` of the true best that it met?
//!   at random    so many shares at random, the budget shared out evenly, the best mean taken
//! ```
//!
//! The first climb over 30 days: the more a day, the sooner the limits, and the sooner a flag, which costs them.

use std::path::Path;
use std::sync::atomic::AtomicBool;

use tiercast::experiment::tuning::{Constraint, Goal, Ledger, Plan, Question, Scenarios, Tuning};
use tiercast::experiment::{Factor, Matters, Row, Threads};
use tiercast::random::{Address, Purpose, Streams, Subject};
use tiercast::sim::Scenario;
use tiercast::time::Span;

const SCENARIO: &str = "scenarios/first-climb.ron";
const PATH: &str = "sender.plan.share";
const HORIZON: &str = "30d";
const OBJECTIVE: &str = "max:delivered";
/// Settings that the search at random tries.
const AT_RANDOM: u64 = 40;
/// The confidence of the searches.
const CONFIDENCE: f64 = 0.95;

fn load(changes: &[(String, String)]) -> Result<Scenario, tiercast::sim::LoadError> {
    let fixed = [("horizon".to_owned(), HORIZON.to_owned())];
    Scenario::load(Path::new(SCENARIO), &[&fixed, changes].concat())
}

fn scenario(share: &str) -> Scenario {
    load(&[(PATH.to_owned(), share.to_owned())]).expect("the shipped scenario loads")
}

/// The mean objective of a share, by runs on a seed that no search has.
struct Truth {
    goal: Goal,
    runs: u64,
    known: std::collections::BTreeMap<String, f64>,
}

impl Truth {
    fn of(&mut self, share: &str) -> f64 {
        if let Some(known) = self.known.get(share) {
            return *known;
        }
        let scenario = scenario(share).with_seed(424_242);
        let mean = mean(&scenario, &self.goal, 0, self.runs);
        self.known.insert(share.to_owned(), mean);
        mean
    }
}

fn mean(scenario: &Scenario, goal: &Goal, from: u64, runs: u64) -> f64 {
    let ensemble = tiercast::experiment::Ensemble::run(
        scenario.setting.clone(),
        from..from + runs,
        Threads::All,
        scenario,
        &|_| {},
        &AtomicBool::new(false),
    );
    let horizon = scenario.setting.calendar.horizon();
    let value = |row: &Row| goal.headline.value(row, &scenario.setting, horizon) as f64;
    ensemble.rows().iter().map(value).sum::<f64>() / runs as f64 / goal.headline.unit().per_unit()
}

fn question(own: &Scenario, seed: u64, conditions: &[&str]) -> Question {
    let factor: Factor = format!("{PATH}=10%..100%").parse().expect("a range");
    let read = |text: &&str| Constraint::read(text, &own.setting).expect("a condition");
    Question {
        factors: vec![factor],
        own: vec![Some("100%".to_owned())],
        goal: Goal::read(OBJECTIVE, &own.setting).expect("a goal"),
        constraints: conditions.iter().map(read).collect(),
        risk: None,
        matters: Matters { total: 0.01, days: Span::days(1), chance: 0.02 },
        confidence: CONFIDENCE,
        seed,
    }
}

/// A search; what it chose, among which finalists, and whether its guarantee holds.
fn search(seed: u64, budget: u64) -> (String, Vec<String>, bool, f64) {
    let own = scenario("100%").with_seed(seed);
    let question = question(&own, seed, &[]);
    let plan = Plan::new(budget, question.space(), None, false).expect("enough runs");
    let seeded = |changes: &[(String, String)]| load(changes).map(|scenario| scenario.with_seed(seed));
    let horizon = own.setting.calendar.horizon();
    let mut scenarios = Scenarios::new(&seeded, vec![PATH.to_owned()], question.metrics(), horizon);
    let never = AtomicBool::new(false);
    let tuning =
        Tuning::run(question, plan, &mut scenarios, Ledger::default(), Threads::All, &|_| {}, &never);
    let share = |setting: usize| tuning.settings[setting].values[0].clone();
    let finals = tuning.finals.as_ref().expect("finals");
    let selected = finals.selected.as_ref().expect("a choice");
    let finalists = finals.finalists.iter().map(|one| share(*one)).collect();
    (share(selected.best), finalists, selected.settled, finals.rules.delta)
}

/// The best mean of shares at random, on the same number of runs.
fn at_random(seed: u64, budget: u64, goal: &Goal) -> String {
    let subject = Subject::new(&["random search"]);
    let shares = (0..AT_RANDOM).map(|which| {
        let uniform = Streams::new(seed, which).at(Address::of(Purpose::Deliver, subject)).uniform();
        format!("{}%", 10 + (uniform * 91.0) as u64)
    });
    let tried = shares.map(|share| {
        let scenario = scenario(&share).with_seed(seed);
        (mean(&scenario, goal, 1 << 33, budget / AT_RANDOM), share)
    });
    let better = |a: &(f64, String), b: &(f64, String)| {
        let cost = |mean: f64| if goal.less_is_better { -mean } else { mean };
        cost(a.0).total_cmp(&cost(b.0))
    };
    tried.max_by(better).map(|(_, share)| share).expect("some were tried")
}

#[allow(clippy::print_stdout, reason = "a program that reports")]
fn main() {
    let numbers: Vec<u64> = std::env::args().filter_map(|argument| argument.parse().ok()).collect();
    let [searches, budget, runs] =
        [(0, 20), (1, 6_000), (2, 4_000)].map(|(place, usual)| numbers.get(place).copied().unwrap_or(usual));
    let own = scenario("100%");
    let goal = Goal::read(OBJECTIVE, &own.setting).expect("a goal");
    let mut truth = Truth { goal: goal.clone(), runs, known: Default::default() };
    let sign = if goal.less_is_better { -1.0 } else { 1.0 };
    let best =
        (10..=100).step_by(5).map(|share| sign * truth.of(&format!("{share}%"))).fold(f64::MIN, f64::max);
    println!("{OBJECTIVE} of {SCENARIO} over {HORIZON}; the best of a grid of shares: {:.1}", sign * best);
    let (mut within, mut settled, mut near) = (0, 0, 0);
    let mut sums = [0.0; 2];
    for seed in 1..=searches {
        let (share, finalists, holds, delta) = search(seed, budget);
        let found = sign * truth.of(&share);
        let best_met = finalists.iter().map(|share| sign * truth.of(share)).fold(f64::MIN, f64::max);
        let random = at_random(seed, budget, &goal);
        let random_value = sign * truth.of(&random);
        settled += u64::from(holds);
        within += u64::from(found > best_met - delta);
        near += u64::from(found > best - delta);
        sums = [sums[0] + found, sums[1] + random_value];
        println!(
            "seed {seed}: {share} is worth {:.1} (best finalist {:.1}, matters {delta:.1}{}); at random {random}: {:.1}",
            sign * found,
            sign * best_met,
            if holds { "" } else { ", budget ended" },
            sign * random_value
        );
    }
    let [tuned, random] = sums.map(|sum| sign * sum / searches as f64);
    println!("guarantee given {settled} of {searches} times, kept {within} of {searches} times");
    println!("within what matters of the best of the grid {near} of {searches} times");
    println!("mean of what was found {tuned:.1}, at random with as many runs {random:.1}");
    assert!(within as f64 >= CONFIDENCE * searches as f64 - 1.0, "the guarantee is not kept");
}
