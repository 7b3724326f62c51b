//! The help desk against queueing theory, against itself, and against days worked by hand.
//!
//! Closed forms (Erlang C, Erlang A, Pollaczek and Khinchine) are written here from the textbooks and share nothing
//! with the desk. Theory has continuous time, and the desk's second favours who comes in the second in which an agent
//! is through: chats that take an hour keep that below half a per cent of the probability to wait.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

use jiff::civil::date;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use rand_distr::{Distribution, Poisson};
use tiercast::audience::{Desk, DeskDay, HelpDesk, HelpDeskText, Wait};
use tiercast::document::{Check, Document};
use tiercast::random::maths::{exp, ln, sqrt};
use tiercast::random::{Address, Purpose, Streams, Subject};
use tiercast::time::{Calendar, DAY, HOUR, SimTime, Span};

fn text(ron: &str) -> HelpDeskText {
    Document::new("desk.ron", ron).read().unwrap_or_else(|found| panic!("{found}\n{ron}"))
}

/// A week or more from Monday, 7 March 2022.
fn calendar(days: i64, slot: Span) -> Calendar {
    Calendar::new(date(2022, 3, 7).at(0, 0, 0, 0), "UTC", Span::days(days), slot).unwrap()
}

fn poisson(streams: &Streams, name: &str, slot: u32, mean: f64) -> u64 {
    let address = Address { slot, ..Address::of(Purpose::Reserve, Subject::new(&["chats", name])) };
    Poisson::new(mean).unwrap().sample(&mut streams.at(address)) as u64
}

/// What a desk did: its days, and every wait that ended.
#[derive(Debug, PartialEq)]
struct Work {
    days: Vec<DeskDay>,
    waits: Vec<Wait>,
}

impl Work {
    fn sum(&self, field: impl Fn(&DeskDay) -> u64) -> u64 {
        self.days.iter().map(field).sum()
    }
}

/// Works a whole run; `counts` says how many chats of which inlet come in which slot.
fn work(
    text: &HelpDeskText,
    calendar: &Calendar,
    inlets: &[&str],
    streams: Streams,
    within: Option<Span>,
    counts: &dyn Fn(u32, usize) -> u64,
) -> Work {
    let desk = HelpDesk::new(text, calendar, inlets);
    let mut open = desk.open(calendar, streams, within);
    let mut waits = Vec::new();
    for (slot, start) in (0..).zip(calendar.slots()) {
        open.watch(start.at, &mut |wait| waits.push(wait));
        for inlet in 0..inlets.len() {
            open.hear(slot, inlet, counts(slot, inlet));
        }
    }
    open.watch(calendar.end(), &mut |wait| waits.push(wait));
    Work { days: open.finish(), waits }
}

// ---------------------------------------------------------------------------------------------------------
// Theory

/// A mean over batches of consecutive chats, and how far it may be off: four standard errors.
fn batch_means(values: impl ExactSizeIterator<Item = f64>) -> (f64, f64) {
    const BATCHES: usize = 40;
    let size = values.len() / BATCHES;
    let mut means = [0.0; BATCHES];
    for (place, value) in values.enumerate().take(size * BATCHES) {
        means[place / size] += value / size as f64;
    }
    let mean = means.iter().sum::<f64>() / BATCHES as f64;
    let squares: f64 = means.iter().map(|m| (m - mean) * (m - mean)).sum();
    (mean, 4.0 * sqrt(squares / (BATCHES * (BATCHES - 1)) as f64))
}

fn agrees(what: &str, values: impl ExactSizeIterator<Item = f64>, expected: f64) {
    let (mean, off) = batch_means(values);
    assert!((mean - expected).abs() < off, "{what}: {mean:.5} +- {off:.5}, expected {expected:.5}");
    // An interval that says nothing proves nothing.
    assert!(off < 0.2 * expected, "{what}: {mean:.5} +- {off:.5} is too wide");
}

/// Probability that a customer waits: M/M/c with `load` = arrivals x mean handling.
fn erlang_c(agents: u32, load: f64) -> f64 {
    let blocked = (1..=agents).fold(1.0, |b, n| load * b / (f64::from(n) + load * b));
    let busy = load / f64::from(agents);
    blocked / (1.0 - busy * (1.0 - blocked))
}

/// The waits of a desk that is always open, without the first days: it begins empty.
fn always_open(agents: u32, rest: &str, load: f64, days: i64, seed: u64) -> (Work, Vec<Wait>) {
    let shifts = format!("shifts: [(days: every_day, from: \"00:00\", to: \"24:00\", agents: {agents})]");
    let text = text(&format!("({shifts}, {rest})"));
    let (calendar, streams) = (calendar(days, Span::days(1)), Streams::new(seed, 0));
    let counts = |slot, _| poisson(&streams, "all", slot, 24.0 * load);
    let done = work(&text, &calendar, &["main"], streams, None, &counts);
    let mut settled: Vec<Wait> =
        done.waits.iter().filter(|wait| wait.asked >= SimTime(20 * DAY)).copied().collect();
    settled.sort_by_key(|wait| (wait.asked, wait.index));
    (done, settled)
}

fn seconds(wait: &Wait) -> f64 {
    (wait.ended - wait.asked).0 as f64
}

#[test]
fn the_textbook_s_erlang_c_is_ours() {
    // One agent: the share of time he is busy. 8 erlangs and ten agents: 0.409 in the tables.
    assert!((erlang_c(1, 0.7) - 0.7).abs() < 1e-12);
    assert!((erlang_c(2, 1.0) - 1.0 / 3.0).abs() < 1e-12);
    assert!((erlang_c(10, 8.0) - 0.4092).abs() < 1e-4);
}

/// Poisson arrivals, exponential handling, nobody gives up: probability to wait, mean wait and two quantiles.
#[test]
fn waits_are_erlang_c() {
    for (agents, load, days) in [(1, 0.6, 45_000), (3, 2.2, 15_000), (10, 8.0, 3_000), (40, 34.0, 2_500)] {
        let rest = "handling: Exponential(mean: \"1h\")";
        let (_, waits) = always_open(agents, rest, load, days, 1);
        let waiting = erlang_c(agents, load);
        // What an idle hour of the whole desk is worth: waits of those who wait are exponential with this mean.
        let mean = 3_600.0 / (f64::from(agents) - load);
        let name = |what| format!("{agents} agents, {load} erlangs: {what}");
        let longer = |than: f64| waits.iter().map(move |wait| f64::from(seconds(wait) > than));
        agrees(&name("waits"), longer(0.0), waiting);
        agrees(&name("mean wait"), waits.iter().map(seconds), waiting * mean);
        for share in [0.1, 0.05] {
            let quantile = mean * ln(waiting / share);
            agrees(&name("beyond the quantile"), longer(quantile), share);
        }
    }
}

/// Erlang A: customers wait an exponential time. The birth-death chain, solved by its recurrence.
#[test]
fn who_gives_up_is_erlang_a() {
    for (agents, load, patience, days) in [(3, 3.0, 2.0, 4_000), (10, 12.0, 1.0, 1_500)] {
        let rest = format!("handling: Exponential(mean: \"1h\"), patience: \"{patience}h\"");
        let (work, waits) = always_open(agents, &rest, load, days, 2);
        let mut mass = vec![1.0];
        for n in 1..1_000_u32 {
            let (busy, waiting) = (f64::from(n.min(agents)), f64::from(n.saturating_sub(agents)));
            mass.push(mass[n as usize - 1] * load / (busy + waiting / patience));
        }
        let all: f64 = mass.iter().sum();
        let wait: f64 = mass[agents as usize..].iter().sum::<f64>() / all;
        let line: f64 =
            mass[agents as usize..].iter().zip(0_u32..).map(|(m, n)| m * f64::from(n)).sum::<f64>() / all;
        let name = |what| format!("{agents} agents, {load} erlangs, patience {patience} h: {what}");
        agrees(&name("gives up"), waits.iter().map(|wait| f64::from(!wait.answered)), line / patience / load);
        agrees(&name("waits"), waits.iter().map(|wait| f64::from(seconds(wait) > 0.0)), wait);
        let lines = work.days[20..].iter().map(|day| day.waiting_seconds as f64 / DAY as f64);
        agrees(&name("line"), lines, line);
    }
}

/// One agent, log-normal handling: the mean wait of Pollaczek and Khinchine.
#[test]
fn the_mean_wait_with_log_normal_handling_is_known() {
    let (load, sigma) = (0.7, 0.8);
    // A median of 2,614 s has a mean of one hour.
    let mean = 2_614.0 * exp(0.5 * sigma * sigma) / 3_600.0;
    let (_, waits) = always_open(1, "handling: LogNormal(median: \"43m 34s\", sigma: 0.8)", load, 30_000, 3);
    let (busy, second) = (load * mean, mean * mean * exp(sigma * sigma));
    let expected = 3_600.0 * load * second / (2.0 * (1.0 - busy));
    agrees("mean wait", waits.iter().map(seconds), expected);
}

// ---------------------------------------------------------------------------------------------------------
// By hand

const MORNINGS: &str = r#"(
    shifts: [(days: every_day, from: "09:00", to: "09:15", agents: 2)],
    handling: Fixed("10m"),
    follow_up: (chance: 0, after: Fixed("1h")),
)"#;

/// Five customers write before nine. Two agents take two at 9:00 and two at 9:10; at 9:15 they leave, when they have
/// ended what they are at; the fifth waits until tomorrow.
#[test]
fn a_short_morning_is_arithmetic() {
    let calendar = calendar(2, Span::hours(1));
    let counts = |slot, _| if slot == 8 { 5 } else { 0 };
    let within = Some(Span(3_600));
    let done = work(&text(MORNINGS), &calendar, &["main"], Streams::new(5, 0), within, &counts);
    let ended: Vec<i64> = done.waits.iter().map(|wait| wait.ended.0 - 9 * HOUR).collect();
    assert_eq!(ended, [0, 0, 600, 600, DAY]);
    assert!(done.waits.is_sorted_by_key(|wait| wait.asked), "first come, first served");
    assert!(done.waits.iter().all(|wait| (8 * HOUR..9 * HOUR).contains(&wait.asked.0)));
    let [first, second] = &done.days[..] else { panic!("two days") };
    assert_eq!([first.new, first.answered, first.resolved, first.open, first.pending], [5, 4, 4, 1, 0]);
    assert_eq!([second.new, second.answered, second.resolved, second.open, second.pending], [0, 1, 1, 0, 0]);
    assert_eq!([first.busy_seconds, second.busy_seconds], [4 * 600, 600]);
    assert_eq!([first.staffed_seconds, second.staffed_seconds], [2 * 900, 2 * 900]);
    // Four waits, sorted; the second is the median and the last the 95 % point.
    let mut waits: Vec<i64> = done.waits[..4].iter().map(|wait| (wait.ended - wait.asked).0).collect();
    waits.sort_unstable();
    let response = first.response.unwrap();
    assert_eq!([response.median.0, response.p95.0], [waits[1], waits[3]]);
    assert_eq!(response.mean.0, (waits.iter().sum::<i64>() + 2) / 4);
    // Late: who is not answered within the hour.
    let late = waits.iter().filter(|&&wait| wait > HOUR).count() as u64 + 1;
    assert_eq!([first.late, second.late], [late, 0]);
}

/// A chat that needs a follow-up waits for the customer, who comes back an hour after the answer was complete.
#[test]
fn customers_come_back_to_their_chats() {
    let always = r#"(
        shifts: [(days: every_day, from: "00:00", to: "24:00", agents: 100)],
        handling: Fixed("10m"), follow_up: (chance: 0.5, after: Fixed("1h")),
    )"#;
    let calendar = calendar(1, Span::hours(1));
    let counts = |slot, _| if slot == 0 { 100 } else { 0 };
    let done = work(&text(always), &calendar, &["main"], Streams::new(6, 0), None, &counts);
    for wait in done.waits.iter().filter(|wait| wait.visit > 0) {
        let before = |other: &&Wait| other.index == wait.index && other.visit + 1 == wait.visit;
        let before = done.waits.iter().find(before).unwrap();
        assert_eq!((wait.asked - before.ended).0, 600 + HOUR);
    }
    let day = &done.days[0];
    assert_eq!(day.answered, 100 + day.came_back);
    // Each time half of them: 100 in all, with a standard deviation of 14.
    assert!((50..150).contains(&day.came_back), "{}", day.came_back);
    assert_eq!([day.new, day.resolved, day.follow_up + day.pending, day.open], [100, 100, 0, 0]);
    // Later than the run nobody comes back: these chats wait for their customers for ever.
    let never = always.replace("1h", "25h");
    let day = &work(&text(&never), &calendar, &["main"], Streams::new(6, 0), None, &counts).days[0];
    assert_eq!((day.came_back, day.resolved + day.follow_up), (0, 100));
    assert!((25..75).contains(&day.follow_up));
}

/// A stricter rule from an instant on: who waits longer already is late at the next second, and nobody twice.
#[test]
fn a_new_span_for_answers_holds_for_those_who_wait() {
    let calendar = calendar(1, Span::hours(1));
    let desk = HelpDesk::new(&text(MORNINGS), &calendar, &["main"]);
    let mut open = desk.open(&calendar, Streams::new(5, 0), None);
    open.hear(0, 0, 3);
    assert_eq!(open.next(), SimTime::NEVER);
    open.advance(SimTime(5 * HOUR));
    assert_eq!(open.late(0), 0);
    open.amend(Some(Span::hours(1)));
    assert_eq!(open.next(), SimTime(5 * HOUR + 1));
    open.advance(SimTime(5 * HOUR + 1));
    assert_eq!((open.late(0), open.late(0), open.next()), (3, 0, SimTime::NEVER));
    open.amend(Some(Span::hours(2)));
    assert_eq!(open.finish()[0].late, 3);
}

// ---------------------------------------------------------------------------------------------------------
// Laws

/// A desk with shifts of two lengths, and how many chats it meets.
#[derive(Clone, Debug)]
struct Setting {
    agents: u32,
    handling: &'static str,
    patience: Option<u32>,
    chance: u32,
    a_slot: u32,
    within: i64,
    seed: u64,
}

fn settings() -> impl Strategy<Value = Setting> {
    let handling = prop_oneof![
        Just("Exponential(mean: \"12m\")"),
        Just("LogNormal(median: \"8m\", sigma: 1.2)"),
        Just("Fixed(\"7m\")"),
    ];
    let patience = prop_oneof![Just(None), (1_u32..600).prop_map(Some)];
    (1_u32..5, handling, patience, 0_u32..60, 0_u32..12, 0_i64..20_000, any::<u64>()).prop_map(
        |(agents, handling, patience, chance, a_slot, within, seed)| Setting {
            agents,
            handling,
            patience,
            chance,
            a_slot,
            within,
            seed,
        },
    )
}

impl Setting {
    fn text(&self) -> HelpDeskText {
        let Setting { agents, handling, chance, .. } = self;
        let patience = self.patience.map_or("None".to_owned(), |minutes| format!("\"{minutes}m\""));
        // On the last two days everybody works, so that nobody waits at the end.
        text(&format!(
            r#"(
                shifts: [
                    (days: workdays, from: "09:00", to: "18:00", agents: {agents}),
                    (days: Only([Tue, Sat]), from: "20:00", to: "02:00", agents: 1),
                    (days: Only([Sat, Sun]), from: "00:00", to: "24:00", agents: 2000),
                ],
                handling: {handling}, patience: {patience},
                follow_up: (chance: "{chance}%", after: LogLogistic(median: "47m", shape: 0.64)),
            )"#
        ))
    }

    fn counts(&self, slot: u32, inlet: usize) -> u64 {
        let name = ["main", "second"][inlet];
        let mean = f64::from(self.a_slot * u32::from(slot < 24 * 6));
        if mean == 0.0 { 0 } else { poisson(&self.streams(), name, slot, mean) }
    }

    fn streams(&self) -> Streams {
        Streams::new(self.seed, 0)
    }

    fn work(&self, text: &HelpDeskText) -> Work {
        let calendar = calendar(7, Span::hours(1));
        let within = Some(Span(self.within));
        work(text, &calendar, &["main", "second"], self.streams(), within, &|slot, inlet| {
            self.counts(slot, inlet)
        })
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 48,
        rng_seed: RngSeed::Fixed(56),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    /// Every chat is in one place at the end of every day, and waits add up to the length of the line (Little).
    #[test]
    fn no_chat_is_lost_and_little_s_law_is_exact(setting in settings()) {
        let done = setting.work(&setting.text());
        let (mut came, mut gone) = (0, 0);
        for day in &done.days {
            came += day.new;
            gone += day.resolved + day.gave_up;
            prop_assert_eq!(came, gone + day.open + day.pending + day.follow_up);
        }
        let heard: u64 = (0..7 * 24).map(|slot| setting.counts(slot, 0) + setting.counts(slot, 1)).sum();
        prop_assert_eq!(came, heard);
        prop_assert_eq!(done.sum(|day| day.new + day.came_back), done.waits.len() as u64);
        prop_assert_eq!(done.sum(|day| day.answered), done.waits.iter().filter(|wait| wait.answered).count() as u64);
        let waited: i64 = done.waits.iter().map(|wait| (wait.ended - wait.asked).0).sum();
        prop_assert_eq!(done.sum(|day| day.waiting_seconds) as i64, waited);
        if setting.handling.starts_with("Fixed") && done.days[6].pending == 0 {
            prop_assert_eq!(done.sum(|day| day.busy_seconds), 420 * done.sum(|day| day.answered));
        }
    }

    /// When one asks changes nothing, and each chat is told late at the first second at which it is.
    #[test]
    fn looking_changes_nothing_and_late_is_told_at_its_second(setting in settings(), look in 1_i64..50_000) {
        let (text, calendar) = (setting.text(), calendar(7, Span::hours(1)));
        let plain = setting.work(&text);
        let desk = HelpDesk::new(&text, &calendar, &["main", "second"]);
        let within = Span(setting.within);
        let mut open: Desk = desk.open(&calendar, setting.streams(), Some(within));
        let (mut waits, mut told, mut now, mut slot) = (Vec::new(), Vec::new(), SimTime(-1), 0);
        loop {
            let heard = calendar.slots().get(slot as usize).map_or(SimTime::NEVER, |slot| slot.at);
            now = SimTime(now.0 / look * look + look).min(heard).min(open.next());
            if now >= calendar.end() {
                break;
            }
            open.watch(now, &mut |wait| waits.push(wait));
            told.extend((0..2).flat_map(|inlet| std::iter::repeat_n((now, inlet), open.late(inlet) as usize)));
            if now == heard {
                // Those of the second inlet are heard in two parts, as replies and reactions without delay are.
                let second = setting.counts(slot, 1);
                for (inlet, count) in [(1, second / 3), (0, setting.counts(slot, 0)), (1, second - second / 3)] {
                    open.hear(slot, inlet, count);
                }
                slot += 1;
            }
        }
        open.watch(calendar.end(), &mut |wait| waits.push(wait));
        let mut late: Vec<(SimTime, usize)> = plain
            .waits
            .iter()
            .filter(|wait| !wait.answered || wait.ended - wait.asked > within)
            .map(|wait| (wait.asked + within + Span(1), wait.inlet))
            .filter(|(at, _)| *at < calendar.end())
            .collect();
        late.sort_unstable();
        told.sort_unstable();
        prop_assert_eq!(told, late);
        prop_assert_eq!(&Work { days: open.finish(), waits }, &plain);
    }

    /// With the same luck more agents never keep anybody waiting longer.
    #[test]
    fn more_agents_answer_no_chat_later(setting in settings(), more in 1_u32..4) {
        let few = Setting { patience: None, chance: 0, ..setting };
        let many = Setting { agents: few.agents + more, ..few.clone() };
        let sorted = |setting: &Setting| {
            let mut waits = setting.work(&setting.text()).waits;
            waits.sort_by_key(|wait| (wait.slot, wait.inlet, wait.index));
            waits
        };
        for (few, many) in sorted(&few).iter().zip(sorted(&many)) {
            prop_assert_eq!((few.asked, few.index), (many.asked, many.index));
            prop_assert!(many.ended <= few.ended, "{:?} became {:?}", few, many);
        }
    }

    /// Chats of another number, or more of the same, leave the luck of a chat as it is.
    #[test]
    fn a_chat_keeps_its_luck(setting in settings()) {
        let calendar = calendar(7, Span::hours(1));
        let alone = work(&setting.text(), &calendar, &["main"], setting.streams(), None, &|slot, _| setting.counts(slot, 0));
        let both = setting.work(&setting.text());
        let asked = |work: &Work| {
            let first = work.waits.iter().filter(|wait| wait.inlet == 0 && wait.visit == 0);
            let mut list: Vec<_> = first.map(|wait| (wait.slot, wait.index, wait.asked)).collect();
            list.sort_unstable();
            list
        };
        prop_assert_eq!(asked(&alone), asked(&both));
    }
}

/// Two numbers that hear as many chats in a slot hear them at other seconds.
#[test]
fn each_inlet_has_luck_of_its_own() {
    let shifts = r#"(shifts: [(days: every_day, from: "00:00", to: "24:00", agents: 200)])"#;
    let text: HelpDeskText = Document::new("desk.ron", shifts).read().unwrap();
    let calendar = calendar(1, Span::hours(1));
    let counts = |slot: u32, _: usize| if slot == 9 { 50 } else { 0 };
    let work = work(&text, &calendar, &["first", "second"], Streams::new(1, 0), None, &counts);
    let asked = |inlet: usize| {
        let mut times: Vec<i64> =
            work.waits.iter().filter(|wait| wait.inlet == inlet).map(|wait| wait.asked.0).collect();
        times.sort_unstable();
        times
    };
    assert_eq!((asked(0).len(), asked(1).len()), (50, 50));
    assert_ne!(asked(0), asked(1));
}

/// Chats come in at any second of their slot alike: Kolmogorov's statistic of 20,000 of them.
#[test]
fn chats_come_in_evenly_over_the_slot() {
    let (text, calendar) = (text(MORNINGS), calendar(2, Span::hours(1)));
    let counts = |slot, _| if slot == 3 { 20_000 } else { 0 };
    let many = HelpDeskText {
        shifts: vec![tiercast::audience::ShiftText { agents: 10_000, ..text.shifts[0].clone() }],
        ..text
    };
    let done = work(&many, &calendar, &["main"], Streams::new(8, 0), None, &counts);
    let mut into: Vec<f64> =
        done.waits.iter().map(|wait| (wait.asked.0 - 3 * HOUR) as f64 / 3_600.0).collect();
    into.sort_by(f64::total_cmp);
    assert_eq!(into.len(), 20_000);
    assert!(into.iter().all(|share| (0.0..1.0).contains(share)));
    let off = into
        .iter()
        .zip(0..)
        .map(|(share, place)| (share - f64::from(place) / 20_000.0).abs())
        .fold(0.0, f64::max);
    // 2.0 / sqrt(n): one in 1,500; a second is 1 / 3,600.
    assert!(off < 2.0 / sqrt(20_000.0) + 1.0 / 3_600.0, "{off}");
}

// ---------------------------------------------------------------------------------------------------------
// What a file can get wrong

fn found(ron: &str) -> String {
    let document = Document::new("desk.ron", ron);
    let checked = document.read::<HelpDeskText>().and_then(|text| {
        let mut check = Check::new(&document);
        text.check("", &mut check);
        check.finish(())
    });
    checked.err().map(|findings| findings.render(false)).unwrap_or_default()
}

#[test]
fn what_is_wrong_is_named_at_its_place() {
    let shift = r#"shifts: [(days: workdays, from: "09:00", to: "18:00", agents: 3)]"#;
    assert_eq!(found(&format!("({shift})")), "");
    let with = |rest: &str| format!("({shift}, {rest})");
    for (ron, message, place) in [
        ("(shifts: [])".to_owned(), "a help desk without shifts answers nobody", "1:10"),
        (shift_of("9 am", "18:00", 3), "expected a time of day such as \"09:00\"", "1:34"),
        (shift_of("24:00", "06:00", 3), "a shift from 24:00 to 06:00 has no length", "1:11"),
        (shift_of("09:00", "09:00", 3), "a shift from 09:00 to 09:00 has no length", "1:11"),
        (shift_of("09:00", "18:00", 0), "a shift of 0 agents answers nobody", "1:64"),
        (shift_of("09:00", "18:00", 10_001), "a shift of 10001 agents cannot be simulated", "1:64"),
        (with("handling: Exponential(mean: \"0s\")"), "nothing takes no time", "1:97"),
        (with("handling: LogNormal(median: \"5m\", sigma: 9)"), "`sigma` is 9", "1:110"),
        (with("handling: Fixed(\"90d\")"), "90d is longer than 30d", "1:79"),
        (with("patience: \"0h\""), "nothing takes no time", "1:79"),
        (with("follow_up: (chance: 1)"), "with a chance of 1 chats are hardly ever resolved", "1:89"),
        (with("patiense: \"1h\""), "patiense", "1:69"),
    ] {
        let found = found(&ron);
        assert!(found.contains(message), "{ron}\n{found}\nshould say: {message}");
        assert!(found.contains(&format!("desk.ron:{place}")), "{ron}\n{found}\nshould be at {place}");
    }
}

fn shift_of(from: &str, to: &str, agents: u32) -> String {
    format!("(shifts: [(days: workdays, from: \"{from}\", to: \"{to}\", agents: {agents})])")
}

#[test]
fn every_input_is_told_with_its_origin() {
    let shift = r#"shifts: [(days: Only([Sat]), from: "22:00", to: "06:00", agents: 1)]"#;
    let told = |ron: &str| -> Vec<(&str, String, Option<u8>)> {
        let inputs = text(ron).inputs();
        inputs.into_iter().map(|input| (input.field, input.value, input.grade)).collect()
    };
    assert_eq!(
        told(&format!("({shift})")),
        [
            ("shifts", "Sat 22:00-06:00 1 agent".to_owned(), None),
            ("handling", "exponential, mean 12m".to_owned(), Some(2)),
            ("patience", "customers wait for ever".to_owned(), Some(0)),
            ("follow_up", "one answer settles a chat".to_owned(), Some(0)),
        ]
    );
    let all = format!("({shift}, handling: Fixed(\"5m\"), patience: \"4h\", follow_up: (chance: \"20%\"))");
    assert_eq!(
        told(&all)[1..],
        [
            ("handling", "always 5m".to_owned(), None),
            ("patience", "exponential, mean 4h".to_owned(), None),
            ("follow_up.chance", "0.2".to_owned(), None),
            ("follow_up.after", "log-logistic, median 47m, shape 0.64".to_owned(), Some(2)),
        ]
    );
}
