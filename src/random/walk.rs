//! The numbers of one address as a generator, for laws that take several of them one after another: those that a
//! [`Draw`](super::Draw) walks through, eight blocks drawn side by side.

use std::convert::Infallible;

use multiversion::multiversion;
use rand::TryRng;
use rand::rand_core::utils::{fill_bytes_via_next_word, next_u64_via_u32};

use super::lanes::{Addresses, LANES};

/// Words of a block.
pub(super) const WORDS: usize = 4;

/// Words of the blocks that are drawn together.
const TOGETHER: usize = WORDS * LANES;

/// A walk through the blocks of one address, from attempt 0 on.
#[derive(Clone, Debug)]
pub(super) struct Walk {
    key: [u32; 2],
    counter: [u32; 4],
    /// What was drawn last, word after word, and up to where.
    words: [u32; TOGETHER],
    drawn: usize,
    /// How many of these words are taken.
    taken: usize,
    /// The attempt of the block that is drawn next.
    next: u16,
}

impl Walk {
    /// The walk under `key` at the counter `words`, of which the blocks that it begins with are drawn already.
    #[inline]
    pub(super) fn begun<const DRAWN: usize>(key: [u32; 2], counter: [u32; 4], drawn: &[u32; DRAWN]) -> Walk {
        const { assert!(DRAWN <= TOGETHER && DRAWN.is_multiple_of(WORDS), "whole blocks, no more than are kept") };
        let mut words = [0; TOGETHER];
        words[..DRAWN].copy_from_slice(drawn);
        Walk { key, counter, words, drawn: DRAWN, taken: 0, next: (DRAWN / WORDS) as u16 }
    }

    /// The next word of the walk.
    #[inline]
    fn next_word(&mut self) -> u32 {
        if self.taken == self.drawn {
            self.draw();
        }
        let word = self.words[self.taken % TOGETHER];
        self.taken += 1;
        word
    }

    /// Draws the blocks that come now.
    #[cold]
    fn draw(&mut self) {
        let [head, subject, cell, slot] = self.counter;
        let mut at = Addresses::EMPTY;
        for lane in 0..LANES {
            let attempt = self.next.wrapping_add(lane as u16);
            at.set(lane, self.key, [head | u32::from(attempt), subject, cell, slot]);
        }
        let mut blocks = [[0; LANES]; WORDS];
        draw(&at, &mut blocks);
        for (place, word) in self.words.iter_mut().enumerate() {
            *word = blocks[place % WORDS][place / WORDS];
        }
        (self.drawn, self.taken, self.next) = (TOGETHER, 0, self.next.wrapping_add(LANES as u16));
    }
}

#[multiversion(targets("x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl", "x86_64+avx2"))]
fn draw(at: &Addresses, blocks: &mut [[u32; LANES]; WORDS]) {
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
        let (mut walk, mut draw) = (Walk::begun(streams.key(), address.words(), &[]), streams.at(address));
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
