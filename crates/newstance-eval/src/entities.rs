//! Entities: a span counts only with its exact ends and its label.

use std::collections::{BTreeMap, BTreeSet};

use newstance_doc::Span;

use crate::Counts;
use crate::bootstrap::{self, sum};
use crate::report::{ClassScore, Report};

/// A span that names something.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entity {
    /// Where.
    pub span: Span,
    /// What.
    pub label: String,
}

/// One document's entities.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EntityDocument {
    /// What should be found.
    pub gold: Vec<Entity>,
    /// What was found.
    pub predicted: Vec<Entity>,
}

/// The entities of a sentence's tags, as seqeval's strict IOB2 reads them: an
/// entity begins at `B-X` only and goes on over `I-X`; any other `I-` is part
/// of none.
pub fn entities_of_tags<'t>(tokens: impl Iterator<Item = (Span, &'t str)>) -> Vec<Entity> {
    let mut entities: Vec<Entity> = Vec::new();
    let mut open = false;
    for (span, tag) in tokens {
        if let Some(label) = tag.strip_prefix("B-") {
            entities.push(Entity { span, label: label.to_owned() });
            open = true;
            continue;
        }
        let inside = tag.strip_prefix("I-");
        match entities.last_mut() {
            Some(entity) if open && inside == Some(&entity.label) => {
                entity.span = entity.span.hull(span);
            }
            _ => open = false,
        }
    }
    entities
}

/// Strict precision, recall and F1 over the entities with one of `labels`,
/// micro (`f1`) and as the mean over classes (`macro_f1`).
pub fn score_entities(documents: &[EntityDocument], labels: &[&str]) -> Report {
    let columns: BTreeMap<&str, usize> =
        labels.iter().enumerate().map(|(idx, label)| (*label, 3 * idx)).collect();
    let counts: Vec<Vec<f64>> = documents.iter().map(|d| count(d, &columns)).collect();
    let width = 3 * labels.len();
    let scores = bootstrap::scores(&["f1", "precision", "recall", "macro_f1"], &counts, |total| {
        let all = (0..labels.len()).fold(vec![0.0; 3], |mut all, idx| {
            (0..3).for_each(|part| all[part] += total.get(3 * idx + part).unwrap_or(&0.0));
            all
        });
        let all = Counts::from_slice(&all);
        vec![all.f1(), all.precision(), all.recall(), macro_f1(total)]
    });
    let total = sum(width, counts.iter());
    let classes: Vec<ClassScore> = labels
        .iter()
        .zip(total.chunks_exact(3))
        .map(|(label, counts)| class_score(label, Counts::from_slice(counts)))
        .collect();
    Report {
        task: "ner".to_owned(),
        n_documents: documents.len(),
        n_examples: classes.iter().map(|class| class.support).sum(),
        scores,
        classes,
        confusion: None,
    }
}

#[expect(clippy::cast_precision_loss, reason = "a handful of classes")]
fn macro_f1(total: &[f64]) -> f64 {
    let f1: Vec<f64> = total.chunks_exact(3).map(|c| Counts::from_slice(c).f1()).collect();
    f1.iter().sum::<f64>() / (f1.len().max(1) as f64)
}

fn count(document: &EntityDocument, columns: &BTreeMap<&str, usize>) -> Vec<f64> {
    let gold: BTreeSet<&Entity> = document.gold.iter().collect();
    let predicted: BTreeSet<&Entity> = document.predicted.iter().collect();
    let mut counts = vec![0.0; 3 * columns.len()];
    let mut add = |entity: &Entity, part: usize| {
        if let Some(column) = columns.get(entity.label.as_str()) {
            counts[column + part] += 1.0;
        }
    };
    for entity in gold.intersection(&predicted) {
        add(entity, 0);
    }
    for entity in &predicted {
        add(entity, 1);
    }
    for entity in &gold {
        add(entity, 2);
    }
    counts
}

/// A class in per cent.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "counts are whole")]
pub(crate) fn class_score(label: &str, counts: Counts) -> ClassScore {
    ClassScore {
        label: label.to_owned(),
        precision: 100.0 * counts.precision(),
        recall: 100.0 * counts.recall(),
        f1: 100.0 * counts.f1(),
        support: counts.gold as u64,
    }
}

#[cfg(test)]
mod tests {
    use newstance_doc::Span;

    use super::{EntityDocument, entities_of_tags, score_entities};

    #[track_caller]
    fn check(tags: &str, expected: &str) {
        let tokens =
            tags.split_whitespace().enumerate().map(|(idx, tag)| (Span::new(idx, idx + 1), tag));
        let found: Vec<String> = entities_of_tags(tokens)
            .iter()
            .map(|e| format!("{}-{}:{}", e.span.start, e.span.end, e.label))
            .collect();
        assert_eq!(found.join(" "), expected);
    }

    #[test]
    fn only_b_begins_an_entity() {
        check("B-PER I-PER O B-PER B-PER", "0-2:PER 3-4:PER 4-5:PER");
        check("I-PER O I-ORG", "");
        check("B-PER I-ORG I-ORG I-PER", "0-1:PER");
        check("B-PER O I-PER", "0-1:PER");
    }

    fn document(gold: &str, predicted: &str) -> EntityDocument {
        let read = |tags: &str| {
            let tokens = tags.split_whitespace().enumerate();
            entities_of_tags(tokens.map(|(idx, tag)| (Span::new(idx, idx + 1), tag)))
        };
        EntityDocument { gold: read(gold), predicted: read(predicted) }
    }

    #[test]
    fn an_end_that_is_off_by_one_is_wrong() {
        let report = score_entities(&[document("B-PER I-PER O", "B-PER O O")], &["PER"]);
        assert!(report.scores[0].value.abs() < 1e-9);
    }

    #[test]
    fn labels_that_are_not_asked_for_do_not_count() {
        let documents = [document("B-PER O B-MISC", "B-PER B-ORG O")];
        let report = score_entities(&documents, &["PER", "ORG"]);
        // One of two found is right, all of one is found.
        assert!((report.score("precision").unwrap().value - 50.0).abs() < 1e-9);
        assert!((report.score("recall").unwrap().value - 100.0).abs() < 1e-9);
        assert_eq!(report.classes[1].support, 0);
    }
}
