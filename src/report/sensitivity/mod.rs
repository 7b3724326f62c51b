//! What moves a result most, for the eye: what `sensitivity` prints, writes and draws.
//!
//! ```text
//!   Study + metric ---> SensitivityAnswer --+-- text      each input, the most important first
//!                                           |-- json      sensitivity.json, one answer a key
//!                                           |-- tables    sensitivity.csv, one line an input, metric and index
//!                                           '-- gallery   shares of the spread with their intervals
//! ```

#[cfg(feature = "charts")]
pub mod gallery;
pub mod json;
pub mod tables;
pub mod text;

use crate::experiment::Headline;
use crate::experiment::sensitivity::{Index, Indices, Screened, Study};
use crate::report::sweep::{asked, short};

/// All that was asked of a study, answered once.
#[derive(Clone, Debug)]
pub struct SensitivityAnswer<'s> {
    /// What was run.
    pub study: &'s Study,
    /// The headline that is told and drawn, by its place.
    pub main: Option<usize>,
    /// What is known of each input for it, the most important first.
    pub told: Vec<Influence>,
}

/// What one input does to the told headline.
#[derive(Clone, Debug, PartialEq)]
pub struct Influence {
    /// Position of the input.
    pub input: usize,
    /// Its shares of the spread.
    pub shares: Option<Indices>,
    /// What its steps change.
    pub screened: Option<Screened>,
}

impl Influence {
    /// By what inputs are ordered: the total share, else the size of the steps.
    fn weight(&self) -> f64 {
        let shares = self.shares.map(|shares| shares.total.estimate);
        shares.or(self.screened.map(|screened| screened.mu_star)).unwrap_or(0.0)
    }
}

impl<'s> SensitivityAnswer<'s> {
    /// Answers about one metric; about the one that says most where none is asked for.
    pub fn of(study: &'s Study, metric: Option<&Headline>) -> SensitivityAnswer<'s> {
        let place = |wanted: &Headline| study.headlines.iter().position(|headline| headline == wanted);
        let main = metric.and_then(place).or_else(|| study.main());
        let shares = main.and_then(|main| study.indices(main));
        let steps = main.and_then(|main| study.screened(main));
        let of = |input: usize| Influence {
            input,
            shares: shares.as_ref().map(|all| all[input]),
            screened: steps.as_ref().map(|all| all[input]),
        };
        let mut told: Vec<Influence> = (0..study.inputs.len()).map(of).collect();
        told.sort_by(|a, b| b.weight().total_cmp(&a.weight()));
        SensitivityAnswer { study, main, told }
    }

    fn headline(&self) -> Option<&'s Headline> {
        self.main.and_then(|main| self.study.headlines.get(main))
    }

    /// What the told metric is, in words.
    fn what(&self) -> String {
        let currency = self.study.setting.currency.as_deref().unwrap_or_default();
        self.headline().map_or_else(String::new, |headline| asked(headline, currency))
    }

    fn name(&self, influence: &Influence) -> String {
        short(&self.study.inputs[influence.input].path)
    }

    /// The main result as a sentence, as a title says it.
    fn sentence(&self) -> String {
        let what = self.what();
        let Some(first) = self.told.first().filter(|first| first.weight() > 0.0) else {
            return format!("Nothing that is uncertain moves {what}");
        };
        let name = self.name(first);
        let Some(Indices { total, .. }) = first.shares else { return format!("{name} moves {what} most") };
        let [share, range] = share_of_spread(total);
        let range = if range.is_empty() { range } else { format!(" {range}") };
        format!("{name} moves {what} most: {share}{range} of the spread goes with it")
    }
}

/// An estimate of an index as a share of the spread. By chance estimates stray a little below nothing and above all of it; a
/// share cannot.
fn as_share(index: f64) -> f64 {
    index.clamp(0.0, 1.0) + 0.0
}

/// An index as a share of the spread in per cent, and its interval in brackets.
fn share_of_spread(index: Index) -> [String; 2] {
    let percent = |index: f64| format!("{:.0}", 100.0 * as_share(index));
    let range = index.interval.map_or_else(String::new, |interval| {
        format!("({} to {})", percent(interval.low), percent(interval.high))
    });
    [format!("{} %", percent(index.estimate)), range]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::Interval;

    #[test]
    fn no_share_is_more_than_the_whole() {
        let index = Index { estimate: -0.002, interval: Some(Interval { low: -0.1, high: 1.18 }) };
        assert_eq!(share_of_spread(index), ["0 %", "(0 to 100)"].map(str::to_owned));
        assert_eq!([-0.1, 0.4, 1.18].map(as_share), [0.0, 0.4, 1.0]);
    }
}
