//! What stands between two actors of a sentence.

use crate::Layers;

/// How many words a comma counts for between two actors.
const CLAUSE_MARK_WORDS: usize = 4;

/// "Deputy Prime Minister", or ", Bo and Sen.".
const MAX_SIDE_WORDS: usize = 5;

/// What headlines in capitals write small.
const SMALL_IN_HEADLINES: [&str; 17] = [
    "a", "an", "and", "as", "at", "by", "for", "from", "in", "of", "on", "or", "over", "s", "the",
    "to", "with",
];

/// How far two actors are apart in words; a mark that parts clauses counts for several.
pub(crate) fn distance(between: &[&str]) -> usize {
    let parts = between.iter().filter(|word| matches!(**word, "," | ";" | ":" | "—" | "–")).count();
    between.len() + (CLAUSE_MARK_WORDS - 1) * parts
}

/// True where capitals tell nothing: all words but small ones have them.
pub(crate) fn is_headline(layers: &Layers<'_>, sentence_idx: usize) -> bool {
    let n_words = layers.sentences[sentence_idx].words.len();
    let is_text =
        |word: &&str| word.starts_with(char::is_lowercase) && !SMALL_IN_HEADLINES.contains(word);
    !layers.words(sentence_idx, 0..n_words).iter().any(is_text)
}

/// "Texas Rep. Beto O'Rourke", "Ann Lee, Bo and Sen. Cy": nothing but titles
/// or what makes a list from one to the other; in a headline every word may
/// look like a title. On the training part of DSE 169 of 176 pairs with only a
/// comma or "and" between them are neutral.
pub(crate) fn are_side_by_side(between: &[&str], is_headline: bool) -> bool {
    let tells_nothing = |word: &&str| {
        [".", ",", "and", "or", "&"].contains(word)
            || (!is_headline && word.starts_with(char::is_uppercase))
    };
    between.len() <= MAX_SIDE_WORDS && between.iter().all(tells_nothing)
}

/// "Chinese Foreign Ministry spokesman Zhao Lijian": no stance between its actors.
pub(crate) fn is_one_phrase(layers: &Layers<'_>, a: usize, b: usize, distance: usize) -> bool {
    let belongs = |a: usize, b: usize| {
        layers.actors[a].affiliation_idx == Some(b) || layers.actors[a].country_idx == Some(b)
    };
    distance <= 3 && (belongs(a, b) || belongs(b, a))
}
