//! What plans are compared by: one whole number a replication, its unit, and which way is better.
//!
//! ```text
//!   Row --Headline--> days to a limit (the horizon where it is never held)     lower is better
//!                     a limit held by a date: 1 or 0                           higher
//!                     a flag, a fall, a ban ...: 1 or 0                        lower
//!                     messages sent, delivered                                 higher
//!                     cost                                                     lower
//! ```
//!
//! A limit is one of customers in 24 hours, not a tier's name: two ladders are compared by when a limit *of at least
//! so many* is first held.

use jiff::ToSpan;
use jiff::civil::Date;

use thiserror::Error;

use super::row::Row;
use crate::document::nearest;
use crate::glossary::grouped;
use crate::sim::{Metric, Mishap, Setting};
use crate::time::{Calendar, DAY, SimTime, Span};

/// What plans are compared by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Headline {
    /// Days until a limit of at least so many customers is first held; the horizon where it never is \[days\].
    Days(Limit),
    /// Whether it is held by a date.
    Reached(Limit, By),
    /// Whether something bad happens within the horizon.
    Happens(Mishap),
    /// A sum over the run.
    Total(Metric),
}

/// A limit on customers in 24 hours, with the name that a ladder gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limit {
    /// The tier's name.
    pub name: String,
    /// The limit \[customers in 24 hours\]; `None` is unlimited.
    pub customers: Option<u64>,
}

/// By when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// Before the run ends.
    Horizon,
    /// Before so much time has passed.
    After(Span),
    /// Before the end of a civil day.
    Date(Date),
}

impl By {
    /// The first instant that is too late in a run.
    pub fn instant(self, calendar: &Calendar) -> SimTime {
        match self {
            By::Horizon => calendar.end(),
            By::After(span) => SimTime::START + span,
            By::Date(date) => {
                let next = date.saturating_add(1.day()).at(0, 0, 0, 0);
                calendar.instant(next).unwrap_or(SimTime::NEVER)
            }
        }
    }

    /// The end by which runs of some horizons are asked what they have held: their own; where horizons differ, that of
    /// the shortest, which all of them reach.
    pub fn end_of(horizons: impl IntoIterator<Item = Span>) -> By {
        let horizons: Vec<Span> = horizons.into_iter().collect();
        let (shortest, longest) = (horizons.iter().min(), horizons.iter().max());
        shortest.filter(|_| shortest != longest).map_or(By::Horizon, |shortest| By::After(*shortest))
    }

    /// The same in words: `by the end`, `within 30d`.
    pub fn in_words(self) -> String {
        match self {
            By::Horizon => "by the end".to_owned(),
            By::After(span) => format!("within {span}"),
            By::Date(date) => format!("by {}", date.strftime("%-d %b %Y")),
        }
    }

    /// Whether it lies within a run: after its start, and not after the end of its last day.
    pub fn within(self, calendar: &Calendar) -> bool {
        let last = calendar.date(calendar.days().saturating_sub(1));
        match self {
            By::Horizon => true,
            By::After(span) => {
                SimTime::START < SimTime::START + span && SimTime::START + span <= calendar.end()
            }
            By::Date(date) => calendar.date(0) <= date && date <= last,
        }
    }
}

/// What a headline counts in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Elapsed days, counted in seconds.
    Days,
    /// A chance, counted as 1 and 0.
    Chance,
    /// Messages.
    Messages,
    /// Units of the price table's currency, counted in millionths.
    Currency,
}

impl Unit {
    /// How many of the whole numbers that are counted make one unit.
    pub fn per_unit(self) -> f64 {
        match self {
            Unit::Days => DAY as f64,
            Unit::Chance | Unit::Messages => 1.0,
            Unit::Currency => f64::from(Metric::Cost.per_unit()),
        }
    }
}

impl Headline {
    /// What scenarios are compared by: each limit that one of them starts below, what can go wrong under one of them,
    /// messages, and cost where all are priced in one currency.
    pub fn all(settings: &[&Setting], dates: &[By]) -> Vec<Headline> {
        let limits = limits_above_start(settings);
        let mut all: Vec<Headline> = limits.iter().cloned().map(Headline::Days).collect();
        for by in dates {
            all.extend(limits.iter().cloned().map(|limit| Headline::Reached(limit, *by)));
        }
        let can = |mishap: &Mishap| settings.iter().any(|setting| mishap.possible(setting));
        all.extend(Mishap::ALL.into_iter().filter(can).map(Headline::Happens));
        all.extend([Metric::Sent, Metric::Delivered].map(Headline::Total));
        let currency = settings.first().and_then(|setting| setting.currency.as_ref());
        if currency.is_some() && settings.iter().all(|setting| setting.currency.as_ref() == currency) {
            all.push(Headline::Total(Metric::Cost));
        }
        all
    }

    /// The headline of a name: one of [`all`](Headline::all), or a limit by a date or within a time.
    ///
    /// A limit is written as its ladder names it or as a number, so that `days_to_10K`, `days_to_10,000` and
    /// `days_to_10000` are one; a date or time may follow: `reached_10K_by_2022-04-15`, `reached_10K_within_30d`.
    ///
    /// # Errors
    /// A name that means nothing in these scenarios, with the nearest that does.
    pub fn named(name: &str, settings: &[&Setting]) -> Result<Headline, NoHeadline> {
        let dated = name.rsplit_once("_by_").and_then(|(_, date)| date.trim().parse().ok()).map(By::Date);
        let timed = name.rsplit_once("_within_").and_then(|(_, time)| Span::try_from(time.to_owned()).ok());
        let dates: Vec<By> = [Some(By::Horizon), dated, timed.map(By::After)].into_iter().flatten().collect();
        let all = Headline::all(settings, &dates);
        // However the time is written.
        let within = name.rsplit_once("_within_").zip(timed);
        let meant = within.map_or_else(
            || plain(name),
            |((reached, _), span)| plain(&format!("{reached}_within_{}", span.to_string().replace(' ', ""))),
        );
        if let Some(found) = all.iter().find(|headline| plain(&headline.name()) == meant) {
            return Ok(found.clone());
        }
        let known: Vec<String> = all.iter().map(Headline::name).collect();
        let near = nearest(name, known.iter().map(String::as_str)).map(str::to_owned);
        Err(NoHeadline { name: name.to_owned(), near, known })
    }

    /// The name in files, such as `days_to_10K`.
    pub fn name(&self) -> String {
        match self {
            Headline::Days(limit) => format!("days_to_{}", limit.name),
            Headline::Reached(limit, By::Horizon) => format!("reached_{}", limit.name),
            Headline::Reached(limit, By::After(span)) => {
                format!("reached_{}_within_{}", limit.name, span.to_string().replace(' ', ""))
            }
            Headline::Reached(limit, By::Date(date)) => format!("reached_{}_by_{date}", limit.name),
            Headline::Happens(mishap) => mishap.name().to_owned(),
            Headline::Total(metric) => metric.name().to_owned(),
        }
    }

    /// Whether it means the same over runs of unlike horizons: a time or a limit by one does, what a whole run sums up
    /// does not.
    pub fn bears_unlike_horizons(&self) -> bool {
        matches!(self, Headline::Days(_) | Headline::Reached(..))
    }

    /// What it counts in.
    pub fn unit(&self) -> Unit {
        match self {
            Headline::Days(_) => Unit::Days,
            Headline::Reached(..) | Headline::Happens(_) => Unit::Chance,
            Headline::Total(Metric::Cost) => Unit::Currency,
            Headline::Total(_) => Unit::Messages,
        }
    }

    /// Whether less of it is better.
    pub fn less_is_better(&self) -> bool {
        match self {
            Headline::Days(_) | Headline::Happens(_) | Headline::Total(Metric::Cost) => true,
            Headline::Reached(..) | Headline::Total(_) => false,
        }
    }

    /// Whether some replications tell it: a cost they do not where a price is not known, for what is not counted would
    /// look cheap.
    pub fn is_told_by(&self, rows: &[Row]) -> bool {
        *self != Headline::Total(Metric::Cost) || rows.iter().all(|row| row.outcome.unpriced == 0)
    }

    /// The date or time by which a limit is to be held, other than the end of the run.
    pub fn dated(&self) -> Option<By> {
        match self {
            Headline::Reached(_, by) => Some(*by).filter(|by| *by != By::Horizon),
            _ => None,
        }
    }

    /// The same where runs of unlike horizons are held against each other: a limit that is ever held is one that is held
    /// by the `end` of the shortest.
    #[must_use]
    pub fn by_common_end(self, end: By) -> Headline {
        match self {
            Headline::Reached(limit, By::Horizon) => Headline::Reached(limit, end),
            other => other,
        }
    }

    /// The whole number that a replication counts; times are cut at `horizon`, the shortest of those compared.
    pub fn value(&self, row: &Row, setting: &Setting, horizon: Span) -> u64 {
        match self {
            Headline::Days(limit) => {
                let end = SimTime::START + horizon;
                limit.held(row, setting).unwrap_or(end).min(end).0.max(0) as u64
            }
            Headline::Reached(limit, by) => {
                let end = match by {
                    By::Horizon => SimTime::START + horizon,
                    dated => dated.instant(&setting.calendar),
                };
                u64::from(limit.held(row, setting).is_some_and(|at| at < end))
            }
            Headline::Happens(mishap) => u64::from(mishap.happened(&row.outcome)),
            Headline::Total(metric) => row.outcome.totals[*metric as usize],
        }
    }
}

impl Limit {
    /// When a limit of at least so many is first held; `None` within the horizon never.
    pub fn held(&self, row: &Row, setting: &Setting) -> Option<SimTime> {
        row.outcome.reached.get(self.tier(setting)?).copied().flatten()
    }

    /// Position of the lowest tier of a ladder with at least this limit; `None` where its top is lower.
    pub fn tier(&self, setting: &Setting) -> Option<usize> {
        let enough = |limit: Option<u64>| limit.unwrap_or(u64::MAX) >= self.customers.unwrap_or(u64::MAX);
        setting.tiers.iter().position(|tier| enough(tier.limit))
    }

    /// The limit in words: `10,000 customers in 24 h`.
    pub fn in_words(&self) -> String {
        self.customers.map_or_else(|| "no limit".to_owned(), |limit| format!("{} in 24 h", grouped(limit)))
    }
}

/// A name that means nothing in some scenarios.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("there is no metric `{name}` here")]
pub struct NoHeadline {
    /// The name.
    pub name: String,
    /// The one that was probably meant.
    pub near: Option<String>,
    /// All that mean something.
    pub known: Vec<String>,
}

impl NoHeadline {
    /// What to do about it.
    pub fn help(&self) -> String {
        let all = self.known.join(", ");
        match &self.near {
            Some(near) => format!("did you mean `{near}`? There are: {all}"),
            None => format!("there are: {all}"),
        }
    }
}

/// A name without what may be written in two ways: `10K`, `10,000` and `10000` are one.
fn plain(name: &str) -> String {
    let steps = name.trim().split('_').map(|step| {
        let step = step.replace(',', "").to_lowercase();
        let thousands = [("k", "000"), ("m", "000000")].into_iter().find_map(|(letter, zeros)| {
            let digits = step.strip_suffix(letter)?;
            let whole = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
            whole.then(|| format!("{digits}{zeros}"))
        });
        thousands.unwrap_or(step)
    });
    steps.collect::<Vec<_>>().join("_")
}

/// The limits of all ladders, each once, lowest first, that lie above where one of them starts.
fn limits_above_start(settings: &[&Setting]) -> Vec<Limit> {
    let size = |limit: Option<u64>| limit.unwrap_or(u64::MAX);
    let start = |setting: &&Setting| setting.tiers.get(setting.start_tier).map_or(0, |tier| size(tier.limit));
    let lowest = settings.iter().map(start).min().unwrap_or(0);
    let tiers = settings.iter().flat_map(|setting| &setting.tiers);
    let mut limits: Vec<Limit> = tiers
        .filter(|tier| size(tier.limit) > lowest)
        .map(|tier| Limit { name: tier.name.clone(), customers: tier.limit })
        .collect();
    limits.sort_by_key(|limit| size(limit.customers));
    limits.dedup_by_key(|limit| limit.customers);
    limits
}

#[cfg(test)]
mod tests {
    use super::super::toy;
    use super::*;

    #[test]
    fn every_headline_is_found_by_its_name() {
        let setting = toy::setting();
        for headline in Headline::all(&[&setting], &[By::Horizon]) {
            assert_eq!(Headline::named(&headline.name(), &[&setting]), Ok(headline));
        }
    }

    #[test]
    fn a_limit_may_be_written_as_a_number_and_by_a_date() {
        let setting = toy::setting();
        let named = |name: &str| Headline::named(name, &[&setting]).map(|headline| headline.name());
        for name in ["days_to_10K", "days_to_10,000", "days_to_10000", "days_to_10k"] {
            assert_eq!(named(name), Ok("days_to_10K".to_owned()), "{name}");
        }
        assert_eq!(named("reached_10K_by_2022-03-30"), Ok("reached_10K_by_2022-03-30".to_owned()));
        assert_eq!(named("reached_10000_within_720h"), Ok("reached_10K_within_30d".to_owned()));
    }

    #[test]
    fn an_unknown_name_gets_the_nearest() {
        let setting = toy::setting();
        let error = Headline::named("days_to_100", &[&setting]).unwrap_err();
        assert_eq!(error.near.as_deref(), Some("days_to_10K"));
        let error = Headline::named("flaged", &[&setting]).unwrap_err();
        assert!(error.help().starts_with("did you mean `flagged`?"), "{}", error.help());
        // These rules ban nobody.
        assert!(Headline::named("banned", &[&setting]).is_err());
        assert!(Headline::named("reached_10K_by_soon", &[&setting]).is_err());
    }
}
