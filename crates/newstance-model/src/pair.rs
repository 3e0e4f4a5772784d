//! Stance of pairs: the pair classifier over an encoder.

use std::collections::HashMap;
use std::ops::Range;

use crate::batch::States;
use crate::both_ways::{BothWays, Standing};
use crate::checkpoint::Checkpoint;
use crate::heads::{PooledHead, softmax_rows};
use crate::label_columns::LabelColumns;
use crate::marking::{Marked, MarkerIds, Places};
use crate::pieces::Sequence;
use crate::{HolderMark, LabelSet, ModelError, PairClassifier, PairInput, Pooling, Scores};

/// A checkpoint with pooled heads over a marked pair.
#[derive(Debug)]
pub(crate) struct PairModel {
    pub(crate) checkpoint: Checkpoint,
    pub(crate) head: PooledHead,
    pub(crate) columns: LabelColumns,
    pub(crate) pooling: Vec<Pooling>,
    pub(crate) markers: MarkerIds,
    /// Judges pairs of words, where there is one; else `head` does.
    pub(crate) both_ways: Option<BothWays>,
}

/// What the encoder is given for a pair, and who answers.
#[derive(Debug)]
struct Question<'m> {
    marked: Marked,
    /// The head for both directions, where that one answers, and which of the
    /// two is asked for; else the model's own head answers.
    both_ways: Option<(&'m BothWays, Standing)>,
}

/// A text that is read once, for all questions about it.
#[derive(Debug, Default)]
struct Reading {
    text: Sequence,
    /// The first question about each aside, or about the text itself.
    questions: Vec<usize>,
}

/// Where the answer to a question stands: of which reading, and which of its.
type Slot = (usize, usize);

impl PairModel {
    fn question(&self, input: &PairInput<'_>) -> Result<Question<'_>, ModelError> {
        self.check(input)?;
        let mark = |input: &PairInput<'_>| self.markers.mark(&self.checkpoint, input);
        let (Some(both_ways), HolderMark::Words(holder)) = (&self.both_ways, &input.holder) else {
            return Ok(Question { marked: mark(input)?, both_ways: None });
        };
        let (standing, marked) = if holder.start < input.target.start {
            (Standing::HolderFirst, mark(input)?)
        } else {
            let swapped = PairInput {
                words: input.words.clone(),
                joined: input.joined.clone(),
                holder: HolderMark::Words(input.target.clone()),
                target: holder.clone(),
            };
            (Standing::TargetFirst, mark(&swapped)?)
        };
        Ok(Question { marked, both_ways: Some((both_ways, standing)) })
    }

    /// The probabilities that the head gives which answers `question`.
    fn answer(&self, question: &Question<'_>, features: &[f32]) -> Vec<f32> {
        let mut row = Vec::new();
        if let Some((both_ways, _)) = question.both_ways {
            both_ways.head.append(features, &mut row);
            softmax_rows(&mut row, both_ways.head.n_outputs(), both_ways.temperature);
        } else {
            self.head.append(features, &mut row);
            self.columns.convert(&mut row);
        }
        row
    }

    /// What a pooled head reads of the states of a sequence.
    fn features(&self, states: States<'_>, places: &Places) -> Vec<f32> {
        let mut features = Vec::with_capacity(self.pooling.len() * states.row(0).len());
        for pooling in &self.pooling {
            match pooling {
                Pooling::First | Pooling::Mean => features.extend_from_slice(states.row(0)),
                Pooling::Holder => features.extend_from_slice(states.row(places.holder)),
                Pooling::Target => features.extend_from_slice(states.row(places.target)),
                Pooling::HolderMean => append_mean(states, &places.holder_words, &mut features),
                Pooling::TargetMean => append_mean(states, &places.target_words, &mut features),
            }
        }
        features
    }

    /// The answers of each reading, in the order of its questions.
    fn read(
        &self,
        questions: &[Question<'_>],
        readings: &[Reading],
    ) -> Result<Vec<Vec<Vec<f32>>>, ModelError> {
        let mut answers = vec![Vec::new(); readings.len()];
        let texts: Vec<&Sequence> = readings.iter().map(|reading| &reading.text).collect();
        self.checkpoint.encode(&texts, |idx, states| {
            let mut n_before = 0;
            for question in readings[idx].questions.iter().map(|idx| &questions[*idx]) {
                let places = question.marked.places.clone().behind(n_before);
                answers[idx].push(self.answer(question, &self.features(states, &places)));
                n_before += question.marked.aside.as_ref().map_or(0, |aside| aside.ids.len());
            }
        })?;
        Ok(answers)
    }

    fn check(&self, input: &PairInput<'_>) -> Result<(), ModelError> {
        check(input).map_err(|problem| self.checkpoint.run_error(problem))
    }
}

/// What is wrong with a pair whose spans are not in its text or overlap.
pub(crate) fn check(input: &PairInput<'_>) -> Result<(), String> {
    let n_words = input.words.len();
    let fits = |words: &Range<usize>| words.start < words.end && words.end <= n_words;
    let problem = match &input.holder {
        _ if !fits(&input.target) => format!("target {:?}", input.target),
        HolderMark::Words(words) if !fits(words) => format!("holder {words:?}"),
        HolderMark::Words(words)
            if words.start < input.target.end && input.target.start < words.end =>
        {
            let target = &input.target;
            return Err(format!("holder {words:?} and target {target:?} overlap"));
        }
        _ => return Ok(()),
    };
    Err(format!("{problem} is not in a text of {n_words} words"))
}

/// The texts that `questions` are about, each once, and where each question is
/// answered: both directions of a pair in one place, all pairs of a text in one
/// reading where their markers stand beside it.
fn readings(questions: &[Question<'_>]) -> (Vec<Reading>, Vec<Slot>) {
    let mut known: HashMap<&Sequence, usize> = HashMap::new();
    let mut readings: Vec<Reading> = Vec::new();
    let mut slots = Vec::with_capacity(questions.len());
    for (idx, Question { marked, .. }) in questions.iter().enumerate() {
        let reading_idx = *known.entry(&marked.text).or_insert_with(|| {
            readings.push(Reading { text: marked.text.clone(), questions: Vec::new() });
            readings.len() - 1
        });
        let Reading { text, questions: asked } = &mut readings[reading_idx];
        let is_same = |other: &usize| questions[*other].marked.aside == marked.aside;
        let slot = asked.iter().position(is_same).unwrap_or_else(|| {
            text.asides.extend(marked.aside.clone());
            asked.push(idx);
            asked.len() - 1
        });
        slots.push((reading_idx, slot));
    }
    (readings, slots)
}

/// Appends the mean of the states of some pieces; zeros where there is none.
#[expect(clippy::cast_precision_loss, reason = "a sequence is short")]
fn append_mean(states: States<'_>, pieces: &Range<usize>, features: &mut Vec<f32>) {
    let from = features.len();
    features.resize(from + states.row(0).len(), 0.0);
    for at in pieces.clone() {
        for (sum, value) in features[from..].iter_mut().zip(states.row(at)) {
            *sum += value;
        }
    }
    let n_pieces = pieces.len().max(1) as f32;
    for sum in &mut features[from..] {
        *sum /= n_pieces;
    }
}

impl PairClassifier for PairModel {
    fn labels(&self) -> &LabelSet {
        self.columns.labels()
    }

    fn score_pairs(&self, batch: &[PairInput<'_>]) -> Result<Scores, ModelError> {
        let questions: Vec<Question<'_>> =
            batch.iter().map(|input| self.question(input)).collect::<Result<_, _>>()?;
        let (readings, slots) = readings(&questions);
        let answers = self.read(&questions, &readings)?;
        let mut values = Vec::with_capacity(batch.len() * self.columns.labels().len());
        for (question, (reading, slot)) in questions.iter().zip(slots) {
            let answer = &answers[reading][slot];
            match question.both_ways {
                Some((both_ways, standing)) => values.extend(both_ways.directed(answer, standing)),
                None => values.extend_from_slice(answer),
            }
        }
        Ok(Scores::new(self.columns.labels().len(), values))
    }
}

#[cfg(test)]
mod tests {
    use super::{PairModel, Question, Standing, readings};
    use crate::both_ways::tests::made_up;
    use crate::fake::{checkpoint, pair_input as input};
    use crate::heads::PooledHead;
    use crate::label_columns::LabelColumns;
    use crate::marking::MarkerIds;
    use crate::{HolderMark, LabelSet, PairClassifier as _, Placement, Pooling};

    const LABELS: [&str; 3] = ["supports", "neutral", "opposes"];

    fn model(pieces_per_batch: usize) -> PairModel {
        PairModel {
            checkpoint: checkpoint(16, pieces_per_batch),
            head: PooledHead::made_up(12, 3),
            columns: LabelColumns::plain(
                LabelSet::new("stance", LABELS.map(str::to_owned).to_vec()),
                1.0,
            ),
            pooling: vec![Pooling::First, Pooling::Holder, Pooling::Target],
            markers: MarkerIds {
                holder: [1, 2],
                target: [3, 4],
                any: 5,
                outlet: 6,
                placement: Placement::Among,
            },
            both_ways: None,
        }
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
        assert_eq!(ahead.marked, back.marked);
        let standing = |question: &Question<'_>| question.both_ways.map(|(_, standing)| standing);
        assert_eq!(standing(&ahead), Some(Standing::HolderFirst));
        assert_eq!(standing(&back), Some(Standing::TargetFirst));
    }

    #[test]
    fn a_text_is_read_once_for_all_pairs_that_are_marked_beside_it() {
        let mut model = model_of_both_ways(64);
        let pair = |holder, target| input("china denied the war", holder, target);
        let batch = [
            pair(HolderMark::Words(0..1), 2..4),
            pair(HolderMark::Outlet, 0..1),
            input("china", HolderMark::Outlet, 0..1),
            pair(HolderMark::Words(2..4), 0..1),
        ];
        model.markers.placement = Placement::Beside;
        let questions: Vec<_> = batch.iter().map(|input| model.question(input).unwrap()).collect();
        let (readings, slots) = readings(&questions);
        assert_eq!(slots, [(0, 0), (0, 1), (1, 0), (0, 0)]);
        assert_eq!(readings[0].text.asides.len(), 2);
        let together = model.score_pairs(&batch).unwrap();
        for (idx, pair) in batch.iter().enumerate() {
            let alone = model.score_pairs(std::slice::from_ref(pair)).unwrap();
            assert_eq!(alone.row(0), together.row(idx));
        }
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
