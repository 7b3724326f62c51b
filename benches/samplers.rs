//! What one draw costs, each at a fresh address, beside the same law of rand_distr over the same blocks.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use rand::distr::Distribution;
use tiercast::random::{
    Address, Binomial, Draw, Prior, Purpose, Shares, Streams, Subject, binomial, hypergeometric, split,
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
    let shares = Shares::new(&[0.4, 0.2, 0.1, 0.05, 0.05, 0.04, 0.03, 0.03]);
    let (Ok(shares), mut walk) = (shares, Walk::new()) else { return };
    for n in [1, 8, 1000] {
        c.bench_function(&format!("split/{n} over 8 rows"), |b| {
            b.iter(|| {
                let mut out = [0; 8];
                walk.address.slot = walk.address.slot.wrapping_add(1);
                split(&walk.streams, walk.address, black_box(n), &shares, &mut out)
            });
        });
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
