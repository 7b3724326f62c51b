//! The tree of a RON text: every value with its range.

use std::{collections::BTreeMap, ops::Range};

use super::{finding::Finding, tree::Tree};

/// A value and where it stands.
#[derive(Debug, Clone)]
pub(super) struct Node {
    /// From its word or bracket to its end.
    pub(super) span: Range<usize>,
    /// The word it is, or that stands before its parenthesis.
    pub(super) word: Option<Range<usize>>,
    pub(super) body: Body,
}

#[derive(Debug, Clone)]
pub(super) enum Body {
    /// A word alone: `Connected`.
    Word,
    /// A text in quotes, decoded.
    Text(String),
    /// A number, a character or bytes.
    Number,
    /// Something in brackets.
    Group(Group),
    /// A value that no RON reader accepts, already noted.
    Bad,
}

#[derive(Debug, Clone)]
pub(super) struct Group {
    pub(super) shape: Shape,
    /// Where its opening bracket stands.
    pub(super) open: usize,
    pub(super) items: Vec<Item>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// `(name: value)`
    Record,
    /// `(value, value)`
    Tuple,
    /// `\[value, value\]`
    List,
    /// `{key: value}`
    Map,
}

/// A field, map entry, list element or tuple element.
#[derive(Debug, Clone)]
pub(super) struct Item {
    pub(super) key: Option<Key>,
    pub(super) value: Node,
    /// Where the comma behind it stands.
    pub(super) comma: Option<usize>,
}

#[derive(Debug, Clone)]
pub(super) struct Key {
    pub(super) span: Range<usize>,
    /// Its text without quotes.
    pub(super) name: String,
    pub(super) bare: bool,
}

impl Group {
    fn tree(&self, text: &str) -> Tree {
        let mut values = self.items.iter().map(|item| item.value.tree(text));
        match self.shape {
            Shape::List => Tree::List(values.collect()),
            // One value in parentheses is that value.
            Shape::Tuple if values.len() == 1 => values.next().unwrap_or(Tree::Unit),
            Shape::Tuple => Tree::Tuple(values.collect()),
            Shape::Record | Shape::Map => {
                let name = |item: &Item| item.key.as_ref().map(|key| key.name.clone()).unwrap_or_default();
                Tree::Record(self.items.iter().map(name).zip(values).collect())
            }
        }
    }
}

impl Item {
    pub(super) fn start(&self) -> usize {
        self.key.as_ref().map_or(self.value.span.start, |key| key.span.start)
    }

    pub(super) fn span(&self) -> Range<usize> {
        self.start()..self.value.span.end
    }
}

impl Node {
    pub(super) fn group(&self) -> Option<&Group> {
        match &self.body {
            Body::Group(group) => Some(group),
            _ => None,
        }
    }

    pub(super) fn items(&self) -> &[Item] {
        self.group().map_or(&[], |group| &group.items)
    }

    pub(super) fn word_in<'t>(&self, text: &'t str) -> Option<&'t str> {
        self.word.clone().and_then(|word| text.get(word))
    }

    /// The node as names and texts, whatever type it is meant for.
    pub(super) fn tree(&self, text: &str) -> Tree {
        let inside = match &self.body {
            Body::Word | Body::Bad => Tree::Unit,
            Body::Text(_) | Body::Number => {
                return Tree::Leaf(text.get(self.span.clone()).unwrap_or_default().to_owned());
            }
            Body::Group(group) => group.tree(text),
        };
        match self.word_in(text) {
            Some(word) => Tree::Variant(word.to_owned(), Box::new(inside)),
            None => inside,
        }
    }

    /// Whether this is a closed group and its closing bracket stands at `at`.
    pub(super) fn closes_at(&self, at: usize) -> bool {
        self.group().is_some() && self.span.end == at + 1
    }
}

/// The second of two entries of one name, for every group of the tree.
pub(super) fn duplicates(node: &Node) -> Vec<(&Item, Finding)> {
    let mut found = Vec::new();
    collect_duplicates(node, &mut found);
    found
}

fn collect_duplicates<'n>(node: &'n Node, found: &mut Vec<(&'n Item, Finding)>) {
    let mut seen: BTreeMap<&str, &Key> = BTreeMap::new();
    for item in node.items() {
        if let Some(key) = &item.key {
            if let Some(first) = seen.get(key.name.as_str()) {
                let finding = Finding::error(format!("`{}` is given twice", key.name))
                    .at(key.span.clone())
                    .also(first.span.clone(), "the first time here")
                    .help("keep one of the two");
                found.push((item, finding));
                continue;
            }
            seen.insert(&key.name, key);
        }
        collect_duplicates(&item.value, found);
    }
}

/// What a value looks like, in words for a message.
pub(super) fn described(node: &Node, text: &str) -> String {
    let source = text.get(node.span.clone()).unwrap_or_default();
    match &node.body {
        Body::Group(group) => {
            let word = node.word_in(text);
            match (word, group.shape) {
                (Some(word), _) => format!("`{word}(..)`"),
                (None, Shape::List) => "a list `[..]`".to_owned(),
                (None, Shape::Map) => "a map `{..}`".to_owned(),
                (None, Shape::Record | Shape::Tuple) => "values in parentheses `(..)`".to_owned(),
            }
        }
        Body::Word => format!("the word `{source}`"),
        Body::Text(_) | Body::Number | Body::Bad => match source.char_indices().nth(40) {
            Some((cut, _)) => format!("{}..", source[..cut].escape_debug().to_string().replace("\\\"", "\"")),
            None => source.to_owned(),
        },
    }
}
