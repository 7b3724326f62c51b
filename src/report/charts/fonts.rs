//! The bundled faces: how wide a text is, how it breaks, and its outlines.
//!
//! The charts never ask the machine for a font. Every width is measured with the bytes in `fonts/`, so that what is laid out is what is drawn.

use ab_glyph::{Font, FontRef, Outline};
use std::sync::LazyLock;

/// Inter Regular, a subset (see `fonts/README.md`): a TrueType file, for a page that embeds it.
pub const INTER_REGULAR: &[u8] = include_bytes!("fonts/Inter-Regular.ttf");
/// Inter SemiBold, a subset (see `fonts/README.md`): a TrueType file, for a page that embeds it.
pub const INTER_SEMIBOLD: &[u8] = include_bytes!("fonts/Inter-SemiBold.ttf");

/// What an SVG asks for: the bundled family if the page or the machine has it, else close relatives.
pub(super) const FAMILY: &str = "Inter, Segoe UI, Helvetica Neue, Arial, sans-serif";

/// The height of a capital \[em\].
pub(super) const CAP: f64 = 0.727;

/// One of the two weights.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weight {
    Regular,
    SemiBold,
}

/// How wide a line of text is \[px\] at `size` \[px per em\].
pub(super) fn width(text: &str, size: f64, weight: Weight) -> f64 {
    let mut end = 0.0;
    walk(text, size, weight, |_, _, advanced| end = advanced);
    end
}

/// The outlines of a line of text with the pen positions \[px\] at which each begins.
pub(super) fn outlines(text: &str, size: f64, weight: Weight) -> Vec<(f64, Outline)> {
    let font = face(weight);
    let mut shapes = Vec::new();
    walk(text, size, weight, |glyph, pen, _| {
        shapes.extend(font.outline(glyph).map(|outline| (pen, outline)))
    });
    shapes
}

/// Font units in an em.
pub(super) fn units_per_em(weight: Weight) -> f64 {
    face(weight).units_per_em().map_or(2048.0, f64::from)
}

/// `text`, cut with an ellipsis if it is wider than `room` \[px\].
pub(super) fn fit(text: &str, size: f64, weight: Weight, room: f64) -> String {
    if width(text, size, weight) <= room {
        return text.to_owned();
    }
    let mut kept = text.to_owned();
    while kept.pop().is_some() {
        let cut = format!("{}…", kept.trim_end());
        if width(&cut, size, weight) <= room {
            return cut;
        }
    }
    "…".to_owned()
}

/// `text` in at most `lines` lines no wider than `room` \[px\], broken between words; what is left over ends in an ellipsis.
pub(super) fn wrap(text: &str, size: f64, weight: Weight, room: f64, lines: usize) -> Vec<String> {
    let mut set: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let longer = set.last().map(|line| format!("{line} {word}"));
        match longer {
            Some(longer) if width(&longer, size, weight) <= room || set.len() == lines => {
                set.pop();
                set.push(longer);
            }
            _ => set.push(word.to_owned()),
        }
    }
    set.iter().map(|line| fit(line, size, weight, room)).collect()
}

/// Calls `visit` with each glyph, where it begins and where the pen is after it \[px\].
fn walk(text: &str, size: f64, weight: Weight, mut visit: impl FnMut(ab_glyph::GlyphId, f64, f64)) {
    let font = face(weight);
    let scale = size / units_per_em(weight);
    let (mut pen, mut previous) = (0.0, None);
    for letter in text.chars() {
        let glyph = font.glyph_id(letter);
        let kern = previous.map_or(0.0, |before| f64::from(font.kern_unscaled(before, glyph)));
        let begin = pen + kern * scale;
        pen = begin + f64::from(font.h_advance_unscaled(glyph)) * scale;
        visit(glyph, begin, pen);
        previous = Some(glyph);
    }
}

fn face(weight: Weight) -> &'static FontRef<'static> {
    static REGULAR: LazyLock<FontRef<'static>> = LazyLock::new(|| read(INTER_REGULAR));
    static SEMIBOLD: LazyLock<FontRef<'static>> = LazyLock::new(|| read(INTER_SEMIBOLD));
    match weight {
        Weight::Regular => &REGULAR,
        Weight::SemiBold => &SEMIBOLD,
    }
}

fn read(bytes: &'static [u8]) -> FontRef<'static> {
    FontRef::try_from_slice(bytes).expect("the bundled faces are fonts")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn figures_are_equally_wide_in_both_weights() {
        for weight in [Weight::Regular, Weight::SemiBold] {
            let widths: Vec<f64> = (0..10).map(|n| width(&n.to_string(), 13.0, weight)).collect();
            assert!(widths.iter().all(|w| (w - widths[0]).abs() < 1e-9), "{widths:?}");
        }
    }

    #[test]
    fn every_character_the_charts_use_is_in_the_faces() {
        for letter in "0123456789%–—…×≤≥→∞−,.·ÄÉßñłőşž".chars() {
            assert_ne!(face(Weight::Regular).glyph_id(letter).0, 0, "{letter}");
            assert_ne!(face(Weight::SemiBold).glyph_id(letter).0, 0, "{letter}");
        }
    }

    #[test]
    fn pairs_are_kerned() {
        let apart = width("T", 20.0, Weight::Regular) + width("o", 20.0, Weight::Regular);
        assert!(width("To", 20.0, Weight::Regular) < apart);
    }

    proptest! {
        #[test]
        fn what_is_fitted_or_wrapped_stays_in_its_room(text in ".{0,200}", room in 20.0..800.0f64) {
            prop_assert!(width(&fit(&text, 13.0, Weight::Regular, room), 13.0, Weight::Regular) <= room);
            let lines = wrap(&text, 14.0, Weight::SemiBold, room, 2);
            prop_assert!(lines.len() <= 2);
            for line in lines {
                prop_assert!(width(&line, 14.0, Weight::SemiBold) <= room);
            }
        }
    }
}
