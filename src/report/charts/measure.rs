//! Plain amounts on an axis, and how the settings of a search are told apart there.

use super::axis::{Axis, Scale, even_ticks};
use super::marks::Marks;
use super::numbers::{about, count, rate};
use super::style::{BLUE, CURVES, FADED, INK, MUTED};
use plotters::style::RGBColor;

/// What an amount counts in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// Days.
    Days,
    /// A chance or share, 0 to 1.
    Share,
    /// A number of things.
    Count,
}

/// How a setting stands in a search.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// It was tried.
    Tried,
    /// It was among the last, or is beaten by none.
    Front,
    /// It is the scenario as it stands.
    Own,
    /// It was chosen.
    Chosen,
}

impl Measure {
    /// An amount as a planner writes it: "12.3", "4.1%", "12,400".
    pub(super) fn written(self, value: f64) -> String {
        match self {
            Measure::Days => {
                let text = format!("{value:.1}");
                text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
            }
            Measure::Share => rate(value),
            Measure::Count if value < 10.0 => count(value),
            Measure::Count => about(value.round()),
        }
    }

    /// Marks at the ticks of an axis of such amounts.
    pub(super) fn marks(self, axis: Axis) -> Marks {
        Marks::at_ticks(axis, |value| self.written(value))
    }

    /// An even axis that holds all of some amounts, with room for what is drawn at its ends.
    pub(super) fn axis(self, values: impl Iterator<Item = f64>) -> Axis {
        let all = values.filter(|value| value.is_finite());
        let (low, high) = all.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
        if low > high {
            return Axis::linear(0.0, 1.0, vec![0.0, 1.0]);
        }
        let least = match self {
            Measure::Days => 1.0,
            Measure::Share => 0.01,
            Measure::Count => 1.0,
        };
        let room = 0.06 * (high - low).max(least);
        let top = if self == Measure::Share { 1.0 } else { f64::INFINITY };
        // Nothing here is less than nothing, and near nothing the axis begins there.
        let low = if low < 0.35 * high { 0.0 } else { (low - room).max(0.0) };
        let high = (high + room).min(top.max(low + least));
        Axis { low, high, scale: Scale::Linear, ticks: even_ticks(low, high, 5.0) }
    }
}

impl Standing {
    pub(super) fn dot(self) -> RGBColor {
        match self {
            Standing::Tried => FADED,
            Standing::Front => BLUE.line,
            Standing::Own => CURVES[2].line,
            Standing::Chosen => CURVES[0].line,
        }
    }

    pub(super) fn text(self) -> RGBColor {
        match self {
            Standing::Tried => MUTED,
            Standing::Front => INK,
            Standing::Own => CURVES[2].text,
            Standing::Chosen => CURVES[0].text,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_written_as_a_planner_writes_them() {
        let written = [(Measure::Days, 12.34), (Measure::Days, 12.0), (Measure::Share, 0.041)];
        assert_eq!(written.map(|(measure, value)| measure.written(value)), ["12.3", "12", "4.1%"]);
        assert_eq!([3.0, 12_437.0].map(|value| Measure::Count.written(value)), ["3", "12,400"]);
    }

    #[test]
    fn an_axis_holds_its_amounts_and_nothing_below_nothing() {
        for values in
            [vec![], vec![5.0], vec![0.0, 0.0], vec![40.0, 60.0], vec![0.1, 60.0], vec![f64::NAN, 3.0]]
        {
            for measure in [Measure::Days, Measure::Share, Measure::Count] {
                let axis = measure.axis(values.iter().copied());
                assert!(0.0 <= axis.low && axis.low < axis.high, "{values:?} {axis:?}");
                let known = values.iter().filter(|value| value.is_finite());
                assert!(
                    measure == Measure::Share || known.clone().all(|v| axis.low <= *v && *v <= axis.high)
                );
            }
        }
        assert_eq!(Measure::Share.axis([0.2, 1.0].into_iter()).high, 1.0);
    }
}
