//! Checks of whole models, from words to probabilities, against a reference.

use std::path::Path;

use serde::Deserialize;

use crate::{ModelError, Models, TextPair, WordText};

/// What the reference implementation gives for texts, by a head for words or
/// one for two texts.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeadReference {
    /// The tokenizer that it was made with, for whoever puts both together.
    pub tokenizer: String,
    /// The head's labels, in the order of the probabilities.
    pub labels: Vec<String>,
    /// Texts, for a head for words.
    #[serde(default)]
    pub token: Vec<TokenCase>,
    /// Pairs of texts, for a head for two.
    #[serde(default)]
    pub pair: Vec<PairCase>,
}

/// A text and the probabilities of each of its words.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenCase {
    /// The words.
    pub words: Vec<String>,
    /// Whether each follows the one before without white space.
    pub joined: Vec<bool>,
    /// Probabilities, `[words, labels]`.
    pub rows: Vec<Vec<f32>>,
}

/// Two texts and the probabilities of what they are to each other.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PairCase {
    /// The words of one text.
    pub first: Vec<String>,
    /// The words of the other.
    pub second: Vec<String>,
    /// Probabilities, `[labels]`.
    pub row: Vec<f32>,
}

impl HeadReference {
    /// Reads `reference.json` beside a checkpoint.
    ///
    /// # Errors
    ///
    /// [`ModelError::Read`] or [`ModelError::Format`], naming the file.
    pub fn read(path: &Path) -> Result<Self, ModelError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| ModelError::Read { path: path.to_owned(), source })?;
        serde_json::from_str(&text).map_err(|error| ModelError::Format {
            path: path.to_owned(),
            reason: error.to_string(),
        })
    }

    /// The greatest difference between a probability of the role `role` of
    /// `models` and that of the reference, and how many were compared.
    ///
    /// `name` gives our name for one of the head's labels.
    ///
    /// # Errors
    ///
    /// What the model gives.
    pub fn greatest_difference(
        &self,
        models: &Models,
        role: &str,
        name: impl Fn(&str) -> String,
    ) -> Result<(f32, usize), ModelError> {
        let mut greatest = (0.0_f32, 0);
        let mut see = |got: f32, expected: f32| {
            greatest = (greatest.0.max((got - expected).abs()), greatest.1 + 1);
        };
        let names: Vec<String> = self.labels.iter().map(|label| name(label)).collect();
        for case in &self.token {
            let words = case.words.iter().map(String::as_str).collect();
            let joined = case.joined.clone();
            let text =
                WordText { words, joined, sentence_starts: vec![0], paragraph_starts: vec![0] };
            let taggers = models.token_classifiers_for(&[role])?;
            let scores = taggers[0].score_words(&[text])?;
            let labels = &taggers[0].heads()[0].labels;
            for (idx, row) in case.rows.iter().enumerate() {
                for (name, expected) in names.iter().zip(row) {
                    see(scores[0][0].get(idx, labels.require(name)?), *expected);
                }
            }
        }
        for case in &self.pair {
            let pair = TextPair {
                first: case.first.iter().map(String::as_str).collect(),
                second: case.second.iter().map(String::as_str).collect(),
            };
            let model = models.text_pair_classifier(role)?;
            let scores = model.score_text_pairs(&[pair])?;
            for (name, expected) in names.iter().zip(&case.row) {
                see(scores.get(0, model.labels().require(name)?), *expected);
            }
        }
        Ok(greatest)
    }
}
