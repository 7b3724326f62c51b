//! Numbers of one address in neighbouring slots, drawn side by side: whoever asks slot after slot waits for one draw in
//! eight.
//!
//! ```text
//!   slot       8   9  10  11  12  13  14  15 | 16 ...
//!              '---------- drawn at once ----'
//!   asked      8   9  10 ...
//! ```

use multiversion::multiversion;

use super::lanes::{Addresses, LANES};
use super::streams::Address;
use super::walk::{WORDS, Walk};

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

/// The words that walks begin with.
pub type NearWalks = Near<[[u32; BLOCKS * WORDS]; LANES]>;

/// Blocks of a walk that are drawn ahead: few walks take more.
const BLOCKS: usize = 4;

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
    pub(super) fn walk(&mut self, key: [u32; 2], address: Address) -> Walk {
        let draw = |first| beginnings(&Addresses::of_slots(key, Address { slot: first, ..address }));
        let (beginnings, at) = self.around(address.slot, draw);
        Walk::begun(key, address.words(), &beginnings[at])
    }
}

#[multiversion(targets("x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl", "x86_64+avx2"))]
fn uniforms(at: &Addresses) -> [f64; LANES] {
    at.uniforms()
}

/// The words that the walk at each address begins with.
fn beginnings(at: &Addresses) -> [[u32; BLOCKS * WORDS]; LANES] {
    let mut blocks = [[[0; LANES]; WORDS]; BLOCKS];
    draw(at, &mut blocks);
    let mut walks = [[0; BLOCKS * WORDS]; LANES];
    for (lane, walk) in walks.iter_mut().enumerate() {
        for (place, word) in walk.iter_mut().enumerate() {
            *word = blocks[place / WORDS][place % WORDS][lane];
        }
    }
    walks
}

/// The first blocks at each address, attempt by attempt. Who puts their words into another order does so afterwards: here
/// that would keep lanes from being drawn side by side.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl", "x86_64+avx2"))]
fn draw(at: &Addresses, blocks: &mut [[[u32; LANES]; WORDS]; BLOCKS]) {
    for (attempt, block) in (0..).zip(blocks) {
        *block = at.at_attempt(attempt).blocks();
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
