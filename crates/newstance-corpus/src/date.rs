//! The forms in which archives write dates.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

const DAYS: [&str; 7] =
    ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// The day that `raw` names, as written, in its own time zone; none for a form
/// that is not known.
///
/// Known are ISO 8601 and RFC 3339 (`2023-01-30T10:00:00+01:00`, `20230130`),
/// `2023/01/30`, RFC 2822 (`Mon, 30 Jan 2023 10:00:00 +0000`), `January 30,
/// 2023`, `30 January 2023`, `30-JAN-1987 15:01:01.79`, each with or without a
/// time of day behind it, and seconds or milliseconds since 1970 as ten to
/// thirteen digits. `03/04/2023` is not: it could be March or April.
pub fn parse_date(raw: &str) -> Option<Date> {
    let raw = raw.trim();
    if raw.len() > 80 {
        return None;
    }
    if raw.bytes().all(|byte| byte.is_ascii_digit()) {
        return from_digits(raw);
    }
    year_first(raw).or_else(|| with_month_name(raw))
}

/// The day in UTC of a moment in seconds or milliseconds since 1970.
pub(crate) fn from_epoch(number: i64) -> Option<Date> {
    let timestamp = match number {
        // From March 1973 on, milliseconds have twelve digits or more.
        100_000_000_000.. => Timestamp::from_millisecond(number),
        _ => Timestamp::from_second(number),
    };
    Some(timestamp.ok()?.to_zoned(TimeZone::UTC).date())
}

fn from_digits(raw: &str) -> Option<Date> {
    match raw.len() {
        8 => {
            let number: u32 = raw.parse().ok()?;
            date(number / 10_000, number / 100 % 100, number % 100)
        }
        10..=13 => from_epoch(raw.parse().ok()?),
        _ => None,
    }
}

fn date(year: u32, month: u32, day: u32) -> Option<Date> {
    if !(1000..=9999).contains(&year) {
        return None;
    }
    Date::new(year.try_into().ok()?, month.try_into().ok()?, day.try_into().ok()?).ok()
}

/// `2023-01-30`, `2023/1/30` and what may follow it.
fn year_first(raw: &str) -> Option<Date> {
    let separator = raw.chars().nth(4).filter(|c| matches!(c, '-' | '/' | '.'))?;
    let mut parts = raw.splitn(3, separator);
    let (year, month, rest) = (parts.next()?, parts.next()?, parts.next()?);
    let (day, rest) = leading_number(rest)?;
    let rest = rest.strip_prefix(['T', 't']).unwrap_or(rest);
    if year.len() != 4 || month.len() > 2 || !is_time(rest) {
        return None;
    }
    date(number(year)?, number(month)?, day)
}

/// Forms that spell the month.
fn with_month_name(raw: &str) -> Option<Date> {
    let mut rest = raw;
    let (word, after) = leading_word(rest);
    if is_name_of(word, &DAYS).is_some() {
        rest = skip_separators(after);
    }
    let (word, after) = leading_word(rest);
    let (month, day, rest) = if let Some(month) = is_name_of(word, &MONTHS) {
        let (day, rest) = leading_number(skip_separators(after))?;
        (month, day, skip_ordinal(rest))
    } else {
        let (day, rest) = leading_number(rest)?;
        let (word, rest) = leading_word(skip_separators(skip_ordinal(rest)));
        (is_name_of(word, &MONTHS)?, day, rest)
    };
    let (year, rest) = leading_number(skip_separators(rest))?;
    is_time(rest).then(|| date(year, month, day))?
}

fn leading_word(text: &str) -> (&str, &str) {
    split_at(text, |c| c.is_ascii_alphabetic())
}

fn leading_number(text: &str) -> Option<(u32, &str)> {
    let (digits, rest) = split_at(text, |c| c.is_ascii_digit());
    Some((number(digits)?, rest))
}

fn split_at(text: &str, belongs: impl Fn(char) -> bool) -> (&str, &str) {
    let end = text.find(|c| !belongs(c)).unwrap_or(text.len());
    text.split_at(end)
}

fn number(digits: &str) -> Option<u32> {
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())?
}

fn skip_separators(text: &str) -> &str {
    text.trim_start_matches([' ', '\u{a0}', '.', ',', '-', '/'])
}

fn skip_ordinal(text: &str) -> &str {
    let (word, rest) = leading_word(text);
    if matches!(word, "st" | "nd" | "rd" | "th") { rest } else { text }
}

/// The place, from 1, of a name that `word` is, or is short for.
fn is_name_of(word: &str, names: &[&str]) -> Option<u32> {
    let word = word.to_ascii_lowercase();
    let place = names.iter().position(|name| word.len() >= 3 && name.starts_with(&word))?;
    u32::try_from(place + 1).ok()
}

/// A time of day to the hundredth of a second without the codes that a wire
/// service puts behind it (`11:46:05.99V RM`); anything else as it is.
fn without_codes(text: &str) -> &str {
    const MOST_CHARS: usize = 8;
    let (time, codes) = split_at(text, |c| c.is_ascii_digit() || matches!(c, ':' | '.'));
    let is_exact = time.matches(':').count() == 2 && time.contains('.');
    let is_code = |c: char| c.is_ascii_uppercase() || c == ' ';
    if is_exact && codes.len() <= MOST_CHARS && codes.chars().all(is_code) { time } else { text }
}

/// True for nothing or a time of day, with or without a zone.
fn is_time(rest: &str) -> bool {
    let rest = rest.trim_matches([' ', ',', '-', '|', '\u{a0}']);
    let rest = without_codes(rest).to_ascii_lowercase();
    let rest = rest.strip_prefix("at ").unwrap_or(&rest);
    rest.is_empty()
        || (rest.starts_with(|c: char| c.is_ascii_digit())
            && rest.split([' ', '(', ')']).all(is_part_of_time))
        || matches!(rest, "z" | "utc" | "gmt")
}

fn is_part_of_time(part: &str) -> bool {
    const ZONES: [&str; 22] = [
        "", "am", "pm", "a.m.", "p.m.", "z", "utc", "gmt", "est", "edt", "et", "cst", "cdt", "ct",
        "mst", "mdt", "pst", "pdt", "pt", "bst", "cet", "cest",
    ];
    let digits = |c: char| c.is_ascii_digit() || matches!(c, ':' | '.' | ',' | '+' | '-' | 'z');
    let bare = part.trim_end_matches(digits);
    let zone = part.trim_start_matches(digits);
    ZONES.contains(&part) || bare.is_empty() || ZONES.contains(&zone)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::parse_date;

    #[test]
    fn the_day_is_the_one_that_is_written() {
        for raw in [
            "2023-01-30",
            "2023-1-30",
            "2023-01-30T23:30:00-08:00",
            "2023-01-30T00:30:00+11:00",
            "2023-01-30 10:00:00.123456 UTC",
            "2023-01-30T10:00:00Z",
            "2023/01/30 10:00",
            "20230130",
            "1675080000",
            "1675080000000",
            "Mon, 30 Jan 2023 10:00:00 +0000",
            "Mon, 30 Jan 2023 10:00:00 GMT",
            "January 30, 2023",
            "Jan. 30, 2023, 5:30 p.m. EST",
            "Monday, January 30th, 2023",
            "30 January 2023",
            "30th Jan 2023 at 10:00am",
            "30-JAN-2023 15:01:01.79",
            "30-JAN-2023 15:01:01.79F",
            "30-JAN-2023 15:01:01.79V RM",
            "  2023-01-30  ",
        ] {
            assert_eq!(parse_date(raw), Some(date(2023, 1, 30)), "{raw}");
        }
        assert_eq!(parse_date("2-MAR-1987 16:10:32.40"), Some(date(1987, 3, 2)));
        assert_eq!(parse_date("Sept. 1, 2001"), Some(date(2001, 9, 1)));
    }

    #[test]
    fn other_forms_are_not_guessed() {
        for raw in [
            "",
            "yesterday",
            "03/04/2023",
            "2023-02-30",
            "2023-13-01",
            "January 2023",
            "January 30, 2023 was a cold day",
            "2023-01-30 in Moscow",
            "2023-01-30 15:01:01.79 IN MOSCOW",
            "Mayor 3, 2020",
            "May the 4th",
            "12345",
            "30 Jan",
            "é-ß-30",
            "99999999999999999999",
        ] {
            assert_eq!(parse_date(raw), None, "{raw}");
        }
    }
}
