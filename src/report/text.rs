//! What a planner reads in the terminal.
//!
//! ```text
//!   title, ruleset, n, seed, dates
//!   chance of reaching each limit, and by when        dates with weekdays, never "day 37"
//!   messages a day (median)                           ▁▁▂▂▃▅▇█
//!   what can go wrong, totals, what limited the climb, where the runs end
//!   what the intervals do not say                     no number is to be mistaken for certainty
//!   warnings, assumptions
//! ```
//!
//! What can go wrong is said twice, in per cent with its 95 % interval and as "12 in 20": few people read one as well
//! as the other. Ends of intervals are rounded outwards.

pub(super) mod page;

use jiff::civil::Date;

use super::{TOOL, happens};
use crate::experiment::{
    Done, Ends, Ensemble, FanDay, FirstPassage, Interval, Mean, Quantiles, Series, Share,
};
use crate::glossary::{capital, grouped};
use crate::sim::Mishap;
use crate::sim::Setting;
use crate::sim::{ChatMetric, Metric, Reason};
use crate::time::{SimTime, date_in_words};
pub(super) use page::{Align, Page, wrap};

/// Writes what an ensemble says, in lines of `width` letters (60 at least).
pub fn render(ensemble: &Ensemble, width: usize) -> String {
    let mut page = Page::new(width);
    head(&mut page, ensemble);
    if ensemble.n() > 0 {
        campaign(&mut page, ensemble);
        reach(&mut page, ensemble);
        volume(&mut page, ensemble);
        chances(&mut page, ensemble);
        totals(&mut page, ensemble);
        limits(&mut page, ensemble);
        desk(&mut page, ensemble);
        ends(&mut page, ensemble);
        page.heading(&doubt(ensemble.n()));
    }
    trust(&mut page, ensemble.setting());
    page.finish()
}

/// What was run.
fn head(page: &mut Page, ensemble: &Ensemble) {
    let setting = ensemble.setting();
    page.paragraph(&setting.title);
    let profiles = match setting.profiles.as_slice() {
        [] => String::new(),
        [one] => format!(" · profile {one}"),
        more => format!(" · profiles {}", more.join(", ")),
    };
    let first = date_in_words(setting.calendar.date(0));
    page.paragraph(&format!(
        "{TOOL} · ruleset {}{profiles} · {} · seed {} · {} from {first}",
        setting.ruleset,
        runs(ensemble.n()),
        setting.seed,
        horizon(setting),
    ));
    if !ensemble.complete() {
        page.paragraph("Interrupted: only the runs that were finished are counted.");
    }
    if ensemble.n() == 0 {
        page.heading("No run was finished, so there is nothing to say.");
    }
}

/// The chance that the plan's campaign is done in time, and when it is done; nothing where the plan is none.
fn campaign(page: &mut Page, ensemble: &Ensemble) {
    let Some(Done { campaign, in_time, ever, counted, dates }) = ensemble.done() else { return };
    let verb = if campaign.counts == Metric::Sent { "are written to" } else { "have the message" };
    page.heading(&format!("Chance that {} people {verb}", grouped(campaign.people)));
    let within = horizon(ensemble.setting());
    let when = dates.map_or_else(String::new, |dates| match (dates.p10, dates.p50, dates.p90) {
        (_, Some(half), Some(most)) => {
            format!("half of the runs by {}, 9 in 10 by {}", date_in_words(half), date_in_words(most))
        }
        (_, Some(half), None) => format!("half of the runs by {}", date_in_words(half)),
        (Some(few), None, _) => format!("1 in 10 of the runs by {}", date_in_words(few)),
        _ => String::new(),
    });
    let row = |by: String, share: Share, more: String| {
        let mut row = vec![by];
        row.extend(chance(share));
        row.push(more);
        row
    };
    let rows = [
        row(format!("by {}", date_in_words(campaign.by)), in_time, odds(in_time)),
        row(format!("within {within}"), ever, when),
    ];
    page.table(&[Align::Left, Align::Right, Align::Left, Align::Left], &rows);
    if let Some(counted) = counted {
        let [few, half, most] = [counted.p10, counted.p50, counted.p90].map(grouped);
        page.indented(&format!(
            "Messages {} by then: 1 in 10 of the runs up to {few}, half up to {half}, 9 in 10 up to {most}.",
            campaign.counts.name()
        ));
    }
}

/// The chance of reaching each limit above the one at the start, and by when.
fn reach(page: &mut Page, ensemble: &Ensemble) {
    let setting = ensemble.setting();
    let rows: Vec<Vec<String>> = (setting.start_tier + 1..setting.tiers.len())
        .map(|tier| {
            let passage = ensemble.first_passage(tier);
            let mut row = vec![setting.tiers[tier].name.clone(), limit(setting.tiers[tier].limit)];
            row.extend(chance(passage.reached));
            row.push(when(setting, &passage));
            row
        })
        .collect();
    let start = setting.tiers.get(setting.start_tier).map_or("", |tier| tier.name.as_str());
    if rows.is_empty() {
        let of = of_the_best(setting);
        page.heading(&format!("The number starts at the top of the ladder ({start}{of})."));
        return;
    }
    let of = of_the_best(setting);
    page.heading(&format!("Chance of reaching each limit within {}, from {start}{of}", horizon(setting)));
    page.table(&[Align::Left, Align::Right, Align::Right, Align::Left, Align::Left, Align::Left], &rows);
}

/// By when, in dates.
fn when(setting: &Setting, passage: &FirstPassage) -> String {
    let Some(times) = passage.times else { return String::new() };
    let date = |time: SimTime| setting.calendar.civil(time).date();
    let within = horizon(setting);
    match (times.p10, times.p50, times.p90) {
        (_, Some(half), Some(most)) => format!(
            "half of the runs by {}{}, 9 in 10 by {}",
            date_in_words(date(half)),
            give_or_take(&times, date),
            date_in_words(date(most))
        ),
        (_, Some(half), None) => format!(
            "half of the runs by {}{}, fewer than 9 in 10 within {within}",
            date_in_words(date(half)),
            give_or_take(&times, date)
        ),
        (Some(few), None, _) => {
            format!("1 in 10 of the runs by {}, fewer than half within {within}", date_in_words(date(few)))
        }
        _ if passage.reached.count == 0 => format!("not within {within} in any run"),
        _ => format!("fewer than 1 in 10 runs within {within}"),
    }
}

/// The interval of the median date, where it is more than a day.
fn give_or_take(times: &Quantiles<Option<SimTime>>, date: impl Fn(SimTime) -> Date) -> String {
    let written = |date: Date, form: &str| date.strftime(form).to_string();
    let Ends { low, high } = times.p50_interval;
    let (low, high) = (low.flatten().map(&date), high.flatten().map(&date));
    match (low, high) {
        (Some(low), Some(high)) if low != high => {
            let form = if low.first_of_month() == high.first_of_month() { "%-d" } else { "%-d %b" };
            format!(" ({} to {})", written(low, form), written(high, "%-d %b"))
        }
        (Some(low), None) => format!(" ({} or later)", written(low, "%-d %b")),
        _ => String::new(),
    }
}

/// The median of what is sent a day, as a line of blocks.
fn volume(page: &mut Page, ensemble: &Ensemble) {
    let calendar = &ensemble.setting().calendar;
    let fan = ensemble.fan(Series::Count(Metric::Sent));
    let days = fan.days.iter().take(calendar.counted_days());
    let medians: Vec<f64> = days.map(|day| day.map_or(0.0, |day| day.p50)).collect();
    let Some(top) = medians.iter().copied().reduce(f64::max) else { return };
    let best = medians.iter().position(|value| *value == top).unwrap_or(0);
    page.heading("Messages sent a day: the middle of the runs, each day on its own");
    page.indented(&sparkline(&medians, page.inner()));
    page.indented(&format!(
        "{} to {}; most on {}: {}",
        date_in_words(calendar.date(0)),
        date_in_words(calendar.date(medians.len() - 1)),
        date_in_words(calendar.date(best)),
        grouped(top as u64)
    ));
}

/// Blocks as high as the values, from 0; a dot is 0. Where there are more values than room, the largest of neighbours.
fn sparkline(values: &[f64], room: usize) -> String {
    const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let each = values.len().div_ceil(room.max(1)).max(1);
    let top = values.iter().copied().fold(0.0, f64::max);
    let block = |bucket: &[f64]| {
        let value = bucket.iter().copied().fold(0.0, f64::max);
        let height = (value / top * BLOCKS.len() as f64).ceil() as usize;
        if value > 0.0 { BLOCKS[height.clamp(1, BLOCKS.len()) - 1] } else { '·' }
    };
    values.chunks(each).map(block).collect()
}

/// What can go wrong. Warnings and rate limits are older than tiers: they are told only where the rules know them.
fn chances(page: &mut Page, ensemble: &Ensemble) {
    let setting = ensemble.setting();
    let number = any_number(setting);
    let tier = if setting.sending_numbers > 1 { "a tier" } else { "the tier" };
    page.heading(&format!("Chance that, at least once within {}, ...", horizon(setting)));
    let rows: Vec<Vec<String>> = Mishap::ALL
        .into_iter()
        .filter(|mishap| mishap.possible(setting) || !mishap.before_tiers())
        .map(|mishap| {
            let mut row = vec![happens(mishap, &number, tier)];
            if mishap.possible(setting) {
                let share = ensemble.share(|row| mishap.happened(&row.outcome));
                row.extend(chance(share));
                row.push(odds(share));
            } else {
                row.extend(["-", "", "not in this ruleset"].map(str::to_owned));
            }
            row
        })
        .collect();
    page.table(&[Align::Left, Align::Right, Align::Left, Align::Left], &rows);
}

/// Sums over the run.
fn totals(page: &mut Page, ensemble: &Ensemble) {
    const SHOWN: [(Metric, &str); 7] = [
        (Metric::Sent, "sent"),
        (Metric::Delivered, "delivered"),
        (Metric::Replied, "replies"),
        (Metric::Stopped, "stop requests"),
        (Metric::Blocked, "blocks"),
        (Metric::Reported, "reports"),
        (Metric::Refused, "refused"),
    ];
    page.heading("In all, by run");
    let mut rows =
        vec![["", "mean", "", "1 in 10 up to", "half up to", "9 in 10 up to"].map(str::to_owned).to_vec()];
    for (metric, name) in SHOWN {
        if let Some((mean, spread)) = ensemble.total(metric) {
            let counts = [spread.p10, spread.p50, spread.p90].map(grouped);
            let mut row = vec![name.to_owned(), amount(mean.mean), plus_minus(mean)];
            row.extend(counts);
            rows.push(row);
        }
    }
    rows.extend(cost(ensemble));
    page.table(&[Align::Left, Align::Right, Align::Left, Align::Right, Align::Right, Align::Right], &rows);
    if let Some(said) = unpriced(ensemble) {
        page.indented(&capital(&said));
    }
}

/// What is in no cost, because its price is not known; nothing where all prices are.
pub(super) fn unpriced(ensemble: &Ensemble) -> Option<String> {
    let unpriced = ensemble.unpriced();
    let each = amount(unpriced as f64 / ensemble.n().max(1) as f64);
    let so =
        if ensemble.has_no_known_cost() { "the cost is not known" } else { "the cost is at least so much" };
    (unpriced > 0).then(|| format!("no price is known of {each} messages and conversations a run: {so}."))
}

/// What a run costs, in units of the currency; nothing where nothing is priced.
fn cost(ensemble: &Ensemble) -> Option<Vec<String>> {
    let currency = ensemble.setting().currency.as_ref()?;
    let (mean, spread) = ensemble.total(Metric::Cost)?;
    let mean = mean.per(f64::from(Metric::Cost.per_unit()));
    let units = |micros: u64| grouped(micros / u64::from(Metric::Cost.per_unit()));
    let name = format!("cost in {currency}");
    if ensemble.has_no_known_cost() {
        return Some(vec![name, "not known".to_owned()]);
    }
    let name = if ensemble.unpriced() > 0 { format!("{name}, at least") } else { name };
    let mut row = vec![name, amount(mean.mean), plus_minus(mean)];
    row.extend([spread.p10, spread.p50, spread.p90].map(units));
    Some(row)
}

/// What the help desk does, by day; nothing without one.
fn desk(page: &mut Page, ensemble: &Ensemble) {
    const SHOWN: [(ChatMetric, &str); 7] = [
        (ChatMetric::New, "chats that come in"),
        (ChatMetric::Answered, "answers given"),
        (ChatMetric::Resolved, "chats resolved"),
        (ChatMetric::GaveUp, "customers who gave up"),
        (ChatMetric::Open, "waiting at the end of the day"),
        (ChatMetric::FollowUp, "follow-ups at the end of the day"),
        (ChatMetric::ResponseP95, "19 in 20 answered within, in minutes"),
    ];
    if !ensemble.setting().help_desk {
        return;
    }
    page.heading("The help desk");
    let mut rows = vec![["", "mean of all days", "the worst day", ""].map(str::to_owned).to_vec()];
    for (metric, name) in SHOWN {
        let fan = ensemble.fan(Series::Chats(metric));
        let scale = if metric == ChatMetric::ResponseP95 { 60.0 } else { 1.0 };
        let days: Vec<(usize, FanDay)> =
            fan.days.iter().enumerate().filter_map(|(day, values)| Some((day, (*values)?))).collect();
        let mut row =
            vec![name.to_owned(), mean_of_days(&days).map_or("-".to_owned(), |mean| amount(mean / scale))];
        let worst = days.iter().max_by(|a, b| a.1.mean.total_cmp(&b.1.mean));
        row.extend(match worst.filter(|(_, values)| values.mean > 0.0) {
            Some((day, values)) => {
                [amount(values.mean / scale), date_in_words(ensemble.setting().calendar.date(*day))]
            }
            None => ["-".to_owned(), String::new()],
        });
        rows.push(row);
    }
    page.table(&[Align::Left, Align::Right, Align::Right, Align::Left], &rows);
    page.indented(
        "Means over all runs; single runs differ: see daily.csv. Days without an answer have no time to answer.",
    );
}

/// The mean of all days of all replications that have a value; `None` where none has.
fn mean_of_days(days: &[(usize, FanDay)]) -> Option<f64> {
    let n: u64 = days.iter().map(|(_, values)| values.n).sum();
    let sum: f64 = days.iter().map(|(_, values)| values.mean * values.n as f64).sum();
    (n > 0).then(|| sum / n as f64)
}

/// What limited the climb, most frequent first.
fn limits(page: &mut Page, ensemble: &Ensemble) {
    let mut reasons: Vec<(Reason, Mean)> =
        Reason::ALL.into_iter().filter_map(|reason| Some((reason, ensemble.limited_by(reason)?))).collect();
    reasons.retain(|(_, days)| days.mean > 0.0);
    reasons.sort_by(|a, b| b.1.mean.total_cmp(&a.1.mean));
    let of = of_the_best(ensemble.setting());
    page.heading(&format!("What limited the climb, in shares of days{of}"));
    let rows: Vec<Vec<String>> = reasons
        .into_iter()
        .map(|(reason, days)| {
            let half = match days.half_width {
                Some(half) if half > 0.0 => format!("± {:.1}", 100.0 * half),
                _ => String::new(),
            };
            vec![percent(days.mean), half, in_words(reason).to_owned()]
        })
        .collect();
    page.table(&[Align::Right, Align::Left, Align::Left], &rows);
}

/// Where the runs end.
fn ends(page: &mut Page, ensemble: &Ensemble) {
    const BAR: f64 = 20.0;
    page.heading(&format!("Tier at the end{}", of_the_best(ensemble.setting())));
    let tiers = ensemble.setting().tiers.iter().enumerate();
    let rows: Vec<Vec<String>> = tiers
        .map(|(tier, step)| {
            let share = ensemble.share(|row| row.outcome.final_tier == tier);
            let blocks = (share.estimate().unwrap_or(0.0) * BAR).round() as usize;
            let mut row = vec![step.name.clone()];
            row.extend(chance(share));
            row.push("█".repeat(blocks));
            row
        })
        .collect();
    page.table(&[Align::Left, Align::Right, Align::Left, Align::Left], &rows);
}

/// What the intervals do not say.
fn doubt(n: u64) -> String {
    format!(
        "Intervals and ± cover simulation noise only: how far {} pin down what this model says, 19 times in 20. They \
         do not cover what nobody outside the platform knows, its unpublished rules and thresholds, nor how your \
         customers will really react. If an assumption below is wrong, so is the answer, however narrow its interval.",
        runs(n)
    )
}

/// Warnings and assumptions.
pub(super) fn trust(page: &mut Page, setting: &Setting) {
    if !setting.warnings.is_empty() {
        page.heading("Warnings");
        setting.warnings.iter().for_each(|warning| page.item(warning));
    }
    if !setting.assumptions.is_empty() {
        page.heading("Assumptions");
        let header = ["input", "value", "evidence", "source"].map(str::to_owned).to_vec();
        let inputs = setting.assumptions.iter();
        let inputs = inputs
            .map(|a| vec![a.path.clone(), a.value.clone(), a.grade.name().to_owned(), a.source.clone()]);
        let rows: Vec<Vec<String>> = std::iter::once(header).chain(inputs).collect();
        page.table(&[Align::Left; 4], &rows);
    }
}

fn in_words(reason: Reason) -> &'static str {
    match reason {
        Reason::TopReached => "nothing: the highest tier was held",
        Reason::Verification => "the business was not verified",
        Reason::Status => "the number was flagged, banned or offline, or no template could be sent",
        Reason::Rating => "a rating was too low to rise",
        Reason::Review => "the review before a rise was running",
        Reason::List => "the list could not supply what the plan wanted",
        Reason::Capacity => "the limit was used up",
        Reason::Plan => "the plan did not want more",
    }
}

/// The share in per cent and its interval, for two columns.
pub(super) fn chance(share: Share) -> [String; 2] {
    let Interval { low, high } = share.interval();
    let (low, high) = ((low * 1_000.0 + 1e-9).floor() / 10.0, (high * 1_000.0 - 1e-9).ceil() / 10.0);
    [share.estimate().map_or_else(String::new, percent), format!("({low:.1} to {high:.1} %)")]
}

/// Per cent with one decimal; what is not quite nothing or all does not look so.
pub(super) fn percent(share: f64) -> String {
    let percent = 100.0 * share;
    if percent > 0.0 && percent < 0.05 {
        "< 0.1 %".to_owned()
    } else if (99.95..100.0).contains(&percent) {
        "> 99.9 %".to_owned()
    } else {
        format!("{percent:.1} %")
    }
}

/// A chance as people count it: `1 in 40`, `12 in 20`, `all but 1 in 200`.
fn odds(share: Share) -> String {
    let (count, rest, n) = (share.count, share.n - share.count, share.n);
    let one_in = |part: u64| grouped((2 * n + part) / (2 * part));
    if count == 0 {
        format!("in none of {}", runs(n))
    } else if rest == 0 {
        format!("in every one of {}", runs(n))
    } else if 10 * count < n {
        format!("1 in {}", one_in(count))
    } else if 10 * rest < n {
        format!("all but 1 in {}", one_in(rest))
    } else {
        format!("{} in 20", (40 * count + n) / (2 * n))
    }
}

/// Whose tier is shown, where several numbers send.
pub(super) fn of_the_best(setting: &Setting) -> String {
    of_the("best", setting)
}

/// Whose tier or status is shown, where several numbers send: that of the one that stands so.
pub(super) fn of_the(one: &str, setting: &Setting) -> String {
    match setting.sending_numbers {
        0 | 1 => String::new(),
        several => format!(", of the {one} of {several} numbers"),
    }
}

/// Whom it may happen to.
fn any_number(setting: &Setting) -> String {
    match setting.sending_numbers {
        0 | 1 => "the number".to_owned(),
        several => format!("at least one of {several} numbers"),
    }
}

pub(super) fn runs(n: u64) -> String {
    if n == 1 { "1 run".to_owned() } else { format!("{} runs", grouped(n)) }
}

fn limit(limit: Option<u64>) -> String {
    limit.map_or_else(|| "no limit".to_owned(), |limit| format!("{} in 24 h", grouped(limit)))
}

pub(super) fn horizon(setting: &Setting) -> String {
    let days = setting.calendar.horizon().as_days();
    if days == days.floor() && days > 1.0 {
        format!("{days} days")
    } else {
        setting.calendar.horizon().to_string()
    }
}

/// An amount with as many digits as mean something.
pub(super) fn amount(value: f64) -> String {
    if value >= 100.0 { grouped(value.round() as u64) } else { format!("{value:.1}") }
}

/// The half-width of a mean; where no run differed there is nothing to estimate it from, and that is said instead.
fn plus_minus(mean: Mean) -> String {
    match mean.half_width {
        None => "(one run)".to_owned(),
        Some(0.0) => "in every run".to_owned(),
        Some(half) if mean.mean >= 100.0 => format!("± {}", grouped(half.ceil() as u64)),
        Some(half) => format!("± {half:.1}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::{Threads, toy};
    use crate::sim::{Possible, Trajectory};

    const PAGE: &str = "\
A toy that climbs
tiercast 0.1.0 · ruleset toy-2022 · profile members · 2,000 runs · seed 7 · 60 days from Mon 7 Mar
2022

Chance of reaching each limit within 60 days, from 1K
  10K         10,000 in 24 h  100.0 %  (99.8 to 100.0 %)  half of the runs by Wed 30 Mar 2022 (29
                                                          to 30 Mar), 9 in 10 by Mon 11 Apr 2022
  100K       100,000 in 24 h   29.4 %  (27.4 to 31.5 %)   1 in 10 of the runs by Sun 17 Apr 2022,
                                                          fewer than half within 60 days
  unlimited         no limit    0.0 %  (0.0 to 0.2 %)     not within 60 days in any run

Messages sent a day: the middle of the runs, each day on its own
  ▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▆▆▇▇▇▇▇▇▇▇▇██████████████████████████
  Mon 7 Mar 2022 to Thu 5 May 2022; most on Thu 5 May 2022: 7,408

Chance that, at least once within 60 days, ...
  the number is flagged      8.7 %  (7.5 to 10.1 %)   1 in 11
  the tier falls             0.0 %  (0.0 to 0.2 %)    in none of 2,000 runs
  the number is restricted  66.6 %  (64.5 to 68.7 %)  13 in 20
  a template is flagged      0.0 %  (0.0 to 0.2 %)    in none of 2,000 runs
  a template is disabled     0.0 %  (0.0 to 0.2 %)    in none of 2,000 runs
  the number is banned           -                    not in this ruleset

In all, by run
                    mean                1 in 10 up to  half up to  9 in 10 up to
  sent           528,745  ± 23,664            192,943     264,110      1,488,442
  delivered      502,279  ± 22,481            183,270     250,875      1,413,991
  replies         21,121  ± 947                 7,690      10,537         59,511
  stop requests    4,201  ± 190                 1,517       2,083         11,879
  blocks           3,143  ± 142                 1,126       1,555          8,899
  reports          1,032  ± 48                    362         502          2,951
  refused            0.0  in every run              0           0              0

What limited the climb, in shares of days
  66.7 %    the plan did not want more
  33.3 %    the limit was used up

Tier at the end
  1K          0.0 %  (0.0 to 0.2 %)
  10K        70.6 %  (68.5 to 72.6 %)  ██████████████
  100K       29.4 %  (27.4 to 31.5 %)  ██████
  unlimited   0.0 %  (0.0 to 0.2 %)

Intervals and ± cover simulation noise only: how far 2,000 runs pin down what this model says, 19
times in 20. They do not cover what nobody outside the platform knows, its unpublished rules and
thresholds, nor how your customers will really react. If an assumption below is wrong, so is the
answer, however narrow its interval.

Warnings
  - clause pacing is not simulated

Assumptions
  input                            value                  evidence              source
  audience.segments.members.block  log-normal, median     grade 2, another      mail complaint rates
                                   0.4 %, 9 in 10         channel               of permission lists,
                                   between 0.1 and 1.6 %                        read as blocks
  platform.rating.low_from         2 %                    grade 0, assumed      nobody publishes it
";

    #[test]
    fn shares_are_said_as_people_count() {
        let said = |count, n| odds(Share::new(count, n));
        assert_eq!(said(0, 2_000), "in none of 2,000 runs");
        assert_eq!(said(2_000, 2_000), "in every one of 2,000 runs");
        assert_eq!(said(50, 2_000), "1 in 40");
        assert_eq!(said(1_990, 2_000), "all but 1 in 200");
        assert_eq!(said(1_240, 2_000), "12 in 20");
        assert_eq!(said(200, 2_000), "2 in 20");
    }

    #[test]
    fn nothing_is_rounded_to_certainty() {
        assert_eq!(percent(0.0001), "< 0.1 %");
        assert_eq!(percent(0.9999), "> 99.9 %");
        assert_eq!((percent(0.0).as_str(), percent(1.0).as_str()), ("0.0 %", "100.0 %"));
        assert_eq!(chance(Share::new(0, 10_000)), ["0.0 %", "(0.0 to 0.1 %)"]);
    }

    #[test]
    fn a_line_of_blocks() {
        assert_eq!(sparkline(&[0.0, 1.0, 4.0, 8.0], 10), "·▁▄█");
        assert_eq!(sparkline(&[0.0, 1.0, 4.0, 8.0], 2), "▁█");
        assert_eq!(sparkline(&[0.0, 0.0], 10), "··");
    }

    /// Twenty runs of the toy with another setting.
    fn under(setting: Setting, future: impl Fn(u64) -> Trajectory + Sync) -> Ensemble {
        Ensemble::run(setting, 0..20, Threads::ONE, &future, &|_| {}, &false.into())
    }

    #[test]
    fn warnings_and_rate_limits_are_told_where_the_rules_know_them() {
        let possible = Possible { warned: true, flagged: false, ..toy::setting().possible };
        let warned = |index| toy::future_with(index, |outcome| outcome.warnings = u32::from(index < 5));
        let text = render(&under(Setting { possible, ..toy::setting() }, warned), 100);
        let line = text.lines().find(|line| line.contains("the number is warned")).unwrap();
        assert!(line.contains("25.0 %") && line.contains("5 in 20"), "{line}");
        assert!(!text.contains("rate-limited"));
    }

    #[test]
    fn whose_tier_and_mishaps_are_told_of_several_numbers() {
        let text = render(&under(Setting { sending_numbers: 2, ..toy::setting() }, toy::future), 100);
        for words in [
            "within 60 days, from 1K, of the best of 2 numbers",
            "at least one of 2 numbers is flagged",
            "a tier falls",
            "in shares of days, of the best of 2 numbers",
            "Tier at the end, of the best of 2 numbers",
        ] {
            assert!(text.contains(words), "{words}\n{text}");
        }
    }

    /// On every second day nobody is answered: such a day has no time to answer, and nobody ever gives up.
    #[test]
    fn days_without_an_answer_have_no_time_to_answer() {
        let future = |index| {
            let mut future = toy::future(index);
            for (day, values) in future.days.iter_mut().enumerate() {
                let mut chats = [0; ChatMetric::ALL.len()];
                chats[ChatMetric::Answered as usize] = (day % 2) as u64 * 10;
                chats[ChatMetric::ResponseP95 as usize] = (day % 2) as u64 * 60 * (100 + day as u64);
                values.chats = Some(Box::new(chats));
            }
            future
        };
        let text = render(&under(Setting { help_desk: true, ..toy::setting() }, future), 100);
        let line = |name: &str| text.lines().find(|line| line.contains(name)).unwrap().to_owned();
        let answered = line("19 in 20 answered within");
        assert!(answered.contains(" 130 ") && answered.contains(" 159  Thu 5 May 2022"), "{answered}");
        let words: Vec<String> = line("gave up").split_whitespace().map(str::to_owned).collect();
        assert_eq!(words[words.len() - 2..], ["0.0", "-"], "{words:?}");
    }

    #[test]
    fn no_line_is_longer_than_asked() {
        for width in [60, 70, 80, 100, 120, 200] {
            let text = render(&toy::ensemble(200), width);
            for line in text.lines() {
                assert!(line.chars().count() <= width, "{width}: {line}");
                assert_eq!(line, line.trim_end());
            }
        }
    }

    #[test]
    fn the_page_reads_so() {
        let text = render(&toy::ensemble(2_000), 100);
        assert_eq!(text, PAGE);
    }

    #[test]
    fn no_runs_and_one() {
        let none = render(&toy::ensemble(0), 100);
        assert!(none.contains("No run was finished") && none.contains("Assumptions"));
        assert!(!none.contains("Intervals"));
        let one = render(&toy::ensemble(1), 100);
        assert!(one.contains("· 1 run ·") && one.contains("(one run)"));
    }
}
