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

impl<T> Near<T> {
    /// What is drawn under `key` of the slots around that of `address`, and its position among them; `draw` draws at the
    /// addresses of all.
    #[inline]
    pub(super) fn around(
        &mut self,
        key: [u32; 2],
        address: Address,
        draw: impl FnOnce(&Addresses) -> T,
    ) -> (&T, usize) {
        let at = address.slot % LANES as u32;
        let first = address.slot - at;
        if self.first != Some(first) {
            let all = Addresses::of_slots(key, Address { slot: first, ..address });
            (self.first, self.drawn) = (Some(first), draw(&all));
        }
        (&self.drawn, at as usize)
    }
}

impl NearUniforms {
    /// The uniform at `address` under `key`.
    #[inline]
    pub(super) fn uniform(&mut self, key: [u32; 2], address: Address) -> f64 {
        let (uniforms, at) = self.around(key, address, uniforms);
        uniforms[at]
    }
}

#[multiversion(targets("x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl", "x86_64+avx2"))]
fn uniforms(at: &Addresses) -> [f64; LANES] {
    at.uniforms()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Purpose, Streams, Subject};

    /// Numbers of neighbouring slots are those of each slot by itself, in whatever order slots are asked.
    #[test]
    fn neighbours_are_one_by_one() {
        let streams = Streams::new(3, 7);
        let mut uniforms = NearUniforms::default();
        for slot in (0..60).chain([7, 8, 9, 3, u32::MAX, u32::MAX - 9]) {
            let address = Address { slot, item: 2, ..Address::of(Purpose::Reserve, Subject::new(&["near"])) };
            let alone = streams.at(address).uniform();
            assert_eq!(uniforms.uniform(streams.key(), address).to_bits(), alone.to_bits());
        }
    }
}
