//! Counts side by side: the same quantiles as one by one, for several addresses at once.
//!
//! ```text
//!   8 addresses --Philox--> 8 uniforms --normal quantile--> 8 values of the expansion --> 8 counts
//!                                |     '-- where a lane is not sure: that lane alone, by the plain way
//!                                '-- of a small mean: up from 0, all together
//! ```
//!
//! Every step is written over arrays, so that the compiler can take the widest vectors that the machine has; which ones
//! is found out when the program runs. The operations and their order are those of [`binomial`](super::binomial), lane
//! by lane, so the bits are too. Plain loops only: a closure over an array may be compiled for the plainest machine.

use std::ops::Range;

use multiversion::multiversion;

use super::binomial::{Binomial, MULTIPLIED, RECIPROCALS, SMALL_MEAN, guess};
use super::expansion::DOUBTFUL;
use super::philox::{MULTIPLIER, ROUNDS, WEYL};
use super::quick::{BLUR, quick_normal_quantile};
use super::streams::{Address, unit};
use crate::abreast::{ABREAST, All};

/// How many are counted side by side.
pub(super) const LANES: usize = 8;

/// Addresses side by side, word by word.
#[derive(Clone, Copy, Debug)]
pub(super) struct Addresses<const N: usize = LANES> {
    /// The key of each: neighbours may be of different replications.
    key: [[u32; N]; 2],
    /// The four words of each.
    counter: [[u32; N]; 4],
}

impl<const N: usize> Addresses<N> {
    pub(super) const EMPTY: Self = Addresses { key: [[0; N]; 2], counter: [[0; N]; 4] };

    #[inline]
    pub(super) fn set(&mut self, lane: usize, key: [u32; 2], counter: [u32; 4]) {
        self.key.iter_mut().zip(key).for_each(|(words, word)| words[lane] = word);
        self.counter.iter_mut().zip(counter).for_each(|(words, word)| words[lane] = word);
    }

    /// The first uniform of the block at each address.
    #[inline(always)]
    pub(super) fn uniforms(&self) -> [f64; N] {
        let [low, high, ..] = self.blocks();
        let mut uniforms = [0.0; N];
        for lane in 0..N {
            uniforms[lane] = unit(low[lane], high[lane]);
        }
        uniforms
    }

    /// The same addresses at another attempt; they are at the first.
    #[inline(always)]
    pub(super) fn at_attempt(&self, attempt: u32) -> Self {
        let mut at = *self;
        for lane in 0..N {
            at.counter[0][lane] |= attempt;
        }
        at
    }

    /// The block of four words at each address, word by word: [`philox`](super::philox()).
    ///
    /// Every word is the lower half of a number of 64 bits, and what is above it counts for nothing: so the products of
    /// 32 bits are those that vectors have.
    #[inline(always)]
    pub(super) fn blocks(&self) -> [[u32; N]; 4] {
        let [head, subject, cell, slot] = &self.counter;
        let (mut a, mut b, mut c, mut d) = (wide(head), wide(subject), wide(cell), wide(slot));
        let (mut low, mut high) = (wide(&self.key[0]), wide(&self.key[1]));
        for _ in 0..ROUNDS {
            for lane in 0..N {
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
fn wide<const N: usize>(words: &[u32; N]) -> [u64; N] {
    let mut wide = [0; N];
    for lane in 0..N {
        wide[lane] = u64::from(words[lane]);
    }
    wide
}

/// The lower halves of numbers of 64 bits.
#[inline(always)]
fn narrow<const N: usize>(numbers: &[u64; N]) -> [u32; N] {
    let mut narrow = [0; N];
    for lane in 0..N {
        narrow[lane] = numbers[lane] as u32;
    }
    narrow
}

impl Addresses {
    /// `address` and the same in the slots after it, under `key`.
    pub(super) fn of_slots(key: [u32; 2], address: Address) -> Addresses {
        let mut at = Addresses::EMPTY;
        for lane in 0..LANES {
            let slot = address.slot.wrapping_add(lane as u32);
            at.set(lane, key, Address { slot, ..address }.words());
        }
        at
    }
}

impl Addresses<ABREAST> {
    /// The counter `words` of runs abreast, whose keys are given word by word.
    #[inline(always)]
    pub(super) fn of_runs(keys: &[All<u32>; 2], words: [u32; 4]) -> Addresses<ABREAST> {
        Addresses { key: *keys, counter: words.map(|word| [word; ABREAST]) }
    }
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

    /// The rows that are asked for and not drawn; what is asked for next has rows of its own. Nothing happens in lanes
    /// that are not in use.
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
    /// Asks how many of `n` happen, each with probability `p`, at the counter `words` under `key`. The answer comes
    /// with `asker`.
    #[inline]
    pub(super) fn ask(&mut self, key: [u32; 2], words: [u32; 4], n: f64, p: f64, asker: u32) {
        self.kinds[usize::from(is_large(n, p))].ask(key, words, n, p, asker);
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
pub(super) const TWO_52: f64 = (1_u64 << 52) as f64;

/// 2^32.
pub(super) const TWO_32: f64 = (1_u64 << 32) as f64;

/// The first uniform of each block.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl", "x86_64+avx2"))]
fn uniforms(rows: &mut [Lanes]) {
    for lanes in rows {
        lanes.u = lanes.at.uniforms();
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
        lanes.k = answer::<LARGE, LANES>(&lanes.n, &lanes.p, &lanes.u);
    }
}

/// Counts of one kind; where there are no trials nothing happens, whatever the kind.
#[inline(always)]
fn answer<const LARGE: bool, const N: usize>(n: &[f64; N], p: &[f64; N], u: &[f64; N]) -> [f64; N] {
    let laws = Laws::of(n, p);
    let u = laws.mirror(*u);
    let (k, doubts) = if LARGE { laws.expand(&u) } else { laws.go_up(&u) };
    let mut k = laws.unmirror(k);
    let mut doubtful = false;
    for doubt in &doubts {
        doubtful |= *doubt >= DOUBTFUL;
    }
    if doubtful {
        laws.settle(&mut k, &u, &doubts);
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
        let [of_few, of_many] = by_kind(&self.n, &self.p);
        let u = Addresses::of_runs(keys, self.words).uniforms();
        self.k = [0.0; ABREAST];
        if of_many != [0.0; ABREAST] {
            self.k = answer::<true, ABREAST>(&of_many, &self.p, &u);
        }
        if of_few != [0.0; ABREAST] {
            let few = answer::<false, ABREAST>(&of_few, &self.p, &u);
            for (k, few) in self.k.iter_mut().zip(few) {
                *k += few;
            }
        }
    }
}

/// The trials of a small mean, and of a large one: none where the mean is of the other kind.
#[inline(always)]
fn by_kind(n: &All<f64>, p: &All<f64>) -> [All<f64>; 2] {
    let (mut small, mut large) = ([0.0; ABREAST], [0.0; ABREAST]);
    for run in 0..ABREAST {
        let many = is_large(n[run], p[run]);
        small[run] = if many { 0.0 } else { n[run] };
        large[run] = if many { n[run] } else { 0.0 };
    }
    [small, large]
}

/// Whether the mean of what is rarer, that something happens or that it does not, is large.
#[inline(always)]
fn is_large(n: f64, p: f64) -> bool {
    let q = 1.0 - p;
    let rarer = if q < p { q } else { p };
    n * rarer >= SMALL_MEAN
}

/// A number where there are any trials, or else 0, whatever it is. By its bits: a condition here may become a branch around
/// all that the number is made of, and then lanes go one by one.
#[inline(always)]
fn where_any(n: f64, number: f64) -> f64 {
    f64::from_bits(number.to_bits() & u64::from(n > 0.0).wrapping_neg())
}

/// The laws of several counts, each of the rarer of two: what happens or what does not.
struct Laws<const N: usize> {
    n: [f64; N],
    p: [f64; N],
    q: [f64; N],
    /// The probability that was asked for: above one half, what does not happen is counted.
    asked: [f64; N],
}

impl<const N: usize> Laws<N> {
    #[inline(always)]
    fn of(n: &[f64; N], asked: &[f64; N]) -> Laws<N> {
        let (mut p, mut q) = ([0.0; N], [0.0; N]);
        for lane in 0..N {
            let other = 1.0 - asked[lane];
            p[lane] = if asked[lane] > 0.5 { other } else { asked[lane] };
            q[lane] = if asked[lane] > 0.5 { asked[lane] } else { other };
        }
        Laws { n: *n, p, q, asked: *asked }
    }

    /// The uniforms of the rarer of two.
    #[inline(always)]
    fn mirror(&self, mut u: [f64; N]) -> [f64; N] {
        for (u, asked) in u.iter_mut().zip(&self.asked) {
            *u = if *asked > 0.5 { 1.0 - *u } else { *u };
        }
        u
    }

    /// The counts by the expansion of the quantile, and how much each is in doubt.
    ///
    /// Whoever is near enough for the quick quantile has neither fewer than none nor more than all: the mean is large.
    #[inline(always)]
    fn expand(&self, u: &[f64; N]) -> ([f64; N], [f64; N]) {
        let (mut k, mut doubts) = ([0.0; N], [0.0; N]);
        for lane in 0..N {
            let n = self.n[lane];
            let (normal, near) = quick_normal_quantile(u[lane]);
            let guess = guess(n, self.p[lane], self.q[lane], normal, BLUR);
            let far = if near { 0.0 } else { DOUBTFUL };
            k[lane] = where_any(n, guess.whole);
            doubts[lane] = where_any(n, guess.doubt + far);
        }
        (k, doubts)
    }

    /// The counts, all from 0 up together, and how much each is in doubt.
    #[inline(always)]
    fn go_up(&self, u: &[f64; N]) -> ([f64; N], [f64; N]) {
        let (mut left, mut found) = (*u, [0.0; N]);
        let (mut odds, mut whole_n, mut step) = ([0.0; N], [0; N], 0.0);
        for lane in 0..N {
            odds[lane] = self.p[lane] / self.q[lane];
            whole_n[lane] = u64::from(whole(self.n[lane].min(f64::from(MULTIPLIED))));
        }
        let mut mass = self.none(&whole_n);
        // Whose count is found has nothing left from there on and so finds no more. Some steps at a time: whether to go
        // on is guessed right more often.
        for reciprocals in RECIPROCALS.as_chunks::<4>().0 {
            let mut go_on = false;
            for reciprocal in reciprocals {
                go_on = false;
                for lane in 0..N {
                    let more = left[lane] > mass[lane];
                    go_on |= more;
                    found[lane] += if more { 1.0 } else { 0.0 };
                    left[lane] -= mass[lane];
                    mass[lane] *= (self.n[lane] - step) * odds[lane] * reciprocal;
                }
                step += 1.0;
            }
            if !go_on {
                break;
            }
        }
        // Who still goes on is so far out that the plain way knows where to stop.
        let mut doubts = [0.0; N];
        for lane in 0..N {
            let known = (self.n[lane] <= f64::from(MULTIPLIED)) & (found[lane] < RECIPROCALS.len() as f64);
            doubts[lane] = if known { 0.0 } else { DOUBTFUL };
        }
        (found, doubts)
    }

    /// How likely none is of `n` trials, [`MULTIPLIED`] at most.
    #[inline(always)]
    fn none(&self, n: &[u64; N]) -> [f64; N] {
        let (mut none, mut square) = ([1.0; N], self.q);
        // Some squares at a time, as above.
        for first in [0, 4, 8, 12] {
            let mut go_on = false;
            for lane in 0..N {
                go_on |= self.n[lane] >= f64::from(1 << first);
            }
            if !go_on {
                break;
            }
            for bit in first..first + 4 {
                for lane in 0..N {
                    none[lane] *= if n[lane] & (1 << bit) != 0 { square[lane] } else { 1.0 };
                    square[lane] *= square[lane];
                }
            }
        }
        none
    }

    /// Counts of what was asked for.
    #[inline(always)]
    fn unmirror(&self, mut k: [f64; N]) -> [f64; N] {
        for ((k, n), asked) in k.iter_mut().zip(&self.n).zip(&self.asked) {
            *k = if *asked > 0.5 { n - *k } else { *k };
        }
        k
    }

    /// The counts that are in doubt, by the plain way.
    #[inline(never)]
    fn settle(&self, counts: &mut [f64; N], u: &[f64; N], doubts: &[f64; N]) {
        for lane in (0..N).filter(|lane| doubts[*lane] >= DOUBTFUL) {
            let k = self.quantile(lane, u[lane]);
            counts[lane] = if self.asked[lane] > 0.5 { self.n[lane] - k } else { k };
        }
    }

    /// One count by the plain way.
    fn quantile(&self, lane: usize, u: f64) -> f64 {
        match self.n[lane] * self.p[lane] > 0.0 {
            true => Binomial::rarer(self.n[lane], self.p[lane], self.q[lane]).quantile(u) as f64,
            false => 0.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::quick::REACH;
    use crate::random::{maths, philox};

    #[test]
    fn blocks_side_by_side_are_blocks_one_by_one() {
        let words = |lane: u32| [!lane, lane.wrapping_mul(0x9e37_79b9), u32::MAX - lane, 7 << lane];
        let key = |lane: u32| [lane << 28, !lane];
        let mut at: Addresses = Addresses::EMPTY;
        (0..LANES).for_each(|lane| at.set(lane, key(lane as u32), words(lane as u32)));
        let blocks = at.blocks();
        for lane in 0..LANES {
            let alone = philox(words(lane as u32), key(lane as u32));
            assert_eq!(blocks.map(|words| words[lane]), alone);
        }
    }

    /// Whatever the uniform, from one end of (0, 1) to the other, a count is the quantile of its law; so it is never below
    /// none or above all, and who is too far out is in doubt.
    #[test]
    fn answers_are_quantiles() {
        let ends: Vec<f64> = (1..=53).map(|power| 1.0 / (1_u64 << power) as f64).collect();
        let inner = (1..400).map(|i| f64::from(i) / 400.3);
        let all: Vec<f64> = ends.iter().copied().chain(ends.iter().map(|u| 1.0 - u)).chain(inner).collect();
        let sizes =
            [1, 2, 3, 12, 19, 20, 21, 64, 300, 4_095, 4_096, 4_097, 123_456, 1_u32 << 31].map(f64::from);
        let chances = [0.0, 1e-9, 1e-6, 0.001, 0.01, 0.05, 0.3, 0.499, 0.5, 0.51, 0.7, 0.95, 0.999, 1.0];
        for n in sizes {
            for p in chances {
                let law = Binomial::new(n as u64, p);
                for u in all.chunks_exact(LANES) {
                    let u = *u.first_chunk().expect("a row");
                    let counts = match is_large(n, p) {
                        true => answer::<true, LANES>(&[n; LANES], &[p; LANES], &u),
                        false => answer::<false, LANES>(&[n; LANES], &[p; LANES], &u),
                    };
                    let expected = u.map(|u| if p > 0.0 { law.quantile(u) as f64 } else { 0.0 });
                    assert_eq!(counts, expected, "n {n}, p {p}, u {u:?}");
                }
            }
        }
    }

    /// From the smallest large mean on, a quick quantile that holds leads neither below none nor above all.
    #[test]
    fn what_is_near_is_a_count() {
        let edge = 0.5 * (1.0 - maths::sqrt(1.0 - maths::exp(-REACH)));
        for mean in [SMALL_MEAN, 10.5, 12.0, 20.0, 100.0, 1e4, 1e9] {
            for p in [1e-9, 0.001, 0.01, 0.1, 0.25, 0.4, 0.5] {
                let n = (mean / p).ceil();
                for u in [edge, 1.0 - edge] {
                    let (normal, _) = quick_normal_quantile(u);
                    let guess = guess(n, p, 1.0 - p, normal, BLUR);
                    assert!(guess.value > 1.0 && guess.value < n - 1.0, "n {n}, p {p}, u {u}: {guess:?}");
                }
            }
        }
    }
}
