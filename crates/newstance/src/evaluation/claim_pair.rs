//! Task `claim-pair`: what the claim model says of two contents.

use std::path::Path;

use newstance_corpus::gold::{GoldTextPair, read_text_pairs};
use newstance_doc::{Relation, Span};
use newstance_eval::{ClassifiedExample, tally_classes};
use newstance_model::{Scores, TextPair, TextPairClassifier};
use rayon::prelude::*;

use super::{Evaluation, Prediction, columns};
use crate::session::Session;

/// Pairs in one call of the model.
const BATCH: usize = 32;

/// Scores pairs of contents.
pub(super) fn evaluate(session: &Session, path: &Path) -> anyhow::Result<Evaluation> {
    let model = session.models.text_pair_classifier("claim")?;
    let pairs = read_text_pairs(path)?;
    let found: anyhow::Result<Vec<Vec<Answer>>> =
        pairs.par_chunks(BATCH).map(|chunk| answers(model.as_ref(), chunk)).collect();
    let (mut examples, mut predictions) = (Vec::new(), Vec::new());
    for (pair, (predicted, probability)) in pairs.iter().zip(found?.into_iter().flatten()) {
        let text = format!("{} ~ {}", pair.first, pair.second);
        let n_words = columns::n_words(&pair.first) + columns::n_words(&pair.second);
        let columns =
            columns::with(&pair.columns, [columns::length(n_words), columns::quoted(&text)]);
        examples.push(ClassifiedExample {
            document: pair.document.clone(),
            columns: columns.clone(),
            gold: column(pair.relation),
            predicted: column(predicted),
            probability: Some(probability),
        });
        predictions.push(Prediction {
            document: pair.document.clone(),
            key: pair.key.clone(),
            text,
            columns,
            gold: Some(pair.relation.as_str().to_owned()),
            predicted: Some(predicted.as_str().to_owned()),
            probability: Some(probability),
            is_right: pair.relation == predicted,
        });
    }
    let labels = Relation::ALL.map(Relation::as_str);
    Ok(Evaluation { tally: tally_classes("claim-pair", &examples, &labels), predictions })
}

/// A relation and its probability.
type Answer = (Relation, f64);

fn answers(model: &dyn TextPairClassifier, pairs: &[GoldTextPair]) -> anyhow::Result<Vec<Answer>> {
    let batch: Vec<TextPair<'_>> = pairs
        .iter()
        .map(|pair| TextPair { first: words(&pair.first), second: words(&pair.second) })
        .collect();
    let scores = model.score_text_pairs(&batch)?;
    (0..pairs.len()).map(|idx| answer(model, &scores, idx)).collect()
}

/// The most probable relation; of equals the first.
fn answer(model: &dyn TextPairClassifier, scores: &Scores, idx: usize) -> anyhow::Result<Answer> {
    let mut best = (Relation::Unrelated, f64::NEG_INFINITY);
    for relation in Relation::ALL {
        let probability = scores.get(idx, model.labels().require(relation.as_str())?);
        if f64::from(probability) > best.1 {
            best = (relation, f64::from(probability));
        }
    }
    Ok(best)
}

fn words(text: &str) -> Vec<&str> {
    let spans = newstance_tokenize::words(text, Span::new(0, text.len()));
    spans.iter().map(|word| word.of(text)).collect()
}

fn column(relation: Relation) -> usize {
    Relation::ALL.iter().position(|known| *known == relation).unwrap_or(0)
}
