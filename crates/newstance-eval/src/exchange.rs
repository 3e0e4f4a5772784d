//! Labels whose names were exchanged: the fault that scores alone do not name.

use serde::Serialize;

use crate::measure::Measure;
use crate::tally::Tally;

/// Two labels that look exchanged.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Exchange {
    /// One.
    pub label: String,
    /// The other.
    pub with: String,
    /// The score to quote, in per cent, if the predictions had them the other way round.
    pub restored: f64,
}

/// Share of a loss that exchanging two labels must win back.
const LEAST_RESTORED: f64 = 0.5;

/// The two labels that win back at least half of what was lost, where the
/// predictions of `after` had them the other way round; none where there are
/// no such two, or nothing was lost.
pub fn exchanged_labels(before: &Tally, after: &Tally) -> Option<Exchange> {
    let measure = after.measure();
    let first = |counts: &[f64]| measure.scores(counts).first().copied().unwrap_or(0.0);
    let total = after.total();
    let (old, new) = (first(&before.total()), first(&total));
    let labels = measure.labels();
    let pairs = (0..labels.len()).flat_map(|a| (a + 1..labels.len()).map(move |b| (a, b)));
    let tried = pairs.map(|pair| (pair, first(&exchanged(measure, &total, pair))));
    let best = tried.max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)))?;
    let ((a, b), restored) = best;
    let is_won_back = old > new && restored - new >= LEAST_RESTORED * (old - new);
    is_won_back.then(|| Exchange {
        label: labels[a].clone(),
        with: labels[b].clone(),
        restored: 100.0 * restored,
    })
}

/// Counts as if the predictions had the two labels the other way round.
fn exchanged(measure: &Measure, total: &[f64], (a, b): (usize, usize)) -> Vec<f64> {
    let n = measure.matrix_size();
    let mut counts = total.to_vec();
    for row in counts[..n * n].chunks_exact_mut(n) {
        row.swap(a, b);
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::exchanged_labels;
    use crate::{ClassifiedExample, Tally, tally_classes};

    fn tally(decide: impl Fn(usize) -> usize) -> Tally {
        let example = |idx: usize| ClassifiedExample {
            document: idx.to_string(),
            gold: idx % 3,
            predicted: if idx.is_multiple_of(5) { 0 } else { decide(idx % 3) },
            ..ClassifiedExample::default()
        };
        let examples: Vec<_> = (0..60).map(example).collect();
        tally_classes("t", &examples, &["supports", "neutral", "opposes"])
    }

    #[test]
    fn exchanged_labels_are_named() {
        let exchange = exchanged_labels(&tally(|gold| gold), &tally(|gold| 2 - gold)).unwrap();
        assert_eq!((exchange.label.as_str(), exchange.with.as_str()), ("supports", "opposes"));
        assert!(exchange.restored > 80.0);
    }

    #[test]
    fn another_loss_is_not_laid_on_labels() {
        assert_eq!(exchanged_labels(&tally(|gold| gold), &tally(|_| 1)), None);
        assert_eq!(exchanged_labels(&tally(|gold| gold), &tally(|gold| gold)), None);
    }
}
