//! Vectors of texts: the embedder over an encoder.

use crate::checkpoint::Checkpoint;
use crate::pieces::{Sequence, WordPieces};
use crate::{ModelError, TextEmbedder};

/// The first and the last piece of a sequence.
const N_SPECIAL: usize = 2;

/// A checkpoint whose mean state, or whose first one, is a text's vector.
#[derive(Debug)]
pub(crate) struct EmbeddingModel {
    pub(crate) checkpoint: Checkpoint,
    /// Whether it is the first piece's state; of a text that is read in parts
    /// the mean of those.
    pub(crate) first_only: bool,
}

impl EmbeddingModel {
    /// The sequences of a text, one at least: as many words in each as fit.
    fn sequences(&self, words: &[&str]) -> Result<Vec<Sequence>, ModelError> {
        let capacity = self.checkpoint.max_pieces - N_SPECIAL;
        let pieces: WordPieces = self.checkpoint.pieces.of(words, &[], capacity)?;
        let mut sequences = vec![self.checkpoint.pieces.begin()];
        for (word, size) in pieces.sizes().into_iter().enumerate() {
            let last = sequences.last().map_or(0, |sequence| sequence.ids.len() - 1);
            if last + size > capacity {
                sequences.push(self.checkpoint.pieces.begin());
            }
            if let Some(sequence) = sequences.last_mut() {
                pieces.append_to(sequence, word, size);
            }
        }
        for sequence in &mut sequences {
            sequence.push_special(self.checkpoint.pieces.separator());
        }
        Ok(sequences)
    }
}

impl TextEmbedder for EmbeddingModel {
    fn dimension(&self) -> usize {
        self.checkpoint.encoder.hidden_size()
    }

    fn embed(&self, batch: &[Vec<&str>]) -> Result<Vec<Vec<f32>>, ModelError> {
        let mut sequences = Vec::new();
        let mut starts = vec![0];
        for words in batch {
            sequences.extend(self.sequences(words)?);
            starts.push(sequences.len());
        }
        // One sum a sequence, so that the order of batches does not matter.
        let mut sums = vec![vec![0.0; self.dimension()]; sequences.len()];
        self.checkpoint.encode(&sequences, |idx, states| {
            let n_rows = if self.first_only { 1 } else { usize::MAX };
            for row in states.rows().take(n_rows) {
                add(&mut sums[idx], row);
            }
        })?;
        let vector = |ends: &[usize]| {
            let mut vector = vec![0.0; self.dimension()];
            for sum in &sums[ends[0]..ends[1]] {
                add(&mut vector, sum);
            }
            to_unit_length(&mut vector);
            vector
        };
        Ok(starts.windows(2).map(vector).collect())
    }
}

fn add(sum: &mut [f32], row: &[f32]) {
    for (sum, value) in sum.iter_mut().zip(row) {
        *sum += value;
    }
}

/// The mean and the sum of states point the same way: only the length differs.
fn to_unit_length(vector: &mut [f32]) {
    let squares: f32 = vector.iter().map(|value| value * value).sum();
    let length = squares.sqrt().max(1e-12);
    for value in vector {
        *value /= length;
    }
}

#[cfg(test)]
mod tests {
    use super::EmbeddingModel;
    use crate::TextEmbedder as _;
    use crate::fake::checkpoint;

    fn model(pieces_per_batch: usize) -> EmbeddingModel {
        EmbeddingModel { checkpoint: checkpoint(16, pieces_per_batch), first_only: false }
    }

    #[test]
    fn a_vector_has_unit_length_even_for_no_words() {
        for vector in model(64).embed(&[vec!["the", "war"], vec![]]).unwrap() {
            let squares: f32 = vector.iter().map(|value| value * value).sum();
            assert!((squares - 1.0).abs() < 1e-5 && vector.len() == 4);
        }
    }

    #[test]
    fn a_long_text_is_read_to_its_end() {
        let words: Vec<&str> = ["the", "war"].into_iter().cycle().take(40).collect();
        let sequences = model(64).sequences(&words).unwrap();
        let lengths: Vec<usize> = sequences.iter().map(|sequence| sequence.ids.len()).collect();
        assert_eq!(lengths, [16, 16, 14]);
    }

    #[test]
    fn neither_company_nor_batches_change_a_vector() {
        let batch = [vec!["the"; 30], vec!["war", "said"], vec![]];
        let together = model(10).embed(&batch).unwrap();
        for (words, vector) in batch.iter().zip(&together) {
            assert_eq!(&model(2048).embed(std::slice::from_ref(words)).unwrap()[0], vector);
        }
    }
}
