//! What is priced in a scenario.

use crate::platform::price::{Card, Ledger, PriceRules};
use crate::time::SimTime;

/// What is priced in a scenario.
#[derive(Clone, Debug)]
pub(super) struct Prices {
    /// The price clauses of all eras of the run.
    pub(super) rules: PriceRules,
    /// The markets of the customers.
    pub(super) markets: Vec<String>,
    pub(super) card: Card,
    /// The instants at which calendar months begin.
    pub(super) months: Vec<SimTime>,
}

impl Prices {
    /// The account at the start of a replication.
    pub(super) fn open(&self) -> Ledger<'_> {
        let markets: Vec<Option<&str>> = self.markets.iter().map(|market| Some(market.as_str())).collect();
        Ledger::open(&self.rules, &markets, &self.months, self.card)
    }
}
