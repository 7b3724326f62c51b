//! The words that the platform publishes: ratings, statuses, reactions, money.
//!
//! Closed enums: an exhaustive `match` over them is the best index of the model. Source of the words:
//! the platform's own pages, as digested with dates in the rulesets' `sources`.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Quality rating of a number or a template, worst first, so that `Low < Medium < High`.
///
/// `Unknown` stands apart: no comparison with it is meaningful, so the type is not ordered. Ask
/// [`Rating::at_least`] instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Rating {
    /// Too little was delivered to judge.
    Unknown,
    /// Red.
    Low,
    /// Yellow.
    Medium,
    /// Green.
    High,
}

impl Rating {
    /// Whether the rating meets "`floor` or better"; `unknown_counts_as` decides for [`Rating::Unknown`].
    ///
    /// Unknown always meets "not Low" and "Medium or better"; it meets "High" only where the ruleset reads
    /// Unknown as High.
    pub fn at_least(self, floor: Rating, unknown_counts_as: Rating) -> bool {
        let known = match self {
            Rating::Unknown if floor == Rating::High => unknown_counts_as,
            Rating::Unknown => Rating::Medium,
            known => known,
        };
        known as u8 >= floor as u8
    }

    /// Whether the rating is `ceiling` or worse; Unknown never is.
    pub fn at_most(self, ceiling: Rating) -> bool {
        self != Rating::Unknown && self as u8 <= ceiling as u8
    }

    /// The worse of two; Unknown gives way to what is known.
    pub fn worse(self, other: Rating) -> Rating {
        match (self, other) {
            (Rating::Unknown, known) | (known, Rating::Unknown) => known,
            (a, b) => {
                if (a as u8) < b as u8 {
                    a
                } else {
                    b
                }
            }
        }
    }
}

impl fmt::Display for Rating {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// Status of a number. Later entries are worse; where several hold at once, the worst is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum NumberStatus {
    /// The normal state.
    Connected,
    /// The limit is used up: nothing more may be started until the window moves on.
    Restricted,
    /// The rating fell; before tiers: a first warning without a limit.
    Warned,
    /// The rating fell to Low (or what the ruleset reads for it): the tier is at stake.
    Flagged,
    /// Before tiers: after a warning that did not help, a fixed number of messages a day.
    RateLimited,
    /// Not yet checked against the commerce policy.
    Pending,
    /// The policy check failed or the account was cancelled.
    Offline,
    /// Locked for good.
    Banned,
}

impl NumberStatus {
    /// Every status, best first.
    pub const ALL: [NumberStatus; 8] = [
        NumberStatus::Connected,
        NumberStatus::Restricted,
        NumberStatus::Warned,
        NumberStatus::Flagged,
        NumberStatus::RateLimited,
        NumberStatus::Pending,
        NumberStatus::Offline,
        NumberStatus::Banned,
    ];

    /// The word as people read it.
    pub fn name(self) -> &'static str {
        match self {
            NumberStatus::Connected => "Connected",
            NumberStatus::Restricted => "Restricted",
            NumberStatus::Warned => "Warned",
            NumberStatus::Flagged => "Flagged",
            NumberStatus::RateLimited => "Rate-limited",
            NumberStatus::Pending => "Pending",
            NumberStatus::Offline => "Offline",
            NumberStatus::Banned => "Banned",
        }
    }
}

impl fmt::Display for NumberStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Status of a template. Later entries are worse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum TemplateStatus {
    /// It may be sent.
    Approved,
    /// It may be sent, and will be disabled unless its rating recovers.
    Flagged,
    /// Under review: it may not be sent.
    Pending,
    /// It may not be sent for some hours.
    Paused,
    /// Review refused it.
    Rejected,
    /// It may never be sent again.
    Disabled,
}

impl TemplateStatus {
    /// Every status, best first.
    pub const ALL: [TemplateStatus; 6] = [
        TemplateStatus::Approved,
        TemplateStatus::Flagged,
        TemplateStatus::Pending,
        TemplateStatus::Paused,
        TemplateStatus::Rejected,
        TemplateStatus::Disabled,
    ];

    /// Whether messages of a template in this status are accepted.
    pub fn sendable(self) -> bool {
        matches!(self, TemplateStatus::Approved | TemplateStatus::Flagged)
    }
}

impl fmt::Display for TemplateStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// Category of a template, as the platform prices and paces it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Category {
    /// Offers, news, reactivation.
    Marketing,
    /// Follow-up to something the customer did.
    Utility,
    /// One-time codes.
    Authentication,
}

/// What comes back from customers, as a rating weighs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Feedback {
    /// The customer blocked the number.
    Block,
    /// The customer reported the number as spam.
    Report,
    /// The customer muted the chat.
    Mute,
    /// The customer archived the chat.
    Archive,
    /// The customer asked for no more marketing.
    Stop,
    /// The customer answered.
    Reply,
    /// The customer wrote first.
    CustomerFirst,
    /// The business answered a customer later than the rating clause's `answer_within`.
    SlowAnswer,
    /// A delivered message stayed unread for the rating clause's `unread_after`.
    Unread,
}

impl Feedback {
    /// Every kind; its position is its index in counters.
    pub const ALL: [Feedback; 9] = [
        Feedback::Block,
        Feedback::Report,
        Feedback::Mute,
        Feedback::Archive,
        Feedback::Stop,
        Feedback::Reply,
        Feedback::CustomerFirst,
        Feedback::SlowAnswer,
        Feedback::Unread,
    ];

    /// Position in [`Feedback::ALL`].
    pub const fn index(self) -> usize {
        self as usize
    }
}

/// An amount of money in millionths of a currency's unit: integers, so that totals are exact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Money {
    /// Millionths of one unit of the currency.
    pub micros: i64,
    /// Three capital letters, such as USD.
    pub currency: String,
}

/// Why a text is no amount of money.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum MoneyError {
    /// Not of the form `0.05 USD`.
    #[error("expected an amount and a currency, such as \"0.05 USD\", found {0:?}")]
    Form(String),
    /// More digits than a millionth, or too large.
    #[error("{0:?} does not fit whole millionths of a currency's unit")]
    Size(String),
}

impl TryFrom<String> for Money {
    type Error = MoneyError;

    fn try_from(text: String) -> Result<Money, MoneyError> {
        let form = || MoneyError::Form(text.clone());
        let (amount, currency) = text.trim().split_once(' ').ok_or_else(form)?;
        let currency = currency.trim();
        if currency.len() != 3 || !currency.bytes().all(|b| b.is_ascii_uppercase()) {
            return Err(form());
        }
        let (whole, fraction) = amount.split_once('.').unwrap_or((amount, ""));
        let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || !digits(whole) || !digits(fraction) {
            return Err(form());
        }
        let size = || MoneyError::Size(text.clone());
        if fraction.len() > 6 {
            return Err(size());
        }
        let micros = format!("{whole}{fraction:0<6}").parse::<i64>().map_err(|_| size())?;
        Ok(Money { micros, currency: currency.to_owned() })
    }
}

impl From<Money> for String {
    fn from(money: Money) -> String {
        money.to_string()
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, fraction) = (self.micros / 1_000_000, self.micros % 1_000_000);
        let fraction = format!("{fraction:06}");
        let fraction = fraction.trim_end_matches('0');
        match fraction.len() {
            0 => write!(f, "{whole} {}", self.currency),
            1 => write!(f, "{whole}.{fraction}0 {}", self.currency),
            _ => write!(f, "{whole}.{fraction} {}", self.currency),
        }
    }
}

/// An exact fraction, written as text so that no floating point enters a rule: `"1/2"`, `"2"`, `"1.5%"`, `"-0.1"`.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Ratio {
    /// Numerator, carries the sign.
    pub top: i64,
    /// Denominator, above 0.
    pub bottom: i64,
    /// How it was written; takes no part in equality.
    style: RatioStyle,
}

#[derive(Clone, Copy, Debug)]
enum RatioStyle {
    Plain,
    Percent,
    Fraction,
}

/// Why a text is no exact ratio.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum RatioError {
    /// Not a number, per cent or fraction.
    #[error("expected a number as text, such as \"2\", \"1/2\", \"1.5%\" or \"-0.1\", found {0:?}")]
    Form(String),
    /// More digits than fit.
    #[error("{0:?} has more digits than can be held exactly (9 after the point)")]
    Size(String),
}

impl Ratio {
    /// `top / bottom`; `bottom` must be above 0.
    pub const fn new(top: i64, bottom: i64) -> Ratio {
        assert!(bottom > 0, "a ratio's denominator is above 0");
        Ratio { top, bottom, style: RatioStyle::Fraction }
    }

    /// A share drawn at random, held exactly in billionths.
    pub fn from_share(share: f64) -> Ratio {
        Ratio { top: (share * 1e9).round() as i64, bottom: 1_000_000_000, style: RatioStyle::Percent }
    }

    /// The ratio as a floating point number, for display and charts only.
    pub fn as_f64(self) -> f64 {
        self.top as f64 / self.bottom as f64
    }

    /// Whole part of `ratio x amount`, rounded up: the least whole number that reaches it.
    pub fn times_rounded_up(self, amount: u64) -> u64 {
        if let Some((product, bottom)) = self.short_product(amount) {
            return product.div_ceil(bottom);
        }
        let product = i128::from(self.top) * i128::from(amount);
        let bottom = i128::from(self.bottom);
        u64::try_from((product + bottom - 1).div_euclid(bottom).max(0)).unwrap_or(u64::MAX)
    }

    /// Whole part of `ratio x amount`, rounded down.
    pub fn times_rounded_down(self, amount: u64) -> u64 {
        if self.top == self.bottom {
            return amount;
        }
        if let Some((product, bottom)) = self.short_product(amount) {
            return product / bottom;
        }
        let product = i128::from(self.top) * i128::from(amount);
        u64::try_from(product.div_euclid(i128::from(self.bottom)).max(0)).unwrap_or(u64::MAX)
    }

    /// `top x amount` and `bottom`, where 64 bits hold them.
    fn short_product(self, amount: u64) -> Option<(u64, u64)> {
        let (top, bottom) = (u64::try_from(self.top).ok()?, u64::try_from(self.bottom).ok()?);
        Some((top.checked_mul(amount)?, bottom))
    }
}

impl PartialEq for Ratio {
    fn eq(&self, other: &Ratio) -> bool {
        i128::from(self.top) * i128::from(other.bottom) == i128::from(other.top) * i128::from(self.bottom)
    }
}

impl Eq for Ratio {}

impl PartialOrd for Ratio {
    fn partial_cmp(&self, other: &Ratio) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Ratio {
    fn cmp(&self, other: &Ratio) -> std::cmp::Ordering {
        let left = i128::from(self.top) * i128::from(other.bottom);
        left.cmp(&(i128::from(other.top) * i128::from(self.bottom)))
    }
}

impl TryFrom<String> for Ratio {
    type Error = RatioError;

    fn try_from(text: String) -> Result<Ratio, RatioError> {
        let trimmed = text.trim();
        if let Some(number) = trimmed.strip_suffix('%') {
            let (top, bottom) = decimal(number.trim(), &text)?;
            let bottom = bottom.checked_mul(100).ok_or_else(|| RatioError::Size(text.clone()))?;
            return Ok(Ratio { top, bottom, style: RatioStyle::Percent });
        }
        if let Some((top, bottom)) = trimmed.split_once('/') {
            let (top, one) = decimal(top.trim(), &text)?;
            let (bottom, unit) = decimal(bottom.trim(), &text)?;
            if one != 1 || unit != 1 || bottom < 1 {
                return Err(RatioError::Form(text));
            }
            return Ok(Ratio { top, bottom, style: RatioStyle::Fraction });
        }
        let (top, bottom) = decimal(trimmed, &text)?;
        Ok(Ratio { top, bottom, style: RatioStyle::Plain })
    }
}

/// Reads `-12.34` as (-1234, 100).
fn decimal(number: &str, text: &str) -> Result<(i64, i64), RatioError> {
    let form = || RatioError::Form(text.to_owned());
    let (sign, digits) = number.strip_prefix('-').map_or((1, number), |rest| (-1, rest));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if whole.is_empty() || !whole.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit()) {
        return Err(form());
    }
    if fraction.len() > 9 || whole.len() > 9 {
        return Err(RatioError::Size(text.to_owned()));
    }
    let top: i64 = format!("{whole}{fraction}").parse().map_err(|_| form())?;
    let bottom = (0..fraction.len()).fold(1_i64, |product, _| product * 10);
    Ok((sign * top, bottom))
}

impl From<Ratio> for String {
    fn from(ratio: Ratio) -> String {
        ratio.to_string()
    }
}

impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.style {
            RatioStyle::Fraction => write!(f, "{}/{}", self.top, self.bottom),
            RatioStyle::Plain => f.write_str(&plain(self.top, self.bottom)),
            RatioStyle::Percent => write!(f, "{}%", plain(self.top, self.bottom / 100)),
        }
    }
}

/// Writes `top / bottom`, where `bottom` is a power of ten, without trailing zeros.
fn plain(top: i64, bottom: i64) -> String {
    let sign = if top < 0 { "-" } else { "" };
    let (whole, rest) =
        (top.unsigned_abs() / bottom.unsigned_abs(), top.unsigned_abs() % bottom.unsigned_abs());
    if rest == 0 {
        return format!("{sign}{whole}");
    }
    let width = bottom.to_string().len() - 1;
    let fraction = format!("{rest:0width$}");
    format!("{sign}{whole}.{}", fraction.trim_end_matches('0'))
}

/// A text with a capital at its beginning.
pub(crate) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Writes a whole number with commas between groups of three: `100,000`.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.char_indices() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn unknown_meets_medium_but_high_only_by_reading() {
        assert!(Rating::Unknown.at_least(Rating::Medium, Rating::Medium));
        assert!(!Rating::Unknown.at_least(Rating::High, Rating::Medium));
        assert!(Rating::Unknown.at_least(Rating::High, Rating::High));
        assert!(!Rating::Unknown.at_most(Rating::Low));
        assert!(Rating::Low.at_most(Rating::Medium));
        assert_eq!(Rating::Unknown.worse(Rating::High), Rating::High);
        assert_eq!(Rating::Medium.worse(Rating::High), Rating::Medium);
    }

    #[test]
    fn ratios_are_exact_and_shown_as_written() {
        for text in ["1/2", "2", "1.5%", "-0.1", "0.02", "90%", "0"] {
            assert_eq!(Ratio::try_from(text.to_owned()).unwrap().to_string(), text);
        }
        assert_eq!(Ratio::try_from("50%".to_owned()), Ratio::try_from("1/2".to_owned()));
        assert_eq!(Ratio::new(1, 2).times_rounded_up(1001), 501);
        assert_eq!(Ratio::new(1, 2).times_rounded_down(1001), 500);
        for text in ["", "half", "1/0", "1/2.5", "1e3", "--1", "0.1234567891"] {
            assert!(Ratio::try_from(text.to_owned()).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn amounts_are_rounded_as_the_exact_product_is(
            top in -5_i64..=1 << 40, bottom in 1_i64..1_000_000_000, whole in any::<bool>(), shift in 0_u32..64, bits in any::<u64>(),
        ) {
            let (top, amount) = (if whole { bottom } else { top }, bits >> shift);
            let (product, ratio) = (i128::from(top) * i128::from(amount), Ratio::new(top, bottom));
            let down = product.div_euclid(i128::from(bottom));
            let up = down + i128::from(product.rem_euclid(i128::from(bottom)) > 0);
            let held = |exact: i128| u64::try_from(exact.max(0)).unwrap_or(u64::MAX);
            prop_assert_eq!((ratio.times_rounded_down(amount), ratio.times_rounded_up(amount)), (held(down), held(up)));
        }
    }

    #[test]
    fn money_is_whole_millionths() {
        let price = Money::try_from("0.0592 USD".to_owned()).unwrap();
        assert_eq!((price.micros, price.to_string().as_str()), (59_200, "0.0592 USD"));
        assert_eq!(Money::try_from("30 USD".to_owned()).unwrap().micros, 30_000_000);
        for text in ["30", "30 usd", "0.0000001 USD", "x USD", "1. . USD", "99999999999999999999 USD"] {
            assert!(Money::try_from(text.to_owned()).is_err(), "{text}");
        }
    }

    #[test]
    fn numbers_are_grouped() {
        assert_eq!([0, 999, 1_000, 1_234_567].map(grouped), ["0", "999", "1,000", "1,234,567"]);
    }
}
