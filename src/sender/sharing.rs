//! What is shared by weight, among several numbers or segments, is split by largest remainder.
//!
//! ```text
//!                     exactly         rounded down    one more to the largest remainders
//!   1,000 by 1:1:1    333.3 each      333, 333, 333   334, 333, 333   the first of equals first
//!   3 by 1:9          0.3 and 2.7     0, 2            0, 3
//! ```

/// The part at `place` of `amount` that is shared by `weights`. The parts of all places sum to exactly `amount`, where
/// any weight is above 0.
pub fn by_weight(amount: u64, weights: &[u64], place: usize) -> u64 {
    let all: u128 = weights.iter().map(|weight| u128::from(*weight)).sum();
    let product = |weight: u64| u128::from(amount) * u128::from(weight);
    let own = product(weights.get(place).copied().unwrap_or(0));
    if all == 0 || own == 0 {
        return 0;
    }
    let remainder = own % all;
    // What rounding down leaves, and how many come before this place when it is handed out.
    let (mut left, mut before) = (0, 0);
    for (other, weight) in weights.iter().enumerate() {
        let theirs = product(*weight) % all;
        left += theirs;
        before += u128::from(theirs > remainder || (theirs == remainder && other < place));
    }
    (own / all) as u64 + u64::from(before < left / all)
}

/// A number among those that share a plan.
#[derive(Clone, Copy, Debug)]
pub(super) struct Own<'w> {
    /// Of all numbers, in the sender's order.
    pub(super) weights: &'w [u64],
    /// Which of them it is.
    pub(super) place: usize,
}

impl Own<'_> {
    /// Its part of what all numbers together plan.
    pub(super) fn of(self, messages: u64) -> u64 {
        if self.weights.len() < 2 { messages } else { by_weight(messages, self.weights, self.place) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::{prop_assert, prop_assert_eq, proptest};

    use super::by_weight;

    fn shares(amount: u64, weights: &[u64]) -> Vec<u64> {
        (0..weights.len()).map(|place| by_weight(amount, weights, place)).collect()
    }

    #[test]
    fn the_largest_remainders_get_one_more() {
        assert_eq!(shares(1_000, &[1, 1, 1]), [334, 333, 333]);
        assert_eq!(shares(3, &[1, 9]), [0, 3]);
        assert_eq!(shares(7, &[3, 2, 1]), [4, 2, 1], "3.5, 2.33 and 1.17");
        assert_eq!(shares(10, &[3, 3, 3, 2]), [3, 3, 2, 2], "2.73 three times and 1.82, which comes first");
        assert_eq!(shares(5, &[0, 2, 0]), [0, 5, 0]);
        assert_eq!(shares(u64::MAX, &[u64::MAX, u64::MAX]), [1 << 63, (1 << 63) - 1]);
        assert_eq!((shares(5, &[]), shares(5, &[0, 0]), by_weight(5, &[1], 3)), (vec![], vec![0, 0], 0));
    }

    proptest! {
        #[test]
        fn shares_sum_to_the_whole_and_none_is_off_by_one(
            amount in 0_u64..1 << 41, weights in proptest::collection::vec(0_u64..1_000, 1..6),
        ) {
            let all: u64 = weights.iter().sum();
            let shares = shares(amount, &weights);
            prop_assert_eq!(shares.iter().sum::<u64>(), if all == 0 { 0 } else { amount });
            for (share, weight) in shares.iter().zip(&weights).filter(|_| all > 0) {
                let exact = u128::from(amount) * u128::from(*weight);
                prop_assert!((u128::from(*share) * u128::from(all)).abs_diff(exact) < u128::from(all));
            }
        }
    }
}
