//! A test in another crate: load a scenario and rule cases, run them, assert on typed results.
//!
//! Copy the test below into the `tests/` of the crate that keeps your rules or plans, with `tiercast` as a development
//! dependency; without the tool: `tiercast = { version = "0.1", default-features = false, features = ["parallel"] }`.

#![allow(clippy::print_stdout, reason = "an example that says how to run it")]

fn main() {
    println!("A test to copy: cargo test --example assert_on_a_scenario");
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use tiercast::experiment::{Ensemble, expect};
    use tiercast::sim::{CaseFile, Metric, Scenario};

    #[test]
    fn our_plan_keeps_its_promises() {
        let plan = Scenario::load(Path::new("scenarios/cold-list.ron"), &[]).unwrap();
        for judged in expect::judge_all(&plan, &expect::Terms::default()) {
            assert!(judged.passed(), "{judged}");
        }
        let futures = Ensemble::of(&plan, 200);
        assert!(futures.share(|row| row.outcome.flags > 0).interval().low > 0.5);
        assert!(futures.rows().iter().all(|row| row.outcome.totals[Metric::Sent as usize] <= 150_000));
    }

    #[test]
    fn our_rules_do_what_the_cases_say() {
        for outcome in CaseFile::load(Path::new("tests/cases/rise.ron")).unwrap().run() {
            assert!(outcome.passed(), "{outcome}");
        }
    }
}
