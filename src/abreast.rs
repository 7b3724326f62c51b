//! Replications that go abreast: how many, and what each of them has of something.
//!
//! Who they are and what they do together: `sim/abreast.rs`.

/// Replications that go side by side on one thread: enough to fill the widest vectors, few enough for the caches.
pub const ABREAST: usize = 16;

/// Something of each run, in order.
pub type All<T> = [T; ABREAST];

/// The runs whose bits are set, from the first on.
#[inline]
pub fn those(mut runs: u32) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let run = (runs != 0).then(|| runs.trailing_zeros() as usize)?;
        runs &= runs - 1;
        Some(run)
    })
}

/// A bit for each run of which something is so, in order.
#[inline]
pub fn bits(so: impl IntoIterator<Item = bool>) -> u32 {
    so.into_iter().enumerate().fold(0, |bits, (run, so)| bits | u32::from(so) << run)
}

/// Those of `runs` of which something is so, as bits.
#[inline]
pub fn filter(runs: u32, is_so: impl Fn(usize) -> bool) -> u32 {
    those(runs).fold(0, |found, run| found | u32::from(is_so(run)) << run)
}

/// Whether any run has a count above 0.
#[inline]
pub fn any(counts: &All<u64>) -> bool {
    counts.iter().fold(0, |any, count| any | count) != 0
}

/// Adds to the sum of each run its count.
#[inline(always)]
pub fn add(sums: &mut All<u64>, counts: &All<u64>) {
    for run in 0..ABREAST {
        sums[run] += counts[run];
    }
}

/// Subtracts from the sum of each run its count.
#[inline(always)]
pub fn subtract(sums: &mut All<u64>, counts: &All<u64>) {
    for run in 0..ABREAST {
        sums[run] -= counts[run];
    }
}
