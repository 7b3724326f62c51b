//! temporary
use super::Ruleset;
/// none
pub fn not_simulated(_: &Ruleset) -> Vec<(String, String)> {
    Vec::new()
}
