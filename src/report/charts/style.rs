//! The house style: every size and colour of every chart stands here and nowhere else.
//!
//! Sizes are CSS pixels of a picture of [`WIDTH`] x [`HEIGHT`]; colours are chosen for white paper. Lines take the Okabe-Ito
//! colours that reach 3:1 on white, text takes a darker variant of the same hue that reaches 4.5:1.

use plotters::style::RGBColor;

/// Width of a picture \[CSS px\].
pub const WIDTH: u32 = 860;
/// Height of a picture \[CSS px\].
pub const HEIGHT: u32 = 460;
/// Pixels of a PNG for each CSS pixel.
pub const PNG_SCALE: u32 = 2;

/// plotters places things on whole numbers: a lattice this many times finer than a CSS pixel keeps lines from wobbling.
pub(super) const LATTICE: u32 = 10;

/// The space around everything \[px\].
pub(super) const PAD: f64 = 24.0;
/// The space between an axis and its labels, and between a curve's end and its name \[px\].
pub(super) const GAP: f64 = 9.0;
/// A tick on the date axis \[px\].
pub(super) const TICK: f64 = 5.0;

/// Between a name and its number: SVG would run two ordinary spaces into one.
pub(super) const WIDE_SPACE: &str = "\u{a0}\u{a0}";

pub(super) const TITLE: f64 = 20.0;
pub(super) const TITLE_LEADING: f64 = 26.0;
pub(super) const SUBTITLE: f64 = 14.0;
pub(super) const SUBTITLE_LEADING: f64 = 20.0;
/// Names of curves and areas \[px\].
pub(super) const LABEL: f64 = 13.0;
/// Ticks, units, notes \[px\].
pub(super) const SMALL: f64 = 12.0;
/// The least distance between the baselines of two labels in a column \[px\].
pub(super) const LABEL_LEADING: f64 = 17.0;

pub(super) const LINE: f64 = 2.5;
pub(super) const THIN: f64 = 1.0;
pub(super) const HAIR: f64 = 0.8;
/// The baseline of a footnote, from the bottom edge \[px\].
pub(super) const FOOTNOTE: f64 = 16.0;
/// A bar that shows a range, and the dot of its mean (radius) \[px\].
pub(super) const BAR: f64 = 2.0;
pub(super) const DOT: f64 = 3.2;
/// The white line between stacked areas \[px\].
pub(super) const SEPARATOR: f64 = 1.5;

pub(super) const PAPER: RGBColor = RGBColor(0xff, 0xff, 0xff);
pub(super) const INK: RGBColor = RGBColor(0x1f, 0x24, 0x30);
pub(super) const MUTED: RGBColor = RGBColor(0x5f, 0x67, 0x75);
pub(super) const GRID: RGBColor = RGBColor(0xe4, 0xe7, 0xec);
/// The zero line and the ticks, a little stronger than the grid.
pub(super) const AXIS: RGBColor = RGBColor(0xb4, 0xba, 0xc5);
pub(super) const FADED: RGBColor = RGBColor(0xc9, 0xce, 0xd8);

/// One hue in its uses: wide band, narrow band, single run, line, text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Hue {
    pub(super) wide: RGBColor,
    pub(super) narrow: RGBColor,
    pub(super) thread: RGBColor,
    pub(super) line: RGBColor,
    pub(super) text: RGBColor,
}

pub(super) const BLUE: Hue = Hue {
    wide: RGBColor(0xd9, 0xe8, 0xf5),
    narrow: RGBColor(0xa9, 0xcd, 0xe8),
    thread: RGBColor(0x86, 0xb2, 0xd6),
    line: RGBColor(0x00, 0x72, 0xb2),
    text: RGBColor(0x00, 0x62, 0x9b),
};

/// Colours of curves that must be told apart, in the order of use.
pub(super) const CURVES: [Hue; 5] = [
    hue([0xcd, 0xec, 0xe2], [0x00, 0x9e, 0x73], [0x00, 0x78, 0x5a]),
    hue([0xcf, 0xe2, 0xf1], [0x00, 0x72, 0xb2], [0x00, 0x62, 0x9b]),
    hue([0xf8, 0xdd, 0xc9], [0xd5, 0x5e, 0x00], [0xb3, 0x47, 0x00]),
    hue([0xeb, 0xd8, 0xe8], [0x9c, 0x4a, 0x8b], [0x86, 0x3b, 0x77]),
    hue([0xdd, 0xe0, 0xe6], [0x5f, 0x67, 0x75], [0x4a, 0x52, 0x60]),
];

/// What belongs to neither of two plans: their difference.
pub(super) const NEUTRAL: Hue = Hue {
    wide: RGBColor(0xe6, 0xe8, 0xed),
    narrow: RGBColor(0xc4, 0xc9, 0xd4),
    thread: RGBColor(0xa6, 0xad, 0xbb),
    line: RGBColor(0x4a, 0x52, 0x60),
    text: RGBColor(0x3d, 0x44, 0x52),
};
/// Where the bands of two plans lie over one another.
pub(super) const SHARED_TINT: RGBColor = RGBColor(0xb5, 0xd6, 0xdd);

/// Colours of what a message leads to: delivered, read, replied, stopped, archived, muted, reported, blocked.
/// Told apart without red, green or blue: those that lie near one another differ in lightness as well.
pub(super) const REACTIONS: [Hue; 8] = [
    hue([0xdf, 0xe1, 0xe6], [0x8b, 0x90, 0x9c], [0x5f, 0x67, 0x75]),
    hue([0xcc, 0xdf, 0xef], [0x00, 0x64, 0xa8], [0x00, 0x50, 0x8a]),
    hue([0xcd, 0xec, 0xe2], [0x00, 0x9e, 0x73], [0x00, 0x78, 0x5a]),
    hue([0xea, 0xd5, 0xe7], [0x8e, 0x3a, 0x80], [0x80, 0x32, 0x73]),
    hue([0xd2, 0xd3, 0xd6], [0x1f, 0x24, 0x30], [0x1f, 0x24, 0x30]),
    hue([0xd8, 0xe8, 0xf4], [0x4a, 0x94, 0xc8], [0x2a, 0x6f, 0x9f]),
    hue([0xe8, 0xdc, 0xc8], [0x7a, 0x4a, 0x00], [0x6a, 0x40, 0x00]),
    hue([0xf8, 0xdd, 0xc9], [0xd5, 0x5e, 0x00], [0xb3, 0x47, 0x00]),
];

/// The opacity of bands that overlap \[0 to 1\].
pub(super) const VEIL: f64 = 0.07;

/// Where Medium may begin, where Low may begin, and where both may.
pub(super) const AMBER_TINT: RGBColor = RGBColor(0xfd, 0xf1, 0xd3);
pub(super) const RED_TINT: RGBColor = RGBColor(0xf9, 0xdd, 0xd8);
pub(super) const BOTH_TINT: RGBColor = RGBColor(0xfb, 0xe5, 0xcb);
/// The same two as bars beside the plot.
pub(super) const AMBER: RGBColor = RGBColor(0xf0, 0xbf, 0x55);
pub(super) const RED: RGBColor = RGBColor(0xe3, 0x8a, 0x7a);
pub(super) const AMBER_TEXT: RGBColor = RGBColor(0x8a, 0x5a, 0x00);
pub(super) const RED_TEXT: RGBColor = RGBColor(0xa3, 0x2a, 0x1c);

/// Light to dark in one hue: the ladder of limits.
const RAMP: [RGBColor; 6] = [
    RGBColor(0xdf, 0xea, 0xf5),
    RGBColor(0xbc, 0xd6, 0xec),
    RGBColor(0x8d, 0xbb, 0xdf),
    RGBColor(0x55, 0x98, 0xcb),
    RGBColor(0x2d, 0x76, 0xb2),
    RGBColor(0x18, 0x54, 0x8f),
];

/// The colour of rung `rank` (0 = lowest) on a ladder of `of` rungs.
pub(super) fn ramp(rank: usize, of: usize) -> RGBColor {
    let steps = of.max(2) - 1;
    let place = rank.min(steps) as f64 / steps as f64 * (RAMP.len() - 1) as f64;
    let below = (place as usize).min(RAMP.len() - 2);
    mix(RAMP[below], RAMP[below + 1], place - below as f64)
}

/// Ink or paper, whichever reads better on `ground`. Semi-bold paper on a middle blue reads better than its ratio says, hence not 4.5.
pub(super) fn text_on(ground: RGBColor) -> RGBColor {
    if contrast(ground, PAPER) >= 4.0 { PAPER } else { INK }
}

/// The contrast ratio of two colours, 1 to 21, as WCAG 2 defines it.
pub(super) fn contrast(a: RGBColor, b: RGBColor) -> f64 {
    let (high, low) = (luminance(a).max(luminance(b)), luminance(a).min(luminance(b)));
    (high + 0.05) / (low + 0.05)
}

fn luminance(color: RGBColor) -> f64 {
    let part = |value: u8| {
        let share = f64::from(value) / 255.0;
        if share <= 0.04045 { share / 12.92 } else { libm::pow((share + 0.055) / 1.055, 2.4) }
    };
    0.2126 * part(color.0) + 0.7152 * part(color.1) + 0.0722 * part(color.2)
}

fn mix(a: RGBColor, b: RGBColor, share: f64) -> RGBColor {
    let part = |x: u8, y: u8| (f64::from(x) + (f64::from(y) - f64::from(x)) * share).round() as u8;
    RGBColor(part(a.0, b.0), part(a.1, b.1), part(a.2, b.2))
}

const fn hue(tint: [u8; 3], line: [u8; 3], text: [u8; 3]) -> Hue {
    let (tint, line, text) = (rgb(tint), rgb(line), rgb(text));
    Hue { wide: tint, narrow: tint, thread: tint, line, text }
}

const fn rgb([r, g, b]: [u8; 3]) -> RGBColor {
    RGBColor(r, g, b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_legible_and_lines_are_visible_on_white() {
        for text in [INK, MUTED, BLUE.text, NEUTRAL.text, AMBER_TEXT, RED_TEXT]
            .into_iter()
            .chain(CURVES.map(|hue| hue.text))
            .chain(REACTIONS.map(|hue| hue.text))
        {
            assert!(contrast(text, PAPER) >= 4.5, "{text:?}");
        }
        for line in CURVES.map(|hue| hue.line).into_iter().chain(REACTIONS.map(|hue| hue.line)) {
            assert!(contrast(line, PAPER) >= 3.0, "{line:?}");
        }
    }

    #[test]
    fn a_ladder_of_any_height_darkens_upwards_and_its_names_are_legible() {
        for of in 1..=12 {
            for rank in 0..of {
                let ground = ramp(rank, of);
                assert!(contrast(text_on(ground), ground) >= 3.9, "{rank} of {of}");
                assert!(rank == 0 || contrast(ground, PAPER) > contrast(ramp(rank - 1, of), PAPER));
            }
        }
    }
}
