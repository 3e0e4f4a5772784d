//! Which parts of the data are read worst.

use crate::bootstrap;
use crate::report::SliceScore;
use crate::tally::{Slice, Tally};

/// Fewest examples of a slice that is shown: fewer say little.
const LEAST_EXAMPLES: u64 = 20;

/// The score to quote in every slice with at least 20 examples (all slices
/// where the data have fewer), the worst first.
pub(crate) fn worst_first(tally: &Tally) -> Vec<SliceScore> {
    let least = LEAST_EXAMPLES.min(tally.n_examples() / 2).max(1);
    let mut slices: Vec<SliceScore> = tally
        .slices()
        .into_iter()
        .filter_map(|slice| score(tally, slice))
        .filter(|slice| slice.n_examples >= least)
        .collect();
    slices.sort_by(|a, b| {
        a.score.value.total_cmp(&b.score.value).then_with(|| a.slice.cmp(&b.slice))
    });
    slices
}

fn score(tally: &Tally, slice: Slice) -> Option<SliceScore> {
    let part = tally.within(&slice);
    let measure = part.measure();
    let documents: Vec<Vec<f64>> = part.documents().into_values().collect();
    let first = measure.names().into_iter().next()?;
    let score = bootstrap::scores(&[first], (measure.width(), &documents), |total| {
        vec![measure.score_of_part(total)]
    });
    let (n_documents, n_examples) = (documents.len(), part.n_examples());
    Some(SliceScore { slice, n_documents, n_examples, score: score.into_iter().next()? })
}
