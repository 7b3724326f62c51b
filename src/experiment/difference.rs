//! How two plans differ in a headline: by how much, how sure that is, whether it matters.

use super::estimate::{Interval, Share};
use super::headline::{Headline, Unit};
use crate::time::Span;

/// From when on a difference matters to who asks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Matters {
    /// For times.
    pub days: Span,
    /// For chances \[share: 0.02 is two percentage points\].
    pub chance: f64,
    /// For sums, in shares of the larger of the two means \[share\].
    pub total: f64,
}

impl Default for Matters {
    /// A day, two percentage points, one per cent.
    fn default() -> Matters {
        Matters { days: Span::days(1), chance: 0.02, total: 0.01 }
    }
}

impl Matters {
    /// The threshold in the unit of a headline with these means.
    pub(super) fn threshold(&self, unit: Unit, means: [f64; 2]) -> f64 {
        match unit {
            Unit::Days => self.days.as_days(),
            Unit::Chance => self.chance,
            Unit::Messages | Unit::Currency => self.total * means[0].max(means[1]),
        }
    }
}

/// How two plans differ in one headline, first less second.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// What is compared.
    pub headline: Headline,
    /// The mean of each \[unit of the headline\].
    pub means: [f64; 2],
    /// The mean of first less second \[unit of the headline\]; means nothing where the two cannot be
    /// [compared](Difference::compared).
    pub difference: f64,
    /// Its interval \[unit of the headline\]; `None` from a single replication, and where the two cannot be compared.
    pub interval: Option<Interval>,
    /// In how many replications the first is better.
    pub first_better: Share,
    /// In how many the second is.
    pub second_better: Share,
    /// In how many both are alike.
    pub equal: Share,
    /// How much of their luck they share, -1 to 1; `None` where one of them never varies.
    pub correlation: Option<f64>,
    /// How many times as many independent runs would give as short an interval; `None` where nothing varies.
    pub variance_ratio: Option<f64>,
    /// From when on a difference matters \[unit of the headline\].
    pub matters: f64,
    /// Is it real, does it matter?
    pub verdict: Verdict,
}

impl Difference {
    /// The same where the rules of one plan cannot do it: the other's mean stays, and nothing is measured against it.
    pub(super) fn without(self, side: Side) -> Difference {
        let nothing = Share::new(0, 0);
        Difference {
            interval: None,
            first_better: nothing,
            second_better: nothing,
            equal: nothing,
            correlation: None,
            variance_ratio: None,
            verdict: Verdict::Missing(side),
            ..self
        }
    }

    /// Whether the rules of both plans can do it, so that one can be held against the other.
    pub fn compared(&self) -> bool {
        !matches!(self.verdict, Verdict::Missing(_))
    }

    /// The mean of one of the two \[unit of the headline\]; `None` where its rules cannot do it.
    pub fn mean(&self, side: Side) -> Option<f64> {
        (self.verdict != Verdict::Missing(side)).then(|| self.means[usize::from(side == Side::Second)])
    }

    /// The mean of first less second \[unit of the headline\]; `None` where the two cannot be compared.
    pub fn measured(&self) -> Option<f64> {
        self.compared().then_some(self.difference)
    }

    /// The same difference the other way round: second less first.
    #[must_use]
    pub fn turned(self) -> Difference {
        // Not `-difference`, which would make a negative zero of nothing.
        Difference {
            means: [self.means[1], self.means[0]],
            difference: 0.0 - self.difference,
            interval: self.interval.map(|i| Interval { low: 0.0 - i.high, high: 0.0 - i.low }),
            first_better: self.second_better,
            second_better: self.first_better,
            verdict: self.verdict.turned(),
            ..self
        }
    }
}

/// One of two plans.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The first.
    First,
    /// The second.
    Second,
}

/// Is a difference real, and does it matter? The whole interval must clear a threshold before either is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Both are alike in every replication.
    Nothing,
    /// No difference that matters: the interval holds 0 and ends before a difference matters.
    Alike,
    /// Open: the interval holds 0 and differences that matter.
    Undecided,
    /// Real, and smaller than matters.
    Slight(Side),
    /// Real; whether it matters is open.
    Real(Side),
    /// Real, and it matters.
    Matters(Side),
    /// The rules of this plan cannot do it, so that there is nothing to hold the other against.
    Missing(Side),
}

impl Verdict {
    pub(super) fn of(
        interval: Option<Interval>,
        equal: Share,
        matters: f64,
        less_is_better: bool,
    ) -> Verdict {
        if equal.n > 0 && equal.count == equal.n {
            return Verdict::Nothing;
        }
        let Some(Interval { low, high }) = interval else { return Verdict::Undecided };
        let small = -matters < low && high < matters;
        let side = if (high < 0.0) == less_is_better { Side::First } else { Side::Second };
        match () {
            () if low <= 0.0 && 0.0 <= high => {
                if small {
                    Verdict::Alike
                } else {
                    Verdict::Undecided
                }
            }
            () if small => Verdict::Slight(side),
            () if low >= matters || high <= -matters => Verdict::Matters(side),
            () => Verdict::Real(side),
        }
    }

    /// The verdict when the plans change places.
    fn turned(self) -> Verdict {
        let other = |side: Side| if side == Side::First { Side::Second } else { Side::First };
        match self {
            Verdict::Slight(side) => Verdict::Slight(other(side)),
            Verdict::Real(side) => Verdict::Real(other(side)),
            Verdict::Matters(side) => Verdict::Matters(other(side)),
            Verdict::Missing(side) => Verdict::Missing(other(side)),
            Verdict::Nothing | Verdict::Alike | Verdict::Undecided => self,
        }
    }

    /// The name in files.
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Nothing => "nothing",
            Verdict::Alike => "alike",
            Verdict::Undecided => "undecided",
            Verdict::Slight(_) => "real_but_small",
            Verdict::Real(_) => "real",
            Verdict::Matters(_) => "real_and_matters",
            Verdict::Missing(_) => "not_in_rules",
        }
    }

    /// Which plan is better, where that is real.
    pub fn better(self) -> Option<Side> {
        match self {
            Verdict::Slight(side) | Verdict::Real(side) | Verdict::Matters(side) => Some(side),
            Verdict::Nothing | Verdict::Alike | Verdict::Undecided | Verdict::Missing(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verdict_asks_whether_the_whole_interval_clears() {
        let some = Share::new(1, 10);
        let of = |low, high| Verdict::of(Some(Interval { low, high }), some, 1.0, true);
        assert_eq!(of(-0.5, 0.5), Verdict::Alike);
        assert_eq!(of(-0.5, 1.5), Verdict::Undecided);
        assert_eq!(of(0.2, 0.8), Verdict::Slight(Side::Second));
        assert_eq!(of(0.2, 1.8), Verdict::Real(Side::Second));
        assert_eq!(of(-3.0, -1.0), Verdict::Matters(Side::First));
        assert_eq!(of(0.0, 0.5), Verdict::Alike);
        assert_eq!(Verdict::of(None, some, 1.0, true), Verdict::Undecided);
        assert_eq!(Verdict::of(None, Share::new(10, 10), 1.0, true), Verdict::Nothing);
        let more = Verdict::of(Some(Interval { low: 2.0, high: 3.0 }), some, 1.0, false);
        assert_eq!(more, Verdict::Matters(Side::First));
    }
}
