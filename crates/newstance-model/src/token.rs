//! Scores for words: the token classifier over an encoder.

use crate::checkpoint::Checkpoint;
use crate::heads::{Linear, softmax_rows};
use crate::pieces::{Sequence, WordPieces};
use crate::windows::{Cuts, Window, windows};
use crate::{ModelError, Scores, TokenClassifier, TokenHead, WordText};

/// Pieces that every window has beside its words: the first and the last.
const N_SPECIAL: usize = 2;

/// A checkpoint with one or more token heads.
#[derive(Debug)]
pub(crate) struct TokenModel {
    checkpoint: Checkpoint,
    heads: Vec<TokenHead>,
    layers: Vec<(Linear, f32)>,
}

/// A window as the encoder reads it.
#[derive(Debug)]
struct WindowInput {
    text_idx: usize,
    /// The word that is scored and where its first piece stands.
    words: Vec<(usize, usize)>,
}

impl TokenModel {
    /// Heads with their layers and temperatures, on one checkpoint.
    pub(crate) fn new(checkpoint: Checkpoint, heads: Vec<(TokenHead, Linear, f32)>) -> Self {
        let (heads, layers) = heads
            .into_iter()
            .map(|(head, layer, temperature)| (head, (layer, temperature)))
            .unzip();
        Self { checkpoint, heads, layers }
    }

    /// Cuts a text into windows and appends them to `inputs` and `sequences`.
    fn prepare(
        &self,
        text_idx: usize,
        text: &WordText<'_>,
        (inputs, sequences): (&mut Vec<WindowInput>, &mut Vec<Sequence>),
    ) -> Result<(), ModelError> {
        let capacity = self.checkpoint.max_pieces - N_SPECIAL;
        let pieces = self.checkpoint.pieces.of(&text.words, capacity)?;
        let cuts = Cuts {
            paragraph_starts: &text.paragraph_starts,
            sentence_starts: &text.sentence_starts,
        };
        for window in windows(cuts, &pieces.sizes(), capacity) {
            let (words, sequence) = self.sequence(&window, &pieces, capacity);
            inputs.push(WindowInput { text_idx, words });
            sequences.push(sequence);
        }
        Ok(())
    }

    fn sequence(
        &self,
        window: &Window,
        pieces: &WordPieces,
        capacity: usize,
    ) -> (Vec<(usize, usize)>, Sequence) {
        let separator = self.checkpoint.pieces.separator();
        let mut sequence = self.checkpoint.pieces.begin();
        let mut words = Vec::new();
        let mut paragraph = None;
        for stretch in window {
            if paragraph.is_some_and(|last| last != stretch.paragraph) {
                sequence.push_special(separator);
            }
            paragraph = Some(stretch.paragraph);
            for word in stretch.words.clone() {
                if stretch.scored.contains(&word) {
                    words.push((word, sequence.ids.len()));
                }
                pieces.append_to(&mut sequence, word, capacity);
            }
        }
        sequence.push_special(separator);
        (words, sequence)
    }
}

impl TokenClassifier for TokenModel {
    fn heads(&self) -> &[TokenHead] {
        &self.heads
    }

    fn score_words(&self, batch: &[WordText<'_>]) -> Result<Vec<Vec<Scores>>, ModelError> {
        let (mut inputs, mut sequences) = (Vec::new(), Vec::new());
        for (text_idx, text) in batch.iter().enumerate() {
            self.prepare(text_idx, text, (&mut inputs, &mut sequences))?;
        }
        let empty = |text: &WordText<'_>| {
            self.layers.iter().map(|(layer, _)| vec![0.0; text.len() * layer.n_outputs()]).collect()
        };
        let mut values: Vec<Vec<Vec<f32>>> = batch.iter().map(empty).collect();
        let mut row = Vec::new();
        self.checkpoint.encode(&sequences, |idx, states| {
            let input = &inputs[idx];
            for (word, place) in &input.words {
                for ((layer, temperature), values) in
                    self.layers.iter().zip(&mut values[input.text_idx])
                {
                    row.clear();
                    layer.append(states.row(*place), &mut row);
                    softmax_rows(&mut row, layer.n_outputs(), *temperature);
                    let start = word * row.len();
                    values[start..start + row.len()].copy_from_slice(&row);
                }
            }
        })?;
        let scores = |values: Vec<Vec<f32>>| {
            let columns = self.layers.iter().map(|(layer, _)| layer.n_outputs());
            columns.zip(values).map(|(columns, values)| Scores::new(columns, values)).collect()
        };
        Ok(values.into_iter().map(scores).collect())
    }
}
