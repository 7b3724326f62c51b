//! Which settings of a plan serve an objective best, under conditions, when every look at them is a throw of dice?
//!
//! ```text
//!   Question   what may be varied, what is wanted, what must hold, from when on a difference matters
//!      |                                                            luck
//!   design     a Latin hypercube, and the scenario as it stands      |
//!   rounds     half as many settings, twice as many runs each; a     | search: the same for all settings
//!      |       third of those that go on are new neighbours          |
//!      |       dropped: who breaks a condition, who is behind       -+
//!   finals     conditions are shown by exact bounds, shared by all   | fresh, the same for all finalists
//!      |       the best of those that keep them by Kim and Nelson   -+
//!   Tuning     settings, rounds, finals, the choice, the front of objective against risk
//!      |
//!   confirmation   fresh luck again: a Comparison of the scenario as it stands with the choice
//! ```
//!
//! Who did best in the search was also lucky in it: its estimate is too good. So each stage has luck of its own, and
//! only what the confirmation finds is to be believed. All settings of a stage share their luck (common random
//! numbers): they are compared by differences.
//!
//! *Successive halving*: Z. Karnin, T. Koren and O. Somekh, "Almost optimal exploration in multi-armed bandits" (ICML
//! 2013); K. Jamieson and A. Talwalkar, "Non-stochastic best arm identification and hyperparameter optimization"
//! (AISTATS 2016). Runs of a setting that goes on are kept and added to. The guarantee is that of `selection.rs`: it is
//! about the finalists, and says nothing of settings that were left behind or never tried.
//!
//! *Invariant:* the answer depends on the question, the plan and the futures alone, not on threads, nor on whether the
//! search was interrupted and went on from its [`Ledger`].

mod design;
mod front;
mod goal;
mod ledger;
mod plan;
mod scenarios;
mod search;
mod selection;

use std::ops::Range;
use std::sync::atomic::AtomicBool;

use super::difference::Matters;
use super::factor::Factor;
use super::headline::Headline;
use super::threads::{Crew, Threads};

pub use front::FrontPoint;
pub use goal::{Constraint, Estimate, Goal, GoalError, Kept, estimate};
pub use ledger::Ledger;
pub use plan::{Plan, TooSmall};
pub use scenarios::{Load, Scenarios};
pub use selection::{Rules as SelectionRules, Selected};

use goal::check_together;
use ledger::{Clerk, Stage};
use search::Search;

/// What is asked.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// What may be varied.
    pub factors: Vec<Factor>,
    /// What stands at the path of each in the scenario as it is; nothing where nothing does.
    pub own: Vec<Option<String>>,
    /// What is to be made better.
    pub goal: Goal,
    /// What must hold.
    pub constraints: Vec<Constraint>,
    /// What the objective is weighed against.
    pub risk: Option<Headline>,
    /// From when on a difference of the objective matters.
    pub matters: Matters,
    /// With which confidence the best finalist is to be selected \[share\].
    pub confidence: f64,
    /// The seed: of the futures, and of the points that are tried.
    pub seed: u64,
}

/// The futures of settings.
pub trait Futures: Sync {
    /// Makes the next setting ready, one value for each factor; none for the scenario as it stands, which comes first.
    fn admit(&mut self, values: &[String]) -> Admission;

    /// What a replication of an admitted setting counts: the whole number of each of the question's
    /// [`metrics`](Question::metrics).
    fn values(&self, setting: usize, replication: u64) -> Vec<u64>;

    /// The same of several replications, in their order: for those who can run them side by side.
    fn values_of_all(&self, setting: usize, replications: Range<u64>) -> Vec<Vec<u64>> {
        replications.map(|replication| self.values(setting, replication)).collect()
    }
}

/// Whether a setting can be run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Admission {
    /// It is the next one.
    Ready,
    /// It is no other than one that was admitted before.
    Same,
    /// It makes no scenario: why.
    Refused(String),
}

/// The search was interrupted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Interrupted;

/// A setting that was tried.
#[derive(Clone, Debug, PartialEq)]
pub struct Tried {
    /// The value of each factor, as `--set` takes it; what stands there for the scenario as it is.
    pub values: Vec<String>,
    /// Where it lies between the ends of each factor \[0 to 1\].
    pub position: Vec<f64>,
    /// Where it came from.
    pub origin: Origin,
    /// What became of it.
    pub fate: Fate,
}

/// Where a setting came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// It is the scenario as it stands.
    AsItStands,
    /// A point of the design.
    Design,
    /// A neighbour of another setting.
    Near(usize),
}

/// What became of a setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is still in the search, which was interrupted.
    Open,
    /// In this round others were better.
    Behind(usize),
    /// In this round its runs showed that it breaks a condition.
    Unfit(usize),
    /// It came to the finals.
    Finalist,
}

/// One round of the search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Round {
    /// Runs of each setting by its end \[replications\].
    pub runs: u64,
    /// The settings.
    pub settings: Vec<usize>,
}

/// The finals.
#[derive(Clone, Debug, PartialEq)]
pub struct Finals {
    /// Who came to them, the best of the search first.
    pub finalists: Vec<usize>,
    /// How each condition stands for each finalist.
    pub kept: Vec<Vec<Kept>>,
    /// By how many runs of each that was judged \[replications\].
    pub judged_on: u64,
    /// How the best was selected.
    pub rules: SelectionRules,
    /// Who was selected among those that are shown to keep every condition; nobody where there are none.
    pub selected: Option<Selected>,
    /// Where there are none: who comes nearest.
    pub nearest: Option<usize>,
}

/// Why nothing can be tuned.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Idle {
    /// The objective is the same in every run of every setting \[unit of the objective\].
    Constant(f64),
    /// It differs from run to run and not from setting to setting.
    Alike,
}

/// What was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Tuning {
    /// What was asked.
    pub question: Question,
    /// How the runs were shared out.
    pub plan: Plan,
    /// Every setting that was tried; the first is the scenario as it stands.
    pub settings: Vec<Tried>,
    /// The rounds of the search.
    pub rounds: Vec<Round>,
    /// Settings that make no scenario: values, and why.
    pub refused: Vec<(Vec<String>, String)>,
    /// How many points were no other settings than those before.
    pub same: u64,
    /// The finals, as far as they came.
    pub finals: Option<Finals>,
    /// Why nothing could be tuned.
    pub idle: Option<Idle>,
    /// What was run.
    pub ledger: Ledger,
    /// Whether it was not interrupted.
    pub complete: bool,
}

impl Question {
    /// What every replication must count: objective, conditions, risk, each headline once.
    pub fn metrics(&self) -> Vec<Headline> {
        let conditions = self.constraints.iter().map(|constraint| &constraint.headline);
        let all = std::iter::once(&self.goal.headline).chain(conditions).chain(&self.risk);
        let mut metrics: Vec<Headline> = Vec::new();
        for headline in all {
            if !metrics.contains(headline) {
                metrics.push(headline.clone());
            }
        }
        metrics
    }

    /// The position of a headline among the metrics.
    fn metric(&self, headline: &Headline) -> usize {
        self.metrics().iter().position(|metric| metric == headline).unwrap_or(0)
    }

    /// How many settings there are, the scenario's own included; `None` for more than can be counted.
    pub fn space(&self) -> Option<u64> {
        design::space(&self.factors)?.checked_add(1)
    }

    /// Checks what would make every search senseless.
    ///
    /// # Errors
    /// No factor, one path twice, conditions that cannot hold together.
    pub fn check(&self) -> Result<(), GoalError> {
        if self.factors.is_empty() {
            let help = "such as --vary sender.plan.share=20%..100%";
            return Err(GoalError::new("nothing is varied, so nothing can be tuned", help));
        }
        for (place, factor) in self.factors.iter().enumerate() {
            if self.factors[..place].iter().any(|other| other.path() == factor.path()) {
                let message = format!("`{}` is varied twice", factor.path());
                return Err(GoalError::new(message, "give each path once"));
            }
        }
        check_together(&self.constraints)
    }
}

impl Tuning {
    /// Searches.
    ///
    /// `ledger` is what an earlier search for the same question had run, or an empty one. `progress` hears after each
    /// block of runs how many there are. When `interrupted` is set the search stops before its next block; what it had
    /// found by then is there, and not [`complete`](Tuning::complete).
    pub fn run(
        question: Question,
        plan: Plan,
        futures: &mut dyn Futures,
        ledger: Ledger,
        threads: Threads,
        progress: &(dyn Fn(u64) + Sync),
        interrupted: &AtomicBool,
    ) -> Tuning {
        let clerk = Clerk { crew: Crew::new(threads), progress, interrupted };
        Search::new(question, plan, futures, ledger, clerk).run()
    }

    /// The setting that is proposed: the selected one, or the one that comes nearest to keeping the conditions.
    pub fn chosen(&self) -> Option<usize> {
        let finals = self.finals.as_ref()?;
        finals.selected.as_ref().map(|selected| selected.best).or(finals.nearest)
    }

    /// Whether the chosen setting is shown to keep every condition.
    pub fn keeps_conditions(&self) -> bool {
        self.finals.as_ref().is_some_and(|finals| finals.selected.is_some())
    }

    /// What all runs of a setting say about a headline, but for those of the confirmation: too good for who did well.
    pub fn estimate(&self, setting: usize, headline: &Headline) -> Option<Estimate> {
        let values = self.ledger.all_values(setting, self.question.metric(headline));
        goal::estimate(headline.unit(), &values)
    }

    /// The same by the first `runs` of the search alone.
    pub fn estimate_in_search(&self, setting: usize, headline: &Headline, runs: u64) -> Option<Estimate> {
        let values = self.ledger.values(Stage::Search, setting, self.question.metric(headline));
        goal::estimate(headline.unit(), &values[..values.len().min(runs as usize)])
    }

    /// Runs of a setting \[replications\].
    pub fn runs_of(&self, setting: usize) -> u64 {
        self.ledger.count(Stage::Search, setting) + self.ledger.count(Stage::Finals, setting)
    }

    /// Objective against risk, of every setting that was run; nothing where nothing is a risk.
    pub fn front(&self) -> Vec<FrontPoint> {
        front::of(self)
    }
}

#[cfg(test)]
mod tests;
