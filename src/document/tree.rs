//! Any value that serde can write, as a tree of names and texts, and its leaves by their paths.
//!
//! ```text
//!   Rule(review: "6h", when: [Verified, Usage(within: Rolling("7d"))])
//!
//!   review                     6h
//!   when.Verified
//!   when.Usage.within.Rolling  7d
//! ```
//!
//! The paths are those that [`Document::locate`](super::Document::locate) walks. A list whose elements all begin with
//! different words, and some of them hold values, is walked by word, so that one more condition is one more leaf; any
//! other list is one leaf.

use std::{collections::BTreeSet, fmt};

use serde::ser::{self, Serialize};

use super::name::{is_word, join};

/// A value as names and texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tree {
    /// A number, a truth value or a text, written as RON writes it: a text with its quotes.
    Leaf(String),
    /// Nothing: `()`.
    Unit,
    /// A list.
    List(Vec<Tree>),
    /// Values by position: `(1, 2)`.
    Tuple(Vec<Tree>),
    /// A record or map, in its order.
    Record(Vec<(String, Tree)>),
    /// A word with what it holds; [`Tree::Unit`] for a word alone.
    Variant(String, Box<Tree>),
}

/// The tree of a value. Fields that hold nothing are left out.
pub fn of<T: Serialize + ?Sized>(value: &T) -> Result<Tree, Unwritable> {
    Ok(value.serialize(Planter)?.unwrap_or(Tree::Unit))
}

/// The leaves of a tree: path and value, in the order of the tree. A text that is a leaf by itself has no quotes; a
/// condition without values (`when.Verified`) has an empty one.
pub fn leaves(tree: &Tree) -> Vec<(String, String)> {
    let mut found = Vec::new();
    collect("", tree, &mut found);
    found
}

impl Tree {
    /// The part at a step below: a field, the word of a variant or of a list element.
    pub fn get(&self, step: &str) -> Option<&Tree> {
        match self {
            Tree::Record(fields) => fields.iter().find(|(name, _)| name == step).map(|(_, tree)| tree),
            Tree::Variant(word, inside) if word == step => Some(inside),
            Tree::Variant(_, inside) => inside.get(step),
            Tree::List(elements) => elements
                .iter()
                .find(|element| element.word() == Some(step))
                .and_then(|element| element.get(step)),
            Tree::Tuple(_) | Tree::Leaf(_) | Tree::Unit => None,
        }
    }

    /// The word of a variant.
    pub fn word(&self) -> Option<&str> {
        match self {
            Tree::Variant(word, _) => Some(word),
            _ => None,
        }
    }
}

/// In one line, as RON writes it.
impl fmt::Display for Tree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Tree::Leaf(text) => f.write_str(text),
            Tree::Unit => f.write_str("()"),
            Tree::List(elements) => write!(f, "[{}]", inline(elements)),
            Tree::Tuple(elements) => write!(f, "({})", inline(elements)),
            Tree::Record(fields) => record(f, fields),
            Tree::Variant(word, inside) => match inside.as_ref() {
                Tree::Unit => f.write_str(word),
                Tree::Tuple(_) => write!(f, "{word}{inside}"),
                Tree::Record(fields) if fields.iter().all(|(name, _)| is_word(name)) => {
                    write!(f, "{word}{inside}")
                }
                _ => write!(f, "{word}({inside})"),
            },
        }
    }
}

fn inline(elements: &[Tree]) -> String {
    elements.iter().map(Tree::to_string).collect::<Vec<_>>().join(", ")
}

fn record(f: &mut fmt::Formatter<'_>, fields: &[(String, Tree)]) -> fmt::Result {
    if fields.is_empty() {
        return f.write_str("{}");
    }
    let words = fields.iter().all(|(name, _)| is_word(name));
    let written: Vec<String> = fields
        .iter()
        .map(|(name, tree)| if words { format!("{name}: {tree}") } else { format!("{name:?}: {tree}") })
        .collect();
    let written = written.join(", ");
    if words { write!(f, "({written})") } else { write!(f, "{{{written}}}") }
}

fn collect(path: &str, tree: &Tree, found: &mut Vec<(String, String)>) {
    match tree {
        Tree::Record(fields) if !fields.is_empty() => {
            for (name, field) in fields {
                collect(&join(path, name), field, found);
            }
        }
        Tree::Variant(word, inside) if steps_in(inside) => collect(&join(path, word), inside, found),
        Tree::List(elements) if by_word(elements) => {
            for element in elements {
                let word = element.word().unwrap_or_default();
                match element {
                    Tree::Variant(_, inside) if steps_in(inside) => collect(&join(path, word), inside, found),
                    Tree::Variant(_, inside) if **inside == Tree::Unit => {
                        found.push((join(path, word), String::new()))
                    }
                    _ => found.push((join(path, word), element.to_string())),
                }
            }
        }
        Tree::Leaf(text) => found.push((path.to_owned(), unquoted(text))),
        other => found.push((path.to_owned(), other.to_string())),
    }
}

/// Whether a word is a step of a path on the way to what it holds. With several values it is one leaf with them.
fn steps_in(inside: &Tree) -> bool {
    !matches!(inside, Tree::Unit | Tree::Tuple(_))
}

/// Whether a list is walked by word: all different, and not words only.
fn by_word(elements: &[Tree]) -> bool {
    let mut words = BTreeSet::new();
    let different = elements.iter().all(|element| element.word().is_some_and(|word| words.insert(word)));
    let bare = |element: &Tree| matches!(element, Tree::Variant(_, inside) if **inside == Tree::Unit);
    different && !elements.iter().all(bare)
}

fn unquoted(text: &str) -> String {
    if text.starts_with('"') {
        ron::from_str(text).unwrap_or_else(|_| text.to_owned())
    } else {
        text.to_owned()
    }
}

/// A value that its own type refuses to write.
#[derive(Debug, thiserror::Error)]
#[error("the value cannot be written: {0}")]
pub struct Unwritable(String);

impl ser::Error for Unwritable {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Unwritable(message.to_string())
    }
}

/// What serde calls with a value's parts; nothing comes of an absent value.
struct Planter;

type Planted = Result<Option<Tree>, Unwritable>;

/// The parts of a list, tuple, record or variant so far.
struct Growing {
    variant: Option<&'static str>,
    tuple: bool,
    elements: Vec<Tree>,
    fields: Vec<(String, Tree)>,
    key: Option<String>,
}

impl Growing {
    fn new(variant: Option<&'static str>, tuple: bool) -> Self {
        Growing { variant, tuple, elements: Vec::new(), fields: Vec::new(), key: None }
    }

    fn element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unwritable> {
        let absent = || Tree::Variant("None".to_owned(), Box::new(Tree::Unit));
        self.elements.push(value.serialize(Planter)?.unwrap_or_else(absent));
        Ok(())
    }

    fn field<T: Serialize + ?Sized>(&mut self, name: String, value: &T) -> Result<(), Unwritable> {
        if let Some(tree) = value.serialize(Planter)? {
            self.fields.push((name, tree));
        }
        Ok(())
    }

    fn list(self) -> Planted {
        let tree = if self.tuple { Tree::Tuple(self.elements) } else { Tree::List(self.elements) };
        Ok(Some(named(self.variant, tree)))
    }

    fn record(self) -> Planted {
        Ok(Some(named(self.variant, Tree::Record(self.fields))))
    }
}

fn named(variant: Option<&str>, tree: Tree) -> Tree {
    match variant {
        Some(word) => Tree::Variant(word.to_owned(), Box::new(tree)),
        None => tree,
    }
}

macro_rules! leaf {
    ($($method:ident: $type:ty),*) => {
        $(fn $method(self, value: $type) -> Planted { Ok(Some(Tree::Leaf(format!("{value:?}")))) })*
    };
}

impl ser::Serializer for Planter {
    type Ok = Option<Tree>;
    type Error = Unwritable;
    type SerializeSeq = Growing;
    type SerializeTuple = Growing;
    type SerializeTupleStruct = Growing;
    type SerializeTupleVariant = Growing;
    type SerializeMap = Growing;
    type SerializeStruct = Growing;
    type SerializeStructVariant = Growing;

    leaf!(serialize_bool: bool, serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64);
    leaf!(serialize_u8: u8, serialize_u16: u16, serialize_u32: u32, serialize_u64: u64);
    leaf!(serialize_i128: i128, serialize_u128: u128, serialize_f32: f32, serialize_f64: f64, serialize_char: char);

    fn serialize_str(self, value: &str) -> Planted {
        Ok(Some(Tree::Leaf(ron::to_string(value).map_err(ser::Error::custom)?)))
    }
    fn serialize_bytes(self, value: &[u8]) -> Planted {
        Ok(Some(Tree::List(value.iter().map(|byte| Tree::Leaf(byte.to_string())).collect())))
    }
    fn serialize_none(self) -> Planted {
        Ok(None)
    }
    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Planted {
        value.serialize(self)
    }
    fn serialize_unit(self) -> Planted {
        Ok(Some(Tree::Unit))
    }
    fn serialize_unit_struct(self, _: &'static str) -> Planted {
        Ok(Some(Tree::Unit))
    }
    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Planted {
        Ok(Some(named(Some(variant), Tree::Unit)))
    }
    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Planted {
        value.serialize(self)
    }
    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Planted {
        Ok(Some(named(Some(variant), of(value)?)))
    }
    fn serialize_seq(self, _: Option<usize>) -> Result<Growing, Unwritable> {
        Ok(Growing::new(None, false))
    }
    fn serialize_tuple(self, _: usize) -> Result<Growing, Unwritable> {
        Ok(Growing::new(None, true))
    }
    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Growing, Unwritable> {
        Ok(Growing::new(None, true))
    }
    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Growing, Unwritable> {
        Ok(Growing::new(Some(variant), true))
    }
    fn serialize_map(self, _: Option<usize>) -> Result<Growing, Unwritable> {
        Ok(Growing::new(None, false))
    }
    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Growing, Unwritable> {
        Ok(Growing::new(None, false))
    }
    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Growing, Unwritable> {
        Ok(Growing::new(Some(variant), false))
    }
}

macro_rules! grows_by_element {
    ($($kind:ident $method:ident),*) => {
        $(impl ser::$kind for Growing {
            type Ok = Option<Tree>;
            type Error = Unwritable;
            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unwritable> {
                self.element(value)
            }
            fn end(self) -> Planted {
                self.list()
            }
        })*
    };
}

macro_rules! grows_by_field {
    ($($kind:ident),*) => {
        $(impl ser::$kind for Growing {
            type Ok = Option<Tree>;
            type Error = Unwritable;
            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                name: &'static str,
                value: &T,
            ) -> Result<(), Unwritable> {
                self.field(name.to_owned(), value)
            }
            fn end(self) -> Planted {
                self.record()
            }
        })*
    };
}

grows_by_element!(SerializeSeq serialize_element, SerializeTuple serialize_element);
grows_by_element!(SerializeTupleStruct serialize_field, SerializeTupleVariant serialize_field);
grows_by_field!(SerializeStruct, SerializeStructVariant);

impl ser::SerializeMap for Growing {
    type Ok = Option<Tree>;
    type Error = Unwritable;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Unwritable> {
        self.key = Some(unquoted(&of(key)?.to_string()));
        Ok(())
    }
    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unwritable> {
        let key = self.key.take().unwrap_or_default();
        self.field(key, value)
    }
    fn end(self) -> Planted {
        self.record()
    }
}
