//! `summary.json`: one answer a key, for programs.
//!
//! ```text
//!   format, tool                        how to read it
//!   scenario ... horizon_days           what was run
//!   tiers, chances, totals,             what came out, each with its interval
//!     final_tier, limited_by
//!   warnings, complete, assumptions     what to know before trusting it
//! ```
//!
//! Shares are from 0 to 1 with 4 decimals, days are elapsed seconds / 86,400 with 3, totals have 3. Intervals are
//! of 95 % and cover what the number of replications leaves open, not unknown rules or rates. `null` is what does
//! not exist: an unlimited limit, a day beyond the horizon, a chance that the ruleset cannot have, a price that
//! nobody asks, an interval from one replication.

use jiff::civil::Date;
use serde::Serialize;

use super::{TOOL, rounded, text};
use crate::experiment::{Done, Ensemble, Mean, Quantiles, Share};
use crate::sim::Assumption;
use crate::sim::Mishap;
use crate::sim::{End, Metric, Reason};
use crate::time::{Calendar, HOUR, SimTime};

/// The version of the keys below; it rises when one changes its meaning or goes away.
pub const FORMAT: u32 = 1;

/// What a run says, in one page.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Summary {
    /// The version of these keys, 1: it rises when one changes its meaning or goes away \[version\].
    pub format: u32,
    /// The tool and its version.
    pub tool: String,
    /// The scenario's name.
    pub scenario: String,
    /// The scenario's title.
    pub title: String,
    /// Name of the ruleset.
    pub ruleset: String,
    /// The seed of the random numbers \[whole number\].
    pub seed: u64,
    /// Replications that were finished \[replications\].
    pub replications: u64,
    /// The start, in the scenario's zone: `2022-03-07T00:00:00-03:00`.
    pub start: String,
    /// The horizon \[days\].
    pub horizon_days: f64,
    /// One entry a tier, lowest first.
    pub tiers: Vec<TierReached>,
    /// What can go wrong.
    pub chances: Chances,
    /// Sums over the run.
    pub totals: Totals,
    /// Where the replications end, lowest tier first.
    pub final_tier: Vec<FinalTier>,
    /// What limited the climb, in the order in which reasons are asked.
    pub limited_by: Vec<LimitedBy>,
    /// Whether the plan's campaign is done in time; `null` where the plan is none.
    pub campaign: Option<CampaignDone>,
    /// What a reader must know before trusting the result.
    pub warnings: Vec<String>,
    /// Whether all replications that were asked for are there.
    pub complete: bool,
    /// Every input that is uncertain or that no scenario file stated.
    pub assumptions: Vec<Input>,
}

/// By when a tier is first held; of several numbers that send, by the best. The start tier is held from day 0 on, one below it only after a fall.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TierReached {
    /// Its name.
    pub name: String,
    /// Its limit \[customers in 24 hours\]; `null` is unlimited.
    pub limit: Option<u64>,
    /// The share of replications that held it within the horizon \[0 to 1\].
    pub share_reached: Option<f64>,
    /// Lower end of its interval \[0 to 1\].
    pub ci_low: f64,
    /// Upper end of its interval \[0 to 1\].
    pub ci_high: f64,
    /// When the first tenth of the replications held it \[days since the start\].
    pub day_p10: Option<f64>,
    /// When half of the replications held it \[days since the start\].
    pub day_p50: Option<f64>,
    /// When nine tenths of the replications held it \[days since the start\].
    pub day_p90: Option<f64>,
    /// The civil date of `day_p50`.
    pub date_p50: Option<String>,
    /// Lower end of the interval of `day_p50` \[days since the start\]; `None` from too few replications.
    pub day_p50_low: Option<f64>,
    /// Upper end of the interval of `day_p50` \[days since the start\]; `None` beyond the horizon.
    pub day_p50_high: Option<f64>,
    /// The mean of the days until it was held, where a replication that never did counts with the whole horizon
    /// \[days\].
    pub mean_days: Option<f64>,
    /// Half the width of its interval \[days\].
    pub mean_days_half_width: Option<f64>,
    /// The shares of replications that ended before they held it: banned, or without a template \[0 to 1\].
    pub ended_before: EndedBefore,
}

/// The shares of replications in which nothing could be sent any more before a tier was held.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct EndedBefore {
    /// Every number was banned \[0 to 1\].
    pub banned: Option<f64>,
    /// Every template was disabled \[0 to 1\].
    pub no_template: Option<f64>,
}

/// What can happen to a number or a template; `null` where the ruleset has no such measure. Of several numbers that send:
/// to at least one.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Chances {
    /// The number is flagged at least once.
    pub flagged: Option<Chance>,
    /// The tier falls at least once.
    pub downgraded: Option<Chance>,
    /// The number is restricted at least once.
    pub restricted: Option<Chance>,
    /// A template is flagged at least once.
    pub template_flagged: Option<Chance>,
    /// A template is disabled.
    pub template_disabled: Option<Chance>,
    /// The number is banned.
    pub banned: Option<Chance>,
    /// The number is warned at least once.
    pub warned: Option<Chance>,
    /// The number is rate-limited at least once.
    pub rate_limited: Option<Chance>,
}

/// The share of replications in which something happened.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Chance {
    /// The share \[0 to 1\].
    pub estimate: Option<f64>,
    /// Lower end of its interval \[0 to 1\].
    pub ci_low: f64,
    /// Upper end of its interval \[0 to 1\].
    pub ci_high: f64,
    /// How many replications it rests on \[replications\].
    pub n: u64,
}

/// Whether so many people have a message by a date: plans that are a `Backlog`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CampaignDone {
    /// How many people \[customers\].
    pub people: u64,
    /// The messages that count: `sent` or `delivered`.
    pub counts: String,
    /// The last day.
    pub by: String,
    /// Done by the end of that day.
    pub in_time: Chance,
    /// Done within the horizon.
    pub ever: Chance,
    /// Messages that count by the end of that day: 1 in 10 replications have up to so many \[messages\].
    pub counted_p10: Option<u64>,
    /// Half of the replications have up to so many \[messages\].
    pub counted_p50: Option<u64>,
    /// 9 in 10 replications have up to so many \[messages\].
    pub counted_p90: Option<u64>,
    /// The day on which 1 in 10 replications have done it; `null` is beyond the horizon.
    pub date_p10: Option<String>,
    /// The day on which half of the replications have done it; `null` is beyond the horizon.
    pub date_p50: Option<String>,
    /// The day on which 9 in 10 replications have done it; `null` is beyond the horizon.
    pub date_p90: Option<String>,
}

/// Sums over the run; `null` without replications, or where nothing is priced.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Totals {
    /// Messages accepted \[messages\].
    pub sent: Option<Total>,
    /// Messages delivered \[messages\].
    pub delivered: Option<Total>,
    /// Answers \[messages\].
    pub replied: Option<Total>,
    /// Customers who asked for no more marketing \[customers\].
    pub stopped: Option<Total>,
    /// Customers who blocked the number \[customers\].
    pub blocked: Option<Total>,
    /// Customers who reported the number \[customers\].
    pub reported: Option<Total>,
    /// Messages that the platform refused \[messages\].
    pub refused: Option<Total>,
    /// What it cost \[units of the currency\]; `null` where nothing is priced, or no price of what was sent is known.
    pub cost: Option<CostTotal>,
}

/// One total: its mean with its interval, and how it differs from replication to replication.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Total {
    /// The mean over replications \[unit of the total\].
    pub mean: f64,
    /// Half the width of its interval \[unit of the total\].
    pub half_width: Option<f64>,
    /// 1 in 10 replications is at or below it \[unit of the total\].
    pub p10: u64,
    /// Half of the replications are at or below it \[unit of the total\].
    pub p50: u64,
    /// 9 in 10 replications are at or below it \[unit of the total\].
    pub p90: u64,
}

/// What a run costs: as [`Total`], in units of a currency.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CostTotal {
    /// The mean over replications \[currency\].
    pub mean: f64,
    /// Half the width of its interval \[currency\].
    pub half_width: Option<f64>,
    /// 1 in 10 replications is at or below it \[currency\].
    pub p10: f64,
    /// Half of the replications are at or below it \[currency\].
    pub p50: f64,
    /// 9 in 10 replications are at or below it \[currency\].
    pub p90: f64,
    /// The currency, such as USD.
    pub currency: String,
    /// Messages and conversations without a known price, in all replications together, which are in no cost
    /// \[messages and conversations\].
    pub unpriced: u64,
}

/// The share of replications that end in a tier.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FinalTier {
    /// Its name.
    pub name: String,
    /// The share \[0 to 1\].
    pub share: Option<f64>,
}

/// The share of days on which one thing limited the climb.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LimitedBy {
    /// What.
    pub reason: String,
    /// The share of all days of all replications \[0 to 1\].
    pub share_of_days: Option<f64>,
}

/// One input of the model, with where it comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Input {
    /// Its path in the scenario.
    pub path: String,
    /// Its value or prior, in words.
    pub value: String,
    /// How far it can be trusted.
    pub grade: String,
    /// Who says so.
    pub source: String,
}

impl Summary {
    /// Summarises an ensemble.
    pub fn of(ensemble: &Ensemble) -> Summary {
        let setting = ensemble.setting();
        Summary {
            format: FORMAT,
            tool: TOOL.to_owned(),
            scenario: setting.scenario.clone(),
            title: setting.title.clone(),
            ruleset: setting.ruleset.clone(),
            seed: setting.seed,
            replications: ensemble.n(),
            start: start(&setting.calendar),
            horizon_days: rounded(setting.calendar.horizon().as_days(), 3),
            tiers: (0..setting.tiers.len()).map(|tier| TierReached::of(ensemble, tier)).collect(),
            chances: Chances::of(ensemble),
            totals: Totals::of(ensemble),
            final_tier: final_tiers(ensemble),
            limited_by: Reason::ALL.map(|reason| LimitedBy::of(ensemble, reason)).to_vec(),
            campaign: ensemble.done().as_ref().map(CampaignDone::of),
            warnings: setting.warnings.iter().cloned().chain(text::unpriced(ensemble)).collect(),
            complete: ensemble.complete(),
            assumptions: setting.assumptions.iter().map(Input::of).collect(),
        }
    }

    /// The text of `summary.json`, with a newline at its end.
    pub fn to_json(&self) -> String {
        let json = serde_json::to_string_pretty(self).expect("keys are text and memory does not fail");
        json + "\n"
    }
}

/// The start with its offset, as RFC 3339 writes it.
pub(super) fn start(calendar: &Calendar) -> String {
    let civil = calendar.civil(SimTime::START);
    let as_if_utc = civil.to_zoned(jiff::tz::TimeZone::UTC).map_or(0, |zoned| zoned.timestamp().as_second());
    let offset = as_if_utc - calendar.unix(SimTime::START);
    let sign = if offset < 0 { '-' } else { '+' };
    let (hours, minutes) = (offset.abs() / HOUR, offset.abs() % HOUR / 60);
    format!("{}{sign}{hours:02}:{minutes:02}", civil.strftime("%Y-%m-%dT%H:%M:%S"))
}

impl TierReached {
    fn of(ensemble: &Ensemble, tier: usize) -> TierReached {
        let setting = ensemble.setting();
        let passage = ensemble.first_passage(tier);
        let interval = passage.reached.interval();
        let time =
            |pick: fn(&Quantiles<Option<SimTime>>) -> Option<SimTime>| passage.times.as_ref().and_then(pick);
        let day = |time: Option<SimTime>| time.map(|time| rounded(time.days(), 3));
        let ended = |end: End| passage.ended_by_day[end as usize].last()?.estimate().map(share);
        TierReached {
            name: setting.tiers[tier].name.clone(),
            limit: setting.tiers[tier].limit,
            share_reached: passage.reached.estimate().map(share),
            ci_low: share(interval.low),
            ci_high: share(interval.high),
            day_p10: day(time(|times| times.p10)),
            day_p50: day(time(|times| times.p50)),
            day_p90: day(time(|times| times.p90)),
            date_p50: time(|times| times.p50).map(|time| setting.calendar.civil(time).date().to_string()),
            day_p50_low: day(time(|times| times.p50_interval.low.flatten())),
            day_p50_high: day(time(|times| times.p50_interval.high.flatten())),
            mean_days: passage.restricted_mean.map(|mean| rounded(mean.mean, 3)),
            mean_days_half_width: passage
                .restricted_mean
                .and_then(|mean| mean.half_width)
                .map(|half| rounded(half, 3)),
            ended_before: EndedBefore { banned: ended(End::Banned), no_template: ended(End::NoTemplate) },
        }
    }
}

impl Chances {
    fn of(ensemble: &Ensemble) -> Chances {
        let chance = |mishap: Mishap| {
            let can = mishap.possible(ensemble.setting());
            can.then(|| Chance::of(ensemble.share(|row| mishap.happened(&row.outcome))))
        };
        Chances {
            flagged: chance(Mishap::Flagged),
            downgraded: chance(Mishap::Downgraded),
            restricted: chance(Mishap::Restricted),
            template_flagged: chance(Mishap::TemplateFlagged),
            template_disabled: chance(Mishap::TemplateDisabled),
            banned: chance(Mishap::Banned),
            warned: chance(Mishap::Warned),
            rate_limited: chance(Mishap::RateLimited),
        }
    }
}

impl Chance {
    fn of(happened: Share) -> Chance {
        let interval = happened.interval();
        Chance {
            estimate: happened.estimate().map(share),
            ci_low: share(interval.low),
            ci_high: share(interval.high),
            n: happened.n,
        }
    }
}

impl CampaignDone {
    fn of(done: &Done) -> CampaignDone {
        let date = |of: fn(&Quantiles<Option<Date>>) -> Option<Date>| {
            done.dates.as_ref().and_then(of).map(|date| date.to_string())
        };
        CampaignDone {
            people: done.campaign.people,
            counts: done.campaign.counts.name().to_owned(),
            by: done.campaign.by.to_string(),
            in_time: Chance::of(done.in_time),
            ever: Chance::of(done.ever),
            counted_p10: done.counted.map(|counted| counted.p10),
            counted_p50: done.counted.map(|counted| counted.p50),
            counted_p90: done.counted.map(|counted| counted.p90),
            date_p10: date(|dates| dates.p10),
            date_p50: date(|dates| dates.p50),
            date_p90: date(|dates| dates.p90),
        }
    }
}

impl Totals {
    fn of(ensemble: &Ensemble) -> Totals {
        let total = |metric| ensemble.total(metric).map(|(mean, quantiles)| Total::of(mean, quantiles));
        Totals {
            sent: total(Metric::Sent),
            delivered: total(Metric::Delivered),
            replied: total(Metric::Replied),
            stopped: total(Metric::Stopped),
            blocked: total(Metric::Blocked),
            reported: total(Metric::Reported),
            refused: total(Metric::Refused),
            cost: CostTotal::of(ensemble),
        }
    }
}

impl CostTotal {
    fn of(ensemble: &Ensemble) -> Option<CostTotal> {
        let currency = ensemble.setting().currency.clone()?;
        let (mean, quantiles) = ensemble.total(Metric::Cost).filter(|_| !ensemble.has_no_known_cost())?;
        let unit = f64::from(Metric::Cost.per_unit());
        let amount = |micros: u64| rounded(micros as f64 / unit, 6);
        Some(CostTotal {
            mean: rounded(mean.mean / unit, 3),
            half_width: mean.half_width.map(|half| rounded(half / unit, 3)),
            p10: amount(quantiles.p10),
            p50: amount(quantiles.p50),
            p90: amount(quantiles.p90),
            currency,
            unpriced: ensemble.unpriced(),
        })
    }
}

impl Total {
    fn of(mean: Mean, quantiles: Quantiles<u64>) -> Total {
        Total {
            mean: rounded(mean.mean, 3),
            half_width: mean.half_width.map(|half| rounded(half, 3)),
            p10: quantiles.p10,
            p50: quantiles.p50,
            p90: quantiles.p90,
        }
    }
}

fn final_tiers(ensemble: &Ensemble) -> Vec<FinalTier> {
    let tiers = ensemble.setting().tiers.iter().enumerate();
    let ends = |tier: usize| ensemble.share(|row| row.outcome.final_tier == tier).estimate().map(share);
    tiers.map(|(tier, step)| FinalTier { name: step.name.clone(), share: ends(tier) }).collect()
}

impl LimitedBy {
    fn of(ensemble: &Ensemble, reason: Reason) -> LimitedBy {
        LimitedBy {
            reason: reason.name().to_owned(),
            share_of_days: ensemble.limited_by(reason).map(|days| share(days.mean)),
        }
    }
}

impl Input {
    pub(super) fn of(assumption: &Assumption) -> Input {
        Input {
            path: assumption.path.clone(),
            value: assumption.value.clone(),
            grade: assumption.grade.name().to_owned(),
            source: assumption.source.clone(),
        }
    }
}

fn share(value: f64) -> f64 {
    rounded(value, 4)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicBool;

    use super::*;
    use crate::experiment::{Threads, toy};

    /// Where no price is known the cost is not 0 but unknown, and the warnings say so.
    #[test]
    fn a_cost_without_a_known_price_is_none() {
        let mut setting = toy::setting();
        setting.currency = Some("USD".to_owned());
        let of = |priced: u64, unpriced: u64| {
            let future = |index: u64| {
                toy::future_with(index, |outcome| {
                    outcome.totals[Metric::Cost as usize] = priced;
                    outcome.unpriced = unpriced;
                })
            };
            let never = AtomicBool::new(false);
            Summary::of(&Ensemble::run(setting.clone(), 0..10, Threads::ONE, &future, &|_| {}, &never))
        };
        let told = |summary: &Summary| summary.warnings.last().cloned().unwrap_or_default();
        assert_eq!(of(2_000_000, 0).totals.cost.map(|cost| cost.mean), Some(2.0));
        let partly = of(2_000_000, 3);
        assert!(partly.totals.cost.is_some() && told(&partly).ends_with("the cost is at least so much."));
        let unknown = of(0, 3);
        assert!(unknown.totals.cost.is_none() && told(&unknown).ends_with("the cost is not known."));
    }

    #[test]
    fn the_keys_are_those_of_the_contract_in_their_order() {
        let json = Summary::of(&toy::ensemble(200)).to_json();
        let keys: Vec<&str> = json
            .lines()
            .filter_map(|line| line.strip_prefix("  \"")?.split_once('"').map(|(key, _)| key))
            .collect();
        let contract = "format tool scenario title ruleset seed replications start horizon_days tiers chances totals \
                        final_tier limited_by campaign warnings complete assumptions";
        assert_eq!(keys.join(" "), contract);
        assert!(json.ends_with("}\n"));
    }

    #[test]
    fn a_tier_reads_so() {
        let summary = Summary::of(&toy::ensemble(200));
        assert_eq!((summary.format, summary.tool.as_str()), (1, "tiercast 0.1.0"));
        assert_eq!(summary.start, "2022-03-07T00:00:00-03:00");
        let tier = serde_json::to_string(&summary.tiers[2]).unwrap();
        assert_eq!(
            tier,
            r#"{"name":"100K","limit":100000,"share_reached":0.26,"ci_low":0.2041,"ci_high":0.3249,"day_p10":41.001,"day_p50":null,"day_p90":null,"date_p50":null,"day_p50_low":null,"day_p50_high":null,"mean_days":55.96,"mean_days_half_width":1.092,"ended_before":{"banned":0.0,"no_template":0.0}}"#
        );
        let never = serde_json::to_string(&summary.tiers[3]).unwrap();
        assert_eq!(
            never,
            r#"{"name":"unlimited","limit":null,"share_reached":0.0,"ci_low":0.0,"ci_high":0.0188,"day_p10":null,"day_p50":null,"day_p90":null,"date_p50":null,"day_p50_low":null,"day_p50_high":null,"mean_days":60.0,"mean_days_half_width":0.0,"ended_before":{"banned":0.0,"no_template":0.0}}"#
        );
        assert_eq!(summary.tiers[1].date_p50.as_deref(), Some("2022-03-29"));
    }

    #[test]
    fn what_the_ruleset_cannot_have_is_null() {
        let summary = Summary::of(&toy::ensemble(100));
        assert_eq!(summary.chances.banned, None);
        assert_eq!(summary.totals.cost, None);
        let disabled = serde_json::to_string(&summary.chances.template_disabled).unwrap();
        assert_eq!(disabled, r#"{"estimate":0.0,"ci_low":0.0,"ci_high":0.037,"n":100}"#);
    }

    #[test]
    fn without_replications_nothing_is_estimated() {
        let summary = Summary::of(&toy::ensemble(0));
        assert_eq!(summary.tiers[0].share_reached, None);
        assert_eq!((summary.tiers[0].ci_low, summary.tiers[0].ci_high), (0.0, 1.0));
        assert_eq!((summary.totals.sent, summary.limited_by[0].share_of_days), (None, None));
        let one = Summary::of(&toy::ensemble(1));
        assert_eq!(one.totals.sent.unwrap().half_width, None);
    }
}
