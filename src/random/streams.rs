//! Where randomness comes from: not the next number of a sequence, but the number at an address.
//!
//! Two runs that ask for the same address get the same number, whatever else they ask for and in whatever
//! order. That is what lets two scenarios meet the same luck, and threads share nothing.

use std::collections::BTreeMap;
use std::convert::Infallible;

use rand::TryRng;
use rand::rand_core::utils::fill_bytes_via_next_word;

use super::fnv::Fnv;
use super::philox::philox;

/// The random numbers of one replication, each at its [`Address`]. Cheap to copy, nothing to advance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Streams {
    key: [u32; 2],
}

impl Streams {
    /// The numbers of replication `replication` (an index from 0) under `seed`.
    pub fn new(seed: u64, replication: u64) -> Self {
        let counter = [seed as u32, (seed >> 32) as u32, replication as u32, (replication >> 32) as u32];
        let [first, second, ..] = philox(counter, KEY_OF_KEYS);
        Self { key: [first, second] }
    }

    /// The draw at `address`; costs nothing until a number is taken from it.
    #[inline]
    pub fn at(&self, address: Address) -> Draw {
        Draw::at(self.key, address.words())
    }

    /// The key of its generator.
    pub(super) fn key(&self) -> [u32; 2] {
        self.key
    }
}

/// The key under which (seed, replication) becomes a key: "tiercast" in eight letters.
const KEY_OF_KEYS: [u32; 2] = [u32::from_be_bytes(*b"tier"), u32::from_be_bytes(*b"cast")];

/// What a draw decides: nothing else may change it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Address {
    /// What kind of thing is decided.
    pub purpose: Purpose,
    /// Which of several draws of one decision, such as the row of a table. [`split`](super::split) counts up
    /// from the item it is given.
    pub item: u8,
    /// Whom or what it concerns, by name.
    pub subject: Subject,
    /// The key of the cell of customers; 0 where there is none.
    pub cell: u32,
    /// The slot of the calendar, counted from the start of the run; 0 where time plays no part.
    pub slot: u32,
}

impl Address {
    /// The address of (purpose, subject) alone: item, cell and slot are 0.
    pub fn of(purpose: Purpose, subject: Subject) -> Self {
        Self { purpose, item: 0, subject, cell: 0, slot: 0 }
    }

    /// The address as a counter of the generator; the lower half of the first word is left for attempts.
    #[inline]
    pub(super) fn words(self) -> [u32; 4] {
        let Address { purpose, item, subject, cell, slot } = self;
        [(purpose as u32) << 24 | u32::from(item) << 16, subject.0, cell, slot]
    }
}

/// What kind of thing a draw decides. The numbers are part of every result: add new ones, never renumber.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Purpose {
    /// A rate or threshold that is uncertain: one quantile a replication.
    Parameter = 1,
    /// The common effect of a day.
    Day = 2,
    /// The common effect of a campaign.
    Campaign = 3,
    /// What the platform decides by chance in reality: a verification, a review, a rejection.
    Decision = 4,
    /// Which customers of several cells a send reaches.
    Choose = 5,
    /// Customers whom no message can reach.
    Undeliverable = 6,
    /// Messages delivered of those sent.
    Deliver = 7,
    /// What customers do with a delivered message.
    Outcome = 8,
    /// When they do it.
    Delay = 9,
    /// Customers who write first.
    FirstMessage = 10,
    /// What the help desk answers or leaves.
    HelpDesk = 11,
    /// Kept for draws of callers outside the model: tests, studies, resampling.
    Reserve = 12,
}

/// Whom or what a draw concerns: a 32-bit hash of an ordered list of names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Subject(pub u32);

impl Subject {
    /// The subject of `names`, from general to particular. ["ab", "c"] and ["a", "bc"] are two subjects.
    ///
    /// FNV-1a over the names; then mixed, because FNV leaves the high bits of short texts alike.
    pub fn new(names: &[&str]) -> Self {
        let mut hash = Fnv::default();
        names.iter().for_each(|name| hash.text(name));
        Self(mix_down(hash.finish()))
    }
}

/// Folds 64 bits into 32 after the finaliser of MurmurHash3 (A. Appleby), so that each bit counts.
pub(crate) fn mix_down(mut hash: u64) -> u32 {
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    (hash ^ (hash >> 32)) as u32
}

/// The subjects of a scenario. Registering them all at loading proves that no two share their luck.
#[derive(Clone, Debug, Default)]
pub struct Subjects {
    names: BTreeMap<u32, Vec<String>>,
}

impl Subjects {
    /// The subject of `names`; the same list may be registered any number of times.
    ///
    /// # Errors
    /// When another list of names has the same hash.
    pub fn register(&mut self, names: &[&str]) -> Result<Subject, SubjectCollision> {
        let subject = Subject::new(names);
        let known = self
            .names
            .entry(subject.0)
            .or_insert_with(|| names.iter().map(|&name| name.to_owned()).collect());
        if known.iter().ne(names) {
            return Err(SubjectCollision { known: known.join(" / "), found: names.join(" / ") });
        }
        Ok(subject)
    }

    /// The names of `subject`, where it was registered.
    pub fn names(&self, subject: Subject) -> Option<&[String]> {
        self.names.get(&subject.0).map(Vec::as_slice)
    }
}

/// Two lists of names that would share their luck.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the names `{known}` and `{found}` would share their random numbers: rename one of them")]
pub struct SubjectCollision {
    /// The names that were registered first, joined by " / ".
    pub known: String,
    /// The names that were refused, joined by " / ".
    pub found: String,
}

/// The random numbers at one address: a block of 128 bits for each attempt 0, 1, 2, ... 65,535.
///
/// Most decisions need [`uniform`](Draw::uniform) alone. As a generator of the `rand` crate a draw walks
/// through its blocks from attempt 0 on and begins again after the last (1 MiB); a copy walks the same blocks.
#[derive(Clone, Debug)]
pub struct Draw {
    key: [u32; 2],
    counter: [u32; 4],
    block: [u32; 4],
    taken: u32,
}

impl Draw {
    /// The draw under `key` at the counter `words`.
    #[inline]
    pub(super) fn at(key: [u32; 2], words: [u32; 4]) -> Draw {
        Draw { key, counter: words, block: [0; 4], taken: 0 }
    }

    /// The number of this address: uniform in the open interval (0, 1), see [`unit`].
    #[inline]
    pub fn uniform(&self) -> f64 {
        self.pair(0).0
    }

    /// Two independent uniforms in (0, 1), those of block `attempt`.
    #[inline]
    pub fn pair(&self, attempt: u16) -> (f64, f64) {
        let [a, b, c, d] = self.block(attempt);
        (unit(a, b), unit(c, d))
    }

    #[inline]
    fn block(&self, attempt: u16) -> [u32; 4] {
        let [head, subject, cell, slot] = self.counter;
        philox([head | u32::from(attempt), subject, cell, slot], self.key)
    }

    /// The next word of the walk through the blocks.
    #[inline]
    fn next_word(&mut self) -> u32 {
        let place = (self.taken % 4) as usize;
        if place == 0 {
            self.block = self.block((self.taken / 4) as u16);
        }
        self.taken = self.taken.wrapping_add(1);
        self.block[place]
    }
}

/// A number in (0, 1) from two random words: an odd multiple of 2^-53.
///
/// Neither 0 nor 1 occurs, `1 - u` is exact and as likely as `u`, and both have all 53 bits.
#[inline]
pub(super) fn unit(low: u32, high: u32) -> f64 {
    let bits = (u64::from(high) << 32 | u64::from(low)) >> 12;
    // 52 bits as the fraction of a number in [1, 2): one less, and half a step more.
    (f64::from_bits(ONE | bits) - 1.0) + HALF_STEP
}

/// The bits of 1.
const ONE: u64 = 1.0_f64.to_bits();

/// 2^-53.
const HALF_STEP: f64 = 1.0 / (1_u64 << 53) as f64;

impl TryRng for Draw {
    type Error = Infallible;

    #[inline]
    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(self.next_word())
    }

    #[inline]
    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let (low, high) = match self.taken % 4 {
            0 => {
                self.block = self.block((self.taken / 4) as u16);
                self.taken = self.taken.wrapping_add(2);
                (self.block[0], self.block[1])
            }
            2 => {
                self.taken = self.taken.wrapping_add(2);
                (self.block[2], self.block[3])
            }
            _ => (self.next_word(), self.next_word()),
        };
        Ok(u64::from(high) << 32 | u64::from(low))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        fill_bytes_via_next_word(bytes, || self.try_next_u32())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::Rng;

    fn draw() -> Draw {
        Streams::new(7, 3).at(Address {
            purpose: Purpose::Outcome,
            item: 2,
            subject: Subject(5),
            cell: 11,
            slot: 13,
        })
    }

    #[test]
    fn the_border_between_names_counts() {
        assert_ne!(Subject::new(&["ab", "c"]), Subject::new(&["a", "bc"]));
        assert_ne!(Subject::new(&["ab"]), Subject::new(&["ab", ""]));
        assert_ne!(Subject::new(&["a", "b"]), Subject::new(&["b", "a"]));
    }

    /// The hash is part of every result: these values may never change.
    #[test]
    fn the_hash_of_names_is_pinned() {
        assert_eq!(Subject::new(&[]).0, PINNED[0]);
        assert_eq!(Subject::new(&["segment", "loyal"]).0, PINNED[1]);
    }
    const PINNED: [u32; 2] = [0x22a1_39f6, 0xf344_c91a];

    #[test]
    fn a_collision_is_refused() {
        let mut subjects = Subjects::default();
        let subject = subjects.register(&["one"]).unwrap();
        assert_eq!(subjects.register(&["one"]), Ok(subject));
        subjects.names.insert(Subject::new(&["two"]).0, vec!["three".to_owned()]);
        let collision = subjects.register(&["two"]).unwrap_err();
        assert_eq!((collision.known.as_str(), collision.found.as_str()), ("three", "two"));
        assert_eq!(subjects.names(subject), Some(&["one".to_owned()][..]));
    }

    #[test]
    fn every_part_of_an_address_counts() {
        let streams = Streams::new(1, 0);
        let base = Address::of(Purpose::Day, Subject(1));
        let others = [
            Address { purpose: Purpose::Campaign, ..base },
            Address { item: 1, ..base },
            Address { subject: Subject(2), ..base },
            Address { cell: 1, ..base },
            Address { slot: 1, ..base },
        ];
        let first = streams.at(base).uniform();
        assert!(others.iter().all(|&other| streams.at(other).uniform() != first));
        assert!(Streams::new(1, 1).at(base).uniform() != first);
        assert!(Streams::new(2, 0).at(base).uniform() != first);
        assert!(streams.at(base).pair(1).0 != first);
    }

    #[test]
    fn a_unit_is_open_and_mirrors_exactly() {
        assert_eq!(unit(0, 0), HALF_STEP);
        assert_eq!(unit(u32::MAX, u32::MAX), 1.0 - HALF_STEP);
        let u = draw().uniform();
        assert_eq!(1.0 - (1.0 - u), u);
    }

    #[test]
    fn as_a_generator_it_walks_the_blocks() {
        let mut walker = draw();
        let words: Vec<u32> = (0..8).map(|_| walker.next_u32()).collect();
        assert_eq!(words, [draw().block(0), draw().block(1)].concat());
        let mut bytes = [0; 7];
        draw().fill_bytes(&mut bytes);
        assert_eq!(bytes[..4], words[0].to_le_bytes());
        assert_eq!(bytes[4..], words[1].to_le_bytes()[..3]);
    }
}
