//! The stages of a search: design, rounds, finals.

use super::super::headline::Unit;
use super::design::{self, Draws};
use super::ledger::{Clerk, Stage};
use super::plan::{neighbours, next_round};
use super::selection::{self, Contest, Rules};
use super::{
    Admission, Fate, Finals, Futures, Idle, Interrupted, Kept, Ledger, Origin, Plan, Question, Round, Tried,
    Tuning,
};

/// Of what a condition's confidence leaves open, the part that each round may take to drop a setting: one in so many.
const DROP: u64 = 10;
/// Draws for one neighbour, until it is a new setting.
const ATTEMPTS: u32 = 8;
/// Runs of the scenario as it stands from which a relative threshold is taken, where there is no search \[replications\].
const PILOT: u64 = 50;

/// How many standard deviations the truth is taken to lie on the bad side of what a search saw, when settings are put in
/// order by whether the finals would show the conditions: as seen, a little better or worse, better or worse.
const LEANS: [f64; 5] = [0.0, -0.5, 0.5, -1.0, 1.0];

/// A search under way.
pub(super) struct Search<'s> {
    plan: Plan,
    futures: &'s mut dyn Futures,
    clerk: Clerk<'s>,
    tuning: Tuning,
}

impl<'s> Search<'s> {
    pub(super) fn new(
        question: Question,
        plan: Plan,
        futures: &'s mut dyn Futures,
        ledger: Ledger,
        clerk: Clerk<'s>,
    ) -> Search<'s> {
        let tuning = Tuning {
            question,
            plan,
            settings: Vec::new(),
            rounds: Vec::new(),
            refused: Vec::new(),
            same: 0,
            finals: None,
            idle: None,
            ledger: ledger.rewound(),
            complete: false,
        };
        Search { plan, futures, clerk, tuning }
    }

    pub(super) fn run(mut self) -> Tuning {
        self.tuning.complete = self.stages().is_ok();
        self.tuning
    }

    fn stages(&mut self) -> Result<(), Interrupted> {
        self.design();
        if self.tuning.settings.len() < 2 {
            return Ok(());
        }
        let all: Vec<usize> = (0..self.tuning.settings.len()).collect();
        let finalists = if self.plan.first > 0 { self.rounds(all)? } else { all };
        if self.tuning.idle.is_some() || finalists.is_empty() {
            return Ok(());
        }
        self.finals(finalists)
    }

    // ---- design ---------------------------------------------------------------------------------------------

    /// The scenario as it stands, and the points of the design.
    fn design(&mut self) {
        let Question { factors, own, seed, .. } = &self.tuning.question;
        let places = factors.iter().zip(own);
        let place = |(factor, own): (_, &Option<String>)| {
            own.as_ref().and_then(|own| design::position_of(factor, own)).unwrap_or(0.5)
        };
        let position = places.map(place).collect();
        let values = own.iter().map(|own| own.as_deref().unwrap_or_default().trim_matches('"').to_owned());
        let values = values.collect();
        let points = if self.plan.every_setting {
            design::every(factors)
        } else {
            Draws(*seed).latin(factors, self.plan.points.saturating_sub(1) as usize)
        };
        if let Admission::Refused(why) = self.futures.admit(&[]) {
            self.tuning.refused.push((Vec::new(), why));
            return;
        }
        let own = Tried { values, position, origin: Origin::AsItStands, fate: Fate::Open };
        self.tuning.settings.push(own);
        for point in points {
            self.admit(&point, Origin::Design);
        }
    }

    /// Adds the setting at a point, if it is a new one and makes a scenario.
    fn admit(&mut self, point: &[f64], origin: Origin) -> Option<usize> {
        let (values, position) = design::values(&self.tuning.question.factors, point);
        let tuning = &mut self.tuning;
        let known = tuning.settings.iter().skip(1).any(|setting| setting.values == values);
        let admission = if known { Admission::Same } else { self.futures.admit(&values) };
        match admission {
            Admission::Ready => {
                tuning.settings.push(Tried { values, position, origin, fate: Fate::Open });
                return Some(tuning.settings.len() - 1);
            }
            Admission::Same => tuning.same += 1,
            Admission::Refused(why) => tuning.refused.push((values, why)),
        }
        None
    }

    // ---- rounds ---------------------------------------------------------------------------------------------

    /// Round after round, until so few are left that they go to the finals.
    fn rounds(&mut self, mut alive: Vec<usize>) -> Result<Vec<usize>, Interrupted> {
        let (mut runs, mut number) = (self.plan.first, 1);
        let finalists = self.plan.finalists;
        loop {
            self.fill(Stage::Search, &alive, runs)?;
            self.tuning.rounds.push(Round { runs, settings: alive.clone() });
            if number == 1 {
                self.tuning.idle = self.idle(Stage::Search, &alive);
            }
            let fit = self.drop_unfit(&alive, number);
            let next = next_round(alive.len() as u64, finalists);
            let new = neighbours(next, finalists);
            let going = self.pick(&fit, (next - new) as usize);
            self.leave_behind(&fit, &going, number);
            if next <= finalists || self.tuning.idle.is_some() {
                return Ok(going);
            }
            alive = going;
            let near = self.neighbours(&alive, new as usize, number);
            alive.extend(near);
            (runs, number) = (2 * runs, number + 1);
        }
    }

    fn fill(&mut self, stage: Stage, settings: &[usize], runs: u64) -> Result<(), Interrupted> {
        self.clerk.fill(&mut self.tuning.ledger, &*self.futures, stage, (settings, runs))
    }

    /// Those whose runs do not show that a condition is broken. If all do, the search goes on with all: it will say who
    /// comes nearest.
    fn drop_unfit(&mut self, alive: &[usize], number: usize) -> Vec<usize> {
        let broken = |setting: usize| {
            self.tuning.question.constraints.iter().any(|constraint| {
                let metric = self.tuning.question.metric(&constraint.headline);
                let values = self.tuning.ledger.values(Stage::Search, setting, metric);
                constraint.judge(values, DROP) == Kept::Broken
            })
        };
        let (unfit, fit): (Vec<usize>, Vec<usize>) = alive.iter().partition(|setting| broken(**setting));
        if fit.is_empty() {
            return unfit;
        }
        unfit.iter().for_each(|setting| self.tuning.settings[*setting].fate = Fate::Unfit(number));
        fit
    }

    /// The best of some settings by their runs in the search. Under conditions several orders take turns, so that
    /// settings near a limit and settings far from it both go on, and what can be shown in the end is among them.
    fn pick(&self, settings: &[usize], count: usize) -> Vec<usize> {
        let orders = LEANS.map(|lean| self.order(settings, lean));
        let mut picked: Vec<usize> = Vec::new();
        for one in (0..settings.len()).flat_map(|place| orders.each_ref().map(|order| order[place])) {
            if picked.len() < count && !picked.contains(&one) {
                picked.push(one);
            }
        }
        picked
    }

    /// Settings by how far the conditions would be missed in the finals, then by the objective.
    fn order(&self, settings: &[usize], lean: f64) -> Vec<usize> {
        let mut keyed: Vec<(f64, f64, usize)> = settings
            .iter()
            .map(|one| (self.missed(*one, lean), -self.merit(Stage::Search, *one), *one))
            .collect();
        keyed.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)).then(a.2.cmp(&b.2)));
        keyed.into_iter().map(|(_, _, setting)| setting).collect()
    }

    /// How far a setting would miss the conditions in the finals, by its runs in the search \[sum of shares of limits\].
    fn missed(&self, setting: usize, lean: f64) -> f64 {
        let question = &self.tuning.question;
        let shares = (self.plan.finalists * question.constraints.len() as u64) as f64;
        let runs = self.plan.block * self.plan.looks_from;
        let each = question.constraints.iter().map(|constraint| {
            let metric = question.metric(&constraint.headline);
            let values = self.tuning.ledger.values(Stage::Search, setting, metric);
            constraint.missed(values, (1.0 - constraint.confidence) / shares, (runs, lean))
        });
        each.sum()
    }

    /// The mean objective of a setting, more is better \[unit of the objective\].
    fn merit(&self, stage: Stage, setting: usize) -> f64 {
        let values = self.tuning.ledger.values(stage, setting, 0);
        let sum: u128 = values.iter().map(|value| u128::from(*value)).sum();
        let goal = &self.tuning.question.goal;
        goal.merit(sum as f64 / values.len().max(1) as f64 / goal.headline.unit().per_unit())
    }

    fn leave_behind(&mut self, fit: &[usize], going: &[usize], number: usize) {
        for setting in fit.iter().filter(|setting| !going.contains(setting)) {
            self.tuning.settings[*setting].fate = Fate::Behind(number);
        }
    }

    /// New settings near those that go on, the best first.
    fn neighbours(&mut self, parents: &[usize], count: usize, round: usize) -> Vec<usize> {
        let draws = Draws(self.tuning.question.seed);
        let mut found = Vec::new();
        for which in 0..count {
            let parent = parents[which % parents.len()];
            for attempt in 0..ATTEMPTS {
                let position = &self.tuning.settings[parent].position;
                let address = which as u32 * ATTEMPTS + attempt;
                let factors = &self.tuning.question.factors;
                let point = draws.neighbour(factors, position, round as u32, address);
                if let Some(setting) = self.admit(&point, Origin::Near(parent)) {
                    found.push(setting);
                    break;
                }
            }
        }
        found
    }

    /// Whether the objective can be tuned at all.
    fn idle(&self, stage: Stage, settings: &[usize]) -> Option<Idle> {
        let values = |setting: &usize| self.tuning.ledger.values(stage, *setting, 0);
        let first = values(settings.first()?);
        if !settings.iter().all(|setting| values(setting) == first) {
            return None;
        }
        let one = *first.first()?;
        let unit = self.tuning.question.goal.headline.unit().per_unit();
        let constant = first.iter().all(|value| *value == one);
        Some(if constant { Idle::Constant(one as f64 / unit) } else { Idle::Alike })
    }

    // ---- finals ---------------------------------------------------------------------------------------------

    /// Judges the conditions of the finalists, and selects the best of those that keep them.
    fn finals(&mut self, finalists: Vec<usize>) -> Result<(), Interrupted> {
        for setting in &finalists {
            self.tuning.settings[*setting].fate = Fate::Finalist;
        }
        let delta = self.delta(&finalists)?;
        let judged_on = self.plan.block * self.plan.looks_from;
        self.fill(Stage::Finals, &finalists, judged_on)?;
        if self.plan.first == 0 {
            self.tuning.idle = self.idle(Stage::Finals, &finalists);
        }
        let question = &self.tuning.question;
        let conditional = !question.constraints.is_empty();
        let alpha = 1.0 - question.confidence;
        let beta = selection::beta(alpha, finalists.len(), conditional);
        let rules = Rules { first: self.plan.looks_from, beta, delta };
        let kept: Vec<Vec<Kept>> = finalists.iter().map(|one| self.judge(*one, finalists.len())).collect();
        let shown = |kept: &Vec<Kept>| kept.iter().all(|kept| *kept == Kept::Shown);
        let fit = finalists.iter().zip(&kept).filter(|(_, kept)| shown(kept)).map(|(one, _)| *one);
        let fit: Vec<usize> = fit.collect();
        let nearest = if fit.is_empty() { self.nearest(&finalists) } else { None };
        let finals = Finals { finalists, kept, judged_on, rules, selected: None, nearest };
        self.tuning.finals = Some(finals);
        if self.tuning.idle.is_none() && !fit.is_empty() {
            let selected = selection::select(self, &fit, &rules)?;
            self.tuning.finals.iter_mut().for_each(|finals| finals.selected = Some(selected.clone()));
        }
        Ok(())
    }

    /// From when on a difference matters \[unit of the objective\], fixed before the finals: of sums a share of the
    /// largest mean that the search saw.
    fn delta(&mut self, finalists: &[usize]) -> Result<f64, Interrupted> {
        let unit = self.tuning.question.goal.headline.unit();
        if self.plan.first == 0 && matches!(unit, Unit::Messages | Unit::Currency) {
            self.fill(Stage::Search, finalists, PILOT)?;
        }
        let means = finalists.iter().chain(&[0]).map(|one| self.merit(Stage::Search, *one).abs());
        let largest = means.fold(0.0, f64::max);
        Ok(self.tuning.question.matters.threshold(unit, [largest; 2]).max(f64::MIN_POSITIVE))
    }

    /// How the conditions stand for a finalist, each judgement with its share of what is left open.
    fn judge(&self, setting: usize, finalists: usize) -> Vec<Kept> {
        let question = &self.tuning.question;
        let shares = (finalists * question.constraints.len()) as u64;
        let one = |constraint: &super::Constraint| {
            let metric = question.metric(&constraint.headline);
            constraint.judge(self.tuning.ledger.values(Stage::Finals, setting, metric), shares)
        };
        question.constraints.iter().map(one).collect()
    }

    /// Who misses the conditions by the least, by what is shown.
    fn nearest(&self, finalists: &[usize]) -> Option<usize> {
        let question = &self.tuning.question;
        let missed = |setting: usize| -> f64 {
            let each = question.constraints.iter().map(|constraint| {
                let metric = question.metric(&constraint.headline);
                let values = self.tuning.ledger.values(Stage::Finals, setting, metric);
                constraint.missed(values, 1.0 - constraint.confidence, (0, 0.0))
            });
            each.sum()
        };
        let key = |setting: &usize| (missed(*setting), -self.merit(Stage::Finals, *setting));
        finalists.iter().copied().min_by(|a, b| {
            let (a, b) = (key(a), key(b));
            a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1))
        })
    }
}

/// An observation is the mean of a block of fresh runs.
impl Contest for Search<'_> {
    fn grow(&mut self, contestants: &[usize], observations: u64) -> Result<bool, Interrupted> {
        let runs = observations * self.plan.block;
        let missing = contestants.iter().map(|one| {
            let there = self.tuning.ledger.count(Stage::Finals, *one);
            runs.saturating_sub(there)
        });
        if self.tuning.ledger.runs() + missing.sum::<u64>() > self.plan.before_confirmation() {
            return Ok(false);
        }
        self.fill(Stage::Finals, contestants, runs)?;
        Ok(true)
    }

    fn observation(&self, contestant: usize, index: u64) -> f64 {
        let values = self.tuning.ledger.values(Stage::Finals, contestant, 0);
        let from = (index * self.plan.block) as usize;
        let block = &values[from..from + self.plan.block as usize];
        let goal = &self.tuning.question.goal;
        let sum: u128 = block.iter().map(|value| u128::from(*value)).sum();
        goal.merit(sum as f64 / self.plan.block as f64 / goal.headline.unit().per_unit())
    }
}
