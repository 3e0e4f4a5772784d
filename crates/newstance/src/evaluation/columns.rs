//! What examples can be sliced by, beside the columns of the gold data.

use newstance_doc::Span;
use newstance_eval::Columns;

/// Upper ends of lengths in words, and what texts up to there are called.
const LENGTHS: [(usize, &str); 4] = [
    (15, "1 to 15 words"),
    (30, "16 to 30 words"),
    (60, "31 to 60 words"),
    (400, "61 to 400 words"),
];

/// Column `length` of a text of that many words.
pub(crate) fn length(n_words: usize) -> (String, String) {
    let name = LENGTHS.iter().find(|(most, _)| n_words <= *most).map_or("over 400 words", |l| l.1);
    ("length".to_owned(), name.to_owned())
}

/// Words of `text`, as the pipeline cuts it.
pub(crate) fn n_words(text: &str) -> usize {
    newstance_tokenize::words(text, Span::new(0, text.len())).len()
}

/// Column `quoted`: whether quotation marks stand in the text.
pub(crate) fn quoted(text: &str) -> (String, String) {
    let is_quoted = text.contains(['"', '“', '”', '«', '»', '„']);
    ("quoted".to_owned(), yes_or_no(is_quoted))
}

/// Column `source`: by what words a source is named.
pub(crate) fn source(source: Option<&str>) -> (String, String) {
    const PRONOUNS: [&str; 9] = ["i", "you", "he", "she", "it", "we", "they", "who", "which"];
    let kind = match source.map(str::trim) {
        None | Some("") => "none",
        Some(source) if PRONOUNS.contains(&source.to_lowercase().as_str()) => "pronoun",
        Some(source) => {
            let is_name = |word: &str| word.starts_with(char::is_uppercase);
            // A capital behind the first word is a name's; at the first it may be a sentence's.
            let mut words = source.split_whitespace();
            let first = words.next().is_some_and(is_name);
            let is_article =
                |word: &str| ["the", "a", "an"].contains(&word.to_lowercase().as_str());
            let begins_with_article = source.split_whitespace().next().is_some_and(is_article);
            if words.any(is_name) || (first && !begins_with_article) { "name" } else { "noun" }
        }
    };
    ("source".to_owned(), kind.to_owned())
}

/// Column `wire`: whether a news agency is named as the text's origin.
pub(crate) fn wire(text: &str) -> (String, String) {
    const AGENCIES: [&str; 6] =
        ["(Reuters)", "(AP)", "(AFP)", "Associated Press", "(UPI)", "(Bloomberg)"];
    ("wire".to_owned(), yes_or_no(AGENCIES.iter().any(|agency| text.contains(agency))))
}

fn yes_or_no(value: bool) -> String {
    if value { "yes" } else { "no" }.to_owned()
}

/// `columns` with more of them.
pub(crate) fn with(columns: &Columns, more: impl IntoIterator<Item = (String, String)>) -> Columns {
    let mut all = columns.clone();
    all.extend(more);
    all
}

#[cfg(test)]
mod tests {
    use super::{length, quoted, source};

    #[test]
    fn lengths_are_cut_into_five() {
        let name = |n| length(n).1;
        assert_eq!((name(15), name(16)), ("1 to 15 words".to_owned(), "16 to 30 words".to_owned()));
        assert_eq!(name(401), "over 400 words");
    }

    #[test]
    fn a_source_is_a_name_a_noun_a_pronoun_or_none() {
        let kind = |text: &str| source(Some(text)).1;
        assert_eq!(kind("She"), "pronoun");
        assert_eq!(kind("Ana Koroma"), "name");
        assert_eq!(kind("the prime minister"), "noun");
        assert_eq!(kind("The officials"), "noun");
        assert_eq!(kind("a spokesman for Shell"), "name");
        assert_eq!(source(None).1, "none");
    }

    #[test]
    fn quotation_marks_of_many_sorts_count() {
        assert_eq!(quoted("«Non», dit-il").1, "yes");
        assert_eq!(quoted("it's raining").1, "no");
    }
}
