//! The charts of a comparison: for each pair both plans on one axis, how far one is ahead, and what that is worth.
//!
//! | chart | question |
//! | --- | --- |
//! | `volume` | how much does each send a day? |
//! | `reached` | by when does each hold the highest limit that is likely? |
//! | `lead` | how many more messages has the first sent by a date, run by run? |
//! | `chance` | how much likelier is it under the first, with a band for the whole curve? |
//!
//! Where there are more than two plans the names of the pair follow: `volume-A-B`.

use super::{Answer, PairAnswer};
use crate::experiment::{Arm, By, Fan, FanDay, Limit, Series, Threads};
use crate::glossary::grouped;
use crate::report::charts::{
    Caption, DateAxis, Drawing, Gap, PlanFan, ReachCurve, TierLine, chance, fans, gap, reach,
};
use crate::report::gallery::short;
use crate::sim::Metric;

/// Whether a comparison may have a chart of that name: of the one pair that it has, or of one of several.
pub fn is_chart(name: &str) -> bool {
    let of_pair = |rest: &str| {
        let letters: Vec<&str> = rest.split('-').skip(1).collect();
        let letter = |text: &&str| text.len() == 1 && text.bytes().all(|byte| byte.is_ascii_uppercase());
        rest.is_empty() || (rest.starts_with('-') && letters.len() == 2 && letters.iter().all(letter))
    };
    let names = ["volume", "reached", "lead", "chance"];
    names.iter().any(|chart| name.strip_prefix(chart).is_some_and(of_pair))
}

/// All charts of a comparison, pair by pair, each drawn by one of the threads; none without replications.
pub fn draw(answer: &Answer<'_>, threads: Threads) -> Vec<Drawing> {
    if answer.comparison.n() == 0 {
        return Vec::new();
    }
    let pairs: Vec<Sheets<'_>> = answer.pairs.iter().map(|pair| Sheets::of(answer, pair)).collect();
    let charts: Vec<_> = pairs.iter().flat_map(|pair| CHARTS.map(|chart| (pair, chart))).collect();
    threads.map(&charts, &|(pair, chart)| pair.draw(*chart)).into_iter().flatten().collect()
}

/// A chart of a pair.
#[derive(Clone, Copy)]
enum Chart {
    Volume,
    Reached,
    Lead,
    Chance,
}

/// In the order in which they are looked at.
const CHARTS: [Chart; 4] = [Chart::Volume, Chart::Reached, Chart::Lead, Chart::Chance];

/// The charts of one pair.
struct Sheets<'a> {
    answer: &'a Answer<'a>,
    pair: &'a PairAnswer<'a>,
    arms: [&'a Arm; 2],
    dates: DateAxis,
}

impl<'a> Sheets<'a> {
    fn of(answer: &'a Answer<'a>, pair: &'a PairAnswer<'a>) -> Sheets<'a> {
        let arms = [pair.pair.first, pair.pair.second].map(|arm| &answer.comparison.arms()[arm]);
        let first = arms[0].ensemble.setting().calendar.date(0);
        Sheets { answer, pair, arms, dates: DateAxis { first, days: pair.pair.leads.len() } }
    }

    /// One chart; nothing where it is about a limit and there is none to speak of.
    fn draw(&self, chart: Chart) -> Option<Drawing> {
        let limit = || self.answer.main_limit(self.pair.pair);
        match chart {
            Chart::Volume => Some(self.volume()),
            Chart::Reached => Some(self.reached(&limit()?)),
            Chart::Lead => Some(self.lead()),
            Chart::Chance => Some(self.chance(&limit()?)),
        }
    }

    fn names(&self) -> [&str; 2] {
        self.arms.map(|arm| arm.name.as_str())
    }

    fn caption(&self, name: &str, title: String, reading: &str) -> Caption {
        let setting = self.arms[0].ensemble.setting();
        let starts = self.arms.map(|arm| arm.ensemble.setting().calendar.date(0));
        let dates = if starts[0] == starts[1] {
            String::new()
        } else {
            format!(" Dates are those of {}; both start at the left.", self.names()[0])
        };
        let days = match self.answer.comparison.end() {
            By::Horizon => String::new(),
            _ => format!(" Horizons differ: only the {} days that both run.", self.dates.days),
        };
        let subtitle = format!(
            "{reading} {} pairs of runs on the same luck, seed {}.{dates}{days}",
            grouped(self.answer.comparison.n()),
            setting.seed
        );
        Caption { name: self.file(name), title, subtitle, description: String::new() }
    }

    /// The stem of a file: with the letters of the pair where there are several.
    fn file(&self, name: &str) -> String {
        if self.answer.pairs.len() == 1 {
            return name.to_owned();
        }
        let letter = |arm: usize| super::text::letter(arm).replace(' ', "");
        format!("{name}-{}-{}", letter(self.pair.pair.first), letter(self.pair.pair.second))
    }

    fn volume(&self) -> Drawing {
        let plans = self.arms.map(|arm| {
            let fan = arm.ensemble.fan(Series::Count(Metric::Sent));
            PlanFan {
                name: arm.name.clone(),
                p05: self.series(&fan, |day| day.p05),
                p50: self.series(&fan, |day| day.p50),
                p95: self.series(&fan, |day| day.p95),
            }
        });
        let mut lines: Vec<TierLine> = Vec::new();
        for tier in self.arms.iter().flat_map(|arm| &arm.ensemble.setting().tiers) {
            let limit = tier.limit.map_or(f64::INFINITY, |limit| limit as f64);
            if lines.iter().all(|line| line.limit != limit) {
                lines.push(TierLine { name: tier.name.clone(), limit });
            }
        }
        let caption = self.caption(
            "volume",
            self.answer.sentence(self.pair),
            "Lines: the middle of its runs on each day; bands: 9 in 10 of them, darker where both lie.",
        );
        fans(&caption, &self.dates, "messages sent a day", &plans, &lines)
    }

    fn series(&self, fan: &Fan, of: fn(FanDay) -> f64) -> Vec<f64> {
        fan.days.iter().take(self.dates.days).map(|day| day.map_or(0.0, of)).collect()
    }

    fn reached(&self, limit: &Limit) -> Drawing {
        let curves = self.arms.map(|arm| self.curve(arm, limit));
        let end = |curve: &ReachCurve| curve.share.last().copied().unwrap_or(0.0);
        let [a, b] = curves.each_ref().map(|curve| chance(end(curve)));
        let [first, second] = self.names();
        let title =
            format!("{a} of the runs of {first} come to hold {}, {b} of those of {second}", limit.name);
        let caption = self.caption(
            "reached",
            title,
            &format!("Chance of having held {} by a date, with 95% bands of each day.", limit.name),
        );
        reach(&caption, &self.dates, &curves, None)
    }

    fn curve(&self, arm: &Arm, limit: &Limit) -> ReachCurve {
        let shares = limit.tier(arm.ensemble.setting()).map(|tier| arm.ensemble.first_passage(tier).by_day);
        let shares = shares.unwrap_or_default();
        let days = || shares.iter().take(self.dates.days);
        ReachCurve {
            name: arm.name.clone(),
            share: days().map(|share| share.estimate().unwrap_or(0.0)).collect(),
            low: days().map(|share| share.interval().low).collect(),
            high: days().map(|share| share.interval().high).collect(),
        }
    }

    /// The difference fan: how far the first is ahead, run by run.
    fn lead(&self) -> Drawing {
        let at = |percent: u64| -> Vec<f64> {
            self.pair.pair.leads.iter().map(|lead| lead.percentile(percent).unwrap_or(0.0)).collect()
        };
        let [first, second] = self.names();
        let middle = at(50);
        let end = middle.last().copied().unwrap_or(0.0);
        let title = match end {
            0.0 => format!("In the middle pair {first} and {second} have sent as much by the end"),
            ahead => {
                let (more, less) = if ahead > 0.0 { (first, second) } else { (second, first) };
                let size = grouped(ahead.abs().round() as u64);
                format!("In the middle pair {more} has sent {size} messages more than {less} by the end")
            }
        };
        let caption = self.caption(
            "lead",
            title,
            "Differences of paired runs. Dark band: half of the pairs; light band: 9 in 10; line: the middle.",
        );
        let chart = Gap {
            unit: format!("messages sent so far, {first} less {second}"),
            above: format!("{first} ahead"),
            below: format!("{second} ahead"),
            middle,
            middle_name: "median".to_owned(),
            wide: [at(5), at(95)],
            narrow: [at(25), at(75)],
            points: false,
        };
        gap(&caption, &self.dates, &chart)
    }

    /// How much likelier a limit is under the first, day by day, with a band that holds the whole curve.
    fn chance(&self, limit: &Limit) -> Drawing {
        let days = self.answer.comparison.reached_by_day(self.pair.pair, limit);
        // All days share what an interval may leave out, so that the band holds on all of them together.
        let alpha = self.answer.comparison.alpha() / days.len().max(1) as f64;
        let middle: Vec<f64> = days.iter().map(|shares| shares.difference().unwrap_or(0.0)).collect();
        let [first, second] = self.names();
        let widest = (0..middle.len()).max_by(|a, b| middle[*a].abs().total_cmp(&middle[*b].abs()));
        let title = match widest.map(|day| (day, middle[day])) {
            Some((day, gap)) if gap != 0.0 => {
                let (likelier, other) = if gap > 0.0 { (first, second) } else { (second, first) };
                let date = short(self.dates.date(day));
                let points = (100.0 * gap.abs()).round();
                format!(
                    "To hold {} by {date} is {points} points likelier under {likelier} than under {other}",
                    limit.name
                )
            }
            _ => format!("{} is as likely under {first} as under {second} on every day", limit.name),
        };
        let caption =
            self.caption("chance", title, "Band: holds the whole curve 19 times in 20 (Bonferroni).");
        let chart = Gap {
            unit: format!("chance of having held {}, {first} less {second}", limit.name),
            above: format!("{first} likelier"),
            below: format!("{second} likelier"),
            middle,
            middle_name: "difference".to_owned(),
            wide: [
                days.iter().map(|shares| shares.interval(alpha).low).collect(),
                days.iter().map(|shares| shares.interval(alpha).high).collect(),
            ],
            narrow: [Vec::new(), Vec::new()],
            points: true,
        };
        gap(&caption, &self.dates, &chart)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn charts_are_known_by_their_names() {
        for name in ["volume", "reached-A-B", "lead-B-L", "chance"] {
            assert!(is_chart(name), "{name}");
        }
        for name in ["volume-a-b", "volumes", "reached-A", "lead-A-B-C", "chance-mine", "my-chance"] {
            assert!(!is_chart(name), "{name}");
        }
    }
}
