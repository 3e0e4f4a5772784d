//! A trend in a few characters.

use std::collections::BTreeMap;

use jiff::civil::Date;

/// From -1 to 1.
const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/// A period without a value.
const GAP: char = '·';
/// Longest line, in characters.
const MAX_CHARS: usize = 36;

/// Net stances by the first day of their month, as one bar a month from
/// `first` to `last` (several months a bar, their mean, where those are many).
pub(crate) fn sparkline(values: &BTreeMap<Date, f64>, first: Date, last: Date) -> String {
    let months = month_number(last).saturating_sub(month_number(first)) + 1;
    let per_bar = months.div_ceil(MAX_CHARS).max(1);
    let mut bars: Vec<(f64, f64)> = vec![(0.0, 0.0); months.div_ceil(per_bar)];
    for (month, value) in values {
        let at = month_number(*month).saturating_sub(month_number(first)) / per_bar;
        if let Some((sum, n)) = bars.get_mut(at) {
            *sum += value;
            *n += 1.0;
        }
    }
    bars.into_iter().map(|(sum, n)| if n > 0.0 { bar(sum / n) } else { GAP }).collect()
}

fn month_number(date: Date) -> usize {
    let months = i32::from(date.year()) * 12 + i32::from(date.month());
    usize::try_from(months).unwrap_or_default()
}

/// The bar of a value from -1 to 1.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the value is clamped to the bars"
)]
fn bar(value: f64) -> char {
    let place = (f64::midpoint(value.clamp(-1.0, 1.0), 1.0) * 7.0).round() as usize;
    BARS.get(place).copied().unwrap_or(GAP)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use jiff::civil::date;

    use super::sparkline;

    #[test]
    fn a_month_is_a_bar_and_a_missing_one_a_gap() {
        let values = BTreeMap::from([(date(2024, 11, 1), -1.0), (date(2025, 1, 1), 1.0)]);
        assert_eq!(sparkline(&values, date(2024, 11, 5), date(2025, 2, 3)), "▁·█·");
    }

    #[test]
    fn many_months_share_a_bar() {
        let values = BTreeMap::from([(date(2000, 1, 1), -1.0), (date(2000, 2, 1), 1.0)]);
        let line = sparkline(&values, date(2000, 1, 1), date(2009, 12, 31));
        assert_eq!(line.chars().count(), 30);
        assert!(line.starts_with("▅·"), "{line}");
    }
}
