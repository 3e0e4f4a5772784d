//! The encoder: embeddings and layers.

use std::cell::RefCell;

use newstance_model::{Encoder, Hidden, ModelError, PackedPieces};

use crate::aligned::Aligned;
use crate::attention::Attention;
use crate::config::{BACKEND, Config};
use crate::embeddings::{Embeddings, Pieces};
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

    /// Writes the states of some sequences to `output`.
    fn read(&self, pieces: Pieces<'_>, output: &mut [f32], scratch: &mut Scratch) {
        let attention = Attention {
            n_heads: self.config.n_heads,
            hidden: self.config.hidden,
            relative: self.relative.as_ref(),
            set: self.set,
        };
        let Scratch { embedded, states, layer } = scratch;
        let states = states.first(output.len());
        if let Some(projection) = &self.embeddings.projection {
            let embedded = embedded.first(pieces.ids.len() * self.config.embedding);
            self.embeddings.apply(self.set, pieces, embedded);
            projection.apply(embedded, states, Store::Replace, &mut layer.room);
        } else {
            self.embeddings.apply(self.set, pieces, states);
        }
        for part in &self.layers {
            part.apply(attention, states, pieces.starts, layer);
        }
        output.copy_from_slice(states);
    }
}

/// Cuts sequences into groups of up to [`GROUP_PIECES`] pieces: the last sequence of
/// each group, and one more.
fn groups(starts: &[usize]) -> Vec<usize> {
    let mut groups = vec![0];
    let mut first = 0;
    for idx in 1..starts.len() {
        let ends_here = starts.get(idx + 1).is_none_or(|next| next - starts[first] > GROUP_PIECES);
        if ends_here {
            groups.push(idx);
            first = idx;
        }
    }
    groups
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
        let mut states = vec![0.0; batch.n_pieces() * hidden];
        SCRATCH.with_borrow_mut(|scratch| {
            for ends in groups(&batch.starts).windows(2) {
                let (first, last) = (batch.starts[ends[0]], batch.starts[ends[1]]);
                let states = &mut states[first * hidden..last * hidden];
                let starts: Vec<usize> =
                    batch.starts[ends[0]..=ends[1]].iter().map(|start| start - first).collect();
                let (ids, types) = (&batch.ids[first..last], &batch.types[first..last]);
                self.read(Pieces { ids, types, starts: &starts }, states, scratch);
            }
        });
        Ok(Hidden::new(self.config.hidden, states))
    }
}
