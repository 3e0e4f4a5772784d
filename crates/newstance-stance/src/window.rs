//! What a pair model reads of a sentence.

use std::ops::Range;

use newstance_model::{HolderMark, PairInput, joined};

use crate::Layers;
use crate::lexicon::fold;

/// The words of sentence `sentence_idx`, or `max_words` of them around what is
/// marked, with the marks moved along.
pub(crate) fn around<'a>(
    layers: &Layers<'a>,
    sentence_idx: usize,
    holder: HolderMark,
    target: Range<usize>,
    max_words: usize,
) -> PairInput<'a> {
    let n_words = layers.sentences[sentence_idx].words.len();
    let marked = match &holder {
        HolderMark::Words(words) => words.start.min(target.start)..words.end.max(target.end),
        HolderMark::Any | HolderMark::Outlet => target.clone(),
    };
    let range = grown(marked, n_words, max_words);
    let shift = |words: Range<usize>| words.start - range.start..words.end - range.start;
    PairInput {
        words: layers.words(sentence_idx, range.clone()),
        joined: joined(&layers.sentences[sentence_idx].words[range.clone()]),
        holder: match holder {
            HolderMark::Words(words) => HolderMark::Words(shift(words)),
            other => other,
        },
        target: shift(target),
    }
}

/// As [`around`], for a holder that stands elsewhere: "`holder` : sentence".
pub(crate) fn after<'a>(
    layers: &Layers<'a>,
    holder: &[&'a str],
    sentence_idx: usize,
    target: Range<usize>,
    max_words: usize,
) -> PairInput<'a> {
    let mut input = around(layers, sentence_idx, HolderMark::Any, target, max_words);
    let shift = holder.len() + 1;
    let mut words = holder.to_vec();
    words.push(":");
    words.append(&mut input.words);
    // A name is written with spaces, a colon right behind it.
    let mut joined = vec![false; holder.len()];
    joined.push(true);
    joined.append(&mut input.joined);
    PairInput {
        words,
        joined,
        holder: HolderMark::Words(0..holder.len()),
        target: input.target.start + shift..input.target.end + shift,
    }
}

/// `marked`, with as many words on either side as make `max_words`, within `0..n_words`.
fn grown(marked: Range<usize>, n_words: usize, max_words: usize) -> Range<usize> {
    if n_words <= max_words {
        return 0..n_words;
    }
    let spare = max_words.saturating_sub(marked.len());
    let left = (spare / 2).max(spare.saturating_sub(n_words - marked.end)).min(marked.start);
    let right = (spare - left).min(n_words - marked.end);
    marked.start - left..marked.end + right
}

/// True for words that name nobody by themselves.
pub(crate) fn are_pronouns(words: &[&str]) -> bool {
    const PRONOUNS: [&str; 8] = ["he", "she", "they", "it", "i", "we", "who", "you"];
    matches!(words, [word] if PRONOUNS.contains(&fold(word).as_str()))
}

#[cfg(test)]
mod tests {
    use super::grown;

    #[test]
    fn a_long_sentence_is_cut_around_what_is_marked() {
        assert_eq!(grown(3..5, 10, 10), 0..10);
        assert_eq!(grown(50..52, 100, 10), 46..56);
        assert_eq!(grown(0..2, 100, 10), 0..10);
        assert_eq!(grown(98..100, 100, 10), 90..100);
        assert_eq!(grown(40..70, 100, 10), 40..70);
    }
}
