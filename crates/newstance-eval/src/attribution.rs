//! Attributions: contents matched one to one by overlap.

use newstance_doc::rows::CharSpan;

use crate::bootstrap;
use crate::counts::{Counts, ratio};
use crate::report::Report;

/// The stretch of a content and of its source, from first to last character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AttributionSpans {
    /// The content.
    pub content: CharSpan,
    /// The source, where there is one.
    pub source: Option<CharSpan>,
}

/// One document's attributions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AttributionDocument {
    /// What should be found.
    pub gold: Vec<AttributionSpans>,
    /// What was found.
    pub predicted: Vec<AttributionSpans>,
}

/// Least overlap of a match, and what its scores are called.
const LEVELS: [(f64, &str); 3] = [(0.8, "80"), (0.3, "30"), (0.999, "exact")];
const SOURCE_OVERLAP: f64 = 0.5;
/// Matched, predicted, gold, matched with a gold source, of these the source right.
const N_COUNTS: usize = 5;

/// F1 of contents at an overlap of at least .8 (the one to quote), .3 and
/// exactly, and how often the source of a matched content is right.
///
/// Overlap is the intersection over the hull of both. Predictions are taken in
/// text order; each is matched with the free gold content that it overlaps
/// most, the earlier of equals. A source is right where it overlaps the gold
/// one by at least .5.
pub fn score_attribution(documents: &[AttributionDocument]) -> Report {
    let counts: Vec<Vec<f64>> = documents
        .iter()
        .map(|document| LEVELS.iter().flat_map(|(least, _)| count(document, *least)).collect())
        .collect();
    let mut names = Vec::new();
    for (_, level) in LEVELS {
        names.extend([format!("f1_{level}"), format!("precision_{level}")]);
        names.extend([format!("recall_{level}"), format!("source_{level}")]);
    }
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let scores = bootstrap::scores(&names, &counts, |total| {
        let level = |counts: &[f64]| {
            let all = Counts::from_slice(counts);
            [all.f1(), all.precision(), all.recall(), ratio(counts[4], counts[3])]
        };
        let mut scores: Vec<f64> = total.chunks_exact(N_COUNTS).flat_map(level).collect();
        scores.resize(names.len(), 0.0);
        scores
    });
    Report {
        task: "attribution".to_owned(),
        n_documents: documents.len(),
        n_examples: documents.iter().map(|document| document.gold.len() as u64).sum(),
        scores,
        classes: Vec::new(),
        confusion: None,
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of one document")]
fn count(document: &AttributionDocument, least: f64) -> [f64; N_COUNTS] {
    let mut predicted = document.predicted.clone();
    predicted.sort_by_key(|attribution| attribution.content);
    let mut is_free = vec![true; document.gold.len()];
    let mut counts = [0.0, predicted.len() as f64, document.gold.len() as f64, 0.0, 0.0];
    for attribution in &predicted {
        let mut best: Option<(f64, usize)> = None;
        for (idx, gold) in document.gold.iter().enumerate().filter(|(idx, _)| is_free[*idx]) {
            let overlap = overlap(attribution.content, gold.content);
            if best.is_none_or(|(most, _)| overlap > most) {
                best = Some((overlap, idx));
            }
        }
        let Some((_, idx)) = best.filter(|(most, _)| *most >= least) else { continue };
        is_free[idx] = false;
        counts[0] += 1.0;
        if let Some(source) = document.gold[idx].source {
            counts[3] += 1.0;
            let is_right =
                attribution.source.is_some_and(|found| overlap(found, source) >= SOURCE_OVERLAP);
            counts[4] += f64::from(u8::from(is_right));
        }
    }
    counts
}

/// Intersection over hull, `0.0..=1.0`.
#[expect(clippy::cast_precision_loss, reason = "lengths of texts")]
fn overlap(a: CharSpan, b: CharSpan) -> f64 {
    let both = a.end_char.min(b.end_char).saturating_sub(a.start_char.max(b.start_char));
    let hull = a.end_char.max(b.end_char) - a.start_char.min(b.start_char);
    both as f64 / hull.max(1) as f64
}

#[cfg(test)]
mod tests {
    use newstance_doc::rows::CharSpan;

    use super::{AttributionDocument, AttributionSpans, score_attribution};

    fn spans(of: &[(u64, u64)]) -> Vec<AttributionSpans> {
        let span = |&(start_char, end_char): &(u64, u64)| AttributionSpans {
            content: CharSpan { start_char, end_char },
            source: Some(CharSpan { start_char: end_char, end_char: end_char + 10 }),
        };
        of.iter().map(span).collect()
    }

    #[track_caller]
    fn check(gold: &[(u64, u64)], predicted: &[(u64, u64)], expected: [f64; 3]) {
        let document = AttributionDocument { gold: spans(gold), predicted: spans(predicted) };
        let report = score_attribution(&[document]);
        let f1 = |name: &str| report.score(name).unwrap().value;
        let found = [f1("f1_80"), f1("f1_30"), f1("f1_exact")];
        for (found, expected) in found.into_iter().zip(expected) {
            assert!((found - expected).abs() < 0.05, "{found} is not {expected}");
        }
    }

    #[test]
    fn a_content_counts_by_its_overlap() {
        check(&[(0, 100)], &[(0, 100)], [100.0, 100.0, 100.0]);
        check(&[(0, 100)], &[(0, 85)], [100.0, 100.0, 0.0]);
        check(&[(0, 100)], &[(0, 40)], [0.0, 100.0, 0.0]);
        check(&[(0, 100)], &[(60, 140)], [0.0, 0.0, 0.0]);
    }

    #[test]
    fn a_gold_content_is_matched_once() {
        check(&[(0, 100)], &[(0, 100), (0, 99)], [66.7, 66.7, 66.7]);
        check(&[(0, 100), (0, 100)], &[(0, 100)], [66.7, 66.7, 66.7]);
    }

    #[test]
    fn a_source_is_right_by_half_of_it() {
        let mut document =
            AttributionDocument { gold: spans(&[(0, 100)]), predicted: spans(&[(0, 100)]) };
        let right = score_attribution(&[document.clone()]);
        assert!((right.score("source_80").unwrap().value - 100.0).abs() < 1e-9);
        document.predicted[0].source = None;
        let wrong = score_attribution(&[document]);
        assert!(wrong.score("source_80").unwrap().value.abs() < 1e-9);
    }
}
