//! What a reader of a faulty file is told, place by place.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

use proptest::prelude::*;
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};
use tiercast::document::{Check, Document, Finding, Findings, Ordered, Word, options, tree};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Ruleset {
    name: String,
    ladder: Ladder,
    #[serde(default)]
    upgrade: Ordered<Upgrade>,
    share: Option<f64>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Ladder {
    steps: Ordered<Limit>,
    start: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
enum Limit {
    AtMost(u32),
    Unlimited,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Upgrade {
    when: Vec<Condition>,
    review: Span,
    cancelled_by: Vec<Condition>,
    #[serde(default)]
    source: Vec<Word>,
    #[serde(default)]
    open: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
enum Condition {
    Verified,
    RatingAtMost(Rating),
    SinceFirstSend(Span),
    For(Rating, Span),
    Usage { count: Count, within: Within },
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
enum Rating {
    High,
    Medium,
    Low,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[allow(non_camel_case_types)]
enum Count {
    messages,
    distinct,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
enum Within {
    Rolling(Span),
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct Span(String);

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let number = text.trim_end_matches(['h', 'd']);
        if number.len() + 1 == text.len() && number.parse::<u32>().is_ok() {
            return Ok(Span(text));
        }
        Err(D::Error::custom(format!(
            "{text:?} is no span of time\nwrite hours or days, such as \"48h\" or \"7d\""
        )))
    }
}

const GOOD: &str = r#"// Two steps.
Ruleset(
    name: "small",
    ladder: (
        steps: { "1K": AtMost(1_000), /* the top */ flagged: Unlimited },
        start: "1K",
    ),
    upgrade: {
        volume: (
            when: [
                Verified,
                RatingAtMost(Medium),
                Usage(count: distinct, within: Rolling("7d")),
            ],
            review: "48h",
            cancelled_by: [],
            source: [M_LIM25],
        ),
    },
    share: 0.5,
)
"#;

fn good() -> Document {
    Document::new("small.ron", GOOD)
}

fn told(from: &str, to: &str) -> String {
    assert!(GOOD.contains(from), "{from}");
    read(&GOOD.replacen(from, to, 1))
}

fn read(text: &str) -> String {
    match Document::new("small.ron", text).read::<Ruleset>() {
        Ok(_) => "fine".to_owned(),
        Err(findings) => findings.to_string(),
    }
}

#[test]
fn every_mistake_is_told_in_words_for_people() {
    for (from, to, expected) in MISTAKES {
        assert_eq!(told(from, to), expected.trim_matches('\n'), "{from} => {to}");
    }
    for (text, expected) in TEXTS {
        assert_eq!(read(text), expected.trim_matches('\n'), "{text}");
    }
}

#[test]
fn good_text_reads() {
    let ruleset: Ruleset = good().read().unwrap();
    assert_eq!(ruleset.ladder.steps.keys().collect::<Vec<_>>(), ["1K", "flagged"]);
    assert_eq!(ruleset.share, Some(0.5));
}

#[test]
fn four_mistakes_in_four_places_are_told_at_once() {
    let text = GOOD
        .replace("start: \"1K\"", "strat: \"1K\"")
        .replace("1_000", "\"many\"")
        .replace("Medium", "Meduim")
        .replace("            review: \"48h\",\n", "")
        .replace("share: 0.5", "share: half");
    let findings = Document::new("small.ron", text).read::<Ruleset>().unwrap_err();
    let told: Vec<&str> = findings.iter().map(|(_, finding)| finding.message.as_str()).collect();
    assert_eq!(
        told,
        [
            "expected a whole number, found \"many\"",
            "Ladder has no `strat`",
            "`review` is missing in Upgrade",
            "`Meduim` is not known here",
            "expected a number, found the word `half`",
        ]
    );
}

#[test]
fn missing_commas_do_not_hide_other_mistakes() {
    let text =
        GOOD.replace("\"small\",", "\"small\"").replace("Verified,", "Verified").replace("Medium", "Meduim");
    let findings = Document::new("small.ron", text).read::<Ruleset>().unwrap_err();
    assert_eq!(findings.len(), 3, "{findings}");
}

#[test]
fn a_blanked_field_is_not_told_as_missing_and_a_missing_one_is_explained() {
    let blanked = GOOD.replace("\"48h\"", "[]");
    assert_eq!(Document::new("small.ron", blanked).read::<Ruleset>().unwrap_err().len(), 1);

    let text = GOOD.replace("            review: \"48h\",\n", "");
    let help = |owner: &str, field: &str| Some(format!("what {field} of {owner} is for"));
    let findings = Document::new("small.ron", text).read_with_help::<Ruleset>(help).unwrap_err();
    let told: Vec<_> = findings.iter().map(|(_, f)| (f.message.as_str(), f.help.as_deref())).collect();
    assert_eq!(told, [("`review` is missing in Upgrade", Some("what review of Upgrade is for"))]);
}

#[test]
fn columns_count_characters() {
    let told = read("Ruleset(name: \"Größe 尺\", nmae: 5)");
    assert!(told.contains("--> small.ron:1:26"), "{told}");
}

#[test]
fn locator_walks_every_kind_of_step() {
    let document = good();
    let at = |path: &str| document.locate(path).map(|range| &document.text[range]);
    assert_eq!(at("name"), Some("\"small\""));
    assert_eq!(at("ladder.steps.1K"), Some("AtMost(1_000)"));
    assert_eq!(at("ladder.steps.\"1K\".AtMost"), Some("1_000"));
    assert_eq!(at("Ruleset.ladder.start"), Some("\"1K\""));
    assert_eq!(at("upgrade.volume.when.Usage.within"), Some("Rolling(\"7d\")"));
    assert_eq!(at("upgrade.volume.when.Usage.within.Rolling"), Some("\"7d\""));
    assert_eq!(at("upgrade.volume.when.RatingAtMost"), Some("Medium"));
    assert_eq!(at("upgrade.volume.when.Verified"), Some("Verified"));
    assert_eq!(at("upgrade.volume.when[2].count"), Some("distinct"));
    assert_eq!(at("upgrade.volume.when.2.Usage.count"), Some("distinct"));
    assert_eq!(at("upgrade.volume.source.0"), Some("M_LIM25"));
    assert_eq!(at("upgrade.volume.nothing"), None);
    let key = |path: &str| document.locate_key(path).map(|range| &document.text[range]);
    assert_eq!(key("upgrade.volume.review"), Some("review"));
    assert_eq!(key("upgrade.volume.when.Usage"), Some("Usage"));
    assert_eq!(key("ladder.steps.1K"), Some("\"1K\""));
}

#[test]
fn locator_passes_comments_raw_texts_and_optional_values() {
    let text = r##"/* a /* nested */ one */ (a: Some((b: 'x', /* b: 1 */ c: r#"( " "#)), "e.f": 1, // c: 2
        g: {"e.f": [1, 2]}, h: [For(1), For(2)], i: (1, (2, 3)))"##;
    let document = Document::new("odd.ron", text);
    let at = |path: &str| document.locate(path).map(|range| &document.text[range]);
    assert_eq!(at("a.b"), Some("'x'"));
    assert_eq!(at("a.c"), Some("r#\"( \" \"#"));
    assert_eq!(at("g.\"e.f\"[1]"), Some("2"));
    assert_eq!(at("h.For"), None);
    assert_eq!(at("h[1].For"), Some("2"));
    assert_eq!(at("i.1.0"), Some("2"));

    let document =
        Document::new("deep.ron", "(when: [Usage(amount: MoreThan(LimitTimes(\"2\")), of: None)])");
    let at = |path: &str| document.locate(path).map(|range| &document.text[range]);
    assert_eq!(at("when.Usage.amount"), Some("MoreThan(LimitTimes(\"2\"))"));
    assert_eq!(at("when.Usage.amount.MoreThan"), Some("LimitTimes(\"2\")"));
    assert_eq!(at("when.Usage.amount.MoreThan.LimitTimes"), Some("\"2\""));
    assert_eq!(at("when.Usage.amount.LimitTimes"), Some("\"2\""));
}

#[test]
fn with_replaces_adds_and_quotes() {
    let with = |path: &str, value: &str| good().with(path, value).unwrap();
    let read = |path: &str, value: &str| with(path, value).read::<Ruleset>().unwrap();
    let review = |ruleset: Ruleset| ruleset.upgrade.get("volume").unwrap().review.0.clone();
    assert_eq!(review(read("upgrade.volume.review", "24h")), "24h");
    assert_eq!(review(read("upgrade.volume.review", "\"6h\"")), "6h");
    assert_eq!(read("share", "0.25").share, Some(0.25));
    assert_eq!(read("ladder.steps.1K", "AtMost(5)").ladder.steps.get("1K"), Some(&Limit::AtMost(5)));
    assert_eq!(read("ladder.steps.1K.AtMost", "7").ladder.steps.first(), Some(("1K", &Limit::AtMost(7))));
    assert_eq!(read("ladder.steps.2K", "AtMost(9)").ladder.steps.index_of("2K"), Some(2));
    assert!(read("upgrade.volume.open", "true").upgrade.get("volume").unwrap().open);
    assert!(with("share", "0.25").name.ends_with("small.ron (with share=0.25)"));
}

#[test]
fn with_explains_what_it_cannot_do() {
    let told = |path: &str, value: &str| match good().with(path, value) {
        Ok(document) => document.read::<Ruleset>().unwrap_err().to_string(),
        Err(findings) => findings.to_string(),
    };
    for (path, value, expected) in WISHES {
        assert_eq!(told(path, value), expected.trim_matches('\n'), "{path}={value}");
    }
}

#[test]
fn checks_find_the_place_of_a_path() {
    let document = good();
    let mut check = Check::new(&document);
    check.error("ladder.start", "there is no such step", "");
    check.error("upgrade.volume.missing.deep", "something deeper", "add it");
    check.error("upgrade.volume.when.Usage", "a usage", "").also("ladder.steps.1K", "this step");
    check.warning("nowhere", "of the whole", "");
    let expected = r##"
warning: of the whole
--> small.ron

error: there is no such step
 --> small.ron:6:16
  |
6 |         start: "1K",
  |                ^^^^

error: something deeper
 --> small.ron:9:9
  |
9 |         volume: (
  |         ^^^^^^
  |
  = help: add it

error: a usage
  --> small.ron:13:17
   |
 5 |         steps: { "1K": AtMost(1_000), /* the top */ flagged: Unlimited },
   |                        ------------- this step
...
13 |                 Usage(count: distinct, within: Rolling("7d")),
   |                 ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
"##;
    assert_eq!(check.finish(()).unwrap_err().to_string(), expected.trim_matches('\n'));
}

#[test]
fn cells_of_tables_have_places() {
    let table = Document::new("history.csv", "day,sent\n1,\"2,5\"\n2,x\n");
    assert_eq!(&table.text[table.cell(2, 2)], "\"2,5\"");
    assert_eq!(&table.text[table.cell(3, 2)], "x");
    let finding = Finding::at_line(&table, 3, 3, "expected a whole number, found x");
    assert!(Findings::new(&table, vec![finding]).to_string().contains("--> history.csv:3:3"));
    for line in 0..6 {
        for number in 0..5 {
            let _ = (table.cell(line, number), table.range_at(line, number));
        }
    }
}

#[test]
fn ordered_maps_and_words_survive_writing() {
    let ruleset: Ruleset = good().read().unwrap();
    for written in [
        options().to_string(&ruleset).unwrap(),
        options().to_string_pretty(&ruleset, ron::ser::PrettyConfig::default()).unwrap(),
    ] {
        assert!(written.contains("\"1K\":") && written.contains("flagged:"), "{written}");
        assert_eq!(Document::new("again.ron", written).read::<Ruleset>().unwrap(), ruleset);
    }
    let read = |text: &str| Document::new("m", text).read::<Ordered<u32>>();
    assert_eq!(
        read("{ b: 1, /* c */ \"a\" : 2, r\"c\": 3 }").unwrap().keys().collect::<Vec<_>>(),
        ["b", "a", "c"]
    );
    assert!(read("{ b: 1, \"b\": 2 }").unwrap_err().to_string().contains("`b` is given twice"));
    assert!(ron::from_str::<Ordered<u32>>("{ b: 1, \"b\": 2 }").is_err());
    assert!(read("{ 5: 1 }").unwrap_err().to_string().contains("a name is needed, found 5\n --> m:1:3"));
    assert!(read("{ a: x }").unwrap_err().to_string().contains("found the word `x`\n --> m:1:6"));
}

#[test]
fn leaves_have_the_paths_of_the_locator() {
    let ruleset: Ruleset = good().with("upgrade.volume.when[1]", "For(Low, \"2d\")").unwrap().read().unwrap();
    let document = good().with("upgrade.volume.when[1]", "For(Low, \"2d\")").unwrap();
    let leaves = tree::leaves(&tree::of(&ruleset).unwrap());
    let shown: Vec<String> = leaves.iter().map(|(path, value)| format!("{path} = {value}")).collect();
    assert_eq!(
        shown,
        [
            "name = small",
            "ladder.steps.1K.AtMost = 1000",
            "ladder.steps.flagged = Unlimited",
            "ladder.start = 1K",
            "upgrade.volume.when.Verified = ",
            "upgrade.volume.when.For = For(Low, \"2d\")",
            "upgrade.volume.when.Usage.count = distinct",
            "upgrade.volume.when.Usage.within.Rolling = 7d",
            "upgrade.volume.review = 48h",
            "upgrade.volume.cancelled_by = []",
            "upgrade.volume.source = [M_LIM25]",
            "upgrade.volume.open = false",
            "share = 0.5",
        ]
    );
    for (path, _) in leaves.iter().filter(|(path, _)| !path.ends_with("open")) {
        assert!(document.locate(path).is_some(), "{path}");
    }
}

fn survives(text: &str) {
    let document = Document::new("any.ron", text);
    if let Err(findings) = document.read::<Ruleset>() {
        assert!(!findings.is_empty());
        let _ = findings.to_string();
    }
    for path in ["a.b", "upgrade.volume.when.Usage.within", "[0].1", "\"", "ladder.steps.1K", ""] {
        let _ = (document.locate(path), document.locate_key(path));
        let _ = document.with(path, text);
        if let Err(findings) = good().with(path, text) {
            let _ = findings.to_string();
        }
    }
    let mut check = Check::new(&document);
    check.error("upgrade.volume", "something", "");
    assert!(check.finish(()).is_err_and(|findings| !findings.to_string().is_empty()));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn no_text_makes_it_panic(text in any::<String>()) {
        survives(&text);
    }

    #[test]
    fn no_text_of_brackets_makes_it_panic(text in "[(){}\\[\\],:\"'a1 r#bé/*\\\\\n.=-]{0,60}") {
        survives(&text);
    }

    #[test]
    fn no_mutation_makes_it_panic(at in 0..GOOD.len(), length in 0..40_usize, new in "[(){}\\[\\],:\"a1 é/*\n-]{0,5}") {
        let mut text = GOOD.to_owned();
        text.replace_range(at..(at + length).min(GOOD.len()), &new);
        survives(&text);
    }

    #[test]
    fn no_path_makes_it_panic(path in "[a-z.\\[\\]\"0-9é]{0,20}", value in "[a-z()\",0-9 é]{0,12}") {
        let _ = good().locate(&path);
        if let Ok(changed) = good().with(&path, &value) {
            let _ = changed.read::<Ruleset>();
        }
    }
}

/// Wherever one value is of the wrong kind, exactly this is told, at this place.
#[test]
fn one_mistake_gives_one_finding() {
    let ruleset: Ruleset = good().read().unwrap();
    for (path, _) in tree::leaves(&tree::of(&ruleset).unwrap()) {
        let Some(place) = good().locate(&path) else { continue };
        let mut text = GOOD.to_owned();
        text.replace_range(place.clone(), "Wrong(1)");
        let findings = Document::new("small.ron", text).read::<Ruleset>().unwrap_err();
        let at: Vec<usize> = findings.iter().map(|(_, f)| f.place.clone().unwrap().start).collect();
        assert_eq!(at, [place.start], "{path}: {findings}");
    }
    for (at, _) in
        GOOD.match_indices([',', '(', ')', '[', ']', '{', '}', ':', '"']).filter(|(at, _)| *at > 14)
    {
        let mut text = GOOD.to_owned();
        text.replace_range(at..at + 1, " ");
        if let Err(findings) = Document::new("small.ron", text).read::<Ruleset>() {
            assert!(findings.len() <= 2, "{findings}");
        }
    }
}

/// A text with one thing changed: what stood there, what stands there now, and what is told.
const MISTAKES: &[(&str, &str, &str)] = &[
    (
        r##"cancelled_by"##,
        r##"canceled_by"##,
        r##"
error: Upgrade has no `canceled_by`
  --> small.ron:16:13
   |
16 |             canceled_by: [],
   |             ^^^^^^^^^^^
   |
   = help: did you mean `cancelled_by`?
"##,
    ),
    (
        r##"source: ["##,
        r##"colour: ["##,
        r##"
error: Upgrade has no `colour`
  --> small.ron:17:13
   |
17 |             colour: [M_LIM25],
   |             ^^^^^^
   |
   = help: it has `when`, `review`, `cancelled_by`, `source` and `open`
"##,
    ),
    (
        r##"Verified,"##,
        r##"Verifed,"##,
        r##"
error: `Verifed` is not known here
  --> small.ron:11:17
   |
11 |                 Verifed,
   |                 ^^^^^^^
   |
   = help: did you mean `Verified`? possible here: `Verified`, `RatingAtMost`, `SinceFirstSend`, `For` or `Usage`
"##,
    ),
    (
        r##"            review: "48h",
"##,
        r##""##,
        r##"
error: `review` is missing in Upgrade
 --> small.ron:9:9
  |
9 |         volume: (
  |         ^^^^^^
"##,
    ),
    (
        r##""48h""##,
        r##""48x""##,
        r##"
error: "48x" is no span of time
  --> small.ron:15:21
   |
15 |             review: "48x",
   |                     ^^^^^
   |
   = help: write hours or days, such as "48h" or "7d"
"##,
    ),
    (
        r##""48h""##,
        r##"48h"##,
        r##"
error: `48h` must stand in quotes
  --> small.ron:15:21
   |
15 |             review: 48h,
   |                     ^^^
   |
   = help: write "48h"
"##,
    ),
    (
        r##""48h""##,
        r##"48"##,
        r##"
error: expected text in quotes, found 48
  --> small.ron:15:21
   |
15 |             review: 48,
   |                     ^^
   |
   = help: write "48"
"##,
    ),
    (
        r##""48h""##,
        r##"[]"##,
        r##"
error: expected text in quotes, found a list `[..]`
  --> small.ron:15:21
   |
15 |             review: [],
   |                     ^^
"##,
    ),
    (
        r##"1_000"##,
        r##"-5"##,
        r##"
error: expected a whole number from 0, found -5
 --> small.ron:5:31
  |
5 |         steps: { "1K": AtMost(-5), /* the top */ flagged: Unlimited },
  |                               ^^
"##,
    ),
    (
        r##"1_000"##,
        r##"100.5"##,
        r##"
error: expected a whole number, found 100.5
 --> small.ron:5:31
  |
5 |         steps: { "1K": AtMost(100.5), /* the top */ flagged: Unlimited },
  |                               ^^^^^
"##,
    ),
    (
        r##"1_000"##,
        r##""abc""##,
        r##"
error: expected a whole number, found "abc"
 --> small.ron:5:31
  |
5 |         steps: { "1K": AtMost("abc"), /* the top */ flagged: Unlimited },
  |                               ^^^^^
"##,
    ),
    (
        r##"1_000"##,
        r##"99999999999"##,
        r##"
error: 99999999999 is too large a number here
 --> small.ron:5:31
  |
5 |         steps: { "1K": AtMost(99999999999), /* the top */ flagged: Unlimited },
  |                               ^^^^^^^^^^^
"##,
    ),
    (
        r##"0.5"##,
        r##"abc"##,
        r##"
error: expected a number, found the word `abc`
  --> small.ron:20:12
   |
20 |     share: abc,
   |            ^^^
"##,
    ),
    (
        r##"0.5"##,
        r##"NaN"##,
        r##"
error: `NaN` cannot be used: a number is needed that can be reckoned with
  --> small.ron:20:12
   |
20 |     share: NaN,
   |            ^^^
   |
   = help: write a decimal number, such as 0.01
"##,
    ),
    (
        r##"0.5"##,
        r##"2.5%"##,
        r##"
error: expected a number, found 2.5%
  --> small.ron:20:12
   |
20 |     share: 2.5%,
   |            ^^^^
   |
   = help: write 0.025
"##,
    ),
    (
        r##""1K": AtMost(1_000)"##,
        r##"1%: AtMost(1_000)"##,
        r##"
error: `1%` is no name
 --> small.ron:5:18
  |
5 |         steps: { 1%: AtMost(1_000), /* the top */ flagged: Unlimited },
  |                  ^^
  |
  = help: write "1%"
"##,
    ),
    (
        r##"0.5"##,
        r##""50%""##,
        r##"
error: expected a number, found "50%"
  --> small.ron:20:12
   |
20 |     share: "50%",
   |            ^^^^^
   |
   = help: write 0.5
"##,
    ),
    (
        r##""48h""##,
        r##"10%"##,
        r##"
error: `10%` must stand in quotes
  --> small.ron:15:21
   |
15 |             review: 10%,
   |                     ^^^
   |
   = help: write "10%"
"##,
    ),
    (
        r##"AtMost(1_000), /* the top */"##,
        r##"AtMosst(10%),"##,
        r##"
error: `AtMosst` is not known here
 --> small.ron:5:24
  |
5 |         steps: { "1K": AtMosst(10%), flagged: Unlimited },
  |                        ^^^^^^^
  |
  = help: did you mean `AtMost`? possible here: `AtMost` or `Unlimited`

error: `10%` must stand in quotes
 --> small.ron:5:32
  |
5 |         steps: { "1K": AtMosst(10%), flagged: Unlimited },
  |                                ^^^
  |
  = help: write "10%", or 0.1 where a number is expected
"##,
    ),
    (
        r##"Usage(count: distinct, within: Rolling("7d"))"##,
        r##"Usage(7)"##,
        r##"
error: the values of `Usage(..)` have names, and 7 has none
  --> small.ron:13:23
   |
13 |                 Usage(7),
   |                       ^
   |
   = help: `Usage` has `count` and `within`: write `name: 7`
"##,
    ),
    (
        r##"0.5"##,
        r##"-inf"##,
        r##"
error: `-inf` cannot be used: a number is needed that can be reckoned with
  --> small.ron:20:12
   |
20 |     share: -inf,
   |            ^^^^
   |
   = help: write a decimal number, such as 0.01
"##,
    ),
    (
        r##"name: "small","##,
        r##"name: "small""##,
        r##"
error: a comma is missing after `name: "small"`
 --> small.ron:3:18
  |
3 |     name: "small"
  |                  ^
"##,
    ),
    (
        r##"Verified,"##,
        r##"Verified"##,
        r##"
error: a comma is missing after `Verified`
  --> small.ron:11:25
   |
11 |                 Verified
   |                         ^
"##,
    ),
    (
        r##"Unlimited }"##,
        r##"Unlimited"##,
        r##"
error: `{` is not closed
 --> small.ron:5:16
  |
5 |         steps: { "1K": AtMost(1_000), /* the top */ flagged: Unlimited,
  |                ^
6 |         start: "1K",
7 |     ),
  |     - `}` should come before this `)`
"##,
    ),
    (
        r##"
)
"##,
        r##"
"##,
        r##"
error: `(` is not closed
 --> small.ron:2:8
  |
2 | Ruleset(
  |        ^
  |
  = help: the file ends before its `)`
"##,
    ),
    (
        r##"
)
"##,
        r##"
)
)
"##,
        r##"
error: this `)` closes nothing
  --> small.ron:22:1
   |
21 | )
   | - everything is closed here already
22 | )
   | ^
"##,
    ),
    (
        r##"
)
"##,
        r##"
) more
"##,
        r##"
error: nothing may follow here: the file's value has ended
  --> small.ron:21:3
   |
21 | ) more
   | - ^^^^
   | |
   | it ends here
   |
   = help: is a bracket closed too early?
"##,
    ),
    (
        r##""small""##,
        r##""small"##,
        r##"
error: the text that begins here has no closing quote
 --> small.ron:3:11
  |
3 |     name: "small,
  |           ^^^^^^^
"##,
    ),
    (
        r##""small""##,
        r##"“small”"##,
        r##"
error: `“` is not expected here
 --> small.ron:3:11
  |
3 |     name: “small”,
  |           ^
  |
  = help: text stands in straight quotes: "like this"
"##,
    ),
    (
        r##""small""##,
        r##"'small'"##,
        r##"
error: text stands in double quotes
 --> small.ron:3:11
  |
3 |     name: 'small',
  |           ^^^^^^^
  |
  = help: write "small"
"##,
    ),
    (
        r##"/* the top */"##,
        r##"/* the top"##,
        r##"
error: the comment that begins here is not closed
 --> small.ron:5:39
  |
5 |         steps: { "1K": AtMost(1_000), /* the top flagged: Unlimited },
  |                                       ^^
  |
  = help: end it with */, or begin each of its lines with //
"##,
    ),
    (
        r##"flagged: Unlimited"##,
        r##"flagged: Unlimited, "1K": AtMost(5)"##,
        r##"
error: `1K` is given twice
 --> small.ron:5:73
  |
5 |         steps: { "1K": AtMost(1_000), /* the top */ flagged: Unlimited, "1K": AtMost(5) },
  |                  ---- the first time here                               ^^^^
  |
  = help: keep one of the two
"##,
    ),
    (
        r##"start: "1K","##,
        r##"start: "1K", start: "2K","##,
        r##"
error: `start` is given twice
 --> small.ron:6:22
  |
6 |         start: "1K", start: "2K",
  |         -----        ^^^^^
  |         |
  |         the first time here
  |
  = help: keep one of the two
"##,
    ),
    (
        r##"Verified,"##,
        r##"Verified(5),"##,
        r##"
error: `Verified` takes nothing in parentheses
  --> small.ron:11:17
   |
11 |                 Verified(5),
   |                 ^^^^^^^^^^^
   |
   = help: write `Verified`
"##,
    ),
    (
        r##"RatingAtMost(Medium)"##,
        r##"RatingAtMost"##,
        r##"
error: `RatingAtMost` needs its values in parentheses
  --> small.ron:12:17
   |
12 |                 RatingAtMost,
   |                 ^^^^^^^^^^^^
   |
   = help: write `RatingAtMost(..)`
"##,
    ),
    (
        r##"RatingAtMost(Medium)"##,
        r##"For(Low, "7d", 5)"##,
        r##"
error: 5 is too much: `For(..)` ends before it
  --> small.ron:12:32
   |
12 |                 For(Low, "7d", 5),
   |                                ^
"##,
    ),
    (
        r##"RatingAtMost(Medium)"##,
        r##"For(Low)"##,
        r##"
error: `For(..)` needs 2 values, found 1
  --> small.ron:12:17
   |
12 |                 For(Low),
   |                 ^^^^^^^^
"##,
    ),
    (
        r##"cancelled_by: []"##,
        r##"cancelled_by: Verified"##,
        r##"
error: expected a list `[..]`, found the word `Verified`
  --> small.ron:16:27
   |
16 |             cancelled_by: Verified,
   |                           ^^^^^^^^
   |
   = help: write [Verified]
"##,
    ),
    (
        r##"cancelled_by: []"##,
        r##"cancelled_by: [], open: yes"##,
        r##"
error: expected true or false, found the word `yes`
  --> small.ron:16:37
   |
16 |             cancelled_by: [], open: yes,
   |                                     ^^^
   |
   = help: write true
"##,
    ),
    (
        r##"[M_LIM25]"##,
        r##"["M_LIM25"]"##,
        r##"
error: expected a word without quotes, found "M_LIM25"
  --> small.ron:17:22
   |
17 |             source: ["M_LIM25"],
   |                      ^^^^^^^^^
   |
   = help: write M_LIM25 without quotes
"##,
    ),
    (
        r##"[M_LIM25]"##,
        r##"[M-LIM25]"##,
        r##"
error: `M-LIM25` must stand in quotes
  --> small.ron:17:22
   |
17 |             source: [M-LIM25],
   |                      ^^^^^^^
   |
   = help: write "M-LIM25"; a word without quotes has letters, digits and _ only
"##,
    ),
    (
        r##"Ruleset("##,
        r##"Rules("##,
        r##"
error: expected `Ruleset(..)`, found `Rules`
 --> small.ron:2:1
  |
2 | Rules(
  | ^^^^^
"##,
    ),
    (
        r##"ladder: ("##,
        r##"ladder = ("##,
        r##"
error: `:` belongs between `ladder` and its value
 --> small.ron:4:12
  |
4 |     ladder = (
  |            ^
  |
  = help: write `:` instead of `=`
"##,
    ),
    (
        r##"start: "1K""##,
        r##"start "1K""##,
        r##"
error: a colon is missing after `start`
 --> small.ron:6:14
  |
6 |         start "1K",
  |              ^
"##,
    ),
    (
        r##"start: "1K""##,
        r##"start: "##,
        r##"
error: `start` has no value
 --> small.ron:6:9
  |
6 |         start: ,
  |         ^^^^^
"##,
    ),
];

/// Texts that are no such file at all.
const TEXTS: &[(&str, &str)] = &[
    (
        r##""##,
        r##"
error: the file is empty
 --> small.ron:1:1
  |
1 |
  | ^
  |
  = help: it should hold a record: ( name: value, .. )
"##,
    ),
    (
        r##"// nothing
"##,
        r##"
error: the file is empty
 --> small.ron:1:12
  |
1 | // nothing
  |           ^
  |
  = help: it should hold a record: ( name: value, .. )
"##,
    ),
    (
        r##"{"name": "x", "ladder": {"steps": {}}}"##,
        r##"
error: this looks like JSON
 --> small.ron:1:1
  |
1 | {"name": "x", "ladder": {"steps": {}}}
  | ^
  |
  = help: a record is written ( name: value, .. ): parentheses, and no quotes around the names
"##,
    ),
    (
        r##"name: "x""##,
        r##"
error: the file's values must stand in parentheses
 --> small.ron:1:1
  |
1 | name: "x"
  | ^^^^
  |
  = help: write ( before the first name and ) at the end of the file
"##,
    ),
    (
        r##"# no"##,
        r##"
error: `#` is not expected here
 --> small.ron:1:1
  |
1 | # no
  | ^
  |
  = help: a comment begins with //
"##,
    ),
    (
        r##"5"##,
        r##"
error: expected values in parentheses `(..)` for Ruleset, found 5
 --> small.ron:1:1
  |
1 | 5
  | ^
"##,
    ),
];

/// Values set by path that cannot be.
const WISHES: &[(&str, &str, &str)] = &[
    (
        r##"upgrade.volum.review"##,
        r##"6h"##,
        r##"
error: there is no `upgrade.volum.review`
 --> small.ron:8:5
  |
8 |     upgrade: {
  |     ^^^^^^^
  |
  = help: did you mean `upgrade.volume.review`?
"##,
    ),
    (
        r##"volume.review"##,
        r##"6h"##,
        r##"
error: there is no `volume.review`
--> small.ron
 = help: did you mean `upgrade.volume.review`?
"##,
    ),
    (
        r##"share"##,
        r##"(5"##,
        r##"
error: `(` is not closed
 --> value of share:1:1
  |
1 | (5
  | ^
  |
  = help: the file ends before its `)`
"##,
    ),
    (
        r##"share"##,
        r##""##,
        r##"
error: `share` is set to nothing
 --> value of share:1:1
  |
1 |
  | ^
"##,
    ),
    (
        r##"share"##,
        r##"1, name: 2"##,
        r##"
error: `share` takes one value, and this is more
 --> value of share:1:2
  |
1 | 1, name: 2
  |  ^^^^^^^^^
"##,
    ),
    (
        r##"upgrade.volume.reviev"##,
        r##"6h"##,
        r##"
error: Upgrade has no `reviev`
  --> small.ron (with upgrade.volume.reviev=6h):17:32
   |
17 |             source: [M_LIM25], reviev: "6h",
   |                                ^^^^^^
   |
   = help: did you mean `review`?
"##,
    ),
    (
        r##"share"##,
        r##"lots"##,
        r##"
error: expected a number, found the word `lots`
  --> small.ron (with share=lots):20:12
   |
20 |     share: lots,
   |            ^^^^
"##,
    ),
    (
        r##"upgrade.volume.review"##,
        r##"6x"##,
        r##"
error: "6x" is no span of time
  --> small.ron (with upgrade.volume.review=6x):15:21
   |
15 |             review: "6x",
   |                     ^^^^
   |
   = help: write hours or days, such as "48h" or "7d"
"##,
    ),
];
