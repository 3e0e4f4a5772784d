//! The scores are those of seqeval, of nervaluate, of scikit-learn, and of the
//! definition of attribution matching written down in Python
//! (`fixtures/make_agreement.py`).

#![expect(clippy::unwrap_used, reason = "helpers of tests stop where a test would")]

use std::{fs, path::Path};

use newstance_doc::{Span, rows::CharSpan};
use newstance_eval::{
    AttributionDocument, AttributionExample, AttributionSpans, ClassScore, ClassifiedExample,
    Columns, EntityExample, FoundEntity, Report, entities_of_tags, tally_attributions,
    tally_classes, tally_entities,
};
use proptest::{collection::vec, prelude::*};
use serde_json::Value;

fn cases(name: &str, at_least: usize) -> Vec<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/agreement.json");
    let all: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let cases = all[name].as_array().unwrap().clone();
    assert!(cases.len() >= at_least);
    cases
}

#[track_caller]
fn check_score(report: &Report, name: &str, expected: &Value) {
    let (found, expected) = (report.score(name).unwrap().value, expected.as_f64().unwrap());
    assert!((found - 100.0 * expected).abs() < 1e-9, "{name}: {found}, not {expected} of 1");
}

/// `expected` holds precision, recall, F1 and support.
#[track_caller]
fn check_class(class: &ClassScore, expected: &Value) {
    let found = [class.precision, class.recall, class.f1];
    for (found, expected) in found.iter().zip(expected.as_array().unwrap()) {
        let expected = 100.0 * expected.as_f64().unwrap();
        assert!((found - expected).abs() < 1e-9, "{class:?}: {expected}");
    }
    assert_eq!(Some(class.support), expected[3].as_u64(), "{class:?}");
}

fn indices(list: &Value) -> Vec<usize> {
    list.as_array().unwrap().iter().map(|n| n.as_u64().unwrap().try_into().unwrap()).collect()
}

#[test]
fn entities_score_as_in_seqeval_and_nervaluate() {
    let read = |tags: &Value| {
        let tags = tags.as_str().unwrap().split(' ');
        entities_of_tags(tags.enumerate().map(|(idx, tag)| (Span::new(idx, idx + 1), tag)))
    };
    for case in cases("entities", 200) {
        let (gold, predicted) = (case["gold"].as_array(), case["predicted"].as_array());
        let found = |entity| FoundEntity { entity, probability: None };
        let examples: Vec<_> = gold
            .unwrap()
            .iter()
            .zip(predicted.unwrap())
            .map(|(gold, tags)| EntityExample {
                gold: read(gold),
                predicted: read(tags).into_iter().map(found).collect(),
                ..EntityExample::default()
            })
            .collect();
        let report = tally_entities(&examples, &["LOC", "ORG", "PER"]).report();
        check_score(&report, "precision", &case["micro"][0]);
        check_score(&report, "recall", &case["micro"][1]);
        check_score(&report, "f1", &case["micro"][2]);
        check_score(&report, "macro_f1", &case["macro_f1"]);
        for class in &report.classes {
            check_class(class, &case["classes"][&class.label]);
        }
        for mode in ["strict", "exact", "partial", "type"] {
            for (idx, score) in ["f1", "precision", "recall"].iter().enumerate() {
                let name = format!("{score}_nervaluate_{mode}");
                check_score(&report, &name, &case["modes"][mode][idx]);
            }
        }
    }
}

#[test]
fn classes_score_as_in_scikit_learn() {
    for case in cases("classes", 200) {
        let (gold, predicted) = (indices(&case["gold"]), indices(&case["predicted"]));
        let examples: Vec<_> =
            gold.into_iter().zip(predicted).enumerate().map(|(idx, of)| example(idx, of)).collect();
        let n_labels = usize::try_from(case["labels"].as_u64().unwrap()).unwrap();
        let report =
            tally_classes("any", &examples, &["a", "b", "c", "d", "e"][..n_labels]).report();
        check_score(&report, "macro_f1", &case["macro_f1"]);
        check_score(&report, "accuracy", &case["accuracy"]);
        for (class, expected) in report.classes.iter().zip(case["classes"].as_array().unwrap()) {
            check_class(class, expected);
        }
        assert_eq!(
            serde_json::to_value(report.confusion.unwrap().counts).unwrap(),
            case["confusion"]
        );
    }
}

/// An example of one of several documents.
fn example(idx: usize, (gold, predicted): (usize, usize)) -> ClassifiedExample {
    let document = (idx / 4).to_string();
    ClassifiedExample { document, gold, predicted, ..ClassifiedExample::default() }
}

#[test]
fn probabilities_are_held_to_scikit_learns_table_and_to_the_debiased_error() {
    for case in cases("calibration", 200) {
        let said = case["probability"].as_array().unwrap().iter().map(|p| p.as_f64().unwrap());
        let right = indices(&case["right"]);
        let examples: Vec<_> = right
            .into_iter()
            .zip(said)
            .enumerate()
            .map(|(idx, (right, probability))| ClassifiedExample {
                probability: Some(probability),
                ..example(idx, (1, right))
            })
            .collect();
        let report = tally_classes("any", &examples, &["a", "b"]).report();
        check_score(&report, "calibration_error", &case["error"]);
        let table = case["table"].as_array().unwrap();
        assert_eq!(table.len(), report.reliability.len());
        for (bin, expected) in report.reliability.iter().zip(table) {
            for (found, expected) in [bin.said, bin.right].iter().zip(expected.as_array().unwrap())
            {
                assert!((found - 100.0 * expected.as_f64().unwrap()).abs() < 1e-9, "{bin:?}");
            }
        }
    }
}

#[test]
fn attributions_score_as_their_definition() {
    let read = |list: &Value| -> Vec<AttributionExample> {
        let pairs: Vec<(CharSpan, Option<CharSpan>)> =
            serde_json::from_value(list.clone()).unwrap();
        pairs.into_iter().map(|(content, source)| attribution(content, source)).collect()
    };
    for case in cases("attributions", 24) {
        let documents = case["documents"].as_array().unwrap().iter().enumerate();
        let documents: Vec<_> = documents
            .map(|(idx, both)| AttributionDocument {
                id: idx.to_string(),
                gold: read(&both[0]),
                predicted: read(&both[1]),
                ..AttributionDocument::default()
            })
            .collect();
        let report = tally_attributions(&documents).report();
        for level in ["80", "30", "exact"] {
            let expected = &case["scores"][level];
            for (idx, score) in ["f1", "precision", "recall", "source"].iter().enumerate() {
                check_score(&report, &format!("{score}_{level}"), &expected[idx]);
            }
        }
    }
}

fn attribution(content: CharSpan, source: Option<CharSpan>) -> AttributionExample {
    let spans = AttributionSpans { content, source };
    AttributionExample { spans, columns: Columns::new(), probability: None }
}

fn examples() -> impl Strategy<Value = Vec<ClassifiedExample>> {
    let classes = (0..3usize, 0..3usize);
    vec((0..20usize, classes), 1..40)
        .prop_map(|rows| rows.into_iter().map(|(idx, classes)| example(idx, classes)).collect())
}

fn attributions() -> impl Strategy<Value = Vec<AttributionExample>> {
    let example = (0..200u64, 1..40u64).prop_map(|(start_char, len)| {
        let source = Some(CharSpan { start_char: 0, end_char: len });
        attribution(CharSpan { start_char, end_char: start_char + len }, source)
    });
    vec(example, 1..8)
}

const LABELS: [&str; 3] = ["a", "b", "c"];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn scores_are_per_cents_and_intervals_are_in_order(examples in examples()) {
        for score in tally_classes("any", &examples, &LABELS).report().scores {
            prop_assert!((0.0..=100.0).contains(&score.value), "{score:?}");
            prop_assert!(0.0 <= score.low && score.low <= score.high && score.high <= 100.0);
        }
    }

    #[test]
    fn the_order_of_examples_changes_nothing(mut examples in examples()) {
        let before = tally_classes("any", &examples, &LABELS).report();
        examples.reverse();
        prop_assert_eq!(before, tally_classes("any", &examples, &LABELS).report());
    }

    #[test]
    fn exchanging_gold_and_predictions_keeps_macro_f1(examples in examples()) {
        let exchange = |example: &ClassifiedExample| {
            let (gold, predicted) = (example.predicted, example.gold);
            ClassifiedExample { gold, predicted, ..example.clone() }
        };
        let exchanged: Vec<_> = examples.iter().map(exchange).collect();
        let one = tally_classes("any", &examples, &LABELS).report();
        let other = tally_classes("any", &exchanged, &LABELS).report();
        prop_assert_eq!(one.scores, other.scores);
    }

    #[test]
    fn what_equals_the_gold_scores_a_hundred(gold in attributions()) {
        let document =
            AttributionDocument { predicted: gold.clone(), gold, ..AttributionDocument::default() };
        let report = tally_attributions(&[document]).report();
        prop_assert!((report.score("f1_exact").unwrap().value - 100.0).abs() < 1e-9, "{}", report);
        prop_assert!((report.score("f1_80").unwrap().value - 100.0).abs() < 1e-9, "{}", report);
    }
}
