//! Names: what is one, and paths of several.

/// Whether this is a name: letters, digits and underscores, no digit first.
pub(super) fn is_word(run: &str) -> bool {
    if let Some(raw) = run.strip_prefix("r#") {
        return !raw.is_empty()
            && raw.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '+' | '-'));
    }
    let mut characters = run.chars();
    characters.next().is_some_and(|c| c == '_' || c.is_alphabetic())
        && characters.all(|c| c == '_' || c.is_alphanumeric())
}

/// A path with one more step; a name that holds what separates steps is put in quotes.
pub(super) fn join(path: &str, name: &str) -> String {
    let name = if name.contains(['.', '[', ']']) { format!("\"{name}\"") } else { name.to_owned() };
    if path.is_empty() { name } else { format!("{path}.{name}") }
}
