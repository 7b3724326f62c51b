//! The types of the files, read from the crate's own sources: names, doc comments, and what serde is told of them.
//!
//! ```text
//!   include_str!(..)  --syn-->  Source { types by name: Record of fields | Choice of words | Same as another }
//! ```
//!
//! A type that only a macro defines (the clauses of the rule language) is read from the macro's own lines.

use std::collections::BTreeMap;

use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, Fields, Item, Lit, Meta, Token};

/// The types of some sources by name; of two types of one name the first is taken.
#[derive(Debug, Default)]
pub(super) struct Source(BTreeMap<String, Definition>);

/// A type.
#[derive(Clone, Debug)]
pub(super) struct Definition {
    pub(super) doc: String,
    /// Names of the types that it leaves open: `T`.
    pub(super) open: Vec<String>,
    pub(super) kind: Kind,
}

#[derive(Clone, Debug)]
pub(super) enum Kind {
    /// Named values.
    Record(Vec<Field>),
    /// One of several words.
    Choice(Vec<Variant>),
    /// Read and written as another type.
    Same(Type),
}

/// A field of a record, or a value of a word.
#[derive(Clone, Debug)]
pub(super) struct Field {
    /// Its name; empty where it stands by position.
    pub(super) name: String,
    pub(super) aliases: Vec<String>,
    pub(super) doc: String,
    pub(super) of: Type,
    /// Whether it may be left out.
    pub(super) optional: bool,
}

/// A word of a choice.
#[derive(Clone, Debug)]
pub(super) struct Variant {
    pub(super) name: String,
    pub(super) aliases: Vec<String>,
    pub(super) doc: String,
    pub(super) fields: Vec<Field>,
}

/// The type of a field: a name, and the types in its angle brackets; a tuple has no name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Type {
    pub(super) name: String,
    pub(super) of: Vec<Type>,
}

impl Source {
    /// Reads the types of some files, each given by its text.
    pub(super) fn read(files: &[&str]) -> Source {
        let mut source = Source::default();
        for text in files {
            let file = syn::parse_file(text).expect("what was compiled can be parsed");
            for item in file.items {
                source.item(item, text);
            }
        }
        source
    }

    /// The type of that name.
    pub(super) fn get(&self, name: &str) -> Option<&Definition> {
        self.0.get(name)
    }

    fn item(&mut self, item: Item, text: &str) {
        match item {
            Item::Struct(item) => {
                let serde = Serde::of(&item.attrs);
                let kind = match (serde.read_as, &item.fields) {
                    (Some(other), _) => Kind::Same(Type { name: other, of: Vec::new() }),
                    (None, Fields::Named(_)) => Kind::Record(fields(&item.fields, serde.optional)),
                    // A newtype is written as what it holds; one without serde is no type of a file.
                    (None, _) => match fields(&item.fields, false).into_iter().next() {
                        Some(field) => Kind::Same(field.of),
                        None => return,
                    },
                };
                let open = item.generics.type_params().map(|each| each.ident.to_string()).collect();
                self.add(item.ident.to_string(), Definition { doc: doc(&item.attrs), open, kind });
            }
            Item::Enum(item) => {
                let serde = Serde::of(&item.attrs);
                // Written as text of its own making: how, the list of such types says.
                if serde.read_as.as_deref() == Some("String") {
                    return;
                }
                let variants = item.variants.iter().map(|variant| Variant {
                    name: serde.cased(&variant.ident.to_string()),
                    aliases: Serde::of(&variant.attrs).aliases,
                    doc: doc(&variant.attrs),
                    fields: fields(&variant.fields, false),
                });
                let kind = Kind::Choice(variants.collect());
                self.add(item.ident.to_string(), Definition { doc: doc(&item.attrs), open: vec![], kind });
            }
            Item::Macro(item) if item.mac.path.is_ident("clauses") => {
                let Ok(Clauses(clauses)) = item.mac.parse_body() else { return };
                let common = common_fields(text);
                for (name, doc, mut fields) in clauses {
                    fields.extend(common.iter().cloned());
                    self.add(name, Definition { doc, open: vec![], kind: Kind::Record(fields) });
                }
            }
            _ => {}
        }
    }

    fn add(&mut self, name: String, definition: Definition) {
        self.0.entry(name).or_insert(definition);
    }
}

// ---- the clauses of the rule language -------------------------------------------------------------------------

/// `/// doc  Name { fields }`, again and again: what the macro `clauses!` is given.
struct Clauses(Vec<(String, String, Vec<Field>)>);

impl Parse for Clauses {
    fn parse(input: ParseStream<'_>) -> syn::Result<Clauses> {
        let mut clauses = Vec::new();
        while !input.is_empty() {
            let attributes = input.call(Attribute::parse_outer)?;
            let name: syn::Ident = input.parse()?;
            let own = fields(&Fields::Named(input.parse()?), false);
            clauses.push((name.to_string(), doc(&attributes), own));
        }
        Ok(Clauses(clauses))
    }
}

/// The fields that the macro `clauses!` gives to every clause: those it writes out behind the clause's own.
fn common_fields(text: &str) -> Vec<Field> {
    let behind_own = text.split_once("pub $field: $type,)*").map_or("", |(_, behind)| behind);
    let body = behind_own.split_once('}').map_or("", |(body, _)| body);
    // The doc comment of a field may hold a brace; none of these does, which a test looks at.
    let record: Option<syn::ItemStruct> = syn::parse_str(&format!("struct Common {{ {body} }}")).ok();
    record.map_or_else(Vec::new, |record| fields(&record.fields, false))
}

// ---- fields ---------------------------------------------------------------------------------------------------

fn fields(fields: &Fields, all_optional: bool) -> Vec<Field> {
    let read = |field: &syn::Field| {
        let serde = Serde::of(&field.attrs);
        let (of, absent) = without_option(type_of(&field.ty));
        Field {
            name: field.ident.as_ref().map_or_else(String::new, |name| name.to_string().replace("r#", "")),
            aliases: serde.aliases,
            doc: doc(&field.attrs),
            of,
            optional: absent || serde.optional || all_optional,
        }
    };
    fields.iter().map(read).collect()
}

/// The type within `Option` and `Box`, and whether there was an `Option`.
fn without_option(mut of: Type) -> (Type, bool) {
    let mut absent = false;
    while matches!(of.name.as_str(), "Option" | "Box") && of.of.len() == 1 {
        absent |= of.name == "Option";
        of = of.of.remove(0);
    }
    (of, absent)
}

fn type_of(written: &syn::Type) -> Type {
    let inner = |of: Vec<Type>| of.into_iter().map(|of| without_option(of).0).collect();
    match written {
        syn::Type::Path(path) => {
            let Some(last) = path.path.segments.last() else {
                return Type { name: "?".to_owned(), of: vec![] };
            };
            let of = match &last.arguments {
                syn::PathArguments::AngleBracketed(list) => {
                    let types = list.args.iter().filter_map(|argument| match argument {
                        syn::GenericArgument::Type(of) => Some(type_of(of)),
                        _ => None,
                    });
                    types.collect()
                }
                _ => Vec::new(),
            };
            let name = last.ident.to_string();
            let of = if name == "Option" || name == "Box" { of } else { inner(of) };
            Type { name, of }
        }
        syn::Type::Tuple(tuple) => {
            Type { name: String::new(), of: inner(tuple.elems.iter().map(type_of).collect()) }
        }
        _ => Type { name: "?".to_owned(), of: vec![] },
    }
}

// ---- attributes -----------------------------------------------------------------------------------------------

/// What serde is told.
#[derive(Debug, Default)]
struct Serde {
    optional: bool,
    aliases: Vec<String>,
    /// `try_from` or `from`: the type that is read instead.
    read_as: Option<String>,
    snake_case: bool,
}

impl Serde {
    fn of(attributes: &[Attribute]) -> Serde {
        let mut told = Serde::default();
        for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("serde")) {
            let list = attribute.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated);
            for meta in list.into_iter().flatten() {
                let text = match &meta {
                    Meta::NameValue(pair) => text_of(&pair.value),
                    _ => None,
                };
                let name = meta.path().get_ident().map(ToString::to_string).unwrap_or_default();
                match (name.as_str(), text) {
                    ("default", _) => told.optional = true,
                    ("alias", Some(alias)) => told.aliases.push(alias),
                    ("try_from" | "from", Some(other)) => told.read_as = Some(other),
                    ("rename_all", Some(case)) => told.snake_case = case == "snake_case",
                    _ => {}
                }
            }
        }
        told
    }

    fn cased(&self, word: &str) -> String {
        if self.snake_case { snake_case(word) } else { word.to_owned() }
    }
}

/// `ShortOfList` as `short_of_list`.
pub(super) fn snake_case(word: &str) -> String {
    let mut text = String::new();
    for letter in word.chars() {
        if letter.is_uppercase() && !text.is_empty() {
            text.push('_');
        }
        text.extend(letter.to_lowercase());
    }
    text
}

/// The first paragraph of a doc comment, in one line.
fn doc(attributes: &[Attribute]) -> String {
    let lines = attributes.iter().filter(|attribute| attribute.path().is_ident("doc"));
    let lines = lines.filter_map(|attribute| match &attribute.meta {
        Meta::NameValue(pair) => text_of(&pair.value),
        _ => None,
    });
    let lines: Vec<String> = lines.map(|line| line.trim().to_owned()).collect();
    let first: Vec<&str> =
        lines.iter().map(String::as_str).skip_while(|l| l.is_empty()).take_while(|l| !l.is_empty()).collect();
    first.join(" ")
}

fn text_of(value: &Expr) -> Option<String> {
    match value {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Str(text) => Some(text.value()),
            _ => None,
        },
        _ => None,
    }
}
