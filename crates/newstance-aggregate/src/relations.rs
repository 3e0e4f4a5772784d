//! What one clause is to another, as a model tells it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use newstance_doc::Relation;
use newstance_model::{Label, ModelError, TextPair, TextPairClassifier};
use rayon::prelude::*;

use crate::AggregateError;
use crate::propositions::Proposition;

/// Pairs in one call of the model.
const BATCH: usize = 32;

/// What a model says of two clauses.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Verdict {
    same: f32,
    opposite: f32,
}

impl Verdict {
    /// How probable it is that the two are of one claim, `0.0..=1.0`.
    pub(crate) fn likeness(self) -> f32 {
        (self.same + self.opposite).clamp(0.0, 1.0)
    }

    /// True where they rather say the same than the opposite.
    pub(crate) fn is_same(self) -> bool {
        self.same >= self.opposite
    }
}

/// The verdicts on pairs of propositions: each two texts are judged once.
#[derive(Debug)]
pub(crate) struct Relations<'a> {
    model: &'a dyn TextPairClassifier,
    same: Label,
    opposite: Label,
    /// The words of each distinct text.
    texts: Vec<Vec<&'a str>>,
    /// For each proposition the index of its text.
    text_of: Vec<usize>,
    /// By the texts of both.
    known: HashMap<(usize, usize), Verdict>,
}

impl<'a> Relations<'a> {
    /// Prepares judging any two of `propositions`.
    ///
    /// # Errors
    ///
    /// [`AggregateError::Compare`] where the model lacks a label.
    pub(crate) fn new(
        propositions: &'a [Proposition],
        model: &'a dyn TextPairClassifier,
    ) -> Result<Self, AggregateError> {
        let label = |relation: Relation| model.labels().require(relation.as_str());
        let (same, opposite) = (label(Relation::Same), label(Relation::Opposite));
        let (same, opposite) = (same.map_err(compare)?, opposite.map_err(compare)?);
        let mut index: BTreeMap<&str, usize> = BTreeMap::new();
        let text_of = propositions.iter().map(|proposition| {
            let next = index.len();
            *index.entry(&proposition.words).or_insert(next)
        });
        let text_of: Vec<usize> = text_of.collect();
        let mut texts = vec![Vec::new(); index.len()];
        for (words, at) in index {
            texts[at] = words.split(' ').filter(|word| !word.is_empty()).collect();
        }
        Ok(Self { model, same, opposite, texts, text_of, known: HashMap::new() })
    }

    /// Judges `pairs`, those that are not judged yet, side by side.
    ///
    /// # Errors
    ///
    /// [`AggregateError::Compare`].
    pub(crate) fn ask(&mut self, pairs: &[(usize, usize)]) -> Result<(), AggregateError> {
        let asked: BTreeSet<(usize, usize)> = pairs
            .iter()
            .map(|pair| self.key(*pair))
            .filter(|key| !self.known.contains_key(key))
            .collect();
        let asked: Vec<(usize, usize)> = asked.into_iter().collect();
        let verdicts: Vec<Vec<Verdict>> =
            asked.par_chunks(BATCH).map(|chunk| self.judge(chunk)).collect::<Result<_, _>>()?;
        self.known.extend(asked.into_iter().zip(verdicts.into_iter().flatten()));
        Ok(())
    }

    /// The verdict on a pair that was asked about; none on another.
    pub(crate) fn verdict(&self, pair: (usize, usize)) -> Option<Verdict> {
        self.known.get(&self.key(pair)).copied()
    }

    fn key(&self, (first, second): (usize, usize)) -> (usize, usize) {
        (self.text_of[first], self.text_of[second])
    }

    fn judge(&self, keys: &[(usize, usize)]) -> Result<Vec<Verdict>, AggregateError> {
        let text = |at: usize| self.texts[at].clone();
        let pair = |(first, second): &(usize, usize)| TextPair {
            first: text(*first),
            second: text(*second),
        };
        let pairs: Vec<TextPair<'_>> = keys.iter().map(pair).collect();
        let scores = self.model.score_text_pairs(&pairs).map_err(compare)?;
        scores.require_shape(keys.len(), self.model.labels()).map_err(compare)?;
        let verdict = |idx| Verdict {
            same: scores.get(idx, self.same),
            opposite: scores.get(idx, self.opposite),
        };
        Ok((0..keys.len()).map(verdict).collect())
    }
}

fn compare(source: ModelError) -> AggregateError {
    AggregateError::Compare { source }
}
