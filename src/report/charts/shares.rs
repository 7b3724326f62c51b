//! In which tier or status: the share of the runs in each, stacked, day by day.

use super::axis::Axis;
use super::daily::{self, tame};
use super::fonts::{self, Weight, width};
use super::frame::{Frame, Ink, Painted, Point, Rung, Sheet};
use super::labels::{self, Name};
use super::numbers::chance;
use super::style::{self, GAP, INK, LABEL, MUTED, PAPER, SEPARATOR, SMALL, THIN};
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
    /// The share of the runs in it, by day [0 to 1].
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

/// A share that is named [0 to 1]: below it a band is too thin to be seen.
const VISIBLE: f64 = 0.004;

/// Draws the share of the runs in each tier or status by day, stacked from the first band upwards.
pub fn shares(caption: &Caption, dates: &DateAxis, bands: &[Band]) -> Drawing {
    let stack = Stack::new(bands, dates.days.max(1));
    let axis = Axis::shares();
    let rungs: Vec<Rung> = axis.ticks.iter().map(|tick| Rung::new(*tick, chance(*tick))).collect();
    let widest = bands.iter().map(|band| width(&band.name, LABEL, Weight::SemiBold)).fold(0.0, f64::max);
    let margin = widest.min(150.0) + width("  >99%", SMALL, Weight::Regular) + GAP;
    let frame = Frame::new(caption, dates, "share of runs", axis, rungs, margin);
    let frame = if stack.gone().next().is_some() { frame.lower(14.0) } else { frame };
    let inside: Vec<Option<Point>> = (0..stack.bands.len()).map(|i| stack.inside(i, &frame)).collect();
    let names = frame.names(end_names(&stack, &frame, &inside));
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
            self.dates.label(0),
            parts(0),
            self.dates.label(last),
            parts(last),
        )
    }
}

/// The bands with their colours, and the heights between them.
struct Stack {
    bands: Vec<Layer>,
    /// For each edge, from the bottom, its height by day [0 to 1]; one more than bands.
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

    /// The middle of the roomiest place in a band for its name, if there is one.
    fn inside(&self, i: usize, frame: &Frame) -> Option<Point> {
        let name = &self.bands[i].name;
        let half = width(name, LABEL, Weight::SemiBold) / 2.0 + 8.0;
        let to_sheet =
            |edge: Vec<Point>| edge.into_iter().map(|p| frame.at(p.0, p.1)).collect::<Vec<Point>>();
        let (low, high) = (to_sheet(self.edge(i)), to_sheet(self.edge(i + 1)));
        let mut best: Option<(f64, Point)> = None;
        for middle in low.iter().map(|point| point.0) {
            let (left, right) = (middle - half, middle + half);
            if left < frame.plot.left || right > frame.plot.right {
                continue;
            }
            let top = within(&high, left, right).fold(f64::NEG_INFINITY, f64::max);
            let bottom = within(&low, left, right).fold(f64::INFINITY, f64::min);
            if bottom - top >= 20.0 && best.is_none_or(|(room, _)| bottom - top > room + 1.0) {
                best = Some((bottom - top, (middle, (top + bottom) / 2.0)));
            }
        }
        best.map(|(_, place)| place)
    }
}

/// The heights of an edge between two places, and at them.
fn within(edge: &[Point], left: f64, right: f64) -> impl Iterator<Item = f64> {
    let from = edge.partition_point(|point| point.0 < left).saturating_sub(1);
    let to = (edge.partition_point(|point| point.0 <= right) + 1).min(edge.len());
    edge[from..to].iter().map(|point| point.1)
}

/// What stands beside the last day: the share, and the name where the band itself does not bear it or is too thin there.
fn end_names(stack: &Stack, frame: &Frame, inside: &[Option<Point>]) -> Vec<Name> {
    let height = frame.plot.bottom - frame.plot.top;
    let mut names = Vec::new();
    for (i, band) in stack.bands.iter().enumerate().filter(|(_, band)| band.at_end() >= VISIBLE) {
        let (Some(low), Some(high)) = (stack.edges[i].last(), stack.edges[i + 1].last()) else { continue };
        let share = chance(band.at_end());
        let text = match inside[i] {
            Some(_) if (high - low) * height >= 22.0 => share,
            _ => format!("{}  {share}", fonts::fit(&band.name, SMALL, Weight::Regular, 150.0)),
        };
        let mut name = Name::new(text, frame.up((low + high) / 2.0), INK, Weight::Regular).small();
        name.importance = band.at_end();
        names.push(name);
    }
    names
}

/// A name above the plot with a line down to a band that is gone before the end and too thin to bear its name.
struct Callout {
    text: String,
    left: f64,
    baseline: f64,
    at: Point,
}

impl Callout {
    fn paint<DB: DrawingBackend>(&self, sheet: &Sheet<DB>) -> Painted<DB> {
        let start = (
            self.at.0.clamp(self.left, self.left + width(&self.text, SMALL, Weight::Regular)),
            self.baseline + 4.0,
        );
        sheet.line(&[start, self.at], MUTED, THIN)?;
        sheet.dot(self.at, 2.0, MUTED)?;
        sheet.text(
            &self.text,
            (self.left, self.baseline),
            HPos::Left,
            Ink::new(SMALL, Weight::Regular, MUTED),
        )
    }
}

fn callouts(stack: &Stack, frame: &Frame, inside: &[Option<Point>]) -> Vec<Callout> {
    let mut calls: Vec<(f64, Callout)> = Vec::new();
    for i in stack.gone().filter(|i| inside[*i].is_none()) {
        let (day, peak) = stack.bands[i].peak();
        let middle = (stack.edges[i][day] + stack.edges[i + 1][day]) / 2.0;
        let text = format!(
            "{}  up to {}",
            fonts::fit(&stack.bands[i].name, SMALL, Weight::Regular, 150.0),
            chance(peak)
        );
        let at = frame.at(day as f64, middle);
        calls.push((peak, Callout { left: at.0, text, at, baseline: frame.plot.top - 8.0 }));
    }
    let widest = calls.iter().map(|(_, call)| width(&call.text, SMALL, Weight::Regular)).fold(0.0, f64::max);
    let room = frame.plot.right - widest - frame.plot.left;
    let most = (room.max(0.0) / (widest + 14.0)) as usize + 1;
    calls.sort_by(|a, b| b.0.total_cmp(&a.0));
    calls.truncate(most);
    calls.sort_by(|a, b| a.1.at.0.total_cmp(&b.1.at.0));
    let wanted: Vec<f64> = calls.iter().map(|(_, call)| call.left).collect();
    let places = labels::dodge(&wanted, widest + 14.0, frame.plot.left, frame.plot.right - widest);
    calls.into_iter().zip(places).map(|((_, call), left)| Callout { left, ..call }).collect()
}
