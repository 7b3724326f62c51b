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
//! lane by lane, so the bits are too.

use multiversion::multiversion;

use super::binomial::{Binomial, MULTIPLIED, RECIPROCALS, SMALL_MEAN, guess};
use super::count::NOTHING;
use super::philox::{ROUNDS, WEYL, philox, round};
use super::quantile::{estrin, quick_normal_quantile};
use super::streams::{Draw, unit};

/// How many are counted side by side.
const LANES: usize = 8;

/// Addresses and laws of up to eight counts, and the counts.
#[derive(Clone, Copy, Debug)]
struct Lanes {
    /// The key of each address, word by word: neighbours may be of different replications.
    key: [[u32; LANES]; 2],
    /// The four words of each address, word by word.
    counter: [[u32; LANES]; 4],
    /// Trials.
    n: [f64; LANES],
    /// The probability of each trial, in \[0, 1\].
    p: [f64; LANES],
    /// How many happen.
    k: [f64; LANES],
    /// How many lanes are in use.
    used: usize,
}

impl Lanes {
    const EMPTY: Lanes = Lanes {
        key: [[0; LANES]; 2],
        counter: [[0; LANES]; 4],
        n: [0.0; LANES],
        p: [0.0; LANES],
        k: [0.0; LANES],
        used: 0,
    };
}

/// Counts of one kind, as many as there are.
#[derive(Clone, Debug, Default)]
struct Rows {
    /// Room for as many as were ever asked for at once.
    lanes: Vec<Lanes>,
    len: usize,
}

impl Rows {
    /// Puts a count into the next lane; returns its position.
    #[inline]
    fn ask(&mut self, key: [u32; 2], counter: [u32; 4], n: f64, p: f64) -> usize {
        let (row, lane) = (self.len / LANES, self.len % LANES);
        if row == self.lanes.len() {
            self.lanes.push(Lanes::EMPTY);
        }
        let lanes = &mut self.lanes[row];
        lanes.key.iter_mut().zip(key).for_each(|(words, word)| words[lane] = word);
        lanes.counter.iter_mut().zip(counter).for_each(|(words, word)| words[lane] = word);
        (lanes.n[lane], lanes.p[lane]) = (n, p);
        lanes.used = lane + 1;
        self.len += 1;
        self.len - 1
    }

    /// The lanes that are asked for; nothing happens in those of the last that are not in use.
    fn asked(&mut self) -> &mut [Lanes] {
        let asked = &mut self.lanes[..self.len.div_ceil(LANES)];
        if let Some(last) = asked.last_mut() {
            last.n[last.used..].fill(0.0);
            last.p[last.used..].fill(0.0);
        }
        asked
    }

    fn count(&self, position: usize) -> u64 {
        self.lanes[position / LANES].k[position % LANES] as u64
    }
}

/// Counts that are asked for, or that were drawn.
#[derive(Clone, Debug, Default)]
pub(super) struct Questions {
    /// Those of a small mean, and the others: they are found in different ways.
    kinds: [Rows; 2],
}

/// Which count was asked for: good for what is drawn next.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ticket(u32);

impl Questions {
    /// Asks how many of `n` happen, each with probability `p`, at the counter `words` under `key`.
    #[inline]
    pub(super) fn ask(&mut self, key: [u32; 2], words: [u32; 4], n: u64, p: f64) -> Ticket {
        let n = n as f64;
        let rarer = if p > 0.5 { 1.0 - p } else { p };
        let large = n * rarer >= SMALL_MEAN;
        let position = self.kinds[usize::from(large)].ask(key, words, n, p);
        Ticket((position as u32) << 1 | u32::from(large))
    }

    /// The count that was asked for.
    #[inline]
    pub(super) fn count(&self, Ticket(ticket): Ticket) -> u64 {
        self.kinds[(ticket & 1) as usize].count((ticket >> 1) as usize)
    }
}

/// Counts to be drawn side by side, and those that were drawn last.
#[derive(Clone, Debug, Default)]
pub(super) struct Counts {
    asked: Questions,
    drawn: Questions,
}

impl Counts {
    /// What was drawn last, and where to ask for what is drawn next.
    pub(super) fn split(&mut self) -> (&Questions, &mut Questions) {
        (&self.drawn, &mut self.asked)
    }

    /// Draws all that is asked for.
    pub(super) fn draw(&mut self) {
        std::mem::swap(&mut self.asked, &mut self.drawn);
        self.asked.kinds.iter_mut().for_each(|kind| kind.len = 0);
        let [small, large] = &mut self.drawn.kinds;
        count_up(small.asked());
        count_by_expansion(large.asked());
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
fn answer_all<const LARGE: bool>(lanes: &mut [Lanes]) {
    for lanes in lanes {
        if lanes.used <= LANES / 2 {
            answer::<{ LANES / 2 }, LARGE>(lanes);
        } else {
            answer::<LANES, LARGE>(lanes);
        }
    }
}

/// Fills in the counts of the first N lanes.
#[inline(always)]
fn answer<const N: usize, const LARGE: bool>(lanes: &mut Lanes) {
    let laws = Laws::<N>::of(lanes);
    let key = lanes.key.map(|words| first(&words));
    let u = laws.mirror(uniforms(key, lanes.counter.map(|words| first(&words))));
    let (k, sure) = if LARGE { laws.expand(&u) } else { laws.go_up(&u) };
    for lane in 0..lanes.used {
        let k = if sure[lane] { k[lane] } else { laws.quantile(lane, u[lane]) };
        lanes.k[lane] = if laws.mirrored[lane] { laws.n[lane] - k } else { k };
    }
}

/// The first N of eight.
#[inline(always)]
fn first<T: Copy + Default, const N: usize>(all: &[T; LANES]) -> [T; N] {
    let mut some = [T::default(); N];
    some.copy_from_slice(&all[..N]);
    some
}

/// The first uniform of each block.
#[inline(always)]
fn uniforms<const N: usize>(key: [[u32; N]; 2], words: [[u32; N]; 4]) -> [f64; N] {
    let words = blocks(|lane| [key[0][lane], key[1][lane]], words);
    let mut uniforms = [0.0; N];
    for ((uniform, low), high) in uniforms.iter_mut().zip(words[0]).zip(words[1]) {
        *uniform = unit(low, high);
    }
    uniforms
}

/// The laws of several counts, each of the rarer of two: what happens or what does not.
struct Laws<const N: usize> {
    n: [f64; N],
    p: [f64; N],
    q: [f64; N],
    mean: [f64; N],
    mirrored: [bool; N],
}

impl<const N: usize> Laws<N> {
    #[inline(always)]
    fn of(lanes: &Lanes) -> Laws<N> {
        let none = [0.0; N];
        let mut laws = Laws { n: first(&lanes.n), p: none, q: none, mean: none, mirrored: [false; N] };
        for lane in 0..N {
            let p = lanes.p[lane];
            laws.mirrored[lane] = p > 0.5;
            (laws.p[lane], laws.q[lane]) = if p > 0.5 { (1.0 - p, p) } else { (p, 1.0 - p) };
            laws.mean[lane] = laws.n[lane] * laws.p[lane];
        }
        laws
    }

    /// The uniforms of the rarer of two.
    #[inline(always)]
    fn mirror(&self, mut u: [f64; N]) -> [f64; N] {
        for (u, mirrored) in u.iter_mut().zip(self.mirrored) {
            *u = if mirrored { 1.0 - *u } else { *u };
        }
        u
    }

    /// The counts by the expansion of the quantile; tells which of them are sure.
    #[inline(always)]
    fn expand(&self, u: &[f64; N]) -> ([f64; N], [bool; N]) {
        let (mut k, mut sure) = ([0.0; N], [false; N]);
        for lane in 0..N {
            let n = self.n[lane];
            let guess = guess(n, self.p[lane], self.q[lane], normal(u[lane]), BLUR);
            k[lane] = guess.whole;
            let known = (u[lane] >= FARTHEST) & (u[lane] <= 1.0 - FARTHEST);
            sure[lane] = known & guess.sure & (guess.whole >= 0.0) & (guess.whole <= n);
        }
        (k, sure)
    }

    /// The counts, all from 0 up together; tells which of them are sure.
    #[inline(always)]
    fn go_up(&self, u: &[f64; N]) -> ([f64; N], [bool; N]) {
        let (mut mass, mut left, mut found) = ([1.0; N], *u, [0.0; N]);
        let mut goes_on = [false; N];
        let odds: [f64; N] = std::array::from_fn(|lane| self.p[lane] / self.q[lane]);
        let mut square = self.q;
        let most = self.n.iter().fold(0.0, |most, n| if *n > most { *n } else { most });
        for bit in 0..u32::BITS - (most as u32).min(MULTIPLIED).leading_zeros() {
            for lane in 0..N {
                let exponent = self.n[lane].min(f64::from(MULTIPLIED)) as u32;
                mass[lane] *= if exponent >> bit & 1 == 1 { square[lane] } else { 1.0 };
                square[lane] *= square[lane];
            }
        }
        for (step, reciprocal) in RECIPROCALS.iter().enumerate() {
            let step = step as f64;
            let mut any = false;
            for lane in 0..N {
                let last = (mass[lane] < NOTHING) & (step > self.mean[lane]);
                goes_on[lane] = (left[lane] > mass[lane]) & !last & (found[lane] == step);
                any |= goes_on[lane];
            }
            if !any {
                break;
            }
            for lane in 0..N {
                left[lane] -= if goes_on[lane] { mass[lane] } else { 0.0 };
                mass[lane] *= (self.n[lane] - step) * odds[lane] * reciprocal;
                found[lane] += if goes_on[lane] { 1.0 } else { 0.0 };
            }
        }
        let (mut k, mut sure) = ([0.0; N], [false; N]);
        for lane in 0..N {
            k[lane] = found[lane].min(self.n[lane]);
            sure[lane] = (self.n[lane] <= f64::from(MULTIPLIED)) & (found[lane] < RECIPROCALS.len() as f64);
        }
        (k, sure)
    }

    /// One count by the plain way.
    fn quantile(&self, lane: usize, u: f64) -> f64 {
        match self.mean[lane] > 0.0 {
            true => Binomial::rarer(self.n[lane], self.p[lane], self.q[lane]).quantile(u) as f64,
            false => 0.0,
        }
    }
}

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
    const TWO_52: f64 = (1_u64 << 52) as f64;
    let above = x.to_bits().wrapping_sub(ROOT_HALF);
    let m = f64::from_bits((above & ((1 << 52) - 1)) + ROOT_HALF);
    // The exponent, 1,024 more so that it is no less than 0, read from the last bits of a large number.
    let e = f64::from_bits(TWO_52.to_bits() | (above >> 52).wrapping_add(1024) & 0xfff) - (TWO_52 + 1024.0);
    let s = (m - 1.0) / (m + 1.0);
    let z = s * s;
    let series = [1.0, 1.0 / 3.0, 1.0 / 5.0, 1.0 / 7.0, 1.0 / 9.0, 1.0 / 11.0, 1.0 / 13.0, 1.0 / 15.0];
    e * std::f64::consts::LN_2 + 2.0 * s * estrin(&series, z)
}

/// Thresholds of uniforms, ready to be compared with the first 32 bits of one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Edges {
    pub(super) thresholds: [f64; 16],
    /// Where the first 32 bits are more, the uniform is at or above the threshold; where they are less, it is not.
    bits: [u32; 16],
}

impl Edges {
    pub(super) fn new(thresholds: &[f64; 16]) -> Edges {
        // A uniform is below 1.
        let bits =
            thresholds.map(|threshold| if threshold < 1.0 { (threshold * TWO_32) as u32 } else { u32::MAX });
        Edges { thresholds: *thresholds, bits }
    }
}

/// Blocks of four words that are looked at together where people are placed.
const BLOCKS: usize = 4;

/// How many of `n` people (at most 2^17), each with a uniform of (0, 1) of their own, are at or above each of the first
/// `rows` (at most 16) thresholds.
///
/// Person i has word i % 4 of block i / 4 of the address `words`: 32 bits of a uniform, which nearly always settle where
/// it lies. Where they do not, the person's other bits are asked for, half i % 2 of block 2^15 + i / 2.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl", "x86_64+avx2"))]
pub(super) fn at_or_above(key: [u32; 2], words: [u32; 4], n: u64, edges: &Edges, rows: usize) -> [u64; 16] {
    let above = if rows <= 8 {
        first_bits_above::<8>(key, words, n, &edges.bits)
    } else {
        first_bits_above::<16>(key, words, n, &edges.bits)
    };
    above.unwrap_or_else(|| all_bits_above(key, words, n, &edges.thresholds[..rows]))
}

/// How many people are above each of the first R edges; nothing where their first bits do not tell.
#[inline(always)]
fn first_bits_above<const R: usize>(
    key: [u32; 2],
    words: [u32; 4],
    n: u64,
    edges: &[u32; 16],
) -> Option<[u64; 16]> {
    let edges: [u32; R] = std::array::from_fn(|row| edges[row]);
    let (mut above, mut same) = ([0_u32; R], [0_u32; R]);
    let mut person = 0;
    while person < n {
        let words = blocks(|_| key, counters(words, (person / 4) as u32));
        for lane in 0..BLOCKS {
            for word in words {
                if person == n {
                    break;
                }
                let bits = word[lane];
                for row in 0..R {
                    above[row] += u32::from(bits > edges[row]);
                    same[row] |= u32::from(bits == edges[row]);
                }
                person += 1;
            }
        }
    }
    let mut all = [0; 16];
    for (all, above) in all.iter_mut().zip(above) {
        *all = u64::from(above);
    }
    (same == [0; R]).then_some(all)
}

/// [`at_or_above`], with all bits of everybody.
#[cold]
#[inline(never)]
fn all_bits_above(key: [u32; 2], words: [u32; 4], n: u64, thresholds: &[f64]) -> [u64; 16] {
    let mut above = [0_u64; 16];
    for person in 0..n {
        let [head, subject, cell, slot] = words;
        let first = philox([head | (person / 4) as u32, subject, cell, slot], key)[(person % 4) as usize];
        let rest = Draw::at(key, words).pair(FINER | (person / 2) as u16);
        let rest = if person % 2 == 0 { rest.0 } else { rest.1 };
        let u = (f64::from(first) + rest) / TWO_32;
        for (above, threshold) in above.iter_mut().zip(thresholds) {
            *above += u64::from(u >= *threshold);
        }
    }
    above
}

const TWO_32: f64 = (1_u64 << 32) as f64;

/// Marks the blocks with the further bits of people's uniforms.
const FINER: u16 = 1 << 15;

/// The counters of blocks from `block` on.
#[inline(always)]
fn counters(words: [u32; 4], block: u32) -> [[u32; BLOCKS]; 4] {
    let mut counters = words.map(|word| [word; BLOCKS]);
    for (lane, head) in counters[0].iter_mut().enumerate() {
        *head |= block + lane as u32;
    }
    counters
}

/// The words of several blocks, each under the key of its lane.
#[inline(always)]
fn blocks<const N: usize>(key: impl Fn(usize) -> [u32; 2], mut words: [[u32; N]; 4]) -> [[u32; N]; 4] {
    for turn in 0..ROUNDS {
        #[expect(clippy::needless_range_loop, reason = "four arrays at once")]
        for lane in 0..N {
            let [low, high] = key(lane);
            let key =
                [low.wrapping_add(WEYL[0].wrapping_mul(turn)), high.wrapping_add(WEYL[1].wrapping_mul(turn))];
            let [a, b, c, d] = round([words[0][lane], words[1][lane], words[2][lane], words[3][lane]], key);
            (words[0][lane], words[1][lane], words[2][lane], words[3][lane]) = (a, b, c, d);
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::quantile::normal_quantile;
    use crate::random::{Address, MOST_TRIALS, Purpose, Streams, Subject, binomial};

    /// Every count is the one that is drawn alone, whatever stands beside it.
    #[test]
    fn side_by_side_is_one_by_one() {
        let streams = Streams::new(3, 1);
        let sizes = [0, 1, 2, 7, 19, 21, 100, 999, 4_095, 4_096, 4_097, 100_000, 12_345_678, MOST_TRIALS];
        let chances =
            [0.0, 1e-9, 1e-6, 0.001, 0.01, 0.05, 0.3, 0.5, 0.5 + 1e-12, 0.7, 0.95, 0.999, 1.0 - 1e-9, 1.0];
        let mut counts = Counts::default();
        let (mut tickets, mut alone) = (Vec::new(), Vec::new());
        for slot in 0..20_000_u32 {
            let at = Address { slot, ..Address::of(Purpose::Reserve, Subject::new(&["lanes"])) };
            let n = sizes[slot as usize * 7 / 3 % sizes.len()];
            let p = chances[slot as usize * 11 / 5 % chances.len()];
            tickets.push(counts.split().1.ask(streams.key(), at.words(), n, p));
            alone.push(binomial(&streams.at(at), n, p));
        }
        counts.draw();
        let drawn = counts.split().0;
        let together: Vec<u64> = tickets.into_iter().map(|ticket| drawn.count(ticket)).collect();
        assert_eq!(together.len(), alone.len());
        assert!(together == alone, "{:?}", together.iter().zip(&alone).position(|(a, b)| a != b));
    }

    #[test]
    fn the_quick_quantile_is_near_the_quantile() {
        let ends = (1..36).map(|power| 1.3 / (1_u64 << power) as f64);
        let all = ends.clone().chain(ends.map(|u| 1.0 - u)).chain((1..2_000).map(|i| f64::from(i) / 2_000.3));
        for u in all.filter(|u| (FARTHEST..=1.0 - FARTHEST).contains(u)) {
            let (quick, exact) = (normal(u), normal_quantile(u));
            assert!((quick - exact).abs() < 0.1 * BLUR, "at {u}: {quick}, exactly {exact}");
        }
    }

    /// Where 32 bits do not settle where somebody is, the others do.
    #[test]
    fn thresholds_between_the_bits_are_settled() {
        let streams = Streams::new(5, 2);
        let at = Address { slot: 9, ..Address::of(Purpose::Reserve, Subject::new(&["people"])) };
        let [head, subject, cell, slot] = at.words();
        let n = 37;
        let whole = |person: u64| {
            let bits = philox([head | (person / 4) as u32, subject, cell, slot], streams.key())
                [(person % 4) as usize];
            let (first, second) = Draw::at(streams.key(), at.words()).pair(FINER | (person / 2) as u16);
            (f64::from(bits), if person.is_multiple_of(2) { first } else { second })
        };
        for person in [0, 5, 36] {
            let (bits, rest) = whole(person);
            for (more, of_own) in [(rest * 0.5, 1), (rest * 0.5 + 0.5, 0)] {
                let mut thresholds = [2.0; 16];
                thresholds[..3].copy_from_slice(&[0.0, (bits + more) / TWO_32, 1.0]);
                let edges = Edges::new(&thresholds);
                let above = at_or_above(streams.key(), at.words(), n, &edges, 4);
                let others = (0..n).filter(|other| *other != person && whole(*other).0 > bits).count() as u64;
                assert_eq!(above[..4], [n, others + of_own, 0, 0], "person {person}");
            }
        }
    }
}
