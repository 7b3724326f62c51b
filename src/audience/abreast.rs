//! Reactions under way of replications abreast: slot by slot and act by act, those of all runs side by side.
//!
//! ```text
//!             slot 10                    slot 11      ...
//!   block     [ run 0 | run 1 | ... ]    [ run 0 | run 1 | ... ]
//!   report    [ run 0 | run 1 | ... ]    .
//!   reply     .                          .
//! ```
//!
//! They send in the same slots, so what they wait for comes in the same slots too.

use crate::abreast::{All, add, any};
use crate::time::Slot;

use super::act::Act;
use super::arrivals::Agenda;

/// The future event list of replications abreast, each with one list and one template.
#[derive(Clone, Debug)]
pub struct ArrivalsAbreast {
    agenda: Agenda,
    /// By place of a slot and act: where the counts are; [`NOWHERE`] where nothing arrives.
    places: Vec<[u16; Act::ALL.len()]>,
    counts: Vec<All<u64>>,
    /// Counts that nobody waits for any more: they are 0.
    free: Vec<u16>,
}

/// No place among the counts: there are fewer.
const NOWHERE: u16 = u16::MAX;

impl ArrivalsAbreast {
    /// A ring for delays of up to `slots` slots (at most [`ArrivalsAbreast::LONGEST`]).
    pub fn new(slots: usize) -> ArrivalsAbreast {
        let agenda = Agenda::new(slots);
        let places = vec![[NOWHERE; Act::ALL.len()]; agenda.length];
        ArrivalsAbreast { agenda, places, counts: Vec::new(), free: Vec::new() }
    }

    /// The longest delay \[slots\]: each slot and act has a place of its own.
    pub const LONGEST: usize = 4_000;

    /// Adds what will arrive in `slot`, which lies at most the ring's length ahead, in all runs.
    #[inline]
    pub fn add(&mut self, slot: Slot, act: Act, counts: &All<u64>) {
        if !any(counts) {
            return;
        }
        let place = &mut self.places[self.agenda.place(slot)][act.index()];
        if *place == NOWHERE {
            *place = self.free.pop().unwrap_or_else(|| {
                self.counts.push(All::default());
                (self.counts.len() - 1) as u16
            });
            let fresh = self.agenda.fill(slot);
            self.agenda.filled_from(slot, fresh);
        }
        add(&mut self.counts[usize::from(*place)], counts);
    }

    /// The first slot from `from` on in which something arrives in any run.
    #[inline]
    pub fn next(&mut self, from: Slot) -> Option<Slot> {
        self.agenda.next(from)
    }

    /// Takes out what arrives in `slot`, act by act.
    #[inline]
    pub fn take(&mut self, slot: Slot, mut each: impl FnMut(Act, &All<u64>)) {
        if !self.agenda.empty(slot) {
            return;
        }
        let places = &mut self.places[self.agenda.place(slot)];
        for (act, place) in Act::ALL.into_iter().zip(places).filter(|(_, place)| **place != NOWHERE) {
            let counts = &mut self.counts[usize::from(*place)];
            each(act, counts);
            *counts = All::default();
            self.free.push(*place);
            *place = NOWHERE;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::arrivals::Arrivals;
    use super::*;

    /// What arrives abreast is what arrives in each run by itself.
    #[test]
    fn each_run_hears_its_own() {
        let (mut abreast, mut alone) = (ArrivalsAbreast::new(168), vec![Arrivals::new(168, 1); 3]);
        for (now, until, adds) in [
            (0, 90, vec![(3, Act::Block, [2, 1, 0]), (90, Act::Reply, [0, 0, 7]), (3, Act::Read, [0, 4, 0])]),
            (
                90,
                300,
                vec![
                    (91, Act::Report, [5, 5, 5]),
                    (200, Act::Block, [0, 0, 0]),
                    (91, Act::Report, [1, 0, 0]),
                ],
            ),
            (300, 400, vec![(310, Act::Stop, [0, 6, 0])]),
        ] {
            for (slot, act, counts) in adds {
                let mut all = All::default();
                all[..3].copy_from_slice(&counts);
                abreast.add(slot, act, &all);
                alone.iter_mut().zip(counts).for_each(|(own, count)| own.add(slot, 0, act, count));
            }
            while let Some(slot) = abreast.next(now).filter(|slot| *slot < until) {
                assert_eq!(alone.iter_mut().filter_map(|own| own.next(now)).min(), Some(slot));
                let mut heard = vec![[0; Act::ALL.len()]; 3];
                abreast.take(slot, |act, counts| {
                    heard.iter_mut().zip(counts).for_each(|(acts, count)| acts[act.index()] = *count);
                });
                for (own, acts) in alone.iter_mut().zip(heard) {
                    let mut expected = [0; Act::ALL.len()];
                    own.take(slot, |_, acts| expected = *acts);
                    assert_eq!(acts, expected);
                }
            }
        }
        assert_eq!(abreast.next(300), None);
        assert_eq!(abreast.counts.len(), abreast.free.len());
    }
}
