//! From a path to a node.

use std::ops::Range;

use super::name::join;
use super::node::{Group, Item, Node, Shape};

/// A node and what names it.
#[derive(Debug, Clone)]
pub(super) struct Found<'n> {
    pub(super) node: &'n Node,
    pub(super) key: Range<usize>,
}

/// One step of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) name: String,
    /// Its number, if it can be an index.
    index: Option<usize>,
}

/// Finds the node at a path.
pub(super) fn find<'n>(root: &'n Node, text: &str, path: &str) -> Option<Found<'n>> {
    let steps = steps(path)?;
    walk(Found { node: root, key: root.span.clone() }, text, &steps, true)
}

/// Finds the node at the longest beginning of a path that exists; the root for none.
pub(super) fn nearest<'n>(root: &'n Node, text: &str, path: &str) -> Option<Found<'n>> {
    let steps = steps(path)?;
    (0..=steps.len())
        .rev()
        .find_map(|end| walk(Found { node: root, key: root.span.clone() }, text, &steps[..end], true))
}

/// Takes a path apart: `a.b`, `a\[0\]`, `a."b.c"`; None if brackets or quotes do not match.
pub(super) fn steps(path: &str) -> Option<Vec<Step>> {
    let mut steps = Vec::new();
    let mut rest = path;
    while !rest.is_empty() {
        if let Some(inside) = rest.strip_prefix('"') {
            let end = inside.find('"')?;
            steps.push(Step { name: inside[..end].to_owned(), index: None });
            rest = &inside[end + 1..];
        } else if let Some(inside) = rest.strip_prefix('[') {
            let end = inside.find(']')?;
            let index = inside[..end].trim().parse().ok()?;
            steps.push(Step { name: inside[..end].to_owned(), index: Some(index) });
            rest = &inside[end + 1..];
        } else {
            let end = rest.find(['.', '[']).unwrap_or(rest.len());
            steps.push(Step { name: rest[..end].to_owned(), index: rest[..end].parse().ok() });
            rest = &rest[end..];
        }
        rest = rest.strip_prefix('.').unwrap_or(rest);
    }
    Some(steps)
}

/// Walks the steps from a node. `word` says whether the node's own word may still be a step.
fn walk<'n>(from: Found<'n>, text: &str, steps: &[Step], word: bool) -> Option<Found<'n>> {
    let Some((step, rest)) = steps.split_first() else { return Some(from) };
    let below = from.node.group().and_then(|group| child(group, text, step));
    if let Some(found) = below.and_then(|(found, word_left)| walk(found, text, rest, word_left)) {
        return Some(found);
    }
    if word && from.node.word_in(text) == Some(step.name.as_str()) {
        let key = from.node.word.clone().unwrap_or(from.key);
        let (node, word) = content(from.node);
        return walk(Found { node, key }, text, rest, word);
    }
    let inner = only_content(from.node)?;
    walk(Found { node: inner, key: from.key }, text, steps, true)
}

/// The child of a group that a step names, and whether its word may still be a step.
fn child<'n>(group: &'n Group, text: &str, step: &Step) -> Option<(Found<'n>, bool)> {
    match group.shape {
        Shape::Record | Shape::Map => {
            let named = |item: &&Item| item.key.as_ref().is_some_and(|key| key.name == step.name);
            let item = group.items.iter().find(named)?;
            let key = item.key.as_ref().map_or(item.span(), |key| key.span.clone());
            Some((Found { node: &item.value, key }, true))
        }
        Shape::List | Shape::Tuple => {
            if let Some(item) = step.index.and_then(|index| group.items.get(index)) {
                return Some((Found { node: &item.value, key: item.span() }, true));
            }
            let mut worded =
                group.items.iter().filter(|item| item.value.word_in(text) == Some(step.name.as_str()));
            let item = worded.next().filter(|_| group.shape == Shape::List)?;
            if worded.next().is_some() {
                return None;
            }
            let key = item.value.word.clone().unwrap_or(item.span());
            let (node, word) = content(&item.value);
            Some((Found { node, key }, word))
        }
    }
}

/// What a word holds if it holds one thing: `"7d"` of `Rolling("7d")`; else the node itself, whose word is then spent.
fn content(node: &Node) -> (&Node, bool) {
    only_content(node).map_or((node, false), |inner| (inner, true))
}

/// The only element in a node's parentheses.
pub(super) fn only_content(node: &Node) -> Option<&Node> {
    match node.group() {
        Some(Group { shape: Shape::Tuple, items, .. }) if items.len() == 1 => Some(&items[0].value),
        _ => None,
    }
}

/// Every path of a text that holds a value, for "did you mean".
pub(super) fn paths(root: &Node, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    collect(root, text, "", &mut found);
    found
}

fn collect(node: &Node, text: &str, path: &str, found: &mut Vec<String>) {
    let Some(group) = node.group() else { return };
    if let Some(inner) = only_content(node) {
        let path =
            node.word_in(text).filter(|_| !path.is_empty()).map_or(path.to_owned(), |word| join(path, word));
        if node.word.is_some() && path.contains('.') {
            found.push(path.clone());
        }
        return collect(inner, text, &path, found);
    }
    for (index, item) in group.items.iter().enumerate() {
        let path = match &item.key {
            Some(key) => join(path, &key.name),
            None => format!("{path}[{index}]"),
        };
        found.push(path.clone());
        collect(&item.value, text, &path, found);
    }
}
