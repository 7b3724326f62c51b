//! Money: price tables, the price clauses of a ruleset, and the account's ledger.
//!
//! ```text
//!   PriceTable (a file)  --check-->  PriceTable --+
//!   Ruleset.price, .window  ----------------------+--compile, across eras-->  PriceRules
//!                                                                                 |
//!   conversations opened, messages delivered  -->  Ledger { rules, markets, month, open amount }  -->  Charge
//! ```
//!
//! *Invariants:* whole millionths of a currency's unit, never floating point; unit prices are rounded when a table is
//! read, half to even, totals never. Where no price is known the ledger says so ([`Unpriced`]); it never takes a
//! missing price for 0. A batch told in two parts at one instant costs what it costs told in one.

mod catalogue;
mod check;
mod ledger;
mod rules;
mod table;

pub use catalogue::{nearest_price_table, price_document, price_table, prices};
pub(super) use check::{check_ruleset, currency_of};
pub use ledger::{Card, Charge, Kinds, Ledger, OfKind, OpenConversations, month_starts};
pub use rules::{Initiator, PriceRules};
pub use table::{Column, PriceRow, PriceTable, Tells, UnitPrice, Unpriced};
