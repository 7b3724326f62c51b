//! REF-1 as every Rust peer needs it: its numbers, its law as one line of JSON, its command line.
//!
//! ```text
//!   Ref1      the numbers of REF-1 and of REF-1/100 (limits a hundredth, Unknown below 10 deliveries)
//!   Future    what one replication says
//!   Law       what replications say together: shares, days, totals
//!   main      --scenario, --replications, --seed; runs, prints the line
//! ```
//!
//! `../ref-1/README.md` states the scenario in words. Each peer takes this file in by its path.
#![allow(dead_code, reason = "each peer uses its own part")]

use std::fs;
use std::time::Instant;

pub const DAYS: usize = 60;
pub const HORIZON: u32 = 24 * DAYS as u32;
pub const SEND_HOUR: u32 = 10;
pub const WINDOW: u32 = 168;
pub const FLAGGED: u32 = 168;
pub const REVIEW: u32 = 48;
pub const DELIVERED: f64 = 0.95;
pub const REPORT: f64 = 0.001;
pub const REPLY: f64 = 0.10;
pub const MOST_BLOCKS: f64 = 0.899;
/// Of the block rate: the two parameters of a beta law.
pub const PRIOR: (f64, f64) = (3.0, 197.0);
pub const SIGMA: f64 = 0.5;
pub const DELAYS: [u32; 8] = [0, 1, 2, 4, 8, 16, 24, 48];
pub const SHARES: [f64; 8] = [0.40, 0.20, 0.10, 0.08, 0.08, 0.06, 0.05, 0.03];

/// REF-1, or REF-1/100 for programs that follow every customer.
#[derive(Clone, Copy, Debug)]
pub struct Ref1 {
    pub name: &'static str,
    /// The limits of the tiers; the last has none.
    pub limits: [u64; 4],
    /// What is sent a day.
    pub sends: [u64; 4],
    /// Fewer deliveries than these have no rating.
    pub least: u64,
}

impl Ref1 {
    const WHOLE: Ref1 = Ref1 {
        name: "ref-1",
        limits: [1_000, 10_000, 100_000, u64::MAX / 2],
        sends: [1_000, 10_000, 100_000, 200_000],
        least: 100,
    };
    const HUNDREDTH: Ref1 = Ref1 {
        name: "ref-1-100",
        limits: [10, 100, 1_000, u64::MAX / 2],
        sends: [10, 100, 1_000, 2_000],
        least: 10,
    };

    pub fn named(name: &str) -> Option<Ref1> {
        [Ref1::WHOLE, Ref1::HUNDREDTH].into_iter().find(|known| known.name == name)
    }
}

/// What one replication says.
#[derive(Clone, Debug)]
pub struct Future {
    /// The hour in which each tier is first held.
    pub reached: [Option<u32>; 4],
    pub flags: u64,
    pub downgraded: bool,
    pub sent: u64,
    pub delivered: u64,
    pub replied: u64,
    /// Arrived within the horizon, as are reports.
    pub blocked: u64,
    pub reported: u64,
    /// At the end of each day.
    pub tiers: [u8; DAYS],
}

/// Replications added up: whole numbers and their squares.
#[derive(Clone, Debug)]
pub struct Law {
    n: u64,
    /// Reached, sum and sum of squares of hours.
    hours: [[u128; 3]; 4],
    flagged: u64,
    downgraded: u64,
    sums: [[u128; 2]; 6],
    tiers: [[u64; 4]; DAYS],
    /// Seconds on the clock of each lap, and when the one under way began.
    laps: Vec<f64>,
    lap_began: Instant,
}

const SUMS: [&str; 6] = ["flags", "sent", "delivered", "replied", "blocked", "reported"];

impl Law {
    pub fn new() -> Law {
        Law {
            n: 0,
            hours: [[0; 3]; 4],
            flagged: 0,
            downgraded: 0,
            sums: [[0; 2]; 6],
            tiers: [[0; 4]; DAYS],
            laps: Vec::new(),
            lap_began: Instant::now(),
        }
    }

    /// A lap is over: a part of the work that is the same whenever the same is asked for, some 15 ms long. Who runs it
    /// again can tell what it takes from what others on the machine add.
    pub fn lap(&mut self) {
        let now = Instant::now();
        self.laps.push((now - self.lap_began).as_secs_f64());
        self.lap_began = now;
    }

    pub fn add(&mut self, future: &Future) {
        self.n += 1;
        for (row, hour) in self.hours.iter_mut().zip(future.reached) {
            if let Some(hour) = hour.map(u128::from) {
                *row = [row[0] + 1, row[1] + hour, row[2] + hour * hour];
            }
        }
        self.flagged += u64::from(future.flags > 0);
        self.downgraded += u64::from(future.downgraded);
        let Future { flags, sent, delivered, replied, blocked, reported, .. } = *future;
        let values = [flags, sent, delivered, replied, blocked, reported].map(u128::from);
        for (row, value) in self.sums.iter_mut().zip(values) {
            *row = [row[0] + value, row[1] + value * value];
        }
        for (counts, tier) in self.tiers.iter_mut().zip(future.tiers) {
            counts[usize::from(tier)] += 1;
        }
    }

    /// Every message that was sent is one outcome: a customer who was not reached, reacted or did nothing.
    fn outcomes(&self) -> u128 {
        self.sums[1][0]
    }

    fn json(&self) -> String {
        let n = self.n.max(1) as f64;
        let reached = self.hours.map(|[count, sum, squares]| {
            let (mean, sd) = mean_sd(count, sum, squares, 24.0);
            let share = count as f64 / n;
            format!(r#"{{"share": {share}, "count": {count}, "mean_day": {mean}, "sd_day": {sd}}}"#)
        });
        let sums = SUMS.iter().zip(self.sums).map(|(name, [sum, squares])| {
            let (mean, sd) = mean_sd(u128::from(self.n), sum, squares, 1.0);
            format!(r#""{name}": {{"mean": {mean}, "sd": {sd}}}"#)
        });
        let tiers = self.tiers.map(|counts| format!("{:?}", counts.map(|count| count as f64 / n)));
        format!(
            r#"{{"reached": [{}], "flagged": {}, "downgraded": {}, {}, "tier_by_day": [{}]}}"#,
            reached.join(", "),
            self.flagged as f64 / n,
            self.downgraded as f64 / n,
            sums.collect::<Vec<String>>().join(", "),
            tiers.join(", "),
        )
    }
}

fn mean_sd(n: u128, sum: u128, squares: u128, unit: f64) -> (String, String) {
    if n == 0 {
        return ("null".to_owned(), "null".to_owned());
    }
    let mean = sum as f64 / n as f64;
    let variance = if n > 1 { (squares as f64 - sum as f64 * mean) / (n - 1) as f64 } else { 0.0 };
    ((mean / unit).to_string(), (variance.max(0.0).sqrt() / unit).to_string())
}

/// What the command line asks for.
#[derive(Clone, Copy, Debug)]
pub struct Asked {
    pub reference: Ref1,
    pub replications: u64,
    pub seed: u64,
}

impl Asked {
    /// Reads the command line; what is not named keeps its value.
    fn read(mut self) -> Result<Asked, String> {
        let mut words = std::env::args().skip(1);
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or(format!("{word} needs a value"));
            let number = |value: String| value.parse::<u64>().map_err(|_| format!("{value} is no number"));
            match word.as_str() {
                "--scenario" => {
                    let name = value()?;
                    self.reference = Ref1::named(&name).ok_or(format!("{name}: ref-1 or ref-1-100"))?;
                }
                "--replications" => self.replications = number(value()?)?,
                "--seed" => self.seed = number(value()?)?,
                // What the harness of `cargo bench` adds.
                "--bench" => {}
                _ => return Err(format!("{word}: --scenario, --replications or --seed")),
            }
        }
        Ok(self)
    }
}

/// Runs a peer as its command line says, and prints its line. `prepare` reads and checks what there is to read; what
/// it gives back adds all replications to the law.
pub fn main<W>(peer: &str, asked: Asked, prepare: impl FnOnce(Asked) -> W)
where
    W: FnOnce(&mut Law),
{
    let asked = asked.read().unwrap_or_else(|error| {
        eprintln!("{peer}: {error}");
        std::process::exit(2)
    });
    let work = prepare(asked);
    let startup = since_start();
    let (wall, cpu) = (Instant::now(), cpu_seconds());
    let mut law = Law::new();
    work(&mut law);
    law.lap();
    let (wall, after) = (wall.elapsed().as_secs_f64(), cpu_seconds());
    let cpu = cpu.zip(after).map(|(before, after)| after - before);
    println!(
        r#"{{"peer": "{peer}", "scenario": "{}", "replications": {}, "seed": {}, "work_seconds": {wall}, "cpu_seconds": {}, "startup_seconds": {}, "peak_memory_bytes": {}, "customer_outcomes": {}, "laps": {:?}, "law": {}}}"#,
        asked.reference.name,
        law.n,
        asked.seed,
        or_null(cpu),
        or_null(startup),
        or_null(peak_memory()),
        law.outcomes(),
        law.laps,
        law.json(),
    );
}

fn or_null(value: Option<impl ToString>) -> String {
    value.map_or("null".to_owned(), |value| value.to_string())
}

/// Seconds that this thread has had a core; `None` where the system does not tell.
fn cpu_seconds() -> Option<f64> {
    let text = fs::read_to_string("/proc/self/schedstat").ok()?;
    Some(text.split_whitespace().next()?.parse::<f64>().ok()? / 1e9)
}

/// Seconds since the process began, to 10 ms.
fn since_start() -> Option<f64> {
    let up = fs::read_to_string("/proc/uptime").ok()?;
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    let ticks: f64 = stat.rsplit(')').next()?.split_whitespace().nth(19)?.parse().ok()?;
    Some(up.split_whitespace().next()?.parse::<f64>().ok()? - ticks / 100.0)
}

fn peak_memory() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM"))?;
    Some(line.split_whitespace().nth(1)?.parse::<u64>().ok()? * 1024)
}
