//! In which tier or status: the share of the runs in each, stacked, day by day.

use super::axis::Axis;
use super::daily;
use super::fonts::{self, Weight, width};
use super::frame::{Frame, Ink, Painted, Point, Rung, Sheet};
use super::labels::{self, Name};
use super::numbers::{chance, tame};
use super::style::{self, GAP, INK, LABEL, MUTED, PAPER, SEPARATOR, SMALL, THIN, WIDE_SPACE};
use super::{Caption, Chart, DateAxis, Drawing};
use plotters::style::RGBColor;
use plotters::style::text_anchor::HPos;
use plotters_backend::DrawingBackend;

/// One part of the whole.
#[derive(Debug, Clone, PartialEq)]
pub struct Band {
    /// "10,000", "Flagged".
    pub name: String,
    /// What it stands for, which decides its colour.
    pub role: Role,
    /// The share of the runs in it, by day \[0 to 1\].
    pub share: Vec<f64>,
}

/// What a band stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// A tier: the higher on its ladder, the darker.
    Tier {
        /// Its place on the ladder, 0 = lowest.
        rank: usize,
        /// How many tiers the ladder has.
        of: usize,
    },
    /// Not yet in service.
    Pending,
    /// In good order: muted, for it is the ground on which trouble shows.
    Connected,
    /// Told to mend.
    Warned,
    /// Flagged: a drop is near.
    Flagged,
    /// Held to fewer messages.
    RateLimited,
    /// At its limit: nothing may be sent for now.
    Restricted,
    /// Out of service.
    Offline,
    /// Shut for good.
    Banned,
}

impl Role {
    fn color(self) -> RGBColor {
        match self {
            Role::Tier { rank, of } => style::ramp(rank, of),
            Role::Pending => RGBColor(0xee, 0xf0, 0xf4),
            Role::Connected => RGBColor(0xd3, 0xdb, 0xe6),
            Role::Warned => RGBColor(0xf7, 0xe2, 0x9c),
            Role::Flagged => RGBColor(0xf0, 0xb0, 0x42),
            Role::RateLimited => RGBColor(0xe2, 0x8a, 0x3b),
            Role::Restricted => RGBColor(0xc4, 0x57, 0x1b),
            Role::Offline => RGBColor(0x8b, 0x94, 0xa4),
            Role::Banned => RGBColor(0x4a, 0x16, 0x20),
        }
    }
}

/// A share that is named \[0 to 1\]: below it a band is too thin to be seen.
const VISIBLE: f64 = 0.004;

/// Draws the share of the runs in each tier or status by day, stacked from the first band upwards.
pub fn shares(caption: &Caption, dates: &DateAxis, bands: &[Band]) -> Drawing {
    let stack = Stack::new(bands, dates.days.max(1));
    let axis = Axis::shares();
    let rungs: Vec<Rung> = axis.ticks.iter().map(|tick| Rung::new(*tick, chance(*tick))).collect();
    let frame =
        |margin: f64| Frame::new(caption, dates, "share of runs", axis.clone(), rungs.clone(), margin);
    // The names beside the plot depend on what fits into it, and its width on them: lay out twice.
    let first = frame(180.0);
    let margin = labels::cut(&mut end_names(&stack, &first, &stack.insides(&first)), 200.0) + GAP;
    let mut frame = frame(margin);
    if stack.gone().any(|i| stack.inside(i, &frame).is_none()) {
        frame = frame.lower(20.0);
    }
    let inside = stack.insides(&frame);
    let names = end_names(&stack, &frame, &inside);
    let calls = callouts(&stack, &frame, &inside);
    super::render(caption, &SharesChart { stack, frame, inside, names, calls, dates: *dates })
}

/// The chart, laid out.
struct SharesChart {
    stack: Stack,
    frame: Frame,
    /// Where the name of each band stands in it, if it fits: the middle.
    inside: Vec<Option<Point>>,
    names: Vec<Name>,
    calls: Vec<Callout>,
    dates: DateAxis,
}

impl Chart for SharesChart {
    fn paint<DB: DrawingBackend>(&self, sheet: &Sheet<DB>) -> Painted<DB> {
        let mut series = self.frame.open(sheet)?;
        for (i, band) in self.stack.bands.iter().enumerate() {
            series.band(&self.stack.edge(i), &self.stack.edge(i + 1), band.color)?;
        }
        for i in 1..self.stack.bands.len() {
            series.curve(&self.stack.edge(i), PAPER, SEPARATOR)?;
        }
        for (band, place) in self.stack.bands.iter().zip(&self.inside) {
            if let Some((x, y)) = place {
                let ink = Ink::new(LABEL, Weight::SemiBold, style::text_on(band.color));
                sheet.text(&band.name, (*x, y + fonts::CAP * LABEL / 2.0), HPos::Center, ink)?;
            }
        }
        if self.stack.bands.iter().all(|band| band.peak().1 <= 0.0) {
            sheet.nothing(self.frame.plot)?;
        }
        self.calls.iter().try_for_each(|call| call.paint(sheet))?;
        sheet.names(&self.names, self.frame.plot.right)
    }

    fn describe(&self) -> String {
        let parts = |day: usize| {
            let named = self.stack.bands.iter().filter(|band| band.on(day) > 0.0);
            named.map(|band| format!("{} {}", band.name, chance(band.on(day)))).collect::<Vec<_>>().join(", ")
        };
        let last = self.dates.last();
        format!(
            "Stacked area chart of the share of runs by date. On {}: {}. On {}: {}.",
            self.dates.full(0),
            parts(0),
            self.dates.full(last),
            parts(last),
        )
    }
}

/// The bands with their colours, and the heights between them.
struct Stack {
    bands: Vec<Layer>,
    /// For each edge, from the bottom, its height by day \[0 to 1\]; one more than bands.
    edges: Vec<Vec<f64>>,
}

struct Layer {
    name: String,
    color: RGBColor,
    share: Vec<f64>,
}

impl Layer {
    fn on(&self, day: usize) -> f64 {
        self.share.get(day).copied().unwrap_or(0.0)
    }

    fn at_end(&self) -> f64 {
        self.share.last().copied().unwrap_or(0.0)
    }

    /// The day of its greatest share, and that share.
    fn peak(&self) -> (usize, f64) {
        let greater = |best: (usize, f64), (day, share): (usize, &f64)| {
            if *share > best.1 { (day, *share) } else { best }
        };
        self.share.iter().enumerate().fold((0, 0.0), greater)
    }
}

impl Stack {
    fn new(bands: &[Band], days: usize) -> Self {
        let longest = bands.iter().map(|band| band.share.len()).max().unwrap_or(0).min(days);
        let share = |band: &Band, day: usize| band.share.get(day).copied().map_or(0.0, |s| tame(s).min(1.0));
        let mut edges = vec![vec![0.0; longest]];
        let mut layers = Vec::new();
        for band in bands {
            let own: Vec<f64> = (0..longest).map(|day| share(band, day)).collect();
            let below = &edges[edges.len() - 1];
            edges.push(below.iter().zip(&own).map(|(below, own)| (below + own).min(1.0)).collect());
            layers.push(Layer { name: band.name.clone(), color: band.role.color(), share: own });
        }
        Stack { bands: layers, edges }
    }

    /// An edge as points.
    fn edge(&self, i: usize) -> Vec<Point> {
        let height = &self.edges[i];
        let mut points: Vec<Point> =
            daily::days(height.len()).into_iter().map(|day| (day as f64, height[day])).collect();
        if let [(_, only)] = points[..] {
            points.push((1.0, only));
        }
        points
    }

    /// The bands that can be seen at some time but not at the end.
    fn gone(&self) -> impl Iterator<Item = usize> {
        (0..self.bands.len())
            .filter(|i| self.bands[*i].at_end() < VISIBLE && self.bands[*i].peak().1 >= VISIBLE)
    }

    /// The middle and the height of a band at the last day \[px\].
    fn end(&self, i: usize, frame: &Frame) -> (f64, f64) {
        let [low, high] = [i, i + 1].map(|edge| frame.up(self.edges[edge].last().copied().unwrap_or(0.0)));
        ((low + high) / 2.0, low - high)
    }

    fn insides(&self, frame: &Frame) -> Vec<Option<Point>> {
        (0..self.bands.len()).map(|i| self.inside(i, frame)).collect()
    }

    /// The middle of the roomiest place in a band for its name, if there is one.
    fn inside(&self, i: usize, frame: &Frame) -> Option<Point> {
        let name = &self.bands[i].name;
        let half = width(name, LABEL, Weight::SemiBold) / 2.0 + 8.0;
        let to_sheet =
            |edge: Vec<Point>| edge.into_iter().map(|p| frame.at(p.0, p.1)).collect::<Vec<Point>>();
        let (low, high) = (to_sheet(self.edge(i)), to_sheet(self.edge(i + 1)));
        let plot = frame.plot;
        let (from, to) = (plot.left + half, plot.right - half);
        let mut best: Option<(f64, Point)> = None;
        for n in 0..=PLACES {
            let middle = from + (to - from) * n as f64 / PLACES as f64;
            let top = within(&high, middle - half, middle + half).fold(f64::NEG_INFINITY, f64::max);
            let bottom = within(&low, middle - half, middle + half).fold(f64::INFINITY, f64::min);
            // Room enough is room enough; then rather near the middle of the plot.
            let off = (middle - (plot.left + plot.right) / 2.0).abs() / (plot.right - plot.left);
            let merit = (bottom - top).min(120.0) - 60.0 * off;
            if from < to && bottom - top >= 20.0 && best.is_none_or(|(most, _)| merit > most) {
                best = Some((merit, (middle, (top + bottom) / 2.0)));
            }
        }
        best.map(|(_, place)| place)
    }
}

/// How many places in a band are tried for its name.
const PLACES: usize = 120;

/// The heights of an edge between two places, and at them.
fn within(edge: &[Point], left: f64, right: f64) -> impl Iterator<Item = f64> {
    let from = edge.partition_point(|point| point.0 < left).saturating_sub(1);
    let to = (edge.partition_point(|point| point.0 <= right) + 1).min(edge.len());
    edge[from..to].iter().map(|point| point.1)
}

/// What stands beside the last day: the share, and the name unless the band itself bears it and lies right beside.
fn end_names(stack: &Stack, frame: &Frame, inside: &[Option<Point>]) -> Vec<Name> {
    let mut names = Vec::new();
    for (i, band) in stack.bands.iter().enumerate().filter(|(_, band)| band.at_end() >= VISIBLE) {
        let text = fonts::fit(&band.name, SMALL, Weight::Regular, 150.0);
        let text = format!("{text}{WIDE_SPACE}{}", chance(band.at_end()));
        let mut name = Name::new(text, stack.end(i, frame).0, INK, Weight::Regular).small();
        name.importance = band.at_end();
        names.push(name);
    }
    let mut names = frame.names(names);
    for name in &mut names {
        let beside = |i: &usize| {
            let (middle, height) = stack.end(*i, frame);
            middle == name.wanted
                && (name.placed - middle).abs() <= 4.0
                && height >= 22.0
                && inside[*i].is_some()
        };
        if let Some(i) = (0..inside.len()).find(beside) {
            name.text = chance(stack.bands[i].at_end());
        }
    }
    names
}

/// Names above the plot with lines down to bands that are gone before the end and too thin to bear their names.
struct Callout {
    text: String,
    left: f64,
    baseline: f64,
    at: Vec<Point>,
}

impl Callout {
    fn width(&self) -> f64 {
        width(&self.text, SMALL, Weight::Regular)
    }

    fn paint<DB: DrawingBackend>(&self, sheet: &Sheet<DB>) -> Painted<DB> {
        for (x, y) in &self.at {
            let start = (x.clamp(self.left, self.left + self.width()), self.baseline + 4.0);
            sheet.line(&[start, (*x, *y)], MUTED, THIN)?;
            sheet.dot((*x, *y), 2.0, MUTED)?;
        }
        sheet.text(
            &self.text,
            (self.left, self.baseline),
            HPos::Left,
            Ink::new(SMALL, Weight::Regular, MUTED),
        )
    }
}

fn callouts(stack: &Stack, frame: &Frame, inside: &[Option<Point>]) -> Vec<Callout> {
    let baseline = frame.plot.top - 8.0;
    let mut calls: Vec<Callout> = Vec::new();
    for i in stack.gone().filter(|i| inside[*i].is_none()) {
        let (day, peak) = stack.bands[i].peak();
        let middle = (stack.edges[i][day] + stack.edges[i + 1][day]) / 2.0;
        let (x, y) = frame.at(day as f64, middle);
        let at = (x.clamp(frame.plot.left + 5.0, frame.plot.right - 5.0), y);
        let name = fonts::fit(&stack.bands[i].name, SMALL, Weight::Regular, 150.0);
        calls.push(Callout {
            text: format!("{name} up to {}", chance(peak)),
            left: at.0,
            baseline,
            at: vec![at],
        });
    }
    calls.sort_by(|a, b| a.left.total_cmp(&b.left));
    let mut apart: Vec<Callout> = Vec::new();
    for call in calls {
        match apart.last_mut().filter(|before| before.left + before.width() + 14.0 > call.left) {
            Some(before) => {
                before.text = format!("{}; {}", before.text, call.text);
                before.at.extend(call.at);
            }
            None => apart.push(call),
        }
    }
    apart.into_iter().map(|call| call.keep_in(frame)).fold(Vec::new(), |mut kept: Vec<Callout>, call| {
        // Words that had to move left over their neighbours' are left out.
        if kept.last().is_none_or(|before| before.left + before.width() + 14.0 <= call.left) {
            kept.push(call);
        }
        kept
    })
}

impl Callout {
    /// Cuts the words to the width of the plot and moves them left until they end in it.
    fn keep_in(mut self, frame: &Frame) -> Self {
        self.text = fonts::fit(&self.text, SMALL, Weight::Regular, frame.plot.right - frame.plot.left);
        self.left = self.left.min(frame.plot.right - self.width()).max(frame.plot.left);
        self
    }
}
