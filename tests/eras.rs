//! Eras: what becomes of a sender as the rules change, what a rulebook may not say, and what is told of it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

use jiff::civil::{Date, date};
use tiercast::document::Document;
use tiercast::glossary::{Feedback, NumberStatus, Rating, TemplateStatus};
use tiercast::platform::rulebook::{self, Era, Rulebook, Stands};
use tiercast::platform::{
    Change, Opening, Platform, Rules, Ruleset, Signal, Subject, TemplateOpening, What, catalogue, diff,
    first_day,
};
use tiercast::time::{DAY, HOUR, SimTime, days_between};

fn shipped() -> Document {
    rulebook::document("platform").unwrap()
}

/// The shipped rulebook with values changed.
fn changed(changes: &[(&str, &str)]) -> Document {
    changes.iter().fold(shipped(), |document, (path, value)| document.with(path, value).unwrap())
}

fn eras(document: &Document, start: Date) -> Vec<Era> {
    let rulebook = Rulebook::read(document).unwrap_or_else(|findings| panic!("{findings}"));
    let instant_of = |day: &str| SimTime(days_between(start, first_day(day).unwrap()) * DAY);
    rulebook.compile(start, &instant_of, &[])
}

/// Hours after the start.
fn h(hours: i64) -> SimTime {
    SimTime(hours * HOUR)
}

/// A sender under the first of some eras.
struct Sender<'e> {
    eras: &'e [Era],
    platform: Platform<'e>,
    changes: Vec<Change>,
}

impl<'e> Sender<'e> {
    /// Numbers at these tiers, rated High, and one proven template.
    fn open(eras: &'e [Era], tiers: &[&str]) -> Sender<'e> {
        let rules = &eras[0].rules;
        let number = |tier: &&str| (rules.tier(tier).unwrap(), Some(Rating::High));
        let opening = Opening {
            verified: true,
            numbers: tiers.iter().map(number).collect(),
            templates: vec![TemplateOpening::PROVEN],
            ..Opening::default()
        };
        Sender { eras, platform: Platform::open(rules, &opening), changes: Vec::new() }
    }

    /// Everything of an instant but sends.
    fn tick(&mut self, now: SimTime) {
        self.platform.terms(now, &mut self.changes);
        self.platform.evaluate(now, &mut self.changes);
        self.platform.clocks(now, &mut self.changes);
    }

    fn send(&mut self, now: SimTime, number: usize, messages: u64) {
        self.tick(now);
        let admitted = self.platform.admit(number, 0, messages, 0, now).admitted;
        assert_eq!(admitted, messages, "refused");
        let signal = Signal::Sent {
            number,
            template: 0,
            sent: messages,
            delivered: messages,
            in_window: [0, 0],
            again: &[],
            counted_again: &[],
        };
        self.platform.hear(now, signal, &mut self.changes);
    }

    fn blocks(&mut self, now: SimTime, number: usize, count: u64) {
        let signal = Signal::Feedback { number, template: 0, kind: Feedback::Block, count };
        self.platform.hear(now, signal, &mut self.changes);
    }

    /// Comes under the next era; the changes of that instant.
    fn cross(&mut self) -> Vec<Change> {
        let place = self.eras.iter().position(|era| era.rules.name == self.platform.rules().name).unwrap();
        let next = &self.eras[place + 1];
        let mut changes = Vec::new();
        let amendment = next.amendment.as_ref().unwrap();
        self.platform.amend(&next.rules, amendment, &[], next.from, &mut changes);
        let own = format!("amendment.{}", next.rules.name);
        for change in &changes {
            assert_eq!(change.at, next.from);
            let path = &next.rules.clauses[usize::from(change.clause)].path;
            assert!(*path == own || path == "number.restricted", "{path}");
        }
        changes
    }

    fn limits(&self, numbers: usize) -> Vec<Option<u64>> {
        (0..numbers).map(|number| self.platform.limit(number)).collect()
    }

    fn tier(&self, number: usize) -> &str {
        &self.platform.rules().tiers[self.platform.tier(number)].name
    }
}

fn whats(changes: &[Change]) -> Vec<What> {
    changes.iter().map(|change| change.what).collect()
}

const BEFORE_PORTFOLIOS: Date = date(2025, 10, 1);
/// Hours from there to the seventh of October.
const CHANGE: i64 = 6 * 24;

// ---- the published case ---------------------------------------------------------------------------------------

#[test]
fn a_portfolio_takes_the_highest_limit_of_its_numbers() {
    let eras = eras(&shipped(), BEFORE_PORTFOLIOS);
    assert_eq!((eras.len(), eras[1].from), (2, h(CHANGE)));
    let mut sender = Sender::open(&eras, &["1K", "10K", "100K"]);
    let changes = sender.cross();
    assert_eq!(sender.limits(3), [Some(100_000); 3]);
    assert_eq!(sender.tier(0), "100K");
    let to = Some(100_000);
    let expected = [1_000, 10_000, 100_000].map(|from| What::Amended { from: Some(from), to });
    assert_eq!(whats(&changes), expected);
    assert_eq!(changes[2].subject, Subject::Number(2));
    let clause = &eras[1].rules.clauses[usize::from(changes[0].clause)];
    assert_eq!(clause.path, "amendment.platform-2025-10");
    assert_eq!(clause.cites, "Upcoming messaging limits changes, 2026-05-08");
}

/// Sends what the next rise needs, in two parts with an evaluation between, and waits for it.
fn rise(sender: &mut Sender<'_>, from: i64, customers: u64) {
    sender.send(h(from), 0, customers - 200);
    sender.send(h(from + 2), 0, 199);
    let review = |changes: &[Change]| changes.iter().any(|c| matches!(c.what, What::ReviewStarted { .. }));
    assert!(!review(&sender.changes), "too early");
    sender.send(h(from + 3), 0, 1);
    assert!(review(&sender.changes), "no review");
    sender.tick(h(from + 9));
}

/// Whoever asks a platform something leaves it as it was: what the next era goes on with is what the old one still counts.
#[test]
fn what_is_taken_over_does_not_depend_on_who_looked_before() {
    let eras = eras(&shipped(), date(2025, 9, 20));
    let usage = |look: bool| {
        let mut sender = Sender::open(&eras, &["250"]);
        sender.send(h(24), 0, 100);
        sender.send(h(15 * 24), 0, 30);
        if look {
            sender.platform.usage(0, h(16 * 24));
        }
        sender.cross();
        sender.platform.usage(0, eras[1].from)
    };
    // The first hundred left the old window of seven days long ago; the new one looks back over thirty.
    assert_eq!(usage(false).map(|(used, _)| used), Some(30));
    assert_eq!(usage(false), usage(true));
}

#[test]
fn a_limit_that_is_no_step_any_more_stays_until_the_next_rise() {
    let eras = eras(&shipped(), BEFORE_PORTFOLIOS);
    let mut sender = Sender::open(&eras, &["250", "1K"]);
    sender.cross();
    assert_eq!(sender.limits(2), [Some(1_000); 2]);
    assert_eq!(sender.tier(1), "250", "the highest step below");
    rise(&mut sender, CHANGE + 1, 500);
    assert_eq!(sender.limits(2), [Some(2_000); 2]);
    assert_eq!(sender.tier(0), "2K");
    let rose = What::TierRose { from: 0, to: 1, limit: Some(1_000) };
    assert!(whats(&sender.changes).contains(&rose), "from the limit that stayed: {:?}", sender.changes);
}

#[test]
fn by_the_other_reading_it_becomes_the_step_above() {
    let document = changed(&[("eras[4].standing.tiers.\"1K\"", "New(\"2K\")")]);
    let eras = eras(&document, BEFORE_PORTFOLIOS);
    let mut sender = Sender::open(&eras, &["250", "1K"]);
    sender.cross();
    assert_eq!(sender.limits(2), [Some(2_000); 2]);
    rise(&mut sender, CHANGE + 1, 1_000);
    assert_eq!(sender.limits(2), [Some(10_000); 2]);
}

#[test]
fn the_lowest_limit_is_a_reading_too() {
    let document = changed(&[("eras[4].standing.limit", "lowest")]);
    let eras = eras(&document, BEFORE_PORTFOLIOS);
    let mut sender = Sender::open(&eras, &["1K", "10K", "unlimited"]);
    sender.cross();
    assert_eq!(sender.limits(3), [Some(1_000); 3]);
}

// ---- what is under way ----------------------------------------------------------------------------------------

/// A number at 10K, Flagged on the third of October.
fn flagged(eras: &[Era]) -> Sender<'_> {
    let mut sender = Sender::open(eras, &["10K"]);
    sender.send(h(50), 0, 1_000);
    sender.blocks(h(50), 0, 100);
    sender.tick(h(51));
    assert!(sender.platform.number_is(0, NumberStatus::Flagged));
    // The template's pause has passed.
    sender.tick(h(60));
    sender
}

#[test]
fn a_flag_ends_where_the_new_rules_know_none() {
    for measures in ["end", "keep"] {
        let document = changed(&[("eras[4].standing.measures", measures)]);
        let eras = eras(&document, BEFORE_PORTFOLIOS);
        let mut sender = flagged(&eras);
        let changes = sender.cross();
        let left = What::NumberLeft { status: NumberStatus::Flagged, recovered: true };
        assert_eq!(whats(&changes)[1..], [left]);
        assert_eq!(sender.platform.number_status(0), NumberStatus::Connected);
        assert_eq!(sender.platform.rating(0), Rating::Low, "the rating stays");
        sender.tick(h(51 + 7 * 24));
        sender.tick(h(51 + 8 * 24));
        assert_eq!(sender.limits(1), [Some(10_000)]);
    }
}

#[test]
fn a_flag_keeps_its_deadline_where_the_new_rules_have_its_clause() {
    let start = date(2023, 1, 26);
    for (measures, fallen) in [("keep", true), ("end", false)] {
        let document = changed(&[("eras[3].standing.measures", measures)]);
        let eras = eras(&document, start);
        let mut sender = flagged(&eras);
        sender.cross();
        assert_eq!(sender.platform.number_is(0, NumberStatus::Flagged), fallen);
        assert_eq!(sender.platform.next_term(h(100)) == h(51 + 7 * 24), fallen);
        sender.platform.terms(h(51 + 7 * 24), &mut sender.changes);
        assert_eq!(sender.limits(1), [Some(if fallen { 1_000 } else { 10_000 })]);
    }
}

#[test]
fn a_review_keeps_its_promised_end() {
    let eras = eras(&shipped(), BEFORE_PORTFOLIOS);
    let mut sender = Sender::open(&eras, &["10K", "1K"]);
    sender.send(h(CHANGE - 12), 0, 5_000);
    assert_eq!(whats(&sender.changes).last(), Some(&What::ReviewStarted { until: h(CHANGE + 12) }));
    assert_eq!(sender.cross().len(), 2);
    assert!(sender.platform.in_review(1), "now it is the portfolio's");
    assert_eq!(sender.platform.next_term(h(CHANGE)), h(CHANGE + 12));
    sender.changes.clear();
    sender.tick(h(CHANGE + 12) + tiercast::time::Span(-1));
    assert_eq!(sender.limits(2), [Some(10_000); 2]);
    sender.tick(h(CHANGE + 12));
    assert_eq!(sender.limits(2), [Some(100_000); 2]);
    let rose = sender.changes.iter().find(|change| matches!(change.what, What::TierRose { .. })).unwrap();
    assert_eq!(eras[1].rules.clauses[usize::from(rose.clause)].path, "upgrade.volume");
}

#[test]
fn a_review_that_promises_no_more_than_the_new_limit_ends() {
    let eras = eras(&shipped(), BEFORE_PORTFOLIOS);
    let mut sender = Sender::open(&eras, &["1K", "100K"]);
    sender.send(h(CHANGE - 12), 0, 500);
    assert!(sender.platform.in_review(0));
    let changes = sender.cross();
    assert_eq!(whats(&changes).last(), Some(&What::ReviewCancelled));
    sender.tick(h(CHANGE + 12));
    assert_eq!(sender.limits(2), [Some(100_000); 2]);
}

#[test]
fn reviews_may_end() {
    let document = changed(&[("eras[4].standing.reviews", "end")]);
    let eras = eras(&document, BEFORE_PORTFOLIOS);
    let mut sender = Sender::open(&eras, &["10K"]);
    sender.send(h(CHANGE - 12), 0, 5_000);
    assert_eq!(whats(&sender.cross())[1..], [What::ReviewCancelled]);
    assert!(!sender.platform.in_review(0));
}

#[test]
fn a_pause_ends_or_keeps_its_end_and_is_counted() {
    for (measures, status) in [("end", TemplateStatus::Approved), ("keep", TemplateStatus::Paused)] {
        let document = changed(&[("eras[4].standing.measures", measures)]);
        let eras = eras(&document, BEFORE_PORTFOLIOS);
        let mut sender = Sender::open(&eras, &["10K"]);
        sender.send(h(CHANGE - 3), 0, 1_000);
        sender.blocks(h(CHANGE - 3), 0, 100);
        sender.tick(h(CHANGE - 2));
        assert_eq!(sender.platform.template_status(0), TemplateStatus::Paused);
        sender.cross();
        assert_eq!(sender.platform.template_status(0), status);
        let afresh = if measures == "end" { Rating::Unknown } else { Rating::Low };
        assert_eq!(sender.platform.template_rating(0), afresh);
        sender.tick(h(CHANGE + 1));
        assert_eq!(sender.platform.template_status(0), TemplateStatus::Approved);
        // The second time it is paused for 6 h.
        sender.send(h(CHANGE + 2), 0, 1_000);
        sender.blocks(h(CHANGE + 2), 0, 100);
        sender.tick(h(CHANGE + 3));
        let until = Some(h(CHANGE + 9));
        let second = What::TemplateEntered { status: TemplateStatus::Paused, until };
        assert!(whats(&sender.changes).contains(&second), "{:?}", sender.changes);
    }
}

#[test]
fn what_came_for_good_stays() {
    let eras = eras(&shipped(), BEFORE_PORTFOLIOS);
    let mut sender = Sender::open(&eras, &["10K"]);
    for time in 0..3 {
        let at = 1 + time * 24;
        sender.send(h(at), 0, 1_000);
        sender.blocks(h(at), 0, 100);
        sender.tick(h(at + 1));
        sender.tick(h(at + 10));
    }
    assert_eq!(sender.platform.template_status(0), TemplateStatus::Disabled);
    sender.cross();
    assert_eq!(sender.platform.template_status(0), TemplateStatus::Disabled);
}

#[test]
fn customers_reached_are_carried_over() {
    let eras = eras(&shipped(), BEFORE_PORTFOLIOS);
    let mut sender = Sender::open(&eras, &["10K", "1K"]);
    sender.send(h(CHANGE - 4), 0, 4_000);
    sender.send(h(CHANGE - 2), 1, 600);
    sender.cross();
    let mut capacity = |number, now| sender.platform.capacity(number, now);
    assert_eq!((capacity(0, h(CHANGE)), capacity(1, h(CHANGE))), (5_400, 5_400));
    assert_eq!(capacity(1, h(CHANGE + 20)), 9_400);
    assert_eq!(capacity(1, h(CHANGE + 22)), 10_000);
}

#[test]
fn a_number_at_its_limit_is_released_by_a_higher_one() {
    let eras = eras(&shipped(), BEFORE_PORTFOLIOS);
    let mut sender = Sender::open(&eras, &["1K", "10K"]);
    sender.send(h(CHANGE - 4), 0, 1_000);
    assert_eq!(sender.platform.number_status(0), NumberStatus::Restricted);
    let changes = sender.cross();
    assert_eq!(sender.platform.number_status(0), NumberStatus::Connected);
    let left = What::NumberLeft { status: NumberStatus::Restricted, recovered: true };
    assert_eq!(whats(&changes).last(), Some(&left));
    // Alone it stays at its limit.
    let mut alone = Sender::open(&eras, &["1K"]);
    alone.send(h(CHANGE - 4), 0, 1_000);
    alone.cross();
    assert_eq!(alone.platform.number_status(0), NumberStatus::Restricted);
    assert_eq!(alone.platform.capacity(0, h(CHANGE)), 0);
    alone.tick(h(CHANGE + 20));
    assert_eq!(alone.platform.number_status(0), NumberStatus::Connected);
}

#[test]
fn usage_counts_on_or_begins_anew() {
    for (usage, review) in [("keep", true), ("end", false)] {
        let document = changed(&[("eras[4].standing.usage", usage)]);
        let eras = eras(&document, BEFORE_PORTFOLIOS);
        let mut sender = Sender::open(&eras, &["10K", "1K"]);
        sender.send(h(CHANGE - 30), 0, 4_500);
        sender.send(h(CHANGE - 29), 1, 400);
        sender.cross();
        sender.tick(h(CHANGE));
        sender.send(h(CHANGE + 1), 1, 100);
        assert_eq!(sender.platform.in_review(0), review, "usage: {usage}");
    }
}

// ---- the other changes ----------------------------------------------------------------------------------------

#[test]
fn before_tiers_all_numbers_come_to_1k_and_warnings_end() {
    let eras = eras(&shipped(), date(2019, 3, 28));
    let mut sender = Sender::open(&eras, &["no tiers"]);
    sender.send(h(50), 0, 30_000);
    sender.blocks(h(50), 0, 3_000);
    sender.tick(h(51));
    assert_eq!(sender.platform.number_status(0), NumberStatus::Warned);
    let changes = sender.cross();
    let left = What::NumberLeft { status: NumberStatus::Warned, recovered: true };
    assert_eq!(whats(&changes), [What::Amended { from: None, to: Some(1_000) }, left]);
    assert_eq!(sender.platform.capacity(0, h(4 * 24)), 1_000);
}

#[test]
fn every_tier_of_2020_is_there_in_2021() {
    let eras = eras(&shipped(), date(2021, 9, 1));
    let mut sender = Sender::open(&eras, &["1K", "10K", "100K"]);
    sender.cross();
    assert_eq!(sender.limits(3), [Some(1_000), Some(10_000), Some(100_000)]);
    assert_eq!([0, 1, 2].map(|number| sender.platform.tier(number)), [1, 2, 3], "50 came below");
}

#[test]
fn an_entry_of_50_becomes_one_of_250() {
    let eras = eras(&shipped(), date(2023, 1, 1));
    let mut sender = Sender::open(&eras, &["50", "1K", "unlimited"]);
    sender.cross();
    assert_eq!(sender.limits(3), [Some(250), Some(1_000), None]);
}

#[test]
fn a_run_may_cross_all_changes() {
    let eras = eras(&shipped(), date(2018, 8, 1));
    let mut sender = Sender::open(&eras, &["no tiers", "no tiers"]);
    for _ in 1..5 {
        sender.cross();
    }
    assert_eq!(sender.limits(2), [Some(1_000); 2]);
    assert_eq!(sender.platform.rules().name, "platform-2025-10");
}

/// From the rating over 24 h of 2020 to the one over seven days of 2023.
const TWO_ERAS: &str = r#"Rulebook(
    name: "two", title: "Two eras", sources: {},
    eras: [
        (from: "2020-01-01", ruleset: "platform-2020", source: [], except: [Assumed([all], "a test")]),
        (from: "2020-01-10", ruleset: "platform-2023",
            standing: (limit: own, tiers: {}, measures: keep, reviews: keep, usage: keep,
                source: [], except: [Assumed([all], "a test")]),
            source: [], except: [Assumed([all], "a test")]),
    ],
)"#;

#[test]
fn a_rating_goes_on_with_what_its_windows_hold() {
    let document = Document::new("two.rulebook.ron", TWO_ERAS);
    let crossing = eras(&document, date(2020, 1, 9));
    let late = eras(&document, date(2020, 1, 20));
    let mut sender = Sender::open(&crossing, &["1K"]);
    let mut other = Sender::open(&late, &["1K"]);
    for (at, number, blocks) in [(5, 400, 3), (17, 300, 2)] {
        for sender in [&mut sender, &mut other] {
            sender.send(h(at), 0, number);
            sender.blocks(h(at), 0, blocks);
        }
    }
    sender.cross();
    for hour in [24, 30, 50, 90, 150, 172, 173, 185, 186] {
        let scores = [&mut sender, &mut other].map(|sender| sender.platform.score(0, h(hour)));
        assert_eq!(scores[0], scores[1], "at {hour} h");
        let some = scores[0].unwrap().bottom > 0;
        assert_eq!(some, hour < 17 + 7 * 24);
        for sender in [&mut sender, &mut other] {
            sender.tick(h(hour));
        }
        assert_eq!(sender.platform.rating(0), other.platform.rating(0));
        // Clauses that take over years later do so on a date, not so long after either start.
        let next = |sender: &Sender<'_>| Some(sender.platform.next_evaluation()).filter(|at| *at < h(1_000));
        assert_eq!(next(&sender), next(&other), "at {hour} h");
    }
}

#[test]
fn drawn_thresholds_hold_in_the_new_era() {
    let document = Document::new("two.rulebook.ron", TWO_ERAS);
    let eras = eras(&document, date(2020, 1, 9));
    let next = &eras[1];
    let mut drawn: Vec<_> = next.rules.thresholds().map(|(_, stated)| stated).collect();
    drawn[0].medium_from = "0.1%".to_owned().try_into().unwrap();
    for (drawn, rating) in [(&drawn[..], Rating::Medium), (&[], Rating::High)] {
        let mut sender = Sender::open(&eras, &["1K"]);
        sender.send(h(17), 0, 300);
        sender.blocks(h(17), 0, 2);
        let amendment = next.amendment.as_ref().unwrap();
        sender.platform.amend(&next.rules, amendment, drawn, next.from, &mut sender.changes);
        sender.tick(next.from);
        assert_eq!(sender.platform.rating(0), rating);
    }
}

#[test]
fn numbers_that_part_each_take_the_limit_of_the_portfolio() {
    let text = TWO_ERAS
        .replace("platform-2020", "platform-2025-10")
        .replace("tiers: {}", "tiers: { \"2K\": New(\"1K\") }");
    let eras = eras(&Document::new("parting.rulebook.ron", text), date(2020, 1, 9));
    let mut sender = Sender::open(&eras, &["2K", "10K"]);
    sender.send(h(17), 1, 4_000);
    sender.cross();
    assert_eq!(sender.limits(2), [Some(10_000); 2]);
    assert_eq!(sender.platform.capacity(0, h(24)), 6_000, "what was reached together is held against each");
    sender.send(h(25), 0, 500);
    assert_eq!([0, 1].map(|number| sender.platform.capacity(number, h(25))), [5_500, 6_000]);
}

#[test]
fn a_kept_limit_is_replaced_by_a_fall() {
    let text = TWO_ERAS.replace("platform-2023", "small").replace("tiers: {}", "tiers: { \"10K\": Keep }");
    let small = catalogue::document("platform-2023").unwrap().text;
    let small = small.replacen("\"10K\":       AtMost(10_000)", "\"20K\":       AtMost(20_000)", 1);
    let small = small.replace("\"10K\"", "\"20K\"");
    let find = |name: &str| match name {
        "small" => Some(Document::new("small.ron", small.clone())),
        other => catalogue::document(other),
    };
    let document = Document::new("small.rulebook.ron", text);
    let rulebook = Rulebook::read_with(&document, &find).unwrap_or_else(|findings| panic!("{findings}"));
    let start = date(2020, 1, 9);
    let instant_of = |day: &str| SimTime(days_between(start, first_day(day).unwrap()) * DAY);
    let eras = rulebook.compile(start, &instant_of, &[]);
    let mut sender = Sender::open(&eras, &["10K"]);
    let mut changes = Vec::new();
    let next = &eras[1];
    sender.platform.amend(&next.rules, next.amendment.as_ref().unwrap(), &[], next.from, &mut changes);
    assert_eq!(sender.limits(1), [Some(10_000)]);
    sender.send(h(30), 0, 1_000);
    sender.blocks(h(30), 0, 100);
    sender.tick(h(31));
    assert!(sender.platform.number_is(0, NumberStatus::Flagged));
    sender.platform.terms(h(31 + 7 * 24), &mut changes);
    assert_eq!((sender.limits(1), sender.tier(0)), (vec![Some(1_000)], "1K"));
}

// ---- wrong rulebooks ------------------------------------------------------------------------------------------

#[track_caller]
fn wrong(path: &str, value: &str, says: &str, advice: &str) {
    let document = shipped().with(path, value).unwrap();
    refused(&document, says, advice);
}

#[track_caller]
fn refused(document: &Document, says: &str, advice: &str) {
    let findings = Rulebook::read(document).unwrap_err().to_string();
    for part in [says, advice] {
        assert!(findings.contains(part), "expected `{part}` in:\n{findings}");
    }
}

#[test]
fn a_wrong_rulebook_is_told_what_is_wrong() {
    wrong("name", "The Platform", "no name for a rulebook", "small letters");
    wrong("title", "", "the title is empty", "one line");
    wrong("eras", "[]", "a rulebook needs an era", "from:");
    wrong("eras[1].from", "spring 2019", "expected a date", "write \"2025-10-07\"");
    wrong("eras[1].from", "2018-08-01", "does not begin after the one of 2018-08-01", "in order");
    wrong("eras[1].ruleset", "platform-2O20", "there is no ruleset", "did you mean \"platform-2020\"?");
    wrong(
        "eras[0].standing",
        "(limit: own, tiers: {}, measures: keep, reviews: keep, usage: keep, source: [M_QL])",
        "nothing comes before the first era",
        "leave it out",
    );
    wrong(
        "eras[4].standing.limit",
        "own",
        "the limits of several numbers become one",
        "`highest` or `lowest`",
    );
    wrong("eras[3].standing.limit", "highest", "no limits become one here", "write `own`");
    wrong("eras[4].standing.limit", "higest", "higest", "did you mean `highest`?");
    wrong("eras[4].standing.tiers", "{}", "what becomes of the step \"1K\" (1,000)?", "add \"1K\": Keep");
    wrong(
        "eras[1].standing.tiers",
        "{}",
        "what becomes of the step \"no tiers\" (unlimited)?",
        "\"1K\", \"10K\"",
    );
    wrong(
        "eras[4].standing.tiers.\"1K\"",
        "New(\"3K\")",
        "platform-2025-10 has no step \"3K\"",
        "its steps are \"250\", \"2K\"",
    );
    wrong(
        "eras[4].standing.tiers",
        "{ \"1K\": Keep, \"1OK\": Keep }",
        "platform-2023 has no step \"1OK\"",
        "did you mean",
    );
    wrong(
        "eras[4].standing.tiers",
        "{ \"1K\": Keep, \"10K\": Keep }",
        "moves to \"10K\" by itself",
        "leave it out",
    );
    wrong("eras[4].standing.source", "[M_UPX]", "there is no source `M_UPX`", "did you mean `M_UPC`?");
    wrong(
        "eras[4].standing.source",
        "[]",
        "no source and no exception covers limit",
        "[all] means every value",
    );
    wrong(
        "eras[4].standing.except",
        "[Assumed([messures], \"why\")]",
        "there is no value `messures` here",
        "did you mean `measures`?",
    );
    wrong(
        "eras[4].standing.except",
        "[Assumed([usage], \" \")]",
        "an exception gives its reason",
        "in a few words",
    );
    wrong(
        "eras[4].standing.except",
        "[Assumed([usage], \"a\"), Derived([usage], \"b\")]",
        "named twice",
        "one origin",
    );
    wrong("eras[4].standing.except", "[Assumed([], \"a\")]", "names the values it speaks of", "limit, tiers");
    wrong("sources.M_QL.date", "long ago", "expected a date, found \"long ago\"", "write");
    wrong("sources.M_QL.address", "", "the address of a source is empty", "find the text");
    wrong("eras[0].source", "[M_QL, M_QL]", "the source `M_QL` is named twice", "leave one out");
    wrong("eras[0].source", "[M_CHG]", "uses the source `M_QL`", "leave it out");
}

#[test]
fn missing_parts_are_told_with_what_they_are_for() {
    let text = shipped().text;
    let without = |part: &str| {
        assert!(text.contains(part), "{part}");
        Document::new("platform.rulebook.ron", text.replacen(part, "", 1))
    };
    refused(&without("limit: highest,"), "`limit` is missing", "own, highest or lowest");
    refused(&without("ruleset: \"platform-2020\","), "`ruleset` is missing", "name of the ruleset in force");
    let first = text.find("standing: (").unwrap();
    let end = text[first..].find("            source: [B_TXTBOX20]").unwrap() + first;
    let document = Document::new("platform.rulebook.ron", format!("{}{}", &text[..first], &text[end..]));
    refused(&document, "`standing` is missing", "who come from the era before");
}

#[test]
fn all_mistakes_are_told_at_once() {
    let document = changed(&[
        ("title", ""),
        ("eras[3].standing.limit", "lowest"),
        ("eras[4].standing.tiers", "{}"),
        ("eras[4].source", "[NOBODY]"),
    ]);
    assert_eq!(Rulebook::read(&document).unwrap_err().to_string().matches("error").count(), 4);
}

#[test]
fn a_ruleset_that_contradicts_itself_is_told_through_its_rulebook() {
    let broken = catalogue::document("platform-2023").unwrap().with("ladder.start", "300").unwrap();
    let find = |name: &str| match name {
        "platform-2023" => Some(broken.clone()),
        other => catalogue::document(other),
    };
    let findings = Rulebook::read_with(&shipped(), &find).unwrap_err().to_string();
    assert!(findings.contains("the ruleset \"platform-2023\" cannot be used"), "{findings}");
    assert!(findings.contains("there is no tier `300`"), "{findings}");
}

// ---- what is told ---------------------------------------------------------------------------------------------

#[test]
fn a_day_has_its_era() {
    let rulebook = Rulebook::read(&shipped()).unwrap();
    let name = |day: Date| rulebook.era_at(day).map(|era| era.ruleset().name.as_str());
    assert_eq!(name(date(2018, 7, 31)), None);
    assert_eq!(name(date(2018, 8, 1)), Some("platform-pre-tier"));
    assert_eq!(name(date(2021, 9, 11)), Some("platform-2020"));
    assert_eq!(name(date(2021, 9, 12)), Some("platform-2021-09"));
    assert_eq!(name(date(2025, 10, 6)), Some("platform-2023"));
    assert_eq!(name(date(2030, 1, 1)), Some("platform-2025-10"));
    assert!(rulebook.at(date(2018, 7, 31)).is_none());
    assert!(rulebook.compile(date(2018, 7, 31), &|_| SimTime::START, &[]).is_empty());
}

#[test]
fn dated_clauses_stand_by_the_day() {
    let rulebook = Rulebook::read(&shipped()).unwrap();
    let stands = |day: Date, path: &str| {
        let dated = rulebook.at(day).unwrap().dated;
        dated.into_iter().find(|clause| clause.clause == path).unwrap().stands
    };
    assert_eq!(stands(date(2023, 10, 31), "upgrade.reach"), Stands::NotYet);
    assert_eq!(stands(date(2023, 11, 1), "upgrade.reach"), Stands::InForce);
    assert_eq!(stands(date(2024, 3, 31), "rating.template_feedback"), Stands::InForce);
    assert_eq!(stands(date(2024, 4, 1), "rating.template_feedback"), Stands::NoLonger);
    let text = rulebook.at(date(2023, 10, 31)).unwrap().render(100);
    assert!(text.starts_with("2023-10-31: platform-2023\n"), "{text}");
    assert!(text.contains("it holds from 2023-01-30 until 2025-10-07, when platform-2025-10"), "{text}");
    assert!(text.contains("\nClauses that are not in force yet:\n"), "{text}");
    assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
}

#[test]
fn a_rulebook_tells_its_eras_and_amendments_with_their_readings() {
    let rulebook = Rulebook::read(&shipped()).unwrap();
    let passages = rulebook.passages();
    assert_eq!(passages.len(), 5 + 4);
    let last = passages.last().unwrap();
    assert_eq!(last.heading, "amendment.platform-2025-10");
    assert_eq!(last.sentences[0], "The limits of the numbers become one of the portfolio, the highest.");
    let notes: Vec<String> =
        last.notes.iter().map(|note| format!("{}: {}", note.label(), note.text())).collect();
    assert!(
        notes.contains(&"derived: measures end: a number can no longer be Flagged".to_owned()),
        "{notes:#?}"
    );
    let limit = notes.iter().find(|note| note.starts_with("reading: limit")).unwrap();
    assert!(limit.contains("taken highest") && limit.contains("lowest (the lowest"), "{limit}");
}

fn ruleset(name: &str) -> Ruleset {
    Ruleset::read(&catalogue::document(name).unwrap()).unwrap()
}

#[test]
fn a_ruleset_does_not_differ_from_itself() {
    let same = diff::diff(&ruleset("platform-2023"), &ruleset("platform-2023"));
    assert!(same.is_empty());
    assert!(same.render(100).starts_with("platform-2023 and platform-2023 say the same, in "));
}

/// The values that differ between the last two eras, and what only one of them has. Sentences and facts left out.
#[test]
fn what_changed_in_october_2025() {
    let diff = diff::diff(&ruleset("platform-2023"), &ruleset("platform-2025-10"));
    let mut text = String::new();
    for changed in diff.changed.iter().filter(|changed| !changed.clause.starts_with("fact.")) {
        text.push_str(&format!("{}\n", changed.clause));
        changed.values.iter().for_each(|value| text.push_str(&format!("  {value}\n")));
    }
    for (sign, soles) in [("-", &diff.only_from), ("+", &diff.only_to)] {
        for sole in soles.iter().filter(|sole| !sole.clause.starts_with("fact.")) {
            text.push_str(&format!("{sign} {}\n", sole.clause));
        }
    }
    assert_eq!(text, OCTOBER_2025);
    let ladder = diff.changed.iter().find(|changed| changed.clause == "ladder").unwrap();
    assert_eq!(ladder.is[0], "The portfolio has one limit, which all its numbers share.");
    let rendered = diff.render(80);
    assert!(rendered.contains("\n  was  Each number has a limit of its own."), "{rendered}");
    assert!(rendered.lines().all(|line| line.chars().count() <= 80), "{rendered}");
}

const OCTOBER_2025: &str = r#"ladder
  holder: Number -> Portfolio
  - steps.1K.AtMost 1000
  + steps.2K.AtMost 2000
admission.person
  - since 2024-05-23
rating.number
  + weights.Mute 0.5
  + weights.Archive 0.1
rating.template
  - since 2024-04-01
  + weights.Mute 0.5
  + weights.Archive 0.1
upgrade.verification
  to.AtLeast: 1K -> 2K
upgrade.reach
  to.AtLeast: 1K -> 2K
  when.Usage.count: delivered -> distinct
  when.Usage.amount.AtLeast.Number: 1000 -> 2000
  - since 2023-11-01
upgrade.volume
  from.Only: ["1K", "10K", "100K"] -> ["2K", "10K", "100K"]
  - when.StatusIs [Connected]
  when.RatingAtLeast: Medium -> High
  review: 24h -> 6h
  cancelled_by: [flagged] -> []
  - restricted_blocks_upgrade false
  + templates_count true
review
  - takes Between("30m", "48h")
  + takes.UpTo 24h
pacing.marketing
  - since 2023-10-12
pacing.utility
  - since 2024-04-30
price.messages
  - since 2025-07-01
  + until 2026-10-01
- window.business_initiated
- window.customer_initiated
- rating.template_feedback
- number.flagged
- price.conversations
- price.conversations_by_category
- price.conversations_service_free
+ price.messages_service_charged
"#;

// ---- the tool -------------------------------------------------------------------------------------------------

#[cfg(feature = "cli")]
mod tool {
    use std::process::Command;

    /// Exit code, answer and complaint.
    fn rules(arguments: &[&str]) -> (Option<i32>, String, String) {
        let mut tool = Command::new(env!("CARGO_BIN_EXE_tiercast"));
        let output = tool.env("COLUMNS", "100").arg("rules").args(arguments).output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (output.status.code(), text(output.stdout), text(output.stderr))
    }

    #[test]
    fn a_difference_is_an_exit_code() {
        let (code, answer, complaint) = rules(&["diff", "platform-2023", "platform-2025-10"]);
        assert_eq!((code, complaint.as_str()), (Some(1), ""));
        assert!(answer.contains("  holder: Number -> Portfolio\n"), "{answer}");
        let (code, answer, _) = rules(&["diff", "platform-2023", "platform-2023", "--json"]);
        assert_eq!(code, Some(0));
        let json: serde_json::Value = serde_json::from_str(&answer).unwrap();
        assert_eq!(json["changed"], serde_json::json!([]));
        let (code, _, complaint) = rules(&["diff", "platform-2023", "platform-2024"]);
        assert_eq!(code, Some(2));
        assert!(complaint.contains("there is no ruleset \"platform-2024\""), "{complaint}");
    }

    /// Two days of one ruleset differ by its dated clauses: what began between them is new, what ended is gone, and what had
    /// ended before the first or begins after the last is on neither side.
    #[test]
    fn two_days_of_one_ruleset_differ_by_its_dated_clauses() {
        let stands = |day: &str| -> std::collections::BTreeMap<String, String> {
            let (_, answer, _) = rules(&["at", day, "--json"]);
            let json: serde_json::Value = serde_json::from_str(&answer).unwrap();
            let of = |one: &serde_json::Value, key: &str| one[key].as_str().unwrap().to_owned();
            json["dated"]
                .as_array()
                .unwrap()
                .iter()
                .map(|one| (of(one, "clause"), of(one, "stands")))
                .collect()
        };
        let (then, later) = (stands("2023-02-01"), stands("2025-09-01"));
        let in_force = |one: &str, here: &std::collections::BTreeMap<String, String>| here[one] == "in_force";
        let (code, answer, _) = rules(&["diff", "platform@2023-02-01", "platform@2025-09-01", "--json"]);
        let json: serde_json::Value = serde_json::from_str(&answer).unwrap();
        assert_eq!((code, &json["from_day"]), (Some(1), &serde_json::json!("2023-02-01")));
        for (key, here, there) in [("only_from", &then, &later), ("only_to", &later, &then)] {
            let told: Vec<&str> =
                json[key].as_array().unwrap().iter().map(|sole| sole["clause"].as_str().unwrap()).collect();
            let mut due: Vec<&str> = here.keys().map(String::as_str).collect();
            due.retain(|one| in_force(one, here) && !in_force(one, there));
            let mut sorted = told.clone();
            sorted.sort_unstable();
            assert!(!due.is_empty() && sorted == due, "{key}: {told:?}, expected {due:?}");
        }
        let (_, answer, _) = rules(&["diff", "platform@2023-02-01", "platform@2025-09-01"]);
        assert!(
            answer.starts_with("platform-2023 on 2023-02-01 -> platform-2023 on 2025-09-01: of the"),
            "{answer}"
        );
        assert!(answer.contains("\nOnly in platform-2023 on 2025-09-01:\n"), "{answer}");
    }

    #[test]
    fn clauses_are_counted_as_the_list_counts_them() {
        let (_, list, _) = rules(&["list", "--json"]);
        let list: serde_json::Value = serde_json::from_str(&list).unwrap();
        let all = list["rulesets"].as_array().unwrap();
        let listed = all.iter().find(|one| one["name"] == "platform-2023").unwrap();
        let due = format!("say the same, in {} clauses and {} facts.\n", listed["clauses"], listed["facts"]);
        let (_, said, _) = rules(&["diff", "platform-2023", "platform-2023"]);
        assert!(said.ends_with(&due), "{said} {due}");
    }

    #[test]
    fn a_day_before_the_first_era_has_no_rules() {
        let (code, answer, complaint) = rules(&["at", "2017"]);
        assert_eq!((code, answer.as_str()), (Some(2), ""));
        assert!(complaint.contains("the rulebook platform has no rules for 2017-01-01"), "{complaint}");
        assert!(complaint.contains("its first era begins on 2018-08-01"), "{complaint}");
        let (code, _, complaint) = rules(&["at", "May 2024"]);
        assert_eq!(code, Some(2));
        assert!(complaint.contains("write 2024-05-01"), "{complaint}");
        let (code, answer, _) = rules(&["at", "2024-05-01", "--json"]);
        let json: serde_json::Value = serde_json::from_str(&answer).unwrap();
        assert_eq!((code, &json["ruleset"]), (Some(0), &serde_json::json!("platform-2023")));
    }

    #[test]
    fn the_rulebook_is_listed_and_told() {
        let (_, answer, _) = rules(&["list"]);
        assert!(
            answer.contains("\nrulebook platform: ")
                && answer.contains("  from 2025-10-07  platform-2025-10\n")
        );
        let (code, answer, _) = rules(&["show", "platform"]);
        assert_eq!(code, Some(0));
        assert!(answer.contains("\namendment.platform-2023\n"), "{answer}");
    }
}

/// A run that crosses 7 October 2025 amends the rules at that instant, once; from then on nothing is Flagged and no limit
/// falls, and the story cites the rules then in force.
#[test]
fn a_run_crosses_from_one_era_to_the_next() {
    use tiercast::glossary::NumberStatus;
    use tiercast::sim::{Entry, Journal, Scenario};

    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/across-eras.ron");
    let scenario = Scenario::load(&file, &[]).unwrap();
    let day = jiff::civil::date(2025, 10, 7);
    let change = scenario.setting.calendar.instant(day.at(0, 0, 0, 0)).unwrap();
    let names: Vec<&str> = scenario.setting.tiers.iter().map(|tier| tier.name.as_str()).collect();
    assert_eq!(names, ["250", "1K", "2K", "10K", "100K", "unlimited"]);
    let (mut flagged_before, mut kept) = (0, 0);
    for index in 0..60 {
        let mut journal = Journal::default();
        let trajectory = scenario.watch(index, &mut journal);
        assert_eq!(trajectory, scenario.replicate(index));
        let changes = journal.entries.iter().filter_map(|entry| match entry {
            Entry::Change(change, _) => Some(change),
            Entry::Sent(_) => None,
        });
        let mut amended = Vec::new();
        for told in changes {
            let clause = &scenario.rules_at(told.at).clauses[usize::from(told.clause)].path;
            match told.what {
                What::Amended { from, to } => {
                    assert!(clause.starts_with("amendment."), "{clause}");
                    assert_eq!(from, to, "no limit is lost");
                    kept += u32::from(to == Some(1_000));
                    amended.push(told.at);
                }
                What::NumberEntered { status: NumberStatus::Flagged, .. } => {
                    assert!(told.at < change, "flagged at {:?}", told.at);
                    flagged_before += 1;
                }
                What::TierFell { .. } => assert!(told.at < change),
                _ => {}
            }
        }
        assert_eq!(amended, [change]);
        let last = trajectory.days.last().unwrap();
        assert_eq!(usize::from(last.tier), trajectory.outcome.final_tier);
        assert!(trajectory.outcome.reached[..=trajectory.outcome.final_tier].iter().all(Option::is_some));
    }
    assert!(flagged_before > 0 && kept > 0, "{flagged_before} flags, {kept} limits of 1K");
}

/// What a day of a run delivered, and what it cost \[micro-units\].
fn priced_days(start: &str, days: u32, card: &str) -> Vec<(Date, u64, u64)> {
    use tiercast::sim::{Metric, Scenario};

    let text = format!(
        r#"Scenario(
            title: "India", start: "{start}", zone: "Asia/Kolkata", horizon: "{days}d", replications: 1,
            platform: (
                ruleset: "platform", market: "India", {card} verification: Never,
                numbers: {{ "main": (tier: "1K", rating: High) }}, templates: {{ "news": (category: Marketing) }},
            ),
            audience: (segments: {{
                "all": (customers: 400_000, profile: "tests/common/still.ron", rest: "24h"),
            }}),
            sender: (
                number: "main", segment: "all", templates: ["news"], plan: Constant(a_day: 300),
                hours: (from: "00:00", to: "01:00"), weekdays: every_day,
            ),
        )"#
    );
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let scenario = Scenario::read("india", &text, folder).unwrap_or_else(|findings| panic!("{findings}"));
    let trajectory = scenario.replicate(0);
    assert_eq!(trajectory.outcome.unpriced, 0);
    let day = |(place, day): (usize, &tiercast::sim::Day)| {
        let count = |metric: Metric| day.counts[metric as usize];
        (scenario.setting.calendar.date(place), count(Metric::Delivered), count(Metric::Cost))
    };
    trajectory.days.iter().enumerate().map(day).collect()
}

/// Conversations until June 2025, messages from July on, through October when the rules change: each day pays its price.
#[test]
fn a_run_through_the_rulebook_pays_the_price_of_the_day() {
    let days = priced_days("2025-06-20", 120, "");
    assert_eq!(days.last().unwrap().0, date(2025, 10, 17));
    for (day, delivered, cost) in days {
        let price = if day < date(2025, 7, 1) { 9_900 } else { 10_700 };
        assert_eq!((delivered, cost), (300, 300 * price), "{day}");
    }
}

/// On 30 January 2023 the rules change, and neither the month nor its thousand free conversations begin anew.
#[test]
fn the_free_conversations_of_a_month_outlast_an_era() {
    let days = priced_days("2023-01-27", 10, "");
    let paid: Vec<u64> = days.iter().map(|(.., cost)| cost / 6_600).collect();
    // January: 3 x 300 free, then 100 on the 30th, and none on the 31st. February has its own thousand.
    assert_eq!(paid, [0, 0, 0, 200, 300, 0, 0, 0, 200, 300]);
    assert!(days.iter().all(|(_, delivered, cost)| *delivered == 300 && cost % 6_600 == 0));
}

#[test]
fn eras_with_money_of_two_currencies_are_refused() {
    let euro = catalogue::document("platform-2020").unwrap();
    let euro = euro.with("price.notifications.card_charged_above", "\"30 EUR\"").unwrap();
    let find = |name: &str| match name {
        "platform-2020" => Some(euro.clone()),
        other => catalogue::document(other),
    };
    let findings = Rulebook::read_with(&shipped(), &find).unwrap_err().to_string();
    assert!(
        findings.contains("the money of platform-2021-09 is in USD, that of platform-2020 in EUR"),
        "{findings}"
    );
    assert!(findings.contains("--> platform.rulebook.ron:"), "{findings}");
    assert!(findings.contains("an account goes on from era to era"), "{findings}");
}

/// From October 2026 answers are paid, and a run knows none: that is said where it can matter, and only there.
#[test]
fn answers_that_would_be_paid_are_said_to_be_missing() {
    use tiercast::sim::Scenario;

    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let file = std::fs::read_to_string(folder.join("scenarios/across-eras.ron")).unwrap();
    // What is expected of the run in 2025 does not hold of another.
    let file = format!("{})", &file[..file.find("    expect:").unwrap()]);
    let warns = |start: &str, market: &str| {
        let text = file.replace("2025-09-15", start).replace("market: \"Argentina\",", market);
        let scenario = Scenario::read("later", &text, folder).unwrap_or_else(|findings| panic!("{findings}"));
        scenario.setting.warnings.iter().any(|warning| warning.contains("the cost lacks them"))
    };
    let priced = "market: \"Argentina\",";
    assert!(warns("2026-09-01", priced) && warns("2026-11-01", priced));
    assert!(!warns("2026-08-01", priced) && !warns("2025-09-15", priced) && !warns("2026-11-01", ""));
}

/// Where another clause takes over, ratings are found by it from that instant on, whatever else happens: here the one that
/// weighs unread messages, too, in April 2024.
#[test]
fn a_clause_that_takes_over_rates_at_once() {
    let document = catalogue::document("platform-2023").unwrap();
    let ruleset = Ruleset::read(&document).unwrap_or_else(|findings| panic!("{findings}"));
    let start = date(2024, 3, 25);
    let instant_of = |day: &str| SimTime(days_between(start, first_day(day).unwrap()) * DAY);
    let rules = Rules::compile(&ruleset, (0..14).map(|day| SimTime(day * DAY)).collect(), &instant_of);
    let numbers = vec![(rules.start_tier, None)];
    let opening = Opening { numbers, templates: vec![TemplateOpening::PROVEN], ..Opening::default() };
    let (mut platform, mut changes) = (Platform::open(&rules, &opening), Vec::new());
    let sent = Signal::Sent {
        number: 0,
        template: 0,
        sent: 10_000,
        delivered: 10_000,
        in_window: [0, 0],
        again: &[],
        counted_again: &[],
    };
    platform.hear(h(6 * 24 + 12), sent, &mut changes);
    let heard = |kind, count| Signal::Feedback { number: 0, template: 0, kind, count };
    platform.hear(h(6 * 24 + 13), heard(Feedback::Block, 180), &mut changes);
    platform.hear(h(6 * 24 + 13), heard(Feedback::Unread, 9_000), &mut changes);
    platform.evaluate(h(6 * 24 + 13), &mut changes);
    // What changed is judged once more.
    assert_eq!(platform.next_evaluation(), h(6 * 24 + 14));
    changes.clear();
    platform.evaluate(h(6 * 24 + 14), &mut changes);
    assert_eq!(changes, []);
    // 1.8 % of blocks were Medium; with 0.005 of 9,000 unread they are 2.25 %. Nothing fades before noon.
    assert_eq!(platform.next_evaluation(), h(7 * 24));
    platform.evaluate(h(7 * 24), &mut changes);
    let rated = What::Rated { from: Rating::Medium, to: Rating::Low };
    let change = changes.iter().find(|change| change.subject == Subject::Template(0)).unwrap();
    assert_eq!(
        (change.what, rules.clauses[usize::from(change.clause)].path.as_str()),
        (rated, "rating.template")
    );
    platform.evaluate(h(7 * 24 + 1), &mut changes);
    assert_eq!(platform.next_evaluation(), h(7 * 24 + 12));
}
