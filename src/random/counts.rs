//! Counts that are drawn side by side: plain ones, whole splits, and people placed one by one.
//!
//! ```text
//!   asked                          drawn
//!     n times p                      a count
//!     a split   --> whole --> halves --> ... --> rows     level by level, each beside that of all others
//!     a few     --> a uniform each
//! ```
//!
//! Whoever asks gets a ticket and comes back once, when all is drawn: a split goes down all its levels here.

use std::ops::Range;

use super::lanes::{Answers, Questions, whole};
use super::parting::{Parting, asked_by};
use super::people::People;
use super::split::{Shares, Split};
use super::streams::{Address, Streams};

/// Counts to be drawn side by side, and those that were drawn last.
#[derive(Clone, Debug, Default)]
pub(super) struct Counts {
    asked: Asked,
    drawn: Asked,
}

impl Counts {
    /// Where to ask for what is drawn next.
    pub(super) fn asked(&mut self) -> &mut Asked {
        &mut self.asked
    }

    /// What was drawn last.
    pub(super) fn drawn(&self) -> &Asked {
        &self.drawn
    }

    /// Draws all that is asked for.
    pub(super) fn draw(&mut self) {
        std::mem::swap(&mut self.asked, &mut self.drawn);
        self.asked.clear();
        self.drawn.draw();
    }
}

/// What is asked for, or was drawn.
#[derive(Clone, Debug, Default)]
pub(super) struct Asked {
    questions: Questions,
    plain: Vec<u32>,
    /// Room for as many splits as were ever asked for at once.
    partings: Vec<Parting>,
    /// How many are asked for.
    parted: usize,
    people: People,
}

/// Which counts were asked for: good for what is drawn next.
#[derive(Clone, Copy, Debug)]
pub struct Ticket {
    from: usize,
    to: usize,
}

/// Which splits were handed in: good for what is drawn next.
#[derive(Clone, Copy, Debug, Default)]
pub struct Receipt {
    parting: usize,
    crowd: usize,
}

/// Marks who asks for a plain count.
const PLAIN: u32 = 1 << 31;

impl Asked {
    fn clear(&mut self) {
        self.questions.clear();
        self.plain.clear();
        self.parted = 0;
        self.people.clear();
    }

    /// A ticket of the counts that are asked for from here on: of none so far.
    pub(super) fn ticket(&self) -> Ticket {
        Ticket { from: self.plain.len(), to: self.plain.len() }
    }

    /// The same with all that were asked for since.
    pub(super) fn up_to_here(&self, ticket: Ticket) -> Ticket {
        Ticket { to: self.plain.len(), ..ticket }
    }

    /// Asks how many of `n` happen, each with probability `p`, at the counter `words` under `key`.
    #[inline]
    pub(super) fn ask(&mut self, key: [u32; 2], words: [u32; 4], n: u64, p: f64) {
        let asker = PLAIN | self.plain.len() as u32;
        self.plain.push(0);
        self.questions.ask(key, words, n as i64 as f64, p, asker);
    }

    /// Takes a count that is known into the place of one that is asked for.
    pub(super) fn know(&mut self, count: u32) {
        self.plain.push(count);
    }

    /// The counts of `ticket`.
    pub(super) fn counts(&self, ticket: Ticket) -> &[u32] {
        &self.plain[ticket.from..ticket.to]
    }

    /// Asks for splits under `key`.
    pub(super) fn hand_in(&mut self, key: [u32; 2], splits: &[Split<'_>]) -> Receipt {
        let receipt = Receipt { parting: self.parted, crowd: self.people.crowds() };
        for split in splits.iter().filter(|split| split.n() > 0) {
            match split.is_few() {
                true => split.ask(key, &mut self.people),
                false => self.part(key, split),
            }
        }
        receipt
    }

    fn part(&mut self, key: [u32; 2], split: &Split<'_>) {
        let place = self.parted;
        self.parted += 1;
        if place == self.partings.len() {
            self.partings.push(Parting::EMPTY);
        }
        self.partings[place].begin(place, key, split, &mut self.questions);
    }

    /// Gives the splits of `receipt` back, which were handed in under `key`; returns how many counts and people were drawn.
    pub(super) fn take_back(&self, key: [u32; 2], splits: &mut [Split<'_>], receipt: Receipt) -> u64 {
        let (Receipt { mut parting, mut crowd }, mut draws) = (receipt, 0);
        for split in splits.iter_mut().filter(|split| split.n() > 0) {
            if split.is_few() {
                split.place(key, &self.people, crowd);
                crowd += 1;
                draws += split.n();
            } else {
                let reached = &self.partings[parting].reached;
                split.arrive(reached);
                draws += u64::from(reached.draws);
                parting += 1;
            }
        }
        draws
    }

    /// Draws all that is asked for, and goes down the splits with it until each has come to its rows.
    fn draw(&mut self) {
        self.people.draw();
        loop {
            let drawn = self.questions.draw();
            if drawn.iter().all(Range::is_empty) {
                return;
            }
            for (kind, rows) in drawn.into_iter().enumerate() {
                for row in rows {
                    let answers = self.questions.answers(kind, row);
                    self.hand_out(&answers);
                }
            }
        }
    }

    /// Hands counts out to those who asked for them; parts of splits ask on.
    fn hand_out(&mut self, answers: &Answers) {
        for (asker, n, k) in answers.all() {
            if asker & PLAIN != 0 {
                self.plain[(asker & !PLAIN) as usize] = whole(k);
            } else {
                let (place, part) = asked_by(asker);
                self.partings[place].answer(place, part, n, k, &mut self.questions);
            }
        }
    }
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
    splits[0].never()
}

/// Splits all of `splits`, part by part from the whole to the rows, side by side; returns how many counts and people were
/// drawn.
pub fn split_all(streams: &Streams, splits: &mut [Split<'_>]) -> u64 {
    let mut counts = Counts::default();
    let receipt = counts.asked().hand_in(streams.key(), splits);
    counts.draw();
    counts.drawn().take_back(streams.key(), splits, receipt)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Address, MOST_TRIALS, Purpose, Streams, Subject, binomial};

    /// Every count is the one that is drawn alone, whatever stands beside it.
    #[test]
    fn side_by_side_is_one_by_one() {
        let streams = Streams::new(3, 1);
        let sizes = [0, 1, 2, 7, 19, 21, 100, 999, 4_095, 4_096, 4_097, 100_000, 12_345_678, MOST_TRIALS];
        let chances =
            [0.0, 1e-9, 1e-6, 0.001, 0.01, 0.05, 0.3, 0.5, 0.5 + 1e-12, 0.7, 0.95, 0.999, 1.0 - 1e-9, 1.0];
        let mut counts = Counts::default();
        let ticket = counts.asked().ticket();
        let mut alone = Vec::new();
        for slot in 0..20_000_u32 {
            let at = Address { slot, ..Address::of(Purpose::Reserve, Subject::new(&["lanes"])) };
            let n = sizes[slot as usize * 7 / 3 % sizes.len()];
            let p = chances[slot as usize * 11 / 5 % chances.len()];
            counts.asked().ask(streams.key(), at.words(), n, p);
            alone.push(binomial(&streams.at(at), n, p) as u32);
        }
        let ticket = counts.asked().up_to_here(ticket);
        counts.draw();
        let together = counts.drawn().counts(ticket);
        assert!(together == alone, "{:?}", together.iter().zip(&alone).position(|(a, b)| a != b));
    }
}
