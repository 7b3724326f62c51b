//! A map that keeps the order of the file and refuses a key given twice, and the bare word.

use std::{
    collections::BTreeSet,
    fmt,
    marker::PhantomData,
    sync::{Mutex, PoisonError},
};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error as _, MapAccess, Visitor},
    ser::SerializeMap,
};

use super::{name::is_word, node::Body, scan::scan};

/// A map with text keys in the order of the file. Keys may be written in quotes or, where they are words, without:
/// `{ "1K": .., flagged: .. }`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ordered<V> {
    entries: Vec<(String, V)>,
}

impl<V> Ordered<V> {
    /// The entries in their order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &V)> + DoubleEndedIterator {
        self.entries.iter().map(|(key, value)| (key.as_str(), value))
    }

    /// The keys in their order.
    pub fn keys(&self) -> impl ExactSizeIterator<Item = &str> + DoubleEndedIterator {
        self.entries.iter().map(|(key, _)| key.as_str())
    }

    /// The values in the order of their keys.
    pub fn values(&self) -> impl ExactSizeIterator<Item = &V> + DoubleEndedIterator {
        self.entries.iter().map(|(_, value)| value)
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&V> {
        self.index_of(key).map(|index| &self.entries[index].1)
    }

    /// The place of a key in the order, from 0.
    pub fn index_of(&self, key: &str) -> Option<usize> {
        self.entries.iter().position(|(other, _)| other == key)
    }

    /// The entry at a place of the order.
    pub fn at(&self, index: usize) -> Option<(&str, &V)> {
        self.entries.get(index).map(|(key, value)| (key.as_str(), value))
    }

    /// The first entry.
    pub fn first(&self) -> Option<(&str, &V)> {
        self.at(0)
    }

    /// The last entry.
    pub fn last(&self) -> Option<(&str, &V)> {
        self.entries.last().map(|(key, value)| (key.as_str(), value))
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is no entry.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Adds an entry at the end, unless its key is there already: then it gives the value back.
    pub fn push(&mut self, key: impl Into<String>, value: V) -> Result<(), V> {
        let key = key.into();
        if self.index_of(&key).is_some() {
            return Err(value);
        }
        self.entries.push((key, value));
        Ok(())
    }

    /// Gives a key another value; a key that is not there is added at the end.
    pub fn set(&mut self, key: &str, value: V) {
        match self.index_of(key) {
            Some(index) => self.entries[index].1 = value,
            None => self.entries.push((key.to_owned(), value)),
        }
    }
}

impl<V> Default for Ordered<V> {
    fn default() -> Self {
        Ordered { entries: Vec::new() }
    }
}

impl<V: Serialize> Serialize for Ordered<V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.len()))?;
        for (key, value) in self.iter() {
            if is_word(key) {
                map.serialize_entry(&Word(key.to_owned()), value)?
            } else {
                map.serialize_entry(key, value)?
            }
        }
        map.end()
    }
}

impl<'de, V: Deserialize<'de>> Deserialize<'de> for Ordered<V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(OrderedVisitor(PhantomData))
    }
}

struct OrderedVisitor<V>(PhantomData<V>);

impl<'de, V: Deserialize<'de>> Visitor<'de> for OrderedVisitor<V> {
    type Value = Ordered<V>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map `{ name: value, .. }`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Ordered<V>, A::Error> {
        let mut ordered = Ordered::default();
        while let Some(Name(name)) = map.next_key()? {
            if ordered.index_of(&name).is_some() {
                return Err(A::Error::custom(format!("`{name}` is given twice")));
            }
            ordered.entries.push((name, map.next_value()?));
        }
        Ok(ordered)
    }
}

/// A key as it stands in the text. Of RON's readers only the one for raw values takes both quotes and bare words.
struct Name(String);

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<ron::value::RawValue>::deserialize(deserializer)?;
        let text = raw.get_ron();
        match scan(text).root.map(|root| (root.body, root.span)) {
            Some((Body::Text(name), _)) => Ok(Name(name)),
            Some((Body::Word, span)) => Ok(Name(text[span].trim_start_matches("r#").to_owned())),
            _ => Err(D::Error::custom(format!("a name is needed, found {}", text.trim()))),
        }
    }
}

/// A word that stands in a file without quotes: the name of a clause, of a source.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Word(String);

impl Word {
    /// A word, if the text is one: letters, digits and underscores, no digit first.
    pub fn new(text: &str) -> Option<Self> {
        is_word(text).then(|| Word(text.to_owned()))
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for Word {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // Serde writes a word without quotes only as the name of a variant, which it wants to live for ever.
        serializer.serialize_unit_variant("Word", 0, kept(&self.0))
    }
}

impl<'de> Deserialize<'de> for Word {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_identifier(WordVisitor)
    }
}

struct WordVisitor;

impl Visitor<'_> for WordVisitor {
    type Value = Word;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a word without quotes")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Word, E> {
        Ok(Word(text.to_owned()))
    }
}

/// The same text for ever. Each distinct word is kept once; they come from a few files.
fn kept(word: &str) -> &'static str {
    static KEPT: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
    let mut words = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(word) = words.get(word) {
        return word;
    }
    let leaked: &'static str = Box::leak(word.to_owned().into_boxed_str());
    words.insert(leaked);
    leaked
}
