//! The price clauses of a ruleset made ready for the ledger: dates become instants, names of tables the tables.
//!
//! ```text
//!   era 1  [price clauses, windows] --+
//!   era 2  [price clauses, windows] --+--> one list, each clause in force within its own dates and those of its era
//! ```
//!
//! So an account needs no amendment when the rules change: what is paid is asked of the clause in force at that
//! instant, and what the account keeps (the month, the free conversations used, the open amount, open conversations
//! with their ends) goes on.
//!
//! Compiling cannot fail. What is missing, a table or a price, is found missing when something is to be paid.

use std::collections::BTreeSet;

use crate::document::nearest;
use crate::platform::language::{Clause, Pays, Price, ProlongedBy, Rates, Ruleset, WindowKind};
use crate::platform::origin::Origin;
use crate::time::{SimTime, Span};

use super::catalogue::price_table;
use super::table::{Column, PriceTable, Unpriced};

/// How long a conversation lasts where no clause says.
const CONVERSATION: Span = Span::hours(24);

/// Who begins a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Initiator {
    /// The business, with a delivered message.
    Business,
    /// The customer, with a message.
    Customer,
}

/// The dated price clauses of a ruleset, or of those of several eras, with their tables, and how long conversations
/// last.
#[derive(Clone, Debug)]
pub struct PriceRules {
    pub(super) clauses: Vec<PriceClause>,
    windows: Vec<ConversationWindow>,
}

#[derive(Clone, Debug)]
pub(super) struct PriceClause {
    path: String,
    in_force: InForce,
    pub(super) pays: Pays,
    table: Result<DatedTable, Unpriced>,
    /// The card is charged when the open amount exceeds this \[micro-units\].
    pub(super) debit_above: Option<u64>,
    pub(super) needs_card: bool,
}

#[derive(Clone, Debug)]
struct DatedTable {
    in_force: InForce,
    table: PriceTable,
}

#[derive(Clone, Copy, Debug)]
struct ConversationWindow {
    by: Initiator,
    in_force: InForce,
    lasts: Span,
    prolonged: bool,
}

/// From an instant on, and until another.
#[derive(Clone, Copy, Debug)]
struct InForce {
    from: SimTime,
    until: SimTime,
}

/// What the price clauses say from an instant on, until one of them begins or ends.
#[derive(Clone, Copy, Debug)]
pub(super) struct Terms {
    /// Position of the price clause in force.
    pub(super) clause: Option<usize>,
    /// Whether the prices of the clause's table hold.
    pub(super) prices_hold: bool,
    /// How long a conversation that opens lasts: of the business, of a customer; `None` where the rules know none.
    lasts: [Option<Span>; 2],
    /// They are to be asked for anew then.
    pub(super) until: SimTime,
}

impl Terms {
    /// How long a conversation that opens lasts.
    pub(super) fn lasts(&self, by: Initiator) -> Option<Span> {
        self.lasts[by as usize]
    }
}

impl InForce {
    fn of(since: Option<&str>, until: Option<&str>, instant_of: &dyn Fn(&str) -> SimTime) -> InForce {
        InForce {
            from: since.map_or(SimTime(i64::MIN), instant_of),
            until: until.map_or(SimTime::NEVER, instant_of),
        }
    }

    fn at(self, now: SimTime) -> bool {
        self.from <= now && now < self.until
    }

    /// What is within both.
    fn within(self, era: InForce) -> InForce {
        InForce { from: self.from.max(era.from), until: self.until.min(era.until) }
    }
}

/// Gives the table of a name.
type TableOf<'t> = &'t dyn Fn(&str) -> Option<PriceTable>;

impl PriceRules {
    /// Makes the price clauses of a checked ruleset ready, with the tables that come with the program. `instant_of`
    /// gives the instant at which a civil date begins.
    pub fn compile(ruleset: &Ruleset, instant_of: &dyn Fn(&str) -> SimTime) -> PriceRules {
        PriceRules::compile_with(ruleset, instant_of, &price_table)
    }

    /// The same with tables from elsewhere.
    pub fn compile_with(
        ruleset: &Ruleset,
        instant_of: &dyn Fn(&str) -> SimTime,
        table_of: &dyn Fn(&str) -> Option<PriceTable>,
    ) -> PriceRules {
        PriceRules::across(&[(SimTime::START, ruleset)], instant_of, table_of)
    }

    /// Makes the price clauses of the rulesets of several eras ready: those of each hold from its instant until that of
    /// the next one, within their own dates; the first one's hold before its instant, too. The eras come in order.
    pub fn across(
        eras: &[(SimTime, &Ruleset)],
        instant_of: &dyn Fn(&str) -> SimTime,
        table_of: TableOf<'_>,
    ) -> PriceRules {
        let mut rules = PriceRules { clauses: Vec::new(), windows: Vec::new() };
        for (place, (from, ruleset)) in eras.iter().enumerate() {
            let era = InForce {
                from: if place == 0 { SimTime(i64::MIN) } else { *from },
                until: eras.get(place + 1).map_or(SimTime::NEVER, |(next, _)| *next),
            };
            rules.add(ruleset, era, instant_of, table_of);
        }
        rules
    }

    fn add(
        &mut self,
        ruleset: &Ruleset,
        era: InForce,
        instant_of: &dyn Fn(&str) -> SimTime,
        table_of: TableOf<'_>,
    ) {
        let dated = |origin: Origin<'_>| InForce::of(origin.since, origin.until, instant_of).within(era);
        for (name, price) in ruleset.price.iter() {
            self.clauses.push(PriceClause {
                path: format!("price.{name}"),
                in_force: dated(price.origin()),
                pays: price.pays.clone(),
                table: DatedTable::of(price, instant_of, table_of),
                debit_above: price.card_charged_above.as_ref().map(|money| money.micros.unsigned_abs()),
                needs_card: price.needs_card == Some(true),
            });
        }
        for window in ruleset.window.values() {
            let by = match window.kind {
                WindowKind::BusinessInitiated => Initiator::Business,
                WindowKind::CustomerInitiated => Initiator::Customer,
                WindowKind::Service | WindowKind::FreeEntry => continue,
            };
            let prolonged = window.prolonged_by == ProlongedBy::customer_message;
            let (in_force, lasts) = (dated(window.origin()), window.lasts);
            self.windows.push(ConversationWindow { by, in_force, lasts, prolonged });
        }
    }

    /// Path of the price clause in force, such as `price.conversations`.
    pub fn in_force(&self, now: SimTime) -> Option<&str> {
        self.clause_at(now).map(|place| self.clauses[place].path.as_str())
    }

    /// The currency of the prices; none where no table is named. Reading a ruleset and a rulebook sees to it that all
    /// tables have the same.
    pub fn currency(&self) -> Option<&str> {
        self.tables().map(|table| table.currency.as_str()).next()
    }

    /// The markets that have a row in one of the tables, in alphabetical order.
    pub fn markets(&self) -> impl Iterator<Item = &str> {
        let markets: BTreeSet<&str> = self.tables().flat_map(|table| table.rows.keys()).collect();
        markets.into_iter()
    }

    /// The market that was probably meant by a name that no table has.
    pub fn nearest_market(&self, name: &str) -> Option<&str> {
        nearest(name, self.markets())
    }

    fn tables(&self) -> impl Iterator<Item = &PriceTable> {
        self.clauses.iter().filter_map(|clause| clause.table.as_ref().ok()).map(|dated| &dated.table)
    }

    /// What is said at `now`.
    pub(super) fn terms_at(&self, now: SimTime) -> Terms {
        let clause = self.clause_at(now);
        let clauses = self.clauses.iter().map(|clause| clause.in_force);
        let tables = self.clauses.iter().filter_map(|clause| clause.table.as_ref().ok());
        let dated = clauses.chain(tables.map(|table| table.in_force));
        let dated = dated.chain(self.windows.iter().map(|window| window.in_force));
        let changes = dated.flat_map(|dated| [dated.from, dated.until]);
        Terms {
            clause,
            prices_hold: clause.is_some_and(|place| self.clauses[place].prices_hold(now)),
            lasts: [Initiator::Business, Initiator::Customer].map(|by| self.lasts(by, now)),
            until: changes.filter(|at| *at > now).min().unwrap_or(SimTime::NEVER),
        }
    }

    /// Position of the price clause in force.
    pub(super) fn clause_at(&self, now: SimTime) -> Option<usize> {
        self.clauses.iter().position(|clause| clause.in_force.at(now))
    }

    /// How long a conversation that opens at `now` lasts; `None` where the rules know no conversations.
    pub(super) fn lasts(&self, by: Initiator, now: SimTime) -> Option<Span> {
        let paid = |place: usize| matches!(self.clauses[place].pays, Pays::PerConversation { .. });
        let stated = self.window(by, now).map(|window| window.lasts);
        stated.or_else(|| self.clause_at(now).filter(|place| paid(*place)).map(|_| CONVERSATION))
    }

    /// Whether a conversation can open before `end` in a run.
    pub(crate) fn know_conversations(&self, end: SimTime) -> bool {
        let mut at = SimTime::START;
        while at < end {
            let terms = self.terms_at(at);
            if terms.lasts.iter().any(Option::is_some) {
                return true;
            }
            at = terms.until;
        }
        false
    }

    /// Whether a message of the customer makes an open conversation start anew.
    pub(super) fn prolonged(&self, by: Initiator, now: SimTime) -> bool {
        self.window(by, now).is_some_and(|window| window.prolonged)
    }

    fn window(&self, by: Initiator, now: SimTime) -> Option<&ConversationWindow> {
        self.windows.iter().find(|window| window.by == by && window.in_force.at(now))
    }
}

impl DatedTable {
    fn of(
        price: &Price,
        instant_of: &dyn Fn(&str) -> SimTime,
        table_of: TableOf<'_>,
    ) -> Result<DatedTable, Unpriced> {
        let Rates::Table(name) = &price.rates else { return Err(Unpriced::NotStated) };
        let table = table_of(name).ok_or(Unpriced::NoTable)?;
        let in_force = InForce::of(table.since.as_deref(), table.until.as_deref(), instant_of);
        Ok(DatedTable { in_force, table })
    }
}

/// Unit prices of one market by column \[micro-units\].
pub(super) type Prices = [Result<u64, Unpriced>; Column::ALL.len()];

impl PriceClause {
    /// What the columns cost in a market, on the days on which the table is in force.
    pub(super) fn prices(&self, market: Option<&str>) -> Prices {
        let row = self.table.as_ref().map_err(|why| *why).and_then(|dated| dated.table.row(market));
        Column::ALL.map(|column| {
            let price = row?.price(column);
            price.map(|price| price.micros()).ok_or(Unpriced::NoPrice)
        })
    }

    /// Whether the prices of the clause's table hold at `now`.
    pub(super) fn prices_hold(&self, now: SimTime) -> bool {
        self.table.as_ref().is_ok_and(|dated| dated.in_force.at(now))
    }
}
