//! A paragraph as the words of its sentences.

use std::ops::Range;

use newstance_doc::{Article, Field, Sentence, Span};

/// The words of one paragraph, across its sentences.
#[derive(Debug)]
pub(crate) struct Paragraph<'a> {
    pub(crate) field: Field,
    /// The whole field that spans point into.
    pub(crate) text: &'a str,
    pub(crate) sentences: Range<usize>,
    pub(crate) words: Vec<Span>,
}

impl Paragraph<'_> {
    /// From its first word to its last.
    pub(crate) fn span(&self) -> Span {
        self.hull(0..self.words.len())
    }

    /// From the first of `words` to the last, which are not none.
    pub(crate) fn hull(&self, words: Range<usize>) -> Span {
        self.words[words.start].hull(self.words[words.end - 1])
    }
}

/// The paragraphs of both fields, in order.
pub(crate) fn paragraphs<'a>(article: &'a Article, sentences: &[Sentence]) -> Vec<Paragraph<'a>> {
    let mut result: Vec<Paragraph<'a>> = Vec::new();
    let mut open = None;
    for (idx, sentence) in sentences.iter().enumerate() {
        if open != Some((sentence.field, sentence.paragraph)) {
            open = Some((sentence.field, sentence.paragraph));
            let (field, text) = (sentence.field, article.field(sentence.field));
            result.push(Paragraph { field, text, sentences: idx..idx, words: Vec::new() });
        }
        if let Some(paragraph) = result.last_mut() {
            paragraph.sentences.end = idx + 1;
            paragraph.words.extend(&sentence.words);
        }
    }
    result
}
