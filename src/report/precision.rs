//! Whether results are known as well as was asked for, in a sentence.

use super::comparison::{amount, noun};
use super::sweep::point_in_words;
use crate::experiment::{Comparison, Ensemble, Known, Precision, Results, Sweep, Unit};
use crate::glossary::grouped;
use crate::sim::Setting;

/// The sentence on the result of a run that is known least well.
pub fn of_run(precision: &Precision, ensemble: &Ensemble) -> Option<String> {
    let worst = precision.worst(ensemble)?;
    let of = result(&worst, ensemble.setting());
    Some(sentence(precision, &worst, &runs(ensemble), &of))
}

/// The sentence on the difference of two plans that is known least well.
pub fn of_plans(precision: &Precision, comparison: &Comparison) -> Option<String> {
    let (worst, arms) = (precision.worst(comparison)?, comparison.arms());
    let pair = comparison.pairs().get(worst.place)?;
    let of = format!(
        "the difference between {} and {} in {}",
        arms[pair.first].name,
        arms[pair.second].name,
        result(&worst, arms[pair.first].ensemble.setting())
    );
    Some(sentence(precision, &worst, &format!("{} of each plan", runs(comparison)), &of))
}

/// The sentence on the result of a point that is known least well.
pub fn of_points(precision: &Precision, sweep: &Sweep) -> Option<String> {
    let worst = precision.worst(sweep)?;
    let setting = &sweep.points.get(worst.place)?.setting;
    let of = format!("at {}, {}", point_in_words(&sweep.design, worst.place), result(&worst, setting));
    Some(sentence(precision, &worst, &format!("{} of each point", runs(sweep)), &of))
}

fn runs(results: &dyn Results) -> String {
    match results.n() {
        1 => "1 run".to_owned(),
        n => format!("{} runs", grouped(n)),
    }
}

/// A result in words, with its name in files.
fn result(known: &Known, setting: &Setting) -> String {
    let currency = setting.currency.as_deref().unwrap_or_default();
    format!("{} ({})", noun(&known.headline, currency), known.headline.name())
}

fn sentence(precision: &Precision, worst: &Known, runs: &str, of: &str) -> String {
    let (known, asked) = (width(worst, worst.half_width), width(worst, worst.asked));
    let least = if precision.headlines().len() > 1 { "least of all results " } else { "" };
    let verdict = match worst.is_enough() {
        true => "are enough",
        false if !worst.half_width.is_finite() => {
            return format!("{runs} cannot tell how well {of} is known.");
        }
        false => "are not enough",
    };
    format!("{runs} {verdict} for ± {asked}: {of} is known {least}to ± {known}.")
}

/// A half-width in the unit of its result, with a digit more where it is small.
fn width(known: &Known, half_width: f64) -> String {
    match known.headline.unit() {
        Unit::Chance => format!("{:.2} points", 100.0 * half_width),
        Unit::Days if half_width < 1.0 => format!("{:.1} hours", 24.0 * half_width),
        unit => amount(unit, half_width),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::{By, Headline, toy};

    fn said(half_width: &str, metric: Option<&str>, replications: u64) -> String {
        let ensemble = toy::ensemble(replications);
        let setting = ensemble.setting();
        let metric = metric.map(|name| Headline::named(name, &[setting]).expect("a metric"));
        let told = Headline::all(&[setting], &[By::Horizon]);
        let precision = Precision::new(half_width.parse().expect("a width"), metric, told).expect("it fits");
        of_run(&precision, &ensemble).expect("something is told")
    }

    #[test]
    fn a_width_is_told_in_the_unit_of_its_result() {
        let enough = said("5%", Some("flagged"), 500);
        assert!(enough.starts_with("500 runs are enough for ± 5.00 points: the chance that the number is flagged (flagged) is known to ± "), "{enough}");
        let missing = said("1h", Some("days_to_10K"), 200);
        assert!(
            missing.starts_with(
                "200 runs are not enough for ± 1.0 hours: days to 10K (days_to_10K) is known to ± "
            ),
            "{missing}"
        );
    }
}
