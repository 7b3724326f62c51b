//! Laws of whole strategies, day after day, in a world that is told in a few numbers.

use proptest::prelude::{Just, Strategy as _, any, prop_oneof};
use proptest::{prop_assert, prop_assert_eq, proptest};

use super::clock::Row;
use super::volume::part;
use super::*;
use crate::glossary::{Rating, Ratio, TemplateStatus};
use crate::time::{DAY, HOUR, SimTime};

/// A world in which a share of what is asked is accepted, and all of that delivered, within a daily limit.
struct World {
    slots: u32,
    limit: Option<u64>,
    /// What of a hundred messages is accepted, by day.
    accepted: fn(usize) -> u64,
    /// Which of the numbers that share the plan.
    place: usize,
    rating: fn(usize) -> Rating,
}

const WORLD: World = World { slots: 8, limit: None, accepted: |_| 100, place: 0, rating: |_| Rating::High };

/// What happened on a day: asked for, sent.
type Days = Vec<(u64, u64)>;

impl World {
    /// Plays `days` days and shows each observation with its plan.
    fn play(&self, strategy: &Strategy, days: usize, mut each: impl FnMut(&Observation<'_>, Plan)) -> Days {
        let templates = ([TemplateStatus::Paused, TemplateStatus::Approved], [Rating::Unknown, Rating::High]);
        let (mut state, mut so_far, mut sending_days) = (State::default(), Tally::default(), 0);
        let mut out = Days::new();
        for day in 0..days {
            let (mut asked_today, mut sent_today) = (0, 0);
            for slot in 0..self.slots {
                let seen = Observation {
                    now: SimTime(day as i64 * DAY + (9 + i64::from(slot)) * HOUR),
                    day,
                    sending_days,
                    sending_slot: day * self.slots as usize + slot as usize,
                    slot,
                    slots: self.slots,
                    limit: self.limit,
                    capacity: self.limit.map_or(u64::MAX, |limit| limit - sent_today),
                    rating: (self.rating)(day),
                    usage: Some(Usage { used: so_far.delivered, needed: 2_000 }),
                    part: Part { place: self.place, ..Part::WHOLE },
                    asked_today,
                    so_far,
                    ..Observation::at_start(&templates.0, &templates.1)
                };
                let (mut twin, mut other) = (state.clone(), state.clone());
                let plan = strategy.decide(&mut state, &seen);
                assert_eq!(plan, strategy.decide(&mut twin, &seen), "the same observation and state");
                assert_eq!(state, twin);
                let slow = strategy.decide(&mut other, &Observation { throughput: 3, ..seen });
                assert_eq!(slow.messages, plan.messages.min(3), "its lines carry no more");
                each(&seen, plan);
                let sent = (plan.messages * (self.accepted)(day) / 100).min(seen.capacity);
                asked_today += plan.messages;
                sent_today += sent;
                so_far.sent += sent;
                so_far.delivered += sent;
                so_far.refused += plan.messages - sent;
            }
            sending_days += usize::from(sent_today > 0);
            out.push((asked_today, sent_today));
        }
        out
    }

    fn asked(&self, strategy: &Strategy, days: usize) -> Vec<u64> {
        self.play(strategy, days, |_, _| {}).into_iter().map(|(asked, _)| asked).collect()
    }
}

fn table(days: &[u64], clock: Clock, after: AfterTable) -> Strategy {
    Strategy::from(Volume::Table { days: days.to_vec(), clock, after })
}

#[test]
fn an_hourly_row_holds_for_each_hour_of_the_day() {
    let table = |slots| {
        let (clock, after) = (Clock::calendar_day, AfterTable::stop);
        Strategy::from(Volume::Hourly { days: vec![41, 60], slots, clock, after })
    };
    let sent = |slots, slot, act: Option<Act>| {
        let rule = |act| FeedbackRule { when: Trigger::Low, steps: vec![Step { act, lasts: None }] };
        let strategy = Strategy { feedback: act.map(rule).into_iter().collect(), ..table(slots) };
        let start = Observation::at_start(&[TemplateStatus::Approved], &[]);
        strategy
            .decide(&mut State::default(), &Observation { slot, slots: 16, rating: Rating::Low, ..start })
            .messages
    };
    assert_eq!([0, 1, 7].map(|slot| sent(1, slot, None)), [41, 41, 41]);
    // Any hour of four slots holds the row, wherever it begins.
    let quarters: Vec<u64> = (0..16).map(|slot| sent(4, slot, None)).collect();
    assert_eq!(quarters[..4], [11, 10, 10, 10]);
    assert!(quarters.windows(4).all(|hour| hour.iter().sum::<u64>() == 41));
    // A share is one of each hour, a bound one of the day.
    assert_eq!(sent(1, 3, Some(Act::Cut(Ratio::new(1, 2)))), 20);
    assert_eq!(sent(1, 0, Some(Act::AtMost(16))), 1);
}

#[test]
fn the_first_template_that_may_be_sent_is_used() {
    let plan = |templates: &[TemplateStatus]| {
        let seen = Observation::at_start(templates, &[]);
        Strategy::from(Volume::Constant { a_day: 10 }).decide(&mut State::default(), &seen)
    };
    assert_eq!(plan(&[TemplateStatus::Paused, TemplateStatus::Approved]), Plan { messages: 10, template: 1 });
    assert_eq!(plan(&[TemplateStatus::Disabled]), Plan::default());
}

#[test]
fn a_table_is_read_by_its_clock() {
    let rows = [10, 20, 40, 80];
    let halves = World {
        accepted: |day| {
            if day == 1 {
                0
            } else if day == 2 {
                50
            } else {
                100
            }
        },
        slots: 1,
        ..WORLD
    };
    let asked = |clock| halves.asked(&table(&rows, clock, AfterTable::stop), 8);
    assert_eq!(asked(Clock::calendar_day), [10, 20, 40, 80, 0, 0, 0, 0]);
    assert_eq!(asked(Clock::sending_day), [10, 20, 20, 40, 80, 0, 0, 0]);
    // Half of row 1 was sent on day 2: it is asked again on day 3.
    let gate = halves.asked(&table(&rows, Clock::volume_gate, AfterTable::hold), 8);
    assert_eq!(gate, [10, 20, 20, 20, 40, 80, 80, 80]);
}

#[test]
fn filling_the_limit_catches_up_and_never_asks_for_more_than_capacity() {
    let fill = Strategy::from(Volume::FillLimit { share: Ratio::new(1, 1), at_most: Some(50_000) });
    let ask = |slot, slots, limit, capacity, asked_today| {
        let templates = [TemplateStatus::Approved];
        let seen = Observation {
            slot,
            slots,
            limit,
            capacity,
            asked_today,
            ..Observation::at_start(&templates, &[])
        };
        fill.decide(&mut State::default(), &seen).messages
    };
    assert_eq!(ask(0, 8, Some(1_000), 1_000, 0), 125);
    assert_eq!(ask(3, 8, Some(10_000), 9_800, 200), 4_800);
    assert_eq!(ask(3, 8, Some(10_000), 70, 200), 70);
    assert_eq!(ask(0, 1, None, u64::MAX, 0), 50_000);
}

#[test]
fn a_hold_stops_growth_and_lets_it_go_on_from_there() {
    let grow = |clock| Strategy {
        feedback: vec![FeedbackRule {
            when: Trigger::Medium,
            steps: vec![Step { act: Act::hold, lasts: None }],
        }],
        ..Strategy::from(Volume::Linear { from: 100, add: 100, at_most: Some(500), clock })
    };
    let world =
        World { rating: |day| if (2..5).contains(&day) { Rating::Medium } else { Rating::High }, ..WORLD };
    for clock in [Clock::calendar_day, Clock::sending_day, Clock::volume_gate] {
        assert_eq!(world.asked(&grow(clock), 9), [100, 200, 200, 200, 200, 300, 400, 500, 500], "{clock:?}");
    }
}

#[test]
fn a_cut_and_a_bound_are_shares_of_the_day() {
    let strategy = |act, volume: Volume| Strategy {
        feedback: vec![FeedbackRule { when: Trigger::Low, steps: vec![Step { act, lasts: None }] }],
        ..Strategy::from(volume)
    };
    let world = World {
        rating: |day| if day == 1 { Rating::Low } else { Rating::High },
        limit: Some(1_000),
        ..WORLD
    };
    let volumes = [
        Volume::Constant { a_day: 800 },
        Volume::FillLimit { share: Ratio::new(4, 5), at_most: None },
        Volume::Table { days: vec![800], clock: Clock::calendar_day, after: AfterTable::hold },
    ];
    for volume in volumes {
        assert_eq!(world.asked(&strategy(Act::Cut(Ratio::new(1, 4)), volume.clone()), 3), [800, 200, 800]);
        assert_eq!(world.asked(&strategy(Act::AtMost(300), volume.clone()), 3), [800, 300, 800]);
        assert_eq!(world.asked(&strategy(Act::pause, volume.clone()), 3), [800, 0, 800]);
        assert_eq!(world.asked(&strategy(Act::hold, volume), 3), [800, 800, 800]);
    }
    // What is wanted at once is bounded over the day's slots.
    let backlog = Backlog { people: 2_400, slots: 24, counts: Counts::sent, late: Late::stop };
    assert_eq!(world.asked(&strategy(Act::AtMost(300), Volume::Backlog(backlog)), 3), [800, 300, 1_000]);
}

#[test]
fn a_published_guard_holds_the_next_day() {
    let guard =
        Trigger::Guard { share: Share::refused, is: Bound::AtLeast(Ratio::new(1, 10)), of_at_least: 40 };
    let strategy = Strategy {
        feedback: vec![FeedbackRule { when: guard, steps: vec![Step { act: Act::hold, lasts: None }] }],
        ..table(&[50, 100, 500, 1_000], Clock::sending_day, AfterTable::hold)
    };
    let world = World { accepted: |day| if day == 1 { 80 } else { 100 }, ..WORLD };
    assert_eq!(world.asked(&strategy, 5), [50, 100, 100, 500, 1_000]);
}

#[test]
fn the_fastest_climb_sends_just_what_is_missing() {
    let climb = |meanwhile, at_most| Strategy::from(Volume::FastestClimb { at_most, meanwhile });
    let world = World { limit: Some(1_000), ..WORLD };
    assert_eq!(world.asked(&climb(0, None), 4), [1_000, 1_000, 0, 0]);
    assert_eq!(world.asked(&climb(40, Some(800)), 4), [800, 800, 400, 40]);
    // A tenth is refused: it is asked for again, and in the end exactly 2,000 were sent.
    let loss = World { accepted: |_| 90, ..world };
    let days = loss.play(&climb(0, None), 5, |_, _| {});
    assert_eq!(days.iter().map(|(_, sent)| sent).sum::<u64>(), 1_999, "nine tenths of the last one are none");
}

#[test]
fn a_backlog_says_when_it_was_done_or_that_it_cannot_be() {
    let strategy = |people| {
        let backlog = Backlog { people, slots: 24, counts: Counts::delivered, late: Late::go_on };
        Strategy::from(Volume::Backlog(backlog))
    };
    let last = |people, days| {
        let strategy = strategy(people);
        let (mut state, mut last) = (State::default(), None);
        World { limit: Some(1_000), ..WORLD }.play(&strategy, days, |seen, _| {
            strategy.decide(&mut state, seen);
            last = strategy.remaining(&state, seen);
        });
        last
    };
    let done = Remaining { left: 0, done_on: Some(2), outlook: Outlook::Done };
    assert_eq!(last(2_400, 5), Some(done));
    let short = Remaining { left: 500, done_on: None, outlook: Outlook::Short { by: 500 } };
    assert_eq!(last(3_500, 3), Some(short));
    assert_eq!(last(3_500, 4), Some(Remaining { done_on: Some(3), ..done }));
}

#[test]
fn strategies_are_told_in_one_line() {
    let strategy = Strategy {
        volume: Volume::Geometric(Geometric::new(
            50,
            Ratio::try_from("1.15".to_owned()).unwrap(),
            Some(100_000),
            Clock::volume_gate,
            30,
        )),
        feedback: vec![
            FeedbackRule {
                when: Trigger::Flagged,
                steps: vec![
                    Step { act: Act::pause, lasts: Some(crate::time::Span::days(7)) },
                    Step { act: Act::AtMost(300), lasts: Some(crate::time::Span::days(30)) },
                ],
            },
            FeedbackRule {
                when: Trigger::Guard {
                    share: Share::delivered,
                    is: Bound::AtMost(Ratio::try_from("90%".to_owned()).unwrap()),
                    of_at_least: 100,
                },
                steps: vec![Step { act: Act::hold, lasts: None }],
            },
        ],
        rotation: Some(Rotation { leave_on: LeaveOn::Low, if_all: IfAll::wait }),
        edits: Some(Edits { after: crate::time::Span::hours(24), at_most: 2 }),
        weights: Vec::new(),
    };
    assert_eq!(
        strategy.describe(),
        "from 50 messages a day, times 1.15 every day at whose end the volume was sent, at most 100,000 a day; \
         when Flagged, nothing for 7d, then at most 300 a day for 30d; \
         after a day with the delivered share at or below 90%, no growth; \
         the first template that is not Flagged or Low (if all are, none); \
         edits a template 24h after it is Flagged, Paused or Rejected, up to 2 times"
    );
}

/// A plan of rows, but for its clock.
#[derive(Clone, Debug)]
struct Rows {
    kind: u8,
    days: Vec<u64>,
    more: u64,
    at_most: Option<u64>,
    after: AfterTable,
}

impl Rows {
    fn on(&self, clock: Clock) -> Volume {
        let (from, at_most) = (self.days[0], self.at_most);
        match self.kind {
            0 => Volume::Linear { from, add: self.more, at_most, clock },
            1 => {
                let times = Ratio::new(100 + (self.more % 300) as i64, 100);
                Volume::Geometric(Geometric::new(from, times, at_most, clock, 40))
            }
            _ => Volume::Table { days: self.days.clone(), clock, after: self.after },
        }
    }
}

fn amounts() -> impl proptest::strategy::Strategy<Value = u64> {
    prop_oneof![1_u64..10, 1_u64..3_000, 1_u64..300_000]
}

fn clocks() -> impl proptest::strategy::Strategy<Value = Clock> {
    prop_oneof![Just(Clock::calendar_day), Just(Clock::sending_day), Just(Clock::volume_gate)]
}

fn rows() -> impl proptest::strategy::Strategy<Value = Rows> {
    let after = prop_oneof![Just(AfterTable::stop), Just(AfterTable::hold)];
    let most = proptest::option::of(1_u64..300_000);
    (0_u8..3, proptest::collection::vec(amounts(), 1..9), amounts(), most, after)
        .prop_map(|(kind, days, more, at_most, after)| Rows { kind, days, more, at_most, after })
}

fn volumes() -> impl proptest::strategy::Strategy<Value = Volume> {
    let most = || proptest::option::of(1_u64..300_000);
    prop_oneof![
        1 => amounts().prop_map(|a_day| Volume::Constant { a_day }),
        3 => (rows(), clocks()).prop_map(|(rows, clock)| rows.on(clock)),
        2 => (1_i64..=100, most())
            .prop_map(|(percent, at_most)| Volume::FillLimit { share: Ratio::new(percent, 100), at_most }),
        2 => (most(), 0_u64..3_000)
            .prop_map(|(at_most, meanwhile)| Volume::FastestClimb { at_most, meanwhile }),
        2 => (amounts(), 1_usize..200, any::<bool>()).prop_map(|(people, slots, stop)| {
            let late = if stop { Late::stop } else { Late::go_on };
            Volume::Backlog(Backlog { people, slots, counts: Counts::sent, late })
        }),
    ]
}

fn knows_capacity(volume: &Volume) -> bool {
    matches!(volume, Volume::FillLimit { .. } | Volume::FastestClimb { .. } | Volume::Backlog(_))
}

proptest! {
    #[test]
    fn parts_of_a_day_sum_to_the_day(total in 0_u64..1_000_000, slots in 1_u32..48) {
        prop_assert_eq!((0..slots).map(|slot| part(total, slot, slots)).sum::<u64>(), total);
    }

    #[test]
    fn who_knows_the_capacity_never_asks_for_more(volume in volumes(), limit in 0_u64..5_000, slots in 1_u32..25) {
        let knows = knows_capacity(&volume);
        let world = World { limit: Some(limit), slots, accepted: |day| 100 - 7 * day as u64, ..WORLD };
        let mut over = false;
        world.play(&Strategy::from(volume), 12, |seen, plan| over |= plan.messages > seen.capacity);
        prop_assert!(!(knows && over));
    }

    #[test]
    fn paused_means_nothing_and_no_rule_asks_for_more(volume in volumes(), slots in 1_u32..25, percent in 1_i64..=100) {
        let world = World {
            limit: Some(2_000),
            slots,
            rating: |day| if day % 3 == 1 { Rating::Low } else { Rating::High },
            ..WORLD
        };
        let rule = |act| FeedbackRule { when: Trigger::Low, steps: vec![Step { act, lasts: None }] };
        let with = |acts: &[Act]| Strategy {
            feedback: acts.iter().copied().map(rule).collect(),
            ..Strategy::from(volume.clone())
        };
        let paused = world.asked(&with(&[Act::hold, Act::pause]), 9);
        prop_assert!(paused.iter().enumerate().all(|(day, asked)| day % 3 != 1 || *asked == 0));
        let cut = Act::Cut(Ratio::new(percent, 100));
        let free = world.asked(&with(&[]), 2).into_iter().max();
        for acts in [[Act::hold, Act::hold], [cut, cut], [cut, Act::AtMost(77)]] {
            prop_assert!(world.asked(&with(&acts), 2).into_iter().max() <= free);
        }
    }

    #[test]
    fn a_volume_gate_is_a_sending_day_where_everything_is_sent(rows in rows(), slots in 1_u32..25, weight in 1_u64..9) {
        let asked = |world: &World, clock| world.asked(&Strategy::from(rows.on(clock)), 12);
        let whole = World { slots, ..WORLD };
        prop_assert_eq!(asked(&whole, Clock::volume_gate), asked(&whole, Clock::sending_day));
        // A part of a row that is nothing passes the gate at once, and is sent on no day.
        let asked = |clock| whole.asked(&Strategy { weights: vec![weight, 9 - weight], ..Strategy::from(rows.on(clock)) }, 12);
        let gate = asked(Clock::volume_gate);
        prop_assert!(gate.contains(&0) || gate == asked(Clock::sending_day));
    }

    #[test]
    fn numbers_together_ask_for_what_one_alone_would(
        rows in rows(), slots in 1_u32..25, most in 1_u64..2_000, weights in proptest::collection::vec(1_u64..9, 1..5),
    ) {
        // From the third day on, a bound on the messages of a day.
        let rule = FeedbackRule { when: Trigger::Low, steps: vec![Step { act: Act::AtMost(most), lasts: None }] };
        let alone = Strategy { feedback: vec![rule], ..Strategy::from(rows.on(Clock::calendar_day)) };
        let world = World { slots, rating: |day| if day < 2 { Rating::High } else { Rating::Low }, ..WORLD };
        let shared = Strategy { weights, ..alone.clone() };
        let numbers = (0..shared.weights.len()).map(|place| World { place, ..world }.asked(&shared, 6));
        let sum = numbers.reduce(|sum, own| sum.iter().zip(own).map(|(sum, own)| sum + own).collect());
        prop_assert_eq!(sum, Some(world.asked(&alone, 6)));
    }

    #[test]
    fn a_backlog_sums_exactly_to_its_people(
        people in 1_u64..1_000_000, slots in 1_u32..25, days in 1_usize..20, weights in proptest::collection::vec(1_u64..9, 1..4),
    ) {
        let backlog = Backlog { people, slots: days * slots as usize, counts: Counts::sent, late: Late::stop };
        let strategy = Strategy { weights, ..Strategy::from(Volume::Backlog(backlog)) };
        let mut sum = 0;
        for place in 0..strategy.weights.len() {
            let asked = World { slots, place, ..WORLD }.asked(&strategy, days + 3);
            sum += asked.iter().sum::<u64>();
            // Evenly: no day gets more than its slots' share, rounded up.
            let most = by_weight(people, &strategy.weights, place).div_ceil(days as u64) + u64::from(slots);
            prop_assert!(asked.iter().all(|asked| *asked <= most));
        }
        prop_assert_eq!(sum, people);
    }

    #[test]
    fn rows_never_go_back(clock in clocks(), steps in proptest::collection::vec((0_usize..3, any::<bool>(), 0_u64..200, any::<bool>()), 1..30)) {
        let (mut row, mut seen) = (Row::default(), Observation::at_start(&[], &[]));
        for (days, sent_any, sent, held) in steps {
            let before = row.place;
            seen = Observation {
                day: seen.day + 1 + days,
                sending_days: seen.sending_days + usize::from(sent_any),
                so_far: Tally { sent: seen.so_far.sent + sent, ..Tally::default() },
                ..seen
            };
            row.turn(clock, 100, held, &seen);
            prop_assert!(row.place >= before && row.place <= seen.day);
            prop_assert!(!held || row.place == before);
        }
    }
}
