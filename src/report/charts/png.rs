//! A drawing backend for plotters that paints with tiny-skia: smooth edges, and letters from the bundled faces at exact places.
//!
//! It speaks the same lattice as the SVG, so both pictures are laid out alike to a tenth of a pixel.

use super::fonts::{self, Weight};
use super::style::{HEIGHT, LATTICE, PNG_SCALE, WIDTH};
use ab_glyph::OutlineCurve;
use plotters_backend::text_anchor::{HPos, VPos};
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind, FontStyle,
};
use png::{BitDepth, ColorType, DeflateCompression, Encoder, EncodingError, Filter};
use std::convert::Infallible;
use tiny_skia::{Color, FillRule, LineCap, LineJoin, Paint, Path, PathBuilder, Pixmap, Stroke, Transform};

type Drawn = Result<(), DrawingErrorKind<Infallible>>;

/// Pixels of the PNG for each step of the lattice.
const SCALE: f32 = PNG_SCALE as f32 / LATTICE as f32;

/// A white sheet that becomes a PNG.
pub(super) fn sheet() -> Pixmap {
    let mut pixmap =
        Pixmap::new(WIDTH * PNG_SCALE, HEIGHT * PNG_SCALE).expect("the size of a picture is not zero");
    pixmap.fill(Color::WHITE);
    pixmap
}

/// The sheet as a PNG. Of plain colours next to one another, without a filter, deflate makes smaller files sooner than
/// of differences; nothing on white paper lets anything shine through, so there is no fourth channel.
pub(super) fn encode(sheet: &Pixmap) -> Result<Vec<u8>, EncodingError> {
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, sheet.width(), sheet.height());
    encoder.set_color(ColorType::Rgb);
    encoder.set_depth(BitDepth::Eight);
    encoder.set_filter(Filter::NoFilter);
    encoder.set_deflate_compression(DeflateCompression::Level(LEVEL));
    let colours: Vec<u8> = sheet.pixels().iter().flat_map(|at| [at.red(), at.green(), at.blue()]).collect();
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&colours)?;
    writer.finish()?;
    Ok(file)
}

/// How hard deflate tries, of 9: beyond it files become little smaller in much more time.
const LEVEL: u8 = 3;

/// The backend: plotters draws, tiny-skia paints.
pub(super) struct Skia<'a> {
    pub(super) pixmap: &'a mut Pixmap,
}

impl DrawingBackend for Skia<'_> {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        (WIDTH * LATTICE, HEIGHT * LATTICE)
    }

    fn ensure_prepared(&mut self) -> Drawn {
        Ok(())
    }

    fn present(&mut self) -> Drawn {
        Ok(())
    }

    fn draw_pixel(&mut self, point: BackendCoord, color: BackendColor) -> Drawn {
        self.draw_rect(point, (point.0 + 1, point.1 + 1), &color, true)
    }

    fn draw_line<S: BackendStyle>(&mut self, from: BackendCoord, to: BackendCoord, style: &S) -> Drawn {
        self.draw_path([from, to], style)
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        a: BackendCoord,
        b: BackendCoord,
        style: &S,
        fill: bool,
    ) -> Drawn {
        let path = path([a, (b.0, a.1), b, (a.0, b.1)], true);
        if fill { self.fill(path, style.color()) } else { self.stroke(path, style) }
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        points: I,
        style: &S,
    ) -> Drawn {
        self.stroke(path(points, false), style)
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        center: BackendCoord,
        radius: u32,
        style: &S,
        fill: bool,
    ) -> Drawn {
        let path = PathBuilder::from_circle(center.0 as f32, center.1 as f32, radius as f32);
        if fill { self.fill(path, style.color()) } else { self.stroke(path, style) }
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        corners: I,
        style: &S,
    ) -> Drawn {
        self.fill(path(corners, true), style.color())
    }

    fn draw_text<S: BackendTextStyle>(&mut self, text: &str, style: &S, at: BackendCoord) -> Drawn {
        let Line { left, baseline, size, weight, .. } = Line::of(text, style, at);
        let mut letters = PathBuilder::new();
        for (pen, outline) in fonts::outlines(text, size, weight) {
            let scale = size / fonts::units_per_em(weight);
            trace(&mut letters, &outline.curves, |x, y| {
                ((left + pen + f64::from(x) * scale) as f32, (baseline - f64::from(y) * scale) as f32)
            });
        }
        self.fill(letters.finish(), style.color())
    }

    fn estimate_text_size<S: BackendTextStyle>(
        &self,
        text: &str,
        style: &S,
    ) -> Result<(u32, u32), DrawingErrorKind<Infallible>> {
        let line = Line::of(text, style, (0, 0));
        Ok((line.width.ceil() as u32, line.size.ceil() as u32))
    }
}

impl Skia<'_> {
    fn fill(&mut self, path: Option<Path>, color: BackendColor) -> Drawn {
        if let Some(path) = path {
            self.pixmap.fill_path(
                &path,
                &paint(color),
                FillRule::Winding,
                Transform::from_scale(SCALE, SCALE),
                None,
            );
        }
        Ok(())
    }

    fn stroke<S: BackendStyle>(&mut self, path: Option<Path>, style: &S) -> Drawn {
        let stroke = Stroke {
            width: style.stroke_width() as f32,
            line_join: LineJoin::Round,
            line_cap: LineCap::Butt,
            ..Stroke::default()
        };
        if let Some(path) = path {
            let scale = Transform::from_scale(SCALE, SCALE);
            self.pixmap.stroke_path(&path, &paint(style.color()), &stroke, scale, None);
        }
        Ok(())
    }
}

/// A line of text as plotters hands it over, in steps of the lattice.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Line {
    pub(super) left: f64,
    pub(super) baseline: f64,
    pub(super) width: f64,
    pub(super) size: f64,
    pub(super) weight: Weight,
}

impl Line {
    /// The SVG backend sets text in 1/1.24 of the size it is given and shifts it by these parts of an em: so does this one.
    pub(super) fn of<S: BackendTextStyle>(text: &str, style: &S, at: BackendCoord) -> Self {
        let size = style.size() / 1.24;
        let weight =
            if matches!(style.style(), FontStyle::Bold) { Weight::SemiBold } else { Weight::Regular };
        let width = fonts::width(text, size, weight);
        let left = match style.anchor().h_pos {
            HPos::Left => 0.0,
            HPos::Center => width / 2.0,
            HPos::Right => width,
        };
        let down = match style.anchor().v_pos {
            VPos::Top => 0.76,
            VPos::Center => 0.273,
            VPos::Bottom => -0.273,
        };
        Line { left: f64::from(at.0) - left, baseline: f64::from(at.1) + down * size, width, size, weight }
    }
}

fn paint(color: BackendColor) -> Paint<'static> {
    let mut paint = Paint { anti_alias: true, ..Paint::default() };
    let (r, g, b) = color.rgb;
    paint.set_color_rgba8(r, g, b, (color.alpha * 255.0).round() as u8);
    paint
}

fn path(points: impl IntoIterator<Item = BackendCoord>, closed: bool) -> Option<Path> {
    let mut path = PathBuilder::new();
    for (x, y) in points {
        if path.is_empty() { path.move_to(x as f32, y as f32) } else { path.line_to(x as f32, y as f32) }
    }
    if closed {
        path.close();
    }
    path.finish()
}

/// Adds a letter's curves to a path; `to` takes font units to the lattice.
fn trace(path: &mut PathBuilder, curves: &[OutlineCurve], to: impl Fn(f32, f32) -> (f32, f32)) {
    let mut pen = None;
    for curve in curves {
        let (start, end) = match curve {
            OutlineCurve::Line(a, b) | OutlineCurve::Quad(a, _, b) | OutlineCurve::Cubic(a, _, _, b) => {
                (*a, *b)
            }
        };
        if pen != Some(start) {
            let (x, y) = to(start.x, start.y);
            path.move_to(x, y);
        }
        let (x, y) = to(end.x, end.y);
        match curve {
            OutlineCurve::Line(..) => path.line_to(x, y),
            OutlineCurve::Quad(_, c, _) => {
                let (cx, cy) = to(c.x, c.y);
                path.quad_to(cx, cy, x, y);
            }
            OutlineCurve::Cubic(_, c, d, _) => {
                let ((cx, cy), (dx, dy)) = (to(c.x, c.y), to(d.x, d.y));
                path.cubic_to(cx, cy, dx, dy, x, y);
            }
        }
        pen = Some(end);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Also where colours are mixed with what lies below, and at smooth edges.
    #[test]
    fn a_file_holds_every_pixel() {
        let mut sheet = sheet();
        let mut brush = Skia { pixmap: &mut sheet };
        for (place, alpha) in [(1_000, 1.0), (1_500, 0.3), (2_200, 0.7)] {
            let color = BackendColor { alpha, rgb: (20, 90, (place / 10) as u8) };
            brush.draw_circle((place, place), 900, &color, true).unwrap();
        }
        let read = Pixmap::decode_png(&encode(&sheet).unwrap()).unwrap();
        assert_eq!((read.width(), read.height()), (sheet.width(), sheet.height()));
        assert!(read.data() == sheet.data());
    }
}
