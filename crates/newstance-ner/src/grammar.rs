//! What part a name plays in its sentence, read from the words beside it.

use std::ops::Range;

use crate::lexicon::{
    is_definite, is_modifier, is_preposition, is_quantifier, is_reporting, is_verb,
};
use crate::reading::Line;

/// The part of a name or phrase in its sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// Somebody does or says something.
    Subject,
    /// "Peru's".
    Owner,
    /// After a preposition.
    Oblique,
    /// All else.
    Object,
}

impl Part {
    /// Weight of a mention for what a later pronoun means (after Lappin and Leass, 1994).
    pub(crate) fn weight(self) -> f64 {
        match self {
            Self::Subject => 4.0,
            Self::Owner => 3.0,
            Self::Object => 2.0,
            Self::Oblique => 1.0,
        }
    }
}

/// The part that `words` play.
pub(crate) fn part(line: &Line<'_>, words: &Range<usize>) -> Part {
    if line.possessive_at(words.end) > 0 {
        Part::Owner
    } else if is_subject(line, words) {
        Part::Subject
    } else if preposition_before(line, words.start).is_some() {
        Part::Oblique
    } else {
        Part::Object
    }
}

/// True where a verb follows, maybe after an apposition, or "said" stands before.
pub(crate) fn is_subject(line: &Line<'_>, words: &Range<usize>) -> bool {
    let before = line.key_before(words.start);
    let is_inverted = is_reporting(before)
        && !before.ends_with("ing")
        && words.start >= 2
        && matches!(
            line.word(words.start - 2),
            "," | "”" | "\"" | "’" | "'" | "»" | "?" | "!" | "“"
        );
    if is_inverted {
        return true;
    }
    if is_preposition(before) && !matches!(before, "before" | "after" | "since" | "than") {
        return false;
    }
    if starts_predicate(line, words.end) {
        return true;
    }
    let close =
        (words.end + 2..line.words.len().min(words.end + 16)).find(|&idx| line.word(idx) == ",");
    line.word(words.end) == "," && close.is_some_and(|close| starts_predicate(line, close + 1))
}

fn starts_predicate(line: &Line<'_>, word: usize) -> bool {
    let key = line.key(word);
    let is_third_person = key.len() > 3
        && key.ends_with('s')
        && !key.ends_with("ss")
        && line.word(word).chars().all(char::is_lowercase)
        && !is_preposition(key)
        && !crate::lexicon::is_plural_head(key);
    is_verb(key) && !key.ends_with("ing") || is_third_person
}

/// The preposition that governs the phrase at `start`, past determiners and modifiers.
pub(crate) fn preposition_before<'l>(line: &'l Line<'_>, start: usize) -> Option<&'l str> {
    let mut at = start;
    while at > 0 {
        let key = line.key(at - 1);
        if is_preposition(key) {
            return Some(key);
        }
        if !(is_definite(key)
            || is_quantifier(key)
            || is_modifier(key)
            || matches!(key, "a" | "an"))
        {
            return None;
        }
        at -= 1;
    }
    None
}
