//! An article as the words of its sentences, with what covers them.

use std::ops::Range;

use newstance_doc::{Article, Field, Mention, MentionForm, MentionLabel, Sentence, Span};

use crate::fold::{fold, is_apostrophe};

/// The words of every sentence, as written and folded.
#[derive(Debug)]
pub(crate) struct Reading<'a> {
    pub(crate) article: &'a Article,
    pub(crate) lines: Vec<Line<'a>>,
}

/// One sentence.
#[derive(Debug)]
pub(crate) struct Line<'a> {
    pub(crate) field: Field,
    pub(crate) paragraph: usize,
    pub(crate) spans: &'a [Span],
    pub(crate) words: Vec<&'a str>,
    pub(crate) folded: Vec<String>,
}

impl<'a> Reading<'a> {
    pub(crate) fn new(article: &'a Article, sentences: &'a [Sentence]) -> Self {
        let line = |sentence: &'a Sentence| {
            let text = article.field(sentence.field);
            let words: Vec<&str> = sentence.words.iter().map(|span| span.of(text)).collect();
            let folded = words.iter().map(|word| fold(word)).collect();
            let Sentence { field, paragraph, .. } = *sentence;
            Line { field, paragraph, spans: &sentence.words, words, folded }
        };
        Self { article, lines: sentences.iter().map(line).collect() }
    }

    /// The words that `mention` covers, as a range of its sentence.
    pub(crate) fn words_of(&self, mention: &Mention) -> Range<usize> {
        self.lines[mention.sentence_idx].words_in(mention.span)
    }

    /// The characters that `words` of sentence `sentence_idx` cover.
    pub(crate) fn text(&self, sentence_idx: usize, words: &Range<usize>) -> &'a str {
        let line = &self.lines[sentence_idx];
        line.span(words).of(self.article.field(line.field))
    }

    /// The characters of `mention`.
    pub(crate) fn text_of(&self, mention: &Mention) -> &'a str {
        mention.span.of(self.article.field(mention.field))
    }

    /// A mention of those words.
    pub(crate) fn mention(
        &self,
        sentence_idx: usize,
        words: &Range<usize>,
        label: MentionLabel,
        form: MentionForm,
    ) -> Mention {
        let line = &self.lines[sentence_idx];
        Mention {
            sentence_idx,
            field: line.field,
            span: line.span(words),
            label,
            form,
            probability: 1.0,
            actor_idx: None,
        }
    }
}

impl Line<'_> {
    /// The words that `span` touches.
    pub(crate) fn words_in(&self, span: Span) -> Range<usize> {
        let start = self.spans.partition_point(|word| word.end <= span.start);
        let end = self.spans.partition_point(|word| word.start < span.end);
        start..end.max(start)
    }

    /// The span of `words`, which must not be empty.
    pub(crate) fn span(&self, words: &Range<usize>) -> Span {
        Span::hull_of(&self.spans[words.clone()]).unwrap_or(Span::new(0, 0))
    }

    /// The folded word at `idx`; empty beyond the sentence.
    pub(crate) fn key(&self, idx: usize) -> &str {
        self.folded.get(idx).map_or("", String::as_str)
    }

    /// The folded word before `idx`; empty at the start.
    pub(crate) fn key_before(&self, idx: usize) -> &str {
        idx.checked_sub(1).map_or("", |before| self.key(before))
    }

    /// The word at `idx` as written; empty beyond the sentence.
    pub(crate) fn word(&self, idx: usize) -> &str {
        self.words.get(idx).copied().unwrap_or("")
    }

    /// True where no white space stands before word `idx`.
    pub(crate) fn is_glued(&self, idx: usize) -> bool {
        idx > 0 && idx < self.spans.len() && self.spans[idx - 1].end == self.spans[idx].start
    }

    /// Number of words of a possessive ending at `idx`: 2 for "'s", 1 for "s'", else 0.
    pub(crate) fn possessive_at(&self, idx: usize) -> usize {
        if !is_apostrophe(self.word(idx)) || !self.is_glued(idx) {
            0
        } else if self.key(idx + 1) == "s" && self.is_glued(idx + 1) {
            2
        } else {
            usize::from(self.key_before(idx).ends_with('s') && !self.is_glued(idx + 1))
        }
    }

    /// True where no word has a small letter and two have capitals: a shouted headline.
    pub(crate) fn is_shouted(&self) -> bool {
        self.words.len() > 2
            && self.words.iter().any(|word| word.chars().any(char::is_uppercase))
            && !self.words.iter().any(|word| word.chars().any(char::is_lowercase))
    }
}

/// Which mention covers each word of each sentence.
#[derive(Debug)]
pub(crate) struct Cover {
    by_sentence: Vec<Vec<Option<usize>>>,
}

impl Cover {
    pub(crate) fn new(reading: &Reading<'_>, mentions: &[Mention]) -> Self {
        let mut by_sentence: Vec<Vec<Option<usize>>> =
            reading.lines.iter().map(|line| vec![None; line.words.len()]).collect();
        for (idx, mention) in mentions.iter().enumerate() {
            for word in reading.words_of(mention) {
                by_sentence[mention.sentence_idx][word] = Some(idx);
            }
        }
        Self { by_sentence }
    }

    /// The mention that covers a word.
    pub(crate) fn at(&self, sentence_idx: usize, word: usize) -> Option<usize> {
        self.by_sentence[sentence_idx].get(word).copied().flatten()
    }

    /// True where no mention covers any of `words`.
    pub(crate) fn is_free(&self, sentence_idx: usize, words: &Range<usize>) -> bool {
        words.clone().all(|word| self.at(sentence_idx, word).is_none())
    }
}
