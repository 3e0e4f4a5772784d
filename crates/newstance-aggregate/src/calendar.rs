//! The periods that counts are given for.

use jiff::civil::Date;

use crate::PeriodUnit;

/// The first day of the period that `date` lies in; none for the whole archive
/// and for a week that begins before the calendar does.
pub(crate) fn period_start(unit: PeriodUnit, date: Date) -> Option<Date> {
    match unit {
        PeriodUnit::All => None,
        PeriodUnit::Year => Date::new(date.year(), 1, 1).ok(),
        PeriodUnit::Month => Some(date.first_of_month()),
        PeriodUnit::Week => {
            let days = i64::from(date.weekday().to_monday_zero_offset());
            date.checked_sub(jiff::Span::new().days(days)).ok()
        }
        PeriodUnit::Day => Some(date),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::period_start;
    use crate::PeriodUnit;

    #[test]
    fn a_week_begins_on_monday() {
        let start = |unit| period_start(unit, date(2026, 11, 22));
        assert_eq!(start(PeriodUnit::Week), Some(date(2026, 11, 16)));
        assert_eq!(start(PeriodUnit::Month), Some(date(2026, 11, 1)));
        assert_eq!(start(PeriodUnit::Year), Some(date(2026, 1, 1)));
        assert_eq!(start(PeriodUnit::Day), Some(date(2026, 11, 22)));
        assert_eq!(start(PeriodUnit::All), None);
    }
}
