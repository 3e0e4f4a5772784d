//! Noun phrases that are said to speak: whoever says something is somebody.

use std::ops::Range;

use newstance_doc::{Field, Span};

use crate::fold::{is_apostrophe, is_word};
use crate::lexicon::{
    HeadClass, is_preposition, is_quantifier, is_thing, names_a_person, singular,
};
use crate::reading::{Line, Reading};

/// After one of these the head of a source is past ("a spokesman **for** X").
const HEAD_ENDS: [&str; 24] = [
    "who",
    "which",
    "that",
    "of",
    "for",
    "to",
    "from",
    "at",
    "in",
    "on",
    "with",
    "by",
    "near",
    "as",
    "during",
    "after",
    "against",
    "familiar",
    "among",
    "about",
    "himself",
    "herself",
    "itself",
    "themselves",
];

/// Sources of statements, by sentence.
#[derive(Debug)]
pub(crate) struct Sources {
    by_sentence: Vec<Vec<Source>>,
}

/// The words of one source.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    /// All of them.
    pub(crate) words: Range<usize>,
    /// The last word of the first noun phrase.
    pub(crate) head: usize,
}

impl Sources {
    /// `spans` are in characters of the article's fields.
    pub(crate) fn new(reading: &Reading<'_>, spans: &[(Field, Span)]) -> Self {
        let mut by_sentence = vec![Vec::new(); reading.lines.len()];
        for (field, span) in spans {
            let is_before = |line: &Line<'_>| {
                let ends_before = || line.spans.last().is_none_or(|word| word.end <= span.start);
                line.field < *field || (line.field == *field && ends_before())
            };
            let sentence_idx = reading.lines.partition_point(is_before);
            let Some(line) = reading.lines.get(sentence_idx) else { continue };
            let is_within = Span::hull_of(line.spans).is_some_and(|whole| whole.contains(*span));
            if line.field == *field && is_within {
                by_sentence[sentence_idx].extend(source(line, line.words_in(*span)));
            }
        }
        Self { by_sentence }
    }

    /// The source that a word stands in.
    pub(crate) fn at(&self, sentence_idx: usize, word: usize) -> Option<&Source> {
        self.by_sentence[sentence_idx].iter().find(|source| source.words.contains(&word))
    }
}

fn source(line: &Line<'_>, words: Range<usize>) -> Option<Source> {
    let mut start = words.start;
    let end = loop {
        let is_end = |&word: &usize| {
            let is_past = || {
                HEAD_ENDS.contains(&line.key(word))
                    || is_close_to(line, word)
                    || is_participle(line, word, words.end)
            };
            word > start && (!is_part(line, word) || is_past())
        };
        let end = (start..words.end).find(is_end).unwrap_or(words.end);
        if line.key(end) != "of" || end >= words.end || !is_quantity(line.key(end - 1)) {
            break end;
        }
        start = end + 1;
    };
    let head = end.checked_sub(1).filter(|head| words.contains(head))?;
    // "A recent Pentagon report Chinese Military Power": nobody speaks.
    let is_report = |word: usize| matches!(line.key(word), "report" | "study" | "survey");
    if (start..head.saturating_sub(1)).any(is_report) {
        return None;
    }
    Some(Source { words, head })
}

/// "Video **posted** to a site", "those **involved**", but not "newly elected women".
fn is_participle(line: &Line<'_>, word: usize, end: usize) -> bool {
    let key = line.key(word);
    let is_form = key.len() > 4 && key.ends_with("ed") || matches!(key, "sent" | "shown" | "seen");
    let next = line.key(word + 1);
    is_form && (word + 1 >= end || is_preposition(next) || !is_word(next))
}

/// "A person **close to** X", but not "a close friend".
fn is_close_to(line: &Line<'_>, word: usize) -> bool {
    line.key(word) == "close" && line.key(word + 1) == "to"
}

/// Of whom a part is meant: "half of the voters".
fn is_quantity(word: &str) -> bool {
    is_quantifier(word)
        || matches!(
            word,
            "%" | "percent"
                | "pct"
                | "half"
                | "third"
                | "quarter"
                | "dozen"
                | "majority"
                | "number"
                | "couple"
                | "pair"
                | "handful"
                | "lot"
                | "lots"
                | "plenty"
                | "scores"
                | "share"
        )
}

/// A word, or what joins or owns words.
fn is_part(line: &Line<'_>, word: usize) -> bool {
    let joins = || {
        line.is_glued(word)
            && (matches!(line.word(word), "-" | "." | "&" | "%") || is_apostrophe(line.word(word)))
    };
    is_word(line.key(word)) || joins()
}

/// What the head noun of a source stands for, where no list has it; nothing for
/// what is written or found ("a report").
pub(crate) fn guessed_class(head: &str) -> Option<(HeadClass, bool)> {
    let single = singular(head);
    if !head.chars().all(char::is_alphabetic)
        || head.chars().count() < 3
        || is_thing(head)
        || is_thing(&single)
    {
        None
    } else if single != head {
        Some((HeadClass::People, true))
    } else if names_a_person(head) {
        Some((HeadClass::Person, false))
    } else {
        Some((HeadClass::Body, false))
    }
}
