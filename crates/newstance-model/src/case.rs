//! The case of a word as a token type.

/// The case of `word`: 0 without an upper-case letter, 1 where only the first
/// cased letter is upper-case, 2 where two letters or more are and no other, 3 else.
pub(crate) fn case_type(word: &str) -> u32 {
    let mut cased = word.chars().filter(|c| c.is_uppercase() || c.is_lowercase());
    let Some(first) = cased.next() else { return 0 };
    let (mut n_upper, mut n_lower) = (0, 0);
    for letter in cased {
        if letter.is_uppercase() {
            n_upper += 1;
        } else {
            n_lower += 1;
        }
    }
    match (first.is_uppercase(), n_upper, n_lower) {
        (false, 0, _) => 0,
        (true, 0, _) => 1,
        (true, _, 0) => 2,
        _ => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::case_type;

    #[test]
    fn a_word_has_one_of_four_cases() {
        for (word, expected) in [
            ("word", 0),
            ("1.5", 0),
            ("中国", 0),
            ("", 0),
            ("Word", 1),
            ("U", 1),
            ("1st", 0),
            ("É", 1),
            ("US", 2),
            ("G7", 1),
            ("COVID19", 2),
            ("iPhone", 3),
            ("McCain", 3),
            ("USs", 3),
        ] {
            assert_eq!(case_type(word), expected, "{word}");
        }
    }
}
