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

use super::lanes::{Counts, Edges, Questions, Ticket, at_or_above};
use super::streams::{Address, Streams};

/// The longest table.
pub const MOST_ROWS: usize = 16;

/// Parts of a table: part 0 is whoever goes to any row, part 1 all rows, parts 2v and 2v + 1 the halves of part v, and
/// parts 16 to 31 the rows.
const PARTS: usize = 2 * MOST_ROWS;

/// Up to so many people a row are placed one by one: about as much work as its binomials.
const FEW_A_ROW: u64 = 4;

/// Shares that miss 1 by less than this are taken to reach it: the writer meant it.
const ROUNDING: f64 = 1e-9;

/// More than any uniform.
const BEYOND: f64 = 2.0;

/// The shares of the rows of a table; what they leave of 1 is the share of those who go to no row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shares {
    rows: usize,
    shares: [f64; MOST_ROWS],
    /// Share of each row and those before it, ready to place people by; [`BEYOND`] where the table has ended.
    edges: Edges,
    /// Part by part, the share of its first half; that of any row in part 0.
    first_half: [f64; MOST_ROWS],
    /// Part by part, the first one at or below it whose two halves both have a share, or a row.
    down: [u8; PARTS],
    never: f64,
}

/// Which rows of a table are alike: each row has a number, and neighbours with the same number are one to whoever asks.
pub type Alike = [u8; MOST_ROWS];

/// Every row is a row of its own.
pub const NONE_ALIKE: Alike = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];

impl Shares {
    /// A table of `shares` (each in \[0, 1\], together at most 1, up to rounding; at most 16).
    ///
    /// # Errors
    /// When a share is negative or not a number, or they exceed 1, or there are too many.
    pub fn new(shares: &[f64]) -> Result<Self, SharesError> {
        if shares.len() > MOST_ROWS {
            return Err(SharesError::TooMany(shares.len()));
        }
        if let Some(at) = shares.iter().position(|share| !(0.0..=1.0 + ROUNDING).contains(share)) {
            return Err(SharesError::Share { row: at + 1, found: shares[at] });
        }
        let sum: f64 = shares.iter().sum();
        if sum > 1.0 + ROUNDING {
            return Err(SharesError::Sum(sum));
        }
        let scale = if sum > 1.0 - ROUNDING { sum } else { 1.0 };
        let never = if sum > 1.0 - ROUNDING { 0.0 } else { 1.0 - sum };
        let mut table = [0.0; MOST_ROWS];
        for (to, from) in table.iter_mut().zip(shares) {
            *to = from / scale;
        }
        Ok(Self::prepared(shares.len(), table, never))
    }

    fn prepared(rows: usize, shares: [f64; MOST_ROWS], never: f64) -> Self {
        let mut cumulated = [BEYOND; MOST_ROWS];
        let last = shares.iter().rposition(|&share| share > 0.0);
        let mut before = 0.0;
        for row in 0..rows {
            before += shares[row];
            let reached = never == 0.0 && last.is_some_and(|last| row >= last);
            cumulated[row] = if reached { 1.0 } else { before };
        }
        let mut sums = [0.0; PARTS];
        sums[MOST_ROWS..].copy_from_slice(&shares);
        let mut first_half = [0.0; MOST_ROWS];
        let mut down = std::array::from_fn(|part| part as u8);
        for part in (1..MOST_ROWS).rev() {
            let (first, second) = (sums[2 * part], sums[2 * part + 1]);
            sums[part] = first + second;
            first_half[part] = if second == 0.0 { 1.0 } else { first / sums[part] };
            if first_half[part] == 1.0 || first_half[part] == 0.0 {
                down[part] = down[2 * part + usize::from(first_half[part] == 0.0)];
            }
        }
        first_half[0] = (1.0 - never).max(0.0);
        Self { rows, shares, edges: Edges::new(&cumulated), first_half, down, never }
    }

    /// The share of each row.
    pub fn shares(&self) -> &[f64] {
        &self.shares[..self.rows]
    }

    /// The share of those who go to no row.
    pub fn never(&self) -> f64 {
        self.never
    }

    /// The row whose part of (0, 1) holds `u`; a smaller `u` means an earlier row.
    #[inline]
    pub fn row(&self, u: f64) -> Option<usize> {
        let row = self.edges.thresholds.iter().filter(|&&upto| upto <= u).count();
        (row < self.rows).then_some(row)
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

/// Splits `n` (at most 2^31) people over the rows of `shares` into `out`, and returns how many go to no row.
///
/// The sum of `out` and the result is `n`. `out` is as long as the table. Draws are at `address.item` and the 15 items
/// after it.
///
/// # Panics
/// When `out` is shorter than the table.
pub fn split(streams: &Streams, address: Address, n: u64, shares: &Shares, out: &mut [u64]) -> u64 {
    let mut splits = [Split::new(address, n, shares)];
    split_all(streams, &mut splits);
    out.iter_mut().zip(splits[0].rows()).for_each(|(out, row)| *out = u64::from(*row));
    splits[0].never
}

/// People to be split over the rows of a table.
#[derive(Clone, Copy, Debug)]
pub struct Split<'s> {
    address: Address,
    shares: &'s Shares,
    alike: &'s Alike,
    n: u64,
    /// No row holds more than 2^31.
    rows: [u32; MOST_ROWS],
    never: u64,
}

impl<'s> Split<'s> {
    /// `n` (at most 2^31) people who go to a row of `shares` each, or to none; draws are at `address.item` and the 15
    /// items after it.
    pub fn new(address: Address, n: u64, shares: &'s Shares) -> Split<'s> {
        Split { address, shares, alike: &NONE_ALIKE, n, rows: [0; MOST_ROWS], never: 0 }
    }

    /// The same, but people of rows that are `alike` may be counted in any of them: less is drawn, and what is drawn is
    /// the same.
    pub fn alike(self, alike: &'s Alike) -> Split<'s> {
        Split { alike, ..self }
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

    /// How many go to each row, once they are split.
    pub fn rows(&self) -> &[u32] {
        &self.rows[..self.shares.rows]
    }

    pub(super) fn rows_mut(&mut self) -> &mut [u32] {
        &mut self.rows[..self.shares.rows]
    }

    /// How many go to no row.
    pub fn never(&self) -> u64 {
        self.never
    }

    pub(super) fn set_never(&mut self, never: u64) {
        self.never = never;
    }
}

/// Splits all of `splits`, part by part from the whole to the rows, side by side; returns how many counts and people were
/// drawn.
pub fn split_all(streams: &Streams, splits: &mut [Split<'_>]) -> u64 {
    let (mut counts, mut open) = (Counts::default(), Open::default());
    let mut draws = open.begin(streams, splits, counts.split().1);
    while !open.is_empty() {
        counts.draw();
        let (drawn, questions) = counts.split();
        draws += open.answer(streams, splits, drawn, questions);
    }
    draws
}

impl Split<'_> {
    /// Who goes to any row at all; few people go to their rows at once. Returns how many were drawn.
    fn begin(&mut self, streams: &Streams, place: usize, ask: &mut Ask<'_>) -> u64 {
        let (n, shares) = (self.n, self.shares);
        if n == 0 {
            return 0;
        }
        if n <= FEW_A_ROW * shares.rows as u64 {
            let above = at_or_above(streams.key(), self.words(0), n, &shares.edges, shares.rows);
            self.never = self.place(n, &above);
            return n;
        }
        match shares.never {
            0.0 => self.go_down(1, n, place, ask),
            _ => ask.part(place, 0, n, self.words(0), shares.first_half[0]),
        }
        0
    }

    /// Brings the `n` people of a part to the first part that has two halves, and asks who goes to which; where all rows
    /// are alike, to a row.
    #[inline]
    fn go_down(&mut self, part: usize, n: u64, place: usize, ask: &mut Ask<'_>) {
        if n == 0 {
            return;
        }
        let part = usize::from(self.shares.down[part]);
        let (begin, end) = (usize::from(BEGIN[part]), usize::from(END[part]).min(self.shares.rows));
        if self.alike[begin] == self.alike[end - 1] {
            self.rows[begin] = n as u32;
        } else {
            ask.part(place, part, n, self.words(part), self.shares.first_half[part]);
        }
    }

    /// Those of a part of `n` who were asked for: `first` in its first half.
    #[inline]
    fn answer(&mut self, part: Part, first: u64, ask: &mut Ask<'_>) {
        let (place, part, n) = (part.place as usize, part.part as usize, u64::from(part.n));
        if part == 0 {
            self.never = n - first;
            self.go_down(1, first, place, ask);
        } else {
            self.go_down(2 * part, first, place, ask);
            self.go_down(2 * part + 1, n - first, place, ask);
        }
    }

    /// Counts people row by row, where so many of `n` are above each; returns who is above them all.
    fn place(&mut self, n: u64, above: &[u64; MOST_ROWS]) -> u64 {
        let mut left = n;
        let rows = &mut self.rows[..self.shares.rows];
        for (row, above) in rows.iter_mut().zip(above) {
            (*row, left) = ((left - above) as u32, *above);
        }
        left
    }

    fn words(&self, part: usize) -> [u32; 4] {
        Address { item: self.address.item.wrapping_add(part as u8), ..self.address }.words()
    }
}

/// The first row of each part.
const BEGIN: [u8; PARTS] = rows_of_parts(0);
/// The row after the last of each part.
const END: [u8; PARTS] = rows_of_parts(1);

const fn rows_of_parts(after: usize) -> [u8; PARTS] {
    let mut rows = [0; PARTS];
    let mut part = 1;
    while part < PARTS {
        let level = part.ilog2();
        rows[part] = ((part - (1 << level) + after) * (MOST_ROWS >> level)) as u8;
        part += 1;
    }
    rows
}

/// The parts of splits whose first half is asked for.
#[derive(Clone, Debug, Default)]
pub(super) struct Open {
    parts: Vec<Part>,
    /// Parts that have been answered: room for those that come next.
    answered: Vec<Part>,
}

/// A part of a split and the people in it.
#[derive(Clone, Copy, Debug)]
struct Part {
    /// Position of the split.
    place: u32,
    part: u32,
    n: u32,
    /// Where the count of its first half will be.
    ticket: Ticket,
}

/// Where the first half of a part is asked for.
struct Ask<'q> {
    key: [u32; 2],
    parts: &'q mut Vec<Part>,
    questions: &'q mut Questions,
}

impl Ask<'_> {
    #[inline]
    fn part(&mut self, place: usize, part: usize, n: u64, words: [u32; 4], first_half: f64) {
        let ticket = self.questions.ask(self.key, words, n, first_half);
        self.parts.push(Part { place: place as u32, part: part as u32, n: n as u32, ticket });
    }
}

impl Open {
    /// Whether nothing is asked for any more.
    pub(super) fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// Asks for what comes first; returns how many people were drawn at once.
    pub(super) fn begin(
        &mut self,
        streams: &Streams,
        splits: &mut [Split<'_>],
        questions: &mut Questions,
    ) -> u64 {
        let mut ask = Ask { key: streams.key(), parts: &mut self.parts, questions };
        let begun = splits.iter_mut().enumerate();
        begun.map(|(place, split)| split.begin(streams, place, &mut ask)).sum()
    }

    /// Hands out what was drawn for the parts and asks for what comes next; returns how many counts
    /// that were.
    pub(super) fn answer(
        &mut self,
        streams: &Streams,
        splits: &mut [Split<'_>],
        drawn: &Questions,
        questions: &mut Questions,
    ) -> u64 {
        let Open { parts, answered } = self;
        std::mem::swap(parts, answered);
        let mut ask = Ask { key: streams.key(), parts, questions };
        for part in answered.iter() {
            splits[part.place as usize].answer(*part, drawn.count(part.ticket), &mut ask);
        }
        let counted = answered.len() as u64;
        answered.clear();
        counted
    }
}
