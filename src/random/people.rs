//! People placed one by one, each with a uniform of their own: blocks of their numbers are drawn side by side.
//!
//! Person i has word i % 4 of block i / 4 of their address: 32 bits of a uniform, which nearly always settle where it
//! lies. Where they do not, the person's other bits are asked for, half i % 2 of block 2^15 + i / 2.

use multiversion::multiversion;

use super::expansion::floor;
use super::lanes::{Addresses, LANES, TWO_32, whole};
use super::philox::philox;
use super::split::Parted;
use super::streams::Draw;

/// Thresholds of uniforms, ready to be compared with the first 32 bits of one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Edges {
    /// Where the first 32 bits are more, the uniform is at or above the threshold; where they are less, it is not. From
    /// the middle, as the first 32 bits of people. Behind the table all are as its last.
    bits: [i32; 16],
}

impl Edges {
    /// Of a table of so many rows (not 0), each below its threshold.
    pub(super) fn new(thresholds: &[f64; 16], rows: usize) -> Edges {
        let mut bits = [0; 16];
        for row in 0..16 {
            let upto = whole(floor(thresholds[row] * TWO_32));
            // A uniform is below 1.
            bits[row] = from_middle(if thresholds[row] < 1.0 { upto } else { u32::MAX });
        }
        let last = bits[rows - 1];
        bits[rows..].fill(last);
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
    /// Room for as many as were ever asked for at once, as all that follows.
    groups: Vec<Addresses>,
    /// The words of each block from the middle, word by word: the first 32 bits of people.
    words: [Vec<i32>; 4],
    /// How many blocks are asked for.
    blocks: usize,
    /// The crowds of tables of at most eight rows, and of longer ones.
    short: Vec<Crowd<8>>,
    long: Vec<Crowd<16>>,
}

/// People who are placed by the same thresholds, of a table of at most `N` rows.
#[derive(Clone, Debug)]
struct Crowd<const N: usize> {
    edges: [i32; N],
    /// The first of their blocks.
    first: u32,
    n: u32,
    /// Where their rows are wanted.
    place: u32,
}

impl People {
    pub(super) fn clear(&mut self) {
        self.blocks = 0;
        self.short.clear();
        self.long.clear();
    }

    /// Asks for `n` people (at most 2^17) at the counter `words` under `key`, who are placed by the first `rows`
    /// thresholds, whose edges are `edges`. Where they went is wanted at `place`.
    #[inline]
    pub(super) fn ask(
        &mut self,
        key: [u32; 2],
        words: [u32; 4],
        n: u64,
        (edges, rows): (&Edges, usize),
        place: usize,
    ) {
        let (first, n, place) = (self.blocks as u32, n as u32, place as u32);
        match edges.bits.first_chunk().filter(|_| rows <= 8) {
            Some(edges) => self.short.push(Crowd { edges: *edges, first, n, place }),
            None => self.long.push(Crowd { edges: edges.bits, first, n, place }),
        }
        let [head, subject, cell, slot] = words;
        for block in 0..n.div_ceil(4) {
            let (group, lane) = (self.blocks / LANES, self.blocks % LANES);
            if group == self.groups.len() {
                self.groups.push(Addresses::EMPTY);
            }
            self.groups[group].set(lane, key, [head | block, subject, cell, slot]);
            self.blocks += 1;
        }
    }

    /// Draws all who were asked for, and places them; [`Parted::settled`] tells of whom more bits have to be looked at.
    pub(super) fn draw(&mut self, parted: &mut [Parted]) {
        let groups = self.blocks.div_ceil(LANES);
        self.words.iter_mut().for_each(|words| words.resize(words.len().max(groups * LANES), 0));
        let [a, b, c, d] = &mut self.words;
        draw(&self.groups[..groups], [a, b, c, d], (&self.short, &self.long), parted);
    }
}

/// Draws all groups, and counts who of each crowd is in which row.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl", "x86_64+avx2"))]
fn draw(
    groups: &[Addresses],
    mut words: [&mut [i32]; 4],
    (short, long): (&[Crowd<8>], &[Crowd<16>]),
    parted: &mut [Parted],
) {
    for (group, at) in groups.iter().enumerate() {
        let blocks = at.blocks();
        for (words, of_blocks) in words.iter_mut().zip(&blocks) {
            let words = &mut words[group * LANES..][..LANES];
            for lane in 0..LANES {
                words[lane] = from_middle(of_blocks[lane]);
            }
        }
    }
    let words = words.map(|words| &*words);
    for crowd in short {
        crowd.place(&words, &mut parted[crowd.place as usize]);
    }
    for crowd in long {
        crowd.place(&words, &mut parted[crowd.place as usize]);
    }
}

impl<const N: usize> Crowd<N> {
    /// Counts who is in which row, so far of nobody.
    #[inline(always)]
    fn place(&self, words: &[&[i32]; 4], parted: &mut Parted) {
        let (first, n) = (self.first as usize, self.n as usize);
        let (blocks, others) = (n / 4, n % 4);
        let [a, b, c, d] = words;
        let own = first..first + n.div_ceil(4);
        let words = [&a[own.clone()], &b[own.clone()], &c[own.clone()], &d[own]];
        let mut places = Places { of: self.edges, above: [0; N], same: [0; N] };
        for block in 0..blocks {
            for words in words {
                places.add(words[block]);
            }
        }
        for words in &words[..others] {
            places.add(words[blocks]);
        }
        let mut before = [self.n; N];
        before[1..].copy_from_slice(&places.above[..N - 1]);
        for (row, (before, above)) in parted.rows.iter_mut().zip(before.iter().zip(&places.above)) {
            *row = before - above;
        }
        (parted.never, parted.draws) = (places.above[N - 1], self.n);
        parted.settled = places.same == [0; N];
    }
}

/// Where people are, row by row.
struct Places<const N: usize> {
    /// The edges.
    of: [i32; N],
    /// How many are above each.
    above: [u32; N],
    /// Whether first bits do not tell of anybody.
    same: [u32; N],
}

impl<const N: usize> Places<N> {
    /// Adds somebody of these first bits, from the middle.
    #[inline(always)]
    fn add(&mut self, bits: i32) {
        for row in 0..N {
            self.above[row] += u32::from(bits > self.of[row]);
            self.same[row] |= u32::from(bits == self.of[row]);
        }
    }
}

/// How many of `n` people are at or above each threshold, by all bits of everybody.
#[cold]
#[inline(never)]
pub(super) fn all_bits_above(key: [u32; 2], words: [u32; 4], n: u64, thresholds: &[f64]) -> [u32; 16] {
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
    use crate::abreast::{ABREAST, All};
    use crate::random::{
        Address, Alike, Chance, ChanceAbreast, Held, Purpose, Shares, SharesAbreast, Split, SplitAbreast,
        Streams, Subject, TablesAbreast, split_all,
    };

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
        for person in [0, 5, 36] {
            let (bits, rest) = all_bits(person);
            for (more, of_own) in [(rest * 0.5, 1), (rest * 0.5 + 0.5, 0)] {
                let mut thresholds = [2.0; 16];
                thresholds[..3].copy_from_slice(&[0.0, (bits + more) / TWO_32, 1.0]);
                let edges = Edges::new(&thresholds, 4);
                let mut people = People::default();
                // Others before them, so that their blocks begin within a group.
                people.ask(streams.key(), [head, subject, cell, slot + 1], 11, (&edges, 4), 0);
                people.ask(streams.key(), at.words(), n, (&edges, 4), 1);
                let mut parted = [Parted::nobody(4); 2];
                people.draw(&mut parted);
                assert_eq!(parted.map(|parted| parted.settled), [true, false]);
                let above = all_bits_above(streams.key(), at.words(), n, &thresholds[..4]);
                let others = (0..n).filter(|other| *other != person && all_bits(*other).0 > bits).count();
                assert_eq!(above[..4], [n as u32, others as u32 + of_own, 0, 0], "person {person}");
                // So is a split of a table whose first row ends there, alone and among those of other runs.
                let mut shares = [0.0; 10];
                shares[0] = (bits + more) / TWO_32;
                let table = Shares::new(&shares).expect("shares");
                let others = Split::new(Address { slot: at.slot + 1, ..at }, 11, &table);
                let parted = split_all(&streams, &[others, Split::new(at, n, &table)])[1];
                assert_eq!((parted.rows()[0], parted.never()), (n as u32 - above[1], u64::from(above[1])));
                let mut chance = ChanceAbreast::new([&Chance::new(streams, Held::default())]);
                let mut each = SharesAbreast::default();
                each.set(&shares.map(|share| [share; ABREAST]));
                let mut people = All::default();
                people[0] = n;
                chance.split(
                    &[TablesAbreast::One(&table), TablesAbreast::Each(&each)].map(|tables| SplitAbreast {
                        at,
                        n: people,
                        tables,
                        alike: Alike::NONE,
                    }),
                );
                assert_eq!([0, 1].map(|place| chance.rows(place)[0][0]), [u64::from(parted.rows()[0]); 2]);
            }
        }
    }

    /// Whoever stands beside them, and however many they are, people are above the same thresholds.
    #[test]
    fn people_side_by_side_are_people_one_by_one() {
        let streams = Streams::new(6, 1);
        let thresholds: [f64; 16] = std::array::from_fn(|row| (row as f64 + 0.5) / 16.0);
        let at = |slot| Address { slot, ..Address::of(Purpose::Reserve, Subject::new(&["crowd"])) }.words();
        let crowds: Vec<(u64, usize)> = (0..70).flat_map(|n| [3, 8, 9, 16].map(|rows| (n, rows))).collect();
        let mut people = People::default();
        for (place, (n, rows)) in crowds.iter().enumerate() {
            let edges = Edges::new(&thresholds, *rows);
            people.ask(streams.key(), at(*n as u32), *n, (&edges, *rows), place);
        }
        let mut parted: Vec<Parted> = crowds.iter().map(|(_, rows)| Parted::nobody(*rows)).collect();
        people.draw(&mut parted);
        for ((n, rows), parted) in crowds.into_iter().zip(parted) {
            let above = all_bits_above(streams.key(), at(n as u32), n, &thresholds[..rows]);
            let alone = Parted::between(n as usize, rows, &above);
            assert!(parted.settled);
            assert_eq!((parted.rows(), parted.never), (alone.rows(), alone.never), "of {n}");
            assert_eq!(u64::from(parted.rows.iter().sum::<u32>()) + parted.never(), n);
        }
    }
}
