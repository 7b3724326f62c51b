//! The price tables that come with the program.

use crate::document::{Document, nearest};

use super::PriceTable;

macro_rules! built_in {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../../scenarios/rulesets/prices/", $name, ".ron")))),*]
    };
}

/// Name and text of each built-in price table, the earliest first.
const BUILT_IN: &[(&str, &str)] = built_in![
    "notifications-2021",
    "conversations-2022-02",
    "conversations-2023-06",
    "conversations-2024-11",
    "messages-2025-07",
    "messages-2026-10",
];

/// The names of the built-in price tables, the earliest first.
pub fn prices() -> impl ExactSizeIterator<Item = &'static str> {
    BUILT_IN.iter().map(|(name, _)| *name)
}

/// The file of a built-in price table.
pub fn price_document(name: &str) -> Option<Document> {
    let (name, text) = BUILT_IN.iter().find(|(other, _)| *other == name)?;
    Some(Document::new(format!("{name}.ron"), *text))
}

/// A built-in price table.
///
/// ```
/// use tiercast::platform::price::{Column, price_table};
///
/// let table = price_table("conversations-2022-02").expect("it comes with the program");
/// let brazil = table.rows.get("Brazil").and_then(|row| row.price(Column::Business));
/// assert_eq!(brazil.map(|price| price.micros()), Some(50_000));
/// ```
pub fn price_table(name: &str) -> Option<PriceTable> {
    PriceTable::read(&price_document(name)?).ok()
}

/// The built-in price table that was probably meant.
pub fn nearest_price_table(name: &str) -> Option<&'static str> {
    nearest(name, prices())
}
