//! The samplers against exact probabilities, against another library, and against themselves.
//!
//! Exact probabilities come from the recurrence between neighbours, normalised by their own sum: nothing here
//! shares a formula with what it judges.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use rand::distr::Distribution;
use tiercast::random::maths::{exp, ln, sqrt};
use tiercast::random::quantile::{
    beta_quantile, exponential_quantile, log_logistic_quantile, log_normal_quantile, log_uniform_quantile,
    normal_cdf, normal_quantile, student_quantile,
};
use tiercast::random::{
    Address, Alike, Binomial, Draw, MOST_IN_ALL, MOST_TRIALS, Parted, Purpose, Shares, Split, Streams,
    Subject, binomial, hypergeometric, split, split_all,
};

const DRAWS: u32 = 100_000;
/// How unlikely a deviation must be to count as an error.
const ALPHA: f64 = 1e-6;

fn streams() -> Streams {
    Streams::new(20_260_101, 0)
}

fn address(slot: u32) -> Address {
    Address { slot, ..Address::of(Purpose::Reserve, Subject::new(&["samplers"])) }
}

fn draws() -> impl Iterator<Item = Draw> {
    (0..DRAWS).map(|slot| streams().at(address(slot)))
}

// ---------------------------------------------------------------------------------------------------------
// Exact laws

/// Probabilities of `first`, `first` + 1, ...; what lies outside has less than 1e-25.
struct Exact {
    first: u64,
    masses: Vec<f64>,
}

impl Exact {
    /// From the mode both ways: `step(k)` is P(k + 1) / P(k).
    fn around(mode: u64, top: u64, step: impl Fn(u64) -> f64) -> Self {
        let mut below = vec![1.0];
        let mut first = mode;
        while first > 0 && below[below.len() - 1] > 1e-25 {
            first -= 1;
            below.push(below[below.len() - 1] / step(first));
        }
        below.reverse();
        let (mut masses, mut k) = (below, mode);
        while k < top && masses[masses.len() - 1] > 1e-25 {
            masses.push(masses[masses.len() - 1] * step(k));
            k += 1;
        }
        let sum: f64 = masses.iter().sum();
        masses.iter_mut().for_each(|mass| *mass /= sum);
        Self { first, masses }
    }

    fn binomial(n: u64, p: f64) -> Self {
        let mode = (((n + 1) as f64 * p) as u64).min(n);
        Self::around(mode, n, |k| (n - k) as f64 / (k + 1) as f64 * (p / (1.0 - p)))
    }

    fn hypergeometric(total: u64, marked: u64, taken: u64) -> Self {
        let least = (marked + taken).saturating_sub(total);
        let (m, t, n) = (marked as f64, taken as f64, total as f64);
        let mode = (((t + 1.0) * (m + 1.0) / (n + 2.0)) as u64).max(least);
        let step = |k: u64| match k >= least {
            true => (m - k as f64) * (t - k as f64) / ((k + 1) as f64 * (n - m - t + (k + 1) as f64)),
            false => f64::INFINITY,
        };
        Self::around(mode, marked.min(taken), step)
    }

    fn mean_and_variance(&self) -> (f64, f64) {
        let each = || self.masses.iter().enumerate().map(|(i, &mass)| ((self.first + i as u64) as f64, mass));
        let mean: f64 = each().map(|(k, mass)| k * mass).sum();
        (mean, each().map(|(k, mass)| (k - mean) * (k - mean) * mass).sum())
    }

    /// The smallest k with P(K <= k) >= u, and how far u is from both edges of that step.
    fn quantile(&self, u: f64) -> (u64, f64) {
        let mut below = 0.0;
        for (i, &mass) in self.masses.iter().enumerate() {
            if u <= below + mass || i + 1 == self.masses.len() {
                return (self.first + i as u64, (u - below).min(below + mass - u));
            }
            below += mass;
        }
        unreachable!("a law has at least one count")
    }
}

/// The probability of so large a chi-square by chance (E. B. Wilson, M. M. Hilferty 1931).
fn chance_of(chi_square: f64, freedom: f64) -> f64 {
    let spread = 2.0 / (9.0 * freedom);
    let cube_root = exp(ln(chi_square / freedom) / 3.0);
    normal_cdf((1.0 - spread - cube_root) / sqrt(spread))
}

/// Compares how often each count was seen with what is exact; bins of fewer than 5 are merged upwards.
fn assert_follows(seen: &[u64], exact: &Exact, what: &str) {
    let n = seen.len() as f64;
    let mut counted = vec![0_u32; exact.masses.len()];
    for &k in seen {
        let at = (k.wrapping_sub(exact.first)) as usize;
        assert!(at < counted.len(), "{what}: {k} is impossible");
        counted[at] += 1;
    }
    let mut bins: Vec<(f64, f64)> = Vec::new();
    let mut open = (0.0, 0.0);
    for (&count, &mass) in counted.iter().zip(&exact.masses) {
        open = (open.0 + f64::from(count), open.1 + n * mass);
        if open.1 >= 5.0 {
            bins.push(std::mem::take(&mut open));
        }
    }
    let last = bins.last_mut().expect("one bin holds all");
    *last = (last.0 + open.0, last.1 + open.1);
    if bins.len() < 2 {
        return;
    }
    let chi_square: f64 = bins.iter().map(|(found, due)| (found - due) * (found - due) / due).sum();
    let chance = chance_of(chi_square, (bins.len() - 1) as f64);
    assert!(chance > ALPHA, "{what}: chi-square {chi_square:.1} over {} bins, chance {chance:e}", bins.len());
}

// ---------------------------------------------------------------------------------------------------------
// Each sampler against its law

/// n and p on both sides of every switch: mean 10, p = 1/2, certain and impossible.
const BINOMIALS: [(u64, f64); 25] = [
    (1, 0.3),
    (1, 0.999),
    (2, 0.5),
    (9, 0.5),
    (19, 0.5),
    (20, 0.5),
    (21, 0.5),
    (99, 0.1),
    (101, 0.1),
    (99, 0.9),
    (101, 0.9),
    (40, 0.37),
    (250, 0.73),
    (1000, 0.001),
    (1000, 0.1),
    (10_000, 0.000_99),
    (10_000, 0.001_01),
    (100_000, 0.01),
    (100_000, 0.999_95),
    (1_000_000, 0.5),
    (MOST_TRIALS, 1e-9),
    (MOST_TRIALS, 0.5),
    (MOST_TRIALS, 1.0 - 1e-9),
    (MOST_TRIALS, 4e-9),
    (MOST_TRIALS, 6e-9),
];

/// What cannot be otherwise, alone and side by side.
#[test]
fn what_is_certain_happens_and_what_is_impossible_does_not() {
    let shares = [Shares::new(&[0.0, 1.0]).unwrap(), Shares::new(&[1e-9, 0.0]).unwrap()];
    for n in [0, 1, 2, 7, 100, 4_097, MOST_TRIALS] {
        for slot in 0..200 {
            let draw = streams().at(address(slot));
            assert_eq!((binomial(&draw, n, 0.0), binomial(&draw, n, 1.0)), (0, n));
            let splits = [&shares[0], &shares[1]].map(|shares| Split::new(address(slot), n, shares));
            let parted = split_all(&streams(), &splits);
            assert_eq!((parted[0].rows(), parted[0].never()), ([0, n as u32].as_slice(), 0));
            let rare = u64::from(parted[1].rows()[0]);
            assert!(rare + parted[1].never() == n && rare <= 20 && parted[1].rows()[1] == 0);
        }
    }
}

#[test]
fn binomials_follow_their_law() {
    for (n, p) in BINOMIALS {
        let seen: Vec<u64> = draws().map(|draw| binomial(&draw, n, p)).collect();
        assert_follows(&seen, &Exact::binomial(n, p), &format!("binomial({n}, {p})"));
    }
}

const HYPERGEOMETRICS: [(u64, u64, u64); 17] = [
    (10, 4, 5),
    (10, 9, 8),
    (20, 10, 10),
    (100, 50, 10),
    (100, 50, 50),
    (1000, 30, 100),
    (1000, 970, 100),
    (1000, 30, 900),
    (1000, 970, 900),
    (5000, 1000, 1500),
    (100_000, 300, 2000),
    (1_000_000, 400_000, 1000),
    (1_000_000, 999_990, 500_000),
    (1_000_000, 40, 400_000),
    (1_000_000, 999_000, 600_000),
    (MOST_IN_ALL, MOST_IN_ALL / 7, 5000),
    (MOST_IN_ALL, 1 << 20, 1 << 30),
];

#[test]
fn hypergeometrics_follow_their_law() {
    for (total, marked, taken) in HYPERGEOMETRICS {
        let seen: Vec<u64> = draws().map(|draw| hypergeometric(&draw, total, marked, taken)).collect();
        let exact = Exact::hypergeometric(total, marked, taken);
        assert_follows(&seen, &exact, &format!("hypergeometric({total}, {marked}, {taken})"));
    }
}

/// Count by count: the uniform of a draw falls into the step of its count, up to the rounding of the sums.
#[test]
fn every_count_is_the_quantile_of_its_uniform() {
    for (n, p) in BINOMIALS {
        let exact = Exact::binomial(n, p);
        for draw in draws().step_by(20) {
            let (k, margin) = exact.quantile(draw.uniform());
            assert!(margin < 1e-11 || binomial(&draw, n, p) == k, "binomial({n}, {p}): expected {k}");
        }
    }
    for (total, marked, taken) in HYPERGEOMETRICS {
        let exact = Exact::hypergeometric(total, marked, taken);
        for draw in draws().step_by(20) {
            let (k, margin) = exact.quantile(draw.uniform());
            let found = hypergeometric(&draw, total, marked, taken);
            assert!(margin < 1e-11 || found == k, "hypergeometric({total}, {marked}, {taken}): expected {k}");
        }
    }
}

/// A multinomial row by row is binomial in each row and in each pair of rows.
#[test]
fn splits_follow_their_law() {
    let tables: [&[f64]; 5] = [
        &[0.25, 0.5, 0.25],
        &[0.4, 0.2, 0.1, 0.05],
        &[0.001, 0.0, 0.9, 0.05],
        &[1.0],
        &[0.125, 0.125, 0.125, 0.125, 0.1, 0.1, 0.1, 0.1],
    ];
    for (table, n) in
        tables.into_iter().flat_map(|table| [1, 2, 7, 8, 9, 12, 13, 16, 17, 32, 33, 1000].map(|n| (table, n)))
    {
        let shares = Shares::new(table).unwrap();
        let outs: Vec<Vec<u64>> = (0..DRAWS / 4)
            .map(|slot| {
                let mut out = vec![0; table.len()];
                split(&streams(), address(slot), n, &shares, &mut out);
                out
            })
            .collect();
        for row in 0..table.len() {
            let pair = (row + 1) % table.len();
            let what = format!("split of {n} over {table:?}, row {row}");
            let one: Vec<u64> = outs.iter().map(|out| out[row]).collect();
            assert_follows_share(&one, n, table[row], &what);
            if pair != row {
                let two: Vec<u64> = outs.iter().map(|out| out[row] + out[pair]).collect();
                assert_follows_share(&two, n, table[row] + table[pair], &format!("{what} and {pair}"));
            }
        }
    }
}

/// What is asked for coarsely is the sum of what is asked for finely: the same people, less drawn.
#[test]
fn rows_that_are_alike_hold_the_same_people() {
    let shares = Shares::new(&[0.3, 0.2, 0.1, 0.1, 0.05, 0.05, 0.05, 0.03, 0.03, 0.02, 0.01]).unwrap();
    let alike = Alike::of(&[0, 0, 0, 3, 3, 3, 3, 7, 7, 9, 10]);
    for slot in 0..2_000 {
        let n = 1 + u64::from(slot) * 7 % 900;
        let fine = Split::new(address(slot), n, &shares);
        let both = [fine, fine.alike(alike)].map(|split| split_all(&streams(), &[split])[0]);
        let sums = |parted: &Parted| {
            let rows = parted.rows();
            [&rows[..3], &rows[3..7], &rows[7..9], &rows[9..10], &rows[10..]]
                .map(|rows| rows.iter().sum::<u32>())
        };
        assert_eq!(sums(&both[0]), sums(&both[1]), "of {n}");
        assert_eq!(both[0].never(), both[1].never());
    }
}

/// Whatever stands beside it, a split is the same.
#[test]
fn splits_side_by_side_are_splits_one_by_one() {
    let few = Shares::new(&[0.4, 0.2, 0.1, 0.05]).unwrap();
    let many = Shares::new(&[0.1, 0.0, 0.2, 0.05, 0.05, 0.1, 0.1, 0.1, 0.3]).unwrap();
    let split = |slot: u32| {
        let n = [0, 1, 5, 20, 70, 5_000, MOST_TRIALS][slot as usize % 7];
        Split::new(address(slot), n, if slot.is_multiple_of(3) { &few } else { &many })
    };
    let splits: Vec<Split<'_>> = (0..500).map(split).collect();
    let together = split_all(&streams(), &splits);
    for (split, beside) in splits.iter().zip(&together) {
        let alone = split_all(&streams(), &[*split])[0];
        assert_eq!((alone.rows(), alone.never()), (beside.rows(), beside.never()));
    }
}

fn assert_follows_share(seen: &[u64], n: u64, share: f64, what: &str) {
    if share == 0.0 || share == 1.0 {
        let all = if share == 0.0 { 0 } else { n };
        return assert!(seen.iter().all(|&k| k == all), "{what}");
    }
    assert_follows(seen, &Exact::binomial(n, share), what);
}

#[test]
fn uniforms_are_uniform_and_pairs_independent() {
    let mut cells = vec![0_u64; 256];
    for (u, v) in draws().map(|draw| draw.pair(0)) {
        cells[(u * 16.0) as usize * 16 + (v * 16.0) as usize] += 1;
    }
    let due = f64::from(DRAWS) / 256.0;
    let chi_square: f64 = cells.iter().map(|&n| (n as f64 - due) * (n as f64 - due) / due).sum();
    assert!(chance_of(chi_square, 255.0) > ALPHA, "chi-square {chi_square:.1} over 256 cells");
}

// ---------------------------------------------------------------------------------------------------------
// A second opinion

#[test]
fn another_library_has_the_same_moments() {
    let by = |law: &dyn Fn(Draw) -> u64| moments(draws().map(law).collect());
    for (n, p) in [(1000, 0.001), (1000, 0.1), (100_000, 0.3), (250, 0.73)] {
        let peer = rand_distr::Binomial::new(n, p).unwrap();
        let theirs = by(&|mut draw| peer.sample(&mut draw));
        assert_alike(by(&|draw| binomial(&draw, n, p)), theirs, &Exact::binomial(n, p));
    }
    for (total, marked, taken) in [(100, 50, 10), (1000, 30, 100), (1_000_000, 400_000, 1000)] {
        let peer = rand_distr::Hypergeometric::new(total, marked, taken).unwrap();
        let theirs = by(&|mut draw| peer.sample(&mut draw));
        let ours = by(&|draw| hypergeometric(&draw, total, marked, taken));
        assert_alike(ours, theirs, &Exact::hypergeometric(total, marked, taken));
    }
}

fn moments(counts: Vec<u64>) -> (f64, f64) {
    let n = counts.len() as f64;
    let mean = counts.iter().sum::<u64>() as f64 / n;
    let squares: f64 = counts.iter().map(|&k| (k as f64 - mean) * (k as f64 - mean)).sum();
    (mean, squares / n)
}

/// Both means within five standard errors of what is exact, both variances within 5 %.
fn assert_alike(ours: (f64, f64), theirs: (f64, f64), exact: &Exact) {
    let (mean, variance) = exact.mean_and_variance();
    for (found, whose) in [(ours, "ours"), (theirs, "theirs")] {
        let errors = (found.0 - mean) / sqrt(variance / f64::from(DRAWS));
        assert!(errors.abs() < 5.0, "{whose}: mean {} against {mean}", found.0);
        assert!((found.1 / variance - 1.0).abs() < 0.05, "{whose}: variance {} against {variance}", found.1);
    }
}

// ---------------------------------------------------------------------------------------------------------
// One uniform orders outcomes

#[test]
fn more_of_the_uniform_is_more_of_the_event() {
    let mut uniforms: Vec<f64> = draws().map(|draw| draw.uniform()).collect();
    uniforms.sort_by(f64::total_cmp);
    for (n, p) in BINOMIALS {
        let law = Binomial::new(n, p);
        let counts: Vec<u64> = uniforms.iter().map(|&u| law.quantile(u)).collect();
        assert!(counts.is_sorted(), "binomial({n}, {p})");
    }
    let mut by_uniform: Vec<Draw> = draws().collect();
    by_uniform.sort_by(|a, b| a.uniform().total_cmp(&b.uniform()));
    for (total, marked, taken) in HYPERGEOMETRICS {
        let counts = by_uniform.iter().map(|draw| hypergeometric(draw, total, marked, taken));
        assert!(counts.is_sorted(), "hypergeometric({total}, {marked}, {taken})");
    }
}

/// More trials or a larger probability never mean fewer events at one address: the point of common luck.
#[test]
fn the_same_luck_rises_with_n_and_p() {
    for draw in draws().step_by(100) {
        let by_p: Vec<u64> = (0..=200).map(|i| binomial(&draw, 1000, f64::from(i) / 200.0)).collect();
        assert!(by_p.is_sorted(), "in p: {by_p:?}");
        let by_n: Vec<u64> = (0..300).map(|i| binomial(&draw, 7 * i, 0.05)).collect();
        assert!(by_n.is_sorted(), "in n: {by_n:?}");
    }
}

// ---------------------------------------------------------------------------------------------------------
// Laws of conservation

fn any_probability() -> impl Strategy<Value = f64> {
    prop_oneof![Just(0.0), Just(1.0), Just(1e-9), Just(1.0 - 1e-9), Just(0.5), 0.0..=1.0, 0.0..1e-6]
}

fn any_number(most: u64) -> impl Strategy<Value = u64> {
    prop_oneof![Just(0), Just(1), Just(most), 0..=40.min(most), 0..=most]
}

proptest! {
    #![proptest_config(ProptestConfig {
        rng_seed: RngSeed::Fixed(1),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn a_binomial_stays_within_its_trials(n in any_number(MOST_TRIALS), p in any_probability(), slot: u32) {
        let draw = streams().at(address(slot));
        let k = binomial(&draw, n, p);
        prop_assert!(k <= n);
        prop_assert_eq!(k, Binomial::new(n, p).quantile(draw.uniform()));
        prop_assert!(p > 0.0 || k == 0);
        prop_assert!(p < 1.0 || k == n);
        let few = Binomial::new(n, p).quantile(f64::EPSILON / 2.0);
        let many = Binomial::new(n, p).quantile(1.0 - f64::EPSILON / 2.0);
        prop_assert!(few <= k && k <= many && many <= n);
    }

    #[test]
    fn a_handful_holds_what_there_is(
        (total, marked, taken) in any_number(1 << 34)
            .prop_flat_map(|total| (Just(total), any_number(total), any_number(total))),
        slot: u32,
    ) {
        let (marked, taken) = (marked.min(total), taken.min(total));
        let k = hypergeometric(&streams().at(address(slot)), total, marked, taken);
        prop_assert!(k <= marked && k <= taken);
        prop_assert!(taken - k <= total - marked);
    }

    #[test]
    fn a_split_loses_nobody(
        n in any_number(MOST_TRIALS),
        weights in prop::collection::vec(0.0..1.0_f64, 1..=16),
        reached in any_probability(),
        slot: u32,
    ) {
        let sum: f64 = weights.iter().sum();
        let table: Vec<f64> = weights.iter().map(|weight| weight / sum.max(1e-9) * reached).collect();
        let shares = Shares::new(&table).unwrap();
        let mut out = vec![u64::MAX; table.len()];
        let never = split(&streams(), address(slot), n, &shares, &mut out);
        prop_assert_eq!(out.iter().sum::<u64>() + never, n);
        prop_assert!(shares.never() > 0.0 || never == 0);
        prop_assert!(table.iter().zip(&out).all(|(&share, &k)| share > 0.0 || k == 0));
    }
}

// ---------------------------------------------------------------------------------------------------------
// The same bytes everywhere

/// FNV-1a over the bytes of 100,000 values: changes when any bit of any of them does.
fn fingerprint(value: impl Fn(&Draw) -> u64) -> u64 {
    draws().map(|draw| value(&draw)).fold(0xcbf2_9ce4_8422_2325, |hash, value| {
        value
            .to_le_bytes()
            .iter()
            .fold(hash, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
    })
}

fn fingerprint_of(value: impl Fn(f64) -> f64) -> u64 {
    fingerprint(|draw| value(draw.uniform()).to_bits())
}

/// Results of every scenario hang on these. Where one moves, results move: say so in the change log.
#[test]
fn the_same_bytes_everywhere() {
    let shares = Shares::new(&[0.4, 0.2, 0.1, 0.05, 0.05, 0.02]).unwrap();
    let split_of = |n: u64| {
        (0..DRAWS / 10).fold(0_u64, |hash, slot| {
            let mut out = [0; 6];
            split(&streams(), address(slot), n, &shares, &mut out);
            out.iter().fold(hash, |hash, &k| (hash ^ k).wrapping_mul(0x0100_0000_01b3))
        })
    };
    let found = [
        ("uniform", fingerprint_of(|u| u)),
        ("second uniform", fingerprint(|draw| draw.pair(1).1.to_bits())),
        ("binomial, small", fingerprint(|draw| binomial(draw, 1000, 0.003))),
        ("binomial", fingerprint(|draw| binomial(draw, 1000, 0.1))),
        ("binomial, mirrored", fingerprint(|draw| binomial(draw, 100_000, 0.9))),
        ("binomial, large", fingerprint(|draw| binomial(draw, MOST_TRIALS, 0.37))),
        ("hypergeometric, small", fingerprint(|draw| hypergeometric(draw, 1000, 30, 100))),
        ("hypergeometric", fingerprint(|draw| hypergeometric(draw, 1_000_000, 400_000, 1000))),
        ("split of few", split_of(8)),
        ("split of many", split_of(1000)),
        ("normal", fingerprint_of(normal_quantile)),
        ("log-normal", fingerprint_of(|u| log_normal_quantile(u, 2.0, 0.7))),
        ("log-uniform", fingerprint_of(|u| log_uniform_quantile(u, 0.001, 0.03))),
        ("exponential", fingerprint_of(|u| exponential_quantile(u, 2.0))),
        ("log-logistic", fingerprint_of(|u| log_logistic_quantile(u, 3.0, 1.7))),
        ("beta", fingerprint_of(|u| beta_quantile(u, 2.0, 30.0))),
        ("student", fingerprint_of(|u| student_quantile(u, 7.0))),
    ];
    let lines = |prints: &[(&str, u64)]| {
        prints.iter().map(|(name, print)| format!("(\"{name}\", {print:#018x}),\n")).collect::<String>()
    };
    assert!(found == PINNED, "found\n{}", lines(&found));
}

const PINNED: [(&str, u64); 17] = [
    ("uniform", 0xf269_ff8f_bb15_46da),
    ("second uniform", 0x8852_7a0c_bc70_9620),
    ("binomial, small", 0xfc4c_18d9_d7cc_ade9),
    ("binomial", 0x4f63_53f4_5f8b_4bf3),
    ("binomial, mirrored", 0xca14_21ee_408b_e8a3),
    ("binomial, large", 0x03f1_0d57_4ec1_0d28),
    ("hypergeometric, small", 0x4965_ba8f_f5d4_d12c),
    ("hypergeometric", 0x6625_f068_15a7_4633),
    ("split of few", 0xd328_5548_b380_8441),
    ("split of many", 0x4d36_959c_4f91_ab3c),
    ("normal", 0xd71c_81d0_5808_32bb),
    ("log-normal", 0x17ba_623e_98b0_002c),
    ("log-uniform", 0x7c02_351d_ec51_57d6),
    ("exponential", 0xbb51_ee40_ebf1_e84d),
    ("log-logistic", 0x12b3_2181_8cc4_916e),
    ("beta", 0x0f3d_3d5a_d7c2_49b5),
    ("student", 0xe03b_ee5c_817b_a9c8),
];
