//! Contents cut into clauses, each of which can be one proposition.
//!
//! Rules over words, no parser: a clause ends with its sentence, at a
//! semicolon or dash, before "but", before a comma and a conjunction, and
//! before "and" with an auxiliary or "that" ("had the means and had not asked
//! for help"), where the second clause takes over the first one's subject.

use std::ops::Range;

/// A word of a content, for cutting.
#[derive(Clone, Debug)]
pub(crate) struct ClauseWord<'t> {
    /// The word in lower case.
    pub(crate) lower: String,
    /// Index of its sentence.
    pub(crate) sentence: usize,
    /// As it stands in the text.
    pub(crate) text: &'t str,
}

/// A clause of a content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Clause {
    /// Its words, among the content's.
    pub(crate) words: Range<usize>,
    /// True where its subject is that of the clause before.
    pub(crate) takes_subject: bool,
    /// True where a word like "saying" stands before it in the content, so
    /// that it is said, whatever the cue does with what came first.
    pub(crate) is_said: bool,
}

const AUXILIARIES: &[&str] = &[
    "had", "has", "have", "would", "will", "was", "were", "is", "are", "could", "can", "did",
    "does", "do", "should", "shall", "must", "may", "might", "never", "not", "cannot", "hadn",
    "hasn", "wouldn",
];
const AFTER_COMMA: &[&str] = &[
    "and",
    "but",
    "or",
    "nor",
    "while",
    "although",
    "though",
    "whereas",
    "because",
    "since",
    "after",
    "which",
    "who",
    "where",
    "when",
    "saying",
    "adding",
    "insisting",
    "arguing",
    "stressing",
    "noting",
];
const SAYING: &[&str] =
    &["saying", "adding", "insisting", "arguing", "stressing", "noting", "explaining", "asserting"];
const OPENERS: &[&str] = &[
    "that",
    "and",
    "but",
    "or",
    "whether",
    "if",
    "while",
    "although",
    "though",
    "whereas",
    "because",
    "since",
    "after",
    "which",
    "who",
    "as",
    "where",
    "when",
    "saying",
    "adding",
    "insisting",
    "arguing",
    "stressing",
    "noting",
    "explaining",
    "asserting",
];

/// True for words like "saying", after which the content is as said.
pub(crate) fn is_saying(lower: &str) -> bool {
    SAYING.contains(&lower)
}

/// Cuts a content, in order; white space, quotation marks, commas and opening
/// conjunctions around a clause are left out of it.
///
/// Pieces without a letter are left out; nothing else is.
pub(crate) fn clauses(words: &[ClauseWord<'_>]) -> Vec<Clause> {
    let mut starts: Vec<usize> = (0..words.len()).filter(|idx| begins(words, *idx)).collect();
    starts.push(words.len());
    let mut clauses: Vec<Clause> = Vec::new();
    let mut is_said = false;
    for pair in starts.windows(2) {
        let raw = pair[0]..pair[1];
        is_said |= words[raw.clone()].iter().take(3).any(|w| is_saying(&w.lower));
        let trimmed = trim(words, raw.clone());
        if trimmed.is_empty() {
            continue;
        }
        let first = words[trimmed.start].lower.as_str();
        let takes_subject = !clauses.is_empty()
            && AUXILIARIES.contains(&first)
            && words[raw.start].sentence == words[raw.start.saturating_sub(1)].sentence;
        clauses.push(Clause { words: trimmed, takes_subject, is_said });
    }
    clauses
}

fn begins(words: &[ClauseWord<'_>], idx: usize) -> bool {
    let Some(before) = idx.checked_sub(1).map(|before| &words[before]) else { return true };
    let word = words[idx].lower.as_str();
    let next = words.get(idx + 1).map_or("", |word| word.lower.as_str());
    if words[idx].sentence != before.sentence {
        return true;
    }
    match before.lower.as_str() {
        ";" | "—" | "–" => true,
        "," => AFTER_COMMA.contains(&word) || is_saying(word),
        _ => word == "but" || word == "and" && (next == "that" || AUXILIARIES.contains(&next)),
    }
}

fn trim(words: &[ClauseWord<'_>], mut range: Range<usize>) -> Range<usize> {
    let has_letters = |idx: usize| words[idx].text.chars().any(char::is_alphanumeric);
    while !range.is_empty()
        && (!has_letters(range.start) || OPENERS.contains(&words[range.start].lower.as_str()))
    {
        range.start += 1;
    }
    while !range.is_empty() && !has_letters(range.end - 1) {
        range.end -= 1;
    }
    range
}

#[cfg(test)]
pub(crate) fn clause_words(text: &str) -> Vec<ClauseWord<'_>> {
    let mut sentence = 0;
    crate::testing::words(text)
        .into_iter()
        .map(|span| {
            let text = span.of(text);
            let word = ClauseWord { lower: text.to_lowercase(), sentence, text };
            sentence += usize::from(matches!(text, "." | "?" | "!"));
            word
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{clause_words, clauses};

    #[track_caller]
    fn check(content: &str, expected: &str) {
        let words = clause_words(content);
        let got: Vec<String> = clauses(&words)
            .into_iter()
            .map(|clause| {
                let parts: Vec<&str> = words[clause.words].iter().map(|w| w.text).collect();
                let subject = if clause.takes_subject { "~ " } else { "" };
                let said = if clause.is_said { "! " } else { "" };
                format!("{said}{subject}{}", parts.join(" "))
            })
            .collect();
        assert_eq!(got.join(" | "), expected);
    }

    #[test]
    fn a_second_verb_with_an_auxiliary_begins_a_clause_with_the_same_subject() {
        check(
            "that Moscow had the means and had not asked China for help.",
            "Moscow had the means | ~ had not asked China for help",
        );
    }

    #[test]
    fn sentences_conjunctions_and_semicolons_cut() {
        check(
            "“No.” “We can go on, as planned; it grows.”",
            "No | We can go on , as planned | it grows",
        );
        check("it rained, but the river fell", "it rained | the river fell");
    }

    #[test]
    fn lists_and_plain_commas_do_not_cut() {
        check("tanks, guns and planes were sold", "tanks , guns and planes were sold");
    }

    #[test]
    fn what_follows_saying_is_said() {
        check(
            "the allegations, saying that Moscow had not asked",
            "the allegations | ! Moscow had not asked",
        );
    }
}
