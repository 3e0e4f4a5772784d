//! The encoder: embeddings and layers.

use std::cell::RefCell;

use newstance_model::{Encoder, Hidden, ModelError, PackedPieces};

use crate::attention::Attention;
use crate::bytes::ByteRows;
use crate::config::{BACKEND, Config};
use crate::embeddings::Embeddings;
use crate::layer::{Layer, Scratch};
use crate::linear::TILE;
use crate::relative::RelativeBias;

thread_local! {
    /// Kept between calls: fresh memory costs more than it looks.
    static SCRATCH: RefCell<Scratch> = RefCell::new(Scratch::default());
}

/// An encoder of the BERT family.
#[derive(Debug)]
pub(crate) struct Engine {
    pub(crate) config: Config,
    pub(crate) embeddings: Embeddings,
    pub(crate) layers: Vec<Layer>,
    pub(crate) relative: Option<RelativeBias>,
}

impl Engine {
    /// Finds what would be out of some table, before any arithmetic.
    fn check(&self, batch: &PackedPieces) -> Result<(), ModelError> {
        let error = |reason| Err(ModelError::Run { backend: BACKEND, reason });
        let whole = match (batch.starts.first(), batch.starts.last()) {
            (Some(first), Some(last)) => (*first, *last) == (0, batch.n_pieces()),
            _ => batch.ids.is_empty(),
        };
        if !whole || !batch.starts.is_sorted() || batch.types.len() != batch.ids.len() {
            return error("the parts of a batch do not fit together".to_owned());
        }
        let longest = batch.starts.windows(2).map(|ends| ends[1] - ends[0]).max().unwrap_or(0);
        if longest > self.config.max_pieces() {
            let most = self.config.max_pieces();
            return error(format!("a sequence has {longest} pieces, the model reads {most}"));
        }
        let is_unknown = |id: &&u32| **id as usize >= self.config.vocabulary;
        if let Some(id) = batch.ids.iter().find(is_unknown) {
            let size = self.config.vocabulary;
            return error(format!("there is a piece {id} in a vocabulary of {size}"));
        }
        let n_types = self.config.n_types.max(1);
        if let Some(kind) = batch.types.iter().find(|kind| **kind as usize >= n_types) {
            return error(format!("there is a piece of type {kind}, the model has {n_types}"));
        }
        Ok(())
    }

    /// The first states of all sequences, with room up to a whole tile.
    fn embed(&self, batch: &PackedPieces, rounded: &mut ByteRows) -> Vec<f32> {
        let n_pieces = batch.n_pieces();
        let n_padded = n_pieces.next_multiple_of(TILE);
        let size = self.config.embedding;
        let mut rows = vec![0.0; n_padded * size];
        for ends in batch.starts.windows(2) {
            let (ids, types) = (&batch.ids[ends[0]..ends[1]], &batch.types[ends[0]..ends[1]]);
            self.embeddings.apply(ids, types, &mut rows[ends[0] * size..ends[1] * size]);
        }
        let Some(projection) = &self.embeddings.projection else { return rows };
        let mut states = vec![0.0; n_padded * self.config.hidden];
        projection.apply(&rows, &mut states, n_pieces, rounded);
        states
    }
}

impl Encoder for Engine {
    fn backend(&self) -> &'static str {
        BACKEND
    }

    fn hidden_size(&self) -> usize {
        self.config.hidden
    }

    fn max_pieces(&self) -> usize {
        self.config.max_pieces()
    }

    fn encode(&self, batch: &PackedPieces) -> Result<Hidden, ModelError> {
        self.check(batch)?;
        let attention = Attention {
            n_heads: self.config.n_heads,
            hidden: self.config.hidden,
            relative: self.relative.as_ref(),
        };
        let mut states = SCRATCH.with_borrow_mut(|scratch| {
            let mut states = self.embed(batch, &mut scratch.rounded);
            for layer in &self.layers {
                layer.apply(attention, &mut states, &batch.starts, scratch);
            }
            states
        });
        states.truncate(batch.n_pieces() * self.config.hidden);
        Ok(Hidden::new(self.config.hidden, states))
    }
}
