//! The account's money: what conversations and messages cost, what is free, when the card is charged.
//!
//! ```text
//!   customers' messages, deliveries  --free of the month-->  nothing to pay
//!                                    --no card needed missing-->  blocked
//!                                    --no price known-->  unpriced
//!                                    --price-->  cost  -->  open amount  --above the threshold-->  card
//! ```
//!
//! Each conversation or message is paid by itself, in the order told; a batch only says it for many at once. So the
//! card is charged at the conversation with which the open amount exceeds the threshold, not at the end of a batch.
//!
//! Customers of several markets are told apart by the position of their market:
//!
//! ```text
//!   account   month, free conversations used, open amount, card          one for all
//!   market    unit prices, open conversations, what it has cost          each its own
//! ```

use std::collections::VecDeque;
use std::ops::AddAssign;

use jiff::ToSpan;
use serde::{Deserialize, Serialize};

use crate::glossary::Category;
use crate::platform::language::{FreeAMonth, Pays, PricedBy};
use crate::time::{Calendar, SimTime};

use super::rules::{Initiator, PriceRules, Prices, Terms};
use super::table::{Column, Unpriced};

/// Whether the account can be charged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Card {
    /// A card is on file.
    OnFile,
    /// There is none.
    None,
}

/// So many conversations or messages of one kind.
#[derive(Clone, Copy, Debug)]
pub struct OfKind {
    kind: Column,
    count: u64,
}

impl OfKind {
    /// None, of whatever kind.
    const NONE: OfKind = OfKind { kind: Column::Notification, count: 0 };

    /// How many of a kind.
    pub fn of(&self, kind: Column) -> u64 {
        if kind == self.kind { self.count } else { 0 }
    }

    /// How many of all kinds.
    pub fn total(&self) -> u64 {
        self.count
    }
}

impl Default for OfKind {
    fn default() -> OfKind {
        OfKind::NONE
    }
}

/// None of one kind is none of another.
impl PartialEq for OfKind {
    fn eq(&self, other: &OfKind) -> bool {
        self.count == other.count && (self.kind == other.kind || self.count == 0)
    }
}

impl Eq for OfKind {}

/// Counts of conversations or messages by kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kinds([u64; Column::ALL.len()]);

impl Kinds {
    /// How many of a kind.
    pub fn of(&self, kind: Column) -> u64 {
        self.0[kind.index()]
    }

    /// How many of all kinds.
    pub fn total(&self) -> u64 {
        self.0.iter().sum()
    }
}

impl AddAssign<OfKind> for Kinds {
    fn add_assign(&mut self, OfKind { kind, count }: OfKind) {
        self.0[kind.index()] += count;
    }
}

impl AddAssign for Kinds {
    fn add_assign(&mut self, more: Kinds) {
        for (mine, theirs) in self.0.iter_mut().zip(more.0) {
            *mine += theirs;
        }
    }
}

/// What the ledger answers when it is told something, which is all of one kind: counted as [`OfKind`]. Its totals are
/// counted by [`Kinds`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Charge<C = OfKind> {
    /// What it costs, without what is unpriced \[micro-units\].
    pub cost_micros: u64,
    /// Conversations opened, by kind: free, paid and without a known price; none where the rules know none.
    pub opened: C,
    /// Conversations, or messages where messages are priced, paid at a known price, by kind.
    pub paid: C,
    /// Conversations that were free.
    pub free: u64,
    /// Conversations or messages that are to be paid and whose price is not known.
    pub unpriced: u64,
    /// Why not, for the first of them.
    pub why_unpriced: Option<Unpriced>,
    /// Conversations that did not open, or messages that did not go out: no card, and nothing free is left.
    pub blocked: u64,
    /// How many times the card was charged.
    pub card_charges: u64,
    /// What the card was charged \[micro-units\].
    pub card_micros: u64,
}

impl Charge {
    /// So many have no known price.
    fn unpriced(&mut self, count: u64, why: Unpriced) {
        (self.unpriced, self.why_unpriced) = (count, (count > 0).then_some(why));
    }
}

impl<C> AddAssign<Charge<C>> for Charge<Kinds>
where
    Kinds: AddAssign<C>,
{
    fn add_assign(&mut self, more: Charge<C>) {
        self.cost_micros = self.cost_micros.saturating_add(more.cost_micros);
        self.opened += more.opened;
        self.paid += more.paid;
        self.free += more.free;
        self.unpriced += more.unpriced;
        self.why_unpriced = self.why_unpriced.or(more.why_unpriced);
        self.blocked += more.blocked;
        self.card_charges += more.card_charges;
        self.card_micros = self.card_micros.saturating_add(more.card_micros);
    }
}

/// Conversations open at an instant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OpenConversations {
    /// Begun by the business.
    pub business: u64,
    /// Begun by customers.
    pub customer: u64,
}

/// The money and the conversations of one account.
#[derive(Clone, Debug)]
pub struct Ledger<'r> {
    rules: &'r PriceRules,
    markets: Vec<Market>,
    months: &'r [SimTime],
    card: Card,
    now: SimTime,
    /// What the rules say now.
    terms: Terms,
    /// When the business last opened conversations.
    business_at: Option<SimTime>,
    /// How many months have begun.
    month: usize,
    /// Used of what this month gives free.
    free_used: u64,
    /// Owed and not yet charged to the card \[micro-units\].
    open_micros: u64,
    /// Why the first that had no known price had none.
    why_unpriced: Option<Unpriced>,
}

/// What an account keeps apart for the customers of one market.
#[derive(Clone, Debug)]
struct Market {
    /// Unit prices by price clause.
    prices: Vec<Prices>,
    /// Open conversations of the business by their ends.
    business: Ends,
    /// Open conversations of customers by their ends.
    customer: Ends,
    totals: Charge<Kinds>,
}

impl<'r> Ledger<'r> {
    /// Opens an account of customers in some markets, each later named by its position among `markets`.
    ///
    /// `months` are the instants at which calendar months begin in the account's zone, in order, the first at or
    /// before the start: [`month_starts`]. Where a market is `None` only a table that prices all markets alike has a
    /// price.
    pub fn open(
        rules: &'r PriceRules,
        markets: &[Option<&str>],
        months: &'r [SimTime],
        card: Card,
    ) -> Ledger<'r> {
        Ledger {
            rules,
            markets: markets.iter().map(|market| Market::open(rules, *market)).collect(),
            months,
            card,
            now: SimTime(i64::MIN),
            terms: rules.terms_at(SimTime(i64::MIN)),
            business_at: None,
            month: 0,
            free_used: 0,
            open_micros: 0,
            why_unpriced: None,
        }
    }

    // ---- what it is told ------------------------------------------------------------------------------------

    /// Customers of a market wrote; `opening` of them have no open conversation that covers the message.
    ///
    /// # Panics
    /// When told out of order: `now` before what was told last, or, where conversations are paid, customers who open
    /// one after the business opened some at the same instant. A market that the account was not opened with.
    pub fn customer_messages(&mut self, now: SimTime, market: usize, opening: u64) -> Charge {
        self.advance(now);
        let mut charge = Charge::default();
        match self.pays() {
            None | Some(Pays::NotStated) => {
                self.unstated(market, Initiator::Customer, (opening, opening), &mut charge);
            }
            Some(Pays::PerConversation { by, free_a_month }) => {
                let late = self.business_at == Some(now) && opening > 0;
                assert!(!late, "at one instant customers' conversations come before the business's");
                let kind = match by {
                    PricedBy::Initiator => Column::Customer,
                    PricedBy::Category => Column::Service,
                };
                self.conversations(market, Initiator::Customer, *free_a_month, (kind, opening), &mut charge);
            }
            Some(Pays::PerNotification | Pays::PerMessage { .. }) => {
                self.keep(market, Initiator::Customer, opening, &mut charge);
            }
        }
        self.book(market, &charge);
        charge
    }

    /// Template messages were delivered to customers of a market: `outside` of every window and conversation that
    /// covers them, and `inside` an open service window (or the conversation of a customer) but in no open conversation
    /// of their own.
    ///
    /// Inside, a notification and a conversation priced by its initiator cost nothing; a conversation priced by
    /// category opens, for a service conversation covers no template; a message is paid unless its category is free in
    /// the window.
    ///
    /// # Panics
    /// When told out of order: `now` before what was told last. A market that the account was not opened with.
    pub fn delivered(
        &mut self,
        now: SimTime,
        market: usize,
        category: Category,
        outside: u64,
        inside: u64,
    ) -> Charge {
        self.advance(now);
        let mut charge = Charge::default();
        match self.pays() {
            None | Some(Pays::NotStated) => {
                self.unstated(market, Initiator::Business, (outside, outside + inside), &mut charge);
            }
            Some(Pays::PerNotification) => {
                self.messages(market, Column::Notification, (outside, outside), &mut charge);
            }
            Some(Pays::PerConversation { by, free_a_month }) => {
                let (kind, count) = match by {
                    PricedBy::Initiator => (Column::Business, outside),
                    PricedBy::Category => (category.into(), outside + inside),
                };
                self.business_at = if count > 0 { Some(now) } else { self.business_at };
                self.conversations(market, Initiator::Business, *free_a_month, (kind, count), &mut charge);
            }
            Some(Pays::PerMessage { free_in_window, .. }) => {
                let paid_inside = if free_in_window.contains(&category) { 0 } else { inside };
                self.messages(market, category.into(), (outside, outside + paid_inside), &mut charge);
            }
        }
        self.book(market, &charge);
        charge
    }

    /// The business answered customers of a market inside their service windows with messages that are no templates.
    ///
    /// # Panics
    /// When told out of order: `now` before what was told last. A market that the account was not opened with.
    pub fn answered(&mut self, now: SimTime, market: usize, messages: u64) -> Charge {
        self.advance(now);
        let mut charge = Charge::default();
        match self.pays() {
            None | Some(Pays::NotStated) => {
                self.unstated(market, Initiator::Business, (0, messages), &mut charge);
            }
            Some(Pays::PerMessage { service_charged: true, .. }) => {
                self.messages(market, Column::Service, (0, messages), &mut charge);
            }
            Some(_) => {}
        }
        self.book(market, &charge);
        charge
    }

    /// Customers of a market wrote inside conversations that began, or were last prolonged, at `since`: where the
    /// window clause says so, these conversations start anew.
    ///
    /// # Panics
    /// When told out of order: `now` before what was told last. A market that the account was not opened with.
    pub fn prolonged(&mut self, now: SimTime, market: usize, by: Initiator, since: SimTime, customers: u64) {
        self.advance(now);
        let (Some(before), Some(lasts)) = (self.rules.lasts(by, since), self.rules.lasts(by, now)) else {
            return;
        };
        if !self.rules.prolonged(by, now) || since + before <= now {
            return;
        }
        self.markets[market].ends(by).prolong(since + before, now + lasts, customers);
    }

    // ---- what it answers ------------------------------------------------------------------------------------

    /// Everything since the account was opened: what its markets add up to.
    pub fn totals(&self) -> Charge<Kinds> {
        let mut totals = Charge { why_unpriced: self.why_unpriced, ..Charge::default() };
        self.markets.iter().for_each(|market| totals += market.totals);
        totals
    }

    /// Everything of one market. The card is charged at the conversation that exceeds the threshold, so its charge
    /// counts for the market of that one.
    ///
    /// # Panics
    /// A market that the account was not opened with.
    pub fn totals_of(&self, market: usize) -> &Charge<Kinds> {
        &self.markets[market].totals
    }

    /// What is owed and not yet charged to the card \[micro-units\].
    pub fn open_micros(&self) -> u64 {
        self.open_micros
    }

    /// How many conversations (messages, where messages are paid) may still begin at `now`; `None` where nothing
    /// stops them. Only an account without a card is ever stopped, and only where a clause asks for one.
    pub fn can_open(&self, now: SimTime, by: Initiator) -> Option<u64> {
        if self.card == Card::OnFile {
            return None;
        }
        let clause = &self.rules.clauses[self.rules.clause_at(now)?];
        if !clause.needs_card {
            return None;
        }
        match (&clause.pays, by) {
            (Pays::NotStated, _) => None,
            (Pays::PerConversation { free_a_month, .. }, by) => match free_a_month {
                FreeAMonth::EveryService if by == Initiator::Customer => None,
                free => Some(free_left(*free, by, self.free_used(now))),
            },
            (_, Initiator::Business) => Some(0),
            (_, Initiator::Customer) => None,
        }
    }

    /// How many messages of a category the business may still send at `now`, if `inside` of them are in open service
    /// windows; `None` where nothing stops them. What opens no conversation and costs nothing is never stopped.
    pub fn can_send(&self, now: SimTime, category: Category, inside: u64) -> Option<u64> {
        let most = self.can_open(now, Initiator::Business)?;
        let free = match &self.rules.clauses[self.rules.clause_at(now)?].pays {
            Pays::NotStated | Pays::PerNotification => true,
            Pays::PerConversation { by, .. } => *by == PricedBy::Initiator,
            Pays::PerMessage { free_in_window, .. } => free_in_window.contains(&category),
        };
        Some(if free { most.saturating_add(inside) } else { most })
    }

    /// How many of this month's free conversations are used.
    pub fn free_used(&self, now: SimTime) -> u64 {
        if self.month_of(now) == self.month { self.free_used } else { 0 }
    }

    /// The conversations open at `now`, which must not be before what was told last. One that lasts 24 h from 09:00
    /// is open at 08:59:59 the next day, and no longer at 09:00.
    pub fn open_at(&self, now: SimTime) -> OpenConversations {
        let mut open = OpenConversations::default();
        for market in &self.markets {
            let OpenConversations { business, customer } = market.open_at(now);
            open.business += business;
            open.customer += customer;
        }
        open
    }

    /// The conversations [open](Ledger::open_at) at the instant that the ledger was told of or moved on to last.
    pub fn open_now(&self) -> OpenConversations {
        let mut open = OpenConversations::default();
        for market in &self.markets {
            open.business += market.business.sum;
            open.customer += market.customer.sum;
        }
        open
    }

    /// Of the conversations [open](Ledger::open_at) at `now`, those with customers of one market.
    ///
    /// # Panics
    /// A market that the account was not opened with.
    pub fn open_in(&self, market: usize, now: SimTime) -> OpenConversations {
        self.markets[market].open_at(now)
    }

    // ---- how it counts --------------------------------------------------------------------------------------

    /// Moves on to `now`, and forgets what is over by then.
    ///
    /// # Panics
    /// When `now` is before what was told last.
    #[inline]
    pub fn advance(&mut self, now: SimTime) {
        if now != self.now {
            self.move_on(now);
        }
    }

    fn move_on(&mut self, now: SimTime) {
        assert!(now > self.now, "the ledger is told in order of time");
        if self.months.get(self.month).is_some_and(|next| *next <= now) {
            (self.month, self.free_used) = (self.month_of(now), 0);
        }
        self.markets.iter_mut().for_each(|market| market.close(now));
        self.now = now;
        if now >= self.terms.until {
            self.terms = self.rules.terms_at(now);
        }
    }

    /// How the clause in force has what is sent paid.
    fn pays(&self) -> Option<&'r Pays> {
        let rules = self.rules;
        self.terms.clause.map(|place| &rules.clauses[place].pays)
    }

    fn month_of(&self, now: SimTime) -> usize {
        self.months.partition_point(|begins| *begins <= now)
    }

    /// So many conversations of a kind begin: the free ones first, then those to be paid.
    fn conversations(
        &mut self,
        market: usize,
        by: Initiator,
        free_a_month: FreeAMonth,
        (kind, count): (Column, u64),
        charge: &mut Charge,
    ) {
        let free = match (free_a_month, by) {
            (FreeAMonth::EveryService, Initiator::Customer) => count,
            (pool, by) => {
                let free = count.min(free_left(pool, by, self.free_used));
                self.free_used += free;
                free
            }
        };
        self.pay(market, kind, count - free, charge);
        self.keep(market, by, count - charge.blocked, charge);
        (charge.free, charge.opened) = (free, OfKind { kind, count: count - charge.blocked });
    }

    /// Messages are `paid` one by one; those that are `opening` a conversation in rules that know them do so.
    fn messages(&mut self, market: usize, kind: Column, (opening, paid): (u64, u64), charge: &mut Charge) {
        self.pay(market, kind, paid, charge);
        self.keep(market, Initiator::Business, opening.saturating_sub(charge.blocked), charge);
    }

    /// What is paid is not stated, so nothing is known to be free.
    fn unstated(&mut self, market: usize, by: Initiator, (opening, count): (u64, u64), charge: &mut Charge) {
        self.keep(market, by, opening, charge);
        let why = self.terms.clause.map_or(Unpriced::NoClause, |_| Unpriced::NotStated);
        charge.unpriced(count, why);
    }

    /// Remembers conversations until they end, in rules that know them.
    fn keep(&mut self, market: usize, by: Initiator, count: u64, charge: &mut Charge) {
        let Some(lasts) = self.terms.lasts(by).filter(|_| count > 0) else { return };
        self.markets[market].ends(by).add(self.now + lasts, count);
        let kind = match by {
            Initiator::Business => Column::Business,
            Initiator::Customer => Column::Customer,
        };
        charge.opened = OfKind { kind, count };
    }

    fn pay(&mut self, market: usize, kind: Column, count: u64, charge: &mut Charge) {
        let Some(place) = self.terms.clause.filter(|_| count > 0) else { return };
        let clause = &self.rules.clauses[place];
        if clause.needs_card && self.card == Card::None {
            charge.blocked = count;
            return;
        }
        match self.markets[market].prices[place][kind.index()] {
            Err(why @ (Unpriced::NotStated | Unpriced::NoTable)) => charge.unpriced(count, why),
            _ if !self.terms.prices_hold => charge.unpriced(count, Unpriced::OutOfDate),
            Err(why) => charge.unpriced(count, why),
            Ok(price) => {
                (charge.card_charges, charge.card_micros) = self.owe(price, count, clause.debit_above);
                (charge.cost_micros, charge.paid) = (price.saturating_mul(count), OfKind { kind, count });
            }
        }
    }

    /// Adds `count` times `price` to the open amount, which is charged to the card as a whole each time that it
    /// exceeds the threshold: how many times, and how much in all \[micro-units\].
    fn owe(&mut self, price: u64, count: u64, threshold: Option<u64>) -> (u64, u64) {
        let Some(threshold) = threshold.filter(|_| self.card == Card::OnFile && price > 0) else {
            self.open_micros = self.open_micros.saturating_add(price.saturating_mul(count));
            return (0, 0);
        };
        let open = self.open_micros.saturating_add(price.saturating_mul(count));
        if open <= threshold {
            self.open_micros = open;
            return (0, 0);
        }
        // With this many the open amount exceeds the threshold. It is above already only where an earlier clause
        // allowed more; then the next conversation brings the charge.
        let first = threshold.checked_sub(self.open_micros).map_or(1, |room| room / price + 1);
        let each = threshold / price + 1;
        let (more, rest) = ((count - first) / each, (count - first) % each);
        let charged = self.open_micros.saturating_add(price.saturating_mul(first + more * each));
        self.open_micros = price * rest;
        (1 + more, charged)
    }

    fn book(&mut self, market: usize, charge: &Charge) {
        self.markets[market].totals += *charge;
        self.why_unpriced = self.why_unpriced.or(charge.why_unpriced);
    }
}

/// How many conversations are left of what a month gives free, of which so many are used.
fn free_left(free: FreeAMonth, by: Initiator, used: u64) -> u64 {
    match (free, by) {
        (FreeAMonth::Both(most), _) | (FreeAMonth::Service(most), Initiator::Customer) => {
            most.saturating_sub(used)
        }
        _ => 0,
    }
}

impl Market {
    fn open(rules: &PriceRules, market: Option<&str>) -> Market {
        Market {
            prices: rules.clauses.iter().map(|clause| clause.prices(market)).collect(),
            business: Ends::default(),
            customer: Ends::default(),
            totals: Charge::default(),
        }
    }

    fn open_at(&self, now: SimTime) -> OpenConversations {
        OpenConversations { business: self.business.open(now), customer: self.customer.open(now) }
    }

    /// Forgets the conversations that are over at `now`.
    fn close(&mut self, now: SimTime) {
        self.business.close(now);
        self.customer.close(now);
    }

    fn ends(&mut self, by: Initiator) -> &mut Ends {
        match by {
            Initiator::Business => &mut self.business,
            Initiator::Customer => &mut self.customer,
        }
    }
}

/// Open conversations by their ends, the soonest first.
#[derive(Clone, Debug, Default)]
struct Ends {
    ends: VecDeque<(SimTime, u64)>,
    sum: u64,
}

impl Ends {
    /// How many are open at `now`, which is not before what was closed last.
    fn open(&self, now: SimTime) -> u64 {
        if self.ends.front().is_none_or(|(end, _)| *end > now) {
            return self.sum;
        }
        let over = self.ends.iter().take_while(|(end, _)| *end <= now);
        self.sum - over.map(|(_, count)| count).sum::<u64>()
    }

    fn add(&mut self, end: SimTime, count: u64) {
        self.sum += count;
        // Most end last, with others or alone.
        match self.ends.back_mut() {
            Some((last, held)) if *last == end => *held += count,
            Some((last, _)) if *last > end => self.add_among(end, count),
            _ => self.ends.push_back((end, count)),
        }
    }

    /// Adds what ends before others.
    fn add_among(&mut self, end: SimTime, count: u64) {
        let place = self.ends.partition_point(|(other, _)| *other < end);
        match self.ends.get_mut(place) {
            Some((other, held)) if *other == end => *held += count,
            _ => self.ends.insert(place, (end, count)),
        }
    }

    /// Up to `count` of those that end at `end` end at `later` instead.
    fn prolong(&mut self, end: SimTime, later: SimTime, count: u64) {
        let place = self.ends.partition_point(|(other, _)| *other < end);
        let Some((_, held)) = self.ends.get_mut(place).filter(|(other, _)| *other == end) else { return };
        let moved = count.min(*held);
        *held -= moved;
        self.sum -= moved;
        self.add(later, moved);
    }

    /// Forgets those that are over at `now`.
    fn close(&mut self, now: SimTime) {
        while let Some((end, count)) = self.ends.front()
            && *end <= now
        {
            self.sum -= count;
            self.ends.pop_front();
        }
    }
}

/// The instants at which calendar months begin in the calendar's zone, from the one that holds the start to the end.
pub fn month_starts(calendar: &Calendar) -> Vec<SimTime> {
    let mut starts = Vec::new();
    let mut first = calendar.date(0).first_of_month();
    while let Ok(at) = calendar.instant(first.at(0, 0, 0, 0)) {
        if at >= calendar.end() {
            break;
        }
        starts.push(at);
        let Ok(next) = first.checked_add(1.month()) else { break };
        first = next;
    }
    starts
}
