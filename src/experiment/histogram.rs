//! A mergeable histogram of whole numbers: what a fan is read from.
//!
//! ```text
//!   value    0 1 2 ... 255 | 256 258 ... 510 | 512 516 ...        | 2^64 - 1
//!   bin      one each      | 128 an octave   | 128 an octave  ... | "endless", its own
//!   holds    how many values, and how far above the bin's lower edge they are, as long as they are all equal
//! ```
//!
//! Up to 255 every value has a bin, above it a bin is at most 1 / 128 of its values wide. A bin of equal values shows
//! exactly that value, another its middle; the sum of all values is kept apart, exactly. Only octaves with values are stored: memory grows
//! with the spread of the values, not with their number or their size.

use serde::{Deserialize, Serialize};

use super::order::rank;

/// Bins an octave.
const PER_OCTAVE: usize = 128;
/// log2 of [`PER_OCTAVE`].
const OCTAVE_BITS: u32 = PER_OCTAVE.trailing_zeros();

/// A value without bound, such as an unlimited limit: sorted after every number.
pub const ENDLESS: u64 = u64::MAX;
/// The bin of [`ENDLESS`]: the first of the octave after the last.
const ENDLESS_KEY: usize = 58 * PER_OCTAVE;

/// How often whole numbers occurred, in bins of 1 %.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Bins", into = "Bins")]
pub struct Histogram {
    /// Octaves with values, ascending.
    octaves: Vec<(u8, Box<Octave>)>,
    n: u64,
    /// Sum of all values but the endless ones.
    sum: u128,
}

/// The bins of one octave, side by side.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Octave {
    counts: [u32; PER_OCTAVE],
    /// How far above the bin's lower edge its values are, while they are all equal; else [`MIXED`].
    offsets: [u32; PER_OCTAVE],
}

/// The offset of a bin whose values differ, or lie further above its edge than an offset can say.
const MIXED: u32 = u32::MAX;

impl Octave {
    /// Adds values at one offset to a bin.
    fn add(&mut self, place: usize, count: u32, offset: u32) {
        let held = &mut self.offsets[place];
        if self.counts[place] == 0 {
            *held = offset;
        } else if *held != offset {
            *held = MIXED;
        }
        self.counts[place] += count;
    }
}

/// One bin with values.
#[derive(Clone, Copy)]
struct Bin {
    key: usize,
    count: u64,
    offset: u32,
}

impl Bin {
    /// The value that the bin shows.
    fn value(self) -> u64 {
        match self.offset {
            MIXED => edge(self.key) + (edge(self.key + 1) - edge(self.key)) / 2,
            offset => edge(self.key) + u64::from(offset),
        }
    }
}

impl Histogram {
    /// Without values.
    pub fn new() -> Histogram {
        Histogram::default()
    }

    /// How many values were recorded.
    pub fn n(&self) -> u64 {
        self.n
    }

    /// Records a value once.
    pub fn record(&mut self, value: u64) {
        self.record_many(value, 1);
    }

    /// Records values, one after another. Runs of one value, such as nothing at all, are recorded at once.
    pub fn record_all(&mut self, values: impl Iterator<Item = u64>) {
        let (mut last, mut count) = (0, 0);
        for value in values {
            if value != last {
                self.record_many(last, count);
                (last, count) = (value, 0);
            }
            count += 1;
        }
        self.record_many(last, count);
    }

    /// Records a value `count` times (at most 2^32 - 1 in one bin).
    pub fn record_many(&mut self, value: u64, count: u32) {
        if count == 0 {
            return;
        }
        let (key, offset) = place(value);
        self.octave(key / PER_OCTAVE).add(key % PER_OCTAVE, count, offset);
        self.n += u64::from(count);
        if value != ENDLESS {
            self.sum += u128::from(value) * u128::from(count);
        }
    }

    /// Adds what another holds; the same as recording its values here.
    pub fn merge(&mut self, other: &Histogram) {
        for (name, theirs) in &other.octaves {
            let ours = self.octave(usize::from(*name));
            for (place, (count, offset)) in theirs.counts.iter().zip(theirs.offsets).enumerate() {
                if *count > 0 {
                    ours.add(place, *count, offset);
                }
            }
        }
        self.sum += other.sum;
        self.n += other.n;
    }

    /// The octave of a name, made where there is none. Few are held, so they are looked through in order.
    fn octave(&mut self, name: usize) -> &mut Octave {
        let name = name as u8;
        let place = self.octaves.iter().position(|(held, _)| *held >= name).unwrap_or(self.octaves.len());
        if self.octaves.get(place).is_none_or(|(held, _)| *held != name) {
            let empty = Octave { counts: [0; PER_OCTAVE], offsets: [0; PER_OCTAVE] };
            self.octaves.reserve_exact(1);
            self.octaves.insert(place, (name, Box::new(empty)));
        }
        &mut self.octaves[place].1
    }

    /// The bins with values, ascending.
    fn bins(&self) -> impl Iterator<Item = Bin> + '_ {
        self.octaves.iter().flat_map(|(name, octave)| {
            let first = usize::from(*name) * PER_OCTAVE;
            let bins =
                octave.counts.iter().zip(octave.offsets).enumerate().filter(|(_, (count, _))| **count > 0);
            bins.map(move |(place, (count, offset))| Bin {
                key: first + place,
                count: u64::from(*count),
                offset,
            })
        })
    }

    /// The least value with at least `percent` % of the values at or below it; `None` without values.
    ///
    /// Exact up to 255 and where a bin holds equal values; else the middle of the bin.
    pub fn percentile(&self, percent: u64) -> Option<u64> {
        self.at_rank(rank(percent, self.n))
    }

    /// The value of a rank, counted from 1; `None` beyond the last.
    pub(super) fn at_rank(&self, rank: u64) -> Option<u64> {
        let mut left = rank;
        for bin in self.bins() {
            if left <= bin.count {
                return Some(bin.value());
            }
            left -= bin.count;
        }
        None
    }

    /// The exact mean of the values, infinite if one is [`ENDLESS`]; `None` without values.
    pub fn mean(&self) -> Option<f64> {
        if self.octaves.last().is_some_and(|(name, _)| usize::from(*name) == ENDLESS_KEY / PER_OCTAVE) {
            return Some(f64::INFINITY);
        }
        (self.n > 0).then(|| self.sum as f64 / self.n as f64)
    }

    /// Bytes of memory beyond the value itself.
    pub fn heap_bytes(&self) -> usize {
        self.octaves.capacity() * size_of::<(u8, Box<Octave>)>() + self.octaves.len() * size_of::<Octave>()
    }
}

/// A histogram as it is kept: its sum, then key, count and offset of each bin with values, ascending.
#[derive(Serialize, Deserialize)]
struct Bins(u128, Vec<(u16, u32, u32)>);

impl From<Histogram> for Bins {
    fn from(histogram: Histogram) -> Bins {
        let bins = histogram.bins().map(|bin| (bin.key as u16, bin.count as u32, bin.offset));
        Bins(histogram.sum, bins.collect())
    }
}

impl TryFrom<Bins> for Histogram {
    type Error = &'static str;

    fn try_from(Bins(sum, bins): Bins) -> Result<Histogram, &'static str> {
        let mut histogram = Histogram { sum, ..Histogram::default() };
        for (key, count, offset) in bins {
            let key = usize::from(key);
            if key > ENDLESS_KEY {
                return Err("a bin beyond the last");
            }
            histogram.octave(key / PER_OCTAVE).add(key % PER_OCTAVE, count, offset);
            histogram.n += u64::from(count);
        }
        Ok(histogram)
    }
}

/// The bin of a value (the value itself below 256, then octave and the seven bits below the leading one), and how far
/// above the bin's lower edge it is.
fn place(value: u64) -> (usize, u32) {
    if value == ENDLESS {
        return (ENDLESS_KEY, 0);
    }
    // 0 for the first two octaves' worth of bins, which are one wide.
    let shift = (value | PER_OCTAVE as u64).ilog2() - OCTAVE_BITS;
    let above = value & ((1 << shift) - 1);
    (shift as usize * PER_OCTAVE + (value >> shift) as usize, u32::try_from(above).unwrap_or(MIXED))
}

/// The least value of a bin.
fn edge(key: usize) -> u64 {
    if key == ENDLESS_KEY {
        return ENDLESS;
    }
    let shift = (key / PER_OCTAVE).saturating_sub(1);
    ((key - shift * PER_OCTAVE) as u64) << shift
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(values: &[u64]) -> Histogram {
        let mut histogram = Histogram::new();
        values.iter().for_each(|value| histogram.record(*value));
        histogram
    }

    #[test]
    fn bins_follow_one_another_without_gaps() {
        for low in 0..7_423 {
            assert_eq!(place(edge(low)), (low, 0));
            let next = edge(low + 1);
            assert!(next > edge(low));
            assert_eq!(place(next - 1), (low, u32::try_from(next - 1 - edge(low)).unwrap_or(MIXED)));
            assert!(next - edge(low) == 1 || (next - edge(low)) as f64 <= 0.01 * edge(low) as f64);
        }
        assert!(place(u64::MAX - 1).0 < ENDLESS_KEY);
    }

    #[test]
    fn small_and_equal_values_are_exact() {
        let small = of(&[0, 1, 2, 3, 255]);
        assert_eq!([10, 50, 80, 90].map(|q| small.percentile(q)), [0, 2, 3, 255].map(Some));
        let equal = of(&[1_234_567_891; 1000]);
        assert_eq!(equal.percentile(50), Some(1_234_567_891));
        assert_eq!(equal.mean(), Some(1_234_567_891.0));
        assert!(equal.heap_bytes() < 2_000);
    }

    #[test]
    fn endless_values_come_last() {
        let limits = of(&[10_000, ENDLESS, 1_000]);
        assert_eq!((limits.percentile(50), limits.percentile(90)), (Some(10_000), Some(ENDLESS)));
        assert_eq!(limits.mean(), Some(f64::INFINITY));
        let none = Histogram::new();
        assert_eq!((none.percentile(50), none.mean(), none.n()), (None, None, 0));
    }

    proptest! {
        #[test]
        fn a_percentile_is_within_one_per_cent(
            percent in 1_u64..=100,
            mut values in prop::collection::vec(prop_oneof![0_u64..300, 0_u64..1_000_000, 0_u64..1 << 44], 1..200),
        ) {
            let shown = of(&values).percentile(percent).unwrap();
            values.sort_unstable();
            let exact = values[rank(percent, values.len() as u64) as usize - 1];
            prop_assert!((shown as f64 - exact as f64).abs() <= 0.01 * exact as f64);
            prop_assert!(exact >= 256 || shown == exact);
        }

        #[test]
        fn the_mean_is_exact(values in prop::collection::vec(0_u64..1 << 44, 1..200)) {
            let sum: u128 = values.iter().map(|v| u128::from(*v)).sum();
            prop_assert_eq!(of(&values).mean().unwrap(), sum as f64 / values.len() as f64);
        }

        #[test]
        fn recording_all_is_recording_each(
            values in prop::collection::vec(prop_oneof![0_u64..3, 0_u64..1 << 44, Just(ENDLESS)], 0..200),
        ) {
            let mut all = Histogram::new();
            all.record_all(values.iter().copied());
            prop_assert_eq!(all, of(&values));
        }

        #[test]
        fn what_is_kept_comes_back(
            values in prop::collection::vec(prop_oneof![0_u64..300, 0_u64..1 << 44, Just(ENDLESS)], 0..200),
        ) {
            let histogram = of(&values);
            let kept = serde_json::to_string(&histogram).unwrap();
            prop_assert_eq!(serde_json::from_str::<Histogram>(&kept).unwrap(), histogram);
        }

        #[test]
        fn merging_is_recording(
            a in prop::collection::vec(0_u64..1 << 44, 0..100),
            b in prop::collection::vec(0_u64..1 << 44, 0..100),
        ) {
            let (mut ab, mut ba) = (of(&a), of(&b));
            ab.merge(&of(&b));
            ba.merge(&of(&a));
            prop_assert_eq!(&ab, &of(&[a, b].concat()));
            prop_assert_eq!(ab, ba);
        }
    }
}
