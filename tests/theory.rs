//! Runs against arithmetic: climbs by hand, totals and times against laws in closed form.
//!
//! Seeds are fixed, so each test passes or fails for good. Bounds are set so that a right program would fail any one
//! of these tests with a chance of at most one in a million, had its seed been drawn.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use common::{CLASSIC, Case, PLATFORM, Plan, total};
use tiercast::audience::{
    Act, Arrivals, Behavior, Choice, List, ListPlan, Moment, RateName, Rates, Room, Sampling, Segment, Stage,
};
use tiercast::document::Document;
use tiercast::glossary::Category;
use tiercast::random::maths::{exp, expm1, lgamma, ln, sqrt};
use tiercast::random::quantile::{log_normal_cdf, normal_quantile};
use tiercast::random::{Address, Chance, Held, Law, Prior, Purpose, Streams, Subject};
use tiercast::sim::{Metric, Scenario, Trajectory};
use tiercast::time::{Calendar, DAY, HOUR, SimTime, Span};

const REPLICATIONS: u64 = 2_000;
/// Chance that a test of a right program fails.
const ALPHA: f64 = 1e-6;

fn run(scenario: &Scenario, replications: u64) -> Vec<Trajectory> {
    (0..replications).map(|index| scenario.replicate(index)).collect()
}

fn fixed(value: f64) -> String {
    format!("Fixed({value})")
}

/// When each tier was first held [hours], as far as it was.
fn hours(case: &Case) -> Vec<Option<f64>> {
    let reached = case.load().replicate(0).outcome.reached;
    reached.into_iter().map(|at| at.map(|at| at.0 as f64 / HOUR as f64)).collect()
}

fn days_at(day: u32, hour: f64) -> Option<f64> {
    Some(f64::from(day) * 24.0 + hour)
}

// ---------------------------------------------------------------------------------------------------------
// Climbs by hand

/// The volume rule of 2022: more than twice the limit sent in 7 days, 24 h after the first of it; then 48 h.
#[test]
fn a_climb_of_2022_is_arithmetic() {
    const NOW: Option<f64> = Some(0.0);
    // A thousand a day at nine: the third day makes 3,000 > 2,000, and 48 h later it is 10,000. Seven thousand in
    // seven days never exceed 20,000.
    let thousand = Case { plan: Plan::Constant(1_000), horizon: 30, ..Case::default() };
    assert_eq!(hours(&thousand), [NOW, NOW, days_at(4, 9.0), None, None]);
    // Seven hundred a day: 700, 1,400, 2,100.
    let seven = Case { plan: Plan::Constant(700), ..thousand.clone() };
    assert_eq!(hours(&seven)[2], days_at(4, 9.0));
    // Three hundred a day never make more than 2,100 in seven days: on the seventh day they do.
    let three = Case { plan: Plan::Constant(300), ..thousand.clone() };
    assert_eq!(hours(&three)[2], days_at(8, 9.0));
    // 285 a day make 1,995, and 286 make 2,002.
    assert_eq!(hours(&Case { plan: Plan::Constant(285), ..thousand.clone() })[2], None);
    assert_eq!(hours(&Case { plan: Plan::Constant(286), ..thousand.clone() })[2], days_at(8, 9.0));
    // Exactly twice the limit is not more than it.
    let table = |days: &[u64]| Case {
        plan: Plan::Table { days: days.to_vec(), clock: "calendar_day", after: "stop" },
        ..thousand.clone()
    };
    assert_eq!(hours(&table(&[1_000, 1_000]))[2], None);
    assert_eq!(hours(&table(&[1_000, 1_000, 1]))[2], days_at(4, 9.0));
    // On the eighth day the first day has left the window.
    assert_eq!(hours(&table(&[1_000, 1_000, 0, 0, 0, 0, 0, 1]))[2], None);
    assert_eq!(hours(&table(&[1_000, 1_000, 0, 0, 0, 0, 1]))[2], days_at(8, 9.0));
    // Filling the limit at nine: day 4 10,000. Days 0 to 3 made 4,000, day 4 14,000, day 5 24,000 > 20,000: day 7
    // 100,000. On day 7 the seven days hold 3,000 + 30,000 + 100,000, on day 8 232,000 > 200,000: day 10 unlimited.
    let fill = Case { plan: Plan::Fill("100%"), customers: 1 << 40, horizon: 12, ..thousand.clone() };
    assert_eq!(hours(&fill), [NOW, NOW, days_at(4, 9.0), days_at(7, 9.0), days_at(10, 9.0)]);
    // In ten equal parts from nine on the day's 1,000 are complete at 18:00. Day 2 exceeds 2,000 with its first part
    // at 9:00, and so on: all as above.
    let parts = Case { from: 9, to: 19, ..fill.clone() };
    assert_eq!(hours(&parts)[2], days_at(4, 9.0));
    // A business that is verified after 2.5 days waits at 50, day by day: 150, then 1,150 on day 3 and 2,150 on day 4.
    let trial = Case { tier: "50", verification: "AfterDays(Fixed(2.5))".into(), ..fill.clone() };
    assert_eq!(hours(&trial)[..3], [NOW, days_at(2, 12.0), days_at(6, 9.0)]);
    // A business that is verified when it begins leaves the entry step at once, one that never is never.
    let done = Case { tier: "50", verification: "Done".into(), ..fill.clone() };
    assert_eq!(hours(&done), hours(&fill));
    assert_eq!(hours(&Case { verification: "Never".into(), ..done })[1..], [None; 4]);
    // Where nothing arrives, as much is sent as one likes: usage counts what is sent, the limit what is delivered. At
    // 11:00 there are 3,000, and 24 h after the first the review begins.
    let nothing = vec![("delivered", fixed(0.0))];
    let unheard = Case { chances: nothing, plan: Plan::Constant(3_000), from: 9, to: 12, ..fill.clone() };
    assert_eq!(hours(&unheard)[2], days_at(3, 9.0));
    // Workdays from a Friday on: Friday, Monday, Tuesday; the tier rises on Thursday.
    let workdays = Case {
        start: "2022-03-04".into(),
        weekdays: "workdays",
        ..Case { plan: Plan::Constant(1_000), ..fill }
    };
    assert_eq!(hours(&workdays)[2], days_at(6, 9.0));
}

/// The volume rule of 2023: half the limit in distinct customers within 7 days, 24 h after the one who makes it full.
#[test]
fn a_climb_of_2023_is_arithmetic() {
    let base = Case {
        ruleset: PLATFORM,
        tier: "1K",
        start: "2023-03-06".into(),
        from: 15,
        to: 16,
        plan: Plan::Constant(500),
        horizon: 20,
        ..Case::default()
    };
    let up = |case: &Case| hours(case)[2..].to_vec();
    // The 500th at 15:00, the new limit next day at 15:00.
    assert_eq!(up(&base), [days_at(1, 15.0), None, None]);
    // 499, and then one more.
    assert_eq!(up(&Case { plan: Plan::Constant(499), ..base.clone() })[0], days_at(2, 15.0));
    // 72 a day are 504 in seven days, 71 are 497.
    assert_eq!(up(&Case { plan: Plan::Constant(72), ..base.clone() })[0], days_at(7, 15.0));
    assert_eq!(up(&Case { plan: Plan::Constant(71), ..base.clone() })[0], None);
    // Filling the limit: 1,000, 10,000, 100,000, a step a day. The best case in the platform's own words: from 1K to
    // unlimited in four days.
    let fill = Case { plan: Plan::Fill("100%"), customers: 1 << 40, ..base.clone() };
    assert_eq!(up(&fill), [days_at(1, 15.0), days_at(2, 15.0), days_at(3, 15.0)]);
    // In eight parts of 125 from 9:00 on the fourth part makes the half, at 12:00. Next day at 12:00 the limit is
    // 10,000 and three parts of 125 were sent: the day's target is caught up with at once, 4 x 1,250 in all. The
    // 375 and 4,625 of today and the 1,000 of yesterday make 6,000 >= 5,000: the day after at 12:00.
    let parts = Case { from: 9, to: 17, ..fill };
    assert_eq!(up(&parts)[..2], [days_at(1, 12.0), days_at(2, 12.0)]);
    // The same 499 customers again and again are 499; 500 are enough, though never more than 250 a day.
    let few = |customers| Case { customers, rest: 48, plan: Plan::Constant(250), ..base.clone() };
    assert_eq!(up(&few(499))[0], None);
    assert_eq!(up(&few(500))[0], days_at(2, 15.0));
    // Numbers start at 250 and leave it with the verification.
    let entry = Case { tier: "250", verification: "AfterDays(Fixed(1))".into(), ..base };
    assert_eq!(hours(&entry)[1..3], [days_at(1, 0.0), days_at(2, 15.0)]);
}

/// A list is worth as many messages as its customers have rests.
#[test]
fn a_finite_list_is_sent_exactly_as_often_as_its_rest_allows() {
    for (rest, sends) in [(24, 10), (25, 5), (48, 5), (72, 4), (73, 3), (240, 1)] {
        for choose in ["rested_longest", "at_random"] {
            let plan = Plan::Constant(1_000_000);
            let case = Case {
                tier: "unlimited",
                customers: 777,
                rest,
                choose,
                plan,
                horizon: 10,
                ..Case::default()
            };
            let trajectory = case.load().replicate(3);
            assert_eq!(total(&trajectory, Metric::Sent), 777 * sends, "rest {rest} h, {choose}");
            assert_eq!(total(&trajectory, Metric::ShortOfList), 1_000_000 * 10 - 777 * sends);
        }
    }
}

// ---------------------------------------------------------------------------------------------------------
// Totals

/// Mean and central moments of a sample.
struct Sample {
    n: f64,
    mean: f64,
    variance: f64,
    fourth: f64,
}

impl Sample {
    fn of(values: impl Iterator<Item = f64> + Clone) -> Sample {
        let n = values.clone().count() as f64;
        let mean = values.clone().sum::<f64>() / n;
        let power = |k: i32| {
            let power = |x: f64| (0..k).fold(1.0, |product, _| product * (x - mean));
            values.clone().map(power).sum::<f64>()
        };
        Sample { n, mean, variance: power(2) / (n - 1.0), fourth: power(4) / n }
    }

    /// How many standard errors the mean lies from `expected`, whose variance is `variance`.
    fn z_of_mean(&self, expected: f64, variance: f64) -> f64 {
        (self.mean - expected) / sqrt(variance / self.n)
    }

    /// How many standard errors the variance lies from `expected`.
    fn z_of_variance(&self, expected: f64) -> f64 {
        (self.variance - expected) / sqrt((self.fourth - self.variance * self.variance) / self.n)
    }
}

/// The bound of |z| for `tests` tests together.
fn bound(tests: usize) -> f64 {
    normal_quantile(1.0 - ALPHA / 2.0 / tests as f64)
}

/// Thresholds that no score reaches.
fn never_low() -> Vec<(&'static str, String)> {
    let number = [("rating.number.medium_from", 0.99), ("rating.number.low_from", 1.0)];
    let template = [("rating.template.medium_from", 0.99), ("rating.template.low_from", 1.0)];
    number.into_iter().chain(template).map(|(path, share)| (path, fixed(share))).collect()
}

/// With constant chances every total is binomial, and acts exclude one another.
#[test]
fn constant_rates_give_binomial_totals() {
    let [d, block, report, both, stop, mute, archive, reply, read] =
        [0.9, 0.02, 0.01, 0.3, 0.015, 0.03, 0.05, 0.1, 0.6];
    let names =
        ["delivered", "block", "report", "report_also_blocks", "stop", "mute", "archive", "reply", "read"];
    let values = [d, block, report, both, stop, mute, archive, reply, read];
    let chances = names.into_iter().zip(values.map(fixed)).collect();
    // Ten workdays, the last of them days before the end: everything arrives (blocks within 48 h). Nothing is rated
    // Low: a template must not be lost on the way.
    let case = Case {
        tier: "unlimited",
        rest: 400,
        chances,
        priors: never_low(),
        plan: Plan::Table { days: vec![1_000; 10], clock: "sending_day", after: "stop" },
        from: 9,
        to: 13,
        horizon: 18,
        weekdays: "workdays",
        ..Case::default()
    };
    let n = 10_000.0;
    let runs = run(&case.load(), REPLICATIONS);
    assert!(runs.iter().all(|run| total(run, Metric::Sent) == 10_000));
    let expected = [
        (Metric::Delivered, d),
        (Metric::Blocked, d * (block + report * both)),
        (Metric::Reported, d * report),
        (Metric::Stopped, d * stop),
        (Metric::Muted, d * mute),
        (Metric::Archived, d * archive),
        (Metric::Replied, d * reply),
        (Metric::Read, d * read),
    ];
    let z = bound(2 * expected.len() + 2);
    let of = |metric| runs.iter().map(move |run| total(run, metric) as f64);
    for (metric, p) in expected {
        let sample = Sample::of(of(metric));
        let variance = n * p * (1.0 - p);
        let (mean_z, variance_z) = (sample.z_of_mean(n * p, variance), sample.z_of_variance(variance));
        assert!(mean_z.abs() < z && variance_z.abs() < z, "{}: {mean_z:.2}, {variance_z:.2}", metric.name());
    }
    // Covariance of two rows of a multinomial: -n p q; and those who report and block are counted in both.
    let covariances = [
        (Metric::Replied, Metric::Archived, -n * d * reply * d * archive),
        (
            Metric::Blocked,
            Metric::Reported,
            n * d * report * both - n * d * (block + report * both) * d * report,
        ),
    ];
    for (a, b, expected) in covariances {
        let (first, second) = (Sample::of(of(a)), Sample::of(of(b)));
        let products = of(a).zip(of(b)).map(|(x, y)| (x - first.mean) * (y - second.mean));
        let products = Sample::of(products);
        let found = (products.mean - expected) / sqrt(products.variance / products.n);
        assert!(found.abs() < z, "{} and {}: {found:.2}", a.name(), b.name());
    }
}

/// A factor with mean 1 that a whole day shares: blocks of a day of n messages have mean n p and variance
/// n p (1 - p) + n (n - 1) p^2 (e^(sigma^2) - 1); other days are independent of it, unless they share the campaign.
#[test]
fn effects_have_mean_one_and_the_variance_of_their_law() {
    let (n, block, sigma) = (2_000.0, 0.02, 0.4);
    let sum_of_days = |day: f64, campaign: f64| {
        let scenario = effects(day, campaign, 2_000, block).load();
        let runs = run(&scenario, REPLICATIONS);
        let by_day = |trajectory: &Trajectory| -> Vec<f64> {
            trajectory.days.iter().take(10).map(|day| day.counts[Metric::Stopped as usize] as f64).collect()
        };
        runs.iter().map(by_day).collect::<Vec<_>>()
    };
    let p = block;
    let z = bound(10);
    let shared = n * n * p * p * expm1(sigma * sigma);
    let own = n * p * (1.0 - p) + n * (n - 1.0) * p * p * expm1(sigma * sigma);

    let days = sum_of_days(sigma, 0.0);
    let all = Sample::of(days.iter().flatten().copied());
    let (mean, variance) = (all.z_of_mean(n * p, own), all.z_of_variance(own));
    assert!(mean.abs() < z && variance.abs() < z, "day effect: {mean:.2}, {variance:.2}");
    let next = days.iter().flat_map(|run| run.windows(2).step_by(2));
    let next = Sample::of(next.map(|pair| (pair[0] - n * p) * (pair[1] - n * p)));
    let found = next.mean / sqrt(next.variance / next.n);
    assert!(found.abs() < z, "one day knows of the next: {found:.2}");

    let days = sum_of_days(0.0, sigma);
    let first = Sample::of(days.iter().map(|run| run[0]));
    let (mean, variance) = (first.z_of_mean(n * p, own), first.z_of_variance(own));
    assert!(mean.abs() < z && variance.abs() < z, "campaign effect: {mean:.2}, {variance:.2}");
    let pairs = Sample::of(days.iter().map(|run| (run[0] - n * p) * (run[7] - n * p)));
    let found = (pairs.mean - shared) / sqrt(pairs.variance / pairs.n);
    assert!(found.abs() < z, "days of one campaign: {found:.2}");

    // Both: the factors multiply.
    let days = sum_of_days(sigma, sigma);
    let first = Sample::of(days.iter().map(|run| run[3]));
    let twice = n * p * (1.0 - p) + n * (n - 1.0) * p * p * expm1(2.0 * sigma * sigma);
    let (mean, variance) = (first.z_of_mean(n * p, twice), first.z_of_variance(twice));
    assert!(mean.abs() < z && variance.abs() < z, "both effects: {mean:.2}, {variance:.2}");
}

/// Ten days of four sends each, and stops that arrive at once, with these effects.
fn effects(day: f64, campaign: f64, a_day: u64, stop: f64) -> Case {
    let still = std::fs::read_to_string(common::folder().join(common::STILL)).unwrap();
    let text = still
        .replace("day_effect: (sigma: 0, acts_on: []", &format!("day_effect: (sigma: {day}, acts_on: [stop]"))
        .replace(
            "campaign_effect: (sigma: 0, acts_on: []",
            &format!("campaign_effect: (sigma: {campaign}, acts_on: [stop]"),
        );
    let name = format!("effects-{day}-{campaign}-{}.ron", std::process::id());
    let file = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&file, text).unwrap();
    Case {
        profile: Box::leak(file.display().to_string().into_boxed_str()),
        tier: "unlimited",
        rest: 400,
        chances: vec![("stop", fixed(stop))],
        plan: Plan::Constant(a_day),
        from: 9,
        to: 13,
        horizon: 10,
        ..Case::default()
    }
}

// ---------------------------------------------------------------------------------------------------------
// Times

/// The chi-square of counts against shares, and the bound that it stays below.
fn chi_square(counts: &[u64], shares: &[f64]) -> (f64, f64) {
    let n: u64 = counts.iter().sum();
    let terms = counts.iter().zip(shares).map(|(count, share)| {
        let expected = n as f64 * share;
        assert!(expected > 50.0);
        (*count as f64 - expected) * (*count as f64 - expected) / expected
    });
    // Wilson and Hilferty's cube.
    let freedom = counts.len() as f64 - 1.0;
    let root = 1.0 - 2.0 / (9.0 * freedom) + normal_quantile(1.0 - ALPHA) * sqrt(2.0 / (9.0 * freedom));
    (terms.sum(), freedom * root * root * root)
}

/// Slot by slot, at the audience: the share that arrived at each age is the table's.
#[test]
fn delays_follow_their_table_slot_by_slot() {
    let still =
        Document::new("still", std::fs::read_to_string(common::folder().join(common::STILL)).unwrap());
    let mut behavior = Behavior::read(&still).unwrap();
    behavior.block.prior = ron::from_str("Fixed(0.4)").unwrap();
    let start = "2022-03-07".parse::<jiff::civil::Date>().unwrap().at(0, 0, 0, 0);
    let calendar = Calendar::new(start, "UTC", Span::days(40), Span::hours(1)).unwrap();
    let segment = Segment::new("members", behavior, Vec::new(), &calendar).unwrap();
    let shares = [0.40, 0.20, 0.10, 0.08, 0.08, 0.06, 0.05, 0.03];
    let ages = [0, 1, 2, 4, 8, 16, 24, 48];
    let mut counts = [0; 8];
    for index in 0..REPLICATIONS {
        let mut chance = Chance::new(Streams::new(5, index), Held::default());
        let mut rates = Rates::draw(&segment, &chance);
        let plan = ListPlan {
            customers: 1_000_000,
            unreachable: 0,
            rest: Span::days(30),
            once: false,
            choice: Choice::rested_longest,
            memory: segment.memory(),
            asked_back: Span::days(7),
            subject: segment.subject(),
        };
        let mut list = List::new(plan, Sampling::Counts);
        let mut arrivals = Arrivals::new(50, 1);
        let slot = (index % 700) as u32;
        // Small groups go person by person, large ones row by row.
        let customers = if index % 2 == 0 { 20 } else { 5_000 };
        let taken =
            list.take(customers, SimTime(i64::from(slot) * HOUR), slot as u16 / 24, slot, &mut chance);
        let moment = Moment {
            now: SimTime(i64::from(slot) * HOUR),
            slot,
            day: slot as usize / 24,
            weekday: 0,
            streak: 0,
            template: 0,
            subjects: tiercast::audience::BatchSubjects::new("members", "t0", "main"),
            category: Category::Utility,
            person_cap: false,
            unread_after: None,
            followed: tiercast::audience::Followed::ALL,
        };
        let stage = Stage {
            calendar: &calendar,
            chance: &mut chance,
            list: &mut list,
            arrivals: &mut arrivals,
            room: &mut Room::default(),
        };
        segment.react(&mut rates, &taken, moment, stage);
        while let Some(at) = arrivals.next(slot) {
            arrivals.take(at, |_, acts| {
                let others = Act::ALL.iter().filter(|act| !matches!(act, Act::Read | Act::Block));
                assert_eq!(others.map(|act| acts[act.index()]).sum::<u64>(), 0);
                counts[ages.iter().position(|age| *age == at - slot).unwrap()] += acts[Act::Block.index()];
            });
        }
    }
    let (found, bound) = chi_square(&counts, &shares);
    assert!(found < bound, "{found:.1} above {bound:.1}: {counts:?}");
}

/// Day by day, in whole runs: what was sent on Monday at 19:00 comes on Monday up to an age of 4 h, and so on.
#[test]
fn delays_follow_their_table_in_runs() {
    let case = Case {
        tier: "unlimited",
        chances: vec![("block", fixed(0.3))],
        plan: Plan::Table { days: vec![2_000], clock: "calendar_day", after: "stop" },
        horizon: 4,
        ..Case::default()
    };
    // Ages 0, 1, 2, 4, 8, 16, 24 and 48 h: shares of Monday, Tuesday, Wednesday.
    let expected = [
        (23, [0.40, 0.52, 0.08]),
        (22, [0.60, 0.37, 0.03]),
        (21, [0.70, 0.27, 0.03]),
        (19, [0.78, 0.19, 0.03]),
        (15, [0.86, 0.11, 0.03]),
        (7, [0.92, 0.05, 0.03]),
    ];
    for (hour, shares) in expected {
        let runs = run(&Case { from: hour, to: hour + 1, ..case.clone() }.load(), REPLICATIONS);
        let on_day =
            |day: usize| runs.iter().map(|run| run.days[day].counts[Metric::Blocked as usize]).sum::<u64>();
        // At 23:00 an age of 24 h is Tuesday, one of 48 h Wednesday, and 1 to 16 h are Tuesday.
        let shares = if hour == 23 { [0.40, 0.57, 0.03] } else { shares };
        let counts = [on_day(0), on_day(1), on_day(2)];
        assert_eq!(on_day(3), 0);
        let (found, bound) = chi_square(&counts, &shares);
        assert!(found < bound, "sent at {hour}: {found:.1} above {bound:.1}: {counts:?}");
    }
}

/// The largest distance of a sample from a law, times the root of its size; the chance of more than x is at most
/// 2 e^(-2 x^2) (Dvoretzky, Kiefer, Wolfowitz; Massart).
fn kolmogorov_smirnov(mut values: Vec<f64>, cdf: impl Fn(f64) -> f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let n = values.len() as f64;
    let distance = values.iter().enumerate().map(|(place, value)| {
        let law = cdf(*value);
        (law - place as f64 / n).abs().max((law - (place as f64 + 1.0) / n).abs())
    });
    distance.fold(0.0, f64::max) * sqrt(n)
}

fn largest_distance() -> f64 {
    sqrt(ln(2.0 / ALPHA) / 2.0)
}

#[test]
fn verification_takes_as_long_as_its_law_says() {
    let verification = "AfterDays(LogNormalMedian(median: 5, sigma: 0.6))".to_owned();
    let case = Case { tier: "50", verification, plan: Plan::Constant(1), horizon: 400, ..Case::default() };
    let case = Case { weekdays: "Only([Mon])", ..case };
    let days =
        run(&case.load(), 10 * REPLICATIONS).into_iter().map(|run| run.outcome.reached[1].unwrap().days());
    let found = kolmogorov_smirnov(days.collect(), |days| log_normal_cdf(days, 5.0, 0.6));
    assert!(found < largest_distance(), "{found:.2}");
}

/// Thresholds are two draws, sorted: the smaller of two has the law 1 - (1 - F)^2, the larger F^2.
#[test]
fn thresholds_are_two_draws_in_order() {
    let case = Case { plan: Plan::Constant(1), weekdays: "Only([Mon])", horizon: 1, ..Case::default() };
    let runs = run(&case.load(), 10 * REPLICATIONS);
    assert!(runs.iter().all(|run| run.outcome.thresholds.0 <= run.outcome.thresholds.1));
    let (low, high) = (0.005, 0.05);
    let cdf = |x: f64| (ln(x / low) / ln(high / low)).clamp(0.0, 1.0);
    let medium = runs.iter().map(|run| run.outcome.thresholds.0).collect();
    let found = kolmogorov_smirnov(medium, |x| 1.0 - (1.0 - cdf(x)) * (1.0 - cdf(x)));
    assert!(found < largest_distance(), "Medium from: {found:.2}");
    let lowest = runs.iter().map(|run| run.outcome.thresholds.1).collect();
    let found = kolmogorov_smirnov(lowest, |x| cdf(x) * cdf(x));
    assert!(found < largest_distance(), "Low from: {found:.2}");
    // Stated thresholds are as stated.
    let priors = vec![("rating.number.medium_from", fixed(0.01)), ("rating.number.low_from", fixed(0.02))];
    assert_eq!(Case { priors, ..case }.load().replicate(7).outcome.thresholds, (0.01, 0.02));
}

// ---------------------------------------------------------------------------------------------------------
// Common random numbers

/// Two scenarios that differ in the plan alone meet the same platform and the same customers.
#[test]
fn plans_meet_the_same_luck() {
    let table = |days: &[u64]| Plan::Table { days: days.to_vec(), clock: "calendar_day", after: "stop" };
    let case = Case {
        profile: "opted-in-marketing",
        tier: "50",
        verification: "AfterDays(LogNormalMedian(median: 5, sigma: 0.6))".into(),
        plan: table(&[50, 10, 40, 50]),
        horizon: 40,
        ..Case::default()
    };
    let (one, other) = (case.load(), Case { plan: table(&[50, 50, 0, 7]), ..case.clone() }.load());
    let later = Case { plan: Plan::Fill("100%"), from: 10, to: 18, rest: 72, ..case.clone() }.load();
    for index in 0..200 {
        let (a, b, c) = (one.replicate(index), other.replicate(index), later.replicate(index));
        assert_eq!(
            (a.outcome.thresholds, a.outcome.thresholds),
            (b.outcome.thresholds, c.outcome.thresholds)
        );
        // The verification comes on the same second; what follows is the plan's doing.
        assert_eq!(
            (a.outcome.reached[1], a.outcome.reached[1]),
            (b.outcome.reached[1], c.outcome.reached[1])
        );
        // The same send on the same day has the same fate.
        assert_eq!(a.days[0].counts[..2], b.days[0].counts[..2]);
        // More of the same send: more delivered.
        assert!(a.days[1].counts[Metric::Delivered as usize] <= b.days[1].counts[Metric::Delivered as usize]);
    }
    // Rates are shared, too: with a million messages a day the share of stops shows the rate of the replication.
    let many = |from, a_day| Case {
        profile: "opted-in-marketing",
        tier: "unlimited",
        customers: 1 << 30,
        from,
        to: from + 1,
        plan: table(&[a_day]),
        horizon: 12,
        ..case.clone()
    };
    let (one, other) = (many(9, 1_000_000).load(), many(12, 4_000_000).load());
    for index in 0..50 {
        let share = |scenario: &Scenario| {
            let run = scenario.replicate(index);
            total(&run, Metric::Stopped) as f64 / total(&run, Metric::Delivered) as f64
        };
        let (a, b) = (share(&one), share(&other));
        assert!((a / b - 1.0).abs() < 0.08, "replication {index}: {a} and {b}");
    }
}

/// A larger chance never means fewer of what it is the chance of, in any replication.
#[test]
fn more_chance_is_more_of_it() {
    let blocked = |block: f64| {
        let case = Case {
            tier: "unlimited",
            rest: 400,
            chances: vec![("block", fixed(block)), ("delivered", fixed(0.9)), ("reply", fixed(0.1))],
            priors: never_low(),
            plan: Plan::Table { days: vec![500; 9], clock: "calendar_day", after: "stop" },
            horizon: 12,
            ..Case::default()
        };
        run(&case.load(), 300)
    };
    let runs = [0.001, 0.01, 0.011, 0.05, 0.4].map(blocked);
    for pair in runs.windows(2) {
        for (less, more) in pair[0].iter().zip(&pair[1]) {
            assert!(total(less, Metric::Blocked) <= total(more, Metric::Blocked));
        }
    }
}

/// A log-normal factor with mean 1 has this mean and variance: the tests above rest on it.
#[test]
fn the_moments_of_the_factor_are_as_used() {
    let (sigma, n) = (0.4_f64, 200_000);
    let factor =
        |i: u32| exp(sigma * normal_quantile((f64::from(i) + 0.5) / f64::from(n)) - sigma * sigma / 2.0);
    let mean = (0..n).map(factor).sum::<f64>() / f64::from(n);
    let square = (0..n).map(|i| factor(i) * factor(i)).sum::<f64>() / f64::from(n);
    assert!((mean - 1.0).abs() < 1e-4 && (square - 1.0 - expm1(sigma * sigma)).abs() < 1e-3);
    assert_eq!(DAY, 24 * HOUR);
    assert_ne!(CLASSIC, PLATFORM);
}

// ---------------------------------------------------------------------------------------------------------
// Beta

/// The published probabilities of the BG/BB model (Fader, Hardie and Shang 2010) for (1.20, 0.75, 0.66, 2.78) and six
/// chances to buy: 0 to 6 purchases.
const BG_BB: [f64; 7] = [0.3127, 0.1704, 0.1214, 0.1000, 0.0913, 0.0920, 0.1121];
const BG_BB_PARAMETERS: [f64; 4] = [1.20, 0.75, 0.66, 2.78];

fn ln_beta(a: f64, b: f64) -> f64 {
    lgamma(a) + lgamma(b) - lgamma(a + b)
}

/// In closed form, by our own logarithm of the gamma function.
#[test]
fn beta_functions_give_the_published_bg_bb_probabilities() {
    let [a, b, c, d] = BG_BB_PARAMETERS;
    let choose = |n: f64, k: f64| exp(lgamma(n + 1.0) - lgamma(k + 1.0) - lgamma(n - k + 1.0));
    let ratio = |x: f64, y: f64, a: f64, b: f64| exp(ln_beta(x, y) - ln_beta(a, b));
    for (x, published) in BG_BB.into_iter().enumerate() {
        let n = 6.0;
        let bought = x as f64;
        let alive = choose(n, bought) * ratio(a + bought, b + n - bought, a, b) * ratio(c, d + n, c, d);
        let died: f64 = (0..6 - x)
            .map(|idle| {
                let idle = idle as f64;
                choose(bought + idle, bought)
                    * ratio(a + bought, b + idle, a, b)
                    * ratio(c + 1.0, d + bought + idle, c, d)
            })
            .sum();
        assert!((alive + died - published).abs() < 5.1e-5, "{x}: {} instead of {published}", alive + died);
    }
}

/// The same law by draws: Beta-distributed chances to buy and to leave, as priors draw them.
#[test]
fn beta_priors_give_the_published_bg_bb_probabilities() {
    let [a, b, c, d] = BG_BB_PARAMETERS;
    let [buys, leaves] = [(a, b), (c, d)].map(|(alpha, beta)| Prior::new(Law::Beta { alpha, beta }).unwrap());
    let mut counts = [0_u64; 7];
    for index in 0..100_000 {
        let streams = Streams::new(11, index);
        let uniform = |name: &str, slot: u32| {
            let address = Address { slot, ..Address::of(Purpose::Reserve, Subject::new(&[name])) };
            streams.at(address).uniform()
        };
        let (p, leave) = (buys.quantile(uniform("p", 0)), leaves.quantile(uniform("theta", 0)));
        let chances = (0..6).take_while(|chance| uniform("leaves", *chance) >= leave);
        counts[chances.filter(|chance| uniform("buys", *chance) < p).count()] += 1;
    }
    let shares = BG_BB.map(|share| share / BG_BB.iter().sum::<f64>());
    let (found, bound) = chi_square(&counts, &shares);
    assert!(found < bound, "{found:.1} above {bound:.1}: {counts:?}");
}

/// A chance with a Beta prior makes totals Beta-binomial: mean n p, variance n p q (a + b + n) / (a + b + 1).
#[test]
fn beta_priors_give_beta_binomial_totals() {
    let (alpha, beta, n) = (3.0, 197.0, 1_000.0);
    let case = Case {
        tier: "unlimited",
        chances: vec![("block", format!("Beta(alpha: {alpha}, beta: {beta})"))],
        priors: never_low(),
        plan: Plan::Table { days: vec![1_000], clock: "sending_day", after: "stop" },
        horizon: 5,
        ..Case::default()
    };
    let runs = run(&case.load(), REPLICATIONS);
    let sample = Sample::of(runs.iter().map(|run| total(run, Metric::Blocked) as f64));
    let p = alpha / (alpha + beta);
    let variance = n * p * (1.0 - p) * (alpha + beta + n) / (alpha + beta + 1.0);
    let (mean_z, variance_z) = (sample.z_of_mean(n * p, variance), sample.z_of_variance(variance));
    let z = bound(2);
    assert!(mean_z.abs() < z && variance_z.abs() < z, "{mean_z:.2}, {variance_z:.2}");
}

/// Chances that are uncertain together: the normal scores of the two draws have the correlation of the file.
#[test]
fn correlated_chances_have_their_correlation() {
    let start = "2022-03-07".parse::<jiff::civil::Date>().unwrap().at(0, 0, 0, 0);
    let calendar = Calendar::new(start, "UTC", Span::days(2), Span::hours(1)).unwrap();
    let text = std::fs::read_to_string(common::folder().join(common::STILL)).unwrap();
    let text = text.replace(
        "correlations: []",
        "correlations: [(of: report, with: block, rho: 0.6, grade: 0, source: \"a test\")]",
    );
    let mut behavior = Behavior::read(&Document::new("still", text)).unwrap();
    let even = Prior::new(Law::Uniform { low: 0.0, high: 1.0 }).unwrap();
    (behavior.block.prior, behavior.report.prior) = (even, even);
    let segment = Segment::new("members", behavior, Vec::new(), &calendar).unwrap();
    let scores: Vec<(f64, f64)> = (0..20_000)
        .map(|index| {
            let rates = Rates::draw(&segment, &Chance::new(Streams::new(3, index), Held::default()));
            let score = |name| normal_quantile(rates.base(name));
            (score(RateName::block), score(RateName::report))
        })
        .collect();
    let n = scores.len() as f64;
    let rho = scores.iter().map(|(x, y)| x * y).sum::<f64>() / n;
    let own = scores.iter().map(|(_, y)| y * y).sum::<f64>() / n;
    // The variance of a product of scores is 1 + rho^2, that of a square 2.
    assert!((rho - 0.6).abs() < 5.0 * sqrt(1.36 / n), "{rho}");
    assert!((own - 1.0).abs() < 5.0 * sqrt(2.0 / n), "{own}");
}

// ---------------------------------------------------------------------------------------------------------
// Layers

/// Luck held still gives what is expected, whole, in every replication; parameters held still are their mean.
#[test]
fn held_layers_vary_no_more() {
    let case = Case {
        tier: "unlimited",
        chances: vec![("block", "Uniform(low: 0.01, high: 0.03)".into())],
        priors: never_low(),
        plan: Plan::Constant(1_000),
        horizon: 12,
        ..Case::default()
    };
    let blocked = |held: Held| -> Vec<u64> {
        let scenario = case.load().with_held(held);
        (0..40).map(|index| total(&scenario.replicate(index), Metric::Blocked)).collect()
    };
    let all = blocked(Held { parameters: true, days: true, luck: true });
    assert!(all.iter().all(|count| *count == all[0]), "{all:?}");
    // Twelve days of 20 blocks; those of the last two days come only in part: 85 and 68 of a hundred by the end.
    assert!((225..=240).contains(&all[0]), "{all:?}");
    let spread = |counts: &[u64]| counts.iter().max().unwrap() - counts.iter().min().unwrap();
    let luck = blocked(Held { luck: true, ..Held::default() });
    let parameters = blocked(Held { parameters: true, ..Held::default() });
    assert!(spread(&luck) > spread(&parameters) && spread(&parameters) > 0, "{luck:?} {parameters:?}");
}
