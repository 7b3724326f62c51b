//! A dated list of unit prices by market, as it stands in one file.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::document::{Ordered, Word};
use crate::glossary::{Category, Money, MoneyError};
use crate::platform::catalogue::OriginOfValue;
use crate::platform::origin::{Exception, Origin, Source};

/// The row that serves every market without a row of its own.
const EVERY_OTHER_MARKET: &str = "Other";

/// Unit prices by market, in force from one date to another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PriceTable {
    /// The name that price clauses use; also the name of the file.
    pub name: String,
    /// One line for lists.
    pub title: String,
    /// The publications behind the prices, by short key.
    pub sources: Ordered<Source>,
    /// First date on which the prices are in force (`"2022-02-01"`); always, when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    /// First date on which they no longer are; never, when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// The currency of every price: three capital letters, such as USD.
    pub currency: String,
    /// Prices by market. `"Other"` serves every market without a row; a row without any price is a market of its own
    /// whose prices are not known.
    pub rows: Ordered<PriceRow>,
    /// Keys of the sources that state the prices; may be empty only when `except` covers all values.
    pub source: Vec<Word>,
    /// Values that come from elsewhere: `Assumed([..], "why")`, `Derived([..], "how")`, `By([..], KEY)`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub except: Vec<Exception>,
}

/// The prices of one market; not known when left out.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PriceRow {
    /// A template message outside the customer's window.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notification: Option<UnitPrice>,
    /// A conversation that the business began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub business: Option<UnitPrice>,
    /// A conversation that the customer began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<UnitPrice>,
    /// A conversation or a message of the category Marketing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub marketing: Option<UnitPrice>,
    /// A conversation or a message of the category Utility.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub utility: Option<UnitPrice>,
    /// A conversation or a message of the category Authentication.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authentication: Option<UnitPrice>,
    /// A conversation that the customer began, or a message that is no template.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<UnitPrice>,
    /// Keys of the sources that state this row, where they are not the table's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub source: Vec<Word>,
    /// Prices of this row that come from elsewhere.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub except: Vec<Exception>,
}

/// A column of a price table: what one price is paid for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Column {
    /// A template message outside the customer's window.
    Notification,
    /// A conversation that the business began.
    Business,
    /// A conversation that the customer began.
    Customer,
    /// A conversation or a message of the category Marketing.
    Marketing,
    /// A conversation or a message of the category Utility.
    Utility,
    /// A conversation or a message of the category Authentication.
    Authentication,
    /// A conversation that the customer began, or a message that is no template.
    Service,
}

/// What the columns of a table tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tells {
    /// Nothing: one price for each notification.
    Nothing,
    /// Who began a conversation.
    Initiator,
    /// The category of a conversation or message.
    Category,
}

impl PriceTable {
    /// The row that serves a market: its own, else `"Other"`.
    ///
    /// Where no market is given a row is known only if it serves all markets.
    ///
    /// # Errors
    /// Why no row serves it.
    pub fn row(&self, market: Option<&str>) -> Result<&PriceRow, Unpriced> {
        let other = self.rows.get(EVERY_OTHER_MARKET);
        match market {
            Some(market) => self.rows.get(market).or(other).ok_or(Unpriced::NoRow),
            None => other.filter(|_| self.rows.len() == 1).ok_or(Unpriced::NoMarket),
        }
    }

    /// The columns that at least one row fills.
    pub fn columns(&self) -> impl Iterator<Item = Column> {
        let filled = |column: &Column| self.rows.values().any(|row| row.price(*column).is_some());
        Column::ALL.into_iter().filter(filled)
    }

    /// Where a price comes from: what its row says, else what the table says. `None` where the row has no such price.
    pub fn origin(&self, market: &str, column: Column) -> Option<OriginOfValue> {
        let row = self.rows.get(market)?;
        row.price(column)?;
        let of_row = Origin { source: &row.source, except: &row.except, since: None, until: None };
        let of_table = Origin { source: &self.source, except: &self.except, since: None, until: None };
        let said = match of_row.of_value(&[column.name()]) {
            None if row.source.is_empty() => of_table.of_value(&["rows", column.name()]),
            said => said,
        };
        Some(match said {
            None => OriginOfValue::Stated,
            Some(Exception::By(_, key)) => OriginOfValue::By(key.to_string()),
            Some(Exception::Derived(_, how)) => OriginOfValue::Derived(how.clone()),
            Some(Exception::Assumed(_, why)) => OriginOfValue::Assumed(why.clone()),
        })
    }
}

impl PriceRow {
    /// The price in a column; `None` is not known.
    pub fn price(&self, column: Column) -> Option<&UnitPrice> {
        match column {
            Column::Notification => self.notification.as_ref(),
            Column::Business => self.business.as_ref(),
            Column::Customer => self.customer.as_ref(),
            Column::Marketing => self.marketing.as_ref(),
            Column::Utility => self.utility.as_ref(),
            Column::Authentication => self.authentication.as_ref(),
            Column::Service => self.service.as_ref(),
        }
    }
}

impl Column {
    /// Every column; its position is its index in counters.
    pub const ALL: [Column; 7] = [
        Column::Notification,
        Column::Business,
        Column::Customer,
        Column::Marketing,
        Column::Utility,
        Column::Authentication,
        Column::Service,
    ];

    /// Position in [`Column::ALL`].
    pub const fn index(self) -> usize {
        self as usize
    }

    /// Its name in the files.
    pub const fn name(self) -> &'static str {
        match self {
            Column::Notification => "notification",
            Column::Business => "business",
            Column::Customer => "customer",
            Column::Marketing => "marketing",
            Column::Utility => "utility",
            Column::Authentication => "authentication",
            Column::Service => "service",
        }
    }

    /// What a table with this column tells apart.
    pub const fn tells(self) -> Tells {
        match self {
            Column::Notification => Tells::Nothing,
            Column::Business | Column::Customer => Tells::Initiator,
            Column::Marketing | Column::Utility | Column::Authentication | Column::Service => Tells::Category,
        }
    }
}

impl From<Category> for Column {
    fn from(category: Category) -> Column {
        match category {
            Category::Marketing => Column::Marketing,
            Category::Utility => Column::Utility,
            Category::Authentication => Column::Authentication,
        }
    }
}

impl fmt::Display for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The price of one conversation or message: any number of digits, rounded half to even to whole millionths.
///
/// ```
/// use tiercast::platform::price::UnitPrice;
///
/// let micros = |text: &str| UnitPrice::try_from(text.to_owned()).map(|price| price.micros());
/// assert_eq!(micros("0.0592 USD"), Ok(59_200));
/// assert_eq!(micros("0.0000005 USD"), Ok(0));
/// assert_eq!(micros("0.0000015 USD"), Ok(2));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct UnitPrice(Money);

impl UnitPrice {
    /// The price \[millionths of the currency's unit\].
    pub fn micros(&self) -> u64 {
        self.0.micros.unsigned_abs()
    }

    /// Its currency: three capital letters.
    pub fn currency(&self) -> &str {
        &self.0.currency
    }
}

impl TryFrom<String> for UnitPrice {
    type Error = MoneyError;

    fn try_from(text: String) -> Result<UnitPrice, MoneyError> {
        let fraction = text.find('.').map_or(text.len(), |dot| dot + 1);
        let digits = text[fraction..].bytes().take_while(u8::is_ascii_digit).count();
        let kept = fraction + digits.min(6);
        let (dropped, unit) = (&text[kept..fraction + digits], &text[fraction + digits..]);
        let named = |error| match error {
            MoneyError::Form(_) => MoneyError::Form(text.clone()),
            MoneyError::Size(_) => MoneyError::Size(text.clone()),
        };
        let mut money = Money::try_from(format!("{}{unit}", &text[..kept])).map_err(named)?;
        if rounds_up(dropped, money.micros % 2 == 1) {
            money.micros = money.micros.checked_add(1).ok_or_else(|| MoneyError::Size(text.clone()))?;
        }
        Ok(UnitPrice(money))
    }
}

/// Whether digits that are dropped round up what stands before them; of two equally near the even one is taken.
fn rounds_up(dropped: &str, odd: bool) -> bool {
    match dropped.bytes().next() {
        Some(b'6'..=b'9') => true,
        Some(b'5') => odd || dropped[1..].bytes().any(|digit| digit != b'0'),
        _ => false,
    }
}

impl From<UnitPrice> for String {
    fn from(price: UnitPrice) -> String {
        price.to_string()
    }
}

impl fmt::Display for UnitPrice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// Why a price is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unpriced {
    /// No clause in force says what is paid.
    NoClause,
    /// The clause names no table of prices.
    NotStated,
    /// There is no table of the name that the clause gives.
    NoTable,
    /// The table is not in force on that date.
    OutOfDate,
    /// No market was given.
    NoMarket,
    /// The table has no row for the market.
    NoRow,
    /// The market's row leaves this price out.
    NoPrice,
}

impl fmt::Display for Unpriced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Unpriced::NoClause => "no clause says what is paid",
            Unpriced::NotStated => "no source states a price",
            Unpriced::NoTable => "there is no such price table",
            Unpriced::OutOfDate => "the price table is not in force on that date",
            Unpriced::NoMarket => "no market is given",
            Unpriced::NoRow => "the price table has no row for the market",
            Unpriced::NoPrice => "the market's row leaves this price out",
        })
    }
}
