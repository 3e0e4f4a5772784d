//! What can go wrong with an archive.

use newstance_doc::Position;
use newstance_model::ModelError;

/// Why layers could not be made into tables.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AggregateError {
    /// Two articles have the same id.
    #[error("article `{article_id}` was given twice")]
    RepeatedArticle {
        /// The id.
        article_id: String,
    },

    /// A layer points to something that is not there.
    #[error("article `{article_id}`: {layer} {index} points outside of its article")]
    Layer {
        /// The article.
        article_id: String,
        /// Which layer.
        layer: &'static str,
        /// Which item of it.
        index: usize,
    },

    /// The place for what is too much for memory does not take it or give it back.
    #[error("cannot keep layers on the disk while they are counted")]
    Scratch {
        /// Why.
        source: std::io::Error,
    },

    /// A labelled sample says too little of a position.
    #[error("{n} of the labelled stances are `{}`, at least {least} must be", position.as_str())]
    TooFewLabelled {
        /// The position.
        position: Position,
        /// How many are labelled so.
        n: usize,
        /// How many must be.
        least: usize,
    },

    /// A labelled sample says that the model tells nothing.
    #[error("the model does not tell the positions of the labelled stances apart")]
    Indistinct,

    /// The clauses of the archive cannot be embedded.
    #[error("cannot embed the clauses of the archive")]
    Embed(#[from] ModelError),

    /// The clauses of the archive cannot be compared.
    #[error("cannot compare the clauses of the archive")]
    Compare {
        /// Why.
        source: ModelError,
    },

    /// The model gives another number of vectors than it was given texts.
    #[error("the embedding model gives {got} vectors for {expected} texts")]
    EmbedCount {
        /// How many texts it was given.
        expected: usize,
        /// How many vectors came back.
        got: usize,
    },
}
