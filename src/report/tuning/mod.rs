//! Which settings serve best, for the eye: what `tune` prints, writes and draws.
//!
//! ```text
//!   Tuning + Comparison on fresh luck ---> Answer --+-- text      what was found, what it gains, what is guaranteed
//!                                                   |-- json      tuning.json, one answer a key
//!                                                   |-- tables    candidates.csv, one line a setting
//!                                                   |-- gallery   front, rounds, settings
//!                                                   '-- best      best.ron: the scenario with what was found
//! ```

pub mod best;
#[cfg(feature = "charts")]
pub mod gallery;
pub mod json;
pub mod tables;
pub mod text;

use crate::experiment::tuning::{Constraint, Estimate, Kept, Origin, Tuning};
use crate::experiment::{Comparison, Difference, Headline, Unit};
use crate::report::comparison::{noun, text as words, what};
use crate::sim::Setting;

/// The name of the scenario as it stands, in all outputs.
pub const OWN: &str = "as it stands";
/// The name of the chosen setting.
pub const FOUND: &str = "found";

/// The same where it is not shown to keep the conditions.
const NEAREST: &str = "nearest";

/// All that a search found.
#[derive(Clone, Debug)]
pub struct Answer<'t> {
    /// The search.
    pub tuning: &'t Tuning,
    /// The chosen setting ([`FOUND`]) and the scenario as it stands ([`OWN`]) on fresh luck; the latter alone where it
    /// was chosen; nothing where the search did not come so far.
    pub confirmation: Option<&'t Comparison>,
    /// What the reports say about the scenario as it stands.
    pub setting: &'t Setting,
}

impl Answer<'_> {
    /// Whether the scenario as it stands was chosen itself.
    pub fn stays(&self) -> bool {
        self.tuning.chosen() == Some(0)
    }

    /// Whether search and confirmation were finished.
    pub fn complete(&self) -> bool {
        self.tuning.complete && self.confirmation.is_some_and(Comparison::complete)
    }

    /// Runs of search and confirmation \[replications\].
    pub fn runs(&self) -> u64 {
        self.tuning.ledger.runs() + self.confirmation.map_or(0, |c| c.n() * c.arms().len() as u64)
    }

    fn currency(&self) -> &str {
        self.setting.currency.as_deref().unwrap_or_default()
    }

    /// A headline in words.
    fn what(&self, headline: &Headline) -> String {
        what(headline, self.currency())
    }

    /// The same as a noun: `the chance that the number is flagged`.
    fn noun(&self, headline: &Headline) -> String {
        noun(headline, self.currency())
    }

    /// The chosen setting in a word.
    fn chosen_name(&self) -> &'static str {
        if self.tuning.keeps_conditions() { FOUND } else { NEAREST }
    }

    /// How the chosen setting differs from the scenario as it stands in a headline, found less as it stands.
    fn gain(&self, headline: &Headline) -> Option<Difference> {
        let confirmation = self.confirmation?;
        confirmation.difference(confirmation.pairs().first()?, headline, &self.tuning.question.matters)
    }

    /// What the confirmation alone says of the chosen setting.
    fn confirmed(&self, headline: &Headline) -> Option<Estimate> {
        self.confirmed_of(0, headline)
    }

    /// What it says of one of its arms.
    fn confirmed_of(&self, arm: usize, headline: &Headline) -> Option<Estimate> {
        let confirmation = self.confirmation.filter(|confirmation| arm < confirmation.arms().len())?;
        let values: Vec<u64> = confirmation.values(arm, headline).collect();
        crate::experiment::tuning::estimate(headline.unit(), &values)
    }

    /// How a condition stands by the confirmation alone: one setting, so only the conditions share what is left open. What
    /// its runs do not tell, a cost of which a part has no known price, they leave open.
    fn kept(&self, constraint: &Constraint) -> Option<Kept> {
        let arm = self.confirmation?.arms().first()?;
        if !constraint.headline.is_told_by(arm.ensemble.rows()) {
            return Some(Kept::Open);
        }
        let values: Vec<u64> = self.confirmation?.values(0, &constraint.headline).collect();
        let shares = self.tuning.question.constraints.len() as u64;
        (!values.is_empty()).then(|| constraint.judge(&values, shares))
    }

    /// Whether all conditions are shown by the confirmation.
    fn all_confirmed(&self) -> bool {
        let mut all = self.tuning.question.constraints.iter();
        all.all(|constraint| self.kept(constraint) == Some(Kept::Shown))
    }

    /// The headlines of the confirmation, those of the question first.
    fn headlines(&self) -> Vec<Headline> {
        let mut all = self.tuning.question.metrics();
        for headline in self.confirmation.map(|confirmation| confirmation.headlines(&[])).unwrap_or_default()
        {
            if !all.contains(&headline) {
                all.push(headline);
            }
        }
        all
    }
}

/// An estimate in words: `12.3 d`, `4.1 %`.
fn told(unit: Unit, estimate: &Estimate) -> String {
    words::level(unit, estimate.value)
}

/// The same with its interval: `12.3 d (11.9 to 12.8)`.
fn told_with_interval(unit: Unit, estimate: &Estimate) -> String {
    let level = told(unit, estimate);
    let Some(interval) = estimate.interval else { return level };
    let bare = |value: f64| {
        let text = words::level(unit, value);
        text.trim_end_matches(" d").trim_end_matches(" %").to_owned()
    };
    format!("{level} ({} to {})", bare(interval.low), bare(interval.high))
}

/// Where a setting came from, as files name it.
fn origin(origin: Origin) -> String {
    match origin {
        Origin::AsItStands => "as_it_stands".to_owned(),
        Origin::Design => "design".to_owned(),
        Origin::Near(setting) => format!("near_{setting}"),
    }
}

#[cfg(test)]
mod tests;
