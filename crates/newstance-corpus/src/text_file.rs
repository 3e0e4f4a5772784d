//! A text file to an article.

use jiff::civil::Date;
use newstance_doc::Span;

use crate::date::parse_date;

/// The longest first line that is taken for a headline, in characters.
const MAX_TITLE_CHARS: usize = 160;

/// What a text file holds.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct TextArticle<'t> {
    pub(crate) date: Option<Date>,
    pub(crate) date_raw: Option<&'t str>,
    pub(crate) title: &'t str,
    /// From the first to the last character; empty where there is none.
    pub(crate) text: &'t str,
}

/// Reads a first line that is a date, then a first short line that is a
/// headline; the rest is the text, untouched but for the white space around.
///
/// A headline is a line of at most 160 characters without a full stop, comma,
/// colon or semicolon at its end, that more text follows: after a blank line,
/// or on a line that does not begin with a small letter.
pub(crate) fn read_text(content: &str) -> TextArticle<'_> {
    let content = content.strip_prefix('\u{feff}').unwrap_or(content).trim();
    let (line, rest) = first_line(content);
    let date = parse_date(line).filter(|_| line.len() >= 8);
    let (date_raw, body) = match date {
        Some(_) => (Some(line), rest.trim_start()),
        None => (None, content),
    };
    let (line, rest) = first_line(body);
    if is_title(line, rest) {
        TextArticle { date, date_raw, title: line, text: rest.trim_start() }
    } else {
        TextArticle { date, date_raw, title: "", text: body }
    }
}

/// The first line, without white space at its end, and what follows its break.
fn first_line(text: &str) -> (&str, &str) {
    let end = text.find(['\n', '\r']).unwrap_or(text.len());
    let (line, rest) = (Span::new(0, end).of(text), Span::new(end, text.len()).of(text));
    let rest = rest.strip_prefix("\r\n").or_else(|| rest.strip_prefix(['\n', '\r']));
    (line.trim_end(), rest.unwrap_or_default())
}

fn is_title(line: &str, rest: &str) -> bool {
    let bare = line.trim_end_matches(['"', '\'', '”', '’', '»', ')']);
    let (next, _) = first_line(rest);
    let goes_on = next.chars().find(|c| c.is_alphanumeric()).is_some_and(char::is_lowercase);
    !line.is_empty()
        && line.chars().count() <= MAX_TITLE_CHARS
        && !bare.ends_with(['.', ',', ':', ';', '…'])
        && !rest.trim().is_empty()
        && (next.trim().is_empty() || !goes_on)
}

#[cfg(test)]
mod tests {
    use super::read_text;

    #[track_caller]
    fn check(content: &str, date: Option<&str>, title: &str, text: &str) {
        let article = read_text(content);
        assert_eq!((article.date_raw, article.title, article.text), (date, title, text));
        assert_eq!(article.date.is_some(), date.is_some());
    }

    #[test]
    fn a_date_line_and_a_headline_are_taken_off() {
        check(
            "\u{feff}\nJanuary 30, 2023\n\nU.S. officials speak\n\nThey spoke.\nAgain.\n",
            Some("January 30, 2023"),
            "U.S. officials speak",
            "They spoke.\nAgain.",
        );
        check(
            "2023-01-30\r\nTalks fail\r\nThey did.",
            Some("2023-01-30"),
            "Talks fail",
            "They did.",
        );
        check("Talks fail?\n\nthey did.", None, "Talks fail?", "they did.");
    }

    #[test]
    fn a_first_sentence_is_no_headline() {
        check("They spoke.\n\nAgain.", None, "", "They spoke.\n\nAgain.");
        check("He said “no.”\nAgain.", None, "", "He said “no.”\nAgain.");
        check("Showers went on in\nthe zone.", None, "", "Showers went on in\nthe zone.");
        check("only a line", None, "", "only a line");
        let long = format!("{}\n\nText.", "word ".repeat(60).trim_end());
        check(&long, None, "", &long);
    }

    #[test]
    fn a_file_may_hold_no_text() {
        check("", None, "", "");
        check("January 30, 2023\n", Some("January 30, 2023"), "", "");
        check("2001\n\nA space odyssey\n\nBegins.", None, "2001", "A space odyssey\n\nBegins.");
    }
}
