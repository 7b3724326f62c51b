//! What a ruleset reads in one way and could read in another: every open text, the reading taken, and the others.
//!
//! ```text
//!   Ruleset --clauses--> values --READINGS--> OpenText { clause, path, taken, others: [Alternative] }
//!                                                |                               |
//!                                      rules show: notes                RuleChange: the rules read so
//! ```
//!
//! A reading is a *word* of the language, never a number: how long a review takes or how much is twice the limit is
//! stated or assumed, and varied by its path. Most readings are lower-case words; the rest are open all the same
//! (a rolling or a calendar day, the release of a restriction, whether Unknown counts as High). A list of words (what
//! cancels a review, what restarts the count) is open in each of its words.

use std::cell::RefCell;

use crate::document::tree::{self, Tree};
use crate::document::{Document, Findings};

use super::catalogue::{self, ClauseView, clauses, steps};
use super::language::Ruleset;
use super::rulebook::Rulebook;

/// A text of the sources that is open, and how a ruleset reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenText {
    /// Path of the clause: `upgrade.volume`.
    pub clause: String,
    /// The field or condition that takes a reading: `count`.
    pub field: String,
    /// Path of its value in the ruleset: `upgrade.volume.when.Usage.count`.
    pub path: String,
    /// Its value as the file writes it: `sent`, `[flagged]`.
    pub value: String,
    /// The words taken, each with its meaning: none where a list is empty, several where it names several.
    pub taken: Vec<(String, &'static str)>,
    /// The words not taken, each with its meaning.
    pub left: Vec<(&'static str, &'static str)>,
    /// The other ways to read it.
    pub others: Vec<Alternative>,
}

/// Another way to read an open text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alternative {
    /// The value as the file would write it: `distinct`, `[flagged, low]`.
    pub value: String,
    /// What it means.
    pub says: String,
}

/// A value in place of another, in the rules of this name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleChange {
    /// Name of the ruleset or the rulebook.
    pub rules: String,
    /// Path of the value.
    pub path: String,
    /// The value, as the file would write it.
    pub value: String,
}

impl RuleChange {
    /// The file with the change, if it holds the rules that are meant; as it stands otherwise.
    ///
    /// # Errors
    /// A path that is not there, and a value that cannot stand in a file.
    pub fn of(&self, document: Document) -> Result<Document, Findings> {
        if self.concerns(&document) { document.with(&self.path, &self.value) } else { Ok(document) }
    }

    /// Reads a rulebook on the built-in rulesets, with the change in it or in one of them, and then what `after` changes
    /// of the rulebook.
    ///
    /// # Errors
    /// All that is wrong with the rulebook so changed.
    pub fn read_book(
        &self,
        document: Document,
        after: &dyn Fn(Document) -> Result<Document, Findings>,
    ) -> Result<Rulebook, Findings> {
        let refused = RefCell::new(Findings::default());
        let find = |name: &str| match self.of(catalogue::document(name)?) {
            Ok(document) => Some(document),
            Err(findings) => {
                refused.borrow_mut().merge(findings);
                None
            }
        };
        let book = Rulebook::read_with(&after(self.of(document)?)?, &find);
        let refused = refused.into_inner();
        if refused.has_errors() { Err(refused) } else { book }
    }

    /// Whether a file holds the rules that are meant.
    pub fn concerns(&self, document: &Document) -> bool {
        let tree = document.tree();
        let name = tree.as_ref().and_then(|tree| tree.get("name"));
        name == Some(&Tree::Leaf(format!("{:?}", self.rules)))
    }
}

impl OpenText {
    /// An open text that takes one word of several.
    pub(super) fn of_word(clause: &str, field: &str, path: String, value: String, words: &Words) -> OpenText {
        let (taken, left): (Vec<_>, Vec<_>) = words.iter().copied().partition(|(word, _)| *word == value);
        let other =
            |(word, says): &(&str, &str)| Alternative { value: (*word).to_owned(), says: (*says).to_owned() };
        OpenText {
            clause: clause.to_owned(),
            field: field.to_owned(),
            path,
            value,
            taken: taken.into_iter().map(|(word, says)| (word.to_owned(), says)).collect(),
            others: left.iter().map(other).collect(),
            left,
        }
    }
}

/// The open texts of a ruleset, in the order of the language.
///
/// ```
/// use tiercast::platform::{Ruleset, catalogue, readings};
///
/// let document = catalogue::document("classic-2022").expect("the default comes with the program");
/// let texts = readings::open_texts(&Ruleset::read(&document)?);
/// let count = texts.iter().find(|text| text.path == "upgrade.volume.when.Usage.count").expect("it counts usage");
/// let others: Vec<&str> = count.others.iter().map(|other| other.value.as_str()).collect();
/// assert_eq!((count.value.as_str(), others), ("sent", vec!["delivered", "distinct", "best_day"]));
/// # Ok::<(), tiercast::document::Findings>(())
/// ```
pub fn open_texts(ruleset: &Ruleset) -> Vec<OpenText> {
    // A ruleset that was read can be written.
    let Ok(tree) = tree::of(ruleset) else { return Vec::new() };
    let tier = second_step(ruleset);
    clauses(ruleset).iter().flat_map(|clause| of_clause(&tree, clause, &tier)).collect()
}

/// The tier that an official-business status may start at: the second of the ladder above its start.
fn second_step(ruleset: &Ruleset) -> String {
    let ladder = ruleset.ladder.as_ref();
    let steps = ladder.map(|ladder| ladder.steps.keys().map(str::to_owned).collect::<Vec<String>>());
    steps.and_then(|steps| steps.get(2).or(steps.last()).cloned()).unwrap_or_default()
}

fn of_clause(ruleset: &Tree, clause: &ClauseView, tier: &str) -> Vec<OpenText> {
    let mut texts: Vec<OpenText> = Vec::new();
    for leaf in &clause.leaves {
        let steps = steps(&leaf.path);
        let known = steps.iter().enumerate().find_map(|(place, step)| {
            let reading = READINGS.iter().find(|(field, _)| field == step)?;
            Some((place, reading))
        });
        let Some((place, (field, words))) = known else { continue };
        let path = format!("{}.{}", clause.path, steps[..=place].join("."));
        if texts.iter().any(|text| text.path == path) || !open(clause, field) {
            continue;
        }
        let Some(value) = at(ruleset, &path) else { continue };
        texts.extend(open_text(clause, path, field, words, value, tier));
    }
    texts
}

/// The part of a tree at a path without steps in quotes.
fn at<'t>(tree: &'t Tree, path: &str) -> Option<&'t Tree> {
    steps(path).into_iter().try_fold(tree, |tree, step| tree.get(step))
}

/// Whether a field is open in a clause; some words mean something else elsewhere.
fn open(clause: &ClauseView, field: &str) -> bool {
    let asks = |condition: &str| {
        let begins = format!("when.{condition}");
        clause.leaves.iter().any(|leaf| leaf.path.starts_with(&begins))
    };
    match field {
        // A bound of messages a second is no day in either way.
        "within" => clause.leaves.iter().any(|leaf| leaf.path == "limit" && leaf.value == "OfTier"),
        "on" => clause.path.starts_with("upgrade.") && asks("Usage"),
        "term" => asks("LimitReached"),
        "RatingAtLeast" | "TemplatesAtLeast" => clause.path.starts_with("upgrade."),
        _ => true,
    }
}

/// Whether a reading makes sense for a clause: numbers are not edited, templates have no tier.
fn open_to(clause: &ClauseView, word: &str) -> bool {
    match word {
        "by_edit" => !clause.path.starts_with("number."),
        "low_above_floor" => !clause.path.starts_with("template."),
        _ => true,
    }
}

type Words = [(&'static str, &'static str)];

fn open_text(
    clause: &ClauseView,
    path: String,
    field: &str,
    words: &'static Words,
    value: &Tree,
    tier: &str,
) -> Option<OpenText> {
    let (taken, several) = match value {
        // One signal or one term in a list is one word.
        Tree::List(list) if matches!(field, "on" | "term") => match list.as_slice() {
            [one] => (vec![word_of(one)], false),
            _ => return None,
        },
        Tree::List(list) => (list.iter().map(word_of).collect(), true),
        one => (vec![word_of(one)], false),
    };
    let meaning = |word: &str| words.iter().find(|(other, _)| *other == word).map(|(_, says)| *says);
    let told: Option<Vec<(String, &str)>> =
        taken.iter().map(|word| Some((word.clone(), meaning(word)?))).collect();
    let left = words.iter().filter(|(word, _)| !taken.iter().any(|own| own == word) && open_to(clause, word));
    let left: Vec<(&str, &str)> = left.copied().collect();
    let others = if several {
        toggled(&taken, words)
    } else {
        let other = |(word, says): &(&str, &str)| Alternative {
            value: written(field, word, value, tier),
            says: (*says).to_owned(),
        };
        left.iter().map(other).collect()
    };
    let (clause, field) = (clause.path.clone(), field.to_owned());
    Some(OpenText { clause, field, path, value: value.to_string(), taken: told?, left, others })
}

/// The word of a value: `MoreThan` of `MoreThan(LimitTimes("2"))`, `true`.
fn word_of(value: &Tree) -> String {
    value.word().map_or_else(|| value.to_string(), str::to_owned)
}

/// A list of words with one more or one less.
fn toggled(taken: &[String], words: &Words) -> Vec<Alternative> {
    let other = |(word, says): &(&str, &str)| {
        let had = taken.iter().any(|own| own == word);
        let list: Vec<&str> = taken
            .iter()
            .map(String::as_str)
            .filter(|own| own != word)
            .chain((!had).then_some(*word))
            .collect();
        let also = if had { "not when" } else { "also when" };
        Alternative { value: format!("[{}]", list.join(", ")), says: format!("{also} {says}") }
    };
    words.iter().map(other).collect()
}

/// How a word is written in place of `value`. Words that hold something hold what the sources name.
fn written(field: &str, word: &str, value: &Tree, tier: &str) -> String {
    match (field, word) {
        (_, "HalfLife") => "HalfLife(\"2d\")".to_owned(),
        (_, "After") => "After(\"30d\")".to_owned(),
        (_, "Rolling") => "Rolling(\"24h\")".to_owned(),
        (_, "StartsAt") => format!("StartsAt({tier:?})"),
        ("on", "Every") => "[Every(\"6h\")]".to_owned(),
        ("on", word) => format!("[{word}]"),
        ("term", "While") => "[While(Restricted)]".to_owned(),
        ("term", _) => "[For(Restricted, \"24h\")]".to_owned(),
        ("amount", word) => match value {
            Tree::Variant(_, inside) => format!("{word}({inside})"),
            other => other.to_string(),
        },
        (_, word) => word.to_owned(),
    }
}

/// The documented readings of an open text: the field or condition that takes one, and each word with its meaning.
const READINGS: &[(&str, &[(&str, &str)])] = &[
    (
        "counts",
        &[
            ("all", "every message that the business starts"),
            ("templates", "messages made from a template only"),
        ],
    ),
    (
        "consume_on",
        &[
            ("sent", "as a message is accepted; what was refused never counts"),
            ("delivered", "as a message is delivered"),
        ],
    ),
    (
        "opens",
        &[
            ("customer_message", "a message of the customer, a reply or a pressed button"),
            ("first_message_delivered", "the first delivered message of the business"),
            ("business_answers_ad", "the business answers a customer who came through an advertisement"),
        ],
    ),
    (
        "prolonged_by",
        &[
            ("nothing", "it ends when it ends"),
            ("customer_message", "each message of the customer starts it anew"),
        ],
    ),
    (
        "ageing",
        &[
            ("flat", "old and new weigh the same"),
            ("HalfLife", "weight halves over a span, by full days of age"),
        ],
    ),
    ("thin", &[("keep", "the last rating stays"), ("unknown", "the rating is Unknown")]),
    (
        "template_coupling",
        &[
            ("events_alone", "templates touch a number only by the events that their messages cause"),
            ("worst_template", "a number is never rated better than its worst template in use"),
        ],
    ),
    (
        "FlagOn",
        &[
            ("low", "Low flags"),
            ("medium_or_low", "Medium or Low flags; recovered at High"),
            ("low_above_floor", "Low flags, where there is a lower tier to fall to"),
        ],
    ),
    (
        "count",
        &[
            ("sent", "accepted messages"),
            ("delivered", "delivered messages"),
            ("distinct", "different customers reached"),
            ("best_day", "the deliveries of the best civil day"),
        ],
    ),
    ("amount", &[("AtLeast", "reach it"), ("MoreThan", "exceed it")]),
    (
        "cancelled_by",
        &[
            ("flagged", "the number is Flagged"),
            ("low", "the rating is Low"),
            ("restricted", "the number is Restricted"),
        ],
    ),
    (
        "usage_restarts",
        &[
            ("upgrade", "the tier rises"),
            ("downgrade", "the tier falls"),
            ("flag", "a flag is set"),
            ("unflag", "a flag ends"),
        ],
    ),
    (
        "ends",
        &[
            ("on_recovery", "at the first evaluation at which the conditions no longer hold"),
            ("hold_term", "when the whole term has passed without them"),
            ("at_deadline", "at the deadline, by what holds then"),
            ("by_edit", "only an edit of the template saves it"),
        ],
    ),
    (
        "downgrade_at",
        &[
            ("deadline", "the tier falls at the deadline"),
            ("flag", "it falls at once, as the flag is set, and not again at the deadline"),
        ],
    ),
    (
        "forgets",
        &[("never", "it counts for ever"), ("After", "so long after the last time ended it begins anew")],
    ),
    (
        "changes",
        &[("nothing", "the badge changes no limit"), ("StartsAt", "the tier is at least the one it names")],
    ),
    (
        "within",
        &[
            ("Rolling", "the last so long, at every instant"),
            ("CalendarDay", "the civil day: at midnight it begins anew"),
        ],
    ),
    ("on", &[("delivery", "judged at each delivery, at once"), ("Every", "judged on a clock of its own")]),
    (
        "term",
        &[
            ("While", "as long as nothing more may be started: what is free again may be used"),
            ("For", "for a time of its own, and nothing before its end"),
        ],
    ),
    (
        "unknown_counts_as",
        &[
            ("High", "no rating yet is good enough where High is asked for"),
            ("Medium", "no rating yet is not good enough where High is asked for"),
        ],
    ),
    (
        "RatingAtLeast",
        &[("High", "only a High rating will do"), ("Medium", "a rating that is not Low will do")],
    ),
    (
        "TemplatesAtLeast",
        &[
            ("High", "only High ratings of templates will do"),
            ("Medium", "ratings of templates that are not Low will do"),
        ],
    ),
    (
        "restricted_blocks_upgrade",
        &[
            ("true", "a number that has used up its limit is not Connected"),
            ("false", "a number that has used up its limit is Connected all the same"),
        ],
    ),
    (
        "templates_count",
        &[("true", "templates must meet the rating, too"), ("false", "templates need not meet the rating")],
    ),
];

#[cfg(test)]
mod tests {
    use serde::{Serialize, de::DeserializeOwned};

    use super::*;
    use crate::document::options;
    use crate::platform::catalogue;
    use crate::platform::language::*;

    /// The language as it is written: what is a reading there must be one here.
    const LANGUAGE: &str = concat!(
        include_str!("language/mod.rs"),
        include_str!("language/limits.rs"),
        include_str!("language/ratings.rs"),
        include_str!("language/conditions.rs"),
        include_str!("language/measures.rs"),
        include_str!("language/trade.rs"),
    );

    /// The words of an enum, without those that are read as another.
    fn words<T: DeserializeOwned + Serialize>() -> Vec<&'static str> {
        let error = options().from_str::<T>("no_such_word").map(|_| ()).unwrap_err();
        let ron::Error::NoSuchEnumVariant { expected, .. } = error.code else { panic!("{error}") };
        let own = |word: &&str| match options().from_str::<T>(word) {
            Ok(value) => tree::of(&value).unwrap().word() == Some(word),
            Err(_) => true,
        };
        expected.iter().copied().filter(own).collect()
    }

    /// Each field with the name of its type and the words of it.
    macro_rules! typed {
        ($(($field:literal, $type:ty)),* $(,)?) => { vec![$(($field, stringify!($type), words::<$type>())),*] };
    }

    type Typed = (&'static str, &'static str, Vec<&'static str>);

    fn typed() -> Vec<Typed> {
        typed![
            ("counts", Counts),
            ("consume_on", ConsumeOn),
            ("opens", Opener),
            ("prolonged_by", ProlongedBy),
            ("ageing", Ageing),
            ("thin", Thin),
            ("template_coupling", TemplateCoupling),
            ("FlagOn", FlagOn),
            ("count", Count),
            ("amount", Amount),
            ("cancelled_by", Cancel),
            ("usage_restarts", Restart),
            ("ends", Ends),
            ("downgrade_at", DowngradeAt),
            ("forgets", Forgets),
            ("changes", OfficialChanges),
        ]
    }

    #[test]
    fn every_word_of_a_reading_is_told_with_its_meaning() {
        for (field, _, words) in typed() {
            let told = READINGS.iter().find(|(other, _)| *other == field).map(|(_, told)| *told);
            let told: Vec<&str> = told.unwrap_or_default().iter().map(|(word, _)| *word).collect();
            assert_eq!(told, words, "{field}");
        }
    }

    /// Read from the source of the language, so that no new reading can be forgotten.
    #[test]
    fn every_reading_of_the_language_has_its_alternatives() {
        let typed = typed();
        let known = |name: &str| typed.iter().any(|(_, of, _)| *of == name);
        let mut says = "";
        for line in LANGUAGE.lines() {
            if let Some(text) = line.strip_prefix("/// ") {
                says = text;
            }
            let Some(name) = line.strip_prefix("pub enum ").and_then(|rest| rest.split(' ').next()) else {
                continue;
            };
            // What a clause listens to is open for rises alone, and stands below with its own words.
            assert!(known(name) == says.contains("reading"), "{name}: {says}");
        }
        // Whatever field has such a type is one of those that are varied.
        let fields = LANGUAGE.lines().filter_map(|line| {
            let (field, of) = line.trim().trim_start_matches("pub ").split_once(": ")?;
            let of = of.trim_end_matches(',');
            let of = ["Vec<", "Option<"]
                .iter()
                .find_map(|outer| of.strip_prefix(outer)?.strip_suffix('>'))
                .unwrap_or(of);
            known(of).then_some((field, of))
        });
        let mut seen = 0;
        for (field, of) in fields {
            seen += 1;
            assert!(typed.iter().any(|(known, name, _)| *known == field && *name == of), "{field}: {of}");
        }
        assert!(seen >= typed.len() - 1, "only {seen} fields were found");
        // Words for truth values, and words that are the platform's own.
        let untyped: Vec<&str> = READINGS
            .iter()
            .map(|(field, _)| *field)
            .filter(|field| !typed.iter().any(|(known, ..)| known == field))
            .collect();
        // Words for truth values, and words that are the platform's own, are open all the same.
        assert_eq!(
            untyped,
            [
                "within",
                "on",
                "term",
                "unknown_counts_as",
                "RatingAtLeast",
                "TemplatesAtLeast",
                "restricted_blocks_upgrade",
                "templates_count"
            ]
        );
        let truths = LANGUAGE
            .lines()
            .filter_map(|line| line.trim().strip_prefix("pub ")?.strip_suffix(": Option<bool>,"));
        for field in truths.filter(|field| *field != "needs_card") {
            assert!(untyped.contains(&field), "{field}");
        }
    }

    /// An alternative may contradict the rest of its ruleset; it never fails to be a value of its field.
    #[test]
    fn every_alternative_of_every_ruleset_can_be_written() {
        let mut seen = 0;
        for name in catalogue::names() {
            let document = catalogue::document(name).unwrap();
            let ruleset = Ruleset::read(&document).unwrap();
            for text in open_texts(&ruleset) {
                let again = document.with(&text.path, &text.value).unwrap_or_else(|found| panic!("{found}"));
                assert_eq!(again.read::<Ruleset>().unwrap(), ruleset, "{name}: {}", text.path);
                assert_eq!(
                    text.others.is_empty(),
                    text.left.is_empty() && text.field != "opens",
                    "{name}: {text:?}"
                );
                for other in &text.others {
                    let changed = document.with(&text.path, &other.value).unwrap();
                    let read = changed.read::<Ruleset>().unwrap_or_else(|found| panic!("{found}"));
                    assert_ne!(read, ruleset, "{name}: {} = {}", text.path, other.value);
                    seen += 1;
                }
            }
        }
        assert!(seen > 200, "only {seen} alternatives");
    }

    #[test]
    fn only_the_rules_that_are_meant_are_changed() {
        let change = RuleChange {
            rules: "classic-2022".to_owned(),
            path: "upgrade.volume.review".to_owned(),
            value: "24h".to_owned(),
        };
        let (own, other) =
            (catalogue::document("classic-2022").unwrap(), catalogue::document("ublux-2022").unwrap());
        assert!(change.concerns(&own) && !change.concerns(&other));
        assert_eq!(change.of(other.clone()).unwrap(), other);
        assert_ne!(change.of(own.clone()).unwrap().text, own.text);
    }
}
