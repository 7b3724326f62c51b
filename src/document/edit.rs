//! Replacing a value by its path: `--set path=value`.

use std::ops::Range;

use super::{
    Document, Finding, Findings,
    locate::{Found, find, nearest, paths, steps},
    name::{is_word, join},
    node::{Body, Group, Node, Shape},
    scan::scan,
};

impl Document {
    /// The document with another value at `path`. A field or map entry that does not stand in the text yet is added
    /// where the part before the last step does. Quotes may be left out where a text is replaced: `7d` for `"7d"`.
    ///
    /// The result carries the change in its name, so that an error in the value shows where it came from.
    pub fn with(&self, path: &str, value: &str) -> Result<Document, Findings> {
        let scanned = scan(&self.text);
        let root = match scanned.root {
            Some(root) if !scanned.fatal => root,
            _ => return Err(Findings::new(self, scanned.findings)),
        };
        let (range, text) = match find(&root, &self.text, path) {
            Some(found) => (found.node.span.clone(), written(path, value, Some(found.node))?),
            None => self.addition(&root, path, value)?,
        };
        let mut changed = self.text.clone();
        changed.replace_range(range, &text);
        Ok(Document { name: format!("{} (with {path}={value})", self.name), text: changed })
    }

    /// Where a new entry goes, and its text.
    fn addition(&self, root: &Node, path: &str, value: &str) -> Result<(Range<usize>, String), Findings> {
        let Some((holder, name)) = self.holder(root, path) else { return Err(self.no_such(root, path)) };
        let Some(group) = holder.group() else { return Err(self.no_such(root, path)) };
        let key = match group.shape {
            Shape::Map if !is_word(&name) || quotes_keys(group) => format!("\"{name}\""),
            Shape::Map | Shape::Record => name,
            Shape::Tuple if group.items.is_empty() && is_word(&name) => name,
            Shape::Tuple | Shape::List => return Err(self.no_such(root, path)),
        };
        if group.shape != Shape::Map && !is_word(&key) {
            return Err(self.no_such(root, path));
        }
        let entry = format!("{key}: {}", written(path, value, None)?);
        Ok(match group.items.last() {
            None => (group.open + 1..group.open + 1, entry),
            Some(last) => match last.comma {
                Some(comma) => (comma + 1..comma + 1, format!(" {entry},")),
                None => (last.value.span.end..last.value.span.end, format!(", {entry}")),
            },
        })
    }

    /// The node at a path without its last step, and the last step.
    fn holder<'n>(&self, root: &'n Node, path: &str) -> Option<(&'n Node, String)> {
        let steps = steps(path)?;
        let (last, before) = steps.split_last()?;
        let above = before.iter().fold(String::new(), |path, step| join(&path, &step.name));
        let found = find(root, &self.text, &above)?;
        Some((found.node, last.name.clone()))
    }

    fn no_such(&self, root: &Node, path: &str) -> Findings {
        let paths = paths(root, &self.text);
        let near = similar(path, &paths);
        let help = match near.as_slice() {
            [] => format!("paths begin with one of: {}", beginnings(&paths).join(", ")),
            [one] => format!("did you mean `{one}`?"),
            several => format!("did you mean one of these? {}", several.join(", ")),
        };
        let finding = Finding::error(format!("there is no `{path}`")).help(help);
        let finding = match nearest(root, &self.text, path) {
            Some(Found { key, .. }) if key != root.span => finding.at(key),
            _ => finding,
        };
        Findings::new(self, vec![finding])
    }
}

/// The value as it is to stand in the text; `old` is what it replaces.
fn written(path: &str, value: &str, old: Option<&Node>) -> Result<String, Findings> {
    let value = value.trim();
    let scanned = scan(value);
    let body = scanned.root.as_ref().map(|root| &root.body).filter(|_| !scanned.fatal);
    let replaces_text = matches!(old, Some(Node { body: Body::Text(_), .. }));
    match body {
        Some(Body::Text(_) | Body::Group(_)) if scanned.findings.is_empty() => Ok(value.to_owned()),
        Some(Body::Word | Body::Number) if !replaces_text && scanned.findings.is_empty() => {
            Ok(value.to_owned())
        }
        _ if replaces_text || (matches!(body, Some(Body::Bad)) && !value.starts_with('\'')) => {
            Ok(in_quotes(value))
        }
        _ => Err(unreadable(path, value, scanned.findings)),
    }
}

/// The findings about a value that cannot stand in a text.
fn unreadable(path: &str, value: &str, mut findings: Vec<Finding>) -> Findings {
    if value.is_empty() {
        findings = vec![Finding::error(format!("`{path}` is set to nothing")).at(0..0)];
    } else if let Some(end) = findings.first().filter(|finding| !finding.also.is_empty()) {
        let place = end.place.clone().unwrap_or(0..0);
        findings = vec![Finding::error(format!("`{path}` takes one value, and this is more")).at(place)];
    }
    Findings::new(&Document::new(format!("value of {path}"), value), findings)
}

fn in_quotes(value: &str) -> String {
    format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""))
}

fn quotes_keys(group: &Group) -> bool {
    group.items.iter().any(|item| item.key.as_ref().is_some_and(|key| !key.bare))
}

/// The first steps of some paths, each once.
fn beginnings(paths: &[String]) -> Vec<&str> {
    let mut all: Vec<&str> = Vec::new();
    for first in paths.iter().filter_map(|path| path.split(['.', '[']).next()) {
        if !all.contains(&first) {
            all.push(first);
        }
    }
    all
}

/// The up to three paths most like a path.
fn similar<'p>(path: &str, paths: &'p [String]) -> Vec<&'p str> {
    let mut near: Vec<(usize, &str)> = paths
        .iter()
        .map(|other| (strsim::damerau_levenshtein(path, other), other.as_str()))
        .filter(|(distance, _)| *distance <= (path.chars().count() / 3).max(2))
        .collect();
    if near.is_empty() {
        // The last step alone may be right: `volume.review` for `upgrade.volume.review`.
        let last = path.rsplit('.').next().unwrap_or(path);
        near.extend(
            paths
                .iter()
                .filter(|other| other.rsplit('.').next() == Some(last))
                .map(|other| (0, other.as_str())),
        );
    }
    near.sort();
    let best = near.first().map_or(0, |(distance, _)| *distance);
    near.retain(|(distance, _)| *distance <= best + 1);
    near.into_iter().take(3).map(|(_, path)| path).collect()
}
