//! The numbers of one address as a generator, for laws that take several of them one after another: those that a
//! [`Draw`](super::Draw) walks through, eight blocks drawn side by side.

use std::convert::Infallible;

use multiversion::multiversion;
use rand::TryRng;
use rand::rand_core::utils::{fill_bytes_via_next_word, next_u64_via_u32};

use super::lanes::{Addresses, LANES};

/// Words of a block.
const WORDS: u32 = 4;

/// Words of the blocks that are drawn together.
const TOGETHER: u32 = WORDS * LANES as u32;

/// A walk through the blocks of one address, from attempt 0 on.
#[derive(Clone, Debug)]
pub(super) struct Walk {
    key: [u32; 2],
    counter: [u32; 4],
    /// Blocks side by side, word by word.
    blocks: [[u32; LANES]; 4],
    /// Words before those that it begins with, and words taken.
    begin: u32,
    taken: u32,
}

impl Walk {
    /// What is left of the walk under `key` at the counter `words`, once so many words are taken, whole blocks of them.
    #[inline]
    pub(super) fn behind(key: [u32; 2], words: [u32; 4], taken: u32) -> Walk {
        Walk { key, counter: words, blocks: [[0; LANES]; 4], begin: taken, taken }
    }

    /// The next word of the walk.
    #[inline]
    fn next_word(&mut self) -> u32 {
        let ahead = self.taken.wrapping_sub(self.begin);
        if ahead.is_multiple_of(TOGETHER) {
            self.draw();
        }
        let word = self.blocks[(ahead % WORDS) as usize][(ahead / WORDS) as usize % LANES];
        self.taken = self.taken.wrapping_add(1);
        word
    }

    /// Draws the blocks that come now.
    fn draw(&mut self) {
        let [head, subject, cell, slot] = self.counter;
        let mut at = Addresses::EMPTY;
        for lane in 0..LANES {
            let attempt = (self.taken / WORDS) as u16 + lane as u16;
            at.set(lane, self.key, [head | u32::from(attempt), subject, cell, slot]);
        }
        draw(&at, &mut self.blocks);
    }
}

#[multiversion(targets("x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl", "x86_64+avx2"))]
fn draw(at: &Addresses, blocks: &mut [[u32; LANES]; 4]) {
    *blocks = at.blocks();
}

impl TryRng for Walk {
    type Error = Infallible;

    #[inline]
    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(self.next_word())
    }

    #[inline]
    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        next_u64_via_u32(self)
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        fill_bytes_via_next_word(bytes, || self.try_next_u32())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Address, Purpose, Streams, Subject};
    use rand::Rng;

    /// A walk goes through the words of a draw, to the last block and round.
    #[test]
    fn walks_as_a_draw_does() {
        let streams = Streams::new(3, 7);
        let address = Address { slot: 5, ..Address::of(Purpose::Reserve, Subject::new(&["walk"])) };
        let (mut walk, mut draw) = (Walk::behind(streams.key(), address.words(), 0), streams.at(address));
        for step in 0..150_000_u32 {
            match step % 5 {
                0 => assert_eq!(walk.next_u32(), draw.next_u32()),
                1 => {
                    let (mut ours, mut theirs) = ([0; 7], [0; 7]);
                    walk.fill_bytes(&mut ours);
                    draw.fill_bytes(&mut theirs);
                    assert_eq!(ours, theirs);
                }
                _ => assert_eq!(walk.next_u64(), draw.next_u64()),
            }
        }
    }
}
