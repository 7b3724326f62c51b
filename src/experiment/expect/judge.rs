//! One scenario's expectations, looked at until they are decided.

use std::fmt;
use std::ops::Range;
use std::sync::atomic::AtomicBool;

use super::limits::{difference_limits, mean_limits, quantile_ranks, share_limits};
use super::terms::Terms;
use crate::experiment::blocks::in_blocks;
use crate::experiment::threads::Crew;
use crate::experiment::{Interval, Threads, rank};
use crate::glossary::grouped;
use crate::sim::expectation::{Bounds, Expectation, Measure, Unit};
use crate::sim::{Case, CaseOutcome, Scenario, Trajectory};

/// What became of an expectation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// Its whole interval keeps every bound.
    Pass,
    /// The cap was reached, or the run interrupted, with a bound inside the interval.
    Undecided,
    /// Its whole interval breaks a bound.
    Fail,
}

/// An expectation with its verdict. Prints itself in two lines, for `assert!`.
#[derive(Clone, Debug)]
pub struct Judged {
    /// The expectation.
    pub expectation: Expectation,
    /// The verdict.
    pub outcome: Outcome,
    /// The estimate \[unit of the expectation\]; infinite where most futures never get there.
    pub estimate: f64,
    /// The interval that was judged, at the level of the last look \[unit of the expectation\].
    pub interval: Interval,
    /// Replications that were looked at; 0 where the run was interrupted before the first look.
    pub n: u64,
    /// Whether the run was interrupted before it was decided.
    pub interrupted: bool,
    /// A replication that shows it: the first that is not as expected, where every one has to be.
    pub example: Option<u64>,
}

impl Judged {
    /// Whether it passed.
    pub fn passed(&self) -> bool {
        self.outcome == Outcome::Pass
    }

    /// Whether it was looked at: there are no numbers before the first look.
    pub fn judged(&self) -> bool {
        self.n > 0
    }

    /// What was found, in words: `43.4 % (37.0 % to 49.9 %), 512 futures`.
    pub fn found(&self) -> String {
        match (self.judged(), self.interrupted) {
            (false, _) => "not judged: interrupted".to_owned(),
            (true, true) => format!("{}; interrupted before it was decided", self.numbers()),
            (true, false) => self.numbers(),
        }
    }

    /// The same as part of a sentence: `found 43.4 % ...`.
    pub fn found_in_words(&self) -> String {
        if self.judged() { format!("found {}", self.found()) } else { self.found() }
    }

    fn numbers(&self) -> String {
        let unit = &self.expectation.unit;
        let futures = format!("{} futures", grouped(self.n));
        match (&self.expectation.measure, self.example) {
            (Measure::Never, Some(example)) => {
                format!(
                    "future {example} is not so ({} of {futures} are not)",
                    unit_count(self.estimate, self.n)
                )
            }
            (Measure::Never, None) => format!("so in each of {futures}"),
            _ => {
                let low = unit.show(self.interval.low);
                // Dates are told whole, other ends of an interval with one unit for both.
                let low = match unit {
                    Unit::Date(_) => &low,
                    _ => low.split(' ').next().unwrap_or(&low),
                };
                format!(
                    "{} ({low} to {}), {futures}",
                    unit.show(self.estimate),
                    unit.show(self.interval.high)
                )
            }
        }
    }

    /// What to do about it, where it is undecided.
    pub fn advice(&self) -> Option<String> {
        if self.outcome != Outcome::Undecided || self.interrupted {
            return None;
        }
        let width = self.interval.high - self.interval.low;
        let gap = self.nearest_bound().map_or(0.0, |bound| (bound - self.estimate).abs());
        let more = "give the bound more room";
        if width.is_infinite() {
            return Some(format!("its tail is too rare for so few futures: raise --replications, or {more}"));
        }
        // Twice as near takes four times as many; beyond a thousand times as many nobody waits.
        let nearer = if gap > 0.0 { 0.6 * width / gap } else { f64::INFINITY };
        if nearer > 30.0 {
            return Some(format!("the estimate is all but the bound itself: {more}"));
        }
        let needed = self.n as f64 * nearer * nearer;
        let needed = (needed as u64).max(2 * self.n).next_power_of_two();
        Some(format!("about {} futures would decide it (--replications), or {more}", grouped(needed)))
    }

    /// The bound that lies inside the interval.
    fn nearest_bound(&self) -> Option<f64> {
        let list = match &self.expectation.measure {
            Measure::Chance(bounds) | Measure::Mean(bounds) => [bounds.at_least, bounds.at_most],
            Measure::Quantile(_, Bounds { at_least, at_most }) => {
                [at_least.map(|bound| bound as f64), at_most.map(|bound| bound as f64)]
            }
            Measure::Never => [None, None],
        };
        let near = |a: &f64, b: &f64| (a - self.estimate).abs().total_cmp(&(b - self.estimate).abs());
        list.into_iter().flatten().min_by(near)
    }
}

fn unit_count(share: f64, n: u64) -> String {
    grouped((share * n as f64).round() as u64)
}

impl fmt::Display for Judged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = match self.outcome {
            Outcome::Pass => "passed",
            Outcome::Fail => "FAILED",
            Outcome::Undecided if !self.judged() => "NOT JUDGED",
            Outcome::Undecided => "UNDECIDED",
        };
        let Expectation { name, file, line, asks, .. } = &self.expectation;
        write!(f, "{verdict}  {name}\n  {file}:{line}: expected {asks}\n    {}", self.found_in_words())?;
        self.advice().map_or(Ok(()), |advice| write!(f, "\n    {advice}"))
    }
}

/// Judges all that a scenario's file expects: the short way to [`judge`].
pub fn judge_all(scenario: &Scenario, terms: &Terms) -> Vec<Judged> {
    judge(scenario, scenario.expectations(), terms, &|_, _| {}, &AtomicBool::new(false))
}

/// Judges expectations of a scenario, in their order. `heard` is told, after each block, how many replications are
/// done and how many expectations are still open. When `interrupted` is set, what is open stays undecided.
pub fn judge(
    scenario: &Scenario,
    expectations: &[Expectation],
    terms: &Terms,
    heard: &(dyn Fn(u64, usize) + Sync),
    interrupted: &AtomicBool,
) -> Vec<Judged> {
    let crew = Crew::new(terms.threads);
    let mut trials: Vec<Trial<'_>> = expectations.iter().map(Trial::new).collect();
    let (mut n, mut interrupt) = (0, false);
    for (look, until) in (1..).zip(terms.looks()) {
        let open: Vec<&Expectation> =
            trials.iter().filter(|trial| trial.open()).map(|trial| trial.of).collect();
        let make = |indices| read(scenario, &open, indices);
        in_blocks(&crew, n..until, interrupted, &make, &mut |rows| {
            n += rows.len() as u64;
            for row in rows {
                trials
                    .iter_mut()
                    .filter(|trial| trial.open())
                    .zip(row)
                    .for_each(|(trial, pair)| trial.seen.push(pair));
            }
            heard(n, open.len());
        });
        if n < until {
            interrupt = true;
            break;
        }
        trials.iter_mut().filter(|trial| trial.open()).for_each(|trial| trial.look(terms.level(look)));
        if trials.iter().all(|trial| !trial.open()) {
            break;
        }
    }
    trials.into_iter().map(|trial| trial.finish(interrupt)).collect()
}

/// Runs rule cases side by side; what became of them is in their order.
pub fn run_cases(cases: &[&Case], threads: Threads) -> Vec<CaseOutcome> {
    let run = |index: u64| cases[index as usize].run();
    Crew::new(threads).map(0..cases.len() as u64, &run)
}

/// What the open expectations read from each of some replications, here and in what they compare with. Each scenario is
/// replicated once.
fn read(scenario: &Scenario, open: &[&Expectation], indices: Range<u64>) -> Vec<Vec<(u64, u64)>> {
    let futures = scenario.replicate_all(indices.clone());
    let others: Vec<Option<Vec<Trajectory>>> = (scenario.others().iter().enumerate())
        .map(|(place, other)| {
            let wanted =
                open.iter().any(|expectation| matches!(expectation.there, Some((of, _)) if of == place));
            wanted.then(|| other.replicate_all(indices.clone()))
        })
        .collect();
    let pair = |index: usize, expectation: &Expectation| {
        let there = expectation.there.as_ref().and_then(|(place, quantity)| {
            others.get(*place).and_then(Option::as_ref).map(|futures| quantity.read(&futures[index]))
        });
        (expectation.here.read(&futures[index]), there.unwrap_or(0))
    };
    let row = |index| open.iter().map(|expectation| pair(index, expectation)).collect();
    (0..futures.len()).map(row).collect()
}

/// An expectation under trial.
struct Trial<'e> {
    of: &'e Expectation,
    /// What was read, here and there, by replication.
    seen: Vec<(u64, u64)>,
    /// Of `at_least` and `at_most`: whether it is known to be kept; a bound that is not given is.
    kept: [bool; 2],
    broken: bool,
    /// How many of them there were at the last look.
    looked: u64,
    estimate: f64,
    interval: Interval,
    example: Option<u64>,
}

impl Trial<'_> {
    fn new(of: &Expectation) -> Trial<'_> {
        let kept = match &of.measure {
            Measure::Chance(bounds) | Measure::Mean(bounds) => {
                [bounds.at_least.is_none(), bounds.at_most.is_none()]
            }
            Measure::Quantile(_, bounds) => [bounds.at_least.is_none(), bounds.at_most.is_none()],
            Measure::Never => [false, true],
        };
        let interval = Interval { low: f64::NEG_INFINITY, high: f64::INFINITY };
        Trial {
            of,
            seen: Vec::new(),
            kept,
            broken: false,
            looked: 0,
            estimate: f64::NAN,
            interval,
            example: None,
        }
    }

    fn open(&self) -> bool {
        !self.broken && self.kept.contains(&false)
    }

    /// Looks at all that was seen, with limits that are wrong with a chance of `level` each.
    fn look(&mut self, level: f64) {
        self.looked = self.n();
        match &self.of.measure {
            Measure::Chance(bounds) => {
                (self.estimate, self.interval) = self.chance(level);
                self.hold(*bounds);
            }
            Measure::Mean(bounds) => {
                (self.estimate, self.interval) = self.mean(level);
                self.hold(*bounds);
            }
            Measure::Quantile(share, bounds) => self.quantile(*share, *bounds, level),
            Measure::Never => self.never(level),
        }
    }

    /// Holds the interval against the bounds.
    fn hold(&mut self, bounds: Bounds<f64>) {
        let Interval { low, high } = self.interval;
        self.kept[0] |= bounds.at_least.is_some_and(|least| low >= least);
        self.kept[1] |= bounds.at_most.is_some_and(|most| high <= most);
        self.broken |= bounds.at_least.is_some_and(|least| high < least);
        self.broken |= bounds.at_most.is_some_and(|most| low > most);
    }

    fn n(&self) -> u64 {
        self.seen.len() as u64
    }

    fn count(&self, is: impl Fn(&(u64, u64)) -> bool) -> u64 {
        self.seen.iter().filter(|pair| is(pair)).count() as u64
    }

    fn chance(&self, level: f64) -> (f64, Interval) {
        let n = self.n();
        let here = self.count(|(here, there)| here > there);
        let there = self.count(|(here, there)| here < there);
        let estimate = (here as f64 - there as f64) / n as f64;
        let limits = match self.of.there {
            Some(_) => difference_limits(here, there, n, level),
            None => share_limits(here, n, level),
        };
        (estimate, limits)
    }

    fn mean(&self, level: f64) -> (f64, Interval) {
        let values: Vec<f64> = self.seen.iter().map(|(here, there)| *here as f64 - *there as f64).collect();
        let largest = self.seen.iter().map(|(here, there)| *here.max(there)).max().unwrap_or(0);
        let mean = values.iter().sum::<f64>() / values.len().max(1) as f64;
        (mean, mean_limits(&values, largest as f64, level))
    }

    /// A quantile is at most b where the share of values up to b is at least its own; it is at least b where the
    /// share of values below b is less.
    fn quantile(&mut self, share: f64, bounds: Bounds<u64>, level: f64) {
        let n = self.n();
        if let Some(most) = bounds.at_most {
            let limits = share_limits(self.count(|(here, _)| *here <= most), n, level);
            self.kept[1] |= limits.low >= share;
            self.broken |= limits.high < share;
        }
        if let Some(least) = bounds.at_least {
            let limits = share_limits(self.count(|(here, _)| *here < least), n, level);
            self.kept[0] |= limits.high < share;
            self.broken |= limits.low >= share;
        }
        let mut sorted: Vec<u64> = self.seen.iter().map(|(here, _)| *here).collect();
        sorted.sort_unstable();
        let at = |rank: Option<u64>| rank.and_then(|rank| sorted.get(rank as usize - 1).copied());
        let value = |value: u64| if value == u64::MAX { f64::INFINITY } else { value as f64 };
        let (low, high) = quantile_ranks(share, n, level);
        self.estimate = at(Some(rank_of(share, n))).map_or(f64::INFINITY, value);
        self.interval =
            Interval { low: at(low).map_or(0.0, value), high: at(high).map_or(f64::INFINITY, value) };
    }

    fn never(&mut self, level: f64) {
        let n = self.n();
        let differs = |(here, there): &(u64, u64)| here + there > 0;
        let count = self.count(differs);
        self.estimate = count as f64 / n as f64;
        self.interval = share_limits(count, n, level);
        self.example = self.seen.iter().position(differs).map(|place| place as u64);
        self.broken = count > 0;
        self.kept[0] = count == 0;
    }

    /// What became of it; `interrupt` is whether the run ended before all was decided.
    fn finish(self, interrupt: bool) -> Judged {
        let outcome = match (self.broken, self.open()) {
            (true, _) => Outcome::Fail,
            (false, true) => Outcome::Undecided,
            (false, false) => Outcome::Pass,
        };
        let interrupted = interrupt && outcome == Outcome::Undecided;
        let Trial { of, estimate, interval, example, looked: n, .. } = self;
        Judged { expectation: of.clone(), outcome, estimate, interval, n, interrupted, example }
    }
}

/// Which of n sorted values, from 1, is the quantile.
fn rank_of(share: f64, n: u64) -> u64 {
    // Whole per cents are ranked in whole numbers, as everywhere.
    let percent = 100.0 * share;
    if percent.fract() == 0.0 {
        rank(percent as u64, n)
    } else {
        ((share * n as f64).ceil() as u64).clamp(1, n.max(1))
    }
}
