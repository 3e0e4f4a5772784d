//! One label for each example.

use crate::calibration;
use crate::measure::Measure;
use crate::tally::{Columns, Tally, Unit};

/// An example with its gold and its predicted label, as columns of the label list.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ClassifiedExample {
    /// What the bootstrap draws.
    pub document: String,
    /// What the example can be sliced by.
    pub columns: Columns,
    /// The label that it should have.
    pub gold: usize,
    /// The label that it was given; past the end of the list for none.
    pub predicted: usize,
    /// The probability of that label, `0.0..=1.0`, where the model says it.
    pub probability: Option<f64>,
}

/// Counts examples: macro-F1 over `labels` (the mean of the classes' F1, as
/// scikit-learn's `f1_score(average="macro", labels=...)`) and accuracy. A
/// predicted column past the labels is no label at all.
///
/// # Panics
///
/// If a gold column is not one of `labels`.
pub fn tally_classes(task: &str, examples: &[ClassifiedExample], labels: &[&str]) -> Tally {
    let abstains = examples.iter().any(|example| example.predicted >= labels.len());
    tally(task, examples, labels, abstains)
}

/// [`tally_classes`] for a task whose examples may get no label, whether one
/// did or not: such tallies can be compared.
///
/// # Panics
///
/// As [`tally_classes`].
pub fn tally_found_classes(task: &str, examples: &[ClassifiedExample], labels: &[&str]) -> Tally {
    tally(task, examples, labels, true)
}

fn tally(task: &str, examples: &[ClassifiedExample], labels: &[&str], abstains: bool) -> Tally {
    let labels: Vec<String> = labels.iter().map(|label| (*label).to_owned()).collect();
    let measure = Measure::Classes { labels, abstains };
    let n = measure.matrix_size();
    let units = examples.iter().map(|example| {
        assert!(example.gold < measure.labels().len(), "a gold label is not in the list");
        let (gold, predicted) = (example.gold, example.predicted.min(n - 1));
        let mut counts = vec![0.0; measure.width()];
        counts[gold * n + predicted] += 1.0;
        if let Some(probability) = example.probability {
            let start = measure.calibration_start();
            calibration::count(&mut counts[start..], probability, gold == predicted);
        }
        let (document, columns) = (example.document.clone(), example.columns.clone());
        Unit { document, columns, counts }
    });
    Tally::new(task, measure.clone(), units)
}

#[cfg(test)]
mod tests {
    use super::{ClassifiedExample, tally_classes, tally_found_classes};

    #[test]
    fn macro_f1_is_the_mean_over_classes() {
        let example = |(gold, predicted)| ClassifiedExample {
            gold,
            predicted,
            ..ClassifiedExample::default()
        };
        let examples = [(0, 0), (0, 0), (0, 1), (1, 1), (1, 0), (2, 0)].map(example);
        let report = tally_classes("t", &examples, &["a", "b", "c"]).report();
        // a: 2 of 4 found, 2 of 3 gold; b: 1 of 2, 1 of 2; c: nothing.
        let expected = 100.0 * (4.0 / 7.0 + 0.5 + 0.0) / 3.0;
        assert!((report.score("macro_f1").unwrap().value - expected).abs() < 1e-9);
        assert!((report.score("accuracy").unwrap().value - 50.0).abs() < 1e-9);
        assert_eq!(report.confusion.unwrap().counts, [[2, 1, 0], [1, 1, 0], [1, 0, 0]]);
    }

    #[test]
    fn an_example_without_a_label_is_missed() {
        let example = |(gold, predicted)| ClassifiedExample {
            gold,
            predicted,
            ..ClassifiedExample::default()
        };
        let report = tally_found_classes("t", &[(0, 0), (0, 2)].map(example), &["a", "b"]).report();
        assert!((report.classes[0].recall - 50.0).abs() < 1e-9);
        assert_eq!(report.confusion.unwrap().counts[0], [1, 0, 1]);
    }
}
