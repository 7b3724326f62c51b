//! What one send leads to over many futures: the mean, and where 9 in 10 futures lie, hour by hour.

use super::estimate::{Mean, Sums};
use super::order::rank;
use super::threads::{Crew, Threads};
use crate::sim::{Echo, FOLLOWED, LAST_HOUR, Metric, OneSend};

/// What one send leads to, over many futures.
#[derive(Clone, Debug, PartialEq)]
pub struct Aftermath {
    /// Messages sent in each future.
    pub messages: u64,
    /// Futures.
    pub n: u64,
    /// The seed.
    pub seed: u64,
    /// One for each kind of [`FOLLOWED`], in that order.
    pub curves: Vec<AftermathCurve>,
}

/// How many messages led to one kind of act by the end of hour 0, 1, ... [`LAST_HOUR`] after the send; each list has one value an
/// hour \[messages\].
#[derive(Clone, Debug, PartialEq)]
pub struct AftermathCurve {
    /// The kind.
    pub metric: Metric,
    /// The mean over the futures.
    pub mean: Vec<Mean>,
    /// 1 in 20 futures has so many or fewer.
    pub p05: Vec<u64>,
    /// 19 in 20 futures have so many or fewer.
    pub p95: Vec<u64>,
}

impl Aftermath {
    /// Replicates a send in the futures 0 to `replications` - 1 under `seed`; `None` without replications.
    pub fn run(send: &OneSend, seed: u64, replications: u64, threads: Threads) -> Option<Aftermath> {
        let crew = Crew::new(threads);
        let echoes = crew.map(0..replications, &|index| send.replicate(seed, index));
        let mut curves: Vec<Option<AftermathCurve>> = vec![None; FOLLOWED.len()];
        crew.each(&mut curves, &|kind, curve| *curve = AftermathCurve::of(kind, &echoes));
        let curves = curves.into_iter().collect::<Option<Vec<_>>>()?;
        Some(Aftermath { messages: send.messages(), n: replications, seed, curves })
    }
}

impl AftermathCurve {
    fn of(kind: usize, echoes: &[Echo]) -> Option<AftermathCurve> {
        let hours = LAST_HOUR + 1;
        let mut curve = AftermathCurve {
            metric: FOLLOWED[kind],
            mean: Vec::with_capacity(hours),
            p05: Vec::with_capacity(hours),
            p95: Vec::with_capacity(hours),
        };
        for hour in 0..hours {
            let mut counts: Vec<u64> = echoes.iter().map(|echo| echo[kind][hour]).collect();
            counts.sort_unstable();
            let at = |percent| counts.get(rank(percent, counts.len() as u64) as usize - 1).copied();
            curve.p05.push(at(5)?);
            curve.p95.push(at(95)?);
            curve.mean.push(Sums::of(counts).mean()?);
        }
        Some(curve)
    }
}
