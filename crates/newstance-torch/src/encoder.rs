//! The tensor seam over a model that another thread owns.

use newstance_model::{Encoder, Hidden, ModelError, PackedPieces};

use crate::config::Sizes;
use crate::network::{Architecture, BACKEND};
use crate::owner::Owner;
use crate::padded::Padded;

/// An encoder on libtorch.
#[derive(Debug)]
pub(crate) struct TorchEncoder {
    pub(crate) owner: Owner,
    pub(crate) architecture: &'static Architecture,
    pub(crate) limits: Limits,
}

/// What a batch must keep to, lest an index be out of some table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) hidden: usize,
    vocabulary: usize,
    n_types: usize,
    n_positions: usize,
    pub(crate) first_position: usize,
}

impl Limits {
    pub(crate) fn new(sizes: &Sizes, positions_after_padding: bool) -> Self {
        let size = |value: i64| usize::try_from(value).unwrap_or(0);
        let first_position =
            if positions_after_padding { size(sizes.padding_piece.unwrap_or(1)) + 1 } else { 0 };
        Self {
            hidden: size(sizes.hidden),
            vocabulary: size(sizes.vocabulary),
            n_types: size(sizes.n_types).max(1),
            n_positions: size(sizes.n_positions),
            first_position,
        }
    }

    /// The longest text.
    pub(crate) fn max_pieces(self) -> usize {
        self.n_positions.saturating_sub(self.first_position)
    }

    fn check(self, batch: &PackedPieces) -> Result<(), String> {
        let longest = batch.sequences().iter().map(|it| it.text.len()).max().unwrap_or(0);
        if longest > self.max_pieces() {
            let most = self.max_pieces();
            return Err(format!("a text has {longest} pieces, the model reads {most}"));
        }
        let beyond = |values: &[u32], limit: usize| {
            values.iter().copied().find(|value| *value as usize >= limit)
        };
        if let Some(id) = beyond(batch.ids(), self.vocabulary) {
            let size = self.vocabulary;
            return Err(format!("there is a piece {id} in a vocabulary of {size}"));
        }
        if let Some(kind) = beyond(batch.types(), self.n_types) {
            let n_types = self.n_types;
            return Err(format!("there is a piece of type {kind}, the model has {n_types}"));
        }
        Ok(())
    }
}

impl Encoder for TorchEncoder {
    fn backend(&self) -> &'static str {
        BACKEND
    }

    fn hidden_size(&self) -> usize {
        self.limits.hidden
    }

    fn max_pieces(&self) -> usize {
        self.limits.max_pieces()
    }

    fn pads(&self) -> bool {
        true
    }

    fn reads_asides(&self) -> bool {
        self.architecture.reads_asides
    }

    fn encode(&self, batch: &PackedPieces) -> Result<Hidden, ModelError> {
        let error = |reason| ModelError::Run { backend: BACKEND, reason };
        self.limits.check(batch).map_err(error)?;
        let has_asides = batch.sequences().iter().any(|sequence| !sequence.asides.is_empty());
        if has_asides && !self.reads_asides() {
            let name = self.architecture.name();
            return Err(error(format!("architecture `{name}` reads no asides of a text")));
        }
        let padded = Padded::new(batch, self.limits.first_position);
        let states = if padded.is_empty() {
            Vec::new()
        } else {
            self.owner.states(padded).map_err(error)?
        };
        if states.len() != batch.n_pieces() * self.limits.hidden {
            let got = states.len();
            return Err(error(format!(
                "libtorch gave {got} values for {} pieces",
                batch.n_pieces()
            )));
        }
        Ok(Hidden::new(self.limits.hidden, states))
    }
}
