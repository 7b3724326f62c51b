//! What commands are asked for by name: fields to vary, results, dates; each is known to be there before anything is run.

use tiercast::experiment::{By, Factor, FactorError, Headline};
use tiercast::sim::{Metric, Scenario, Setting};
use tiercast::time::{Calendar, Span};

use super::{Failure, ScenarioArgs, check_own};

// ---- what is varied -----------------------------------------------------------------------------------------------

/// The factors, each checked against what stands at its path.
pub(super) fn factors(texts: &[String], scenario: &ScenarioArgs) -> Result<Vec<Factor>, Failure> {
    let read = |text: &String| {
        let factor: Factor = text.parse().map_err(usage)?;
        check_own(factor.path()).map_err(usage)?;
        let stands = Scenario::value_at(&scenario.scenario, &scenario.changes, factor.path())?;
        if let Some(stands) = stands {
            factor.check(&stands).map_err(usage)?;
        }
        Ok(factor)
    };
    texts.iter().map(read).collect()
}

pub(super) fn usage(error: FactorError) -> Failure {
    Failure::Usage { message: error.message, help: error.help }
}

// ---- what is told ---------------------------------------------------------------------------------------------------

/// The headline of that name in scenarios with their names: one of those that a sweep tells, or a limit by a date or within a time
/// that lies within the run of each.
pub(super) fn metric_named(name: &str, scenarios: &[(String, &Setting)]) -> Result<Headline, Failure> {
    let settings: Vec<&Setting> = scenarios.iter().map(|(_, setting)| *setting).collect();
    let found = Headline::named(name, &settings)
        .map_err(|error| Failure::Usage { message: error.to_string(), help: error.help() })?;
    let what = format!("`{name}`");
    let within = |by: By| {
        scenarios.iter().try_for_each(|(name, setting)| check_within(by, &what, name, &setting.calendar))
    };
    found.dated().map_or(Ok(()), within)?;
    Ok(found)
}

/// The dates and times that are told of: those of `--by`, and that of the metric.
pub(super) fn dates(by: &[By], metric: Option<&Headline>) -> Vec<By> {
    let own = metric.and_then(Headline::dated).filter(|own| !by.contains(own));
    by.iter().copied().chain(own).collect()
}

/// A date, or a time after the start.
pub(super) fn by(text: &str) -> Result<By, String> {
    if let Ok(date) = text.parse() {
        return Ok(By::Date(date));
    }
    let span = Span::try_from(text.to_owned()).map(By::After);
    span.map_err(|_| "expected a date such as 2022-04-15, or a time such as 30d".to_owned())
}

/// Dates that lie outside the run of that name would compare nothing.
pub(super) fn check_by(dates: &[By], name: &str, calendar: &Calendar) -> Result<(), Failure> {
    dates.iter().try_for_each(|by| check_within(*by, "--by", name, calendar))
}

/// Refuses a date or time outside the run of that name; `what` asks for it.
pub(super) fn check_within(by: By, what: &str, name: &str, calendar: &Calendar) -> Result<(), Failure> {
    if by.within(calendar) {
        return Ok(());
    }
    let (first, last) = (calendar.date(0), calendar.date(calendar.days().saturating_sub(1)));
    Err(Failure::Usage {
        message: format!("{what} lies outside the run of {name}"),
        help: format!(
            "a date from {first} to {last}, or a time of at most {}; a longer run is --set horizon=...",
            calendar.horizon()
        ),
    })
}

/// Runs that tell whether prices are known, before many are spent on a cost that is not.
const PRICED: u64 = 8;

/// Refuses to judge a scenario by a cost that is not known.
pub(super) fn check_priced(asked: &[Headline], scenario: &Scenario) -> Result<(), Failure> {
    let futures = || scenario.replicate_all(0..PRICED);
    if asked.contains(&Headline::Total(Metric::Cost))
        && futures().iter().any(|future| future.outcome.unpriced > 0)
    {
        return Err(unpriced("of this scenario"));
    }
    Ok(())
}

/// Why a cost is no answer.
pub(super) fn unpriced(whose: &str) -> Failure {
    Failure::Usage {
        message: format!(
            "the cost {whose} is not known: its runs have messages and conversations whose price is not known"
        ),
        help: "choose a market and a start whose prices are known (platform.market, start; see `rules show`), or ask for \
               another metric, such as sent"
            .to_owned(),
    }
}
