//! How many marked ones are among those taken blindly from a whole.
//!
//! By quantile, as the binomial: one uniform, and more of it never means fewer. The law is symmetric in what is
//! called marked and what is called taken; both are turned so that the smaller part is counted.

use super::count::{Count, search_by_expansion, search_from_zero};
use super::expansion::{Cumulants, Expansion};
use super::streams::Draw;
use super::tails::hypergeometric_mass;

/// The largest whole that the sampler is proved for.
pub const MOST_IN_ALL: u64 = 1 << 40;

/// Below this variance counting up from 0 is exact and fast enough; the expansion needs some width.
const SMALL_VARIANCE: f64 = 5.0;

/// Up to so many taken the probability of none is multiplied out, wrong by less than 1e-13 of it.
const MULTIPLIED: f64 = 256.0;

/// So many factors of [`MOST_IN_ALL`] are multiplied before they are divided.
const AT_ONCE: f64 = 16.0;

/// How many of `taken` are marked, when `marked` of `total` (at most 2^40) are and all are alike to the hand:
/// one uniform of `draw`. A larger uniform never means fewer.
///
/// More marked or taken than there are count as all of them.
#[inline]
pub fn hypergeometric(draw: &Draw, total: u64, marked: u64, taken: u64) -> u64 {
    let (marked, taken) = (marked.min(total), taken.min(total));
    if marked == 0 || taken == 0 {
        return 0;
    }
    if taken == total || marked == total {
        return marked.min(taken);
    }
    hypergeometric_quantile(draw.uniform(), total, marked, taken)
}

/// The smallest k with P(K <= k) >= `u`, for 0 < `u` < 1, of the law that [`hypergeometric`] draws from.
fn hypergeometric_quantile(u: f64, total: u64, marked: u64, taken: u64) -> u64 {
    debug_assert!(total <= MOST_IN_ALL, "hypergeometric of {total}");
    let (many_marked, many_taken) = (marked > total / 2, taken > total / 2);
    let m = if many_marked { total - marked } else { marked };
    let t = if many_taken { total - taken } else { taken };
    let mirrored = many_marked != many_taken;
    let k = Handful::new(total, m.max(t), m.min(t)).quantile(if mirrored { 1.0 - u } else { u }) as u64;
    match (many_marked, many_taken) {
        (false, false) => k,
        (true, false) => taken - k,
        (false, true) => marked - k,
        (true, true) => (marked + taken + k) - total,
    }
}

/// A handful of `taken` from a whole of which `marked` are marked; neither is more than half of it.
#[derive(Clone, Copy, Debug)]
struct Handful {
    total: f64,
    marked: f64,
    taken: f64,
    mean: f64,
}

impl Handful {
    fn new(total: u64, marked: u64, taken: u64) -> Self {
        let (total, marked, taken) = (total as f64, marked as f64, taken as f64);
        Self { total, marked, taken, mean: taken * (marked / total) }
    }

    fn quantile(&self, u: f64) -> f64 {
        if self.taken == 0.0 {
            return 0.0;
        }
        let cumulants = self.cumulants();
        if cumulants.second < SMALL_VARIANCE {
            search_from_zero(self, self.none(), self.mean, u)
        } else {
            search_by_expansion(self, &Expansion::new(&cumulants), u)
        }
    }

    /// P(K = 0): one after another, none of those taken is marked.
    fn none(&self) -> f64 {
        if self.taken > MULTIPLIED {
            return self.mass(0.0);
        }
        let (mut mass, mut taken) = (1.0, 0.0);
        while taken < self.taken {
            let (mut unmarked, mut all) = (1.0, 1.0);
            let upto = (taken + AT_ONCE).min(self.taken);
            while taken < upto {
                unmarked *= self.total - self.marked - taken;
                all *= self.total - taken;
                taken += 1.0;
            }
            mass *= unmarked / all;
        }
        mass
    }

    /// The second to fourth cumulant, in the shares of the marked and of the taken.
    ///
    /// The excess is that of N. L. Johnson, A. W. Kemp, S. Kotz, "Univariate Discrete Distributions" (2005), 6.3,
    /// divided through by powers of the whole so that nothing overflows or cancels.
    fn cumulants(&self) -> Cumulants {
        let n = self.total;
        let (m, t) = (self.marked / n, self.taken / n);
        let (mm, tt) = (m * (1.0 - m), t * (1.0 - t));
        let second = n * mm * tt * n / (n - 1.0);
        let third = second * (1.0 - 2.0 * m) * (1.0 - 2.0 * t) * n / (n - 2.0);
        let shape = (1.0 + 1.0 / n - 6.0 * (mm + tt)) * (1.0 - 1.0 / n) + 6.0 * mm * tt * (5.0 - 6.0 / n);
        let excess = shape / (n * mm * tt) / ((1.0 - 2.0 / n) * (1.0 - 3.0 / n));
        Cumulants { mean: self.mean, second, third, fourth: excess * second * second, fifth: None }
    }
}

impl Count for Handful {
    #[inline]
    fn top(&self) -> f64 {
        self.taken
    }

    fn mass(&self, k: f64) -> f64 {
        hypergeometric_mass(k, self.total, self.marked, self.taken)
    }

    #[inline]
    fn step(&self, k: f64) -> f64 {
        let others = self.total - self.marked - self.taken;
        (self.marked - k) / (k + 1.0) * ((self.taken - k) / (others + k + 1.0))
    }

    /// The tail that leads away from the mean, mass by mass: about eight standard deviations of steps.
    fn tails(&self, k: f64) -> (f64, f64) {
        if k < self.mean {
            let lower = self.sum_down(k);
            (lower, 1.0 - lower)
        } else {
            let upper = self.sum_up(k);
            (1.0 - upper, upper)
        }
    }
}

impl Handful {
    /// P(K <= k) for `k` below the mean.
    fn sum_down(&self, mut k: f64) -> f64 {
        let mut mass = self.mass(k);
        let mut sum = mass;
        while k > 0.0 && mass > sum * 1e-17 {
            k -= 1.0;
            mass /= self.step(k);
            sum += mass;
        }
        sum
    }

    /// P(K > k) for `k` above the mean.
    fn sum_up(&self, mut k: f64) -> f64 {
        let mut mass = self.mass(k);
        let mut sum = 0.0;
        while k < self.taken {
            mass *= self.step(k);
            k += 1.0;
            sum += mass;
            if mass <= sum * 1e-17 {
                break;
            }
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::count::search_near;
    use crate::random::quantile::normal_quantile;

    /// Where the expansion is sure of itself the exact law agrees.
    #[test]
    fn the_expansion_is_sure_only_where_it_is_right() {
        let (mut sure, mut all) = (0, 0);
        for total in [24_u64, 50, 333, 10_000, 1_000_000, 3_000_000_000, MOST_IN_ALL] {
            for (one_in, of) in [(2, 2), (2, 3), (2, 7), (2, 30), (20, 30), (9, 1000), (40_000, 1_000_000)] {
                let law = Handful::new(total, total / one_in, total / of);
                let cumulants = law.cumulants();
                if !(SMALL_VARIANCE..1e7).contains(&cumulants.second) {
                    continue;
                }
                let expansion = Expansion::new(&cumulants);
                for i in 1..400 {
                    let u = if i < 40 { 1.0 / (1_u64 << i) as f64 } else { f64::from(i) / 400.0 };
                    for u in [u, 1.0 - u] {
                        all += 1;
                        let guess = expansion.guess(normal_quantile(u), 0.0);
                        if guess.is_sure() {
                            let k = guess.whole;
                            sure += 1;
                            assert_eq!(k, search_near(&law, k, u), "{law:?}, u {u:e}");
                        }
                    }
                }
            }
        }
        assert!(all > 5000 && f64::from(sure) > 0.85 * f64::from(all), "sure {sure} of {all}");
    }

    /// The masses of one law sum to 1 and the expected count is right, at every size.
    #[test]
    fn the_masses_are_normalised() {
        for (total, marked, taken) in [
            (10_u64, 5_u64, 5_u64),
            (1000, 30, 200),
            (1_000_000, 1000, 400_000),
            (MOST_IN_ALL, 1 << 39, 100_000),
            (MOST_IN_ALL, MOST_IN_ALL / 10, MOST_IN_ALL / 100),
        ] {
            let law = Handful::new(total, marked.max(taken), marked.min(taken));
            let middle = law.mean.floor();
            let whole = law.sum_down(middle) + law.sum_up(middle);
            assert!((whole - 1.0).abs() < 1e-10, "{total}, {marked}, {taken}: {whole}");
        }
    }

    /// Small laws against whole numbers: C(m, k) C(n - m, t - k) / C(n, t).
    #[test]
    fn the_masses_of_small_laws_are_exact() {
        let choose = |n: u64, k: u64| (0..k).fold(1_u128, |c, i| c * u128::from(n - i) / u128::from(i + 1));
        for (total, marked, taken) in [(12, 5, 6), (40, 11, 9), (60, 30, 30), (90, 3, 45)] {
            let law = Handful::new(total, marked, taken);
            for k in 0..=marked.min(taken) {
                let ways = choose(marked, k) * choose(total - marked, taken - k);
                let exact = ways as f64 / choose(total, taken) as f64;
                assert!((law.mass(k as f64) / exact - 1.0).abs() < 1e-12, "{total}, {marked}, {taken}, {k}");
                assert!(k > 0 || (law.none() / exact - 1.0).abs() < 1e-14, "{total}, {marked}, {taken}");
            }
        }
    }

    /// Multiplied out, the probability of none is the mass at 0, whatever the size of the whole.
    #[test]
    fn none_is_the_mass_at_0() {
        for total in [520_u64, 4_001, 1_000_000, MOST_IN_ALL] {
            for taken in [1_u64, 2, 15, 16, 17, 100, 255, 256] {
                let marked = (total / taken / 2).max(taken).min(total / 2);
                let law = Handful::new(total, marked, taken);
                assert!((law.none() / law.mass(0.0) - 1.0).abs() < 1e-12, "{total}, {marked}, {taken}");
            }
        }
    }
}
