//! Pieces to their first states.

use crate::group::Group;
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

impl Embeddings {
    /// Writes the sums of piece, position and type, normalised, to `rows`.
    ///
    /// Ids, types and positions must be in their tables.
    pub(crate) fn apply(&self, set: InstructionSet, group: &Group<'_>, rows: &mut [f32]) {
        let size = self.norm.gain.len();
        let row_of = |table, idx: usize| -> &[f32] {
            let table: &[f32] = table;
            &table[idx * size..(idx + 1) * size]
        };
        for (idx, row) in rows.chunks_exact_mut(size).enumerate() {
            row.copy_from_slice(row_of(&self.pieces, group.ids[idx] as usize));
            if !self.types.is_empty() {
                add(row, row_of(&self.types, group.types[idx] as usize));
            }
            add(row, row_of(&self.positions, self.first_position + group.positions[idx] as usize));
        }
        self.norm.apply(set, rows);
    }
}

fn add(row: &mut [f32], other: &[f32]) {
    for (value, other) in row.iter_mut().zip(other) {
        *value += other;
    }
}
