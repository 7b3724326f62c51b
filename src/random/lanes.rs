//! Counts side by side: the same quantiles as one by one, for several addresses at once.
//!
//! ```text
//!   8 addresses --Philox--> 8 uniforms --normal quantile--> 8 values of the expansion --> 8 counts
//!                                |     '-- where a lane is not sure: that lane alone, by the plain way
//!                                '-- of a small mean: up from 0, all together
//! ```
//!
//! Every step is written over arrays, so that the compiler can take the widest vectors that the machine has; which
//! ones is found out when the program runs. The operations and their order are those of [`binomial`](super::binomial),
//! lane by lane, so the bits are too. Plain loops only: a closure over an array may be compiled for the plainest machine.

use std::ops::Range;

use multiversion::multiversion;

use super::binomial::{Binomial, MULTIPLIED, RECIPROCALS, SMALL_MEAN, guess};
use super::count::NOTHING;
use super::philox::{MULTIPLIER, ROUNDS, WEYL};
use super::quantile::{estrin, quick_normal_quantile};
use super::streams::unit;
use crate::abreast::All;

/// How many are counted side by side.
pub(super) const LANES: usize = 8;

/// Addresses side by side, word by word.
#[derive(Clone, Copy, Debug)]
pub(super) struct Addresses {
    /// The key of each: neighbours may be of different replications.
    key: [[u32; LANES]; 2],
    /// The four words of each.
    counter: [[u32; LANES]; 4],
}

impl Addresses {
    pub(super) const EMPTY: Self = Addresses { key: [[0; LANES]; 2], counter: [[0; LANES]; 4] };

    /// The counter `words` of eight neighbouring runs, from `first` on, whose keys are given word by word.
    #[inline(always)]
    pub(super) fn of_runs(keys: &[All<u32>; 2], first: usize, words: [u32; 4]) -> Addresses {
        let key = [eight(&keys[0], first), eight(&keys[1], first)];
        Addresses { key, counter: words.map(|word| [word; LANES]) }
    }

    #[inline]
    pub(super) fn set(&mut self, lane: usize, key: [u32; 2], counter: [u32; 4]) {
        self.key.iter_mut().zip(key).for_each(|(words, word)| words[lane] = word);
        self.counter.iter_mut().zip(counter).for_each(|(words, word)| words[lane] = word);
    }

    /// The block of four words at each address, word by word: [`philox`](super::philox()).
    ///
    /// Every word is the lower half of a number of 64 bits, and what is above it counts for nothing: so the products of 32
    /// bits are those that vectors have.
    #[inline(always)]
    pub(super) fn blocks(&self) -> [[u32; LANES]; 4] {
        let [head, subject, cell, slot] = &self.counter;
        let (mut a, mut b, mut c, mut d) = (wide(head), wide(subject), wide(cell), wide(slot));
        let (mut low, mut high) = (wide(&self.key[0]), wide(&self.key[1]));
        for _ in 0..ROUNDS {
            for lane in 0..LANES {
                let first = u64::from(MULTIPLIER[0]) * (a[lane] & LOWER_HALF);
                let second = u64::from(MULTIPLIER[1]) * (c[lane] & LOWER_HALF);
                (a[lane], b[lane]) = ((second >> 32) ^ b[lane] ^ low[lane], second);
                (c[lane], d[lane]) = ((first >> 32) ^ d[lane] ^ high[lane], first);
                low[lane] += u64::from(WEYL[0]);
                high[lane] += u64::from(WEYL[1]);
            }
        }
        [narrow(&a), narrow(&b), narrow(&c), narrow(&d)]
    }
}

/// Words as numbers of 64 bits.
#[inline(always)]
fn wide(words: &[u32; LANES]) -> [u64; LANES] {
    let mut wide = [0; LANES];
    for lane in 0..LANES {
        wide[lane] = u64::from(words[lane]);
    }
    wide
}

/// The lower halves of numbers of 64 bits.
#[inline(always)]
fn narrow(numbers: &[u64; LANES]) -> [u32; LANES] {
    let mut narrow = [0; LANES];
    for lane in 0..LANES {
        narrow[lane] = numbers[lane] as u32;
    }
    narrow
}

/// The bits of a word within 64.
const LOWER_HALF: u64 = u32::MAX as u64;

/// Addresses and laws of up to eight counts, and the counts.
#[derive(Clone, Copy, Debug)]
struct Lanes {
    at: Addresses,
    /// Trials.
    n: [f64; LANES],
    /// The probability of each trial, in \[0, 1\].
    p: [f64; LANES],
    /// The uniform of each address.
    u: [f64; LANES],
    /// How many happen.
    k: [f64; LANES],
    /// By what each asker knows its count.
    asker: [u32; LANES],
    /// How many lanes are in use.
    used: usize,
}

impl Lanes {
    const EMPTY: Lanes = Lanes {
        at: Addresses::EMPTY,
        n: [0.0; LANES],
        p: [0.0; LANES],
        u: [0.0; LANES],
        k: [0.0; LANES],
        asker: [0; LANES],
        used: 0,
    };
}

/// Counts of one kind, as many as there are.
#[derive(Clone, Debug, Default)]
struct Rows {
    /// Room for as many as were ever asked for at once.
    lanes: Vec<Lanes>,
    /// Lanes up to which counts are asked for, from the first row on.
    len: usize,
    /// Rows that were drawn.
    drawn: usize,
}

impl Rows {
    /// Puts a count into the next lane.
    #[inline]
    fn ask(&mut self, key: [u32; 2], counter: [u32; 4], n: f64, p: f64, asker: u32) {
        let (row, lane) = (self.len / LANES, self.len % LANES);
        if row == self.lanes.len() {
            self.lanes.push(Lanes::EMPTY);
        }
        let lanes = &mut self.lanes[row];
        lanes.at.set(lane, key, counter);
        (lanes.n[lane], lanes.p[lane], lanes.asker[lane]) = (n, p, asker);
        self.len += 1;
    }

    /// The rows that are asked for and not drawn; what is asked for next has rows of its own. Nothing happens in lanes that
    /// are not in use.
    fn close(&mut self) -> Range<usize> {
        let rows = self.drawn..self.len.div_ceil(LANES);
        let free = rows.end * LANES - self.len;
        self.lanes[rows.clone()].iter_mut().for_each(|lanes| lanes.used = LANES);
        if let Some(last) = self.lanes[rows.clone()].last_mut() {
            last.used = LANES - free;
            last.n[last.used..].fill(0.0);
            last.p[last.used..].fill(0.0);
        }
        (self.drawn, self.len) = (rows.end, rows.end * LANES);
        rows
    }

    fn clear(&mut self) {
        (self.drawn, self.len) = (0, 0);
    }
}

/// Counts that are asked for, or that were drawn.
#[derive(Clone, Debug, Default)]
pub(super) struct Questions {
    /// Those of a small mean, and the others: they are found in different ways.
    kinds: [Rows; 2],
}

impl Questions {
    /// Asks how many of `n` happen, each with probability `p`, at the counter `words` under `key`. The answer comes with
    /// `asker`.
    #[inline]
    pub(super) fn ask(&mut self, key: [u32; 2], words: [u32; 4], n: f64, p: f64, asker: u32) {
        let q = 1.0 - p;
        let rarer = if q < p { q } else { p };
        let large = n * rarer >= SMALL_MEAN;
        self.kinds[usize::from(large)].ask(key, words, n, p, asker);
    }

    /// Draws what is asked for and was not drawn; returns the rows of its answers, kind by kind.
    pub(super) fn draw(&mut self) -> [Range<usize>; 2] {
        let [small, large] = &mut self.kinds;
        let drawn = [small.close(), large.close()];
        let (small, large) = (&mut small.lanes[drawn[0].clone()], &mut large.lanes[drawn[1].clone()]);
        uniforms(small);
        uniforms(large);
        count_up(small);
        count_by_expansion(large);
        drawn
    }

    /// The answers of one row of a kind.
    #[inline]
    pub(super) fn answers(&self, kind: usize, row: usize) -> Answers {
        let Lanes { asker, n, k, used, .. } = self.kinds[kind].lanes[row];
        Answers { asker, n, k, used }
    }

    pub(super) fn clear(&mut self) {
        self.kinds.iter_mut().for_each(Rows::clear);
    }
}

/// Up to eight counts that were drawn.
#[derive(Clone, Copy, Debug)]
pub(super) struct Answers {
    asker: [u32; LANES],
    n: [f64; LANES],
    k: [f64; LANES],
    used: usize,
}

impl Answers {
    /// The asker, the trials and the count of each.
    #[inline]
    pub(super) fn all(&self) -> impl Iterator<Item = (u32, f64, f64)> {
        let counts = self.asker.iter().zip(&self.n).zip(&self.k).take(self.used);
        counts.map(|((asker, n), k)| (*asker, *n, *k))
    }
}

/// A whole number from 0 to 2^32 - 1.
#[inline(always)]
pub(super) fn whole(x: f64) -> u32 {
    // Its last bits, below a number so large that they are whole.
    (x + TWO_52).to_bits() as u32
}

/// 2^52.
const TWO_52: f64 = (1_u64 << 52) as f64;

/// 2^32.
pub(super) const TWO_32: f64 = (1_u64 << 32) as f64;

/// The first uniform of each block.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl", "x86_64+avx2"))]
fn uniforms(rows: &mut [Lanes]) {
    for lanes in rows {
        let [low, high, ..] = lanes.at.blocks();
        for lane in 0..LANES {
            lanes.u[lane] = unit(low[lane], high[lane]);
        }
    }
}

/// Counts of a small mean.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl", "x86_64+avx2"))]
fn count_up(lanes: &mut [Lanes]) {
    answer_all::<false>(lanes);
}

/// Counts of a large mean.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl", "x86_64+avx2"))]
fn count_by_expansion(lanes: &mut [Lanes]) {
    answer_all::<true>(lanes);
}

#[inline(always)]
fn answer_all<const LARGE: bool>(rows: &mut [Lanes]) {
    for lanes in rows {
        lanes.k = answer::<LARGE>(&lanes.n, &lanes.p, &lanes.u);
    }
}

/// Counts of one kind; where there are no trials nothing happens, whatever the kind.
#[inline(always)]
fn answer<const LARGE: bool>(n: &[f64; LANES], p: &[f64; LANES], u: &[f64; LANES]) -> [f64; LANES] {
    let laws = Laws::of(n, p);
    let u = laws.mirror(*u);
    let (k, mut sure) = if LARGE { laws.expand(&u) } else { laws.go_up(&u) };
    let mut k = laws.unmirror(k);
    let mut all_sure = 1;
    for lane in 0..LANES {
        let none = n[lane] == 0.0;
        k[lane] = if none { 0.0 } else { k[lane] };
        sure[lane] |= u64::from(none);
        all_sure &= sure[lane];
    }
    if all_sure == 0 {
        laws.settle(&mut k, &u, &sure);
    }
    k
}

/// A count of each run abreast.
#[derive(Clone, Debug)]
pub(super) struct CountOfAll {
    /// The words of the address.
    pub(super) words: [u32; 4],
    /// Trials.
    pub(super) n: All<f64>,
    /// The probability of each trial, in \[0, 1\].
    pub(super) p: All<f64>,
    /// How many happen.
    pub(super) k: All<f64>,
}

impl CountOfAll {
    /// Draws the count of each run, whose keys are given word by word.
    #[inline(always)]
    pub(super) fn draw(&mut self, keys: &[All<u32>; 2]) {
        for first in [0, LANES] {
            let (n, p) = (eight(&self.n, first), eight(&self.p, first));
            let [of_few, of_many] = by_kind(&n, &p);
            if n == [0.0; LANES] {
                continue;
            }
            let at = Addresses::of_runs(keys, first, self.words);
            let [low, high, ..] = at.blocks();
            let mut u = [0.0; LANES];
            for lane in 0..LANES {
                u[lane] = unit(low[lane], high[lane]);
            }
            let mut k = [0.0; LANES];
            if of_many != [0.0; LANES] {
                k = answer::<true>(&of_many, &p, &u);
            }
            if of_few != [0.0; LANES] {
                let few = answer::<false>(&of_few, &p, &u);
                for lane in 0..LANES {
                    k[lane] += few[lane];
                }
            }
            self.k[first..][..LANES].copy_from_slice(&k);
        }
    }
}

/// Those of eight neighbouring runs.
#[inline(always)]
fn eight<T: Copy + Default>(of_all: &All<T>, first: usize) -> [T; LANES] {
    let mut eight = [T::default(); LANES];
    eight.copy_from_slice(&of_all[first..][..LANES]);
    eight
}

/// The trials of a small mean, and of a large one: none where the mean is of the other kind.
#[inline(always)]
fn by_kind(n: &[f64; LANES], p: &[f64; LANES]) -> [[f64; LANES]; 2] {
    let (mut small, mut large) = ([0.0; LANES], [0.0; LANES]);
    for lane in 0..LANES {
        let q = 1.0 - p[lane];
        let rarer = if q < p[lane] { q } else { p[lane] };
        let many = n[lane] * rarer >= SMALL_MEAN;
        small[lane] = if many { 0.0 } else { n[lane] };
        large[lane] = if many { n[lane] } else { 0.0 };
    }
    [small, large]
}

/// The laws of several counts, each of the rarer of two: what happens or what does not.
struct Laws {
    n: [f64; LANES],
    p: [f64; LANES],
    q: [f64; LANES],
    mean: [f64; LANES],
    /// The probability that was asked for: above one half, what does not happen is counted.
    asked: [f64; LANES],
}

impl Laws {
    #[inline(always)]
    fn of(n: &[f64; LANES], asked: &[f64; LANES]) -> Laws {
        let none = [0.0; LANES];
        let mut laws = Laws { n: *n, p: none, q: none, mean: none, asked: *asked };
        for (lane, asked) in asked.iter().enumerate() {
            let (p, q) = (*asked, 1.0 - *asked);
            laws.p[lane] = if p > 0.5 { q } else { p };
            laws.q[lane] = if p > 0.5 { p } else { q };
            laws.mean[lane] = laws.n[lane] * laws.p[lane];
        }
        laws
    }

    /// The uniforms of the rarer of two.
    #[inline(always)]
    fn mirror(&self, mut u: [f64; LANES]) -> [f64; LANES] {
        for (u, asked) in u.iter_mut().zip(&self.asked) {
            *u = if *asked > 0.5 { 1.0 - *u } else { *u };
        }
        u
    }

    /// The counts by the expansion of the quantile; tells which of them are sure: 1, or else 0.
    #[inline(always)]
    fn expand(&self, u: &[f64; LANES]) -> ([f64; LANES], [u64; LANES]) {
        let (mut k, mut sure) = ([0.0; LANES], [0; LANES]);
        for lane in 0..LANES {
            let n = self.n[lane];
            let guess = guess(n, self.p[lane], self.q[lane], normal(u[lane]), BLUR);
            k[lane] = guess.whole;
            let known = (u[lane] >= FARTHEST) & (u[lane] <= 1.0 - FARTHEST);
            sure[lane] = u64::from(known & guess.sure & (guess.whole >= 0.0) & (guess.whole <= n));
        }
        (k, sure)
    }

    /// The counts, all from 0 up together; tells which of them are sure: 1, or else 0.
    #[inline(always)]
    fn go_up(&self, u: &[f64; LANES]) -> ([f64; LANES], [u64; LANES]) {
        let (mut mass, mut left, mut found) = ([1.0; LANES], *u, [0.0_f64; LANES]);
        let (mut odds, mut square) = ([0.0; LANES], self.q);
        let (mut exponent, mut bits) = ([0; LANES], 0);
        for lane in 0..LANES {
            odds[lane] = self.p[lane] / self.q[lane];
            exponent[lane] = u64::from(whole(self.n[lane].min(f64::from(MULTIPLIED))));
            bits |= exponent[lane];
        }
        for bit in 0..u64::BITS - bits.leading_zeros() {
            for lane in 0..LANES {
                mass[lane] *= if exponent[lane] & (1 << bit) != 0 { square[lane] } else { 1.0 };
                square[lane] *= square[lane];
            }
        }
        let mut one = [0; LANES];
        for (step, reciprocal) in RECIPROCALS.iter().enumerate() {
            let (step, mut any) = (step as f64, 0);
            for lane in 0..LANES {
                // Past the mean, that is: up to it no mass is below 2^-20, as there are few trials or each is unlikely.
                let goes_on = (left[lane] > mass[lane]) & (mass[lane] >= NOTHING);
                one[lane] = if goes_on { 1.0_f64.to_bits() } else { 0 };
                any |= one[lane];
            }
            if any == 0 {
                break;
            }
            for lane in 0..LANES {
                left[lane] = if one[lane] != 0 { left[lane] - mass[lane] } else { SETTLED };
                mass[lane] *= (self.n[lane] - step) * odds[lane] * reciprocal;
                found[lane] += f64::from_bits(one[lane]);
            }
        }
        let (mut k, mut sure) = ([0.0; LANES], [0; LANES]);
        for lane in 0..LANES {
            k[lane] = found[lane].min(self.n[lane]);
            let in_few_steps = found[lane] < RECIPROCALS.len() as f64;
            sure[lane] = u64::from((self.n[lane] <= f64::from(MULTIPLIED)) & in_few_steps);
        }
        (k, sure)
    }

    /// Counts of what was asked for.
    #[inline(always)]
    fn unmirror(&self, mut k: [f64; LANES]) -> [f64; LANES] {
        for ((k, n), asked) in k.iter_mut().zip(&self.n).zip(&self.asked) {
            *k = if *asked > 0.5 { n - *k } else { *k };
        }
        k
    }

    /// The counts that are not sure, by the plain way.
    #[inline(never)]
    fn settle(&self, counts: &mut [f64; LANES], u: &[f64; LANES], sure: &[u64; LANES]) {
        for lane in (0..LANES).filter(|lane| sure[*lane] == 0) {
            let k = self.quantile(lane, u[lane]);
            counts[lane] = if self.asked[lane] > 0.5 { self.n[lane] - k } else { k };
        }
    }

    /// One count by the plain way.
    fn quantile(&self, lane: usize, u: f64) -> f64 {
        match self.mean[lane] > 0.0 {
            true => Binomial::rarer(self.n[lane], self.p[lane], self.q[lane]).quantile(u) as f64,
            false => 0.0,
        }
    }
}

/// Left of a uniform where its count is found: less than any mass.
const SETTLED: f64 = -1.0;

/// The normal quantile of uniforms that are not nearer to 0 or 1 than [`FARTHEST`], wrong by less than [`BLUR`]: by a
/// logarithm of fewer digits.
#[inline(always)]
fn normal(u: f64) -> f64 {
    quick_normal_quantile(u, ln(if u < 0.5 { u } else { 1.0 - u }))
}

/// Nearer to 0 than this a uniform is left to the plain way: the middle of the tail ends at e^-25.
const FARTHEST: f64 = 2e-11;

/// How wrong [`normal`] can be.
const BLUR: f64 = 1e-11;

/// The natural logarithm of a normal number above 0, to 12 digits.
#[inline(always)]
fn ln(x: f64) -> f64 {
    // x = 2^e m with m from 1/sqrt(2) to sqrt(2); ln m = 2 artanh((m - 1) / (m + 1)).
    const ROOT_HALF: u64 = std::f64::consts::FRAC_1_SQRT_2.to_bits();
    let above = x.to_bits().wrapping_sub(ROOT_HALF);
    let m = f64::from_bits((above & ((1 << 52) - 1)) + ROOT_HALF);
    // The exponent, 1,024 more so that it is no less than 0, read from the last bits of a large number.
    let e = f64::from_bits(TWO_52.to_bits() | (above >> 52).wrapping_add(1024) & 0xfff) - (TWO_52 + 1024.0);
    let s = (m - 1.0) / (m + 1.0);
    let z = s * s;
    let series = [1.0, 1.0 / 3.0, 1.0 / 5.0, 1.0 / 7.0, 1.0 / 9.0, 1.0 / 11.0, 1.0 / 13.0, 1.0 / 15.0];
    e * std::f64::consts::LN_2 + 2.0 * s * estrin(&series, z)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::philox;
    use crate::random::quantile::normal_quantile;

    #[test]
    fn the_quick_quantile_is_near_the_quantile() {
        let ends = (1..36).map(|power| 1.3 / (1_u64 << power) as f64);
        let all = ends.clone().chain(ends.map(|u| 1.0 - u)).chain((1..2_000).map(|i| f64::from(i) / 2_000.3));
        for u in all.filter(|u| (FARTHEST..=1.0 - FARTHEST).contains(u)) {
            let (quick, exact) = (normal(u), normal_quantile(u));
            assert!((quick - exact).abs() < 0.1 * BLUR, "at {u}: {quick}, exactly {exact}");
        }
    }

    #[test]
    fn blocks_side_by_side_are_blocks_one_by_one() {
        let words = |lane: u32| [!lane, lane.wrapping_mul(0x9e37_79b9), u32::MAX - lane, 7 << lane];
        let key = |lane: u32| [lane << 28, !lane];
        let mut at = Addresses::EMPTY;
        (0..LANES).for_each(|lane| at.set(lane, key(lane as u32), words(lane as u32)));
        let blocks = at.blocks();
        for lane in 0..LANES {
            let alone = philox(words(lane as u32), key(lane as u32));
            assert_eq!(blocks.map(|words| words[lane]), alone);
        }
    }
}
