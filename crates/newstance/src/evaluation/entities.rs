//! Task `ner`. The one table from the schemes of labelled data to ours is here.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::Context;
use newstance_corpus::gold::{self, GoldEntities, GoldToken};
use newstance_doc::{Article, Field, Sentence, Span};
use newstance_eval::{Entity, EntityExample, FoundEntity, entities_of_tags, tally_entities};
use newstance_model::bio;
use newstance_pipeline::Annotator;
use rayon::prelude::*;

use super::{Evaluation, Prediction, columns};

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

/// A gold document with its entities, whatever the form of its file.
struct Marked<'g> {
    document: &'g GoldEntities,
    entities: Vec<Entity>,
}

impl<'g> Marked<'g> {
    fn new(document: &'g GoldEntities, with_nested: bool) -> Self {
        let of_tokens = |tokens: &Vec<GoldToken>| {
            let outer = tokens.iter().map(|token| (token.span, token.tag.as_str()));
            let mut entities = entities_of_tags(outer);
            let n_nested = tokens.iter().map(|token| token.nested.len()).max().unwrap_or(0);
            for column in (0..n_nested).filter(|_| with_nested) {
                let tags = tokens.iter().map(|token| {
                    (token.span, token.nested.get(column).map_or("O", String::as_str))
                });
                entities.extend(entities_of_tags(tags));
            }
            entities
        };
        let mut entities: Vec<Entity> = document.sentences.iter().flat_map(of_tokens).collect();
        entities.extend(
            document.entities.iter().map(|e| Entity { span: e.span, label: e.label.clone() }),
        );
        Self { document, entities }
    }
}

/// Scores what the entity head finds; `with_nested` counts entities within
/// others, too.
pub(super) fn evaluate(
    annotator: &Annotator,
    path: &Path,
    with_nested: bool,
) -> anyhow::Result<Evaluation> {
    let documents = gold::read_entities(path)?;
    let marked: Vec<Marked<'_>> =
        documents.iter().map(|document| Marked::new(document, with_nested)).collect();
    // A scheme without NORP has it within MISC (CoNLL-2003).
    let mut labels = marked.iter().flat_map(|m| &m.entities).map(|entity| &entity.label);
    let norp_is_misc = !labels.any(|label| label == "NORP");
    let last = if norp_is_misc { "MISC" } else { "NORP" };
    let scored: anyhow::Result<Vec<Vec<EntityExample>>> =
        marked.par_iter().map(|marked| examples_of(annotator, marked, norp_is_misc)).collect();
    let scored = scored?;
    let predictions = documents.iter().zip(&scored);
    let predictions = predictions
        .flat_map(|(document, examples)| examples.iter().flat_map(|e| predictions_of(document, e)))
        .collect();
    let labels = ["PER", "ORG", "LOC", last];
    let mut tally = tally_entities(&scored.concat(), &labels);
    if with_nested {
        tally = tally.renamed("ner-nested");
    }
    Ok(Evaluation { tally, predictions })
}

fn sentences_of(article: &Article, document: &GoldEntities) -> Vec<Sentence> {
    if document.sentences.is_empty() {
        return newstance_tokenize::sentences(&article.text, Field::Text);
    }
    let sentences = document.sentences.iter().enumerate().filter_map(|(paragraph, tokens)| {
        let tokens = tokens.iter().map(|token| token.span);
        let words = tokens.flat_map(|token| newstance_tokenize::words(&article.text, token));
        let words: Vec<Span> = words.collect();
        let span = Span::hull_of(&words)?;
        Some(Sentence { field: Field::Text, span, paragraph, words })
    });
    sentences.collect()
}

/// One example a sentence; what crosses sentences belongs to the first.
fn examples_of(
    annotator: &Annotator,
    marked: &Marked<'_>,
    norp_is_misc: bool,
) -> anyhow::Result<Vec<EntityExample>> {
    let document = marked.document;
    let article = Article::plain(document.id.as_str(), document.text.as_str());
    let words = annotator.tag_sentences(&article, sentences_of(&article, document))?;
    let wire = columns::wire(&document.text);
    let example = |sentence: &Sentence| EntityExample {
        document: document.id.clone(),
        columns: columns::with(
            &document.columns,
            [
                wire.clone(),
                columns::length(sentence.words.len()),
                columns::quoted(sentence.span.of(&document.text)),
            ],
        ),
        ..EntityExample::default()
    };
    let mut examples: Vec<EntityExample> = words.sentences.iter().map(example).collect();
    let place =
        |span: Span| words.sentences.partition_point(|sentence| sentence.span.end <= span.start);
    let ours = |span: Span, label: &str| {
        let label = entity_label(label, norp_is_misc)?;
        Some(Entity { span, label: label.to_owned() })
    };
    for entity in &marked.entities {
        let Some(entity) = ours(entity.span, &entity.label) else { continue };
        let idx = place(entity.span).min(examples.len().saturating_sub(1));
        examples.get_mut(idx).context("a document has no sentences")?.gold.push(entity);
    }
    let entities = words.entities();
    let sentences = words.sentences.iter().zip(entities.sentences).zip(&mut examples);
    for ((sentence, scores), example) in sentences {
        for found in bio::decode(scores, entities.labels)? {
            let span = Span::hull_of(&sentence.words[found.words]);
            let span = span.context("a found entity has words")?;
            let probability = Some(f64::from(found.probability));
            let entity = ours(span, found.label);
            example.predicted.extend(entity.map(|entity| FoundEntity { entity, probability }));
        }
    }
    Ok(examples)
}

/// Gold entities with what was found there, then what else was found.
fn predictions_of(document: &GoldEntities, example: &EntityExample) -> Vec<Prediction> {
    let gold: BTreeSet<&Entity> = example.gold.iter().collect();
    let found_at = |span: Span| example.predicted.iter().find(|found| found.entity.span == span);
    let line = |span: Span, gold: Option<&str>, found: Option<&FoundEntity>| Prediction {
        document: example.document.clone(),
        key: format!("{}:{}-{}", example.document, span.start, span.end),
        text: span.of(&document.text).to_owned(),
        columns: example.columns.clone(),
        gold: gold.map(str::to_owned),
        predicted: found.map(|found| found.entity.label.clone()),
        probability: found.and_then(|found| found.probability),
        is_right: gold.is_some() && gold == found.map(|found| found.entity.label.as_str()),
    };
    let mut lines: Vec<Prediction> =
        gold.iter().map(|e| line(e.span, Some(&e.label), found_at(e.span))).collect();
    let is_extra = |found: &&FoundEntity| !gold.iter().any(|e| e.span == found.entity.span);
    lines.extend(
        example.predicted.iter().filter(is_extra).map(|f| line(f.entity.span, None, Some(f))),
    );
    lines
}

#[cfg(test)]
mod tests {
    use super::entity_label;

    #[test]
    fn schemes_are_mapped_once() {
        assert_eq!(entity_label("Facility", false), Some("LOC"));
        assert_eq!(entity_label("NORP", true), Some("MISC"));
        assert_eq!(entity_label("NORP", false), Some("NORP"));
        assert_eq!(entity_label("Misc", false), None);
        assert_eq!(entity_label("Money", false), None);
    }
}
