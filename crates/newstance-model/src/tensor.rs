//! The tensor seam: what a backend implements.

use crate::ModelError;

/// Sequences of piece ids, packed end to end: there is no padding.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PackedPieces {
    /// Piece ids of all sequences, `[pieces]`.
    pub ids: Vec<u32>,
    /// Token type of each piece, `[pieces]`.
    pub types: Vec<u32>,
    /// Where each sequence begins, and last the number of pieces: `[sequences + 1]`.
    pub starts: Vec<usize>,
}

impl PackedPieces {
    /// Number of sequences.
    pub fn n_sequences(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// Number of pieces in all sequences.
    pub fn n_pieces(&self) -> usize {
        self.ids.len()
    }
}

/// Hidden states of the last layer, `[pieces, size]`, packed as their input.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Hidden {
    size: usize,
    values: Vec<f32>,
}

impl Hidden {
    /// Takes `values` row by row.
    ///
    /// # Panics
    ///
    /// If they do not fill whole rows of `size`.
    pub fn new(size: usize, values: Vec<f32>) -> Self {
        assert!(size > 0 && values.len().is_multiple_of(size), "values do not fill rows of {size}");
        Self { size, values }
    }

    /// Length of a row.
    pub fn size(&self) -> usize {
        self.size
    }

    /// The state of piece `idx`.
    ///
    /// # Panics
    ///
    /// If there is no such piece.
    pub fn row(&self, idx: usize) -> &[f32] {
        &self.values[idx * self.size..(idx + 1) * self.size]
    }

    /// All states, row by row.
    pub fn values(&self) -> &[f32] {
        &self.values
    }
}

/// An encoder on some backend: pieces in, hidden states out. It does not know
/// what they are for.
///
/// Every sequence is computed as if it were alone: on the CPU engine bit for
/// bit, on other backends within their stated tolerance.
pub trait Encoder: Send + Sync + std::fmt::Debug {
    /// The backend's name, as settings and `run.json` write it.
    fn backend(&self) -> &'static str;

    /// Length of a hidden state.
    fn hidden_size(&self) -> usize;

    /// The longest sequence that it can read, special pieces included.
    fn max_pieces(&self) -> usize;

    /// The hidden states of `batch`, whose sequences are at most
    /// [`Self::max_pieces`] long; an empty batch gives no states.
    ///
    /// # Errors
    ///
    /// [`ModelError::Run`] if the backend fails; no partial result is given.
    fn encode(&self, batch: &PackedPieces) -> Result<Hidden, ModelError>;
}
