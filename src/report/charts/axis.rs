//! One axis of a chart, as plotters wants it: from a value to a place, and where the grid lines are.
//!
//! ```text
//!   Linear         Log             ZeroLog
//!   100% +         10,000 +        10,000 +
//!        |                |               |
//!    50% +          1,000 +         1,000 +   logarithmic from here up
//!        |                |               /   even from zero to the floor
//!     0% +            100 +             0 +
//! ```

use plotters::coord::ranged1d::{DefaultFormatting, KeyPointHint, Ranged};
use std::ops::Range;

/// The part of a [`Scale::ZeroLog`] axis that runs evenly from zero to the floor \[share of its length\].
pub(super) const ZERO_PART: f64 = 0.12;

/// How values are spread along an axis.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Scale {
    /// Evenly.
    Linear,
    /// By their logarithm.
    Log,
    /// Evenly from zero to `floor`, by their logarithm above: a logarithmic axis that can show a zero.
    ZeroLog {
        /// The first value of the logarithmic part.
        floor: f64,
    },
}

/// An axis from `low` to `high` with grid lines at `ticks`. Values outside are drawn at its ends; so is infinity.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Axis {
    pub(super) low: f64,
    pub(super) high: f64,
    pub(super) scale: Scale,
    pub(super) ticks: Vec<f64>,
}

impl Axis {
    pub(super) fn linear(low: f64, high: f64, ticks: Vec<f64>) -> Self {
        Axis { low, high, scale: Scale::Linear, ticks }
    }

    /// From 0 to 1, with lines at quarters.
    pub(super) fn shares() -> Self {
        Axis::linear(0.0, 1.0, vec![0.0, 0.25, 0.5, 0.75, 1.0])
    }

    /// Where a value lies: 0 at the low end, 1 at the high end.
    pub(super) fn part(&self, value: f64) -> f64 {
        let within = |from: f64, to: f64, at: f64| if to > from { (at - from) / (to - from) } else { 0.5 };
        let part = match self.scale {
            Scale::Linear => within(self.low, self.high, value),
            Scale::Log => within(log10(self.low), log10(self.high), log10(value)),
            Scale::ZeroLog { floor } if value < floor => ZERO_PART * value / floor,
            Scale::ZeroLog { floor } => {
                ZERO_PART + (1.0 - ZERO_PART) * within(log10(floor), log10(self.high), log10(value))
            }
        };
        if part.is_nan() { 0.0 } else { part.clamp(0.0, 1.0) }
    }

    /// Where a value lies on a line from pixel `from` to pixel `to` \[px\].
    pub(super) fn place(&self, value: f64, from: f64, to: f64) -> f64 {
        from + (to - from) * self.part(value)
    }
}

impl Ranged for Axis {
    type FormatOption = DefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, limit: (i32, i32)) -> i32 {
        self.place(*value, f64::from(limit.0), f64::from(limit.1)).round() as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, hint: Hint) -> Vec<f64> {
        if hint.weight().allow_light_points() { Vec::new() } else { self.ticks.clone() }
    }

    fn range(&self) -> Range<f64> {
        self.low..self.high
    }
}

/// Round numbers from `low` to `high` that stand about `count` steps apart, evenly.
pub(super) fn even_ticks(low: f64, high: f64, count: f64) -> Vec<f64> {
    let rough = (high - low) / count.max(1.0);
    if !(rough.is_finite() && rough > 0.0) {
        return vec![low];
    }
    let ten = power_of_ten(log10(rough).floor());
    let steps = [1.0, 2.0, 2.5, 5.0].map(|times| times * ten);
    let step = steps.into_iter().find(|step| *step >= rough * (1.0 - 1e-9)).unwrap_or(10.0 * ten);
    let first = (low / step - 1e-9).ceil() as i64;
    let last = (high / step + 1e-9).floor() as i64;
    (first..=last).map(|n| n as f64 * step).collect()
}

/// Ten to a whole power.
pub(super) fn power_of_ten(exponent: f64) -> f64 {
    libm::exp10(exponent)
}

pub(super) fn log10(value: f64) -> f64 {
    libm::log10(value.max(1e-300))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn zero_is_at_the_foot_and_the_floor_a_little_above() {
        let axis = Axis { low: 0.0, high: 1e4, scale: Scale::ZeroLog { floor: 1.0 }, ticks: vec![] };
        assert_eq!((axis.part(0.0), axis.part(1.0), axis.part(1e4)), (0.0, ZERO_PART, 1.0));
        assert_eq!(axis.part(f64::INFINITY), 1.0);
    }

    #[test]
    fn round_numbers() {
        assert_eq!(even_ticks(0.0, 0.05, 5.0).len(), 6);
        assert_eq!(even_ticks(0.0, 0.0, 5.0), [0.0]);
    }

    proptest! {
        #[test]
        fn more_is_never_lower(a in 0.0..1e9f64, b in 0.0..1e9f64, floor in 0.01..100.0f64, linear: bool) {
            let scale = if linear { Scale::Linear } else { Scale::ZeroLog { floor } };
            let axis = Axis { low: 0.0, high: 1e7, scale, ticks: vec![] };
            prop_assert!(a > b || axis.part(a) <= axis.part(b));
            prop_assert!((0.0..=1.0).contains(&axis.part(a)));
        }
    }
}
