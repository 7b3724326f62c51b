//! What a reader of a faulty file is told, place by place.

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
fn show() {
    let cases = [
        ("cancelled_by", "canceled_by"),
        ("source: [", "colour: ["),
        ("Verified,", "Verifed,"),
        ("            review: \"48h\",\n", ""),
        ("\"48h\"", "\"48x\""),
        ("\"48h\"", "48h"),
        ("\"48h\"", "48"),
        ("\"48h\"", "[]"),
        ("1_000", "-5"),
        ("1_000", "100.5"),
        ("1_000", "\"abc\""),
        ("1_000", "99999999999"),
        ("0.5", "abc"),
        ("0.5", "NaN"),
        ("0.5", "-inf"),
        ("name: \"small\",", "name: \"small\""),
        ("Verified,", "Verified"),
        ("Unlimited }", "Unlimited"),
        ("\n)\n", "\n"),
        ("\n)\n", "\n)\n)\n"),
        ("\n)\n", "\n) more\n"),
        ("\"small\"", "\"small"),
        ("\"small\"", "“small”"),
        ("\"small\"", "'small'"),
        ("/* the top */", "/* the top"),
        ("flagged: Unlimited", "flagged: Unlimited, \"1K\": AtMost(5)"),
        ("start: \"1K\",", "start: \"1K\", start: \"2K\","),
        ("Verified,", "Verified(5),"),
        ("RatingAtMost(Medium)", "RatingAtMost"),
        ("RatingAtMost(Medium)", "For(Low, \"7d\", 5)"),
        ("RatingAtMost(Medium)", "For(Low)"),
        ("cancelled_by: []", "cancelled_by: Verified"),
        ("cancelled_by: []", "cancelled_by: [], open: yes"),
        ("[M_LIM25]", "[\"M_LIM25\"]"),
        ("[M_LIM25]", "[M-LIM25]"),
        ("Ruleset(", "Rules("),
        ("ladder: (", "ladder = ("),
        ("start: \"1K\"", "start \"1K\""),
        ("start: \"1K\"", "start: "),
        ("# no", "# no"),
    ];
    for (from, to) in cases {
        if GOOD.contains(from) {
            println!("\n##### {from} => {to}\n{}", told(from, to));
        }
    }
    for text in
        ["", "// nothing\n", "{\"name\": \"x\", \"ladder\": {\"steps\": {}}}", "name: \"x\"", "# no", "5"]
    {
        println!("\n##### {text}\n{}", read(text));
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
    for (path, value) in [
        ("upgrade.volum.review", "6h"),
        ("volume.review", "6h"),
        ("share", "(5"),
        ("share", ""),
        ("share", "1, name: 2"),
        ("upgrade.volume.reviev", "6h"),
        ("share", "lots"),
        ("upgrade.volume.review", "6x"),
    ] {
        println!("##### {path}={value}\n{}", told(path, value));
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
    println!("{}", check.finish(()).unwrap_err());
}

#[test]
fn cells_of_tables_have_places() {
    let table = Document::new("history.csv", "day,sent\n1,\"2,5\"\n2,x\n");
    assert_eq!(&table.text[table.cell(2, 2)], "\"2,5\"");
    assert_eq!(&table.text[table.cell(3, 2)], "x");
    let finding = Finding::at_line(&table, 3, 3, "expected a whole number, found x");
    println!("{}", Findings::new(&table, vec![finding]));
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
    println!("{}", read("{ 5: 1 }").unwrap_err());
    println!("{}", read("{ a: x }").unwrap_err());
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
    let _ = check.finish(()).unwrap_err().to_string();
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
