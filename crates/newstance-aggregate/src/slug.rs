//! Names compared and written as ids.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// `name` for comparing: lower case, without accents, marks and punctuation,
/// words joined by one space, without a leading "the". Empty where the name
/// has no letter and no digit.
pub(crate) fn normalise(name: &str) -> String {
    let plain: String = name
        .nfkd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .map(|c| if c.is_alphanumeric() { c } else { ' ' })
        .nfc()
        .collect();
    let mut words: Vec<&str> = plain.split_whitespace().collect();
    if words.len() > 1 && words[0] == "the" {
        words.remove(0);
    }
    words.join(" ")
}

/// The id that a name gives: its normalised words joined by `-`.
///
/// Two names give one slug exactly if they are normalised to the same. A slug
/// has no `.`, `@`, `:` or upper case letter, so nothing that is put together
/// from a slug and one of these can be another name's slug. A name without
/// letters and digits gives a hash of its bytes, and `outlet`, which is the
/// outlet's own voice, becomes `outlet.actor`.
pub(crate) fn slug(name: &str) -> String {
    let normal = normalise(name);
    if normal.is_empty() {
        let hash = blake3::hash(name.as_bytes()).to_hex();
        return hash.chars().take(16).fold("actor.".to_owned(), |mut id, c| {
            id.push(c);
            id
        });
    }
    if normal == "outlet" { "outlet.actor".to_owned() } else { normal.replace(' ', "-") }
}

#[cfg(test)]
mod tests {
    use super::slug;

    #[track_caller]
    fn check(name: &str, expected: &str) {
        assert_eq!(slug(name), expected);
    }

    #[test]
    fn a_slug_has_the_letters_of_the_name() {
        check("Zhao Lijian", "zhao-lijian");
        check("U.S. officials", "u-s-officials");
        check("the U.S. officials", "u-s-officials");
        check("Graça  Nhamirre", "graca-nhamirre");
        check("O’Brien", "o-brien");
        check("习近平", "习近平");
        check("İstanbul", "istanbul");
    }

    #[test]
    fn a_name_without_letters_has_a_slug_of_its_own() {
        assert!(slug("—").starts_with("actor."));
        assert_ne!(slug("—"), slug("?"));
    }

    #[test]
    fn nobody_takes_the_id_of_the_outlet() {
        check("Outlet", "outlet.actor");
    }
}
