//! Marks under a chart that stand for no date: values of a factor, amounts, or a scale of numbers.

use super::axis::Axis;
use super::dates::Tick;
use super::fonts::{Weight, fit, width};
use super::numbers::tame;
use super::style;

/// What an axis of amounts can hold: from zero to a number that can be written.
pub(super) fn bounded(value: f64) -> f64 {
    tame(value).min(1e12)
}

/// The widest words \[px\].
const WIDEST: f64 = 120.0;

/// An axis with words at some of its values.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Marks {
    /// What stands under the right end of the axis: what it counts, or nothing.
    pub(super) name: String,
    pub(super) axis: Axis,
    pub(super) words: Vec<(f64, String)>,
}

impl Marks {
    /// Words at all ticks of an axis.
    pub(super) fn at_ticks(axis: Axis, write: impl Fn(f64) -> String) -> Marks {
        let words = axis.ticks.iter().map(|tick| (*tick, write(*tick))).collect();
        Marks { name: String::new(), axis, words }
    }

    /// The same on an axis with a name.
    pub(super) fn called(self, name: impl Into<String>) -> Marks {
        Marks { name: name.into(), ..self }
    }

    /// The words that fit; the first and the last come before those between. `place` tells where a value lies \[px\].
    pub(super) fn ticks(&self, place: impl Fn(f64) -> f64) -> Vec<Tick> {
        let half = |text: &str| width(text, style::SMALL, Weight::Regular) / 2.0;
        let tick = |(value, text): &(f64, String)| Tick {
            day: 0,
            at: place(*value),
            text: fit(text, style::SMALL, Weight::Regular, WIDEST),
            under: None,
        };
        let apart = |a: &Tick, b: &Tick| (b.at - a.at).abs() >= half(&a.text) + half(&b.text) + 8.0;
        let last = self.words.last().map(tick);
        let mut ticks: Vec<Tick> = Vec::new();
        for words in self.words.iter().take(self.words.len().saturating_sub(1)) {
            let next = tick(words);
            let fits = ticks.last().is_none_or(|before| apart(before, &next));
            if fits && (ticks.is_empty() || last.as_ref().is_none_or(|last| apart(&next, last))) {
                ticks.push(next);
            }
        }
        ticks.extend(last.filter(|last| ticks.last().is_none_or(|before| apart(before, last))));
        ticks
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ends_are_named_and_nothing_overlaps() {
        let words = (0..40).map(|n| (f64::from(n), format!("{n}%"))).collect();
        let marks = Marks { name: String::new(), axis: Axis::linear(0.0, 39.0, Vec::new()), words };
        let named = |room: f64| {
            let ticks = marks.ticks(|value| marks.axis.place(value, 0.0, room));
            ticks.into_iter().map(|tick| tick.text).collect::<Vec<_>>()
        };
        assert_eq!(named(4_000.0).len(), 40);
        let few = named(200.0);
        assert!(few.len() < 12 && few[0] == "0%" && few[few.len() - 1] == "39%", "{few:?}");
    }
}
