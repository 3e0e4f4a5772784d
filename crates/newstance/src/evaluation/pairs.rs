//! Tasks `stance-pair` and `stance-target`.

use std::path::Path;

use anyhow::{Context, bail};
use newstance_corpus::gold::{GoldPair, read_directed_pairs, read_target_pairs};
use newstance_doc::{Position, Span};
use newstance_eval::{ClassifiedExample, tally_classes};
use newstance_model::{HolderMark, PairInput, joined};
use newstance_pipeline::Annotator;
use rayon::prelude::*;

use super::{Evaluation, Prediction, columns, greatest};

/// The classes of a directed pair, as DSE names them.
const PAIR_LABELS: [&str; 5] =
    ["neutral", "p_supports_q", "q_supports_p", "p_opposes_q", "q_opposes_p"];

/// Scores directed pairs in sentences.
pub(super) fn evaluate_directed(annotator: &Annotator, path: &Path) -> anyhow::Result<Evaluation> {
    let pairs = read_directed_pairs(path)?;
    let score = |pair: &GoldPair| -> anyhow::Result<Vec<f64>> {
        let Some(first) = pair.first else { bail!("a directed pair has no first") };
        let forward = probabilities(annotator, &pair.text, Some(first), pair.second)?;
        let backward = probabilities(annotator, &pair.text, Some(pair.second), first)?;
        let [supports, neutral, opposes] = [0, 1, 2];
        // One of the two stands to the other, or neither does.
        let scores = [
            forward[neutral] * backward[neutral],
            forward[supports] * backward[neutral],
            forward[neutral] * backward[supports],
            forward[opposes] * backward[neutral],
            forward[neutral] * backward[opposes],
        ];
        let sum: f64 = scores.iter().sum();
        Ok(scores.map(|score| score / sum.max(f64::MIN_POSITIVE)).to_vec())
    };
    classify("stance-pair", &pairs, &PAIR_LABELS, score)
}

/// Scores stances of anyone toward a target.
pub(super) fn evaluate_targets(annotator: &Annotator, path: &Path) -> anyhow::Result<Evaluation> {
    let pairs = read_target_pairs(path)?;
    let labels = Position::ALL.map(Position::as_str);
    classify("stance-target", &pairs, &labels, |pair| {
        Ok(probabilities(annotator, &pair.text, None, pair.second)?.to_vec())
    })
}

fn classify(
    task: &str,
    pairs: &[GoldPair],
    labels: &[&str],
    score: impl Fn(&GoldPair) -> anyhow::Result<Vec<f64>> + Sync,
) -> anyhow::Result<Evaluation> {
    let scores: anyhow::Result<Vec<Vec<f64>>> = pairs.par_iter().map(&score).collect();
    let mut examples = Vec::with_capacity(pairs.len());
    let mut predictions = Vec::with_capacity(pairs.len());
    for (pair, scores) in pairs.iter().zip(scores?) {
        let gold = labels.iter().position(|label| *label == pair.label).with_context(|| {
            format!("{}: label `{}` is not one of {}", pair.key, pair.label, labels.join(", "))
        })?;
        let predicted = greatest(&scores);
        let length = columns::length(columns::n_words(&pair.text));
        let columns = columns::with(&pair.columns, [length, columns::quoted(&pair.text)]);
        let (document, probability) = (pair.document.clone(), Some(scores[predicted]));
        predictions.push(Prediction {
            document: document.clone(),
            key: pair.key.clone(),
            text: shown(pair),
            columns: columns.clone(),
            gold: Some(labels[gold].to_owned()),
            predicted: Some(labels[predicted].to_owned()),
            probability,
            is_right: gold == predicted,
        });
        examples.push(ClassifiedExample { document, columns, gold, predicted, probability });
    }
    Ok(Evaluation { tally: tally_classes(task, &examples, labels), predictions })
}

/// The sentence with its pair in brackets.
fn shown(pair: &GoldPair) -> String {
    let mut marks: Vec<Span> = pair.first.into_iter().chain([pair.second]).collect();
    marks.sort();
    let mut text = String::new();
    let mut at = 0;
    for span in marks {
        if span.start < at {
            continue;
        }
        text.push_str(Span::new(at, span.start).of(&pair.text));
        text.push('[');
        text.push_str(span.of(&pair.text));
        text.push(']');
        at = span.end;
    }
    text.push_str(Span::new(at, pair.text.len()).of(&pair.text));
    text
}

/// Probabilities of supports, neutral and opposes, holder to target.
fn probabilities(
    annotator: &Annotator,
    text: &str,
    holder: Option<Span>,
    target: Span,
) -> anyhow::Result<[f64; 3]> {
    let spans = newstance_tokenize::words(text, Span::new(0, text.len()));
    let range = |span: Span| {
        let start = spans.partition_point(|word| word.end <= span.start);
        start..spans.partition_point(|word| word.start < span.end)
    };
    let input = PairInput {
        words: spans.iter().map(|word| word.of(text)).collect(),
        joined: joined(&spans),
        holder: holder.map_or(HolderMark::Any, |holder| HolderMark::Words(range(holder))),
        target: range(target),
    };
    let model = annotator.stance_model();
    let scores = model.score_pairs(std::slice::from_ref(&input))?;
    let mut result = [0.0; 3];
    for (result, position) in result.iter_mut().zip(Position::ALL) {
        *result = f64::from(scores.get(0, model.labels().require(position.as_str())?));
    }
    Ok(result)
}

#[cfg(test)]
mod tests {
    use newstance_corpus::gold::{Columns, GoldPair};
    use newstance_doc::Span;

    use super::shown;

    #[test]
    fn a_pair_is_shown_in_brackets() {
        let pair = GoldPair {
            document: String::new(),
            key: String::new(),
            text: "Né hit Bo".to_owned(),
            first: Some(Span::new(0, 3)),
            second: Span::new(8, 10),
            label: String::new(),
            columns: Columns::new(),
        };
        assert_eq!(shown(&pair), "[Né] hit [Bo]");
    }
}
