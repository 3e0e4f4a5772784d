//! The task seam: what stages ask of a model.

use std::ops::Range;

use crate::{LabelSet, ModelError, Scores};

/// The words of one text, with the places where it may be cut.
///
/// A model that cannot read the text at once reads it in windows: whole
/// paragraphs where they fit, else whole sentences, else stretches of a
/// sentence that overlap. Nothing is left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WordText<'t> {
    /// All words, in order.
    pub words: Vec<&'t str>,
    /// Whether each word follows the one before without white space, for models
    /// that were trained on running text; where empty it is guessed.
    pub joined: Vec<bool>,
    /// Index of the first word of each sentence; ascending, the first is 0.
    pub sentence_starts: Vec<usize>,
    /// Index of the first word of each paragraph; each also starts a sentence.
    pub paragraph_starts: Vec<usize>,
}

impl WordText<'_> {
    /// Number of words.
    pub fn len(&self) -> usize {
        self.words.len()
    }

    /// True for a text without words.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }
}

/// One head of a [`TokenClassifier`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenHead {
    /// The role that it serves (`ner`, `attribution`).
    pub role: String,
    /// Its labels, in the order of its score columns.
    pub labels: LabelSet,
}

/// Gives every word of a text a probability for every label, for one or more
/// heads on one pass.
///
/// Implementations must not let one input change another's scores: scoring
/// `[a, b]` gives what `[a]` and `[b]` give.
pub trait TokenClassifier: Send + Sync + std::fmt::Debug {
    /// The heads, in the order of the inner results of [`Self::score_words`].
    fn heads(&self) -> &[TokenHead];

    /// Scores the words of each text in `batch`.
    ///
    /// Result `[i][h]` belongs to text `i` and head `h` and has shape
    /// `[words, labels]`, each row a probability distribution (log-odds where the
    /// head's activation is [`crate::Activation::Identity`]). An empty text gives
    /// empty scores.
    ///
    /// # Errors
    ///
    /// [`ModelError::Run`] or [`ModelError::Pieces`]; no partial result is given.
    fn score_words(&self, batch: &[WordText<'_>]) -> Result<Vec<Vec<Scores>>, ModelError>;
}

/// Who holds the stance that a pair model is asked about.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum HolderMark {
    /// The words of that range.
    Words(Range<usize>),
    /// Anyone in the text.
    Any,
    /// The text's author.
    Outlet,
}

/// A text with the pair that is to be judged.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PairInput<'t> {
    /// The words of a sentence, or of a sentence with its context.
    pub words: Vec<&'t str>,
    /// Whether each word follows the one before without white space, for models
    /// that were trained on running text; where empty it is guessed.
    pub joined: Vec<bool>,
    /// Who stands.
    pub holder: HolderMark,
    /// The words of the target: not empty, within `words`, not overlapping the holder.
    pub target: Range<usize>,
}

/// Judges pairs in context.
///
/// Implementations must not let one input change another's scores.
pub trait PairClassifier: Send + Sync + std::fmt::Debug {
    /// The labels, in the order of the score columns.
    fn labels(&self) -> &LabelSet;

    /// One row of probabilities for each input, in input order: `[inputs, labels]`.
    ///
    /// A text longer than the model is cut down to what stands around and
    /// between holder and target.
    ///
    /// # Errors
    ///
    /// [`ModelError::Run`] or [`ModelError::Pieces`]; no partial result is given.
    fn score_pairs(&self, batch: &[PairInput<'_>]) -> Result<Scores, ModelError>;
}

/// Two texts whose relation is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct TextPair<'t> {
    /// The words of one text.
    pub first: Vec<&'t str>,
    /// The words of the other.
    pub second: Vec<&'t str>,
}

/// Judges what one text is to another.
///
/// Implementations must not let one input change another's scores.
pub trait TextPairClassifier: Send + Sync + std::fmt::Debug {
    /// The labels, in the order of the score columns.
    fn labels(&self) -> &LabelSet;

    /// One row of probabilities for each pair, in input order: `[pairs, labels]`.
    ///
    /// Where two texts together are longer than the model, the longer one is
    /// cut at its end until they fit.
    ///
    /// # Errors
    ///
    /// [`ModelError::Run`] or [`ModelError::Pieces`]; no partial result is given.
    fn score_text_pairs(&self, batch: &[TextPair<'_>]) -> Result<Scores, ModelError>;
}

/// Gives texts vectors whose dot product says how alike they are.
///
/// Implementations must not let one input change another's vector.
pub trait TextEmbedder: Send + Sync + std::fmt::Debug {
    /// Length of a vector.
    fn dimension(&self) -> usize;

    /// One vector of unit length for each text (its words), in input order.
    ///
    /// # Errors
    ///
    /// [`ModelError::Run`] or [`ModelError::Pieces`]; no partial result is given.
    fn embed(&self, batch: &[Vec<&str>]) -> Result<Vec<Vec<f32>>, ModelError>;
}
