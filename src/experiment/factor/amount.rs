//! Exact amounts as they are written in files: whole numbers, decimals, per cent, spans of time.

use crate::random::maths::pow;
use crate::time::{HOUR, Span};

/// What a range counts in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Whole numbers: `10_000`.
    Whole,
    /// Numbers with a point: `0.35`.
    Decimal,
    /// Shares in per cent: `1.5%`.
    Percent,
    /// Spans of time, of whole seconds: `6h`, `2d 12h`.
    Span,
}

impl Kind {
    /// What it is called in messages.
    pub fn in_words(self) -> &'static str {
        match self {
            Kind::Whole => "a whole number",
            Kind::Decimal => "a number",
            Kind::Percent => "a share in per cent",
            Kind::Span => "a span of time",
        }
    }
}

/// Digits after the point that a value between two ends has more than they have.
const FINER: u32 = 4;
/// Most digits after the point of an end.
const MOST_PLACES: usize = 9;
/// Most digits of an end in all.
const MOST_DIGITS: usize = 15;
/// Steps that a position from 0 to 1 is read in: 2^32.
const STEPS: f64 = 4_294_967_296.0;

/// An amount: `digits` / 10^`places`, in seconds for a span.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Amount {
    pub(super) kind: Kind,
    digits: i128,
    places: u32,
}

impl Amount {
    /// The amount that a text says; `None` where it says none, or one of too many digits.
    pub(super) fn parse(text: &str) -> Option<Amount> {
        let text = text.trim();
        if let Some(share) = text.strip_suffix('%') {
            return Some(Amount { kind: Kind::Percent, ..decimal(share.trim_end())? });
        }
        decimal(text).or_else(|| {
            let span = Span::try_from(text.to_owned()).ok()?;
            Some(Amount { kind: Kind::Span, digits: i128::from(span.0), places: 0 })
        })
    }

    /// The amount in its own unit: a number, per cent, or seconds.
    pub(super) fn value(self) -> f64 {
        (0..self.places).fold(self.digits as f64, |value, _| value / 10.0)
    }
}

/// A number without unit.
fn decimal(text: &str) -> Option<Amount> {
    let (negative, rest) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (whole, fraction) = rest.split_once('.').unwrap_or((rest, ""));
    let whole = whole.replace('_', "");
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let wanting = whole.is_empty() || (rest.contains('.') && fraction.is_empty());
    if wanting || !all_digits(&whole) || !all_digits(fraction) {
        return None;
    }
    if fraction.len() > MOST_PLACES || whole.len() + fraction.len() > MOST_DIGITS {
        return None;
    }
    let digits: i128 = format!("{whole}{fraction}").parse().ok()?;
    let kind = if rest.contains('.') { Kind::Decimal } else { Kind::Whole };
    let places = fraction.len() as u32;
    Some(Amount { kind, digits: if negative { -digits } else { digits }, places })
}

/// All amounts of one kind between two, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Between {
    pub(super) kind: Kind,
    low: i128,
    high: i128,
    places: u32,
    /// Whether equal steps are equal factors.
    pub(super) log: bool,
}

impl Between {
    /// The amounts from one to another of the same kind; `None` where the kinds differ.
    pub(super) fn new(low: Amount, high: Amount, log: bool) -> Option<Between> {
        let kind = match (low.kind, high.kind) {
            (a, b) if a == b => a,
            (Kind::Whole, Kind::Decimal) | (Kind::Decimal, Kind::Whole) => Kind::Decimal,
            _ => return None,
        };
        let places = match kind {
            Kind::Whole | Kind::Span => 0,
            Kind::Decimal | Kind::Percent => low.places.max(high.places) + FINER,
        };
        let scaled = |amount: Amount| (amount.places..places).fold(amount.digits, |digits, _| digits * 10);
        Some(Between { kind, low: scaled(low), high: scaled(high), places, log })
    }

    /// Whether the first end lies below the second.
    pub(super) fn rises(&self) -> bool {
        self.low < self.high
    }

    /// Whether both ends are the same.
    pub(super) fn is_one(&self) -> bool {
        self.low == self.high
    }

    /// Whether the range begins above 0, as factors need.
    pub(super) fn is_positive(&self) -> bool {
        self.low > 0
    }

    /// Level `index` of `of`, the ends among them.
    pub(super) fn level(&self, index: u32, of: u32) -> String {
        let last = of.saturating_sub(1).max(1);
        let digits = if self.log && index > 0 && index < last {
            self.plain(self.by_factor(f64::from(index) / f64::from(last)))
        } else {
            let (top, last) = ((self.high - self.low) * i128::from(index), i128::from(last));
            self.low + (2 * top + last) / (2 * last)
        };
        self.written(digits)
    }

    /// The amount at a position, 0 <= `unit` < 1; whole numbers alike often.
    pub(super) fn at(&self, unit: f64) -> String {
        let steps = (unit.clamp(0.0, 1.0) * STEPS) as i128;
        let width = self.high - self.low + i128::from(self.kind == Kind::Whole && !self.log);
        let digits = if self.log { self.by_factor(unit) } else { self.low + width * steps / (STEPS as i128) };
        self.written(digits.clamp(self.low, self.high))
    }

    /// The amount that lies a share of the factor between the ends above the lower.
    fn by_factor(&self, share: f64) -> i128 {
        let factor = pow(self.high as f64 / self.low as f64, share);
        ((self.low as f64 * factor).round() as i128).clamp(self.low, self.high)
    }

    /// The amount to three figures, as people write levels of equal factors; spans to whole minutes from an hour on.
    fn plain(&self, digits: i128) -> i128 {
        let mut step = 1;
        if self.kind == Kind::Span {
            step = if digits >= i128::from(HOUR) { 60 } else { 1 };
        } else {
            while digits.abs() / step >= 1_000 {
                step *= 10;
            }
        }
        ((digits + step / 2).div_euclid(step) * step).clamp(self.low, self.high)
    }

    /// An amount as it stands in a file, without needless digits.
    fn written(&self, digits: i128) -> String {
        if self.kind == Kind::Span {
            return Span(digits as i64).to_string();
        }
        let one = 10_i128.pow(self.places);
        let sign = if digits < 0 { "-" } else { "" };
        let (whole, fraction) = (digits.abs() / one, digits.abs() % one);
        let fraction = format!("{fraction:0width$}", width = self.places as usize);
        let fraction = fraction.trim_end_matches('0');
        match (self.kind, fraction) {
            (Kind::Whole, _) => format!("{sign}{whole}"),
            (Kind::Percent, "") => format!("{sign}{whole}%"),
            (Kind::Percent, _) => format!("{sign}{whole}.{fraction}%"),
            (_, "") => format!("{sign}{whole}.0"),
            (_, _) => format!("{sign}{whole}.{fraction}"),
        }
    }
}
