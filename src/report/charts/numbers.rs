//! How numbers are drawn and written in the charts.

/// What can be drawn: no less than zero, and a number.
pub(super) fn tame(value: f64) -> f64 {
    if value > 0.0 { value } else { 0.0 }
}

/// "12,400", "0.25": a number of things, grouped by thousands; "unlimited" for infinity.
pub(super) fn count(value: f64) -> String {
    if value == f64::INFINITY {
        return "unlimited".to_owned();
    }
    if value > 0.0 && value < 9.95 && (value - value.round()).abs() > 0.005 {
        return trim(format!(
            "{value:.prec$}",
            prec = if value < 0.095 {
                3
            } else if value < 0.95 {
                2
            } else {
                1
            }
        ));
    }
    let digits = format!("{:.0}", value.abs());
    let mut grouped = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    if value <= -0.5 { format!("−{grouped}") } else { grouped }
}

/// The same, to three figures: what a forecast can know.
pub(in crate::report) fn about(value: f64) -> String {
    if !value.is_finite() || value < 1000.0 {
        return count(value);
    }
    let step = super::axis::power_of_ten(super::axis::log10(value).floor() - 2.0);
    count((value / step).round() * step)
}

/// "62%"; never "100%" or "0%" for what is only nearly so. Halves are rounded up, in titles as in labels.
pub(in crate::report) fn chance(share: f64) -> String {
    let percent = (share * 100.0).round();
    match share {
        s if s > 0.0 && percent == 0.0 => "<1%".to_owned(),
        s if s < 1.0 && percent == 100.0 => ">99%".to_owned(),
        _ => format!("{percent:.0}%"),
    }
}

/// "1.2%": a small share, to two figures or so.
pub(super) fn rate(share: f64) -> String {
    let percent = share * 100.0;
    let text = match percent {
        p if p >= 9.95 => format!("{p:.0}"),
        p if p >= 0.0995 || p <= 0.0 => format!("{p:.1}"),
        p => format!("{p:.2}"),
    };
    format!("{}%", trim(text))
}

fn trim(decimal: String) -> String {
    if decimal.contains('.') {
        decimal.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        decimal
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_as_a_planner_writes_them() {
        assert_eq!(
            [0.0, 1.0, 2.5, 0.25, 999.6, 12_400.0, 1e6].map(count).join(" "),
            "0 1 2.5 0.25 1,000 12,400 1,000,000"
        );
        assert_eq!(count(f64::INFINITY), "unlimited");
        assert_eq!([999.4, 12_437.0, 99_960.0].map(about).join(" "), "999 12,400 100,000");
        assert_eq!([0.0, 0.001, 0.62, 0.997, 1.0].map(chance).join(" "), "0% <1% 62% >99% 100%");
        assert_eq!([0.0049, 0.005, 0.625, 0.994, 0.995].map(chance).join(" "), "<1% 1% 63% 99% >99%");
        assert_eq!([0.0, 0.0005, 0.012, 0.03, 0.25].map(rate).join(" "), "0% 0.05% 1.2% 3% 25%");
    }
}
