//! Words as names are compared: without case, accents and kinds of apostrophe.

use unicode_general_category::{GeneralCategory as Category, get_general_category};
use unicode_normalization::UnicodeNormalization as _;

/// Splits `text` as the tokenizer does: runs of letters, numbers, marks and
/// format characters, and every other visible character alone.
pub(crate) fn split_words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut open = false;
    for character in text.chars() {
        if is_word_char(character) {
            match words.last_mut() {
                Some(word) if open => word.push(character),
                _ => words.push(character.to_string()),
            }
            open = true;
        } else {
            open = false;
            if !character.is_whitespace() {
                words.push(character.to_string());
            }
        }
    }
    words
}

fn is_word_char(character: char) -> bool {
    use Category as C;
    matches!(
        get_general_category(character),
        C::UppercaseLetter
            | C::LowercaseLetter
            | C::TitlecaseLetter
            | C::ModifierLetter
            | C::OtherLetter
            | C::DecimalNumber
            | C::LetterNumber
            | C::OtherNumber
            | C::NonspacingMark
            | C::SpacingMark
            | C::EnclosingMark
            | C::Format
    )
}

/// `word` in lower case, without accents, with a plain apostrophe and hyphen.
pub(crate) fn fold(word: &str) -> String {
    let mut folded = String::with_capacity(word.len());
    for character in word.nfkd() {
        match character {
            '\u{2019}' | '\u{2018}' | '\u{2bc}' | '`' | '\u{b4}' => folded.push('\''),
            '\u{2010}'..='\u{2015}' => folded.push('-'),
            'ø' | 'Ø' => folded.push('o'),
            'ł' | 'Ł' => folded.push('l'),
            'đ' | 'Đ' => folded.push('d'),
            'ı' | 'İ' => folded.push('i'),
            'ß' => folded.push_str("ss"),
            'æ' | 'Æ' => folded.push_str("ae"),
            'œ' | 'Œ' => folded.push_str("oe"),
            other if is_unseen(other) => {}
            other => folded.extend(other.to_lowercase()),
        }
    }
    folded
}

fn is_unseen(character: char) -> bool {
    matches!(
        get_general_category(character),
        Category::NonspacingMark | Category::EnclosingMark | Category::Format
    )
}

/// True where the first letter is a capital.
pub(crate) fn is_capitalised(word: &str) -> bool {
    word.chars().find(|c| c.is_alphabetic()).is_some_and(char::is_uppercase)
}

/// True where all letters are capitals, two at least.
pub(crate) fn is_upper(word: &str) -> bool {
    word.chars().filter(|c| c.is_alphabetic()).count() >= 2 && !word.chars().any(char::is_lowercase)
}

/// True where the word has a letter or a number.
pub(crate) fn is_word(word: &str) -> bool {
    word.chars().any(char::is_alphanumeric)
}

/// True for the apostrophes that English possessives are written with.
pub(crate) fn is_apostrophe(word: &str) -> bool {
    matches!(word, "'" | "\u{2019}" | "\u{2018}" | "\u{2bc}" | "`" | "\u{b4}")
}

#[cfg(test)]
mod tests {
    use super::{fold, is_upper, split_words};

    #[test]
    fn words_split_as_the_models_read_them() {
        assert_eq!(
            split_words("U.S. d\u{2019}Ivoire"),
            ["U", ".", "S", ".", "d", "\u{2019}", "Ivoire"]
        );
        assert_eq!(split_words(" e\u{301}te\u{301} "), ["e\u{301}te\u{301}"]);
        assert!(split_words("").is_empty());
    }

    #[test]
    fn folding_forgets_accents_and_case() {
        assert_eq!(fold("Élysée"), "elysee");
        assert_eq!(fold("E\u{301}lyse\u{301}e"), "elysee");
        assert_eq!(fold("Łódź"), "lodz");
        assert_eq!(fold("\u{2019}"), "'");
    }

    #[test]
    fn a_single_capital_is_no_acronym() {
        assert!(is_upper("US"));
        assert!(!is_upper("U"));
        assert!(!is_upper("Us"));
    }
}
