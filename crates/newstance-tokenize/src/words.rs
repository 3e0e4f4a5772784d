//! Where words begin and end.

use newstance_doc::Span;
use unicode_general_category::{GeneralCategory, get_general_category};

/// The words of `text` that lie in `within`, in order.
///
/// A word is a maximal run of letters, numbers, marks and format characters
/// (the general categories L, N, M and Cf), or one other character that is not
/// white space (the property `White_Space`). In the pattern language of Python's
/// `regex` module that is `[\p{L}\p{N}\p{M}\p{Cf}]+|[^\s]`: what models were
/// trained on and what they are run on is cut alike. A control character such
/// as NUL is a word of its own unless it is white space.
///
/// # Panics
///
/// If `within` is not a span of `text`.
pub fn words(text: &str, within: Span) -> Vec<Span> {
    let mut spans = Vec::with_capacity(within.len() / 6 + 1);
    let mut run_start = None;
    for (offset, c) in within.of(text).char_indices() {
        let at = within.start + offset;
        if is_word_char(c) {
            run_start.get_or_insert(at);
            continue;
        }
        if let Some(start) = run_start.take() {
            spans.push(Span::new(start, at));
        }
        if !c.is_whitespace() {
            spans.push(Span::new(at, at + c.len_utf8()));
        }
    }
    if let Some(start) = run_start {
        spans.push(Span::new(start, within.end));
    }
    spans
}

/// True for a character that words of more than one character are made of.
pub(crate) fn is_word_char(c: char) -> bool {
    use GeneralCategory as G;

    if c.is_ascii() {
        return c.is_ascii_alphanumeric();
    }
    matches!(
        get_general_category(c),
        G::UppercaseLetter
            | G::LowercaseLetter
            | G::TitlecaseLetter
            | G::ModifierLetter
            | G::OtherLetter
            | G::DecimalNumber
            | G::LetterNumber
            | G::OtherNumber
            | G::NonspacingMark
            | G::SpacingMark
            | G::EnclosingMark
            | G::Format
    )
}

#[cfg(test)]
mod tests {
    use newstance_doc::Span;
    use proptest::prelude::{any, proptest};

    use super::{is_word_char, words};

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let found: Vec<_> =
            words(text, Span::new(0, text.len())).into_iter().map(|span| span.of(text)).collect();
        assert_eq!(found, expected, "words of {text:?}");
    }

    #[test]
    fn punctuation_stands_alone_and_letters_and_digits_run_together() {
        check("", &[]);
        check(" \t\r\n\u{a0}\u{3000}\u{2028}\u{85}", &[]);
        check("U.S.-led talks", &["U", ".", "S", ".", "-", "led", "talks"]);
        check("$1.5bn", &["$", "1", ".", "5bn"]);
        check("don’t", &["don", "’", "t"]);
        check("a_b", &["a", "_", "b"]);
        check("...", &[".", ".", "."]);
    }

    #[test]
    fn marks_and_format_characters_belong_to_their_word() {
        check("Ne\u{301}", &["Ne\u{301}"]);
        check("a\u{200b}b \u{feff}c", &["a\u{200b}b", "\u{feff}c"]);
        check("\u{200f}שלום", &["\u{200f}שלום"]);
        check("m² Ⅳ 北京", &["m²", "Ⅳ", "北京"]);
        check("👩\u{200d}👧", &["👩", "\u{200d}", "👧"]);
    }

    #[test]
    fn control_characters_are_words_unless_they_are_white_space() {
        check("a\0b", &["a", "\0", "b"]);
        check("\u{1c}\u{1f}", &["\u{1c}", "\u{1f}"]);
        check("a\u{b}\u{c}b", &["a", "b"]);
    }

    #[test]
    fn only_the_words_within_are_given() {
        let found = words("one two three", Span::new(4, 9));
        assert_eq!(found, [Span::new(4, 7), Span::new(8, 9)]);
    }

    proptest! {
        #[test]
        fn words_cover_all_but_white_space_in_order(text in any::<String>()) {
            let mut at = 0;
            for word in words(&text, Span::new(0, text.len())) {
                assert!(!word.is_empty());
                assert!(Span::new(at, word.start).of(&text).chars().all(char::is_whitespace));
                let inner = word.of(&text);
                assert!(inner.chars().all(is_word_char) || inner.chars().count() == 1);
                at = word.end;
            }
            assert!(Span::new(at, text.len()).of(&text).chars().all(char::is_whitespace));
        }
    }
}
