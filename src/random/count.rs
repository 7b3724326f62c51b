//! The exact quantile of a count: the smallest k with P(K <= k) >= u.
//!
//! ```text
//!   small mean     search_from_zero   u less one mass after another
//!   otherwise      Expansion          the floor of a polynomial: 99 draws in 100
//!                  search_near        the tail at its neighbour, then masses one by one
//! ```
//!
//! All three answer the same question, so k never falls when u rises, whichever of them answered.

use super::expansion::Expansion;
use super::quantile::normal_quantile;

/// A law on 0, 1, ..., `top` with one mode.
pub(super) trait Count {
    /// The largest count.
    fn top(&self) -> f64;
    /// P(K = k).
    fn mass(&self, k: f64) -> f64;
    /// P(K = k + 1) / P(K = k).
    fn step(&self, k: f64) -> f64;
    /// P(K <= k) and P(K > k), the smaller to its own last digits.
    fn tails(&self, k: f64) -> (f64, f64);
}

/// Masses below this lie under the resolution of a uniform.
pub(super) const NOTHING: f64 = 1e-18;

/// The quantile by going up from 0, whose mass is `none`: about `mean` steps.
#[inline]
pub(super) fn search_from_zero(law: &impl Count, none: f64, mean: f64, u: f64) -> f64 {
    let (mut k, mut mass, mut left) = (0.0, none, u);
    while left > mass {
        left -= mass;
        mass *= law.step(k);
        k += 1.0;
        if mass < NOTHING && k > mean {
            break;
        }
    }
    k.min(law.top())
}

/// The quantile by its expansion where that is sure, else by the exact law.
#[inline]
pub(super) fn search_by_expansion(law: &impl Count, expansion: &Expansion, u: f64) -> f64 {
    let guess = expansion.guess(normal_quantile(u), 0.0);
    match guess.is_sure() && guess.whole >= 0.0 && guess.whole <= law.top() {
        true => guess.whole,
        false => search_near(law, guess.value, u),
    }
}

/// The quantile by the exact tails at the whole number next to `value`, and from there one by one.
#[cold]
#[inline(never)]
pub(super) fn search_near(law: &impl Count, value: f64, u: f64) -> f64 {
    let k = (value.round() - 1.0).clamp(0.0, law.top());
    let (lower, upper) = law.tails(k);
    let excess = if u < 0.5 { lower - u } else { (1.0 - u) - upper };
    if excess >= 0.0 { walk_down(law, k, excess) } else { walk_up(law, k, excess) }
}

/// From `k`, where P(K <= k) is `excess` above the uniform, to the smallest count that still reaches it.
fn walk_down(law: &impl Count, mut k: f64, mut excess: f64) -> f64 {
    let mut mass = law.mass(k);
    while k > 0.0 && excess >= mass && mass > NOTHING {
        excess -= mass;
        k -= 1.0;
        mass /= law.step(k);
    }
    k
}

/// From `k`, where P(K <= k) is below the uniform by `-excess`, to the first count that reaches it.
fn walk_up(law: &impl Count, mut k: f64, mut excess: f64) -> f64 {
    let mut mass = law.mass(k);
    while k < law.top() && excess < 0.0 {
        mass *= law.step(k);
        k += 1.0;
        excess += mass;
        if mass < NOTHING {
            break;
        }
    }
    k
}
