//! One label for each example.

use crate::bootstrap::{self, sum};
use crate::counts::{Counts, ratio};
use crate::entities::class_score;
use crate::report::{Confusion, Report};

/// One document's examples: gold and predicted label, as columns of the label list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClassifiedDocument {
    /// `(gold, predicted)` for each example.
    pub examples: Vec<(usize, usize)>,
}

/// Macro-F1 over `labels` (the mean of the classes' F1, as scikit-learn's
/// `f1_score(average="macro", labels=...)`) and accuracy.
///
/// # Panics
///
/// If an example's column is not one of `labels`.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "counts of examples"
)]
pub fn score_classes(task: &str, documents: &[ClassifiedDocument], labels: &[&str]) -> Report {
    let n = labels.len();
    let matrix = |document: &ClassifiedDocument| {
        let mut counts = vec![0.0; n * n];
        for &(gold, predicted) in &document.examples {
            assert!(gold < n && predicted < n, "an example has a label that is not in the list");
            counts[gold * n + predicted] += 1.0;
        }
        counts
    };
    let counts: Vec<Vec<f64>> = documents.iter().map(matrix).collect();
    let scores = bootstrap::scores(&["macro_f1", "accuracy"], &counts, |total| {
        let f1: f64 = (0..n).map(|class| of_class(total, n, class).f1()).sum();
        let right: f64 = (0..n).filter_map(|class| total.get(class * n + class)).sum();
        vec![f1 / n.max(1) as f64, ratio(right, total.iter().sum())]
    });
    let total = sum(n * n, counts.iter());
    let rows = total.chunks_exact(n.max(1)).map(|row| row.iter().map(|&n| n as u64).collect());
    Report {
        task: task.to_owned(),
        n_documents: documents.len(),
        n_examples: documents.iter().map(|document| document.examples.len() as u64).sum(),
        scores,
        classes: labels
            .iter()
            .enumerate()
            .map(|(class, label)| class_score(label, of_class(&total, n, class)))
            .collect(),
        confusion: Some(Confusion {
            labels: labels.iter().map(|label| (*label).to_owned()).collect(),
            counts: rows.collect(),
        }),
    }
}

/// Counts of one class from a confusion matrix `[gold, predicted]`.
fn of_class(matrix: &[f64], n: usize, class: usize) -> Counts {
    let at =
        |gold: usize, predicted: usize| matrix.get(gold * n + predicted).copied().unwrap_or(0.0);
    Counts {
        matched: at(class, class),
        predicted: (0..n).map(|gold| at(gold, class)).sum(),
        gold: (0..n).map(|predicted| at(class, predicted)).sum(),
    }
}

#[cfg(test)]
mod tests {
    use super::{ClassifiedDocument, score_classes};

    #[test]
    fn macro_f1_is_the_mean_over_classes() {
        let examples = vec![(0, 0), (0, 0), (0, 1), (1, 1), (1, 0), (2, 0)];
        let report = score_classes("t", &[ClassifiedDocument { examples }], &["a", "b", "c"]);
        // a: 2 of 4 found, 2 of 3 gold; b: 1 of 2, 1 of 2; c: nothing.
        let expected = 100.0 * (4.0 / 7.0 + 0.5 + 0.0) / 3.0;
        assert!((report.score("macro_f1").unwrap().value - expected).abs() < 1e-9);
        assert!((report.score("accuracy").unwrap().value - 50.0).abs() < 1e-9);
        assert_eq!(report.confusion.unwrap().counts, [[2, 1, 0], [1, 1, 0], [1, 0, 0]]);
    }
}
