//! temporary
use crate::document::Document;

macro_rules! built_in {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../scenarios/rulesets/", $name, ".ron")))),*]
    };
}

const BUILT_IN: &[(&str, &str)] = built_in![
    "classic-2022",
    "chat-api-2022",
    "chat-api-2021",
    "cloud-api-2022",
    "ublux-2022",
    "textback-2021",
    "platform-pre-tier",
    "platform-2020",
    "platform-2021-09",
    "platform-2023",
    "platform-2025-10",
];

/// names
pub fn names() -> impl Iterator<Item = &'static str> {
    BUILT_IN.iter().map(|(name, _)| *name)
}

/// doc
pub fn document(name: &str) -> Option<Document> {
    let (name, text) = BUILT_IN.iter().find(|(other, _)| *other == name)?;
    Some(Document::new(format!("{name}.ron"), *text))
}
