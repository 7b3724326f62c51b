//! Numbers of one address in neighbouring slots, drawn side by side: whoever asks slot after slot waits for one draw in
//! eight.
//!
//! ```text
//!   slot       8   9  10  11  12  13  14  15 | 16 ...
//!              '---------- drawn at once ----'
//!   asked      8   9  10 ...
//! ```

use std::convert::Infallible;

use multiversion::multiversion;
use rand::rand_core::utils::{fill_bytes_via_next_word, next_u64_via_u32};
use rand::{Rng, TryRng};

use super::lanes::{Addresses, LANES};
use super::streams::{Address, Draw};

/// What was drawn last of neighbouring slots, of one address whatever the slot in it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Near<T> {
    /// The first of the slots.
    first: Option<u32>,
    drawn: T,
}

/// Effects of days, the slots of their addresses.
pub type NearDays = Near<[f64; LANES]>;

/// Uniforms.
pub type NearUniforms = Near<[f64; LANES]>;

/// The numbers that walks begin with.
pub type NearWalks = Near<Numbers>;

/// Numbers of 64 bits of neighbouring slots, one after another, the two of a block each time: few walks take more.
type Numbers = [[u64; LANES]; 8];

impl<T> Near<T> {
    /// What is drawn of the slots around `slot`, and the position of `slot` among them; `draw` draws from the first of them
    /// on.
    #[inline]
    pub(super) fn around(&mut self, slot: u32, draw: impl FnOnce(u32) -> T) -> (&T, usize) {
        let first = slot - slot % LANES as u32;
        if self.first != Some(first) {
            (self.first, self.drawn) = (Some(first), draw(first));
        }
        (&self.drawn, (slot - first) as usize)
    }
}

impl NearUniforms {
    /// The uniform at `address` under `key`.
    #[inline]
    pub(super) fn uniform(&mut self, key: [u32; 2], address: Address) -> f64 {
        let draw = |first| uniforms(&Addresses::of_slots(key, Address { slot: first, ..address }));
        let (uniforms, at) = self.around(address.slot, draw);
        uniforms[at]
    }
}

impl NearWalks {
    /// The walk at `address` under `key`.
    #[inline]
    pub(super) fn walk(&mut self, key: [u32; 2], address: Address) -> Walk<'_> {
        let draw = |first| beginnings(&Addresses::of_slots(key, Address { slot: first, ..address }));
        let (ahead, lane) = self.around(address.slot, draw);
        let further = Draw::behind(key, address.words(), 2 * ahead.len() as u32);
        Walk { ahead, lane, taken: 0, further }
    }
}

#[multiversion(targets("x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl", "x86_64+avx2"))]
fn uniforms(at: &Addresses) -> [f64; LANES] {
    at.uniforms()
}

/// The numbers that the walk at each address begins with.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl", "x86_64+avx2"))]
fn beginnings(at: &Addresses) -> Numbers {
    let mut numbers = Numbers::default();
    for (attempt, of_block) in (0..).zip(numbers.as_chunks_mut::<2>().0) {
        let [a, b, c, d] = at.at_attempt(attempt).blocks();
        for lane in 0..LANES {
            of_block[0][lane] = u64::from(b[lane]) << 32 | u64::from(a[lane]);
            of_block[1][lane] = u64::from(d[lane]) << 32 | u64::from(c[lane]);
        }
    }
    numbers
}

/// A walk through the blocks of one address, as a [`Draw`] is; what it begins with was drawn with that of neighbouring
/// slots.
pub(super) struct Walk<'n> {
    ahead: &'n Numbers,
    /// Which of the slots it is at.
    lane: usize,
    /// Words taken of what was drawn ahead.
    taken: usize,
    /// What comes behind that.
    further: Draw,
}

impl Walk<'_> {
    #[cold]
    #[inline(never)]
    fn further(&mut self) -> u32 {
        self.further.next_u32()
    }
}

impl TryRng for Walk<'_> {
    type Error = Infallible;

    #[inline]
    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let Some(numbers) = self.ahead.get(self.taken / 2) else { return Ok(self.further()) };
        let word = numbers[self.lane % LANES] >> (32 * (self.taken % 2));
        self.taken += 1;
        Ok(word as u32)
    }

    #[inline]
    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        match self.ahead.get(self.taken / 2) {
            Some(numbers) if self.taken.is_multiple_of(2) => {
                self.taken += 2;
                Ok(numbers[self.lane % LANES])
            }
            _ => next_u64_via_u32(self),
        }
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        fill_bytes_via_next_word(bytes, || self.try_next_u32())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Purpose, Streams, Subject};
    use rand::Rng;

    /// Numbers of neighbouring slots are those of each slot by itself, in whatever order slots are asked.
    #[test]
    fn neighbours_are_one_by_one() {
        let streams = Streams::new(3, 7);
        let (mut walks, mut uniforms) = (NearWalks::default(), NearUniforms::default());
        for slot in (0..60).chain([7, 8, 9, 3, u32::MAX, u32::MAX - 9]) {
            let address = Address { slot, item: 2, ..Address::of(Purpose::Reserve, Subject::new(&["near"])) };
            let mut alone = streams.at(address);
            assert_eq!(uniforms.uniform(streams.key(), address).to_bits(), alone.uniform().to_bits());
            let mut near = walks.walk(streams.key(), address);
            for step in 0..90 {
                match step % (3 + slot % 3) {
                    0 | 1 => assert_eq!(near.next_u64(), alone.next_u64(), "word {step} of {slot}"),
                    2 => {
                        let (mut ours, mut theirs) = ([0; 7], [0; 7]);
                        near.fill_bytes(&mut ours);
                        alone.fill_bytes(&mut theirs);
                        assert_eq!(ours, theirs);
                    }
                    _ => assert_eq!(near.next_u32(), alone.next_u32()),
                }
            }
        }
    }
}
