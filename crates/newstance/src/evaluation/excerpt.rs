//! What a long text has of a claim.

use std::collections::BTreeSet;
use std::ops::Range;

/// Words of an excerpt at most.
const MOST_WORDS: usize = 110;
/// Characters of a word's beginning that are compared; shorter words are too common to tell anything.
const STEM: usize = 5;
const LEAST: usize = 4;
/// Beginnings of words that tell doubt of a report.
const DOUBTS: [&str; 16] = [
    "false", "hoax", "fake", "denie", "deny", "denyi", "rumor", "rumou", "untru", "debun", "satir",
    "retra", "bogus", "doubt", "misle", "fabri",
];

/// The sentences of a text that share most words with a claim, and those of
/// doubt, in the order of the text. The last one that was chosen may be cut.
///
/// The same as `excerpt` in `models/train/claim_data.py`: the model is trained
/// on what is read here. `reference_excerpts.py` writes what a test compares.
pub(super) fn excerpt<'t>(claim: &[&str], text: &[&'t str]) -> Vec<&'t str> {
    let mut wanted: BTreeSet<String> = claim.iter().filter_map(|word| stem(word)).collect();
    wanted.extend(DOUBTS.map(str::to_owned));
    let shared = |sentence: &Range<usize>| {
        let stems: BTreeSet<String> =
            text[sentence.clone()].iter().filter_map(|word| stem(word)).collect();
        stems.intersection(&wanted).count()
    };
    let mut ranked = sentences(text);
    ranked.sort_by_cached_key(|sentence| std::cmp::Reverse(shared(sentence)));
    let mut left = MOST_WORDS;
    for sentence in &mut ranked {
        sentence.end = sentence.start + sentence.len().min(left);
        left -= sentence.len();
    }
    ranked.sort_by_key(|sentence| sentence.start);
    ranked.into_iter().flat_map(|sentence| text[sentence].iter().copied()).collect()
}

/// Stretches of words up to a full stop, an exclamation or a question mark.
fn sentences(text: &[&str]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = 0;
    for sentence in text.split_inclusive(|word| matches!(*word, "." | "!" | "?")) {
        found.push(start..start + sentence.len());
        start += sentence.len();
    }
    found
}

fn stem(word: &str) -> Option<String> {
    let is_long = word.chars().nth(LEAST - 1).is_some();
    is_long.then(|| word.to_lowercase().chars().take(STEM).collect())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;

    use super::excerpt;
    use crate::evaluation::text_pairs;

    /// A row of what the training code has.
    #[derive(Deserialize)]
    struct Reference {
        headline: String,
        /// Id of an article of `data/sample`.
        body: String,
        /// Words with spaces between.
        excerpt: String,
    }

    #[derive(Deserialize)]
    struct Sample {
        id: String,
        text: String,
    }

    fn rows<T: for<'de> Deserialize<'de>>(lines: &str) -> impl Iterator<Item = T> {
        lines.lines().map(|line| serde_json::from_str(line).unwrap())
    }

    fn words(text: &str) -> Vec<&str> {
        text.split_whitespace().collect()
    }

    #[track_caller]
    fn check(claim: &str, text: &str, expected: &str) {
        assert_eq!(excerpt(&words(claim), &words(text)).join(" "), expected);
    }

    #[test]
    fn excerpts_are_those_that_the_model_is_trained_on() {
        let samples = rows(include_str!("../../../../data/sample/articles.jsonl"));
        let texts: BTreeMap<String, String> =
            samples.map(|sample: Sample| (sample.id, sample.text)).collect();
        let references = include_str!("../../../../tests/fixtures/evaluation/excerpts.jsonl");
        for Reference { headline, body, excerpt: expected } in rows(references) {
            let (claim, text) = (text_pairs::words(&headline), text_pairs::words(&texts[&body]));
            assert_eq!(excerpt(&claim, &text).join(" "), expected, "{headline} | {body}");
        }
    }

    #[test]
    fn a_short_text_is_whole() {
        check("Anything", "One . Two ! Three ? Four", "One . Two ! Three ? Four");
        check("Anything", "", "");
    }

    #[test]
    fn sentences_with_words_of_the_claim_come_first_and_stay_in_order() {
        let filler = "word ".repeat(60) + ". ";
        let text = format!("{filler}A bridge collapsed . {filler}That is a hoax .");
        let expected =
            format!("{filler}A bridge collapsed . {}That is a hoax .", "word ".repeat(40));
        check("Bridges collapse", &text, &expected);
    }
}
