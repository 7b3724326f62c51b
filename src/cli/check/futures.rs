//! `--futures N`: what N random futures of each scenario reach of the rules.

use serde::Serialize;
use tiercast::experiment::{Fired, FiredClause, Interval, Share, watch_fired};
use tiercast::glossary::grouped;
use tiercast::platform::Ruleset;
use tiercast::report::fired::table;

use super::args::Check;
use super::files::RightFile;
use crate::cli::progress::spinner;
use crate::cli::{Failure, interrupt};

impl Check {
    /// Watches futures of every scenario, and tells of each ruleset what fired in them.
    pub(super) fn watch_all(&self, files: &[RightFile], quiet: bool) -> Result<Vec<Fired>, Failure> {
        let Some(futures) = self.futures else { return Ok(Vec::new()) };
        let mut fired: Vec<Fired> = Vec::new();
        let bar = spinner(quiet);
        for file in files {
            let Some(scenario) = file.scenario() else { continue };
            for name in scenario.rulesets() {
                if !fired.iter().any(|known| known.ruleset == name) {
                    fired.push(Fired::of(&Ruleset::read(&file.ruleset_document(name)?)?));
                }
            }
            let scenario = self.seeded(scenario.clone());
            let heard = |n| {
                bar.set_message(format!("{}: {} futures watched", file.name, grouped(n)));
                bar.tick();
            };
            let threads = self.threads.get();
            watch_fired(
                (&file.name, &scenario),
                0..futures,
                threads,
                &mut fired,
                &heard,
                interrupt::listen(),
            );
        }
        bar.finish_and_clear();
        if fired.is_empty() {
            return Err(Failure::Usage {
                message: "--futures needs a scenario, and there is none".to_owned(),
                help: "name a file that begins with Scenario(, or leave --futures out: cases have no futures"
                    .to_owned(),
            });
        }
        Ok(fired)
    }
}

/// The tables of all rulesets.
pub(super) fn render(fired: &[Fired], width: usize) -> String {
    let mut text = String::from("What random futures reach of the rules, and how often:\n");
    fired.iter().for_each(|fired| text.push_str(&table(fired, width)));
    text.push('\n');
    text
}

// ---- for programs -------------------------------------------------------------------------------------------------

/// What futures reach of a ruleset, for programs.
#[derive(Serialize)]
pub(super) struct FiredReport<'r> {
    ruleset: &'r str,
    scenarios: &'r [String],
    /// Part of the counted clauses that fired in any future.
    share_of_clauses: f64,
    clauses: Vec<FiredClauseReport<'r>>,
}

#[derive(Serialize)]
struct FiredClauseReport<'r> {
    clause: &'r str,
    counted: bool,
    #[serde(flatten)]
    fired: ShareReport,
    transitions: Vec<FiredTransitionReport>,
}

#[derive(Serialize)]
struct FiredTransitionReport {
    transition: String,
    #[serde(flatten)]
    fired: ShareReport,
}

/// The share of futures in which something fired.
#[derive(Serialize)]
struct ShareReport {
    futures: u64,
    n: u64,
    share: Option<f64>,
    ci_low: f64,
    ci_high: f64,
}

impl<'r> FiredReport<'r> {
    pub(super) fn of(fired: &'r Fired) -> FiredReport<'r> {
        FiredReport {
            ruleset: &fired.ruleset,
            scenarios: &fired.scenarios,
            share_of_clauses: fired.share_of_clauses().as_f64(),
            clauses: fired.clauses.iter().map(|clause| FiredClauseReport::of(fired, clause)).collect(),
        }
    }
}

impl<'r> FiredClauseReport<'r> {
    fn of(fired: &Fired, clause: &'r FiredClause) -> FiredClauseReport<'r> {
        let transition =
            |(transition, futures): &(tiercast::platform::Transition, u64)| FiredTransitionReport {
                transition: transition.to_string(),
                fired: ShareReport::of(fired.share(*futures)),
            };
        FiredClauseReport {
            clause: &clause.path,
            counted: clause.counted,
            fired: ShareReport::of(fired.share(clause.futures)),
            transitions: clause.transitions.iter().map(transition).collect(),
        }
    }
}

impl ShareReport {
    fn of(share: Share) -> ShareReport {
        let Interval { low, high } = share.interval();
        ShareReport { futures: share.count, n: share.n, share: share.estimate(), ci_low: low, ci_high: high }
    }
}
