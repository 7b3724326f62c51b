//! What a replication costs, and that it costs the same for ten thousand customers as for ten million.
//!
//! `cargo bench --bench first_climb` times; `cargo bench --bench first_climb -- lists` prints the ratios side by side.

use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

use criterion::{Criterion, criterion_group};
use tiercast::sim::Scenario;

/// Cost for a longer list, over that for the shortest, must stay below this.
const MOST: f64 = 1.5;
const LISTS: [u64; 4] = [10_000, 100_000, 1_000_000, 10_000_000];

fn first_climb(changes: &[(String, String)]) -> Scenario {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/first-climb.ron");
    Scenario::load(&file, changes).unwrap_or_else(|found| panic!("{found}"))
}

/// The first climb with a list of another size. A tier without a limit would let the longer lists do what the shorter
/// cannot, so that all send the same: a thousand a day.
fn with_list(customers: u64) -> Scenario {
    first_climb(&[
        ("audience.segments.members.customers".to_owned(), customers.to_string()),
        ("sender.plan".to_owned(), "Constant(a_day: 1000)".to_owned()),
    ])
}

fn replications(c: &mut Criterion) {
    let scenario = first_climb(&[]);
    let mut index = 0;
    c.bench_function("first climb/one replication", |b| {
        b.iter(|| {
            index = (index + 1) % 1_000;
            black_box(scenario.replicate(index))
        });
    });
    c.bench_function("first climb/64 replications", |b| {
        b.iter(|| scenario.replicate_all(0..64).iter().map(|run| run.outcome.final_tier).sum::<usize>());
    });
    for customers in LISTS {
        for (plan, scenario) in
            [("a thousand a day", with_list(customers)), ("filling the limit", filling(customers))]
        {
            let mut index = 0;
            c.bench_function(&format!("{plan}/list of {customers}"), |b| {
                b.iter(|| {
                    index = (index + 1) % 1_000;
                    black_box(scenario.replicate(index))
                });
            });
        }
    }
    c.bench_function("first climb/load", |b| b.iter(|| black_box(first_climb(&[]))));
}

/// Microseconds a replication by length of list, measured in turns, the best of many rounds each.
fn lists(name: &str, scenario: impl Fn(u64) -> Scenario) -> f64 {
    let scenarios = LISTS.map(scenario);
    let mut best = [f64::INFINITY; LISTS.len()];
    for _ in 0..15 {
        for (scenario, best) in scenarios.iter().zip(&mut best) {
            let start = Instant::now();
            for index in 0..100 {
                black_box(scenario.replicate(index));
            }
            *best = best.min(start.elapsed().as_secs_f64() * 1e6 / 100.0);
        }
    }
    let columns: Vec<String> = LISTS
        .iter()
        .zip(best)
        .map(|(list, micros)| format!("{list}: {micros:.1} us ({:.2} x)", micros / best[0]))
        .collect();
    show(&format!("{name}, a replication by length of list: {}", columns.join("   ")));
    best.iter().fold(0.0, |most: f64, micros| most.max(micros / best[0]))
}

#[expect(clippy::print_stdout, reason = "a benchmark shows what it measured")]
fn show(line: &str) {
    println!("{line}");
}

fn filling(customers: u64) -> Scenario {
    first_climb(&[("audience.segments.members.customers".to_owned(), customers.to_string())])
}

criterion_group!(benches, replications);

fn main() {
    let only_lists = std::env::args().any(|argument| argument == "lists");
    if !only_lists {
        benches();
        Criterion::default().configure_from_args().final_summary();
    }
    lists("filling the limit", filling);
    let most = lists("a thousand a day", with_list);
    assert!(most < MOST, "a longer list costs {most:.2} times as much");
}
