//! A split under way: how it goes down from the whole to the rows, as its parts are counted.

use super::lanes::{Questions, whole};
use super::split::{Halves, MOST_ROWS, PARTS, Parted, Split};

/// People who are being split at a table, with all that is needed to go on.
#[derive(Clone, Debug)]
pub(super) struct Parting {
    key: [u32; 2],
    /// The counter of part 0.
    words: [u32; 4],
    halves: Halves,
    /// Where rows are told apart: a bit for each row that is not alike to the next.
    cuts: u16,
}

impl Parting {
    pub(super) const EMPTY: Parting = Parting { key: [0; 2], words: [0; 4], halves: Halves::EMPTY, cuts: 0 };

    /// Sets out to split the people of `split` under `key`: asks who goes to any row, or to which half.
    pub(super) fn begin(
        &mut self,
        place: usize,
        key: [u32; 2],
        split: &Split<'_>,
        parted: &mut Parted,
        questions: &mut Questions,
    ) {
        let (shares, n) = (split.shares(), split.n() as i64 as f64);
        (self.key, self.words, self.cuts) = (key, split.address().words(), split.cuts());
        let Halves { first_half, down } = shares.halves();
        (self.halves.first_half, self.halves.down) = (*first_half, *down);
        match shares.never() {
            0.0 => self.go_down((place, 1), n, parted, questions),
            _ => self.ask((place, 0), n, parted, questions),
        }
    }

    /// `first` of the `n` people of a part are in its first half.
    #[inline]
    pub(super) fn answer(
        &self,
        (place, part): (usize, usize),
        (n, first): (f64, f64),
        parted: &mut Parted,
        questions: &mut Questions,
    ) {
        if part == 0 {
            parted.never = whole(n - first);
            self.go_down((place, 1), first, parted, questions);
        } else {
            self.go_down((place, 2 * part), first, parted, questions);
            self.go_down((place, 2 * part + 1), n - first, parted, questions);
        }
    }

    /// Brings the `n` people of a part to the first part that has two halves, and asks who goes to which; where all rows
    /// are alike, to a row.
    #[inline]
    fn go_down(&self, (place, part): (usize, usize), n: f64, parted: &mut Parted, questions: &mut Questions) {
        let part = usize::from(self.halves.down[part % PARTS]) % PARTS;
        // Whether anybody is there is up to chance, and so asked only where somebody goes on.
        if self.cuts & WITHIN[part] == 0 {
            parted.rows[usize::from(BEGIN[part]) % MOST_ROWS] = whole(n);
        } else if n > 0.0 {
            self.ask((place, part), n, parted, questions);
        }
    }

    #[inline(always)]
    fn ask(&self, (place, part): (usize, usize), n: f64, parted: &mut Parted, questions: &mut Questions) {
        parted.draws += 1;
        questions.ask(
            self.key,
            words_of(self.words, part),
            n,
            self.halves.first_half[part % MOST_ROWS],
            asker(place, part),
        );
    }
}

/// The counter of a part, where that of part 0 is `words`.
#[inline(always)]
pub(super) fn words_of([head, subject, cell, slot]: [u32; 4], part: usize) -> [u32; 4] {
    let item = head.wrapping_add((part as u32) << ITEM.trailing_zeros()) & ITEM;
    [head & !ITEM | item, subject, cell, slot]
}

/// Where the item is in the first word of an address.
const ITEM: u32 = 0xFF << 16;

/// By what a part of a split knows its count: the split's place and the part.
#[inline]
pub(super) fn asker(place: usize, part: usize) -> u32 {
    (place * MOST_ROWS + part) as u32
}

/// The split and the part behind [`asker`].
#[inline]
pub(super) fn asked_by(asker: u32) -> (usize, usize) {
    (asker as usize / MOST_ROWS, asker as usize % MOST_ROWS)
}

/// The first row of each part.
pub(super) const BEGIN: [u8; PARTS] = {
    let mut rows = [0; PARTS];
    let mut part = 1;
    while part < PARTS {
        rows[part] = (part * rows_in(part) - MOST_ROWS) as u8;
        part += 1;
    }
    rows
};

/// The rows of each part but its last, a bit each.
pub(super) const WITHIN: [u16; PARTS] = {
    let mut within = [0; PARTS];
    let mut part = 1;
    while part < PARTS {
        within[part] = ((1 << (rows_in(part) - 1)) - 1) << BEGIN[part];
        part += 1;
    }
    within
};

const fn rows_in(part: usize) -> usize {
    MOST_ROWS >> part.ilog2()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_know_their_rows() {
        for part in 1..PARTS {
            let rows = (0..MOST_ROWS).filter(|row| (MOST_ROWS + row) / rows_in(part) == part);
            let rows: Vec<usize> = rows.collect();
            assert_eq!(rows[0], usize::from(BEGIN[part]), "part {part}");
            let within = rows[..rows.len() - 1].iter().fold(0, |bits, row| bits | 1 << row);
            assert_eq!(within, WITHIN[part], "part {part}");
        }
    }

    /// An item counts up within its byte, as that of an address does.
    #[test]
    fn items_stay_within_their_byte() {
        use crate::random::{Address, Purpose, Subject};
        let address =
            |item| Address { item, ..Address::of(Purpose::Reserve, Subject::new(&["items"])) }.words();
        for item in 0..=u8::MAX {
            for part in 0..MOST_ROWS as u8 {
                let head = address(item)[0];
                let counted = head & !ITEM | head.wrapping_add(u32::from(part) << 16) & ITEM;
                assert_eq!(counted, address(item.wrapping_add(part))[0]);
            }
        }
    }
}
