//! Pieces to their first states.

use crate::instruction_set::InstructionSet;
use crate::linear::Linear;
use crate::vector::LayerNorm;

/// The tables that a state begins with.
#[derive(Debug)]
pub(crate) struct Embeddings {
    /// `[vocabulary, embedding]`.
    pub(crate) pieces: Vec<f32>,
    /// `[positions, embedding]`.
    pub(crate) positions: Vec<f32>,
    /// `[types, embedding]`; empty where the architecture has none.
    pub(crate) types: Vec<f32>,
    pub(crate) norm: LayerNorm,
    /// From an embedding to a hidden state, where their lengths differ.
    pub(crate) projection: Option<Linear>,
    pub(crate) first_position: usize,
}

/// The pieces of some sequences.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pieces<'p> {
    pub(crate) ids: &'p [u32],
    pub(crate) types: &'p [u32],
    /// Where each sequence begins and the last one ends.
    pub(crate) starts: &'p [usize],
}

impl Embeddings {
    /// Writes the sums of piece, position and type, normalised, to `rows`.
    ///
    /// Ids and types must be in their tables.
    pub(crate) fn apply(&self, set: InstructionSet, pieces: Pieces<'_>, rows: &mut [f32]) {
        let size = self.norm.gain.len();
        let row_of = |table, idx: usize| -> &[f32] {
            let table: &[f32] = table;
            &table[idx * size..(idx + 1) * size]
        };
        for ends in pieces.starts.windows(2) {
            for idx in ends[0]..ends[1] {
                let row = &mut rows[idx * size..(idx + 1) * size];
                row.copy_from_slice(row_of(&self.pieces, pieces.ids[idx] as usize));
                if !self.types.is_empty() {
                    add(row, row_of(&self.types, pieces.types[idx] as usize));
                }
                add(row, row_of(&self.positions, self.first_position + idx - ends[0]));
            }
        }
        self.norm.apply(set, rows);
    }
}

fn add(row: &mut [f32], other: &[f32]) {
    for (value, other) in row.iter_mut().zip(other) {
        *value += other;
    }
}
