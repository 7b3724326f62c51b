//! REF-1 by the library, measured as its peers are: one line of JSON with the law of the results and what they cost.
//!
//! `cargo bench --bench ref_1 -- --replications 10000` replicates on one core, without tables, charts or files;
//! `--scenario ref-1-100` takes the hundredth. `peers/run` puts it beside the peers.

#[allow(clippy::print_stdout, clippy::print_stderr, clippy::exit, unreachable_pub)]
#[path = "peers/law.rs"]
mod law;

use std::path::Path;

use tiercast::sim::{BESIDE, Metric, Scenario, Trajectory};
use tiercast::time::SimTime;

use law::{Asked, DAYS, Future, Law, Ref1};

/// Replications of a lap.
const LAP: u64 = 32 * BESIDE;

fn main() {
    let whole = Ref1::named("ref-1").expect("it has this name");
    law::main("tiercast", Asked { reference: whole, replications: 10_000, seed: 1 }, |asked| {
        let file = format!("benches/ref-1/{}.ron", asked.reference.name);
        let loaded = Scenario::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join(file), &[]);
        let scenario = loaded.unwrap_or_else(|found| panic!("{found}")).with_seed(asked.seed);
        move |law: &mut Law| {
            for start in (0..asked.replications).step_by(BESIDE as usize) {
                let end = asked.replications.min(start + BESIDE);
                scenario.replicate_all(start..end).iter().for_each(|run| law.add(&future(run)));
                if end % LAP == 0 {
                    law.lap();
                }
            }
        }
    });
}

fn future(trajectory: &Trajectory) -> Future {
    let total = |metric: Metric| trajectory.outcome.totals[metric as usize];
    let mut tiers = [0; DAYS];
    for (tier, day) in tiers.iter_mut().zip(&trajectory.days) {
        *tier = day.tier;
    }
    let mut reached = [None; 4];
    for (hour, at) in reached.iter_mut().zip(&trajectory.outcome.reached) {
        *hour = at.map(|at| ((at - SimTime::START).0 / 3_600) as u32);
    }
    Future {
        reached,
        flags: trajectory.outcome.flags.into(),
        downgraded: trajectory.outcome.downgrades > 0,
        sent: total(Metric::Sent),
        delivered: total(Metric::Delivered),
        replied: total(Metric::Replied),
        blocked: total(Metric::Blocked),
        reported: total(Metric::Reported),
        tiers,
    }
}
