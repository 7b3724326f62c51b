//! Replications in blocks: made on all threads, on each some side by side, and handed over in order of index.
//!
//! ```text
//!   indices  0 ... 15 | 16 ... 31 | ...
//!              |  replicated on all threads, on each some side by side
//!              v
//!   blocks   0 ... 63 | 64 ... 127 | ...    in order of index, while the next are being replicated
//! ```

use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};

use super::threads::Crew;
use crate::sim::{BESIDE, Scenario, Trajectory};

/// Replications between two looks at the interruption: so many are folded at once.
pub const BLOCK: u64 = 64;

/// Who gives replications by their index: a scenario, which runs neighbours side by side, or a function.
pub trait Futures: Sync {
    /// The replications of these indices, in order.
    fn futures(&self, indices: Range<u64>) -> Vec<Trajectory>;
}

impl Futures for Scenario {
    fn futures(&self, indices: Range<u64>) -> Vec<Trajectory> {
        self.replicate_all(indices)
    }
}

impl<F: Fn(u64) -> Trajectory + Sync> Futures for F {
    fn futures(&self, indices: Range<u64>) -> Vec<Trajectory> {
        indices.map(self).collect()
    }
}

/// Replications in order of index, some side by side on each thread.
pub(super) fn futures_of(crew: &Crew, futures: &dyn Futures, indices: Range<u64>) -> Vec<Trajectory> {
    let mut all = Vec::new();
    let make = |indices| futures.futures(indices);
    in_blocks(crew, indices, &AtomicBool::new(false), &make, &mut |block| all.extend(block));
    all
}

/// Makes something of each replication, on each thread of some side by side, and hands it over in blocks of [`BLOCK`],
/// in order of index. When `interrupted` is set nothing is handed over after the block that is under way.
pub(super) fn in_blocks<T: Send>(
    crew: &Crew,
    replications: Range<u64>,
    interrupted: &AtomicBool,
    make: &(dyn Fn(Range<u64>) -> Vec<T> + Sync),
    take: &mut (dyn FnMut(Vec<T>) + Send),
) {
    let Range { start, end } = replications;
    if interrupted.load(Ordering::Relaxed) {
        return;
    }
    let groups = end.saturating_sub(start).div_ceil(BESIDE);
    let group = |group: u64| {
        let from = start + group * BESIDE;
        make(from..end.min(from + BESIDE))
    };
    let (mut block, mut done) = (Vec::new(), start);
    crew.in_order(0..groups, &group, &mut |group| {
        done += group.len() as u64;
        block.extend(group);
        if (block.len() as u64) < BLOCK && done < end {
            return true;
        }
        take(std::mem::take(&mut block));
        !interrupted.load(Ordering::Relaxed)
    });
}
