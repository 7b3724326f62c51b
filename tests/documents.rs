//! What a reader of a faulty file is told, place by place.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};
use tiercast::document::{Check, Document, Finding, Findings, Ordered, Word, tree};

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
