//! Whether a campaign is done in time, and when.
//!
//! A campaign is a plan that is over: so many people have a message by a date. Nothing is censored before the horizon, so
//! a plain share of all replications is the chance, and a replication in which it is not done comes last in order.

use jiff::civil::Date;

use super::ensemble::Ensemble;
use super::estimate::Share;
use super::order::Quantiles;
use crate::sim::Campaign;

/// When a campaign is done.
#[derive(Clone, Debug, PartialEq)]
pub struct Done {
    /// What is to be done.
    pub campaign: Campaign,
    /// Replications in which it is done by the end of its last day.
    pub in_time: Share,
    /// Replications in which it is done within the horizon.
    pub ever: Share,
    /// Messages that count by the end of the last day \[messages\]. Absent without replications.
    pub counted: Option<Quantiles<u64>>,
    /// On which day, over all replications; `None` is beyond the horizon and comes last. Absent without replications.
    pub dates: Option<Quantiles<Option<Date>>>,
}

impl Ensemble {
    /// When the plan's campaign is done; nothing where the plan is no campaign.
    pub fn done(&self) -> Option<Done> {
        let (setting, n) = (self.setting(), self.n());
        let campaign = setting.campaign?;
        let date = |day: u32| setting.calendar.date(day as usize);
        let reached = || self.rows().iter().filter_map(|row| row.outcome.campaign);
        let days: Vec<u32> = reached().map(|reached| reached.done_on.unwrap_or(u32::MAX)).collect();
        let before =
            |end: usize| Share::new(days.iter().filter(|day| (**day as usize) < end).count() as u64, n);
        Some(Done {
            campaign,
            in_time: before(campaign.days),
            ever: before(setting.calendar.days()),
            counted: Quantiles::of(reached().map(|reached| reached.in_time).collect()),
            dates: Quantiles::of(days).map(|days| days.map(|day| (day < u32::MAX).then(|| date(day)))),
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicBool;

    use super::super::{Threads, toy};
    use super::*;
    use crate::sim::{Metric, Reached};

    /// Of ten futures four are done on day 3, three on day 8 and three never; the campaign is due on day 5.
    #[test]
    fn shares_and_dates_are_those_of_the_futures() {
        let mut setting = toy::setting();
        let date = |day: usize| toy::setting().calendar.date(day);
        assert_eq!(toy::ensemble(10).done(), None);
        setting.campaign = Some(Campaign { people: 1_000, by: date(5), days: 6, counts: Metric::Delivered });
        let future = |index: u64| {
            let done_on = [Some(3), Some(8), None, Some(3), Some(8), None, Some(3), Some(8), None, Some(3)];
            let reached = Reached { done_on: done_on[index as usize], in_time: 100 * (index + 1) };
            toy::future_with(index, |outcome| outcome.campaign = Some(reached))
        };
        let never = AtomicBool::new(false);
        let ensemble = Ensemble::run(setting, 0..10, Threads::ONE, &future, &|_| {}, &never);
        let done = ensemble.done().expect("a campaign");
        assert_eq!((done.in_time, done.ever), (Share::new(4, 10), Share::new(7, 10)));
        assert_eq!(done.counted.map(|counted| (counted.p10, counted.p90)), Some((100, 900)));
        let dates = done.dates.expect("there are futures");
        assert_eq!((dates.p10, dates.p50, dates.p90), (Some(date(3)), Some(date(8)), None));
    }
}
