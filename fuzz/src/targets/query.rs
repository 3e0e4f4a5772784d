//! What articles are asked for, and their dates.

use newstance_corpus::{ArticleFilter, FilterSettings, parse_date};
use newstance_doc::Article;

/// Another word than what is asked for.
const OTHER: &str = "nosuchword";

/// The first line is a query and a date, the rest a text.
pub fn query(bytes: &[u8]) {
    let input = String::from_utf8_lossy(bytes);
    let (first, text) = input.split_once('\n').unwrap_or((&input, ""));
    date(first);
    let fits = fits(first, text);
    assert_eq!(fits, self::fits(first, &text.to_ascii_uppercase()), "case tells");
    assert_eq!(fits, self::fits(&format!(" {first}\t"), text), "white space tells");
    if fits {
        // More in the text takes nothing away from what is wanted.
        let is_unwanted = first.contains('-');
        assert!(is_unwanted || self::fits(first, &format!("{text} more")), "words are lost");
    }
    let is_term = !first.is_empty() && first.chars().all(char::is_alphanumeric) && first != "OR";
    if is_term {
        assert_ne!(fits, self::fits(&format!("-{first}"), text), "a word is there or is not");
        assert!(self::fits(first, &format!("{text} {first}.")), "a word is not found");
        let either = self::fits(&format!("{OTHER} OR {first}"), text);
        assert_eq!(either, fits || self::fits(OTHER, text), "OR is not or");
    }
}

fn fits(query: &str, text: &str) -> bool {
    let settings = FilterSettings {
        query: query.to_owned(),
        languages: Vec::new(),
        ..FilterSettings::default()
    };
    ArticleFilter::new(&settings).leaves_out(&Article::plain("a", text)).is_none()
}

/// A date is one of four digits' years, whatever stands around it, and reads
/// as itself.
fn date(raw: &str) {
    let Some(date) = parse_date(raw) else { return };
    assert!((1000..=9999).contains(&date.year()), "{raw:?} is {date}");
    assert_eq!(parse_date(&date.to_string()), Some(date));
    assert_eq!(parse_date(&format!(" {raw}\n")), Some(date), "white space tells");
}
