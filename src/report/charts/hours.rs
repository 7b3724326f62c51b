//! The hour axis: time since an event, logarithmic after the first hour, because most of what follows comes early.

use super::axis::{Axis, Scale};
use super::dates::Tick;
use super::fonts::{Weight, width};
use super::style;

/// The hours under a chart: from 0 to `last` after an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HourAxis {
    /// The last hour \[hours after the event\]; less than 2 is drawn as 2.
    pub last: usize,
}

/// Hours that may be named, and how.
const NAMED: [(f64, &str); 12] = [
    (0.0, "sent"),
    (1.0, "1 hour"),
    (3.0, "3 hours"),
    (6.0, "6 hours"),
    (12.0, "12 hours"),
    (24.0, "1 day"),
    (48.0, "2 days"),
    (96.0, "4 days"),
    (192.0, "8 days"),
    (384.0, "16 days"),
    (768.0, "32 days"),
    (1536.0, "64 days"),
];

/// How far the axis runs on after the last hour, for bars at the end \[times the last hour\].
const ROOM: f64 = 2.2;

impl HourAxis {
    /// The axis plotters draws on: one unit an hour, evenly to the first hour and by the logarithm after it, with some
    /// room after the last hour.
    pub(super) fn axis(&self) -> Axis {
        let high = ROOM * self.end();
        Axis { low: 0.0, high, scale: Scale::ZeroLog { floor: 1.0 }, ticks: Vec::new() }
    }

    /// The last hour as the axis has it.
    pub(super) fn end(&self) -> f64 {
        self.last.max(2) as f64
    }

    /// The names that fit; `place` tells where an hour lies \[px\].
    pub(super) fn ticks(&self, place: impl Fn(f64) -> f64) -> Vec<Tick> {
        let half = |text: &str| width(text, style::SMALL, Weight::Regular) / 2.0;
        let mut ticks: Vec<Tick> = Vec::new();
        for (hour, text) in NAMED.into_iter().filter(|(hour, _)| *hour <= self.end()) {
            let at = place(hour);
            let fits = ticks.last().is_none_or(|last| at - last.at >= half(&last.text) + half(text) + 8.0);
            if fits {
                ticks.push(Tick { day: hour as usize, at, text: text.to_owned(), under: None });
            }
        }
        ticks
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_at_their_hours_as_far_as_they_fit() {
        let names = |last: usize, room: f64| {
            let axis = HourAxis { last };
            let ticks = axis.ticks(|hour| axis.axis().place(hour, 0.0, room));
            ticks.into_iter().map(|tick| (tick.day, tick.text)).collect::<Vec<_>>()
        };
        let all = names(192, 600.0);
        assert_eq!(all.iter().map(|(hour, _)| *hour).collect::<Vec<_>>(), [0, 1, 3, 6, 12, 24, 48, 96, 192]);
        assert_eq!(all[5], (24, "1 day".to_owned()));
        let few = names(192, 200.0);
        assert!(few.len() < 6 && few[0].0 == 0, "{few:?}");
        assert_eq!(names(0, 600.0).len(), 2);
    }
}
