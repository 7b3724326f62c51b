//! A toy future for the tests: a climb that depends on the index alone, shaped like the real thing.

use std::sync::atomic::AtomicBool;

use super::{Ensemble, Threads};
use crate::glossary::{NumberStatus, Rating, TemplateStatus};
use crate::platform::Tier;
use crate::sim::{Assumption, Evidence, Possible, Setting};
use crate::sim::{Counts, Day, Ledger, Metric, Outcome, Reason, Trajectory};
use crate::time::{Calendar, DAY, SimTime, Span};

/// Sixty days over a ladder of four tiers, of which the toy reaches three.
pub(crate) fn setting() -> Setting {
    setting_of(60)
}

/// The same over another horizon \[days\].
pub(crate) fn setting_of(days: i64) -> Setting {
    let start = jiff::civil::date(2022, 3, 7).at(0, 0, 0, 0);
    let tier = |name: &str, limit| Tier { name: name.to_owned(), limit };
    Setting {
        scenario: "toy".to_owned(),
        title: "A toy that climbs".to_owned(),
        ruleset: "toy-2022".to_owned(),
        profiles: vec!["members".to_owned()],
        seed: 7,
        calendar: Calendar::new(start, "America/Sao_Paulo", Span::days(days), Span::hours(1)).unwrap(),
        tiers: vec![
            tier("1K", Some(1_000)),
            tier("10K", Some(10_000)),
            tier("100K", Some(100_000)),
            tier("unlimited", None),
        ],
        start_tier: 0,
        sending_numbers: 1,
        campaign: None,
        longest_pause: 0,
        possible: Possible {
            flagged: true,
            warned: false,
            rate_limited: false,
            downgraded: true,
            restricted: true,
            template_flagged: true,
            template_disabled: true,
            banned: false,
        },
        unlocks: vec![String::new(); 4],
        help_desk: false,
        currency: None,
        conversations: false,
        rates_templates: false,
        assumptions: vec![
            Assumption {
                path: "audience.segments.members.block".to_owned(),
                value: "log-normal, median 0.4 %, 9 in 10 between 0.1 and 1.6 %".to_owned(),
                grade: Evidence::OtherChannel,
                source: "mail complaint rates of permission lists, read as blocks".to_owned(),
            },
            Assumption {
                path: "platform.rating.low_from".to_owned(),
                value: "2 %".to_owned(),
                grade: Evidence::Assumed,
                source: "nobody publishes it".to_owned(),
            },
        ],
        warnings: vec!["clause pacing is not simulated".to_owned()],
    }
}

/// The first replications of the toy.
pub(crate) fn ensemble(replications: u64) -> Ensemble {
    Ensemble::run(setting(), 0..replications, Threads::ONE, &future, &|_| {}, &AtomicBool::new(false))
}

/// The replication of an index.
pub(crate) fn future(index: u64) -> Trajectory {
    future_of(index, 60)
}

/// The same over another horizon \[days\].
pub(crate) fn future_of(index: u64, horizon: i64) -> Trajectory {
    let pace = 8 + (mix(index) % 30) as i64;
    let second = 3 * pace + (mix(index + 1) % 20) as i64;
    let reached = |day: i64| (day < horizon).then_some(SimTime(day * DAY + (index % 1_000) as i64));
    let tier_on = |day: i64| u8::from(day >= pace) + u8::from(day >= second);
    let flagged = mix(index) % 11 == 3;
    let limited_on = |day: i64| if day % 3 == 0 { Reason::Capacity } else { Reason::Plan };
    let days: Vec<Day> = (0..horizon)
        .map(|day| {
            let limit = [1_000, 10_000, 100_000][usize::from(tier_on(day))];
            let sent = limit / 2 + mix(index ^ (day as u64) << 20) % (limit / 3);
            Day {
                counts: counts(sent),
                tier: tier_on(day),
                status: if flagged && day == 20 { NumberStatus::Flagged } else { NumberStatus::Connected },
                rating: if flagged && day == 20 { Rating::Low } else { Rating::High },
                template: TemplateStatus::Approved,
                score: (day > 0).then_some((mix(sent) % 20_000) as u32),
                template_rating: None,
                template_score: None,
                capacity_used: Some((sent * 1_000 / limit) as u16),
                reason: limited_on(day),
                backlog: None,
                conversations_open: None,
                chats: None,
            }
        })
        .collect();
    let mut totals = Counts::default();
    days.iter().for_each(|day| totals.iter_mut().zip(day.counts).for_each(|(total, count)| *total += count));
    let mut limited = [0; Reason::ALL.len()];
    (0..horizon).for_each(|day| limited[limited_on(day) as usize] += 1);
    let outcome = Outcome {
        final_tier: usize::from(tier_on(horizon - 1)),
        reached: vec![Some(SimTime::START), reached(pace), reached(second), None],
        flags: u32::from(flagged),
        restrictions: (index % 3) as u32,
        totals,
        thresholds: (0.01, 0.02),
        limited,
        ..Outcome::default()
    };
    Trajectory { days, outcome, most_cells: 0, draws: 0, ledger: Ledger::default() }
}

/// The same with another outcome.
pub(crate) fn future_with(index: u64, change: impl FnOnce(&mut Outcome)) -> Trajectory {
    let mut future = future(index);
    change(&mut future.outcome);
    future
}

fn counts(sent: u64) -> Counts {
    let mut counts = Counts::default();
    for (place, count) in counts.iter_mut().enumerate().take(9) {
        *count = sent * [1_000, 950, 700, 40, 8, 6, 2, 3, 3][place] / 1_000;
    }
    counts[Metric::ShortOfList as usize] = 0;
    counts
}

/// Scrambles a number (the finaliser of SplitMix64).
pub(crate) fn mix(number: u64) -> u64 {
    let a = (number.wrapping_add(0x9e37_79b9_7f4a_7c15) ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let b = (a ^ (a >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    b ^ (b >> 31)
}
