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
