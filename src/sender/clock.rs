//! The clock of a plan that changes from day to day: which days move it on to its next row.
//!
//! ```text
//!                      Mon    Tue         Wed (no sends)   Thu
//!   sent of the row    all    the half    -                all
//!   calendar_day       row 0  row 1       row 2            row 3
//!   sending_day        row 0  row 1       -                row 2
//!   volume_gate        row 0  row 1       -                row 1, and then row 2
//! ```

use serde::{Deserialize, Serialize};

use super::observation::Observation;

/// Which days move a plan on to its next row. A day on which a feedback rule is in force moves no plan on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(non_camel_case_types, reason = "lower-case words are choices in scenario files")]
pub enum Clock {
    /// Every civil day from the start on.
    calendar_day,
    /// Days on which something was sent: a skipped day does not skip a row.
    sending_day,
    /// Days at whose end as much was sent as the row says, since the row began: until then the row is asked again.
    volume_gate,
}

impl Clock {
    /// The clock in words: "every calendar day".
    pub(super) fn in_words(self) -> &'static str {
        match self {
            Clock::calendar_day => "every calendar day",
            Clock::sending_day => "every day on which something was sent",
            Clock::volume_gate => "every day at whose end the volume was sent",
        }
    }
}

/// What follows the last row of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(non_camel_case_types, reason = "lower-case words are choices in scenario files")]
pub enum AfterTable {
    /// Nothing more is sent.
    stop,
    /// The last row holds on.
    hold,
}

/// Where a plan stands on its clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Row {
    /// Position of the row, from 0.
    pub(super) place: usize,
    /// Day and sending days when it was last looked at.
    day: usize,
    sending_days: usize,
    /// What the number had sent when the row began.
    sent_before: u64,
    /// Whether it was ever asked.
    asked: bool,
}

impl Row {
    /// A new day begins: moves on to the row of today, unless the plan is `held`. `volume` is what the row that was
    /// asked until now says.
    pub(super) fn turn(&mut self, clock: Clock, volume: u64, held: bool, seen: &Observation<'_>) {
        let steps = match clock {
            Clock::calendar_day => seen.day - self.day,
            Clock::sending_day => seen.sending_days - self.sending_days,
            Clock::volume_gate => {
                usize::from(self.asked && seen.so_far.sent.saturating_sub(self.sent_before) >= volume)
            }
        };
        (self.day, self.sending_days, self.asked) = (seen.day, seen.sending_days, true);
        if steps > 0 && !held {
            self.place += steps;
            self.sent_before = seen.so_far.sent;
        }
    }
}
