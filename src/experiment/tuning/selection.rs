//! Which of a few is best, with a guarantee: the fully sequential procedure of S.-H. Kim and B. L. Nelson.
//!
//! S.-H. Kim and B. L. Nelson, "A fully sequential procedure for indifference-zone selection in simulation" (ACM
//! Transactions on Modeling and Computer Simulation 11, 2001), with c = 1 and common random numbers. Of k contestants,
//! n0 observations each, more is better:
//!
//! ```text
//!   eta   = ((2 beta)^(-2 / (n0 - 1)) - 1) / 2          beta: chance of losing the best to one other
//!   h^2   = 2 eta (n0 - 1)
//!   S_il^2 = sum over j of (X_ij - X_lj - (mean_i - mean_l))^2 / (n0 - 1)        of the first n0
//!   W_il(r) = max(0, delta / (2 r) (h^2 S_il^2 / delta^2 - r))
//!
//!   look after r observations: i stays where mean_i(r) >= mean_l(r) - W_il(r) for every l that is still there
//!   until one is left; at the latest after max N_il + 1, N_il = floor(h^2 S_il^2 / delta^2), by the larger mean
//! ```
//!
//! If the best is better than every other by `delta` at least, it is selected with a chance of 1 - alpha at least;
//! otherwise one within `delta` of it is. With beta = alpha / (k - 1) the best is safe from each of the others. Where
//! conditions leave some of the contestants out by the same runs, nobody knows beforehand whose best is looked for:
//! then every *pair* is made safe, beta = alpha / (k (k - 1) / 2), and the guarantee holds for whatever set is left.
//!
//! It asks for observations that are normal: one is the mean of a block of runs. Looking more rarely than after each is
//! safe (C. Jennison, I. M. Johnstone, B. W. Turnbull, "Asymptotically optimal procedures for sequential adaptive
//! selection of the best of several normal means", 1982).

use crate::random::maths::pow;

use super::Interrupted;

/// Where observations come from.
pub(super) trait Contest {
    /// Sees to it that each of these has at least so many observations; `false` where the budget does not reach.
    fn grow(&mut self, contestants: &[usize], observations: u64) -> Result<bool, Interrupted>;

    /// An observation of a contestant; more is better. Observations of one index share their luck.
    fn observation(&self, contestant: usize, index: u64) -> f64;
}

/// How a selection is made.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rules {
    /// Observations of each before the first look, 2 at least.
    pub first: u64,
    /// The chance of losing a better one to one other \[share\].
    pub beta: f64,
    /// What differs by less does not matter \[unit of the observations\].
    pub delta: f64,
}

/// Which was selected.
#[derive(Clone, Debug, PartialEq)]
pub struct Selected {
    /// The one.
    pub best: usize,
    /// Whether all others were left behind, so that the guarantee holds; `false` where the budget ended before.
    pub settled: bool,
    /// Who was still there, the best among them.
    pub left: Vec<usize>,
    /// Observations of each of these.
    pub observations: u64,
    /// After how many the selection is settled at the latest.
    pub at_most: u64,
}

impl Rules {
    /// `eta` of the procedure.
    pub fn eta(&self) -> f64 {
        (pow(2.0 * self.beta, -2.0 / (self.first as f64 - 1.0)) - 1.0) / 2.0
    }

    /// `h^2` of the procedure.
    pub fn h2(&self) -> f64 {
        2.0 * self.eta() * (self.first as f64 - 1.0)
    }

    /// W_il(r) of the procedure.
    fn margin(&self, spread: f64, r: u64) -> f64 {
        let r = r as f64;
        (self.delta / (2.0 * r) * (self.h2() * spread / (self.delta * self.delta) - r)).max(0.0)
    }

    /// N_il of the procedure.
    fn most(&self, spread: f64) -> u64 {
        (self.h2() * spread / (self.delta * self.delta)).floor() as u64
    }
}

/// The chance of losing a better contestant to one other, so that the selection errs with a chance of `alpha` at most.
/// `any_set`: whatever set of them is left by other judgements.
pub(super) fn beta(alpha: f64, contestants: usize, any_set: bool) -> f64 {
    let k = contestants.max(2) as f64;
    alpha / if any_set { k * (k - 1.0) / 2.0 } else { k - 1.0 }
}

/// Selects the best of `contestants`, one at least. Of those that are equal to the last, the first of the list.
pub(super) fn select(
    contest: &mut impl Contest,
    contestants: &[usize],
    rules: &Rules,
) -> Result<Selected, Interrupted> {
    let mut left = contestants.to_vec();
    if !contest.grow(&left, rules.first)? {
        return Ok(Selected { best: left[0], settled: left.len() == 1, left, observations: 0, at_most: 0 });
    }
    let spreads = Spreads::of(contest, contestants, rules.first);
    let at_most = rules.most(spreads.largest()).saturating_add(1).max(rules.first);
    let mut sums = vec![0.0; contestants.len()];
    let (mut counted, mut r) = (0, rules.first);
    loop {
        for index in counted..r {
            let places = left.iter().map(|one| (spreads.place(*one), *one));
            places.for_each(|(place, one)| sums[place] += contest.observation(one, index));
        }
        counted = r;
        let mean = |one: usize| sums[spreads.place(one)] / r as f64;
        let stays = |i: usize| {
            left.iter().all(|&l| l == i || mean(i) >= mean(l) - rules.margin(spreads.between(i, l), r))
        };
        left = left.iter().copied().filter(|&i| stays(i)).collect();
        let best = left.iter().copied().reduce(|a, b| if mean(b) > mean(a) { b } else { a });
        let best = best.unwrap_or(contestants[0]);
        if left.len() == 1 || r >= at_most || !contest.grow(&left, r + 1)? {
            let settled = left.len() == 1 || r >= at_most;
            return Ok(Selected { best, settled, left, observations: r, at_most });
        }
        r += 1;
    }
}

/// S_il^2 of each pair.
struct Spreads {
    contestants: Vec<usize>,
    pairs: Vec<f64>,
}

impl Spreads {
    fn of(contest: &impl Contest, contestants: &[usize], first: u64) -> Spreads {
        let n = first as f64;
        let pair = |i: usize, l: usize| {
            let differences = || (0..first).map(|j| contest.observation(i, j) - contest.observation(l, j));
            let mean = differences().sum::<f64>() / n;
            differences().map(|d| (d - mean) * (d - mean)).sum::<f64>() / (n - 1.0)
        };
        let pairs = contestants.iter().flat_map(|&i| contestants.iter().map(move |&l| (i, l)));
        let pairs = pairs.map(|(i, l)| if i == l { 0.0 } else { pair(i, l) }).collect();
        Spreads { contestants: contestants.to_vec(), pairs }
    }

    fn place(&self, contestant: usize) -> usize {
        self.contestants.iter().position(|one| *one == contestant).unwrap_or(0)
    }

    fn between(&self, i: usize, l: usize) -> f64 {
        self.pairs[self.place(i) * self.contestants.len() + self.place(l)]
    }

    fn largest(&self) -> f64 {
        self.pairs.iter().copied().fold(0.0, f64::max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::maths::{exp, ln};
    use crate::random::philox;
    use crate::random::quantile::normal_quantile;

    /// Normals of given means that share half of their variance: common random numbers of correlation 1/2.
    struct Normals {
        means: Vec<f64>,
        seed: u32,
        drawn: u64,
        budget: u64,
    }

    impl Normals {
        fn new(means: &[f64], seed: u32) -> Normals {
            Normals { means: means.to_vec(), seed, drawn: 0, budget: u64::MAX }
        }

        fn normal(&self, who: u32, index: u64) -> f64 {
            let [word, ..] = philox([who, index as u32, 0, 0], [self.seed, 7]);
            normal_quantile((f64::from(word) + 0.5) / 4_294_967_296.0)
        }
    }

    impl Contest for Normals {
        fn grow(&mut self, contestants: &[usize], observations: u64) -> Result<bool, Interrupted> {
            self.drawn = self.drawn.max(observations * contestants.len() as u64);
            Ok(self.drawn <= self.budget)
        }

        fn observation(&self, contestant: usize, index: u64) -> f64 {
            let (shared, own) = (self.normal(0, index), self.normal(1 + contestant as u32, index));
            self.means[contestant] + (shared + own) * std::f64::consts::FRAC_1_SQRT_2
        }
    }

    /// k = 10, alpha = 0.05, n0 = 20: beta = 0.05 / 9, eta = (90^(2/19) - 1) / 2 = 0.302934, h^2 = 38 eta.
    #[test]
    fn the_constants_are_those_of_the_paper() {
        let rules = Rules { first: 20, beta: beta(0.05, 10, false), delta: 1.0 };
        let eta = (exp(ln(90.0) * 2.0 / 19.0) - 1.0) / 2.0;
        assert!(
            (rules.eta() - eta).abs() < 1e-12 && (rules.eta() - 0.302_934).abs() < 1e-5,
            "{}",
            rules.eta()
        );
        assert!((rules.h2() - 38.0 * rules.eta()).abs() < 1e-12);
        // P(t-like error) of one pair: (1 + 2 eta)^(-(n0 - 1) / 2) / 2 = beta, the defining equation (c = 1).
        let back = 0.5 * exp(-(19.0 / 2.0) * ln(1.0 + 2.0 * rules.eta()));
        assert!((back - rules.beta).abs() < 1e-12);
        assert_eq!(beta(0.05, 6, true), 0.05 / 15.0);
        let w = rules.margin(4.0, 30);
        assert!((w - (rules.h2() * 4.0 - 30.0) / 60.0).abs() < 1e-12 && w > 0.0);
        assert_eq!((rules.margin(4.0, 1_000), rules.most(4.0)), (0.0, (rules.h2() * 4.0) as u64));
    }

    /// The hardest case that the guarantee covers: all others exactly `delta` behind. With 2,000 selections the share
    /// of right ones has a deviation of half a point.
    #[test]
    fn the_best_is_selected_as_often_as_promised() {
        for (k, alpha, any_set) in [(2, 0.1, false), (5, 0.05, false), (5, 0.05, true)] {
            let delta = 0.5;
            let mut means = vec![0.0; k];
            means[k - 1] = delta;
            let rules = Rules { first: 10, beta: beta(alpha, k, any_set), delta };
            let all: Vec<usize> = (0..k).collect();
            let right = |seed: u32| {
                let found = select(&mut Normals::new(&means, seed), &all, &rules).unwrap();
                assert!(found.settled);
                found.best == k - 1
            };
            let right = (0..2_000).filter(|seed| right(*seed)).count() as f64 / 2_000.0;
            assert!(right >= 1.0 - alpha, "{k}, {any_set}: {right}");
        }
    }

    #[test]
    fn far_apart_is_settled_at_once_and_equal_ones_at_last() {
        let rules = Rules { first: 10, beta: beta(0.05, 3, false), delta: 0.5 };
        let found = select(&mut Normals::new(&[0.0, 9.0, -9.0], 3), &[0, 1, 2], &rules).unwrap();
        assert_eq!((found.best, found.settled, found.observations), (1, true, 10));
        let found = select(&mut Normals::new(&[0.0; 3], 3), &[0, 1, 2], &rules).unwrap();
        assert!(found.settled && found.observations > 10 && found.observations <= found.at_most);
        let alone = select(&mut Normals::new(&[0.0; 3], 3), &[2], &rules).unwrap();
        assert_eq!((alone.best, alone.settled, alone.left), (2, true, vec![2]));
    }

    #[test]
    fn a_budget_that_ends_leaves_it_unsettled() {
        let rules = Rules { first: 10, beta: beta(0.05, 3, false), delta: 0.05 };
        let mut contest = Normals { budget: 60, ..Normals::new(&[0.0, 0.01, 0.02], 1) };
        let found = select(&mut contest, &[0, 1, 2], &rules).unwrap();
        assert!(!found.settled && found.left.len() > 1 && found.at_most > 1_000);
        assert!(found.left.contains(&found.best));
    }
}
