//! What moves a result most: how much of its spread each uncertain input is answerable for.
//!
//! ```text
//!   inputs u in (0, 1)^k, independent                        a function of them, the answer
//!        |
//!        |- Morris     steps of one input at a time          mu*: how far the answer moves; sigma: how unevenly
//!        '- Saltelli   two samples, crossed column by column   first: the share of the spread that an input explains
//!                        |                                     alone; total: with all that it does with others
//!                        '-- rows are drawn again (bootstrap)  an interval of each
//! ```
//!
//! A [`Study`] is both, of a scenario: its uncertain parameters by their quantiles, and its headlines.
//!
//! Both are generic: a design of points in the unit cube, to be evaluated by anything in any order, and estimates from
//! the values. The first rows of a larger design are those of a smaller one, so that values can be kept and added to.

mod morris;
mod saltelli;
mod study;

use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};

use super::estimate::Interval;
use super::threads::{Crew, Threads};
use crate::random::{Address, Purpose, Streams, Subject};

pub use morris::{Morris, Screened};
pub use saltelli::{Index, Indices, MOST_INPUTS, Saltelli};
pub use study::{Input, Study, outputs, sampled, screened};

/// Evaluations between two looks at the interruption.
const BLOCK: u64 = 32;
/// How often rows are drawn again for an interval.
const RESAMPLES: u32 = 1_000;

/// The values of `of` at some places of a design, in order; `of` must depend on the place alone. When `interrupted` is set
/// the values so far are returned.
pub fn evaluate<T: Send>(
    places: Range<u64>,
    threads: Threads,
    of: &(dyn Fn(u64) -> T + Sync),
    progress: &(dyn Fn(u64) + Sync),
    interrupted: &AtomicBool,
) -> Vec<T> {
    let crew = Crew::new(threads);
    let mut values: Vec<T> = Vec::new();
    if interrupted.load(Ordering::Relaxed) {
        return values;
    }
    let all = places.end.saturating_sub(places.start);
    crew.in_order(places, of, &mut |value| {
        values.push(value);
        let done = values.len() as u64;
        if !done.is_multiple_of(BLOCK) && done < all {
            return true;
        }
        progress(done);
        !interrupted.load(Ordering::Relaxed)
    });
    values
}

/// The 95 % interval of an estimate from rows that are drawn again with replacement, by percentiles (B. Efron, "Bootstrap
/// methods", Annals of Statistics 7, 1979); `None` for fewer than two rows, or where no sample has an estimate.
fn bootstrap(
    rows: usize,
    seed: u64,
    name: &str,
    estimate: &dyn Fn(&[usize]) -> Option<f64>,
) -> Option<Interval> {
    if rows < 2 {
        return None;
    }
    let (streams, subject) = (Streams::new(seed, 0), Subject::new(&["bootstrap", name]));
    let place = |sample: u32, row: usize| {
        let address = Address { cell: row as u32, slot: sample, ..Address::of(Purpose::Reserve, subject) };
        ((streams.at(address).uniform() * rows as f64) as usize).min(rows - 1)
    };
    let mut found: Vec<f64> = (0..RESAMPLES)
        .filter_map(|sample| estimate(&(0..rows).map(|row| place(sample, row)).collect::<Vec<_>>()))
        .collect();
    found.sort_by(f64::total_cmp);
    let at = |share: f64| found.get((share * (found.len().max(1) - 1) as f64).round() as usize).copied();
    Some(Interval { low: at(0.025)?, high: at(0.975)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_in_order_and_end_where_interrupted() {
        let stop = AtomicBool::new(false);
        let threads = [Threads::ONE, Threads::All];
        for threads in threads {
            assert!(evaluate(3..200, threads, &|n| n, &|_| {}, &stop).into_iter().eq(3..200));
        }
        let stopping = |done: u64| stop.store(done >= BLOCK, Ordering::Relaxed);
        assert_eq!(evaluate(0..200, Threads::ONE, &|n| n, &stopping, &stop).len() as u64, BLOCK);
    }

    /// The interval of a mean of n uniforms is 2 x 1.96 x sqrt(1 / 12n) wide.
    #[test]
    fn the_bootstrap_of_a_mean_is_as_wide_as_the_textbook_says() {
        let streams = Streams::new(5, 0);
        let draw = |cell: u32| {
            let subject = Subject::new(&["test"]);
            streams.at(Address { cell, ..Address::of(Purpose::Reserve, subject) }).uniform()
        };
        let values: Vec<f64> = (0..400).map(draw).collect();
        let mean =
            |rows: &[usize]| Some(rows.iter().map(|row| values[*row]).sum::<f64>() / rows.len() as f64);
        let interval = bootstrap(400, 1, "a", &mean).unwrap();
        let width = (interval.high - interval.low) / (2.0 * 1.96 * (1.0_f64 / 12.0 / 400.0).sqrt());
        assert!((0.9..1.1).contains(&width), "{width}");
        assert_eq!(bootstrap(400, 1, "a", &mean), Some(interval));
        assert_eq!(bootstrap(1, 1, "a", &mean), None);
    }
}
