//! `best.ron`: the scenario as its author wrote it, with what was found in place of what stood there.
//!
//! Comments and order stay. Files that the scenario names are looked for beside it, and the new file stands somewhere
//! else: so their names are written anew, from there.

use super::Answer;
use crate::document::{Document, Findings};

/// A field of the scenario and its new value, as `--set` takes them.
pub type Change = (String, String);

/// The text of the file: `document` with `changes` made and the names of files written anew by `moved`, below
/// `headings`, lines of comment.
///
/// # Errors
/// A change that cannot be made.
pub fn write(
    document: &Document,
    changes: &[Change],
    moved: &dyn Fn(&str) -> String,
    headings: &[String],
) -> Result<String, Findings> {
    let mut changed = document.clone();
    for (path, value) in changes {
        changed = changed.with(path, value)?;
    }
    for path in file_fields(&changed) {
        let Some(range) = changed.locate(&path) else { continue };
        let name = changed.text[range].trim_matches('"').to_owned();
        if is_file(&path, &name) {
            changed = changed.with(&path, &format!("{:?}", moved(&name)))?;
        }
    }
    let mut text: String =
        headings.iter().map(|line| format!("// {line}").trim_end().to_owned() + "\n").collect();
    if !headings.is_empty() {
        text.push_str("//\n");
    }
    text.push_str(&changed.text);
    Ok(text)
}

/// What stands at the head of the file: what was wanted, and what was changed.
pub fn headings(answer: &Answer<'_>) -> Vec<String> {
    let (tuning, question) = (answer.tuning, &answer.tuning.question);
    let direction = if question.goal.less_is_better { "as small" } else { "as large" };
    let conditions: Vec<String> = question.constraints.iter().map(ToString::to_string).collect();
    let where_kept =
        if conditions.is_empty() { String::new() } else { format!(" where {}", conditions.join(" and ")) };
    let mut lines = vec![format!(
        "Tuned: {} {direction} as can be{where_kept}. {} runs, seed {}.",
        question.goal.headline.name(),
        answer.runs(),
        question.seed
    )];
    if !tuning.keeps_conditions() {
        lines.push("NOT SHOWN TO KEEP THE CONDITIONS: of what was tried it comes nearest.".to_owned());
    }
    for (place, factor) in question.factors.iter().enumerate() {
        let value = |setting: usize| tuning.settings[setting].values[place].trim_matches('"');
        let chosen = tuning.chosen().unwrap_or(0);
        let own = if value(0).is_empty() { "not set" } else { value(0) };
        lines.push(match chosen {
            0 => format!("{}: {own}, as it stood", factor.path()),
            chosen => format!("{}: {} (was {own})", factor.path(), value(chosen)),
        });
    }
    lines
}

/// The paths at which a scenario names files.
fn file_fields(document: &Document) -> Vec<String> {
    let leaves = document.tree().map(|tree| crate::document::tree::leaves(&tree)).unwrap_or_default();
    let names = |path: &str| {
        let last = path.rsplit('.').next().unwrap_or(path);
        path == "platform.ruleset"
            || (path.starts_with("audience.segments.") && last == "profile")
            || (path.starts_with("sender.plan") && last == "file")
            || (path.starts_with("expect.") && last == "vs")
    };
    let bare = |path: String| path.strip_prefix("Scenario.").map(str::to_owned).unwrap_or(path);
    leaves.into_iter().map(|(path, _)| bare(path)).filter(|path| names(path)).collect()
}

/// Whether a name means a file: rulesets and profiles may be shipped ones.
fn is_file(path: &str, name: &str) -> bool {
    let always = path.starts_with("sender.plan") || path.starts_with("expect.");
    always || name.ends_with(".ron")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_stay_values_change_and_files_are_found() {
        let text = r#"// What I planned.
Scenario(
    platform: (ruleset: "classic-2022"),          // shipped
    audience: (segments: { "all": (customers: 10, profile: "own/people.ron"), "b": (profile: "cold-list") }),
    sender: (plan: Table(file: "march.csv", after: stop), hours: (from: "09:00", to: "17:00")), // mine
)
"#;
        let document = Document::new("plan.ron", text);
        let moved = |name: &str| format!("../../{name}");
        let changes = [("sender.hours.to", "18:00"), ("audience.segments.all.customers", "12")]
            .map(|(a, b)| (a.into(), b.into()));
        let best = write(&document, &changes, &moved, &["Found.".to_owned()]).unwrap();
        assert!(best.starts_with("// Found.\n//\n// What I planned.\n"), "{best}");
        for part in [
            "\"classic-2022\"),          // shipped",
            "profile: \"../../own/people.ron\"",
            "profile: \"cold-list\"",
            "file: \"../../march.csv\"",
            "to: \"18:00\")), // mine",
            "customers: 12,",
        ] {
            assert!(best.contains(part), "{part}\n{best}");
        }
        assert!(write(&document, &[("sender.no.such".into(), "1".into())], &moved, &[]).is_err());
    }
}
