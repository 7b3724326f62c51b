//! Where n people go, each to one row of a table or to none: one exact multinomial.
//!
//! ```text
//!   n  --some row?-->  1 .. 16  --left half?-->  1 .. 8   --left half?-->  1 .. 4  ...  row 1
//!        \-> none                \-> 9 .. 16              \-> 5 .. 8             \->  row 2
//! ```
//!
//! Halves are counted by one binomial each, until a part is empty, or all its rows are alike to whoever asks: what is
//! asked for coarsely is the sum of what is asked for finely. The first row of a larger share never holds fewer. Few
//! people are placed one by one instead; whether they are few is asked of `n` alone, not of its parts, so that a share
//! that moves a little moves the counts a little.

use std::sync::OnceLock;

use super::people::{Edges, People, all_bits_above};
use super::streams::Address;

/// The longest table.
pub const MOST_ROWS: usize = 16;

/// Parts of a table: part 0 is whoever goes to any row, part 1 all rows, parts 2v and 2v + 1 the halves of part v, and
/// parts 16 to 31 the rows.
pub(super) const PARTS: usize = 2 * MOST_ROWS;

/// Up to so many people a row are placed one by one: about as much work as its binomials.
const FEW_A_ROW: u64 = 4;

/// Shares that miss 1 by less than this are taken to reach it: the writer meant it.
pub(super) const ROUNDING: f64 = 1e-9;

/// More than any uniform.
const BEYOND: f64 = 2.0;

/// The shares of the rows of a table; what they leave of 1 is the share of those who go to no row.
#[derive(Clone, Debug)]
pub struct Shares {
    rows: usize,
    shares: [f64; MOST_ROWS],
    halves: Halves,
    never: f64,
    /// The thresholds of the rows, once people have been placed by them.
    edges: OnceLock<Edges>,
}

impl PartialEq for Shares {
    fn eq(&self, other: &Shares) -> bool {
        (self.shares(), self.never) == (other.shares(), other.never)
    }
}

/// What is needed to go down from part to part.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Halves {
    /// Part by part, the share of its first half; that of any row in part 0.
    pub(super) first_half: [f64; MOST_ROWS],
    /// Part by part, the first one at or below it whose two halves both have a share, or a row.
    pub(super) down: [u8; PARTS],
}

/// Every part is where it is.
const STAY: [u8; PARTS] = {
    let mut down = [0; PARTS];
    let mut part = 0;
    while part < PARTS {
        down[part] = part as u8;
        part += 1;
    }
    down
};

/// Which rows of a table are alike: neighbours that are one to whoever asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Alike {
    /// A bit for each row that is not alike to the next.
    cuts: u16,
}

impl Alike {
    /// Every row is a row of its own.
    pub const NONE: Alike = Alike { cuts: u16::MAX };

    /// By the number of each row (at most 16): neighbours with the same number are alike.
    pub fn of(numbers: &[u8]) -> Alike {
        let pairs = numbers.windows(2).zip(0..);
        Alike { cuts: pairs.fold(0, |cuts, (pair, row)| cuts | u16::from(pair[0] != pair[1]) << row) }
    }

    /// The cuts between the first `rows` rows.
    pub(super) fn cuts(self, rows: usize) -> u16 {
        self.cuts & !(u16::MAX << rows.saturating_sub(1))
    }
}

impl Shares {
    /// A table of no rows: everybody goes to none.
    pub(crate) const fn empty() -> Shares {
        Shares {
            rows: 0,
            shares: [0.0; MOST_ROWS],
            halves: Halves::EMPTY,
            never: 1.0,
            edges: OnceLock::new(),
        }
    }

    /// A table of `shares` (each in \[0, 1\], together at most 1, up to rounding; at most 16).
    ///
    /// # Errors
    /// When a share is negative or not a number, or they exceed 1, or there are too many.
    pub fn new(shares: &[f64]) -> Result<Self, SharesError> {
        let mut table = Shares::empty();
        table.set(shares)?;
        Ok(table)
    }

    /// Becomes the table of other shares.
    ///
    /// # Errors
    /// As [`Shares::new`]; then it stays what it was.
    pub fn set(&mut self, shares: &[f64]) -> Result<(), SharesError> {
        if shares.len() > MOST_ROWS {
            return Err(SharesError::TooMany(shares.len()));
        }
        let (mut sum, mut all_are) = (0.0, true);
        for share in shares {
            all_are &= is_share(*share);
            sum += share;
        }
        if !all_are && let Some(at) = shares.iter().position(|share| !is_share(*share)) {
            return Err(SharesError::Share { row: at + 1, found: shares[at] });
        }
        if sum > 1.0 + ROUNDING {
            return Err(SharesError::Sum(sum));
        }
        let whole = sum > 1.0 - ROUNDING;
        let (scale, never) = if whole { (sum, 0.0) } else { (1.0, 1.0 - sum) };
        if self.rows > shares.len() {
            self.shares = [0.0; MOST_ROWS];
        }
        (self.rows, self.never, self.edges) = (shares.len(), never, OnceLock::new());
        self.shares[..shares.len()].copy_from_slice(shares);
        if scale != 1.0 {
            self.shares.iter_mut().for_each(|share| *share /= scale);
        }
        self.halves.set(self.rows, &self.shares, never);
        Ok(())
    }

    /// The share of each row.
    pub fn shares(&self) -> &[f64] {
        &self.shares[..self.rows]
    }

    /// The share of those who go to no row.
    pub fn never(&self) -> f64 {
        self.never
    }

    pub(super) fn halves(&self) -> &Halves {
        &self.halves
    }

    /// The row that everybody goes to, where there is one.
    #[inline]
    pub(crate) fn only_row(&self) -> Option<usize> {
        let part = usize::from(self.halves.down[1]);
        (part >= MOST_ROWS && self.never == 0.0).then_some(part % MOST_ROWS)
    }

    /// Whether `n` people are so few that they are placed one by one.
    #[inline]
    pub(super) fn few(&self, n: u64) -> bool {
        are_few(n, self.rows)
    }

    /// The row whose part of (0, 1) holds `u`; a smaller `u` means an earlier row.
    #[inline]
    pub fn row(&self, u: f64) -> Option<usize> {
        let row = self.thresholds().iter().filter(|&&upto| upto <= u).count();
        (row < self.rows).then_some(row)
    }

    /// Asks for `n` people one by one, at the counter `words` under `key`, whose rows are wanted at a place.
    #[inline]
    pub(super) fn ask(&self, people: &mut People, key: [u32; 2], words: [u32; 4], n: u64, place: usize) {
        people.ask(key, words, n, (self.edges(), self.rows), place);
    }

    /// Where `n` people go who were asked for one by one, by all bits of everybody.
    #[cold]
    pub(super) fn place(&self, key: [u32; 2], words: [u32; 4], n: u64) -> Parted {
        let above = all_bits_above(key, words, n, &self.thresholds()[..self.rows]);
        Parted::between(n as usize, self.rows, &above)
    }

    #[inline]
    fn edges(&self) -> &Edges {
        self.edges.get().unwrap_or_else(|| self.ready_edges())
    }

    #[cold]
    fn ready_edges(&self) -> &Edges {
        self.edges.get_or_init(|| Edges::new(&self.thresholds(), self.rows))
    }

    /// Share of each row and those before it; [`BEYOND`] where the table has ended.
    fn thresholds(&self) -> [f64; MOST_ROWS] {
        cumulated(self.shares(), self.never)
    }
}

/// Whether `n` people are so few that they are placed one by one in a table of so many rows.
#[inline]
pub(super) fn are_few(n: u64, rows: usize) -> bool {
    n <= FEW_A_ROW * rows as u64
}

/// Whether a number may be a share, up to rounding.
#[inline]
fn is_share(number: f64) -> bool {
    (0.0..=1.0 + ROUNDING).contains(&number)
}

/// The share of each row and those before it; [`BEYOND`] where the table has ended.
#[inline]
fn cumulated(shares: &[f64], never: f64) -> [f64; MOST_ROWS] {
    let mut cumulated = [BEYOND; MOST_ROWS];
    let mut before = 0.0;
    for (upto, share) in cumulated.iter_mut().zip(shares) {
        before += share;
        *upto = before;
    }
    if never == 0.0 {
        // Whatever rounding left, nobody is above the last row with a share.
        for (upto, share) in cumulated[..shares.len()].iter_mut().zip(shares).rev() {
            *upto = 1.0;
            if *share > 0.0 {
                break;
            }
        }
    }
    cumulated
}

impl Halves {
    /// Of no table.
    pub(super) const EMPTY: Halves = Halves { first_half: [1.0; MOST_ROWS], down: STAY };

    /// Becomes what goes with these shares of `rows` rows.
    #[inline]
    fn set(&mut self, rows: usize, shares: &[f64; MOST_ROWS], never: f64) {
        let mut sums = [0.0; PARTS];
        sums[MOST_ROWS..].copy_from_slice(shares);
        if rows > MOST_ROWS / 2 {
            self.add::<8, 8>(&mut sums);
            self.add::<4, 4>(&mut sums);
            self.add::<2, 2>(&mut sums);
        } else {
            // Nobody goes to the second half.
            self.add::<8, 4>(&mut sums);
            self.add::<4, 2>(&mut sums);
            self.add::<2, 1>(&mut sums);
        }
        self.add::<1, 1>(&mut sums);
        self.first_half[0] = (1.0 - never).max(0.0);
    }

    /// Adds `MANY` parts of a level from part `FIRST` on; those below them have their `sums`.
    #[inline(always)]
    fn add<const FIRST: usize, const MANY: usize>(&mut self, sums: &mut [f64; PARTS]) {
        for part in FIRST..FIRST + MANY {
            let (first, second) = (sums[2 * part], sums[2 * part + 1]);
            sums[part] = first + second;
            self.first_half[part] = if second == 0.0 { 1.0 } else { first / sums[part] };
        }
        for part in FIRST..FIRST + MANY {
            let half = self.first_half[part];
            let alone = half == 1.0 || half == 0.0;
            self.down[part] = if alone { self.down[2 * part + usize::from(half == 0.0)] } else { part as u8 };
        }
    }
}

/// What is wrong with the shares of a table.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum SharesError {
    /// More rows than a table may have.
    #[error("a table has at most {MOST_ROWS} rows, found {0}")]
    TooMany(usize),
    /// A share that is none.
    #[error("the share of row {row} is {found}, expected a number from 0 to 1")]
    Share {
        /// Counted from 1.
        row: usize,
        /// The share as given.
        found: f64,
    },
    /// Shares of more than everything.
    #[error("the shares sum to {0}, expected at most 1")]
    Sum(f64),
}

/// Where the people of a split went, as far as is known.
#[derive(Clone, Copy, Debug)]
pub struct Parted {
    /// No row holds more than 2^31; there is nobody in rows behind the table.
    pub(super) rows: [u32; MOST_ROWS],
    pub(super) never: u32,
    /// Counts and people that were drawn.
    pub(super) draws: u32,
    /// How many rows the table has.
    pub(super) len: u8,
    /// Whether first bits settled where everybody is who was placed one by one.
    pub(super) settled: bool,
}

impl Parted {
    /// Nobody, of a table of so many rows.
    #[inline]
    pub(super) const fn nobody(rows: usize) -> Parted {
        Parted { rows: [0; MOST_ROWS], never: 0, draws: 0, len: rows as u8, settled: true }
    }

    /// `n` people who were placed one by one, of whom so many are at or above each threshold of a table of `rows`.
    pub(super) fn between(n: usize, rows: usize, above: &[u32; MOST_ROWS]) -> Parted {
        let mut parted = Parted { never: n as u32, draws: n as u32, ..Parted::nobody(rows) };
        for (row, above) in parted.rows[..rows].iter_mut().zip(above) {
            (*row, parted.never) = (parted.never - above, *above);
        }
        parted
    }

    /// How many went to each row.
    #[inline]
    pub fn rows(&self) -> &[u32] {
        &self.rows[..usize::from(self.len)]
    }

    /// The rows to which anybody went.
    #[inline]
    pub fn filled(&self) -> impl Iterator<Item = usize> + use<> {
        let mut bits = 0_u32;
        for (row, count) in self.rows.iter().enumerate() {
            bits |= u32::from(*count > 0) << row;
        }
        std::iter::from_fn(move || {
            let row = bits.trailing_zeros();
            bits &= bits.wrapping_sub(1);
            (row < u32::BITS).then_some(row as usize)
        })
    }

    /// How many went to no row.
    pub fn never(&self) -> u64 {
        u64::from(self.never)
    }

    /// Counts and people that were drawn.
    pub fn draws(&self) -> u64 {
        u64::from(self.draws)
    }
}

/// People to be split over the rows of a table.
#[derive(Clone, Copy, Debug)]
pub struct Split<'s> {
    address: Address,
    shares: &'s Shares,
    /// A bit for each row that is not alike to the next.
    cuts: u16,
    n: u64,
}

impl<'s> Split<'s> {
    /// `n` (at most 2^31) people who go to a row of `shares` each, or to none; draws are at `address.item` and the 15
    /// items after it.
    #[inline]
    pub fn new(address: Address, n: u64, shares: &'s Shares) -> Split<'s> {
        Split { address, shares, cuts: Alike::NONE.cuts, n }
    }

    /// The same, but people of rows that are `alike` may be counted in any of them: less is drawn, and what is drawn is
    /// the same.
    #[inline]
    pub fn alike(self, alike: Alike) -> Split<'s> {
        Split { cuts: alike.cuts(self.shares.rows), ..self }
    }

    /// Those who are split.
    pub(super) fn n(&self) -> u64 {
        self.n
    }

    pub(super) fn address(&self) -> Address {
        self.address
    }

    pub(super) fn shares(&self) -> &'s Shares {
        self.shares
    }

    pub(super) fn cuts(&self) -> u16 {
        self.cuts
    }

    /// Whether people are placed one by one.
    pub(super) fn is_few(&self) -> bool {
        self.shares.few(self.n)
    }

    /// Nobody yet, in the rows of its table.
    #[inline]
    pub(super) fn nobody(&self) -> Parted {
        Parted::nobody(self.shares.rows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Purpose, Streams, Subject, split_all};

    /// Whatever a table was before, people are split by what it is.
    #[test]
    fn a_table_set_anew_is_a_new_table() {
        let streams = Streams::new(4, 2);
        let tables: [&[f64]; 6] = [
            &[1.0 / 16.0; MOST_ROWS],
            &[0.0, 0.5, 0.25],
            &[1.0],
            &[0.1, 0.2, 0.0, 0.0, 0.3, 0.0, 0.1, 0.1, 0.2],
            &[],
            &[0.0, 0.0, 0.0, 0.0, 0.0, 0.7, 0.0, 0.2],
        ];
        let mut set = Shares::empty();
        for slot in 0..600_u32 {
            let new = Shares::new(tables[slot as usize * 7 / 3 % tables.len()]).expect("shares");
            set.set(new.shares()).expect("shares");
            assert_eq!((&set, set.only_row()), (&new, new.only_row()));
            let address = Address { slot, ..Address::of(Purpose::Reserve, Subject::new(&["tables"])) };
            let splits = [&set, &new].map(|table| Split::new(address, u64::from(slot), table));
            let parted = split_all(&streams, &splits);
            let [one, other] = parted.as_slice() else { panic!("two splits") };
            assert_eq!((one.rows(), one.never()), (other.rows(), other.never()), "of {slot}");
        }
        assert_eq!(set.set(&[0.5, 0.6]), Err(SharesError::Sum(1.1)));
    }

    #[test]
    fn everybody_goes_to_the_only_row() {
        let only_row = |shares: &[f64]| Shares::new(shares).expect("shares").only_row();
        assert_eq!(only_row(&[1.0]), Some(0));
        assert_eq!(only_row(&[0.0, 0.0, 1.0, 0.0]), Some(2));
        assert_eq!(only_row(&[0.0, 0.5]), None);
        assert_eq!(only_row(&[0.5, 0.5]), None);
        assert_eq!(only_row(&[0.0, 0.0]), None);
    }

    #[test]
    fn cuts_are_where_numbers_differ() {
        let alike = Alike::of(&[0, 0, 2, 3, 3, 5]);
        assert_eq!(alike.cuts(6), 0b10110);
        assert_eq!(alike.cuts(3), 0b10);
        assert_eq!((alike.cuts(1), alike.cuts(0)), (0, 0));
        assert_eq!(Alike::NONE.cuts(MOST_ROWS), u16::MAX >> 1);
    }
}
