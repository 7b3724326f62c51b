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
use rand::TryRng;
use rand::rand_core::utils::{fill_bytes_via_next_word, next_u64_via_u32};

use super::lanes::{Addresses, LANES};
use super::streams::{Address, unit};
use super::walk::Walk;

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

/// The first words of walks, two in each number, the earlier one below.
pub type NearWalks = Near<[[u64; AHEAD]; LANES]>;

/// Numbers of a walk that are drawn ahead, two of each block: few walks take more.
const AHEAD: usize = 8;

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
        let (uniforms, at) = self.around(address.slot, |first| uniforms(&slots_from(first, key, address)));
        uniforms[at]
    }
}

impl NearWalks {
    /// The walk at `address` under `key`.
    #[inline]
    pub(super) fn walk(&mut self, key: [u32; 2], address: Address) -> NearWalk<'_> {
        let (walks, at) = self.around(address.slot, |first| walks(&slots_from(first, key, address)));
        NearWalk { ahead: &walks[at], taken: 0, further: Walk::behind(key, address.words(), WORDS as u32) }
    }
}

/// The addresses of neighbouring slots.
fn slots_from(first: u32, key: [u32; 2], address: Address) -> Addresses {
    let mut at = Addresses::EMPTY;
    for lane in 0..LANES {
        let slot = first.wrapping_add(lane as u32);
        at.set(lane, key, Address { slot, ..address }.words());
    }
    at
}

#[multiversion(targets("x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl", "x86_64+avx2"))]
fn uniforms(at: &Addresses) -> [f64; LANES] {
    let [low, high, ..] = at.blocks();
    let mut uniforms = [0.0; LANES];
    for lane in 0..LANES {
        uniforms[lane] = unit(low[lane], high[lane]);
    }
    uniforms
}

/// The first numbers of the walk at each address.
fn walks(at: &Addresses) -> [[u64; AHEAD]; LANES] {
    let mut blocks = [[[0; LANES]; 4]; AHEAD / 2];
    draw(at, &mut blocks);
    let mut walks = [[0; AHEAD]; LANES];
    for (lane, walk) in walks.iter_mut().enumerate() {
        for (numbers, [a, b, c, d]) in walk.as_chunks_mut::<2>().0.iter_mut().zip(&blocks) {
            let both =
                |low: &[u32; LANES], high: &[u32; LANES]| u64::from(low[lane]) | u64::from(high[lane]) << 32;
            *numbers = [both(a, b), both(c, d)];
        }
    }
    walks
}

/// The first blocks at each address, attempt by attempt. Who puts their words into another order does so afterwards: here
/// that would keep lanes from being drawn side by side.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl", "x86_64+avx2"))]
fn draw(at: &Addresses, blocks: &mut [[[u32; LANES]; 4]; AHEAD / 2]) {
    for (attempt, block) in (0..).zip(blocks) {
        *block = at.at_attempt(attempt).blocks();
    }
}

/// A walk whose first words were drawn with those of neighbouring slots.
pub(super) struct NearWalk<'n> {
    ahead: &'n [u64; AHEAD],
    /// Words taken of these.
    taken: usize,
    /// What comes behind them.
    further: Walk,
}

/// Words that are drawn ahead.
const WORDS: usize = 2 * AHEAD;

impl TryRng for NearWalk<'_> {
    type Error = Infallible;

    #[inline]
    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        if self.taken == WORDS {
            return self.further.try_next_u32();
        }
        let word = (self.ahead[self.taken / 2] >> (32 * (self.taken % 2))) as u32;
        self.taken += 1;
        Ok(word)
    }

    #[inline]
    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        if self.taken.is_multiple_of(2) && self.taken < WORDS {
            self.taken += 2;
            return Ok(self.ahead[self.taken / 2 - 1]);
        }
        next_u64_via_u32(self)
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
