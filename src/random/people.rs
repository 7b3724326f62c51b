//! People placed one by one, each with a uniform of their own: blocks of their numbers are drawn side by side.
//!
//! Person i has word i % 4 of block i / 4 of their address: 32 bits of a uniform, which nearly always settle where it
//! lies. Where they do not, the person's other bits are asked for, half i % 2 of block 2^15 + i / 2.

use multiversion::multiversion;

use super::expansion::floor;
use super::lanes::{Addresses, LANES, TWO_32, whole};
use super::philox::philox;
use super::streams::Draw;

/// Thresholds of uniforms, ready to be compared with the first 32 bits of one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Edges {
    /// Where the first 32 bits are more, the uniform is at or above the threshold; where they are less, it is not. From
    /// the middle, as the [`words`](Group::words) of people.
    bits: [i32; 16],
}

impl Edges {
    pub(super) fn new(thresholds: &[f64; 16]) -> Edges {
        let mut bits = [0; 16];
        for (bits, threshold) in bits.iter_mut().zip(thresholds) {
            // A uniform is below 1.
            let upto = if *threshold < 1.0 { whole(floor(threshold * TWO_32)) } else { u32::MAX };
            *bits = from_middle(upto);
        }
        Edges { bits }
    }
}

/// 32 bits counted from the middle of their range: any machine can compare several of them at once.
#[inline(always)]
fn from_middle(bits: u32) -> i32 {
    (bits ^ 1 << 31) as i32
}

/// People who are placed one by one: those who are asked for, or who were drawn.
#[derive(Clone, Debug, Default)]
pub(super) struct People {
    /// Room for as many as were ever asked for at once.
    groups: Vec<Group>,
    blocks: usize,
}

/// Blocks that are drawn side by side.
#[derive(Clone, Debug)]
struct Group {
    at: Addresses,
    /// The words of each block, word by word, from the middle.
    words: [[i32; LANES]; 4],
}

impl Group {
    const EMPTY: Group = Group { at: Addresses::EMPTY, words: [[0; LANES]; 4] };
}

impl People {
    /// So many blocks are asked for: whoever is asked for next begins with the one after them.
    pub(super) fn blocks(&self) -> usize {
        self.blocks
    }

    pub(super) fn clear(&mut self) {
        self.blocks = 0;
    }

    /// Asks for `n` people (at most 2^17) at the counter `words` under `key`.
    #[inline]
    pub(super) fn ask(&mut self, key: [u32; 2], words: [u32; 4], n: u64) {
        let [head, subject, cell, slot] = words;
        for block in 0..blocks_of(n) as u32 {
            let (group, lane) = (self.blocks / LANES, self.blocks % LANES);
            if group == self.groups.len() {
                self.groups.push(Group::EMPTY);
            }
            self.groups[group].at.set(lane, key, [head | block, subject, cell, slot]);
            self.blocks += 1;
        }
    }

    /// Draws all who were asked for.
    pub(super) fn draw(&mut self) {
        draw(&mut self.groups[..self.blocks.div_ceil(LANES)]);
    }

    /// How many of `n` people, whose first block is `first`, are at or above each of the first `rows` thresholds, whose
    /// edges are `edges`. `key` and `words` are those that they were asked for at.
    #[inline]
    pub(super) fn at_or_above(
        &self,
        first: usize,
        (key, words): ([u32; 2], [u32; 4]),
        n: u64,
        (edges, rows): (&Edges, usize),
        thresholds: impl Fn() -> [f64; 16],
    ) -> [u32; 16] {
        let mut above = [0; 16];
        match first_bits_above(&self.groups, first, n as usize, &edges.bits, rows, &mut above) {
            true => above,
            false => all_bits_above(key, words, n, &thresholds()[..rows]),
        }
    }
}

/// The blocks of `n` people.
pub(super) fn blocks_of(n: u64) -> usize {
    n.div_ceil(4) as usize
}

#[multiversion(targets("x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl", "x86_64+avx2"))]
fn draw(groups: &mut [Group]) {
    for group in groups {
        let blocks = group.at.blocks();
        for (from_middles, words) in group.words.iter_mut().zip(&blocks) {
            for lane in 0..LANES {
                from_middles[lane] = from_middle(words[lane]);
            }
        }
    }
}

/// Counts the people above each edge of `rows`; tells whether their first bits settle that.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl", "x86_64+avx2"))]
fn first_bits_above(
    groups: &[Group],
    first: usize,
    n: usize,
    edges: &[i32; 16],
    rows: usize,
    above: &mut [u32; 16],
) -> bool {
    let ((low, high), (above_low, above_high)) = (edges.split_at(8), above.split_at_mut(8));
    let settled = above_eight(groups, first, n, low, above_low);
    if rows <= 8 { settled } else { settled & above_eight(groups, first, n, high, above_high) }
}

/// [`first_bits_above`] of eight edges: as many as the plainest vectors hold at once.
#[inline(always)]
fn above_eight(groups: &[Group], first: usize, n: usize, edges: &[i32], above: &mut [u32]) -> bool {
    let (mut of, mut more, mut same) = ([0; 8], [0_u32; 8], [0_u32; 8]);
    of.copy_from_slice(edges);
    let mut look = |bits: i32| {
        for row in 0..8 {
            more[row] += u32::from(bits > of[row]);
            same[row] |= u32::from(bits == of[row]);
        }
    };
    let (after, rest) = (first + n / 4, n % 4);
    for block in first..after {
        for words in &groups[block / LANES].words {
            look(words[block % LANES]);
        }
    }
    if rest > 0 {
        for words in &groups[after / LANES].words[..rest] {
            look(words[after % LANES]);
        }
    }
    above.copy_from_slice(&more);
    same == [0; 8]
}

/// [`People::at_or_above`], with all bits of everybody.
#[cold]
#[inline(never)]
fn all_bits_above(key: [u32; 2], words: [u32; 4], n: u64, thresholds: &[f64]) -> [u32; 16] {
    let mut above = [0; 16];
    for person in 0..n {
        let [head, subject, cell, slot] = words;
        let first = philox([head | (person / 4) as u32, subject, cell, slot], key)[(person % 4) as usize];
        let rest = Draw::at(key, words).pair(FINER | (person / 2) as u16);
        let rest = if person % 2 == 0 { rest.0 } else { rest.1 };
        let u = (f64::from(first) + rest) / TWO_32;
        for (above, threshold) in above.iter_mut().zip(thresholds) {
            *above += u32::from(u >= *threshold);
        }
    }
    above
}

/// Marks the blocks with the further bits of people's uniforms.
const FINER: u16 = 1 << 15;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Address, Purpose, Streams, Subject};

    /// Where 32 bits do not settle where somebody is, the others do.
    #[test]
    fn thresholds_between_the_bits_are_settled() {
        let streams = Streams::new(5, 2);
        let at = Address { slot: 9, ..Address::of(Purpose::Reserve, Subject::new(&["people"])) };
        let [head, subject, cell, slot] = at.words();
        let n = 37;
        let all_bits = |person: u64| {
            let bits = philox([head | (person / 4) as u32, subject, cell, slot], streams.key())
                [(person % 4) as usize];
            let (first, second) = Draw::at(streams.key(), at.words()).pair(FINER | (person / 2) as u16);
            (f64::from(bits), if person.is_multiple_of(2) { first } else { second })
        };
        let mut people = People::default();
        // Others before them, so that their blocks begin within a group.
        people.ask(streams.key(), [head, subject, cell, slot + 1], 11);
        let first = people.blocks();
        people.ask(streams.key(), at.words(), n);
        people.draw();
        for person in [0, 5, 36] {
            let (bits, rest) = all_bits(person);
            for (more, of_own) in [(rest * 0.5, 1), (rest * 0.5 + 0.5, 0)] {
                let mut thresholds = [2.0; 16];
                thresholds[..3].copy_from_slice(&[0.0, (bits + more) / TWO_32, 1.0]);
                let edges = Edges::new(&thresholds);
                let whose = (streams.key(), at.words());
                let above = people.at_or_above(first, whose, n, (&edges, 4), || thresholds);
                let others = (0..n).filter(|other| *other != person && all_bits(*other).0 > bits).count();
                assert_eq!(above[..4], [n as u32, others as u32 + of_own, 0, 0], "person {person}");
            }
        }
    }

    /// Whoever stands beside them, and however many they are, people are above the same thresholds.
    #[test]
    fn people_side_by_side_are_people_one_by_one() {
        let streams = Streams::new(6, 1);
        let thresholds: [f64; 16] = std::array::from_fn(|row| (row as f64 + 0.5) / 16.0);
        let edges = Edges::new(&thresholds);
        let at = |slot| Address { slot, ..Address::of(Purpose::Reserve, Subject::new(&["crowd"])) }.words();
        let mut people = People::default();
        let firsts: Vec<usize> = (0..70)
            .map(|n| {
                people.ask(streams.key(), at(n as u32), n);
                people.blocks() - blocks_of(n)
            })
            .collect();
        people.draw();
        for (n, first) in (0..70).zip(firsts) {
            for rows in [3, 8, 9, 16] {
                let whose = (streams.key(), at(n as u32));
                let above = people.at_or_above(first, whose, n, (&edges, rows), || thresholds);
                let alone = all_bits_above(whose.0, whose.1, n, &thresholds[..rows]);
                assert_eq!(above[..rows], alone[..rows], "of {n}");
            }
        }
    }
}
