//! What feedback weighs in a score, kind by kind.

use crate::glossary::Feedback;

use super::meters::FeedbackCounts;

/// Kinds of feedback.
const KINDS: usize = Feedback::ALL.len();

/// The weights of kinds of feedback, in whole numbers over a common denominator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Weights {
    /// By position as in [`Feedback::ALL`]; 0 where a kind does not weigh.
    by_kind: [i64; KINDS],
    /// The kinds that weigh, be it 0: all bits of these, none of the others.
    weighing: [u64; KINDS],
    /// Up to so many of each kind weigh no more together than 64 bits hold.
    few: u64,
}

impl Weights {
    /// These, each of another kind.
    pub(crate) fn new(weights: impl IntoIterator<Item = (Feedback, i64)>) -> Weights {
        let (mut by_kind, mut weighing) = ([0; KINDS], [0; KINDS]);
        for (kind, weight) in weights {
            (by_kind[kind.index()], weighing[kind.index()]) = (weight, u64::MAX);
        }
        let all: u128 = by_kind.iter().map(|weight| u128::from(weight.unsigned_abs())).sum();
        let few = (i64::MAX as u128 / all.max(1)) as u64;
        Weights { by_kind, weighing, few }
    }

    /// The weight of a kind; nothing where it does not weigh.
    #[inline]
    pub(crate) fn of(&self, kind: Feedback) -> Option<i64> {
        (self.weighing[kind.index()] > 0).then_some(self.by_kind[kind.index()])
    }

    /// The kinds that weigh, with their weights.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (Feedback, i64)> + '_ {
        Feedback::ALL.into_iter().filter_map(|kind| Some((kind, self.of(kind)?)))
    }

    /// What feedback of all kinds weighs together; nothing where none has come of a kind that weighs.
    #[inline]
    pub(crate) fn sum(&self, counts: &FeedbackCounts) -> Option<i128> {
        let (mut sum, mut any) = (0_i64, 0);
        for ((weight, weighing), count) in self.by_kind.iter().zip(&self.weighing).zip(counts) {
            sum = sum.wrapping_add(weight.wrapping_mul(*count as i64));
            any |= count & weighing;
        }
        match any {
            0 => None,
            // No kind has come more often than that.
            most if most <= self.few => Some(i128::from(sum)),
            _ => Some(self.long_sum(counts)),
        }
    }

    /// [`Weights::sum`] of as many as there may be.
    #[cold]
    fn long_sum(&self, counts: &FeedbackCounts) -> i128 {
        let weighed = self.by_kind.iter().zip(counts);
        weighed.map(|(weight, count)| i128::from(*weight) * i128::from(*count)).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// So much, times the most that can come, of every kind, is still held by 128 bits.
    const HEAVY: i64 = 1 << 59;

    fn count() -> impl Strategy<Value = u64> {
        prop_oneof![Just(0), 0_u64..100, any::<u32>().prop_map(u64::from), any::<u64>()]
    }

    proptest! {
        /// The sum is what the kinds that weigh add up to, be they few or many, light or heavy.
        #[test]
        fn sums_are_exact(
            weights in prop::collection::btree_map(0..KINDS, prop_oneof![-300_i64..300, -HEAVY..HEAVY], 0..KINDS),
            counts in prop::array::uniform9(count()),
        ) {
            let own = Weights::new(weights.iter().map(|(kind, weight)| (Feedback::ALL[*kind], *weight)));
            let come = weights.iter().any(|(kind, _)| counts[*kind] > 0);
            let expected = weights.iter().map(|(kind, weight)| i128::from(*weight) * i128::from(counts[*kind]));
            prop_assert_eq!(own.sum(&counts), come.then(|| expected.sum()));
            prop_assert_eq!(own.iter().count(), weights.len());
        }
    }
}
