//! Stance of pairs: the pair classifier over an encoder.

use std::ops::Range;

use crate::checkpoint::Checkpoint;
use crate::heads::{PooledHead, softmax_rows};
use crate::pair_cut::{Kept, cut};
use crate::pieces::Sequence;
use crate::{HolderMark, LabelSet, ModelError, PairClassifier, PairInput, Pooling, Scores};

/// The ids of the pieces that mark a pair.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MarkerIds {
    pub(crate) holder: [u32; 2],
    pub(crate) target: [u32; 2],
    pub(crate) any: u32,
    pub(crate) outlet: u32,
}

/// A checkpoint with one pooled head over a marked pair.
#[derive(Debug)]
pub(crate) struct PairModel {
    pub(crate) checkpoint: Checkpoint,
    pub(crate) labels: LabelSet,
    pub(crate) head: PooledHead,
    pub(crate) temperature: f32,
    pub(crate) pooling: Vec<Pooling>,
    pub(crate) markers: MarkerIds,
}

/// Where a sequence has what its head reads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Places {
    holder: usize,
    target: usize,
}

impl PairModel {
    /// The sequence of a pair: its words with the markers among them.
    fn sequence(&self, input: &PairInput<'_>) -> Result<(Sequence, Places), ModelError> {
        self.check(input)?;
        let holder = match &input.holder {
            HolderMark::Words(words) => Some(words),
            HolderMark::Any | HolderMark::Outlet => None,
        };
        // First and last piece, two markers of the target, one or two of the holder.
        let n_special = 4 + if holder.is_some() { 2 } else { 1 };
        let capacity = self.checkpoint.max_pieces - n_special;
        let pieces = self.checkpoint.pieces.of(&input.words, capacity)?;
        let kept = cut(&pieces.sizes(), holder, &input.target, capacity);

        let mut places = Places::default();
        let mut sequence = self.checkpoint.pieces.begin();
        match input.holder {
            HolderMark::Words(_) => {}
            HolderMark::Any => places.holder = sequence.push_special(self.markers.any),
            HolderMark::Outlet => places.holder = sequence.push_special(self.markers.outlet),
        }
        // A marked word that is cut away takes no marker with it.
        for Kept { word, n_pieces } in kept.words {
            if kept.holder.as_ref().is_some_and(|holder| holder.start == word) {
                places.holder = sequence.push_special(self.markers.holder[0]);
            }
            if kept.target.start == word {
                places.target = sequence.push_special(self.markers.target[0]);
            }
            pieces.append_to(&mut sequence, word, n_pieces);
            if kept.holder.as_ref().is_some_and(|holder| holder.end == word + 1) {
                sequence.push_special(self.markers.holder[1]);
            }
            if kept.target.end == word + 1 {
                sequence.push_special(self.markers.target[1]);
            }
        }
        sequence.push_special(self.checkpoint.pieces.separator());
        Ok((sequence, places))
    }

    fn check(&self, input: &PairInput<'_>) -> Result<(), ModelError> {
        let n_words = input.words.len();
        let fits = |words: &Range<usize>| words.start < words.end && words.end <= n_words;
        let problem = match &input.holder {
            _ if !fits(&input.target) => format!("target {:?}", input.target),
            HolderMark::Words(words) if !fits(words) => format!("holder {words:?}"),
            HolderMark::Words(words)
                if words.start < input.target.end && input.target.start < words.end =>
            {
                let target = &input.target;
                return Err(self
                    .checkpoint
                    .run_error(format!("holder {words:?} and target {target:?} overlap")));
            }
            _ => return Ok(()),
        };
        Err(self.checkpoint.run_error(format!("{problem} is not in a text of {n_words} words")))
    }
}

impl PairClassifier for PairModel {
    fn labels(&self) -> &LabelSet {
        &self.labels
    }

    fn score_pairs(&self, batch: &[PairInput<'_>]) -> Result<Scores, ModelError> {
        let inputs: Vec<(Sequence, Places)> =
            batch.iter().map(|input| self.sequence(input)).collect::<Result<_, _>>()?;
        let (sequences, places): (Vec<_>, Vec<_>) = inputs.into_iter().unzip();
        let n_labels = self.head.n_outputs();
        let mut values = vec![0.0; batch.len() * n_labels];
        let (mut features, mut row) = (Vec::new(), Vec::new());
        self.checkpoint.encode(&sequences, |idx, states| {
            features.clear();
            for pooling in &self.pooling {
                features.extend_from_slice(states.row(match pooling {
                    Pooling::Holder => places[idx].holder,
                    Pooling::Target => places[idx].target,
                    Pooling::First | Pooling::Mean => 0,
                }));
            }
            row.clear();
            self.head.append(&features, &mut row);
            softmax_rows(&mut row, n_labels, self.temperature);
            values[idx * n_labels..(idx + 1) * n_labels].copy_from_slice(&row);
        })?;
        Ok(Scores::new(n_labels, values))
    }
}

#[cfg(test)]
mod tests {
    use std::ops::Range;

    use super::{MarkerIds, PairModel, Places};
    use crate::fake::checkpoint;
    use crate::heads::PooledHead;
    use crate::{HolderMark, LabelSet, PairClassifier as _, PairInput, Pooling};

    fn model(pieces_per_batch: usize) -> PairModel {
        let names = ["supports", "neutral", "opposes"].map(str::to_owned).to_vec();
        PairModel {
            checkpoint: checkpoint(16, pieces_per_batch),
            labels: LabelSet::new("stance", names),
            head: PooledHead::made_up(12, 3),
            temperature: 1.0,
            pooling: vec![Pooling::First, Pooling::Holder, Pooling::Target],
            markers: MarkerIds { holder: [1, 2], target: [3, 4], any: 5, outlet: 6 },
        }
    }

    fn input(words: &'static str, holder: HolderMark, target: Range<usize>) -> PairInput<'static> {
        PairInput { words: words.split(' ').collect(), holder, target }
    }

    #[track_caller]
    fn check(input: &PairInput<'_>, ids: &[u32], holder: usize, target: usize) {
        let (sequence, places) = model(64).sequence(input).unwrap();
        assert_eq!((sequence.ids.as_slice(), places), (ids, Places { holder, target }));
        assert_eq!(sequence.types.len(), ids.len());
    }

    #[test]
    fn markers_stand_around_holder_and_target() {
        // [CLS] <h> china </h> denied <t> the war </t> [SEP]
        let pair = input("china denied the war", HolderMark::Words(0..1), 2..4);
        check(&pair, &[8, 1, 83, 2, 74, 3, 67, 80, 4, 9], 1, 5);
    }

    #[test]
    fn a_target_may_stand_before_and_next_to_its_holder() {
        let pair = input("china russia said", HolderMark::Words(1..2), 0..1);
        check(&pair, &[8, 3, 83, 4, 1, 84, 2, 72, 9], 4, 1);
    }

    #[test]
    fn a_holder_without_words_stands_after_the_first_piece() {
        check(&input("war on china", HolderMark::Any, 2..3), &[8, 5, 80, 94, 3, 83, 4, 9], 1, 4);
        check(&input("china", HolderMark::Outlet, 0..1), &[8, 6, 3, 83, 4, 9], 1, 2);
    }

    #[test]
    fn a_long_text_keeps_both_marked_spans_and_fits() {
        let words = "china the the the the the the the the the the the the russia the the";
        let pair = input(words, HolderMark::Words(0..1), 13..14);
        let (sequence, places) = model(64).sequence(&pair).unwrap();
        assert!(sequence.ids.len() <= 16, "{}", sequence.ids.len());
        assert_eq!((sequence.ids[places.holder + 1], sequence.ids[places.target + 1]), (83, 84));
    }

    #[test]
    fn a_pair_outside_of_its_text_is_an_error() {
        for (holder, target) in [
            (HolderMark::Any, 1..2),
            (HolderMark::Any, 0..0),
            (HolderMark::Words(0..9), 0..1),
            (HolderMark::Words(0..1), 0..1),
        ] {
            assert!(model(64).score_pairs(&[input("china", holder, target)]).is_err());
        }
    }

    #[test]
    fn neither_company_nor_batches_change_a_score() {
        let batch = [
            input("china denied the war", HolderMark::Words(0..1), 2..4),
            input("china", HolderMark::Outlet, 0..1),
            input("war on china", HolderMark::Any, 2..3),
        ];
        let together = model(9).score_pairs(&batch).unwrap();
        assert_eq!((together.len(), together.n_labels()), (3, 3));
        for (idx, pair) in batch.iter().enumerate() {
            let alone = model(2048).score_pairs(std::slice::from_ref(pair)).unwrap();
            assert_eq!(alone.row(0), together.row(idx));
        }
    }
}
