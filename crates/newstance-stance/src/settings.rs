//! What changes stances.

use serde::{Deserialize, Serialize};

/// How stances are asked for and decided.
///
/// The caps keep the cost of the stance model near that of the tagger. What
/// they leave out is counted ([`crate::PairSelection::n_left_out`]).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StanceSettings {
    /// A position is neutral unless its probability reaches this, `0.0..=1.0`.
    pub threshold: f32,
    /// Whether an action between holder and target ("condemned",
    /// `data/lexicon/actions.csv`) decides where the model is less sure of it.
    pub actions: bool,
    /// Pairs that the bundle's screen gives a smaller probability of a stance are
    /// neutral and not read, `0.0..=1.0`; with 0, or without a screen, all are read.
    pub screen: f32,
    /// The stance model may read one text a so many words of an article; it
    /// judges all pairs of a text that it reads ...
    pub words_per_reading: usize,
    /// ... but so many texts in any case.
    pub min_readings: usize,
    /// The most words that the model reads of a sentence; a longer one is cut
    /// around holder and target.
    pub max_words: usize,
    /// The most words between two actors of a told pair.
    pub max_told_distance_words: usize,
    /// The most told pairs of a sentence, both directions counted.
    pub max_told_pairs: usize,
    /// The most targets of a statement in one sentence of its content.
    pub max_statement_targets: usize,
    /// The most actors of a sentence that the outlet is asked about.
    pub max_outlet_targets: usize,
}

impl Default for StanceSettings {
    fn default() -> Self {
        Self {
            threshold: 0.4,
            actions: true,
            screen: 0.06,
            words_per_reading: 40,
            min_readings: 24,
            max_words: 96,
            max_told_distance_words: 16,
            max_told_pairs: 6,
            max_statement_targets: 4,
            max_outlet_targets: 1,
        }
    }
}
