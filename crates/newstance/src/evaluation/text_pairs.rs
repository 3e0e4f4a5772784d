//! What the claim model says of two texts: tasks `claim-pair` and, of contexts
//! and hypotheses, `factuality`.

use std::path::Path;

use anyhow::bail;
use newstance_corpus::gold::{GoldTextPair, TextPairLabels, read_text_pairs};
use newstance_doc::{Relation, Span};
use newstance_eval::{ClassifiedExample, tally_classes};
use newstance_model::{TextPair, TextPairClassifier};
use rayon::prelude::*;

use super::excerpt::excerpt;
use super::{Evaluation, Prediction, columns, greatest};
use crate::session::Session;

/// Pairs in one call of the model.
const BATCH: usize = 32;

/// Scores contents against contents, or claims against perspectives or articles.
pub(super) fn evaluate_claims(session: &Session, path: &Path) -> anyhow::Result<Evaluation> {
    evaluate(session, path, "claim-pair")
}

/// Scores whether a context holds a hypothesis true.
pub(super) fn evaluate_entailment(session: &Session, path: &Path) -> anyhow::Result<Evaluation> {
    evaluate(session, path, "factuality")
}

fn evaluate(session: &Session, path: &Path, task: &str) -> anyhow::Result<Evaluation> {
    let model = session.models.text_pair_classifier("claim")?;
    let gold = read_text_pairs(path)?;
    let wanted = task_of(gold.labels);
    if wanted != task {
        let path = path.display();
        bail!("`{path}` has the rows of another task\nhint: `--task {wanted}`");
    }
    let found: anyhow::Result<Vec<Vec<Vec<f64>>>> = gold
        .pairs
        .par_chunks(BATCH)
        .map(|chunk| probabilities(model.as_ref(), gold.labels, chunk))
        .collect();
    let names = gold.labels.names();
    let (mut examples, mut predictions) = (Vec::new(), Vec::new());
    for (pair, scores) in gold.pairs.iter().zip(found?.into_iter().flatten()) {
        let predicted = greatest(&scores);
        let example = example(pair, predicted, scores[predicted]);
        predictions.push(Prediction {
            document: pair.document.clone(),
            key: pair.key.clone(),
            text: format!("{} ~ {}", pair.first, pair.second),
            columns: example.columns.clone(),
            gold: Some(names[pair.label].to_owned()),
            predicted: Some(names[predicted].to_owned()),
            probability: example.probability,
            is_right: pair.label == predicted,
        });
        examples.push(example);
    }
    Ok(Evaluation { tally: tally_classes(task, &examples, names), predictions })
}

fn task_of(labels: TextPairLabels) -> &'static str {
    if labels == TextPairLabels::Entailment { "factuality" } else { "claim-pair" }
}

fn example(pair: &GoldTextPair, predicted: usize, probability: f64) -> ClassifiedExample {
    let n_words = columns::n_words(&pair.first) + columns::n_words(&pair.second);
    let is_quoted = columns::quoted(&format!("{}{}", pair.first, pair.second));
    ClassifiedExample {
        document: pair.document.clone(),
        columns: columns::with(&pair.columns, [columns::length(n_words), is_quoted]),
        gold: pair.label,
        predicted,
        probability: Some(probability),
    }
}

/// Of each pair the probabilities of `labels`.
fn probabilities(
    model: &dyn TextPairClassifier,
    labels: TextPairLabels,
    pairs: &[GoldTextPair],
) -> anyhow::Result<Vec<Vec<f64>>> {
    let batch: Vec<TextPair<'_>> = pairs
        .iter()
        .map(|pair| {
            let (first, mut second) = (words(&pair.first), words(&pair.second));
            if labels == TextPairLabels::Reports {
                second = excerpt(&first, &second);
            }
            TextPair { first, second }
        })
        .collect();
    let scores = model.score_text_pairs(&batch)?;
    let mut columns = [model.labels().require(Relation::Same.as_str())?; 3];
    for (column, relation) in columns.iter_mut().zip(Relation::ALL) {
        *column = model.labels().require(relation.as_str())?;
    }
    let row = |idx| columns.map(|column| f64::from(scores.get(idx, column)));
    Ok((0..pairs.len()).map(|idx| told(labels, row(idx))).collect())
}

/// What the relations of two texts tell of other labels. Sides are those of two
/// texts that are not unrelated; a text entails what says the same.
fn told(labels: TextPairLabels, [same, opposite, unrelated]: [f64; 3]) -> Vec<f64> {
    match labels {
        TextPairLabels::Sides => {
            let sum = (same + opposite).max(f64::MIN_POSITIVE);
            vec![same / sum, opposite / sum]
        }
        TextPairLabels::Entailment => vec![same, opposite + unrelated],
        _ => vec![same, opposite, unrelated],
    }
}

pub(super) fn words(text: &str) -> Vec<&str> {
    let spans = newstance_tokenize::words(text, Span::new(0, text.len()));
    spans.iter().map(|word| word.of(text)).collect()
}

#[cfg(test)]
mod tests {
    use newstance_corpus::gold::TextPairLabels;

    use super::told;
    use crate::evaluation::greatest;

    #[track_caller]
    fn check(labels: TextPairLabels, relations: [f64; 3], expected: &str) {
        assert_eq!(labels.names()[greatest(&told(labels, relations))], expected);
    }

    #[test]
    fn sides_do_not_count_what_is_unrelated() {
        check(TextPairLabels::Sides, [0.2, 0.1, 0.7], "supports");
        check(TextPairLabels::Relations, [0.2, 0.1, 0.7], "unrelated");
    }

    #[test]
    fn what_does_not_say_the_same_is_not_entailed() {
        check(TextPairLabels::Entailment, [0.4, 0.3, 0.3], "not-entailed");
        check(TextPairLabels::Entailment, [0.6, 0.1, 0.3], "entailed");
    }
}
