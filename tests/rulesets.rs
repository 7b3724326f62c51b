//! The rulesets that come with the program: that they load, that their ids stay, that their words are complete; and
//! what a person is told whose ruleset contradicts itself.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

use std::collections::{BTreeMap, BTreeSet};

use tiercast::document::{Document, options};
use tiercast::glossary::grouped;
use tiercast::platform::catalogue::{self, OriginOfValue};
use tiercast::platform::{Ruleset, words};
use tiercast::time::Span;

fn built_in(name: &str) -> (Document, Ruleset) {
    let document = catalogue::document(name).expect("a built-in name");
    let ruleset = Ruleset::read(&document).unwrap_or_else(|findings| panic!("{findings}"));
    (document, ruleset)
}

fn all() -> impl Iterator<Item = (&'static str, Document, Ruleset)> {
    catalogue::names().map(|name| {
        let (document, ruleset) = built_in(name);
        (name, document, ruleset)
    })
}

#[test]
fn every_built_in_ruleset_is_free_of_contradictions_and_bears_its_name() {
    for (name, _, ruleset) in all() {
        assert_eq!(ruleset.name, name);
    }
    assert_eq!(catalogue::names().next(), Some("classic-2022"));
}

#[test]
fn every_file_beside_the_built_in_ones_is_built_in() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios/rulesets");
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
    let files: BTreeSet<String> = entries
        .filter_map(|file| file.to_str().and_then(|file| file.strip_suffix(".ron")).map(str::to_owned))
        .filter(|file| !file.ends_with(".rulebook"))
        .collect();
    let listed: BTreeSet<String> = catalogue::names().map(str::to_owned).collect();
    assert_eq!(files, listed);
}

/// A run that crosses from one era to the next keeps what has a clause of the same id. So ids come from one list.
const IDS: &[&str] = &[
    "ladder",
    "numbers",
    "official",
    "review",
    "admission.person",
    "admission.throughput",
    "admission.tier",
    "window.business_initiated",
    "window.customer_initiated",
    "window.free_entry",
    "window.service",
    "rating.number",
    "rating.number_24h",
    "rating.template",
    "rating.template_feedback",
    "upgrade.reach",
    "upgrade.verification",
    "upgrade.volume",
    "number.banned",
    "number.flagged",
    "number.offline",
    "number.pending",
    "number.rate_limited",
    "number.restricted",
    "number.silenced",
    "number.warned",
    "pacing.marketing",
    "pacing.utility",
    "template.flagged",
    "template.paused",
    "price.conversations",
    "price.conversations_by_category",
    "price.conversations_service_free",
    "price.messages",
    "price.messages_service_charged",
    "price.notifications",
];

#[test]
fn ids_come_from_one_list_of_words() {
    let mut unused: BTreeSet<&str> = IDS.iter().copied().collect();
    for (name, _, ruleset) in all() {
        for clause in catalogue::clauses(&ruleset) {
            let path = clause.path.as_str();
            assert!(path.starts_with("fact.") || IDS.contains(&path), "{name} has a new id, {path}");
            unused.remove(path);
        }
    }
    assert_eq!(unused, BTreeSet::new());
}

#[test]
fn a_summary_counts_clauses_and_origins() {
    let (_, ruleset) = built_in("chat-api-2022");
    let summary = catalogue::summary(&ruleset);
    let leaves = catalogue::clauses(&ruleset)
        .into_iter()
        .filter(|clause| !clause.path.starts_with("fact."))
        .map(|clause| clause.leaves.len())
        .sum::<usize>();
    assert_eq!(summary.stated + summary.derived + summary.assumed, leaves);
    assert!(summary.to_string().starts_with("Chat-API 2022: "), "{summary}");
    assert_eq!(catalogue::nearest("clasic-2022"), Some("classic-2022"));
    assert_eq!(catalogue::nearest("nonsense"), None);
}

#[test]
fn values_carry_their_origin() {
    let clauses = catalogue::clauses(&small());
    let volume = clauses.iter().find(|clause| clause.path == "upgrade.volume").unwrap();
    let origin = |path: &str| volume.leaves.iter().find(|leaf| leaf.path == path).map(|leaf| &leaf.origin);
    assert_eq!(origin("review"), Some(&OriginOfValue::Stated));
    assert_eq!(origin("when.SinceFirstSend"), Some(&OriginOfValue::By("B".to_owned())));
    assert_eq!(
        origin("when.Usage.amount.MoreThan.LimitTimes"),
        Some(&OriginOfValue::Derived("more than twice".to_owned()))
    );
    let official = clauses.iter().find(|clause| clause.path == "official").unwrap();
    assert_eq!(official.leaves[0].path, "needs.TierAtLeast");
}

#[test]
fn paths_of_values_lead_to_their_place_in_the_file() {
    for (name, document, ruleset) in all() {
        for clause in catalogue::clauses(&ruleset) {
            for leaf in &clause.leaves {
                let path = format!("{}.{}", clause.path, leaf.path);
                assert!(document.locate(&path).is_some(), "{name}: {path}");
            }
        }
    }
}

// ---- words ----------------------------------------------------------------------------------------------------

/// Whatever value of whatever ruleset is changed, the sentences about its clause change.
#[test]
fn the_sentences_tell_every_value() {
    let (mut untold, mut worked) = (Vec::new(), BTreeMap::new());
    for (name, document, ruleset) in all() {
        let before = words::passages(&ruleset);
        for clause in catalogue::clauses(&ruleset) {
            for leaf in &clause.leaves {
                let path = format!("{}.{}", clause.path, leaf.path);
                let sentences = |passages: &[words::Passage]| {
                    let passage = passages.iter().find(|passage| passage.heading == clause.path);
                    passage.map(|passage| passage.sentences.clone())
                };
                let first = worked.get(&leaf.path).copied();
                let other = changed(&document, &ruleset, &path, first);
                let told = other
                    .as_ref()
                    .is_some_and(|(_, other)| sentences(&before) != sentences(&words::passages(other)));
                worked.extend(other.map(|(value, _)| (leaf.path.clone(), value)));
                if !told {
                    untold.push(format!("{name}: {path}"));
                }
            }
        }
    }
    assert_eq!(untold, [""; 0]);
}

/// The ruleset with another value at a path, whatever reads there, and that value; `first` is tried first.
fn changed(
    document: &Document,
    ruleset: &Ruleset,
    path: &str,
    first: Option<&'static str>,
) -> Option<(&'static str, Ruleset)> {
    const VALUES: &[&str] = &[
        "true",
        "false",
        "77",
        "77h",
        "7.7%",
        "7.77 USD",
        "2019-07-07",
        "some-text",
        "[\"1K\"]",
        "[Medium, Low]",
        "High",
        "Medium",
        "Low",
        "Portfolio",
        "Number",
        "Template",
        "Person",
        "Messages",
        "Customers",
        "Unlimited",
        "AtMost(77)",
        "Unstated",
        "CalendarDay",
        "templates",
        "all",
        "sent",
        "delivered",
        "BusinessInitiated",
        "Service",
        "[business_answers_ad]",
        "[customer_message]",
        "customer_message",
        "nothing",
        "flat",
        "HalfLife(\"77h\")",
        "unknown",
        "keep",
        "worst_template",
        "events_alone",
        "Any",
        "Next",
        "[rating]",
        "[delivery]",
        "Verified",
        "Approved",
        "medium_or_low",
        "[Banned]",
        "AtLeast(LimitTimes(\"7\"))",
        "[low]",
        "[flagged]",
        "[downgrade]",
        "UpTo(\"77h\")",
        "[Restricted]",
        "Restricted",
        "Warned",
        "Paused",
        "Disabled",
        "[Forever(Disabled)]",
        "Forever(Rejected)",
        "Forever(Warned)",
        "Forever(Disabled)",
        "[Answer]",
        "[Edit]",
        "by_edit",
        "at_deadline",
        "deadline",
        "flag",
        "never",
        "After(\"77h\")",
        "[Becomes(Disabled)]",
        "Becomes(Rejected)",
        "[Marketing]",
        "[Utility]",
        "[New]",
        "[Unpaused]",
        "PerNotification",
        "NotStated",
        "Initiator",
        "Category",
        "Nothing",
        "EveryService",
        "[Verified]",
        "Impose(other)",
        "While(Banned)",
        "AtLeast(\"1K\")",
        "StartsAt(\"1K\")",
        "Own(77)",
        "[imposed]",
        "Both(77)",
        "Table(\"some-text\")",
    ];
    first.iter().chain(VALUES).find_map(|value| {
        let other: Ruleset = options().from_str(&document.with(path, value).ok()?.text).ok()?;
        (other != *ruleset).then_some((*value, other))
    })
}

/// Every number, span, name and word of a value can be found in the passage about its clause.
#[test]
fn every_value_appears_in_the_words() {
    for (name, _, ruleset) in all() {
        let passages = words::passages(&ruleset);
        for (clause, passage) in catalogue::clauses(&ruleset).iter().zip(&passages) {
            assert_eq!(clause.path, passage.heading);
            let notes = passage.notes.iter().map(|note| note.text());
            let text = passage.sentences.iter().cloned().chain(notes).collect::<Vec<String>>().join(" ");
            for leaf in &clause.leaves {
                let whole = !leaf.value.starts_with('[') && text.contains(&leaf.value);
                for atom in leaf.value.split(['[', ']', '(', ')', ',', ' ', '"']).filter(|_| !whole) {
                    assert!(tells(&text, atom), "{name}: {atom} of {}.{} in {text}", clause.path, leaf.path);
                }
            }
        }
    }
}

fn tells(text: &str, atom: &str) -> bool {
    let number = atom.parse().map(grouped).unwrap_or_default();
    let span = Span::try_from(atom.to_owned()).map(words::span).unwrap_or_default();
    let spaced: String =
        atom.chars().flat_map(|c| c.is_uppercase().then_some(' ').into_iter().chain([c])).collect();
    let as_told = match atom {
        "" | "true" | "false" | "For" | "AtMost" | "Forever" => return true,
        "OfTier" => "tier's limit",
        "Any" => "any tier",
        "NotStated" => "not stated",
        "Unstated" => "no source states",
        "BusinessInitiated" => "business-initiated",
        "CustomerInitiated" => "customer-initiated",
        "FreeEntry" => "free-entry",
        "RateLimited" => "rate-limited",
        "UpTo" => "up to",
        "EveryService" => "every conversation that customers started",
        "Upgrade" => "upgrade",
        "AddNumber" => "add a number",
        "verification" => "verified",
        other => other,
    };
    let lowered = text.to_lowercase();
    [atom, as_told, &number, &span, spaced.trim()]
        .iter()
        .any(|form| !form.is_empty() && lowered.contains(&form.to_lowercase()))
}

#[test]
fn a_clause_reads_like_this() {
    let passages = words::passages(&built_in("classic-2022").1);
    let volume: Vec<words::Passage> =
        passages.into_iter().filter(|passage| passage.heading == "upgrade.volume").collect();
    assert_eq!(words::render(&volume, 100), VOLUME.trim_start());
}

const VOLUME: &str = r##"
upgrade.volume
  From 1,000, 10,000 and 100,000 to the next tier: on a delivery, when the number is Connected, its
  rating is Medium or better, 24 h have passed since the first delivery that counts and the messages
  accepted in the last 7 days are more than 2 times the limit, a review of 48 h starts; at its end
  the tier rises. A flag ends the review early. Counting never begins anew. A number that has used
  up its limit (Restricted) still counts as Connected.
    source   chat_api_2022: Rating or quality level of a business API number; help.chat-api.com;
             2022 (a provider)
    source   chat_api_2021: Rating or quality level of a business API number, earlier edition;
             help.chat-api.com; 2021 (a provider)
    derived  from Only ["1,000", "10,000", "100,000"]: up to 100,000 (chat_api_2022), one further
             (ublux_2022); the trial is left by verification only
    by       StatusIs [Connected]: ublux_2022: Business API 2022: tiers, ratings, statuses,
             templates; Ublux, company blog; 2022 (a provider)
    assumed  RatingAtLeast Medium: reading: good, read as not Low (ublux_2022); a high quality of
             templates (chat_api_2022)
    derived  SinceFirstSend 24h: from two days on: the second day of sending begins 24 h after the
             first
    assumed  count sent: reading: notifications sent (both pages); dialogues opened, that is
             delivered (example of chat_api_2022)
    assumed  within Rolling 7d: the pages say a few days, from two on: seven taken
    assumed  amount MoreThan LimitTimes 2: reading: exceed twice the level (both pages); reach it
             (their example); meet the level itself (ublux_2022)
    assumed  on [delivery]: not stated: at the delivery that fulfils the conditions
    assumed  cancelled_by [flagged]: not stated: a Flagged number does not rise (ublux_2022), so a
             flag ends the review
    assumed  usage_restarts []: not stated whether counting begins anew after a step or a flag
    assumed  restricted_blocks_upgrade false: not stated: who fills the limit every day is the very
             sender described as rising
    reading  on: taken delivery (judged at each delivery, at once); others: Every (judged on a clock
             of its own)
    reading  RatingAtLeast: taken Medium (a rating that is not Low will do); others: High (only a
             High rating will do)
    reading  count: taken sent (accepted messages); others: delivered (delivered messages), distinct
             (different customers reached), best_day (the deliveries of the best civil day)
    reading  amount: taken MoreThan (exceed it); others: AtLeast (reach it)
    reading  cancelled_by: taken flagged (the number is Flagged); others: low (the rating is Low),
             restricted (the number is Restricted)
    reading  usage_restarts: taken none; others: upgrade (the tier rises), downgrade (the tier
             falls), flag (a flag is set), unflag (a flag ends)
    reading  restricted_blocks_upgrade: taken false (a number that has used up its limit is
             Connected all the same); others: true (a number that has used up its limit is not
             Connected)
"##;

#[test]
fn no_line_is_wider_than_asked_unless_a_word_is() {
    for (_, _, ruleset) in all() {
        for line in words::render(&words::passages(&ruleset), 80).lines() {
            let one_word = line.split_whitespace().count() <= 2;
            assert!(line.chars().count() <= 80 || one_word, "{line}");
        }
    }
}

#[test]
fn what_no_run_acts_on_is_named() {
    let (_, ruleset) = built_in("classic-2022");
    let idle = words::not_simulated(&ruleset);
    let paths: Vec<&str> = idle.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(paths, ["numbers.connecting", "number.offline.forbids.Answer"]);
    assert!(idle.iter().all(|(_, why)| !why.is_empty()));
    for name in ["platform-2023", "platform-2025-10"] {
        let (document, ruleset) = built_in(name);
        let idle = words::not_simulated(&ruleset);
        let cap = idle.iter().find(|(path, _)| path == "admission.person.free_in_service_window").unwrap();
        assert_eq!(cap.1, "who is at the cap is refused inside a service window, too", "{name}");
        // Where the cap holds inside a window as well, that is what a run does.
        let document = document.with(&cap.0, "false").unwrap();
        let idle = words::not_simulated(&Ruleset::read(&document).unwrap());
        assert!(idle.iter().all(|(path, _)| *path != cap.0), "{name}");
    }
}

/// In a run a service window lasts 24 h, and who answers or is written to again is in a conversation for as long.
#[test]
fn windows_that_last_otherwise_than_in_a_run_are_named() {
    for name in ["service", "business_initiated", "customer_initiated"] {
        let path = format!("window.{name}.lasts");
        let told = |lasts: &str| {
            let document = catalogue::document("classic-2022").unwrap().with(&path, lasts).unwrap();
            let idle = words::not_simulated(&Ruleset::read(&document).unwrap());
            idle.iter().any(|(idle, _)| *idle == path)
        };
        assert_eq!([told("24h"), told("12h"), told("48h")], [false, true, true], "{name}");
    }
}

/// In a run each message of a customer starts a service window anew, and no message starts a conversation anew: rules
/// that say otherwise are told, and no others.
#[test]
fn windows_that_are_prolonged_otherwise_than_in_a_run_are_named() {
    let told = |name: &str, value: &str| {
        let document = catalogue::document("classic-2022").unwrap();
        let document = document.with(&format!("window.{name}.prolonged_by"), value).unwrap();
        let idle = words::not_simulated(&Ruleset::read(&document).unwrap());
        idle.into_iter().filter(|(path, _)| path.starts_with("window.")).collect::<Vec<_>>()
    };
    let so = |path: &str, why: &str| vec![(path.to_owned(), why.to_owned())];
    let service =
        so("window.service.prolonged_by", "each message of a customer starts a service window anew here");
    assert_eq!((told("service", "customer_message"), told("service", "nothing")), (vec![], service));
    for name in ["business_initiated", "customer_initiated"] {
        let anew = so(&format!("window.{name}.prolonged_by"), "no message starts a conversation anew here");
        assert_eq!((told(name, "nothing"), told(name, "customer_message")), (vec![], anew), "{name}");
    }
    let dialogues = words::not_simulated(&built_in("chat-api-2022").1);
    let windows = dialogues.iter().map(|(path, _)| path.as_str()).filter(|path| path.starts_with("window."));
    assert_eq!(windows.collect::<Vec<_>>(), ["window.service.opens", "window.service.prolonged_by"]);
}

#[test]
fn a_ruleset_that_is_written_reads_back() {
    for (name, _, ruleset) in all() {
        let written = options().to_string(&ruleset).unwrap();
        assert_eq!(Document::new("written.ron", written).read::<Ruleset>().unwrap(), ruleset, "{name}");
    }
}

// ---- mistakes -------------------------------------------------------------------------------------------------

fn small() -> Ruleset {
    Ruleset::read(&Document::new("small.ron", SMALL)).expect("a ruleset without contradictions")
}

fn told(text: String) -> String {
    match Ruleset::read(&Document::new("small.ron", text)) {
        Ok(_) => "fine".to_owned(),
        Err(findings) => findings.to_string(),
    }
}

#[test]
fn every_contradiction_is_told_at_its_place_with_advice() {
    assert_eq!(told(SMALL.to_owned()), "fine");
    for (from, to, expected) in MISTAKES {
        assert!(SMALL.contains(from), "{from}");
        assert_eq!(told(SMALL.replacen(from, to, 1)), expected.trim_matches('\n'), "{from} => {to}");
    }
}

#[test]
fn all_contradictions_are_told_at_once() {
    let text = SMALL
        .replace("start: \"50\"", "start: \"60\"")
        .replace("source: [A]) }", "source: [C]) }")
        .replace("low_from: \"2%\"", "low_from: \"1%\"")
        .replace("lasts: \"24h\"", "lasts: \"0h\"")
        .replace("[Down(levels: 1, floor: \"50\")], downgrade_at: deadline", "[Becomes(Paused)]")
        .replace("usage_restarts: []", "usage_restarts: [downgrade]");
    let findings = Ruleset::read(&Document::new("small.ron", text)).unwrap_err();
    let told: Vec<&str> = findings.iter().map(|(_, finding)| finding.message.as_str()).collect();
    assert_eq!(
        told,
        [
            "there is no tier `60`",
            "a span of 0h holds nothing",
            "Medium begins at 1% and Low at 1%: Low is the worse of the two",
            "Medium begins at 1% and Low at 1%: Low is the worse of the two",
            "nothing in this ruleset brings about a downgrade",
            "a number cannot be Paused",
            "there is no source `C`",
        ]
    );
}

#[test]
fn without_a_ladder_nothing_can_speak_of_tiers() {
    let start = SMALL.find("    ladder: (").unwrap();
    let end = SMALL.find("    numbers: (").unwrap();
    let text = format!("{}{}", &SMALL[..start], &SMALL[end..]);
    let findings = Ruleset::read(&Document::new("small.ron", text)).unwrap_err();
    let told: Vec<&str> = findings.iter().map(|(_, finding)| finding.message.as_str()).collect();
    assert_eq!(
        told,
        [
            "there are no tiers, so there is no limit of one",
            "there are no tiers that could rise",
            "there is no tier `1K`",
            "there is no tier `50`",
            "without tiers there is no limit to reach",
        ]
    );
}

const SMALL: &str = r#"Ruleset(
    name: "small",
    title: "A small ruleset",
    sources: {
        A: (title: "Limits", address: "a.example", date: "2022-05", grade: Official),
        B: (title: "Guide", address: "b.example", date: "2022", grade: Blog),
    },
    ladder: (
        holder: Number,
        steps: { "50": AtMost(50), "1K": AtMost(1_000), "top": Unlimited },
        start: "50",
        source: [A],
    ),
    numbers: (unverified: AtMost(2), verified: AtMost(20), connecting: Between("2d", "7d"), source: [A]),
    admission: {
        tier: (
            per: Holder, unit: Customers, within: Rolling("24h"), limit: OfTier, counts: all,
            consume_on: delivered, free_in_service_window: true, source: [A],
        ),
    },
    window: {
        service: (
            kind: Service, opens: [customer_message], lasts: "24h", prolonged_by: nothing, source: [A],
        ),
    },
    rating: {
        number: (
            of: Number, window: "7d", ageing: HalfLife("2d"), weights: { Block: "1", Reply: "-0.1" },
            min_deliveries: 100, thin: keep, unknown_counts_as: Medium, medium_from: "1%", low_from: "2%",
            evaluated: "1h", source: [A], except: [Assumed([weights], "not published")],
        ),
        template: (
            of: Template, window: "7d", ageing: flat, weights: { Block: "1" },
            min_deliveries: 100, thin: keep, unknown_counts_as: Medium, medium_from: "1%", low_from: "2%",
            evaluated: "1h", source: [], except: [Assumed([all], "as the number")],
        ),
    },
    upgrade: {
        volume: (
            from: Only(["50", "1K"]), to: Next, on: [delivery],
            when: [
                StatusIs([Connected]), RatingAtLeast(Medium), SinceFirstSend("24h"),
                Usage(count: sent, within: Rolling("7d"), amount: MoreThan(LimitTimes("2"))),
            ],
            review: "48h", cancelled_by: [flagged], usage_restarts: [], restricted_blocks_upgrade: false,
            source: [A], except: [By([SinceFirstSend], B), Derived([amount], "more than twice")],
        ),
    },
    official: (needs: [TierAtLeast("1K")], decided: Unstated, changes: nothing, source: [A]),
    number: {
        flagged: (
            on: [rating], when: [FlagOn(low)], term: [For(Flagged, "7d")], forbids: [Upgrade],
            ends: on_recovery, if_still: [Down(levels: 1, floor: "50")], downgrade_at: deadline, source: [A],
        ),
        restricted: (
            on: [delivery], when: [LimitReached], term: [While(Restricted)], forbids: [Broadcast], source: [A],
        ),
    },
    review: (takes: UpTo("24h"), may_reject: true, after_edit: true, source: [A]),
    pacing: {
        marketing: (
            categories: [Marketing], applies_to: [New], sample: 1_000, hold: "30m", drops_at: Low, source: [A],
        ),
    },
    template: {
        paused: (
            on: [rating], when: [RatingAtMost(Low)], term: [For(Paused, "3h"), Forever(Disabled)],
            forgets: never, source: [A],
        ),
    },
    price: {
        messages: (pays: PerMessage(free_in_window: [], service_charged: false), rates: Table("messages-2025-07"), source: [A]),
    },
    fact: { pace: (says: "it takes some days", source: [A]) },
)
"#;

/// What is replaced in the small ruleset, by what, and what is told then.
const MISTAKES: &[(&str, &str, &str)] = &[
    (
        r##"name: "small""##,
        r##"name: "Small rules""##,
        r##"
error: "Small rules" is no name for a ruleset
 --> small.ron:2:11
  |
2 |     name: "Small rules",
  |           ^^^^^^^^^^^^^
  |
  = help: small letters, digits and hyphens, such as "platform-2023"
"##,
    ),
    (
        r##"title: "A small ruleset""##,
        r##"title: """##,
        r##"
error: the title is empty
 --> small.ron:3:12
  |
3 |     title: "",
  |            ^^
  |
  = help: one line that tells this ruleset from the others
"##,
    ),
    (
        r##"date: "2022-05""##,
        r##"date: "May 2022""##,
        r##"
error: expected a date, found "May 2022"
 --> small.ron:5:58
  |
5 |         A: (title: "Limits", address: "a.example", date: "May 2022", grade: Official),
  |                                                          ^^^^^^^^^^
  |
  = help: write "2025-10-07", "2025-10" or "2025"
"##,
    ),
    (
        r##"address: "b.example""##,
        r##"address: " ""##,
        r##"
error: the address of a source is empty
 --> small.ron:6:38
  |
6 |         B: (title: "Guide", address: " ", date: "2022", grade: Blog),
  |                                      ^^^
  |
  = help: a reader must be able to find the text
"##,
    ),
    (
        r##"B: (title"##,
        r##"C: (title: "Unused", address: "c.example", date: "2022", grade: Study),
        B: (title"##,
        r##"
error: no clause uses the source `C`
 --> small.ron:6:12
  |
6 |         C: (title: "Unused", address: "c.example", date: "2022", grade: Study),
  |            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  |
  = help: name it where it is stated, or leave it out
"##,
    ),
    (
        r##"source: [A],
    ),
    numbers"##,
        r##"source: [A, A],
    ),
    numbers"##,
        r##"
error: the source `A` is named twice
  --> small.ron:12:21
   |
12 |         source: [A, A],
   |                     ^
   |
   = help: leave one out
"##,
    ),
    (
        r##"By([SinceFirstSend], B)"##,
        r##"By([SinceFirstSend], BB)"##,
        r##"
error: no clause uses the source `B`
 --> small.ron:6:12
  |
6 |         B: (title: "Guide", address: "b.example", date: "2022", grade: Blog),
  |            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  |
  = help: name it where it is stated, or leave it out

error: there is no source `BB`
  --> small.ron:46:56
   |
46 |             source: [A], except: [By([SinceFirstSend], BB), Derived([amount], "more than twice")],
   |                                                        ^^
   |
   = help: did you mean `B`?
"##,
    ),
    (
        r##"fact: { pace: (says: "it takes some days", source: [A])"##,
        r##"fact: { pace: (says: "it takes some days", source: [Somewhere])"##,
        r##"
error: there is no source `Somewhere`
  --> small.ron:74:57
   |
74 |     fact: { pace: (says: "it takes some days", source: [Somewhere]) },
   |                                                         ^^^^^^^^^
   |
   = help: add it to `sources`, or take one of `A` and `B`
"##,
    ),
    (
        r##"fact: { pace: ("##,
        r##"fact: { Pace: ("##,
        r##"
error: "Pace" is no name for a clause
  --> small.ron:74:19
   |
74 |     fact: { Pace: (says: "it takes some days", source: [A]) },
   |                   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
   |
   = help: small letters, digits and _, such as `volume`
"##,
    ),
    (
        r##"fact: { pace: (says: "it takes some days""##,
        r##"fact: { pace: (says: " ""##,
        r##"
error: a fact says something
  --> small.ron:74:26
   |
74 |     fact: { pace: (says: " ", source: [A]) },
   |                          ^^^
   |
   = help: state it in your own words
"##,
    ),
    (
        r##"prolonged_by: nothing, source: [A],"##,
        r##"prolonged_by: nothing, source: [A], since: "soon","##,
        r##"
error: expected a date, found "soon"
  --> small.ron:23:112
   |
23 |             kind: Service, opens: [customer_message], lasts: "24h", prolonged_by: nothing, source: [A], since: "soon",
   |                                                                                                                ^^^^^^
   |
   = help: write "2025-10-07", "2025-10" or "2025"
"##,
    ),
    (
        r##"prolonged_by: nothing, source: [A],"##,
        r##"prolonged_by: nothing, source: [A], since: "2023", until: "2022-10-01","##,
        r##"
error: the clause is never in force: it ends on 2022-10-01 and begins on 2023-01-01
  --> small.ron:23:127
   |
23 | ...prolonged_by: nothing, source: [A], since: "2023", until: "2022-10-01",
   |                                                              ^^^^^^^^^^^^
   |
   = help: `until` is the first day without the clause
"##,
    ),
    (
        r##"except: [Assumed([all], "as the number")]"##,
        r##"except: [Assumed([window, ageing], "as the number")]"##,
        r##"
error: no source and no exception covers `of`, `weights`, `min_deliveries`, `thin`, `unknown_counts_as`, `medium_from`, `low_from` and `evaluated` of rating.template
  --> small.ron:35:38
   |
35 |             evaluated: "1h", source: [], except: [Assumed([window, ageing], "as the number")],
   |                                      ^^
   |
   = help: name a source, or say in `except` what is assumed; [all] means every value
"##,
    ),
    (
        r##"Assumed([weights], "not published")"##,
        r##"Assumed([], "not published")"##,
        r##"
error: an exception names the values it speaks of
  --> small.ron:30:52
   |
30 |             evaluated: "1h", source: [A], except: [Assumed([], "not published")],
   |                                                    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^
   |
   = help: such as [review], or [all]
"##,
    ),
    (
        r##"Assumed([weights], "not published")"##,
        r##"Assumed([weights], "")"##,
        r##"
error: an exception gives its reason
  --> small.ron:30:71
   |
30 |             evaluated: "1h", source: [A], except: [Assumed([weights], "")],
   |                                                                       ^^
   |
   = help: say in a few words why this value and no other
"##,
    ),
    (
        r##"Assumed([weights], "not published")"##,
        r##"Assumed([weight], "not published")"##,
        r##"
error: rating.number has no value `weight`
  --> small.ron:30:61
   |
30 |             evaluated: "1h", source: [A], except: [Assumed([weight], "not published")],
   |                                                             ^^^^^^
   |
   = help: did you mean `weights`?
"##,
    ),
    (
        r##"Assumed([weights], "not published")"##,
        r##"Assumed([HalfLife], "not published")"##,
        r##"
error: `HalfLife` is what a value says, not the value's name
  --> small.ron:30:61
   |
30 |             evaluated: "1h", source: [A], except: [Assumed([HalfLife], "not published")],
   |                                                             ^^^^^^^^
   |
   = help: name its field, `ageing`: it stays when the value changes
"##,
    ),
    (
        r##"Assumed([weights], "not published")"##,
        r##"Assumed([weights], "not published"), Derived([weights], "computed")"##,
        r##"
error: `weights` is named twice in `except`
  --> small.ron:30:98
   |
30 |             evaluated: "1h", source: [A], except: [Assumed([weights], "not published"), Derived([weights], "computed")],
   |                                                                                                  ^^^^^^^
   |
   = help: a value has one origin
"##,
    ),
    (
        r##"when: [FlagOn(low)], term: [For(Flagged, "7d")], forbids: [Upgrade],
            ends: on_recovery, if_still: [Down(levels: 1, floor: "50")], downgrade_at: deadline, source: [A],"##,
        r##"when: [FlagOn(low)], term: [For(Flagged, "7d")], forbids: [Upgrade],
            ends: on_recovery, then: [Down(levels: 1, floor: "50")], if_still: [Down(levels: 1, floor: "50")], downgrade_at: deadline, source: [A], except: [Assumed([levels], "one")],"##,
        r##"
error: `levels` stands for more than one value of number.flagged
  --> small.ron:53:167
   |
53 | ...0")], downgrade_at: deadline, source: [A], except: [Assumed([levels], "one")],
   |                                                                 ^^^^^^
   |
   = help: name the field around it
"##,
    ),
    (
        r##"steps: { "50": AtMost(50), "1K": AtMost(1_000), "top": Unlimited }"##,
        r##"steps: { "50": AtMost(50), "1K": AtMost(50), "top": Unlimited }"##,
        r##"
error: the limits must rise: `1K` (50) does not allow more than `50` (50)
  --> small.ron:10:42
   |
10 |         steps: { "50": AtMost(50), "1K": AtMost(50), "top": Unlimited },
   |                                          ^^^^^^^^^^
   |
   = help: put the steps in order, the lowest first, each with its own limit
"##,
    ),
    (
        r##"steps: { "50": AtMost(50), "1K": AtMost(1_000), "top": Unlimited }"##,
        r##"steps: { "50": AtMost(0), "1K": AtMost(1_000), "top": Unlimited }"##,
        r##"
error: the tier `50` allows nothing
  --> small.ron:10:24
   |
10 |         steps: { "50": AtMost(0), "1K": AtMost(1_000), "top": Unlimited },
   |                        ^^^^^^^^^
   |
   = help: a limit is 1 customer or more
"##,
    ),
    (
        r##"steps: { "50": AtMost(50), "1K": AtMost(1_000), "top": Unlimited }"##,
        r##"steps: { "50": AtMost(50), "top": Unlimited, "1K": AtMost(1_000) }"##,
        r##"
error: the limits must rise: `1K` (1,000) does not allow more than `top` (unlimited)
  --> small.ron:10:60
   |
10 |         steps: { "50": AtMost(50), "top": Unlimited, "1K": AtMost(1_000) },
   |                                                            ^^^^^^^^^^^^^
   |
   = help: put the steps in order, the lowest first, each with its own limit

error: there is no tier above `1K`
  --> small.ron:40:31
   |
40 |             from: Only(["50", "1K"]), to: Next, on: [delivery],
   |                               ^^^^
   |
   = help: leave it out
"##,
    ),
    (
        r##"start: "50""##,
        r##"start: "5O""##,
        r##"
error: there is no tier `5O`
  --> small.ron:11:16
   |
11 |         start: "5O",
   |                ^^^^
   |
   = help: did you mean `50`? the tiers are 50, 1K, top
"##,
    ),
    (
        r##"verified: AtMost(20)"##,
        r##"verified: AtMost(1)"##,
        r##"
error: 1 after verification is fewer than the 2 before it
  --> small.ron:14:48
   |
14 |     numbers: (unverified: AtMost(2), verified: AtMost(1), connecting: Between("2d", "7d"), source: [A]),
   |                                                ^^^^^^^^^
   |
   = help: are the two exchanged?
"##,
    ),
    (
        r##"Between("2d", "7d")"##,
        r##"Between("7d", "2d")"##,
        r##"
error: between 7d and 48h is no time
  --> small.ron:14:72
   |
14 |     numbers: (unverified: AtMost(2), verified: AtMost(20), connecting: Between("7d", "2d"), source: [A]),
   |                                                                        ^^^^^^^^^^^^^^^^^^^
   |
   = help: the shorter first: Between("48h", "7d")
"##,
    ),
    (
        r##"limit: OfTier"##,
        r##"limit: Own(0)"##,
        r##"
error: no cap uses the tiers' limits, so the ladder would limit nothing
 --> small.ron:8:5
  |
8 |     ladder: (
  |     ^^^^^^
  |
  = help: add to `admission` a cap with `per: Holder, limit: OfTier`

error: a cap of 0 admits nothing
  --> small.ron:17:74
   |
17 |             per: Holder, unit: Customers, within: Rolling("24h"), limit: Own(0), counts: all,
   |                                                                          ^^^^^^
   |
   = help: 1 or more, or `Unstated`
"##,
    ),
    (
        r##"per: Holder, unit"##,
        r##"per: Person, unit"##,
        r##"
error: the tier's limit binds its holder, not each customer
  --> small.ron:17:18
   |
17 |             per: Person, unit: Customers, within: Rolling("24h"), limit: OfTier, counts: all,
   |                  ^^^^^^
   |
   = help: write `per: Holder`
"##,
    ),
    (
        r##"within: Rolling("24h"), limit"##,
        r##"within: Rolling("0h"), limit"##,
        r##"
error: a span of 0h holds nothing
  --> small.ron:17:51
   |
17 |             per: Holder, unit: Customers, within: Rolling("0h"), limit: OfTier, counts: all,
   |                                                   ^^^^^^^^^^^^^
   |
   = help: a span above 0, such as "24h"
"##,
    ),
    (
        r##"admission: {
"##,
        r##"admission: {
        more: (
            per: Holder, unit: Customers, within: CalendarDay, limit: OfTier, counts: all,
            consume_on: delivered, free_in_service_window: true, source: [A],
        ),
"##,
        r##"
error: the tier's limit is used by `more` already
  --> small.ron:21:74
   |
21 |             per: Holder, unit: Customers, within: Rolling("24h"), limit: OfTier, counts: all,
   |                                                                          ^^^^^^
   |
   = help: one cap is OfTier, others are Own(..)
"##,
    ),
    (
        r##"opens: [customer_message], lasts: "24h""##,
        r##"opens: [], lasts: "0h""##,
        r##"
error: nothing opens this window
  --> small.ron:23:35
   |
23 |             kind: Service, opens: [], lasts: "0h", prolonged_by: nothing, source: [A],
   |                                   ^^
   |
   = help: name what opens it, such as [customer_message]

error: a span of 0h holds nothing
  --> small.ron:23:46
   |
23 |             kind: Service, opens: [], lasts: "0h", prolonged_by: nothing, source: [A],
   |                                              ^^^^
   |
   = help: a span above 0, such as "24h"
"##,
    ),
    (
        r##"window: {
"##,
        r##"window: {
        early: (
            kind: Service, opens: [customer_message], lasts: "12h", prolonged_by: nothing, source: [A],
            until: "2023-01-01",
        ),
"##,
        r##"
error: two clauses on the same thing are in force at once
  --> small.ron:27:19
   |
23 |             kind: Service, opens: [customer_message], lasts: "12h", prolonged_by: nothing, source: [A],
   |                   ------- the other one
...
27 |             kind: Service, opens: [customer_message], lasts: "24h", prolonged_by: nothing, source: [A],
   |                   ^^^^^^^
   |
   = help: give the earlier one `until` and the later one `since`, with the same date
"##,
    ),
    (
        r##"rating: {
"##,
        r##"rating: {
        early: (
            of: Number, window: "1d", ageing: flat, weights: { Block: "1" },
            min_deliveries: 100, thin: keep, unknown_counts_as: Medium, medium_from: "1%", low_from: "2%",
            evaluated: "1h", source: [A], until: "2023-01-01",
        ),
"##,
        r##"
error: two clauses on the same thing are in force at once
  --> small.ron:33:17
   |
28 |             of: Number, window: "1d", ageing: flat, weights: { Block: "1" },
   |                 ------ the other one
...
33 |             of: Number, window: "7d", ageing: HalfLife("2d"), weights: { Block: "1", Reply: "-0.1" },
   |                 ^^^^^^
   |
   = help: give the earlier one `until` and the later one `since`, with the same date
"##,
    ),
    (
        r##"window: "7d", ageing: HalfLife("2d")"##,
        r##"window: "0h", ageing: HalfLife("0h")"##,
        r##"
error: a span of 0h holds nothing
  --> small.ron:28:33
   |
28 |             of: Number, window: "0h", ageing: HalfLife("0h"), weights: { Block: "1", Reply: "-0.1" },
   |                                 ^^^^
   |
   = help: a span above 0, such as "24h"

error: a span of 0h holds nothing
  --> small.ron:28:47
   |
28 |             of: Number, window: "0h", ageing: HalfLife("0h"), weights: { Block: "1", Reply: "-0.1" },
   |                                               ^^^^^^^^^^^^^^
   |
   = help: a span above 0, such as "24h"
"##,
    ),
    (
        r##"evaluated: "1h", source: [A]"##,
        r##"evaluated: "7h", source: [A]"##,
        r##"
error: an evaluation every 7h is not at the same hours each day
  --> small.ron:30:24
   |
30 |             evaluated: "7h", source: [A], except: [Assumed([weights], "not published")],
   |                        ^^^^
   |
   = help: a part of a day or whole days: "1h", "6h", "24h"
"##,
    ),
    (
        r##"weights: { Block: "1", Reply: "-0.1" }"##,
        r##"weights: { Block: "0", Reply: "-0.1" }"##,
        r##"
error: no kind of feedback lowers this rating: it would be High for ever
  --> small.ron:28:72
   |
28 |             of: Number, window: "7d", ageing: HalfLife("2d"), weights: { Block: "0", Reply: "-0.1" },
   |                                                                        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
   |
   = help: give one a weight above 0, such as { Block: "1" }
"##,
    ),
    (
        r##"weights: { Block: "1", Reply: "-0.1" }"##,
        r##"weights: { Block: "1", Unread: "0.01" }"##,
        r##"
error: Unread has a weight, and `unread_after` is missing
  --> small.ron:28:94
   |
28 |             of: Number, window: "7d", ageing: HalfLife("2d"), weights: { Block: "1", Unread: "0.01" },
   |                                                                                              ^^^^^^
   |
   = help: say when it counts: `unread_after: "24h"`
"##,
    ),
    (
        r##"evaluated: "1h", source: [A]"##,
        r##"evaluated: "1h", answer_within: "1h", source: [A]"##,
        r##"
error: `answer_within` is given, and SlowAnswer has no weight
  --> small.ron:30:45
   |
30 |             evaluated: "1h", answer_within: "1h", source: [A], except: [Assumed([weights], "not published")],
   |                                             ^^^^
   |
   = help: leave it out, or add SlowAnswer to `weights`
"##,
    ),
    (
        r##"evaluated: "1h", source: []"##,
        r##"evaluated: "1h", template_coupling: events_alone, source: []"##,
        r##"
error: `template_coupling` says how templates touch a number's rating
  --> small.ron:35:49
   |
35 |             evaluated: "1h", template_coupling: events_alone, source: [], except: [Assumed([all], "as the number")],
   |                                                 ^^^^^^^^^^^^
   |
   = help: it belongs to the clause `of: Number`
"##,
    ),
    (
        r##"evaluated: "1h", source: [A]"##,
        r##"evaluated: "1h", frequency: (weight: "-1", allowance: "3", within: "7d"), source: [A]"##,
        r##"
error: expected 0 or more, found -1
  --> small.ron:30:50
   |
30 | ...   evaluated: "1h", frequency: (weight: "-1", allowance: "3", within: "7d"), source: [A], except: [Assumed([weights], "not publis...
   |                                            ^^^^
   |
   = help: frequent sending lowers a rating
"##,
    ),
    (
        r##"medium_from: "1%", low_from: "2%",
            evaluated: "1h", source: [A]"##,
        r##"medium_from: "3%", low_from: "2%",
            evaluated: "1h", source: [A]"##,
        r##"
error: Medium begins at 3% and Low at 2%: Low is the worse of the two
  --> small.ron:29:102
   |
29 |             min_deliveries: 100, thin: keep, unknown_counts_as: Medium, medium_from: "3%", low_from: "2%",
   |                                                                                                      ^^^^
   |
   = help: `medium_from` must be below `low_from`
"##,
    ),
    (
        r##"medium_from: "1%", low_from: "2%",
            evaluated: "1h", source: [A]"##,
        r##"medium_from: "1%", low_from: "2",
            evaluated: "1h", source: [A]"##,
        r##"
error: expected a share of deliveries above 0 and below 100%, found 2
  --> small.ron:29:102
   |
29 |             min_deliveries: 100, thin: keep, unknown_counts_as: Medium, medium_from: "1%", low_from: "2",
   |                                                                                                      ^^^
   |
   = help: such as "1%"
"##,
    ),
    (
        r##"min_deliveries: 100, thin: keep, unknown_counts_as: Medium, medium_from: "1%", low_from: "2%",
            evaluated: "1h", source: [A]"##,
        r##"min_deliveries: 0, thin: keep, unknown_counts_as: Low, medium_from: "1%", low_from: "2%",
            evaluated: "1h", source: [A]"##,
        r##"
error: expected 1 or more deliveries, found 0
  --> small.ron:29:29
   |
29 |             min_deliveries: 0, thin: keep, unknown_counts_as: Low, medium_from: "1%", low_from: "2%",
   |                             ^
   |
   = help: 1 or more: a rate over nothing cannot be judged

error: expected High or Medium, found Low
  --> small.ron:29:63
   |
29 |             min_deliveries: 0, thin: keep, unknown_counts_as: Low, medium_from: "1%", low_from: "2%",
   |                                                               ^^^
   |
   = help: Unknown always meets Medium; the reading is whether it meets High
"##,
    ),
    (
        r##"from: Only(["50", "1K"])"##,
        r##"from: Only(["50", "1k", "top"])"##,
        r##"
error: there is no tier `1k`
  --> small.ron:40:31
   |
40 |             from: Only(["50", "1k", "top"]), to: Next, on: [delivery],
   |                               ^^^^
   |
   = help: did you mean `1K`? the tiers are 50, 1K, top

error: there is no tier above `top`
  --> small.ron:40:37
   |
40 |             from: Only(["50", "1k", "top"]), to: Next, on: [delivery],
   |                                     ^^^^^
   |
   = help: leave it out
"##,
    ),
    (
        r##"from: Only(["50", "1K"])"##,
        r##"from: Only([])"##,
        r##"
error: this leads up from no tier
  --> small.ron:40:19
   |
40 |             from: Only([]), to: Next, on: [delivery],
   |                   ^^^^^^^^
   |
   = help: name one, or write `Any`
"##,
    ),
    (
        r##"from: Only(["50", "1K"]), to: Next"##,
        r##"from: Only(["50", "1K"]), to: AtLeast("1K")"##,
        r##"
error: `1K` is not above `1K`
  --> small.ron:40:43
   |
40 |             from: Only(["50", "1K"]), to: AtLeast("1K"), on: [delivery],
   |                                           ^^^^^^^^^^^^^
   |
   = help: an upgrade leads up: name a higher tier, or write `Next`
"##,
    ),
    (
        r##"to: Next, on: [delivery]"##,
        r##"to: Next, on: []"##,
        r##"
error: a clause that hears nothing never happens
  --> small.ron:40:53
   |
40 |             from: Only(["50", "1K"]), to: Next, on: [],
   |                                                     ^^
   |
   = help: such as [delivery] or [rating]
"##,
    ),
    (
        r##"to: Next, on: [delivery]"##,
        r##"to: Next, on: [delivery, delivery, imposed, Every("0h")]"##,
        r##"
error: the signal is named twice
  --> small.ron:40:64
   |
40 |             from: Only(["50", "1K"]), to: Next, on: [delivery, delivery, imposed, Every("0h")],
   |                                                                ^^^^^^^^
   |
   = help: leave one out

error: an upgrade cannot be imposed
  --> small.ron:40:74
   |
40 |             from: Only(["50", "1K"]), to: Next, on: [delivery, delivery, imposed, Every("0h")],
   |                                                                          ^^^^^^^
   |
   = help: a measure can raise the tier with Up(1)

error: a span of 0h holds nothing
  --> small.ron:40:83
   |
40 |             from: Only(["50", "1K"]), to: Next, on: [delivery, delivery, imposed, Every("0h")],
   |                                                                                   ^^^^^^^^^^^
   |
   = help: a span above 0, such as "24h"
"##,
    ),
    (
        r##"to: Next, on: [delivery]"##,
        r##"to: Next, on: [verification]"##,
        r##"
error: none of these signals comes when the conditions come true
  --> small.ron:40:53
   |
40 |             from: Only(["50", "1K"]), to: Next, on: [verification],
   |                                                     ^^^^^^^^^^^^^^
   |
   = help: the conditions come true with `rating` and `delivery`
"##,
    ),
    (
        r##"SinceFirstSend("24h"),"##,
        r##"SinceFirstSend("24h"), RatingAtLeast(Low),"##,
        r##"
error: `RatingAtLeast` is asked twice
  --> small.ron:42:86
   |
42 |                 StatusIs([Connected]), RatingAtLeast(Medium), SinceFirstSend("24h"), RatingAtLeast(Low),
   |                                                                                      ^^^^^^^^^^^^^^^^^^
   |
   = help: one condition of each word: join them, or write two clauses

error: expected High or Medium, found Low
  --> small.ron:42:86
   |
42 |                 StatusIs([Connected]), RatingAtLeast(Medium), SinceFirstSend("24h"), RatingAtLeast(Low),
   |                                                                                      ^^^^^^^^^^^^^^^^^^
   |
   = help: anything is at least that
"##,
    ),
    (
        r##"Usage(count: sent, within: Rolling("7d"), amount: MoreThan(LimitTimes("2")))"##,
        r##"Usage(count: sent, within: Rolling("0h"), amount: MoreThan(LimitTimes("0")))"##,
        r##"
error: a span of 0h holds nothing
  --> small.ron:43:44
   |
43 |                 Usage(count: sent, within: Rolling("0h"), amount: MoreThan(LimitTimes("0"))),
   |                                            ^^^^^^^^^^^^^
   |
   = help: a span above 0, such as "24h"

error: an amount of 0 is always reached
  --> small.ron:43:67
   |
43 |                 Usage(count: sent, within: Rolling("0h"), amount: MoreThan(LimitTimes("0"))),
   |                                                                   ^^^^^^^^^^^^^^^^^^^^^^^^^
   |
   = help: above 0, such as AtLeast(LimitTimes("1/2"))
"##,
    ),
    (
        r##"                Usage(count: sent, within: Rolling("7d"), amount: MoreThan(LimitTimes("2"))),
            ],
            review: "48h", cancelled_by: [flagged], usage_restarts: [], restricted_blocks_upgrade: false,
            source: [A], except: [By([SinceFirstSend], B), Derived([amount], "more than twice")],"##,
        r##"            ],
            review: "48h", cancelled_by: [flagged], usage_restarts: [upgrade], restricted_blocks_upgrade: false,
            source: [A], except: [By([SinceFirstSend], B)],"##,
        r##"
error: SinceFirstSend counts from the first delivery of the usage, and none is asked
  --> small.ron:42:63
   |
42 |                 StatusIs([Connected]), RatingAtLeast(Medium), SinceFirstSend("24h"),
   |                                                               ^^^^^^^^^^^^^^^^^^^^^
   |
   = help: add a `Usage(..)`, or leave it out

error: no usage is asked, so none can begin anew
  --> small.ron:44:69
   |
44 |             review: "48h", cancelled_by: [flagged], usage_restarts: [upgrade], restricted_blocks_upgrade: false,
   |                                                                     ^^^^^^^^^
   |
   = help: write `usage_restarts: []`
"##,
    ),
    (
        r##"StatusIs([Connected])"##,
        r##"StatusIs([])"##,
        r##"
error: a number always has a status
  --> small.ron:42:17
   |
42 |                 StatusIs([]), RatingAtLeast(Medium), SinceFirstSend("24h"),
   |                 ^^^^^^^^^^^^
   |
   = help: name the ones that will do, such as [Connected]
"##,
    ),
    (
        r##" restricted_blocks_upgrade: false,"##,
        r##""##,
        r##"
error: `restricted_blocks_upgrade` is missing: the upgrade asks for a status and numbers can be Restricted
  --> small.ron:39:9
   |
39 |         volume: (
   |         ^^^^^^
   |
   = help: does a number that has used up its limit fail "status Connected"? true or false
"##,
    ),
    (
        r##"holder: Number"##,
        r##"holder: Portfolio"##,
        r##"
error: `templates_count` is missing: the upgrade asks for a rating and a portfolio holds the limit
  --> small.ron:39:9
   |
39 |         volume: (
   |         ^^^^^^
   |
   = help: must templates meet the rating, too? true or false
"##,
    ),
    (
        r##"restricted_blocks_upgrade: false,"##,
        r##"restricted_blocks_upgrade: false, templates_count: true,"##,
        r##"
error: `templates_count` means nothing here
  --> small.ron:45:124
   |
45 |             review: "48h", cancelled_by: [flagged], usage_restarts: [], restricted_blocks_upgrade: false, templates_count: true,
   |                                                                                                                            ^^^^
   |
   = help: leave it out: it matters where the upgrade asks for a rating and a portfolio holds the limit
"##,
    ),
    (
        r##"term: [For(Flagged, "7d")], forbids: [Upgrade]"##,
        r##"term: [For(Warned, "7d")], forbids: [Upgrade]"##,
        r##"
error: nothing in this ruleset can make a number flagged
  --> small.ron:45:43
   |
45 |             review: "48h", cancelled_by: [flagged], usage_restarts: [], restricted_blocks_upgrade: false,
   |                                           ^^^^^^^
   |
   = help: leave the word out
"##,
    ),
    (
        r##"usage_restarts: []"##,
        r##"usage_restarts: [upgrad]"##,
        r##"
error: `upgrad` is not known here
  --> small.ron:45:70
   |
45 |             review: "48h", cancelled_by: [flagged], usage_restarts: [upgrad], restricted_blocks_upgrade: false,
   |                                                                      ^^^^^^
   |
   = help: did you mean `upgrade`? possible here: `upgrade`, `downgrade`, `flag` or `unflag`
"##,
    ),
    (
        r##"needs: [TierAtLeast("1K")]"##,
        r##"needs: [TierAtLeast("2K"), SinceFirstSend("1d")]"##,
        r##"
error: there is no tier `2K`
  --> small.ron:49:24
   |
49 |     official: (needs: [TierAtLeast("2K"), SinceFirstSend("1d")], decided: Unstated, changes: nothing, source: [A]),
   |                        ^^^^^^^^^^^^^^^^^
   |
   = help: did you mean `1K`? the tiers are 50, 1K, top

error: `SinceFirstSend` belongs to upgrades
  --> small.ron:49:43
   |
49 |     official: (needs: [TierAtLeast("2K"), SinceFirstSend("1d")], decided: Unstated, changes: nothing, source: [A]),
   |                                           ^^^^^^^^^^^^^^^^^^^^
   |
   = help: usage is counted towards a rise of the tier
"##,
    ),
    (
        r##"changes: nothing"##,
        r##"changes: StartsAt("1k")"##,
        r##"
error: there is no tier `1k`
  --> small.ron:49:81
   |
49 |     official: (needs: [TierAtLeast("1K")], decided: Unstated, changes: StartsAt("1k"), source: [A]),
   |                                                                                 ^^^^
   |
   = help: did you mean `1K`? the tiers are 50, 1K, top
"##,
    ),
    (
        r##"when: [FlagOn(low)]"##,
        r##"when: [FlagOn(low), StatusIs([Connected])]"##,
        r##"
error: the measure makes the number Flagged and asks for another status
  --> small.ron:52:47
   |
52 |             on: [rating], when: [FlagOn(low), StatusIs([Connected])], term: [For(Flagged, "7d")], forbids: [Upgrade],
   |                                               ^^^^^^^^^^^^^^^^^^^^^
   |
   = help: leave the condition out: a measure that is running does not begin again
"##,
    ),
    (
        r##"when: [FlagOn(low)]"##,
        r##"when: []"##,
        r##"
error: a measure without conditions would never end
  --> small.ron:52:33
   |
52 |             on: [rating], when: [], term: [For(Flagged, "7d")], forbids: [Upgrade],
   |                                 ^^
   |
   = help: name what must hold, such as [RatingAtMost(Low)]
"##,
    ),
    (
        r##"when: [LimitReached], term: [While(Restricted)]"##,
        r##"when: [LimitReached], term: []"##,
        r##"
error: `restricted_blocks_upgrade` means nothing here
  --> small.ron:45:100
   |
45 |             review: "48h", cancelled_by: [flagged], usage_restarts: [], restricted_blocks_upgrade: false,
   |                                                                                                    ^^^^^
   |
   = help: leave it out: it matters where the upgrade asks for a status and numbers can be Restricted

error: a measure sets a status for some time
  --> small.ron:56:57
   |
56 |             on: [delivery], when: [LimitReached], term: [], forbids: [Broadcast], source: [A],
   |                                                         ^^
   |
   = help: such as [For(Flagged, "7d")], the n-th time the n-th
"##,
    ),
    (
        r##"when: [LimitReached], term: [While(Restricted)]"##,
        r##"when: [LimitReached], term: [While(Paused)]"##,
        r##"
error: `restricted_blocks_upgrade` means nothing here
  --> small.ron:45:100
   |
45 |             review: "48h", cancelled_by: [flagged], usage_restarts: [], restricted_blocks_upgrade: false,
   |                                                                                                    ^^^^^
   |
   = help: leave it out: it matters where the upgrade asks for a status and numbers can be Restricted

error: a number cannot be Paused
  --> small.ron:56:58
   |
56 |             on: [delivery], when: [LimitReached], term: [While(Paused)], forbids: [Broadcast], source: [A],
   |                                                          ^^^^^^^^^^^^^
   |
   = help: a number can be one of Restricted, Warned, Flagged, RateLimited, Pending, Offline, Banned
"##,
    ),
    (
        r##"term: [For(Paused, "3h"), Forever(Disabled)]"##,
        r##"term: [Forever(Disabled), For(Banned, "0h")]"##,
        r##"
error: what is for good has nothing after it
  --> small.ron:67:61
   |
67 |             on: [rating], when: [RatingAtMost(Low)], term: [Forever(Disabled), For(Banned, "0h")],
   |                                                             ^^^^^^^^^^^^^^^^^
   |
   = help: put it last

error: a template cannot be Banned
  --> small.ron:67:80
   |
67 |             on: [rating], when: [RatingAtMost(Low)], term: [Forever(Disabled), For(Banned, "0h")],
   |                                                                                ^^^^^^^^^^^^^^^^^
   |
   = help: a template can be one of Flagged, Pending, Paused, Rejected, Disabled

error: a span of 0h holds nothing
  --> small.ron:67:80
   |
67 |             on: [rating], when: [RatingAtMost(Low)], term: [Forever(Disabled), For(Banned, "0h")],
   |                                                                                ^^^^^^^^^^^^^^^^^
   |
   = help: a span above 0, such as "24h"
"##,
    ),
    (
        r##"ends: on_recovery, if_still"##,
        r##"if_still"##,
        r##"
error: `ends` is missing: a term For(..) has consequences in `if_still`
  --> small.ron:51:9
   |
51 |         flagged: (
   |         ^^^^^^^
   |
   = help: how it is left: on_recovery, hold_term, at_deadline or by_edit
"##,
    ),
    (
        r##"ends: on_recovery"##,
        r##"ends: by_edit"##,
        r##"
error: a number cannot be edited
  --> small.ron:53:19
   |
53 |             ends: by_edit, if_still: [Down(levels: 1, floor: "50")], downgrade_at: deadline, source: [A],
   |                   ^^^^^^^
   |
   = help: on_recovery, hold_term or at_deadline
"##,
    ),
    (
        r##", downgrade_at: deadline"##,
        r##""##,
        r##"
error: `downgrade_at` is missing: `if_still` lowers the tier
  --> small.ron:51:9
   |
51 |         flagged: (
   |         ^^^^^^^
   |
   = help: when it falls: at the deadline, or at once with the flag
"##,
    ),
    (
        r##"term: [For(Flagged, "7d")], forbids: [Upgrade]"##,
        r##"term: [While(Flagged)], forbids: [Upgrade]"##,
        r##"
error: `ends` means nothing here
  --> small.ron:53:19
   |
53 |             ends: on_recovery, if_still: [Down(levels: 1, floor: "50")], downgrade_at: deadline, source: [A],
   |                   ^^^^^^^^^^^
   |
   = help: leave it out: it matters where a term For(..) has consequences in `if_still`

error: without a deadline nothing is judged at one
  --> small.ron:53:42
   |
53 |             ends: on_recovery, if_still: [Down(levels: 1, floor: "50")], downgrade_at: deadline, source: [A],
   |                                          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
   |
   = help: give it a term For(..), or leave `if_still` out
"##,
    ),
    (
        r##"            forgets: never, source"##,
        r##"            source"##,
        r##"
error: `forgets` is missing: the term depends on how often it happened
  --> small.ron:66:9
   |
66 |         paused: (
   |         ^^^^^^
   |
   = help: when that count is forgotten: never, or After("30d")
"##,
    ),
    (
        r##"forbids: [Broadcast]"##,
        r##"forbids: [Broadcast, Edit], cap: 0, forgets: never, downgrade_at: flag"##,
        r##"
error: a number cannot be edited
  --> small.ron:56:99
   |
56 | ...   on: [delivery], when: [LimitReached], term: [While(Restricted)], forbids: [Broadcast, Edit], cap: 0, forgets: never, downgrade...
   |                                                                                             ^^^^
   |
   = help: `Edit` belongs to templates

error: a cap of 0 messages admits nothing
  --> small.ron:56:111
   |
56 | ...   on: [delivery], when: [LimitReached], term: [While(Restricted)], forbids: [Broadcast, Edit], cap: 0, forgets: never, downgrade...
   |                                                                                                         ^
   |
   = help: write `forbids: [Broadcast]`

error: `forgets` means nothing here
  --> small.ron:56:123
   |
56 | ...   on: [delivery], when: [LimitReached], term: [While(Restricted)], forbids: [Broadcast, Edit], cap: 0, forgets: never, downgrade...
   |                                                                                                                     ^^^^^
   |
   = help: leave it out: it matters where the term depends on how often it happened

error: `downgrade_at` means nothing here
  --> small.ron:56:144
   |
56 | ...ids: [Broadcast, Edit], cap: 0, forgets: never, downgrade_at: flag, source: [A],
   |                                                                  ^^^^
   |
   = help: leave it out: it matters where `if_still` lowers the tier
"##,
    ),
    (
        r##"if_still: [Down(levels: 1, floor: "50")]"##,
        r##"if_still: [Down(levels: 0, floor: "50")]"##,
        r##"
error: a change by 0 tiers changes nothing
  --> small.ron:53:43
   |
53 |             ends: on_recovery, if_still: [Down(levels: 0, floor: "50")], downgrade_at: deadline, source: [A],
   |                                           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^
   |
   = help: 1 or more, or leave it out
"##,
    ),
    (
        r##"if_still: [Down(levels: 1, floor: "50")]"##,
        r##"if_still: [Down(levels: 1, floor: "level 1")]"##,
        r##"
error: there is no tier `level 1`
  --> small.ron:53:66
   |
53 |             ends: on_recovery, if_still: [Down(levels: 1, floor: "level 1")], downgrade_at: deadline, source: [A],
   |                                                                  ^^^^^^^^^
   |
   = help: the tiers are 50, 1K, top
"##,
    ),
    (
        r##"if_still: [Down(levels: 1, floor: "50")]"##,
        r##"if_still: [Down(levels: 1, floor: "50"), Impose(restrictd)]"##,
        r##"
error: there is no measure `restrictd` to impose
  --> small.ron:53:73
   |
53 |             ends: on_recovery, if_still: [Down(levels: 1, floor: "50"), Impose(restrictd)], downgrade_at: deadline, source: [A],
   |                                                                         ^^^^^^^^^^^^^^^^^
   |
   = help: did you mean `restricted`?
"##,
    ),
    (
        r##"if_still: [Down(levels: 1, floor: "50")]"##,
        r##"if_still: [Down(levels: 1, floor: "50"), Impose(restricted)]"##,
        r##"
error: `restricted` is imposed by another clause and does not say so
  --> small.ron:56:17
   |
56 |             on: [delivery], when: [LimitReached], term: [While(Restricted)], forbids: [Broadcast], source: [A],
   |                 ^^^^^^^^^^
   |
   = help: add `imposed`
"##,
    ),
    (
        r##"on: [delivery], when: [LimitReached]"##,
        r##"on: [delivery, imposed], when: [LimitReached]"##,
        r##"
error: no other clause imposes `restricted`
  --> small.ron:56:17
   |
56 |             on: [delivery, imposed], when: [LimitReached], term: [While(Restricted)], forbids: [Broadcast], source: [A],
   |                 ^^^^^^^^^^^^^^^^^^^
   |
   = help: leave `imposed` out, or write Impose(restricted) in another
"##,
    ),
    (
        r##"on: [delivery], when: [LimitReached]"##,
        r##"on: [feedback], when: [Complaints(within: "24h", more_than: 10, while_low: 20)]"##,
        r##"
error: 20 while Low is more than 10 otherwise
  --> small.ron:56:88
   |
56 | ...   on: [feedback], when: [Complaints(within: "24h", more_than: 10, while_low: 20)], term: [While(Restricted)], forbids: [Broadcas...
   |                                                                                  ^^
   |
   = help: while Low fewer complaints are needed, or as many
"##,
    ),
    (
        r##"on: [delivery], when: [LimitReached]"##,
        r##"on: [delivery], when: [Complaints(within: "24h", more_than: 20, while_low: 10)]"##,
        r##"
error: none of these signals comes when the conditions come true
  --> small.ron:56:17
   |
56 | ...   on: [delivery], when: [Complaints(within: "24h", more_than: 20, while_low: 10)], term: [While(Restricted)], forbids: [Broadcas...
   |           ^^^^^^^^^^
   |
   = help: the conditions come true with `feedback`
"##,
    ),
    (
        r##"forgets: never, source"##,
        r##"forgets: never, then: [Up(1)], cap: 10, source"##,
        r##"
error: a template has no tier
  --> small.ron:68:36
   |
68 |             forgets: never, then: [Up(1)], cap: 10, source: [A],
   |                                    ^^^^^
   |
   = help: what a template can do is Becomes(Disabled)

error: a template has no limit of its own
  --> small.ron:68:49
   |
68 |             forgets: never, then: [Up(1)], cap: 10, source: [A],
   |                                                 ^^
   |
   = help: a cap belongs to a measure of a number
"##,
    ),
    (
        r##"when: [RatingAtMost(Low)], term: [For(Paused"##,
        r##"when: [RatingAtMost(High), LimitReached], term: [For(Paused"##,
        r##"
error: expected Low or Medium, found High
  --> small.ron:67:34
   |
67 |             on: [rating], when: [RatingAtMost(High), LimitReached], term: [For(Paused, "3h"), Forever(Disabled)],
   |                                  ^^^^^^^^^^^^^^^^^^
   |
   = help: whatever is rated is at most High

error: `LimitReached` speaks of a number
  --> small.ron:67:54
   |
67 |             on: [rating], when: [RatingAtMost(High), LimitReached], term: [For(Paused, "3h"), Forever(Disabled)],
   |                                                      ^^^^^^^^^^^^
   |
   = help: a template's measure asks for its own rating: RatingAtMost, FlagOn
"##,
    ),
    (
        r##"takes: UpTo("24h")"##,
        r##"takes: UpTo("0h")"##,
        r##"
error: up to 0h is no time
  --> small.ron:59:21
   |
59 |     review: (takes: UpTo("0h"), may_reject: true, after_edit: true, source: [A]),
   |                     ^^^^^^^^^^
   |
   = help: a span above 0, or Unstated
"##,
    ),
    (
        r##"categories: [Marketing], applies_to: [New], sample: 1_000, hold: "30m", drops_at: Low"##,
        r##"categories: [], applies_to: [New], sample: 0, hold: "0m", drops_at: High"##,
        r##"
error: this paces nothing
  --> small.ron:62:25
   |
62 |             categories: [], applies_to: [New], sample: 0, hold: "0m", drops_at: High, source: [A],
   |                         ^^
   |
   = help: name at least one

error: a sample of 0 messages shows nothing
  --> small.ron:62:56
   |
62 |             categories: [], applies_to: [New], sample: 0, hold: "0m", drops_at: High, source: [A],
   |                                                        ^
   |
   = help: 1 message or more

error: a span of 0h holds nothing
  --> small.ron:62:65
   |
62 |             categories: [], applies_to: [New], sample: 0, hold: "0m", drops_at: High, source: [A],
   |                                                                 ^^^^
   |
   = help: a span above 0, such as "24h"

error: expected Low or Medium, found High
  --> small.ron:62:81
   |
62 |             categories: [], applies_to: [New], sample: 0, hold: "0m", drops_at: High, source: [A],
   |                                                                                 ^^^^
   |
   = help: what is held is dropped for a bad rating only
"##,
    ),
    (
        r##"rates: Table("messages-2025-07")"##,
        r##"rates: Table("of 2022.ron")"##,
        r##"
error: "of 2022.ron" is no name of a price table
  --> small.ron:72:89
   |
72 |         messages: (pays: PerMessage(free_in_window: [], service_charged: false), rates: Table("of 2022.ron"), source: [A]),
   |                                                                                         ^^^^^^^^^^^^^^^^^^^^
   |
   = help: such as Table("conversations-2022-02"), without .ron
"##,
    ),
    (
        r##"rates: Table("messages-2025-07")"##,
        r##"rates: Table("messages-2025-08")"##,
        r##"
error: there is no price table "messages-2025-08"
  --> small.ron:72:89
   |
72 |         messages: (pays: PerMessage(free_in_window: [], service_charged: false), rates: Table("messages-2025-08"), source: [A]),
   |                                                                                         ^^^^^^^^^^^^^^^^^^^^^^^^^
   |
   = help: did you mean "messages-2025-07"?
"##,
    ),
    (
        r##"rates: Table("messages-2025-07")"##,
        r##"rates: Table("messages-2025-07"), card_charged_above: "0 USD""##,
        r##"
error: expected an amount above 0
  --> small.ron:72:136
   |
72 | ...alse), rates: Table("messages-2025-07"), card_charged_above: "0 USD", source: [A]),
   |                                                                 ^^^^^^^
   |
   = help: such as "30 USD"
"##,
    ),
    (
        r##"review: "48h", "##,
        r##""##,
        r##"
error: `review` is missing in Upgrade
  --> small.ron:39:9
   |
39 |         volume: (
   |         ^^^^^^
   |
   = help: How long the review runs before the tier rises.
"##,
    ),
    (
        r##"title: "Limits", "##,
        r##""##,
        r##"
error: `title` is missing in Source
 --> small.ron:5:9
  |
5 |         A: (address: "a.example", date: "2022-05", grade: Official),
  |         ^
  |
  = help: title of the page or document
"##,
    ),
];

#[test]
fn other_words_for_the_same_are_understood_and_those_without_a_counterpart_explained() {
    let document = catalogue::document("platform-2023").unwrap();
    let own = Ruleset::read(&document).unwrap();
    let with = |ours: &str, theirs: &str| {
        assert!(document.text.contains(ours), "{ours}");
        Ruleset::read(&Document::new("other.ron", document.text.replace(ours, theirs)))
    };
    for (ours, theirs) in [
        (" prolonged_by: ", " refreshed_by: "),
        (" evaluated: ", " evaluate_every: "),
        (" evaluated: ", " eval_interval: "),
        (" medium_from: ", " thr_yellow: "),
        (" low_from: ", " thr_red: "),
        (" ends: ", " unflag_rule: "),
    ] {
        assert_eq!(with(ours, theirs).unwrap(), own, "{theirs}");
    }
    let said = with(" ends: ", " release: rolling, ends: ").unwrap_err().to_string();
    assert!(said.contains("`release`") && said.contains("[While(Restricted)] as capacity returns"), "{said}");
    let said = with(" ends: on_recovery", " ends: full_24h").unwrap_err().to_string();
    assert!(said.contains("`full_24h` is not known here") && said.contains("ends: at_deadline"), "{said}");
    let said =
        with(" usage_restarts: ", " reset_usage_on_upgrade: true, usage_restarts: ").unwrap_err().to_string();
    assert!(said.contains("an upgrade's `usage_restarts` lists it"), "{said}");
}
