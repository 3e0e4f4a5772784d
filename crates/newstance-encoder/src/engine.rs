//! The encoder: embeddings and layers.

use std::cell::RefCell;

use newstance_model::{Encoder, Hidden, ModelError, PackedPieces};

use crate::aligned::Aligned;
use crate::attention::Attention;
use crate::config::{BACKEND, Config};
use crate::embeddings::Embeddings;
use crate::group::{Group, groups};
use crate::instruction_set::InstructionSet;
use crate::layer::{Layer, LayerRoom};
use crate::linear::{BLOCK, Store};
use crate::relative::RelativeBias;

/// Room for what is between pieces and states; one for each thread.
#[derive(Debug, Default)]
struct Scratch {
    embedded: Aligned,
    states: Aligned,
    layer: LayerRoom,
    /// States that were taken back.
    output: Vec<f32>,
}

thread_local! {
    /// Kept between calls: fresh memory costs more than it looks.
    static SCRATCH: RefCell<Scratch> = RefCell::new(Scratch::default());
}

/// Pieces that pass all layers together, unless one sequence is longer: few
/// enough for what is between two layers to stay in a cache.
const GROUP_PIECES: usize = BLOCK;

/// An encoder of the BERT family.
#[derive(Debug)]
pub(crate) struct Engine {
    pub(crate) config: Config,
    pub(crate) set: InstructionSet,
    pub(crate) embeddings: Embeddings,
    pub(crate) layers: Vec<Layer>,
    pub(crate) relative: Option<RelativeBias>,
}

impl Engine {
    /// Finds what would be out of some table, before any arithmetic.
    fn check(&self, batch: &PackedPieces) -> Result<(), ModelError> {
        let error = |reason| Err(ModelError::Run { backend: BACKEND, reason });
        let longest = batch.sequences().iter().map(|sequence| sequence.text.len()).max();
        if let Some(longest) = longest.filter(|longest| *longest > self.config.max_pieces()) {
            let most = self.config.max_pieces();
            return error(format!("a text has {longest} pieces, the model reads {most}"));
        }
        let is_unknown = |id: &&u32| **id as usize >= self.config.vocabulary;
        if let Some(id) = batch.ids().iter().find(is_unknown) {
            let size = self.config.vocabulary;
            return error(format!("there is a piece {id} in a vocabulary of {size}"));
        }
        let n_types = self.config.n_types.max(1);
        if let Some(kind) = batch.types().iter().find(|kind| **kind as usize >= n_types) {
            return error(format!("there is a piece of type {kind}, the model has {n_types}"));
        }
        Ok(())
    }

    /// Writes the states of some sequences to `output`.
    fn read(&self, group: &Group<'_>, output: &mut [f32], scratch: &mut Scratch) {
        let attention = Attention {
            n_heads: self.config.n_heads,
            hidden: self.config.hidden,
            relative: self.relative.as_ref(),
            set: self.set,
        };
        let Scratch { embedded, states, layer, .. } = scratch;
        let states = states.first(output.len());
        if let Some(projection) = &self.embeddings.projection {
            let embedded = embedded.first(group.ids.len() * self.config.embedding);
            self.embeddings.apply(self.set, group, embedded);
            projection.apply(embedded, states, Store::Replace, &mut layer.room);
        } else {
            self.embeddings.apply(self.set, group, states);
        }
        for part in &self.layers {
            part.apply(attention, states, group, layer);
        }
        output.copy_from_slice(states);
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
        let hidden = self.config.hidden;
        let mut states = SCRATCH.with_borrow_mut(|scratch| std::mem::take(&mut scratch.output));
        states.resize(batch.n_pieces() * hidden, 0.0);
        SCRATCH.with_borrow_mut(|scratch| {
            for group in groups(batch, GROUP_PIECES) {
                let pieces = group.pieces.start * hidden..group.pieces.end * hidden;
                self.read(&group, &mut states[pieces], scratch);
            }
        });
        Ok(Hidden::new(self.config.hidden, states))
    }

    fn take_back(&self, states: Hidden) {
        SCRATCH.with_borrow_mut(|scratch| scratch.output = states.into_values());
    }
}
