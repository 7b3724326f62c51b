//! temporary
use super::Ruleset;
use crate::document::{Document, Findings};
/// first day
pub fn first_day(text: &str) -> Option<jiff::civil::Date> {
    text.parse().ok()
}
impl Ruleset {
    /// read
    pub fn read(document: &Document) -> Result<Ruleset, Findings> {
        document.read()
    }
}
