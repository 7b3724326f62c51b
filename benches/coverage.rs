//! Do intervals of 95 % hold the truth 95 times in 100? A thousand experiments on a scenario whose answer is known.
//!
//! `cargo bench --bench coverage` prints a line an estimate and fails where one is out of its range. `-- 200` runs so
//! many experiments instead.
//!
//! The business is verified after a log-normal time, median 5 days, and nobody reacts to anything, so the first limit
//! is held at that instant: its chances, quantiles and restricted mean stand in every textbook. The second plan is
//! verified a fifth later, by the same luck.

use std::ops::Range;
use std::process::ExitCode;
use std::sync::atomic::AtomicBool;

use tiercast::experiment::{
    By, Comparison, Difference, Ensemble, Headline, Interval, JoinError, Matters, Precision, Results,
    Threads, Watched,
};
use tiercast::random::maths::{exp, ln};
use tiercast::random::quantile::{log_normal_cdf, log_normal_quantile, normal_cdf};
use tiercast::sim::{Course, Scenario, Setting};
use tiercast::time::{DAY, SimTime};

/// Replications of each experiment. Counts are whole, so that Wilson's coverage wobbles with n; at this one it is 95.0 % at
/// both shares below, by the sums of the binomial law.
const N: u64 = 250;
/// Experiments unless said otherwise.
const EXPERIMENTS: u64 = 1_000;
const HORIZON: f64 = 20.0;
const MEDIANS: [f64; 2] = [5.0, 6.0];
const SIGMA: f64 = 0.6;

/// Least coverage of all intervals, most of those that are not conservative by design.
const LEAST: f64 = 0.935;
const MOST: f64 = 0.968;

fn scenario(median: f64) -> Scenario {
    let text = format!(
        r#"Scenario(
            title: "verified some day", start: "2022-03-07", zone: "UTC", horizon: "20d", seed: 1,
            platform: (
                ruleset: "classic-2022",
                numbers: {{ "main": (tier: "50") }},
                templates: {{ "offer": (category: Marketing) }},
                verification: AfterDays(LogNormalMedian(median: {median}, sigma: {SIGMA})),
            ),
            audience: (segments: {{ "few": (customers: 30, profile: "tests/common/still.ron", rest: "24h") }}),
            sender: (
                number: "main", segment: "few", templates: ["offer"],
                plan: Constant(a_day: 1), hours: (from: "09:00", to: "10:00"), weekdays: every_day,
            ),
        )"#
    );
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    Scenario::read("verified", &text, root).unwrap_or_else(|found| panic!("{found}"))
}

/// The mean of a log-normal time cut at the horizon \[days\].
fn restricted_mean(median: f64) -> f64 {
    let reach = ln(HORIZON / median) / SIGMA;
    let whole = median * exp(SIGMA * SIGMA / 2.0);
    whole * normal_cdf(reach - SIGMA) + HORIZON * (1.0 - normal_cdf(reach))
}

/// How often an interval held the truth.
struct Line {
    name: &'static str,
    conservative: bool,
    held: u64,
    /// The mean of lower and upper ends.
    ends: [f64; 2],
    truth: f64,
}

#[derive(Default)]
struct Table(Vec<Line>);

impl Table {
    fn add(&mut self, name: &'static str, conservative: bool, Interval { low, high }: Interval, truth: f64) {
        let place = self.0.iter().position(|line| line.name == name).unwrap_or(self.0.len());
        if place == self.0.len() {
            self.0.push(Line { name, conservative, held: 0, ends: [0.0; 2], truth });
        }
        let line = &mut self.0[place];
        line.held += u64::from(low <= truth && truth <= high);
        line.ends = [line.ends[0] + low, line.ends[1] + high];
    }

    /// Prints it; whether every line is within its range.
    #[expect(clippy::print_stdout, reason = "a benchmark shows what it measured")]
    fn print(&self, experiments: u64) -> bool {
        let n = experiments as f64;
        println!(
            "{:34} {:>8} {:>9} {:>9} {:>9}   of {experiments} experiments of {N} runs",
            "interval", "held", "truth", "low", "high"
        );
        let mut well = true;
        for line in &self.0 {
            let share = line.held as f64 / n;
            let fits = share >= LEAST && (line.conservative || share <= MOST);
            well &= fits;
            let verdict = if fits { "" } else { "   OUT OF RANGE" };
            let [low, high] = line.ends.map(|end| end / n);
            println!(
                "{:34} {:>6.1} % {:>9.4} {low:>9.4} {high:>9.4}{verdict}",
                line.name,
                100.0 * share,
                line.truth
            );
        }
        println!(
            "range: at least {:.1} %; those that are not conservative by design at most {:.1} %",
            100.0 * LEAST,
            100.0 * MOST
        );
        well
    }
}

/// One experiment.
fn experiment(scenarios: &[Scenario; 2], number: u64, table: &mut Table) {
    let comparison = compared(scenarios, number * N..(number + 1) * N);
    one_plan(&comparison, table);
    paired(&comparison, table);
}

/// The replications of these indices of both plans.
fn compared(scenarios: &[Scenario; 2], indices: Range<u64>) -> Comparison {
    let plans =
        ["five", "six"].iter().zip(scenarios).map(|(name, plan)| ((*name).to_owned(), plan.setting.clone()));
    Comparison::run(
        plans.collect(),
        indices,
        Threads::All,
        &|arm: usize, index: u64| Watched {
            future: scenarios[arm].replicate(index),
            course: Course::default(),
        },
        &|_| (),
        &AtomicBool::new(false),
    )
}

fn one_plan(comparison: &Comparison, table: &mut Table) {
    let ensemble = &comparison.arms()[0].ensemble;
    for (days, wilson, exact) in [
        (5, "share 0.50, Wilson", "share 0.50, Clopper-Pearson"),
        (12, "share 0.93, Wilson", "share 0.93, Clopper-Pearson"),
    ] {
        let by = SimTime(days * DAY);
        let share = ensemble.share(|row| row.outcome.reached[1].is_some_and(|at| at < by));
        let truth = log_normal_cdf(days as f64, MEDIANS[0], SIGMA);
        table.add(wilson, false, share.interval(), truth);
        table.add(exact, true, share.exact_interval(), truth);
    }
    let passage = ensemble.first_passage(1);
    let times = passage.times.expect("there are replications");
    let ends = [
        ("10 % quantile, by ranks", times.p10_interval, 0.1),
        ("median, by ranks", times.p50_interval, 0.5),
        ("90 % quantile, by ranks", times.p90_interval, 0.9),
    ];
    for (name, ends, u) in ends {
        let day = |end: Option<Option<SimTime>>, open: f64| end.flatten().map_or(open, SimTime::days);
        let interval = Interval { low: day(ends.low, 0.0), high: day(ends.high, HORIZON) };
        table.add(name, true, interval, log_normal_quantile(u, MEDIANS[0], SIGMA));
    }
    let mean = passage.restricted_mean.expect("there are replications");
    let half = mean.half_width.expect("there are many");
    let interval = Interval { low: mean.mean - half, high: mean.mean + half };
    table.add("restricted mean, Student", false, interval, restricted_mean(MEDIANS[0]));
    // The whole curve at once: how far it is from the truth where it is furthest, against the band.
    let truth = |day: usize| log_normal_cdf((day + 1) as f64, MEDIANS[0], SIGMA);
    let whole = (0..passage.by_day.len()).all(|day| {
        let band = passage.band(day);
        band.low <= truth(day) && truth(day) <= band.high
    });
    let held = if whole { 1.0 } else { 2.0 };
    table.add("whole curve, DKW band", true, Interval { low: held, high: held }, 1.0);
}

/// Experiments that go on until a share is known to five points, and until a paired difference is known to an hour, with
/// the first of the looks that are good enough: each experiment has runs of its own.
fn stopped(scenarios: &[Scenario; 2], number: u64, table: &mut Table) {
    let from = STOPPED_FROM + number * MOST_STOPPED;
    let [scenario, _] = scenarios;
    let never = AtomicBool::new(false);
    let run =
        |indices| Ensemble::run(scenario.setting.clone(), indices, Threads::All, scenario, &|_| (), &never);
    let precision = precision("5%", "reached_1,000_within_5d", &scenario.setting);
    let ensemble = until_known(from, &precision, run, Ensemble::join);
    let by = SimTime(5 * DAY);
    let share = ensemble.share(|row| row.outcome.reached[1].is_some_and(|at| at < by));
    let truth = log_normal_cdf(5.0, MEDIANS[0], SIGMA);
    table.add("share 0.50 to 5 points, Wilson", false, share.interval(), truth);

    let run = |indices| compared(scenarios, indices);
    let precision = self::precision("1h", "days_to_1,000", &scenario.setting);
    let comparison = until_known(from, &precision, run, Comparison::join);
    let pair = &comparison.pairs()[0];
    let found = comparison.difference(pair, &precision.headlines()[0], &Matters::default());
    let interval = found.and_then(|found| found.interval).expect("there are many");
    let truth = restricted_mean(MEDIANS[0]) - restricted_mean(MEDIANS[1]);
    table.add("paired difference to an hour", false, interval, truth);
}

/// Experiments that stop by themselves have their runs from here on, so many each.
const STOPPED_FROM: u64 = 1 << 40;
const MOST_STOPPED: u64 = 2_000;

fn precision(half_width: &str, name: &str, setting: &Setting) -> Precision {
    let headline = Headline::named(name, &[setting]).expect("a limit");
    let half_width = half_width.parse().expect("a width");
    Precision::new(half_width, Some(headline), Vec::new()).expect("a width of this result")
}

/// Results from replication `from` on, up to the first look at which they are known well enough.
fn until_known<T: Results>(
    from: u64,
    precision: &Precision,
    run: impl Fn(Range<u64>) -> T,
    join: impl Fn(T, T) -> Result<T, JoinError>,
) -> T {
    let mut results = run(from..from);
    for look in Precision::looks(MOST_STOPPED) {
        let done = from + results.n();
        results = join(results, run(done..from + look)).expect("they follow on one another");
        if precision.is_reached(&results) {
            break;
        }
    }
    results
}

fn paired(comparison: &Comparison, table: &mut Table) {
    let by = By::After(tiercast::time::Span::days(5));
    let pair = &comparison.pairs()[0];
    let headlines = comparison.headlines(&[by]);
    let find = |name: &str| -> Difference {
        let headline = headlines.iter().find(|headline: &&Headline| headline.name() == name);
        let headline = headline.unwrap_or_else(|| panic!("no {name}"));
        comparison.difference(pair, headline, &Matters::default()).expect("there are replications")
    };
    let interval = |found: &Difference| found.interval.expect("there are many");
    let days = find("days_to_1,000");
    table.add(
        "paired difference of means",
        false,
        interval(&days),
        restricted_mean(MEDIANS[0]) - restricted_mean(MEDIANS[1]),
    );
    let chance = find("reached_1,000_within_5d");
    let truth = MEDIANS.map(|median| log_normal_cdf(5.0, median, SIGMA));
    table.add("paired difference of shares", false, interval(&chance), truth[0] - truth[1]);
}

fn main() -> ExitCode {
    let asked = std::env::args().skip(1).find_map(|argument| argument.parse().ok());
    let experiments: u64 = asked.unwrap_or(EXPERIMENTS);
    let scenarios = MEDIANS.map(scenario);
    let mut table = Table::default();
    for number in 0..experiments {
        experiment(&scenarios, number, &mut table);
        stopped(&scenarios, number, &mut table);
    }
    if table.print(experiments) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
