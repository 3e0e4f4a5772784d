//! What stances are read from.

use std::ops::Range;

use newstance_doc::{Actor, Article, Mention, Sentence, Span};

/// An article with the layers that speakers and stances rest on.
#[derive(Clone, Copy, Debug)]
pub struct Layers<'a> {
    /// The article.
    pub article: &'a Article,
    /// Its sentences.
    pub sentences: &'a [Sentence],
    /// Its mentions, with their actors.
    pub mentions: &'a [Mention],
    /// Its actors.
    pub actors: &'a [Actor],
}

impl<'a> Layers<'a> {
    /// The characters of word `word_idx` of sentence `sentence_idx`.
    pub(crate) fn word(&self, sentence_idx: usize, word_idx: usize) -> &'a str {
        let sentence = &self.sentences[sentence_idx];
        sentence.words[word_idx].of(self.article.field(sentence.field))
    }

    /// The characters of `words` of sentence `sentence_idx`, one by one.
    pub(crate) fn words(&self, sentence_idx: usize, words: Range<usize>) -> Vec<&'a str> {
        words.map(|idx| self.word(sentence_idx, idx)).collect()
    }

    /// The mentions of sentence `sentence_idx` with their indices, in order.
    pub(crate) fn mentions_in(
        &self,
        sentence_idx: usize,
    ) -> impl Iterator<Item = (usize, &'a Mention)> + use<'a> {
        let start = self.mentions.partition_point(|m| m.sentence_idx < sentence_idx);
        let end = self.mentions.partition_point(|m| m.sentence_idx <= sentence_idx);
        (start..end).zip(&self.mentions[start..end])
    }
}

/// The words of `sentence` that `span` touches.
pub(crate) fn words_of(sentence: &Sentence, span: Span) -> Range<usize> {
    let start = sentence.words.partition_point(|word| word.end <= span.start);
    let end = sentence.words.partition_point(|word| word.start < span.end);
    start..end.max(start)
}

/// The index of the sentence of `field` that holds the byte at `start`, or
/// else of the last one before it.
pub(crate) fn sentence_at(
    sentences: &[Sentence],
    field: newstance_doc::Field,
    start: usize,
) -> Option<usize> {
    let after = sentences.partition_point(|s| (s.field, s.span.start) <= (field, start));
    after.checked_sub(1).filter(|&idx| sentences[idx].field == field)
}
