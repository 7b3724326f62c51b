//! Reading a price table, and whether a ruleset's price clauses fit the tables they name: all that is wrong at once.

use jiff::civil::Date;

use crate::document::{Check, Document, Examiner, Findings, Word};
use crate::platform::check::is_name;
use crate::platform::language::{Clause, FreeAMonth, Pays, Price, PricedBy, Rates, Ruleset};
use crate::platform::origin::first_day;
use crate::platform::origin::{self, Exception, cited};

use super::catalogue::{nearest_price_table, prices};
use super::table::{Column, PriceRow, PriceTable, Tells};

/// More than this for one conversation or message is a slip \[millionths of a currency's unit\].
const MOST: u64 = 1_000_000_000_000;

impl PriceTable {
    /// Reads a price table, or says all that is wrong with it: with its form and, as far as that lets it be judged, with
    /// its sense.
    ///
    /// # Errors
    /// All that is wrong, with places and advice.
    pub fn read(document: &Document) -> Result<PriceTable, Findings> {
        let (table, left_out) = document.read_what_can_be::<PriceTable>(help)?;
        let check = Sense::of(&table, Check::without(document, left_out));
        check.finish(table)
    }
}

/// What a missing field is for.
fn help(owner: &str, field: &str) -> Option<String> {
    let says = match (owner, field) {
        ("PriceTable", "name") => "the name that price clauses use, such as \"conversations-2022-02\"",
        ("PriceTable", "title") => "one line for lists",
        ("PriceTable", "sources") => "the publications behind the prices, by short key",
        ("PriceTable", "currency") => "the currency of every price: three capital letters, such as \"USD\"",
        ("PriceTable", "rows") => {
            "the prices by market, such as { \"Brazil\": (business: \"0.05 USD\", customer: \"0.03 USD\") }"
        }
        ("PriceTable", "source") => {
            "keys of the sources that state the prices; [] only where `except` covers all"
        }
        ("Source", "title") => "title of the page or document",
        ("Source", "address") => "where it was published",
        ("Source", "date") => "when it was published: \"2022\", \"2022-05\" or \"2022-05-02\"",
        ("Source", "grade") => "how far it can be trusted: Official, Provider, Blog or Study",
        _ => return None,
    };
    Some(says.to_owned())
}

/// A price table under examination.
struct Sense<'t, 'd> {
    table: &'t PriceTable,
    check: Check<'d>,
}

impl<'d> Examiner<'d> for Sense<'_, 'd> {
    fn check(&mut self) -> &mut Check<'d> {
        &mut self.check
    }
}

impl<'t, 'd> Sense<'t, 'd> {
    fn of(table: &'t PriceTable, check: Check<'d>) -> Check<'d> {
        let mut sense = Sense { table, check };
        sense.given(&[], Sense::header);
        sense.given(&["since", "until"], Sense::dates);
        sense.given(&["currency"], Sense::rows);
        sense.origins();
        // Whether a source is used depends on all rows.
        sense.source_list();
        sense.check
    }

    fn header(&mut self) {
        let PriceTable { name, title, currency, .. } = self.table;
        if name.is_empty() || !name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        {
            let message = format!("{name:?} is no name for a price table");
            self.error("name", message, "small letters, digits and hyphens, such as \"messages-2025-07\"");
        }
        if title.trim().is_empty() {
            self.error("title", "the title is empty", "one line that tells this table from the others");
        }
        if currency.len() != 3 || !currency.bytes().all(|b| b.is_ascii_uppercase()) {
            let message = format!("{currency:?} is no currency");
            self.error("currency", message, "three capital letters, such as \"USD\"");
        }
    }

    fn dates(&mut self) {
        let PriceTable { since, until, .. } = self.table;
        for (path, text) in [("since", since), ("until", until)] {
            if let Some(text) = text
                && first_day(text).is_none()
            {
                origin::no_date(&mut self.check, path, text);
            }
        }
        let day = |text: &Option<String>| text.as_deref().and_then(first_day);
        if let (Some(since), Some(until)) = (day(since), day(until))
            && since >= until
        {
            let message = format!("the prices are never in force: they end on {until} and begin on {since}");
            self.error("until", message, "`until` is the first day without these prices");
        }
    }

    // ---- rows -----------------------------------------------------------------------------------------------

    fn rows(&mut self) {
        if self.table.columns().next().is_none() {
            let help = "such as { \"Brazil\": (business: \"0.05 USD\", customer: \"0.03 USD\") }";
            self.error("rows", "the table holds no price", help);
        }
        let mut first: Option<(String, Column)> = None;
        for (place, (market, row)) in self.table.rows.iter().enumerate() {
            self.market(place, market);
            for column in Column::ALL {
                let path = format!("{}.{column}", row_path(market));
                self.price(&path, row, column);
                if row.price(column).is_some() {
                    self.one_model(path, column, &mut first);
                }
            }
        }
    }

    fn market(&mut self, place: usize, market: &str) {
        let path = row_path(market);
        if market.trim().is_empty() || market.trim() != market {
            let help = "such as \"Brazil\", without spaces around it";
            self.error(&path, format!("{market:?} is no name of a market"), help);
        }
        if market != "Other" && market.trim().eq_ignore_ascii_case("other") {
            let help = "write \"Other\" for every market without a row of its own";
            self.error(&path, format!("{market:?} would be a market like any other"), help);
        }
        let same = |other: &str| other.trim().eq_ignore_ascii_case(market.trim());
        if let Some(other) = self.table.rows.keys().take(place).find(|other| same(other)) {
            let message = format!("the markets {other:?} and {market:?} look the same");
            self.check.error_given(&[&row_path(other)], &path, message, "leave one out");
            self.check.also(&row_path(other), "the other one");
        }
    }

    fn price(&mut self, path: &str, row: &PriceRow, column: Column) {
        let Some(price) = row.price(column) else { return };
        if price.currency() != self.table.currency {
            let message =
                format!("the price is in {}, the table in {}", price.currency(), self.table.currency);
            self.error(path, message, "a table holds prices of one currency");
        }
        if price.micros() > MOST {
            let message = format!("{price} is too much for one conversation or message");
            self.error(path, message, "a price is for one of them, not for a thousand");
        }
    }

    fn one_model(&mut self, path: String, column: Column, first: &mut Option<(String, Column)>) {
        match first {
            None => *first = Some((path, column)),
            Some((other, known)) if known.tells() != column.tells() => {
                let message = format!("`{column}` and `{known}` are columns of different price models");
                let help = "notification alone; or business, customer; or marketing, utility, authentication, service";
                self.check.error_given(&[other], &path, message, help);
                self.check.also(other, "the other model");
            }
            Some(_) => {}
        }
    }

    // ---- origins --------------------------------------------------------------------------------------------

    fn origins(&mut self) {
        let table = self.table;
        let columns: Vec<&str> = table.columns().map(Column::name).collect();
        let mut names = vec!["rows", "currency"];
        names.extend(table.since.is_some().then_some("since"));
        names.extend(table.until.is_some().then_some("until"));
        names.extend(columns);
        self.given(&["sources"], |sense| sense.source_keys("", &table.source, &table.except));
        let all = ["rows", "since", "until", "currency"];
        self.given(&all, |sense| sense.exceptions("", &names, &table.except));
        for (market, row) in table.rows.iter() {
            let (whole, path) = (row_path(market), format!("{}.", row_path(market)));
            let filled = |column: &Column| row.price(*column).is_some();
            let names: Vec<&str> = Column::ALL.into_iter().filter(filled).map(Column::name).collect();
            self.given(&["sources"], |sense| sense.source_keys(&path, &row.source, &row.except));
            self.given(&[&whole], |sense| sense.exceptions(&path, &names, &row.except));
        }
        if table.source.is_empty() {
            let all = [&all[..], &["source", "except"]].concat();
            self.given(&all, |sense| sense.every_value_has_an_origin(&names[1..]));
        }
    }

    fn source_keys(&mut self, prefix: &str, source: &[Word], except: &[Exception]) {
        let otherwise = || "add it to `sources`".to_owned();
        origin::source_keys(&mut self.check, prefix, (source, except), &self.table.sources, otherwise);
    }

    fn exceptions(&mut self, path: &str, names: &[&str], except: &[Exception]) {
        let such_as = "such as [rows], or [all]";
        origin::exceptions(
            &mut self.check,
            &format!("{path}except"),
            except,
            such_as,
            |check, path, word| {
                origin::value_name(check, path, names, word);
            },
        );
    }

    /// Without a source of the table every value needs an exception, or a row that names its own source.
    fn every_value_has_an_origin(&mut self, names: &[&str]) {
        let table = self.table;
        let spoken = |except: &[Exception], name: &str| {
            let mut fields = except.iter().flat_map(Exception::fields);
            fields.any(|word| word.as_str() == name || word.as_str() == "all")
        };
        let fields = names.iter().filter(|name| ["currency", "since", "until"].contains(name));
        let mut bare: Vec<String> =
            fields.filter(|name| !spoken(&table.except, name)).map(|name| (*name).to_owned()).collect();
        for (market, row) in table.rows.iter().filter(|(_, row)| row.source.is_empty()) {
            let columns = Column::ALL.into_iter().filter(|column| row.price(*column).is_some());
            bare.extend(columns.filter_map(|column| {
                let of_table = spoken(&table.except, "rows") || spoken(&table.except, column.name());
                (!of_table && !spoken(&row.except, column.name())).then(|| format!("{market}.{column}"))
            }));
        }
        if !bare.is_empty() {
            let message = format!("nothing says where {} comes from", bare.join(", "));
            let help = "name a source, or say in `except` what is assumed; [all] means every value";
            self.error("source", message, help);
        }
    }

    fn source_list(&mut self) {
        let PriceTable { sources, source, except, rows, .. } = self.table;
        let uses = |key: &str| {
            cited(key, source, except) || rows.values().any(|row| cited(key, &row.source, &row.except))
        };
        origin::source_list(&mut self.check, sources, "nothing", uses);
    }
}

fn row_path(market: &str) -> String {
    if market.contains(['.', '[', ']']) { format!("rows.\"{market}\"") } else { format!("rows.{market}") }
}

// ---- price clauses ----------------------------------------------------------------------------------------------

/// Notes what is wrong between the price clauses of a ruleset and the tables they name: a table that does not exist,
/// or does not price what is paid, or is never in force with the clause; two clauses in force at once; two currencies.
pub(crate) fn check_ruleset(
    ruleset: &Ruleset,
    table_of: &dyn Fn(&str) -> Option<PriceTable>,
    check: &mut Check<'_>,
) {
    let mut currency: Option<(String, String)> = None;
    for (place, (name, clause)) in ruleset.price.iter().enumerate() {
        let path = format!("price.{name}");
        let mut earlier = ruleset.price.iter().take(place);
        if let Some((other, _)) = earlier.find(|(_, other)| overlap(days_of(other), days_of(clause))) {
            let message = "two price clauses are in force at once";
            let help = "give the earlier one `until` and the later one `since`, with the same date";
            check.error(&path, message, help).also(&format!("price.{other}"), "the other one");
        }
        if let Some(debit) = &clause.card_charged_above {
            one_currency(&format!("{path}.card_charged_above"), &debit.currency, &mut currency, check);
        }
        let Rates::Table(table) = &clause.rates else { continue };
        let path = format!("{path}.rates");
        match table_of(table) {
            Some(table) => {
                one_currency(&path, &table.currency, &mut currency, check);
                fits(&path, clause, &table, check);
            }
            None if !is_name(table) => {}
            None => {
                let help = match nearest_price_table(table) {
                    Some(near) => format!("did you mean \"{near}\"?"),
                    None => format!("there are {}", prices().collect::<Vec<_>>().join(", ")),
                };
                check.error(&path, format!("there is no price table {table:?}"), help);
            }
        }
    }
}

/// The currency of a ruleset's money, which is one where [`check_ruleset`] found nothing; none where it names none.
pub(crate) fn currency_of(
    ruleset: &Ruleset,
    table_of: &dyn Fn(&str) -> Option<PriceTable>,
) -> Option<String> {
    ruleset.price.values().find_map(|clause| match (&clause.card_charged_above, &clause.rates) {
        (Some(debit), _) => Some(debit.currency.clone()),
        (None, Rates::Table(table)) => table_of(table).map(|table| table.currency),
        (None, Rates::NotStated) => None,
    })
}

fn one_currency(path: &str, found: &str, known: &mut Option<(String, String)>, check: &mut Check<'_>) {
    match known {
        None => *known = Some((path.to_owned(), found.to_owned())),
        Some((other, currency)) if currency != found => {
            let message = format!("this is in {found}, and other money of the ruleset in {currency}");
            check.error(path, message, "an account has one currency").also(other, "the other currency");
        }
        Some(_) => {}
    }
}

fn fits(path: &str, clause: &Price, table: &PriceTable, check: &mut Check<'_>) {
    let name = &table.name;
    let needed = match &clause.pays {
        Pays::PerNotification => Column::Notification,
        Pays::PerConversation { by: PricedBy::Initiator, .. } => Column::Business,
        Pays::PerConversation { by: PricedBy::Category, .. } | Pays::PerMessage { .. } => Column::Marketing,
        Pays::NotStated => {
            let message = format!("the table {name} is never used: what is paid is not stated");
            check.error(path, message, "say in `pays` what is paid, or write `rates: NotStated`");
            return;
        }
    };
    let tells = table.columns().next().map(Column::tells);
    if tells != Some(needed.tells()) {
        let message = format!("the table {name} does not price what is paid");
        check.error(path, message, format!("what is paid needs {}", columns_of(needed.tells())));
    } else {
        service_fits(path, &clause.pays, table, check);
    }
    if !overlap(days_of(clause), days(table.since.as_deref(), table.until.as_deref())) {
        let message = format!("the table {name} is never in force while the clause is");
        check.error(path, message, "name the table of those dates, or correct `since` and `until`");
    }
}

/// Whether the table prices service exactly where it is paid.
fn service_fits(path: &str, pays: &Pays, table: &PriceTable, check: &mut Check<'_>) {
    let name = &table.name;
    let paid = match pays {
        Pays::PerConversation { by: PricedBy::Category, free_a_month } => {
            *free_a_month != FreeAMonth::EveryService
        }
        Pays::PerMessage { service_charged, .. } => *service_charged,
        _ => return,
    };
    let priced = |row: &PriceRow| row.price(Column::Service).is_some_and(|price| price.micros() > 0);
    if paid && !table.columns().any(|column| column == Column::Service) {
        let message = format!("the table {name} has no column `service`, and service is paid");
        check.error(path, message, "name a table that prices service");
    }
    if !paid && table.rows.values().any(priced) {
        let message = format!("the table {name} prices service, and service is not paid");
        check.error(path, message, "name a table in which service is free or left out");
    }
}

fn columns_of(tells: Tells) -> &'static str {
    match tells {
        Tells::Nothing => "the column notification",
        Tells::Initiator => "the columns business and customer",
        Tells::Category => "the columns marketing, utility, authentication and, where it is paid, service",
    }
}

/// First day and first day no more.
type Days = (Date, Date);

fn days_of(clause: &Price) -> Days {
    let origin = clause.origin();
    days(origin.since, origin.until)
}

fn days(since: Option<&str>, until: Option<&str>) -> Days {
    (since.and_then(first_day).unwrap_or(Date::MIN), until.and_then(first_day).unwrap_or(Date::MAX))
}

fn overlap(one: Days, other: Days) -> bool {
    one.0 < other.1 && other.0 < one.1
}
