//! From what plotters wrote to a page's SVG: the size in CSS pixels, words for those who do not see it, and text that keeps its width.
//!
//! plotters writes whole numbers, so charts are drawn on a lattice of tenths of a pixel; the header says so in its `viewBox`. Each text is
//! given the length it was laid out with (`textLength`): a reader without the face sees a relative at the same width, and no label grows into its neighbour.

use super::Caption;
use super::fonts::{self, Weight};
use super::style::{HEIGHT, LATTICE, WIDTH};
use std::fmt::Write as _;

/// The finished document.
pub(super) fn finish(raw: &str, caption: &Caption) -> String {
    let mut svg = head(caption);
    let mut lines = raw.lines().skip(1);
    while let Some(line) = lines.next() {
        match line.strip_prefix("<text ") {
            Some(attributes) => text(&mut svg, attributes, lines.next().unwrap_or_default()),
            None if line == "</text>" => {}
            None => {
                svg.push_str(&line.replace(" opacity=\"1\"", "").replace(" \"/>", "\"/>"));
                svg.push('\n');
            }
        }
    }
    svg
}

fn head(caption: &Caption) -> String {
    let (wide, high) = (WIDTH * LATTICE, HEIGHT * LATTICE);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{HEIGHT}\" viewBox=\"0 0 {wide} {high}\" \
         role=\"img\" stroke-linejoin=\"round\" font-family=\"{}\">\n<title>{}</title>\n<desc>{}</desc>\n",
        fonts::FAMILY,
        escape(&caption.title),
        escape(&caption.description),
    )
}

/// One text element on one line: what plotters spread over three, with the weight of the bundled face and its measured length.
fn text(svg: &mut String, attributes: &str, words: &str) {
    let size: f64 = value(attributes, "font-size").and_then(|size| size.parse().ok()).unwrap_or(0.0);
    let weight = if attributes.contains("font-weight=\"bold\"") { Weight::SemiBold } else { Weight::Regular };
    let length = fonts::width(&unescape(words), size, weight);
    let number = |name: &str| value(attributes, name).and_then(|v| v.parse::<f64>().ok()).unwrap_or(0.0);
    let baseline = number("y") + 0.76 * size;
    let anchor = value(attributes, "text-anchor").unwrap_or("start");
    let fill = value(attributes, "fill").unwrap_or("#000000");
    let bold = if weight == Weight::SemiBold { " font-weight=\"600\"" } else { "" };
    // Writing into a string does not fail.
    let _ = writeln!(
        svg,
        "<text x=\"{}\" y=\"{baseline:.0}\" font-size=\"{size:.0}\"{bold} text-anchor=\"{anchor}\" textLength=\"{length:.0}\" fill=\"{fill}\">{words}</text>",
        number("x"),
    );
}

fn value<'a>(attributes: &'a str, name: &str) -> Option<&'a str> {
    let (_, after) = attributes.split_once(&format!("{name}=\""))?;
    after.split_once('"').map(|(value, _)| value)
}

fn escape(text: &str) -> String {
    super::frame::printable(text)
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

fn unescape(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&apos;", "'")
        .replace("&amp;", "&")
}
