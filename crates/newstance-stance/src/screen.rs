//! Which pairs are worth the stance model's reading.

use std::ops::Range;

use newstance_doc::PositionProbabilities;
use newstance_model::{Label, LabelSet, ModelError, Scores};

/// Of the pairs in which a reader saw a stance, so many had an opposition (two
/// thirds of those of `data/stance`).
const OPPOSITIONS: f32 = 2.0 / 3.0;

/// What a tagger says beforehand of the stances in an article's sentences.
///
/// The tagger has read the words anyway; a logistic regression over the means of its
/// states (`models/train/train_screen.py`) tells most pairs without a stance
/// from the others, as the first stage of a cascade (Viola and Jones, 2001).
/// Since it is linear, each word has its own share of the log-odds.
#[derive(Clone, Debug)]
pub struct Screen<'s> {
    sentences: &'s [Scores],
    told: Columns,
    said: Columns,
    outlet: Columns,
}

/// The columns of one kind of question: what the words of the sentence add, those
/// of the actor that stands first (where it is in the sentence), those of the target.
#[derive(Clone, Copy, Debug)]
struct Columns {
    sentence: Label,
    first: Option<Label>,
    target: Label,
}

impl<'s> Screen<'s> {
    /// Takes a matrix `[words, labels]` of log-odds for each sentence.
    ///
    /// # Errors
    ///
    /// [`ModelError::LabelMissing`] where a column is not among `labels`.
    pub fn new(labels: &LabelSet, sentences: &'s [Scores]) -> Result<Self, ModelError> {
        let columns = |kind: &str, first: Option<Label>| {
            let target = labels.require(&format!("{kind}_target"))?;
            Ok::<_, ModelError>(Columns { sentence: labels.require(kind)?, first, target })
        };
        let told = Columns {
            sentence: labels.require("told")?,
            first: Some(labels.require("told_first")?),
            target: labels.require("told_second")?,
        };
        Ok(Self { sentences, told, said: columns("said", None)?, outlet: columns("outlet", None)? })
    }

    /// The probability that one of two actors in a sentence takes a side on the other.
    pub(crate) fn told(&self, sentence_idx: usize, a: &Range<usize>, b: &Range<usize>) -> f32 {
        let (first, second) = if a.start <= b.start { (a, b) } else { (b, a) };
        self.probability(self.told, sentence_idx, first, second)
    }

    /// The probability that who says a sentence, but does not stand in it, takes a side on `target`.
    pub(crate) fn said(&self, sentence_idx: usize, target: &Range<usize>) -> f32 {
        self.probability(self.said, sentence_idx, &(0..0), target)
    }

    /// The probability that the outlet takes a side on `target`.
    pub(crate) fn outlet(&self, sentence_idx: usize, target: &Range<usize>) -> f32 {
        self.probability(self.outlet, sentence_idx, &(0..0), target)
    }

    fn probability(
        &self,
        of: Columns,
        sentence_idx: usize,
        first: &Range<usize>,
        target: &Range<usize>,
    ) -> f32 {
        let scores = &self.sentences[sentence_idx];
        let by_first = of.first.map_or(0.0, |column| mean(scores, first, column));
        let log_odds = mean(scores, &(0..scores.len()), of.sentence)
            + by_first
            + mean(scores, target, of.target);
        1.0 / (1.0 + (-log_odds).exp())
    }
}

/// Positions of a pair that takes a side with probability `of_side`.
pub(crate) fn positions(of_side: f32) -> PositionProbabilities {
    let opposes = of_side * OPPOSITIONS;
    PositionProbabilities { supports: of_side - opposes, neutral: 1.0 - of_side, opposes }
}

#[expect(clippy::cast_precision_loss, reason = "sentences have fewer than 2^24 words")]
fn mean(scores: &Scores, words: &Range<usize>, column: Label) -> f32 {
    let sum: f32 = words.clone().map(|word| scores.get(word, column)).sum();
    sum / words.len().max(1) as f32
}

#[cfg(test)]
mod tests {
    use newstance_model::{LabelSet, Scores};

    use super::{Screen, positions};

    fn labels(names: &[&str]) -> LabelSet {
        LabelSet::new("screen", names.iter().map(|&name| name.to_owned()).collect())
    }

    const COLUMNS: [&str; 7] =
        ["outlet_target", "told", "told_first", "told_second", "said", "said_target", "outlet"];

    #[track_caller]
    fn check(probability: f32, log_odds: f32) {
        assert!((probability - 1.0 / (1.0 + (-log_odds).exp())).abs() < 1e-6, "{probability}");
    }

    #[test]
    fn the_words_of_a_sentence_and_of_its_actors_add_their_means() {
        // Two words; columns as above.
        let scores =
            vec![0.5, 1.0, 2.0, 4.0, -1.0, 0.25, -3.0, 1.5, 3.0, 6.0, 8.0, -2.0, 0.75, -5.0];
        let sentences = [Scores::new(7, scores)];
        let screen = Screen::new(&labels(&COLUMNS), &sentences).unwrap();
        check(screen.told(0, &(0..1), &(1..2)), 2.0 + 2.0 + 8.0);
        check(screen.said(0, &(1..2)), -1.5 + 0.75);
        check(screen.outlet(0, &(0..2)), -4.0 + 1.0);
    }

    #[test]
    fn a_pair_is_the_same_whoever_is_asked_about_first() {
        let sentences = [Scores::new(7, (0_u8..21).map(|idx| f32::from(idx % 5)).collect())];
        let screen = Screen::new(&labels(&COLUMNS), &sentences).unwrap();
        let (ahead, back) = (screen.told(0, &(0..1), &(2..3)), screen.told(0, &(2..3), &(0..1)));
        assert_eq!(ahead.to_bits(), back.to_bits());
    }

    #[test]
    fn a_column_that_is_missing_is_named() {
        let error = Screen::new(&labels(&COLUMNS[..6]), &[]).unwrap_err().to_string();
        assert!(error.contains("outlet"), "{error}");
    }

    #[test]
    fn most_stances_are_oppositions() {
        let of = positions(0.03);
        assert!((of.neutral - 0.97).abs() < 1e-6 && (of.opposes - 0.02).abs() < 1e-6, "{of:?}");
    }
}
