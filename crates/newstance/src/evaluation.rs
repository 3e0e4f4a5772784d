//! Models against gold: what the pipeline finds, in the form that
//! `newstance-eval` scores. The one table from the schemes of labelled data to
//! ours is here.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, bail};
use newstance_corpus::gold::{
    self, GoldAttributions, GoldEntities, GoldPair, read_directed_pairs, read_target_pairs,
};
use newstance_doc::rows::CharSpan;
use newstance_doc::{Article, CharOffsets, Field, Position, Sentence, Span};
use newstance_eval::{
    AttributionDocument, AttributionSpans, ClassifiedDocument, Entity, EntityDocument, Report,
    entities_of_tags, score_attribution, score_classes, score_entities,
};
use newstance_model::{HolderMark, PairInput, bio};
use newstance_pipeline::Annotator;
use rayon::prelude::*;

use crate::args::Task;

/// Scores `task` on the data at `path`.
pub(crate) fn evaluate(annotator: &Annotator, task: Task, path: &Path) -> anyhow::Result<Report> {
    match task {
        Task::Ner => evaluate_entities(annotator, path),
        Task::Attribution => evaluate_attribution(annotator, path),
        Task::StancePair => evaluate_pairs(annotator, path),
        Task::StanceTarget => evaluate_targets(annotator, path),
    }
}

/// An article that is nothing but a text.
fn article(id: &str, text: &str) -> Article {
    Article {
        id: id.to_owned(),
        title: String::new(),
        text: text.to_owned(),
        date: None,
        date_raw: None,
        outlet: None,
        authors: Vec::new(),
        url: None,
        language: None,
        extra: None,
    }
}

/// Label of a scheme -> ours. Where a scheme keeps NORP within MISC, so do we.
fn entity_label(label: &str, norp_is_misc: bool) -> Option<&'static str> {
    match label {
        "PER" | "Person" | "PERSON" => Some("PER"),
        "ORG" | "Organization" => Some("ORG"),
        "LOC" | "GPE" | "Location" | "Facility" | "FAC" => Some("LOC"),
        "NORP" | "MISC" | "Misc" if norp_is_misc => Some("MISC"),
        "NORP" => Some("NORP"),
        _ => None,
    }
}

fn evaluate_entities(annotator: &Annotator, path: &Path) -> anyhow::Result<Report> {
    let documents = gold::read_entities(path)?;
    // A scheme without NORP has it within MISC (CoNLL-2003).
    let mut tags = documents.iter().flat_map(|d| d.sentences.iter().flatten()).map(|t| &t.tag);
    let norp_is_misc = !tags.any(|tag| tag.ends_with("NORP"));
    let last = if norp_is_misc { "MISC" } else { "NORP" };
    let scored: anyhow::Result<Vec<EntityDocument>> = documents
        .par_iter()
        .map(|document| entity_document(annotator, document, norp_is_misc))
        .collect();
    Ok(score_entities(&scored?, &["PER", "ORG", "LOC", last]))
}

fn entity_document(
    annotator: &Annotator,
    document: &GoldEntities,
    norp_is_misc: bool,
) -> anyhow::Result<EntityDocument> {
    let article = article(&document.id, &document.text);
    let sentences = document.sentences.iter().enumerate().filter_map(|(paragraph, tokens)| {
        let tokens = tokens.iter().map(|token| token.span);
        let words = tokens.flat_map(|token| newstance_tokenize::words(&article.text, token));
        let words: Vec<Span> = words.collect();
        let span = Span::hull_of(&words)?;
        Some(Sentence { field: Field::Text, span, paragraph, words })
    });
    let words = annotator.tag_sentences(&article, sentences.collect())?;
    let mut result = EntityDocument::default();
    let mut keep = |into: fn(&mut EntityDocument) -> &mut Vec<Entity>, span: Span, label: &str| {
        if let Some(label) = entity_label(label, norp_is_misc) {
            into(&mut result).push(Entity { span, label: label.to_owned() });
        }
    };
    for tokens in &document.sentences {
        let tags = tokens.iter().map(|token| (token.span, token.tag.as_str()));
        for entity in entities_of_tags(tags) {
            keep(|d| &mut d.gold, entity.span, &entity.label);
        }
    }
    let entities = words.entities();
    for (sentence, scores) in words.sentences.iter().zip(entities.sentences) {
        for found in bio::decode(scores, entities.labels)? {
            let span = Span::hull_of(&sentence.words[found.words]);
            keep(|d| &mut d.predicted, span.context("a found entity has words")?, found.label);
        }
    }
    Ok(result)
}

fn evaluate_attribution(annotator: &Annotator, path: &Path) -> anyhow::Result<Report> {
    let documents = gold::read_attributions(path)?;
    let scored: anyhow::Result<Vec<AttributionDocument>> =
        documents.par_iter().map(|document| attribution_document(annotator, document)).collect();
    Ok(score_attribution(&scored?))
}

fn attribution_document(
    annotator: &Annotator,
    document: &GoldAttributions,
) -> anyhow::Result<AttributionDocument> {
    let article = article(&document.id, &document.text);
    let words = annotator.tag(&article)?;
    let statements = annotator.statements(&article, &words)?;
    let offsets = CharOffsets::new(&document.text);
    let spans = |content: &[Span], source: &[Span]| {
        let chars = |spans: &[Span]| {
            let (start, end) = offsets.span(Span::hull_of(spans)?);
            Some(CharSpan { start_char: start as u64, end_char: end as u64 })
        };
        Some(AttributionSpans { content: chars(content)?, source: chars(source) })
    };
    let gold = document.attributions.iter().filter_map(|a| spans(&a.content, &a.source));
    let predicted = statements.iter().filter_map(|s| spans(&s.content, &s.source));
    Ok(AttributionDocument { gold: gold.collect(), predicted: predicted.collect() })
}

/// The classes of a directed pair, as DSE names them.
const PAIR_LABELS: [&str; 5] =
    ["neutral", "p_supports_q", "q_supports_p", "p_opposes_q", "q_opposes_p"];

fn evaluate_pairs(annotator: &Annotator, path: &Path) -> anyhow::Result<Report> {
    let pairs = read_directed_pairs(path)?;
    let decide = |pair: &GoldPair| -> anyhow::Result<usize> {
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
        Ok(greatest(&scores))
    };
    classify("stance-pair", &pairs, &PAIR_LABELS, decide)
}

fn evaluate_targets(annotator: &Annotator, path: &Path) -> anyhow::Result<Report> {
    let pairs = read_target_pairs(path)?;
    let labels = Position::ALL.map(Position::as_str);
    classify("stance-target", &pairs, &labels, |pair| {
        Ok(greatest(&probabilities(annotator, &pair.text, None, pair.second)?))
    })
}

fn classify(
    task: &str,
    pairs: &[GoldPair],
    labels: &[&str],
    decide: impl Fn(&GoldPair) -> anyhow::Result<usize> + Sync,
) -> anyhow::Result<Report> {
    let predicted: anyhow::Result<Vec<usize>> = pairs.par_iter().map(&decide).collect();
    let mut documents: BTreeMap<&str, ClassifiedDocument> = BTreeMap::new();
    for (pair, predicted) in pairs.iter().zip(predicted?) {
        let gold = labels.iter().position(|label| *label == pair.label).with_context(|| {
            format!("label `{}` is not one of {}", pair.label, labels.join(", "))
        })?;
        documents.entry(&pair.document).or_default().examples.push((gold, predicted));
    }
    let documents: Vec<ClassifiedDocument> = documents.into_values().collect();
    Ok(score_classes(task, &documents, labels))
}

/// Probabilities of supports, neutral and opposes, holder to target.
fn probabilities(
    annotator: &Annotator,
    text: &str,
    holder: Option<Span>,
    target: Span,
) -> anyhow::Result<[f32; 3]> {
    let spans = newstance_tokenize::words(text, Span::new(0, text.len()));
    let range = |span: Span| {
        let start = spans.partition_point(|word| word.end <= span.start);
        start..spans.partition_point(|word| word.start < span.end)
    };
    let input = PairInput {
        words: spans.iter().map(|word| word.of(text)).collect(),
        holder: holder.map_or(HolderMark::Any, |holder| HolderMark::Words(range(holder))),
        target: range(target),
    };
    let model = annotator.stance_model();
    let scores = model.score_pairs(std::slice::from_ref(&input))?;
    let mut result = [0.0; 3];
    for (result, position) in result.iter_mut().zip(Position::ALL) {
        *result = scores.get(0, model.labels().require(position.as_str())?);
    }
    Ok(result)
}

/// The first of the greatest.
fn greatest(scores: &[f32]) -> usize {
    (0..scores.len()).fold(0, |best, idx| if scores[idx] > scores[best] { idx } else { best })
}

#[cfg(test)]
mod tests {
    use super::{entity_label, greatest};

    #[test]
    fn schemes_are_mapped_once() {
        assert_eq!(entity_label("Facility", false), Some("LOC"));
        assert_eq!(entity_label("NORP", true), Some("MISC"));
        assert_eq!(entity_label("NORP", false), Some("NORP"));
        assert_eq!(entity_label("Misc", false), None);
        assert_eq!(entity_label("Money", false), None);
    }

    #[test]
    fn of_equals_the_first_is_taken() {
        assert_eq!(greatest(&[0.2, 0.4, 0.4]), 1);
    }
}
