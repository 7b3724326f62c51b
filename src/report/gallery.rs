//! The charts of a run: which pictures there are, and what each title says.
//!
//! A title states the answer; a subtitle says which rules, which profile, how many runs and which seed. Nothing is
//! decided here about looks: that is the charts' own business.

mod titles;

use jiff::civil::Date;

use super::charts::{
    Band, Caption, DateAxis, Drawing, Fan as FanChart, RatingChart, ReachCurve, Role, Shape, Target,
    Threshold, TierLine, chance, dots, fan, rating, reach, shares,
};
use super::text::{horizon, of_the, of_the_best};
use crate::experiment::{Ensemble, Fan, FanDay, FirstPassage, Series, State, Threads};
use crate::glossary::{NumberStatus, grouped};
use crate::sim::{Gauge, Metric, Setting};
use crate::time::SimTime;

/// The names of all charts that a run may have.
pub const NAMES: [&str; 6] = ["volume", "reached", "when", "tiers", "statuses", "feedback"];

/// All charts of a run, in the order in which a planner looks; each is drawn by one of the threads.
pub fn draw(ensemble: &Ensemble, threads: Threads) -> Vec<Drawing> {
    make(ensemble, &[], threads).1
}

/// The pages of a run as `pages` write them, and all its charts; each is made by one of the threads.
pub fn make(ensemble: &Ensemble, pages: &[Page<'_>], threads: Threads) -> (Vec<String>, Vec<Drawing>) {
    let gallery = (ensemble.n() > 0).then(|| Gallery::of(ensemble));
    let charts =
        gallery.iter().flat_map(|gallery| gallery.charts().into_iter().map(move |chart| (gallery, chart)));
    let pages = pages.iter().map(|page| Task::Write(*page));
    let tasks: Vec<Task<'_, '_>> =
        pages.chain(charts.map(|(gallery, chart)| Task::Draw(gallery, chart))).collect();
    let (mut texts, mut drawings) = (Vec::new(), Vec::new());
    for made in threads.map(&tasks, &Task::work) {
        match made {
            Made::Text(text) => texts.push(text),
            Made::Drawing(drawing) => drawings.push(*drawing),
        }
    }
    (texts, drawings)
}

/// What writes one page.
pub type Page<'p> = &'p (dyn Fn() -> String + Sync);

/// What draws one chart.
type Chart<'e> = fn(&Gallery<'e>) -> Drawing;

/// What a thread does at a time.
enum Task<'t, 'e> {
    Write(Page<'t>),
    Draw(&'t Gallery<'e>, Chart<'e>),
}

/// What comes of it.
enum Made {
    Text(String),
    Drawing(Box<Drawing>),
}

impl Task<'_, '_> {
    fn work(&self) -> Made {
        match self {
            Task::Write(page) => Made::Text(page()),
            Task::Draw(gallery, chart) => Made::Drawing(Box::new(chart(gallery))),
        }
    }
}

struct Gallery<'e> {
    ensemble: &'e Ensemble,
    dates: DateAxis,
    passages: Vec<FirstPassage>,
}

impl<'e> Gallery<'e> {
    fn of(ensemble: &'e Ensemble) -> Gallery<'e> {
        let calendar = &ensemble.setting().calendar;
        Gallery {
            ensemble,
            // A last civil day that the horizon only touches would show as a fall that is none.
            dates: DateAxis { first: calendar.date(0), days: calendar.counted_days() },
            passages: (0..ensemble.setting().tiers.len()).map(|tier| ensemble.first_passage(tier)).collect(),
        }
    }

    fn charts(&self) -> Vec<Chart<'e>> {
        let mut charts: Vec<Chart<'e>> = vec![Gallery::volume];
        if self.setting().tiers.len() > 1 {
            charts.extend([Gallery::reached as Chart<'e>, Gallery::when, Gallery::tiers]);
        }
        charts.extend([Gallery::statuses as Chart<'e>, Gallery::feedback]);
        charts
    }

    fn setting(&self) -> &Setting {
        self.ensemble.setting()
    }

    fn caption(&self, name: &str, title: String, reading: &str) -> Caption {
        let setting = self.setting();
        let subtitle = format!(
            "{reading} {} runs under {}, {}, seed {}.",
            grouped(self.ensemble.n()),
            setting.ruleset,
            setting.profiles.join(" and "),
            setting.seed
        );
        Caption { name: name.to_owned(), title, subtitle, description: String::new() }
    }

    fn lines(&self) -> Vec<TierLine> {
        let tiers = self.setting().tiers.iter();
        tiers
            .map(|tier| TierLine {
                name: tier.name.clone(),
                limit: tier.limit.map_or(f64::INFINITY, |l| l as f64),
            })
            .collect()
    }

    fn volume(&self) -> Drawing {
        let sent = self.ensemble.fan(Series::Count(Metric::Sent));
        let [p05, p25, p50, p75, p95] = self.bands(&sent);
        let title = titles::volume(self.setting(), &p50);
        let paths =
            self.ensemble.paths().iter().map(|path| path.sent.iter().map(|n| *n as f64).collect()).collect();
        let chart = FanChart {
            unit: "messages a day".to_owned(),
            shape: Shape::Line,
            p05,
            p25,
            p50,
            p75,
            p95,
            lines: self.lines(),
            sample_paths: paths,
        };
        let caption = self.caption(
            "volume",
            title,
            "Line: the median of each day; dark band: half of the runs; light band: 9 in 10; thin lines: single runs.",
        );
        fan(&caption, &self.dates, &chart)
    }

    /// The five quantiles of a fan, no number where no run has a value.
    fn bands(&self, fan: &Fan) -> [Vec<f64>; 5] {
        let quantile = |of: fn(FanDay) -> f64| {
            fan.days.iter().take(self.dates.days).map(|day| day.map_or(f64::NAN, of)).collect()
        };
        [
            quantile(|day| day.p05),
            quantile(|day| day.p25),
            quantile(|day| day.p50),
            quantile(|day| day.p75),
            quantile(|day| day.p95),
        ]
    }

    /// The highest tier that at least half of the runs reach, above the start tier.
    fn headline(&self) -> Option<(usize, Date)> {
        let above = self.setting().start_tier + 1;
        (above..self.passages.len()).rev().find_map(|tier| {
            let half = self.passages[tier].times.as_ref()?.p50?;
            Some((tier, self.setting().calendar.civil(half).date()))
        })
    }

    fn reached(&self) -> Drawing {
        let setting = self.setting();
        let headline = self.headline();
        let title = match headline {
            Some((tier, date)) => {
                format!("Half of the runs hold {} or more by {}", self.tier_name(tier), short(date))
            }
            None => match self.passages.get(setting.start_tier + 1) {
                Some(next) => {
                    let share = chance(next.reached.estimate().unwrap_or(0.0));
                    let within = horizon(setting);
                    format!("Within {within} {share} of the runs ever hold {}", self.tier_name(next.tier))
                }
                None => "The number holds the highest limit from the start".to_owned(),
            },
        };
        let curves: Vec<ReachCurve> =
            self.passages.iter().skip(setting.start_tier + 1).map(|p| self.curve(p)).collect();
        let target = headline.and_then(|(tier, date)| {
            let curve = tier - setting.start_tier - 1;
            let day = self.dates.day(date).filter(|day| *day < self.dates.days)?;
            let share = curves.get(curve)?.share.get(day)?;
            Some(Target { curve, day, text: format!("{} by {}", chance(*share), short(date)) })
        });
        let caption = self.caption(
            "reached",
            title,
            &format!(
                "Chance of having held each limit by a date{}, with 95% bands of the simulation.",
                of_the_best(setting)
            ),
        );
        reach(&caption, &self.dates, &curves, target.as_ref())
    }

    fn curve(&self, passage: &FirstPassage) -> ReachCurve {
        let days = || passage.by_day.iter().take(self.dates.days);
        ReachCurve {
            name: self.tier_name(passage.tier),
            share: days().map(|share| share.estimate().unwrap_or(0.0)).collect(),
            low: days().map(|share| share.interval().low).collect(),
            high: days().map(|share| share.interval().high).collect(),
        }
    }

    /// When the highest tier that is at all likely is first held: twenty dots, each one chance in twenty.
    fn when(&self) -> Drawing {
        let above = self.setting().start_tier + 1;
        let likely = |tier: &usize| self.passages[*tier].reached.estimate().unwrap_or(0.0) >= 0.05;
        let tier =
            (above..self.passages.len()).rev().find(likely).unwrap_or(above.min(self.passages.len() - 1));
        let mut times: Vec<SimTime> = self
            .ensemble
            .rows()
            .iter()
            .map(|row| row.outcome.reached.get(tier).copied().flatten().unwrap_or(SimTime::NEVER))
            .collect();
        times.sort_unstable();
        let calendar = &self.setting().calendar;
        let quantile = |dot: usize| {
            let place = ((2 * dot + 1) * times.len()) / 40;
            let at = times.get(place.min(times.len() - 1)).copied()?;
            (at != SimTime::NEVER).then(|| calendar.day_of(at) as f64)
        };
        let days: Vec<Option<f64>> = (0..20).map(quantile).collect();
        let by = self.passages[tier].times.as_ref().and_then(|times| times.p50.or(times.p10));
        let by = by.map(|at| calendar.civil(at).date());
        let number = match self.setting().sending_numbers {
            0 | 1 => "the number".to_owned(),
            several => format!("the best of {several} numbers"),
        };
        let title = format!("When does {number} first hold {}?", self.tier_name(tier));
        dots(&self.caption("when", title, "Each dot is 1 chance in 20."), &self.dates, &days, by)
    }

    fn tiers(&self) -> Drawing {
        let setting = self.setting();
        let of = setting.tiers.len();
        let bands: Vec<Band> = (0..of)
            .map(|tier| Band {
                name: self.tier_name(tier),
                role: Role::Tier { rank: tier, of },
                share: self.shares(State::Tier(tier)),
            })
            .collect();
        let last = |band: &&Band| band.share.last().copied().unwrap_or(0.0);
        let most = bands.iter().max_by(|a, b| last(a).total_cmp(&last(b)));
        let title = most.map_or_else(String::new, |band| {
            let date = self.dates.date(self.dates.days.saturating_sub(1));
            format!("On {} {} of the runs hold {}", short(date), chance(last(&band)), band.name)
        });
        let reading =
            format!("Share of the runs at each limit at the end of each day{}.", of_the_best(setting));
        let caption = self.caption("tiers", title, &reading);
        shares(&caption, &self.dates, &bands)
    }

    fn shares(&self, state: State) -> Vec<f64> {
        let days = self.ensemble.share_by_day(state).into_iter().take(self.dates.days);
        days.map(|share| share.estimate().unwrap_or(0.0)).collect()
    }

    fn statuses(&self) -> Drawing {
        let seen = |status: &NumberStatus| {
            *status == NumberStatus::Connected
                || self.shares(State::Status(*status)).iter().any(|share| *share > 0.0)
        };
        let shown: Vec<NumberStatus> = NumberStatus::ALL.into_iter().filter(seen).collect();
        let band = |status: &NumberStatus| Band {
            name: status.name().to_owned(),
            role: role(*status),
            share: self.shares(State::Status(*status)),
        };
        let bands: Vec<Band> = shown.iter().map(band).collect();
        let reading = format!(
            "Share of the runs in each status at the end of each day{}.{}",
            of_the("worst", self.setting()),
            titles::unseen(self.ensemble, &shown)
        );
        let caption = self.caption("statuses", titles::statuses(self.ensemble), &reading);
        shares(&caption, &self.dates, &bands)
    }

    fn feedback(&self) -> Drawing {
        let score = self.ensemble.fan(Series::Gauge(Gauge::Score));
        let [p05, p25, p50, p75, p95] = self.bands(&score);
        let path = |path: &crate::experiment::Path| {
            path.score.iter().map(|score| score.map_or(f64::NAN, |score| f64::from(score) / 1e6)).collect()
        };
        let threshold = |of: fn(&(f64, f64)) -> f64| {
            let mut drawn: Vec<f64> =
                self.ensemble.rows().iter().map(|row| of(&row.outcome.thresholds)).collect();
            drawn.sort_by(f64::total_cmp);
            let at = |percent: usize| drawn.get((drawn.len() - 1) * percent / 100).copied().unwrap_or(0.0);
            Threshold { p05: at(5), p50: at(50), p95: at(95) }
        };
        let chart = RatingChart {
            p05,
            p25,
            p50,
            p75,
            p95,
            medium_from: threshold(|drawn| drawn.0),
            low_from: threshold(|drawn| drawn.1),
            sample_paths: self.ensemble.paths().iter().map(path).collect(),
        };
        let title = "Negative feedback against thresholds that nobody publishes".to_owned();
        let last = score.days.get(self.dates.days.saturating_sub(1)).copied().flatten();
        let counted = match last.map_or(0, |day| day.n) {
            n if n == self.ensemble.n() => String::new(),
            n => format!(" ({} on the last day)", grouped(n)),
        };
        let caption = self.caption(
            "feedback",
            title,
            &format!(
                "Weighted blocks, reports and the like per delivered message on each day{}, of runs with a delivery in the \
                 window{counted}.",
                of_the("worst", self.setting())
            ),
        );
        rating(&caption, &self.dates, &chart)
    }

    fn tier_name(&self, tier: usize) -> String {
        self.setting().tiers.get(tier).map_or_else(String::new, |tier| tier.name.clone())
    }
}

fn role(status: NumberStatus) -> Role {
    match status {
        NumberStatus::Connected => Role::Connected,
        NumberStatus::Restricted => Role::Restricted,
        NumberStatus::Warned => Role::Warned,
        NumberStatus::Flagged => Role::Flagged,
        NumberStatus::RateLimited => Role::RateLimited,
        NumberStatus::Pending => Role::Pending,
        NumberStatus::Offline => Role::Offline,
        NumberStatus::Banned => Role::Banned,
    }
}

/// A date in a title: `24 Mar 2022`.
pub(super) fn short(date: Date) -> String {
    date.strftime("%-d %b %Y").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::toy;

    /// All that is written in a picture, line by line.
    fn words(drawing: &Drawing) -> String {
        let texts = drawing.svg.lines().filter(|line| line.starts_with("<text"));
        let words = texts.filter_map(|line| line.split_once('>')?.1.strip_suffix("</text>"));
        words.collect::<Vec<&str>>().join(" ")
    }

    /// On its first day nothing of the toy was delivered, and later in every run.
    #[test]
    fn a_score_that_no_run_has_is_no_zero() {
        let ensemble = toy::ensemble(40);
        let gallery = Gallery::of(&ensemble);
        let [low, .., high] = gallery.bands(&ensemble.fan(Series::Gauge(Gauge::Score)));
        assert!(low[0].is_nan() && high[0].is_nan() && low[1] > 0.0, "{low:?}");
        assert!(words(&gallery.feedback()).contains("of runs with a delivery in the window."));
    }

    #[test]
    fn a_horizon_is_said_as_in_the_text() {
        let said = |days| {
            let (setting, future) = (toy::setting_of(days), |index| toy::future_of(index, days));
            let ensemble = Ensemble::run(setting, 0..20, Threads::ONE, &future, &|_| {}, &false.into());
            Gallery::of(&ensemble).reached().title
        };
        assert_eq!(said(1), "Within 24h 0% of the runs ever hold 10K");
        assert_eq!(said(5), "Within 5 days 0% of the runs ever hold 10K");
    }

    #[test]
    fn whose_tier_and_status_are_shown_is_said_of_several_numbers() {
        let setting = Setting { sending_numbers: 2, ..toy::setting() };
        let ensemble = Ensemble::run(setting, 0..20, Threads::ONE, &toy::future, &|_| {}, &false.into());
        let gallery = Gallery::of(&ensemble);
        assert!(gallery.when().title.starts_with("When does the best of 2 numbers first hold"));
        for (drawing, whose) in [
            (gallery.reached(), "of the best of 2 numbers"),
            (gallery.tiers(), "of the best of 2 numbers"),
            (gallery.statuses(), "of the worst of 2 numbers"),
            (gallery.feedback(), "of the worst of 2 numbers"),
        ] {
            assert!(words(&drawing).contains(whose), "{}", drawing.name);
        }
    }
}
