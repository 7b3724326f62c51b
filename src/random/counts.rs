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
use super::split::{Parted, Shares, Split};
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

    /// The same, to be settled.
    pub(super) fn drawn_mut(&mut self) -> &mut Asked {
        &mut self.drawn
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
    /// Where the people of each split go, and how they get there; room for as many as were ever asked for at once.
    parted: Vec<Parted>,
    partings: Vec<Parting>,
    /// How many splits are asked for.
    splits: usize,
    people: People,
}

/// Which counts were asked for: good for what is drawn next.
#[derive(Clone, Copy, Debug)]
pub struct Ticket {
    from: usize,
    to: usize,
}

/// Which splits were handed in: good for what is drawn next.
#[derive(Clone, Copy, Debug)]
pub struct Receipt {
    from: usize,
    to: usize,
}

/// Marks who asks for a plain count.
const PLAIN: u32 = 1 << 31;

impl Asked {
    fn clear(&mut self) {
        self.questions.clear();
        self.plain.clear();
        self.splits = 0;
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

    /// A receipt of the splits that are handed in from here on: of none so far.
    pub(super) fn receipt(&self) -> Receipt {
        Receipt { from: self.splits, to: self.splits }
    }

    /// The same with all that were handed in since.
    pub(super) fn handed_in_since(&self, receipt: Receipt) -> Receipt {
        Receipt { to: self.splits, ..receipt }
    }

    /// Asks for a split under `key`.
    #[inline]
    pub(super) fn hand_in(&mut self, key: [u32; 2], split: &Split<'_>) {
        let place = self.know_split(split.nobody());
        if split.n() == 0 {
            return;
        }
        match split.is_few() {
            true => split.shares().ask(&mut self.people, key, split.address().words(), split.n(), place),
            false => self.part(place, key, split),
        }
    }

    /// Takes where the people of a split go, as far as is known, into its place; returns that.
    #[inline]
    pub(super) fn know_split(&mut self, parted: Parted) -> usize {
        let place = self.splits;
        self.splits += 1;
        if place == self.parted.len() {
            self.parted.push(Parted::nobody(0));
            self.partings.push(Parting::EMPTY);
        }
        self.parted[place] = parted;
        place
    }

    fn part(&mut self, place: usize, key: [u32; 2], split: &Split<'_>) {
        let (parting, parted) = (&mut self.partings[place], &mut self.parted[place]);
        parting.begin(place, key, split, parted, &mut self.questions);
    }

    /// Looks at more bits of people where first bits did not settle where they are: `splits` are those of `receipt`, which
    /// were handed in under `key`. Returns how many counts and people were drawn.
    #[inline]
    pub(super) fn take_back<'s>(
        &mut self,
        key: [u32; 2],
        receipt: Receipt,
        splits: impl Iterator<Item = Split<'s>>,
    ) -> u64 {
        let parted = &mut self.parted[receipt.from..receipt.to];
        let (mut draws, mut settled) = (0, true);
        for parted in parted.iter() {
            draws += parted.draws();
            settled &= parted.settled;
        }
        if !settled {
            for (parted, split) in parted.iter_mut().zip(splits).filter(|(parted, _)| !parted.settled) {
                *parted = split.shares().place(key, split.address().words(), split.n());
            }
        }
        draws
    }

    /// Where the people of each split of `receipt` went, once it was taken back.
    pub(super) fn parted(&self, receipt: Receipt) -> &[Parted] {
        &self.parted[receipt.from..receipt.to]
    }

    /// Draws all that is asked for, and goes down the splits with it until each has come to its rows.
    fn draw(&mut self) {
        self.people.draw(&mut self.parted);
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
                let parted = &mut self.parted[place];
                self.partings[place].answer((place, part), (n, k), parted, &mut self.questions);
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
    let parted = split_all(streams, &[Split::new(address, n, shares)])[0];
    out.iter_mut().zip(parted.rows()).for_each(|(out, row)| *out = u64::from(*row));
    parted.never()
}

/// Splits all of `splits`, part by part from the whole to the rows, side by side; where people go, in the same order.
pub fn split_all(streams: &Streams, splits: &[Split<'_>]) -> Vec<Parted> {
    let mut counts = Counts::default();
    let asked = counts.asked();
    let receipt = asked.receipt();
    splits.iter().for_each(|split| asked.hand_in(streams.key(), split));
    let receipt = asked.handed_in_since(receipt);
    counts.draw();
    counts.drawn_mut().take_back(streams.key(), receipt, splits.iter().copied());
    counts.drawn().parted(receipt).to_vec()
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
