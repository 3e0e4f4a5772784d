//! Where the holder of a said pair stands.

use std::ops::Range;

use newstance_doc::{Span, Statement};
use newstance_model::{HolderMark, PairInput};

use crate::layers::words_of;
use crate::speaker::speaker_mention;
use crate::{Layers, window};

/// The most words that name a source outside the sentence.
const MAX_SOURCE_WORDS: usize = 12;

/// Where it stands who says what a sentence tells of a target.
#[derive(Debug)]
pub(crate) enum Source<'a> {
    /// These words of the sentence.
    Here(Range<usize>),
    /// Elsewhere; these words name him.
    Elsewhere(Vec<&'a str>),
}

impl<'a> Source<'a> {
    /// The source of `statement`, as a pair with a target in sentence `sentence_idx` has it.
    pub(crate) fn find(
        layers: &Layers<'a>,
        statement: &Statement,
        sentence_idx: usize,
        target: &Range<usize>,
    ) -> Self {
        let sentence = &layers.sentences[sentence_idx];
        let in_sentence =
            |span: Span| sentence.field == statement.field && sentence.span.contains(span);
        let mention = speaker_mention(layers, statement).map(|mention| mention.span);
        let source = mention
            .filter(|_| statement.speaker_idx.is_some())
            .or(statement.source.first().copied());
        if let Some(span) = source.filter(|span| in_sentence(*span)) {
            let words = words_of(sentence, span);
            let is_apart = words.end <= target.start || target.end <= words.start;
            if is_apart && !words.is_empty() {
                return Self::Here(words);
            }
        }
        let text = layers.article.field(statement.field);
        let mut words: Vec<&str> =
            source.map_or(Vec::new(), |span| span.of(text).split_whitespace().collect());
        if words.is_empty() || window::are_pronouns(&words) {
            let name = statement.speaker_idx.and_then(|idx| layers.actors.get(idx));
            words = name.map_or(vec!["someone"], |actor| actor.name.split_whitespace().collect());
        }
        words.truncate(MAX_SOURCE_WORDS);
        Self::Elsewhere(words)
    }

    /// What the model reads.
    pub(crate) fn input(
        self,
        layers: &Layers<'a>,
        sentence_idx: usize,
        target: Range<usize>,
        max_words: usize,
    ) -> PairInput<'a> {
        match self {
            Self::Here(words) => {
                let holder = HolderMark::Words(words);
                window::around(layers, sentence_idx, holder, target, max_words)
            }
            Self::Elsewhere(words) => {
                window::after(layers, &words, sentence_idx, target, max_words)
            }
        }
    }
}
