//! The shipped first climb, for tests.

use std::path::Path;

use super::ready::Scenario;

/// The first climb with some values changed, each at its path.
pub(super) fn first_climb(changes: &[(&str, &str)]) -> Scenario {
    let owned: Vec<(String, String)> =
        changes.iter().map(|(path, value)| ((*path).to_owned(), (*value).to_owned())).collect();
    Scenario::load(Path::new("scenarios/first-climb.ron"), &owned).unwrap_or_else(|found| panic!("{found}"))
}
