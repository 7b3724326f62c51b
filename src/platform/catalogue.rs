//! temporary
use crate::document::Document;
/// names
pub fn names() -> impl Iterator<Item = &'static str> {
    ["classic-2022", "platform-2023"].into_iter()
}
/// doc
pub fn document(name: &str) -> Option<Document> {
    (name == "classic-2022")
        .then(|| Document::new("classic-2022.ron", include_str!("../../scenarios/rulesets/classic-2022.ron")))
}
