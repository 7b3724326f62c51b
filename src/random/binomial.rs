//! How many of n happen, each with probability p.
//!
//! One uniform decides: k is the quantile of the binomial law at u, hence more u means more of the named event.
//! A rejection method would be as fast, but a rejected first attempt (one in seven) forgets its uniform, and
//! with it the luck that two scenarios should share.

use super::count::{Count, search_by_expansion, search_from_zero};
use super::expansion::{Cumulants, Expansion, Guess};
use super::maths::{exp, ln_1p};
use super::streams::Draw;
use super::tails::{Beta, binomial_mass};

/// The largest number of trials that the samplers are proved for.
pub const MOST_TRIALS: u64 = 1 << 31;

/// Below this mean, of events or of their absence, counting up from 0 is faster than the expansion.
pub(super) const SMALL_MEAN: f64 = 10.0;

/// Up to this exponent a power is multiplied out: 12 squares, wrong by less than 1e-12 of it.
pub(super) const MULTIPLIED: u32 = 4096;

/// `x` to the power of `exponent`, by squares.
#[inline]
fn power(mut x: f64, mut exponent: u32) -> f64 {
    let mut product = if exponent & 1 == 1 { x } else { 1.0 };
    while exponent > 1 {
        exponent >>= 1;
        x *= x;
        // No branch: which bits are set cannot be foreseen.
        product *= f64::from_bits(if exponent & 1 == 1 { x.to_bits() } else { 1.0_f64.to_bits() });
    }
    product
}

/// 1 / (k + 1).
#[inline]
fn reciprocal(k: f64) -> f64 {
    if k < RECIPROCALS.len() as f64 { RECIPROCALS[k as usize] } else { 1.0 / (k + 1.0) }
}

/// 1, 1/2, 1/3, ...: a product is sooner there than a quotient.
pub(super) const RECIPROCALS: [f64; 64] = {
    let mut all = [0.0; 64];
    let mut k = 0;
    while k < all.len() {
        all[k] = 1.0 / (k + 1) as f64;
        k += 1;
    }
    all
};

/// How many of `n` (at most 2^31) happen, each with probability `p` in [0, 1]: one uniform of `draw`.
///
/// A larger uniform never means fewer. `p` outside \[0, 1\] is taken as its nearer end.
#[inline]
pub fn binomial(draw: &Draw, n: u64, p: f64) -> u64 {
    binomial_at(|| draw.uniform(), n, p)
}

/// [`binomial`], whose uniform is drawn where it is needed.
#[inline]
pub(super) fn binomial_at(uniform: impl FnOnce() -> f64, n: u64, p: f64) -> u64 {
    if n == 0 || p <= 0.0 {
        return 0;
    }
    Binomial::new(n, p).quantile(uniform())
}

/// The binomial law of (n, p), ready for many draws: the same counts as [`binomial`].
#[derive(Clone, Copy, Debug)]
pub struct Binomial {
    trials: Trials,
    /// Whether `trials` counts the events that do not happen, because p > 1/2.
    mirrored: bool,
    method: Method,
}

#[derive(Clone, Copy, Debug)]
enum Method {
    Never,
    FromZero { none: f64 },
    Expansion(Expansion),
}

impl Binomial {
    /// The law of `n` (at most 2^31) trials of probability `p`; outside \[0, 1\] its nearer end is taken.
    #[inline]
    pub fn new(n: u64, p: f64) -> Self {
        debug_assert!(n <= MOST_TRIALS && !p.is_nan(), "binomial of n = {n}, p = {p}");
        let mirrored = p > 0.5;
        let (p, q) = if mirrored { (1.0 - p, p.min(1.0)) } else { (p, 1.0 - p) };
        let trials = Trials::new(n as f64, p, q);
        Self { trials, mirrored, method: trials.method() }
    }

    /// The law of `n` trials of probability `p` <= 1/2, `q = 1 - p`.
    pub(super) fn rarer(n: f64, p: f64, q: f64) -> Self {
        let trials = Trials::new(n, p, q);
        Self { trials, mirrored: false, method: trials.method() }
    }

    /// The smallest k with P(K <= k) >= `u`, for 0 < `u` < 1.
    #[inline]
    pub fn quantile(&self, u: f64) -> u64 {
        let k = self.trials.quantile(&self.method, if self.mirrored { 1.0 - u } else { u });
        (if self.mirrored { self.trials.n - k } else { k }) as u64
    }
}

/// Trials of an event of probability p <= 1/2.
#[derive(Clone, Copy, Debug)]
struct Trials {
    n: f64,
    p: f64,
    q: f64,
    odds: f64,
    mean: f64,
}

/// The quantile of the law of `n` trials of probability `p` <= 1/2, `q = 1 - p`, of a mean of [`SMALL_MEAN`] at least,
/// where the uniform is the normal probability of a number that is `blur` from `w` at most.
#[inline(always)]
pub(super) fn guess(n: f64, p: f64, q: f64, w: f64, blur: f64) -> Guess {
    Expansion::new(&Trials::new(n, p, q).cumulants()).guess(w, blur)
}

impl Trials {
    #[inline(always)]
    fn new(n: f64, p: f64, q: f64) -> Trials {
        Trials { n, p, q, odds: p / q, mean: n * p }
    }

    #[inline]
    fn method(&self) -> Method {
        if self.mean <= 0.0 {
            Method::Never
        } else if self.mean < SMALL_MEAN {
            Method::FromZero { none: self.none() }
        } else {
            Method::Expansion(Expansion::new(&self.cumulants()))
        }
    }

    /// P(K = 0).
    #[inline]
    fn none(&self) -> f64 {
        match self.n <= f64::from(MULTIPLIED) {
            true => power(self.q, self.n as u32),
            false => exp(self.n * ln_1p(-self.p)),
        }
    }

    #[inline(always)]
    fn cumulants(&self) -> Cumulants {
        let pq = self.p * self.q;
        let second = self.mean * self.q;
        let third = second * (self.q - self.p);
        let (fourth, fifth) = (second * (1.0 - 6.0 * pq), third * (1.0 - 12.0 * pq));
        Cumulants { mean: self.mean, second, third, fourth, fifth: Some(fifth) }
    }

    #[inline]
    fn quantile(&self, method: &Method, u: f64) -> f64 {
        match method {
            Method::Never => 0.0,
            Method::FromZero { none } => search_from_zero(self, *none, self.mean, u),
            Method::Expansion(expansion) => search_by_expansion(self, expansion, u),
        }
    }
}

impl Count for Trials {
    #[inline]
    fn top(&self) -> f64 {
        self.n
    }

    fn mass(&self, k: f64) -> f64 {
        binomial_mass(k, self.n, self.p, self.q)
    }

    #[inline]
    fn step(&self, k: f64) -> f64 {
        (self.n - k) * self.odds * reciprocal(k)
    }

    fn tails(&self, k: f64) -> (f64, f64) {
        if k >= self.n {
            return (1.0, 0.0);
        }
        let tails = Beta::new(self.n - k, k + 1.0).tails(self.q, self.p);
        (tails.lower, tails.upper)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::count::search_near;
    use crate::random::quantile::normal_quantile;

    /// Uniforms from one end of (0, 1) to the other, dense in both tails.
    fn uniforms() -> impl Iterator<Item = f64> {
        let ends = (1..53).flat_map(|power| [1.1, 1.3, 1.7].map(|m| m / (1_u64 << power) as f64));
        let inner = (1..2000).map(|i| (f64::from(i) + 0.1) / 2000.3);
        ends.clone().chain(ends.map(|u| 1.0 - u)).chain(inner).filter(|&u| u > 0.0 && u < 1.0)
    }

    /// Where the expansion is sure of itself the exact law agrees; and it is sure nearly always.
    #[test]
    fn the_expansion_is_sure_only_where_it_is_right() {
        for mean in [10.0_f64, 11.3, 17.0, 40.0, 300.0, 1e4, 1e6, 1e9] {
            let (mut sure, mut all) = (0, 0);
            for p in [1e-8, 1e-5, 1e-3, 0.01, 0.05, 0.1, 0.21, 0.3, 0.42, 0.5] {
                let n = (mean / p).ceil();
                if n > MOST_TRIALS as f64 {
                    continue;
                }
                let law = Binomial::new(n as u64, p);
                let Method::Expansion(expansion) = law.method else { panic!("n {n}, p {p} is small") };
                for u in uniforms().step_by(if mean > 1e5 { 20 } else { 1 }) {
                    all += 1;
                    let guess = expansion.guess(normal_quantile(u), 0.0);
                    if guess.is_sure() {
                        let k = guess.whole;
                        sure += 1;
                        assert_eq!(k, search_near(&law.trials, k, u), "n {n}, p {p}, u {u:e}");
                    }
                }
            }
            assert!(f64::from(sure) > 0.85 * f64::from(all), "mean {mean}: sure {sure} of {all}");
        }
    }

    /// At every step of the law, where the quantile passes from k to k + 1, the polynomial is as near to k + 1 as it says:
    /// so what lies further from a whole number lies between the same two steps as the quantile.
    #[test]
    fn the_expansion_is_never_further_off_than_it_says() {
        let mut nearest = f64::INFINITY;
        for mean in std::iter::successors(Some(SMALL_MEAN), |mean| Some(mean * 1.037)).take(60) {
            for p in [1e-7, 1e-3, 0.01, 0.05, 0.1, 0.21, 0.3, 0.36, 0.42, 0.44, 0.47, 0.49, 0.5] {
                let law = Binomial::new((mean / p).ceil() as u64, p);
                let Method::Expansion(expansion) = law.method else { panic!("mean {mean}, p {p} is small") };
                for k in (0..).map(f64::from).take_while(|k| *k < law.trials.n) {
                    let (lower, upper) = law.trials.tails(k);
                    if upper < 1e-16 {
                        break;
                    }
                    if lower < 1e-16 {
                        continue;
                    }
                    let w = if lower < 0.5 { normal_quantile(lower) } else { -normal_quantile(upper) };
                    let (off, error) =
                        ((expansion.guess(w, 0.0).value - (k + 1.0)).abs(), expansion.error(w, 0.0));
                    assert!(
                        off < error,
                        "n {}, p {p}, k {k}, at {w}: off by {off}, {error} at most",
                        law.trials.n
                    );
                    nearest = nearest.min(error / off);
                }
            }
        }
        assert!(nearest < 1.5, "it says much more than it must: {nearest} times");
    }

    /// Both ways to search agree, so nothing happens to k where one takes over from the other.
    #[test]
    fn counting_up_finds_what_the_tails_find() {
        for (n, p) in [(1, 0.3), (7, 0.5), (19, 0.5), (100, 0.05), (1_000_000, 9e-6), (1 << 31, 1e-9)] {
            let law = Binomial::new(n, p);
            let Method::FromZero { none } = law.method else { panic!("n {n}, p {p} is large") };
            for u in uniforms().filter(|&u| u < 1.0 - 1e-13) {
                let up = search_from_zero(&law.trials, none, law.trials.mean, u);
                assert_eq!(up, search_near(&law.trials, up, u), "n {n}, p {p}, u {u:e}");
                assert_eq!(up, search_near(&law.trials, law.trials.mean.floor(), u), "n {n}, p {p}, u {u:e}");
            }
        }
    }
}
