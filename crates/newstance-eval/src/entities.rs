//! Entities: spans with a label.

use std::collections::BTreeMap;

use newstance_doc::Span;

use crate::calibration;
use crate::measure::{MODES, Measure};
use crate::overlap::credits;
use crate::tally::{Columns, Tally, Unit};

/// A span that names something.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entity {
    /// Where.
    pub span: Span,
    /// What.
    pub label: String,
}

/// An entity that was found.
#[derive(Clone, Debug, PartialEq)]
pub struct FoundEntity {
    /// What was found.
    pub entity: Entity,
    /// That it is right, `0.0..=1.0`, where the model says so.
    pub probability: Option<f64>,
}

/// The entities of one sentence, or of one whole document.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EntityExample {
    /// What the bootstrap draws.
    pub document: String,
    /// What the example can be sliced by.
    pub columns: Columns,
    /// What should be found.
    pub gold: Vec<Entity>,
    /// What was found.
    pub predicted: Vec<FoundEntity>,
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

/// Counts the entities with one of `labels`: strict precision, recall and F1,
/// micro (`f1`) and as the mean over classes (`macro_f1`), as seqeval's strict
/// mode; beside it nervaluate's four modes. An entity that occurs twice counts
/// once.
pub fn tally_entities(examples: &[EntityExample], labels: &[&str]) -> Tally {
    let measure =
        Measure::Entities { labels: labels.iter().map(|label| (*label).to_owned()).collect() };
    let units = examples.iter().map(|example| Unit {
        document: example.document.clone(),
        columns: example.columns.clone(),
        counts: count(example, labels, &measure),
    });
    Tally::new("ner", measure.clone(), units)
}

fn count(example: &EntityExample, labels: &[&str], measure: &Measure) -> Vec<f64> {
    let column = |entity: &Entity| labels.iter().position(|label| *label == entity.label);
    let mut gold: Vec<(&Entity, usize)> =
        example.gold.iter().filter_map(|entity| Some((entity, column(entity)?))).collect();
    gold.sort();
    gold.dedup();
    let mut found: BTreeMap<(&Entity, usize), Option<f64>> = BTreeMap::new();
    for FoundEntity { entity, probability } in &example.predicted {
        if let Some(column) = column(entity) {
            found.entry((entity, column)).or_insert(*probability);
        }
    }
    let mut counts = vec![0.0; measure.width()];
    let predicted: Vec<(&Entity, usize)> = found.keys().copied().collect();
    let n = labels.len() + 1;
    for (gold, predicted) in paired(&gold, &predicted) {
        let place = |side: Option<usize>| side.unwrap_or(labels.len());
        counts[place(gold) * n + place(predicted)] += 1.0;
    }
    let credits = credits(&gold, &predicted);
    counts[n * n..n * n + MODES.len()].copy_from_slice(&credits);
    let start = measure.calibration_start();
    for (entity, probability) in found {
        if let Some(probability) = probability {
            calibration::count(&mut counts[start..], probability, gold.contains(&entity));
        }
    }
    counts
}

/// Gold and predicted labels that belong together: equal entities, then those
/// of one span, then each alone.
fn paired(
    gold: &[(&Entity, usize)],
    predicted: &[(&Entity, usize)],
) -> Vec<(Option<usize>, Option<usize>)> {
    let is_equal = |a: &(&Entity, usize), b: &(&Entity, usize)| a == b;
    let is_there = |a: &(&Entity, usize), b: &(&Entity, usize)| a.0.span == b.0.span;
    let mut left: Vec<_> = predicted.to_vec();
    let mut alone: Vec<_> = gold.to_vec();
    let mut pairs = Vec::new();
    for belongs in [is_equal, is_there] {
        alone.retain(|entity| {
            let Some(idx) = left.iter().position(|other| belongs(entity, other)) else {
                return true;
            };
            pairs.push((Some(entity.1), Some(left.remove(idx).1)));
            false
        });
    }
    pairs.extend(alone.into_iter().map(|(_, column)| (Some(column), None)));
    pairs.extend(left.into_iter().map(|(_, column)| (None, Some(column))));
    pairs
}

#[cfg(test)]
mod tests {
    use newstance_doc::Span;

    use super::{EntityExample, FoundEntity, entities_of_tags, tally_entities};
    use crate::Report;

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

    fn report(gold: &str, predicted: &str, labels: &[&str]) -> Report {
        let read = |tags: &str| {
            let tokens = tags.split_whitespace().enumerate();
            entities_of_tags(tokens.map(|(idx, tag)| (Span::new(idx, idx + 1), tag)))
        };
        let found = |entity| FoundEntity { entity, probability: None };
        let predicted = read(predicted).into_iter().map(found).collect();
        let example = EntityExample { gold: read(gold), predicted, ..EntityExample::default() };
        tally_entities(&[example], labels).report()
    }

    #[test]
    fn an_end_that_is_off_by_one_is_wrong() {
        let report = report("B-PER I-PER O", "B-PER O O", &["PER"]);
        assert!(report.scores[0].value.abs() < 1e-9);
    }

    #[test]
    fn labels_that_are_not_asked_for_do_not_count() {
        let report = report("B-PER O B-MISC", "B-PER B-ORG O", &["PER", "ORG"]);
        // One of two found is right, all of one is found.
        assert!((report.score("precision").unwrap().value - 50.0).abs() < 1e-9);
        assert!((report.score("recall").unwrap().value - 100.0).abs() < 1e-9);
        assert_eq!(report.classes[1].support, 0);
    }

    #[test]
    fn the_confusion_tells_another_label_from_another_place() {
        let report = report("B-PER B-ORG O", "B-ORG O B-ORG", &["PER", "ORG"]);
        let confusion = report.confusion.unwrap();
        assert_eq!(confusion.labels, ["PER", "ORG", "nothing"]);
        assert_eq!(confusion.counts, [[0, 1, 0], [0, 0, 1], [0, 1, 0]]);
    }
}
