//! From types to sections: each type once, in the order in which a reader meets it, with the places where it stands.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::source::{Definition, Field, Kind, Source, Type};
use super::wording::{Default, OURS, Said};

/// One type of a file, or one table: what it is, where it stands, and its entries.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Section {
    /// Name of the type, by which forms refer to it.
    pub name: String,
    /// Where it stands, as paths from the top of the file; empty for the file itself.
    pub places: Vec<String>,
    /// What it is.
    pub says: String,
    /// Whether one of the entries is chosen; else all of them stand side by side.
    pub one_of: bool,
    /// Its fields, its words, or the columns of a table.
    pub entries: Vec<Entry>,
}

/// A field, a word or a column.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Entry {
    /// Its name; empty where it stands by position.
    pub name: String,
    /// Other names that are read as this one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// What it means.
    pub says: String,
    /// Its unit, where it is a number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// What may stand there.
    pub form: Form,
    /// Whether it may be left out.
    pub optional: bool,
    /// What holds when it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<Default>,
    /// What a word holds in parentheses.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub holds: Vec<Entry>,
}

/// What may stand at a place.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// A word alone.
    Word,
    /// A text or number, in words.
    Value(&'static str),
    /// A type with a section of its own, by its name.
    Of(String),
    /// A list.
    List(Box<Form>),
    /// Names with values.
    Map {
        /// The section of the words that are the names, where they are a closed list.
        #[serde(skip_serializing_if = "Option::is_none")]
        names: Option<String>,
        /// The values.
        values: Box<Form>,
    },
    /// Values by position.
    Tuple(Vec<Form>),
    /// One of several forms.
    Either(Vec<Form>),
    /// A type that nothing describes: a test finds it.
    Unknown(String),
}

/// Types that write themselves: how people write them.
const VALUES: &[(&str, &str)] = &[
    ("String", "text in quotes"),
    ("bool", "true or false"),
    ("u8", WHOLE),
    ("u32", WHOLE),
    ("u64", WHOLE),
    ("i64", WHOLE),
    ("f64", NUMBER),
    ("Word", "a word without quotes"),
    ("Span", "a time as text: \"24h\", \"7d\", \"30m\", \"2d 12h\""),
    ("Ratio", "an exact number as text: \"50%\", \"1/2\", \"-0.02\""),
    ("Probability", "a chance: 0.012 or \"1.2%\""),
    ("Money", "an amount as text: \"30 USD\""),
    ("UnitPrice", "a price as text: \"0.0592 USD\""),
    ("Moment", "a time as text: \"day 2 15:00\" or \"2023-03-07 15:00\""),
    ("DayName", "a day as text: \"day 2\" or \"2023-03-07\""),
    ("When", "a date or a time since the start as text: \"2022-03-15\", \"28d\"; of a difference: \"-2d\""),
    ("TimeOfDay", "a time of day as text: \"15:00\""),
];
const WHOLE: &str = "a whole number";
const NUMBER: &str = "a number";

impl Form {
    /// Whether it is a number whose unit must be said, or holds such numbers.
    pub fn needs_unit(&self) -> bool {
        match self {
            Form::Value(value) => [WHOLE, NUMBER].contains(value),
            Form::Of(name) => name == "Law",
            Form::List(of) | Form::Map { values: of, .. } => of.needs_unit(),
            _ => false,
        }
    }
}

/// The sections of the types that can be reached from `root`.
pub(super) fn sections(source: &Source, root: &str) -> Vec<Section> {
    let mut builder = Builder { source, done: BTreeSet::new(), sections: Vec::new(), uses: Uses::default() };
    builder.section(&Type { name: root.to_owned(), of: Vec::new() });
    let Builder { mut sections, uses, .. } = builder;
    for section in &mut sections {
        section.places = uses.places(&section.name);
    }
    sections
}

/// Where each type is used: in which section, at which step below it.
#[derive(Debug, Default)]
struct Uses(BTreeMap<String, Vec<(String, String)>>);

impl Uses {
    fn of(&self, name: &str) -> &[(String, String)] {
        self.0.get(name).map_or(&[], Vec::as_slice)
    }

    /// The paths at which a type stands. One that stands at several is named in the paths below it.
    fn places(&self, name: &str) -> Vec<String> {
        self.of(name).iter().map(|(holder, step)| joined(&self.place(holder), step)).collect()
    }

    fn place(&self, name: &str) -> String {
        match self.of(name) {
            [] => String::new(),
            [(holder, step)] => joined(&self.place(holder), step),
            _ => name.to_owned(),
        }
    }
}

fn joined(path: &str, step: &str) -> String {
    if path.is_empty() { step.to_owned() } else { format!("{path}.{step}") }
}

struct Builder<'s> {
    source: &'s Source,
    done: BTreeSet<String>,
    sections: Vec<Section>,
    uses: Uses,
}

impl Builder<'_> {
    /// Adds the section of a type, and behind it those of the types that it holds.
    fn section(&mut self, of: &Type) {
        let name = called(of);
        let Some(definition) = self.source.get(&of.name).filter(|_| self.done.insert(name.clone())) else {
            return;
        };
        let place = self.sections.len();
        let mut below = Vec::new();
        let open: Vec<(&str, &Type)> = definition.open.iter().map(String::as_str).zip(&of.of).collect();
        let mut entries = self.entries(definition, &name, &open, &mut below);
        let one_of = matches!(definition.kind, Kind::Choice(_));
        // A type may say for all its fields what holds when one is left out.
        let Said { says, default, .. } = Said::of_optional(&definition.doc);
        for entry in entries.iter_mut().filter(|entry| entry.optional && entry.default.is_none()) {
            entry.default.clone_from(&default);
        }
        self.sections.insert(place, Section { name, places: Vec::new(), says, one_of, entries });
        below.iter().for_each(|of| self.section(of));
    }

    fn entries(
        &mut self,
        definition: &Definition,
        holder: &str,
        open: &[(&str, &Type)],
        below: &mut Vec<Type>,
    ) -> Vec<Entry> {
        match &definition.kind {
            Kind::Record(fields) => self.fields(fields, holder, "", open, below),
            Kind::Same(_) => Vec::new(),
            Kind::Choice(variants) => {
                let word = |variant: &super::source::Variant| {
                    let Said { says, unit, .. } = Said::of(&variant.doc);
                    let mut holds = self.fields(&variant.fields, holder, &variant.name, open, below);
                    // What stands by position is told with the word itself.
                    if let [only] = holds.as_mut_slice() {
                        only.unit = only.unit.take().or_else(|| unit.clone());
                    }
                    Entry {
                        name: variant.name.clone(),
                        aliases: variant.aliases.clone(),
                        says,
                        unit,
                        form: Form::Word,
                        optional: false,
                        default: None,
                        holds,
                    }
                };
                variants.iter().map(word).collect()
            }
        }
    }

    fn fields(
        &mut self,
        fields: &[Field],
        holder: &str,
        above: &str,
        open: &[(&str, &Type)],
        below: &mut Vec<Type>,
    ) -> Vec<Entry> {
        let entry = |field: &Field| {
            let read = if field.optional { Said::of_optional } else { Said::of };
            let Said { says, unit, default } = read(&field.doc);
            let step = match (above, field.name.as_str()) {
                ("", name) => name.to_owned(),
                (word, "") => word.to_owned(),
                (word, name) => format!("{word}.{name}"),
            };
            let form = self.form(&filled(&field.of, open), holder, &step, below);
            let several = matches!(form, Form::List(_) | Form::Map { .. });
            let none = several.then(|| Default { value: "none".to_owned(), source: OURS.to_owned() });
            Entry {
                name: field.name.clone(),
                aliases: field.aliases.clone(),
                says,
                unit,
                form,
                optional: field.optional,
                default: default.or(none).filter(|_| field.optional),
                holds: Vec::new(),
            }
        };
        fields.iter().map(entry).collect()
    }

    /// What may stand where a type is asked for; notes the use of every type with a section.
    fn form(&mut self, of: &Type, holder: &str, step: &str, below: &mut Vec<Type>) -> Form {
        let value = VALUES.iter().find(|(name, _)| *name == of.name);
        match (of.name.as_str(), of.of.as_slice()) {
            ("", several) => {
                Form::Tuple(several.iter().map(|each| self.form(each, holder, step, below)).collect())
            }
            ("Vec", [each]) => Form::List(Box::new(self.form(each, holder, &format!("{step}[]"), below))),
            ("Ordered", [each]) => {
                let values = Box::new(self.form(each, holder, &format!("{step}.NAME"), below));
                Form::Map { names: None, values }
            }
            ("BTreeMap", [key, each]) => {
                let names = match self.form(key, holder, &format!("{step}.NAME"), below) {
                    Form::Of(name) => Some(name),
                    _ => None,
                };
                Form::Map { names, values: Box::new(self.form(each, holder, &format!("{step}.NAME"), below)) }
            }
            // Cases name their templates in a list or in a map.
            ("TemplatesText", []) => {
                let map = Type { name: "Ordered".to_owned(), of: vec![named("TemplateText")] };
                let list = Form::List(Box::new(Form::Value(VALUES[0].1)));
                Form::Either(vec![list, self.form(&map, holder, step, below)])
            }
            _ => match (value, self.source.get(&of.name).map(|definition| &definition.kind)) {
                (Some((_, says)), _) => Form::Value(says),
                (None, Some(Kind::Same(other))) => self.form(other, holder, step, below),
                (None, Some(_)) => {
                    let name = called(of);
                    let uses = self.uses.0.entry(name.clone()).or_default();
                    uses.push((holder.to_owned(), step.to_owned()));
                    below.push(of.clone());
                    Form::Of(name)
                }
                (None, None) => Form::Unknown(called(of)),
            },
        }
    }
}

fn named(name: &str) -> Type {
    Type { name: name.to_owned(), of: Vec::new() }
}

/// The name of a type as readers meet it, with what fills it: `Quantity<Span>`.
fn called(of: &Type) -> String {
    match of.of.as_slice() {
        [] => of.name.strip_suffix("Text").unwrap_or(&of.name).to_owned(),
        several => {
            format!("{}<{}>", of.name, several.iter().map(called).collect::<Vec<_>>().join(", "))
        }
    }
}

/// The type with what its holder leaves open filled in.
fn filled(of: &Type, open: &[(&str, &Type)]) -> Type {
    if let Some((_, by)) = open.iter().find(|(name, _)| *name == of.name) {
        return (*by).clone();
    }
    Type { name: of.name.clone(), of: of.of.iter().map(|each| filled(each, open)).collect() }
}
