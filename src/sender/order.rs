//! Several segments: how messages are shared out over them.

use serde::{Deserialize, Serialize};

use super::sharing::by_weight;

/// How a plan is shared out over several segments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(non_camel_case_types, reason = "lower-case words are choices in scenario files")]
pub enum Order {
    /// The first segment as far as it goes, then the next.
    in_order,
    /// The segment that answers most first, as far as it goes, then the next: warm customers first.
    most_engaged_first,
    /// Each by the number of its customers who may be written to.
    by_size,
}

/// Shares out `messages` over segments of which so many customers may be written to; `first` names their positions in
/// the order of preference, where there is one. What no segment can supply is asked of the last.
pub fn share_out(messages: u64, available: &[u64], first: Option<&[usize]>) -> Vec<u64> {
    let mut parts = vec![0; available.len()];
    let all: u64 = available.iter().sum();
    let mut left = messages.min(all);
    if let Some(order) = first {
        for &place in order {
            parts[place] = left.min(available[place]);
            left -= parts[place];
        }
    } else {
        parts.iter_mut().enumerate().for_each(|(place, part)| *part = by_weight(left, available, place));
    }
    let last = first.and_then(|order| order.last().copied()).unwrap_or(available.len().saturating_sub(1));
    if let Some(part) = parts.get_mut(last) {
        *part += messages.saturating_sub(all);
    }
    parts
}

#[cfg(test)]
mod tests {
    use proptest::{prop_assert, prop_assert_eq, proptest};

    use super::share_out;

    #[test]
    fn a_plan_is_shared_out_over_segments() {
        assert_eq!(share_out(100, &[300, 100], None), [75, 25]);
        assert_eq!(share_out(7, &[1, 1, 1], None), [1, 1, 5]);
        assert_eq!(share_out(5, &[10, 10, 10], None), [2, 2, 1]);
        assert_eq!(share_out(100, &[300, 60], Some(&[1, 0])), [40, 60]);
        assert_eq!(share_out(500, &[300, 60], Some(&[1, 0])), [440, 60]);
        assert_eq!(share_out(500, &[], None), Vec::<u64>::new());
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_only_the_last_is_asked_for_more_than_it_has(
            messages in 0_u64..1 << 41,
            available in proptest::collection::vec(0_u64..1 << 40, 1..6),
            turn in proptest::option::of(0_usize..6),
        ) {
            let mut order: Vec<usize> = (0..available.len()).collect();
            order.rotate_left(turn.unwrap_or(0) % available.len());
            let shares = share_out(messages, &available, turn.map(|_| order.as_slice()));
            prop_assert_eq!(shares.iter().sum::<u64>(), messages);
            let last = if turn.is_some() { order[order.len() - 1] } else { available.len() - 1 };
            let over = (0..available.len()).find(|place| *place != last && shares[*place] > available[*place]);
            prop_assert!(over.is_none());
        }
    }
}
