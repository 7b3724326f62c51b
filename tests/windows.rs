//! What counts, what is refused and what opens, in whole runs: messages inside service windows, an account without a card,
//! customers who write first, held messages, caps per person, several numbers.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use std::path::Path;

use common::{STILL, total};
use tiercast::audience::Sampling;
use tiercast::sim::{Metric, Reason, Scenario, Trajectory};
use tiercast::time::DAY;

/// A scenario in which one list is written to; its parts as they stand in a file.
struct Plan<'p> {
    start: &'p str,
    horizon: &'p str,
    slot: &'p str,
    platform: &'p str,
    customers: u64,
    rest: &'p str,
    profile: &'p str,
    chances: &'p str,
    numbers: &'p str,
    plan: &'p str,
    until: &'p str,
}

/// One number that writes to 10,000 customers at nine, every day.
const PLAN: Plan<'_> = Plan {
    start: "2022-03-07",
    horizon: "10d",
    slot: "1h",
    platform: "",
    customers: 10_000,
    rest: "7d",
    profile: STILL,
    chances: "",
    numbers: r#"number: "main""#,
    plan: "Constant(a_day: 10000)",
    until: "10:00",
};

impl Plan<'_> {
    fn load(&self) -> Scenario {
        self.load_with(&[])
    }

    fn load_with(&self, changes: &[(&str, &str)]) -> Scenario {
        let Plan { start, horizon, slot, platform, customers, rest, profile, chances, numbers, plan, until } =
            self;
        let text = format!(
            r#"Scenario(
    title: "a test", start: "{start}", zone: "UTC", horizon: "{horizon}", slot: "{slot}", seed: 1,
    platform: ({platform} verification: Done),
    audience: (segments: {{ "members": (
        customers: {customers}, profile: "{profile}", rest: "{rest}", chances: {{ {chances} }},
    ) }}),
    sender: (
        {numbers}, segment: "members", templates: ["offer"], plan: {plan},
        hours: (from: "09:00", to: "{until}"), weekdays: every_day,
    ),
)"#
        );
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
        let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("windows-{:x}.ron", hash(&text)));
        let home = |path: &str| folder.join(path).display().to_string();
        std::fs::write(&file, text.replace(STILL, &home(STILL))).unwrap();
        let changes: Vec<(String, String)> =
            changes.iter().map(|(path, value)| ((*path).to_owned(), (*value).to_owned())).collect();
        Scenario::load(&file, &changes).unwrap_or_else(|found| panic!("{found}\n{text}"))
    }
}

fn hash(text: &str) -> u64 {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

fn days(run: &Trajectory, metric: Metric) -> Vec<u64> {
    run.days.iter().map(|day| day.counts[metric as usize]).collect()
}

fn platform(ruleset: &str, tier: &str, category: &str, more: &str) -> String {
    format!(
        r#"ruleset: "{ruleset}", numbers: {{ "main": (tier: "{tier}", rating: Some(High)) }},
           templates: {{ "offer": (category: {category}{more}) }},"#
    )
}

/// A step that asks for 2,000 different customers in 7 days, of 2,400 who all get a message every day: what reaches some
/// of them inside a window that they opened takes nothing back of what was counted before. Whoever writes first on a day
/// is counted on another, so the step is due within days, by counts and by people.
#[test]
fn a_message_inside_a_window_takes_no_customer_back() {
    for chance in ["0.1", "0.3"] {
        let platform = platform("cloud-api-2022", "1K", "Marketing", "");
        let chances = format!(r#""first_messages": Fixed({chance})"#);
        let plan = Plan { platform: &platform, customers: 2_400, rest: "24h", chances: &chances, ..PLAN };
        for sampling in [Sampling::Counts, Sampling::People] {
            let scenario = Plan { plan: "Constant(a_day: 2400)", ..plan }.load().with_sampling(sampling);
            for run in scenario.replicate_all(0..20) {
                let step = run.outcome.reached
                    [scenario.setting.tiers.iter().position(|tier| tier.limit == Some(10_000)).unwrap()];
                assert!(step.is_some_and(|at| at.0 < 4 * DAY), "{chance}, {sampling:?}: {step:?}");
                assert!(total(&run, Metric::InWindow) > 500, "nothing is inside a window");
            }
        }
    }
}

/// Without a card the thousand free conversations of a month are sent, and the rest of the plan is refused once a day:
/// what is refused was asked for.
#[test]
fn what_no_card_pays_for_is_refused_once() {
    let platform =
        format!(r#"{} market: "Brazil", card: none,"#, platform("classic-2022", "10,000", "Marketing", ""));
    let fill = r#"FillLimit(share: "100%")"#;
    let plan =
        Plan { platform: &platform, customers: 100_000, plan: fill, horizon: "3d", until: "19:00", ..PLAN };
    let run = plan.load().replicate(0);
    assert_eq!(days(&run, Metric::Sent), [1_000, 0, 0]);
    assert_eq!(days(&run, Metric::Refused), [9_000, 10_000, 10_000]);
}

/// Everybody writes once a day. Who does in a slot is heard when it is over: with slots of half a day, in the afternoon of
/// the first day half of them, and who writes in the last slot no more.
#[test]
fn first_messages_are_heard_when_their_slot_is_over() {
    let platform = platform("classic-2022", "10,000", "Marketing", "");
    let plan = Plan { platform: &platform, chances: r#""first_messages": Fixed(1)"#, until: "13:00", ..PLAN };
    let scenario = Plan { slot: "12h", horizon: "3d", plan: "Constant(a_day: 1)", ..plan }.load();
    let [first, second, third] = days(&scenario.replicate(0), Metric::WroteFirst)[..] else {
        panic!("3 days")
    };
    assert!(first.abs_diff(5_000) < 400, "{first}");
    assert!(second.abs_diff(10_000) < 500 && third.abs_diff(10_000) < 500, "{second}, {third}");
}

/// Everybody writes once a day: a conversation that the customer began covers the next 24 h. In steps of an hour N/47 of
/// N customers open one each hour in the long run, and 1 - (23/24)^23 of them on the first day, whose last hour is heard at
/// midnight.
#[test]
fn a_customers_own_conversation_covers_the_next_message() {
    let platform = format!(r#"{} market: "Brazil","#, platform("classic-2022", "10,000", "Marketing", ""));
    let chances = r#""first_messages": Fixed(1)"#;
    let plan = Plan { platform: &platform, chances, plan: "Constant(a_day: 1)", ..PLAN };
    let runs = plan.load().replicate_all(0..16);
    let mean = |day: usize| {
        runs.iter().map(|run| days(run, Metric::Conversations)[day]).sum::<u64>() as f64 / runs.len() as f64
    };
    assert!((mean(0) / 6_242.0 - 1.0).abs() < 0.01, "{}", mean(0));
    for day in [4, 6, 8] {
        assert!((mean(day) / (240_000.0 / 47.0) - 1.0).abs() < 0.02, "day {day}: {}", mean(day));
    }
}

/// Whether the limit lets messages inside a window through free is a matter of the limit: what is paid for them is not.
#[test]
fn what_is_paid_does_not_depend_on_the_limits_reading() {
    let platform = format!(r#"{} market: "Brazil","#, platform("classic-2022", "10,000", "Utility", ""));
    let chances = r#""first_messages": Fixed(0.5)"#;
    let plan = Plan { platform: &platform, customers: 5_000, rest: "24h", chances, ..PLAN };
    let sums = |free: &str| {
        let run = plan.load_with(&[("admission.tier.free_in_service_window", free)]).replicate(3);
        [Metric::Sent, Metric::InWindow, Metric::Conversations, Metric::Cost]
            .map(|metric| total(&run, metric))
    };
    let free = sums("true");
    assert!(free[1] > 5_000 && free[3] > 0, "{free:?}");
    assert_eq!(free, sums("false"));
}

/// One campaign is one draw, whatever the list is cut into: two halves of a list stop like the whole.
#[test]
fn a_campaign_is_one_draw_for_all_segments() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let still = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(STILL)).unwrap();
    let moody = "campaign_effect: (sigma: 1, acts_on: [stop],";
    let profile = still.replace("campaign_effect: (sigma: 0, acts_on: [],", moody);
    assert!(profile.contains(moody));
    std::fs::write(folder.join("moody.ron"), profile).unwrap();
    let platform = platform("classic-2022", "unlimited", "Marketing", "");
    let load = |segments: &[&str]| {
        let each = 20_000 / segments.len();
        let lists: String = segments
            .iter()
            .map(|name| format!(r#""{name}": (customers: {each}, profile: "moody.ron", rest: "7d", chances: {{ "stop": Fixed(0.02) }}), "#))
            .collect();
        let text = format!(
            r#"Scenario(
    title: "a test", start: "2022-03-07", zone: "UTC", horizon: "1d", seed: 1,
    platform: ({platform} verification: Done),
    audience: (segments: {{ {lists} }}),
    sender: (
        number: "main", segments: {segments:?}, templates: ["offer"], plan: Constant(a_day: 20000),
        hours: (from: "09:00", to: "10:00"), weekdays: every_day,
    ),
)"#
        );
        Scenario::read("campaign", &text, folder).unwrap_or_else(|found| panic!("{found}"))
    };
    let stops = |segments: &[&str]| {
        load(segments)
            .replicate_all(0..60)
            .iter()
            .map(|run| total(run, Metric::Stopped) as f64)
            .collect::<Vec<f64>>()
    };
    let (whole, halves) = (stops(&["all"]), stops(&["left", "right"]));
    let spread = |stops: &[f64]| {
        stops.iter().copied().fold(f64::INFINITY, f64::min) * 5.0 < stops.iter().copied().fold(0.0, f64::max)
    };
    assert!(spread(&whole), "the campaign moves nothing: {whole:?}");
    for (whole, halves) in whole.iter().zip(&halves) {
        assert!(
            (whole - halves).abs() < 6.0 * (whole + halves).sqrt(),
            "{whole} of the whole, {halves} of the halves"
        );
    }
}

/// Held messages go out like any send: whom the limit leaves out then is put back as after any refusal, and can be written
/// to on the next day. Of 5,000 who rest for the whole run each gets one message.
#[test]
fn who_is_refused_at_a_release_has_not_been_written_to() {
    let platform = platform("platform-2023", "1K", "Marketing", ", state: new");
    let plan = Plan {
        start: "2023-11-06",
        horizon: "6d",
        slot: "5m",
        platform: &platform,
        customers: 5_000,
        rest: "60d",
        chances: r#""delivered": Fixed(0.5)"#,
        plan: "Constant(a_day: 12000)",
        ..PLAN
    };
    let scenario = plan.load();
    let mut held = 0;
    for run in scenario.replicate_all(0..16) {
        held += total(&run, Metric::Held);
        assert_eq!(total(&run, Metric::Sent), 5_000, "{:?}", days(&run, Metric::Sent));
    }
    assert!(held > 16 * 1_000, "{held}");
}

/// What fails because a person has had as many messages as the platform lets through uses up no limit, whatever the limit
/// counts.
#[test]
fn a_message_that_the_cap_stops_does_not_count() {
    let platform = platform("platform-2023", "10K", "Marketing", "");
    let chances = r#""at_person_cap": Fixed(0.5)"#;
    let plan = Plan {
        start: "2024-11-04",
        horizon: "2d",
        platform: &platform,
        customers: 100_000,
        chances,
        plan: "Constant(a_day: 40000)",
        until: "13:00",
        ..PLAN
    };
    let delivered = |consumed: &str| {
        let run = plan.load_with(&[("admission.tier.consume_on", consumed)]).replicate(0);
        assert!(total(&run, Metric::Failed) > 15_000);
        days(&run, Metric::Delivered)
    };
    assert_eq!(delivered("sent"), delivered("delivered"));
    // The cap is said not to hold inside service windows: told where somebody can be at it.
    let told = |chances: &str| {
        let warnings = Plan { chances, ..plan }.load().setting.warnings;
        let why = "who is at the cap is refused inside a service window, too";
        warnings.contains(&format!("admission.person.free_in_service_window is not simulated: {why}"))
    };
    assert_eq!([told(chances), told("")], [true, false]);
}

/// Three numbers with a limit of their own share a plan that is a third of what they may send: the limit limits nobody.
#[test]
fn a_limit_of_ones_own_is_not_held_against_the_plan_of_all() {
    let platform = r#"ruleset: "classic-2022", templates: { "offer": (category: Marketing) },
        numbers: { "a": (tier: "1,000"), "b": (tier: "1,000"), "c": (tier: "1,000") },"#;
    let numbers = r#"numbers: { "a": 1, "b": 1, "c": 1 }"#;
    let reasons = |a_day: u64| {
        let a_day = format!("Constant(a_day: {a_day})");
        let plan = Plan { platform, numbers, customers: 100_000, plan: &a_day, until: "19:00", ..PLAN };
        let run = plan.load().replicate(0);
        [Reason::Capacity, Reason::Plan]
            .map(|reason| run.outcome.limited[Reason::ALL.iter().position(|one| *one == reason).unwrap()])
    };
    let [capacity, plan] = reasons(1_002);
    assert!(capacity == 0 && plan >= 5, "{capacity} {plan}");
    assert!(reasons(3_003)[0] > 0);
}
