//! A table at which several replications draw: each goes on until it asks for counts, and when all wait, the counts of
//! all are drawn side by side.
//!
//! ```text
//!   replication 0 --asks--.                    .--counts--> goes on
//!   replication 1 --asks---+--> Table --draw--+---counts--> goes on
//!   replication 2 --asks--'                    '--counts--> goes on
//! ```
//!
//! A single replication asks for few counts at a time, each after the answer to the one before: a processor waits for
//! most of that. What is drawn has an address, so who sits at the table changes no bit of it. A replication is a
//! future that waits for nothing but the table, and the table is its own executor: no thread, no clock.

use std::cell::{Ref, RefCell};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use super::counts::{Counts, Receipt};
use super::split::Parted;

/// Where counts are asked for and drawn.
#[derive(Clone, Debug, Default)]
pub struct Table(Rc<RefCell<Counts>>);

/// A replication at a table.
pub type Player<'p, T> = Pin<Box<dyn Future<Output = T> + 'p>>;

impl Table {
    /// The counts that are asked for here.
    pub(super) fn counts(&self) -> &RefCell<Counts> {
        &self.0
    }

    /// Where the people of each split of `receipt` went, in the order in which they were handed in; until something else
    /// is drawn.
    pub fn parted(&self, receipt: Receipt) -> Ref<'_, [Parted]> {
        Ref::map(self.0.borrow(), |counts| counts.drawn().parted(receipt))
    }

    /// Draws all that is asked for.
    fn draw(&self) {
        self.0.borrow_mut().draw();
    }

    /// Plays one future to its end: it alone asks.
    pub fn alone<T>(&self, player: impl Future<Output = T>) -> T {
        let mut player = pin!(player);
        let mut context = Context::from_waker(Waker::noop());
        loop {
            match player.as_mut().poll(&mut context) {
                Poll::Ready(played) => return played,
                Poll::Pending => self.draw(),
            }
        }
    }

    /// Plays all of `players`, who sit at this table, to their ends; returns what each gave, in order.
    pub fn together<T>(&self, players: Vec<Player<'_, T>>) -> Vec<T> {
        let mut context = Context::from_waker(Waker::noop());
        let mut played: Vec<Option<T>> = players.iter().map(|_| None).collect();
        let mut players: Vec<(usize, Player<'_, T>)> = players.into_iter().enumerate().collect();
        while !players.is_empty() {
            players.retain_mut(|(place, player)| match player.as_mut().poll(&mut context) {
                Poll::Ready(value) => {
                    played[*place] = Some(value);
                    false
                }
                Poll::Pending => true,
            });
            self.draw();
        }
        played.into_iter().flatten().collect()
    }
}

/// Waits until what was asked for is drawn.
pub(super) fn drawn() -> impl Future<Output = ()> {
    let mut asked = false;
    std::future::poll_fn(
        move |_| if std::mem::replace(&mut asked, true) { Poll::Ready(()) } else { Poll::Pending },
    )
}
