//! Counts of replications that go abreast: the same question in each, at once for all.
//!
//! ```text
//!                    run 0   run 1   run 2  ...
//!   n of each          .       .       .          a count of each, all at once
//!   p of each          .       .       .
//!   a split          whole   whole   whole        part by part, each a count of all runs
//! ```
//!
//! The addresses are those of a run by itself, so the counts are, too; only who asks beside whom is another matter.
//! Runs that ask for nothing have nothing drawn.

use multiversion::multiversion;

use crate::abreast::{ABREAST, All, those};

use super::lanes::{CountOfAll, whole};
use super::parting::{BEGIN, WITHIN, words_of};
use super::people::People;
use super::split::{Alike, MOST_ROWS, PARTS, Shares};
use super::streams::{Address, Streams};

/// Where counts of runs abreast are drawn.
#[derive(Clone, Debug, Default)]
pub struct CountsAbreast {
    /// The keys of all runs, word by word.
    keys: [All<u32>; 2],
    people: People,
    /// Room for as many splits as were ever drawn at once.
    partings: Vec<PartingAbreast>,
}

impl CountsAbreast {
    /// For the runs whose numbers are `streams`, at most [`ABREAST`].
    pub fn new<'s>(streams: impl IntoIterator<Item = &'s Streams>) -> CountsAbreast {
        let mut counts = CountsAbreast::default();
        for (run, streams) in streams.into_iter().enumerate() {
            [counts.keys[0][run], counts.keys[1][run]] = streams.key();
        }
        counts
    }

    /// How many of `n` happen, each with probability `p`, in each of `runs` \[a bit each\]; nothing in the
    /// others.
    pub fn binomials(&mut self, runs: u32, at: Address, n: &All<u64>, p: &All<f64>) -> All<u64> {
        let (mut trials, mut chances) = (NOBODY, NOBODY);
        for run in those(runs) {
            (trials[run], chances[run]) = (n[run] as i64 as f64, p[run]);
        }
        let mut count = CountOfAll { words: at.words(), n: trials, p: chances, k: NOBODY };
        draw(&self.keys, &mut count);
        count.k.map(|count| u64::from(whole(count)))
    }

    /// Splits people over the rows of tables: all of `splits`, in all runs. [`CountsAbreast::rows`] tells how many went
    /// where, and [`CountsAbreast::draws`] how many counts and people were drawn.
    pub fn split(&mut self, splits: &[SplitAbreast<'_>]) {
        let CountsAbreast { keys, people, partings } = self;
        people.clear();
        partings.resize(partings.len().max(splits.len()), PartingAbreast::EMPTY);
        for (split, parting) in splits.iter().zip(&mut *partings) {
            parting.begin(split, keys, people);
        }
        people.draw();
        for (split, parting) in splits.iter().zip(&mut *partings) {
            parting.place(split, keys, people);
        }
        go_down(keys, splits, partings);
    }

    /// How many people of each run went to each row of the split at `place` among those that were drawn last.
    pub fn rows(&self, place: usize) -> &[All<u64>; MOST_ROWS] {
        &self.partings[place].rows
    }

    /// How many counts and people were drawn for it in each run.
    pub fn draws(&self, place: usize) -> &All<u64> {
        &self.partings[place].draws
    }
}

/// People of each run to be split over the rows of a table; the tables of runs may differ in their shares.
#[derive(Clone, Debug)]
pub struct SplitAbreast<'s> {
    /// The address of the draws, as that of a [`Split`](super::Split).
    pub at: Address,
    /// How many people there are (at most 2^31).
    pub n: All<u64>,
    /// The tables, of as many rows each.
    pub shares: All<&'s Shares>,
    /// People of rows that are alike may be counted in any of them.
    pub alike: Alike,
}

/// A split of all runs under way.
#[derive(Clone, Debug)]
struct PartingAbreast {
    /// A bit for each row that is not alike to the next.
    cuts: u16,
    /// Whether all runs have the same table, and whether the same parts of their tables are empty.
    shares_alike: bool,
    down_alike: bool,
    /// The people of each part that is still to be split, and a bit for each part in which there is anybody.
    parts: [All<f64>; MOST_ROWS],
    open: u16,
    /// Runs with so few people that they are placed one by one, and the first block of each.
    few: u32,
    blocks: All<u32>,
    rows: [All<u64>; MOST_ROWS],
    draws: All<u64>,
}

impl PartingAbreast {
    const EMPTY: PartingAbreast = PartingAbreast {
        cuts: 0,
        shares_alike: false,
        down_alike: false,
        parts: [[0.0; ABREAST]; MOST_ROWS],
        open: 0,
        few: 0,
        blocks: [0; ABREAST],
        rows: [[0; ABREAST]; MOST_ROWS],
        draws: [0; ABREAST],
    };

    /// Sets out: few people are asked for one by one, others by who goes to any row.
    fn begin(&mut self, split: &SplitAbreast<'_>, keys: &[All<u32>; 2], people: &mut People) {
        let first = split.shares[0];
        self.shares_alike = split.shares.iter().all(|shares| std::ptr::eq(*shares, first));
        let down = |shares: &&Shares| shares.halves().down == first.halves().down;
        self.down_alike = self.shares_alike || split.shares.iter().all(down);
        // Runs without people may have no table.
        let rows = split.shares.iter().map(|shares| shares.shares().len()).max().unwrap_or(0);
        self.cuts = split.alike.cuts(rows);
        (self.open, self.few) = (0, 0);
        self.rows = [All::default(); MOST_ROWS];
        self.draws = All::default();
        let (mut some_row, mut all) = (All::default(), All::default());
        for run in 0..ABREAST {
            let (n, shares) = (split.n[run], split.shares[run]);
            if n == 0 {
                continue;
            }
            if shares.few(n) {
                self.few |= 1 << run;
                self.blocks[run] = people.blocks() as u32;
                people.ask([keys[0][run], keys[1][run]], split.at.words(), n);
                self.draws[run] = n;
            } else if shares.never() == 0.0 {
                all[run] = n as i64 as f64;
            } else {
                some_row[run] = n as i64 as f64;
            }
        }
        if some_row != NOBODY {
            (self.parts[0], self.open) = (some_row, 1);
        }
        self.go_down(1, &all, split);
    }

    /// Puts those into their rows who were asked for one by one.
    fn place(&mut self, split: &SplitAbreast<'_>, keys: &[All<u32>; 2], people: &People) {
        for run in those(self.few) {
            let whose = ([keys[0][run], keys[1][run]], split.at.words());
            let shares = split.shares[run];
            let placed = shares.place(people, self.blocks[run] as usize, whose, split.n[run]);
            for (row, count) in self.rows[..shares.shares().len()].iter_mut().zip(placed) {
                row[run] = u64::from(count);
            }
        }
    }

    /// Goes from part to part, those below a part after it: of each it is drawn how many are in the first half.
    #[inline(always)]
    fn go_on(&mut self, split: &SplitAbreast<'_>, keys: &[All<u32>; 2]) {
        let words = split.at.words();
        for part in 0..MOST_ROWS {
            if self.open & 1 << part == 0 {
                continue;
            }
            let (n, mut p) = (self.parts[part], NOBODY);
            for run in 0..ABREAST {
                let shares = split.shares[if self.shares_alike { 0 } else { run }];
                p[run] = shares.halves().first_half[part];
                self.draws[run] += u64::from(n[run] > 0.0);
            }
            let mut count = CountOfAll { words: words_of(words, part), n, p, k: NOBODY };
            count.draw(keys);
            let (first, mut second) = (count.k, n);
            if part == 0 {
                self.go_down(1, &first, split);
                continue;
            }
            for run in 0..ABREAST {
                second[run] -= first[run];
            }
            self.go_down(2 * part, &first, split);
            self.go_down(2 * part + 1, &second, split);
        }
    }

    /// Brings the `n` people of a part to the first part that has two halves; where all its rows are alike, to a row.
    #[inline(always)]
    fn go_down(&mut self, part: usize, n: &All<f64>, split: &SplitAbreast<'_>) {
        if *n == NOBODY {
            return;
        }
        if self.down_alike {
            let part = usize::from(split.shares[0].halves().down[part % PARTS]) % PARTS;
            if self.cuts & WITHIN[part] == 0 {
                add_whole(&mut self.rows[usize::from(BEGIN[part]) % MOST_ROWS], n);
            } else {
                let people = self.reach(part % MOST_ROWS);
                for run in 0..ABREAST {
                    people[run] += n[run];
                }
            }
            return;
        }
        for run in (0..ABREAST).filter(|run| n[*run] > 0.0) {
            let part = usize::from(split.shares[run].halves().down[part % PARTS]) % PARTS;
            if self.cuts & WITHIN[part] == 0 {
                self.rows[usize::from(BEGIN[part]) % MOST_ROWS][run] = u64::from(whole(n[run]));
                continue;
            }
            self.reach(part % MOST_ROWS)[run] = n[run];
        }
    }

    /// The people of a part: runs may come to it from several others.
    #[inline(always)]
    fn reach(&mut self, part: usize) -> &mut All<f64> {
        let people = &mut self.parts[part];
        if self.open & 1 << part == 0 {
            self.open |= 1 << part;
            *people = NOBODY;
        }
        people
    }
}

/// Goes down all splits, part by part. Everything that it does is compiled with it, for the widest vectors that the
/// machine has: what narrow ones have written wide ones cannot read at once.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl", "x86_64+avx2"))]
fn go_down(keys: &[All<u32>; 2], splits: &[SplitAbreast<'_>], partings: &mut [PartingAbreast]) {
    for (split, parting) in splits.iter().zip(partings) {
        parting.go_on(split, keys);
    }
}

/// Draws a count of all runs.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl", "x86_64+avx2"))]
fn draw(keys: &[All<u32>; 2], count: &mut CountOfAll) {
    count.draw(keys);
}

/// Nobody in any run.
const NOBODY: All<f64> = [0.0; ABREAST];

/// Adds whole numbers of people to those of a row.
#[inline(always)]
fn add_whole(row: &mut All<u64>, n: &All<f64>) {
    for (row, n) in row.iter_mut().zip(n) {
        *row += u64::from(whole(*n));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Purpose, Split, Subject, binomial, split_all};

    /// Every count abreast is the one of a run by itself.
    #[test]
    fn abreast_is_one_by_one() {
        let streams: Vec<Streams> = (0..13).map(|run| Streams::new(4, run)).collect();
        let mut counts = CountsAbreast::new(&streams);
        let tables: [&[f64]; 6] = [
            &[0.4, 0.2, 0.1, 0.08, 0.08, 0.06, 0.05, 0.03],
            &[0.0, 0.5, 0.25],
            &[0.1, 0.2, 0.0, 0.0, 0.3, 0.0, 0.1, 0.1, 0.2],
            &[0.02, 0.0, 0.001, 0.0, 0.0, 0.0, 0.1, 0.3],
            &[0.0, 0.0, 1.0],
            // As the first, but somebody goes to no row.
            &[0.4, 0.2, 0.1, 0.08, 0.08, 0.06, 0.05, 0.01],
        ];
        let tables = tables.map(|shares| Shares::new(shares).expect("shares"));
        let chances = [0.0, 1e-9, 0.001, 0.03, 0.5, 0.5 + 1e-12, 0.95, 1.0 - 1e-9, 1.0];
        let nobodys = Shares::empty();
        let sizes = [0, 1, 12, 33, 64, 65, 1_000, 100_000, 1 << 31];
        for slot in 0..300_u32 {
            let cell = slot % 3;
            let at = Address { slot, cell, ..Address::of(Purpose::Reserve, Subject::new(&["abreast"])) };
            let mut n = All::default();
            (0..13).for_each(|run| n[run] = sizes[(slot as usize * 7 / 3 + run * 5) % sizes.len()]);
            let table = |run: usize| {
                &tables[match slot % 4 {
                    0 | 2 => slot as usize / 2 % 6,
                    1 => 3 * (run % 2),
                    _ => 5 * (run % 2),
                }]
            };
            let mut shares: All<&Shares> = std::array::from_fn(table);
            if slot % 5 == 0 {
                // A run without people, and without a table.
                (n[0], shares[0]) = (0, &nobodys);
            }
            let alike = if slot % 3 == 0 { Alike::of(&[0, 0, 2, 2, 2, 5, 6, 6]) } else { Alike::NONE };
            if slot % 2 == 1 && slot % 3 == 0 {
                continue;
            }
            let split = |alike| SplitAbreast { at, n, shares, alike };
            counts.split(&[split(alike), split(Alike::NONE)]);
            let both = [
                (*counts.rows(0), *counts.draws(0), alike),
                (*counts.rows(1), *counts.draws(1), Alike::NONE),
            ];
            let p: All<f64> = std::array::from_fn(|run| chances[(slot as usize + run) % chances.len()]);
            let plain = counts.binomials(0x1FFF & !slot, at, &n, &p);
            for (run, streams) in streams.iter().enumerate() {
                for (rows, draws, alike) in &both {
                    let mut alone = [Split::new(at, n[run], shares[run]).alike(*alike)];
                    assert_eq!(draws[run], split_all(streams, &mut alone));
                    let rows: Vec<u64> = rows.iter().map(|row| row[run]).collect();
                    let expected: Vec<u64> = alone[0].rows().iter().map(|row| u64::from(*row)).collect();
                    assert_eq!(rows[..expected.len()], expected, "run {run} at {slot}, {} people", n[run]);
                }
                let asked = slot & 1 << run == 0;
                let expected = if asked { binomial(&streams.at(at), n[run], p[run]) } else { 0 };
                assert_eq!(plain[run], expected);
            }
        }
    }
}
