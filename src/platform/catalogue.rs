//! The rulesets that come with the program, and any ruleset seen as a list of clauses.
//!
//! ```text
//!   names, document, nearest     the files of scenarios/rulesets, as they were when the program was built
//!   clauses                      Ruleset --tree--> path, sources, and every value with its origin
//!   summary                      the same, counted
//! ```
//!
//! *Invariant:* there is no list of clause types here. Whatever record has a `source` is a clause, and its path is
//! its id.

use std::fmt;

use crate::document::tree::{self, Tree};
use crate::document::{self, Document, Word, options};

use super::language::Ruleset;
use super::origin::{Exception, Origin, cited};

macro_rules! built_in {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../scenarios/rulesets/", $name, ".ron")))),*]
    };
}

/// Name and text of each built-in ruleset, the default first.
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

/// The names of the built-in rulesets, the default first.
pub fn names() -> impl ExactSizeIterator<Item = &'static str> {
    BUILT_IN.iter().map(|(name, _)| *name)
}

/// The file of a built-in ruleset.
///
/// ```
/// use tiercast::platform::{Ruleset, catalogue};
///
/// let document = catalogue::document("classic-2022").expect("the default comes with the program");
/// let ruleset = Ruleset::read(&document)?;
/// assert_eq!(ruleset.ladder.map(|ladder| ladder.start).as_deref(), Some("50"));
/// # Ok::<(), tiercast::document::Findings>(())
/// ```
pub fn document(name: &str) -> Option<Document> {
    let (name, text) = BUILT_IN.iter().find(|(other, _)| *other == name)?;
    Some(Document::new(format!("{name}.ron"), *text))
}

/// The built-in ruleset that was probably meant.
pub fn nearest(name: &str) -> Option<&'static str> {
    document::nearest(name, names())
}

/// A ruleset in one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Its name.
    pub name: String,
    /// Its title.
    pub title: String,
    /// How many clauses it has, without facts.
    pub clauses: usize,
    /// How many facts it tells that no clause uses.
    pub facts: usize,
    /// How many values its sources state.
    pub stated: usize,
    /// How many values follow from what its sources state.
    pub derived: usize,
    /// How many values no source states.
    pub assumed: usize,
}

/// Counts the clauses of a ruleset, and the values of the clauses by their origin. Facts are not counted as values.
pub fn summary(ruleset: &Ruleset) -> Summary {
    let (facts, clauses): (Vec<_>, Vec<_>) =
        clauses(ruleset).into_iter().partition(|clause| clause.path.starts_with("fact."));
    let count = |wanted: fn(&OriginOfValue) -> bool| {
        clauses.iter().flat_map(|clause| &clause.leaves).filter(|leaf| wanted(&leaf.origin)).count()
    };
    Summary {
        name: ruleset.name.clone(),
        title: ruleset.title.clone(),
        clauses: clauses.len(),
        facts: facts.len(),
        stated: count(|origin| matches!(origin, OriginOfValue::Stated | OriginOfValue::By(_))),
        derived: count(|origin| matches!(origin, OriginOfValue::Derived(_))),
        assumed: count(|origin| matches!(origin, OriginOfValue::Assumed(_))),
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Summary { title, clauses, facts, stated, derived, assumed, .. } = self;
        write!(f, "{title} ({clauses} clauses, {facts} facts; values: {stated} stated, {derived} derived, ")?;
        write!(f, "{assumed} assumed)")
    }
}

/// A clause as its values.
#[derive(Clone, Debug, PartialEq)]
pub struct ClauseView {
    /// Its path in the ruleset, which is its id: `upgrade.volume`.
    pub path: String,
    /// Keys of the sources that state it.
    pub source: Vec<Word>,
    /// What is said of values that come from elsewhere.
    pub except: Vec<Exception>,
    /// First date on which it is in force, as written.
    pub since: Option<String>,
    /// First date on which it is no longer in force, as written.
    pub until: Option<String>,
    /// Its values, in the order of the file.
    pub leaves: Vec<Leaf>,
    names: Vec<Name>,
}

/// A value of a clause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leaf {
    /// Its path within the clause: `when.Usage.within.Rolling`.
    pub path: String,
    /// The value as the file writes it, a text without its quotes; empty for a condition without values.
    pub value: String,
    /// Where it comes from.
    pub origin: OriginOfValue,
}

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OriginOfValue {
    /// The clause's sources state it.
    Stated,
    /// The source of this key states it.
    By(String),
    /// It follows from what a source states, in this way.
    Derived(String),
    /// No source states it; it was chosen for this reason.
    Assumed(String),
}

/// A word that an `except` list may or may not use.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Name {
    word: String,
    /// For a word that is (part of) a value, the field that holds it; none for a field, a map key or a condition.
    value_of: Option<String>,
}

/// What a word in an `except` list stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Naming<'v> {
    /// Every value of the clause.
    All,
    /// One field, entry or condition.
    One,
    /// Fields of one name in several places.
    Several,
    /// A word of a value, in this field.
    WordIn(&'v str),
    /// Nothing in the clause.
    Nothing,
}

/// The clauses of a ruleset in the order of the language: whatever has a `source`.
pub fn clauses(ruleset: &Ruleset) -> Vec<ClauseView> {
    let mut found = Vec::new();
    // A ruleset that was read can be written; a value made by hand that cannot is shown as nothing.
    if let Ok(tree) = tree::of(ruleset) {
        collect("", &tree, &mut found);
    }
    found
}

fn collect(path: &str, tree: &Tree, found: &mut Vec<ClauseView>) {
    let Tree::Record(fields) = tree else { return };
    if let Some((_, source)) = fields.iter().find(|(name, _)| name == "source") {
        found.push(ClauseView::of(path, source, fields));
        return;
    }
    for (name, field) in fields {
        let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        collect(&path, field, found);
    }
}

impl ClauseView {
    fn of(path: &str, source: &Tree, fields: &[(String, Tree)]) -> ClauseView {
        let field = |wanted: &str| fields.iter().find(|(name, _)| name == wanted).map(|(_, tree)| tree);
        let (since, until) = (field("since").and_then(read), field("until").and_then(read));
        let except = field("except").and_then(read).unwrap_or_default();
        let mut view = ClauseView {
            path: path.to_owned(),
            source: read(source).unwrap_or_default(),
            except,
            since,
            until,
            leaves: Vec::new(),
            names: Vec::new(),
        };
        let own = fields.iter().filter(|(name, _)| name != "source" && name != "except");
        for (name, tree) in own {
            view.add_leaves(name, tree);
            view.names.push(Name { word: name.clone(), value_of: None });
            add_names(name, tree, &mut view.names);
        }
        view
    }

    fn add_leaves(&mut self, field: &str, tree: &Tree) {
        let leaves = match bare_conditions(field, tree) {
            Some(conditions) => conditions,
            None => tree::leaves(&Tree::Record(vec![(field.to_owned(), tree.clone())])),
        };
        for (path, value) in leaves {
            let origin = self.origin_of(&path);
            self.leaves.push(Leaf { path, value, origin });
        }
    }

    fn origin_of(&self, path: &str) -> OriginOfValue {
        let origin = Origin {
            source: &self.source,
            except: &self.except,
            since: self.since.as_deref(),
            until: self.until.as_deref(),
        };
        match origin.of_value(&steps(path)) {
            None => OriginOfValue::Stated,
            Some(Exception::By(_, key)) => OriginOfValue::By(key.to_string()),
            Some(Exception::Derived(_, how)) => OriginOfValue::Derived(how.clone()),
            Some(Exception::Assumed(_, why)) => OriginOfValue::Assumed(why.clone()),
        }
    }

    /// The values that lie under a name of an `except` list: a field, a map key or a condition, or `all`.
    pub fn under<'v>(&'v self, name: &'v str) -> impl Iterator<Item = &'v Leaf> {
        self.leaves.iter().filter(move |leaf| name == "all" || steps(&leaf.path).contains(&name))
    }

    /// Whether the clause or a reason in it names the source of this key.
    pub(super) fn cites(&self, key: &str) -> bool {
        cited(key, &self.source, &self.except)
    }

    /// The fields with a value that no exception speaks of.
    pub(super) fn unexplained(&self) -> impl Iterator<Item = &str> {
        let bare = self.leaves.iter().filter(|leaf| leaf.origin == OriginOfValue::Stated);
        bare.map(|leaf| steps(&leaf.path).first().copied().unwrap_or_default())
    }

    /// The names that an `except` list may use.
    pub(super) fn names(&self) -> Vec<&str> {
        self.names.iter().filter(|name| name.value_of.is_none()).map(|name| name.word.as_str()).collect()
    }

    /// What a word of an `except` list stands for.
    pub(super) fn naming(&self, word: &str) -> Naming<'_> {
        if word == "all" {
            return Naming::All;
        }
        let same = || self.names.iter().filter(|name| name.word == word);
        match same().filter(|name| name.value_of.is_none()).count() {
            0 => same().find_map(|name| name.value_of.as_deref()).map_or(Naming::Nothing, Naming::WordIn),
            1 => Naming::One,
            _ => Naming::Several,
        }
    }
}

/// Reads a part of a tree back into what it was.
fn read<T: serde::de::DeserializeOwned>(tree: &Tree) -> Option<T> {
    options().from_str(&tree.to_string()).ok()
}

/// Conditions without values, each as one leaf, so that one more is one leaf more.
fn bare_conditions(field: &str, tree: &Tree) -> Option<Vec<(String, String)>> {
    let Tree::List(elements) = tree else { return None };
    let bare = |element: &Tree| match element {
        Tree::Variant(word, inside) if **inside == Tree::Unit => {
            Some((format!("{field}.{word}"), String::new()))
        }
        _ => None,
    };
    let all: Option<Vec<(String, String)>> = elements.iter().map(bare).collect();
    all.filter(|leaves| holds_conditions(field) && !leaves.is_empty())
}

fn holds_conditions(field: &str) -> bool {
    matches!(field, "when" | "needs")
}

fn add_names(field: &str, tree: &Tree, names: &mut Vec<Name>) {
    match tree {
        Tree::Record(fields) => {
            for (name, tree) in fields {
                names.push(Name { word: name.clone(), value_of: None });
                add_names(name, tree, names);
            }
        }
        Tree::Variant(word, inside) => {
            names.push(Name { word: word.clone(), value_of: Some(field.to_owned()) });
            add_names(field, inside, names);
        }
        Tree::List(elements) => {
            for element in elements {
                match element {
                    Tree::Variant(word, inside) if holds_conditions(field) => {
                        names.push(Name { word: word.clone(), value_of: None });
                        add_names(word, inside, names);
                    }
                    other => add_names(field, other, names),
                }
            }
        }
        Tree::Tuple(elements) => elements.iter().for_each(|element| add_names(field, element, names)),
        Tree::Leaf(_) | Tree::Unit => {}
    }
}

/// The steps of a path within a clause; a step in quotes may hold dots.
pub(super) fn steps(path: &str) -> Vec<&str> {
    let mut steps = Vec::new();
    let mut rest = path;
    while !rest.is_empty() {
        let (step, after) = match rest.strip_prefix('"').and_then(|inside| inside.split_once('"')) {
            Some((step, after)) => (step, after.strip_prefix('.').unwrap_or(after)),
            None => rest.split_once('.').unwrap_or((rest, "")),
        };
        steps.push(step);
        rest = after;
    }
    steps
}
