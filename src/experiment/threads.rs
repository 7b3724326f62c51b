//! How many threads replicate and draw. Nothing else in the crate starts one.
//!
//! ```text
//!   make    4   5   6 ...    on all threads, so many ahead of what was taken at most
//!            \  |  /
//!   ready   [2] [ ] [4]      in order of index
//!            |
//!   take    0  1             one after another, by whichever thread has just made something
//! ```

use std::num::NonZeroUsize;
use std::ops::Range;

#[cfg(feature = "parallel")]
use belt::Belt;

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

    /// What `work` makes of each thing of a list, in order; `work` must depend on the thing alone.
    pub fn map<I: Sync, T: Send>(self, things: &[I], work: &(dyn Fn(&I) -> T + Sync)) -> Vec<T> {
        Crew::new(self).map(0..things.len() as u64, &|place| work(&things[place as usize]))
    }
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
    pub(super) fn map<T: Send>(&self, indices: Range<u64>, make: &(dyn Fn(u64) -> T + Sync)) -> Vec<T> {
        use rayon::prelude::*;
        match &self.pool {
            Some(pool) => {
                let places = 0..(indices.end - indices.start) as usize;
                // One at a time, so that threads end together however long each takes.
                let places = || places.into_par_iter().with_max_len(1);
                pool.install(|| places().map(|i| make(indices.start + i as u64)).collect())
            }
            None => indices.map(make).collect(),
        }
    }

    /// Makes a value of each index and takes the values in order, while those that follow are being made, until `take`
    /// wants no more: what was made ahead is dropped then.
    pub(super) fn in_order<T: Send>(
        &self,
        indices: Range<u64>,
        make: &(dyn Fn(u64) -> T + Sync),
        take: &mut (dyn FnMut(T) -> bool + Send),
    ) {
        match &self.pool {
            Some(pool) => Belt::new(indices, pool.current_num_threads(), make, take).run(pool),
            None => one_by_one(indices, make, take),
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
    pub(super) fn map<T>(&self, indices: Range<u64>, make: &(dyn Fn(u64) -> T + Sync)) -> Vec<T> {
        indices.map(make).collect()
    }

    /// Makes a value of each index and takes it, until `take` wants no more.
    pub(super) fn in_order<T>(
        &self,
        indices: Range<u64>,
        make: &(dyn Fn(u64) -> T + Sync),
        take: &mut (dyn FnMut(T) -> bool + Send),
    ) {
        one_by_one(indices, make, take);
    }

    /// Does `work` to each place of a list, with its index.
    pub(super) fn each<T>(&self, places: &mut [T], work: &(dyn Fn(usize, &mut T) + Sync)) {
        places.iter_mut().enumerate().for_each(|(index, place)| work(index, place));
    }
}

/// Makes and takes in turn, on the thread that asks.
fn one_by_one<T>(
    mut indices: Range<u64>,
    make: &(dyn Fn(u64) -> T + Sync),
    take: &mut (dyn FnMut(T) -> bool + Send),
) {
    // Whether to go on is asked after each.
    let _ = indices.all(|index| take(make(index)));
}

/// Values that are made on all threads and taken in order.
#[cfg(feature = "parallel")]
mod belt {
    use std::collections::VecDeque;
    use std::ops::Range;
    use std::sync::{Mutex, MutexGuard, PoisonError};

    use rayon::{Scope, ThreadPool};

    /// Values for each thread, and some more, that may be made ahead of what was taken: enough that none waits for a
    /// slow one or for what is done with them, few enough to hold.
    const AHEAD_OF_EACH: u64 = 2;
    const AHEAD: u64 = 8;

    pub(super) struct Belt<'b, T> {
        make: &'b (dyn Fn(u64) -> T + Sync),
        take: Mutex<&'b mut (dyn FnMut(T) -> bool + Send)>,
        ahead: u64,
        hands: usize,
        state: Mutex<State<T>>,
    }

    struct State<T> {
        /// The next to be made, and where to stop.
        next: u64,
        end: u64,
        /// The next to be taken.
        front: u64,
        /// From `front` on, as far as anything was begun; nothing where it is still being made.
        begun: VecDeque<Option<T>>,
        /// Whether a thread is taking.
        taking: bool,
        /// Threads at work.
        busy: usize,
    }

    impl<'b, T: Send> Belt<'b, T> {
        pub(super) fn new(
            indices: Range<u64>,
            hands: usize,
            make: &'b (dyn Fn(u64) -> T + Sync),
            take: &'b mut (dyn FnMut(T) -> bool + Send),
        ) -> Belt<'b, T> {
            let Range { start, end } = indices;
            let begun = VecDeque::new();
            let state = State { next: start, end, front: start, begun, taking: false, busy: 0 };
            let ahead = AHEAD + AHEAD_OF_EACH * hands as u64;
            Belt { make, take: Mutex::new(take), ahead, hands, state: Mutex::new(state) }
        }

        /// Runs until all is taken, or no more is wanted.
        pub(super) fn run(&self, pool: &ThreadPool) {
            pool.scope(|scope| self.call(scope));
        }

        /// Calls as many threads to work as there is work for.
        fn call<'s>(&'s self, scope: &Scope<'s>) {
            let mut state = self.state();
            let open = (state.end.min(state.front + self.ahead)).saturating_sub(state.next);
            let more = (self.hands - state.busy).min(usize::try_from(open).unwrap_or(usize::MAX));
            state.busy += more;
            drop(state);
            (0..more).for_each(|_| scope.spawn(|scope| self.work(scope)));
        }

        /// What a thread does: makes values as long as there is room for them, and takes what is ready.
        fn work<'s>(&'s self, scope: &Scope<'s>) {
            while let Some(index) = self.begin() {
                let made = (self.make)(index);
                let mut state = self.state();
                let place = (index - state.front) as usize;
                state.begun[place] = Some(made);
                drop(state);
                self.take_what_is_ready(scope);
            }
        }

        /// The next to be made; nothing where there is no more, or no room.
        fn begin(&self) -> Option<u64> {
            let mut state = self.state();
            if state.next >= state.end.min(state.front + self.ahead) {
                state.busy -= 1;
                return None;
            }
            state.next += 1;
            state.begun.push_back(None);
            Some(state.next - 1)
        }

        /// Takes values in order as far as they are ready, unless another thread does.
        fn take_what_is_ready<'s>(&'s self, scope: &Scope<'s>) {
            while let Some(value) = self.ready() {
                let mut take = self.take.lock().unwrap_or_else(PoisonError::into_inner);
                let more = take(value);
                drop(take);
                let mut state = self.state();
                state.taking = false;
                if !more {
                    state.end = state.front;
                }
                drop(state);
                self.call(scope);
            }
        }

        /// The value whose turn it is, if it is made and nobody is taking.
        fn ready(&self) -> Option<T> {
            let mut state = self.state();
            if state.taking || state.front >= state.end {
                return None;
            }
            let value = state.begun.front_mut()?.take()?;
            state.begun.pop_front();
            state.front += 1;
            state.taking = true;
            Some(value)
        }

        fn state(&self) -> MutexGuard<'_, State<T>> {
            self.state.lock().unwrap_or_else(PoisonError::into_inner)
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::time::Duration;

    use super::*;

    fn on(threads: usize) -> Crew {
        Crew::new(Threads::Exactly(NonZeroUsize::new(threads).unwrap()))
    }

    /// Some take long, so that others are made long before their turn.
    fn slowly(index: u64) -> u64 {
        std::thread::sleep(Duration::from_micros(if index.is_multiple_of(7) {
            3_000
        } else {
            index % 3 * 200
        }));
        index
    }

    #[test]
    fn what_is_made_is_taken_in_order() {
        for threads in [1, 2, 3, 8] {
            let mut taken = Vec::new();
            on(threads).in_order(5..150, &slowly, &mut |value| {
                taken.push(value);
                true
            });
            assert!(taken.into_iter().eq(5..150), "{threads} threads");
        }
    }

    #[test]
    fn nothing_is_taken_after_the_last_that_was_wanted() {
        for threads in [1, 2, 8] {
            let mut taken = Vec::new();
            on(threads).in_order(0..1_000, &slowly, &mut |value| {
                taken.push(value);
                value < 40
            });
            assert!(taken.into_iter().eq(0..=40), "{threads} threads");
        }
        on(2).in_order(3..3, &slowly, &mut |_| panic!("there is nothing"));
    }

    /// However long the first takes, and however long what is done with each: memory has a bound.
    #[test]
    fn not_much_is_made_ahead() {
        let (made, taken) = (AtomicU64::new(0), AtomicU64::new(0));
        let most = AtomicU64::new(0);
        let make = |index: u64| {
            let ahead = made.fetch_add(1, Ordering::SeqCst) + 1 - taken.load(Ordering::SeqCst);
            most.fetch_max(ahead, Ordering::SeqCst);
            if index == 0 {
                std::thread::sleep(Duration::from_millis(30));
            }
        };
        on(4).in_order(0..400, &make, &mut |()| {
            taken.fetch_add(1, Ordering::SeqCst);
            true
        });
        assert_eq!(taken.into_inner(), 400);
        assert!(most.into_inner() <= 8 + 2 * 4 + 1);
    }

    #[test]
    fn taking_may_call_the_others_for_help() {
        let crew = on(3);
        let mut sums = vec![0_u64; 50];
        crew.in_order(0..100, &slowly, &mut |value| {
            crew.each(&mut sums, &|place, sum| *sum += value + place as u64);
            true
        });
        assert!(sums.into_iter().eq((0..50).map(|place| 99 * 50 + 100 * place)));
    }

    #[test]
    fn things_are_mapped_in_order() {
        let words = ["a", "bc", ""];
        for threads in [Threads::ONE, Threads::All] {
            assert_eq!(threads.map(&words, &|word| word.len()), [1, 2, 0]);
        }
    }
}
