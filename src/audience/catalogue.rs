//! The behaviour profiles that are built in.

use crate::document::{Check, Document, Findings};

use super::behavior::Behavior;

/// Name and text of each profile, as under scenarios/audiences.
const PROFILES: [(&str, &str); 5] = [
    ("wanted-utility", include_str!("../../scenarios/audiences/wanted-utility.ron")),
    ("opted-in-marketing", include_str!("../../scenarios/audiences/opted-in-marketing.ron")),
    ("survey", include_str!("../../scenarios/audiences/survey.ron")),
    ("reactivation", include_str!("../../scenarios/audiences/reactivation.ron")),
    ("cold-list", include_str!("../../scenarios/audiences/cold-list.ron")),
];

/// The names of the built-in profiles.
pub fn profile_names() -> impl Iterator<Item = &'static str> {
    PROFILES.iter().map(|(name, _)| *name)
}

/// The text of a built-in profile.
pub fn profile_document(name: &str) -> Option<Document> {
    let (name, text) = PROFILES.iter().find(|(known, _)| *known == name)?;
    Some(Document::new(format!("{name}.ron (built in)"), *text))
}

impl Behavior {
    /// Reads a profile, or says all that is wrong with it: with its form and, as far as that lets it be judged, with its
    /// sense.
    ///
    /// # Errors
    /// All that is wrong with it.
    pub fn read(document: &Document) -> Result<Behavior, Findings> {
        let (behavior, left_out) = document.read_what_can_be::<Behavior>(|_, _| None)?;
        let mut check = Check::without(document, left_out);
        behavior.check(&mut check);
        check.finish(behavior)
    }
}
