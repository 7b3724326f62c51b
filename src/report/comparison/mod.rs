//! Plans on the same luck, for the eye: what `compare` prints, writes and draws.
//!
//! ```text
//!   Comparison + Contrast ---> Answer --+-- text      which is better, is it real, does it matter
//!                                       |-- json      comparison.json, one answer a key
//!                                       |-- tables    pairs.csv, days.csv, replications.csv
//!                                       '-- gallery   charts of each pair
//! ```

#[cfg(feature = "charts")]
pub mod gallery;
pub mod json;
pub mod tables;
pub mod text;

use super::happens;
use crate::experiment::{
    By, Comparison, Contrast, Difference, Headline, Limit, Matters, Pair, Side, Unit, Verdict,
};
use crate::glossary::grouped;
use crate::sim::Metric;

/// All that was asked of a comparison, answered once.
#[derive(Clone, Debug)]
pub struct Answer<'c> {
    /// What was run.
    pub comparison: &'c Comparison,
    /// From when on a difference matters.
    pub matters: Matters,
    /// What plans are compared by.
    pub headlines: Vec<Headline>,
    /// One entry a pair.
    pub pairs: Vec<PairAnswer<'c>>,
}

/// What is said of one pair.
#[derive(Clone, Debug)]
pub struct PairAnswer<'c> {
    /// The pair.
    pub pair: &'c Pair,
    /// What differs before anything is run.
    pub contrast: Contrast,
    /// One entry a headline; none without replications.
    pub differences: Vec<Difference>,
}

impl<'c> Answer<'c> {
    /// Answers; `contrasts` has one entry a pair, in their order.
    pub fn of(
        comparison: &'c Comparison,
        contrasts: Vec<Contrast>,
        dates: &[By],
        matters: Matters,
    ) -> Answer<'c> {
        Answer::within(comparison, contrasts, dates, matters, comparison.alpha())
    }

    /// The same with intervals that leave out `alpha`, where more than this comparison share it.
    pub fn within(
        comparison: &'c Comparison,
        contrasts: Vec<Contrast>,
        dates: &[By],
        matters: Matters,
        alpha: f64,
    ) -> Answer<'c> {
        let headlines = comparison.headlines(dates);
        let pairs = comparison.pairs().iter().zip(contrasts).map(|(pair, contrast)| {
            let found = |headline| comparison.difference_within(pair, headline, &matters, alpha);
            PairAnswer { pair, contrast, differences: headlines.iter().filter_map(found).collect() }
        });
        Answer { comparison, matters, pairs: pairs.collect(), headlines }
    }

    /// The name of a plan.
    fn name(&self, arm: usize) -> &str {
        &self.comparison.arms()[arm].name
    }

    /// The lowest index of a replication in which the two differ: the one to look at.
    pub fn telling(answer: &PairAnswer<'_>) -> Option<u64> {
        answer.pair.partings.all().map(|parted| parted.replication)
    }

    /// What is not compared and why, one sentence each.
    pub(in crate::report) fn left_out(&self) -> Vec<String> {
        self.unlike_horizons().into_iter().chain(self.unpriced()).collect()
    }

    /// Why mishaps and sums are left out, where horizons differ.
    fn unlike_horizons(&self) -> Option<String> {
        let end = self.comparison.end();
        let horizons = self.comparison.horizons().enumerate();
        let told = horizons.map(|(arm, horizon)| format!("{} {horizon}", text::letter(arm)));
        (end != By::Horizon).then(|| {
            format!(
                "Horizons differ ({}): only times and limits held {} are compared. What happens and what is sent over a \
                 whole run is not: the longer run has more of it. --set horizon=... runs all equally long.",
                told.collect::<Vec<_>>().join(", "),
                end.in_words()
            )
        })
    }

    /// Why costs are left out, where a price is not known.
    fn unpriced(&self) -> impl Iterator<Item = String> + '_ {
        self.comparison.arms().iter().enumerate().filter_map(|(arm, plan)| {
            let unpriced = plan.ensemble.unpriced();
            let each = amount(Unit::Messages, unpriced as f64 / self.comparison.n() as f64);
            let who = text::letter(arm);
            (unpriced > 0).then(|| {
                format!(
                    "Costs are not compared: {who} has {each} messages and conversations a run whose price is not known."
                )
            })
        })
    }

    /// The difference that says most: the days to the highest limit that half of the runs of one of the two reach;
    /// where there is none, what is sent; where that is not compared, the days to the first limit.
    pub(in crate::report) fn main(&self, answer: &'c PairAnswer<'c>) -> Option<&'c Difference> {
        let limit = self.main_limit(answer.pair);
        let days = answer.differences.iter().find(
            |found| matches!((&found.headline, &limit), (Headline::Days(of), Some(limit)) if of == limit),
        );
        let sent = || answer.differences.iter().find(|found| found.headline == Headline::Total(Metric::Sent));
        days.or_else(sent).or_else(|| answer.differences.first())
    }

    /// The highest limit that at least half of the runs of one of the two reach.
    pub(in crate::report) fn main_limit(&self, pair: &Pair) -> Option<Limit> {
        let n = self.comparison.n();
        let half = |arm: usize, headline: &Headline| {
            2 * self.comparison.values(arm, headline).sum::<u64>() >= n && n > 0
        };
        self.headlines.iter().rev().find_map(|headline| match headline {
            Headline::Reached(limit, by)
                if *by == self.comparison.end()
                    && (half(pair.first, headline) || half(pair.second, headline)) =>
            {
                Some(limit.clone())
            }
            _ => None,
        })
    }

    /// The pair's main result as a sentence, as a title says it.
    pub(in crate::report) fn sentence(&self, answer: &'c PairAnswer<'c>) -> String {
        let (first, second) = (self.name(answer.pair.first), self.name(answer.pair.second));
        let Some(main) = self.main(answer) else {
            let why = match self.comparison.n() {
                0 => "no run was finished",
                _ => "their horizons differ, and nothing can be held against each other",
            };
            return format!("{first} and {second}: {why}");
        };
        if answer.pair.same == self.comparison.n() {
            return format!("{first} and {second}: exactly the same in every run");
        }
        let (better, worse) = match main.verdict.better() {
            Some(Side::First) => (first, second),
            Some(Side::Second) => (second, first),
            None => {
                let what = what(&main.headline, self.currency());
                return match main.verdict {
                    Verdict::Undecided => {
                        let runs = super::text::runs(self.comparison.n());
                        format!("{first} and {second}: difference in {what} not decided by {runs}")
                    }
                    _ => format!("{first} and {second}: no real difference in {what}"),
                };
            }
        };
        let size = amount(main.headline.unit(), main.difference.abs());
        match &main.headline {
            Headline::Days(limit) => match self.seldom_reached(answer, limit) {
                // Days that end with the horizon say little of a limit that is seldom reached by then.
                Some([first_share, second_share]) => format!(
                    "{first} holds {} {} in {first_share} of its runs, {second} in {second_share}",
                    limit.name,
                    self.comparison.end().in_words()
                ),
                None => format!("{better} holds {} {size} sooner than {worse}, on average", limit.name),
            },
            _ => format!("{better} sends {size} messages more than {worse}, on average"),
        }
    }

    /// In what shares of their runs the two ever hold a limit, where one of them does not in half of its runs.
    fn seldom_reached(&self, answer: &PairAnswer<'_>, limit: &Limit) -> Option<[String; 2]> {
        let reached = answer
            .differences
            .iter()
            .find(|found| found.headline == Headline::Reached(limit.clone(), self.comparison.end()))?;
        let seldom = reached.means.iter().any(|share| *share < 0.5);
        seldom.then(|| reached.means.map(|share| text::level(Unit::Chance, share)))
    }

    /// The mishap that one of the two meets less often by most, where that matters: what a sentence on days or messages
    /// leaves out.
    pub(in crate::report) fn risk(&self, answer: &PairAnswer<'_>) -> Option<String> {
        let mishaps = answer.differences.iter().filter_map(|found| match (&found.headline, found.verdict) {
            (Headline::Happens(_), Verdict::Matters(side)) => Some((found, side)),
            _ => None,
        });
        let (worst, side) = mishaps.max_by(|a, b| a.0.difference.abs().total_cmp(&b.0.difference.abs()))?;
        let safer = if side == Side::First { answer.pair.first } else { answer.pair.second };
        let less = amount(worst.headline.unit(), worst.difference.abs());
        let happens = what(&worst.headline, self.currency());
        Some(format!("{} is safer: {happens} {less} less often.", self.name(safer)))
    }

    pub(in crate::report) fn currency(&self) -> &str {
        let currency =
            self.comparison.arms().first().and_then(|arm| arm.ensemble.setting().currency.as_deref());
        currency.unwrap_or_default()
    }

    /// Why nothing differs between two plans, where nothing does.
    fn why_nothing(&self, answer: &PairAnswer<'_>) -> Option<String> {
        let n = self.comparison.n();
        if n == 0 || answer.pair.same < n {
            return None;
        }
        let runs = super::text::runs(n);
        let names = |of: &dyn Fn(&crate::experiment::ClauseContrast) -> bool| {
            let paths = answer.contrast.clauses.iter().filter(|clause| of(clause));
            paths.map(|clause| clause.path.as_str()).collect::<Vec<_>>().join(", ")
        };
        let (all, silent) = (names(&|_| true), names(&|clause| !clause.acts));
        let why = if answer.contrast.same_inputs {
            return Some("they are one scenario: the same rules, customers, plan and seed.".to_owned());
        } else if answer.contrast.clauses.is_empty() {
            "the rules are the same, and what else differs between the scenarios changed nothing".to_owned()
        } else if answer.contrast.any_cited() {
            let cited = names(&|clause| clause.cited != [0, 0]);
            format!("clauses that differ acted ({cited}), and to the same effect")
        } else if silent.is_empty() {
            format!("no clause that differs ever fired ({all})")
        } else {
            format!(
                "no clause that differs ever fired ({all}); of these {silent} would leave no trace of their own, and made no difference"
            )
        };
        let most = crate::experiment::Share::new(0, n).exact_interval().high;
        Some(format!(
            "{why}, in any of {runs} of either. Among all futures at most {} can differ, 19 times in 20.",
            percent_up(most)
        ))
    }
}

/// A share as per cent, rounded up.
pub(in crate::report) fn percent_up(share: f64) -> String {
    format!("{:.1} %", (share * 1_000.0 - 1e-9).ceil() / 10.0)
}

/// What a headline compares, in words.
pub(in crate::report) fn what(headline: &Headline, currency: &str) -> String {
    match headline {
        Headline::Days(limit) => format!("days to {}", limit.name),
        Headline::Reached(limit, By::Horizon) => format!("{} ever held", limit.name),
        Headline::Reached(limit, By::After(span)) => format!("{} within {span}", limit.name),
        Headline::Reached(limit, By::Date(date)) => {
            format!("{} by {}", limit.name, date.strftime("%-d %b %Y"))
        }
        Headline::Happens(mishap) => happens(*mishap, "the number", "the tier"),
        Headline::Total(Metric::Sent) => "messages sent".to_owned(),
        Headline::Total(Metric::Delivered) => "messages delivered".to_owned(),
        Headline::Total(Metric::Cost) => format!("cost in {currency}"),
        Headline::Total(metric) => metric.name().to_owned(),
    }
}

/// The same as a noun: `the chance that the number is flagged`.
pub(in crate::report) fn noun(headline: &Headline, currency: &str) -> String {
    let what = what(headline, currency);
    match headline {
        Headline::Happens(_) => format!("the chance that {what}"),
        Headline::Reached(..) => format!("the chance of {what}"),
        Headline::Days(_) | Headline::Total(_) => what,
    }
}

/// How the better of two is, in a word.
fn how(headline: &Headline) -> &'static str {
    match headline {
        Headline::Days(_) => "sooner",
        Headline::Reached(..) => "likelier",
        Headline::Happens(_) => "safer",
        Headline::Total(Metric::Cost) => "cheaper",
        Headline::Total(Metric::Delivered) => "delivers more",
        Headline::Total(_) => "sends more",
    }
}

/// An amount of at least 0 in its unit: `3.2 days`, `4.1 points`, `12,400`.
pub(in crate::report) fn amount(unit: Unit, value: f64) -> String {
    match unit {
        Unit::Days if (value - 1.0).abs() < 0.05 => "1 day".to_owned(),
        Unit::Days => format!("{value:.1} days"),
        Unit::Chance => format!("{:.1} points", 100.0 * value),
        Unit::Messages | Unit::Currency if value >= 100.0 => grouped(value.round() as u64),
        Unit::Messages | Unit::Currency => format!("{value:.1}"),
    }
}
