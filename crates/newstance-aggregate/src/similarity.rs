//! How alike two clauses are.

use std::collections::BTreeMap;

use newstance_model::{TextEmbedder, dot};
use rayon::prelude::*;

use crate::directions::{Directions, Outline};
use crate::propositions::Proposition;
use crate::roles::{RoleMatch, match_roles};
use crate::word_list::WordList;
use crate::{AggregateError, AggregateSettings};

const BATCH: usize = 256;

/// Compares propositions by the cosine of their masked words' vectors, or,
/// without a model, by the content words that they share.
#[derive(Debug)]
pub(crate) struct Similarity<'a> {
    settings: &'a AggregateSettings,
    measure: Measure,
}

/// What is asked of two propositions.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Question {
    /// Whether they are of one claim.
    SameClaim,
    /// Whether a model is to be asked that.
    Candidate,
}

#[derive(Debug)]
enum Measure {
    /// The vectors one after the other; for each proposition the index of its own.
    Cosine { vectors: Vec<f32>, dimension: usize, vector_of: Vec<usize>, directions: Directions },
    /// Inverse document frequency of each stem.
    Overlap { weights: BTreeMap<String, f32> },
}

impl<'a> Similarity<'a> {
    /// Prepares comparing any two of `propositions`.
    ///
    /// # Errors
    ///
    /// [`AggregateError::Embed`] and [`AggregateError::EmbedCount`].
    pub(crate) fn new(
        propositions: &[Proposition],
        embedder: Option<&dyn TextEmbedder>,
        settings: &'a AggregateSettings,
    ) -> Result<Self, AggregateError> {
        let measure = match embedder {
            Some(embedder) => cosine(propositions, embedder)?,
            None => Measure::Overlap { weights: weights(propositions) },
        };
        Ok(Self { settings, measure })
    }

    /// How alike the propositions of these indices are (`0.0..=1.0`); none
    /// where that is no answer to `question`.
    pub(crate) fn score(
        &self,
        question: Question,
        propositions: &[Proposition],
        pair: (usize, usize),
    ) -> Option<f32> {
        let (roles, score) = self.likeness(propositions, pair)?;
        (score >= self.threshold(question, roles)).then_some(score)
    }

    /// What every answer to `question` reaches.
    pub(crate) fn least(&self, question: Question) -> f32 {
        let threshold = |roles| self.threshold(question, roles);
        threshold(RoleMatch::Agree).min(threshold(RoleMatch::Open))
    }

    fn threshold(&self, question: Question, roles: RoleMatch) -> f32 {
        let settings = self.settings;
        match (question, &self.measure, roles) {
            (Question::Candidate, ..) => settings.claim_candidate_similarity,
            (_, Measure::Cosine { .. }, RoleMatch::Agree) => settings.claim_similarity_with_roles,
            (_, Measure::Cosine { .. }, _) => settings.claim_similarity,
            (_, Measure::Overlap { .. }, RoleMatch::Agree) => settings.claim_overlap_with_roles,
            (_, Measure::Overlap { .. }, _) => settings.claim_overlap,
        }
    }

    /// What tells how alike that proposition and another can be at the most.
    pub(crate) fn outline(&self, idx: usize) -> Outline {
        match &self.measure {
            Measure::Cosine { vectors, dimension, vector_of, directions } => {
                directions.outline(&vectors[vector_of[idx] * dimension..][..*dimension])
            }
            Measure::Overlap { .. } => Outline::UNKNOWN,
        }
    }

    /// How the actors of two propositions go together, and how alike the two
    /// are (`0.0..=1.0`); none where their actors differ, or where one says too
    /// little to be told of another article.
    fn likeness(
        &self,
        propositions: &[Proposition],
        (a, b): (usize, usize),
    ) -> Option<(RoleMatch, f32)> {
        let (first, second) = (&propositions[a], &propositions[b]);
        let says_enough = |p: &Proposition| p.n_words() >= self.settings.claim_min_words;
        if first.at.article != second.at.article && !(says_enough(first) && says_enough(second)) {
            return None;
        }
        let roles = match_roles(&first.roles, &second.roles);
        if roles == RoleMatch::Differ {
            return None;
        }
        let score = match &self.measure {
            Measure::Cosine { vectors, dimension, vector_of, .. } => {
                let vector = |of: usize| &vectors[vector_of[of] * dimension..][..*dimension];
                dot(vector(a), vector(b))
            }
            Measure::Overlap { weights } => {
                let least = if roles == RoleMatch::Agree { 1 } else { 2 };
                overlap(first, second, weights, least)
            }
        };
        Some((roles, score.clamp(0.0, 1.0)))
    }
}

fn cosine(
    propositions: &[Proposition],
    embedder: &dyn TextEmbedder,
) -> Result<Measure, AggregateError> {
    let mut index: BTreeMap<&WordList, usize> = BTreeMap::new();
    for proposition in propositions {
        index.insert(&proposition.masked, 0);
    }
    let texts: Vec<&WordList> = index.keys().copied().collect();
    for (n, at) in index.values_mut().enumerate() {
        *at = n;
    }
    let dimension = embedder.dimension();
    let mut vectors = vec![0.0; texts.len() * dimension];
    let places = vectors.par_chunks_mut((BATCH * dimension).max(1));
    texts.par_chunks(BATCH).zip(places).try_for_each(|(batch, place)| {
        let words: Vec<Vec<&str>> = batch.iter().map(|words| words.iter().collect()).collect();
        let made = embedder.embed(&words)?;
        if made.len() != batch.len() || made.iter().any(|vector| vector.len() != dimension) {
            return Err(AggregateError::EmbedCount { expected: batch.len(), got: made.len() });
        }
        for (place, vector) in place.chunks_exact_mut(dimension).zip(made) {
            place.copy_from_slice(&vector);
        }
        Ok(())
    })?;
    let vector_of = propositions.iter().map(|p| index[&p.masked]).collect();
    let directions = Directions::of(&vectors, dimension);
    Ok(Measure::Cosine { vectors, dimension, vector_of, directions })
}

#[expect(clippy::cast_precision_loss, reason = "far fewer than 2^24 differences matter")]
fn weights(propositions: &[Proposition]) -> BTreeMap<String, f32> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for stem in propositions.iter().flat_map(|p| p.stems.iter()) {
        *counts.entry(stem.to_owned()).or_default() += 1;
    }
    let total = propositions.len() as f32;
    counts.into_iter().map(|(stem, n)| (stem, (1.0 + total / n as f32).ln())).collect()
}

/// Weight of the shared stems in that of the clause with less of it; 0 where
/// fewer than `least` are shared.
fn overlap(a: &Proposition, b: &Proposition, weights: &BTreeMap<String, f32>, least: usize) -> f32 {
    let shared = || a.stems.iter().filter(|stem| b.stems.contains(stem));
    if shared().count() < least {
        return 0.0;
    }
    let weigh = |stem: &str| weights.get(stem).copied().unwrap_or(0.0);
    let shared: f32 = shared().map(weigh).sum();
    let all = |p: &Proposition| p.stems.iter().map(weigh).sum::<f32>();
    let smaller = all(a).min(all(b));
    if smaller > 0.0 { shared / smaller } else { 0.0 }
}
