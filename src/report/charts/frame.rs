//! What all charts share: the sheet with its pens, and the frame of title, subtitle, unit, grid, dates and names at the right.
//!
//! ```text
//!   Title
//!   subtitle
//!   unit
//!   label +-----------------------+ name
//!         |        plot           | name
//!   label +-----------------------+
//!         date      date     date
//!         year
//! ```

use super::Caption;
use super::axis::Axis;
use super::dates::{DateAxis, Tick};
use super::fonts::{self, Weight, width};
use super::hours::HourAxis;
use super::labels::{self, Name};
use super::marks::Marks;
use super::style::*;
use plotters::chart::{ChartBuilder, ChartContext};
use plotters::coord::Shift;
use plotters::coord::cartesian::Cartesian2d;
use plotters::drawing::{DrawingArea, DrawingAreaErrorKind};
use plotters::element::{Circle, PathElement, Polygon, Rectangle, Text};
use plotters::series::{DashedLineSeries, LineSeries};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, FontDesc, FontFamily, FontStyle, RGBColor, ShapeStyle, TRANSPARENT, TextStyle};
use plotters_backend::DrawingBackend;

/// What painting comes to.
pub(super) type Painted<DB> = Result<(), DrawingAreaErrorKind<<DB as DrawingBackend>::ErrorType>>;

/// A point \[CSS px from the left, CSS px from the top\].
pub(super) type Point = (f64, f64);

/// The white sheet, in CSS pixels.
pub(super) struct Sheet<DB: DrawingBackend> {
    pub(super) area: DrawingArea<DB, Shift>,
}

/// How a text is set.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Ink {
    pub(super) size: f64,
    pub(super) weight: Weight,
    pub(super) color: RGBColor,
}

impl Ink {
    pub(super) fn new(size: f64, weight: Weight, color: RGBColor) -> Self {
        Ink { size, weight, color }
    }
}

impl<DB: DrawingBackend> Sheet<DB> {
    /// A line of text; `at` is on its baseline, at its left end, middle or right end.
    pub(super) fn text(&self, words: &str, at: Point, side: HPos, ink: Ink) -> Painted<DB> {
        let weight = if ink.weight == Weight::SemiBold { FontStyle::Bold } else { FontStyle::Normal };
        // The backends take 1.24 times the size and hang the text by its top, 0.76 em above the baseline.
        let size = ink.size * f64::from(LATTICE) * 1.24;
        let font = FontDesc::new(FontFamily::Name(fonts::FAMILY), size, weight);
        let style = TextStyle::from(font).color(&ink.color).pos(Pos::new(side, VPos::Top));
        let hung = lattice((at.0, at.1 - 0.76 * ink.size));
        self.area.draw(&Text::new(printable(words), hung, style))
    }

    pub(super) fn line(&self, points: &[Point], color: RGBColor, width: f64) -> Painted<DB> {
        let points: Vec<_> = points.iter().copied().map(lattice).collect();
        self.area.draw(&PathElement::new(points, pen(color, width)))
    }

    pub(super) fn rectangle(&self, left_top: Point, right_bottom: Point, color: RGBColor) -> Painted<DB> {
        self.area.draw(&Rectangle::new([lattice(left_top), lattice(right_bottom)], color.filled()))
    }

    pub(super) fn dot(&self, center: Point, radius: f64, color: RGBColor) -> Painted<DB> {
        self.area.draw(&Circle::new(lattice(center), steps(radius), color.filled()))
    }

    /// A dashed line.
    pub(super) fn dashes(&self, from: Point, to: Point, color: RGBColor, width: f64) -> Painted<DB> {
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        let length = (dx * dx + dy * dy).sqrt();
        let at = |along: f64| (from.0 + dx * along / length, from.1 + dy * along / length);
        let count = (length / 8.0).ceil().max(0.0) as usize;
        (0..count).try_for_each(|n| {
            let start = n as f64 * 8.0;
            self.line(&[at(start), at((start + 4.0).min(length))], color, width)
        })
    }

    /// Says that there is nothing to draw.
    pub(super) fn nothing(&self, plot: Plot) -> Painted<DB> {
        let middle = ((plot.left + plot.right) / 2.0, (plot.top + plot.bottom) / 2.0);
        // Between two grid lines, wherever they are.
        self.rectangle((middle.0 - 50.0, middle.1 - 13.0), (middle.0 + 50.0, middle.1 + 9.0), PAPER)?;
        self.text("nothing to show", middle, HPos::Center, Ink::new(LABEL, Weight::Regular, MUTED))
    }

    /// Names in a column from `left` on, each joined to its height at the edge of the plot if it had to give way.
    pub(super) fn names(&self, names: &[Name], edge: f64) -> Painted<DB> {
        names.iter().try_for_each(|name| {
            if (name.placed - name.wanted).abs() > 4.0 {
                let kink = [(edge + 1.0, name.wanted), (edge + GAP - 2.0, name.placed)];
                self.line(&kink, AXIS, HAIR)?;
            }
            let baseline = name.placed + fonts::CAP * name.size / 2.0;
            self.text(
                &name.text,
                (edge + GAP, baseline),
                HPos::Left,
                Ink::new(name.size, name.weight, name.color),
            )
        })
    }
}

/// The place of the plot on the sheet \[px\].
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Plot {
    pub(super) left: f64,
    pub(super) top: f64,
    pub(super) right: f64,
    pub(super) bottom: f64,
}

/// A label of the vertical axis.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Rung {
    pub(super) value: f64,
    pub(super) text: String,
    pub(super) color: RGBColor,
}

impl Rung {
    pub(super) fn new(value: f64, text: impl Into<String>) -> Self {
        Rung { value, text: text.into(), color: MUTED }
    }
}

/// What stands under the plot.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Below {
    Dates(DateAxis),
    Hours(HourAxis),
    /// Nothing: the chart draws its own.
    Nothing,
    Marks(Marks),
}

impl From<&DateAxis> for Below {
    fn from(dates: &DateAxis) -> Self {
        Below::Dates(*dates)
    }
}

impl From<&HourAxis> for Below {
    fn from(hours: &HourAxis) -> Self {
        Below::Hours(*hours)
    }
}

impl From<Marks> for Below {
    fn from(marks: Marks) -> Self {
        Below::Marks(marks)
    }
}

impl Below {
    /// What stands under the right end of the axis: what it counts.
    fn name(&self) -> &str {
        match self {
            Below::Marks(marks) => &marks.name,
            Below::Dates(_) | Below::Hours(_) | Below::Nothing => "",
        }
    }

    fn axis(&self) -> Axis {
        match self {
            Below::Dates(dates) => dates.axis(),
            Below::Hours(hours) => hours.axis(),
            Below::Nothing => Axis::linear(0.0, 1.0, Vec::new()),
            Below::Marks(marks) => marks.axis.clone(),
        }
    }

    fn ticks(&self, room: f64, place: impl Fn(f64) -> f64) -> Vec<Tick> {
        match self {
            Below::Dates(dates) => dates.ticks(room, place),
            Below::Hours(hours) => hours.ticks(place),
            Below::Nothing => Vec::new(),
            Below::Marks(marks) => marks.ticks(place),
        }
    }
}

/// A chart's frame, laid out and ready to be drawn.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Frame {
    title: Vec<String>,
    subtitle: Vec<String>,
    unit: String,
    below: Below,
    rungs: Vec<Rung>,
    pub(super) x: Axis,
    pub(super) y: Axis,
    pub(super) plot: Plot,
}

impl Frame {
    /// Lays out a frame with `margin` \[px\] kept free right of the plot.
    pub(super) fn new(
        caption: &Caption,
        below: impl Into<Below>,
        unit: &str,
        y: Axis,
        rungs: Vec<Rung>,
        margin: f64,
    ) -> Self {
        let rungs = rungs.into_iter().map(Rung::cut).collect();
        Frame::with_names(caption, below, unit, y, rungs, margin)
    }

    /// The same with labels of the vertical axis as wide as they are.
    pub(super) fn with_names(
        caption: &Caption,
        below: impl Into<Below>,
        unit: &str,
        y: Axis,
        rungs: Vec<Rung>,
        margin: f64,
    ) -> Self {
        let room = f64::from(WIDTH) - 2.0 * PAD;
        let below = below.into();
        let title = fonts::wrap(&caption.title, TITLE, Weight::SemiBold, room, 2);
        let subtitle = fonts::wrap(&caption.subtitle, SUBTITLE, Weight::Regular, room, 2);
        let widest = rungs.iter().map(Rung::width).fold(0.0, f64::max);
        let mut frame = Frame {
            unit: fonts::fit(unit, SMALL, Weight::Regular, room),
            plot: Plot {
                left: (PAD + widest + GAP).max(56.0),
                top: 0.0,
                right: f64::from(WIDTH) - PAD - margin,
                bottom: f64::from(HEIGHT) - PAD - 34.0,
            },
            x: below.axis(),
            below,
            title,
            subtitle,
            rungs,
            y,
        };
        frame.plot.top = frame.unit_baseline() + if frame.unit.is_empty() { 0.0 } else { 14.0 };
        frame
    }

    /// Keeps `height` \[px\] free between the head and the plot.
    pub(super) fn lower(mut self, height: f64) -> Self {
        self.plot.top += height;
        self
    }

    /// Where a day and a value lie on the sheet.
    pub(super) fn at(&self, day: f64, value: f64) -> Point {
        (self.across(day), self.up(value))
    }

    pub(super) fn across(&self, day: f64) -> f64 {
        self.x.place(day, self.plot.left, self.plot.right)
    }

    pub(super) fn up(&self, value: f64) -> f64 {
        self.y.place(value, self.plot.bottom, self.plot.top)
    }

    /// The names at the right edge, spread so that none touches another.
    pub(super) fn names(&self, names: Vec<Name>) -> Vec<Name> {
        labels::column(names, LABEL_LEADING, self.plot.top, self.plot.bottom)
    }

    /// Draws head, grid and labels, and opens the plot for series.
    pub(super) fn open<'a, DB: DrawingBackend + 'a>(
        &self,
        sheet: &Sheet<DB>,
    ) -> Result<Series<'a, DB>, DrawingAreaErrorKind<DB::ErrorType>> {
        sheet.area.fill(&PAPER)?;
        self.draw_head(sheet)?;
        self.draw_rungs(sheet)?;
        self.draw_below(sheet)?;
        let plot = self.plot;
        let mut chart = ChartBuilder::on(&sheet.area)
            .margin_left(steps(plot.left))
            .margin_top(steps(plot.top))
            .margin_right(steps(f64::from(WIDTH) - plot.right))
            .margin_bottom(steps(f64::from(HEIGHT) - plot.bottom))
            .build_cartesian_2d(self.x.clone(), self.y.clone())?;
        chart
            .configure_mesh()
            .disable_x_mesh()
            .disable_axes()
            .y_labels(self.y.ticks.len().max(1))
            .bold_line_style(pen(GRID, THIN))
            .light_line_style(TRANSPARENT)
            .draw()?;
        Ok(Series { chart })
    }

    /// Draws a line up from each tick of the axis below: for charts whose amounts lie across.
    pub(super) fn grid_across<DB: DrawingBackend>(&self, sheet: &Sheet<DB>) -> Painted<DB> {
        for tick in &self.x.ticks {
            let x = self.across(*tick);
            sheet.line(&[(x, self.plot.top), (x, self.plot.bottom)], GRID, THIN)?;
        }
        Ok(())
    }

    fn title_baseline(&self, line: usize) -> f64 {
        PAD + fonts::CAP * TITLE + line as f64 * TITLE_LEADING
    }

    fn subtitle_baseline(&self, line: usize) -> f64 {
        self.title_baseline(self.title.len().max(1) - 1) + 24.0 + line as f64 * SUBTITLE_LEADING
    }

    fn unit_baseline(&self) -> f64 {
        let head = match self.subtitle.len() {
            0 => self.title_baseline(self.title.len().max(1) - 1),
            lines => self.subtitle_baseline(lines - 1),
        };
        head + 30.0
    }

    fn draw_head<DB: DrawingBackend>(&self, sheet: &Sheet<DB>) -> Painted<DB> {
        for (n, line) in self.title.iter().enumerate() {
            sheet.text(
                line,
                (PAD, self.title_baseline(n)),
                HPos::Left,
                Ink::new(TITLE, Weight::SemiBold, INK),
            )?;
        }
        for (n, line) in self.subtitle.iter().enumerate() {
            let ink = Ink::new(SUBTITLE, Weight::Regular, MUTED);
            sheet.text(line, (PAD, self.subtitle_baseline(n)), HPos::Left, ink)?;
        }
        let unit = Ink::new(SMALL, Weight::Regular, MUTED);
        if self.unit.is_empty() {
            Ok(())
        } else {
            sheet.text(&self.unit, (PAD, self.unit_baseline()), HPos::Left, unit)
        }
    }

    fn draw_rungs<DB: DrawingBackend>(&self, sheet: &Sheet<DB>) -> Painted<DB> {
        let right = self.plot.left - GAP;
        let names = self.rungs.iter().map(|rung| {
            Name::new(rung.text.clone(), self.up(rung.value), rung.color, Weight::Regular).small()
        });
        let placed = labels::column(names.collect(), 15.0, self.plot.top, self.plot.bottom);
        placed.iter().try_for_each(|name| {
            let baseline = name.placed + fonts::CAP * SMALL / 2.0;
            sheet.text(
                &name.text,
                (right, baseline),
                HPos::Right,
                Ink::new(SMALL, Weight::Regular, name.color),
            )
        })
    }

    fn draw_below<DB: DrawingBackend>(&self, sheet: &Sheet<DB>) -> Painted<DB> {
        let Plot { left, right, bottom, .. } = self.plot;
        let ink = Ink::new(SMALL, Weight::Regular, MUTED);
        for tick in self.below.ticks(right - left, |at| self.across(at)) {
            sheet.line(&[(tick.at, bottom), (tick.at, bottom + TICK)], AXIS, THIN)?;
            // A label may begin a little left of the plot, but not left of the picture.
            let half = width(&tick.text, SMALL, Weight::Regular) / 2.0;
            let at = tick.at.clamp(PAD / 2.0 + half, f64::from(WIDTH) - PAD / 2.0 - half);
            sheet.text(&tick.text, (at, bottom + 20.0), HPos::Center, ink)?;
            if let Some(year) = &tick.under {
                sheet.text(year, (at, bottom + 35.0), HPos::Center, ink)?;
            }
        }
        if !self.below.name().is_empty() {
            sheet.text(self.below.name(), (right, bottom + 38.0), HPos::Right, ink)?;
        }
        Ok(())
    }
}

impl Rung {
    fn cut(mut self) -> Self {
        self.text = fonts::fit(&self.text, SMALL, Weight::Regular, 130.0);
        self
    }

    fn width(&self) -> f64 {
        width(&self.text, SMALL, Weight::Regular)
    }
}

/// The opened plot: what is drawn here is placed by plotters, in days and values.
pub(super) struct Series<'a, DB: DrawingBackend> {
    chart: ChartContext<'a, DB, Cartesian2d<Axis, Axis>>,
}

impl<DB: DrawingBackend> Series<'_, DB> {
    pub(super) fn curve(&mut self, points: &[Point], color: RGBColor, width: f64) -> Painted<DB> {
        self.chart.draw_series(LineSeries::new(points.iter().copied(), pen(color, width))).map(drop)
    }

    /// The area between a lower and an upper curve.
    pub(super) fn band(&mut self, lower: &[Point], upper: &[Point], color: RGBColor) -> Painted<DB> {
        self.veil(lower, upper, color, 1.0)
    }

    /// The same, letting what lies below it shine through; `opacity` from 0 to 1.
    pub(super) fn veil(
        &mut self,
        lower: &[Point],
        upper: &[Point],
        color: RGBColor,
        opacity: f64,
    ) -> Painted<DB> {
        let outline: Vec<Point> = upper.iter().chain(lower.iter().rev()).copied().collect();
        if outline.is_empty() {
            return Ok(());
        }
        self.chart.draw_series(std::iter::once(Polygon::new(outline, color.mix(opacity).filled()))).map(drop)
    }

    /// A dashed line between two points.
    pub(super) fn dashed(&mut self, from: Point, to: Point, color: RGBColor, width: f64) -> Painted<DB> {
        let (dash, gap) = (steps(5.0) as u32, steps(4.0) as u32);
        self.chart.draw_series(DashedLineSeries::new([from, to], dash, gap, pen(color, width))).map(drop)
    }
}

/// A pen of a width \[px\].
fn pen(color: RGBColor, width: f64) -> ShapeStyle {
    color.stroke_width(steps(width) as u32)
}

/// Pixels in steps of the lattice.
fn steps(pixels: f64) -> i32 {
    (pixels * f64::from(LATTICE)).round() as i32
}

fn lattice(point: Point) -> (i32, i32) {
    (steps(point.0), steps(point.1))
}

/// Text without the control characters that a drawing cannot show and XML does not allow, and with single spaces, as SVG sets it.
pub(super) fn printable(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    for letter in text.chars() {
        let letter =
            if letter.is_control() || matches!(letter, '\u{fffe}' | '\u{ffff}') { ' ' } else { letter };
        if letter != ' ' || !kept.ends_with(' ') {
            kept.push(letter);
        }
    }
    kept
}
