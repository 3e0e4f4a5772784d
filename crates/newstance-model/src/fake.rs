//! An encoder without weights, for tests.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash as _, Hasher as _};
use std::sync::Arc;

use crate::checkpoint::Checkpoint;
use crate::pieces::Pieces;
use crate::{Encoder, Hidden, ModelError, PackedPieces};

/// Gives each piece a state made of a hash of its sequence and place.
#[derive(Clone, Debug)]
pub(crate) struct FakeEncoder {
    pub(crate) hidden_size: usize,
    pub(crate) max_pieces: usize,
}

impl Default for FakeEncoder {
    fn default() -> Self {
        Self { hidden_size: 4, max_pieces: 32 }
    }
}

impl Encoder for FakeEncoder {
    fn backend(&self) -> &'static str {
        "fake"
    }

    fn hidden_size(&self) -> usize {
        self.hidden_size
    }

    fn max_pieces(&self) -> usize {
        self.max_pieces
    }

    fn encode(&self, batch: &PackedPieces) -> Result<Hidden, ModelError> {
        let mut values = Vec::new();
        for ends in batch.starts.windows(2) {
            assert!(ends[1] - ends[0] <= self.max_pieces, "a sequence is too long");
            for idx in ends[0]..ends[1] {
                for column in 0..self.hidden_size {
                    let mut hash = DefaultHasher::new();
                    (&batch.ids[ends[0]..ends[1]], &batch.types[ends[0]..ends[1]]).hash(&mut hash);
                    (idx - ends[0], column).hash(&mut hash);
                    let byte = hash.finish().to_le_bytes()[0];
                    values.push(f32::from(byte) / 64.0 - 2.0);
                }
            }
        }
        Ok(Hidden::new(self.hidden_size, values))
    }
}

/// The folder of the reference checkpoint whose tokenizer the tests use: letters,
/// a few words, and `##` pieces for the rest of a word.
pub(crate) fn reference_folder() -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/encoder/bert")
}

/// A checkpoint over a [`FakeEncoder`].
pub(crate) fn checkpoint(max_pieces: usize, pieces_per_batch: usize) -> Checkpoint {
    let pieces = Pieces::load(&reference_folder(), true).unwrap();
    let encoder = FakeEncoder { max_pieces, ..FakeEncoder::default() };
    let mut checkpoint = Checkpoint::new(Arc::new(encoder), Arc::new(pieces), None);
    checkpoint.pieces_per_batch = pieces_per_batch;
    checkpoint
}
