//! What one draw costs, each at a fresh address, beside the same law of rand_distr over the same blocks.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use rand::distr::Distribution;
use tiercast::random::{
    Address, Binomial, Draw, Prior, Purpose, Shares, Split, Streams, Subject, binomial, hypergeometric,
    split, split_all,
};

/// A fresh address for every call.
struct Walk {
    streams: Streams,
    address: Address,
}

impl Walk {
    fn new() -> Self {
        let address = Address::of(Purpose::Reserve, Subject::new(&["bench"]));
        Self { streams: Streams::new(1, 0), address }
    }

    fn next(&mut self) -> Draw {
        self.address.slot = self.address.slot.wrapping_add(1);
        self.streams.at(self.address)
    }
}

fn uniforms(c: &mut Criterion) {
    let mut walk = Walk::new();
    c.bench_function("uniform", |b| b.iter(|| walk.next().uniform()));
}

fn binomials(c: &mut Criterion) {
    for (n, p) in [(1000, 0.001), (1000, 0.1), (100_000, 0.1), (100_000, 0.01), (100, 0.95)] {
        let mut walk = Walk::new();
        let mut group = c.benchmark_group(format!("binomial/{n}/{p}"));
        group.bench_function("here", |b| b.iter(|| binomial(&walk.next(), black_box(n), black_box(p))));
        let law = Binomial::new(n, p);
        group.bench_function("prepared", |b| b.iter(|| law.quantile(walk.next().uniform())));
        group.bench_function("rand_distr", |b| {
            b.iter(|| {
                let law = rand_distr::Binomial::new(black_box(n), black_box(p));
                law.map_or(0, |law| law.sample(&mut walk.next()))
            });
        });
        group.finish();
    }
}

fn hypergeometrics(c: &mut Criterion) {
    for (total, marked, taken) in [(1000, 30, 100), (1_000_000, 400_000, 1000)] {
        let mut walk = Walk::new();
        let mut group = c.benchmark_group(format!("hypergeometric/{total}/{marked}/{taken}"));
        group.bench_function("here", |b| {
            b.iter(|| hypergeometric(&walk.next(), black_box(total), marked, taken));
        });
        group.bench_function("rand_distr", |b| {
            b.iter(|| {
                let law = rand_distr::Hypergeometric::new(black_box(total), marked, taken);
                law.map_or(0, |law| law.sample(&mut walk.next()))
            });
        });
        group.finish();
    }
}

fn splits(c: &mut Criterion) {
    let tables: [(&str, &[f64]); 3] = [
        ("outcomes", &[0.006, 0.001, 0.0005, 0.005, 0.002, 0.01, 0.1, 0.6]),
        ("8 delays", &[0.4, 0.2, 0.1, 0.08, 0.08, 0.06, 0.05, 0.03]),
        (
            "16 delays",
            &[0.3, 0.1, 0.08, 0.06, 0.05, 0.05, 0.05, 0.05, 0.05, 0.04, 0.04, 0.03, 0.03, 0.03, 0.02, 0.02],
        ),
    ];
    let mut walk = Walk::new();
    for (name, table) in tables {
        let Ok(shares) = Shares::new(table) else { continue };
        for n in [8, 20, 40, 60, 150, 1_000, 30_000] {
            c.bench_function(&format!("split/{name}/{n}"), |b| {
                let mut out = vec![0; table.len()];
                b.iter(|| {
                    walk.next();
                    split(&walk.streams, walk.address, black_box(n), &shares, &mut out)
                });
            });
            c.bench_function(&format!("64 splits/{name}/{n}"), |b| {
                b.iter(|| {
                    let each = |_| {
                        walk.next();
                        Split::new(walk.address, black_box(n), &shares)
                    };
                    let splits: Vec<Split<'_>> = (0..64).map(each).collect();
                    split_all(&walk.streams, &splits)
                });
            });
        }
    }
}

fn priors(c: &mut Criterion) {
    use tiercast::random::Law;
    let laws = [
        ("log-uniform", Law::LogUniform { low: 0.001, high: 0.03 }),
        ("beta", Law::Beta { alpha: 2.0, beta: 30.0 }),
        ("log-normal", Law::LogNormal { p05: 0.5, p95: 2.0 }),
    ];
    for (name, law) in laws {
        let (Ok(prior), mut walk) = (Prior::new(law), Walk::new()) else { return };
        c.bench_function(&format!("prior/{name}"), |b| b.iter(|| prior.quantile(walk.next().uniform())));
    }
}

criterion_group!(benches, uniforms, binomials, hypergeometrics, splits, priors);
criterion_main!(benches);
