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

mod shares;

use multiversion::multiversion;

use crate::abreast::{ABREAST, All, add, bits, those};

use super::chance::Chance;
use super::lanes::{Addresses, CountOfAll, whole};
use super::normals::{log_normals, normals_at};
use super::parting::{BEGIN, WITHIN, words_of};
use super::people::People;
use super::split::{Alike, MOST_ROWS, PARTS, Parted, Shares, are_few};
use super::streams::Address;

pub use shares::SharesAbreast;

/// The chance of runs abreast: what is drawn of all of them at once.
#[derive(Clone, Debug, Default)]
pub struct ChanceAbreast {
    /// The keys of all runs, word by word.
    keys: [All<u32>; 2],
    /// Whether effects of days and campaigns are held.
    still: bool,
    people: People,
    /// Where few people went, who were placed one by one.
    parted: Vec<Parted>,
    /// Room for as many splits as were ever drawn at once.
    partings: Vec<PartingAbreast>,
    /// How many counts and people were drawn in each run.
    drawn: All<u64>,
}

impl ChanceAbreast {
    /// Of runs with these chances, at most [`ABREAST`], in which the same layers are held, and luck is not.
    pub fn new<'c>(chances: impl IntoIterator<Item = &'c Chance>) -> ChanceAbreast {
        let mut all = ChanceAbreast::default();
        for (run, chance) in chances.into_iter().enumerate() {
            [all.keys[0][run], all.keys[1][run]] = chance.streams().key();
            all.still = chance.holds_days();
        }
        all
    }

    /// The [effect](Chance::effect) at an address in each run.
    pub fn effects(&self, sigma: f64, at: Address) -> All<f64> {
        if self.still || sigma == 0.0 {
            return [1.0; ABREAST];
        }
        log_normals(sigma, &normals_at(&Addresses::of_runs(&self.keys, at.words())))
    }

    /// How many of `n` happen in each run, each with probability `p`; none is drawn where there are none, or all are
    /// certain.
    pub fn binomials(&mut self, at: Address, n: &All<u64>, p: &All<f64>) -> All<u64> {
        let mut count = CountOfAll { words: at.words(), n: NOBODY, p: *p, k: NOBODY };
        for run in 0..ABREAST {
            let left_to_chance = (n[run] > 0) & (p[run] < 1.0);
            count.n[run] = if left_to_chance { n[run] as i64 as f64 } else { 0.0 };
            self.drawn[run] += u64::from(left_to_chance);
        }
        draw(&self.keys, &mut count);
        let mut happen = *n;
        for run in 0..ABREAST {
            happen[run] = if p[run] < 1.0 { u64::from(whole(count.k[run])) } else { n[run] };
        }
        happen
    }

    /// Splits people over the rows of tables: all of `splits`, in all runs. [`ChanceAbreast::rows`] tells how many went
    /// where.
    pub fn split(&mut self, splits: &[SplitAbreast<'_>]) {
        let ChanceAbreast { keys, people, parted, partings, drawn, .. } = self;
        people.clear();
        partings.resize(partings.len().max(splits.len()), PartingAbreast::EMPTY);
        parted.resize(parted.len().max(splits.len() * ABREAST), Parted::nobody(0));
        begin(keys, splits, partings, people);
        people.draw(parted);
        for ((split, parting), parted) in splits.iter().zip(&mut *partings).zip(parted.chunks(ABREAST)) {
            parting.place(split, keys, parted);
        }
        go_down(keys, splits, partings);
        partings[..splits.len()].iter().for_each(|parting| add(drawn, &parting.draws));
    }

    /// The row that all of `n` people of each run go to, where the table leaves nothing to chance: they count as split
    /// over it.
    pub fn only_row(&mut self, n: &All<u64>, shares: &Shares) -> Option<usize> {
        let row = shares.only_row()?;
        for (drawn, n) in self.drawn.iter_mut().zip(n).filter(|(_, n)| shares.few(**n)) {
            *drawn += n;
        }
        Some(row)
    }

    /// How many people of each run went to each row of the table of the split at `place` among those that were drawn
    /// last.
    pub fn rows(&self, place: usize) -> &[All<u64>] {
        let PartingAbreast { rows, len, .. } = &self.partings[place];
        &rows[..*len]
    }

    /// How many counts and people were drawn in each run.
    pub fn drawn(&self) -> &All<u64> {
        &self.drawn
    }
}

/// People of each run to be split over the rows of a table.
#[derive(Clone, Debug)]
pub struct SplitAbreast<'s> {
    /// The address of the draws, as that of a [`Split`](super::Split).
    pub at: Address,
    /// How many people there are (at most 2^31).
    pub n: All<u64>,
    /// The table of each run.
    pub tables: TablesAbreast<'s>,
    /// People of rows that are alike may be counted in any of them.
    pub alike: Alike,
}

impl SplitAbreast<'_> {
    /// The key of a run, the counter of its draws, and how many people it has; keys are given word by word.
    #[inline(always)]
    fn of(&self, run: usize, keys: &[All<u32>; 2]) -> ([u32; 2], [u32; 4], u64) {
        (keys.map(|words| words[run]), self.at.words(), self.n[run])
    }
}

/// The tables of runs abreast.
#[derive(Clone, Copy, Debug)]
pub enum TablesAbreast<'s> {
    /// The same in all of them.
    One(&'s Shares),
    /// One of each.
    Each(&'s SharesAbreast),
}

impl TablesAbreast<'_> {
    fn rows(self) -> usize {
        match self {
            TablesAbreast::One(table) => table.shares().len(),
            TablesAbreast::Each(tables) => tables.len(),
        }
    }

    /// The table of a run, for as long as it is looked at.
    fn of<T>(self, run: usize, look: impl FnOnce(&Shares) -> T) -> T {
        match self {
            TablesAbreast::One(table) => look(table),
            TablesAbreast::Each(tables) => look(&tables.of(run)),
        }
    }

    /// The share of those who go to no row.
    #[inline]
    fn never(self) -> All<f64> {
        match self {
            TablesAbreast::One(table) => [table.never(); ABREAST],
            TablesAbreast::Each(tables) => tables.never,
        }
    }

    /// The share of the first half of a part.
    #[inline(always)]
    fn first_half(self, part: usize) -> All<f64> {
        match self {
            TablesAbreast::One(table) => [table.halves().first_half[part]; ABREAST],
            TablesAbreast::Each(tables) => tables.first_half[part],
        }
    }

    /// The first part at or below a part that has two halves, or a row; where it is the same in all runs.
    #[inline(always)]
    fn down_in_all(self, part: usize) -> Option<usize> {
        match self {
            TablesAbreast::One(table) => Some(usize::from(table.halves().down[part % PARTS])),
            TablesAbreast::Each(tables) => {
                tables.down_alike.then(|| usize::from(tables.down[part % PARTS][0]))
            }
        }
    }

    /// That part in a run.
    #[inline(always)]
    fn down(self, part: usize, run: usize) -> usize {
        match self {
            TablesAbreast::One(table) => usize::from(table.halves().down[part % PARTS]),
            TablesAbreast::Each(tables) => usize::from(tables.down[part % PARTS][run]),
        }
    }
}

/// A split of all runs under way.
#[derive(Clone, Debug)]
struct PartingAbreast {
    /// A bit for each row that is not alike to the next.
    cuts: u16,
    /// The people of each part that is still to be split, and a bit for each part in which there is anybody.
    parts: [All<f64>; MOST_ROWS],
    open: u16,
    /// Runs with so few people that they are placed one by one.
    few: u32,
    rows: [All<u64>; MOST_ROWS],
    /// How many of them the table has.
    len: usize,
    draws: All<u64>,
}

impl PartingAbreast {
    const EMPTY: PartingAbreast = PartingAbreast {
        cuts: 0,
        parts: [[0.0; ABREAST]; MOST_ROWS],
        open: 0,
        few: 0,
        rows: [[0; ABREAST]; MOST_ROWS],
        len: 0,
        draws: [0; ABREAST],
    };

    /// Sets out: few people are asked for one by one, others by who goes to any row. Where few people went is wanted from
    /// place `first` on, run by run.
    #[inline(always)]
    fn begin(&mut self, split: &SplitAbreast<'_>, keys: &[All<u32>; 2], people: &mut People, first: usize) {
        let rows = split.tables.rows();
        self.cuts = split.alike.cuts(rows);
        self.open = 0;
        self.len = rows;
        self.rows[..rows].fill(All::default());
        self.draws = All::default();
        self.few = bits(split.n.iter().map(|n| *n > 0 && are_few(*n, rows)));
        let mut many = split.n.map(|n| n as i64 as f64);
        for run in those(self.few) {
            many[run] = 0.0;
            let (key, words, n) = split.of(run, keys);
            split.tables.of(run, |table| table.ask(people, key, words, n, first + run));
            self.draws[run] = n;
        }
        let never = split.tables.never();
        let mut all = NOBODY;
        for run in 0..ABREAST {
            all[run] = if never[run] == 0.0 { many[run] } else { 0.0 };
            many[run] -= all[run];
        }
        if many != NOBODY {
            (self.parts[0], self.open) = (many, 1);
        }
        self.go_down(1, &all, split);
    }

    /// Puts those into their rows who were asked for one by one, run by run.
    fn place(&mut self, split: &SplitAbreast<'_>, keys: &[All<u32>; 2], parted: &[Parted]) {
        for run in those(self.few) {
            let mut parted = parted[run];
            if !parted.settled {
                let (key, words, n) = split.of(run, keys);
                parted = split.tables.of(run, |table| table.place(key, words, n));
            }
            for (row, count) in self.rows[..self.len].iter_mut().zip(parted.rows) {
                row[run] = u64::from(count);
            }
        }
    }

    /// Draws how many of the people of a part are in its first half.
    #[inline(always)]
    fn halve(&mut self, part: usize, split: &SplitAbreast<'_>, keys: &[All<u32>; 2]) {
        let (n, p) = (self.parts[part], split.tables.first_half(part));
        for (draws, n) in self.draws.iter_mut().zip(&n) {
            *draws += u64::from(*n > 0.0);
        }
        let mut count = CountOfAll { words: words_of(split.at.words(), part), n, p, k: NOBODY };
        count.draw(keys);
        let (first, mut second) = (count.k, n);
        if part == 0 {
            self.go_down(1, &first, split);
            return;
        }
        for run in 0..ABREAST {
            second[run] -= first[run];
        }
        self.go_down(2 * part, &first, split);
        self.go_down(2 * part + 1, &second, split);
    }

    /// Brings the `n` people of a part to the first part that has two halves; where all its rows are alike, to a row.
    #[inline(always)]
    fn go_down(&mut self, part: usize, n: &All<f64>, split: &SplitAbreast<'_>) {
        if *n == NOBODY {
            return;
        }
        if let Some(part) = split.tables.down_in_all(part) {
            let part = part % PARTS;
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
            let part = split.tables.down(part, run) % PARTS;
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

/// Goes down all splits, part by part, those below a part after it; splits go in turns, as what is drawn of one waits
/// for nothing of another. Everything that it does is compiled with it, for the widest vectors that the machine has:
/// what narrow ones have written wide ones cannot read at once.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl", "x86_64+avx2"))]
fn go_down(keys: &[All<u32>; 2], splits: &[SplitAbreast<'_>], partings: &mut [PartingAbreast]) {
    for part in 0..MOST_ROWS {
        for (split, parting) in splits.iter().zip(&mut *partings) {
            if parting.open & 1 << part != 0 {
                parting.halve(part, split, keys);
            }
        }
    }
}

/// Sets out with all splits.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl", "x86_64+avx2"))]
fn begin(
    keys: &[All<u32>; 2],
    splits: &[SplitAbreast<'_>],
    partings: &mut [PartingAbreast],
    people: &mut People,
) {
    for (place, (split, parting)) in splits.iter().zip(partings).enumerate() {
        parting.begin(split, keys, people, place * ABREAST);
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
    use crate::random::{Held, Purpose, Split, Streams, Subject, binomial, split_all};

    /// Runs that are put side by side: fewer than there is room for.
    const RUNS: usize = 13;

    /// Tables of eight rows.
    fn tables() -> [Shares; 6] {
        let tables: [[f64; 8]; 6] = [
            [0.4, 0.2, 0.1, 0.08, 0.08, 0.06, 0.05, 0.03],
            // As the first, but somebody goes to no row.
            [0.4, 0.2, 0.1, 0.08, 0.08, 0.06, 0.05, 0.01],
            [0.02, 0.0, 0.001, 0.0, 0.0, 0.0, 0.1, 0.3],
            [0.0, 0.5, 0.25, 0.0, 0.0, 0.0, 0.0, 0.0],
            [0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0],
            [0.0; 8],
        ];
        tables.map(|shares| Shares::new(&shares).expect("shares"))
    }

    fn chances() -> Vec<Chance> {
        (0..RUNS).map(|run| Chance::new(Streams::new(4, run as u64), Held::default())).collect()
    }

    /// Every count abreast is the one of a run by itself.
    #[test]
    fn abreast_is_one_by_one() {
        let (runs, tables) = (chances(), tables());
        let mut chance = ChanceAbreast::new(&runs);
        let long = Shares::new(&[0.1, 0.2, 0.0, 0.0, 0.3, 0.0, 0.1, 0.1, 0.2]).expect("shares");
        let probabilities = [0.0, 1e-9, 0.001, 0.03, 0.5, 0.5 + 1e-12, 0.95, 1.0 - 1e-9, 1.0];
        let sizes = [0, 1, 12, 32, 33, 64, 65, 1_000, 100_000, 1 << 31];
        let (mut each, mut expected_draws) = (SharesAbreast::default(), All::<u64>::default());
        for slot in 0..400_u32 {
            let cell = slot % 3;
            let at = Address { slot, cell, ..Address::of(Purpose::Reserve, Subject::new(&["abreast"])) };
            let mut n = All::default();
            (0..RUNS).for_each(|run| n[run] = sizes[(slot as usize * 7 / 3 + run * 5) % sizes.len()]);
            let own = |run: usize| {
                &tables[match slot % 4 {
                    0 => (slot as usize / 4 + run) % 6,
                    1 => run % 2,
                    _ => slot as usize / 4 % 6,
                }]
            };
            let rows: Vec<All<f64>> =
                (0..8).map(|row| std::array::from_fn(|run| own(run).shares()[row])).collect();
            each.set(&rows);
            let one = if slot % 2 == 0 { &long } else { &tables[slot as usize % 6] };
            let alike = if slot % 3 == 0 { Alike::of(&[0, 0, 2, 2, 2, 5, 6, 6]) } else { Alike::NONE };
            chance.split(&[
                SplitAbreast { at, n, tables: TablesAbreast::Each(&each), alike },
                SplitAbreast { at, n, tables: TablesAbreast::One(one), alike: Alike::NONE },
            ]);
            let both = [chance.rows(0).to_vec(), chance.rows(1).to_vec()];
            let drawn = *chance.drawn();
            let p: All<f64> =
                std::array::from_fn(|run| probabilities[(slot as usize + run) % probabilities.len()]);
            let plain = chance.binomials(at, &n, &p);
            for (run, streams) in runs.iter().map(Chance::streams).enumerate() {
                let alone = [Split::new(at, n[run], own(run)).alike(alike), Split::new(at, n[run], one)];
                for (alone, rows) in split_all(streams, &alone).iter().zip(&both) {
                    expected_draws[run] += alone.draws();
                    let rows: Vec<u64> = rows.iter().map(|row| row[run]).collect();
                    let expected: Vec<u64> = alone.rows().iter().map(|row| u64::from(*row)).collect();
                    assert_eq!(rows[..expected.len()], expected, "run {run} at {slot}, {} people", n[run]);
                }
                assert_eq!(plain[run], binomial(&streams.at(at), n[run], p[run]));
                assert_eq!(drawn[run], expected_draws[run]);
                expected_draws[run] += u64::from(n[run] > 0 && p[run] < 1.0);
            }
        }
    }

    /// Tables of runs abreast are the tables of each, part by part, whether the runs have the same rows or not.
    #[test]
    fn tables_abreast_are_those_of_each() {
        let tables = tables();
        let mut abreast = SharesAbreast::default();
        for turn in 0..48 {
            let own = |run: usize| &tables[if turn % 2 == 0 { (turn / 2 + run) % 6 } else { turn / 2 % 6 }];
            let rows: Vec<All<f64>> =
                (0..8).map(|row| std::array::from_fn(|run| own(run).shares()[row])).collect();
            abreast.set(&rows);
            assert_eq!(abreast.down_alike, turn % 2 == 1);
            for run in 0..ABREAST {
                let (own, halves) = (own(run), own(run).halves());
                assert_eq!(abreast.never[run], own.never());
                assert_eq!(abreast.of(run), *own);
                assert_eq!(usize::from(abreast.down[1][run]), usize::from(halves.down[1]));
                for part in [0, 1, 2, 4, 5, 8, 9, 10, 11] {
                    assert_eq!(abreast.first_half[part][run], halves.first_half[part], "part {part}");
                    assert_eq!(abreast.down[part][run], halves.down[part], "part {part}");
                }
            }
        }
    }

    /// Effects abreast are those of each run by itself.
    #[test]
    fn effects_abreast_are_those_of_each() {
        let runs = chances();
        let abreast = ChanceAbreast::new(&runs);
        for day in 0..40 {
            let at = Address { slot: day, ..Address::of(Purpose::Day, Subject::new(&["abreast"])) };
            let effects = abreast.effects(0.5, at);
            for (run, chance) in runs.iter().enumerate() {
                assert_eq!(effects[run].to_bits(), chance.effect(0.5, at).to_bits());
            }
            assert_eq!(abreast.effects(0.0, at), [1.0; ABREAST]);
        }
        let still = Chance::new(Streams::new(4, 0), Held { days: true, ..Held::default() });
        assert_eq!(
            ChanceAbreast::new([&still]).effects(0.5, Address::of(Purpose::Day, Subject::new(&["abreast"]))),
            [1.0; ABREAST]
        );
    }
}
