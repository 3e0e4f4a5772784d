//! Quotes: spans named by their verbatim characters.

use newstance_doc::{Field, Span};

/// A span of a field of a passage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The field.
    pub field: Field,
    /// Its characters.
    pub span: Span,
}

/// Where `quote` stands: `"he#2"` is the second place in the text where `he`
/// stands as whole words; without a number the characters must stand once.
/// `title:` before them looks in the title.
///
/// # Errors
///
/// What is wrong with the quote.
pub(crate) fn find_quote(quote: &str, title: &str, text: &str) -> Result<Place, String> {
    let (field, rest) = match quote.strip_prefix("title:") {
        Some(rest) => (Field::Title, rest.trim_start()),
        None => (Field::Text, quote),
    };
    let haystack = if field == Field::Title { title } else { text };
    let (characters, nth) = match rest.rsplit_once('#').map(|(of, n)| (of, n.parse::<usize>())) {
        Some((of, Ok(n))) => (of, Some(n)),
        _ => (rest, None),
    };
    if characters.trim().is_empty() {
        return Err(format!("the quote `{quote}` is empty"));
    }
    let places = whole_word_places(characters, haystack);
    let span = match (nth, places.as_slice()) {
        (_, []) => return Err(format!("`{characters}` does not stand in the {}", field.as_str())),
        (None, [only]) => *only,
        (None, several) => {
            let n = several.len();
            return Err(format!(
                "`{characters}` stands {n} times: write `{characters}#1` to `#{n}`"
            ));
        }
        (Some(nth), places) => {
            let place = nth.checked_sub(1).and_then(|idx| places.get(idx));
            let n = places.len();
            *place
                .ok_or_else(|| format!("there is no `{characters}#{nth}`: it stands {n} times"))?
        }
    };
    Ok(Place { field, span })
}

/// The places of `characters` that are not inside a longer word.
fn whole_word_places(characters: &str, text: &str) -> Vec<Span> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let begins_word = characters.starts_with(is_word);
    let ends_word = characters.ends_with(is_word);
    let mut places = Vec::new();
    for (start, found) in text.match_indices(characters) {
        let span = Span::new(start, start + found.len());
        let before = Span::new(0, span.start).of(text);
        let after = Span::new(span.end, text.len()).of(text);
        let is_cut =
            (begins_word && before.ends_with(is_word)) || (ends_word && after.starts_with(is_word));
        if !is_cut {
            places.push(span);
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use newstance_doc::Field;

    use super::find_quote;

    const TITLE: &str = "Ana says no";
    const TEXT: &str = "“No,” Ana said. The others said he was there; he denied it, she said.";

    #[track_caller]
    fn check(quote: &str, expected: Result<(usize, &str), &str>) {
        let found = find_quote(quote, TITLE, TEXT);
        match (found, expected) {
            (Ok(place), Ok((start, characters))) => {
                let text = if place.field == Field::Title { TITLE } else { TEXT };
                assert_eq!((place.span.start, place.span.of(text)), (start, characters));
            }
            (Err(error), Err(part)) => assert!(error.contains(part), "{error}"),
            (found, _) => panic!("{quote}: {found:?}"),
        }
    }

    #[test]
    fn a_quote_stands_as_whole_words() {
        check("he#1", Ok((36, "he")));
        check("he#2", Ok((50, "he")));
        check("he#3", Err("stands 2 times"));
        check("he", Err("stands 2 times"));
        check("other", Err("does not stand"));
        check("“No,”", Ok((0, "“No,”")));
    }

    #[test]
    fn the_title_is_named() {
        check("title: says no", Ok((4, "says no")));
        check("title:Ana", Ok((0, "Ana")));
        check("title:said", Err("in the title"));
    }

    #[test]
    fn an_empty_quote_is_an_error() {
        check("", Err("is empty"));
        check("#2", Err("is empty"));
        check("he#0", Err("there is no"));
    }
}
