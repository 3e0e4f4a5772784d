//! What a model is, for everyone who uses or makes one.
//!
//! Two seams. The *task seam* ([`TokenClassifier`], [`PairClassifier`],
//! [`TextPairClassifier`], [`TextEmbedder`]): words in, one row of probabilities an answer out, labels
//! by name. Below it the *tensor seam* ([`Encoder`]): piece ids in, hidden
//! states out. A backend implements the tensor seam only; pieces, windows,
//! pooling, heads and softmax are written once, here.

mod added;
mod architectures;
mod batch;
pub mod bio;
mod both_ways;
mod bundle;
mod case;
mod checkpoint;
mod checksum;
mod config;
pub mod conformance;
mod conformance_heads;
mod embed;
mod error;
#[cfg(test)]
mod fake;
mod heads;
mod label_columns;
mod labels;
mod loaded;
mod loader;
mod manifest;
mod marking;
mod models;
mod pair;
mod pair_cut;
mod pieces;
mod positions;
mod role_models;
mod scores;
mod second_text;
mod spacing;
mod tag_names;
mod task;
mod template;
mod tensor;
mod text_pair;
mod token;
mod weights;
mod windows;

pub use added::AddedModel;
pub use architectures::backends_with;
pub use bundle::{Bundle, FileCheck, FileState};
pub use config::CheckpointConfig;
pub use conformance_heads::{HeadReference, PairCase, TokenCase};
pub use error::ModelError;
pub use heads::dot;
pub use labels::{Label, LabelSet};
pub use loader::EncoderLoader;
pub use manifest::{
    Activation, BothWaysEntry, CheckpointEntry, Context, Markers, Placement, Pooling, Precision,
    RoleEntry, TextForm,
};
pub use models::Models;
pub use scores::Scores;
pub use spacing::joined;
pub use tag_names::{Scheme, tag_parts};
pub use task::{
    HolderMark, PairClassifier, PairInput, TextEmbedder, TextPair, TextPairClassifier,
    TokenClassifier, TokenHead, WordText,
};
pub use template::Template;
pub use tensor::{Encoder, Extent, Hidden, PackedPieces};
pub use weights::Weights;
