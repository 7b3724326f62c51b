//! Growth by a factor, exactly: `from x times^row`, rounded down, in whole numbers.

use crate::glossary::Ratio;

/// A number that is multiplied by one ratio again and again, without rounding.
///
/// With the ratio `t / b` in lowest terms, the product after n steps is written as a whole part and n digits in base
/// b behind the point. One step multiplies by `t` from the last digit on, and moves the point by one digit.
#[derive(Clone, Debug)]
struct Grown {
    whole: u128,
    /// Digits behind the point, the first one first; each below `bottom`.
    digits: std::collections::VecDeque<u64>,
    top: u64,
    bottom: u64,
}

impl Grown {
    fn new(from: u64, times: Ratio) -> Grown {
        let (top, bottom) = (times.top.unsigned_abs(), times.bottom.unsigned_abs());
        let common = common_divisor(top, bottom).max(1);
        Grown {
            whole: u128::from(from),
            digits: std::collections::VecDeque::new(),
            top: top / common,
            bottom: bottom / common,
        }
    }

    fn step(&mut self) {
        let (top, bottom) = (u128::from(self.top), u128::from(self.bottom));
        let mut carry = 0_u128;
        for digit in self.digits.iter_mut().rev() {
            let product = u128::from(*digit) * top + carry;
            *digit = (product % bottom) as u64;
            carry = product / bottom;
        }
        let product = self.whole * top + carry;
        self.whole = product / bottom;
        self.digits.push_front((product % bottom) as u64);
    }
}

/// The rows of a plan that grows by a factor: `from x times^row` rounded down, until `most` is reached, which holds
/// on; at most `rows` rows. `most` is at most 2^32, `times` above 0.
pub(super) fn geometric(from: u64, times: Ratio, most: u64, rows: usize) -> Vec<u64> {
    let most = most.min(1 << 32);
    let mut grown = Grown::new(from.min(most), times);
    let mut list = Vec::new();
    while list.len() < rows {
        let row = u64::try_from(grown.whole).unwrap_or(u64::MAX).min(most);
        list.push(row);
        if row == most && times >= Ratio::new(1, 1) {
            break;
        }
        grown.step();
    }
    list
}

fn common_divisor(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { common_divisor(b, a % b) }
}

#[cfg(test)]
mod tests {
    use proptest::{prop_assert_eq, proptest};

    use super::{Ratio, geometric};

    /// A published hourly warm-up, day 0 to 41: 20 x 1.4^day, rounded, but for its own slips on the days 12 and 18.
    const PUBLISHED: [u64; 42] = [
        20, 28, 39, 55, 77, 108, 151, 211, 295, 413, 579, 810, 1000, 1587, 2222, 3111, 4356, 6098, 8583,
        11953, 16734, 23427, 32798, 45917, 64284, 89998, 125_997, 176_395, 246_953, 345_735, 484_029,
        677_640, 948_696, 1_328_175, 1_859_444, 2_603_222, 3_644_511, 5_102_316, 7_143_242, 10_000_539,
        14_000_754, 19_601_056,
    ];

    #[test]
    fn a_published_warm_up_is_met_but_for_its_slips() {
        let ours = geometric(20, Ratio::new(7, 5), 1 << 31, PUBLISHED.len());
        for (day, (ours, published)) in ours.iter().zip(PUBLISHED).enumerate() {
            let near = published - ours.min(&published) <= 1 && *ours <= published;
            assert_eq!(near, day != 12 && day != 18, "day {day}: {ours} against {published}");
        }
    }

    #[test]
    fn what_reached_its_bound_stays_there() {
        assert_eq!(geometric(300, Ratio::new(2, 1), 1_000, 30), [300, 600, 1_000]);
        assert_eq!(geometric(2_000, Ratio::new(2, 1), 1_000, 30), [1_000]);
        assert_eq!(geometric(100, Ratio::new(1, 2), 1_000, 9), [100, 50, 25, 12, 6, 3, 1, 0, 0]);
    }

    #[test]
    fn ten_years_of_growth_are_exact_to_the_last_row() {
        // 1,000,000 x 10,001^3,659 / 10,000^3,659, rounded down; rounding every row would be some thousand off.
        let rows = geometric(1_000_000, Ratio::new(10_001, 10_000), 1 << 31, 3_660);
        assert_eq!(rows.last(), Some(&1_441_784));
    }

    proptest! {
        #[test]
        fn rows_equal_the_closed_form_rounded_down(from in 0_u64..100_000, top in 1_i64..400, bottom in 1_i64..400, row in 0_usize..9) {
            let rows = geometric(from, Ratio::new(top, bottom), 1 << 31, row + 1);
            let closed = (0..row).fold(u128::from(from), |product, _| product * top as u128)
                / (0..row).fold(1, |product, _| product * bottom as u128);
            let closed = u64::try_from(closed).unwrap_or(u64::MAX).min(1 << 31);
            prop_assert_eq!(rows.get(row).or(rows.last()).copied(), Some(closed));
        }
    }
}
