//! The charts of a run: which pictures there are, and what each title says.
//!
//! A title states the answer; a subtitle says which rules, which profile, how many runs and which seed. Nothing is
//! decided here about looks: that is the charts' own business.

use jiff::civil::Date;

use super::charts::{
    Band, Caption, DateAxis, Drawing, Fan as FanChart, RatingChart, ReachCurve, Role, Shape, Target,
    Threshold, TierLine, dots, fan, rating, reach, shares,
};
use crate::experiment::{Ensemble, Fan, FirstPassage, Series, State, Threads};
use crate::glossary::{NumberStatus, grouped};
use crate::sim::{Metric, Setting};
use crate::time::{DAY, SimTime, date_in_words};

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
        // A last civil day that the horizon only touches would show as a fall that is none.
        let last = calendar.end() - calendar.midnight(calendar.days().saturating_sub(1));
        let days = calendar.days() - usize::from(calendar.days() > 1 && last.0 < DAY / 2);
        Gallery {
            ensemble,
            dates: DateAxis { first: calendar.date(0), days },
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
        let (first, last) = (p50.first().copied().unwrap_or(0.0), p50.last().copied().unwrap_or(0.0));
        let sending = p50.iter().rposition(|sent| *sent > 0.0);
        let title = if let Some(day) = sending.filter(|day| day + 2 < p50.len()) {
            let until = date_in_words(self.ensemble.setting().calendar.date(day));
            let most = p50.iter().copied().fold(0.0, f64::max);
            format!("Messages a day: the middle run sends up to {}, and nothing after {until}", whole(most))
        } else if last >= first {
            format!("Messages a day: the middle run goes from {} to {}", whole(first), whole(last))
        } else {
            format!("Messages a day: the middle run falls from {} to {}", whole(first), whole(last))
        };
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
            "Dark band: half of the runs; light band: 9 in 10; thin lines: single runs.",
        );
        fan(&caption, &self.dates, &chart)
    }

    /// The five quantiles of a fan, 0 where no run has a value.
    fn bands(&self, fan: &Fan) -> [Vec<f64>; 5] {
        let days = || fan.days.iter().take(self.dates.days);
        [
            days().map(|day| day.map_or(0.0, |day| day.p05)).collect(),
            days().map(|day| day.map_or(0.0, |day| day.p25)).collect(),
            days().map(|day| day.map_or(0.0, |day| day.p50)).collect(),
            days().map(|day| day.map_or(0.0, |day| day.p75)).collect(),
            days().map(|day| day.map_or(0.0, |day| day.p95)).collect(),
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
        let days = setting.calendar.horizon().as_days().round();
        let title = match headline {
            Some((tier, date)) => {
                format!("Half of the runs hold {} or more by {}", self.tier_name(tier), short(date))
            }
            None => match self.passages.get(setting.start_tier + 1) {
                Some(next) => {
                    let share = percent(next.reached.estimate().unwrap_or(0.0));
                    format!("Within {days} days {share} of the runs ever hold {}", self.tier_name(next.tier))
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
            Some(Target { curve, day, text: format!("{} by {}", percent(*share), short(date)) })
        });
        let caption = self.caption(
            "reached",
            title,
            "Chance of having held each limit by a date, with 95% bands of the simulation.",
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
            .map(|row| row.reached.get(tier).copied().flatten().unwrap_or(SimTime::NEVER))
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
        let title = format!("When does the number first hold {}?", self.tier_name(tier));
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
            format!("On {} {} of the runs hold {}", short(date), percent(last(&band)), band.name)
        });
        let caption = self.caption("tiers", title, "Share of the runs at each limit at the end of each day.");
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
        let bands: Vec<Band> = NumberStatus::ALL
            .into_iter()
            .filter(seen)
            .map(|status| Band {
                name: status.name().to_owned(),
                role: role(status),
                share: self.shares(State::Status(status)),
            })
            .collect();
        let flagged = self.ensemble.share(|row| row.flags > 0).estimate().unwrap_or(0.0);
        let title = match self.setting().possible.flagged {
            true => format!("{} of the runs are Flagged at least once", percent(flagged)),
            false => "These rules cannot flag a number".to_owned(),
        };
        let caption =
            self.caption("statuses", title, "Share of the runs in each status at the end of each day.");
        shares(&caption, &self.dates, &bands)
    }

    fn feedback(&self) -> Drawing {
        let score = self.ensemble.fan(Series::Score);
        let [p05, p25, p50, p75, p95] = self.bands(&score);
        let path = |path: &crate::experiment::Path| {
            path.score.iter().map(|score| score.map_or(0.0, |score| f64::from(score) / 1e6)).collect()
        };
        let threshold = |of: fn(&(f64, f64)) -> f64| {
            let mut drawn: Vec<f64> = self.ensemble.rows().iter().map(|row| of(&row.thresholds)).collect();
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
        let caption = self.caption(
            "feedback",
            title,
            "Weighted blocks, reports and the like per delivered message, at the end of each day.",
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

/// A share in words: no share but 0 and 1 itself is called 0% or 100%.
pub(super) fn percent(share: f64) -> String {
    let rounded = (share * 100.0).round();
    match share {
        s if s > 0.0 && rounded == 0.0 => "under 1%".to_owned(),
        s if s < 1.0 && rounded == 100.0 => "over 99%".to_owned(),
        _ => format!("{rounded}%"),
    }
}

fn whole(number: f64) -> String {
    grouped(number.round().max(0.0) as u64)
}
