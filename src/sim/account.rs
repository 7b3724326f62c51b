//! What a run pays: conversations and messages told to the account's ledger in the order of the instant's classes.
//!
//! ```text
//!   class 2   customers open conversations    late answers, first messages outside a conversation
//!   class 5   can_open?  --> what no card pays for is refused;  delivered --> charged
//! ```

use crate::audience::List;
use crate::glossary::Category;
use crate::platform::price::{Ledger, OpenConversations};
use crate::random::{Address, Purpose};
use crate::time::{SimTime, Slot};

use super::run::Run;

/// The account of one replication.
pub(super) type Account<'s> = Ledger<'s>;

impl Run<'_, '_> {
    /// Of `count` customers who write first, those who are in no open conversation, whoever began it. The share of
    /// customers in one is that of all lists together; who writes first does not depend on it (a simplification).
    pub(super) fn outside_conversations(&mut self, lane: usize, count: u64, slot: Slot, now: SimTime) -> u64 {
        let Some(account) = &mut self.account else { return 0 };
        account.advance(now);
        let all: u64 = self.lists.iter().map(List::remaining).sum();
        let OpenConversations { business, customer } = account.open_now();
        let open = (business + customer).min(all);
        if open == 0 {
            return count;
        }
        let subject = self.scenario.lanes[lane].list.subject;
        let address = Address { item: 2, slot, ..Address::of(Purpose::FirstMessage, subject) };
        let near = &mut self.writing[lane].in_conversation;
        count - self.chance.binomial_near(address, count, open as f64 / all as f64, near)
    }

    /// Customers of a segment open conversations.
    pub(super) fn open_by_customers(&mut self, now: SimTime, segment: usize, opening: u64) {
        if let Some(account) = self.account.as_mut().filter(|_| opening > 0) {
            let charge = account.customer_messages(now, self.scenario.markets[segment], opening);
            self.diary.charge(charge);
        }
    }

    /// How many messages of a category can be sent without a card, if `inside` of them are in open service windows;
    /// nothing bounds them with one.
    pub(super) fn can_send(&self, now: SimTime, category: Category, inside: u64) -> u64 {
        let bound = self.account.as_ref().and_then(|account| account.can_send(now, category, inside));
        bound.unwrap_or(u64::MAX)
    }

    /// Messages were delivered to a segment, so many of them inside a service window.
    pub(super) fn pay(
        &mut self,
        now: SimTime,
        segment: usize,
        category: Category,
        delivered: u64,
        in_window: u64,
    ) {
        if let Some(account) = &mut self.account {
            let market = self.scenario.markets[segment];
            let charge = account.delivered(now, market, category, delivered - in_window, in_window);
            self.diary.charge(charge);
        }
    }
}
