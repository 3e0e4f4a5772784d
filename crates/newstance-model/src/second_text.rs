//! Stance by a model that reads two texts: the sentence, and what is asked of
//! it in words, such as the target alone or "China opposes Russia."

use std::collections::HashMap;

use newstance_doc::Position;

use crate::checkpoint::Checkpoint;
use crate::heads::{PooledHead, softmax_rows};
use crate::label_columns::LabelColumns;
use crate::pair::check;
use crate::pair_cut::cut;
use crate::pieces::Sequence;
use crate::spacing::RunningText;
use crate::template::{ENTAILS, Template, filled};
use crate::text_pair::beginning;
use crate::{HolderMark, LabelSet, ModelError, PairClassifier, PairInput, Scores};

/// A second text is given no more than this share of the model's room.
const SHARE_OF_SECOND: usize = 2;

/// A checkpoint with a head over the first piece of two texts.
#[derive(Debug)]
pub(crate) struct SecondTextModel {
    checkpoint: Checkpoint,
    head: PooledHead,
    columns: LabelColumns,
    template: Template,
    /// The labels of the answers.
    labels: LabelSet,
    /// The hypotheses, each with the column of its position; none where the
    /// model's own labels are positions.
    hypotheses: Vec<(usize, String)>,
}

impl SecondTextModel {
    /// A model whose columns are positions, or say by `entails` whether a
    /// hypothesis holds where `template` has hypotheses.
    ///
    /// # Errors
    ///
    /// [`ModelError::LabelMissing`] where a label that is needed is not there.
    pub(crate) fn new(
        (checkpoint, head, columns): (Checkpoint, PooledHead, LabelColumns),
        template: Template,
    ) -> Result<Self, ModelError> {
        if template.second.is_some() {
            let labels = columns.labels().clone();
            return Ok(Self {
                checkpoint,
                head,
                columns,
                template,
                labels,
                hypotheses: Vec::new(),
            });
        }
        columns.labels().require(ENTAILS)?;
        let labels = LabelSet::new(
            "stance",
            Position::ALL.iter().map(|position| position.as_str().to_owned()).collect(),
        );
        let column = |position: &str| Ok::<_, ModelError>(labels.require(position)?.column());
        let hypotheses = template
            .hypotheses
            .iter()
            .map(|(position, text)| Ok((column(position)?, text.clone())))
            .collect::<Result<_, ModelError>>()?;
        Ok(Self { checkpoint, head, columns, template, labels, hypotheses })
    }

    /// The second texts that are asked about a pair.
    fn questions(&self) -> Vec<&str> {
        match &self.template.second {
            Some(second) => vec![second],
            None => self.hypotheses.iter().map(|(_, text)| text.as_str()).collect(),
        }
    }

    /// The sequences of a pair, one for each question.
    fn sequences(&self, input: &PairInput<'_>) -> Result<Vec<Sequence>, ModelError> {
        check(input).map_err(|problem| self.checkpoint.run_error(problem))?;
        let text_of = |words: &std::ops::Range<usize>| {
            let joined = input.joined.get(words.clone()).unwrap_or_default();
            RunningText::of(&input.words[words.clone()], joined).text
        };
        let holder = match &input.holder {
            HolderMark::Words(words) => text_of(words),
            HolderMark::Any => self.template.any.clone(),
            HolderMark::Outlet => self.template.outlet.clone(),
        };
        let target = text_of(&input.target);
        let places = [("holder", holder.as_str()), ("target", target.as_str())];
        let questions = self.questions().into_iter();
        questions.map(|question| self.sequence(input, &filled(question, &places))).collect()
    }

    fn sequence(&self, input: &PairInput<'_>, second: &str) -> Result<Sequence, ModelError> {
        let Checkpoint { pieces, max_pieces, .. } = &self.checkpoint;
        let capacity = max_pieces.saturating_sub(pieces.n_special_of_pair());
        let second = pieces.of_string(second, capacity)?;
        let second_kept = beginning(&second, capacity / SHARE_OF_SECOND);
        let n_second: usize = second_kept.iter().map(|kept| kept.n_pieces).sum();
        let capacity = capacity - n_second;
        let first = pieces.of(&input.words, &input.joined, capacity)?;
        let holder = match &input.holder {
            HolderMark::Words(words) => Some(words),
            HolderMark::Any | HolderMark::Outlet => None,
        };
        let kept = cut(&first.sizes(), holder, &input.target, capacity);
        Ok(pieces.pair([(&first, &kept.words), (&second, &second_kept)]))
    }

    /// The answer to a pair, from the probabilities that each question gave.
    fn answer(&self, rows: &[&Vec<f32>]) -> Vec<f32> {
        if self.hypotheses.is_empty() {
            return rows.iter().copied().flatten().copied().collect();
        }
        let entails = self.columns.labels().find(ENTAILS).map_or(0, crate::Label::column);
        let neutral = self.labels.find(Position::Neutral.as_str()).map_or(0, crate::Label::column);
        // As for labels that do not exclude each other: the log-odds of each,
        // and 0 for none of them, unless there is a hypothesis for that, too.
        let mut scores = vec![f32::NEG_INFINITY; self.labels.len()];
        scores[neutral] = 0.0;
        for ((column, _), row) in self.hypotheses.iter().zip(rows) {
            let holds = row[entails].clamp(1e-7, 1.0 - 1e-7);
            scores[*column] = (holds / (1.0 - holds)).ln();
        }
        let n_scores = scores.len();
        softmax_rows(&mut scores, n_scores, 1.0);
        scores
    }
}

impl PairClassifier for SecondTextModel {
    fn labels(&self) -> &LabelSet {
        &self.labels
    }

    fn score_pairs(&self, batch: &[PairInput<'_>]) -> Result<Scores, ModelError> {
        // A text and a target are read once, whoever is asked for.
        let mut known: HashMap<Sequence, usize> = HashMap::new();
        let mut sequences: Vec<Sequence> = Vec::new();
        let mut places: Vec<Vec<usize>> = Vec::with_capacity(batch.len());
        for input in batch {
            let of_input = self.sequences(input)?.into_iter().map(|sequence| {
                *known.entry(sequence).or_insert_with_key(|sequence| {
                    sequences.push(sequence.clone());
                    sequences.len() - 1
                })
            });
            places.push(of_input.collect());
        }
        let mut rows = vec![Vec::new(); sequences.len()];
        self.checkpoint.encode(&sequences, |idx, states| {
            self.head.append(states.row(0), &mut rows[idx]);
            self.columns.convert(&mut rows[idx]);
        })?;
        let answer = |places: Vec<usize>| {
            self.answer(&places.into_iter().map(|idx| &rows[idx]).collect::<Vec<_>>())
        };
        let values: Vec<f32> = places.into_iter().flat_map(answer).collect();
        Ok(Scores::new(self.labels.len(), values))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::SecondTextModel;
    use crate::fake::{checkpoint, pair_input as input};
    use crate::heads::PooledHead;
    use crate::label_columns::LabelColumns;
    use crate::{Activation, HolderMark, PairClassifier as _, PairInput, Template};

    const HYPOTHESES: [(&str, &str); 2] =
        [("supports", "{holder} support {target}"), ("opposes", "{holder} oppose {target}")];

    fn model(template: Template, names: [&str; 3], pieces_per_batch: usize) -> SecondTextModel {
        let names = names.map(str::to_owned).to_vec();
        let rest = if template.second.is_some() { "neutral" } else { "other" };
        let columns = LabelColumns::new("stance", names, (Activation::Softmax, 1.0), rest);
        let head = PooledHead::made_up(4, 3);
        SecondTextModel::new((checkpoint(24, pieces_per_batch), head, columns), template).unwrap()
    }

    fn by_target(pieces_per_batch: usize) -> SecondTextModel {
        let names = ["supports", "neutral", "opposes"];
        model(Template::of_second("{target}"), names, pieces_per_batch)
    }

    fn zero_shot(pieces_per_batch: usize) -> SecondTextModel {
        let hypotheses = HYPOTHESES.map(|(a, b)| (a.to_owned(), b.to_owned()));
        let template = Template::of_hypotheses(BTreeMap::from(hypotheses));
        model(template, ["other", "other", "entails"], pieces_per_batch)
    }

    fn batch() -> [PairInput<'static>; 4] {
        [
            input("china denied the war", HolderMark::Words(0..1), 2..4),
            input("china", HolderMark::Outlet, 0..1),
            input("war on china", HolderMark::Any, 2..3),
            input("china denied the war", HolderMark::Words(2..4), 0..1),
        ]
    }

    #[test]
    fn the_target_stands_behind_the_text() {
        let [pair, ..] = batch();
        // [CLS] china denied the war [SEP] the war [SEP]
        let sequences = by_target(64).sequences(&pair).unwrap();
        assert_eq!(sequences[0].ids, [8, 83, 74, 67, 80, 9, 67, 80, 9]);
    }

    #[test]
    fn a_hypothesis_names_holder_and_target() {
        let [pair, outlet, ..] = batch();
        let model = zero_shot(64);
        let sequences = model.sequences(&pair).unwrap();
        assert_eq!(sequences.len(), 2);
        let oppose = model.checkpoint.pieces.id("oppose").unwrap();
        // opposes comes first: hypotheses are sorted by position.
        assert_eq!(sequences[0].ids[6..], [83, oppose, 67, 80, 9]);
        let author = model.sequences(&outlet).unwrap()[0].ids.clone();
        let written = model.checkpoint.pieces.of(&["The", "author"], &[], 99).unwrap();
        let mut expected = crate::pieces::Sequence::default();
        written.append_all_to(&mut expected, 99);
        assert_eq!(author[3..3 + expected.ids.len()], expected.ids);
    }

    #[test]
    fn neither_company_nor_batches_change_a_score() {
        for model in [by_target, zero_shot] {
            let batch = batch();
            let together = model(9).score_pairs(&batch).unwrap();
            assert_eq!((together.len(), together.n_labels()), (4, 3));
            for (idx, pair) in batch.iter().enumerate() {
                let alone = model(2048).score_pairs(std::slice::from_ref(pair)).unwrap();
                assert_eq!(alone.row(0), together.row(idx));
                assert!((alone.row(0).iter().sum::<f32>() - 1.0).abs() < 1e-5);
            }
        }
    }

    #[test]
    fn of_hypotheses_that_both_hold_not_at_all_the_pair_is_neutral() {
        let model = zero_shot(64);
        let row = |entails: f32| {
            let mut row = vec![0.0; model.columns.labels().len()];
            row[model.columns.labels().find("entails").unwrap().column()] = entails;
            row
        };
        let of = |opposes: f32, supports: f32| model.answer(&[&row(opposes), &row(supports)]);
        // supports, neutral, opposes
        assert!(of(0.01, 0.01)[1] > 0.9);
        assert!(of(0.99, 0.01)[2] > 0.9);
        assert!(of(0.01, 0.99)[0] > 0.9);
        let both = of(0.9, 0.9);
        assert!((both[0] - both[2]).abs() < 1e-6 && both[1] < 0.1);
        assert!(of(0.0, 1.0).iter().all(|p| p.is_finite()));
    }

    #[test]
    fn a_long_text_and_a_long_target_fit() {
        let words = "china the the the the the the the the the the the the russia the the";
        let pair = input(words, HolderMark::Words(0..1), 13..16);
        for sequence in zero_shot(64).sequences(&pair).unwrap() {
            assert!(sequence.ids.len() <= 24, "{}", sequence.ids.len());
        }
        assert!(by_target(64).score_pairs(&[input("china", HolderMark::Any, 1..2)]).is_err());
    }
}
