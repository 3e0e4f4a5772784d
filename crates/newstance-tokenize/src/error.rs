//! What can go wrong with a tokenizer.

use std::path::PathBuf;

/// Why a tokenizer could not be loaded or used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TokenizeError {
    /// `tokenizer.json` cannot be read or is not one.
    #[error("cannot load tokenizer `{}`: {reason}", path.display())]
    Load {
        /// The file.
        path: PathBuf,
        /// What the tokenizers crate says.
        reason: String,
    },

    /// The tokenizer lacks a piece that every input needs.
    #[error("tokenizer `{}` names no {piece} piece", path.display())]
    MissingPiece {
        /// The file.
        path: PathBuf,
        /// What the piece is for.
        piece: &'static str,
    },

    /// A word could not be split.
    #[error("cannot split `{word}` into pieces: {reason}")]
    Encode {
        /// The word.
        word: String,
        /// What the tokenizers crate says.
        reason: String,
    },
}
