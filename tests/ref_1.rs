//! REF-1, the reference scenario, against its law as a program that shares nothing with ours found it.
//!
//! The known values are those of `benches/peers/numpy_ref1.py` over 400,000 replications, seed 77: a statistic of ours
//! may be off by the errors of both. Seeds are fixed, so each test passes or fails for good; a right program would
//! fail one comparison in a million.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::path::Path;

use tiercast::sim::{Metric, Scenario, Trajectory};

const REPLICATIONS: u64 = 4_000;
const KNOWN_REPLICATIONS: f64 = 400_000.0;
/// The quantile of the normal law beyond which, on both sides together, lies a millionth.
const BOUND: f64 = 4.89;

/// What is known of a law.
struct Known {
    /// Of the tiers above the first: share that reaches it; of these, mean and standard deviation of the day.
    reached: [(f64, f64, f64); 3],
    flagged: f64,
    downgraded: f64,
    /// Of the tiers, at the end of day 20 and at the end of the last.
    on_day_20: [f64; 4],
    at_the_end: [f64; 4],
    /// Mean and standard deviation.
    flags: (f64, f64),
    sent: (f64, f64),
    replied: (f64, f64),
    blocked: (f64, f64),
    reported: (f64, f64),
}

const WHOLE: Known = Known {
    reached: [(0.8090, 8.657, 9.676), (0.7293, 12.110, 9.801), (0.6829, 15.364, 9.594)],
    flagged: 0.6414,
    downgraded: 0.2105,
    on_day_20: [0.3097, 0.0652, 0.0556, 0.5695],
    at_the_end: [0.2929, 0.0349, 0.0358, 0.6364],
    flags: (3.782, 3.716),
    sent: (6_402_260.5, 4_504_066.3),
    replied: (608_212.9, 427_885.4),
    blocked: (60_209.8, 45_886.0),
    reported: (6_060.9, 4_265.6),
};

const HUNDREDTH: Known = Known {
    reached: [(0.9833, 9.496, 9.316), (0.8455, 15.599, 12.089), (0.7277, 18.532, 11.546)],
    flagged: 0.7501,
    downgraded: 0.4187,
    on_day_20: [0.2449, 0.1613, 0.0750, 0.5188],
    at_the_end: [0.2013, 0.0913, 0.0622, 0.6452],
    flags: (3.672, 3.115),
    sent: (63_493.8, 40_673.7),
    replied: (6_031.9, 3_864.8),
    blocked: (629.5, 407.9),
    reported: (60.1, 39.1),
};

/// It goes the fast way, whose futures are those of the plain one.
#[test]
fn it_goes_abreast() {
    for name in ["ref-1", "ref-1-100"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("benches/ref-1/{name}.ron"));
        let scenario = Scenario::load(&path, &[]).unwrap();
        assert!(scenario.goes_abreast());
        let alone: Vec<Trajectory> = (40..75).map(|index| scenario.replicate(index)).collect();
        assert!(scenario.replicate_all(40..75) == alone, "{name}");
    }
}

#[test]
fn ref_1_has_its_known_law() {
    let off = differences(&replicate("ref-1", &[]), &WHOLE);
    assert!(off.is_empty(), "{off:#?}");
}

#[test]
fn a_hundredth_of_ref_1_has_its_known_law() {
    let off = differences(&replicate("ref-1-100", &[]), &HUNDREDTH);
    assert!(off.is_empty(), "{off:#?}");
}

/// What the comparison is worth: rules that are a little different have another law, and it shows.
#[test]
fn a_rule_that_is_a_little_off_is_seen() {
    for (path, value) in [
        ("upgrade.volume.review", "\"72h\""),
        ("number.flagged.ends", "on_recovery"),
        ("rating.number.weights", "{ Block: \"1\" }"),
        ("rating.number.window", "\"4d\""),
        ("rating.number.evaluated", "\"24h\""),
        ("number.flagged.downgrade_at", "flag"),
    ] {
        let off = differences(&replicate("ref-1", &[(path, value)]), &WHOLE);
        assert!(!off.is_empty(), "{path}: {value} was not seen");
    }
}

fn replicate(name: &str, changes: &[(&str, &str)]) -> Vec<Trajectory> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("benches/ref-1/{name}.ron"));
    let changes: Vec<(String, String)> =
        changes.iter().map(|(path, value)| ((*path).to_owned(), (*value).to_owned())).collect();
    let scenario = Scenario::load(&file, &changes).unwrap_or_else(|found| panic!("{found}"));
    (0..REPLICATIONS).map(|index| scenario.replicate(index)).collect()
}

/// The statistics that are further from what is known than chance explains.
fn differences(futures: &[Trajectory], known: &Known) -> Vec<String> {
    let mut off = Vec::new();
    let mut compare = |name: String, found: f64, known: f64, sd: f64, n: f64| {
        let errors = (found - known).abs() / (sd * (1.0 / n + 1.0 / KNOWN_REPLICATIONS).sqrt());
        // Written so that a statistic that is no number is off as well.
        if !matches!(errors.partial_cmp(&BOUND), Some(std::cmp::Ordering::Less)) {
            off.push(format!("{name}: found {found}, known {known}, {errors:.1} standard errors apart"));
        }
    };
    let n = futures.len() as f64;
    let mut share = |name: String, known: f64, holds: &dyn Fn(&Trajectory) -> bool| {
        let found = futures.iter().filter(|future| holds(future)).count() as f64 / n;
        compare(name, found, known, (known * (1.0 - known)).sqrt(), n);
    };
    share("flagged".to_owned(), known.flagged, &|future| future.outcome.flags > 0);
    share("downgraded".to_owned(), known.downgraded, &|future| future.outcome.downgrades > 0);
    for (tier, known) in known.on_day_20.into_iter().enumerate() {
        share(format!("tier {tier} on day 20"), known, &|future| usize::from(future.days[20].tier) == tier);
    }
    for (tier, known) in known.at_the_end.into_iter().enumerate() {
        share(format!("tier {tier} at the end"), known, &|future| future.outcome.final_tier == tier);
    }
    for (place, (known, _, _)) in known.reached.into_iter().enumerate() {
        share(format!("tier {} reached", place + 1), known, &|future| {
            future.outcome.reached[place + 1].is_some()
        });
    }
    for (place, (part, mean, sd)) in known.reached.into_iter().enumerate() {
        let reached = futures.iter().filter_map(|future| future.outcome.reached[place + 1]);
        let days: Vec<f64> = reached.map(|at| at.0 as f64 / 86_400.0).collect();
        let found = days.iter().sum::<f64>() / days.len() as f64;
        compare(format!("mean day of tier {}", place + 1), found, mean, sd / part.sqrt(), n);
    }
    let totals = [
        (Metric::Sent, known.sent),
        (Metric::Replied, known.replied),
        (Metric::Blocked, known.blocked),
        (Metric::Reported, known.reported),
    ];
    for (metric, (mean, sd)) in totals {
        let sum: u64 = futures.iter().map(|future| future.outcome.totals[metric as usize]).sum();
        compare(format!("mean {}", metric.name()), sum as f64 / n, mean, sd, n);
    }
    let flags: u32 = futures.iter().map(|future| future.outcome.flags).sum();
    compare("mean flags".to_owned(), f64::from(flags) / n, known.flags.0, known.flags.1, n);
    off
}
