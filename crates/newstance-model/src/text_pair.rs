//! What one text is to another: the classifier of text pairs over an encoder.

use crate::checkpoint::Checkpoint;
use crate::heads::PooledHead;
use crate::label_columns::LabelColumns;
use crate::pair_cut::Kept;
use crate::pieces::{Sequence, WordPieces};
use crate::spacing::RunningText;
use crate::template::filled;
use crate::{LabelSet, ModelError, Scores, TextPair, TextPairClassifier};

/// The first piece, the one between the texts and the last.
const N_SPECIAL: usize = 3;

/// A checkpoint with a pooled head over the first piece of two texts.
#[derive(Debug)]
pub(crate) struct TextPairModel {
    pub(crate) checkpoint: Checkpoint,
    pub(crate) head: PooledHead,
    pub(crate) columns: LabelColumns,
    /// What the second text is made of, for a model that reads both as its own
    /// library puts them together.
    pub(crate) template: Option<String>,
}

impl TextPairModel {
    /// Both texts in one sequence, each with a separator at its end.
    fn sequence(&self, pair: &TextPair<'_>) -> Result<Sequence, ModelError> {
        if let Some(template) = &self.template {
            return self.library_sequence(pair, template);
        }
        let Checkpoint { pieces, max_pieces, .. } = &self.checkpoint;
        let capacity = max_pieces - N_SPECIAL;
        let texts =
            [pieces.of(&pair.first, &[], capacity)?, pieces.of(&pair.second, &[], capacity)?];
        let kept = kept(texts.each_ref().map(WordPieces::n_pieces), capacity);
        let mut sequence = pieces.begin();
        for (text, most) in texts.iter().zip(kept) {
            text.append_all_to(&mut sequence, most);
            sequence.push_special(pieces.separator());
        }
        Ok(sequence)
    }

    fn library_sequence(
        &self,
        pair: &TextPair<'_>,
        template: &str,
    ) -> Result<Sequence, ModelError> {
        let Checkpoint { pieces, max_pieces, .. } = &self.checkpoint;
        let capacity = max_pieces.saturating_sub(pieces.n_special_of_pair());
        let second = RunningText::of(&pair.second, &[]).text;
        let first = pieces.of(&pair.first, &[], capacity)?;
        let second = pieces.of_string(&filled(template, &[("second", &second)]), capacity)?;
        let most = kept([first.n_pieces(), second.n_pieces()], capacity);
        Ok(pieces
            .pair([(&first, &beginning(&first, most[0])), (&second, &beginning(&second, most[1]))]))
    }
}

/// The words that the first `most` pieces belong to.
pub(crate) fn beginning(pieces: &WordPieces, most: usize) -> Vec<Kept> {
    let mut left = most;
    let mut kept = Vec::new();
    for (word, size) in pieces.sizes().into_iter().enumerate() {
        let n_pieces = size.min(left);
        left -= n_pieces;
        kept.push(Kept { word, n_pieces });
    }
    kept
}

/// How many pieces are kept of two texts with so many: what is too much is
/// taken from the longer one, of equals from the first.
fn kept([first, second]: [usize; 2], capacity: usize) -> [usize; 2] {
    let half = capacity / 2;
    if first + second <= capacity {
        [first, second]
    } else if second <= capacity - half && second <= first {
        [capacity - second, second]
    } else if first <= half {
        [first, capacity - first]
    } else {
        [half, capacity - half]
    }
}

impl TextPairClassifier for TextPairModel {
    fn labels(&self) -> &LabelSet {
        self.columns.labels()
    }

    fn score_text_pairs(&self, batch: &[TextPair<'_>]) -> Result<Scores, ModelError> {
        let sequences: Vec<Sequence> =
            batch.iter().map(|pair| self.sequence(pair)).collect::<Result<_, _>>()?;
        let mut rows = vec![Vec::new(); batch.len()];
        self.checkpoint.encode(&sequences, |idx, states| {
            self.head.append(states.row(0), &mut rows[idx]);
            self.columns.convert(&mut rows[idx]);
        })?;
        Ok(Scores::new(self.columns.labels().len(), rows.concat()))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{TextPairModel, kept};
    use crate::fake::checkpoint;
    use crate::heads::PooledHead;
    use crate::label_columns::LabelColumns;
    use crate::{LabelSet, TextPair, TextPairClassifier as _};

    fn model(pieces_per_batch: usize) -> TextPairModel {
        let labels = ["same", "opposite", "unrelated"].map(str::to_owned).to_vec();
        TextPairModel {
            checkpoint: checkpoint(16, pieces_per_batch),
            head: PooledHead::made_up(4, 3),
            columns: LabelColumns::plain(LabelSet::new("claim", labels), 1.0),
            template: None,
        }
    }

    fn pair(first: &'static str, second: &'static str) -> TextPair<'static> {
        let words = |text: &'static str| text.split_whitespace().collect();
        TextPair { first: words(first), second: words(second) }
    }

    #[test]
    fn each_text_ends_with_a_separator() {
        let model = model(64);
        let sequence = model.sequence(&pair("the war", "china")).unwrap();
        let pieces = &model.checkpoint.pieces;
        let (first, separator) = (pieces.begin().ids[0], pieces.separator());
        let text = |words: &[&str]| {
            let mut text = crate::pieces::Sequence::default();
            pieces.of(words, &[], 99).unwrap().append_all_to(&mut text, 99);
            text.ids
        };
        let expected =
            [&[first], &text(&["the", "war"])[..], &[separator], &text(&["china"]), &[separator]];
        assert_eq!(sequence.ids, expected.concat());
        assert_eq!(model.sequence(&pair("", "")).unwrap().ids, [first, separator, separator]);
    }

    #[test]
    fn a_model_of_another_library_gets_its_own_layout() {
        let model = TextPairModel { template: Some("not {second}".to_owned()), ..model(64) };
        let [plain, filled] = [("the war", "not china"), ("the war", "china")];
        let mut expected = self::model(64).sequence(&pair(plain.0, plain.1)).unwrap().ids;
        assert_eq!(model.sequence(&pair(filled.0, filled.1)).unwrap().ids, expected);
        // Here, too, what is too long is cut.
        let long = TextPair { first: vec!["the"; 30], second: vec!["war"; 30] };
        expected = model.sequence(&long).unwrap().ids;
        assert_eq!(expected.len(), 16);
    }

    #[test]
    fn of_two_long_texts_both_are_cut_at_their_end() {
        let long = TextPair { first: vec!["the"; 30], second: vec!["war"; 30] };
        let sequence = model(64).sequence(&long).unwrap();
        let separator = model(64).checkpoint.pieces.separator();
        let separators: Vec<usize> =
            (0..sequence.ids.len()).filter(|at| sequence.ids[*at] == separator).collect();
        assert_eq!(separators, [7, 15]);
    }

    #[test]
    fn neither_company_nor_batches_nor_order_change_a_score() {
        let mut batch = vec![
            pair("china denied the war", "the war"),
            pair("", "china said it"),
            pair("the war", "china denied the war"),
            TextPair { first: vec!["war"; 30], second: vec!["the"; 9] },
        ];
        let together = model(9).score_text_pairs(&batch).unwrap();
        assert_eq!((together.len(), together.n_labels()), (4, 3));
        for (idx, pair) in batch.iter().enumerate() {
            let alone = model(2048).score_text_pairs(std::slice::from_ref(pair)).unwrap();
            assert_eq!(alone.row(0), together.row(idx));
            assert!((together.row(idx).iter().sum::<f32>() - 1.0).abs() < 1e-5);
        }
        batch.reverse();
        let reversed = model(40).score_text_pairs(&batch).unwrap();
        assert_eq!(reversed.row(3), together.row(0));
        assert_ne!(together.row(0), together.row(2));
        assert!(model(64).score_text_pairs(&[]).unwrap().is_empty());
    }

    proptest! {
        /// As the training recipe cuts: a piece at a time.
        #[test]
        fn the_longer_text_is_cut(lengths in [0_usize..60, 0_usize..60], capacity in 13_usize..40) {
            let [mut first, mut second] = lengths;
            while first + second > capacity {
                if first >= second { first -= 1 } else { second -= 1 }
            }
            prop_assert_eq!(kept(lengths, capacity), [first, second]);
        }
    }
}
