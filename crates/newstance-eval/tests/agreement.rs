//! The scores are those of seqeval, of scikit-learn, and of the definition of
//! attribution matching written down in Python (`fixtures/make_agreement.py`).

#![expect(clippy::unwrap_used, reason = "helpers of tests stop where a test would")]

use std::{fs, path::Path};

use newstance_doc::{Span, rows::CharSpan};
use newstance_eval::{
    AttributionDocument, AttributionSpans, ClassScore, ClassifiedDocument, EntityDocument, Report,
    entities_of_tags, score_attribution, score_classes, score_entities,
};
use proptest::{collection::vec, prelude::*};
use serde_json::Value;

fn cases(name: &str) -> Vec<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/agreement.json");
    let all: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let cases = all[name].as_array().unwrap().clone();
    assert!(cases.len() >= 24);
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
fn entities_score_as_in_seqeval() {
    let read = |tags: &Value| {
        let tags = tags.as_array().unwrap().iter().map(|tag| tag.as_str().unwrap());
        entities_of_tags(tags.enumerate().map(|(idx, tag)| (Span::new(idx, idx + 1), tag)))
    };
    for case in cases("entities") {
        let (gold, predicted) = (case["gold"].as_array(), case["predicted"].as_array());
        let documents: Vec<_> = gold
            .unwrap()
            .iter()
            .zip(predicted.unwrap())
            .map(|(gold, found)| EntityDocument { gold: read(gold), predicted: read(found) })
            .collect();
        let report = score_entities(&documents, &["LOC", "ORG", "PER"]);
        check_score(&report, "precision", &case["micro"][0]);
        check_score(&report, "recall", &case["micro"][1]);
        check_score(&report, "f1", &case["micro"][2]);
        check_score(&report, "macro_f1", &case["macro_f1"]);
        for class in &report.classes {
            check_class(class, &case["classes"][&class.label]);
        }
    }
}

#[test]
fn classes_score_as_in_scikit_learn() {
    for case in cases("classes") {
        let (gold, predicted) = (indices(&case["gold"]), indices(&case["predicted"]));
        let examples: Vec<_> = gold.into_iter().zip(predicted).collect();
        let documents: Vec<_> =
            examples.chunks(4).map(|few| ClassifiedDocument { examples: few.to_vec() }).collect();
        let labels =
            &["a", "b", "c", "d", "e"][..indices(&Value::from(vec![case["labels"].clone()]))[0]];
        let report = score_classes("any", &documents, labels);
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

#[test]
fn attributions_score_as_their_definition() {
    let read = |list: &Value| -> Vec<AttributionSpans> {
        let pairs: Vec<(CharSpan, Option<CharSpan>)> =
            serde_json::from_value(list.clone()).unwrap();
        pairs.into_iter().map(|(content, source)| AttributionSpans { content, source }).collect()
    };
    for case in cases("attributions") {
        let documents: Vec<_> = case["documents"]
            .as_array()
            .unwrap()
            .iter()
            .map(|both| AttributionDocument { gold: read(&both[0]), predicted: read(&both[1]) })
            .collect();
        let report = score_attribution(&documents);
        for level in ["80", "30", "exact"] {
            let expected = &case["scores"][level];
            for (idx, score) in ["f1", "precision", "recall", "source"].iter().enumerate() {
                check_score(&report, &format!("{score}_{level}"), &expected[idx]);
            }
        }
    }
}

fn document() -> impl Strategy<Value = ClassifiedDocument> {
    vec((0..3usize, 0..3usize), 0..8).prop_map(|examples| ClassifiedDocument { examples })
}

fn spans() -> impl Strategy<Value = Vec<AttributionSpans>> {
    let span = (0..200u64, 1..40u64).prop_map(|(start_char, len)| AttributionSpans {
        content: CharSpan { start_char, end_char: start_char + len },
        source: Some(CharSpan { start_char: 0, end_char: len }),
    });
    vec(span, 1..8)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn scores_are_per_cents_and_intervals_are_in_order(documents in vec(document(), 1..8)) {
        for score in score_classes("any", &documents, &["a", "b", "c"]).scores {
            prop_assert!((0.0..=100.0).contains(&score.value), "{score:?}");
            prop_assert!(0.0 <= score.low && score.low <= score.high && score.high <= 100.0);
        }
    }

    #[test]
    fn the_order_of_documents_does_not_change_a_score(mut documents in vec(document(), 1..8)) {
        let values = |documents: &[ClassifiedDocument]| {
            let report = score_classes("any", documents, &["a", "b", "c"]);
            report.scores.iter().map(|score| score.value).collect::<Vec<_>>()
        };
        let before = values(&documents);
        documents.reverse();
        prop_assert_eq!(before, values(&documents));
    }

    #[test]
    fn exchanging_gold_and_predictions_keeps_macro_f1(documents in vec(document(), 1..8)) {
        let exchange = |document: &ClassifiedDocument| {
            let examples = document.examples.iter().map(|&(gold, found)| (found, gold)).collect();
            ClassifiedDocument { examples }
        };
        let exchanged: Vec<_> = documents.iter().map(exchange).collect();
        let labels = ["a", "b", "c"];
        let one = score_classes("any", &documents, &labels);
        let other = score_classes("any", &exchanged, &labels);
        prop_assert_eq!(one.scores, other.scores);
    }

    #[test]
    fn what_equals_the_gold_scores_a_hundred(gold in spans()) {
        let document = AttributionDocument { gold: gold.clone(), predicted: gold };
        let report = score_attribution(&[document]);
        prop_assert!((report.score("f1_exact").unwrap().value - 100.0).abs() < 1e-9, "{}", report);
        prop_assert!((report.score("f1_80").unwrap().value - 100.0).abs() < 1e-9, "{}", report);
    }
}
