//! Scores for words: the token classifier over an encoder.

use crate::checkpoint::Checkpoint;
use crate::heads::Linear;
use crate::label_columns::LabelColumns;
use crate::pieces::{Sequence, WordPieces};
use crate::tag_names::Beginnings;
use crate::windows::{Cuts, Window, windows};
use crate::{ModelError, Scores, TokenClassifier, TokenHead, WordText};

/// Pieces that every window has beside its words: the first and the last.
const N_SPECIAL: usize = 2;

/// A checkpoint with one or more token heads.
#[derive(Debug)]
pub(crate) struct TokenModel {
    checkpoint: Checkpoint,
    heads: Vec<TokenHead>,
    layers: Vec<TokenLayer>,
}

/// What a head computes.
#[derive(Clone, Debug)]
pub(crate) struct TokenLayer {
    pub(crate) linear: Linear,
    pub(crate) columns: LabelColumns,
    /// For tags that do not tell where a span begins.
    pub(crate) beginnings: Option<Beginnings>,
}

impl TokenLayer {
    fn n_labels(&self) -> usize {
        self.columns.labels().len()
    }
}

/// A window as the encoder reads it.
#[derive(Debug)]
struct WindowInput {
    text_idx: usize,
    /// The word that is scored and where its first piece stands.
    words: Vec<(usize, usize)>,
}

impl TokenModel {
    /// Heads on one checkpoint, each with the role that it serves.
    pub(crate) fn new(checkpoint: Checkpoint, heads: Vec<(String, TokenLayer)>) -> Self {
        let (heads, layers) = heads
            .into_iter()
            .map(|(role, layer)| {
                (TokenHead { role, labels: layer.columns.labels().clone() }, layer)
            })
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
        let pieces = self.checkpoint.pieces.of(&text.words, &text.joined, capacity)?;
        let cuts = Cuts {
            paragraph_starts: &text.paragraph_starts,
            sentence_starts: &text.sentence_starts,
            context: self.checkpoint.context,
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
                let place = sequence.ids.len();
                pieces.append_to(&mut sequence, word, capacity);
                if stretch.scored.contains(&word) {
                    // A word without a piece of its own shares the one before.
                    words.push((word, place.min(sequence.ids.len() - 1)));
                }
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
            self.layers.iter().map(|layer| vec![0.0; text.len() * layer.n_labels()]).collect()
        };
        let mut values: Vec<Vec<Vec<f32>>> = batch.iter().map(empty).collect();
        let mut row = Vec::new();
        self.checkpoint.encode(&sequences, |idx, states| {
            let input = &inputs[idx];
            for (word, place) in &input.words {
                for (layer, values) in self.layers.iter().zip(&mut values[input.text_idx]) {
                    row.clear();
                    layer.linear.append(states.row(*place), &mut row);
                    layer.columns.convert(&mut row);
                    let start = word * row.len();
                    values[start..start + row.len()].copy_from_slice(&row);
                }
            }
        })?;
        let scores = |(values, text): (Vec<Vec<f32>>, &WordText<'_>)| {
            let of_head = |(layer, mut values): (&TokenLayer, Vec<f32>)| {
                if let Some(beginnings) = &layer.beginnings {
                    beginnings.apply(&mut values, layer.n_labels(), &text.sentence_starts);
                }
                Scores::new(layer.n_labels(), values)
            };
            self.layers.iter().zip(values).map(of_head).collect()
        };
        Ok(values.into_iter().zip(batch).map(scores).collect())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{TokenLayer, TokenModel};
    use crate::fake::checkpoint;
    use crate::heads::Linear;
    use crate::label_columns::LabelColumns;
    use crate::{LabelSet, Scores, TokenClassifier as _, WordText};

    fn model(max_pieces: usize, pieces_per_batch: usize) -> TokenModel {
        let head = |role: &str, n_labels: usize| {
            let names = (0..n_labels).map(|idx| format!("L{idx}")).collect();
            let columns = LabelColumns::plain(LabelSet::new(role, names), 1.0);
            let linear = Linear::made_up(4, n_labels);
            (role.to_owned(), TokenLayer { linear, columns, beginnings: None })
        };
        let heads = vec![head("ner", 3), head("attribution", 2)];
        TokenModel::new(checkpoint(max_pieces, pieces_per_batch), heads)
    }

    /// The pieces of each window of a text.
    fn windows_of(text: &WordText<'_>, max_pieces: usize) -> Vec<Vec<u32>> {
        let (mut inputs, mut sequences) = (Vec::new(), Vec::new());
        model(max_pieces, 64).prepare(0, text, (&mut inputs, &mut sequences)).unwrap();
        sequences.into_iter().map(|sequence| sequence.ids).collect()
    }

    fn text<'t>(words: &str, paragraph_starts: &[usize]) -> WordText<'t> {
        let words: Vec<&'t str> = words.split(' ').map(|word| &*word.to_owned().leak()).collect();
        let paragraph_starts = paragraph_starts.to_vec();
        WordText { words, sentence_starts: vec![0], paragraph_starts, ..WordText::default() }
    }

    #[test]
    fn paragraphs_of_a_window_are_parted_by_the_separator() {
        // [CLS] the war [SEP] china said [SEP]
        let text = text("the war China said", &[0, 2]);
        assert_eq!(windows_of(&text, 16), [[8, 67, 80, 9, 83, 72, 9]]);
    }

    #[test]
    fn a_word_is_scored_at_its_first_piece_and_typed_by_its_case() {
        let (mut inputs, mut sequences) = (Vec::new(), Vec::new());
        // he | ab = a ##b | WAR
        let text = text("He ab WAR", &[0]);
        model(16, 64).prepare(0, &text, (&mut inputs, &mut sequences)).unwrap();
        assert_eq!(inputs[0].words, [(0, 1), (1, 2), (2, 4)]);
        assert_eq!(sequences[0].ids, [8, 77, 11, 42, 80, 9]);
        assert_eq!(sequences[0].types, [0, 1, 0, 0, 2, 0]);
    }

    #[test]
    fn a_word_longer_than_a_window_is_read_by_its_beginning() {
        let long = "x".repeat(60);
        let text = text(&format!("the {long} said"), &[0]);
        let windows = windows_of(&text, 16);
        assert!(windows.iter().all(|ids| ids.len() <= 16), "{windows:?}");
        assert_eq!(model(16, 64).score_words(&[text]).unwrap()[0][0].len(), 3);
    }

    #[test]
    fn each_head_scores_each_word_with_a_distribution() {
        let scores = model(16, 64).score_words(&[text("he said no", &[0])]).unwrap();
        assert_eq!(scores[0].iter().map(Scores::n_labels).collect::<Vec<_>>(), [3, 2]);
        for row in scores[0].iter().flat_map(Scores::rows) {
            assert!((row.iter().sum::<f32>() - 1.0).abs() < 1e-5);
        }
    }

    #[test]
    fn an_empty_text_gives_empty_scores() {
        let scores = model(16, 64).score_words(&[WordText::default()]).unwrap();
        assert!(scores[0].len() == 2 && scores[0].iter().all(Scores::is_empty));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]

        #[test]
        fn neither_company_nor_batches_change_a_score(
            lengths in proptest::collection::vec(0_usize..60, 1..6), budget in 1_usize..200,
        ) {
            let words = ["the", "War", "officials", "xyzzy", "US", "."];
            let texts: Vec<WordText<'_>> = lengths.iter().map(|n_words| WordText {
                words: words.iter().copied().cycle().take(*n_words).collect(),
                sentence_starts: vec![0, 5, 30],
                paragraph_starts: vec![0, 20],
                ..WordText::default()
            }).collect();
            let together = model(20, budget).score_words(&texts).unwrap();
            for (text, scores) in texts.iter().zip(&together) {
                let alone = model(20, 2048).score_words(std::slice::from_ref(text)).unwrap();
                prop_assert_eq!(&alone[0], scores);
            }
        }
    }
}
