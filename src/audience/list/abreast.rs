//! The lists of replications abreast: customers who all have the same past, and nobody of whom is written to twice.
//!
//! ```text
//!   not written to --take--> written to --settle--> on the list, or gone
//!          '-----put back-----'
//! ```
//!
//! So a list is three numbers, and those of all runs lie side by side.

use crate::abreast::All;

use super::List;

/// What is left of the list of each run.
#[derive(Clone, Debug, Default)]
pub struct ListsAbreast {
    /// Customers who were not written to.
    fresh: All<u64>,
    /// Customers who are on the list.
    remaining: All<u64>,
    gone: All<u64>,
}

impl ListsAbreast {
    /// Of lists whose customers can go [abreast](crate::audience::Segment::reacts_abreast), before anything is sent.
    pub fn new<'l>(lists: impl IntoIterator<Item = &'l List>) -> ListsAbreast {
        let mut all = ListsAbreast::default();
        for (run, list) in lists.into_iter().enumerate() {
            debug_assert!(list.plan.once && list.plan.unreachable == 0 && list.gone == 0);
            (all.fresh[run], all.remaining[run]) = (list.remaining, list.remaining);
        }
        all
    }

    /// Takes `wanted` customers of each run, or all who were not written to if they are fewer; returns how many.
    #[inline]
    pub fn take(&mut self, wanted: &All<u64>) -> All<u64> {
        let mut taken = *wanted;
        for ((taken, fresh), remaining) in taken.iter_mut().zip(&mut self.fresh).zip(&mut self.remaining) {
            *taken = (*taken).min(*fresh);
            *fresh -= *taken;
            *remaining -= *taken;
        }
        taken
    }

    /// Puts customers back who were taken and not written to.
    pub fn put_back(&mut self, run: usize, customers: u64) {
        self.fresh[run] += customers;
        self.remaining[run] += customers;
    }

    /// Those who were written to are settled: `gone` leave, all others come back to the list.
    pub(in crate::audience) fn settle(&mut self, sent: &All<u64>, gone: &All<u64>) {
        for (run, (sent, gone)) in sent.iter().zip(gone).enumerate() {
            self.remaining[run] += sent - gone;
            self.gone[run] += gone;
        }
    }

    /// Number of [entries](List::entries) that the list of a run holds: those not written to are one cell.
    pub fn entries(&self, run: usize) -> usize {
        usize::from(self.fresh[run] > 0)
    }

    /// Lets the list of a run know how many are left on it, and gone.
    pub fn tell(&self, run: usize, list: &mut List) {
        (list.remaining, list.gone) = (self.remaining[run], self.gone[run]);
    }
}
