//! What a model is, for everyone who uses or makes one.
//!
//! Two seams. The *task seam* ([`TokenClassifier`], [`PairClassifier`],
//! [`TextPairClassifier`], [`TextEmbedder`]): words in, one row of probabilities an answer out, labels
//! by name. Below it the *tensor seam* ([`Encoder`]): piece ids in, hidden
//! states out. A backend implements the tensor seam only; pieces, windows,
//! pooling, heads and softmax are written once, here.

mod batch;
pub mod bio;
mod both_ways;
mod bundle;
mod case;
mod checkpoint;
mod checksum;
pub mod conformance;
mod embed;
mod error;
#[cfg(test)]
mod fake;
mod heads;
mod labels;
mod loader;
mod manifest;
mod marking;
mod models;
mod pair;
mod pair_cut;
mod pieces;
mod positions;
mod scores;
mod task;
mod tensor;
mod text_pair;
mod token;
mod weights;
mod windows;

pub use bundle::{Bundle, FileCheck, FileState};
pub use error::ModelError;
pub use labels::{Label, LabelSet};
pub use loader::EncoderLoader;
pub use manifest::{
    BothWaysEntry, CheckpointEntry, Markers, Placement, Pooling, Precision, RoleEntry,
};
pub use models::Models;
pub use scores::Scores;
pub use task::{
    HolderMark, PairClassifier, PairInput, TextEmbedder, TextPair, TextPairClassifier,
    TokenClassifier, TokenHead, WordText,
};
pub use tensor::{Encoder, Extent, Hidden, PackedPieces};
pub use weights::Weights;
