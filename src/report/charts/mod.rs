//! The pictures of a forecast: values in, a [`Drawing`] out. Nothing is written to disk, and no font of the machine is used.
//!
//! Each chart answers one question in the order a planner asks them, with its answer as title, calendar dates below, and
//! names beside what they name instead of a legend.
//!
//! ```text
//!   values + Caption + DateAxis
//!            |
//!     fan    how much, and how sure?       reach   by when would each limit be reached?
//!     shares in which tier or status?      dots    by when, in 20 equally likely futures?
//!     rating how near to a bad rating?       fans, gap  how do two plans differ?
//!     aftermath  what does one send lead to, hour by hour?   forest  what does a change do, scenario by scenario?
//!     aftermath  what does one send lead to, hour by hour?
//!     along   what changes along a factor?   heat    along two factors?
//!     tornado what does each factor change?  indices what part of the spread is each uncertain input's?
//!     scatter, rounds, strips   what does speed cost in risk, how was it found, what is the setting?
//!            |            each lays itself out (frame, labels, dates, axis, fonts, style) ...
//!            v
//!         plotters        ... and draws once on a lattice of tenths of a pixel
//!          /    \
//!        svg    png       header and text for a page | painted with tiny-skia at twice the size
//!          \    /
//!         Drawing
//! ```
//!
//! ```
//! use jiff::civil::date;
//! use tiercast::report::charts::{Caption, DateAxis, dots};
//!
//! let caption = Caption {
//!     name: "when".into(),
//!     title: "11 in 20 runs reach 10,000 by 11 November".into(),
//!     ..Caption::default()
//! };
//! let days: Vec<Option<f64>> = (0..20).map(|n| (n < 18).then_some(20.0 + f64::from(n))).collect();
//! let dates = DateAxis { first: date(2026, 10, 12), days: 60 };
//! let drawing = dots(&caption, &dates, &days, Some(date(2026, 11, 11)));
//! assert!(drawing.svg.contains("11 in 20 by 11 Nov"));
//! ```

mod aftermath;
mod along;
mod axis;
mod daily;
mod dates;
mod dots;
mod fan;
mod fans;
pub mod fonts;
mod forest;
mod frame;
mod gap;
mod heat;
mod hours;
mod indices;
mod labels;
mod marks;
mod measure;
mod numbers;
mod png;
mod rating;
mod reach;
mod rounds;
mod scatter;
mod shares;
mod strips;
mod style;
mod svg;
mod tornado;

#[cfg(test)]
mod tests;

pub use aftermath::{AftermathChart, AftermathLine, aftermath};
pub use along::{Along, AlongPoint, along};
pub use daily::Shape;
pub use dates::DateAxis;
pub use dots::dots;
pub use fan::{Fan, TierLine, fan};
pub use fans::{PlanFan, fans};
pub use forest::{Forest, ForestEffect, ForestRow, MOST_ROWS, Panel, Tone, forest};
pub use gap::{Gap, gap};
pub use heat::{Heat, heat};
pub use hours::HourAxis;
pub use indices::{IndexRow, indices};
pub use measure::{Measure, Standing};
pub use rating::{RatingChart, Threshold, rating};
pub use reach::{ReachCurve, Target, reach};
pub use rounds::{RoundLine, Rounds, rounds};
pub use scatter::{Scatter, ScatterPoint, scatter};
pub use shares::{Band, Role, shares};
pub use strips::{Strip, strips};
pub use style::{HEIGHT, PNG_SCALE, WIDTH};
pub use tornado::{Tornado, TornadoBar, tornado};

pub(super) use numbers::{about, chance};

use frame::Painted;
use frame::Sheet;
use plotters::drawing::IntoDrawingArea;
use plotters_backend::DrawingBackend;

/// A finished chart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drawing {
    /// The stem of its file name, from the caption.
    pub name: String,
    /// An SVG document of [`WIDTH`] x [`HEIGHT`] CSS pixels, without ids, with `<title>` and `<desc>`.
    pub svg: String,
    /// The same picture as a PNG, [`PNG_SCALE`] pixels for each CSS pixel.
    pub png: Vec<u8>,
    /// What it says, in one line.
    pub title: String,
    /// What it shows, in words: the text for those who do not see it.
    pub description: String,
}

/// The words of a chart.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Caption {
    /// The stem of the file name: `"volume"`.
    pub name: String,
    /// The message: "12 in 20 runs reach 10,000 by 11 November". Two lines at most.
    pub title: String,
    /// How to read it and where it comes from: ruleset, profile, replications, seed. Two lines at most.
    pub subtitle: String,
    /// The text for those who do not see the picture; if empty, the chart describes itself from its numbers.
    pub description: String,
}

/// What can be laid out once and painted by any backend.
trait Chart {
    fn paint<DB: DrawingBackend>(&self, sheet: &Sheet<DB>) -> Painted<DB>;
    /// What it shows, in a sentence made of its numbers.
    fn describe(&self) -> String;
}

/// Draws a chart twice, as SVG and as PNG.
fn render(caption: &Caption, chart: &impl Chart) -> Drawing {
    let mut caption = caption.clone();
    if caption.description.is_empty() {
        caption.description = chart.describe();
    }
    let lattice = (WIDTH * style::LATTICE, HEIGHT * style::LATTICE);
    let mut raw = String::new();
    paint(plotters::backend::SVGBackend::with_string(&mut raw, lattice), chart);
    let mut pixmap = png::sheet();
    paint(png::Skia { pixmap: &mut pixmap }, chart);
    Drawing {
        svg: svg::finish(&raw, &caption),
        png: png::encode(&pixmap).expect("a picture in memory encodes"),
        name: caption.name,
        title: caption.title,
        description: caption.description,
    }
}

fn paint<DB: DrawingBackend>(backend: DB, chart: &impl Chart) {
    let sheet = Sheet { area: backend.into_drawing_area() };
    let painted = chart.paint(&sheet).and_then(|()| sheet.area.present());
    painted.expect("drawing into memory does not fail");
}
