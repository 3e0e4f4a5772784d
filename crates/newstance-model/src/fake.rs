//! An encoder without weights, for tests.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash as _, Hasher as _};
use std::ops::Range;
use std::sync::Arc;

use crate::checkpoint::Checkpoint;
use crate::pieces::Pieces;
use crate::{
    CheckpointConfig, Encoder, Hidden, HolderMark, ModelError, PackedPieces, PairInput, TextForm,
};

/// Gives each piece a state made of a hash of what it may read and its place.
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

impl FakeEncoder {
    /// The states of the last of `parts`, whose pieces read all of them.
    fn append(&self, batch: &PackedPieces, parts: &[Range<usize>], values: &mut Vec<f32>) {
        let mut read = DefaultHasher::new();
        for part in parts {
            let part = part.clone();
            (&batch.ids()[part.clone()], &batch.types()[part.clone()]).hash(&mut read);
            batch.positions()[part].hash(&mut read);
        }
        for place in 0..parts[parts.len() - 1].len() {
            for column in 0..self.hidden_size {
                let mut hash = read.clone();
                (place, column).hash(&mut hash);
                let byte = hash.finish().to_le_bytes()[0];
                values.push(f32::from(byte) / 64.0 - 2.0);
            }
        }
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
        for sequence in batch.sequences() {
            assert!(sequence.text.len() <= self.max_pieces, "a text is too long");
            self.append(batch, std::slice::from_ref(&sequence.text), &mut values);
            for aside in &sequence.asides {
                self.append(batch, &[sequence.text.clone(), aside.clone()], &mut values);
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
    let pieces =
        Pieces::load(&reference_folder(), true, TextForm::Words, &CheckpointConfig::default())
            .unwrap();
    let encoder = FakeEncoder { max_pieces, ..FakeEncoder::default() };
    let mut checkpoint = Checkpoint::new(Arc::new(encoder), Arc::new(pieces), None);
    checkpoint.pieces_per_batch = pieces_per_batch;
    checkpoint
}

/// A pair in a text of words with a space between them.
pub(crate) fn pair_input(
    words: &'static str,
    holder: HolderMark,
    target: Range<usize>,
) -> PairInput<'static> {
    PairInput { words: words.split(' ').collect(), joined: Vec::new(), holder, target }
}
