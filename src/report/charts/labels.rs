//! Names that stand in a column beside the picture: where each goes so that none touches another and none leaves the picture.

use super::fonts::{Weight, fit, width};
use super::style;
use plotters::style::RGBColor;

/// A name in a column, wanted at a height.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Name {
    pub(super) text: String,
    /// The height it belongs to \[px from the top\].
    pub(super) wanted: f64,
    /// The height it got \[px from the top\].
    pub(super) placed: f64,
    pub(super) color: RGBColor,
    pub(super) weight: Weight,
    pub(super) size: f64,
    /// Of names that do not all fit, those with the least weight of their own go first.
    pub(super) importance: f64,
}

impl Name {
    pub(super) fn new(text: impl Into<String>, wanted: f64, color: RGBColor, weight: Weight) -> Self {
        let text = text.into();
        Name { text, wanted, placed: wanted, color, weight, size: style::LABEL, importance: 1.0 }
    }

    pub(super) fn small(mut self) -> Self {
        self.size = style::SMALL;
        self
    }

    pub(super) fn width(&self) -> f64 {
        width(&self.text, self.size, self.weight)
    }
}

/// Cuts names to `room` \[px\] and returns the width of the widest \[px\].
pub(super) fn cut(names: &mut [Name], room: f64) -> f64 {
    let mut widest: f64 = 0.0;
    for name in names {
        name.text = fit(&name.text, name.size, name.weight, room);
        widest = widest.max(name.width());
    }
    widest
}

/// Places names between `low` and `high` \[px\], `apart` from one another, as near to where they belong as can be.
/// What does not fit is left out, the least important first.
pub(super) fn column(mut names: Vec<Name>, apart: f64, low: f64, high: f64) -> Vec<Name> {
    let places = ((high - low).max(0.0) / apart) as usize + 1;
    while names.len() > places {
        let least = (0..names.len()).min_by(|&a, &b| names[a].importance.total_cmp(&names[b].importance));
        names.remove(least.unwrap_or(0));
    }
    names.sort_by(|a, b| a.wanted.total_cmp(&b.wanted));
    let wanted: Vec<f64> = names.iter().map(|name| name.wanted).collect();
    for (name, placed) in names.iter_mut().zip(dodge(&wanted, apart, low, high)) {
        name.placed = placed;
    }
    names
}

/// The positions nearest to `wanted` (ascending) that are at least `apart` from one another and within `low..=high`.
///
/// Nearest in the sense of least squares: with `apart` taken off once for each predecessor this is monotone regression, solved by
/// pooling neighbours that are out of order (Barlow and others 1972), and the bounds then clamp the pools. If there is not room for all, they
/// start at `low` and run on below `high`.
pub(super) fn dodge(wanted: &[f64], apart: f64, low: f64, high: f64) -> Vec<f64> {
    let mut pools: Vec<(f64, usize)> = Vec::new();
    for (i, want) in wanted.iter().enumerate() {
        let mut pool = (want - i as f64 * apart, 1);
        while let Some(before) = pools.last().copied().filter(|before| before.0 > pool.0) {
            pools.pop();
            let count = before.1 + pool.1;
            pool = ((before.0 * before.1 as f64 + pool.0 * pool.1 as f64) / count as f64, count);
        }
        pools.push(pool);
    }
    let last = (high - wanted.len().saturating_sub(1) as f64 * apart).max(low);
    let flat = pools.iter().flat_map(|&(mean, count)| std::iter::repeat_n(mean.clamp(low, last), count));
    flat.enumerate().map(|(i, place)| place + i as f64 * apart).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_with_room_stay_where_they_belong() {
        assert_eq!(dodge(&[10.0, 40.0, 90.0], 17.0, 0.0, 100.0), [10.0, 40.0, 90.0]);
    }

    #[test]
    fn names_at_one_height_spread_evenly_about_it() {
        assert_eq!(dodge(&[50.0, 50.0, 50.0], 10.0, 0.0, 100.0), [40.0, 50.0, 60.0]);
    }

    #[test]
    fn what_does_not_fit_goes_by_importance() {
        let names = (0..10).map(|i| {
            let mut name = Name::new(i.to_string(), 50.0, style::INK, Weight::Regular);
            name.importance = f64::from(i);
            name
        });
        let kept = column(names.collect(), 20.0, 0.0, 60.0);
        assert_eq!(kept.iter().map(|name| name.text.as_str()).collect::<Vec<_>>(), ["6", "7", "8", "9"]);
    }

    proptest! {
        #[test]
        fn names_never_touch_nor_leave_the_column(mut wanted in prop::collection::vec(-500.0..1000.0f64, 0..18), low in 0.0..100.0f64) {
            let high = low + 17.0 * 17.0;
            wanted.sort_by(f64::total_cmp);
            let placed = dodge(&wanted, 17.0, low, high);
            prop_assert_eq!(placed.len(), wanted.len());
            for pair in placed.windows(2) {
                prop_assert!(pair[1] - pair[0] >= 17.0 - 1e-6);
            }
            for place in &placed {
                prop_assert!((low - 1e-6..=high + 1e-6).contains(place));
            }
        }

        #[test]
        fn a_column_keeps_as_many_as_fit(wanted in prop::collection::vec(0.0..400.0f64, 0..60), height in 0.0..400.0f64) {
            let names = wanted.iter().map(|&at| Name::new("x", at, style::INK, Weight::Regular)).collect();
            let kept = column(names, 17.0, 0.0, height);
            prop_assert_eq!(kept.len(), wanted.len().min((height / 17.0) as usize + 1));
            prop_assert!(kept.iter().all(|name| name.placed <= height + 1e-6));
        }
    }
}
