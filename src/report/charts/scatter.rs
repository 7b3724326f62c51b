//! One amount against another: each dot a setting, those that none beats joined by a line.

use super::fonts::{Weight, width};
use super::frame::{Frame, Ink, Painted, Point, Rung, Sheet};
use super::measure::{Measure, Standing};
use super::style::{AXIS, BLUE, FADED, HAIR, LABEL, MUTED, PAPER, RED_TEXT, SMALL, THIN};
use super::{Caption, Chart, Drawing};
use plotters::style::text_anchor::HPos;
use plotters_backend::DrawingBackend;

/// Settings between two amounts.
#[derive(Debug, Clone, PartialEq)]
pub struct Scatter {
    /// What goes to the right, and in what it counts.
    pub across: (String, Measure),
    /// What goes up, and in what it counts.
    pub up: (String, Measure),
    /// The settings.
    pub points: Vec<ScatterPoint>,
    /// A limit of the amount to the right, with its name.
    pub limit: Option<(f64, String)>,
}

/// One setting.
#[derive(Debug, Clone, PartialEq)]
pub struct ScatterPoint {
    /// Where it lies: to the right, and up.
    pub at: (f64, f64),
    /// The interval to the right: from, to.
    pub across: (f64, f64),
    /// The interval upwards: from, to.
    pub up: (f64, f64),
    /// How it stands.
    pub standing: Standing,
    /// Whether it lies on the line of those that none beats.
    pub on_front: bool,
    /// Its name; empty for none.
    pub name: String,
}

/// Draws settings between two amounts.
pub fn scatter(caption: &Caption, chart: &Scatter) -> Drawing {
    let mut points = chart.points.clone();
    points.sort_by_key(|point| point.standing);
    // Whiskers of what was only tried would make the picture small; they may leave it.
    let told = |point: &&ScatterPoint| point.standing > Standing::Tried || point.on_front;
    let limit = chart.limit.iter().map(|(limit, _)| *limit);
    let across = points.iter().map(|point| point.at.0);
    let across = across.chain(points.iter().filter(told).map(|point| point.across.1)).chain(limit);
    let up = points.iter().map(|point| point.at.1);
    let up = up.chain(points.iter().filter(told).flat_map(|point| [point.up.0, point.up.1]));
    let (name, measure) = &chart.across;
    let below = measure.marks(measure.axis(across)).called(name);
    let axis = chart.up.1.axis(up);
    let rungs = axis.ticks.iter().map(|tick| Rung::new(*tick, chart.up.1.written(*tick))).collect();
    let frame = Frame::new(caption, below, &chart.up.0, axis, rungs, 20.0);
    super::render(caption, &ScatterChart { chart: Scatter { points, ..chart.clone() }, frame })
}

/// The chart, laid out.
struct ScatterChart {
    chart: Scatter,
    frame: Frame,
}

impl Chart for ScatterChart {
    fn paint<DB: DrawingBackend>(&self, sheet: &Sheet<DB>) -> Painted<DB> {
        self.frame.open(sheet).map(drop)?;
        let plot = self.frame.plot;
        sheet.line(&[(plot.left, plot.bottom), (plot.right, plot.bottom)], AXIS, THIN)?;
        if self.chart.points.is_empty() {
            return sheet.nothing(plot);
        }
        self.paint_limit(sheet)?;
        self.paint_front(sheet)?;
        for point in &self.chart.points {
            self.paint_whiskers(sheet, point)?;
        }
        for point in &self.chart.points {
            let radius = if point.standing >= Standing::Own { 6.0 } else { 3.4 };
            let color = match point.standing {
                Standing::Tried if point.on_front => Standing::Front.dot(),
                standing => standing.dot(),
            };
            sheet.dot(self.frame.at(point.at.0, point.at.1), radius, color)?;
        }
        self.paint_names(sheet)
    }

    fn describe(&self) -> String {
        let Scatter { across, up, points, .. } = &self.chart;
        let front = points.iter().filter(|point| point.on_front).count();
        let named = points.iter().filter(|point| !point.name.is_empty()).map(|point| {
            format!("{} at {} and {}", point.name, across.1.written(point.at.0), up.1.written(point.at.1))
        });
        format!(
            "Scatter plot of {} settings: {} to the right, {} upwards. {front} of them are beaten by no other in both. {}.",
            points.len(),
            across.0,
            up.0,
            named.collect::<Vec<_>>().join("; "),
        )
    }
}

impl ScatterChart {
    /// The limit as a dashed line with its name.
    fn paint_limit<DB: DrawingBackend>(&self, sheet: &Sheet<DB>) -> Painted<DB> {
        let Some((limit, name)) = &self.chart.limit else { return Ok(()) };
        let (x, plot) = (self.frame.across(*limit), self.frame.plot);
        sheet.dashes((x, plot.bottom), (x, plot.top), RED_TEXT, THIN)?;
        let room = width(name, SMALL, Weight::Regular) + 8.0;
        let (at, side) = if x + room < plot.right { (x + 5.0, HPos::Left) } else { (x - 5.0, HPos::Right) };
        sheet.text(name, (at, plot.top + 4.0), side, Ink::new(SMALL, Weight::Regular, RED_TEXT))
    }

    fn paint_front<DB: DrawingBackend>(&self, sheet: &Sheet<DB>) -> Painted<DB> {
        let on_front = self.chart.points.iter().filter(|point| point.on_front);
        let mut line: Vec<Point> = on_front.map(|point| self.frame.at(point.at.0, point.at.1)).collect();
        line.sort_by(|a, b| a.0.total_cmp(&b.0).then(b.1.total_cmp(&a.1)));
        if line.len() > 1 { sheet.line(&line, BLUE.narrow, 1.5) } else { Ok(()) }
    }

    fn paint_whiskers<DB: DrawingBackend>(&self, sheet: &Sheet<DB>, point: &ScatterPoint) -> Painted<DB> {
        if point.standing == Standing::Tried && !point.on_front {
            return Ok(());
        }
        let color = if point.standing >= Standing::Own { point.standing.dot() } else { FADED };
        let (x, y) = self.frame.at(point.at.0, point.at.1);
        let [left, right] = [point.across.0, point.across.1].map(|value| self.frame.across(value));
        let [low, high] = [point.up.0, point.up.1].map(|value| self.frame.up(value));
        sheet.line(&[(left, y), (right, y)], color, THIN)?;
        sheet.line(&[(x, low), (x, high)], color, THIN)
    }

    /// Names beside their dots, each on white; the lower of two that would touch gives way.
    fn paint_names<DB: DrawingBackend>(&self, sheet: &Sheet<DB>) -> Painted<DB> {
        let mut taken: Vec<Point> = Vec::new();
        let named = self.chart.points.iter().rev().filter(|point| !point.name.is_empty());
        for point in named {
            let (x, y) = self.frame.at(point.at.0, point.at.1);
            let room = width(&point.name, LABEL, Weight::SemiBold);
            let right = x + 12.0 + room <= self.frame.plot.right + 16.0;
            let left = if right { x + 11.0 } else { x - 11.0 - room };
            let mut baseline = y - 9.0;
            while taken
                .iter()
                .any(|(at, down)| (at - left).abs() < room + 20.0 && (down - baseline).abs() < 17.0)
            {
                baseline += 18.0;
            }
            taken.push((left, baseline));
            sheet.rectangle((left - 2.0, baseline - 11.0), (left + room + 2.0, baseline + 4.0), PAPER)?;
            let ink = Ink::new(LABEL, Weight::SemiBold, point.standing.text());
            sheet.text(&point.name, (left, baseline), HPos::Left, ink)?;
            if (baseline - (y - 9.0)).abs() > 1.0 {
                sheet.line(&[(x, y), (left, baseline - 4.0)], MUTED, HAIR)?;
            }
        }
        Ok(())
    }
}
