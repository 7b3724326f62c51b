//! All that is wrong with a file is told at once, and nothing that only follows from something else.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

use std::collections::BTreeSet;
use std::ops::Range;
use std::path::Path;

use tiercast::audience::{Behavior, profile_document};
use tiercast::document::{Document, Findings};
use tiercast::platform::price::{PriceTable, price_document};
use tiercast::platform::{Rulebook, Ruleset, catalogue, rulebook};
use tiercast::sim::scenario::ScenarioText;
use tiercast::sim::{CaseFile, Scenario};

/// A finding by its line and what it says.
type Told = BTreeSet<(usize, String)>;

fn told<T>(read: Result<T, Findings>) -> Told {
    let Err(findings) = read else { return Told::new() };
    let line = |(document, finding): (&Document, &tiercast::document::Finding)| {
        let line = finding.place.as_ref().map_or(0, |place| document.line_column(place.start).0);
        (line, finding.message.clone())
    };
    findings.iter().map(line).collect()
}

/// How a kind of file is read: its form alone, where that can be, and all of it.
#[derive(Clone, Copy)]
struct Kind {
    form: Option<fn(&str) -> Told>,
    all: fn(&str) -> Told,
}

const RULESET: Kind = Kind {
    form: Some(|text| told(Document::new("rules.ron", text).read::<Ruleset>())),
    all: |text| told(Ruleset::read(&Document::new("rules.ron", text))),
};

const SCENARIO: Kind = Kind {
    form: Some(|text| told(Document::new("plan.ron", text).read::<ScenarioText>())),
    all: |text| told(Scenario::read("plan", text, Path::new("scenarios"))),
};

const PROFILE: Kind = Kind {
    form: Some(|text| told(Document::new("people.ron", text).read::<Behavior>())),
    all: |text| told(Behavior::read(&Document::new("people.ron", text))),
};

const PRICES: Kind = Kind {
    form: Some(|text| told(Document::new("prices.ron", text).read::<PriceTable>())),
    all: |text| told(PriceTable::read(&Document::new("prices.ron", text))),
};

const RULEBOOK: Kind =
    Kind { form: None, all: |text| told(Rulebook::read(&Document::new("eras.rulebook.ron", text))) };

const CASES: Kind = Kind { form: None, all: |text| told(CaseFile::read(&Document::new("cases.ron", text))) };

/// Where the words of a text stand, outside comments and texts.
fn words(text: &str) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let (mut found, mut at) = (Vec::new(), 0);
    let until = |from: usize, stop: &dyn Fn(u8) -> bool| {
        (from..bytes.len()).find(|at| stop(bytes[*at])).unwrap_or(bytes.len())
    };
    while at < bytes.len() {
        at = match bytes[at] {
            b'"' => until(at + 1, &|b| b == b'"') + 1,
            b'/' => until(at, &|b| b == b'\n'),
            b if b.is_ascii_alphabetic() => {
                let end = until(at, &|b| !b.is_ascii_alphanumeric() && b != b'_');
                found.push(at..end);
                end
            }
            _ => at + 1,
        };
    }
    found
}

/// Misspells every word of a text, one at a time, by letters too many or by one too few. Where its form is then wrong, that
/// and nothing but what is wrong anyway is told; returns how much of the latter, as a share. Where the form cannot be
/// read alone, it is one finding.
fn misspell_each(text: &str, kind: Kind) -> f64 {
    let anyway = (kind.all)(text);
    let form_of = |text: &str| match kind.form {
        Some(form) => form(text),
        None => (kind.all)(text).difference(&anyway).take(1).cloned().collect(),
    };
    assert!(form_of(text).is_empty());
    let (mut told, mut tried) = (0, 0);
    // Far from what was meant, a short word is told twice: it is unknown, and what was meant is missing. The key of a
    // source is free.
    let is_word =
        |word: &Range<usize>| word.len() > 2 && text[word.clone()].contains(|c: char| c.is_lowercase());
    let tried_out = |word: &Range<usize>| kind.form.is_some() || is_word(word);
    for (place, word) in words(text).into_iter().enumerate().filter(|(_, word)| tried_out(word)) {
        let faulty = match place % 2 {
            0 => format!("{}zz{}", &text[..word.end], &text[word.end..]),
            _ => format!("{}{}", &text[..word.end - 1], &text[word.end..]),
        };
        let form = form_of(&faulty);
        if form.is_empty() {
            continue;
        }
        let all = (kind.all)(&faulty);
        assert!(form.is_subset(&all), "{}: {form:?} of {all:?}", &text[word]);
        let sense: Told = all.difference(&form).cloned().collect();
        let follows: Vec<_> = sense.difference(&anyway).collect();
        assert!(follows.is_empty(), "{}: {form:?}, and {follows:?}", &text[word]);
        (told, tried) = (told + sense.len(), tried + anyway.len());
    }
    f64::from(told as u32) / f64::from((tried as u32).max(1))
}

/// The text with each of these in place of what it was, the first time that it stands there.
fn with(text: &str, changes: &[(&str, &str)]) -> String {
    changes.iter().fold(text.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "{from}");
        text.replacen(from, to, 1)
    })
}

fn built_in(name: &str) -> String {
    catalogue::document(name).unwrap().text
}

fn scenario(name: &str) -> String {
    std::fs::read_to_string(format!("scenarios/{name}.ron")).unwrap()
}

const RULES_WITHOUT_SENSE: &[(&str, &str)] = &[
    ("verified: AtMost(20)", "verified: AtMost(1)"),
    ("limit: Own(80)", "limit: Own(0)"),
    ("lasts: \"24h\"", "lasts: \"0h\""),
    ("min_deliveries: 100", "min_deliveries: 0"),
    ("from: Only([\"2K\"", "from: Only([\"2KK\""),
];

const PLAN_WITHOUT_SENSE: &[(&str, &str)] = &[
    ("replications: 1_000", "replications: 0"),
    ("tier: \"50\"", "tier: \"51\""),
    ("market: \"Brazil\"", "market: \"Brasil\""),
    ("rest: \"3d\"", "rest: \"3h\""),
    ("\"summer-offer\"],", "\"summer-ofer\"],"),
    ("share: \"100%\"", "share: \"200%\""),
    ("from: \"09:00\"", "from: \"09:61\""),
];

const PEOPLE_WITHOUT_SENSE: &[(&str, &str)] = &[
    ("delivered: (prior: Fixed(0.95)", "delivered: (prior: Fixed(95)"),
    ("read: (prior: Fixed(0.70), grade: 3", "read: (prior: Fixed(0.70), grade: 4"),
    ("day_effect: (sigma: 0.3", "day_effect: (sigma: 30"),
    ("factors: [1, 1, 1, 1, 1, 1, 1]", "factors: [1, 1, 1, 1, 1, 1]"),
    ("recover: \"4d\"", "recover: \"4h\""),
    ("strength: Some(50)", "strength: Some(0)"),
    ("correlations: []", "correlations: [(of: block, with: block, rho: 0.5, grade: 0, source: \"assumed\")]"),
    ("weekdays: [1, 1", "weekdays: [1"),
    ("[(\"0h\", 0.40)", "[(\"0h\", 0.90)"),
];

const PRICES_WITHOUT_SENSE: &[(&str, &str)] = &[
    ("title: \"Per", "title: \"\", //"),
    ("date: \"2022\"", "date: \"last year\""),
    ("until: \"2023-06-01\"", "until: \"2021-06-01\""),
    ("business: \"0.0500 USD\"", "business: \"0.0500 EUR\""),
    ("business: \"0.1365 USD\"", "business: \"20000000 USD\""),
    ("\"Indonesia\": ", "\" Indonesia\":"),
];

const ERAS_WITHOUT_SENSE: &[(&str, &str)] = &[
    ("name: \"platform\"", "name: \"the platform\""),
    ("date: \"2026-05-08\"", "date: \"soon\""),
    ("source: [M_QL]", "source: [M_QL, M_QL]"),
    ("ruleset: \"platform-2023\"", "ruleset: \"platform-2032\""),
];

const CASES_WITHOUT_SENSE: &[(&str, &str)] = &[
    ("name: \"passed before the start: Connected\"", "name: \"\""),
    (
        "(ruleset: \"ublux-2022\") }],\n            when: [Policy(at: \"day 3",
        "(ruleset: \"ublux-2023\") }],\n            when: [Policy(at: \"day 3",
    ),
    ("number: \"a\", status: Offline", "number: \"c\", status: Offline"),
    ("(at: \"day 1 13:00\", status", "(at: \"day 1 13:60\", status"),
];

#[test]
fn a_misspelt_word_hides_no_mistake_of_sense_in_a_ruleset() {
    let text = with(&built_in("platform-2025-10"), RULES_WITHOUT_SENSE);
    let anyway = (RULESET.all)(&text);
    assert_eq!(anyway.len(), RULES_WITHOUT_SENSE.len(), "{anyway:?}");
    let faulty = with(&text, &[("unread_after:", "unraed_after:")]);
    let all = (RULESET.all)(&faulty);
    assert!(all.iter().any(|(_, message)| message.contains("unraed_after")), "{all:?}");
    // What a rise may ask for leans on all ratings: its mistake is told once they can be read.
    let left: Vec<_> = anyway.difference(&all).collect();
    assert!(matches!(left.as_slice(), [(_, message)] if message.contains("2KK")), "{left:?}");
}

#[test]
fn a_misspelt_word_hides_no_mistake_of_sense_in_a_scenario() {
    let text = with(&scenario("first-climb"), PLAN_WITHOUT_SENSE);
    let anyway = (SCENARIO.all)(&text);
    assert_eq!(anyway.len(), PLAN_WITHOUT_SENSE.len(), "{anyway:?}");
    let faulty = with(&text, &[("choose: rested_longest", "choose: rested_longset")]);
    let all = (SCENARIO.all)(&faulty);
    assert_eq!(anyway.intersection(&all).count(), anyway.len(), "{all:?}");
    assert_eq!(all.len(), anyway.len() + 1, "{all:?}");
}

/// What a whole scenario needs is guessed where it is misspelt, or lacks its quotes, so that the rest can be judged; what leans on the guess is not.
#[test]
fn a_misspelt_name_that_is_needed_hides_no_mistake_of_sense() {
    let text = with(&scenario("first-climb"), PLAN_WITHOUT_SENSE);
    let anyway = (SCENARIO.all)(&text);
    for (from, to, hidden) in [
        ("horizon: \"60d\"", "horizn: \"60d\"", 2),
        ("weekdays: every_day", "weekdays: evry_day", 0),
        ("plan: FillLimit(", "plan: FilLimit(", 1),
        ("profile: \"opted", "profil: \"opted", 0),
        ("hours: (from:", "hours: (form:", 1),
        ("share: \"200%\"", "share: 60%", 1),
    ] {
        let faulty = with(&text, &[(from, to)]);
        let all = (SCENARIO.all)(&faulty);
        assert_eq!(all.difference(&anyway).count(), 1, "{to}: {all:?}");
        assert_eq!(anyway.difference(&all).count(), hidden, "{to}: {all:?}");
    }
}

/// A text with mistakes of sense, one of which goes with a misspelt word: all others are told beside it.
fn hides_nothing(text: &str, mistakes: &[(&str, &str)], (from, to): (&str, &str), kind: Kind) {
    let text = with(text, mistakes);
    let anyway = (kind.all)(&text);
    assert_eq!(anyway.len(), mistakes.len(), "{anyway:?}");
    let all = (kind.all)(&with(&text, &[(from, to)]));
    assert_eq!(all.difference(&anyway).count(), 1, "{to}: {all:?}");
    let left: Vec<_> = anyway.difference(&all).collect();
    assert!(left.is_empty(), "{to}: {left:?}");
}

#[test]
fn a_misspelt_word_hides_no_mistake_of_sense_in_a_profile() {
    let text = profile_document("opted-in-marketing").unwrap().text;
    hides_nothing(&text, PEOPLE_WITHOUT_SENSE, ("p95: 0.023", "p59: 0.023"), PROFILE);
    let share = misspell_each(&with(&text, PEOPLE_WITHOUT_SENSE), PROFILE);
    assert!(share > 0.9, "{share}");
}

#[test]
fn a_misspelt_word_hides_no_mistake_of_sense_in_a_price_table() {
    let text = price_document("conversations-2022-02").unwrap().text;
    hides_nothing(
        &text,
        PRICES_WITHOUT_SENSE,
        ("customer: \"0.0040 USD\"", "custommer: \"0.0040 USD\""),
        PRICES,
    );
    let share = misspell_each(&with(&text, PRICES_WITHOUT_SENSE), PRICES);
    assert!(share > 0.8, "{share}");
}

#[test]
fn a_misspelt_word_hides_no_mistake_of_sense_in_a_rulebook() {
    let text = rulebook::document("platform").unwrap().text;
    hides_nothing(&text, ERAS_WITHOUT_SENSE, ("measures: keep", "measures: kep"), RULEBOOK);
    let share = misspell_each(&with(&text, ERAS_WITHOUT_SENSE), RULEBOOK);
    assert!(share > 0.5, "{share}");
}

#[test]
fn a_misspelt_word_hides_no_mistake_of_sense_in_cases() {
    let text = std::fs::read_to_string("tests/cases/policy.ron").unwrap();
    hides_nothing(&text, CASES_WITHOUT_SENSE, ("Verified(at: \"day 2", "Verifed(at: \"day 2"), CASES);
    let share = misspell_each(&with(&text, CASES_WITHOUT_SENSE), CASES);
    assert!(share > 0.5, "{share}");
}

#[test]
fn nothing_is_told_that_follows_from_a_misspelt_word_of_a_ruleset() {
    misspell_each(&built_in("classic-2022"), RULESET);
    let share = misspell_each(&with(&built_in("platform-2025-10"), RULES_WITHOUT_SENSE), RULESET);
    assert!(share > 0.5, "{share}");
}

#[test]
fn nothing_is_told_that_follows_from_a_misspelt_word_of_a_scenario() {
    for name in ["first-climb", "cold-list", "across-eras", "deadline"] {
        misspell_each(&scenario(name), SCENARIO);
    }
    let share = misspell_each(&with(&scenario("first-climb"), PLAN_WITHOUT_SENSE), SCENARIO);
    assert!(share > 0.5, "{share}");
}

// ---- how long decisions may take ------------------------------------------------------------------------------

/// What is said of a scenario whose `platform` has `entry`.
fn decided(entry: &str) -> String {
    let text = with(
        &scenario("first-climb"),
        &[("market: \"Brazil\",", &format!("market: \"Brazil\",\n        {entry},"))],
    );
    let text = match entry.starts_with("verification") {
        true => with(&text, &[("verification: AfterDays(LogNormalMedian(median: 5, sigma: 0.6)),", "")]),
        false => text,
    };
    Scenario::read("plan", &text, Path::new("scenarios"))
        .map_or_else(|found| found.to_string(), |_| "fine".to_owned())
}

#[test]
fn a_decision_takes_a_time_that_there_is() {
    let entries = |days: &str, hours: &str| {
        [
            format!("verification: AfterDays({days})"),
            format!("policy: Open(after_days: {days}, passed: 0.9)"),
            format!("policy: CancelledAfterDays({days})"),
            format!("official: (after_days: {days}, granted: 0.5)"),
            format!("analysis: (after_days: {days}, granted: 0.5)"),
            format!("review: (hours: {hours}, rejected: 0.1)"),
            format!("review: (hours: Fixed(2), rejected: 0.1, by_hand: (chance: 0.1, hours: {hours}))"),
        ]
    };
    let fine = [
        ("Fixed(0)", "Fixed(0)"),
        ("Uniform(low: 0, high: 100000)", "Uniform(low: 0, high: 2400000)"),
        ("LogNormalMedian(median: 5, sigma: 0.6)", "LogUniform(low: 2, high: 6)"),
    ];
    for entry in fine.iter().flat_map(|(days, hours)| entries(days, hours)) {
        assert_eq!(decided(&entry), "fine", "{entry}");
    }
    let laws = [
        ("Fixed(-1)", "found -1 "),
        ("Uniform(low: -0.001, high: 3)", "found down to -0.001 "),
        ("Fixed(1e300)", "found 1"),
        ("LogNormalMedian(median: 5, sigma: 40)", "or more"),
    ];
    for (law, found) in laws {
        for entry in entries(law, law) {
            let told = decided(&entry);
            let expected = "error: expected a time until a decision from 0 to ";
            assert!(told.starts_with(expected) && told.contains(found), "{entry}: {told}");
            assert!(told.contains("--> plan.ron:") && told.contains("help: give "), "{entry}: {told}");
        }
    }
    for entry in ["NaN", "inf", "-inf"].iter().flat_map(|number| {
        let law = format!("Fixed({number})");
        entries(&law, &law)
    }) {
        let told = decided(&entry);
        assert!(told.contains("error: ") && told.contains("--> plan.ron:"), "{entry}: {told}");
    }
}
