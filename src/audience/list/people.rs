//! A list as people, one entry each: the same law as the cells, told one customer at a time.
//!
//! Slow and simple, so that the tests can hold the cells against it.

use std::collections::BTreeMap;

use crate::time::SimTime;

use super::super::history::History;
use super::cell::{Cell, LONG_AGO};
use super::choosing::{Choice, Choosing, Picks};
use super::plan::ListPlan;
use super::taken::Taken;

/// The people of a list.
#[derive(Clone, Debug)]
pub(super) struct People {
    choice: Choice,
    people: Vec<Cell>,
    /// Who may be written to, by when the last message was sent; all together where the choice is at random.
    rested: BTreeMap<SimTime, Vec<u32>>,
    rested_people: u64,
    /// Who rests or waits, by the instant from which on they may be written to.
    busy: BTreeMap<SimTime, Vec<u32>>,
}

impl People {
    pub(super) fn new(plan: &ListPlan) -> People {
        let reachable = plan.customers - plan.unreachable;
        let history = |person| if person < reachable { History::default() } else { History::UNREACHABLE };
        People {
            choice: plan.choice,
            people: (0..plan.customers).map(|person| Cell::fresh(1, history(person))).collect(),
            rested: BTreeMap::from([(LONG_AGO, (0..plan.customers as u32).collect())]),
            rested_people: plan.customers,
            busy: BTreeMap::new(),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.people.len()
    }

    pub(super) fn available(&mut self, now: SimTime) -> u64 {
        while let Some(first) = self.busy.first_entry()
            && *first.key() <= now
        {
            for person in first.remove() {
                self.rest_over(person);
            }
        }
        self.rested_people
    }

    pub(super) fn rest_over(&mut self, person: u32) {
        let rank = match self.choice {
            Choice::at_random => LONG_AGO,
            Choice::rested_longest => self.people[person as usize].last,
        };
        self.rested.entry(rank).or_default().push(person);
        self.rested_people += 1;
    }

    pub(super) fn take(&mut self, wanted: u64, by: Choosing<'_>, taken: &mut Taken) {
        let mut picks = Picks::default();
        while taken.customers < wanted
            && let Some(mut first) = self.rested.first_entry()
        {
            let tied = first.get_mut();
            let person = tied.swap_remove(picks.below(&by, tied.len() as u64) as usize);
            if tied.is_empty() {
                first.remove();
            }
            taken.people.push(person);
            taken.add(self.people[person as usize], by.now);
        }
        self.rested_people -= taken.customers;
    }

    /// A person comes back, who may be written to from `from` on.
    pub(super) fn settle(&mut self, person: u32, past: Cell, from: SimTime) {
        self.people[person as usize] = past;
        self.busy.entry(from).or_default().push(person);
    }
}
