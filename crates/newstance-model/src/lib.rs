//! What a model is, for everyone who uses or makes one.
//!
//! Two seams. The *task seam* ([`TokenClassifier`], [`PairClassifier`],
//! [`TextEmbedder`]): words in, one row of probabilities an answer out, labels
//! by name. Below it the *tensor seam* ([`Encoder`]): piece ids in, hidden
//! states out. A backend implements the tensor seam only; pieces, windows,
//! pooling, heads and softmax are written once, here.

mod error;
mod labels;
mod scores;
mod task;
mod tensor;

pub use error::ModelError;
pub use labels::{Label, LabelSet};
pub use scores::Scores;
pub use task::{
    HolderMark, PairClassifier, PairInput, TextEmbedder, TokenClassifier, TokenHead, WordText,
};
pub use tensor::{Encoder, Hidden, PackedPieces};
