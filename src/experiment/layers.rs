//! Where the spread of a result comes from: how much less it varies when a layer of chance is held still.
//!
//! ```text
//!   Scenario --+-- all free            Var
//!              +-- parameters held     1 - Var(held) / Var
//!              +-- days held           1 - Var(held) / Var
//!              '-- luck held           1 - Var(held) / Var
//! ```
//!
//! A share of 60 % means: were this layer known, the variance would be 60 % smaller. Layers act on one another, so that
//! the shares need not sum to 1, and a share can be below 0 where holding a layer makes others matter more.

use super::ensemble::Ensemble;
use super::headline::{By, Headline};
use super::row::Row;
use crate::random::Held;
use crate::sim::Setting;

/// The layers, each held alone.
pub const LAYERS: [(&str, Held); 3] = [
    ("parameters", Held { parameters: true, days: false, luck: false }),
    ("days", Held { parameters: false, days: true, luck: false }),
    ("luck", Held { parameters: false, days: false, luck: true }),
];

/// How much of the spread of one number each layer explains.
#[derive(Clone, Debug, PartialEq)]
pub struct Explained {
    /// The number.
    pub headline: Headline,
    /// Its standard deviation with all layers free \[unit of the headline\].
    pub deviation: f64,
    /// The share of its variance that each of [`LAYERS`] explains; `None` where it does not vary.
    pub shares: [Option<f64>; 3],
}

/// How much of the spread each layer explains; `held` are the same replications with each of [`LAYERS`] held still.
pub fn explained(free: &Ensemble, held: [&Ensemble; 3]) -> Vec<Explained> {
    let setting = free.setting();
    let headlines = Headline::all(&[setting], &[By::Horizon]);
    let explain = |headline: Headline| {
        let of = |ensemble: &Ensemble| variance(ensemble.rows(), &headline, setting);
        let all = of(free);
        Explained {
            deviation: all.sqrt() / headline.unit().per_unit(),
            shares: held.map(|held| (all > 0.0).then(|| 1.0 - of(held) / all)),
            headline,
        }
    };
    headlines.into_iter().map(explain).collect()
}

fn variance(rows: &[Row], headline: &Headline, setting: &Setting) -> f64 {
    let horizon = setting.calendar.horizon();
    let values = || rows.iter().map(|row| headline.value(row, setting, horizon) as f64);
    let n = rows.len() as f64;
    let mean = values().sum::<f64>() / n.max(1.0);
    values().map(|value| (value - mean) * (value - mean)).sum::<f64>() / (n - 1.0).max(1.0)
}

#[cfg(test)]
mod tests {
    use super::super::toy;
    use super::*;

    #[test]
    fn a_layer_that_is_all_explains_all_and_one_that_is_nothing_nothing() {
        let (free, none) = (toy::ensemble(300), toy::ensemble(300));
        // One replication again and again: nothing is left that varies.
        let still = toy::ensemble(1);
        let found = explained(&free, [&none, &still, &none]);
        let sent = found.iter().find(|explained| explained.headline.name() == "sent").expect("a total");
        assert_eq!(sent.shares, [Some(0.0), Some(1.0), Some(0.0)]);
        assert!(sent.deviation > 0.0);
        let never =
            found.iter().find(|explained| explained.deviation == 0.0).expect("the toy never reaches its top");
        assert_eq!(never.shares, [None; 3]);
    }
}
