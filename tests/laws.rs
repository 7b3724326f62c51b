//! Laws that hold in every run of every scenario, looked for in random scenarios.
//!
//! `LAWS=20 cargo test --release --test laws` looks twenty times as long, in other scenarios.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use common::{CLASSIC, Case, PLATFORM, Plan, STILL, WILD, altered, total};
use tiercast::audience::{
    Act, Arrivals, Behavior, Choice, List, ListPlan, Moment, Rates, Room, Sampling, Segment, Stage, Taken,
    TemplateEffects, profile_document,
};
use tiercast::document::Document;
use tiercast::glossary::{Category, NumberStatus, Rating, Ratio, TemplateStatus};
use tiercast::platform::language::{CapLimit, CapOf};
use tiercast::platform::{
    Change, Opening, Platform, Policy, Score, Signal, Subject as Whom, TemplateOpening, Thresholds, What,
};
use tiercast::random::{Address, Chance, Held, NearCounts, Prior, Purpose, Streams, Subject};
use tiercast::sender::{AfterTable, Clock, Observation, State, Strategy as Sender, Usage, Volume};
use tiercast::sim::{Batch, Entry, Journal, Ledger, Metric, Probe, Scenario, Trajectory};
use tiercast::time::{Calendar, DAY, HOUR, SimTime, Slot, Span};

fn config(cases: u32, seed: u64) -> ProptestConfig {
    let times: u32 = std::env::var("LAWS").ok().and_then(|times| times.parse().ok()).unwrap_or(1);
    let rng_seed = RngSeed::Fixed(if times == 1 { seed } else { seed + u64::from(times) });
    ProptestConfig { cases: cases * times, rng_seed, failure_persistence: None, ..ProptestConfig::default() }
}

// ---------------------------------------------------------------------------------------------------------
// Random scenarios

/// Zones and dates just before their clocks do something.
const STARTS: [(&str, &str); 12] = [
    ("UTC", "2022-03-07"),
    ("Asia/Kathmandu", "2022-03-07"),
    ("Europe/Berlin", "2022-03-25"),
    ("Europe/Berlin", "2022-10-28"),
    // No midnight on 4 November; two hours from 23:00 on 17 February.
    ("America/Sao_Paulo", "2018-11-02"),
    ("America/Sao_Paulo", "2018-02-16"),
    // No midnight, and two midnights.
    ("America/Havana", "2022-03-11"),
    ("America/Havana", "2022-11-04"),
    // Half an hour.
    ("Australia/Lord_Howe", "2022-04-01"),
    ("Australia/Lord_Howe", "2022-09-30"),
    // No 30 December at all.
    ("Pacific/Apia", "2011-12-28"),
    ("America/Sao_Paulo", "2022-03-07"),
];

fn plans() -> impl Strategy<Value = Plan> {
    let amount = prop_oneof![0_u64..10, 0_u64..3_000, 0_u64..300_000, Just(1 << 31)];
    prop_oneof![
        2 => amount.clone().prop_map(|a_day| Plan::Constant(a_day.max(1))),
        3 => prop_oneof![Just("100%"), Just("50%"), Just("1/3"), Just("1%")].prop_map(Plan::Fill),
        2 => (
            prop::collection::vec(amount, 1..30),
            prop_oneof![Just("calendar_day"), Just("sending_day")],
            prop_oneof![Just("stop"), Just("hold")],
        )
            .prop_map(|(days, clock, after)| Plan::Table { days, clock, after }),
        1 => (0_u64..3_000).prop_map(Plan::Fastest),
    ]
}

fn chance() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("Fixed(0)".to_owned()),
        Just("Fixed(1)".to_owned()),
        Just("Fixed(0.01)".to_owned()),
        Just("Fixed(0.5)".to_owned()),
        Just("Uniform(low: 0, high: 1)".to_owned()),
        Just("LogUniform(low: 0.0001, high: 0.1)".to_owned()),
    ]
}

fn chances() -> impl Strategy<Value = Vec<(&'static str, String)>> {
    const NAMES: [&str; 9] =
        ["delivered", "read", "reply", "stop", "block", "report", "report_also_blocks", "mute", "archive"];
    prop::collection::btree_map(0..NAMES.len(), chance(), 0..6)
        .prop_map(|map| map.into_iter().map(|(name, law)| (NAMES[name], law)).collect())
}

fn cases(most_days: u32) -> impl Strategy<Value = Case> {
    let platform = (
        prop_oneof![Just(CLASSIC), Just(PLATFORM)],
        0..5_usize,
        prop::option::of(prop_oneof![Just("Low"), Just("Medium"), Just("High"), Just("Unknown")]),
        prop_oneof![
            Just("Never"),
            Just("Done"),
            Just("AfterDays(LogNormalMedian(median: 3, sigma: 0.8))"),
            Just("AfterDays(Fixed(0))"),
        ],
        prop_oneof![
            Just(["LogUniform(low: 0.005, high: 0.05)"; 2]),
            Just(["LogUniform(low: 0.0001, high: 0.9)"; 2]),
            Just(["Fixed(0)", "Fixed(0.0001)"]),
            Just(["Fixed(0.99)", "Fixed(1)"]),
        ],
    );
    let audience = (
        prop_oneof![1_u64..100, 1_u64..100_000, 1_u64..10_000_000],
        prop_oneof![Just(STILL), Just(WILD), Just(WILD), Just("opted-in-marketing"), Just("cold-list")],
        prop_oneof![Just(24_u32), Just(25), Just(72), 24_u32..400],
        prop_oneof![Just("rested_longest"), Just("at_random")],
        chances(),
        prop::collection::vec(prop_oneof![Just("Marketing"), Just("Utility")], 1..4),
    );
    let time = (
        0..STARTS.len(),
        prop_oneof![Just(""), Just("T00:00"), Just("T09:17"), Just("T23:45")],
        1..=most_days,
        prop_oneof![Just(15_u32), Just(30), Just(60), Just(60), Just(120), Just(240)],
    );
    let sender = (
        plans(),
        (0_u32..24, 1_u32..25).prop_map(|(from, length)| (from, (from + length).min(24))),
        prop_oneof![Just("every_day"), Just("every_day"), Just("workdays"), Just("Only([Mon, Sat])")],
        0_u64..1_000,
    );
    (platform, audience, time, sender).prop_map(|(platform, audience, time, sender)| {
        let (ruleset, tier, rating, verification, laws) = platform;
        let tiers = match ruleset {
            CLASSIC => ["50", "1,000", "10,000", "100,000", "unlimited"],
            _ => ["250", "1K", "10K", "100K", "unlimited"],
        };
        let (customers, profile, rest, choose, chances, templates) = audience;
        let (place, clock, horizon, slot) = time;
        let (zone, date) = STARTS[place];
        let (plan, (from, to), weekdays, seed) = sender;
        Case {
            ruleset,
            start: format!("{date}{clock}"),
            zone,
            horizon,
            slot,
            seed,
            tier: tiers[tier],
            rating,
            verification: verification.to_owned(),
            priors: PRIORS.into_iter().zip(laws.map(str::to_owned)).collect(),
            customers,
            profile,
            rest,
            choose,
            chances,
            templates,
            plan,
            from,
            to,
            weekdays,
            careful: "",
        }
    })
}

/// Uncertain values that both rulesets have.
const PRIORS: [&str; 2] = ["rating.number.medium_from", "rating.number.low_from"];

/// What a sender does beside its plan: nothing, or what asks the platform, or customers, at every send.
const CAREFUL: [&str; 3] = [
    "",
    r#" edits: (after: "1h", at_most: 3),"#,
    r#" feedback: [
        (when: Guard(share: read, is: Below("60%"), of_at_least: 5), steps: [(act: Cut("50%"))]),
        (when: Guard(share: refused, is: Above("5%"), of_at_least: 20), steps: [(act: Cut("50%"))]),
        (when: Medium, steps: [(act: pause, lasts: "2d")]),
    ],"#,
];

/// Rulesets under which one number with one template goes abreast with itself in other futures, and some of their
/// tiers.
static ABREAST: LazyLock<[(&str, [&str; 3]); 8]> = LazyLock::new(|| {
    let ref_1 = "benches/ref-1/ref-1-rules.ron";
    let clocks = [
        ("on: [delivery]", r#"on: [delivery, Every("6h")]"#),
        ("on: [rating]", r#"on: [rating, Every("8h")]"#),
        (r#"evaluated: "1h""#, r#"evaluated: "3h""#),
    ];
    // A rating that leads to nothing by itself keeps the number from rising.
    let high = [("RatingAtLeast(Medium)", "RatingAtLeast(High)")];
    [
        (ref_1, ["1K", "10K", "100K"]),
        (altered(ref_1, "clocked-rules", &clocks), ["1K", "10K", "100K"]),
        (altered(ref_1, "high-rules", &high), ["1K", "10K", "100K"]),
        (CLASSIC, ["50", "1,000", "unlimited"]),
        ("scenarios/rulesets/chat-api-2022.ron", ["tier 0", "level 1", "level 3"]),
        ("scenarios/rulesets/cloud-api-2022.ron", ["50", "1K", "unlimited"]),
        ("scenarios/rulesets/platform-2020.ron", ["1K", "10K", "100K"]),
        ("scenarios/rulesets/ublux-2022.ron", ["trial", "tier 1", "tier 4"]),
    ]
});

/// The wild behaviour, but whether a message arrives is a matter of the message.
static WILD_BY_MESSAGE: LazyLock<&str> = LazyLock::new(|| {
    let by_message = ("undeliverable: (value: customer", "undeliverable: (value: message");
    altered(WILD, "wild-by-message", &[by_message])
});

/// Those of them that count each customer once.
const DISTINCT: [&str; 2] = ["scenarios/rulesets/cloud-api-2022.ron", "scenarios/rulesets/platform-2020.ron"];

/// The scenario of a case; `None` where no slot falls into the sending hours, the one thing that can be wrong.
fn loaded(case: &Case) -> Option<Scenario> {
    match case.try_load() {
        Ok(scenario) => Some(scenario),
        Err(found) if found.contains("nothing is ever sent") => None,
        Err(found) => panic!("{found}\n{}", case.text()),
    }
}

fn journal(scenario: &Scenario, index: u64) -> (Trajectory, Journal) {
    let mut journal = Journal::default();
    let trajectory = scenario.watch(index, &mut journal);
    (trajectory, journal)
}

fn changes(journal: &Journal) -> Vec<Change> {
    let change = |entry: &Entry| match entry {
        Entry::Change(change, _) => Some(*change),
        Entry::Sent(_) => None,
    };
    journal.entries.iter().filter_map(change).collect()
}

fn batches(journal: &Journal) -> Vec<Batch> {
    let batch = |entry: &Entry| match entry {
        Entry::Sent(batch) => Some(*batch),
        Entry::Change(..) => None,
    };
    journal.entries.iter().filter_map(batch).collect()
}

/// The rest of a case.
fn rest(case: &Case) -> Span {
    Span::hours(i64::from(case.rest))
}

// ---------------------------------------------------------------------------------------------------------
// Laws of one run

/// Follows tier and capacity by the changes and batches alone.
struct Capacity<'s> {
    scenario: &'s Scenario,
    tier: usize,
    delivered: Vec<(SimTime, u64)>,
    wrong: Option<String>,
}

impl Probe for Capacity<'_> {
    fn change(&mut self, change: &Change, _: Option<Score>) {
        match change.what {
            What::TierRose { from, to, .. } | What::TierFell { from, to, .. } => {
                if from != self.tier {
                    self.wrong = Some(format!("{change:?} while the tier is {}", self.tier));
                }
                self.tier = to;
            }
            _ => {}
        }
    }

    fn sent(&mut self, batch: &Batch) {
        let day_ago = batch.at - Span::hours(24);
        let recent = self.delivered.iter().filter(|(at, _)| *at > day_ago);
        let reached: u64 = recent.map(|(_, count)| count).sum();
        let limit = self.scenario.rules().tiers[self.tier].limit;
        let left = limit.map_or(u64::MAX, |limit| limit.saturating_sub(reached));
        let counted = batch.admission.admitted - batch.in_window;
        if counted > left || batch.delivered > batch.admission.admitted {
            self.wrong = Some(format!("{batch:?} where {reached} of {limit:?} were reached"));
        }
        self.delivered.push((batch.at, batch.delivered - batch.delivered_in_window));
    }
}

proptest! {
    #![proptest_config(config(256, 1))]

    /// No batch exceeds what the limit then in force leaves, counted afresh from the batches of (t - 24 h, t].
    #[test]
    fn capacity_is_never_exceeded(case in cases(40), index in 0_u64..50) {
        let Some(scenario) = loaded(&case) else { return Ok(()) };
        let tier = scenario.setting.start_tier;
        let mut probe = Capacity { scenario: &scenario, tier, delivered: Vec::new(), wrong: None };
        let trajectory = scenario.watch(index, &mut probe);
        prop_assert_eq!(probe.wrong, None);
        prop_assert_eq!(probe.tier, trajectory.outcome.final_tier);
    }

    /// Every message and every customer is somewhere, and nothing comes back that was not delivered.
    #[test]
    fn messages_and_customers_are_conserved(case in cases(40), index in 0_u64..50) {
        let Some(scenario) = loaded(&case) else { return Ok(()) };
        let (trajectory, journal) = journal(&scenario, index);
        let of = |metric| total(&trajectory, metric);
        let Ledger { customers, in_list, gone, in_flight, held } = trajectory.ledger;
        let dropped = changes(&journal).into_iter().map(|change| match change.what {
            What::HeldDropped { held, .. } => held,
            _ => 0,
        });
        let sent = of(Metric::Sent) + dropped.sum::<u64>();
        prop_assert_eq!(sent, of(Metric::Delivered) + of(Metric::Failed) + in_flight);
        prop_assert_eq!(customers, case.customers);
        prop_assert_eq!(in_list + gone + held, customers);

        let negative = of(Metric::Blocked).max(of(Metric::Reported));
        let only_marketing = case.templates.iter().all(|category| *category == "Marketing");
        let stopped = if only_marketing { of(Metric::Stopped) } else { 0 };
        prop_assert!(gone >= negative + stopped, "{} gone, {:?}", gone, trajectory.outcome.totals);
        let ends = of(Metric::Stopped) + of(Metric::Muted) + of(Metric::Archived) + of(Metric::Replied);
        prop_assert!(negative + ends <= of(Metric::Delivered), "{:?}", trajectory.outcome.totals);
        prop_assert!(of(Metric::Read) <= of(Metric::Delivered));

        // The batches say the same as the totals.
        let batches = batches(&journal);
        let sum = |of: fn(&Batch) -> u64| batches.iter().map(of).sum::<u64>();
        prop_assert_eq!(sum(|batch| batch.admission.admitted), of(Metric::Sent));
        prop_assert_eq!(sum(|batch| batch.delivered), of(Metric::Delivered));
        prop_assert_eq!(sum(|batch| batch.admission.refused + batch.admission.rejected), of(Metric::Refused));
        prop_assert_eq!(sum(|batch| batch.short_of_list), of(Metric::ShortOfList));
        for batch in &batches {
            let Batch { asked, short_of_list, admission, .. } = batch;
            let refused = admission.refused + admission.rejected;
            prop_assert_eq!(*asked, short_of_list + admission.admitted + refused + admission.held);
        }
    }

    /// Once everything has arrived, who has gone are those who blocked, reported or stopped, one by one.
    #[test]
    fn who_has_gone_blocked_reported_or_stopped(mut case in cases(12), index in 0_u64..50) {
        case.profile = STILL;
        case.horizon += 14;
        let days = vec![700; case.horizon as usize - 12];
        case.plan = Plan::Table { days, clock: "calendar_day", after: "stop" };
        case.templates = vec!["Marketing"];
        case.chances.retain(|(name, _)| *name != "report_also_blocks");
        let Some(scenario) = loaded(&case) else { return Ok(()) };
        let trajectory = scenario.replicate(index);
        let of = |metric| total(&trajectory, metric);
        let arrived = of(Metric::Blocked) + of(Metric::Reported) + of(Metric::Stopped);
        prop_assert_eq!(trajectory.ledger.gone, arrived);
        prop_assert_eq!(trajectory.ledger.in_flight, 0);
    }

    /// Within any time as long as the rest, no more is sent than there are customers.
    #[test]
    fn nobody_is_written_to_twice_within_the_rest(case in cases(40), index in 0_u64..50) {
        let Some(scenario) = loaded(&case) else { return Ok(()) };
        let (_, journal) = journal(&scenario, index);
        let batches = batches(&journal);
        for (place, last) in batches.iter().enumerate() {
            let recent = batches[..=place].iter().filter(|batch| batch.at > last.at - rest(&case));
            let sent: u64 = recent.map(|batch| batch.admission.admitted).sum();
            prop_assert!(sent <= case.customers, "{} sent to {} at {:?}", sent, case.customers, last.at);
        }
    }

    /// Days sum to totals; the events of the days are the changes; every change names a clause of the ruleset.
    #[test]
    fn days_and_changes_tell_the_same_story(case in cases(40), index in 0_u64..50) {
        let Some(scenario) = loaded(&case) else { return Ok(()) };
        let (trajectory, journal) = journal(&scenario, index);
        let calendar = &scenario.setting.calendar;
        prop_assert_eq!(trajectory.days.len(), calendar.days());
        for metric in Metric::ALL {
            let sum: u64 = trajectory.days.iter().map(|day| day.counts[metric as usize]).sum();
            prop_assert_eq!(sum, total(&trajectory, metric), "{}", metric.name());
        }
        let mut sent = vec![0; calendar.days()];
        for batch in batches(&journal) {
            sent[calendar.day_of(batch.at)] += batch.admission.admitted;
        }
        let by_day: Vec<u64> = trajectory.days.iter().map(|day| day.counts[Metric::Sent as usize]).collect();
        prop_assert_eq!(sent, by_day);

        let rules = scenario.rules();
        let changes = changes(&journal);
        for change in &changes {
            let clause = rules.clauses.get(change.clause as usize);
            prop_assert!(clause.is_some_and(|clause| !clause.path.is_empty()), "{:?}", change);
            prop_assert!(change.at >= SimTime::START && change.at < calendar.end());
        }
        prop_assert!(changes.windows(2).all(|pair| pair[0].at <= pair[1].at));
        let count = |is: fn(&What) -> bool| changes.iter().filter(|change| is(&change.what)).count() as u32;
        let flags = count(|what| matches!(what, What::NumberEntered { status: NumberStatus::Flagged, .. }));
        let falls = count(|what| matches!(what, What::TierFell { .. }));
        let disabled =
            count(|what| matches!(what, What::TemplateEntered { status: TemplateStatus::Disabled, .. }));
        prop_assert_eq!(
            (trajectory.outcome.flags, trajectory.outcome.downgrades, trajectory.outcome.templates_disabled),
            (flags, falls, disabled)
        );
        // How the tier stood at the end of each day.
        let mut tier = scenario.setting.start_tier;
        let mut changes = changes.iter().peekable();
        for (place, day) in trajectory.days.iter().enumerate() {
            while let Some(change) = changes.next_if(|change| change.at < calendar.midnight(place + 1)) {
                if let What::TierRose { to, .. } | What::TierFell { to, .. } = change.what {
                    tier = to;
                }
            }
            prop_assert_eq!(usize::from(day.tier), tier, "day {}", place);
        }
    }

    /// A flag that is not left by recovery ends after seven days, to the second; so do the pauses of a template
    /// after three and six hours, and the third one is for good.
    #[test]
    fn terms_last_exactly_as_long_as_the_rules_say(case in cases(40), index in 0_u64..50) {
        let Some(scenario) = loaded(&case) else { return Ok(()) };
        let (trajectory, journal) = journal(&scenario, index);
        let end = scenario.setting.calendar.end();
        let mut flagged: Option<SimTime> = None;
        let mut templates: BTreeMap<usize, (SimTime, TemplateStatus, usize)> = BTreeMap::new();
        for change in changes(&journal) {
            match (change.what, change.subject) {
                (What::NumberEntered { status: NumberStatus::Flagged, until }, _) => {
                    prop_assert_eq!(flagged, None, "flagged twice");
                    prop_assert_eq!(until, Some(change.at + Span::days(7)));
                    flagged = Some(change.at);
                }
                (What::NumberLeft { status: NumberStatus::Flagged, recovered }, _) => {
                    let lasted = flagged.take().map(|since| change.at - since);
                    if recovered {
                        prop_assert!(lasted <= Some(Span::days(7)), "{:?}", lasted);
                    } else {
                        prop_assert_eq!(lasted, Some(Span::days(7)));
                    }
                }
                (What::TemplateEntered { status, .. }, Whom::Template(template)) => {
                    let times = templates.get(&template).map_or(0, |(_, _, times)| *times);
                    templates.insert(template, (change.at, status, times + 1));
                }
                (What::TemplateLeft { status: TemplateStatus::Paused, .. }, Whom::Template(template)) => {
                    let (since, _, times) = templates[&template];
                    prop_assert_eq!(change.at - since, Span::hours(3 * times as i64));
                }
                (What::TemplateLeft { status: TemplateStatus::Flagged, recovered: false }, Whom::Template(template)) => {
                    prop_assert_eq!(change.at - templates[&template].0, Span::days(7));
                }
                _ => {}
            }
        }
        prop_assert!(flagged.is_none_or(|since| end - since <= Span::days(7)), "a flag never ended");
        for (since, status, times) in templates.values() {
            match status {
                TemplateStatus::Disabled if case.ruleset == PLATFORM => prop_assert_eq!(*times, 3),
                TemplateStatus::Paused => prop_assert!(*times <= 2 && *since < end),
                _ => {}
            }
        }
        prop_assert!(trajectory.outcome.templates_disabled as usize <= case.templates.len());
    }
}

// ---------------------------------------------------------------------------------------------------------
// Laws between runs

proptest! {
    #![proptest_config(config(128, 2))]

    /// A replication is an address: it is the same whenever it is run, watched or not, after whichever others.
    #[test]
    fn a_replication_is_an_address(case in cases(40), index in any::<u64>()) {
        let Some(scenario) = loaded(&case) else { return Ok(()) };
        let alone = scenario.replicate(index);
        prop_assert_eq!(&journal(&scenario, index).0, &alone);
        let forth: Vec<Trajectory> = (0..4).map(|step| scenario.replicate(index.wrapping_add(step))).collect();
        let mut back: Vec<Trajectory> =
            (0..4).rev().map(|step| scenario.replicate(index.wrapping_add(step))).collect();
        back.reverse();
        prop_assert_eq!(&forth, &back);
        prop_assert_eq!(&forth[0], &alone);
        let again = loaded(&case).map(|scenario| scenario.replicate(index));
        prop_assert_eq!(again, Some(alone));
    }

    /// Where replications go abreast, each is the one that goes alone, watched or not.
    #[test]
    fn abreast_each_is_the_one_alone(
        mut case in cases(30),
        (ruleset, tiers) in prop::sample::select(&ABREAST[..]),
        tier in 0..3_usize,
        (index, runs) in (0_u64..1_000, 4..20_u64),
        (writes_first, endless) in any::<(bool, bool)>(),
        careful in prop::sample::select(&CAREFUL[..]),
    ) {
        case.templates.truncate(1);
        case.careful = careful;
        (case.ruleset, case.tier) = (ruleset, tiers[tier]);
        if endless {
            (case.rest, case.customers, case.choose) = (24 * 30, 1 << 40, "rested_longest");
            (case.horizon, case.slot, case.to) = (case.horizon + 20, case.slot.max(60), case.from + 1);
        } else {
            case.rest = 24 * (case.horizon + 1).max(30);
        }
        // In the others some customers can never be reached, and so have another past.
        if [WILD, "cold-list"].contains(&case.profile) {
            case.profile = *WILD_BY_MESSAGE;
        }
        // Under rules that count each customer once, those who wrote first are told apart from the others.
        if endless || !writes_first || DISTINCT.contains(&ruleset) {
            case.chances.push(("first_messages", "Fixed(0)".into()));
        }
        let Some(scenario) = loaded(&case) else { return Ok(()) };
        prop_assert!(scenario.goes_abreast());
        let alone: Vec<_> = (index..index + runs).map(|index| journal(&scenario, index)).collect();
        let mut journals = vec![Journal::default(); runs as usize];
        let abreast = scenario.watch_all(index..index + runs, &mut journals);
        for (of_abreast, of_alone) in abreast.into_iter().zip(journals).zip(alone) {
            prop_assert_eq!(of_abreast, of_alone);
        }
    }

    /// What is asked of later days changes nothing on the days before. (The day that the horizon cuts is another day
    /// when it is longer: its plan has more slots.)
    #[test]
    fn a_longer_horizon_leaves_the_days_before_as_they_are(case in cases(30), more in 1_u32..12, index in 0_u64..50) {
        let Some(short) = loaded(&case) else { return Ok(()) };
        let Some(long) = loaded(&Case { horizon: case.horizon + more, ..case.clone() }) else { return Ok(()) };
        let ((few, first), (many, all)) = (journal(&short, index), journal(&long, index));
        let whole = short.setting.calendar.days() - 1;
        prop_assert_eq!(&few.days[..whole], &many.days[..whole]);
        prop_assert_eq!(few.outcome.thresholds, many.outcome.thresholds);
        let cut = short.setting.calendar.midnight(whole);
        let at = |entry: &Entry| match entry {
            Entry::Change(change, _) => change.at,
            Entry::Sent(batch) => batch.at,
        };
        let before = |entries: Vec<Entry>| -> Vec<Entry> {
            entries.into_iter().filter(|entry| at(entry) < cut).collect()
        };
        prop_assert_eq!(before(first.entries), before(all.entries));
    }

    /// A template that is never sent, and so never in the way, changes nothing but the list of names.
    #[test]
    fn what_is_never_used_changes_nothing(mut case in cases(20), index in 0_u64..50) {
        case.templates.truncate(1);
        if case.ruleset == PLATFORM {
            (case.ruleset, case.tier) = (CLASSIC, "1,000");
        }
        let Some(one) = loaded(&case) else { return Ok(()) };
        let alone = one.replicate(index);
        let never_barred =
            alone.days.iter().all(|day| day.template.sendable()) && alone.outcome.templates_disabled == 0;
        case.templates.push("Utility");
        let Some(two) = loaded(&case) else { return Ok(()) };
        prop_assert!(!never_barred || two.replicate(index) == alone);
    }
}

// ---------------------------------------------------------------------------------------------------------
// The loop against the plainest loop: every minute, everything is looked at

struct Plain {
    changes: Vec<Change>,
    batches: Vec<Batch>,
}

fn prior(text: &str) -> Prior {
    ron::from_str(text).unwrap()
}

fn behavior(case: &Case) -> Behavior {
    let document = match case.profile {
        file if file.ends_with(".ron") => {
            Document::new(file, std::fs::read_to_string(common::folder().join(file)).unwrap())
        }
        name => profile_document(name).unwrap(),
    };
    let mut behavior = Behavior::read(&document).unwrap();
    for (name, law) in &case.chances {
        let rate = match *name {
            "delivered" => &mut behavior.delivered,
            "read" => &mut behavior.read,
            "reply" => &mut behavior.reply,
            "stop" => &mut behavior.stop,
            "block" => &mut behavior.block,
            "report" => &mut behavior.report,
            "report_also_blocks" => &mut behavior.report_also_blocks,
            "mute" => &mut behavior.mute,
            "archive" => &mut behavior.archive,
            _ => unreachable!(),
        };
        rate.prior = prior(law);
    }
    behavior
}

fn strategy(case: &Case) -> Sender {
    let volume = match &case.plan {
        Plan::Constant(a_day) => Volume::Constant { a_day: *a_day },
        Plan::Fill(share) => {
            Volume::FillLimit { share: ron::from_str::<Ratio>(&format!("{share:?}")).unwrap(), at_most: None }
        }
        Plan::Table { days, clock, after } => Volume::Table {
            days: days.clone(),
            clock: if *clock == "calendar_day" { Clock::calendar_day } else { Clock::sending_day },
            after: if *after == "stop" { AfterTable::stop } else { AfterTable::hold },
        },
        Plan::Fastest(meanwhile) => Volume::FastestClimb { at_most: None, meanwhile: *meanwhile },
    };
    Sender::from(volume)
}

/// One replication without any thought of what comes next: the parties are asked at every minute of the horizon and
/// at the instant of verification. All instants of these scenarios but that one are whole minutes.
fn plain_loop(case: &Case, scenario: &Scenario, index: u64) -> Plain {
    let (rules, calendar) = (scenario.rules(), &scenario.setting.calendar);
    let streams = Streams::new(case.seed, index);
    let uniform = |purpose, name: &str| streams.at(Address::of(purpose, Subject::new(&[name]))).uniform();
    let thresholds = rules.thresholds().map(|(path, _)| {
        let drawn = ["medium_from", "low_from"].map(|field| {
            let path = format!("{path}.{field}");
            let own = case.priors.iter().find(|(known, _)| **known == path);
            let law = own.map_or("LogUniform(low: 0.005, high: 0.05)", |(_, law)| law);
            prior(law).quantile(uniform(Purpose::Parameter, &path)).clamp(0.0, 1.0)
        });
        let (low, high) = (drawn[0].min(drawn[1]), drawn[0].max(drawn[1]));
        Thresholds { medium_from: Ratio::from_share(low), low_from: Ratio::from_share(high) }
    });
    let rating = case.rating.map(|rating| ron::from_str::<Rating>(rating).unwrap());
    let opening = Opening {
        verified: false,
        numbers: vec![(rules.tier(case.tier).unwrap(), rating)],
        templates: case
            .templates
            .iter()
            .map(|category| TemplateOpening {
                category: if *category == "Marketing" { Category::Marketing } else { Category::Utility },
                ..TemplateOpening::PROVEN
            })
            .collect(),
        policy: Policy::Passed,
        never_amended: true,
    };
    let verified = match case.verification.strip_prefix("AfterDays(") {
        Some(law) => {
            let subject = Subject::new(&["platform", "verification"]);
            let uniform = streams.at(Address::of(Purpose::Decision, subject)).uniform();
            Some((prior(&law[..law.len() - 1]).quantile(uniform) * DAY as f64).round() as i64)
        }
        None => (case.verification == "Done").then_some(0),
    };

    let thresholds: Vec<Thresholds> = thresholds.collect();
    let mut platform = Platform::open_under(rules, &opening, &thresholds);
    let names: Vec<String> = (0..case.templates.len()).map(|place| format!("t{place}")).collect();
    let plain = |name: &String| TemplateEffects { name: name.clone(), buttons: false, factors: Vec::new() };
    let effects = names.iter().map(plain).collect();
    let segment = Segment::new("members", behavior(case), effects, calendar).unwrap();
    let mut chance = Chance::new(streams, Held::default());
    let mut rates = Rates::draw(&segment, &chance);
    let plan = ListPlan {
        customers: case.customers,
        unreachable: segment.unreachable(&rates, case.customers, "main", &mut chance),
        rest: rest(case),
        once: false,
        choice: if case.choose == "at_random" { Choice::at_random } else { Choice::rested_longest },
        memory: segment.memory(),
        asked_back: asked_back(&scenario.ruleset),
        subject: Subject::new(&["members", "main"]),
    };
    let mut list = List::new(plan, Sampling::Counts);
    let mut arrivals = Arrivals::new(calendar.slots().len() + 1, case.templates.len());
    let (sender, mut state) = (strategy(case), State::default());

    let slots: BTreeMap<i64, Slot> =
        calendar.slots().iter().zip(0..).map(|(slot, place)| (slot.at.0, place)).collect();
    let mut instants: BTreeSet<i64> = (0..calendar.end().0).step_by(60).collect();
    instants.extend(verified);
    let begun = |since: Option<&str>, now: SimTime| {
        let first = since.map(|since| tiercast::platform::first_day(since).expect("a date"));
        first.is_none_or(|first| calendar.civil(now).date() >= first)
    };
    let throughput = |now: SimTime| match scenario.ruleset.admission.get("throughput") {
        Some(cap) if begun(cap.since.as_deref(), now) => match cap.limit {
            CapLimit::Own(most) => (most * calendar.slot_length().0 as u64).min(1 << 31),
            other => panic!("{other:?}"),
        },
        _ => 1 << 31,
    };
    let mut analysis: Option<(i64, bool)> = None;
    let mut held = vec![Taken::default(); names.len()];
    // Who writes first in the slot under way.
    let mut writing = 0;

    let mut out = Plain { changes: Vec::new(), batches: Vec::new() };
    let (mut day, mut asked_today, mut sent_today, mut sending_days) = (0, 0, 0, 0);
    while let Some(now) = instants.pop_first().map(SimTime).filter(|now| *now < calendar.end()) {
        let told = out.changes.len();
        let changes = &mut out.changes;
        if calendar.day_of(now) != day {
            sending_days += usize::from(sent_today > 0);
            (day, asked_today, sent_today) = (calendar.day_of(now), 0, 0);
        }
        platform.terms(now, changes);
        if verified == Some(now.0) {
            platform.hear(now, Signal::Verified, changes);
        }
        if let Some((_, approved)) = analysis.filter(|(at, _)| *at == now.0) {
            platform.hear(now, Signal::Analysis { number: 0, approved }, changes);
        }
        let slot = slots.get(&now.0).copied();
        if let Some(slot) = slot {
            let days = calendar.slot_length().0 as f64 / DAY as f64;
            let written_to = Subject::new(&["members", "main"]);
            if writing > 0 {
                platform.hear(now, Signal::CustomerMessages { number: 0, count: writing }, changes);
            }
            let luck = (&mut chance, &mut NearCounts::default());
            writing = segment.first_messages(&rates, list.remaining(), slot, days, written_to, luck);
        }
        let hear = |platform: &mut Platform<'_>, arrivals: &mut Arrivals, changes: &mut Vec<Change>| {
            let Some(slot) = slot else { return };
            arrivals.take(slot, |template, acts| {
                for (act, count) in Act::ALL.into_iter().zip(*acts).filter(|(_, count)| *count > 0) {
                    if let Some(kind) = act.feedback() {
                        platform.hear(now, Signal::Feedback { number: 0, template, kind, count }, changes);
                    }
                }
            });
        };
        hear(&mut platform, &mut arrivals, changes);
        platform.evaluate(now, changes);
        platform.clocks(now, changes);
        // Looking never changes what is seen.
        platform.score(0, now);
        platform.reached(0, now);
        platform.next_term(now);

        let moment = |template: usize, slot: Slot| Moment {
            now,
            slot,
            day,
            weekday: calendar.weekday(day).to_monday_zero_offset() as usize,
            streak: template,
            template,
            subjects: tiercast::audience::BatchSubjects::new("members", &names[template], "main"),
            category: opening.templates[template].category,
            person_cap: scenario
                .ruleset
                .admission
                .values()
                .any(|cap| cap.per == CapOf::Person && begun(cap.since.as_deref(), now)),
            unread_after: rules.unread_after(),
            followed: tiercast::audience::Followed::ALL,
        };
        // What the changes of this instant set in motion.
        let mut released = Vec::new();
        for change in out.changes[told..].iter().copied() {
            match (change.what, change.subject) {
                (What::HeldReleased { .. }, Whom::Template(template)) => released.push(template),
                (What::HeldDropped { .. }, Whom::Template(template)) => {
                    list.not_reached(&std::mem::take(&mut held[template]), now);
                }
                _ => {}
            }
        }
        for template in released {
            let going = std::mem::take(&mut held[template]);
            let waiting = going.customers;
            if waiting > 0 {
                let moment = moment(template, calendar.slot_from(now) | 1 << 31);
                let parties = (&mut platform, &mut list, &mut chance, &mut rates, &mut arrivals);
                let batch =
                    deliver(parties, &segment, calendar, going, (waiting, 0), &moment, &mut out.changes);
                sent_today += batch.1.admission.admitted;
                held[template].join(batch.0);
                out.batches.push(batch.1);
            }
        }
        let ask = |changes: &[Change], analysis: &mut Option<(i64, bool)>, instants: &mut BTreeSet<i64>| {
            if changes.iter().any(|change| change.what == What::AnalysisAsked) {
                let address = Address::of(Purpose::Decision, Subject::new(&["platform", "analysis"]));
                let days = 3.0 * streams.at(address).uniform();
                let approved = streams.at(Address { item: 1, ..address }).uniform() < 0.8;
                let at = now.0 + ((days * DAY as f64).round() as i64).max(1);
                *analysis = Some((at, approved));
                instants.insert(at);
            }
        };
        ask(&out.changes[told..], &mut analysis, &mut instants);
        let Some(slot) = slot else {
            continue;
        };
        let start = calendar.slots()[slot as usize];
        let hours = u32::from(start.minute) >= case.from * 60 && u32::from(start.minute) < case.to * 60;
        if !hours || !sends_on(case, calendar.weekday(start.day as usize)) {
            continue;
        }
        let open = |other: &&tiercast::time::SlotStart| {
            other.day == start.day && (case.from * 60..case.to * 60).contains(&u32::from(other.minute))
        };
        let statuses: Vec<TemplateStatus> =
            (0..names.len()).map(|template| platform.template_status(template)).collect();
        let seen = Observation {
            day,
            sending_days,
            slot: calendar.slots().iter().filter(open).filter(|other| other.at < now).count() as u32,
            slots: calendar.slots().iter().filter(open).count() as u32,
            limit: platform.limit(0),
            capacity: platform.capacity(0, now),
            status: platform.number_status(0),
            rating: platform.rating(0),
            usage: platform.usage(0, now).map(|(used, needed)| Usage { used, needed }),
            asked_today,
            ..Observation::at_start(&statuses, &[])
        };
        let plan = sender.decide(&mut state, &seen);
        let asked = plan.messages.min(throughput(now));
        if asked == 0 {
            continue;
        }
        asked_today += asked;
        let template = plan.template;
        let told = out.changes.len();
        let moment = moment(template, slot);
        let taken = list.take(asked, now, day as u16, slot, &mut chance);
        let short_of_list = asked - taken.customers;
        let parties = (&mut platform, &mut list, &mut chance, &mut rates, &mut arrivals);
        let (waiting, batch) =
            deliver(parties, &segment, calendar, taken, (asked, short_of_list), &moment, &mut out.changes);
        held[template].join(waiting);
        sent_today += batch.admission.admitted;
        out.batches.push(batch);
        ask(&out.changes[told..], &mut analysis, &mut instants);
        hear(&mut platform, &mut arrivals, &mut out.changes);
    }
    out
}

/// A batch to those of `taken`; returns whose message is held, and the batch.
fn deliver(
    (platform, list, chance, rates, arrivals): (
        &mut Platform<'_>,
        &mut List,
        &mut Chance,
        &mut Rates,
        &mut Arrivals,
    ),
    segment: &Segment,
    calendar: &Calendar,
    mut taken: Taken,
    (asked, short_of_list): (u64, u64),
    moment: &Moment,
    changes: &mut Vec<Change>,
) -> (Taken, Batch) {
    let Moment { now, slot, template, .. } = *moment;
    taken.look(now);
    let open = segment.open_windows(rates, taken.customers, taken.open, moment, calendar, chance);
    let admission = platform.admit(0, template, taken.customers, open, now);
    list.put_back(&mut taken, admission.refused + admission.rejected, now, slot, chance);
    let held = list.hold(&mut taken, admission.held, now, slot, chance);
    let sent = admission.admitted;
    let inside = open.min(sent);
    let (mut delivered, mut in_window) = (0, [0, 0]);
    if sent > 0 {
        if inside > 0 && list.is_asked_back() {
            list.tell_windows_apart(&mut taken, inside, now, slot, chance);
        }
        let (again, counted_again) = (&taken.again(), &taken.counted_again());
        let stage = Stage { calendar, chance, list, arrivals, room: &mut Room::default() };
        let reactions = segment.react(rates, &taken, *moment, stage);
        delivered = reactions.delivered;
        let through = sent - reactions.capped;
        in_window = match inside > 0 && !list.is_asked_back() {
            true => segment.parts_inside(sent, inside, [through, delivered], moment, chance),
            false => reactions.inside,
        };
        let signal =
            Signal::Sent { number: 0, template, sent: through, delivered, in_window, again, counted_again };
        platform.hear(now, signal, changes);
    }
    let (number, delivered_in_window) = (0, in_window[1]);
    let at = now;
    let batch = Batch {
        at,
        number,
        template,
        asked,
        short_of_list,
        admission,
        in_window: inside,
        delivered,
        delivered_in_window,
    };
    (held, batch)
}

/// How long the rules count each customer once.
fn asked_back(ruleset: &tiercast::platform::Ruleset) -> Span {
    let text = format!("{:?}", ruleset.upgrade);
    if text.contains("distinct") { Span::days(if text.contains("30d") { 30 } else { 7 }) } else { Span(0) }
}

fn sends_on(case: &Case, day: jiff::civil::Weekday) -> bool {
    use jiff::civil::Weekday::{Monday, Saturday, Sunday};
    match case.weekdays {
        "every_day" => true,
        "workdays" => !matches!(day, Saturday | Sunday),
        _ => matches!(day, Monday | Saturday),
    }
}

proptest! {
    #![proptest_config(config(128, 3))]

    /// Going from one next instant to the next misses nothing: looking at everything at every minute, evaluating
    /// every rating at every hour, gives the same changes and the same batches.
    #[test]
    fn nothing_happens_between_the_instants_of_the_loop(case in cases(25), index in 0_u64..50) {
        let Some(scenario) = loaded(&case) else { return Ok(()) };
        let (_, journal) = journal(&scenario, index);
        let plain = plain_loop(&case, &scenario, index);
        prop_assert_eq!(batches(&journal), plain.batches);
        prop_assert_eq!(changes(&journal), plain.changes);
    }
}

/// A score is looked at when the tier rises, 24 h after Saturday's messages, at the very instant at which they begin to
/// weigh less: the evaluation of that instant must not be forgotten.
#[test]
fn a_look_at_the_score_forgets_no_evaluation() {
    let case = Case {
        ruleset: PLATFORM,
        start: "2022-03-25".into(),
        zone: "Europe/Berlin",
        horizon: 3,
        slot: 120,
        seed: 991,
        tier: "10K",
        priors: PRIORS.map(|path| (path, "LogUniform(low: 0.0001, high: 0.9)".to_owned())).to_vec(),
        customers: 5_262,
        profile: "opted-in-marketing",
        chances: vec![("block", "Fixed(0.5)".to_owned())],
        plan: Plan::Constant(15_754),
        from: 17,
        to: 19,
        weekdays: "Only([Mon, Sat])",
        ..Case::default()
    };
    let scenario = case.load();
    let (_, journal) = journal(&scenario, 19);
    let plain = plain_loop(&case, &scenario, 19);
    assert_eq!(changes(&journal), plain.changes);
    let low = plain.changes.iter().find(|change| matches!(change.what, What::Rated { to: Rating::Low, .. }));
    let rose = plain.changes.iter().find(|change| matches!(change.what, What::TierRose { .. }));
    assert_eq!(low.map(|change| change.subject), Some(Whom::Template(0)));
    let number = |change: &&Change| {
        change.subject == Whom::Number(0) && matches!(change.what, What::Rated { to: Rating::Low, .. })
    };
    assert_eq!(plain.changes.iter().find(number).map(|change| change.at), rose.map(|change| change.at));
}

/// What complaints begin ends when its term is over, though nothing but customers is heard from its beginning to its
/// end: no send, and no rating that changes.
#[test]
fn what_is_heard_between_sends_ends_in_time() {
    let fixed = |(name, value): (&'static str, f64)| (name, format!("Fixed({value})"));
    let case = Case {
        ruleset: "scenarios/rulesets/textback-2021.ron",
        tier: "level 3",
        verification: "Done".into(),
        horizon: 6,
        profile: WILD,
        priors: [
            ("rating.number.medium_from", 0.97),
            ("rating.number.low_from", 0.98),
            ("rating.template.medium_from", 0.97),
            ("rating.template.low_from", 0.98),
        ]
        .map(fixed)
        .into(),
        chances: [("delivered", 1.0), ("block", 0.3), ("report", 0.001), ("first_messages", 0.0)]
            .map(fixed)
            .into(),
        plan: Plan::Table { days: vec![100_000], clock: "calendar_day", after: "stop" },
        weekdays: "Only([Mon])",
        ..Case::default()
    };
    let (_, journal) = journal(&case.load(), 3);
    let changes = changes(&journal);
    let rated = changes.iter().filter(|change| matches!(change.what, What::Rated { .. }));
    let last_rated = rated.map(|change| change.at).max();
    let until =
        changes.iter().filter(|change| Some(change.at) > last_rated).find_map(|change| match change.what {
            What::NumberEntered { status: NumberStatus::Restricted, until } => until,
            _ => None,
        });
    let left = changes.iter().rfind(|change| matches!(change.what, What::NumberLeft { .. }));
    assert!(until.is_some(), "{changes:?}");
    assert_eq!(left.map(|change| change.at), until, "{changes:?}");
}

/// Random scenarios are worth little if nothing happens in them.
#[test]
fn the_random_scenarios_reach_every_corner() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::new(config(1, 4));
    let mut seen: BTreeMap<&str, u32> = BTreeMap::new();
    let mut note = |what: &'static str, yes: bool| *seen.entry(what).or_default() += u32::from(yes);
    for _ in 0..400 {
        let case = cases(40).new_tree(&mut runner).unwrap().current();
        let Some(scenario) = loaded(&case) else { continue };
        let (trajectory, journal) = journal(&scenario, 0);
        let changes = changes(&journal);
        let any = |is: fn(&What) -> bool| changes.iter().any(|change| is(&change.what));
        note("rose by a review", any(|what| matches!(what, What::ReviewStarted { .. })));
        note("review cancelled", any(|what| matches!(what, What::ReviewCancelled)));
        note("verified", any(|what| matches!(what, What::Verified)));
        note("flagged", trajectory.outcome.flags > 0);
        note("fell", trajectory.outcome.downgrades > 0);
        note("restricted", trajectory.outcome.restrictions > 0);
        note(
            "recovered",
            any(|what| matches!(what, What::NumberLeft { status: NumberStatus::Flagged, recovered: true })),
        );
        note(
            "template paused",
            any(|what| matches!(what, What::TemplateEntered { status: TemplateStatus::Paused, .. })),
        );
        note("template flagged", trajectory.outcome.template_flags > 0);
        note("template disabled", trajectory.outcome.templates_disabled > 0);
        note("refused", total(&trajectory, Metric::Refused) > 0);
        note("short of list", total(&trajectory, Metric::ShortOfList) > 0);
        note("failed", total(&trajectory, Metric::Failed) > 0);
        note("in flight", trajectory.ledger.in_flight > 0);
        note("gone", trajectory.ledger.gone > 0);
        note("unlimited", trajectory.outcome.final_tier == 4);
    }
    let rare: Vec<_> = seen.iter().filter(|(_, count)| **count < 5).collect();
    assert!(rare.is_empty(), "{seen:?}");
    assert_eq!(HOUR * 24, DAY);
}
