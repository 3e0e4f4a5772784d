//! Stance of pairs: the pair classifier over an encoder.

use std::collections::HashMap;
use std::ops::Range;

use crate::batch::States;
use crate::both_ways::{BothWays, Standing};
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

/// A checkpoint with pooled heads over a marked pair.
#[derive(Debug)]
pub(crate) struct PairModel {
    pub(crate) checkpoint: Checkpoint,
    pub(crate) labels: LabelSet,
    pub(crate) head: PooledHead,
    pub(crate) temperature: f32,
    pub(crate) pooling: Vec<Pooling>,
    pub(crate) markers: MarkerIds,
    /// Judges pairs of words, where there is one; else `head` does.
    pub(crate) both_ways: Option<BothWays>,
}

/// Where a sequence has what its head reads: each from the piece that opens it
/// to the one that closes it. A holder without words has nothing within.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Places {
    holder: Range<usize>,
    target: Range<usize>,
}

/// What the encoder is given for a pair, and who answers.
#[derive(Debug)]
struct Question<'m> {
    sequence: Sequence,
    places: Places,
    /// The head for both directions, where that one answers, and which of the
    /// two is asked for; else the model's own head answers.
    both_ways: Option<(&'m BothWays, Standing)>,
}

impl PairModel {
    fn question(&self, input: &PairInput<'_>) -> Result<Question<'_>, ModelError> {
        self.check(input)?;
        let (Some(both_ways), HolderMark::Words(holder)) = (&self.both_ways, &input.holder) else {
            let (sequence, places) = self.sequence(input)?;
            return Ok(Question { sequence, places, both_ways: None });
        };
        let (standing, (sequence, places)) = if holder.start < input.target.start {
            (Standing::HolderFirst, self.sequence(input)?)
        } else {
            let swapped = PairInput {
                words: input.words.clone(),
                holder: HolderMark::Words(input.target.clone()),
                target: holder.clone(),
            };
            (Standing::TargetFirst, self.sequence(&swapped)?)
        };
        Ok(Question { sequence, places, both_ways: Some((both_ways, standing)) })
    }

    /// The probabilities that the head gives which answers `question`.
    fn answer(&self, question: &Question<'_>, features: &[f32]) -> Vec<f32> {
        let (head, temperature) = match question.both_ways {
            Some((both_ways, _)) => (&both_ways.head, both_ways.temperature),
            None => (&self.head, self.temperature),
        };
        let mut row = Vec::with_capacity(head.n_outputs());
        head.append(features, &mut row);
        softmax_rows(&mut row, head.n_outputs(), temperature);
        row
    }

    /// The sequence of a pair: its words with the markers among them.
    fn sequence(&self, input: &PairInput<'_>) -> Result<(Sequence, Places), ModelError> {
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
            HolderMark::Any => places.holder = one(sequence.push_special(self.markers.any)),
            HolderMark::Outlet => places.holder = one(sequence.push_special(self.markers.outlet)),
        }
        // A marked word that is cut away takes no marker with it.
        for Kept { word, n_pieces } in kept.words {
            if kept.holder.as_ref().is_some_and(|holder| holder.start == word) {
                places.holder.start = sequence.push_special(self.markers.holder[0]);
            }
            if kept.target.start == word {
                places.target.start = sequence.push_special(self.markers.target[0]);
            }
            pieces.append_to(&mut sequence, word, n_pieces);
            if kept.holder.as_ref().is_some_and(|holder| holder.end == word + 1) {
                places.holder.end = sequence.push_special(self.markers.holder[1]);
            }
            if kept.target.end == word + 1 {
                places.target.end = sequence.push_special(self.markers.target[1]);
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

/// A piece that opens what has nothing within.
fn one(at: usize) -> Range<usize> {
    at..at + 1
}

/// Appends the mean of the states within `opened`, after the piece that opens
/// it; zeros where there is none.
#[expect(clippy::cast_precision_loss, reason = "a sequence is short")]
fn append_mean(states: States<'_>, opened: &Range<usize>, features: &mut Vec<f32>) {
    let from = features.len();
    features.resize(from + states.row(0).len(), 0.0);
    let within = opened.start + 1..opened.end;
    let n_pieces = within.len().max(1) as f32;
    for at in within {
        for (sum, value) in features[from..].iter_mut().zip(states.row(at)) {
            *sum += value;
        }
    }
    for sum in &mut features[from..] {
        *sum /= n_pieces;
    }
}

impl PairClassifier for PairModel {
    fn labels(&self) -> &LabelSet {
        &self.labels
    }

    fn score_pairs(&self, batch: &[PairInput<'_>]) -> Result<Scores, ModelError> {
        let questions: Vec<Question<'_>> =
            batch.iter().map(|input| self.question(input)).collect::<Result<_, _>>()?;
        // The same words with the same marks are read once: both directions of
        // a pair, a sentence that stands in the text twice.
        let mut known: HashMap<&Sequence, usize> = HashMap::new();
        let mut distinct: Vec<&Question<'_>> = Vec::new();
        let of_question: Vec<usize> = questions
            .iter()
            .map(|question| {
                *known.entry(&question.sequence).or_insert_with(|| {
                    distinct.push(question);
                    distinct.len() - 1
                })
            })
            .collect();
        let sequences: Vec<&Sequence> = distinct.iter().map(|q| &q.sequence).collect();
        let mut answers: Vec<Vec<f32>> = vec![Vec::new(); distinct.len()];
        let mut features = Vec::new();
        self.checkpoint.encode(&sequences, |idx, states| {
            let question = distinct[idx];
            features.clear();
            for pooling in &self.pooling {
                let Places { holder, target } = &question.places;
                match pooling {
                    Pooling::First | Pooling::Mean => features.extend_from_slice(states.row(0)),
                    Pooling::Holder => features.extend_from_slice(states.row(holder.start)),
                    Pooling::Target => features.extend_from_slice(states.row(target.start)),
                    Pooling::HolderMean => append_mean(states, holder, &mut features),
                    Pooling::TargetMean => append_mean(states, target, &mut features),
                }
            }
            answers[idx] = self.answer(question, &features);
        })?;
        let mut values = Vec::with_capacity(batch.len() * self.labels.len());
        for (question, idx) in questions.iter().zip(of_question) {
            match question.both_ways {
                Some((both_ways, standing)) => {
                    values.extend(both_ways.directed(&answers[idx], standing));
                }
                None => values.extend_from_slice(&answers[idx]),
            }
        }
        Ok(Scores::new(self.labels.len(), values))
    }
}

#[cfg(test)]
mod tests {
    use std::ops::Range;

    use super::{MarkerIds, PairModel, Places, Question, Standing};
    use crate::both_ways::tests::made_up;
    use crate::fake::checkpoint;
    use crate::heads::PooledHead;
    use crate::{HolderMark, LabelSet, PairClassifier as _, PairInput, Pooling};

    const LABELS: [&str; 3] = ["supports", "neutral", "opposes"];

    fn model(pieces_per_batch: usize) -> PairModel {
        PairModel {
            checkpoint: checkpoint(16, pieces_per_batch),
            labels: LabelSet::new("stance", LABELS.map(str::to_owned).to_vec()),
            head: PooledHead::made_up(12, 3),
            temperature: 1.0,
            pooling: vec![Pooling::First, Pooling::Holder, Pooling::Target],
            markers: MarkerIds { holder: [1, 2], target: [3, 4], any: 5, outlet: 6 },
            both_ways: None,
        }
    }

    fn input(words: &'static str, holder: HolderMark, target: Range<usize>) -> PairInput<'static> {
        PairInput { words: words.split(' ').collect(), holder, target }
    }

    #[track_caller]
    fn check(input: &PairInput<'_>, ids: &[u32], holder: Range<usize>, target: Range<usize>) {
        let (sequence, places) = model(64).sequence(input).unwrap();
        assert_eq!((sequence.ids.as_slice(), places), (ids, Places { holder, target }));
        assert_eq!(sequence.types.len(), ids.len());
    }

    #[test]
    fn markers_stand_around_holder_and_target() {
        // [CLS] <h> china </h> denied <t> the war </t> [SEP]
        let pair = input("china denied the war", HolderMark::Words(0..1), 2..4);
        check(&pair, &[8, 1, 83, 2, 74, 3, 67, 80, 4, 9], 1..3, 5..8);
    }

    #[test]
    fn a_target_may_stand_before_and_next_to_its_holder() {
        let pair = input("china russia said", HolderMark::Words(1..2), 0..1);
        check(&pair, &[8, 3, 83, 4, 1, 84, 2, 72, 9], 4..6, 1..3);
    }

    #[test]
    fn a_holder_without_words_stands_after_the_first_piece() {
        check(
            &input("war on china", HolderMark::Any, 2..3),
            &[8, 5, 80, 94, 3, 83, 4, 9],
            1..2,
            4..6,
        );
        check(&input("china", HolderMark::Outlet, 0..1), &[8, 6, 3, 83, 4, 9], 1..2, 2..4);
    }

    #[test]
    fn a_long_text_keeps_both_marked_spans_and_fits() {
        let words = "china the the the the the the the the the the the the russia the the";
        let pair = input(words, HolderMark::Words(0..1), 13..14);
        let (sequence, places) = model(64).sequence(&pair).unwrap();
        assert!(sequence.ids.len() <= 16, "{}", sequence.ids.len());
        assert_eq!(
            (sequence.ids[places.holder.start + 1], sequence.ids[places.target.start + 1]),
            (83, 84)
        );
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

    fn model_of_both_ways(pieces_per_batch: usize) -> PairModel {
        PairModel { both_ways: Some(made_up(&LABELS)), ..model(pieces_per_batch) }
    }

    #[test]
    fn a_head_may_read_the_mean_of_what_is_marked() {
        let model = |pooling| PairModel { pooling, head: PooledHead::made_up(4, 3), ..model(64) };
        let score = |pooling, input| model(vec![pooling]).score_pairs(&[input]).unwrap();
        let one_word = || input("china denied", HolderMark::Words(0..1), 1..2);
        let two_words = || input("china denied it", HolderMark::Words(0..1), 1..3);
        let mean = |input| score(Pooling::TargetMean, input);
        assert_ne!(mean(one_word()), mean(two_words()));
        // Nothing within: a state of zeros, whatever stands around.
        let any = |words| score(Pooling::HolderMean, input(words, HolderMark::Any, 0..1));
        assert_eq!(any("china denied"), any("russia said it"));
    }

    #[test]
    fn a_pair_of_words_is_read_once_for_both_directions() {
        let model = model_of_both_ways(64);
        let forward = input("china denied the war", HolderMark::Words(0..1), 2..4);
        let backward = input("china denied the war", HolderMark::Words(2..4), 0..1);
        let (ahead, back) = (model.question(&forward).unwrap(), model.question(&backward).unwrap());
        assert_eq!((&ahead.sequence, &ahead.places), (&back.sequence, &back.places));
        let standing = |question: &Question<'_>| question.both_ways.map(|(_, standing)| standing);
        assert_eq!(standing(&ahead), Some(Standing::HolderFirst));
        assert_eq!(standing(&back), Some(Standing::TargetFirst));
    }

    #[test]
    fn a_head_for_both_directions_answers_alone_as_in_company() {
        let batch = [
            input("china denied the war", HolderMark::Words(0..1), 2..4),
            input("china", HolderMark::Outlet, 0..1),
            input("china denied the war", HolderMark::Words(2..4), 0..1),
            input("china denied the war", HolderMark::Words(0..1), 2..4),
        ];
        let together = model_of_both_ways(9).score_pairs(&batch).unwrap();
        for (idx, pair) in batch.iter().enumerate() {
            let alone = model_of_both_ways(2048).score_pairs(std::slice::from_ref(pair)).unwrap();
            assert_eq!(alone.row(0), together.row(idx));
            assert!((together.row(idx).iter().sum::<f32>() - 1.0).abs() < 1e-5);
        }
        assert_ne!(together.row(0), together.row(2));
    }
}
