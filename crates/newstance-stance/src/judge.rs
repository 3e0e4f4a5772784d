//! Stances from the stance model's scores.

use newstance_doc::{Position, PositionProbabilities, Stance};
use newstance_model::{LabelSet, PairClassifier, PairInput, Scores};

use crate::{ActionLexicon, PairToJudge, StanceError, screen};

/// What was decided about pairs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Judged {
    /// A stance of each pair, neutral ones too.
    pub stances: Vec<Stance>,
    /// Indices of those that an action of the text decided, and not the model.
    pub by_action: Vec<usize>,
}

/// Asks `model` about those of `pairs` that the screen lets through, and decides about all.
///
/// # Errors
///
/// [`StanceError::Model`] where the model fails or lacks a position.
pub fn judge_pairs(
    model: &dyn PairClassifier,
    pairs: &[PairToJudge<'_>],
    actions: &ActionLexicon,
    threshold: f32,
) -> Result<Judged, StanceError> {
    let asked = pairs.iter().filter(|pair| pair.screened.is_none());
    let inputs: Vec<PairInput<'_>> = asked.map(|pair| pair.input.clone()).collect();
    let scores = model.score_pairs(&inputs)?;
    decide_stances(pairs, &scores, model.labels(), actions, threshold)
}

/// The stance of each of `pairs`, neutral ones too.
///
/// `scores` is `[pairs that the model was asked about, labels]`; the labels supports, neutral and opposes are
/// found by name. Opposition to one's own state counts as neutral. What an
/// action between holder and target tells counts where the model is less sure
/// of it. A position whose probability stays under `threshold`
/// (`0.0..=1.0`) is neutral.
///
/// # Errors
///
/// [`StanceError::Model`] where a label is missing, or `scores` is of another shape.
pub fn decide_stances(
    pairs: &[PairToJudge<'_>],
    scores: &Scores,
    labels: &LabelSet,
    actions: &ActionLexicon,
    threshold: f32,
) -> Result<Judged, StanceError> {
    let n_asked = pairs.iter().filter(|pair| pair.screened.is_none()).count();
    scores.require_shape(n_asked, labels)?;
    let supports = labels.require(Position::Supports.as_str())?;
    let neutral = labels.require(Position::Neutral.as_str())?;
    let opposes = labels.require(Position::Opposes.as_str())?;
    let mut judged = Judged::default();
    let mut row = 0;
    for (idx, pair) in pairs.iter().enumerate() {
        let by_model = if let Some(of_side) = pair.screened {
            screen::positions(of_side)
        } else {
            let [supports, neutral, opposes] =
                [supports, neutral, opposes].map(|label| scores.get(row, label));
            row += 1;
            PositionProbabilities { supports, neutral, opposes }
        };
        let by_model = if pair.is_own_state { unopposed(by_model) } else { by_model };
        let by_action = actions.overrule(&pair.input, by_model);
        let probabilities = by_action.unwrap_or(by_model);
        judged.by_action.extend(by_action.map(|_| idx));
        judged.stances.push(Stance {
            sentence_idx: pair.sentence_idx,
            field: pair.field,
            span: pair.span,
            holder: pair.holder,
            target_idx: pair.target_idx,
            position: probabilities.decide(threshold),
            probabilities,
            basis: pair.basis,
        });
    }
    Ok(judged)
}

/// The same where opposition is ruled out: what was given to it is neutral.
fn unopposed(of: PositionProbabilities) -> PositionProbabilities {
    PositionProbabilities { neutral: of.neutral + of.opposes, opposes: 0.0, ..of }
}

#[cfg(test)]
mod tests {
    use newstance_doc::Position;
    use newstance_model::{LabelSet, ModelError, PairClassifier, PairInput, Scores};

    use super::{decide_stances, judge_pairs};
    use crate::testing::Tagged;
    use crate::{ActionLexicon, StanceSettings, pairs_to_judge};

    /// Opposed is whom something is told of with the word "against".
    #[derive(Debug)]
    struct Against(LabelSet);

    impl PairClassifier for Against {
        fn labels(&self) -> &LabelSet {
            &self.0
        }

        fn score_pairs(&self, batch: &[PairInput<'_>]) -> Result<Scores, ModelError> {
            let row = |input: &PairInput<'_>| {
                if input.words.contains(&"against") { [0.8, 0.1, 0.1] } else { [0.1, 0.1, 0.8] }
            };
            Ok(Scores::new(3, batch.iter().flat_map(row).collect()))
        }
    }

    fn labels() -> LabelSet {
        let names = ["opposes", "supports", "neutral"].map(str::to_owned);
        LabelSet::new("stance", names.to_vec())
    }

    #[test]
    fn positions_are_found_by_name_whatever_their_column() {
        let model = Against(labels());
        let tagged = Tagged::new("[Ann=P0] spoke against [Bo=P1].\n[Ann=P0] met [Bo=P1].");
        let layers = tagged.layers();
        let pairs = pairs_to_judge(&layers, &[], None, &StanceSettings::default()).pairs;
        let judged = judge_pairs(&model, &pairs, &ActionLexicon::default(), 0.5).unwrap();
        assert!(judged.by_action.is_empty());
        let stances = judged.stances;
        assert_eq!(stances.len(), 6);
        for stance in stances {
            let expected = [Position::Opposes, Position::Neutral][stance.sentence_idx];
            assert_eq!(stance.position, expected);
        }
    }

    #[test]
    fn what_the_screen_holds_back_is_neutral_and_the_model_is_not_asked() {
        let model = Against(labels());
        let tagged =
            Tagged::new("[Ann=P0] spoke against [Bo=P1].\n[Ann=P0] spoke against [Bo=P1].");
        let layers = tagged.layers();
        let mut pairs = pairs_to_judge(&layers, &[], None, &StanceSettings::default()).pairs;
        for pair in pairs.iter_mut().filter(|pair| pair.sentence_idx == 0) {
            pair.screened = Some(0.03);
        }
        let judged = judge_pairs(&model, &pairs, &ActionLexicon::default(), 0.5).unwrap();
        assert_eq!(judged.stances.len(), 6);
        for stance in judged.stances {
            let (position, neutral) =
                [(Position::Neutral, 0.97), (Position::Opposes, 0.1)][stance.sentence_idx];
            assert_eq!(stance.position, position);
            assert!((stance.probabilities.neutral - neutral).abs() < 1e-6, "{stance:?}");
        }
        let too_many = Scores::new(3, vec![0.3; 3 * pairs.len()]);
        let labels = labels();
        assert!(
            decide_stances(&pairs, &too_many, &labels, &ActionLexicon::default(), 0.5).is_err()
        );
    }

    #[test]
    fn what_an_action_decided_is_told_from_what_the_model_did() {
        let model = Against(labels());
        let tagged = Tagged::new("[Ann=P0] spoke against [Bo=P1].\n[Ann=P0] condemned [Bo=P1].");
        let layers = tagged.layers();
        let pairs = pairs_to_judge(&layers, &[], None, &StanceSettings::default()).pairs;
        let judged = judge_pairs(&model, &pairs, &ActionLexicon::built_in(), 0.5).unwrap();
        let [condemned] = judged.by_action[..] else { panic!("{:?}", judged.by_action) };
        let stance = &judged.stances[condemned];
        assert_eq!((stance.sentence_idx, stance.position), (1, Position::Opposes));
    }

    #[test]
    fn nobody_opposes_the_state_that_he_speaks_for() {
        let model = Against(labels());
        let tagged = Tagged::new("[Ann=P0] spoke against [Bo=P1].");
        let mut pairs = pairs_to_judge(&tagged.layers(), &[], None, &StanceSettings::default())
            .pairs
            .split_off(1);
        for pair in &mut pairs {
            pair.is_own_state = true;
        }
        let judged = judge_pairs(&model, &pairs, &ActionLexicon::default(), 0.5).unwrap();
        for stance in judged.stances {
            assert_eq!(stance.position, Position::Neutral);
            assert!((stance.probabilities.neutral - 0.9).abs() < 1e-6, "{stance:?}");
        }
    }

    #[test]
    fn rows_of_another_width_or_number_are_an_error() {
        let labels = labels();
        let tagged = Tagged::new("[Ann=P0] met [Bo=P1].");
        let pairs = pairs_to_judge(&tagged.layers(), &[], None, &StanceSettings::default()).pairs;
        let check = |n_labels: usize, n_rows: usize| {
            let scores = Scores::new(n_labels, vec![0.5; n_labels * n_rows]);
            decide_stances(&pairs, &scores, &labels, &ActionLexicon::default(), 0.5)
                .map(|judged| judged.stances.len())
                .map_err(|error| error.to_string())
        };
        assert_eq!(check(3, pairs.len()), Ok(pairs.len()));
        assert!(check(2, pairs.len()).unwrap_err().contains("model `stance` gave 3 rows of 2"));
        assert!(check(3, 2).is_err());
    }

    #[test]
    fn a_model_without_a_position_is_an_error() {
        let model = Against(LabelSet::new("stance", vec!["opposes".to_owned()]));
        assert!(judge_pairs(&model, &[], &ActionLexicon::default(), 0.5).is_err());
    }
}
