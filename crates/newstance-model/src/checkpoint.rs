//! A loaded checkpoint: an encoder with its pieces.

use std::borrow::Borrow;
use std::sync::Arc;

use crate::batch::{self, PIECES_PER_BATCH, States};
use crate::manifest::Context;
use crate::pieces::{Pieces, Sequence};
use crate::{Encoder, ModelError};

/// What all roles of a checkpoint share.
#[derive(Clone, Debug)]
pub(crate) struct Checkpoint {
    pub(crate) encoder: Arc<dyn Encoder>,
    pub(crate) pieces: Arc<Pieces>,
    /// The longest sequence, special pieces included.
    pub(crate) max_pieces: usize,
    /// How much of an article a tagger reads at once.
    pub(crate) context: Context,
    /// The budget of a batch; results do not depend on it.
    pub(crate) pieces_per_batch: usize,
}

impl Checkpoint {
    /// An encoder that is given at most `max_pieces`, and no more than it can read.
    pub(crate) fn new(
        encoder: Arc<dyn Encoder>,
        pieces: Arc<Pieces>,
        max_pieces: Option<usize>,
    ) -> Self {
        let own = encoder.max_pieces();
        let max_pieces = max_pieces.map_or(own, |wanted| wanted.min(own));
        Self {
            encoder,
            pieces,
            max_pieces,
            context: Context::Article,
            pieces_per_batch: PIECES_PER_BATCH,
        }
    }

    /// Encodes `sequences` and hands over the states of each, in any order.
    pub(crate) fn encode(
        &self,
        sequences: &[impl Borrow<Sequence>],
        use_states: impl FnMut(usize, States<'_>),
    ) -> Result<(), ModelError> {
        batch::encode(self.encoder.as_ref(), sequences, self.pieces_per_batch, use_states)
    }

    /// A failure that is not the backend's own.
    pub(crate) fn run_error(&self, reason: String) -> ModelError {
        ModelError::Run { backend: self.encoder.backend(), reason }
    }
}
