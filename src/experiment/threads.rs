//! How many threads replicate. Nothing else in the crate starts one.

use std::num::NonZeroUsize;

/// How many threads replicate; no result depends on it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Threads {
    /// As many as there are cores, or as the environment variable `RAYON_NUM_THREADS` says.
    #[default]
    All,
    /// Exactly so many.
    Exactly(NonZeroUsize),
}

impl Threads {
    /// How many.
    pub fn count(self) -> usize {
        match self {
            Threads::All => std::thread::available_parallelism().map_or(1, NonZeroUsize::get),
            Threads::Exactly(count) => count.get(),
        }
    }

    /// The thread that asks, and no other.
    pub const ONE: Threads = Threads::Exactly(NonZeroUsize::MIN);
}

/// Threads at work on one ensemble. Without the feature `parallel`, with one thread, or where the machine gives no
/// more, the calling thread does everything.
pub(super) struct Crew {
    #[cfg(feature = "parallel")]
    pool: Option<rayon::ThreadPool>,
}

#[cfg(feature = "parallel")]
impl Crew {
    pub(super) fn new(threads: Threads) -> Crew {
        let number = match threads {
            Threads::All => 0,
            Threads::Exactly(number) => number.get(),
        };
        let build = || rayon::ThreadPoolBuilder::new().num_threads(number).build().ok();
        Crew { pool: (threads != Threads::ONE).then(build).flatten() }
    }

    /// The values of `make` over a range of indices, in their order.
    pub(super) fn map<T: Send>(
        &self,
        indices: std::ops::Range<u64>,
        make: &(dyn Fn(u64) -> T + Sync),
    ) -> Vec<T> {
        use rayon::prelude::*;
        match &self.pool {
            Some(pool) => {
                let count = (indices.end - indices.start) as usize;
                pool.install(|| (0..count).into_par_iter().map(|i| make(indices.start + i as u64)).collect())
            }
            None => indices.map(make).collect(),
        }
    }

    /// Does `work` to each place of a list, with its index.
    pub(super) fn each<T: Send>(&self, places: &mut [T], work: &(dyn Fn(usize, &mut T) + Sync)) {
        use rayon::prelude::*;
        match &self.pool {
            Some(pool) => {
                pool.install(|| {
                    places.par_iter_mut().enumerate().for_each(|(index, place)| work(index, place))
                });
            }
            None => places.iter_mut().enumerate().for_each(|(index, place)| work(index, place)),
        }
    }
}

#[cfg(not(feature = "parallel"))]
impl Crew {
    pub(super) fn new(_: Threads) -> Crew {
        Crew {}
    }

    /// The values of `make` over a range of indices, in their order.
    pub(super) fn map<T>(&self, indices: std::ops::Range<u64>, make: &(dyn Fn(u64) -> T + Sync)) -> Vec<T> {
        indices.map(make).collect()
    }

    /// Does `work` to each place of a list, with its index.
    pub(super) fn each<T>(&self, places: &mut [T], work: &(dyn Fn(usize, &mut T) + Sync)) {
        places.iter_mut().enumerate().for_each(|(index, place)| work(index, place));
    }
}
