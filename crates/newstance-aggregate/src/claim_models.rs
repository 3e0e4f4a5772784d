//! What claims are told by.

use newstance_model::{TextEmbedder, TextPairClassifier};

/// The models that tell which contents make one claim; there need be none.
#[derive(Clone, Copy, Debug, Default)]
pub struct ClaimModels<'m> {
    /// Says how alike two contents are. Without it the words that they share do.
    pub embedder: Option<&'m dyn TextEmbedder>,
    /// Says what a content is to another that is like it: the same, the
    /// opposite, or unrelated ([`newstance_doc::Relation`]). Without it
    /// likeness and negations do.
    pub relations: Option<&'m dyn TextPairClassifier>,
}
