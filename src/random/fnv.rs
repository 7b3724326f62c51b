//! FNV-1a of 64 bits (G. Fowler, L. C. Noll, K.-P. Vo): a short hash of bytes in their order, the same everywhere. It
//! tells things apart and is no defence against forgery.

/// The hash of the bytes heard so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fnv(u64);

impl Default for Fnv {
    /// Of no bytes.
    fn default() -> Fnv {
        Fnv(0xcbf2_9ce4_8422_2325)
    }
}

impl Fnv {
    /// Hears more bytes.
    pub(crate) fn bytes(&mut self, bytes: impl IntoIterator<Item = u8>) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    /// Hears a text, closed by a byte that no UTF-8 text contains, so that "ab", "c" differs from "a", "bc".
    pub(crate) fn text(&mut self, text: &str) {
        self.bytes(text.bytes().chain([0xFF]));
    }

    /// The hash.
    pub(crate) fn finish(self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of the authors' test vectors.
    #[test]
    fn published_hashes() {
        for (text, hash) in
            [("", 0xcbf2_9ce4_8422_2325), ("a", 0xaf63_dc4c_8601_ec8c), ("foobar", 0x8594_4171_f739_67e8)]
        {
            let mut fnv = Fnv::default();
            fnv.bytes(text.bytes());
            assert_eq!(fnv.finish(), hash, "{text}");
        }
    }
}
