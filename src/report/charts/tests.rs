//! Every chart, drawn from toy data and from the worst data we can think of. Set `TIERCAST_GALLERY` to a folder to look at them.

use super::*;
use jiff::civil::date;
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// A small generator, so that the pictures are the same everywhere.
struct Toy(u64);

impl Toy {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Roughly normal, mean 0, standard deviation 1.
    fn bell(&mut self) -> f64 {
        (0..12).map(|_| self.next()).sum::<f64>() - 6.0
    }
}

const LIMITS: [f64; 4] = [250.0, 2_000.0, 10_000.0, 100_000.0];

/// Tier and volume by day of one toy run.
fn run(toy: &mut Toy, days: usize) -> (Vec<usize>, Vec<f64>) {
    let (mut tier, mut held, mut volume) = (0, 0.0, 180.0 * (1.0 + 0.2 * toy.bell()).max(0.3));
    let pace = (1.0 + 0.35 * toy.bell()).clamp(0.3, 2.0);
    let (mut tiers, mut volumes) = (Vec::new(), Vec::new());
    for day in 0..days {
        held += pace;
        let needed = [6.0, 9.0, 22.0, f64::INFINITY][tier] * (0.8 + 0.4 * toy.next());
        if held > needed {
            tier += 1;
            held = 0.0;
        } else if tier > 0 && toy.next() < 0.002 {
            tier -= 1;
        }
        volume = (volume * (1.0 + 0.13 * pace + 0.05 * toy.bell())).min(LIMITS[tier]).min(14_000.0 * pace);
        tiers.push(tier);
        volumes.push(if day == 0 { volume * 0.5 } else { volume * (0.9 + 0.1 * toy.next()) });
    }
    (tiers, volumes)
}

fn quantile(runs: &[Vec<f64>], part: f64) -> Vec<f64> {
    let days = runs[0].len();
    (0..days)
        .map(|day| {
            let mut values: Vec<f64> = runs.iter().map(|run| run[day]).collect();
            values.sort_by(f64::total_cmp);
            values[((values.len() - 1) as f64 * part) as usize]
        })
        .collect()
}

fn caption(name: &str, title: &str, subtitle: &str) -> Caption {
    Caption { name: name.into(), title: title.into(), subtitle: subtitle.into(), ..Caption::default() }
}

fn fan_of(unit: &str, runs: &[Vec<f64>]) -> Fan {
    let names = ["250", "2,000", "10,000", "100,000"];
    Fan {
        unit: unit.into(),
        shape: Shape::Line,
        p05: quantile(runs, 0.05),
        p25: quantile(runs, 0.25),
        p50: quantile(runs, 0.5),
        p75: quantile(runs, 0.75),
        p95: quantile(runs, 0.95),
        lines: LIMITS
            .iter()
            .zip(names)
            .map(|(limit, name)| TierLine { name: name.into(), limit: *limit })
            .collect(),
        sample_paths: runs.iter().take(20).cloned().collect(),
    }
}

fn runs(days: usize, count: usize) -> (Vec<Vec<usize>>, Vec<Vec<f64>>) {
    let mut toy = Toy(20_261_012);
    (0..count).map(|_| run(&mut toy, days)).unzip()
}

fn reached(tiers: &[Vec<usize>], tier: usize) -> ReachCurve {
    let n = tiers.len() as f64;
    let days = tiers[0].len();
    let share: Vec<f64> = (0..days)
        .map(|day| tiers.iter().filter(|run| run[..=day].iter().any(|t| *t >= tier)).count() as f64 / n)
        .collect();
    let half = |p: f64| 1.96 * (p * (1.0 - p) / n + 1.0 / (n * n)).sqrt();
    ReachCurve {
        name: ["250", "2,000", "10,000", "100,000"][tier].into(),
        low: share.iter().map(|p| (p - half(*p)).max(0.0)).collect(),
        high: share.iter().map(|p| (p + half(*p)).min(1.0)).collect(),
        share,
    }
}

fn tier_bands(tiers: &[Vec<usize>]) -> Vec<Band> {
    let share = |tier: usize, day: usize| {
        tiers.iter().filter(|run| run[day] == tier).count() as f64 / tiers.len() as f64
    };
    (0..4)
        .map(|tier| Band {
            name: ["250", "2,000", "10,000", "100,000"][tier].into(),
            role: Role::Tier { rank: tier, of: 4 },
            share: (0..tiers[0].len()).map(|day| share(tier, day)).collect(),
        })
        .collect()
}

fn status_bands(days: usize) -> Vec<Band> {
    let bump = |day: usize, at: f64, wide: f64, high: f64| {
        high / (1.0 + ((day as f64 - at) / wide) * ((day as f64 - at) / wide))
    };
    let flagged: Vec<f64> = (0..days).map(|d| bump(d, 24.0, 7.0, 0.16) + bump(d, 48.0, 6.0, 0.08)).collect();
    let restricted: Vec<f64> = (0..days).map(|d| bump(d, 30.0, 9.0, 0.09)).collect();
    let banned: Vec<f64> = (0..days).map(|d| 0.035 * (d as f64 / days as f64)).collect();
    let pending: Vec<f64> = (0..days).map(|d| if d < 3 { 0.5 - 0.16 * d as f64 } else { 0.0 }).collect();
    let connected = (0..days).map(|d| 1.0 - flagged[d] - restricted[d] - banned[d] - pending[d]).collect();
    let band = |name: &str, role, share| Band { name: name.into(), role, share };
    vec![
        band("Connected", Role::Connected, connected),
        band("Pending", Role::Pending, pending),
        band("Flagged", Role::Flagged, flagged),
        band("Restricted", Role::Restricted, restricted),
        band("Banned", Role::Banned, banned),
    ]
}

fn feedback(days: usize) -> RatingChart {
    let mut toy = Toy(7);
    let runs: Vec<Vec<f64>> = (0..300)
        .map(|_| {
            let mean = 0.009 * (1.0 + 0.45 * toy.bell()).clamp(0.15, 3.0);
            let mut score = mean;
            (0..days)
                .map(|day| {
                    score += 0.25 * (mean * (1.0 + 0.5 * (day as f64 / 20.0).min(1.0)) - score)
                        + 0.0012 * toy.bell();
                    score = score.max(0.0);
                    score
                })
                .collect()
        })
        .collect();
    RatingChart {
        p05: quantile(&runs, 0.05),
        p25: quantile(&runs, 0.25),
        p50: quantile(&runs, 0.5),
        p75: quantile(&runs, 0.75),
        p95: quantile(&runs, 0.95),
        medium_from: Threshold { p05: 0.0058, p50: 0.0117, p95: 0.029 },
        low_from: Threshold { p05: 0.0098, p50: 0.0245, p95: 0.0462 },
        sample_paths: runs.into_iter().take(20).collect(),
    }
}

fn aftermath_of(hours: usize, sent: f64) -> AftermathChart {
    let kinds = [0.95, 0.7, 0.1, 0.013, 0.0099, 0.002, 0.001, 0.0095];
    let names = ["delivered*", "read", "replied", "stopped", "archived*", "muted*", "reported", "blocked*"];
    let line = |(kind, name): (f64, &str)| {
        let curve = |times: f64| -> Vec<f64> {
            (0..=hours).map(|hour| times * sent * kind * (1.0 - 1.0 / (1.5 + hour as f64))).collect()
        };
        AftermathLine {
            name: name.into(),
            mean: curve(1.0),
            low: curve(0.3),
            high: curve(1.05 + 9.0 * kind.min(0.02)),
        }
    };
    AftermathChart {
        unit: "messages so far".into(),
        footnote: "* assumed, not measured".into(),
        lines: kinds.into_iter().zip(names).map(line).collect(),
    }
}

fn quantiles_of(tiers: &[Vec<usize>], tier: usize) -> Vec<Option<f64>> {
    let mut days: Vec<Option<usize>> = tiers.iter().map(|run| run.iter().position(|t| *t >= tier)).collect();
    days.sort_by_key(|day| day.unwrap_or(usize::MAX));
    (0..20).map(|i| days[(2 * i + 1) * days.len() / 40].map(|day| day as f64 + 0.4)).collect()
}

fn plans_of(names: [&str; 2], volumes: &[Vec<f64>]) -> [PlanFan; 2] {
    let half = volumes.len() / 2;
    let plan = |name: &str, runs: &[Vec<f64>]| PlanFan {
        name: name.into(),
        p05: quantile(runs, 0.05),
        p50: quantile(runs, 0.5),
        p95: quantile(runs, 0.95),
    };
    [plan(names[0], &volumes[..half.max(1)]), plan(names[1], &volumes[half..])]
}

/// How far the first half of the runs is ahead of the second, times `scale`.
fn gap_of(volumes: &[Vec<f64>], scale: f64) -> Gap {
    let half = volumes.len() / 2;
    let ahead: Vec<Vec<f64>> = volumes[..half.max(1)]
        .iter()
        .zip(&volumes[half..])
        .map(|(a, b)| a.iter().zip(b).map(|(a, b)| scale * (a - b)).collect())
        .collect();
    Gap {
        unit: "messages sent so far, quick less slow".into(),
        above: "quick ahead".into(),
        below: "slow ahead".into(),
        middle: quantile(&ahead, 0.5),
        middle_name: "median".into(),
        wide: [quantile(&ahead, 0.05), quantile(&ahead, 0.95)],
        narrow: [quantile(&ahead, 0.25), quantile(&ahead, 0.75)],
        points: scale < 1e-3,
    }
}

const SOURCE: &str =
    "400 simulated runs of ramp.ron under platform-2025-10, audience opted-in-marketing, seed 7";

/// All of them, drawn once.
/// What changes along a factor of so many values.
fn along_of(count: usize, scale: f64, label: &str) -> Along {
    let mut toy = Toy(5);
    let point = |n: usize| {
        let estimate = scale * (1.0 + 0.2 * toy.next() + 0.1 * n as f64);
        AlongPoint {
            label: format!("{}{label}", n + 1),
            amount: Some(n as f64 + 1.0),
            estimate,
            low: 0.9 * estimate,
            high: 1.12 * estimate,
        }
    };
    let points = (0..count).map(point).collect();
    Along {
        unit: "days to 10K".into(),
        factor: "rating.number.low_from".into(),
        points,
        log: false,
        shares: false,
    }
}

/// What changes along two factors.
fn heat_of(rows: usize, columns: usize, label: &str) -> Heat {
    let mut toy = Toy(9);
    let values: Vec<Vec<f64>> = (0..rows)
        .map(|row| (0..columns).map(|column| (row + column) as f64 + toy.next()).collect())
        .collect();
    let named = |count: usize| (0..count).map(|n| format!("{n}{label}")).collect();
    Heat {
        unit: format!("days to 10K{label}"),
        up: format!("rating.number.low_from{label}"),
        across: format!("audience.segments.members.profile.block{label}"),
        rows: named(rows),
        columns: named(columns),
        words: values
            .iter()
            .map(|row| row.iter().map(|value| format!("{value:.1}{label}")).collect())
            .collect(),
        cells: values.iter().map(|row| row.iter().map(|value| Some(*value)).collect()).collect(),
    }
}

/// What factors change, some more and some less.
fn tornado_of(count: usize, label: &str) -> Tornado {
    let mut toy = Toy(13);
    let bar = |n: usize| {
        let (low, high) =
            (12.0 - 0.4 * n as f64 * toy.next(), 12.0 + 5.0 / (n + 1) as f64 * (toy.next() - 0.3));
        let interval = Some([high - 0.3, high + 0.3]);
        TornadoBar {
            name: format!("members block {n}{label}"),
            ends: [format!("0.1%{label}"), format!("3%{label}")],
            low,
            high,
            interval,
        }
    };
    Tornado { unit: format!("days to 10K{label}"), bars: (0..count).map(bar).collect(), shares: false }
}

/// Shares of the spread of some inputs.
fn index_rows(count: usize, label: &str) -> Vec<IndexRow> {
    let row = |n: usize| {
        let total = 0.7 / (n + 1) as f64;
        IndexRow {
            name: format!("members block {n}{label}"),
            first: [0.8 * total, 0.7 * total, 0.95 * total],
            total: [total, 0.85 * total, 1.2 * total],
        }
    };
    (0..count).map(row).collect()
}

static ALL: LazyLock<Vec<Drawing>> = LazyLock::new(|| samples().into_iter().chain(extremes()).collect());

/// What a planner would see.
fn samples() -> Vec<Drawing> {
    let dates = DateAxis { first: date(2026, 10, 12), days: 64 };
    let (tiers, volumes) = runs(64, 400);
    let limits: Vec<Vec<f64>> = tiers.iter().map(|run| run.iter().map(|t| LIMITS[*t]).collect()).collect();
    let curves: Vec<ReachCurve> = (1..4).map(|tier| reached(&tiers, tier)).collect();
    let by = 30;
    let share = curves[2].share[by];
    let target = Target { curve: 2, day: by, text: format!("{:.0}% by {}", share * 100.0, dates.label(by)) };
    let sub = |how: &str| format!("{how} {SOURCE}");
    vec![
        fan(
            &caption(
                "volume",
                "Half of the runs deliver over 5,000 messages a day by mid-November",
                &sub("Darker band: half of the runs; lighter band: 9 in 10; threads: single runs."),
            ),
            &dates,
            &fan_of("messages delivered a day", &volumes),
        ),
        fan(
            &caption(
                "limit",
                "The limit rises in three steps",
                &sub("Bands hold half and 9 in 10 of the runs."),
            ),
            &dates,
            &Fan { shape: Shape::Stairs, ..fan_of("messaging limit, customers a day", &limits) },
        ),
        reach(
            &caption(
                "reach",
                &format!("{:.0}% of the runs reach 100,000 by 11 November", share * 100.0),
                &sub("Bands: 95% intervals for the number of runs."),
            ),
            &dates,
            &curves,
            Some(&target),
        ),
        shares(
            &caption(
                "tiers",
                "By mid-November most runs are at 100,000",
                &sub("Share of runs in each messaging limit."),
            ),
            &dates,
            &tier_bands(&tiers),
        ),
        shares(
            &caption("statuses", "1 run in 4 is flagged or restricted in the first week of November", SOURCE),
            &dates,
            &status_bands(64),
        ),
        rating(
            &caption(
                "rating",
                "The rating may well fall to Medium, hardly to Low",
                &sub("Thresholds are not published: bands show what is believed."),
            ),
            &dates,
            &feedback(64),
        ),
        dots(
            &caption("dots", "When would the number reach 100,000?", "Each dot is 1 chance in 20"),
            &dates,
            &quantiles_of(&tiers, 3),
            Some(date(2026, 11, 11)),
        ),
        fans(
            &caption("fans", "quick sends more from the third week on", &sub("Bands: 9 in 10 runs.")),
            &dates,
            "messages sent a day",
            &plans_of(["quick", "slow"], &volumes),
            &fan_of("messages", &volumes).lines,
        ),
        gap(
            &caption(
                "gap",
                "In the middle pair quick is ahead",
                &sub("Bands: half and 9 in 10 of the pairs."),
            ),
            &dates,
            &gap_of(&volumes, 1.0),
        ),
        aftermath(
            &caption("aftermath", "Of 10,000 messages 95 bring a block", &sub("Lines: means.")),
            &HourAxis { last: 192 },
            &aftermath_of(192, 10_000.0),
        ),
    ]
}

/// What breaks charts.
fn extremes() -> Vec<Drawing> {
    let long = "A tier whose name somebody wrote down in full, with all that a contract may say about <limits> & \"quotas\"";
    let cap = |name: &str| caption(name, &long.repeat(3), &long.repeat(5));
    let short = |name: &str| caption(name, name, "");
    let mut all = Vec::new();
    for (tag, days) in [("one", 1usize), ("three", 3), ("years", 3650)] {
        let dates = DateAxis { first: date(2026, 11, 5), days };
        let (tiers, volumes) = runs(days, 24);
        let name = |chart: &str| format!("{chart}-{tag}");
        let curves: Vec<ReachCurve> = (1..4).map(|tier| reached(&tiers, tier)).collect();
        let target = Target { curve: 0, day: days - 1, text: "at the very end of the horizon".into() };
        all.push(fan(&short(&name("fan")), &dates, &fan_of("messages a day", &volumes)));
        all.push(reach(&short(&name("reach")), &dates, &curves, Some(&target)));
        all.push(shares(&short(&name("shares")), &dates, &tier_bands(&tiers)));
        all.push(shares(&short(&name("statuses")), &dates, &status_bands(days)));
        all.push(rating(&short(&name("rating")), &dates, &feedback(days)));
        all.push(dots(&short(&name("dots")), &dates, &quantiles_of(&tiers, 1), Some(dates.date(0))));
        let lines = fan_of("messages", &volumes).lines;
        all.push(fans(
            &short(&name("fans")),
            &dates,
            "messages",
            &plans_of([long, "slow"], &volumes),
            &lines,
        ));
        all.push(gap(&short(&name("gap")), &dates, &gap_of(&volumes, 1e-5)));
        let hours = HourAxis { last: days - 1 };
        all.push(aftermath(&short(&name("aftermath")), &hours, &aftermath_of(days, 1e6)));
    }
    let dates = DateAxis { first: date(2026, 12, 14), days: 40 };
    for (tag, value) in [("zero", 0.0), ("full", 1.0), ("infinite", f64::INFINITY), ("nan", f64::NAN)] {
        let flat = vec![value; 40];
        let name = |chart: &str| format!("{chart}-{tag}");
        let mut plain = fan_of("messages", std::slice::from_ref(&flat));
        all.push(fan(&short(&name("fan")), &dates, &plain));
        let plan = PlanFan { name: tag.into(), p05: flat.clone(), p50: flat.clone(), p95: flat.clone() };
        all.push(fans(&short(&name("fans")), &dates, "messages", &[plan.clone(), plan], &plain.lines));
        let band = [flat.clone(), flat.clone()];
        let even =
            Gap { middle: flat.clone(), wide: band.clone(), narrow: band, points: true, ..Gap::default() };
        all.push(gap(&short(&name("gap")), &dates, &even));
        plain.lines.clear();
        all.push(fan(&short(&name("fan-bare")), &dates, &plain));
        let curve = |name: &str| ReachCurve {
            name: name.into(),
            share: flat.clone(),
            low: flat.clone(),
            high: flat.clone(),
        };
        let target = Target { curve: 1, day: 20, text: "marked".into() };
        all.push(reach(
            &short(&name("reach")),
            &dates,
            &[curve("1,000"), curve("10,000"), curve(long)],
            Some(&target),
        ));
        let one = Band { name: "1,000".into(), role: Role::Tier { rank: 0, of: 1 }, share: flat.clone() };
        all.push(shares(&short(&name("shares")), &dates, &[one]));
        let threshold = Threshold { p05: value, p50: value, p95: value };
        let f = plain.clone();
        all.push(rating(
            &short(&name("rating")),
            &dates,
            &RatingChart {
                p05: f.p05,
                p25: f.p25,
                p50: f.p50,
                p75: f.p75,
                p95: f.p95,
                medium_from: threshold,
                low_from: threshold,
                sample_paths: vec![],
            },
        ));
        all.push(dots(&short(&name("dots")), &dates, &vec![Some(value); 20], Some(date(2026, 12, 20))));
        let lines = (0..12).map(|n| AftermathLine {
            name: format!("{n} {long}"),
            mean: flat.clone(),
            low: flat.clone(),
            high: flat.clone(),
        });
        let chart = AftermathChart { unit: long.into(), footnote: long.repeat(3), lines: lines.collect() };
        all.push(aftermath(&short(&name("aftermath")), &HourAxis { last: 39 }, &chart));
    }
    for (name, label) in [("few", ""), ("long", long)] {
        let cap = |chart: &str| short(&format!("{chart}-{name}"));
        let mut words = along_of(5, 12.0, label);
        words.points.iter_mut().for_each(|point| point.amount = None);
        all.push(along(&cap("along-words"), &words));
        all.push(along(
            &cap("along-many"),
            &Along { log: true, factor: label.into(), ..along_of(60, 1e6, label) },
        ));
        all.push(heat(&cap("heat"), &heat_of(4, 6, label)));
        all.push(heat(&cap("heat-many"), &heat_of(40, 50, label)));
        all.push(tornado(&cap("tornado"), &tornado_of(4, label)));
        all.push(tornado(&cap("tornado-many"), &tornado_of(30, label)));
        all.push(indices(&cap("indices"), label, &index_rows(3, label)));
        all.push(indices(&cap("indices-many"), "share of the spread", &index_rows(30, label)));
    }
    all.push(along(&cap("along-empty"), &Along::default()));
    all.push(along(&cap("along-one"), &Along { shares: true, ..along_of(1, 0.3, "%") }));
    all.push(heat(&cap("heat-empty"), &Heat::default()));
    all.push(tornado(&cap("tornado-empty"), &Tornado::default()));
    all.push(indices(&cap("indices-empty"), "", &[]));
    all.push(fan(&cap("fan-empty"), &dates, &Fan::default()));
    all.push(reach(&cap("reach-empty"), &dates, &[], None));
    all.push(shares(&cap("shares-empty"), &dates, &[]));
    all.push(rating(&cap("rating-empty"), &dates, &RatingChart::default()));
    all.push(aftermath(&cap("aftermath-empty"), &HourAxis { last: 0 }, &AftermathChart::default()));
    all.push(dots(&cap("dots-empty"), &dates, &[], None));
    all.push(fans(&cap("fans-empty"), &dates, long, &Default::default(), &[]));
    all.push(gap(&cap("gap-empty"), &dates, &Gap::default()));
    let words =
        Gap { above: long.into(), below: long.into(), unit: long.into(), ..gap_of(&runs(40, 24).1, 1.0) };
    all.push(gap(&cap("gap-words"), &dates, &words));
    all.push(dots(&cap("dots-never"), &dates, &[None; 20], Some(date(2026, 12, 24))));
    let (_, volumes) = runs(40, 60);
    let mut unlimited = fan_of("messages a day", &volumes);
    unlimited.lines = vec![
        TierLine { name: long.into(), limit: 1_000.0 },
        TierLine { name: "1,001".into(), limit: 1_001.0 },
        TierLine { name: "10,000".into(), limit: 10_000.0 },
        TierLine { name: "unlimited".into(), limit: f64::INFINITY },
    ];
    for values in [&mut unlimited.p50, &mut unlimited.p75, &mut unlimited.p95] {
        for value in values.iter_mut().skip(25) {
            *value = f64::INFINITY;
        }
    }
    for value in unlimited.p05.iter_mut().take(12) {
        *value = 0.0;
    }
    all.push(fan(&cap("fan-unlimited"), &dates, &unlimited));
    let many: Vec<Band> = (0..12)
        .map(|rank| Band {
            name: format!("{long} {rank}"),
            role: Role::Tier { rank, of: 12 },
            share: vec![1.0 / 12.0; 40],
        })
        .collect();
    all.push(shares(&cap("shares-many"), &dates, &many));
    let slivers: Vec<Band> = (0..9)
        .map(|rank| Band {
            name: format!("tier {rank}"),
            role: Role::Tier { rank, of: 9 },
            share: (0..40)
                .map(|day| {
                    if rank == 8 {
                        1.0 - 0.16 * f64::from(u8::from(day < 3))
                    } else {
                        0.02 * f64::from(u8::from(day < 3))
                    }
                })
                .collect(),
        })
        .collect();
    all.push(shares(&cap("shares-slivers"), &dates, &slivers));
    all
}

#[derive(Debug, Clone)]
struct Words {
    #[expect(dead_code, reason = "printed when a test fails")]
    text: String,
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
}

/// The boxes of all texts of a drawing \[CSS px\], from its SVG.
fn words(svg: &str) -> Vec<Words> {
    svg.lines()
        .filter_map(|line| line.strip_prefix("<text "))
        .map(|line| {
            let value = |name: &str| {
                let (_, after) = line.split_once(&format!("{name}=\"")).unwrap();
                after.split_once('"').unwrap().0
            };
            let number = |name: &str| value(name).parse::<f64>().unwrap() / 10.0;
            let (x, y, size, wide) = (
                number(" y").mul_add(0.0, value("x").parse::<f64>().unwrap() / 10.0),
                number(" y"),
                number("font-size"),
                number("textLength"),
            );
            let left = match value("text-anchor") {
                "start" => x,
                "middle" => x - wide / 2.0,
                _ => x - wide,
            };
            let text = line.split_once('>').unwrap().1.trim_end_matches("</text>").to_owned();
            Words { text, left, right: left + wide, top: y - 0.75 * size, bottom: y + 0.2 * size }
        })
        .collect()
}

#[test]
fn every_text_lies_in_the_picture_and_touches_no_other() {
    for drawing in ALL.iter() {
        let words = words(&drawing.svg);
        assert!(!words.is_empty(), "{}", drawing.name);
        for (i, one) in words.iter().enumerate() {
            let inside = one.left >= 0.0
                && one.top >= 0.0
                && one.right <= f64::from(WIDTH)
                && one.bottom <= f64::from(HEIGHT);
            assert!(inside, "{}: {one:?}", drawing.name);
            for other in &words[..i] {
                let apart = one.left >= other.right
                    || other.left >= one.right
                    || one.top >= other.bottom
                    || other.top >= one.bottom;
                assert!(apart, "{}: {one:?} {other:?}", drawing.name);
            }
        }
    }
}

#[test]
fn a_drawing_says_what_it_is_and_is_the_same_twice() {
    for (drawing, again) in ALL.iter().zip(samples()) {
        assert_eq!(drawing, &again);
        let Drawing { name, svg, title, description, .. } = drawing;
        assert!(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"860\" height=\"460\" viewBox=\"0 0 8600 4600\" role=\"img\""), "{name}");
        assert!(svg.contains(&format!("<title>{title}</title>\n<desc>{description}</desc>")), "{name}");
        assert!(svg.ends_with("</svg>\n") && !svg.contains(" id="), "{name}");
        assert!(!description.is_empty() && !svg.contains("NaN"), "{name}");
    }
}

#[test]
fn a_png_decodes_at_twice_the_size() {
    for drawing in ALL.iter() {
        let picture = tiny_skia::Pixmap::decode_png(&drawing.png).unwrap();
        assert_eq!((picture.width(), picture.height()), (1720, 920), "{}", drawing.name);
        let mut colors = BTreeMap::new();
        for pixel in picture.pixels() {
            *colors.entry((pixel.red(), pixel.green(), pixel.blue(), pixel.alpha())).or_insert(0) += 1;
        }
        assert!(colors.len() > 10 && colors.keys().all(|color| color.3 == 255), "{}", drawing.name);
    }
}

#[test]
fn ten_years_are_not_ten_times_the_bytes() {
    for drawing in ALL.iter() {
        assert!(drawing.svg.len() < 600_000, "{}: {}", drawing.name, drawing.svg.len());
    }
}

#[test]
fn the_gallery_can_be_looked_at() {
    let Some(folder) = std::env::var_os("TIERCAST_GALLERY").map(std::path::PathBuf::from) else { return };
    std::fs::create_dir_all(&folder).unwrap();
    for drawing in ALL.iter() {
        std::fs::write(folder.join(format!("{}.png", drawing.name)), &drawing.png).unwrap();
        std::fs::write(folder.join(format!("{}.svg", drawing.name)), &drawing.svg).unwrap();
    }
}

/// Values nobody should pass, and some that everybody does.
fn wild() -> impl Strategy<Value = f64> {
    prop_oneof![
        4 => 0.0..2e5f64,
        2 => 0.0..1.0f64,
        1 => Just(0.0),
        1 => Just(f64::INFINITY),
        1 => Just(f64::NAN),
        1 => Just(-3.0),
        1 => Just(1e300),
        1 => Just(1e-300),
    ]
}

fn series() -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec(wild(), 0..30)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn no_data_breaks_a_chart(days in 0usize..40, lists in prop::collection::vec(series(), 6), limits in series(), title in ".{0,120}") {
        let dates = DateAxis { first: date(9999, 12, 1), days };
        let cap = caption("wild", &title, &title);
        let [p05, p25, p50, p75, p95, other] = [0, 1, 2, 3, 4, 5].map(|i: usize| lists[i].clone());
        let lines = limits.iter().map(|limit| TierLine { name: title.clone(), limit: *limit }).collect();
        let curves: Vec<ReachCurve> = lists
            .iter()
            .map(|share| ReachCurve { name: title.clone(), share: share.clone(), low: p05.clone(), high: other.clone() })
            .collect();
        let target = Target { curve: 2, day: days / 2, text: title.clone() };
        let bands: Vec<Band> = lists
            .iter()
            .enumerate()
            .map(|(rank, share)| Band { name: title.clone(), role: Role::Tier { rank, of: 3 }, share: share.clone() })
            .collect();
        let threshold = |at: usize| Threshold {
            p05: limits.get(at).copied().unwrap_or(0.0),
            p50: limits.get(at + 1).copied().unwrap_or(0.01),
            p95: limits.get(at + 2).copied().unwrap_or(0.02),
        };
        let dot: Vec<Option<f64>> = other.iter().map(|day| (*day != 0.0).then_some(*day)).collect();
        let score = RatingChart {
            p05: p05.clone(),
            p25: p25.clone(),
            p50: p50.clone(),
            p75: p75.clone(),
            p95: p95.clone(),
            medium_from: threshold(0),
            low_from: threshold(1),
            sample_paths: lists.clone(),
        };
        let line = |n: usize| AftermathLine {
            name: title.clone(),
            mean: lists[n].clone(),
            low: lists[(n + 1) % 6].clone(),
            high: other.clone(),
        };
        let after = AftermathChart { unit: title.clone(), footnote: title.clone(), lines: (0..6).map(line).collect() };
        let at = |list: usize, n: usize| lists[list].get(n).copied().unwrap_or(0.0);
        let point = |n: usize| AlongPoint {
            label: title.clone(),
            amount: (n % 7 < 6).then_some(at(0, n)),
            estimate: at(1, n),
            low: at(2, n),
            high: at(3, n),
        };
        let walk = Along {
            unit: title.clone(),
            factor: title.clone(),
            points: (0..lists[0].len()).map(point).collect(),
            log: days % 2 == 0,
            shares: days % 3 == 0,
        };
        let field = Heat {
            unit: title.clone(),
            up: title.clone(),
            across: title.clone(),
            rows: vec![title.clone(); 6],
            columns: vec![title.clone(); lists[1].len()],
            cells: lists.iter().map(|list| list.iter().map(|value| Some(*value)).collect()).collect(),
            words: vec![vec![title.clone(); days]; 6],
        };
        let bar = |n: usize| TornadoBar {
            name: title.clone(),
            ends: [title.clone(), title.clone()],
            low: at(0, n),
            high: at(1, n),
            interval: n.is_multiple_of(2).then_some([at(2, n), at(3, n)]),
        };
        let bars = Tornado { unit: title.clone(), bars: (0..lists[2].len()).map(bar).collect(), shares: days % 2 == 0 };
        let index = |n: usize| IndexRow {
            name: title.clone(),
            first: [at(0, n), at(1, n), at(2, n)],
            total: [at(3, n), at(4, n), at(5, n)],
        };
        let shares_of: Vec<IndexRow> = (0..lists[3].len()).map(index).collect();
        let amount = Fan { unit: title.clone(), shape: Shape::Line, p05, p25, p50, p75, p95, lines, sample_paths: lists.clone() };
        for drawing in [
            fan(&cap, &dates, &amount),
            reach(&cap, &dates, &curves, Some(&target)),
            shares(&cap, &dates, &bands),
            rating(&cap, &dates, &score),
            dots(&cap, &dates, &dot, Some(dates.date(days / 3))),
            aftermath(&cap, &HourAxis { last: days }, &after),
            along(&cap, &walk),
            heat(&cap, &field),
            tornado(&cap, &bars),
            indices(&cap, &title, &shares_of),
        ] {
            prop_assert!(!drawing.svg.contains("NaN") && !drawing.svg.contains("inf\""));
            for one in words(&drawing.svg) {
                prop_assert!(one.left >= 0.0 && one.right <= f64::from(WIDTH) && one.top >= 0.0 && one.bottom <= f64::from(HEIGHT), "{one:?}");
            }
        }
    }
}
