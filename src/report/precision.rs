//! Whether a result is known as well as was asked for, in a sentence.

use super::comparison::{amount, noun};
use crate::experiment::{Ensemble, Known, Precision, Unit};
use crate::glossary::grouped;

/// The sentence on the result that is known least well.
pub fn render(precision: &Precision, ensemble: &Ensemble) -> Option<String> {
    let worst = precision.worst(ensemble)?;
    let runs = format!("{} runs", grouped(ensemble.n()));
    let name = worst.headline.name();
    let currency = ensemble.setting().currency.as_deref().unwrap_or_default();
    let of = noun(&worst.headline, currency);
    let (known, asked) = (width(&worst, worst.half_width), width(&worst, worst.asked));
    let least = if precision.headlines().len() > 1 { "least of all results " } else { "" };
    let verdict = if worst.is_enough() { "are enough" } else { "are not enough" };
    Some(format!("{runs} {verdict} for ± {asked}: {of} ({name}) is known {least}to ± {known}."))
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
    use crate::experiment::{Headline, toy};

    fn said(half_width: &str, metric: Option<&str>, replications: u64) -> String {
        let ensemble = toy::ensemble(replications);
        let setting = ensemble.setting();
        let metric = metric.map(|name| Headline::named(name, &[setting]).expect("a metric"));
        let precision =
            Precision::new(half_width.parse().expect("a width"), metric, setting).expect("it fits");
        render(&precision, &ensemble).expect("something is told")
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
